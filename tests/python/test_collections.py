"""The native parts of collections: deque, defaultdict, OrderedDict, the loop of Counter."""
import random
import unittest
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple


class Deque(unittest.TestCase):
    def test_against_a_list(self):
        r = random.Random(2)
        d, model = deque(), []
        for step in range(3000):
            choice = r.randrange(9)
            if choice < 3 or not model:
                d.append(step)
                model.append(step)
            elif choice == 3:
                d.appendleft(step)
                model.insert(0, step)
            elif choice == 4:
                self.assertEqual(d.pop(), model.pop())
            elif choice == 5:
                self.assertEqual(d.popleft(), model.pop(0))
            elif choice == 6:
                n = r.randrange(-20, 20)
                d.rotate(n)
                n %= len(model)
                model = model[-n:] + model[:-n]
            elif choice == 7:
                i = r.randrange(-len(model) - 2, len(model) + 2)
                d.insert(i, step)
                model.insert(i, step)
            else:
                i = r.randrange(len(model))
                del d[i]
                del model[i]
        self.assertEqual(list(d), model)
        self.assertEqual(list(reversed(d)), model[::-1])

    def test_bounded(self):
        d = deque(range(5), 3)
        self.assertEqual((list(d), d.maxlen), ([2, 3, 4], 3))
        d.extendleft("ab")
        self.assertEqual(repr(d), "deque(['b', 'a', 2], maxlen=3)")
        self.assertRaises(IndexError, d.insert, 0, 1)
        self.assertEqual(d * 2, deque(["b", "a", 2], 3))

    def test_mutation(self):
        d = deque([1, 2, 3])
        it = iter(d)
        next(it)
        d.append(4)
        self.assertRaises(RuntimeError, next, it)

    def test_errors(self):
        for call, error, text in [
            (lambda: deque().pop(), IndexError, "pop from an empty deque"),
            (lambda: deque([1]).remove(2), ValueError, "2 is not in deque"),
            (lambda: deque([1])[5], IndexError, "deque index out of range"),
            (lambda: deque([1], -1), ValueError, "maxlen must be non-negative"),
            (lambda: deque() + [1], TypeError, 'can only concatenate deque (not "list") to deque'),
        ]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)


class Dicts(unittest.TestCase):
    def test_defaultdict(self):
        d = defaultdict(list, a=[1])
        d["b"].append(2)
        self.assertEqual(d, {"a": [1], "b": [2]})
        self.assertNotIn("c", d)
        self.assertEqual(repr(d), "defaultdict(<class 'list'>, {'a': [1], 'b': [2]})")
        self.assertEqual((d | {"c": 3}).default_factory, list)
        self.assertRaises(KeyError, lambda: defaultdict()["x"])

    def test_counter(self):
        self.assertEqual(Counter("abracadabra").most_common(2), [("a", 5), ("b", 2)])

    def test_namedtuple(self):
        P = namedtuple("P", "x y")
        self.assertEqual((P(1, 2).x, P(1, 2).y, P._fields), (1, 2, ("x", "y")))

    def test_order(self):
        d = OrderedDict((i, i) for i in range(10))
        d.move_to_end(3)
        d.move_to_end(5, last=False)
        self.assertEqual(list(d), [5, 0, 1, 2, 4, 6, 7, 8, 9, 3])
        self.assertEqual((d.popitem(), d.popitem(last=False)), ((3, 3), (5, 5)))
        self.assertEqual(list(reversed(d.items()))[0], (9, 9))
        self.assertNotEqual(OrderedDict(a=1, b=2), OrderedDict(b=2, a=1))
        self.assertEqual(OrderedDict(a=1, b=2), dict(b=2, a=1))
        self.assertRaises(KeyError, d.move_to_end, "missing")

    def test_as_a_queue(self):
        d = OrderedDict()
        for i in range(5000):
            d[i] = i
            if len(d) > 10:
                self.assertEqual(d.popitem(last=False)[0], i - 10)
        self.assertEqual(list(d), list(range(4990, 5000)))

    def test_first_stays_first_when_the_table_moves(self):
        choice = random.Random(5).choice
        for _ in range(100):
            d, order = OrderedDict(), []
            for key in range(200):
                d[key] = None
                order.append(key)
                for _ in range(3):
                    moved = choice(order)
                    d.move_to_end(moved)
                    order.remove(moved)
                    order.append(moved)
                if len(order) > choice([3, 5, 10]):
                    self.assertEqual(d.popitem(last=False), (order.pop(0), None))

    def test_change_during_iteration(self):
        for change in (lambda d: d.update(c=1), lambda d: d.move_to_end("a"), lambda d: d.pop("b")):
            d = OrderedDict(a=1, b=2)
            it = iter(d)
            next(it)
            change(d)
            self.assertRaises(RuntimeError, next, it)


if __name__ == "__main__":
    unittest.main()
