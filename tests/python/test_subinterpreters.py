"""Sub-interpreters: what each has of its own, how values travel, how they end."""
import os
import subprocess
import sys
import textwrap
import threading
import unittest

try:
    import _xxsubinterpreters as interpreters
except ImportError:
    raise unittest.SkipTest("_xxsubinterpreters is not installed")


class SubinterpreterCase(unittest.TestCase):
    def setUp(self):
        self.created = []

    def tearDown(self):
        for interpreter in self.created:
            try:
                interpreters.destroy(interpreter)
            except RuntimeError:
                pass

    def create(self, **options):
        interpreter = interpreters.create(**options)
        self.created.append(interpreter)
        return interpreter

    def run_in(self, interpreter, code, **shared):
        """Runs code there; what it prints comes back."""
        reader, writer = os.pipe()
        try:
            head = f"import os\ndef say(value): os.write({writer}, (str(value) + '\\n').encode())\n"
            interpreters.run_string(interpreter, head + textwrap.dedent(code), shared)
            os.close(writer)
            writer = None
            with open(reader, closefd=False) as file:
                return file.read().split("\n")[:-1]
        finally:
            os.close(reader)
            if writer is not None:
                os.close(writer)


class OwnState(SubinterpreterCase):
    def test_modules_are_its_own(self):
        one = self.create()
        out = self.run_in(one, """
            import sys, builtins, json, _struct
            sys.marker = builtins.marker = json.marker = 1
            say(sys.modules["sys"] is sys)
            say(__name__ == "__main__" and sys.modules["__main__"].__dict__ is globals())
            say(sorted(name for name in ("json", "unittest") if name in sys.modules))
            """)
        self.assertEqual(out, ["True", "True", "['json']"])
        import builtins
        import json
        for module in (sys, builtins, json):
            self.assertFalse(hasattr(module, "marker"))

    def test_path_warnings_codecs(self):
        one = self.create()
        path, filters = list(sys.path), len(__import__("warnings").filters)
        self.run_in(one, """
            import sys, warnings, codecs
            sys.path.insert(0, "/nowhere")
            warnings.simplefilter("error")
            codecs.register(lambda name: (_ for _ in ()).throw(ValueError("other interpreter")))
            """)
        self.assertEqual(sys.path, path)
        self.assertEqual(len(__import__("warnings").filters), filters)
        with self.assertRaises(LookupError):
            "".encode("no_such_encoding")

    def test_csv_dialects(self):
        import csv
        one = self.create()
        self.run_in(one, "import csv; csv.register_dialect('there', delimiter=';')")
        self.assertNotIn("there", csv.list_dialects())

    def test_elementtree_after_another_interpreter(self):
        # The first interpreter to import a module may not leave the others with what it had.
        code = """
            import subprocess, sys
            import _xxsubinterpreters as I
            one = I.create()
            I.run_string(one, "import xml.etree.ElementTree, copy, csv, struct, zlib, pickle, datetime, json, decimal")
            I.destroy(one)
            import copy, csv, datetime, json, pickle, struct, zlib, io
            import xml.etree.ElementTree as E
            root = E.fromstring("<a><b c='1'/><!-- x --></a>")
            assert copy.deepcopy(root).find(".//b").get("c") == "1"
            try: E.fromstring("<a>")
            except E.ParseError: pass
            assert pickle.loads(pickle.dumps(datetime.datetime(2000, 1, 1))).year == 2000
            for error, call in ((struct.error, lambda: struct.unpack("i", b"")), (zlib.error, lambda: zlib.decompress(b"x")),
                                (csv.Error, lambda: csv.get_dialect("none")), (pickle.UnpicklingError, lambda: pickle.loads(b"?"))):
                try: call()
                except error: pass
                else: raise AssertionError(error)
            print(json.loads("[1]"))
            """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout, done.returncode), ("[1]\n", 0), done.stderr)

    def test_state_persists_between_runs(self):
        one = self.create()
        self.run_in(one, "x = 1")
        self.assertEqual(self.run_in(one, "say(x + 1)"), ["2"])

    def test_gc_sees_its_own_objects(self):
        one = self.create()
        out = self.run_in(one, """
            import gc
            class Cycle:
                def __del__(self): say("deleted")
            c = Cycle(); c.me = c; del c
            say(gc.collect() > 0)
            """)
        self.assertEqual(out, ["deleted", "True"])

    def test_single_phase_module_again(self):
        try:
            import _testimportmultiple as module
        except ImportError:
            raise unittest.SkipTest("_testimportmultiple is not installed")
        module.marker = 1
        one = self.create()
        out = self.run_in(one, "import _testimportmultiple as m; say(hasattr(m, 'marker')); say(m.__name__)")
        self.assertEqual(out, ["False", "_testimportmultiple"])


class Errors(SubinterpreterCase):
    def test_exception_travels_as_text(self):
        with self.assertRaises(interpreters.RunFailedError) as caught:
            interpreters.run_string(self.create(), "1/0")
        self.assertIn("division by zero", str(caught.exception))

    def test_what_does_not_travel(self):
        for value in ([], 1.5, object(), interpreters):
            with self.subTest(value=value):
                with self.assertRaises(ValueError) as caught:
                    interpreters.channel_send(interpreters.channel_create(), value)
                self.assertEqual(str(caught.exception), f"{value} does not support cross-interpreter data")
        with self.assertRaises(OverflowError):
            interpreters.channel_send(interpreters.channel_create(), 1 << 64)

    def test_unknown_id(self):
        with self.assertRaisesRegex(RuntimeError, "unrecognized interpreter ID 1000000"):
            interpreters.InterpreterID(1000000)
        self.assertEqual(int(interpreters.InterpreterID(1000000, force=True)), 1000000)

    def test_isolated(self):
        one = self.create(isolated=True)
        for code, message in (("import os; os.fork()", "fork not supported for isolated subinterpreters"),
                              ("import _thread; _thread.start_new_thread(print, ())",
                               "thread is not supported for isolated subinterpreters"),
                              ("import subprocess; subprocess.run(['true'])",
                               "subprocess not supported for isolated subinterpreters")):
            with self.subTest(code=code), self.assertRaisesRegex(interpreters.RunFailedError, message):
                interpreters.run_string(one, code)


class Values(SubinterpreterCase):
    def test_travel(self):
        channel = interpreters.channel_create()
        for value in (None, 0, -1, 2**62, b"", b"a\0b", "", "text", "\u20ac\U0001f600"):
            interpreters.channel_send(channel, value)
            received = interpreters.channel_recv(channel)
            self.assertEqual((received, type(received)), (value, type(value)))

    def test_shared_arguments(self):
        self.assertEqual(self.run_in(self.create(), "say((a, b))", a="x", b=3), ["('x', 3)"])

    def test_from_interpreter_that_ended(self):
        one = self.create()
        channel = interpreters.channel_create()
        self.run_in(one, """
            import _xxsubinterpreters
            _xxsubinterpreters.channel_send(channel, b'spam' * 100)
            """, channel=channel)
        self.created.clear()
        interpreters.destroy(one)
        try:
            self.assertEqual(interpreters.channel_recv(channel), b"spam" * 100)
        except (interpreters.ChannelEmptyError, SystemError):
            pass  # what a dead interpreter sent may be gone


class Ends(SubinterpreterCase):
    def check_output(self, code, expected):
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout.split(), done.stderr, done.returncode), (expected.split(), "", 0))

    def test_atexit_and_finalizers(self):
        self.check_output("""
            import _xxsubinterpreters as I
            one = I.create()
            I.run_string(one, '''
            import atexit, os
            class Noisy:
                def __del__(self, write=os.write): write(1, b"finalized\\\\n")
            noisy = Noisy(); noisy.me = noisy
            atexit.register(os.write, 1, b"atexit\\\\n")
            '''.replace("\\n            ", "\\n"))
            I.destroy(one)
            print("end")
            """, "atexit finalized end")

    def test_repeatedly(self):
        for _ in range(5):
            interpreter = interpreters.create()
            interpreters.run_string(interpreter, "import collections, re; re.compile('a+')")
            interpreters.destroy(interpreter)
        import re
        self.assertTrue(re.fullmatch("a+", "aaa"))

    def test_threads_in_parallel_interpreters(self):
        results = []

        def work(number):
            interpreter = interpreters.create()
            reader, writer = os.pipe()
            interpreters.run_string(interpreter, textwrap.dedent(f"""
                import os
                total = 0
                for i in range(30000):
                    total += i
                os.write({writer}, str(total).encode())
                """))
            results.append(os.read(reader, 100))
            os.close(reader)
            os.close(writer)
            interpreters.destroy(interpreter)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [b"449985000"] * 4)


if __name__ == "__main__":
    unittest.main()
