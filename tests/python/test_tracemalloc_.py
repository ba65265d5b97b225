"""tracemalloc: traces, peaks, start-up options."""
import gc
import subprocess
import sys
import tracemalloc
import unittest


def line_here():
    return sys._getframe(1).f_lineno


class Tracing(unittest.TestCase):
    def setUp(self):
        self.assertFalse(tracemalloc.is_tracing())
        tracemalloc.start(3)
        self.addCleanup(tracemalloc.stop)

    def test_place_and_size(self):
        data = bytes(bytearray(5000)); line = line_here()
        traceback = tracemalloc.get_object_traceback(data)
        self.assertEqual((traceback[-1].filename, traceback[-1].lineno), (__file__, line))
        self.assertLessEqual(len(traceback), 3)
        sizes = [trace.size for trace in tracemalloc.take_snapshot().traces if trace.traceback == traceback]
        self.assertIn(sys.getsizeof(data), sizes)

    def test_collected_object(self):
        items = {1, 2, 3}; line = line_here()
        self.assertEqual(tracemalloc.get_object_traceback(items)[-1].lineno, line)

    def test_memory_goes_up_and_down(self):
        before, _ = tracemalloc.get_traced_memory()
        data = bytearray(1 << 20)
        during, _ = tracemalloc.get_traced_memory()
        self.assertGreaterEqual(during - before, 1 << 20)
        del data
        after, peak = tracemalloc.get_traced_memory()
        self.assertLess(after, during)
        self.assertGreaterEqual(peak, during)
        tracemalloc.reset_peak()
        self.assertLess(tracemalloc.get_traced_memory()[1], during)

    def test_growing_list_moves_its_trace(self):
        items = []
        for i in range(10_000):
            items.append(None)
        current, _ = tracemalloc.get_traced_memory()
        self.assertGreater(current, 80_000)
        self.assertLess(current, 1_000_000)

    def test_blocks_from_before(self):
        """What was allocated while tracing was off may be resized and released while it is on, and the other way round."""
        tracemalloc.stop()
        before = [[i] * (i % 50) for i in range(2000)]
        tracemalloc.start()
        for item in before:
            item.extend(range(20))
        during = [[i] * (i % 50) for i in range(2000)]
        del before
        tracemalloc.stop()
        for item in during:
            item.extend(range(20))
        del during
        gc.collect()
        tracemalloc.start()

    def test_clear_and_limits(self):
        tracemalloc.clear_traces()
        self.assertEqual(tracemalloc.get_traceback_limit(), 3)
        tracemalloc.stop()
        self.assertEqual(tracemalloc.get_traced_memory(), (0, 0))
        for wrong in -1, 0, 65536:
            with self.assertRaisesRegex(ValueError, r"the number of frames must be in range \[1; 65535\]"):
                tracemalloc.start(wrong)
        self.assertIsNone(tracemalloc.get_object_traceback([]))


class StartUp(unittest.TestCase):
    def run_python(self, *options, **environment):
        code = "import tracemalloc; print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())"
        return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, env=environment)

    def test_option_and_variable(self):
        self.assertEqual(self.run_python("-X", "tracemalloc=7").stdout, "True 7\n")
        self.assertEqual(self.run_python("-X", "tracemalloc").stdout, "True 1\n")
        self.assertEqual(self.run_python(PYTHONTRACEMALLOC="5").stdout, "True 5\n")
        self.assertEqual(self.run_python("-E", PYTHONTRACEMALLOC="5").stdout, "False 1\n")
        self.assertIn("invalid number of frames", self.run_python("-X", "tracemalloc=x").stderr)

    def test_resource_warning_tells_where(self):
        code = "import sys\ndef f():\n    return open(sys.executable, 'rb')\nf()\n"
        run = subprocess.run([sys.executable, "-Wd", "-X", "tracemalloc=2", "-c", code], capture_output=True, text=True)
        self.assertIn("Object allocated at (most recent call last):", run.stderr)
        self.assertIn('File "<string>", lineno 3', run.stderr)
        run = subprocess.run([sys.executable, "-Wd", "-c", code], capture_output=True, text=True)
        self.assertIn("Enable tracemalloc to get the object allocation traceback", run.stderr)


if __name__ == "__main__":
    unittest.main()
