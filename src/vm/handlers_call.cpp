// Calls and returns. A call of a Python function pushes its frame and goes on in it; nothing stays on the C stack.
#include "objects/list_internal.h"
#include "objects/slot_names.h"
#include "objects/type_object.h"
#include "vm/attribute_cache.h"
#include "vm/helpers.h"

namespace taipan::vm {

constexpr uint16_t OpCall = 52, OpCallKw = 55;

ALWAYS_INLINE CallCache* call_cache(Insn* pc) { return reinterpret_cast<CallCache*>(cache(pc)); }

#define GO_INTO(frame, after)                                                                                                              \
    do {                                                                                                                                   \
        f->return_pc = (after);                                                                                                            \
        f = (frame);                                                                                                                       \
        sp = f->sp;                                                                                                                        \
        pc = f->insns;                                                                                                                     \
        DISPATCH();                                                                                                                        \
    } while (0)
HANDLER(RESUME) {
    if (UNLIKELY(t->poll_bits.load(std::memory_order_relaxed) != 0)) {
        SAVE();
        if (thread_poll(*t).is_error()) UNWIND();
        table = current_table(*t);
        if (UNLIKELY(pc->op == INSTRUMENTED)) DISPATCH(); // a tracer that was just set is told of this call
    }
    NEXT(0);
}

/// [object, null] whose class has a function as its __call__ becomes [function, object].
static NOINLINE bool take_apart_callable(Thread& t, Word* callable) {
    MaybeRef<Object> found = type_lookup(t, *callable[0].object()->type, names::__call__);
    if (!found || found->type != &Function::s_type) return false;
    callable[1] = callable[0].to_owned();
    callable[0] = Word::owned(found.release());
    return true;
}

HANDLER(CALL) {
    SAVE();
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    if (UNLIKELY(pc->counter == 0)) specialize_call(*t, callable, pc, count);
    else --pc->counter;
    if (pc->op != OpCall) DISPATCH();
    // A bound method is taken apart, so that the function below it can be entered directly.
    if (callable[1].is_null() && !callable[0].is_int() && callable[0].object()->type == &Method::s_type) {
        Method* method = static_cast<Method*>(callable[0].object());
        callable[1] = Word::from(method->self);
        Word old = callable[0];
        callable[0] = Word::from(method->function);
        old.close();
    }
    // So is an instance of a class with a __call__ in Python, a metaclass among them.
    if (callable[1].is_null() && !callable[0].is_int() && callable[0].object()->type->call == slot_tp_call)
        (void)take_apart_callable(*t, callable);
    if (!callable[0].is_int() && callable[0].object()->type == &Function::s_type &&
        static_cast<Function*>(callable[0].object())->vectorcall == function_vectorcall) {
        bool has_self = !callable[1].is_null();
        Word function = callable[0];
        f->sp = callable;
        Frame* frame = push_call(*t, function, has_self ? callable + 1 : callable + 2, count + has_self, nullptr);
        if (UNLIKELY(!frame)) {
            sp = callable;
            UNWIND();
        }
        GO_INTO(frame, pc + 4);
    }
    Word* base;
    Object* result = call_words(*t, callable, count, nullptr, &base);
    for (Word* w = callable; w < sp; ++w) w->xclose();
    sp = callable;
    f->sp = sp;
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    if (UNLIKELY(t->poll_bits.load(std::memory_order_relaxed) != 0)) {
        pc += 4;
        MUSTTAIL return op_poll_and_dispatch(HANDLER_ARGS);
    }
    NEXT(3);
}
HANDLER(CALL_KW) {
    SAVE();
    uint32_t count = pc->arg;
    Object* names = sp[-1].object();
    Word* callable = sp - count - 3;
    if (UNLIKELY(pc->counter == 0)) specialize_call_kw(*t, callable, pc, count, static_cast<Tuple*>(names));
    else --pc->counter;
    if (pc->op != OpCallKw) DISPATCH();
    if (callable[1].is_null() && !callable[0].is_int() && callable[0].object()->type == &Method::s_type) {
        Method* method = static_cast<Method*>(callable[0].object());
        callable[1] = Word::from(method->self);
        Word old = callable[0];
        callable[0] = Word::from(method->function);
        old.close();
    }
    // So is an instance of a class with a __call__ in Python, a metaclass among them.
    if (callable[1].is_null() && !callable[0].is_int() && callable[0].object()->type->call == slot_tp_call)
        (void)take_apart_callable(*t, callable);
    if (!callable[0].is_int() && callable[0].object()->type == &Function::s_type &&
        static_cast<Function*>(callable[0].object())->vectorcall == function_vectorcall) {
        bool has_self = !callable[1].is_null();
        Word function = callable[0], names_word = sp[-1];
        f->sp = callable;
        Frame* frame = push_call(*t, function, has_self ? callable + 1 : callable + 2, count + has_self, names);
        names_word.close();
        if (UNLIKELY(!frame)) {
            sp = callable;
            UNWIND();
        }
        GO_INTO(frame, pc + 4);
    }
    Word* base;
    Object* result = call_words(*t, callable, count, names, &base);
    for (Word* w = callable; w < sp; ++w) w->xclose();
    sp = callable;
    f->sp = sp;
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    NEXT(3);
}
// Keyword names known at the site were matched with the parameters of the function seen.
HANDLER(CALL_KW_PY) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 3;
    KeywordCallCache* c = reinterpret_cast<KeywordCallCache*>(cache(pc));
    Word word = callable[0];
    if (UNLIKELY(word.is_int() || word.object()->type != &Function::s_type)) DEOPT(OpCallKw);
    Function* function = static_cast<Function*>(word.object());
    bool has_self = !callable[1].is_null();
    if (UNLIKELY(load_relaxed(function->version) != c->version || has_self != c->has_self)) DEOPT(OpCallKw);
    Code* code = function->code;
    uint32_t positional = count - c->keywords + has_self;
    Word* args = has_self ? callable + 1 : callable + 2;
    f->pc = pc;
    f->sp = sp;
    Word names = sp[-1];
    Frame* frame = enter_simple(*t, f, word, code, args, positional, callable);
    if (UNLIKELY(!frame)) {
        if (t->has_exception()) UNWIND();
        DEOPT(OpCallKw);
    }
    for (uint32_t i = 0; i < c->keywords; ++i) frame->locals[c->parameter[i]] = args[positional + i];
    names.close();
    uint32_t parameters = static_cast<uint32_t>(code->argcount);
    if (c->defaults) {
        Object** defaults = function->defaults->items + function->defaults->size - parameters;
        for (uint32_t i = positional; i < parameters; ++i)
            if (frame->locals[i].is_null()) frame->locals[i] = Word::from(defaults[i]);
    }
    if (c->keyword_defaults && UNLIKELY(!fill_keyword_defaults(*t, function, frame->locals))) {
        frame_pop(*t, frame);
        sp = callable;
        UNWIND();
    }
    GO_INTO(frame, pc + 4);
}
// A Python function gets its frame here; anything else is called with tuple and dict.
HANDLER(CALL_FUNCTION_EX) {
    SAVE();
    Word callee = sp[-4];
    if (!callee.is_int() && callee.object()->type == &Method::s_type && sp[-3].is_null() &&
        static_cast<Method*>(callee.object())->function->type == &Function::s_type) {
        Method* method = static_cast<Method*>(callee.object());
        sp[-3] = Word::from(method->self);
        sp[-4] = Word::from(method->function);
        callee.close();
        callee = sp[-4];
    }
    if (!callee.is_int() && callee.object()->type == &Function::s_type &&
        static_cast<Function*>(callee.object())->vectorcall == function_vectorcall) {
        Frame* frame = push_call_ex(*t, sp);
        Word *base = sp - 4, arguments = sp[-2], keywords = sp[-1], self = sp[-3];
        if (UNLIKELY(!frame)) UNWIND();
        f->sp = base;
        sp = frame->sp;
        arguments.close();
        keywords.xclose();
        self.xclose();
        GO_INTO(frame, pc + 1);
    }
    Object* result = call_function_ex(*t, sp);
    Word* base = sp - 4;
    for (Word* w = base; w < sp; ++w) w->xclose();
    sp = base;
    f->sp = sp;
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    NEXT(0);
}

// The callee takes exactly the positional parameters given. Another function of the same shape, as the next class's method
// at a polymorphic site, is as welcome as the one that was seen first.
HANDLER(CALL_PY_EXACT_ARGS) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    CallCache* c = call_cache(pc);
    Word word = callable[0];
    if (UNLIKELY(word.is_int() || word.object()->type != &Function::s_type)) DEOPT(OpCall);
    Function* function = static_cast<Function*>(word.object());
    Code* code = function->code;
    bool has_self = !callable[1].is_null();
    if (UNLIKELY(count + has_self != static_cast<uint32_t>(code->argcount))) DEOPT(OpCall);
    if (UNLIKELY(load_relaxed(function->version) != c->version)) {
        if (!takes_exactly(function, count + has_self)) DEOPT(OpCall);
        if (uint32_t version = load_relaxed(function->version)) c->version = version; // one without would vouch for every other without
    }
    f->pc = pc;
    f->sp = sp;
    Frame* frame = enter_simple(*t, f, word, code, has_self ? callable + 1 : callable + 2, count + has_self, callable);
    if (UNLIKELY(!frame)) {
        if (t->has_exception()) UNWIND();
        DEOPT(OpCall);
    }
    GO_INTO(frame, pc + 4);
}
// Fewer arguments than parameters: the defaults follow (a function's version covers them).
HANDLER(CALL_PY_DEFAULTS) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    CallCache* c = call_cache(pc);
    Word word = callable[0];
    if (UNLIKELY(word.is_int() || word.object()->type != &Function::s_type)) DEOPT(OpCall);
    Function* function = static_cast<Function*>(word.object());
    bool has_self = !callable[1].is_null();
    if (UNLIKELY(load_relaxed(function->version) != c->version || has_self != (c->extra != 0))) DEOPT(OpCall);
    Code* code = function->code;
    uint32_t total = count + has_self;
    f->pc = pc;
    f->sp = sp;
    Frame* frame = enter_simple(*t, f, word, code, has_self ? callable + 1 : callable + 2, total, callable);
    if (UNLIKELY(!frame)) {
        if (t->has_exception()) UNWIND();
        DEOPT(OpCall);
    }
    uint32_t parameters = static_cast<uint32_t>(code->argcount);
    Object** defaults = function->defaults->items + function->defaults->size - parameters;
    for (uint32_t i = total; i < parameters; ++i) frame->locals[i] = Word::from(defaults[i]);
    GO_INTO(frame, pc + 4);
}
HANDLER(CALL_PY_GENERAL) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    Word word = callable[0];
    if (UNLIKELY(word.is_int() || word.object()->type != &Function::s_type)) DEOPT(OpCall);
    Function* function = static_cast<Function*>(word.object());
    if (UNLIKELY(function->vectorcall != function_vectorcall)) DEOPT(OpCall);
    bool has_self = !callable[1].is_null();
    f->pc = pc;
    f->sp = callable;
    Frame* frame = push_call(*t, word, has_self ? callable + 1 : callable + 2, count + has_self, nullptr);
    if (UNLIKELY(!frame)) {
        sp = callable;
        UNWIND();
    }
    GO_INTO(frame, pc + 4);
}
HANDLER(CALL_BOUND_METHOD) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    if (UNLIKELY(!callable[1].is_null() || callable[0].is_int() || callable[0].object()->type != &Method::s_type)) DEOPT(OpCall);
    Method* method = static_cast<Method*>(callable[0].object());
    if (UNLIKELY(method->function->type != &Function::s_type)) DEOPT(OpCall);
    Word old = callable[0];
    callable[1] = Word::from(method->self);
    callable[0] = Word::from(method->function);
    SAVE();
    old.close();
    Function* function = static_cast<Function*>(callable[0].object());
    if (LIKELY(takes_exactly(function, count + 1))) {
        if (Frame* frame = enter_simple(*t, f, callable[0], function->code, callable + 1, count + 1, callable)) GO_INTO(frame, pc + 4);
        if (t->has_exception()) UNWIND();
    }
    BECOME(CALL_PY_GENERAL);
}

ALWAYS_INLINE BuiltinFunction* builtin_at(Word word) {
    return LIKELY(!word.is_int() && word.object()->type == &BuiltinFunction::s_type) ? static_cast<BuiltinFunction*>(word.object())
                                                                                     : nullptr;
}
ALWAYS_INLINE const NativeDef* native_at(Word word) {
    BuiltinFunction* function = builtin_at(word);
    return LIKELY(function != nullptr) ? function->def : nullptr;
}
/// The object of a word that stays where it is; null if it would have to be boxed.
ALWAYS_INLINE Object* object_in_place(Word word) {
    if (LIKELY(!word.is_int())) return word.object();
    if (word.int_value() < Int::SmallMin || word.int_value() > Int::SmallMax) return nullptr;
    return &g_small_ints[word.int_value() - Int::SmallMin];
}
/// Calls a native with the words from `args` to the stack's top as objects, and leaves what `expression` gives in their place and
/// in that of the callable below them.
#define CALL_WITH_OBJECTS(callable, args, expression)                                                                                      \
    do {                                                                                                                                   \
        if (UNLIKELY(c_stack_low(*t))) {                                                                                                   \
            (void)raise_recursion_error(*t, " while calling a Python object");                                                             \
            UNWIND();                                                                                                                      \
        }                                                                                                                                  \
        uint64_t borrowed;                                                                                                                 \
        auto words = static_cast<size_t>(sp - (args));                                                                                     \
        if (UNLIKELY(!few_words_to_objects(*t, args, words, &borrowed))) UNWIND();                                                         \
        [[maybe_unused]] auto** objects = reinterpret_cast<Object**>(args);                                                                \
        Object* result = (expression);                                                                                                     \
        Word callable_word = (callable)[0];                                                                                                \
        f->sp = (callable);                                                                                                                \
        close_objects(args, words, borrowed);                                                                                              \
        callable_word.close();                                                                                                             \
        sp = (callable);                                                                                                                   \
        if (UNLIKELY(!result)) UNWIND();                                                                                                   \
        *sp++ = Word::owned(result);                                                                                                       \
    } while (0)
/// The end of a call of a builtin function: signals that have arrived are seen to.
#define POLL_AND_NEXT()                                                                                                                    \
    do {                                                                                                                                   \
        if (UNLIKELY(t->poll_bits.load(std::memory_order_relaxed) != 0)) {                                                                 \
            pc += 4;                                                                                                                       \
            MUSTTAIL return op_poll_and_dispatch(HANDLER_ARGS);                                                                            \
        }                                                                                                                                  \
        NEXT(3);                                                                                                                           \
    } while (0)
// A builtin function: its typed entry is called without the vectorcall detour.
HANDLER(CALL_NATIVE) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    BuiltinFunction* function = builtin_at(callable[0]);
    if (UNLIKELY(!function || !callable[1].is_null() || !function->def->entry)) DEOPT(OpCall);
    SAVE();
    Word* args = callable + 2;
    CALL_WITH_OBJECTS(callable, args, function->def->entry(*t, *function->def, function->self, objects, count, nullptr));
    POLL_AND_NEXT();
}
// The same with one argument, which stays where it is.
HANDLER(CALL_NATIVE_ONE) {
    Word* callable = sp - 3;
    BuiltinFunction* function = builtin_at(callable[0]);
    if (UNLIKELY(!function || !callable[1].is_null() || !function->def->entry)) DEOPT(OpCall);
    Word argument = sp[-1], function_word = callable[0];
    Object* object = object_in_place(argument);
    if (UNLIKELY(c_stack_low(*t))) BECOME(CALL_NATIVE);
    SAVE();
    const NativeDef& def = *function->def;
    Object* result = LIKELY(object != nullptr) ? def.entry(*t, def, function->self, &object, 1, nullptr)
                                               : call_native_with_int(*t, def, function->self, argument.int_value());
    sp = callable;
    f->sp = sp;
    argument.close();
    function_word.close();
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    POLL_AND_NEXT();
}
/// A method descriptor's native with the words above it: a null or the instance, then the arguments.
static HANDLER(call_method_entry) {
    Word* callable = sp - pc->arg - 2;
    const NativeDef& def = *static_cast<MethodDescriptor*>(callable[0].object())->def;
    SAVE();
    Word* args = callable + 1 + callable[1].is_null();
    CALL_WITH_OBJECTS(callable, args, def.entry(*t, def, objects[0], objects + 1, words - 1, nullptr));
    NEXT(3);
}
// The same on an instance that is no unboxed int, without an argument and with one. The words stay on the stack as they are.
static HANDLER(call_method_alone) {
    Word* callable = sp - 2;
    Word function = callable[0], self = callable[1];
    const NativeDef& def = *static_cast<MethodDescriptor*>(function.object())->def;
    SAVE();
    if (UNLIKELY(c_stack_low(*t))) BECOME(call_method_entry);
    Object* result = def.entry(*t, def, self.object(), reinterpret_cast<Object**>(sp), 0, nullptr);
    f->sp = callable;
    self.close();
    function.close();
    sp = callable;
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    NEXT(3);
}
static HANDLER(call_method_one) {
    Word* callable = sp - 3;
    Word function = callable[0], self = callable[1], argument = sp[-1];
    const NativeDef& def = *static_cast<MethodDescriptor*>(function.object())->def;
    SAVE();
    if (UNLIKELY(c_stack_low(*t))) BECOME(call_method_entry);
    Object* object = object_in_place(argument);
    Object* result = LIKELY(object != nullptr) ? def.entry(*t, def, self.object(), &object, 1, nullptr)
                                               : call_native_with_int(*t, def, self.object(), argument.int_value());
    f->sp = callable;
    argument.close();
    self.close();
    function.close();
    sp = callable;
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    NEXT(3);
}
// A method of a builtin type on an instance of that type (loaded by LOAD_ATTR as descriptor and self).
HANDLER(CALL_METHOD_NATIVE) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    if (UNLIKELY(callable[0].is_int() || callable[0].object()->type != &MethodDescriptor::s_type || callable[1].is_null())) DEOPT(OpCall);
    const MethodDescriptor* descriptor = static_cast<MethodDescriptor*>(callable[0].object());
    Type* receiver = word_type(callable[1]);
    if (UNLIKELY(!descriptor->def->entry || (receiver != descriptor->owner && !is_subtype(receiver, descriptor->owner)))) DEOPT(OpCall);
    if (UNLIKELY(callable[1].is_int())) BECOME(call_method_entry);
    if (count == 0) BECOME(call_method_alone);
    if (count == 1) BECOME(call_method_one);
    BECOME(call_method_entry);
}
// The same as an attribute of its class, with the instance as first argument: dict.copy(d).
HANDLER(CALL_METHOD_UNBOUND) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    if (UNLIKELY(callable[0].is_int() || callable[0].object()->type != &MethodDescriptor::s_type || !callable[1].is_null())) DEOPT(OpCall);
    const MethodDescriptor* descriptor = static_cast<MethodDescriptor*>(callable[0].object());
    if (UNLIKELY(descriptor->def != call_cache(pc)->data || !is_subtype(word_type(callable[2]), descriptor->owner))) DEOPT(OpCall);
    BECOME(call_method_entry);
}
// A slot of a builtin class by its name, as a method or as an attribute of the class: super().__init__(), dict.__len__(d).
HANDLER(CALL_SLOT_WRAPPER) {
    Word* callable = sp - pc->arg - 2;
    Word* args = callable + 1 + callable[1].is_null();
    if (UNLIKELY(args == sp || callable[0].is_int() || callable[0].object()->type != &WrapperDescriptor::s_type)) DEOPT(OpCall);
    const WrapperDescriptor* descriptor = static_cast<WrapperDescriptor*>(callable[0].object());
    if (UNLIKELY(!is_subtype(word_type(args[0]), descriptor->owner))) DEOPT(OpCall);
    SAVE();
    CALL_WITH_OBJECTS(callable, args, call_slot_wrapper(*t, descriptor, objects[0], {objects + 1, words - 1}, nullptr));
    NEXT(3);
}
HANDLER(CALL_LEN) {
    CallCache* c = call_cache(pc);
    Word* callable = sp - 3;
    Word argument = sp[-1];
    if (UNLIKELY(native_at(callable[0]) != c->data || !callable[1].is_null())) DEOPT(OpCall);
    if (UNLIKELY(argument.is_int())) BECOME(CALL_NATIVE);
    Object* o = argument.object();
    int64_t length;
    if (o->type == &List::s_type) length = list_size(static_cast<List*>(o));
    else if (o->type == &Tuple::s_type) length = static_cast<Tuple*>(o)->size;
    else if (o->type == &Str::s_type) length = static_cast<Str*>(o)->length;
    else if (o->type == &Dict::s_type) length = dict_size(static_cast<Dict*>(o));
    else BECOME(CALL_NATIVE);
    callable[0].close();
    callable[0] = Word::from_int(length);
    sp -= 2;
    if (argument.is_counted()) {
        SAVE();
        decref(o);
    }
    NEXT(3);
}
HANDLER(CALL_ISINSTANCE) {
    CallCache* c = call_cache(pc);
    Word* callable = sp - 4;
    if (UNLIKELY(native_at(callable[0]) != c->data || !callable[1].is_null())) DEOPT(OpCall);
    if (UNLIKELY(sp[-1].is_int())) BECOME(CALL_NATIVE);
    Object* class_object = sp[-1].object();
    if (class_object->type != &Type::s_type) BECOME(CALL_NATIVE);
    Type* type = word_type(sp[-2]);
    bool result = type == class_object || is_subtype(type, static_cast<Type*>(class_object));
    if (UNLIKELY(!result && !sp[-2].is_int())) BECOME(CALL_NATIVE); // __class__ may claim another type
    Word function = callable[0], object = sp[-2], class_word = sp[-1];
    callable[0] = Word::from_bool(result);
    sp -= 3;
    SAVE();
    function.close();
    object.close();
    class_word.close();
    NEXT(3);
}
HANDLER(CALL_LIST_APPEND) {
    CallCache* c = call_cache(pc);
    Word* callable = sp - 3;
    if (UNLIKELY(callable[0].is_int() || callable[0].object()->type != &MethodDescriptor::s_type ||
                 static_cast<MethodDescriptor*>(callable[0].object())->def != c->data || callable[1].is_null() || callable[1].is_int() ||
                 callable[1].object()->type != &List::s_type))
        DEOPT(OpCall);
    SAVE();
    List* list = static_cast<List*>(callable[1].object());
    Object* item = word_take(*t, sp[-1]);
    sp[-1] = Word::null();
    if (UNLIKELY(!item)) UNWIND();
    if (UNLIKELY(list_append_held(*t, list, item).is_error())) UNWIND();
    Word function = callable[0], self = callable[1];
    callable[0] = Word::none();
    sp -= 2;
    f->sp = sp;
    function.close();
    self.close();
    NEXT(3);
}
// `append = items.append; append(x)`.
HANDLER(CALL_BOUND_APPEND) {
    CallCache* c = call_cache(pc);
    Word* callable = sp - 3;
    BuiltinFunction* function = builtin_at(callable[0]);
    if (UNLIKELY(!function || function->def != c->data || !callable[1].is_null() || !is_exact<List>(function->self))) DEOPT(OpCall);
    SAVE();
    Object* item = word_take(*t, sp[-1]);
    sp[-1] = Word::null();
    if (UNLIKELY(!item)) UNWIND();
    if (UNLIKELY(list_append(*t, static_cast<List*>(function->self), Ref<Object>::steal(item)).is_error())) UNWIND();
    Word word = callable[0];
    callable[0] = Word::none();
    sp -= 2;
    f->sp = sp;
    word.close();
    NEXT(3);
}
HANDLER(CALL_TYPE_1) {
    Word* callable = sp - 3;
    if (UNLIKELY(!callable[0].is_object(&Type::s_type) || !callable[1].is_null())) DEOPT(OpCall);
    Word argument = sp[-1];
    Word type = Word::from(word_type(argument));
    callable[0] = type;
    sp -= 2;
    SAVE();
    argument.close();
    NEXT(3);
}
// Any other object that can be called without a tuple, for as long as its type is the same: classes, builtin ones and those made
// by Python code, what lru_cache, partial and itemgetter make, aliases.
HANDLER(CALL_VECTORCALL) {
    Word* callable = sp - pc->arg - 2;
    Word* args = callable + 2;
    if (UNLIKELY(!callable[1].is_null() || callable[0].is_int() || callable[0].object()->type != call_cache(pc)->target)) DEOPT(OpCall);
    Object* function = callable[0].object();
    VectorcallFunc call = vectorcall_function(function);
    if (UNLIKELY(!call)) DEOPT(OpCall);
    SAVE();
    // The word before the arguments is free for the callee's use.
    CALL_WITH_OBJECTS(callable, args, call(function, objects, words | VectorcallOffset, nullptr));
    POLL_AND_NEXT();
}
// A Python class with object.__new__ and a Python __init__: the instance is made here and __init__ entered directly; its
// frame returns to INIT_RETURN, which checks for None and leaves the instance on the stack.
HANDLER(CALL_CLASS_INIT) {
    uint32_t count = pc->arg;
    Word* callable = sp - count - 2;
    CallCache* c = call_cache(pc);
    Word word = callable[0];
    if (UNLIKELY(!callable[1].is_null() || word.is_int() || !is<Type>(word.object()))) DEOPT(OpCall);
    Type* type = static_cast<Type*>(word.object());
    if (UNLIKELY(__atomic_load_n(&type->version_tag, __ATOMIC_RELAXED) != c->version)) DEOPT(OpCall);
    SAVE();
    Function* init = static_cast<Function*>(c->target);
    Word init_word = cached_function(*t, init, type, c->version);
    if (UNLIKELY(init_word.is_null())) DEOPT(OpCall);
    Object* instance = type->alloc(type, 0);
    if (UNLIKELY(!instance)) {
        init_word.close();
        UNWIND();
    }
    // Stack afterwards: [instance], with the arguments moved to the new frame.
    callable[0] = Word::owned(instance);
    incref(instance);
    callable[1] = Word::owned(instance);
    f->sp = callable + 1;
    Frame* frame = nullptr;
    if (LIKELY(takes_exactly(init, count + 1))) frame = enter_simple(*t, f, init_word, init->code, callable + 1, count + 1, callable + 1);
    bool out_of_memory = !frame && t->has_exception(); // enter_simple has consumed nothing then, push_call everything
    if (UNLIKELY(!frame) && !out_of_memory) frame = push_call(*t, init_word, callable + 1, count + 1, nullptr);
    word.close();
    if (UNLIKELY(!frame)) {
        if (out_of_memory) {
            init_word.close();
            for (Word* w = callable + 1; w < sp; ++w) w->xclose();
        }
        sp = callable + 1;
        UNWIND();
    }
    f->return_pc = const_cast<Insn*>(init_return_insn());
    f = frame;
    sp = f->stack_base();
    pc = f->insns;
    DISPATCH();
}
// A class with neither __new__ nor __init__ of its own, called without arguments.
HANDLER(CALL_CLASS_BARE) {
    Word* callable = sp - 2;
    CallCache* c = call_cache(pc);
    Word word = callable[0];
    if (UNLIKELY(!callable[1].is_null() || word.is_int() || !is<Type>(word.object()))) DEOPT(OpCall);
    Type* type = static_cast<Type*>(word.object());
    if (UNLIKELY(__atomic_load_n(&type->version_tag, __ATOMIC_RELAXED) != c->version)) DEOPT(OpCall);
    SAVE();
    Object* instance = type->alloc(type, 0);
    if (UNLIKELY(!instance)) UNWIND();
    callable[0] = Word::owned(instance);
    --sp;
    f->sp = sp;
    word.close();
    if (UNLIKELY(t->poll_bits.load(std::memory_order_relaxed) != 0)) {
        pc += 4;
        MUSTTAIL return op_poll_and_dispatch(HANDLER_ARGS);
    }
    NEXT(3);
}
// Reached by the return of an __init__ called by CALL_CLASS_INIT: [instance, result] -> [instance].
HANDLER(INIT_RETURN) {
    Word result = *--sp;
    pc = f->pc;
    if (UNLIKELY(!result.is_object(None()))) {
        SAVE();
        raise_init_result(*t, result);
        result.close();
        UNWIND();
    }
    NEXT(3);
}

HANDLER(RETURN_VALUE) {
    Word result = sp[-1].to_owned();
    --sp;
    Frame* caller = f->previous;
    if (LIKELY(f->owner == static_cast<uint8_t>(FrameOwner::Thread) && !(f->slow))) {
        SAVE();
        t->frame = caller; // destructors that run now do not see the frame any more
        Word* locals = f->locals;
        for (int i = f->code()->nlocalsplus; i-- > 0;) {
            Word local = locals[i];
            if (local.is_counted() && !local.is_null()) {
                locals[i] = Word::null();
                decref(local.object());
            }
        }
        if (UNLIKELY(f->slow)) {
            frame_pop(*t, f);
        } else {
            xdecref(f->f_locals);
            Word function = f->function;
            f->code_word.close();
            --t->recursion_depth;
            t->data_stack_top = reinterpret_cast<uintptr_t*>(f);
            bool entry = f->is_entry;
            if (function.is_counted()) function.close();
            if (UNLIKELY(entry)) return finish_entry(*t, result);
            f = caller;
            sp = f->sp;
            *sp++ = result;
            pc = f->return_pc;
            DISPATCH();
        }
    } else {
        SAVE();
        if (f->owner == static_cast<uint8_t>(FrameOwner::Generator)) {
            bool entry = f->is_entry;
            finish_generator(*t, f);
            if (entry) return finish_entry(*t, result);
            f = caller;
            sp = f->sp;
            *sp++ = result;
            pc = f->return_pc;
            DISPATCH();
        }
    }
    {
        bool entry = f->is_entry;
        if (t->frame == f) frame_pop(*t, f);
        if (entry) return finish_entry(*t, result);
    }
    f = caller;
    sp = f->sp;
    *sp++ = result;
    pc = f->return_pc;
    DISPATCH();
}
HANDLER(INTERPRETER_EXIT) { BECOME(RETURN_VALUE); }
HANDLER(EXIT_INIT_CHECK) { BECOME(POP_TOP); }

HANDLER(MAKE_FUNCTION) {
    SAVE();
    Object* function = make_function(*t, f, sp[-1]);
    if (UNLIKELY(!function)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(function);
    NEXT(0);
}
/// An annotate function is named after the function it belongs to, which is made later than itself.
NOINLINE static bool set_annotate(Thread& t, Function* function, Object* annotate) {
    if (is<Function>(annotate)) {
        auto name = [&]() -> Result<Ref<Str>> {
            Ref<Str> suffix = TRY(str_from_utf8(t, ".__annotate__"));
            return str_concat(t, function->qualname, suffix);
        }();
        if (name.is_error()) return decref(annotate), false;
        assign_field(static_cast<Function*>(annotate)->qualname, name.take().release());
    }
    assign_field(function->annotate, annotate);
    return true;
}
HANDLER(SET_FUNCTION_ATTRIBUTE) {
    SAVE();
    Function* function = static_cast<Function*>(sp[-1].object());
    Object* value = word_take(*t, sp[-2]);
    sp[-2] = sp[-1];
    --sp;
    if (UNLIKELY(!value)) UNWIND();
    switch (pc->arg) {
    case 1: assign_field(function->defaults, static_cast<Tuple*>(value)); break;
    case 2: assign_field(function->kwdefaults, static_cast<Dict*>(value)); break;
    case 4: assign_field(function->annotations, value); break;
    case 8: assign_field(function->closure, static_cast<Tuple*>(value)); break;
    case 16:
        if (!set_annotate(*t, function, value)) UNWIND();
        break;
    default: decref(value);
    }
    NEXT(0);
}

} // namespace taipan::vm
