"""What the interpreter prints and returns when nothing catches an exception."""
import subprocess
import sys
import tempfile
import unittest


def run(source, *options):
    result = subprocess.run([sys.executable, *options, "-c", source], capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


class UncaughtTest(unittest.TestCase):
    def test_failed_import_under_audit_hook(self):
        code, output, error = run("""
import sys
sys.addaudithook(lambda event, args: isinstance(event, str) or len([1 for _ in args]))
try:
    import no_such_module
except ImportError as error:
    print(error)
""")
        self.assertEqual((code, output, error), (0, "No module named 'no_such_module'\n", ""))

    def check(self, source, expected, status=1):
        code, _, error = run(source)
        self.assertEqual(error, expected)
        self.assertEqual(code, status)

    def run_file(self, source):
        with tempfile.NamedTemporaryFile(suffix=".py") as file:
            file.write(source)
            file.flush()
            result = subprocess.run([sys.executable, file.name], capture_output=True)
        return result.returncode, result.stdout, result.stderr.splitlines()[-3:]

    def test_file_with_null_bytes(self):
        self.assertEqual(self.run_file(b"x = 1\x00 2\n\nprint(x)\n"), (0, b"1\n", []))
        self.assertEqual(self.run_file(b"print(1)\n#\x00 2\nprint(x)\n"), (0, b"1\n", []))
        self.assertIn(b"Non-UTF-8 code starting with '\\xfd'", self.run_file(b"#\x00\n#\xfd\n")[2][0])

    def test_file_that_is_not_utf8(self):
        for text in b"\xed\xa0\x80", b"\xc0\x80", b"\xff":
            for line in b'\n"%s"\n', b"\n# %s\n":
                code, _, error = self.run_file(line % text)
                self.assertEqual(code, 1)
                self.assertIn(b"Non-UTF-8 code", error[-1])
                self.assertIn(b"on line 2", error[-1])
        with self.assertRaisesRegex(SyntaxError, "can't decode byte 0xed in position 0: invalid continuation byte"):
            compile(b'"\xed\xa0\x80"', "t", "eval")

    def test_one_line_of_a_file_is_shown(self):
        error = self.run_file(b'x = f"""{}\nx"""\n')[2]
        self.assertEqual(error[0], b'    x"""')

    def test_plain(self):
        self.check("1/0", 'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n'
                          "ZeroDivisionError: division by zero\n")

    def test_cause(self):
        self.check("try:\n 1/0\nexcept Exception as e:\n raise ValueError('x') from e",
                   'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\n'
                   "ZeroDivisionError: division by zero\n\n"
                   "The above exception was the direct cause of the following exception:\n\n"
                   'Traceback (most recent call last):\n  File "<string>", line 4, in <module>\nValueError: x\n')

    def test_context(self):
        code, _, error = run("try:\n 1/0\nfinally:\n raise ValueError")
        self.assertIn("\n\nDuring handling of the above exception, another exception occurred:\n\n", error)

    def test_notes(self):
        self.check("e = KeyError('k'); e.add_note('one\\ntwo'); raise e",
                   'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nKeyError: \'k\'\none\ntwo\n')

    def test_group(self):
        code, _, error = run("raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError(2)])])")
        self.assertEqual(error, '''\
  + Exception Group Traceback (most recent call last):
  |   File "<string>", line 1, in <module>
  | ExceptionGroup: g (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- 2 ----------------
    | ExceptionGroup: h (1 sub-exception)
    +-+---------------- 1 ----------------
      | KeyError: 2
      +------------------------------------
''')

    def test_suggestion(self):
        self.check("value = 1; valu", 'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n'
                                      "NameError: name 'valu' is not defined. Did you mean: 'value'?\n")

    def test_repeated_lines(self):
        code, _, error = run("def f(): f()\nf()")
        self.assertIn("  [Previous line repeated 996 more times]\nRecursionError: maximum recursion depth exceeded\n", error)

    def test_system_exit(self):
        for source, status, text in (("raise SystemExit", 0, ""), ("raise SystemExit(3)", 3, ""), ("raise SystemExit('no')", 1, "no\n"),
                                     ("raise SystemExit((1, 2))", 1, "(1, 2)\n"), ("raise SystemExit(None)", 0, "")):
            with self.subTest(source=source):
                self.assertEqual(run(source), (status, "", text))

    def test_keyboard_interrupt_kills(self):
        self.assertEqual(run("raise KeyboardInterrupt")[0], -2)

    def test_flush_failure(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([sys.executable, "-E", "-c", "print(1)"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 120)

    def test_broken_excepthook(self):
        code, _, error = run("import sys; sys.excepthook = lambda *a: 1/0; raise ValueError")
        self.assertTrue(error.startswith("Error in sys.excepthook:\n"))
        self.assertIn("\nOriginal exception was:\n", error)


if __name__ == "__main__":
    unittest.main()
