// Shared by the itertools files: each defines some of the module's types.
//
// A step runs under its iterator's lock (StepSection): threads that share it get each item once. As foreign code may let
// others in, a step takes what it needs as counted references and looks again at what it has read.
#pragma once

#include "objects/abstract.h"
#include "objects/any_keywords.h"
#include "objects/iterator_step.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/racy.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan::itertools {

extern const TypeSpec accumulate_spec, batched_spec, chain_spec, combinations_spec, combinations_with_replacement_spec, compress_spec,
    count_spec, cycle_spec, dropwhile_spec, filterfalse_spec, groupby_spec, grouper_spec, islice_spec, pairwise_spec, permutations_spec,
    product_spec, repeat_spec, starmap_spec, takewhile_spec, tee_spec, tee_data_spec, zip_longest_spec;
Result<Ref<Object>> tee(Thread& t, Borrowed<Object> iterable, Size n);

/// A new instance of a static type or of a subclass; not tracked yet.
template <class T> Result<Ref<T>> make(Thread& t, Borrowed<Type> type) {
    if (!type->is_heap_type()) return allocate<T>(t, *type.get());
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
    return steal(static_cast<T*>(made.release()));
}
/// What is special about a constructor's keywords; specialised where something is.
template <auto F> consteval NativeDef keyword_rule(NativeDef def) { return def; }
/// A constructor that sorts its arguments itself shows no signature.
constexpr const char* shown_of(std::string_view signature) { return signature == "(*args)" ? nullptr : signature.data(); }
inline Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
/// A field that another thread may replace.
template <class T> MaybeRef<T> read_field(Thread& t, Object* owner, T*& field) {
    LeafSection section(t, owner);
    return MaybeRef<T>::acquire(field);
}
template <class T> void drop_field(Thread& t, Object* owner, T*& field) {
    T* old;
    {
        LeafSection section(t, owner);
        old = std::exchange(field, nullptr);
    }
    if (old) decref(old);
}
/// `pull` under the lock of the iterator around it, for those that then call their function without it.
ALWAYS_INLINE ResultMaybe<Object> pull_alone(Thread& t, Object* self, Object* iterator) {
    StepSection section(t, self);
    return pull(t, iterator);
}
inline ResultMaybe<Object> exhausted() { return MaybeRef<Object>(); }
inline ResultMaybe<Object> give(Ref<Object> o) { return MaybeRef<Object>::steal(o.release()); }

#define ITERTOOLS_TYPE(Struct, FieldList, variable, text, constructor, signature_text, next_function, doc_text, method_list)               \
    ITERTOOLS_WEAK_TYPE(Struct, FieldList, variable, text, constructor, signature_text, next_function, doc_text,                           \
                        TAIPAN_ARGUMENT(method_list), 0)
#define TAIPAN_ARGUMENT(...) __VA_ARGS__
#define ITERTOOLS_WEAK_TYPE(Struct, FieldList, variable, text, constructor, signature_text, next_function, doc_text, method_list, weak)    \
    Type Struct::s_type;                                                                                                                   \
    static constexpr NativeDef variable##_maker = keyword_rule<constructor>(method<constructor>(text, signature_text));                    \
    static const SlotDef variable##_slots[] = {                                                                                            \
        raw_slot(SlotId::tp_getattro, generic_getattr_slot),                                                                               \
        unary_slot<SlotId::tp_iter, self_iterator>(),                                                                                      \
        unary_slot<SlotId::tp_iternext, next_function>(),                                                                                  \
        declared_new<variable##_maker>(),                                                                                                  \
        declared_vectorcall<variable##_maker>(),                                                                                           \
        FieldList::traverse_slot(),                                                                                                        \
        FieldList::clear_slot(),                                                                                                           \
        FieldList::dealloc_slot(),                                                                                                         \
    };                                                                                                                                     \
    const TypeSpec variable##_spec = {                                                                                                     \
        .type = &Struct::s_type,                                                                                                           \
        .name = "itertools." text,                                                                                                         \
        .basicsize = sizeof(Struct),                                                                                                       \
        .flags = type_flag::BaseType | type_flag::Gc,                                                                                      \
        .doc = doc_text,                                                                                                                   \
        .signature = shown_of(signature_text),                                                                                             \
        .slots = variable##_slots,                                                                                                         \
        .methods = method_list,                                                                                                            \
        .weaklist_offset = weak,                                                                                                           \
    };

} // namespace taipan::itertools
