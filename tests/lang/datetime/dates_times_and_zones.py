from datetime import *

d, t, dt = date(2024, 2, 29), time(13, 5, 9, 123), datetime(2024, 2, 29, 13, 5, 9, 123456)
print(
    d,
    repr(t),
    dt,
    d + timedelta(days=366),
    dt - datetime(2023, 1, 1),
    d.weekday(),
    d.isoweekday(),
    d.isocalendar(),
    d.toordinal(),
    date.fromordinal(1),
    d.replace(month=3),
    d.timetuple().tm_yday,
    d.strftime("%d %b %Y %j %U %A"),
    dt.strftime("%H:%M:%S.%f %p %I %y %%"),
    f"{dt:%c}",
    d.ctime(),
    dt.isoformat(" ", "minutes"),
    dt.date(),
    dt.time(),
    d < date(2024, 3, 1),
    hash(d) == hash(date(2024, 2, 29)),
)
td = timedelta(days=1, hours=-3, milliseconds=5)
print(
    td,
    repr(td),
    td.total_seconds(),
    td * 2,
    td / 2,
    td // timedelta(hours=1),
    td % timedelta(hours=1),
    divmod(td, timedelta(hours=2)),
    -td,
    abs(-td),
    timedelta(seconds=-1),
    timedelta.max,
    bool(timedelta()),
    td > timedelta(),
    str(timedelta(days=-1, seconds=5)),
    timedelta(weeks=1.5),
    round(td.total_seconds(), 2),
)
z = timezone(timedelta(hours=5, minutes=30), "IST")
a = datetime(2024, 1, 1, 12, tzinfo=z)
print(
    a,
    a.astimezone(timezone.utc),
    a.utcoffset(),
    a.tzname(),
    repr(z),
    a == datetime(2024, 1, 1, 6, 30, tzinfo=UTC),
    a.timestamp(),
    datetime.fromtimestamp(0, UTC),
    datetime.fromisoformat("2024-05-06T07:08:09.123+02:00"),
    date.fromisoformat("2024-W10-3"),
    time.fromisoformat("T10:20"),
    datetime.strptime("06/May/2024:07:08 +0100", "%d/%b/%Y:%H:%M %z"),
    datetime.combine(d, t),
    dt.replace(tzinfo=z).isoformat(),
    a.strftime("%z %Z %:z"),
    datetime(2024, 11, 3, 1, fold=1).fold,
    date.strptime("2024-05-06", "%Y-%m-%d"),
)
for bad in (
    lambda: date(2023, 2, 29),
    lambda: date(0, 1, 1),
    lambda: date(10000, 1, 1),
    lambda: time(25),
    lambda: datetime(2024, 1, 1, 0, 60),
    lambda: d + 5,
    lambda: d - dt,
    lambda: dt < a,
    lambda: d < 5,
    lambda: timedelta(days=10**10),
    lambda: date.max + timedelta(1),
    lambda: date.fromisoformat("nope"),
    lambda: datetime.fromisoformat("2024-13-01"),
    lambda: datetime.strptime("x", "%Y"),
    lambda: datetime.strptime("2024 x", "%Y"),
    lambda: timezone(timedelta(hours=25)),
    lambda: datetime(2024, 1, 1, tzinfo=5),
    lambda: date("x"),
    lambda: dt - a,
    lambda: td / 0,
    lambda: timedelta("x"),
    lambda: d.replace(day=31),
    lambda: date.fromtimestamp(1e20),
    lambda: setattr(d, "year", 1),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    ZoneInfo("No/Where")
except ZoneInfoNotFoundError as e:
    print(type(e).__name__)
import calendar

print(
    calendar.month(2024, 2),
    calendar.isleap(2024),
    calendar.monthrange(2024, 2),
    calendar.timegm((2024, 1, 1, 0, 0, 0)),
    list(calendar.Calendar().itermonthdays(2024, 2))[:6],
)


class D(date):
    def __new__(cls, *a):
        return super().__new__(cls, *a)


print(type(D(2024, 1, 1) + timedelta(1)).__name__, D.today().__class__.__name__, repr(D(2024, 1, 1)))
import time as tm

print(
    tm.strftime("%Y-%m-%d", tm.gmtime(86400)),
    tm.gmtime(0),
    tm.mktime(tm.gmtime(1000)),
    tm.asctime(tm.gmtime(0)),
    tm.strptime("1 Jan 2000", "%d %b %Y")[:3],
    tm.timezone,
    tm.tzname,
    tm.monotonic() <= tm.monotonic(),
    type(tm.time_ns()),
    tm.get_clock_info("monotonic").monotonic,
)
