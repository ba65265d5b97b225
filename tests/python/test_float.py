"""float and complex: text, rounding, comparison with ints, arithmetic at the edges."""
import math
import random
import struct
import unittest

INF, NAN = math.inf, math.nan


def floats(count):
    r = random.Random(3)
    for i in range(count):
        x = struct.unpack("d", struct.pack("Q", r.getrandbits(64)))[0] if i % 2 else r.uniform(-1e6, 1e6)
        if x == x:
            yield x


class Text(unittest.TestCase):
    def test_repr(self):
        for x, text in [(0.0, "0.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (1e15, "1000000000000000.0"), (1e-4, "0.0001"),
                        (1e-5, "1e-05"), (0.1, "0.1"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
                        (INF, "inf"), (-INF, "-inf"), (1e22, "1e+22"), (123456789012345680.0, "1.2345678901234568e+17")]:
            self.assertEqual(repr(x), text)
        self.assertEqual(repr(NAN), "nan")

    def test_round_trips(self):
        for x in floats(2000):
            self.assertEqual(float(repr(x)), x)
            self.assertEqual(float.fromhex(x.hex()), x)
            if abs(x) < INF:
                n, d = x.as_integer_ratio()
                self.assertEqual(n / d, x)
                self.assertEqual(float("%.17g" % x), x)

    def test_parse(self):
        for text, x in [(" 1_0.5e1\n", 105.0), ("-Infinity", -INF), (".5", 0.5), ("5.", 5.0), ("1e400", INF), ("1e-400", 0.0),
                        ("0." + "0" * 400 + "1e401", 1.0), ("1" + "0" * 400 + "e-400", 1.0), ("١.٥", 1.5), (b"2.5", 2.5)]:
            self.assertEqual(float(text), x)
        for text in ("", ".", "1e", "1__0", "_1", "1_", "0x1", "1 2", "1\0", "infin"):
            with self.assertRaises(ValueError) as caught:
                float(text)
            self.assertEqual(str(caught.exception), f"could not convert string to float: {text!r}")

    def test_hex(self):
        self.assertEqual([x.hex() for x in (1.0, -0.1, 5e-324, 0.0)],
                         ["0x1.0000000000000p+0", "-0x1.999999999999ap-4", "0x0.0000000000001p-1022", "0x0.0p+0"])
        for text, x in [("0x1.8p1", 3.0), ("0x1.00000000000008p0", 1.0), ("0x1.000000000000080001p0", 1 + 2**-52),
                        ("0x1p-1075", 0.0), ("0x1.8p-1074", 1e-323), ("  inf ", INF), ("0x0." + "0" * 300 + "1p1204", 1.0)]:
            self.assertEqual(float.fromhex(text), x)
        self.assertRaises(OverflowError, float.fromhex, "0x1p1024")
        self.assertRaises(ValueError, float.fromhex, "0x1p")

    def test_format(self):
        self.assertEqual([f"{x:.3}" for x in (123.456, 1e16, 0.00001234)], ["1.23e+02", "1e+16", "1.23e-05"])
        self.assertEqual([f"{1234.5:,.2f}", f"{0.256:.1%}", f"{-0.0:z.1f}", f"{1e6:g}", f"{1.5:#.0f}", "%e" % 12345.678],
                         ["1,234.50", "25.6%", "0.0", "1e+06", "2.", "1.234568e+04"])


class Numbers(unittest.TestCase):
    def test_round(self):
        self.assertEqual([round(x) for x in (0.5, 1.5, 2.5, -0.5, 2.675)], [0, 2, 2, 0, 3])
        self.assertEqual([round(2.675, 2), round(25.0, -1), round(35.0, -1), round(5e-324, 300), round(1e300, -299)],
                         [2.67, 20.0, 40.0, 0.0, 1e300])
        self.assertEqual(round(99.5, -2), 100.0)
        self.assertRaises(OverflowError, round, 1.7e308, -308)
        self.assertRaises(ValueError, round, NAN)

    def test_floor_division(self):
        for a in (7.5, -7.5, 0.0, 1e-10, 1e20):
            for b in (2.0, -2.0, 0.1):
                q, r = divmod(a, b)
                self.assertEqual((q, r), (a // b, a % b))
                self.assertTrue(0 <= r < b or b < r <= 0)
        self.assertEqual([math.copysign(1, 0.0 % -2.0), 5.0 % INF, -5.0 % INF], [-1, 5.0, INF])

    def test_power(self):
        self.assertEqual([2.0**-1, NAN**0, 1.0**NAN, (-0.0) ** -INF, (-INF) ** 3], [0.5, 1.0, 1.0, INF, -INF])
        self.assertIsInstance((-8.0) ** (1 / 3), complex)
        with self.assertRaises(OverflowError) as caught:
            10.0**400
        self.assertEqual(caught.exception.args, (34, "Numerical result out of range"))
        with self.assertRaises(ZeroDivisionError):
            0.0**-1

    def test_comparison_with_ints(self):
        self.assertTrue(2.0**53 == 2**53 and 2.0**53 < 2**53 + 1 and 1e308 < 10**309 and INF > 10**400)
        self.assertTrue(1e300 == int(1e300) and 1e300 != 10**300 and -2.5 < -2 < -1.5)
        self.assertFalse(NAN < 1 or NAN >= 1 or NAN == NAN)

    def test_hash(self):
        for x in (0.5, 1e300, -3.75, 2.0**70):
            n, d = x.as_integer_ratio()
            p = 2**61 - 1
            expected = abs(n) * pow(d, -1, p) % p
            self.assertEqual(hash(x), -expected if x < 0 else expected)
        self.assertEqual([hash(INF), hash(-INF), hash(1.0), hash(-1.0)], [314159, -314159, 1, -2])

    def test_errors(self):
        for call, error, text in [
            (lambda: 1.0 / 0, ZeroDivisionError, "float division by zero"),
            (lambda: 1.0 // 0, ZeroDivisionError, "float floor division by zero"),
            (lambda: 1.0 % 0, ZeroDivisionError, "float modulo"),
            (lambda: divmod(1.0, 0), ZeroDivisionError, "float divmod()"),
            (lambda: pow(1.0, 2, 3), TypeError, "pow() 3rd argument not allowed unless all arguments are integers"),
            (lambda: float([]), TypeError, "float() argument must be a string or a real number, not 'list'"),
            (lambda: float(1, 2), TypeError, "float expected at most 1 argument, got 2"),
            (lambda: NAN.as_integer_ratio(), ValueError, "cannot convert NaN to integer ratio"),
            (lambda: INF.as_integer_ratio(), OverflowError, "cannot convert Infinity to integer ratio"),
        ]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)


class Complexes(unittest.TestCase):
    def test_arithmetic(self):
        self.assertEqual([(1 + 2j) * (3 - 4j), (1 + 2j) / (3 - 4j), (1 + 2j) ** 2, abs(3 + 4j), 1j**-3],
                         [11 + 2j, -0.2 + 0.4j, -3 + 4j, 5.0, 1j])
        self.assertTrue(1 + 0j == 1 and hash(1 + 0j) == hash(1) and 1j != 2**70)
        self.assertRaises(ZeroDivisionError, lambda: 1j / 0)
        self.assertRaises(TypeError, lambda: 1j < 2)

    def test_text(self):
        for z, text in [(1j, "1j"), (complex(-0.0, -0.0), "(-0-0j)"), (complex(NAN, -INF), "(nan-infj)"), (1e16 + 1j, "(1e+16+1j)")]:
            self.assertEqual(repr(z), text)
        for text, z in [(" ( 1e3-2.5j ) ", 1000 - 2.5j), ("j", 1j), ("-j", -1j), ("1+j", 1 + 1j), ("1_0j", 10j), ("infinity", INF)]:
            self.assertEqual(complex(text), z)
        for text in ("", "1+2", "1 + 2j", "(1", "1j2", "jj"):
            self.assertRaises(ValueError, complex, text)

    def test_construction(self):
        class Special:
            def __complex__(self):
                return 3 + 4j

        self.assertEqual([complex(Special()), complex(1j, 1j), complex(real=1, imag=2)], [3 + 4j, -1 + 1j, 1 + 2j])
        self.assertEqual(math.copysign(1, complex(1, -0.0).imag), -1)
        self.assertRaises(TypeError, complex, "1", 2)


if __name__ == "__main__":
    unittest.main()
