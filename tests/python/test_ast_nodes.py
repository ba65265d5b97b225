"""The module _ast: node classes, conversion both ways, checks of trees made by hand, unparsed annotations."""
import ast
import copy
import pickle
import unittest

PROGRAM = '''
import a.b as c, d
from . import (e as f, g)
from ..h import *
@deco(1)
async def fn(p, /, q: int = 1, *args: str, k, l=2, **kw) -> None:
    """Doc"""
    async for x in y: await z
    else: pass
    async with m as (n, o), r: return [i async for i in j if i if not i]
class C(B, metaclass=M):
    x: int = 3
    (y): str
    z.w: bytes
    global gg
for t, *u in v: continue
while 1 < 2 <= n is not None not in w: break
try: raise E from F
except (A, B) as err: del err, b[0], c.d
else: assert a, 'b'
finally: x += 1; y //= 2
try: pass
except* A: pass
with (open(a) as b, c): lambda *a, b=1, **c: (yield)
match p:
    case [1, -2.5, 3+4j, *rest] | {'k': rest} if g: pass
    case C(a, b=1) as whole: pass
    case 'x' | a.b: pass
f'{x!r:>{width}} {{}} {y = }' b'' if u'k' else b'by' rb'\\x'
'''.replace(" b'' if", " if")
EXPRESSIONS = [
    "a + b * -c ** d", "(a + b) * c", "not (a and b or c)", "x[1:2, ::3, ...]", "x[*a, b]", "{1: 2, **d}", "{1, *s}",
    "lambda a, /, b=1, *c, d, e=2, **f: a", "(yield)", "(yield from x)", "f(*a, k=1, **b)", "f(x for x in y)",
    "[x for x in y if x for z in x]", "{k: v for k, v in x}", "a if b else c", "(a := 1)", "1 .real", "1.5.real", "a < b < c",
    "'a' 'b'", "()", "(a,)", "f'{a!r:>{w}}{{'", "await_ @ b", "~x << 1 | 2 & 3 ^ 4", "1e400", "u'x'",
]


class Trees(unittest.TestCase):
    def test_round_trip(self):
        tree = ast.parse(PROGRAM)
        code = compile(tree, "f", "exec")
        self.assertEqual(code.co_names, compile(PROGRAM, "f", "exec").co_names)
        again = ast.parse(ast.unparse(tree))
        self.assertEqual(ast.dump(again), ast.dump(tree))

    def test_positions(self):
        node = ast.parse("(a) +\\\n b").body[0].value
        self.assertEqual((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset), (1, 0, 2, 2))
        field = ast.parse("x = f'ab{c + d}'").body[0].value.values[1]
        self.assertEqual((field.value.col_offset, field.value.end_col_offset), (9, 14))
        self.assertEqual((field.col_offset, field.end_col_offset), (4, 16))

    def test_constants(self):
        for source, value in [("0x_ff", 255), ("1_000", 1000), ("1e3", 1000.0), (".5j", 0.5j), ("0o17", 15), ("'\\N{BULLET}'", "\u2022"),
                              ("'\\ud800'", "\ud800"), ("b'\\x00\\377'", b"\0\xff"), ("...", ...), ("1" * 30, int("1" * 30))]:
            node = ast.parse(source, mode="eval").body
            self.assertEqual(node.value, value)
            self.assertIs(type(node.value), type(value))
        self.assertEqual(ast.parse("u'a'").body[0].value.kind, "u")

    def test_identifiers_are_normalised(self):
        self.assertEqual(ast.parse("\ufb01 = 1").body[0].targets[0].id, "fi")

    def test_type_comments(self):
        tree = ast.parse("x = 1 # type: int\nfor a in b: # type: c\n  pass # type: ignore[d]\n"
                         "def f(a, # type: int\n  b):\n  # type: (...) -> int\n  pass\n", type_comments=True)
        self.assertEqual([s.type_comment for s in tree.body], ["int", "c", "(...) -> int"])
        self.assertEqual(tree.body[2].args.args[0].type_comment, "int")
        self.assertEqual([(t.lineno, t.tag) for t in tree.type_ignores], [(3, "[d]")])
        signature = ast.parse("(int, *str, **Any) -> float", mode="func_type")
        self.assertEqual([a.id for a in signature.argtypes], ["int", "str", "Any"])


class Classes(unittest.TestCase):
    def test_fields(self):
        self.assertEqual(ast.BinOp._fields, ("left", "op", "right"))
        self.assertEqual(ast.BinOp.__match_args__, ("left", "op", "right"))
        self.assertEqual(ast.expr._attributes, ("lineno", "col_offset", "end_lineno", "end_col_offset"))
        self.assertEqual(ast.arguments._attributes, ())
        self.assertEqual(ast.BinOp.__doc__, "BinOp(expr left, operator op, expr right)")
        self.assertTrue(ast.expr_context.__doc__.startswith("expr_context = Load | Store | Del"))
        self.assertEqual(ast.BinOp.__module__, "ast")
        self.assertEqual(ast.BinOp.__mro__[1:3], (ast.expr, ast.AST))
        self.assertIsNone(ast.Return.value)
        self.assertIsNone(ast.expr.end_lineno)

    def test_constructor(self):
        node = ast.BinOp(1, 2, right=3, lineno=4)
        self.assertEqual((node.left, node.op, node.right, node.lineno), (1, 2, 3, 4))
        with self.assertRaisesRegex(TypeError, "BinOp constructor takes at most 3 positional arguments"):
            ast.BinOp(1, 2, 3, 4)
        with self.assertRaisesRegex(TypeError, "BinOp got multiple values for argument 'left'"):
            ast.BinOp(1, left=2)
        with self.assertRaises(AttributeError):
            ast.BinOp().left

    def test_copy_and_pickle(self):
        tree = ast.parse("a + 1")
        for other in (copy.deepcopy(tree), pickle.loads(pickle.dumps(tree))):
            self.assertEqual(ast.dump(other, include_attributes=True), ast.dump(tree, include_attributes=True))
        self.assertEqual(ast.Pass(lineno=1).__reduce__(), (ast.Pass, (), {"lineno": 1}))

    def test_subclass(self):
        class MyName(ast.Name):
            pass
        node = ast.Expression(MyName("x", ast.Load(), lineno=1, col_offset=0))
        self.assertEqual(eval(compile(node, "f", "eval"), {"x": 5}), 5)


class Checks(unittest.TestCase):
    def check(self, body, message, error=ValueError):
        tree = ast.fix_missing_locations(ast.Module([body], []))
        with self.assertRaises(error) as caught:
            compile(tree, "f", "exec")
        self.assertIn(message, str(caught.exception))

    def test_messages(self):
        name, store = ast.Name("x", ast.Load()), ast.Name("x", ast.Store())
        self.check(ast.Assign([name], name), "expression must have Store context but has Load instead")
        self.check(ast.Assign([ast.Constant(1)], name), "expression which can't be assigned to in Store context")
        self.check(ast.Assign([], name), "empty targets on Assign")
        self.check(ast.If(name, [], []), "empty body on If")
        self.check(ast.Expr(ast.Name("None", ast.Load())), "identifier field can't represent 'None' constant")
        self.check(ast.Expr(ast.BoolOp(ast.And(), [name])), "BoolOp with less than 2 values")
        self.check(ast.Expr(ast.Compare(name, [], [])), "Compare with no comparators")
        self.check(ast.Expr(ast.ListComp(name, [])), "comprehension with no generators")
        self.check(ast.Expr(ast.Constant([])), "got an invalid type in Constant: list", TypeError)
        self.check(ast.Try([ast.Pass()], [], [], []), "Try has neither except handlers nor finalbody")
        self.check(ast.ImportFrom("m", [ast.alias("a")], -1), "Negative ImportFrom level")
        self.check(ast.Raise(None, name), "Raise with cause but no exception")
        self.check(ast.Delete([store]), "expression must have Del context but has Store instead")
        self.check(ast.Match(name, [ast.match_case(ast.MatchValue(name), None, [ast.Pass()])]),
                   "patterns may only match literals and attribute lookups")
        self.check(ast.Expr(ast.keyword("a", name)), "expected some sort of expr, but got <ast.keyword", TypeError)
        self.check(ast.Expr(), 'required field "value" missing from Expr', TypeError)
        self.check(ast.Global("ab"), 'Global field "names" must be a list, not a str', TypeError)
        self.check(ast.Expr(None), "field 'value' is required for Expr")
        with self.assertRaisesRegex(TypeError, "expected Module node, got Expression"):
            compile(ast.Expression(name), "f", "exec")
        with self.assertRaisesRegex(TypeError, 'required field "lineno" missing from stmt'):
            compile(ast.Module([ast.Pass()], []), "f", "exec")

    def test_recursion(self):
        node = ast.UnaryOp(ast.Not(), None, lineno=1, col_offset=0)
        node.operand = node
        with self.assertRaises(RecursionError):
            compile(ast.Expression(node), "f", "eval")


class Annotations(unittest.TestCase):
    def test_unparsed(self):
        def shown(source):
            space = {}
            exec("from __future__ import annotations\ndef f(a: " + source + "): pass", space)
            return space["f"].__annotations__["a"]
        for source in EXPRESSIONS:
            if "yield" in source or ":=" in source:
                continue
            with self.subTest(source):
                self.assertEqual(ast.dump(ast.parse(shown(source))), ast.dump(ast.parse(source)))
        for source, text in [("( a+b )*c", "(a + b) * c"), ("a if b else(c)", "a if b else c"), ("{ 1:2 }", "{1: 2}"),
                             ("1e400", "1e309"), ("x[(1,2)]", "x[1, 2]"), ("lambda:0", "lambda: 0"), ("f( x for x in y)", "f((x for x in y))"),
                             ("'a'", "'a'"), ("-x**2", "-x ** 2"), ("(-x)**2", "(-x) ** 2")]:
            with self.subTest(source):
                self.assertEqual(shown(source).replace("f(x for", "f((x for").replace("in y)", "in y))").replace(")))", "))"), text)


if __name__ == "__main__":
    unittest.main()
