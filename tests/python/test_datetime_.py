"""datetime in C++: layouts, arithmetic at its limits, text, pickling, subclasses, folds."""
import copy
import os
import pickle
import time as time_module
import unittest
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo


class Plain(tzinfo):
    """Three hours east, an hour of summer time in July, a fold on 2000-10-01 02:00."""

    def utcoffset(self, when):
        return timedelta(hours=3) + self.dst(when)

    def dst(self, when):
        if when is not None and when.month == 7:
            return timedelta(hours=1)
        if when is not None and (when.year, when.month, when.day, when.hour) == (2000, 10, 1, 2):
            return timedelta(0) if when.fold else timedelta(hours=1)
        return timedelta(0)

    def tzname(self, when):
        return "P%n"

    def __reduce__(self):
        return Plain, ()


def in_zone(name):
    def decorate(function):
        def test(self):
            before = os.environ.get("TZ")
            os.environ["TZ"] = name
            time_module.tzset()
            try:
                function(self)
            finally:
                if before is None:
                    del os.environ["TZ"]
                else:
                    os.environ["TZ"] = before
                time_module.tzset()

        return test

    return decorate


class Deltas(unittest.TestCase):
    def test_limits(self):
        self.assertEqual(repr(timedelta.min), "datetime.timedelta(days=-999999999)")
        with self.assertRaisesRegex(OverflowError, r"days=1000000000; must have magnitude <= 999999999"):
            timedelta.max + timedelta.resolution
        with self.assertRaisesRegex(OverflowError, "Python int too large to convert to C int"):
            timedelta(10**20)
        self.assertEqual(timedelta(days=10**40, hours=-24 * 10**40, microseconds=7), timedelta(0, 0, 7))
        self.assertEqual(timedelta(0) * 10**100, timedelta(0))

    def test_rounding(self):
        for value, expected in ((0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2)):
            self.assertEqual(timedelta(microseconds=value), timedelta(microseconds=expected), value)
            self.assertEqual(timedelta(microseconds=1) * value, timedelta(microseconds=expected), value)
        self.assertEqual(timedelta(seconds=0.5 / 10**6, microseconds=1), timedelta(microseconds=2))
        self.assertEqual(timedelta.max / 2**65, timedelta(microseconds=2))
        self.assertEqual(timedelta.min // 2**80, timedelta(microseconds=-1))
        self.assertEqual(timedelta(1) / 1e300, timedelta(0))
        self.assertEqual(timedelta(1) * 1e-300, timedelta(0))

    def test_quotients(self):
        a, b = timedelta(-3, 7, 11), timedelta(0, 5, 13)
        quotient, rest = divmod(a, b)
        self.assertEqual(quotient * b + rest, a)
        self.assertEqual((quotient, rest), (a // b, a % b))
        self.assertEqual(timedelta.max / timedelta.resolution, 86399999999999999999 / 1)
        for function in (lambda: a / 0, lambda: a // 0, lambda: a // timedelta(0), lambda: a / 0.0):
            self.assertRaisesRegex(ZeroDivisionError, "integer division or modulo by zero", function)
        self.assertRaisesRegex(ZeroDivisionError, "integer modulo by zero", lambda: a % timedelta(0))

    def test_text_and_hash(self):
        self.assertEqual(str(timedelta(-1, 1, 2)), "-1 day, 0:00:01.000002")
        self.assertEqual(repr(timedelta(0)), "datetime.timedelta(0)")
        self.assertEqual(hash(timedelta(-1, 2, 3)), hash((-1, 2, 3)))
        with self.assertRaisesRegex(TypeError, "unsupported type for timedelta hours component: str"):
            timedelta(hours="1")


class Calendar(unittest.TestCase):
    def test_ordinals(self):
        self.assertEqual((date.min.toordinal(), date.max.toordinal()), (1, 3652059))
        for ordinal in [*range(1, 3000), *range(693000, 740000, 7), *range(3650000, 3652060)]:
            self.assertEqual(date.fromordinal(ordinal).toordinal(), ordinal)
        day = date(2000, 2, 28)
        self.assertEqual([str(day + timedelta(i)) for i in range(3)], ["2000-02-28", "2000-02-29", "2000-03-01"])

    def test_weeks(self):
        for ordinal in [*range(1, 800), *range(730000, 734000), *range(3651000, 3652060)]:
            day = date.fromordinal(ordinal)
            year, week, weekday = day.isocalendar()
            self.assertEqual(date.fromisocalendar(year, week, weekday), day)
        self.assertEqual(repr(date(2020, 1, 2).isocalendar()), "datetime.IsoCalendarDate(year=2020, week=1, weekday=4)")
        self.assertEqual(pickle.loads(pickle.dumps(date(2020, 1, 2).isocalendar())), (2020, 1, 4))
        self.assertRaisesRegex(ValueError, "Invalid week: 53", date.fromisocalendar, 2021, 53, 1)

    def test_arguments(self):
        self.assertRaisesRegex(TypeError, r"function missing required argument 'month' \(pos 2\)", date, 1)
        self.assertRaisesRegex(TypeError, "'foo' is an invalid keyword argument for this function", time, foo=1)
        self.assertRaisesRegex(ValueError, "year 10000 is out of range", date, MAXYEAR + 1, 1, 1)
        self.assertRaisesRegex(ValueError, "day is out of range for month", datetime, 2001, 2, 29)
        self.assertRaisesRegex(OverflowError, "signed integer is greater than maximum", date, 2**40, 1, 1)
        self.assertRaisesRegex(ValueError, "fold must be either 0 or 1", time, fold=2)
        self.assertEqual(datetime(year=1, month=2, day=3, tzinfo=UTC).tzinfo, timezone.utc)
        self.assertEqual(MINYEAR, 1)


class Texts(unittest.TestCase):
    def test_isoformat(self):
        when = datetime(2020, 1, 2, 3, 4, 5, 6, timezone(-timedelta(seconds=3601, microseconds=5)))
        self.assertEqual(when.isoformat(), "2020-01-02T03:04:05.000006-01:00:01.000005")
        self.assertEqual(when.isoformat("\u20ac", "minutes"), "2020-01-02\u20ac03:04-01:00:01.000005")
        self.assertEqual(str(when.replace(tzinfo=None)), "2020-01-02 03:04:05.000006")
        self.assertRaisesRegex(ValueError, "Unknown timespec value", when.isoformat, " ", "x")

    def test_fromisoformat(self):
        for text, expected in (
            ("20200102", datetime(2020, 1, 2)),
            ("2020-W01-4T03", datetime(2020, 1, 2, 3)),
            ("2020W014\u20ac030405,5", datetime(2020, 1, 2, 3, 4, 5, 500000)),
            ("2020-01-02 03:04:05.1234567Z", datetime(2020, 1, 2, 3, 4, 5, 123456, UTC)),
            ("2020-01-02T03:04-01:30", datetime(2020, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=-1.5)))),
        ):
            self.assertEqual(datetime.fromisoformat(text), expected)
        for text in ("", "2020", "2020-01-02T", "2020-01-02T3", "2020-01-02T03:04:05.x", "2020-01-02T03Zx", "\ud800" * 9):
            self.assertRaisesRegex(ValueError, "Invalid isoformat string", datetime.fromisoformat, text)

    def test_strftime(self):
        when = datetime(2020, 7, 2, 3, 4, 5, 6, Plain())
        self.assertEqual(when.strftime("%Y|%f|%z|%Z|%%z|\u20ac%"), "2020|000006|+0400|P%n|%z|\u20ac%")
        self.assertEqual(f"{when:%H:%M}", "03:04")
        self.assertEqual(date(2020, 1, 2).strftime("%z%Z%f"), "000000")
        self.assertEqual(time(1, 2).strftime("%Y-%H"), "1900-01")


class Zones(unittest.TestCase):
    def test_comparison(self):
        summer = datetime(2020, 7, 1, 12, tzinfo=Plain())
        self.assertEqual(summer, datetime(2020, 7, 1, 8, tzinfo=UTC))
        self.assertEqual(hash(summer), hash(datetime(2020, 7, 1, 8, tzinfo=UTC)))
        self.assertNotEqual(summer, datetime(2020, 7, 1, 12))
        self.assertRaisesRegex(TypeError, "offset-naive and offset-aware", lambda: summer < datetime(2020, 7, 1))
        folded = datetime(2000, 10, 1, 2, tzinfo=Plain())
        self.assertNotEqual(folded, folded.astimezone(UTC))
        self.assertEqual(folded, folded.replace(fold=1))
        self.assertEqual(hash(folded), hash(folded.replace(fold=1)))

    def test_conversion(self):
        utc = datetime(2020, 7, 1, 8, tzinfo=UTC)
        self.assertEqual(str(utc.astimezone(Plain())), "2020-07-01 12:00:00+04:00")
        self.assertEqual(utc.timestamp(), 1593590400.0)
        self.assertEqual(datetime.fromtimestamp(1593590400, Plain()), utc)
        self.assertRaisesRegex(ValueError, "fromutc: dt.tzinfo is not self", Plain().fromutc, utc)
        self.assertRaisesRegex(NotImplementedError, r"a tzinfo subclass must implement dst\(\)", tzinfo().dst, None)

    def test_timezone(self):
        self.assertIs(timezone(timedelta(0)), UTC)
        self.assertEqual(str(timezone(timedelta(0, -5, 3))), "UTC-00:00:04.999997")
        self.assertEqual(repr(timezone(timedelta(1) / 4, "X")), "datetime.timezone(datetime.timedelta(seconds=21600), 'X')")
        self.assertRaisesRegex(ValueError, "not datetime.timedelta\\(days=1\\)", timezone, timedelta(1))
        self.assertRaises(TypeError, type, "T", (timezone,), {})

    @in_zone("America/New_York")
    def test_local_time(self):
        first = datetime(2020, 11, 1, 1, 30)
        second = first.replace(fold=1)
        self.assertEqual(second.timestamp() - first.timestamp(), 3600)
        self.assertEqual(datetime.fromtimestamp(second.timestamp()).fold, 1)
        self.assertEqual(datetime.fromtimestamp(first.timestamp()).fold, 0)
        gap = datetime(2020, 3, 8, 2, 30)
        self.assertEqual(gap.timestamp() - gap.replace(fold=1).timestamp(), 3600)
        self.assertEqual(str(second.astimezone()), "2020-11-01 01:30:00-05:00")
        self.assertEqual(datetime.utcfromtimestamp(1.9999999), datetime(1970, 1, 1, 0, 0, 2))


class Subclasses(unittest.TestCase):
    def test_operators(self):
        class Stamp(datetime):
            def __new__(cls, *args, **kwargs):
                self = super().__new__(cls, *args, **kwargs)
                self.made = args
                return self

        self.assertEqual((Stamp(2020, 1, 1) + timedelta(1)).made, (2020, 1, 2, 0, 0, 0, 0, None))
        self.assertIs(type(Stamp.fromisoformat("2020-01-01")), Stamp)
        self.assertIs(type(Stamp(2020, 1, 1).replace(day=3)), Stamp)
        self.assertIs(type(Stamp(2020, 1, 1).date()), date)
        self.assertEqual(repr(Stamp(2020, 1, 1)), "Stamp(2020, 1, 1, 0, 0)")

    def test_pickle(self):
        values = [timedelta(-1, 2, 3), date(2020, 1, 2), time(1, 2, 3, 4, Plain(), fold=1), datetime.max.replace(tzinfo=UTC, fold=1),
                  timezone(timedelta(0, 5), "x"), UTC, datetime(2000, 1, 1)]
        for value in values:
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                restored = pickle.loads(pickle.dumps(value, protocol))
                self.assertEqual(restored, value)
                if protocol > 3 and hasattr(value, "fold"):
                    self.assertEqual(restored.fold, value.fold)
            self.assertEqual(copy.deepcopy(value), value)
        self.assertEqual(datetime("\x07\xe4\x81\x02\x03\x04\x05\x00\x00\x06"), datetime(2020, 1, 2, 3, 4, 5, 6, fold=1))
        self.assertRaisesRegex(ValueError, "Failed to encode latin1 string when unpickling a date", date, "\x07\u20ac\x01\x01")
        self.assertRaisesRegex(TypeError, "bad tzinfo state arg", time, b"\x01\x02\x03\x04\x05\x06", 5)


if __name__ == "__main__":
    unittest.main()
