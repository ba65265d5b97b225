"""Nesting of all kinds, deeper than any stack: RecursionError or MemoryError, never a crash."""
import ast
import copy
import csv
import functools
import itertools
import json
import marshal
import pickle
import sys
import threading
import types
import unittest

DEPTH = 100_000
ADDER = hasattr(sys, "adder_version_info")


def lists():
    value = 1
    for _ in range(DEPTH):
        value = [value]
    return value


def tuples(depth=DEPTH):
    value = 1
    for _ in range(depth):
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
        self.check(hash, tuples(DEPTH * 10))  # a level takes some 70 bytes of the stack
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

    @unittest.skipUnless(ADDER, "takes CPython's process down")
    def test_ends(self):
        def with_attribute(value):
            partial = functools.partial(value or abs)
            partial.attribute = 1
            return partial

        for wrap in (slice, property, classmethod, staticmethod, types.CellType, with_attribute, functools.cmp_to_key(abs),
                     lambda value: types.MethodType(value or abs, 1), lambda value: types.MethodType(abs, value or 1),
                     lambda value: iter(abs, value), lambda value: types.MappingProxyType(value or {}),
                     lambda value: enumerate(value or ()), lambda value: filter(None, value or ()),
                     lambda value: csv.reader(value or ()), lambda value: (item for item in value or ())):
            value = None
            for _ in range(DEPTH * 5):
                value = wrap(value)
            del value

    @unittest.skipUnless(ADDER, "takes CPython's process down")
    def test_marshal_on_a_small_stack(self):
        value = []
        for _ in range(1900):
            value = [value]
        data = b"[\1\0\0\0" * 1900 + b"N"
        seen = []

        def attempts():
            for function, argument in (marshal.dumps, value), (marshal.loads, data):
                try:
                    function(argument)
                except ValueError as error:
                    seen.append(str(error))

        before = threading.stack_size(64 * 1024)
        try:
            thread = threading.Thread(target=attempts)
            thread.start()
        finally:
            threading.stack_size(before)
        thread.join()
        self.assertEqual(seen, ["object too deeply nested to marshal", "recursion limit exceeded"])

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
