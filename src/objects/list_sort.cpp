// list.sort: a stable merge sort that finds runs, merges them in the order of powersort (Munro and Wild, "Nearly-Optimal
// Mergesorts", 2018) and gallops where one run wins many times in a row (timsort).
//
// The items are taken out of the list while they are sorted, so key functions and comparisons that touch the list see it
// empty; what they put in is an error. Comparisons of keys that are all of one simple type run in line.
#include "objects/abstract.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/list_internal.h"
#include "objects/tuple.h"

#include <type_traits>

namespace taipan {

namespace {

// --- comparisons: 1 less, 0 not, -1 error ---------------------------------------------------------------------------

struct LessGeneric {
    Thread& t;
    int operator()(Object* a, Object* b) const {
        auto result = compare(t, a, b, Comparison::Lt);
        if (result.is_error()) return -1;
        Ref<Object> value = result.take();
        if (value.get() == True()) return 1;
        if (value.get() == False()) return 0;
        return is_true(t, value).as_int();
    }
};
struct LessInt { // one digit at most
    int operator()(Object* a, Object* b) const { return static_cast<Int*>(a)->compact_value() < static_cast<Int*>(b)->compact_value(); }
};
struct LessFloat {
    int operator()(Object* a, Object* b) const { return static_cast<Float*>(a)->value < static_cast<Float*>(b)->value; }
};
struct LessLatin { // strs of one byte a character
    int operator()(Object* a_object, Object* b_object) const {
        auto *a = static_cast<Str*>(a_object), *b = static_cast<Str*>(b_object);
        size_t length = static_cast<size_t>(a->length < b->length ? a->length : b->length);
        if (length >= 8) { // most texts differ early
            uint64_t x, y;
            memcpy(&x, a->data(), 8);
            memcpy(&y, b->data(), 8);
            if (x != y) return __builtin_bswap64(x) < __builtin_bswap64(y);
        }
        int order = memcmp(a->data(), b->data(), length);
        return order != 0 ? order < 0 : a->length < b->length;
    }
};
/// Tuples: the first items decide most of the time, and are of one simple type (or not).
template <class First> struct LessTuple {
    Thread& t;
    First first;
    int operator()(Object* a_object, Object* b_object) const {
        auto *a = static_cast<Tuple*>(a_object), *b = static_cast<Tuple*>(b_object);
        intptr_t common = a->size < b->size ? a->size : b->size, i = 0;
        for (; i < common; ++i) {
            if (a->items[i] == b->items[i]) continue;
            auto same = equals(t, a->items[i], b->items[i]);
            if (same.is_error()) return -1;
            if (!same.take()) break;
        }
        if (i >= common) return a->size < b->size;
        if (i == 0) return first(a->items[0], b->items[0]);
        return LessGeneric{t}(a->items[i], b->items[i]);
    }
};
template <> struct LessTuple<LessInt> {
    Thread& t;
    LessInt first;
    int operator()(Object* a, Object* b) const {
        Object *x = static_cast<Tuple*>(a)->items[0], *y = static_cast<Tuple*>(b)->items[0];
        intptr_t m = static_cast<Int*>(x)->compact_value(), n = static_cast<Int*>(y)->compact_value();
        if (m != n) return m < n;
        return LessTuple<LessGeneric>{t, {t}}(a, b);
    }
};

// --- the sort -------------------------------------------------------------------------------------------------------

/// A position in the keys and, if there are any, the values that move along.
struct Lane {
    Object** keys;
    Object** values;
    Lane operator+(intptr_t n) const { return {keys + n, values ? values + n : nullptr}; }
    void set(intptr_t i, Lane from, intptr_t j) const {
        keys[i] = from.keys[j];
        if (values) values[i] = from.values[j];
    }
    void copy(intptr_t i, Lane from, intptr_t j, intptr_t n) const {
        memcpy(keys + i, from.keys + j, static_cast<size_t>(n) * sizeof(Object*));
        if (values) memcpy(values + i, from.values + j, static_cast<size_t>(n) * sizeof(Object*));
    }
    void move(intptr_t i, Lane from, intptr_t j, intptr_t n) const {
        memmove(keys + i, from.keys + j, static_cast<size_t>(n) * sizeof(Object*));
        if (values) memmove(values + i, from.values + j, static_cast<size_t>(n) * sizeof(Object*));
    }
};

void reverse_array(Object** a, intptr_t n) {
    for (intptr_t i = 0, j = n - 1; i < j; ++i, --j) std::swap(a[i], a[j]);
}

template <class Less> class Sorter {
public:
    Sorter(Thread& t, Less less, Lane lane, intptr_t n) : m_thread(t), m_less(less), m_lane(lane), m_size(n) {}
    ~Sorter() { raw_free(m_memory); }

    /// False: an exception is set; the items are all still there, in some order.
    bool sort() {
        intptr_t remaining = m_size, at = 0, min_run = min_run_for(m_size);
        while (remaining > 0) {
            intptr_t run = count_run(at, remaining);
            if (run < 0) return false;
            if (run < min_run) {
                intptr_t forced = remaining < min_run ? remaining : min_run;
                if (!insertion_sort(m_lane + at, forced, run)) return false;
                run = forced;
            }
            if (!push_run(at, run)) return false;
            at += run;
            remaining -= run;
        }
        while (m_run_count > 1) {
            intptr_t i = m_run_count - 2;
            if (i > 0 && m_runs[i - 1].length < m_runs[i + 1].length) --i;
            if (!merge_at(i)) return false;
        }
        return true;
    }

private:
    struct Run {
        intptr_t base, length;
        int power;
    };
    static constexpr intptr_t MinGallop = 7;

    static intptr_t min_run_for(intptr_t n) {
        intptr_t carry = 0;
        while (n >= 64) {
            carry |= n & 1;
            n >>= 1;
        }
        return n + carry;
    }

    void reverse_lane(intptr_t at, intptr_t n) {
        reverse_array(m_lane.keys + at, n);
        if (m_lane.values) reverse_array(m_lane.values + at, n);
    }

    /// Length of the run at `at`; a strictly descending one is reversed in place.
    intptr_t count_run(intptr_t at, intptr_t n) {
        Object** a = m_lane.keys + at;
        if (n <= 1) return n;
        int less = m_less(a[1], a[0]);
        if (less < 0) return -1;
        intptr_t i = 2;
        if (less) {
            for (; i < n; ++i) {
                less = m_less(a[i], a[i - 1]);
                if (less < 0) return -1;
                if (!less) break;
            }
            reverse_lane(at, i);
        } else {
            for (; i < n; ++i) {
                less = m_less(a[i], a[i - 1]);
                if (less < 0) return -1;
                if (less) break;
            }
        }
        return i;
    }

    bool insertion_sort(Lane lane, intptr_t n, intptr_t sorted) {
        Object** a = lane.keys;
        for (intptr_t start = sorted; start < n; ++start) {
            Object* pivot = a[start];
            intptr_t left = 0, right = start;
            while (left < right) {
                intptr_t middle = left + ((right - left) >> 1);
                int less = m_less(pivot, a[middle]);
                if (less < 0) return false;
                if (less) right = middle;
                else left = middle + 1;
            }
            memmove(a + left + 1, a + left, static_cast<size_t>(start - left) * sizeof(Object*));
            a[left] = pivot;
            if (lane.values) {
                Object* value = lane.values[start];
                memmove(lane.values + left + 1, lane.values + left, static_cast<size_t>(start - left) * sizeof(Object*));
                lane.values[left] = value;
            }
        }
        return true;
    }

    /// The depth in the nearly-optimal merge tree of the boundary between two adjacent runs.
    int boundary_power(intptr_t base, intptr_t n1, intptr_t n2) const {
        int power = 0;
        intptr_t a = 2 * base + n1, b = a + n1 + n2;
        for (;;) {
            ++power;
            if (a >= m_size) {
                a -= m_size;
                b -= m_size;
            } else if (b >= m_size) {
                return power;
            }
            a <<= 1;
            b <<= 1;
        }
    }

    bool push_run(intptr_t base, intptr_t length) {
        if (m_run_count > 0) {
            Run& top = m_runs[m_run_count - 1];
            int power = boundary_power(top.base, top.length, length);
            while (m_run_count > 1 && m_runs[m_run_count - 2].power > power)
                if (!merge_at(m_run_count - 2)) return false;
            m_runs[m_run_count - 1].power = power;
        }
        m_runs[m_run_count++] = {base, length, 0};
        return true;
    }

    bool merge_at(intptr_t i) {
        Run a = m_runs[i], b = m_runs[i + 1];
        m_runs[i].length = a.length + b.length;
        m_runs[i].power = b.power;
        if (i == m_run_count - 3) m_runs[i + 1] = m_runs[i + 2];
        --m_run_count;
        // What is already in place at either end need not move.
        intptr_t k = gallop_right(m_lane.keys[b.base], m_lane.keys + a.base, a.length, 0);
        if (k < 0) return false;
        a.base += k;
        a.length -= k;
        if (a.length == 0) return true;
        b.length = gallop_left(m_lane.keys[a.base + a.length - 1], m_lane.keys + b.base, b.length, b.length - 1);
        if (b.length <= 0) return b.length == 0;
        return a.length <= b.length ? merge_low(a, b) : merge_high(a, b);
    }

    /// Where `key` belongs in the sorted `a`, before equal items; the search starts at `hint`. -1: error.
    intptr_t gallop_left(Object* key, Object** a, intptr_t n, intptr_t hint) {
        intptr_t last = 0, offset = 1;
        int less = m_less(a[hint], key);
        if (less < 0) return -1;
        if (less) {
            intptr_t limit = n - hint;
            while (offset < limit) {
                if ((less = m_less(a[hint + offset], key)) < 0) return -1;
                if (!less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            last += hint;
            offset += hint;
        } else {
            intptr_t limit = hint + 1;
            while (offset < limit) {
                if ((less = m_less(a[hint - offset], key)) < 0) return -1;
                if (less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            intptr_t low = hint - offset;
            offset = hint - last;
            last = low;
        }
        ++last;
        while (last < offset) {
            intptr_t middle = last + ((offset - last) >> 1);
            if ((less = m_less(a[middle], key)) < 0) return -1;
            if (less) last = middle + 1;
            else offset = middle;
        }
        return offset;
    }

    /// The same, after equal items.
    intptr_t gallop_right(Object* key, Object** a, intptr_t n, intptr_t hint) {
        intptr_t last = 0, offset = 1;
        int less = m_less(key, a[hint]);
        if (less < 0) return -1;
        if (less) {
            intptr_t limit = hint + 1;
            while (offset < limit) {
                if ((less = m_less(key, a[hint - offset])) < 0) return -1;
                if (!less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            intptr_t low = hint - offset;
            offset = hint - last;
            last = low;
        } else {
            intptr_t limit = n - hint;
            while (offset < limit) {
                if ((less = m_less(key, a[hint + offset])) < 0) return -1;
                if (less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            last += hint;
            offset += hint;
        }
        ++last;
        while (last < offset) {
            intptr_t middle = last + ((offset - last) >> 1);
            if ((less = m_less(key, a[middle])) < 0) return -1;
            if (less) offset = middle;
            else last = middle + 1;
        }
        return offset;
    }

    bool room(intptr_t n) {
        if (m_room >= n) return true;
        raw_free(m_memory);
        m_room = 0;
        m_memory = static_cast<Object**>(raw_alloc(static_cast<size_t>(n) * sizeof(Object*) * (m_lane.values ? 2 : 1)));
        if (!m_memory) return (void)raise_memory_error(m_thread), false;
        m_room = n;
        return true;
    }
    Lane temporary() const { return {m_memory, m_lane.values ? m_memory + m_room : nullptr}; }

    /// Merges from the left; the first run is the shorter one and waits in the temporary array.
    bool merge_low(Run run_a, Run run_b) {
        if (!room(run_a.length)) return false;
        Lane a = temporary(), b = m_lane + run_b.base, out = m_lane + run_a.base;
        intptr_t na = run_a.length, nb = run_b.length, ia = 0, ib = 0, io = 0, gallop = m_gallop;
        a.copy(0, out, 0, na);
        bool ok = false;
        out.set(io++, b, ib++);
        if (--nb == 0) goto rest_of_a;
        if (na == 1) goto last_of_a;
        for (;;) {
            intptr_t wins_a = 0, wins_b = 0;
            for (;;) {
                int less = m_less(b.keys[ib], a.keys[ia]);
                if (less < 0) goto done_with_error;
                if (less) {
                    out.set(io++, b, ib++);
                    ++wins_b;
                    wins_a = 0;
                    if (--nb == 0) goto rest_of_a;
                    if (wins_b >= gallop) break;
                } else {
                    out.set(io++, a, ia++);
                    ++wins_a;
                    wins_b = 0;
                    if (--na == 1) goto last_of_a;
                    if (wins_a >= gallop) break;
                }
            }
            ++gallop;
            do {
                gallop -= gallop > 1;
                m_gallop = gallop;
                intptr_t k = gallop_right(b.keys[ib], a.keys + ia, na, 0);
                wins_a = k;
                if (k) {
                    if (k < 0) goto done_with_error;
                    out.copy(io, a, ia, k);
                    io += k;
                    ia += k;
                    na -= k;
                    if (na == 1) goto last_of_a;
                    if (na == 0) goto done; // an inconsistent comparison
                }
                out.set(io++, b, ib++);
                if (--nb == 0) goto rest_of_a;
                k = gallop_left(a.keys[ia], b.keys + ib, nb, 0);
                wins_b = k;
                if (k) {
                    if (k < 0) goto done_with_error;
                    out.move(io, b, ib, k);
                    io += k;
                    ib += k;
                    nb -= k;
                    if (nb == 0) goto rest_of_a;
                }
                out.set(io++, a, ia++);
                if (--na == 1) goto last_of_a;
            } while (wins_a >= MinGallop || wins_b >= MinGallop);
            ++gallop;
            m_gallop = gallop;
        }
    rest_of_a:
        ok = true;
    done_with_error:
        if (na) out.copy(io, a, ia, na);
        return ok;
    done:
        return true;
    last_of_a:
        // The last item of a belongs at the very end.
        out.move(io, b, ib, nb);
        out.set(io + nb, a, ia);
        return true;
    }

    /// Merges from the right; the second run is the shorter one and waits in the temporary array.
    bool merge_high(Run run_a, Run run_b) {
        if (!room(run_b.length)) return false;
        Lane base_a = m_lane + run_a.base, b = temporary(), out = m_lane + run_a.base;
        intptr_t na = run_a.length, nb = run_b.length, gallop = m_gallop;
        intptr_t io = na + nb - 1; // next place to fill
        b.copy(0, m_lane + run_b.base, 0, nb);
        bool ok = false;
        out.set(io--, base_a, --na);
        if (na == 0) goto rest_of_b;
        if (nb == 1) goto last_of_b;
        for (;;) {
            intptr_t wins_a = 0, wins_b = 0;
            for (;;) {
                int less = m_less(b.keys[nb - 1], base_a.keys[na - 1]);
                if (less < 0) goto done_with_error;
                if (less) {
                    out.set(io--, base_a, --na);
                    ++wins_a;
                    wins_b = 0;
                    if (na == 0) goto rest_of_b;
                    if (wins_a >= gallop) break;
                } else {
                    out.set(io--, b, --nb);
                    ++wins_b;
                    wins_a = 0;
                    if (nb == 1) goto last_of_b;
                    if (wins_b >= gallop) break;
                }
            }
            ++gallop;
            do {
                gallop -= gallop > 1;
                m_gallop = gallop;
                intptr_t k = gallop_right(b.keys[nb - 1], base_a.keys, na, na - 1);
                if (k < 0) goto done_with_error;
                k = na - k;
                wins_a = k;
                if (k) {
                    io -= k;
                    na -= k;
                    out.move(io + 1, base_a, na, k);
                    if (na == 0) goto rest_of_b;
                }
                out.set(io--, b, --nb);
                if (nb == 1) goto last_of_b;
                k = gallop_left(base_a.keys[na - 1], b.keys, nb, nb - 1);
                if (k < 0) goto done_with_error;
                k = nb - k;
                wins_b = k;
                if (k) {
                    io -= k;
                    nb -= k;
                    out.copy(io + 1, b, nb, k);
                    if (nb == 1) goto last_of_b;
                    if (nb == 0) goto done; // an inconsistent comparison
                }
                out.set(io--, base_a, --na);
                if (na == 0) goto rest_of_b;
            } while (wins_a >= MinGallop || wins_b >= MinGallop);
            ++gallop;
            m_gallop = gallop;
        }
    rest_of_b:
        ok = true;
    done_with_error:
        if (nb) out.copy(io - nb + 1, b, 0, nb);
        return ok;
    done:
        return true;
    last_of_b:
        // The first item of b belongs before all that is left of a.
        io -= na;
        out.move(io + 1, base_a, 0, na);
        out.set(io, b, 0);
        return true;
    }

    Thread& m_thread;
    Less m_less;
    Lane m_lane;
    intptr_t m_size;
    Object** m_memory = nullptr;
    intptr_t m_room = 0;
    intptr_t m_gallop = MinGallop;
    intptr_t m_run_count = 0;
    Run m_runs[85];
};

template <class Less> bool run_sort(Thread& t, Less less, Lane lane, intptr_t n) { return Sorter<Less>(t, less, lane, n).sort(); }

// --- keys of one simple type -----------------------------------------------------------------------------------------
//
// Their order is that of 64-bit numbers, or starts with it (strs). The numbers are taken out of the objects once and
// sorted by digits, which moves fewer cache lines than comparisons do. What is in order already, or nearly, is left to the
// merge sort, which is linear there.

enum class KeyShape { Int, Float, Latin, Other };

constexpr uint64_t SignBit = uint64_t{1} << 63;

ALWAYS_INLINE bool int_rank(Object* key, uint64_t* rank) {
    auto* number = static_cast<Int*>(key);
    if (LIKELY(number->is_compact())) {
        *rank = static_cast<uint64_t>(number->compact_value()) ^ SignBit;
        return true;
    }
    int64_t value;
    if (!int_fits_int64(number, &value)) return false;
    *rank = static_cast<uint64_t>(value) ^ SignBit;
    return true;
}
ALWAYS_INLINE bool float_rank(Object* key, uint64_t* rank) {
    double value = static_cast<Float*>(key)->value + 0.0; // -0.0 becomes 0.0, its equal
    if (value != value) return false;                     // NaN has no place in an order
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    *rank = bits & SignBit ? ~bits : bits | SignBit;
    return true;
}
/// The first eight characters.
ALWAYS_INLINE bool latin_rank(Object* key, uint64_t* rank) {
    auto* text = static_cast<Str*>(key);
    if (text->kind() != 1) return false;
    uint64_t bits = 0;
    if (text->length >= 8) memcpy(&bits, text->data(), 8);
    else memcpy(&bits, text->data(), static_cast<size_t>(text->length));
    *rank = __builtin_bswap64(bits);
    return true;
}

struct Ranked {
    uint64_t rank;
    uint64_t index;
};
ALWAYS_INLINE uint64_t rank_of(uint64_t packed) { return packed; }
ALWAYS_INLINE uint64_t rank_of(const Ranked& record) { return record.rank; }

/// Sorts by the `bits` bits above `shift` of the rank, stably; the result is in `a` or in `b`.
template <class Record> Record* sort_by_digits(Record* a, Record* b, size_t n, unsigned shift, unsigned bits) {
    constexpr unsigned MaxDigit = 11;
    unsigned widest = n < 1500 ? 8 : MaxDigit;
    unsigned passes = (bits + widest - 1) / widest, width = passes ? (bits + passes - 1) / passes : 0;
    uint32_t counts[size_t{1} << MaxDigit];
    uint64_t mask = (uint64_t{1} << width) - 1;
    for (unsigned pass = 0; pass < passes; ++pass, shift += width) {
        memset(counts, 0, (mask + 1) * sizeof(uint32_t));
        for (size_t i = 0; i < n; ++i) ++counts[rank_of(a[i]) >> shift & mask];
        uint32_t place = 0;
        for (size_t digit = 0; digit <= mask; ++digit) {
            uint32_t count = counts[digit];
            counts[digit] = place;
            place += count;
        }
        for (size_t i = 0; i < n; ++i) b[counts[rank_of(a[i]) >> shift & mask]++] = a[i];
        std::swap(a, b);
    }
    return a;
}
template <class Record> void sort_by_insertion(Record* a, size_t n) {
    for (size_t i = 1; i < n; ++i) {
        Record moving = a[i];
        size_t k = i;
        for (; k > 0 && rank_of(moving) < rank_of(a[k - 1]); --k) a[k] = a[k - 1];
        a[k] = moving;
    }
}

enum class RankSort { Done, Unsuited, NoMemory };
/// Carries the objects to where the sorted records say; `index_of(i)` is where the i-th was. `old`: room for the pointers.
template <class IndexOf> void follow(Lane lane, size_t n, Object** old, IndexOf index_of) {
    memcpy(old, lane.keys, n * sizeof(Object*));
    for (size_t i = 0; i < n; ++i) lane.keys[i] = old[index_of(i)];
    if (!lane.values) return;
    memcpy(old, lane.values, n * sizeof(Object*));
    for (size_t i = 0; i < n; ++i) lane.values[i] = old[index_of(i)];
}
/// Calls `each_group(at, length)` for neighbours of equal rank while it returns true.
template <class RankAt, class Each> bool each_equal(size_t n, RankAt rank_at, Each each_group) {
    if constexpr (!std::is_same_v<Each, std::nullptr_t>) {
        for (size_t i = 0; i < n;) {
            size_t end = i + 1;
            while (end < n && rank_at(end) == rank_at(i)) ++end;
            if (end - i > 1 && !each_group(static_cast<intptr_t>(i), static_cast<intptr_t>(end - i))) return false;
            i = end;
        }
    }
    return true;
}

/// Sorts by rank; `each_group` sorts neighbours of equal rank further (see `each_equal`), its failure sets `*ok` false.
template <class Rank, class Each> RankSort sort_by_rank(Lane lane, intptr_t count, Rank rank, bool* ok, Each each_group) {
    constexpr size_t Least = 12, ByInsertion = 40;
    size_t n = static_cast<size_t>(count);
    if (n < Least || n >= UINT32_MAX) return RankSort::Unsuited;
    // 1. The ranks, and how the keys lie now.
    Ranked local[2 * ByInsertion];
    bool small = n <= ByInsertion;
    uint64_t* ranks = small ? reinterpret_cast<uint64_t*>(local) : static_cast<uint64_t*>(raw_alloc(2 * n * sizeof(uint64_t)));
    if (!ranks) return RankSort::NoMemory;
    uint64_t least = UINT64_MAX, most = 0, previous = 0;
    size_t turns = 0, repeats = 0;
    bool rising = true, suited = true;
    for (size_t i = 0; i < n; ++i) {
        uint64_t value;
        if (UNLIKELY(!rank(lane.keys[i], &value))) {
            suited = false;
            break;
        }
        ranks[i] = value;
        least = value < least ? value : least;
        most = value > most ? value : most;
        if (i > 0 && (value < previous) == rising) {
            rising = !rising;
            ++turns;
        }
        repeats += i > 0 && value == previous;
        previous = value;
    }
    // 2. Few runs, or wide ranks that leave most of the order to what follows (texts with a common start): merging is best.
    constexpr bool Grouped = !std::is_same_v<Each, std::nullptr_t>;
    unsigned bits = most == least ? 0 : 64 - static_cast<unsigned>(__builtin_clzll(most - least));
    if (!suited || turns <= 2 + n / 64 || (Grouped && bits > 32 && repeats > n / 2)) {
        if (!small) raw_free(ranks);
        return RankSort::Unsuited;
    }
    unsigned index_bits = 64 - static_cast<unsigned>(__builtin_clzll(n));
    // 3. Rank and index in one word if they fit: words are all different, so any way of sorting them is stable.
    if (bits + index_bits <= 64) {
        uint64_t *words = ranks, *room = ranks + n;
        for (size_t i = 0; i < n; ++i) words[i] = (words[i] - least) << index_bits | i;
        if (small) {
            sort_by_insertion(words, n);
        } else if (sort_by_digits(words, room, n, index_bits, bits) != words) {
            std::swap(words, room);
        }
        uint64_t mask = (uint64_t{1} << index_bits) - 1;
        follow(lane, n, reinterpret_cast<Object**>(room), [&](size_t i) { return words[i] & mask; });
        *ok = each_equal(n, [&](size_t i) { return words[i] >> index_bits; }, each_group);
        if (!small) raw_free(ranks);
        return RankSort::Done;
    }
    // 4. Else records of both.
    Ranked* records = local;
    if (small) { // the ranks lie in the same memory, at its start
        for (size_t i = n; i-- > 0;) records[i] = {ranks[i], i};
    } else {
        records = static_cast<Ranked*>(raw_alloc(2 * n * sizeof(Ranked)));
        if (records)
            for (size_t i = 0; i < n; ++i) records[i] = {ranks[i] - least, i};
        raw_free(ranks);
        if (!records) return RankSort::NoMemory;
    }
    Ranked *sorted = records, *room = records + n;
    if (small) sort_by_insertion(records, n);
    else if (sort_by_digits(records, room, n, 0, bits) != records) std::swap(sorted, room);
    follow(lane, n, reinterpret_cast<Object**>(room), [&](size_t i) { return sorted[i].index; });
    *ok = each_equal(n, [&](size_t i) { return sorted[i].rank; }, each_group);
    if (!small) raw_free(records);
    return RankSort::Done;
}

/// What the keys (or the items of tuples at `depth`) all are.
KeyShape shape_of(Object* const* keys, intptr_t n, intptr_t depth) {
    auto at = [&](intptr_t i) { return depth >= 0 ? static_cast<Tuple*>(keys[i])->items[depth] : keys[i]; };
    Type* type = at(0)->type;
    bool compact = true, latin = true;
    for (intptr_t i = 0; i < n; ++i) {
        Object* key = at(i);
        if (key->type != type) return KeyShape::Other;
        if (type == &Int::s_type) compact = compact && static_cast<Int*>(key)->is_compact();
        else if (type == &Str::s_type) latin = latin && static_cast<Str*>(key)->kind() == 1;
    }
    if (type == &Int::s_type && compact) return KeyShape::Int;
    if (type == &Float::s_type) return KeyShape::Float;
    if (type == &Str::s_type && latin) return KeyShape::Latin;
    return KeyShape::Other;
}

/// Tuples whose items before `depth` are equal.
bool sort_tuples(Thread& t, Lane lane, intptr_t n, intptr_t depth) {
    constexpr intptr_t MaxDepth = 8;
    bool ok = true, same_type = depth < MaxDepth;
    Type* type = nullptr;
    for (intptr_t i = 0; i < n && same_type; ++i) {
        auto* tuple = static_cast<Tuple*>(lane.keys[i]);
        if (tuple->size <= depth) same_type = false;
        else if (i == 0) type = tuple->items[depth]->type;
        else same_type = tuple->items[depth]->type == type;
    }
    if (same_type) {
        RankSort done = RankSort::Unsuited;
        auto deeper = [&](intptr_t at, intptr_t length) { return sort_tuples(t, lane + at, length, depth + 1); };
        auto whole = [&](intptr_t at, intptr_t length) { return run_sort(t, LessTuple<LessGeneric>{t, {t}}, lane + at, length); };
        auto item = [&](Object* key) { return static_cast<Tuple*>(key)->items[depth]; };
        if (type == &Int::s_type)
            done = sort_by_rank(lane, n, [&](Object* key, uint64_t* rank) { return int_rank(item(key), rank); }, &ok, deeper);
        else if (type == &Float::s_type)
            done = sort_by_rank(lane, n, [&](Object* key, uint64_t* rank) { return float_rank(item(key), rank); }, &ok, deeper);
        else if (type == &Str::s_type)
            done = sort_by_rank(lane, n, [&](Object* key, uint64_t* rank) { return latin_rank(item(key), rank); }, &ok, whole);
        if (done == RankSort::NoMemory) return (void)raise_memory_error(t), false;
        if (done == RankSort::Done) return ok;
        if (depth == 0 && shape_of(lane.keys, n, 0) == KeyShape::Int) return run_sort(t, LessTuple<LessInt>{t, {}}, lane, n);
    }
    return run_sort(t, LessTuple<LessGeneric>{t, {t}}, lane, n);
}

/// What is in order already, as far as that can be seen at a glance.
bool in_order(Object* const* keys, intptr_t n) {
    intptr_t i = 1;
    auto all = [&]<class T>(T* key, auto&& value) {
        auto last = value(key);
        for (; i < n && keys[i]->type == &T::s_type; ++i) {
            auto next = value(static_cast<T*>(keys[i]));
            if (next < last) return false;
            last = next;
        }
        return i == n;
    };
    if (is_exact<Float>(keys[0])) return all(static_cast<Float*>(keys[0]), [](Float* x) { return x->value; });
    // A later int of more than a digit counts as out of order.
    if (is_exact<Int>(keys[0]) && static_cast<Int*>(keys[0])->is_compact())
        return all(static_cast<Int*>(keys[0]), [](Int* x) { return x->is_compact() ? x->compact_value() : INTPTR_MIN; });
    return false;
}

bool sort_lane(Thread& t, Lane lane, intptr_t n) {
    if (in_order(lane.keys, n)) return true;
    Type* type = lane.keys[0]->type;
    for (intptr_t i = 1; i < n; ++i)
        if (lane.keys[i]->type != type) return run_sort(t, LessGeneric{t}, lane, n);
    if (type == &Tuple::s_type) return sort_tuples(t, lane, n, 0);
    bool ok = true;
    RankSort done = RankSort::Unsuited;
    if (type == &Int::s_type) done = sort_by_rank(lane, n, int_rank, &ok, nullptr);
    else if (type == &Float::s_type) done = sort_by_rank(lane, n, float_rank, &ok, nullptr);
    else if (type == &Str::s_type)
        done = sort_by_rank(lane, n, latin_rank, &ok,
                            [&](intptr_t at, intptr_t length) { return run_sort(t, LessLatin{}, lane + at, length); });
    if (done == RankSort::NoMemory) return (void)raise_memory_error(t), false;
    if (done == RankSort::Done) return ok;
    switch (shape_of(lane.keys, n, -1)) {
    case KeyShape::Int: return run_sort(t, LessInt{}, lane, n);
    case KeyShape::Float: return run_sort(t, LessFloat{}, lane, n);
    case KeyShape::Latin: return run_sort(t, LessLatin{}, lane, n);
    case KeyShape::Other: break;
    }
    return run_sort(t, LessGeneric{t}, lane, n);
}

} // namespace

Result<void> list_sort(Thread& t, Borrowed<List> list_ref, Object* key, bool reverse) {
    List* list = list_ref.get();
    Object** items;
    intptr_t size, capacity;
    // Held to the end: others get in only where a comparison blocks or is stopped.
    CriticalSection section(t, list);
    items = list->items;
    size = list->size;
    capacity = list->capacity;
    store_release(list->size, 0);
    store_release(list->items, nullptr);
    list->capacity = -1; // any change shows
    Object** shown = nullptr;
    if (is_multi_threaded() && size > 1) {
        // Readers without a lock may still look at the array: sort a copy.
        auto* copy = static_cast<Object**>(raw_alloc(static_cast<size_t>(capacity) * sizeof(Object*)));
        if (copy) {
            memset(copy + size, 0, static_cast<size_t>(capacity - size) * sizeof(Object*));
            memcpy(copy, items, static_cast<size_t>(size) * sizeof(Object*));
            shown = std::exchange(items, copy);
        }
    }
    bool ok = true;
    Lane lane{items, nullptr};
    Object** keys = nullptr;
    intptr_t keys_made = 0;
    if (key && !is_none(key) && size > 0) {
        keys = static_cast<Object**>(raw_alloc(static_cast<size_t>(size) * sizeof(Object*)));
        if (!keys) {
            (void)raise_memory_error(t);
            ok = false;
        }
        while (ok && keys_made < size) {
            auto result = call(t, key, Borrowed<Object>(items[keys_made]));
            if (result.is_error()) ok = false;
            else keys[keys_made++] = result.take().release();
        }
        lane = {keys, items};
    }
    if (ok && size > 1) {
        // Reversing before and after keeps equal items in their order.
        if (reverse) {
            reverse_array(lane.keys, size);
            if (lane.values) reverse_array(lane.values, size);
        }
        ok = sort_lane(t, lane, size);
        if (reverse) reverse_array(items, size);
    }
    for (intptr_t i = 0; i < keys_made; ++i) decref(keys[i]);
    raw_free(keys);

    bool modified = list->capacity != -1;
    Object** intruders = list->items;
    intptr_t intruder_count = list->size;
    list->capacity = capacity;
    store_release(list->items, items);
    store_release(list->size, size);
    if (shown) raw_free_delayed(t, shown);
    for (intptr_t i = 0; i < intruder_count; ++i) decref(intruders[i]);
    if (intruders) raw_free_delayed(t, intruders);
    if (!ok) return Error{};
    if (modified) return raise(t, exc::ValueError, "list modified during sort");
    return {};
}

} // namespace taipan
