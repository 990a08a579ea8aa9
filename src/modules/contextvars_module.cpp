// _contextvars: ContextVar, Context, Token.
#include "modules/contextvars.h"
#include "objects/any_keywords.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/weakref.h"

namespace taipan {

struct ContextToken : Object {
    Context* context;
    ContextVar* variable;
    Object* old_value; // null: had none
    bool used;
    static Type s_type;
};
struct TokenMissing : Object {
    static Type s_type;
};
Type ContextVar::s_type, Context::s_type, ContextToken::s_type, TokenMissing::s_type;

namespace {

constinit TokenMissing g_missing = {{TAIPAN_STATIC_HEAD(&TokenMissing::s_type)}};

using Var = Borrowed<ContextVar>;
using Ctx = Borrowed<Context>;
using Token = Borrowed<ContextToken>;

Result<Ref<Context>> context_make(Thread& t, MaybeRef<Dict> values) {
    TRY(contextvars_ready(t));
    Ref<Dict> dict = values ? values.take() : TRY(dict_new(t));
    Ref<Context> self = TRY(allocate<Context>(t));
    self->values = dict.release();
    gc_track(self.get());
    return self;
}
/// The thread's context, made when there is none yet.
Result<Borrowed<Context>> current_context(Thread& t) {
    if (!t.context) {
        t.context = TRY(context_make(t, {})).release();
        ++t.context_version;
    }
    return Borrowed<Context>(static_cast<Context*>(t.context));
}
Ref<Dict> context_values(Thread& t, Context* self) {
    CriticalSection section(t, self);
    return acquire(self->values);
}
Result<Ref<Context>> context_duplicate(Thread& t, Ctx self) {
    Ref<Dict> values = [&] {
        CriticalSection section(t, self.get());
        self->shared = true;
        return acquire(self->values);
    }();
    Ref<Context> copy = TRY(context_make(t, std::move(values)));
    copy->shared = true;
    return copy;
}
/// The dict to write to; only the thread that has entered the context writes.
Result<Ref<Dict>> writable_values(Thread& t, Ctx self) {
    if (self->shared) {
        Ref<Dict> own = TRY(dict_copy(t, context_values(t, self.get())));
        CriticalSection section(t, self.get());
        assign_field(self->values, own.release());
        self->shared = false;
    }
    return acquire(self->values);
}

// ContextVar

Result<Ref<Object>> var_new(Thread& t, Borrowed<Type>, Borrowed<Object> name, MaybeBorrowed<Object> default_value) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "context variable name must be a str");
    TRY(hash(t, name)); // a subclass of str may refuse
    return TRY(context_var_new(t, static_cast<Str*>(name.get()), default_value.get()));
}
Result<Ref<Object>> var_get(Thread& t, Var self, MaybeBorrowed<Object> fallback) {
    if (t.context) {
        MaybeRef<Object> value = TRY(dict_get(t, static_cast<Context*>(t.context)->values, self));
        if (value) return value.take();
    }
    if (fallback) return acquire(fallback.get());
    if (self->default_value) return acquire(self->default_value);
    return raise_object(t, exc::LookupError, self);
}
Result<Ref<Object>> var_set(Thread& t, Var self, Borrowed<Object> value) {
    Ctx context = TRY(current_context(t));
    Ref<Dict> values = TRY(writable_values(t, context));
    MaybeRef<Object> old = TRY(dict_get(t, values, self));
    Ref<ContextToken> token = TRY(allocate<ContextToken>(t));
    token->context = acquire(context).release();
    token->variable = acquire(self).release();
    token->old_value = old.release();
    gc_track(token.get());
    TRY(dict_set(t, values, self, value));
    ++t.context_version;
    return token;
}
Result<void> var_reset(Thread& t, Var self, Borrowed<Object> object) {
    if (!is<ContextToken>(object.get())) return raise(t, exc::TypeError, "expected an instance of Token, got %R", object);
    Token token = static_cast<ContextToken*>(object.get());
    if (__atomic_load_n(&token->used, __ATOMIC_ACQUIRE)) return raise(t, exc::RuntimeError, "%R has already been used once", object);
    if (token->variable != self.get()) return raise(t, exc::ValueError, "%R was created by a different ContextVar", object);
    Ctx context = TRY(current_context(t));
    if (token->context != context.get()) return raise(t, exc::ValueError, "%R was created in a different Context", object);
    __atomic_store_n(&token->used, true, __ATOMIC_RELEASE);
    Ref<Dict> values = TRY(writable_values(t, context));
    ++t.context_version;
    if (token->old_value) return dict_set(t, values, self, token->old_value);
    TRY(dict_delete(t, values, self));
    return {};
}
Result<Ref<Str>> var_repr(Thread& t, Var self) {
    if (self->default_value)
        return str_format(t, "<ContextVar name=%R default=%R at %p>", self->name, self->default_value,
                          static_cast<const void*>(self.get()));
    return str_format(t, "<ContextVar name=%R at %p>", self->name, static_cast<const void*>(self.get()));
}
using VarFields = Fields<ContextVar, &ContextVar::name, &ContextVar::default_value>;
const MemberDef var_members[] = {{"name", member_type::ObjectOrNone, offsetof(ContextVar, name), member_flag::ReadOnly, nullptr}};
const NativeDef var_methods[] = {
    method<var_get>("get", "($self, default=<unrepresentable>, /)",
                    "The variable's value in the current context.\n\n"
                    "If it has none there, the default given here is returned, else the default the\n"
                    "variable was created with; without either LookupError is raised."),
    method<var_set>("set", "($self, value, /)",
                    "Give the variable a value in the current context.\n\n"
                    "The Token that comes back undoes this through reset() or as a context manager."),
    method<var_reset>("reset", "($self, token, /)",
                      "Undo the set() that returned token, so that the variable has its earlier value or none again.\n\n"
                      "A token works once, for its own variable, in the context it was made in."),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
intptr_t var_hash(Thread&, Borrowed<ContextVar> self) { return Object::s_type.hash(self.get()); }
const SlotDef var_slots[] = {
    size_slot<SlotId::tp_hash, var_hash>(),
    typed_new<var_new, "ContextVar", "(name, /, *, default=<unrepresentable>)">(),
    unary_slot<SlotId::tp_repr, var_repr>(),
    VarFields::traverse_slot(),
    VarFields::clear_slot(),
    VarFields::dealloc_slot(),
};

// Token

Result<Ref<Object>> token_new(Thread& t, Borrowed<Type>, Borrowed<Tuple>, Dict*) {
    return raise(t, exc::RuntimeError, "Tokens can only be created by ContextVars");
}
Result<Ref<Object>> token_var(Thread&, Token self) { return acquire<Object>(self->variable); }
Result<Ref<Object>> token_old_value(Thread&, Token self) { return acquire(self->old_value ? self->old_value : &g_missing); }
Result<Ref<Str>> token_repr(Thread& t, Token self) {
    return str_format(t, "<Token%s var=%R at %p>", self->used ? " used" : "", self->variable, static_cast<const void*>(self.get()));
}
Result<Ref<Object>> token_enter(Token self) { return acquire<Object>(self.get()); }
Result<void> token_exit(Thread& t, Token self, Borrowed<Object>, Borrowed<Object>, Borrowed<Object>) {
    return var_reset(t, self->variable, self);
}
using TokenFields = Fields<ContextToken, &ContextToken::context, &ContextToken::variable, &ContextToken::old_value>;
const GetSetDef token_getset[] = {getter<token_var>("var"), getter<token_old_value>("old_value")};
const NativeDef token_methods[] = {
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
    method<token_enter>("__enter__", "($self, /)", "Enter into Token context manager."),
    method<token_exit>("__exit__", "($self, type, val, tb, /)", "Reset the variable to what it was before the set() that made this token."),
};
const SlotDef token_slots[] = {
    construct_slot<SlotId::tp_new, token_new>(),
    unary_slot<SlotId::tp_repr, token_repr>(),
    raw_slot(SlotId::tp_hash, &hash_not_implemented),
    TokenFields::traverse_slot(),
    TokenFields::clear_slot(),
    TokenFields::dealloc_slot(),
};
Result<Ref<Str>> missing_repr(Thread& t, Borrowed<Object>) { return str_from_utf8(t, "<Token.MISSING>"); }
const SlotDef missing_slots[] = {unary_slot<SlotId::tp_repr, missing_repr>()};

// Context

Result<Ref<Object>> context_new(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size || (kwargs && dict_size(kwargs))) return raise(t, exc::TypeError, "Context() does not accept any arguments");
    return TRY(context_make(t, {}));
}
Result<void> check_key(Thread& t, Borrowed<Object> key) {
    if (!is<ContextVar>(key.get())) return raise(t, exc::TypeError, "a ContextVar key was expected, got %R", key);
    return {};
}
Result<Ref<Object>> context_subscript(Thread& t, Ctx self, Borrowed<Object> key) {
    TRY(check_key(t, key));
    MaybeRef<Object> value = TRY(dict_get(t, context_values(t, self.get()), key));
    if (!value) return raise_key_error(t, key);
    return value.take();
}
Result<bool> context_contains(Thread& t, Ctx self, Borrowed<Object> key) {
    TRY(check_key(t, key));
    return dict_contains(t, context_values(t, self.get()), key);
}
Result<Ref<Object>> context_get(Thread& t, Ctx self, Borrowed<Object> key, Borrowed<Object> fallback) {
    TRY(check_key(t, key));
    MaybeRef<Object> value = TRY(dict_get(t, context_values(t, self.get()), key));
    return value ? value.take() : acquire(fallback);
}
intptr_t context_length(Thread& t, Ctx self) { return dict_size(context_values(t, self.get()).get()); }
Result<Ref<Object>> context_keys(Thread& t, Ctx self) {
    Ref<List> list = TRY(dict_keys_list(t, context_values(t, self.get())));
    return get_iterator(t, list);
}
Result<Ref<Object>> context_values_iterator(Thread& t, Ctx self) {
    Ref<List> list = TRY(dict_values_list(t, context_values(t, self.get())));
    return get_iterator(t, list);
}
Result<Ref<Object>> context_items(Thread& t, Ctx self) {
    Ref<List> list = TRY(dict_items_list(t, context_values(t, self.get())));
    return get_iterator(t, list);
}
Result<Ref<Object>> context_copy(Thread& t, Ctx self) { return TRY(context_duplicate(t, self)); }
Result<Ref<Object>> context_compare(Thread& t, Ctx self, Borrowed<Object> other, Comparison op) {
    if (!is<Context>(other.get()) || (op != Comparison::Eq && op != Comparison::Ne)) return not_implemented_ref();
    return compare(t, context_values(t, self.get()), context_values(t, static_cast<Context*>(other.get())), op);
}
Object* context_run(Thread& t, const NativeDef&, Object* receiver, Object* const* args, size_t nargs, Object* kwnames) {
    Ctx self = static_cast<Context*>(receiver);
    if (nargs < 1) {
        (void)raise(t, exc::TypeError, "run() missing 1 required positional argument");
        return nullptr;
    }
    if (context_enter(t, self).is_error()) return nullptr;
    Object* result = vectorcall(t, args[0], args + 1, nargs - 1, kwnames).release_or_null();
    MaybeRef<Object> error = t.take_exception();
    if (context_exit(t, self).is_error()) {
        xdecref(result);
        return nullptr;
    }
    if (error) (void)t.set_exception(error.take());
    return result;
}
struct ContextFields : Fields<Context, &Context::values, &Context::previous> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Context*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        release(self);
        o->type->free(o);
    }
};
Result<Ref<Object>> run_placeholder(Thread&, Ctx, Args, Kwargs) { return none_ref(); }
const NativeDef context_methods[] = {
    method<context_get>("get", "($self, key, default=None, /)",
                        "The value that this context holds for the variable key, or default if it holds none."),
    method<context_items>("items", "($self, /)", "A list of (variable, value) pairs, one for each variable set in this context."),
    method<context_keys>("keys", "($self, /)", "Return a list of all variables in the context object."),
    method<context_values_iterator>("values", "($self, /)", "A list of the values set in this context, without their variables."),
    method<context_copy>("copy", "($self, /)", "Return a shallow copy of the context object."),
    with_entry(method<run_placeholder>("run", "(callable, *args, **kwargs)"), context_run),
};
const SlotDef context_slots[] = {
    construct_slot<SlotId::tp_new, context_new>(),
    raw_slot(SlotId::tp_hash, &hash_not_implemented),
    compare_slot<SlotId::tp_richcompare, context_compare>(),
    unary_slot<SlotId::tp_iter, context_keys>(),
    size_slot<SlotId::mp_length, context_length>(),
    binary_slot<SlotId::mp_subscript, context_subscript>(),
    contains_slot<SlotId::sq_contains, context_contains>(),
    ContextFields::traverse_slot(),
    ContextFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &ContextFields::dealloc),
};

const TypeSpec var_spec = {.type = &ContextVar::s_type,
                           .name = "_contextvars.ContextVar",
                           .basicsize = sizeof(ContextVar),
                           .flags = type_flag::Gc,
                           .slots = var_slots,
                           .methods = var_methods,
                           .members = var_members};
const TypeSpec context_spec = {.type = &Context::s_type,
                               .name = "_contextvars.Context",
                               .basicsize = sizeof(Context),
                               .flags = type_flag::Gc,
                               .slots = context_slots,
                               .methods = context_methods,
                               .weaklist_offset = offsetof(Context, weaklist)};
const TypeSpec missing_spec = {.type = &TokenMissing::s_type,
                               .name = "Token.MISSING",
                               .basicsize = sizeof(Object),
                               .flags = type_flag::DisallowInstantiation,
                               .slots = missing_slots};
Result<void> token_ready(Thread& t, Type& type) { return dict_set_ascii(t, static_cast<Dict*>(type.dict), "MISSING", &g_missing); }
const TypeSpec token_spec = {.type = &ContextToken::s_type,
                             .name = "_contextvars.Token",
                             .basicsize = sizeof(ContextToken),
                             .flags = type_flag::Gc,
                             .slots = token_slots,
                             .methods = token_methods,
                             .getset = token_getset,
                             .ready = token_ready};
const TypeSpec* const types[] = {&var_spec, &context_spec, &token_spec};

Result<Ref<Object>> copy_context(Thread& t) { return TRY(context_copy_current(t)); }
const NativeDef functions[] = {fn<copy_context>("copy_context", "($module, /)")};

} // namespace

Result<void> contextvars_ready(Thread& t) {
    for (const TypeSpec* spec : {&missing_spec, &var_spec, &context_spec, &token_spec})
        if (UNLIKELY(!spec->type->has(type_flag::Ready))) TRY(type_ready(t, *spec));
    return {};
}
Result<Ref<ContextVar>> context_var_new(Thread& t, Borrowed<Str> name, Object* default_value) {
    TRY(contextvars_ready(t));
    Ref<ContextVar> self = TRY(allocate<ContextVar>(t));
    self->name = acquire(name).release();
    self->default_value = MaybeRef<Object>::acquire(default_value).release();
    gc_track(self.get());
    return self;
}
ResultMaybe<Object> context_var_get(Thread& t, Borrowed<ContextVar> variable) {
    if (t.context) {
        MaybeRef<Object> value = TRY(dict_get(t, static_cast<Context*>(t.context)->values, variable));
        if (value) return value;
    }
    return MaybeRef<Object>::acquire(variable->default_value);
}
Result<Ref<Context>> context_copy_current(Thread& t) {
    Ctx current = TRY(current_context(t));
    return context_duplicate(t, current);
}
Result<void> context_enter(Thread& t, Borrowed<Context> context) {
    bool expected = false;
    if (!context->entered.compare_exchange_strong(expected, true))
        return raise(t, exc::RuntimeError, "cannot enter context: %R is already entered", context);
    context->previous = std::exchange(t.context, acquire<Object>(context.get()).release());
    ++t.context_version;
    return {};
}
Result<void> context_exit(Thread& t, Borrowed<Context> context) {
    if (!context->entered.load()) return raise(t, exc::RuntimeError, "cannot exit context: %R has not been entered", context);
    if (t.context != context.get())
        return raise(t, exc::RuntimeError, "cannot exit context: thread state references a different context object");
    Object* previous = std::exchange(context->previous, nullptr);
    context->entered.store(false);
    assign_field(t.context, previous);
    ++t.context_version;
    return {};
}

static Result<void> exec(Thread& t, Borrowed<Module>) { return contextvars_ready(t); }

extern const ModuleSpec contextvars_module;
const ModuleSpec contextvars_module = {
    .name = "_contextvars", .doc = "Context Variables", .functions = functions, .exec = exec, .types = types};

} // namespace taipan
