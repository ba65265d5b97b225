// main: the adder executable.
#include "runtime/configure.h"

int main(int argc, char** argv) {
  int status = adder::bytes_main(argc, argv);
  adder::run_exit_functions();
  return status;
}

#ifdef ADDER_SANITIZE
// What lives as long as the process (the configuration) is no leak worth an exit status; ASAN_OPTIONS=detect_leaks=1
// asks for it.
extern "C" __attribute__((visibility("default"), used)) const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif
