"""Nesting of all kinds, deeper than any stack: RecursionError or MemoryError, never a crash."""
import ast
import copy
import functools
import itertools
import json
import marshal
import pickle
import sys
import unittest

DEPTH = 100_000
ADDER = hasattr(sys, "adder_version_info")


def lists():
    value = 1
    for _ in range(DEPTH):
        value = [value]
    return value


def tuples():
    value = 1
    for _ in range(DEPTH):
        value = value,
    return value


class DeepNesting(unittest.TestCase):
    def check(self, function, *args):
        with self.assertRaises((RecursionError, MemoryError)):
            function(*args)

    def test_containers(self):
        self.check(repr, lists())
        self.check(lambda: lists() == lists())
        self.check(lambda: tuples() < tuples())
        self.check(pickle.dumps, lists())
        self.check(copy.deepcopy, lists())
        self.check(json.dumps, lists())
        self.check(json.loads, "[" * DEPTH)
        self.check(isinstance, 1, functools.reduce(lambda t, _: (t,), range(DEPTH), str))
        with self.assertRaises(ValueError):
            marshal.dumps(lists())

    @unittest.skipUnless(ADDER, "takes CPython's process down")
    def test_hashes_and_iterators(self):
        self.check(hash, tuples())
        for wrap in (lambda it: map(abs, it), lambda it: itertools.chain(it), lambda it: zip(it), enumerate,
                     lambda it: filter(None, it), lambda it: itertools.islice(it, 5), itertools.cycle):
            iterator = iter([1])
            for _ in range(DEPTH * 3):
                iterator = wrap(iterator)
            self.check(next, iterator)
            del iterator

    @unittest.skipUnless(ADDER, "takes CPython's process down")
    def test_partial(self):
        partial = abs
        for _ in range(DEPTH):
            partial = functools.partial(partial)
            partial.attribute = 1
        self.check(partial, 1)

    def test_syntax(self):
        for text in ("(" * DEPTH, "[" * DEPTH + "]" * DEPTH, "-" * DEPTH + "1", "not " * DEPTH + "1", "lambda:" * DEPTH + "1",
                     "f(" * DEPTH + ")" * DEPTH, "a[" * DEPTH, "1**" * DEPTH + "1", "x if y else " * DEPTH + "z",
                     "1+" * DEPTH + "1", "a" + ".b" * DEPTH, "await " * DEPTH + "x", "{" * DEPTH, "f'{" * DEPTH):
            for attempt in (lambda: compile(text, "deep", "exec"), lambda: ast.parse(text)):
                try:
                    attempt()
                except (RecursionError, MemoryError, SyntaxError):
                    pass

    def test_calls(self):
        class Repr:
            def __repr__(self):
                return repr(self)

        class Attribute:
            def __getattr__(self, name):
                return getattr(self, name)

        def delegate(depth):
            if depth:
                yield from delegate(depth - 1)

        self.check(repr, Repr())
        self.check(lambda: Attribute().missing)
        self.check(list, delegate(DEPTH))


if __name__ == "__main__":
    unittest.main()
