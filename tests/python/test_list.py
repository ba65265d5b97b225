"""list: storage, slices, methods, iterators, sorting (src/types/list.cpp, list_sort.cpp)."""
import array
import gc
import pickle
import random
import sys
import unittest


class Storage(unittest.TestCase):
    def test_growth_keeps_items(self):
        items = []
        for i in range(10000):
            items.append(i)
        self.assertEqual(items, list(range(10000)))
        while items:
            items.pop()
        self.assertEqual(items, [])

    def test_no_reserve_for_what_is_known(self):
        for size in range(1, 40):
            even = size + size % 2
            for items in list(range(size)), list((0,) * size), list(dict.fromkeys(range(size))):
                self.assertEqual(sys.getsizeof(items), sys.getsizeof([]) + 8 * even, size)

    def test_extend_itself(self):
        items = [1, 2, 3]
        items.extend(items)
        self.assertEqual(items, [1, 2, 3, 1, 2, 3])
        items += items
        self.assertEqual(len(items), 12)

    def test_extend_from_failing_iterator(self):
        def source():
            yield 1
            raise KeyError("stop")

        items = [0]
        with self.assertRaises(KeyError):
            items.extend(source())
        self.assertEqual(items, [0, 1])

    def test_length_hint_that_lies(self):
        class Hint:
            def __iter__(self):
                return iter([1, 2])

            def __length_hint__(self):
                return 1000

        self.assertEqual(list(Hint()), [1, 2])

    def test_repeat(self):
        self.assertEqual([1, 2] * 3, [1, 2, 1, 2, 1, 2])
        self.assertEqual([1] * -1, [])
        items = [[]]
        items *= 3
        self.assertIs(items[0], items[2])
        with self.assertRaises(MemoryError):
            [1, 2] * (2**62)

    def test_deeply_nested_dies_quietly(self):
        items = []
        for _ in range(300000):
            items = [items]
        del items

    def test_cycle_is_collected(self):
        items = []
        items.append(items)
        self.assertEqual(repr(items), "[[...]]")
        del items
        self.assertGreaterEqual(gc.collect(), 1)


class Slices(unittest.TestCase):
    def test_like_a_model(self):
        rng = random.Random(1)
        for _ in range(2000):
            size = rng.randrange(0, 8)
            items = list(range(size))
            start, stop = rng.choice([None, *range(-9, 10)]), rng.choice([None, *range(-9, 10)])
            step = rng.choice([None, -3, -2, -1, 1, 2, 3])
            where = slice(start, stop, step)
            indices = range(size)[where]
            self.assertEqual(items[where], [items[i] for i in indices])
            rest = list(items)
            del rest[where]
            self.assertEqual(rest, [x for i, x in enumerate(items) if i not in indices])

    def test_assignment(self):
        items = [0, 1, 2, 3, 4]
        items[1:3] = "abc"
        self.assertEqual(items, [0, "a", "b", "c", 3, 4])
        items[::2] = [7, 8, 9]
        self.assertEqual(items, [7, "a", 8, "c", 9, 4])
        items[:] = items
        self.assertEqual(len(items), 6)
        with self.assertRaisesRegex(ValueError, "attempt to assign sequence of size 1 to extended slice of size 3"):
            items[::2] = [1]
        with self.assertRaisesRegex(TypeError, "can only assign an iterable"):
            items[1:2] = 5

    def test_errors(self):
        items = [1]
        for bad in (lambda: items[1], lambda: items[-2]):
            with self.assertRaisesRegex(IndexError, "list index out of range"):
                bad()
        with self.assertRaisesRegex(TypeError, "list indices must be integers or slices, not str"):
            items["a"]
        with self.assertRaisesRegex(IndexError, "list assignment index out of range"):
            items[1] = 0
        with self.assertRaisesRegex(ValueError, "slice step cannot be zero"):
            items[::0]


class Methods(unittest.TestCase):
    def test_steps_over_everything(self):
        # The index after the last item would be past sys.maxsize.
        for kind in (list, tuple, bytes, bytearray, lambda items: "".join(map(chr, items)), lambda items: array.array("i", items)):
            items = kind(range(1, 9))
            for step in (sys.maxsize, sys.maxsize - 1, -sys.maxsize):
                self.assertEqual(items[3::step], items[3:4])
                self.assertEqual(items[::step], items[:1] if step > 0 else items[-1:])
        for kind in (list, bytearray, lambda items: array.array("i", items)):
            items = kind(range(8))
            items[3::sys.maxsize] = kind([9])
            del items[5::sys.maxsize], items[1::-sys.maxsize]
            self.assertEqual(list(items), [0, 2, 9, 4, 6, 7])
        self.assertEqual(memoryview(array.array("i", [1, 2, 3]))[2::sys.maxsize].tolist(), [3])

    def test_pop_insert_remove_index_count(self):
        items = [1, 2, 3, 2]
        self.assertEqual((items.pop(), items.pop(0), items), (2, 1, [2, 3]))
        items.insert(-100, "a")
        items.insert(100, "z")
        self.assertEqual(items, ["a", 2, 3, "z"])
        items.remove(2)
        self.assertEqual(items.index("z"), 2)
        self.assertEqual([1, 2, 1].count(1), 2)
        for call, message in [
            (lambda: [].pop(), "pop from empty list"),
            (lambda: [1].pop(1), "pop index out of range"),
        ]:
            with self.assertRaisesRegex(IndexError, message):
                call()
        with self.assertRaisesRegex(ValueError, r"list.remove\(x\): x not in list"):
            [].remove(1)
        with self.assertRaisesRegex(ValueError, "3 is not in list"):
            [1].index(3)

    def test_arguments(self):
        for call, message in [
            (lambda: [].append(), r"list.append\(\) takes exactly one argument \(0 given\)"),
            (lambda: [].pop(1, 2), "pop expected at most 1 argument, got 2"),
            (lambda: [].sort(1), r"sort\(\) takes no positional arguments"),
            (lambda: [].sort(foo=1), r"'foo' is an invalid keyword argument for sort\(\)"),
            (lambda: list(1), "'int' object is not iterable"),
            (lambda: list(a=1), r"list\(\) takes no keyword arguments"),
            (lambda: [] + (), r'can only concatenate list \(not "tuple"\) to list'),
            (lambda: hash([]), "unhashable type: 'list'"),
        ]:
            with self.assertRaisesRegex(TypeError, message):
                call()

    def test_comparison_that_changes_the_list(self):
        class Clearing:
            def __eq__(self, other):
                items.clear()
                return False

        items = [Clearing(), Clearing(), 1]
        self.assertNotIn(5, items)
        items = [Clearing(), 1]
        self.assertEqual(items == [0, 1], False)

    def test_order(self):
        self.assertLess([1, 2], [1, 3])
        self.assertLess([1], [1, 0])
        self.assertFalse([float("nan")] < [float("nan")])
        with self.assertRaisesRegex(TypeError, "'<' not supported between instances of 'list' and 'tuple'"):
            [] < ()

    def test_subclass(self):
        class Sub(list):
            pass

        sub = Sub([1, 2])
        sub.x = 1
        self.assertEqual((sub, type(sub + [3]), type(sub[:])), ([1, 2], list, list))

    def test_pickle(self):
        items = [1, [2, "x"], None]
        self.assertEqual(pickle.loads(pickle.dumps(items)), items)


class Iterators(unittest.TestCase):
    def test_grows_meanwhile(self):
        items, seen = [1], []
        for x in items:
            seen.append(x)
            if len(items) < 5:
                items.append(x + 1)
        self.assertEqual(seen, [1, 2, 3, 4, 5])

    def test_exhausted_stays_so(self):
        items = [1]
        iterator = iter(items)
        self.assertEqual(list(iterator), [1])
        items.append(2)
        self.assertEqual(list(iterator), [])

    def test_reverse_and_hint(self):
        iterator = reversed([1, 2, 3])
        self.assertEqual(iterator.__length_hint__(), 3)
        self.assertEqual(list(iterator), [3, 2, 1])
        self.assertEqual(iterator.__length_hint__(), 0)

    def test_state(self):
        iterator = iter([1, 2, 3])
        next(iterator)
        function, args, state = iterator.__reduce__()
        copy = function(*args)
        copy.__setstate__(state)
        self.assertEqual(list(copy), [2, 3])


class Sorting(unittest.TestCase):
    def test_random_inputs(self):
        rng = random.Random(7)
        for size in (0, 1, 2, 3, 31, 32, 63, 64, 65, 200, 1000, 5000):
            for make in (
                lambda: rng.randrange(10),
                lambda: rng.randrange(10**9),
                lambda: rng.random(),
                lambda: "".join(rng.choice("abc") for _ in range(rng.randrange(5))),
                lambda: (rng.randrange(5), rng.random()),
                lambda: rng.randrange(10**25),
            ):
                items = [make() for _ in range(size)]
                result = sorted(items)
                self.assertTrue(all(not b < a for a, b in zip(result, result[1:])))
                self.assertEqual(sorted(map(repr, items)), sorted(map(repr, result)))

    def test_runs(self):
        for items in (
            list(range(2000)),
            list(range(2000, 0, -1)),
            list(range(1000)) + list(range(500)) + list(range(3000)),
            [i // 100 for i in range(3000, 0, -1)],
            [0] * 1000 + list(range(1000)) * 2,
        ):
            expected = []
            counts = {}
            for x in items:
                counts[x] = counts.get(x, 0) + 1
            for x in range(min(items), max(items) + 1):
                expected += [x] * counts.get(x, 0)
            self.assertEqual(sorted(items), expected)

    def test_stable(self):
        items = [(i % 7, i) for i in range(1000)]
        for reverse in (False, True):
            result = sorted(items, key=lambda x: x[0], reverse=reverse)
            for a, b in zip(result, result[1:]):
                if a[0] == b[0]:
                    self.assertLess(a[1], b[1])

    def test_exception_keeps_all_items(self):
        class Odd:
            count = 0

            def __init__(self, value):
                self.value = value

            def __lt__(self, other):
                Odd.count += 1
                if Odd.count == 300:
                    raise KeyError
                return self.value < other.value

        items = [Odd(i * 7919 % 100) for i in range(100)]
        before = set(map(id, items))
        with self.assertRaises(KeyError):
            items.sort()
        self.assertEqual(set(map(id, items)), before)

    def test_modified_meanwhile(self):
        items = [3, 2, 1]

        def key(x):
            items.append(x)
            return x

        with self.assertRaisesRegex(ValueError, "list modified during sort"):
            items.sort(key=key)
        self.assertEqual(items, [1, 2, 3])

    def test_mixed_types(self):
        with self.assertRaisesRegex(TypeError, "'<' not supported between instances of 'str' and 'int'"):
            [1, "a"].sort()

    def test_keys_that_change_the_list_when_they_go_away(self):
        data = list(range(10))

        class Key:
            def __init__(self, value):
                pass

            def __del__(self):
                data[:] = range(20)

            def __lt__(self, other):
                return id(self) < id(other)

        self.assertRaises(ValueError, data.sort, key=Key)


if __name__ == "__main__":
    unittest.main()
