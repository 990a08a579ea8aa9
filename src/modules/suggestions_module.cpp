// _suggestions: the name most like a mistyped one, for "Did you mean".
#include "base/edit_distance.h"
#include "objects/list.h"
#include "objects/module.h"

namespace taipan {

namespace {

Result<Ref<Object>> generate(Thread& t, Borrowed<Object> candidates, Borrowed<Object> item) {
    if (!is<Str>(item.get())) return raise(t, exc::TypeError, "_generate_suggestions() argument 2 must be str, not %T", item);
    if (!is_exact<List>(candidates.get())) return raise(t, exc::TypeError, "candidates must be a list");
    Borrowed<List> list = static_cast<List*>(candidates.get());
    intptr_t count = list_size(list.get());
    for (intptr_t i = 0; i < count; ++i) {
        MaybeRef<Object> candidate = list_get(t, list, i);
        if (candidate && !is<Str>(candidate.get())) return raise(t, exc::TypeError, "all elements in 'candidates' must be strings");
    }
    if (count >= static_cast<intptr_t>(base::NearestName::MaxCandidates)) return none_ref();
    std::string_view name = TRY(str_utf8(t, static_cast<Str*>(item.get())));
    base::NearestName nearest(name);
    MaybeRef<Object> found;
    for (intptr_t i = 0; i < count; ++i) {
        MaybeRef<Object> candidate = list_get(t, list, i);
        if (!candidate) break;
        std::string_view text = TRY(str_utf8(t, static_cast<Str*>(candidate.get())));
        if (nearest.offer(text)) found = std::move(candidate);
    }
    return found ? found.take() : none_ref();
}
const NativeDef functions[] = {
    fn<generate>("_generate_suggestions", "($module, candidates, item, /)",
                 "Returns the candidate in candidates that's most similar to item"),
};

} // namespace

extern const ModuleSpec suggestions_module;
const ModuleSpec suggestions_module = {.name = "_suggestions", .functions = functions};

} // namespace taipan
