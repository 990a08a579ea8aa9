#include "modules/sre/engine.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace taipan::modules::sre;

namespace {

/// Code that CPython's re._compiler emitted and what CPython matched; see sre_compare.py for many more.
struct Case {
    int mode; ///< 0 match, 1 fullmatch, 2 search, 3 finditer
    unsigned kind;
    size_t groups;
    std::vector<uint32_t> code;
    std::vector<uint32_t> text;
    std::string spans; ///< start end lastindex groups…;
};

const Case cases[] = {
    // 'abc' on 'xxabcx'
    {2, 1, 0, {14, 12, 3, 3, 3, 3, 3, 97, 98, 99, 0, 0, 0, 16, 97, 16, 98, 16, 99, 1}, {120, 120, 97, 98, 99, 120}, "2 5 0;"},
    // 'a|b' on 'cb'
    {2, 1, 0, {14, 8, 4, 1, 1, 22, 97, 98, 0, 13, 5, 22, 97, 98, 0, 1}, {99, 98}, "1 2 0;"},
    // '(a)(b)c|ab' on 'ab'
    {2,
     1,
     2,
     {14, 4, 0, 2, 3, 7, 17, 17, 0, 16, 97, 17, 1, 17, 2, 16, 98, 17, 3, 16, 99, 15, 9, 7, 16, 97, 16, 98, 15, 2, 0, 1},
     {97, 98},
     "0 2 0 -1 -1 -1 -1;"},
    // '\\w+' on 'h\xe9llo w\xf6rld \u20acx'
    {3,
     2,
     0,
     {14, 4, 0, 1, 4294967295, 24, 9, 1, 4294967295, 13, 4, 8, 14, 0, 1, 1},
     {104, 233, 108, 108, 111, 32, 119, 246, 114, 108, 100, 32, 8364, 120},
     "0 5 0;6 11 0;13 14 0;"},
    // 'a.*c' on 'xabcabcd'
    {2,
     1,
     0,
     {14, 8, 1, 2, 4294967295, 1, 1, 97, 0, 16, 97, 24, 5, 0, 4294967295, 2, 1, 16, 99, 1},
     {120, 97, 98, 99, 97, 98, 99, 100},
     "1 7 0;"},
    // 'a.*?c' on 'xabcabcd'
    {2,
     1,
     0,
     {14, 8, 1, 2, 4294967295, 1, 1, 97, 0, 16, 97, 26, 5, 0, 4294967295, 2, 1, 16, 99, 1},
     {120, 97, 98, 99, 97, 98, 99, 100},
     "1 4 0;"},
    // '(a|b)*' on 'abba'
    {1, 1, 1, {14, 4, 0, 0, 4294967295, 23, 13, 0, 4294967295, 17, 0, 13, 5, 22, 97, 98, 0, 17, 1, 18, 1}, {97, 98, 98, 97}, "0 4 1 3 4;"},
    // '(?:(a)|b)*' on 'ab'
    {2,
     1,
     1,
     {14, 4, 0, 0, 4294967295, 23, 19, 0, 4294967295, 7, 9, 17, 0, 16, 97, 17, 1, 15, 7, 5, 16, 98, 15, 2, 0, 18, 1},
     {97, 98},
     "0 2 1 0 1;"},
    // '(\\w)\\1' on 'abccd'
    {2, 1, 1, {14, 7, 4, 2, 2, 8, 14, 0, 17, 0, 13, 4, 8, 14, 0, 17, 1, 11, 0, 1}, {97, 98, 99, 99, 100}, "2 4 1 2 3;"},
    // '(a)?b(?(1)c|d)' on 'bd abc'
    {2,
     1,
     1,
     {14, 4, 0, 2, 3, 23, 9, 0, 1, 17, 0, 16, 97, 17, 1, 18, 16, 98, 12, 0, 6, 16, 99, 15, 3, 16, 100, 1},
     {98, 100, 32, 97, 98, 99},
     "0 2 0 -1 -1;"},
    // '^a' on 'a\na\nb\na'
    {3, 1, 0, {14, 4, 0, 1, 1, 6, 1, 16, 97, 1}, {97, 10, 97, 10, 98, 10, 97}, "0 1 0;2 3 0;6 7 0;"},
    // '' on 'ab'
    {3, 1, 0, {14, 4, 0, 0, 0, 1}, {97, 98}, "0 0 0;1 1 0;2 2 0;"},
    // 'a*?' on 'aab'
    {3, 1, 0, {14, 4, 0, 0, 4294967295, 26, 6, 0, 4294967295, 16, 97, 1, 1}, {97, 97, 98}, "0 0 0;0 1 0;1 1 0;1 2 0;2 2 0;3 3 0;"},
    // 'a*' on 'baac'
    {3, 1, 0, {14, 4, 0, 0, 4294967295, 24, 6, 0, 4294967295, 16, 97, 1, 1}, {98, 97, 97, 99}, "0 0 0;1 3 0;3 3 0;4 4 0;"},
    // '(?>a*)ab' on 'aaab'
    {0, 1, 0, {14, 4, 0, 2, 4294967295, 27, 9, 24, 6, 0, 4294967295, 16, 97, 1, 1, 16, 97, 16, 98, 1}, {97, 97, 97, 98}, ""},
    // 'a*+b' on 'aab'
    {0, 1, 0, {14, 4, 0, 1, 4294967295, 29, 6, 0, 4294967295, 16, 97, 1, 16, 98, 1}, {97, 97, 98}, "0 3 0;"},
    // '(?:ab|a){2}+c' on 'aabc'
    {0, 1, 0, {14, 4, 0, 3, 5, 28, 15, 2, 2, 16, 97, 7, 5, 16, 98, 15, 5, 3, 15, 2, 0, 1, 16, 99, 1}, {97, 97, 98, 99}, "0 4 0;"},
    // '(?<=ab)c' on 'abc'
    {2, 1, 0, {14, 4, 0, 1, 1, 4, 7, 2, 16, 97, 16, 98, 1, 16, 99, 1}, {97, 98, 99}, "2 3 0;"},
    // '(?<!a)b' on 'abcb'
    {2, 1, 0, {14, 4, 0, 1, 1, 5, 5, 1, 16, 97, 1, 16, 98, 1}, {97, 98, 99, 98}, "3 4 0;"},
    // 'x(?=y)' on 'xxy'
    {2, 1, 0, {14, 8, 1, 1, 1, 1, 1, 120, 0, 16, 120, 4, 5, 0, 16, 121, 1, 1}, {120, 120, 121}, "1 2 0;"},
    // 'x(?!y)' on 'xyx'
    {2, 1, 0, {14, 8, 1, 1, 1, 1, 1, 120, 0, 16, 120, 5, 5, 0, 16, 121, 1, 1}, {120, 121, 120}, "2 3 0;"},
    // '(a?)*' on 'aab'
    {2, 1, 1, {14, 4, 0, 0, 4294967295, 23, 14, 0, 4294967295, 17, 0, 24, 6, 0, 1, 16, 97, 1, 17, 1, 18, 1}, {97, 97, 98}, "0 2 1 2 2;"},
    // 'STRASSE' on 'stra\u017f\u017fe'
    {2,
     2,
     0,
     {14, 4, 0,  7,   7,  39,  6, 16, 115, 16, 383, 0,  40,  116, 40, 114, 40, 97,
      39, 6, 16, 115, 16, 383, 0, 39, 6,   16, 115, 16, 383, 0,   40, 101, 1},
     {115, 116, 114, 97, 383, 383, 101},
     "0 7 0;"},
    // '[k-m]+' on 'xKKl'
    {2, 1, 0, {14, 4, 0, 1, 4294967295, 24, 10, 1, 4294967295, 39, 5, 22, 107, 109, 0, 1, 1}, {120, 75, 75, 108}, "1 4 0;"},
    // b'caf\xe9' on b'CAF\xe9'
    {2, 1, 0, {14, 4, 0, 4, 4, 36, 99, 36, 97, 36, 102, 36, 233, 1}, {67, 65, 70, 233}, "0 4 0;"},
    // '[\u0431-\u0434]+' on '\u0430\u0431\u0432\u0433\u0434\u0435'
    {2,
     2,
     0,
     {14, 4, 0, 1, 4294967295, 24, 10, 1, 4294967295, 13, 5, 22, 1073, 1076, 0, 1, 1},
     {1072, 1073, 1074, 1075, 1076, 1077},
     "1 5 0;"},
    // '(?:a*)*b' on 'aaaaaaaaaaaaaaaaaaaab'
    {2,
     1,
     0,
     {14, 4, 0, 1, 4294967295, 23, 10, 0, 4294967295, 24, 6, 0, 4294967295, 16, 97, 1, 18, 16, 98, 1},
     {97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 97, 98},
     "0 21 0;"},
    // '\\bfoo\\B' on 'foo food'
    {2, 1, 0, {14, 4, 0, 3, 3, 6, 10, 16, 102, 16, 111, 16, 111, 6, 11, 1}, {102, 111, 111, 32, 102, 111, 111, 100}, "4 7 0;"},
    // '\\B' on ''
    {2, 1, 0, {14, 4, 0, 0, 0, 6, 11, 1}, {}, "0 0 0;"},
    // '(.)(.)?' on '\n'
    {2, 1, 2, {14, 4, 0, 1, 2, 17, 0, 3, 17, 1, 23, 8, 0, 1, 17, 2, 3, 17, 3, 18, 1}, {10}, "0 1 1 0 1 -1 -1;"},
    // '(a+|b){2,3}?' on 'aaba'
    {1,
     1,
     1,
     {14, 4, 0, 2, 4294967295, 23, 24, 2, 3, 17, 0, 7, 10, 24, 6, 1, 4294967295, 16, 97, 1, 15, 7, 5, 16, 98, 15, 2, 0, 17, 1, 19, 1},
     {97, 97, 98, 97},
     "0 4 1 3 4;"},
    // '(?m)$' on 'a\n\nb'
    {3, 1, 0, {14, 4, 0, 0, 0, 6, 6, 1}, {97, 10, 10, 98}, "1 1 0;2 2 0;4 4 0;"},
    // '(?P<q>[\\\'"]).*?(?P=q)' on 'say "it\'s" now'
    {2,
     1,
     1,
     {14, 9, 4, 2, 4294967295, 16, 39, 16, 34, 0, 17, 0, 13, 6, 16, 39, 16, 34, 0, 17, 1, 26, 5, 0, 4294967295, 2, 1, 11, 0, 1},
     {115, 97, 121, 32, 34, 105, 116, 39, 115, 34, 32, 110, 111, 119},
     "4 10 1 4 5;"},
    // '[^,]*' on 'a,,b'
    {3, 1, 0, {14, 4, 0, 0, 4294967295, 24, 6, 0, 4294967295, 20, 44, 1, 1}, {97, 44, 44, 98}, "0 1 0;1 1 0;2 2 0;3 4 0;4 4 0;"},
    // '(?:x|yy|zzz)+end' on 'xyyzzzxend'
    {2,
     1,
     0,
     {14, 4,  0, 4,  4294967295, 23, 26,  1,  4294967295, 7,  5, 16, 120, 15, 18,  7,  16,  121, 16,  121,
      15, 11, 9, 16, 122,        16, 122, 16, 122,        15, 2, 0,  18,  16, 101, 16, 110, 16,  100, 1},
     {120, 121, 121, 122, 122, 122, 120, 101, 110, 100},
     "0 10 0;"},
    // '((a)|b)*?c' on 'abac'
    {2,
     1,
     2,
     {14, 4, 0, 1, 4294967295, 23, 23, 0, 4294967295, 17, 0, 7, 9, 17, 2, 16, 97, 17, 3, 15, 7, 5, 16, 98, 15, 2, 0, 17, 1, 19, 16, 99, 1},
     {97, 98, 97, 99},
     "0 4 1 2 3 2 3;"},
};

template <typename Char> std::string spans(const Case& c, const Program& program) {
    std::vector<Char> text(c.text.begin(), c.text.end());
    Matcher matcher(program);
    EXPECT_TRUE(matcher.set_text(text.data(), text.size(), sizeof(Char)));
    matcher.full = c.mode == 1;
    std::string out;
    while ((c.mode >= 2 ? matcher.search() : matcher.match()) == Status::Matched) {
        out += std::to_string(matcher.match_start) + " " + std::to_string(matcher.match_end) + " " + std::to_string(matcher.last_index);
        for (size_t g = 1; g <= c.groups; g++) {
            size_t start, end;
            out += matcher.group(g, start, end) ? " " + std::to_string(start) + " " + std::to_string(end) : " -1 -1";
        }
        out += ";";
        if (c.mode != 3) break;
        matcher.must_advance = matcher.match_start == matcher.match_end;
        matcher.start = matcher.match_end;
    }
    return out;
}

TEST(Sre, MatchesAsCPython) {
    for (const Case& c : cases) {
        CreateResult result;
        Program* program = Program::create(c.code.data(), c.code.size(), c.groups, result);
        ASSERT_EQ(result, CreateResult::Ok);
        if (c.kind <= 1) EXPECT_EQ(spans<uint8_t>(c, *program), c.spans);
        if (c.kind <= 2) EXPECT_EQ(spans<uint16_t>(c, *program), c.spans);
        EXPECT_EQ(spans<uint32_t>(c, *program), c.spans);
        program->destroy();
    }
}

TEST(Sre, RefusesBogusCode) {
    // Every prefix and every single change of real code is either refused or harmless.
    for (const Case& c : cases) {
        for (size_t cut = 0; cut < c.code.size(); cut++) {
            CreateResult result;
            Program* program = Program::create(c.code.data(), cut, c.groups, result);
            if (program) program->destroy();
            for (uint32_t value : {0u, 1u, 2u, 7u, 12u, 15u, 23u, 27u, 0xffffffffu}) {
                std::vector<uint32_t> code = c.code;
                code[cut] = value;
                program = Program::create(code.data(), code.size(), c.groups, result);
                if (!program) {
                    EXPECT_EQ(result, CreateResult::Invalid);
                    continue;
                }
                std::vector<uint8_t> text(c.text.begin(), c.text.end());
                Matcher matcher(*program);
                ASSERT_TRUE(matcher.set_text(text.data(), text.size(), 1));
                int turns = 0;
                matcher.poll_context = &turns;
                matcher.poll = [](void* turns) { return ++*static_cast<int*>(turns) < 3; };
                (void)matcher.search();
                program->destroy();
            }
        }
    }
}

TEST(Sre, LongTextsNeedNoCStack) {
    // (a|b)*c and (?:x|(y))*? over a million characters.
    const Case& c = cases[6];
    CreateResult result;
    Program* program = Program::create(c.code.data(), c.code.size(), c.groups, result);
    std::vector<uint8_t> text(1000000, 'a');
    Matcher matcher(*program);
    ASSERT_TRUE(matcher.set_text(text.data(), text.size(), 1));
    matcher.full = true;
    EXPECT_EQ(matcher.match(), Status::Matched);
    EXPECT_EQ(matcher.match_end, text.size());
    text.back() = 'c';
    EXPECT_EQ(matcher.match(), Status::NotMatched);
    program->destroy();
}

TEST(Sre, AsksWhetherToGoOn) {
    const Case& c = cases[6];
    CreateResult result;
    Program* program = Program::create(c.code.data(), c.code.size(), c.groups, result);
    std::vector<uint8_t> text(1000000, 'a');
    Matcher matcher(*program);
    ASSERT_TRUE(matcher.set_text(text.data(), text.size(), 1));
    int left = 3;
    matcher.poll_context = &left;
    matcher.poll = [](void* context) { return --*static_cast<int*>(context) > 0; };
    EXPECT_EQ(matcher.match(), Status::Interrupted);
    program->destroy();
}

} // namespace
