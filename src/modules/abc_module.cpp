// _abc: the native half of abc.ABCMeta. Each class has a registry of virtual subclasses, a cache of classes known to be
// subclasses and one of classes known not to be; all hold weak references. The negative caches are valid for one value of
// the module's counter, which every registration moves.
#include "objects/abstract.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/set.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan {

namespace abc {

struct Data : Object {
    Set *registry, *cache, *negative_cache;
    uint64_t negative_version;
    static Type s_type;
};
Type Data::s_type;

namespace {

struct State {
    std::atomic<uint64_t> counter;
    std::atomic<Str*> impl_name; // "_abc_impl", which is interned and lives for ever; null until first used
};
using Mod = Borrowed<Module>;

using DataFields = Fields<Data, &Data::registry, &Data::cache, &Data::negative_cache>;
Result<Ref<Object>> data_new(Thread& t, Borrowed<Type>) {
    Ref<Data> self = TRY(allocate<Data>(t));
    gc_track(self.get());
    return self;
}
const SlotDef data_slots[] = {
    typed_new<data_new, "_abc_data", "()">(),
    DataFields::traverse_slot(),
    DataFields::clear_slot(),
    DataFields::dealloc_slot(),
};
const TypeSpec data_spec = {.type = &Data::s_type,
                            .name = "_abc._abc_data",
                            .basicsize = sizeof(Data),
                            .flags = type_flag::Gc,
                            .doc = "Internal state held by ABC machinery.",
                            .slots = data_slots};

Result<Ref<Data>> data_named(Thread& t, Borrowed<Object> cls, Borrowed<Str> name) {
    Ref<Object> found = TRY(get_attribute(t, cls, name));
    if (!is<Data>(found.get())) return raise(t, exc::TypeError, "_abc_impl is set to a wrong type");
    return steal(static_cast<Data*>(found.release()));
}
Result<Ref<Data>> data_of(Thread& t, Borrowed<Object> cls) {
    Ref<Str> name = TRY(str_interned(t, "_abc_impl"));
    return data_named(t, cls, name);
}
/// The same for the checks, which are many.
Result<Ref<Data>> data_of(Thread& t, Mod module, Borrowed<Object> cls) {
    State& state = module->state_as<State>();
    Str* name = state.impl_name.load(std::memory_order_relaxed);
    if (UNLIKELY(!name)) {
        name = TRY(str_interned(t, "_abc_impl")).release();
        state.impl_name.store(name, std::memory_order_relaxed);
    }
    return data_named(t, cls, name);
}

// Sets of weak references

/// The callback of a set's references: the set, itself held weakly, forgets the dead one.
Result<void> forget(Thread& t, Borrowed<Object> weak_set, Borrowed<Object> reference) {
    if (!is<Weakref>(weak_set.get())) return {};
    MaybeRef<Object> set = weakref_get(static_cast<Weakref*>(weak_set.get()));
    if (set) TRY(set_discard(t, static_cast<Set*>(set.get()), reference));
    return {};
}
constexpr NativeDef forget_def = method<forget>("_destroy", "($self, wr, /)");

MaybeRef<Set> load(Thread& t, Data* data, Set* const& field) {
    CriticalSection section(t, data);
    return MaybeRef<Set>::acquire(field);
}
Result<bool> weak_contains(Thread& t, Set* set, Object* object) {
    if (!set || !set_size(set)) return false;
    auto made = weakref_new(t, object, nullptr);
    if (made.is_error()) {
        if (clear_if(t, exc::TypeError)) return false;
        return Error{};
    }
    Ref<Object> reference = made.take();
    return set_contains(t, set, reference);
}
Result<bool> cached(Thread& t, Data* data, Set* const& field, Object* object) {
    MaybeRef<Set> set = load(t, data, field);
    return weak_contains(t, set.get(), object);
}
Result<void> weak_add(Thread& t, Data* data, Set*& field, Object* object) {
    MaybeRef<Set> set;
    {
        CriticalSection section(t, data);
        if (!field) field = TRY(set_new(t)).release();
        set = MaybeRef<Set>::acquire(field);
    }
    Ref<Object> weak_set = TRY(weakref_new(t, set.get(), nullptr));
    Ref<Object> callback = TRY(builtin_function_new(t, forget_def, weak_set.get(), nullptr));
    Ref<Object> reference = TRY(weakref_new(t, object, callback.get()));
    TRY(set_add(t, set.get(), reference));
    return {};
}
void drop(Thread& t, Data* data, Set*& field) {
    Set* old;
    {
        CriticalSection section(t, data);
        old = std::exchange(field, nullptr);
    }
    xdecref(old);
}

// Abstract methods

Result<bool> is_abstract(Thread& t, Object* value) {
    MaybeRef<Object> flag = TRY(get_attribute_optional(t, value, names::__isabstractmethod__));
    if (!flag) return false;
    return is_true(t, flag.take());
}
Result<void> compute_abstract_methods(Thread& t, Borrowed<Object> self) {
    Ref<Set> found = TRY(set_new(t));
    Ref<Object> name_space = TRY(get_attribute(t, self, names::__dict__));
    Ref<Object> items = TRY(call_method(t, name_space, names::items));
    Ref<List> list = TRY(list_from_iterable(t, items));
    for (intptr_t i = 0; i < list_size(list.get()); ++i) {
        MaybeRef<Object> item = list_get(t, list, i);
        if (!item || !is<Tuple>(item.get()) || static_cast<Tuple*>(item.get())->size != 2)
            return raise(t, exc::TypeError, "Iteration over dict.items() returned wrong type");
        auto* pair = static_cast<Tuple*>(item.get());
        if (TRY(is_abstract(t, pair->items[1]))) TRY(set_add(t, found, pair->items[0]));
    }
    Ref<Object> bases = TRY(get_attribute(t, self, names::__bases__));
    if (!is<Tuple>(bases.get())) return raise(t, exc::TypeError, "__bases__ is not tuple");
    for (Object* base : static_cast<Tuple*>(bases.get())->span()) {
        MaybeRef<Object> inherited = TRY(get_attribute_optional(t, base, names::__abstractmethods__));
        if (!inherited) continue;
        Ref<Object> iterator = TRY(get_iterator(t, inherited.take()));
        for (;;) {
            MaybeRef<Object> key = TRY(next_item(t, iterator));
            if (!key) break;
            if (!is<Str>(key.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", key.get());
            MaybeRef<Object> value = TRY(get_attribute_optional(t, self, static_cast<Str*>(key.get())));
            if (value && TRY(is_abstract(t, value.get()))) TRY(set_add(t, found, key.get()));
        }
    }
    Ref<FrozenSet> frozen = TRY(frozenset_from_iterable(t, found));
    return set_attribute(t, self, names::__abstractmethods__, frozen);
}

constexpr unsigned long CollectionFlags = type_flag::Sequence | type_flag::Mapping;

Result<void> abc_init(Thread& t, Borrowed<Object> self) {
    TRY(compute_abstract_methods(t, self));
    Ref<Object> data = TRY(data_new(t, &Data::s_type));
    Ref<Str> name = TRY(str_interned(t, "_abc_impl"));
    TRY(set_attribute(t, self, name, data));
    if (!is<Type>(self.get())) return {};
    // Sequence and Mapping ask for the flags by which `match` knows them.
    auto* type = static_cast<Type*>(self.get());
    Ref<Str> flags_name = TRY(str_interned(t, "__abc_tpflags__"));
    MaybeRef<Object> flags = TRY(dict_get_str(t, static_cast<Dict*>(type->dict), flags_name));
    if (flags && is<Int>(flags.get())) {
        int64_t value = TRY(to_int64(t, flags.get()));
        if ((value & static_cast<int64_t>(CollectionFlags)) == static_cast<int64_t>(CollectionFlags))
            return raise(t, exc::TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
        __atomic_or_fetch(&type->flags, static_cast<unsigned long>(value) & CollectionFlags, __ATOMIC_RELAXED);
        TRY(delete_attribute(t, self, flags_name));
    }
    return {};
}

Result<void> set_flags(Thread& t, Type* type, unsigned long flags) {
    if ((type->flags & CollectionFlags) == flags) return {};
    if (type->has(type_flag::Immutable)) return {};
    __atomic_store_n(&type->flags, (type->flags & ~CollectionFlags) | flags, __ATOMIC_RELAXED);
    Ref<List> children = TRY(type_subclasses(t, *type));
    for (intptr_t i = 0; i < list_size(children.get()); ++i) {
        MaybeRef<Object> child = list_get(t, children, i);
        if (child && is<Type>(child.get())) TRY(set_flags(t, static_cast<Type*>(child.get()), flags));
    }
    return {};
}

Result<Ref<Object>> abc_register(Thread& t, Mod module, Borrowed<Object> self, Borrowed<Object> subclass) {
    if (!is<Type>(subclass.get())) return raise(t, exc::TypeError, "Can only register classes");
    if (TRY(is_subclass(t, subclass, self))) return acquire(subclass);
    // Subtle: test for cycles *after* testing for "already a subclass"; this means we allow X.register(X).
    if (TRY(is_subclass(t, self, subclass))) return raise(t, exc::RuntimeError, "Refusing to create an inheritance cycle");
    Ref<Data> data = TRY(data_of(t, module, self));
    TRY(weak_add(t, data.get(), data->registry, subclass.get()));
    module->state_as<State>().counter.fetch_add(1);
    if (is<Type>(self.get())) {
        unsigned long flags = static_cast<Type*>(self.get())->flags & CollectionFlags;
        if (flags) TRY(set_flags(t, static_cast<Type*>(subclass.get()), flags));
    }
    return acquire(subclass);
}

Result<Ref<Object>> check_subclass(Thread& t, Borrowed<Object> self, Borrowed<Object> cls) {
    return call_method(t, self, names::__subclasscheck__, cls);
}

Result<Ref<Object>> abc_instancecheck(Thread& t, Mod module, Borrowed<Object> self, Borrowed<Object> instance) {
    Ref<Data> data = TRY(data_of(t, module, self));
    MaybeRef<Object> own_class = TRY(get_attribute_optional(t, instance, names::__class__));
    Ref<Object> subclass = own_class ? own_class.take() : acquire<Object>(instance->type);
    if (TRY(cached(t, data.get(), data->cache, subclass.get()))) return bool_ref(true);
    Object* type = instance->type;
    if (type == subclass.get()) {
        if (__atomic_load_n(&data->negative_version, __ATOMIC_RELAXED) == module->state_as<State>().counter.load() &&
            TRY(cached(t, data.get(), data->negative_cache, subclass.get())))
            return bool_ref(false);
        return check_subclass(t, self, subclass);
    }
    Ref<Object> result = TRY(check_subclass(t, self, subclass));
    if (TRY(is_true(t, result))) return result;
    return check_subclass(t, self, type);
}

Result<bool> abc_subclasscheck(Thread& t, Mod module, Borrowed<Object> self, Borrowed<Object> subclass) {
    if (!is<Type>(subclass.get())) return raise(t, exc::TypeError, "issubclass() arg 1 must be a class");
    TRY(check_recursion(t, " in __subclasscheck__"));
    Ref<Data> data = TRY(data_of(t, module, self));
    auto yes = [&]() -> Result<bool> {
        TRY(weak_add(t, data.get(), data->cache, subclass.get()));
        return true;
    };
    auto no = [&]() -> Result<bool> {
        TRY(weak_add(t, data.get(), data->negative_cache, subclass.get()));
        return false;
    };
    // 1. The caches.
    if (TRY(cached(t, data.get(), data->cache, subclass.get()))) return true;
    uint64_t version = module->state_as<State>().counter.load();
    if (__atomic_load_n(&data->negative_version, __ATOMIC_RELAXED) < version) {
        drop(t, data.get(), data->negative_cache);
        __atomic_store_n(&data->negative_version, version, __ATOMIC_RELAXED);
    } else if (TRY(cached(t, data.get(), data->negative_cache, subclass.get()))) {
        return false;
    }
    // 2. The class's own opinion.
    Ref<Object> hook = TRY(call_method(t, self, names::__subclasshook__, subclass));
    if (hook.get() == True()) return yes();
    if (hook.get() == False()) return no();
    if (hook.get() != NotImplemented())
        return raise(t, exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
    // 3. A direct subclass.
    {
        Object* mro = static_cast<Type*>(subclass.get())->mro;
        if (mro)
            for (Object* o : static_cast<Tuple*>(mro)->span())
                if (o == self.get()) return yes();
    }
    // 4. Registered classes and their subclasses.
    MaybeRef<Set> registry = load(t, data.get(), data->registry);
    if (registry) {
        if (TRY(weak_contains(t, registry.get(), subclass.get()))) return true;
        Ref<List> copy = TRY(list_from_iterable(t, registry.get()));
        for (intptr_t i = 0; i < list_size(copy.get()); ++i) {
            MaybeRef<Object> reference = list_get(t, copy, i);
            if (!reference || !is<Weakref>(reference.get())) continue;
            MaybeRef<Object> registered = weakref_get(static_cast<Weakref*>(reference.get()));
            if (registered && TRY(is_subclass(t, subclass, registered.get()))) return yes();
        }
    }
    // 5. Subclasses of subclasses.
    Ref<Str> name = TRY(str_interned(t, "__subclasses__"));
    Ref<Object> children = TRY(call_method(t, self, name));
    if (!is<List>(children.get())) return raise(t, exc::TypeError, "__subclasses__() must return a list");
    for (intptr_t i = 0; i < list_size(static_cast<List*>(children.get())); ++i) {
        MaybeRef<Object> child = list_get(t, static_cast<List*>(children.get()), i);
        if (child && TRY(is_subclass(t, subclass, child.get()))) return yes();
    }
    return no();
}

Result<void> reset_registry(Thread& t, Borrowed<Object> self) {
    Ref<Data> data = TRY(data_of(t, self));
    MaybeRef<Set> set = load(t, data.get(), data->registry);
    if (set) drop(t, data.get(), data->registry);
    return {};
}
Result<void> reset_caches(Thread& t, Borrowed<Object> self) {
    Ref<Data> data = TRY(data_of(t, self));
    drop(t, data.get(), data->cache);
    drop(t, data.get(), data->negative_cache);
    return {};
}
Result<Ref<Object>> get_dump(Thread& t, Borrowed<Object> self) {
    Ref<Data> data = TRY(data_of(t, self));
    auto copy = [&](Set* const& field) -> Result<Ref<Object>> {
        MaybeRef<Set> set = load(t, data.get(), field);
        if (!set) return TRY(set_new(t));
        return TRY(set_from_iterable(t, set.get()));
    };
    Ref<Object> registry = TRY(copy(data->registry)), cache = TRY(copy(data->cache)), negative = TRY(copy(data->negative_cache));
    Ref<Int> version = TRY(int_from_uint64(t, data->negative_version));
    return tuple_pack(t, registry, cache, negative, version);
}
uint64_t get_cache_token(Mod module) { return module->state_as<State>().counter.load(); }

const NativeDef functions[] = {
    module_fn<get_cache_token>("get_cache_token", "($module, /)",
                               "A value that differs after each register() on any abstract class.\n\n"
                               "Compare it for equality with an older one to learn whether remembered subclass answers still hold."),
    fn<abc_init>("_abc_init", "($module, self, /)",
                 "Prepare a new abstract class: collect its abstract method names and give it empty subclass "
                 "registries."),
    fn<reset_registry>("_reset_registry", "($module, self, /)",
                       "Forget all virtual subclasses of an abstract class; the tests that look for leaks "
                       "use it."),
    fn<reset_caches>("_reset_caches", "($module, self, /)",
                     "Forget the remembered answers, positive and negative, of an abstract class; the tests "
                     "that look for leaks use it."),
    fn<get_dump>("_get_dump", "($module, self, /)", "Internal ABC helper for cache and registry debugging."),
    module_fn<abc_register>("_abc_register", "($module, self, subclass, /)",
                            "Enter subclass as a virtual subclass of self and return it.\n\n"
                            "Raises TypeError if it is not a class and RuntimeError if that would close an inheritance cycle."),
    module_fn<abc_instancecheck>("_abc_instancecheck", "($module, self, instance, /)",
                                 "Decide isinstance(instance, self) for an abstract class.\n\n"
                                 "The classes of the instance are looked up in the caches first, then handed to __subclasscheck__()."),
    module_fn<abc_subclasscheck>(
        "_abc_subclasscheck", "($module, self, subclass, /)",
        "Decide issubclass(subclass, self) for an abstract class.\n\n"
        "Asks the caches, __subclasshook__(), the registered classes and the subclasses of self, in this order, and "
        "remembers the answer."),
};
Result<void> exec(Thread& t, Mod) {
    TRY(type_ready(t, data_spec));
    return {};
}

} // namespace
} // namespace abc

extern const ModuleSpec abc_module;
const ModuleSpec abc_module = {.name = "_abc",
                               .doc = "Module contains faster C implementation of abc.ABCMeta",
                               .functions = abc::functions,
                               .exec = abc::exec,
                               .state = state_spec<abc::State>};

} // namespace taipan
