// _elementtree: the fast half of xml.etree.ElementTree. Elements keep their children in a list of their own; fields of all
// objects here are read and written inside the object's critical section.
#pragma once

#include "objects/dict.h"
#include "objects/list.h"
#include "objects/type_spec.h"

namespace taipan::elementtree {

struct Element : Object {
    Object *tag, *text, *tail; // not null once initialised
    List* children;            // null: none yet
    Object* attrib;            // a dict unless __setstate__ was told otherwise; null: none yet
    Object* weaklist;
    static Type s_type;
};

namespace event_bit {
constexpr uint8_t Start = 1, End = 2, StartNs = 4, EndNs = 8, Comment = 16, Pi = 32;
} // namespace event_bit

struct TreeBuilder : Object {
    Object *root, *current, *last, *last_for_tail; // null: none
    List *data, *stack;                            // text pieces not yet in the tree (or null); the open elements around `current`
    Object *element_factory, *comment_factory, *pi_factory, *events_append;
    std::atomic<bool> insert_comments, insert_pis;
    std::atomic<uint8_t> events;
    static Type s_type;
};

/// What the interpreter's modules share: copies of the module (tests make some) have the same types.
struct State {
    Object* parse_error;
    Mutex lock; // guards the factories
    Object *comment_factory, *pi_factory;
};
State* state_of(Thread& t);
inline MaybeRef<Object> factory_of(State* state, Object* State::* which) {
    MutexLocker lock(state->lock);
    return MaybeRef<Object>::acquire(state->*which);
}

extern const TypeSpec element_spec, element_iterator_spec, tree_builder_spec, xml_parser_spec;
extern Type element_iterator_type;

// Fields.
inline MaybeRef<Object> read_field(Thread& t, Object* owner, Object* const& field) {
    CriticalSection section(t, owner);
    return MaybeRef<Object>::acquire(field);
}
/// None for a null field.
inline Ref<Object> read_or_none(Thread& t, Object* owner, Object* const& field) {
    CriticalSection section(t, owner);
    return acquire(field ? field : None());
}
/// The old value goes outside of the section.
inline void write_field(Thread& t, Object* owner, Object*& field, MaybeRef<Object> value) {
    Object* old;
    {
        CriticalSection section(t, owner);
        old = std::exchange(field, value.release());
    }
    xdecref(old);
}

// Elements.
/// `attrib` (null: none) is taken as it is.
Result<Ref<Element>> element_new(Thread& t, Borrowed<Object> tag, Object* attrib, Type& type = Element::s_type);
/// The attributes that a call gave: those of the dict (or null), then the keywords.
Result<MaybeRef<Object>> attributes_from(Thread& t, Object* attrib, Dict* keywords);
MaybeRef<List> children_if_any(Thread& t, Element* self);
Result<Ref<List>> children_of(Thread& t, Element* self);
intptr_t child_count(Thread& t, Element* self);
/// TypeError `expected an Element, not "…"`.
Result<void> check_element(Thread& t, Object* object);
Result<void> append_child(Thread& t, Borrowed<Element> self, Borrowed<Object> child);
Result<Ref<Object>> element_iterator_new(Thread& t, Borrowed<Element> root, Object* tag, bool text);

// What a parser tells its builder.
Result<Ref<Object>> builder_start(Thread& t, Borrowed<TreeBuilder> self, Borrowed<Object> tag, Object* attrib);
Result<Ref<Object>> builder_end(Thread& t, Borrowed<TreeBuilder> self, Borrowed<Object> tag);
Result<void> builder_data(Thread& t, Borrowed<TreeBuilder> self, Borrowed<Object> data);
Result<Ref<Object>> builder_comment(Thread& t, Borrowed<TreeBuilder> self, Borrowed<Object> text);
Result<Ref<Object>> builder_pi(Thread& t, Borrowed<TreeBuilder> self, Borrowed<Object> target, Borrowed<Object> text);
Result<Ref<Object>> builder_close(Thread& t, Borrowed<TreeBuilder> self);
/// Reports ("name", node) if the event is wanted.
Result<void> builder_event(Thread& t, Borrowed<TreeBuilder> self, uint8_t event, Borrowed<Object> node);
Result<Ref<TreeBuilder>> builder_new(Thread& t, Type& type = TreeBuilder::s_type);

} // namespace taipan::elementtree
