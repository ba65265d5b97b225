"""Initialisation of extension modules: one phase, several phases, the stable ABI, and wrong modules."""
import gc
import importlib
import importlib.machinery
import os
import shutil
import sys
import tempfile
import unittest

import support
import multi_phase
import single_phase

MULTI, SINGLE = support.file_of("multi_phase"), support.file_of("single_phase")


def result(function, *args):
    try:
        return function(*args)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


class MultiPhase(unittest.TestCase):
    def test_facts(self):
        m = multi_phase
        self.assertEqual((m.first, m.second, m.number, m.METH_FASTCALL), ("done", "done", -5, 0x80))
        self.assertEqual(m.__doc__, "A module in phases.")
        self.assertEqual(m.__name__, "multi_phase")
        self.assertEqual(m.__file__, MULTI)
        self.assertIsInstance(m.__loader__, importlib.machinery.ExtensionFileLoader)
        self.assertEqual(m.facts(m), ("multi_phase", MULTI, 1, 1, m.__dict__))
        self.assertEqual(m.Error.__doc__, "The module's own.")
        self.assertEqual(m.Error.__module__, "multi_phase")
        self.assertIs(m.Error.__base__, ValueError)
        self.assertEqual(m.next_count.__text_signature__, "($module, /)")
        self.assertEqual(m.next_count.__module__, "multi_phase")
        self.assertIn("bad argument", result(m.facts, 3))

    def test_modules_are_apart(self):
        a, b = (support.load("multi_phase", MULTI) for _ in range(2))
        self.assertIsNot(a, b)
        self.assertIsNot(a.Error, b.Error)
        self.assertIsNot(a.Kind, b.Kind)
        self.assertEqual([a.next_count(), a.next_count(), b.next_count()], [101, 102, 101])
        self.assertEqual(a.Kind().bump(), 103)
        self.assertEqual(a.Kind() + 1, 103)
        self.assertEqual(b.Kind() + 1, 101)

        class Sub(b.Kind):
            pass

        self.assertEqual(Sub().bump(), 102)
        self.assertEqual(Sub() + 1, 102)
        with self.assertRaises(a.Error) as caught:
            a.raise_own("text")
        self.assertNotIsInstance(caught.exception, b.Error)

    def test_state_is_collected(self):
        before = multi_phase.counters()
        m = support.load("multi_phase", MULTI)
        m.attach(m)
        self.assertIs(m.attached(), m)
        del m
        gc.collect()
        after = multi_phase.counters()
        self.assertGreater(after[0], before[0])
        self.assertGreater(after[1], before[1])
        self.assertGreater(after[2], before[2])

    def test_state_of_interpreter(self):
        self.assertIsNone(multi_phase.find_module())
        self.assertEqual(result(multi_phase.add_to_state), "SystemError: PyState_AddModule called on module with slots")

    def test_import_again(self):
        sys.modules.pop("multi_phase")
        import multi_phase as second
        try:
            self.assertIsNot(second, multi_phase)
        finally:
            sys.modules["multi_phase"] = multi_phase

    def test_reload(self):
        m = support.load("multi_phase", MULTI)
        sys.modules["multi_phase"] = m
        try:
            m.next_count()
            m.first = "changed"
            again = importlib.reload(m)
            self.assertIs(again, m)
            self.assertEqual(m.next_count(), 102)
            self.assertEqual(m.first, "changed")
        finally:
            sys.modules["multi_phase"] = multi_phase

    def test_create(self):
        m = support.load("created", MULTI)
        self.assertEqual((m.created, m.__name__, m.__doc__), ("yes", "created", "Text."))
        self.assertEqual(len(m.counters()), 3)
        self.assertEqual(support.load("any_object", MULTI), ["no module"])
        self.assertEqual(support.load("\u00fcml", MULTI).__name__, "\u00fcml")


class SinglePhase(unittest.TestCase):
    def test_facts(self):
        m = single_phase
        self.assertEqual((m.__doc__, m.__name__, m.__file__), ("A module in one go.", "single_phase", SINGLE))
        self.assertEqual(m.find_module().__name__, "single_phase")

    def test_import_again(self):
        # A module without state is not initialised again: its dictionary is copied.
        single_phase.added = "later"
        single_phase.list.append(1)
        sys.modules.pop("single_phase")
        try:
            import single_phase as second
            self.assertEqual(second.inits, single_phase.inits)
            self.assertEqual(second.count_inits(), single_phase.count_inits())
            self.assertIs(second.list, single_phase.list)
            self.assertFalse(hasattr(second, "added"))
        finally:
            sys.modules["single_phase"] = single_phase
            single_phase.list.clear()

    def test_with_state(self):
        a = support.load("again", SINGLE)
        b = support.load("again", SINGLE)
        self.assertEqual((a.state, b.state), (1, 1))
        self.assertEqual(b.inits, a.inits + 1)

    def test_version(self):
        made = single_phase.make_module(1013)
        self.assertEqual((made.__name__, made.__doc__), ("made", "Text."))
        self.assertEqual(single_phase.make_module(3).__name__, "made")
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            single_phase.make_module(1007)
        self.assertEqual([str(each.message) for each in caught],
                         ["Python C API version mismatch for module made: This Python has API version 1013, module made has "
                          "version 1007."])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertTrue(result(single_phase.make_module, 1007).startswith("RuntimeWarning: Python C API version mismatch"))

    def test_additions(self):
        module = type(sys)("module")
        self.assertIs(single_phase.add_things(module), module)
        self.assertEqual(module.__doc__, "New text.")
        self.assertEqual(module.find_module.__doc__, "Finds.")
        self.assertFalse(hasattr(module, "null"))
        self.assertEqual(result(single_phase.add_null_silently, module),
                         "SystemError: PyModule_AddObjectRef() must be called with an exception raised if value is NULL")
        self.assertEqual(result(single_phase.add_null_silently, 3),
                         "TypeError: PyModule_AddObjectRef() first argument must be a module")

    def test_interpreter_state(self):
        self.assertEqual(single_phase.find_module().__name__, "single_phase")
        self.assertIsNone(single_phase.remove_module())
        self.assertIsNone(single_phase.find_module())
        self.assertIsNone(single_phase.add_module(single_phase))
        self.assertIs(single_phase.find_module(), single_phase)


class StableAbi(unittest.TestCase):
    def test_module(self):
        import limited
        self.assertTrue(limited.__file__.endswith("limited.abi3.so"))
        box = limited.Box(value=1.5)
        self.assertEqual(repr(box + limited.Box(2)), "Box(3.5)")
        self.assertEqual(box.value, 1.5)
        with self.assertRaises(TypeError):
            box + 1
        self.assertEqual(memoryview(box).cast("d")[0], 1.5)
        self.assertEqual(limited.macros([1, 2, 3]), ((1, 2, 3), (2, 3), 0, 1, 0, 0))
        self.assertEqual(limited.text("\u20acx"), (b"\xe2\x82\xacx", 2, 0x20AC))
        self.assertEqual(limited.run(compile("x * 2 + 2", "", "eval")), 42)
        self.assertEqual(limited.Box.__module__, "limited")


class Wrong(unittest.TestCase):
    def check(self, name, path, text, kind=None):
        got = result(support.load, name, path)
        self.assertEqual(got, text, name)

    def test_single_phase(self):
        self.check("silent", SINGLE, "SystemError: initialization of silent failed without raising an exception")
        self.check("raising", SINGLE, "KeyError: 'from init'")
        self.check("loud", SINGLE, "SystemError: initialization of loud raised unreported exception")
        self.check("uninitialized", SINGLE, "SystemError: init function of uninitialized returned uninitialized object")
        self.check("create_with_slots", SINGLE, "SystemError: module slotted: PyModule_Create is incompatible with m_slots")
        self.check("bad_method", SINGLE, "SystemError: bad() method: bad call flags")
        self.check("class_method", SINGLE, "ValueError: module functions cannot set METH_CLASS or METH_STATIC")
        self.check("nothing", SINGLE, "ImportError: dynamic module does not define module export function (PyInit_nothing)")
        self.check("n\u00f6", SINGLE, "ImportError: dynamic module does not define module export function (PyInitU_n_1ga)")
        self.check("no_module", SINGLE, "SystemError: initialization of no_module did not return an extension module")

    def test_multi_phase(self):
        self.check("exec_fails", MULTI, "OSError: exec failed")
        self.check("exec_silent", MULTI, "SystemError: execution of module exec_silent failed without setting an exception")
        self.check("exec_loud", MULTI, "SystemError: execution of module exec_loud raised unreported exception")
        self.check("create_null", MULTI, "SystemError: creation of module create_null failed without setting an exception")
        self.check("create_loud", MULTI, "SystemError: creation of module create_loud raised unreported exception")
        self.check("create_raises", MULTI, "OSError: create failed")
        self.check("unknown_slot", MULTI, "SystemError: module unknown_slot uses unknown slot ID 77")
        self.check("negative_slot", MULTI, "SystemError: module negative_slot uses unknown slot ID -1")
        self.check("created_twice", MULTI, "SystemError: module created_twice has multiple create slots")
        self.check("any_with_state", MULTI, "SystemError: module any_with_state is not a module object, but requests module state")
        self.check("any_with_exec", MULTI,
                   "SystemError: module any_with_exec specifies execution slots, but did not create a ModuleType instance")
        self.check("negative_size", MULTI, "SystemError: module negative_size: m_size may not be negative for multi-phase initialization")

    def test_files(self):
        folder = tempfile.mkdtemp()
        try:
            path = os.path.join(folder, "wrong.so")
            got = result(support.load, "wrong", path)
            self.assertEqual(got, f"ImportError: {path}: cannot open shared object file: No such file or directory")
            for content, text in ((b"", "file too short"), (b"print('no module')\n" * 100, "invalid ELF header"),
                                  (b"\x7fELF", "file too short")):
                with open(path, "wb") as stream:
                    stream.write(content)
                self.assertEqual(result(support.load, "wrong", path), f"ImportError: {path}: {text}")
            with open(SINGLE, "rb") as stream:
                data = stream.read()
            # The dynamic linker touches what is not there, and python3.11 dies of it.
            for size in (64, 200, 1000, len(data) // 2) if hasattr(sys, "adder_version_info") else (64,):
                with open(path, "wb") as stream:
                    stream.write(data[:size])
                got = result(support.load, "single_phase", path)
                self.assertTrue(got.startswith(f"ImportError: {path}: "), got)
                os.unlink(path)
            broken = bytearray(data)
            broken[18] = 0xB7  # for another processor
            with open(path, "wb") as stream:
                stream.write(broken)
            got = result(support.load, "single_phase", path)
            self.assertTrue(got.startswith(f"ImportError: {path}: "), got)
            os.mkdir(path + "d")
            self.assertIn("ImportError: ", result(support.load, "wrong", path + "d"))
        finally:
            shutil.rmtree(folder)

    def test_undefined_name(self):
        path = support.file_of("undefined")
        with self.assertRaisesRegex(ImportError, "undefined symbol: PyAdder_no_such_function") as caught:
            support.load("undefined", path)
        self.assertEqual((caught.exception.name, caught.exception.path), ("undefined", path))

    def test_other_versions_are_not_found(self):
        folder = tempfile.mkdtemp()
        try:
            shutil.copy(SINGLE, os.path.join(folder, "foreign.cpython-312-x86_64-linux-gnu.so"))
            sys.path.insert(0, folder)
            importlib.invalidate_caches()
            self.assertEqual(result(importlib.import_module, "foreign"), "ModuleNotFoundError: No module named 'foreign'")
        finally:
            sys.path.remove(folder)
            shutil.rmtree(folder)


if __name__ == "__main__":
    unittest.main()
