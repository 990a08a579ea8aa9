// Rows, blobs and adapters.
#include "modules/sqlite/sqlite.h"
#include "objects/slice.h"

#include <climits>
#include <string>
#include <strings.h>

namespace taipan::sqlite {

Type Row::s_type, Blob::s_type, PrepareProtocol::s_type;

// Adapters

Result<Ref<Object>> adapt(Thread& t, Object* module, Borrowed<Object> object, Borrowed<Object> protocol, Object* fallback) {
    Ref<Tuple> key = TRY(tuple_pack(t, Borrowed<Object>(object->type), protocol));
    MaybeRef<Object> adapter = TRY(dict_get(t, static_cast<Dict*>(state_of(module).adapters), key));
    if (adapter) return call(t, adapter.take(), object);
    MaybeRef<Object> method = TRY(get_attribute_optional(t, protocol, TRY(str_interned(t, "__adapt__"))));
    if (method) {
        auto adapted = call(t, method.take(), object);
        if (adapted.is_error()) {
            if (!clear_if(t, exc::TypeError)) return Error{};
        } else {
            Ref<Object> value = adapted.take();
            if (!is_none(value.get())) return value;
        }
    }
    method = TRY(get_attribute_optional(t, object, TRY(str_interned(t, "__conform__"))));
    if (method) {
        auto adapted = call(t, method.take(), protocol);
        if (adapted.is_error()) {
            if (!clear_if(t, exc::TypeError)) return Error{};
        } else {
            Ref<Object> value = adapted.take();
            if (!is_none(value.get())) return value;
        }
    }
    if (fallback) return acquire(fallback);
    return raise(t, *static_cast<Type*>(state_of(module).errors[ProgrammingError]), "can't adapt");
}

// Row

namespace {

Result<Ref<Object>> row_new(Thread& t, Borrowed<Type> type, Borrowed<Object> cursor, Borrowed<Object> data) {
    if (!is<Cursor>(cursor.get())) return raise(t, exc::TypeError, "Row() argument 1 must be sqlite3.Cursor, not %T", cursor);
    if (!is<Tuple>(data.get())) return raise(t, exc::TypeError, "Row() argument 2 must be tuple, not %T", data);
    Ref<Row> self = TRY(allocate<Row>(t, *type.get()));
    self->data = acquire(data).release();
    Object* description = static_cast<Cursor*>(cursor.get())->description;
    self->description = acquire(description ? description : None()).release();
    gc_track(self.get());
    return self;
}
Tuple* columns_of(Row* self) { return is<Tuple>(self->description) ? static_cast<Tuple*>(self->description) : nullptr; }
bool same_name(const Str* a, const Str* b) {
    if (str_equal(a, b)) return true;
    if (!a->is_ascii() || !b->is_ascii() || a->length != b->length) return false;
    return strncasecmp(a->ascii_view().data(), b->ascii_view().data(), static_cast<size_t>(a->length)) == 0;
}
Result<Ref<Object>> row_subscript(Thread& t, Borrowed<Row> self, Borrowed<Object> key) {
    if (is<Int>(key.get())) {
        intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
        auto* data = static_cast<Tuple*>(self->data);
        if (index < 0) index += data->size;
        if (index < 0 || index >= data->size) return raise(t, exc::IndexError, "tuple index out of range");
        return acquire(data->items[index]);
    }
    if (is<Str>(key.get())) {
        Tuple* columns = columns_of(self.get());
        for (intptr_t i = 0; columns && i < columns->size; ++i) {
            Object* name = static_cast<Tuple*>(columns->items[i])->items[0];
            if (is<Str>(name) && same_name(static_cast<Str*>(key.get()), static_cast<Str*>(name))) {
                auto* data = static_cast<Tuple*>(self->data);
                if (i >= data->size) return raise(t, exc::IndexError, "tuple index out of range");
                return acquire(data->items[i]);
            }
        }
        return raise(t, exc::IndexError, "No item with key %R", key);
    }
    if (is<Slice>(key.get())) return get_item(t, Borrowed<Object>(self->data), key);
    return raise(t, exc::IndexError, "Index must be int or string");
}
Result<Ref<Object>> row_item(Thread& t, Borrowed<Row> self, intptr_t index) {
    auto* data = static_cast<Tuple*>(self->data);
    if (index < 0 || index >= data->size) return raise(t, exc::IndexError, "tuple index out of range");
    return acquire(data->items[index]);
}
Result<intptr_t> row_length(Thread&, Borrowed<Row> self) { return static_cast<Tuple*>(self->data)->size; }
Result<Ref<List>> row_keys(Thread& t, Borrowed<Row> self) {
    Ref<List> keys = TRY(list_new(t));
    Tuple* columns = columns_of(self.get());
    for (intptr_t i = 0; columns && i < columns->size; ++i)
        TRY(list_append(t, keys, acquire(static_cast<Tuple*>(columns->items[i])->items[0])));
    return keys;
}
Result<Ref<Object>> row_iter(Thread& t, Borrowed<Row> self) { return get_iterator(t, Borrowed<Object>(self->data)); }
Result<intptr_t> row_hash(Thread& t, Borrowed<Row> self) {
    intptr_t value = TRY(hash(t, Borrowed<Object>(self->description))) ^ TRY(hash(t, Borrowed<Object>(self->data)));
    return value == -1 ? -2 : value;
}
Result<Ref<Object>> row_compare(Thread& t, Borrowed<Row> self, Borrowed<Object> other, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is<Row>(other.get())) return acquire(NotImplemented());
    auto* row = static_cast<Row*>(other.get());
    bool same = TRY(equals(t, Borrowed<Object>(self->description), Borrowed<Object>(row->description)));
    if (!same) return bool_ref(op == Comparison::Ne);
    return compare(t, Borrowed<Object>(self->data), Borrowed<Object>(row->data), op);
}
using RowFields = Fields<Row, &Row::data, &Row::description>;
const NativeDef row_methods[] = {method<row_keys>("keys", "($self, /)", "The names of the columns.")};
const SlotDef row_slots[] = {RowFields::traverse_slot(),
                             RowFields::clear_slot(),
                             RowFields::dealloc_slot(),
                             typed_new<row_new, "Row", "(cursor, data, /)">(),
                             binary_slot<SlotId::mp_subscript, row_subscript>(),
                             index_slot<SlotId::sq_item, row_item>(),
                             size_slot<SlotId::mp_length, row_length>(),
                             size_slot<SlotId::sq_length, row_length>(),
                             unary_slot<SlotId::tp_iter, row_iter>(),
                             size_slot<SlotId::tp_hash, row_hash>(),
                             compare_slot<SlotId::tp_richcompare, row_compare>()};

// Blob

using Self = Borrowed<Blob>;

Result<void> check_blob(Thread& t, Blob* self) {
    TRY(check_thread_and_connection(t, self->connection));
    if (!self->handle) return fail(t, self->connection, ProgrammingError, "Cannot operate on a closed blob.");
    return {};
}
COLD Error blob_error(Thread& t, Blob* self, int code) {
    if (code == SQLITE_ABORT) return fail(t, self->connection, OperationalError, "Cannot operate on an expired blob handle");
    if (check_database(t, self->connection).is_error()) return Error{};
    return fail(t, self->connection, OperationalError, "unknown error");
}
Result<Ref<Bytes>> read_at(Thread& t, Blob* self, int length, int offset) {
    Ref<Bytes> data = TRY(bytes_alloc(t, length));
    int code;
    {
        Released released(t);
        code = sqlite3_blob_read(self->handle, data->data, length, offset);
    }
    if (code != SQLITE_OK) return blob_error(t, self, code);
    return data;
}
Result<void> write_at(Thread& t, Blob* self, const void* data, size_t length, int offset) {
    int size = sqlite3_blob_bytes(self->handle);
    if (length > static_cast<size_t>(size - offset)) return raise(t, exc::ValueError, "data longer than blob length");
    int code;
    {
        Released released(t);
        code = sqlite3_blob_write(self->handle, data, static_cast<int>(length), offset);
    }
    if (code != SQLITE_OK) return blob_error(t, self, code);
    return {};
}
Result<void> close_method(Thread& t, Self self) {
    TRY(check_thread_and_connection(t, self->connection));
    CriticalSection section(t, self.get());
    blob_close(t, self.get());
    return {};
}
Result<Ref<Bytes>> read(Thread& t, Self self, int length) {
    CriticalSection section(t, self.get());
    TRY(check_blob(t, self.get()));
    int left = sqlite3_blob_bytes(self->handle) - self->offset;
    if (length < 0 || length > left) length = left;
    if (length == 0) return bytes_empty();
    Ref<Bytes> data = TRY(read_at(t, self.get(), length, self->offset));
    self->offset += length;
    return data;
}
Result<void> write(Thread& t, Self self, const BufferView& data) {
    CriticalSection section(t, self.get());
    TRY(check_blob(t, self.get()));
    TRY(write_at(t, self.get(), data.data(), data.size(), self->offset));
    self->offset += static_cast<int>(data.size());
    return {};
}
Result<void> seek(Thread& t, Self self, int offset, int origin) {
    CriticalSection section(t, self.get());
    TRY(check_blob(t, self.get()));
    int size = sqlite3_blob_bytes(self->handle);
    int64_t to = offset;
    switch (origin) {
    case SEEK_SET: break;
    case SEEK_CUR: to += self->offset; break;
    case SEEK_END: to += size; break;
    default: return raise(t, exc::ValueError, "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END");
    }
    if (to > INT_MAX || (origin != SEEK_SET && to < INT_MIN)) return raise(t, exc::OverflowError, "seek offset results in offset overflow");
    if (to < 0 || to > size) return raise(t, exc::ValueError, "offset out of blob range");
    self->offset = static_cast<int>(to);
    return {};
}
Result<int64_t> tell(Thread& t, Self self) {
    TRY(check_blob(t, self.get()));
    return self->offset;
}
Result<Ref<Object>> enter(Thread& t, Self self) {
    TRY(check_blob(t, self.get()));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> exit(Thread& t, Self self, Borrowed<Object>, Borrowed<Object>, Borrowed<Object>) {
    TRY(check_blob(t, self.get()));
    CriticalSection section(t, self.get());
    blob_close(t, self.get());
    return bool_ref(false);
}
Result<intptr_t> blob_length(Thread& t, Self self) {
    TRY(check_blob(t, self.get()));
    return static_cast<intptr_t>(sqlite3_blob_bytes(self->handle));
}
Result<int> index_of(Thread& t, Blob* self, Borrowed<Object> key) {
    intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
    int size = sqlite3_blob_bytes(self->handle);
    if (index < 0) index += size;
    if (index < 0 || index >= size) return raise(t, exc::IndexError, "Blob index out of range");
    return static_cast<int>(index);
}
bool has_index(Object* key) { return key->type->as_number && key->type->as_number->index; }
Result<Ref<Object>> blob_subscript(Thread& t, Self self, Borrowed<Object> key) {
    CriticalSection section(t, self.get());
    TRY(check_blob(t, self.get()));
    if (has_index(key.get())) {
        Ref<Bytes> byte = TRY(read_at(t, self.get(), 1, TRY(index_of(t, self.get(), key))));
        return TRY(int_from(t, static_cast<uint8_t>(byte->data[0])));
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "Blob indices must be integers");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key.get())));
    intptr_t count = slice_adjust(sqlite3_blob_bytes(self->handle), &bounds);
    if (count == 0) return bytes_empty();
    if (bounds.step == 1) return TRY(read_at(t, self.get(), static_cast<int>(count), static_cast<int>(bounds.start)));
    Ref<Bytes> out = TRY(bytes_alloc(t, count));
    intptr_t low = bounds.step > 0 ? bounds.start : bounds.start + (count - 1) * bounds.step;
    intptr_t high = bounds.step > 0 ? bounds.start + (count - 1) * bounds.step : bounds.start;
    Ref<Bytes> all = TRY(read_at(t, self.get(), static_cast<int>(high - low + 1), static_cast<int>(low)));
    for (intptr_t i = 0; i < count; ++i) out->data[i] = all->data[bounds.start + i * bounds.step - low];
    return out;
}
Result<void> blob_set(Thread& t, Self self, Borrowed<Object> key, Object* value) {
    CriticalSection section(t, self.get());
    TRY(check_blob(t, self.get()));
    if (has_index(key.get())) {
        if (!value) return raise(t, exc::TypeError, "Blob doesn't support item deletion");
        int index = TRY(index_of(t, self.get(), key));
        if (!is<Int>(value)) return raise(t, exc::TypeError, "'%T' object cannot be interpreted as an integer", value);
        int64_t number;
        if (!int_fits_int64(static_cast<Int*>(value), &number) || number < 0 || number > 255)
            return raise(t, exc::ValueError, "byte must be in range(0, 256)");
        auto byte = static_cast<uint8_t>(number);
        return write_at(t, self.get(), &byte, 1, index);
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "Blob indices must be integers");
    if (!value) return raise(t, exc::TypeError, "Blob doesn't support slice deletion");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key.get())));
    intptr_t count = slice_adjust(sqlite3_blob_bytes(self->handle), &bounds);
    BufferView data;
    TRY(data.acquire(t, value));
    if (static_cast<intptr_t>(data.size()) != count) return raise(t, exc::IndexError, "Blob slice assignment is wrong size");
    if (count == 0) return {};
    if (bounds.step == 1) return write_at(t, self.get(), data.data(), data.size(), static_cast<int>(bounds.start));
    intptr_t low = bounds.step > 0 ? bounds.start : bounds.start + (count - 1) * bounds.step;
    intptr_t high = bounds.step > 0 ? bounds.start + (count - 1) * bounds.step : bounds.start;
    Ref<Bytes> all = TRY(read_at(t, self.get(), static_cast<int>(high - low + 1), static_cast<int>(low)));
    for (intptr_t i = 0; i < count; ++i) all->data[bounds.start + i * bounds.step - low] = static_cast<char>(data.data()[i]);
    return write_at(t, self.get(), all->data, static_cast<size_t>(all->size), static_cast<int>(low));
}
int blob_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Blob*>(o);
    return self->connection ? visit(self->connection, context) : 0;
}
void blob_dealloc(Object* o) {
    auto* self = static_cast<Blob*>(o);
    gc_untrack(o);
    clear_weakrefs(o);
    if (self->connection) {
        blob_close(Thread::current(), self);
        clear_field(self->connection);
    }
    o->type->free(o);
}
const NativeDef blob_methods[] = {
    method<close_method>("close", "($self, /)", "Close the blob."),
    method<read>("read", "($self, length=-1, /)", "Read at the current position."),
    method<write>("write", "($self, data, /)", "Write at the current position."),
    method<seek>("seek", "($self, offset, origin=0, /)", "Set the position."),
    method<tell>("tell", "($self, /)", "The position."),
    method<enter>("__enter__", "($self, /)", "The blob itself."),
    method<exit>("__exit__", "($self, type, val, tb, /)", "Close the blob."),
};
const SlotDef blob_slots[] = {raw_slot(SlotId::tp_traverse, &blob_traverse), raw_slot(SlotId::tp_dealloc, &blob_dealloc),
                              size_slot<SlotId::mp_length, blob_length>(), binary_slot<SlotId::mp_subscript, blob_subscript>(),
                              set_item_slot<SlotId::mp_ass_subscript, blob_set>()};

Result<void> protocol_init(Thread&, Borrowed<PrepareProtocol>) { return {}; }
Result<Ref<Object>> protocol_new(Thread& t, Borrowed<Type> type) { return allocate_object(t, *type.get()); }
const SlotDef protocol_slots[] = {typed_new<protocol_new, "PrepareProtocol", "()">(), typed_init<protocol_init, "PrepareProtocol", "()">()};

} // namespace

const TypeSpec row_spec = {.type = &Row::s_type,
                           .name = "sqlite3.Row",
                           .basicsize = sizeof(Row),
                           .flags = type_flag::Gc | type_flag::BaseType,
                           .slots = row_slots,
                           .methods = row_methods};
const TypeSpec blob_spec = {.type = &Blob::s_type,
                            .name = "sqlite3.Blob",
                            .basicsize = sizeof(Blob),
                            .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                            .slots = blob_slots,
                            .methods = blob_methods,
                            .weaklist_offset = offsetof(Blob, weaklist)};
const TypeSpec prepare_protocol_spec = {.type = &PrepareProtocol::s_type,
                                        .name = "sqlite3.PrepareProtocol",
                                        .basicsize = sizeof(PrepareProtocol),
                                        .doc = "PEP 246 style object adaption protocol type.",
                                        .slots = protocol_slots};

void blob_unlink(Blob* blob) {
    Connection* connection = blob->connection;
    MutexLocker locker(connection->blobs_lock);
    if (blob->previous) blob->previous->next = blob->next;
    else if (connection->blobs == blob) connection->blobs = blob->next;
    if (blob->next) blob->next->previous = blob->previous;
    blob->previous = blob->next = nullptr;
}
void blob_close(Thread& t, Blob* blob) {
    sqlite3_blob* handle = std::exchange(blob->handle, nullptr);
    if (!handle) return;
    blob_unlink(blob);
    Released released(t);
    sqlite3_blob_close(handle);
}
Result<Ref<Object>> blob_open(Thread& t, Borrowed<Connection> self, std::string_view table, std::string_view column, Borrowed<Object> row,
                              bool readonly, std::string_view given) {
    std::string name(given);
    TRY(check_thread_and_connection(t, self.get()));
    if (!is<Int>(row.get())) return raise(t, exc::TypeError, "expected 'int'");
    int64_t id;
    if (!int_fits_int64(static_cast<Int*>(row.get()), &id))
        return raise(t, exc::OverflowError, "Python int too large to convert to SQLite INTEGER");
    sqlite3_blob* handle = nullptr;
    int code;
    {
        Released released(t);
        code = sqlite3_blob_open(self->db, name.data(), table.data(), column.data(), id, !readonly, &handle);
    }
    if (code != SQLITE_OK) {
        TRY(check_database(t, self.get()));
        return fail(t, self.get(), OperationalError, "unknown error");
    }
    Ref<Blob> blob = TRY(allocate<Blob>(t));
    blob->handle = handle;
    blob->connection = acquire(self).release();
    {
        MutexLocker locker(self->blobs_lock);
        blob->next = self->blobs;
        if (blob->next) blob->next->previous = blob.get();
        self->blobs = blob.get();
    }
    gc_track(blob.get());
    return blob;
}

} // namespace taipan::sqlite
