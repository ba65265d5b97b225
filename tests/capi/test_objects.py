"""Members of every kind, descriptors, struct sequences, slices, cells, functions made by C."""
import copy
import pickle
import sys
import unittest

import support
from support import result
import objects

NAMES = "bool_ byte ubyte short_ ushort int_ uint long_ ulong longlong ulonglong ssize float_ double_ string inplace character object object_ex none fixed strange".split()
VALUES = [True, False, 0, 1, -1, 127, 128, 255, 256, -129, 32768, 65536, 2**31, 2**32, 2**63, 2**64, -2**63, -2**63 - 1, 1.5, 1e300, "x", "xy", "\u20ac",
          None, [1]]


class Members(support.Recorded):
    def test_set_and_get(self):
        import warnings
        lines = []
        for name in NAMES:
            member = objects.Members.__dict__[name]
            lines.append(f"{name}: {result(getattr, objects.Members(), name)!r} {member.__doc__!r} {type(member).__name__}")
            for value in VALUES:
                m = objects.Members()
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    done = result(setattr, m, name, value)
                got = repr(result(getattr, m, name)) if done is None else ""
                lines.append(f"{name} = {value!r}: {done} {got} {[str(each.message) for each in caught]}")
            m = objects.Members()
            lines.append(f"del {name}: {result(delattr, m, name)}")
        self.compare("objects_members", lines)

    def test_string(self):
        m = objects.Members()
        self.assertIsNone(m.string)
        objects.set_string(m)
        self.assertEqual(m.string, "text \u20ac")
        self.assertEqual(m.inplace, "place")

    def test_by_functions(self):
        m = objects.Members()
        objects.one_member(m, "int_", 5)
        self.assertEqual(objects.one_member(m, "int_"), 5)
        self.assertEqual(result(objects.one_member, m, "fixed", 5), "AttributeError: readonly attribute")
        self.assertEqual(result(objects.one_member, m, "inplace", "x"), "TypeError: readonly attribute")

    def test_audit(self):
        seen = []
        active = True

        def hook(name, args):
            if active and name == "object.__getattr__":
                seen.append(args[1])

        sys.addaudithook(hook)
        m = objects.Members()
        m.audited
        m.object
        active = False
        self.assertEqual(seen, ["audited"])

    def test_descriptor_errors(self):
        member = objects.Members.__dict__["int_"]
        self.assertEqual(result(member.__get__, 5), "TypeError: descriptor 'int_' for 'objects.Members' objects doesn't apply to a 'int' object")
        self.assertEqual(result(member.__set__, 5, 1), "TypeError: descriptor 'int_' for 'objects.Members' objects doesn't apply to a 'int' object")
        self.assertIs(member.__get__(None, objects.Members), member)
        self.assertEqual(repr(member), "<member 'int_' of 'objects.Members' objects>")
        self.assertEqual(member.__objclass__, objects.Members)


class Descriptors(unittest.TestCase):
    def test_all(self):
        class C:
            pass

        d = objects.descriptors(C)
        for name, descriptor in d.items():
            setattr(C, name, descriptor)
        c = C()
        self.assertEqual(c.method(1, 2), (c, (1, 2)))
        self.assertEqual(C.method(c, 1), (c, (1,)))
        self.assertEqual(result(C.method, 5), f"TypeError: descriptor 'echo' for 'C' objects doesn't apply to a 'int' object")
        self.assertEqual(c.class_method(1), (C, (1,)))
        self.assertEqual(C.class_method(1), (C, (1,)))
        self.assertEqual(c.get_set, (c, "closure"))
        self.assertEqual(result(setattr, c, "get_set", 3), "ValueError: set 3")
        self.assertEqual(result(delattr, c, "get_set"), "ValueError: set Ellipsis")
        self.assertEqual(result(getattr, c, "set_only"), "AttributeError: attribute 'set_only' of 'C' objects is not readable")
        self.assertEqual(result(setattr, c, "get_only", 3), "AttributeError: attribute 'get_only' of 'C' objects is not writable")
        self.assertEqual(C.static(1), (None, (1,)))
        self.assertEqual(c.static(1), (None, (1,)))
        self.assertEqual(C.class_function(1), (None, (C, 1)))
        self.assertEqual([objects.describe(d[name]) for name in d],
                         [(0, 1, 0, 0), (0, 0, 0, 0), (1, 0, 1, 0), (1, 0, 1, 0), (1, 0, 1, 0), (0, 0, 0, 0), (0, 0, 0, 0)])
        self.assertEqual(objects.descr_parts(d["method"]), (C, "echo"))
        self.assertEqual(objects.descr_parts(d["get_set"]), (C, "computed"))
        self.assertEqual(d["method"].__doc__, "Echoes.")
        self.assertEqual(d["method"].__text_signature__, "($self, /, *args)")
        self.assertEqual(d["get_set"].__doc__, "Computed.")
        self.assertRegex(repr(d["method"]), r"^<method 'echo' of '.*C' objects>$")

    def test_methods(self):
        def function(*args):
            return args

        bound, instance, f, s, g, checked = objects.methods(function, "self")
        self.assertEqual(bound(1), ("self", 1))
        self.assertEqual((f, s, g, checked), (function, "self", function, 1))

        class C:
            method = instance

        c = C()
        self.assertEqual(c.method(1), (c, 1))
        self.assertEqual(C.method(1), (1,))
        self.assertEqual(type(instance).__name__, "instancemethod")
        self.assertEqual(instance.__name__, "function")

    def test_proxy(self):
        mapping = {1: 2}
        proxy = objects.proxy(mapping)
        mapping[3] = 4
        self.assertEqual(dict(proxy), {1: 2, 3: 4})
        self.assertEqual(result(objects.proxy, 5), "TypeError: mappingproxy() argument must be a mapping, not int")


class Others(support.Recorded):
    def test_struct_sequences(self):
        for point, name in zip(objects.make_points(), ("Point", "StaticPoint")):
            kind = type(point)
            self.assertEqual(tuple(point), (0, "y", 20))
            self.assertEqual((point.x, point.y, point.hidden), (0, "y", 30))
            self.assertEqual(repr(point).split("(")[0], f"objects.{name}")
            self.assertEqual((kind.n_fields, kind.n_sequence_fields, kind.n_unnamed_fields), (4, 3, 1))
            self.assertEqual(kind.__module__, "objects")
            self.assertEqual(kind.__match_args__, ("x", "y"))
            self.assertEqual(tuple(kind((1, 2, 3))), (1, 2, 3))
            self.assertEqual(kind((1, 2, 3, 4)).hidden, 4)
            self.assertEqual(kind((1, 2, 3), {"hidden": 9}).hidden, 9)
            self.assertEqual(result(kind, (1,)), f"TypeError: objects.{name}() takes an at least 3-sequence (1-sequence given)")
            self.assertEqual(result(kind, range(9)), f"TypeError: objects.{name}() takes an at most 4-sequence (9-sequence given)")
            self.assertEqual(result(setattr, point, "x", 1), "AttributeError: readonly attribute")
            self.assertEqual(copy.copy(kind((1, 2, 3))), (1, 2, 3))
            self.assertEqual(pickle.loads(pickle.dumps(kind((1, 2, 3)))), (1, 2, 3))
            self.assertEqual(hash(kind((1, 2, 3))), hash((1, 2, 3)))
        self.assertEqual(objects.Point.__doc__, "A point.")
        self.assertEqual(objects.Point.x.__doc__, "The first.")

    def test_slices(self):
        lines = []
        for s in (slice(None), slice(1, 5), slice(-3, None), slice(None, None, -1), slice(10, 0, -3), slice(0, 0), slice(-100, 100, 2),
                  slice(2**70), slice(None, None, 0), slice("a"), slice(1.5), slice(None, None, -2**70)):
            for length in (0, 1, 7):
                lines.append(f"{s} {length}: {result(objects.slices, s, length)}")
        lines += [str(objects.make_slice()), str(objects.make_slice(1)), str(objects.make_slice(1, 2, 3))]
        self.compare("objects_slices", lines)

    def test_cells_and_functions(self):
        cell, filled, got, checked = objects.cells([1])
        self.assertEqual((cell.cell_contents, filled.cell_contents, got, checked), ([1], [1], [1], 1))
        captured = 5

        def function(a, b=2, *, c=3):
            return captured

        code, same, defaults, kwdefaults, closure, module, made = objects.functions(function)
        self.assertEqual((code, same, defaults, kwdefaults, closure[0].cell_contents, module),
                         (function.__code__, True, (2,), {"c": 3}, 5, __name__))
        plain = objects.functions(lambda: len("abc"))[-1]
        self.assertEqual(plain(), 3)
        self.assertEqual(plain.__qualname__, "Made.it")

    def test_iterators(self):
        values = iter([1, 2, 3])
        first, second = objects.iterators("abc", values.__next__, 3)
        self.assertEqual((list(first), list(second)), (["a", "b", "c"], [1, 2]))
        self.assertEqual(repr(objects.alias(int)), "list[int]")


if __name__ == "__main__":
    unittest.main()
