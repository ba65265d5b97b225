"""Operands that a live local also holds carry a count of their own: C code may work in place on what nobody else holds."""
import unittest

import support  # noqa: F401
from counts import Counted, argument, last


class Sub(Counted):
    pass


class Counts(unittest.TestCase):
    def check(self, make):
        a, b = make(), make()
        self.assertEqual([a + b, a - b, a & b, a[b], a < b, a == b], [(2, 2)] * 6)
        self.assertEqual([-a, a.count, argument(a)], [2, 2, 2])
        self.assertEqual(a + a, (3, 3))
        value = object()
        a[b] = value
        self.assertEqual(last(), (2, 2, 2))
        b in a
        self.assertEqual(last(), (2, 2))
        if a:
            self.assertEqual(last(), 2)
        not a
        self.assertEqual(last(), 2)
        for _ in a:
            pass
        self.assertEqual(last(), 2)
        if a < b:
            pass
        a += b
        self.assertEqual(a, (2, 2))

    def test_locals(self):
        self.check(Counted)

    def test_instances_of_a_subclass(self):
        self.check(Sub)

    def test_temporaries(self):
        self.assertEqual(Counted() + Counted(), (1, 1))
        self.assertEqual([-Counted(), Counted().count, argument(Counted())], [1, 1, 1])

    def test_constants(self):
        def use(a):
            return a + 1.5, a[2.5], a < 3.5

        for one, other in use(Counted()):
            self.assertEqual(one, 2)
            self.assertGreater(other, 1)


if __name__ == "__main__":
    unittest.main()
