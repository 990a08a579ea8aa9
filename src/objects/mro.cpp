// The method resolution order: C3 linearisation (Barrett et al., "A monotonic superclass linearization for Dylan").
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/exceptions.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/racy.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan {

void type_not_cacheable(Thread& t, Type& type); // type_lookup.cpp

static Result<Ref<Object>> class_name(Thread& t, Object* cls) {
    MaybeRef<Object> name = TRY(get_attribute_optional(t, cls, names::__name__));
    if (!name) return Ref<Object>(TRY(repr(t, cls)));
    return name.take();
}

static COLD Error raise_inconsistent(Thread& t, std::span<Tuple* const> to_merge, const intptr_t* heads) {
    StrBuilder text(t);
    TRY(text.append_ascii("Cannot create a consistent method resolution order (MRO) for bases "));
    // Each head once, in order.
    Object* shown[64];
    size_t count = 0;
    for (size_t i = 0; i < to_merge.size(); ++i) {
        if (heads[i] >= to_merge[i]->size) continue;
        Object* head = to_merge[i]->items[heads[i]];
        bool seen = false;
        for (size_t k = 0; k < count; ++k) seen |= shown[k] == head;
        if (seen || count == 64) continue;
        if (count) TRY(text.append_ascii(", "));
        shown[count++] = head;
        Ref<Object> name = TRY(class_name(t, head));
        Ref<Str> name_text = TRY(to_str(t, name));
        TRY(text.append(name_text.get()));
    }
    Ref<Str> message = TRY(text.finish());
    return raise(t, exc::TypeError, "%s", message);
}

static Result<Ref<Object>> c3(Thread& t, Borrowed<Type> type) {
    auto* bases = static_cast<Tuple*>(type->bases);
    for (Object* base : *bases)
        if (!static_cast<Type*>(base)->mro) return raise(t, exc::TypeError, "Cannot extend an incomplete type '%N'", base);
    if (bases->size == 1) { // the common case: the type and its base's MRO
        auto* base_mro = static_cast<Tuple*>(static_cast<Type*>(bases->items[0])->mro);
        Ref<Tuple> mro = TRY(tuple_alloc(t, base_mro->size + 1));
        mro->items[0] = type.share().release();
        for (intptr_t i = 0; i < base_mro->size; ++i) mro->items[i + 1] = acquire(base_mro->items[i]).release();
        tuple_finish(mro.get());
        return Ref<Object>(std::move(mro));
    }
    for (intptr_t i = 0; i < bases->size; ++i)
        for (intptr_t j = i + 1; j < bases->size; ++j)
            if (bases->items[i] == bases->items[j]) {
                Ref<Object> name = TRY(class_name(t, bases->items[i]));
                return raise(t, exc::TypeError, "duplicate base class %s", name);
            }

    size_t count = static_cast<size_t>(bases->size) + 1;
    auto* lists = static_cast<Tuple**>(raw_alloc(count * (sizeof(Tuple*) + sizeof(intptr_t))));
    if (!lists) return raise_memory_error(t);
    auto* heads = reinterpret_cast<intptr_t*>(lists + count);
    for (size_t i = 0; i < count - 1; ++i) lists[i] = static_cast<Tuple*>(static_cast<Type*>(bases->items[i])->mro);
    lists[count - 1] = bases;
    for (size_t i = 0; i < count; ++i) heads[i] = 0;

    auto in_tail = [&](size_t list, Object* cls) {
        for (intptr_t k = heads[list] + 1; k < lists[list]->size; ++k)
            if (lists[list]->items[k] == cls) return true;
        return false;
    };
    auto merge = [&]() -> Result<Ref<Object>> {
        Ref<List> result = TRY(list_new(t));
        TRY(list_append(t, result, Ref<Object>(type.share())));
        for (;;) {
            Object* candidate = nullptr;
            bool left = false;
            for (size_t i = 0; i < count && !candidate; ++i) {
                if (heads[i] >= lists[i]->size) continue;
                left = true;
                Object* head = lists[i]->items[heads[i]];
                bool blocked = false;
                for (size_t k = 0; k < count && !blocked; ++k) blocked = in_tail(k, head);
                if (!blocked) candidate = head;
            }
            if (!left) break;
            if (!candidate) return raise_inconsistent(t, {lists, count}, heads);
            TRY(list_append(t, result, acquire(candidate)));
            for (size_t i = 0; i < count; ++i)
                if (heads[i] < lists[i]->size && lists[i]->items[heads[i]] == candidate) ++heads[i];
        }
        return Ref<Object>(TRY(list_to_tuple(t, result)));
    };
    Result<Ref<Object>> result = merge();
    raw_free(lists);
    return result;
}

Result<Ref<Object>> type_default_mro(Thread& t, Borrowed<Type> type) { return c3(t, type); }

Result<Ref<Object>> compute_mro(Thread& t, Borrowed<Type> type) {
    if (type->type == &Type::s_type) return c3(t, type);
    // A metaclass may have its own idea.
    LoadedMethod method = TRY(load_special_method(t, type, names::mro));
    if (!method) return raise(t, exc::AttributeError, "mro");
    MaybeRef<Object> standard = type_lookup(t, Type::s_type, names::mro);
    MaybeRef<Object> present = type_lookup(t, *type->type, names::mro);
    bool custom = standard.get() != present.get();
    if (!custom) return c3(t, type);
    Ref<Object> listed = TRY(call(t, method, type));
    Ref<Tuple> mro = TRY(to_tuple(t, listed));
    if (mro->size == 0) return raise(t, exc::TypeError, "type MRO must not be empty");
    Type* solid = solid_base(type.get());
    for (Object* entry : *mro) {
        if (!is<Type>(entry)) return raise(t, exc::TypeError, "mro() returned a non-class ('%T')", entry);
        if (!is_subtype(solid, solid_base(static_cast<Type*>(entry))))
            return raise(t, exc::TypeError, "mro() returned base with unsuitable layout ('%N')", entry);
    }
    // Types that are found through the MRO alone do not tell this one about changes.
    bool regular = true;
    for (Object* entry : *mro) {
        if (entry == type.get()) continue;
        bool reachable = false;
        for (Object* base : *static_cast<Tuple*>(type->bases)) reachable |= is_subtype(static_cast<Type*>(base), static_cast<Type*>(entry));
        regular &= reachable;
    }
    if (!regular) type_not_cacheable(t, *type);
    return Ref<Object>(std::move(mro));
}

void type_retire(Thread& t, Type& type, Ref<Object> old) {
    auto made = type.is_heap_type() ? tuple_alloc(t, 2) : Result<Ref<Tuple>>(Error{});
    if (made.is_error()) {
        t.clear_exception();
        make_immortal(old.release());
        return;
    }
    Ref<Tuple> link = made.take();
    link->items[0] = old.release();
    Object* before = load_acquire(type.cache);
    do link->items[1] = before ? before : None();
    while (!__atomic_compare_exchange_n(&type.cache, &before, link.get(), false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE));
    tuple_finish(link.release());
}

void set_mro(Type& type, Ref<Object> mro) {
    Object* old = __atomic_exchange_n(&type.mro, mro.release(), __ATOMIC_ACQ_REL);
    if (old) type_retire(Thread::current(), type, Ref<Object>::steal(old));
}

Result<bool> renew_mro(Thread& t, Borrowed<Type> type) {
    MaybeRef<Object> before = MaybeRef<Object>::acquire(load_acquire(type->mro));
    Ref<Object> mro = TRY(compute_mro(t, type));
    if (load_acquire(type->mro) != before.get()) return false;
    set_mro(*type, std::move(mro));
    return true;
}

} // namespace taipan
