"""The cycle collector and its module."""
import gc
import sys
import unittest
import weakref


class Node:
    pass


class CollectorTest(unittest.TestCase):
    def setUp(self):
        gc.collect()
        self.enabled = gc.isenabled()
        gc.disable()

    def tearDown(self):
        if self.enabled:
            gc.enable()

    def test_cycles_of_each_kind(self):
        for make in (list, dict, Node):
            with self.subTest(make=make):
                thing = make()
                if make is list:
                    thing.append(thing)
                elif make is dict:
                    thing[1] = thing
                else:
                    thing.me = thing
                del thing
                self.assertEqual(gc.collect(), 1)

    def test_finalizer_runs_once_and_may_revive(self):
        saved = []

        class Phoenix:
            def __del__(self):
                saved.append(self)

        bird = Phoenix()
        bird.me = bird
        del bird
        gc.collect()
        self.assertEqual(len(saved), 1)
        self.assertTrue(gc.is_finalized(saved[0]))
        saved.clear()
        gc.collect()
        self.assertEqual(saved, [])

    def test_weak_references_die_before_finalizers_run(self):
        seen = []

        class Thing:
            def __del__(self):
                seen.append(reference())

        thing = Thing()
        thing.me = thing
        reference = weakref.ref(thing)
        del thing
        gc.collect()
        self.assertEqual(seen, [None])

    def test_callback_of_reachable_reference(self):
        calls = []
        thing = Node()
        thing.me = thing
        reference = weakref.ref(thing, calls.append)
        del thing
        gc.collect()
        self.assertEqual(calls, [reference])

    def test_callback_of_garbage_does_not_run(self):
        calls = []
        thing = Node()
        thing.me = thing
        thing.reference = weakref.ref(thing, calls.append)
        del thing
        gc.collect()
        self.assertEqual(calls, [])

    def test_module_callbacks(self):
        phases = []
        record = lambda phase, info: phases.append((phase, info["generation"]))
        gc.callbacks.append(record)
        try:
            gc.collect(1)
        finally:
            gc.callbacks.remove(record)
        self.assertEqual(phases, [("start", 1), ("stop", 1)])

    def test_referrers_and_referents(self):
        thing = Node()
        holder = [thing]
        self.assertIn(holder, gc.get_referrers(thing))
        self.assertEqual(sorted(gc.get_referents([1, 2])), [1, 2])

    def test_tracking(self):
        self.assertFalse(gc.is_tracked(1))
        self.assertTrue(gc.is_tracked([]))
        self.assertTrue(gc.is_tracked(Node()))

    def test_lists_that_come_and_go_are_not_counted(self):
        gc.collect()
        for make in (lambda: [], lambda: {"a": 1}, lambda: tuple([1, 2])):
            made = [make() for _ in range(70)]
            del made
            before = gc.get_count()[0]
            for _ in range(50):
                made = [make() for _ in range(60)]
                del made
            self.assertLess(abs(gc.get_count()[0] - before), 20)

    def test_freeze(self):
        gc.freeze()
        self.assertGreater(gc.get_freeze_count(), 0)
        gc.unfreeze()
        self.assertEqual(gc.get_freeze_count(), 0)

    def test_errors(self):
        self.assertRaises(ValueError, gc.collect, 3)
        self.assertRaises(ValueError, gc.get_objects, 3)
        self.assertRaises(TypeError, gc.set_threshold)

    def test_deep_nesting_dies_without_recursion(self):
        deep = []
        for _ in range(200_000):
            deep = [deep]
        del deep
        deep = ()
        for _ in range(200_000):
            deep = (deep,)
        del deep

    @unittest.skipUnless(hasattr(sys, "adder_version_info"), "python3.11 overruns its stack")
    def test_chained_weak_references_die_without_recursion(self):
        class Reference(weakref.ref):
            pass

        node = Node()
        for make in weakref.ref, weakref.proxy, Reference:
            last = print
            for _ in range(300_000):
                last = make(node, last)
            del last
            self.assertEqual(weakref.getweakrefcount(node), 0)


if __name__ == "__main__":
    unittest.main()
