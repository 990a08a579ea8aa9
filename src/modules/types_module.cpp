// _types: the names that the types module gives to builtin types.
#include "objects/capsule.h"
#include "objects/descriptor.h"
#include "objects/generator.h"
#include "objects/generic_alias.h"
#include "objects/module.h"
#include "objects/simple_namespace.h"
#include "vm/frame.h"

namespace taipan {

namespace {

Result<void> exec(Thread& t, Borrowed<Module> module) {
    struct Row {
        const char* name;
        Type* type;
    };
    const Row rows[] = {
        {"AsyncGeneratorType", &AsyncGenerator::s_type},
        {"BuiltinFunctionType", &BuiltinFunction::s_type},
        {"BuiltinMethodType", &BuiltinFunction::s_type},
        {"CapsuleType", &Capsule::s_type},
        {"CellType", &Cell::s_type},
        {"ClassMethodDescriptorType", &ClassMethodDescriptor::s_type},
        {"CodeType", &Code::s_type},
        {"CoroutineType", &Coroutine::s_type},
        {"EllipsisType", &EllipsisType::s_type},
        {"FrameType", &FrameObject::s_type},
        {"FunctionType", &Function::s_type},
        {"GeneratorType", &Generator::s_type},
        {"GenericAlias", &GenericAlias::s_type},
        {"GetSetDescriptorType", &GetSetDescriptor::s_type},
        {"LambdaType", &Function::s_type},
        {"MappingProxyType", &MappingProxy::s_type},
        {"MemberDescriptorType", &MemberDescriptor::s_type},
        {"MethodDescriptorType", &MethodDescriptor::s_type},
        {"MethodType", &Method::s_type},
        {"MethodWrapperType", &MethodWrapper::s_type},
        {"ModuleType", &Module::s_type},
        {"NoneType", &NoneType::s_type},
        {"NotImplementedType", &NotImplementedType::s_type},
        {"SimpleNamespace", &SimpleNamespace::s_type},
        {"TracebackType", &Traceback::s_type},
        {"UnionType", &Union::s_type},
        {"WrapperDescriptorType", &WrapperDescriptor::s_type},
    };
    for (const Row& row : rows) TRY(module_add(t, module, row.name, row.type));
    return {};
}

} // namespace

extern const ModuleSpec types_module;
const ModuleSpec types_module = {.name = "_types", .doc = "Define names for built-in types.", .exec = exec};

} // namespace taipan
