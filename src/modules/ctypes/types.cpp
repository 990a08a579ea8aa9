// What all metatypes share: the classes' TypeInfo, from_buffer() and its relatives, item * length.
#include "modules/ctypes/ctypes.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/descriptor.h"
#include "objects/memoryview.h"
#include "objects/weakref.h"
#include "vm/builtin_support.h"

#include <cstring>
#include <dlfcn.h>

namespace taipan::ctypes {

Type CType::s_type;

TypeInfo* info_storage(Object* object) {
    if (!is<Type>(object) || !static_cast<Type*>(object)->is_heap_type() || !has_meta(object, CType::s_type)) return nullptr;
    return &static_cast<CType*>(object)->info;
}
TypeInfo* info_of(Object* object) {
    TypeInfo* info = info_storage(object);
    return info && info->ready.load(std::memory_order_acquire) ? info : nullptr;
}
Result<TypeInfo*> info_begin(Thread& t, Borrowed<Type> type) {
    TypeInfo* info = info_storage(type.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    if (info->ready.load(std::memory_order_acquire))
        return raise(t, exc::SystemError, "StgInfo of '%s' is already initialized.", type->name);
    return info;
}
Result<void> info_set_format(Thread& t, TypeInfo* info, std::string_view format) {
    auto* copy = static_cast<char*>(raw_alloc(format.size() + 1));
    if (!copy) return raise_memory_error(t);
    memcpy(copy, format.data(), format.size());
    copy[format.size()] = 0;
    char* old = std::exchange(info->buffer_format, copy);
    if (old) raw_free_delayed(t, old);
    return {};
}

template <class T> static Result<T*> copy_array(Thread& t, const T* from, size_t count) {
    if (!from) return static_cast<T*>(nullptr);
    auto* copy = static_cast<T*>(raw_alloc(sizeof(T) * (count ? count : 1)));
    if (!copy) return raise_memory_error(t);
    memcpy(copy, from, sizeof(T) * count);
    return copy;
}

Result<void> info_copy(Thread& t, TypeInfo* to, const TypeInfo* from) {
    to->size = from->size;
    to->align = from->align;
    to->length = from->length;
    to->ffi = from->ffi;
    if (from->elements) {
        size_t count = 0;
        while (from->elements[count]) ++count;
        to->elements = TRY(copy_array(t, from->elements, count + 1));
        to->ffi.elements = to->elements;
    }
    auto share = [](Object*& field, Object* value) { assign_field(field, MaybeRef<Object>::acquire(value).release()); };
    share(to->item, from->item);
    share(to->argument_types, from->argument_types);
    share(to->converters, from->converters);
    share(to->result_type, from->result_type);
    share(to->result_checker, from->result_checker);
    to->format = from->format;
    to->set = from->set;
    to->get = from->get;
    to->fill_argument = from->fill_argument;
    if (from->buffer_format) TRY(info_set_format(t, to, from->buffer_format));
    to->shape = TRY(copy_array(t, from->shape, static_cast<size_t>(from->ndim)));
    to->ndim = from->ndim;
    to->flags = from->flags;
    to->swapped = from->swapped;
    return {};
}

Result<void> check_instance_of(Thread& t, Any value, Borrowed<Type> type) {
    if (!is_subtype(value->type, type.get()))
        return raise(t, exc::TypeError, "expected %s instead of %s", type->name, type_name(value.get()));
    return {};
}

ResultMaybe<Object> as_parameter(Thread& t, Any value) { return attribute_optional(t, value, "_as_parameter_"); }

Out data_from_param(Thread& t, Borrowed<Type> type, Any value) {
    if (TRY(is_instance(t, value, type))) return value.share();
    if (is<Argument>(value.get())) {
        // byref(): what it refers to must be what the pointer type points to.
        Object* inner = static_cast<Argument*>(value.get())->keep;
        TypeInfo* info = info_of(type.get());
        if (inner && info && info->item && is<Type>(info->item) && TRY(is_instance(t, inner, info->item))) return value.share();
        return raise(t, exc::TypeError, "expected %s instance instead of pointer to %s", type->name, inner ? type_name(inner) : "NULL");
    }
    if (MaybeRef<Object> given = TRY(as_parameter(t, value))) {
        TRY(check_recursion(t, " while processing _as_parameter_"));
        return data_from_param(t, type, given.get());
    }
    return raise(t, exc::TypeError, "expected %s instance instead of %s", type->name, type_name(value.get()));
}

Result<void*> dll_handle(Thread& t, Any dll) {
    Ref<Str> name = TRY(str_interned(t, "_handle"));
    Ref<Object> handle = TRY(get_attribute(t, dll, name));
    if (!is<Int>(handle.get())) return raise(t, exc::TypeError, "the _handle attribute of the second argument must be an integer");
    int64_t value;
    uint64_t unsigned_value;
    if (int_fits_int64(static_cast<Int*>(handle.get()), &value)) return reinterpret_cast<void*>(value);
    if (int_fits_uint64(static_cast<Int*>(handle.get()), &unsigned_value)) return reinterpret_cast<void*>(unsigned_value);
    return raise(t, exc::ValueError, "could not convert the _handle attribute to a pointer");
}

Out array_type(Thread& t, Borrowed<Type> item, intptr_t length) {
    TypeInfo* info = info_storage(item.get());
    if (!info) return raise(t, exc::TypeError, "Expected a type object");
    Ref<Object> key = Ref<Object>(TRY(int_from(t, length)));
    auto known = [&]() -> ResultMaybe<Object> {
        CriticalSection section(t, item.get());
        if (!info->array_types) info->array_types = TRY(dict_new(t)).release();
        MaybeRef<Object> entry = TRY(dict_get(t, static_cast<Dict*>(info->array_types), key));
        if (!entry) return MaybeRef<Object>();
        return weakref_get(static_cast<Weakref*>(entry.get()));
    };
    if (MaybeRef<Object> made = TRY(known())) return made.take();
    Ref<Str> name = TRY(str_format(t, "%.200s_Array_%d", item->name, length));
    Ref<Dict> contents = TRY(dict_new(t));
    TRY(dict_set_ascii(t, contents, "_length_", key));
    TRY(dict_set_ascii(t, contents, "_type_", item));
    Ref<Tuple> bases = TRY(tuple_pack(t, Any(&ArrayData::s_type)));
    Ref<Object> made = TRY(call(t, Any(&array_meta), name, bases, contents));
    Ref<Object> reference = TRY(weakref_new(t, made, nullptr));
    CriticalSection section(t, item.get());
    MaybeRef<Object> other = TRY(dict_get(t, static_cast<Dict*>(info->array_types), key));
    if (other)
        if (MaybeRef<Object> first = weakref_get(static_cast<Weakref*>(other.get()))) return first.take();
    TRY(dict_set(t, static_cast<Dict*>(info->array_types), key, reference));
    return made;
}

Result<void> add_attributes(Thread& t, Borrowed<Type> type, std::span<const GetSetDef> definitions) {
    for (const GetSetDef& definition : definitions) {
        Ref<Object> descriptor = TRY(getset_descriptor_new(t, *type, definition));
        Ref<Str> name = TRY(str_interned(t, definition.name));
        TRY(type_set_attribute(t, type, name, descriptor.get()));
    }
    return {};
}

namespace {

int ctype_traverse(Object* o, VisitFunc visit, void* context) {
    if (TypeInfo* info = info_storage(o)) {
        int result;
        for (Object* field : {info->item, info->argument_types, info->converters, info->result_type, info->result_checker,
                              info->pointer_type, info->array_types, info->module})
            if (field && (result = visit(field, context))) return result;
    }
    return Type::s_type.traverse(o, visit, context);
}
int ctype_clear(Object* o) {
    if (TypeInfo* info = info_storage(o)) {
        // `item` and the like are read by instances that are still to be deallocated only as far as they are alive.
        clear_field(info->pointer_type);
        clear_field(info->array_types);
        clear_field(info->argument_types);
        clear_field(info->converters);
        clear_field(info->result_type);
        clear_field(info->result_checker);
        clear_field(info->module);
    }
    return Type::s_type.clear(o);
}
void ctype_dealloc(Object* o) {
    if (TypeInfo* info = info_storage(o)) {
        gc_untrack(o);
        ctype_clear(o);
        clear_field(info->item);
        raw_free(std::exchange(info->elements, nullptr));
        raw_free(std::exchange(info->buffer_format, nullptr));
        raw_free(std::exchange(info->shape, nullptr));
    }
    Type::s_type.dealloc(o);
}

Out repeat(Thread& t, Borrowed<Type> self, intptr_t length) {
    if (length < 0) return raise(t, exc::ValueError, "Array length must be >= 0, not %d", length);
    return array_type(t, self, length);
}

Result<TypeInfo*> concrete(Thread& t, Borrowed<Type> type) {
    TypeInfo* info = info_of(type.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    return info;
}

Out from_address(Thread& t, Borrowed<Type> self, Any value) {
    if (!is<Int>(value.get())) return raise(t, exc::TypeError, "integer expected");
    void* memory = TRY(to_pointer(t, static_cast<Int*>(value.get())));
    return Out(TRY(data_at_address(t, self, memory)));
}

Out from_buffer(Thread& t, Borrowed<Type> self, Any object, Size offset) {
    TypeInfo* info = TRY(concrete(t, self));
    Ref<MemoryView> view = TRY(memoryview_new(t, object));
    const Buffer& buffer = view->view;
    if (buffer.readonly) return raise(t, exc::TypeError, "underlying buffer is not writable");
    if (!buffer_is_contiguous(&buffer, 'C')) return raise(t, exc::TypeError, "underlying buffer is not C contiguous");
    if (offset < 0) return raise(t, exc::ValueError, "offset cannot be negative");
    if (info->size > buffer.len - offset)
        return raise(t, exc::ValueError, "Buffer size too small (%d instead of at least %d bytes)", buffer.len, info->size + offset);
    Ref<Object> address = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(buffer.buf))));
    Ref<Object> size = Ref<Object>(TRY(int_from(t, buffer.len))), start = Ref<Object>(TRY(int_from(t, offset)));
    TRY(audit_args(t, "ctypes.cdata/buffer", {address.get(), size.get(), start.get()}));
    Ref<Data> result = TRY(data_at_address(t, self, static_cast<char*>(buffer.buf) + offset.value));
    TRY(keep_reference(t, result, -1, Ref<Object>(std::move(view))));
    return Out(std::move(result));
}

Out from_buffer_copy(Thread& t, Borrowed<Type> self, BufferView& buffer, Size offset) {
    TypeInfo* info = TRY(concrete(t, self));
    auto length = static_cast<intptr_t>(buffer.size());
    if (offset < 0) return raise(t, exc::ValueError, "offset cannot be negative");
    if (info->size > length - offset)
        return raise(t, exc::ValueError, "Buffer size too small (%d instead of at least %d bytes)", length, info->size + offset);
    Ref<Object> address = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(buffer.data()))));
    Ref<Object> size = Ref<Object>(TRY(int_from(t, length))), start = Ref<Object>(TRY(int_from(t, offset)));
    TRY(audit_args(t, "ctypes.cdata/buffer", {address.get(), size.get(), start.get()}));
    Ref<Data> result = TRY(data_new(t, self));
    memcpy(result->memory, buffer.data() + offset.value, static_cast<size_t>(info->size));
    return Out(std::move(result));
}

Out in_dll(Thread& t, Borrowed<Type> self, Any dll, Borrowed<Str> name) {
    std::string_view text = TRY(str_utf8(t, name));
    if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
    TRY(audit_args(t, "ctypes.dlsym", {dll.get(), name.get()}));
    void* handle = TRY(dll_handle(t, dll));
    (void)dlerror();
    void* address;
    {
        Detached detached(t);
        address = dlsym(handle, text.data());
    }
    if (!address) {
        if (const char* error = dlerror()) {
            Ref<Str> message = TRY(str_decode_fs(t, error));
            return raise(t, exc::ValueError, "%s", message);
        }
        return raise(t, exc::ValueError, "symbol '%s' not found", name);
    }
    return Out(TRY(data_at_address(t, self, address)));
}

Out from_param(Thread& t, Borrowed<Type> self, Any value) { return data_from_param(t, self, value); }

Out get_pointer_type(Thread& t, Borrowed<Type> self) {
    if (TypeInfo* info = info_storage(self.get())) {
        CriticalSection section(t, self.get());
        if (info->pointer_type) return acquire(info->pointer_type);
    }
    return raise(t, exc::AttributeError, "%R has no attribute '__pointer_type__'", self);
}
Result<void> set_pointer_type(Thread& t, Borrowed<Type> self, Object* value) {
    TypeInfo* info = info_of(self.get());
    if (!info) return raise(t, exc::TypeError, "%R must have storage info", self);
    MaybeRef<Object> old;
    CriticalSection section(t, self.get());
    old = MaybeRef<Object>::steal(std::exchange(info->pointer_type, MaybeRef<Object>::acquire(value).release()));
    return {};
}
intptr_t type_size(Thread&, Borrowed<Type> self) {
    intptr_t size = Type::s_type.basicsize;
    if (TypeInfo* info = info_storage(self.get())) {
        size = CType::s_type.basicsize + self->size * static_cast<intptr_t>(sizeof(MemberDef));
        if (info->buffer_format) size += static_cast<intptr_t>(strlen(info->buffer_format)) + 1;
        size += info->ndim * static_cast<intptr_t>(sizeof(intptr_t));
        if (info->elements) size += (info->length + 1) * static_cast<intptr_t>(sizeof(ffi_type*));
    }
    return size;
}

constexpr NativeDef ctype_methods[] = {
    method<type_size>("__sizeof__", "($self, /)", "Return memory consumption of the type object."),
    method<from_address>("from_address", "($self, value, /)",
                         "C.from_address(integer) -> C instance\n\nAccess a C instance at the specified address."),
    method<from_buffer>("from_buffer", "($self, obj, offset=0, /)",
                        "C.from_buffer(object, offset=0) -> C instance\n\nCreate a C instance from a writeable buffer."),
    method<from_buffer_copy>("from_buffer_copy", "($self, buffer, offset=0, /)",
                             "C.from_buffer_copy(object, offset=0) -> C instance\n\nCreate a C instance from a readable buffer."),
    method<in_dll>("in_dll", "($self, dll, name, /)", "C.in_dll(dll, name) -> C instance\n\nAccess a C instance in a dll."),
    method<from_param>("from_param", "($self, value, /)", "Convert a Python object into a function call parameter."),
};
const GetSetDef ctype_attributes[] = {getter_setter<get_pointer_type, set_pointer_type>("__pointer_type__", "pointer type")};
const SlotDef ctype_slots[] = {
    raw_slot(SlotId::tp_traverse, ctype_traverse),
    raw_slot(SlotId::tp_clear, ctype_clear),
    raw_slot(SlotId::tp_dealloc, ctype_dealloc),
    index_slot<SlotId::sq_repeat, repeat>(),
};

} // namespace

const TypeSpec ctype_spec = {.type = &CType::s_type,
                             .name = "_ctypes.CType_Type",
                             .base = &Type::s_type,
                             .basicsize = sizeof(CType),
                             .flags = type_flag::Gc | type_flag::BaseType,
                             .slots = ctype_slots,
                             .methods = ctype_methods,
                             .getset = ctype_attributes};

} // namespace taipan::ctypes
