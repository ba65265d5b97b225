"""Scopes of names, as the symtable module shows them and as programs feel them."""
import symtable
import unittest

SOURCE = """
import os.path as path
def outer(a, *b, c=1, **d):
    global g
    x = 1
    def inner():
        nonlocal x
        x = a
        return [x + i for i in c]
    return inner
class Klass(Base):
    attribute: int = 1
    def method(self):
        return __class__, super()
"""


class SymtableTest(unittest.TestCase):
    def setUp(self):
        self.top = symtable.symtable(SOURCE, "<test>", "exec")
        self.outer, self.klass = self.top.get_children()

    def test_tables(self):
        self.assertEqual((self.top.get_type(), self.top.get_name(), self.top.get_lineno()), ("module", "top", 0))
        self.assertEqual((self.outer.get_type(), self.outer.get_name(), self.outer.get_lineno()), ("function", "outer", 3))
        self.assertEqual(self.klass.get_type(), "class")
        self.assertEqual(self.klass.get_methods(), ("method",))
        self.assertTrue(self.outer.get_children()[0].is_nested())

    def test_function(self):
        self.assertEqual(self.outer.get_parameters(), ("a", "c", "b", "d"))
        self.assertEqual(set(self.outer.get_locals()), {"a", "b", "c", "d", "x", "inner"})
        self.assertTrue(self.top.lookup("g").is_global())
        self.assertTrue(self.outer.lookup("g").is_declared_global())
        inner = self.outer.get_children()[0]
        self.assertEqual(set(inner.get_frees()), {"x", "a", "c"})
        self.assertEqual(inner.get_nonlocals(), ("x",))

    def test_symbols(self):
        self.assertTrue(self.top.lookup("path").is_imported())
        self.assertTrue(self.klass.lookup("attribute").is_annotated())
        self.assertTrue(self.top.lookup("outer").is_namespace())
        method = self.klass.get_children()[0]
        self.assertTrue(method.lookup("__class__").is_free())

    def test_errors(self):
        with self.assertRaises(SyntaxError):
            symtable.symtable("nonlocal x", "?", "exec")
        with self.assertRaisesRegex(ValueError, "^symtable\\(\\) arg 3 must be 'exec' or 'eval' or 'single'$"):
            symtable.symtable("", "?", "foo")


class ScopeTest(unittest.TestCase):
    def run_source(self, source):
        namespace = {}
        exec(source, namespace)
        return namespace

    def test_class_scope(self):
        class A:
            x = 1
            seen = [x for _ in range(1)] if False else None

            def f(self):
                return x
        x = 2
        self.assertEqual(A().f(), 2)

    def test_class_reads_enclosing(self):
        def f(x):
            class C:
                y = x
                x = 5
                z = x
            return C
        with self.assertRaises(NameError):
            f(1)

        def g(x):
            class C:
                y = x
            return C.y
        self.assertEqual(g(3), 3)

    def test_mangling(self):
        class Ham:
            def __init__(self):
                self.__spam = 1

            def __secret(self, *, __key=2):
                return __key
        self.assertEqual(vars(Ham()), {"_Ham__spam": 1})
        self.assertEqual(Ham()._Ham__secret(), 2)
        self.assertEqual(Ham._Ham__secret.__kwdefaults__, {"_Ham__key": 2})
        self.assertEqual(Ham._Ham__secret.__qualname__, "ScopeTest.test_mangling.<locals>.Ham.__secret")

        class __:
            def f(self):
                return __x
        self.assertIn("__x", __.f.__code__.co_names)

    def test_named_expression(self):
        self.assertEqual([last := i for i in range(3)], [0, 1, 2])
        self.assertEqual(last, 2)

        def f():
            global _made_global
            return [(_made_global := i) for i in range(2)]
        f()
        self.assertEqual(_made_global, 1)

    def test_class_cell(self):
        class Meta(type):
            def __new__(meta, name, bases, namespace):
                self.assertIn("__classcell__", namespace)
                return super().__new__(meta, name, bases, namespace)

        class C(metaclass=Meta):
            def f(self):
                return __class__
        self.assertIs(C().f(), C)

    def test_constant_bases(self):
        class Meta(int):
            def __new__(cls, *args, **kwargs):
                return args[0], args[1], kwargs
        options = {"metaclass": Meta, "a": 1}

        class A(1, 2, 3, 4, **options):
            pass
        self.assertEqual(A, ("A", (1, 2, 3, 4), {"a": 1}))

    def test_qualname(self):
        def f():
            global moved

            class moved:
                def g(self):
                    return lambda: None
            return moved
        cls = f()
        self.assertEqual(cls.__qualname__, "moved")
        self.assertEqual(cls.g.__qualname__, "moved.g")
        self.assertEqual(cls().g().__qualname__, "moved.g.<locals>.<lambda>")
        self.assertEqual((x for x in ()).__qualname__, "ScopeTest.test_qualname.<locals>.<genexpr>")

    def test_docstrings_and_optimize(self):
        source = 'def f():\n    "doc"\n    assert 0\n    return __debug__\n'
        for optimize, doc, debug in [(0, "doc", None), (1, "doc", False), (2, None, False)]:
            namespace = {}
            exec(compile(source, "", "exec", optimize=optimize), namespace)
            self.assertEqual(namespace["f"].__doc__, doc)
            if optimize:
                self.assertIs(namespace["f"](), debug)
            else:
                self.assertRaises(AssertionError, namespace["f"])
        self.assertIsNone(self.run_source("def f(): 'a' + 'b'")["f"].__doc__)
        self.assertIsNone(self.run_source("def f(): f'a'")["f"].__doc__)

    def test_annotations(self):
        namespace = self.run_source("from __future__ import annotations\n"
                                    "x: List[int | 'a'] = 3\ndef f(a: (1+2)*3, *b: -c, d: lambda y: y[1:2] = 0) -> [i for i in j]: pass\n")
        self.assertEqual(namespace["__annotations__"], {"x": "List[int | 'a']"})
        self.assertEqual(namespace["f"].__annotations__,
                         {"a": "(1 + 2) * 3", "b": "-c", "d": "lambda y: y[1:2]", "return": "[i for i in j]"})
        namespace = self.run_source("def f(a: 1, /, b: 2, *c: 3, d: 4, **e: 5) -> 6: pass\nx: 7\n(y): 8\n")
        self.assertEqual(namespace["f"].__annotations__, {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "return": 6})
        self.assertEqual(namespace["__annotations__"], {"x": 7})

    def test_constants(self):
        def f():
            return (1, 2) * 2, -3, "a" "b", not (1 in [2]), {1, 2}, 2 ** 10, "x" * 5000, 1 / 1

        self.assertEqual(f(), ((1, 2, 1, 2), -3, "ab", True, {1, 2}, 1024, "x" * 5000, 1.0))
        self.assertIn((1, 2, 1, 2), f.__code__.co_consts)
        self.assertNotIn("x" * 5000, f.__code__.co_consts)
        with self.assertRaises(ZeroDivisionError):
            eval("1 / 0")


if __name__ == "__main__":
    unittest.main()
