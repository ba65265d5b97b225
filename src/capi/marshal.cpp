// marshal: marshal.h of the C API.
#include "import/marshal.h"

#include <cstdio>

#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/error.h"
#include "types/bytes.h"

using namespace adder;

namespace {
// Little-endian number of `size` bytes, sign-extended; -1 with EOFError at the end.
long read_number(FILE* file, int size) {
  unsigned long value = 0;
  for (int i = 0; i < size; ++i) {
    int byte = std::getc(file);
    if (byte == EOF) {
      (void)raise(EOFError, "EOF read where data expected");
      return -1;
    }
    value |= static_cast<unsigned long>(byte) << (8 * i);
  }
  int shift = 64 - 8 * size;
  return static_cast<long>(value << shift) >> shift;
}
// Reads one object from where the file stands, and leaves it behind the object.
PyObject* read_object(FILE* file) {
  auto read = [&]() -> Result<Object> {
    long start = std::ftell(file);
    if (start < 0 || std::fseek(file, 0, SEEK_END) != 0) return raise_errno();
    long end = std::ftell(file);
    std::fseek(file, start, SEEK_SET);
    Ref<Bytes> data = TRY(bytes_new(end - start));
    usize count = std::fread(bytes_data(data), 1, static_cast<usize>(end - start), file);
    isize consumed = 0;
    Ref<Object> value = TRY(marshal_loads({bytes_data(data), count}, &consumed));
    std::fseek(file, start + consumed, SEEK_SET);
    return value;
  };
  return read().to_c();
}
}  // namespace

ADDER_EXPORT PyObject* PyMarshal_WriteObjectToString(PyObject* value, int version) {
  return marshal_dumps(value, version).to_c();
}
ADDER_EXPORT PyObject* PyMarshal_ReadObjectFromString(const char* data, Py_ssize_t size) {
  return marshal_loads({data, static_cast<usize>(size)}).to_c();
}
ADDER_EXPORT void PyMarshal_WriteObjectToFile(PyObject* value, FILE* file, int version) {
  auto result = marshal_dumps(value, version);
  if (result.failed()) return;
  Ref<Bytes> data = result.take();
  std::fwrite(bytes_data(data), 1, static_cast<usize>(bytes_size(data)), file);
}
ADDER_EXPORT void PyMarshal_WriteLongToFile(long value, FILE* file, int) {
  for (int i = 0; i < 4; ++i) std::putc(static_cast<int>((value >> (8 * i)) & 255), file);
}
ADDER_EXPORT long PyMarshal_ReadLongFromFile(FILE* file) { return read_number(file, 4); }
ADDER_EXPORT int PyMarshal_ReadShortFromFile(FILE* file) { return static_cast<int>(read_number(file, 2)); }
ADDER_EXPORT PyObject* PyMarshal_ReadObjectFromFile(FILE* file) { return read_object(file); }
ADDER_EXPORT PyObject* PyMarshal_ReadLastObjectFromFile(FILE* file) { return read_object(file); }
