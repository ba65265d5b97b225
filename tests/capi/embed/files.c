// files: PyRun_*File, dialogues from files, compiling, modules from code, frozen modules.
// run:
#include <Python.h>
#include <marshal.h>

static FILE* file_with(const char* name, const char* text) {
  FILE* file = fopen(name, "w");
  fputs(text, file);
  fclose(file);
  return fopen(name, "r");
}
static void flush(void) {
  fflush(stdout);
  PyRun_SimpleString("import sys; sys.stdout.flush(); sys.stderr.flush()");
}

int main(void) {
  Py_Initialize();
  FILE* file = file_with("simple.py", "print(__name__, __file__, __cached__, type(__loader__).__name__)\nkept = 1\n");
  printf("%d\n", PyRun_SimpleFile(file, "simple.py"));
  fclose(file);
  PyRun_SimpleString("print(kept, '__file__' in globals())");
  printf("%d\n", PyRun_SimpleFileEx(file_with("bad.py", "x = 1\ny = x + 'a'\n"), "bad.py", 1));
  printf("%d\n", PyRun_AnyFileEx(file_with("any.py", "# -*- coding: latin-1 -*-\nprint(len('\xe9'))\n"), "any.py", 1));
  flush();
  PyObject* globals = PyDict_New();
  PyObject* result = PyRun_FileEx(file_with("value.py", "[n * n for n in range(5)]\n"), "value.py", Py_eval_input, globals, globals, 1);
  PyObject_Print(result, stdout, 0);
  printf("\n");
  Py_XDECREF(result);
  result = PyRun_FileEx(file_with("syntax.py", "def f(:\n"), "syntax.py", Py_file_input, globals, globals, 1);
  printf("%d\n", result == NULL);
  PyErr_Print();
  flush();

  file = file_with("dialogue.txt", "a = 6\na * 7\nfor i in range(2):\n  print(i)\n\nundefined\n'last'\n");
  PyRun_SimpleString("import sys; sys.ps1 = sys.ps2 = ''");
  printf("%d\n", PyRun_InteractiveOne(file, "<dialogue>"));
  printf("%d\n", PyRun_InteractiveLoop(file, "<dialogue>"));
  printf("%d\n", PyRun_InteractiveOne(file, "<dialogue>"));
  fclose(file);
  flush();

  PyObject* code = Py_CompileString("x = 5\ndef f(): return x\n", "module_source.py", Py_file_input);
  PyObject* module = PyImport_ExecCodeModule("from_code", code);
  result = PyObject_CallMethod(module, "f", NULL);
  printf("%ld %s\n", PyLong_AsLong(result), PyModule_GetName(module));
  PyRun_SimpleString("import sys; print(sys.modules['from_code'].__file__, sys.modules['from_code'].__spec__)");
  module = PyImport_ExecCodeModuleEx("from_code_2", code, "/some/where.py");
  PyRun_SimpleString("print(sys.modules['from_code_2'].__file__)");
  printf("%d\n", Py_CompileString("1 +", "bad", Py_eval_input) == NULL);
  PyErr_Print();
  PyObject* bad = Py_CompileString("raise_nothing", "module", Py_file_input);
  printf("%d\n", PyImport_ExecCodeModule("fails", bad) == NULL);
  PyErr_Print();
  PyRun_SimpleString("print('fails' in sys.modules)");
  PyCompilerFlags flags = {PyCF_ONLY_AST, 11};
  PyObject* tree = Py_CompileStringFlags("a + b", "tree", Py_eval_input, &flags);
  printf("%s\n", Py_TYPE(tree)->tp_name);

  PyObject* data = PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
  struct _frozen frozen[] = {
      {"ice", (unsigned char*)PyBytes_AS_STRING(data), (int)PyBytes_GET_SIZE(data), 0, NULL},
      {NULL},
  };
  PyImport_FrozenModules = frozen;
  printf("%d %d\n", PyImport_ImportFrozenModule("ice"), PyImport_ImportFrozenModule("water"));
  flush();
  PyRun_SimpleString("print(sys.modules['ice'].f())");
  PyObject* added = PyImport_AddModule("from_code");
  printf("%d\n", added == PyDict_GetItemString(PyImport_GetModuleDict(), "from_code"));
  return Py_FinalizeEx();
}
