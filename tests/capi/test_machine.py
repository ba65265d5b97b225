"""Exceptions, frames, threads, pending calls, context variables from C."""
import contextlib
import io
import sys
import threading
import time
import traceback
import unittest
import warnings

import support
from support import result
import machine


class Exceptions(support.Recorded):
    def test_raise(self):
        lines = []
        kinds = [ValueError, KeyError, OSError, StopIteration, int, 5, type("E", (Exception,), {}), UnicodeDecodeError, ImportError]
        values = [None, "text", 5, (), ("a", "b"), ValueError("given"), KeyError("given")]
        for how in ("SetString", "SetNone", "SetObject", "Format", "BadArgument", "NoMemory", "SetFromErrno", "SetFromErrnoWithFilename",
                    "SetFromErrnoWithFilenameObject", "SetFromErrnoWithFilenameObjects", "SetImportError", "SetImportErrorSubclass",
                    "FormatFromCause", "SetKeyError", "Chained", "Restore"):
            for kind in kinds:
                if how in ("Restore", "FormatFromCause") and not (isinstance(kind, type) and issubclass(kind, OSError | LookupError)):
                    continue  # python3.11 does not survive the others
                for value in values if how in ("SetObject", "SetImportError", "Restore", "SetKeyError") else values[1:2]:
                    if how == "Restore" and isinstance(value, int):
                        continue
                    try:
                        machine.raise_by(how, kind, value)
                        got = "nothing"
                    except BaseException as error:
                        got = f"{error!r} cause {error.__cause__!r} context {error.__context__!r}"
                    name = kind.__name__ if isinstance(kind, type) else kind
                    lines.append(f"{how} {name} {value!r}: {got}")
        lines.append(result(machine.raise_by, "RestoreNothing"))
        error = None
        try:
            machine.raise_by("SetImportError", None, "message")
        except ImportError as caught:
            error = caught
        lines.append(f"{error.name} {error.path} {error.msg}")
        self.compare("machine_raise", lines)

    def test_context_is_set(self):
        try:
            try:
                raise KeyError("first")
            except KeyError:
                machine.raise_by("SetString", ValueError)
        except ValueError as error:
            self.assertIsInstance(error.__context__, KeyError)

    def test_fetch(self):
        def fails():
            raise IndexError("x")

        match, kind, raw, value, had, same = machine.fetch(fails)
        self.assertEqual((match, kind, had, same), (1, IndexError, True, True))
        self.assertEqual(value.args, ("x",))
        match, kind, raw, value, had, same = machine.fetch(lambda: machine.raise_by("SetString", ValueError))
        self.assertEqual((match, kind, str(raw)), (0, ValueError, "text"))  # made into an exception at once, or later
        self.assertEqual(value.args, ("text",))

    def test_handled(self):
        def inner():
            seen = sys.exc_info()
            try:
                raise TypeError
            except TypeError as error:
                return seen[0], type(error.__context__)

        self.assertEqual(machine.handled(inner), ((KeyError, KeyError), None))
        try:
            raise ValueError("outer")
        except ValueError as outer:
            self.assertEqual(machine.handled(inner), ((KeyError, KeyError), outer))
            self.assertIs(sys.exc_info()[1], outer)

    def test_chain_and_matches(self):
        a, b, cause, context = machine.chain()
        self.assertIs(cause, b)
        self.assertIs(a.__cause__, b)
        self.assertIsInstance(context, TypeError)
        self.assertTrue(a.__suppress_context__)
        cases = [(ValueError, ValueError), (KeyError, LookupError), (KeyError("x"), LookupError), (ValueError, (KeyError, ValueError)),
                 (ValueError, KeyError), (ValueError, ()), (5, ValueError), (ValueError, 5), (5, 5)]
        self.assertEqual([machine.matches(*case) for case in cases], [True, True, True, True, False, False, False, False, True])

    def test_unraisable(self):
        seen = []
        hook, sys.unraisablehook = sys.unraisablehook, lambda info: seen.append((info.exc_type, str(info.exc_value), info.err_msg, info.object))
        try:
            self.assertFalse(machine.unraisable("where"))
            self.assertFalse(machine.unraisable(None))
        finally:
            sys.unraisablehook = hook
        self.assertEqual(seen, [(ValueError, "unraisable", None, "where"), (ValueError, "unraisable", None, None)])
        out = io.StringIO()
        with contextlib.redirect_stderr(out):
            machine.unraisable(len)
        self.assertEqual(out.getvalue().splitlines()[0], "Exception ignored in: <built-in function len>")
        self.assertEqual(out.getvalue().splitlines()[-1], "ValueError: unraisable")

    def test_warnings(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            machine.warnings(DeprecationWarning)
        self.assertEqual([(each.category, str(each.message)) for each in caught],
                         [(DeprecationWarning, "plain"), (DeprecationWarning, "formatted 5"), (ResourceWarning, "resource r")])
        self.assertEqual(caught[0].filename, __file__)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(result(machine.warnings, UserWarning), "UserWarning: plain")

    def test_new_exception(self):
        made = machine.new_exception("mod.Made", "Text.", ValueError, {"x": 1})
        self.assertEqual((made.__name__, made.__module__, made.__doc__, made.__base__, made.x), ("Made", "mod", "Text.", ValueError, 1))
        both = machine.new_exception("mod.Both", None, (KeyError, OSError), None)
        self.assertEqual(both.__bases__, (KeyError, OSError))
        self.assertEqual(machine.new_exception("a.b.C", None, None, None).__module__, "a.b")
        self.assertIn("PyErr_NewException: name must be module.class", result(machine.new_exception, "Made", None, None, None))
        e, encoding, data, reason, start, end = machine.unicode_errors()
        self.assertEqual((encoding, data, reason, start, end), ("utf-8", b"abc", "other", 0, 3))
        self.assertEqual(str(e), "'utf-8' codec can't decode bytes in position 0-2: other")


class Frames(unittest.TestCase):
    def test_traceback_of_compiled_code(self):
        try:
            machine.with_traceback("compiled.pyx", "compiled_function", 42)
        except ValueError as error:
            frames = traceback.extract_tb(error.__traceback__)
        self.assertEqual([(f.filename, f.name, f.lineno) for f in frames[1:]], [("compiled.pyx", "compiled_function", 42)])
        self.assertEqual(frames[0].name, "test_traceback_of_compiled_code")

    def test_frame(self):
        marker = object()
        name, line, local, globals_, builtins, lasti, back = machine.frames()
        self.assertEqual(name, "test_frame")
        self.assertEqual(line, sys._getframe().f_lineno - 2)
        self.assertIs(local["marker"], marker)
        self.assertIs(globals_, globals())
        self.assertIs(builtins["len"], len)
        self.assertEqual(lasti, 1)
        self.assertIs(back, sys._getframe().f_back)

    def test_evaluation(self):
        x = 5
        locals_, globals_, builtins = machine.evaluation()
        self.assertEqual(locals_["x"], x)
        self.assertIs(globals_, globals())
        self.assertIs(builtins["len"], len)
        self.assertEqual(machine.evaluate(compile("a + b", "", "eval"), {"a": 1}, {"b": 2}), 3)
        self.assertEqual([machine.function_texts(f) for f in (len, lambda: 0, self.test_evaluation, int, 5)],
                         [("len", "()"), ("<lambda>", "()"), ("test_evaluation", "()"), ("type", " object"), ("int", " object")])
        import json
        module, again, got, added = machine.import_("json")
        self.assertEqual((module, again, got), (json, 1, 1))
        self.assertIs(sys.modules.pop("machine_added"), added)
        self.assertEqual(result(machine.import_, "no_such_module"), "ModuleNotFoundError: No module named 'no_such_module'")


class Threads(unittest.TestCase):
    def test_threads_of_c(self):
        seen = set()
        self.assertEqual(machine.threads(lambda i: seen.add((threading.get_ident(), i)), 5), (100, 0))
        self.assertEqual(len({i for _, i in seen}), 20)
        self.assertEqual(machine.threads(lambda i: 1 / 0, 2), (40, 40))
        local = threading.local()

        def use_local(i):
            local.x = getattr(local, "x", 0) + 1
            return [i] * 1000

        self.assertEqual(machine.threads(use_local, 4), (80, 0))
        self.assertFalse(hasattr(local, "x"))

    def test_threads_of_both(self):
        done = []
        others = [threading.Thread(target=lambda: done.append(machine.threads(lambda i: sum(range(100)), 2)[1])) for _ in range(3)]
        for each in others:
            each.start()
        for each in others:
            each.join()
        self.assertEqual(done, [0, 0, 0])

    def test_pending_calls(self):
        machine.pending(False)
        deadline = time.monotonic() + 5
        while not machine.pending_count() and time.monotonic() < deadline:
            time.sleep(0.001)  # python3.11 looks when it gets the GIL back
        self.assertEqual(machine.pending_count(), 1)
        with self.assertRaisesRegex(ArithmeticError, "from a pending call"):
            machine.pending(True)
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                time.sleep(0.001)

    def test_storage_and_locks(self):
        self.assertEqual(machine.tss(), (0, 1, 1, 0, 1))
        self.assertEqual(machine.locks(), (1, 0, 0, 1, 1))
        self.assertEqual(machine.states(), (1, 1, 1, 0, 1, 1, True))


class Others(unittest.TestCase):
    def test_contexts(self):
        self.assertEqual(machine.contexts(), ([None, True, True, None, ...], 1, 1, 1, 1))

    def test_system(self):
        events = []
        active = True

        def hook(name, args):
            if active and name == "machine.event":
                events.append(args)

        sys.addaudithook(hook)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            path, absent, clean = machine.system()
        active = False
        self.assertEqual((path, absent, clean), (sys.path, 1, 1))
        self.assertEqual((out.getvalue(), err.getvalue()), ("written 5\n", "written err\n"))
        self.assertEqual(events, [(1, "x")])
        self.assertIs(sys.machine_set, True)

    def test_stop_iteration(self):
        def generator():
            yield 1
            return "value"

        g = generator()
        self.assertEqual(machine.stop_value(g), 1)
        self.assertEqual(machine.stop_value(iter([])), ("stopped", None))
        for value in (None, 5, (1, 2), StopIteration("inner")):
            with self.assertRaises(StopIteration) as caught:
                machine.set_stop(value)
            self.assertIs(caught.exception.value, value)


if __name__ == "__main__":
    unittest.main()
