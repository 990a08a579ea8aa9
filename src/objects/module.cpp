// Module objects and how native modules are made from their specs.
#include "objects/module.h"
#include "objects/module_shadowing.h"

#include "objects/descriptor.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

constinit Type Module::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

using Self = Borrowed<Module>;
using ModuleFields = Fields<Module, &Module::dict, &Module::name>;

int module_traverse(Object* o, VisitFunc visit, void* context) {
    auto* m = static_cast<Module*>(o);
    if (m->state && m->spec->state.traverse)
        if (int result = m->spec->state.traverse(m->state, visit, context)) return result;
    return ModuleFields::traverse(o, visit, context);
}
void clear_state(Module* m) {
    if (m->state && m->spec->state.clear) m->spec->state.clear(m->state);
}
int module_clear(Object* o) {
    auto* m = static_cast<Module*>(o);
    clear_state(m);
    clear_field(m->dict);
    return 0;
}
void module_dealloc(Object* o) {
    gc_untrack(o);
    auto* m = static_cast<Module*>(o);
    if (m->weaklist) clear_weakrefs(o);
    clear_state(m);
    ModuleFields::release(m);
    raw_free(m->state);
    o->type->free(o);
}

/// What a module that is made from Python starts with.
Result<void> init_dict(Thread& t, Borrowed<Dict> dict, Borrowed<Object> name, Borrowed<Object> doc) {
    TRY(dict_set(t, dict, names::__name__, name));
    TRY(dict_set(t, dict, names::__doc__, doc));
    Ref<Str> package = TRY(str_interned(t, "__package__"));
    TRY(dict_set(t, dict, package, None()));
    Ref<Str> loader = TRY(str_interned(t, "__loader__"));
    TRY(dict_set(t, dict, loader, None()));
    return dict_set(t, dict, names::__spec__, None());
}

Object* module_tp_new(Type* type, Object*, Object*) {
    Thread& t = Thread::current();
    Object* made = type->alloc(type, 0);
    if (!made) return nullptr;
    Ref<Object> module = steal(made);
    auto dict = dict_new(t);
    if (dict.is_error()) return nullptr;
    static_cast<Module*>(module.get())->dict = dict.take().release();
    defer_refcount(module.get());
    return module.release();
}

Result<void> module_init(Thread& t, Self self, Borrowed<Str> name, Borrowed<Object> doc) {
    if (!self->dict) self.get()->dict = TRY(dict_new(t)).release();
    assign_field(self.get()->name, static_cast<Object*>(name.share().release()));
    return init_dict(t, self->dict, name, doc);
}

Result<Ref<Object>> module_repr(Thread& t, Self self) {
    // importlib knows how, from __spec__ and __loader__.
    if (t.interpreter->importlib) {
        Ref<Str> method = TRY(str_interned(t, "_module_repr"));
        return call_method(t, t.interpreter->importlib, method, self);
    }
    MaybeRef<Object> name = TRY(dict_get_str(t, self->dict, names::__name__));
    if (!name) return Ref<Object>(TRY(str_format(t, "<module '?'>")));
    return Ref<Object>(TRY(str_format(t, "<module %R (built-in)>", name)));
}

/// Whether __spec__ says that the module is still being imported.
Result<bool> is_initializing(Thread& t, Object* spec) {
    MaybeRef<Object> value = TRY(get_attribute_optional(t, spec, names::_initializing));
    if (!value) return false;
    return is_true(t, value.get());
}

Error raise_missing_attribute(Thread& t, Self self, Borrowed<Str> name) {
    MaybeRef<Object> module_name = TRY(dict_get_str(t, self->dict, names::__name__));
    if (!module_name || !is<Str>(module_name.get())) {
        (void)raise(t, exc::AttributeError, "module has no attribute '%s'", name);
    } else {
        MaybeRef<Object> spec = TRY(dict_get_str(t, self->dict, names::__spec__));
        bool initializing = spec && !is_none(spec.get()) && TRY(is_initializing(t, spec.get()));
        MaybeRef<Object> origin;
        Shadowing shadowing = TRY(module_shadowing(t, spec.get(), module_name.get(), &origin));
        bool submodule = false;
        if (!initializing && spec && !is_none(spec.get())) {
            Ref<Str> list_name = TRY(str_interned(t, "_uninitialized_submodules"));
            MaybeRef<Object> unfinished = TRY(get_attribute_optional(t, spec.get(), list_name));
            submodule = unfinished && TRY(contains(t, unfinished.get(), name));
        }
        if (shadowing == Shadowing::Stdlib)
            (void)raise(t, exc::AttributeError,
                        "module %R has no attribute %R (consider renaming %R since it has the same name as the standard library module "
                        "named %R and "
                        "prevents importing that standard library module)",
                        module_name, name, origin, module_name);
        else if (initializing && shadowing == Shadowing::Library)
            (void)raise(t, exc::AttributeError,
                        "module %R has no attribute %R (consider renaming %R if it has the same name as a library you intended to import)",
                        module_name, name, origin);
        else if (initializing && origin)
            (void)raise(t, exc::AttributeError,
                        "partially initialized module %R from %R has no attribute %R (most likely due to a circular import)", module_name,
                        origin, name);
        else if (initializing)
            (void)raise(t, exc::AttributeError,
                        "partially initialized module %R has no attribute %R (most likely due to a circular import)", module_name, name);
        else if (submodule)
            (void)raise(t, exc::AttributeError, "cannot access submodule %R of module %R (most likely due to a circular import)", name,
                        module_name);
        else (void)raise(t, exc::AttributeError, "module %R has no attribute %R", module_name, name);
    }
    if (t.exception && is_subtype(t.exception->type, &exc::AttributeError)) {
        auto* error = static_cast<AttributeErrorObject*>(t.exception);
        assign_field(error->object, static_cast<Object*>(self.share().release()));
        assign_field(error->name, static_cast<Object*>(name.share().release()));
    }
    return Error{};
}

Result<Ref<Object>> module_getattribute(Thread& t, Self self, Borrowed<Object> name_object) {
    if (!is<Str>(name_object.get())) return generic_get_attribute(t, self, name_object);
    Borrowed<Str> name = static_cast<Str*>(name_object.get());
    MaybeRef<Object> found = TRY(generic_get_attribute_optional(t, self, name));
    if (found) return found.take();
    // PEP 562: the module's own __getattr__.
    if (!self->dict) return raise_attribute_error(t, self, name);
    MaybeRef<Object> getattr = TRY(dict_get_str(t, self->dict, names::__getattr__));
    if (getattr) return call(t, getattr.get(), name);
    return raise_missing_attribute(t, self, name);
}

Result<Ref<Object>> module_dir(Thread& t, Self self) {
    Ref<Object> dict = TRY(get_attribute(t, self, names::__dict__));
    if (!is<Dict>(dict.get())) return raise(t, exc::TypeError, "%N.__dict__ is not a dictionary", static_cast<Object*>(self->type));
    MaybeRef<Object> own = TRY(dict_get_str(t, static_cast<Dict*>(dict.get()), names::__dir__));
    if (own) return call(t, own.get());
    return Ref<Object>(TRY(dict_keys_list(t, static_cast<Dict*>(dict.get()))));
}

Result<Ref<Object>> get_annotate(Thread& t, Self self) {
    MaybeRef<Object> found = TRY(dict_get_str(t, self->dict, names::__annotate__));
    if (found) return found.take();
    TRY(dict_set(t, self->dict, names::__annotate__, None()));
    return none_ref();
}
Result<void> set_annotate(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "cannot delete __annotate__ attribute");
    if (!is_none(value) && !is_callable(value)) return raise(t, exc::TypeError, "__annotate__ must be callable or None");
    TRY(dict_set(t, self->dict, names::__annotate__, value));
    if (!is_none(value)) TRY(dict_delete(t, self->dict, names::__annotations__));
    return {};
}
Result<Ref<Object>> get_annotations(Thread& t, Self self) {
    MaybeRef<Object> found = TRY(dict_get_str(t, self->dict, names::__annotations__));
    if (found) return found.take();
    Ref<Object> annotate = TRY(get_annotate(t, self));
    Ref<Object> made = none_ref();
    if (is_callable(annotate.get())) {
        Ref<Int> one = TRY(int_from(t, 1));
        made = TRY(call(t, annotate, one));
        if (!is<Dict>(made.get())) return raise(t, exc::TypeError, "__annotate__ returned non-dict of type '%T'", made);
    } else {
        made = TRY(dict_new(t));
    }
    // Not kept while the module's code still adds to them.
    MaybeRef<Object> spec = TRY(dict_get_str(t, self->dict, names::__spec__));
    bool initializing = spec && !is_none(spec.get()) && TRY(is_initializing(t, spec.get()));
    if (!initializing) TRY(dict_set(t, self->dict, names::__annotations__, made));
    return made;
}
Result<void> set_annotations(Thread& t, Self self, Object* value) {
    if (value) {
        TRY(dict_set(t, self->dict, names::__annotations__, value));
    } else if (!TRY(dict_delete(t, self->dict, names::__annotations__))) {
        return raise_object(t, exc::AttributeError, names::__annotations__);
    }
    TRY(dict_delete(t, self->dict, names::__annotate__));
    return {};
}

constexpr NativeDef module_methods[] = {method<module_dir>("__dir__", "($self, /)", "__dir__() -> list\nspecialized dir() implementation")};
constexpr MemberDef module_members[] = {
    {"__dict__", member_type::ObjectOrNone, offsetof(Module, dict), member_flag::ReadOnly, nullptr},
};

} // namespace

Result<Ref<Module>> module_new(Thread& t, Borrowed<Object> name) {
    Ref<Dict> dict = TRY(dict_new(t));
    TRY(init_dict(t, dict, name, None()));
    Ref<Module> module = TRY(allocate<Module>(t));
    module->dict = dict.release();
    module->name = name.share().release();
    defer_refcount(module.get());
    gc_track(module.get());
    return module;
}

Result<Ref<Module>> module_create(Thread& t, const ModuleSpec& spec) {
    Ref<Str> name = TRY(str_interned(t, spec.name));
    Ref<Module> module = TRY(module_new(t, name));
    module->spec = &spec;
    if (spec.state.size) {
        module->state = raw_calloc(1, spec.state.size);
        if (!module->state) return raise_memory_error(t);
    }
    if (spec.doc) TRY(dict_set(t, module->dict, names::__doc__, TRY(str_from_utf8(t, spec.doc))));
    for (const NativeDef& def : spec.functions) {
        Ref<Str> function_name = TRY(str_interned(t, def.name));
        Ref<Object> function = TRY(builtin_function_new(t, def, module.get(), name.get()));
        defer_refcount(function.get());
        TRY(dict_set(t, module->dict, function_name, function));
    }
    for (const TypeSpec* type : spec.types) TRY(module_add_type(t, module, *type));
    return module;
}

Result<void> module_add(Thread& t, Borrowed<Module> module, const char* name, Borrowed<Object> value) {
    Ref<Str> interned = TRY(str_interned(t, name));
    return dict_set(t, module->dict, interned, value);
}
Result<void> module_add_int(Thread& t, Borrowed<Module> module, const char* name, int64_t value) {
    Ref<Int> number = TRY(int_from(t, value));
    return module_add(t, module, name, number);
}
Result<void> module_add_string(Thread& t, Borrowed<Module> module, const char* name, std::string_view value) {
    Ref<Str> text = TRY(str_from_utf8(t, value));
    return module_add(t, module, name, text);
}
Result<void> module_add_double(Thread& t, Borrowed<Module> module, const char* name, double value) {
    Ref<Float> number = TRY(float_from(t, value));
    return module_add(t, module, name, number);
}
Result<void> module_add_type(Thread& t, Borrowed<Module> module, const TypeSpec& spec) {
    TRY(type_ready(t, spec));
    return module_add(t, module, short_type_name(*spec.type), spec.type);
}

Result<Ref<Type>> new_exception_type(Thread& t, const char* qualified_name, Type& base, const char* doc) {
    const char* dot = strrchr(qualified_name, '.');
    Ref<Str> name = TRY(str_interned(t, dot ? dot + 1 : qualified_name));
    Ref<Dict> dict = TRY(dict_new(t));
    if (dot) {
        Ref<Str> module = TRY(str_interned(t, std::string_view(qualified_name, dot - qualified_name)));
        TRY(dict_set(t, dict, names::__module__, module));
    }
    if (doc) TRY(dict_set(t, dict, names::__doc__, TRY(str_from_utf8(t, doc))));
    Ref<Tuple> bases = TRY(tuple_pack(t, Borrowed<Object>(&base)));
    return as<Type>(TRY(type_new(t, &Type::s_type, name, bases, dict, nullptr)));
}

static const SlotDef module_slots[] = {
    raw_slot(SlotId::tp_new, module_tp_new),        typed_init<module_init, "module", "(name, doc=None)">(),
    unary_slot<SlotId::tp_repr, module_repr>(),     binary_slot<SlotId::tp_getattro, module_getattribute>(),
    raw_slot(SlotId::tp_traverse, module_traverse), raw_slot(SlotId::tp_clear, module_clear),
    raw_slot(SlotId::tp_dealloc, module_dealloc),
};
static const GetSetDef module_getset[] = {
    getter_setter<get_annotations, set_annotations>("__annotations__"),
    getter_setter<get_annotate, set_annotate>("__annotate__"),
};
extern const TypeSpec module_spec = {.type = &Module::s_type,
                                     .name = "module",
                                     .basicsize = sizeof(Module),
                                     .flags = type_flag::Gc | type_flag::BaseType,
                                     .doc = "A module called name, a str, with doc, any object, as its __doc__.",
                                     .signature = "(name, doc=None)",
                                     .slots = module_slots,
                                     .methods = module_methods,
                                     .getset = module_getset,
                                     .members = module_members,
                                     .weaklist_offset = offsetof(Module, weaklist),
                                     .dict_offset = offsetof(Module, dict)};

} // namespace taipan
