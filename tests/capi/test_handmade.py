"""Heap types made field by field, with a metaclass from C and dicts that the machine manages (as pybind11 makes them)."""
import gc
import unittest
import weakref

import support  # noqa: F401
from support import result
import handmade


class Handmade(unittest.TestCase):
    def setUp(self):
        gc.collect()
        handmade.counts()

    def test_plain(self):
        plain = handmade.make("Plain", handmade.object, False, False)
        self.assertEqual((plain.__name__, plain.__module__, type(plain), plain.__bases__), ("Plain", "handmade", handmade.meta, (handmade.object,)))
        instance = plain()
        self.assertEqual(instance.number, 1234)
        self.assertEqual(result(setattr, instance, "x", 1), "AttributeError: 'Plain' object has no attribute 'x'")
        r = weakref.ref(instance)
        del instance
        self.assertIsNone(r())
        self.assertEqual(handmade.counts(), (1, 1))

        class Sub(plain):
            def __init__(self):
                super().__init__()
                self.x = 5

        class Forgets(plain):
            def __init__(self):
                pass

        self.assertEqual(Sub().x, 5)
        self.assertIs(type(Sub), handmade.meta)
        self.assertEqual(result(Forgets), "TypeError: Forgets.__init__() must be called")

    def test_dynamic(self):
        dynamic = handmade.make("Dynamic", handmade.object, True, False)
        self.assertTrue(handmade.is_managed(dynamic))
        instance = dynamic()
        instance.x, instance.y = 1, [instance]
        self.assertEqual(sorted(instance.__dict__), ["x", "y"])
        self.assertEqual((instance.number, instance.x, instance.y), (1234, 1, [instance]))
        instance.__dict__ = {"z": 3, "me": instance}
        self.assertEqual((instance.z, result(lambda: instance.x)), (3, "AttributeError: 'Dynamic' object has no attribute 'x'"))
        del instance.z
        self.assertEqual(list(vars(instance)), ["me"])
        for _ in range(50):  # enough for what watches attributes
            instance.counter = getattr(instance, "counter", 0) + 1
        self.assertEqual((instance.counter, instance.number), (50, 1234))
        r = weakref.ref(instance)
        del instance
        gc.collect()
        self.assertIsNone(r())

    def test_below_dynamic(self):
        dynamic = handmade.make("Dynamic", handmade.object, True, False)
        same = handmade.make("Same", dynamic, True, False)
        larger = handmade.make("Larger", dynamic, True, True)
        larger.is_larger = True

        class Python(larger):
            __slots__ = ("slot",)

        class Other(same):
            pass

        for kind in (same, larger, Python, Other):
            instance = kind()
            instance.number = -1
            instance.attribute = [kind]
            if kind in (larger, Python):
                self.assertEqual(instance.more, 5678)
                instance.more = -2
                self.assertEqual(instance.more, -2)
            if kind is Python:
                instance.slot = "s"
                self.assertEqual(instance.slot, "s")
            self.assertEqual((instance.number, instance.attribute, list(instance.__dict__)), (-1, [kind], ["attribute"]))
            instance.me = instance
            r = weakref.ref(instance)
            del instance
            gc.collect()
            if kind is not Other:  # python3.11 visits its dict twice and keeps it
                self.assertIsNone(r(), kind)

    def test_static_property(self):
        kind = handmade.make("WithStatic", handmade.object, False, False)
        values = {}
        kind.static = handmade.static_property(lambda cls: values.get(cls, 0), lambda cls, value: values.__setitem__(cls, value), None, "text")
        self.assertEqual((kind.static, kind().static), (0, 0))
        kind.static = 5
        self.assertEqual((kind.static, kind().static, values), (5, 5, {kind: 5}))
        kind().static = 6
        self.assertEqual(kind.static, 6)
        kind.other = 1
        self.assertEqual(kind.other, 1)

    def test_instance_method(self):
        def function(self, x):
            "its text"
            return self, x

        kind = handmade.make("WithMethod", handmade.object, False, False)
        kind.method = handmade.instance_method(function)
        instance = kind()
        self.assertEqual(instance.method(1), (instance, 1))
        self.assertEqual(type(kind.method).__name__, "instancemethod")
        self.assertEqual((kind.method.__doc__, kind.method.__name__), ("its text", "function"))
        self.assertEqual(handmade.instance_method(handmade.instance_method).__doc__, "Text of instance_method.")


if __name__ == "__main__":
    unittest.main()
