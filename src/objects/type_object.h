// The type machinery above the layout: attribute look-up by MRO with a method cache, version tags, class creation.
// All changes of types happen under the type lock; look-ups take no lock (docs/caches.md).
#pragma once

#include "objects/str.h"
#include "runtime/thread.h"
#include "runtime/type.h"

namespace taipan {

struct Tuple;
struct Dict;
struct List;

/// Finds `name` in the type's MRO; nothing if absent. No descriptor is run. Interned names hit the method cache.
MaybeRef<Object> type_lookup(Thread& t, Type& type, Borrowed<Str> name);
/// As `type_lookup`, and the type's version tag at the time (0: not cacheable). For inline caches.
MaybeRef<Object> type_lookup_version(Thread& t, Type& type, Borrowed<Str> name, uint32_t* version);
/// Assigns a version tag if the type has none; 0 if it cannot have one.
uint32_t type_version(Thread& t, Type& type);
/// Forgets cached look-ups of the type and its subclasses; call (type lock held) after a change of its dict or bases.
void type_modified(Thread& t, Type& type);

/// object.__getattribute__ and object.__setattr__.
Result<Ref<Object>> generic_get_attribute(Thread& t, Borrowed<Object> object, Borrowed<Object> name);
ResultMaybe<Object> generic_get_attribute_optional(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
Result<void> generic_set_attribute(Thread& t, Borrowed<Object> object, Borrowed<Object> name, Object* value);
/// object.__dict__ = value (null: del).
Result<void> instance_dict_set(Thread& t, Borrowed<Object> object, Object* value);
/// The instance's __dict__, made on demand; nothing if instances have none.
ResultMaybe<Dict> instance_dict(Thread& t, Borrowed<Object> object);
/// Address of the dict pointer of objects with dict_offset (not managed dicts), or null.
Object** instance_dict_pointer(Object* object);
/// C-convention forms for slots: generic_get_attribute, object's __getattribute__.
Object* generic_getattr_slot(Object* object, Object* name);
int generic_setattr_slot(Object* object, Object* name, Object* value);
/// The attribute in the instance's own dict or inline values; nothing if absent.
ResultMaybe<Object> instance_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
/// type.__getattribute__ as slot, and with "nothing" instead of AttributeError.
Object* type_getattr_slot(Object* type, Object* name);
ResultMaybe<Object> type_get_attribute_optional(Thread& t, Borrowed<Type> type, Borrowed<Str> name);

/// type(name, bases, namespace, **kwargs).
Result<Ref<Object>> type_new(Thread& t, Borrowed<Type> metatype, Borrowed<Str> name, Borrowed<Tuple> bases, Borrowed<Dict> name_space,
                             Dict* kwargs);
/// tp_vectorcall of classes: makes an instance without an argument tuple where it can.
Object* class_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames);
/// The base among `bases` that decides the layout.
Result<Borrowed<Type>> best_base(Thread& t, Borrowed<Tuple> bases);
/// tp_alloc of heap types and of types that may be subclassed.
Object* generic_alloc(Type* type, intptr_t items);
/// The most derived metatype of `metatype` and the bases' types, or TypeError "metaclass conflict: …".
Result<Borrowed<Type>> calculate_metaclass(Thread& t, Borrowed<Type> metatype, Borrowed<Tuple> bases);
/// The type's name without its module, its qualified name, its module.
Result<Ref<Object>> type_module_name(Thread& t, Borrowed<Type> type);
Result<Ref<Object>> type_qualname(Thread& t, Borrowed<Type> type);
inline const char* short_type_name(const Type& type) {
    const char* dot = __builtin_strrchr(type.name, '.');
    return dot && !type.is_heap_type() ? dot + 1 : type.name;
}
/// The type whose static data `solid base` decides the instance layout.
Type* solid_base(Type* type);

/// Computes C3 (or calls the metatype's mro()) for a type whose bases are set; the tuple is not stored.
Result<Ref<Object>> compute_mro(Thread& t, Borrowed<Type> type);
/// Stores a new MRO; readers of the old one, which take no lock, keep it.
void set_mro(Type& type, Ref<Object> mro);
/// Keeps bases or an order that the type had as long as the type: look-ups walk them without a reference. A chain of pairs in
/// tp_cache, which nothing else uses. Static types keep them for ever.
void type_retire(Thread& t, Type& type, Ref<Object> old);
/// Computes and sets the MRO. False: a mro() method has led to another one being set meanwhile, which stays.
Result<bool> renew_mro(Thread& t, Borrowed<Type> type);
/// Fills missing slots of a type from its bases (inherit_special and inherit_slots for the whole MRO), once its MRO and
/// dict are set. With `fixup`, slots follow from the dunder names in the dicts instead (heap types).
Result<void> type_finish(Thread& t, Type& type);
/// Registers or removes the type in its bases' list of subclasses (type lock held).
Result<void> add_subclass(Thread& t, Type& base, Type& type);
void remove_subclass(Thread& t, Type& base, Type& type);
/// The living direct subclasses.
Result<Ref<List>> type_subclasses(Thread& t, Type& type);
/// Sets a type's attribute and whatever follows: version, slots of it and of its subclasses. Null deletes.
Result<void> type_set_attribute(Thread& t, Borrowed<Type> type, Borrowed<Str> name, Object* value);

/// Adds the names of the class's attributes and of its bases' to the dict (dir).
Result<void> merge_class_dict(Thread& t, Borrowed<Dict> dict, Borrowed<Object> cls);
/// TypeError "<attribute> assignment: 'N' object layout differs from 'O'" unless instances look alike.
Result<void> check_layout_compatible(Thread& t, Type* old_type, Type* new_type, const char* attribute);
/// type.__dealloc__ of instances of heap types, and the collector's functions for them.
void instance_dealloc(Object* self);
int instance_traverse(Object* self, VisitFunc visit, void* context);
int instance_clear(Object* self);
/// The __name__ of the globals of the running Python code, for __module__; nothing if none runs. Defined by the VM.
MaybeRef<Object> caller_module_name(Thread& t);

/// The lock under which types change. The same thread may take it again.
class TypeLock {
public:
    explicit TypeLock(Thread& t);
    ~TypeLock();
    TypeLock(const TypeLock&) = delete;

private:
    bool m_nested;
};

/// What the process knows about types (part of the Runtime's state; one).
struct TypeRuntime {
    Mutex lock;
    std::atomic<uintptr_t> lock_owner{0};
    std::atomic<uint32_t> next_version{1 << 16};
    std::atomic<uint32_t> next_function_version{1};
};
extern TypeRuntime g_types;

} // namespace taipan
