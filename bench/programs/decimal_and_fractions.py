"""Fractions, decimals in pure operations, datetime arithmetic."""

from datetime import date, datetime, timedelta
from fractions import Fraction


def main():
    harmonic = sum((Fraction(1, n) for n in range(1, 500)), Fraction(0))
    assert abs(float(harmonic) - 6.79082342) < 1e-6
    day = date(2000, 1, 1)
    seen = 0
    for i in range(60_000):
        d = day + timedelta(days=i)
        seen += d.weekday() == 0 and d.month == 2
    assert seen > 600
    start = datetime(2024, 1, 1)
    texts = [(start + timedelta(minutes=i)).isoformat() for i in range(60_000)]
    assert datetime.fromisoformat(texts[-1]) - start == timedelta(minutes=59_999)
    assert len({t[:10] for t in texts}) == 42


for _ in range(3):
    main()
