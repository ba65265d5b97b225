"""Audit hooks: in a process of their own, since they stay for ever."""
import subprocess
import sys
import textwrap
import unittest


class AuditHooks(unittest.TestCase):
    def check(self, code, expected):
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout.splitlines(), done.returncode), (expected, 0), done.stderr)

    def test_set_exception_survives(self):
        self.check("""
            import sys
            sys.addaudithook(lambda event, args: None)
            try:
                import no_such_module
            except ImportError as error:
                print(error)
            """, ["No module named 'no_such_module'"])

    def test_events(self):
        self.check("""
            import marshal, sys, types
            on, seen = False, []
            def hook(event, args):
                if on: seen.append((event, *args))
            sys.addaudithook(hook)
            class A: pass
            class B: pass
            class C(A): pass
            a = A()
            on = True
            C.__name__ = "D"
            C.__bases__ = (B,)
            a.__class__ = B
            marshal.loads(marshal.dumps(1))
            eval("2")
            on = False
            for event in seen:
                print(*[x if isinstance(x, (str, bytes, int)) else type(x).__name__ for x in event])
            """, ["object.__setattr__ type __name__ D", "object.__setattr__ type __bases__ tuple",
                  "object.__setattr__ B __class__ type", "marshal.dumps 1 4",
                  r"marshal.loads b'\xe9\x01\x00\x00\x00'", "compile b'2' <string>", "exec code"])

    def test_hook_refuses(self):
        self.check("""
            import sys
            def hook(event, args):
                if event == "compile": raise RuntimeError("no " + args[1])
            sys.addaudithook(hook)
            try:
                compile("1", "this", "eval")
            except RuntimeError as error:
                print(error)
            """, ["no this"])


if __name__ == "__main__":
    unittest.main()
