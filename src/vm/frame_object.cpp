// Frame and traceback objects.
#include "vm/frame_object.h"

#include "objects/generator.h"
#include "objects/list.h"
#include "objects/racy.h"
#include "objects/type_spec.h"
#include "runtime/gc.h"
#include "vm/async_generator.h"
#include "vm/generators.h"
#include "vm/helpers.h"
#include "vm/tracing.h"

namespace taipan {

static FrameObject* make_frame_object(Thread& t, Code* code) {
    auto made = allocate_object(t, FrameObject::s_type, code->nlocalsplus); // a finished frame has no stack
    if (made.is_error()) return nullptr;
    FrameObject* object = static_cast<FrameObject*>(made.take().release());
    object->frame = nullptr;
    object->trace_lines = 1;
    gc_track(object);
    return object;
}
/// Gives the frame its object, unless another thread was first: any thread may ask for a generator's frame.
static FrameObject* attach_frame_object(Frame* frame, FrameObject* object) {
    object->frame = frame;
    FrameObject* other = nullptr;
    if (!__atomic_compare_exchange_n(&frame->frame_object, &other, object, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        object->frame = nullptr;
        decref(object);
        return other;
    }
    __atomic_fetch_or(&frame->slow, frame_slow::HasObject, __ATOMIC_RELAXED);
    return object;
}

FrameObject* frame_object(Thread& t, Frame* frame) {
    if (FrameObject* known = load_acquire(frame->frame_object)) return known;
    FrameObject* made = make_frame_object(t, frame->code());
    return made ? attach_frame_object(frame, made) : nullptr;
}

ResultMaybe<FrameObject> generator_frame_object(Thread& t, Generator* g) {
    auto alive = [&] { return g->state.load(std::memory_order_relaxed) <= 0; };
    Code* code; // lives as long as the generator
    {
        CriticalSection section(t, g);
        if (!alive()) return MaybeRef<FrameObject>();
        if (g->frame.frame_object) return MaybeRef<FrameObject>::acquire(g->frame.frame_object);
        code = g->frame.code();
    }
    FrameObject* made = make_frame_object(t, code);
    if (!made) return Error{};
    Ref<FrameObject> unused = steal(made);
    CriticalSection section(t, g);
    if (!alive()) return MaybeRef<FrameObject>();
    return MaybeRef<FrameObject>::acquire(attach_frame_object(&g->frame, unused.release()));
}

void frame_object_take_over(Thread& t, Frame* frame) {
    FrameObject* object = __atomic_exchange_n(&frame->frame_object, nullptr, __ATOMIC_ACQUIRE);
    __atomic_fetch_and(&frame->slow, static_cast<uint8_t>(~frame_slow::HasObject), __ATOMIC_RELAXED);
    int count = frame->code()->nlocalsplus;
    if (load_local(object) == 1 && is_uniquely_owned(object)) { // nobody looks at it any more
        object->frame = nullptr;
        for (int i = count; i-- > 0;) std::exchange(frame->locals[i], Word::null()).xclose();
        decref(object);
        return;
    }
    Frame* own = &object->own;
    frame_copy_header(own, frame);
    own->owner = static_cast<uint8_t>(FrameOwner::FrameObject);
    own->slow = 0;
    own->function = Word::from(frame->function.object());
    own->code_word = Word::from(frame->code_word.object());
    for (int i = 0; i < count; ++i) {
        Word w = std::exchange(frame->locals[i], Word::null());
        own->locals[i] = w.is_null() ? w : w.to_owned();
    }
    xincref(own->f_locals);
    own->sp = own->locals + count;
    own->frame_object = nullptr;
    // The callers stay reachable for debuggers: f_back of a finished frame is its caller's object, if that is complete.
    own->previous = nullptr;
    Frame* back = frame->previous;
    while (back && frame_is_incomplete(back)) back = back->previous;
    if (back && frame->owner != static_cast<uint8_t>(FrameOwner::Generator)) {
        MaybeRef<Object> pending = t.take_exception(); // the frame may end by it
        if (FrameObject* caller = frame_object(t, back)) {
            incref(caller);
            assign_field(object->back, static_cast<Object*>(caller));
        } else {
            t.clear_exception(); // out of memory: the frame has no caller to show
        }
        t.exception = pending.release();
    }
    object->frame = own;
    decref(object);
}

MaybeRef<Object> frame_local(Thread& t, Frame* frame, int index) {
    Word& w = frame->locals[index];
    if (w.is_null()) return nullptr;
    uint8_t kind = static_cast<uint8_t>(frame->code()->localspluskinds->data[index]);
    Object* o = word_object(t, &w);
    if (!o) return t.clear_exception(), nullptr;
    if ((kind & (local_kind::Cell | local_kind::Free)) && is_exact<Cell>(o)) return cell_get(t, static_cast<Cell*>(o));
    return MaybeRef<Object>::acquire(o);
}

bool frame_has_hidden_locals(const Frame* frame) {
    Code* code = frame->code();
    for (int i = 0; i < code->nlocalsplus; ++i)
        if ((static_cast<uint8_t>(code->localspluskinds->data[i]) & local_kind::Hidden) && !frame->locals[i].is_null()) return true;
    return false;
}

Result<Ref<Object>> frame_locals_snapshot(Thread& t, Frame* frame) {
    Code* code = frame->code();
    // COMPAT: inside a comprehension of a module or class only its own variables show.
    if (!(code->flags & code_flag::Optimized) && vm::ensure_namespace(frame) && !frame_has_hidden_locals(frame))
        return acquire(frame->f_locals);
    Ref<Dict> dict = TRY(dict_new(t));
    for (int i = 0; i < code->nlocalsplus; ++i) {
        MaybeRef<Object> value = frame_local(t, frame, i);
        if (value) TRY(dict_set(t, dict, code->localsplusnames->items[i], value.get()));
    }
    if (frame->frame_object && frame->frame_object->locals_extra)
        TRY(dict_merge(t, dict, frame->frame_object->locals_extra, Override::Yes));
    return dict;
}

int frame_line(const Frame* frame) { return code_line(frame->code(), frame->lasti()); }

namespace {

using Self = Borrowed<FrameObject>;

Result<Ref<Object>> get_locals(Thread& t, Self self) { return frame_locals(t, self); }
Result<Ref<Object>> get_back(Thread& t, Self self) {
    if (self->back) return acquire(self->back);
    Frame* f = self->frame ? self->frame->previous : nullptr;
    if (self->frame == &self->own) return none_ref();
    while (f && frame_is_incomplete(f)) f = f->previous;
    if (!f) return none_ref();
    FrameObject* object = frame_object(t, f);
    if (!object) return Error{};
    return Ref<Object>::acquire(object);
}
Ref<Object> get_code(Thread&, Self self) { return Ref<Object>::acquire(self->frame->code()); }
Ref<Object> get_globals(Thread&, Self self) { return Ref<Object>::acquire(self->frame->globals); }
Ref<Object> get_builtins(Thread&, Self self) { return acquire(self->frame->builtins()); }
int get_lasti(Thread&, Self self) { return self->frame->lasti() < 0 ? -1 : self->frame->lasti(); }
Result<Ref<Object>> get_lineno(Thread& t, Self self) {
    int line = self->lineno ? self->lineno : frame_line(self->frame);
    if (line < 0) return none_ref();
    return TRY(int_from(t, line));
}
Result<void> set_lineno(Thread& t, Self self, Object* value) { return frame_set_line(t, self.get(), value); }
Ref<Object> get_trace(Thread&, Self self) { return self->trace ? acquire(self->trace) : none_ref(); }
Result<void> set_trace(Thread& t, Self self, Object* value) {
    if (value && is_none(value)) value = nullptr;
    xincref(value);
    assign_field(self->trace, value);
    return {};
}
Object* get_trace_opcodes(Thread&, Self self) { return bool_object(self->trace_opcodes); }
Result<void> set_trace_opcodes(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'f_trace_opcodes' of 'frame' objects cannot be deleted");
    if (!is_exact<Bool>(value)) return raise(t, exc::TypeError, "attribute value type must be bool");
    self->trace_opcodes = value == True();
    if (self->trace_opcodes) tracing_enable_opcodes(t);
    return {};
}
Result<Ref<Object>> get_generator(Thread&, Self self) {
    Frame* f = self->frame;
    if (f && f->owner == static_cast<uint8_t>(FrameOwner::Generator)) return Ref<Object>::acquire(f->generator());
    return none_ref();
}
Result<void> frame_clear_method(Thread& t, Self self) {
    Frame* f = self->frame;
    if (!f) return {};
    if (f->owner == static_cast<uint8_t>(FrameOwner::Generator)) {
        Generator* g = f->generator();
        if (g->state.load(std::memory_order_relaxed) == 0) return raise(t, exc::RuntimeError, "cannot clear an executing frame");
        if (g->state.load(std::memory_order_relaxed) < 0) {
            if (g->state.load(std::memory_order_relaxed) != static_cast<int8_t>(GeneratorState::Created))
                return raise(t, exc::RuntimeError, "cannot clear a suspended frame");
            if (g->type == &Coroutine::s_type) warn_unawaited_coroutine(t, g);
            TRY(generator_close(t, g));
        }
        return {};
    }
    if (f->owner == static_cast<uint8_t>(FrameOwner::Thread)) return raise(t, exc::RuntimeError, "cannot clear an executing frame");
    for (Word* w = f->locals; w < f->sp; ++w) std::exchange(*w, Word::null()).xclose();
    f->sp = f->locals + f->code()->nlocalsplus;
    return {};
}
Result<Ref<Str>> frame_repr(Thread& t, Self self) {
    Code* code = self->frame->code();
    return str_format(t, "<frame at %p, file %R, line %d, code %s>", static_cast<const void*>(self.get()), code->filename,
                      self->lineno ? self->lineno : frame_line(self->frame), code->name);
}

int frame_traverse(Object* o, VisitFunc visit, void* context) {
    FrameObject* self = static_cast<FrameObject*>(o);
    for (Object* field : {self->trace, self->locals_extra, self->overwritten, self->back})
        if (field)
            if (int r = visit(field, context)) return r;
    if (self->frame != &self->own) return 0;
    Frame* f = &self->own;
    if (f->f_locals)
        if (int r = visit(f->f_locals, context)) return r;
    for (Word w : {f->function, f->code_word})
        if (int r = w.is_null() ? 0 : w.is_counted() ? visit(w.object(), context) : gc_visit_uncounted(w.object(), visit, context))
            return r;
    for (Word* w = f->locals; w < f->sp; ++w)
        if (!w->is_null() && !w->is_int())
            if (int r = w->is_counted() ? visit(w->object(), context) : gc_visit_uncounted(w->object(), visit, context)) return r;
    return 0;
}
int frame_tp_clear(Object* o) {
    FrameObject* self = static_cast<FrameObject*>(o);
    clear_field(self->trace);
    clear_field(self->locals_extra);
    clear_field(self->overwritten);
    clear_field(self->back);
    if (self->frame == &self->own)
        for (Word* w = self->own.sp; w-- > self->own.locals;) std::exchange(*w, Word::null()).xclose();
    return 0;
}
void frame_dealloc(Object* o) {
    FrameObject* self = static_cast<FrameObject*>(o);
    gc_untrack(o);
    frame_tp_clear(o);
    if (self->frame == &self->own) {
        xdecref(self->own.f_locals);
        self->own.function.xclose();
        self->own.code_word.xclose();
    }
    o->type->free(o);
}

const SlotDef frame_slots[] = {raw_slot(SlotId::tp_dealloc, frame_dealloc), raw_slot(SlotId::tp_traverse, frame_traverse),
                               raw_slot(SlotId::tp_clear, frame_tp_clear), unary_slot<SlotId::tp_repr, frame_repr>()};
int64_t frame_sizeof(Thread&, Borrowed<FrameObject> self) { return self->type->basicsize + self->size * self->type->itemsize; }
const NativeDef frame_methods[] = {method<frame_clear_method>("clear", "($self, /)", "Clear all references held by the frame."),
                                   method<frame_sizeof>("__sizeof__", "($self, /)", "Return the size of the frame in memory, in bytes.")};
const GetSetDef frame_getset[] = {
    getter<get_locals>("f_locals", "The names in the frame and their values, as a mapping."),
    getter_setter<get_lineno, set_lineno>("f_lineno", "The line that is executed; a trace function may set it."),
    getter_setter<get_trace, set_trace>("f_trace", "The trace function of the frame, or None."),
    getter<get_back>("f_back"),
    getter<get_code>("f_code", "The code object that is executed."),
    getter<get_globals>("f_globals", "The dictionary that global names are looked up in."),
    getter<get_builtins>("f_builtins", "The dictionary that builtin names are looked up in."),
    getter<get_lasti>("f_lasti", "The offset of the instruction that is executed."),
    getter_setter<get_trace_opcodes, set_trace_opcodes>("f_trace_opcodes", "Whether the trace function is called for every instruction."),
    getter<get_generator>("f_generator", "The generator, coroutine or asynchronous generator that the frame belongs to, or None."),
};
const MemberDef frame_members[] = {{"f_trace_lines", member_type::Bool, offsetof(FrameObject, trace_lines), 0, nullptr}};

// --- tracebacks ---------------------------------------------------------------------------------------------------------

using Tb = Borrowed<Traceback>;
Ref<Object> tb_next(Thread&, Tb self) { return self->next ? Ref<Object>::acquire(self->next) : none_ref(); }
Result<void> tb_set_next(Thread& t, Tb self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "can't delete tb_next attribute");
    if (is_none(value)) return clear_field(self->next), Result<void>();
    if (!is<Traceback>(value)) return raise(t, exc::TypeError, "expected traceback object, got '%T'", value);
    for (Traceback* tb = static_cast<Traceback*>(value); tb; tb = tb->next)
        if (tb == self.get()) return raise(t, exc::ValueError, "traceback loop detected");
    incref(value);
    assign_field(self->next, static_cast<Traceback*>(value));
    return {};
}
Result<Ref<Object>> tb_lineno(Thread& t, Tb self) {
    int line = self->lineno;
    if (line == -1) line = code_line(static_cast<FrameObject*>(self->frame)->frame->code(), self->lasti);
    if (line < 0) return none_ref();
    return TRY(int_from(t, line));
}
Result<Ref<Object>> tb_dir(Thread& t, Tb) {
    Ref<List> list = TRY(list_new(t));
    for (const char* name : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"}) TRY(list_append(t, list, TRY(str_interned(t, name))));
    return list;
}
Result<Ref<Object>> tb_new(Thread& t, Borrowed<Type> type, Borrowed<Object> next, Borrowed<FrameObject> frame, int lasti, int lineno) {
    if (!is_none(next.get()) && !is<Traceback>(next.get()))
        return raise(t, exc::TypeError, "expected traceback object or None, got '%T'", next);
    Ref<Object> made = TRY(allocate_object(t, *type.get()));
    Traceback* tb = static_cast<Traceback*>(made.get());
    if (!is_none(next.get())) tb->next = static_cast<Traceback*>(next.share().release());
    tb->frame = frame.share().release();
    tb->lasti = lasti;
    tb->lineno = lineno;
    gc_track(tb);
    return made;
}
using TracebackFields = Fields<Traceback, &Traceback::next, &Traceback::frame>;
/// Long chains (deep recursion) are taken apart in a loop.
void tb_dealloc(Object* o) {
    gc_untrack(o);
    Traceback* self = static_cast<Traceback*>(o);
    clear_field(self->frame);
    clear_field(self->next);
    o->type->free(o);
}
const SlotDef traceback_slots[] = {raw_slot(SlotId::tp_dealloc, tb_dealloc), TracebackFields::traverse_slot(),
                                   TracebackFields::clear_slot(),
                                   typed_new<tb_new, "traceback", "(tb_next, tb_frame, tb_lasti, tb_lineno)">()};
const NativeDef traceback_methods[] = {method<tb_dir>("__dir__", "($self, /)")};
const GetSetDef traceback_getset[] = {getter_setter<tb_next, tb_set_next>("tb_next"), getter<tb_lineno>("tb_lineno")};
const MemberDef traceback_members[] = {
    {"tb_frame", member_type::ObjectOrNone, offsetof(Traceback, frame), member_flag::ReadOnly, nullptr},
    {"tb_lasti", member_type::Int, offsetof(Traceback, lasti), member_flag::ReadOnly, nullptr},
};

} // namespace

void add_traceback(Thread& t, Frame* frame) {
    BaseException* error = static_cast<BaseException*>(t.exception);
    MaybeRef<Object> pending = t.take_exception();
    FrameObject* object = frame_object(t, frame);
    auto made = object ? allocate_object(t, Traceback::s_type) : Result<Ref<Object>>(Error{});
    if (made.is_error()) { // out of memory: the exception goes on without this entry
        t.clear_exception();
        t.exception = pending.release();
        return;
    }
    Traceback* tb = static_cast<Traceback*>(made.take().release());
    tb->next = static_cast<Traceback*>(error->traceback); // the entry takes over the reference
    incref(object);
    tb->frame = object;
    tb->lasti = frame->lasti();
    tb->lineno = -1;
    gc_track(tb);
    error->traceback = tb;
    t.exception = pending.release();
}

constinit Type FrameObject::s_type{};
constinit Type Traceback::s_type{};
extern const TypeSpec frame_spec, traceback_spec;
const TypeSpec frame_spec = {.type = &FrameObject::s_type,
                             .name = "frame",
                             .basicsize = offsetof(FrameObject, own) + offsetof(Frame, locals),
                             .itemsize = 8,
                             .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                             .slots = frame_slots,
                             .methods = frame_methods,
                             .getset = frame_getset,
                             .members = frame_members};
const TypeSpec traceback_spec = {.type = &Traceback::s_type,
                                 .name = "traceback",
                                 .basicsize = sizeof(Traceback),
                                 .flags = type_flag::Gc,
                                 .doc = "Create a new traceback object.",
                                 .signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)",
                                 .slots = traceback_slots,
                                 .methods = traceback_methods,
                                 .getset = traceback_getset,
                                 .members = traceback_members};

} // namespace taipan
