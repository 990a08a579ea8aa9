// atexit: functions to run when the interpreter ends, last registered first.
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"

namespace taipan {
namespace {

struct AtExitState {
    List* callbacks; // of (function, args, kwargs)
};

Result<Borrowed<List>> callbacks(Thread& t, Borrowed<Module> module) {
    auto& state = module->state_as<AtExitState>();
    if (!state.callbacks) state.callbacks = TRY(list_new(t)).release();
    return Borrowed<List>(state.callbacks);
}
Result<Ref<Object>> register_(Thread& t, Borrowed<Module> module, Borrowed<Object> function, Args args, Kwargs kwargs) {
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "the first argument must be callable");
    Ref<Tuple> arguments = TRY(tuple_from_array(t, args.data, args.count));
    Ref<Object> keywords = kwargs ? acquire(static_cast<Object*>(kwargs.dict)) : none_ref();
    Ref<Tuple> row = TRY(tuple_pack(t, function, arguments, keywords));
    TRY(list_append(t, TRY(callbacks(t, module)), std::move(row)));
    return function.share();
}
Result<void> run_exit_functions(Thread& t, Borrowed<Module> module) {
    Borrowed<List> list = TRY(callbacks(t, module));
    while (intptr_t n = list_size(list.get())) {
        MaybeRef<Object> row = list_get(t, list, n - 1);
        TRY(list_set_slice(t, list, n - 1, n, nullptr));
        if (!row) continue;
        auto* parts = static_cast<Tuple*>(row.get());
        auto* keywords = is_none(parts->items[2]) ? nullptr : static_cast<Dict*>(parts->items[2]);
        if (call_tuple(t, Borrowed<Object>(parts->items[0]), Borrowed<Tuple>(static_cast<Tuple*>(parts->items[1])), keywords).is_error())
            write_unraisable(t, "Exception ignored in atexit callback", parts->items[0]);
    }
    return {};
}
Result<void> clear(Thread& t, Borrowed<Module> module) {
    Borrowed<List> list = TRY(callbacks(t, module));
    return list_set_slice(t, list, 0, list_size(list.get()), nullptr);
}
Result<void> unregister(Thread& t, Borrowed<Module> module, Borrowed<Object> function) {
    Borrowed<List> list = TRY(callbacks(t, module));
    for (intptr_t i = list_size(list.get()) - 1; i >= 0; --i) {
        MaybeRef<Object> row = list_get(t, list, i);
        if (!row) continue;
        if (TRY(equals(t, static_cast<Tuple*>(row.get())->items[0], function))) TRY(list_set_slice(t, list, i, i + 1, nullptr));
    }
    return {};
}
Result<int64_t> callback_count(Thread& t, Borrowed<Module> module) { return int64_t{list_size(TRY(callbacks(t, module)).get())}; }

const NativeDef functions[] = {
    module_fn<register_>("register", "($module, func, /, *args, **kwargs)", "Register a function to be executed upon normal program termination."),
    module_fn<clear>("_clear", "($module, /)", "Clear the list of previously registered exit functions."),
    module_fn<unregister>("unregister", "($module, func, /)", "Unregister an exit function which was previously registered using atexit.register."),
    module_fn<run_exit_functions>("_run_exitfuncs", "($module, /)", "Run all registered exit functions."),
    module_fn<callback_count>("_ncallbacks", "($module, /)", "Return the number of registered exit functions."),
};
int traverse_state(Object* module, VisitFunc visit, void* context) {
    auto* state = static_cast<AtExitState*>(static_cast<Module*>(module)->state);
    return state && state->callbacks ? visit(state->callbacks, context) : 0;
}
int clear_state(Object* module) {
    if (auto* state = static_cast<AtExitState*>(static_cast<Module*>(module)->state)) clear_field(state->callbacks);
    return 0;
}

} // namespace

extern const ModuleSpec atexit_module;
const ModuleSpec atexit_module = {.name = "atexit", .doc = "allow programmer to define multiple exit functions to be executed\nupon normal program termination.",
                                  .functions = functions, .state_size = sizeof(AtExitState), .traverse = traverse_state, .clear = clear_state};

} // namespace taipan
