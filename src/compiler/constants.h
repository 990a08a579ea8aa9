// Constants: identity as co_consts sees it (1, 1.0, True and -0.0 differ), arithmetic on them for folding, and pools.
#pragma once

#include "base/arena.h"
#include "base/scoped_containers.h"
#include "compiler/code_unit.h"
#include "compiler/opcode_numbers.h"
#include "syntax/constant.h"

#include <optional>
#include <string_view>

namespace taipan::compiler {

using syntax::ConstantValue;

size_t constant_hash(const ConstantValue& value);
bool constants_identical(const ConstantValue& a, const ConstantValue& b);
// Python's ==, for members of frozen sets.
bool constants_equal(const ConstantValue& a, const ConstantValue& b);
bool constant_truth(const ConstantValue& value);
const char* constant_type_name(const ConstantValue& value);

// The constants of one code unit, in order of first use.
class ConstantPool {
public:
    int add(const ConstantValue& value);
    // At the end, even if it is there already.
    void append(const ConstantValue& value) { m_values.push_back(value); }
    const ConstantValue& operator[](size_t index) const { return m_values[index]; }
    size_t size() const { return m_values.size(); }
    // Keeps the entries whose `kept` is set, in order.
    void compact(const base::Vector<bool>& kept);

private:
    base::Vector<ConstantValue> m_values;
    base::HashMultimap<size_t, int> m_index;
};

// The value of an operator on constants, if it has one that is worth having: no error, and not too large.
std::optional<ConstantValue> fold_binary(base::Arena& arena, BinaryOperation op, const ConstantValue& left, const ConstantValue& right);
enum class UnaryFold : uint8_t { Negative, Invert, Not, Positive };
std::optional<ConstantValue> fold_unary(base::Arena& arena, UnaryFold op, const ConstantValue& operand);

// A frozen set of the items, without the ones equal to an earlier one.
ConstantValue frozenset_constant(base::Arena& arena, const base::Vector<ConstantValue>& items);
ConstantValue tuple_constant(base::Arena& arena, const base::Vector<ConstantValue>& items);

} // namespace taipan::compiler
