// settings: every field of the configuration, as it is after start-up, for many ways to start.
// run: environment
// run: environment python
// run: environment isolated
// run: flags
// run: flags python
// run: pre_utf8
// run: pre_isolated
// run: pre_arguments
// run: command_line
// run: isolated_command_line
// run: fields
// run: warnings
// run: setters
// run: home
// run: late_main
#include <Python.h>

PyObject* _Py_GetConfigsAsDict(void);
void _PyConfig_InitCompatConfig(PyConfig*);
PyStatus _Py_InitializeMain(void);

static PyConfig config;
static void check(PyStatus status) {
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
}
static void set(wchar_t** field, const wchar_t* text) { check(PyConfig_SetString(&config, field, text)); }
static void start(const char* kind) {
  if (!kind) {
    Py_Initialize();
    return;
  }
  if (!strcmp(kind, "isolated")) PyConfig_InitIsolatedConfig(&config);
  else PyConfig_InitPythonConfig(&config);
  check(Py_InitializeFromConfig(&config));
}
#define ARGUMENTS(...)                                                                              \
  char* words[] = {__VA_ARGS__};                                                                    \
  check(PyConfig_SetBytesArgv(&config, sizeof words / sizeof *words, words))

static void show(void) {
  PyObject* main_module = PyImport_AddModule("__main__");
  PyObject_SetAttrString(main_module, "configs", _Py_GetConfigsAsDict());
  PyRun_SimpleString(
      "import sys\n"
      "configs['config'].pop('module_search_paths')\n"
      "for group in sorted(configs):\n"
      "  print(group + ':', ', '.join(f'{key}={value!r}' for key, value in sorted(configs[group].items())))\n"
      "print(sys.argv, sys.orig_argv, sys.flags, sys.warnoptions, sys._xoptions, sys.executable, sys._base_executable)\n"
      "print(sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, sys.pycache_prefix, sys.dont_write_bytecode)\n"
      "print(sys.stdin.encoding, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors, sys.stdout.line_buffering)\n");
}

int main(int argc, char** argv) {
  const char* mode = argv[1];
  const char* kind = argc > 2 ? argv[2] : NULL;
  if (!strcmp(mode, "environment")) {
    static char* variables[] = {
        "PYTHONHASHSEED=42", "PYTHONTRACEMALLOC=2", "PYTHONOPTIMIZE=2", "PYTHONINSPECT=1", "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONUNBUFFERED=1", "PYTHONPYCACHEPREFIX=env_pycache", "PYTHONNOUSERSITE=1", "PYTHONFAULTHANDLER=1",
        "PYTHONIOENCODING=iso8859-1:replace", "PYTHONSAFEPATH=1", "PYTHONINTMAXSTRDIGITS=4567",
        "PYTHONWARNINGS=ignore::UserWarning,once", "PYTHONPATH=/a:/b", "PYTHONNODEBUGRANGES=1", "PYTHONWARNDEFAULTENCODING=1"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) putenv(variables[i]);
    start(kind);
  } else if (!strcmp(mode, "flags")) {
    Py_BytesWarningFlag = Py_InspectFlag = Py_OptimizeFlag = Py_DontWriteBytecodeFlag = Py_QuietFlag = 1;
    Py_UnbufferedStdioFlag = Py_NoUserSiteDirectory = Py_FrozenFlag = Py_UTF8Mode = 1;
    start(kind);
  } else if (!strncmp(mode, "pre_", 4)) {
    PyPreConfig first;
    PyPreConfig_InitPythonConfig(&first);
    char* words[] = {"x", "-X", "utf8", "-E", "-c", "1"};
    if (!strcmp(mode, "pre_utf8")) first.utf8_mode = first.dev_mode = 1;
    if (!strcmp(mode, "pre_isolated")) first.isolated = 1;
    check(!strcmp(mode, "pre_arguments") ? Py_PreInitializeFromBytesArgs(&first, 6, words) : Py_PreInitialize(&first));
    PyConfig_InitPythonConfig(&config);
    if (!strcmp(mode, "pre_arguments")) check(PyConfig_SetBytesArgv(&config, 6, words));
    check(Py_InitializeFromConfig(&config));
  } else if (!strcmp(mode, "command_line")) {
    PyConfig_InitPythonConfig(&config);
    ARGUMENTS("./argv0", "-E", "-P", "-X", "dev", "-X", "faulthandler", "-X", "tracemalloc=3", "-W", "ignore", "-bb", "-OO", "-q",
              "-c", "pass", "arg2", "-x");
    check(Py_InitializeFromConfig(&config));
  } else if (!strcmp(mode, "isolated_command_line")) {
    PyConfig_InitPythonConfig(&config);
    ARGUMENTS("x", "-Xutf8", "-I", "script.py", "-v", "a");
    check(Py_InitializeFromConfig(&config));
  } else if (!strcmp(mode, "fields")) {
    _PyConfig_InitCompatConfig(&config);
    config.use_hash_seed = config.quiet = config.parse_argv = config.safe_path = 1;
    config.hash_seed = 123;
    config.code_debug_ranges = config.buffered_stdio = config.user_site_directory = config.pathconfig_warnings = 0;
    config.bytes_warning = 2;
    set(&config.pycache_prefix, L"conf_pycache");
    set(&config.stdio_encoding, L"iso8859-1");
    set(&config.stdio_errors, L"replace");
    set(&config.check_hash_pycs_mode, L"always");
    wchar_t* options[] = {L"option1=3", L"option2=", L"option3"};
    check(PyConfig_SetWideStringList(&config, &config.xoptions, 3, options));
    check(PyWideStringList_Append(&config.warnoptions, L"default"));
    ARGUMENTS("python3", "-W", "ignore", "-c", "pass", "arg2");
    check(Py_InitializeFromConfig(&config));
  } else if (!strcmp(mode, "warnings")) {
    PySys_AddWarnOption(L"error::ImportWarning");
    PySys_AddXOption(L"sys=1");
    putenv("PYTHONWARNINGS=once::UserWarning");
    PyConfig_InitPythonConfig(&config);
    config.dev_mode = config.bytes_warning = 1;
    check(PyWideStringList_Append(&config.warnoptions, L"ignore::ResourceWarning"));
    check(Py_InitializeFromConfig(&config));
  } else if (!strcmp(mode, "setters")) {
    Py_SetProgramName(L"./named");
    Py_SetPythonHome(L"/usr");
    start(NULL);
  } else if (!strcmp(mode, "home")) {
    PyConfig_InitPythonConfig(&config);
    set(&config.home, L"/usr");
    set(&config.program_name, L"/usr/bin/something");
    set(&config.run_module, L"module");
    config.parse_argv = 0;
    config.dev_mode = config.isolated = 1;
    wchar_t* words[] = {L"program", L"-E"};
    check(PyConfig_SetArgv(&config, 2, words));
    check(Py_InitializeFromConfig(&config));
  } else if (!strcmp(mode, "late_main")) {
    PyConfig_InitPythonConfig(&config);
    config._init_main = 0;
    check(Py_InitializeFromConfig(&config));
    PyRun_SimpleString("import sys; print('core only', sys.version_info[:2], file=sys.stderr)");
    check(_Py_InitializeMain());
  }
  show();
  Py_InspectFlag = 0;
  return Py_FinalizeEx();
}
