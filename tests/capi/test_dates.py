"""The C interface of datetime: constructors of the capsule, macros on objects with and without zone."""
import unittest
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from support import result
import dates

ZONE = timezone(timedelta(hours=2), "two")


class Stamp(datetime):
    pass


class Constructors(unittest.TestCase):
    def test_date(self):
        self.assertEqual(dates.make_date(2020, 1, 2), date(2020, 1, 2))
        self.assertEqual(result(dates.make_date, 2020, 13, 2), "ValueError: month must be in 1..12")

    def test_datetime(self):
        self.assertEqual(dates.make_datetime(2020, 1, 2, 3, 4, 5, 6, None), datetime(2020, 1, 2, 3, 4, 5, 6))
        made = dates.make_datetime(2020, 1, 2, 3, 4, 5, 6, ZONE, 1)
        self.assertEqual((made, made.fold, made.tzinfo), (datetime(2020, 1, 2, 3, 4, 5, 6, ZONE), 1, ZONE))
        self.assertIs(type(dates.make_datetime(2020, 1, 2, 3, 4, 5, 6, None, 0, Stamp)), Stamp)
        self.assertEqual(result(dates.make_datetime, 2020, 1, 2, 3, 4, 5, 6, None, 2), "ValueError: fold must be either 0 or 1")
        self.assertIn("tzinfo argument must be None or of a tzinfo subclass, not type 'int'",
                      result(dates.make_datetime, 2020, 1, 2, 3, 4, 5, 6, 7))

    def test_time(self):
        self.assertEqual(dates.make_time(3, 4, 5, 6, None), time(3, 4, 5, 6))
        self.assertEqual(dates.make_time(3, 4, 5, 6, ZONE, 1).fold, 1)

    def test_delta(self):
        self.assertEqual(dates.make_delta(1, -1, -1), timedelta(1, -1, -1))
        self.assertEqual(dates.make_delta(1, 2, 3, 0), timedelta(1, 2, 3))
        self.assertIn("must have magnitude <= 999999999", result(dates.make_delta, 2**31 - 1, 0, 0))

    def test_timezone(self):
        self.assertIs(dates.utc(), timezone.utc)
        self.assertIs(dates.make_timezone(timedelta(0)), timezone.utc)
        self.assertEqual(repr(dates.make_timezone(timedelta(0), "x")), "datetime.timezone(datetime.timedelta(0), 'x')")

    def test_timestamps(self):
        self.assertEqual(dates.datetime_from_timestamp(datetime, (5, timezone.utc)), datetime.fromtimestamp(5, timezone.utc))
        self.assertEqual(dates.datetime_from_timestamp(Stamp, (5,), {"tz": ZONE}), datetime.fromtimestamp(5, ZONE))
        self.assertEqual(dates.date_from_timestamp(date, (10**9,)), date.fromtimestamp(10**9))
        self.assertIs(type(dates.date_from_timestamp(Stamp, (5,))), Stamp)


class Macros(unittest.TestCase):
    def test_kinds(self):
        for value, expected in (
            (date.min, "1100000000"),
            (datetime.min, "1011000000"),
            (Stamp(2020, 1, 1), "1010000000"),
            (time.min, "0000110000"),
            (timedelta.max, "0000001100"),
            (timezone.utc, "0000000010"),
            (tzinfo(), "0000000011"),
            (5, "0000000000"),
        ):
            facts = dates.facts(value)
            kinds = facts[0] if isinstance(facts, tuple) else facts
            self.assertEqual("".join(map(str, kinds)), expected, value)

    def test_fields(self):
        self.assertEqual(dates.facts(date.max)[1:], (9999, 12, 31))
        self.assertEqual(dates.facts(timedelta(-1, 2, 3))[1:], (-1, 2, 3))
        for fold in (0, 1):
            for zone in (None, ZONE):
                self.assertEqual(dates.facts(time(3, 4, 5, 678901, zone, fold=fold))[1:], (3, 4, 5, 678901, fold, zone))
                fields = (2020, 1, 2, 3, 4, 5, 678901)
                for kind in (datetime, Stamp):
                    self.assertEqual(dates.facts(kind(*fields, zone, fold=fold))[1:], (*fields, fold, zone))


if __name__ == "__main__":
    unittest.main()
