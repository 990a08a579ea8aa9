// The front end on any bytes: decoding, tokens, trees, code and its marshalled form. The first byte chooses the mode and
// the options. Nothing here needs the runtime, so everything is instrumented.
#include "base/arena.h"
#include "compiler/compiler.h"
#include "compiler/marshal_writer.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/source.h"
#include "syntax/tokenize.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

using namespace taipan;
using namespace taipan::syntax;

namespace {

struct Silent final : Diagnostics {
    WarningAnswer answer = WarningAnswer::Continue;
    WarningAnswer warn(const SyntaxWarningReport&) override { return answer; }
};

void require(bool condition) {
    if (!condition) abort();
}

void check_failure(const SyntaxFailure& failure) {
    require(failure.kind != FailureKind::None);
    require(failure.kind == FailureKind::Raised || !failure.message.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    uint8_t choice = data[0];
    std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    if (memchr(bytes.data(), 0, bytes.size())) return 0; // the callers refuse these
    base::Arena arena;
    NameTable names(arena);
    Silent sink;
    if (choice & 0x40) sink.answer = WarningAnswer::BecomeSyntaxError;
    DecodedSource decoded = decode_source(arena, bytes, DeclaredEncoding::Honour);
    if (decoded.status == DecodeStatus::Failed) check_failure(decoded.failure);
    if (decoded.status != DecodeStatus::Ok) return 0;

    if (choice & 0x20) {
        Tokenizer tokenizer(arena, decoded.text, true, sink);
        TokenRecord token;
        while (tokenizer.next(token)) {
        }
    }
    ParseOptions options;
    options.mode = static_cast<ParseMode>(choice & 3);
    options.type_comments = choice & 4;
    options.allow_incomplete_input = choice & 8;
    options.barry_as_bdfl = choice & 16;
    ParseResult parsed = parse(arena, names, decoded.text, options, sink);
    if (!parsed.tree) {
        check_failure(parsed.failure);
        return 0;
    }
    if (options.mode == ParseMode::FunctionType) return 0;
    compiler::CompileOptions compile_options;
    compile_options.filename = "fuzz";
    compile_options.optimize = choice >> 7 ? 2 : 0;
    compile_options.stack_limit = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - (4u << 20);
    compiler::CompileResult result = compiler::compile(arena, names, parsed.tree, compile_options, sink);
    if (!result.code) {
        check_failure(result.failure);
        return 0;
    }
    require(!compiler::marshal_code(*result.code).empty());
    return 0;
}
