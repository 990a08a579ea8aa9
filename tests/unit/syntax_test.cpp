#include "base/arena.h"
#include "syntax/ast_dump.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/source.h"

#include <gtest/gtest.h>
#include <string>

using namespace taipan;
using namespace taipan::syntax;

namespace {

struct Sink final : Diagnostics {
    WarningAnswer answer = WarningAnswer::Continue;
    std::string messages;
    WarningAnswer warn(const SyntaxWarningReport& report) override {
        messages += std::string(report.message) + "\n";
        return answer;
    }
};

struct Parsed {
    base::Arena arena;
    NameTable names{arena};
    Sink sink;
    ParseResult result;

    explicit Parsed(std::string_view source, ParseOptions options = {}, WarningAnswer answer = WarningAnswer::Continue) {
        sink.answer = answer;
        result = parse(arena, names, source, options, sink);
    }
    std::string dump() {
        base::String out;
        if (result.tree) dump_tree(result.tree, false, out);
        return std::string(out);
    }
    std::string message() { return std::string(result.failure.message); }
};

} // namespace

TEST(Syntax, PrecedenceAndAssociativity) {
    EXPECT_EQ(Parsed("-a ** b * c", {.mode = ParseMode::Eval}).dump(),
              "Expression(body=BinOp(left=UnaryOp(op=USub(), operand=BinOp(left=Name(id='a', ctx=Load()), op=Pow(), "
              "right=Name(id='b', ctx=Load()))), op=Mult(), right=Name(id='c', ctx=Load())))");
}

TEST(Syntax, EqualNamesAreOnePointer) {
    Parsed parsed("\xef\xac\x81 = fi"); // the ligature normalises to "fi"
    auto* assign = as<Assign>(as<Module>(parsed.result.tree)->body[0]);
    EXPECT_EQ(as<Name>(assign->targets[0])->id, as<Name>(assign->value)->id);
}

TEST(Syntax, ErrorsTellWhatAndWhere) {
    Parsed parsed("f(a b)");
    EXPECT_EQ(parsed.message(), "invalid syntax. Perhaps you forgot a comma?");
    EXPECT_EQ(parsed.result.failure.offset, 3);
    EXPECT_EQ(parsed.result.failure.end_offset, 6);
    EXPECT_EQ(Parsed("x = (1,\n").message(), "'(' was never closed");
    EXPECT_EQ(Parsed("if x = 1: pass").message(), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
}

TEST(Syntax, DeepNestingIsAnErrorNotACrash) {
    EXPECT_EQ(Parsed(std::string(100000, '(')).message(), "too many nested parentheses");
    EXPECT_EQ(Parsed(std::string(1000000, '-') + "1").result.failure.kind, FailureKind::MemoryError);
    std::string attributes = "a";
    for (int i = 0; i < 100000; i++) attributes += ".b";
    EXPECT_NE(Parsed(attributes).result.tree, nullptr);
}

TEST(Syntax, WarningsReachTheSinkAndMayBecomeErrors) {
    Parsed kept("'\\d'");
    EXPECT_NE(kept.result.tree, nullptr);
    EXPECT_TRUE(kept.sink.messages.starts_with("\"\\d\" is an invalid escape sequence."));
    Parsed refused("'\\d'", {}, WarningAnswer::BecomeSyntaxError);
    EXPECT_EQ(refused.result.failure.kind, FailureKind::SyntaxError);
    EXPECT_EQ(Parsed("1if x else y", {}, WarningAnswer::Raised).result.failure.kind, FailureKind::Raised);
}

TEST(Syntax, UnfinishedInputIsToldApart) {
    ParseOptions options{.mode = ParseMode::Single, .allow_incomplete_input = true, .dont_imply_dedent = true};
    EXPECT_EQ(Parsed("if x:", options).result.failure.kind, FailureKind::IncompleteInput);
    EXPECT_EQ(Parsed("a b", options).result.failure.kind, FailureKind::IncompleteInput);
    EXPECT_EQ(Parsed("a b c", options).result.failure.kind, FailureKind::SyntaxError);
}

TEST(Syntax, SourceEncodings) {
    base::Arena arena;
    EXPECT_EQ(decode_source(arena, "# coding: latin-1\n\xe9 = 1", DeclaredEncoding::Honour).text, "# coding: latin-1\n\xc3\xa9 = 1");
    EXPECT_EQ(decode_source(arena, "# coding: koi8-r\n", DeclaredEncoding::Honour).status, DecodeStatus::NeedsCodec);
    EXPECT_EQ(decode_source(arena, "x = '\xff'", DeclaredEncoding::Honour).failure.offset, 6);
}
