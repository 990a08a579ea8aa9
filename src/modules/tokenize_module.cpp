// _tokenize: the lexer's tokens for the tokenize module.
#include "base/arena.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "syntax/tokenize.h"
#include "vm/source.h"

#include <new>

namespace taipan {

namespace tokens {

/// What an iterator keeps outside the heap.
struct Work {
    class Sink final : public syntax::Diagnostics {
    public:
        syntax::WarningAnswer warn(const syntax::SyntaxWarningReport&) override { return syntax::WarningAnswer::Continue; }
    };
    base::Arena arena;
    Sink sink;
    syntax::Tokenizer tokenizer;
    Work(std::string_view source, bool extra) : tokenizer(arena, source, extra, sink) {}
};

struct TokenizerIter : Object {
    Object *readline, *encoding;
    Work* work;
    bool extra_tokens, done;
    // The last line as an object: tokens of a line share it.
    Object* line;
    const char* line_data;
    size_t line_size;
    static Type s_type;
};
Type TokenizerIter::s_type;

namespace {

using Self = Borrowed<TokenizerIter>;

Result<Ref<Object>> iter_new(Thread& t, Borrowed<Type> type, Borrowed<Object> readline, bool extra_tokens, MaybeBorrowed<Str> encoding) {
    Ref<TokenizerIter> self = TRY(allocate<TokenizerIter>(t, *type.get()));
    self->readline = acquire(readline).release();
    if (encoding) self->encoding = acquire<Object>(encoding.get()).release();
    self->extra_tokens = extra_tokens;
    gc_track(self.get());
    return self;
}

/// Reads all lines; an exhausted source ends with "" or StopIteration.
Result<Ref<Str>> read_all(Thread& t, Self self) {
    StrBuilder out(t);
    for (;;) {
        auto made = call(t, self->readline);
        if (made.is_error()) {
            if (clear_if(t, exc::StopIteration)) break;
            return Error{};
        }
        Ref<Object> line = made.take();
        if (self->encoding) {
            if (!is<Bytes>(line.get())) return raise(t, exc::TypeError, "readline() returned a non-bytes object");
            line = TRY(call_method(t, line, names::decode, Borrowed<Object>(self->encoding)));
        }
        if (!is<Str>(line.get())) return raise(t, exc::TypeError, "readline() returned a non-string object");
        auto* text = static_cast<Str*>(line.get());
        if (text->length == 0) break;
        TRY(out.append(text));
    }
    return out.finish();
}

Result<Ref<Object>> position(Thread& t, int line, int column) {
    Ref<Int> a = TRY(int_from(t, line)), b = TRY(int_from(t, column));
    return TRY(tuple_pack(t, a, b));
}

ResultMaybe<Object> iter_next(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (self->done) return MaybeRef<Object>();
    if (!self->work) {
        Ref<Str> source = TRY(read_all(t, self));
        std::string_view text = TRY(str_utf8(t, source));
        self->work = new (std::nothrow) Work(text, self->extra_tokens);
        if (!self->work) return raise_memory_error(t);
    }
    syntax::TokenRecord token;
    if (!self->work->tokenizer.next(token)) {
        self->done = true;
        const syntax::SyntaxFailure& failure = self->work->tokenizer.failure();
        if (!failure) return MaybeRef<Object>();
        Ref<Str> name = TRY(str_from_utf8(t, "<string>"));
        return raise_syntax_failure(t, failure, name);
    }
    if (!self->line || token.line.data() != self->line_data || token.line.size() != self->line_size) {
        Ref<Str> line = TRY(str_decode_utf8(t, token.line, "replace"));
        assign_field(self->line, static_cast<Object*>(line.release()));
        self->line_data = token.line.data();
        self->line_size = token.line.size();
    }
    Ref<Int> kind = TRY(int_from(t, static_cast<int>(token.kind)));
    Ref<Str> text = TRY(str_decode_utf8(t, token.text, "replace"));
    Ref<Object> start = TRY(position(t, token.lineno, token.col)), end = TRY(position(t, token.end_lineno, token.end_col));
    Ref<Object> line = acquire(self->line);
    Ref<Object> result = TRY(tuple_pack(t, kind, text, start, end, line));
    return MaybeRef<Object>(std::move(result));
}
Result<Ref<Object>> iter_self(Thread&, Self self) { return acquire<Object>(self.get()); }

struct IterFields : Fields<TokenizerIter, &TokenizerIter::readline, &TokenizerIter::encoding, &TokenizerIter::line> {
    static void dealloc(Object* o) {
        auto* self = static_cast<TokenizerIter*>(o);
        gc_untrack(o);
        delete self->work;
        release(self);
        o->type->free(o);
    }
};
const SlotDef slots[] = {
    typed_new<iter_new, "tokenizeriter", "(readline, /, *, extra_tokens, encoding=<unrepresentable>)">(),
    unary_slot<SlotId::tp_iter, iter_self>(),
    unary_slot<SlotId::tp_iternext, iter_next>(),
    IterFields::traverse_slot(),
    IterFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &IterFields::dealloc),
};
const TypeSpec iter_spec = {.type = &TokenizerIter::s_type, .name = "_tokenize.TokenizerIter", .basicsize = sizeof(TokenizerIter),
                            .flags = type_flag::Gc, .slots = slots};
const TypeSpec* const types[] = {&iter_spec};

} // namespace
} // namespace tokens

extern const ModuleSpec tokenize_module;
const ModuleSpec tokenize_module = {.name = "_tokenize", .types = tokens::types};

} // namespace taipan
