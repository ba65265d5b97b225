// legacy: what programs did before PEP 587: setters, Py_*Flag variables, PySys_*.
// run: setters
// run: flags
// run: arguments
// run: output
#include <Python.h>

static void at_exit(void) {
  printf("Py_AtExit\n");
  fflush(stdout);
}

int main(int argc, char** argv) {
  const char* mode = argv[1];
  if (!strcmp(mode, "setters")) {
    Py_SetProgramName(L"/usr/bin/legacy_program");
    PySys_AddWarnOption(L"ignore::UserWarning");
    PySys_AddXOption(L"key=value");
    PySys_AddXOption(L"alone");
    Py_SetStandardStreamEncoding("latin-1", "replace");
    printf("%ls\n", Py_GetProgramName());
    Py_Initialize();
    PyRun_SimpleString("import sys; print(sys.warnoptions, sys._xoptions, sys.stdout.encoding, sys.stdout.errors, sys.executable)");
    printf("%ls %ls %ls %ls\n", Py_GetProgramName(), Py_GetProgramFullPath(), Py_GetPrefix(), Py_GetExecPrefix());
    printf("%d %d\n", PySys_HasWarnOptions(), wcsstr(Py_GetPath(), L"python3.11/lib-dynload") != NULL);
    PySys_ResetWarnOptions();
    printf("%d %d\n", PySys_HasWarnOptions(), Py_GetPythonHome() == NULL);
    PySys_AddXOption(L"later=1");
    PyObject_Print(PySys_GetXOptions(), stdout, 0);
    printf("\n");
  } else if (!strcmp(mode, "flags")) {
    Py_NoSiteFlag = 1;
    Py_IgnoreEnvironmentFlag = 1;
    Py_OptimizeFlag = 2;
    Py_BytesWarningFlag = 1;
    Py_DontWriteBytecodeFlag = 1;
    Py_NoUserSiteDirectory = 1;
    Py_QuietFlag = 3;
    Py_InitializeEx(0);
    PyRun_SimpleString("import sys; print(sys.flags, 'site' in sys.modules, __debug__, sys.warnoptions)");
    PyRun_SimpleString("import signal; print(signal.getsignal(signal.SIGINT))");
    Py_Finalize();
    Py_OptimizeFlag = 0;
    Py_NoSiteFlag = 0;
    Py_Initialize();
    PyRun_SimpleString("import sys; print(sys.flags.optimize, sys.flags.no_site, 'site' in sys.modules, __debug__)");
  } else if (!strcmp(mode, "arguments")) {
    Py_Initialize();
    wchar_t* words[] = {L"/usr/lib/script.py", L"b", L"caf\u00e9"};
    PySys_SetArgvEx(3, words, 0);
    PyRun_SimpleString("import sys; print(sys.argv == ['/usr/lib/script.py', 'b', 'caf\\xe9'], sys.path[0] == '/usr/lib')");
    PySys_SetArgvEx(3, words, 1);
    PyRun_SimpleString("print(sys.path[0])");
    PySys_SetArgv(0, NULL);
    PyRun_SimpleString("print(sys.argv, [sys.path[0]])");
    PySys_SetPath(L"/a:/b::/c");
    PyRun_SimpleString("print(sys.path)");
    PyObject* value = PyLong_FromLong(5);
    printf("%d ", PySys_SetObject("mine", value));
    printf("%d\n", PySys_GetObject("mine") == value);
    printf("%d ", PySys_SetObject("mine", NULL));
    printf("%d\n", PySys_GetObject("mine") == NULL);
  } else {
    Py_Initialize();
    printf("%d\n", Py_AtExit(at_exit));
    fflush(stdout);
    PySys_WriteStdout("%s %d\n", "written", 1);
    PySys_WriteStdout("%s\n", "x");
    PyObject* list = Py_BuildValue("[is]", 1, "two");
    PySys_FormatStdout("%R and %S and %A\n", list, list, list);
    PyRun_SimpleString("import sys, io; sys.stdout = io.StringIO()");
    PySys_WriteStdout("into a string %d\n", 7);
    PyRun_SimpleString("text = sys.stdout.getvalue(); sys.stdout = sys.__stdout__; print([text])");
    PyRun_SimpleString("del sys.stdout");
    PySys_WriteStdout("to the C stream\n");
    fflush(stdout);
  }
  return Py_FinalizeEx();
}
