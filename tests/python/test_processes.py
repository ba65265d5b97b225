# subprocess: errors of the child, what a script finds open, and what runs at the end of a process.
import os
import shutil
import subprocess
import sys
import tempfile
import unittest


class ChildTest(unittest.TestCase):
    def test_bad_directory(self):
        with self.assertRaises(FileNotFoundError) as caught:
            subprocess.Popen([sys.executable, "-c", ""], cwd="/no/such/directory")
        self.assertEqual(caught.exception.filename, "/no/such/directory")

    def test_group_out_of_range(self):
        with self.assertRaisesRegex(ValueError, "invalid group id"):
            subprocess.Popen([sys.executable, "-c", ""], extra_groups=[2**64])
        with self.assertRaisesRegex(OverflowError, "gid is greater than maximum"):
            subprocess.Popen([sys.executable, "-c", ""], group=2**64)

    def test_script_is_closed(self):
        with tempfile.TemporaryDirectory() as directory:
            script = os.path.join(directory, "script.py")
            with open(script, "w") as stream:
                stream.write("import os\n"
                             "for fd in os.listdir('/proc/self/fd'):\n"
                             "    try:\n"
                             "        print(os.readlink('/proc/self/fd/' + fd))\n"
                             "    except OSError:\n"
                             "        pass\n")
            output = subprocess.check_output([sys.executable, script], text=True)
        self.assertNotIn("script.py", output)


class EndTest(unittest.TestCase):
    """What runs when a process ends: modules are only taken down if that shows."""

    def output_of(self, code, *options):
        done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr

    def test_finalizers(self):
        noisy = "class A:\n def __del__(self): print('end')\n"
        for code in ("a = A()", "a = A(); a.itself = a", "a = A(); a.itself = a; del a", "class B(A): pass\nb = [B()]"):
            with self.subTest(code):
                self.assertEqual(self.output_of(noisy + code), "end\n")
        self.assertEqual(self.output_of("class A(str):\n __slots__ = ()\n def __del__(self): print('end')\nt = (A('x'),)"), "end\n")
        self.assertEqual(self.output_of("class M(type):\n def __del__(cls): print('end')\nclass A(metaclass=M): pass"), "end\n")

    def test_objects_in_extensions(self):
        noisy = "class A:\n def __del__(self): print('end')\n"
        for code in ("import queue; q = queue.SimpleQueue(); q.put(A())", "import json; a = A()"):
            with self.subTest(code):
                self.assertEqual(self.output_of(noisy + code), "end\n")
        code = "import asyncio\nfuture = asyncio.new_event_loop().create_future()\nfuture.set_exception(ValueError(1))"
        self.assertIn("never retrieved", self.output_of(code))

    def test_generators(self):
        code = "def g():\n try: yield\n finally: print('end')\nx = g()"
        self.assertEqual(self.output_of(code), "")
        self.assertEqual(self.output_of(code + "\nnext(x)"), "end\n")
        self.assertIn("never awaited", self.output_of("async def f(): pass\nx = f()"))

    def test_weak_references(self):
        code = "import weakref\nclass A: pass\na = A()\n"
        self.assertEqual(self.output_of(code + "r = weakref.finalize(a, print, 'end')"), "end\n")
        self.assertEqual(self.output_of(code + "r = weakref.WeakValueDictionary(a=a); s = weakref.WeakSet([a])"), "")

    def test_files(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "file")
            self.output_of(f"stream = open({path!r}, 'w'); stream.write('text')")
            with open(path) as stream:
                self.assertEqual(stream.read(), "text")
            for code in ("s = open('.gitignore', 'a')", "import os; s = os.scandir('.'); next(s)", "import socket; s = socket.socket()"):
                with self.subTest(code):
                    code = f"import os; os.chdir({directory!r})\n" + code
                    self.assertIn("ResourceWarning: unclosed", self.output_of(code, "-X", "dev"))


class PathsTest(unittest.TestCase):
    """A program finds the library that stands beside it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        for name in "bin", "lib", "env/bin", "copied/bin":
            os.makedirs(os.path.join(self.folder, name))
        os.symlink(os.path.dirname(os.__file__), os.path.join(self.folder, "lib/python3.11"))
        self.program = shutil.copy(os.path.realpath(sys.executable), os.path.join(self.folder, "bin/program"))

    def paths(self, program):
        text = "import sys; print(sys.prefix, sys._base_executable, *[p for p in sys.path if p.endswith('.zip')])"
        return subprocess.check_output([program, "-S", "-c", text], env={}, text=True).split()

    def test_library_beside_the_program(self):
        zipped = os.path.join(self.folder, "lib/python311.zip")
        self.assertEqual(self.paths(self.program), [self.folder, self.program, zipped])
        for name in "env", "copied":
            environment = os.path.join(self.folder, name)
            with open(os.path.join(environment, "pyvenv.cfg"), "w") as stream:
                stream.write(f"home = {self.folder}/bin\nversion = 3.11\n")
            program = os.path.join(environment, "bin/program")
            if name == "env":
                os.symlink(self.program, program)
            else:
                shutil.copy(self.program, program)
            self.assertEqual(self.paths(program), [self.folder, self.program, zipped])


if __name__ == "__main__":
    unittest.main()
