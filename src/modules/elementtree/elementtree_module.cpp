// The _elementtree module itself.
#include "modules/elementtree/elementtree.h"

#include "objects/module.h"
#include "vm/interpreter_states.h"

#include <new>

namespace taipan::elementtree {

Result<Ref<Object>> subelement(Thread& t, Args args, Kwargs keywords);

State* state_of(Thread& t) { return static_cast<State*>(interpreter_states(t)->elementtree); }

namespace {

Result<Ref<Object>> set_factories(Thread& t, Borrowed<Object> comment, Borrowed<Object> pi) {
    if (!is_none(comment.get()) && !is_callable(comment.get()))
        return raise(t, exc::TypeError, "Comment factory must be callable, not %T", comment);
    if (!is_none(pi.get()) && !is_callable(pi.get())) return raise(t, exc::TypeError, "PI factory must be callable, not %T", pi);
    State* state = state_of(t);
    auto replace = [](Object*& field, Object* value) {
        Object* fresh = is_none(value) ? nullptr : acquire(value).release();
        MutexLocker lock(state_of(Thread::current())->lock);
        Object* old = std::exchange(field, fresh);
        return old ? steal(old) : none_ref();
    };
    Ref<Object> old_comment = replace(state->comment_factory, comment.get()), old_pi = replace(state->pi_factory, pi.get());
    return tuple_pack(t, old_comment, old_pi);
}

const NativeDef functions[] = {
    fn<subelement>("SubElement", "(*args, **kwargs)"),
    fn<set_factories>("_set_factories", "($module, comment_factory, pi_factory, /)",
                      "Tell the tree builder what makes comments and processing instructions; returns the former pair."),
};

void drop_state(InterpreterStates& states) {
    auto* state = static_cast<State*>(std::exchange(states.elementtree, nullptr));
    for (Object** field : {&state->parse_error, &state->comment_factory, &state->pi_factory}) clear_field(*field);
    delete state;
}

Result<void> exec(Thread& t, Borrowed<Module> module) {
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    if (!states->elementtree) {
        auto* state = new (std::nothrow) State{};
        if (!state) return raise_memory_error(t);
        auto error = new_exception_type(t, "xml.etree.ElementTree.ParseError", exc::SyntaxError, nullptr);
        if (error.is_error()) return delete state, Error{};
        state->parse_error = error.take().release();
        states->elementtree = state;
        if (!interpreter_drops(states, drop_state)) return raise_memory_error(t);
    }
    TRY(type_ready(t, element_iterator_spec));
    return module_add(t, module, "ParseError", state_of(t)->parse_error);
}
const TypeSpec* const types[] = {&element_spec, &tree_builder_spec, &xml_parser_spec};

} // namespace
} // namespace taipan::elementtree

namespace taipan {

extern const ModuleSpec elementtree_module;
const ModuleSpec elementtree_module = {
    .name = "_elementtree", .functions = elementtree::functions, .exec = elementtree::exec, .types = elementtree::types};

} // namespace taipan
