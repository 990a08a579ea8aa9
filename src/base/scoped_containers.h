// The standard containers with memory that an abandoned attempt gives back, and that leave it when there is none (memory_scope.h).
#pragma once

#include "base/memory_scope.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace taipan::base {

template <class T> struct ScopedAllocator {
    using value_type = T;
    ScopedAllocator() = default;
    template <class U> ScopedAllocator(const ScopedAllocator<U>&) {}
    T* allocate(size_t count) { return static_cast<T*>(scoped_allocate(count * sizeof(T))); }
    void deallocate(T* memory, size_t) { scoped_free(memory); }
    friend bool operator==(ScopedAllocator, ScopedAllocator) { return true; }
};

/// For what std::make_unique makes.
struct ScopedObject {
    static void* operator new(size_t size) { return scoped_allocate(size); }
    static void operator delete(void* memory) { scoped_free(memory); }
};

template <class T> using Vector = std::vector<T, ScopedAllocator<T>>;
template <class K, class V>
using HashMap = std::unordered_map<K, V, std::hash<K>, std::equal_to<K>, ScopedAllocator<std::pair<const K, V>>>;
template <class K, class V>
using HashMultimap = std::unordered_multimap<K, V, std::hash<K>, std::equal_to<K>, ScopedAllocator<std::pair<const K, V>>>;
template <class K> using HashSet = std::unordered_set<K, std::hash<K>, std::equal_to<K>, ScopedAllocator<K>>;
using String = std::basic_string<char, std::char_traits<char>, ScopedAllocator<char>>;

} // namespace taipan::base
