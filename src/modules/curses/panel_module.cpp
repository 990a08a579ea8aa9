// _curses_panel. The library's user pointer of a panel is our object; what programs set is a field of it.
#include "modules/curses/curses.h"

#include "objects/module.h"
#include "runtime/refcount.h"

#include <cstdio>
#include <panel.h>

namespace taipan::curses {

namespace {

struct Panel : Object {
    PANEL* panel;
    Object *window, *user;
    static Type s_type;
};
using Self = Borrowed<Panel>;

COLD Error raise_panel(Thread& t, const char* message) {
    Ref<Object> type = TRY(import_attribute(t, "_curses_panel", "error"));
    return raise_object(t, *static_cast<Type*>(type.get()), TRY(str_from_utf8(t, message)));
}
template <int (*F)(PANEL*), FixedString Name> Result<void> plain(Thread& t, Self self) {
    int code;
    {
        Locked locked;
        code = F(self->panel);
    }
    if (code == ERR) return raise_panel(t, Name.text);
    return {};
}
/// The object of the panel that `find` gives, or None. One that is just ending is none any more.
template <class F> Ref<Object> object_of(F find) {
    Locked locked;
    const PANEL* panel = find();
    auto* object = panel ? static_cast<Object*>(const_cast<void*>(panel_userptr(panel))) : nullptr;
    return object && try_incref_fast(object) ? Ref<Object>::steal(object) : none_ref();
}
Ref<Object> above(Thread&, Self self) {
    return object_of([&] { return panel_above(self->panel); });
}
Ref<Object> below(Thread&, Self self) {
    return object_of([&] { return panel_below(self->panel); });
}
bool hidden(Thread&, Self self) {
    Locked locked;
    return panel_hidden(self->panel) != 0;
}
Result<void> move(Thread& t, Self self, int y, int x) {
    int code;
    {
        Locked locked;
        code = move_panel(self->panel, y, x);
    }
    if (code == ERR) return raise_panel(t, "move_panel() returned ERR");
    return {};
}
Ref<Object> window(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return acquire(self->window);
}
Result<void> replace(Thread& t, Self self, Borrowed<Object> win) {
    if (!is<Window>(win.get())) return raise(t, exc::TypeError, "replace() argument 1 must be _curses.window, not %T", win);
    int code;
    {
        Locked locked;
        code = replace_panel(self->panel, static_cast<Window*>(win.get())->window);
    }
    if (code == ERR) return raise_panel(t, "replace_panel() returned ERR");
    Object* old;
    {
        CriticalSection section(t, self.get());
        old = std::exchange(self->window, acquire(win).release());
    }
    decref(old);
    return {};
}
void set_user(Thread& t, Self self, Borrowed<Object> object) {
    Object* old;
    {
        CriticalSection section(t, self.get());
        old = std::exchange(self->user, acquire(object).release());
    }
    xdecref(old);
}
Result<Ref<Object>> user(Thread& t, Self self) {
    MaybeRef<Object> found;
    {
        CriticalSection section(t, self.get());
        found = MaybeRef<Object>::acquire(self->user);
    }
    if (!found) return raise_panel(t, "no userptr set");
    return found.take();
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Panel*>(o);
    for (Object* field : {self->window, self->user})
        if (field)
            if (int result = visit(field, context)) return result;
    return 0;
}
int clear(Object* o) {
    clear_field(static_cast<Panel*>(o)->user);
    return 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<Panel*>(o);
    gc_untrack(o);
    if (self->panel) {
        Locked locked;
        del_panel(self->panel);
    }
    clear_field(self->user);
    clear_field(self->window);
    o->type->free(o);
}
const NativeDef methods[] = {
    method<above>("above", "($self, /)", "Return the panel above the current panel."),
    method<below>("below", "($self, /)", "Return the panel below the current panel."),
    method<plain<bottom_panel, "bottom_panel() returned ERR">>("bottom", "($self, /)", "Push the panel to the bottom of the stack."),
    method<hidden>("hidden", "($self, /)", "Return True if the panel is hidden (not visible), False otherwise."),
    method<plain<hide_panel, "hide_panel() returned ERR">>("hide", "($self, /)", "Hide the panel."),
    method<move>("move", "($self, y, x, /)", "Move the panel to the screen coordinates (y, x)."),
    method<replace>("replace", "($self, win, /)", "Change the window associated with the panel to the window win."),
    method<set_user>("set_userptr", "($self, obj, /)", "Set the panel's user pointer to obj."),
    method<plain<show_panel, "show_panel() returned ERR">>("show", "($self, /)", "Display the panel (which might have been hidden)."),
    method<plain<top_panel, "top_panel() returned ERR">>("top", "($self, /)", "Push panel to the top of the stack."),
    method<user>("userptr", "($self, /)", "Return the user pointer for the panel."),
    method<window>("window", "($self, /)", "Return the window object associated with the panel."),
};
const SlotDef slots[] = {raw_slot(SlotId::tp_traverse, &traverse), raw_slot(SlotId::tp_clear, &clear),
                         raw_slot(SlotId::tp_dealloc, &dealloc)};

} // namespace

Type Panel::s_type;

namespace {

const TypeSpec panel_spec = {.type = &Panel::s_type,
                             .name = "_curses_panel.panel",
                             .basicsize = sizeof(Panel),
                             .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                             .slots = slots,
                             .methods = methods};

Result<Ref<Panel>> new_panel_(Thread& t, Borrowed<Object> win) {
    if (!is<Window>(win.get())) return raise(t, exc::TypeError, "new_panel() argument must be _curses.window, not %T", win);
    TRY(need_screen(t));
    Ref<Panel> self = TRY(allocate<Panel>(t));
    self->window = acquire(win).release();
    {
        Locked locked;
        self->panel = new_panel(static_cast<Window*>(win.get())->window);
        if (self->panel) set_panel_userptr(self->panel, self.get());
    }
    if (!self->panel) return raise_panel(t, "curses function returned NULL");
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> bottom(Thread& t) {
    TRY(need_screen(t));
    return object_of([] { return panel_above(nullptr); });
}
Result<Ref<Object>> top(Thread& t) {
    TRY(need_screen(t));
    return object_of([] { return panel_below(nullptr); });
}
Result<void> update_panels_(Thread& t) {
    TRY(need_screen(t));
    Locked locked;
    update_panels();
    return {};
}
const NativeDef functions[] = {
    fn<bottom>("bottom_panel", "($module, /)", "Return the bottom panel in the panel stack."),
    fn<new_panel_>("new_panel", "($module, win, /)", "Return a panel object, associating it with the given window win."),
    fn<top>("top_panel", "($module, /)", "Return the top panel in the panel stack."),
    fn<update_panels_>("update_panels", "($module, /)", "Updates the virtual screen after changes in the panel stack."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    // Panels show windows, whose type the other module makes ready.
    TRY(import_module(t, "_curses"));
    TRY(module_add(t, module, "error", TRY(new_exception_type(t, "_curses_panel.error", exc::Exception, nullptr))));
    TRY(module_add_string(t, module, "version", "2.1"));
    return module_add_string(t, module, "__version__", "2.1");
}
const TypeSpec* const types[] = {&panel_spec};

} // namespace
} // namespace taipan::curses

namespace taipan {

extern const ModuleSpec curses_panel_module;
const ModuleSpec curses_panel_module = {
    .name = "_curses_panel", .functions = curses::functions, .exec = curses::exec, .types = curses::types};

} // namespace taipan
