// Pickling: the output buffer with its frames, the memo, and the types that have opcodes of their own.
#include "modules/pickle/pickler.h"

#include "base/float_text.h"
#include "base/int_text.h"
#include "objects/buffers.h"
#include "objects/dict_walk.h"
#include "objects/function.h"
#include "objects/int_internal.h"
#include "objects/pickle_buffer.h"
#include "objects/set.h"
#include "objects/str_codecs.h"
#include "runtime/heap.h"

#include <cstring>

namespace taipan::pickle {

// Output

NOINLINE Result<void> Save::grow(intptr_t extra) {
    if (extra > INTPTR_MAX / 4 - self->out_length) return raise_memory_error(t);
    intptr_t capacity = self->out_length + extra;
    if (capacity < self->out_capacity * 2) capacity = self->out_capacity * 2;
    if (capacity < 512) capacity = 512;
    auto* memory = static_cast<uint8_t*>(raw_realloc(self->out, static_cast<size_t>(capacity)));
    if (!memory) return raise_memory_error(t);
    self->out = memory;
    self->out_capacity = capacity;
    return {};
}
void Save::close_frame() {
    if (!self->framing || self->frame_start < 0) return;
    uint8_t* header = self->out + self->frame_start;
    intptr_t size = self->out_length - self->frame_start - FrameHeader;
    if (size >= FrameMinimum) {
        header[0] = static_cast<uint8_t>(op::Frame);
        auto count = static_cast<uint64_t>(size);
        memcpy(header + 1, &count, 8);
    } else {
        memmove(header, header + FrameHeader, static_cast<size_t>(size));
        self->out_length -= FrameHeader;
    }
    self->frame_start = -1;
}
Result<void> Save::end_large_frame() {
    close_frame();
    // What is complete goes to the file; the next frame uses the buffer again.
    return self->write ? flush() : Result<void>();
}
Result<void> Save::flush() {
    Ref<Bytes> data = TRY(bytes_from(t, {reinterpret_cast<char*>(self->out), static_cast<size_t>(self->out_length)}));
    self->out_length = 0;
    self->frame_start = -1;
    Ref<Object> write = acquire(self->write);
    TRY(call(t, write, data));
    return {};
}
Result<void> Save::write_large(const char* header, size_t header_size, std::string_view data, Object* payload) {
    auto size = static_cast<intptr_t>(data.size());
    bool direct = size >= FrameTarget, framing = self->framing;
    if (direct) {
        close_frame();
        self->framing = false;
    }
    TRY(put(header, header_size));
    if (direct && self->write) {
        TRY(flush());
        MaybeRef<Object> bytes = MaybeRef<Object>::acquire(payload);
        if (!bytes) bytes = TRY(bytes_from(t, data));
        Ref<Object> write = acquire(self->write);
        TRY(call(t, write, bytes.take()));
    } else {
        TRY(put(data.data(), data.size()));
    }
    self->framing = framing;
    return {};
}

// Memo opcodes

Result<void> Save::get(intptr_t index) {
    char text[32];
    if (!self->bin) {
        text[0] = op::Get;
        size_t size = 1 + base::format_u64(static_cast<uint64_t>(index), 10, text + 1);
        text[size++] = '\n';
        return put(text, size);
    }
    if (index < 256) return put2(op::BinGet, static_cast<uint8_t>(index));
    if (index > static_cast<intptr_t>(UINT32_MAX)) return raise_pickling(t, state, "memo id too large for LONG_BINGET");
    text[0] = op::LongBinGet;
    auto number = static_cast<uint32_t>(index);
    memcpy(text + 1, &number, 4);
    return put(text, 5);
}
Result<void> Save::memoize(Object* object) {
    if (UNLIKELY(self->fast)) return {};
    auto index = static_cast<intptr_t>(self->memo.size());
    if (UNLIKELY(!object)) self->memo.skip_number();
    else if (UNLIKELY(!self->memo.set(object, index))) return raise_memory_error(t);
    if (self->protocol >= 4) return put(op::Memoize);
    char text[32];
    if (!self->bin) {
        text[0] = op::Put;
        size_t size = 1 + base::format_u64(static_cast<uint64_t>(index), 10, text + 1);
        text[size++] = '\n';
        return put(text, size);
    }
    if (index < 256) return put2(op::BinPut, static_cast<uint8_t>(index));
    if (index > static_cast<intptr_t>(UINT32_MAX)) return raise_pickling(t, state, "memo id too large for LONG_BINPUT");
    text[0] = op::LongBinPut;
    auto number = static_cast<uint32_t>(index);
    memcpy(text + 1, &number, 4);
    return put(text, 5);
}

// Atoms

Result<void> Save::integer(Int* value) {
    char text[40];
    int64_t small;
    if (int_fits_int64(value, &small) && small >= INT32_MIN && small <= INT32_MAX) {
        if (self->bin) {
            auto bits = static_cast<uint32_t>(small);
            memcpy(text + 1, &bits, 4);
            if (bits < 0x100) {
                text[0] = op::BinInt1;
                return put(text, 2);
            }
            if (bits < 0x10000) {
                text[0] = op::BinInt2;
                return put(text, 3);
            }
            text[0] = op::BinInt;
            return put(text, 5);
        }
        text[0] = op::Int;
        size_t size = 1;
        if (small < 0) text[size++] = '-';
        size += base::format_u64(static_cast<uint64_t>(small < 0 ? -small : small), 10, text + size);
        text[size++] = '\n';
        return put(text, size);
    }
    if (self->protocol >= 2) {
        size_t size = int_bit_length(value) / 8 + 1;
        base::SmallBuffer<uint8_t, 64> bytes;
        if (!bytes.resize(size)) return raise_memory_error(t);
        TRY(int_to_bytes(t, value, bytes.data(), size, true, true));
        if (value->is_negative() && size > 1 && bytes[size - 1] == 0xff && bytes[size - 2] & 0x80) --size;
        if (size > INT32_MAX) return raise(t, exc::OverflowError, "int too large to pickle");
        if (size < 256) {
            TRY(put2(op::Long1, static_cast<uint8_t>(size)));
        } else {
            auto count = static_cast<uint32_t>(size);
            text[0] = op::Long4;
            memcpy(text + 1, &count, 4);
            TRY(put(text, 5));
        }
        return put(bytes.data(), size);
    }
    Ref<Str> digits = TRY(int_repr(t, value));
    TRY(put(op::Long));
    TRY(put(digits->data(), static_cast<size_t>(digits->length)));
    return put("L\n", 2);
}
Result<void> Save::real(double value) {
    char text[base::max_double_repr + 2];
    if (self->bin) {
        uint64_t bits;
        memcpy(&bits, &value, 8);
        bits = __builtin_bswap64(bits);
        text[0] = op::BinFloat;
        memcpy(text + 1, &bits, 8);
        return put(text, 9);
    }
    text[0] = op::Float;
    size_t size = 1 + base::repr_double(value, text + 1);
    text[size++] = '\n';
    return put(text, size);
}

static size_t length_header(char* out, char short_code, char code, char long_code, size_t size) {
    if (short_code && size < 256) {
        out[0] = short_code;
        out[1] = static_cast<char>(size);
        return 2;
    }
    if (size <= UINT32_MAX) {
        out[0] = code;
        auto count = static_cast<uint32_t>(size);
        memcpy(out + 1, &count, 4);
        return 5;
    }
    out[0] = long_code;
    uint64_t count = size;
    memcpy(out + 1, &count, 8);
    return 9;
}
Result<void> Save::bytes_data(Object* object, std::string_view data) {
    char header[9];
    if (data.size() > UINT32_MAX && self->protocol < 4)
        return raise(t, exc::OverflowError, "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher");
    size_t size = length_header(header, op::ShortBinBytes, op::BinBytes, op::BinBytes8, data.size());
    TRY(write_large(header, size, data, object));
    return memoize(object);
}
Result<void> Save::bytes(Bytes* object) {
    if (self->protocol >= 3) return bytes_data(object, object->view());
    // Bytes of Python 3 look to Python 2 like the result of a call.
    Ref<Tuple> reduced =
        object->size == 0 ? TRY(tuple_pack(t, Borrowed<Object>(&Bytes::s_type), tuple_empty())) : TRY([&]() -> Result<Ref<Tuple>> {
            Ref<Str> text = TRY(decode_latin1(t, object->view()));
            Ref<Str> encoding = TRY(str_interned(t, "latin1"));
            Ref<Tuple> args = TRY(tuple_pack(t, text, encoding));
            return tuple_pack(t, Borrowed<Object>(state.codecs_encode), args);
        }());
    return reduce(reduced.get(), object);
}
Result<void> Save::bytearray_data(Object* object, std::string_view data) {
    char header[9];
    header[0] = op::ByteArray8;
    uint64_t count = data.size();
    memcpy(header + 1, &count, 8);
    TRY(write_large(header, 9, data, object));
    return memoize(object);
}
Result<void> Save::bytearray(Object* object) {
    if (self->protocol >= 5) {
        // Held as a view: the array cannot be resized while it is written.
        BufferView view;
        TRY(view.acquire(t, object));
        return bytearray_data(object, view.view());
    }
    Ref<Bytes> copy = TRY(to_bytes(t, object));
    Ref<Tuple> args = copy->size ? TRY(tuple_pack(t, copy)) : tuple_empty();
    Ref<Tuple> reduced = TRY(tuple_pack(t, Borrowed<Object>(&ByteArray::s_type), args));
    return reduce(reduced.get(), object);
}
Result<void> Save::pickle_buffer(Object* object) {
    if (self->protocol < 5) return raise_pickling(t, state, "PickleBuffer can only be pickled with protocol >= 5");
    auto* buffer = static_cast<PickleBuffer*>(object);
    Buffer* view = TRY(pickle_buffer_view(t, buffer));
    if (!buffer_is_contiguous(view, 'A'))
        return raise_pickling(t, state, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
    // Held while it is written, whatever the callback does to the wrapper.
    Buffer held;
    TRY(buffer_get(t, object, &held, buffer_flag::FullReadOnly));
    auto write = [&]() -> Result<void> {
        if (self->buffer_callback) {
            Ref<Object> callback = acquire(self->buffer_callback);
            Ref<Object> answer = TRY(call(t, callback, Borrowed<Object>(object)));
            if (!TRY(is_true(t, answer))) {
                TRY(put(op::NextBuffer));
                return held.readonly ? put(op::ReadOnlyBuffer) : Result<void>();
            }
        }
        std::string_view data{static_cast<char*>(held.buf), static_cast<size_t>(held.len)};
        return held.readonly ? bytes_data(object, data) : bytearray_data(object, data);
    };
    auto result = write();
    buffer_release(&held);
    return result;
}
Result<void> Save::raw_escaped(Str* text) {
    static constexpr char hex[] = "0123456789abcdef";
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        int digits = c >= 0x10000 ? 8 : c >= 256 || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a ? 4 : 0;
        char out[10];
        size_t size = 0;
        if (!digits) {
            out[size++] = static_cast<char>(c);
        } else {
            out[size++] = '\\';
            out[size++] = digits == 8 ? 'U' : 'u';
            while (digits-- > 0) out[size++] = hex[c >> (4 * digits) & 15];
        }
        TRY(put(out, size));
    }
    return {};
}
Result<void> Save::string(Str* text) {
    if (!self->bin) {
        TRY(put(op::Unicode));
        TRY(raw_escaped(text));
        TRY(put('\n'));
        return memoize(text);
    }
    MaybeRef<Bytes> encoded;
    std::string_view data;
    if (LIKELY(text->is_ascii())) {
        data = text->ascii_view();
    } else {
        auto utf8 = str_utf8(t, text);
        if (!utf8.is_error()) {
            data = utf8.take();
        } else {
            if (!clear_if(t, exc::UnicodeEncodeError)) return Error{};
            encoded = TRY(encode_utf8(t, text, "surrogatepass"));
            data = encoded->view();
        }
    }
    if (LIKELY(data.size() < 256 && self->protocol >= 4)) {
        uint8_t* out = TRY(room(static_cast<intptr_t>(data.size()) + 3));
        out[0] = static_cast<uint8_t>(op::ShortBinUnicode);
        out[1] = static_cast<uint8_t>(data.size());
        memcpy(out + 2, data.data(), data.size());
        self->out_length += static_cast<intptr_t>(data.size()) + 2;
        return memoize(text);
    }
    char header[9];
    if (data.size() > UINT32_MAX && self->protocol < 4)
        return raise(t, exc::OverflowError, "serializing a string larger than 4 GiB requires pickle protocol 4 or higher");
    size_t size = length_header(header, 0, op::BinUnicode, op::BinUnicode8, data.size());
    TRY(write_large(header, size, data, encoded.get()));
    return memoize(text);
}

// Containers

Result<void> Save::tuple(Tuple* object) {
    intptr_t size = object->size;
    if (size == 0) return self->bin ? put(op::EmptyTuple) : put2(op::Mark, op::Tuple);
    bool small = size <= 3 && self->protocol >= 2;
    if (!small) TRY(put(op::Mark));
    for (intptr_t i = 0; i < size; ++i)
        if (UNLIKELY(save(object->items[i]).is_error())) return note_exception(t, "when serializing %s item %d", object, i);
    // A tuple that contains itself is in the memo by now: what was put on the stack goes.
    intptr_t known = self->memo.find(object);
    if (UNLIKELY(known >= 0)) {
        if (!small && self->bin) {
            TRY(put(op::PopMark));
        } else {
            for (intptr_t i = 0; i < size + !small; ++i) TRY(put(op::Pop));
        }
        return get(known);
    }
    TRY(put(!small ? op::Tuple : size == 1 ? op::Tuple1 : size == 2 ? op::Tuple2 : op::Tuple3));
    return memoize(object);
}

Result<void> Save::batch_list(Object* iterator, Object* of) {
    intptr_t total = 0;
    auto item = [&](Object* o) -> Result<void> {
        if (UNLIKELY(save(o).is_error())) return note_exception(t, "when serializing %s item %d", of, total);
        ++total;
        return {};
    };
    if (!self->bin) {
        while (true) {
            MaybeRef<Object> next = TRY(next_item(t, iterator));
            if (!next) return {};
            TRY(item(next.get()));
            TRY(put(op::Append));
        }
    }
    intptr_t n;
    do {
        MaybeRef<Object> first = TRY(next_item(t, iterator));
        if (!first) return {};
        MaybeRef<Object> next = TRY(next_item(t, iterator));
        if (!next) {
            TRY(item(first.get()));
            return put(op::Append);
        }
        TRY(put(op::Mark));
        TRY(item(first.get()));
        first = nullptr;
        n = 1;
        while (next) {
            TRY(item(next.get()));
            if (++n == BatchSize) break;
            next = TRY(next_item(t, iterator));
        }
        TRY(put(op::Appends));
    } while (n == BatchSize);
    return {};
}
Result<void> Save::batch_exact_list(List* list) {
    intptr_t total = 0;
    auto item = [&]() -> Result<bool> {
        MaybeRef<Object> next = list_get(t, list, total);
        if (UNLIKELY(!next)) return false; // it got shorter
        if (UNLIKELY(save(next.get()).is_error())) return note_exception(t, "when serializing %s item %d", list, total);
        ++total;
        return true;
    };
    if (list_size(list) == 1) {
        TRY(item());
        return put(op::Append);
    }
    do {
        TRY(put(op::Mark));
        for (intptr_t n = 0; n < BatchSize && total < list_size(list); ++n)
            if (!TRY(item())) break;
        TRY(put(op::Appends));
    } while (total < list_size(list));
    return {};
}
Result<void> Save::list(List* object) {
    if (self->bin) TRY(put(op::EmptyList));
    else TRY(put2(op::Mark, op::List));
    TRY(memoize(object));
    if (list_size(object) == 0) return {};
    if (self->bin) return batch_exact_list(object);
    Ref<Object> iterator = TRY(get_iterator(t, object));
    return batch_list(iterator.get(), object);
}

Result<void> Save::pair(Object* key, Object* value, Object* of) {
    TRY(save(key));
    if (UNLIKELY(save(value).is_error())) return note_exception(t, "when serializing %s item %R", of, key);
    return {};
}
Result<void> Save::batch_dict(Object* iterator, Object* of) {
    auto next_pair = [&](MaybeRef<Object>* out) -> Result<void> {
        *out = TRY(next_item(t, iterator));
        if (*out && (!is<Tuple>(out->get()) || static_cast<Tuple*>(out->get())->size != 2))
            return raise(t, exc::TypeError, "dict items iterator must return 2-tuples");
        return {};
    };
    auto save_pair = [&](Object* o) { return pair(static_cast<Tuple*>(o)->items[0], static_cast<Tuple*>(o)->items[1], of); };
    MaybeRef<Object> next;
    if (!self->bin) {
        while (true) {
            TRY(next_pair(&next));
            if (!next) return {};
            TRY(save_pair(next.get()));
            TRY(put(op::SetItem));
        }
    }
    intptr_t n;
    do {
        MaybeRef<Object> first;
        TRY(next_pair(&first));
        if (!first) return {};
        TRY(next_pair(&next));
        if (!next) {
            TRY(save_pair(first.get()));
            return put(op::SetItem);
        }
        TRY(put(op::Mark));
        TRY(save_pair(first.get()));
        n = 1;
        while (next) {
            TRY(save_pair(next.get()));
            if (++n == BatchSize) break;
            TRY(next_pair(&next));
        }
        TRY(put(op::SetItems));
    } while (n == BatchSize);
    return {};
}
Result<void> Save::dict(Dict* object) {
    if (self->bin) TRY(put(op::EmptyDict));
    else TRY(put2(op::Mark, op::Dict));
    TRY(memoize(object));
    intptr_t size = dict_size(object);
    if (size == 0) return {};
    if (!self->bin) {
        Ref<Object> items = TRY(call_method(t, object, names::items));
        Ref<Object> iterator = TRY(get_iterator(t, items));
        return batch_dict(iterator.get(), object);
    }
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    if (size == 1) {
        if (dict_next_quick(t, object, &position, &key, &value)) TRY(pair(key.get(), value.get(), object));
        return put(op::SetItem);
    }
    intptr_t n;
    do {
        n = 0;
        TRY(put(op::Mark));
        while (dict_next_quick(t, object, &position, &key, &value)) {
            TRY(pair(key.get(), value.get(), object));
            if (++n == BatchSize) break;
        }
        TRY(put(op::SetItems));
        if (dict_size(object) != size) return raise(t, exc::RuntimeError, "dictionary changed size during iteration");
    } while (n == BatchSize);
    return {};
}
Result<void> Save::set(Object* object) {
    if (self->protocol < 4) return set_as_call(object, &Set::s_type);
    TRY(put(op::EmptySet));
    TRY(memoize(object));
    auto* items = static_cast<Set*>(object);
    intptr_t size = set_size(items), position = 0, n;
    if (size == 0) return {};
    MaybeRef<Object> key;
    do {
        n = 0;
        TRY(put(op::Mark));
        while (set_next(t, items, &position, &key)) {
            if (UNLIKELY(save(key.get()).is_error())) return note_exception(t, "when serializing %s element", object);
            if (++n == BatchSize) break;
        }
        TRY(put(op::AddItems));
        if (set_size(items) != size) return raise(t, exc::RuntimeError, "set changed size during iteration");
    } while (n == BatchSize);
    return {};
}
Result<void> Save::set_as_call(Object* object, Type* type) {
    Ref<List> items = TRY(to_list(t, object));
    Ref<Tuple> args = TRY(tuple_pack(t, items));
    Ref<Tuple> reduced = TRY(tuple_pack(t, Borrowed<Object>(type), args));
    return reduce(reduced.get(), object);
}
Result<void> Save::frozenset(Object* object) {
    if (self->protocol < 4) return set_as_call(object, &FrozenSet::s_type);
    TRY(put(op::Mark));
    Ref<Object> iterator = TRY(get_iterator(t, object));
    while (true) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) break;
        if (UNLIKELY(save(key.get()).is_error())) return note_exception(t, "when serializing %s element", object);
    }
    intptr_t known = self->memo.find(object);
    if (UNLIKELY(known >= 0)) {
        TRY(put(op::PopMark));
        return get(known);
    }
    TRY(put(op::FrozenSet));
    return memoize(object);
}

// Fast mode has no memo; beyond a depth it looks out for cycles.
Result<bool> Save::fast_enter(Object* object) {
    constexpr int Limit = 50;
    if (++self->fast_nesting < Limit) return false;
    if (!self->fast_memo) self->fast_memo = TRY(dict_new(t)).release();
    Ref<Int> key = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(object)));
    if (TRY(dict_contains(t, self->fast_memo, key)))
        return raise(t, exc::ValueError, "fast mode: can't pickle cyclic objects including object type %T at %p", object,
                     static_cast<const void*>(object));
    TRY(dict_set(t, self->fast_memo, key, None()));
    return true;
}
Result<void> Save::fast_leave(Object* object, bool recorded) {
    --self->fast_nesting;
    if (!recorded) return {};
    Ref<Int> key = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(object)));
    TRY(dict_delete(t, self->fast_memo, key));
    return {};
}

Result<void> Save::container(Object* object) {
    TRY(check_recursion(t, " while pickling an object"));
    if (is_exact<Tuple>(object)) return tuple(static_cast<Tuple*>(object));
    bool is_list = is_exact<List>(object);
    auto run = [&] { return is_list ? list(static_cast<List*>(object)) : dict(static_cast<Dict*>(object)); };
    if (LIKELY(!self->fast)) return run();
    auto entered = fast_enter(object);
    if (entered.is_error()) {
        --self->fast_nesting;
        return Error{};
    }
    bool recorded = entered.take();
    auto result = run();
    if (result.is_error()) {
        MaybeRef<Object> error = t.take_exception();
        if (fast_leave(object, recorded).is_error()) t.clear_exception();
        return t.set_exception(error.take());
    }
    return fast_leave(object, recorded);
}

Result<void> Save::persistent(Object* object, bool* done) {
    Ref<Object> function = acquire(self->persistent_id);
    Ref<Object> id = TRY(call(t, function, Borrowed<Object>(object)));
    if (is_none(id.get())) return {};
    *done = true;
    if (self->bin) {
        TRY(save(id.get(), IdCheck::Done));
        return put(op::BinPersId);
    }
    Ref<Str> text = TRY(to_str(t, id));
    if (!text->is_ascii()) return raise_pickling(t, state, "persistent IDs in protocol 0 must be ASCII strings");
    TRY(put(op::PersId));
    TRY(put(text->data(), static_cast<size_t>(text->length)));
    return put('\n');
}

Result<void> Save::save(Object* object, IdCheck check) {
    if (UNLIKELY(self->frame_start >= 0 && self->out_length - self->frame_start - FrameHeader >= FrameTarget)) TRY(end_large_frame());
    if (UNLIKELY(self->persistent_id != nullptr) && check == IdCheck::Due) {
        TRY(check_recursion(t, " while pickling an object"));
        bool done = false;
        TRY(persistent(object, &done));
        if (done) return {};
    }
    Type* type = object->type;
    if (is_none(object)) return put(op::None);
    if (type == &Bool::s_type) {
        bool value = object == True();
        if (self->protocol >= 2) return put(value ? op::NewTrue : op::NewFalse);
        return put(value ? "I01\n" : "I00\n", 4);
    }
    if (type == &Int::s_type) return integer(static_cast<Int*>(object));
    if (type == &Float::s_type) return real(static_cast<Float*>(object)->value);
    intptr_t known = self->memo.find(object);
    if (known >= 0) return get(known);
    if (type == &Str::s_type) return string(static_cast<Str*>(object));
    if (type == &Bytes::s_type) {
        if (self->protocol < 3) TRY(check_recursion(t, " while pickling an object"));
        return bytes(static_cast<Bytes*>(object));
    }
    if (type == &Dict::s_type || type == &List::s_type || type == &Tuple::s_type) return container(object);
    TRY(check_recursion(t, " while pickling an object"));
    if (type == &Set::s_type) return set(object);
    if (type == &FrozenSet::s_type) return frozenset(object);
    if (type == &ByteArray::s_type) return bytearray(object);
    if (type == &PickleBuffer::s_type) return pickle_buffer(object);
    return other(object);
}

// The pickle as a whole

Result<void> pickler_flush(Thread& t, Pickler* self) { return Save(t, self).flush(); }

Result<void> pickler_dump(Thread& t, Pickler* self, Borrowed<Object> object) {
    State& state = self->state();
    clear_field(self->persistent_id);
    clear_field(self->reducer_override);
    if (self->type != &Pickler::s_type || self->persistent_id_attribute) {
        // Looked up once: bound methods of the pickler, dropped at the end (they refer back to it).
        MaybeRef<Object> method = TRY(get_attribute_optional(t, self, state.persistent_id));
        if (method && !is_default_persistent_id(self, method.get())) assign_field(self->persistent_id, method.release());
        MaybeRef<Object> override = TRY(get_attribute_optional(t, self, state.reducer_override));
        assign_field(self->reducer_override, override.release());
    }
    Save save(t, self);
    auto run = [&]() -> Result<void> {
        if (self->protocol >= 2) TRY(save.put2(op::Proto, static_cast<uint8_t>(self->protocol)));
        self->framing = self->protocol >= 4;
        self->frame_start = -1;
        TRY(save.save(object.get()));
        TRY(save.put(op::Stop));
        save.close_frame();
        return {};
    };
    auto result = run();
    self->framing = false;
    self->frame_start = -1;
    clear_field(self->persistent_id);
    clear_field(self->reducer_override);
    return result;
}

} // namespace taipan::pickle
