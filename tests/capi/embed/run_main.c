// run_main: Py_RunMain, Py_BytesMain and Py_Main with every kind of program, and the exit status.
// run: bytes -c 'print(1 + 1); import sys; print(sys.argv)' x y
// run: wide -c 'import sys; sys.exit(3)'
// run: bytes -c 'raise SystemExit("a message")'
// run: wide -c '1 / 0'
// run: bytes -m this_is_no_module
// run: wide script.py one two
// run: bytes - < script.py
// run: bytes no_such_file.py
// run: wide --no-such-option
// run: bytes -V
// run: config
// run: bytes package
#include <Python.h>
#include <sys/stat.h>

static void write_file(const char* name, const char* text) {
  FILE* file = fopen(name, "w");
  fputs(text, file);
  fclose(file);
}

int main(int argc, char** argv) {
  write_file("script.py", "import sys\nprint(__name__, __file__.rpartition('/')[2], sys.argv, sys.path[0] != '')\n");
  mkdir("package", 0777);
  write_file("package/__main__.py", "print('package as program', __name__, __spec__.name)\n");
  if (!strcmp(argv[1], "bytes")) return Py_BytesMain(argc - 1, argv + 1);
  if (!strcmp(argv[1], "wide")) {
    wchar_t* words[20];
    for (int i = 1; i < argc; i++) words[i - 1] = Py_DecodeLocale(argv[i], NULL);
    return Py_Main(argc - 1, words);
  }
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.parse_argv = 0;
  PyConfig_SetString(&config, &config.run_command, L"import sys\nprint('configured', sys.argv)\nsys.exit(5)");
  PyStatus status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
  int result = Py_RunMain();
  printf("ran: %d, still there: %d\n", result, Py_IsInitialized());
  return result;
}
