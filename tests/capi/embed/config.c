// config: PEP 587: what a configuration says and what the program sees of it.
// run: python
// run: isolated
// run: arguments -X dev -W error::UserWarning -c 'import sys; print(sys.argv, sys.flags.dev_mode, sys.warnoptions, sys._xoptions)' a b
// run: arguments -I -c 'import sys; print(sys.flags)' x
// run: read
// run: paths
// run: preconfig
#include <Python.h>

static void check(PyStatus status) {
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
}
static PyObject* seven(PyObject* self, PyObject* args) { return PyLong_FromLong(7); }
static PyMethodDef methods[] = {{"seven", seven, METH_NOARGS, ""}, {NULL}};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "inner", NULL, 0, methods, slots};
static PyObject* init_inner(void) { return PyModuleDef_Init(&definition); }

static void show(void) {
  PyRun_SimpleString(
      "import sys, inner\n"
      "print(inner.seven(), inner.__spec__.origin, sys.argv, sys.orig_argv, sys.flags.isolated, sys.flags.ignore_environment,\n"
      "      sys.flags.no_user_site, sys.flags.safe_path, sys.flags.utf8_mode, sys.flags.verbose, sys.flags.optimize, __debug__)\n"
      "print(sys.prefix, sys.base_prefix, sys.platlibdir, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors)\n");
}
static void print_list(const char* name, const PyWideStringList* list) {
  printf("%s:", name);
  for (Py_ssize_t i = 0; i < list->length; i++) printf(" '%ls'", list->items[i]);
  printf("\n");
}

int main(int argc, char** argv) {
  const char* mode = argv[1];
  PyConfig config;
  PyImport_AppendInittab("inner", init_inner);
  if (!strcmp(mode, "isolated")) {
    PyConfig_InitIsolatedConfig(&config);
    check(PyConfig_SetString(&config, &config.program_name, L"/usr/bin/isolated"));
    check(PyConfig_SetBytesString(&config, &config.stdio_encoding, "utf-8"));
    check(PyConfig_SetString(&config, &config.stdio_errors, L"backslashreplace"));
    check(Py_InitializeFromConfig(&config));
    show();
  } else if (!strcmp(mode, "python")) {
    PyConfig_InitPythonConfig(&config);
    config.optimization_level = 2;
    config.parse_argv = 0;
    wchar_t* words[] = {L"program", L"-x", L"--long"};
    check(PyConfig_SetArgv(&config, 3, words));
    check(PyWideStringList_Append(&config.warnoptions, L"ignore::ResourceWarning"));
    check(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    show();
    PyRun_SimpleString("import sys; print(sys.warnoptions)");
  } else if (!strcmp(mode, "arguments")) {
    PyConfig_InitPythonConfig(&config);
    check(PyConfig_SetBytesArgv(&config, argc - 1, argv + 1));
    check(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    return Py_RunMain();
  } else if (!strcmp(mode, "read")) {
    PyConfig_InitPythonConfig(&config);
    char* words[] = {"name", "-bb", "-OO", "-Xa=b", "-X", "c", "-W", "once", "-m", "module", "-b", "rest"};
    check(PyConfig_SetBytesArgv(&config, 12, words));
    check(PyConfig_Read(&config));
    print_list("argv", &config.argv);
    print_list("orig_argv", &config.orig_argv);
    print_list("xoptions", &config.xoptions);
    print_list("warnoptions", &config.warnoptions);
    printf("%ls %ls %d %d %d %d\n", config.program_name, config.run_module, config.bytes_warning, config.optimization_level,
           config.parse_argv, config.module_search_paths_set);
    printf("%ls %ls %ls %ls\n", config.check_hash_pycs_mode, config.platlibdir, config.prefix, config.stdlib_dir);
    check(PyWideStringList_Insert(&config.argv, 1, L"inserted"));
    print_list("argv", &config.argv);
    PyStatus status = PyWideStringList_Insert(&config.argv, -1, L"x");
    printf("%d %s: %s\n", PyStatus_IsError(status), status.func, status.err_msg);
    PyConfig_Clear(&config);
    printf("%p %zd\n", (void*)config.program_name, config.argv.length);
    return 0;
  } else if (!strcmp(mode, "paths")) {
    PyConfig_InitPythonConfig(&config);
    config.site_import = 0;
    config.write_bytecode = 0;
    check(PyConfig_Read(&config));
    check(PyWideStringList_Append(&config.module_search_paths, L"/nowhere/at/all"));
    check(PyConfig_SetString(&config, &config.executable, L"/opt/program"));
    check(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    PyRun_SimpleString("import sys; print(sys.path[-1], sys.executable, 'site' in sys.modules, sys.dont_write_bytecode)");
  } else if (!strcmp(mode, "preconfig")) {
    PyPreConfig first;
    PyPreConfig_InitIsolatedConfig(&first);
    first.utf8_mode = 1;
    check(Py_PreInitialize(&first));
    PyConfig_InitIsolatedConfig(&config);
    check(Py_InitializeFromConfig(&config));
    show();
  }
  int count;
  wchar_t** words;
  Py_GetArgcArgv(&count, &words);
  printf("%d original arguments\n", count);
  return Py_FinalizeEx();
}
