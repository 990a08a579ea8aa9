// Making a thread's private copy of a code object's instructions.
#include "objects/exceptions.h"
#include "vm/frame_object.h"
#include "vm/generators.h"
#include "vm/interpreter.h"
#include "vm/monitoring.h"

namespace taipan {

namespace {
/// Guards the per-thread lists of copies and their change of owner. Taken once per thread and code object.
Mutex g_quickening_lock;

void adopt(Thread& t, QuickenedCode* copy) {
    copy->owner.store(&t, std::memory_order_relaxed);
    copy->thread_previous = nullptr;
    copy->thread_next = static_cast<QuickenedCode*>(t.quickened_copies);
    if (copy->thread_next) copy->thread_next->thread_previous = copy;
    t.quickened_copies = copy;
}
void abandon(QuickenedCode* copy) {
    Thread* owner = copy->owner.load(std::memory_order_relaxed);
    if (!owner) return;
    owner = reinterpret_cast<Thread*>(reinterpret_cast<uintptr_t>(owner) & ~uintptr_t{1});
    if (copy->thread_previous) copy->thread_previous->thread_next = copy->thread_next;
    else owner->quickened_copies = copy->thread_next;
    if (copy->thread_next) copy->thread_next->thread_previous = copy->thread_previous;
    copy->owner.store(nullptr, std::memory_order_relaxed);
}
} // namespace

/// The owner of a copy whose events are out of date: whoever enters it takes the slow path.
static Thread* stale_owner(Thread& t) { return reinterpret_cast<Thread*>(reinterpret_cast<uintptr_t>(&t) | 1); }

void quicken_mark_stale(Thread& t) {
    MutexLocker locker(g_quickening_lock);
    for (auto* copy = static_cast<QuickenedCode*>(t.quickened_copies); copy; copy = copy->thread_next)
        copy->owner.store(stale_owner(t), std::memory_order_relaxed);
}
bool quicken_freshen(Thread& t, QuickenedCode* copy) {
    if (copy->owner.load(std::memory_order_relaxed) != stale_owner(t)) return false;
    copy->owner.store(&t, std::memory_order_relaxed);
    return true;
}

void quicken_thread_ended(Thread& t) {
    MutexLocker locker(g_quickening_lock);
    while (t.quickened_copies) abandon(static_cast<QuickenedCode*>(t.quickened_copies));
}

QuickenedCode* quicken_slow(Thread& t, Code* code) {
    QuickenedCode* head = code->quickened.load(std::memory_order_acquire);
    bool abandoned = false;
    for (QuickenedCode* copy = head; copy; copy = copy->next) {
        Thread* owner = copy->owner.load(std::memory_order_relaxed);
        if (owner == &t) return copy;
        if (quicken_freshen(t, copy)) {
            monitoring_apply(t, copy);
            return copy;
        }
        abandoned = abandoned || !owner;
    }
    if (abandoned) {
        QuickenedCode* adopted = nullptr;
        {
            MutexLocker locker(g_quickening_lock);
            for (QuickenedCode* copy = head; copy && !adopted; copy = copy->next)
                if (!copy->owner.load(std::memory_order_relaxed)) {
                    adopt(t, copy);
                    adopted = copy;
                }
        }
        if (adopted) {
            if (adopted->tools && !t.tracing) monitoring_refresh(t);
            monitoring_prepare_copy(t, adopted);
            return adopted;
        }
    }

    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(code->bytecode);
    size_t count = static_cast<size_t>(code->size);
    size_t constants = static_cast<size_t>(code->consts->size);
    // Two spare cells at the end: fused handlers look at the instruction after the next.
    size_t bytes_needed = sizeof(QuickenedCode) + (count + 12) * sizeof(Insn) + (constants + 1) * sizeof(Word);
    QuickenedCode* copy = static_cast<QuickenedCode*>(raw_calloc(1, bytes_needed));
    if (!copy) return (void)raise_memory_error(t), nullptr;
    copy->code = code;
    copy->count = static_cast<uint32_t>(count);
    copy->consts = reinterpret_cast<Word*>(copy->insns + count + 12);
    for (size_t i = 0; i < constants; ++i) {
        Object* constant = code->consts->items[i];
        int64_t value;
        if (constant->type == &Int::s_type && word_int64(Word::uncounted(constant), &value)) copy->consts[i] = Word::from_int(value);
        else copy->consts[i] = Word::uncounted(code_shareable_constant(t, constant)); // the code object keeps it alive
    }
    uint32_t extended = 0;
    for (size_t i = 0; i < count;) {
        uint8_t op = bytes[2 * i];
        uint32_t arg = bytes[2 * i + 1] | extended << 8;
        Insn& insn = copy->insns[i];
        insn.op = op;
        insn.counter = vm::WarmUp;
        insn.arg = arg;
        if (UNLIKELY(!vm::dispatch_table[op].function)) { // hand-made code: raises when it gets there
            insn.op = static_cast<uint16_t>(compiler::Opcode::RESERVED);
            insn.arg = op;
        }
        extended = op == 69 ? arg : 0;
        i += 1 + compiler::OPCODES.rows[op].cache_units;
    }
    {
        MutexLocker locker(g_quickening_lock);
        adopt(t, copy);
    }
    // Publish: other threads only walk the list, and never use a copy that is not theirs.
    copy->next = head;
    while (!code->quickened.compare_exchange_weak(copy->next, copy, std::memory_order_release, std::memory_order_acquire)) {
    }
    monitoring_prepare_copy(t, copy);
    return copy;
}

} // namespace taipan

namespace taipan {

void code_release_quickened(Code* code) {
    QuickenedCode* copy = code->quickened.exchange(nullptr, std::memory_order_acq_rel);
    while (copy) {
        QuickenedCode* next = copy->next;
        {
            MutexLocker locker(g_quickening_lock);
            abandon(copy);
        }
        if (copy->tools) raw_free(copy->tools);
        raw_free_delayed(Thread::current(), copy);
        copy = next;
    }
    code_release_monitoring(code);
}

} // namespace taipan

namespace taipan::vm {

void move_to_own_copy(Thread& t, Frame* frame) {
    QuickenedCode* copy = quicken(t, frame->code());
    if (!copy) return t.clear_exception(); // out of memory: goes on in the other thread's copy
    frame->pc = copy->insns + (frame->pc - frame->insns);
    frame->insns = copy->insns;
    frame->consts = copy->consts;
}

} // namespace taipan::vm
