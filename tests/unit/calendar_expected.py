"""Prints the checksums that calendar_test.cpp expects; run with CPython 3.14."""

import datetime

from unicode_expected import MASK, Sum

DATES = ["2024-02-29", "20240229", "2024-W09-4", "2024W094", "2020-W53", "2021W53", "9999-W52-7", "0001-W01-1"]
TIMES = ["12", "12:30", "1230", "12:30:45", "123045", "12:30:45.123", "12:30:45.1234567", "123045,5", "12:30Z",
         "12:30:45+01:30", "12-0130", "1230+01:30:15.25", "12:30:45.5-00:00:01"]
MUTATIONS = "0123456789-:+.W TZx"


def texts(seeds, count):
    """Seeds, and seeds with one or two characters replaced, dropped or added."""
    state = 7

    def number(limit):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        return (state >> 33) % limit

    for i in range(count):
        text = seeds[i % len(seeds)]
        for _ in range(i % 3):
            at = number(len(text) + 1)
            kind = number(3)
            c = MUTATIONS[number(len(MUTATIONS))]
            text = text[:at] + ("" if kind == 0 else c) + text[at + (kind != 2):]
        yield text


def main():
    sums = {name: Sum() for name in "ordinal iso date time".split()}
    for ordinal in range(1, datetime.date.max.toordinal() + 1, 97):
        date = datetime.date.fromordinal(ordinal)
        sums["ordinal"].add(date.year, date.month, date.day, date.weekday(), date.toordinal())
        try:
            sums["iso"].add(*date.isocalendar())
        except ValueError:
            sums["iso"].add(0)
    for text in texts(DATES, 20000):
        try:
            date = datetime.date.fromisoformat(text)
            sums["date"].add(date.year, date.month, date.day)
        except ValueError as error:
            sums["date"].add(str(error).startswith("Invalid"))
    for text in texts(TIMES, 20000):
        if text.startswith("T"):
            continue
        try:
            time = datetime.time.fromisoformat(text)
        except ValueError as error:
            sums["time"].add(str(error).startswith("Invalid"))
            continue
        sums["time"].add(time.hour, time.minute, time.second, time.microsecond)
        offset = time.utcoffset()
        if offset is not None:
            micro = offset // datetime.timedelta(microseconds=1)
            sums["time"].add(micro)
    for name, total in sums.items():
        print(f'    {{"{name}", 0x{total.value:016x}}},')


if __name__ == "__main__":
    main()
