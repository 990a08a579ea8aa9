// re.Pattern and its scanner.
#include "modules/sre/objects.h"
#include "objects/descriptor.h"
#include "objects/generic_alias.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/weakref.h"

#include <new>

namespace taipan::modules::sre {

struct Scanner : Object {
    Pattern* pattern;
    Object* string;
    Search* search; // null once exhausted
    Mutex lock;     // one search at a time
    std::atomic<uintptr_t> owner;
    static Type s_type;
};
Type Pattern::s_type, Scanner::s_type;

namespace {

using Self = Borrowed<Pattern>;

Result<Ref<Object>> match_once(Thread& t, Self self, Borrowed<Object> string, intptr_t pos, intptr_t endpos, bool full,
                               Status (Matcher::*function)()) {
    Search search(t, self.get());
    TRY(search.open(string, pos, endpos));
    search.matcher.full = full;
    if (!TRY(search.run(function))) return none_ref();
    return TRY(search.make_match());
}
Result<Ref<Object>> pattern_match(Thread& t, Self self, Borrowed<Object> string, Size pos, Size endpos) {
    return match_once(t, self, string, pos, endpos, false, &Matcher::match);
}
Result<Ref<Object>> pattern_fullmatch(Thread& t, Self self, Borrowed<Object> string, Size pos, Size endpos) {
    return match_once(t, self, string, pos, endpos, true, &Matcher::match);
}
Result<Ref<Object>> pattern_search(Thread& t, Self self, Borrowed<Object> string, Size pos, Size endpos) {
    return match_once(t, self, string, pos, endpos, false, &Matcher::search);
}

Result<Ref<Object>> pattern_findall(Thread& t, Self self, Borrowed<Object> string, Size pos, Size endpos) {
    Search search(t, self.get());
    TRY(search.open(string, pos, endpos));
    Ref<List> found = TRY(list_new(t));
    while (TRY(search.run(&Matcher::search))) {
        auto item = [&]() -> Result<Ref<Object>> {
            if (self->groups == 0)
                return search.subject.slice(t, static_cast<intptr_t>(search.matcher.match_start),
                                            static_cast<intptr_t>(search.matcher.match_end));
            if (self->groups == 1) return search.group(t, 1, true);
            Ref<Tuple> groups = TRY(tuple_alloc(t, self->groups));
            for (intptr_t i = 0; i < self->groups; ++i) groups->items[i] = TRY(search.group(t, static_cast<size_t>(i) + 1, true)).release();
            tuple_finish(groups.get());
            return groups;
        };
        TRY(list_append(t, found, TRY(item())));
        search.advance();
    }
    return found;
}

Result<Ref<Object>> pattern_split(Thread& t, Self self, Borrowed<Object> string, Index maxsplit) {
    Search search(t, self.get());
    TRY(search.open(string, 0, INTPTR_MAX));
    Ref<List> parts = TRY(list_new(t));
    intptr_t last = 0, n = 0;
    while ((maxsplit == 0 || n < maxsplit) && TRY(search.run(&Matcher::search))) {
        TRY(list_append(t, parts, TRY(search.subject.slice(t, last, static_cast<intptr_t>(search.matcher.match_start)))));
        for (intptr_t i = 1; i <= self->groups; ++i) TRY(list_append(t, parts, TRY(search.group(t, static_cast<size_t>(i), false))));
        last = static_cast<intptr_t>(search.matcher.match_end);
        search.advance();
        ++n;
    }
    TRY(list_append(t, parts, TRY(search.subject.slice(t, last, search.endpos))));
    return parts;
}

/// Does the replacement stand for itself, without a backslash?
bool is_literal(Thread& t, Borrowed<Object> replacement) {
    Subject subject;
    if (subject.open(t, replacement).is_error()) {
        t.clear_exception();
        return false;
    }
    if (subject.kind == 1) return !memchr(subject.data, '\\', subject.length);
    for (size_t i = 0; i < subject.length; ++i)
        if ((subject.kind == 2 ? static_cast<const uint16_t*>(subject.data)[i] : static_cast<const uint32_t*>(subject.data)[i]) == '\\')
            return false;
    return true;
}

Result<Ref<Object>> substitute(Thread& t, Self self, Borrowed<Object> replacement, Borrowed<Object> string, intptr_t count,
                               intptr_t* made) {
    enum class Kind { Literal, Callable, Template } kind = Kind::Literal;
    MaybeRef<Object> filter;
    if (is_callable(replacement.get())) {
        kind = Kind::Callable;
        filter = acquire(replacement);
    } else if (is_literal(t, replacement)) {
        filter = acquire(replacement);
    } else {
        Ref<Template> compiled = TRY(compile_template(t, self, replacement));
        if (compiled->count == 0) {
            filter = MaybeRef<Object>::acquire(compiled->literal);
        } else {
            kind = Kind::Template;
            filter = std::move(compiled);
        }
    }
    Search search(t, self.get());
    TRY(search.open(string, 0, INTPTR_MAX));
    Ref<List> parts = TRY(list_new(t));
    intptr_t last = 0, n = 0;
    while ((count == 0 || n < count) && TRY(search.run(&Matcher::search))) {
        auto start = static_cast<intptr_t>(search.matcher.match_start), end = static_cast<intptr_t>(search.matcher.match_end);
        if (last < start) TRY(list_append(t, parts, TRY(search.subject.slice(t, last, start))));
        if (kind == Kind::Literal) {
            if (!is_none(filter.get())) TRY(list_append(t, parts, acquire(filter.get())));
        } else {
            Ref<Match> match = TRY(search.make_match());
            Ref<Object> item = kind == Kind::Callable ? TRY(call(t, Borrowed<Object>(filter.get()), match))
                                                      : TRY(expand_template(t, static_cast<Template*>(filter.get()), match));
            if (!is_none(item.get())) TRY(list_append(t, parts, std::move(item)));
        }
        last = end;
        search.advance();
        ++n;
    }
    if (last < search.endpos) TRY(list_append(t, parts, TRY(search.subject.slice(t, last, search.endpos))));
    *made = n;
    if (n == 0 && list_size(parts.get()) == 1) return list_get(t, parts, 0).take();
    return join_parts(t, search.subject.is_bytes, parts);
}
Result<Ref<Object>> pattern_sub(Thread& t, Self self, Borrowed<Object> repl, Borrowed<Object> string, Index count) {
    intptr_t made;
    return substitute(t, self, repl, string, count, &made);
}
Result<Ref<Object>> pattern_subn(Thread& t, Self self, Borrowed<Object> repl, Borrowed<Object> string, Index count) {
    intptr_t made = 0;
    Ref<Object> text = TRY(substitute(t, self, repl, string, count, &made));
    Ref<Int> number = TRY(int_from(t, made));
    return TRY(tuple_pack(t, text, number));
}

// Scanner

Result<Ref<Object>> pattern_scanner(Thread& t, Self self, Borrowed<Object> string, Size pos, Size endpos) {
    Ref<Scanner> scanner = TRY(allocate<Scanner>(t));
    scanner->pattern = acquire(self).release();
    scanner->string = acquire(string).release();
    scanner->search = new (std::nothrow) Search(t, self.get());
    if (!scanner->search) return raise_memory_error(t);
    TRY(scanner->search->open(string, pos, endpos));
    gc_track(scanner.get());
    return scanner;
}
Result<Ref<Object>> scan(Thread& t, Borrowed<Scanner> self, Status (Matcher::*function)()) {
    // A signal handler may come back here while the search polls.
    if (self->owner.load(std::memory_order_relaxed) == thread_pointer())
        return raise(t, exc::ValueError, "regular expression scanner already executing");
    MutexLocker locker(self->lock);
    self->owner.store(thread_pointer(), std::memory_order_relaxed);
    auto run = [&]() -> Result<Ref<Object>> {
        Search* search = self->search;
        if (!search) return none_ref();
        search->use(t);
        if (!TRY(search->run(function))) {
            delete std::exchange(self->search, nullptr);
            return none_ref();
        }
        Ref<Match> match = TRY(search->make_match());
        search->advance();
        return match;
    };
    auto result = run();
    self->owner.store(0, std::memory_order_relaxed);
    return result;
}
Result<Ref<Object>> scanner_match(Thread& t, Borrowed<Scanner> self) { return scan(t, self, &Matcher::match); }
Result<Ref<Object>> scanner_search(Thread& t, Borrowed<Scanner> self) { return scan(t, self, &Matcher::search); }

struct ScannerFields : Fields<Scanner, &Scanner::pattern, &Scanner::string> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Scanner*>(o);
        gc_untrack(o);
        delete self->search;
        release(self);
        o->type->free(o);
    }
};
const NativeDef scanner_methods[] = {
    method<scanner_match>("match", "($self, /)"),
    method<scanner_search>("search", "($self, /)"),
};
const MemberDef scanner_members[] = {{"pattern", member_type::ObjectOrNone, offsetof(Scanner, pattern), member_flag::ReadOnly, nullptr}};
// No tp_clear: a search in progress needs the pattern and the text.
const SlotDef scanner_slots[] = {ScannerFields::traverse_slot(), raw_slot(SlotId::tp_dealloc, &ScannerFields::dealloc)};

Result<Ref<Object>> pattern_finditer(Thread& t, Self self, Borrowed<Object> string, Size pos, Size endpos) {
    Ref<Object> scanner = TRY(pattern_scanner(t, self, string, pos, endpos));
    Ref<Str> name = TRY(str_interned(t, "search"));
    Ref<Object> search = TRY(get_attribute(t, scanner, name));
    return callable_iterator_new(t, search, None());
}

Result<Ref<Object>> pattern_same(Self self) { return acquire<Object>(self.get()); }
Result<Ref<Object>> pattern_deepcopy(Self self, Borrowed<Object>) { return acquire<Object>(self.get()); }
Result<Ref<Object>> pattern_groupindex(Thread& t, Self self) {
    if (!self->groupindex) return mapping_proxy_new(t, TRY(dict_new(t)));
    return mapping_proxy_new(t, self->groupindex);
}

Result<Ref<Str>> pattern_repr(Thread& t, Self self) {
    static constexpr const char* names[] = {"re.TEMPLATE", "re.IGNORECASE", "re.LOCALE", "re.MULTILINE", "re.DOTALL",
                                            "re.UNICODE",  "re.VERBOSE",    "re.DEBUG",  "re.ASCII"};
    constexpr int Locale = 4, Unicode = 32, Ascii = 256;
    int flags = self->flags;
    if (self->is_bytes == 0 && (flags & (Locale | Unicode | Ascii)) == Unicode) flags &= ~Unicode;
    Ref<Str> text = TRY(repr(t, self->pattern));
    if (text->length > 200) text = TRY(str_substring(t, text, 0, 200));
    StrBuilder out(t);
    TRY(out.append_ascii("re.compile("));
    TRY(out.append(text.get()));
    bool first = true;
    auto add = [&](std::string_view name) -> Result<void> {
        TRY(out.append_ascii(first ? ", " : "|"));
        first = false;
        return out.append_ascii(name);
    };
    for (int i = 0; i < 9; ++i) {
        if (!(flags & (1 << i))) continue;
        TRY(add(names[i]));
        flags &= ~(1 << i);
    }
    if (flags) {
        char digits[24];
        int n = snprintf(digits, sizeof digits, "0x%x", static_cast<unsigned>(flags));
        TRY(add({digits, static_cast<size_t>(n)}));
    }
    TRY(out.append_char(')'));
    return out.finish();
}
Result<intptr_t> pattern_hash(Thread& t, Self self) {
    intptr_t value = TRY(hash(t, self->pattern));
    Ref<Bytes> code = acquire(self->code);
    value ^= TRY(hash(t, code)) ^ self->flags ^ self->is_bytes ^ self->groups;
    return value == -1 ? -2 : value;
}
Result<Ref<Object>> pattern_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || a->type != b->type) return not_implemented_ref();
    auto *x = static_cast<Pattern*>(a.get()), *y = static_cast<Pattern*>(b.get());
    bool same = x == y;
    if (!same && x->flags == y->flags && x->is_bytes == y->is_bytes && x->code->view() == y->code->view())
        same = TRY(equals(t, x->pattern, y->pattern));
    return bool_ref(same == (op == Comparison::Eq));
}

struct PatternFields : Fields<Pattern, &Pattern::pattern, &Pattern::groupindex, &Pattern::indexgroup, &Pattern::code> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Pattern*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        if (self->program) self->program->destroy();
        release(self);
        o->type->free(o);
    }
};
#define TEXT_RANGE "($self, /, string, pos=0, endpos=sys.maxsize)"
const NativeDef pattern_methods[] = {
    method<pattern_match>("match", TEXT_RANGE, "Matches zero or more characters at the beginning of the string."),
    method<pattern_fullmatch>("fullmatch", TEXT_RANGE, "Matches against all of the string."),
    method<pattern_search>(
        "search", TEXT_RANGE,
        "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no "
        "position in the string matches."),
    method<pattern_sub>("sub", "($self, /, repl, string, count=0)",
                        "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the "
                        "replacement repl."),
    method<pattern_subn>(
        "subn", "($self, /, repl, string, count=0)",
        "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of "
        "pattern with the replacement repl."),
    method<pattern_findall>("findall", TEXT_RANGE, "Return a list of all non-overlapping matches of pattern in string."),
    method<pattern_split>("split", "($self, /, string, maxsplit=0)", "Split string by the occurrences of pattern."),
    method<pattern_finditer>(
        "finditer", TEXT_RANGE,
        "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator "
        "returns a match object."),
    method<pattern_scanner>("scanner", TEXT_RANGE),
    method<pattern_same>("__copy__", "($self, /)"),
    method<pattern_deepcopy>("__deepcopy__", "($self, memo, /)"),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
#undef TEXT_RANGE
const MemberDef pattern_members[] = {
    {"pattern", member_type::ObjectOrNone, offsetof(Pattern, pattern), member_flag::ReadOnly,
     "The pattern string from which the RE object was compiled."},
    {"flags", member_type::Int, offsetof(Pattern, flags), member_flag::ReadOnly, "The regex matching flags."},
    {"groups", member_type::Size, offsetof(Pattern, groups), member_flag::ReadOnly, "The number of capturing groups in the pattern."},
};
const GetSetDef pattern_getset[] = {
    getter<pattern_groupindex>("groupindex", "A dictionary mapping group names to group numbers."),
};
const SlotDef pattern_slots[] = {
    unary_slot<SlotId::tp_repr, pattern_repr>(),
    size_slot<SlotId::tp_hash, pattern_hash>(),
    compare_slot<SlotId::tp_richcompare, pattern_compare>(),
    PatternFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, &PatternFields::dealloc),
};

} // namespace

const TypeSpec pattern_spec = {.type = &Pattern::s_type,
                               .name = "re.Pattern",
                               .basicsize = sizeof(Pattern),
                               .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                               .doc = "Compiled regular expression object.",
                               .slots = pattern_slots,
                               .methods = pattern_methods,
                               .getset = pattern_getset,
                               .members = pattern_members,
                               .weaklist_offset = offsetof(Pattern, weaklist)};
const TypeSpec scanner_spec = {.type = &Scanner::s_type,
                               .name = "_sre.SRE_Scanner",
                               .basicsize = sizeof(Scanner),
                               .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                               .slots = scanner_slots,
                               .methods = scanner_methods,
                               .members = scanner_members};

} // namespace taipan::modules::sre
