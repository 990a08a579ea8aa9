// The functions of _curses: screen, terminal modes, colors, keys, terminfo.
#include "modules/curses/curses.h"

#include "objects/bytes.h"
#include "objects/module.h"
#include "objects/struct_sequence.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <term.h>

// term.h names the terminal's capabilities by macros that are no prefix's.
#undef lines
#undef columns
#undef bell
#undef tab

namespace taipan::curses {

namespace {

using Mod = Borrowed<Module>;

Result<Ref<Bytes>> text_of(Thread& t, const char* text) { return bytes_from(t, text ? text : ""); }

/// A function without arguments that may fail.
template <int (*F)(), FixedString Name> Result<void> plain(Thread& t) {
    TRY(need_screen(t));
    int code;
    {
        Locked locked;
        code = F();
    }
    return check(t, code, Name.text);
}
/// The same, writing to the terminal.
template <int (*F)(), FixedString Name> Result<void> writing(Thread& t) {
    TRY(need_screen(t));
    int code;
    {
        Detached detached(t);
        Locked locked;
        code = F();
    }
    return check(t, code, Name.text);
}
/// A mode that a flag turns on or off.
template <int (*On)(), int (*Off)(), FixedString Name> Result<void> mode(Thread& t, bool flag) {
    TRY(need_screen(t));
    int code;
    {
        Locked locked;
        code = flag ? On() : Off();
    }
    return check(t, code, Name.text);
}
template <void (*On)(), void (*Off)()> Result<void> mode_void(Thread& t, bool flag) {
    TRY(need_screen(t));
    Locked locked;
    flag ? On() : Off();
    return {};
}
Result<void> no_queue_flush(Thread& t) { return mode_void<noqiflush, noqiflush>(t, true); }
template <bool (*F)()> Result<bool> question(Thread& t) {
    TRY(need_screen(t));
    Locked locked;
    return F();
}
template <char* (*F)()> Result<Ref<Bytes>> name_of(Thread& t) {
    TRY(need_screen(t));
    return text_of(t, F());
}
template <char (*F)()> Result<Ref<Bytes>> character_of(Thread& t) {
    TRY(need_screen(t));
    char c = F();
    return bytes_from(t, {&c, 1});
}

// Colors.

Result<int> limited(Thread& t, Borrowed<Object> object, const char* what, int64_t least, int64_t most, const char* most_text) {
    Ref<Int> number = TRY(to_index(t, object));
    int64_t value;
    if (!int_fits_int64(number.get(), &value)) value = number->is_negative() ? INT64_MIN : INT64_MAX;
    if (value < least) return raise(t, exc::ValueError, "%s is less than 0%s", what, *most_text ? "." : "");
    if (value > most) {
        if (!*most_text) return raise(t, exc::ValueError, "%s is greater than %d", what, most);
        return raise(t, exc::ValueError, "%s is greater than %s (%d).", what, most_text, most);
    }
    return static_cast<int>(value);
}
Result<int> color_number(Thread& t, Borrowed<Object> object) { return limited(t, object, "Color number", 0, COLORS - 1, "COLORS-1"); }
Result<int> color_or_default(Thread& t, Borrowed<Object> object) { return limited(t, object, "Color number", -1, COLORS - 1, "COLORS-1"); }
Result<int> pair_number_of(Thread& t, Borrowed<Object> object) { return limited(t, object, "Color pair", 0, INT_MAX, "maximum"); }
Result<int> component(Thread& t, Borrowed<Object> object) { return limited(t, object, "Color component", 0, 1000, ""); }

Result<void> need_color_screen(Thread& t) {
    TRY(need_screen(t));
    return need_colors(t);
}
Result<Ref<Object>> color_content_(Thread& t, Borrowed<Object> color) {
    int number = TRY(color_number(t, color));
    TRY(need_color_screen(t));
    int r, g, b, code;
    {
        Locked locked;
        code = extended_color_content(number, &r, &g, &b);
    }
    TRY(check(t, code, "extended_color_content"));
    return tuple_pack(t, TRY(int_from(t, r)), TRY(int_from(t, g)), TRY(int_from(t, b)));
}
Result<int64_t> color_pair(Thread& t, Borrowed<Object> pair) {
    int number = TRY(pair_number_of(t, pair));
    TRY(need_color_screen(t));
    return static_cast<int64_t>(COLOR_PAIR(number));
}
Result<Ref<Object>> pair_content_(Thread& t, Borrowed<Object> pair) {
    int number = TRY(pair_number_of(t, pair));
    TRY(need_color_screen(t));
    int foreground, background, code;
    {
        Locked locked;
        code = extended_pair_content(number, &foreground, &background);
    }
    if (code == ERR) {
        if (number >= COLOR_PAIRS) return raise(t, exc::ValueError, "Color pair is greater than COLOR_PAIRS-1 (%d).", COLOR_PAIRS - 1);
        return raise_failed(t, "extended_pair_content");
    }
    return pair_of_ints(t, foreground, background);
}
Result<int64_t> pair_number(Thread& t, int attributes) {
    TRY(need_color_screen(t));
    return static_cast<int64_t>(PAIR_NUMBER(static_cast<attr_t>(attributes)));
}
Result<void> init_color_(Thread& t, Borrowed<Object> color, Borrowed<Object> red, Borrowed<Object> green, Borrowed<Object> blue) {
    int number = TRY(color_number(t, color)), r = TRY(component(t, red)), g = TRY(component(t, green)), b = TRY(component(t, blue));
    TRY(need_color_screen(t));
    int code;
    {
        Locked locked;
        code = init_extended_color(number, r, g, b);
    }
    return check(t, code, "init_extended_color");
}
Result<void> init_pair_(Thread& t, Borrowed<Object> pair, Borrowed<Object> foreground, Borrowed<Object> background) {
    int number = TRY(pair_number_of(t, pair)), f = TRY(color_or_default(t, foreground)), b = TRY(color_or_default(t, background));
    TRY(need_color_screen(t));
    int code;
    {
        Locked locked;
        code = init_extended_pair(number, f, b);
    }
    if (code == ERR && number >= COLOR_PAIRS)
        return raise(t, exc::ValueError, "Color pair is greater than COLOR_PAIRS-1 (%d).", COLOR_PAIRS - 1);
    return check(t, code, "init_extended_pair");
}
Result<void> start_color_(Thread& t, Mod module) {
    TRY(need_screen(t));
    int code;
    {
        Locked locked;
        code = start_color();
    }
    TRY(check(t, code, "start_color"));
    g_curses.colors.store(true);
    TRY(module_add_int(t, module, "COLORS", COLORS));
    return module_add_int(t, module, "COLOR_PAIRS", COLOR_PAIRS);
}
Result<void> assume_colors(Thread& t, int foreground, int background, const char* name) {
    TRY(need_color_screen(t));
    int code;
    {
        Locked locked;
        code = foreground == -1 && background == -1 ? use_default_colors() : assume_default_colors(foreground, background);
    }
    return check(t, code, name);
}
Result<void> use_default_colors_(Thread& t) { return assume_colors(t, -1, -1, "use_default_colors"); }
Result<void> assume_default_colors_(Thread& t, int fg, int bg) { return assume_colors(t, fg, bg, "assume_default_colors"); }
bool has_extended_color_support() { return true; }

// The screen.

Result<void> set_size(Thread& t, Mod module) {
    TRY(module_add_int(t, module, "LINES", LINES));
    return module_add_int(t, module, "COLS", COLS);
}
/// `curses` has copies of the two.
Result<void> set_size_everywhere(Thread& t, Mod module) {
    TRY(set_size(t, module));
    MaybeRef<Object> package = TRY(dict_get_ascii(t, t.interpreter->modules, "curses"));
    if (!package || !is<Module>(package.get())) return {};
    return set_size(t, static_cast<Module*>(package.get()));
}
Result<Ref<Window>> initscr_(Thread& t, Mod module) {
    WINDOW* screen;
    bool again = g_curses.screen.load();
    int code = OK;
    {
        Locked locked;
        if (again) {
            screen = stdscr;
            code = wrefresh(screen);
        } else {
            screen = initscr();
        }
    }
    if (again) {
        TRY(check(t, code, "wrefresh"));
        return window_new(t, screen, nullptr, nullptr);
    }
    if (!screen) return raise_curses(t, "curses function returned NULL");
    g_curses.screen.store(true);
    g_curses.terminal.store(true);
#define CURSES_DRAWING(name) TRY(module_add_int(t, module, #name, static_cast<int64_t>(name)));
#include "modules/curses/drawing.inc"
#undef CURSES_DRAWING
    TRY(set_size(t, module));
    return window_new(t, screen, nullptr, nullptr);
}
Result<void> setupterm_(Thread& t, NoneOr<Str> term, int fd) {
    const char* name = term ? TRY(str_utf8(t, term.value())).data() : nullptr;
    if (fd == -1) {
        MaybeRef<Object> out = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stdout));
        if (!out || is_none(out.get())) return raise_curses(t, "lost sys.stdout");
        Ref<Object> number = TRY(call_method(t, out.get(), TRY(str_interned(t, "fileno"))));
        fd = TRY(to_int32(t, number));
    }
    if (g_curses.terminal.load()) return {};
    int code, error = 0;
    {
        Locked locked;
        code = setupterm(name, fd, &error);
    }
    if (code == ERR)
        return raise_curses(t, error == 0    ? "setupterm: could not find terminal"
                               : error == -1 ? "setupterm: could not find terminfo database"
                                             : "setupterm: unknown error");
    g_curses.terminal.store(true);
    return {};
}
Result<Ref<Window>> newwin_(Thread& t, Args args) {
    if (args.size() != 2 && args.size() != 4) TRY(check_count(t, "_curses.newwin", args.size() == 3 ? 5 : args.size(), 2, 4));
    int v[4] = {};
    for (size_t i = 0; i < args.size(); ++i) v[i] = TRY(to_int32(t, args[i]));
    TRY(need_screen(t));
    WINDOW* made;
    {
        Locked locked;
        made = newwin(v[0], v[1], v[2], v[3]);
        if (made) keypad(made, FALSE);
    }
    return window_new(t, made, nullptr, nullptr);
}
Result<Ref<Window>> newpad_(Thread& t, int lines, int columns) {
    TRY(need_screen(t));
    WINDOW* made;
    {
        Locked locked;
        made = newpad(lines, columns);
    }
    return window_new(t, made, nullptr, nullptr);
}
Result<Ref<Window>> getwin_(Thread& t, Borrowed<Object> file) {
    TRY(need_screen(t));
    Ref<Object> data = TRY(call_method(t, file, TRY(str_interned(t, "read"))));
    if (!is<Bytes>(data.get())) return raise(t, exc::TypeError, "f.read() returned %T instead of bytes", data.get());
    FILE* temporary = tmpfile();
    if (!temporary) return raise_errno(t, errno);
    std::string_view bytes = static_cast<Bytes*>(data.get())->view();
    bool written = fwrite(bytes.data(), 1, bytes.size(), temporary) == bytes.size();
    int error = errno;
    WINDOW* made = nullptr;
    if (written) {
        rewind(temporary);
        Locked locked;
        made = getwin(temporary);
    }
    fclose(temporary);
    if (!written) return raise_errno(t, error);
    return window_new(t, made, nullptr, nullptr);
}
Result<short> to_short(Thread& t, int value) {
    if (value > SHRT_MAX) return raise(t, exc::OverflowError, "signed short integer is greater than maximum");
    if (value < SHRT_MIN) return raise(t, exc::OverflowError, "signed short integer is less than minimum");
    return static_cast<short>(value);
}
template <int (*F)(int, int), FixedString Name> Result<void> resize(Thread& t, Mod module, int lines, int columns) {
    TRY(to_short(t, lines));
    TRY(to_short(t, columns));
    TRY(need_screen(t));
    int code;
    {
        Locked locked;
        code = F(lines, columns);
    }
    TRY(check(t, code, Name.text));
    return set_size_everywhere(t, module);
}
Result<bool> is_term_resized_(Thread& t, int lines, int columns) {
    TRY(need_screen(t));
    Locked locked;
    return is_term_resized(lines, columns);
}
Result<void> update_lines_cols(Thread& t, Mod module) { return set_size_everywhere(t, module); }
Result<Ref<Object>> getsyx_(Thread& t) {
    TRY(need_screen(t));
    int y = 0, x = 0;
    {
        Locked locked;
        getsyx(y, x);
    }
    return pair_of_ints(t, y, x);
}
Result<void> setsyx_(Thread& t, int y, int x) {
    TRY(need_screen(t));
    Locked locked;
    setsyx(y, x);
    return {};
}
void filter_() {
    Locked locked;
    filter();
}
void use_env_(Thread&, bool flag) {
    Locked locked;
    use_env(flag);
}
Result<void> flushinp_(Thread& t) {
    TRY(need_screen(t));
    Locked locked;
    flushinp();
    return {};
}
Result<int> curs_set_(Thread& t, int visibility) {
    TRY(need_screen(t));
    int old;
    {
        Locked locked;
        old = curs_set(visibility);
    }
    TRY(check(t, old, "curs_set"));
    return old;
}
template <int (*F)(int), FixedString Name> Result<void> one_int(Thread& t, int value) {
    TRY(need_screen(t));
    int code;
    {
        Detached detached(t);
        Locked locked;
        code = F(value);
    }
    return check(t, code, Name.text);
}
Result<void> napms_(Thread& t, int milliseconds) {
    TRY(need_screen(t));
    {
        Detached detached(t);
        napms(milliseconds);
    }
    return poll(t);
}
Result<void> halfdelay_(Thread& t, Borrowed<Object> tenths) {
    int64_t value = TRY(to_int64(t, tenths));
    if (value < 0) return raise(t, exc::OverflowError, "unsigned byte integer is less than minimum");
    if (value > UCHAR_MAX) return raise(t, exc::OverflowError, "unsigned byte integer is greater than maximum");
    return one_int<halfdelay, "halfdelay">(t, static_cast<int>(value));
}
Result<void> intrflush_(Thread& t, bool flag) {
    TRY(need_screen(t));
    int code;
    {
        Locked locked;
        code = intrflush(nullptr, flag);
    }
    return check(t, code, "intrflush");
}
Result<void> meta_(Thread& t, bool yes) {
    TRY(need_screen(t));
    int code;
    {
        Locked locked;
        code = meta(stdscr, yes);
    }
    return check(t, code, "meta");
}
int get_escdelay_() { return get_escdelay(); }
int get_tabsize() { return TABSIZE; }
Result<void> set_escdelay_(Thread& t, int milliseconds) {
    if (milliseconds <= 0) return raise(t, exc::ValueError, "ms must be > 0");
    Locked locked;
    (void)set_escdelay(milliseconds);
    return {};
}
Result<void> set_tabsize_(Thread& t, int size) {
    if (size <= 0) return raise(t, exc::ValueError, "size must be > 0");
    Locked locked;
    (void)set_tabsize(size);
    return {};
}
Result<int> baudrate_(Thread& t) {
    TRY(need_screen(t));
    return baudrate();
}
Result<uint64_t> termattrs_(Thread& t) {
    TRY(need_screen(t));
    return uint64_t{termattrs()};
}

// Keys and the mouse.

Result<bool> has_key_(Thread& t, int key) {
    TRY(need_screen(t));
    Locked locked;
    return has_key(key) != 0;
}
Result<Ref<Bytes>> keyname_(Thread& t, int key) {
    TRY(need_screen(t));
    if (key < 0) return raise(t, exc::ValueError, "invalid key number");
    return text_of(t, keyname(key));
}
Result<Ref<Bytes>> unctrl_(Thread& t, Borrowed<Object> ch) {
    TRY(need_screen(t));
    chtype c = TRY(to_chtype(t, nullptr, ch));
    return text_of(t, unctrl(c));
}
Result<void> ungetch_(Thread& t, Borrowed<Object> ch) {
    TRY(need_screen(t));
    chtype c = TRY(to_chtype(t, nullptr, ch));
    int code;
    {
        Locked locked;
        code = ungetch(static_cast<int>(c));
    }
    return check(t, code, "ungetch");
}
Result<void> unget_wch_(Thread& t, Borrowed<Object> ch) {
    TRY(need_screen(t));
    int64_t value;
    if (is<Str>(ch.get())) {
        auto* text = static_cast<Str*>(ch.get());
        if (text->length != 1) return raise(t, exc::TypeError, "expect int or str of length 1, got a str of length %d", text->length);
        value = text->at(0);
    } else if (is<Int>(ch.get())) {
        if (!int_fits_int64(static_cast<Int*>(ch.get()), &value) || value < INT32_MIN || value > INT32_MAX)
            return raise(t, exc::OverflowError, "character doesn't fit in wchar_t");
    } else {
        return raise(t, exc::TypeError, "expect int or str of length 1, got %T", ch);
    }
    int code;
    {
        Locked locked;
        code = unget_wch(static_cast<wchar_t>(value));
    }
    return check(t, code, "unget_wch");
}
Result<Ref<Object>> getmouse_(Thread& t) {
    TRY(need_screen(t));
    MEVENT event;
    int code;
    {
        Locked locked;
        code = getmouse(&event);
    }
    TRY(check(t, code, "getmouse"));
    return tuple_pack(t, TRY(int_from(t, event.id)), TRY(int_from(t, event.x)), TRY(int_from(t, event.y)), TRY(int_from(t, event.z)),
                      TRY(int_from_uint64(t, event.bstate)));
}
Result<void> ungetmouse_(Thread& t, int id, int x, int y, int z, int64_t state) {
    TRY(need_screen(t));
    MEVENT event{TRY(to_short(t, id)), x, y, z, static_cast<mmask_t>(state)};
    int code;
    {
        Locked locked;
        code = ungetmouse(&event);
    }
    return check(t, code, "ungetmouse");
}
Result<Ref<Object>> mousemask_(Thread& t, int64_t wanted) {
    TRY(need_screen(t));
    mmask_t old = 0, available;
    {
        Locked locked;
        available = mousemask(static_cast<mmask_t>(wanted), &old);
    }
    return tuple_pack(t, TRY(int_from_uint64(t, available)), TRY(int_from_uint64(t, old)));
}

// Terminfo.

Result<const char*> capability(Thread& t, Borrowed<Str> name) {
    std::string_view text = TRY(str_utf8(t, name));
    if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
    return text.data();
}
Result<int> tigetflag_(Thread& t, Borrowed<Str> name) {
    TRY(need_terminal(t));
    const char* text = TRY(capability(t, name));
    Locked locked;
    return tigetflag(text);
}
Result<int> tigetnum_(Thread& t, Borrowed<Str> name) {
    TRY(need_terminal(t));
    const char* text = TRY(capability(t, name));
    Locked locked;
    return tigetnum(text);
}
Result<Ref<Object>> tigetstr_(Thread& t, Borrowed<Str> name) {
    TRY(need_terminal(t));
    const char* text = TRY(capability(t, name));
    char* found;
    {
        Locked locked;
        found = tigetstr(text);
    }
    if (!found || found == reinterpret_cast<char*>(-1)) return none_ref();
    return TRY(text_of(t, found));
}
Result<Ref<Bytes>> tparm_(Thread& t, BufferView& format, int i1, int i2, int i3, int i4, int i5, int i6, int i7, int i8, int i9) {
    TRY(need_terminal(t));
    Ref<Bytes> text = TRY(bytes_from(t, format.view())); // ends in a null byte
    const char* result;
    MaybeRef<Bytes> copy;
    {
        Locked locked;
        result = tparm(text->data, i1, i2, i3, i4, i5, i6, i7, i8, i9);
    }
    if (!result) return raise_curses(t, "tparm() returned NULL");
    return text_of(t, result);
}
Result<void> putp_(Thread& t, BufferView& string) {
    Ref<Bytes> text = TRY(bytes_from(t, string.view()));
    int code;
    {
        Locked locked;
        code = putp(text->data);
    }
    return check(t, code, "putp");
}

#define PLAIN(function, doc) fn<plain<function, #function>>(#function, "($module, /)", doc)
#define WRITING(function, doc) fn<writing<function, #function>>(#function, "($module, /)", doc)
#define MODE(on, off, doc) fn<mode<on, off, #on>>(#on, "($module, flag=True, /)", doc)
const NativeDef functions[] = {
    fn<assume_default_colors_>("assume_default_colors", "($module, fg, bg, /)",
                               "Allow use of default values for colors on terminals supporting this feature."),
    fn<baudrate_>("baudrate", "($module, /)", "Return the output speed of the terminal in bits per second."),
    WRITING(beep, "Emit a short attention sound."),
    fn<question<can_change_color>>("can_change_color", "($module, /)", "Whether init_color() can redefine the terminal's colors."),
    MODE(cbreak, nocbreak, "Enter cbreak mode."),
    fn<color_content_>("color_content", "($module, color_number, /)",
                       "Return the red, green, and blue (RGB) components of the specified color."),
    fn<color_pair>("color_pair", "($module, pair_number, /)", "Return the attribute value for displaying text in the specified color."),
    fn<curs_set_>("curs_set", "($module, visibility, /)", "Set the cursor state."),
    PLAIN(def_prog_mode, "Save the current terminal mode as the \"program\" mode."),
    PLAIN(def_shell_mode, "Save the current terminal mode as the \"shell\" mode."),
    fn<one_int<delay_output, "delay_output">>("delay_output", "($module, ms, /)", "Insert a pause in output."),
    WRITING(doupdate, "Update the physical screen to match the virtual screen."),
    MODE(echo, noecho, "Enter echo mode."),
    WRITING(endwin, "Leave curses mode and put the terminal back as it was."),
    fn<character_of<erasechar>>("erasechar", "($module, /)", "Return the user's current erase character."),
    fn<filter_>("filter", "($module, /)", "Restrict screen updates to the current line."),
    WRITING(flash, "Flash the screen."),
    fn<flushinp_>("flushinp", "($module, /)", "Flush all input buffers."),
    fn<get_escdelay_>("get_escdelay", "($module, /)", "Gets the curses ESCDELAY setting."),
    fn<get_tabsize>("get_tabsize", "($module, /)", "Gets the curses TABSIZE setting."),
    fn<getmouse_>("getmouse", "($module, /)", "Retrieve the queued mouse event."),
    fn<getsyx_>("getsyx", "($module, /)", "Return the current coordinates of the virtual screen cursor."),
    fn<getwin_>("getwin", "($module, file, /)", "Read window related data stored in the file by an earlier putwin() call."),
    fn<halfdelay_>("halfdelay", "($module, tenths, /)", "Enter half-delay mode."),
    fn<question<has_colors>>("has_colors", "($module, /)", "Whether the terminal shows colors at all."),
    fn<has_extended_color_support>("has_extended_color_support", "($module, /)",
                                   "Return True if the module supports extended colors; otherwise, return False."),
    fn<question<has_ic>>("has_ic", "($module, /)", "Whether the terminal itself can insert and delete characters."),
    fn<question<has_il>>("has_il", "($module, /)",
                         "Whether the terminal itself can insert and delete lines, or scroll a region to the same effect."),
    fn<has_key_>("has_key", "($module, key, /)", "Whether the terminal's description knows a key with this code."),
    fn<init_color_>("init_color", "($module, color_number, r, g, b, /)", "Change the definition of a color."),
    fn<init_pair_>("init_pair", "($module, pair_number, fg, bg, /)", "Change the definition of a color-pair."),
    module_fn<initscr_>("initscr", "($module, /)", "Enter curses mode and return the window that covers the screen."),
    fn<intrflush_>("intrflush", "($module, flag, /)", "Control flushing of the output buffer when an interrupt key is pressed."),
    fn<is_term_resized_>("is_term_resized", "($module, nlines, ncols, /)",
                         "Return True if resize_term() would modify the window structure, False otherwise."),
    fn<question<isendwin>>("isendwin", "($module, /)", "Return True if endwin() has been called."),
    fn<keyname_>("keyname", "($module, key, /)", "Return the name of specified key."),
    fn<character_of<killchar>>("killchar", "($module, /)", "Return the user's current line kill character."),
    fn<name_of<longname>>("longname", "($module, /)", "Return the terminfo long name field describing the current terminal."),
    fn<meta_>("meta", "($module, yes, /)", "Enable/disable meta keys."),
    fn<one_int<mouseinterval, "mouseinterval">>("mouseinterval", "($module, interval, /)",
                                                "Set and retrieve the maximum time between press and release in a click."),
    fn<mousemask_>("mousemask", "($module, newmask, /)", "Set the mouse events to be reported, and return (availmask, oldmask)."),
    fn<napms_>("napms", "($module, ms, /)", "Sleep for specified time."),
    fn<newpad_>("newpad", "($module, nlines, ncols, /)", "Create and return a pointer to a new pad data structure."),
    fn<newwin_>("newwin", "(*args)", "newwin(nlines, ncols, [begin_y=0, begin_x=0])\nReturn a new window."),
    MODE(nl, nonl, "Enter newline mode."),
    PLAIN(nocbreak, "Leave cbreak mode."),
    PLAIN(noecho, "Leave echo mode."),
    PLAIN(nonl, "Leave newline mode."),
    fn<no_queue_flush>("noqiflush", "($module, /)", "Disable queue flushing."),
    PLAIN(noraw, "Leave raw mode."),
    fn<pair_content_>("pair_content", "($module, pair_number, /)",
                      "Return a tuple (fg, bg) containing the colors for the requested color pair."),
    fn<pair_number>("pair_number", "($module, attr, /)", "Return the number of the color-pair set by the specified attribute value."),
    fn<putp_>("putp", "($module, string, /)", "Emit the value of a specified terminfo capability for the current terminal."),
    fn<mode_void<qiflush, noqiflush>>("qiflush", "($module, flag=True, /)", "Enable queue flushing."),
    MODE(raw, noraw, "Enter raw mode."),
    PLAIN(reset_prog_mode, "Switch the terminal to the modes that def_prog_mode() recorded."),
    PLAIN(reset_shell_mode, "Switch the terminal to the modes that def_shell_mode() recorded."),
    PLAIN(resetty, "Restore terminal mode."),
    module_fn<resize<resize_term, "resize_term">>("resize_term", "($module, nlines, ncols, /)",
                                                  "Backend function used by resizeterm(), performing most of the work."),
    module_fn<resize<resizeterm, "resizeterm">>("resizeterm", "($module, nlines, ncols, /)",
                                                "Resize the standard and current windows to the specified dimensions."),
    PLAIN(savetty, "Save terminal mode."),
    fn<set_escdelay_>("set_escdelay", "($module, ms, /)", "Sets the curses ESCDELAY setting."),
    fn<set_tabsize_>("set_tabsize", "($module, size, /)", "Sets the curses TABSIZE setting."),
    fn<setsyx_>("setsyx", "($module, y, x, /)", "Set the virtual screen cursor."),
    fn<setupterm_>("setupterm", "($module, /, term=None, fd=-1)", "Initialize the terminal."),
    module_fn<start_color_>("start_color", "($module, /)", "Initializes eight basic colors and global variables COLORS and COLOR_PAIRS."),
    fn<termattrs_>("termattrs", "($module, /)", "The attributes the terminal can show, or'ed together as A_* bits."),
    fn<name_of<termname>>("termname", "($module, /)", "The terminal's type as the library knows it: TERM, cut after 14 characters."),
    fn<tigetflag_>("tigetflag", "($module, capname, /)", "Return the value of the Boolean capability."),
    fn<tigetnum_>("tigetnum", "($module, capname, /)", "Return the value of the numeric capability."),
    fn<tigetstr_>("tigetstr", "($module, capname, /)", "Return the value of the string capability."),
    fn<tparm_>("tparm", "($module, str, i1=0, i2=0, i3=0, i4=0, i5=0, i6=0, i7=0, i8=0, i9=0, /)",
               "Instantiate the specified byte string with the supplied parameters."),
    fn<one_int<typeahead, "typeahead">>("typeahead", "($module, fd, /)",
                                        "Specify that the file descriptor fd be used for typeahead checking."),
    fn<unctrl_>("unctrl", "($module, ch, /)", "Return a bytes object which is a printable representation of ch."),
    fn<unget_wch_>("unget_wch", "($module, ch, /)", "Push ch so the next get_wch() will return it."),
    fn<ungetch_>("ungetch", "($module, ch, /)", "Push ch so the next getch() will return it."),
    fn<ungetmouse_>("ungetmouse", "($module, id, x, y, z, bstate, /)", "Push a KEY_MOUSE event onto the input queue."),
    module_fn<update_lines_cols>("update_lines_cols", "($module, /)", "Update the LINES and COLS module variables."),
    fn<use_default_colors_>("use_default_colors", "($module, /)", "Equivalent to assume_default_colors(-1, -1)."),
    fn<use_env_>("use_env", "($module, flag, /)", "Use environment variables LINES and COLUMNS."),
};
#undef PLAIN
#undef WRITING
#undef MODE

constexpr struct {
    const char* name;
    int64_t value;
} constants[] = {
#define CURSES_CONSTANT(name) {#name, static_cast<int64_t>(name)},
#include "modules/curses/constants.inc"
#undef CURSES_CONSTANT
};

Result<void> exec(Thread& t, Mod module) {
    TRY(module_add(t, module, "error", TRY(new_exception_type(t, "_curses.error", exc::Exception, nullptr))));
    Ref<Bytes> version = TRY(bytes_from(t, "2.2"));
    TRY(module_add(t, module, "version", version));
    TRY(module_add(t, module, "__version__", version));
    static constexpr StructField fields[] = {
        {"major", "Major release number"}, {"minor", "Minor release number"}, {"patch", "Patch release number"}};
    Ref<Type> type =
        TRY(struct_sequence_type(t, "curses.ncurses_version", "curses.ncurses_version\n\nNcurses version information as a named tuple.",
                                 fields, 3, Instantiation::Disallowed));
    StructBuilder ncurses(t, *type);
    for (int part : {NCURSES_VERSION_MAJOR, NCURSES_VERSION_MINOR, NCURSES_VERSION_PATCH}) ncurses.add_int(part);
    TRY(module_add(t, module, "ncurses_version", TRY(ncurses.finish())));
    for (auto& constant : constants) TRY(module_add_int(t, module, constant.name, constant.value));
    for (int i = 0; i < 64; ++i) {
        char name[16];
        snprintf(name, sizeof name, "KEY_F%d", i);
        TRY(module_add_int(t, module, name, KEY_F(i)));
    }
    return {};
}
const TypeSpec* const types[] = {&window_spec};

} // namespace
} // namespace taipan::curses

namespace taipan {

extern const ModuleSpec curses_module;
const ModuleSpec curses_module = {.name = "_curses", .functions = curses::functions, .exec = curses::exec, .types = curses::types};

} // namespace taipan
