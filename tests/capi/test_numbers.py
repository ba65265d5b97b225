"""PyLong_*, PyFloat_*, PyComplex_*, PyNumber_*: every width, layout, error text."""
import unittest

import support
from support import result
import numbers_ as numbers


class Index:
    def __index__(self):
        return 5


class Int:
    def __int__(self):
        return 6


class Float:
    def __float__(self):
        return 2.5


class Complex:
    def __complex__(self):
        return 1 + 2j


class IntSubclass(int):
    pass


INTS = [0, 1, -1, 5, 255, 2**15, 2**30 - 1, 2**30, -2**30, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**32, 2**60, 2**62, 2**63 - 1, 2**63,
        -2**63, -2**63 - 1, 2**64 - 1, 2**64, -2**64, 10**40, -10**40, 2**1024]
OTHERS = [True, 1.5, -2.0, float("inf"), float("nan"), 1e300, 1 + 2j, Index(), Int(), Float(), Complex(), IntSubclass(7), "5", None, [], b"1"]


def show(value):
    return type(value).__name__ if type(value) in (Index, Int, Float, Complex) else repr(value)


class Numbers(support.Recorded):
    def test_widths(self):
        lines = []
        for value in INTS + OTHERS:
            lines.append(f"-- {show(value)} {numbers.checks(value)}")
            lines += [repr(each) for each in numbers.widths(value)]
        self.compare("numbers_widths", lines)

    def test_layout(self):
        for value in INTS + [True, IntSubclass(-2**70)]:
            size, digits, sign, bits = numbers.facts(value)
            self.assertEqual(sum(d << 30 * i for i, d in enumerate(digits)), abs(value))
            self.assertEqual(len(digits), abs(size))
            self.assertEqual(sign, (value > 0) - (value < 0))
            self.assertEqual((size > 0) - (size < 0), sign)
            self.assertEqual(bits, value.bit_length())

    def test_making(self):
        lines = [repr(each) for each in numbers.make()]
        for value in (0.0, 1.9, -1.9, 2.0**70, float("inf"), float("nan"), 1e-300):
            lines.append(f"{value}: {result(numbers.from_double, value)}")
        for text, base in (("12", 10), ("  12  ", 10), ("12x", 10), ("0x1f", 0), ("0x1f", 16), ("0b11", 2), ("012", 0), ("0", 0), ("1_0", 10),
                           ("1__0", 10), ("_1", 10), ("", 10), ("-5", 10), ("+5", 10), ("z", 36), ("z", 37), ("1", 1), ("9" * 50, 10), ("0o17", 0)):
            lines.append(f"{text!r} {base}: {result(numbers.from_string, text, base)}")
            lines.append(f"{text!r} {base}: {result(numbers.from_unicode, text, base)}")
        lines.append(result(numbers.from_unicode, "\u0663", 10))
        lines.append(result(numbers.from_unicode, "\ud800", 10))
        self.compare("numbers_making", [str(line) for line in lines])

    def test_bytes(self):
        lines = []
        for value in (0, 1, -1, 127, 128, -128, -129, 255, 256, 2**31, -2**63, 2**64 - 1, 2**100):
            for size in (1, 2, 8, 13):
                for little in (0, 1):
                    for signed in (0, 1):
                        lines.append(f"{value} {size} {little} {signed}: {result(numbers.as_bytes, value, size, little, signed)}")
        self.compare("numbers_bytes", lines)

    def test_arithmetic(self):
        lines = []
        for a, b in ((12, 18), (-7, 2), (2**100, 30), (5, 1), (0, 3), (7, -2)):
            lines.append(f"{a} {b}: {result(numbers.arithmetic, a, b)}")
        lines.append(str(result(numbers.arithmetic, 1, 0)))
        for value in (0, 1, -3, 2**53 + 1, 10**30, -2**2000):
            lines.append(f"frexp {value}: {result(numbers.frexp, value)}")
        self.compare("numbers_arithmetic", lines)

    def test_floats(self):
        lines = []
        for value in (0.0, -0.0, 1.0, 1.5, -2.25, 1e16, 1e300, 65504.0, 65520.0, 3.4e38, 3.5e38, 5e-324, float("inf"), float("-inf"), float("nan"), 7, "x"):
            lines.append(f"{value}: {result(numbers.floats, value)}")
        lines += [str(result(numbers.float_macros, value)) for value in (1.25, 3)]
        for value in (1j, 2 - 3j, 5, 1.5, "x", Complex(), Index(), Float()):
            lines.append(f"{show(value)}: {result(numbers.complexes, value)}")
        for text in ("1.5", "1.5x", "x", "", " 1", "inf", "-nan", "1e400", "1_0", "0x1p3", "1e5", ".5", "5."):
            lines.append(f"{text!r}: {result(numbers.double_from_string, text)}")
        for value in (0, 1, "", "x", True, False, None, [], [0], 0.0):
            lines.append(f"{value!r}: {result(numbers.bools, value)}")
        self.compare("numbers_floats", lines)


if __name__ == "__main__":
    unittest.main()
