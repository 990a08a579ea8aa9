// _collections: defaultdict, _tuplegetter (the fields of namedtuples), _count_elements (Counter).
#include "modules/collections.h"
#include "objects/abstract.h"
#include "objects/dict_keys.h"
#include "objects/iterator_step.h"
#include "objects/iterators.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan::collections {

// --- defaultdict ----------------------------------------------------------------------------------------------------

struct DefaultDict : Dict {
    Object* factory; // null or None: none
    static Type s_type;
    static constexpr unsigned long s_subclass_flag = 0;
};
Type DefaultDict::s_type;

namespace {

using Self = Borrowed<DefaultDict>;

Result<void> default_init(Thread& t, Self self, Borrowed<Tuple> args, Dict* kwargs) {
    Object* factory = nullptr;
    Ref<Tuple> rest = acquire(args);
    if (args->size > 0) {
        factory = args->items[0];
        if (!is_none(factory) && !is_callable(factory)) return raise(t, exc::TypeError, "first argument must be callable or None");
        rest = TRY(tuple_slice(t, args, 1, args->size));
    }
    xincref(factory);
    {
        Object* old;
        {
            CriticalSection section(t, self.get());
            old = std::exchange(self->factory, factory);
        }
        xdecref(old);
    }
    return Dict::s_type.init(self.get(), rest.get(), reinterpret_cast<Object*>(kwargs)) < 0 ? Result<void>(Error{}) : Result<void>();
}
void default_dealloc(Object* o) {
    gc_untrack(o);
    clear_field(static_cast<DefaultDict*>(o)->factory);
    Dict::s_type.dealloc(o);
}
int default_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<DefaultDict*>(o);
    if (self->factory)
        if (int result = visit(self->factory, context)) return result;
    return Dict::s_type.traverse(o, visit, context);
}
int default_clear(Object* o) {
    clear_field(static_cast<DefaultDict*>(o)->factory);
    return Dict::s_type.clear(o);
}
MaybeRef<Object> factory_of(Thread& t, DefaultDict* self) {
    CriticalSection section(t, self);
    return MaybeRef<Object>::acquire(self->factory);
}

Result<Ref<Object>> missing(Thread& t, Self self, Borrowed<Object> key) {
    MaybeRef<Object> factory = factory_of(t, self.get());
    if (!factory || is_none(factory.get())) return raise_key_error(t, key);
    Ref<Object> value = TRY(call(t, factory.get()));
    if (self->type == &DefaultDict::s_type) return dict_set_default(t, self, key, value);
    TRY(set_item(t, self, key, value));
    return value;
}
Result<Ref<Object>> default_copy(Thread& t, Self self) {
    MaybeRef<Object> factory = factory_of(t, self.get());
    return call(t, Borrowed<Object>(self->type), Borrowed<Object>(factory ? factory.get() : None()), self);
}
Result<Ref<Object>> default_reduce(Thread& t, Self self) {
    MaybeRef<Object> factory = factory_of(t, self.get());
    Ref<Tuple> args = tuple_empty();
    if (factory && !is_none(factory.get())) args = TRY(tuple_pack(t, factory));
    Ref<Object> items = TRY(call_method(t, self, names::items));
    Ref<Object> iterator = TRY(get_iterator(t, items));
    return tuple_pack(t, acquire<Object>(self->type), args, none_ref(), none_ref(), iterator);
}
Result<Ref<Str>> default_repr(Thread& t, Self self) {
    Ref<Object> base = TRY(Result<Ref<Object>>::from_nullable(Dict::s_type.repr(self.get())));
    MaybeRef<Object> factory = factory_of(t, self.get());
    const char* name = short_type_name(*self->type);
    if (!factory) return str_format(t, "%s(None, %s)", name, base);
    if (TRY(repr_enter(t, factory.get()))) return str_format(t, "%s(..., %s)", name, base);
    auto text = repr(t, factory.get());
    repr_leave(t, factory.get());
    Ref<Str> factory_text = TRY(std::move(text));
    return str_format(t, "%s(%s, %s)", name, factory_text, base);
}
Result<Ref<Object>> default_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Borrowed<Object> self = is<DefaultDict>(a.get()) ? a : b;
    Borrowed<Object> other = self.get() == a.get() ? b : a;
    if (!is<Dict>(other.get())) return not_implemented_ref();
    // The left operand's items come first; the result has this dict's type and factory.
    MaybeRef<Object> factory = factory_of(t, static_cast<DefaultDict*>(self.get()));
    Ref<Object> made = TRY(call(t, Borrowed<Object>(self->type), Borrowed<Object>(factory ? factory.get() : None()), a));
    if (!is<Dict>(made.get())) return not_implemented_ref();
    TRY(dict_update(t, static_cast<Dict*>(made.get()), b.get(), nullptr, "__or__"));
    return made;
}

const MemberDef default_members[] = {
    {"default_factory", member_type::ObjectOrNone, offsetof(DefaultDict, factory), 0, "Factory for default value called by __missing__()."},
};
const NativeDef default_methods[] = {
    method<missing>("__missing__", "($self, object, /)",
                    "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n"
                    "  if self.default_factory is None: raise KeyError((key,))\n"
                    "  self[key] = value = self.default_factory()\n  return value"),
    method<default_copy>("copy", "($self, /)", "D.copy() -> a shallow copy of D."),
    method<default_copy>("__copy__", "($self, /)", "D.copy() -> a shallow copy of D."),
    method<default_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const SlotDef default_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot), unary_slot<SlotId::tp_repr, default_repr>(),
    init_slot<SlotId::tp_init, default_init>(),          binary_slot<SlotId::nb_or, default_or>(),
    raw_slot(SlotId::tp_traverse, &default_traverse),    raw_slot(SlotId::tp_clear, &default_clear),
    raw_slot(SlotId::tp_dealloc, &default_dealloc),
};

} // namespace

const TypeSpec defaultdict_spec = {
    .type = &DefaultDict::s_type,
    .name = "collections.defaultdict",
    .base = &Dict::s_type,
    .basicsize = sizeof(DefaultDict),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "defaultdict(default_factory=None, /, [...]) --> dict that fills in missing keys\n\n"
           "Subscripting with a key that is absent calls default_factory(), stores what\n"
           "it returns under the key and returns it; get() and other methods do not. With\n"
           "None as factory a missing key is a KeyError. Further arguments are those of\n"
           "dict().",
    .slots = default_slots,
    .methods = default_methods,
    .members = default_members,
};

// --- _tuplegetter ---------------------------------------------------------------------------------------------------

struct TupleGetter : Object {
    intptr_t index;
    Object* doc;
    static Type s_type;
};
Type TupleGetter::s_type;

namespace {

Result<Ref<Object>> getter_new(Thread& t, Borrowed<Type> type, Size index, Borrowed<Object> doc) {
    Ref<TupleGetter> self = TRY(allocate<TupleGetter>(t, TupleGetter::s_type));
    self->index = index;
    self->doc = acquire(doc).release();
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> getter_get(Thread& t, Borrowed<TupleGetter> self, Object* instance, Object* owner) {
    if (!instance) return acquire<Object>(self.get());
    if (!is<Tuple>(instance)) {
        if (is_none(instance)) return acquire<Object>(self.get());
        return raise(t, exc::TypeError, "descriptor for index '%d' for tuple subclasses doesn't apply to '%T' object", self->index,
                     instance);
    }
    auto* tuple = static_cast<Tuple*>(instance);
    if (static_cast<size_t>(self->index) >= static_cast<size_t>(tuple->size)) return raise(t, exc::IndexError, "tuple index out of range");
    return acquire(tuple->items[self->index]);
}
Result<void> getter_set(Thread& t, Borrowed<TupleGetter>, Borrowed<Object>, Object* value) {
    return raise(t, exc::AttributeError, value ? "can't set attribute" : "can't delete attribute");
}
Result<Ref<Object>> getter_reduce(Thread& t, Borrowed<TupleGetter> self) {
    Ref<Int> index = TRY(int_from(t, self->index));
    Ref<Tuple> args = TRY(tuple_pack(t, index, acquire(self->doc)));
    return tuple_pack(t, acquire<Object>(self->type), args);
}
Result<Ref<Str>> getter_repr(Thread& t, Borrowed<TupleGetter> self) {
    return str_format(t, "%s(%d, %R)", short_type_name(*self->type), self->index, self->doc);
}
using GetterFields = Fields<TupleGetter, &TupleGetter::doc>;
const NativeDef getter_methods[] = {method<getter_reduce>("__reduce__", "($self, /)")};
const MemberDef getter_members[] = {{"__doc__", member_type::ObjectOrNone, offsetof(TupleGetter, doc), 0, nullptr}};
const SlotDef getter_slots[] = {
    unary_slot<SlotId::tp_repr, getter_repr>(),
    ternary_slot<SlotId::tp_descr_get, getter_get>(),
    set_item_slot<SlotId::tp_descr_set, getter_set>(),
    typed_new<getter_new, "_tuplegetter", "(index, doc, /)">(),
    GetterFields::traverse_slot(),
    GetterFields::clear_slot(),
    GetterFields::dealloc_slot(),
};

} // namespace

const TypeSpec tuplegetter_spec = {.type = &TupleGetter::s_type,
                                   .name = "collections._tuplegetter",
                                   .basicsize = sizeof(TupleGetter),
                                   .flags = type_flag::Gc,
                                   .slots = getter_slots,
                                   .methods = getter_methods,
                                   .members = getter_members};

// --- _count_elements ------------------------------------------------------------------------------------------------

static Result<void> count_elements(Thread& t, Borrowed<Object> mapping, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<Int> one = TRY(int_from(t, 1));
    Ref<Int> zero = TRY(int_from(t, 0));
    // A dict subclass that leaves get and __setitem__ alone is counted as a dict.
    bool plain = is<Dict>(mapping.get());
    for (Str* name : {names::get, names::__setitem__}) {
        if (!plain) break;
        MaybeRef<Object> mine = type_lookup(t, *mapping->type, name), dicts = type_lookup(t, Dict::s_type, name);
        plain = mine && mine.get() == dicts.get();
    }
    if (plain) {
        auto* dict = static_cast<Dict*>(mapping.get());
        for (;;) {
            MaybeRef<Object> key = TRY(pull(t, iterator.get()));
            if (!key) return {};
            intptr_t hash =
                is_exact<Str>(key.get()) ? str_hash(static_cast<Str*>(key.get())) : TRY(taipan::hash(t, Borrowed<Object>(key.get())));
            MaybeRef<Object> old = TRY(dict_get_known_hash(t, dict, key.get(), hash));
            Ref<Object> value = old ? TRY(add(t, old.get(), one)) : acquire<Object>(one.get());
            TRY(dict_set_known_hash(t, dict, key.get(), hash, value));
        }
    }
    Ref<Object> get = TRY(get_attribute(t, mapping, names::get));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return {};
        Ref<Object> old = TRY(call(t, get, Borrowed<Object>(key.get()), zero));
        Ref<Object> value = TRY(add(t, old, one));
        TRY(set_item(t, mapping, key.get(), value));
    }
}

static const NativeDef functions[] = {
    fn<count_elements>("_count_elements", "($module, mapping, iterable, /)", "Count elements in the iterable, updating the mapping"),
};
static const TypeSpec* const types[] = {&deque_spec,       &defaultdict_spec, &deque_iterator_spec, &deque_reverse_iterator_spec,
                                        &tuplegetter_spec, &ordered_dict_spec};
static Result<void> exec(Thread& t, Borrowed<Module>) { return ordered_types_ready(t); }

} // namespace taipan::collections

namespace taipan {
extern const ModuleSpec collections_module;
const ModuleSpec collections_module = {
    .name = "_collections",
    .doc = "Containers beyond the built-in ones: deque, defaultdict, OrderedDict and their helpers.",
    .functions = collections::functions,
    .exec = collections::exec,
    .types = collections::types,
};
} // namespace taipan
