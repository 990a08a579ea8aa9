// The Python objects over the engine: Pattern, Match, Scanner and compiled templates.
#pragma once

#include "modules/sre/engine.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/str.h"
#include "objects/tuple.h"
#include "objects/type_spec.h"

namespace taipan::modules::sre {

struct Pattern : Object {
    Program* program;
    Object *pattern, *groupindex, *indexgroup, *weaklist;
    Bytes* code; // what it was compiled from, for equality
    intptr_t groups;
    int flags;
    int is_bytes; // -1: any text, compiled without a pattern
    static Type s_type;
};

struct Match : VarObject {
    Object *string, *regs;
    Pattern* pattern;
    intptr_t pos, endpos, lastindex, groups; // groups: with group 0
    intptr_t marks[2];                       // start and end of each group; -1: took no part
    static Type s_type;
};

struct TemplateItem {
    intptr_t index;
    Object* literal; // or null
};
struct Template : VarObject {
    Object* literal;
    intptr_t count;
    TemplateItem items[1];
    static Type s_type;
};

/// The text being searched; holds its buffer.
class Subject {
public:
    Subject() { m_buffer.obj = nullptr; }
    ~Subject() { buffer_release(&m_buffer); }
    Subject(const Subject&) = delete;
    /// TypeError "expected string or bytes-like object, got 'T'".
    Result<void> open(Thread& t, Borrowed<Object> string);
    /// The same, and checks that the pattern is of the same kind.
    Result<void> open_for(Thread& t, const Pattern* pattern, Borrowed<Object> string);
    /// string[start:end]
    Result<Ref<Object>> slice(Thread& t, intptr_t start, intptr_t end) const;

    Object* string = nullptr; // borrowed
    const void* data = nullptr;
    size_t length = 0;
    unsigned kind = 1;
    bool is_bytes = false;

private:
    Buffer m_buffer;
};

/// A matcher over a subject with the bounds of a call.
class Search {
public:
    Search(Thread& t, const Pattern* pattern) : matcher(*pattern->program), m_thread(&t), m_pattern(pattern) {}
    Result<void> open(Borrowed<Object> string, intptr_t pos, intptr_t end);
    /// The calls to come are another thread's.
    void use(Thread& t) {
        m_thread = &t;
        matcher.poll_context = &t;
    }
    /// True: matched.
    Result<bool> run(Status (Matcher::*function)());
    /// Goes on behind the last match.
    void advance() {
        matcher.must_advance = matcher.match_end == matcher.match_start;
        matcher.start = matcher.match_end;
    }
    Result<Ref<Match>> make_match() const;
    Result<Ref<Object>> group(Thread& t, size_t index, bool empty_if_missing) const;

    Subject subject;
    Matcher matcher;
    intptr_t pos = 0, endpos = 0;

private:
    Thread* m_thread; // that of the present call
    const Pattern* m_pattern;
};

Result<Ref<Template>> template_new(Thread& t, Borrowed<Object> items);
/// re._compile_template(pattern, template).
Result<Ref<Template>> compile_template(Thread& t, Borrowed<Pattern> pattern, Borrowed<Object> text);
Result<Ref<Object>> expand_template(Thread& t, Borrowed<Template> compiled, Borrowed<Match> match);
Result<Ref<Object>> join_parts(Thread& t, bool is_bytes, Borrowed<Object> list);

extern const TypeSpec pattern_spec, match_spec, scanner_spec, template_spec;

} // namespace taipan::modules::sre
