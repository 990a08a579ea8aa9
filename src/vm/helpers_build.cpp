// Building and unpacking, formatting, pattern matching.
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/list_internal.h"
#include "objects/set.h"
#include "objects/slice.h"
#include "objects/template.h"
#include "vm/helpers.h"

namespace taipan::vm {

Object* build_tuple(Thread& t, Word* base, size_t count) {
    constexpr size_t Few = 8;
    if (LIKELY(count - 1 < Few)) { // the words become owned pointers aside, which the tuple takes over
        Object* items[Few];
        for (size_t i = 0; i < count; ++i) {
            items[i] = word_take(t, base[i]);
            base[i] = Word::null();
            if (UNLIKELY(!items[i])) {
                for (size_t k = 0; k < i; ++k) decref(items[k]);
                for (size_t k = i + 1; k < count; ++k) std::exchange(base[k], Word::null()).close();
                return nullptr;
            }
        }
        return tuple_from_array_steal(t, items, count).release_or_null();
    }
    auto made = tuple_alloc(t, static_cast<intptr_t>(count));
    if (made.is_error()) {
        for (size_t i = 0; i < count; ++i) std::exchange(base[i], Word::null()).close();
        return nullptr;
    }
    Ref<Tuple> tuple = made.take();
    if (count == 0) return tuple.release();
    bool ok = true;
    for (size_t i = 0; i < count; ++i) {
        Object* item = ok ? word_take(t, base[i]) : nullptr;
        if (!ok) base[i].close();
        else if (!item) ok = false;
        tuple->items[i] = item;
        base[i] = Word::null();
    }
    if (!ok) {
        for (size_t i = 0; i < count; ++i)
            if (!tuple->items[i]) tuple->items[i] = None();
        return nullptr;
    }
    tuple_finish(tuple.get());
    return tuple.release();
}
Object* build_list(Thread& t, Word* base, size_t count) {
    // The words become plain owned pointers where they are; the list copies them from there.
    bool ok = true;
    for (size_t i = 0; i < count; ++i) {
        Object* item = ok ? word_take(t, base[i]) : nullptr;
        if (!ok) base[i].close();
        else if (!item) ok = false;
        base[i] = Word::owned(item);
    }
    if (!ok) {
        for (size_t i = 0; i < count; ++i) {
            base[i].xclose();
            base[i] = Word::null();
        }
        return nullptr;
    }
    Object* list = list_from_array_steal(t, reinterpret_cast<Object**>(base), count).release_or_null();
    if (!list)
        for (size_t i = 0; i < count; ++i) base[i] = Word::null();
    return list;
}
Object* build_set(Thread& t, Word* base, size_t count) {
    auto made = set_new(t);
    if (made.is_error()) return nullptr;
    Ref<Set> set = made.take();
    for (size_t i = 0; i < count; ++i) {
        Object* item = word_object(t, base + i);
        if (!item || set_add(t, set, item).is_error()) return nullptr;
    }
    return set.release();
}
Object* build_map(Thread& t, Word* base, size_t count) {
    auto made = dict_new(t, static_cast<intptr_t>(count));
    if (made.is_error()) return nullptr;
    Ref<Dict> dict = made.take();
    for (size_t i = 0; i < count; ++i) {
        Object* key = word_object(t, base + 2 * i);
        Object* value = key ? word_object(t, base + 2 * i + 1) : nullptr;
        if (!value || dict_set(t, dict, key, value).is_error()) return nullptr;
    }
    return dict.release();
}
Object* build_string(Thread& t, Word* base, size_t count) {
    Object* small[32];
    if (count <= 32) {
        for (size_t i = 0; i < count; ++i) small[i] = base[i].object();
        return str_join_array(t, small, count).release_or_null();
    }
    Object** items = static_cast<Object**>(raw_alloc(count * sizeof(Object*)));
    if (!items) return (void)raise_memory_error(t), nullptr;
    for (size_t i = 0; i < count; ++i) items[i] = base[i].object();
    Object* result = str_join_array(t, items, count).release_or_null();
    raw_free(items);
    return result;
}
Object* build_slice(Thread& t, Word* base, size_t count) {
    Object* parts[3] = {nullptr, nullptr, nullptr};
    for (size_t i = 0; i < count; ++i)
        if (!(parts[i] = word_object(t, base + i))) return nullptr;
    return slice_new(t, parts[0], parts[1], parts[2]).release_or_null();
}
Object* build_template(Thread& t, Word* sp) {
    return template_new(t, as<Tuple>(sp[-2].object()), as<Tuple>(sp[-1].object())).release_or_null();
}
Object* build_interpolation(Thread& t, Word* sp, uint32_t arg) {
    // [value, expression text, format spec if arg & 1]; the conversion is arg >> 2.
    int extra = arg & 1;
    Object* value = word_object(t, sp - 2 - extra);
    if (!value) return nullptr;
    Object* spec = extra ? sp[-1].object() : nullptr;
    Ref<Str> no_spec = str_empty();
    return interpolation_new(t, value, sp[-1 - extra].object(), static_cast<int>(arg >> 2 & 3),
                             spec ? Borrowed<Object>(spec) : Borrowed<Object>(no_spec))
        .release_or_null();
}

Object* convert_value(Thread& t, Object* value, uint32_t conversion) {
    switch (conversion) {
    case 1: return to_str(t, value).release_or_null();
    case 2: return repr(t, value).release_or_null();
    default: return to_ascii(t, value).release_or_null();
    }
}
Object* format_word(Thread& t, Word* value, Object* spec) {
    Object* o = word_object(t, value);
    if (!o) return nullptr;
    if (!spec && is_exact<Int>(o)) return int_to_str(t, static_cast<Int*>(o)).release_or_null();
    return format(t, o, spec).release_or_null();
}

bool list_extend_word(Thread& t, Object* list, Word* iterable) {
    Object* o = word_object(t, iterable);
    if (!o) return false;
    if (!list_extend(t, static_cast<List*>(list), o).is_error()) return true;
    if (!o->type->iter && !(o->type->as_sequence && o->type->as_sequence->item) && clear_if(t, exc::TypeError))
        (void)raise(t, exc::TypeError, "Value after * must be an iterable, not %T", o);
    return false;
}
bool set_update_word(Thread& t, Object* set, Word* iterable) {
    Object* o = word_object(t, iterable);
    return o && !set_update(t, static_cast<Set*>(set), o).is_error();
}
bool dict_update_word(Thread& t, Object* dict, Word* mapping) {
    Object* o = word_object(t, mapping);
    if (!o) return false;
    if (!dict_merge(t, static_cast<Dict*>(dict), o, Override::Yes).is_error()) return true;
    if (clear_if(t, exc::AttributeError)) (void)raise(t, exc::TypeError, "'%T' object is not a mapping", o);
    return false;
}
bool dict_merge_word(Thread& t, Object* dict, Word* mapping, Word callable) {
    Object* o = word_object(t, mapping);
    if (!o) return false;
    if (!dict_merge(t, static_cast<Dict*>(dict), o, Override::Error).is_error()) return true;
    // Errors speak of the call that the keywords are for.
    if (exception_matches(t, exc::AttributeError)) {
        t.clear_exception();
        auto name = callable_name(t, callable.object());
        if (!name.is_error()) (void)raise(t, exc::TypeError, "%s argument after ** must be a mapping, not %T", name.take(), o);
    } else if (exception_matches(t, exc::KeyError)) {
        Ref<Object> error = t.take_exception().take();
        BaseException* key_error = static_cast<BaseException*>(error.get());
        Tuple* args = static_cast<Tuple*>(key_error->args);
        if (args && args->size == 1) {
            Object* key = args->items[0];
            auto name = callable_name(t, callable.object());
            if (name.is_error()) return false;
            Ref<Str> text = name.take();
            auto shown = to_str(t, key);
            if (shown.is_error()) return false;
            (void)raise(t, exc::TypeError, "%s got multiple values for keyword argument '%s'", text, shown.take());
        } else {
            (void)t.set_exception(std::move(error));
        }
    }
    return false;
}

bool unpack_sequence(Thread& t, Object* sequence, uint32_t count, Word* sp) {
    // The first item ends on top of the stack.
    if (is_exact<Tuple>(sequence)) {
        Tuple* tuple = static_cast<Tuple*>(sequence);
        if (tuple->size == static_cast<intptr_t>(count)) {
            for (uint32_t i = 0; i < count; ++i) sp[count - 1 - i] = Word::from(tuple->items[i]);
            return true;
        }
        if (tuple->size > static_cast<intptr_t>(count))
            return (void)raise(t, exc::ValueError, "too many values to unpack (expected %u, got %d)", count, tuple->size), false;
        return (void)raise(t, exc::ValueError, "not enough values to unpack (expected %u, got %d)", count, tuple->size), false;
    }
    if (is_exact<List>(sequence)) {
        auto copied = list_to_tuple(t, static_cast<List*>(sequence));
        if (copied.is_error()) return false;
        Ref<Tuple> tuple = copied.take();
        return unpack_sequence(t, tuple.get(), count, sp);
    }
    auto made = get_iterator(t, sequence);
    if (made.is_error()) {
        if (exception_matches(t, exc::TypeError) && !sequence->type->iter &&
            !(sequence->type->as_sequence && sequence->type->as_sequence->item)) {
            t.clear_exception();
            (void)raise(t, exc::TypeError, "cannot unpack non-iterable %T object", sequence);
        }
        return false;
    }
    Ref<Object> iterator = made.take();
    uint32_t got = 0;
    for (; got < count; ++got) {
        auto next = next_item(t, iterator);
        if (next.is_error()) break;
        MaybeRef<Object> item = next.take();
        if (!item) {
            (void)raise(t, exc::ValueError, "not enough values to unpack (expected %u, got %u)", count, got);
            break;
        }
        sp[count - 1 - got] = Word::owned(item.release());
    }
    if (got == count) {
        auto more = next_item(t, iterator);
        if (!more.is_error()) {
            MaybeRef<Object> item = more.take();
            if (!item) return true;
            if (is<Dict>(sequence)) {
                auto size = length(t, sequence);
                if (!size.is_error())
                    (void)raise(t, exc::ValueError, "too many values to unpack (expected %u, got %d)", count, size.take());
            } else {
                (void)raise(t, exc::ValueError, "too many values to unpack (expected %u)", count);
            }
        }
    }
    for (uint32_t i = 0; i < got; ++i) sp[count - 1 - i].close();
    return false;
}

bool unpack_ex(Thread& t, Object* sequence, uint32_t before, uint32_t after, Word* sp) {
    auto listed = [&]() -> Result<Ref<List>> {
        // The items of one moment need no iterator.
        if (is_exact<List>(sequence) || is_exact<Tuple>(sequence)) return list_from_iterable(t, sequence);
        auto iterator = get_iterator(t, sequence);
        if (iterator.is_error()) {
            if (exception_matches(t, exc::TypeError) && !sequence->type->iter &&
                !(sequence->type->as_sequence && sequence->type->as_sequence->item)) {
                t.clear_exception();
                return raise(t, exc::TypeError, "cannot unpack non-iterable %T object", sequence);
            }
            return Error{};
        }
        return list_from_iterable(t, iterator.take());
    }();
    if (listed.is_error()) return false;
    Ref<List> list = listed.take();
    intptr_t size = list->size;
    if (size < static_cast<intptr_t>(before + after)) {
        if (size < static_cast<intptr_t>(before) || after == 0)
            (void)raise(t, exc::ValueError, "not enough values to unpack (expected %s%u, got %d)", "at least ", before + after, size);
        else (void)raise(t, exc::ValueError, "not enough values to unpack (expected at least %u, got %d)", before + after, size);
        return false;
    }
    intptr_t middle = size - before - after;
    // The list gives its ends away and becomes the rest.
    uint32_t total = before + after + 1;
    Object** items = list->items;
    list->size = middle;
    for (uint32_t i = 0; i < before; ++i) sp[total - 1 - i] = Word::owned(items[i]);
    for (uint32_t i = 0; i < after; ++i) sp[after - 1 - i] = Word::owned(items[before + middle + i]);
    if (before) move_items(items, items + before, middle);
    for (intptr_t i = middle; i < size; ++i) items[i] = nullptr;
    sp[after] = Word::owned(list.release());
    return true;
}

namespace {
Result<Ref<Object>> match_class_checked(Thread& t, Object* subject, Object* type_object, uint32_t count, Tuple* keyword_names,
                                        bool* matched) {
    *matched = false;
    if (!is<Type>(type_object)) return raise(t, exc::TypeError, "called match pattern must be a class");
    if (!TRY(is_instance(t, subject, type_object))) return none_ref();
    Type* type = static_cast<Type*>(type_object);
    Ref<List> attributes = TRY(list_new(t));
    Ref<Set> seen = TRY(set_new(t));
    auto match_attribute = [&](Object* name) -> Result<bool> {
        if (!TRY(set_add(t, seen, name))) return raise(t, exc::TypeError, "%N() got multiple sub-patterns for attribute %R", type, name);
        MaybeRef<Object> value = TRY(get_attribute_optional(t, subject, as<Str>(name)));
        if (!value) return false;
        TRY(list_append(t, attributes, value.take()));
        return true;
    };
    if (count) {
        bool match_self = false;
        MaybeRef<Object> match_args = TRY(get_attribute_optional(t, type, names::__match_args__));
        if (match_args) {
            if (!is_exact<Tuple>(match_args.get()))
                return raise(t, exc::TypeError, "%N.__match_args__ must be a tuple (got %T)", type, match_args);
        } else {
            match_self = type->has(type_flag::MatchSelf);
        }
        intptr_t allowed = match_self ? 1 : match_args ? static_cast<Tuple*>(match_args.get())->size : 0;
        if (allowed < static_cast<intptr_t>(count))
            return raise(t, exc::TypeError, "%N() accepts %d positional sub-pattern%s (%u given)", type, allowed, allowed == 1 ? "" : "s",
                         count);
        if (match_self) {
            TRY(list_append(t, attributes, Ref<Object>::acquire(subject)));
        } else {
            for (uint32_t i = 0; i < count; ++i) {
                Object* name = static_cast<Tuple*>(match_args.get())->items[i];
                if (!is_exact<Str>(name)) return raise(t, exc::TypeError, "__match_args__ elements must be strings (got %T)", name);
                if (!TRY(match_attribute(name))) return none_ref();
            }
        }
    }
    for (Object* name : *keyword_names)
        if (!TRY(match_attribute(name))) return none_ref();
    *matched = true;
    return TRY(list_to_tuple(t, attributes));
}
Result<Ref<Object>> match_keys_checked(Thread& t, Object* mapping, Tuple* keys) {
    if (keys->size == 0) return tuple_empty();
    Ref<Set> seen = TRY(set_new(t));
    Ref<Object> missing = TRY(allocate_object(t, Object::s_type));
    Ref<Tuple> values = TRY(tuple_alloc(t, keys->size));
    for (intptr_t i = 0; i < keys->size; ++i) values->items[i] = None();
    for (intptr_t i = 0; i < keys->size; ++i) {
        Object* key = keys->items[i];
        if (!TRY(set_add(t, seen, key))) return raise(t, exc::ValueError, "mapping pattern checks duplicate key (%R)", key);
        Ref<Object> value = is_exact<Dict>(mapping) ? ({
            MaybeRef<Object> found = TRY(dict_get(t, static_cast<Dict*>(mapping), key));
            found ? found.take() : missing.share();
        })
                                                    : TRY(call_method(t, mapping, names::get, Borrowed<Object>(key), missing));
        if (value.get() == missing.get()) return none_ref();
        values->items[i] = value.release();
    }
    tuple_finish(values.get());
    return values;
}
} // namespace
Object* match_class(Thread& t, Object* subject, Object* type, uint32_t count, Object* keyword_names) {
    bool matched;
    auto result = match_class_checked(t, subject, type, count, static_cast<Tuple*>(keyword_names), &matched);
    if (result.is_error() || !matched) return nullptr;
    return result.release_or_null();
}
Object* match_keys(Thread& t, Object* mapping, Object* keys) {
    return match_keys_checked(t, mapping, static_cast<Tuple*>(keys)).release_or_null();
}

} // namespace taipan::vm
