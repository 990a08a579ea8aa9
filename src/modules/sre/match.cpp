// re.Match, compiled templates, and how text is taken apart.
#include "modules/sre/objects.h"
#include "objects/descriptor.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/module.h"

namespace taipan::modules::sre {

Type Match::s_type, Template::s_type;

// Subject and Search

Result<void> Subject::open(Thread& t, Borrowed<Object> object) {
    string = object.get();
    if (is<Str>(string)) {
        auto* text = static_cast<Str*>(string);
        data = text->data();
        length = static_cast<size_t>(text->length);
        kind = static_cast<unsigned>(text->kind());
        return {};
    }
    if (!has_buffer(string) || buffer_get(t, object, &m_buffer, buffer_flag::Simple).is_error()) {
        t.clear_exception();
        m_buffer.obj = nullptr;
        return raise(t, exc::TypeError, "expected string or bytes-like object, got '%T'", object);
    }
    data = m_buffer.buf;
    length = static_cast<size_t>(m_buffer.len);
    is_bytes = true;
    return {};
}
Result<void> Subject::open_for(Thread& t, const Pattern* pattern, Borrowed<Object> object) {
    TRY(open(t, object));
    if (is_bytes && pattern->is_bytes == 0) return raise(t, exc::TypeError, "cannot use a string pattern on a bytes-like object");
    if (!is_bytes && pattern->is_bytes > 0) return raise(t, exc::TypeError, "cannot use a bytes pattern on a string-like object");
    return {};
}
Result<Ref<Object>> Subject::slice(Thread& t, intptr_t start, intptr_t end) const {
    if (end < start) end = start;
    if (!is_bytes) {
        auto* text = static_cast<Str*>(string);
        if (start == 0 && end == text->length && is_exact<Str>(text)) return acquire(string);
        return TRY(str_substring(t, text, start, end));
    }
    if (start == 0 && static_cast<size_t>(end) == length && is_exact<Bytes>(string)) return acquire(string);
    return TRY(bytes_from(t, {static_cast<const char*>(data) + start, static_cast<size_t>(end - start)}));
}

Result<void> Search::open(Borrowed<Object> string, intptr_t from, intptr_t to) {
    TRY(subject.open_for(*m_thread, m_pattern, string));
    auto length = static_cast<intptr_t>(subject.length);
    auto clip = [&](intptr_t i) { return i < 0 ? 0 : i > length ? length : i; };
    pos = clip(from);
    endpos = clip(to);
    if (!matcher.set_text(subject.data, subject.length, subject.kind)) return raise_memory_error(*m_thread);
    matcher.start = static_cast<size_t>(pos);
    matcher.end = static_cast<size_t>(endpos);
    matcher.poll = [](void* thread) { return !taipan::poll(*static_cast<Thread*>(thread)).is_error(); };
    matcher.poll_context = m_thread;
    return {};
}
Result<bool> Search::run(Status (Matcher::*function)()) {
    if (matcher.start > matcher.end) return false;
    switch ((matcher.*function)()) {
    case Status::Matched: return true;
    case Status::NotMatched: return false;
    case Status::NoMemory: return raise_memory_error(*m_thread);
    case Status::Interrupted: return Error{};
    }
    __builtin_unreachable();
}
Result<Ref<Match>> Search::make_match() const {
    size_t groups = static_cast<size_t>(m_pattern->groups) + 1;
    Ref<Match> match = TRY(allocate<Match>(*m_thread, Match::s_type, static_cast<intptr_t>(groups)));
    match->string = acquire(subject.string).release();
    match->pattern = acquire(const_cast<Pattern*>(m_pattern)).release();
    match->pos = pos;
    match->endpos = endpos;
    match->lastindex = matcher.last_index ? static_cast<intptr_t>(matcher.last_index) : -1;
    match->groups = static_cast<intptr_t>(groups);
    match->marks[0] = static_cast<intptr_t>(matcher.match_start);
    match->marks[1] = static_cast<intptr_t>(matcher.match_end);
    for (size_t i = 1; i < groups; ++i) {
        size_t start, end;
        bool found = matcher.group(i, start, end);
        match->marks[2 * i] = found ? static_cast<intptr_t>(start) : -1;
        match->marks[2 * i + 1] = found ? static_cast<intptr_t>(end) : -1;
    }
    gc_track(match.get());
    return match;
}
Result<Ref<Object>> Search::group(Thread& t, size_t index, bool empty_if_missing) const {
    size_t start, end;
    if (!matcher.group(index, start, end)) {
        if (!empty_if_missing) return none_ref();
        start = end = 0;
    }
    return subject.slice(t, static_cast<intptr_t>(start), static_cast<intptr_t>(end));
}

namespace {

using Self = Borrowed<Match>;

COLD Error no_such_group(Thread& t) { return raise(t, exc::IndexError, "no such group"); }

Result<intptr_t> group_number(Thread& t, Self self, Object* index) {
    intptr_t i = -1;
    auto* number = index->type->as_number;
    if (number && number->index) {
        i = TRY(to_index_clipped(t, index));
    } else if (self->pattern->groupindex) {
        MaybeRef<Object> found = TRY(dict_get(t, static_cast<Dict*>(self->pattern->groupindex), index));
        if (found && is<Int>(found.get())) {
            int64_t value;
            if (int_fits_int64(static_cast<Int*>(found.get()), &value)) i = value;
        }
    }
    if (i < 0 || i >= self->groups) return no_such_group(t);
    return i;
}
Result<Ref<Object>> group_text(Thread& t, Self self, intptr_t i, Object* fallback) {
    if (i < 0 || i >= self->groups) return no_such_group(t);
    if (is_none(self->string) || self->marks[2 * i] < 0) return acquire(fallback);
    Subject subject;
    TRY(subject.open(t, self->string));
    auto length = static_cast<intptr_t>(subject.length);
    intptr_t start = self->marks[2 * i], end = self->marks[2 * i + 1];
    return subject.slice(t, start < length ? start : length, end < length ? end : length); // a bytearray may have shrunk
}
Result<Ref<Object>> group_by_key(Thread& t, Self self, Object* key) {
    intptr_t i = TRY(group_number(t, self, key));
    return group_text(t, self, i, None());
}

Result<Ref<Object>> match_group(Thread& t, Self self, Args args) {
    if (args.size() == 0) return group_text(t, self, 0, None());
    if (args.size() == 1) return group_by_key(t, self, args[0]);
    Ref<Tuple> result = TRY(tuple_alloc(t, static_cast<intptr_t>(args.size())));
    for (size_t i = 0; i < args.size(); ++i) result->items[i] = TRY(group_by_key(t, self, args[i])).release();
    tuple_finish(result.get());
    return result;
}
Result<Ref<Object>> match_getitem(Thread& t, Self self, Borrowed<Object> key) { return group_by_key(t, self, key.get()); }
Result<Ref<Object>> match_groups(Thread& t, Self self, Borrowed<Object> fallback) {
    Ref<Tuple> result = TRY(tuple_alloc(t, self->groups - 1));
    for (intptr_t i = 1; i < self->groups; ++i) result->items[i - 1] = TRY(group_text(t, self, i, fallback.get())).release();
    tuple_finish(result.get());
    return result;
}
Result<Ref<Object>> match_groupdict(Thread& t, Self self, Borrowed<Object> fallback) {
    Ref<Dict> result = TRY(dict_new(t));
    if (!self->pattern->groupindex) return result;
    Borrowed<Dict> index = static_cast<Dict*>(self->pattern->groupindex);
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, index, &position, &key, &value)) {
        intptr_t i = TRY(group_number(t, self, key.get()));
        Ref<Object> text = TRY(group_text(t, self, i, fallback.get()));
        TRY(dict_set(t, result, key.take(), text));
    }
    return result;
}
Result<intptr_t> match_start(Thread& t, Self self, Borrowed<Object> group) {
    return self->marks[2 * TRY(group_number(t, self, group.get()))];
}
Result<intptr_t> match_end(Thread& t, Self self, Borrowed<Object> group) {
    return self->marks[2 * TRY(group_number(t, self, group.get())) + 1];
}
Result<Ref<Object>> pair(Thread& t, intptr_t a, intptr_t b) {
    Ref<Int> start = TRY(int_from(t, a)), end = TRY(int_from(t, b));
    return TRY(tuple_pack(t, start, end));
}
Result<Ref<Object>> match_span(Thread& t, Self self, Borrowed<Object> group) {
    intptr_t i = TRY(group_number(t, self, group.get()));
    return pair(t, self->marks[2 * i], self->marks[2 * i + 1]);
}
Result<Ref<Object>> match_expand(Thread& t, Self self, Borrowed<Object> text) {
    Ref<Template> compiled = TRY(compile_template(t, self->pattern, text));
    return expand_template(t, compiled, self);
}
Result<Ref<Object>> match_same(Self self) { return acquire<Object>(self.get()); }
Result<Ref<Object>> match_deepcopy(Self self, Borrowed<Object>) { return acquire<Object>(self.get()); }

Result<Ref<Object>> match_lastindex(Thread& t, Self self) {
    if (self->lastindex < 0) return none_ref();
    return TRY(int_from(t, self->lastindex));
}
Result<Ref<Object>> match_lastgroup(Thread&, Self self) {
    Object* names = self->pattern->indexgroup;
    if (names && self->lastindex >= 0 && self->lastindex < static_cast<Tuple*>(names)->size)
        return acquire(static_cast<Tuple*>(names)->items[self->lastindex]);
    return none_ref();
}
Result<Ref<Object>> match_regs(Thread& t, Self self) {
    {
        CriticalSection section(t, self.get());
        if (self->regs) return acquire(self->regs);
    }
    Ref<Tuple> regs = TRY(tuple_alloc(t, self->groups));
    for (intptr_t i = 0; i < self->groups; ++i) regs->items[i] = TRY(pair(t, self->marks[2 * i], self->marks[2 * i + 1])).release();
    tuple_finish(regs.get());
    CriticalSection section(t, self.get());
    if (!self->regs) self->regs = regs.share().release();
    return acquire(self->regs);
}
Result<Ref<Object>> match_re(Thread&, Self self) { return acquire<Object>(self->pattern); }
Result<Ref<Str>> match_repr(Thread& t, Self self) {
    Ref<Object> text = TRY(group_text(t, self, 0, None()));
    Ref<Str> shown = TRY(repr(t, text));
    if (shown->length > 50) shown = TRY(str_substring(t, shown, 0, 50));
    return str_format(t, "<%s object; span=(%d, %d), match=%s>", type_name(self.get()), self->marks[0], self->marks[1], shown);
}

using MatchFields = Fields<Match, &Match::string, &Match::regs, &Match::pattern>;
const NativeDef match_methods[] = {
    method<match_group>(
        "group", "($self, *groups)",
        "group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the "
        "entire match."),
    method<match_start>("start", "($self, group=0, /)", "Return index of the start of the substring matched by group."),
    method<match_end>("end", "($self, group=0, /)", "Return index of the end of the substring matched by group."),
    method<match_span>("span", "($self, group=0, /)", "For match object m, return the 2-tuple (m.start(group), m.end(group))."),
    method<match_groups>(
        "groups", "($self, /, default=None)",
        "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not "
        "participate in the match."),
    method<match_groupdict>(
        "groupdict", "($self, /, default=None)",
        "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is "
        "used for groups that did not participate in the match."),
    method<match_expand>("expand", "($self, /, template)",
                         "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."),
    method<match_same>("__copy__", "($self, /)"),
    method<match_deepcopy>("__deepcopy__", "($self, memo, /)"),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const MemberDef match_members[] = {
    {"string", member_type::ObjectOrNone, offsetof(Match, string), member_flag::ReadOnly, "The string passed to match() or search()."},
    {"pos", member_type::Size, offsetof(Match, pos), member_flag::ReadOnly,
     "The index into the string at which the RE engine started looking for a match."},
    {"endpos", member_type::Size, offsetof(Match, endpos), member_flag::ReadOnly,
     "The index into the string beyond which the RE engine will not go."},
};
const GetSetDef match_getset[] = {
    getter<match_re>("re", "The regular expression object."),
    getter<match_lastindex>("lastindex", "The integer index of the last matched capturing group."),
    getter<match_lastgroup>("lastgroup", "The name of the last matched capturing group."),
    getter<match_regs>("regs"),
};
const SlotDef match_slots[] = {
    unary_slot<SlotId::tp_repr, match_repr>(),
    binary_slot<SlotId::mp_subscript, match_getitem>(),
    MatchFields::traverse_slot(),
    MatchFields::clear_slot(),
    MatchFields::dealloc_slot(),
};

bool is_empty_text(Object* o) {
    if (is<Str>(o)) return static_cast<Str*>(o)->length == 0;
    return is<Bytes>(o) && static_cast<Bytes*>(o)->size == 0;
}

int template_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Template*>(o);
    if (self->literal)
        if (int result = visit(self->literal, context)) return result;
    for (intptr_t i = 0; i < self->count; ++i)
        if (self->items[i].literal)
            if (int result = visit(self->items[i].literal, context)) return result;
    return 0;
}
void template_dealloc(Object* o) {
    auto* self = static_cast<Template*>(o);
    gc_untrack(o);
    xdecref(self->literal);
    for (intptr_t i = 0; i < self->count; ++i) xdecref(self->items[i].literal);
    o->type->free(o);
}
const SlotDef template_slots[] = {raw_slot(SlotId::tp_traverse, &template_traverse), raw_slot(SlotId::tp_dealloc, &template_dealloc)};

} // namespace

// Templates

Result<Ref<Template>> template_new(Thread& t, Borrowed<Object> items) {
    if (!is<List>(items.get())) return raise(t, exc::TypeError, "template() argument 2 must be list, not %T", items);
    Ref<Tuple> list = TRY(list_to_tuple(t, static_cast<List*>(items.get())));
    if (list->size % 2 == 0) return raise(t, exc::TypeError, "invalid template");
    intptr_t count = list->size / 2;
    Ref<Template> self = TRY(allocate<Template>(t, Template::s_type, count));
    self->literal = acquire(list->items[0]).release();
    for (intptr_t i = 0; i < count; ++i) {
        if (!is<Int>(list->items[2 * i + 1])) return raise(t, exc::TypeError, "an integer is required");
        intptr_t index = TRY(to_index_size(t, list->items[2 * i + 1], exc::OverflowError));
        if (index < 0) return raise(t, exc::TypeError, "invalid template");
        Object* literal = list->items[2 * i + 2];
        self->items[i].index = index;
        if (!is_empty_text(literal)) self->items[i].literal = acquire(literal).release();
        self->count = i + 1;
    }
    gc_track(self.get());
    return self;
}
Result<Ref<Template>> compile_template(Thread& t, Borrowed<Pattern> pattern, Borrowed<Object> text) {
    Ref<Object> function = TRY(import_attribute(t, "re", "_compile_template"));
    auto made = call(t, function, pattern, text);
    if (made.is_error() && exception_matches(t, exc::TypeError)) {
        // A replacement that cannot be hashed (a bytearray, say) is tried again as str or bytes.
        MaybeRef<Object> plain;
        MaybeRef<Object> error = t.take_exception();
        if (is<Str>(text.get()) && !is_exact<Str>(text.get()))
            plain = TRY(str_substring(t, static_cast<Str*>(text.get()), 0, static_cast<Str*>(text.get())->length));
        else if (has_buffer(text.get()) && !is_exact<Bytes>(text.get())) plain = TRY(to_bytes(t, text));
        else return t.set_exception(error.take());
        Ref<Object> result = TRY(call(t, function, pattern, Borrowed<Object>(plain.get())));
        if (!is<Template>(result.get()))
            return raise(t, exc::RuntimeError, "the result of compiling a replacement string is %T, not Template", result);
        return steal(static_cast<Template*>(result.release()));
    }
    Ref<Object> result = TRY(std::move(made));
    if (!is<Template>(result.get()))
        return raise(t, exc::RuntimeError, "the result of compiling a replacement string is %T, not Template", result);
    return steal(static_cast<Template*>(result.release()));
}
Result<Ref<Object>> join_parts(Thread& t, bool is_bytes, Borrowed<Object> list) {
    if (!is_bytes) return TRY(str_join(t, str_empty(), list));
    return call_method(t, bytes_empty(), names::join, list);
}
Result<Ref<Object>> expand_template(Thread& t, Borrowed<Template> compiled, Borrowed<Match> match) {
    if (compiled->count == 0) return acquire(compiled->literal);
    Ref<List> parts = TRY(list_new(t, 2 * compiled->count + 1));
    if (!is_empty_text(compiled->literal)) TRY(list_append(t, parts, acquire(compiled->literal)));
    for (intptr_t i = 0; i < compiled->count; ++i) {
        Ref<Object> text = TRY(group_text(t, match, compiled->items[i].index, None()));
        if (!is_none(text.get())) TRY(list_append(t, parts, std::move(text)));
        if (compiled->items[i].literal) TRY(list_append(t, parts, acquire(compiled->items[i].literal)));
    }
    return join_parts(t, !is<Str>(compiled->literal), parts);
}

const TypeSpec match_spec = {
    .type = &Match::s_type,
    .name = "re.Match",
    .basicsize = offsetof(Match, marks),
    .itemsize = 2 * sizeof(intptr_t),
    .flags = type_flag::Gc | type_flag::DisallowInstantiation,
    .doc = "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    .slots = match_slots,
    .methods = match_methods,
    .getset = match_getset,
    .members = match_members,
};
const TypeSpec template_spec = {.type = &Template::s_type,
                                .name = "_sre.SRE_Template",
                                .basicsize = offsetof(Template, items),
                                .itemsize = sizeof(TemplateItem),
                                .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                .slots = template_slots};

} // namespace taipan::modules::sre
