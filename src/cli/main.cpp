// main: the adder executable.
#include "runtime/configure.h"

int main(int argc, char** argv) {
  int status = adder::bytes_main(argc, argv);
  adder::run_exit_functions();
  return status;
}
