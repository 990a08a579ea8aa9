// Calls: from stack words to natives, and binding arguments to the parameters of Python functions (language reference,
// "Calls").
#include "base/edit_distance.h"
#include "objects/dict_keys.h"
#include "objects/int_internal.h"
#include "objects/list.h"
#include "objects/type_object.h"
#include "vm/helpers.h"

namespace taipan::vm {

Object* call_native_with_int(Thread& t, const NativeDef& def, Object* self, int64_t value) {
    Object* object;
    uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    if (LIKELY(t.spare_int && !(magnitude >> (2 * Int::DigitBits)))) {
        object = std::exchange(t.spare_int, nullptr);
        Int* number = static_cast<Int*>(object);
        int_set_tag(number, value < 0, magnitude >> Int::DigitBits ? 2 : 1);
        number->digits[0] = magnitude & Int::DigitMask;
        number->digits[1] = static_cast<uint32_t>(magnitude >> Int::DigitBits);
    } else {
        object = int_from(t, value).release_or_null();
        if (UNLIKELY(!object)) return nullptr;
    }
    Object* result = def.entry(t, def, self, &object, 1, nullptr);
    if (LIKELY(is_uniquely_owned(object) && !t.spare_int && int_is_small(static_cast<Int*>(object)))) t.spare_int = object;
    else decref(object);
    return result;
}

bool words_to_objects(Thread& t, Word* base, size_t count, uint64_t* borrowed) {
    uint64_t mask = 0;
    for (size_t i = 0; i < count; ++i) {
        Word w = base[i];
        if (w.is_int()) {
            if (word_box(t, &base[i]).is_error()) {
                for (size_t k = 0; k < i && k < 64; ++k) // give the tags back to what was laid bare
                    if (mask >> k & 1) base[k].bits |= Word::Uncounted;
                return false;
            }
        } else if (!w.is_counted()) {
            base[i].bits &= ~Word::TagMask;
            if (i < 64) mask |= uint64_t{1} << i;
            else incref(w.object());
        }
    }
    *borrowed = mask;
    return true;
}

Object* call_words(Thread& t, Word* callable, size_t nargs, Object* kwnames, Word** base_out) {
    *base_out = callable;
    Object* function = word_object(t, callable);
    if (!function) return nullptr;
    bool has_self = !callable[1].is_null();
    Word* args = has_self ? callable + 1 : callable + 2;
    size_t count = nargs + has_self;
    size_t positional = count - (kwnames ? static_cast<size_t>(static_cast<Tuple*>(kwnames)->size) : 0);
    uint64_t borrowed;
    if (!words_to_objects(t, args, count, &borrowed)) return nullptr;
    // With no self the word before the arguments is free for the callee's use (VectorcallOffset).
    size_t flags = has_self ? 0 : VectorcallOffset;
    Object* result = vectorcall(t, function, reinterpret_cast<Object**>(args), positional | flags, kwnames).release_or_null();
    for (size_t i = 0; i < count && i < 64; ++i)
        if (borrowed >> i & 1) args[i].bits |= Word::Uncounted;
    return result;
}

Frame* push_call(Thread& t, Word function, Word* args, size_t nargs, Object* kwnames) {
    Frame* frame = frame_push(t, function);
    if (!frame) {
        for (size_t i = 0; i < nargs; ++i) args[i].close();
        return nullptr;
    }
    size_t positional = nargs - (kwnames ? static_cast<size_t>(static_cast<Tuple*>(kwnames)->size) : 0);
    if (!bind_parameters(t, frame->func(), frame->locals, args, positional, kwnames)) {
        frame_pop(t, frame);
        return nullptr;
    }
    return frame;
}

Frame* push_call_ex(Thread& t, Word* sp) {
    Object* args = word_object(t, sp - 2);
    if (!args) return nullptr;
    MaybeRef<Object> tuple;
    if (!is_exact<Tuple>(args)) {
        if (!args->type->iter && !(args->type->as_sequence && args->type->as_sequence->item)) {
            auto name = callable_name(t, sp[-4].object());
            if (!name.is_error()) (void)raise(t, exc::TypeError, "%s argument after * must be an iterable, not %T", name.take(), args);
            return nullptr;
        }
        tuple = MaybeRef<Object>::steal(to_tuple(t, args).release_or_null());
        if (!tuple) return nullptr;
        args = tuple.get();
    }
    MaybeRef<Dict> copy;
    Dict* kwargs = nullptr;
    if (!sp[-1].is_null()) {
        Object* mapping = word_object(t, sp - 1);
        if (!mapping) return nullptr;
        if (is_exact<Dict>(mapping)) {
            kwargs = static_cast<Dict*>(mapping);
        } else {
            auto made = dict_new(t);
            if (made.is_error()) return nullptr;
            Ref<Dict> dict = made.take();
            if (dict_merge(t, dict, mapping, Override::Yes).is_error()) return nullptr;
            kwargs = dict.get();
            copy = std::move(dict);
        }
    }
    Tuple* positional = static_cast<Tuple*>(args);
    bool has_self = !sp[-3].is_null();
    size_t nargs = static_cast<size_t>(positional->size) + has_self;
    size_t keywords = kwargs ? static_cast<size_t>(dict_size(kwargs)) : 0;
    MaybeRef<Tuple> names;
    if (keywords) {
        // The dict may be the program's own and other threads may change it: what was seen counts.
        auto made = tuple_alloc(t, static_cast<intptr_t>(keywords));
        if (made.is_error()) return nullptr;
        names = made.take();
    }
    Word small[24];
    size_t count = nargs + keywords;
    Word* words = count <= 24 ? small : static_cast<Word*>(raw_alloc(count * sizeof(Word)));
    if (!words) return (void)raise_memory_error(t), nullptr;
    size_t filled = 0;
    if (has_self) words[filled++] = Word::from(sp[-3].object());
    for (Object* item : positional->span()) words[filled++] = Word::from(item);
    if (keywords) {
        intptr_t position = 0;
        size_t k = 0;
        MaybeRef<Object> key, value;
        while (k < keywords && dict_next(t, kwargs, &position, &key, &value)) {
            names->items[k++] = key.release();
            words[filled++] = Word::owned(value.release());
        }
        for (size_t i = k; i < keywords; ++i) names->items[i] = acquire(None()).release();
        if (k < keywords) {
            for (size_t i = 0; i < filled; ++i) words[i].close();
            if (words != small) raw_free(words);
            return (void)raise(t, exc::RuntimeError, "dictionary changed size during iteration"), nullptr;
        }
    }
    Word function = sp[-4];
    sp[-4] = Word::null();
    Frame* frame = push_call(t, function, words, count, names.get());
    if (words != small) raw_free(words);
    return frame;
}

Object* call_function_ex(Thread& t, Word* sp) {
    Object* callable = word_object(t, sp - 4);
    Object* args = callable ? word_object(t, sp - 2) : nullptr;
    if (!args) return nullptr;
    MaybeRef<Object> tuple;
    if (is_exact<Tuple>(args)) {
        tuple = MaybeRef<Object>::acquire(args);
    } else {
        if (!args->type->iter && !(args->type->as_sequence && args->type->as_sequence->item)) {
            auto name = callable_name(t, callable);
            if (name.is_error()) return nullptr;
            (void)raise(t, exc::TypeError, "%s argument after * must be an iterable, not %T", name.take(), args);
            return nullptr;
        }
        tuple = MaybeRef<Object>::steal(to_tuple(t, args).release_or_null());
        if (!tuple) return nullptr;
    }
    Word kwargs_word = sp[-1];
    Dict* kwargs = nullptr;
    MaybeRef<Object> copy;
    if (!kwargs_word.is_null()) {
        Object* mapping = word_object(t, sp - 1);
        if (!mapping) return nullptr;
        if (is_exact<Dict>(mapping)) {
            kwargs = static_cast<Dict*>(mapping);
        } else {
            auto made = dict_new(t);
            if (made.is_error()) return nullptr;
            Ref<Dict> dict = made.take();
            if (dict_merge(t, dict, mapping, Override::Yes).is_error()) return nullptr;
            kwargs = dict.get();
            copy = std::move(dict);
        }
    }
    return call_tuple(t, callable, static_cast<Tuple*>(tuple.get()), kwargs).release_or_null();
}

Object* make_function(Thread& t, Frame* f, Word code) {
    return function_new(t, static_cast<Code*>(code.object()), f->globals).release_or_null();
}

void raise_init_result(Thread& t, Word result) {
    const char* name = word_type(result)->name;
    (void)raise(t, exc::TypeError, "__init__() should return None, not '%s'", name);
}

Result<Ref<Str>> callable_name(Thread& t, Object* callable) {
    MaybeRef<Object> qualname = TRY(get_attribute_optional(t, callable, names::__qualname__));
    if (!qualname) return str_format(t, "%s", callable);
    MaybeRef<Object> module = TRY(get_attribute_optional(t, callable, names::__module__));
    if (module && is<Str>(module.get()) && !str_equals_ascii(static_cast<Str*>(module.get()), "builtins"))
        return str_format(t, "%s.%s()", module, qualname);
    return str_format(t, "%s()", qualname);
}

} // namespace taipan::vm

namespace taipan {

namespace {

Str* parameter_name(const Code* code, int i) { return static_cast<Str*>(code->localsplusnames->items[i]); }

COLD void too_many_positional(Thread& t, Function* function, Word* locals, size_t given) {
    Code* code = function->code;
    int keyword_only_given = 0;
    for (int i = code->argcount; i < code->argcount + code->kwonlyargcount; ++i)
        if (!locals[i].is_null()) ++keyword_only_given;
    size_t defaults = function->defaults ? function->defaults->size : 0;
    bool plural = defaults || code->argcount != 1;
    auto takes = defaults ? str_format(t, "from %d to %d", static_cast<int64_t>(code->argcount - defaults), code->argcount)
                          : str_format(t, "%d", code->argcount);
    if (takes.is_error()) return;
    Ref<Str> takes_text = takes.take();
    if (keyword_only_given) {
        (void)raise(t, exc::TypeError,
                    "%s() takes %s positional argument%s but %d positional argument%s (and %d keyword-only argument%s) were given",
                    function->qualname, takes_text, plural ? "s" : "", given, given != 1 ? "s" : "", keyword_only_given,
                    keyword_only_given != 1 ? "s" : "");
    } else {
        (void)raise(t, exc::TypeError, "%s() takes %s positional argument%s but %d %s given", function->qualname, takes_text,
                    plural ? "s" : "", given, given == 1 && !keyword_only_given ? "was" : "were");
    }
}

COLD void missing_arguments(Thread& t, Function* function, Word* locals, int first, int last, const char* kind) {
    Code* code = function->code;
    int missing[256], count = 0;
    for (int i = first; i < last; ++i)
        if (locals[i].is_null() && count < 256) missing[count++] = i;
    auto build = [&]() -> Result<Ref<Str>> {
        Ref<Str> text = str_empty();
        for (int k = 0; k < count; ++k) {
            const char* separator = k == 0 ? "" : count == 2 ? " and " : k == count - 1 ? ", and " : ", ";
            text = TRY(str_format(t, "%s%s%R", text, separator, parameter_name(code, missing[k])));
        }
        return text;
    };
    auto made = build();
    if (made.is_error()) return;
    Ref<Str> names_text = made.take();
    (void)raise(t, exc::TypeError, "%s() missing %d required %s argument%s: %s", function->qualname, count, kind, count == 1 ? "" : "s",
                names_text);
}

/// Keyword names that are positional-only parameters: true if it raised.
COLD bool positional_only_passed(Thread& t, Function* function, Tuple* kwnames) {
    Code* code = function->code;
    MaybeRef<Object> found;
    for (int i = 0; i < code->posonlyargcount; ++i)
        for (Object* name : *kwnames)
            if (is<Str>(name) && str_equal(parameter_name(code, i), static_cast<Str*>(name))) {
                auto next = found ? str_format(t, "%s, %s", found, name) : str_format(t, "%s", name);
                if (next.is_error()) return true;
                found = next.take();
            }
    if (!found) return false;
    (void)raise(t, exc::TypeError, "%s() got some positional-only arguments passed as keyword arguments: '%s'", function->qualname, found);
    return true;
}

/// One keyword argument (value consumed). False: exception set.
bool bind_keyword(Thread& t, Function* function, Word* locals, Dict* extra, Tuple* kwnames, Object* name, Word value) {
    Code* code = function->code;
    int total = code->argcount + code->kwonlyargcount;
    if (!is<Str>(name)) {
        value.close();
        return (void)raise(t, exc::TypeError, "keywords must be strings"), false;
    }
    int index = -1;
    for (int i = code->posonlyargcount; i < total; ++i)
        if (parameter_name(code, i) == name) {
            index = i;
            break;
        }
    if (index < 0)
        for (int i = code->posonlyargcount; i < total; ++i)
            if (str_equal(parameter_name(code, i), static_cast<Str*>(name))) {
                index = i;
                break;
            }
    if (index >= 0) {
        if (!locals[index].is_null()) {
            value.close();
            return (void)raise(t, exc::TypeError, "%s() got multiple values for argument '%s'", function->qualname, name), false;
        }
        locals[index] = value;
        return true;
    }
    if (!extra) {
        value.close();
        if (!positional_only_passed(t, function, kwnames)) raise_unexpected_keyword(t, function, name);
        return false;
    }
    Object* object = word_take(t, value);
    if (!object) return false;
    Ref<Object> owned = steal(object);
    return !dict_set(t, extra, name, owned).is_error();
}

} // namespace

void raise_unexpected_keyword(Thread& t, Function* function, Object* name) {
    // Suggest a parameter with a similar name, as tracebacks do for attributes.
    Code* code = function->code;
    auto wanted = str_utf8(t, static_cast<Str*>(name));
    if (wanted.is_error()) return;
    base::NearestName nearest(wanted.take());
    Object* suggestion = nullptr;
    for (int i = code->posonlyargcount; i < code->argcount + code->kwonlyargcount; ++i) {
        auto candidate = str_utf8(t, static_cast<Str*>(code->localsplusnames->items[i]));
        if (candidate.is_error()) return;
        if (nearest.offer(candidate.take())) suggestion = code->localsplusnames->items[i];
    }
    if (suggestion)
        (void)raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'. Did you mean '%s'?", function->qualname, name,
                    suggestion);
    else (void)raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'", function->qualname, name);
}

bool bind_parameters(Thread& t, Function* function, Word* locals, Word* args, size_t nargs, Object* kwnames_object) {
    Code* code = function->code;
    Tuple* kwnames = static_cast<Tuple*>(kwnames_object);
    size_t keywords = kwnames ? kwnames->size : 0;
    size_t argcount = code->argcount;
    size_t total = argcount + code->kwonlyargcount;
    size_t position = total;

    // 1. Positional arguments; the surplus goes to *args.
    size_t copied = nargs < argcount ? nargs : argcount;
    for (size_t i = 0; i < copied; ++i) locals[i] = args[i];
    bool ok = true;
    if (code->flags & code_flag::VarArgs) {
        Object* rest = vm::build_tuple(t, args + copied, nargs - copied); // consumes the words
        if (!rest) ok = false;
        else locals[position] = Word::owned(rest);
        ++position;
    }
    // 2. **kwargs.
    Dict* extra = nullptr;
    if (ok && (code->flags & code_flag::VarKeywords)) {
        auto made = dict_new(t);
        if (made.is_error()) ok = false;
        else {
            extra = made.take().release();
            locals[position] = Word::owned(extra);
        }
    }
    // 3. Keyword arguments, before counting the positional ones, as the messages tell of both.
    for (size_t k = 0; k < keywords; ++k) {
        Word value = args[nargs + k];
        if (!ok) value.close();
        else ok = bind_keyword(t, function, locals, extra, kwnames, kwnames->items[k], value);
    }
    if (!(code->flags & code_flag::VarArgs) && nargs > argcount) {
        if (ok) too_many_positional(t, function, locals, nargs);
        ok = false;
        for (size_t i = copied; i < nargs; ++i) args[i].close();
    }
    if (!ok) return false;
    // 4. Defaults.
    if (nargs < argcount) {
        size_t defaults = function->defaults ? function->defaults->size : 0;
        size_t required = argcount - defaults;
        for (size_t i = copied; i < required; ++i)
            if (locals[i].is_null()) return missing_arguments(t, function, locals, 0, static_cast<int>(required), "positional"), false;
        for (size_t i = copied > required ? copied : required; i < argcount; ++i)
            if (locals[i].is_null()) locals[i] = Word::from(function->defaults->items[i - required]);
    }
    return !code->kwonlyargcount || vm::fill_keyword_defaults(t, function, locals);
}

bool vm::fill_keyword_defaults(Thread& t, Function* function, Word* locals) {
    Code* code = function->code;
    int first = code->argcount, last = first + code->kwonlyargcount;
    bool missing = false;
    // The defaults mostly lie in the dict in the order of the parameters.
    StrEntry* entries = nullptr;
    intptr_t count = 0, next = 0;
    if (Dict* defaults = function->kwdefaults; defaults && !is_multi_threaded() && !defaults->values && !defaults->keys->is_general()) {
        entries = defaults->keys->str_entries();
        count = defaults->keys->count;
    }
    for (int i = first; i < last; ++i) {
        if (next < count && entries[next].key == parameter_name(code, i) && entries[next].value) {
            if (locals[i].is_null()) locals[i] = Word::from(entries[next].value);
            ++next;
            continue;
        }
        if (!locals[i].is_null()) continue;
        if (function->kwdefaults) {
            auto found = dict_get_str(t, function->kwdefaults, parameter_name(code, i));
            if (found.is_error()) return false;
            MaybeRef<Object> value = found.take();
            if (value) {
                locals[i] = Word::owned(value.release());
                continue;
            }
        }
        missing = true;
    }
    if (missing) missing_arguments(t, function, locals, first, last, "keyword-only");
    return !missing;
}

/// A call with exactly the positional parameters: what natives call most. Null: as for `frame_push`.
ALWAYS_INLINE static Frame* push_exact(Thread& t, Function* function, Code* code, Object* const* args, size_t nargs) {
    if (UNLIKELY(t.recursion_depth >= t.recursion_limit)) return nullptr;
    QuickenedCode* quickened = quicken(t, code);
    if (UNLIKELY(!quickened)) return nullptr;
    Frame* frame = push_frame_memory(t, frame_words(code));
    if (UNLIKELY(!frame)) return nullptr;
    frame_init(t, frame, t.frame, Word::from(function), code, quickened);
    // The caller keeps the arguments alive, but a generator's frame outlives the call: take counts.
    for (size_t i = 0; i < nargs; ++i) frame->locals[i] = Word::from(args[i]);
    for (size_t i = nargs, n = static_cast<size_t>(code->nlocalsplus); i < n; ++i) frame->locals[i] = Word::null();
    return frame;
}

Object* function_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    Function* function = static_cast<Function*>(callable);
    size_t nargs = vectorcall_nargs(nargsf);
    Code* code = function->code;
    if (LIKELY(!kwnames && nargs == static_cast<size_t>(code->argcount) && code->kwonlyargcount == 0 &&
               !(code->flags & (code_flag::VarArgs | code_flag::VarKeywords)))) {
        if (Frame* frame = push_exact(t, function, code, args, nargs); LIKELY(frame != nullptr)) return interpret(t, frame);
        if (t.has_exception()) return nullptr;
    }
    size_t count = nargs + (kwnames ? static_cast<size_t>(static_cast<Tuple*>(kwnames)->size) : 0);
    Frame* frame = frame_push(t, Word::from(function));
    if (!frame) return nullptr;
    Word* locals = frame->locals;
    Word small[16];
    Word* words = count <= 16 ? small : static_cast<Word*>(raw_alloc(count * sizeof(Word)));
    if (!words) {
        frame_pop(t, frame);
        return (void)raise_memory_error(t), nullptr;
    }
    for (size_t i = 0; i < count; ++i) words[i] = Word::from(args[i]);
    bool ok = bind_parameters(t, function, locals, words, nargs, kwnames);
    if (words != small) raw_free(words);
    if (!ok) {
        frame_pop(t, frame);
        return nullptr;
    }
    return interpret(t, frame);
}

Result<Ref<Object>> eval_code(Thread& t, Borrowed<Code> code, Borrowed<Dict> globals, Object* locals) {
    Ref<Function> function = TRY(function_for_evaluation(t, code, globals));
    return eval_function_in(t, function, locals);
}

Result<Ref<Object>> eval_function_in(Thread& t, Borrowed<Function> function, Object* locals) {
    Frame* frame = frame_push(t, Word::from(function.get()));
    if (!frame) return Error{};
    if (locals) {
        incref(locals);
        frame->f_locals = locals;
    } else if (!(frame->code()->flags & code_flag::Optimized)) {
        incref(frame->globals);
        frame->f_locals = frame->globals;
    }
    return Result<Ref<Object>>::from_nullable(interpret(t, frame));
}

} // namespace taipan
