"""Calls between Python and C: every METH_ kind, vectors in both directions, contracts that C code breaks."""
import functools
import inspect
import unittest

import support  # noqa: F401
import calls


class Functions(unittest.TestCase):
    def test_what_each_kind_gets(self):
        m = calls
        self.assertEqual(m.noargs(), (m,))
        self.assertEqual(m.one(1), (m, 1))
        self.assertEqual(m.varargs(), (m, ()))
        self.assertEqual(m.varargs(1, 2), (m, (1, 2)))
        self.assertEqual(m.keywords(1, a=2), (m, (1,), {"a": 2}))
        self.assertEqual(m.keywords(), (m, (), None))
        self.assertEqual(m.fast(1, 2, 3), (m, (1, 2, 3)))
        self.assertEqual(m.fast_keywords(1, b=2, c=3), (m, (1,), ("b", "c"), (2, 3)))
        self.assertEqual(m.fast_keywords(*(1, 2), **{"z": 0}), (m, (1, 2), ("z",), (0,)))
        self.assertEqual(m.fast_keywords(), (m, (), None, ()))

    def test_wrong_arguments(self):
        cases = [
            (lambda: calls.noargs(1), "calls.noargs() takes no arguments (1 given)"),
            (lambda: calls.noargs(a=1), "calls.noargs() takes no keyword arguments"),
            (lambda: calls.one(), "calls.one() takes exactly one argument (0 given)"),
            (lambda: calls.one(1, 2), "calls.one() takes exactly one argument (2 given)"),
            (lambda: calls.one(a=1), "calls.one() takes no keyword arguments"),
            (lambda: calls.varargs(a=1), "varargs() takes no keyword arguments"),
            (lambda: calls.fast(1, a=1), "calls.fast() takes no keyword arguments"),
            (lambda: calls.fast_keywords(**{1: 2}), "keywords must be strings"),
            (lambda: calls.Kinds().noargs(1), "Kinds.noargs() takes no arguments (1 given)"),
            (lambda: calls.Kinds().one(), "Kinds.one() takes exactly one argument (0 given)"),
            (lambda: calls.Kinds().varargs(a=1), "Kinds.varargs() takes no keyword arguments"),
            (lambda: calls.Kinds.noargs(), "unbound method Kinds.noargs() needs an argument"),
            (lambda: calls.Kinds.noargs(3), "descriptor 'noargs' for 'calls.Kinds' objects doesn't apply to a 'int' object"),
            (lambda: calls.Kinds.defining(), "unbound method Kinds.defining() needs an argument"),
            (lambda: calls.Kinds.class_one(1, 2), "Kinds.class_one() takes exactly one argument (2 given)"),
        ]
        for function, text in cases:
            with self.subTest(text):
                with self.assertRaises(TypeError) as caught:
                    function()
                self.assertEqual(str(caught.exception), text)

    def test_methods(self):
        kinds = calls.Kinds
        k = kinds()
        self.assertEqual(k.noargs(), (k,))
        self.assertEqual(k.one(2), (k, 2))
        self.assertEqual(kinds.one(k, 2), (k, 2))
        self.assertEqual(k.varargs(1), (k, (1,)))
        self.assertEqual(kinds.keywords(k, 1, x=2), (k, (1,), {"x": 2}))
        self.assertEqual(k.fast(1, 2), (k, (1, 2)))
        self.assertEqual(kinds.fast_keywords(k, 1, x=2), (k, (1,), ("x",), (2,)))
        for owner in (k, kinds):
            self.assertEqual(owner.class_noargs(), (kinds,))
            self.assertEqual(owner.class_one(1), (kinds, 1))
            self.assertEqual(owner.class_varargs(1), (kinds, (1,)))
            self.assertEqual(owner.class_keywords(1, y=3), (kinds, (1,), {"y": 3}))
            self.assertEqual(owner.class_fast(1), (kinds, (1,)))
            self.assertEqual(owner.class_fast_keywords(1, y=3), (kinds, (1,), ("y",), (3,)))
            self.assertEqual(owner.static_noargs(), (None,))
            self.assertEqual(owner.static_one(1), (None, 1))
            self.assertEqual(owner.static_varargs(1), (None, (1,)))
            self.assertEqual(owner.static_keywords(1, y=3), (None, (1,), {"y": 3}))
            self.assertEqual(owner.static_fast(1), (None, (1,)))
            self.assertEqual(owner.static_fast_keywords(1, y=3), (None, (1,), ("y",), (3,)))

        class Sub(kinds):
            pass

        s = Sub()
        self.assertEqual(s.class_one(1), (Sub, 1))
        self.assertEqual(s.defining(1, a=2), (s, kinds, (1,), ("a",), (2,)))
        self.assertEqual(kinds.defining(s), (s, kinds, (), None, ()))
        self.assertEqual(Sub.class_defining(5), (Sub, kinds, (5,), None, ()))

    def test_fetched(self):
        self.assertEqual(calls.fetched(ValueError, "text"), (ValueError, "text"))
        self.assertEqual(calls.fetched(KeyError, (1, 2)), (KeyError, (1, 2)))
        self.assertEqual(calls.fetched(StopIteration), (StopIteration, ...))
        self.assertEqual(calls.fetched(StopIteration, None), (StopIteration, None))
        error = ValueError(1)
        self.assertEqual(calls.fetched(ValueError, error), (ValueError, error))
        try:
            1 / 0
        except ZeroDivisionError as handled:
            kind, error = calls.fetched(ValueError, "text")
            self.assertEqual((type(error), error.args, error.__context__), (ValueError, ("text",), handled))

    def test_coexist(self):
        k = calls.Kinds()
        self.assertNotIn(1, k)
        self.assertEqual(k.__contains__(1), "coexist")
        self.assertEqual(type(calls.Kinds.__dict__["__contains__"]).__name__, "method_descriptor")
        self.assertEqual(len(k), 7)
        self.assertEqual(k.__len__(), 7)
        self.assertEqual(type(calls.Kinds.__dict__["__len__"]).__name__, "wrapper_descriptor")

    def test_texts(self):
        self.assertEqual(calls.fast.__doc__, "One kind.")
        self.assertEqual(calls.fast.__text_signature__, "($module, /, *args)" if calls.fast.__text_signature__ else None)
        self.assertEqual(calls.Kinds.class_one.__doc__, None)
        self.assertEqual(calls.Kinds.one.__qualname__, "Kinds.one")
        self.assertEqual(calls.Kinds().one.__qualname__, "Kinds.one")
        self.assertEqual(calls.one.__qualname__, "one")
        self.assertEqual(calls.one.__module__, "calls")
        self.assertEqual(repr(calls.Kinds.one), "<method 'one' of 'calls.Kinds' objects>")
        self.assertEqual(repr(calls.one), "<built-in function one>")
        self.assertRegex(repr(calls.Kinds().one), "^<built-in method one of calls.Kinds object at 0x[0-9a-f]+>$")
        self.assertRegex(repr(calls.Kinds.class_one), "^<built-in method class_one of type object at 0x[0-9a-f]+>$")
        self.assertEqual(calls.Kinds.__module__, "calls")

    def test_signature(self):
        made = calls.make_function()
        self.assertEqual(made.__text_signature__, "($module, /, *args)")
        self.assertEqual(str(inspect.signature(calls.make_function(calls))), "(*args)")

    def test_made(self):
        made = calls.make_function()
        self.assertEqual(made(1, 2), (None, (1, 2)))
        self.assertIsNone(made.__module__)
        made = calls.make_function("self", "a name")
        self.assertEqual(made(1), ("self", (1,)))
        self.assertEqual(made.__module__, "a name")
        self.assertEqual(made.__self__, "self")
        self.assertEqual(calls.describe_function(made), (0x80, "self", 1, None, "made"))
        method = calls.make_method("s", list)
        self.assertEqual(method(1, a=2), ("s", list, (1,), ("a",), (2,)))
        self.assertEqual(calls.describe_function(method), (0x282, "s", 0, list, "made_method"))
        self.assertEqual(calls.describe_function(len)[4], "len")
        self.assertEqual(calls.describe_function([].append), (8, [], 1, None, "append"))
        self.assertEqual(calls.make_function(1), calls.make_function(1))
        self.assertNotEqual(calls.make_function([]), calls.make_function([]))
        self.assertEqual(hash(calls.make_function(1)), hash(calls.make_function(1)))
        for function, text in [(calls.bad_flags, "bad() method: bad call flags"),
                               (calls.method_without_class, "attempting to create PyCMethod with a METH_METHOD flag but no class"),
                               (calls.class_without_method, "attempting to create PyCFunction with class but no METH_METHOD flag")]:
            with self.assertRaisesRegex(SystemError, "^" + text.replace("(", r"\(").replace(")", r"\)") + "$"):
                function()


class Vectors(unittest.TestCase):
    def check(self, kind):
        c = kind()
        self.assertTrue(calls.has_vector(c))
        self.assertEqual(c(), (c, (), None, ()))
        self.assertEqual(c(1, 2), (c, (1, 2), None, ()))
        self.assertEqual(c(1, a=2), (c, (1,), ("a",), (2,)))
        self.assertEqual(c(*[1], **{"b": 3}), (c, (1,), ("b",), (3,)))
        self.assertEqual(c.vector_calls, 4)
        self.assertEqual(list(map(c, [5])), [(c, (5,), None, ())])
        self.assertEqual(functools.partial(c, 1, z=2)(3, y=4), (c, (1, 3), ("z", "y"), (2, 4)))
        self.assertEqual(calls.vectorcall_call(c, (1,), {"k": 2}), (c, (1,), ("k",), (2,)))
        self.assertEqual(calls.vectorcall_call(c, (1,)), (c, (1,), None, ()))
        self.assertEqual(c.__call__(1, q=3), (c, (1,), ("q",), (3,)))
        with self.assertRaisesRegex(TypeError, "keywords must be strings"):
            c(**{1: 2})

    def test_static(self):
        self.check(calls.Vector)

    def test_spec(self):
        self.check(calls.SpecVector)

    def test_subclass_in_python_has_no_vector(self):
        class Sub(calls.SpecVector):
            pass

        s = Sub()
        self.assertFalse(calls.has_vector(s))
        self.assertEqual(s(1, a=2), (s, (1,), ("a",), (2,)))
        self.assertEqual(s.vector_calls, 1)

    def test_subclass_with_call(self):
        class Sub(calls.Vector):
            def __call__(self, *args, **kwargs):
                return "python", args, kwargs

        s = Sub()
        self.assertEqual(s(1, a=2), ("python", (1,), {"a": 2}))
        self.assertEqual(calls.vectorcall(s, (1,), ("a",), (2,)), ("python", (1,), {"a": 2}))
        self.assertFalse(calls.has_vector(s))
        self.assertEqual(s.vector_calls, 0)

    def test_call_set_later(self):
        class Sub(calls.SpecVector):
            pass

        s = Sub()
        self.assertEqual(s(1)[1], (1,))
        Sub.__call__ = lambda self, *args: ("later", args)
        self.assertEqual(s(1), ("later", (1,)))
        self.assertEqual(calls.call_each_way(lambda *a, **k: s(*a))[1], ("later", ("x",)))

    def test_flagless(self):
        c = calls.Flagless()
        self.assertEqual(c(1, a=2), (c, (1,), {"a": 2}))
        self.assertEqual((c.tuple_calls, c.vector_calls), (1, 0))
        self.assertFalse(calls.has_vector(c))
        self.assertEqual(calls.vectorcall_call(c, (1,)), (c, (1,), None, ()))
        with self.assertRaisesRegex(TypeError, "'int' object does not support vectorcall"):
            calls.vectorcall_call(1, (1,))

    def test_method_descriptor(self):
        d = calls.MethodDescriptor()

        class C:
            method = d

        c = C()
        self.assertEqual(c.method(1, a=2), (d, (c, 1), ("a",), (2,)))
        self.assertEqual(C.method(1), (d, (1,), None, ()))
        bound = c.method
        self.assertEqual(bound(3), (d, (c, 3), None, ()))
        self.assertEqual(calls.call_methods(c, "method")[0], (d, (c,), None, ()))

    def test_type_with_vector(self):
        made = calls.Made
        self.assertEqual(made(1, a=2), (made, (1,), ("a",), (2,)))
        self.assertEqual(made(), (made, (), None, ()))

        class Sub(made):
            pass

        self.assertIsInstance(Sub(), Sub)

    def test_from_c(self):
        def echo(*args, **kwargs):
            return args, kwargs

        expected = [(("x",), {"k": 5}), (("x",), {}), ((), {}), ((), {}), (("x",), {}), ((), {}), (("x",), {}), ((), {}),
                    ((3,), {}), ((3, "ab"), {}), ((3, 4), {}), (("x",), {}), (([8],), {}), ((), {}), (("x", 5), {}),
                    (("x", 5), {}), (("x", 5), {}), (("x",), {"k": 5}), ((), {}), (("x", 5), {"k": 5}), (("x",), {}),
                    (("x",), {"k": 5}), ((1,), {})]
        self.assertEqual(calls.call_each_way(echo), expected)
        self.assertEqual(calls.call_each_way(functools.partial(echo)), expected)

        class Class:
            def __init__(self, *args, **kwargs):
                self.got = args, kwargs

            def method(self, *args, **kwargs):
                return args, kwargs

            __call__ = method
            class_method = classmethod(method)
            static_method = staticmethod(echo)

        self.assertEqual([each.got for each in calls.call_each_way(Class)], expected)
        for callable_ in (Class(), Class().method, Class.class_method, Class.static_method):
            self.assertEqual(calls.call_each_way(callable_), expected)
        self.assertEqual([each[1:] for each in calls.call_each_way(calls.keywords)],
                         [(args, kwargs or None) for args, kwargs in expected])
        methods = [((), {}), ((3,), {}), ((3, 4), {}), (((3, 4),), {}), (("a", 9), {}), ((), {}), (("x", None), {}),
                   ((), {}), (("x",), {}), (("x",), {}), (("x",), {"k": "x"}), ((1,), {})]
        for name in ("method", "class_method", "static_method"):
            self.assertEqual(calls.call_methods(Class(), name), methods)
        instance = Class()
        instance.own = echo
        self.assertEqual(calls.call_methods(instance, "own"), methods)
        with self.assertRaisesRegex(AttributeError, "'Class' object has no attribute 'nothing'"):
            calls.call_methods(instance, "nothing")
        with self.assertRaisesRegex(TypeError, "'int' object is not callable"):
            calls.call_each_way(3)

    def test_vector_of_built_in(self):
        def function(a, /, b, *, c=3):
            return a, b, c

        self.assertEqual(calls.vectorcall(function, (1,), ("b", "c"), (2, 4)), (1, 2, 4))
        self.assertEqual(calls.vectorcall(dict, (), ("x", "y"), (1, 2)), {"x": 1, "y": 2})
        self.assertEqual(calls.vectorcall(list, ((1, 2),), None, ()), [1, 2])
        self.assertEqual(calls.vectorcall(int, ("12",), ("base",), (8,)), 10)
        self.assertEqual(calls.vectorcall([].append, (1,), None, ()), None)
        self.assertEqual(calls.vectorcall(str.join, (",", ["a", "b"]), None, ()), "a,b")
        self.assertEqual(calls.vectorcall(sorted, ([2, 1],), ("reverse",), (True,)), [2, 1])
        self.assertEqual(calls.vectorcall(calls.make_method(1, int), (), ("k",), (0,)), (1, int, (), ("k",), (0,)))
        self.assertEqual(calls.vectorcall(type("T", (), {}).__init__, (type("T", (), {})(),), None, ()), None)
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'd'"):
            calls.vectorcall(function, (1, 2), ("d",), (4,))


class BrokenContracts(unittest.TestCase):
    def test_null_without_error(self):
        with self.assertRaisesRegex(SystemError, "<built-in function null_without_error> returned NULL without setting an exception"):
            calls.null_without_error()

    def test_result_with_error(self):
        with self.assertRaisesRegex(SystemError, "<built-in function result_with_error> returned a result with an exception set") as caught:
            calls.result_with_error()
        self.assertIsInstance(caught.exception.__cause__, ValueError)
        self.assertEqual(str(caught.exception.__cause__), "stays set")

    def test_recursion(self):
        with self.assertRaisesRegex(RecursionError, "maximum recursion depth exceeded"):
            calls.recurse(calls.recurse)
        self.assertEqual(calls.recurse(lambda f: 3), 3)

    def test_exception_passes(self):
        def through():
            return calls.call_each_way(lambda *a, **k: calls.raises("deep"))

        names = []
        try:
            through()
        except ValueError as error:
            self.assertEqual(str(error), "deep")
            trace = error.__traceback__
        while trace:
            names.append(trace.tb_frame.f_code.co_name)
            trace = trace.tb_next
        self.assertEqual(names[-2:], ["through", "<lambda>"])


if __name__ == "__main__":
    unittest.main()
