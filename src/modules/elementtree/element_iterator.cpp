// The iterator of Element.iter and itertext: a walk in document order with a stack of its own, so that depth costs no C
// stack. A change of the tree meanwhile is seen or not, but is safe.
#include "modules/elementtree/elementtree.h"

namespace taipan::elementtree {

namespace {

struct Level {
    Element* element; // owned
    intptr_t next_child;
};
struct ElementIterator : Object {
    Object* root; // null once the walk has begun
    Object* tag;  // null: all
    Level* levels;
    size_t depth, capacity;
    bool text;
};
using Self = Borrowed<ElementIterator>;

/// The text if there is any.
ResultMaybe<Object> if_not_empty(Thread& t, Element* element, Object* const& field) {
    Ref<Object> text = read_or_none(t, element, field);
    if (is_none(text.get()) || !TRY(is_true(t, text))) return MaybeRef<Object>();
    return MaybeRef<Object>(std::move(text));
}

/// A comment or processing instruction: what is inside is no text.
bool is_special(Thread& t, Element* element) {
    Ref<Object> tag = read_or_none(t, element, element->tag);
    return !is_none(tag.get()) && !is<Str>(tag.get());
}

ResultMaybe<Object> next(Thread& t, Self self) {
    for (;;) {
        MaybeRef<Element> element, left;
        bool inner = false;
        {
            CriticalSection section(t, self.get());
            if (self->root) {
                element = MaybeRef<Element>::steal(static_cast<Element*>(std::exchange(self->root, nullptr)));
            } else {
                if (self->depth == 0) return MaybeRef<Object>();
                Level& level = self->levels[self->depth - 1];
                MaybeRef<List> children = children_if_any(t, level.element);
                MaybeRef<Object> child;
                if (children) child = list_get(t, children.get(), level.next_child);
                if (child) {
                    ++level.next_child;
                    element = MaybeRef<Element>::steal(static_cast<Element*>(child.release()));
                } else {
                    left = MaybeRef<Element>::steal(level.element);
                    inner = --self->depth > 0;
                }
            }
            if (element) {
                if (self->depth == self->capacity) {
                    size_t wanted = self->capacity ? self->capacity * 2 : 8;
                    auto* grown = static_cast<Level*>(raw_realloc(self->levels, wanted * sizeof(Level)));
                    if (!grown) return raise_memory_error(t);
                    self->levels = grown;
                    self->capacity = wanted;
                }
                self->levels[self->depth++] = {acquire(element.get()).release(), 0};
            }
        }
        if (self->text) {
            MaybeRef<Object> text;
            if (element && is_special(t, element.get())) {
                CriticalSection section(t, self.get());
                if (self->depth && self->levels[self->depth - 1].element == element.get())
                    self->levels[self->depth - 1].next_child = INTPTR_MAX;
            } else if (element) text = TRY(if_not_empty(t, element.get(), element->text));
            else if (inner) text = TRY(if_not_empty(t, left.get(), left->tail));
            if (text) return text;
        } else if (element) {
            if (!self->tag || TRY(equals(t, read_or_none(t, element.get(), element->tag), self->tag)))
                return MaybeRef<Object>(element.take());
        }
    }
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<ElementIterator*>(o);
    for (size_t i = 0; i < self->depth; ++i)
        if (int result = visit(self->levels[i].element, context)) return result;
    for (Object* field : {self->root, self->tag})
        if (field)
            if (int result = visit(field, context)) return result;
    return 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<ElementIterator*>(o);
    gc_untrack(o);
    while (self->depth) decref(self->levels[--self->depth].element);
    raw_free(self->levels);
    clear_field(self->root);
    clear_field(self->tag);
    o->type->free(o);
}
Ref<Object> self_iter(Thread&, Self self) { return acquire<Object>(self.get()); }
const SlotDef slots[] = {
    unary_slot<SlotId::tp_iter, self_iter>(),
    unary_slot<SlotId::tp_iternext, next>(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

Type element_iterator_type;
const TypeSpec element_iterator_spec = {.type = &element_iterator_type,
                                        .name = "_elementtree._element_iterator",
                                        .basicsize = sizeof(ElementIterator),
                                        .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                        .slots = slots};

Result<Ref<Object>> element_iterator_new(Thread& t, Borrowed<Element> root, Object* tag, bool text) {
    Ref<ElementIterator> self = TRY(allocate<ElementIterator>(t, element_iterator_type));
    self->root = acquire<Object>(root.get()).release();
    if (tag) self->tag = acquire(tag).release();
    self->text = text;
    gc_track(self.get());
    return self;
}

} // namespace taipan::elementtree
