// data: exported variables of the C API that have no other home: flags of the command line, tables, hooks.
#include <initializer_list>

#include "abi/names.h"
#include "base/config.h"

#define EXPORTED_DATA __attribute__((visibility("default")))

namespace {
struct WhitespaceTable {
  unsigned char values[128];
};
consteval WhitespaceTable make_whitespace() {
  WhitespaceTable table{};
  for (int c : {9, 10, 11, 12, 13, 28, 29, 30, 31, 32}) table.values[c] = 1;
  return table;
}
}  // namespace

extern "C" {
EXPORTED_DATA extern constinit const WhitespaceTable _Py_ascii_whitespace = make_whitespace();
EXPORTED_DATA int (*PyOS_InputHook)(void) = nullptr;
EXPORTED_DATA extern constinit const unsigned long Py_Version = 0x030b02f0;
}
