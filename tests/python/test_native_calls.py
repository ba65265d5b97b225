"""Calls of functions written in C by every convention, from the interpreter's loop; numbers that are added up around calls."""
import abc
import sys
import unittest
import weakref


def seven():
    return 7


class Conventions(unittest.TestCase):
    def test_wrong_counts(self):
        text, items = "abc", []
        for call, message in [
            (lambda: len(), "len() takes exactly one argument (0 given)"),
            (lambda: len(1, 2), "len() takes exactly one argument (2 given)"),
            (lambda: items.append(), "list.append() takes exactly one argument (0 given)"),
            (lambda: items.append(1, 2), "list.append() takes exactly one argument (2 given)"),
            (lambda: items.copy(1), "list.copy() takes no arguments (1 given)"),
            (lambda: text.upper(1), "str.upper() takes no arguments (1 given)"),
            (lambda: text.replace("a"), "replace expected at least 2 arguments, got 1"),
            (lambda: list.append(items), "list.append() takes exactly one argument (0 given)"),
            (lambda: list.append(), "unbound method list.append() needs an argument"),
            (lambda: list.append(1, 2), "descriptor 'append' for 'list' objects doesn't apply to a 'int' object"),
            (lambda: list.append({}, 2), "descriptor 'append' for 'list' objects doesn't apply to a 'dict' object"),
            (lambda: str.upper(b"a"), "descriptor 'upper' for 'str' objects doesn't apply to a 'bytes' object"),
        ]:
            with self.assertRaises(TypeError) as caught:
                call()
            self.assertEqual(str(caught.exception), message)

    def test_subclasses_and_unbound(self):
        class Own(list):
            pass

        own = Own()
        own.append(1)
        list.append(own, 2)
        Own.append(own, 3)
        self.assertEqual(own, [1, 2, 3])
        self.assertEqual(str.upper("a"), "A")
        self.assertEqual(dict.fromkeys("a"), {"a": None})
        self.assertEqual(str.maketrans("a", "b"), {97: 98})
        bound = own.append
        bound(4)
        self.assertEqual(own.pop(), 4)

    def test_recursion_through_functions_in_c(self):
        class Endless:
            def __len__(self):
                return len(self)

            def __repr__(self):
                return repr(self)

        for function in (len, repr):
            with self.assertRaises(RecursionError):
                function(Endless())

    def test_arguments_are_released(self):
        class Item:
            pass

        item, items = Item(), []
        before = sys.getrefcount(item)
        for _ in range(20):
            items.append(item)
            items.index(item)
            isinstance(item, Item)
            getattr(item, "absent", None)
            items.remove(item)
            items.insert(0, item)
            del items[0]
            items.append(item)
            items[0:1] = []
            try:
                len(item)
            except TypeError:
                pass
            try:
                items.pop(item)
            except TypeError:
                pass
        self.assertEqual(sys.getrefcount(item), before)

    def test_profiled_calls(self):
        events = []
        sys.setprofile(lambda frame, event, function: events.append((event, getattr(function, "__name__", None))))
        len("")
        [].append(1)
        sys.setprofile(None)
        for name in ("len", "append"):
            self.assertIn(("c_call", name), events)
            self.assertIn(("c_return", name), events)


class Instances(unittest.TestCase):
    """A call of a class runs a Python __init__ in the same loop."""

    def test_arguments_reach_init(self):
        class Made:
            def __init__(self, first, *rest, named=2):
                self.given = (first, rest, named)

        self.assertEqual(Made(1).given, (1, (), 2))
        self.assertEqual(Made(1, 2, 3, named=5).given, (1, (2, 3), 5))
        for call, message in [(lambda: Made(), "missing 1 required positional argument: 'first'"),
                              (lambda: Made(1, other=3), "got an unexpected keyword argument 'other'"),
                              (lambda: Made(1, first=3), "got multiple values for argument 'first'")]:
            with self.assertRaisesRegex(TypeError, message):
                call()

    def test_init_must_return_none(self):
        class Wrong:
            def __init__(self):
                return 5

        class Generator:
            def __init__(self):
                yield

        with self.assertRaisesRegex(TypeError, r"^__init__\(\) should return None, not 'int'$"):
            Wrong()
        with self.assertRaisesRegex(TypeError, r"^__init__\(\) should return None, not 'generator'$"):
            Generator()

    def test_failed_init_leaves_no_instance(self):
        seen = []

        class Fails:
            def __init__(self, depth):
                seen.append(weakref.ref(self))
                if depth:
                    Fails(depth - 1)
                raise KeyError("no")

        for depth in (0, 3):
            with self.assertRaises(KeyError):
                Fails(depth)
        self.assertEqual(len(seen), 5)
        self.assertTrue(all(reference() is None for reference in seen))

    def test_counts(self):
        class Made:
            def __init__(self, *args):
                pass

        before = sys.getrefcount(Made)
        for _ in range(10):
            made = Made(1, 2)
        self.assertEqual(sys.getrefcount(made), 2)
        self.assertEqual(sys.getrefcount(Made), before + 1)

    def test_changed_while_running(self):
        class Made:
            def __init__(self):
                Made.__init__ = lambda self: setattr(self, "how", "second")
                self.how = "first"

        self.assertEqual([Made().how, Made().how], ["first", "second"])
        Made.__init__ = [].append
        with self.assertRaises(TypeError):
            Made()
        del Made.__init__
        self.assertFalse(hasattr(Made(), "how"))

    def test_metaclass_new_and_abstract(self):
        class Meta(type):
            def __call__(cls, *args):
                return 7

        class Called(metaclass=Meta):
            def __init__(self):
                raise AssertionError

        class New:
            def __new__(cls, value):
                return value

            def __init__(self, value):
                raise AssertionError

        class Abstract(abc.ABC):
            def __init__(self):
                raise AssertionError

            @abc.abstractmethod
            def method(self):
                ...

        self.assertEqual((Called(), New(3)), (7, 3))
        with self.assertRaisesRegex(TypeError, "abstract"):
            Abstract()

    def test_seen_from_inside(self):
        class Made:
            def __init__(self):
                frame = sys._getframe()
                self.caller, self.line = frame.f_back.f_code.co_name, frame.f_back.f_lineno

        made = Made()
        self.assertEqual((made.caller, made.line), ("test_seen_from_inside", sys._getframe().f_lineno - 1))
        events = []
        sys.settrace(lambda frame, event, arg: events.append((event, frame.f_code.co_name)))
        Made()
        sys.settrace(None)
        self.assertEqual(events, [("call", "__init__")])

    def test_endless(self):
        class Endless:
            def __init__(self):
                Endless()

        with self.assertRaises(RecursionError):
            Endless()


class Sums(unittest.TestCase):
    """The box of a sum may take the next sum, but only when nobody else holds it."""

    def test_other_holders_keep_their_value(self):
        total, seen = 1000, []
        for step in range(5):
            kept = total
            total += seven()
            seen.append((kept, total))
        self.assertEqual(seen, [(1000 + 7 * i, 1007 + 7 * i) for i in range(5)])
        total, seen = 1000.5, []
        for step in range(5):
            kept = total
            total += float(seven())
            seen.append((kept, total))
        self.assertEqual(seen, [(1000.5 + 7 * i, 1007.5 + 7 * i) for i in range(5)])

    def test_all_ranges(self):
        for start in (-2**62, -2**31, -2**30, -1000, -6, 0, 250, 256, 2**29, 2**30 - 3, 2**30, 2**60, 2**63):
            for step in (-2**30, -7, -1, 0, 1, 7, 300, 2**30):
                def number():
                    return step

                total = start
                for i in range(1, 6):
                    total += number()
                    self.assertEqual(total, start + i * step)
                total = start
                for i in range(1, 6):
                    total = total - number()
                    self.assertEqual(total, start - i * step)

    def test_constants_and_arguments_stay(self):
        def grow(value):
            value += seven()
            value += seven()
            return value

        def constant():
            value = 5000
            value += seven()
            value += seven()
            return value

        given = int("4000")
        for _ in range(3):
            self.assertEqual(grow(given), 4014)
            self.assertEqual(constant(), 5014)
        self.assertEqual(given, 4000)

    def test_name_bound_again_by_the_call(self):
        total = 3000

        def both():
            nonlocal shared
            shared = 1
            return 5

        shared = int("6000")
        shared += both()
        total = total + shared + seven() + total
        self.assertEqual((shared, total), (6005, 12012))


class Slices(unittest.TestCase):
    def test_deleting_runs_destructors_on_a_whole_list(self):
        sizes = []

        class Watch:
            def __del__(self):
                sizes.append(len(items))

        for count in (1, 8, 9, 20):
            sizes.clear()
            items = [Watch() for _ in range(count)] + [1, 2]
            del items[:count]
            self.assertEqual(sizes, [2] * count)
            self.assertEqual(items, [1, 2])


if __name__ == "__main__":
    unittest.main()
