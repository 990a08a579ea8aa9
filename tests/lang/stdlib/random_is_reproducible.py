import random

r = random.Random(42)
print(
    r.random(),
    r.randint(1, 100),
    r.choice("abc"),
    r.sample(range(100), 5),
    r.shuffle(x := list(range(10))) or x,
    r.uniform(1, 2),
    r.gauss(0, 1),
    r.choices("xy", [1, 9], k=8),
    r.getrandbits(100),
    r.randrange(0, 100, 7),
    r.expovariate(2),
    r.betavariate(1, 2),
    r.normalvariate(),
    r.triangular(),
    r.randbytes(5),
    r.binomialvariate(10, 0.3),
    r.lognormvariate(0, 1),
    r.vonmisesvariate(0, 1),
    r.gammavariate(2, 1),
    r.paretovariate(2),
    r.weibullvariate(1, 2),
)
for seed in (0, -5, 2**100, 1.5, "str", b"bytes", bytearray(b"x")):
    print(repr(seed), random.Random(seed).random())
s = r.getstate()
a = [r.random() for _ in range(3)]
r.setstate(s)
print(a == [r.random() for _ in range(3)])
for bad in (
    lambda: r.choice([]),
    lambda: r.randint(5, 1),
    lambda: r.sample([1], 2),
    lambda: r.sample({1}, 1),
    lambda: r.choices([], k=1),
    lambda: r.randrange(1.5),
    lambda: r.getrandbits(-1),
    lambda: random.Random([]),
    lambda: r.choices("ab", [0, 0]),
    lambda: r.shuffle((1, 2)),
    lambda: r.setstate(5),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
import statistics as st

d = [2, 4, 4, 4, 5, 5, 7, 9]
print(
    st.mean(d),
    st.median(d),
    st.mode(d),
    st.pstdev(d),
    st.stdev(d),
    st.variance(d),
    st.fmean(d),
    st.quantiles(d),
    st.multimode("aabb"),
    st.harmonic_mean([1, 2]),
    st.geometric_mean([1, 4]),
    st.correlation(d, d[::-1]),
    st.linear_regression([1, 2, 3], [2, 4, 6]),
    st.NormalDist(0, 1).cdf(0),
)
try:
    st.mean([])
except st.StatisticsError as e:
    print(e)
