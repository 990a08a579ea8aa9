#include "objects/object_memo.h"
#include "runtime/heap.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

bool ObjectMemo::grow() {
    size_t size = m_table ? (m_mask + 1) * (m_used > 50000 ? 2 : 4) : 16;
    auto* table = static_cast<Entry*>(raw_alloc(size * sizeof(Entry)));
    if (!table) return false;
    memset(static_cast<void*>(table), 0, size * sizeof(Entry));
    size_t mask = size - 1;
    for_each([&](Entry& entry) {
        size_t i = hash(entry.key) & mask;
        while (table[i].key) i = (i + 1) & mask;
        table[i] = entry;
    });
    if (m_table) raw_free(m_table);
    m_table = table;
    m_mask = mask;
    return true;
}
bool ObjectMemo::set(Object* key, intptr_t index) {
    if (UNLIKELY(!m_table || (m_used + 1) * 3 > (m_mask + 1) * 2) && !grow()) return false;
    size_t i = hash(key) & m_mask;
    for (; m_table[i].key; i = (i + 1) & m_mask)
        if (m_table[i].key == key) {
            m_table[i].index = index;
            return true;
        }
    incref(key);
    m_table[i] = {key, index};
    ++m_used;
    return true;
}
void ObjectMemo::clear() {
    Entry* table = std::exchange(m_table, nullptr);
    size_t count = m_mask + 1;
    m_used = m_mask = m_anonymous = 0;
    if (!table) return;
    for (size_t i = 0; i < count; ++i)
        if (table[i].key) decref(table[i].key);
    raw_free(table);
}

} // namespace taipan
