// data: exported variables of the C API that have no other home.
#include "abi/names.h"

#define EXPORTED_DATA __attribute__((visibility("default")))

extern "C" {
EXPORTED_DATA extern constinit const unsigned long Py_Version = 0x030b02f0;
}
