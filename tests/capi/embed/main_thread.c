// main_thread: the thread that starts Python is its main thread, whichever that is.
// run:
#include <Python.h>
#include <pthread.h>

static void* life(void* argument) {
  Py_Initialize();
  PyRun_SimpleString(
      "import threading, signal, os\n"
      "print(threading.current_thread() is threading.main_thread())\n"
      "def handler(number, frame): print('signal', number == signal.SIGUSR1)\n"
      "signal.signal(signal.SIGUSR1, handler)\n"
      "signal.raise_signal(signal.SIGUSR1)\n"
      "def other():\n"
      "  try: signal.signal(signal.SIGUSR1, signal.SIG_DFL)\n"
      "  except ValueError as error: print(error)\n"
      "thread = threading.Thread(target=other); thread.start(); thread.join()\n");
  printf("%d\n", Py_FinalizeEx());
  fflush(stdout);
  return NULL;
}

int main(void) {
  life(NULL);
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, life, NULL);
    pthread_join(thread, NULL);
  }
  life(NULL);
  return 0;
}
