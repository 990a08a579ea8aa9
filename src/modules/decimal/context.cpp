// decimal.Context, its signal dicts, context managers, the current context, and what _pydecimal does for us.
#include "modules/decimal/decimal.h"

#include "modules/contextvars.h"
#include "modules/decimal/docs.h"
#include "objects/dict.h"
#include "objects/module.h"
#include "objects/type_object.h"

namespace taipan::decimal {

Type SignalDict::s_type, DecimalContext::s_type, ContextManager::s_type;

namespace {

using Self = Borrowed<DecimalContext>;

constexpr const char* invalid_rounding =
    "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, "
    "ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]";
constexpr const char* invalid_signals =
    "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, "
    "Subnormal, Inexact, Rounded,\n   Clamped]";

COLD Error raise_key(Thread& t, const char* text) { return raise_object(t, exc::KeyError, TRY(str_from_utf8(t, text))); }

/// The bit of a signal class; conditions are none.
Result<uint32_t> signal_bit(Thread& t, Object* object) {
    State* state = state_of(t);
    for (int i = 0; i < 9; ++i)
        if (object == state->signals[i]) return 1u << i;
    return raise_key(t, invalid_signals);
}
Result<Ref<List>> signal_list(Thread& t, uint32_t mask) {
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; i < 9; ++i)
        if (mask & (1u << i)) TRY(list_append(t, list, acquire<Object>(state_of(t)->signals[i])));
    return list;
}
Result<uint32_t> mask_of(Thread& t, const SignalDict* dict) {
    if (!dict->valid.load()) return raise(t, exc::ValueError, "invalid signal dict");
    return dict->mask.load();
}
/// A SignalDict, a dict with all signals, or (`lists`) a list of some.
Result<uint32_t> to_mask(Thread& t, Borrowed<Object> object, bool lists) {
    if (is<SignalDict>(object.get())) return mask_of(t, static_cast<SignalDict*>(object.get()));
    uint32_t mask = 0;
    if (lists && is<List>(object.get())) {
        auto* list = static_cast<List*>(object.get());
        for (intptr_t i = 0; i < list_size(list); ++i) {
            MaybeRef<Object> item = list_get(t, list, i);
            if (item) mask |= TRY(signal_bit(t, item.get()));
        }
        return mask;
    }
    if (!is<Dict>(object.get())) return raise(t, exc::TypeError, "argument must be a signal dict");
    auto* dict = static_cast<Dict*>(object.get());
    if (dict_size(dict) != 9) return raise_key(t, "invalid signal dict");
    for (int i = 0; i < 9; ++i) {
        MaybeRef<Object> value = TRY(dict_get(t, dict, Borrowed<Object>(state_of(t)->signals[i])));
        if (!value) return raise_key(t, "invalid signal dict");
        if (TRY(is_true(t, value.get()))) mask |= 1u << i;
    }
    return mask;
}

// SignalDict.

using Signals = Borrowed<SignalDict>;
Result<Ref<Object>> signals_construct(Thread& t, Borrowed<Type> type, Args, Kwargs) { return allocate_object(t, *type); }
Result<intptr_t> signals_length(Thread& t, Signals self) {
    TRY(mask_of(t, self.get()));
    return intptr_t{9};
}
Result<Ref<Object>> signals_get(Thread& t, Signals self, Borrowed<Object> key) {
    uint32_t mask = TRY(mask_of(t, self.get()));
    return bool_ref(mask & TRY(signal_bit(t, key.get())));
}
Result<void> signals_set(Thread& t, Signals self, Borrowed<Object> key, Object* value) {
    TRY(mask_of(t, self.get()));
    if (!value) return raise(t, exc::ValueError, "signal keys cannot be deleted");
    uint32_t bit = TRY(signal_bit(t, key.get()));
    if (TRY(is_true(t, value))) self->mask.fetch_or(bit);
    else self->mask.fetch_and(~bit);
    return {};
}
Result<Ref<Object>> signals_iter(Thread& t, Signals self) {
    TRY(mask_of(t, self.get()));
    return get_iterator(t, TRY(signal_list(t, status::AllSignals)));
}
Result<Ref<Object>> signals_copy(Thread& t, Signals self) {
    uint32_t mask = TRY(mask_of(t, self.get()));
    Ref<Dict> dict = TRY(dict_new(t));
    for (int i = 0; i < 9; ++i)
        TRY(dict_set(t, dict, Borrowed<Object>(state_of(t)->signals[i]), Borrowed<Object>(bool_object(mask & (1u << i)))));
    return dict;
}
Result<Ref<Str>> signals_repr(Thread& t, Signals self) {
    uint32_t mask = TRY(mask_of(t, self.get()));
    std::string text = "{";
    for (int i = 0; i < 9; ++i) {
        text += i ? ", <class 'decimal." : "<class 'decimal.";
        text += signal_names[i];
        text += mask & (1u << i) ? "'>:True" : "'>:False";
    }
    return str_from_utf8(t, text + "}");
}
Result<Ref<Object>> signals_compare(Thread& t, Signals self, Borrowed<Object> other, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return Ref<Object>::acquire(NotImplemented());
    if (!is<SignalDict>(other.get()) && !is<Dict>(other.get())) return Ref<Object>::acquire(NotImplemented());
    uint32_t mine = TRY(mask_of(t, self.get()));
    auto mask = to_mask(t, other, false);
    if (mask.is_error()) {
        if (!clear_if(t, exc::KeyError)) return Error{};
        return Ref<Object>::acquire(NotImplemented());
    }
    return bool_ref((mask.take() == mine) == (op == Comparison::Eq));
}
const NativeDef signals_methods[] = {method<signals_copy>("copy", "($self, /)")};
const SlotDef signals_slots[] = {
    typed_new<signals_construct, "SignalDict", "(*args, **kwargs)">(),
    size_slot<SlotId::mp_length, signals_length>(),
    binary_slot<SlotId::mp_subscript, signals_get>(),
    set_item_slot<SlotId::mp_ass_subscript, signals_set>(),
    unary_slot<SlotId::tp_iter, signals_iter>(),
    unary_slot<SlotId::tp_repr, signals_repr>(),
    compare_slot<SlotId::tp_richcompare, signals_compare>(),
    raw_slot(SlotId::tp_hash, &hash_not_implemented),
};

Result<Ref<SignalDict>> signals_new(Thread& t, uint32_t mask) {
    Ref<Object> made = TRY(call(t, Borrowed<Object>(state_of(t)->signal_dict_type)));
    auto* dict = static_cast<SignalDict*>(made.release());
    dict->mask.store(mask);
    dict->valid.store(true);
    return steal(dict);
}

// Settings.

Result<int64_t> to_size(Thread& t, Borrowed<Object> value) {
    if (!is<Int>(value.get())) return raise(t, exc::TypeError, "an integer is required");
    int64_t result;
    if (!int_fits_int64(static_cast<Int*>(value.get()), &result))
        return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    return result;
}
Result<int64_t> in_range(Thread& t, Borrowed<Object> value, int64_t least, int64_t most, const char* message) {
    int64_t result = TRY(to_size(t, value));
    if (result < least || result > most) return raise(t, exc::ValueError, message);
    return result;
}

} // namespace

Result<Rounding> to_rounding(Thread& t, Borrowed<Object> object) {
    if (is<Str>(object.get()))
        for (int i = 0; i < RoundingCount; ++i)
            if (str_equals_ascii(static_cast<Str*>(object.get()), rounding_names[i])) return static_cast<Rounding>(i);
    return raise(t, exc::TypeError, invalid_rounding);
}

Result<void> context_set(Thread& t, const char* attribute, DecimalContext* context, Borrowed<Object> value) {
    std::string_view name = attribute;
    Settings& s = context->shared;
    auto set = [](auto& field, auto value) { DecimalContext::set(field, static_cast<std::remove_reference_t<decltype(field)>>(value)); };
    if (name == "prec") set(s.prec, TRY(in_range(t, value, 1, MaxPrec, "valid range for prec is [1, MAX_PREC]")));
    else if (name == "rounding") set(s.rounding, TRY(to_rounding(t, value)));
    else if (name == "Emin") set(s.emin, TRY(in_range(t, value, MinEmin, 0, "valid range for Emin is [MIN_EMIN, 0]")));
    else if (name == "Emax") set(s.emax, TRY(in_range(t, value, 0, MaxEmax, "valid range for Emax is [0, MAX_EMAX]")));
    else if (name == "capitals") set(s.capitals, TRY(in_range(t, value, 0, 1, "valid values for capitals are 0 or 1")));
    else if (name == "clamp") set(s.clamp, TRY(in_range(t, value, 0, 1, "valid values for clamp are 0 or 1")));
    else if (name == "traps") context->traps->mask.store(TRY(to_mask(t, value, true)));
    else if (name == "flags") context->flags->mask.store(TRY(to_mask(t, value, true)));
    else return raise(t, exc::TypeError, "this function got an unexpected keyword argument '%s'", attribute);
    return {};
}

Result<Ref<DecimalContext>> context_new(Thread& t, Type& type, const Settings& settings, uint32_t traps, uint32_t flags) {
    Ref<SignalDict> trap_dict = TRY(signals_new(t, traps)), flag_dict = TRY(signals_new(t, flags));
    Ref<Object> object = TRY(allocate_object(t, type));
    Ref<DecimalContext> self = steal(static_cast<DecimalContext*>(object.release()));
    self->shared = settings;
    self->traps = trap_dict.release();
    self->flags = flag_dict.release();
    gc_track(self.get());
    return self;
}
Result<Ref<DecimalContext>> context_copy(Thread& t, Borrowed<DecimalContext> context) {
    return context_new(t, DecimalContext::s_type, context->settings(), context->traps->mask.load(), context->flags->mask.load());
}

Result<Ref<DecimalContext>> current_context(Thread& t) {
    State* state = state_of(t);
    MaybeRef<Object> found = TRY(context_var_get(t, state->variable));
    if (LIKELY(static_cast<bool>(found))) return steal(static_cast<DecimalContext*>(found.release()));
    Ref<DecimalContext> fresh = TRY(context_copy(t, state->templates[0]));
    fresh->flags->mask.store(0);
    TRY(call_method(t, Borrowed<Object>(state->variable), TRY(str_interned(t, "set")), fresh));
    return fresh;
}
Result<Ref<DecimalContext>> context_argument(Thread& t, Borrowed<Object> object) {
    if (is_none(object.get())) return current_context(t);
    if (!is<DecimalContext>(object.get())) return raise(t, exc::TypeError, "optional argument must be a context");
    return acquire(static_cast<DecimalContext*>(object.get()));
}
Result<Ref<Object>> get_context(Thread& t) { return TRY(current_context(t)); }
Result<void> set_context(Thread& t, Borrowed<Object> object) {
    if (!is<DecimalContext>(object.get())) return raise(t, exc::TypeError, "argument must be a context");
    State* state = state_of(t);
    Ref<DecimalContext> context = acquire(static_cast<DecimalContext*>(object.get()));
    for (DecimalContext* kept : state->templates) {
        if (kept != context.get()) continue;
        context = TRY(context_copy(t, kept));
        context->flags->mask.store(0);
        break;
    }
    TRY(call_method(t, Borrowed<Object>(state->variable), TRY(str_interned(t, "set")), context));
    return {};
}
Result<Ref<Object>> local_context(Thread& t, NoneOr<Object> given, Kwargs keywords) {
    Ref<DecimalContext> global = TRY(current_context(t));
    Ref<DecimalContext> from = given ? global.share() : global.share();
    if (given) {
        if (!is<DecimalContext>(given.value().get())) return raise(t, exc::TypeError, "optional argument must be a context");
        from = acquire(static_cast<DecimalContext*>(given.value().get()));
    }
    Ref<DecimalContext> local = TRY(context_copy(t, from));
    if (keywords) {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, keywords.dict, &position, &key, &value)) {
            if (is_none(value.get())) continue;
            TRY(context_set(t, TRY(str_utf8(t, static_cast<Str*>(key.get()))).data(), local.get(), value.get()));
        }
    }
    Ref<ContextManager> manager = TRY(allocate<ContextManager>(t));
    manager->local = local.release();
    manager->global = global.release();
    gc_track(manager.get());
    return manager;
}
Result<Ref<Object>> ieee_context(Thread& t, Borrowed<Object> bits_object) {
    int64_t bits = TRY(to_index_size(t, bits_object, exc::OverflowError));
    if (bits <= 0 || bits > 512 || bits % 32) return raise(t, exc::ValueError, "argument must be a multiple of 32, with a maximum of 512");
    Settings s = {9 * (bits / 32) - 2, 3 * (int64_t{1} << (bits / 16 + 3)), 0, Rounding::HalfEven, true, true};
    s.emin = 1 - s.emax;
    return TRY(context_new(t, DecimalContext::s_type, s, 0, 0));
}

// _pydecimal.

namespace {

Result<void> load_python(Thread& t, State* state) {
    if (__atomic_load_n(&state->py_decimal, __ATOMIC_ACQUIRE)) return {};
    Ref<Object> module = TRY(import_module(t, "_pydecimal"));
    MaybeRef<Object> signals[9];
    for (int i = 0; i < 9; ++i) signals[i] = TRY(get_attribute(t, module, TRY(str_interned(t, signal_names[i]))));
    Ref<Object> py_context = TRY(get_attribute(t, module, TRY(str_interned(t, "Context")))),
                py_decimal = TRY(get_attribute(t, module, TRY(str_interned(t, "Decimal"))));
    MutexLocker lock(state->lock);
    if (state->py_decimal) return {}; // another thread was quicker
    for (int i = 0; i < 9; ++i) state->py_signals[i] = signals[i].release();
    state->py_context = py_context.release();
    __atomic_store_n(&state->py_decimal, py_decimal.release(), __ATOMIC_RELEASE);
    return {};
}

} // namespace

Result<Ref<Object>> delegate(Thread& t, const char* name, DecimalContext* context, std::span<Object* const> operands) {
    State* state = state_of(t);
    TRY(load_python(t, state));
    // Settings as they are; nothing is trapped there.
    const Settings s = context->settings();
    Ref<List> none = TRY(list_new(t)), no_traps = TRY(list_new(t));
    Ref<Object> py_context = TRY(call(t, Borrowed<Object>(state->py_context), TRY(int_from(t, s.prec)),
                                      TRY(str_interned(t, rounding_names[static_cast<int>(s.rounding)])), TRY(int_from(t, s.emin)),
                                      TRY(int_from(t, s.emax)), TRY(int_from(t, s.capitals)), TRY(int_from(t, s.clamp)), none, no_traps));
    MaybeRef<Object> converted[4];
    Object* array[6] = {};
    size_t count = 0;
    for (Object* operand : operands) {
        if (is<Decimal>(operand)) {
            Ref<Str> text = TRY(str_from_utf8(t, to_text(View(static_cast<Decimal*>(operand)), false, true)));
            converted[count] = TRY(call(t, Borrowed<Object>(state->py_decimal), text));
        } else {
            converted[count] = acquire(operand);
        }
        array[1 + count] = converted[count].get();
        ++count;
    }
    Ref<Object> function = TRY(get_attribute(t, Borrowed<Object>(state->py_decimal), TRY(str_interned(t, name))));
    MaybeRef<Object> result;
    bool is_format = std::string_view(name) == "__format__";
    if (is_format && count == 3) {
        Ref<Tuple> keywords = TRY(tuple_pack(t, TRY(str_interned(t, "context")), TRY(str_interned(t, "_localeconv"))));
        Object* locale = array[3];
        array[3] = py_context.get();
        array[4] = locale;
        result = TRY(vectorcall(t, function, array + 1, 2 | VectorcallOffset, keywords.get()));
    } else {
        Ref<Tuple> keywords = TRY(tuple_pack(t, TRY(str_interned(t, "context"))));
        array[1 + count] = py_context.get();
        result = TRY(vectorcall(t, function, array + 1, count | VectorcallOffset, keywords.get()));
    }
    Ref<Object> flags = TRY(get_attribute(t, py_context, TRY(str_interned(t, "flags"))));
    uint32_t happened = 0;
    for (int i = 0; i < 9; ++i) {
        Ref<Object> flag = TRY(get_item(t, flags, Borrowed<Object>(state->py_signals[i])));
        if (TRY(is_true(t, flag))) happened |= 1u << i;
    }
    if (is_format) happened = 0; // COMPAT: rounding for display is no event
    TRY(report(t, context, happened));
    if (!TRY(is_instance(t, result.get(), Borrowed<Object>(state->py_decimal)))) return result.take();
    Ref<Str> text = TRY(to_str(t, result.get()));
    Number value;
    std::string_view view = TRY(str_utf8(t, text));
    bool is_number = false;
    if (!attempt([&] { is_number = parse(view, value); }, value)) return raise_memory_error(t);
    if (!is_number) return raise(t, exc::SystemError, "_pydecimal gave no number");
    return TRY(decimal_new(t, value));
}

// Context.

namespace {

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    State* state = state_of(t);
    DecimalContext* base = state->templates[0];
    Settings defaults = {28, 999999, -999999, Rounding::HalfEven, true, false};
    return TRY(context_new(t, *type, base ? base->settings() : defaults,
                           base ? base->traps->mask.load() : status::InvalidOperation | status::DivisionByZero | status::Overflow, 0));
}
Result<void> init(Thread& t, Self self, Borrowed<Object> prec, Borrowed<Object> rounding, Borrowed<Object> emin, Borrowed<Object> emax,
                  Borrowed<Object> capitals, Borrowed<Object> clamp, Borrowed<Object> flags, Borrowed<Object> traps) {
    const struct {
        const char* name;
        Object* value;
    } rows[] = {{"prec", prec.get()},         {"rounding", rounding.get()}, {"Emin", emin.get()},   {"Emax", emax.get()},
                {"capitals", capitals.get()}, {"clamp", clamp.get()},       {"traps", traps.get()}, {"flags", flags.get()}};
    for (auto& row : rows)
        if (!is_none(row.value)) TRY(context_set(t, row.name, self.get(), row.value));
    return {};
}

Error no_delete(Thread& t) { return raise(t, exc::AttributeError, "context attributes cannot be deleted"); }
template <FixedString Name> Result<void> set_setting(Thread& t, Self self, Object* value) {
    if (!value) return no_delete(t);
    return context_set(t, Name.text, self.get(), value);
}
template <SignalDict* DecimalContext::* Field> Result<void> set_signals(Thread& t, Self self, Object* value) {
    if (!value) return no_delete(t);
    (self.get()->*Field)->mask.store(TRY(to_mask(t, value, false)));
    return {};
}
int64_t get_prec(Thread&, Self self) { return self->settings().prec; }
int64_t get_emin(Thread&, Self self) { return self->settings().emin; }
int64_t get_emax(Thread&, Self self) { return self->settings().emax; }
int64_t get_capitals(Thread&, Self self) { return self->settings().capitals; }
int64_t get_clamp(Thread&, Self self) { return self->settings().clamp; }
Result<Ref<Object>> get_rounding(Thread& t, Self self) {
    return TRY(str_interned(t, rounding_names[static_cast<int>(self->settings().rounding)]));
}
template <SignalDict* DecimalContext::* Field> Ref<Object> get_signals(Thread&, Self self) { return acquire<Object>(self.get()->*Field); }
int64_t etiny(Thread&, Self self) { return self->settings().etiny(); }
int64_t etop(Thread&, Self self) { return self->settings().etop(); }
void clear_flags(Thread&, Self self) { self->flags->mask.store(0); }
void clear_traps(Thread&, Self self) { self->traps->mask.store(0); }

Result<Ref<Str>> repr_of(Thread& t, Self self) {
    auto names = [](uint32_t mask) {
        std::string text = "[";
        // COMPAT: in the order of libmpdec's bits, not of the signals.
        for (int i : {8, 0, 2, 6, 1, 3, 7, 5, 4}) {
            if (!(mask & (1u << i))) continue;
            if (text.size() > 1) text += ", ";
            text += signal_names[i];
        }
        return text + "]";
    };
    const Settings s = self->settings();
    std::string flags = names(self->flags->mask.load()), traps = names(self->traps->mask.load());
    return str_format(t, "Context(prec=%d, rounding=%s, Emin=%d, Emax=%d, capitals=%d, clamp=%d, flags=%s, traps=%s)", s.prec,
                      rounding_names[static_cast<int>(s.rounding)], s.emin, s.emax, static_cast<int>(s.capitals), static_cast<int>(s.clamp),
                      flags.c_str(), traps.c_str());
}
Result<Ref<Object>> reduce(Thread& t, Self self) {
    const Settings s = self->settings();
    Ref<Object> rounding = TRY(get_rounding(t, self));
    Ref<List> flags = TRY(signal_list(t, self->flags->mask.load())), traps = TRY(signal_list(t, self->traps->mask.load()));
    Ref<Tuple> arguments = TRY(tuple_pack(t, TRY(int_from(t, s.prec)), rounding, TRY(int_from(t, s.emin)), TRY(int_from(t, s.emax)),
                                          TRY(int_from(t, s.capitals)), TRY(int_from(t, s.clamp)), flags, traps));
    return tuple_pack(t, Borrowed<Object>(self->type), arguments);
}
Result<Ref<Object>> copy(Thread& t, Self self) { return TRY(context_copy(t, self)); }

Result<Ref<Object>> create_decimal(Thread& t, Self self, Borrowed<Object> number) {
    return decimal_from(t, Decimal::s_type, number, self.get(), true);
}
Result<Ref<Object>> create_from_float(Thread& t, Self self, Borrowed<Object> f) {
    return decimal_from_float(t, Decimal::s_type, f, self.get());
}

template <Unary F> Result<Ref<Object>> one(Thread& t, Self self, Borrowed<Object> x) {
    Ref<Decimal> a = TRY(need_decimal(t, x));
    return run<F>(t, self.get(), a.get());
}
template <Binary F> Result<Ref<Object>> two(Thread& t, Self self, Borrowed<Object> x, Borrowed<Object> y) {
    Ref<Decimal> a = TRY(need_decimal(t, x)), b = TRY(need_decimal(t, y));
    return run<F>(t, self.get(), a.get(), b.get());
}
template <FixedString Name> Result<Ref<Object>> one_delegated(Thread& t, Self self, Borrowed<Object> x) {
    Ref<Decimal> a = TRY(need_decimal(t, x));
    Object* operands[] = {a.get()};
    return delegate(t, Name.text, self.get(), operands);
}
template <FixedString Name> Result<Ref<Object>> two_delegated(Thread& t, Self self, Borrowed<Object> x, Borrowed<Object> y) {
    Ref<Decimal> a = TRY(need_decimal(t, x)), b = TRY(need_decimal(t, y));
    Object* operands[] = {a.get(), b.get()};
    return delegate(t, Name.text, self.get(), operands);
}
template <bool (*Ask)(const Number&, const Settings&)> Result<bool> question(Thread& t, Self self, Borrowed<Object> x) {
    Ref<Decimal> a = TRY(need_decimal(t, x));
    return Ask(View(a.get()), self->settings());
}
Result<Ref<Object>> divmod_method(Thread& t, Self self, Borrowed<Object> x, Borrowed<Object> y) {
    Ref<Decimal> a = TRY(need_decimal(t, x)), b = TRY(need_decimal(t, y));
    return run_divmod(t, self.get(), a.get(), b.get());
}
Result<Ref<Object>> power(Thread& t, Self self, Borrowed<Object> x, Borrowed<Object> y, Borrowed<Object> modulo) {
    Ref<Decimal> a = TRY(need_decimal(t, x)), b = TRY(need_decimal(t, y));
    return run_power(t, self.get(), a, b, modulo.get());
}
Result<Ref<Object>> fma_method(Thread& t, Self self, Borrowed<Object> x, Borrowed<Object> y, Borrowed<Object> z) {
    Ref<Decimal> a = TRY(need_decimal(t, x)), b = TRY(need_decimal(t, y)), c = TRY(need_decimal(t, z));
    Number out;
    uint32_t s = 0;
    attempt_in(s, [&] { fma(out, View(a.get()), View(b.get()), View(c.get()), self->settings(), s); }, out);
    return finish(t, self.get(), s, out);
}
Result<bool> same_quantum_method(Thread& t, Self, Borrowed<Object> x, Borrowed<Object> y) {
    Ref<Decimal> a = TRY(need_decimal(t, x)), b = TRY(need_decimal(t, y));
    return same_quantum(View(a.get()), View(b.get()));
}
Result<Ref<Object>> the_same(Thread& t, Self, Borrowed<Object> x) {
    if (!is<Decimal>(x.get())) return raise(t, exc::TypeError, "argument must be a Decimal");
    return acquire(x);
}
Result<bool> is_canonical(Thread& t, Self self, Borrowed<Object> x) {
    TRY(the_same(t, self, x));
    return true;
}
Result<Ref<Object>> copy_decimal(Thread& t, Self, Borrowed<Object> x) { return TRY(need_decimal(t, x)); }
template <bool Engineering> Result<Ref<Str>> text_of(Thread& t, Self self, Borrowed<Object> x) {
    Ref<Decimal> a = TRY(need_decimal(t, x));
    return str_from_utf8(t, TRY(text_in(t, View(a.get()), Engineering, self->settings().capitals)));
}
void op_apply(Number& out, const Number& a, const Settings& c, uint32_t& s) {
    out = a;
    finalize(out, c, s);
}
Result<Ref<Object>> radix(Thread& t, Self) { return TRY(decimal_new(t, small::Value{10, 0, 2, false})); }

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<DecimalContext*>(o);
    for (Object* field : std::initializer_list<Object*>{self->traps, self->flags})
        if (field)
            if (int result = visit(field, context)) return result;
    return 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<DecimalContext*>(o);
    gc_untrack(o);
    for (SignalDict* dict : {self->traps, self->flags})
        if (dict) dict->valid.store(false);
    clear_field(self->traps);
    clear_field(self->flags);
    o->type->free(o);
}

#define ONE(name, f) method<one<f>>(name, "($self, x, /)", doc_of(name))
#define TWO(name, f) method<two<f>>(name, "($self, x, y, /)", doc_of(name))
#define ASK(name, f) method<question<f>>(name, "($self, x, /)", doc_of(name))
#define ONE_DELEGATED(name) method<one_delegated<name>>(name, "($self, x, /)", doc_of(name))
#define TWO_DELEGATED(name) method<two_delegated<name>>(name, "($self, x, y, /)", doc_of(name))
const NativeDef methods[] = {
    ONE("abs", absolute),
    ONE("minus", minus),
    ONE("plus", plus),
    ONE("normalize", normalize),
    ONE("to_integral", op_to_integral),
    ONE("to_integral_exact", op_to_integral_exact),
    ONE("to_integral_value", op_to_integral),
    ONE("sqrt", square_root),
    method<one<op_apply>>("_apply", "($self, object, /)"),
    ONE("copy_abs", op_copy_abs),
    ONE("copy_negate", op_copy_negate),
    ONE_DELEGATED("exp"),
    ONE_DELEGATED("ln"),
    ONE_DELEGATED("log10"),
    ONE_DELEGATED("next_minus"),
    ONE_DELEGATED("next_plus"),
    ONE_DELEGATED("logb"),
    ONE_DELEGATED("logical_invert"),
    ONE_DELEGATED("number_class"),
    TWO("add", op_add),
    TWO("subtract", op_subtract),
    TWO("multiply", multiply),
    TWO("divide", divide),
    TWO("divide_int", divide_int),
    TWO("remainder", remainder),
    TWO("compare", op_compare),
    TWO("compare_total", op_compare_total),
    TWO("max", op_max),
    TWO("min", op_min),
    TWO("quantize", op_quantize),
    TWO("copy_sign", op_copy_sign),
    TWO_DELEGATED("compare_signal"),
    TWO_DELEGATED("max_mag"),
    TWO_DELEGATED("min_mag"),
    TWO_DELEGATED("next_toward"),
    TWO_DELEGATED("remainder_near"),
    TWO_DELEGATED("compare_total_mag"),
    TWO_DELEGATED("logical_and"),
    TWO_DELEGATED("logical_or"),
    TWO_DELEGATED("logical_xor"),
    TWO_DELEGATED("rotate"),
    TWO_DELEGATED("scaleb"),
    TWO_DELEGATED("shift"),
    method<is_canonical>("is_canonical", "($self, x, /)", doc_of("is_canonical")),
    ASK("is_finite", ask_finite),
    ASK("is_infinite", ask_infinite),
    ASK("is_nan", ask_nan),
    ASK("is_normal", ask_normal),
    ASK("is_qnan", ask_qnan),
    ASK("is_signed", ask_signed),
    ASK("is_snan", ask_snan),
    ASK("is_subnormal", ask_subnormal),
    ASK("is_zero", ask_zero),
    method<divmod_method>("divmod", "($self, x, y, /)", doc_of("divmod")),
    method<power>("power", "($self, /, a, b, modulo=None)", doc_of("power")),
    method<fma_method>("fma", "($self, x, y, z, /)", doc_of("fma")),
    method<same_quantum_method>("same_quantum", "($self, x, y, /)", doc_of("same_quantum")),
    method<the_same>("canonical", "($self, x, /)", doc_of("canonical")),
    method<copy_decimal>("copy_decimal", "($self, x, /)", doc_of("copy_decimal")),
    method<text_of<false>>("to_sci_string", "($self, x, /)", doc_of("to_sci_string")),
    method<text_of<true>>("to_eng_string", "($self, x, /)", doc_of("to_eng_string")),
    method<radix>("radix", "($self, /)", doc_of("radix")),
    method<etiny>("Etiny", "($self, /)", doc_of("Etiny")),
    method<etop>("Etop", "($self, /)", doc_of("Etop")),
    method<clear_flags>("clear_flags", "($self, /)", doc_of("clear_flags")),
    method<clear_traps>("clear_traps", "($self, /)", doc_of("clear_traps")),
    method<copy>("__copy__", "($self, /)"),
    method<copy>("copy", "($self, /)", doc_of("copy")),
    method<reduce>("__reduce__", "($self, /)"),
    method<create_decimal>("create_decimal", "($self, num='0', /)", doc_of("create_decimal")),
    method<create_from_float>("create_decimal_from_float", "($self, f, /)", doc_of("create_decimal_from_float")),
};
const GetSetDef getset[] = {
    getter_setter<get_prec, set_setting<"prec">>("prec"),
    getter_setter<get_emax, set_setting<"Emax">>("Emax"),
    getter_setter<get_emin, set_setting<"Emin">>("Emin"),
    getter_setter<get_rounding, set_setting<"rounding">>("rounding"),
    getter_setter<get_capitals, set_setting<"capitals">>("capitals"),
    getter_setter<get_clamp, set_setting<"clamp">>("clamp"),
    getter_setter<get_signals<&DecimalContext::traps>, set_signals<&DecimalContext::traps>>("traps"),
    getter_setter<get_signals<&DecimalContext::flags>, set_signals<&DecimalContext::flags>>("flags"),
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_setattro, generic_setattr_slot),
    typed_new<construct, "Context", "(*args, **kwargs)">(),
    typed_init<init, "Context",
               "($self, /, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)">(),
    unary_slot<SlotId::tp_repr, repr_of>(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

// Context managers.

using Manager = Borrowed<ContextManager>;
Result<Ref<Object>> enter(Thread& t, Manager self) {
    TRY(set_context(t, Borrowed<Object>(self->local)));
    return acquire(self->local);
}
Result<bool> leave(Thread& t, Manager self, Args) {
    TRY(set_context(t, Borrowed<Object>(self->global)));
    return false;
}
const NativeDef manager_methods[] = {method<enter>("__enter__", "($self, /)"), method<leave>("__exit__", "($self, /, *args)")};
using ManagerFields = Fields<ContextManager, &ContextManager::local, &ContextManager::global>;
const SlotDef manager_slots[] = {ManagerFields::traverse_slot(), ManagerFields::clear_slot(), ManagerFields::dealloc_slot()};

} // namespace

const TypeSpec signal_dict_spec = {.type = &SignalDict::s_type,
                                   .name = "decimal.SignalDictMixin",
                                   .basicsize = sizeof(SignalDict),
                                   .flags = type_flag::BaseType,
                                   .slots = signals_slots,
                                   .methods = signals_methods};
const TypeSpec context_spec = {
    .type = &DecimalContext::s_type,
    .name = "decimal.Context",
    .basicsize = sizeof(DecimalContext),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "The context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.",
    .signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    .slots = slots,
    .methods = methods,
    .getset = getset};
const TypeSpec context_manager_spec = {.type = &ContextManager::s_type,
                                       .name = "decimal.ContextManager",
                                       .basicsize = sizeof(ContextManager),
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = manager_slots,
                                       .methods = manager_methods};

} // namespace taipan::decimal
