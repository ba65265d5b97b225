// subinterpreters: three at once, each with its own modules.
// run:
#include <Python.h>

int main(void) {
  Py_Initialize();
  PyThreadState* main_state = PyThreadState_Get();
  PyRun_SimpleString("import sys; sys.mark = 'main'; x = 0");
  PyThreadState* states[3];
  for (int i = 0; i < 3; i++) {
    states[i] = Py_NewInterpreter();
    printf("%d %ld\n", states[i] == PyThreadState_Get(), (long)PyInterpreterState_GetID(states[i]->interp));
    fflush(stdout);
    PyRun_SimpleString("import sys, json; print(hasattr(sys, 'mark'), 'x' in globals()); sys.mark = x = json.dumps({'a': 1})");
  }
  for (int i = 2; i >= 0; i--) {
    PyThreadState_Swap(states[i]);
    PyRun_SimpleString("print(sys.mark, x); import atexit; atexit.register(print, 'ended')");
    Py_EndInterpreter(states[i]);
  }
  PyThreadState_Swap(main_state);
  PyRun_SimpleString("print(sys.mark, x)");
  return Py_FinalizeEx();
}
