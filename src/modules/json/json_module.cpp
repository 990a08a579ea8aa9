// _json: the module.
#include "modules/json/json.h"
#include "objects/function.h"

namespace taipan {
namespace json {
namespace {

const NativeDef functions[] = {
    fn<encode_basestring_ascii>("encode_basestring_ascii", "($module, object, /)",
                                "encode_basestring_ascii(string) -> string\n\nThe ASCII-only JSON text of a string."),
    fn<encode_basestring>("encode_basestring", "($module, object, /)", "encode_basestring(string) -> string\n\nThe JSON text of a string."),
    fn<scan_string>("scanstring", "(string, end, strict=True, /)",
                    "scanstring(string, end, strict=True) -> (string, end)\n\n"
                    "Reads the JSON string whose first character, behind the quote, is at `end`; gives its value and the\n"
                    "index behind the closing quote. Control characters are errors unless strict is false."),
};

Result<void> add_type(Thread& t, Borrowed<Module> module, const char* name, const TypeSpec& spec) {
    TRY(type_ready(t, spec));
    return module_add(t, module, name, spec.type);
}
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(add_type(t, module, "make_scanner", scanner_spec));
    return add_type(t, module, "make_encoder", encoder_spec);
}

} // namespace

StringEncoder string_encoder_kind(const Object* function) {
    if (!is_exact<BuiltinFunction>(function)) return StringEncoder::Other;
    const NativeDef* def = static_cast<const BuiltinFunction*>(function)->def;
    return def == &functions[0] ? StringEncoder::Ascii : def == &functions[1] ? StringEncoder::Plain : StringEncoder::Other;
}

} // namespace json

extern const ModuleSpec json_module;
const ModuleSpec json_module = {.name = "_json", .doc = "json speedups\n", .functions = json::functions, .exec = json::exec};

} // namespace taipan
