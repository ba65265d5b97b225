"""Types made in C: specs, flags, readiness, inheritance, and classes on top of every built-in type."""
import gc
import unittest
import weakref

import support  # noqa: F401
import c_types


def result(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Spec(unittest.TestCase):
    def test_names(self):
        full = c_types.Full
        self.assertEqual((full.__name__, full.__qualname__, full.__module__), ("Full", "Full", "package.c_types"))
        self.assertEqual(full.__doc__, "A class from a spec.")
        self.assertEqual(full.__text_signature__, "(number=0, attached=None)")
        self.assertEqual(repr(full), "<class 'package.c_types.Full'>")
        self.assertEqual(c_types.nodots.__name__, "nodots")
        self.assertEqual(result(lambda: c_types.nodots.__module__), "AttributeError: __module__")
        self.assertEqual(repr(c_types.nodots), "<class 'nodots'>")
        self.assertEqual(c_types.Plain.__doc__, None)
        self.assertEqual(c_types.MatchSequence.__doc__, "Only a text.")

    def test_module(self):
        full = c_types.Full
        for function in (c_types.module_of, c_types.module_by_def):
            self.assertIs(function(full), c_types)
        self.assertEqual(c_types.module_state(full), 1234)

        class Sub(full):
            pass

        self.assertIs(c_types.module_by_def(Sub), c_types)
        self.assertEqual(result(c_types.module_of, Sub), "TypeError: PyType_GetModule: Type 'Sub' has no associated module")
        self.assertEqual(result(c_types.module_of, int), "TypeError: PyType_GetModule: Type 'int' is not a heap type")
        self.assertEqual(result(c_types.module_by_def, int),
                         "TypeError: PyType_GetModuleByDef: No superclass of 'int' has the given module")
        self.assertEqual(Sub().where(), (full, c_types, 1234))

    def test_instances(self):
        f = c_types.Full(3, attached="x")
        self.assertEqual((f.number, f.double, f.triple, f.attached), (3, 6, 9, "x"))
        f.double = 20
        self.assertEqual(f.number, 10)
        self.assertEqual(result(setattr, f, "triple", 1),
                         "AttributeError: attribute 'triple' of 'package.c_types.Full' objects is not writable")
        self.assertEqual(result(delattr, f, "double"), "TypeError: cannot be deleted")
        f.any = 1
        self.assertEqual(f.__dict__, {"any": 1})
        self.assertIs(c_types.dict_of(f), f.__dict__)
        f.__dict__ = {"other": 2}
        self.assertEqual(f.other, 2)
        r = weakref.ref(f)
        self.assertIs(r(), f)
        self.assertEqual(f(1, 2), ("vector", 2))
        f.attached = f
        self.assertEqual(repr(f), "Full(10, Full(...))")
        before = c_types.counts()[0]
        del f
        gc.collect()
        self.assertIsNone(r())
        self.assertEqual(c_types.counts()[0], before + 1)
        self.assertEqual(result(c_types.Full, "a"), "TypeError: 'str' object cannot be interpreted as an integer")
        self.assertEqual(result(c_types.Full, 1, 2, 3), "TypeError: Full() takes at most 2 arguments (3 given)")
        self.assertEqual(str(c_types.Full[int]), "package.c_types.Full[int]")
        self.assertEqual(c_types.Full.attached.__doc__, "attached($self)\n--\n\nAnother object.")
        self.assertEqual(c_types.Full.double.__doc__, "twice the number")

    def test_class_dies_with_last_instance(self):
        made = c_types.from_spec("c_types.Made", 0, 0, 1 << 10, None)
        r = weakref.ref(made)
        instance = made()
        del made
        gc.collect()
        self.assertIsNotNone(r())
        del instance
        gc.collect()
        self.assertIsNone(r())

    def test_python_subclass(self):
        class Sub(c_types.Full):
            __slots__ = ("slot",)

            def __init__(self, *args):
                super().__init__(*args)
                self.slot = "s"

        s = Sub(4)
        self.assertEqual((s.slot, s.number, s.double), ("s", 4, 8))
        s.free = 1
        self.assertEqual(s.__dict__, {"free": 1})
        self.assertIsNotNone(weakref.ref(s)())
        s.self = s
        r = weakref.ref(s)
        del s
        gc.collect()
        self.assertIsNone(r())

    def test_facts(self):
        facts = c_types.type_facts(c_types.Full)
        self.assertEqual((facts["basicsize"], facts["dictoffset"], facts["weaklistoffset"]), (56, 16, 24))
        self.assertEqual((facts["name"], facts["qualname"], facts["heap"]), ("Full", "Full", 1))
        self.assertEqual(facts["flags"] & 0xfff, (1 << 9) | (1 << 10) | (1 << 11))
        self.assertEqual(c_types.Full.__dictoffset__, 16)
        self.assertEqual(c_types.Full.__basicsize__, 56)
        self.assertNotIn("__vectorcalloffset__", dir(c_types.Plain))
        self.assertEqual(c_types.type_facts(int)["itemsize"], 4)
        self.assertEqual(c_types.type_facts(type("A", (), {"__qualname__": "B.A"}))["qualname"], "B.A")

    def test_variable_size(self):
        longs = c_types.Longs(5, 6, 7)
        self.assertEqual(list(longs), [5, 6, 7])
        self.assertEqual(longs[-1], 7)

        class Sub(c_types.Longs):
            pass

        s = Sub(*range(10))
        s.attribute = "a"
        s.other = [s]
        self.assertEqual(list(s), list(range(10)))
        self.assertEqual(s.attribute, "a")
        self.assertEqual(Sub.__dictoffset__, -8)
        self.assertEqual(result(type, "X", (c_types.Longs,), {"__slots__": ["a"]}),
                         "TypeError: nonempty __slots__ not supported for subtype of 'c_types.Longs'")

    def test_spec_errors(self):
        make = c_types.from_spec
        self.assertEqual(result(make, "c_types.X", 16, 0, 0, (bool,)), "TypeError: type 'bool' is not an acceptable base type")
        self.assertEqual(result(make, "c_types.X", 16, 0, 0, (3,)), "TypeError: bases must be types")
        self.assertEqual(make("c_types.X", 0, 0, 1 << 10, (list,)).__mro__[1:], (list, object))
        self.assertEqual(make("c_types.X", 0, 0, 1 << 10, list).__base__, list)
        self.assertEqual(result(make, "c_types.X", 0, 0, 0, (int, str)),
                         "TypeError: multiple bases have instance lay-out conflict")
        self.assertEqual(result(c_types.from_bad_spec, 83), "RuntimeError: invalid slot offset")
        self.assertEqual(result(c_types.from_bad_spec, -1), "RuntimeError: invalid slot offset")
        self.assertEqual(result(c_types.with_base_slot, c_types.Final),
                         "TypeError: type 'c_types.Final' is not an acceptable base type")
        self.assertEqual(c_types.with_base_slot(dict).__base__, dict)
        self.assertEqual(c_types.with_base_slot((c_types.Base, list)).__bases__, (c_types.Base, list))

    def test_spec_on_every_built_in(self):
        values = {int: 5, float: 1.5, complex: 1j, str: "text", bytes: b"text", bytearray: b"text", list: [1, 2],
                  tuple: (1, 2), dict: {1: 2}, set: {1}, frozenset: frozenset({1}), Exception: "e", OSError: "e", object: None}
        for base, value in values.items():
            with self.subTest(base):
                made = c_types.from_spec("c_types.On" + base.__name__, 0, 0, 1 << 10, (base,))
                instance = made() if base is object else made(value)
                self.assertIsInstance(instance, base)
                if not issubclass(base, Exception) and base is not object:
                    self.assertEqual(instance, value)
                    self.assertEqual(hash(instance) if made.__hash__ else None, hash(value) if made.__hash__ else None)

                class Sub(made):
                    pass

                sub = Sub() if base is object else Sub(value)
                sub.attribute = sub
                r = weakref.ref(sub) if Sub.__weakrefoffset__ else None
                del sub
                gc.collect()
                self.assertTrue(r is None or r() is None)


class Flags(unittest.TestCase):
    def test_instantiation(self):
        self.assertIsInstance(c_types.Plain(), c_types.Plain)
        self.assertEqual(result(c_types.NoInstances), "TypeError: cannot create 'c_types.NoInstances' instances")
        self.assertFalse(hasattr(c_types.NoInstances, "__new__") and "__new__" in c_types.NoInstances.__dict__)
        self.assertEqual(result(c_types.NoNew), "TypeError: cannot create 'c_types.NoNew' instances")
        self.assertEqual(result(c_types.Plain, 1), "TypeError: c_types.Plain() takes no arguments")

    def test_base(self):
        for kind in (c_types.Plain, c_types.Final, c_types.NoInstances, c_types.Immutable):
            self.assertEqual(result(type, "X", (kind,), {}), f"TypeError: type 'c_types.{kind.__name__}' is not an acceptable base type")
        self.assertTrue(issubclass(type("X", (c_types.Base,), {}), c_types.Base))

    def test_immutable(self):
        for kind in (c_types.Immutable, c_types.ImmutableBase, c_types.Final):
            self.assertEqual(result(setattr, kind, "x", 1),
                             f"TypeError: cannot set 'x' attribute of immutable type 'c_types.{kind.__name__}'")
            self.assertEqual(result(delattr, kind, "x"),
                             f"TypeError: cannot set 'x' attribute of immutable type 'c_types.{kind.__name__}'")
        c_types.Plain.attribute = 5
        self.assertEqual(c_types.Plain().attribute, 5)
        del c_types.Plain.attribute

        class Sub(c_types.ImmutableBase):
            pass

        Sub.x = 1
        self.assertEqual(Sub().x, 1)
        instance = c_types.Base()
        self.assertEqual(result(setattr, instance, "x", 1), "AttributeError: 'c_types.Base' object has no attribute 'x'")

    def test_match(self):
        def kind_of(value):
            match value:
                case {}:
                    return "mapping"
                case [*_]:
                    return "sequence"
            return "neither"

        class Sub(c_types.MatchMapping):
            def keys(self):
                return ()

            def get(self, key, default):
                return default

            def __len__(self):
                return 0

        class Sequence(c_types.MatchSequence):
            def __len__(self):
                return 0

            def __getitem__(self, index):
                raise IndexError

        self.assertEqual(kind_of(Sub()), "mapping")
        self.assertEqual(kind_of(Sequence()), "sequence")
        self.assertEqual(kind_of(c_types.Plain()), "neither")
        self.assertEqual(kind_of(c_types.MyList()), "sequence")
        self.assertEqual(kind_of(c_types.MyDict()), "mapping")

    def test_change_of_class(self):
        a = type("A", (c_types.Base,), {})
        b = type("B", (c_types.Base,), {})
        instance = a()
        instance.__class__ = b
        self.assertIs(type(instance), b)
        self.assertEqual(result(setattr, c_types.Final(), "__class__", c_types.Plain),
                         "TypeError: __class__ assignment only supported for mutable types or ModuleType subclasses")

    def test_finalizers(self):
        before = c_types.counts()
        c_types.Del()
        after = c_types.counts()
        self.assertEqual(after[1] - before[1], 1)
        r = c_types.Reviving()
        self.assertIsNone(c_types.take_revived())
        address = id(r)
        for count in (1, 2):  # only collected types remember that they were finalized
            del r
            r = c_types.take_revived()
            self.assertEqual(id(r), address)
            self.assertIs(type(r), c_types.Reviving)
            self.assertEqual(c_types.counts()[2], before[2] + count)


class Ready(unittest.TestCase):
    def test_errors(self):
        self.assertEqual(result(c_types.ready_bad, 0), "SystemError: Type does not define the tp_name field.")
        self.assertEqual(result(c_types.ready_bad, 1),
                         "SystemError: type c_types.GC has the Py_TPFLAGS_HAVE_GC flag but has no traverse function")
        self.assertEqual(result(c_types.ready_bad, 2), result(c_types.ready_bad, 2))
        self.assertEqual(result(c_types.ready_bad, 3), "ValueError: method cannot be both class and static")
        self.assertEqual(result(c_types.ready_bad, 4), "SystemError: bad() method: bad call flags")

    def test_lookup_and_modify(self):
        class C(c_types.Base):
            x = 1

        c = C()
        self.assertEqual([c.x, c_types.lookup(C, "x"), c_types.lookup(C, "nothing")], [1, 1, None])
        c_types.modify(C, "x", 2)
        self.assertEqual(c.x, 2)
        c_types.modify(c_types.Base, "y", 3)
        self.assertEqual(c.y, 3)
        c_types.modify(c_types.Base, "y", 4)
        self.assertEqual((c.y, C.y), (4, 4))
        del c_types.Base.y
        self.assertEqual(result(getattr, c, "y"), "AttributeError: 'C' object has no attribute 'y'")

    def test_generic_attributes(self):
        class C:
            z = 1

        c = C()
        c_types.generic(c, "a", 5)
        self.assertEqual(c_types.generic(c, "a"), 5)
        c_types.generic(c, "a", ...)
        self.assertEqual(result(c_types.generic, c, "a"), "AttributeError: 'C' object has no attribute 'a'")
        self.assertEqual(result(c_types.generic, c, "a", ...), "AttributeError: 'C' object has no attribute 'a'")
        self.assertEqual(result(c_types.generic, c, 5), "TypeError: attribute name must be string, not 'int'")
        self.assertEqual(result(c_types.generic, 1, "x", 2), "AttributeError: 'int' object has no attribute 'x'")
        self.assertEqual(result(c_types.generic, 1, "real", 2), "AttributeError: attribute 'real' of 'int' objects is not writable")

    def test_subtypes_and_checks(self):
        self.assertTrue(c_types.subtypes(bool, int))
        self.assertFalse(c_types.subtypes(int, bool))
        self.assertTrue(c_types.subtypes(c_types.MyList, list))
        values = [True, [], (), b"", "", {}, ValueError(), int, set()]
        for i, value in enumerate(values):
            self.assertEqual(c_types.checks(value), [int(i == k) for k in range(9)])
        self.assertEqual(c_types.checks(c_types.MyDict())[5], 1)
        self.assertEqual(c_types.checks(type("S", (str,), {})())[4], 1)

    def test_new_object(self):
        self.assertIsInstance(c_types.new_object(c_types.Plain), c_types.Plain)
        self.assertEqual(len(c_types.new_object(c_types.Longs)), 3)


class Derived(unittest.TestCase):
    CASES = [(c_types.MyList, list, [1, 2]), (c_types.MyDict, dict, {1: 2}), (c_types.MySet, set, {1, 2}),
             (c_types.MyFrozenSet, frozenset, {1, 2}), (c_types.MyFloat, float, 2.5), (c_types.MyComplex, complex, 2j),
             (c_types.MyStr, str, "t\u20ac"), (c_types.MyByteArray, bytearray, b"ab"), (c_types.MyException, Exception, None),
             (c_types.MyOSError, OSError, None)]

    def test_behaviour(self):
        for kind, base, value in self.CASES:
            with self.subTest(kind):
                self.check(kind, base, value)

                class Sub(kind):
                    def __init__(self, *args):
                        super().__init__(*args)
                        self.set_by_python = 1

                if base not in (float, complex, str, frozenset):
                    self.check(Sub, base, value)
                self.assertEqual(Sub.__mro__[1:3], (kind, base))

    def check(self, kind, base, value):
        instance = kind(value) if value is not None else kind()
        if value is not None:
            self.assertEqual(instance, value)
            self.assertEqual(base(instance), base(value))
            self.assertEqual(len(repr(instance)) > 1, True)
        self.assertEqual(instance.extra, 0)
        instance.extra = 1234567
        instance.attribute = "a"
        self.assertEqual(instance.extra, 1234567)
        self.assertEqual(c_types.dict_of(instance)["attribute"], "a")
        self.assertIs(type(instance), kind)
        dead = []
        r = weakref.ref(instance, dead.append)
        self.assertIs(r(), instance)
        del instance
        self.assertEqual(dead, [r])

    def test_cycles_are_collected(self):
        for kind, base, value in self.CASES:
            if base in (list, dict, set, frozenset, Exception, OSError):
                with self.subTest(kind):
                    instance = kind()
                    instance.me = instance
                    r = weakref.ref(instance)
                    del instance
                    gc.collect()
                    self.assertIsNone(r())

    def test_static_type_on_object_has_no_new(self):
        self.assertEqual(result(c_types.MyObject), "TypeError: cannot create 'c_types.MyObject' instances")
        self.assertEqual(result(object.__new__, c_types.MyObject),
                         "TypeError: object.__new__(c_types.MyObject) is not safe, use c_types.MyObject.__new__()"
                         if "__new__" in c_types.MyObject.__dict__ else result(object.__new__, c_types.MyObject))

        class Sub(c_types.MyObject):
            pass

        self.assertEqual(result(Sub), "TypeError: cannot create 'Sub' instances")

    def test_containers(self):
        a = c_types.MyList([3, 1, 2])
        a.append(0)
        a.sort()
        self.assertEqual(a, [0, 1, 2, 3])
        self.assertIs(type(a + [1]), list)
        d = c_types.MyDict(a=1)
        d["b"] = 2
        self.assertEqual(list(d.items()), [("a", 1), ("b", 2)])
        self.assertIs(type(d | {}), dict)
        s = c_types.MySet("ab")
        s.add("c")
        self.assertEqual(sorted(s), ["a", "b", "c"])
        self.assertEqual(c_types.MyStr("abc").upper(), "ABC")
        self.assertEqual({c_types.MyStr("key"): 1}["key"], 1)
        self.assertEqual({"key": 1}[c_types.MyStr("key")], 1)
        self.assertEqual("".join([c_types.MyStr("x"), "y"]), "xy")
        self.assertEqual(c_types.MyFloat(1.5) + 1, 2.5)

    def test_exceptions(self):
        with self.assertRaises(Exception) as caught:
            raise c_types.MyException("a", 1)
        self.assertEqual(caught.exception.args, ("a", 1))
        error = c_types.MyOSError(2, "text", "file")
        self.assertEqual((error.errno, error.filename, str(error)), (2, "file", "[Errno 2] text: 'file'"))
        error.__cause__ = ValueError()
        error.extra = 3
        with self.assertRaises(OSError):
            raise error

    def test_tp_new_comes_from_the_base(self):
        # The first __new__ of the MRO is OwnNew's, but instances are made by the base that determines their layout.
        class Both(c_types.OwnNew, SyntaxError):
            pass

        both = Both("text")
        self.assertEqual((both.msg, both.args, Both.__base__), ("text", ("text",), SyntaxError))
        self.assertEqual(c_types.OwnNew(1).args, (1,))
        self.assertEqual(result(c_types.OwnNew.__new__, Both),
                         "TypeError: c_types.OwnNew.__new__(Both) is not safe, use Both.__new__()")

    def test_metaclass(self):
        class C(metaclass=c_types.MyType):
            x = 1

        self.assertIs(type(C), c_types.MyType)
        C.extra = 77
        self.assertEqual(C.extra, 77)
        self.assertEqual(result(lambda: C().extra), "AttributeError: 'C' object has no attribute 'extra'")
        self.assertEqual(C().x, 1)

        class D(C):
            __slots__ = ("a", "b", "c")

        d = D()
        d.a, d.b, d.c = 1, 2, 3
        D.extra = 5
        self.assertEqual((D.extra, d.a, d.b, d.c), (5, 1, 2, 3))
        r = weakref.ref(D)
        del D, d
        gc.collect()
        self.assertIsNone(r())

    def test_weak_reference(self):
        class Target:
            pass

        target = Target()
        r = c_types.MyWeakReference(target)
        self.assertIs(r(), target)
        r.extra = 4
        r.name = "n"
        self.assertIsNot(weakref.ref(target), r)
        del target
        self.assertIsNone(r())
        self.assertEqual((r.extra, r.name), (4, "n"))


class Extended(support.Recorded):
    """A C class with fields of its own on top of each built-in type that can be subclassed and has no items in itself."""

    def samples(self):
        import _io
        import array
        import collections
        import contextvars
        import decimal
        import functools
        import io
        import itertools
        import queue
        import random
        import struct
        import types
        for base, *args in [
                (object,), (list, [1]), (dict, {1: 2}), (set, [1]), (frozenset, [1]), (float, 1.5), (complex, 1j), (str, "a\u20ac"),
                (bytearray, b"a"), (property, len), (staticmethod, len), (classmethod, len), (enumerate, "ab"), (zip, "ab", "cd"),
                (map, len, ["a"]), (filter, None, [0, 1]), (types.ModuleType, "m"),
                (types.SimpleNamespace,), (BaseException, 1), (Exception, 1), (ValueError, "x"),
                (OSError, 2, "text"), (SystemExit, 3), (ImportError, "x"), (StopIteration, 5), (UnicodeDecodeError, "a", b"b", 0, 1, "r"),
                (SyntaxError, "s"), (KeyError, "k"), (AttributeError, "a"), (NameError, "n"), (ExceptionGroup, "g", [ValueError()]),
                (collections.deque, "ab"), (collections.defaultdict, int), (collections.OrderedDict, {1: 2}), (array.array, "i", [1]),
                (itertools.chain, "ab"), (itertools.count, 5), (itertools.cycle, "ab"), (itertools.islice, "abc", 2),
                (functools.partial, len), (random.Random, 5), 
                (io.BytesIO, b"ab"), (io.StringIO, "ab"),
                (_io._IOBase,), (struct.Struct, "i"), (decimal.Decimal, "1.5"), (weakref.ref, Extended), (queue.SimpleQueue,)]:
            yield base, args

    def test_all(self):
        lines = []
        for base, args in self.samples():
            kind = c_types.extend(base)
            instance = kind(*args)
            instance.extra = 2**62 + 5
            instance.kept = marker = type("Marker", (), {})()
            alive = weakref.ref(marker)
            del marker
            done = [instance.extra == 2**62 + 5, isinstance(instance, base), type(instance) is kind, instance.kept is alive()]
            done.append(result(setattr, instance, "attribute", 5) or instance.attribute)
            r = weakref.ref(instance)
            del instance
            gc.collect()
            done += [r() is None]

            class Sub(kind):
                __slots__ = ("slot",)

            sub = Sub(*args)
            sub.slot = 6
            sub.extra = 7
            sub.kept = kind
            done += [sub.slot, sub.extra, sub.kept is kind]
            r = weakref.ref(sub)
            del sub
            gc.collect()
            done += [r() is None]
            lines.append(f"{base.__name__}: {done} {kind.__basicsize__ - base.__basicsize__ in (32, 36)}")
        self.compare("types_extended", lines)


if __name__ == "__main__":
    unittest.main()
