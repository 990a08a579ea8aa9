#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type MappingProxy::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

Result<Ref<Object>> mapping_proxy_new(Thread& t, Borrowed<Object> mapping) {
    MappingMethods* methods = mapping->type->as_mapping;
    if (!methods || !methods->subscript || is<List>(mapping.get()) || is<Tuple>(mapping.get()))
        return raise(t, exc::TypeError, "mappingproxy() argument must be a mapping, not %T", mapping);
    Ref<MappingProxy> proxy = TRY(allocate<MappingProxy>(t));
    proxy->mapping = mapping.share().release();
    gc_track(proxy.get());
    return Ref<Object>(std::move(proxy));
}

namespace {

using ProxyFields = Fields<MappingProxy, &MappingProxy::mapping>;
using Self = Borrowed<MappingProxy>;

Result<Ref<Object>> proxy_new(Thread& t, Borrowed<Type>, Borrowed<Object> mapping) { return mapping_proxy_new(t, mapping); }
Result<intptr_t> proxy_length(Thread& t, Self self) { return length(t, self->mapping); }
Result<Ref<Object>> proxy_get_item(Thread& t, Self self, Borrowed<Object> key) { return get_item(t, self->mapping, key); }
Result<bool> proxy_contains(Thread& t, Self self, Borrowed<Object> key) {
    if (is_exact<Dict>(self->mapping)) return dict_contains(t, static_cast<Dict*>(self->mapping), key);
    return contains(t, self->mapping, key);
}
Result<Ref<Object>> proxy_iter(Thread& t, Self self) { return get_iterator(t, self->mapping); }
Result<Ref<Object>> proxy_str(Thread& t, Self self) { return Ref<Object>(TRY(to_str(t, self->mapping))); }
Result<Ref<Object>> proxy_repr(Thread& t, Self self) { return Ref<Object>(TRY(str_format(t, "mappingproxy(%R)", self->mapping))); }
Result<intptr_t> proxy_hash(Thread& t, Self self) { return hash(t, self->mapping); }
Object* unwrap(Object* o) { return is_exact<MappingProxy>(o) ? static_cast<MappingProxy*>(o)->mapping : o; }
Result<Ref<Object>> proxy_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    return compare(t, unwrap(a.get()), b, op);
}
Result<Ref<Object>> proxy_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    return binary_op(t, BinaryOp::Or, unwrap(a.get()), unwrap(b.get()));
}
Result<Ref<Object>> proxy_ior(Thread& t, Borrowed<Object> a, Borrowed<Object>) {
    return raise(t, exc::TypeError, "'|=' is not supported by %T; use '|' instead", a);
}
Result<Ref<Object>> proxy_get(Thread& t, Self self, Borrowed<Object> key, Borrowed<Object> fallback) {
    return call_method(t, self->mapping, names::get, key, fallback);
}
Result<Ref<Object>> proxy_keys(Thread& t, Self self) { return call_method(t, self->mapping, names::keys); }
Result<Ref<Object>> proxy_values(Thread& t, Self self) { return call_method(t, self->mapping, names::values); }
Result<Ref<Object>> proxy_items(Thread& t, Self self) { return call_method(t, self->mapping, names::items); }
Result<Ref<Object>> proxy_copy(Thread& t, Self self) { return call_method(t, self->mapping, names::copy); }
Result<Ref<Object>> proxy_reversed(Thread& t, Self self) { return call_method(t, self->mapping, names::__reversed__); }

constexpr NativeDef proxy_methods[] = {
    method<proxy_get>("get", "($self, key, default=None, /)", "What the mapping's own get() says: the value of key, or default."),
    method<proxy_keys>("keys", "($self, /)", "a set-like object providing a view on D's keys"),
    method<proxy_values>("values", "($self, /)", "an object providing a view on D's values"),
    method<proxy_items>("items", "($self, /)", "a set-like object providing a view on D's items"),
    method<proxy_copy>("copy", "($self, /)", "a shallow copy of D"),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
    method<proxy_reversed>("__reversed__", "($self, /)", "reverse iterator"),
};

} // namespace

static const SlotDef proxy_slots[] = {
    typed_new<proxy_new, "mappingproxy", "(mapping)">(),
    unary_slot<SlotId::tp_repr, proxy_repr>(),
    unary_slot<SlotId::tp_str, proxy_str>(),
    size_slot<SlotId::tp_hash, proxy_hash>(),
    compare_slot<SlotId::tp_richcompare, proxy_compare>(),
    unary_slot<SlotId::tp_iter, proxy_iter>(),
    size_slot<SlotId::mp_length, proxy_length>(),
    binary_slot<SlotId::mp_subscript, proxy_get_item>(),
    contains_slot<SlotId::sq_contains, proxy_contains>(),
    binary_slot<SlotId::nb_or, proxy_or>(),
    binary_slot<SlotId::nb_inplace_or, proxy_ior>(),
    ProxyFields::traverse_slot(),
    ProxyFields::dealloc_slot(),
};
extern const TypeSpec mapping_proxy_spec = {.type = &MappingProxy::s_type,
                                            .name = "mappingproxy",
                                            .basicsize = sizeof(MappingProxy),
                                            .flags = type_flag::Gc | type_flag::Mapping,
                                            .doc = "Read-only proxy of a mapping.",
                                            .signature = "(mapping)",
                                            .slots = proxy_slots,
                                            .methods = proxy_methods};

} // namespace taipan
