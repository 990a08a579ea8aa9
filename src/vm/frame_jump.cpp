// frame.f_lineno = n: a trace function moves its frame to another line. The kinds of the values on the stack are worked
// out for every instruction; a jump is fine where the stack can be cut down to what the target expects.
#include "objects/exceptions.h"
#include "objects/int.h"
#include "vm/frame_object.h"
#include "vm/generators.h"
#include "vm/interpreter.h"
#include "vm/monitoring.h"

namespace taipan {
namespace {

using compiler::Opcode;

// A stack as a number: three bits a value, the top lowest.
enum Kind : int64_t { Iterator = 1, Except, Object_, Null, Lasti };
constexpr int64_t Overflowed = -1, Uninitialized = -2, Empty = 0;
constexpr int KindBits = 3, MostEntries = 63 / KindBits;

int64_t push(int64_t stack, int64_t kind) {
    if (stack < 0) return stack;
    return static_cast<uint64_t>(stack) >= uint64_t{1} << (MostEntries - 1) * KindBits ? Overflowed : stack << KindBits | kind;
}
int64_t pop(int64_t stack) { return stack < 0 ? stack : stack >> KindBits; }
Kind top(int64_t stack) { return static_cast<Kind>(stack & 7); }
int depth(int64_t stack) {
    int n = 0;
    for (; stack > 0; stack >>= KindBits) ++n;
    return n;
}
Kind peek(int64_t stack, int n) { return static_cast<Kind>(stack >> KindBits * (n - 1) & 7); }
int64_t swapped(int64_t stack, int n) {
    if (stack < 0 || n < 1 || n > MostEntries) return stack;
    int64_t a = top(stack), b = peek(stack, n);
    int shift = KindBits * (n - 1);
    stack &= ~int64_t{7};
    stack &= ~(int64_t{7} << shift);
    return stack | b | a << shift;
}
bool kind_fits(Kind from, Kind to) {
    if (to == 0) return false;
    if (to == Object_) return from != Null;
    return to == Null || from == to;
}
bool stack_fits(int64_t from, int64_t to) {
    if (from < 0 || to < 0) return false;
    while (from > to) from = pop(from);
    while (from) {
        if (!kind_fits(top(from), top(to))) return false;
        from = pop(from);
        to = pop(to);
    }
    return to == 0;
}
const char* why_not(int64_t to) {
    if (to == Overflowed) return "stack is too deep to analyze";
    if (to == Uninitialized) return "can't jump into an exception handler, or code may be unreachable";
    switch (top(to)) {
    case Except: return "can't jump into an 'except' block as there's no exception";
    case Lasti: return "can't jump into a re-raising block as there's no location";
    case Iterator: return "can't jump into the body of a for loop";
    default: return "incompatible stacks";
    }
}

struct Stacks {
    const Code* code;
    const Insn* insns;
    int64_t* of; // per unit
    int count;
    bool again;

    void reach(int unit, int64_t stack) {
        if (unit < 0 || unit >= count || of[unit] != Uninitialized) return;
        of[unit] = stack;
        again = true;
    }
    /// The instruction at `i` with its stack known: what follows.
    void step(int i) {
        Opcode op = static_cast<Opcode>(base_opcode(code, i));
        int arg = static_cast<int>(insns[i].arg), next = i + 1 + compiler::opcode_info(op).cache_units;
        int64_t stack = of[i];
        switch (op) {
        case Opcode::POP_JUMP_IF_FALSE:
        case Opcode::POP_JUMP_IF_TRUE:
        case Opcode::POP_JUMP_IF_NONE:
        case Opcode::POP_JUMP_IF_NOT_NONE:
            stack = pop(stack);
            reach(next + arg, stack);
            break;
        case Opcode::SEND: reach(next + arg, stack); break;
        case Opcode::JUMP_BACKWARD:
        case Opcode::JUMP_BACKWARD_NO_INTERRUPT: return reach(next - arg, stack);
        case Opcode::JUMP_FORWARD: return reach(next + arg, stack);
        case Opcode::GET_ITER:
        case Opcode::GET_AITER: stack = push(pop(stack), Iterator); break;
        case Opcode::FOR_ITER:
            stack = push(stack, Object_);
            reach(next + arg, stack);
            break;
        case Opcode::END_ASYNC_FOR: stack = pop(pop(stack)); break;
        case Opcode::PUSH_EXC_INFO: stack = push(stack, Except); break;
        case Opcode::POP_EXCEPT: stack = pop(stack); break;
        case Opcode::RETURN_VALUE:
        case Opcode::RAISE_VARARGS:
        case Opcode::RERAISE:
        case Opcode::INTERPRETER_EXIT: return;
        case Opcode::PUSH_NULL: stack = push(stack, Null); break;
        case Opcode::LOAD_GLOBAL:
            stack = push(stack, Object_);
            if (arg & 1) stack = push(stack, Null);
            break;
        case Opcode::LOAD_ATTR:
            if (arg & 1) stack = push(push(pop(stack), Object_), Null);
            break;
        case Opcode::SWAP: stack = swapped(stack, arg); break;
        case Opcode::COPY: stack = push(stack, peek(stack, arg)); break;
        case Opcode::CACHE:
        case Opcode::RESERVED: break;
        default: {
            int delta = compiler::stack_pushes(op, arg) - compiler::stack_pops(op, arg);
            for (; delta < 0; ++delta) stack = pop(stack);
            for (; delta > 0; --delta) stack = push(stack, Object_);
        }
        }
        reach(next, stack);
    }
    /// Handlers of ranges whose first instruction is known.
    void handlers() {
        const uint8_t* p = reinterpret_cast<const uint8_t*>(code->exception_table->data);
        const uint8_t* end = p + code->exception_table->size;
        while (p < end) {
            int values[4];
            for (int& value : values) {
                value = *p & 63;
                while (*p & 64 && p + 1 < end) value = value << 6 | (*++p & 63);
                ++p;
            }
            int start = values[0], handler = values[2], level = values[3] >> 1;
            if (start >= count || of[start] == Uninitialized || handler >= count || of[handler] != Uninitialized) continue;
            int64_t stack = of[start];
            while (depth(stack) > level) stack = pop(stack);
            if (values[3] & 1) stack = push(stack, Lasti);
            reach(handler, push(stack, Except));
        }
    }
};

Result<void> bind_unbound(Thread& t, Frame* f) {
    int unbound = 0, count = f->code()->nlocalsplus;
    for (int i = 0; i < count; ++i) unbound += f->locals[i].is_null();
    if (!unbound) return {};
    TRY(warn(t, exc::RuntimeWarning, 0, "assigning None to %d unbound local%s", unbound, unbound == 1 ? "" : "s"));
    for (int i = 0; i < count; ++i)
        if (f->locals[i].is_null()) f->locals[i] = Word::none();
    return {};
}

} // namespace

Result<void> frame_set_line(Thread& t, FrameObject* object, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'f_lineno' of 'frame' objects cannot be deleted");
    int64_t wanted;
    if (!is_exact<Int>(value)) return raise(t, exc::ValueError, "lineno must be an integer");
    Frame* f = object->frame;
    Code* code = f->code();
    switch (t.tracing ? t.tracing->event : -1) {
    case -1: return raise(t, exc::ValueError, "f_lineno can only be set in a trace function");
    case event::PyStart:
    case event::PyResume:
    case event::PyThrow: return raise(t, exc::ValueError, "can't jump from the 'call' trace event of a new frame");
    case event::Line:
    case event::Jump:
    case event::BranchLeft:
    case event::BranchRight:
    case event::Instruction:
    case event::PyYield: break;
    default: return raise(t, exc::ValueError, "can only jump from a 'line' trace event");
    }
    if (!int_fits_int64(static_cast<Int*>(value), &wanted) || wanted != static_cast<int>(wanted))
        return raise(t, exc::OverflowError, "Python int too large to convert to C int");
    int line = static_cast<int>(wanted);
    if (line < code->firstlineno) return raise(t, exc::ValueError, "line %d comes before the current code block", line);

    // 1. The first line with code from there on.
    int count = static_cast<int>(code->size);
    auto* memory = static_cast<int64_t*>(raw_calloc(static_cast<size_t>(count) + 1, sizeof(int64_t) + sizeof(int)));
    if (!memory) return raise_memory_error(t);
    int* lines = reinterpret_cast<int*>(memory + count);
    code_lines(code, lines, count);
    for (int i = count - 1; i > 0; --i)
        if (lines[i] == lines[i - 1]) lines[i] = -1; // only where a range begins
    int target_line = -1;
    for (int i = 0; i < count; ++i)
        if (lines[i] >= line && (target_line < 0 || lines[i] < target_line)) target_line = lines[i];
    if (target_line < 0) {
        raw_free(memory);
        return raise(t, exc::ValueError, "line %d comes after the current code block", line);
    }

    // 2. The stack before every instruction.
    QuickenedCode* copy = vm::quickened_of(f);
    Stacks stacks{code, copy->insns, memory, count, true};
    for (int i = 0; i < count; ++i) memory[i] = Uninitialized;
    memory[0] = Empty;
    while (stacks.again) {
        stacks.again = false;
        for (int i = 0; i < count; i += 1 + compiler::OPCODES.rows[base_opcode(code, i)].cache_units)
            if (memory[i] != Uninitialized) stacks.step(i);
        stacks.handlers();
    }

    // 3. The place on that line that keeps most of the stack.
    int64_t start = memory[f->pc - f->insns], best_stack = Overflowed;
    bool suspended = f->owner == static_cast<uint8_t>(FrameOwner::Generator) && f->generator()->state.load(std::memory_order_relaxed) < 0;
    if (suspended) start = pop(start);
    int best = -1;
    const char* message = nullptr;
    for (int i = 0; i < count; ++i) {
        if (lines[i] != target_line) continue;
        if (stack_fits(start, memory[i])) {
            if (memory[i] > best_stack) best_stack = memory[i], best = i;
        } else if (!message) {
            message = start == Overflowed      ? "stack to deep to analyze"
                      : start == Uninitialized ? "can't jump from unreachable code"
                                               : why_not(memory[i]);
        }
    }
    raw_free(memory);
    if (best < 0) return raise(t, exc::ValueError, message ? message : "cannot find bytecode for specified line");
    TRY(bind_unbound(t, f));

    // 4. Cut the stack; leaving a handler ends the handling of its exception.
    while (start > best_stack) {
        Word popped = *--f->sp;
        if (top(start) == Except) {
            Object* exception = word_take(t, popped);
            if (exception && is_none(exception)) exception = nullptr; // None is immortal
            assign_field(t.handled->exception, exception);
        } else {
            popped.xclose();
        }
        start = pop(start);
    }
    f->pc = f->insns + best;
    object->lineno = 0;
    return {};
}

} // namespace taipan
