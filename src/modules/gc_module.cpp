// The gc module: the collector's controls, and the hooks through which it reports.
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "runtime/gc.h"
#include "runtime/refcount.h"
#include "vm/builtin_support.h"

#include <cstdio>

namespace taipan {
bool is_shown_as_heap(const Type& type);
namespace {

struct GcModuleState {
    List *callbacks, *garbage;
};

GcState& gc() { return *g_runtime.gc; }
/// The module's state, from sys.modules, as hooks have no other way to it; null before the first import.
GcModuleState* find_state(Thread& t) {
    if (!t.interpreter->modules) return nullptr;
    auto found = dict_get_ascii(t, t.interpreter->modules, "gc");
    if (found.is_error()) {
        t.clear_exception();
        return nullptr;
    }
    MaybeRef<Object> module = found.take();
    if (!module || module->type != &Module::s_type || !static_cast<Module*>(module.get())->state) return nullptr;
    return static_cast<GcModuleState*>(static_cast<Module*>(module.get())->state);
}

void run_callbacks(Thread& t, bool start, int generation, intptr_t collected, intptr_t uncollectable) {
    GcModuleState* state = find_state(t);
    if (!state || !state->callbacks || list_size(state->callbacks) == 0) return;
    MaybeRef<Object> saved = t.take_exception();
    auto run = [&]() -> Result<void> {
        Ref<Dict> info = TRY(dict_new(t));
        TRY(dict_set_ascii(t, info, "generation", TRY(int_from(t, generation))));
        TRY(dict_set_ascii(t, info, "collected", TRY(int_from(t, collected))));
        TRY(dict_set_ascii(t, info, "uncollectable", TRY(int_from(t, uncollectable))));
        Ref<Str> phase = TRY(str_interned(t, start ? "start" : "stop"));
        for (intptr_t i = 0; i < list_size(state->callbacks); ++i) {
            MaybeRef<Object> callback = list_get(t, Borrowed<List>(state->callbacks), i);
            if (callback && call(t, Borrowed<Object>(callback.get()), phase, info).is_error())
                write_unraisable(t, "Exception ignored while calling GC callback", callback.get());
        }
        return {};
    };
    if (run().is_error()) t.clear_exception();
    if (saved) (void)t.set_exception(saved.take());
}
void keep_garbage(Thread& t, Object* object) {
    GcModuleState* state = find_state(t);
    if (!state || !state->garbage) return;
    if (list_append(t, Borrowed<List>(state->garbage), acquire(object)).is_error()) t.clear_exception();
}
void debug_object(Thread&, Object* object, bool uncollectable) {
    fprintf(stderr, "gc: %s <%s %p>\n", uncollectable ? "uncollectable" : "collectable", object->type->name, static_cast<void*>(object));
}

void enable() { gc().enabled.store(true); }
void disable() { gc().enabled.store(false); }
bool is_enabled() { return gc().enabled.load(); }
Result<int64_t> collect(Thread& t, int generation) {
    if (generation < 0 || generation > 2) return raise(t, exc::ValueError, "invalid generation");
    return int64_t{gc_collect(t, generation)};
}
void set_debug(int flags) { gc().debug = flags; }
int get_debug() { return gc().debug; }
Result<void> set_threshold(Thread& t, Args args) {
    if (args.count < 1 || args.count > 3) return raise(t, exc::TypeError, "gc.set_threshold requires 1 to 3 arguments");
    int values[3] = {0, gc().threshold[1], gc().threshold[2]};
    for (size_t i = 0; i < args.count; ++i) values[i] = TRY(to_int32(t, Borrowed<Object>(args.data[i])));
    for (int i = 0; i < 3; ++i) gc().threshold[i] = values[i];
    return {};
}
Result<Ref<Object>> three(Thread& t, intptr_t a, intptr_t b, intptr_t c) {
    Ref<Int> x = TRY(int_from(t, a)), y = TRY(int_from(t, b)), z = TRY(int_from(t, c));
    return tuple_pack(t, x, y, z);
}
Result<Ref<Object>> get_threshold(Thread& t) { return three(t, gc().threshold[0], gc().threshold[1], gc().threshold[2]); }
Result<Ref<Object>> get_count(Thread& t) {
    intptr_t counts[3];
    gc_get_count(t, counts);
    return three(t, counts[0], counts[1], counts[2]);
}
Result<Ref<Object>> get_stats(Thread& t) {
    Ref<List> list = TRY(list_new(t));
    for (const GcStatistics& s : gc().statistics) {
        Ref<Dict> row = TRY(dict_new(t));
        TRY(dict_set_ascii(t, row, "collections", TRY(int_from(t, s.collections.load(std::memory_order_relaxed)))));
        TRY(dict_set_ascii(t, row, "collected", TRY(int_from(t, s.collected.load(std::memory_order_relaxed)))));
        TRY(dict_set_ascii(t, row, "uncollectable", TRY(int_from(t, s.uncollectable.load(std::memory_order_relaxed)))));
        TRY(list_append(t, list, std::move(row)));
    }
    return list;
}

struct Found {
    Thread& t;
    List* list;
    Object* except;
    bool failed = false;
};
void append_found(Ref<Object> object, void* context) {
    auto* found = static_cast<Found*>(context);
    if (object.get() == found->list || object.get() == found->except) return;
    if (object.get() == found->t.interpreter->audit_hooks) return; // nobody is to take a hook away
    if (list_append(found->t, Borrowed<List>(found->list), std::move(object)).is_error()) found->failed = true;
}
Result<Ref<Object>> get_objects(Thread& t, Borrowed<Object> generation) {
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Object> shown = is_none(generation.get()) ? TRY(int_from(t, -1)) : acquire(generation);
        TRY(audit_args(t, "gc.get_objects", {shown.get()}));
    }
    if (!is_none(generation.get())) {
        int64_t n = TRY(to_int64(t, generation));
        if (n >= 3) return raise(t, exc::ValueError, "generation parameter must be less than the number of available generations (3)");
        if (n < 0) return raise(t, exc::ValueError, "generation parameter cannot be negative");
    }
    Ref<List> list = TRY(list_new(t));
    Found found{t, list.get(), nullptr};
    if (!gc_for_each_object(t, append_found, &found)) return raise_memory_error(t);
    if (found.failed) return Error{};
    return list;
}
Result<Ref<Object>> get_referrers(Thread& t, Args objects) {
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Tuple> shown = TRY(tuple_from_array(t, objects.data, objects.size()));
        TRY(audit_args(t, "gc.get_referrers", {shown.get()}));
    }
    Ref<List> list = TRY(list_new(t));
    Found found{t, list.get(), nullptr};
    if (!gc_for_each_referrer(t, objects.data, objects.count, append_found, &found)) return raise_memory_error(t);
    if (found.failed) return Error{};
    return list;
}
int append_referent(Object* object, void* context) {
    auto* found = static_cast<Found*>(context);
    return list_append(found->t, Borrowed<List>(found->list), acquire(object)).is_error() ? -1 : 0;
}
Result<Ref<Object>> get_referents(Thread& t, Args objects) {
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Tuple> shown = TRY(tuple_from_array(t, objects.data, objects.size()));
        TRY(audit_args(t, "gc.get_referents", {shown.get()}));
    }
    Ref<List> list = TRY(list_new(t));
    Found found{t, list.get(), nullptr};
    for (Object* object : objects)
        if (object->type->traverse && object->type->has(type_flag::Gc) && object->type->traverse(object, append_referent, &found))
            return Error{};
    return list;
}
bool is_tracked(Thread&, Borrowed<Object> object) {
    if (Type* type = try_as<Type>(object.get())) return is_shown_as_heap(*type);
    return object->type->has(type_flag::Gc) && gc_is_tracked(object.get());
}
bool is_finalized(Thread&, Borrowed<Object> object) { return object->type->has(type_flag::Gc) && gc_is_finalized(object.get()); }
void freeze(Thread& t) { gc_freeze(t); }
void unfreeze(Thread& t) { gc_unfreeze(t); }
int64_t get_freeze_count() { return gc().freeze_count; }

const NativeDef functions[] = {
    fn<enable>("enable", "($module, /)", "Enable automatic garbage collection."),
    fn<disable>("disable", "($module, /)", "Disable automatic garbage collection."),
    fn<is_enabled>("isenabled", "($module, /)", "Returns true if automatic garbage collection is enabled."),
    fn<collect>("collect", "($module, /, generation=2)", "Run the garbage collector."),
    fn<set_debug>("set_debug", "($module, flags, /)",
                  "Set the debugging flags, DEBUG_STATS and the like added together; what they tell goes to sys.stderr."),
    fn<get_debug>("get_debug", "($module, /)", "The debugging flags."),
    fn<get_count>("get_count", "($module, /)", "The number of objects counted for each generation since its last collection."),
    fn<set_threshold>(
        "set_threshold", "(*args)",
        "set_threshold(threshold0[, threshold1[, threshold2]])\nSet when collections begin. Zero as the first turns them off."),
    fn<get_threshold>("get_threshold", "($module, /)", "The thresholds that decide when collections begin."),
    fn<get_objects>("get_objects", "($module, /, generation=None)",
                    "A list of the objects that the collector tracks, without the list itself. With a generation, only those in it."),
    fn<get_stats>("get_stats", "($module, /)", "A list with a dictionary of counters for each generation."),
    fn<is_tracked>("is_tracked", "($module, obj, /)",
                   "Whether the collector tracks the object. Objects that cannot hold references, as numbers, are not tracked."),
    fn<is_finalized>("is_finalized", "($module, obj, /)", "Whether the collector has called the finalizer of the object."),
    fn<get_referrers>("get_referrers", "($module, /, *objs)", "A list of the objects that refer directly to any of the given ones."),
    fn<get_referents>("get_referents", "($module, /, *objs)", "A list of the objects that the given ones refer to directly."),
    fn<freeze>("freeze", "($module, /)", "Take all objects that are tracked now out of the sight of collections."),
    fn<unfreeze>("unfreeze", "($module, /)", "Hand the objects that freeze() took away back to the oldest generation."),
    fn<get_freeze_count>("get_freeze_count", "($module, /)", "The number of objects that freeze() took away."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    auto& state = module->state_as<GcModuleState>();
    state.callbacks = TRY(list_new(t)).release();
    state.garbage = TRY(list_new(t)).release();
    TRY(module_add(t, module, "callbacks", state.callbacks));
    TRY(module_add(t, module, "garbage", state.garbage));
    for (auto [name, value] :
         {std::pair{"DEBUG_STATS", 1}, {"DEBUG_COLLECTABLE", 2}, {"DEBUG_UNCOLLECTABLE", 4}, {"DEBUG_SAVEALL", 32}, {"DEBUG_LEAK", 38}})
        TRY(module_add_int(t, module, name, value));
    g_runtime.hooks.gc_callbacks = run_callbacks;
    g_runtime.hooks.gc_keep_garbage = keep_garbage;
    g_runtime.hooks.gc_debug_object = debug_object;
    return {};
}

} // namespace

extern const ModuleSpec gc_module;
const ModuleSpec gc_module = {.name = "gc",
                              .doc = "This module provides access to the garbage collector for reference cycles.",
                              .functions = functions,
                              .exec = exec,
                              .state = state_spec<GcModuleState, &GcModuleState::callbacks, &GcModuleState::garbage>};

} // namespace taipan
