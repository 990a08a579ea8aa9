// TextIOWrapper: text over a buffered binary stream. Writes are encoded at once and collected in `pending`; reads decode a
// chunk at a time. `tell` gives a cookie from which `seek` restores decoder and position: the chunk's start, the decoder's
// flags there, and how many bytes and characters to go on from it.
#include "modules/io/io.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/str_codecs.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"
#include "vm/options.h"

#include <algorithm>
#include <clocale>
#include <cstring>
#include <langinfo.h>

namespace taipan::io {

enum class FastEncoding : uint8_t { None, Utf8, Ascii, Latin1 };

struct TextIOWrapper : TextIOBase {
    Object *buffer, *encoding, *encoder, *decoder, *newline_object, *errors, *raw, *mode_dummy;
    Object* snapshot; // (decoder flags, bytes decoded since), null: none
    Str* decoded;     // text decoded but not yet read
    intptr_t decoded_used;
    NewlineMode read_newline;
    Str* write_newline; // what "\n" becomes, borrowed from newline_object; null: itself
    bool ok, detached, line_buffering, write_through, can_seek, can_tell, telling, has_read1, finalizing, encoding_started;
    FastEncoding fast;
    intptr_t chunk_size;
    double bytes_to_chars;
    char* pending;
    intptr_t pending_size, pending_capacity;
    StreamLock lock;
    static Type s_type;
};
Type TextIOWrapper::s_type;

namespace {

using Self = Borrowed<TextIOWrapper>;

/// One operation at a time; a thread that comes back into its own stream (a signal handler that prints) goes on.
class Entered {
public:
    Entered(Thread& t, TextIOWrapper* self) {
        if (self->lock.is_mine()) return;
        // At the end a daemon thread may have stopped for good with the lock in its hands.
        if (LIKELY(!is_finalizing(t))) self->lock.lock();
        else if (!self->lock.try_lock()) return;
        m_self = self;
    }
    ~Entered() {
        if (m_self) m_self->lock.unlock();
    }
    Entered(const Entered&) = delete;

private:
    TextIOWrapper* m_self = nullptr;
};

Result<void> check_ready(Thread& t, TextIOWrapper* self) {
    if (LIKELY(self->ok)) return {};
    if (self->detached) return raise(t, exc::ValueError, "underlying buffer has been detached");
    return raise(t, exc::ValueError, "I/O operation on uninitialized object");
}
Result<bool> buffer_closed(Thread& t, TextIOWrapper* self) {
    Ref<Object> buffer = acquire(self->buffer); // its `closed` may run Python that detaches it
    return is_closed(t, buffer);
}
Result<void> check_open(Thread& t, TextIOWrapper* self) {
    TRY(check_ready(t, self));
    if (self->raw) { // the usual stack of exact native classes
        if (static_cast<FileIO*>(self->raw)->fd < 0) return raise(t, exc::ValueError, "I/O operation on closed file.");
        return {};
    }
    if (TRY(buffer_closed(t, self))) return raise(t, exc::ValueError, "I/O operation on closed file.");
    return check_ready(t, self);
}

void set_decoded(TextIOWrapper* self, MaybeRef<Str> text) {
    assign_field(self->decoded, text.release());
    self->decoded_used = 0;
}
/// Up to `n` decoded characters (negative: all).
Result<Ref<Str>> take_decoded(Thread& t, TextIOWrapper* self, intptr_t n) {
    if (!self->decoded) return str_empty();
    intptr_t have = self->decoded->length - self->decoded_used;
    if (n < 0 || n > have) n = have;
    Ref<Str> text = self->decoded_used > 0 || n < have
                        ? TRY(str_substring(t, Borrowed<Str>(self->decoded), self->decoded_used, self->decoded_used + n))
                        : acquire(self->decoded);
    self->decoded_used += n;
    return text;
}

Result<Ref<Object>> codec_info(Thread& t, Borrowed<Str> encoding) {
    std::string_view name = TRY(str_utf8(t, encoding));
    if (name.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
    Ref<Object> info = TRY(codec_lookup(t, name));
    MaybeRef<Object> flag = TRY(get_attribute_optional(t, info, names::_is_text_encoding));
    if (flag && !TRY(is_true(t, flag.take())))
        return raise(t, exc::LookupError, "'%.400s' is not a text encoding; use codecs.open() to handle arbitrary codecs", name);
    return info;
}

FastEncoding fast_encoding(Thread& t, Borrowed<Object> info) {
    auto found = get_attribute_optional(t, info, names::name);
    if (found.is_error()) {
        t.clear_exception();
        return FastEncoding::None;
    }
    MaybeRef<Object> name = found.take();
    if (!name || !is<Str>(name.get())) return FastEncoding::None;
    auto* text = static_cast<Str*>(name.get());
    if (str_equals_ascii(text, "utf-8")) return FastEncoding::Utf8;
    if (str_equals_ascii(text, "ascii")) return FastEncoding::Ascii;
    if (str_equals_ascii(text, "iso8859-1")) return FastEncoding::Latin1;
    return FastEncoding::None;
}

Result<void> set_decoder(Thread& t, TextIOWrapper* self, Borrowed<Object> info) {
    if (!TRY(is_true(t, TRY(call_method(t, Borrowed<Object>(self->buffer), names::readable))))) {
        clear_field(self->decoder);
        return {};
    }
    Ref<Object> make = TRY(get_attribute(t, info, names::incrementaldecoder));
    Ref<Object> decoder = TRY(call(t, make, Borrowed<Object>(self->errors)));
    if (self->read_newline.universal) {
        decoder =
            TRY(call(t, Borrowed<Object>(&NewlineDecoder::s_type), decoder, Borrowed<Object>(bool_object(self->read_newline.translate))));
    }
    assign_field(self->decoder, decoder.release());
    return {};
}
Result<void> set_encoder(Thread& t, TextIOWrapper* self, Borrowed<Object> info) {
    clear_field(self->encoder);
    self->fast = FastEncoding::None;
    if (!TRY(is_true(t, TRY(call_method(t, Borrowed<Object>(self->buffer), names::writable))))) return {};
    Ref<Object> make = TRY(get_attribute(t, info, names::incrementalencoder));
    assign_field(self->encoder, TRY(call(t, make, Borrowed<Object>(self->errors))).release());
    self->fast = fast_encoding(t, info);
    return {};
}
Result<void> set_newline(Thread& t, TextIOWrapper* self, Borrowed<Object> newline) {
    NewlineMode mode = TRY(newline_mode(t, newline));
    assign_field(self->newline_object, newline.share().release());
    self->read_newline = mode;
    bool plain = !mode.newline || str_equals_ascii(mode.newline, "\n");
    self->write_newline = plain ? nullptr : mode.newline;
    return {};
}
/// A fresh encoder at a position other than the start writes no byte order mark.
Result<void> fix_encoder_state(Thread& t, TextIOWrapper* self) {
    if (!self->can_seek || !self->encoder) return {};
    self->encoding_started = false;
    Ref<Object> position = TRY(call_method(t, Borrowed<Object>(self->buffer), names::tell));
    if (!is<Int>(position.get()) || static_cast<Int*>(position.get())->is_zero()) return {};
    self->encoding_started = true;
    Ref<Int> zero = TRY(int_from(t, 0));
    (void)TRY(call_method(t, Borrowed<Object>(self->encoder), names::setstate, zero));
    return {};
}
void find_raw(TextIOWrapper* self) {
    clear_field(self->raw);
    Type* type = self->buffer->type;
    if (type == &BufferedReader::s_type || type == &BufferedWriter::s_type || type == &BufferedRandom::s_type) {
        Object* raw = static_cast<Buffered*>(self->buffer)->raw;
        if (raw && raw->type == &FileIO::s_type) self->raw = acquire(raw).release();
    }
}

Result<void> check_errors_name(Thread& t, Borrowed<Object> errors) {
    if (!is<Str>(errors.get()))
        return raise(t, exc::TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %.200T", errors);
    std::string_view name = TRY(str_utf8(t, as<Str>(errors)));
    if (name.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
    if (g_options.dev_mode) (void)TRY(codec_lookup_error(t, name.data()));
    return {};
}

Result<void> init(Thread& t, Self self_, Borrowed<Object> buffer, NoneOr<Object> encoding_, NoneOr<Object> errors_,
                  Borrowed<Object> newline, bool line_buffering, bool write_through) {
    TextIOWrapper* self = self_.get();
    self->ok = self->detached = false;
    MaybeRef<Object> encoding;
    if (!encoding_ && g_options.warn_default_encoding) TRY(warn(t, exc::EncodingWarning, 1, "'encoding' argument not specified"));
    if (encoding_ && !is<Str>(encoding_.get()))
        return raise(t, exc::TypeError, "TextIOWrapper() argument 'encoding' must be str or None, not %.50T", encoding_.get());
    if (encoding_ && !str_equals_ascii(static_cast<Str*>(encoding_.get()), "locale")) {
        encoding = encoding_.value().share();
    } else {
        const char* codeset = nl_langinfo(CODESET);
        const char* locale = setlocale(LC_CTYPE, nullptr);
        bool plain = !locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX") || !codeset || !*codeset;
        encoding = TRY(str_interned(t, plain ? "utf-8" : codeset));
    }
    Ref<Object> errors = errors_ ? errors_.value().share() : Ref<Object>(TRY(str_interned(t, "strict")));
    TRY(check_errors_name(t, errors));
    TRY(newline_mode(t, newline));
    Ref<Object> info = TRY(codec_info(t, as<Str>(Borrowed<Object>(encoding.get()))));
    assign_field(self->buffer, buffer.share().release());
    assign_field(self->encoding, encoding.release());
    assign_field(self->errors, errors.release());
    clear_field(self->snapshot);
    set_decoded(self, nullptr);
    self->pending_size = 0;
    self->chunk_size = 8192;
    self->bytes_to_chars = 0;
    self->line_buffering = line_buffering;
    self->write_through = write_through;
    self->finalizing = false;
    TRY(set_newline(t, self, newline));
    TRY(set_decoder(t, self, info));
    TRY(set_encoder(t, self, info));
    find_raw(self);
    self->can_seek = self->telling = TRY(is_true(t, TRY(call_method(t, buffer, names::seekable))));
    self->has_read1 = static_cast<bool>(TRY(get_attribute_optional(t, buffer, names::read1)));
    self->encoding_started = false;
    TRY(fix_encoder_state(t, self));
    self->ok = true;
    return {};
}

int text_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<TextIOWrapper*>(o);
    for (Object* field : {self->buffer, self->encoding, self->encoder, self->decoder, self->newline_object, self->errors, self->raw,
                          self->snapshot, static_cast<Object*>(self->decoded)})
        if (field)
            if (int r = visit(field, context)) return r;
    return iobase_traverse(self, visit, context);
}
int text_clear(Object* o) {
    auto* self = static_cast<TextIOWrapper*>(o);
    self->ok = false;
    clear_field(self->buffer);
    clear_field(self->encoding);
    clear_field(self->encoder);
    clear_field(self->decoder);
    self->read_newline = {};
    self->write_newline = nullptr;
    clear_field(self->newline_object);
    clear_field(self->errors);
    clear_field(self->raw);
    clear_field(self->snapshot);
    clear_field(self->decoded);
    iobase_clear(self);
    return 0;
}
void text_dealloc(Object* o) {
    auto* self = static_cast<TextIOWrapper*>(o);
    self->finalizing = true;
    if (!iobase_dealloc_start(self)) return;
    text_clear(o);
    raw_free(std::exchange(self->pending, nullptr));
    o->type->free(o);
}

// Writing

Result<void> write_pending(Thread& t, TextIOWrapper* self) {
    if (self->pending_size == 0) return {};
    Ref<Bytes> bytes = TRY(bytes_from(t, {self->pending, static_cast<size_t>(self->pending_size)}));
    self->pending_size = 0;
    for (;;) {
        auto written = call_method(t, Borrowed<Object>(self->buffer), names::write, bytes);
        if (!written.is_error()) return {};
        if (!clear_if(t, exc::InterruptedError)) return Error{};
        TRY(poll(t));
    }
}
Result<void> add_pending(Thread& t, TextIOWrapper* self, std::string_view data) {
    intptr_t size = static_cast<intptr_t>(data.size());
    // A big write goes out alone; writing may run Python that writes here in between.
    while (self->pending_size > 0 && self->pending_size + size > self->chunk_size) TRY(write_pending(t, self));
    if (size == 0) return {};
    if (self->pending_size + size > self->pending_capacity) {
        intptr_t capacity = std::max<intptr_t>({self->pending_size + size, self->pending_capacity * 2, 1024});
        char* moved = static_cast<char*>(raw_realloc(self->pending, static_cast<size_t>(capacity)));
        if (!moved) return raise_memory_error(t);
        self->pending = moved;
        self->pending_capacity = capacity;
    }
    memcpy(self->pending + self->pending_size, data.data(), data.size());
    self->pending_size += size;
    return {};
}

bool contains_char(const Str* text, uint32_t c) {
    if (text->kind() == 1) return memchr(text->data8(), static_cast<int>(c), static_cast<size_t>(text->length)) != nullptr;
    for (intptr_t i = 0; i < text->length; ++i)
        if (text->at(i) == c) return true;
    return false;
}

Result<int64_t> write(Thread& t, Self self, Borrowed<Str> text) {
    TRY(check_ready(t, self.get()));
    TRY(check_open(t, self.get()));
    if (!self->encoder) return raise_unsupported(t, "not writable");
    Entered entered(t, self.get());
    int64_t count = text->length;
    bool newline = false, flush = false;
    if (self->write_newline || self->line_buffering) newline = contains_char(text.get(), '\n');
    Ref<Str> line = text.share();
    if (newline && self->write_newline) {
        Ref<Str> lf = str_latin1_char('\n');
        line = as<Str>(TRY(call_method(t, text, names::replace, lf, Borrowed<Object>(self->write_newline))));
    }
    if (self->line_buffering && (newline || contains_char(text.get(), '\r'))) flush = true;
    bool through = self->write_through;
    if (self->fast != FastEncoding::None && line->is_ascii()) {
        TRY(add_pending(t, self.get(), line->ascii_view()));
        self->encoding_started = true;
    } else {
        MaybeRef<Object> encoded;
        const char* errors = TRY(str_utf8(t, Borrowed<Str>(static_cast<Str*>(self->errors)))).data();
        switch (self->fast) {
        case FastEncoding::Utf8: encoded = TRY(encode_utf8(t, line, errors)); break;
        case FastEncoding::Ascii: encoded = TRY(encode_ascii(t, line, errors)); break;
        case FastEncoding::Latin1: encoded = TRY(encode_latin1(t, line, errors)); break;
        case FastEncoding::None: encoded = TRY(call_method(t, Borrowed<Object>(self->encoder), names::encode, line));
        }
        self->encoding_started = true;
        if (!is<Bytes>(encoded.get())) return raise(t, exc::TypeError, "encoder should return a bytes object, not '%.200T'", encoded.get());
        if (!self->buffer) return raise(t, exc::ValueError, "underlying buffer has been detached");
        TRY(add_pending(t, self.get(), static_cast<Bytes*>(encoded.get())->view()));
    }
    if (self->pending_size >= self->chunk_size || flush || through) TRY(write_pending(t, self.get()));
    if (flush) (void)TRY(call_method(t, Borrowed<Object>(self->buffer), names::flush));
    if (self->snapshot) {
        set_decoded(self.get(), nullptr);
        clear_field(self->snapshot);
    }
    if (self->decoder) (void)TRY(call_method(t, Borrowed<Object>(self->decoder), names::reset));
    return count;
}

Result<Ref<Object>> flush(Thread& t, Self self) {
    TRY(check_open(t, self.get()));
    Entered entered(t, self.get());
    self->telling = self->can_seek;
    TRY(write_pending(t, self.get()));
    return call_method(t, Borrowed<Object>(self->buffer), names::flush);
}

// Reading

Error bad_state(Thread& t, const char* text) { return raise(t, exc::TypeError, "%s", text); }

/// (bytes, flags) of the decoder.
Result<Ref<Tuple>> get_state(Thread& t, TextIOWrapper* self) {
    Ref<Object> state = TRY(call_method(t, Borrowed<Object>(self->decoder), names::getstate));
    if (!is<Tuple>(state.get())) return bad_state(t, "illegal decoder state");
    auto* tuple = static_cast<Tuple*>(state.get());
    if (tuple->size != 2) return bad_state(t, "illegal decoder state");
    if (!is<Bytes>(tuple->items[0]))
        return raise(t, exc::TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200T'", tuple->items[0]);
    return as<Tuple>(std::move(state));
}

Result<Ref<Object>> run_decoder(Thread& t, TextIOWrapper* self, Borrowed<Object> input, bool final) {
    Ref<Object> text =
        self->decoder->type == &NewlineDecoder::s_type
            ? TRY(newline_decode(t, Borrowed<Object>(self->decoder), input, final))
            : TRY(call_method(t, Borrowed<Object>(self->decoder), names::decode, input, Borrowed<Object>(bool_object(final))));
    if (!is<Str>(text.get())) return raise(t, exc::TypeError, "decoder should return a string result, not '%.200T'", text);
    return text;
}

/// Reads and decodes one chunk; false at the end of the file.
Result<bool> read_chunk(Thread& t, TextIOWrapper* self, intptr_t hint) {
    if (!self->decoder) return raise_unsupported(t, "not readable");
    MaybeRef<Tuple> before;
    if (self->telling) before = TRY(get_state(t, self));
    if (self->bytes_to_chars > 0 && hint > 0) hint = static_cast<intptr_t>(static_cast<double>(hint) * self->bytes_to_chars);
    Ref<Int> size = TRY(int_from(t, std::max(hint, self->chunk_size)));
    Ref<Object> input = TRY(call_method(t, Borrowed<Object>(self->buffer), self->has_read1 ? names::read1 : names::read, size));
    BufferView view;
    if (!input->type->as_buffer || !input->type->as_buffer->get)
        return raise(t, exc::TypeError, "underlying %s() should have returned a bytes-like object, not '%.200T'",
                     self->has_read1 ? "read1" : "read", input);
    TRY(view.acquire(t, input.get()));
    bool at_end = view.size() == 0;
    Ref<Str> text = as<Str>(TRY(run_decoder(t, self, input, at_end)));
    self->bytes_to_chars = text->length ? static_cast<double>(view.size()) / static_cast<double>(text->length) : 0;
    if (text->length > 0) at_end = false;
    set_decoded(self, std::move(text));
    if (before) {
        Ref<Bytes> next = TRY(bytes_concat(t, static_cast<Bytes*>(before->items[0])->view(), view.view()));
        assign_field(self->snapshot, static_cast<Object*>(TRY(tuple_pack(t, Borrowed<Object>(before->items[1]), next)).release()));
    }
    return !at_end;
}

Result<Ref<Object>> read(Thread& t, Self self, MaybeBorrowed<Object> size_object) {
    intptr_t n = TRY(optional_size(t, size_object));
    TRY(check_open(t, self.get()));
    if (!self->decoder) return raise_unsupported(t, "not readable");
    Entered entered(t, self.get());
    TRY(write_pending(t, self.get()));
    if (n < 0) {
        Ref<Object> bytes = TRY(call_method(t, Borrowed<Object>(self->buffer), names::read));
        if (is_none(bytes.get())) return raise_errno(t, EAGAIN);
        Ref<Object> decoded = TRY(run_decoder(t, self.get(), bytes, true));
        Ref<Str> result = TRY(take_decoded(t, self.get(), -1));
        set_decoded(self.get(), nullptr);
        clear_field(self->snapshot);
        if (result->length == 0) return decoded;
        return str_append(t, std::move(result), as<Str>(decoded.borrow()));
    }
    Ref<Str> result = TRY(take_decoded(t, self.get(), n));
    while (result->length < n) {
        if (!TRY(read_chunk(t, self.get(), n - result->length))) break;
        Ref<Str> more = TRY(take_decoded(t, self.get(), n - result->length));
        result = TRY(str_append(t, std::move(result), more));
    }
    return result;
}

Result<Ref<Str>> read_line(Thread& t, TextIOWrapper* self, intptr_t limit) {
    TRY(check_open(t, self));
    Entered entered(t, self);
    TRY(write_pending(t, self));
    MaybeRef<Str> line; // what earlier chunks gave
    for (;;) {
        while (!self->decoded || self->decoded_used >= self->decoded->length) {
            if (!TRY(read_chunk(t, self, 0))) {
                set_decoded(self, nullptr);
                clear_field(self->snapshot);
                if (line) return line.take();
                return str_empty();
            }
        }
        Ref<Str> chunk = acquire(self->decoded);
        intptr_t start = self->decoded_used, end = chunk->length, consumed = 0;
        intptr_t before = line ? line->length : 0;
        // A \r\n may be split between chunks.
        if (line && !self->read_newline.translate && !self->read_newline.universal && self->read_newline.newline &&
            self->read_newline.newline->length == 2 && line->at(line->length - 1) == '\r' && chunk->at(start) == '\n' &&
            (limit < 0 || before < limit)) {
            self->decoded_used = start + 1;
            Ref<Str> lf = str_latin1_char('\n');
            return str_append(t, line.take(), lf);
        }
        intptr_t stop = find_line_end(self->read_newline, chunk.get(), start, end, &consumed);
        bool complete = stop >= 0;
        if (!complete) stop = end;
        if (limit >= 0 && before + stop - start >= limit) {
            stop = start + limit - before;
            complete = true;
        }
        self->decoded_used = stop;
        Ref<Str> part = TRY(str_substring(t, chunk, start, stop));
        if (line) line = TRY(str_append(t, line.take(), part));
        else line = std::move(part);
        if (complete) {
            return line.take();
        }
    }
}
Result<Ref<Object>> readline(Thread& t, Self self, Size size) {
    TRY(check_ready(t, self.get()));
    return read_line(t, self.get(), size);
}
ResultMaybe<Object> next(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    Entered entered(t, self.get());
    self->telling = false;
    MaybeRef<Object> line;
    if (self->type == &TextIOWrapper::s_type) {
        line = TRY(read_line(t, self.get(), -1));
    } else {
        line = TRY(call_method(t, self, names::readline));
        if (!is<Str>(line.get())) return raise(t, exc::OSError, "readline() should have returned a str object, not '%.200T'", line.get());
    }
    if (static_cast<Str*>(line.get())->length == 0) {
        clear_field(self->snapshot);
        self->telling = self->can_seek;
        return MaybeRef<Object>();
    }
    return line;
}

// Position

struct Cookie {
    int64_t start = 0;
    int64_t decoder_flags = 0, bytes_to_feed = 0, chars_to_skip = 0;
    bool need_eof = false;
};
Result<Ref<Object>> cookie_object(Thread& t, const Cookie& c) {
    uint8_t bytes[8 + 4 + 4 + 4 + 1] = {};
    int32_t flags = static_cast<int32_t>(c.decoder_flags), feed = static_cast<int32_t>(c.bytes_to_feed),
            skip = static_cast<int32_t>(c.chars_to_skip);
    memcpy(bytes, &c.start, 8);
    memcpy(bytes + 8, &flags, 4);
    memcpy(bytes + 12, &feed, 4);
    memcpy(bytes + 16, &skip, 4);
    bytes[20] = c.need_eof;
    return int_from_bytes(t, bytes, sizeof bytes, true, false);
}
Result<Cookie> parse_cookie(Thread& t, Borrowed<Object> object) {
    uint8_t bytes[21] = {};
    Ref<Int> number = TRY(to_index(t, object));
    TRY(int_to_bytes(t, number, bytes, sizeof bytes, true, false));
    Cookie c;
    int32_t flags, feed, skip;
    memcpy(&c.start, bytes, 8);
    memcpy(&flags, bytes + 8, 4);
    memcpy(&feed, bytes + 12, 4);
    memcpy(&skip, bytes + 16, 4);
    c.decoder_flags = flags;
    c.bytes_to_feed = feed;
    c.chars_to_skip = skip;
    c.need_eof = bytes[20];
    return c;
}

Result<void> reset_encoder(Thread& t, TextIOWrapper* self, bool at_start) {
    if (!self->encoder) return {};
    if (at_start) {
        (void)TRY(call_method(t, Borrowed<Object>(self->encoder), names::reset));
        self->encoding_started = false;
    } else {
        Ref<Int> zero = TRY(int_from(t, 0));
        (void)TRY(call_method(t, Borrowed<Object>(self->encoder), names::setstate, zero));
        self->encoding_started = true;
    }
    return {};
}
Result<void> set_decoder_state(Thread& t, TextIOWrapper* self, const Cookie& c) {
    if (!self->decoder) return {};
    if (c.start == 0 && c.decoder_flags == 0) {
        (void)TRY(call_method(t, Borrowed<Object>(self->decoder), names::reset));
        return {};
    }
    Ref<Bytes> empty = bytes_empty();
    Ref<Int> flags = TRY(int_from(t, c.decoder_flags));
    Ref<Tuple> state = TRY(tuple_pack(t, empty, flags));
    (void)TRY(call_method(t, Borrowed<Object>(self->decoder), names::setstate, state));
    return {};
}

Result<Ref<Object>> seek(Thread& t, Self self, Borrowed<Object> cookie_, int whence) {
    TRY(check_open(t, self.get()));
    Entered entered(t, self.get());
    Ref<Object> cookie = cookie_.share();
    if (!self->can_seek) return raise_unsupported(t, "underlying stream is not seekable");
    Ref<Int> zero = TRY(int_from(t, 0));
    bool is_zero = TRY(equals(t, cookie, zero));
    if (whence == 1) {
        if (!is_zero) return raise_unsupported(t, "can't do nonzero cur-relative seeks");
        cookie = TRY(call_method(t, self, names::tell));
    } else if (whence == 2) {
        if (!is_zero) return raise_unsupported(t, "can't do nonzero end-relative seeks");
        (void)TRY(call_method(t, self, names::flush));
        set_decoded(self.get(), nullptr);
        clear_field(self->snapshot);
        if (self->decoder) (void)TRY(call_method(t, Borrowed<Object>(self->decoder), names::reset));
        Ref<Int> two = TRY(int_from(t, 2));
        Ref<Object> position = TRY(call_method(t, Borrowed<Object>(self->buffer), names::seek, zero, two));
        if (self->encoder) TRY(reset_encoder(t, self.get(), TRY(equals(t, position, zero))));
        return position;
    } else if (whence != 0) {
        return raise(t, exc::ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
    }
    if (TRY(compare_bool(t, cookie, zero, Comparison::Lt))) return raise(t, exc::ValueError, "negative seek position %R", cookie);
    (void)TRY(call_method(t, self, names::flush));
    Cookie c = TRY(parse_cookie(t, cookie));
    Ref<Int> start = TRY(int_from(t, c.start));
    (void)TRY(call_method(t, Borrowed<Object>(self->buffer), names::seek, start));
    set_decoded(self.get(), nullptr);
    clear_field(self->snapshot);
    TRY(set_decoder_state(t, self.get(), c));
    Ref<Int> flags = TRY(int_from(t, c.decoder_flags));
    if (c.chars_to_skip) {
        Ref<Int> feed = TRY(int_from(t, c.bytes_to_feed));
        Ref<Object> input = TRY(call_method(t, Borrowed<Object>(self->buffer), names::read, feed));
        if (!is<Bytes>(input.get()))
            return raise(t, exc::TypeError, "underlying read() should have returned a bytes object, not '%.200T'", input);
        assign_field(self->snapshot, static_cast<Object*>(TRY(tuple_pack(t, flags, input)).release()));
        if (!self->decoder) return raise_unsupported(t, "not readable");
        Ref<Str> text = as<Str>(TRY(run_decoder(t, self.get(), input, c.need_eof)));
        intptr_t length = text->length;
        set_decoded(self.get(), std::move(text));
        if (length < c.chars_to_skip) return raise(t, exc::OSError, "can't restore logical file position");
        self->decoded_used = c.chars_to_skip;
    } else {
        Ref<Bytes> empty = bytes_empty();
        assign_field(self->snapshot, static_cast<Object*>(TRY(tuple_pack(t, flags, empty)).release()));
    }
    TRY(reset_encoder(t, self.get(), c.start == 0 && c.decoder_flags == 0));
    return cookie;
}

Result<Ref<Object>> tell(Thread& t, Self self) {
    TRY(check_open(t, self.get()));
    Entered entered(t, self.get());
    if (!self->can_seek) return raise_unsupported(t, "underlying stream is not seekable");
    if (!self->telling) return raise(t, exc::OSError, "telling position disabled by next() call");
    TRY(write_pending(t, self.get()));
    (void)TRY(call_method(t, self, names::flush));
    Ref<Object> position_object = TRY(call_method(t, Borrowed<Object>(self->buffer), names::tell));
    if (!self->decoder || !self->snapshot) return position_object;
    Cookie cookie;
    cookie.start = TRY(to_int64(t, position_object));
    auto* snapshot = static_cast<Tuple*>(self->snapshot);
    cookie.decoder_flags = TRY(to_int64(t, snapshot->items[0]));
    Ref<Bytes> next_input = acquire(static_cast<Bytes*>(snapshot->items[1]));
    cookie.start -= next_input->size;
    intptr_t skip = self->decoded ? self->decoded_used : 0;
    if (skip == 0) return cookie_object(t, cookie);
    Ref<Tuple> saved = TRY(get_state(t, self.get()));
    auto run = [&]() -> Result<Ref<Object>> {
        // 1. A safe place to start from: as few bytes as decode to at most `skip` characters and leave the decoder empty.
        auto feed = [&](intptr_t from, intptr_t count, bool final) -> Result<intptr_t> {
            Ref<Bytes> part = TRY(bytes_from(t, next_input->view().substr(static_cast<size_t>(from), static_cast<size_t>(count))));
            Ref<Object> text = TRY(run_decoder(t, self.get(), part, final));
            return static_cast<Str*>(text.get())->length;
        };
        Cookie begin = cookie;
        intptr_t skip_bytes = self->bytes_to_chars > 0 ? static_cast<intptr_t>(self->bytes_to_chars * static_cast<double>(skip)) : skip;
        intptr_t skip_back = 1;
        skip_bytes = std::min(skip_bytes, next_input->size);
        bool found = false;
        intptr_t chars = skip;
        while (skip_bytes > 0) {
            TRY(set_decoder_state(t, self.get(), begin));
            intptr_t decoded = TRY(feed(0, skip_bytes, false));
            if (decoded <= chars) {
                Ref<Tuple> state = TRY(get_state(t, self.get()));
                intptr_t left = static_cast<Bytes*>(state->items[0])->size;
                if (left == 0) {
                    cookie.decoder_flags = TRY(to_int64(t, state->items[1]));
                    chars -= decoded;
                    found = true;
                    break;
                }
                skip_bytes -= left;
                skip_back = 1;
            } else {
                skip_bytes -= skip_back;
                skip_back *= 2;
            }
        }
        if (!found) {
            skip_bytes = 0;
            TRY(set_decoder_state(t, self.get(), begin));
        }
        cookie.start += skip_bytes;
        cookie.chars_to_skip = chars;
        if (chars == 0) return cookie_object(t, cookie);
        // 2. On byte by byte, to the last safe place before the position.
        intptr_t decoded = 0;
        intptr_t i = skip_bytes;
        for (; i < next_input->size; ++i) {
            intptr_t n = TRY(feed(i, 1, false));
            cookie.bytes_to_feed += 1;
            decoded += n;
            Ref<Tuple> state = TRY(get_state(t, self.get()));
            if (static_cast<Bytes*>(state->items[0])->size == 0 && decoded <= cookie.chars_to_skip) {
                cookie.start += cookie.bytes_to_feed;
                cookie.chars_to_skip -= decoded;
                cookie.decoder_flags = TRY(to_int64(t, state->items[1]));
                cookie.bytes_to_feed = 0;
                decoded = 0;
            }
            if (decoded >= cookie.chars_to_skip) break;
        }
        if (i == next_input->size) {
            intptr_t n = TRY(feed(0, 0, true));
            cookie.need_eof = true;
            decoded += n;
            if (decoded < cookie.chars_to_skip) return raise(t, exc::OSError, "can't reconstruct logical file position");
        }
        return cookie_object(t, cookie);
    };
    auto result = run();
    MaybeRef<Object> error = result.is_error() ? t.take_exception() : MaybeRef<Object>();
    auto restored = call_method(t, Borrowed<Object>(self->decoder), names::setstate, saved);
    if (error || restored.is_error()) return chain_exceptions(t, std::move(error));
    return result;
}

Result<Ref<Object>> truncate(Thread& t, Self self, Borrowed<Object> position) {
    TRY(check_ready(t, self.get()));
    (void)TRY(call_method(t, self, names::flush));
    return call_method(t, Borrowed<Object>(self->buffer), names::truncate, position);
}

// The rest

Result<Ref<Object>> close(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    if (TRY(buffer_closed(t, self.get())) || !self->buffer) return none_ref();
    if (self->finalizing) {
        if (call_method(t, Borrowed<Object>(self->buffer), names::_dealloc_warn, self).is_error()) t.clear_exception();
    }
    auto flushed = call_method(t, self, names::flush);
    MaybeRef<Object> first = flushed.is_error() ? t.take_exception() : MaybeRef<Object>();
    if (!self->buffer) { // the flush detached it
        if (first) return chain_exceptions(t, std::move(first));
        return none_ref();
    }
    Ref<Object> buffer = acquire(self->buffer);
    auto closed = call_method(t, buffer, names::close);
    if (first || closed.is_error()) return chain_exceptions(t, std::move(first));
    return closed;
}
Result<Ref<Object>> detach(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    (void)TRY(call_method(t, self, names::flush));
    Object* buffer = std::exchange(self->buffer, nullptr);
    clear_field(self->raw);
    self->detached = true;
    self->ok = false;
    return Ref<Object>::steal(buffer);
}
template <Str* const* Name> Result<Ref<Object>> delegate(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    return call_method(t, Borrowed<Object>(self->buffer), *Name);
}
Result<Ref<Object>> get_name(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    return get_attribute(t, Borrowed<Object>(self->buffer), names::name);
}
Result<Ref<Object>> get_closed(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    return get_attribute(t, Borrowed<Object>(self->buffer), names::closed);
}
Result<Ref<Object>> get_newlines(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    if (!self->decoder) return none_ref();
    MaybeRef<Object> value = TRY(get_attribute_optional(t, Borrowed<Object>(self->decoder), names::newlines));
    if (!value) return none_ref();
    return value.take();
}
Result<Ref<Object>> get_errors(Thread& t, Self self) {
    if (!self->errors) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
    return acquire(self->errors);
}
Result<int64_t> get_chunk_size(Thread& t, Self self) {
    TRY(check_ready(t, self.get()));
    return int64_t{self->chunk_size};
}
Result<void> set_chunk_size(Thread& t, Self self, Object* value) {
    TRY(check_ready(t, self.get()));
    if (!value) return raise(t, exc::AttributeError, "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted");
    intptr_t n = TRY(to_index_size(t, value, exc::ValueError));
    if (n <= 0) return raise(t, exc::ValueError, "a strictly positive integer is required");
    self->chunk_size = n;
    return {};
}

Result<Ref<Object>> reconfigure(Thread& t, Self self, NoneOr<Object> encoding, NoneOr<Object> errors, MaybeBorrowed<Object> newline,
                                NoneOr<Object> line_buffering, NoneOr<Object> write_through) {
    TRY(check_ready(t, self.get()));
    Entered entered(t, self.get());
    if (self->decoded && (self->snapshot || self->decoded_used) && (encoding || errors || newline))
        return raise_unsupported(t, "It is not possible to set the encoding or newline of stream after the first read");
    if (newline && !is_none(newline.get()) && !is<Str>(newline.get()))
        return raise(t, exc::TypeError, "reconfigure() argument 'newline' must be str or None, not %T", newline.get());
    if (newline) TRY(newline_mode(t, newline.value()));
    bool lines = self->line_buffering, through = self->write_through;
    if (line_buffering) lines = TRY(to_int64(t, line_buffering.value())) != 0;
    if (write_through) through = TRY(to_int64(t, write_through.value())) != 0;
    (void)TRY(call_method(t, self, names::flush));
    if (encoding || errors || newline) {
        Ref<Object> new_encoding = encoding ? encoding.value().share() : acquire(self->encoding);
        if (encoding && !is<Str>(encoding.get()))
            return raise(t, exc::TypeError, "reconfigure() argument 'encoding' must be str or None, not %T", encoding.get());
        if (encoding && str_equals_ascii(static_cast<Str*>(encoding.get()), "locale")) new_encoding = TRY(str_interned(t, "utf-8"));
        Ref<Object> new_errors = errors     ? errors.value().share()
                                 : encoding ? Ref<Object>(TRY(str_interned(t, "strict")))
                                            : acquire(self->errors);
        TRY(check_errors_name(t, new_errors));
        // COMPAT: here the name ends at a null character.
        if (std::string_view given = TRY(str_utf8(t, as<Str>(new_encoding.borrow()))); given.find('\0') != std::string_view::npos)
            return raise(t, exc::LookupError, "unknown encoding: %s", given.data());
        Ref<Object> info = TRY(codec_info(t, as<Str>(new_encoding.borrow())));
        assign_field(self->encoding, new_encoding.release());
        assign_field(self->errors, new_errors.release());
        if (newline) TRY(set_newline(t, self.get(), newline.value()));
        TRY(set_decoder(t, self.get(), info));
        TRY(set_encoder(t, self.get(), info));
        TRY(fix_encoder_state(t, self.get()));
    }
    self->line_buffering = lines;
    self->write_through = through;
    return none_ref();
}

Result<Ref<Object>> text_repr(Thread& t, Self self) {
    if (!self->detached) TRY(check_ready(t, self.get()));
    if (TRY(repr_enter(t, self))) return raise(t, exc::RuntimeError, "reentrant call inside %.100T.__repr__", self);
    auto run = [&]() -> Result<Ref<Object>> {
        MaybeRef<Object> name, mode;
        auto found = get_attribute_optional(t, self, names::name);
        if (found.is_error()) {
            if (!clear_if(t, exc::ValueError)) return Error{};
        } else {
            name = found.take();
        }
        mode = TRY(get_attribute_optional(t, self, names::mode));
        Ref<Str> text = TRY(str_format(t, "<%.100T", self));
        if (name) text = TRY(str_format(t, "%s name=%R", text, name));
        if (mode) text = TRY(str_format(t, "%s mode=%R", text, mode));
        return str_format(t, "%s encoding=%R>", text, self->encoding);
    };
    auto result = run();
    repr_leave(t, self);
    return result;
}
Result<Ref<Object>> no_pickle(Thread& t, Borrowed<Object> self) {
    return raise(t, exc::TypeError, "cannot pickle '%.100T' instances", self);
}

const NativeDef methods[] = {
    method<detach>("detach", "($self, /)"),
    method<reconfigure>("reconfigure", "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
                        "Reconfigure the text stream with new parameters."),
    method<write>("write", "($self, text, /)"),
    method<read>("read", "($self, size=-1, /)"),
    method<readline>("readline", "($self, size=-1, /)"),
    method<flush>("flush", "($self, /)"),
    method<close>("close", "($self, /)"),
    method<delegate<&names::fileno>>("fileno", "($self, /)"),
    method<delegate<&names::seekable>>("seekable", "($self, /)"),
    method<delegate<&names::readable>>("readable", "($self, /)"),
    method<delegate<&names::writable>>("writable", "($self, /)"),
    method<delegate<&names::isatty>>("isatty", "($self, /)"),
    method<seek>("seek", "($self, cookie, whence=0, /)", "Set the stream position, and return the new stream position."),
    method<tell>("tell", "($self, /)", "Return the stream position as an opaque number."),
    method<truncate>("truncate", "($self, pos=None, /)"),
    method<no_pickle>("__getstate__", "($self, /)"),
};
const GetSetDef getset[] = {
    getter<get_name>("name"),
    getter<get_closed>("closed"),
    getter<get_newlines>("newlines"),
    getter<get_errors>("errors"),
    getter_setter<get_chunk_size, set_chunk_size>("_CHUNK_SIZE"),
};
const MemberDef members[] = {
    {"encoding", member_type::ObjectOrNone, offsetof(TextIOWrapper, encoding), member_flag::ReadOnly, nullptr},
    {"buffer", member_type::ObjectOrNone, offsetof(TextIOWrapper, buffer), member_flag::ReadOnly, nullptr},
    {"line_buffering", member_type::Bool, offsetof(TextIOWrapper, line_buffering), member_flag::ReadOnly, nullptr},
    {"write_through", member_type::Bool, offsetof(TextIOWrapper, write_through), member_flag::ReadOnly, nullptr},
    {"_finalizing", member_type::Bool, offsetof(TextIOWrapper, finalizing), 0, nullptr},
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_traverse, &text_traverse),
    raw_slot(SlotId::tp_clear, &text_clear),
    raw_slot(SlotId::tp_dealloc, &text_dealloc),
    unary_slot<SlotId::tp_repr, text_repr>(),
    unary_slot<SlotId::tp_iternext, next>(),
    typed_init<init, "TextIOWrapper", "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)">(),
};

} // namespace

Result<Ref<Object>> text_wrapper_new(Thread& t, Borrowed<Object> buffer, Borrowed<Object> encoding, Borrowed<Object> errors,
                                     Borrowed<Object> newline, bool line_buffering) {
    Ref<Object> object = TRY(allocate_object(t, TextIOWrapper::s_type));
    gc_track(object.get());
    TRY(init(t, static_cast<TextIOWrapper*>(object.get()), buffer, is_none(encoding.get()) ? nullptr : encoding.get(),
             is_none(errors.get()) ? nullptr : errors.get(), newline, line_buffering, false));
    return object;
}

const TypeSpec text_wrapper_spec = {
    .type = &TextIOWrapper::s_type,
    .name = "_io.TextIOWrapper",
    .base = &TextIOBase::s_type,
    .basicsize = sizeof(TextIOWrapper),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "Character and line based layer over a BufferedIOBase object, buffer.",
    .signature = "(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .members = members};

} // namespace taipan::io
