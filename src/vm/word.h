// A word of a frame: a local variable or a stack entry. The two low bits tell what it is:
//   00  a counted reference (owned by the word), or null
//   01  an uncounted reference: borrowed from a local that outlives the use, immortal, or with deferred counting
//   10  an unboxed int of 62 bits
// See docs/values.md for who may hold which, and when an int gets a box.
#pragma once

#include "objects/float.h"
#include "objects/int.h"
#include "runtime/thread.h"

namespace taipan {

struct Word {
    uintptr_t bits;

    static constexpr uintptr_t TagMask = 3, Uncounted = 1, SmallInt = 2;
    static constexpr int64_t IntMin = -(int64_t{1} << 61), IntMax = (int64_t{1} << 61) - 1;

    ALWAYS_INLINE static Word null() { return {0}; }
    /// Takes over a count.
    ALWAYS_INLINE static Word owned(Object* o) { return {reinterpret_cast<uintptr_t>(o)}; }
    template <class T> ALWAYS_INLINE static Word owned(Ref<T>&& r) { return owned(r.release()); }
    /// Somebody else keeps it alive while the word lives.
    ALWAYS_INLINE static Word uncounted(Object* o) { return {reinterpret_cast<uintptr_t>(o) | Uncounted}; }
    /// A new reference; objects that need no count get none.
    ALWAYS_INLINE static Word from(Object* o) {
        if (is_immortal(o) || is_deferred(o)) return uncounted(o);
        incref(o);
        return owned(o);
    }
    ALWAYS_INLINE static Word from_int(int64_t value) { return {static_cast<uintptr_t>(value << 2) | SmallInt}; }
    ALWAYS_INLINE static Word from_bool(bool value) { return uncounted(bool_object(value)); }
    ALWAYS_INLINE static Word none() { return uncounted(None()); }
    ALWAYS_INLINE static bool fits(int64_t value) { return value >= IntMin && value <= IntMax; }

    ALWAYS_INLINE bool is_null() const { return bits == 0; }
    ALWAYS_INLINE bool is_int() const { return bits & SmallInt; }
    ALWAYS_INLINE bool is_counted() const { return (bits & TagMask) == 0; }
    ALWAYS_INLINE int64_t int_value() const { return static_cast<int64_t>(bits) >> 2; }
    /// The object of a word that holds a reference (not an unboxed int).
    ALWAYS_INLINE Object* object() const {
        ASSERT(!is_int());
        return reinterpret_cast<Object*>(bits & ~TagMask);
    }
    ALWAYS_INLINE bool is_object(const Object* o) const { return (bits & ~Uncounted) == reinterpret_cast<uintptr_t>(o); }

    /// A second word of the same value.
    ALWAYS_INLINE Word dup() const {
        if (is_counted()) incref(reinterpret_cast<Object*>(bits));
        return *this;
    }
    /// A word without a count of its own, valid while this one lives.
    ALWAYS_INLINE Word borrow() const { return is_int() ? *this : Word{bits | Uncounted}; }
    ALWAYS_INLINE void close() const {
        if (is_counted()) decref(reinterpret_cast<Object*>(bits));
    }
    ALWAYS_INLINE void xclose() const {
        if (bits != 0) close();
    }
    /// A word that may outlive what it was borrowed from; consumes this one.
    ALWAYS_INLINE Word to_owned() const {
        if ((bits & TagMask) != Uncounted) return *this;
        return from(object());
    }
};
static_assert(sizeof(Word) == 8);

/// Puts the box of an unboxed int into the word itself.
NOINLINE Result<void> word_box(Thread& t, Word* word);
/// The object of the word, which stays its owner; an unboxed int is boxed in place. Null: MemoryError is set.
ALWAYS_INLINE Object* word_object(Thread& t, Word* word) {
    if (UNLIKELY(word->is_int()) && word_box(t, word).is_error()) return nullptr;
    return word->object();
}
/// Consumes the word: an owned reference. Null: MemoryError is set.
ALWAYS_INLINE Object* word_take(Thread& t, Word word) {
    if (LIKELY(word.is_counted())) return word.object();
    if (UNLIKELY(word.is_int())) return int_from(t, word.int_value()).release_or_null();
    Object* o = word.object();
    incref(o);
    return o;
}
/// The value of an unboxed int or of a boxed exact int of at most two digits.
ALWAYS_INLINE bool word_int64(Word word, int64_t* out) {
    if (LIKELY(word.is_int())) {
        *out = word.int_value();
        return true;
    }
    Object* o = word.object();
    if (o->type != &Int::s_type) return false;
    const Int* i = static_cast<const Int*>(o);
    if (i->is_compact()) {
        *out = i->compact_value();
        return true;
    }
    if (i->digit_count() > 2) return false;
    int64_t magnitude = static_cast<int64_t>(i->digits[0]) | static_cast<int64_t>(i->digits[1]) << Int::DigitBits;
    *out = i->is_negative() ? -magnitude : magnitude;
    return true;
}
/// The type of the value.
ALWAYS_INLINE Type* word_type(Word word) { return word.is_int() ? &Int::s_type : word.object()->type; }
/// Takes over an owned reference; ints that fit are unboxed.
ALWAYS_INLINE Word word_from_int_object(Ref<Int> value) {
    int64_t v;
    Word boxed = Word::owned(value.release());
    if (word_int64(boxed, &v)) {
        boxed.close();
        return Word::from_int(v);
    }
    return boxed;
}

} // namespace taipan
