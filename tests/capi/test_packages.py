"""Virtual environments, pip, and wheels with compiled modules in them; modules that name libpython in NEEDED."""
import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)), "tools"))
from harness import PYTHON_HEADERS  # noqa: E402

SUFFIX = ".cpython-311-x86_64-linux-gnu.so"
SOURCE = textwrap.dedent("""
    #include <Python.h>
    typedef struct { PyObject_HEAD long value; } Box;
    static int box_init(Box* self, PyObject* args, PyObject* kwargs) {
      return PyArg_ParseTuple(args, "l", &self->value) ? 0 : -1;
    }
    static PyObject* box_repr(PyObject* self) { return PyUnicode_FromFormat("<box of %ld>", ((Box*)self)->value); }
    static PyTypeObject BoxType = {
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "boxes._native.Box", .tp_basicsize = sizeof(Box), .tp_new = PyType_GenericNew,
        .tp_init = (initproc)box_init, .tp_repr = box_repr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
    static PyObject* total(PyObject* module, PyObject* items) {
      long sum = 0;
      PyObject* iterator = PyObject_GetIter(items);
      if (!iterator) return NULL;
      for (PyObject* item; (item = PyIter_Next(iterator)); Py_DECREF(item)) sum += PyLong_AsLong(item);
      Py_DECREF(iterator);
      return PyErr_Occurred() ? NULL : PyLong_FromLong(sum);
    }
    static PyMethodDef methods[] = {{"total", total, METH_O, "The sum."}, {NULL}};
    static int fill(PyObject* module) {
      if (PyType_Ready(&BoxType) < 0) return -1;
      return PyModule_AddObjectRef(module, "Box", (PyObject*)&BoxType);
    }
    static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
    static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_native", "Boxes.", 0, methods, slots};
    PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
""")


def compile_module(folder, *flags):
    source, target = os.path.join(folder, "_native.c"), os.path.join(folder, "_native" + SUFFIX)
    with open(source, "w", encoding="ascii") as stream:
        stream.write(SOURCE)
    subprocess.run(["gcc", "-O1", "-fPIC", "-shared", "-I", PYTHON_HEADERS, source, "-o", target, *flags], check=True)
    return target


def build_wheel(folder, native):
    """A wheel as a build tool makes it: package, metadata, record of hashes."""
    tag = "cp311-cp311-linux_x86_64"
    with open(native, "rb") as stream:
        files = {"boxes/_native" + SUFFIX: stream.read()}
    files["boxes/__init__.py"] = b"from ._native import Box, total\n"
    files["boxes/__main__.py"] = b"from . import Box\ndef main(): print(Box(7))\nif __name__ == '__main__': main()\n"
    info = "boxes-1.5.dist-info/"
    files[info + "METADATA"] = b"Metadata-Version: 2.1\nName: boxes\nVersion: 1.5\n"
    files[info + "WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    files[info + "entry_points.txt"] = b"[console_scripts]\nboxes = boxes.__main__:main\n"
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        record += f"{name},sha256={digest},{len(content)}\n"
    files[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    path = os.path.join(folder, f"boxes-1.5-{tag}.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@unittest.skipUnless(PYTHON_HEADERS and shutil.which("gcc"), "needs gcc and CPython 3.11's headers")
class PackagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="packages-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_program(self, *words, **options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP"))}
        done = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, **options)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    @unittest.skipUnless(importlib.util.find_spec("ensurepip"), "needs ensurepip (Debian: python3.11-venv)")
    def test_wheel_in_virtual_environment(self):
        wheel = build_wheel(self.folder, compile_module(self.folder))
        environment = os.path.join(self.folder, "env")
        self.run_program(sys.executable, "-m", "venv", environment)
        python = os.path.join(environment, "bin", "python")
        self.assertRegex(self.run_program(python, "-m", "pip", "--version"), r"^pip [\d.]+ from .*env/lib/python3.11/site-packages/pip")
        self.assertEqual(self.run_program(python, "-c", "import sys; print(sys.prefix)"), environment)
        told = self.run_program(python, "-m", "pip", "install", "--no-index", "--disable-pip-version-check", wheel)
        self.assertIn("Successfully installed boxes-1.5", told)
        program = "import boxes; print(boxes.Box(3), boxes.total(range(5)), boxes._native.__file__.startswith(__import__('sys').prefix))"
        self.assertEqual(self.run_program(python, "-c", program), "<box of 3> 10 True")
        self.assertEqual(self.run_program(os.path.join(environment, "bin", "boxes")), "<box of 7>")
        self.assertIn("boxes", self.run_program(python, "-m", "pip", "freeze", "--disable-pip-version-check"))
        self.assertIn("Successfully uninstalled boxes-1.5", self.run_program(python, "-m", "pip", "uninstall", "-y", "boxes"))

    def test_environment_without_pip(self):
        environment = os.path.join(self.folder, "env")
        self.run_program(sys.executable, "-m", "venv", "--without-pip", "--symlinks", environment)
        python = os.path.join(environment, "bin", "python3.11")
        text = "import sys; print(sys.prefix, sys.base_prefix != sys.prefix, [p for p in sys.path if 'site-packages' in p])"
        self.assertEqual(self.run_program(python, "-c", text),
                         f"{environment} True ['{environment}/lib/python3.11/site-packages']")

    def test_environment_of_copies(self):
        environment = os.path.join(self.folder, "env")
        self.run_program(sys.executable, "-m", "venv", "--without-pip", "--copies", environment)
        compile_module(self.folder, "-Wl,--no-as-needed", "-lpython3.11")
        python = os.path.join(environment, "bin", "python")
        self.assertFalse(os.path.islink(python))
        text = ("import sys, _native; print(sys.prefix, _native.total([4, 5]))\n"
                "print(any('/usr/lib' in line and 'libpython3.11' in line for line in open('/proc/self/maps')))")
        own = "False" if hasattr(sys, "adder_version_info") else "True"
        self.assertEqual(self.run_program(python, "-c", text), f"{environment} 9\n{own}")

    def test_module_that_needs_libpython(self):
        compile_module(self.folder, "-Wl,--no-as-needed", "-lpython3.11")
        text = ("import sys, _native\nprint(_native.Box(5), _native.total([1, 2]), issubclass(_native.Box, object))\n"
                "libraries = {line.split()[-1] for line in open('/proc/self/maps') if 'libpython3.11' in line}\n"
                "print(all(sys.executable.rpartition('/')[0] in name or not hasattr(sys, 'adder_version_info') for name in libraries))")
        self.assertEqual(self.run_program(sys.executable, "-c", text), "<box of 5> 3 True\nTrue")


if __name__ == "__main__":
    unittest.main()
