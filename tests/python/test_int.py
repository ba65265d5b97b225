"""int and bool: arithmetic against identities, text, bytes, conversions and the messages of errors."""
import random
import sys
import unittest


def numbers(count, seed=5):
    """Ints around the sizes where the representation changes, of both signs."""
    r = random.Random(seed)
    edges = [0, 1, 2**29, 2**30 - 1, 2**30, 2**31, 2**59, 2**60 - 1, 2**60, 2**62, 2**63 - 1, 2**63, 2**64, 2**90, 10**40]
    for i in range(count):
        n = r.choice(edges) + r.randint(-1, 1) if i % 2 else r.getrandbits(r.choice([5, 30, 60, 61, 90, 200, 700, 3000]))
        yield -n if r.random() < 0.5 else n


class Arithmetic(unittest.TestCase):
    def test_identities(self):
        for a, b in zip(numbers(600), numbers(600, seed=6)):
            self.assertEqual((a + b) - b, a)
            self.assertEqual((a + b) * (a - b), a * a - b * b)
            self.assertEqual((a & b) + (a | b), a + b)
            self.assertEqual(a ^ b, (a | b) - (a & b))
            self.assertEqual(~a, -a - 1)
            if b:
                q, r = divmod(a, b)
                self.assertEqual((q, r), (a // b, a % b))
                self.assertEqual(q * b + r, a)
                self.assertTrue(0 <= r < b or b < r <= 0)
            for n in (0, 1, 29, 30, 31, 64, 200):
                self.assertEqual(a << n, a * 2**n)
                self.assertEqual(a >> n, a // 2**n)

    def test_power(self):
        self.assertEqual([2**0, 0**0, (-2) ** 3, (-1) ** 10**30, 3**5], [1, 1, -8, 1, 243])
        self.assertEqual(7**100 // 7**99, 7)
        self.assertEqual([2**-1, (-2) ** -3], [0.5, -0.125])
        for base, exponent, modulus in [(3, 100, 7), (-3, 101, 7), (3, -1, 7), (3, 5, -7), (2, 100, 1), (10**30, 10**30, 10**9 + 7)]:
            result = pow(base, exponent, modulus)
            if exponent >= 0 and exponent < 10**6:
                self.assertEqual(result, base**exponent % modulus)
            elif exponent == -1:
                self.assertEqual(result * base % modulus, 1)
        self.assertEqual(pow(10**30, 10**30, 2**61 - 1), pow(10**30 % (2**61 - 1), 10**30, 2**61 - 1))

    def test_true_division_rounds_once(self):
        for a, b, expected in [(1, 3, 1 / 3.0), (10**30, 7, 1e30 / 7), (2**1000, 2**999, 2.0), (2**53 + 1, 1, 2.0**53),
                               (2**53 + 3, 1, 2.0**53 + 4), (1, 2**1074, 5e-324), (3, 2**1075, 1e-323), (1, 2**1076, 0.0)]:
            self.assertEqual(a / b, expected)
            self.assertEqual(-a / b, -expected)
        self.assertRaisesRegex(OverflowError, "integer division result too large for a float", lambda: 10**400 / 3)

    def test_errors(self):
        for call, error, text in [
            (lambda: 1 // 0, ZeroDivisionError, "integer division or modulo by zero"),
            (lambda: 1 % 0, ZeroDivisionError, "integer modulo by zero"),
            (lambda: 1 / 0, ZeroDivisionError, "division by zero"),
            (lambda: 1 << -1, ValueError, "negative shift count"),
            (lambda: 1 << (1 << 70), OverflowError, "too many digits in integer"),
            (lambda: 1 << (1 << 62), MemoryError, ""),
            (lambda: pow(2, 3, 0), ValueError, "pow() 3rd argument cannot be 0"),
            (lambda: pow(2, -1, 4), ValueError, "base is not invertible for the given modulus"),
            (lambda: float(10**400), OverflowError, "int too large to convert to float"),
            (lambda: int(float("inf")), OverflowError, "cannot convert float infinity to integer"),
            (lambda: (500).to_bytes(1, "big"), OverflowError, "int too big to convert"),
            (lambda: (-5).to_bytes(2, "big"), OverflowError, "can't convert negative int to unsigned"),
            (lambda: (5).to_bytes(2, "xx"), ValueError, "byteorder must be either 'little' or 'big'"),
            (lambda: int("1", 37), ValueError, "int() base must be >= 2 and <= 36, or 0"),
            (lambda: int(1, 10), TypeError, "int() can't convert non-string with explicit base"),
            (lambda: int(base=10), TypeError, "int() missing string argument"),
        ]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)


class Text(unittest.TestCase):
    def test_round_trips(self):
        for n in numbers(300):
            self.assertEqual(int(str(n)), n)
            self.assertEqual([int(hex(n), 16), int(oct(n), 0), int(bin(n), 2)], [n] * 3)

    def test_forms(self):
        self.assertEqual([int(t) for t in (" -5 ", "1_000", "+7", "٣٤", b"12", bytearray(b"9"))], [-5, 1000, 7, 34, 12, 9])
        self.assertEqual([int("0x_f", 0), int("z", 36), int("0o17", 8), int("00", 0)], [15, 35, 15, 0])
        for text, base in [("", 10), ("-", 10), ("1__0", 10), ("_1", 10), ("1_", 10), ("07", 0), ("0x", 16), ("9", 8), ("1 2", 10)]:
            with self.assertRaises(ValueError) as caught:
                int(text, base)
            self.assertEqual(str(caught.exception), f"invalid literal for int() with base {base}: {text!r}")

    def test_digit_limit(self):
        old = sys.get_int_max_str_digits()
        try:
            sys.set_int_max_str_digits(4300)
            self.assertEqual(len(str(10**4299)), 4300)
            self.assertRaises(ValueError, str, 10**4300)
            self.assertRaises(ValueError, int, "1" * 4301)
            self.assertEqual(int("f" * 5000, 16), 16**5000 - 1)
            sys.set_int_max_str_digits(0)
            self.assertEqual(int("7" * 100000) % 10**10, 7777777777)
        finally:
            sys.set_int_max_str_digits(old)


class Conversions(unittest.TestCase):
    def test_bytes(self):
        for n in numbers(300):
            size = n.bit_length() // 8 + 1
            for order in ("little", "big"):
                self.assertEqual(int.from_bytes(n.to_bytes(size, order, signed=True), order, signed=True), n)
        self.assertEqual([(-128).to_bytes(1, "big", signed=True), (5).to_bytes(), int.from_bytes([1, 2])], [b"\x80", b"\x05", 258])

    def test_double(self):
        self.assertEqual([float(2**53 + 1), float(2**53 + 3), float(-(2**1023))], [2.0**53, 2.0**53 + 4, -(2.0**1023)])
        self.assertTrue(2**53 + 1 > 2.0**53 and 2**1024 > sys.float_info.max and 10**400 < float("inf"))
        self.assertFalse(1 < float("nan") or 1 > float("nan"))

    def test_hash(self):
        m = 2**61 - 1
        for n in numbers(300):
            expected = abs(n) % m * (-1 if n < 0 else 1)
            self.assertEqual(hash(n), -2 if expected == -1 else expected)

    def test_round(self):
        self.assertEqual([round(n, -1) for n in (25, 35, -25, 24, 26)], [20, 40, -20, 20, 30])
        self.assertEqual([round(12345, -9), round(5), round(10**20 + 5, -1)], [0, 5, 10**20])

    def test_bits(self):
        self.assertEqual([(n.bit_length(), n.bit_count()) for n in (0, -1, 255, 2**90)], [(0, 0), (1, 1), (8, 8), (91, 1)])

    def test_small_ints_are_shared(self):
        for n in (-5, 0, 256):
            self.assertIs(int(str(n)), int(str(n)))
            self.assertIs(n + 1000 - 1000, int(str(n)))


class Subclasses(unittest.TestCase):
    def test_subclass(self):
        class I(int):
            pass

        big = I(2**70)
        self.assertEqual((big, type(big), type(+big), type(big.real), type(I.from_bytes(b"a"))), (2**70, I, int, int, I))
        self.assertEqual(hash(I(5)), 5)

    def test_bool(self):
        self.assertEqual([repr(True), True + True, True & False, True | 2, ~True], ["True", 2, False, 3, -2])
        self.assertIs(True ^ True, False)
        self.assertIs(type(True.real), int)
        with self.assertRaises(TypeError):
            type("B", (bool,), {})

    def test_index(self):
        class Index:
            def __index__(self):
                return 42

        self.assertEqual([int(Index()), hex(Index()), [0][Index() - 42] if False else 0], [42, "0x2a", 0])


if __name__ == "__main__":
    unittest.main()
