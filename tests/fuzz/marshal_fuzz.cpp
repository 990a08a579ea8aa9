// marshal.loads on any bytes, and then what may be done with any object it makes: the same bytes again, repr, hash, and
// the tables of code objects. Code is not run: as in CPython, bytecode is trusted.
#include "app/startup.h"
#include "modules/marshal_module.h"
#include "objects/abstract.h"
#include "objects/code.h"
#include "vm/options.h"

#include <cstdint>
#include <cstdlib>

using namespace taipan;

namespace {

Thread& started() {
    static Thread* thread = [] {
        Thread& t = runtime_start();
        g_options.no_site = true;
        Invocation invocation;
        invocation.kind = Invocation::Kind::Command;
        if (!interpreter_start(t, invocation)) abort();
        return &t;
    }();
    return *thread;
}

Result<void> use(Thread& t, Borrowed<Object> value) {
    auto shown = repr(t, value);
    if (shown.is_error()) t.clear_exception();
    if (hash(t, value).is_error()) t.clear_exception();
    auto written = marshal_dumps(t, value);
    if (written.is_error()) {
        t.clear_exception();
        return {};
    }
    Ref<Bytes> first = written.take();
    Ref<Object> again = TRY(marshal_loads(t, first->view()));
    if (!is<Code>(value.get())) return {};
    for (const char* table : {"co_lines", "co_positions"}) {
        Ref<Str> name = TRY(str_from_utf8(t, table));
        Ref<Object> method = TRY(get_attribute(t, value, name));
        Ref<Object> items = TRY(call(t, method));
        (void)TRY(to_tuple(t, items));
    }
    return {};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Thread& t = started();
    auto loaded = marshal_loads(t, {reinterpret_cast<const char*>(data), size});
    if (loaded.is_error()) {
        t.clear_exception();
        return 0;
    }
    Ref<Object> value = loaded.take();
    if (use(t, value).is_error()) t.clear_exception();
    return 0;
}
