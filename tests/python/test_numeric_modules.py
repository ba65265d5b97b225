"""math, cmath, _random, _struct and _functools: exact results, states and messages."""
import cmath
import functools
import math
import random
import struct
import unittest


class Math(unittest.TestCase):
    def test_sums_and_distances(self):
        self.assertEqual(math.fsum([0.1] * 10), 1.0)
        self.assertEqual(math.fsum([1e100, 1.0, -1e100]), 1.0)
        self.assertEqual([math.hypot(3, 4), math.hypot(1e308, 1e307) / 1e308, math.hypot(5e-324, 0)],
                         [5.0, math.hypot(10, 1) / 10, 5e-324])
        self.assertEqual(math.dist((1, 2), (4, 6)), 5.0)
        self.assertRaisesRegex(OverflowError, "intermediate overflow in fsum", math.fsum, [1e308] * 2)

    def test_ints(self):
        self.assertEqual([math.comb(50, 25), math.perm(10, 3), math.comb(10**20, 2), math.comb(3, 4)],
                         [126410606437752, 720, 10**20 * (10**20 - 1) // 2, 0])
        self.assertEqual([math.gcd(12, -18), math.lcm(4, 6), math.gcd(), math.lcm(), math.isqrt(10**40 - 1)], [6, 12, 0, 1, 10**20 - 1])
        self.assertEqual(math.factorial(30), math.prod(range(1, 31)))
        self.assertEqual([math.log2(2**5000), math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.5)], [5000.0, -3, -2, -2])

    def test_errors(self):
        for call, error, text in [
            (lambda: math.sqrt(-1), ValueError, "math domain error"),
            (lambda: math.exp(1000), OverflowError, "math range error"),
            (lambda: math.log(0), ValueError, "math domain error"),
            (lambda: math.gamma(-1), ValueError, "math domain error"),
            (lambda: math.factorial(-1), ValueError, "factorial() not defined for negative values"),
            (lambda: math.sin("x"), TypeError, "must be real number, not str"),
            (lambda: cmath.log(0), ValueError, "math domain error"),
            (lambda: cmath.exp(1000), OverflowError, "math range error"),
        ]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)

    def test_complex(self):
        self.assertEqual(cmath.sqrt(-4), 2j)
        self.assertEqual(cmath.polar(1j), (1.0, math.pi / 2))
        self.assertTrue(cmath.isclose(cmath.exp(cmath.pi * 1j), -1, abs_tol=1e-15))


class Random(unittest.TestCase):
    def test_sequence(self):
        r = random.Random(12345)
        self.assertEqual([r.random(), r.getrandbits(100), r.randrange(10**20)],
                         [0.41661987254534116, 1016117545375175581765732037189, 52668006349407496514])
        state = r.getstate()
        values = [r.random() for _ in range(1000)]
        r.setstate(state)
        self.assertEqual([r.random() for _ in range(1000)], values)


class Struct(unittest.TestCase):
    def test_round_trips(self):
        values = (-1, 255, -2, 65535, -3, 2**32 - 1, -5, 2**64 - 1, 1.5, 2.5, 3.5, True, b"x", b"abcd", b"hello")
        for order in "@=<>!":
            layout = order + "bBhHiIqQefd?c4s6p"
            self.assertEqual(struct.unpack(layout, struct.pack(layout, *values)), values)
        self.assertEqual([struct.calcsize(f) for f in ("bhilqd", "<bhilqd", "xi0q")], [32, 27, 8])
        self.assertEqual(list(struct.iter_unpack(">H", b"\0\1\0\2")), [(1,), (2,)])

    def test_errors(self):
        for call, text in [
            (lambda: struct.pack("b", 200), "byte format requires -128 <= number <= 127"),
            (lambda: struct.pack("<I", -1), "argument out of range"),
            (lambda: struct.pack("i", "a"), "required argument is not an integer"),
            (lambda: struct.pack("2i", 1), "pack expected 2 items for packing (got 1)"),
            (lambda: struct.unpack("i", b"abc"), "unpack requires a buffer of 4 bytes"),
            (lambda: struct.calcsize("z"), "bad char in struct format"),
        ]:
            with self.assertRaises(struct.error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)


class Functools(unittest.TestCase):
    def test_partial(self):
        f = functools.partial(functools.partial(int, base=2))
        self.assertEqual((f("101"), f.func, f.keywords), (5, int, {"base": 2}))
        self.assertEqual(repr(functools.partial(int, "1", base=3)), "functools.partial(<class 'int'>, '1', base=3)")

    def test_lru_cache(self):
        for size, info in [(None, (2, 6, None, 6)), (2, (1, 7, 2, 2)), (0, (0, 8, 0, 0))]:
            f = functools.lru_cache(maxsize=size)(lambda *a, **k: (a, k))
            for args in ((1,), (1,), (2,), (3,), (1,), (1, 2)):
                f(*args)
            f(x=1)
            f(1.0)
            hits, misses, maximum, current = f.cache_info()
            self.assertEqual((hits, misses, maximum, current), info)

    def test_recursion_in_the_cache(self):
        @functools.lru_cache(maxsize=3)
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)

        self.assertEqual(fib(80), 23416728348467685)

    def test_cmp_to_key_and_reduce(self):
        self.assertEqual(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)), [3, 2, 1])
        self.assertEqual(functools.reduce(lambda a, b: a * b, range(1, 6)), 120)
        self.assertRaises(TypeError, functools.reduce, max, [])


if __name__ == "__main__":
    unittest.main()
