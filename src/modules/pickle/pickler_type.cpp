// The Pickler type and the mapping that shows its memo.
#include "modules/pickle/pickle.h"
#include "objects/function.h"
#include "objects/str_internal.h"
#include "objects/type_object.h"
#include "runtime/heap.h"

namespace taipan::pickle {

Type Pickler::s_type, PicklerMemoProxy::s_type;

namespace {
using Self = Borrowed<Pickler>;
extern const NativeDef* const default_persistent_id;
} // namespace

static void drop_all(Pickler* self);
LocalPickler::LocalPickler(Borrowed<Module> module) {
    pickler.type = &Pickler::s_type;
    pickler.module = module.get();
    pickler.frame_start = -1;
}
LocalPickler::~LocalPickler() { drop_all(&pickler); }
Result<void> pickler_set_protocol(Thread& t, Pickler* self, Object* protocol, bool fix_imports) {
    int number = DefaultProtocol;
    if (protocol && !is_none(protocol)) {
        number = TRY(to_int32(t, protocol));
        if (number < 0) number = HighestProtocol;
        else if (number > HighestProtocol) return raise(t, exc::ValueError, "pickle protocol must be <= %d", HighestProtocol);
    }
    self->protocol = number;
    self->bin = number > 0;
    self->fix_imports = fix_imports && number < 3;
    return {};
}
Result<void> pickler_set_output(Thread& t, Pickler* self, Borrowed<Object> file) {
    MaybeRef<Object> write = TRY(get_attribute_optional(t, file, self->state().write));
    if (!write) return raise(t, exc::TypeError, "file must have a 'write' attribute");
    assign_field(self->write, write.release());
    return {};
}
Result<void> pickler_set_buffer_callback(Thread& t, Pickler* self, Object* callback) {
    if (callback && is_none(callback)) callback = nullptr;
    if (callback && self->protocol < 5) return raise(t, exc::ValueError, "buffer_callback needs protocol >= 5");
    if (callback) incref(callback);
    assign_field(self->buffer_callback, callback);
    return {};
}

namespace {

COLD Error already_used(Thread& t) { return raise(t, exc::RuntimeError, "Pickler object is already used"); }

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
    auto* self = static_cast<Pickler*>(made.get());
    self->frame_start = -1;
    self->module = TRY(pickle_module_of(t)).release();
    if (!gc_is_tracked(self)) gc_track(self);
    return made;
}
Result<void> init(Thread& t, Self self, Borrowed<Object> file, Borrowed<Object> protocol, bool fix_imports,
                  Borrowed<Object> buffer_callback) {
    InUse use(self->running);
    if (!use.is_mine()) return already_used(t);
    clear_field(self->write); // until all is well
    TRY(pickler_set_protocol(t, self.get(), protocol.get(), fix_imports));
    TRY(pickler_set_output(t, self.get(), file));
    TRY(pickler_set_buffer_callback(t, self.get(), buffer_callback.get()));
    self->memo.clear();
    self->fast = 0;
    self->fast_nesting = 0;
    clear_field(self->fast_memo);
    // A subclass may have a table of its own.
    Ref<Str> name = TRY(str_interned(t, "dispatch_table"));
    MaybeRef<Object> table = TRY(get_attribute_optional(t, self, name));
    assign_field(self->dispatch_table, table.release());
    return {};
}
Result<void> dump(Thread& t, Self self, Borrowed<Object> object) {
    InUse use(self->running);
    if (!use.is_mine()) return already_used(t);
    if (!self->write) return raise_pickling(t, self->state(), "Pickler.__init__() was not called by %s.__init__()", self->type->name);
    self->out_length = 0;
    TRY(pickler_dump(t, self.get(), object));
    TRY(pickler_flush(t, self.get()));
    raw_free(std::exchange(self->out, nullptr));
    self->out_capacity = 0;
    return {};
}
void clear_memo(Thread&, Self self) { self->memo.clear(); }
Object* persistent_id(Thread&, Self, Borrowed<Object>) { return None(); }
intptr_t size_of(Thread&, Self self) { return self->type->basicsize + static_cast<intptr_t>(self->memo.memory()) + self->out_capacity; }
const NativeDef methods[] = {
    method<persistent_id>("persistent_id", "($self, obj, /)"),
    method<dump>("dump", "($self, obj, /)", "Write a pickled representation of the given object to the open file."),
    method<clear_memo>("clear_memo", "($self, /)",
                       "Clears the pickler's \"memo\".\n\n"
                       "The memo remembers which objects the pickler has already seen, so that shared\n"
                       "objects are pickled by reference.  This method is for picklers that are used again."),
    method<size_of>("__sizeof__", "($self, /)", "Returns size in memory, in bytes."),
};
const NativeDef* const default_persistent_id = &methods[0];

// `persistent_id` may be set on the instance although that has no dict.
Result<Ref<Object>> get_attr(Thread& t, Self self, Borrowed<Object> name) {
    if (self->persistent_id_attribute && is<Str>(name.get()) && str_equal(static_cast<Str*>(name.get()), self->state().persistent_id))
        return acquire(self->persistent_id_attribute);
    return generic_get_attribute(t, self, name);
}
Result<void> set_attr(Thread& t, Self self, Borrowed<Object> name, Object* value) {
    if (is<Str>(name.get()) && str_equal(static_cast<Str*>(name.get()), self->state().persistent_id)) {
        if (!value && !self->persistent_id_attribute) return raise_attribute_error(t, self, static_cast<Str*>(name.get()));
        xincref(value);
        assign_field(self->persistent_id_attribute, value);
        return {};
    }
    return generic_set_attribute(t, self, name, value);
}

Result<Ref<Object>> get_memo(Thread& t, Self self) {
    Ref<PicklerMemoProxy> proxy = TRY(allocate<PicklerMemoProxy>(t));
    proxy->pickler = acquire(self).release();
    gc_track(proxy.get());
    return proxy;
}
Result<void> set_memo(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "attribute deletion is not supported");
    ObjectMemo memo{};
    auto fill = [&]() -> Result<void> {
        if (is_exact<PicklerMemoProxy>(value)) {
            bool ok = true;
            static_cast<PicklerMemoProxy*>(value)->pickler->memo.for_each(
                [&](const ObjectMemo::Entry& entry) { ok = ok && memo.set(entry.key, entry.index); });
            return ok ? Result<void>() : Result<void>(raise_memory_error(t));
        }
        if (!is<Dict>(value)) return raise(t, exc::TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %T", value);
        intptr_t position = 0;
        MaybeRef<Object> key, item;
        while (dict_next(t, static_cast<Dict*>(value), &position, &key, &item)) {
            if (!is<Tuple>(item.get()) || static_cast<Tuple*>(item.get())->size != 2)
                return raise(t, exc::TypeError, "'memo' values must be 2-item tuples");
            auto* pair = static_cast<Tuple*>(item.get());
            intptr_t index = TRY(to_index_size(t, pair->items[0], exc::OverflowError));
            if (!memo.set(pair->items[1], index)) return raise_memory_error(t);
        }
        return {};
    };
    auto result = fill();
    if (!result.is_error()) self->memo.swap(memo);
    memo.clear();
    return result;
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Pickler*>(o);
    Object* fields[] = {self->module,
                        self->write,
                        self->buffer_callback,
                        self->dispatch_table,
                        self->persistent_id_attribute,
                        self->persistent_id,
                        self->reducer_override,
                        self->fast_memo};
    for (Object* field : fields)
        if (field)
            if (int result = visit(field, context)) return result;
    int result = 0;
    self->memo.for_each([&](const ObjectMemo::Entry& entry) { result = result ? result : visit(entry.key, context); });
    return result;
}
int clear(Object* o) {
    auto* self = static_cast<Pickler*>(o);
    clear_field(self->write);
    clear_field(self->buffer_callback);
    clear_field(self->dispatch_table);
    clear_field(self->persistent_id_attribute);
    clear_field(self->persistent_id);
    clear_field(self->reducer_override);
    clear_field(self->fast_memo);
    self->memo.clear();
    return 0;
}
void dealloc(Object* o) {
    gc_untrack(o);
    drop_all(static_cast<Pickler*>(o));
    clear_field(static_cast<Pickler*>(o)->module);
    o->type->free(o);
}

const MemberDef members[] = {
    {"bin", member_type::Int, offsetof(Pickler, bin), 0, nullptr},
    {"fast", member_type::Int, offsetof(Pickler, fast), 0, nullptr},
    {"dispatch_table", member_type::ObjectEx, offsetof(Pickler, dispatch_table), 0, nullptr},
};
const GetSetDef getset[] = {getter_setter<get_memo, set_memo>("memo")};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, construct>(),
    typed_init<init, "Pickler", "(file, protocol=None, fix_imports=True, buffer_callback=None)">(),
    binary_slot<SlotId::tp_getattro, get_attr>(),
    set_item_slot<SlotId::tp_setattro, set_attr>(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &clear),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

// The proxy of the memo

using Proxy = Borrowed<PicklerMemoProxy>;

void proxy_clear(Thread&, Proxy self) { self->pickler->memo.clear(); }
Result<Ref<Dict>> proxy_copy(Thread& t, Proxy self) {
    Ref<Dict> copy = TRY(dict_new(t));
    // Taken out first: what follows may run code.
    Ref<List> entries = TRY(list_new(t));
    auto add = [&](const ObjectMemo::Entry& entry) -> Result<void> {
        Ref<Int> index = TRY(int_from(t, entry.index));
        Ref<Tuple> pair = TRY(tuple_pack(t, index, Borrowed<Object>(entry.key)));
        Ref<Int> id = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(entry.key)));
        return dict_set(t, copy, id, pair);
    };
    bool failed = false;
    self->pickler->memo.for_each([&](const ObjectMemo::Entry& entry) { failed = failed || add(entry).is_error(); });
    if (failed) return Error{};
    return copy;
}
Result<Ref<Object>> proxy_reduce(Thread& t, Proxy self) {
    Ref<Dict> contents = TRY(proxy_copy(t, self));
    Ref<Tuple> args = TRY(tuple_pack(t, contents));
    return Ref<Object>(TRY(tuple_pack(t, Borrowed<Object>(&Dict::s_type), args)));
}
using ProxyFields = Fields<PicklerMemoProxy, &PicklerMemoProxy::pickler>;
const NativeDef proxy_methods[] = {
    method<proxy_clear>("clear", "($self, /)", "Remove all items from memo."),
    method<proxy_copy>("copy", "($self, /)", "Copy the memo to a new object."),
    method<proxy_reduce>("__reduce__", "($self, /)", "Implement pickle support."),
};
const SlotDef proxy_slots[] = {ProxyFields::traverse_slot(), ProxyFields::clear_slot(), ProxyFields::dealloc_slot(),
                               raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr))};

} // namespace

static void drop_all(Pickler* self) {
    clear(self);
    raw_free(self->out);
}

bool is_default_persistent_id(const Pickler* self, const Object* method) {
    if (!is_exact<BuiltinFunction>(method)) return false;
    auto* function = static_cast<const BuiltinFunction*>(method);
    return function->def == default_persistent_id && function->self == self;
}

const TypeSpec pickler_spec = {
    .type = &Pickler::s_type,
    .name = "_pickle.Pickler",
    .basicsize = sizeof(Pickler),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "This takes a binary file for writing a pickle data stream.\n\n"
           "The optional *protocol* argument tells the pickler to use the given protocol;\n"
           "supported protocols are 0, 1, 2, 3, 4 and 5.  The default protocol is 5.\n\n"
           "The *file* argument must have a write() method that accepts a single bytes\n"
           "argument.\n\n"
           "If *fix_imports* is True and protocol is less than 3, new Python 3 names are\n"
           "mapped to the old names of Python 2.\n\n"
           "If *buffer_callback* is given (protocol 5), it is called with each buffer view;\n"
           "a false result leaves that buffer out of the stream.",
    .signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .members = members,
};
const TypeSpec pickler_memo_proxy_spec = {
    .type = &PicklerMemoProxy::s_type,
    .name = "_pickle.PicklerMemoProxy",
    .basicsize = sizeof(PicklerMemoProxy),
    .flags = type_flag::Gc,
    .slots = proxy_slots,
    .methods = proxy_methods,
};

} // namespace taipan::pickle
