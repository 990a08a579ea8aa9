// Functions made by def and lambda. The VM runs them: function_vectorcall.
#include "objects/function.h"
#include "objects/audit.h"
#include "objects/builtin_lookup.h"

#include "objects/descriptor.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type Function::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

using Self = Borrowed<Function>;
using FunctionFields =
    Fields<Function, &Function::globals, &Function::builtins, &Function::defaults, &Function::kwdefaults, &Function::closure,
           &Function::doc, &Function::dict, &Function::module, &Function::annotations, &Function::annotate, &Function::typeparams>;

int function_traverse(Object* o, VisitFunc visit, void* context) {
    auto* f = static_cast<Function*>(o);
    if (f->code)
        if (int result = visit(f->code, context)) return result;
    return FunctionFields::traverse(o, visit, context);
}
int function_clear(Object* o) {
    auto* f = static_cast<Function*>(o);
    f->version = 0;
    // Code, names and globals stay: a finalizer may still call the function.
    clear_field(f->defaults);
    clear_field(f->kwdefaults);
    clear_field(f->closure);
    clear_field(f->doc);
    clear_field(f->dict);
    clear_field(f->module);
    clear_field(f->annotations);
    clear_field(f->annotate);
    clear_field(f->typeparams);
    return 0;
}
void function_dealloc(Object* o) {
    gc_untrack(o);
    auto* f = static_cast<Function*>(o);
    if (f->weaklist) clear_weakrefs(o);
    FunctionFields::release(f);
    clear_field(f->name);
    clear_field(f->qualname);
    clear_field(f->code);
    o->type->free(o);
}

Result<Ref<Object>> function_repr(Thread& t, Self f) {
    return Ref<Object>(TRY(str_format(t, "<function %s at %p>", f->qualname, static_cast<const void*>(f.get()))));
}
Result<Ref<Object>> function_descr_get(Thread& t, Self f, Object* instance, Object*) {
    if (!instance || is_none(instance)) return Ref<Object>(f.share());
    return method_new(t, f, instance);
}

/// Replaces what calls in other threads read without a lock: they are between two safepoints, so the world is stopped.
template <class T> void replace(Thread& t, T*& field, T* fresh, Function* called = nullptr) {
    stop_world(t);
    T* old = std::exchange(field, fresh);
    if (called) __atomic_store_n(&called->version, 0u, __ATOMIC_RELEASE); // inline caches must look again
    start_world(t);
    xdecref(old);
}

template <class T> Ref<Object> or_none(T* field) { return field ? acquire(static_cast<Object*>(field)) : none_ref(); }

Result<Ref<Object>> get_code(Thread&, Self f) { return or_none(f->code); }
Result<void> set_code(Thread& t, Self f, Object* value) {
    if (!value || !is<Code>(value)) return raise(t, exc::TypeError, "__code__ must be set to a code object");
    auto* code = static_cast<Code*>(value);
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Str> name = TRY(str_interned(t, "__code__"));
        TRY(audit_args(t, "object.__setattr__", {f.get(), name.get(), value}));
    }
    intptr_t closure = f->closure ? f->closure->size : 0;
    if (code->nfreevars != closure)
        return raise(t, exc::ValueError, "%s() requires a code object with %d free vars, not %d", f->name, closure, code->nfreevars);
    constexpr int Kinds = code_flag::Generator | code_flag::Coroutine | code_flag::AsyncGenerator;
    if ((f->code->flags & Kinds) != (code->flags & Kinds))
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)"));
    defer_refcount(code);
    replace(t, f.get()->code, acquire(code).release(), f.get());
    return {};
}
Result<Ref<Object>> get_name(Thread&, Self f) { return or_none(f->name); }
Result<void> set_name(Thread& t, Self f, Object* value) {
    if (!value || !is<Str>(value)) return raise(t, exc::TypeError, "__name__ must be set to a string object");
    replace(t, f.get()->name, acquire(static_cast<Str*>(value)).release());
    return {};
}
Result<Ref<Object>> get_qualname(Thread&, Self f) { return or_none(f->qualname); }
Result<void> set_qualname(Thread& t, Self f, Object* value) {
    if (!value || !is<Str>(value)) return raise(t, exc::TypeError, "__qualname__ must be set to a string object");
    replace(t, f.get()->qualname, acquire(static_cast<Str*>(value)).release());
    return {};
}
Result<Ref<Object>> get_defaults(Thread&, Self f) { return or_none(f->defaults); }
Result<void> set_defaults(Thread& t, Self f, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is<Tuple>(value)) return raise(t, exc::TypeError, "__defaults__ must be set to a tuple object");
    replace(t, f.get()->defaults, value ? acquire(static_cast<Tuple*>(value)).release() : nullptr, f.get());
    return {};
}
Result<Ref<Object>> get_kwdefaults(Thread&, Self f) { return or_none(f->kwdefaults); }
Result<void> set_kwdefaults(Thread& t, Self f, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is<Dict>(value)) return raise(t, exc::TypeError, "__kwdefaults__ must be set to a dict object");
    replace(t, f.get()->kwdefaults, value ? acquire(static_cast<Dict*>(value)).release() : nullptr, f.get());
    return {};
}

Result<Ref<Object>> get_annotate(Thread&, Self f) { return or_none(f->annotate); }
Result<void> set_annotate(Thread& t, Self f, Object* value) {
    if (!value) return raise(t, exc::TypeError, "__annotate__ cannot be deleted");
    if (is_none(value)) {
        replace(t, f.get()->annotate, acquire(value).release());
        return {};
    }
    if (!is_callable(value)) return raise(t, exc::TypeError, "__annotate__ must be callable or None");
    replace(t, f.get()->annotate, acquire(value).release());
    replace<Object>(t, f.get()->annotations, nullptr);
    return {};
}

/// The compiler may give annotations as a flat tuple of names and values.
Result<Ref<Object>> get_annotations(Thread& t, Self f) {
    if (!f->annotations) {
        Ref<Object> made = none_ref();
        if (f->annotate && is_callable(f->annotate)) {
            Ref<Int> one = TRY(int_from(t, 1));
            made = TRY(call(t, f->annotate, one));
            if (!is<Dict>(made.get())) return raise(t, exc::TypeError, "__annotate__ returned non-dict of type '%T'", made);
        } else {
            made = TRY(dict_new(t));
        }
        CriticalSection section(t, f.get());
        if (!f->annotations) f.get()->annotations = made.release();
    }
    CriticalSection section(t, f.get());
    if (!f->annotations) return Ref<Object>(TRY(dict_new(t))); // taken away meanwhile
    if (is<Tuple>(f->annotations)) {
        auto* flat = static_cast<Tuple*>(f->annotations);
        Ref<Dict> dict = TRY(dict_new(t, flat->size / 2));
        for (intptr_t i = 0; i + 1 < flat->size; i += 2) TRY(dict_set(t, dict, flat->items[i], flat->items[i + 1]));
        replace(t, f.get()->annotations, static_cast<Object*>(dict.release()));
    }
    return acquire(f->annotations);
}
Result<void> set_annotations(Thread& t, Self f, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is<Dict>(value)) return raise(t, exc::TypeError, "__annotations__ must be set to a dict object");
    replace(t, f.get()->annotations, value ? acquire(value).release() : nullptr);
    replace(t, f.get()->annotate, acquire(None()).release());
    return {};
}
Result<Ref<Object>> get_type_params(Thread&, Self f) {
    if (!f->typeparams) return Ref<Object>(tuple_empty());
    return acquire(f->typeparams);
}
Result<void> set_type_params(Thread& t, Self f, Object* value) {
    if (!value || !is<Tuple>(value)) return raise(t, exc::TypeError, "__type_params__ must be set to a tuple");
    replace(t, f.get()->typeparams, acquire(value).release());
    return {};
}
Result<Ref<Object>> get_dict(Thread& t, Self f) {
    MaybeRef<Dict> dict = TRY(instance_dict(t, f));
    return Ref<Object>(dict.take());
}
Result<void> set_dict(Thread& t, Self f, Object* value) {
    if (!value) return raise(t, exc::TypeError, "cannot delete __dict__");
    return instance_dict_set(t, f, value);
}

Result<Ref<Object>> function_make(Thread& t, Borrowed<Type>, Borrowed<Code> code, Borrowed<Dict> globals, MaybeBorrowed<Object> name,
                                  MaybeBorrowed<Object> defaults, MaybeBorrowed<Object> closure, MaybeBorrowed<Object> kwdefaults) {
    auto given = [](MaybeBorrowed<Object> o) { return o && !is_none(o.get()); };
    if (given(name) && !is<Str>(name.get())) return raise(t, exc::TypeError, "arg 3 (name) must be None or string");
    if (given(defaults) && !is<Tuple>(defaults.get())) return raise(t, exc::TypeError, "arg 4 (defaults) must be None or tuple");
    intptr_t free_count = code->nfreevars;
    if (!closure || !is<Tuple>(closure.get())) {
        if (free_count && !given(closure)) return raise(t, exc::TypeError, "arg 5 (closure) must be tuple");
        if (given(closure)) return raise(t, exc::TypeError, "arg 5 (closure) must be None or tuple");
    }
    if (given(kwdefaults) && !is<Dict>(kwdefaults.get())) return raise(t, exc::TypeError, "arg 6 (kwdefaults) must be None or dict");
    intptr_t closure_size = given(closure) ? static_cast<Tuple*>(closure.get())->size : 0;
    if (closure_size != free_count)
        return raise(t, exc::ValueError, "%s requires closure of length %d, not %d", code->name, free_count, closure_size);
    if (given(closure))
        for (Object* cell : *static_cast<Tuple*>(closure.get()))
            if (!is<Cell>(cell)) return raise(t, exc::TypeError, "arg 5 (closure) expected cell, found %T", cell);
    Ref<Function> f = TRY(function_new(t, code, globals));
    if (given(name)) assign_field(f->name, acquire(static_cast<Str*>(name.get())).release());
    if (given(defaults)) f->defaults = acquire(static_cast<Tuple*>(defaults.get())).release();
    if (given(closure)) f->closure = acquire(static_cast<Tuple*>(closure.get())).release();
    if (given(kwdefaults)) f->kwdefaults = acquire(static_cast<Dict*>(kwdefaults.get())).release();
    return Ref<Object>(std::move(f));
}

constexpr MemberDef function_members[] = {
    {"__closure__", member_type::ObjectOrNone, offsetof(Function, closure), member_flag::ReadOnly, nullptr},
    {"__doc__", member_type::ObjectOrNone, offsetof(Function, doc), 0, nullptr},
    {"__globals__", member_type::ObjectOrNone, offsetof(Function, globals), member_flag::ReadOnly, nullptr},
    {"__module__", member_type::ObjectOrNone, offsetof(Function, module), 0, nullptr},
    {"__builtins__", member_type::ObjectOrNone, offsetof(Function, builtins), member_flag::ReadOnly, nullptr},
};

/// The mapping in which names that are not global are found.
Result<Ref<Object>> builtins_of(Thread& t, Borrowed<Dict> globals) {
    MaybeRef<Object> found = TRY(dict_get_str(t, globals, names::__builtins__));
    if (found && is<Module>(found.get())) return acquire(static_cast<Object*>(static_cast<Module*>(found.get())->dict));
    if (found) return found.take();
    if (Object* current = current_builtins(t)) return acquire(current);
    return Ref<Object>(TRY(dict_new(t)));
}

} // namespace

Result<Ref<Function>> function_for_evaluation(Thread& t, Borrowed<Code> code, Borrowed<Dict> globals) {
    Ref<Object> builtins = TRY(builtins_of(t, globals));
    MaybeRef<Object> module = TRY(dict_get_str(t, globals, names::__name__));
    Ref<Function> f = TRY(allocate<Function>(t));
    f->code = code.share().release();
    f->globals = globals.share().release();
    f->builtins = builtins.release();
    f->name = acquire(code->name).release();
    f->qualname = acquire(code->qualname).release();
    f->module = module.release();
    Object* doc = None();
    if ((code->flags & code_flag::HasDocstring) && code->consts->size && is<Str>(code->consts->items[0])) doc = code->consts->items[0];
    f->doc = acquire(doc).release();
    f->vectorcall = function_vectorcall;
    gc_track(f.get());
    return f;
}
Result<Ref<Function>> function_new(Thread& t, Borrowed<Code> code, Borrowed<Dict> globals) {
    Ref<Function> f = TRY(function_for_evaluation(t, code, globals));
    // Functions that live as long as their module or class, and the code of all, are shared between threads without counting.
    defer_refcount(code.get());
    if (!(code->flags & code_flag::Nested)) defer_refcount(f.get());
    return f;
}

uint32_t function_version(Function* function) {
    uint32_t version = __atomic_load_n(&function->version, __ATOMIC_ACQUIRE);
    if (version) return version;
    if (function->vectorcall != function_vectorcall) return 0;
    version = g_types.next_function_version.fetch_add(1, std::memory_order_relaxed);
    if (version == 0 || version >= UINT32_MAX - 1) return 0;
    __atomic_store_n(&function->version, version, __ATOMIC_RELEASE);
    return version;
}

static const SlotDef function_slots[] = {
    typed_new<function_make, "function", "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)">(),
    unary_slot<SlotId::tp_repr, function_repr>(),
    ternary_slot<SlotId::tp_descr_get, function_descr_get>(),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    raw_slot(SlotId::tp_traverse, function_traverse),
    raw_slot(SlotId::tp_clear, function_clear),
    raw_slot(SlotId::tp_dealloc, function_dealloc),
};
static const GetSetDef function_getset[] = {
    getter_setter<get_code, set_code>("__code__"),
    getter_setter<get_defaults, set_defaults>("__defaults__"),
    getter_setter<get_kwdefaults, set_kwdefaults>("__kwdefaults__"),
    getter_setter<get_annotations, set_annotations>("__annotations__",
                                                    "The annotations of the parameters and of the result, as a dictionary."),
    getter_setter<get_annotate, set_annotate>("__annotate__", "The function that computes the annotations, or None."),
    getter_setter<get_dict, set_dict>("__dict__"),
    getter_setter<get_name, set_name>("__name__"),
    getter_setter<get_qualname, set_qualname>("__qualname__"),
    getter_setter<get_type_params, set_type_params>("__type_params__", "The type parameters that the function declares, as a tuple."),
};
extern const TypeSpec function_spec = {
    .type = &Function::s_type,
    .name = "function",
    .basicsize = sizeof(Function),
    .flags = type_flag::Gc | type_flag::MethodDescriptor,
    .doc = "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that "
           "overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  "
           "closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies "
           "the default keyword argument values",
    .signature = "(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)",
    .slots = function_slots,
    .getset = function_getset,
    .members = function_members,
    .weaklist_offset = offsetof(Function, weaklist),
    .dict_offset = offsetof(Function, dict),
    .vectorcall_offset = offsetof(Function, vectorcall)};

} // namespace taipan
