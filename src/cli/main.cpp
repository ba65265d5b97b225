// main: the entry point of the adder executable.
#include <cstdio>

int main() {
  std::fputs("adder: the machine is not there yet\n", stderr);
  return 1;
}
