// marshal: the format of .pyc files, version 5 (`dumps`, `loads`, `dump`, `load`). Bad data raises ValueError, EOFError or
// TypeError; nesting is bounded.
#include "modules/marshal_module.h"

#include "base/small_buffer.h"

#include "objects/audit.h"
#include "objects/bytes.h"
#include "objects/code.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/object_memo.h"
#include "objects/set.h"
#include "objects/slice.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace taipan {

namespace {

constexpr int MaxDepth = 2000;
constexpr uint8_t RefFlag = 0x80;

/// A ValueError, for whose making there may be little C stack left.
COLD Error marshal_too_deep(Thread& t, const char* text) {
    uintptr_t limit = t.c_stack_limit;
    t.c_stack_limit = limit > (64u << 10) ? limit - (64u << 10) : 0;
    (void)raise(t, exc::ValueError, text);
    t.c_stack_limit = limit;
    return Error{};
}

// --- reading ------------------------------------------------------------------------------------------------------------

class Reader {
public:
    Reader(Thread& t, std::string_view data, Object* refs, bool allow_code)
        : m_thread(t), m_data(data), m_refs(refs), m_allow_code(allow_code) {}
    /// From a file object, which is asked for just as many bytes as are needed.
    Reader(Thread& t, Object* file, Object* refs, bool allow_code) : m_thread(t), m_file(file), m_refs(refs), m_allow_code(allow_code) {}
    Result<MaybeRef<Object>> read() {
        Thread& t = m_thread;
        if (m_depth >= MaxDepth || c_stack_low(t)) return too_deep("recursion limit exceeded");
        ++m_depth;
        auto result = read_unchecked();
        --m_depth;
        return result;
    }
    Result<Ref<Object>> read_object() {
        MaybeRef<Object> value = TRY(read());
        if (!value) return raise(m_thread, exc::TypeError, "NULL object in marshal data for object");
        return value.take();
    }
    COLD Error too_deep(const char* text) { return marshal_too_deep(m_thread, text); }

private:
    static constexpr const char* UnexpectedEnd = "EOF read where not expected";
    Result<uint8_t> byte(const char* at_end = UnexpectedEnd) {
        if (m_file) return static_cast<uint8_t>(TRY(fetch(1, at_end))[0]);
        if (m_position >= m_data.size()) return raise(m_thread, exc::EOFError, "%s", at_end);
        return static_cast<uint8_t>(m_data[m_position++]);
    }
    /// Bytes from the file, valid until the next ones are fetched.
    Result<std::string_view> fetch(size_t count, const char* at_end) {
        Thread& t = m_thread;
        constexpr size_t Step = 1 << 20; // data that lie about their size take no memory that is not there
        m_buffer.clear();
        while (m_buffer.size() < count) {
            size_t wanted = std::min(count - m_buffer.size(), Step);
            Ref<ByteArray> space = TRY(bytearray_from(t, {nullptr, wanted}));
            Ref<Str> name = TRY(str_interned(t, "readinto"));
            Ref<Object> answer = TRY(call_method(t, Borrowed<Object>(m_file), name.get(), space));
            Ref<Int> index = TRY(to_index(t, answer));
            int64_t got = TRY(to_int64(t, index));
            if (got > static_cast<int64_t>(wanted))
                return raise(t, exc::ValueError, "read() returned too much data: %d bytes requested, %d returned", wanted, got);
            if (got < static_cast<int64_t>(wanted)) return raise(t, exc::EOFError, "%s", at_end);
            CriticalSection section(t, space.get());
            if (space->size != static_cast<intptr_t>(wanted)) return raise(t, exc::EOFError, "%s", at_end);
            std::string_view got_view = space->view();
            m_buffer.append(got_view.data(), got_view.size());
            if (m_buffer.failed()) return raise_memory_error(t);
        }
        return std::string_view(m_buffer.data(), m_buffer.size());
    }
    Result<std::string_view> bytes(size_t count) {
        if (m_file) return fetch(count, UnexpectedEnd);
        if (count > m_data.size() - m_position) return raise(m_thread, exc::EOFError, "marshal data too short");
        std::string_view view = m_data.substr(m_position, count);
        m_position += count;
        return view;
    }
    template <class I> Result<I> integer() {
        std::string_view raw = TRY(bytes(sizeof(I)));
        I value;
        memcpy(&value, raw.data(), sizeof value);
        return value;
    }
    Result<size_t> size(const char* what) {
        int32_t n = TRY(integer<int32_t>());
        if (n < 0) return raise(m_thread, exc::ValueError, "bad marshal data (%s size out of range)", what);
        return static_cast<size_t>(n);
    }
    Result<size_t> reserve(bool flag) {
        if (!flag) return size_t{0};
        TRY(list_append(m_thread, list(), none_ref()));
        return static_cast<size_t>(list()->size - 1);
    }
    void fill(bool flag, size_t index, Object* value) {
        if (flag) (void)list_set(m_thread, list(), static_cast<intptr_t>(index), acquire(value));
    }
    Result<MaybeRef<Object>> remember(bool flag, Ref<Object> value) {
        if (flag) TRY(list_append(m_thread, list(), value.share()));
        return MaybeRef<Object>(std::move(value));
    }
    List* list() { return static_cast<List*>(m_refs); }
    Result<double> binary_double() { return integer<double>(); }
    Result<double> text_double() {
        uint8_t n = TRY(byte());
        std::string_view text = TRY(bytes(n));
        double value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    Result<MaybeRef<Object>> read_text(bool flag, size_t count, bool ascii, bool interned) {
        std::string_view raw = TRY(bytes(count));
        Ref<Str> text = ascii ? TRY(str_from_latin1(m_thread, reinterpret_cast<const uint8_t*>(raw.data()), static_cast<intptr_t>(count)))
                              : TRY(str_decode_utf8(m_thread, raw, "surrogatepass"));
        if (interned) text = str_intern(m_thread, std::move(text));
        return remember(flag, std::move(text));
    }
    Result<MaybeRef<Object>> read_tuple(bool flag, size_t count) {
        Thread& t = m_thread;
        if (!m_file && count > 0xffff && count > m_data.size() - m_position) return raise(t, exc::EOFError, "marshal data too short");
        size_t index = TRY(reserve(flag));
        if (m_file && count > 0xffff) { // not before it is seen that there are so many
            Ref<List> items = TRY(list_new(t));
            for (size_t i = 0; i < count; ++i) {
                MaybeRef<Object> item = TRY(read());
                if (!item) return raise(t, exc::TypeError, "NULL object in marshal data for tuple");
                TRY(list_append(t, items, item.take()));
            }
            Ref<Tuple> made = TRY(list_to_tuple(t, items));
            fill(flag, index, made.get());
            return MaybeRef<Object>(std::move(made));
        }
        Ref<Tuple> tuple = TRY(tuple_alloc(t, static_cast<intptr_t>(count)));
        for (size_t i = 0; i < count; ++i) tuple->items[i] = None();
        fill(flag, index, tuple.get()); // now: what it holds may refer to it
        for (size_t i = 0; i < count; ++i) {
            MaybeRef<Object> item = TRY(read());
            if (!item) return raise(t, exc::TypeError, "NULL object in marshal data for tuple");
            tuple->items[i] = item.release();
        }
        if (count) tuple_finish(tuple.get());
        return MaybeRef<Object>(std::move(tuple));
    }
    Result<MaybeRef<Object>> read_long(bool flag) {
        Thread& t = m_thread;
        int32_t n = TRY(integer<int32_t>());
        if (n == INT32_MIN) return raise(t, exc::ValueError, "bad marshal data (long size out of range)");
        size_t count = static_cast<size_t>(n < 0 ? -n : n); // 15-bit digits
        std::string_view raw = TRY(bytes(count * 2));
        size_t digits = (count + 1) / 2;
        uint32_t small[64];
        uint32_t* out = digits <= 64 ? small : static_cast<uint32_t*>(raw_alloc(digits * 4));
        if (!out) return raise_memory_error(t);
        memset(out, 0, digits * 4);
        bool ok = true;
        for (size_t i = 0; i < count; ++i) {
            uint16_t digit;
            memcpy(&digit, raw.data() + 2 * i, 2);
            if (digit > 0x7fff) ok = false;
            out[i / 2] |= static_cast<uint32_t>(digit) << (i & 1 ? 15 : 0);
        }
        if (count && ok) {
            uint16_t top;
            memcpy(&top, raw.data() + 2 * (count - 1), 2);
            if (top == 0) ok = false;
        }
        auto made = ok ? int_from_digits(t, n < 0, out, static_cast<intptr_t>(digits)) : Result<Ref<Int>>(Error{});
        if (out != small) raw_free(out);
        if (!ok) return raise(t, exc::ValueError, "bad marshal data (digit out of range in long)");
        return remember(flag, TRY(std::move(made)));
    }
    template <class T> Result<Ref<T>> typed(const char*) {
        Ref<Object> object = TRY(read_object());
        if (!is<T>(object.get())) return raise(m_thread, exc::TypeError, "bad marshal data (unexpected type in code object)");
        return Ref<T>::steal(static_cast<T*>(object.release()));
    }
    Result<MaybeRef<Object>> read_code(bool flag) {
        Thread& t = m_thread;
        if (!m_allow_code) return raise(t, exc::ValueError, "unmarshalling code objects is disallowed");
        size_t index = TRY(reserve(flag));
        CodeFields f{};
        f.argcount = TRY(integer<int32_t>());
        f.posonlyargcount = TRY(integer<int32_t>());
        f.kwonlyargcount = TRY(integer<int32_t>());
        f.stacksize = TRY(integer<int32_t>());
        f.flags = TRY(integer<int32_t>());
        Ref<Bytes> code = TRY(typed<Bytes>("code"));
        Ref<Tuple> consts = TRY(typed<Tuple>("consts")), names = TRY(typed<Tuple>("names")), locals = TRY(typed<Tuple>("localsplusnames"));
        Ref<Bytes> kinds = TRY(typed<Bytes>("localspluskinds"));
        Ref<Str> filename = TRY(typed<Str>("filename")), name = TRY(typed<Str>("name")), qualname = TRY(typed<Str>("qualname"));
        f.firstlineno = TRY(integer<int32_t>());
        Ref<Bytes> lines = TRY(typed<Bytes>("linetable")), exceptions = TRY(typed<Bytes>("exceptiontable"));
        f.bytecode = code->view(), f.consts = consts.get(), f.names = names.get(), f.localsplusnames = locals.get(),
        f.localspluskinds = kinds.get();
        f.filename = filename.get(), f.name = name.get(), f.qualname = qualname.get(), f.linetable = lines.get(),
        f.exception_table = exceptions.get();
        Ref<Code> made = TRY(code_new(t, f));
        fill(flag, index, made.get());
        return MaybeRef<Object>(std::move(made));
    }
    Result<MaybeRef<Object>> read_list(bool flag) {
        Thread& t = m_thread;
        size_t count = TRY(size("list"));
        Ref<List> list = TRY(list_new(t));
        TRY(remember(flag, list.share()));
        for (size_t i = 0; i < count; ++i) {
            MaybeRef<Object> item = TRY(read());
            if (!item) return raise(t, exc::TypeError, "NULL object in marshal data for list");
            TRY(list_append(t, list, item.take()));
        }
        return MaybeRef<Object>(std::move(list));
    }
    Result<MaybeRef<Object>> read_dict(bool flag) {
        Thread& t = m_thread;
        Ref<Dict> dict = TRY(dict_new(t));
        TRY(remember(flag, dict.share()));
        for (;;) {
            MaybeRef<Object> key = TRY(read());
            if (!key) break;
            MaybeRef<Object> value = TRY(read());
            if (!value) break;
            TRY(dict_set(t, dict, key.get(), value.get()));
        }
        return MaybeRef<Object>(std::move(dict));
    }
    Result<MaybeRef<Object>> read_set(bool flag, bool frozen) {
        Thread& t = m_thread;
        size_t count = TRY(size("set"));
        size_t index = frozen ? TRY(reserve(flag)) : 0;
        Ref<List> items = TRY(list_new(t));
        Ref<Set> set = TRY(set_new(t));
        if (!frozen) TRY(remember(flag, set.share()));
        for (size_t i = 0; i < count; ++i) {
            MaybeRef<Object> item = TRY(read());
            if (!item) return raise(t, exc::TypeError, "NULL object in marshal data for set");
            if (frozen) TRY(list_append(t, items, item.take()));
            else TRY(set_add(t, set, item.get()));
        }
        if (!frozen) return MaybeRef<Object>(std::move(set));
        Ref<FrozenSet> made = TRY(frozenset_from_iterable(t, items));
        fill(flag, index, made.get());
        return MaybeRef<Object>(std::move(made));
    }
    Result<MaybeRef<Object>> read_slice(bool flag) {
        Thread& t = m_thread;
        size_t index = TRY(reserve(flag));
        Ref<Object> start = TRY(read_object()), stop = TRY(read_object()), step = TRY(read_object());
        Ref<Slice> slice = TRY(slice_new(t, start.get(), stop.get(), step.get()));
        fill(flag, index, slice.get());
        return MaybeRef<Object>(std::move(slice));
    }
    /// One function a container: this one's frame is there once for every level of nesting.
    Result<MaybeRef<Object>> read_unchecked() {
        Thread& t = m_thread;
        uint8_t code = TRY(byte("EOF read where object expected"));
        bool flag = code & RefFlag;
        switch (code & ~RefFlag) {
        case '0': return MaybeRef<Object>();
        case 'N': return MaybeRef<Object>::acquire(None());
        case 'F': return MaybeRef<Object>::acquire(False());
        case 'T': return MaybeRef<Object>::acquire(True());
        case 'S': return MaybeRef<Object>::acquire(&exc::StopIteration);
        case '.': return MaybeRef<Object>::acquire(Ellipsis());
        case 'i': return remember(flag, TRY(int_from(t, TRY(integer<int32_t>()))));
        case 'I': return remember(flag, TRY(int_from(t, TRY(integer<int64_t>()))));
        case 'l': return read_long(flag);
        case 'g': return remember(flag, TRY(float_from(t, TRY(binary_double()))));
        case 'f': return remember(flag, TRY(float_from(t, TRY(text_double()))));
        case 'y': {
            double real = TRY(binary_double()), imag = TRY(binary_double());
            return remember(flag, TRY(complex_from(t, real, imag)));
        }
        case 'x': {
            double real = TRY(text_double()), imag = TRY(text_double());
            return remember(flag, TRY(complex_from(t, real, imag)));
        }
        case 's': {
            size_t n = TRY(size("bytes object"));
            return remember(flag, TRY(bytes_from(t, TRY(bytes(n)))));
        }
        case 'u': return read_text(flag, TRY(size("string")), false, false);
        case 't': return read_text(flag, TRY(size("string")), false, true);
        case 'a': return read_text(flag, TRY(size("string")), true, false);
        case 'A': return read_text(flag, TRY(size("string")), true, true);
        case 'z': return read_text(flag, TRY(byte()), true, false);
        case 'Z': return read_text(flag, TRY(byte()), true, true);
        case ')': return read_tuple(flag, TRY(byte()));
        case '(': return read_tuple(flag, TRY(size("tuple")));
        case '[': return read_list(flag);
        case '{': return read_dict(flag);
        case '<': return read_set(flag, false);
        case '>': return read_set(flag, true);
        case ':': return read_slice(flag);
        case 'c': return read_code(flag);
        case 'r': {
            int32_t n = TRY(integer<int32_t>());
            if (n < 0 || n >= list()->size) return raise(t, exc::ValueError, "bad marshal data (invalid reference)");
            Object* value = list()->items[n];
            if (value == None()) return raise(t, exc::ValueError, "bad marshal data (invalid reference)");
            return MaybeRef<Object>::acquire(value);
        }
        default: return raise(t, exc::ValueError, "bad marshal data (unknown type code)");
        }
    }

    Thread& m_thread;
    std::string_view m_data;
    size_t m_position = 0;
    Object* m_file = nullptr;
    base::TextBuffer m_buffer;
    Object* m_refs;
    bool m_allow_code;
    int m_depth = 0;
};

// --- writing ------------------------------------------------------------------------------------------------------------

class Writer {
public:
    Writer(Thread& t, int version, bool allow_code) : m_thread(t), m_version(version), m_allow_code(allow_code) {}
    ~Writer() {
        m_memo.clear();
        raw_free(m_buffer);
    }
    std::string_view view() const { return {m_buffer, m_size}; }
    COLD Error too_deep(const char* text) { return marshal_too_deep(m_thread, text); }

    Result<void> write(Object* o) {
        Thread& t = m_thread;
        if (m_depth >= MaxDepth || c_stack_low(t)) return too_deep("object too deeply nested to marshal");
        ++m_depth;
        auto result = write_unchecked(o);
        --m_depth;
        return result;
    }

private:
    Result<void> raw(const void* data, size_t size) {
        if (m_size + size > m_capacity) {
            size_t capacity = (m_size + size) * 2 + 64;
            char* grown = static_cast<char*>(raw_realloc(m_buffer, capacity));
            if (!grown) return raise_memory_error(m_thread);
            m_buffer = grown;
            m_capacity = capacity;
        }
        memcpy(m_buffer + m_size, data, size);
        m_size += size;
        return {};
    }
    Result<void> byte(uint8_t b) { return raw(&b, 1); }
    Result<void> number(int32_t v) { return raw(&v, 4); }
    Result<void> sized(std::string_view s) {
        if (s.size() > INT32_MAX) return raise(m_thread, exc::ValueError, "unmarshallable object");
        TRY(number(static_cast<int32_t>(s.size())));
        return raw(s.data(), s.size());
    }
    /// A back reference if the object was written before; else notes it. True: done.
    Result<bool> reference(Object* o, uint8_t* flag) {
        *flag = 0;
        if (m_version < 3) return false;
        if (!is_immortal(o) && refcount(o) <= 1) return false; // cannot occur twice
        intptr_t known = m_memo.find(o);
        if (known >= 0) {
            if (known & Incomplete) return raise(m_thread, exc::ValueError, "unmarshallable object"); // inside itself
            TRY(byte('r'));
            TRY(number(static_cast<int32_t>(known)));
            return true;
        }
        bool whole = is_exact<Code>(o) || is_exact<Slice>(o) || is_exact<FrozenSet>(o);
        auto place = static_cast<intptr_t>(m_memo.size());
        if (!m_memo.set(o, whole ? place | Incomplete : place)) return raise_memory_error(m_thread);
        *flag = RefFlag;
        return false;
    }
    /// An object that can be referred to only when it is complete has been written.
    Result<void> completed(Object* o, uint8_t flag) {
        if (flag && !m_memo.set(o, m_memo.find(o) & ~Incomplete)) return raise_memory_error(m_thread);
        return {};
    }
    Result<void> write_int(Int* value, uint8_t flag) {
        int64_t small;
        if (int_fits_int64(value, &small) && small >= INT32_MIN && small <= INT32_MAX) {
            TRY(byte('i' | flag));
            return number(static_cast<int32_t>(small));
        }
        TRY(byte('l' | flag));
        size_t digits = (int_bit_length(value) + 14) / 15;
        TRY(number(value->is_negative() ? -static_cast<int32_t>(digits) : static_cast<int32_t>(digits)));
        for (size_t i = 0; i < digits; ++i) {
            uint16_t digit = static_cast<uint16_t>(value->digits[i / 2] >> (i & 1 ? 15 : 0) & 0x7fff);
            TRY(raw(&digit, 2));
        }
        return {};
    }
    Result<void> write_str(Str* s, uint8_t flag) {
        bool interned = s->is_interned() || s == m_qualname;
        if (m_version >= 4 && s->is_ascii()) {
            std::string_view text = s->ascii_view();
            if (text.size() < 256) {
                TRY(byte((interned ? 'Z' : 'z') | flag));
                TRY(byte(static_cast<uint8_t>(text.size())));
                return raw(text.data(), text.size());
            }
            TRY(byte((interned ? 'A' : 'a') | flag));
            return sized(text);
        }
        Ref<Object> encoded = TRY(str_encode(m_thread, s, "utf-8", "surrogatepass"));
        TRY(byte((m_version >= 3 && interned ? 't' : 'u') | flag));
        return sized(static_cast<Bytes*>(encoded.get())->view());
    }
    Result<void> write_code(Code* c, uint8_t flag) {
        if (!m_allow_code) return raise(m_thread, exc::ValueError, "marshalling code objects is disallowed");
        TRY(byte('c' | flag));
        for (int n : {c->argcount, c->posonlyargcount, c->kwonlyargcount, c->stacksize, c->flags}) TRY(number(n));
        Ref<Bytes> bytecode = TRY(bytes_from(m_thread, c->bytecode_view())); // no other reference: nothing refers back to it
        for (Object* o : std::initializer_list<Object*>{bytecode.get(), c->consts, c->names, c->localsplusnames, c->localspluskinds,
                                                        c->filename, c->name})
            TRY(write(o));
        m_qualname = c->qualname;
        TRY(write(c->qualname));
        m_qualname = nullptr;
        TRY(number(c->firstlineno));
        TRY(write(c->linetable));
        return write(c->exception_table);
    }
    Result<void> write_unchecked(Object* o) {
        Thread& t = m_thread;
        if (!o) return byte('0');
        if (o == None()) return byte('N');
        if (o == True()) return byte('T');
        if (o == False()) return byte('F');
        if (o == Ellipsis()) return byte('.');
        if (o == &exc::StopIteration) return byte('S');
        uint8_t flag;
        if (TRY(reference(o, &flag))) return {};
        if (is_exact<Int>(o)) return write_int(static_cast<Int*>(o), flag);
        if (is_exact<Float>(o)) {
            TRY(byte('g' | flag));
            return raw(&static_cast<Float*>(o)->value, 8);
        }
        if (is_exact<Complex>(o)) {
            TRY(byte('y' | flag));
            TRY(raw(&static_cast<Complex*>(o)->real, 8));
            return raw(&static_cast<Complex*>(o)->imag, 8);
        }
        if (is_exact<Str>(o)) return write_str(static_cast<Str*>(o), flag);
        if (is_exact<Tuple>(o)) {
            Tuple* tuple = static_cast<Tuple*>(o);
            if (m_version >= 4 && tuple->size < 256) {
                TRY(byte(')' | flag));
                TRY(byte(static_cast<uint8_t>(tuple->size)));
            } else {
                TRY(byte('(' | flag));
                TRY(number(static_cast<int32_t>(tuple->size)));
            }
            for (Object* item : *tuple) TRY(write(item));
            return {};
        }
        if (is_exact<List>(o)) {
            Ref<Tuple> copy = TRY(list_to_tuple(t, static_cast<List*>(o)));
            TRY(byte('[' | flag));
            TRY(number(static_cast<int32_t>(copy->size)));
            for (Object* item : *copy) TRY(write(item));
            return {};
        }
        if (is_exact<Dict>(o)) {
            TRY(byte('{' | flag));
            intptr_t position = 0;
            MaybeRef<Object> key, value;
            while (dict_next(t, static_cast<Dict*>(o), &position, &key, &value)) {
                TRY(write(key.get()));
                TRY(write(value.get()));
            }
            return byte('0');
        }
        if (is_exact<Set>(o) || is_exact<FrozenSet>(o)) {
            // In the order of their marshalled form, so that the output does not depend on hashing.
            Ref<List> pairs = TRY(list_new(t));
            intptr_t position = 0;
            MaybeRef<Object> key;
            while (set_next(t, static_cast<Set*>(o), &position, &key)) {
                Ref<Bytes> encoded = TRY(marshal_dumps(t, key.get(), m_version, m_allow_code));
                TRY(list_append(t, pairs, TRY(tuple_pack(t, encoded, key))));
            }
            TRY(list_sort(t, pairs, nullptr, false));
            TRY(byte((is_exact<Set>(o) ? '<' : '>') | flag));
            TRY(number(static_cast<int32_t>(pairs->size)));
            for (intptr_t i = 0; i < pairs->size; ++i) TRY(write(static_cast<Tuple*>(pairs->items[i])->items[1]));
            return completed(o, flag);
        }
        if (is_exact<Slice>(o) && m_version >= 5) {
            Slice* slice = static_cast<Slice*>(o);
            TRY(byte(':' | flag));
            TRY(write(slice->start));
            TRY(write(slice->stop));
            TRY(write(slice->step));
            return completed(o, flag);
        }
        if (is_exact<Code>(o)) {
            TRY(write_code(static_cast<Code*>(o), flag));
            return completed(o, flag);
        }
        if (o->type->as_buffer && o->type->as_buffer->get) {
            BufferView view;
            TRY(view.acquire(t, o));
            TRY(byte('s' | flag));
            return sized(view.view());
        }
        return raise(t, exc::ValueError, "unmarshallable object");
    }

    static constexpr intptr_t Incomplete = intptr_t{1} << 40; // a mark on a memo's number

    Thread& m_thread;
    ObjectMemo m_memo{}; // the objects that have references' numbers
    int m_version;
    bool m_allow_code;
    Str* m_qualname = nullptr; // being written: marked as interned, as by CPython
    char* m_buffer = nullptr;
    size_t m_size = 0, m_capacity = 0;
    int m_depth = 0;
};

constexpr int CurrentVersion = 5;

Result<Ref<Bytes>> py_dumps(Thread& t, Borrowed<Object> value, int version, bool allow_code) {
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Int> shown = TRY(int_from(t, version));
        TRY(audit_args(t, "marshal.dumps", {value.get(), shown.get()}));
    }
    return marshal_dumps(t, value, version, allow_code);
}
Result<Ref<Object>> py_loads(Thread& t, BufferView& data, bool allow_code) {
    if (UNLIKELY(t.interpreter->audit_hooks)) TRY(audit(t, "marshal.loads", TRY(bytes_from(t, data.view()))));
    return marshal_loads(t, data.view(), allow_code);
}
Result<Ref<Object>> py_dump(Thread& t, Borrowed<Object> value, Borrowed<Object> file, int version, bool allow_code) {
    Ref<Bytes> data = TRY(py_dumps(t, value, version, allow_code));
    return call_method(t, file, names::write, data);
}
Result<Ref<Object>> py_load(Thread& t, Borrowed<Object> file, bool allow_code) {
    TRY(audit_args(t, "marshal.load", {}));
    Ref<Int> nothing = TRY(int_from(t, 0));
    Ref<Object> data = TRY(call_method(t, file, names::read, nothing));
    if (!is<Bytes>(data.get())) return raise(t, exc::TypeError, "file.read() returned not bytes but %T", data);
    Ref<List> refs = TRY(list_new(t));
    return Reader(t, file.get(), refs.get(), allow_code).read_object();
}
const NativeDef functions[] = {
    fn<py_dump>("dump", "($module, value, file, version=5, /, *, allow_code=True)", "Write the value on the open file."),
    fn<py_load>("load", "($module, file, /, *, allow_code=True)", "Read one value from the open file and return it."),
    fn<py_dumps>("dumps", "($module, value, version=5, /, *, allow_code=True)",
                 "Return the bytes object that would be written to a file by dump(value, file)."),
    fn<py_loads>("loads", "($module, bytes, /, *, allow_code=True)", "Convert the bytes-like object to a value."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) { return module_add_int(t, module, "version", CurrentVersion); }

} // namespace

Result<Ref<Bytes>> marshal_dumps(Thread& t, Borrowed<Object> value, int version, bool allow_code) {
    Writer writer(t, version, allow_code);
    TRY(writer.write(value.get()));
    return bytes_from(t, writer.view());
}
Result<Ref<Object>> marshal_loads(Thread& t, std::string_view data, bool allow_code) {
    Ref<List> refs = TRY(list_new(t));
    Reader reader(t, data, refs.get(), allow_code);
    return reader.read_object();
}

extern const ModuleSpec marshal_module;
const ModuleSpec marshal_module = {.name = "marshal",
                                   .doc = "This module contains functions that can read and write Python values in\na binary format.",
                                   .functions = functions,
                                   .exec = exec};

} // namespace taipan
