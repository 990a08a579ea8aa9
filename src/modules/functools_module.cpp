// _functools: reduce, cmp_to_key, and the types in partial.cpp and lru_cache.cpp.
#include "modules/functools.h"
#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan::functools {

struct KeyWrapper : Object {
    Object *compare_function, *object;
    static Type s_type;
};
Type KeyWrapper::s_type;

namespace {

Result<Ref<Object>> wrapper_make(Thread& t, Object* function, Object* object) {
    Ref<KeyWrapper> self = TRY(allocate<KeyWrapper>(t));
    self->compare_function = acquire(function).release();
    self->object = MaybeRef<Object>::acquire(object).release();
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> wrapper_call_typed(Thread& t, Borrowed<KeyWrapper> self, Borrowed<Object> object) {
    return wrapper_make(t, self->compare_function, object.get());
}
constexpr NativeDef wrapper_call_def = method<wrapper_call_typed>("K", "($self, /, obj)");
Object* wrapper_call(Object* self, Object* args, Object* kwargs) {
    return call_native_tuple(Thread::current(), wrapper_call_def, self, args, kwargs);
}
Result<Ref<Object>> wrapper_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<KeyWrapper>(b.get()) || !is<KeyWrapper>(a.get())) return raise(t, exc::TypeError, "other argument must be K instance");
    auto *x = static_cast<KeyWrapper*>(a.get()), *y = static_cast<KeyWrapper*>(b.get());
    if (!x->object || !y->object) return raise(t, exc::AttributeError, "object");
    Ref<Object> function = acquire(x->compare_function), m = acquire(x->object), n = acquire(y->object);
    Ref<Object> result = TRY(call(t, function, m, n));
    Ref<Int> zero = TRY(int_from(t, 0));
    return compare(t, result, zero, op);
}
using WrapperFields = Fields<KeyWrapper, &KeyWrapper::compare_function, &KeyWrapper::object>;
const MemberDef wrapper_members[] = {
    {"obj", member_type::ObjectOrNone, offsetof(KeyWrapper, object), 0, "Value wrapped by a key function."},
};
Result<Ref<Str>> wrapper_signature(Thread& t, Borrowed<KeyWrapper>) { return str_from_utf8(t, "(obj)"); }
const GetSetDef wrapper_getset[] = {getter<wrapper_signature>("__text_signature__")};
const SlotDef wrapper_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_call, &wrapper_call),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    compare_slot<SlotId::tp_richcompare, wrapper_compare>(),
    WrapperFields::traverse_slot(),
    WrapperFields::clear_slot(),
    WrapperFields::dealloc_slot(),
};

Result<Ref<Object>> reduce(Thread& t, Borrowed<Object> function, Borrowed<Object> iterable, MaybeBorrowed<Object> initial) {
    auto made = get_iterator(t, iterable);
    if (made.is_error()) {
        if (clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "reduce() arg 2 must support iteration");
        return Error{};
    }
    Ref<Object> iterator = made.take();
    MaybeRef<Object> result = MaybeRef<Object>::acquire(initial.get());
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) break;
        if (!result) result = std::move(item);
        else
            result =
                MaybeRef<Object>::steal(TRY(call(t, function, Borrowed<Object>(result.get()), Borrowed<Object>(item.get()))).release());
    }
    if (!result) return raise(t, exc::TypeError, "reduce() of empty iterable with no initial value");
    return result.take();
}

} // namespace

const TypeSpec key_wrapper_spec = {.type = &KeyWrapper::s_type,
                                   .name = "functools.KeyWrapper",
                                   .basicsize = sizeof(KeyWrapper),
                                   .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                   .slots = wrapper_slots,
                                   .getset = wrapper_getset,
                                   .members = wrapper_members};

Result<Ref<Object>> cmp_to_key(Thread& t, Borrowed<Object> mycmp) {
    TRY(type_ready(t, key_wrapper_spec));
    return wrapper_make(t, mycmp.get(), nullptr);
}

static Result<void> exec(Thread& t, Borrowed<Module> module) { return module_add(t, module, "Placeholder", placeholder()); }

static const NativeDef functions[] = {
    fn<reduce>("reduce", "($module, function, iterable, /, initial=<unrepresentable>)",
               "Fold the items of iterable, from the left, into one value.\n\n"
               "The value starts as initial, or as the first item, and is replaced by\n"
               "function(value, item) for each item that follows. No item and no initial is\n"
               "a TypeError."),
    fn<cmp_to_key>("cmp_to_key", "($module, /, mycmp)",
                   "Make a key function for sorting from mycmp(a, b), which returns a negative, zero or positive number."),
};
static const TypeSpec* const types[] = {&partial_spec, &placeholder_spec, &lru_cache_spec};

} // namespace taipan::functools

namespace taipan {
extern const ModuleSpec functools_module;
const ModuleSpec functools_module = {.name = "_functools",
                                     .doc = "Tools that operate on functions.",
                                     .functions = functools::functions,
                                     .exec = functools::exec,
                                     .types = functools::types};
} // namespace taipan
