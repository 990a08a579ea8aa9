// The builtins module: functions (types and exceptions are added at start).
#include "objects/any_keywords.h"
#include "objects/bytes.h"
#include "objects/code.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/iterator_step.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/set.h"
#include "objects/slice.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"
#include "vm/frame_object.h"
#include "vm/generators.h"
#include "vm/options.h"
#include "vm/source.h"

namespace taipan {

namespace {

using Any = Borrowed<Object>;

Result<Ref<Object>> py_abs(Thread& t, Any x) { return absolute(t, x); }
Result<bool> py_all(Thread& t, Any iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    while (MaybeRef<Object> item = TRY(pull(t, iterator.get())))
        if (!TRY(is_true(t, item.get()))) return false;
    return true;
}
Result<bool> py_any(Thread& t, Any iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    while (MaybeRef<Object> item = TRY(pull(t, iterator.get())))
        if (TRY(is_true(t, item.get()))) return true;
    return false;
}
Result<Ref<Str>> py_ascii(Thread& t, Any o) { return to_ascii(t, o); }
Result<Ref<Str>> py_bin(Thread& t, Any o) { return int_to_str(t, TRY(to_index(t, o)), 2, "0b"); }
Result<Ref<Str>> py_oct(Thread& t, Any o) { return int_to_str(t, TRY(to_index(t, o)), 8, "0o"); }
Result<Ref<Str>> py_hex(Thread& t, Any o) { return int_to_str(t, TRY(to_index(t, o)), 16, "0x"); }
bool py_callable(Thread&, Any o) { return is_callable(o.get()); }
Result<Ref<Str>> py_chr(Thread& t, Any o) {
    int64_t code;
    bool fits =
        is_exact<Int>(o.get()) ? int_fits_int64(static_cast<Int*>(o.get()), &code) : int_fits_int64(TRY(to_index(t, o)).get(), &code);
    if (!fits || code < 0 || code > 0x10ffff) return raise(t, exc::ValueError, "chr() arg not in range(0x110000)");
    return str_from_char(t, static_cast<uint32_t>(code));
}
Result<int64_t> py_ord(Thread& t, Any o) {
    intptr_t size;
    if (is<Str>(o.get())) {
        Str* s = static_cast<Str*>(o.get());
        if (s->length == 1) return static_cast<int64_t>(s->at(0));
        size = s->length;
    } else if (is<Bytes>(o.get())) {
        Bytes* b = static_cast<Bytes*>(o.get());
        if (b->size == 1) return static_cast<int64_t>(static_cast<uint8_t>(b->data[0]));
        size = b->size;
    } else if (is<ByteArray>(o.get())) {
        ByteArray* b = static_cast<ByteArray*>(o.get());
        CriticalSection section(t, b);
        if (b->size == 1) return static_cast<int64_t>(static_cast<uint8_t>(b->start[0]));
        size = b->size;
    } else {
        return raise(t, exc::TypeError, "ord() expected string of length 1, but %T found", o);
    }
    return raise(t, exc::TypeError, "ord() expected a character, but string of length %d found", size);
}
Result<Ref<Object>> py_divmod(Thread& t, Any a, Any b) { return divmod(t, a, b); }
Result<Ref<Object>> py_pow(Thread& t, Any base, Any exponent, Any modulo) { return power(t, base, exponent, modulo); }
Result<Ref<Object>> py_repr(Thread& t, Any o) { return TRY(repr(t, o)); }
Result<intptr_t> py_hash(Thread& t, Any o) { return hash(t, o); }
Result<intptr_t> py_len(Thread& t, Any o) { return length(t, o); }
Result<Ref<Object>> py_id(Thread& t, Any o) { return object_id(t, o); }
Result<bool> py_isinstance(Thread& t, Any o, Any type) { return is_instance(t, o, type); }
Result<bool> py_issubclass(Thread& t, Any o, Any type) { return is_subclass(t, o, type); }

Result<Ref<Str>> attribute_name(Thread& t, Any name, const char* what) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name);
    return Ref<Str>::acquire(static_cast<Str*>(name.get()));
}
Result<Ref<Object>> py_getattr(Thread& t, Any o, Any name, MaybeBorrowed<Object> fallback) {
    Ref<Str> text = TRY(attribute_name(t, name, "getattr"));
    if (!fallback) return get_attribute(t, o, text);
    MaybeRef<Object> value = TRY(get_attribute_optional(t, o, text));
    return value ? value.take() : fallback.value().share();
}
Result<bool> py_hasattr(Thread& t, Any o, Any name) {
    Ref<Str> text = TRY(attribute_name(t, name, "hasattr"));
    MaybeRef<Object> value = TRY(get_attribute_optional(t, o, text));
    return static_cast<bool>(value);
}
Result<void> py_setattr(Thread& t, Any o, Any name, Any value) {
    Ref<Str> text = TRY(attribute_name(t, name, "setattr"));
    return set_attribute(t, o, text, value);
}
Result<void> py_delattr(Thread& t, Any o, Any name) {
    Ref<Str> text = TRY(attribute_name(t, name, "delattr"));
    return delete_attribute(t, o, text);
}

Result<Ref<Object>> py_iter(Thread& t, Any o, MaybeBorrowed<Object> sentinel) {
    if (!sentinel) return get_iterator(t, o);
    if (!is_callable(o.get())) return raise(t, exc::TypeError, "iter(v, w): v must be callable");
    return callable_iterator_new(t, o, sentinel.value());
}
Result<Ref<Object>> py_next(Thread& t, Any iterator, MaybeBorrowed<Object> fallback) {
    if (!is_iterator(iterator.get())) return raise(t, exc::TypeError, "'%T' object is not an iterator", iterator);
    Ref<Object> held = iterator.share(); // a shared tuple of arguments, or a partial, may have the only other reference
    if (Object* item = iterator->type->next(iterator.get())) return steal(item);
    if (fallback) {
        if (t.has_exception() && !clear_if(t, exc::StopIteration)) return Error{};
        return fallback.value().share();
    }
    if (t.has_exception()) return Error{};
    return raise_bare(t, exc::StopIteration);
}
Result<Ref<Object>> py_aiter(Thread& t, Any o) {
    UnaryFunc aiter = o->type->as_async ? o->type->as_async->aiter : nullptr;
    if (!aiter) return raise(t, exc::TypeError, "'%T' object is not an async iterable", o);
    Ref<Object> iterator = TRY(Result<Ref<Object>>::from_nullable(aiter(o.get())));
    if (!(iterator->type->as_async && iterator->type->as_async->anext))
        return raise(t, exc::TypeError, "aiter() returned not an async iterator of type '%T'", iterator);
    return iterator;
}
Result<Ref<Object>> py_anext(Thread& t, Any o, MaybeBorrowed<Object> fallback) {
    UnaryFunc anext = o->type->as_async ? o->type->as_async->anext : nullptr;
    if (!anext) return raise(t, exc::TypeError, "'%T' object is not an async iterator", o);
    Ref<Object> awaitable = TRY(Result<Ref<Object>>::from_nullable(anext(o.get())));
    if (!fallback) return awaitable;
    return anext_awaitable_new(t, awaitable, fallback.value());
}

/// compare_truth for what minima and maxima are mostly of.
ALWAYS_INLINE Result<bool> beats(Thread& t, Object* item, Object* best, Comparison op) {
    if (is_exact<Int>(item) && is_exact<Int>(best)) {
        int64_t x, y;
        if (int_fits_int64(static_cast<Int*>(item), &x) && int_fits_int64(static_cast<Int*>(best), &y))
            return op == Comparison::Lt ? x < y : x > y;
    }
    return compare_truth(t, item, best, op);
}
Result<Ref<Object>> min_max(Thread& t, const char* name, Args args, Object* key, Object* fallback, Comparison op) {
    if (args.count == 0) return raise(t, exc::TypeError, "%s expected at least 1 argument, got 0", name);
    if (key && is_none(key)) key = nullptr;
    MaybeRef<Object> best, best_key;
    auto consider = [&](MaybeRef<Object> item) -> Result<void> {
        MaybeRef<Object> value = key ? MaybeRef<Object>(TRY(call(t, Any(key), Any(item.get())))) : item.share();
        if (!best || TRY(beats(t, value.get(), best_key.get(), op))) {
            best = std::move(item);
            best_key = std::move(value);
        }
        return {};
    };
    if (!key) { // the items are their own keys
        if (args.count > 1 && !fallback) {
            Object* found = args.data[0]; // the caller holds them
            for (size_t i = 1; i < args.size(); ++i)
                if (TRY(beats(t, args.data[i], found, op))) found = args.data[i];
            return acquire(found);
        }
        if (args.count == 1) {
            Ref<Object> iterator = TRY(get_iterator(t, args[0]));
            while (MaybeRef<Object> item = TRY(pull(t, iterator.get())))
                if (!best || TRY(beats(t, item.get(), best.get(), op))) best = std::move(item);
            if (best) return best.take();
            if (fallback) return acquire(fallback);
            return raise(t, exc::ValueError, "%s() iterable argument is empty", name);
        }
    }
    if (args.count > 1) {
        if (fallback) return raise(t, exc::TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
        for (Object* item : args) TRY(consider(MaybeRef<Object>(acquire(item))));
        return best.take();
    }
    Ref<Object> iterator = TRY(get_iterator(t, args[0]));
    while (MaybeRef<Object> item = TRY(pull(t, iterator.get()))) TRY(consider(std::move(item)));
    if (best) return best.take();
    if (fallback) return acquire(fallback);
    return raise(t, exc::ValueError, "%s() iterable argument is empty", name);
}
Result<Ref<Object>> py_max(Thread& t, Args args, MaybeBorrowed<Object> fallback, MaybeBorrowed<Object> key) {
    return min_max(t, "max", args, key.get(), fallback.get(), Comparison::Gt);
}
Result<Ref<Object>> py_min(Thread& t, Args args, MaybeBorrowed<Object> fallback, MaybeBorrowed<Object> key) {
    return min_max(t, "min", args, key.get(), fallback.get(), Comparison::Lt);
}
void py_sorted(Any, Any, Any) {} // for the signature: sorted_entry is what runs
/// The keywords are those of list.sort, which sees to them, errors included.
Result<Ref<Object>> sort_of(Thread& t, Object* const* args, size_t nargs, Object* kwnames) {
    if (nargs != 1) return raise(t, exc::TypeError, "sorted expected 1 argument, got %d", static_cast<int64_t>(nargs));
    Ref<List> list = TRY(to_list(t, args[0]));
    if (!kwnames || static_cast<Tuple*>(kwnames)->size == 0) {
        TRY(list_sort(t, list, nullptr, false));
        return list;
    }
    Ref<Object> sort = TRY(get_attribute(t, list, TRY(str_interned(t, "sort"))));
    (void)TRY(vectorcall(t, sort, args + 1, 0, kwnames));
    return list;
}
Object* sorted_entry(Thread& t, const NativeDef&, Object*, Object* const* args, size_t nargs, Object* kwnames) {
    return sort_of(t, args, nargs, kwnames).release_or_null();
}
Result<Ref<Object>> py_sum(Thread& t, Any iterable, MaybeBorrowed<Object> start) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    MaybeRef<Object> total = start ? MaybeRef<Object>(start.value().share()) : MaybeRef<Object>(Ref<Object>(TRY(int_from(t, 0))));
    if (is<Str>(total.get())) return raise(t, exc::TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    if (is<Bytes>(total.get())) return raise(t, exc::TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
    if (is<ByteArray>(total.get())) return raise(t, exc::TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
    // Runs of small ints and of floats are added without objects; floats with compensation (Neumaier), as the reference.
    MaybeRef<Object> item;
    int64_t sum;
    if (is_exact<Int>(total.get()) && int_fits_int64(static_cast<Int*>(total.get()), &sum)) {
        bool is_generator = iterator->type == &Generator::s_type;
        for (;;) {
            if (is_generator) {
                Word word;
                ResumeOutcome outcome = generator_resume_word(t, static_cast<Generator*>(iterator.get()), &word);
                if (outcome != ResumeOutcome::Yielded) {
                    if (outcome == ResumeOutcome::Raised && t.has_exception()) return Error{};
                    return Ref<Object>(TRY(int_from(t, sum)));
                }
                int64_t next;
                if (word.is_int() && !__builtin_add_overflow(sum, word.int_value(), &next)) {
                    sum = next;
                    continue;
                }
                Object* object = word_take(t, word);
                if (!object) return Error{};
                item = MaybeRef<Object>::steal(object);
            } else {
                item = TRY(pull(t, iterator.get()));
            }
            if (!item) return Ref<Object>(TRY(int_from(t, sum)));
            int64_t value, next;
            if ((is_exact<Int>(item.get()) || is_exact<Bool>(item.get())) && int_fits_int64(static_cast<Int*>(item.get()), &value) &&
                !__builtin_add_overflow(sum, value, &next)) {
                sum = next;
                continue;
            }
            break;
        }
        total = TRY(int_from(t, sum));
        total = TRY(add(t, total.get(), item.get()));
    }
    struct Compensated {
        double high, low = 0;
        void operator()(double x) {
            double next = high + x;
            low += __builtin_fabs(high) >= __builtin_fabs(x) ? (high - next) + x : (x - next) + high;
            high = next;
        }
        double settled() const { return low && __builtin_isfinite(low) ? high + low : high; }
    };
    if (is_exact<Float>(total.get())) {
        Compensated accumulate{static_cast<Float*>(total.get())->value};
        for (;;) {
            item = TRY(pull(t, iterator.get()));
            if (!item) return Ref<Object>(TRY(float_from(t, accumulate.settled())));
            if (is_exact<Float>(item.get())) accumulate(static_cast<Float*>(item.get())->value);
            else if (is<Int>(item.get())) accumulate(TRY(int_to_double(t, static_cast<Int*>(item.get()))));
            else break;
        }
        total = TRY(float_from(t, accumulate.settled()));
        total = TRY(add(t, total.get(), item.get()));
    }
    if (is_exact<Complex>(total.get())) {
        auto* start_value = static_cast<Complex*>(total.get());
        Compensated real{start_value->real}, imag{start_value->imag};
        for (;;) {
            item = TRY(next_item(t, iterator));
            if (!item) return Ref<Object>(TRY(complex_from(t, real.settled(), imag.settled())));
            if (is_exact<Complex>(item.get())) {
                real(static_cast<Complex*>(item.get())->real);
                imag(static_cast<Complex*>(item.get())->imag);
            } else if (is<Int>(item.get())) {
                real(TRY(int_to_double(t, static_cast<Int*>(item.get()))));
            } else if (is<Float>(item.get())) {
                real(static_cast<Float*>(item.get())->value);
            } else {
                break;
            }
        }
        total = TRY(complex_from(t, real.settled(), imag.settled()));
        total = TRY(add(t, total.get(), item.get()));
    }
    while (MaybeRef<Object> next = TRY(next_item(t, iterator))) total = TRY(add(t, total.get(), next.get()));
    return total.take();
}
Result<Ref<Object>> py_round(Thread& t, Any number, Any digits) {
    LoadedMethod method = TRY(load_special_method(t, number, names::__round__));
    if (!method) return raise(t, exc::TypeError, "type %T doesn't define __round__ method", number);
    if (is_none(digits.get())) return call(t, method, number);
    return call(t, method, number, digits);
}
Result<Ref<Object>> py_format(Thread& t, Any value, Borrowed<Str> spec) { return format(t, value, spec.get()); }
Result<Ref<Object>> py_dir(Thread& t, MaybeBorrowed<Object> object) {
    if (object) return directory(t, object.value());
    Ref<Object> locals = TRY(current_locals(t));
    Ref<Object> keys = TRY(call_method(t, locals, names::keys));
    Ref<List> list = TRY(to_list(t, keys));
    TRY(list_sort(t, list, nullptr, false));
    return list;
}
Result<Ref<Object>> py_vars(Thread& t, MaybeBorrowed<Object> object) {
    if (!object) return current_locals(t);
    MaybeRef<Object> dict = TRY(get_attribute_optional(t, object.value(), names::__dict__));
    if (!dict) return raise(t, exc::TypeError, "vars() argument must have __dict__ attribute");
    return dict.take();
}
Result<Ref<Object>> py_globals(Thread& t) {
    Object* globals = current_globals(t);
    return globals ? acquire(globals) : none_ref();
}
Result<Ref<Object>> py_locals(Thread& t) { return current_locals(t); }

Result<Ref<Object>> py_print(Thread& t, Args args, NoneOr<Object> sep, NoneOr<Object> end, NoneOr<Object> file, bool flush) {
    MaybeRef<Object> target = file ? MaybeRef<Object>::acquire(file.get()) : TRY(dict_get_str(t, t.interpreter->sys_dict, names::stdout));
    if (!target) return raise(t, exc::RuntimeError, "lost sys.stdout");
    if (is_none(target.get())) return none_ref();
    if (sep && !is<Str>(sep.get())) return raise(t, exc::TypeError, "sep must be None or a string, not %T", sep.get());
    if (end && !is<Str>(end.get())) return raise(t, exc::TypeError, "end must be None or a string, not %T", end.get());
    Ref<Str> space = str_latin1_char(' '), newline = str_latin1_char('\n');
    auto write = [&](Any text) -> Result<void> {
        TRY(call_method(t, target.get(), names::write, text));
        return {};
    };
    for (size_t i = 0; i < args.count; ++i) {
        if (i > 0) TRY(write(sep ? Any(sep.get()) : Any(space)));
        Ref<Str> text = TRY(to_str(t, args[i]));
        TRY(write(text));
    }
    TRY(write(end ? Any(end.get()) : Any(newline)));
    if (flush) TRY(call_method(t, target.get(), names::flush));
    return none_ref();
}

// --- running code ---------------------------------------------------------------------------------------------------------

Result<Ref<Object>> py_compile(Thread& t, Any source, Any filename, Borrowed<Str> mode, int flags, bool dont_inherit, int optimize,
                               int feature_version) {
    constexpr uint32_t known = compile_flag::FutureMask | 0xFF00 | 0x10;
    if (static_cast<uint32_t>(flags) & ~known) return raise(t, exc::ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2) return raise(t, exc::ValueError, "compile(): invalid optimize value");
    CompileRequest request;
    request.flags = static_cast<uint32_t>(flags);
    if (!dont_inherit) request.flags |= current_future_flags(t);
    request.optimize = optimize;
    if (request.flags & compile_flag::OnlyAst) request.feature_version = feature_version;
    if (str_equals_ascii(mode.get(), "exec")) request.mode = CompileRequest::Mode::Exec;
    else if (str_equals_ascii(mode.get(), "eval")) request.mode = CompileRequest::Mode::Eval;
    else if (str_equals_ascii(mode.get(), "single")) request.mode = CompileRequest::Mode::Single;
    else if (str_equals_ascii(mode.get(), "func_type")) {
        if (!(request.flags & compile_flag::OnlyAst))
            return raise(t, exc::ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        request.mode = CompileRequest::Mode::FunctionType;
    } else {
        return raise(t, exc::ValueError,
                     request.flags & compile_flag::OnlyAst ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                                           : "compile() mode must be 'exec', 'eval' or 'single'");
    }
    Ref<Str> name = TRY(file_system_name(t, filename));
    request.filename = name.get();
    MaybeRef<Object> from_tree = TRY(compile_tree_object(t, source, request));
    if (from_tree) return from_tree.take();
    return compile_text_object(t, source, request, "compile", "string, bytes or AST");
}

Result<void> check_globals(Thread& t, const char* function, Object** globals, Object** locals, MaybeRef<Object>* keep) {
    if (*locals && is_none(*locals)) *locals = nullptr;
    if (*globals && is_none(*globals)) *globals = nullptr;
    if (!*globals) {
        *globals = current_globals(t);
        if (!*globals) return raise(t, exc::SystemError, "globals and locals cannot be NULL");
        if (!*locals) {
            *keep = TRY(current_locals(t));
            *locals = keep->get();
        }
    } else if (!*locals) {
        *locals = *globals;
    }
    return {};
}
Result<void> add_builtins(Thread& t, Object* globals) {
    if (TRY(dict_contains(t, static_cast<Dict*>(globals), names::__builtins__))) return {};
    Frame* f = current_frame(t);
    return dict_set(t, static_cast<Dict*>(globals), names::__builtins__, f ? f->builtins() : t.interpreter->builtins);
}
Result<Ref<Object>> py_eval(Thread& t, Any source, MaybeBorrowed<Object> globals_arg, MaybeBorrowed<Object> locals_arg) {
    Object *globals = globals_arg.get(), *locals = locals_arg.get();
    MaybeRef<Object> keep;
    if (globals && !is_none(globals) && !is<Dict>(globals))
        return raise(t, exc::TypeError, locals ? "globals must be a real dict; try eval(code, {}, mapping)" : "globals must be a dict");
    if (locals && !is_none(locals) && !locals->type->as_mapping) return raise(t, exc::TypeError, "locals must be a mapping");
    TRY(check_globals(t, "eval", &globals, &locals, &keep));
    TRY(add_builtins(t, globals));
    if (is_exact<Code>(source.get())) {
        TRY(audit(t, "exec", source));
        Code* code = static_cast<Code*>(source.get());
        if (code->nfreevars > 0) return raise(t, exc::TypeError, "code object passed to eval() may not contain free variables");
        return eval_code(t, code, static_cast<Dict*>(globals), locals);
    }
    CompileRequest request;
    request.mode = CompileRequest::Mode::Eval;
    request.flags = current_future_flags(t);
    Ref<Str> filename = TRY(str_interned(t, "<string>"));
    request.filename = filename.get();
    Ref<Object> code = TRY(compile_text_object(t, source, request, "eval", "string, bytes or code", true));
    TRY(audit(t, "exec", code));
    return eval_code(t, as<Code>(code.get()), static_cast<Dict*>(globals), locals);
}
Result<Ref<Object>> py_exec(Thread& t, Any source, MaybeBorrowed<Object> globals_arg, MaybeBorrowed<Object> locals_arg,
                            NoneOr<Object> closure) {
    Object *globals = globals_arg.get(), *locals = locals_arg.get();
    MaybeRef<Object> keep;
    if (globals && !is_none(globals) && !is<Dict>(globals))
        return raise(t, exc::TypeError, "exec() globals must be a dict, not %T", globals);
    if (locals && !is_none(locals) && !locals->type->as_mapping)
        return raise(t, exc::TypeError, "locals must be a mapping or None, not %T", locals);
    TRY(check_globals(t, "exec", &globals, &locals, &keep));
    TRY(add_builtins(t, globals));
    if (is_exact<Code>(source.get())) {
        Code* code = static_cast<Code*>(source.get());
        if (code->nfreevars == 0 && closure) return raise(t, exc::TypeError, "cannot use a closure with this code object");
        if (code->nfreevars > 0) {
            bool ok = closure && is_exact<Tuple>(closure.get()) && static_cast<Tuple*>(closure.get())->size == code->nfreevars;
            if (ok)
                for (Object* cell : *static_cast<Tuple*>(closure.get())) ok = ok && is_exact<Cell>(cell);
            if (!ok) return raise(t, exc::TypeError, "code object requires a closure of exactly length %d", code->nfreevars);
        }
        TRY(audit(t, "exec", source));
        Ref<Function> function = TRY(function_for_evaluation(t, code, static_cast<Dict*>(globals)));
        if (code->nfreevars) {
            incref(closure.get());
            function->closure = static_cast<Tuple*>(closure.get());
        }
        TRY(eval_function_in(t, function, locals));
        return none_ref();
    }
    if (closure) return raise(t, exc::TypeError, "closure can only be used when source is a code object");
    CompileRequest request;
    request.flags = current_future_flags(t);
    Ref<Str> filename = TRY(str_interned(t, "<string>"));
    request.filename = filename.get();
    Ref<Object> code = TRY(compile_text_object(t, source, request, "exec", "string, bytes or code"));
    TRY(audit(t, "exec", code));
    TRY(eval_code(t, as<Code>(code.get()), static_cast<Dict*>(globals), locals));
    return none_ref();
}
Result<Ref<Object>> py_import(Thread& t, Any name, NoneOr<Object> globals, NoneOr<Object> locals, Any from_list, int level) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "module name must be a string");
    return import_by_name(t, name, globals.get(), locals.get(), from_list, level);
}
Result<Ref<Object>> py_breakpoint(Thread& t, Args args, Kwargs kwargs) {
    Ref<Str> name = TRY(str_interned(t, "breakpointhook"));
    MaybeRef<Object> hook = TRY(dict_get_str(t, t.interpreter->sys_dict, name));
    if (!hook) return raise(t, exc::RuntimeError, "lost sys.breakpointhook");
    Ref<Tuple> tuple = TRY(tuple_from_array(t, args.data, args.count));
    return call_tuple(t, hook.take(), tuple, kwargs.dict);
}

const NativeDef functions[] = {
    fn<py_build_class>("__build_class__", "($module, func, name, /, *bases, metaclass=<hidden>, **kwds)",
                       "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\n"
                       "Carries out a class statement; func runs the statement's body in the new namespace."),
    fn<py_import>("__import__", "($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
                  "Import a module.\n\nBecause this function is meant for use by the Python\ninterpreter and not for general use, it is "
                  "better to use\nimportlib.import_module() to programmatically import a module."),
    fn<py_abs>("abs", "($module, x, /)", "Return the absolute value of the argument."),
    fn<py_all>("all", "($module, iterable, /)",
               "Whether every item of the iterable is true, as it is for no items at all.\n\n"
               "Stops at the first item that is false."),
    fn<py_any>("any", "($module, iterable, /)",
               "Whether some item of the iterable is true; of no items, none is.\n\n"
               "Stops at the first item that is true."),
    fn<py_ascii>("ascii", "($module, obj, /)", "Return an ASCII-only representation of an object."),
    fn<py_bin>("bin", "($module, number, /)", "Write an integer in base 2, after the prefix 0b.\n\n   >>> bin(-10)\n   '-0b1010'"),
    fn<py_breakpoint>("breakpoint", "($module, /, *args, **kws)", "Call sys.breakpointhook(*args, **kws)."),
    fn<py_callable>("callable", "($module, obj, /)",
                    "Whether the object can be called: functions, classes, and instances of classes that define "
                    "__call__() can."),
    fn<py_chr>("chr", "($module, i, /)", "The character with code point i; ValueError unless 0 <= i <= 0x10ffff."),
    fn<py_compile>("compile", "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
                   "Compile source into a code object that can be executed by exec() or eval()."),
    fn<py_delattr>("delattr", "($module, obj, name, /)", "Remove the attribute called name, as the statement del x.name does."),
    fn<py_dir>("dir", "($module, object=<hidden>, /)", "Show attributes of an object."),
    fn<py_divmod>("divmod", "($module, x, y, /)", "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x."),
    fn<py_eval>("eval", "($module, source, /, globals=None, locals=None)",
                "Evaluate the given source in the context of globals and locals."),
    fn<py_exec>("exec", "($module, source, /, globals=None, locals=None, *, closure=None)",
                "Execute the given source in the context of globals and locals."),
    fn<py_format>("format", "($module, value, format_spec='', /)", "Return type(value).__format__(value, format_spec)"),
    fn<py_getattr>("getattr", "($module, object, name, default=<hidden>, /)",
                   "getattr(object, name[, default]) -> value\n\n"
                   "Read the attribute called name, as object.name does. If there is none, the\n"
                   "result is default or, when that is left out, an AttributeError."),
    fn<py_globals>("globals", "($module, /)", "Return the dictionary containing the current scope's global variables."),
    fn<py_hasattr>("hasattr", "($module, obj, name, /)", "Return whether the object has an attribute with the given name."),
    fn<py_hash>("hash", "($module, obj, /)",
                "Return the hash value for the given object.\n\nTwo objects that compare equal must also have the same hash value, but "
                "the\nreverse is not necessarily true."),
    fn<py_hex>("hex", "($module, number, /)", "Write an integer in base 16, after the prefix 0x.\n\n   >>> hex(-255)\n   '-0xff'"),
    fn<py_id>("id", "($module, obj, /)", "Return the identity of an object."),
    fn<py_input>("input", "($module, prompt='', /)", "Read a string from standard input.  The trailing newline is stripped."),
    fn<py_isinstance>("isinstance", "($module, obj, class_or_tuple, /)",
                      "Return whether an object is an instance of a class or of a subclass thereof."),
    fn<py_issubclass>("issubclass", "($module, cls, class_or_tuple, /)",
                      "Return whether 'cls' is derived from another class or is the same class."),
    fn<py_iter>("iter", "($module, object, sentinel=<hidden>, /)", "Get an iterator from an object."),
    fn<py_aiter>("aiter", "($module, async_iterable, /)", "Return an AsyncIterator for an AsyncIterable object."),
    fn<py_len>("len", "($module, obj, /)", "Return the number of items in a container."),
    fn<py_locals>("locals", "($module, /)", "Return a dictionary containing the current scope's local variables."),
    counts_keywords(fn<py_max>("max", "($module, /, *args, default=<hidden>, key=<hidden>)",
                               "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value")),
    counts_keywords(fn<py_min>("min", "($module, /, *args, default=<hidden>, key=<hidden>)",
                               "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value")),
    fn<py_next>("next", "($module, iterator, default=<hidden>, /)", "Return the next item from the iterator."),
    fn<py_anext>("anext", "($module, aiterator, default=<unrepresentable>, /)", "Return the next item from the async iterator."),
    fn<py_oct>("oct", "($module, number, /)", "Write an integer in base 8, after the prefix 0o.\n\n   >>> oct(-64)\n   '-0o100'"),
    fn<py_ord>("ord", "($module, character, /)", "Return the ordinal value of a character."),
    fn<py_pow>("pow", "($module, /, base, exp, mod=None)", "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments."),
    fn<py_print>("print", "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
                 "Prints the values to a stream, or to sys.stdout by default."),
    fn<py_repr>("repr", "($module, obj, /)",
                "Return the canonical string representation of the object.\n\nFor many object types, including most builtins, eval() will "
                "produce\nan object equal to the one passed in."),
    fn<py_round>("round", "($module, /, number, ndigits=None)", "Round a number to a given precision in decimal digits."),
    fn<py_setattr>("setattr", "($module, obj, name, value, /)",
                   "Give the attribute called name that value, as the statement x.name = value does."),
    with_entry(fn<py_sorted>("sorted", "($module, iterable, /, *, key=None, reverse=False)",
                             "Return a new list containing all items from the iterable in ascending order."),
               sorted_entry),
    fn<py_sum>("sum", "($module, iterable, /, start=0)", "Return the sum of a 'start' value (default: 0) plus an iterable of numbers"),
    fn<py_vars>("vars", "($module, object=<hidden>, /)", "Show vars."),
};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add(t, module, "None", None()));
    TRY(module_add(t, module, "Ellipsis", Ellipsis()));
    TRY(module_add(t, module, "NotImplemented", NotImplemented()));
    TRY(module_add(t, module, "False", False()));
    TRY(module_add(t, module, "True", True()));
    TRY(module_add(t, module, "__debug__", bool_object(!g_options.optimize)));
    static constexpr const char* type_names[] = {
        "bool",  "memoryview", "bytearray",    "bytes", "classmethod", "complex", "dict",   "enumerate", "filter",
        "float", "frozenset",  "property",     "int",   "list",        "map",     "object", "range",     "reversed",
        "set",   "slice",      "staticmethod", "str",   "super",       "tuple",   "type",   "zip"};
    for (const char* name : type_names)
        if (Type* type = find_builtin_type(name)) TRY(module_add(t, module, name, type));
    TRY(module_add(t, module, "BaseException", &BaseException::s_type));
    TRY(module_add(t, module, "ExceptionGroup", &exc::ExceptionGroup));
#define EXCEPTION(name, base, structure) TRY(module_add(t, module, #name, &exc::name));
#include "objects/exceptions.def"
#undef EXCEPTION
    TRY(module_add(t, module, "EnvironmentError", &exc::OSError));
    TRY(module_add(t, module, "IOError", &exc::OSError));
    return {};
}

} // namespace

extern const ModuleSpec builtins_module;
const ModuleSpec builtins_module = {.name = "builtins",
                                    .doc = "The names that every Python program has without importing anything.\n\n"
                                           "They can be reached as attributes of this module where a global of the same\n"
                                           "name hides them: builtins.open is open even in a module with its own open().",
                                    .functions = functions,
                                    .exec = exec};

} // namespace taipan
