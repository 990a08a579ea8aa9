// frame.f_locals of functions: a write-through view of the local variables (PEP 667). Names that are no variables of the
// code live in the frame object's own dict.
#include "objects/list.h"
#include "objects/type_spec.h"
#include "vm/builtin_support.h"
#include "vm/frame_object.h"

namespace taipan {
namespace {

struct FrameLocalsProxy : Object {
    Object* frame; // a FrameObject
    static Type s_type;
    FrameObject* owner() const { return static_cast<FrameObject*>(frame); }
};
using Self = Borrowed<FrameLocalsProxy>;
using ProxyFields = Fields<FrameLocalsProxy, &FrameLocalsProxy::frame>;

enum class Use { Read, Write };

/// The number of the variable, or -1. COMPAT: those of a comprehension of a module or class can be read only.
Result<int> variable_index(Thread& t, Self self, Object* key, Use use) {
    if (!self->owner()->frame) return -1;
    Code* code = self->owner()->frame->code();
    bool plain = is_exact<Str>(key);
    intptr_t wanted = plain ? 0 : TRY(hash(t, key));
    for (int i = 0; i < code->nlocalsplus; ++i) {
        if (use == Use::Write && (static_cast<uint8_t>(code->localspluskinds->data[i]) & local_kind::Hidden)) continue;
        Object* name = code->localsplusnames->items[i];
        if (name == key) return i;
        if (plain) {
            if (str_equal(static_cast<Str*>(name), static_cast<Str*>(key))) return i;
        } else if (TRY(hash(t, name)) == wanted && TRY(compare_truth(t, name, key, Comparison::Eq))) {
            return i; // a subclass of str, or what passes for one
        }
    }
    return -1;
}
ResultMaybe<Object> find(Thread& t, Self self, Borrowed<Object> key) {
    int index = TRY(variable_index(t, self, key.get(), Use::Read));
    if (index >= 0) {
        MaybeRef<Object> value = frame_local(t, self->owner()->frame, index);
        if (value) return value;
    }
    if (self->owner()->locals_extra) {
        return dict_get(t, static_cast<Dict*>(self->owner()->locals_extra), key);
    }
    return MaybeRef<Object>();
}
Result<Ref<Dict>> snapshot(Thread& t, Self self) {
    Ref<Dict> dict = TRY(dict_new(t));
    if (Frame* f = self->owner()->frame) {
        Code* code = f->code();
        for (int i = 0; i < code->nlocalsplus; ++i) {
            MaybeRef<Object> value = frame_local(t, f, i);
            if (value) TRY(dict_set(t, dict, code->localsplusnames->items[i], value.get()));
        }
    }
    if (self->owner()->locals_extra) TRY(dict_merge(t, dict, self->owner()->locals_extra, Override::Yes));
    return dict;
}

Result<Ref<Object>> proxy_get_item(Thread& t, Self self, Borrowed<Object> key) {
    MaybeRef<Object> found = TRY(find(t, self, key));
    if (found) return found.take();
    return raise(t, exc::KeyError, "local variable '%R' is not defined", key);
}
Result<void> proxy_set_item(Thread& t, Self self, Borrowed<Object> key, Object* value) {
    FrameObject* owner = self->owner();
    int index = TRY(variable_index(t, self, key.get(), Use::Write));
    if (index < 0) {
        if (!value) {
            if (!owner->locals_extra || !TRY(dict_delete(t, static_cast<Dict*>(owner->locals_extra), key))) return raise_key_error(t, key);
            return {};
        }
        if (!owner->locals_extra) owner->locals_extra = TRY(dict_new(t)).release();
        return dict_set(t, static_cast<Dict*>(owner->locals_extra), key, value);
    }
    if (!value) return raise(t, exc::ValueError, "cannot remove local variables from FrameLocalsProxy");
    Frame* f = owner->frame;
    uint8_t kind = static_cast<uint8_t>(f->code()->localspluskinds->data[index]);
    Word old = f->locals[index];
    if ((kind & (local_kind::Cell | local_kind::Free)) && !old.is_null() && !old.is_int() && is_exact<Cell>(old.object())) {
        cell_set(t, static_cast<Cell*>(old.object()), MaybeRef<Object>::acquire(value));
        return {};
    }
    // Words of the frame's stack may have borrowed the old value: it lives on with the frame object.
    if (!old.is_null() && old.is_counted() && f != &owner->own) {
        if (!owner->overwritten) owner->overwritten = TRY(list_new(t)).release();
        TRY(list_append(t, static_cast<List*>(owner->overwritten), acquire(old.object())));
    }
    f->locals[index] = Word::owned(acquire(value).release());
    old.xclose();
    return {};
}
Result<bool> proxy_contains(Thread& t, Self self, Borrowed<Object> key) {
    MaybeRef<Object> found = TRY(find(t, self, key));
    return static_cast<bool>(found);
}
Result<intptr_t> proxy_length(Thread& t, Self self) { return dict_size(TRY(snapshot(t, self)).get()); }
Result<Ref<Object>> proxy_keys(Thread& t, Self self) { return TRY(dict_keys_list(t, TRY(snapshot(t, self)))); }
Result<Ref<Object>> proxy_values(Thread& t, Self self) { return TRY(dict_values_list(t, TRY(snapshot(t, self)))); }
Result<Ref<Object>> proxy_items(Thread& t, Self self) { return TRY(dict_items_list(t, TRY(snapshot(t, self)))); }
Result<Ref<Object>> proxy_iter(Thread& t, Self self) { return get_iterator(t, TRY(proxy_keys(t, self))); }
Result<Ref<Object>> proxy_reversed(Thread& t, Self self) {
    Ref<List> keys = TRY(dict_keys_list(t, TRY(snapshot(t, self))));
    TRY(list_reverse(t, keys));
    return Ref<Object>(std::move(keys));
}
Result<Ref<Str>> proxy_repr(Thread& t, Self self) {
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "{...}");
    auto run = [&]() -> Result<Ref<Str>> { return repr(t, TRY(snapshot(t, self))); };
    auto result = run();
    repr_leave(t, self);
    return result;
}
Result<Ref<Object>> proxy_compare(Thread& t, Self self, Borrowed<Object> other, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return acquire(NotImplemented());
    if (is_exact<FrameLocalsProxy>(other.get()))
        return bool_ref((self->frame == static_cast<FrameLocalsProxy*>(other.get())->frame) == (op == Comparison::Eq));
    if (is<Dict>(other.get())) return compare(t, TRY(snapshot(t, self)), other, op);
    return acquire(NotImplemented());
}
Result<Ref<Object>> proxy_get(Thread& t, Self self, Borrowed<Object> key, Borrowed<Object> fallback) {
    MaybeRef<Object> found = TRY(find(t, self, key));
    return found ? found.take() : acquire(fallback);
}
Result<Ref<Object>> proxy_pop(Thread& t, Self self, Borrowed<Object> key, MaybeBorrowed<Object> fallback) {
    if (TRY(variable_index(t, self, key.get(), Use::Write)) >= 0)
        return raise(t, exc::ValueError, "cannot remove local variables from FrameLocalsProxy");
    if (self->owner()->locals_extra) {
        MaybeRef<Object> found = TRY(dict_pop(t, static_cast<Dict*>(self->owner()->locals_extra), key));
        if (found) return found.take();
    }
    if (fallback) return acquire(fallback.get());
    return raise_key_error(t, key);
}
Result<Ref<Object>> proxy_set_default(Thread& t, Self self, Borrowed<Object> key, Borrowed<Object> fallback) {
    MaybeRef<Object> found = TRY(find(t, self, key));
    if (found) return found.take();
    TRY(proxy_set_item(t, self, key, fallback.get()));
    return acquire(fallback);
}
Result<void> proxy_update(Thread& t, Self self, Borrowed<Object> other) {
    if (!is<Dict>(other.get()) && !is_exact<FrameLocalsProxy>(other.get()))
        return raise(t, exc::TypeError, "update() argument must be dict or another FrameLocalsProxy");
    Ref<Dict> items = TRY(dict_new(t));
    TRY(dict_merge(t, items, other, Override::Yes));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, items, &position, &key, &value)) TRY(proxy_set_item(t, self, key.get(), value.get()));
    return {};
}
Result<Ref<Object>> proxy_copy(Thread& t, Self self) { return TRY(snapshot(t, self)); }
Result<Ref<Object>> as_dict(Thread& t, Borrowed<Object> o) {
    if (is_exact<FrameLocalsProxy>(o.get())) return TRY(snapshot(t, static_cast<FrameLocalsProxy*>(o.get())));
    return acquire(o);
}
Result<Ref<Object>> proxy_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    for (Object* o : {a.get(), b.get()})
        if (!is<Dict>(o) && !is_exact<FrameLocalsProxy>(o)) return acquire(NotImplemented());
    Ref<Object> left = TRY(as_dict(t, a)), right = TRY(as_dict(t, b));
    return binary_op(t, BinaryOp::Or, left, right);
}
Result<Ref<Object>> proxy_inplace_or(Thread& t, Self self, Borrowed<Object> other) {
    if (!is<Dict>(other.get()) && !is_exact<FrameLocalsProxy>(other.get())) return acquire(NotImplemented());
    TRY(proxy_update(t, self, other));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> proxy_new(Thread& t, Borrowed<Type>, Borrowed<FrameObject> frame) {
    Ref<FrameLocalsProxy> proxy = TRY(allocate<FrameLocalsProxy>(t));
    proxy->frame = acquire<Object>(frame.get()).release();
    gc_track(proxy.get());
    return Ref<Object>(std::move(proxy));
}

const SlotDef slots[] = {
    typed_new<proxy_new, "FrameLocalsProxy", "(frame, /)">(),
    unary_slot<SlotId::tp_repr, proxy_repr>(),
    unary_slot<SlotId::tp_iter, proxy_iter>(),
    compare_slot<SlotId::tp_richcompare, proxy_compare>(),
    binary_slot<SlotId::mp_subscript, proxy_get_item>(),
    set_item_slot<SlotId::mp_ass_subscript, proxy_set_item>(),
    size_slot<SlotId::mp_length, proxy_length>(),
    contains_slot<SlotId::sq_contains, proxy_contains>(),
    binary_slot<SlotId::nb_or, proxy_or>(),
    binary_slot<SlotId::nb_inplace_or, proxy_inplace_or>(),
    raw_slot(SlotId::tp_hash, &hash_not_implemented),
    ProxyFields::traverse_slot(),
    ProxyFields::clear_slot(),
    ProxyFields::dealloc_slot(),
};
const NativeDef methods[] = {
    method<proxy_contains>("__contains__", "($self, object, /)"),
    method<proxy_get_item>("__getitem__", "($self, object, /)"),
    method<proxy_keys>("keys", "($self, /)"),
    method<proxy_values>("values", "($self, /)"),
    method<proxy_items>("items", "($self, /)"),
    method<proxy_get>("get", "(key, default=None, /)"),
    method<proxy_pop>("pop", "(key, default=<unrepresentable>, /)"),
    method<proxy_set_default>("setdefault", "(key, default=None, /)"),
    method<proxy_update>("update", "($self, object, /)"),
    method<proxy_copy>("copy", "($self, /)"),
    method<proxy_reversed>("__reversed__", "($self, /)"),
};
constinit Type FrameLocalsProxy::s_type{};

} // namespace

extern const TypeSpec frame_locals_proxy_spec;
const TypeSpec frame_locals_proxy_spec = {.type = &FrameLocalsProxy::s_type,
                                          .name = "FrameLocalsProxy",
                                          .basicsize = sizeof(FrameLocalsProxy),
                                          .flags = type_flag::Gc | type_flag::Mapping,
                                          .slots = slots,
                                          .methods = methods};

Result<Ref<Object>> frame_locals(Thread& t, Borrowed<FrameObject> frame) {
    Frame* f = frame->frame;
    if (!f || (!(f->code()->flags & code_flag::Optimized) && !frame_has_hidden_locals(f))) return frame_locals_snapshot(t, f);
    return proxy_new(t, &FrameLocalsProxy::s_type, frame);
}

} // namespace taipan
