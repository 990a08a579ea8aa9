// method_descriptor, classmethod_descriptor, member_descriptor, getset_descriptor, wrapper_descriptor, method-wrapper.
#include "objects/descriptor.h"
#include "objects/defining_class.h"

#include "objects/dict.h"
#include "objects/function.h"
#include "objects/names.h"
#include "objects/slot_names.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

Result<Ref<Object>> shown_signature(Thread& t, const char* signature) {
    if (!signature || strstr(signature, "=<hidden>") || strncmp(signature, "($self, *", 9) == 0) return none_ref();
    // COMPAT: searches show their optional parts in brackets.
    std::string_view text(signature), range(", start=None, end=None, /)");
    if (!text.ends_with(range)) return Ref<Object>(TRY(str_from_utf8(t, text)));
    return Ref<Object>(TRY(str_format(t, "%s[, start[, end]], /)", text.substr(0, text.size() - range.size()))));
}

constinit Type MethodDescriptor::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type ClassMethodDescriptor::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type MemberDescriptor::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type GetSetDescriptor::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type WrapperDescriptor::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type MethodWrapper::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

template <class D> Result<Ref<D>> descriptor_new(Thread& t, Type& owner, std::string_view name) {
    Ref<Str> interned = TRY(str_interned(t, name));
    Ref<D> descriptor = TRY(allocate<D>(t));
    descriptor->owner = acquire(&owner).release();
    descriptor->name = interned.release();
    defer_refcount(descriptor.get());
    gc_track(descriptor.get());
    return descriptor;
}

int descriptor_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Descriptor*>(o);
    return self->owner ? visit(self->owner, context) : 0;
}
void descriptor_dealloc(Object* o) {
    auto* self = static_cast<Descriptor*>(o);
    gc_untrack(o);
    clear_field(self->owner);
    clear_field(self->name);
    clear_field(self->qualname);
    o->type->free(o);
}

/// The object must be an instance of the descriptor's type.
Result<void> check_owner(Thread& t, Descriptor* self, Object* object) {
    if (LIKELY(object->type == self->owner || is_subtype(object->type, self->owner))) return {};
    return raise(t, exc::TypeError, "descriptor '%s' for '%N' objects doesn't apply to a '%T' object", self->name, self->owner, object);
}

Result<Ref<Object>> descriptor_qualname(Thread& t, Borrowed<Descriptor> self) {
    if (!self->qualname) {
        Ref<Object> owner = TRY(type_qualname(t, self->owner));
        Ref<Str> text = TRY(str_format(t, "%s.%s", owner, self->name));
        self->qualname = text.release();
    }
    return acquire(self->qualname);
}
Result<Ref<Object>> descriptor_reduce(Thread& t, Borrowed<Descriptor> self) {
    Ref<Object> getattr = TRY(builtin_getattr(t));
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(self->owner), Borrowed<Object>(self->name)));
    return Ref<Object>(TRY(tuple_pack(t, getattr, args)));
}

Result<Ref<Object>> text_of(Thread& t, const char* text) {
    if (!text) return none_ref();
    return Ref<Object>(TRY(str_from_utf8(t, text)));
}

/// The signature of a native as inspect reads it; None if it says nothing.
/// One declared without a receiver is not shown.
Result<Ref<Object>> signature_of(Thread& t, const char* signature) {
    if (signature && !strchr(signature, '$')) return none_ref();
    return shown_signature(t, signature);
}

template <const char* Kind> Result<Ref<Object>> descriptor_repr(Thread& t, Borrowed<Descriptor> self) {
    return Ref<Object>(TRY(str_format(t, "<%s '%s' of '%N' objects>", Kind, self->name, self->owner)));
}
constexpr char KindMethod[] = "method", KindMember[] = "member", KindAttribute[] = "attribute", KindWrapper[] = "slot wrapper";

// method_descriptor

Object* method_descriptor_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<MethodDescriptor*>(callable);
    size_t nargs = vectorcall_nargs(nargsf);
    if (UNLIKELY(nargs == 0)) {
        (void)raise(t, exc::TypeError, "unbound method %N.%s() needs an argument", self->owner, self->name);
        return nullptr;
    }
    if (check_owner(t, self, args[0]).is_error()) return nullptr;
    return self->def->entry(t, *self->def, args[0], args + 1, nargs - 1, kwnames);
}

Result<Ref<Object>> method_descriptor_get(Thread& t, Borrowed<MethodDescriptor> self, Object* instance, Object* owner) {
    if (!instance) return Ref<Object>(self.share());
    TRY(check_owner(t, self.get(), instance));
    if (UNLIKELY(owner && !is<Type>(owner) && method_wants_class(*self->owner, *self->name)))
        return raise(t, exc::TypeError, "descriptor '%s' needs a type, not '%T', as arg 2", self->name, owner);
    return builtin_function_new(t, *self->def, instance, nullptr);
}
Result<Ref<Object>> method_descriptor_doc(Thread& t, Borrowed<MethodDescriptor> self) { return text_of(t, self->def->doc); }
Result<Ref<Object>> method_descriptor_signature(Thread& t, Borrowed<MethodDescriptor> self) {
    return signature_of(t, self->def->signature);
}

// classmethod_descriptor

Result<Ref<Object>> class_method_descriptor_get(Thread& t, Borrowed<ClassMethodDescriptor> self, Object* instance, Object* owner) {
    if (!owner) {
        if (!instance)
            return raise(t, exc::TypeError, "descriptor '%s' for type '%N' needs either an object or a type", self->name, self->owner);
        owner = instance->type;
    }
    if (!is<Type>(owner))
        return raise(t, exc::TypeError, "descriptor '%s' for type '%N' needs a type, not a '%T' as arg 2", self->name, self->owner, owner);
    if (!is_subtype(static_cast<Type*>(owner), self->owner))
        return raise(t, exc::TypeError, "descriptor '%s' requires a subtype of '%N' but received '%N'", self->name, self->owner, owner);
    return builtin_function_new(t, *self->def, owner, nullptr);
}
Object* class_method_descriptor_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<ClassMethodDescriptor*>(callable);
    size_t nargs = vectorcall_nargs(nargsf);
    if (nargs == 0) {
        (void)raise(t, exc::TypeError, "descriptor '%s' of '%N' object needs an argument", self->name, self->owner);
        return nullptr;
    }
    auto bound = class_method_descriptor_get(t, self, nullptr, args[0]);
    if (bound.is_error()) return nullptr;
    return self->def->entry(t, *self->def, args[0], args + 1, nargs - 1, kwnames);
}

// member_descriptor

Result<Ref<Object>> member_descriptor_get(Thread& t, Borrowed<MemberDescriptor> self, Object* instance, Object*) {
    if (!instance) return Ref<Object>(self.share());
    TRY(check_owner(t, self.get(), instance));
    return member_get(t, instance, *self->member);
}
Result<void> member_descriptor_set(Thread& t, Borrowed<MemberDescriptor> self, Borrowed<Object> instance, Object* value) {
    TRY(check_owner(t, self.get(), instance.get()));
    return member_set(t, instance.get(), *self->member, value);
}
Result<Ref<Object>> member_descriptor_doc(Thread& t, Borrowed<MemberDescriptor> self) { return text_of(t, self->member->doc); }

// getset_descriptor

Result<Ref<Object>> getset_descriptor_get(Thread& t, Borrowed<GetSetDescriptor> self, Object* instance, Object*) {
    if (!instance) return Ref<Object>(self.share());
    TRY(check_owner(t, self.get(), instance));
    if (!self->getset->get) return raise(t, exc::AttributeError, "attribute '%s' of '%N' objects is not readable", self->name, self->owner);
    return Result<Ref<Object>>::from_nullable(self->getset->get(instance, self->getset->closure));
}
Result<void> getset_descriptor_set(Thread& t, Borrowed<GetSetDescriptor> self, Borrowed<Object> instance, Object* value) {
    TRY(check_owner(t, self.get(), instance.get()));
    if (!self->getset->set) return raise(t, exc::AttributeError, "attribute '%s' of '%N' objects is not writable", self->name, self->owner);
    if (self->getset->set(instance.get(), value, self->getset->closure) < 0) return Error{};
    return {};
}
Result<Ref<Object>> getset_descriptor_doc(Thread& t, Borrowed<GetSetDescriptor> self) { return text_of(t, self->getset->doc); }

// wrapper_descriptor

Result<Ref<Object>> run_wrapper(Thread& t, WrapperDescriptor* self, Object* object, std::span<Object* const> args, Dict* kwargs) {
    if (kwargs && dict_size(kwargs) && !self->base->takes_keywords)
        return raise(t, exc::TypeError, "wrapper %s() takes no keyword arguments", self->base->name);
    TRY(check_recursion(t, " while calling a Python object"));
    return Result<Ref<Object>>::from_nullable(call_slot_wrapper(t, self, object, args, kwargs));
}
Result<Ref<Object>> run_wrapper(Thread& t, WrapperDescriptor* self, Object* object, std::span<Object* const> args, Object* kwnames) {
    MaybeRef<Dict> kwargs;
    if (kwnames && static_cast<Tuple*>(kwnames)->size)
        kwargs = TRY(keyword_dict(t, args.data() + args.size(), static_cast<Tuple*>(kwnames)));
    return run_wrapper(t, self, object, args, kwargs.get());
}
/// The first of the arguments of an unbound call.
Result<Object*> wrapper_receiver(Thread& t, WrapperDescriptor* self, std::span<Object* const> args) {
    if (args.empty()) return raise(t, exc::TypeError, "descriptor '%s' of '%N' object needs an argument", self->name, self->owner);
    if (!is_subtype(args[0]->type, self->owner))
        return raise(t, exc::TypeError, "descriptor '%s' requires a '%N' object but received a '%T'", self->name, self->owner, args[0]);
    return args[0];
}
Result<Ref<Object>> wrapper_descriptor_call(Thread& t, Borrowed<WrapperDescriptor> self, Borrowed<Tuple> args, Dict* kwargs) {
    Object* object = TRY(wrapper_receiver(t, self.get(), args->span()));
    return run_wrapper(t, self.get(), object, args->span().subspan(1), kwargs);
}
Object* wrapper_descriptor_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<WrapperDescriptor*>(callable);
    std::span<Object* const> all(args, vectorcall_nargs(nargsf));
    auto object = wrapper_receiver(t, self, all);
    return object.is_error() ? nullptr : run_wrapper(t, self, object.take(), all.subspan(1), kwnames).release_or_null();
}
Object* method_wrapper_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
Result<Ref<Object>> wrapper_descriptor_get(Thread& t, Borrowed<WrapperDescriptor> self, Object* instance, Object*) {
    if (!instance) return Ref<Object>(self.share());
    TRY(check_owner(t, self.get(), instance));
    Ref<MethodWrapper> bound = TRY(allocate<MethodWrapper>(t));
    bound->descriptor = acquire(self).release();
    bound->self = acquire(instance).release();
    bound->vectorcall = method_wrapper_vectorcall;
    gc_track(bound.get());
    return Ref<Object>(std::move(bound));
}
Result<Ref<Object>> wrapper_descriptor_doc(Thread& t, Borrowed<WrapperDescriptor> self) { return text_of(t, self->base->doc); }
Result<Ref<Object>> wrapper_descriptor_signature(Thread& t, Borrowed<WrapperDescriptor> self) {
    return signature_of(t, self->base->signature);
}

// method-wrapper

using MethodWrapperFields = Fields<MethodWrapper, &MethodWrapper::descriptor, &MethodWrapper::self>;

Result<Ref<Object>> method_wrapper_call(Thread& t, Borrowed<MethodWrapper> self, Borrowed<Tuple> args, Dict* kwargs) {
    return run_wrapper(t, self->descriptor, self->self, args->span(), kwargs);
}
Object* method_wrapper_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* self = static_cast<MethodWrapper*>(callable);
    return run_wrapper(Thread::current(), self->descriptor, self->self, {args, vectorcall_nargs(nargsf)}, kwnames).release_or_null();
}
Result<Ref<Object>> method_wrapper_repr(Thread& t, Borrowed<MethodWrapper> self) {
    return Ref<Object>(TRY(str_format(t, "<method-wrapper '%s' of %T object at %p>", self->descriptor->name, self->self,
                                      static_cast<const void*>(self->self))));
}
intptr_t pointer_hash(const void* p) {
    uintptr_t y = reinterpret_cast<uintptr_t>(p);
    intptr_t value = static_cast<intptr_t>((y >> 4) | (y << 60));
    return value == -1 ? -2 : value;
}
intptr_t method_wrapper_hash(Thread&, Borrowed<MethodWrapper> self) {
    intptr_t value = pointer_hash(self->self) ^ pointer_hash(self->descriptor);
    return value == -1 ? -2 : value;
}
Result<Ref<Object>> method_wrapper_compare(Thread&, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is_exact<MethodWrapper>(a.get()) || !is_exact<MethodWrapper>(b.get()))
        return not_implemented_ref();
    auto *x = static_cast<MethodWrapper*>(a.get()), *y = static_cast<MethodWrapper*>(b.get());
    bool equal = x->descriptor == y->descriptor && x->self == y->self;
    return bool_ref(equal == (op == Comparison::Eq));
}
Result<Ref<Object>> method_wrapper_objclass(Thread&, Borrowed<MethodWrapper> self) { return Ref<Object>(acquire(self->descriptor->owner)); }
Result<Ref<Object>> method_wrapper_name(Thread&, Borrowed<MethodWrapper> self) { return Ref<Object>(acquire(self->descriptor->name)); }
Result<Ref<Object>> method_wrapper_doc(Thread& t, Borrowed<MethodWrapper> self) { return text_of(t, self->descriptor->base->doc); }
Result<Ref<Object>> method_wrapper_signature(Thread& t, Borrowed<MethodWrapper> self) {
    return signature_of(t, self->descriptor->base->signature);
}
Result<Ref<Object>> method_wrapper_qualname(Thread& t, Borrowed<MethodWrapper> self) { return descriptor_qualname(t, self->descriptor); }
Result<Ref<Object>> method_wrapper_reduce(Thread& t, Borrowed<MethodWrapper> self) {
    Ref<Object> getattr = TRY(builtin_getattr(t));
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(self->self), Borrowed<Object>(self->descriptor->name)));
    return Ref<Object>(TRY(tuple_pack(t, getattr, args)));
}

Result<Ref<Object>> descriptor_name(Thread&, Borrowed<Descriptor> self) { return Ref<Object>(acquire(self->name)); }
Result<Ref<Object>> descriptor_objclass(Thread&, Borrowed<Descriptor> self) { return Ref<Object>(acquire(self->owner)); }

constexpr NativeDef reduce_methods[] = {method<descriptor_reduce>("__reduce__", "($self, /)")};
constexpr NativeDef method_wrapper_methods[] = {method<method_wrapper_reduce>("__reduce__", "($self, /)")};

constexpr MemberDef descriptor_members[] = {
    {"__objclass__", member_type::ObjectOrNone, offsetof(Descriptor, owner), member_flag::ReadOnly, nullptr},
    {"__name__", member_type::ObjectOrNone, offsetof(Descriptor, name), member_flag::ReadOnly, nullptr},
};

} // namespace

Result<Ref<Object>> method_descriptor_new(Thread& t, Type& owner, const NativeDef& def) {
    if (def.method_flags & method_flag::Static) {
        Ref<Object> function = TRY(builtin_function_new(t, def, &owner, nullptr));
        return static_method_new(t, function);
    }
    if (def.method_flags & method_flag::Class) {
        auto descriptor = TRY(descriptor_new<ClassMethodDescriptor>(t, owner, def.name));
        descriptor->def = &def;
        descriptor->vectorcall = class_method_descriptor_vectorcall;
        return Ref<Object>(std::move(descriptor));
    }
    auto descriptor = TRY(descriptor_new<MethodDescriptor>(t, owner, def.name));
    descriptor->def = &def;
    descriptor->vectorcall = method_descriptor_vectorcall;
    return Ref<Object>(std::move(descriptor));
}

Result<Ref<Object>> getset_descriptor_new(Thread& t, Type& owner, const GetSetDef& def) {
    auto descriptor = TRY(descriptor_new<GetSetDescriptor>(t, owner, def.name));
    descriptor->getset = &def;
    return Ref<Object>(std::move(descriptor));
}

Result<Ref<Object>> member_descriptor_new(Thread& t, Type& owner, const MemberDef& def) {
    auto descriptor = TRY(descriptor_new<MemberDescriptor>(t, owner, def.name));
    descriptor->member = &def;
    return Ref<Object>(std::move(descriptor));
}

Object* call_slot_wrapper(Thread& t, const WrapperDescriptor* self, Object* object, std::span<Object* const> args, Dict* kwargs) {
    return self->base->wrapper(t, object, args, self->wrapped, kwargs);
}

Result<Ref<Object>> wrapper_descriptor_new(Thread& t, Type& owner, const SlotWrapperBase& base, void* function) {
    auto descriptor = TRY(descriptor_new<WrapperDescriptor>(t, owner, base.name));
    descriptor->base = &base;
    descriptor->wrapped = function;
    descriptor->vectorcall = wrapper_descriptor_vectorcall;
    return Ref<Object>(std::move(descriptor));
}

#define DESCRIPTOR_SLOTS(kind)                                                                                                             \
    unary_slot<SlotId::tp_repr, descriptor_repr<kind>>(), raw_slot(SlotId::tp_traverse, descriptor_traverse),                              \
        raw_slot(SlotId::tp_dealloc, descriptor_dealloc)

static const SlotDef method_descriptor_slots[] = {
    DESCRIPTOR_SLOTS(KindMethod),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    ternary_slot<SlotId::tp_descr_get, method_descriptor_get>(),
};
static const GetSetDef method_descriptor_getset[] = {
    getter<method_descriptor_doc>("__doc__"),
    getter<descriptor_qualname>("__qualname__"),
    getter<method_descriptor_signature>("__text_signature__"),
};
extern const TypeSpec method_descriptor_spec = {.type = &MethodDescriptor::s_type,
                                                .name = "method_descriptor",
                                                .basicsize = sizeof(MethodDescriptor),
                                                .flags = type_flag::Gc | type_flag::MethodDescriptor,
                                                .slots = method_descriptor_slots,
                                                .methods = reduce_methods,
                                                .getset = method_descriptor_getset,
                                                .members = descriptor_members,
                                                .vectorcall_offset = offsetof(MethodDescriptor, vectorcall)};

static const SlotDef class_method_descriptor_slots[] = {
    DESCRIPTOR_SLOTS(KindMethod),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    ternary_slot<SlotId::tp_descr_get, class_method_descriptor_get>(),
};
extern const TypeSpec class_method_descriptor_spec = {.type = &ClassMethodDescriptor::s_type,
                                                      .name = "classmethod_descriptor",
                                                      .basicsize = sizeof(ClassMethodDescriptor),
                                                      .flags = type_flag::Gc,
                                                      .slots = class_method_descriptor_slots,
                                                      .getset = method_descriptor_getset,
                                                      .members = descriptor_members,
                                                      .vectorcall_offset = offsetof(ClassMethodDescriptor, vectorcall)};

static const SlotDef member_descriptor_slots[] = {
    DESCRIPTOR_SLOTS(KindMember),
    ternary_slot<SlotId::tp_descr_get, member_descriptor_get>(),
    set_item_slot<SlotId::tp_descr_set, member_descriptor_set>(),
};
static const GetSetDef member_descriptor_getset[] = {
    getter<member_descriptor_doc>("__doc__"),
    getter<descriptor_qualname>("__qualname__"),
};
extern const TypeSpec member_descriptor_spec = {.type = &MemberDescriptor::s_type,
                                                .name = "member_descriptor",
                                                .basicsize = sizeof(MemberDescriptor),
                                                .flags = type_flag::Gc,
                                                .slots = member_descriptor_slots,
                                                .methods = reduce_methods,
                                                .getset = member_descriptor_getset,
                                                .members = descriptor_members};

static const SlotDef getset_descriptor_slots[] = {
    DESCRIPTOR_SLOTS(KindAttribute),
    ternary_slot<SlotId::tp_descr_get, getset_descriptor_get>(),
    set_item_slot<SlotId::tp_descr_set, getset_descriptor_set>(),
};
static const GetSetDef getset_descriptor_getset[] = {
    getter<getset_descriptor_doc>("__doc__"),
    getter<descriptor_qualname>("__qualname__"),
};
extern const TypeSpec getset_descriptor_spec = {.type = &GetSetDescriptor::s_type,
                                                .name = "getset_descriptor",
                                                .basicsize = sizeof(GetSetDescriptor),
                                                .flags = type_flag::Gc,
                                                .slots = getset_descriptor_slots,
                                                .getset = getset_descriptor_getset,
                                                .members = descriptor_members};

static const SlotDef wrapper_descriptor_slots[] = {
    DESCRIPTOR_SLOTS(KindWrapper),
    ternary_slot<SlotId::tp_call, wrapper_descriptor_call>(),
    ternary_slot<SlotId::tp_descr_get, wrapper_descriptor_get>(),
};
static const GetSetDef wrapper_descriptor_getset[] = {
    getter<wrapper_descriptor_doc>("__doc__"),
    getter<descriptor_qualname>("__qualname__"),
    getter<wrapper_descriptor_signature>("__text_signature__"),
};
extern const TypeSpec wrapper_descriptor_spec = {.type = &WrapperDescriptor::s_type,
                                                 .name = "wrapper_descriptor",
                                                 .basicsize = sizeof(WrapperDescriptor),
                                                 .flags = type_flag::Gc | type_flag::MethodDescriptor,
                                                 .slots = wrapper_descriptor_slots,
                                                 .methods = reduce_methods,
                                                 .getset = wrapper_descriptor_getset,
                                                 .members = descriptor_members,
                                                 .vectorcall_offset = offsetof(WrapperDescriptor, vectorcall)};

static const SlotDef method_wrapper_slots[] = {
    unary_slot<SlotId::tp_repr, method_wrapper_repr>(),
    size_slot<SlotId::tp_hash, method_wrapper_hash>(),
    compare_slot<SlotId::tp_richcompare, method_wrapper_compare>(),
    ternary_slot<SlotId::tp_call, method_wrapper_call>(),
    MethodWrapperFields::traverse_slot(),
    MethodWrapperFields::dealloc_slot(),
};
static const GetSetDef method_wrapper_getset[] = {
    getter<method_wrapper_objclass>("__objclass__"),        getter<method_wrapper_name>("__name__"),
    getter<method_wrapper_qualname>("__qualname__"),        getter<method_wrapper_doc>("__doc__"),
    getter<method_wrapper_signature>("__text_signature__"),
};
static constexpr MemberDef method_wrapper_members[] = {
    {"__self__", member_type::ObjectOrNone, offsetof(MethodWrapper, self), member_flag::ReadOnly, nullptr},
};
extern const TypeSpec method_wrapper_spec = {.type = &MethodWrapper::s_type,
                                             .name = "method-wrapper",
                                             .basicsize = sizeof(MethodWrapper),
                                             .flags = type_flag::Gc,
                                             .slots = method_wrapper_slots,
                                             .methods = method_wrapper_methods,
                                             .getset = method_wrapper_getset,
                                             .members = method_wrapper_members,
                                             .vectorcall_offset = offsetof(MethodWrapper, vectorcall)};

} // namespace taipan
