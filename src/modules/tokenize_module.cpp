// _tokenize: the lexer's tokens, for the `tokenize` module. The lines are read at the first token.
#include "base/arena.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/type_object.h"
#include "syntax/tokenize.h"
#include "vm/source.h"

namespace taipan {
namespace {

struct TokenState {
    TokenState(Thread& t, Str* filename) : sink(t, filename) {}
    base::Arena arena;
    WarningSink sink;
    syntax::Tokenizer* tokenizer = nullptr;
    bool done = false;
    // Many tokens share a line: the object of the last one.
    std::string_view last_line;
    Object* line_object = nullptr;
    ~TokenState() {
        if (tokenizer) tokenizer->~Tokenizer();
        xdecref(line_object);
    }
};

struct TokenizerIter : Object {
    Object* readline;
    Object* encoding; // Str or null
    TokenState* state;
    bool extra_tokens;
    static Type s_type;
};

Result<Ref<Object>> tokenizer_new(Thread& t, Borrowed<Type> type, Borrowed<Object> readline, MaybeBorrowed<Str> encoding,
                                  bool extra_tokens) {
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
    auto* self = static_cast<TokenizerIter*>(made.get());
    self->readline = acquire(readline).release();
    self->encoding = encoding ? acquire<Object>(encoding.get()).release() : nullptr;
    self->extra_tokens = extra_tokens;
    return made;
}

Result<Ref<Str>> read_all(Thread& t, TokenizerIter* self) {
    StrBuilder text(t);
    for (;;) {
        auto got = call(t, Borrowed<Object>(self->readline));
        if (got.is_error()) {
            if (clear_if(t, exc::StopIteration)) break;
            return Error{};
        }
        Ref<Object> line = got.take();
        if (self->encoding) {
            if (!is<Bytes>(line.get())) return raise(t, exc::TypeError, "readline() returned a non-bytes object");
            if (static_cast<Bytes*>(line.get())->size == 0) break;
            Ref<Str> errors = TRY(str_from_utf8(t, "replace"));
            line = TRY(call_method(t, line, names::decode, Borrowed<Object>(self->encoding), errors));
        }
        if (!is<Str>(line.get())) return raise(t, exc::TypeError, "readline() returned a non-string object");
        if (static_cast<Str*>(line.get())->length == 0) break;
        TRY(text.append(static_cast<Str*>(line.get())));
    }
    return text.finish();
}

Result<void> start(Thread& t, TokenizerIter* self) {
    Ref<Str> text = TRY(read_all(t, self));
    std::string_view source = TRY(str_utf8(t, text));
    if (source.find('\0') != source.npos) {
        Ref<Str> filename = TRY(str_interned(t, "<string>"));
        return raise(t, exc::SyntaxError, "source code cannot contain null bytes");
    }
    Ref<Str> filename = TRY(str_interned(t, "<string>"));
    auto* state = new (std::nothrow) TokenState(t, filename.get()); // interned: immortal
    if (!state) return raise_memory_error(t);
    auto made = within_memory(t, [&] {
        state->tokenizer = new (state->arena.allocate(sizeof(syntax::Tokenizer), alignof(syntax::Tokenizer)))
            syntax::Tokenizer(state->arena, source, self->extra_tokens, state->sink);
    });
    if (made.is_error()) {
        state->tokenizer = nullptr;
        delete state;
        return Error{};
    }
    self->state = state;
    return {};
}

Result<Ref<Tuple>> place(Thread& t, int line, int column) {
    Ref<Int> a = TRY(int_from(t, line)), b = TRY(int_from(t, column));
    return tuple_pack(t, a, b);
}

ResultMaybe<Object> tokenizer_next(Thread& t, Borrowed<TokenizerIter> self) {
    CriticalSection section(t, self.get());
    if (!self->state) TRY(start(t, self.get()));
    TokenState& state = *self->state;
    state.sink.use(t);
    if (state.done) return MaybeRef<Object>();
    syntax::TokenRecord token;
    bool more = false;
    if (!base::attempt([&] { more = state.tokenizer->next(token); })) {
        state.done = true;
        return raise_memory_error(t);
    }
    if (!more) {
        state.done = true;
        if (!state.tokenizer->failure()) return MaybeRef<Object>();
        Ref<Str> filename = TRY(str_interned(t, "<string>"));
        return raise_syntax_failure(t, state.tokenizer->failure(), filename);
    }
    Ref<Int> kind = TRY(int_from(t, static_cast<int>(token.kind)));
    Ref<Str> text = TRY(str_from_utf8(t, token.text));
    if (!state.line_object || state.last_line.data() != token.line.data() || state.last_line.size() != token.line.size()) {
        assign_field(state.line_object, static_cast<Object*>(TRY(str_from_utf8(t, token.line)).release()));
        state.last_line = token.line;
    }
    Ref<Tuple> start = TRY(place(t, token.lineno, token.col)), end = TRY(place(t, token.end_lineno, token.end_col));
    Object* items[] = {kind.get(), text.get(), start.get(), end.get(), state.line_object};
    return MaybeRef<Object>(TRY(tuple_from_array(t, items, 5)));
}
Ref<Object> tokenizer_iter(Thread&, Borrowed<TokenizerIter> self) { return acquire<Object>(self.get()); }

void tokenizer_dealloc(Object* o) {
    auto* self = static_cast<TokenizerIter*>(o);
    gc_untrack(o);
    delete self->state;
    clear_field(self->readline);
    clear_field(self->encoding);
    o->type->free(o);
}
using TokenizerFields = Fields<TokenizerIter, &TokenizerIter::readline, &TokenizerIter::encoding>;
const SlotDef tokenizer_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    typed_new<tokenizer_new, "tokenizeriter", "(readline, /, *, encoding=None, extra_tokens=False)">(),
    unary_slot<SlotId::tp_iter, tokenizer_iter>(),
    unary_slot<SlotId::tp_iternext, tokenizer_next>(),
    TokenizerFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, &tokenizer_dealloc),
};
constinit Type TokenizerIter::s_type{};
const TypeSpec tokenizer_spec = {.type = &TokenizerIter::s_type,
                                 .name = "_tokenize.TokenizerIter",
                                 .basicsize = sizeof(TokenizerIter),
                                 .flags = type_flag::Gc,
                                 .slots = tokenizer_slots};
const TypeSpec* const types[] = {&tokenizer_spec};

} // namespace

extern const ModuleSpec tokenize_module;
const ModuleSpec tokenize_module = {.name = "_tokenize", .types = types};

} // namespace taipan
