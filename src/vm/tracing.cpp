// Delivery of events: the instruction INSTRUMENTED, the unwinder's side, and what sys.settrace and sys.setprofile make of
// the events of PEP 669. An instrumented instruction tells its tools, then runs in its own form. Calls, jumps and loops are
// carried out here, as their events need to know what became of them; any other instruction gets its opcode back while it
// runs, and `rearm_table` takes it away again before the next.
#include "vm/tracing.h"

#include "objects/descriptor.h"
#include "objects/exceptions.h"
#include "objects/generator.h"
#include "objects/tuple.h"
#include "vm/frame_object.h"
#include "vm/generators.h"
#include "vm/helpers.h"
#include "vm/monitoring.h"

namespace taipan {

using compiler::Opcode;

namespace {

struct Occurrence {
    Frame* frame;
    int number;
    intptr_t unit;
    ToolRow row = ToolRow::Base;
    Object* args[2] = {nullptr, nullptr}; // borrowed
    intptr_t target = -1;                 // of jumps: the unit gone to
    int line = -1;                        // of line events
    intptr_t place = -1;                  // where the tools are noted, if not at `unit`
};

const char* const EventNames[event::Count] = {
    "PY_START",     "PY_RESUME",      "PY_RETURN", "PY_YIELD",          "CALL",      "LINE",     "INSTRUCTION", "JUMP",     "BRANCH_LEFT",
    "BRANCH_RIGHT", "STOP_ITERATION", "RAISE",     "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE",     "C_RETURN", "C_RAISE",
    "BRANCH"};

// --- trace and profile functions ----------------------------------------------------------------------------------------

void functions_changed(Thread& t) {
    t.tracing->dirty = true;
    monitoring_refresh(t);
}

/// Calls a trace or profile function. Null: it raised, and has been switched off.
MaybeRef<Object> call_function(Thread& t, Frame* f, Object* Tracing::* field, Object* function, const char* name, Object* argument) {
    Ref<Object> keep = acquire(function);
    auto run = [&]() -> Result<Ref<Object>> {
        FrameObject* object = frame_object(t, f);
        if (!object) return Error{};
        Ref<Object> frame = Ref<Object>::acquire(object);
        Ref<Str> event_name = TRY(str_interned(t, name));
        return call(t, function, frame, event_name, Borrowed<Object>(argument ? argument : None()));
    };
    auto result = run();
    if (!result.is_error()) return result.take();
    MaybeRef<Object> raised = t.take_exception();
    MaybeRef<Object> old = MaybeRef<Object>::steal(std::exchange(t.tracing->*field, nullptr));
    if (field == &Tracing::trace && f->frame_object) clear_field(f->frame_object->trace);
    functions_changed(t);
    assign_field(t.exception, raised.release());
    return nullptr;
}

bool global_trace(Thread& t, Frame* f) {
    if (!t.tracing->trace) return true;
    MaybeRef<Object> answer = call_function(t, f, &Tracing::trace, t.tracing->trace, "call", nullptr);
    if (!answer) return false;
    if (!is_none(answer.get()) && f->frame_object) assign_field(f->frame_object->trace, answer.release());
    return true;
}
bool local_trace(Thread& t, Frame* f, const char* name, Object* argument, int line = 0) {
    FrameObject* object = f->frame_object;
    if (!t.tracing->trace || !object || !object->trace) return true;
    object->lineno = line;
    bool was_line = std::exchange(t.tracing->line_event, line > 0);
    MaybeRef<Object> answer = call_function(t, f, &Tracing::trace, object->trace, name, argument);
    t.tracing->line_event = was_line;
    if (f->frame_object) f->frame_object->lineno = 0;
    if (!answer) return false;
    if (!is_none(answer.get()) && f->frame_object) assign_field(f->frame_object->trace, answer.release());
    return true;
}
bool trace_line(Thread& t, Frame* f, int line) {
    if (line < 0 || !f->frame_object || !f->frame_object->trace_lines) return true;
    return local_trace(t, f, "line", nullptr, line);
}
bool call_trace_tool(Thread& t, const Occurrence& e) {
    Frame* f = e.frame;
    switch (e.number) {
    case event::PyStart:
    case event::PyResume:
    case event::PyThrow: return global_trace(t, f);
    case event::PyReturn:
    case event::PyYield: return local_trace(t, f, "return", e.args[0]);
    case event::PyUnwind: return local_trace(t, f, "return", nullptr);
    case event::Raise:
    case event::StopIteration: {
        if (!f->frame_object || !f->frame_object->trace) return true;
        auto* error = static_cast<BaseException*>(e.args[0]);
        Object* items[] = {error->type, error, error->traceback ? error->traceback : None()};
        auto info = tuple_from_array(t, items, 3);
        if (info.is_error()) return false;
        Ref<Tuple> argument = info.take();
        return local_trace(t, f, "exception", argument.get());
    }
    case event::Line: return trace_line(t, f, e.line);
    case event::Jump: {
        // Backwards to the same line: the line begins anew. Other targets have line events of their own.
        auto* m = static_cast<CodeMonitoring*>(f->code()->monitoring);
        if (e.target >= e.unit || !m || m->lines[e.target] != m->lines[e.unit]) return true;
        return trace_line(t, f, m->lines[e.target]);
    }
    case event::Instruction: return !f->frame_object || !f->frame_object->trace_opcodes || local_trace(t, f, "opcode", nullptr);
    default: return true;
    }
}

/// The native function that a profiler sees called; null: none.
MaybeRef<Object> native_function(Thread& t, Object* callable, Object* first) {
    if (is_exact<BuiltinFunction>(callable)) return MaybeRef<Object>::acquire(callable);
    if (!is_exact<MethodDescriptor>(callable)) return nullptr;
    auto* descriptor = static_cast<MethodDescriptor*>(callable);
    if (!first || !is_subtype(first->type, descriptor->owner)) return nullptr;
    auto bound = builtin_function_new(t, *descriptor->def, first, nullptr);
    if (bound.is_error()) return t.clear_exception(), nullptr;
    return bound.take();
}
bool call_profile_tool(Thread& t, const Occurrence& e) {
    const char* name;
    Object* argument = nullptr;
    MaybeRef<Object> native;
    switch (e.number) {
    case event::PyStart:
    case event::PyResume:
    case event::PyThrow: name = "call"; break;
    case event::PyReturn:
    case event::PyYield: name = "return", argument = e.args[0]; break;
    case event::PyUnwind: name = "return"; break;
    case event::Call:
    case event::CReturn:
    case event::CRaise:
        name = e.number == event::Call ? "c_call" : e.number == event::CReturn ? "c_return" : "c_exception";
        native = native_function(t, e.args[0], e.args[1]);
        if (!native) return true;
        argument = native.get();
        break;
    default: return true;
    }
    if (!t.tracing->profile) return true;
    return static_cast<bool>(call_function(t, e.frame, &Tracing::profile, t.tracing->profile, name, argument));
}

// --- tools ----------------------------------------------------------------------------------------------------------------

/// The tool has had enough of this place.
void disable_here(Thread& t, Monitoring* monitoring, const Occurrence& e, int tool) {
    MutexLocker locker(monitoring->lock);
    uint8_t bit = static_cast<uint8_t>(1 << tool);
    CodeMonitoring* m = code_monitoring(e.frame->code());
    QuickenedCode* copy = vm::quickened_of(e.frame);
    intptr_t place = e.place >= 0 ? e.place : e.unit;
    if (m) disabled_row(m, e.row)[place].fetch_or(bit, std::memory_order_relaxed);
    if (!copy->tools || copy->owner.load(std::memory_order_relaxed) != &t) return;
    tool_row(copy, e.row)[place] &= static_cast<uint8_t>(~bit);
}
/// Another thread, or another branch of the same instruction, had enough of this place already.
bool is_disabled(Thread& t, Monitoring* monitoring, const Occurrence& e, int tool) {
    if (e.number > event::StopIteration) return false;
    auto* m = static_cast<CodeMonitoring*>(e.frame->code()->monitoring);
    if (!m || m->restart_version.load(std::memory_order_relaxed) != monitoring->restart_version.load(std::memory_order_relaxed))
        return false;
    if (!(disabled_row(m, e.row)[e.place >= 0 ? e.place : e.unit].load(std::memory_order_relaxed) & 1 << tool)) return false;
    disable_here(t, monitoring, e, tool);
    return true;
}

bool call_tool(Thread& t, Monitoring* monitoring, const Occurrence& e, int tool) {
    if (is_disabled(t, monitoring, e, tool)) return true;
    MaybeRef<Object> callback;
    {
        MutexLocker locker(monitoring->lock);
        Object* found = monitoring->callbacks[tool][e.number];
        if (found) callback = MaybeRef<Object>::acquire(found);
    }
    if (!callback) return true;
    auto run = [&]() -> Result<Ref<Object>> {
        Code* code = e.frame->code();
        Object* args[5] = {nullptr, code, nullptr, nullptr, nullptr};
        Ref<Object> second = TRY(int_from(t, e.number == event::Line ? e.line : e.unit * 2));
        args[2] = second.get();
        size_t count = 2;
        MaybeRef<Object> target;
        if (e.target >= 0) {
            target = TRY(int_from(t, e.target * 2));
            args[++count] = target.get();
        }
        for (Object* argument : e.args)
            if (argument) args[++count] = argument;
        if (e.number == event::Call || e.number == event::CReturn || e.number == event::CRaise)
            if (!e.args[1]) args[++count] = monitoring->missing;
        return vectorcall(t, callback.get(), args + 1, count | VectorcallOffset, nullptr);
    };
    auto result = run();
    if (result.is_error()) return false;
    Ref<Object> answer = result.take();
    if (answer.get() != monitoring->disable) return true;
    if (e.number <= event::StopIteration) {
        disable_here(t, monitoring, e, tool);
        return true;
    }
    Object* old;
    {
        MutexLocker locker(monitoring->lock);
        old = std::exchange(monitoring->callbacks[tool][e.number], nullptr);
    }
    xdecref(old);
    (void)raise(t, exc::ValueError, "Cannot disable %s events. Callback removed.", EventNames[e.number]);
    return false;
}

/// Tells the tools of `mask`, highest first. An exception on its way is put aside meanwhile. False: a callback raised.
bool deliver(Thread& t, const Occurrence& e, uint32_t mask) {
    Tracing* tracing = t.tracing;
    Monitoring* monitoring = monitoring_of(t);
    if (!mask || tracing->depth || !monitoring) return true;
    MaybeRef<Object> pending = t.take_exception();
    int outer = std::exchange(tracing->event, e.number);
    ++tracing->depth;
    bool good = true;
    for (int tool = AllTools - 1; tool >= 0 && good; --tool) {
        if (!(mask & 1u << tool)) continue;
        if (tool == TraceTool) good = call_trace_tool(t, e);
        else if (tool == ProfileTool) good = call_profile_tool(t, e);
        else good = call_tool(t, monitoring, e, tool);
    }
    --tracing->depth;
    tracing->event = outer;
    if (good && pending) t.exception = pending.release();
    return good;
}

uint32_t tools_wanting(const Tracing* tracing, int number) {
    uint32_t mask = 0;
    for (int tool = 0; tool < AllTools; ++tool)
        if (tracing->events[tool] & event::bit(number)) mask |= 1u << tool;
    return mask;
}

// --- instrumented instructions ---------------------------------------------------------------------------------------------

enum class Step { Go, Poll, Raise, RunOwnForm, RunAndRearm };
struct State {
    Frame* f;
    Word* sp;
    Insn* pc;
};

/// The tools at a place of the copy that the frame runs; 0 once the events are off.
uint32_t tools_at(Frame* f, ToolRow row, intptr_t unit) {
    QuickenedCode* copy = vm::quickened_of(f);
    return copy->tools ? tool_row(copy, row)[unit] : 0;
}

intptr_t instruction_before(const Code* code, intptr_t unit) {
    auto* m = static_cast<const CodeMonitoring*>(code->monitoring);
    do --unit;
    while (unit >= 0 && !(m->marks[unit] & unit_mark::Instruction));
    return unit;
}

/// The instruction that ran before the one at `unit`, which begins a line; -1: unknown.
intptr_t previous_unit(Tracing* tracing, State* s, intptr_t unit) {
    Insn* source = std::exchange(tracing->jump_source, nullptr);
    if (source && tracing->jump_target == s->pc) return source - s->f->insns;
    return instruction_before(s->f->code(), unit);
}

/// Has a trace function set f_lineno?
bool has_jumped(Thread& t, State* s) {
    if (s->f->pc == s->pc) return false;
    s->pc = s->f->pc;
    s->sp = s->f->sp;
    t.tracing->jump_source = t.tracing->jump_target = s->pc; // the tracer knows of this line
    return true;
}

/// The events that come before the instruction itself. Go: a trace function has jumped.
Step line_and_instruction_events(Thread& t, State* s, intptr_t unit) {
    Tracing* tracing = t.tracing;
    Frame* f = s->f;
    auto* m = static_cast<CodeMonitoring*>(f->code()->monitoring);
    if (uint32_t tools = tools_at(f, ToolRow::Line, unit)) {
        int line = m->lines[unit];
        intptr_t before = previous_unit(tracing, s, unit);
        bool same = before >= f->code()->first_traceable && m->lines[before] == line &&
                    static_cast<Opcode>(base_opcode(f->code(), before)) != Opcode::RESUME;
        if (!same) {
            Occurrence e{.frame = f, .number = event::Line, .unit = unit, .row = ToolRow::Line, .line = line};
            if (!deliver(t, e, tools)) return Step::Raise;
        }
        if (has_jumped(t, s)) return Step::Go;
    }
    if (uint32_t tools = tools_at(f, ToolRow::Instruction, unit)) {
        Occurrence e{.frame = f, .number = event::Instruction, .unit = unit, .row = ToolRow::Instruction};
        if (!deliver(t, e, tools)) return Step::Raise;
        if (has_jumped(t, s)) return Step::Go;
    }
    return Step::RunAndRearm;
}

Step jump(Thread& t, State* s, int number, Insn* target) {
    Frame* f = s->f;
    intptr_t place = s->pc - f->insns;
    if (uint32_t tools = tools_at(f, ToolRow::Base, place)) {
        Occurrence e{.frame = f, .number = number, .unit = place, .target = target - f->insns};
        if (!deliver(t, e, tools)) return Step::Raise;
        if (has_jumped(t, s)) return Step::Go;
    }
    t.tracing->jump_source = s->pc;
    t.tracing->jump_target = target;
    s->pc = target;
    return Step::Go;
}
/// A branch told of by an instruction after the one that branched, which is the place to disable.
Step late_branch(Thread& t, State* s, int number, intptr_t source, intptr_t target) {
    intptr_t place = s->pc - s->f->insns;
    if (uint32_t tools = tools_at(s->f, ToolRow::Base, place)) {
        Occurrence e{.frame = s->f, .number = number, .unit = source, .target = target, .place = place};
        if (!deliver(t, e, tools)) return Step::Raise;
        if (has_jumped(t, s)) return Step::Go;
    }
    return Step::RunAndRearm;
}

bool is_plain_function(Object* callable) {
    return callable->type == &Function::s_type && static_cast<Function*>(callable)->vectorcall == function_vectorcall;
}

/// After a native call: its result or exception is told. Takes over the result.
Step finish_native_call(Thread& t, State* s, Object* result, Ref<Object> callable, MaybeRef<Object> first, bool told, int units) {
    Frame* f = s->f;
    intptr_t unit = s->pc - f->insns;
    uint32_t tools = told ? tools_at(f, ToolRow::Base, unit) : 0;
    if (tools) {
        Occurrence e{.frame = f, .number = result ? event::CReturn : event::CRaise, .unit = unit, .args = {callable.get(), first.get()}};
        if (!deliver(t, e, tools)) {
            xdecref(result);
            return Step::Raise;
        }
    }
    if (!result) return Step::Raise;
    *s->sp++ = Word::owned(result);
    f->sp = s->sp;
    s->pc += units;
    return t.poll_bits.load(std::memory_order_relaxed) != 0 ? Step::Poll : Step::Go;
}

Step call_step(Thread& t, State* s, bool with_names) {
    Frame* f = s->f;
    Word* sp = s->sp;
    uint32_t count = s->pc->arg;
    Word* callable = sp - count - 2 - with_names;
    if (callable[1].is_null() && !callable[0].is_int() && callable[0].object()->type == &Method::s_type) {
        Method* method = static_cast<Method*>(callable[0].object());
        callable[1] = Word::from(method->self);
        Word old = callable[0];
        callable[0] = Word::from(method->function);
        old.close();
    }
    Object* function = word_object(t, callable);
    if (!function) return Step::Raise;
    bool has_self = !callable[1].is_null();
    uint32_t total = count + has_self;
    Word* args = has_self ? callable + 1 : callable + 2;
    Object* first = nullptr;
    if (total && !(first = word_object(t, args))) return Step::Raise;
    intptr_t unit = s->pc - f->insns;
    if (uint32_t tools = tools_at(f, ToolRow::Base, unit)) {
        Occurrence e{.frame = f, .number = event::Call, .unit = unit, .args = {function, first}};
        if (!deliver(t, e, tools)) return Step::Raise;
    }
    Object* names = with_names ? sp[-1].object() : nullptr;
    if (is_plain_function(function)) {
        Word names_word = with_names ? sp[-1] : Word::null();
        f->sp = callable;
        Frame* frame = vm::push_call(t, callable[0], args, total, names);
        names_word.xclose();
        if (!frame) {
            s->sp = callable;
            return Step::Raise;
        }
        f->return_pc = s->pc + 4;
        *s = {frame, frame->stack_base(), frame->insns};
        return Step::Go;
    }
    Ref<Object> kept = acquire(function);
    MaybeRef<Object> kept_first = first ? MaybeRef<Object>::acquire(first) : MaybeRef<Object>();
    Word* base;
    Object* result = vm::call_words(t, callable, count, names, &base);
    for (Word* w = callable; w < sp; ++w) w->xclose();
    s->sp = f->sp = callable;
    return finish_native_call(t, s, result, std::move(kept), std::move(kept_first), true, 4);
}

Step call_ex_step(Thread& t, State* s) {
    Frame* f = s->f;
    Word* base = s->sp - 4;
    Object* function = word_object(t, base);
    Object* args = function ? word_object(t, s->sp - 2) : nullptr;
    if (!args) return Step::Raise;
    Object* first = is<Tuple>(args) && static_cast<Tuple*>(args)->size ? static_cast<Tuple*>(args)->items[0] : nullptr;
    Ref<Object> kept = acquire(function);
    MaybeRef<Object> kept_first = first ? MaybeRef<Object>::acquire(first) : MaybeRef<Object>();
    intptr_t unit = s->pc - f->insns;
    if (uint32_t tools = tools_at(f, ToolRow::Base, unit)) {
        Occurrence e{.frame = f, .number = event::Call, .unit = unit, .args = {function, first}};
        if (!deliver(t, e, tools)) return Step::Raise;
    }
    Object* result = vm::call_function_ex(t, s->sp);
    for (Word* w = base; w < s->sp; ++w) w->xclose();
    s->sp = f->sp = base;
    bool told = function->type != &Function::s_type && function->type != &Method::s_type;
    return finish_native_call(t, s, result, std::move(kept), std::move(kept_first), told, 1);
}

/// super().name with events: the super object is made by a call that tools see, and not left out.
Step super_step(Thread& t, State* s) {
    Frame* f = s->f;
    intptr_t unit = s->pc - f->insns;
    uint32_t arg = s->pc->arg;
    Word* base = s->sp - 3;
    Object *super = word_object(t, base), *type = word_object(t, base + 1), *self = type ? word_object(t, base + 2) : nullptr;
    if (!super || !self) return Step::Raise;
    Object* first = arg & 2 ? type : nullptr;
    Occurrence e{.frame = f, .number = event::Call, .unit = unit, .args = {super, first}};
    if (!deliver(t, e, tools_at(f, ToolRow::Base, unit))) return Step::Raise;
    Object* args[] = {nullptr, type, self};
    MaybeRef<Object> made =
        MaybeRef<Object>::steal(vectorcall(t, super, args + 1, (arg & 2) | VectorcallOffset, nullptr).release_or_null());
    e.number = made ? event::CReturn : event::CRaise;
    if (!deliver(t, e, tools_at(f, ToolRow::Base, unit)) || !made) return Step::Raise;
    Object* name = f->code()->names->items[arg >> 2];
    Object* value = get_attribute(t, made.get(), static_cast<Str*>(name)).release_or_null();
    if (!value) return Step::Raise;
    for (Word* w = base; w < s->sp; ++w) w->close();
    base[0] = Word::owned(value);
    base[1] = Word::null();
    s->sp = f->sp = base + 1 + (arg & 1);
    s->pc += 2;
    return Step::Go;
}

Step for_iter_step(Thread& t, State* s) {
    Frame* f = s->f;
    Object* iterator = s->sp[-1].object();
    Object* item = iterator->type->next(iterator);
    if (item) {
        *s->sp++ = Word::owned(item);
        f->sp = s->sp;
        return jump(t, s, event::BranchLeft, s->pc + 2);
    }
    if (t.has_exception() && !vm::end_of_iteration(t, f)) return Step::Raise;
    t.tracing->jump_source = nullptr;
    s->pc += 2 + s->pc->arg + 1;
    return Step::Go;
}

/// The loop that a POP_ITER ends.
intptr_t loop_before(Code* code, Frame* f, intptr_t unit) {
    auto* m = static_cast<CodeMonitoring*>(code->monitoring);
    for (intptr_t i = unit - 1; i >= 0; --i)
        if ((m->marks[i] & unit_mark::Instruction) && static_cast<Opcode>(base_opcode(code, i)) == Opcode::FOR_ITER &&
            i + 2 + static_cast<intptr_t>(f->insns[i].arg) + 1 == unit)
            return i;
    return unit;
}

Step stop_iteration_step(Thread& t, State* s) {
    Frame* f = s->f;
    intptr_t unit = s->pc - f->insns;
    uint32_t tools = tools_at(f, ToolRow::Base, unit);
    Word receiver = s->sp[-2];
    if (!tools || receiver.is_int() || receiver.is_null()) return Step::RunAndRearm;
    Type* type = receiver.object()->type;
    if (type != &Generator::s_type && type != &Coroutine::s_type) return Step::RunAndRearm;
    Object* value = word_object(t, s->sp - 1);
    if (!value) return Step::Raise;
    if (is_none(value)) (void)raise_bare(t, exc::StopIteration);
    else (void)raise_object(t, exc::StopIteration, acquire(value));
    MaybeRef<Object> exception = t.take_exception();
    if (!exception) return Step::Raise;
    Occurrence e{.frame = f, .number = event::StopIteration, .unit = unit, .args = {exception.get()}};
    return deliver(t, e, tools) ? Step::RunAndRearm : Step::Raise;
}

Step value_step(Thread& t, State* s, int number) {
    intptr_t unit = s->pc - s->f->insns;
    if (uint32_t tools = tools_at(s->f, ToolRow::Base, unit)) {
        Object* value = word_object(t, s->sp - 1);
        if (!value) return Step::Raise;
        Occurrence e{.frame = s->f, .number = number, .unit = unit, .args = {value}};
        Ref<Object> keep = acquire(value);
        if (!deliver(t, e, tools)) return Step::Raise;
        if (has_jumped(t, s)) return Step::Go;
    }
    return Step::RunOwnForm;
}

NOINLINE Step instrumented_step(Thread& t, State* s) {
    Tracing* tracing = t.tracing;
    Frame* f = s->f;
    Insn* pc = s->pc;
    intptr_t unit = pc - f->insns;
    Opcode op = static_cast<Opcode>(base_opcode(f->code(), unit));
    if (!tracing || !vm::quickened_of(f)->tools) return Step::RunOwnForm; // another thread's copy, left behind
    if (op == Opcode::RESUME) {
        if (t.poll_bits.load(std::memory_order_relaxed) != 0 && thread_poll(t).is_error()) return Step::Raise;
        if (uint32_t tools = tools_at(f, ToolRow::Base, unit)) {
            Occurrence e{.frame = f, .number = pc->arg & 3 ? event::PyResume : event::PyStart, .unit = unit};
            if (!deliver(t, e, tools)) return Step::Raise;
        }
        s->pc = pc + 1;
        return Step::Go;
    }
    Step before = line_and_instruction_events(t, s, unit);
    if (before != Step::RunAndRearm) return before;
    switch (op) {
    case Opcode::RETURN_VALUE: return value_step(t, s, event::PyReturn);
    case Opcode::YIELD_VALUE: return value_step(t, s, event::PyYield);
    case Opcode::RAISE_VARARGS:
    case Opcode::RERAISE: return Step::RunOwnForm;
    case Opcode::CALL: return call_step(t, s, false);
    case Opcode::CALL_KW: return call_step(t, s, true);
    case Opcode::CALL_FUNCTION_EX: return call_ex_step(t, s);
    case Opcode::LOAD_SUPER_ATTR: return super_step(t, s);
    case Opcode::JUMP_FORWARD: return jump(t, s, event::Jump, pc + 1 + pc->arg);
    case Opcode::JUMP_BACKWARD:
        if (t.poll_bits.load(std::memory_order_relaxed) != 0 && thread_poll(t).is_error()) return Step::Raise;
        return jump(t, s, event::Jump, pc + 2 - static_cast<intptr_t>(pc->arg));
    case Opcode::JUMP_BACKWARD_NO_INTERRUPT: {
        Insn* target = pc + 1 - static_cast<intptr_t>(pc->arg);
        tracing->jump_source = pc;
        tracing->jump_target = target;
        s->pc = target;
        return Step::Go;
    }
    case Opcode::POP_JUMP_IF_FALSE:
    case Opcode::POP_JUMP_IF_TRUE:
    case Opcode::POP_JUMP_IF_NONE:
    case Opcode::POP_JUMP_IF_NOT_NONE: {
        Word w = *--s->sp;
        f->sp = s->sp;
        bool taken = op == Opcode::POP_JUMP_IF_FALSE  ? w.is_object(False())
                     : op == Opcode::POP_JUMP_IF_TRUE ? w.is_object(True())
                                                      : w.is_object(None()) == (op == Opcode::POP_JUMP_IF_NONE);
        w.close();
        if (taken) return jump(t, s, event::BranchRight, pc + 2 + pc->arg);
        s->pc = pc + 2;
        return Step::Go;
    }
    case Opcode::NOT_TAKEN: return late_branch(t, s, event::BranchLeft, instruction_before(f->code(), unit), unit + 1);
    case Opcode::FOR_ITER: return for_iter_step(t, s);
    case Opcode::POP_ITER: return late_branch(t, s, event::BranchRight, loop_before(f->code(), f, unit), unit + 1);
    case Opcode::END_ASYNC_FOR: return late_branch(t, s, event::BranchRight, unit + 1 - static_cast<intptr_t>(pc->arg), unit + 1);
    case Opcode::END_FOR:
    case Opcode::END_SEND: return stop_iteration_step(t, s);
    default: return Step::RunAndRearm;
    }
}

Result<void> set_function(Thread& t, Object* Tracing::* field, Object* function) {
    if (!t.tracing && !function) return {};
    Tracing* tracing = ensure_tracing(t);
    if (!tracing) return Error{};
    xincref(function);
    Object* old = std::exchange(tracing->*field, function);
    functions_changed(t);
    xdecref(old);
    return {};
}
Result<void> set_function_all(Thread& t, Object* Tracing::* field, Object* function) {
    // The old functions may run code as they go: when all threads have the new one.
    stop_world(t);
    intptr_t threads = 0;
    {
        MutexLocker lock(g_runtime.threads_lock);
        for (Thread* other = t.interpreter->threads; other; other = other->next) ++threads;
    }
    auto** old = static_cast<Object**>(raw_calloc(static_cast<size_t>(threads) + 1, sizeof(Object*)));
    bool good = old != nullptr;
    if (good) {
        MutexLocker lock(g_runtime.threads_lock);
        intptr_t n = 0;
        for (Thread* other = t.interpreter->threads; other && n < threads; other = other->next, ++n) {
            Tracing* tracing = other->tracing;
            if (!tracing && !function) continue;
            if (!tracing && !(tracing = ensure_tracing(*other))) {
                good = false;
                break;
            }
            xincref(function);
            old[n] = std::exchange(tracing->*field, function);
            tracing->dirty = true;
            if (other != &t) request_poll(*other, poll_bit::Tracing);
        }
    }
    start_world(t);
    for (intptr_t n = 0; old && n < threads; ++n) xdecref(old[n]);
    raw_free(old);
    if (!good) return raise_memory_error(t);
    monitoring_refresh(t);
    return {};
}

} // namespace

Result<void> tracing_set_trace(Thread& t, Object* function) { return set_function(t, &Tracing::trace, function); }
Result<void> tracing_set_profile(Thread& t, Object* function) { return set_function(t, &Tracing::profile, function); }
Result<void> tracing_set_trace_all(Thread& t, Object* function) { return set_function_all(t, &Tracing::trace, function); }
Result<void> tracing_set_profile_all(Thread& t, Object* function) { return set_function_all(t, &Tracing::profile, function); }
Ref<Object> tracing_get_trace(Thread& t) { return t.tracing && t.tracing->trace ? acquire(t.tracing->trace) : none_ref(); }
Ref<Object> tracing_get_profile(Thread& t) { return t.tracing && t.tracing->profile ? acquire(t.tracing->profile) : none_ref(); }

Result<Ref<Object>> tracing_call(Thread& t, Borrowed<Object> function, Borrowed<Tuple> args) {
    Tracing* tracing = t.tracing;
    int depth = tracing ? std::exchange(tracing->depth, 0) : 0;
    auto result = call_tuple(t, function, args, nullptr);
    if (tracing) tracing->depth = depth;
    return result;
}

void tracing_enable_opcodes(Thread& t) {
    Tracing* tracing = ensure_tracing(t);
    if (!tracing) return t.clear_exception();
    if (std::exchange(tracing->trace_opcodes, true) || !tracing->trace) return;
    functions_changed(t);
}

namespace vm {

void trace_rearm(Thread& t) { monitoring_rearm(t.tracing); }

/// (Under AddressSanitizer the state on the stack would need a realigned frame, which a tail call cannot leave.)
__attribute__((no_sanitize("address"))) HANDLER(INSTRUMENTED) {
    SAVE();
    State s{f, sp, pc};
    Step step = instrumented_step(*t, &s);
    f = s.f;
    sp = s.sp;
    pc = s.pc;
    table = dispatch_table;
    switch (step) {
    case Step::Go: DISPATCH();
    case Step::Poll: MUSTTAIL return op_poll_and_dispatch(HANDLER_ARGS);
    case Step::Raise: UNWIND();
    case Step::RunOwnForm: MUSTTAIL return dispatch_table[base_opcode(f->code(), pc - f->insns)].function(HANDLER_ARGS);
    case Step::RunAndRearm: break;
    }
    if (pc->op == INSTRUMENTED) {
        pc->op = base_opcode(f->code(), pc - f->insns);
        pc->counter = FailedBackoff; // specialising is for code that nobody watches
        t->tracing->armed = pc;
        table = rearm_table;
    }
    MUSTTAIL return dispatch_table[pc->op].function(HANDLER_ARGS);
}

HANDLER(rearm) {
    Tracing* tracing = t->tracing;
    // The same instruction again: its handler has specialised it, and starts over.
    if (tracing && tracing->armed == pc) MUSTTAIL return dispatch_table[pc->op].function(HANDLER_ARGS);
    if (tracing) monitoring_rearm(tracing);
    table = dispatch_table;
    DISPATCH();
}
const Handler rearm_table[OpCount] = {[0 ... OpCount - 1] = {op_rearm}};

namespace {
/// An event about the thread's exception, which stays raised unless a callback raises another.
bool exception_event(Thread& t, Frame* f, int number, intptr_t unit) {
    Tracing* tracing = t.tracing;
    if (!(tracing->all_events & event::bit(number)) || tracing->depth || frame_is_incomplete(f)) return true;
    MaybeRef<Object> exception = MaybeRef<Object>::acquire(t.exception);
    Occurrence e{.frame = f, .number = number, .unit = unit, .args = {exception.get()}};
    return deliver(t, e, tools_wanting(tracing, number));
}
} // namespace

namespace {
/// COMPAT: raising and leaving are told with the last unit of the instruction, its caches included.
intptr_t last_unit(Frame* f, Insn* pc) {
    intptr_t unit = pc - f->insns;
    return unit + compiler::OPCODES.rows[base_opcode(f->code(), unit)].cache_units;
}
} // namespace

void trace_raise(Thread& t, Frame* f) {
    monitoring_rearm(t.tracing);
    (void)exception_event(t, f, event::Raise, last_unit(f, f->pc));
}
bool trace_stop(Thread& t, Frame* f) { return exception_event(t, f, event::Raise, f->pc - f->insns); }
void trace_reraise(Thread& t, Frame* f, Insn* pc) {
    monitoring_rearm(t.tracing);
    (void)exception_event(t, f, event::Reraise, pc - f->insns);
}
bool trace_handled(Thread& t, Frame* f, Insn* target) {
    Tracing* tracing = t.tracing;
    // What was thrown in at a yield came after its RESUME.
    bool thrown = static_cast<Opcode>(base_opcode(f->code(), f->pc - f->insns)) == Opcode::YIELD_VALUE;
    tracing->jump_source = f->pc + thrown;
    tracing->jump_target = target;
    if (!(tracing->all_events & event::bit(event::ExceptionHandled)) || tracing->depth) return true;
    f->pc = target;
    Occurrence e{.frame = f, .number = event::ExceptionHandled, .unit = target - f->insns, .args = {f->sp[-1].object()}};
    return deliver(t, e, tools_wanting(tracing, event::ExceptionHandled));
}
void trace_unwind(Thread& t, Frame* f, Insn* pc) { (void)exception_event(t, f, event::PyUnwind, last_unit(f, pc)); }
void trace_throw(Thread& t, Frame* f) { (void)exception_event(t, f, event::PyThrow, f->pc + 1 - f->insns); }

NOINLINE bool end_of_iteration(Thread& t, Frame* f) {
    if (!exception_matches(t, exc::StopIteration)) return false;
    if (t.tracing && !trace_stop(t, f)) return false;
    t.clear_exception();
    return true;
}

} // namespace vm

} // namespace taipan
