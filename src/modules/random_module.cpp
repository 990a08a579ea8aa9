// _random: the Mersenne twister behind the random module.
#include "base/mersenne.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/int_gmp.h"
#include "objects/int_internal.h"
#include "objects/module.h"
#include "objects/type_spec.h"

#include <cstring>
#include <ctime>
#include <new>
#include <sys/random.h>
#include <unistd.h>

namespace taipan {

namespace {

struct RandomObject : Object {
    base::MersenneTwister generator;
    static Type s_type;
};
Type RandomObject::s_type;

void seed_words(RandomObject* self, const uint32_t* words, size_t count) {
    uint32_t zero = 0;
    if (count == 0) self->generator.seed(&zero, 1);
    else self->generator.seed(words, count);
}

Result<void> seed_from(Thread& t, Borrowed<RandomObject> self, Object* argument) {
    if (!argument || is_none(argument)) {
        uint32_t words[base::MersenneTwister::state_size];
        auto* at = reinterpret_cast<char*>(words);
        size_t done = 0;
        while (done < sizeof words) {
            ssize_t n = getrandom(at + done, sizeof words - done, 0);
            if (n <= 0) break;
            done += static_cast<size_t>(n);
        }
        if (done < sizeof words) { // no entropy source: time and process
            timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            words[0] = static_cast<uint32_t>(now.tv_nsec);
            words[1] = static_cast<uint32_t>(now.tv_sec);
            words[2] = static_cast<uint32_t>(getpid());
            seed_words(self.get(), words, 3);
            return {};
        }
        seed_words(self.get(), words, std::size(words));
        return {};
    }
    // The key is the magnitude; other objects count by their hash.
    MaybeRef<Int> number;
    if (is_exact<Int>(argument)) {
        number = acquire(static_cast<Int*>(argument));
    } else if (is<Int>(argument)) {
        number = TRY(int_exact(t, static_cast<Int*>(argument)));
    } else {
        intptr_t h = TRY(hash(t, argument));
        number = TRY(int_from_uint64(t, static_cast<uint64_t>(h)));
    }
    size_t bits = int_bit_length(number.get()), count = (bits + 31) / 32;
    base::SmallBuffer<uint32_t, 64> words;
    if (!words.resize(count ? count : 1)) return raise_memory_error(t);
    for (size_t i = 0; i < count; ++i) words[i] = 0;
    for (intptr_t i = 0; i < number->digit_count(); ++i) {
        size_t at = static_cast<size_t>(i) * 30;
        uint64_t digit = static_cast<uint64_t>(number->digits[i]) << (at % 32);
        words[at / 32] |= static_cast<uint32_t>(digit);
        if (digit >> 32) words[at / 32 + 1] |= static_cast<uint32_t>(digit >> 32);
    }
    CriticalSection section(t, self.get());
    seed_words(self.get(), words.data(), count);
    return {};
}

Result<void> seed(Thread& t, Borrowed<RandomObject> self, MaybeBorrowed<Object> n) { return seed_from(t, self, n.get()); }

Result<double> random_(Thread& t, Borrowed<RandomObject> self) {
    CriticalSection section(t, self.get());
    return self->generator.next_double();
}

Result<Ref<Object>> getrandbits(Thread& t, Borrowed<RandomObject> self, Borrowed<Object> k_object) {
    Ref<Int> k = TRY(to_index(t, k_object));
    if (k->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t bits;
    if (!int_fits_uint64(k.get(), &bits)) return raise(t, exc::OverflowError, "Python int too large for C uint64_t");
    if (bits == 0) return int_from(t, 0);
    CriticalSection section(t, self.get());
    if (bits <= 64) return int_from_uint64(t, self->generator.next_bits(static_cast<unsigned>(bits)));
    uint64_t words = (bits - 1) / 32 + 1;
    if (words > (uint64_t{1} << 34)) return raise_memory_error(t);
    gmp::LimbBuffer limbs;
    auto* out = reinterpret_cast<uint32_t*>(limbs.resize((words + 1) / 2));
    if (!out) return raise_memory_error(t);
    if (words & 1) out[words] = 0;
    for (uint64_t i = 0; i < words; ++i, bits -= 32) {
        uint32_t r = self->generator.next32();
        if (bits < 32) r >>= 32 - bits;
        out[i] = r;
        if (bits <= 32) break;
    }
    return gmp::from_limbs(t, false, limbs.data(), limbs.size());
}

Result<Ref<Object>> getstate(Thread& t, Borrowed<RandomObject> self) {
    constexpr int n = base::MersenneTwister::state_size;
    Ref<Tuple> state = TRY(tuple_alloc(t, n + 1));
    CriticalSection section(t, self.get());
    for (int i = 0; i < n; ++i) state->items[i] = TRY(int_from(t, self->generator.state[i])).release();
    state->items[n] = TRY(int_from(t, self->generator.index)).release();
    tuple_finish(state.get());
    return state;
}
Result<void> setstate(Thread& t, Borrowed<RandomObject> self, Borrowed<Object> object) {
    constexpr int n = base::MersenneTwister::state_size;
    if (!is<Tuple>(object.get())) return raise(t, exc::TypeError, "state vector must be a tuple");
    auto* state = static_cast<Tuple*>(object.get());
    if (state->size != n + 1) return raise(t, exc::ValueError, "state vector is the wrong size");
    uint32_t words[n];
    for (int i = 0; i < n; ++i) words[i] = static_cast<uint32_t>(TRY(to_uint64(t, state->items[i])));
    int64_t index = TRY(to_int64(t, state->items[n]));
    if (index < 0 || index > n) return raise(t, exc::ValueError, "invalid state");
    CriticalSection section(t, self.get());
    memcpy(self->generator.state, words, sizeof words);
    self->generator.index = static_cast<int>(index);
    return {};
}

// Not seeded until __init__: random.Random gives its own argument, which need not be hashable, to seed().
Result<Ref<Object>> random_new(Thread&, Borrowed<Type> type, Args, Kwargs) {
    Object* made = type->alloc(type.get(), 0);
    if (!made) return Error{};
    Ref<RandomObject> self = Ref<RandomObject>::steal(static_cast<RandomObject*>(made));
    new (&self->generator) base::MersenneTwister();
    return self;
}
Result<void> random_init(Thread& t, Borrowed<RandomObject> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (self->type == &RandomObject::s_type && kwargs && dict_size(kwargs) > 0)
        return raise(t, exc::TypeError, "Random() takes no keyword arguments");
    if (args->size > 1) return raise(t, exc::TypeError, "Random expected at most 1 argument, got %d", args->size);
    return seed_from(t, self, args->size ? args->items[0] : nullptr);
}

const NativeDef methods[] = {
    method<random_>("random", "($self, /)", "random() -> x in the interval [0, 1)."),
    method<seed>("seed", "($self, n=None, /)", "Start the generator from a number, or from the system's entropy."),
    method<getstate>("getstate", "($self, /)", "The generator's state."),
    method<setstate>("setstate", "($self, state, /)", "Restore a state that getstate() gave."),
    method<getrandbits>("getrandbits", "($self, k, /)", "An int of k random bits."),
};
const SlotDef slots[] = {
    typed_new<random_new, "Random", "($type, *args, **kwargs)">(),
    init_slot<SlotId::tp_init, random_init>(),
};
const TypeSpec random_spec = {
    .type = &RandomObject::s_type,
    .name = "_random.Random",
    .basicsize = sizeof(RandomObject),
    .flags = type_flag::BaseType,
    .doc = "A random number generator with its own state.",
    .slots = slots,
    .methods = methods,
};
const TypeSpec* const types[] = {&random_spec};

} // namespace

extern const ModuleSpec random_module;
const ModuleSpec random_module = {.name = "_random", .doc = "The Mersenne twister.", .types = types};

} // namespace taipan
