#include "objects/super.h"

#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/names.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type Super::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

__attribute__((weak)) Result<void> super_from_frame(Thread& t, MaybeRef<Type>*, MaybeRef<Object>*) {
    return raise(t, exc::RuntimeError, "super(): no current frame");
}

ResultMaybe<Object> super_lookup_method(Thread& t, Type* start, Object* object, Type* object_type, Borrowed<Str> name, bool* is_method) {
    if (is_method) *is_method = false;
    auto* mro = static_cast<Tuple*>(object_type->mro);
    if (!mro) return MaybeRef<Object>();
    intptr_t i = 0;
    while (i < mro->size && mro->items[i] != start) ++i;
    for (++i; i < mro->size; ++i) {
        auto* dict = static_cast<Dict*>(static_cast<Type*>(mro->items[i])->dict);
        MaybeRef<Object> found = TRY(dict_get_str(t, dict, name));
        if (!found) continue;
        // A class is nobody's self here: `super().__new__` of a plain function takes it as an argument.
        if (is_method && object != object_type && found->type->has(type_flag::MethodDescriptor)) {
            *is_method = true;
            return found;
        }
        TernaryFunc get = found->type->descr_get;
        if (!get) return found;
        // On the type itself (super() in a class method) nothing is bound.
        Object* bound = get(found.get(), object == object_type ? nullptr : object, object_type);
        if (!bound) return Error{};
        return MaybeRef<Object>::steal(bound);
    }
    return MaybeRef<Object>();
}

ResultMaybe<Object> super_lookup(Thread& t, Type* start, Object* object, Type* object_type, Borrowed<Str> name) {
    return super_lookup_method(t, start, object, object_type, name, nullptr);
}

Result<Borrowed<Type>> super_check(Thread& t, Type* type, Object* object) {
    if (is<Type>(object) && is_subtype(static_cast<Type*>(object), type)) return Borrowed<Type>(static_cast<Type*>(object));
    if (is_subtype(object->type, type)) return Borrowed<Type>(object->type);
    // Proxies may claim another class.
    MaybeRef<Object> claimed = TRY(get_attribute_optional(t, object, names::__class__));
    if (claimed && is<Type>(claimed.get()) && claimed.get() != object->type && is_subtype(static_cast<Type*>(claimed.get()), type))
        return Borrowed<Type>(static_cast<Type*>(claimed.get()));
    bool is_class = is<Type>(object);
    return raise(t, exc::TypeError, "super(type, obj): obj (%s %N) is not an instance or subtype of type (%N).",
                 is_class ? "type" : "instance of", is_class ? object : static_cast<Object*>(object->type), static_cast<Object*>(type));
}

namespace {

using SuperFields = Fields<Super, &Super::this_class, &Super::object, &Super::object_type>;

Result<void> super_init(Thread& t, Borrowed<Super> self, MaybeBorrowed<Object> type_argument, MaybeBorrowed<Object> object_argument) {
    MaybeRef<Type> type;
    MaybeRef<Object> object;
    if (type_argument) {
        if (!is<Type>(type_argument.get()))
            return raise(t, exc::TypeError, "super() argument 1 must be a type, not %s",
                         is_none(type_argument.get()) ? "None" : type_name(type_argument.get()));
        type = MaybeRef<Type>::acquire(static_cast<Type*>(type_argument.get()));
        if (object_argument && !is_none(object_argument.get())) object = MaybeRef<Object>::acquire(object_argument.get());
    } else {
        TRY(super_from_frame(t, &type, &object));
    }
    MaybeRef<Type> object_type;
    if (object) object_type = MaybeRef<Type>::acquire(TRY(super_check(t, type.get(), object.get())).get());
    Super* s = self.get();
    assign_field(s->this_class, type.release());
    assign_field(s->object, object.release());
    assign_field(s->object_type, object_type.release());
    return {};
}

Result<Ref<Object>> super_getattribute(Thread& t, Borrowed<Super> self, Borrowed<Object> name) {
    if (self->object_type && is<Str>(name.get()) && !str_equals_ascii(static_cast<Str*>(name.get()), "__class__")) {
        MaybeRef<Object> found = TRY(super_lookup(t, self->this_class, self->object, self->object_type, static_cast<Str*>(name.get())));
        if (found) return found.take();
    }
    return generic_get_attribute(t, self, name);
}

Result<Ref<Object>> super_descr_get(Thread& t, Borrowed<Super> self, Object* instance, Object*) {
    if (!instance || is_none(instance) || self->object) return Ref<Object>(self.share());
    if (!is_exact<Super>(self.get()))
        return call(t, Borrowed<Object>(self->type), Borrowed<Object>(self->this_class), Borrowed<Object>(instance));
    return super_new(t, self->this_class, instance);
}

Result<Ref<Object>> super_repr(Thread& t, Borrowed<Super> self) {
    const char* name = self->this_class ? self->this_class->name : "NULL";
    if (self->object_type) return Ref<Object>(TRY(str_format(t, "<super: <class '%s'>, <%s object>>", name, self->object_type->name)));
    return Ref<Object>(TRY(str_format(t, "<super: <class '%s'>, NULL>", name)));
}

constexpr MemberDef super_members[] = {
    {"__thisclass__", member_type::ObjectOrNone, offsetof(Super, this_class), member_flag::ReadOnly, "the class invoking super()"},
    {"__self__", member_type::ObjectOrNone, offsetof(Super, object), member_flag::ReadOnly, "the instance invoking super(); may be None"},
    {"__self_class__", member_type::ObjectOrNone, offsetof(Super, object_type), member_flag::ReadOnly,
     "the type of the instance invoking super(); may be None"},
};

} // namespace

Result<Ref<Object>> super_new(Thread& t, Borrowed<Type> type, Object* object) {
    Borrowed<Type> object_type = TRY(super_check(t, type.get(), object));
    Ref<Super> made = TRY(allocate<Super>(t));
    made->this_class = acquire(type).release();
    made->object = acquire(object).release();
    made->object_type = acquire(object_type).release();
    gc_track(made.get());
    return Ref<Object>(std::move(made));
}

static const SlotDef super_slots[] = {
    raw_slot(
        SlotId::tp_new, +[](Type* type, Object*, Object*) { return type->alloc(type, 0); }),
    typed_init<super_init, "super", "(type=<unrepresentable>, object=<unrepresentable>, /)">(),
    binary_slot<SlotId::tp_getattro, super_getattribute>(),
    ternary_slot<SlotId::tp_descr_get, super_descr_get>(),
    unary_slot<SlotId::tp_repr, super_repr>(),
    SuperFields::traverse_slot(),
    SuperFields::dealloc_slot(),
};
extern const TypeSpec super_spec = {.type = &Super::s_type,
                                    .name = "super",
                                    .basicsize = sizeof(Super),
                                    .flags = type_flag::Gc | type_flag::BaseType,
                                    .doc = "super() -> same as super(__class__, <first argument>)\n"
                                           "super(type) -> unbound super object\n"
                                           "super(type, obj) -> bound super object; requires isinstance(obj, type)\n"
                                           "super(type, type2) -> bound super object; requires issubclass(type2, type)\n\n"
                                           "Looks attributes up in the classes that follow type in the method resolution\n"
                                           "order of obj's class, or of type2, and binds what it finds to obj or type2.\n"
                                           "A method calls the one it overrides this way, also a class method:\n\n"
                                           "  class D(C):\n"
                                           "      def close(self):\n"
                                           "          super().close()",
                                    .slots = super_slots,
                                    .members = super_members};

} // namespace taipan
