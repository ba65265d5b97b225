// threads: threads that Python has not made use it through PyGILState, while the main thread lets go of the GIL.
// run:
#include <Python.h>
#include <pthread.h>

enum { kThreads = 8, kRounds = 200 };
static PyObject* counter;
static long sums[kThreads];

static void* work(void* argument) {
  long number = (long)argument;
  for (int i = 0; i < kRounds; i++) {
    PyGILState_STATE outer = PyGILState_Ensure();
    PyGILState_STATE inner = PyGILState_Ensure();
    if (inner != PyGILState_LOCKED || !PyGILState_Check()) abort();
    PyObject* result = PyObject_CallFunction(counter, "l", number);
    sums[number] += PyLong_AsLong(result);
    Py_DECREF(result);
    if (i % 50 == 0) {
      Py_BEGIN_ALLOW_THREADS
      if (PyGILState_Check()) abort();
      sched_yield();
      Py_END_ALLOW_THREADS
    }
    PyGILState_Release(inner);
    PyGILState_Release(outer);
    if (i == 0 && PyGILState_GetThisThreadState() != NULL) abort();
  }
  return NULL;
}

int main(void) {
  Py_Initialize();
  PyRun_SimpleString(
      "import threading\n"
      "seen, names = {}, set()\n"
      "local = threading.local()\n"
      "def count(number):\n"
      "  seen[number] = seen.get(number, 0) + 1\n"
      "  names.add(threading.current_thread().name.split('-')[0])\n"
      "  local.value = getattr(local, 'value', 0) + 1\n"
      "  return sum(range(number))\n");
  counter = PyObject_GetAttrString(PyImport_AddModule("__main__"), "count");
  pthread_t threads[kThreads];
  PyThreadState* saved = PyEval_SaveThread();
  for (long i = 0; i < kThreads; i++) pthread_create(&threads[i], NULL, work, (void*)i);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  PyEval_RestoreThread(saved);
  for (int i = 0; i < kThreads; i++) printf("%ld ", sums[i]);
  printf("\n");
  fflush(stdout);
  PyRun_SimpleString("print(sorted(seen.items()), sorted(names))");
  Py_DECREF(counter);
  return Py_FinalizeEx();
}
