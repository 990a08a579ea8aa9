// Finds the name most like a mistyped one, for "Did you mean": Levenshtein's distance in which changes of case are cheap.
#pragma once

#include <cstddef>
#include <string_view>

namespace taipan::base {

/// Offers candidates one by one; the best so far is remembered by the caller.
class NearestName {
public:
    explicit NearestName(std::string_view name) : m_name(name) {}
    /// True: the candidate is nearer than all before, and near enough to be suggested.
    bool offer(std::string_view candidate);

    static constexpr size_t MaxCandidates = 750;

private:
    std::string_view m_name;
    size_t m_best = static_cast<size_t>(-1);
};

} // namespace taipan::base
