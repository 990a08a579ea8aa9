// curses windows. Many methods take an optional position first: "[y, x,] …"; how many arguments there are tells.
#include "modules/curses/curses.h"

#include "objects/bytes.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "runtime/refcount.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <string>

namespace taipan::curses {

Type Window::s_type;
constinit CursesProcess g_curses;

Error raise_curses(Thread& t, const char* message) {
    Ref<Object> type = TRY(import_attribute(t, "_curses", "error"));
    Ref<Str> text = TRY(str_from_utf8(t, message));
    return raise_object(t, *static_cast<Type*>(type.get()), text);
}
Error raise_failed(Thread& t, const char* function) {
    char message[80];
    snprintf(message, sizeof message, "%s() returned ERR", function);
    return raise_curses(t, message);
}
Result<void> need_terminal(Thread& t) {
    if (g_curses.terminal.load() || g_curses.screen.load()) return {};
    return raise_curses(t, "must call setupterm() first");
}
Result<void> need_screen(Thread& t) {
    if (g_curses.screen.load()) return {};
    return raise_curses(t, "must call initscr() first");
}
Result<void> need_colors(Thread& t) {
    if (g_curses.colors.load()) return {};
    return raise_curses(t, "must call start_color() first");
}
Result<void> check_count(Thread& t, const char* name, size_t count, size_t least, size_t most) {
    if (count >= least && count <= most) return {};
    return raise(t, exc::TypeError, "%s requires %d to %d arguments", name, static_cast<int>(least), static_cast<int>(most));
}

Result<Ref<Window>> window_new(Thread& t, WINDOW* window, const char* encoding, Object* parent) {
    if (!window) return raise_curses(t, "curses function returned NULL");
    auto made = allocate<Window>(t);
    if (made.is_error()) {
        Locked locked;
        if (window != stdscr) delwin(window);
        return Error{};
    }
    Ref<Window> self = made.take();
    if (!encoding) {
        encoding = nl_langinfo(CODESET);
        if (!encoding || !*encoding) encoding = "utf-8";
    }
    self->window = window;
    self->encoding = strdup(encoding);
    if (!self->encoding) return raise_memory_error(t);
    if (parent) self->parent = acquire(parent).release();
    gc_track(self.get());
    return self;
}

namespace {

COLD Error wrong_character(Thread& t, Borrowed<Object> object, const char* accepted) {
    if (is<Str>(object.get()))
        return raise(t, exc::TypeError, "expect %s of length 1, got a str of length %d", accepted, static_cast<Str*>(object.get())->length);
    if (is<Bytes>(object.get()))
        return raise(t, exc::TypeError, "expect %s of length 1, got a bytes of length %d", accepted,
                     static_cast<Bytes*>(object.get())->size);
    return raise(t, exc::TypeError, "expect %s of length 1, got %T", accepted, object);
}
constexpr const char* any_character = "int or bytes or str";
Error does_not_fit(Thread& t) { return raise(t, exc::OverflowError, "byte doesn't fit in chtype"); }

/// Bytes of one character or an int.
Result<chtype> narrow_character(Thread& t, Borrowed<Object> object) {
    if (is<Bytes>(object.get()) && static_cast<Bytes*>(object.get())->size == 1)
        return static_cast<chtype>(static_cast<unsigned char>(static_cast<Bytes*>(object.get())->data[0]));
    if (!is<Int>(object.get())) return wrong_character(t, object, any_character);
    int64_t value;
    if (!int_fits_int64(static_cast<Int*>(object.get()), &value) || value < 0 || value > static_cast<int64_t>(UINT32_MAX))
        return does_not_fit(t);
    return static_cast<chtype>(value);
}

/// What addch paints: a wide character or a narrow cell.
struct Cell {
    bool wide;
    wchar_t character;
    chtype narrow;
};
Result<Cell> to_cell(Thread& t, Borrowed<Object> object) {
    if (is<Str>(object.get())) {
        auto* text = static_cast<Str*>(object.get());
        if (text->length != 1) return wrong_character(t, object, any_character);
        return Cell{true, static_cast<wchar_t>(text->at(0)), 0};
    }
    return Cell{false, 0, TRY(narrow_character(t, object))};
}

/// What addstr paints.
struct Text {
    wchar_t* wide = nullptr; // malloc; null: `narrow`
    MaybeRef<Object> owner;
    const char* narrow = nullptr;
    Text() = default;
    Text(Text&& other) noexcept : wide(std::exchange(other.wide, nullptr)), owner(std::move(other.owner)), narrow(other.narrow) {}
    ~Text() { free(wide); }
};
Result<Text> to_text(Thread& t, Borrowed<Object> object) {
    Text text;
    if (is<Str>(object.get())) {
        auto* str = static_cast<Str*>(object.get());
        auto length = static_cast<size_t>(str->length);
        text.wide = static_cast<wchar_t*>(malloc((length + 1) * sizeof(wchar_t)));
        if (!text.wide) return raise_memory_error(t);
        for (size_t i = 0; i < length; ++i) {
            uint32_t c = str->at(static_cast<intptr_t>(i));
            if (c == 0) return raise(t, exc::ValueError, "embedded null character");
            text.wide[i] = static_cast<wchar_t>(c);
        }
        text.wide[length] = 0;
        return text;
    }
    if (!is<Bytes>(object.get())) return raise(t, exc::TypeError, "expect bytes or str, got %T", object);
    std::string_view bytes = static_cast<Bytes*>(object.get())->view();
    if (bytes.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null byte");
    text.owner = MaybeRef<Object>::acquire(object.get());
    text.narrow = bytes.data();
    return text;
}

using Self = Borrowed<Window>;

/// A copy: another thread may set it.
std::string encoding_of(Thread& t, Window* self) {
    CriticalSection section(t, self);
    return self->encoding;
}

/// Reads positional arguments one after the other.
class Reader {
public:
    Reader(Thread& t, const Args& args) : m_thread(t), m_args(args) {}
    size_t left() const { return m_args.size() - m_next; }
    Object* take() { return m_args[m_next++]; }
    Result<int> integer() { return to_int32(m_thread, take()); }
    Result<attr_t> attribute() { return static_cast<attr_t>(TRY(to_int64(m_thread, take()))); }

private:
    Thread& m_thread;
    const Args& m_args;
    size_t m_next = 0;
};
/// An optional position before other arguments.
struct Position {
    bool given = false;
    int y = 0, x = 0;
};
Result<Position> position(Thread& t, Reader& reader, bool given) {
    Position at;
    if (!given) return at;
    at.given = true;
    at.y = TRY(reader.integer());
    at.x = TRY(reader.integer());
    return at;
}
/// The whole argument list is an optional position.
Result<Position> only_position(Thread& t, const char* name, const Args& args) {
    if (args.size() != 0 && args.size() != 2) TRY(check_count(t, name, args.size() == 1 ? 3 : args.size(), 0, 2));
    Reader reader(t, args);
    return position(t, reader, args.size() == 2);
}
/// The window paints with other attributes meanwhile.
class Attributes {
public:
    Attributes(WINDOW* window, bool set, attr_t attributes) : m_window(window), m_set(set), m_old(static_cast<attr_t>(getattrs(window))) {
        if (set) (void)wattrset(window, static_cast<int>(attributes));
    }
    ~Attributes() {
        if (m_set) (void)wattrset(m_window, static_cast<int>(m_old));
    }
    Attributes(const Attributes&) = delete;

private:
    WINDOW* m_window;
    bool m_set;
    attr_t m_old;
};

// Painting text.

Result<void> addch(Thread& t, Self self, Args args) {
    TRY(check_count(t, "_curses.window.addch", args.size(), 1, 4));
    Reader reader(t, args);
    Position at = TRY(position(t, reader, args.size() >= 3));
    Cell cell = TRY(to_cell(t, reader.take()));
    attr_t attributes = reader.left() ? TRY(reader.attribute()) : A_NORMAL;
    int code;
    {
        Locked locked;
        if (cell.wide) {
            wchar_t text[2] = {cell.character, 0};
            cchar_t wide;
            setcchar(&wide, text, attributes, static_cast<short>(PAIR_NUMBER(attributes)), nullptr);
            code = at.given ? mvwadd_wch(self->window, at.y, at.x, &wide) : wadd_wch(self->window, &wide);
        } else {
            code = at.given ? mvwaddch(self->window, at.y, at.x, cell.narrow | attributes) : waddch(self->window, cell.narrow | attributes);
        }
    }
    return check(t, code, cell.wide ? "add_wch" : "addch");
}

enum class Paint { Add, Insert };
/// addstr, addnstr, insstr and insnstr.
template <Paint How, bool Limited> Result<void> paint_text(Thread& t, Self self, Args args) {
    constexpr const char* names[2][2] = {{"_curses.window.addstr", "_curses.window.addnstr"},
                                         {"_curses.window.insstr", "_curses.window.insnstr"}};
    constexpr const char* narrow_names[2][2] = {{"addstr", "addnstr"}, {"insstr", "insnstr"}};
    constexpr const char* wide_names[2][2] = {{"addwstr", "addn_wstr"}, {"inswstr", "insn_wstr"}};
    constexpr int row = How == Paint::Insert;
    TRY(check_count(t, names[row][Limited], args.size(), 1 + Limited, 4 + Limited));
    Reader reader(t, args);
    Position at = TRY(position(t, reader, args.size() >= 3 + Limited));
    Text text = TRY(to_text(t, reader.take()));
    int limit = Limited ? TRY(reader.integer()) : -1;
    bool set = reader.left() != 0;
    attr_t attributes = set ? TRY(reader.attribute()) : A_NORMAL;
    int code;
    {
        Locked locked;
        WINDOW* w = self->window;
        Attributes changed(w, set, attributes);
        if constexpr (How == Paint::Add) {
            if (text.wide) code = at.given ? mvwaddnwstr(w, at.y, at.x, text.wide, limit) : waddnwstr(w, text.wide, limit);
            else code = at.given ? mvwaddnstr(w, at.y, at.x, text.narrow, limit) : waddnstr(w, text.narrow, limit);
        } else {
            if (text.wide) code = at.given ? mvwins_nwstr(w, at.y, at.x, text.wide, limit) : wins_nwstr(w, text.wide, limit);
            else code = at.given ? mvwinsnstr(w, at.y, at.x, text.narrow, limit) : winsnstr(w, text.narrow, limit);
        }
    }
    return check(t, code, text.wide ? wide_names[row][Limited] : narrow_names[row][Limited]);
}

Result<void> insch(Thread& t, Self self, Args args) {
    TRY(check_count(t, "_curses.window.insch", args.size(), 1, 4));
    Reader reader(t, args);
    Position at = TRY(position(t, reader, args.size() >= 3));
    chtype ch = TRY(to_chtype(t, self.get(), reader.take()));
    if (reader.left()) ch |= TRY(reader.attribute());
    int code;
    {
        Locked locked;
        code = at.given ? mvwinsch(self->window, at.y, at.x, ch) : winsch(self->window, ch);
    }
    return check(t, code, "insch");
}
Result<void> delch(Thread& t, Self self, Args args) {
    Position at = TRY(only_position(t, "_curses.window.delch", args));
    int code;
    {
        Locked locked;
        code = at.given ? mvwdelch(self->window, at.y, at.x) : wdelch(self->window);
    }
    return check(t, code, at.given ? "mvwdelch" : "wdelch");
}
template <bool Horizontal> Result<void> line(Thread& t, Self self, Args args) {
    TRY(check_count(t, Horizontal ? "_curses.window.hline" : "_curses.window.vline", args.size(), 2, 5));
    Reader reader(t, args);
    Position at = TRY(position(t, reader, args.size() >= 4));
    chtype ch = TRY(to_chtype(t, self.get(), reader.take()));
    int length = TRY(reader.integer());
    if (reader.left()) ch |= TRY(reader.attribute());
    int code = OK;
    bool moved = true;
    {
        Locked locked;
        if (at.given) moved = wmove(self->window, at.y, at.x) != ERR;
        if (moved) code = Horizontal ? whline(self->window, ch, length) : wvline(self->window, ch, length);
    }
    if (!moved) return raise_failed(t, "wmove");
    return check(t, code, Horizontal ? "hline" : "vline");
}
Result<void> chgat(Thread& t, Self self, Args args) {
    TRY(check_count(t, "_curses.window.chgat", args.size(), 1, 4));
    Reader reader(t, args);
    Position at = TRY(position(t, reader, args.size() >= 3));
    int count = reader.left() == 2 ? TRY(reader.integer()) : -1;
    attr_t attributes = TRY(reader.attribute());
    auto color = static_cast<short>(PAIR_NUMBER(attributes));
    attributes &= A_ATTRIBUTES;
    int code;
    {
        Locked locked;
        if (at.given) code = mvwchgat(self->window, at.y, at.x, count, attributes, color, nullptr);
        else {
            at.y = getcury(self->window);
            code = wchgat(self->window, count, attributes, color, nullptr);
        }
        touchline(self->window, at.y, 1);
    }
    return check(t, code, "chgat");
}
Result<void> border(Thread& t, Self self, Args args) {
    TRY(check_count(t, "_curses.window.border", args.size(), 0, 8));
    chtype sides[8] = {};
    for (size_t i = 0; i < args.size(); ++i) sides[i] = TRY(to_chtype(t, self.get(), args[i]));
    Locked locked;
    wborder(self->window, sides[0], sides[1], sides[2], sides[3], sides[4], sides[5], sides[6], sides[7]);
    return {};
}
Result<void> box(Thread& t, Self self, Args args) {
    if (args.size() != 0 && args.size() != 2) TRY(check_count(t, "_curses.window.box", args.size() == 1 ? 3 : args.size(), 0, 2));
    chtype vertical = 0, horizontal = 0;
    if (args.size() == 2) {
        vertical = TRY(to_chtype(t, self.get(), args[0]));
        horizontal = TRY(to_chtype(t, self.get(), args[1]));
    }
    Locked locked;
    wborder(self->window, vertical, vertical, horizontal, horizontal, 0, 0, 0, 0);
    return {};
}
Result<void> set_background(Thread& t, Self self, Borrowed<Object> ch, int64_t attributes) {
    chtype cell = TRY(to_chtype(t, self.get(), ch)) | static_cast<chtype>(attributes);
    int code;
    {
        Locked locked;
        code = wbkgd(self->window, cell);
    }
    return check(t, code, "bkgd");
}
Result<void> set_background_later(Thread& t, Self self, Borrowed<Object> ch, int64_t attributes) {
    chtype cell = TRY(to_chtype(t, self.get(), ch)) | static_cast<chtype>(attributes);
    Locked locked;
    wbkgdset(self->window, cell);
    return {};
}
Result<void> echochar(Thread& t, Self self, Borrowed<Object> ch, int64_t attributes) {
    chtype cell = TRY(to_chtype(t, self.get(), ch)) | static_cast<chtype>(attributes);
    int code;
    {
        Detached detached(t);
        Locked locked;
        code = is_pad(self->window) ? pechochar(self->window, cell) : wechochar(self->window, cell);
    }
    return check(t, code, "echochar");
}
template <int (*F)(WINDOW*, int), FixedString Name> Result<void> change_attributes(Thread& t, Self self, int64_t attributes) {
    int code;
    {
        Locked locked;
        code = F(self->window, static_cast<int>(attributes));
    }
    return check(t, code, Name.text);
}

// Reading. The lock is not held while a key is waited for.

template <class F> int wait_for(Thread& t, F read) {
    Detached detached(t);
    return read();
}
Result<int> read_key(Thread& t, Window* self, const char* name, const Args& args) {
    Position at = TRY(only_position(t, name, args));
    return wait_for(t, [&] { return at.given ? mvwgetch(self->window, at.y, at.x) : wgetch(self->window); });
}
/// Nothing came: a signal, perhaps, whose handler raises.
COLD Error no_input(Thread& t) {
    TRY(poll(t));
    return raise_curses(t, "no input");
}
Result<int> getch(Thread& t, Self self, Args args) {
    int key = TRY(read_key(t, self.get(), "_curses.window.getch", args));
    if (key == ERR) TRY(poll(t));
    return key;
}
Result<Ref<Object>> getkey(Thread& t, Self self, Args args) {
    int key = TRY(read_key(t, self.get(), "_curses.window.getkey", args));
    if (key == ERR) return no_input(t);
    if (key <= 255) return TRY(str_from_char(t, static_cast<uint32_t>(key)));
    const char* name = keyname(key);
    return TRY(str_from_utf8(t, name ? name : ""));
}
Result<Ref<Object>> get_wch(Thread& t, Self self, Args args) {
    Position at = TRY(only_position(t, "_curses.window.get_wch", args));
    wint_t key = 0;
    int kind = wait_for(t, [&] { return at.given ? mvwget_wch(self->window, at.y, at.x, &key) : wget_wch(self->window, &key); });
    if (kind == ERR) return no_input(t);
    if (kind == KEY_CODE_YES) return TRY(int_from(t, static_cast<int64_t>(key)));
    return TRY(str_from_char(t, static_cast<uint32_t>(key)));
}

constexpr unsigned MaxLine = 2048;
struct LineArguments {
    Position at;
    unsigned limit = MaxLine - 1;
};
/// "[[y, x,] n]".
Result<LineArguments> line_arguments(Thread& t, const Args& args) {
    TRY(check_count(t, "_curses.window.instr", args.size(), 0, 3)); // COMPAT: this name for getstr too
    LineArguments result;
    Reader reader(t, args);
    result.at = TRY(position(t, reader, args.size() >= 2));
    if (reader.left()) {
        int64_t limit = TRY(to_int64(t, reader.take()));
        if (limit < 0) return raise(t, exc::ValueError, "Cannot convert negative int");
        if (limit < static_cast<int64_t>(result.limit)) result.limit = static_cast<unsigned>(limit);
    }
    return result;
}
Result<Ref<Bytes>> getstr(Thread& t, Self self, Args args) {
    LineArguments line = TRY(line_arguments(t, args));
    char buffer[MaxLine];
    int code = wait_for(t, [&] {
        return line.at.given ? mvwgetnstr(self->window, line.at.y, line.at.x, buffer, static_cast<int>(line.limit))
                             : wgetnstr(self->window, buffer, static_cast<int>(line.limit));
    });
    if (code == ERR) {
        TRY(poll(t));
        buffer[0] = 0;
    }
    return bytes_from(t, buffer);
}
Result<Ref<Bytes>> instr(Thread& t, Self self, Args args) {
    LineArguments line = TRY(line_arguments(t, args));
    char buffer[MaxLine];
    {
        Locked locked;
        int code = line.at.given ? mvwinnstr(self->window, line.at.y, line.at.x, buffer, static_cast<int>(line.limit))
                                 : winnstr(self->window, buffer, static_cast<int>(line.limit));
        if (code == ERR) buffer[0] = 0;
    }
    return bytes_from(t, buffer);
}
Result<uint64_t> inch(Thread& t, Self self, Args args) {
    Position at = TRY(only_position(t, "_curses.window.inch", args));
    Locked locked;
    return uint64_t{at.given ? mvwinch(self->window, at.y, at.x) : winch(self->window)};
}

// Windows of windows.

template <bool Relative> Result<Ref<Window>> part(Thread& t, Self self, Args args) {
    const char* name = Relative ? "_curses.window.derwin" : "_curses.window.subwin";
    if (args.size() != 2 && args.size() != 4) TRY(check_count(t, name, args.size() == 3 ? 5 : args.size(), 2, 4));
    Reader reader(t, args);
    int lines = 0, columns = 0;
    if (args.size() == 4) {
        lines = TRY(reader.integer());
        columns = TRY(reader.integer());
    }
    int y = TRY(reader.integer()), x = TRY(reader.integer());
    WINDOW* made;
    {
        Locked locked;
        if (Relative) made = derwin(self->window, lines, columns, y, x);
        else made = is_pad(self->window) ? subpad(self->window, lines, columns, y, x) : subwin(self->window, lines, columns, y, x);
    }
    return window_new(t, made, encoding_of(t, self.get()).c_str(), self.get());
}
template <bool Now> Result<void> refresh(Thread& t, Self self, Args args) {
    const char* name = Now ? "_curses.window.refresh" : "_curses.window.noutrefresh";
    if (args.size() != 0 && args.size() != 6) TRY(check_count(t, name, 7, 0, 6));
    int part[6] = {};
    for (size_t i = 0; i < args.size(); ++i) part[i] = TRY(to_int32(t, args[i]));
    if (is_pad(self->window)) {
        if (args.size() == 0)
            return raise_curses(t,
                                Now ? "refresh() for a pad requires 6 arguments" : "noutrefresh() called for a pad requires 6 arguments");
    } else if (args.size()) {
        return raise(t, exc::TypeError, "%s() takes no arguments (%d given)", Now ? "refresh" : "noutrefresh", 6);
    }
    int code;
    {
        Detached detached(t);
        Locked locked;
        if (args.size()) code = (Now ? prefresh : pnoutrefresh)(self->window, part[0], part[1], part[2], part[3], part[4], part[5]);
        else code = (Now ? wrefresh : wnoutrefresh)(self->window);
    }
    constexpr const char* functions[2][2] = {{"wnoutrefresh", "pnoutrefresh"}, {"wrefresh", "prefresh"}};
    return check(t, code, functions[Now][args.size() != 0]);
}
template <bool Overlay> Result<void> copy_to(Thread& t, Self self, Args args) {
    const char* name = Overlay ? "overlay" : "overwrite";
    if (args.size() != 1 && args.size() != 7) TRY(check_count(t, Overlay ? "_curses.window.overlay" : "_curses.window.overwrite", 8, 1, 7));
    if (!is<Window>(args[0])) return raise(t, exc::TypeError, "%s() argument 1 must be _curses.window, not %T", name, args[0]);
    auto* target = static_cast<Window*>(args[0]);
    int part[6] = {};
    for (size_t i = 1; i < args.size(); ++i) part[i - 1] = TRY(to_int32(t, args[i]));
    int code;
    {
        Locked locked;
        if (args.size() == 7) code = copywin(self->window, target->window, part[0], part[1], part[2], part[3], part[4], part[5], Overlay);
        else code = (Overlay ? overlay : overwrite)(self->window, target->window);
    }
    return check(t, code, args.size() == 7 ? "copywin" : name);
}
Result<void> touchline_(Thread& t, Self self, Args args) {
    TRY(check_count(t, "_curses.window.touchline", args.size(), 2, 3));
    Reader reader(t, args);
    int start = TRY(reader.integer()), count = TRY(reader.integer());
    bool given = reader.left() != 0, changed = given ? TRY(is_true(t, reader.take())) : true;
    int code;
    {
        Locked locked;
        code = given ? wtouchln(self->window, start, count, changed) : touchline(self->window, start, count);
    }
    return check(t, code, given ? "wtouchln" : "touchline");
}
Result<void> scroll_(Thread& t, Self self, Args args) {
    TRY(check_count(t, "_curses.window.scroll", args.size(), 0, 1));
    int lines = args.size() ? TRY(to_int32(t, args[0])) : 1;
    int code;
    {
        Locked locked;
        code = args.size() ? wscrl(self->window, lines) : scroll(self->window);
    }
    return check(t, code, args.size() ? "wscrl" : "scroll");
}
Result<bool> is_linetouched_(Thread& t, Self self, int line) {
    bool inside, touched = false;
    {
        Locked locked;
        inside = line >= 0 && line < getmaxy(self->window); // the function's own ERR would be a true bool
        if (inside) touched = is_linetouched(self->window, line);
    }
    if (!inside) return raise(t, exc::TypeError, "is_linetouched: line number outside of boundaries");
    return touched;
}
Result<void> putwin_(Thread& t, Self self, Borrowed<Object> file) {
    Ref<Object> write = TRY(get_attribute(t, file, names::write));
    FILE* temporary = tmpfile();
    if (!temporary) return raise_errno(t, errno);
    struct Closer {
        FILE* file;
        ~Closer() { fclose(file); }
    } closer{temporary};
    int code;
    {
        Locked locked;
        code = putwin(self->window, temporary);
    }
    TRY(check(t, code, "putwin"));
    rewind(temporary);
    char buffer[8192];
    while (size_t n = fread(buffer, 1, sizeof buffer, temporary)) TRY(call(t, write, TRY(bytes_from(t, {buffer, n}))));
    return {};
}

// The methods that only hand on.

template <auto F, FixedString Name> Result<void> plain(Thread& t, Self self) {
    int code;
    {
        Locked locked;
        code = F(self->window);
    }
    return check(t, code, Name.text);
}
template <void (*F)(WINDOW*)> void plain_void(Thread&, Self self) {
    Locked locked;
    F(self->window);
}
template <auto F, FixedString Name> Result<void> flag(Thread& t, Self self, bool on) {
    int code;
    {
        Locked locked;
        code = F(self->window, on);
    }
    return check(t, code, Name.text);
}
template <auto F> void flag_void(Thread&, Self self, bool on) {
    Locked locked;
    F(self->window, on);
}
template <auto F, FixedString Name> Result<void> one_int(Thread& t, Self self, int value) {
    int code;
    {
        Locked locked;
        code = F(self->window, value);
    }
    return check(t, code, Name.text);
}
template <auto F, FixedString Name> Result<void> two_ints(Thread& t, Self self, int a, int b) {
    int code;
    {
        Locked locked;
        code = F(self->window, a, b);
    }
    return check(t, code, Name.text);
}
template <auto Y, auto X> Result<Ref<Object>> coordinates(Thread& t, Self self) {
    int y, x;
    {
        Locked locked;
        y = Y(self->window);
        x = X(self->window);
    }
    return pair_of_ints(t, y, x);
}
bool is_wintouched_(Thread&, Self self) {
    Locked locked;
    return is_wintouched(self->window);
}
bool enclose(Thread&, Self self, int y, int x) {
    Locked locked;
    return wenclose(self->window, y, x);
}
uint64_t get_background(Thread&, Self self) {
    Locked locked;
    return getbkgd(self->window);
}
void set_timeout(Thread&, Self self, int delay) {
    Locked locked;
    wtimeout(self->window, delay);
}

Result<Ref<Object>> get_encoding(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return TRY(str_from_utf8(t, self->encoding));
}
Result<void> set_encoding(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "encoding may not be deleted");
    if (!is<Str>(value)) return raise(t, exc::TypeError, "setting encoding to a non-string");
    Ref<Bytes> ascii = TRY(encode_ascii(t, static_cast<Str*>(value), nullptr));
    char* copy = strdup(ascii->data);
    if (!copy) return raise_memory_error(t);
    CriticalSection section(t, self.get());
    free(std::exchange(self->encoding, copy));
    return {};
}

int traverse(Object* o, VisitFunc visit, void* context) {
    Object* parent = static_cast<Window*>(o)->parent;
    return parent ? visit(parent, context) : 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<Window*>(o);
    gc_untrack(o);
    if (self->window && self->window != stdscr) {
        Locked locked;
        delwin(self->window);
    }
    free(self->encoding);
    clear_field(self->parent);
    o->type->free(o);
}

#define PLAIN(python, function, doc) method<plain<function, #function>>(python, "($self, /)", doc)
#define FLAG(function, doc) method<flag<function, #function>>(#function, "($self, flag, /)", doc)
const NativeDef methods[] = {
    method<addch>("addch", "(*args)", "addch([y, x,] ch, [attr=_curses.A_NORMAL])\nPaint the character."),
    method<paint_text<Paint::Add, true>>("addnstr", "(*args)",
                                         "addnstr([y, x,] str, n, [attr])\nPaint at most n characters of the string."),
    method<paint_text<Paint::Add, false>>("addstr", "(*args)", "addstr([y, x,] str, [attr])\nPaint the string."),
    method<change_attributes<wattroff, "attroff">>("attroff", "($self, attr, /)", "Remove attribute attr from the \"background\" set."),
    method<change_attributes<wattron, "attron">>("attron", "($self, attr, /)", "Add attribute attr to the \"background\" set."),
    method<change_attributes<wattrset, "attrset">>("attrset", "($self, attr, /)", "Set the \"background\" set of attributes."),
    method<set_background>("bkgd", "($self, ch, attr=0, /)", "Set the background property of the window."),
    method<set_background_later>("bkgdset", "($self, ch, attr=0, /)", "Set the window's background."),
    method<border>("border",
                   "($self, ls=_curses.ACS_VLINE, rs=_curses.ACS_VLINE, ts=_curses.ACS_HLINE, bs=_curses.ACS_HLINE, "
                   "tl=_curses.ACS_ULCORNER, tr=_curses.ACS_URCORNER, bl=_curses.ACS_LLCORNER, br=_curses.ACS_LRCORNER, /)",
                   "Draw a border around the edges of the window: ls, rs, ts, bs, tl, tr, bl, br."),
    method<box>("box", "(*args)", "box([verch=0, horch=0])\nDraw a border around the edges of the window."),
    method<chgat>("chgat", "(*args)", "chgat([y, x,] [n=-1,] attr)\nSet the attributes of characters."),
    PLAIN("clear", wclear, "Clear the window and repaint it completely on the next refresh()."),
    FLAG(clearok, "Clear the window on the next refresh() if flag is true."),
    PLAIN("clrtobot", wclrtobot, "Erase from the cursor to the end of the window."),
    PLAIN("clrtoeol", wclrtoeol, "Erase from the cursor to the end of the line."),
    method<plain_void<wcursyncup>>("cursyncup", "($self, /)", "Update the cursor position of all ancestor windows to match."),
    method<delch>("delch", "(*args)", "delch([y, x])\nDelete the character under the cursor, or at (y, x) if specified."),
    PLAIN("deleteln", wdeleteln, "Delete the line under the cursor; move following lines up by one."),
    method<part<true>>("derwin", "(*args)",
                       "derwin([nlines=0, ncols=0,] begin_y, begin_x)\nCreate a sub-window (window-relative coordinates)."),
    method<echochar>("echochar", "($self, ch, attr=0, /)", "Add character ch with attribute attr, and refresh."),
    method<enclose>("enclose", "($self, y, x, /)", "Return True if the screen-relative coordinates are enclosed by the window."),
    PLAIN("erase", werase, "Clear the window."),
    method<get_wch>("get_wch", "(*args)", "get_wch([y, x])\nRead a key press and return it as a one-character str."),
    method<coordinates<getbegy, getbegx>>("getbegyx", "($self, /)", "Return a tuple (y, x) of the upper-left corner coordinates."),
    method<get_background>("getbkgd", "($self, /)", "Return the window's current background character/attribute pair."),
    method<getch>("getch", "(*args)", "getch([y, x])\nRead a key press and return it as an integer."),
    method<getkey>("getkey", "(*args)", "getkey([y, x])\nRead a key press and return it as a str."),
    method<coordinates<getmaxy, getmaxx>>("getmaxyx", "($self, /)", "Return a tuple (y, x) of the window height and width."),
    method<coordinates<getpary, getparx>>("getparyx", "($self, /)", "Return (y, x) relative to the parent window, or (-1, -1) if none."),
    method<getstr>("getstr", "(*args)", "getstr([[y, x,] n=2047])\nRead a line of input and return it as a bytes object."),
    method<coordinates<getcury, getcurx>>("getyx", "($self, /)", "Return a tuple (y, x) of the current cursor position."),
    method<line<true>>("hline", "(*args)", "hline([y, x,] ch, n, [attr=_curses.A_NORMAL])\nDisplay a horizontal line."),
    method<flag_void<idcok>>("idcok", "($self, flag, /)", "Enable or disable the hardware insert/delete character feature."),
    FLAG(idlok, "Enable or disable the hardware insert/delete line feature."),
    method<flag_void<immedok>>("immedok", "($self, flag, /)", "If flag is true, refresh the window on every change to it."),
    method<inch>("inch", "(*args)", "inch([y, x])\nReturn the character at the given position in the window."),
    method<insch>("insch", "(*args)",
                  "insch([y, x,] ch, [attr=_curses.A_NORMAL])\nInsert a character before the current or specified position."),
    method<one_int<winsdelln, "winsdelln">>("insdelln", "($self, nlines, /)",
                                            "Insert (nlines > 0) or delete (nlines < 0) lines above the cursor."),
    PLAIN("insertln", winsertln, "Insert a blank line under the cursor; move following lines down."),
    method<paint_text<Paint::Insert, true>>("insnstr", "(*args)",
                                            "insnstr([y, x,] str, n, [attr])\nInsert at most n characters of the string."),
    method<paint_text<Paint::Insert, false>>("insstr", "(*args)",
                                             "insstr([y, x,] str, [attr])\nInsert the string before the current or specified position."),
    method<instr>("instr", "(*args)", "instr([y, x,] n=2047)\nReturn the text of the window as a bytes object."),
    method<is_linetouched_>("is_linetouched", "($self, line, /)",
                            "Return True if the specified line was modified, otherwise return False."),
    method<is_wintouched_>("is_wintouched", "($self, /)", "Return True if the window changed since the last refresh()."),
    FLAG(keypad, "Interpret escape sequences for special keys if flag is true."),
    FLAG(leaveok, "If flag is true, leave the cursor where the update leaves it."),
    method<two_ints<wmove, "wmove">>("move", "($self, new_y, new_x, /)", "Move the cursor to (new_y, new_x)."),
    method<two_ints<mvderwin, "mvderwin">>("mvderwin", "($self, y, x, /)", "Move the window inside its parent window."),
    method<two_ints<mvwin, "mvwin">>("mvwin", "($self, new_y, new_x, /)", "Move the window so its upper-left corner is at (new_y, new_x)."),
    FLAG(nodelay, "If flag is true, getch() becomes non-blocking."),
    FLAG(notimeout, "If flag is true, do not time out escape sequences."),
    method<refresh<false>>("noutrefresh", "(*args)",
                           "noutrefresh([pminrow, pmincol, sminrow, smincol, smaxrow, smaxcol])\nMark for refresh but wait."),
    method<copy_to<true>>(
        "overlay", "(*args)",
        "overlay(destwin, [sminrow, smincol, dminrow, dmincol, dmaxrow, dmaxcol])\nOverlay the window on top of destwin."),
    method<copy_to<false>>(
        "overwrite", "(*args)",
        "overwrite(destwin, [sminrow, smincol, dminrow, dmincol, dmaxrow,\n          dmaxcol])\nOverwrite the window on top of destwin."),
    method<putwin_>("putwin", "($self, file, /)", "Write all data associated with the window into the provided file object."),
    method<two_ints<wredrawln, "wredrawln">>("redrawln", "($self, beg, num, /)", "Mark the specified lines corrupted."),
    PLAIN("redrawwin", redrawwin, "Mark the entire window for redraw on the next refresh()."),
    method<refresh<true>>("refresh", "(*args)",
                          "refresh([pminrow, pmincol, sminrow, smincol, smaxrow, smaxcol])\nUpdate the display immediately."),
    method<two_ints<wresize, "wresize">>("resize", "($self, nlines, ncols, /)", "Resize the window to nlines rows and ncols columns."),
    method<scroll_>("scroll", "(*args)", "scroll([lines=1])\nScroll the screen or scrolling region."),
    FLAG(scrollok, "Control whether the window scrolls when the cursor moves off it."),
    method<two_ints<wsetscrreg, "wsetscrreg">>("setscrreg", "($self, top, bottom, /)", "Define a software scrolling region."),
    PLAIN("standend", wstandend, "Turn off the standout attribute."),
    PLAIN("standout", wstandout, "Turn on the A_STANDOUT attribute."),
    method<part<false>>("subpad", "(*args)",
                        "subwin([nlines=0, ncols=0,] begin_y, begin_x)\nCreate a sub-window (screen-relative coordinates)."),
    method<part<false>>("subwin", "(*args)",
                        "subwin([nlines=0, ncols=0,] begin_y, begin_x)\nCreate a sub-window (screen-relative coordinates)."),
    method<plain_void<wsyncdown>>("syncdown", "($self, /)", "Touch each location changed in any ancestor of the window."),
    FLAG(syncok, "If flag is true, call syncup() on every change to the window."),
    method<plain_void<wsyncup>>("syncup", "($self, /)", "Touch locations in ancestors that changed in this window."),
    method<set_timeout>("timeout", "($self, delay, /)", "Set blocking or non-blocking read behavior for the window."),
    method<touchline_>("touchline", "(*args)",
                       "touchline(start, count, [changed=True])\nPretend count lines have been changed, starting with line start."),
    PLAIN("touchwin", touchwin, "Mark the whole window as changed."),
    PLAIN("untouchwin", untouchwin, "Mark all lines in the window as unchanged since last refresh()."),
    method<line<false>>("vline", "(*args)", "vline([y, x,] ch, n, [attr=_curses.A_NORMAL])\nDisplay a vertical line."),
};
#undef PLAIN
#undef FLAG
const GetSetDef getset[] = {getter_setter<get_encoding, set_encoding>("encoding", "the encoding of text in the window")};
const SlotDef slots[] = {raw_slot(SlotId::tp_traverse, &traverse), raw_slot(SlotId::tp_dealloc, &dealloc)};

} // namespace

Result<chtype> to_chtype(Thread& t, Window* window, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return narrow_character(t, object);
    auto* text = static_cast<Str*>(object.get());
    if (text->length != 1) return wrong_character(t, object, any_character);
    uint32_t c = text->at(0);
    if (c < 128 || !window) {
        if (c > UCHAR_MAX) return does_not_fit(t);
        return static_cast<chtype>(c);
    }
    std::string encoding = encoding_of(t, window);
    Ref<Object> bytes = TRY(str_encode(t, text, encoding.c_str(), "strict"));
    if (!is<Bytes>(bytes.get()) || static_cast<Bytes*>(bytes.get())->size != 1) return does_not_fit(t);
    return static_cast<chtype>(static_cast<unsigned char>(static_cast<Bytes*>(bytes.get())->data[0]));
}

const TypeSpec window_spec = {.type = &Window::s_type,
                              .name = "_curses.window",
                              .basicsize = sizeof(Window),
                              .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                              .slots = slots,
                              .methods = methods,
                              .getset = getset};

} // namespace taipan::curses
