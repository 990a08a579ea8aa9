// Runs compiled patterns that sre_compare.py writes, and prints what they match. One line a case:
// mode kind groups start end  code-length code…  text-length characters…
// Modes: 0 match, 1 fullmatch, 2 search, 3 every match as finditer. Output: "x" for invalid code, else per match
// "start end lastindex" and the groups' spans, -1 for none; matches end with ";".
#include "modules/sre/engine.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using namespace taipan::modules::sre;

static bool read(long& value) { return scanf("%ld", &value) == 1; }

int main(int argc, char** argv) {
    long mode;
    int repeat = argc > 1 ? atoi(argv[1]) : 1; // for timing
    while (read(mode)) {
        long kind, groups, start, end, size, length;
        read(kind), read(groups), read(start), read(end), read(size);
        std::vector<uint32_t> code;
        for (long i = 0, c; i < size && read(c); i++) code.push_back(uint32_t(c));
        read(length);
        std::vector<uint8_t> one;
        std::vector<uint16_t> two;
        std::vector<uint32_t> four;
        for (long i = 0, c; i < length && read(c); i++) {
            one.push_back(uint8_t(c));
            two.push_back(uint16_t(c));
            four.push_back(uint32_t(c));
        }
        const void* text = kind == 1 ? (const void*)one.data() : kind == 2 ? (const void*)two.data() : four.data();
        CreateResult result;
        Program* program = Program::create(code.data(), code.size(), size_t(groups), result);
        if (!program) {
            puts("x");
            continue;
        }
        clock_t began = clock();
        for (int turn = 0; turn < repeat; turn++) {
            Matcher matcher(*program);
            if (!matcher.set_text(text, size_t(length), unsigned(kind))) return 1;
            matcher.start = size_t(start);
            matcher.end = size_t(end);
            matcher.full = mode == 1;
            for (;;) {
                Status status = mode >= 2 ? matcher.search() : matcher.match();
                if (status != Status::Matched) break;
                if (repeat == 1) {
                    printf("%zu %zu %u", matcher.match_start, matcher.match_end, matcher.last_index);
                    for (size_t g = 1; g <= size_t(groups); g++) {
                        size_t a, b;
                        if (matcher.group(g, a, b)) {
                            printf(" %zu %zu", a, b);
                        } else {
                            printf(" -1 -1");
                        }
                    }
                    printf(";");
                }
                if (mode != 3) break;
                matcher.must_advance = matcher.match_start == matcher.match_end;
                matcher.start = matcher.match_end;
            }
        }
        if (repeat == 1) {
            puts("");
        } else {
            printf("%.3f\n", double(clock() - began) * 1000 / CLOCKS_PER_SEC);
        }
        program->destroy();
    }
}
