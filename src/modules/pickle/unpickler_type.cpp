// The Unpickler type and the mapping that shows its memo.
#include "modules/pickle/pickle.h"
#include "objects/function.h"
#include "objects/str_internal.h"
#include "objects/type_object.h"
#include "runtime/heap.h"

#include <cstring>

namespace taipan::pickle {

Type Unpickler::s_type, UnpicklerMemoProxy::s_type;

namespace {
using Self = Borrowed<Unpickler>;
extern const NativeDef* const default_persistent_load;

char* copy_text(std::string_view text) {
    auto* copy = static_cast<char*>(raw_alloc(text.size() + 1));
    if (!copy) return nullptr;
    memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
    return copy;
}
} // namespace

static void drop_all(Unpickler* self);
LocalUnpickler::LocalUnpickler(Borrowed<Module> module) {
    unpickler.type = &Unpickler::s_type;
    unpickler.module = module.get();
}
LocalUnpickler::~LocalUnpickler() { drop_all(&unpickler); }
Result<void> unpickler_set_file(Thread& t, Unpickler* self, Borrowed<Object> file) {
    State& state = self->state();
    MaybeRef<Object> peek = TRY(get_attribute_optional(t, file, state.peek));
    assign_field(self->peek, peek.release());
    MaybeRef<Object> readinto = TRY(get_attribute_optional(t, file, state.readinto));
    assign_field(self->readinto, readinto.release());
    MaybeRef<Object> read = TRY(get_attribute_optional(t, file, state.read));
    MaybeRef<Object> readline = TRY(get_attribute_optional(t, file, state.readline));
    if (!read || !readline) {
        clear_field(self->peek);
        clear_field(self->readinto);
        return raise(t, exc::TypeError, "file must have 'read' and 'readline' attributes");
    }
    assign_field(self->read, read.release());
    assign_field(self->readline, readline.release());
    return {};
}
Result<void> unpickler_set_options(Thread& t, Unpickler* self, bool fix_imports, std::string_view encoding, std::string_view errors,
                                   Object* buffers) {
    MaybeRef<Object> iterator;
    if (buffers && !is_none(buffers)) iterator = TRY(get_iterator(t, buffers));
    assign_field(self->buffers, iterator.release());
    self->fix_imports = fix_imports;
    raw_free(std::exchange(self->encoding, nullptr));
    raw_free(std::exchange(self->errors, nullptr));
    if (encoding != "ASCII" && !(self->encoding = copy_text(encoding))) return raise_memory_error(t);
    if (errors != "strict" && !(self->errors = copy_text(errors))) return raise_memory_error(t);
    return {};
}

namespace {

COLD Error already_used(Thread& t) { return raise(t, exc::RuntimeError, "Unpickler object is already used"); }

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
    auto* self = static_cast<Unpickler*>(made.get());
    self->module = TRY(pickle_module_of(t)).release();
    if (!gc_is_tracked(self)) gc_track(self);
    return made;
}
Result<void> init(Thread& t, Self self, Borrowed<Object> file, bool fix_imports, std::string_view encoding, std::string_view errors,
                  MaybeBorrowed<Object> buffers) {
    InUse use(self->running);
    if (!use.is_mine()) return already_used(t);
    clear_field(self->read); // until all is well
    TRY(unpickler_set_file(t, self.get(), file));
    TRY(unpickler_set_options(t, self.get(), fix_imports, encoding, errors, buffers.get()));
    unpickler_drop_input(self.get());
    unpickler_memo_clear(self.get());
    self->protocol = 0;
    return {};
}
Result<Ref<Object>> load(Thread& t, Self self) {
    InUse use(self->running);
    if (!use.is_mine()) return already_used(t);
    if (!self->read) return raise_unpickling(t, self->state(), "Unpickler.__init__() was not called by %s.__init__()", self->type->name);
    return unpickler_load(t, self.get());
}
Result<Ref<Object>> find_class_method(Thread& t, Self self, Borrowed<Object> module, Borrowed<Object> name) {
    return find_class(t, self, module, name);
}
Result<Ref<Object>> persistent_load(Thread& t, Self self, Borrowed<Object>) {
    return raise_unpickling(t, self->state(),
                            "A load persistent id instruction was encountered, but no persistent_load function was specified.");
}
intptr_t size_of(Thread&, Self self) {
    auto words = self->memo_capacity + self->stack_capacity + self->mark_capacity;
    auto text = (self->encoding ? strlen(self->encoding) : 5) + (self->errors ? strlen(self->errors) : 6) + 2;
    return self->type->basicsize + words * static_cast<intptr_t>(sizeof(void*)) + static_cast<intptr_t>(text);
}
const NativeDef methods[] = {
    method<persistent_load>("persistent_load", "($self, pid, /)"),
    method<load>("load", "($self, /)",
                 "Load a pickle.\n\n"
                 "Read a pickled object representation from the open file object given in\n"
                 "the constructor, and return the reconstituted object hierarchy specified\ntherein."),
    method<find_class_method>("find_class", "($self, module_name, global_name, /)",
                              "Return an object from a specified module.\n\n"
                              "If necessary, the module will be imported.  Subclasses may override this\nmethod."),
    method<size_of>("__sizeof__", "($self, /)", "Returns size in memory, in bytes."),
};
const NativeDef* const default_persistent_load = &methods[0];

// `persistent_load` may be set on the instance although that has no dict.
Result<Ref<Object>> get_attr(Thread& t, Self self, Borrowed<Object> name) {
    if (self->persistent_load_attribute && is<Str>(name.get()) && str_equal(static_cast<Str*>(name.get()), self->state().persistent_load))
        return acquire(self->persistent_load_attribute);
    return generic_get_attribute(t, self, name);
}
Result<void> set_attr(Thread& t, Self self, Borrowed<Object> name, Object* value) {
    if (is<Str>(name.get()) && str_equal(static_cast<Str*>(name.get()), self->state().persistent_load)) {
        if (!value && !self->persistent_load_attribute) return raise_attribute_error(t, self, static_cast<Str*>(name.get()));
        xincref(value);
        assign_field(self->persistent_load_attribute, value);
        return {};
    }
    return generic_set_attribute(t, self, name, value);
}

Result<Ref<Dict>> memo_as_dict(Thread& t, Unpickler* self) {
    Ref<Dict> copy = TRY(dict_new(t));
    for (intptr_t i = 0; i < self->memo_capacity; ++i) {
        if (!self->memo[i]) continue;
        Ref<Int> key = TRY(int_from(t, i));
        TRY(dict_set(t, copy, key, self->memo[i]));
    }
    if (self->sparse_memo) TRY(dict_merge(t, copy, self->sparse_memo, Override::Yes));
    return copy;
}
Result<Ref<Object>> get_memo(Thread& t, Self self) {
    Ref<UnpicklerMemoProxy> proxy = TRY(allocate<UnpicklerMemoProxy>(t));
    proxy->unpickler = acquire(self).release();
    gc_track(proxy.get());
    return proxy;
}
Result<void> set_memo(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "attribute deletion is not supported");
    MaybeRef<Dict> entries;
    if (is_exact<UnpicklerMemoProxy>(value)) entries = TRY(memo_as_dict(t, static_cast<UnpicklerMemoProxy*>(value)->unpickler));
    else if (is<Dict>(value)) entries = TRY(dict_copy(t, static_cast<Dict*>(value)));
    else return raise(t, exc::TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %T", value);
    intptr_t position = 0;
    MaybeRef<Object> key, item;
    while (dict_next(t, entries.get(), &position, &key, &item)) {
        if (!is<Int>(key.get())) return raise(t, exc::TypeError, "memo key must be integers");
        if (TRY(to_index_size(t, key.get(), exc::OverflowError)) < 0)
            return raise(t, exc::ValueError, "memo key must be positive integers.");
    }
    unpickler_memo_clear(self.get());
    position = 0;
    while (dict_next(t, entries.get(), &position, &key, &item))
        TRY(unpickler_memo_put(t, self.get(), TRY(to_index_size(t, key.get(), exc::OverflowError)), item.get()));
    return {};
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Unpickler*>(o);
    Object* fields[] = {self->module,
                        self->read,
                        self->readinto,
                        self->readline,
                        self->peek,
                        self->buffers,
                        self->persistent_load_attribute,
                        self->persistent_load,
                        self->sparse_memo,
                        self->input.obj};
    for (Object* field : fields)
        if (field)
            if (int result = visit(field, context)) return result;
    for (intptr_t i = 0; i < self->memo_capacity; ++i)
        if (self->memo[i])
            if (int result = visit(self->memo[i], context)) return result;
    for (intptr_t i = 0; i < self->stack_size; ++i)
        if (int result = visit(self->stack[i], context)) return result;
    return 0;
}
int clear(Object* o) {
    auto* self = static_cast<Unpickler*>(o);
    clear_field(self->read);
    clear_field(self->readinto);
    clear_field(self->readline);
    clear_field(self->peek);
    clear_field(self->buffers);
    clear_field(self->persistent_load_attribute);
    clear_field(self->persistent_load);
    unpickler_drop_input(self);
    unpickler_memo_clear(self);
    while (self->stack_size > 0) decref(self->stack[--self->stack_size]);
    return 0;
}
void dealloc(Object* o) {
    gc_untrack(o);
    drop_all(static_cast<Unpickler*>(o));
    clear_field(static_cast<Unpickler*>(o)->module);
    o->type->free(o);
}

const GetSetDef getset[] = {getter_setter<get_memo, set_memo>("memo")};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, construct>(),
    typed_init<init, "Unpickler", "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())">(),
    binary_slot<SlotId::tp_getattro, get_attr>(),
    set_item_slot<SlotId::tp_setattro, set_attr>(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &clear),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

using Proxy = Borrowed<UnpicklerMemoProxy>;

void proxy_clear(Thread&, Proxy self) { unpickler_memo_clear(self->unpickler); }
Result<Ref<Dict>> proxy_copy(Thread& t, Proxy self) { return memo_as_dict(t, self->unpickler); }
Result<Ref<Object>> proxy_reduce(Thread& t, Proxy self) {
    Ref<Dict> contents = TRY(proxy_copy(t, self));
    Ref<Tuple> args = TRY(tuple_pack(t, contents));
    return Ref<Object>(TRY(tuple_pack(t, Borrowed<Object>(&Dict::s_type), args)));
}
using ProxyFields = Fields<UnpicklerMemoProxy, &UnpicklerMemoProxy::unpickler>;
const NativeDef proxy_methods[] = {
    method<proxy_clear>("clear", "($self, /)", "Remove all items from memo."),
    method<proxy_copy>("copy", "($self, /)", "Copy the memo to a new object."),
    method<proxy_reduce>("__reduce__", "($self, /)", "Implement pickling support."),
};
const SlotDef proxy_slots[] = {ProxyFields::traverse_slot(), ProxyFields::clear_slot(), ProxyFields::dealloc_slot(),
                               raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr))};

} // namespace

static void drop_all(Unpickler* self) {
    clear(self);
    if (self->stack != self->first_stack) raw_free(self->stack);
    if (self->marks != self->first_marks) raw_free(self->marks);
    raw_free(self->encoding);
    raw_free(self->errors);
}

bool is_default_persistent_load(const Unpickler* self, const Object* method) {
    if (!is_exact<BuiltinFunction>(method)) return false;
    auto* function = static_cast<const BuiltinFunction*>(method);
    return function->def == default_persistent_load && function->self == self;
}

const TypeSpec unpickler_spec = {
    .type = &Unpickler::s_type,
    .name = "_pickle.Unpickler",
    .basicsize = sizeof(Unpickler),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "This takes a binary file for reading a pickle data stream.\n\n"
           "The protocol version of the pickle is detected automatically.  The *file* argument\n"
           "must have a read() method that takes an integer argument and a readline() method\n"
           "without; a readinto() method is used if there is one.\n\n"
           "*fix_imports*, *encoding* and *errors* control the reading of pickles that Python 2\n"
           "wrote; *buffers* gives the buffers that the pickle left out.",
    .signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())",
    .slots = slots,
    .methods = methods,
    .getset = getset,
};
const TypeSpec unpickler_memo_proxy_spec = {
    .type = &UnpicklerMemoProxy::s_type,
    .name = "_pickle.UnpicklerMemoProxy",
    .basicsize = sizeof(UnpicklerMemoProxy),
    .flags = type_flag::Gc,
    .slots = proxy_slots,
    .methods = proxy_methods,
};

} // namespace taipan::pickle
