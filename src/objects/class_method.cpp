// classmethod and staticmethod.
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/generic_alias.h"
#include "objects/names.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type ClassMethod::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type StaticMethod::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

/// Both kinds look like the function that they wrap.
template <class W> Result<void> copy_attributes(Thread& t, Borrowed<W> wrapper, Borrowed<Object> callable) {
    for (Str* name : {names::__module__, names::__name__, names::__qualname__, names::__doc__}) {
        MaybeRef<Object> value = TRY(get_attribute_optional(t, callable, name));
        if (value) TRY(generic_set_attribute(t, wrapper, name, value.get()));
    }
    return {};
}

/// What is wrapped; None until __init__ is called, which a subclass may replace.
template <class W> Borrowed<Object> wrapped(Borrowed<W> self) {
    Object* callable = __atomic_load_n(&self->callable, __ATOMIC_ACQUIRE);
    return callable ? callable : None();
}
template <class W> Result<Ref<Object>> wrapper_make(Thread&, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    Object* made = type->alloc(type.get(), 0);
    if (!made) return Error{};
    return steal(made);
}
template <class W> Result<void> wrapper_init(Thread& t, Borrowed<W> self, Borrowed<Object> callable) {
    Object* old = __atomic_exchange_n(&self->callable, callable.share().release(), __ATOMIC_ACQ_REL);
    if (UNLIKELY(old)) {
        // Hardly anybody calls it again. Readers take no lock and caches know what was wrapped: its reference is never given
        // up, and they look anew.
        TypeLock lock(t);
        type_modified(t, Object::s_type);
    }
    return copy_attributes<W>(t, self, callable);
}

Result<Ref<Object>> classmethod_get(Thread& t, Borrowed<ClassMethod> self, Object* instance, Object* owner) {
    return method_new(t, wrapped(self), owner ? owner : static_cast<Object*>(instance->type));
}
Result<Ref<Object>> staticmethod_get(Thread& t, Borrowed<StaticMethod> self, Object*, Object*) { return wrapped(self).share(); }
Result<Ref<Object>> staticmethod_call(Thread& t, Borrowed<StaticMethod> self, Borrowed<Tuple> args, Dict* kwargs) {
    return call_tuple(t, wrapped(self), args, kwargs);
}
template <class W> Result<Ref<Object>> wrapper_repr(Thread& t, Borrowed<W> self) {
    return Ref<Object>(TRY(str_format(t, std::same_as<W, ClassMethod> ? "<classmethod(%R)>" : "<staticmethod(%R)>", wrapped(self))));
}
template <class W> Result<Ref<Object>> wrapper_is_abstract(Thread& t, Borrowed<W> self) {
    MaybeRef<Object> value = TRY(get_attribute_optional(t, wrapped(self), names::__isabstractmethod__));
    if (!value) return bool_ref(false);
    return bool_ref(TRY(is_true(t, value.get())));
}
template <class W> Result<Ref<Object>> wrapper_get_dict(Thread& t, Borrowed<W> self) {
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    return Ref<Object>(dict.take());
}
template <class W> Result<void> wrapper_set_dict(Thread& t, Borrowed<W> self, Object* value) { return instance_dict_set(t, self, value); }
/// Annotations are those of the wrapped function until somebody assigns others.
template <class W, Str*& Name> Result<Ref<Object>> wrapper_annotation(Thread& t, Borrowed<W> self) {
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    MaybeRef<Object> own = TRY(dict_get_str(t, dict.get(), Name));
    if (own) return own.take();
    Ref<Object> value = TRY(get_attribute(t, wrapped(self), Name));
    TRY(dict_set(t, dict.get(), Name, value));
    return value;
}
template <class W, Str*& Name> Result<void> wrapper_set_annotation(Thread& t, Borrowed<W> self, Object* value) {
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    if (value) return dict_set(t, dict.get(), Name, value);
    if (!TRY(dict_delete(t, dict.get(), Name))) return raise_object(t, exc::AttributeError, Name);
    return {};
}

using ClassMethodFields = Fields<ClassMethod, &ClassMethod::callable, &ClassMethod::dict>;
using StaticMethodFields = Fields<StaticMethod, &StaticMethod::callable, &StaticMethod::dict>;

constexpr NativeDef class_method_methods[] = {
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)"),
};
constexpr MemberDef class_method_members[] = {
    {"__func__", member_type::ObjectOrNone, offsetof(ClassMethod, callable), member_flag::ReadOnly, nullptr},
    {"__wrapped__", member_type::ObjectOrNone, offsetof(ClassMethod, callable), member_flag::ReadOnly, nullptr},
};

template <class W> Result<Ref<Object>> wrapper_new(Thread& t, Borrowed<Object> callable) {
    auto made = TRY(allocate<W>(t));
    made->callable = callable.share().release();
    gc_track(made.get());
    TRY(copy_attributes<W>(t, made, callable));
    return Ref<Object>(std::move(made));
}

} // namespace

Result<Ref<Object>> class_method_new(Thread& t, Borrowed<Object> callable) { return wrapper_new<ClassMethod>(t, callable); }
Result<Ref<Object>> static_method_new(Thread& t, Borrowed<Object> callable) {
    if (is_exact<BuiltinFunction>(callable.get())) { // made while the builtin types get ready: attributes follow lazily
        auto made = TRY(allocate<StaticMethod>(t));
        made->callable = callable.share().release();
        gc_track(made.get());
        return Ref<Object>(std::move(made));
    }
    return wrapper_new<StaticMethod>(t, callable);
}

#define WRAPPER_GETSET(W)                                                                                                                  \
    getter<wrapper_is_abstract<W>>("__isabstractmethod__"), getter_setter<wrapper_get_dict<W>, wrapper_set_dict<W>>("__dict__"),           \
        getter_setter<wrapper_annotation<W, names::__annotations__>, wrapper_set_annotation<W, names::__annotations__>>(                   \
            "__annotations__"),                                                                                                            \
        getter_setter<wrapper_annotation<W, names::__annotate__>, wrapper_set_annotation<W, names::__annotate__>>("__annotate__")

static const SlotDef class_method_slots[] = {
    construct_slot<SlotId::tp_new, wrapper_make<ClassMethod>>(),
    typed_init<wrapper_init<ClassMethod>, "classmethod", "(function, /)">(),
    unary_slot<SlotId::tp_repr, wrapper_repr<ClassMethod>>(),
    ternary_slot<SlotId::tp_descr_get, classmethod_get>(),
    ClassMethodFields::traverse_slot(),
    ClassMethodFields::clear_slot(),
    ClassMethodFields::dealloc_slot(),
};
static const GetSetDef class_method_getset[] = {WRAPPER_GETSET(ClassMethod)};
extern const TypeSpec class_method_spec = {
    .type = &ClassMethod::s_type,
    .name = "classmethod",
    .basicsize = sizeof(ClassMethod),
    .flags = type_flag::Gc | type_flag::BaseType,
    .doc = "Make a function a method of the class: it is called with the class itself as first argument.\n\n"
           "Used as a decorator in a class body:\n\n"
           "  class C:\n"
           "      @classmethod\n"
           "      def make(cls, value): ...\n\n"
           "Both C.make(1) and C().make(1) pass C; reached through a subclass, it is\n"
           "passed the subclass. A staticmethod is passed neither class nor instance.",
    .signature = "(function, /)",
    .slots = class_method_slots,
    .methods = class_method_methods,
    .getset = class_method_getset,
    .members = class_method_members,
    .dict_offset = offsetof(ClassMethod, dict)};

static const SlotDef static_method_slots[] = {
    construct_slot<SlotId::tp_new, wrapper_make<StaticMethod>>(),
    typed_init<wrapper_init<StaticMethod>, "staticmethod", "(function, /)">(),
    unary_slot<SlotId::tp_repr, wrapper_repr<StaticMethod>>(),
    ternary_slot<SlotId::tp_call, staticmethod_call>(),
    ternary_slot<SlotId::tp_descr_get, staticmethod_get>(),
    StaticMethodFields::traverse_slot(),
    StaticMethodFields::clear_slot(),
    StaticMethodFields::dealloc_slot(),
};
static const GetSetDef static_method_getset[] = {WRAPPER_GETSET(StaticMethod)};
extern const TypeSpec static_method_spec = {
    .type = &StaticMethod::s_type,
    .name = "staticmethod",
    .basicsize = sizeof(StaticMethod),
    .flags = type_flag::Gc | type_flag::BaseType,
    .doc = "Make a function a plain function of the class: it is called with just the arguments given.\n\n"
           "Used as a decorator in a class body:\n\n"
           "  class C:\n"
           "      @staticmethod\n"
           "      def check(value): ...\n\n"
           "C.check(1) and C().check(1) are the same call. A classmethod is passed the\n"
           "class as well.",
    .signature = "(function, /)",
    .slots = static_method_slots,
    .methods = class_method_methods,
    .getset = static_method_getset,
    .members = class_method_members,
    .dict_offset = offsetof(StaticMethod, dict)};

} // namespace taipan
