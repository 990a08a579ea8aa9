// Natives whose keywords follow rules of their own, as those functions of CPython that look at their arguments themselves.
#pragma once

#include "objects/type_spec.h"

namespace taipan {
namespace method_flag { // not CPython's; never shown to extensions
constexpr int AnyKeywords = 1 << 16;
constexpr int CountsKeywords = 1 << 17;
constexpr int UnnamedKeyword = 1 << 18;
} // namespace method_flag

/// The same native, called with whatever keys the caller's dict has: with **kwargs they need not be strings.
consteval NativeDef any_keywords(NativeDef def) {
    def.method_flags |= method_flag::AnyKeywords;
    return def;
}
/// One with *args that counts its keywords before it looks at their names.
consteval NativeDef counts_keywords(NativeDef def) {
    def.method_flags |= method_flag::CountsKeywords;
    return def;
}
/// One whose error does not name the keyword that it does not expect.
consteval NativeDef unnamed_keyword(NativeDef def) {
    def.method_flags |= method_flag::UnnamedKeyword;
    return def;
}
/// The same native for those who look at its signature; what is called is `entry`, which sorts the arguments.
consteval NativeDef with_entry(NativeDef def, NativeEntry entry) {
    def.entry = entry;
    def.typed = nullptr;
    return def;
}

/// tp_new and tp_vectorcall from a native declared apart: method<…>(…), of which the receiver is the type.
template <const NativeDef& Def> struct DeclaredNew {
    static Object* construct(Type* type, Object* args, Object* kwargs) {
        return construct_native_tuple(Thread::current(), Def, type, args, kwargs);
    }
    static Object* vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
        return Def.entry(Thread::current(), Def, type, args, vectorcall_nargs(nargsf), kwnames);
    }
};
template <const NativeDef& Def> SlotDef declared_new() { return raw_slot(SlotId::tp_new, &DeclaredNew<Def>::construct); }
template <const NativeDef& Def> SlotDef declared_vectorcall() { return raw_slot(SlotId::tp_vectorcall, &DeclaredNew<Def>::vectorcall); }

} // namespace taipan
