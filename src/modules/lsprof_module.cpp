// _lsprof: the profiler under cProfile. It is tool 2 of sys.monitoring; what other threads do while it is enabled is not
// counted.
#include "objects/abstract.h"
#include "objects/descriptor.h"
#include "objects/float.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/struct_sequence.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "runtime/gc.h"
#include "vm/builtin_support.h"
#include "vm/monitoring.h"

#include <ctime>
#include <new>
#include <unordered_map>
#include <vector>

namespace taipan {
namespace lsprof_detail {

struct Counts {
    int64_t total = 0, own = 0; // in ticks
    long calls = 0, recursive_calls = 0, level = 0;

    void stop(int64_t elapsed, int64_t inner) {
        if (--level == 0) total += elapsed;
        else ++recursive_calls;
        own += inner;
        ++calls;
    }
};
struct Entry : Counts {
    Object* shown = nullptr; // owned: a code object, or the text for a native function
    std::unordered_map<Entry*, Counts> callees;
};
struct Context {
    Entry* entry;
    int64_t start, below; // ticks spent in callees
};
struct Data {
    std::unordered_map<const void*, Entry*> entries;
    std::vector<Context> stack;
};
struct Profiler : Object {
    Object* timer;
    Data* data;
    Thread* owner; // while enabled
    double unit;   // seconds a tick of the timer
    bool subcalls, builtins, enabled, in_timer;
    static Type s_type;
};
using Self = Borrowed<Profiler>;

int64_t now(Thread& t, Self self) {
    if (!self->timer) {
        timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
    }
    auto read = [&]() -> Result<int64_t> {
        Ref<Object> value = TRY(call(t, Borrowed<Object>(self->timer)));
        if (self->unit > 0) return to_int64(t, value);
        return static_cast<int64_t>(TRY(to_double(t, value)) * 1e9);
    };
    self->in_timer = true;
    auto ticks = read();
    self->in_timer = false;
    if (!ticks.is_error()) return ticks.take();
    write_unraisable(t, nullptr, self->timer);
    return 0;
}
double seconds_per_tick(Self self) { return self->timer && self->unit > 0 ? self->unit : 1e-9; }

/// How a native function is shown: no reference to what it is bound to is kept.
Result<Ref<Object>> shown_as(Thread& t, Object* callable) {
    if (!is_exact<BuiltinFunction>(callable)) return acquire(callable);
    auto* function = static_cast<BuiltinFunction*>(callable);
    Ref<Object> name = TRY(get_attribute(t, callable, names::__name__));
    if (function->self && !is<Module>(function->self) && !is<Type>(function->self)) {
        MaybeRef<Object> found = type_lookup(t, *function->self->type, static_cast<Str*>(name.get()));
        if (found) {
            auto text = repr(t, found.take());
            if (!text.is_error()) return Ref<Object>(text.take());
            t.clear_exception();
        }
    }
    MaybeRef<Object> module = TRY(get_attribute_optional(t, callable, names::__module__));
    if (module && is<Str>(module.get())) return TRY(str_format(t, "<built-in method %s.%s>", module.get(), name));
    return TRY(str_format(t, "<built-in method %s>", name));
}

Entry* entry_for(Thread& t, Self self, const void* key, Object* shown) {
    auto found = self->data->entries.find(key);
    if (found != self->data->entries.end()) return found->second;
    auto text = shown_as(t, shown);
    if (text.is_error()) return t.clear_exception(), nullptr;
    auto* made = new (std::nothrow) Entry;
    if (!made) return nullptr;
    made->shown = text.take().release();
    self->data->entries[key] = made;
    return made;
}
void enter(Thread& t, Self self, const void* key, Object* shown) {
    if (self->owner != &t) return;
    Entry* entry = entry_for(t, self, key, shown);
    if (!entry) return;
    ++entry->level;
    if (self->subcalls && !self->data->stack.empty()) ++self->data->stack.back().entry->callees[entry].level;
    self->data->stack.push_back({entry, 0, 0});
    int64_t start = now(t, self);
    if (!self->data->stack.empty()) self->data->stack.back().start = start;
}
void leave_innermost(Thread& t, Self self) {
    Context context = self->data->stack.back();
    int64_t elapsed = now(t, self) - context.start, inner = elapsed - context.below;
    if (self->data->stack.empty()) return;
    self->data->stack.pop_back();
    context.entry->stop(elapsed, inner);
    if (self->data->stack.empty()) return;
    Context& outer = self->data->stack.back();
    outer.below += elapsed;
    if (self->subcalls) outer.entry->callees[context.entry].stop(elapsed, inner);
}
void leave(Thread& t, Self self, const void* key) {
    if (self->owner != &t || self->data->stack.empty()) return;
    auto found = self->data->entries.find(key);
    if (found == self->data->entries.end() || self->data->stack.back().entry != found->second) {
        // Not the innermost: the call began before the profiler did.
        if (found == self->data->entries.end()) return;
    }
    leave_innermost(t, self);
}

// --- callbacks -----------------------------------------------------------------------------------------------------------

Object* on_start(Thread& t, Self self, Borrowed<Object> code, Borrowed<Object>) {
    enter(t, self, code.get(), code.get());
    return None();
}
Object* on_throw(Thread& t, Self self, Borrowed<Object> code, Borrowed<Object>, Borrowed<Object>) {
    enter(t, self, code.get(), code.get());
    return None();
}
Object* on_return(Thread& t, Self self, Borrowed<Object> code, Borrowed<Object>, Borrowed<Object>) {
    leave(t, self, code.get());
    return None();
}
/// The native function called, and what identifies it; null: not one.
MaybeRef<Object> native_function(Thread& t, Object* callable, Object* first, const void** key) {
    if (is_exact<BuiltinFunction>(callable)) {
        *key = static_cast<BuiltinFunction*>(callable)->def;
        return MaybeRef<Object>::acquire(callable);
    }
    if (!is_exact<MethodDescriptor>(callable) || first == monitoring_of(t)->missing) return nullptr;
    auto* descriptor = static_cast<MethodDescriptor*>(callable);
    if (!is_subtype(first->type, descriptor->owner)) return nullptr;
    auto bound = builtin_function_new(t, *descriptor->def, first, nullptr);
    if (bound.is_error()) return t.clear_exception(), nullptr;
    *key = descriptor->def;
    return bound.take();
}
Object* on_c_call(Thread& t, Self self, Borrowed<Object>, Borrowed<Object>, Borrowed<Object> callable, Borrowed<Object> first) {
    if (!self->builtins) return None();
    const void* key;
    MaybeRef<Object> function = native_function(t, callable.get(), first.get(), &key);
    if (function) enter(t, self, key, function.get());
    return None();
}
Object* on_c_return(Thread& t, Self self, Borrowed<Object>, Borrowed<Object>, Borrowed<Object> callable, Borrowed<Object> first) {
    if (!self->builtins) return None();
    const void* key;
    MaybeRef<Object> function = native_function(t, callable.get(), first.get(), &key);
    if (function) leave(t, self, key);
    return None();
}

struct Callback {
    int event;
    const char* method;
};
constexpr Callback Callbacks[] = {
    {event::PyStart, "_pystart_callback"},   {event::PyResume, "_pystart_callback"}, {event::PyThrow, "_pythrow_callback"},
    {event::PyReturn, "_pyreturn_callback"}, {event::PyYield, "_pyreturn_callback"}, {event::PyUnwind, "_pyreturn_callback"},
    {event::Call, "_ccall_callback"},        {event::CReturn, "_creturn_callback"},  {event::CRaise, "_creturn_callback"},
};
constexpr int ToolId = 2;

template <class... Args> Result<Ref<Object>> call_monitoring(Thread& t, const char* name, const Args&... args) {
    MaybeRef<Object> module = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "monitoring"));
    if (!module) return raise(t, exc::RuntimeError, "lost sys.monitoring");
    Ref<Str> text = TRY(str_interned(t, name));
    return call_method(t, module.get(), text, args...);
}

Result<void> enable(Thread& t, Self self, bool subcalls, bool builtins) {
    self->subcalls = subcalls;
    self->builtins = builtins;
    Ref<Object> tool = TRY(int_from(t, ToolId)), tool_name = TRY(str_interned(t, "cProfile"));
    TRY(call_monitoring(t, "use_tool_id", tool, tool_name));
    int64_t all = 0;
    for (const Callback& callback : Callbacks) {
        Ref<Object> number = TRY(int_from(t, int64_t{1} << callback.event));
        Ref<Object> method = TRY(get_attribute(t, self, TRY(str_interned(t, callback.method))));
        TRY(call_monitoring(t, "register_callback", tool, number, method));
        all |= int64_t{1} << callback.event;
    }
    self->owner = &t;
    self->enabled = true;
    Ref<Object> events = TRY(int_from(t, all));
    TRY(call_monitoring(t, "set_events", tool, events));
    return {};
}
void flush(Thread& t, Self self) {
    while (!self->data->stack.empty()) leave_innermost(t, self);
}
Result<void> disable(Thread& t, Self self) {
    if (self->in_timer) return raise(t, exc::RuntimeError, "cannot disable profiler in external timer");
    if (!self->enabled) return {};
    Ref<Object> tool = TRY(int_from(t, ToolId)), none = TRY(int_from(t, 0));
    TRY(call_monitoring(t, "set_events", tool, none));
    for (const Callback& callback : Callbacks) {
        Ref<Object> number = TRY(int_from(t, int64_t{1} << callback.event));
        TRY(call_monitoring(t, "register_callback", tool, number, Borrowed<Object>(None())));
    }
    TRY(call_monitoring(t, "free_tool_id", tool));
    self->enabled = false;
    flush(t, self);
    self->owner = nullptr;
    return {};
}
void forget(Profiler* self) {
    if (!self->data) return;
    auto entries = std::move(self->data->entries);
    self->data->entries.clear();
    self->data->stack.clear();
    for (auto& [key, entry] : entries) {
        decref(entry->shown);
        delete entry;
    }
}
Result<void> clear(Thread& t, Self self) {
    if (self->in_timer) return raise(t, exc::RuntimeError, "cannot clear profiler in external timer");
    forget(self.get());
    return {};
}

Result<Ref<Object>> make_row(Thread& t, Type* type, Object* shown, const Counts& counts, double unit, Object* calls) {
    StructBuilder row(t, *type);
    row.add(Result<Ref<Object>>(acquire(shown)));
    row.add_int(counts.calls);
    row.add_int(counts.recursive_calls);
    row.add(float_from(t, static_cast<double>(counts.total) * unit));
    row.add(float_from(t, static_cast<double>(counts.own) * unit));
    if (calls) row.add(Result<Ref<Object>>(acquire(calls)));
    return TRY(row.finish());
}
Result<Ref<Object>> getstats(Thread& t, Self self) {
    auto state = [&]() -> Result<Ref<Object>> { return import_attribute(t, "_lsprof", "profiler_entry"); };
    Ref<Object> entry_type = TRY(state()), subentry_type = TRY(import_attribute(t, "_lsprof", "profiler_subentry"));
    TRY(disable(t, self));
    Ref<List> rows = TRY(list_new(t));
    double unit = seconds_per_tick(self);
    for (auto& [key, entry] : self->data->entries) {
        if (!entry->calls) continue;
        MaybeRef<Object> calls;
        if (!entry->callees.empty()) {
            Ref<List> list = TRY(list_new(t));
            for (auto& [callee, counts] : entry->callees)
                if (counts.calls)
                    TRY(list_append(t, list,
                                    TRY(make_row(t, static_cast<Type*>(subentry_type.get()), callee->shown, counts, unit, nullptr))));
            calls = std::move(list);
        }
        TRY(list_append(t, rows,
                        TRY(make_row(t, static_cast<Type*>(entry_type.get()), entry->shown, *entry, unit, calls ? calls.get() : None()))));
    }
    return Ref<Object>(std::move(rows));
}

Result<void> init(Thread& t, Self self, Borrowed<Object> timer, double unit, bool subcalls, bool builtins) {
    if (!self->data && !(self->data = new (std::nothrow) Data)) return raise_memory_error(t);
    assign_field(self->timer, is_none(timer.get()) ? nullptr : acquire(timer).release());
    self->unit = unit;
    self->subcalls = subcalls;
    self->builtins = builtins;
    return {};
}
Result<Ref<Object>> profiler_new(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<Object> made = TRY(allocate_object(t, *type.get()));
    auto* self = static_cast<Profiler*>(made.get());
    if (!(self->data = new (std::nothrow) Data)) return raise_memory_error(t);
    self->subcalls = self->builtins = true;
    gc_track(self);
    return made;
}
int profiler_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Profiler*>(o);
    if (self->timer)
        if (int r = visit(self->timer, context)) return r;
    if (self->data)
        for (auto& [key, entry] : self->data->entries)
            if (int r = visit(entry->shown, context)) return r;
    return 0;
}
int profiler_clear(Object* o) {
    auto* self = static_cast<Profiler*>(o);
    clear_field(self->timer);
    forget(self);
    return 0;
}
void profiler_dealloc(Object* o) {
    auto* self = static_cast<Profiler*>(o);
    gc_untrack(o);
    profiler_clear(o);
    delete self->data;
    o->type->free(o);
}

const NativeDef methods[] = {
    method<getstats>("getstats", "($self, /)",
                     "list of profiler_entry objects.\n\n"
                     "getstats() -> list of profiler_entry objects\n\n"
                     "Return all information collected by the profiler.\n"
                     "Each profiler_entry is a tuple-like object with the\n"
                     "following attributes:\n\n"
                     "    code          code object\n"
                     "    callcount     how many times this was called\n"
                     "    reccallcount  how many times called recursively\n"
                     "    totaltime     total time in this entry\n"
                     "    inlinetime    inline time in this entry (not in subcalls)\n"
                     "    calls         details of the calls\n\n"
                     "The calls attribute is either None or a list of\n"
                     "profiler_subentry objects:\n\n"
                     "    code          called code object\n"
                     "    callcount     how many times this is called\n"
                     "    reccallcount  how many times this is called recursively\n"
                     "    totaltime     total time spent in this call\n"
                     "    inlinetime    inline time (not in further subcalls)"),
    method<enable>("enable", "($self, /, subcalls=True, builtins=True)",
                   "Start collecting profiling information.\n\n"
                   "  subcalls\n    If True, also records for each function\n    statistics separated according to its current caller.\n"
                   "  builtins\n    If True, records the time spent in\n    built-in functions separately from their caller."),
    method<disable>("disable", "($self, /)", "Stop collecting profiling information."),
    method<clear>("clear", "($self, /)", "Clear all profiling information collected so far."),
    method<on_start>("_pystart_callback", "($self, code, instruction_offset, /)"),
    method<on_throw>("_pythrow_callback", "($self, code, instruction_offset, exception, /)"),
    method<on_return>("_pyreturn_callback", "($self, code, instruction_offset, retval, /)"),
    method<on_c_call>("_ccall_callback", "($self, code, instruction_offset, callable, self_arg, /)"),
    method<on_c_return>("_creturn_callback", "($self, code, instruction_offset, callable, self_arg,\n                  /)"),
};
const SlotDef slots[] = {
    typed_new<profiler_new, "Profiler", "(*args, **kwargs)">(),
    typed_init<init, "Profiler", "(timer=None, timeunit=0.0, subcalls=True, builtins=True)">(),
    raw_slot(SlotId::tp_traverse, &profiler_traverse),
    raw_slot(SlotId::tp_clear, &profiler_clear),
    raw_slot(SlotId::tp_dealloc, &profiler_dealloc),
};
const TypeSpec profiler_spec = {.type = &Profiler::s_type,
                                .name = "_lsprof.Profiler",
                                .basicsize = sizeof(Profiler),
                                .flags = type_flag::BaseType | type_flag::Gc,
                                .doc = "Counts calls and the time spent in them.\n\n"
                                       "timer() gives the time; by default it is a fast clock of real time. If it\n"
                                       "returns ints, timeunit says how many seconds one of them is worth.",
                                .signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
                                .slots = slots,
                                .methods = methods};
const TypeSpec* const types[] = {&profiler_spec};

constexpr StructField EntryFieldNames[] = {
    {"code", "code object or built-in function name"},
    {"callcount", "how many times this was called"},
    {"reccallcount", "how many times called recursively"},
    {"totaltime", "total time in this entry"},
    {"inlinetime", "inline time in this entry (not in subcalls)"},
    {"calls", "details of the calls"},
};
constexpr StructField SubentryFieldNames[] = {
    {"code", "called code object or built-in function name"},      {"callcount", "how many times this is called"},
    {"reccallcount", "how many times this is called recursively"}, {"totaltime", "total time spent in this call"},
    {"inlinetime", "inline time (not in further subcalls)"},
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add(t, module, "profiler_entry", TRY(struct_sequence_type(t, "_lsprof.profiler_entry", nullptr, EntryFieldNames, 6))));
    TRY(module_add(t, module, "profiler_subentry",
                   TRY(struct_sequence_type(t, "_lsprof.profiler_subentry", nullptr, SubentryFieldNames, 5))));
    return {};
}
Type Profiler::s_type;

} // namespace lsprof_detail

extern const ModuleSpec lsprof_module;
const ModuleSpec lsprof_module = {.name = "_lsprof", .doc = "Fast profiler", .exec = lsprof_detail::exec, .types = lsprof_detail::types};

} // namespace taipan
