// Pickling by name and by reduction (the copyreg protocol).
#include "modules/pickle/pickler.h"
#include "objects/descriptor.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/str_codecs.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"

#include <cstring>

namespace taipan::pickle {

Error replace_with_pickling(Thread& t, const State& state, Result<Ref<Str>> message) {
    if (message.is_error()) return Error{};
    Ref<Str> text = message.take();
    MaybeRef<Object> old = t.take_exception();
    (void)raise_object(t, *static_cast<Type*>(state.pickling_error), text);
    if (old && t.exception && t.exception != old.get()) {
        auto* error = static_cast<BaseException*>(t.exception);
        assign_field(error->context, old.release());
    }
    return Error{};
}
/// The same with the message made while no exception is set.
template <class... A> static COLD Error replace(Thread& t, const State& state, const char* format, const A&... args) {
    Ref<Object> old = t.take_exception().take();
    Ref<Str> text = TRY(str_format(t, format, args...));
    (void)t.set_exception(std::move(old));
    return replace_with_pickling(t, state, std::move(text));
}

Result<Ref<Object>> import_by_object(Thread& t, Borrowed<Object> name) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "module name must be a string");
    // Also if it is there: another thread may still be at its import.
    TRY(import_by_name(t, static_cast<Str*>(name.get()), nullptr, nullptr, None(), 0));
    MaybeRef<Object> found = TRY(dict_get(t, t.interpreter->modules, name));
    if (!found) return raise_key_error(t, name);
    return found.take();
}

static Result<Ref<Object>> part_of(Thread& t, Borrowed<Str> path, intptr_t start, intptr_t* end) {
    intptr_t i = start;
    while (i < path->length && path->at(i) != '.') ++i;
    *end = i;
    Ref<Str> part = TRY(str_substring(t, path, start, i));
    return str_intern(t, std::move(part));
}
Result<Ref<Object>> get_dotted(Thread& t, Borrowed<Object> object, Borrowed<Str> path) {
    Ref<Object> value = acquire(object);
    for (intptr_t at = 0, end; at <= path->length; at = end + 1) {
        Ref<Object> part = TRY(part_of(t, path, at, &end));
        value = TRY(get_attribute(t, value, static_cast<Str*>(part.get())));
    }
    return value;
}
ResultMaybe<Object> get_dotted_optional(Thread& t, Borrowed<Object> object, Borrowed<Str> path) {
    MaybeRef<Object> value = acquire(object);
    for (intptr_t at = 0, end; at <= path->length; at = end + 1) {
        Ref<Object> part = TRY(part_of(t, path, at, &end));
        value = TRY(get_attribute_optional(t, value.get(), static_cast<Str*>(part.get())));
        if (!value) break;
    }
    return value;
}

Result<void> map_import(Thread& t, Object* names, Object* imports, const char* names_label, const char* imports_label, Ref<Object>* module,
                        Ref<Object>* name) {
    Ref<Tuple> key = TRY(tuple_pack(t, *module, *name));
    MaybeRef<Object> item = TRY(dict_get(t, static_cast<Dict*>(names), key));
    if (item) {
        if (!is<Tuple>(item.get()) || static_cast<Tuple*>(item.get())->size != 2)
            return raise(t, exc::RuntimeError, "_compat_pickle.%s values should be 2-tuples, not %T", names_label, item);
        auto* pair = static_cast<Tuple*>(item.get());
        if (!is<Str>(pair->items[0]) || !is<Str>(pair->items[1]))
            return raise(t, exc::RuntimeError, "_compat_pickle.%s values should be pairs of str, not (%T, %T)", names_label, pair->items[0],
                         pair->items[1]);
        *module = acquire(pair->items[0]);
        *name = acquire(pair->items[1]);
        return {};
    }
    item = TRY(dict_get(t, static_cast<Dict*>(imports), *module));
    if (item) {
        if (!is<Str>(item.get()))
            return raise(t, exc::RuntimeError, "_compat_pickle.%s values should be strings, not %T", imports_label, item);
        *module = item.take();
    }
    return {};
}

// Globals

/// The name of the module where `object` is found as `path`.
static Result<Ref<Object>> module_of(Thread& t, State& state, Object* object, Borrowed<Str> path) {
    for (intptr_t at = 0, end; at <= path->length; at = end + 1) {
        Ref<Object> part = TRY(part_of(t, path, at, &end));
        if (str_equals_ascii(static_cast<Str*>(part.get()), "<locals>"))
            return raise_pickling(t, state, "Can't pickle local object %R", object);
    }
    MaybeRef<Object> name = TRY(get_attribute_optional(t, object, names::__module__));
    if (!name || is_none(name.get())) {
        // The modules may change while their attributes are looked at.
        name = nullptr;
        Ref<Dict> modules = TRY(dict_copy(t, t.interpreter->modules));
        intptr_t position = 0;
        MaybeRef<Object> key, module;
        while (!name && dict_next(t, modules, &position, &key, &module)) {
            if (is_none(module.get())) continue;
            if (is<Str>(key.get()) && (str_equals_ascii(static_cast<Str*>(key.get()), "__main__") ||
                                       str_equals_ascii(static_cast<Str*>(key.get()), "__mp_main__")))
                continue;
            MaybeRef<Object> found = TRY(get_dotted_optional(t, module.get(), path));
            if (found && found.get() == object) name = key.share();
        }
        if (!name) name = TRY(str_interned(t, "__main__"));
        else return name.take();
    }
    auto imported = import_by_object(t, name.get());
    if (imported.is_error()) {
        if (!exception_matches(t, exc::ImportError) && !exception_matches(t, exc::ValueError) && !exception_matches(t, exc::KeyError))
            return Error{};
        Ref<Object> reason = acquire(t.exception);
        return replace(t, state, "Can't pickle %R: %s", object, reason);
    }
    Ref<Object> module = imported.take();
    auto found = get_dotted(t, module, path);
    if (found.is_error()) {
        if (!exception_matches(t, exc::AttributeError)) return Error{};
        return replace(t, state, "Can't pickle %R: it's not found as %s.%s", object, name, path);
    }
    if (found.take().get() != object)
        return raise_pickling(t, state, "Can't pickle %R: it's not the same object as %s.%s", object, name, path);
    return name.take();
}

Result<void> Save::global_by_name(Borrowed<Object> module_object, Borrowed<Object> name_object) {
    Ref<Object> module = acquire(module_object), name = acquire(name_object);
    bool utf8 = self->protocol >= 3;
    if (self->fix_imports)
        TRY(map_import(t, state.name_mapping_3to2, state.import_mapping_3to2, "REVERSE_NAME_MAPPING", "REVERSE_IMPORT_MAPPING", &module,
                       &name));
    auto line = [&](Object* text, const char* what) -> Result<void> {
        auto encoded = utf8 ? encode_utf8(t, static_cast<Str*>(text), nullptr) : encode_ascii(t, static_cast<Str*>(text), nullptr);
        if (encoded.is_error()) {
            if (!exception_matches(t, exc::UnicodeEncodeError)) return Error{};
            return replace(t, state, "can't pickle %s identifier %R using pickle protocol %d", what, text, self->protocol);
        }
        Ref<Bytes> data = encoded.take();
        TRY(put(data->data, static_cast<size_t>(data->size)));
        return put('\n');
    };
    TRY(put(op::Global));
    TRY(line(module.get(), "module"));
    return line(name.get(), "global");
}

Result<void> Save::global(Object* object, Object* given_name) {
    MaybeRef<Object> name = MaybeRef<Object>::acquire(given_name);
    if (!name) {
        name = TRY(get_attribute_optional(t, object, names::__qualname__));
        if (!name) name = TRY(get_attribute(t, object, names::__name__));
    }
    if (!is<Str>(name.get())) return raise_pickling(t, state, "%R.__qualname__ must be a string, not %T", object, name);
    auto* path = static_cast<Str*>(name.get());
    Ref<Object> module = TRY(module_of(t, state, object, path));
    if (self->protocol >= 2) {
        // A code number, if copyreg's extension registry has one.
        Ref<Tuple> key = TRY(tuple_pack(t, module, name));
        MaybeRef<Object> code_object = TRY(dict_get(t, static_cast<Dict*>(state.extension_registry), key));
        if (code_object) {
            int64_t code = TRY(to_int64(t, code_object.get()));
            if (code <= 0 || code > INT32_MAX) return raise(t, exc::RuntimeError, "extension code %d is out of range", code);
            char text[5];
            auto number = static_cast<uint32_t>(code);
            memcpy(text + 1, &number, 4);
            text[0] = code < 256 ? op::Ext1 : code < 65536 ? op::Ext2 : op::Ext4;
            return put(text, code < 256 ? 2 : code < 65536 ? 3 : 5);
        }
    }
    if (self->protocol >= 4) {
        TRY(save(module.get()));
        TRY(save(name.get()));
        TRY(put(op::StackGlobal));
        return memoize(object);
    }
    intptr_t end;
    Ref<Object> first = TRY(part_of(t, path, 0, &end));
    // Older protocols have no dotted names: getattr(getattr(…, a), b).
    intptr_t rest = end;
    while (rest < path->length) {
        intptr_t next;
        TRY(part_of(t, path, rest + 1, &next));
        TRY(save(state.getattr));
        if (self->protocol < 2) TRY(put(op::Mark));
        rest = next;
    }
    TRY(global_by_name(module, first));
    while (end < path->length) {
        Ref<Object> part = TRY(part_of(t, path, end + 1, &end));
        TRY(save(part.get()));
        TRY(put(self->protocol < 2 ? op::Tuple : op::Tuple2));
        TRY(put(op::Reduce));
    }
    return memoize(object);
}

Result<void> Save::type(Object* object) {
    Object* single = object == None()->type             ? None()
                     : object == NotImplemented()->type ? NotImplemented()
                     : object == Ellipsis()->type       ? Ellipsis()
                                                        : nullptr;
    if (!single) return global(object, nullptr);
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(single)));
    Ref<Tuple> reduced = TRY(tuple_pack(t, Borrowed<Object>(&Type::s_type), args));
    return reduce(reduced.get(), object);
}

// Plain instances: what object.__reduce_ex__ says of them, without making the tuple that says it.

static bool has_standard_reduction(Thread& t, Type& type) {
    constexpr unsigned long needed = type_flag::HeapType | type_flag::InlineValues | type_flag::ManagedDict;
    if ((__atomic_load_n(&type.flags, __ATOMIC_RELAXED) & needed) != needed) return false;
    // No slots, and no builtin base with fields of its own.
    if (type.basicsize != Object::s_type.basicsize || type.itemsize || !type.construct || type.getattr != &generic_getattr_slot)
        return false;
    auto standard = [&](Str* name) {
        MaybeRef<Object> own = type_lookup(t, type, name), base = type_lookup(t, Object::s_type, name);
        return own.get() == base.get();
    };
    if (!standard(names::__reduce_ex__) || !standard(names::__reduce__) || !standard(names::__getstate__) || !standard(names::__class__) ||
        !standard(names::__getnewargs__) || !standard(names::__getnewargs_ex__))
        return false;
    MaybeRef<Object> dict = type_lookup(t, type, names::__dict__);
    return dict && is_exact<GetSetDescriptor>(dict.get());
}
bool Save::is_plain_instance(Object* object) {
    Type* type = object->type;
    if (self->protocol < 2 || self->fast || !type->has(type_flag::InlineValues)) return false;
    uint32_t version = type_version(t, *type);
    if (!version) return false;
    auto& known = self->classes[reinterpret_cast<uintptr_t>(type) >> 6 & 7];
    if (known.type != type || known.version != version) known = {type, version, has_standard_reduction(t, *type)};
    if (!known.standard) return false;
    // The instance may have attributes of these names itself.
    auto own = [&](Str* name) {
        auto found = instance_attribute(t, object, name);
        if (!found.is_error()) return static_cast<bool>(found.take());
        t.clear_exception();
        return true;
    };
    return !own(names::__reduce_ex__) && !own(names::__getstate__) && !own(names::__reduce__);
}
Result<void> Save::instance_state(Object* object) {
    if (self->persistent_id || self->reducer_override || managed_dict(object) || !load_acquire(inline_values(object)->valid)) {
        Ref<Dict> dict = TRY(instance_dict_ensure(t, object));
        if (dict_size(dict.get()) == 0) return {};
        if (UNLIKELY(save(dict.get()).is_error())) return note_exception(t, "when serializing %s state", object);
        return put(op::Build);
    }
    // The attributes as a dict that exists only in the pickle. They may change meanwhile: first all are taken.
    Object* items[2 * MaxSharedKeys];
    intptr_t count = 0;
    {
        CriticalSection section(t, object);
        DictValues* values = inline_values(object);
        DictKeys* keys = shared_keys_of(object->type);
        for (int k = 0; k < values->size; ++k) {
            uint8_t i = values->order()[k];
            Object* value = values->items[i];
            if (!value) continue;
            items[2 * count] = keys->key_at(i);
            items[2 * count + 1] = value;
            incref(items[2 * count]);
            incref_locked(value);
            ++count;
        }
    }
    struct Drop {
        Object** items;
        intptr_t count;
        ~Drop() {
            for (intptr_t i = 0; i < count; ++i) decref(items[i]);
        }
    } drop{items, 2 * count};
    if (count == 0) return {};
    auto run = [&]() -> Result<void> {
        if (self->frame_start >= 0 && self->out_length - self->frame_start - FrameHeader >= FrameTarget) TRY(end_large_frame());
        TRY(put(op::EmptyDict));
        TRY(memoize(nullptr));
        if (count > 1) TRY(put(op::Mark));
        for (intptr_t i = 0; i < count; ++i) {
            TRY(save(items[2 * i]));
            if (UNLIKELY(save(items[2 * i + 1]).is_error())) // of a dict, as any other is
                return note_exception(t, "when serializing %s item %R", t.interpreter->modules, items[2 * i]);
        }
        return put(count > 1 ? op::SetItems : op::SetItem);
    };
    if (UNLIKELY(run().is_error())) return note_exception(t, "when serializing %s state", object);
    return put(op::Build);
}
Result<void> Save::instance(Object* object) {
    auto run = [&]() -> Result<void> {
        if (UNLIKELY(save(object->type).is_error())) return note_exception(t, "when serializing %s class", object);
        TRY(save(tuple_empty().get()));
        TRY(put(op::NewObj));
        intptr_t known = self->memo.find(object);
        if (UNLIKELY(known >= 0)) {
            TRY(put(op::Pop));
            TRY(get(known));
        } else {
            TRY(memoize(object));
        }
        return instance_state(object);
    };
    if (UNLIKELY(run().is_error())) return note_exception(t, "when serializing %s object", object);
    return {};
}

// Reduction

Result<void> Save::other(Object* object) {
    Type* type = object->type;
    MaybeRef<Object> reduced;
    if (self->reducer_override) {
        Ref<Object> function = acquire(self->reducer_override);
        reduced = TRY(call(t, function, Borrowed<Object>(object)));
        if (reduced.get() == NotImplemented()) reduced = nullptr;
    }
    if (!reduced) {
        if (type == &Type::s_type) return this->type(object);
        if (type == &Function::s_type) return global(object, nullptr);
        MaybeRef<Object> function;
        if (!self->dispatch_table) {
            function = TRY(dict_get(t, static_cast<Dict*>(state.dispatch_table), type));
        } else {
            Ref<Object> table = acquire(self->dispatch_table);
            auto found = get_item(t, table, type);
            if (!found.is_error()) function = found.take();
            else if (!clear_if(t, exc::KeyError)) return Error{};
        }
        if (function) {
            reduced = TRY(call(t, function.take(), Borrowed<Object>(object)));
        } else if (type->has(type_flag::TypeSubclass)) {
            return global(object, nullptr);
        } else if (is_plain_instance(object)) {
            return instance(object);
        } else {
            MaybeRef<Object> method = TRY(get_attribute_optional(t, object, names::__reduce_ex__));
            if (method) {
                Ref<Int> protocol = TRY(int_from(t, self->protocol));
                reduced = TRY(call(t, method.take(), protocol));
            } else {
                method = TRY(get_attribute_optional(t, object, names::__reduce__));
                if (!method) {
                    Ref<Str> name = TRY(type_full_name(t, type));
                    return raise_pickling(t, state, "Can't pickle %s object", name);
                }
                reduced = TRY(call(t, method.take()));
            }
        }
    }
    if (is<Str>(reduced.get())) return global(object, reduced.get());
    auto run = [&]() -> Result<void> {
        if (!is<Tuple>(reduced.get())) {
            Ref<Str> name = TRY(type_full_name(t, reduced->type));
            return raise_pickling(t, state, "__reduce__ must return a string or tuple, not %s", name);
        }
        return reduce(static_cast<Tuple*>(reduced.get()), object);
    };
    if (UNLIKELY(run().is_error())) return note_exception(t, "when serializing %s object", object);
    return {};
}

Result<void> Save::reduce(Tuple* reduced, Object* object) {
    intptr_t size = reduced->size;
    if (size < 2 || size > 6) return raise_pickling(t, state, "tuple returned by __reduce__ must contain 2 through 6 elements");
    auto item = [&](intptr_t i) { return i < size && !is_none(reduced->items[i]) ? reduced->items[i] : nullptr; };
    auto wrong = [&](const char* format, Object* got) -> Error {
        Ref<Str> name = TRY(type_full_name(t, got->type));
        return raise_pickling(t, state, format, name);
    };
    Object *callable = reduced->items[0], *args_object = reduced->items[1];
    Object *object_state = item(2), *list_items = item(3), *dict_items = item(4), *state_setter = item(5);
    if (!is_callable(callable)) return wrong("first item of the tuple returned by __reduce__ must be callable, not %s", callable);
    if (!is<Tuple>(args_object)) return wrong("second item of the tuple returned by __reduce__ must be a tuple, not %s", args_object);
    if (list_items && !is_iterator(list_items))
        return wrong("fourth item of the tuple returned by __reduce__ must be an iterator, not %s", list_items);
    if (dict_items && !is_iterator(dict_items))
        return wrong("fifth item of the tuple returned by __reduce__ must be an iterator, not %s", dict_items);
    if (state_setter && !is_callable(state_setter))
        return wrong("sixth item of the tuple returned by __reduce__ must be callable, not %s", state_setter);
    auto* args = static_cast<Tuple*>(args_object);
    auto noted = [&](Object* what, const char* format) -> Result<void> {
        if (LIKELY(!save(what).is_error())) return {};
        return note_exception(t, format, object ? object : what);
    };
    enum class How { Call, New, NewEx } how = How::Call;
    if (self->protocol >= 2) {
        MaybeRef<Object> name = TRY(get_attribute_optional(t, callable, names::__name__));
        if (name && is<Str>(name.get())) {
            if (str_equals_ascii(static_cast<Str*>(name.get()), "__newobj_ex__")) how = How::NewEx;
            else if (str_equals_ascii(static_cast<Str*>(name.get()), "__newobj__")) how = How::New;
        }
    }
    auto check_class = [&](Object* cls, const char* function) -> Result<void> {
        if (!is<Type>(cls)) {
            Ref<Str> name = TRY(type_full_name(t, cls->type));
            return raise_pickling(t, state, "first argument to %s() must be a class, not %s", function, name);
        }
        return {};
    };
    auto check_own_class = [&](Object* cls, const char* function) -> Result<void> {
        if (!object) return {};
        Ref<Object> own = TRY(get_attribute(t, object, names::__class__));
        if (own.get() != cls) return raise_pickling(t, state, "first argument to %s() must be %R, not %R", function, own, cls);
        return {};
    };
    if (how == How::NewEx) {
        if (args->size != 3) return raise_pickling(t, state, "__newobj_ex__ expected 3 arguments, got %d", args->size);
        Object *cls = args->items[0], *new_args = args->items[1], *keywords = args->items[2];
        TRY(check_class(cls, "__newobj_ex__"));
        if (!is<Tuple>(new_args)) return wrong("second argument to __newobj_ex__() must be a tuple, not %s", new_args);
        if (!is<Dict>(keywords)) return wrong("third argument to __newobj_ex__() must be a dict, not %s", keywords);
        TRY(check_own_class(cls, "__newobj_ex__"));
        if (self->protocol >= 4) {
            TRY(noted(cls, "when serializing %s class"));
            TRY(noted(new_args, "when serializing %s __new__ arguments"));
            TRY(noted(keywords, "when serializing %s __new__ arguments"));
            TRY(put(op::NewObjEx));
        } else {
            // functools.partial(cls.__new__, cls, *args, **keywords)()
            auto* positional = static_cast<Tuple*>(new_args);
            Ref<Tuple> all = TRY(tuple_alloc(t, positional->size + 2));
            all->items[0] = TRY(get_attribute(t, cls, names::__new__)).release();
            all->items[1] = acquire(cls).release();
            for (intptr_t i = 0; i < positional->size; ++i) all->items[i + 2] = acquire(positional->items[i]).release();
            tuple_finish(all.get());
            Ref<Object> partial = TRY(call_tuple(t, state.partial, all, static_cast<Dict*>(keywords)));
            TRY(noted(partial.get(), "when serializing %s reconstructor"));
            TRY(save(tuple_empty().get()));
            TRY(put(op::Reduce));
        }
    } else if (how == How::New) {
        if (args->size < 1) return raise_pickling(t, state, "__newobj__ expected at least 1 argument, got 0");
        Object* cls = args->items[0];
        TRY(check_class(cls, "__newobj__"));
        TRY(check_own_class(cls, "__newobj__"));
        TRY(noted(cls, "when serializing %s class"));
        Ref<Tuple> rest = TRY(tuple_slice(t, args, 1, args->size));
        TRY(noted(rest.get(), "when serializing %s __new__ arguments"));
        TRY(put(op::NewObj));
    } else {
        TRY(noted(callable, "when serializing %s reconstructor"));
        TRY(noted(args, "when serializing %s reconstructor arguments"));
        TRY(put(op::Reduce));
    }
    if (object) {
        // In the memo already: the arguments lead back to it; what was built is dropped for that.
        intptr_t known = self->memo.find(object);
        if (UNLIKELY(known >= 0)) {
            TRY(put(op::Pop));
            TRY(get(known));
        } else {
            TRY(memoize(object));
        }
    }
    Object* of = object ? object : callable;
    if (list_items) TRY(batch_list(list_items, of));
    if (dict_items) TRY(batch_dict(dict_items, of));
    if (!object_state) return {};
    if (!state_setter) {
        TRY(noted(object_state, "when serializing %s state"));
        return put(op::Build);
    }
    // state_setter(object, state), whose result is dropped.
    TRY(noted(state_setter, "when serializing %s state setter"));
    TRY(save(of));
    TRY(noted(object_state, "when serializing %s state"));
    TRY(put(op::Tuple2));
    return put2(op::Reduce, static_cast<uint8_t>(op::Pop));
}

} // namespace taipan::pickle
