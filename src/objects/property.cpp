#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/names.h"
#include "objects/racy.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type Property::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

using PropertyFields = Fields<Property, &Property::getter, &Property::setter, &Property::deleter, &Property::doc, &Property::name>;

Object* exchange(Object*& field, Object* value) { return __atomic_exchange_n(&field, value, __ATOMIC_ACQ_REL); }
/// A property is initialised once but for odd programs. Others may be about to call what they have read here without a lock:
/// with several threads what is replaced stays for ever.
void replace(Object*& field, Object* value) {
    Object* old = exchange(field, value);
    if (!is_multi_threaded()) xdecref(old);
}

Object* null_if_none(Object* o) { return o && !is_none(o) ? acquire(o).release() : nullptr; }

Result<void> property_init(Thread& t, Borrowed<Property> self, MaybeBorrowed<Object> fget, MaybeBorrowed<Object> fset,
                           MaybeBorrowed<Object> fdel, MaybeBorrowed<Object> doc) {
    Property* p = self.get();
    (void)exchange(p->getter, null_if_none(fget.get())); // inline caches may still hold the old one, which therefore stays
    replace(p->setter, null_if_none(fset.get()));
    replace(p->deleter, null_if_none(fdel.get()));
    replace(p->doc, nullptr);
    replace(p->name, nullptr);
    store_relaxed(p->getter_doc, 0);
    MaybeRef<Object> text;
    if (doc && !is_none(doc.get())) {
        text = MaybeRef<Object>::acquire(doc.get());
    } else if (p->getter) { // the getter's own text
        text = TRY(get_attribute_optional(t, p->getter, names::__doc__));
        if (text && is_none(text.get())) text = nullptr;
        if (text) store_relaxed(p->getter_doc, 1);
    }
    if (is_exact<Property>(p)) {
        replace(p->doc, text.release());
        return {};
    }
    // In a subclass the text must be found before the class's own __doc__.
    if (!text) text = none_ref();
    auto stored = set_attribute(t, self, names::__doc__, text.get());
    if (stored.is_error()) {
        // COMPAT: only a getter's text must have its place.
        if (!load_relaxed(p->getter_doc) && clear_if(t, exc::AttributeError)) return {};
        return Error{};
    }
    return {};
}

/// The name for messages: what __set_name__ told, else the getter's.
Result<MaybeRef<Object>> name_of(Thread& t, Property* self) {
    if (Object* name = load_acquire(self->name)) return MaybeRef<Object>::acquire(name);
    Object* getter = load_acquire(self->getter);
    if (!getter) return MaybeRef<Object>();
    return get_attribute_optional(t, getter, names::__name__);
}

Error raise_missing(Thread& t, Property* self, Object* instance, const char* what) {
    MaybeRef<Object> name = TRY(name_of(t, self));
    Ref<Object> qualname = TRY(type_qualname(t, instance->type));
    if (name) return raise(t, exc::AttributeError, "property %R of %R object has no %s", name, qualname, what);
    return raise(t, exc::AttributeError, "property of %R object has no %s", qualname, what);
}

Result<Ref<Object>> property_get(Thread& t, Borrowed<Property> self, Object* instance, Object*) {
    if (!instance || is_none(instance)) return Ref<Object>(self.share());
    Object* getter = load_acquire(self->getter);
    if (!getter) return raise_missing(t, self.get(), instance, "getter");
    return call(t, getter, Borrowed<Object>(instance));
}

Result<void> property_set(Thread& t, Borrowed<Property> self, Borrowed<Object> instance, Object* value) {
    Object* function = load_acquire(value ? self->setter : self->deleter);
    if (!function) return raise_missing(t, self.get(), instance.get(), value ? "setter" : "deleter");
    if (value) (void)TRY(call(t, function, instance, Borrowed<Object>(value)));
    else (void)TRY(call(t, function, instance));
    return {};
}

/// A copy with one function replaced.
Result<Ref<Object>> copy_with(Thread& t, Borrowed<Property> self, Object* fget, Object* fset, Object* fdel) {
    Object* getter = fget ? fget : load_acquire(self->getter);
    Object* setter = fset ? fset : load_acquire(self->setter);
    Object* deleter = fdel ? fdel : load_acquire(self->deleter);
    auto or_none = [](Object* o) { return o ? o : None(); };
    Ref<Object> doc = none_ref();
    if (Object* own = load_acquire(self->doc); own && !(load_relaxed(self->getter_doc) && getter)) doc = acquire(own);
    Ref<Object> made = TRY(call(t, Borrowed<Object>(self->type), Borrowed<Object>(or_none(getter)), Borrowed<Object>(or_none(setter)),
                                Borrowed<Object>(or_none(deleter)), doc));
    if (is<Property>(made.get())) {
        MaybeRef<Object> name = TRY(name_of(t, self.get()));
        assign_field(static_cast<Property*>(made.get())->name, name.release());
    }
    return made;
}
Result<Ref<Object>> property_getter(Thread& t, Borrowed<Property> self, Borrowed<Object> f) {
    return copy_with(t, self, f.get(), nullptr, nullptr);
}
Result<Ref<Object>> property_setter(Thread& t, Borrowed<Property> self, Borrowed<Object> f) {
    return copy_with(t, self, nullptr, f.get(), nullptr);
}
Result<Ref<Object>> property_deleter(Thread& t, Borrowed<Property> self, Borrowed<Object> f) {
    return copy_with(t, self, nullptr, nullptr, f.get());
}

Result<void> property_set_name(Thread& t, Borrowed<Property> self, Args args) {
    if (args.size() != 2) return raise(t, exc::TypeError, "__set_name__() takes 2 positional arguments but %d were given", args.size());
    replace(self.get()->name, acquire(args[1]).release());
    return {};
}

Result<Ref<Object>> get_name(Thread& t, Borrowed<Property> self) {
    MaybeRef<Object> name = TRY(name_of(t, self.get()));
    if (!name) return raise_attribute_error(t, self, names::__name__);
    return name.take();
}
Result<void> set_name(Thread&, Borrowed<Property> self, Object* value) {
    replace(self.get()->name, value ? acquire(value).release() : nullptr);
    return {};
}

Result<Ref<Object>> is_abstract(Thread& t, Borrowed<Property> self) {
    for (Object* function : {load_acquire(self->getter), load_acquire(self->setter), load_acquire(self->deleter)}) {
        if (!function) continue;
        MaybeRef<Object> value = TRY(get_attribute_optional(t, function, names::__isabstractmethod__));
        if (value && TRY(is_true(t, value.get()))) return bool_ref(true);
    }
    return bool_ref(false);
}

constexpr NativeDef property_methods[] = {
    method<property_getter>("getter", "($self, object, /)",
                            "A decorator: this property, with the decorated function to read the attribute."),
    method<property_setter>("setter", "($self, object, /)",
                            "A decorator: this property, with the decorated function to assign the attribute."),
    method<property_deleter>("deleter", "($self, object, /)",
                             "A decorator: this property, with the decorated function to delete the attribute."),
    method<property_set_name>("__set_name__", "($self, owner, name, /)", "Method to set name of a property."),
};
constexpr MemberDef property_members[] = {
    {"fget", member_type::ObjectOrNone, offsetof(Property, getter), member_flag::ReadOnly, nullptr},
    {"fset", member_type::ObjectOrNone, offsetof(Property, setter), member_flag::ReadOnly, nullptr},
    {"fdel", member_type::ObjectOrNone, offsetof(Property, deleter), member_flag::ReadOnly, nullptr},
    {"__doc__", member_type::ObjectOrNone, offsetof(Property, doc), 0, nullptr},
};

} // namespace

static const SlotDef property_slots[] = {
    typed_init<property_init, "property", "(fget=None, fset=None, fdel=None, doc=None)">(),
    raw_slot(
        SlotId::tp_new, +[](Type* type, Object*, Object*) { return type->alloc(type, 0); }),
    ternary_slot<SlotId::tp_descr_get, property_get>(),
    set_item_slot<SlotId::tp_descr_set, property_set>(),
    PropertyFields::traverse_slot(),
    PropertyFields::clear_slot(),
    PropertyFields::dealloc_slot(),
};
static const GetSetDef property_getset[] = {
    getter_setter<get_name, set_name>("__name__"),
    getter<is_abstract>("__isabstractmethod__"),
};
extern const TypeSpec property_spec = {
    .type = &Property::s_type,
    .name = "property",
    .basicsize = sizeof(Property),
    .flags = type_flag::Gc | type_flag::BaseType,
    .doc = "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used "
           "for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\n"
           "Typical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def "
           "setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the "
           "'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass "
           "C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    "
           "@x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    .signature = "(fget=None, fset=None, fdel=None, doc=None)",
    .slots = property_slots,
    .methods = property_methods,
    .getset = property_getset,
    .members = property_members};

} // namespace taipan
