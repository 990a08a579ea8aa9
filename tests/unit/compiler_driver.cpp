// Compiles files.
//   compiler_driver [-O N] [--mode exec|eval|single] FILE… [-o OUT.pyc]
//       prints nothing but errors and warnings; with -o writes the (last) file's .pyc.
//   compiler_driver --symbols FILE: prints the symbol table, a line a block.
//   compiler_driver --stdin: cases on standard input, each a line "MODE OPTIMIZE FLAGS SIZE" and SIZE bytes of source;
//       for each a line "ok SIZE" and the marshalled code, or "error SIZE" and a description; warnings precede it.
#include "base/arena.h"
#include "compiler/compiler.h"
#include "compiler/marshal_writer.h"
#include "compiler/symtable.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/source.h"

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
        warnings +=
            "warning " + std::to_string(report.lineno) + ":" + std::to_string(report.col_offset) + " " + std::string(report.message) + "\n";
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

std::string describe(const SyntaxFailure& failure) {
    std::string out = name_of(failure.kind);
    out += ": ";
    out += failure.message;
    if (failure.lineno < 0) return out;
    char text[96];
    snprintf(text, sizeof text, " %d:%d-%d:%d", failure.lineno, failure.offset, failure.end_lineno, failure.end_offset);
    return out + text;
}

void dump_symbols(const compiler::SymtableEntry* entry, int depth) {
    printf("%*s%d %s %d%s%s {", depth, "", (int)entry->type, entry->name->data, entry->location.lineno, entry->nested ? " nested" : "",
           entry->comp_inlined ? " inlined" : "");
    for (auto& [name, flags] : entry->symbols) printf(" %s:%x", name->data, flags);
    printf(" } [");
    for (compiler::Identifier name : entry->varnames) printf(" %s", name->data);
    printf(" ]\n");
    for (const compiler::SymtableEntry* child : entry->children) dump_symbols(child, depth + 1);
}

void print_symbols(std::string_view source) {
    base::Arena arena;
    NameTable names(arena);
    Printer printer;
    ParseResult parsed = parse(arena, names, source, {}, printer);
    if (!parsed.tree) {
        puts(describe(parsed.failure).c_str());
        return;
    }
    SyntaxFailure failure;
    compiler::CompileOptions options;
    if (auto table = compiler::build_symbols(arena, names, parsed.tree, options, printer, failure)) dump_symbols(table->top, 0);
    else puts(describe(failure).c_str());
}

struct Outcome {
    bool ok = false;
    std::string text; // marshalled code, or the error
    std::string warnings;
};

Outcome run(std::string_view source, std::string_view mode, const compiler::CompileOptions& options, bool write) {
    base::Arena arena;
    NameTable names(arena);
    Printer printer;
    ParseOptions parse_options;
    if (mode == "eval") parse_options.mode = ParseMode::Eval;
    if (mode == "single") parse_options.mode = ParseMode::Single;
    Outcome outcome;
    ParseResult parsed = parse(arena, names, source, parse_options, printer);
    if (!parsed.tree) {
        outcome.text = describe(parsed.failure);
    } else {
        compiler::CompileResult result = compiler::compile(arena, names, parsed.tree, options, printer);
        outcome.ok = result.code != nullptr;
        if (!outcome.ok) outcome.text = describe(result.failure);
        else if (write) outcome.text = compiler::marshal_code(*result.code);
    }
    outcome.warnings = printer.warnings;
    return outcome;
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

void serve() {
    char mode[16];
    int optimize;
    unsigned flags;
    unsigned long size;
    while (scanf("%15s %d %u %lu", mode, &optimize, &flags, &size) == 4) {
        getchar();
        std::string source(size, '\0');
        if (fread(source.data(), 1, size, stdin) != size) return;
        compiler::CompileOptions options;
        options.filename = "<case>";
        options.optimize = optimize;
        options.future_flags = flags & compiler::FUTURE_FLAGS;
        options.allow_top_level_await = flags & 0x2000;
        Outcome outcome = run(source, mode, options, true);
        fputs(outcome.warnings.c_str(), stdout);
        printf("%s %zu\n", outcome.ok ? "ok" : "error", outcome.text.size());
        fwrite(outcome.text.data(), 1, outcome.text.size(), stdout);
        fflush(stdout);
    }
}

} // namespace

int main(int argc, char** argv) {
    compiler::CompileOptions options;
    std::string_view mode = "exec";
    std::string last;
    uint32_t last_size = 0;
    int failures = 0;
    bool timing = false, symbols = false;
    size_t bytes = 0;
    auto begin = std::chrono::steady_clock::now();
    for (int i = 1; i < argc; i++) {
        std::string_view argument = argv[i];
        if (argument == "--stdin") {
            serve();
        } else if (argument == "--symbols") {
            symbols = true;
        } else if (argument == "--time") {
            timing = true;
        } else if (argument == "-O" && i + 1 < argc) {
            options.optimize = atoi(argv[++i]);
        } else if (argument == "--mode" && i + 1 < argc) {
            mode = argv[++i];
        } else if (argument == "-o" && i + 1 < argc) {
            FILE* file = fopen(argv[++i], "wb");
            if (!file) return 1;
            std::string header = compiler::pyc_header(0, last_size);
            fwrite(header.data(), 1, header.size(), file);
            fwrite(last.data(), 1, last.size(), file);
            fclose(file);
        } else {
            std::string content;
            if (!read_file(argv[i], content)) {
                fprintf(stderr, "%s: cannot read\n", argv[i]);
                failures++;
                continue;
            }
            base::Arena arena;
            DecodedSource decoded = decode_source(arena, content, DeclaredEncoding::Honour);
            if (decoded.status != DecodeStatus::Ok) {
                fprintf(stderr, "%s: %s\n", argv[i],
                        decoded.status == DecodeStatus::Failed ? describe(decoded.failure).c_str() : "needs a codec");
                failures++;
                continue;
            }
            options.filename = argv[i];
            if (symbols) {
                print_symbols(decoded.text);
                continue;
            }
            Outcome outcome = run(decoded.text, mode, options, !timing);
            bytes += content.size();
            if (!timing) fputs(outcome.warnings.c_str(), stderr);
            if (outcome.ok) {
                last = std::move(outcome.text);
                last_size = (uint32_t)content.size();
            } else {
                fprintf(stderr, "%s: %s\n", argv[i], outcome.text.c_str());
                failures++;
            }
        }
    }
    if (timing) {
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        printf("%zu bytes, %d failures, %.3f s\n", bytes, failures, seconds);
    }
    return failures != 0;
}
