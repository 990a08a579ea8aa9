#include "objects/capsule.h"

#include "objects/type_spec.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type Capsule::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

int capsule_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Capsule*>(o);
    return self->traverse ? self->traverse(o, visit, context) : 0;
}
int capsule_clear(Object* o) {
    auto* self = static_cast<Capsule*>(o);
    return self->clear ? self->clear(o) : 0;
}
void capsule_dealloc(Object* o) {
    auto* self = static_cast<Capsule*>(o);
    gc_untrack(o);
    if (self->destructor) self->destructor(o);
    o->type->free(o);
}
Result<Ref<Object>> capsule_repr(Thread& t, Borrowed<Capsule> self) {
    const char* quote = self->name ? "\"" : "";
    return Ref<Object>(TRY(str_format(t, "<capsule object %s%s%s at %p>", quote, self->name ? self->name : "NULL", quote,
                                      static_cast<const void*>(self.get()))));
}

} // namespace

Result<Ref<Object>> capsule_new(Thread& t, void* pointer, const char* name, void (*destructor)(Object*)) {
    if (!pointer) return raise(t, exc::ValueError, "PyCapsule_New called with null pointer");
    Ref<Capsule> capsule = TRY(allocate<Capsule>(t));
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->destructor = destructor;
    gc_track(capsule.get());
    return Ref<Object>(std::move(capsule));
}

static const SlotDef capsule_slots[] = {
    unary_slot<SlotId::tp_repr, capsule_repr>(),
    raw_slot(SlotId::tp_traverse, capsule_traverse),
    raw_slot(SlotId::tp_clear, capsule_clear),
    raw_slot(SlotId::tp_dealloc, capsule_dealloc),
};
extern const TypeSpec capsule_spec = {.type = &Capsule::s_type,
                                      .name = "PyCapsule",
                                      .basicsize = sizeof(Capsule),
                                      .flags = type_flag::Gc,
                                      .doc = "A C pointer wrapped as an object, with a name and an optional destructor.\n\n"
                                             "An extension module publishes its C interface to others by way of one.",
                                      .slots = capsule_slots};

} // namespace taipan
