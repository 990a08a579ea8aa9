// The builtin exception types: BaseException, the types with fields of their own, and the plain ones of exceptions.def.
#include "base/edit_distance.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/exception_group.h"
#include "objects/generator.h"
#include "objects/list.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"

#include <cerrno>

namespace taipan {

namespace {

using Exc = Borrowed<BaseException>;

Ref<Object> or_none(Object* o) { return o ? Ref<Object>::acquire(o) : none_ref(); }

// --- BaseException ----------------------------------------------------------------------------------------------------

Result<Ref<Object>> base_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict*) {
    Ref<Object> made = TRY(allocate_object(t, *type.get()));
    static_cast<BaseException*>(made.get())->args = args.share().release();
    gc_track(made.get());
    return made;
}
Result<void> base_init(Thread& t, Exc self, Borrowed<Tuple> args, Dict* kwargs) {
    if (kwargs && dict_size(kwargs)) return raise(t, exc::TypeError, "%s() takes no keyword arguments", short_type_name(*self->type));
    assign_field(self->args, static_cast<Object*>(args.share().release()));
    return {};
}
Result<Ref<Str>> base_str(Thread& t, Exc self) {
    Tuple* args = static_cast<Tuple*>(self->args);
    switch (args ? args->size : 0) {
    case 0: return str_empty();
    case 1: return to_str(t, args->items[0]);
    default: return to_str(t, args);
    }
}
Result<Ref<Str>> base_repr(Thread& t, Exc self) {
    Tuple* args = static_cast<Tuple*>(self->args);
    if (args && args->size == 1) return str_format(t, "%s(%R)", short_type_name(*self->type), args->items[0]);
    if (!args) return str_format(t, "%s()", short_type_name(*self->type));
    return str_format(t, "%s%R", short_type_name(*self->type), args);
}
Result<Ref<Object>> base_reduce(Thread& t, Exc self) {
    if (self->args && self->dict)
        return TRY(tuple_pack(t, Borrowed<Object>(self->type), Borrowed<Object>(self->args), Borrowed<Object>(self->dict)));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), Borrowed<Object>(self->args)));
}
Result<Ref<Object>> base_setstate(Thread& t, Exc self, Borrowed<Object> state) {
    if (is_none(state.get())) return none_ref();
    if (!is<Dict>(state.get())) return raise(t, exc::TypeError, "state is not a dictionary");
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, as<Dict>(state), &position, &key, &value)) {
        if (!is<Str>(key.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", key);
        TRY(set_attribute(t, self, static_cast<Str*>(key.get()), value.get()));
    }
    return none_ref();
}
Result<void> set_traceback(Thread& t, Exc self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "__traceback__ may not be deleted");
    if (is_none(value)) {
        clear_field(self->traceback);
        return {};
    }
    if (!is<Traceback>(value)) return raise(t, exc::TypeError, "__traceback__ must be a traceback or None");
    incref(value);
    assign_field(self->traceback, value);
    return {};
}
Result<Ref<Object>> base_with_traceback(Thread& t, Exc self, Borrowed<Object> traceback) {
    TRY(set_traceback(t, self, traceback.get()));
    return Ref<Object>(self.share());
}
Result<void> base_add_note(Thread& t, Exc self, Borrowed<Object> note) {
    if (!is<Str>(note.get())) return raise(t, exc::TypeError, "add_note() argument must be str, not %T", note);
    MaybeRef<Object> notes = TRY(get_attribute_optional(t, self, names::__notes__));
    if (!notes) {
        Ref<List> list = TRY(list_new(t));
        TRY(set_attribute(t, self, names::__notes__, list));
        notes = std::move(list);
    } else if (!is<List>(notes.get())) {
        return raise(t, exc::TypeError, "Cannot add note: __notes__ is not a list");
    }
    return list_append(t, static_cast<List*>(notes.get()), note.share());
}
Ref<Object> get_args(Thread&, Exc self) { return or_none(self->args); }
Result<void> set_args(Thread& t, Exc self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "args may not be deleted");
    Ref<Tuple> tuple = TRY(to_tuple(t, value));
    assign_field(self->args, static_cast<Object*>(tuple.release()));
    return {};
}
Ref<Object> get_traceback(Thread&, Exc self) { return or_none(self->traceback); }
Ref<Object> get_context(Thread&, Exc self) { return or_none(self->context); }
Result<void> set_context(Thread& t, Exc self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "__context__ may not be deleted");
    if (is_none(value)) return clear_field(self->context), Result<void>();
    if (!is<BaseException>(value)) return raise(t, exc::TypeError, "exception context must be None or derive from BaseException");
    incref(value);
    assign_field(self->context, value);
    return {};
}
Ref<Object> get_cause(Thread&, Exc self) { return or_none(self->cause); }
Result<void> set_cause(Thread& t, Exc self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "__cause__ may not be deleted");
    if (!is_none(value) && !is<BaseException>(value))
        return raise(t, exc::TypeError, "exception cause must be None or derive from BaseException");
    self->suppress_context = 1;
    if (is_none(value)) return clear_field(self->cause), Result<void>();
    incref(value);
    assign_field(self->cause, value);
    return {};
}
Result<Ref<Object>> get_dict(Thread& t, Exc self) {
    if (!self->dict) self->dict = TRY(dict_new(t)).release();
    return Ref<Object>::acquire(self->dict);
}
Result<void> set_dict(Thread& t, Exc self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "cannot delete __dict__");
    if (!is<Dict>(value)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    incref(value);
    assign_field(self->dict, value);
    return {};
}

using BaseFields = Fields<BaseException, &BaseException::dict, &BaseException::args, &BaseException::notes, &BaseException::traceback,
                          &BaseException::context, &BaseException::cause>;
/// The fields of a derived structure after those of the base.
template <class T, auto... Members> struct ExceptionFields {
    using Own = Fields<T, Members...>;
    static int traverse(Object* o, VisitFunc visit, void* context) {
        if (int r = BaseFields::traverse(o, visit, context)) return r;
        int r = 0;
        T* self = static_cast<T*>(o);
        (void)((self->*Members && (r = visit(self->*Members, context)) != 0) || ...);
        return r;
    }
    static int clear(Object* o) {
        BaseFields::clear(o);
        return Own::clear(o);
    }
    static void dealloc(Object* o) {
        gc_untrack(o);
        Own::release(static_cast<T*>(o));
        BaseFields::release(static_cast<BaseException*>(o));
        o->type->free(o);
    }
};
#define EXCEPTION_FIELD_SLOTS(fields)                                                                                                      \
    raw_slot(SlotId::tp_dealloc, &fields::dealloc), raw_slot(SlotId::tp_traverse, &fields::traverse),                                      \
        raw_slot(SlotId::tp_clear, &fields::clear)
#define MEMBER(structure, field, name, doc) {name, member_type::ObjectOrNone, offsetof(structure, field), 0, doc}

const NativeDef base_methods[] = {
    method<base_reduce>("__reduce__", "($self, /)"),
    method<base_setstate>("__setstate__", "($self, state, /)"),
    method<base_with_traceback>("with_traceback", "($self, tb, /)", "Set self.__traceback__ to tb and return self."),
    method<base_add_note>("add_note", "($self, note, /)", "Add a note to the exception"),
};
const GetSetDef base_getset[] = {
    getter_setter<get_dict, set_dict>("__dict__"),
    getter_setter<get_args, set_args>("args"),
    getter_setter<get_traceback, set_traceback>("__traceback__"),
    getter_setter<get_context, set_context>("__context__", nullptr),
    getter_setter<get_cause, set_cause>("__cause__", nullptr),
};
const MemberDef base_members[] = {
    {"__suppress_context__", member_type::Bool, offsetof(BaseException, suppress_context), 0, nullptr},
};
const SlotDef base_slots[] = {
    raw_slot(SlotId::tp_dealloc, &BaseFields::dealloc),
    raw_slot(SlotId::tp_traverse, &BaseFields::traverse),
    raw_slot(SlotId::tp_clear, &BaseFields::clear),
    construct_slot<SlotId::tp_new, base_new>(),
    init_slot<SlotId::tp_init, base_init>(),
    unary_slot<SlotId::tp_repr, base_repr>(),
    unary_slot<SlotId::tp_str, base_str>(),
};

/// Keyword arguments of an exception's __init__: takes the known names out; others raise.
struct KeywordField {
    const char* name;
    Object** field;
};
Result<void> take_keywords(Thread& t, const char* function, Dict* kwargs, std::initializer_list<KeywordField> fields) {
    for (const KeywordField& f : fields) clear_field(*f.field);
    if (!kwargs) return {};
    if (dict_size(kwargs) > static_cast<intptr_t>(fields.size()))
        return raise(t, exc::TypeError, "%s() takes at most %d keyword argument%s (%d given)", function, fields.size(),
                     fields.size() == 1 ? "" : "s", dict_size(kwargs));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, kwargs, &position, &key, &value)) {
        bool known = false;
        for (const KeywordField& f : fields)
            if (is<Str>(key.get()) && str_equals_ascii(static_cast<Str*>(key.get()), f.name)) {
                assign_field(*f.field, value.share().release());
                known = true;
            }
        if (known) continue;
        const char* suggestion = nullptr;
        if (is<Str>(key.get())) {
            base::NearestName nearest(TRY(str_utf8(t, static_cast<Str*>(key.get()))));
            for (const KeywordField& f : fields)
                if (nearest.offer(f.name)) suggestion = f.name;
        }
        if (suggestion)
            return raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'. Did you mean '%s'?", function, key, suggestion);
        return raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'", function, key);
    }
    return {};
}
Result<void> set_base_args(Thread& t, Exc self, Borrowed<Tuple> args) { return base_init(t, self, args, nullptr); }

// --- StopIteration, SystemExit ------------------------------------------------------------------------------------------

Result<void> stop_init(Thread& t, Borrowed<StopIterationObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(base_init(t, self, args, kwargs));
    Object* value = args->size ? args->items[0] : None();
    incref(value);
    assign_field(self->value, value);
    return {};
}
Result<void> exit_init(Thread& t, Borrowed<SystemExitObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(base_init(t, self, args, kwargs));
    if (args->size == 0) return {};
    Object* code = args->size == 1 ? args->items[0] : static_cast<Object*>(args.get());
    incref(code);
    assign_field(self->code, code);
    return {};
}
using StopFields = ExceptionFields<StopIterationObject, &StopIterationObject::value>;
const SlotDef stop_slots[] = {EXCEPTION_FIELD_SLOTS(StopFields), init_slot<SlotId::tp_init, stop_init>()};
const MemberDef stop_members[] = {MEMBER(StopIterationObject, value, "value", "generator return value")};
using ExitFields = ExceptionFields<SystemExitObject, &SystemExitObject::code>;
const SlotDef exit_slots[] = {EXCEPTION_FIELD_SLOTS(ExitFields), init_slot<SlotId::tp_init, exit_init>()};
const MemberDef exit_members[] = {MEMBER(SystemExitObject, code, "code", "exception code")};

// --- NameError, AttributeError ------------------------------------------------------------------------------------------

Result<void> name_init(Thread& t, Borrowed<NameErrorObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(set_base_args(t, self, args));
    return take_keywords(t, "NameError", kwargs, {{"name", &self->name}});
}
using NameFields = ExceptionFields<NameErrorObject, &NameErrorObject::name>;
const SlotDef name_slots[] = {EXCEPTION_FIELD_SLOTS(NameFields), init_slot<SlotId::tp_init, name_init>()};
const MemberDef name_members[] = {MEMBER(NameErrorObject, name, "name", "name")};

Result<void> attribute_init(Thread& t, Borrowed<AttributeErrorObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(set_base_args(t, self, args));
    return take_keywords(t, "AttributeError", kwargs, {{"name", &self->name}, {"obj", &self->object}});
}
Result<Ref<Dict>> dict_with(Thread& t, Object* base, std::initializer_list<std::pair<const char*, Object*>> items) {
    Ref<Dict> state = base ? TRY(dict_copy(t, static_cast<Dict*>(base))) : TRY(dict_new(t));
    for (auto& [name, value] : items)
        if (value) TRY(dict_set_ascii(t, state, name, value));
    return state;
}
Result<Ref<Object>> attribute_getstate(Thread& t, Borrowed<AttributeErrorObject> self) {
    // The object may not be picklable, so only the name is kept (with args).
    Ref<Dict> state = TRY(dict_with(t, self->dict, {{"name", self->name}, {"args", self->args}}));
    return state;
}
Result<Ref<Object>> attribute_reduce(Thread& t, Borrowed<AttributeErrorObject> self) {
    Ref<Object> state = TRY(attribute_getstate(t, self));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), Borrowed<Object>(self->args), state));
}
using AttributeFields = ExceptionFields<AttributeErrorObject, &AttributeErrorObject::object, &AttributeErrorObject::name>;
const SlotDef attribute_slots[] = {EXCEPTION_FIELD_SLOTS(AttributeFields), init_slot<SlotId::tp_init, attribute_init>()};
const MemberDef attribute_members[] = {MEMBER(AttributeErrorObject, name, "name", "attribute name"),
                                       MEMBER(AttributeErrorObject, object, "obj", "object")};
const NativeDef attribute_methods[] = {method<attribute_getstate>("__getstate__", "($self, /)"),
                                       method<attribute_reduce>("__reduce__", "($self, /)")};

// --- ImportError --------------------------------------------------------------------------------------------------------

Result<void> import_init(Thread& t, Borrowed<ImportErrorObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(set_base_args(t, self, args));
    TRY(take_keywords(t, "ImportError", kwargs, {{"name", &self->name}, {"path", &self->path}, {"name_from", &self->name_from}}));
    if (args->size == 1) {
        incref(args->items[0]);
        assign_field(self->message, args->items[0]);
    } else {
        clear_field(self->message);
    }
    return {};
}
Result<Ref<Str>> import_str(Thread& t, Borrowed<ImportErrorObject> self) {
    if (self->message && is_exact<Str>(self->message)) return Ref<Str>::acquire(static_cast<Str*>(self->message));
    return base_str(t, self);
}
Result<Ref<Object>> import_reduce(Thread& t, Borrowed<ImportErrorObject> self) {
    if (!self->dict && !self->name && !self->path && !self->name_from)
        return TRY(tuple_pack(t, Borrowed<Object>(self->type), Borrowed<Object>(self->args)));
    Ref<Dict> state = TRY(dict_with(t, self->dict, {{"name", self->name}, {"path", self->path}, {"name_from", self->name_from}}));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), Borrowed<Object>(self->args), state));
}
using ImportFields = ExceptionFields<ImportErrorObject, &ImportErrorObject::message, &ImportErrorObject::name, &ImportErrorObject::path,
                                     &ImportErrorObject::name_from>;
const SlotDef import_slots[] = {EXCEPTION_FIELD_SLOTS(ImportFields), init_slot<SlotId::tp_init, import_init>(),
                                unary_slot<SlotId::tp_str, import_str>()};
const MemberDef import_members[] = {
    MEMBER(ImportErrorObject, message, "msg", "exception message"), MEMBER(ImportErrorObject, name, "name", "module name"),
    MEMBER(ImportErrorObject, path, "path", "module path"), MEMBER(ImportErrorObject, name_from, "name_from", "name imported from module")};
const NativeDef import_methods[] = {method<import_reduce>("__reduce__", "($self, /)")};

// --- OSError ------------------------------------------------------------------------------------------------------------

Type* os_error_class(int64_t number) {
    switch (number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS: return &exc::BlockingIOError;
    case EPIPE:
    case ESHUTDOWN: return &exc::BrokenPipeError;
    case ECHILD: return &exc::ChildProcessError;
    case ECONNABORTED: return &exc::ConnectionAbortedError;
    case ECONNREFUSED: return &exc::ConnectionRefusedError;
    case ECONNRESET: return &exc::ConnectionResetError;
    case EEXIST: return &exc::FileExistsError;
    case ENOENT: return &exc::FileNotFoundError;
    case EISDIR: return &exc::IsADirectoryError;
    case ENOTDIR: return &exc::NotADirectoryError;
    case EINTR: return &exc::InterruptedError;
    case EACCES:
    case EPERM: return &exc::PermissionError;
    case ESRCH: return &exc::ProcessLookupError;
    case ETIMEDOUT: return &exc::TimeoutError;
    default: return nullptr;
    }
}
/// Subclasses with an __init__ but no __new__ of their own get their fields from __init__.
bool uses_init(Type* type) { return type->init != exc::OSError.init && type->construct == exc::OSError.construct; }

Result<void> os_fill(Thread& t, Borrowed<OSErrorObject> self, Borrowed<Tuple> args) {
    self->written = -1;
    if (args->size >= 2 && args->size <= 5) {
        auto put = [](Object*& field, Object* value) {
            incref(value);
            assign_field(field, value);
        };
        put(self->errno_value, args->items[0]);
        put(self->strerror, args->items[1]);
        bool has_name = args->size >= 3 && !is_none(args->items[2]);
        if (has_name) {
            if (self->type == &exc::BlockingIOError && (is<Int>(args->items[2]))) {
                self->written = TRY(to_index_size(t, args->items[2], exc::ValueError));
            } else {
                put(self->filename, args->items[2]);
                if (args->size >= 5 && !is_none(args->items[4])) put(self->filename2, args->items[4]);
                Ref<Tuple> shown = TRY(tuple_slice(t, args, 0, 2));
                assign_field(self->args, static_cast<Object*>(shown.release()));
                return {};
            }
        } else if (args->size >= 3) {
            Ref<Tuple> shown = TRY(tuple_slice(t, args, 0, 2));
            if (args->size >= 5 && !is_none(args->items[4])) put(self->filename2, args->items[4]);
            assign_field(self->args, static_cast<Object*>(shown.release()));
            return {};
        }
    }
    assign_field(self->args, static_cast<Object*>(args.share().release()));
    return {};
}
Result<Ref<Object>> os_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    Type* actual = type.get();
    bool by_init = uses_init(actual);
    if (!by_init) {
        if (kwargs && dict_size(kwargs)) return raise(t, exc::TypeError, "%s() takes no keyword arguments", short_type_name(*actual));
        if (actual == &exc::OSError && args->size >= 2 && args->size <= 5 && is<Int>(args->items[0])) {
            int64_t number;
            if (int_fits_int64(static_cast<Int*>(args->items[0]), &number))
                if (Type* special = os_error_class(number)) actual = special;
        }
    }
    Ref<Object> made = TRY(allocate_object(t, *actual));
    OSErrorObject* self = static_cast<OSErrorObject*>(made.get());
    self->written = -1;
    self->args = tuple_empty().release();
    gc_track(self);
    if (!by_init) TRY(os_fill(t, self, args));
    return made;
}
Result<void> os_init(Thread& t, Borrowed<OSErrorObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (!uses_init(self->type)) return {};
    if (kwargs && dict_size(kwargs)) return raise(t, exc::TypeError, "%s() takes no keyword arguments", short_type_name(*self->type));
    return os_fill(t, self, args);
}
Result<Ref<Str>> os_str(Thread& t, Borrowed<OSErrorObject> self) {
    Object* number = self->errno_value ? self->errno_value : None();
    Object* text = self->strerror ? self->strerror : None();
    if (self->filename) {
        if (self->filename2) return str_format(t, "[Errno %s] %s: %R -> %R", number, text, self->filename, self->filename2);
        return str_format(t, "[Errno %s] %s: %R", number, text, self->filename);
    }
    if (self->errno_value && self->strerror) return str_format(t, "[Errno %s] %s", number, text);
    return base_str(t, self);
}
Result<Ref<Object>> os_reduce(Thread& t, Borrowed<OSErrorObject> self) {
    Tuple* args = static_cast<Tuple*>(self->args);
    Ref<Object> shown = acquire(self->args);
    if (args->size == 2 && self->filename) {
        if (self->filename2) {
            shown = TRY(tuple_pack(t, Borrowed<Object>(args->items[0]), Borrowed<Object>(args->items[1]), Borrowed<Object>(self->filename),
                                   Borrowed<Object>(None()), Borrowed<Object>(self->filename2)));
        } else {
            shown =
                TRY(tuple_pack(t, Borrowed<Object>(args->items[0]), Borrowed<Object>(args->items[1]), Borrowed<Object>(self->filename)));
        }
    }
    if (self->dict) return TRY(tuple_pack(t, Borrowed<Object>(self->type), shown, Borrowed<Object>(self->dict)));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), shown));
}
Result<Ref<Object>> get_written(Thread& t, Borrowed<OSErrorObject> self) {
    if (self->written == -1) return raise(t, exc::AttributeError, "characters_written");
    return TRY(int_from(t, self->written));
}
Result<void> set_written(Thread& t, Borrowed<OSErrorObject> self, Object* value) {
    if (!value) {
        if (self->written == -1) return raise(t, exc::AttributeError, "characters_written");
        self->written = -1;
        return {};
    }
    self->written = TRY(to_index_size(t, value, exc::ValueError));
    return {};
}
using OSFields = ExceptionFields<OSErrorObject, &OSErrorObject::errno_value, &OSErrorObject::strerror, &OSErrorObject::filename,
                                 &OSErrorObject::filename2>;
const SlotDef os_slots[] = {EXCEPTION_FIELD_SLOTS(OSFields), construct_slot<SlotId::tp_new, os_new>(),
                            init_slot<SlotId::tp_init, os_init>(), unary_slot<SlotId::tp_str, os_str>()};
const MemberDef os_members[] = {MEMBER(OSErrorObject, errno_value, "errno", "POSIX exception code"),
                                MEMBER(OSErrorObject, strerror, "strerror", "exception strerror"),
                                MEMBER(OSErrorObject, filename, "filename", "exception filename"),
                                MEMBER(OSErrorObject, filename2, "filename2", "second exception filename")};
const NativeDef os_methods[] = {method<os_reduce>("__reduce__", "($self, /)")};
const GetSetDef os_getset[] = {getter_setter<get_written, set_written>("characters_written")};

// --- SyntaxError --------------------------------------------------------------------------------------------------------

Result<void> syntax_init(Thread& t, Borrowed<SyntaxErrorObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(base_init(t, self, args, kwargs));
    auto put = [](Object*& field, Object* value) {
        incref(value);
        assign_field(field, value);
    };
    if (args->size >= 1) put(self->message, args->items[0]);
    if (args->size == 2) {
        Ref<Tuple> info = TRY(to_tuple(t, args->items[1]));
        if (info->size < 4) return raise(t, exc::TypeError, "function takes at least 4 arguments (%d given)", info->size);
        if (info->size > 7) return raise(t, exc::TypeError, "function takes at most 7 arguments (%d given)", info->size);
        put(self->filename, info->items[0]);
        put(self->lineno, info->items[1]);
        put(self->offset, info->items[2]);
        put(self->text, info->items[3]);
        clear_field(self->end_lineno);
        clear_field(self->end_offset);
        clear_field(self->metadata);
        if (info->size >= 5) put(self->end_lineno, info->items[4]);
        if (info->size >= 6) put(self->end_offset, info->items[5]);
        if (info->size >= 7) put(self->metadata, info->items[6]);
        if (self->end_lineno && !self->end_offset)
            return raise(t, exc::TypeError, "end_offset must be provided when end_lineno is provided");
    }
    return {};
}
Result<Ref<Str>> syntax_str(Thread& t, Borrowed<SyntaxErrorObject> self) {
    Ref<Str> message = TRY(to_str(t, self->message ? self->message : None()));
    bool has_file = self->filename && is<Str>(self->filename);
    bool has_line = self->lineno && is_exact<Int>(self->lineno);
    if (!has_file && !has_line) return message;
    if (has_file) {
        Str* file = static_cast<Str*>(self->filename);
        intptr_t slash = -1;
        for (intptr_t i = 0; i < file->length; ++i)
            if (file->at(i) == '/') slash = i;
        Ref<Str> base = TRY(str_substring(t, file, slash + 1, file->length));
        if (has_line) return str_format(t, "%s (%s, line %s)", message, base, self->lineno);
        return str_format(t, "%s (%s)", message, base);
    }
    return str_format(t, "%s (line %s)", message, self->lineno);
}
using SyntaxFields =
    ExceptionFields<SyntaxErrorObject, &SyntaxErrorObject::message, &SyntaxErrorObject::filename, &SyntaxErrorObject::lineno,
                    &SyntaxErrorObject::offset, &SyntaxErrorObject::end_lineno, &SyntaxErrorObject::end_offset, &SyntaxErrorObject::text,
                    &SyntaxErrorObject::print_file_and_line, &SyntaxErrorObject::metadata>;
const SlotDef syntax_slots[] = {EXCEPTION_FIELD_SLOTS(SyntaxFields), init_slot<SlotId::tp_init, syntax_init>(),
                                unary_slot<SlotId::tp_str, syntax_str>()};
const MemberDef syntax_members[] = {MEMBER(SyntaxErrorObject, message, "msg", "exception msg"),
                                    MEMBER(SyntaxErrorObject, filename, "filename", "exception filename"),
                                    MEMBER(SyntaxErrorObject, lineno, "lineno", "exception lineno"),
                                    MEMBER(SyntaxErrorObject, offset, "offset", "exception offset"),
                                    MEMBER(SyntaxErrorObject, text, "text", "exception text"),
                                    MEMBER(SyntaxErrorObject, end_lineno, "end_lineno", "exception end lineno"),
                                    MEMBER(SyntaxErrorObject, end_offset, "end_offset", "exception end offset"),
                                    MEMBER(SyntaxErrorObject, print_file_and_line, "print_file_and_line", "exception print_file_and_line"),
                                    MEMBER(SyntaxErrorObject, metadata, "_metadata", "exception private metadata")};

// --- KeyError -----------------------------------------------------------------------------------------------------------

Result<Ref<Str>> key_str(Thread& t, Exc self) {
    Tuple* args = static_cast<Tuple*>(self->args);
    if (args && args->size == 1) return repr(t, args->items[0]); // so that KeyError('') shows what is missing
    return base_str(t, self);
}
const SlotDef key_slots[] = {unary_slot<SlotId::tp_str, key_str>()};

// --- Unicode errors -----------------------------------------------------------------------------------------------------

using UnicodeFields =
    ExceptionFields<UnicodeErrorObject, &UnicodeErrorObject::encoding, &UnicodeErrorObject::object, &UnicodeErrorObject::reason>;
template <bool Decode, bool Translate>
Result<void> unicode_init(Thread& t, Borrowed<UnicodeErrorObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(base_init(t, self, args, kwargs));
    constexpr int expected = Translate ? 4 : 5;
    if (args->size != expected) return raise(t, exc::TypeError, "function takes exactly %d arguments (%d given)", expected, args->size);
    int i = 0;
    auto put = [](Object*& field, Object* value) {
        incref(value);
        assign_field(field, value);
    };
    auto text = [&](Object*& field) -> Result<void> {
        Object* value = args->items[i++];
        if (!is<Str>(value)) return raise(t, exc::TypeError, "argument %d must be str, not %T", i, value);
        put(field, value);
        return {};
    };
    if constexpr (!Translate) TRY(text(self->encoding));
    Object* object = args->items[i++];
    if constexpr (Decode) {
        if (is<Bytes>(object)) {
            put(self->object, object);
        } else {
            Ref<Bytes> copy = TRY(to_bytes(t, object));
            assign_field(self->object, static_cast<Object*>(copy.release()));
        }
    } else {
        if (!is<Str>(object)) return raise(t, exc::TypeError, "argument %d must be str, not %T", i, object);
        put(self->object, object);
    }
    self->start = TRY(to_index_size(t, args->items[i++], exc::OverflowError));
    self->end = TRY(to_index_size(t, args->items[i++], exc::OverflowError));
    return text(self->reason);
}
/// What the message of a Unicode error is made of. The texts are made first: that may run Python, which may change `object`.
struct UnicodeParts {
    Ref<Str> encoding = str_empty(), reason = str_empty();
    Ref<Object> object = none_ref();
    intptr_t start = 0, end = 0;
};
Result<Ref<Str>> text_or_null(Thread& t, Object* value) {
    if (!value) return str_format(t, "<NULL>");
    return to_str(t, acquire(value));
}
Result<UnicodeParts> unicode_parts(Thread& t, Borrowed<UnicodeErrorObject> self, bool bytes) {
    Ref<Str> reason = TRY(text_or_null(t, self->reason));
    Ref<Str> encoding = TRY(text_or_null(t, self->encoding));
    if (!self->object) return raise(t, exc::TypeError, "UnicodeError 'object' attribute is not set");
    if (bytes && !is<Bytes>(self->object)) return raise(t, exc::TypeError, "UnicodeError 'object' attribute must be a bytes");
    if (!bytes && !is<Str>(self->object)) return raise(t, exc::TypeError, "UnicodeError 'object' attribute must be a string");
    return UnicodeParts{std::move(encoding), std::move(reason), acquire(self->object), self->start, self->end};
}
Result<Ref<Str>> encode_str(Thread& t, Borrowed<UnicodeErrorObject> self) {
    if (!self->object) return str_empty();
    UnicodeParts parts = TRY(unicode_parts(t, self, false));
    Str* text = static_cast<Str*>(parts.object.get());
    intptr_t start = parts.start, end = parts.end;
    if (start >= 0 && start < text->length && end == start + 1) {
        uint32_t c = text->at(start);
        const char* format = c <= 0xff     ? "'%s' codec can't encode character '\\x%02x' in position %d: %s"
                             : c <= 0xffff ? "'%s' codec can't encode character '\\u%04x' in position %d: %s"
                                           : "'%s' codec can't encode character '\\U%08x' in position %d: %s";
        return str_format(t, format, parts.encoding, c, start, parts.reason);
    }
    return str_format(t, "'%s' codec can't encode characters in position %d-%d: %s", parts.encoding, start, end - 1, parts.reason);
}
Result<Ref<Str>> decode_str(Thread& t, Borrowed<UnicodeErrorObject> self) {
    if (!self->object) return str_empty();
    UnicodeParts parts = TRY(unicode_parts(t, self, true));
    Bytes* data = static_cast<Bytes*>(parts.object.get());
    intptr_t start = parts.start, end = parts.end;
    if (start >= 0 && start < data->size && end == start + 1)
        return str_format(t, "'%s' codec can't decode byte 0x%02x in position %d: %s", parts.encoding,
                          static_cast<uint8_t>(data->data[start]), start, parts.reason);
    return str_format(t, "'%s' codec can't decode bytes in position %d-%d: %s", parts.encoding, start, end - 1, parts.reason);
}
Result<Ref<Str>> translate_str(Thread& t, Borrowed<UnicodeErrorObject> self) {
    if (!self->object) return str_empty();
    UnicodeParts parts = TRY(unicode_parts(t, self, false));
    Str* text = static_cast<Str*>(parts.object.get());
    intptr_t start = parts.start, end = parts.end;
    if (start >= 0 && start < text->length && end == start + 1) {
        uint32_t c = text->at(start);
        const char* format = c <= 0xff     ? "can't translate character '\\x%02x' in position %d: %s"
                             : c <= 0xffff ? "can't translate character '\\u%04x' in position %d: %s"
                                           : "can't translate character '\\U%08x' in position %d: %s";
        return str_format(t, format, c, start, parts.reason);
    }
    return str_format(t, "can't translate characters in position %d-%d: %s", start, end - 1, parts.reason);
}
const MemberDef unicode_members[] = {MEMBER(UnicodeErrorObject, encoding, "encoding", "exception encoding"),
                                     MEMBER(UnicodeErrorObject, object, "object", "exception object"),
                                     {"start", member_type::Size, offsetof(UnicodeErrorObject, start), 0, "exception start"},
                                     {"end", member_type::Size, offsetof(UnicodeErrorObject, end), 0, "exception end"},
                                     MEMBER(UnicodeErrorObject, reason, "reason", "exception reason")};
const SlotDef decode_slots[] = {EXCEPTION_FIELD_SLOTS(UnicodeFields), init_slot<SlotId::tp_init, unicode_init<true, false>>(),
                                unary_slot<SlotId::tp_str, decode_str>(), construct_slot<SlotId::tp_new, base_new>()};
const SlotDef encode_slots[] = {EXCEPTION_FIELD_SLOTS(UnicodeFields), init_slot<SlotId::tp_init, unicode_init<false, false>>(),
                                unary_slot<SlotId::tp_str, encode_str>(), construct_slot<SlotId::tp_new, base_new>()};
const SlotDef translate_slots[] = {EXCEPTION_FIELD_SLOTS(UnicodeFields), init_slot<SlotId::tp_init, unicode_init<false, true>>(),
                                   unary_slot<SlotId::tp_str, translate_str>(), construct_slot<SlotId::tp_new, base_new>()};

const char* documentation(std::string_view name) {
    struct Row {
        std::string_view name;
        const char* doc;
    };
    static constexpr Row rows[] = {
        {"Exception", "Common base class for all non-exit exceptions."},
        {"TypeError", "Inappropriate argument type."},
        {"StopAsyncIteration", "Signal the end from iterator.__anext__()."},
        {"StopIteration", "Signal the end from iterator.__next__()."},
        {"GeneratorExit", "Request that a generator exit."},
        {"SystemExit", "Request to exit from the interpreter."},
        {"KeyboardInterrupt", "Program interrupted by user."},
        {"ImportError", "Import can't find module, or can't find name in module."},
        {"ModuleNotFoundError", "Module not found."},
        {"OSError", "Base class for I/O related errors."},
        {"EOFError", "Read beyond end of file."},
        {"RuntimeError", "Unspecified run-time error."},
        {"RecursionError", "Recursion limit exceeded."},
        {"NotImplementedError", "Method or function hasn't been implemented yet."},
        {"PythonFinalizationError", "Operation blocked during Python finalization."},
        {"NameError", "Name not found globally."},
        {"UnboundLocalError", "Local name referenced but not bound to a value."},
        {"AttributeError", "Attribute not found."},
        {"SyntaxError", "Invalid syntax."},
        {"IndentationError", "Improper indentation."},
        {"TabError", "Improper mixture of spaces and tabs."},
        {"_IncompleteInputError", "incomplete input."},
        {"LookupError", "Base class for lookup errors."},
        {"IndexError", "Sequence index out of range."},
        {"KeyError", "Mapping key not found."},
        {"ValueError", "Inappropriate argument value (of correct type)."},
        {"UnicodeError", "Unicode related error."},
        {"UnicodeEncodeError", "Unicode encoding error."},
        {"UnicodeDecodeError", "Unicode decoding error."},
        {"UnicodeTranslateError", "Unicode translation error."},
        {"AssertionError", "Assertion failed."},
        {"ArithmeticError", "Base class for arithmetic errors."},
        {"FloatingPointError", "Floating-point operation failed."},
        {"OverflowError", "Result too large to be represented."},
        {"ZeroDivisionError", "Second argument to a division or modulo operation was zero."},
        {"SystemError", "The interpreter found itself in a state that should be impossible.\n\n"
                        "This is a defect of the interpreter or of an extension module, not of the\n"
                        "program; please report it."},
        {"ReferenceError", "Weak ref proxy used after referent went away."},
        {"MemoryError", "Out of memory."},
        {"BufferError", "Buffer error."},
        {"Warning", "Base class for warning categories."},
        {"UserWarning", "Base class for warnings generated by user code."},
        {"DeprecationWarning", "Base class for warnings about deprecated features."},
        {"PendingDeprecationWarning", "Base class of the warnings about what is going to be deprecated, but is not yet."},
        {"SyntaxWarning", "Base class for warnings about dubious syntax."},
        {"RuntimeWarning", "Base class for warnings about dubious runtime behavior."},
        {"FutureWarning", "Base class of the warnings, meant for users of a program, that some code will\ncome to mean something else."},
        {"ImportWarning", "Base class of the warnings about imports that look wrong."},
        {"UnicodeWarning", "Base class of the warnings about text and its encodings."},
        {"BytesWarning", "Base class of the warnings about str and bytes being mixed up, by comparing\n"
                         "them or by str(bytes); the -b option brings them out."},
        {"ResourceWarning", "Base class for warnings about resource usage."},
        {"EncodingWarning", "Base class for warnings about encodings."},
        {"BlockingIOError", "I/O operation would block."},
        {"ConnectionError", "Connection error."},
        {"ChildProcessError", "Child process error."},
        {"BrokenPipeError", "Broken pipe."},
        {"ConnectionAbortedError", "Connection aborted."},
        {"ConnectionRefusedError", "Connection refused."},
        {"ConnectionResetError", "Connection reset."},
        {"FileExistsError", "File already exists."},
        {"FileNotFoundError", "File not found."},
        {"IsADirectoryError", "Operation doesn't work on directories."},
        {"NotADirectoryError", "Operation only works on directories."},
        {"InterruptedError", "Interrupted by signal."},
        {"PermissionError", "Not enough permissions."},
        {"ProcessLookupError", "Process not found."},
        {"TimeoutError", "Timeout expired."},
        {"BaseExceptionGroup", "A combination of multiple unrelated exceptions."},
    };
    for (const Row& row : rows)
        if (row.name == name) return row.doc;
    return nullptr;
}

} // namespace

constinit Type BaseException::s_type{};
namespace exc {
#define EXCEPTION(name, base, structure) constinit Type name{};
#include "objects/exceptions.def"
#undef EXCEPTION
} // namespace exc

Result<void> exception_types_ready(Thread& t) {
    constexpr unsigned long flags = type_flag::BaseType | type_flag::Gc | type_flag::BaseExceptionSubclass;
    const TypeSpec base = {.type = &BaseException::s_type,
                           .name = "BaseException",
                           .basicsize = sizeof(BaseException),
                           .flags = flags,
                           .doc = "Common base class for all exceptions",
                           .slots = base_slots,
                           .methods = base_methods,
                           .getset = base_getset,
                           .members = base_members,
                           .dict_offset = offsetof(BaseException, dict)};
    TRY(type_ready(t, base));
    auto ready = [&](Type& type, const char* name, Type& parent, size_t size) -> Result<void> {
        TypeSpec spec = {.type = &type,
                         .name = name,
                         .base = &parent,
                         .basicsize = static_cast<intptr_t>(size),
                         .flags = flags,
                         .doc = documentation(name),
                         .dict_offset = offsetof(BaseException, dict)};
        static const SlotDef plain[] = {construct_slot<SlotId::tp_new, base_new>()};
        if (&type == &exc::StopIteration) spec.slots = stop_slots, spec.members = stop_members;
        else if (&type == &exc::SystemExit) spec.slots = exit_slots, spec.members = exit_members;
        else if (&type == &exc::NameError) spec.slots = name_slots, spec.members = name_members;
        else if (&type == &exc::AttributeError)
            spec.slots = attribute_slots, spec.members = attribute_members, spec.methods = attribute_methods;
        else if (&type == &exc::ImportError) spec.slots = import_slots, spec.members = import_members, spec.methods = import_methods;
        else if (&type == &exc::OSError)
            spec.slots = os_slots, spec.members = os_members, spec.methods = os_methods, spec.getset = os_getset;
        else if (&type == &exc::SyntaxError) spec.slots = syntax_slots, spec.members = syntax_members;
        else if (&type == &exc::KeyError) spec.slots = key_slots;
        else if (&type == &exc::UnicodeDecodeError) spec.slots = decode_slots, spec.members = unicode_members;
        else if (&type == &exc::UnicodeEncodeError) spec.slots = encode_slots, spec.members = unicode_members;
        else if (&type == &exc::UnicodeTranslateError) spec.slots = translate_slots, spec.members = unicode_members;
        else if (&type == &exc::BaseExceptionGroup) exception_group_slots(&spec);
        else if (parent.basicsize == sizeof(BaseException) && size == sizeof(BaseException)) spec.slots = plain;
        // The collector's slots are not inherited by types that declare themselves collected.
        type.traverse = parent.traverse;
        type.clear = parent.clear;
        type.dealloc = parent.dealloc;
        return type_ready(t, spec);
    };
#define BASE_OF(base) (std::string_view(#base) == "BaseException" ? BaseException::s_type : *find_exception_type(#base))
    auto find_exception_type = [](std::string_view name) -> Type* {
#define EXCEPTION(candidate, base, structure)                                                                                              \
    if (name == #candidate) return &exc::candidate;
#include "objects/exceptions.def"
#undef EXCEPTION
        return &BaseException::s_type;
    };
#define EXCEPTION(name, base, structure) TRY(ready(exc::name, #name, BASE_OF(base), sizeof(structure)));
#include "objects/exceptions.def"
#undef EXCEPTION
#undef BASE_OF
    TRY(exception_group_ready(t));
    Ref<Object> reserve = TRY(allocate_object(t, exc::MemoryError));
    static_cast<BaseException*>(reserve.get())->args = tuple_empty().release();
    t.runtime->memory_error_reserve = reserve.release();
    return {};
}

Error raise_unicode_decode_error(Thread& t, const char* encoding, std::string_view input, intptr_t start, intptr_t end,
                                 const char* reason) {
    auto make = [&]() -> Result<Ref<Object>> {
        Ref<Str> name = TRY(str_from_utf8(t, encoding));
        Ref<Bytes> data = TRY(bytes_from(t, input));
        Ref<Int> from = TRY(int_from(t, start));
        Ref<Int> to = TRY(int_from(t, end));
        Ref<Str> text = TRY(str_from_utf8(t, reason));
        return call(t, Borrowed<Object>(&exc::UnicodeDecodeError), name, data, from, to, text);
    };
    auto made = make();
    if (made.is_error()) return Error{};
    return raise_instance(t, made.take());
}
Error raise_unicode_encode_error(Thread& t, const char* encoding, Borrowed<Str> input, intptr_t start, intptr_t end, const char* reason) {
    auto make = [&]() -> Result<Ref<Object>> {
        Ref<Str> name = TRY(str_from_utf8(t, encoding));
        Ref<Int> from = TRY(int_from(t, start));
        Ref<Int> to = TRY(int_from(t, end));
        Ref<Str> text = TRY(str_from_utf8(t, reason));
        return call(t, Borrowed<Object>(&exc::UnicodeEncodeError), name, input, from, to, text);
    };
    auto made = make();
    if (made.is_error()) return Error{};
    return raise_instance(t, made.take());
}

} // namespace taipan
