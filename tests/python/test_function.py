"""Functions: arguments and their errors, attributes, closures."""
import types
import unittest


def shape(a, /, b, c=3, *rest, d, e=5, **names):
    return a, b, c, rest, d, e, names


def positional(a, b):
    return a, b


def one_default(a, b=2):
    return a, b


def keyword_only(*, x, y):
    return x, y


def positional_only(a, b, /):
    return a, b


class Arguments(unittest.TestCase):
    def test_binding(self):
        self.assertEqual(shape(1, 2, d=4), (1, 2, 3, (), 4, 5, {}))
        self.assertEqual(shape(1, 2, 7, 8, 9, d=4, e=6, a=0, z=1), (1, 2, 7, (8, 9), 4, 6, {"a": 0, "z": 1}))
        self.assertEqual(shape(*[1, 2], **{"d": 4}, c=0), (1, 2, 0, (), 4, 5, {}))
        self.assertEqual((lambda *a, **k: (a, k))(*"ab", *range(2), **{"x": 1}, y=2), (("a", "b", 0, 1), {"x": 1, "y": 2}))

    def test_errors(self):
        cases = [
            (lambda: positional(), "positional() missing 2 required positional arguments: 'a' and 'b'"),
            (lambda: positional(1), "positional() missing 1 required positional argument: 'b'"),
            (lambda: shape(), "shape() missing 2 required positional arguments: 'a' and 'b'"),
            (lambda: shape(1, 2), "shape() missing 1 required keyword-only argument: 'd'"),
            (lambda: keyword_only(), "keyword_only() missing 2 required keyword-only arguments: 'x' and 'y'"),
            (lambda: positional(1, 2, 3), "positional() takes 2 positional arguments but 3 were given"),
            (lambda: one_default(1, 2, 3), "one_default() takes from 1 to 2 positional arguments but 3 were given"),
            (lambda: keyword_only(1, x=1, y=2),
             "keyword_only() takes 0 positional arguments but 1 positional argument (and 2 keyword-only arguments) were given"),
            (lambda: positional(1, a=2), "positional() got multiple values for argument 'a'"),
            (lambda: positional(1, 2, c=3), "positional() got an unexpected keyword argument 'c'"),
            (lambda: positional_only(1, b=2),
             "positional_only() got some positional-only arguments passed as keyword arguments: 'b'"),
            (lambda: positional(*1), "test_function.positional() argument after * must be an iterable, not int"),
            (lambda: positional(**1), "test_function.positional() argument after ** must be a mapping, not int"),
            (lambda: positional(**{"a": 1}, **{"a": 2}), "test_function.positional() got multiple values for keyword argument 'a'"),
            (lambda: positional(**{1: 2}), "keywords must be strings"),
            (lambda: (lambda a, b, c: 0)(), "Arguments.test_errors.<locals>.<lambda>.<locals>.<lambda>() missing 3 required "
                                            "positional arguments: 'a', 'b', and 'c'"),
        ]
        positional.__module__ = "test_function"
        for call, message in cases:
            with self.assertRaises(TypeError) as caught:
                call()
            self.assertEqual(str(caught.exception), message)

    def test_many_arguments(self):
        names = [f"a{i}" for i in range(300)]
        scope = {}
        exec(f"def f({', '.join(names)}): return a0, a299", scope)
        self.assertEqual(scope["f"](*range(300)), (0, 299))
        self.assertEqual(scope["f"](**{name: i for i, name in enumerate(names)}), (0, 299))

    def test_deep_recursion_with_star(self):
        def down(*args):
            return 0 if not args[0] else 1 + down(*[args[0] - 1])
        self.assertEqual(down(400), 400)


class Attributes(unittest.TestCase):
    def test_replaced_code_and_defaults(self):
        def f(a, b=1):
            return a + b
        self.assertEqual(f(1), 2)
        f.__defaults__ = (10,)
        self.assertEqual(f(1), 11)
        f.__defaults__ = None
        with self.assertRaises(TypeError):
            f(1)
        f.__code__ = (lambda a: a * 3).__code__
        self.assertEqual(f(2), 6)
        with self.assertRaisesRegex(ValueError, r"f\(\) requires a code object with 0 free vars, not 1"):
            f.__code__ = (lambda: self).__code__
        with self.assertRaisesRegex(TypeError, "__code__ must be set to a code object"):
            f.__code__ = 1

    def test_annotations(self):
        def f(a: int, *b: "str") -> float: ...
        self.assertEqual(f.__annotations__, {"a": int, "b": "str", "return": float})
        self.assertIs(f.__annotations__, f.__annotations__)
        f.__annotations__ = None
        self.assertEqual(f.__annotations__, {})

    def test_constructor(self):
        def outer():
            x = 5
            return lambda: x
        inner = outer()
        made = types.FunctionType(inner.__code__, {}, "made", None, inner.__closure__)
        self.assertEqual((made(), made.__name__), (5, "made"))
        with self.assertRaisesRegex(TypeError, r"arg 5 \(closure\) must be tuple"):
            types.FunctionType(inner.__code__, {})
        with self.assertRaisesRegex(ValueError, "requires closure of length 1, not 0"):
            types.FunctionType(inner.__code__, {}, None, None, ())

    def test_cells(self):
        def f(a):
            def read():
                return a
            def write(value):
                nonlocal a
                a = value
            def drop():
                nonlocal a
                del a
            return read, write, drop
        read, write, drop = f(1)
        write(2)
        self.assertEqual(read(), 2)
        self.assertEqual(read.__closure__[0].cell_contents, 2)
        drop()
        with self.assertRaisesRegex(NameError, "cannot access free variable 'a' where it is not associated with a value in "
                                               "enclosing scope"):
            read()
        with self.assertRaisesRegex(ValueError, "Cell is empty"):
            read.__closure__[0].cell_contents

    def test_unbound_local(self):
        def f(flag):
            if flag:
                x = 1
            return x
        self.assertEqual(f(1), 1)
        with self.assertRaisesRegex(UnboundLocalError, "cannot access local variable 'x' where it is not associated with a value"):
            f(0)

    def test_method(self):
        class A:
            def m(self, x):
                return self, x
        a = A()
        self.assertEqual(a.m, a.m)
        self.assertEqual(hash(a.m), hash(a.m))
        self.assertEqual(types.MethodType(A.m, a)(1), (a, 1))
        self.assertNotEqual(a.m, A().m)


class CodeOfModules(unittest.TestCase):
    """A function made of a module's code runs in its globals."""

    def test_functions(self):
        space = {}
        types.FunctionType(compile("x = 1\ny = x + 1\ndef f(): return y", "", "exec"), space)()
        self.assertEqual((space["x"], space["f"]()), (1, 2))
        value = types.FunctionType(compile("x + y", "", "eval"), space)
        self.assertEqual([value() for _ in range(3)], [3, 3, 3])

    def test_coroutine(self):
        import ast
        code = compile("async def g(): return 5\nz = await g()", "", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        space = {}
        with self.assertRaises(StopIteration):
            types.FunctionType(code, space)().send(None)
        self.assertEqual(space["z"], 5)


if __name__ == "__main__":
    unittest.main()
