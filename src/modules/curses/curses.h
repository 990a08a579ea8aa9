// _curses and _curses_panel over ncursesw. The library has one state for the process and no locks: every call of it holds
// CursesProcess::lock, except those that wait for a key, during which other threads may draw.
#pragma once

#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/type_spec.h"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>

namespace taipan::curses {

struct CursesProcess {
    Mutex lock;
    // How far the library has come; never set back.
    std::atomic<bool> terminal{false}, screen{false}, colors{false};
};
extern CursesProcess g_curses;

struct Window : Object {
    WINDOW* window;
    char* encoding; // of text in `window`; malloc
    Object* parent; // the Window whose cells it shares, or null
    static Type s_type;
};

/// Inside, nothing may run Python, free an object or reach a safepoint.
class Locked {
public:
    Locked() : m_locker(g_curses.lock) {}

private:
    MutexLocker m_locker;
};

/// An instance of _curses.error.
COLD Error raise_curses(Thread& t, const char* message);
COLD Error raise_failed(Thread& t, const char* function);
inline Result<void> check(Thread& t, int code, const char* function) {
    if (code == ERR) return raise_failed(t, function);
    return {};
}
Result<void> need_terminal(Thread& t);
Result<void> need_screen(Thread& t);
Result<void> need_colors(Thread& t);

/// `window` may be null: "curses function returned NULL". Takes it over.
Result<Ref<Window>> window_new(Thread& t, WINDOW* window, const char* encoding, Object* parent);
/// A character as it is in narrow cells; what is not ASCII is encoded as the window (may be null) says.
Result<chtype> to_chtype(Thread& t, Window* window, Borrowed<Object> object);
/// TypeError `NAME requires A to B arguments`.
Result<void> check_count(Thread& t, const char* name, size_t count, size_t least, size_t most);
inline Result<Ref<Object>> pair_of_ints(Thread& t, int64_t a, int64_t b) { return tuple_pack(t, TRY(int_from(t, a)), TRY(int_from(t, b))); }
extern const TypeSpec window_spec;

} // namespace taipan::curses
