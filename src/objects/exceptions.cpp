// BaseException and the way natives raise: contexts, fetching, matching.
#include "objects/exceptions.h"

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/generator.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

#include <cerrno>
#include <cstring>

namespace taipan {

namespace {

/// The innermost exception being handled, or null.
Object* handled_exception(Thread& t) {
    for (HandledException* h = t.handled; h; h = h->previous)
        if (h->exception) return h->exception;
    return nullptr;
}

/// Sets __context__ to the exception being handled, cutting a cycle that would arise (language reference, "raise").
void set_context(Thread& t, BaseException* error) {
    Object* handled = handled_exception(t);
    if (!handled || handled == error) return;
    // Break a chain that already contains the new exception. Brent's algorithm guards against existing cycles.
    Object *o = handled, *slow = handled;
    bool advance_slow = false;
    while (Object* context = static_cast<BaseException*>(o)->context) {
        if (context == error) {
            clear_field(static_cast<BaseException*>(o)->context);
            break;
        }
        o = context;
        if (o == slow) break;
        if (advance_slow) slow = static_cast<BaseException*>(slow)->context;
        advance_slow = !advance_slow;
    }
    incref(handled);
    assign_field(error->context, handled);
}

} // namespace

Error raise_instance(Thread& t, Ref<Object> exception) {
    BaseException* error = static_cast<BaseException*>(exception.get());
    set_context(t, error);
    return t.set_exception(std::move(exception));
}

Error raise_object(Thread& t, Type& type, Borrowed<Object> argument) {
    auto made = make_exception(t, type, argument);
    if (made.is_error()) return Error{};
    return raise_instance(t, made.take());
}

Error raise_bare(Thread& t, Type& type) {
    auto made = call(t, Borrowed<Object>(&type));
    if (made.is_error()) return Error{};
    Ref<Object> instance = made.take();
    if (!is<BaseException>(instance.get()))
        return raise(t, exc::TypeError, "calling %R should have returned an instance of BaseException, not %T", &type, instance);
    return raise_instance(t, std::move(instance));
}

Error raise_args(Thread& t, Type& type, const char* format, const FormatArg* args, size_t count) {
    auto text = str_format_args(t, format, args, count);
    if (text.is_error()) return Error{};
    return raise_object(t, type, text.take());
}

Result<Ref<Object>> make_exception(Thread& t, Type& type, Borrowed<Object> argument) {
    Ref<Object> made = TRY(call(t, Borrowed<Object>(&type), argument));
    if (!is<BaseException>(made.get()))
        return raise(t, exc::TypeError, "calling %R should have returned an instance of BaseException, not %T", &type, made);
    return made;
}

Error raise_memory_error(Thread& t) {
    // Made without further allocation when even that fails.
    if (t.runtime->memory_error_reserve) {
        auto made = allocate_object(t, exc::MemoryError);
        if (!made.is_error()) {
            Ref<Object> instance = made.take();
            static_cast<BaseException*>(instance.get())->args = tuple_empty().release();
            gc_track(instance.get());
            return raise_instance(t, std::move(instance));
        }
        auto* reserve = static_cast<BaseException*>(t.runtime->memory_error_reserve);
        if (!reserve->args) reserve->args = tuple_empty().release(); // a collection has emptied it
        return t.set_exception(Ref<Object>::acquire(reserve));
    }
    VERIFY(!"out of memory before the runtime is up");
    return Error{};
}

Error raise_recursion_error(Thread& t, const char* where) {
    // Half of the reserve is room to make the exception itself.
    uintptr_t limit = t.c_stack_limit;
    uint32_t depth_limit = t.recursion_limit;
    t.c_stack_limit = t.c_stack_bottom + (limit - t.c_stack_bottom) / 2;
    t.recursion_limit += 50;
    (void)raise(t, exc::RecursionError, "maximum recursion depth exceeded%s", where);
    t.c_stack_limit = limit;
    t.recursion_limit = depth_limit;
    return Error{};
}

Error raise_errno(Thread& t, int error_number, Object* filename, Object* filename2) {
    if (error_number == EINTR) {
        auto polled = poll(t);
        if (polled.is_error()) return Error{};
    }
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<Int> number = TRY(int_from(t, error_number));
        char buffer[256];
        const char* message = strerror_r(error_number, buffer, sizeof buffer);
        Ref<Str> text = TRY(str_decode_fs(t, message));
        if (filename2) {
            Ref<Object> first = filename ? acquire(filename) : none_ref();
            return call(t, Borrowed<Object>(&exc::OSError), number, text, first, Borrowed<Object>(None()), Borrowed<Object>(filename2));
        }
        if (filename) return call(t, Borrowed<Object>(&exc::OSError), number, text, Borrowed<Object>(filename));
        return call(t, Borrowed<Object>(&exc::OSError), number, text);
    };
    auto made = run();
    if (made.is_error()) return Error{};
    return raise_instance(t, made.take());
}

Error raise_attribute_error(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    if (is<Type>(object.get())) (void)raise(t, exc::AttributeError, "type object '%N' has no attribute '%s'", object, name);
    else (void)raise(t, exc::AttributeError, "'%T' object has no attribute '%s'", object, name);
    if (t.exception && is_subtype(t.exception->type, &exc::AttributeError)) {
        AttributeErrorObject* error = static_cast<AttributeErrorObject*>(t.exception);
        assign_field(error->object, object.share().release());
        assign_field(error->name, static_cast<Object*>(name.share().release()));
    }
    return Error{};
}

Error raise_import_error(Thread& t, Type& type, Borrowed<Object> message, Object* name, Object* path) {
    auto made = make_exception(t, type, message);
    if (made.is_error()) return Error{};
    Ref<Object> instance = made.take();
    ImportErrorObject* error = static_cast<ImportErrorObject*>(instance.get());
    if (name) {
        incref(name);
        assign_field(error->name, name);
    }
    if (path) {
        incref(path);
        assign_field(error->path, path);
    }
    return raise_instance(t, std::move(instance));
}

bool exception_matches(const Thread& t, const Type& type) { return t.exception && is_subtype(t.exception->type, &type); }

bool given_exception_matches(Object* error, Object* type) {
    if (!error || !type) return false;
    if (is<Tuple>(type)) {
        for (Object* item : *static_cast<Tuple*>(type))
            if (given_exception_matches(error, item)) return true;
        return false;
    }
    if (is<BaseException>(error)) error = error->type;
    if (is<Type>(error) && is_subtype(static_cast<Type*>(error), &BaseException::s_type) && is<Type>(type) &&
        is_subtype(static_cast<Type*>(type), &BaseException::s_type))
        return is_subtype(static_cast<Type*>(error), static_cast<Type*>(type));
    return error == type;
}

bool clear_if(Thread& t, const Type& type) {
    if (!exception_matches(t, type)) return false;
    t.clear_exception();
    return true;
}

} // namespace taipan
