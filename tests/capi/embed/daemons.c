// daemons: threads that still run when Python stops never run again, even when it starts anew.
// CPython 3.11 itself dies here, so what is printed
// expected: by hand
// run:
#include <Python.h>

int main(void) {
  for (int i = 0; i < 5; i++) {
    Py_Initialize();
    PyRun_SimpleString(
        "import threading, time, sys\n"
        "ready = threading.Event()\n"
        "def forever():\n"
        "  ready.set()\n"
        "  while True: time.sleep(0.002)\n"
        "def busy():\n"
        "  while True: sum(range(50))\n"
        "for f in (forever, busy): threading.Thread(target=f, daemon=True).start()\n"
        "ready.wait()\n"
        "print(threading.active_count())\n");
    printf("%d\n", Py_FinalizeEx());
    fflush(stdout);
  }
  Py_Initialize();
  PyRun_SimpleString("import time; time.sleep(0.05); import threading; print(threading.active_count())");
  return Py_FinalizeEx();
}
