// TypeVar, ParamSpec, TypeVarTuple, TypeAliasType, Generic and NoDefault. What they delegate to lives in typing.py.
#include "objects/type_variables.h"
#include "objects/abstract.h"
#include "objects/function.h"
#include "objects/generic_alias.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan {

struct NoDefaultObject : Object {
    static Type s_type;
};
Type NoDefaultObject::s_type;

/// What TypeVar, ParamSpec and TypeVarTuple share; the latter leave the fields they do not know empty.
struct TypeParameter : Object {
    Object *name, *bound, *evaluate_bound, *constraints, *evaluate_constraints, *default_value, *evaluate_default;
    Object *dict, *weaklist;
    bool covariant, contravariant, infer_variance;
};
struct TypeVariable : TypeParameter {
    static Type s_type;
};
struct ParameterSpecification : TypeParameter {
    static Type s_type;
};
struct TypeVariableTuple : TypeParameter {
    static Type s_type;
};
Type TypeVariable::s_type, ParameterSpecification::s_type, TypeVariableTuple::s_type;

struct SpecificationPart : Object { // P.args, P.kwargs
    Object *origin, *weaklist;
};
struct SpecificationArgs : SpecificationPart {
    static Type s_type;
};
struct SpecificationKwargs : SpecificationPart {
    static Type s_type;
};
Type SpecificationArgs::s_type, SpecificationKwargs::s_type;

struct TypeAlias : Object {
    Object *name, *type_params, *compute_value, *value, *module, *weaklist;
    static Type s_type;
};
Type TypeAlias::s_type;

struct Generic : Object {
    static Type s_type;
};
Type Generic::s_type;

/// The function behind T.evaluate_bound when the bound was given as a value.
struct ConstEvaluator : Object {
    Object* value;
    static Type s_type;
};
Type ConstEvaluator::s_type;

namespace {
constinit NoDefaultObject g_no_default = {{TAIPAN_STATIC_HEAD(&NoDefaultObject::s_type)}};
}
Object* typing_no_default() { return &g_no_default; }

namespace {

template <class... A> Result<Ref<Object>> call_typing(Thread& t, const char* function, const A&... args) {
    Ref<Object> callable = TRY(import_attribute(t, "typing", function));
    return call(t, callable, args...);
}

Result<Ref<Object>> check_type(Thread& t, Borrowed<Object> value, const char* message) {
    // typing may be in the middle of its own import: None needs no help of it.
    if (is_none(value.get())) return acquire<Object>(value->type);
    Ref<Str> text = TRY(str_from_utf8(t, message));
    return call_typing(t, "_type_check", value, text);
}

Result<Ref<Object>> unpack(Thread& t, Borrowed<Object> self) {
    Ref<Object> form = TRY(import_attribute(t, "typing", "Unpack"));
    return get_item(t, form, self);
}
Result<Ref<Object>> iterate_unpacked(Thread& t, Borrowed<Object> self) {
    Ref<Object> unpacked = TRY(unpack(t, self));
    Ref<Tuple> one = TRY(tuple_pack(t, unpacked));
    return get_iterator(t, one);
}
/// The parameters with each TypeVarTuple as Unpack[Ts].
Result<Ref<Tuple>> unpack_tuples(Thread& t, Borrowed<Tuple> parameters) {
    Ref<Tuple> out = TRY(tuple_alloc(t, parameters->size));
    for (intptr_t i = 0; i < parameters->size; ++i) {
        Object* o = parameters->items[i];
        out->items[i] = is<TypeVariableTuple>(o) ? TRY(unpack(t, o)).release() : acquire(o).release();
    }
    tuple_finish(out.get());
    return out;
}

/// A field that a function computes when it is first asked for.
Result<Ref<Object>> lazy(Thread& t, Object* owner, Object*& value, Object* const& evaluate, Object* otherwise) {
    MaybeRef<Object> function;
    {
        CriticalSection section(t, owner);
        if (value) return acquire(value);
        function = MaybeRef<Object>::acquire(evaluate);
    }
    if (!function) return acquire(otherwise);
    Ref<Object> made = TRY(call(t, function.take()));
    CriticalSection section(t, owner);
    if (!value) value = made.share().release();
    return acquire(value);
}

// Evaluators of constants

Result<void> append_type(Thread& t, StrBuilder& out, Borrowed<Object> o) {
    if (o.get() == Ellipsis()) return out.append_ascii("...");
    if (o.get() == &NoneType::s_type) return out.append_ascii("None");
    auto attribute = [&](const char* name) -> ResultMaybe<Object> {
        Ref<Str> text = TRY(str_interned(t, name));
        return get_attribute_optional(t, o, text);
    };
    MaybeRef<Object> origin = TRY(attribute("__origin__")), args;
    if (origin) args = TRY(attribute("__args__"));
    if (!args) {
        MaybeRef<Object> qualname = TRY(attribute("__qualname__")), module;
        if (qualname) module = TRY(attribute("__module__"));
        if (module && !is_none(module.get())) {
            Ref<Str> name = TRY(to_str(t, qualname.take()));
            if (is<Str>(module.get()) && str_equals_ascii(static_cast<Str*>(module.get()), "builtins")) return out.append(name.get());
            Ref<Str> text = TRY(str_format(t, "%s.%s", module, name));
            return out.append(text.get());
        }
    }
    Ref<Str> text = TRY(repr(t, o));
    return out.append(text.get());
}

Result<Ref<Object>> evaluator_new(Thread& t, Borrowed<Object> value) {
    Ref<ConstEvaluator> self = TRY(allocate<ConstEvaluator>(t));
    self->value = acquire(value).release();
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> evaluator_call_typed(Thread& t, Borrowed<ConstEvaluator> self, int format) {
    constexpr int StringFormat = 4; // annotationlib.Format.STRING
    Object* value = self->value;
    if (format != StringFormat) return acquire(value);
    StrBuilder out(t);
    if (is<Tuple>(value)) {
        TRY(out.append_char('('));
        auto* items = static_cast<Tuple*>(value);
        for (intptr_t i = 0; i < items->size; ++i) {
            if (i) TRY(out.append_ascii(", "));
            TRY(append_type(t, out, items->items[i]));
        }
        TRY(out.append_char(')'));
    } else {
        TRY(append_type(t, out, value));
    }
    return TRY(out.finish());
}
constexpr NativeDef evaluator_call_def = method<evaluator_call_typed>("constevaluator.__call__", "($self, /, format)");
Object* evaluator_call(Object* self, Object* args, Object* kwargs) {
    return call_native_tuple(Thread::current(), evaluator_call_def, self, args, kwargs);
}
Result<Ref<Str>> evaluator_repr(Thread& t, Borrowed<ConstEvaluator> self) { return str_format(t, "<constevaluator %R>", self->value); }
using EvaluatorFields = Fields<ConstEvaluator, &ConstEvaluator::value>;
const SlotDef evaluator_slots[] = {
    raw_slot(SlotId::tp_call, &evaluator_call),
    unary_slot<SlotId::tp_repr, evaluator_repr>(),
    EvaluatorFields::traverse_slot(),
    EvaluatorFields::clear_slot(),
    EvaluatorFields::dealloc_slot(),
};

/// evaluate_bound and its kin: the function given, or one that returns the value given.
Result<Ref<Object>> evaluator_of(Thread& t, Object* function, Object* value) {
    if (function) return acquire(function);
    if (value) return evaluator_new(t, value);
    return none_ref();
}

// What all three kinds of type parameters have

using Self = Borrowed<TypeParameter>;

Result<void> set_module(Thread& t, TypeParameter* self) {
    MaybeRef<Object> module = caller_module_name(t);
    if (!module) module = none_ref();
    Ref<Dict> dict = TRY(dict_new(t));
    TRY(dict_set(t, dict, names::__module__, module.take()));
    self->dict = dict.release();
    return {};
}

Result<Ref<Object>> parameter_default(Thread& t, Self self) {
    return lazy(t, self.get(), self->default_value, self->evaluate_default, typing_no_default());
}
Result<Ref<Object>> parameter_evaluate_default(Thread& t, Self self) {
    return evaluator_of(t, self->evaluate_default, self->default_value);
}
bool parameter_has_default(Self self) {
    return self->evaluate_default || (self->default_value && self->default_value != typing_no_default());
}
Result<Ref<Object>> parameter_reduce(Thread&, Self self) { return acquire(self->name); }
Result<Ref<Object>> make_union(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Ref<Tuple> args = TRY(tuple_pack(t, a, b));
    return union_from_tuple(t, args);
}
Result<Ref<Str>> parameter_repr(Thread& t, Self self) {
    if (self->infer_variance) return acquire(static_cast<Str*>(self->name));
    return str_format(t, "%c%s", self->covariant ? '+' : self->contravariant ? '-' : '~', self->name);
}
Result<void> check_variance(Thread& t, bool covariant, bool contravariant, bool infer) {
    if (covariant && contravariant) return raise(t, exc::ValueError, "Bivariant types are not supported.");
    if (infer && (covariant || contravariant)) return raise(t, exc::ValueError, "Variance cannot be specified with infer_variance.");
    return {};
}
Result<Ref<TypeParameter>> parameter_alloc(Thread& t, Type& type, Borrowed<Object> name) {
    Ref<Object> made = TRY(allocate_object(t, type));
    auto* self = static_cast<TypeParameter*>(made.release());
    self->name = acquire(name).release();
    self->infer_variance = true;
    gc_track(self);
    return steal(self);
}

using ParameterRelease =
    Fields<TypeParameter, &TypeParameter::name, &TypeParameter::bound, &TypeParameter::evaluate_bound, &TypeParameter::constraints,
           &TypeParameter::evaluate_constraints, &TypeParameter::default_value, &TypeParameter::evaluate_default, &TypeParameter::dict>;
struct ParameterFields : ParameterRelease {
    static void dealloc(Object* o) {
        auto* self = static_cast<TypeParameter*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        release(self);
        o->type->free(o);
    }
};

// TypeVar

Result<Ref<Object>> type_var_new(Thread& t, Borrowed<Type>, Borrowed<Str> name, Args constraints, NoneOr<Object> bound,
                                 MaybeBorrowed<Object> default_value, bool covariant, bool contravariant, bool infer_variance) {
    TRY(check_variance(t, covariant, contravariant, infer_variance));
    MaybeRef<Object> checked_bound;
    if (bound) checked_bound = TRY(check_type(t, bound.value(), "Bound must be a type."));
    if (constraints.size() == 1) return raise(t, exc::TypeError, "A single constraint is not allowed");
    if (constraints.size() && bound) return raise(t, exc::TypeError, "Constraints cannot be combined with bound=...");
    Ref<TypeParameter> self = TRY(parameter_alloc(t, TypeVariable::s_type, name));
    self->bound = checked_bound.release();
    if (constraints.size()) self->constraints = TRY(tuple_from_array(t, constraints.data, constraints.count)).release();
    self->default_value = acquire(default_value ? default_value.get() : typing_no_default()).release();
    self->covariant = covariant;
    self->contravariant = contravariant;
    self->infer_variance = infer_variance;
    TRY(set_module(t, self.get()));
    return self;
}
Result<Ref<Object>> type_var_bound(Thread& t, Self self) { return lazy(t, self.get(), self->bound, self->evaluate_bound, None()); }
Result<Ref<Object>> type_var_constraints(Thread& t, Self self) {
    Ref<Tuple> empty = tuple_empty();
    return lazy(t, self.get(), self->constraints, self->evaluate_constraints, empty.get());
}
Result<Ref<Object>> type_var_evaluate_bound(Thread& t, Self self) { return evaluator_of(t, self->evaluate_bound, self->bound); }
Result<Ref<Object>> type_var_evaluate_constraints(Thread& t, Self self) {
    return evaluator_of(t, self->evaluate_constraints, self->constraints);
}
Result<Ref<Object>> type_var_subst(Thread& t, Self self, Borrowed<Object> arg) { return call_typing(t, "_typevar_subst", self, arg); }
Result<Ref<Object>> type_var_prepare(Thread& t, Self self, Borrowed<Object> alias, Borrowed<Object> args) {
    Ref<Object> parameters = TRY(get_attribute(t, alias, names::__parameters__));
    intptr_t count = TRY(length(t, args));
    Ref<Tuple> list = TRY(to_tuple(t, parameters));
    intptr_t index = 0;
    for (; index < list->size; ++index)
        if (TRY(equals(t, list->items[index], self))) break;
    if (index == list->size) return raise(t, exc::ValueError, "sequence.index(x): x not in sequence");
    if (index < count) return acquire(args);
    if (index == count) {
        Ref<Object> value = TRY(parameter_default(t, self));
        if (value.get() != typing_no_default()) {
            Ref<Tuple> tail = TRY(tuple_pack(t, value));
            if (is<Tuple>(args.get())) return add(t, args, tail);
            Ref<Tuple> head = TRY(to_tuple(t, args));
            return add(t, head, tail);
        }
    }
    return raise(t, exc::TypeError, "Too few arguments for %s; actual %d, expected at least %d", alias, count, index + 1);
}
template <FixedString Name> Result<Ref<Object>> no_subclass(Thread& t, Borrowed<Object>, Borrowed<Object>) {
    return raise(t, exc::TypeError, "Cannot subclass an instance of %s", Name.text);
}

const NativeDef type_var_methods[] = {
    method<type_var_subst>("__typing_subst__", "($self, arg, /)"),
    method<type_var_prepare>("__typing_prepare_subst__", "($self, alias, args, /)"),
    method<parameter_reduce>("__reduce__", "($self, /)"),
    method<parameter_has_default>("has_default", "($self, /)"),
    method<no_subclass<"TypeVar">>("__mro_entries__", "($self, object, /)"),
};
const MemberDef type_var_members[] = {
    {"__name__", member_type::ObjectOrNone, offsetof(TypeParameter, name), member_flag::ReadOnly, nullptr},
    {"__covariant__", member_type::Bool, offsetof(TypeParameter, covariant), member_flag::ReadOnly, nullptr},
    {"__contravariant__", member_type::Bool, offsetof(TypeParameter, contravariant), member_flag::ReadOnly, nullptr},
    {"__infer_variance__", member_type::Bool, offsetof(TypeParameter, infer_variance), member_flag::ReadOnly, nullptr},
};
const GetSetDef type_var_getset[] = {
    getter<type_var_bound>("__bound__"),
    getter<type_var_constraints>("__constraints__"),
    getter<parameter_default>("__default__"),
    getter<type_var_evaluate_bound>("evaluate_bound"),
    getter<type_var_evaluate_constraints>("evaluate_constraints"),
    getter<parameter_evaluate_default>("evaluate_default"),
};
const SlotDef type_var_slots[] = {
    typed_new<type_var_new, "typevar",
              "(name, *constraints, bound=None, default=<unrepresentable>, covariant=False, contravariant=False, infer_variance=False)">(),
    unary_slot<SlotId::tp_repr, parameter_repr>(),
    binary_slot<SlotId::nb_or, make_union>(),
    ParameterFields::traverse_slot(),
    ParameterFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &ParameterFields::dealloc),
};

// ParamSpec

Result<Ref<Object>> param_spec_new(Thread& t, Borrowed<Type>, Borrowed<Str> name, NoneOr<Object> bound, MaybeBorrowed<Object> default_value,
                                   bool covariant, bool contravariant, bool infer_variance) {
    TRY(check_variance(t, covariant, contravariant, infer_variance));
    MaybeRef<Object> checked_bound;
    if (bound && is<Tuple>(bound.value().get())) checked_bound = MaybeRef<Object>(bound.value().share()); // parameter types
    else if (bound) checked_bound = TRY(check_type(t, bound.value(), "Bound must be a type."));
    Ref<TypeParameter> self = TRY(parameter_alloc(t, ParameterSpecification::s_type, name));
    self->bound = checked_bound.release();
    self->default_value = acquire(default_value ? default_value.get() : typing_no_default()).release();
    self->covariant = covariant;
    self->contravariant = contravariant;
    self->infer_variance = infer_variance;
    TRY(set_module(t, self.get()));
    return self;
}
Result<Ref<Object>> part_new(Thread& t, Type& type, Borrowed<Object> origin) {
    Ref<Object> made = TRY(allocate_object(t, type));
    static_cast<SpecificationPart*>(made.get())->origin = acquire(origin).release();
    gc_track(made.get());
    return made;
}
Result<Ref<Object>> args_new(Thread& t, Borrowed<Type>, Borrowed<Object> origin) { return part_new(t, SpecificationArgs::s_type, origin); }
Result<Ref<Object>> kwargs_new(Thread& t, Borrowed<Type>, Borrowed<Object> origin) {
    return part_new(t, SpecificationKwargs::s_type, origin);
}
Result<Ref<Object>> param_spec_args(Thread& t, Self self) { return part_new(t, SpecificationArgs::s_type, self); }
Result<Ref<Object>> param_spec_kwargs(Thread& t, Self self) { return part_new(t, SpecificationKwargs::s_type, self); }
Result<Ref<Object>> param_spec_subst(Thread& t, Self self, Borrowed<Object> arg) { return call_typing(t, "_paramspec_subst", self, arg); }
Result<Ref<Object>> param_spec_prepare(Thread& t, Self self, Borrowed<Object> alias, Borrowed<Object> args) {
    return call_typing(t, "_paramspec_prepare_subst", self, alias, args);
}

const NativeDef param_spec_methods[] = {
    method<param_spec_subst>("__typing_subst__", "($self, arg, /)"),
    method<param_spec_prepare>("__typing_prepare_subst__", "($self, alias, args, /)"),
    method<parameter_has_default>("has_default", "($self, /)"),
    method<parameter_reduce>("__reduce__", "($self, /)"),
    method<no_subclass<"ParamSpec">>("__mro_entries__", "($self, object, /)"),
};
const MemberDef param_spec_members[] = {
    {"__name__", member_type::ObjectOrNone, offsetof(TypeParameter, name), member_flag::ReadOnly, nullptr},
    {"__bound__", member_type::ObjectOrNone, offsetof(TypeParameter, bound), member_flag::ReadOnly, nullptr},
    {"__covariant__", member_type::Bool, offsetof(TypeParameter, covariant), member_flag::ReadOnly, nullptr},
    {"__contravariant__", member_type::Bool, offsetof(TypeParameter, contravariant), member_flag::ReadOnly, nullptr},
    {"__infer_variance__", member_type::Bool, offsetof(TypeParameter, infer_variance), member_flag::ReadOnly, nullptr},
};
const GetSetDef param_spec_getset[] = {
    getter<param_spec_args>("args", "Represents positional arguments."),
    getter<param_spec_kwargs>("kwargs", "Represents keyword arguments."),
    getter<parameter_default>("__default__", "The default value for this ParamSpec."),
    getter<parameter_evaluate_default>("evaluate_default"),
};
const SlotDef param_spec_slots[] = {
    typed_new<param_spec_new, "paramspec",
              "(name, *, bound=None, default=<unrepresentable>, covariant=False, contravariant=False, infer_variance=False)">(),
    unary_slot<SlotId::tp_repr, parameter_repr>(),
    binary_slot<SlotId::nb_or, make_union>(),
    ParameterFields::traverse_slot(),
    ParameterFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &ParameterFields::dealloc),
};

Result<Ref<Str>> part_repr(Thread& t, Borrowed<SpecificationPart> self) {
    const char* suffix = self->type == &SpecificationArgs::s_type ? "args" : "kwargs";
    if (is<ParameterSpecification>(self->origin)) return str_format(t, "%s.%s", static_cast<TypeParameter*>(self->origin)->name, suffix);
    return str_format(t, "%R.%s", self->origin, suffix);
}
Result<Ref<Object>> part_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (a->type != b->type || (op != Comparison::Eq && op != Comparison::Ne)) return not_implemented_ref();
    return compare(t, static_cast<SpecificationPart*>(a.get())->origin, static_cast<SpecificationPart*>(b.get())->origin, op);
}
struct PartFields : Fields<SpecificationPart, &SpecificationPart::origin> {
    static void dealloc(Object* o) {
        auto* self = static_cast<SpecificationPart*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        release(self);
        o->type->free(o);
    }
};
const MemberDef part_members[] = {
    {"__origin__", member_type::ObjectOrNone, offsetof(SpecificationPart, origin), member_flag::ReadOnly, nullptr},
};
const NativeDef args_methods[] = {method<no_subclass<"ParamSpecArgs">>("__mro_entries__", "($self, object, /)")};
const NativeDef kwargs_methods[] = {method<no_subclass<"ParamSpecKwargs">>("__mro_entries__", "($self, object, /)")};
#define PART_SLOTS                                                                                                                         \
    unary_slot<SlotId::tp_repr, part_repr>(), compare_slot<SlotId::tp_richcompare, part_compare>(),                                        \
        raw_slot(SlotId::tp_hash, &hash_not_implemented), PartFields::traverse_slot(), PartFields::clear_slot(),                           \
        raw_slot(SlotId::tp_dealloc, &PartFields::dealloc)
const SlotDef args_slots[] = {typed_new<args_new, "paramspecargs", "(origin)">(), PART_SLOTS};
const SlotDef kwargs_slots[] = {typed_new<kwargs_new, "paramspeckwargs", "(origin)">(), PART_SLOTS};
#undef PART_SLOTS

// TypeVarTuple

Result<Ref<Object>> type_var_tuple_new(Thread& t, Borrowed<Type>, Borrowed<Str> name, MaybeBorrowed<Object> default_value) {
    Ref<TypeParameter> self = TRY(parameter_alloc(t, TypeVariableTuple::s_type, name));
    self->default_value = acquire(default_value ? default_value.get() : typing_no_default()).release();
    TRY(set_module(t, self.get()));
    return self;
}
Result<Ref<Object>> type_var_tuple_subst(Thread& t, Self, Borrowed<Object>) {
    return raise(t, exc::TypeError, "Substitution of bare TypeVarTuple is not supported");
}
Result<Ref<Object>> type_var_tuple_prepare(Thread& t, Self self, Borrowed<Object> alias, Borrowed<Object> args) {
    return call_typing(t, "_typevartuple_prepare_subst", self, alias, args);
}
const NativeDef type_var_tuple_methods[] = {
    method<type_var_tuple_subst>("__typing_subst__", "($self, arg, /)"),
    method<type_var_tuple_prepare>("__typing_prepare_subst__", "($self, alias, args, /)"),
    method<parameter_reduce>("__reduce__", "($self, /)"),
    method<parameter_has_default>("has_default", "($self, /)"),
    method<no_subclass<"TypeVarTuple">>("__mro_entries__", "($self, object, /)"),
};
const GetSetDef type_var_tuple_getset[] = {
    getter<parameter_default>("__default__", "The default value for this TypeVarTuple."),
    getter<parameter_evaluate_default>("evaluate_default"),
};
const SlotDef type_var_tuple_slots[] = {
    typed_new<type_var_tuple_new, "typevartuple", "(name, *, default=<unrepresentable>)">(),
    unary_slot<SlotId::tp_repr, parameter_repr>(),
    unary_slot<SlotId::tp_iter, iterate_unpacked>(),
    ParameterFields::traverse_slot(),
    ParameterFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &ParameterFields::dealloc),
};

// TypeAliasType

using Alias = Borrowed<TypeAlias>;

bool has_default(Object* o) {
    return (is<TypeVariable>(o) || is<ParameterSpecification>(o) || is<TypeVariableTuple>(o)) &&
           parameter_has_default(static_cast<TypeParameter*>(o));
}
Result<void> check_type_parameters(Thread& t, Tuple* parameters) {
    bool default_seen = false;
    for (Object* o : parameters->span()) {
        if (!is<TypeVariable>(o) && !is<ParameterSpecification>(o) && !is<TypeVariableTuple>(o)) {
            // typing_extensions has its own; anything with the same protocol will do.
            Ref<Str> name = TRY(str_interned(t, "__default__"));
            if (!TRY(get_attribute_optional(t, o, name))) return raise(t, exc::TypeError, "Expected a type param, got %R", o);
        }
        if (has_default(o)) default_seen = true;
        else if (default_seen) return raise(t, exc::TypeError, "non-default type parameter '%R' follows default type parameter", o);
    }
    return {};
}
Result<Ref<TypeAlias>> alias_alloc(Thread& t, Borrowed<Object> name, Object* parameters, Object* compute, Object* value) {
    Ref<TypeAlias> self = TRY(allocate<TypeAlias>(t));
    self->name = acquire(name).release();
    if (parameters && static_cast<Tuple*>(parameters)->size) self->type_params = acquire(parameters).release();
    self->compute_value = MaybeRef<Object>::acquire(compute).release();
    self->value = MaybeRef<Object>::acquire(value).release();
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> alias_new(Thread& t, Borrowed<Type>, Borrowed<Str> name, Borrowed<Object> value, MaybeBorrowed<Object> type_params) {
    if (type_params) {
        if (!is<Tuple>(type_params.get())) return raise(t, exc::TypeError, "type_params must be a tuple");
        TRY(check_type_parameters(t, static_cast<Tuple*>(type_params.get())));
    }
    Ref<TypeAlias> self = TRY(alias_alloc(t, name, type_params.get(), nullptr, value.get()));
    self->module = caller_module_name(t).release();
    return self;
}
Result<Ref<Object>> alias_repr(Thread&, Alias self) { return acquire(self->name); }
Result<Ref<Object>> alias_value(Thread& t, Alias self) { return lazy(t, self.get(), self->value, self->compute_value, None()); }
Result<Ref<Object>> alias_evaluate(Thread& t, Alias self) { return evaluator_of(t, self->compute_value, self->value); }
Result<Ref<Object>> alias_type_params(Thread&, Alias self) {
    if (!self->type_params) return tuple_empty();
    return acquire(self->type_params);
}
Result<Ref<Object>> alias_parameters(Thread& t, Alias self) {
    if (!self->type_params) return tuple_empty();
    return unpack_tuples(t, static_cast<Tuple*>(self->type_params));
}
Result<Ref<Object>> alias_module(Thread& t, Alias self) {
    if (self->module) return acquire(self->module);
    if (self->compute_value) {
        MaybeRef<Object> module = TRY(get_attribute_optional(t, self->compute_value, names::__module__));
        if (module) return module.take();
    }
    return none_ref();
}
Result<Ref<Object>> alias_subscript(Thread& t, Alias self, Borrowed<Object> args) {
    if (!self->type_params) return raise(t, exc::TypeError, "Only generic type aliases are subscriptable");
    return generic_alias_new(t, self, args);
}
Result<Ref<Object>> alias_reduce(Thread&, Alias self) { return acquire(self->name); }
struct AliasFields
    : Fields<TypeAlias, &TypeAlias::name, &TypeAlias::type_params, &TypeAlias::compute_value, &TypeAlias::value, &TypeAlias::module> {
    static void dealloc(Object* o) {
        auto* self = static_cast<TypeAlias*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        release(self);
        o->type->free(o);
    }
};
const NativeDef alias_methods[] = {method<alias_reduce>("__reduce__", "($self, /)")};
const MemberDef alias_members[] = {
    {"__name__", member_type::ObjectOrNone, offsetof(TypeAlias, name), member_flag::ReadOnly, nullptr},
};
const GetSetDef alias_getset[] = {
    getter<alias_parameters>("__parameters__"), getter<alias_type_params>("__type_params__"), getter<alias_value>("__value__"),
    getter<alias_evaluate>("evaluate_value"),   getter<alias_module>("__module__"),
};
const SlotDef alias_slots[] = {
    typed_new<alias_new, "typealias", "(name, value, *, type_params=())">(),
    unary_slot<SlotId::tp_repr, alias_repr>(),
    unary_slot<SlotId::tp_iter, iterate_unpacked>(),
    binary_slot<SlotId::nb_or, make_union>(),
    binary_slot<SlotId::mp_subscript, alias_subscript>(),
    AliasFields::traverse_slot(),
    AliasFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &AliasFields::dealloc),
};

// Generic

Result<Ref<Object>> call_generic(Thread& t, const char* function, Type* cls, Args args, Kwargs kwargs) {
    Ref<Object> callable = TRY(import_attribute(t, "typing", function));
    Ref<Tuple> all = TRY(tuple_alloc(t, static_cast<intptr_t>(args.size()) + 1));
    all->items[0] = acquire<Object>(cls).release();
    for (size_t i = 0; i < args.size(); ++i) all->items[i + 1] = acquire(args[i]).release();
    tuple_finish(all.get());
    return call_tuple(t, callable, all, kwargs.dict);
}
Result<Ref<Object>> generic_getitem(Thread& t, Borrowed<Type> cls, Args args, Kwargs kwargs) {
    return call_generic(t, "_generic_class_getitem", cls.get(), args, kwargs);
}
Result<Ref<Object>> generic_init_subclass(Thread& t, Borrowed<Type> cls, Args args, Kwargs kwargs) {
    return call_generic(t, "_generic_init_subclass", cls.get(), args, kwargs);
}
const NativeDef generic_methods[] = {
    class_method<generic_getitem>("__class_getitem__", "(*args, **kwargs)",
                                  "Parameterizes a generic class.\n\nAt least, parameterizing a generic class is the *main* thing this\n"
                                  "method does. For example, for some generic class `Foo`, this is called\nwhen we do `Foo[int]` - "
                                  "there, with `cls=Foo` and `params=int`.\n\nHowever, note that this method is also called when defining "
                                  "generic\nclasses in the first place with `class Foo[T]: ...`."),
    class_method<generic_init_subclass>("__init_subclass__", "(*args, **kwargs)", "Function to initialize subclasses."),
};

// NoDefault

Result<Ref<Object>> no_default_new(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size || (kwargs && dict_size(kwargs))) return raise(t, exc::TypeError, "NoDefaultType takes no arguments");
    return steal(typing_no_default());
}
Result<Ref<Str>> no_default_repr(Thread& t, Borrowed<Object>) { return str_from_utf8(t, "typing.NoDefault"); }
Result<Ref<Str>> no_default_reduce(Thread& t, Borrowed<Object>) { return str_from_utf8(t, "NoDefault"); }
const NativeDef no_default_methods[] = {method<no_default_reduce>("__reduce__", "($self, /)")};
const SlotDef no_default_slots[] = {
    construct_slot<SlotId::tp_new, no_default_new>(),
    unary_slot<SlotId::tp_repr, no_default_repr>(),
};

} // namespace

extern const TypeSpec no_default_spec, const_evaluator_spec, type_variable_spec, parameter_specification_spec, specification_args_spec,
    specification_kwargs_spec, type_variable_tuple_spec, type_alias_spec, generic_spec;
const TypeSpec no_default_spec = {.type = &NoDefaultObject::s_type,
                                  .name = "NoDefaultType",
                                  .basicsize = sizeof(Object),
                                  .doc = "The type of the NoDefault singleton.",
                                  .slots = no_default_slots,
                                  .methods = no_default_methods};
const TypeSpec const_evaluator_spec = {.type = &ConstEvaluator::s_type,
                                       .name = "_typing._ConstEvaluator",
                                       .basicsize = sizeof(ConstEvaluator),
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = evaluator_slots};
const TypeSpec type_variable_spec = {
    .type = &TypeVariable::s_type,
    .name = "typing.TypeVar",
    .basicsize = sizeof(TypeVariable),
    .flags = type_flag::Gc,
    .doc = "Type variable.\n\nThe preferred way to construct a type variable is via the dedicated syntax\n"
           "for generic functions, classes, and type aliases::\n\n    class Sequence[T]:  # T is a TypeVar\n        ...\n",
    .slots = type_var_slots,
    .methods = type_var_methods,
    .getset = type_var_getset,
    .members = type_var_members,
    .weaklist_offset = offsetof(TypeParameter, weaklist),
    .dict_offset = offsetof(TypeParameter, dict)};
const TypeSpec parameter_specification_spec = {
    .type = &ParameterSpecification::s_type,
    .name = "typing.ParamSpec",
    .basicsize = sizeof(ParameterSpecification),
    .flags = type_flag::Gc,
    .doc =
        "Parameter specification variable.\n\nThe preferred way to construct a parameter specification is via the\n"
        "dedicated syntax for generic functions, classes, and type aliases,\nwhere the use of '**' creates a parameter specification::\n\n"
        "    type IntFunc[**P] = Callable[P, int]\n",
    .slots = param_spec_slots,
    .methods = param_spec_methods,
    .getset = param_spec_getset,
    .members = param_spec_members,
    .weaklist_offset = offsetof(TypeParameter, weaklist),
    .dict_offset = offsetof(TypeParameter, dict)};
const TypeSpec specification_args_spec = {
    .type = &SpecificationArgs::s_type,
    .name = "typing.ParamSpecArgs",
    .basicsize = sizeof(SpecificationArgs),
    .flags = type_flag::Gc,
    .doc = "The args for a ParamSpec object.\n\nGiven a ParamSpec object P, P.args returns an instance of ParamSpecArgs.\n",
    .slots = args_slots,
    .methods = args_methods,
    .members = part_members,
    .weaklist_offset = offsetof(SpecificationPart, weaklist)};
const TypeSpec specification_kwargs_spec = {
    .type = &SpecificationKwargs::s_type,
    .name = "typing.ParamSpecKwargs",
    .basicsize = sizeof(SpecificationKwargs),
    .flags = type_flag::Gc,
    .doc = "The kwargs for a ParamSpec object.\n\nGiven a ParamSpec object P, P.kwargs returns an instance of ParamSpecKwargs.\n",
    .slots = kwargs_slots,
    .methods = kwargs_methods,
    .members = part_members,
    .weaklist_offset = offsetof(SpecificationPart, weaklist)};
const TypeSpec type_variable_tuple_spec = {
    .type = &TypeVariableTuple::s_type,
    .name = "typing.TypeVarTuple",
    .basicsize = sizeof(TypeVariableTuple),
    .flags = type_flag::Gc,
    .doc = "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.\n",
    .slots = type_var_tuple_slots,
    .methods = type_var_tuple_methods,
    .getset = type_var_tuple_getset,
    .members = std::span(type_var_members, 1),
    .weaklist_offset = offsetof(TypeParameter, weaklist),
    .dict_offset = offsetof(TypeParameter, dict)};
const TypeSpec type_alias_spec = {.type = &TypeAlias::s_type,
                                  .name = "typing.TypeAliasType",
                                  .basicsize = sizeof(TypeAlias),
                                  .flags = type_flag::Gc,
                                  .doc = "Type alias.\n\nType aliases are created through the type statement::\n\n    type Alias = int\n",
                                  .slots = alias_slots,
                                  .methods = alias_methods,
                                  .getset = alias_getset,
                                  .members = alias_members,
                                  .weaklist_offset = offsetof(TypeAlias, weaklist)};
const TypeSpec generic_spec = {
    .type = &Generic::s_type,
    .name = "typing.Generic",
    .basicsize = sizeof(Generic),
    .flags = type_flag::BaseType,
    .doc = "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\n"
           "Generic when they declare a parameter list after the class's name::\n\n    class Mapping[KT, VT]:\n"
           "        def __getitem__(self, key: KT) -> VT:\n            ...\n",
    .methods = generic_methods};

Result<Ref<Object>> type_variable_new(Thread& t, Borrowed<Object> name, Object* evaluate_bound, Object* evaluate_constraints) {
    Ref<TypeParameter> self = TRY(parameter_alloc(t, TypeVariable::s_type, name));
    self->evaluate_bound = MaybeRef<Object>::acquire(evaluate_bound).release();
    self->evaluate_constraints = MaybeRef<Object>::acquire(evaluate_constraints).release();
    return self;
}
Result<Ref<Object>> parameter_specification_new(Thread& t, Borrowed<Object> name) {
    return TRY(parameter_alloc(t, ParameterSpecification::s_type, name));
}
Result<Ref<Object>> type_variable_tuple_new(Thread& t, Borrowed<Object> name) {
    return TRY(parameter_alloc(t, TypeVariableTuple::s_type, name));
}
Result<Ref<Object>> type_parameter_set_default(Thread& t, Borrowed<Object> parameter, Borrowed<Object> evaluate_default) {
    assign_field(static_cast<TypeParameter*>(parameter.get())->evaluate_default, acquire(evaluate_default).release());
    return acquire(parameter);
}
Result<Ref<Object>> type_alias_new(Thread& t, Borrowed<Tuple> parts) {
    Object* parameters = is_none(parts->items[1]) ? nullptr : parts->items[1];
    return TRY(alias_alloc(t, parts->items[0], parameters, parts->items[2], nullptr));
}
Result<Ref<Object>> subscript_generic(Thread& t, Borrowed<Tuple> parameters) {
    Ref<Tuple> unpacked = TRY(unpack_tuples(t, parameters));
    return call_typing(t, "_GenericAlias", Borrowed<Object>(&Generic::s_type), unpacked);
}

namespace {
Result<Ref<Object>> identity(Borrowed<Object> x) { return acquire(x); }
const NativeDef typing_functions[] = {fn<identity>("_idfunc", "($module, x, /)")};
const TypeSpec* const typing_types[] = {&type_variable_spec,
                                        &parameter_specification_spec,
                                        &specification_args_spec,
                                        &specification_kwargs_spec,
                                        &type_variable_tuple_spec,
                                        &type_alias_spec,
                                        &generic_spec};
Result<void> typing_exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add(t, module, "NoDefault", typing_no_default()));
    return module_add(t, module, "Union", &Union::s_type);
}
} // namespace

extern const ModuleSpec typing_module;
const ModuleSpec typing_module = {.name = "_typing",
                                  .doc = "Primitives and accelerators for the typing module.\n",
                                  .functions = typing_functions,
                                  .exec = typing_exec,
                                  .types = typing_types};

} // namespace taipan
