// again: start and stop ten times, with modules, classes, threads and exceptions in between.
// run:
#include <Python.h>

static PyObject* answer(PyObject* self, PyObject* args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "own", NULL, -1, methods};
static PyObject* init_own(void) { return PyModule_Create(&definition); }

static const char* const text =
    "import sys, own, re, json, collections, threading, datetime, functools, enum, dataclasses, contextlib\n"
    "print(own.answer(), json.dumps([1]), re.sub('a', 'b', 'aa'), 'own' in sys.builtin_module_names)\n"
    "class A:\n"
    "  def __del__(self): print('gone')\n"
    "a = A()\n"
    "a.self = a\n"
    "class E(Exception): pass\n"
    "t = threading.Thread(target=lambda: print('in a thread'))\n"
    "t.start(); t.join()\n"
    "try: raise E(1)\n"
    "except E as e: kept = e\n"
    "class Color(enum.Enum): RED = 1\n"
    "@dataclasses.dataclass\n"
    "class P: x: int = 0\n"
    "print(P(), Color.RED, datetime.date(2020, 2, 29), sorted({3, 1, 2}), hasattr(sys, 'left_over'))\n"
    "sys.left_over = 1\n"
    "import atexit; atexit.register(print, 'at exit')\n";

int main(void) {
  PyImport_AppendInittab("own", init_own);
  for (int i = 0; i < 10; i++) {
    Py_Initialize();
    int result = PyRun_SimpleString(text);
    int status = Py_FinalizeEx();
    printf("%d: %d %d %d\n", i, result, status, Py_IsInitialized());
    fflush(stdout);
  }
  return 0;
}
