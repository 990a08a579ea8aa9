// Iterators of the builtin sequences, and the functions behind iter(), reversed(), enumerate(), zip(), map(), filter().
#pragma once

#include "runtime/lock.h"
#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

/// Held for one step of an iterator, so that threads which share it get every item once. Free while the process has one
/// thread or nobody else has the iterator: who steps one holds a reference to it, or the section of the iterator around it.
/// Like any section it lets others in when the step waits, or runs Python code that waits; so a step keeps what it uses
/// alive, and looks again at what it has read. `map`, `filter` and their like call their function after the section.
class StepSection : public LeafSection {
public:
    ALWAYS_INLINE StepSection(Thread& t, Object* iterator) : LeafSection(t, iterator, !is_unshared(iterator)) {}
};

/// Walks a sequence by number: list, tuple, str, bytes …; `sequence` is null once exhausted (one thread), or the index is
/// INTPTR_MAX (several).
struct SequenceIteratorBase : Object {
    intptr_t index;
    Object* sequence;
};
struct ListIterator : SequenceIteratorBase {
    static Type s_type;
};
/// The next item, or null at the end, for whoever holds the iterator's lock or its only reference.
Object* list_iterator_step(Thread& t, ListIterator* self);
struct ListReverseIterator : SequenceIteratorBase {
    static Type s_type;
};
struct TupleIterator : SequenceIteratorBase {
    static Type s_type;
};
struct BytesIterator : SequenceIteratorBase {
    static Type s_type;
};
struct ByteArrayIterator : BytesIterator {
    static Type s_type;
};
/// Objects with __getitem__ only ("iterator").
struct SequenceIterator : SequenceIteratorBase {
    static Type s_type;
};
Result<Ref<Object>> sequence_iterator_new(Thread& t, Borrowed<Object> sequence);

/// iter(callable, sentinel).
struct CallableIterator : Object {
    Object *callable, *sentinel; // null once exhausted
    uintptr_t finisher;          // the thread that saw the sentinel
    static Type s_type;
};
Result<Ref<Object>> callable_iterator_new(Thread& t, Borrowed<Object> callable, Borrowed<Object> sentinel);

struct LongRangeIterator : Object {
    Object *start, *step, *length;
    static Type s_type;
};
struct Enumerate : Object {
    intptr_t index;
    Object* iterator;
    Object* result;
    Object* long_index; // once the index outgrows a word, or null
    static Type s_type;
};
struct Reversed : Object {
    intptr_t index;
    Object* sequence;
    static Type s_type;
};
struct Zip : Object {
    Object* iterators; // Tuple
    Object* result;    // Tuple to use again, or null
    bool strict;
    static Type s_type;
};
struct Map : Object {
    Object* iterators; // Tuple
    Object* function;
    bool strict;
    static Type s_type;
};
struct Filter : Object {
    Object *function, *iterator;
    static Type s_type;
};

/// origin[args] of builtin generics (types.GenericAlias).
Result<Ref<Object>> generic_alias_new(Thread& t, Borrowed<Object> origin, Borrowed<Object> args);

} // namespace taipan
