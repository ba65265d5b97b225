"""Format specifications of all kinds of numbers and texts, %-formats, and str.format's replacement fields."""
import datetime
import decimal
import re

EXPECTED = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError, MemoryError, UnicodeError)
VALUES = [0, 1, -1, 123456, 2 ** 70, -2 ** 200, True, 0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("nan"), 1 + 2j, complex("nan"),
          "", "text", "\u20ac\U0001f600", b"bytes", None, [1, "x"], {"a": 1}, decimal.Decimal("1.25"), datetime.date(2020, 2, 29)]
PARTS = ["", "<", ">", "^", "=", "x<", "\u20ac^", "+", "-", " ", "z", "#", "0", "5", "20", "999", ",", "_", ".", ".0", ".3", ".40", "b", "c", "d",
         "e", "E", "f", "F", "g", "G", "n", "o", "s", "x", "X", "%", "{", "}", "!r", "[0]", ".real", "\0", "99999999999999999999"]
PERCENT = ["%", "(a)", "#", "0", "-", " ", "+", "*", "5", ".", ".3", ".*", "l", "h", "d", "i", "o", "u", "x", "X", "e", "f", "g", "c", "r", "s", "a",
           "b", "%%", "\u20ac", "99999999999"]


def cases(random):
    while True:
        spec = "".join(random.choice(PARTS) for _ in range(random.randrange(7)))
        percent = "%" + "".join(random.choice(PERCENT) for _ in range(random.randrange(6)))
        if re.search(r"(?<!\d)\d{7,17}(?!\d)", spec + " " + percent):
            continue  # gigabytes that may well be there: a test of patience
        yield spec, percent, [random.randrange(len(VALUES)) for _ in range(3)]


def run(case):
    spec, percent, picks = case
    values = [VALUES[pick] for pick in picks]
    actions = [lambda value=value: format(value, spec) for value in values]
    actions += [lambda: ("{0" + spec + "}{:" + spec + "}").format(*values), lambda: ("{" + spec + "}").format(*values, a=1),
                lambda: percent % tuple(values), lambda: percent % values[0], lambda: percent % {"a": values[0]},
                lambda: percent.encode("utf-8") % tuple(values), lambda: "{:{}}".format(values[0], spec)]
    for action in actions:
        try:
            action()
        except EXPECTED:
            pass
