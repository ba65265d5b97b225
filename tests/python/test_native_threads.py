"""Threads that Python did not make call into it (PyGILState), and functions of the C API that deal with threads."""
import subprocess
import sys
import textwrap
import threading
import time
import unittest

try:
    import ctypes
    from ctypes import CFUNCTYPE, POINTER, byref, c_int, c_ulong, c_void_p, py_object, pythonapi
except ImportError:
    raise unittest.SkipTest("_ctypes is not installed")

libc = ctypes.CDLL(None)
START = CFUNCTYPE(c_void_p, c_void_p)
libc.pthread_create.argtypes = [POINTER(c_ulong), c_void_p, START, c_void_p]
libc.pthread_join.argtypes = [c_ulong, c_void_p]


def run_native(*functions):
    """Runs each function in a thread that pthread_create makes, and waits for all."""
    entries = [START(lambda _, function=function: function()) for function in functions]
    threads = []
    for entry in entries:
        thread = c_ulong()
        assert libc.pthread_create(byref(thread), None, entry, None) == 0
        threads.append(thread)
    for thread in threads:
        libc.pthread_join(thread, None)


class ForeignThreads(unittest.TestCase):
    def test_calls_back(self):
        seen = []
        run_native(*[lambda i=i: seen.append((i, threading.get_ident())) for i in range(8)])
        self.assertEqual(sorted(i for i, _ in seen), list(range(8)))
        self.assertNotIn(threading.get_ident(), [ident for _, ident in seen])

    def test_hand_over(self):
        counts = [0] * 4

        def count(i):
            for _ in range(2000):
                counts[i] += 1
                if not _ % 100:
                    time.sleep(0)

        run_native(*[lambda i=i: count(i) for i in range(4)])
        self.assertEqual(counts, [2000] * 4)

    def test_thread_locals_and_exceptions(self):
        local = threading.local()
        local.value = "main"
        seen = []

        def work():
            seen.append(hasattr(local, "value"))
            try:
                raise KeyError("here")
            except KeyError as error:
                seen.append(error.args)
            seen.append(sys.exc_info())

        run_native(work)
        self.assertEqual(seen, [False, ("here",), (None, None, None)])
        self.assertEqual(local.value, "main")

    def test_states_come_and_go(self):
        before = len(sys._current_frames())
        for _ in range(50):
            run_native(lambda: None)
        self.assertEqual(len(sys._current_frames()), before)

    def test_check(self):
        pythonapi.PyGILState_Check.restype = c_int
        results = []
        run_native(lambda: results.append(pythonapi.PyGILState_Check()))
        self.assertEqual(results, [1])
        # Without the GIL: CDLL gives it away around the call.
        self.assertEqual(libc_check(), 0)

    def test_ensure_is_recursive(self):
        pythonapi.PyGILState_Ensure.restype = c_int
        first = pythonapi.PyGILState_Ensure()
        second = pythonapi.PyGILState_Ensure()
        self.assertEqual((first, second), (0, 0))
        pythonapi.PyGILState_Release(c_int(second))
        pythonapi.PyGILState_Release(c_int(first))


def libc_check():
    return ctypes.CDLL(None).PyGILState_Check()


class Functions(unittest.TestCase):
    def test_async_exception(self):
        set_exception = pythonapi.PyThreadState_SetAsyncExc
        set_exception.argtypes = [c_ulong, py_object]
        self.assertEqual(set_exception(c_ulong(-1 & 0xFFFFFFFFFFFF), ValueError), 0)
        ready, caught = threading.Event(), []

        def work():
            try:
                ready.set()
                while True:
                    time.sleep(0.001)
            except ValueError as error:
                caught.append(type(error))

        thread = threading.Thread(target=work)
        thread.start()
        ready.wait()
        self.assertEqual(set_exception(thread.ident, ValueError), 1)
        thread.join(30)
        self.assertEqual(caught, [ValueError])

    def test_pending_calls(self):
        done = []
        callback = CFUNCTYPE(c_int, c_void_p)(lambda _: done.append(threading.current_thread()) or 0)
        threads = [threading.Thread(target=pythonapi.Py_AddPendingCall, args=(callback, None)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until = time.monotonic() + 30
        while len(done) < 10 and time.monotonic() < until:
            pass
        self.assertEqual(done, [threading.main_thread()] * 10)

    def test_set_interrupt(self):
        with self.assertRaises(KeyboardInterrupt):
            pythonapi.PyErr_SetInterrupt()
            for _ in range(1000):
                time.sleep(0.001)
        self.assertEqual(pythonapi.PyErr_SetInterruptEx(1000), -1)

    def test_current_frames(self):
        get = pythonapi._PyThread_CurrentFrames
        get.restype = py_object
        self.assertIn(threading.get_ident(), get())

    def test_switch_interval(self):
        old = sys.getswitchinterval()
        try:
            pythonapi._PyEval_SetSwitchInterval(c_ulong(2000))
            self.assertAlmostEqual(sys.getswitchinterval(), 0.002)
        finally:
            sys.setswitchinterval(old)

    def test_fork_hooks(self):
        code = """
            import ctypes, os
            from ctypes import pythonapi
            os.register_at_fork(before=lambda: print("before", flush=True), after_in_parent=lambda: print("parent", flush=True))
            pythonapi.PyOS_BeforeFork()
            pythonapi.PyOS_AfterFork_Parent()
            """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout, done.stderr), ("before\nparent\n", ""))

    def test_fatal_error_tells_where(self):
        code = """
            import ctypes
            def inner(): ctypes.pythonapi.Py_FatalError(b"gone wrong")
            inner()
            """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, -6)
        self.assertRegex(done.stderr, r"Fatal Python error: (\w+: )?gone wrong\nPython runtime state: initialized\n\n"
                         r"Current thread 0x[0-9a-f]+ \(most recent call first\):\n  File \"<string>\", line 3 in inner\n")


if __name__ == "__main__":
    unittest.main()
