// Matching of regular expressions: a backtracking machine whose memory is its own stack on the heap, so no pattern and
// no text can exhaust the C stack.
//
// A Matcher belongs to one thread; it keeps its memory from one match to the next, which is what finditer wants. The
// text must stay alive and unchanged. Positions are indices into the text.
#pragma once

#include "base/small_buffer.h"
#include "modules/sre/program.h"

#include <cstddef>
#include <cstdint>

namespace taipan::modules::sre {

enum class Status : uint8_t { Matched, NotMatched, NoMemory, Interrupted };

class Matcher {
public:
    explicit Matcher(const Program& program) : m_program(program) {}
    Matcher(const Matcher&) = delete;

    /// `kind`: bytes a character, 1, 2 or 4. Sets the range to all of it. False when out of memory.
    [[nodiscard]] bool set_text(const void* text, size_t length, unsigned kind);

    /// At `start` exactly.
    Status match();
    /// From `start` on.
    Status search();

    size_t start = 0, end = 0;
    bool full = false;         ///< the match must reach `end`
    bool must_advance = false; ///< an empty match at `start` does not count

    /// Asked now and then in long matches; when it says false the match ends as Interrupted.
    bool (*poll)(void*) = nullptr;
    void* poll_context = nullptr;

    /// The outcome of the last successful match.
    size_t match_start = 0, match_end = 0;
    uint32_t last_index = 0; ///< the last group that closed, 0 for none
    /// The span of group 1, 2, …; false when it took no part.
    bool group(size_t index, size_t& group_start, size_t& group_end) const;

private:
    struct Entry {
        uint32_t kind, a;
        uintptr_t b, c;
    };
    struct LoopState {
        uintptr_t count;
        const void* last; ///< where the last turn began, once there were enough
    };
    template <typename Char> friend class Run;

    const Program& m_program;
    const void* m_text = nullptr;
    size_t m_length = 0;
    unsigned m_kind = 1;
    bool m_marks_used = false;
    base::SmallBuffer<const void*, 16> m_marks;
    base::SmallBuffer<LoopState, 4> m_loops;
    base::SmallBuffer<Entry, 64> m_stack;
};

} // namespace taipan::modules::sre
