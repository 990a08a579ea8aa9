// Unpickling: the opcodes. Nothing in a pickle is believed: every count is checked against what is there.
#include "modules/pickle/unpickler.h"

#include "base/float_text.h"
#include "base/utf8.h"
#include "modules/sys_module.h"
#include "objects/buffers.h"
#include "objects/descriptor.h"
#include "objects/dict_build.h"
#include "objects/dict_keys.h"
#include "objects/list_internal.h"
#include "objects/memoryview.h"
#include "objects/set.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/type_object.h"
#include "runtime/heap.h"
#include "vm/builtin_support.h"

#include <cstring>
#include <iterator>

namespace taipan::pickle {

// The memo: an array, and a dict for numbers that would make the array mostly empty.

Result<void> unpickler_memo_put(Thread& t, Unpickler* self, intptr_t index, Borrowed<Object> value) {
    if (UNLIKELY(index >= self->memo_capacity)) {
        if (index > 2 * self->memo_count + 4096) {
            if (!self->sparse_memo) self->sparse_memo = TRY(dict_new(t)).release();
            Ref<Int> key = TRY(int_from(t, index));
            if (!TRY(dict_contains(t, self->sparse_memo, key))) ++self->memo_count;
            return dict_set(t, self->sparse_memo, key, value);
        }
        constexpr intptr_t First = std::size(decltype(self->first_memo){});
        if (!self->memo && index < First) {
            self->memo = self->first_memo; // all null
            self->memo_capacity = First;
        } else {
            intptr_t capacity = index * 2 < 64 ? 64 : index * 2;
            bool first = self->memo == self->first_memo;
            auto* memo = static_cast<Object**>(raw_realloc(first ? nullptr : self->memo, static_cast<size_t>(capacity) * sizeof(Object*)));
            if (!memo) return raise_memory_error(t);
            if (first) {
                memcpy(memo, self->first_memo, sizeof self->first_memo);
                memset(self->first_memo, 0, sizeof self->first_memo);
            }
            memset(memo + self->memo_capacity, 0, static_cast<size_t>(capacity - self->memo_capacity) * sizeof(Object*));
            self->memo = memo;
            self->memo_capacity = capacity;
        }
        intptr_t capacity = self->memo_capacity;
        // What the array reaches now is to be found there.
        for (intptr_t i = self->sparse_memo ? 0 : capacity; i < capacity; ++i) {
            Ref<Int> key = TRY(int_from(t, i));
            MaybeRef<Object> moved = TRY(dict_pop(t, self->sparse_memo, key));
            if (moved && !self->memo[i]) self->memo[i] = moved.release();
        }
    }
    Object* old = std::exchange(self->memo[index], acquire(value).release());
    if (old) decref(old);
    else ++self->memo_count;
    return {};
}
void unpickler_memo_clear(Unpickler* self) {
    Object** memo = std::exchange(self->memo, nullptr);
    intptr_t capacity = std::exchange(self->memo_capacity, 0);
    self->memo_count = 0;
    if (memo == self->first_memo) {
        // Dropping an object may run code: the array must be as new by then.
        Object* items[std::size(decltype(self->first_memo){})];
        memcpy(items, memo, sizeof items);
        memset(self->first_memo, 0, sizeof self->first_memo);
        for (Object* item : items) xdecref(item);
    } else {
        for (intptr_t i = 0; i < capacity; ++i) xdecref(memo[i]);
        raw_free(memo);
    }
    clear_field(self->sparse_memo);
}
Result<void> Load::put_memo(intptr_t index) {
    Ref<Object> value = acquire(TRY(top()));
    return unpickler_memo_put(t, self, index, value);
}
Result<void> Load::get_memo(intptr_t index) {
    if (LIKELY(index >= 0 && index < self->memo_capacity && self->memo[index])) return push(acquire(self->memo[index]));
    if (self->sparse_memo) {
        Ref<Int> key = TRY(int_from(t, index));
        MaybeRef<Object> found = TRY(dict_get(t, self->sparse_memo, key));
        if (found) return push(found.take());
    }
    return raise_unpickling(t, state, "Memo value not found at index %d", index);
}

// Numbers as text

static bool plain_int(std::string_view text, int64_t* out) {
    bool negative = !text.empty() && text[0] == '-';
    size_t i = negative || (!text.empty() && text[0] == '+');
    if (i == text.size() || text.size() - i > 18) return false;
    int64_t value = 0;
    for (; i < text.size(); ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    *out = negative ? -value : value;
    return true;
}
Result<void> Load::load_int() {
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    std::string_view text = line.substr(0, line.size() - 1);
    int64_t value;
    if (plain_int(text, &value)) {
        if (line.size() == 3 && (value == 0 || value == 1) && text.size() == 2) return push(bool_ref(value == 1)); // "I00" and "I01"
        return push(TRY(int_from(t, value)));
    }
    auto parsed = int_from_text(t, text, 10);
    if (parsed.is_error()) {
        if (!exception_matches(t, exc::ValueError)) return Error{};
        t.clear_exception();
        return raise(t, exc::ValueError, "could not convert string to int");
    }
    return push(parsed.take());
}
Result<void> Load::load_long() {
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    std::string_view text = line.substr(0, line.size() - 1);
    if (text.ends_with('L')) text.remove_suffix(1);
    return push(TRY(int_from_text(t, text, 10)));
}
Result<void> Load::load_counted_long(intptr_t size) {
    int64_t count = static_cast<int64_t>(TRY(number(size)));
    if (size == 4) count = static_cast<int32_t>(count);
    if (count < 0) return raise_unpickling(t, state, "LONG pickle has negative byte count");
    if (count == 0) return push(TRY(int_from(t, 0)));
    const char* data = TRY(read(static_cast<intptr_t>(count)));
    return push(TRY(int_from_bytes(t, reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(count), true, true)));
}
Result<void> Load::load_float() {
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    double value;
    bool overflow = false;
    size_t used = base::scan_double(line.data(), line.size(), value, overflow);
    if (used == 0) return raise(t, exc::ValueError, "could not convert string to float: '%s'", line);
    if (overflow) return raise(t, exc::OverflowError, "value too large to convert to float: '%s'", line);
    if (line[used] != '\n' && line[used] != '\0') return raise(t, exc::ValueError, "could not convert string to float");
    return push(TRY(float_from(t, value)));
}

// Strings

/// What Python 2 called a string: bytes, or decoded as the unpickler was told.
Result<void> Load::push_old_string(std::string_view data) {
    Ref<Bytes> bytes = TRY(bytes_from(t, data));
    if (self->encoding && strcmp(self->encoding, "bytes") == 0) return push(std::move(bytes));
    return push(TRY(str_decode(t, bytes, self->encoding ? self->encoding : "ASCII", self->errors)));
}
Result<void> Load::load_string() {
    std::string_view line = TRY(read_line());
    line.remove_suffix(1);
    if (line.size() < 2 || line.front() != line.back() || (line.front() != '\'' && line.front() != '"'))
        return raise_unpickling(t, state, "the STRING opcode argument must be quoted");
    line = line.substr(1, line.size() - 2);
    Ref<Bytes> bytes = TRY(bytes_from(t, line));
    Ref<Object> decode = TRY(import_attribute(t, "_codecs", "escape_decode"));
    Ref<Object> pair = TRY(call(t, decode, bytes));
    auto* decoded = static_cast<Tuple*>(pair.get())->items[0];
    return push_old_string(static_cast<Bytes*>(decoded)->view());
}
Result<void> Load::load_text(intptr_t size) {
    const char* data = TRY(read(size));
    if (LIKELY(base::is_ascii(reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size)))) {
        if (size <= 1) return push(size ? str_latin1_char(static_cast<uint8_t>(*data)) : str_empty());
        Ref<Str> text = TRY(str_alloc(t, size, 127));
        memcpy(str_mutable_data(text.get()), data, static_cast<size_t>(size));
        return push(std::move(text));
    }
    return push(TRY(decode_utf8(t, {data, static_cast<size_t>(size)}, "surrogatepass", nullptr)));
}
Result<void> Load::load_bytes(intptr_t size) {
    if (size <= self->limit - self->next || !self->read) return push(TRY(bytes_from(t, {TRY(read(size)), static_cast<size_t>(size)})));
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    TRY(read_into(bytes->data, size));
    return push(std::move(bytes));
}
Result<void> Load::load_bytearray() {
    intptr_t size = TRY(length(8, "BYTEARRAY8"));
    if (size <= self->limit - self->next || !self->read) return push(TRY(bytearray_from(t, {TRY(read(size)), static_cast<size_t>(size)})));
    Ref<Int> count = TRY(int_from(t, size));
    Ref<Object> made = TRY(call(t, Borrowed<Object>(&ByteArray::s_type), count));
    BufferView view; // held, so that it keeps its size while it is filled
    TRY(view.acquire(t, made.get(), true));
    TRY(read_into(static_cast<char*>(view.buffer().buf), size));
    return push(std::move(made));
}
Result<void> Load::load_next_buffer() {
    if (!self->buffers) return raise_unpickling(t, state, "pickle stream refers to out-of-band data but no *buffers* argument was given");
    Ref<Object> buffers = acquire(self->buffers);
    MaybeRef<Object> buffer = TRY(next_item(t, buffers));
    if (!buffer) return raise_unpickling(t, state, "not enough out-of-band buffers");
    return push(buffer.take());
}
Result<void> Load::load_read_only_buffer() {
    Ref<Object> buffer = acquire(TRY(top()));
    if (!has_buffer(buffer.get())) return raise(t, exc::TypeError, "memoryview: a bytes-like object is required, not '%T'", buffer);
    Ref<MemoryView> view = TRY(memoryview_new(t, buffer));
    if (view->view.readonly) return {};
    Ref<Str> name = TRY(str_interned(t, "toreadonly"));
    Ref<Object> read_only = TRY(call_method(t, view, name));
    Ref<Object> old = TRY(pop());
    return push(std::move(read_only));
}

// Containers

Result<void> Load::load_dict() {
    intptr_t start = TRY(marker());
    if ((self->stack_size - start) % 2) return raise_unpickling(t, state, "odd number of items for DICT");
    Ref<Dict> dict = TRY(dict_new(t, (self->stack_size - start) / 2));
    for (intptr_t i = start; i + 1 < self->stack_size; i += 2) TRY(dict_set(t, dict, self->stack[i], self->stack[i + 1]));
    drop_to(start);
    return push(std::move(dict));
}
Result<void> Load::append_from(intptr_t start) {
    intptr_t size = self->stack_size;
    if (start > size || start <= self->fence) return underflow();
    if (start == size) return {};
    Ref<Object> target = acquire(self->stack[start - 1]);
    if (LIKELY(is_exact<List>(target.get()))) {
        auto* list = static_cast<List*>(target.get());
        CriticalSection section(t, list);
        intptr_t count = size - start;
        TRY(list_reserve(t, list, list->size + count));
        self->stack_size = start;
        for (intptr_t i = 0; i < count; ++i) TRY(list_append_locked(t, list, self->stack[start + i]));
        return {};
    }
    MaybeRef<Object> extend = TRY(get_attribute_optional(t, target, state.extend));
    if (extend) {
        Ref<List> items = TRY(pop_list(start));
        TRY(call(t, extend.take(), items));
        return {};
    }
    // The protocol asks for extend(); objects of old have append() only.
    Ref<Object> append = TRY(get_attribute(t, target, state.append));
    Ref<List> items = TRY(pop_list(start));
    for (intptr_t i = 0; i < items->size; ++i) {
        Ref<Object> item = acquire(items->items[i]);
        TRY(call(t, append, item));
    }
    return {};
}
Result<void> Load::set_items_from(intptr_t start) {
    intptr_t size = self->stack_size;
    if (start > size || start <= self->fence) return underflow();
    if (start == size) return {};
    if ((size - start) % 2) return raise_unpickling(t, state, "odd number of items for SETITEMS");
    Ref<Object> target = acquire(self->stack[start - 1]);
    bool exact = is_exact<Dict>(target.get());
    if (exact && size - start > 10) TRY(dict_reserve(t, as<Dict>(target.borrow()), (size - start) / 2, is_exact<Str>(self->stack[start])));
    for (intptr_t i = start; i < size; i += 2) {
        Object *key = self->stack[i], *value = self->stack[i + 1];
        if (LIKELY(exact)) TRY(dict_set(t, static_cast<Dict*>(target.get()), key, value));
        else TRY(set_item(t, target, key, value));
    }
    drop_to(start);
    return {};
}
Result<void> Load::add_items() {
    intptr_t start = TRY(marker()), size = self->stack_size;
    if (start > size || start <= self->fence) return underflow();
    if (start == size) return {};
    Ref<Object> target = acquire(self->stack[start - 1]);
    if (is<Set>(target.get())) {
        Ref<Tuple> items = TRY(pop_tuple(start));
        for (Object* item : *items) TRY(set_add(t, static_cast<Set*>(target.get()), item));
        return {};
    }
    Ref<Object> add = TRY(get_attribute(t, target, state.add));
    Ref<Tuple> items = TRY(pop_tuple(start));
    for (Object* item : *items) TRY(call(t, add, Borrowed<Object>(item)));
    return {};
}

// Classes and instances

Result<Ref<Object>> find_class(Thread& t, Borrowed<Unpickler> self, Borrowed<Object> module_object, Borrowed<Object> name_object) {
    if (UNLIKELY(t.interpreter->audit_hooks != nullptr)) {
        Ref<Str> event = TRY(str_from_utf8(t, "pickle.find_class"));
        Ref<Tuple> args = TRY(tuple_pack(t, module_object, name_object));
        TRY(audit_tuple(t, event, args));
    }
    Ref<Object> module_name = acquire(module_object), name = acquire(name_object);
    State& state = self->state();
    if (self->protocol < 3 && self->fix_imports)
        TRY(map_import(t, state.name_mapping_2to3, state.import_mapping_2to3, "NAME_MAPPING", "IMPORT_MAPPING", &module_name, &name));
    Ref<Object> module = TRY(import_by_object(t, module_name));
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name);
    auto* path = static_cast<Str*>(name.get());
    if (self->protocol >= 4 && find_char(path, '.', 0, path->length) >= 0) {
        auto found = get_dotted(t, module, path);
        if (found.is_error() && exception_matches(t, exc::AttributeError)) {
            Ref<Object> old = t.take_exception().take();
            (void)raise(t, exc::AttributeError, "Can't resolve path %R on module %R", path, module_name);
            if (t.exception && is<BaseException>(t.exception))
                assign_field(static_cast<BaseException*>(t.exception)->context, old.release());
            return Error{};
        }
        return found;
    }
    return get_attribute(t, module, path);
}
Result<Ref<Object>> Load::find_class(Borrowed<Object> module, Borrowed<Object> name) {
    if (LIKELY(self->type == &Unpickler::s_type)) return pickle::find_class(t, self, module, name);
    Ref<Str> method = TRY(str_interned(t, "find_class"));
    return call_method(t, self, method, module, name);
}
Result<void> Load::instantiate(Borrowed<Object> cls, Ref<Tuple> args) {
    if (args->size == 0 && is<Type>(cls.get())) {
        Ref<Str> name = TRY(str_interned(t, "__getinitargs__"));
        MaybeRef<Object> old_style = TRY(get_attribute_optional(t, cls, name));
        if (!old_style) return push(TRY(call_method(t, cls, names::__new__, cls)));
    }
    return push(TRY(call_tuple(t, cls, args, nullptr)));
}
Result<void> Load::load_inst() {
    intptr_t start = TRY(marker());
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    Ref<Str> module = TRY(decode_ascii(t, line.substr(0, line.size() - 1), nullptr));
    line = TRY(read_line());
    if (line.size() < 2) return truncated();
    Ref<Str> name = TRY(decode_ascii(t, line.substr(0, line.size() - 1), nullptr));
    Ref<Object> cls = TRY(find_class(module, name));
    Ref<Tuple> args = TRY(pop_tuple(start));
    return instantiate(cls, std::move(args));
}
Result<void> Load::load_obj() {
    intptr_t start = TRY(marker());
    if (self->stack_size - start < 1) return underflow();
    Ref<Tuple> args = TRY(pop_tuple(start + 1));
    Ref<Object> cls = TRY(pop());
    return instantiate(cls, std::move(args));
}
Result<void> Load::load_new(bool with_keywords) {
    MaybeRef<Object> keywords;
    if (with_keywords) keywords = TRY(pop());
    Ref<Object> args = TRY(pop());
    Ref<Object> cls = TRY(pop());
    const char* code = with_keywords ? "NEWOBJ_EX" : "NEWOBJ";
    if (!is<Type>(cls.get())) return raise_unpickling(t, state, "%s class argument must be a type, not %T", code, cls);
    auto* type = static_cast<Type*>(cls.get());
    if (!type->construct) return raise_unpickling(t, state, "%s class argument '%N' doesn't have __new__", code, type);
    if (!is<Tuple>(args.get())) return raise_unpickling(t, state, "%s args argument must be a tuple, not %T", code, args);
    if (keywords && !is<Dict>(keywords.get()))
        return raise_unpickling(t, state, "%s kwargs argument must be a dict, not %T", code, keywords);
    return push(TRY(Result<Ref<Object>>::from_nullable(type->construct(type, args.get(), keywords.get()))));
}
Result<void> Load::load_global() {
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    Ref<Str> module = TRY(str_decode_utf8(t, line.substr(0, line.size() - 1)));
    line = TRY(read_line());
    if (line.size() < 2) return truncated();
    Ref<Str> name = TRY(str_decode_utf8(t, line.substr(0, line.size() - 1)));
    return push(TRY(find_class(module, name)));
}
Result<void> Load::load_stack_global() {
    Ref<Object> name = TRY(pop());
    Ref<Object> module = TRY(pop());
    if (!is_exact<Str>(name.get()) || !is_exact<Str>(module.get())) return raise_unpickling(t, state, "STACK_GLOBAL requires str");
    return push(TRY(find_class(module, name)));
}
Result<void> Load::load_extension(intptr_t size) {
    auto code = static_cast<int64_t>(TRY(number(size)));
    if (size == 4) code = static_cast<int32_t>(code);
    if (code <= 0) return raise_unpickling(t, state, "EXT specifies code <= 0");
    Ref<Int> key = TRY(int_from(t, code));
    MaybeRef<Object> known = TRY(dict_get(t, static_cast<Dict*>(state.extension_cache), key));
    if (known) return push(known.take());
    MaybeRef<Object> entry = TRY(dict_get(t, static_cast<Dict*>(state.inverted_registry), key));
    if (!entry) return raise(t, exc::ValueError, "unregistered extension code %d", code);
    auto* pair = static_cast<Tuple*>(entry.get());
    if (!is<Tuple>(entry.get()) || pair->size != 2 || !is<Str>(pair->items[0]) || !is<Str>(pair->items[1]))
        return raise(t, exc::ValueError, "_inverted_registry[%d] isn't a 2-tuple of strings", code);
    Ref<Object> found = TRY(find_class(pair->items[0], pair->items[1]));
    TRY(dict_set(t, static_cast<Dict*>(state.extension_cache), key, found));
    return push(std::move(found));
}
Result<void> Load::load_persistent(bool binary) {
    MaybeRef<Object> id;
    if (binary) {
        id = TRY(pop());
    } else {
        std::string_view line = TRY(read_line());
        auto text = decode_ascii(t, line.substr(0, line.size() - 1), nullptr);
        if (text.is_error()) {
            if (!clear_if(t, exc::UnicodeDecodeError)) return Error{};
            return raise_unpickling(t, state, "persistent IDs in protocol 0 must be ASCII strings");
        }
        id = text.take();
    }
    if (!self->persistent_load)
        return raise_unpickling(t, state,
                                "A load persistent id instruction was encountered, but no persistent_load function was specified.");
    Ref<Object> function = acquire(self->persistent_load);
    return push(TRY(call(t, function, id.take())));
}
Result<void> Load::load_reduce() {
    Ref<Object> args = TRY(pop());
    Ref<Object> function = TRY(pop());
    if (!is<Tuple>(args.get())) return raise(t, exc::TypeError, "argument list must be a tuple");
    return push(TRY(call_tuple(t, function, as<Tuple>(args.borrow()), nullptr)));
}

/// The __dict__ that classes get from `class`.
static bool is_standard_dict_descriptor(const Object* descriptor) {
    return is_exact<GetSetDescriptor>(descriptor) &&
           strcmp(static_cast<const GetSetDescriptor*>(descriptor)->getset->name, "__dict__") == 0;
}
/// instance.__dict__.update(values), with the names interned.
Result<void> Load::set_state(Borrowed<Object> instance, Borrowed<Dict> values) {
    // Attributes go to their place in the instance, if its class leaves __dict__ to the standard.
    Type* type = instance->type;
    bool direct = false;
    if (type->has(type_flag::ManagedDict) && type->getattr == &generic_getattr_slot) {
        MaybeRef<Object> descriptor = type_lookup(t, *type, names::__dict__);
        direct = !descriptor || is_standard_dict_descriptor(descriptor.get());
    }
    MaybeRef<Object> dict;
    if (!direct) dict = TRY(get_attribute(t, instance, names::__dict__));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, values, &position, &key, &value)) {
        if (is_exact<Str>(key.get())) {
            Ref<Str> name = str_intern(t, as<Str>(key.take()));
            if (direct) TRY(instance_set(t, instance.get(), name.get(), value.get()));
            else TRY(set_item(t, dict.get(), name, value.get()));
        } else if (direct) {
            Ref<Dict> own = TRY(instance_dict_ensure(t, instance.get()));
            TRY(dict_set(t, own, key.get(), value.get()));
        } else {
            TRY(set_item(t, dict.get(), key.get(), value.get()));
        }
    }
    return {};
}
Result<void> Load::load_build() {
    if (self->stack_size - 2 < self->fence) return underflow();
    Ref<Object> values = TRY(pop());
    Ref<Object> instance = acquire(TRY(top()));
    MaybeRef<Object> setter = TRY(get_attribute_optional(t, instance, names::__setstate__));
    if (setter) {
        TRY(call(t, setter.take(), values));
        return {};
    }
    MaybeRef<Object> slots;
    if (is<Tuple>(values.get()) && static_cast<Tuple*>(values.get())->size == 2) {
        auto* pair = static_cast<Tuple*>(values.get());
        slots = acquire(pair->items[1]);
        values = acquire(pair->items[0]);
    }
    if (!is_none(values.get())) {
        if (!is<Dict>(values.get())) return raise_unpickling(t, state, "state is not a dictionary");
        TRY(set_state(instance, as<Dict>(values.borrow())));
    }
    if (slots) {
        if (!is<Dict>(slots.get())) return raise_unpickling(t, state, "slot state is not a dictionary");
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, static_cast<Dict*>(slots.get()), &position, &key, &value)) {
            if (!is<Str>(key.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", key.get());
            TRY(set_attribute(t, instance, static_cast<Str*>(key.get()), value.get()));
        }
    }
    return {};
}

// The rest

Result<void> Load::load_pop() {
    // The marks are on a stack of their own here, so a mark on top is taken off that.
    if (self->mark_count > 0 && self->marks[self->mark_count - 1] == self->stack_size) {
        --self->mark_count;
        self->fence = self->mark_count ? self->marks[self->mark_count - 1] : 0;
        return {};
    }
    TRY(pop());
    return {};
}
Result<void> Load::load_get() {
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    int64_t index;
    if (!plain_int(line.substr(0, line.size() - 1), &index)) {
        Ref<Int> number = TRY(int_from_text(t, line, 10));
        index = TRY(to_index_size(t, number, exc::OverflowError));
    }
    return get_memo(index);
}
Result<void> Load::load_put() {
    std::string_view line = TRY(read_line());
    if (line.size() < 2) return truncated();
    TRY(top());
    int64_t index;
    if (!plain_int(line.substr(0, line.size() - 1), &index)) {
        Ref<Int> number = TRY(int_from_text(t, line, 10));
        index = TRY(to_index_size(t, number, exc::OverflowError));
    }
    if (index < 0) return raise(t, exc::ValueError, "negative PUT argument");
    return put_memo(index);
}
Result<void> Load::load_frame() {
    uint64_t size = TRY(number<8>());
    if (size > INTPTR_MAX)
        return raise(t, exc::OverflowError, "FRAME length exceeds system's maximum of %d bytes", static_cast<int64_t>(INTPTR_MAX));
    if (self->in_frame && self->next < self->limit)
        return raise_unpickling(t, state, "beginning of a new frame before end of current frame");
    TRY(read(static_cast<intptr_t>(size)));
    // Opcodes and arguments may not reach over its end.
    self->limit = self->next;
    self->next -= static_cast<intptr_t>(size);
    self->in_frame = size > 0;
    if (!self->in_frame) self->limit = self->data_length;
    return {};
}
Result<void> Load::invalid_code(uint8_t code) {
    if (code >= 0x20 && code <= 0x7e && code != '\'' && code != '\\')
        return raise_unpickling(t, state, "invalid load key, '%c'.", static_cast<unsigned>(code));
    char text[3];
    static constexpr char hex[] = "0123456789abcdef";
    text[0] = hex[code >> 4];
    text[1] = hex[code & 15];
    text[2] = 0;
    return raise_unpickling(t, state, "invalid load key, '\\x%s'.", text);
}

/// Does what one opcode says; false at the end of the pickle.
Result<bool> Load::step(uint8_t code) {
    switch (static_cast<char>(code)) {
    case op::None: TRY(push(none_ref())); break;
    case op::NewTrue: TRY(push(bool_ref(true))); break;
    case op::NewFalse: TRY(push(bool_ref(false))); break;
    case op::BinInt: TRY(push(TRY(int_from(t, static_cast<int32_t>(TRY(number<4>())))))); break;
    case op::BinInt1: TRY(push(TRY(int_from(t, static_cast<int64_t>(TRY(number<1>())))))); break;
    case op::BinInt2: TRY(push(TRY(int_from(t, static_cast<int64_t>(TRY(number<2>())))))); break;
    case op::Int: TRY(load_int()); break;
    case op::Long: TRY(load_long()); break;
    case op::Long1: TRY(load_counted_long(1)); break;
    case op::Long4: TRY(load_counted_long(4)); break;
    case op::Float: TRY(load_float()); break;
    case op::BinFloat: {
        uint64_t bits = __builtin_bswap64(TRY(number<8>()));
        double value;
        memcpy(&value, &bits, 8);
        TRY(push(TRY(float_from(t, value))));
        break;
    }
    case op::ShortBinBytes: TRY(load_bytes(static_cast<intptr_t>(TRY(number<1>())))); break;
    case op::BinBytes: TRY(load_bytes(TRY(length(4, "BINBYTES")))); break;
    case op::BinBytes8: TRY(load_bytes(TRY(length(8, "BINBYTES")))); break;
    case op::ByteArray8: TRY(load_bytearray()); break;
    case op::NextBuffer: TRY(load_next_buffer()); break;
    case op::ReadOnlyBuffer: TRY(load_read_only_buffer()); break;
    case op::ShortBinString: {
        auto size = static_cast<intptr_t>(TRY(number<1>()));
        TRY(push_old_string({TRY(read(size)), static_cast<size_t>(size)}));
        break;
    }
    case op::BinString: {
        intptr_t size = static_cast<int32_t>(TRY(number<4>()));
        if (size < 0) return raise_unpickling(t, state, "BINSTRING pickle has negative byte count");
        TRY(push_old_string({TRY(read(size)), static_cast<size_t>(size)}));
        break;
    }
    case op::String: TRY(load_string()); break;
    case op::Unicode: {
        std::string_view line = TRY(read_line());
        line.remove_suffix(1);
        TRY(push(TRY(decode_raw_unicode_escape(t, line, nullptr, nullptr))));
        break;
    }
    case op::ShortBinUnicode: TRY(load_text(static_cast<intptr_t>(TRY(number<1>())))); break;
    case op::BinUnicode: TRY(load_text(TRY(length(4, "BINUNICODE")))); break;
    case op::BinUnicode8: TRY(load_text(TRY(length(8, "BINUNICODE")))); break;
    case op::EmptyTuple: TRY(push(tuple_empty())); break;
    case op::Tuple1:
    case op::Tuple2:
    case op::Tuple3: {
        intptr_t count = code - static_cast<uint8_t>(op::Tuple1) + 1;
        if (self->stack_size < count) return underflow();
        TRY(push(TRY(pop_tuple(self->stack_size - count))));
        break;
    }
    case op::Tuple: TRY(push(TRY(pop_tuple(TRY(marker()))))); break;
    case op::EmptyList: TRY(push(TRY(list_new(t)))); break;
    case op::List: TRY(push(TRY(pop_list(TRY(marker()))))); break;
    case op::EmptyDict: TRY(push(TRY(dict_new(t)))); break;
    case op::Dict: TRY(load_dict()); break;
    case op::EmptySet: TRY(push(TRY(set_new(t)))); break;
    case op::AddItems: TRY(add_items()); break;
    case op::FrozenSet: {
        Ref<Tuple> items = TRY(pop_tuple(TRY(marker())));
        TRY(push(TRY(frozenset_from_iterable(t, items))));
        break;
    }
    case op::Append: {
        if (self->stack_size - 1 <= self->fence) return underflow();
        TRY(append_from(self->stack_size - 1));
        break;
    }
    case op::Appends: TRY(append_from(TRY(marker()))); break;
    case op::SetItem: TRY(set_items_from(self->stack_size - 2)); break;
    case op::SetItems: TRY(set_items_from(TRY(marker()))); break;
    case op::Obj: TRY(load_obj()); break;
    case op::Inst: TRY(load_inst()); break;
    case op::NewObj: TRY(load_new(false)); break;
    case op::NewObjEx: TRY(load_new(true)); break;
    case op::Global: TRY(load_global()); break;
    case op::StackGlobal: TRY(load_stack_global()); break;
    case op::Ext1: TRY(load_extension(1)); break;
    case op::Ext2: TRY(load_extension(2)); break;
    case op::Ext4: TRY(load_extension(4)); break;
    case op::PersId: TRY(load_persistent(false)); break;
    case op::BinPersId: TRY(load_persistent(true)); break;
    case op::Reduce: TRY(load_reduce()); break;
    case op::Build: TRY(load_build()); break;
    case op::Mark: TRY(mark()); break;
    case op::Pop: TRY(load_pop()); break;
    case op::PopMark: drop_to(TRY(marker())); break;
    case op::Dup: TRY(push(acquire(TRY(top())))); break;
    case op::Get: TRY(load_get()); break;
    case op::BinGet: TRY(get_memo(static_cast<intptr_t>(TRY(number<1>())))); break;
    case op::LongBinGet: TRY(get_memo(static_cast<intptr_t>(TRY(number<4>())))); break;
    case op::Put: TRY(load_put()); break;
    case op::BinPut: TRY(put_memo(static_cast<intptr_t>(TRY(number<1>())))); break;
    case op::LongBinPut: TRY(put_memo(static_cast<intptr_t>(TRY(number<4>())))); break;
    case op::Memoize: TRY(put_memo(self->memo_count)); break;
    case op::Proto: {
        auto protocol = static_cast<int>(TRY(number<1>()));
        if (protocol > HighestProtocol) return raise(t, exc::ValueError, "unsupported pickle protocol: %d", protocol);
        self->protocol = protocol;
        break;
    }
    case op::Frame: TRY(load_frame()); break;
    case op::Stop: return false;
    default: TRY(invalid_code(code)); break;
    }
    return true;
}

Result<Ref<Object>> Load::run() {
    self->mark_count = 0;
    self->fence = 0;
    self->protocol = 0;
    self->in_frame = false;
    self->limit = self->data_length;
    drop_to(0);
    while (true) {
        auto code = read(1);
        if (UNLIKELY(code.is_error())) {
            if (!exception_matches(t, *static_cast<Type*>(state.unpickling_error))) return Error{};
            t.clear_exception();
            return raise(t, exc::EOFError, "Ran out of input");
        }
        if (!TRY(step(static_cast<uint8_t>(*code.take())))) break;
        if (UNLIKELY(t.poll_bits.load(std::memory_order_relaxed) != 0)) TRY(thread_poll(t));
    }
    TRY(skip_consumed());
    return pop();
}

Result<Ref<Object>> unpickler_load(Thread& t, Unpickler* self) {
    State& state = self->state();
    clear_field(self->persistent_load);
    if (self->type != &Unpickler::s_type || self->persistent_load_attribute) {
        MaybeRef<Object> method = TRY(get_attribute_optional(t, self, state.persistent_load));
        if (method && !is_default_persistent_load(self, method.get())) assign_field(self->persistent_load, method.release());
    }
    Load load(t, self);
    auto result = load.run();
    clear_field(self->persistent_load);
    return result;
}

} // namespace taipan::pickle
