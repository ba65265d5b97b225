// errors: exceptions that leave Python, statuses, fatal ends.
// run: python
// run: seed
// run: status
// run: error
// run: exit
// run: system_exit
// run: fatal
// run: uninitialized
#include <Python.h>

int main(int argc, char** argv) {
  const char* mode = argv[1];
  if (!strcmp(mode, "seed")) {
    setenv("PYTHONHASHSEED", "many", 1);
    Py_Initialize();
  } else if (!strcmp(mode, "status")) {
    PyStatus ok = PyStatus_Ok(), error = PyStatus_Error("bad"), memory = PyStatus_NoMemory(), leave = PyStatus_Exit(3);
    printf("%d%d%d %d%d%d %s %d%d%d %s %d%d%d %d\n", PyStatus_Exception(ok), PyStatus_IsError(ok), PyStatus_IsExit(ok),
           PyStatus_Exception(error), PyStatus_IsError(error), PyStatus_IsExit(error), error.err_msg,
           PyStatus_Exception(memory), PyStatus_IsError(memory), PyStatus_IsExit(memory), memory.err_msg,
           PyStatus_Exception(leave), PyStatus_IsError(leave), PyStatus_IsExit(leave), leave.exitcode);
    printf("%d\n", PyStatus_IsError(Py_InitializeFromConfig(NULL)));
  } else if (!strcmp(mode, "error")) {
    Py_ExitStatusException(PyStatus_Error("the embedder gives up"));
  } else if (!strcmp(mode, "exit")) {
    Py_ExitStatusException(PyStatus_Exit(9));
  } else if (!strcmp(mode, "system_exit")) {
    Py_Initialize();
    PyRun_SimpleString("import atexit; atexit.register(print, 'cleaned up'); raise SystemExit(4)");
    printf("not reached\n");
  } else if (!strcmp(mode, "fatal")) {
    Py_Initialize();
    PyRun_SimpleString("import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))");
    Py_FatalError("on purpose");
  } else if (!strcmp(mode, "uninitialized")) {
    printf("%d %d\n", Py_FinalizeEx(), Py_IsInitialized());
    Py_Initialize();
    Py_Initialize();
    printf("%d %d\n", Py_FinalizeEx(), Py_FinalizeEx());
  } else {
    Py_Initialize();
    printf("%d\n", PyRun_SimpleString("def f(x):\n  return 1 / x\nf(0)"));
    printf("%d\n", PyRun_SimpleString("x = (1,\n"));
    PyObject* globals = PyDict_New();
    PyObject* result = PyRun_String("[][1]", Py_eval_input, globals, globals);
    printf("%d %d\n", result == NULL, PyErr_ExceptionMatches(PyExc_IndexError));
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject* text = PyObject_Str(value);
    printf("%s: %s %d\n", ((PyTypeObject*)type)->tp_name, PyUnicode_AsUTF8(text), PyTraceBack_Check(traceback));
    PyErr_Restore(type, value, traceback);
    PyErr_Print();
    fflush(stdout);
    PyRun_SimpleString("import sys; print(sys.last_type, sys.last_value, sys.last_traceback is not None)");
    PyErr_Format(PyExc_OSError, "number %d and %R", 5, text);
    PyErr_WriteUnraisable(text);
    PyObject* mine = PyErr_NewException("program.Mine", PyExc_ValueError, NULL);
    PyErr_SetObject(mine, text);
    PyErr_PrintEx(0);
    printf("%d\n", PyErr_Occurred() != NULL);
    return Py_FinalizeEx();
  }
  return 0;
}
