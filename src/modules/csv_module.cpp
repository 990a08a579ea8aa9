// _csv: reading and writing of comma-separated values.
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"

namespace taipan {

namespace csv {

constexpr uint32_t NotSet = UINT32_MAX;
enum Quoting { Minimal, All, NonNumeric, None_, Strings, NotNull };

struct Dialect : Object {
    uint32_t delimiter, quotechar, escapechar;
    bool doublequote, skipinitialspace, strict;
    int quoting;
    Str* lineterminator;
    static Type s_type;
};
enum class ReadState {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuoted,
    EscapeInQuoted,
    QuoteInQuoted,
    EatNewline,
    AfterEscapedNewline
};
struct Reader : Object {
    Object *input, *module;
    Dialect* dialect;
    intptr_t line_number;
    uint64_t records; // records begun: the iterator may call the reader itself
    static Type s_type;
};
struct Writer : Object {
    Object *write, *module;
    Dialect* dialect;
    static Type s_type;
};
Type Dialect::s_type, Reader::s_type, Writer::s_type;

namespace {

struct State {
    Object *error, *dialects;
    std::atomic<int64_t> field_limit;
};
using Mod = Borrowed<Module>;
State& state_of(Object* module) { return static_cast<Module*>(module)->state_as<State>(); }

template <class... A> COLD Error fail(Thread& t, Object* module, const char* format, const A&... args) {
    return raise(t, *static_cast<Type*>(state_of(module).error), format, args...);
}

// Dialects

Result<uint32_t> character(Thread& t, const char* name, Object* value, uint32_t fallback, bool none_allowed) {
    if (!value) return fallback;
    if (none_allowed && is_none(value)) return NotSet;
    const char* what = none_allowed ? "a unicode character or None" : "a unicode character";
    if (!is<Str>(value)) return raise(t, exc::TypeError, "\"%s\" must be %s, not %T", name, what, value);
    auto* text = static_cast<Str*>(value);
    if (text->length != 1) return raise(t, exc::TypeError, "\"%s\" must be %s, not a string of length %d", name, what, text->length);
    return text->at(0);
}
Result<bool> flag(Thread& t, Object* value, bool fallback) { return value ? is_true(t, value) : Result<bool>(fallback); }
bool contains_char(const Str* text, uint32_t c) {
    for (intptr_t i = 0; i < text->length; ++i)
        if (text->at(i) == c) return true;
    return false;
}
Result<void> check_char(Thread& t, const char* name, uint32_t c, const Dialect* d, bool space_allowed) {
    if (c == NotSet) return {};
    if (c == '\r' || c == '\n' || (c == ' ' && !space_allowed)) return raise(t, exc::ValueError, "bad %s value", name);
    if (contains_char(d->lineterminator, c)) return raise(t, exc::ValueError, "bad %s or lineterminator value", name);
    return {};
}
Result<void> check_pair(Thread& t, const char* a_name, const char* b_name, uint32_t a, uint32_t b) {
    if (a == b && a != NotSet) return raise(t, exc::ValueError, "bad %s or %s value", a_name, b_name);
    return {};
}

Result<Ref<Object>> dialect_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> base, MaybeBorrowed<Object> delimiter,
                                MaybeBorrowed<Object> doublequote, MaybeBorrowed<Object> escapechar, MaybeBorrowed<Object> lineterminator,
                                MaybeBorrowed<Object> quotechar, MaybeBorrowed<Object> quoting, MaybeBorrowed<Object> skipinitialspace,
                                MaybeBorrowed<Object> strict) {
    MaybeRef<Object> from = MaybeRef<Object>::acquire(base.get());
    if (from && is_none(from.get())) from = nullptr;
    if (from && is<Str>(from.get())) {
        Ref<Object> function = TRY(import_attribute(t, "_csv", "get_dialect"));
        from = TRY(call(t, function, Borrowed<Object>(from.get())));
    }
    MaybeBorrowed<Object> given[] = {delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict};
    if (from && is_exact<Dialect>(from.get())) {
        bool same = true;
        for (auto& value : given) same = same && !value;
        if (same) return from.take();
    }
    static constexpr const char* field_names[] = {"delimiter", "doublequote", "escapechar",       "lineterminator",
                                                  "quotechar", "quoting",     "skipinitialspace", "strict"};
    MaybeRef<Object> values[8];
    for (int i = 0; i < 8; ++i) {
        values[i] = MaybeRef<Object>::acquire(given[i].get());
        if (values[i] || !from) continue;
        Ref<Str> name = TRY(str_interned(t, field_names[i]));
        values[i] = TRY(get_attribute_optional(t, from.get(), name));
    }
    Ref<Dialect> d = TRY(allocate<Dialect>(t, *type.get()));
    d->delimiter = TRY(character(t, "delimiter", values[0].get(), ',', false));
    d->doublequote = TRY(flag(t, values[1].get(), true));
    d->escapechar = TRY(character(t, "escapechar", values[2].get(), NotSet, true));
    if (values[3]) {
        if (!is<Str>(values[3].get())) return raise(t, exc::TypeError, "\"lineterminator\" must be a string, not %T", values[3]);
        d->lineterminator = static_cast<Str*>(values[3].release());
    } else {
        d->lineterminator = TRY(str_from_utf8(t, "\r\n")).release();
    }
    d->quotechar = TRY(character(t, "quotechar", values[4].get(), '"', true));
    d->quoting = Minimal;
    if (values[5]) {
        if (!is_exact<Int>(values[5].get())) return raise(t, exc::TypeError, "\"quoting\" must be an integer, not %T", values[5]);
        d->quoting = TRY(to_int32(t, values[5].get()));
    }
    d->skipinitialspace = TRY(flag(t, values[6].get(), false));
    d->strict = TRY(flag(t, values[7].get(), false));
    if (d->quoting < Minimal || d->quoting > NotNull) return raise(t, exc::TypeError, "bad \"quoting\" value");
    if (values[4] && is_none(values[4].get()) && !values[5]) d->quoting = None_;
    if (d->quoting != None_ && d->quotechar == NotSet) return raise(t, exc::TypeError, "quotechar must be set if quoting enabled");
    TRY(check_char(t, "delimiter", d->delimiter, d.get(), true));
    TRY(check_char(t, "escapechar", d->escapechar, d.get(), !d->skipinitialspace));
    TRY(check_char(t, "quotechar", d->quotechar, d.get(), !d->skipinitialspace));
    TRY(check_pair(t, "delimiter", "escapechar", d->delimiter, d->escapechar));
    TRY(check_pair(t, "delimiter", "quotechar", d->delimiter, d->quotechar));
    TRY(check_pair(t, "escapechar", "quotechar", d->escapechar, d->quotechar));
    return d;
}
template <uint32_t Dialect::* Field> Result<Ref<Object>> get_char(Thread& t, Borrowed<Dialect> self) {
    if (self.get()->*Field == NotSet) return none_ref();
    return TRY(str_from_char(t, self.get()->*Field));
}
Result<Ref<Object>> get_terminator(Thread&, Borrowed<Dialect> self) { return acquire<Object>(self->lineterminator); }
int64_t get_quoting(Thread&, Borrowed<Dialect> self) { return self->quoting; }
void dialect_dealloc(Object* o) {
    xdecref(static_cast<Dialect*>(o)->lineterminator);
    o->type->free(o);
}
const MemberDef dialect_members[] = {
    {"skipinitialspace", member_type::Bool, offsetof(Dialect, skipinitialspace), member_flag::ReadOnly, nullptr},
    {"doublequote", member_type::Bool, offsetof(Dialect, doublequote), member_flag::ReadOnly, nullptr},
    {"strict", member_type::Bool, offsetof(Dialect, strict), member_flag::ReadOnly, nullptr},
};
const GetSetDef dialect_getset[] = {getter<get_char<&Dialect::delimiter>>("delimiter"),
                                    getter<get_char<&Dialect::escapechar>>("escapechar"), getter<get_terminator>("lineterminator"),
                                    getter<get_char<&Dialect::quotechar>>("quotechar"), getter<get_quoting>("quoting")};
Result<Ref<Object>> no_pickle(Thread& t, Borrowed<Object> self, Args) {
    return raise(t, exc::TypeError, "cannot pickle '%.100T' instances", self);
}
const NativeDef dialect_methods[] = {
    method<no_pickle>("__reduce__", "(*args)", "Raises TypeError: a dialect cannot be pickled."),
    method<no_pickle>("__reduce_ex__", "(*args)", "Raises TypeError: a dialect cannot be pickled."),
};
const SlotDef dialect_slots[] = {
    typed_new<dialect_new, "Dialect",
              "(dialect=<unrepresentable>, delimiter=<unrepresentable>, doublequote=<unrepresentable>, escapechar=<unrepresentable>, "
              "lineterminator=<unrepresentable>, quotechar=<unrepresentable>, quoting=<unrepresentable>, "
              "skipinitialspace=<unrepresentable>, strict=<unrepresentable>)">(),
    raw_slot(SlotId::tp_dealloc, &dialect_dealloc)};
const TypeSpec dialect_spec = {.type = &Dialect::s_type,
                               .name = "_csv.Dialect",
                               .basicsize = sizeof(Dialect),
                               .flags = type_flag::BaseType,
                               .doc = "CSV dialect",
                               .slots = dialect_slots,
                               .methods = dialect_methods,
                               .getset = dialect_getset,
                               .members = dialect_members};

Result<Ref<Dialect>> make_dialect(Thread& t, Object* base, Dict* kwargs) {
    Ref<Tuple> args = base ? TRY(tuple_from_array(t, &base, 1)) : tuple_empty();
    Ref<Object> made = TRY(call_tuple(t, &Dialect::s_type, args, kwargs));
    return steal(static_cast<Dialect*>(made.release()));
}

// Reading

struct Parse {
    Thread& t;
    Reader* reader;
    Ref<List> fields;
    StrBuilder field;
    ReadState state = ReadState::StartRecord;
    bool unquoted = false;
    intptr_t length = 0;

    Result<void> add(uint32_t c) {
        int64_t limit = state_of(reader->module).field_limit.load(std::memory_order_relaxed);
        if (length >= limit) return fail(t, reader->module, "field larger than field limit (%d)", limit);
        ++length;
        return field.append_char(c);
    }
    Result<void> save() {
        int quoting = reader->dialect->quoting;
        bool empty = length == 0;
        Ref<Object> text = TRY(field.finish());
        length = 0;
        bool plain = std::exchange(unquoted, false);
        if (plain && empty && (quoting == NotNull || quoting == Strings)) text = none_ref();
        else if (plain && !empty && (quoting == NonNumeric || quoting == Strings)) text = TRY(to_float(t, text));
        return list_append(t, fields, std::move(text));
    }
    /// A field without anything special up to the next delimiter, made at once; false: nothing was done.
    Result<bool> plain(const Str* text, intptr_t* at) {
        const Dialect* d = reader->dialect;
        if (d->quoting > All && d->quoting != None_) return false;
        const uint8_t* s = text->data8();
        intptr_t start = *at, i = start;
        uint32_t first = s[i];
        if ((first == d->quotechar && d->quoting != None_) || (first == ' ' && d->skipinitialspace)) return false;
        while (i < text->length && s[i] != d->delimiter && s[i] != d->escapechar && s[i] != '\n' && s[i] != '\r') ++i;
        if (i == start || i == text->length || s[i] != d->delimiter) return false;
        if (i - start > state_of(reader->module).field_limit.load(std::memory_order_relaxed)) return false;
        Ref<Str> made = TRY(str_from_latin1(t, s + start, i - start));
        TRY(list_append(t, fields, std::move(made)));
        state = ReadState::StartField;
        *at = i + 1;
        return true;
    }
    /// Takes the characters from `*at` on that are only added to the field.
    Result<void> run(const Str* text, intptr_t* at) {
        const Dialect* d = reader->dialect;
        bool in_field = state == ReadState::InField;
        int64_t limit = state_of(reader->module).field_limit.load(std::memory_order_relaxed);
        intptr_t i = *at, start = i;
        if (text->kind() != 1) return {};
        const uint8_t* s = text->data8();
        uint32_t a = d->escapechar, b = in_field ? d->delimiter : d->quotechar;
        while (i < text->length && s[i] != a && s[i] != b && !(in_field && (s[i] == '\n' || s[i] == '\r'))) ++i;
        if (i - start > limit - length) i = start + (limit > length ? limit - length : 0); // the next one is too much
        if (i - start < 16) {
            for (intptr_t k = start; k < i; ++k) TRY(field.append_char(s[k]));
        } else {
            TRY(field.append(text, start, i));
        }
        length += i - start;
        *at = i;
        return {};
    }
    /// `c` is 0x110000 at the end of a line.
    Result<void> step(uint32_t c) {
        constexpr uint32_t End = 0x110000;
        const Dialect* d = reader->dialect;
        bool newline = c == '\n' || c == '\r', ends = newline || c == End;
        switch (state) {
        case ReadState::StartRecord:
            if (c == End) return {};
            if (newline) return state = ReadState::EatNewline, Result<void>();
            state = ReadState::StartField;
            [[fallthrough]];
        case ReadState::StartField:
            unquoted = true;
            if (ends) {
                TRY(save());
                state = c == End ? ReadState::StartRecord : ReadState::EatNewline;
            } else if (c == d->quotechar && d->quoting != None_) {
                unquoted = false;
                state = ReadState::InQuoted;
            } else if (c == d->escapechar) {
                state = ReadState::EscapedChar;
            } else if (c == ' ' && d->skipinitialspace) {
            } else if (c == d->delimiter) {
                return save();
            } else {
                state = ReadState::InField;
                return add(c);
            }
            return {};
        case ReadState::EscapedChar:
            if (newline) {
                state = ReadState::AfterEscapedNewline;
                return add(c);
            }
            state = ReadState::InField;
            return add(c == End ? '\n' : c);
        case ReadState::AfterEscapedNewline:
            if (c == End) return {};
            [[fallthrough]];
        case ReadState::InField:
            if (ends) {
                TRY(save());
                state = c == End ? ReadState::StartRecord : ReadState::EatNewline;
            } else if (c == d->escapechar) {
                state = ReadState::EscapedChar;
            } else if (c == d->delimiter) {
                TRY(save());
                state = ReadState::StartField;
            } else {
                return add(c);
            }
            return {};
        case ReadState::InQuoted:
            if (c == End) return {};
            if (c == d->escapechar) state = ReadState::EscapeInQuoted;
            else if (c == d->quotechar && d->quoting != None_) state = d->doublequote ? ReadState::QuoteInQuoted : ReadState::InField;
            else return add(c);
            return {};
        case ReadState::EscapeInQuoted: state = ReadState::InQuoted; return add(c == End ? '\n' : c);
        case ReadState::QuoteInQuoted:
            if (d->quoting != None_ && c == d->quotechar) {
                state = ReadState::InQuoted;
                return add(c);
            }
            if (c == d->delimiter) {
                TRY(save());
                state = ReadState::StartField;
            } else if (ends) {
                TRY(save());
                state = c == End ? ReadState::StartRecord : ReadState::EatNewline;
            } else if (!d->strict) {
                state = ReadState::InField;
                return add(c);
            } else {
                Ref<Str> delimiter = TRY(str_from_char(t, d->delimiter)), quote = TRY(str_from_char(t, d->quotechar));
                return fail(t, reader->module, "'%s' expected after '%s'", delimiter, quote);
            }
            return {};
        case ReadState::EatNewline:
            if (newline) return {};
            if (c == End) state = ReadState::StartRecord;
            else
                return fail(t, reader->module, "new-line character seen in unquoted field - do you need to open the file with newline=''?");
            return {};
        }
        return {};
    }
};

ResultMaybe<Object> reader_next(Thread& t, Borrowed<Reader> self) {
    StepSection section(t, self.get());
    Parse parse{t, self.get(), TRY(list_new(t)), StrBuilder(t)};
    uint64_t record = ++self->records;
    do {
        MaybeRef<Object> line = TRY(next_item(t, self->input));
        if (self->records != record) return fail(t, self->module, "iterator has already advanced the reader");
        if (!line) {
            if (parse.length || parse.state == ReadState::InQuoted) {
                if (self->dialect->strict) return fail(t, self->module, "unexpected end of data");
                TRY(parse.save());
                break;
            }
            return MaybeRef<Object>();
        }
        if (!is<Str>(line.get()))
            return fail(t, self->module, "iterator should return strings, not %T (the file should be opened in text mode)", line.get());
        auto* text = static_cast<Str*>(line.get());
        ++self->line_number;
        for (intptr_t i = 0; i < text->length;) {
            if (text->kind() == 1 && (parse.state == ReadState::StartField || parse.state == ReadState::StartRecord) &&
                TRY(parse.plain(text, &i)))
                continue;
            TRY(parse.step(text->at(i++)));
            if (parse.state == ReadState::InField || parse.state == ReadState::InQuoted) TRY(parse.run(text, &i));
        }
        TRY(parse.step(0x110000));
    } while (parse.state != ReadState::StartRecord);
    return MaybeRef<Object>(std::move(parse.fields));
}
Result<Ref<Object>> same(Thread&, Borrowed<Object> self) { return acquire(self); }
using ReaderFields = Fields<Reader, &Reader::input, &Reader::module, &Reader::dialect>;
const MemberDef reader_members[] = {{"dialect", member_type::ObjectOrNone, offsetof(Reader, dialect), member_flag::ReadOnly, nullptr},
                                    {"line_num", member_type::Size, offsetof(Reader, line_number), member_flag::ReadOnly, nullptr}};
const SlotDef reader_slots[] = {unary_slot<SlotId::tp_iter, same>(), unary_slot<SlotId::tp_iternext, reader_next>(),
                                ReaderFields::traverse_slot(), ReaderFields::clear_slot(), ReaderFields::dealloc_slot()};
const TypeSpec reader_spec = {.type = &Reader::s_type,
                              .name = "_csv.reader",
                              .basicsize = sizeof(Reader),
                              .flags = type_flag::Gc | type_flag::BaseType | type_flag::DisallowInstantiation,
                              .doc = "What reader() returns: an iterator over the rows of its input, each a list of strings.",
                              .slots = reader_slots,
                              .members = reader_members};

// Writing

Result<void> write_field(Thread& t, Writer* self, StrBuilder& out, intptr_t index, const Str* text, bool quoted) {
    const Dialect* d = self->dialect;
    if (index > 0) TRY(out.append_char(d->delimiter));
    intptr_t length = text ? text->length : 0;
    if (!length && d->delimiter == ' ' && d->skipinitialspace) {
        if (d->quoting == None_ || (!text && (d->quoting == Strings || d->quoting == NotNull)))
            return fail(t, self->module, "empty field must be quoted if delimiter is a space and skipinitialspace is true");
        quoted = true;
    }
    // Most fields have nothing to quote.
    auto special = [&](uint32_t c) {
        return c == d->delimiter || c == d->escapechar || c == d->quotechar || c == '\n' || c == '\r' ||
               contains_char(d->lineterminator, c);
    };
    intptr_t clean = 0;
    if (text && text->kind() == 1) {
        uint64_t table[4] = {};
        auto mark = [&](uint32_t c) {
            if (c < 256) table[c >> 6] |= uint64_t{1} << (c & 63);
        };
        for (uint32_t c : {d->delimiter, d->escapechar, d->quotechar, uint32_t{'\n'}, uint32_t{'\r'}}) mark(c);
        for (intptr_t i = 0; i < d->lineterminator->length; ++i) mark(d->lineterminator->at(i));
        const uint8_t* s = text->data8();
        while (clean < length && !(table[s[clean] >> 6] >> (s[clean] & 63) & 1)) ++clean;
    } else {
        while (clean < length && !special(text->at(clean))) ++clean;
    }
    if (LIKELY(clean == length)) {
        if (quoted) TRY(out.append_char(d->quotechar));
        if (length) {
            if (text->kind() == 1 && length < 16) {
                for (intptr_t i = 0; i < length; ++i) TRY(out.append_char(text->data8()[i]));
            } else {
                TRY(out.append(text));
            }
        }
        return quoted ? out.append_char(d->quotechar) : Result<void>();
    }
    StrBuilder body(t);
    for (intptr_t i = 0; i < length; ++i) {
        uint32_t c = text->at(i);
        bool escape = false;
        if (special(c)) {
            if (d->quoting == None_) escape = true;
            else {
                if (c == d->quotechar) {
                    if (d->doublequote) TRY(body.append_char(d->quotechar));
                    else escape = true;
                } else if (c == d->escapechar) {
                    escape = true;
                }
                if (!escape) quoted = true;
            }
            if (escape) {
                if (d->escapechar == NotSet) return fail(t, self->module, "need to escape, but no escapechar set");
                TRY(body.append_char(d->escapechar));
            }
        }
        TRY(body.append_char(c));
    }
    Ref<Str> made = TRY(body.finish());
    if (quoted) TRY(out.append_char(d->quotechar));
    TRY(out.append(made.get()));
    if (quoted) TRY(out.append_char(d->quotechar));
    return {};
}
Result<Ref<Object>> writerow(Thread& t, Borrowed<Writer> self, Borrowed<Object> row) {
    auto made = get_iterator(t, row);
    if (made.is_error()) {
        if (clear_if(t, exc::TypeError)) return fail(t, self->module, "iterable expected, not %T", row);
        return Error{};
    }
    Ref<Object> iterator = made.take();
    const Dialect* d = self->dialect;
    StrBuilder out(t);
    intptr_t count = 0;
    bool only_null = false;
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) break;
        Object* o = item.get();
        bool quoted = d->quoting == All;
        if (d->quoting == NonNumeric) quoted = !(o->type->as_number && (o->type->as_number->float_ || o->type->as_number->index));
        if (d->quoting == Strings) quoted = is<Str>(o);
        if (d->quoting == NotNull) quoted = !is_none(o);
        only_null = is_none(o);
        MaybeRef<Str> text;
        if (!is_none(o)) text = TRY(to_str(t, o));
        TRY(write_field(t, self.get(), out, count++, text.get(), quoted));
    }
    if (count > 0 && out.length() == 0) {
        if (d->quoting == None_ || (only_null && (d->quoting == Strings || d->quoting == NotNull)))
            return fail(t, self->module, "single empty field record must be quoted");
        TRY(write_field(t, self.get(), out, 0, nullptr, true));
    }
    TRY(out.append(d->lineterminator));
    Ref<Str> line = TRY(out.finish());
    return call(t, self->write, line);
}
Result<void> writerows(Thread& t, Borrowed<Writer> self, Borrowed<Object> rows) {
    Ref<Object> iterator = TRY(get_iterator(t, rows));
    for (;;) {
        MaybeRef<Object> row = TRY(next_item(t, iterator));
        if (!row) return {};
        TRY(writerow(t, self, row.get()));
    }
}
using WriterFields = Fields<Writer, &Writer::write, &Writer::module, &Writer::dialect>;
const NativeDef writer_methods[] = {
    method<writerow>("writerow", "($self, row, /)",
                     "Construct and write a CSV record from an iterable of fields.\n\nNon-string elements will be converted to string."),
    method<writerows>("writerows", "($self, rows, /)",
                      "Construct and write a series of iterables to a csv file.\n\nNon-string elements will be converted to string.")};
const MemberDef writer_members[] = {{"dialect", member_type::ObjectOrNone, offsetof(Writer, dialect), member_flag::ReadOnly, nullptr}};
const SlotDef writer_slots[] = {WriterFields::traverse_slot(), WriterFields::clear_slot(), WriterFields::dealloc_slot()};
const TypeSpec writer_spec = {.type = &Writer::s_type,
                              .name = "_csv.writer",
                              .basicsize = sizeof(Writer),
                              .flags = type_flag::Gc | type_flag::BaseType | type_flag::DisallowInstantiation,
                              .doc = "What writer() returns: it writes rows as lines to a file.",
                              .slots = writer_slots,
                              .methods = writer_methods,
                              .members = writer_members};

// The module

Result<Ref<Object>> make_reader(Thread& t, Mod module, Borrowed<Object> input, MaybeBorrowed<Object> dialect, Kwargs kwargs) {
    Ref<Object> iterator = TRY(get_iterator(t, input));
    Ref<Dialect> how = TRY(make_dialect(t, dialect.get(), kwargs.dict));
    Ref<Reader> self = TRY(allocate<Reader>(t));
    self->input = iterator.release();
    self->module = acquire<Object>(module.get()).release();
    self->dialect = how.release();
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> make_writer(Thread& t, Mod module, Borrowed<Object> output, MaybeBorrowed<Object> dialect, Kwargs kwargs) {
    MaybeRef<Object> write = TRY(get_attribute_optional(t, output, names::write));
    if (!write || !is_callable(write.get())) return raise(t, exc::TypeError, "argument 1 must have a \"write\" method");
    Ref<Dialect> how = TRY(make_dialect(t, dialect.get(), kwargs.dict));
    Ref<Writer> self = TRY(allocate<Writer>(t));
    self->write = write.release();
    self->module = acquire<Object>(module.get()).release();
    self->dialect = how.release();
    gc_track(self.get());
    return self;
}
Result<void> register_dialect(Thread& t, Mod module, Borrowed<Object> name, MaybeBorrowed<Object> dialect, Kwargs kwargs) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "dialect name must be a string");
    Ref<Dialect> how = TRY(make_dialect(t, dialect.get(), kwargs.dict));
    return dict_set(t, static_cast<Dict*>(state_of(module.get()).dialects), name, how);
}
Result<void> unregister_dialect(Thread& t, Mod module, Borrowed<Object> name) {
    if (!TRY(dict_delete(t, static_cast<Dict*>(state_of(module.get()).dialects), name))) return fail(t, module.get(), "unknown dialect");
    return {};
}
Result<Ref<Object>> get_dialect(Thread& t, Mod module, Borrowed<Object> name) {
    MaybeRef<Object> found = TRY(dict_get(t, static_cast<Dict*>(state_of(module.get()).dialects), name));
    if (!found) return fail(t, module.get(), "unknown dialect");
    return found.take();
}
Result<Ref<List>> list_dialects(Thread& t, Mod module) { return dict_keys_list(t, static_cast<Dict*>(state_of(module.get()).dialects)); }
Result<int64_t> field_size_limit(Thread& t, Mod module, MaybeBorrowed<Object> limit) {
    State& state = state_of(module.get());
    if (!limit) return state.field_limit.load();
    if (!is_exact<Int>(limit.get())) return raise(t, exc::TypeError, "limit must be an integer");
    return state.field_limit.exchange(TRY(to_int64(t, limit.value())));
}
const NativeDef functions[] = {
    module_fn<make_reader>("reader", "($module, iterable, /, dialect='excel', **fmtparams)",
                           "Return a reader object that will process lines from the given iterable."),
    module_fn<make_writer>("writer", "($module, fileobj, /, dialect='excel', **fmtparams)",
                           "Return a writer object that will write user data on the given file object."),
    module_fn<list_dialects>("list_dialects", "($module, /)", "Return a list of all known dialect names."),
    module_fn<register_dialect>("register_dialect", "($module, name, /, dialect='excel', **fmtparams)",
                                "Create a mapping from a string name to a CVS dialect."),
    module_fn<unregister_dialect>("unregister_dialect", "($module, /, name)",
                                  "Forget the dialect registered under name; an unknown name raises Error."),
    module_fn<get_dialect>("get_dialect", "($module, /, name)", "Return the dialect instance associated with name."),
    module_fn<field_size_limit>("field_size_limit", "($module, /, new_limit=<unrepresentable>)",
                                "The longest field, in characters, that a reader accepts.\n\n"
                                "With an argument that becomes the limit, and the former one is returned."),
};
const TypeSpec* const types[] = {&dialect_spec};

Result<void> exec(Thread& t, Mod module) {
    State& state = state_of(module.get());
    state.field_limit = 128 * 1024;
    state.dialects = TRY(dict_new(t)).release();
    state.error = TRY(new_exception_type(t, "_csv.Error", exc::Exception, nullptr)).release();
    for (const TypeSpec* spec : {&reader_spec, &writer_spec}) TRY(type_ready(t, *spec));
    TRY(module_add(t, module, "Reader", &Reader::s_type));
    TRY(module_add(t, module, "Writer", &Writer::s_type));
    TRY(module_add(t, module, "Error", state.error));
    TRY(module_add(t, module, "_dialects", state.dialects));
    static constexpr const char* quoting[] = {"QUOTE_MINIMAL", "QUOTE_ALL",     "QUOTE_NONNUMERIC",
                                              "QUOTE_NONE",    "QUOTE_STRINGS", "QUOTE_NOTNULL"};
    for (int i = 0; i < 6; ++i) TRY(module_add_int(t, module, quoting[i], i));
    return {};
}

} // namespace
} // namespace csv

extern const ModuleSpec csv_module;
const ModuleSpec csv_module = {.name = "_csv",
                               .doc = "CSV parsing and writing.\n",
                               .functions = csv::functions,
                               .exec = csv::exec,
                               .types = csv::types,
                               .state = state_spec<csv::State, &csv::State::error, &csv::State::dialects>};

} // namespace taipan
