// Making a thread's private copy of a code object's instructions.
#include "objects/exceptions.h"
#include "vm/interpreter.h"

namespace taipan {

QuickenedCode* quicken_slow(Thread& t, Code* code) {
    QuickenedCode* head = code->quickened.load(std::memory_order_acquire);
    for (QuickenedCode* copy = head; copy; copy = copy->next)
        if (copy->owner == &t && copy->owner_id == t.unique_id) return copy;

    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(code->bytecode->data);
    size_t count = static_cast<size_t>(code->bytecode->size) / 2;
    size_t constants = static_cast<size_t>(code->consts->size);
    // Two spare cells at the end: fused handlers look at the instruction after the next.
    size_t bytes_needed = sizeof(QuickenedCode) + (count + 12) * sizeof(Insn) + (constants + 1) * sizeof(Word);
    QuickenedCode* copy = static_cast<QuickenedCode*>(raw_calloc(1, bytes_needed));
    if (!copy) return (void)raise_memory_error(t), nullptr;
    copy->owner = &t;
    copy->owner_id = t.unique_id;
    copy->count = static_cast<uint32_t>(count);
    copy->consts = reinterpret_cast<Word*>(copy->insns + count + 12);
    for (size_t i = 0; i < constants; ++i) {
        Object* constant = code->consts->items[i];
        int64_t value;
        Word word = Word::uncounted(constant); // the code object keeps it alive
        if (constant->type == &Int::s_type && word_int64(word, &value)) word = Word::from_int(value);
        copy->consts[i] = word;
    }
    uint32_t extended = 0;
    for (size_t i = 0; i < count;) {
        uint8_t op = bytes[2 * i];
        uint32_t arg = bytes[2 * i + 1] | extended << 8;
        Insn& insn = copy->insns[i];
        insn.op = op;
        insn.counter = vm::WarmUp;
        insn.arg = arg;
        extended = op == 69 ? arg : 0;
        i += 1 + compiler::OPCODES.rows[op].cache_units;
    }
    // Publish: other threads only walk the list, and never use a copy that is not theirs.
    copy->next = head;
    while (!code->quickened.compare_exchange_weak(copy->next, copy, std::memory_order_release, std::memory_order_acquire)) {}
    return copy;
}

} // namespace taipan

namespace taipan {

void code_release_quickened(Code* code) {
    QuickenedCode* copy = code->quickened.exchange(nullptr, std::memory_order_acq_rel);
    while (copy) {
        QuickenedCode* next = copy->next;
        raw_free_delayed(Thread::current(), copy);
        copy = next;
    }
}

} // namespace taipan
