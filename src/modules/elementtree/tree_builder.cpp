// TreeBuilder: makes a tree of the calls start, data, end, comment and pi. Text is collected and goes into the tree when the
// next tag comes: behind the last element that ended (or comment that was inserted), else into the open one.
#include "modules/elementtree/elementtree.h"

#include "objects/abstract.h"

namespace taipan::elementtree {

Type TreeBuilder::s_type;

namespace {

using Self = Borrowed<TreeBuilder>;

MaybeRef<Object> current_of(Thread& t, TreeBuilder* self) { return read_field(t, self, self->current); }

/// The collected text, as one object; nothing if there is none.
ResultMaybe<Object> take_text(Thread& t, TreeBuilder* self) {
    MaybeRef<List> data;
    {
        CriticalSection section(t, self);
        data = MaybeRef<List>::steal(std::exchange(self->data, nullptr));
    }
    if (!data) return MaybeRef<Object>();
    if (list_size(data.get()) == 1) return list_get(t, data.get(), 0);
    Ref<Str> empty = TRY(str_interned(t, "")), join = TRY(str_interned(t, "join"));
    return MaybeRef<Object>(TRY(call_method(t, empty, join, data.get())));
}
Result<void> flush(Thread& t, TreeBuilder* self) {
    MaybeRef<Object> text = TRY(take_text(t, self));
    if (!text) return {};
    MaybeRef<Object> target = read_field(t, self, self->last_for_tail);
    bool tail = static_cast<bool>(target);
    if (!tail) target = read_field(t, self, self->last);
    if (!target) return {};
    if (target.get()->type == &Element::s_type) {
        auto* element = static_cast<Element*>(target.get());
        Object*& field = tail ? element->tail : element->text;
        Ref<Object> before = read_or_none(t, element, field);
        if (!is_none(before.get())) text = TRY(add(t, before, text.get()));
        write_field(t, element, field, std::move(text));
        return {};
    }
    Ref<Str> name = TRY(str_interned(t, tail ? "tail" : "text"));
    Ref<Object> before = TRY(get_attribute(t, target.get(), name));
    if (!is_none(before.get())) text = TRY(add(t, before, text.get()));
    return set_attribute(t, target.get(), name, text.get());
}

Result<void> add_to(Thread& t, Borrowed<Object> parent, Borrowed<Object> node) {
    if (parent->type == &Element::s_type) {
        TRY(check_element(t, node.get()));
        return append_child(t, static_cast<Element*>(parent.get()), node);
    }
    Ref<Str> name = TRY(str_interned(t, "append"));
    TRY(call_method(t, parent, name, node));
    return {};
}

constexpr struct {
    uint8_t bit;
    const char* name;
} event_names[] = {
    {event_bit::Start, "start"},  {event_bit::End, "end"},         {event_bit::StartNs, "start-ns"},
    {event_bit::EndNs, "end-ns"}, {event_bit::Comment, "comment"}, {event_bit::Pi, "pi"},
};

/// A comment or processing instruction that its factory has made (or not): into the tree, if that is wanted.
Result<void> insert_special(Thread& t, TreeBuilder* self, Borrowed<Object> node, bool wanted) {
    if (!wanted) return {};
    MaybeRef<Object> current = current_of(t, self);
    if (!current) return {};
    TRY(add_to(t, current.get(), node));
    write_field(t, self, self->last_for_tail, acquire(node));
    return {};
}

} // namespace

Result<void> builder_event(Thread& t, Self self, uint8_t event, Borrowed<Object> node) {
    if (!(self->events & event)) return {};
    MaybeRef<Object> append = read_field(t, self.get(), self->events_append);
    if (!append) return {};
    for (auto& row : event_names) {
        if (row.bit != event) continue;
        Ref<Str> name = TRY(str_interned(t, row.name));
        TRY(call(t, append.get(), TRY(tuple_pack(t, name, node))));
    }
    return {};
}

Result<Ref<TreeBuilder>> builder_new(Thread& t, Type& type) {
    Ref<List> stack = TRY(list_new(t));
    Ref<TreeBuilder> self = TRY(allocate<TreeBuilder>(t, type));
    self->stack = stack.release();
    gc_track(self.get());
    return self;
}

Result<Ref<Object>> builder_start(Thread& t, Self self, Borrowed<Object> tag, Object* attrib) {
    TRY(flush(t, self.get()));
    MaybeRef<Object> factory = read_field(t, self.get(), self->element_factory);
    Ref<Object> node = none_ref();
    if (factory) {
        MaybeRef<Object> given = MaybeRef<Object>::acquire(attrib);
        if (!given) given = TRY(dict_new(t));
        node = TRY(call(t, factory.get(), tag, Borrowed<Object>(given.get())));
    } else {
        node = TRY(element_new(t, tag, attrib && dict_size(static_cast<Dict*>(attrib)) ? attrib : nullptr));
    }
    write_field(t, self.get(), self->last_for_tail, MaybeRef<Object>());
    MaybeRef<Object> current = current_of(t, self.get());
    if (current) {
        TRY(add_to(t, current.get(), node));
    } else {
        if (read_field(t, self.get(), self->root)) {
            Ref<Str> message = TRY(str_from_utf8(t, "multiple elements on top level"));
            return raise_object(t, static_cast<Type&>(*static_cast<Type*>(state_of(t)->parse_error)), message);
        }
        write_field(t, self.get(), self->root, node.share());
    }
    TRY(list_append(t, self->stack, current ? current.take() : none_ref()));
    write_field(t, self.get(), self->current, node.share());
    write_field(t, self.get(), self->last, node.share());
    TRY(builder_event(t, self, event_bit::Start, node));
    return node;
}

Result<Ref<Object>> builder_end(Thread& t, Self self, Borrowed<Object>) {
    TRY(flush(t, self.get()));
    MaybeRef<Object> outer;
    {
        CriticalSection section(t, self->stack);
        intptr_t depth = list_size(self->stack);
        if (depth == 0) return raise(t, exc::IndexError, "pop from empty stack");
        outer = list_get(t, self->stack, depth - 1);
        TRY(list_set_slice(t, self->stack, depth - 1, depth, nullptr));
    }
    MaybeRef<Object> ended = current_of(t, self.get());
    Ref<Object> last = ended ? ended.take() : none_ref();
    write_field(t, self.get(), self->last, last.share());
    write_field(t, self.get(), self->last_for_tail, last.share());
    write_field(t, self.get(), self->current, is_none(outer.get()) ? MaybeRef<Object>() : std::move(outer));
    TRY(builder_event(t, self, event_bit::End, last));
    return last;
}

Result<void> builder_data(Thread& t, Self self, Borrowed<Object> data) {
    if (!read_field(t, self.get(), self->last)) return {}; // nothing has begun
    MaybeRef<List> pieces;
    {
        CriticalSection section(t, self.get());
        pieces = MaybeRef<List>::acquire(self->data);
    }
    if (!pieces) {
        Ref<List> fresh = TRY(list_new(t));
        CriticalSection section(t, self.get());
        if (!self->data) self->data = fresh.release();
        pieces = MaybeRef<List>::acquire(self->data);
    }
    return list_append(t, pieces.get(), acquire(data));
}

Result<Ref<Object>> builder_comment(Thread& t, Self self, Borrowed<Object> text) {
    TRY(flush(t, self.get()));
    Ref<Object> comment = acquire(text);
    if (MaybeRef<Object> factory = read_field(t, self.get(), self->comment_factory)) {
        comment = TRY(call(t, factory.get(), text));
        TRY(insert_special(t, self.get(), comment, self->insert_comments));
    }
    TRY(builder_event(t, self, event_bit::Comment, comment));
    return comment;
}
Result<Ref<Object>> builder_pi(Thread& t, Self self, Borrowed<Object> target, Borrowed<Object> text) {
    TRY(flush(t, self.get()));
    Ref<Object> pi = none_ref();
    if (MaybeRef<Object> factory = read_field(t, self.get(), self->pi_factory)) {
        pi = TRY(call(t, factory.get(), target, text));
        TRY(insert_special(t, self.get(), pi, self->insert_pis));
    } else {
        pi = TRY(tuple_pack(t, target, text));
    }
    TRY(builder_event(t, self, event_bit::Pi, pi));
    return pi;
}
Result<Ref<Object>> builder_close(Thread& t, Self self) { return read_or_none(t, self.get(), self->root); }

namespace {

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Args, Kwargs) { return builder_new(t, *type); }

Result<void> init(Thread& t, Self self, NoneOr<Object> element_factory, NoneOr<Object> comment_factory, NoneOr<Object> pi_factory,
                  bool insert_comments, bool insert_pis) {
    State* state = state_of(t);
    auto chosen = [](NoneOr<Object> given, MaybeRef<Object> fallback) {
        return given ? MaybeRef<Object>::acquire(given.value().get()) : std::move(fallback);
    };
    MaybeRef<Object> comment = chosen(comment_factory, factory_of(state, &State::comment_factory)),
                     pi = chosen(pi_factory, factory_of(state, &State::pi_factory));
    self->insert_comments = comment && insert_comments;
    self->insert_pis = pi && insert_pis;
    write_field(t, self.get(), self->element_factory, chosen(element_factory, MaybeRef<Object>()));
    write_field(t, self.get(), self->comment_factory, std::move(comment));
    write_field(t, self.get(), self->pi_factory, std::move(pi));
    return {};
}
Result<Ref<Object>> start(Thread& t, Self self, Borrowed<Object> tag, Borrowed<Dict> attrs) {
    return builder_start(t, self, tag, attrs.get());
}

using BuilderFields = Fields<TreeBuilder, &TreeBuilder::root, &TreeBuilder::current, &TreeBuilder::last, &TreeBuilder::last_for_tail,
                             &TreeBuilder::data, &TreeBuilder::stack, &TreeBuilder::element_factory, &TreeBuilder::comment_factory,
                             &TreeBuilder::pi_factory, &TreeBuilder::events_append>;
int clear(Object* o) {
    // The stack stays: whoever still has the builder may call it. It cannot be part of a cycle once it is empty.
    auto* self = static_cast<TreeBuilder*>(o);
    for (Object** field : {&self->root, &self->current, &self->last, &self->last_for_tail, &self->element_factory, &self->comment_factory,
                           &self->pi_factory, &self->events_append})
        clear_field(*field);
    Object* data = std::exchange(self->data, nullptr);
    xdecref(data);
    return 0;
}
const NativeDef methods[] = {
    method<builder_data>("data", "($self, data, /)"),
    method<start>("start", "($self, tag, attrs, /)"),
    method<builder_end>("end", "($self, tag, /)"),
    method<builder_comment>("comment", "($self, text, /)"),
    method<builder_pi>("pi", "($self, target, text=None, /)"),
    method<builder_close>("close", "($self, /)"),
};
const SlotDef slots[] = {
    typed_new<construct, "TreeBuilder", "(*args, **kwargs)">(),
    typed_init<init, "TreeBuilder",
               "($self, /, element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)">(),
    BuilderFields::traverse_slot(),
    raw_slot(SlotId::tp_clear, &clear),
    BuilderFields::dealloc_slot(),
};

} // namespace

const TypeSpec tree_builder_spec = {.type = &TreeBuilder::s_type,
                                    .name = "xml.etree.ElementTree.TreeBuilder",
                                    .basicsize = sizeof(TreeBuilder),
                                    .flags = type_flag::BaseType | type_flag::Gc,
                                    .slots = slots,
                                    .methods = methods};

} // namespace taipan::elementtree
