// _bisect: binary search in sorted sequences.
#include "objects/abstract.h"
#include "objects/float.h"
#include "objects/int_internal.h"
#include "objects/list.h"
#include "objects/module.h"

namespace taipan {
namespace {

/// What `<` says of two small ints or two floats; false: ask the objects.
ALWAYS_INLINE bool quick_less(const Object* a, const Object* b, bool* less) {
    if (a->type != b->type) return false;
    if (a->type == &Int::s_type) {
        auto *x = static_cast<const Int*>(a), *y = static_cast<const Int*>(b);
        if (!int_is_small(x) || !int_is_small(y)) return false;
        *less = int_small_value(x) < int_small_value(y);
        return true;
    }
    if (a->type != &Float::s_type) return false;
    *less = static_cast<const Float*>(a)->value < static_cast<const Float*>(b)->value;
    return true;
}

Result<intptr_t> search(Thread& t, Borrowed<Object> a, Borrowed<Object> x, intptr_t low, Object* high_object, Object* key, bool right) {
    if (low < 0) return raise(t, exc::ValueError, "lo must be non-negative");
    intptr_t high = !high_object || is_none(high_object) ? -1 : TRY(to_index_size(t, high_object, exc::OverflowError));
    if (high == -1) high = TRY(length(t, a));
    if (key && is_none(key)) key = nullptr;
    List* list = is_exact<List>(a.get()) ? static_cast<List*>(a.get()) : nullptr;
    while (low < high) {
        intptr_t middle = static_cast<intptr_t>((static_cast<size_t>(low) + static_cast<size_t>(high)) / 2);
        bool quick;
        if (list && !key && LIKELY(!is_multi_threaded()) && middle < list->size) {
            Object* there = list->items[middle]; // no code runs while it is looked at
            if (quick_less(right ? x.get() : there, right ? there : x.get(), &quick)) {
                if (quick == right) high = middle;
                else low = middle + 1;
                continue;
            }
        }
        MaybeRef<Object> found;
        if (list) found = list_get(t, list, middle);
        if (!found) found = TRY(sequence_get(t, a, middle));
        Ref<Object> item = found.take();
        if (key) item = TRY(call(t, key, item));
        Ref<Object> result = right ? TRY(compare(t, x, item, Comparison::Lt)) : TRY(compare(t, item, x, Comparison::Lt));
        bool less = TRY(is_true(t, result));
        if (less == right) high = middle;
        else low = middle + 1;
    }
    return low;
}
template <bool Right>
Result<int64_t> bisect(Thread& t, Borrowed<Object> a, Borrowed<Object> x, Size low, MaybeBorrowed<Object> high, MaybeBorrowed<Object> key) {
    return TRY(search(t, a, x, low, high.get(), key.get(), Right));
}
template <bool Right>
Result<void> insort(Thread& t, Borrowed<Object> a, Borrowed<Object> x, Size low, MaybeBorrowed<Object> high, MaybeBorrowed<Object> key) {
    Ref<Object> wanted = key && !is_none(key.get()) ? TRY(call(t, key.value(), x)) : acquire(x);
    intptr_t at = TRY(search(t, a, wanted, low, high.get(), key.get(), Right));
    if (is_exact<List>(a.get())) return list_insert(t, static_cast<List*>(a.get()), at, x);
    Ref<Int> index = TRY(int_from(t, at));
    (void)TRY(call_method(t, a, names::insert, index, x));
    return {};
}

const NativeDef functions[] = {
    fn<bisect<true>>("bisect_right", "($module, /, a, x, lo=0, hi=None, *, key=None)",
                     "The last position at which x can be put into the sorted sequence a without disturbing the order.\n\n"
                     "Items from it on are greater than x; x itself, if present, comes before it. Only a[lo:hi] is\n"
                     "searched. With key, the items' keys are compared with x, which is not passed to it."),
    fn<insort<true>>("insort_right", "($module, /, a, x, lo=0, hi=None, *, key=None)",
                     "Put x into the sorted list a, behind any items equal to it.\n\n"
                     "Only a[lo:hi] is searched for the place. With key, the keys of x and of the items are compared."),
    fn<bisect<false>>("bisect_left", "($module, /, a, x, lo=0, hi=None, *, key=None)",
                      "The first position at which x can be put into the sorted sequence a without disturbing the order.\n\n"
                      "Items before it are less than x; x itself, if present, comes at or after it. Only a[lo:hi] is\n"
                      "searched. With key, the items' keys are compared with x, which is not passed to it."),
    fn<insort<false>>("insort_left", "($module, /, a, x, lo=0, hi=None, *, key=None)",
                      "Put x into the sorted list a, in front of any items equal to it.\n\n"
                      "Only a[lo:hi] is searched for the place. With key, the keys of x and of the items are compared."),
};

} // namespace

extern const ModuleSpec bisect_module;
const ModuleSpec bisect_module = {
    .name = "_bisect",
    .doc = "Binary search in sorted sequences, and insertion that keeps a list sorted.\n\n"
           "The search compares O(log n) items, which pays off for long lists whose items are slow to compare.",
    .functions = functions,
};
} // namespace taipan
