// StringIO: a text file in memory, as an array of code points; until something other than appending happens, writes only
// gather pieces.
#include "modules/io/io.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/racy.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <algorithm>
#include <cstring>

namespace taipan::io {

struct StringIO : TextIOBase {
    StrBuilder* builder; // gathers while only appended to; null: the contents are in `chars`
    uint32_t* chars;
    intptr_t length, position, capacity;
    NewlineMode mode;
    Str* write_newline; // borrowed from newline_object
    Object *newline_object, *decoder;
    bool ok;
    Racy<bool> closed;
    static Type s_type;
};
Type StringIO::s_type;

namespace {

using Self = Borrowed<StringIO>;

Result<void> check_open(Thread& t, StringIO* self) {
    if (!self->ok) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
    if (self->closed) return raise(t, exc::ValueError, "I/O operation on closed file");
    return {};
}
Result<void> reserve(Thread& t, StringIO* self, intptr_t size) {
    if (size <= self->capacity) return {};
    if (size > INTPTR_MAX / 8) return raise(t, exc::OverflowError, "new buffer size too large");
    intptr_t capacity = std::max<intptr_t>(size + (size >> 3) + 16, 64);
    auto* moved = static_cast<uint32_t*>(raw_realloc(self->chars, static_cast<size_t>(capacity) * 4));
    if (!moved) return raise_memory_error(t);
    self->chars = moved;
    self->capacity = capacity;
    return {};
}
void drop_builder(StringIO* self) {
    delete self->builder;
    self->builder = nullptr;
}
/// The characters of a text, four bytes each.
void widen(const Str* text, uint32_t* out) {
    auto copy = [out, length = text->length](auto* from) {
        for (intptr_t i = 0; i < length; ++i) out[i] = from[i];
    };
    switch (text->kind()) {
    case 1: return copy(static_cast<const uint8_t*>(text->data()));
    case 2: return copy(static_cast<const uint16_t*>(text->data()));
    default: return copy(static_cast<const uint32_t*>(text->data()));
    }
}
/// Leaves the gathering state.
Result<void> realize(Thread& t, StringIO* self) {
    if (!self->builder) return {};
    self->builder->use_in(t);
    TRY(reserve(t, self, self->builder->length()));
    Ref<Str> text = TRY(self->builder->finish());
    self->length = text->length;
    widen(text.get(), self->chars);
    drop_builder(self);
    return {};
}
Result<Ref<Str>> slice(Thread& t, StringIO* self, intptr_t start, intptr_t end) {
    if (start >= end) return str_empty();
    return str_from_ucs4(t, self->chars + start, end - start);
}

Result<intptr_t> write_text(Thread& t, StringIO* self, Borrowed<Str> text) {
    Ref<Str> line = text.share();
    if (!is_none(self->decoder)) {
        Ref<Object> decoded = TRY(newline_decode(t, Borrowed<Object>(self->decoder), text, true));
        line = as<Str>(std::move(decoded));
    }
    if (self->write_newline) {
        Ref<Str> lf = str_latin1_char('\n');
        line = as<Str>(TRY(call_method(t, line, names::replace, lf, Borrowed<Object>(self->write_newline))));
    }
    intptr_t n = line->length;
    if (!self->builder && self->capacity == 0 && self->position == 0) self->builder = new StrBuilder(t);
    if (self->builder) {
        self->builder->use_in(t);
        if (self->builder->length() == self->position) {
            TRY(self->builder->append(line.get()));
            self->position += n;
            self->length = std::max(self->length, self->position);
            return n;
        }
        TRY(realize(t, self));
    }
    if (self->position > INTPTR_MAX - n) return raise(t, exc::OverflowError, "new position too large");
    TRY(reserve(t, self, self->position + n));
    if (self->position > self->length) memset(self->chars + self->length, 0, static_cast<size_t>(self->position - self->length) * 4);
    widen(line.get(), self->chars + self->position);
    self->position += n;
    self->length = std::max(self->length, self->position);
    return n;
}

Result<void> init(Thread& t, Self self, Borrowed<Object> initial, Borrowed<Object> newline) {
    NewlineMode mode = TRY(newline_mode(t, newline, true));
    if (!is_none(initial.get()) && !is<Str>(initial.get()))
        return raise(t, exc::TypeError, "initial_value must be str or None, not %.200T", initial);
    CriticalSection section(t, self.get());
    self->ok = false;
    assign_field(self->newline_object, newline.share().release());
    self->mode = mode;
    // COMPAT: newline=None translates what is written; lines then end with \n only.
    self->write_newline = mode.newline && !str_equals_ascii(mode.newline, "\n") ? mode.newline : nullptr;
    Ref<Object> decoder = none_ref();
    if (mode.universal)
        decoder = TRY(
            call(t, Borrowed<Object>(&NewlineDecoder::s_type), Borrowed<Object>(None()), Borrowed<Object>(bool_object(mode.translate))));
    assign_field(self->decoder, decoder.release());
    self->length = self->position = 0;
    self->closed = false;
    drop_builder(self.get()); // made by the first write to nothing
    self->ok = true;
    if (!is_none(initial.get()) && static_cast<Str*>(initial.get())->length) {
        TRY(reserve(t, self.get(), static_cast<Str*>(initial.get())->length));
        TRY(write_text(t, self.get(), as<Str>(initial)));
        TRY(realize(t, self.get()));
        self->position = 0;
    }
    return {};
}
#define LOCKED_OPEN                                                                                                                        \
    CriticalSection section(t, self.get());                                                                                                \
    TRY(check_open(t, self.get()))

Result<Ref<Object>> getvalue(Thread& t, Self self) {
    LOCKED_OPEN;
    if (StrBuilder* builder = self->builder) { // which goes on with the text as its start
        builder->use_in(t);
        Ref<Str> text = TRY(builder->finish());
        TRY(builder->append(text.get()));
        return text;
    }
    return slice(t, self.get(), 0, self->length);
}
Result<int64_t> tell(Thread& t, Self self) {
    LOCKED_OPEN;
    return int64_t{self->position};
}
Result<Ref<Object>> read(Thread& t, Self self, MaybeBorrowed<Object> size) {
    LOCKED_OPEN;
    intptr_t n = TRY(optional_size(t, size));
    TRY(realize(t, self.get()));
    intptr_t have = std::max<intptr_t>(self->length - self->position, 0);
    if (n < 0 || n > have) n = have;
    Ref<Str> text = TRY(slice(t, self.get(), self->position, self->position + n));
    self->position += n;
    return text;
}
Result<Ref<Str>> read_line(Thread& t, StringIO* self, intptr_t limit) {
    TRY(realize(t, self));
    intptr_t start = self->position, end = self->length;
    if (start >= end) return str_empty();
    if (limit >= 0 && limit < end - start) end = start + limit;
    intptr_t stop = end;
    const uint32_t* chars = self->chars;
    if (self->mode.translate || (self->mode.newline && self->mode.newline->length == 1)) {
        uint32_t c = self->mode.translate ? '\n' : self->mode.newline->at(0);
        for (intptr_t i = start; i < end; ++i)
            if (chars[i] == c) {
                stop = i + 1;
                break;
            }
    } else if (self->mode.universal) {
        for (intptr_t i = start; i < end; ++i) {
            if (chars[i] == '\n') {
                stop = i + 1;
                break;
            }
            if (chars[i] == '\r') {
                stop = i + 1 < end && chars[i + 1] == '\n' ? i + 2 : i + 1;
                break;
            }
        }
    } else {
        for (intptr_t i = start; i + 1 < end; ++i)
            if (chars[i] == '\r' && chars[i + 1] == '\n') {
                stop = i + 2;
                break;
            }
    }
    Ref<Str> line = TRY(slice(t, self, start, stop));
    self->position = stop;
    return line;
}
Result<Ref<Object>> readline(Thread& t, Self self, MaybeBorrowed<Object> size) {
    LOCKED_OPEN;
    return read_line(t, self.get(), TRY(optional_size(t, size)));
}
ResultMaybe<Object> next(Thread& t, Self self) {
    TRY(check_open(t, self.get()));
    MaybeRef<Object> line;
    if (self->type == &StringIO::s_type) {
        CriticalSection section(t, self.get());
        line = TRY(read_line(t, self.get(), -1));
    } else {
        line = TRY(call_method(t, self, names::readline));
        if (!is<Str>(line.get())) return raise(t, exc::OSError, "readline() should have returned a str object, not '%.200T'", line.get());
    }
    if (static_cast<Str*>(line.get())->length == 0) return MaybeRef<Object>();
    return line;
}
Result<int64_t> truncate(Thread& t, Self self, NoneOr<Object> size_object) {
    LOCKED_OPEN;
    intptr_t size = self->position;
    if (size_object) size = TRY(optional_size(t, size_object.get()));
    if (size < 0) return raise(t, exc::ValueError, "negative pos value %d", size);
    if (size < self->length) {
        TRY(realize(t, self.get()));
        self->length = size;
    }
    return int64_t{size};
}
Result<int64_t> seek(Thread& t, Self self, Size offset_, int whence) {
    LOCKED_OPEN;
    intptr_t offset = offset_;
    if (whence != 0 && whence != 1 && whence != 2) return raise(t, exc::ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
    if (offset < 0 && whence == 0) return raise(t, exc::ValueError, "Negative seek position %d", offset);
    if (whence != 0 && offset != 0) return raise(t, exc::OSError, "Can't do nonzero cur-relative seeks");
    if (whence == 1) offset = self->position;
    else if (whence == 2) offset = self->length;
    self->position = offset;
    return int64_t{offset};
}
Result<int64_t> write(Thread& t, Self self, Borrowed<Object> text) {
    TRY(check_open(t, self.get()));
    if (!is<Str>(text.get())) return raise(t, exc::TypeError, "string argument expected, got '%T'", text);
    LOCKED_OPEN;
    int64_t n = static_cast<Str*>(text.get())->length;
    if (n > 0) TRY(write_text(t, self.get(), as<Str>(text)));
    return n;
}
Result<void> close(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    self->closed = true;
    drop_builder(self.get());
    raw_free(std::exchange(self->chars, nullptr));
    self->capacity = self->length = 0;
    return {};
}
Result<bool> yes(Thread& t, Self self) {
    TRY(check_open(t, self.get()));
    return true;
}
Result<bool> get_closed(Thread& t, Self self) {
    if (!self->ok) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
    return bool{self->closed};
}
Result<bool> get_line_buffering(Thread& t, Self self) {
    TRY(check_open(t, self.get()));
    return false;
}
Result<Ref<Object>> get_newlines(Thread& t, Self self) {
    TRY(check_open(t, self.get()));
    if (is_none(self->decoder)) return none_ref();
    return get_attribute(t, Borrowed<Object>(self->decoder), names::newlines);
}
Result<Ref<Object>> getstate(Thread& t, Self self) {
    Ref<Object> value = TRY(getvalue(t, self));
    Ref<Int> position = TRY(int_from(t, self->position));
    Ref<Object> dict = self->dict ? Ref<Object>(TRY(dict_copy(t, Borrowed<Dict>(static_cast<Dict*>(self->dict))))) : none_ref();
    return tuple_pack(t, value, Borrowed<Object>(self->newline_object), position, dict);
}
Result<void> setstate(Thread& t, Self self, Borrowed<Object> state) {
    // One that pickle has just made is not initialised yet.
    if (self->closed) return raise(t, exc::ValueError, "__setstate__ on a closed file");
    if (!is<Tuple>(state.get()) || static_cast<Tuple*>(state.get())->size < 4)
        return raise(t, exc::TypeError, "%.200T.__setstate__ argument should be 4-tuple, got %.200T", self, state);
    auto* tuple = static_cast<Tuple*>(state.get());
    TRY(init(t, self, None(), tuple->items[1]));
    if (!is_none(tuple->items[0])) {
        if (!is<Str>(tuple->items[0])) return raise(t, exc::TypeError, "initial_value must be str or None, not %.200T", tuple->items[0]);
        // The contents as they are, without translation of line ends.
        if (!self->builder) self->builder = new StrBuilder(t);
        self->builder->use_in(t);
        TRY(self->builder->append(static_cast<Str*>(tuple->items[0])));
        TRY(realize(t, self.get()));
    }
    if (!is<Int>(tuple->items[2])) return raise(t, exc::TypeError, "third item of state must be an integer, got %.200T", tuple->items[2]);
    intptr_t position = TRY(to_index_size(t, tuple->items[2], exc::OverflowError));
    if (position < 0) return raise(t, exc::ValueError, "position value cannot be negative");
    TRY(realize(t, self.get()));
    self->position = position;
    if (!is_none(tuple->items[3])) {
        if (!is<Dict>(tuple->items[3]))
            return raise(t, exc::TypeError, "fourth item of state should be a dict, got a %.200T", tuple->items[3]);
        if (!self->dict) self->dict = TRY(dict_new(t)).release();
        TRY(dict_merge(t, Borrowed<Dict>(static_cast<Dict*>(self->dict)), tuple->items[3], Override::Yes));
    }
    return {};
}

int stringio_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<StringIO*>(o);
    if (self->newline_object)
        if (int r = visit(self->newline_object, context)) return r;
    if (self->decoder)
        if (int r = visit(self->decoder, context)) return r;
    return iobase_traverse(self, visit, context);
}
int stringio_clear(Object* o) {
    iobase_clear(static_cast<IOBase*>(o));
    return 0;
}
void stringio_dealloc(Object* o) {
    auto* self = static_cast<StringIO*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    drop_builder(self);
    raw_free(std::exchange(self->chars, nullptr));
    clear_field(self->newline_object);
    clear_field(self->decoder);
    iobase_clear(self);
    o->type->free(o);
}
const NativeDef methods[] = {
    method<close>("close", "($self, /)", "Give up the contents; nothing can be read or written afterwards."),
    method<getvalue>("getvalue", "($self, /)", "All the contents as a string."),
    method<read>("read", "($self, size=-1, /)",
                 "At most size characters from the position on, all that is left if it is negative or None."),
    method<readline>("readline", "($self, size=-1, /)", "The next line with its line end; empty at the end."),
    method<tell>("tell", "($self, /)", "The position."),
    method<truncate>("truncate", "($self, pos=None, /)",
                     "Cut the contents off at pos, at the position if it is None; the position stays. Returns the new size."),
    method<seek>(
        "seek", "($self, pos, whence=0, /)",
        "Set the position and return it: whence 0 counts from the beginning; 1 and 2, from the position and the end, only with pos 0."),
    method<write>("write", "($self, s, /)", "Write a string at the position, and return how many characters it has."),
    method<yes>("seekable", "($self, /)", "True if positions can be set."),
    method<yes>("readable", "($self, /)", "True if the object can be read from."),
    method<yes>("writable", "($self, /)", "True if the object can be written to."),
    method<getstate>("__getstate__", "($self, /)"),
    method<setstate>("__setstate__", "($self, state, /)"),
};
const GetSetDef getset[] = {getter<get_closed>("closed"), getter<get_newlines>("newlines"), getter<get_line_buffering>("line_buffering")};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_traverse, &stringio_traverse),
    raw_slot(SlotId::tp_clear, &stringio_clear),
    raw_slot(SlotId::tp_dealloc, &stringio_dealloc),
    unary_slot<SlotId::tp_iternext, next>(),
    typed_new<stream_alloc<StringIO>, "StringIO", "(*args, **kwargs)">(),
    typed_init<init, "StringIO", "(initial_value='', newline='\\n')">(),
};

} // namespace

const TypeSpec stringio_spec = {.type = &StringIO::s_type,
                                .name = "_io.StringIO",
                                .base = &TextIOBase::s_type,
                                .basicsize = sizeof(StringIO),
                                .flags = type_flag::BaseType | type_flag::Gc,
                                .doc = "Text I/O implementation using an in-memory buffer.",
                                .signature = "(initial_value='', newline='\\n')",
                                .slots = slots,
                                .methods = methods,
                                .getset = getset};

} // namespace taipan::io
