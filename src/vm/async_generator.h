// Asynchronous generators (PEP 525): the awaitables that `__anext__`, `asend`, `athrow` and `aclose` return, and the hooks.
#pragma once

#include "objects/module.h"
#include "vm/frame.h"

namespace taipan {

/// A value that an async generator yields, told apart from what it awaits (CALL_INTRINSIC_1 ASYNC_GEN_WRAP).
struct AsyncGeneratorWrappedValue : Object {
    Object* value;
    static Type s_type;
};
Result<Ref<Object>> async_generator_wrap(Thread& t, Borrowed<Object> value);

Ref<Object> async_generator_aiter(Thread& t, Borrowed<Generator> self);
Result<Ref<Object>> async_generator_anext(Thread& t, Borrowed<Generator> self);
Result<Ref<Object>> async_generator_asend(Thread& t, Borrowed<Generator> self, Borrowed<Object> value);
Result<Ref<Object>> async_generator_athrow(Thread& t, Borrowed<Generator> self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                           MaybeBorrowed<Object> traceback);
Result<Ref<Object>> async_generator_aclose(Thread& t, Borrowed<Generator> self);

/// The full form of generator.throw(); `close_on_exit`: GeneratorExit closes a delegate.
Result<Ref<Object>> generator_throw_method(Thread& t, Borrowed<Generator> self, Borrowed<Object> type, Object* value, Object* traceback,
                                           bool close_on_exit);
/// cr_origin for sys.set_coroutine_origin_tracking_depth.
void coroutine_set_origin(Thread& t, Generator* coroutine);
void warn_unawaited_coroutine(Thread& t, Generator* coroutine);
Result<Ref<Object>> generic_alias_new(Thread& t, Borrowed<Object> origin, Borrowed<Object> args);

} // namespace taipan
