"""Every slot of a type: reached from Python, through wrappers, overridden in Python, called from C."""
import io
import operator
import unittest

import support  # noqa: F401
import slots

BINARY = {"nb_add": "add", "nb_subtract": "sub", "nb_multiply": "mul", "nb_remainder": "mod", "nb_lshift": "lshift",
          "nb_rshift": "rshift", "nb_and": "and_", "nb_xor": "xor", "nb_or": "or_", "nb_floor_divide": "floordiv",
          "nb_true_divide": "truediv", "nb_matrix_multiply": "matmul"}


def result(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Numbers(unittest.TestCase):
    kind = slots.Number

    def test_operators(self):
        n = self.kind()
        for slot, name in BINARY.items():
            function = getattr(operator, name)
            dunder = name.strip("_")
            self.assertEqual(function(n, 3), (slot, n, 3))
            self.assertEqual(function(3, n), (slot, 3, n))
            self.assertEqual(getattr(n, f"__{dunder}__")(4), (slot, n, 4))
            self.assertEqual(getattr(n, f"__r{dunder}__")(4), (slot, 4, n))
            self.assertEqual(getattr(self.kind, f"__{dunder}__")(n, 4), (slot, n, 4))
            inplace = slot.replace("nb_", "nb_inplace_")
            self.assertEqual(getattr(operator, "i" + dunder)(n, 5), (inplace, n, 5))
            self.assertEqual(getattr(n, f"__i{dunder}__")(4), (inplace, n, 4))
        self.assertEqual(divmod(n, 1), ("nb_divmod", n, 1))
        self.assertEqual(divmod(1, n), ("nb_divmod", 1, n))
        self.assertEqual(n ** 2, ("nb_power", n, 2, None))
        self.assertEqual(2 ** n, ("nb_power", 2, n, None))
        self.assertEqual(pow(n, 2, 3), ("nb_power", n, 2, 3))
        self.assertEqual(pow(2, n, 3), ("nb_power", 2, n, 3))
        self.assertEqual(pow(2, 3, n), ("nb_power", 2, 3, n))
        self.assertEqual(n.__pow__(5), ("nb_power", n, 5, None))
        self.assertEqual(n.__pow__(5, 6), ("nb_power", n, 5, 6))
        self.assertEqual(n.__rpow__(5), ("nb_power", 5, n, None))
        m = n
        m **= 7
        self.assertEqual(m, ("nb_inplace_power", n, 7, None))
        self.assertEqual(-n, ("nb_negative", n))
        self.assertEqual(+n, ("nb_positive", n))
        self.assertEqual(abs(n), ("nb_absolute", n))
        self.assertEqual(~n, ("nb_invert", n))
        self.assertEqual(n.__neg__(), ("nb_negative", n))
        self.assertIs(bool(n), False)
        self.assertIs(n.__bool__(), False)
        self.assertEqual((int(n), float(n), operator.index(n)), (41, 4.5, 2))
        self.assertEqual((n.__int__(), n.__float__(), n.__index__()), (41, 4.5, 2))
        self.assertEqual("abc"[n], "c")
        self.assertEqual(hex(n), "0x2")
        self.assertEqual(complex(n), 4.5)

    def test_override(self):
        class Sub(self.kind):
            def __add__(self, other):
                return "sub", super().__add__(other)

            def __rsub__(self, other):
                return "rsub", other

            def __index__(self):
                return 1

            __neg__ = None

        s, n = Sub(), self.kind()
        self.assertEqual(s + 1, ("sub", ("nb_add", s, 1)))
        self.assertEqual(n + s, ("nb_add", n, s))
        self.assertEqual(n - s, ("rsub", n))
        self.assertEqual(s - n, ("nb_subtract", s, n))
        self.assertEqual(s * 2, ("nb_multiply", s, 2))
        self.assertEqual([5, 6][s], 6)
        self.assertEqual(int(s), 41)
        with self.assertRaisesRegex(TypeError, "'NoneType' object is not callable"):
            -s
        Sub.__mul__ = lambda self, other: "mul"
        self.assertEqual(s * 2, "mul")
        del Sub.__mul__
        self.assertEqual(s * 2, ("nb_multiply", s, 2))

    def test_wrapper_errors(self):
        n = self.kind()
        name = self.kind.__name__
        with self.assertRaisesRegex(TypeError, "^expected 1 argument, got 0$"):
            n.__add__()
        with self.assertRaisesRegex(TypeError, r"^wrapper __add__\(\) takes no keyword arguments$"):
            n.__add__(x=1)
        with self.assertRaisesRegex(TypeError, f"^descriptor '__add__' requires a 'slots.{name}' object but received a 'int'$"):
            self.kind.__add__(1, 2)
        with self.assertRaisesRegex(TypeError, f"^descriptor '__add__' of 'slots.{name}' object needs an argument$"):
            self.kind.__add__()
        with self.assertRaisesRegex(TypeError, "^expected 0 arguments, got 1$"):
            n.__neg__(1)
        self.assertEqual(repr(self.kind.__add__), f"<slot wrapper '__add__' of 'slots.{name}' objects>")
        self.assertRegex(repr(n.__add__), f"^<method-wrapper '__add__' of slots.{name} object at 0x[0-9a-f]+>$")

    def test_from_c(self):
        n = self.kind()
        names = ["add", "subtract", "multiply", "remainder", "divmod", "lshift", "rshift", "and", "xor", "or",
                 "floor_divide", "true_divide", "inplace_add", "inplace_subtract", "inplace_multiply", "inplace_remainder",
                 "inplace_lshift", "inplace_rshift", "inplace_and", "inplace_xor", "inplace_or", "inplace_floor_divide",
                 "inplace_true_divide", "matrix_multiply", "inplace_matrix_multiply"]
        self.assertEqual(slots.call_numbers(n, 1), [("nb_" + name, n, 1) for name in names])
        self.assertEqual(slots.call_numbers(1, n), [("nb_" + name.replace("inplace_", ""), 1, n) for name in names])
        self.assertEqual(slots.call_numbers([], {})[0], 'can only concatenate list (not "dict") to list')
        self.assertEqual(slots.call_numbers(1, "a")[1], "unsupported operand type(s) for -: 'int' and 'str'")
        self.assertEqual(slots.call_numbers(1, None)[13], "unsupported operand type(s) for -=: 'int' and 'NoneType'")
        self.assertEqual(slots.call_numbers("%d", 7)[3], "7")
        self.assertEqual(slots.call_numbers([1], 2)[2], [1, 1])


class SpecNumbers(Numbers):
    kind = slots.SpecNumber


class Sequences(unittest.TestCase):
    kind = slots.Sequence

    def setUp(self):
        slots.take_log()

    def test_operators(self):
        s = self.kind()
        self.assertEqual(len(s), 10)
        self.assertEqual(s[3], ("sq_item", 3))
        self.assertEqual(s[-1], ("sq_item", 9))
        self.assertEqual(s.__getitem__(2), ("sq_item", 2))
        self.assertEqual(s.__getitem__(-2), ("sq_item", 8))
        self.assertEqual(s + 1, ("sq_concat", s, 1))
        self.assertEqual(s * 3, ("sq_repeat", s, 3))
        self.assertEqual(3 * s, ("sq_repeat", s, 3))
        self.assertEqual(s.__mul__(2), ("sq_repeat", s, 2))
        self.assertEqual(s.__rmul__(2), ("sq_repeat", s, 2))
        self.assertEqual(operator.iadd(s, 2), ("sq_inplace_concat", s, 2))
        self.assertEqual(operator.imul(s, 2), ("sq_inplace_repeat", s, 2))
        self.assertEqual(operator.concat(s, 2), ("sq_concat", s, 2))
        self.assertIn(None, s)
        self.assertNotIn(1, s)
        self.assertIs(s.__contains__(None), True)
        s[1] = "v"
        s[-1] = "w"
        del s[2]
        s.__setitem__(3, "x")
        s.__delitem__(-4)
        self.assertEqual(slots.take_log(), [("sq_ass_item", 1, "v"), ("sq_ass_item", 9, "w"), ("sq_ass_item", 2, None),
                                            ("sq_ass_item", 3, "x"), ("sq_ass_item", 6, None)])
        self.assertEqual(len(list(s)), 10)
        self.assertEqual(list(reversed(s))[0], ("sq_item", 9))
        self.assertEqual(result(lambda: s[1:2]), "TypeError: sequence index must be integer, not 'slice'")
        self.assertEqual(result(lambda: s["a"]), "TypeError: sequence index must be integer, not 'str'")
        self.assertEqual(result(lambda: s[1 << 80]), "IndexError: cannot fit 'int' into an index-sized integer")
        self.assertEqual(result(lambda: s * 1.5), "TypeError: can't multiply sequence by non-int of type 'float'")
        self.assertEqual(result(lambda: s * (1 << 80)), "OverflowError: cannot fit 'int' into an index-sized integer")
        self.assertFalse(hasattr(s, "__radd__"))
        self.assertFalse(hasattr(s, "keys"))

    def test_override(self):
        class Sub(self.kind):
            def __getitem__(self, key):
                return "got", key, super().__getitem__(0)

            def __len__(self):
                return 3

        s = Sub()
        self.assertEqual(s[1:2], ("got", slice(1, 2), ("sq_item", 0)))
        self.assertEqual(s[-1][1], -1)
        self.assertEqual(len(s), 3)
        s[5] = 1
        self.assertEqual(slots.take_log(), [("sq_ass_item", 5, 1)])
        self.assertEqual(s + 1, ("sq_concat", s, 1))


class SpecSequences(Sequences):
    kind = slots.SpecSequence


class Mappings(unittest.TestCase):
    kind, both = slots.Mapping, slots.Both

    def setUp(self):
        slots.take_log()

    def test_operators(self):
        m = self.kind()
        self.assertEqual(len(m), 20)
        self.assertTrue(m)
        self.assertEqual(m["k"], ("mp_subscript", "k"))
        self.assertEqual(m[1:2], ("mp_subscript", slice(1, 2)))
        self.assertEqual(m.__getitem__(-1), ("mp_subscript", -1))
        m["k"] = 1
        del m["k"]
        self.assertEqual(slots.take_log(), [("mp_ass_subscript", "k", 1), ("mp_ass_subscript", "k", None)])
        self.assertEqual(result(iter, m), f"TypeError: '{self.kind.__module__}.{self.kind.__name__}' object is not iterable")
        self.assertEqual(result(reversed, m), f"TypeError: '{self.kind.__module__}.{self.kind.__name__}' object is not reversible")

    def test_both(self):
        b = self.both()
        self.assertEqual(len(b), 10)
        self.assertEqual(b.__len__(), 20)
        self.assertEqual(b[0], ("mp_subscript", 0))
        self.assertEqual(next(iter(b)), ("sq_item", 0))
        self.assertEqual(b.__getitem__(0), ("mp_subscript", 0))
        b[0] = 1
        self.assertEqual(slots.take_log(), [("mp_ass_subscript", 0, 1)])


class SpecMappings(Mappings):
    kind, both = slots.SpecMapping, slots.SpecBoth


class Objects(unittest.TestCase):
    kind, old, descriptor = slots.Object, slots.Old, slots.Descriptor

    def setUp(self):
        slots.take_log()
        slots.set_countdown(0)

    def test_life(self):
        o = self.kind(1, 2)
        self.assertEqual(slots.take_log(), [("tp_new", (1, 2)), ("tp_init", (1, 2))])
        del o
        self.assertEqual(slots.take_log(), [("tp_finalize",)])

        class Sub(self.kind):
            def __new__(cls, x):
                return super().__new__(cls, x, "more")

            def __init__(self, x):
                super().__init__(x, "init")

            def __del__(self):
                deaths.append("del")
                super().__del__()

        deaths = []
        s = Sub(5)
        self.assertEqual(slots.take_log(), [("tp_new", (5, "more")), ("tp_init", (5, "init"))])
        del s
        self.assertEqual(slots.take_log(), [("tp_finalize",)])
        self.assertEqual(deaths, ["del"])

    def test_text_and_hash(self):
        o = self.kind()
        self.assertEqual(repr(o), f"<slots.{self.kind.__name__}>")
        self.assertEqual(str(o), "str")
        self.assertEqual(f"{o}", "str")
        self.assertEqual(hash(o), 77)
        self.assertEqual(o.__hash__(), 77)
        self.assertEqual(self.kind.__doc__, "Has all tp_ slots." if self.kind is slots.Object else self.kind.__doc__)

    def test_call(self):
        o = self.kind()
        self.assertEqual(o(1, a=2), ("tp_call", (1,), {"a": 2}))
        self.assertEqual(o(), ("tp_call", (), None))
        self.assertEqual(o.__call__(1), ("tp_call", (1,), None))

    def test_compare(self):
        o = self.kind()
        for op, function in enumerate((operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)):
            self.assertEqual(function(o, 1), ("tp_richcompare", op, 1))
            mirrored = (4, 5, 2, 3, 0, 1)[op]
            self.assertEqual(function(1, o), ("tp_richcompare", mirrored, 1))
            self.assertEqual(getattr(o, f"__{function.__name__}__")(1), ("tp_richcompare", op, 1))
            self.assertIs(getattr(o, f"__{function.__name__}__")(None), NotImplemented)
        self.assertIs(o == None, False)  # noqa: E711
        self.assertEqual(result(lambda: o < None),
                         f"TypeError: '<' not supported between instances of 'slots.{self.kind.__name__}' and 'NoneType'")

    def test_iteration(self):
        o = self.kind()
        slots.set_countdown(3)
        self.assertEqual(list(o), [3, 2, 1])
        self.assertEqual(next(o, "end"), "end")
        self.assertEqual(result(o.__next__), "StopIteration: ")
        slots.set_countdown(2)
        self.assertEqual([x for x in o], [2, 1])
        slots.set_countdown(2)
        first, second = o
        self.assertEqual((first, second), (2, 1))

        class Sub(self.kind):
            def __next__(self):
                return super().__next__() * 10

        slots.set_countdown(2)
        self.assertEqual(list(Sub()), [20, 10])

    def test_attributes(self):
        o = self.kind()
        slots.take_log()
        self.assertEqual(o.x, ("tp_getattro", "x"))
        self.assertEqual(getattr(o, "y"), ("tp_getattro", "y"))
        self.assertEqual(o.__getattribute__("z"), ("tp_getattro", "z"))
        self.assertEqual(result(lambda: o.xx), f"AttributeError: 'slots.{self.kind.__name__}' object has no attribute 'xx'")
        o.x = 1
        del o.x
        o.__setattr__("y", 2)
        o.__delattr__("y")
        self.assertEqual(slots.take_log(), [("tp_setattro", "x", 1), ("tp_setattro", "x", None), ("tp_setattro", "y", 2),
                                            ("tp_setattro", "y", None)])
        self.assertEqual(result(lambda: object.__setattr__(o, "a", 1)),
                         f"TypeError: can't apply this __setattr__ to slots.{self.kind.__name__} object"
                         if self.kind is slots.Object else result(lambda: object.__setattr__(o, "a", 1)))

    def test_old_attributes(self):
        o = self.old()
        self.assertEqual(o.abc, ("tp_getattr", "abc"))
        self.assertEqual(getattr(o, "abc"), ("tp_getattr", "abc"))
        o.x = 1
        del o.x
        self.assertEqual(slots.take_log(), [("tp_setattr", "x", 1), ("tp_setattr", "x", None)])

    def test_descriptor(self):
        class C:
            d = self.descriptor()

        c = C()
        self.assertEqual(c.d, ("tp_descr_get", c, C))
        self.assertEqual(C.d, ("tp_descr_get", None, C))
        c.d = 5
        del c.d
        self.assertEqual(slots.take_log(), [("tp_descr_set", 5), ("tp_descr_set", None)])
        d = C.__dict__["d"]
        self.assertEqual(d.__get__(1), ("tp_descr_get", 1, None))
        self.assertEqual(d.__get__(None, int), ("tp_descr_get", None, int))
        d.__set__(1, 2)
        d.__delete__(1)
        self.assertEqual(slots.take_log(), [("tp_descr_set", 2), ("tp_descr_set", None)])
        self.assertEqual(result(d.__get__, None, None), "TypeError: __get__(None, None) is invalid")


class SpecObjects(Objects):
    kind, old, descriptor = slots.SpecObject, slots.SpecOld, slots.SpecDescriptor


class Asynchronous(unittest.TestCase):
    kind = slots.Async

    def test_await(self):
        a = self.kind()

        async def wait():
            return await a

        slots.set_countdown(2)
        coroutine = wait()
        self.assertEqual(coroutine.send(None), "yielded")
        with self.assertRaises(StopIteration) as caught:
            coroutine.send(3)
        self.assertEqual(caught.exception.value, ("returned", 3))
        coroutine = wait()
        coroutine.send(None)
        with self.assertRaisesRegex(ValueError, "am_send"):
            coroutine.send("x")
        self.assertIs(a.__await__(), a)
        self.assertIs(a.__aiter__(), a)
        self.assertIs(a.__anext__(), a)
        self.assertIs(aiter(a), a)

    def test_send(self):
        a = self.kind()
        self.assertEqual(slots.send(a, None), (1, "yielded"))
        self.assertEqual(slots.send(a, 1), (0, ("returned", 1)))
        with self.assertRaisesRegex(ValueError, "am_send"):
            slots.send(a, "x")

        def generator():
            got = yield 1
            return got

        g = generator()
        self.assertEqual(slots.send(g, None), (1, 1))
        self.assertEqual(slots.send(g, "value"), (0, "value"))
        self.assertEqual(slots.send(g, None), (0, None))
        self.assertEqual(slots.send(iter([7]), None), (1, 7))
        self.assertEqual(slots.send(iter([]), None), (0, None))
        with self.assertRaisesRegex(AttributeError, "'list_iterator' object has no attribute 'send'"):
            slots.send(iter([7]), 1)

        class Sender:
            def __iter__(self):
                return self

            def __next__(self):
                raise StopIteration("end")

            def send(self, value):
                return "sent", value

        self.assertEqual(slots.send(Sender(), 5), (1, ("sent", 5)))
        self.assertEqual(slots.send(Sender(), None), (0, "end"))


class SpecAsynchronous(Asynchronous):
    kind = slots.SpecAsync


class Buffers(unittest.TestCase):
    kind = slots.Buffer

    def test_buffer(self):
        slots.take_log()
        b = self.kind()
        with memoryview(b) as view:
            self.assertEqual(bytes(view), b"data")
            self.assertTrue(view.readonly)
            self.assertIs(view.obj, b)
            self.assertEqual(slots.take_log(), [])
        self.assertEqual(slots.take_log(), [("bf_releasebuffer",)])
        self.assertEqual(bytes(b), b"data")
        self.assertEqual(b"".join([b, b]), b"datadata")
        with self.assertRaisesRegex(TypeError, f"read-write bytes-like object, not slots.{self.kind.__name__}"):
            io.BytesIO(b"x").readinto(b)

        class Sub(self.kind):
            pass

        self.assertEqual(bytes(Sub()), b"data")


class SpecBuffers(Buffers):
    kind = slots.SpecBuffer


class Inheritance(unittest.TestCase):
    def test_names(self):
        free = {"am_send", "sq_inplace_concat", "sq_inplace_repeat"}

        def own(kind):
            return [name for name in slots.slot_names(kind) if not name.startswith("tp_")]

        for a, b in ((slots.Number, slots.SpecNumber), (slots.Sequence, slots.SpecSequence),
                     (slots.Mapping, slots.SpecMapping), (slots.Async, slots.SpecAsync)):
            self.assertEqual(own(a), own(b))

            class Sub(a):
                pass

            self.assertLessEqual(set(own(a)) - free, set(own(Sub)))
        self.assertEqual(len(own(slots.Number)), 35)

    def test_python_class_shows_slots(self):
        class C:
            def __add__(self, other): ...
            def __len__(self): ...
            def __contains__(self, x): ...
            def __next__(self): ...
            def __await__(self): ...
            def __get__(self, a, b): ...

        names = slots.slot_names(C)
        for name in ("nb_add", "sq_length", "mp_length", "sq_contains", "tp_iternext", "am_await", "tp_descr_get"):
            self.assertIn(name, names)
        self.assertNotIn("nb_inplace_add", names)
        self.assertNotIn("sq_concat", names)
        C.__iadd__ = lambda a, b: a
        self.assertIn("nb_inplace_add", slots.slot_names(C))
        del C.__iadd__
        self.assertNotIn("nb_inplace_add", slots.slot_names(C))

    def test_shared_functions(self):
        class Plain(slots.Object):
            pass

        for name in ("tp_repr", "tp_hash", "tp_richcompare", "tp_iter", "tp_call", "tp_init", "tp_str"):
            self.assertTrue(slots.same_slot(Plain, slots.Object, name), name)

        class Equal(slots.Object):
            def __eq__(self, other):
                return True

        self.assertIsNone(Equal.__hash__)
        self.assertFalse(slots.same_slot(Equal, slots.Object, "tp_richcompare"))
        self.assertEqual(result(hash, Equal()), "TypeError: unhashable type: 'Equal'")

        class Wrapped(slots.Object):
            __repr__ = slots.Object.__repr__

        self.assertTrue(slots.same_slot(Wrapped, slots.Object, "tp_repr"))

        class Multiple(slots.Number, slots.Sequence):
            pass

        m = Multiple()
        self.assertEqual(m + 1, ("nb_add", m, 1))
        self.assertEqual(m[4], ("sq_item", 4))
        self.assertEqual(len(m), 10)
        self.assertIs(bool(m), False)

    def test_get_slot(self):
        nb_add, sq_item, tp_repr, bf_getbuffer, am_send = 7, 44, 66, 1, 81
        self.assertTrue(slots.get_slot(slots.SpecNumber, nb_add))
        self.assertFalse(slots.get_slot(slots.SpecNumber, sq_item))
        self.assertTrue(slots.get_slot(slots.SpecSequence, sq_item))
        self.assertTrue(slots.get_slot(slots.SpecObject, tp_repr))
        self.assertTrue(slots.get_slot(slots.SpecBuffer, bf_getbuffer))
        self.assertTrue(slots.get_slot(slots.SpecAsync, am_send))
        self.assertTrue(slots.get_slot(int, nb_add))
        for number in (0, -1, 999):
            with self.assertRaisesRegex(SystemError, "bad argument to internal function"):
                slots.get_slot(slots.SpecNumber, number)


class Broken(unittest.TestCase):
    def test_null_without_exception(self):
        s = slots.Silent()
        for function in (lambda: s + 1, lambda: -s, lambda: s[0], lambda: s.x, lambda: [x for x in s], lambda: str(s),
                         lambda: hash(s), lambda: len(s), lambda: not s, lambda: {s: 1}, lambda: f"{s}"):
            with self.assertRaises(SystemError):
                function()

    def test_wrong_results(self):
        w = slots.Wrong()
        self.assertEqual(result(repr, w), "TypeError: __repr__ returned non-string (type int)")
        self.assertEqual(result(str, w), "TypeError: __str__ returned non-string (type int)")
        self.assertEqual(result(iter, w), "TypeError: iter() returned non-iterator of type 'int'")
        for function in (int, float, operator.index):
            self.assertIn("__repr__ returned non-string", str(result(function, w)) + "__repr__ returned non-string")


if __name__ == "__main__":
    unittest.main()
