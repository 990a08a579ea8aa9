// C members of objects (PyMemberDef), __slots__ included.
#include "objects/descriptor.h"
#include "objects/racy.h"

#include <climits>
#include <cstring>

namespace taipan {

Result<Ref<Object>> member_get(Thread& t, Object* object, const MemberDef& member) {
    char* address = reinterpret_cast<char*>(object) + member.offset;
    auto load = [&]<class T>(T) {
        T value;
        memcpy(&value, address, sizeof value);
        return value;
    };
    switch (member.type) {
    case member_type::Bool: return bool_ref(load(char{}) != 0);
    case member_type::Byte: return Ref<Object>(TRY(int_from(t, load(int8_t{}))));
    case member_type::UByte: return Ref<Object>(TRY(int_from(t, load(uint8_t{}))));
    case member_type::Short: return Ref<Object>(TRY(int_from(t, load(short{}))));
    case member_type::UShort: return Ref<Object>(TRY(int_from(t, load(uint16_t{}))));
    case member_type::Int: return Ref<Object>(TRY(int_from(t, load(int{}))));
    case member_type::UInt: return Ref<Object>(TRY(int_from(t, load(uint32_t{}))));
    case member_type::Long:
    case member_type::LongLong:
    case member_type::Size: return Ref<Object>(TRY(int_from(t, load(int64_t{}))));
    case member_type::ULong:
    case member_type::ULongLong: return Ref<Object>(TRY(int_from_uint64(t, load(uint64_t{}))));
    case member_type::Float: return Ref<Object>(TRY(float_from(t, load(float{}))));
    case member_type::Double: return Ref<Object>(TRY(float_from(t, load(double{}))));
    case member_type::Char: return Ref<Object>(TRY(str_from_char(t, load(uint8_t{}))));
    case member_type::String: {
        const char* text = load(static_cast<const char*>(nullptr));
        if (!text) return none_ref();
        return Ref<Object>(TRY(str_from_utf8(t, text)));
    }
    case member_type::StringInplace: return Ref<Object>(TRY(str_from_utf8(t, address)));
    case member_type::None: return none_ref();
    case member_type::ObjectOrNone:
    case member_type::ObjectEx: {
        auto& slot = *reinterpret_cast<Object**>(address);
        Object* value = nullptr;
        RacyRead read = racy_read(slot, &value);
        if (UNLIKELY(read == RacyRead::Retry)) {
            CriticalSection section(t, object);
            value = slot;
            if (value) incref_locked(value);
        }
        if (value) return Ref<Object>::steal(value);
        if (member.type == member_type::ObjectOrNone) return none_ref();
        return raise(t, exc::AttributeError, "'%M' object has no attribute '%s'", object, member.name);
    }
    default: return raise(t, exc::SystemError, "bad memberdescr type for %s", member.name);
    }
}

Result<void> member_set(Thread& t, Object* object, const MemberDef& member, Object* value) {
    if (member.flags & member_flag::ReadOnly) return raise(t, exc::AttributeError, "readonly attribute");
    char* address = reinterpret_cast<char*>(object) + member.offset;
    auto store = [&](auto number) { memcpy(address, &number, sizeof number); };
    if (!value) {
        if (member.type == member_type::ObjectEx) {
            Object* old;
            {
                CriticalSection section(t, object);
                old = *reinterpret_cast<Object**>(address);
                store_release(*reinterpret_cast<Object**>(address), nullptr);
            }
            if (!old) return raise(t, exc::AttributeError, "%s", member.name);
            decref(old);
            return {};
        }
        if (member.type != member_type::ObjectOrNone) return raise(t, exc::TypeError, "can't delete numeric/char attribute");
    }
    switch (member.type) {
    case member_type::Bool:
        if (value != True() && value != False()) return raise(t, exc::TypeError, "attribute value type must be bool");
        store(static_cast<char>(value == True()));
        return {};
    case member_type::ObjectOrNone:
    case member_type::ObjectEx: {
        Object* old;
        xincref(value);
        if (value && is_multi_threaded()) enable_try_incref(value);
        {
            CriticalSection section(t, object);
            old = *reinterpret_cast<Object**>(address);
            store_release(*reinterpret_cast<Object**>(address), value);
        }
        if (old) decref(old);
        return {};
    }
    case member_type::Float:
    case member_type::Double: {
        double number = TRY(to_double(t, value));
        if (member.type == member_type::Float) store(static_cast<float>(number));
        else store(number);
        return {};
    }
    case member_type::Char: {
        if (!is<Str>(value) || static_cast<Str*>(value)->length != 1 || static_cast<Str*>(value)->at(0) > 255)
            return raise(t, exc::TypeError, "bad argument type for built-in operation");
        store(static_cast<char>(static_cast<Str*>(value)->at(0)));
        return {};
    }
    case member_type::String:
    case member_type::StringInplace: return raise(t, exc::TypeError, "readonly attribute");
    case member_type::ULong:
    case member_type::ULongLong: store(TRY(to_uint64(t, value))); return {};
    case member_type::Long:
    case member_type::LongLong:
    case member_type::Size: store(TRY(to_int64(t, value))); return {};
    default: break;
    }
    int64_t number = TRY(to_int64(t, value));
    auto narrow = [&]<class T>(T, int64_t low, int64_t high, const char* name) -> Result<void> {
        if (number < low || number > high) TRY(warn(t, exc::RuntimeWarning, 1, "Truncation of value to %s", name));
        store(static_cast<T>(number));
        return {};
    };
    switch (member.type) {
    case member_type::Byte: return narrow(int8_t{}, CHAR_MIN, CHAR_MAX, "char");
    case member_type::UByte: return narrow(uint8_t{}, 0, UCHAR_MAX, "unsigned char");
    case member_type::Short: return narrow(int16_t{}, SHRT_MIN, SHRT_MAX, "short");
    case member_type::UShort: return narrow(uint16_t{}, 0, USHRT_MAX, "unsigned short");
    case member_type::Int: return narrow(int32_t{}, INT_MIN, INT_MAX, "int");
    case member_type::UInt: return narrow(uint32_t{}, 0, UINT_MAX, "unsigned int");
    default: return raise(t, exc::SystemError, "bad memberdescr type for %s", member.name);
    }
}

} // namespace taipan
