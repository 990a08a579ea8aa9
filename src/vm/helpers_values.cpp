// Out-of-line halves: boxing, operators, subscripts, names, imports.
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/module_shadowing.h"
#include "objects/set.h"
#include "objects/slice.h"
#include "objects/stack_int.h"
#include "objects/super.h"
#include "objects/type_object.h"
#include "vm/helpers.h"
#include "vm/interpreter_states.h"

namespace taipan {

Result<void> word_box(Thread& t, Word* word) {
    Ref<Int> boxed = TRY(int_from(t, word->int_value()));
    *word = Word::owned(boxed.release());
    return {};
}

} // namespace taipan

namespace taipan::vm {

Word common_constant(Thread& t, uint32_t index) {
    // LOAD_COMMON_CONSTANT: AssertionError, NotImplementedError, tuple, all, any.
    switch (index) {
    case 0: return Word::uncounted(&exc::AssertionError);
    case 1: return Word::uncounted(&exc::NotImplementedError);
    case 2: return Word::uncounted(&Tuple::s_type);
    default: {
        InterpreterStates* states = interpreter_states(t);
        Object* function = index == 3 ? states->all_function : states->any_function;
        incref(function);
        return Word::owned(function);
    }
    }
}

int word_truth(Thread& t, Word* word) {
    if (word->is_int()) return word->int_value() != 0;
    Object* o = word->object();
    if (o == True()) return 1;
    if (o == False() || o == None()) return 0;
    return is_true(t, o).as_int();
}

Object* binary_operation(Thread& t, Word* sp, uint32_t op) {
    Object* right = word_object(t, sp - 1);
    Object* left = right ? word_object(t, sp - 2) : nullptr;
    if (!left) return nullptr;
    if (static_cast<BinaryOp>(op) == BinaryOp::Subscript) return get_item(t, left, right).release_or_null();
    return binary_op(t, static_cast<BinaryOp>(op), left, right).release_or_null();
}
int contains_operation(Thread& t, Word* sp) {
    if (sp[-2].is_int() && !sp[-1].is_int()) {
        // Sets and dicts need no box to compare with.
        Object* container = sp[-1].object();
        if (is_exact<Set>(container) || is_exact<FrozenSet>(container)) {
            Known known = set_contains_int(static_cast<Set*>(container), sp[-2].int_value());
            if (LIKELY(known != Known::Unknown)) return known == Known::Yes;
        } else if (is_exact<Dict>(container)) {
            MaybeRef<Object> value;
            if (LIKELY(dict_get_int(static_cast<Dict*>(container), sp[-2].int_value(), &value))) return static_cast<bool>(value);
        }
    }
    Object* container = word_object(t, sp - 1);
    Object* item = container ? word_object(t, sp - 2) : nullptr;
    if (!item) return -1;
    if (is_exact<Dict>(container)) return dict_contains(t, static_cast<Dict*>(container), item).as_int();
    if ((is_exact<Set>(container) || is_exact<FrozenSet>(container)) && !is<Set>(item))
        return set_contains(t, static_cast<Set*>(container), item).as_int();
    return contains(t, container, item).as_int();
}
Object* compare_operation(Thread& t, Word* sp, Comparison op) {
    Object* right = word_object(t, sp - 1);
    Object* left = right ? word_object(t, sp - 2) : nullptr;
    return left ? compare(t, left, right, op).release_or_null() : nullptr;
}
bool store_subscript(Thread& t, Word* sp) {
    Object* key = word_object(t, sp - 1);
    Object* container = key ? word_object(t, sp - 2) : nullptr;
    Object* value = container ? word_object(t, sp - 3) : nullptr;
    return value && !set_item(t, container, key, value).is_error();
}
bool delete_subscript(Thread& t, Word* sp) {
    Object* key = word_object(t, sp - 1);
    Object* container = key ? word_object(t, sp - 2) : nullptr;
    return container && !delete_item(t, container, key).is_error();
}
Object* subscript_dict(Thread& t, Word* sp) {
    if (sp[-1].is_int()) {
        MaybeRef<Object> value;
        if (LIKELY(dict_get_int(static_cast<Dict*>(sp[-2].object()), sp[-1].int_value(), &value) && value)) return value.release();
    }
    Object* key = word_object(t, sp - 1);
    if (!key) return nullptr;
    auto found = dict_get(t, static_cast<Dict*>(sp[-2].object()), key);
    if (found.is_error()) return nullptr;
    MaybeRef<Object> value = found.take();
    if (!value) (void)raise_key_error(t, key);
    return value.release();
}
namespace {
MaybeRef<Object> make_slice(Thread& t, Word* start, Word* stop) {
    Object* a = word_object(t, start);
    Object* b = a ? word_object(t, stop) : nullptr;
    if (!b) return nullptr;
    return MaybeRef<Object>::steal(slice_new(t, a, b, nullptr).release_or_null());
}
} // namespace
Object* load_slice(Thread& t, Word* sp) {
    Object* container = word_object(t, sp - 3);
    if (!container) return nullptr;
    MaybeRef<Object> slice = make_slice(t, sp - 2, sp - 1);
    return slice ? get_item(t, container, slice.get()).release_or_null() : nullptr;
}
bool store_slice(Thread& t, Word* sp) {
    Object* container = word_object(t, sp - 3);
    Object* value = container ? word_object(t, sp - 4) : nullptr;
    if (!value) return false;
    MaybeRef<Object> slice = make_slice(t, sp - 2, sp - 1);
    return slice && !set_item(t, container, slice.get(), value).is_error();
}

void raise_unbound_local(Thread& t, Frame* f, uint32_t index) {
    Str* name = static_cast<Str*>(f->code()->localsplusnames->items[index]);
    (void)raise(t, exc::UnboundLocalError, "cannot access local variable '%s' where it is not associated with a value",
                name); // without `name`: the name is right
}
namespace {
COLD void raise_name_error(Thread& t, Str* name) {
    (void)raise(t, exc::NameError, "name '%s' is not defined", name);
    if (t.exception && is_subtype(t.exception->type, &exc::NameError)) {
        incref(name);
        assign_field(static_cast<NameErrorObject*>(t.exception)->name, static_cast<Object*>(name));
    }
}
/// A namespace look-up in any mapping; null without exception: not there.
Object* lookup_in(Thread& t, Object* mapping, Str* name) {
    if (is_exact<Dict>(mapping)) {
        auto found = dict_get_str(t, static_cast<Dict*>(mapping), name);
        return found.is_error() ? nullptr : found.take().release();
    }
    Object* value = get_item(t, mapping, name).release_or_null();
    if (!value) (void)clear_if(t, exc::KeyError);
    return value;
}
} // namespace
void raise_unbound_cell(Thread& t, Frame* f, uint32_t index) {
    Code* code = f->code();
    Str* name = static_cast<Str*>(code->localsplusnames->items[index]);
    if (static_cast<uint8_t>(code->localspluskinds->data[index]) & local_kind::Free) {
        (void)raise(t, exc::NameError, "cannot access free variable '%s' where it is not associated with a value in enclosing scope", name);
        if (t.exception) {
            incref(name);
            assign_field(static_cast<NameErrorObject*>(t.exception)->name, static_cast<Object*>(name));
        }
    } else {
        raise_unbound_local(t, f, index);
    }
}

Object* load_global(Thread& t, Frame* f, Str* name) {
    if (Object* value = lookup_in(t, f->globals, name)) return value;
    if (t.has_exception()) return nullptr;
    if (Object* value = lookup_in(t, f->builtins(), name)) return value;
    if (!t.has_exception()) raise_name_error(t, name);
    return nullptr;
}
void raise_unknown_opcode(Thread& t, Frame* f, int opcode) {
    Code* code = f->code();
    int line = code_line(code, static_cast<int>(f->pc - f->insns) * 2);
    (void)raise(t, exc::SystemError, "%s:%d: unknown opcode %d", code->filename, line, opcode);
}
bool ensure_namespace(Frame* f) {
    if (f->f_locals) return true;
    if (f->code()->flags & code_flag::Optimized) return false;
    f->f_locals = f->globals;
    incref(f->f_locals);
    return true;
}
Object* load_name(Thread& t, Frame* f, Str* name) {
    if (UNLIKELY(!ensure_namespace(f))) {
        (void)raise(t, exc::SystemError, "no locals when loading %R", name);
        return nullptr;
    }
    if (Object* value = lookup_in(t, f->f_locals, name)) return value;
    return t.has_exception() ? nullptr : load_global(t, f, name);
}
Object* load_from_dict_or_global(Thread& t, Frame* f, Object* mapping, Str* name) {
    if (Object* value = lookup_in(t, mapping, name)) return value;
    return t.has_exception() ? nullptr : load_global(t, f, name);
}
Object* load_from_dict_or_deref(Thread& t, Frame* f, Object* mapping, uint32_t index) {
    Str* name = static_cast<Str*>(f->code()->localsplusnames->items[index]);
    if (Object* value = lookup_in(t, mapping, name)) return value;
    if (t.has_exception()) return nullptr;
    Object* value = cell_value(t, static_cast<Cell*>(f->locals[index].object()));
    if (!value) raise_unbound_cell(t, f, index);
    return value;
}
bool store_name(Thread& t, Frame* f, Str* name, Object* value) {
    if (UNLIKELY(!ensure_namespace(f))) {
        (void)raise(t, exc::SystemError, "no locals found when storing %R", name);
        return false;
    }
    if (is_exact<Dict>(f->f_locals)) return !dict_set(t, static_cast<Dict*>(f->f_locals), name, value).is_error();
    return !set_item(t, f->f_locals, name, value).is_error();
}
bool delete_name(Thread& t, Frame* f, Str* name) {
    if (UNLIKELY(!ensure_namespace(f))) {
        (void)raise(t, exc::SystemError, "no locals when deleting %R", name);
        return false;
    }
    if (is_exact<Dict>(f->f_locals)) {
        auto found = dict_delete(t, static_cast<Dict*>(f->f_locals), name);
        if (found.is_error()) return false;
        if (!found.take()) return raise_name_error(t, name), false;
        return true;
    }
    if (delete_item(t, f->f_locals, name).is_error()) {
        if (clear_if(t, exc::KeyError)) raise_name_error(t, name);
        return false;
    }
    return true;
}
bool delete_global(Thread& t, Frame* f, Str* name) {
    auto found = dict_delete(t, f->globals, name);
    if (found.is_error()) return false;
    if (!found.take()) return raise_name_error(t, name), false;
    return true;
}

namespace {
Result<Ref<Object>> import_name_checked(Thread& t, Frame* f, Str* name, Object* from_list, Object* level) {
    Object* found = lookup_in(t, f->builtins(), names::__import__);
    if (!found && t.has_exception()) return Error{};
    MaybeRef<Object> import = MaybeRef<Object>::steal(found);
    if (!import) return raise(t, exc::ImportError, "__import__ not found");
    Object* locals = f->f_locals ? f->f_locals : None();
    Object* args[] = {nullptr, name, f->globals, locals, from_list, level};
    return vectorcall(t, import.get(), args + 1, 5 | VectorcallOffset, nullptr);
}
Result<Ref<Object>> import_from_checked(Thread& t, Object* module, Str* name) {
    MaybeRef<Object> value = TRY(get_attribute_optional(t, module, name));
    if (value) return value.take();
    // A circular import may have the submodule in sys.modules without the attribute being set yet.
    MaybeRef<Object> module_name = TRY(get_attribute_optional(t, module, names::__name__));
    if (module_name && is<Str>(module_name.get())) {
        Ref<Str> full = TRY(str_format(t, "%s.%s", module_name.get(), name));
        MaybeRef<Object> loaded = TRY(dict_get(t, t.interpreter->modules, full));
        if (loaded) return loaded.take();
    }
    Ref<Object> shown =
        module_name && is<Str>(module_name.get()) ? module_name.share().take() : TRY(str_interned(t, "<unknown module name>"));
    MaybeRef<Object> origin;
    MaybeRef<Object> spec = TRY(get_attribute_optional(t, module, names::__spec__));
    bool initializing = false;
    if (spec && !is_none(spec.get())) {
        MaybeRef<Object> flag = TRY(get_attribute_optional(t, spec.get(), names::_initializing));
        if (flag) initializing = TRY(is_true(t, flag.get()));
    }
    MaybeRef<Object> file = TRY(get_attribute_optional(t, module, names::__file__));
    bool has_file = file && is<Str>(file.get());
    Shadowing shadowing = TRY(module_shadowing(t, spec.get(), shown.get(), &origin));
    Ref<Str> message =
        shadowing == Shadowing::Stdlib ? TRY(str_format(t,
                                                        "cannot import name %R from %R (consider renaming %R since it has the same name as "
                                                        "the standard library module named %R and "
                                                        "prevents importing that standard library module)",
                                                        name, shown, origin, shown))
        : initializing && shadowing == Shadowing::Library
            ? TRY(str_format(
                  t, "cannot import name %R from %R (consider renaming %R if it has the same name as a library you intended to import)",
                  name, shown, origin))
        : has_file && initializing
            ? TRY(str_format(t, "cannot import name %R from partially initialized module %R (most likely due to a circular import) (%s)",
                             name, shown, file))
        : has_file ? TRY(str_format(t, "cannot import name %R from %R (%s)", name, shown, file))
                   : TRY(str_format(t, "cannot import name %R from %R (unknown location)", name, shown));
    Error error = raise_import_error(t, exc::ImportError, message, shown.get(), has_file ? file.get() : nullptr);
    if (t.exception && is_subtype(t.exception->type, &exc::ImportError)) {
        incref(name);
        assign_field(static_cast<ImportErrorObject*>(t.exception)->name_from, static_cast<Object*>(name));
    }
    return error;
}
} // namespace
Object* import_name(Thread& t, Frame* f, Str* name, Object* from_list, Object* level) {
    return import_name_checked(t, f, name, from_list, level).release_or_null();
}
Object* import_from(Thread& t, Object* module, Str* name) { return import_from_checked(t, module, name).release_or_null(); }

Object* load_method(Thread& t, Object* object, Str* name, bool* self) {
    Type* type = object->type;
    *self = false;
    if (type->getattr != generic_getattr_slot) return get_attribute(t, object, name).release_or_null();
    MaybeRef<Object> descriptor = type_lookup(t, *type, name);
    if (!descriptor || !descriptor->type->has(type_flag::MethodDescriptor)) return get_attribute(t, object, name).release_or_null();
    // An instance attribute of the same name wins over a method.
    if (type->dict_offset || type->has(type_flag::ManagedDict)) {
        if (type->has(type_flag::ManagedDict) || instance_dict_pointer(object)) {
            auto own = instance_attribute(t, object, name);
            if (own.is_error()) return nullptr;
            MaybeRef<Object> value = own.take();
            if (value) return value.release();
        }
    }
    *self = true;
    return descriptor.release();
}

Object* load_super_attribute(Thread& t, Word* sp, Str* name, uint32_t arg, bool* self) {
    Object* object = word_object(t, sp - 1);
    Object* type = object ? word_object(t, sp - 2) : nullptr;
    if (!type) return nullptr;
    Object* super = sp[-3].object();
    *self = false;
    if (super == &Super::s_type && is<Type>(type) && !is_none(object)) { // super(C, None) is unbound
        auto find = [&]() -> ResultMaybe<Object> {
            Borrowed<Type> start = TRY(super_check(t, static_cast<Type*>(type), object));
            if (arg & 1) return super_lookup_method(t, static_cast<Type*>(type), object, start.get(), name, self);
            return super_lookup(t, static_cast<Type*>(type), object, start.get(), name);
        };
        auto found = find();
        if (found.is_error()) return nullptr;
        MaybeRef<Object> value = found.take();
        if (value) return value.release();
    }
    *self = false;
    Object* instance;
    if (arg & 2) {
        instance = call(t, super, Borrowed<Object>(type), Borrowed<Object>(object)).release_or_null();
    } else {
        instance = call(t, super).release_or_null();
    }
    if (!instance) return nullptr;
    Ref<Object> holder = steal(instance);
    return get_attribute(t, holder, name).release_or_null();
}

Str* special_name(uint32_t which) {
    switch (which) {
    case 0: return names::__enter__;
    case 1: return names::__exit__;
    case 2: return names::__aenter__;
    default: return names::__aexit__;
    }
}
Object* load_special(Thread& t, Object* object, uint32_t which, bool* self) {
    MaybeRef<Object> descriptor = type_lookup(t, *object->type, special_name(which));
    *self = false;
    if (!descriptor) return nullptr;
    if (descriptor->type->has(type_flag::MethodDescriptor)) {
        *self = true;
        return descriptor.release();
    }
    if (!descriptor->type->descr_get) return descriptor.release();
    return descriptor->type->descr_get(descriptor.get(), object, object->type);
}
void raise_missing_special(Thread& t, Object* object, uint32_t which) {
    bool async = which >= 2;
    auto has = [&](Str* name) { return static_cast<bool>(type_lookup(t, *object->type, name)); };
    const char* suffix = "";
    if (!async && has(names::__aenter__) && has(names::__aexit__))
        suffix = " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?";
    if (async && has(names::__enter__) && has(names::__exit__))
        suffix = " but it supports the context manager protocol. Did you mean to use 'with'?";
    (void)raise(t, exc::TypeError, "'%M' object does not support the %scontext manager protocol (missed %s method)%s", object,
                async ? "asynchronous " : "", special_name(which), suffix);
}

bool setup_annotations(Thread& t, Frame* f) {
    if (!ensure_namespace(f)) return (void)raise(t, exc::SystemError, "no locals found when setting up annotations"), false;
    Object* existing = lookup_in(t, f->f_locals, names::__annotations__);
    if (existing) return decref(existing), true;
    if (t.has_exception()) return false;
    auto made = dict_new(t);
    if (made.is_error()) return false;
    Ref<Dict> dict = made.take();
    return store_name(t, f, names::__annotations__, dict.get());
}
Object* load_build_class(Thread& t, Frame* f) {
    Object* value = lookup_in(t, f->builtins(), names::__build_class__);
    if (!value && !t.has_exception()) (void)raise(t, exc::NameError, "__build_class__ not found");
    return value;
}

} // namespace taipan::vm
