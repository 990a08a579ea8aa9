// The halves of instructions that are not worth inlining into handlers: they hold references in scopes, which a handler
// that ends in a tail call cannot. All return null, false or -1 with the exception set on errors.
#pragma once

#include "objects/abstract.h"
#include "vm/frame.h"
#include "vm/interpreter.h"

namespace taipan::vm {

/// The instruction that runs in its own form becomes an instrumented one again.
void trace_rearm(Thread& t);
/// The dispatch table to go on with after a safepoint, or in a nested run.
inline const Handler* current_table(Thread& t) {
    if (UNLIKELY(t.tracing)) trace_rearm(t);
    return dispatch_table;
}

COLD void raise_unbound_local(Thread& t, Frame* f, uint32_t index);
COLD void raise_unbound_cell(Thread& t, Frame* f, uint32_t index);
Word common_constant(Thread& t, uint32_t index);

/// A new reference to the cell's value, or null.
ALWAYS_INLINE Object* cell_value(Thread& t, Cell* cell) {
    if (LIKELY(!is_multi_threaded())) {
        xincref(cell->value);
        return cell->value;
    }
    return cell_get(t, cell).release();
}

/// Truth of the word (boxed in place when needed): 0, 1 or -1.
int word_truth(Thread& t, Word* word);
inline Object* unary_operation(Thread& t, Word* operand, Result<Ref<Object>> (*operation)(Thread&, Borrowed<Object>)) {
    Object* o = word_object(t, operand);
    return o ? operation(t, o).release_or_null() : nullptr;
}
/// sp[-2] op sp[-1], operands left in place.
Object* binary_operation(Thread& t, Word* sp, uint32_t op);
/// 0, 1 or -1.
int contains_operation(Thread& t, Word* sp);
Object* compare_operation(Thread& t, Word* sp, Comparison op);
bool store_subscript(Thread& t, Word* sp);
bool delete_subscript(Thread& t, Word* sp);
/// sp[-2][sp[-1]] of an exact dict.
Object* subscript_dict(Thread& t, Word* sp);
/// `is`: ints are identical by value, as unboxed ints have no identity (docs/values.md).
ALWAYS_INLINE bool words_identical(Word a, Word b) {
    if (LIKELY((a.bits & ~Word::Uncounted) == (b.bits & ~Word::Uncounted))) return true;
    int64_t x, y;
    return word_type(a) == &Int::s_type && word_int64(a, &x) && word_int64(b, &y) && x == y;
}
Object* load_slice(Thread& t, Word* sp);
bool store_slice(Thread& t, Word* sp);

COLD void raise_unknown_opcode(Thread& t, Frame* f, int opcode);
/// The namespace of a frame that has one. A function made from the code of a module runs in its globals. False: has none.
bool ensure_namespace(Frame* f);
Object* load_name(Thread& t, Frame* f, Str* name);
Object* load_global(Thread& t, Frame* f, Str* name);
Object* load_from_dict_or_global(Thread& t, Frame* f, Object* mapping, Str* name);
Object* load_from_dict_or_deref(Thread& t, Frame* f, Object* mapping, uint32_t index);
bool store_name(Thread& t, Frame* f, Str* name, Object* value);
bool delete_name(Thread& t, Frame* f, Str* name);
bool delete_global(Thread& t, Frame* f, Str* name);
Object* import_name(Thread& t, Frame* f, Str* name, Object* from_list, Object* level);
Object* import_from(Thread& t, Object* module, Str* name);
/// Finds a method without binding it: `*self` says whether the object is to be passed. Consumes nothing.
Object* load_method(Thread& t, Object* object, Str* name, bool* self);
Object* load_super_attribute(Thread& t, Word* sp, Str* name, uint32_t arg, bool* self);
/// The name of the special method numbered `which` (LOAD_SPECIAL).
Str* special_name(uint32_t which);
/// LOAD_SPECIAL: the special method numbered `which`; null without exception set when the object lacks it.
Object* load_special(Thread& t, Object* object, uint32_t which, bool* self);
COLD void raise_missing_special(Thread& t, Object* object, uint32_t which);

/// Calls a native with an int as its one argument. Most natives read the number and forget the object: it comes from the thread,
/// which keeps it for the next call unless somebody else does.
Object* call_native_with_int(Thread& t, const NativeDef& def, Object* self, int64_t value);
/// Makes objects of the words base[0..count), boxing ints and stripping tags in place; the mask of those that own nothing
/// is returned through `borrowed` (beyond 64 words all become owned). False: MemoryError.
bool words_to_objects(Thread& t, Word* base, size_t count, uint64_t* borrowed);
/// The same in line, for calls of few arguments.
ALWAYS_INLINE bool few_words_to_objects(Thread& t, Word* base, size_t count, uint64_t* borrowed) {
    if (UNLIKELY(count > 8)) return words_to_objects(t, base, count, borrowed);
    uint64_t mask = 0;
    for (size_t i = 0; i < count; ++i) {
        Word w = base[i];
        if (UNLIKELY(w.is_int())) {
            if (LIKELY(w.int_value() >= Int::SmallMin && w.int_value() <= Int::SmallMax)) {
                base[i].bits = reinterpret_cast<uintptr_t>(&g_small_ints[w.int_value() - Int::SmallMin]);
                mask |= uint64_t{1} << i;
            } else if (UNLIKELY(word_box(t, &base[i]).is_error())) {
                for (size_t k = 0; k < i; ++k)
                    if (mask >> k & 1) base[k].bits |= Word::Uncounted;
                return false;
            }
        } else if (!w.is_counted()) {
            base[i].bits = w.bits & ~Word::TagMask;
            mask |= uint64_t{1} << i;
        }
    }
    *borrowed = mask;
    return true;
}
/// Drops what `words_to_objects` laid bare.
inline void close_objects(Word* base, size_t count, uint64_t borrowed) {
    for (size_t i = 0; i < count; ++i)
        if (i >= 64 || !(borrowed >> i & 1)) {
            if (base[i].bits) decref(reinterpret_cast<Object*>(base[i].bits));
        }
}
/// What the interpreter loop gives its native caller for a returned word (consumed). Null: MemoryError.
inline Object* finish_entry(Thread& t, Word result) { return word_take(t, result); }
/// Ends a generator whose frame returned or raised: state, words, handled exception, frame link.
void finish_generator(Thread& t, Frame* f);
/// The pseudo instruction that frames of __init__ return to.
const Insn* init_return_insn();
COLD void raise_init_result(Thread& t, Word result);
/// Calls any callable with the words of the stack: callable, self or null, args…; keyword names or null. The words stay.
Object* call_words(Thread& t, Word* callable, size_t nargs, Object* kwnames, Word** base_out);
Object* call_function_ex(Thread& t, Word* sp);
/// "module.f()" as messages about calls show it.
Result<Ref<Str>> callable_name(Thread& t, Object* callable);
Object* make_function(Thread& t, Frame* f, Word code);
/// Pushes the frame of a Python function called with the words; all words are consumed, also on error (null).
Frame* push_call(Thread& t, Word function, Word* args, size_t nargs, Object* kwnames);

/// The same for CALL_FUNCTION_EX: [function, self or null, args, kwargs or null], where the function word is consumed.
/// Null: exception set, the stack's words are left (the function's is null).
Frame* push_call_ex(Thread& t, Word* sp);
/// Defaults of keyword-only parameters that are still null; false: TypeError is set.
bool fill_keyword_defaults(Thread& t, Function* function, Word* locals);
/// A plain function of exactly `count` positional parameters.
ALWAYS_INLINE bool takes_exactly(const Function* function, uint32_t count) {
    const Code* code = function->code;
    return function->vectorcall == function_vectorcall && static_cast<uint32_t>(code->argcount) == count && code->kwonlyargcount == 0 &&
           !(code->flags & (code_flag::VarArgs | code_flag::VarKeywords));
}

/// Enters a simple function (plain positional parameters only) with `total` arguments, which move into its locals; the
/// caller's stack is `stack` afterwards. Null: the slow path is to report why.
ALWAYS_INLINE Frame* enter_simple(Thread& t, Frame* f, Word function, Code* code, Word* args, uint32_t total, Word* stack) {
    if (UNLIKELY(t.recursion_depth >= t.recursion_limit)) return nullptr;
    QuickenedCode* quickened = quicken(t, code);
    if (UNLIKELY(!quickened)) return nullptr;
    Frame* frame = push_frame_memory(t, frame_words(code));
    if (UNLIKELY(!frame)) return nullptr;
    f->sp = stack;
    frame_init(t, frame, f, function, code, quickened);
    Word* locals = frame->locals;
    for (uint32_t i = 0; i < total; ++i) locals[i] = args[i];
    for (uint32_t i = total, n = static_cast<uint32_t>(code->nlocalsplus); i < n; ++i) locals[i] = Word::null();
    return frame;
}

struct CallCache {
    uint32_t version; // of the function, or of the type
    uint32_t extra;
    Object* target;   // __init__ of a class; valid under the version
    const void* data; // definition of the native called; compared by identity only
};
struct KeywordCallCache {
    uint32_t version; // of the function
    uint8_t keywords, has_self, defaults, keyword_defaults;
    static constexpr size_t MaxKeywords = 16;
    uint8_t parameter[MaxKeywords]; // index of each keyword's parameter
};
static_assert(sizeof(CallCache) <= 3 * 8 && sizeof(KeywordCallCache) <= 3 * 8);

Object* build_tuple(Thread& t, Word* base, size_t count);
Object* build_list(Thread& t, Word* base, size_t count);
Object* build_set(Thread& t, Word* base, size_t count);
Object* build_map(Thread& t, Word* base, size_t count);
Object* build_string(Thread& t, Word* base, size_t count);
Object* build_slice(Thread& t, Word* base, size_t count);
Object* build_template(Thread& t, Word* sp);
Object* build_interpolation(Thread& t, Word* sp, uint32_t arg);
Object* convert_value(Thread& t, Object* value, uint32_t conversion);
Object* format_word(Thread& t, Word* value, Object* spec);
bool list_extend_word(Thread& t, Object* list, Word* iterable);
bool set_update_word(Thread& t, Object* set, Word* iterable);
bool dict_update_word(Thread& t, Object* dict, Word* mapping);
bool dict_merge_word(Thread& t, Object* dict, Word* mapping, Word callable);
bool unpack_sequence(Thread& t, Object* sequence, uint32_t count, Word* sp);
bool unpack_ex(Thread& t, Object* sequence, uint32_t before, uint32_t after, Word* sp);
Object* match_class(Thread& t, Object* subject, Object* type, uint32_t count, Object* keyword_names);
Object* match_keys(Thread& t, Object* mapping, Object* keys);
Object* call_intrinsic_1(Thread& t, Frame* f, uint32_t which, Object* value);
Object* call_intrinsic_2(Thread& t, Frame* f, uint32_t which, Object* a, Object* b);
bool setup_annotations(Thread& t, Frame* f);
Object* load_build_class(Thread& t, Frame* f);

Object* get_awaitable(Thread& t, Object* object, uint32_t kind);
Object* get_async_iterator(Thread& t, Object* object);
Object* get_async_next(Thread& t, Object* iterator);
Object* get_yield_from_iterator(Thread& t, Frame* f, Object* object);
enum class SendOutcome { Return, Error, Next };
SendOutcome send_value(Thread& t, Object* receiver, Object* value, Object** result);

/// except*: splits the group; pushes through the pointers (owned). False: error.
bool check_exception_group_match(Thread& t, Object* exception, Object* match, Object** rest, Object** matched);
/// 0, 1 or -1 (catching classes that do not inherit from BaseException is not allowed).
int check_exception_match(Thread& t, Object* exception, Object* match);
/// raise [exception [from cause]]: always leaves with an exception set; true: re-raise (no new traceback entry).
bool do_raise(Thread& t, Object* exception, Object* cause);

/// Tell the tracers of the thread's exception (only while t.tracing is set): raised at f->pc, raised again, caught by the
/// handler at `target`, about to leave the frame, thrown into a generator. It may be another one afterwards.
void trace_raise(Thread& t, Frame* f);
void trace_reraise(Thread& t, Frame* f, Insn* pc);
/// The exception has been pushed already. False: a tracer raised.
bool trace_handled(Thread& t, Frame* f, Insn* target);
void trace_unwind(Thread& t, Frame* f, Insn* pc);
void trace_throw(Thread& t, Frame* f);
/// An iterator has raised: true, and the exception is gone, if it was StopIteration.
bool end_of_iteration(Thread& t, Frame* f);
/// An iterator's StopIteration is about to be swallowed. False: a tracer raised.
bool trace_stop(Thread& t, Frame* f);

void specialize_binary_op(Thread& t, Frame* f, Word* sp, Insn* pc);
void specialize_compare_op(Thread& t, Word* sp, Insn* pc);
void specialize_load_global(Thread& t, Frame* f, Insn* pc, Str* name);
void specialize_load_attr(Thread& t, Word owner, Insn* pc, Str* name);
struct AttributeEntry;
/// Adds what serves this access to the thread's table; null: nothing simple does.
AttributeEntry* add_attribute_entry(Thread& t, Word owner, Str* name, bool method_load);
AttributeEntry* add_super_entry(Thread& t, Object* owner, Type* start, Str* name);
AttributeEntry* add_special_entry(Thread& t, Object* owner, Str* name);
void specialize_store_attr(Thread& t, Word owner, Insn* pc, Str* name);
/// Adds the owner's type to those that a STORE_ATTR_INSTANCE_VALUE serves: its number there, or -1.
int add_store_way(Thread& t, Object* owner, Insn* pc, Str* name);
void specialize_call(Thread& t, Word* callable, Insn* pc, size_t nargs);
void specialize_call_kw(Thread& t, Word* callable, Insn* pc, size_t nargs, Tuple* names);
void specialize_for_iter(Thread& t, Word iterator, Insn* pc);

} // namespace taipan::vm
