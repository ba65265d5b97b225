"""Syntax trees that no parser makes: nodes of real programs moved, doubled, taken away, with fields of wrong types."""
import ast
import copy
import warnings

import sources

EXPECTED = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError, OverflowError, AttributeError)
VALUES = [None, 0, 1, -1, 2 ** 70, "", "x", "None", "__debug__", b"y", 1.5, ..., (), (1, "a"), frozenset({1}), [], [None], {}, object(),
          ast.Load(), ast.Store(), ast.Del(), ast.Name("n", ast.Load()), ast.Name("n", ast.Store()), ast.Constant(3),
          ast.Starred(ast.Name("s", ast.Load()), ast.Load()), ast.Yield(None), ast.Await(ast.Constant(1)), ast.Pass(),
          ast.Return(None), ast.Break(), ast.Global(["g"]), ast.Nonlocal(["g"]), ast.JoinedStr([]), ast.Slice(),
          ast.NamedExpr(ast.Name("w", ast.Store()), ast.Constant(1)), ast.MatchStar(None), ast.MatchAs(None, None)]


def mutate(random, tree):
    nodes = [node for node in ast.walk(tree) if node._fields]
    for _ in range(random.choice((1, 1, 2, 4))):
        node = random.choice(nodes)
        field = random.choice(node._fields)
        what = random.randrange(5)
        value = getattr(node, field, None)
        if what == 0:
            other = random.choice(nodes)
            setattr(node, field, copy.copy(other))
        elif what == 1:
            setattr(node, field, random.choice(VALUES))
        elif what == 2 and isinstance(value, list):
            value.insert(random.randrange(len(value) + 1), random.choice(nodes + VALUES))
        elif what == 3 and isinstance(value, list) and value:
            del value[random.randrange(len(value))]
        elif what == 4:
            for name in ("lineno", "end_lineno", "col_offset", "end_col_offset"):
                if hasattr(node, name) and random.randrange(2):
                    setattr(node, name, random.choice((0, -1, 1, 2 ** 31, 2 ** 70, "x", None)))
        elif hasattr(node, field):
            delattr(node, field)
    return tree


def cases(random):
    parts = sources.pieces(sources.read())
    while True:
        yield random.choice(parts), random.getrandbits(60), random.choice(("exec", "exec", "exec", "eval", "single"))


def run(case):
    import random
    text, seed, mode = case
    tree = mutate(random.Random(seed), ast.parse(text, type_comments=True))
    if mode == "eval":
        tree = ast.Expression(tree.body[0].value if tree.body and hasattr(tree.body[0], "value") else tree)
    elif mode == "single":
        tree = ast.Interactive(getattr(tree, "body", []))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(tree, "<fuzz>", mode, optimize=seed % 3)
