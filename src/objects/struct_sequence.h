// Named tuples of native modules (os.stat_result, time.struct_time, sys.flags …): the first `visible` fields are the tuple's
// items, all are attributes. The types are immortal.
#pragma once

#include "objects/tuple.h"

#include <atomic>
#include <span>

namespace taipan {

struct StructField {
    const char* name; // null: an unnamed item
    const char* doc = nullptr;
};
enum class Instantiation { Allowed, Disallowed };

/// `name` is "module.name"; the text must live for ever. Fields after the first `visible` are attributes only.
Result<Ref<Type>> struct_sequence_type(Thread& t, const char* name, const char* doc, std::span<const StructField> fields, int visible,
                                       Instantiation instantiation = Instantiation::Allowed);
/// The same for all interpreters: the first that asks makes the type, `known` keeps it.
Result<Ref<Type>> shared_struct_sequence_type(Thread& t, std::atomic<Type*>& known, const char* name, const char* doc,
                                              std::span<const StructField> fields, int visible,
                                              Instantiation instantiation = Instantiation::Allowed);
int struct_sequence_field_count(const Type& type);
/// Takes over the items' references (also on error); fewer than the type has: the rest is None.
Result<Ref<Tuple>> struct_sequence_new(Thread& t, Type& type, Object** items, size_t count);

/// Collects the values of one struct sequence; after a failed conversion `finish` raises.
class StructBuilder {
public:
    StructBuilder(Thread& t, Type& type) : m_thread(t), m_type(type) {}
    ~StructBuilder();
    StructBuilder(const StructBuilder&) = delete;
    void add(Result<Ref<Object>> value);
    template <class T> void add(Result<Ref<T>> value) { add(Result<Ref<Object>>(std::move(value))); }
    void add_int(int64_t value);
    void add_string(std::string_view value); // file system text
    void add_none() { m_items[m_count++] = nullptr; }
    Result<Ref<Tuple>> finish();

private:
    Thread& m_thread;
    Type& m_type;
    Object* m_items[48] = {};
    size_t m_count = 0;
    bool m_failed = false;
};

} // namespace taipan
