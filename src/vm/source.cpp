#include "vm/source.h"

#include <string>

#include "base/arena.h"
#include "compiler/compiler.h"
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
    Type& category = report.category == syntax::WarningCategory::SyntaxWarning ? exc::SyntaxWarning : exc::DeprecationWarning;
    auto issue = [&]() -> Result<void> {
        Ref<Str> message = TRY(str_from_utf8(m_thread, report.message));
        return warn_explicit(m_thread, category, message, m_filename, report.lineno);
    };
    if (!issue().is_error()) return syntax::WarningAnswer::Continue;
    if (exception_matches(m_thread, category)) {
        m_thread.clear_exception();
        return syntax::WarningAnswer::BecomeSyntaxError;
    }
    return syntax::WarningAnswer::Raised;
}

Result<Ref<Object>> constant_object(Thread& t, const syntax::ConstantValue& value, Borrowed<Str> filename) {
    using Kind = syntax::ConstantValue::Kind;
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
    case Kind::Tuple:
    case Kind::FrozenSet: {
        Ref<Tuple> tuple = TRY(tuple_alloc(t, value.size));
        for (uint32_t i = 0; i < value.size; ++i) tuple->items[i] = None();
        for (uint32_t i = 0; i < value.size; ++i) tuple->items[i] = TRY(constant_object(t, value.items[i], filename)).release();
        if (value.size) tuple_finish(tuple.get());
        if (value.kind == Kind::FrozenSet) return TRY(frozenset_from_iterable(t, tuple));
        return tuple;
    }
    case Kind::Slice: {
        Ref<Object> start = TRY(constant_object(t, value.items[0], filename)), stop = TRY(constant_object(t, value.items[1], filename));
        Ref<Object> step = TRY(constant_object(t, value.items[2], filename));
        return TRY(slice_new(t, start.get(), stop.get(), step.get()));
    }
    case Kind::Code: return TRY(code_from_unit(t, *compiler::code_of(value), filename));
    case Kind::Object: return acquire(static_cast<Object*>(value.object));
    }
    UNREACHABLE();
}

/// -X no_debug_ranges: the location table with lines only.
static std::string lines_only(std::string_view table) {
    std::string out;
    const auto* p = reinterpret_cast<const uint8_t*>(table.data());
    const uint8_t* end = p + table.size();
    while (p < end) {
        uint8_t head = *p++;
        int kind = head >> 3 & 15;
        uint8_t units = head & 7;
        if (kind == 15) { // no location
            out.push_back(static_cast<char>(head));
            continue;
        }
        out.push_back(static_cast<char>(0x80 | 13 << 3 | units));
        if (kind >= 13) { // line delta as it is
            do out.push_back(static_cast<char>(*p));
            while (*p++ & 64 && p < end);
            if (kind == 14)
                for (int i = 0; i < 3; ++i)
                    while (p < end && *p++ & 64) {}
        } else if (kind >= 10) {
            out.push_back(static_cast<char>((kind - 10) << 1));
            p += 2;
        } else {
            out.push_back(0);
            ++p;
        }
    }
    return out;
}

Result<Ref<Code>> code_from_unit(Thread& t, const compiler::CodeUnit& unit, Borrowed<Str> filename) {
    TRY(check_recursion(t, " during compilation"));
    Ref<Tuple> consts = TRY(tuple_alloc(t, static_cast<intptr_t>(unit.consts.size())));
    for (size_t i = 0; i < unit.consts.size(); ++i) consts->items[i] = None();
    for (size_t i = 0; i < unit.consts.size(); ++i) consts->items[i] = TRY(constant_object(t, unit.consts[i], filename)).release();
    if (consts->size) tuple_finish(consts.get());
    Ref<Tuple> names = TRY(name_tuple(t, unit.names)), locals = TRY(name_tuple(t, unit.localsplusnames));
    Ref<Bytes> code = TRY(bytes_from(t, as_view(unit.bytecode))), kinds = TRY(bytes_from(t, as_view(unit.localspluskinds)));
    Ref<Bytes> lines = TRY(bytes_from(t, g_options.no_debug_ranges ? lines_only(as_view(unit.linetable)) : std::string(as_view(unit.linetable)))), exceptions = TRY(bytes_from(t, as_view(unit.exceptiontable)));
    Ref<Str> name = TRY(str_interned(t, unit.name)), qualname = TRY(str_interned(t, unit.qualname));
    CodeFields f{static_cast<int>(unit.argcount), static_cast<int>(unit.posonlyargcount), static_cast<int>(unit.kwonlyargcount),
                 static_cast<int>(unit.stacksize), static_cast<int>(unit.flags), unit.firstlineno, code.get(), consts.get(), names.get(),
                 locals.get(), kinds.get(), filename.get(), name.get(), qualname.get(), lines.get(), exceptions.get()};
    return code_new(t, f);
}

Error raise_syntax_failure(Thread& t, const syntax::SyntaxFailure& failure, Borrowed<Str> filename) {
    using Kind = syntax::FailureKind;
    Type* type = &exc::SyntaxError;
    switch (failure.kind) {
    case Kind::None: return raise(t, exc::SystemError, "no syntax error");
    case Kind::Raised: return Error{};
    case Kind::MemoryError: return raise(t, exc::MemoryError, "%s", failure.message);
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
        Ref<Object> text = failure.has_line ? Ref<Object>(TRY(str_decode_utf8(t, failure.line, "replace"))) : TRY(source_line(t, filename, failure.lineno));
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
        syntax::DecodedSource decoded = syntax::decode_source(arena, source, syntax::DeclaredEncoding::Honour);
        if (decoded.status == syntax::DecodeStatus::Failed) {
            return raise_syntax_failure(t, decoded.failure, request.filename);
        }
        if (decoded.status == syntax::DecodeStatus::NeedsCodec) {
            // COMPAT: the codec sees the line ends as the parser wants them, which UTF-16 and the like do not survive.
            std::string_view lines = syntax::normalize_newlines(arena, decoded.body, request.mode == CompileRequest::Mode::Exec);
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
        Error error = raise_syntax_failure(t, parsed.failure, request.filename);
        // For suggestions of keywords: where to begin reading, and the text.
        if (t.exception && t.exception->type == &exc::SyntaxError && std::string_view(parsed.failure.message) == "invalid syntax") {
            MaybeRef<Object> raised = t.take_exception();
            auto note = [&]() -> Result<void> {
                Ref<Object> zero = TRY(int_from(t, 0)), shown = TRY(str_decode_utf8(t, text, "replace"));
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
