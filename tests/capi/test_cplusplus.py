"""An extension module in C++."""
import gc
import unittest
import weakref

import support  # noqa: F401
from support import result
import cplusplus


class CPlusPlus(unittest.TestCase):
    def test_functions(self):
        self.assertEqual(cplusplus.facts()[:2], ("static", "constructor"))
        self.assertEqual(cplusplus.join(["a", "\u20ac", ""]), "a/\u20ac//")
        self.assertEqual(result(cplusplus.join, 5), "TypeError: 'int' object is not iterable")
        self.assertEqual(result(cplusplus.join, [1]), "TypeError: bad argument type for built-in operation")
        self.assertEqual(result(cplusplus.join, (1 / 0 for _ in "a")), "ZeroDivisionError: division by zero")
        self.assertEqual(result(cplusplus.raises, "from C++"), "RuntimeError: from C++")
        self.assertEqual(cplusplus.call_through(lambda: 5), (5, 5))
        self.assertEqual(result(cplusplus.call_through, lambda: cplusplus.raises("deep")), "RuntimeError: deep")

    def test_stack(self):
        s = cplusplus.Stack()
        self.assertIs(s.push(3).push(1).push(2), s)
        s.sort()
        self.assertEqual([s.at(i) for i in range(3)], [1, 2, 3])
        self.assertEqual((len(s), s.pop()), (3, 3))
        self.assertTrue(result(s.at, 9).startswith("IndexError: vector::_M_range_check"))
        s.push("a")
        self.assertEqual(result(s.sort), "TypeError: '<' not supported between instances of 'str' and 'int'")
        self.assertEqual(result(cplusplus.Stack().pop), "IndexError: pop from an empty stack")

    def test_collection(self):
        class Sub(cplusplus.Stack):
            pass

        before = cplusplus.facts()[2]
        s = Sub()
        s.push(s).push([s])
        s.attribute = s
        r = weakref.ref(s)
        del s
        gc.collect()
        self.assertIsNone(r())
        self.assertEqual(cplusplus.facts()[2], before + 1)

    def test_threads(self):
        self.assertEqual(cplusplus.parallel_sum(lambda n: sum(range(1000)) + n), 4 * 499500 + 6)
        self.assertEqual(cplusplus.parallel_sum(lambda n: 1 / 0), 0)


if __name__ == "__main__":
    unittest.main()
