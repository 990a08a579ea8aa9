// Parses files and prints their trees as `ast.dump(tree, include_attributes=True)` does, or their error.
//   syntax_driver [--quiet] [--time] [--mode exec|eval|single|func_type] [--type-comments] [--feature N] FILE…
//   syntax_driver --stdin: cases on standard input, each a line "MODE SIZE" and SIZE bytes; one line of output each.
// MODE "tokens" or "tokens,extra" lists tokens instead; "bytes" is exec of what a file holds.
#include "base/arena.h"
#include "syntax/ast_dump.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/source.h"
#include "syntax/tokenize.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace taipan;
using namespace taipan::syntax;

namespace {

struct Printer final : Diagnostics {
    std::string warnings;
    WarningAnswer warn(const SyntaxWarningReport& report) override {
        warnings += "W" + std::to_string(report.lineno) + ":" + std::string(report.message) + "; ";
        return WarningAnswer::Continue;
    }
};

const char* name_of(FailureKind kind) {
    switch (kind) {
    case FailureKind::None: return "None";
    case FailureKind::SyntaxError: return "SyntaxError";
    case FailureKind::IndentationError: return "IndentationError";
    case FailureKind::TabError: return "TabError";
    case FailureKind::IncompleteInput: return "_IncompleteInputError";
    case FailureKind::MemoryError: return "MemoryError";
    case FailureKind::RecursionError: return "RecursionError";
    case FailureKind::UnicodeError: return "UnicodeError";
    case FailureKind::OverflowError: return "OverflowError";
    case FailureKind::ValueError: return "ValueError";
    case FailureKind::Raised: return "Raised";
    }
    return "";
}

void append_repr(std::string& out, std::string_view text) {
    base::String shown;
    dump_constant(ConstantValue::of_str(text), shown);
    out += shown;
}

std::string describe(const SyntaxFailure& failure) {
    std::string out = name_of(failure.kind);
    out += ": ";
    append_repr(out, failure.message);
    if (failure.kind == FailureKind::MemoryError) return out;
    char text[96];
    snprintf(text, sizeof text, " %d:%d-%d:%d ", failure.lineno, failure.offset, failure.end_lineno, failure.end_offset);
    out += text;
    if (failure.has_line) append_repr(out, failure.line);
    else out += "None";
    return out;
}

// "exec", or with more: "exec,type_comments,incomplete,keep_blocks,feature=7"
bool set_mode(ParseOptions& options, std::string_view mode) {
    options.type_comments = mode.find(",type_comments") != mode.npos;
    options.allow_incomplete_input = mode.find(",incomplete") != mode.npos;
    options.dont_imply_dedent = mode.find(",keep_blocks") != mode.npos;
    size_t feature = mode.find(",feature=");
    options.feature_version = feature != mode.npos ? atoi(mode.data() + feature + 9) : 14;
    mode = mode.substr(0, mode.find(','));
    if (mode == "exec") options.mode = ParseMode::Exec;
    else if (mode == "eval") options.mode = ParseMode::Eval;
    else if (mode == "single") options.mode = ParseMode::Single;
    else if (mode == "func_type") options.mode = ParseMode::FunctionType;
    else return false;
    return true;
}

std::string run(std::string_view source, const ParseOptions& options, bool with_warnings) {
    base::Arena arena;
    NameTable names(arena);
    Printer printer;
    ParseResult result = parse(arena, names, source, options, printer);
    std::string out;
    if (with_warnings) out = printer.warnings;
    if (result.tree) {
        base::String tree;
        dump_tree(result.tree, true, tree);
        out += tree;
    } else {
        out += describe(result.failure);
    }
    return out;
}

// One token a field: (kind, text, line, column, line, column, line's text).
std::string run_tokens(std::string_view source, bool extra_tokens) {
    base::Arena arena;
    Printer printer;
    Tokenizer tokenizer(arena, source, extra_tokens, printer);
    std::string out;
    TokenRecord record;
    while (tokenizer.next(record)) {
        char text[96];
        snprintf(text, sizeof text, "(%d, ", (int)record.kind);
        out += text;
        append_repr(out, record.text);
        snprintf(text, sizeof text, ", (%d, %d), (%d, %d), ", record.lineno, record.col, record.end_lineno, record.end_col);
        out += text;
        append_repr(out, record.line);
        out += ") ";
    }
    if (tokenizer.failure()) out += describe(tokenizer.failure());
    return out;
}

bool read_file(const char* path, std::string& out) {
    FILE* file = fopen(path, "rb");
    if (!file) return false;
    char buffer[65536];
    size_t got;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) out.append(buffer, got);
    fclose(file);
    return true;
}

} // namespace

int main(int argc, char** argv) {
    ParseOptions options;
    bool quiet = false, timing = false;
    size_t files = 0, bytes = 0, failures = 0;
    auto begin = std::chrono::steady_clock::now();
    for (int i = 1; i < argc; i++) {
        std::string_view argument = argv[i];
        if (argument == "--quiet") quiet = true;
        else if (argument == "--time") quiet = timing = true;
        else if (argument == "--type-comments") options.type_comments = true;
        else if (argument == "--incomplete") options.allow_incomplete_input = true;
        else if (argument == "--feature") options.feature_version = atoi(argv[++i]);
        else if (argument == "--mode") {
            if (!set_mode(options, argv[++i])) return 2;
        } else if (argument == "--stdin") {
            char mode[80];
            unsigned long size;
            while (scanf("%79s %lu", mode, &size) == 2) {
                getchar();
                std::string source(size, '\0');
                if (fread(source.data(), 1, size, stdin) != size) return 2;
                if (strncmp(mode, "tokens", 6) == 0) {
                    puts(run_tokens(source, strcmp(mode, "tokens,extra") == 0).c_str());
                    fflush(stdout);
                    continue;
                }
                if (strcmp(mode, "bytes") == 0) {
                    base::Arena arena;
                    DecodedSource decoded = decode_source(arena, source, DeclaredEncoding::Honour);
                    options = {};
                    if (decoded.status == DecodeStatus::Failed) puts(describe(decoded.failure).c_str());
                    else if (decoded.status == DecodeStatus::NeedsCodec) puts("codec");
                    else puts(run(decoded.text, options, true).c_str());
                    fflush(stdout);
                    continue;
                }
                if (!set_mode(options, mode)) return 2;
                puts(run(source, options, true).c_str());
                fflush(stdout);
            }
        } else {
            std::string content;
            if (!read_file(argv[i], content)) {
                printf("%s: cannot read\n", argv[i]);
                failures++;
                continue;
            }
            files++;
            bytes += content.size();
            base::Arena arena;
            DecodedSource decoded = decode_source(arena, content, DeclaredEncoding::Honour);
            if (decoded.status != DecodeStatus::Ok) {
                if (decoded.status == DecodeStatus::Failed) puts(describe(decoded.failure).c_str());
                else printf("needs the codec %.*s\n", (int)decoded.encoding.size(), decoded.encoding.data());
                failures++;
                continue;
            }
            if (timing) {
                NameTable names(arena);
                Printer printer;
                failures += !parse(arena, names, decoded.text, options, printer).tree;
                continue;
            }
            std::string out = run(decoded.text, options, false);
            if (!quiet) puts(out.c_str());
            else if (out.find("Error: ") < 24) printf("%s: %s\n", argv[i], out.c_str());
        }
    }
    if (timing) {
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        printf("%zu files, %zu bytes, %zu failures, %.3f s\n", files, bytes, failures, seconds);
    }
    return 0;
}
