// byref() and from_param() results: C values on their way into a call.
#include "modules/ctypes/ctypes.h"

#include <cstddef>

namespace taipan::ctypes {

Type Argument::s_type;

Result<Ref<Argument>> argument_new(Thread& t) {
    Ref<Argument> argument = TRY(allocate<Argument>(t));
    gc_track(argument.get());
    return argument;
}

void argument_set_pointer(Argument* argument, char tag, void* pointer, Object* keep) {
    argument->ffi = &ffi_type_pointer;
    argument->tag = tag;
    argument->value.p = pointer;
    assign_field(argument->keep, acquire(keep).release());
}

Out byref(Thread& t, Borrowed<Data> object, intptr_t offset) {
    Ref<Argument> argument = TRY(argument_new(t));
    CriticalSection section(t, object.get());
    argument_set_pointer(argument.get(), 'P', object->memory + offset, object.get());
    return Out(std::move(argument));
}

namespace {

void dealloc(Object* o) {
    auto* self = static_cast<Argument*>(o);
    gc_untrack(o);
    clear_field(self->keep);
    raw_free(self->copy);
    o->type->free(o);
}
int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Argument*>(o);
    return self->keep ? visit(self->keep, context) : 0;
}
int clear(Object* o) {
    clear_field(static_cast<Argument*>(o)->keep);
    return 0;
}

Result<Ref<Str>> show(Thread& t, Borrowed<Argument> self) {
    FormatArg tag(static_cast<int>(self->tag));
    auto number = [&](const char* format, auto value) -> Result<Ref<Str>> {
        const FormatArg args[] = {tag, FormatArg(value)};
        return str_format_args(t, format, args, 2);
    };
    switch (self->tag) {
    case 'b': return number("<cparam '%c' (%d)>", static_cast<signed char>(self->value.c));
    case 'B': return number("<cparam '%c' (%d)>", static_cast<unsigned char>(self->value.c));
    case 'h': return number("<cparam '%c' (%d)>", self->value.h);
    case 'H': return number("<cparam '%c' (%d)>", static_cast<uint16_t>(self->value.h));
    case 'i': return number("<cparam '%c' (%d)>", self->value.i);
    case 'I': return number("<cparam '%c' (%d)>", static_cast<uint32_t>(self->value.i));
    case 'l':
    case 'q': return number("<cparam '%c' (%d)>", self->value.q);
    case 'L':
    case 'Q': return number("<cparam '%c' (%d)>", self->value.q);
    case 'd':
    case 'f': {
        Ref<Object> value = Ref<Object>(TRY(float_from(t, self->tag == 'f' ? static_cast<double>(self->value.f) : self->value.d)));
        return number("<cparam '%c' (%R)>", value.get());
    }
    case 'c': {
        auto character = static_cast<unsigned char>(self->value.c);
        if (character >= ' ' && character < 127 && character != '\'' && character != '\\')
            return number("<cparam '%c' ('%c')>", static_cast<int>(character));
        static constexpr char digits[] = "0123456789abcdef";
        const char text[] = {digits[character >> 4], digits[character & 15], 0};
        return number("<cparam '%c' ('\\x%s')>", static_cast<const char*>(text));
    }
    case 'z':
    case 'Z':
    case 'P': return number("<cparam '%c' (%p)>", static_cast<const void*>(self->value.p));
    default: return number("<cparam '%c' at %p>", static_cast<const void*>(self.get()));
    }
}

const MemberDef members[] = {{"_obj", member_type::ObjectOrNone, offsetof(Argument, keep), member_flag::ReadOnly, "the wrapped object"}};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_dealloc, dealloc),
    raw_slot(SlotId::tp_traverse, traverse),
    raw_slot(SlotId::tp_clear, clear),
    unary_slot<SlotId::tp_repr, show>(),
};

} // namespace

const TypeSpec argument_spec = {.type = &Argument::s_type,
                                .name = "_ctypes.CArgObject",
                                .basicsize = sizeof(Argument),
                                .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                .slots = slots,
                                .members = members};

} // namespace taipan::ctypes
