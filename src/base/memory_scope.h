// Work that is abandoned when memory runs out, for code that builds a lot and owns nothing but memory: the front end.
//
// Checking every allocation of a parser and a compiler would put an error path behind each of thousands of calls, none of
// which has anything to say about it. So `attempt` notes where it is, and memory_exhausted() goes back there (longjmp; the
// engine is built without exceptions). No destructor runs on that way. What the work owned is therefore of two kinds only:
// memory of an arena, which lives on outside, and memory taken through scoped_allocate, which is all that the containers of
// scoped_containers.h use: each block is on its scope's list, and what is on the list when the scope is abandoned is given back. The
// fast path of an allocation is what it would be if nothing could fail.
//
// - A container that was made outside of an attempt must not be changed inside of it.
// - What calls out of the front end while an attempt is going on (a warning runs Python) says so with OutsideAttempt.
#pragma once

#include <cstddef>
#include <type_traits>

namespace taipan::base {

/// Leaves the innermost attempt of this thread, which then is false. Outside of any, the process ends.
[[noreturn]] void memory_exhausted();

/// Whether the allocation about to be made has to fail, by what tests asked for (debug builds).
#ifdef TAIPAN_DEBUG
bool allocation_refused();
void refuse_allocations(bool (*decide)());
#else
inline bool allocation_refused() { return false; }
inline void refuse_allocations(bool (*)()) {}
#endif

bool attempt_erased(void (*work)(void*), void* data);

/// Does the work; false if memory ran out within, when everything it began is to be forgotten.
template <class F> [[nodiscard]] bool attempt(F&& work) {
    return attempt_erased([](void* data) { (*static_cast<std::remove_reference_t<F>*>(data))(); }, (void*)&work);
}

/// Code that is not to be jumped over, called from within an attempt.
class OutsideAttempt {
public:
    OutsideAttempt();
    ~OutsideAttempt();
    OutsideAttempt(const OutsideAttempt&) = delete;
    OutsideAttempt& operator=(const OutsideAttempt&) = delete;

private:
    void* m_suspended;
};

/// As malloc, realloc and calloc, but leaving the attempt in place of null. For owners that live outside of it.
void* must_allocate(size_t size);
void* must_reallocate(void* memory, size_t size);
void* must_allocate_zeroed(size_t count, size_t size);

/// Memory that an abandoned attempt gives back.
void* scoped_allocate(size_t size);
void* scoped_reallocate(void* memory, size_t size);
void scoped_free(void* memory);

} // namespace taipan::base
