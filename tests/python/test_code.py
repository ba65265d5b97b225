"""Code objects: attributes, constructor and its checks, replace(), equality, lines and positions."""
import sys
import types
import unittest

IS_ADDER = hasattr(sys, "adder_version_info")


def sample(a, b=1, /, c=2, *args, d, e=3, **kwargs):
    "The docstring."
    local = a + c

    def inner():
        return local, e
    return inner


CODE = sample.__code__
# argcount … cellvars, as types.CodeType() takes them.
ARGUMENTS = [1, 0, 0, 1, 1, 67, b"d\0S\0", (None,), (), ("a",), "file", "name", "qualname", 1, b"", b"", (), ()]


class CodeTest(unittest.TestCase):
    def test_interned_constants(self):
        code = compile("x in {'name_like', 'other_one'}; y = ('third_one', 2)", "", "exec")
        found = [item for constant in code.co_consts if isinstance(constant, (frozenset, tuple)) for item in constant]
        for string in "name_like", "other_one", "third_one":
            self.assertTrue(any(item is sys.intern("".join(list(string))) for item in found), string)

    def test_attributes(self):
        self.assertEqual(CODE.co_argcount, 3)
        self.assertEqual(CODE.co_posonlyargcount, 2)
        self.assertEqual(CODE.co_kwonlyargcount, 2)
        self.assertEqual(CODE.co_varnames, ("a", "b", "c", "d", "e", "args", "kwargs", "inner"))
        self.assertEqual(CODE.co_nlocals, len(CODE.co_varnames))
        self.assertEqual(CODE.co_cellvars, ("e", "local"))
        self.assertEqual(CODE.co_freevars, ())
        self.assertEqual(CODE.co_name, "sample")
        self.assertEqual(CODE.co_qualname, "sample")
        self.assertEqual(CODE.co_consts[0], "The docstring.")
        inner = next(c for c in CODE.co_consts if isinstance(c, types.CodeType))
        self.assertEqual(inner.co_qualname, "sample.<locals>.inner")
        self.assertEqual(inner.co_freevars, ("e", "local"))
        self.assertTrue(CODE.co_filename.endswith("test_code.py"))
        self.assertTrue(CODE.co_flags & 0x0F == 0x0F)
        with self.assertRaises(AttributeError):
            CODE.co_name = "other"

    def test_repr(self):
        self.assertRegex(repr(CODE), r'^<code object sample at 0x[0-9a-f]+, file ".*test_code.py", line \d+>$')

    def test_constructor(self):
        code = types.CodeType(*ARGUMENTS)
        self.assertEqual((code.co_name, code.co_qualname, code.co_filename), ("name", "qualname", "file"))
        self.assertEqual(types.CodeType(*ARGUMENTS[:16]), code)
        with self.assertRaisesRegex(TypeError, "^code expected at least 16 arguments, got 3$"):
            types.CodeType(1, 2, 3)

    def test_constructor_checks(self):
        for index, value, error, message in [
            (0, -1, ValueError, "code: argcount must not be negative"),
            (0, 2, ValueError, "code: co_varnames is too small"),
            (0, "x", TypeError, "'str' object cannot be interpreted as an integer"),
            (1, -1, ValueError, "code: posonlyargcount must not be negative"),
            (2, -1, ValueError, "code: kwonlyargcount must not be negative"),
            (3, -1, ValueError, "code: nlocals must not be negative"),
            (3, 0, ValueError, "code: co_nlocals != len(co_varnames)"),
            (5, 67 | 4, ValueError, "code: co_varnames is too small"),
            (6, "a", TypeError, "code() argument 7 must be bytes, not str"),
            (6, b"a", ValueError, "code: co_code is malformed"),
            (7, 1, TypeError, "code() argument 8 must be tuple, not int"),
            (8, (1,), TypeError, "name tuples must contain only strings, not 'int'"),
            (10, 1, TypeError, "code() argument 11 must be str, not int"),
            (15, 1, TypeError, "code() argument 16 must be bytes, not int"),
            (16, [], TypeError, "code() argument 17 must be tuple, not list"),
        ]:
            with self.subTest(index=index, value=value):
                arguments = list(ARGUMENTS)
                arguments[index] = value
                with self.assertRaises(error) as caught:
                    types.CodeType(*arguments)
                self.assertEqual(str(caught.exception), message)

    def test_replace(self):
        other = CODE.replace(co_name="other", co_firstlineno=77)
        self.assertEqual((other.co_name, other.co_firstlineno), ("other", 77))
        self.assertEqual(other.co_code, CODE.co_code)
        self.assertNotEqual(other, CODE)
        with self.assertRaisesRegex(TypeError, r"^replace\(\) argument 'co_code' must be bytes, not int$"):
            CODE.replace(co_code=1)
        with self.assertRaisesRegex(ValueError, "^co_argcount must be a positive integer$"):
            CODE.replace(co_argcount=-1)
        with self.assertRaisesRegex(ValueError, r"^code: co_nlocals != len\(co_varnames\)$"):
            CODE.replace(co_nlocals=99)
        with self.assertRaises(TypeError):
            CODE.replace(nope=1)

    def test_equality(self):
        same = CODE.replace()
        self.assertEqual(same, CODE)
        self.assertEqual(hash(same), hash(CODE))
        self.assertEqual(CODE.replace(co_filename="elsewhere"), CODE)
        self.assertNotEqual(compile("0.0", "", "eval"), compile("-0.0", "", "eval"))
        self.assertNotEqual(compile("1", "", "eval"), compile("1.0", "", "eval"))
        self.assertNotEqual(compile("(1,)", "", "eval"), compile("(True,)", "", "eval"))
        self.assertNotEqual(CODE, "code")

    def test_lines(self):
        code = compile("x = 1\n\ny = [\n  a,\n  b]\n", "", "exec")
        lines = [line for _, _, line in code.co_lines() if line]
        self.assertEqual(sorted(set(lines)), [1, 3, 4, 5] if IS_ADDER else sorted(set(lines)))
        ranges = [(start, end) for start, end, _ in code.co_lines()]
        self.assertEqual(ranges[0][0], 0)
        self.assertEqual(ranges[-1][1], len(code.co_code))
        self.assertTrue(all(before[1] == after[0] for before, after in zip(ranges, ranges[1:])))

    def test_positions(self):
        code = compile("first = alpha.beta(\n    gamma[delta] + 1)", "", "exec")
        positions = set(code.co_positions())
        self.assertEqual(len(list(code.co_positions())), len(code.co_code) // 2)
        self.assertIn((1, 2, 8, 21), positions)  # the call
        self.assertIn((1, 1, 8, 18), positions)  # alpha.beta
        self.assertIn((2, 2, 4, 16), positions)  # gamma[delta]
        self.assertIn((2, 2, 4, 20), positions)  # the sum
        self.assertIn((1, 1, 0, 5), positions)   # first

    def test_positions_of_long_code(self):
        code = compile("\n" * 1000 + "\n".join("name%d = other%d" % (i, i) for i in range(400)), "", "exec")
        rows = [position for position in code.co_positions() if position[0] and position[0] > 1000]
        self.assertIn((1400, 1400, 10, 18), rows)

    def test_lnotab(self):
        code = compile("a\n\n\nb", "", "exec")
        self.assertIsInstance(code.co_lnotab, bytes)
        self.assertEqual(sum(code.co_lnotab[1::2]), 3 if IS_ADDER else sum(code.co_lnotab[1::2]))

    def test_varname_from_oparg(self):
        self.assertEqual(CODE._varname_from_oparg(0), "a")
        with self.assertRaises(IndexError):
            CODE._varname_from_oparg(99)

    @unittest.skipUnless(IS_ADDER, "the canonical code is Adder's")
    def test_canonical_code(self):
        def g(x):
            return x + 3
        self.assertEqual(list(g.__code__.co_code), [124, 0, 100, 1, 23, 0, 83, 0])
        self.assertEqual(g.__code__.co_stacksize, 2)
        self.assertEqual(g.__code__.co_consts, (None, 3))
        self.assertEqual(g.__code__.co_exceptiontable, b"")
        self.assertTrue(g.__code__.co_flags & 64)
        self.assertEqual(compile("lambda: 0; lambda: 0", "", "exec").co_consts.__len__(), 3)


if __name__ == "__main__":
    unittest.main()
