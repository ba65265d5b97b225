"""Syntax errors and warnings that the symbol table and the code generator find, with their places."""
import unittest
import warnings

# Source, message, (lineno, offset, end_lineno, end_offset).
ERRORS = [
    ('return 1',
     "'return' outside function", (1, 1, 1, 9)),
    ('def f():\n  x = 1\n  global x',
     "name 'x' is assigned to before global declaration", (3, 3, 3, 11)),
    ('def f(x):\n  global x',
     "name 'x' is parameter and global", (2, 3, 2, 11)),
    ('def f():\n  print(x)\n  global x',
     "name 'x' is used prior to global declaration", (3, 3, 3, 11)),
    ('def f():\n  x: int = 1\n  global x',
     "annotated name 'x' can't be global", (3, 3, 3, 11)),
    ('def f():\n  global x\n  x: int = 1',
     "annotated name 'x' can't be global", (3, 3, 3, 13)),
    ('def f(x):\n  nonlocal x',
     "name 'x' is parameter and nonlocal", (2, 3, 2, 13)),
    ('def f():\n  x = 1\n  nonlocal x',
     "name 'x' is assigned to before nonlocal declaration", (3, 3, 3, 13)),
    ('def f():\n  print(x)\n  nonlocal x',
     "name 'x' is used prior to nonlocal declaration", (3, 3, 3, 13)),
    ('def f():\n  nonlocal x',
     "no binding for nonlocal 'x' found", (2, 3, 2, 13)),
    ('nonlocal x',
     'nonlocal declaration not allowed at module level', (1, 1, 1, 11)),
    ('def f():\n  global x\n  nonlocal x',
     "name 'x' is nonlocal and global", (2, 3, 2, 11)),
    ('def f(a, b, a): pass',
     "duplicate argument 'a' in function definition", (1, 13, 1, 14)),
    ('lambda a, a: 1',
     "duplicate argument 'a' in function definition", (1, 11, 1, 12)),
    ('def f():\n  from x import *',
     'import * only allowed at module level', (2, 17, 2, 18)),
    ('class C:\n  from x import *',
     'import * only allowed at module level', (2, 17, 2, 18)),
    ('break',
     "'break' outside loop", (1, 1, 1, 6)),
    ('continue',
     "'continue' not properly in loop", (1, 1, 1, 9)),
    ('def f():\n  if 1:\n    break',
     "'break' outside loop", (3, 5, 3, 10)),
    ('def f():\n  if 1:\n    continue',
     "'continue' not properly in loop", (3, 5, 3, 13)),
    ('yield 1',
     "'yield' outside function", (1, 1, 1, 8)),
    ('class C:\n  yield 1',
     "'yield' outside function", (2, 3, 2, 10)),
    ('await x',
     "'await' outside function", (1, 1, 1, 8)),
    ('def f():\n  await x',
     "'await' outside async function", (2, 3, 2, 10)),
    ('async def f():\n  yield from x',
     "'yield from' inside async function", (2, 3, 2, 15)),
    ('async def f():\n  yield 1\n  return 2',
     "'return' with value in async generator", (3, 3, 3, 11)),
    ('[x async for x in y]',
     'asynchronous comprehension outside of an asynchronous function', (1, 1, 1, 21)),
    ('def f():\n  [x async for x in y]',
     'asynchronous comprehension outside of an asynchronous function', (2, 3, 2, 23)),
    ('def f():\n  [[x async for x in y] for z in w]',
     'asynchronous comprehension outside of an asynchronous function', (2, 3, 2, 36)),
    ('def f():\n  async with a: pass',
     "'async with' outside async function", (2, 3, 2, 21)),
    ('def f():\n  async for x in y: pass',
     "'async for' outside async function", (2, 3, 2, 25)),
    ('async with a: pass',
     "'async with' outside async function", (1, 1, 1, 19)),
    ('f(a=1, b=2, a=3)',
     'keyword argument repeated: a', (1, 13, 1, 16)),
    ('f(__debug__=1)',
     'cannot assign to __debug__', (1, 1, 1, 15)),
    ('__debug__ = 1',
     'cannot assign to __debug__', (1, 1, 1, 10)),
    ('def f(__debug__): pass',
     'cannot assign to __debug__', (1, 1, 1, 23)),
    ('del __debug__',
     'cannot delete __debug__', (1, 5, 1, 14)),
    ('x.__debug__ = 1',
     'cannot assign to __debug__', (1, 1, 1, 12)),
    ('import __debug__',
     'cannot assign to __debug__', (1, 1, 1, 17)),
    ('a, *b, *c = d',
     'multiple starred expressions in assignment', (1, 1, 1, 10)),
    ('*a = b',
     'starred assignment target must be in a list or tuple', (1, 1, 1, 3)),
    ('print(*a, **b, *c)',
     'iterable argument unpacking follows keyword argument unpacking', (1, 7, 1, 14)),
    ('x = *a',
     "can't use starred expression here", (1, 5, 1, 7)),
    ('from __future__ import braces',
     'not a chance', (1, 1, 1, None)),
    ('from __future__ import nope',
     'future feature nope is not defined', (1, 1, 1, None)),
    ('x = 1\nfrom __future__ import division',
     'from __future__ imports must occur at the beginning of the file', (2, 1, 2, 32)),
    ('def f():\n  from __future__ import division',
     'from __future__ imports must occur at the beginning of the file', (2, 3, 2, 34)),
    ('try: pass\nexcept: pass\nexcept A: pass',
     "default 'except:' must be last", (2, 1, 2, 13)),
    ('try: pass\nexcept* A:\n  break',
     "'break', 'continue' and 'return' cannot appear in an except* block", (3, 3, 3, 8)),
    ('for x in y:\n  try: pass\n  except* A:\n    continue',
     "'break', 'continue' and 'return' cannot appear in an except* block", (4, 5, 4, 13)),
    ('def f():\n  try: pass\n  except* A:\n    return 1',
     "'break', 'continue' and 'return' cannot appear in an except* block", (4, 12, 4, 13)),
    ('match x:\n  case a: pass\n  case b: pass',
     "name capture 'a' makes remaining patterns unreachable", (2, 8, 2, 9)),
    ('match x:\n  case _: pass\n  case b: pass',
     'wildcard makes remaining patterns unreachable', (2, 8, 2, 9)),
    ('match x:\n  case a | b: pass',
     "name capture 'a' makes remaining patterns unreachable", (2, 8, 2, 9)),
    ('match x:\n  case (a, a): pass',
     "multiple assignments to name 'a' in pattern", (2, 12, 2, 13)),
    ('match x:\n  case (a, *b, *c): pass',
     'multiple starred names in sequence pattern', (2, 8, 2, 19)),
    ('match x:\n  case {1: a, 1: b}: pass',
     'mapping pattern checks duplicate key (1)', (2, 8, 2, 20)),
    ('match x:\n  case C(a=1, a=2): pass',
     'attribute name repeated in class pattern: a', (2, 17, 2, 18)),
    ('match x:\n  case (1 as a) | (2 as b): pass',
     'alternative patterns bind different names', (2, 20, 2, 21)),
    ('match x:\n  case (a | 1): pass',
     "name capture 'a' makes remaining patterns unreachable", (2, 9, 2, 10)),
    ('match x:\n  case {"a": 1, **a} if (a := 1): pass\n  case {\'x\': __debug__}: pass',
     'cannot assign to __debug__', (3, 14, 3, 23)),
    ('[x := 1 for x in y]',
     "assignment expression cannot rebind comprehension iteration variable 'x'", (1, 2, 1, 3)),
    ('[i for i in (j := 1)]',
     'assignment expression cannot be used in a comprehension iterable expression', (1, 14, 1, 20)),
    ('class C: [x := 1 for y in z]',
     'assignment expression within a comprehension cannot be used in a class body', (1, 11, 1, 12)),
    ('[(i, [i := 0 for j in k]) for i in l]',
     "assignment expression cannot rebind comprehension iteration variable 'i'", (1, 7, 1, 8)),
    ('[j := 1 for i in l for j in k]',
     "assignment expression cannot rebind comprehension iteration variable 'j'", (1, 2, 1, 3)),
    ('def f(): return [(yield 1) for x in y]',
     "'yield' inside list comprehension", (1, 19, 1, 26)),
    ('def f():\n  def g():\n    nonlocal y',
     "no binding for nonlocal 'y' found", (3, 5, 3, 15)),
    ('def f():\n  y = 1\n  class C:\n    nonlocal y\n    global y',
     "name 'y' is nonlocal and global", (4, 5, 4, 15)),
    ('class A:\n  def f(self):\n    global __x\n    nonlocal __x',
     "name '_A__x' is nonlocal and global", (3, 5, 3, 15)),
    ('(a, b): int = 1',
     'only single target (not tuple) can be annotated', (1, 1, 1, 7)),
    ('def f(a, *, b, **a): pass',
     "duplicate argument 'a' in function definition", (1, 18, 1, 19)),
    ('def f(*a, a): pass',
     "duplicate argument 'a' in function definition", (1, 8, 1, 9)),
    ('async def f():\n  def g():\n    [x async for x in y]',
     'asynchronous comprehension outside of an asynchronous function', (3, 5, 3, 25)),
    ('x = [await y for z in w]',
     'asynchronous comprehension outside of an asynchronous function', (1, 5, 1, 25)),
    ('def f():\n  x\n  class C:\n    nonlocal x',
     "no binding for nonlocal 'x' found", (4, 5, 4, 15)),
    ('def f():\n    global a\n    def a(b=(a:=3)): pass\n    a: int\n',
     "annotated name 'a' can't be global", (4, 5, 4, 11)),
]

# Source, [(message, line)].
WARNINGS = [
    ('x is 1',
     [('"is" with a literal. Did you mean "=="?', 1)]),
    ('x is not "a"',
     [('"is not" with a literal. Did you mean "!="?', 1)]),
    ('assert (a, "b")',
     [('assertion is always true, perhaps remove parentheses?', 1)]),
    ('"a"(b)',
     [("'str' object is not callable; perhaps you missed a comma?", 1)]),
    ('(1, 2)(3)',
     [("'tuple' object is not callable; perhaps you missed a comma?", 1)]),
    ('[1]("a")',
     [("'list' object is not callable; perhaps you missed a comma?", 1)]),
    ('[1]["a"]',
     [('list indices must be integers or slices, not str; perhaps you missed a comma?', 1)]),
    ('(1)[0]',
     [("'int' object is not subscriptable; perhaps you missed a comma?", 1)]),
    ('{1}[0]',
     [("'set' object is not subscriptable; perhaps you missed a comma?", 1)]),
    ('None[0]',
     [("'NoneType' object is not subscriptable; perhaps you missed a comma?", 1)]),
    ('(lambda: 1)[0]',
     [("'function' object is not subscriptable; perhaps you missed a comma?", 1)]),
    ('f"{a}"["b"]',
     [('str indices must be integers or slices, not str; perhaps you missed a comma?', 1)]),
    ('(x for x in y)[1]',
     [("'generator' object is not subscriptable; perhaps you missed a comma?", 1)]),
    ('{1:2}()',
     [("'dict' object is not callable; perhaps you missed a comma?", 1)]),
]


class CompilerErrors(unittest.TestCase):
    def test_errors(self):
        for source, message, place in ERRORS:
            with self.subTest(source=source), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with self.assertRaises(SyntaxError) as caught:
                    compile(source, "<test>", "exec")
                error = caught.exception
                self.assertEqual(error.msg, message)
                self.assertEqual((error.lineno, error.offset, error.end_lineno, error.end_offset), place)
                self.assertEqual(error.filename, "<test>")

    def test_warnings(self):
        for source, expected in WARNINGS:
            with self.subTest(source=source), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                compile(source, "<test>", "exec")
                self.assertEqual([(str(w.message), w.lineno) for w in caught], expected)
                self.assertTrue(all(w.category is SyntaxWarning for w in caught))

    def test_warnings_as_errors(self):
        for source, expected in WARNINGS:
            with self.subTest(source=source), warnings.catch_warnings():
                warnings.simplefilter("error")
                with self.assertRaises(SyntaxError) as caught:
                    compile(source, "<test>", "exec")
                self.assertEqual(caught.exception.msg, expected[0][0])

    def test_place_of_future_statements(self):
        message = "from __future__ imports must occur at the beginning of the file"
        for source in ['"doc"\n"more"\nfrom __future__ import division', 'from __future__ import division\n"doc"\nfrom __future__ import division',
                       "x = 1; from __future__ import division"]:
            with self.assertRaises(SyntaxError) as caught:
                compile(source, "<test>", "exec")
            self.assertEqual(caught.exception.msg, message)
        compile('"doc"\nfrom __future__ import division\nfrom __future__ import generators\n', "<test>", "exec")

    def test_nested_blocks(self):
        deep = "".join(" " * i + "with a:\n" for i in range(21)) + " " * 21 + "pass\n"
        with self.assertRaisesRegex(SyntaxError, "too many statically nested blocks"):
            compile(deep, "<test>", "exec")
        compile("\n".join(deep.splitlines()[1:]).replace("\n ", "\n").lstrip(), "<test>", "exec")

    def test_nesting_of_expressions(self):
        source = "x" + ".a" * 100_000
        with self.assertRaises((RecursionError, MemoryError)):
            compile(source, "<test>", "exec")
        compile("+".join(["a"] * 300), "<test>", "exec")


if __name__ == "__main__":
    unittest.main()
