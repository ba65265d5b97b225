"""Exceptions, with, finally and loops: what runs in which order, and the state that is left behind."""
import sys
import unittest


class Unwinding(unittest.TestCase):
    def test_order_of_finally(self):
        log = []
        def f():
            for i in range(4):
                try:
                    try:
                        if i == 1:
                            continue
                        if i == 2:
                            raise KeyError(i)
                        if i == 3:
                            return "done"
                    finally:
                        log.append(("inner", i))
                except KeyError:
                    log.append(("caught", i))
                finally:
                    log.append(("outer", i))
        self.assertEqual(f(), "done")
        self.assertEqual(log, [("inner", 0), ("outer", 0), ("inner", 1), ("outer", 1), ("inner", 2), ("caught", 2), ("outer", 2),
                               ("inner", 3), ("outer", 3)])

    def test_exception_state(self):
        states = []
        def state():
            states.append(sys.exc_info()[0])
        try:
            raise KeyError
        except KeyError:
            try:
                [][1]
            except IndexError:
                state()
            state()
            def inner():
                state()
                try:
                    raise ValueError
                except ValueError:
                    state()
            inner()
            state()
        state()
        self.assertEqual(states, [IndexError, KeyError, KeyError, ValueError, KeyError, None])

    def test_context_and_cause(self):
        with self.assertRaises(ValueError) as caught:
            try:
                {}[1]
            except KeyError as error:
                kept = error
                raise ValueError
        self.assertIs(caught.exception.__context__, kept)
        self.assertIsNone(caught.exception.__cause__)
        with self.assertRaises(ValueError) as caught:
            try:
                {}[1]
            except KeyError as error:
                raise ValueError from None
        self.assertTrue(caught.exception.__suppress_context__)
        for bad in (1, int):
            with self.assertRaisesRegex(TypeError, "exception causes must derive from BaseException|should have returned"):
                raise ValueError from bad
        with self.assertRaisesRegex(RuntimeError, "No active exception to reraise"):
            raise

    def test_with(self):
        log = []
        class Manager:
            def __init__(self, name, swallow=False):
                self.name, self.swallow = name, swallow
            def __enter__(self):
                log.append("+" + self.name)
                return self
            def __exit__(self, *info):
                log.append("-" + self.name + (info[0].__name__ if info[0] else ""))
                return self.swallow
        with Manager("a", True), Manager("b") as b:
            raise OSError
        self.assertEqual(log, ["+a", "+b", "-bOSError", "-aOSError"])
        log.clear()
        def early():
            with Manager("c"):
                return b.name
        self.assertEqual((early(), log), ("b", ["+c", "-c"]))
        with self.assertRaisesRegex(TypeError, r"'int' object does not support the context manager protocol"):
            with 1:
                pass
        class Half:
            def __enter__(self): ...
        with self.assertRaisesRegex(TypeError, r"\(missed __exit__ method\)"):
            with Half():
                pass

    def test_groups(self):
        seen = []
        try:
            try:
                raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
            except* ValueError as group:
                seen.append(group.exceptions)
            except* TypeError as group:
                raise KeyError(4)
        except BaseExceptionGroup as group:
            kinds = sorted(type(e).__name__ for e in group.exceptions)
        self.assertEqual(kinds, ["ExceptionGroup", "KeyError"])
        self.assertEqual([type(e[0]) for e in seen], [ValueError])
        try:
            raise ValueError(1)
        except* ValueError as group:
            self.assertEqual([str(e) for e in group.exceptions], ["1"])
        with self.assertRaisesRegex(TypeError, "catching ExceptionGroup with except. is not allowed"):
            try:
                raise ValueError
            except* ExceptionGroup:
                pass

    def test_traceback_lines(self):
        def inner():
            raise ValueError

        def outer():
            x = [1,
                 inner()]
        lines = []
        try:
            outer()
        except ValueError as error:
            traceback = error.__traceback__
            while traceback:
                code = traceback.tb_frame.f_code
                lines.append((code.co_name, traceback.tb_lineno - code.co_firstlineno))
                traceback = traceback.tb_next
        self.assertEqual(lines[1:], [("outer", 2), ("inner", 1)])

    def test_recursion(self):
        def down():
            return down()
        for _ in range(3):
            with self.assertRaisesRegex(RecursionError, "maximum recursion depth exceeded"):
                down()
        class Call:
            def __call__(self):
                return self()
        with self.assertRaises(RecursionError):
            Call()()

    def test_catching_what_is_no_class(self):
        with self.assertRaisesRegex(TypeError, "catching classes that do not inherit from BaseException is not allowed"):
            try:
                raise ValueError
            except (KeyError, 1):
                pass

    def test_unpacking_errors(self):
        for source, message in [("a, b = 1", "cannot unpack non-iterable int object"),
                                ("a, b = [1]", r"not enough values to unpack \(expected 2, got 1\)"),
                                ("a, b = iter('abc')", r"too many values to unpack \(expected 2\)"),
                                ("a, *b, c = [1]", r"not enough values to unpack \(expected at least 2, got 1\)")]:
            with self.assertRaisesRegex((TypeError, ValueError), message):
                exec(source)
        a, *b, c = "wxyz"
        self.assertEqual((a, b, c), ("w", ["x", "y"], "z"))


if __name__ == "__main__":
    unittest.main()
