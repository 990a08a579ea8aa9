// Element: construction, attributes, children as a sequence, copying and pickling.
#include "modules/elementtree/elementtree.h"

#include "objects/int.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan::elementtree {

Type Element::s_type;

namespace {
using Self = Borrowed<Element>;
}

Result<Ref<Element>> element_new(Thread& t, Borrowed<Object> tag, Object* attrib, Type& type) {
    Ref<Element> self = TRY(allocate<Element>(t, type));
    self->tag = acquire(tag).release();
    self->text = none_ref().release();
    self->tail = none_ref().release();
    if (attrib) self->attrib = acquire(attrib).release();
    gc_track(self.get());
    return self;
}

Result<MaybeRef<Object>> attributes_from(Thread& t, Object* attrib, Dict* keywords) {
    bool any = keywords && dict_size(keywords);
    MaybeRef<Dict> result;
    if (attrib) {
        result = TRY(dict_copy(t, static_cast<Dict*>(attrib)));
        if (any) TRY(dict_merge(t, result.get(), keywords, Override::Yes));
    } else if (any) {
        Ref<Dict> others = TRY(dict_copy(t, keywords));
        Ref<Str> name = TRY(str_interned(t, "attrib"));
        MaybeRef<Object> given = TRY(dict_pop(t, others, name));
        if (given && !is<Dict>(given.get())) return raise(t, exc::TypeError, "attrib must be dict, not %T", given.get());
        if (given) {
            result = TRY(dict_copy(t, static_cast<Dict*>(given.get())));
            TRY(dict_merge(t, result.get(), others, Override::Yes));
        } else {
            result = std::move(others);
        }
    }
    if (!result || dict_size(result.get()) == 0) return MaybeRef<Object>();
    return MaybeRef<Object>(result.take());
}

MaybeRef<List> children_if_any(Thread& t, Element* self) {
    CriticalSection section(t, self);
    return MaybeRef<List>::acquire(self->children);
}
Result<Ref<List>> children_of(Thread& t, Element* self) {
    if (MaybeRef<List> known = children_if_any(t, self)) return known.take();
    Ref<List> fresh = TRY(list_new(t));
    CriticalSection section(t, self);
    if (!self->children) self->children = fresh.release();
    return acquire(self->children);
}
intptr_t child_count(Thread& t, Element* self) {
    MaybeRef<List> children = children_if_any(t, self);
    return children ? list_size(children.get()) : 0;
}
Result<void> check_element(Thread& t, Object* object) {
    if (is<Element>(object)) return {};
    return raise(t, exc::TypeError, "expected an Element, not \"%T\"", object);
}
Result<void> append_child(Thread& t, Borrowed<Element> self, Borrowed<Object> child) {
    Ref<List> children = TRY(children_of(t, self.get()));
    return list_append(t, children, acquire(child));
}

namespace {

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Args, Kwargs) { return element_new(t, None(), nullptr, *type); }

/// The dict at `position` of the arguments of `function`, which takes `least` arguments and that one.
Result<Object*> optional_attrib(Thread& t, const char* function, std::span<Object* const> args, size_t least) {
    if (args.size() < least)
        return raise(t, exc::TypeError, "%s() takes at least %d argument%s (%d given)", function, static_cast<int>(least),
                     least == 1 ? "" : "s", static_cast<int>(args.size()));
    if (args.size() > least + 1)
        return raise(t, exc::TypeError, "%s() takes at most %d arguments (%d given)", function, static_cast<int>(least + 1),
                     static_cast<int>(args.size()));
    if (args.size() == least) return static_cast<Object*>(nullptr);
    if (!is<Dict>(args[least]))
        return raise(t, exc::TypeError, "%s() argument %d must be dict, not %T", function, static_cast<int>(least + 1), args[least]);
    return args[least];
}

Result<void> init(Thread& t, Self self, Borrowed<Tuple> args, Dict* keywords) {
    Object* given = TRY(optional_attrib(t, "Element", args->span(), 1));
    MaybeRef<Object> attrib = TRY(attributes_from(t, given, keywords));
    write_field(t, self.get(), self->tag, acquire(args->items[0]));
    write_field(t, self.get(), self->text, none_ref());
    write_field(t, self.get(), self->tail, none_ref());
    if (!attrib) return {};
    write_field(t, self.get(), self->attrib, std::move(attrib));
    MaybeRef<List> old;
    {
        CriticalSection section(t, self.get());
        old = MaybeRef<List>::steal(std::exchange(self->children, nullptr));
    }
    return {};
}

// Attributes of the object.

Result<Ref<Object>> attributes(Thread& t, Element* self) {
    if (MaybeRef<Object> known = read_field(t, self, self->attrib)) return known.take();
    Ref<Dict> fresh = TRY(dict_new(t));
    CriticalSection section(t, self);
    if (!self->attrib) self->attrib = fresh.release();
    return acquire(self->attrib);
}
Ref<Object> get_tag(Thread& t, Self self) { return read_or_none(t, self.get(), self->tag); }
Ref<Object> get_text(Thread& t, Self self) { return read_or_none(t, self.get(), self->text); }
Ref<Object> get_tail(Thread& t, Self self) { return read_or_none(t, self.get(), self->tail); }
Result<Ref<Object>> get_attrib(Thread& t, Self self) { return attributes(t, self.get()); }
template <Object* Element::* Field> Result<void> set_plain(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "can't delete element attribute");
    write_field(t, self.get(), self.get()->*Field, acquire(value));
    return {};
}
Result<void> set_attrib(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "can't delete element attribute");
    if (!is<Dict>(value)) return raise(t, exc::TypeError, "attrib must be dict, not %T", value);
    write_field(t, self.get(), self->attrib, acquire(value));
    return {};
}

// XML attributes.

Result<Ref<Object>> get(Thread& t, Self self, Borrowed<Object> key, Borrowed<Object> fallback) {
    MaybeRef<Object> attrib = read_field(t, self.get(), self->attrib);
    if (!attrib || !is<Dict>(attrib.get())) return acquire(fallback);
    MaybeRef<Object> found = TRY(dict_get(t, static_cast<Dict*>(attrib.get()), key));
    return found ? found.take() : acquire(fallback);
}
Result<void> set(Thread& t, Self self, Borrowed<Object> key, Borrowed<Object> value) {
    Ref<Object> attrib = TRY(attributes(t, self.get()));
    if (!is<Dict>(attrib.get())) return raise(t, exc::TypeError, "attrib must be dict, not %T", attrib.get());
    return dict_set(t, static_cast<Dict*>(attrib.get()), key, value);
}
template <Result<Ref<List>> (*Part)(Thread&, Borrowed<Dict>)> Result<Ref<List>> attribute_list(Thread& t, Self self) {
    MaybeRef<Object> attrib = read_field(t, self.get(), self->attrib);
    if (!attrib || !is<Dict>(attrib.get())) return list_new(t);
    return Part(t, static_cast<Dict*>(attrib.get()));
}

// Children.

intptr_t element_length(Thread& t, Self self) { return child_count(t, self.get()); }
Result<bool> truth(Thread& t, Self self) {
    TRY(warn(
        t, exc::DeprecationWarning, 1,
        "Testing an element's truth value will always return True in future versions.  Use specific 'len(elem)' or 'elem is not None' test "
        "instead."));
    return child_count(t, self.get()) != 0;
}
Result<Ref<Object>> item(Thread& t, Self self, intptr_t index) {
    MaybeRef<List> children = children_if_any(t, self.get());
    MaybeRef<Object> found;
    if (children) found = list_get(t, children.get(), index);
    if (!found) return raise(t, exc::IndexError, "child index out of range");
    return found.take();
}
Result<void> set_item_at(Thread& t, Self self, intptr_t index, Object* value) {
    auto out_of_range = [&] { return raise(t, exc::IndexError, "child assignment index out of range"); };
    MaybeRef<List> children = children_if_any(t, self.get());
    if (!children || index < 0 || index >= list_size(children.get())) return out_of_range();
    if (value) {
        TRY(check_element(t, value));
        if (!list_set(t, children.get(), index, acquire(value))) return out_of_range();
        return {};
    }
    return list_set_slice(t, children.get(), index, index + 1, nullptr);
}
Result<intptr_t> index_of(Thread& t, Element* self, Borrowed<Object> key) {
    intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
    return index < 0 ? index + child_count(t, self) : index;
}
bool is_index(Object* o) { return o->type->as_number && o->type->as_number->index; }
Result<Ref<Object>> subscript(Thread& t, Self self, Borrowed<Object> key) {
    if (is_index(key.get())) return item(t, self, TRY(index_of(t, self.get(), key)));
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "element indices must be integers");
    return get_item(t, TRY(children_of(t, self.get())), key);
}
Result<void> set_subscript(Thread& t, Self self, Borrowed<Object> key, Object* value) {
    if (is_index(key.get())) return set_item_at(t, self, TRY(index_of(t, self.get(), key)), value);
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "element indices must be integers");
    if (!value) return delete_item(t, TRY(children_of(t, self.get())), key);
    Ref<Object> given = TRY(to_fast_sequence(t, value, "assignment expects an iterable"));
    Ref<List> items = TRY(to_list(t, given)); // a copy: nobody slips in what is no element
    for (intptr_t i = 0; i < items->size; ++i) TRY(check_element(t, items->items[i]));
    return set_item(t, TRY(children_of(t, self.get())), key, items);
}

Result<void> append(Thread& t, Self self, Borrowed<Object> child) {
    if (!is<Element>(child.get()))
        return raise(t, exc::TypeError, "append() argument 1 must be xml.etree.ElementTree.Element, not %T", child);
    return append_child(t, self, child);
}
Result<void> extend(Thread& t, Self self, Borrowed<Object> elements) {
    Ref<Object> given = TRY(to_fast_sequence(t, elements, "'elements' must be an iterable"));
    Ref<List> items = TRY(to_list(t, given));
    for (intptr_t i = 0; i < items->size; ++i) {
        TRY(check_element(t, items->items[i]));
        TRY(append_child(t, self, items->items[i]));
    }
    return {};
}
Result<void> insert(Thread& t, Self self, Size at, Borrowed<Object> child) {
    if (!is<Element>(child.get()))
        return raise(t, exc::TypeError, "insert() argument 2 must be xml.etree.ElementTree.Element, not %T", child);
    Ref<List> children = TRY(children_of(t, self.get()));
    intptr_t index = at, size = list_size(children.get());
    if (index < 0) index = index + size < 0 ? 0 : index + size;
    if (index > size) index = size;
    return list_insert(t, children, index, child);
}
Result<void> remove(Thread& t, Self self, Borrowed<Object> child) {
    if (!is<Element>(child.get()))
        return raise(t, exc::TypeError, "remove() argument must be xml.etree.ElementTree.Element, not %T", child);
    for (intptr_t i = 0;;) {
        MaybeRef<List> children = children_if_any(t, self.get());
        if (!children) return raise(t, exc::ValueError, "Element.remove(x): element not found");
        CriticalSection section(t, children.get());
        for (;; ++i) {
            MaybeRef<Object> found = list_get(t, children.get(), i);
            if (!found) return raise(t, exc::ValueError, "Element.remove(x): element not found");
            if (TRY(equals(t, found.get(), child))) return list_set_slice(t, children.get(), i, i + 1, nullptr);
            if (children_if_any(t, self.get()).get() != children.get()) break; // the comparison has replaced the list
        }
        ++i;
    }
}
void clear(Thread& t, Self self) {
    MaybeRef<List> children;
    {
        CriticalSection section(t, self.get());
        children = MaybeRef<List>::steal(std::exchange(self->children, nullptr));
    }
    write_field(t, self.get(), self->attrib, MaybeRef<Object>());
    write_field(t, self.get(), self->text, none_ref());
    write_field(t, self.get(), self->tail, none_ref());
}

// Searching. A path that is a plain tag needs no ElementPath.

bool is_plain_tag(Object* path) {
    if (!is<Str>(path)) return false;
    auto* text = static_cast<Str*>(path);
    if (text->length >= 2 && text->at(0) == '{' && (text->at(1) == '}' || (text->length >= 3 && text->at(1) == '*' && text->at(2) == '}')))
        return false;
    bool outside = true;
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c == '{') outside = false;
        else if (c == '}') outside = true;
        else if (outside && (c == '/' || c == '*' || c == '[' || c == '@' || c == '.')) return false;
    }
    return true;
}
/// Calls `found` for children with the tag until it returns false.
template <class F> Result<void> for_each_tagged(Thread& t, Element* self, Borrowed<Object> tag, F&& found) {
    MaybeRef<List> children = children_if_any(t, self);
    for (intptr_t i = 0; children; ++i) {
        MaybeRef<Object> child = list_get(t, children.get(), i);
        if (!child) break;
        auto* element = static_cast<Element*>(child.get());
        Ref<Object> own = read_or_none(t, element, element->tag);
        if (TRY(equals(t, own, tag)) && !TRY(found(child.take()))) break;
    }
    return {};
}
Result<Ref<Object>> path_function(Thread& t, const char* name) { return import_attribute(t, "xml.etree.ElementPath", name); }

Result<Ref<Object>> find(Thread& t, Self self, Borrowed<Object> path, Borrowed<Object> namespaces) {
    if (!is_plain_tag(path.get()) || !is_none(namespaces.get())) return call(t, TRY(path_function(t, "find")), self, path, namespaces);
    Ref<Object> result = none_ref();
    TRY(for_each_tagged(t, self.get(), path, [&](Ref<Object> child) -> Result<bool> {
        result = std::move(child);
        return false;
    }));
    return result;
}
Result<Ref<Object>> findtext(Thread& t, Self self, Borrowed<Object> path, Borrowed<Object> fallback, Borrowed<Object> namespaces) {
    if (!is_plain_tag(path.get()) || !is_none(namespaces.get()))
        return call(t, TRY(path_function(t, "findtext")), self, path, fallback, namespaces);
    Ref<Object> result = acquire(fallback);
    TRY(for_each_tagged(t, self.get(), path, [&](Ref<Object> child) -> Result<bool> {
        auto* element = static_cast<Element*>(child.get());
        result = read_or_none(t, element, element->text);
        if (is_none(result.get())) result = TRY(str_interned(t, ""));
        return false;
    }));
    return result;
}
Result<Ref<Object>> findall(Thread& t, Self self, Borrowed<Object> path, Borrowed<Object> namespaces) {
    if (!is_plain_tag(path.get()) || !is_none(namespaces.get())) return call(t, TRY(path_function(t, "findall")), self, path, namespaces);
    Ref<List> result = TRY(list_new(t));
    TRY(for_each_tagged(t, self.get(), path, [&](Ref<Object> child) -> Result<bool> {
        TRY(list_append(t, result, std::move(child)));
        return true;
    }));
    return result;
}
Result<Ref<Object>> iterfind(Thread& t, Self self, Borrowed<Object> path, Borrowed<Object> namespaces) {
    return call(t, TRY(path_function(t, "iterfind")), self, path, namespaces);
}
Result<Ref<Object>> iter(Thread& t, Self self, Borrowed<Object> tag) {
    bool all = is_none(tag.get()) || (is<Str>(tag.get()) && str_equals_ascii(static_cast<Str*>(tag.get()), "*"));
    return element_iterator_new(t, self, all ? nullptr : tag.get(), false);
}
Result<Ref<Object>> itertext(Thread& t, Self self) { return element_iterator_new(t, self, nullptr, true); }

// Copies.

Result<Ref<Element>> makeelement(Thread& t, Self, Borrowed<Object> tag, Borrowed<Dict> attrib) {
    Ref<Dict> copy = TRY(dict_copy(t, attrib));
    return element_new(t, tag, copy.get());
}
Result<Ref<Element>> copy(Thread& t, Self self) {
    MaybeRef<Object> attrib = read_field(t, self.get(), self->attrib);
    Ref<Element> made = TRY(element_new(t, read_or_none(t, self.get(), self->tag), attrib.get()));
    write_field(t, made.get(), made->text, read_or_none(t, self.get(), self->text));
    write_field(t, made.get(), made->tail, read_or_none(t, self.get(), self->tail));
    if (MaybeRef<List> children = children_if_any(t, self.get())) {
        Ref<List> same = TRY(list_slice(t, children.get(), 0, list_size(children.get())));
        CriticalSection section(t, made.get());
        made->children = same.release();
    }
    return made;
}

Result<Ref<Element>> deepcopy_element(Thread& t, Self self, Borrowed<Dict> memo);
Result<Ref<Object>> deepcopy_any(Thread& t, Borrowed<Object> object, Borrowed<Dict> memo) {
    if (is_none(object.get()) || is_exact<Str>(object.get())) return acquire(object);
    if (object->type == &Element::s_type) {
        Ref<Int> id = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(object.get())));
        MaybeRef<Object> known = TRY(dict_get(t, memo, id));
        if (known) return known.take();
        return deepcopy_element(t, static_cast<Element*>(object.get()), memo);
    }
    return call(t, TRY(import_attribute(t, "copy", "deepcopy")), object, memo);
}
Result<Ref<Element>> deepcopy_element(Thread& t, Self self, Borrowed<Dict> memo) {
    TRY(check_recursion(t, " in __deepcopy__"));
    Ref<Object> tag = TRY(deepcopy_any(t, read_or_none(t, self.get(), self->tag), memo));
    MaybeRef<Object> attrib = read_field(t, self.get(), self->attrib);
    if (attrib) attrib = TRY(deepcopy_any(t, attrib.get(), memo));
    Ref<Element> made = TRY(element_new(t, tag, attrib.get()));
    write_field(t, made.get(), made->text, TRY(deepcopy_any(t, read_or_none(t, self.get(), self->text), memo)));
    write_field(t, made.get(), made->tail, TRY(deepcopy_any(t, read_or_none(t, self.get(), self->tail), memo)));
    for (intptr_t i = 0;; ++i) {
        // Copying a child may have replaced the list.
        MaybeRef<List> children = children_if_any(t, self.get());
        MaybeRef<Object> child;
        if (children) child = list_get(t, children.get(), i);
        if (!child) break;
        Ref<Object> child_copy = TRY(deepcopy_any(t, child.get(), memo));
        TRY(check_element(t, child_copy.get()));
        TRY(append_child(t, made, child_copy));
    }
    Ref<Int> id = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(self.get())));
    TRY(dict_set(t, memo, id, made));
    return made;
}
Result<Ref<Element>> deepcopy(Thread& t, Self self, Borrowed<Dict> memo) { return deepcopy_element(t, self, memo); }

// Pickling, with the state that the Python class has.

Result<Ref<Dict>> get_state(Thread& t, Self self) {
    MaybeRef<List> children = children_if_any(t, self.get());
    Ref<List> copied = children ? TRY(list_slice(t, children.get(), 0, list_size(children.get()))) : TRY(list_new(t));
    MaybeRef<Object> attrib = read_field(t, self.get(), self->attrib);
    if (!attrib) attrib = TRY(dict_new(t));
    Ref<Dict> state = TRY(dict_new(t));
    TRY(dict_set_ascii(t, state, "tag", read_or_none(t, self.get(), self->tag)));
    TRY(dict_set_ascii(t, state, "_children", copied));
    TRY(dict_set_ascii(t, state, "attrib", attrib.get()));
    TRY(dict_set_ascii(t, state, "text", read_or_none(t, self.get(), self->text)));
    TRY(dict_set_ascii(t, state, "tail", read_or_none(t, self.get(), self->tail)));
    return state;
}
Result<void> set_state(Thread& t, Self self, Borrowed<Object> object) {
    if (!is<Dict>(object.get())) return raise(t, exc::TypeError, "Don't know how to unpickle \"%R\" as an Element", object);
    Borrowed<Dict> state = static_cast<Dict*>(object.get());
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, state, &position, &key, &value)) {
        bool known = false;
        if (is<Str>(key.get()))
            for (const char* name : {"tag", "_children", "attrib", "text", "tail"})
                known = known || str_equals_ascii(static_cast<Str*>(key.get()), name);
        if (!known) return raise(t, exc::TypeError, "this function got an unexpected keyword argument %R", key.get());
    }
    MaybeRef<Object> tag = TRY(dict_get_ascii(t, state, "tag")), children = TRY(dict_get_ascii(t, state, "_children")),
                     attrib = TRY(dict_get_ascii(t, state, "attrib")), text = TRY(dict_get_ascii(t, state, "text")),
                     tail = TRY(dict_get_ascii(t, state, "tail"));
    if (!tag) return raise(t, exc::TypeError, "tag may not be NULL");
    write_field(t, self.get(), self->tag, std::move(tag));
    write_field(t, self.get(), self->text, text ? text.take() : none_ref());
    write_field(t, self.get(), self->tail, tail ? tail.take() : none_ref());
    if (!children && !attrib) return {};
    if (children) {
        if (!is<List>(children.get())) return raise(t, exc::TypeError, "'_children' is not a list");
        Ref<List> copied = TRY(list_slice(t, static_cast<List*>(children.get()), 0, list_size(static_cast<List*>(children.get()))));
        for (intptr_t i = 0; i < copied->size; ++i) TRY(check_element(t, copied->items[i]));
        CriticalSection section(t, self.get());
        children = MaybeRef<Object>::steal(std::exchange(self->children, copied.release()));
    }
    write_field(t, self.get(), self->attrib, std::move(attrib));
    return {};
}

// The rest.

Result<Ref<Str>> repr(Thread& t, Self self) {
    Ref<Object> tag = read_or_none(t, self.get(), self->tag);
    if (TRY(repr_enter(t, self))) return raise(t, exc::RuntimeError, "reentrant call inside %T.__repr__", self.get());
    auto result = str_format(t, "<Element %R at %p>", tag, static_cast<void*>(self.get()));
    repr_leave(t, self);
    return result;
}
int64_t size_of(Thread& t, Self self) {
    // COMPAT: the attributes and four children take a block of their own, which comes with the first of them.
    CriticalSection section(t, self.get());
    intptr_t size = self->type->basicsize - static_cast<intptr_t>(sizeof(Object*));
    if (self->attrib || self->children) size += 9 * static_cast<intptr_t>(sizeof(Object*));
    if (self->children && self->children->capacity > 4) size += self->children->capacity * static_cast<intptr_t>(sizeof(Object*));
    return size;
}

struct ElementFields : Fields<Element, &Element::tag, &Element::text, &Element::tail, &Element::children, &Element::attrib> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Element*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        release(self);
        o->type->free(o);
    }
};
const NativeDef methods[] = {
    method<clear>("clear", "($self, /)"),
    method<get>("get", "($self, /, key, default=None)"),
    method<set>("set", "($self, key, value, /)"),
    method<find>("find", "($self, /, path, namespaces=None)"),
    method<findtext>("findtext", "($self, /, path, default=None, namespaces=None)"),
    method<findall>("findall", "($self, /, path, namespaces=None)"),
    method<append>("append", "($self, subelement, /)"),
    method<extend>("extend", "($self, elements, /)"),
    method<insert>("insert", "($self, index, subelement, /)"),
    method<remove>("remove", "($self, subelement, /)"),
    method<iter>("iter", "($self, /, tag=None)"),
    method<itertext>("itertext", "($self, /)"),
    method<iterfind>("iterfind", "($self, /, path, namespaces=None)"),
    method<attribute_list<dict_items_list>>("items", "($self, /)"),
    method<attribute_list<dict_keys_list>>("keys", "($self, /)"),
    method<makeelement>("makeelement", "($self, tag, attrib, /)"),
    method<copy>("__copy__", "($self, /)"),
    method<deepcopy>("__deepcopy__", "($self, memo, /)"),
    method<size_of>("__sizeof__", "($self, /)"),
    method<get_state>("__getstate__", "($self, /)"),
    method<set_state>("__setstate__", "($self, state, /)"),
};
const GetSetDef getset[] = {
    getter_setter<get_tag, set_plain<&Element::tag>>("tag", "A string identifying what kind of data this element represents"),
    getter_setter<get_text, set_plain<&Element::text>>("text", "A string of text directly after the start tag, or None"),
    getter_setter<get_tail, set_plain<&Element::tail>>("tail", "A string of text directly after the end tag, or None"),
    getter_setter<get_attrib, set_attrib>("attrib", "A dictionary containing the element's attributes"),
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    typed_new<construct, "Element", "(*args, **kwargs)">(),
    init_slot<SlotId::tp_init, init>(),
    unary_slot<SlotId::tp_repr, repr>(),
    inquiry_slot<SlotId::nb_bool, truth>(),
    size_slot<SlotId::sq_length, element_length>(),
    index_slot<SlotId::sq_item, item>(),
    set_index_slot<SlotId::sq_ass_item, set_item_at>(),
    size_slot<SlotId::mp_length, element_length>(),
    binary_slot<SlotId::mp_subscript, subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, set_subscript>(),
    ElementFields::traverse_slot(),
    ElementFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &ElementFields::dealloc),
};

} // namespace

const TypeSpec element_spec = {.type = &Element::s_type,
                               .name = "xml.etree.ElementTree.Element",
                               .basicsize = sizeof(Element),
                               .flags = type_flag::BaseType | type_flag::Gc,
                               .slots = slots,
                               .methods = methods,
                               .getset = getset,
                               .weaklist_offset = offsetof(Element, weaklist)};

Result<Ref<Object>> subelement(Thread& t, Args args, Kwargs keywords);
Result<Ref<Object>> subelement(Thread& t, Args args, Kwargs keywords) {
    std::span<Object* const> given(args.data, args.count);
    Object* attrib = nullptr;
    if (!given.empty() && given.size() <= 3 && given.size() >= 2 && !is<Element>(given[0]))
        return raise(t, exc::TypeError, "SubElement() argument 1 must be xml.etree.ElementTree.Element, not %T", given[0]);
    attrib = TRY(optional_attrib(t, "SubElement", given, 2));
    MaybeRef<Object> attributes = TRY(attributes_from(t, attrib, keywords.dict));
    Ref<Element> made = TRY(element_new(t, given[1], attributes.get()));
    TRY(append_child(t, static_cast<Element*>(given[0]), made));
    return made;
}

} // namespace taipan::elementtree
