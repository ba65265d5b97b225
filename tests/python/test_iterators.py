"""tuple, slice, range, enumerate, zip, map, filter, iter() (src/types)."""
import unittest


class Tuples(unittest.TestCase):
    def test_identity_and_hash(self):
        t = (1, 2, 3)
        self.assertIs(t[:], t)
        self.assertIs(tuple(t), t)
        self.assertEqual(hash((1, 2)), hash((1, 2)))
        self.assertEqual(hash(()), 5740354900026072187)
        self.assertEqual(hash((1, 2, 3)), 529344067295497451)

    def test_operations(self):
        self.assertEqual((1,) * 3 + (2,), (1, 1, 1, 2))
        self.assertEqual((1, 2, 3, 4)[::-2], (4, 2))
        self.assertEqual(repr((1,)), "(1,)")
        self.assertLess((1, 2), (1, 2, 0))
        with self.assertRaisesRegex(ValueError, r"tuple.index\(x\): x not in tuple"):
            ().index(1)

    def test_subclass(self):
        class Pair(tuple):
            pass

        pair = Pair([1, 2])
        self.assertEqual((pair, type(pair[:]), type(pair * 1)), ((1, 2), tuple, tuple))


class Slices(unittest.TestCase):
    def test_indices(self):
        self.assertEqual(slice(None, None, -1).indices(5), (4, -1, -1))
        self.assertEqual(slice(2, 100).indices(5), (2, 5, 1))
        self.assertEqual(slice(-(2**70), 2**70).indices(2**65), (0, 2**65, 1))
        self.assertEqual(repr(slice(1)), "slice(None, 1, None)")
        self.assertEqual(slice(1, 2), slice(1, 2))
        with self.assertRaises(TypeError):
            hash(slice(1))
        with self.assertRaisesRegex(ValueError, "length should not be negative"):
            slice(1).indices(-1)


class Ranges(unittest.TestCase):
    def test_against_a_model(self):
        for start in range(-4, 5):
            for stop in range(-4, 5):
                for step in (-3, -1, 1, 2):
                    r = range(start, stop, step)
                    model = []
                    x = start
                    while x < stop if step > 0 else x > stop:
                        model.append(x)
                        x += step
                    self.assertEqual(list(r), model)
                    self.assertEqual(list(reversed(r)), model[::-1])
                    self.assertEqual(len(r), len(model))
                    for value in range(-6, 7):
                        self.assertEqual(value in r, value in model)

    def test_large(self):
        big = 2**70
        r = range(big, big + 10, 3)
        self.assertEqual(list(r), [big, big + 3, big + 6, big + 9])
        self.assertEqual(r[-1], big + 9)
        self.assertEqual(r.index(big + 6), 2)
        with self.assertRaises(OverflowError):
            len(range(big))

    def test_equality(self):
        self.assertEqual(range(0, 3, 2), range(0, 4, 2))
        self.assertEqual(hash(range(0)), hash(range(5, 5)))
        self.assertNotEqual(range(3), [0, 1, 2])

    def test_errors(self):
        with self.assertRaisesRegex(ValueError, r"range\(\) arg 3 must not be zero"):
            range(1, 2, 0)
        with self.assertRaisesRegex(TypeError, "range expected at least 1 argument, got 0"):
            range()
        with self.assertRaisesRegex(IndexError, "range object index out of range"):
            range(3)[3]


class Lazy(unittest.TestCase):
    def test_enumerate(self):
        self.assertEqual(list(enumerate("ab", 5)), [(5, "a"), (6, "b")])
        self.assertEqual(next(enumerate("a", 2**70)), (2**70, "a"))
        kept = list(enumerate("abc"))
        self.assertEqual(kept, [(0, "a"), (1, "b"), (2, "c")])

    def test_zip(self):
        self.assertEqual(list(zip("abc", range(2))), [("a", 0), ("b", 1)])
        self.assertEqual(list(zip()), [])
        with self.assertRaisesRegex(ValueError, r"zip\(\) argument 2 is shorter than argument 1"):
            list(zip("abc", "ab", strict=True))
        with self.assertRaisesRegex(ValueError, r"zip\(\) argument 3 is longer than arguments 1-2"):
            list(zip("ab", "ab", "abc", strict=True))

    def test_map_filter(self):
        self.assertEqual(list(map(pow, [2, 3], [3, 2])), [8, 9])
        self.assertEqual(list(filter(None, [0, 1, "", "a"])), [1, "a"])
        with self.assertRaisesRegex(TypeError, r"map\(\) must have at least two arguments"):
            map(str)

    def test_callable_iterator(self):
        values = iter([1, 2, 3, 4])
        self.assertEqual(list(iter(lambda: next(values), 3)), [1, 2])
        with self.assertRaisesRegex(TypeError, r"iter\(v, w\): v must be callable"):
            iter(1, 2)

    def test_sequence_protocol(self):
        class Squares:
            def __len__(self):
                return 4

            def __getitem__(self, i):
                if i >= 4:
                    raise IndexError
                return i * i

        self.assertEqual(list(Squares()), [0, 1, 4, 9])
        self.assertEqual(list(reversed(Squares())), [9, 4, 1, 0])


if __name__ == "__main__":
    unittest.main()
