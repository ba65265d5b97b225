// audit: hooks of the program (PEP 578), added before start-up.
// run:
// run: refuse
// run: main
#include <Python.h>

static int refuse, cleared;
static int hook(const char* event, PyObject* args, void* data) {
  if (!strcmp(event, "my.event")) {
    printf("%s %s %zd\n", (char*)data, event, PyTuple_GET_SIZE(args));
    fflush(stdout);
    if (refuse) {
      PyErr_SetString(PyExc_PermissionError, "not allowed");
      return -1;
    }
  }
  if (!strncmp(event, "cpython.run_", 12)) {
    printf("%s\n", event);
    fflush(stdout);
  }
  if (!strcmp(event, "cpython._PySys_ClearAuditHooks")) cleared++;
  return 0;
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  refuse = !strcmp(mode, "refuse");
  printf("%d\n", PySys_AddAuditHook(hook, "first"));
  printf("%d\n", PySys_AddAuditHook(hook, "second"));
  if (!strcmp(mode, "main")) {
    char* words[] = {"audit", "-c", "import sys; sys.audit('my.event')"};
    return Py_BytesMain(3, words);
  }
  Py_Initialize();
  PyRun_SimpleString("import sys; sys.audit('my.event', 1, 2)");
  int result = PySys_Audit("my.event", "Os", Py_None, "text");
  printf("%d %d\n", result, PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_PermissionError));
  PyErr_Clear();
  result = Py_FinalizeEx();
  printf("%d %d\n", result, cleared);
  Py_Initialize();
  PyRun_SimpleString("import sys; sys.audit('my.event', 1, 2); print('again')");
  return Py_FinalizeEx();
}
