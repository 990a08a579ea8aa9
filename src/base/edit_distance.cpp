#include "base/edit_distance.h"

#include <algorithm>
#include <cstdint>

namespace taipan::base {

namespace {

constexpr int MoveCost = 2, CaseCost = 1;
constexpr size_t MaxLength = 40;

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

} // namespace

bool NearestName::offer(std::string_view candidate) {
    if (candidate == m_name) return false;
    // No more than a third of the characters may need a change.
    size_t limit = std::min((m_name.size() + candidate.size() + 3) * MoveCost / 6, m_best - 1);
    size_t distance = edit_distance(m_name, candidate, limit);
    if (distance > limit || distance >= m_best) return false;
    m_best = distance;
    return true;
}

} // namespace taipan::base
