// pycore_strhex: bytes as hexadecimal digits, as str or bytes.
#include "capi/capi.h"
#include "types/byte_methods.h"
#include "types/codecs.h"

using namespace adder;
using adder::byte_methods::hex_of;

namespace {
PyObject* hex_bytes(const char* data, isize size, Opt<Object*> separator, int group) {
  Ref<Str> text = TRY_C(nullptr, hex_of({data, static_cast<usize>(size)}, separator, group));
  return encode_ascii(text, nullptr).to_c();
}
}  // namespace

ADDER_EXPORT PyObject* _Py_strhex(const char* data, Py_ssize_t size) {
  return hex_of({data, static_cast<usize>(size)}, {}, 0).to_c();
}
ADDER_EXPORT PyObject* _Py_strhex_bytes(const char* data, Py_ssize_t size) { return hex_bytes(data, size, {}, 0); }
// A group is counted from the right, from the left if it is negative.
ADDER_EXPORT PyObject* _Py_strhex_with_sep(const char* data, Py_ssize_t size, const PyObject* separator, int group) {
  return hex_of({data, static_cast<usize>(size)}, const_cast<PyObject*>(separator), group).to_c();
}
ADDER_EXPORT PyObject* _Py_strhex_bytes_with_sep(const char* data, Py_ssize_t size, const PyObject* separator,
                                                 int group) {
  return hex_bytes(data, size, const_cast<PyObject*>(separator), group);
}
