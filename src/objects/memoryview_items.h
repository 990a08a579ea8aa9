// Items of memoryviews: formats, indexing, slices, comparison.
#pragma once

#include "objects/iterators.h"
#include "objects/memoryview.h"

namespace taipan {

struct MemoryIterator : SequenceIteratorBase {
    intptr_t length;
    static Type s_type;
};

/// The character of a native format of one character with an optional '@', or 0.
char single_format(const char* format);
/// The native size of an item, 0 for unknown formats.
intptr_t format_size(char format);
/// The format's text, with static lifetime.
const char* format_name(char format, bool with_at);

Result<void> check_released(Thread& t, const MemoryView* self);
Result<Ref<MemoryView>> view_over(Thread& t, ManagedBuffer* managed, const Buffer& source, int ndim);
void init_flags(MemoryView* self);
Result<Ref<Object>> view_item(Thread& t, Borrowed<MemoryView> self, intptr_t index);
Result<Ref<Object>> view_subscript(Thread& t, Borrowed<MemoryView> self, Borrowed<Object> key);
Result<void> view_set_subscript(Thread& t, Borrowed<MemoryView> self, Borrowed<Object> key, Object* value);
Result<Ref<Object>> view_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op);
Result<Ref<Object>> view_to_list(Thread& t, Borrowed<MemoryView> self);

} // namespace taipan
