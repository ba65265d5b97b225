"""set and frozenset: operations against lists, mutation during comparison, subclasses."""
import random
import unittest


class Key:
    on_compare = None

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return Key.on_compare() if Key.on_compare else self is other


class Operations(unittest.TestCase):
    def test_against_lists(self):
        r = random.Random(1)
        for _ in range(200):
            a, b = ([r.randrange(50) for _ in range(r.randrange(40))] for _ in range(2))
            for make in (set, frozenset):
                s, t = make(a), make(b)
                self.assertEqual(sorted(s & t), sorted({x for x in a if x in b}))
                self.assertEqual(sorted(s - t), sorted({x for x in a if x not in b}))
                self.assertEqual(s | t, make(a + b))
                self.assertEqual(s ^ t, (s | t) - (s & t))
                self.assertEqual(s <= t, all(x in b for x in a))
                self.assertEqual(s.isdisjoint(b), not s & t)
                self.assertEqual(s.issuperset(b), t <= s)
                self.assertEqual(s.union(b, [99]), s | t | {99})
                self.assertEqual(s.intersection(b, a), s & t)
                self.assertEqual(s.difference(b, [0]), s - t - {0})
                self.assertEqual(s.symmetric_difference(b), s ^ t)
            s = set(a)
            s.update(b, [77])
            s.difference_update([77])
            s.intersection_update(a + b)
            s.symmetric_difference_update(b)
            self.assertEqual(s, set(a) - set(b))

    def test_many(self):
        s = set(range(10000))
        for i in range(9990):
            s.discard(i)
        self.assertEqual(sorted(s), list(range(9990, 10000)))
        popped = [s.pop() for _ in range(10)]
        self.assertEqual((sorted(popped), s), (list(range(9990, 10000)), set()))

    def test_results_are_plain(self):
        class S(set):
            pass

        class F(frozenset):
            pass

        s, f = S([1]), F([1])
        self.assertEqual([type(x) for x in (s | {2}, s.copy(), f & {1}, f.union(), {1} | f, f | s)],
                         [set, set, frozenset, frozenset, set, frozenset])
        self.assertEqual([repr(x) for x in (s, f, set(), frozenset(), F())], ["S({1})", "F({1})", "set()", "frozenset()", "F()"])
        self.assertEqual(s.__reduce__()[:2], (S, ([1],)))

    def test_sets_stand_for_frozensets(self):
        s = {frozenset([1, 2]), 5}
        self.assertIn({1, 2}, s)
        s.remove({1, 2})
        s.discard({3})
        self.assertEqual(s, {5})
        with self.assertRaises(KeyError) as caught:
            s.remove({7})
        self.assertEqual(caught.exception.args, ({7},))

    def test_hash(self):
        self.assertEqual(hash(frozenset("abc")), hash(frozenset("cba")))
        subsets = {hash(frozenset(i for i in range(12) if n >> i & 1)) for n in range(4096)}
        self.assertGreater(len(subsets), 4090)
        frozen = frozenset([1])
        self.assertTrue(frozen.copy() is frozen and frozenset(frozen) is frozen)

    def test_errors(self):
        for call, error, text in [
            (lambda: set().pop(), KeyError, "'pop from an empty set'"),
            (lambda: set(1, 2), TypeError, "set expected at most 1 argument, got 2"),
            (lambda: set(x=1), TypeError, "set() takes no keyword arguments"),
            (lambda: {1} | [2], TypeError, "unsupported operand type(s) for |: 'set' and 'list'"),
            (lambda: hash(set()), TypeError, "unhashable type: 'set'"),
            (lambda: {1}.add([]), TypeError, "unhashable type: 'list'"),
        ]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)


class Mutation(unittest.TestCase):
    def tearDown(self):
        Key.on_compare = None

    def test_compare_clears(self):
        s = {Key()}
        Key.on_compare = lambda: s.clear()
        s.add(Key())
        self.assertEqual(len(s), 1)

    def test_compare_raises(self):
        s = {Key()}
        Key.on_compare = lambda: 1 // 0
        for call in (lambda: s.add(Key()), lambda: Key() in s, lambda: s.discard(Key()), lambda: s & {Key()}):
            self.assertRaises(ZeroDivisionError, call)

    def test_change_during_iteration(self):
        s = {1, 2, 3}
        with self.assertRaisesRegex(RuntimeError, "Set changed size during iteration"):
            for k in s:
                s.add(k + 10)

    def test_same_operand(self):
        s = {1, 2}
        s.difference_update(s)
        s |= s
        s ^= s
        self.assertEqual(s, set())

    def test_recursive_repr(self):
        class H(set):
            def __hash__(self):
                return 1

        h = H()
        h.add(h)
        self.assertEqual(repr(h), "H({H(...)})")


if __name__ == "__main__":
    unittest.main()
