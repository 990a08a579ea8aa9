// The _decimal module itself.
#include "modules/contextvars.h"
#include "modules/decimal/decimal.h"
#include "objects/dict.h"
#include "objects/module.h"
#include "vm/interpreter_states.h"

#include <new>

namespace taipan::decimal {

State* state_of(Thread& t) { return static_cast<State*>(interpreter_states(t)->decimal); }

namespace {

const NativeDef functions[] = {
    fn<get_context>("getcontext", "($module, /)", "Get the current default context."),
    fn<set_context>("setcontext", "($module, context, /)", "Set a new default context."),
    fn<local_context>("localcontext", "($module, /, ctx=None, **kwargs)",
                      "A context manager that computes its block in a copy of ctx, by default of the current context.\n\n"
                      "Keyword arguments change attributes of the copy; leaving the block reinstates the context before it."),
    fn<ieee_context>("IEEEContext", "($module, bits, /)",
                     "The context of an IEEE 754 decimal interchange format of the given width in bits.\n\n"
                     "ValueError unless bits is a positive multiple of 32 up to IEEE_CONTEXT_MAX_BITS."),
};

/// A class with several bases.
Result<Type*> exception_type(Thread& t, const char* name, std::initializer_list<Type*> bases) {
    Ref<Tuple> tuple = TRY(tuple_alloc(t, static_cast<intptr_t>(bases.size())));
    intptr_t i = 0;
    for (Type* base : bases) tuple->items[i++] = acquire<Object>(base).release();
    Ref<Dict> dict = TRY(dict_new(t));
    TRY(dict_set_ascii(t, dict, "__module__", TRY(str_interned(t, "decimal"))));
    Ref<Object> made = TRY(call(t, Borrowed<Object>(&Type::s_type), TRY(str_interned(t, name)), tuple, dict));
    return static_cast<Type*>(made.release());
}

Result<void> fill_state(Thread& t, State& s) {
    Type* e = s.decimal_exception = TRY(exception_type(t, "DecimalException", {&exc::ArithmeticError}));
    s.signals[0] = TRY(exception_type(t, "InvalidOperation", {e}));
    s.signals[1] = TRY(exception_type(t, "FloatOperation", {e, &exc::TypeError}));
    s.signals[2] = TRY(exception_type(t, "DivisionByZero", {e, &exc::ZeroDivisionError}));
    s.signals[5] = TRY(exception_type(t, "Subnormal", {e}));
    s.signals[6] = TRY(exception_type(t, "Inexact", {e}));
    s.signals[7] = TRY(exception_type(t, "Rounded", {e}));
    s.signals[8] = TRY(exception_type(t, "Clamped", {e}));
    s.signals[3] = TRY(exception_type(t, "Overflow", {s.signals[6], s.signals[7]}));
    s.signals[4] = TRY(exception_type(t, "Underflow", {s.signals[6], s.signals[7], s.signals[5]}));
    s.conditions[0] = TRY(exception_type(t, "ConversionSyntax", {s.signals[0]}));
    s.conditions[1] = TRY(exception_type(t, "DivisionImpossible", {s.signals[0]}));
    s.conditions[2] = TRY(exception_type(t, "DivisionUndefined", {s.signals[0], &exc::ZeroDivisionError}));
    s.conditions[3] = TRY(exception_type(t, "InvalidContext", {s.signals[0]}));

    Ref<Object> namedtuple = TRY(import_attribute(t, "collections", "namedtuple"));
    Ref<Object> tuple_type = TRY(call(t, namedtuple, TRY(str_from_utf8(t, "DecimalTuple")), TRY(str_from_utf8(t, "sign digits exponent"))));
    TRY(set_attribute(t, tuple_type, TRY(str_interned(t, "__module__")), TRY(str_interned(t, "decimal"))));
    s.tuple_type = tuple_type.release();
    Ref<Str> register_name = TRY(str_interned(t, "register"));
    TRY(call_method(t, TRY(import_attribute(t, "numbers", "Number")), register_name, Borrowed<Object>(&Decimal::s_type)));
    s.rational = TRY(import_attribute(t, "numbers", "Rational")).release();
    Ref<Object> mapping = TRY(import_attribute(t, "collections.abc", "MutableMapping")), meta = TRY(import_attribute(t, "abc", "ABCMeta"));
    Ref<Dict> dict = TRY(dict_new(t));
    TRY(dict_set_ascii(t, dict, "__module__", TRY(str_interned(t, "decimal"))));
    s.signal_dict_type =
        TRY(call(t, meta, TRY(str_interned(t, "SignalDict")), TRY(tuple_pack(t, Borrowed<Object>(&SignalDict::s_type), mapping)), dict))
            .release();
    s.variable = TRY(context_var_new(t, TRY(str_from_utf8(t, "decimal_context")), nullptr)).release();

    Settings base = {28, 999999, -999999, Rounding::HalfEven, true, false};
    constexpr uint32_t usual = status::InvalidOperation | status::DivisionByZero | status::Overflow;
    s.templates[0] = TRY(context_new(t, DecimalContext::s_type, base, usual, 0)).release();
    base.prec = 9;
    s.templates[2] = TRY(context_new(t, DecimalContext::s_type, base, 0, 0)).release();
    base.rounding = Rounding::HalfUp;
    s.templates[1] = TRY(context_new(t, DecimalContext::s_type, base, usual | status::Underflow | status::Clamped, 0)).release();
    return {};
}

void drop_state(InterpreterStates& states) {
    auto* s = static_cast<State*>(std::exchange(states.decimal, nullptr));
    clear_field(s->decimal_exception);
    for (Type*& type : s->signals) clear_field(type);
    for (Type*& type : s->conditions) clear_field(type);
    for (Object** field : {&s->tuple_type, &s->signal_dict_type, &s->rational, &s->py_decimal, &s->py_context}) clear_field(*field);
    for (Object*& signal : s->py_signals) clear_field(signal);
    for (DecimalContext*& context : s->templates) clear_field(context);
    clear_field(s->variable);
    delete s;
}

Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const TypeSpec* spec : {&signal_dict_spec, &context_manager_spec}) TRY(type_ready(t, *spec));
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    if (!states->decimal) {
        auto* state = new (std::nothrow) State{};
        if (!state) return raise_memory_error(t);
        states->decimal = state;
        if (fill_state(t, *state).is_error()) {
            drop_state(*states);
            return Error{};
        }
        if (!interpreter_drops(states, drop_state)) return raise_memory_error(t);
    }
    State& s = *state_of(t);
    TRY(module_add(t, module, "DecimalException", s.decimal_exception));
    for (int i = 0; i < 9; ++i) TRY(module_add(t, module, signal_names[i], s.signals[i]));
    constexpr const char* conditions[] = {"ConversionSyntax", "DivisionImpossible", "DivisionUndefined", "InvalidContext"};
    for (int i = 0; i < 4; ++i) TRY(module_add(t, module, conditions[i], s.conditions[i]));
    constexpr const char* templates[] = {"DefaultContext", "BasicContext", "ExtendedContext"};
    for (int i = 0; i < 3; ++i) TRY(module_add(t, module, templates[i], s.templates[i]));
    TRY(module_add(t, module, "DecimalTuple", s.tuple_type));
    for (const char* name : rounding_names) TRY(module_add(t, module, name, TRY(str_interned(t, name))));
    TRY(module_add_int(t, module, "MAX_PREC", MaxPrec));
    TRY(module_add_int(t, module, "MAX_EMAX", MaxEmax));
    TRY(module_add_int(t, module, "MIN_EMIN", MinEmin));
    TRY(module_add_int(t, module, "MIN_ETINY", MinEtiny));
    TRY(module_add_int(t, module, "IEEE_CONTEXT_MAX_BITS", 512));
    TRY(module_add(t, module, "HAVE_CONTEXTVAR", True()));
    TRY(module_add(t, module, "HAVE_THREADS", True()));
    TRY(module_add_string(t, module, "__version__", "1.70"));
    return module_add_string(t, module, "__libmpdec_version__", "2.5.1");
}
const TypeSpec* const types[] = {&decimal_spec, &context_spec};

} // namespace
} // namespace taipan::decimal

namespace taipan {

extern const ModuleSpec decimal_module;
const ModuleSpec decimal_module = {.name = "_decimal",
                                   .doc = "C decimal arithmetic module",
                                   .functions = decimal::functions,
                                   .exec = decimal::exec,
                                   .types = decimal::types};

} // namespace taipan
