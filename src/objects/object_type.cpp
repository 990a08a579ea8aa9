// The type `object`.
#include "objects/audit.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/slot_names.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type Object::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

int object_init_slot(Object* self, Object* args, Object* kwargs);
Object* object_new_slot(Type* type, Object* args, Object* kwargs);

namespace {

bool has_excess(Object* args, Object* kwargs) {
    return static_cast<Tuple*>(args)->size || (kwargs && dict_size(static_cast<Dict*>(kwargs)));
}

COLD Error raise_abstract(Thread& t, Type* type) {
    Ref<Object> methods = TRY(get_attribute(t, type, names::__abstractmethods__));
    Ref<List> sorted = TRY(list_from_iterable(t, methods));
    TRY(list_sort(t, sorted, nullptr, false));
    Ref<Str> separator = TRY(str_from_utf8(t, "', '"));
    Ref<Str> joined = TRY(str_join(t, separator, sorted));
    return raise(t, exc::TypeError, "Can't instantiate abstract class %s without an implementation for abstract method%s '%s'",
                 short_type_name(*type), sorted->size > 1 ? "s" : "", joined);
}

void object_dealloc(Object* object) { object->type->free(object); }

Result<Ref<Object>> object_repr(Thread& t, Borrowed<Object> self) {
    Type* type = self->type;
    Ref<Object> module = none_ref();
    auto found = type_module_name(t, type);
    if (found.is_error()) t.clear_exception();
    else module = found.take();
    if (is<Str>(module.get()) && !str_equals_ascii(static_cast<Str*>(module.get()), "builtins")) {
        Ref<Object> qualname = TRY(type_qualname(t, type));
        return Ref<Object>(TRY(str_format(t, "<%s.%s object at %p>", module, qualname, static_cast<const void*>(self.get()))));
    }
    return Ref<Object>(TRY(str_format(t, "<%s object at %p>", type->name, static_cast<const void*>(self.get()))));
}

Result<Ref<Object>> object_str(Thread& t, Borrowed<Object> self) {
    UnaryFunc function = self->type->repr;
    return Result<Ref<Object>>::from_nullable(function ? function(self.get()) : object_repr(t, self).release_or_null());
}

intptr_t object_hash(Thread&, Borrowed<Object> self) {
    uintptr_t y = reinterpret_cast<uintptr_t>(self.get());
    intptr_t value = static_cast<intptr_t>((y >> 4) | (y << 60));
    return value == -1 ? -2 : value;
}

Result<Ref<Object>> object_compare(Thread& t, Borrowed<Object> self, Borrowed<Object> other, Comparison op) {
    if (op == Comparison::Eq) {
        if (self.get() == other.get()) return bool_ref(true);
        return not_implemented_ref();
    }
    if (op == Comparison::Ne) { // the opposite of ==
        if (!self->type->compare) return not_implemented_ref();
        Ref<Object> equal =
            TRY(Result<Ref<Object>>::from_nullable(self->type->compare(self.get(), other.get(), static_cast<int>(Comparison::Eq))));
        if (equal.get() == NotImplemented()) return equal;
        return bool_ref(!TRY(is_true(t, equal)));
    }
    return not_implemented_ref();
}

// Pickling

Result<Ref<Object>> copyreg(Thread& t) { return import_module(t, "copyreg"); }

Result<Ref<Object>> slot_names_of(Thread& t, Type* type) {
    auto* dict = static_cast<Dict*>(type->dict);
    MaybeRef<Object> cached = TRY(dict_get_str(t, dict, names::__slotnames__));
    if (cached) {
        if (!is_none(cached.get()) && !is<List>(cached.get()))
            return raise(t, exc::TypeError, "%T.__slotnames__ should be a list or None, not %T", static_cast<Object*>(type), cached.get());
        return cached.take();
    }
    Ref<Object> module = TRY(copyreg(t));
    Ref<Str> name = TRY(str_interned(t, "_slotnames"));
    Ref<Object> result = TRY(call_method(t, module, name, Borrowed<Object>(type)));
    if (!is_none(result.get()) && !is<List>(result.get()))
        return raise(t, exc::TypeError, "copyreg._slotnames didn't return a list or None");
    return result;
}

COLD Error raise_cannot_pickle(Thread& t, Object* object) { return raise(t, exc::TypeError, "cannot pickle '%T' object", object); }

Result<Ref<Object>> default_state(Thread& t, Object* object, bool required) {
    Type* type = object->type;
    if (required && type->itemsize) return raise(t, exc::TypeError, "cannot pickle %T objects", object);
    Ref<Object> state = none_ref();
    if (type->has(type_flag::ManagedDict) || type->dict_offset) {
        MaybeRef<Object> dict = TRY(get_attribute_optional(t, object, names::__dict__));
        if (dict && !(is<Dict>(dict.get()) && dict_size(static_cast<Dict*>(dict.get())) == 0)) state = dict.take();
    }
    Ref<Object> slot_list = TRY(slot_names_of(t, type));
    intptr_t count = is<List>(slot_list.get()) ? list_size(static_cast<List*>(slot_list.get())) : 0;
    if (required) {
        intptr_t size = Object::s_type.basicsize + count * static_cast<intptr_t>(sizeof(Object*));
        if (type->dict_offset && !type->has(type_flag::ManagedDict)) size += sizeof(Object*);
        if (type->weaklist_offset > 0) size += sizeof(Object*);
        if (type->basicsize > size) return raise_cannot_pickle(t, object);
    }
    if (count == 0) return state;
    Ref<Dict> slots = TRY(dict_new(t));
    for (intptr_t i = 0; i < count; ++i) {
        MaybeRef<Object> name = list_get(t, static_cast<List*>(slot_list.get()), i);
        if (!name || !is<Str>(name.get())) continue;
        MaybeRef<Object> value = TRY(get_attribute_optional(t, object, static_cast<Str*>(name.get())));
        if (value) TRY(dict_set(t, slots, name.get(), value.get()));
    }
    if (dict_size(slots.get()) == 0) return state;
    return Ref<Object>(TRY(tuple_pack(t, state, slots)));
}

/// obj.__getstate__(), which for most types is the one of object.
Result<Ref<Object>> state_of(Thread& t, Object* object, bool required) {
    MaybeRef<Object> method = TRY(get_attribute_optional(t, object, names::__getstate__));
    if (!method) return raise_attribute_error(t, object, names::__getstate__);
    if (is_exact<BuiltinFunction>(method.get())) {
        auto* function = static_cast<BuiltinFunction*>(method.get());
        if (function->self == object) {
            MaybeRef<Object> standard = type_lookup(t, Object::s_type, names::__getstate__);
            if (standard && is<MethodDescriptor>(standard.get()) && static_cast<MethodDescriptor*>(standard.get())->def == function->def)
                return default_state(t, object, required);
        }
    }
    return call(t, method.get());
}

/// __getnewargs_ex__ or __getnewargs__: fills args and kwargs, each empty if there is none.
Result<void> new_arguments(Thread& t, Object* object, MaybeRef<Object>* args, MaybeRef<Object>* kwargs) {
    LoadedMethod extended = TRY(load_special_method(t, object, names::__getnewargs_ex__));
    if (extended) {
        Ref<Object> pair = TRY(call(t, extended, object));
        if (!is<Tuple>(pair.get())) return raise(t, exc::TypeError, "__getnewargs_ex__ should return a tuple, not '%T'", pair);
        auto* tuple = static_cast<Tuple*>(pair.get());
        if (tuple->size != 2) return raise(t, exc::ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %d", tuple->size);
        if (!is<Tuple>(tuple->items[0]))
            return raise(t, exc::TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%T'",
                         tuple->items[0]);
        if (!is<Dict>(tuple->items[1]))
            return raise(t, exc::TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%T'",
                         tuple->items[1]);
        *args = MaybeRef<Object>::acquire(tuple->items[0]);
        *kwargs = MaybeRef<Object>::acquire(tuple->items[1]);
        return {};
    }
    LoadedMethod plain = TRY(load_special_method(t, object, names::__getnewargs__));
    if (plain) {
        Ref<Object> tuple = TRY(call(t, plain, object));
        if (!is<Tuple>(tuple.get())) return raise(t, exc::TypeError, "__getnewargs__ should return a tuple, not '%T'", tuple);
        *args = std::move(tuple);
    }
    return {};
}

/// Protocol 2 and above: copyreg.__newobj__ and what belongs to it.
Result<Ref<Object>> reduce_new_object(Thread& t, Object* object) {
    Type* type = object->type;
    if (!type->construct) return raise_cannot_pickle(t, object);
    MaybeRef<Object> args, kwargs;
    TRY(new_arguments(t, object, &args, &kwargs));
    Ref<Object> module = TRY(copyreg(t));
    bool has_args = static_cast<bool>(args);
    Ref<Object> function = none_ref(), new_args = none_ref();
    if (!kwargs || dict_size(static_cast<Dict*>(kwargs.get())) == 0) {
        function = TRY(get_attribute(t, module, names::__newobj__));
        intptr_t n = has_args ? static_cast<Tuple*>(args.get())->size : 0;
        Ref<Tuple> all = TRY(tuple_alloc(t, n + 1));
        all->items[0] = acquire(static_cast<Object*>(type)).release();
        for (intptr_t i = 0; i < n; ++i) all->items[i + 1] = acquire(static_cast<Tuple*>(args.get())->items[i]).release();
        tuple_finish(all.get());
        new_args = std::move(all);
    } else {
        function = TRY(get_attribute(t, module, names::__newobj_ex__));
        new_args = TRY(tuple_pack(t, Borrowed<Object>(type), args, kwargs));
    }
    bool container = is<List>(object) || is<Dict>(object);
    Ref<Object> state = TRY(state_of(t, object, !has_args && !container));
    Ref<Object> list_items = none_ref(), dict_items = none_ref();
    if (is<List>(object)) list_items = TRY(get_iterator(t, object));
    if (is<Dict>(object)) {
        Ref<Object> items = TRY(call_method(t, object, names::items));
        dict_items = TRY(get_iterator(t, items));
    }
    return Ref<Object>(TRY(tuple_pack(t, function, new_args, state, list_items, dict_items)));
}

Result<Ref<Object>> common_reduce(Thread& t, Object* object, int protocol) {
    if (protocol >= 2) return reduce_new_object(t, object);
    Ref<Object> module = TRY(copyreg(t));
    Ref<Str> name = TRY(str_interned(t, "_reduce_ex"));
    Ref<Int> number = TRY(int_from(t, protocol));
    return call_method(t, module, name, Borrowed<Object>(object), number);
}

Result<Ref<Object>> object_reduce(Thread& t, Borrowed<Object> self) { return common_reduce(t, self.get(), 0); }

Result<Ref<Object>> object_reduce_ex(Thread& t, Borrowed<Object> self, int protocol) {
    MaybeRef<Object> reduce = TRY(get_attribute_optional(t, self, names::__reduce__));
    if (reduce) {
        Ref<Object> of_class = TRY(get_attribute(t, self->type, names::__reduce__));
        MaybeRef<Object> standard = TRY(dict_get_str(t, static_cast<Dict*>(Object::s_type.dict), names::__reduce__));
        if (of_class.get() != standard.get()) return call(t, reduce.get());
    }
    return common_reduce(t, self.get(), protocol);
}

Result<Ref<Object>> object_getstate(Thread& t, Borrowed<Object> self) { return default_state(t, self.get(), false); }

Result<Ref<Object>> object_format(Thread& t, Borrowed<Object> self, Borrowed<Str> spec) {
    if (spec->length) return raise(t, exc::TypeError, "unsupported format string passed to %T.__format__", self);
    return Ref<Object>(TRY(to_str(t, self)));
}

intptr_t object_sizeof(Thread&, Borrowed<Object> self) {
    intptr_t size = self->type->basicsize;
    if (self->type->itemsize) {
        intptr_t items = static_cast<VarObject*>(self.get())->size;
        size += (items < 0 ? -items : items) * self->type->itemsize;
    }
    return size;
}

Result<Ref<Object>> object_dir(Thread& t, Borrowed<Object> self) {
    MaybeRef<Object> own = TRY(get_attribute_optional(t, self, names::__dict__));
    Ref<Dict> dict = own && is<Dict>(own.get()) ? TRY(dict_copy(t, static_cast<Dict*>(own.get()))) : TRY(dict_new(t));
    MaybeRef<Object> cls = TRY(get_attribute_optional(t, self, names::__class__));
    if (cls) TRY(merge_class_dict(t, dict, cls.get()));
    return Ref<Object>(TRY(dict_keys_list(t, dict)));
}

Result<Ref<Object>> object_init_subclass(Thread&, Borrowed<Type>) { return none_ref(); }
Result<Ref<Object>> object_subclasshook(Thread&, Borrowed<Type>, Borrowed<Object>) { return not_implemented_ref(); }

// __class__

Result<Ref<Object>> get_class(Thread&, Borrowed<Object> self) { return acquire(static_cast<Object*>(self->type)); }

bool compatible_with_base(Type* child) {
    Type* parent = child->base;
    return parent && child->basicsize == parent->basicsize && child->itemsize == parent->itemsize &&
           child->dict_offset == parent->dict_offset && child->weaklist_offset == parent->weaklist_offset &&
           child->has(type_flag::Gc) == parent->has(type_flag::Gc) && (child->clear == instance_clear || !child->is_heap_type());
}

Result<bool> same_slots_added(Thread& t, Type* a, Type* b) {
    if (a->base != b->base) return false;
    if (!a->is_heap_type() || !b->is_heap_type()) return false;
    intptr_t size = a->base->basicsize;
    if (a->dict_offset == size && b->dict_offset == size) size += sizeof(Object*);
    if (a->weaklist_offset == size && b->weaklist_offset == size) size += sizeof(Object*);
    Object *slots_a = static_cast<HeapType*>(a)->ht_slots, *slots_b = static_cast<HeapType*>(b)->ht_slots;
    if (slots_a && slots_b) {
        if (!TRY(compare_bool(t, slots_a, slots_b, Comparison::Eq))) return false;
        size += static_cast<intptr_t>(sizeof(Object*)) * static_cast<Tuple*>(slots_a)->size;
    }
    return size == a->basicsize && size == b->basicsize;
}

} // namespace

Result<void> check_layout_compatible(Thread& t, Type* old_type, Type* new_type, const char* attribute) {
    bool fits = new_type->free == old_type->free;
    if (fits && new_type != old_type) {
        Type *new_base = new_type, *old_base = old_type;
        while (compatible_with_base(new_base)) new_base = new_base->base;
        while (compatible_with_base(old_base)) old_base = old_base->base;
        if (new_base != old_base) fits = new_base->base == old_base->base && TRY(same_slots_added(t, new_base, old_base));
        fits &= (new_type->flags & type_flag::Preheader) == (old_type->flags & type_flag::Preheader);
    }
    if (fits) return {};
    return raise(t, exc::TypeError, "%s assignment: '%N' object layout differs from '%N'", attribute, static_cast<Object*>(new_type),
                 static_cast<Object*>(old_type));
}

namespace {

Result<void> set_class(Thread& t, Borrowed<Object> self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "can't delete __class__ attribute");
    if (!is<Type>(value)) return raise(t, exc::TypeError, "__class__ must be set to a class, not '%T' object", value);
    if (UNLIKELY(t.interpreter->audit_hooks)) TRY(audit_args(t, "object.__setattr__", {self.get(), names::__class__, value}));
    auto* new_type = static_cast<Type*>(value);
    Type* old_type = self->type;
    bool modules = is_subtype(new_type, &Module::s_type) && is_subtype(old_type, &Module::s_type);
    if (!modules && (new_type->has(type_flag::Immutable) || old_type->has(type_flag::Immutable)))
        return raise(t, exc::TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
    TRY(check_layout_compatible(t, old_type, new_type, "__class__"));
    if (old_type->has(type_flag::InlineValues)) {
        // Inline values are laid out by the old class's keys: move them to a dict.
        Ref<Dict> dict = TRY(instance_dict_ensure(t, self.get()));
        CriticalSection section(t, self.get(), dict.get());
        TRY(dict_make_combined(t, dict.get()));
    }
    type_incref(t, new_type);
    // Everyone reads types without a lock, in the middle of what depends on them.
    stop_world(t);
    old_type = std::exchange(self.get()->type, new_type);
    start_world(t);
    type_decref(t, old_type);
    return {};
}

constexpr NativeDef object_methods[] = {
    method<object_reduce_ex>("__reduce_ex__", "($self, protocol, /)", "Helper for pickle."),
    method<object_reduce>("__reduce__", "($self, /)", "Helper for pickle."),
    method<object_getstate>("__getstate__", "($self, /)", "Helper for pickle."),
    class_method<object_subclasshook>("__subclasshook__", "($type, object, /)",
                                      "Override this in an abstract class to decide issubclass() for it.\n\n"
                                      "Return True or False to settle the matter, or NotImplemented, as this one\n"
                                      "does, to leave it to the bases and the registered classes. The answers are\n"
                                      "cached."),
    class_method<object_init_subclass>("__init_subclass__", "($type, /)",
                                       "Called on the parent of each new subclass; override it to adapt or check the class.\n\n"
                                       "Keyword arguments of the class statement come here; this one accepts none."),
    method<object_format>("__format__", "($self, format_spec, /)", "str(self); any format_spec but the empty one raises TypeError."),
    method<object_sizeof>("__sizeof__", "($self, /)", "Size of object in memory, in bytes."),
    method<object_dir>("__dir__", "($self, /)", "Default dir() implementation."),
};

} // namespace

Object* object_new_slot(Type* type, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    if (has_excess(args, kwargs)) {
        // Somebody must take the arguments: an overridden __init__, and not through an overridden __new__.
        if (type->construct != object_new_slot) {
            (void)raise(t, exc::TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
            return nullptr;
        }
        if (type->init == object_init_slot) {
            (void)raise(t, exc::TypeError, "%N() takes no arguments", static_cast<Object*>(type));
            return nullptr;
        }
    }
    if (UNLIKELY(type->has(type_flag::Abstract))) {
        (void)raise_abstract(t, type);
        return nullptr;
    }
    return type->alloc(type, 0);
}

int object_init_slot(Object* self, Object* args, Object* kwargs) {
    Type* type = self->type;
    if (UNLIKELY(has_excess(args, kwargs))) {
        Thread& t = Thread::current();
        if (type->init != object_init_slot)
            return (void)raise(t, exc::TypeError, "object.__init__() takes exactly one argument (the instance to initialize)"), -1;
        if (type->construct == object_new_slot)
            return (void)raise(t, exc::TypeError, "%N.__init__() takes exactly one argument (the instance to initialize)",
                               static_cast<Object*>(type)),
                   -1;
    }
    return 0;
}

static const SlotDef object_slots[] = {
    raw_slot(SlotId::tp_dealloc, object_dealloc),
    unary_slot<SlotId::tp_repr, object_repr>(),
    unary_slot<SlotId::tp_str, object_str>(),
    size_slot<SlotId::tp_hash, object_hash>(),
    compare_slot<SlotId::tp_richcompare, object_compare>(),
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_setattro, generic_setattr_slot),
    raw_slot(SlotId::tp_init, object_init_slot),
    raw_slot(SlotId::tp_alloc, generic_alloc),
    raw_slot(SlotId::tp_new, object_new_slot),
    raw_slot(SlotId::tp_free, free_object),
};
static const GetSetDef object_getset[] = {getter_setter<get_class, set_class>("__class__", "the object's class")};
extern const TypeSpec object_spec = {
    .type = &Object::s_type,
    .name = "object",
    .basicsize = sizeof(Object),
    .flags = type_flag::BaseType,
    .doc = "The class that all others derive from.\n\nIt takes no arguments, and its instances have no attributes of their own.",
    .signature = "()",
    .slots = object_slots,
    .methods = object_methods,
    .getset = object_getset};

} // namespace taipan
