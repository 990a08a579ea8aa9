// _suggestions: the name most like a mistyped one, for "Did you mean".
#include "objects/list.h"
#include "objects/module.h"

#include <algorithm>

namespace taipan {

namespace {

constexpr int MoveCost = 2, CaseCost = 1;
constexpr intptr_t MaxItems = 750, MaxLength = 40;

int substitution_cost(char a, char b) {
    if ((a & 31) != (b & 31)) return MoveCost; // not even the same letter
    if (a == b) return 0;
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b) ? CaseCost : MoveCost;
}

/// Levenshtein's distance with cheap changes of case; above `limit` it is cut short.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
    if (a == b) return 0;
    while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
    while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
    if (a.empty() || b.empty()) return (a.size() + b.size()) * MoveCost;
    if (a.size() > MaxLength || b.size() > MaxLength) return limit + 1;
    if (b.size() < a.size()) std::swap(a, b);
    if ((b.size() - a.size()) * MoveCost > limit) return limit + 1;
    size_t row[MaxLength];
    for (size_t i = 0; i < a.size(); ++i) row[i] = (i + 1) * MoveCost;
    size_t result = 0;
    for (size_t j = 0; j < b.size(); ++j) {
        size_t distance = result = j * MoveCost, minimum = SIZE_MAX;
        for (size_t i = 0; i < a.size(); ++i) {
            size_t substitute = distance + static_cast<size_t>(substitution_cost(b[j], a[i]));
            distance = row[i];
            size_t insert_delete = std::min(result, distance) + MoveCost;
            result = std::min(insert_delete, substitute);
            row[i] = result;
            minimum = std::min(minimum, result);
        }
        if (minimum > limit) return limit + 1;
    }
    return result;
}

Result<Ref<Object>> generate(Thread& t, Borrowed<Object> candidates, Borrowed<Object> item) {
    if (!is<Str>(item.get())) return raise(t, exc::TypeError, "_generate_suggestions() argument 2 must be str, not %T", item);
    if (!is_exact<List>(candidates.get())) return raise(t, exc::TypeError, "candidates must be a list");
    Borrowed<List> list = static_cast<List*>(candidates.get());
    intptr_t count = list_size(list.get());
    for (intptr_t i = 0; i < count; ++i) {
        MaybeRef<Object> candidate = list_get(t, list, i);
        if (candidate && !is<Str>(candidate.get())) return raise(t, exc::TypeError, "all elements in 'candidates' must be strings");
    }
    if (count >= MaxItems) return none_ref();
    std::string_view name = TRY(str_utf8(t, static_cast<Str*>(item.get())));
    size_t best = SIZE_MAX;
    MaybeRef<Object> found;
    for (intptr_t i = 0; i < count; ++i) {
        MaybeRef<Object> candidate = list_get(t, list, i);
        if (!candidate) break;
        std::string_view text = TRY(str_utf8(t, static_cast<Str*>(candidate.get())));
        if (text == name) continue;
        // No more than a third of the characters may need a change.
        size_t limit = std::min((name.size() + text.size() + 3) * MoveCost / 6, best - 1);
        size_t distance = edit_distance(name, text, limit);
        if (distance > limit) continue;
        if (!found || distance < best) {
            found = std::move(candidate);
            best = distance;
        }
    }
    return found ? found.take() : none_ref();
}
const NativeDef functions[] = {
    fn<generate>("_generate_suggestions", "($module, candidates, item, /)", "Returns the candidate in candidates that's most similar to item"),
};

} // namespace

extern const ModuleSpec suggestions_module;
const ModuleSpec suggestions_module = {.name = "_suggestions", .functions = functions};

} // namespace taipan
