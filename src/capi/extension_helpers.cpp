// extension_helpers: functions of CPython's internal headers that the standard library's own extension modules call.
#include "base/half_float.h"
#include "capi/capi.h"
#include "import/import.h"
#include "runtime/thread.h"

using namespace adder;
using adder::capi::minus_one;
using adder::capi::null;

ADDER_EXPORT PyObject* _PyUnicode_FromId(struct Identifier* identifier);

// The inline part in the extension has counted this call already.
ADDER_EXPORT int _Py_CheckRecursiveCall(PyThreadState* state, const char* where) {
  if (state->recursion_headroom) {
    if (state->recursion_remaining < -50) fatal("Cannot recover from stack overflow.");
    return 0;
  }
  if (state->recursion_remaining > 0) return 0;
  ++state->recursion_headroom;
  static_cast<void>(raise(RecursionError, "maximum recursion depth exceeded%s", where));
  --state->recursion_headroom;
  ++state->recursion_remaining;
  return -1;
}

// sys.modules[name], or null without an exception.
ADDER_EXPORT PyObject* _PyImport_GetModuleId(struct Identifier* identifier) {
  PyObject* name = _PyUnicode_FromId(identifier);
  return name ? import_get_module(name).to_c() : nullptr;
}

// Which of the ASCII characters are white space.
extern "C" {
__attribute__((visibility("default"))) extern const unsigned char _Py_ascii_whitespace[128];
constinit const unsigned char _Py_ascii_whitespace[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0,  // \t \n \v \f \r
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,  // the four separators
    1,                                               // space
};
}

ADDER_EXPORT int PyFloat_Pack2(double value, char* data, int little_endian) {
  u16 half;
  if (!double_to_half(value, half)) return minus_one(raise(OverflowError, "float too large to pack with e format"));
  data[little_endian ? 0 : 1] = static_cast<char>(half & 0xff);
  data[little_endian ? 1 : 0] = static_cast<char>(half >> 8);
  return 0;
}
ADDER_EXPORT double PyFloat_Unpack2(const char* data, int little_endian) {
  unsigned low = static_cast<unsigned char>(data[little_endian ? 0 : 1]);
  unsigned high = static_cast<unsigned char>(data[little_endian ? 1 : 0]);
  return half_to_double(static_cast<u16>(high << 8 | low));
}
