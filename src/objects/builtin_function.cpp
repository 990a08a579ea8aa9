// builtin_function_or_method, bound methods, cells.
#include "objects/builtin_lookup.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/racy.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

constinit Type BuiltinFunction::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type Method::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type Cell::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

intptr_t pointer_hash(const void* p) {
    uintptr_t y = reinterpret_cast<uintptr_t>(p);
    intptr_t value = static_cast<intptr_t>((y >> 4) | (y << 60));
    return value == -1 ? -2 : value;
}

// --- builtin functions -------------------------------------------------------------------------------------------------------

Object* builtin_function_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* self = static_cast<BuiltinFunction*>(callable);
    return self->def->entry(Thread::current(), *self->def, self->self, args, vectorcall_nargs(nargsf), kwnames);
}

using BuiltinFields = Fields<BuiltinFunction, &BuiltinFunction::self, &BuiltinFunction::module>;

void builtin_dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<BuiltinFunction*>(o);
    if (self->weaklist) clear_weakrefs(o);
    BuiltinFields::release(self);
    o->type->free(o);
}

Result<Ref<Object>> builtin_repr(Thread& t, Borrowed<BuiltinFunction> f) {
    if (!f->self || is<Module>(f->self)) return Ref<Object>(TRY(str_format(t, "<built-in function %s>", f->def->name)));
    return Ref<Object>(
        TRY(str_format(t, "<built-in method %s of %T object at %p>", f->def->name, f->self, static_cast<const void*>(f->self))));
}
intptr_t builtin_hash(Thread&, Borrowed<BuiltinFunction> f) {
    intptr_t value = pointer_hash(f->self) ^ pointer_hash(f->def);
    return value == -1 ? -2 : value;
}
Result<Ref<Object>> builtin_compare(Thread&, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is<BuiltinFunction>(a.get()) || !is<BuiltinFunction>(b.get()))
        return not_implemented_ref();
    auto *x = static_cast<BuiltinFunction*>(a.get()), *y = static_cast<BuiltinFunction*>(b.get());
    bool equal = x->self == y->self && x->def == y->def;
    return bool_ref(equal == (op == Comparison::Eq));
}
Result<Ref<Object>> builtin_name(Thread& t, Borrowed<BuiltinFunction> f) { return Ref<Object>(TRY(str_interned(t, f->def->name))); }
Result<Ref<Object>> builtin_qualname(Thread& t, Borrowed<BuiltinFunction> f) {
    if (!f->self || is<Module>(f->self)) return builtin_name(t, f);
    Ref<Object> owner = TRY(type_qualname(t, is<Type>(f->self) ? static_cast<Type*>(f->self) : f->self->type));
    return Ref<Object>(TRY(str_format(t, "%s.%s", owner, f->def->name)));
}
Result<Ref<Object>> builtin_doc(Thread& t, Borrowed<BuiltinFunction> f) {
    if (!f->def->doc) return none_ref();
    return Ref<Object>(TRY(str_from_utf8(t, f->def->doc)));
}
Result<Ref<Object>> builtin_signature(Thread& t, Borrowed<BuiltinFunction> f) {
    // COMPAT: functions declared without a receiver show no signature, as those that parse their arguments themselves.
    if (f->def->signature && !(f->def->method_flags & method_flag::Static) && !strchr(f->def->signature, '$')) return none_ref();
    if (f->def->method_flags & method_flag::Class && strncmp(f->def->signature, "($type, *", 9) == 0) return none_ref();
    return shown_signature(t, f->def->signature);
}
Result<Ref<Object>> builtin_self(Thread&, Borrowed<BuiltinFunction> f) {
    if (!f->self || f->def->method_flags & method_flag::Static) return none_ref();
    return acquire(f->self);
}
Result<Ref<Object>> builtin_reduce(Thread& t, Borrowed<BuiltinFunction> f) {
    if (!f->self || is<Module>(f->self)) return builtin_name(t, f);
    Ref<Object> getattr = TRY(builtin_getattr(t));
    Ref<Object> name = TRY(builtin_name(t, f));
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(f->self), name));
    return Ref<Object>(TRY(tuple_pack(t, getattr, args)));
}

constexpr NativeDef builtin_methods[] = {method<builtin_reduce>("__reduce__", "($self, /)")};
constexpr MemberDef builtin_members[] = {
    {"__module__", member_type::ObjectOrNone, offsetof(BuiltinFunction, module), 0, nullptr},
};

// --- bound methods -----------------------------------------------------------------------------------------------------------

Object* method_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* method = static_cast<Method*>(callable);
    Thread& t = Thread::current();
    size_t nargs = vectorcall_nargs(nargsf);
    if (nargsf & VectorcallOffset) { // the place before the arguments is ours for the call
        auto** with_self = const_cast<Object**>(args) - 1;
        Object* saved = with_self[0];
        with_self[0] = method->self;
        Object* result = vectorcall(t, method->function, with_self, nargs + 1, kwnames).release_or_null();
        with_self[0] = saved;
        return result;
    }
    size_t total = nargs + (kwnames ? static_cast<size_t>(static_cast<Tuple*>(kwnames)->size) : 0);
    Object* local[10];
    Object** all = total <= 8 ? local : static_cast<Object**>(raw_alloc((total + 2) * sizeof(Object*)));
    if (!all) return (void)raise_memory_error(t), nullptr;
    all[1] = method->self;
    if (total) __builtin_memcpy(all + 2, args, total * sizeof(Object*));
    Object* result = vectorcall(t, method->function, all + 1, (nargs + 1) | VectorcallOffset, kwnames).release_or_null();
    if (all != local) raw_free(all);
    return result;
}

using MethodFields = Fields<Method, &Method::function, &Method::self>;

void method_dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<Method*>(o);
    if (self->weaklist) clear_weakrefs(o);
    MethodFields::release(self);
    o->type->free(o);
}

Result<Ref<Object>> method_make(Thread& t, Borrowed<Type>, Borrowed<Object> function, Borrowed<Object> instance) {
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "first argument must be callable");
    if (is_none(instance.get())) return raise(t, exc::TypeError, "instance must not be None");
    return method_new(t, function, instance);
}
Result<Ref<Object>> method_getattribute(Thread& t, Borrowed<Method> self, Borrowed<Object> name) {
    if (!is<Str>(name.get())) return generic_get_attribute(t, self, name);
    // The type's own descriptors first, then what the function has.
    MaybeRef<Object> found = type_lookup(t, *self->type, static_cast<Str*>(name.get()));
    if (found) {
        if (TernaryFunc get = found->type->descr_get) return Result<Ref<Object>>::from_nullable(get(found.get(), self.get(), self->type));
        return found.take();
    }
    return get_attribute(t, self->function, static_cast<Str*>(name.get()));
}
Result<Ref<Object>> method_repr(Thread& t, Borrowed<Method> self) {
    MaybeRef<Object> name = TRY(get_attribute_optional(t, self->function, names::__qualname__));
    if (!name || !is<Str>(name.get())) name = TRY(get_attribute_optional(t, self->function, names::__name__));
    if (name && is<Str>(name.get())) return Ref<Object>(TRY(str_format(t, "<bound method %s of %R>", name, self->self)));
    return Ref<Object>(TRY(str_format(t, "<bound method ? of %R>", self->self)));
}
Result<intptr_t> method_hash(Thread& t, Borrowed<Method> self) {
    intptr_t value = pointer_hash(self->self) ^ TRY(hash(t, self->function));
    return value == -1 ? intptr_t{-2} : value;
}
Result<Ref<Object>> method_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is_exact<Method>(a.get()) || !is_exact<Method>(b.get()))
        return not_implemented_ref();
    auto *x = static_cast<Method*>(a.get()), *y = static_cast<Method*>(b.get());
    bool equal = x->self == y->self && TRY(compare_bool(t, x->function, y->function, Comparison::Eq));
    return bool_ref(equal == (op == Comparison::Eq));
}
Result<Ref<Object>> method_descr_get(Thread&, Borrowed<Method> self, Object*, Object*) { return Ref<Object>(self.share()); }
Result<Ref<Object>> method_doc(Thread& t, Borrowed<Method> self) {
    MaybeRef<Object> doc = TRY(get_attribute_optional(t, self->function, names::__doc__));
    return doc ? doc.take() : none_ref();
}
Result<Ref<Object>> method_reduce(Thread& t, Borrowed<Method> self) {
    Ref<Object> name = TRY(get_attribute(t, self->function, names::__name__));
    Ref<Object> getattr = TRY(builtin_getattr(t));
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(self->self), name));
    return Ref<Object>(TRY(tuple_pack(t, getattr, args)));
}
constexpr NativeDef method_methods[] = {method<method_reduce>("__reduce__", "($self, /)")};
constexpr MemberDef method_members[] = {
    {"__func__", member_type::ObjectOrNone, offsetof(Method, function), member_flag::ReadOnly,
     "the function (or other callable) implementing a method"},
    {"__self__", member_type::ObjectOrNone, offsetof(Method, self), member_flag::ReadOnly, "the instance to which a method is bound"},
};

// --- cells -------------------------------------------------------------------------------------------------------------------

using CellFields = Fields<Cell, &Cell::value>;

Result<Ref<Object>> cell_make(Thread& t, Borrowed<Type>, MaybeBorrowed<Object> contents) {
    return cell_new(t, MaybeRef<Object>::acquire(contents.get()));
}
Result<Ref<Object>> cell_repr(Thread& t, Borrowed<Cell> self) {
    MaybeRef<Object> value = cell_get(t, self.get());
    if (!value) return Ref<Object>(TRY(str_format(t, "<cell at %p: empty>", static_cast<const void*>(self.get()))));
    return Ref<Object>(TRY(str_format(t, "<cell at %p: %T object at %p>", static_cast<const void*>(self.get()), value,
                                      static_cast<const void*>(value.get()))));
}
Result<Ref<Object>> cell_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<Cell>(a.get()) || !is<Cell>(b.get())) return not_implemented_ref();
    MaybeRef<Object> x = cell_get(t, static_cast<Cell*>(a.get())), y = cell_get(t, static_cast<Cell*>(b.get()));
    if (x && y) return compare(t, x.get(), y.get(), op);
    // Empty cells come first.
    int left = x ? 1 : 0, right = y ? 1 : 0;
    switch (op) {
    case Comparison::Lt: return bool_ref(left < right);
    case Comparison::Le: return bool_ref(left <= right);
    case Comparison::Eq: return bool_ref(left == right);
    case Comparison::Ne: return bool_ref(left != right);
    case Comparison::Gt: return bool_ref(left > right);
    case Comparison::Ge: return bool_ref(left >= right);
    }
    return not_implemented_ref();
}
Result<Ref<Object>> cell_contents(Thread& t, Borrowed<Cell> self) {
    MaybeRef<Object> value = cell_get(t, self.get());
    if (!value) return raise(t, exc::ValueError, "Cell is empty");
    return value.take();
}
Result<void> cell_set_contents(Thread& t, Borrowed<Cell> self, Object* value) {
    cell_set(t, self.get(), MaybeRef<Object>::acquire(value));
    return {};
}

} // namespace

Result<Ref<Object>> builtin_function_new(Thread& t, const NativeDef& def, Object* self, Object* module) {
    Ref<BuiltinFunction> function = TRY(allocate<BuiltinFunction>(t));
    function->def = &def;
    function->self = self ? acquire(self).release() : nullptr;
    function->module = module ? acquire(module).release() : nullptr;
    function->vectorcall = builtin_function_vectorcall;
    gc_track(function.get());
    return Ref<Object>(std::move(function));
}

Result<Ref<Object>> builtin_getattr(Thread& t) { return builtin_object(t, "getattr"); }

Result<Ref<Object>> method_new(Thread& t, Borrowed<Object> function, Borrowed<Object> self) {
    Ref<Method> method = TRY(allocate<Method>(t));
    method->function = function.share().release();
    method->self = self.share().release();
    method->vectorcall = method_vectorcall;
    gc_track(method.get());
    return Ref<Object>(std::move(method));
}

Result<Ref<Cell>> cell_new(Thread& t, MaybeRef<Object> value) {
    Ref<Cell> cell = TRY(allocate<Cell>(t));
    cell->value = value.release();
    gc_track(cell.get());
    return cell;
}

MaybeRef<Object> cell_get(Thread& t, Cell* cell) {
    Object* value = nullptr;
    if (UNLIKELY(racy_read(cell->value, &value) == RacyRead::Retry)) {
        CriticalSection section(t, cell);
        value = cell->value;
        if (value) incref_locked(value);
    }
    return MaybeRef<Object>::steal(value);
}

void cell_set(Thread& t, Cell* cell, MaybeRef<Object> value) {
    Object* old;
    {
        CriticalSection section(t, cell);
        old = cell->value;
        store_release(cell->value, value.release());
    }
    if (old) decref(old);
}

static const SlotDef builtin_slots[] = {
    unary_slot<SlotId::tp_repr, builtin_repr>(),
    size_slot<SlotId::tp_hash, builtin_hash>(),
    compare_slot<SlotId::tp_richcompare, builtin_compare>(),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    BuiltinFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, builtin_dealloc),
};
static const GetSetDef builtin_getset[] = {
    getter<builtin_doc>("__doc__"),
    getter<builtin_name>("__name__"),
    getter<builtin_qualname>("__qualname__"),
    getter<builtin_self>("__self__"),
    getter<builtin_signature>("__text_signature__"),
};
extern const TypeSpec builtin_function_spec = {.type = &BuiltinFunction::s_type,
                                               .name = "builtin_function_or_method",
                                               .basicsize = sizeof(BuiltinFunction),
                                               .flags = type_flag::Gc,
                                               .slots = builtin_slots,
                                               .methods = builtin_methods,
                                               .getset = builtin_getset,
                                               .members = builtin_members,
                                               .weaklist_offset = offsetof(BuiltinFunction, weaklist),
                                               .vectorcall_offset = offsetof(BuiltinFunction, vectorcall)};

static const SlotDef method_slots[] = {
    typed_new<method_make, "method", "(function, instance, /)">(),
    unary_slot<SlotId::tp_repr, method_repr>(),
    size_slot<SlotId::tp_hash, method_hash>(),
    compare_slot<SlotId::tp_richcompare, method_compare>(),
    binary_slot<SlotId::tp_getattro, method_getattribute>(),
    ternary_slot<SlotId::tp_descr_get, method_descr_get>(),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    MethodFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, method_dealloc),
};
static const GetSetDef method_getset[] = {getter<method_doc>("__doc__")};
extern const TypeSpec method_spec = {.type = &Method::s_type,
                                     .name = "method",
                                     .basicsize = sizeof(Method),
                                     .flags = type_flag::Gc,
                                     .doc = "Create a bound instance method object.",
                                     .signature = "(function, instance, /)",
                                     .slots = method_slots,
                                     .methods = method_methods,
                                     .getset = method_getset,
                                     .members = method_members,
                                     .weaklist_offset = offsetof(Method, weaklist),
                                     .vectorcall_offset = offsetof(Method, vectorcall)};

static const SlotDef cell_slots[] = {
    typed_new<cell_make, "cell", "(contents=<unrepresentable>, /)">(),
    unary_slot<SlotId::tp_repr, cell_repr>(),
    compare_slot<SlotId::tp_richcompare, cell_compare>(),
    CellFields::traverse_slot(),
    CellFields::clear_slot(),
    CellFields::dealloc_slot(),
};
static const GetSetDef cell_getset[] = {getter_setter<cell_contents, cell_set_contents>("cell_contents")};
extern const TypeSpec cell_spec = {.type = &Cell::s_type,
                                   .name = "cell",
                                   .basicsize = sizeof(Cell),
                                   .flags = type_flag::Gc,
                                   .doc = "A new cell, the box of a variable shared with inner functions.\n\n"
                                          "  contents\n"
                                          "    Its value. An empty cell raises ValueError when cell_contents is read.",
                                   .signature = "([contents])",
                                   .slots = cell_slots,
                                   .getset = cell_getset};

} // namespace taipan
