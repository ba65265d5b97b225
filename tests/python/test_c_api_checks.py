"""CPython's own test extensions (_testcapi and its relatives, where they are installed) check the C API themselves."""
import gc
import os
import subprocess
import sys
import traceback
import unittest

try:
    import _testcapi
    import _testinternalcapi
except ImportError as error:
    raise unittest.SkipTest(str(error)) from None


def run(code, *options, **environment):
    return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True,
                          env={**os.environ, **environment})


class SelfChecks(unittest.TestCase):
    def test_functions(self):
        for module in _testcapi, _testinternalcapi:
            names = [name for name in dir(module) if name.startswith("test_")]
            self.assertTrue(names)
            code = f"import {module.__name__} as m, sys\nfor name in sys.argv[1:]:\n    print(name, flush=True)\n    getattr(m, name)()"
            result = subprocess.run([sys.executable, "-Wignore", "-c", code, *names], capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stdout[-200:] + result.stderr)

    def test_functions_leave_nothing(self):
        # These allocate and release; the others need a process of their own or print.
        names = [name for name in dir(_testcapi) if name.startswith("test_")
                 and name not in ("test_sizeof_c_types", "test_gc_control", "test_Z_code", "test_u_code")]
        for name in names:
            function = getattr(_testcapi, name)
            for _ in range(5):
                function()
            gc.collect()
            before = sys.getallocatedblocks()
            for _ in range(100):
                function()
            gc.collect()
            self.assertLess(sys.getallocatedblocks() - before, 50, name)


class Exceptions(unittest.TestCase):
    """What C code sets is made an instance later: where it is handled, in the end."""

    class Bad(Exception):
        def __init__(self):
            raise RuntimeError("no")

    def raised(self):
        """The exception and the functions of its traceback."""
        try:
            _testcapi.raise_exception(self.Bad, 0)
        except RuntimeError as error:
            return error, [frame.name for frame in traceback.extract_tb(error.__traceback__)]

    def test_failing_constructor(self):
        self.assertEqual(self.raised()[1], ["__init__"])
        try:
            1 / 0
        except ZeroDivisionError as handled:  # gets a context: made at once
            error, names = self.raised()
            self.assertIs(error.__context__, handled)
        self.assertEqual(names, ["raised", "__init__"])

    def test_endless(self):
        def generator():
            yield
        started = generator()
        next(started)
        for call in (lambda: _testcapi.raise_exception(_testcapi.RecursingInfinitelyError, 0),
                     lambda: started.throw(_testcapi.RecursingInfinitelyError)):
            with self.assertRaisesRegex(RecursionError, "^maximum recursion depth exceeded while normalizing an exception$"):
                call()


class Lists(unittest.TestCase):
    def test_calls_with_lists_of_any_length(self):
        import ctypes
        api, thing = ctypes.pythonapi, ctypes.py_object

        class Receiver:
            def method(self, *args):
                return args

        def call(name, *args):
            function = getattr(api, name)
            function.restype = thing
            return function(*(thing(arg) for arg in args), None)

        for count in (0, 1, 63, 64, 65, 66, 130, 300):
            items = range(count)
            self.assertEqual(call("PyObject_CallFunctionObjArgs", lambda *args: args, *items), tuple(items))
            self.assertEqual(call("PyObject_CallMethodObjArgs", Receiver(), "method", *items), tuple(items))


class FrameEvaluation(unittest.TestCase):
    """PEP 523: every frame goes through the hook, those that the loop would enter by itself too."""

    def record(self, function):
        names = []
        _testinternalcapi.set_eval_frame_record(names)
        try:
            function()
        finally:
            _testinternalcapi.set_eval_frame_default()
        return names[1:]

    def test_calls(self):
        def inner(x, y=1):
            return x + y

        def outer():
            return inner(1) + inner(x=1) + inner(*(1, 2))
        self.assertEqual(self.record(outer), ["inner"] * 3)

    def test_special_methods_and_exceptions(self):
        class C:
            def __init__(self):
                self.x = 1

            def __getitem__(self, key):
                raise KeyError(key)

        def outer():
            try:
                C()[0]
            except KeyError:
                pass
        self.assertEqual(self.record(outer), ["__init__", "__getitem__"])

    def test_generators(self):
        def numbers():
            yield from range(3)

        def outer():
            self.assertEqual(list(numbers()), [0, 1, 2])
        names = self.record(outer)
        self.assertGreaterEqual(names.count("numbers"), 4)


class Allocators(unittest.TestCase):
    def test_names(self):
        for value, name in [("debug", "pymalloc_debug"), ("malloc", "malloc"), ("malloc_debug", "malloc_debug"),
                            ("pymalloc", "pymalloc"), ("pymalloc_debug", "pymalloc_debug")]:
            result = run("import _testcapi; print(_testcapi.pymem_getallocatorsname())", PYTHONMALLOC=value)
            self.assertEqual(result.stdout.strip(), name, result.stderr)

    def test_broken_blocks(self):
        for function, message in [
                ("pymem_buffer_overflow", "at tail+0: 0x78 *** OUCH"),
                ("pymem_buffer_overflow", "Fatal Python error: _PyMem_DebugRawFree: bad trailing pad byte"),
                ("pymem_api_misuse", "bad ID: Allocated using API 'm', verified using API 'r'"),
                ("pymem_malloc_without_gil", "Python memory allocator called without holding the GIL")]:
            result = run(f"import _testcapi; _testcapi.{function}()", PYTHONMALLOC="debug")
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(message, result.stderr)

    def test_checked_blocks_of_threads_and_extensions(self):
        code = """
import ctypes, decimal, json, threading
def work():
    json.dumps([decimal.Decimal(i).sqrt().__str__() for i in range(200)])
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(ctypes.CDLL(None).wcslen(ctypes.c_wchar_p('abc')))
"""
        result = run(code, "-X", "dev", PYTHONMALLOC="debug")
        self.assertEqual((result.returncode, result.stdout), (0, "3\n"), result.stderr)

    def test_no_memory(self):
        for count in range(1, 20):
            result = run(f"import _testcapi\nclass C: pass\n_testcapi.set_nomemory(0, {count})\nC()")
            self.assertIn(result.returncode, (1, 120))
            self.assertIn("MemoryError", result.stderr)


if __name__ == "__main__":
    unittest.main()
