#include "base/calendar.h"

#include "checksum.h"

#include <gtest/gtest.h>

#include <string>

using namespace taipan::base;

namespace {

/// Printed by calendar_expected.py.
const struct {
    const char* name;
    uint64_t sum;
} expected[] = {
    {"ordinal", 0x0045a85b6c8c8ce7},
    {"iso", 0xdd3286c34bab5a8f},
    {"date", 0x0fb0e74512e25bb8},
    {"time", 0xe2ff4afb9549aed3},
};

/// The same texts as calendar_expected.py makes.
class Texts {
public:
    template <size_t N> std::string next(const char* const (&seeds)[N], int i) {
        static const char mutations[] = "0123456789-:+.W TZx";
        std::string text = seeds[size_t(i) % N];
        for (int k = 0; k < i % 3; k++) {
            size_t at = number(text.size() + 1), kind = number(3);
            char c = mutations[number(sizeof mutations - 1)];
            std::string rest = at + (kind != 2) < text.size() ? text.substr(at + (kind != 2)) : "";
            text = text.substr(0, at) + (kind == 0 ? std::string() : std::string(1, c)) + rest;
        }
        return text;
    }

private:
    size_t number(size_t limit) {
        m_state = m_state * 6364136223846793005u + 1442695040888963407u;
        return (m_state >> 33) % limit;
    }
    uint64_t m_state = 7;
};

TEST(Calendar, AgreesWithCPython) {
    Checksum ordinals, iso, dates, times;
    for (int ordinal = 1; ordinal <= max_ordinal; ordinal += 97) {
        Date date = date_of_ordinal(ordinal);
        for (int v : {date.year, date.month, date.day, weekday_of(date), ordinal_of(date)}) ordinals.add(uint32_t(v));
        IsoDate week = iso_date_of(date);
        for (int v : {week.year, week.week, week.day}) iso.add(uint32_t(v));
        Date back;
        ASSERT_EQ(date_of_iso(week, back), IsoCheck::Ok);
        EXPECT_EQ(ordinal_of(back), ordinal);
        EXPECT_EQ(days_from_epoch(date.year, date.month, date.day), ordinal - 719163);
    }
    const char* const date_seeds[] = {"2024-02-29", "20240229", "2024-W09-4", "2024W094",
                                      "2020-W53",   "2021W53",  "9999-W52-7", "0001-W01-1"};
    Texts date_texts;
    for (int i = 0; i < 20000; i++) {
        std::string text = date_texts.next(date_seeds, i);
        Date date;
        if (!parse_iso_date(text.data(), text.size(), date)) {
            dates.add(1);
        } else if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1 ||
                   date.day > days_in_month(date.year, date.month)) {
            dates.add(0);
        } else {
            for (int v : {date.year, date.month, date.day}) dates.add(uint32_t(v));
        }
    }
    const char* const time_seeds[] = {
        "12",       "12:30",  "1230",           "12:30:45", "123045",           "12:30:45.123",       "12:30:45.1234567",
        "123045,5", "12:30Z", "12:30:45+01:30", "12-0130",  "1230+01:30:15.25", "12:30:45.5-00:00:01"};
    Texts time_texts;
    for (int i = 0; i < 20000; i++) {
        std::string text = time_texts.next(time_seeds, i);
        if (!text.empty() && text[0] == 'T') continue;
        TimeText t;
        if (!parse_iso_time(text.data(), text.size(), t)) {
            times.add(1);
            continue;
        }
        bool day_end = t.hour == 24 && !t.minute && !t.second && !t.microsecond;
        int64_t offset = int64_t(t.offset) * 1000000 + t.offset_microsecond;
        if ((t.hour > 23 && !day_end) || t.minute > 59 || t.second > 59 || offset <= -86400000000 || offset >= 86400000000) {
            times.add(0);
            continue;
        }
        for (int v : {day_end ? 0 : t.hour, t.minute, t.second, t.microsecond}) times.add(uint32_t(v));
        if (t.has_offset) times.add(uint32_t(offset));
    }
    const Checksum* sums[] = {&ordinals, &iso, &dates, &times};
    for (size_t k = 0; k < 4; k++) EXPECT_EQ(sums[k]->value, expected[k].sum) << expected[k].name;
}

TEST(Calendar, FindsTheSeparator) {
    const struct {
        const char* text;
        size_t at;
    } cases[] = {{"2024-01-01T12", 10}, {"20240101T1230", 8}, {"2024-W01-1T12", 10}, {"2024W011 12", 8}, {"2024-W01T12", 8}, {"2024W01", 7},
                 {"2024-W01-", 0},      {"2024-W01-12", 8},   {"2024W0112", 8},      {"2024W01T12", 7},  {"202401", 0}};
    for (auto& c : cases) EXPECT_EQ(find_iso_separator(c.text, strlen(c.text)), c.at) << c.text;
}

} // namespace
