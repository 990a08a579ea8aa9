// atexit: functions to run when the interpreter ends, last registered first.
#include "modules/atexit.h"

#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"

namespace taipan {
namespace {

Result<Borrowed<List>> callbacks(Thread& t) {
    if (!t.interpreter->at_exit) t.interpreter->at_exit = TRY(list_new(t)).release();
    return Borrowed<List>(static_cast<List*>(t.interpreter->at_exit));
}
Result<Ref<Object>> register_(Thread& t, Borrowed<Object> function, Args args, Kwargs kwargs) {
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "the first argument must be callable");
    Ref<Tuple> arguments = TRY(tuple_from_array(t, args.data, args.count));
    Ref<Object> keywords = kwargs ? acquire(static_cast<Object*>(kwargs.dict)) : none_ref();
    Ref<Tuple> row = TRY(tuple_pack(t, function, arguments, keywords));
    TRY(list_insert(t, TRY(callbacks(t)), 0, row)); // the last is the first to run
    return function.share();
}
Result<void> run_exit_functions(Thread& t) {
    Borrowed<List> list = TRY(callbacks(t));
    while (list_size(list.get())) {
        MaybeRef<Object> row = list_get(t, list, 0);
        TRY(list_set_slice(t, list, 0, 1, nullptr));
        if (!row) continue;
        auto* parts = static_cast<Tuple*>(row.get());
        auto* keywords = is_none(parts->items[2]) ? nullptr : static_cast<Dict*>(parts->items[2]);
        if (call_tuple(t, Borrowed<Object>(parts->items[0]), Borrowed<Tuple>(static_cast<Tuple*>(parts->items[1])), keywords).is_error())
            write_unraisable(t, "Exception ignored in atexit callback", parts->items[0]);
    }
    return {};
}
Result<void> clear(Thread& t) {
    Borrowed<List> list = TRY(callbacks(t));
    return list_set_slice(t, list, 0, list_size(list.get()), nullptr);
}
Result<void> unregister(Thread& t, Borrowed<Object> function) {
    Borrowed<List> list = TRY(callbacks(t));
    for (intptr_t i = list_size(list.get()); --i >= 0;) {
        MaybeRef<Object> row = list_get(t, list, i);
        if (!row || !TRY(equals(t, function, static_cast<Tuple*>(row.get())->items[0]))) continue;
        // Comparing may have changed the list.
        for (intptr_t j = 0; j < list_size(list.get()); ++j) {
            if (list_get(t, list, j).get() != row.get()) continue;
            TRY(list_set_slice(t, list, j, j + 1, nullptr));
            break;
        }
    }
    return {};
}
Result<int64_t> callback_count(Thread& t) { return int64_t{list_size(TRY(callbacks(t)).get())}; }

const NativeDef functions[] = {
    fn<register_>("register", "($module, func, /, *args, **kwargs)",
                  "Have func(*args, **kwargs) called when the interpreter ends normally.\n\n"
                  "The functions are called in the reverse order of registration. Returns func, "
                  "so it can serve as a decorator."),
    fn<clear>("_clear", "($module, /)", "Clear the list of previously registered exit functions."),
    fn<unregister>("unregister", "($module, func, /)",
                   "Forget each registered function that equals func, whatever its arguments; none is no error."),
    fn<run_exit_functions>("_run_exitfuncs", "($module, /)",
                           "Call the registered functions, last one first, and forget them.\n\n"
                           "What they raise goes to sys.unraisablehook."),
    fn<callback_count>("_ncallbacks", "($module, /)", "Return the number of registered exit functions."),
};

} // namespace

void at_exit_run(Thread& t) {
    if (t.interpreter->at_exit && run_exit_functions(t).is_error()) write_unraisable(t, "Exception ignored in atexit", nullptr);
}

extern const ModuleSpec atexit_module;
const ModuleSpec atexit_module = {.name = "atexit",
                                  .doc =
                                      "allow programmer to define multiple exit functions to be executed\nupon normal program termination.",
                                  .functions = functions};

} // namespace taipan
