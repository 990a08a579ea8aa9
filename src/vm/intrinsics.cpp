// CALL_INTRINSIC_1 and CALL_INTRINSIC_2.
#include "objects/dict.h"
#include "objects/exception_group.h"
#include "objects/list.h"
#include "objects/type_variables.h"
#include "vm/async_generator.h"
#include "vm/helpers.h"

namespace taipan::vm {

namespace {

/// print the value of an expression statement in interactive mode: sys.displayhook(value).
Result<Ref<Object>> print_expression(Thread& t, Borrowed<Object> value) {
    MaybeRef<Object> hook = TRY(dict_get_str(t, t.interpreter->sys_dict, names::displayhook));
    if (!hook) return raise(t, exc::RuntimeError, "lost sys.displayhook");
    return call(t, hook.take(), value);
}

/// from module import *.
Result<Ref<Object>> import_star(Thread& t, Frame* f, Borrowed<Object> module) {
    if (!vm::ensure_namespace(f)) return raise(t, exc::SystemError, "no locals found during 'import *'");
    MaybeRef<Object> all = TRY(get_attribute_optional(t, module, names::__all__));
    bool skip_underscores = !all;
    MaybeRef<Object> dict;
    if (!all) {
        dict = TRY(get_attribute_optional(t, module, names::__dict__));
        if (!dict) return raise(t, exc::ImportError, "from-import-* object has no __dict__ and no __all__");
        Ref<Str> keys = Ref<Str>::acquire(names::keys);
        all = TRY(call_method(t, dict.get(), keys));
    }
    Ref<List> list = TRY(to_list(t, all.get()));
    for (intptr_t i = 0; i < list_size(list.get()); ++i) {
        MaybeRef<Object> name = list_get(t, list, i);
        if (!name) break;
        if (!is<Str>(name.get())) {
            MaybeRef<Object> module_name = TRY(get_attribute_optional(t, module, names::__name__));
            if (!module_name || !is<Str>(module_name.get()))
                return raise(t, exc::TypeError, "__name__ must be a string, not %T", module_name ? module_name.get() : None());
            return raise(t, exc::TypeError,
                         skip_underscores ? "Key in %s.__dict__ must be str, not %T" : "Item in %s.__all__ must be str, not %T",
                         module_name, name);
        }
        Str* text = static_cast<Str*>(name.get());
        if (skip_underscores && text->length && text->at(0) == '_') continue;
        Ref<Object> value = TRY(get_attribute(t, module, text));
        if (is_exact<Dict>(f->f_locals)) TRY(dict_set(t, static_cast<Dict*>(f->f_locals), text, value));
        else TRY(set_item(t, f->f_locals, text, value));
    }
    return none_ref();
}

/// A StopIteration that would leave a generator becomes RuntimeError (PEP 479).
Result<Ref<Object>> stop_iteration_error(Thread& t, Frame* f, Borrowed<Object> error) {
    const char* message = nullptr;
    int flags = f->code()->flags;
    if (is_subtype(error->type, &exc::StopIteration)) {
        message = flags & code_flag::AsyncGenerator ? "async generator raised StopIteration"
                  : flags & code_flag::Coroutine    ? "coroutine raised StopIteration"
                                                    : "generator raised StopIteration";
    } else if ((flags & code_flag::AsyncGenerator) && is_subtype(error->type, &exc::StopAsyncIteration)) {
        message = "async generator raised StopAsyncIteration";
    }
    if (!message) return error.share();
    Ref<Str> text = TRY(str_from_utf8(t, message));
    Ref<Object> made = TRY(make_exception(t, exc::RuntimeError, text));
    BaseException* replacement = static_cast<BaseException*>(made.get());
    assign_field(replacement->cause, error.share().release());
    assign_field(replacement->context, error.share().release());
    replacement->suppress_context = 1;
    return made;
}

} // namespace

Object* call_intrinsic_1(Thread& t, Frame* f, uint32_t which, Object* value) {
    switch (which) {
    case 1: return print_expression(t, value).release_or_null();
    case 2: return import_star(t, f, value).release_or_null();
    case 3: return stop_iteration_error(t, f, value).release_or_null();
    case 4: return async_generator_wrap(t, value).release_or_null();
    case 5: return positive(t, value).release_or_null();
    case 6: return list_to_tuple(t, as<List>(value)).release_or_null();
    case 7: return type_variable_new(t, value, nullptr, nullptr).release_or_null();
    case 8: return parameter_specification_new(t, value).release_or_null();
    case 9: return type_variable_tuple_new(t, value).release_or_null();
    case 10: return subscript_generic(t, as<Tuple>(value)).release_or_null();
    case 11: return type_alias_new(t, as<Tuple>(value)).release_or_null();
    default: (void)raise(t, exc::SystemError, "invalid intrinsic"); return nullptr;
    }
}

Object* call_intrinsic_2(Thread& t, Frame*, uint32_t which, Object* a, Object* b) {
    switch (which) {
    case 1: return exception_group_reraise_star(t, a, b).release_or_null();
    case 2: return type_variable_new(t, a, b, nullptr).release_or_null();
    case 3: return type_variable_new(t, a, nullptr, b).release_or_null();
    case 4:
        incref(b);
        assign_field(static_cast<Function*>(a)->typeparams, b);
        incref(a);
        return a;
    case 5: return type_parameter_set_default(t, a, b).release_or_null();
    default: (void)raise(t, exc::SystemError, "invalid intrinsic"); return nullptr;
    }
}

} // namespace taipan::vm
