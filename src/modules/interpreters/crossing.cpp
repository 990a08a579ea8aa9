#include "modules/interpreters/crossing.h"

#include "compiler/opcode_numbers.h"
#include "modules/marshal_module.h"
#include "objects/bytes.h"
#include "objects/code.h"
#include "objects/function.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/memoryview.h"
#include "objects/singletons.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"
#include "vm/interpreter_states.h"

#include <new>
#include <vector>

namespace taipan::crossing {

using compiler::Opcode;

/// Exports the memory of another interpreter's object; memoryviews of it arrive in place of the sent ones.
struct BufferObject : Object {
    BufferView* view;
    static Type s_type;
};
Type BufferObject::s_type;

namespace {

// --- parcels

/// None, bool, int, float, str, bytes: immutable and without references, so that the object itself serves both sides.
struct ValueParcel final : Parcel {
    Ref<Object> value;
    explicit ValueParcel(Ref<Object> object) : value(std::move(object)) {}
    Result<Ref<Object>> unpack(Thread& t) override {
        if (is_exact<Bytes>(value.get()) && as<Bytes>(value.get())->size > 1) return TRY(bytes_from(t, as<Bytes>(value.get())->view()));
        return value.share();
    }
};

struct TupleParcel final : Parcel {
    std::vector<ParcelRef> items;
    Result<Ref<Object>> unpack(Thread& t) override {
        Ref<List> list = TRY(list_new(t));
        for (const ParcelRef& item : items) TRY(list_append(t, list, TRY(item->unpack(t))));
        return TRY(to_tuple(t, list));
    }
};

struct BufferParcel final : Parcel {
    std::unique_ptr<BufferView> view;
    Result<Ref<Object>> unpack(Thread& t) override {
        Ref<BufferObject> exporter = TRY(allocate<BufferObject>(t));
        exporter->view = view.release();
        return TRY(memoryview_new(t, exporter));
    }
};

/// The __main__ module of a script, loaded under another name so that its last lines do not run.
Result<Ref<Object>> fake_main(Thread& t, Borrowed<Object> file) {
    State* state = TRY(state_of(t));
    if (state->fake_main) return acquire(state->fake_main);
    Ref<Object> run_path = TRY(import_attribute(t, "runpy", "run_path"));
    Ref<Str> name = TRY(str_from_utf8(t, "<fake __main__>"));
    Ref<Object> contents = TRY(call(t, run_path, file, Borrowed<Object>(None()), name));
    Ref<Module> module = TRY(module_new(t, name));
    TRY(dict_merge(t, module->dict, contents, Override::Yes));
    state->fake_main = module.share().release();
    return module;
}

struct PickleParcel final : Parcel {
    Ref<Object> data;
    MaybeRef<Object> main_file; // of the sender's __main__
    explicit PickleParcel(Ref<Object> bytes) : data(std::move(bytes)) {}

    Result<Ref<Object>> load(Thread& t) {
        Ref<Object> loads = TRY(import_attribute(t, "pickle", "loads"));
        auto loaded = call(t, loads, data);
        if (!loaded.is_error() || !main_file || !exception_matches(t, exc::AttributeError)) return loaded;
        // A name of the sender's script: its module stands in for __main__ while the names are looked up.
        Ref<Object> first = t.take_exception().take();
        auto module = fake_main(t, main_file.get());
        if (module.is_error()) return Error{};
        MaybeRef<Object> main = TRY(dict_get(t, t.interpreter->modules, names::__main__));
        TRY(dict_set(t, t.interpreter->modules, names::__main__, module.take()));
        auto again = call(t, loads, data);
        MaybeRef<Object> error = t.take_exception();
        auto restored = main ? dict_set(t, t.interpreter->modules, names::__main__, main.get()) : Result<void>{};
        if (restored.is_error()) return Error{};
        if (error) return t.set_exception(error.take());
        return again;
    }
    Result<Ref<Object>> unpack(Thread& t) override {
        auto loaded = load(t);
        if (!loaded.is_error()) return loaded;
        State* state = TRY(state_of(t));
        Ref<Object> text = TRY(str_from_utf8(t, "object could not be unpickled"));
        return raise_with_cause(t, *state->not_shareable, text, t.take_exception());
    }
};

struct FunctionParcel final : Parcel {
    Ref<Object> code; // marshalled
    explicit FunctionParcel(Ref<Object> bytes) : code(std::move(bytes)) {}
    Result<Ref<Object>> unpack(Thread& t) override {
        Ref<Object> loaded = TRY(marshal_loads(t, as<Bytes>(code.get())->view()));
        MaybeRef<Object> main = TRY(dict_get(t, t.interpreter->modules, names::__main__));
        if (!main || !is<Module>(main.get())) return raise(t, exc::RuntimeError, "no __main__ module");
        return TRY(function_new(t, as<Code>(loaded.get()), Borrowed<Dict>(static_cast<Module*>(main.get())->dict)));
    }
};

// --- code

struct Instruction {
    Opcode op;
    int arg;
};
template <class F> void for_each_instruction(const Code* code, F&& each) {
    std::string_view bytes = code->bytecode_view();
    int arg = 0;
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
        auto op = static_cast<Opcode>(static_cast<uint8_t>(bytes[i]));
        arg = arg << 8 | static_cast<uint8_t>(bytes[i + 1]);
        if (op == Opcode::EXTENDED_ARG) continue;
        each(Instruction{op, arg});
        arg = 0;
        i += 2 * static_cast<size_t>(compiler::opcode_info(op).cache_units);
    }
}

/// Every return is of None.
bool returns_only_none(const Code* code) {
    if (code->is_generator_like()) return false;
    bool only_none = true;
    Instruction previous{Opcode::NOP, 0};
    for_each_instruction(code, [&](Instruction now) {
        if (now.op == Opcode::RETURN_VALUE &&
            !(previous.op == Opcode::LOAD_CONST && previous.arg < code->consts->size && is_none(code->consts->items[previous.arg])))
            only_none = false;
        previous = now;
    });
    return only_none;
}

/// Null: the code says nothing against it. Globals count that are in `globals`, or in neither dict together with
/// builtins: then it can be told what the others are.
const char* external_state(Thread& t, const Code* code, Borrowed<Dict> globals, Borrowed<Dict> builtins) {
    if (code->nfreevars > 0) return "closures not supported";
    int own = 0, builtin = 0, unknown = 0;
    for_each_instruction(code, [&](Instruction now) {
        int name = now.arg;
        switch (now.op) {
        case Opcode::LOAD_GLOBAL: name >>= 1; break;
        case Opcode::LOAD_NAME:
        case Opcode::STORE_NAME:
        case Opcode::DELETE_NAME:
        case Opcode::STORE_GLOBAL:
        case Opcode::DELETE_GLOBAL: break;
        default: return;
        }
        if (name >= code->names->size) return;
        Object* key = code->names->items[name];
        auto has = [&](Borrowed<Dict> dict) {
            auto found = dict_contains(t, dict, key);
            if (found.is_error()) return t.clear_exception(), false;
            return found.take();
        };
        if (has(globals)) own++;
        else if (has(builtins)) builtin++;
        else unknown++;
    });
    if (own > 0) return "globals not supported";
    if (builtin > 0 && unknown > 0) return "globals not supported";
    return nullptr;
}

/// The function's code can stand for it.
const char* function_state(Thread& t, const Function* function) {
    if (function->defaults && function->defaults->size > 0) return "defaults not supported";
    if (function->kwdefaults && dict_size(function->kwdefaults) > 0) return "keyword defaults not supported";
    if (function->closure && function->closure->size > 0) return "closures not supported";
    return external_state(t, function->code, function->globals, static_cast<Dict*>(function->builtins));
}

Error raise_not_shareable(Thread& t, Borrowed<Object> object, MaybeRef<Object> cause) {
    State* state = TRY(state_of(t));
    Ref<Object> text = TRY(str_format(t, "%R does not support cross-interpreter data", object));
    return raise_with_cause(t, *state->not_shareable, text, std::move(cause));
}
bool is_not_shareable(Thread& t) {
    auto state = state_of(t);
    return !state.is_error() && t.exception && is_subtype(t.exception->type, state.take()->not_shareable);
}

/// What has no need of a fallback. Null without an exception: none of these types.
ParcelRef pack_shareable(Thread& t, Borrowed<Object> object, Fallback fallback) {
    Type* type = object->type;
    if (is_none(object.get()) || type == &Bool::s_type || is_exact<Str>(object.get()) || is_exact<Bytes>(object.get()) ||
        is_exact<Float>(object.get()))
        return std::make_unique<ValueParcel>(object.share());
    if (is_exact<Int>(object.get())) {
        int64_t value;
        if (int_fits_int64(static_cast<Int*>(object.get()), &value)) return std::make_unique<ValueParcel>(object.share());
        (void)raise(t, exc::OverflowError, "try sending as bytes");
        return nullptr;
    }
    if (is_exact<Tuple>(object.get())) {
        if (check_recursion(t, " while sharing a tuple").is_error()) return nullptr;
        auto parcel = std::make_unique<TupleParcel>();
        for (Object* item : *static_cast<Tuple*>(object.get())) {
            ParcelRef packed = pack(t, item, fallback);
            if (!packed) return nullptr;
            parcel->items.push_back(std::move(packed));
        }
        return parcel;
    }
    if (type == &MemoryView::s_type) return pack_buffer(t, object);
    auto state = state_of(t);
    if (state.is_error()) return nullptr;
    if (type == state.take()->queue) return pack_queue(t, object);
    bool is_end = false;
    return pack_channel(t, object, &is_end);
}

ParcelRef pack_function(Thread& t, Borrowed<Object> object) {
    auto dumped = marshal_dumps(t, static_cast<Function*>(object.get())->code);
    if (dumped.is_error()) return nullptr;
    return std::make_unique<FunctionParcel>(dumped.take());
}
ParcelRef pack_pickled(Thread& t, Borrowed<Object> object) {
    auto dump = [&]() -> Result<Ref<Object>> {
        Ref<Object> dumps = TRY(import_attribute(t, "pickle", "dumps"));
        return call(t, dumps, object);
    };
    auto data = dump();
    if (data.is_error()) return nullptr;
    auto parcel = std::make_unique<PickleParcel>(data.take());
    auto main_file = [&]() -> ResultMaybe<Object> {
        MaybeRef<Object> main = TRY(dict_get(t, t.interpreter->modules, names::__main__));
        if (!main || !is<Module>(main.get())) return MaybeRef<Object>();
        return dict_get(t, static_cast<Module*>(main.get())->dict, names::__file__);
    };
    auto file = main_file();
    if (file.is_error()) t.clear_exception();
    else if (MaybeRef<Object> found = file.take(); found && is_exact<Str>(found.get())) parcel->main_file = std::move(found);
    return parcel;
}

} // namespace

ParcelRef pack(Thread& t, Borrowed<Object> object, Fallback fallback) {
    ParcelRef parcel = pack_shareable(t, object, fallback);
    if (parcel) return parcel;
    // 1. The reason why it is not shareable by itself, if there is one.
    MaybeRef<Object> reason = t.take_exception();
    if (fallback == Fallback::None) {
        (void)raise_not_shareable(t, object, std::move(reason));
        return nullptr;
    }
    // 2. By its code.
    if (is_exact<Function>(object.get()) && !function_state(t, static_cast<Function*>(object.get()))) {
        if ((parcel = pack_function(t, object))) return parcel;
        t.clear_exception();
    }
    // 3. Pickled.
    if ((parcel = pack_pickled(t, object))) return parcel;
    t.clear_exception();
    (void)raise_not_shareable(t, object, std::move(reason));
    return nullptr;
}

ParcelRef pack_callable(Thread& t, Borrowed<Object> callable) {
    if (!is_callable(callable.get())) {
        (void)raise(t, exc::TypeError, "expected a callable, got %R", callable);
        return nullptr;
    }
    if (!is_exact<Function>(callable.get())) return pack(t, callable, Fallback::Full);
    const char* reason = function_state(t, static_cast<Function*>(callable.get()));
    ParcelRef parcel = reason ? pack_pickled(t, callable) : pack_function(t, callable);
    if (parcel || !reason) return parcel;
    t.clear_exception();
    auto fail = [&]() -> Result<void> {
        State* state = TRY(state_of(t));
        Ref<Str> why = TRY(str_from_utf8(t, reason));
        Ref<Object> cause = TRY(make_exception(t, exc::ValueError, why));
        Ref<Object> text = TRY(str_from_utf8(t, "only stateless functions are shareable"));
        return raise_with_cause(t, *state->not_shareable, text, std::move(cause));
    };
    (void)fail();
    return nullptr;
}

ParcelRef pack_buffer(Thread& t, Borrowed<Object> object) {
    auto parcel = std::make_unique<BufferParcel>();
    parcel->view = std::make_unique<BufferView>();
    GetBufferFunc get = object->type->as_buffer ? object->type->as_buffer->get : nullptr;
    if (!get) {
        (void)raise(t, exc::TypeError, "a bytes-like object is required, not '%T'", object);
        return nullptr;
    }
    if (get(object.get(), &parcel->view->buffer(), buffer_flag::FullReadOnly) < 0) return nullptr;
    return parcel;
}

bool is_shareable(Thread& t, Borrowed<Object> object) {
    ParcelRef parcel = pack_shareable(t, object, Fallback::None);
    t.clear_exception();
    return parcel != nullptr;
}

Result<Ref<Object>> script_code(Thread& t, Borrowed<Object> script) {
    Ref<Object> code = none_ref();
    bool checked = false;
    if (is<Function>(script.get())) {
        code = acquire(static_cast<Object*>(static_cast<Function*>(script.get())->code));
        if (static_cast<Function*>(script.get())->closure) return raise(t, exc::ValueError, "closures not supported");
    } else if (is_exact<Code>(script.get())) {
        code = script.share();
    } else {
        CompileRequest request;
        Ref<Str> name = TRY(str_interned(t, "<script>"));
        request.filename = name.get();
        if (is<Str>(script.get())) {
            std::string_view text = TRY(str_utf8(t, as<Str>(script.get())));
            if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "source code string cannot contain null bytes");
            request.flags = compile_flag::SourceIsUtf8 | compile_flag::IgnoreCookie;
            code = TRY(compile_source(t, text, request));
        } else if (is<Bytes>(script.get()) || is<ByteArray>(script.get()) || (script->type->as_buffer && script->type->as_buffer->get)) {
            BufferView view;
            TRY(view.acquire(t, script.get()));
            if (view.view().find('\0') != std::string_view::npos)
                return raise(t, exc::ValueError, "source code string cannot contain null bytes");
            code = TRY(compile_source(t, view.view(), request));
        } else {
            return raise(t, exc::TypeError, "unsupported script %R", script);
        }
        checked = true;
    }
    if (!checked) {
        auto* c = static_cast<Code*>(code.get());
        if (c->nfreevars > 0) return raise(t, exc::ValueError, "closures not supported");
        if (c->total_args() > 0) return raise(t, exc::ValueError, "code with args not supported");
        if (!returns_only_none(c)) return raise(t, exc::ValueError, "code that returns a value is not a script");
    }
    return TRY(marshal_dumps(t, code));
}

// --- exceptions

Error raise_with_cause(Thread& t, Type& type, Borrowed<Object> text, MaybeRef<Object> cause) {
    auto made = make_exception(t, type, text);
    if (made.is_error()) return Error{};
    Ref<Object> error = made.take();
    if (cause) {
        auto* base = static_cast<BaseException*>(error.get());
        base->suppress_context = 1;
        assign_field(base->cause, cause.take().release());
    }
    return t.set_exception(std::move(error));
}

Snapshot Snapshot::of(Thread& t, Borrowed<Object> exception) {
    Snapshot shot;
    auto keep = [&](MaybeRef<Object>& place, ResultMaybe<Object> value) {
        if (value.is_error()) return t.clear_exception();
        MaybeRef<Object> found = value.take();
        if (found && is_exact<Str>(found.get())) place = std::move(found);
    };
    auto attribute = [&](const char* name) -> ResultMaybe<Object> {
        return get_attribute_optional(t, Borrowed<Object>(exception->type), TRY(str_interned(t, name)));
    };
    keep(shot.type_name, attribute("__name__"));
    keep(shot.type_qualname, attribute("__qualname__"));
    keep(shot.type_module, attribute("__module__"));
    keep(shot.message, [&]() -> ResultMaybe<Object> { return MaybeRef<Object>(Ref<Object>(TRY(to_str(t, exception)))); }());
    keep(shot.formatted, [&]() -> ResultMaybe<Object> {
        if (!shot.type_qualname) return MaybeRef<Object>();
        Object* module = shot.type_module.get();
        bool named =
            module && !str_equals_ascii(static_cast<Str*>(module), "builtins") && !str_equals_ascii(static_cast<Str*>(module), "__main__");
        Ref<Str> empty = TRY(str_interned(t, ""));
        Borrowed<Object> message = shot.message ? Borrowed<Object>(shot.message.get()) : Borrowed<Object>(empty);
        if (named) return MaybeRef<Object>(Ref<Object>(TRY(str_format(t, "%s.%s: %s", module, shot.type_qualname.get(), message))));
        return MaybeRef<Object>(Ref<Object>(TRY(str_format(t, "%s: %s", shot.type_qualname.get(), message))));
    }());
    keep(shot.display, [&]() -> ResultMaybe<Object> {
        Ref<Object> type = TRY(import_attribute(t, "traceback", "TracebackException"));
        Ref<Object> report = TRY(call_method(t, type, TRY(str_interned(t, "from_exception")), exception));
        Ref<Object> lines = TRY(call_method(t, report, TRY(str_interned(t, "format"))));
        Ref<Str> empty = TRY(str_interned(t, ""));
        Ref<Object> text = TRY(call_method(t, empty, TRY(str_interned(t, "join")), lines));
        return MaybeRef<Object>(TRY(call_method(t, text, TRY(str_interned(t, "rstrip")), TRY(str_interned(t, "\n")))));
    }());
    return shot;
}

Result<Ref<Object>> Snapshot::to_namespace(Thread& t) const {
    auto put = [&](Borrowed<Dict> dict, const char* name, const MaybeRef<Object>& value) -> Result<void> {
        return dict_set_ascii(t, dict, name, value ? Borrowed<Object>(value.get()) : Borrowed<Object>(None()));
    };
    Ref<Dict> type = TRY(dict_new(t)), all = TRY(dict_new(t));
    TRY(put(type, "__name__", type_name));
    TRY(put(type, "__qualname__", type_qualname));
    TRY(put(type, "__module__", type_module));
    TRY(dict_set_ascii(t, all, "type", TRY(simple_namespace_new(t, type.get()))));
    TRY(put(all, "msg", message));
    TRY(put(all, "formatted", formatted));
    if (display) TRY(put(all, "errdisplay", display));
    return simple_namespace_new(t, all.get());
}

// --- the interpreters' states

Result<State*> state_of(Thread& t) {
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    if (void* found = __atomic_load_n(&states->crossing, __ATOMIC_ACQUIRE)) return static_cast<State*>(found);
    auto* state = new (std::nothrow) State{};
    if (!state) return raise_memory_error(t);
    state->error =
        TRY(new_exception_type(t, "concurrent.interpreters.InterpreterError", exc::Exception, "A cross-interpreter operation failed"))
            .release();
    state->not_found =
        TRY(new_exception_type(t, "concurrent.interpreters.InterpreterNotFoundError", *state->error, "An interpreter was not found"))
            .release();
    state->not_shareable = TRY(new_exception_type(t, "concurrent.interpreters.NotShareableError", exc::TypeError, nullptr)).release();
    state->queue_error = TRY(new_exception_type(t, "concurrent.interpreters.QueueError", exc::RuntimeError,
                                                "Indicates that a queue-related error happened."))
                             .release();
    state->queue_not_found =
        TRY(new_exception_type(t, "concurrent.interpreters.QueueNotFoundError", *state->queue_error, nullptr)).release();
    void* expected = nullptr;
    if (!__atomic_compare_exchange_n(&states->crossing, &expected, static_cast<void*>(state), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        for (Type** type : {&state->error, &state->not_found, &state->not_shareable, &state->queue_error, &state->queue_not_found})
            clear_field(*type);
        delete state;
        return static_cast<State*>(expected);
    }
    auto drop = [](InterpreterStates& s) {
        auto* own = static_cast<State*>(std::exchange(s.crossing, nullptr));
        for (Type** type : {&own->error, &own->not_found, &own->not_shareable, &own->queue_error, &own->queue_not_found})
            clear_field(*type);
        delete own;
    };
    if (!interpreter_drops(states, drop)) return raise_memory_error(t);
    return state;
}

void interpreter_ends(Thread& t) {
    queues_interpreter_ends(t.interpreter->id);
    channels_interpreter_ends(t.interpreter->id);
    InterpreterStates* states = interpreter_states(t);
    auto* state = states ? static_cast<State*>(__atomic_load_n(&states->crossing, __ATOMIC_ACQUIRE)) : nullptr;
    if (!state) return;
    clear_field(state->fake_main);
    for (Type** type : {&state->queue, &state->queue_empty, &state->queue_full, &state->send_end, &state->recv_end}) clear_field(*type);
}

void after_fork() {
    queues_after_fork();
    channels_after_fork();
}

Result<int64_t> id_argument(Thread& t, Borrowed<Object> id, const char* what) {
    if (!is<Int>(id.get()) && !(id->type->as_number && id->type->as_number->index))
        return raise(t, exc::TypeError, "%s must be an int, got %T", what, id);
    auto value = to_int64(t, id);
    if (value.is_error()) {
        if (exception_matches(t, exc::OverflowError)) {
            t.clear_exception();
            return raise(t, exc::OverflowError, "int too big to convert");
        }
        return Error{};
    }
    int64_t number = value.take();
    if (number < 0) return raise(t, exc::ValueError, "%s must be a non-negative int, got %R", what, id);
    return number;
}

// --- CrossInterpreterBufferView

namespace {

int buffer_get(Object* o, Buffer* out, int) {
    auto* self = static_cast<BufferObject*>(o);
    if (!self->view) {
        (void)raise(Thread::current(), exc::BufferError, "the buffer is gone");
        return -1;
    }
    *out = self->view->buffer();
    out->obj = acquire(o).release();
    return 0;
}
void buffer_dealloc(Object* o) {
    auto* self = static_cast<BufferObject*>(o);
    delete self->view;
    o->type->free(o);
}
const SlotDef buffer_slots[] = {raw_slot(SlotId::bf_getbuffer, &buffer_get), raw_slot(SlotId::tp_dealloc, &buffer_dealloc)};

} // namespace

const TypeSpec buffer_view_spec = {.type = &BufferObject::s_type,
                                   .name = "_interpreters.CrossInterpreterBufferView",
                                   .basicsize = sizeof(BufferObject),
                                   .flags = type_flag::BaseType | type_flag::DisallowInstantiation,
                                   .slots = buffer_slots};

} // namespace taipan::crossing
