"""Garbage collection of classes written in C, weak references, capsules."""
import gc
import sys
import unittest

import support  # noqa: F401
from support import result
import collected


class Collection(unittest.TestCase):
    def setUp(self):
        gc.collect()
        collected.counts()
        collected.set_revive(None)

    def test_cycle(self):
        for kind in (collected.Node, collected.Finalized):
            a, b = kind(), kind()
            a.left, a.right, b.left = b, [a], {"a": a}
            dead = []
            r = collected.weak(a, lambda ref: dead.append(ref))
            del a, b
            self.assertEqual(collected.counts()[0], 0)
            self.assertGreaterEqual(gc.collect(), 4)
            deaths, clears, finalized = collected.counts()
            self.assertEqual(deaths, 2)
            self.assertGreaterEqual(clears, 1)
            self.assertEqual(finalized, 2 if kind is collected.Finalized else 0)
            self.assertIsNone(r())
            self.assertEqual(dead, [r])

    def test_without_clear(self):
        a = collected.Uncleared()
        a.left = [a]
        r = collected.weak(a)
        del a
        gc.collect()
        self.assertIsNone(r())

    def test_reachable_stays(self):
        a = collected.Node()
        a.left = a
        before = a.traversed
        gc.collect()
        self.assertGreater(a.traversed, before)
        self.assertEqual(collected.counts()[0], 0)
        self.assertIs(a.left, a)

    def test_resurrection(self):
        revived = []
        collected.set_revive(revived)
        a = collected.Finalized()
        a.left = a
        del a
        gc.collect()
        self.assertEqual(len(revived), 1)
        self.assertIs(revived[0].left, revived[0])
        self.assertEqual(collected.counts(), (0, 0, 1))
        self.assertTrue(gc.is_finalized(revived[0]))
        revived.clear()
        gc.collect()
        self.assertEqual(collected.counts()[0], 1)
        self.assertEqual(revived, [])
        a = collected.Finalized()
        del a
        self.assertEqual(len(revived), 1)
        self.assertEqual(collected.counts(), (0, 0, 1))
        revived.clear()
        self.assertEqual(collected.counts()[::2], (1, 0))

    def test_referrers(self):
        a, b = collected.Node(), collected.Node()
        a.left = b
        self.assertIn(a, gc.get_referrers(b))
        self.assertEqual(gc.get_referents(a), [b])
        a.right = 5
        self.assertEqual(gc.get_referents(a), [b, 5])
        self.assertTrue(any(each is a for each in gc.get_objects()))

    def test_members(self):
        a = collected.Node()
        self.assertIsNone(a.left)
        self.assertEqual(result(lambda: a.right), "AttributeError: 'collected.Node' object has no attribute 'right'")
        a.right = None
        self.assertIsNone(a.right)
        del a.right
        self.assertEqual(result(delattr, a, "right"), "AttributeError: right")
        a.left = 5
        del a.left
        self.assertIsNone(a.left)

    def test_tracking(self):
        a = collected.untracked()
        self.assertFalse(gc.is_tracked(a))
        self.assertEqual(collected.track(a, True), (1, 1, 0))
        self.assertTrue(gc.is_tracked(a))
        self.assertEqual(collected.track(a, False), (1, 0, 0))
        self.assertEqual(collected.track(a, False), (1, 0, 0))
        self.assertEqual(collected.track(5, False), (0, 0, 0))
        self.assertEqual(collected.track((), False)[0], 1)
        self.assertEqual(collected.track(int, False)[0], 0)
        self.assertEqual(collected.track([], False), (1, 0, 0))

    def test_long_chain(self):
        head = collected.chain(200000)
        del head
        self.assertEqual(collected.counts()[0], 200000)

    def test_vector(self):
        v = collected.vector(tuple(range(100)))
        self.assertEqual(list(v), list(range(100)))
        cell = []
        v = collected.vector((cell, 1, cell))
        r = collected.weak(collected.Node())
        node = collected.Node()
        cell.append([v, node])
        r = collected.weak(node)
        del v, cell, node
        gc.collect()
        self.assertIsNone(r())

    def test_switch(self):
        self.assertEqual(collected.enable(False), (1, 0))
        self.assertFalse(gc.isenabled())
        self.assertEqual(collected.enable(True), (0, 1))
        a = collected.Node()
        a.left = a
        del a
        self.assertEqual(collected.collect(), 1)

    def test_generations(self):
        for _ in range(3000):
            a = collected.Node()
            a.left = a
        self.assertGreater(collected.counts()[0], 500)

    def test_python_subclass(self):
        class Sub(collected.Node):
            def __del__(self):
                deaths.append(self.name)

        deaths = []
        s = Sub()
        s.name = "n"
        s.left = s
        s.more = [s]
        del s
        gc.collect()
        self.assertEqual(deaths, ["n"])
        self.assertEqual(collected.counts()[0], 1)

    def test_counts(self):
        self.assertEqual(collected.set_refs([]), (0, 1, 1))


class WeakReferences(unittest.TestCase):
    def test_references(self):
        node = collected.Node()
        r = collected.weak(node)
        self.assertIs(collected.weak(node), r)
        self.assertIs(collected.weak_object(r), node)
        called = []
        c = collected.weak(node, called.append)
        p = collected.weak(node, None, True)
        q = collected.weak(node, called.append, True)
        self.assertIs(collected.weak(node, None, True), p)
        self.assertIsNot(c, r)
        self.assertIs(collected.weak_object(p), node)
        p.left = 7
        self.assertEqual((node.left, q.left), (7, 7))
        self.assertEqual([collected.weak_kind(each) for each in (r, p, 5)], [(1, 1, 1, 0), (1, 0, 0, 1), (0, 0, 0, 0)])
        del node
        self.assertIsNone(collected.weak_object(r))
        self.assertEqual(len(called), 2)
        self.assertEqual(result(lambda: p.left), "ReferenceError: weakly-referenced object no longer exists")
        self.assertEqual(result(collected.weak, 5), "TypeError: cannot create weak reference to 'int' object")
        self.assertIn("bad argument to internal function", result(collected.weak_object, 5))

    def test_callback_order_and_errors(self):
        node = collected.Node()
        called = []
        refs = [collected.weak(node, lambda r, i=i: called.append(i)) for i in range(3)]
        del node
        self.assertEqual(called, [2, 1, 0])
        del refs
        node = collected.Node()
        seen = []
        hook, sys.unraisablehook = sys.unraisablehook, lambda info: seen.append((info.exc_type, info.err_msg))
        try:
            r = collected.weak(node, lambda r: 1 / 0)
            del node
        finally:
            sys.unraisablehook = hook
        self.assertEqual(seen[0][0], ZeroDivisionError)
        self.assertIsNone(r())

    def test_callback_dies_first(self):
        node = collected.Node()
        called = []
        r = collected.weak(node, called.append)
        del r
        del node
        self.assertEqual(called, [])


class Capsules(unittest.TestCase):
    def test_life(self):
        collected.take_destroyed()
        capsule = collected.make_capsule("some.name", 0)
        self.assertRegex(repr(capsule), '^<capsule object "some.name" at 0x[0-9a-f]+>$')
        self.assertEqual(collected.read_capsule(capsule, "some.name"), (1, "some.name", 1, 1, 1))
        self.assertEqual(result(collected.read_capsule, capsule, "other"),
                         "ValueError: PyCapsule_GetPointer called with incorrect name")
        self.assertEqual(result(collected.read_capsule, capsule, None),
                         "ValueError: PyCapsule_GetPointer called with incorrect name")
        del capsule
        self.assertEqual(collected.take_destroyed(), 1)
        capsule = collected.make_capsule(None, 1)
        self.assertRegex(repr(capsule), "^<capsule object NULL at 0x[0-9a-f]+>$")
        self.assertEqual(collected.read_capsule(capsule, None), (1, None, 1, 1, 1))
        self.assertTrue(collected.change_capsule(capsule))
        del capsule
        self.assertEqual(collected.take_destroyed(), 0)
        del_with_context = collected.make_capsule("x", 1)
        del del_with_context
        self.assertEqual(collected.take_destroyed(), 10)

    def test_wrong(self):
        texts = ["PyCapsule_New called with null pointer", "PyCapsule_GetName called with invalid PyCapsule object",
                 "PyCapsule_SetPointer called with invalid PyCapsule object",
                 "PyCapsule_GetContext called with invalid PyCapsule object", None,
                 "PyCapsule_GetPointer called with invalid PyCapsule object"]
        for i, text in enumerate(texts):
            self.assertEqual(result(collected.wrong_capsules, i), 0 if text is None else "ValueError: " + text)
        self.assertEqual(result(type(collected.api)), "TypeError: cannot create 'PyCapsule' instances")

    def test_import(self):
        self.assertTrue(collected.import_capsule("collected.api"))
        self.assertEqual(result(collected.import_capsule, "collected.counts"),
                         'AttributeError: PyCapsule_Import "collected.counts" is not valid')
        self.assertEqual(result(collected.import_capsule, "collected.none"),
                         "AttributeError: module 'collected' has no attribute 'none'")
        self.assertEqual(result(collected.import_capsule, "no_such_module.api"),
                         'ImportError: PyCapsule_Import could not import module "no_such_module"')


if __name__ == "__main__":
    unittest.main()
