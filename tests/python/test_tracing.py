"""sys.settrace, sys.setprofile, frames."""
import contextlib
import sys
import unittest


def events_of(function, *args, opcodes=False):
    events = []
    def trace(frame, event, arg):
        if opcodes:
            frame.f_trace_opcodes = True
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace
    sys.settrace(trace)
    try:
        function(*args)
    except KeyError:
        pass
    finally:
        sys.settrace(None)
    return [e for e in events if e[0] != "events_of"]


def loop():
    for i in range(2):
        x = i
    return x


def handler():
    try:
        raise KeyError
    except KeyError:
        y = 1
    finally:
        z = 2


def generator():
    def g():
        yield 1
    for x in g():
        pass


class Tracing(unittest.TestCase):
    def lines(self, function):
        return [line for name, event, line in events_of(function) if event == "line" and name == function.__name__]

    def test_lines(self):
        self.assertEqual(self.lines(loop), [1, 2, 1, 2, 1, 3])
        self.assertEqual(self.lines(handler), [1, 2, 3, 4, 6])

    def test_events(self):
        kinds = [event for _, event, _ in events_of(handler)]
        self.assertEqual(kinds, ["call", "line", "line", "exception", "line", "line", "line", "return"])
        names = [(n, e) for n, e, _ in events_of(generator) if n == "g"]
        self.assertEqual(names, [("g", "call"), ("g", "line"), ("g", "return"), ("g", "call"), ("g", "return")])

    def test_switched_on_inside(self):
        seen = []
        def trace(frame, event, arg):
            seen.append(frame.f_lineno - frame.f_code.co_firstlineno)
            return trace
        def f():
            sys._getframe().f_trace = trace
            sys.settrace(trace)
            x = 1
            for _ in range(2):
                x += 1
            sys.settrace(None)
        f()
        self.assertEqual(seen, [3, 4, 5, 4, 5, 4, 6])

    def test_change_of_locals(self):
        def f():
            x = 1
            return x
        def trace(frame, event, arg):
            if event == "line" and frame.f_lineno == f.__code__.co_firstlineno + 2:
                frame.f_locals["x"] = 9
            return trace
        sys.settrace(trace)
        try:
            result = f()
        finally:
            sys.settrace(None)
        self.assertEqual(result, 9)

    def jump(self, function, source, target):
        first = function.__code__.co_firstlineno
        def trace(frame, event, arg):
            if frame.f_code is not function.__code__:
                return None
            if event == "line" and frame.f_lineno == first + source:
                frame.f_lineno = first + target
                return None
            return trace
        output = []
        sys.settrace(trace)
        try:
            function(output)
        finally:
            sys.settrace(None)
        return output

    def test_jumps(self):
        def forward(out):
            out.append(1)
            out.append(2)
            out.append(3)
        self.assertEqual(self.jump(forward, 2, 3), [1, 3])
        def out_of_loop(out):
            for i in range(3):
                out.append(i)
                out.append(-i)
            out.append("end")
        self.assertEqual(self.jump(out_of_loop, 3, 4), [0, "end"])
        def into_loop(out):
            out.append(1)
            for i in range(2):
                out.append(i)
        with self.assertRaisesRegex(ValueError, "can't jump into the body of a for loop"):
            self.jump(into_loop, 1, 3)
        def into_handler(out):
            out.append(1)
            try:
                out.append(2)
            except KeyError:
                out.append(3)
        with self.assertRaisesRegex(ValueError, "can't jump into an 'except' block as there's no exception"):
            self.jump(into_handler, 1, 5)
        with self.assertRaisesRegex(ValueError, "comes after the current code block"):
            self.jump(forward, 2, 50)
        with self.assertRaisesRegex(ValueError, "comes before the current code block"):
            self.jump(forward, 2, -1)

    def test_profile(self):
        events = []
        def profile(frame, event, arg):
            events.append((event, getattr(arg, "__name__", None) if event.startswith("c_") else None))
        def f():
            len("a")
            [].append(1)
            try:
                len(1)
            except TypeError:
                pass
        sys.setprofile(profile)
        f()
        sys.setprofile(None)
        self.assertEqual(events, [("call", None), ("c_call", "len"), ("c_return", "len"), ("c_call", "append"),
                                  ("c_return", "append"), ("c_call", "len"), ("c_exception", "len"), ("return", None),
                                  ("c_call", "setprofile")])

    def test_profile_unpacked_arguments(self):
        events = []

        def profile(frame, event, arg):
            if event.startswith("c_"):
                events.append((event, arg.__name__))

        def f(args, keywords):
            max(*args, **keywords)

        sys.setprofile(profile)
        f(([0],), {"key": int})
        sys.setprofile(None)
        self.assertEqual(events, [("c_call", "max"), ("c_return", "max"), ("c_call", "setprofile")])

    def test_switched_on_in_a_line(self):
        lines = []

        def trace(frame, event, arg):
            if event == "line":
                lines.append(frame.f_lineno - first)
            return trace

        def switch_on():
            sys._getframe().f_back.f_trace = trace
            sys.settrace(trace)

        def f():
            for _ in range(2):
                switch_on()
                sys.settrace(None)

        first = f.__code__.co_firstlineno
        old = sys.gettrace()
        try:
            f()
        finally:
            sys.settrace(old)
        self.assertEqual(lines, [3, 3])


class Frames(unittest.TestCase):
    def test_attributes(self):
        def f(a):
            b = a
            def g():
                return b
            frame = sys._getframe()
            return frame, dict(frame.f_locals)
        frame, variables = f(1)
        self.assertEqual((variables["a"], variables["b"]), (1, 1))
        self.assertIs(frame.f_code, f.__code__)
        self.assertIs(frame.f_back.f_code, sys._getframe().f_code)
        self.assertEqual(frame.f_locals["a"], 1)
        frame.clear()
        self.assertEqual(frame.f_locals.get("a"), None)
        with self.assertRaisesRegex(RuntimeError, "cannot clear an executing frame"):
            sys._getframe().clear()
        with self.assertRaises(ValueError):
            frame.f_lineno = 1
        with self.assertRaises(AttributeError):
            del frame.f_lineno

    def test_class_body(self):
        class A:
            x = 1
            frame = sys._getframe()
            names = sorted(n for n in locals() if not n.startswith("__"))
        self.assertEqual(A.names, ["frame", "x"])

    @unittest.skipUnless(hasattr(sys, "adder_version_info"), "python3.11 loses frames on the way")
    def test_trace_function_that_jumps_and_fails(self):
        def program(seen):
            try:
                with contextlib.nullcontext():
                    seen.append(1)
                    seen.append(2)
            finally:
                seen.append(3)

        def trace(frame, event, arg):
            if frame.f_code is program.__code__ and event == "line" and frame.f_lineno == first + 3:
                frame.f_lineno = first + 6
                raise KeyError
            return trace

        first, seen = program.__code__.co_firstlineno, []
        old = sys.gettrace()
        sys.settrace(trace)
        try:
            self.assertRaises(KeyError, program, seen)
        finally:
            sys.settrace(old)
        self.assertLessEqual(len(seen), 1)


if __name__ == "__main__":
    unittest.main()
