// The compiler's pieces that whole-program comparison (tests/conformance/compare.py) does not name: the effect of
// single optimisations, folding of constants, the tables' encodings, errors.
#include "compiler/compiler.h"

#include "base/arena.h"
#include "compiler/constants.h"
#include "compiler/marshal_writer.h"
#include "compiler/opcode_numbers.h"
#include "compiler/symtable.h"
#include "syntax/names.h"
#include "syntax/parser.h"

#include <gtest/gtest.h>

#include <string>

using namespace taipan;
using namespace taipan::compiler;

namespace {

struct Sink final : syntax::Diagnostics {
    std::string text;
    syntax::WarningAnswer answer = syntax::WarningAnswer::Continue;
    syntax::WarningAnswer warn(const syntax::SyntaxWarningReport& report) override {
        text += std::string(report.message) + ";";
        return answer;
    }
};

struct Compiled {
    base::Arena arena;
    Sink sink;
    CompileResult result;

    explicit Compiled(std::string_view source, int optimize = 0, syntax::WarningAnswer answer = syntax::WarningAnswer::Continue) {
        syntax::NameTable names(arena);
        sink.answer = answer;
        syntax::ParseResult parsed = syntax::parse(arena, names, source, {}, sink);
        CompileOptions options;
        options.filename = "<test>";
        options.optimize = optimize;
        if (parsed.tree) result = compile(arena, names, parsed.tree, options, sink);
    }

    const CodeUnit* function() const {
        for (const syntax::ConstantValue& value : result.code->consts)
            if (value.kind == syntax::ConstantValue::Kind::Code) return code_of(value);
        return nullptr;
    }
    std::string error() const {
        return std::string(result.failure.message) + " @" + std::to_string(result.failure.lineno) + ":" +
               std::to_string(result.failure.offset);
    }
};

std::string listing(const CodeUnit* code) {
    std::string text;
    for (size_t i = 0; i < code->bytecode.size();) {
        auto opcode = (Opcode)code->bytecode[i];
        text += opcode_info(opcode).name;
        if (opcode_has(opcode, HAS_ARG)) text += " " + std::to_string(code->bytecode[i + 1]);
        text += "; ";
        i += 2 + 2 * (size_t)opcode_info(opcode).cache_units;
    }
    return text;
}

TEST(Compiler, FoldsConstantsAndBorrowsLocals) {
    Compiled c("def f(a): return a + 2 * 3");
    EXPECT_EQ(listing(c.function()), "RESUME 0; LOAD_FAST_BORROW 0; LOAD_SMALL_INT 6; BINARY_OP 0; RETURN_VALUE; ");
    EXPECT_EQ(c.function()->stacksize, 2u);
}

TEST(Compiler, ChecksLocalsThatMayBeUnbound) {
    Compiled c("def f(a):\n if a: b = 1\n return b");
    EXPECT_NE(listing(c.function()).find("LOAD_FAST_CHECK 1"), std::string::npos);
}

TEST(Compiler, TreatsAnyIterableDisplayAsTuple) {
    Compiled c("def f(a): return a in [1, 2]");
    EXPECT_EQ(listing(c.function()), "RESUME 0; LOAD_FAST_BORROW 0; LOAD_CONST 1; CONTAINS_OP 0; RETURN_VALUE; ");
    EXPECT_EQ(c.function()->consts[1].kind, syntax::ConstantValue::Kind::Tuple);
}

TEST(Compiler, DropsAssertsAndDocstringsOnRequest) {
    const char* source = "def f():\n 'doc'\n assert 0\n";
    EXPECT_NE(listing(Compiled(source).function()).find("RAISE_VARARGS"), std::string::npos);
    EXPECT_EQ(listing(Compiled(source, 1).function()), "RESUME 0; LOAD_CONST 1; RETURN_VALUE; ");
    Compiled bare(source, 2);
    EXPECT_EQ(bare.function()->flags & CO_HAS_DOCSTRING, 0u);
}

TEST(Compiler, CoversTheBodyOfATryInTheExceptionTable) {
    Compiled c("def f():\n try: a()\n finally: b()\n");
    // First entry: its start is marked, then length, handler, and depth 0 without the offset of the failing
    // instruction.
    auto table = c.function()->exceptiontable;
    ASSERT_GE(table.size(), 4u);
    EXPECT_TRUE(table[0] & 0x80);
    EXPECT_EQ(table[3], 0);
}

TEST(Compiler, ReportsErrorsWithTextAndPlace) {
    EXPECT_EQ(Compiled("def f():\n x = 1\n global x").error(), "name 'x' is assigned to before global declaration @3:2");
    EXPECT_EQ(Compiled("return").error(), "'return' outside function @1:1");
    EXPECT_EQ(Compiled("def f(a, a): pass").error(), "duplicate argument 'a' in function definition @1:10");
    EXPECT_EQ(Compiled("nonlocal x").error(), "nonlocal declaration not allowed at module level @1:1");
}

TEST(Compiler, WarningsMayBecomeErrors) {
    EXPECT_EQ(Compiled("1()").sink.text, "'int' object is not callable; perhaps you missed a comma?;");
    Compiled error("x is 1", 0, syntax::WarningAnswer::BecomeSyntaxError);
    EXPECT_EQ(error.result.code, nullptr);
    EXPECT_EQ(error.error(), "\"is\" with 'int' literal. Did you mean \"==\"? @1:1");
    Compiled raised("x is 1", 0, syntax::WarningAnswer::Raised);
    EXPECT_EQ(raised.result.failure.kind, syntax::FailureKind::Raised);
}

TEST(Compiler, DeepTreesAreAnError) {
    std::string source = "a";
    for (int i = 0; i < 100000; i++) source += ".b";
    EXPECT_EQ(Compiled(source).result.failure.kind, syntax::FailureKind::RecursionError);
}

TEST(Compiler, MarshalStartsWithTheCodeTypeAndItsCounts) {
    Compiled c("lambda a, /, b, *, c: 0");
    std::string data = marshal_code(*c.function());
    EXPECT_EQ(data.substr(0, 13), std::string("c\2\0\0\0\1\0\0\0\1\0\0\0", 13));
}

TEST(Constants, IdentityTellsTypesAndSignsApart) {
    using C = syntax::ConstantValue;
    ConstantPool pool;
    EXPECT_EQ(pool.add(C::of_int(1)), 0);
    EXPECT_EQ(pool.add(C::of_float(1.0)), 1);
    EXPECT_EQ(pool.add(C::of_bool(true)), 2);
    EXPECT_EQ(pool.add(C::of_float(0.0)), 3);
    EXPECT_EQ(pool.add(C::of_float(-0.0)), 4);
    EXPECT_EQ(pool.add(C::of_int(1)), 0);
}

TEST(Constants, FoldingRefusesErrorsAndBulk) {
    using C = syntax::ConstantValue;
    base::Arena arena;
    EXPECT_FALSE(fold_binary(arena, BinaryOperation::TrueDivide, C::of_int(1), C::of_int(0)));
    EXPECT_FALSE(fold_binary(arena, BinaryOperation::LeftShift, C::of_int(1), C::of_int(1000)));
    EXPECT_FALSE(fold_binary(arena, BinaryOperation::Multiply, C::of_str("x"), C::of_int(5000)));
    auto power = fold_binary(arena, BinaryOperation::Power, C::of_int(3), C::of_int(40));
    ASSERT_TRUE(power);
    EXPECT_EQ(power->kind, C::Kind::BigInt);
    auto quotient = fold_binary(arena, BinaryOperation::FloorDivide, C::of_int(7), C::of_int(-2));
    ASSERT_TRUE(quotient);
    EXPECT_EQ(quotient->integer, -4);
}

} // namespace
