"""The error texts of datetime's types, their text forms and arithmetic at the edges."""
from datetime import date, datetime, time, timedelta, timezone, tzinfo
import pickle

CASES = """
date()
date(1, 2)
date(b'abc')
date(1, 2, 3, 4)
date(1.0, 2, 3)
date(2**40, 1, 1)
date(2000, 13, 1)
date(2000, 2, 30)
datetime(1, 1, 1, 24)
datetime(1, 1, 1, fold=3)
datetime(1, 1, 1, tzinfo=3)
time(1, 2, 3, 4, 5, 6)
timedelta('a')
timedelta(1e400)
timedelta(10**20)
timedelta(10**20, hours=-24 * 10**20)
timedelta(0.5, 0.5, 0.5)
timedelta(microseconds=2.5), timedelta(microseconds=3.5)
timedelta.max + timedelta(1)
timedelta(1) // 0
timedelta(1) * float('inf')
timedelta(3) / 7, timedelta(3) * 0.1, timedelta(7) // timedelta(2), divmod(timedelta(7), timedelta(2))
timedelta(1) + 1
timezone(3)
timezone(timedelta(1))
timezone(timedelta(0), 3)
str(timezone(timedelta(hours=-3, seconds=3, microseconds=3)))
tzinfo().utcoffset(None)
timezone.utc.fromutc(datetime(1, 1, 1))
date.fromordinal(0)
date.fromordinal(10**7)
date.fromisoformat('2020')
date.fromisoformat('2020-W53-7'), date.fromisoformat('2020W537'), date.fromisoformat('20200229')
date.fromisocalendar(2021, 53, 1)
date.max + timedelta(1)
date.max < datetime.max
date.max == datetime.max
datetime.max - datetime.max.replace(tzinfo=timezone.utc)
datetime.combine(1, 2)
datetime.max.isoformat('aa')
datetime.max.isoformat(timespec='foo')
datetime.fromisoformat('2020-01-01T24:00'), datetime.fromisoformat('2020-02-29 01:02:03,4567899+01:30')
datetime.fromisoformat('2020-01-01T24:00:01')
datetime.fromisoformat('2020-W01-1T10'), time.fromisoformat('T102030.5Z')
datetime.strptime('a', 'b')
date.max.strftime(3)
date(99, 1, 1).strftime('%Y %G %F %C %f %%Y %:z|%z|%Z|%')
datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=5), 'A%B')).strftime('%z %:z %Z')
f'{date(2020, 1, 2):%d/%m}', f'{time(1, 2, 3):%H.%M}', f'{datetime(2020, 1, 2)}'
date(2020, 1, 2).isocalendar(), date(2020, 1, 2).timetuple()
repr(datetime(2020, 1, 2, fold=1, tzinfo=timezone.utc)), repr(time(1, 2, fold=1, tzinfo=timezone.utc))
timedelta(days=-1, microseconds=3), str(timedelta(days=-1, microseconds=3)), str(timedelta(2))
hash(timedelta(1, 2, 3)) == hash(timedelta(1, 2, 3)), datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp()
datetime(2020, 1, 1, 12, tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=-7)))
datetime.fromtimestamp(1.9999999, timezone.utc), datetime.fromtimestamp(-0.5, timezone.utc)
datetime.fromtimestamp(10**30)
""".strip().splitlines()

for case in CASES:
    try:
        print(case, "->", eval(case))
    except Exception as error:
        print(case, "!!", type(error).__name__, error)


class MyDate(datetime):
    pass


mine = MyDate(2020, 1, 2, 3, tzinfo=timezone.utc)
print(type(mine + timedelta(1)).__name__, type(mine.replace(day=3)).__name__, type(MyDate.fromordinal(9)).__name__)
for value in (date.max, datetime.max.replace(fold=1), time.max, timedelta.max, timezone.utc, timezone(timedelta(hours=1), "x"), mine):
    for protocol in (0, 2, 4, 5):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value and type(again) is type(value), (value, again)
        if hasattr(value, "fold") and protocol > 3:
            assert again.fold == value.fold
print(datetime.max.__reduce_ex__(4), time.max.replace(fold=1).__reduce_ex__(4))


class Odd(tzinfo):
    def utcoffset(self, dt):
        return 3

    def tzname(self, dt):
        return 4

    def dst(self, dt):
        return timedelta(2)


for name in ("utcoffset", "tzname", "dst"):
    try:
        getattr(datetime(2020, 1, 1, tzinfo=Odd()), name)()
    except Exception as error:
        print(type(error).__name__, error)
