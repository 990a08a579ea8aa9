// Calls into C libraries that call back: the library runs in a `Released` scope, in which the thread is detached; what it
// calls back enters Python through `Entered`, on the same thread.
#pragma once

#include "runtime/thread.h"

namespace taipan {

class Released {
public:
    explicit Released(Thread& t) : m_thread(t), m_previous(s_inside) {
        s_inside = &t;
        thread_detach(t);
    }
    ~Released() {
        thread_attach(m_thread);
        s_inside = m_previous;
    }
    Released(const Released&) = delete;
    static Thread* inside() { return s_inside; }

private:
    Thread& m_thread;
    Thread* m_previous;
    static thread_local Thread* s_inside;
};
/// Nothing to do if the thread is attached: libraries also call back from calls that were not released.
class Entered {
public:
    Entered() : m_attached(Thread::current_or_null() == nullptr), m_thread(m_attached ? *Released::inside() : Thread::current()) {
        if (m_attached) thread_attach(m_thread);
    }
    ~Entered() {
        if (m_attached) thread_detach(m_thread);
    }
    Entered(const Entered&) = delete;
    Thread& thread() { return m_thread; }

private:
    bool m_attached;
    Thread& m_thread;
};

} // namespace taipan
