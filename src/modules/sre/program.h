// A regular expression ready to match: what `re._compiler` emitted, checked and translated once.
//
// The emitted code is a tree flattened with skip counts; matching it directly means recursion. A Program is a flat list
// of nodes for a backtracking machine instead: control flow is jumps, sets are 256-byte tables, and where one character
// of look-ahead decides between two ways, nodes carry a filter so that the machine need not remember the other way.
// A Program is immutable and may be used by many threads.
#pragma once

#include "base/small_buffer.h"
#include "modules/sre/opcodes.h"

#include <cstddef>
#include <cstdint>

namespace taipan::modules::sre {

enum class Op : uint8_t {
    Success,
    Fail,
    Char,    ///< a: character
    NotChar, ///< a
    Any,     ///< anything but a newline
    AnyAll,
    Set,           ///< a: index of the set
    String,        ///< a: offset in the literals, b: length
    At,            ///< mode
    Mark,          ///< a
    Jump,          ///< a: target
    Alternative,   ///< a: next alternative or 0, b: filter
    GreedyOne,     ///< a: min, b: max, c: filter of what follows; the item is the next node, what follows the one after
    LazyOne,       ///< the same
    PossessiveOne, ///< the same
    Repeat,        ///< a: loop, b: its until node
    MaxUntil,      ///< a: loop, b: body
    MinUntil,      ///< a: loop, b: body
    Assert,        ///< a: behind the assertion, b: characters to step back
    AssertNot,     ///< the same
    AssertEnd,
    AssertNotEnd,
    Atomic,
    AtomicEnd,
    GroupRef,    ///< a: group, mode: fold
    GroupExists, ///< a: group, b: where to go when it has not matched
};

struct Node {
    Op op;
    uint8_t mode;
    uint32_t a, b, c;
};

/// How a set treats characters of 256 and above.
enum class Wide : uint8_t { None, All, Flags, Code };

struct CharacterSet {
    uint8_t table[256];
    Wide wide;
    Fold fold;
    bool negated;     ///< for Flags
    bool is_literal;  ///< made from one literal
    bool uses_locale; ///< the table is meaningless: always run the code
    uint16_t flags;   ///< for Flags: base::unicode::TypeFlag bits
    uint32_t code;    ///< offset in Program::code
};

/// What may come first: 0 says nothing is known; bit 31 set, a single character; else the index of a table plus one.
using Filter = uint32_t;
inline constexpr Filter filter_character = 0x80000000;

struct FilterTable {
    uint8_t table[256];
    bool wide;
};

struct Loop {
    uint32_t min, max;
    uint32_t until; ///< its node
    Filter body, tail;
};

enum class CreateResult : uint8_t { Ok, Invalid, NoMemory };

class Program {
public:
    /// Null with `result` set when the code is invalid ("invalid SRE code") or memory runs out.
    static Program* create(const uint32_t* code, size_t size, size_t groups, CreateResult& result);
    void destroy();

    size_t groups = 0;
    size_t min_width = 0;
    bool only_at_beginning = false; ///< starts with \A or a non-multiline ^
    bool starts_line = false;       ///< starts with a multiline ^
    bool is_literal = false;        ///< the prefix is all there is
    Filter first = 0;               ///< of the whole pattern

    /// What every match begins with; `prefix_bytes` too when it fits bytes.
    base::SmallBuffer<uint32_t, 16> prefix;
    base::SmallBuffer<uint8_t, 16> prefix_bytes;
    bool has_prefix_bytes = false;

    base::SmallBuffer<Node, 32> nodes;
    base::SmallBuffer<uint32_t, 32> literals;
    base::SmallBuffer<uint32_t, 64> code;
    base::SmallBuffer<CharacterSet, 1> sets;
    base::SmallBuffer<FilterTable, 1> filters;
    base::SmallBuffer<Loop, 4> loops;
};

bool in_category(Category category, uint32_t c);
uint32_t lower_ascii(uint32_t c);
uint32_t lower_locale(uint32_t c);
uint32_t upper_locale(uint32_t c);
uint32_t fold(Fold mode, uint32_t c);
/// Runs a set's code on a character that has been folded.
bool in_set_code(const uint32_t* set, uint32_t c);
/// The slow way: characters beyond the table, and locale sets.
bool in_set_slow(const Program& program, const CharacterSet& set, uint32_t c);

} // namespace taipan::modules::sre
