#include "vm/source.h"

#include <cstdlib>

#include "base/arena.h"
#include "base/scoped_containers.h"
#include "base/small_buffer.h"
#include "compiler/compiler.h"
#include "compiler/constants.h"
#include "objects/abstract.h"
#include "objects/module.h"
#include "objects/set.h"
#include "objects/slice.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/source.h"
#include "vm/frame.h"
#include "vm/options.h"

namespace taipan {

namespace {

Result<Ref<Tuple>> name_tuple(Thread& t, std::span<const std::string_view> names) {
    Ref<Tuple> tuple = TRY(tuple_alloc(t, static_cast<intptr_t>(names.size())));
    for (size_t i = 0; i < names.size(); ++i) tuple->items[i] = None();
    for (size_t i = 0; i < names.size(); ++i) tuple->items[i] = TRY(str_interned(t, names[i])).release();
    return tuple;
}
std::string_view as_view(std::span<const uint8_t> s) { return {reinterpret_cast<const char*>(s.data()), s.size()}; }

} // namespace

syntax::WarningAnswer WarningSink::warn(const syntax::SyntaxWarningReport& report) {
    base::OutsideAttempt outside;
    Thread& t = *m_thread;
    Type& category = report.category == syntax::WarningCategory::SyntaxWarning ? exc::SyntaxWarning : exc::DeprecationWarning;
    auto issue = [&]() -> Result<void> {
        Ref<Str> message = TRY(str_from_utf8(t, report.message));
        return warn_explicit(t, category, message, m_filename, report.lineno);
    };
    if (!issue().is_error()) return syntax::WarningAnswer::Continue;
    if (exception_matches(t, category)) {
        t.clear_exception();
        return syntax::WarningAnswer::BecomeSyntaxError;
    }
    return syntax::WarningAnswer::Raised;
}

namespace {

/// The constants of one compilation: equal ones of the same type are one object, in whatever code objects they are.
class ConstantMaker {
    using ConstantValue = syntax::ConstantValue;
    using Kind = ConstantValue::Kind;

public:
    ConstantMaker(Thread& t, Borrowed<Str> filename) : m_thread(t), m_filename(filename) {}
    ConstantMaker(const ConstantMaker&) = delete;
    ConstantMaker& operator=(const ConstantMaker&) = delete;
    ~ConstantMaker() {
        for (size_t i = 0; i < m_capacity; ++i) xdecref(m_known[i].object);
        free(m_known);
    }

    Result<Ref<Object>> make(const ConstantValue& value) {
        switch (value.kind) {
        case Kind::Float:
        case Kind::Complex:
        case Kind::Str:
        case Kind::Bytes:
        case Kind::Tuple:
        case Kind::FrozenSet: break;
        default: return make_new(value);
        }
        if (!is_sharable(value)) return make_new(value);
        return shared(value, [&] { return make_new(value); });
    }
    /// A code object's constants: whole tuples are shared, too.
    Result<Ref<Tuple>> make_all(std::span<const ConstantValue> values) {
        ConstantValue all = ConstantValue::of_tuple(values.data(), static_cast<uint32_t>(values.size()));
        auto build = [&] { return tuple_of(values); };
        Ref<Object> made = is_sharable(all) ? TRY(shared(all, build)) : TRY(build());
        return Ref<Tuple>::steal(static_cast<Tuple*>(made.release()));
    }

    Result<Ref<Object>> make_new(const ConstantValue& value);
    Result<Ref<Code>> code(const compiler::CodeUnit& unit);

private:
    /// What `value` points to lives as long as the compilation.
    struct Known {
        ConstantValue value;
        size_t hash;
        Object* object; // null: free
    };

    template <class Build> Result<Ref<Object>> shared(const ConstantValue& value, Build build) {
        Thread& t = m_thread;
        size_t hash = compiler::constant_hash(value);
        if (Known* known = m_capacity ? find(value, hash) : nullptr; known && known->object) return acquire(known->object);
        Ref<Object> made = TRY(build());
        if (m_count * 2 >= m_capacity && !grow()) return raise_memory_error(t);
        Known* place = find(value, hash); // building the items of a tuple added some
        *place = {value, hash, made.share().release()};
        ++m_count;
        return made;
    }
    /// The entry, or the free one to fill.
    Known* find(const ConstantValue& value, size_t hash) {
        size_t i = hash & (m_capacity - 1);
        while (m_known[i].object && (m_known[i].hash != hash || !compiler::constants_identical(m_known[i].value, value)))
            i = (i + 1) & (m_capacity - 1);
        return &m_known[i];
    }
    bool grow() {
        size_t capacity = m_capacity ? m_capacity * 2 : 64;
        auto* known = static_cast<Known*>(base::allocation_refused() ? nullptr : calloc(capacity, sizeof(Known)));
        if (!known) return false;
        for (size_t i = 0; i < m_capacity; ++i) {
            if (!m_known[i].object) continue;
            size_t to = m_known[i].hash & (capacity - 1);
            while (known[to].object) to = (to + 1) & (capacity - 1);
            known[to] = m_known[i];
        }
        free(m_known);
        m_known = known;
        m_capacity = capacity;
        return true;
    }
    static bool is_sharable(const ConstantValue& value) {
        switch (value.kind) {
        case Kind::BigInt:
        case Kind::Slice:
        case Kind::Code:
        case Kind::Object: return false;
        case Kind::Tuple:
        case Kind::FrozenSet:
            for (uint32_t i = 0; i < value.size; ++i)
                if (!is_sharable(value.items[i])) return false;
            return true;
        default: return true;
        }
    }
    Result<Ref<Object>> tuple_of(std::span<const ConstantValue> values) {
        Thread& t = m_thread;
        Ref<Tuple> tuple = TRY(tuple_alloc(t, static_cast<intptr_t>(values.size())));
        for (size_t i = 0; i < values.size(); ++i) tuple->items[i] = None();
        for (size_t i = 0; i < values.size(); ++i) tuple->items[i] = TRY(make(values[i])).release();
        if (tuple->size) tuple_finish(tuple.get());
        return tuple;
    }
    Thread& m_thread;
    Borrowed<Str> m_filename;
    Known* m_known = nullptr;
    size_t m_capacity = 0, m_count = 0;
};

} // namespace

Result<Ref<Object>> constant_object(Thread& t, const syntax::ConstantValue& value, Borrowed<Str> filename) {
    return ConstantMaker(t, filename).make_new(value);
}

Result<Ref<Object>> ConstantMaker::make_new(const ConstantValue& value) {
    Thread& t = m_thread;
    switch (value.kind) {
    case Kind::None: return none_ref();
    case Kind::False: return bool_ref(false);
    case Kind::True: return bool_ref(true);
    case Kind::Ellipsis: return Ref<Object>::steal(Ellipsis());
    case Kind::Int: return TRY(int_from(t, value.integer));
    case Kind::BigInt: {
        // Sign and magnitude as little-endian bytes.
        Ref<Int> magnitude = TRY(int_from_bytes(t, reinterpret_cast<const uint8_t*>(value.limbs), value.size * 8u, true, false));
        return value.negative ? TRY(int_negate(t, magnitude)) : std::move(magnitude);
    }
    case Kind::Float: return TRY(float_from(t, value.real));
    case Kind::Complex: return TRY(complex_from(t, value.real, value.imaginary));
    case Kind::Str: return TRY(str_from_utf8(t, value.view()));
    case Kind::Bytes: return TRY(bytes_from(t, value.view()));
    case Kind::Tuple: return tuple_of({value.items, value.size});
    case Kind::FrozenSet: {
        Ref<Object> items = TRY(tuple_of({value.items, value.size}));
        auto* tuple = static_cast<Tuple*>(items.get());
        for (intptr_t i = 0; i < tuple->size; ++i)
            if (Object*& item = tuple->items[i]; is_exact<Str>(item))
                item = str_intern(t, Ref<Str>::steal(static_cast<Str*>(item))).release();
        return TRY(frozenset_from_iterable(t, items));
    }
    case Kind::Slice: {
        Ref<Object> start = TRY(make(value.items[0])), stop = TRY(make(value.items[1])), step = TRY(make(value.items[2]));
        return TRY(slice_new(t, start.get(), stop.get(), step.get()));
    }
    case Kind::Code: return TRY(code(*compiler::code_of(value)));
    case Kind::Object: return acquire(static_cast<Object*>(value.object));
    }
    UNREACHABLE();
}

/// -X no_debug_ranges: the location table with lines only.
static void lines_only(std::string_view table, base::TextBuffer& out) {
    const auto* p = reinterpret_cast<const uint8_t*>(table.data());
    const uint8_t* end = p + table.size();
    while (p < end) {
        uint8_t head = *p++;
        int kind = head >> 3 & 15;
        uint8_t units = head & 7;
        if (kind == 15) { // no location
            out.push(static_cast<char>(head));
            continue;
        }
        out.push(static_cast<char>(0x80 | 13 << 3 | units));
        if (kind >= 13) { // line delta as it is
            do out.push(static_cast<char>(*p));
            while (*p++ & 64 && p < end);
            if (kind == 14)
                for (int i = 0; i < 3; ++i)
                    while (p < end && *p++ & 64) {
                    }
        } else if (kind >= 10) {
            out.push(static_cast<char>((kind - 10) << 1));
            p += 2;
        } else {
            out.push(0);
            ++p;
        }
    }
}

Result<Ref<Code>> code_from_unit(Thread& t, const compiler::CodeUnit& unit, Borrowed<Str> filename) {
    return ConstantMaker(t, filename).code(unit);
}

Result<Ref<Code>> ConstantMaker::code(const compiler::CodeUnit& unit) {
    Thread& t = m_thread;
    TRY(check_recursion(t, " during compilation"));
    Ref<Tuple> consts = TRY(make_all({unit.consts.begin(), unit.consts.size()}));
    Ref<Tuple> names = TRY(name_tuple(t, unit.names)), locals = TRY(name_tuple(t, unit.localsplusnames));
    Ref<Bytes> kinds = TRY(bytes_from(t, as_view(unit.localspluskinds)));
    auto table = [&](std::string_view data) {
        return shared(ConstantValue::of_bytes(data), [&]() -> Result<Ref<Object>> { return Ref<Object>(TRY(bytes_from(t, data))); });
    };
    MaybeRef<Object> reduced;
    if (g_options.no_debug_ranges) {
        base::TextBuffer text;
        lines_only(as_view(unit.linetable), text);
        if (text.failed()) return raise_memory_error(t);
        reduced = TRY(bytes_from(t, std::string_view(text.data(), text.size())));
    }
    Ref<Object> lines = reduced ? acquire(reduced.get()) : TRY(table(as_view(unit.linetable)));
    Ref<Object> exceptions = TRY(table(as_view(unit.exceptiontable)));
    Ref<Str> name = TRY(str_interned(t, unit.name)), qualname = TRY(str_from_utf8(t, unit.qualname));
    CodeFields f{static_cast<int>(unit.argcount),
                 static_cast<int>(unit.posonlyargcount),
                 static_cast<int>(unit.kwonlyargcount),
                 static_cast<int>(unit.stacksize),
                 static_cast<int>(unit.flags),
                 unit.firstlineno,
                 as_view(unit.bytecode),
                 consts.get(),
                 names.get(),
                 locals.get(),
                 kinds.get(),
                 m_filename.get(),
                 name.get(),
                 qualname.get(),
                 as<Bytes>(lines.get()),
                 as<Bytes>(exceptions.get())};
    return code_new(t, f);
}

Error raise_syntax_failure(Thread& t, const syntax::SyntaxFailure& failure, Borrowed<Str> filename) {
    using Kind = syntax::FailureKind;
    Type* type = &exc::SyntaxError;
    switch (failure.kind) {
    case Kind::None: return raise(t, exc::SystemError, "no syntax error");
    case Kind::Raised: return Error{};
    case Kind::MemoryError:
        if (failure.message.empty()) return raise_memory_error(t);
        return raise(t, exc::MemoryError, "%s", failure.message);
    case Kind::RecursionError: return raise(t, exc::RecursionError, "%s", failure.message);
    case Kind::OverflowError: return raise(t, exc::OverflowError, "%s", failure.message);
    case Kind::ValueError: return raise(t, exc::ValueError, "%s", failure.message);
    case Kind::IndentationError: type = &exc::IndentationError; break;
    case Kind::TabError: type = &exc::TabError; break;
    case Kind::IncompleteInput: type = &exc::_IncompleteInputError; break;
    case Kind::UnicodeError:
    case Kind::SyntaxError: break;
    }
    auto make = [&]() -> Result<Ref<Object>> {
        Ref<Str> message = TRY(str_from_utf8(t, failure.message));
        if (failure.lineno == 0 && failure.offset == 0 && !failure.has_line) return call(t, Borrowed<Object>(type), message);
        auto number = [&](int value) -> Result<Ref<Object>> {
            if (value == syntax::NO_POSITION) return none_ref();
            return TRY(int_from(t, value));
        };
        Ref<Object> line = TRY(number(failure.lineno)), offset = TRY(number(failure.offset));
        Ref<Object> end_line = TRY(number(failure.end_lineno)), end_offset = TRY(number(failure.end_offset));
        Ref<Object> text = failure.has_line ? Ref<Object>(TRY(str_decode_utf8(t, failure.line, "replace")))
                                            : TRY(source_line(t, filename, failure.lineno));
        Ref<Object> file = failure.has_file ? Ref<Object>(filename.share()) : none_ref();
        Ref<Tuple> info = TRY(tuple_pack(t, file, line, offset, text, end_line, end_offset));
        return call(t, Borrowed<Object>(type), message, info);
    };
    auto made = make();
    if (made.is_error()) return Error{};
    return raise_instance(t, made.take());
}

/// What a codec raised, as the syntax error it is for a source file.
static Error raise_encoding_failure(Thread& t, Borrowed<Str> filename) {
    if (!exception_matches(t, exc::LookupError) && !exception_matches(t, exc::ValueError)) return Error{};
    MaybeRef<Object> raised = t.take_exception();
    auto make = [&]() -> Result<Ref<Object>> {
        Ref<Str> message = TRY(to_str(t, raised.get()));
        Ref<Int> line = TRY(int_from(t, 0)), offset = TRY(int_from(t, -1));
        Ref<Tuple> info = TRY(tuple_pack(t, filename, line, offset, none_ref()));
        return call(t, Borrowed<Object>(&exc::SyntaxError), message, info);
    };
    auto made = make();
    if (made.is_error()) return Error{};
    return raise_instance(t, made.take());
}

Result<Ref<Object>> compile_source(Thread& t, std::string_view source, const CompileRequest& request) {
    base::Arena arena;
    syntax::NameTable names(arena);
    WarningSink sink(t, request.filename);
    std::string_view text = source;
    MaybeRef<Object> decoded_by_codec;
    if (!(request.flags & (compile_flag::SourceIsUtf8 | compile_flag::IgnoreCookie))) {
        syntax::DecodedSource decoded;
        TRY(within_memory(t, [&] { decoded = syntax::decode_source(arena, source, syntax::DeclaredEncoding::Honour); }));
        if (decoded.status == syntax::DecodeStatus::Failed) {
            if (request.from_file) {
                // A file's own tokenizer knows its name.
                decoded.failure.has_file = true;
                std::string_view message = decoded.failure.message;
                if (size_t place = message.find(" on line "); place != message.npos && message.starts_with("Non-UTF-8")) {
                    std::string_view name = TRY(str_utf8_lossy(t, arena, request.filename));
                    TRY(within_memory(t, [&] {
                        base::String text(message);
                        text.insert(place, name);
                        text.insert(place, " in file ");
                        decoded.failure.message = {arena.copy(text.data(), text.size()), text.size()};
                    }));
                }
            }
            return raise_syntax_failure(t, decoded.failure, request.filename);
        }
        if (decoded.status == syntax::DecodeStatus::NeedsCodec) {
            // COMPAT: the codec sees the line ends as the parser wants them, which UTF-16 and the like do not survive.
            std::string_view lines;
            TRY(within_memory(
                t, [&] { lines = syntax::normalize_newlines(arena, decoded.body, request.mode == CompileRequest::Mode::Exec); }));
            Ref<Bytes> body = TRY(bytes_from(t, lines));
            Ref<Str> encoding = TRY(str_from_utf8(t, decoded.encoding));
            auto result = call_method(t, body, names::decode, encoding);
            if (result.is_error()) return raise_encoding_failure(t, request.filename);
            decoded_by_codec = result.take();
            if (!is<Str>(decoded_by_codec.get())) return raise(t, exc::TypeError, "decoder did not return a string");
            text = TRY(str_utf8(t, static_cast<Str*>(decoded_by_codec.get())));
        } else {
            text = decoded.text;
        }
    }
    syntax::ParseOptions options;
    options.mode = static_cast<syntax::ParseMode>(request.mode);
    if (request.feature_version >= 0) options.feature_version = request.feature_version;
    options.type_comments = request.flags & compile_flag::TypeComments;
    options.allow_incomplete_input = request.flags & compile_flag::AllowIncompleteInput;
    options.dont_imply_dedent = request.flags & compile_flag::DontImplyDedent;
    options.barry_as_bdfl = request.flags & 0x400000;
    options.int_max_str_digits = t.interpreter->int_max_str_digits;
    syntax::ParseResult parsed = syntax::parse(arena, names, text, options, sink);
    if (!parsed.tree) {
        // COMPAT: reading from a file, a backslash alone on the last line has no column.
        if (request.from_file && parsed.failure.message == "unexpected EOF while parsing" &&
            parsed.failure.line.find_first_not_of(" \t\f") == parsed.failure.line.rfind('\\'))
            parsed.failure.offset = 0;
        Error error = raise_syntax_failure(t, parsed.failure, request.filename);
        // For suggestions of keywords: where to begin reading, and the text.
        if (t.exception && is_subtype(t.exception->type, &exc::SyntaxError) && !parsed.failure.after_parsing) {
            MaybeRef<Object> raised = t.take_exception();
            auto note = [&]() -> Result<void> {
                Ref<Object> zero = TRY(int_from(t, 0));
                std::string_view lines;
                TRY(within_memory(t, [&] { lines = syntax::normalize_newlines(arena, text, request.mode == CompileRequest::Mode::Exec); }));
                Ref<Object> shown = TRY(str_decode_utf8(t, lines, "replace"));
                Ref<Tuple> metadata = TRY(tuple_pack(t, zero, zero, shown));
                assign_field(static_cast<SyntaxErrorObject*>(raised.get())->metadata, static_cast<Object*>(metadata.release()));
                return {};
            };
            if (note().is_error()) t.clear_exception();
            t.exception = raised.release();
        }
        return error;
    }
    if (request.flags & compile_flag::OnlyAst) return ast_to_objects(t, arena, names, parsed.tree, request, sink);
    if (request.flags & compile_flag::OnlySymbols) return symbols_to_objects(t, arena, names, parsed.tree, request, sink);

    compiler::CompileOptions compile_options;
    compile_options.filename = TRY(str_utf8_lossy(t, arena, request.filename));
    compile_options.optimize = request.optimize < 0 ? g_options.optimize : request.optimize;
    compile_options.future_flags = request.flags & compile_flag::FutureMask;
    compile_options.allow_top_level_await = request.flags & compile_flag::TopLevelAwait;
    compile_options.stack_limit = t.c_stack_limit;
    compiler::CompileResult result = compiler::compile(arena, names, parsed.tree, compile_options, sink);
    if (!result.code) return raise_syntax_failure(t, result.failure, request.filename);
    return TRY(code_from_unit(t, *result.code, request.filename));
}

Result<std::string_view> str_utf8_lossy(Thread& t, base::Arena& arena, Str* text) {
    auto strict = str_utf8(t, text);
    if (!strict.is_error()) return strict.take();
    t.clear_exception();
    return std::string_view("<file>"); // only shown in places where surrogates could not be printed either
}

Result<Ref<Object>> source_line(Thread& t, Borrowed<Str> filename, int line) {
    // The line as linecache would show it; errors count as "not there".
    auto find = [&]() -> Result<Ref<Object>> {
        Ref<Object> function = TRY(import_attribute(t, "linecache", "getline"));
        Ref<Int> number = TRY(int_from(t, line));
        return call(t, function, filename, number);
    };
    if (line <= 0) return none_ref();
    auto found = find();
    if (found.is_error()) {
        t.clear_exception();
        return none_ref();
    }
    Ref<Object> text = found.take();
    if (is<Str>(text.get()) && static_cast<Str*>(text.get())->length == 0) return none_ref();
    return text;
}

uint32_t current_future_flags(Thread& t) {
    Frame* f = current_frame(t);
    return f ? static_cast<uint32_t>(f->code()->flags) & compile_flag::FutureMask : 0;
}

} // namespace taipan
