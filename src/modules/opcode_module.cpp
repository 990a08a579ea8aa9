// _opcode: what `dis` and `opcode` know about the instruction set.
#include "compiler/opcode_numbers.h"
#include "objects/code.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"

namespace taipan {

namespace {

using compiler::Opcode;

bool is_known(int opcode) { return opcode >= 0 && opcode < compiler::OPCODE_TABLE_SIZE && compiler::OPCODES.rows[opcode].name; }
template <uint16_t Flag> bool has_flag(int opcode) { return is_known(opcode) && (compiler::OPCODES.rows[opcode].flags & Flag); }
bool is_valid(int opcode) { return is_known(opcode); }

/// The effect of an instruction on the stack's depth; `jump`: 1 taken, 0 not taken, -1 the greater of both.
int effect_of(int opcode, int oparg, int jump) {
    auto op = static_cast<Opcode>(opcode);
    int effect = compiler::stack_pushes(op, oparg) - compiler::stack_pops(op, oparg);
    // Blocks push for their handler only.
    if (has_flag<compiler::HAS_EXC>(opcode) && jump == 0) return 0;
    return effect;
}
Result<int> stack_effect(Thread& t, int opcode, Borrowed<Object> oparg, Borrowed<Object> jump) {
    int direction = is_none(jump.get()) ? -1 : jump.get() == True() ? 1 : jump.get() == False() ? 0 : -2;
    if (direction == -2) return raise(t, exc::ValueError, "stack_effect: jump must be False, True or None");
    int argument = 0;
    if (!is_none(oparg.get())) argument = TRY(to_int32(t, oparg));
    if (!is_known(opcode)) return raise(t, exc::ValueError, "invalid opcode or oparg");
    return effect_of(opcode, argument, direction);
}

Result<void> append_text(Thread& t, Borrowed<List> list, const char* text) { return list_append(t, list, TRY(str_interned(t, text))); }
Result<Ref<Object>> text_list(Thread& t, std::span<const char* const> texts) {
    Ref<List> list = TRY(list_new(t));
    for (const char* text : texts) TRY(append_text(t, list, text));
    return list;
}
Result<Ref<Object>> get_nb_ops(Thread& t) {
    static constexpr const char* rows[][2] = {
        {"NB_ADD", "+"},
        {"NB_AND", "&"},
        {"NB_FLOOR_DIVIDE", "//"},
        {"NB_LSHIFT", "<<"},
        {"NB_MATRIX_MULTIPLY", "@"},
        {"NB_MULTIPLY", "*"},
        {"NB_REMAINDER", "%"},
        {"NB_OR", "|"},
        {"NB_POWER", "**"},
        {"NB_RSHIFT", ">>"},
        {"NB_SUBTRACT", "-"},
        {"NB_TRUE_DIVIDE", "/"},
        {"NB_XOR", "^"},
        {"NB_INPLACE_ADD", "+="},
        {"NB_INPLACE_AND", "&="},
        {"NB_INPLACE_FLOOR_DIVIDE", "//="},
        {"NB_INPLACE_LSHIFT", "<<="},
        {"NB_INPLACE_MATRIX_MULTIPLY", "@="},
        {"NB_INPLACE_MULTIPLY", "*="},
        {"NB_INPLACE_REMAINDER", "%="},
        {"NB_INPLACE_OR", "|="},
        {"NB_INPLACE_POWER", "**="},
        {"NB_INPLACE_RSHIFT", ">>="},
        {"NB_INPLACE_SUBTRACT", "-="},
        {"NB_INPLACE_TRUE_DIVIDE", "/="},
        {"NB_INPLACE_XOR", "^="},
        {"NB_SUBSCR", "[]"},
    };
    Ref<List> list = TRY(list_new(t));
    for (const auto& row : rows) {
        Ref<Str> name = TRY(str_interned(t, row[0])), sign = TRY(str_interned(t, row[1]));
        TRY(list_append(t, list, TRY(tuple_pack(t, name, sign))));
    }
    return list;
}
Result<Ref<Object>> get_intrinsic1(Thread& t) {
    static constexpr const char* names[] = {
        "INTRINSIC_1_INVALID",      "INTRINSIC_PRINT",          "INTRINSIC_IMPORT_STAR",       "INTRINSIC_STOPITERATION_ERROR",
        "INTRINSIC_ASYNC_GEN_WRAP", "INTRINSIC_UNARY_POSITIVE", "INTRINSIC_LIST_TO_TUPLE",     "INTRINSIC_TYPEVAR",
        "INTRINSIC_PARAMSPEC",      "INTRINSIC_TYPEVARTUPLE",   "INTRINSIC_SUBSCRIPT_GENERIC", "INTRINSIC_TYPEALIAS"};
    return text_list(t, names);
}
Result<Ref<Object>> get_intrinsic2(Thread& t) {
    static constexpr const char* names[] = {"INTRINSIC_2_INVALID",
                                            "INTRINSIC_PREP_RERAISE_STAR",
                                            "INTRINSIC_TYPEVAR_WITH_BOUND",
                                            "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
                                            "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
                                            "INTRINSIC_SET_TYPEPARAM_DEFAULT"};
    return text_list(t, names);
}
Result<Ref<Object>> get_special_methods(Thread& t) {
    static constexpr const char* names[] = {"__enter__", "__exit__", "__aenter__", "__aexit__"};
    return text_list(t, names);
}
Result<Ref<Object>> get_executor(Thread& t, Borrowed<Object> code, int) {
    if (!is<Code>(code.get())) return raise(t, exc::TypeError, "expected a code object, not '%T'", code);
    return raise(t, exc::ValueError, "no executor at given byte offset");
}
Object* get_specialization_stats() { return None(); }

const NativeDef functions[] = {
    fn<stack_effect>("stack_effect", "($module, opcode, oparg=None, /, *, jump=None)", "Compute the stack effect of the opcode."),
    fn<is_valid>("is_valid", "($module, /, opcode)", "Return True if opcode is valid, False otherwise."),
    fn<has_flag<compiler::HAS_ARG>>("has_arg", "($module, /, opcode)", "Return True if the opcode uses its oparg, False otherwise."),
    fn<has_flag<compiler::HAS_CONST>>("has_const", "($module, /, opcode)", "Whether the argument of this opcode selects a constant."),
    fn<has_flag<compiler::HAS_NAME>>("has_name", "($module, /, opcode)", "Whether the argument of this opcode selects a name."),
    fn<has_flag<compiler::HAS_JUMP>>("has_jump", "($module, /, opcode)", "Whether the argument of this opcode is a jump distance."),
    fn<has_flag<compiler::HAS_FREE>>(
        "has_free", "($module, /, opcode)",
        "Return True if the opcode accesses a free variable, False otherwise.\n\nNote that 'free' in this context "
        "refers to names in the current scope\nthat are referenced by inner scopes or names in the current scope "
        "that\nare referenced from this scope."),
    fn<has_flag<compiler::HAS_LOCAL>>("has_local", "($module, /, opcode)", "Whether the argument of this opcode selects a local variable."),
    fn<has_flag<compiler::HAS_EXC>>("has_exc", "($module, /, opcode)", "Whether this opcode installs an exception handler."),
    fn<get_specialization_stats>("get_specialization_stats", "($module, /)", "Return the specialization stats"),
    fn<get_nb_ops>("get_nb_ops", "($module, /)", "The operators of BINARY_OP as (name, symbol) pairs, in the order of its argument."),
    fn<get_intrinsic1>("get_intrinsic1_descs", "($module, /)", "Return a list of names of the unary intrinsics."),
    fn<get_intrinsic2>("get_intrinsic2_descs", "($module, /)", "Return a list of names of the binary intrinsics."),
    fn<get_executor>("get_executor", "($module, /, code, offset)", "The executor that takes over at offset of code, or None."),
    fn<get_special_methods>("get_special_method_names", "($module, /)", "Return a list of special method names."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_int(t, module, "ENABLE_SPECIALIZATION", 1));
    return module_add_int(t, module, "ENABLE_SPECIALIZATION_FT", 1);
}

} // namespace

extern const ModuleSpec opcode_module;
const ModuleSpec opcode_module = {.name = "_opcode", .doc = "Opcode support module.", .functions = functions, .exec = exec};

} // namespace taipan
