// hello: the smallest programs: start, run text, look at objects, stop.
// run:
#include <Python.h>

int main(void) {
  printf("before: %d\n", Py_IsInitialized());
  Py_Initialize();
  printf("after: %d %d\n", Py_IsInitialized(), PyGILState_Check());
  printf("%d\n", PyRun_SimpleString("import sys\nprint('hello from', sys.argv, sys.flags.isolated, __name__)"));
  PyObject* globals = PyDict_New();
  PyDict_SetItemString(globals, "x", PyLong_FromLong(20));
  PyObject* value = PyRun_String("x * 2 + 2", Py_eval_input, globals, globals);
  printf("%ld\n", PyLong_AsLong(value));
  Py_DECREF(value);
  PyObject* none = PyRun_String("def f(a, *, b=1):\n  return [a, b]\n", Py_file_input, globals, globals);
  printf("%d\n", none == Py_None);
  PyObject* function = PyDict_GetItemString(globals, "f");
  PyObject* args = Py_BuildValue("(s)", "text");
  PyObject* kwargs = Py_BuildValue("{s:d}", "b", 2.5);
  PyObject* result = PyObject_Call(function, args, kwargs);
  PyObject_Print(result, stdout, 0);
  printf("\n%s\n", Py_TYPE(result)->tp_name);
  fflush(stdout);
  PyObject* module = PyImport_ImportModule("json");
  PyObject* text = PyObject_CallMethod(module, "dumps", "O", result);
  printf("%s\n", PyUnicode_AsUTF8(text));
  Py_DECREF(text);
  Py_DECREF(module);
  Py_DECREF(result);
  Py_DECREF(kwargs);
  Py_DECREF(args);
  Py_DECREF(globals);
  printf("%d\n", Py_FinalizeEx());
  printf("at last: %d\n", Py_IsInitialized());
  return 0;
}
