// Frames: the activation of a code object. They live on the thread's data stack, or inside a generator; a frame object
// (`sys._getframe`, tracebacks) is made on demand and takes over a copy when the frame ends before it.
#pragma once

#include "objects/function.h"
#include "vm/word.h"

#include <cstring>

namespace taipan {

struct FrameObject;
struct Generator;

/// One instruction of the private copy: CPython's code unit widened to eight bytes, at the same index, EXTENDED_ARG folded
/// into `arg`. The units of an instruction's inline cache follow as eight-byte cells.
struct Insn {
    uint16_t op;
    uint16_t counter;
    uint32_t arg;
};
static_assert(sizeof(Insn) == 8);

/// A thread's private copy of a code object: instructions with inline caches, constants as words (ints unboxed).
struct QuickenedCode {
    QuickenedCode* next;        // other threads' copies of the same code
    std::atomic<Thread*> owner; // null: its thread has ended, another may take it over; low bit set: look at its events first
    QuickenedCode *thread_next, *thread_previous; // copies of the same thread; guarded by the quickening lock
    Word* consts;
    Code* code;     // whose copy this is; it outlives the copy
    uint8_t* tools; // tools with events for each unit, in three rows (vm/monitoring.h); null: none
    uint32_t count;
    Insn insns[1];
};

enum class FrameOwner : uint8_t { Thread, Generator, FrameObject };

/// Reasons why ending a frame takes the slow path (Frame::slow).
namespace frame_slow {
constexpr uint8_t HasObject = 1, ChunkStart = 2, HasLocalsObject = 4;
} // namespace frame_slow

struct Frame {
    Frame* previous;
    Word function;  // keeps globals and builtins alive
    Word code_word; // keeps the code alive should the function's __code__ change
    Insn* pc;       // the instruction that runs (saved before anything that may raise or look)
    Word* sp;       // saved stack pointer
    Word* consts;
    Insn* insns;
    Insn* return_pc;           // where this frame goes on when a frame it pushed returns (after a yield: behind `pc` and its cache cell)
    Dict* globals;             // borrowed from the function
    Object* f_locals;          // owned; the namespace of module and class bodies, else null
    FrameObject* frame_object; // owned; null until asked for
    uint8_t owner;             // FrameOwner
    uint8_t is_entry;          // returning leaves the interpreter loop; EntryTakesWord: and a yield gives a word
    uint8_t slow;              // frame_slow bits
    uint8_t trace_opcodes;
    int32_t trace_line;
    Word locals[1]; // locals, cells, free variables, then the stack

    Code* code() const { return static_cast<Code*>(code_word.object()); }
    Function* func() const { return static_cast<Function*>(function.object()); }
    Object* builtins() const { return func()->builtins; } // a Dict, or any mapping
    Word* stack_base() { return locals + code()->nlocalsplus; }
    int lasti() const { return static_cast<int>(pc - insns) * 2; } // byte offset as `f_lasti`
    Generator* generator();                                        // of a frame with FrameOwner::Generator
};
constexpr size_t FrameHeaderWords = offsetof(Frame, locals) / sizeof(Word);
/// All but the locals: there may be none, and then no room for one.
inline void frame_copy_header(Frame* to, const Frame* from) { memcpy(static_cast<void*>(to), from, offsetof(Frame, locals)); }

/// Frame of a generator, embedded at the end of the object.
enum class GeneratorState : int8_t { Created = -3, SuspendedYieldFrom = -2, Suspended = -1, Executing = 0, Completed = 1, Cleared = 4 };

struct Generator : Object { // generators, coroutines and async generators
    Object* weaklist;
    Tuple* names; // (name, qualname) unless they are the code's; changes under the object's lock
    HandledException handled;
    Object* origin_or_finalizer; // coroutine: cr_origin; async generator: finalizer hook
    uint8_t hooks_inited, closed, running_async;
    std::atomic<int8_t> state; // GeneratorState; claimed by compare-and-swap when threads share the generator
    Frame frame;               // extends past the end by the code's locals and stack, and not a word more

    static Type s_type;
};
struct Coroutine : Generator {
    static Type s_type;
};
struct AsyncGenerator : Generator {
    static Type s_type;
};
inline Generator* Frame::generator() { return reinterpret_cast<Generator*>(reinterpret_cast<char*>(this) - offsetof(Generator, frame)); }

struct FrameObject : VarObject {
    Frame* frame; // the running frame, or `own` once taken over
    Object* trace;
    Object* locals_extra; // names stored through f_locals that are no fast locals
    Object* back;         // of a finished frame: its caller's frame object
    Object* overwritten;  // values replaced through f_locals that borrowed words may still show
    int lineno;           // set by a tracer; 0: computed
    uint8_t trace_lines, trace_opcodes, cleared;
    Frame own; // extends past the end

    static Type s_type;
};

/// Words a frame of the code takes on the data stack.
ALWAYS_INLINE size_t frame_words(const Code* code) { return FrameHeaderWords + code->nlocalsplus + code->stacksize + 1; }

/// The thread's private copy of the code, made at first use. Null: MemoryError.
QuickenedCode* quicken_slow(Thread& t, Code* code);
ALWAYS_INLINE QuickenedCode* quicken(Thread& t, Code* code) {
    QuickenedCode* copy = code->quickened.load(std::memory_order_acquire);
    if (LIKELY(copy && copy->owner.load(std::memory_order_relaxed) == &t)) return copy;
    // With two threads in the same code, the older copy is the next one.
    if (copy && (copy = copy->next) && copy->owner.load(std::memory_order_relaxed) == &t) return copy;
    return quicken_slow(t, code);
}

/// Room for a frame on the data stack, with `slow` set; null with RecursionError or MemoryError. `pop_frame_memory` returns it.
NOINLINE Frame* push_frame_memory_slow(Thread& t, size_t words);
NOINLINE void pop_frame_chunk(Thread& t, Frame* frame);
ALWAYS_INLINE Frame* push_frame_memory(Thread& t, size_t words) {
    uintptr_t* top = t.data_stack_top;
    if (UNLIKELY(static_cast<size_t>(t.data_stack_limit - top) < words)) return push_frame_memory_slow(t, words);
    t.data_stack_top = top + words;
    Frame* frame = reinterpret_cast<Frame*>(top);
    frame->slow = 0;
    return frame;
}

/// Fills in the header of a frame in fresh memory and links it as the thread's innermost; its locals are still to be written.
ALWAYS_INLINE void frame_init(Thread& t, Frame* frame, Frame* previous, Word function_word, Code* code, QuickenedCode* quickened) {
    Function* function = static_cast<Function*>(function_word.object());
    ++t.recursion_depth;
    frame->previous = previous;
    frame->function = function_word;
    frame->code_word = Word::from(code);
    frame->pc = quickened->insns;
    frame->consts = quickened->consts;
    frame->insns = quickened->insns;
    frame->globals = function->globals;
    frame->f_locals = nullptr;
    frame->frame_object = nullptr;
    frame->owner = static_cast<uint8_t>(FrameOwner::Thread);
    frame->is_entry = 0;
    frame->trace_opcodes = 0;
    frame->trace_line = 0;
    frame->sp = frame->locals + code->nlocalsplus;
    t.frame = frame;
}

/// A frame for a call of `function` (consumed): header filled in, locals null, linked as the thread's innermost. Null:
/// RecursionError or MemoryError.
Frame* frame_push(Thread& t, Word function);
/// Ends the innermost frame: hands it to its frame object if others hold that, drops its words, frees the memory, makes
/// the previous frame the innermost.
void frame_pop(Thread& t, Frame* frame);
/// Drops the words of the stack above `depth` entries.
void frame_drop_stack(Frame* frame, Word* sp, int depth);

/// Runs the frame until it returns (owned result) or raises (null).
Object* interpret(Thread& t, Frame* frame);
/// The same for a generator's frame; what it yields is given as the bits of an owned word (Thread::entry_yielded tells).
Object* interpret_to_word(Thread& t, Frame* frame);
constexpr uint8_t EntryTakesWord = 2;
/// Raises into the frame at its current instruction, then runs it (generator.throw).
Object* interpret_throw(Thread& t, Frame* frame);

/// The frame object of a running frame; null: MemoryError.
FrameObject* frame_object(Thread& t, Frame* frame);
/// The frame object of a generator, which other threads may be running or ending; nothing once it has ended.
ResultMaybe<FrameObject> generator_frame_object(Thread& t, Generator* g);
/// The innermost complete frame of the thread, or null.
Frame* current_frame(Thread& t);
/// Is the frame past its first instructions (cells made, generator returned)?
bool frame_is_incomplete(Frame* frame);

/// exec/eval: runs code in the given namespaces.
Result<Ref<Object>> eval_code(Thread& t, Borrowed<Code> code, Borrowed<Dict> globals, Object* locals);
/// Runs a function without parameters with `locals` as its namespace (null: its globals): class bodies, modules.
Result<Ref<Object>> eval_function_in(Thread& t, Borrowed<Function> function, Object* locals);
COLD void raise_unexpected_keyword(Thread& t, Function* function, Object* name);
/// Calls a function with locals of its own given as arguments; the vectorcall of every Function.
Object* function_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
/// Binds arguments to parameters: `args` are positional then keyword values, all owned words that are consumed. False with
/// TypeError set (and all words closed).
bool bind_parameters(Thread& t, Function* function, Word* locals, Word* args, size_t nargs, Object* kwnames);
/// Makes the generator, coroutine or async generator for a frame about to start (RETURN_GENERATOR).
Object* generator_from_frame(Thread& t, Frame* frame);

} // namespace taipan
