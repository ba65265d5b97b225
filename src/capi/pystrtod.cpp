// pystrtod: pystrtod.h, pyctype.h, pyhash.h of the C API: doubles as text, character classes, hashes.
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/double_text.h"
#include "memory/allocator_hooks.h"
#include "object/protocol.h"
#include "runtime/error.h"

using namespace adder;

// == Doubles ==

namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Length of the longest start of `text` that is a number; 0: none.
isize number_length(const char* text) {
  const char* at = text;
  if (*at == '+' || *at == '-') ++at;
  for (const char* name : {"infinity", "inf", "nan"}) {
    usize size = std::strlen(name);
    if (strncasecmp(at, name, size) == 0) return at + size - text;
  }
  const char* digits = at;
  while (is_digit(*at)) ++at;
  isize count = at - digits;
  if (*at == '.') {
    const char* fraction = ++at;
    while (is_digit(*at)) ++at;
    count += at - fraction;
  }
  if (!count) return 0;
  if (*at == 'e' || *at == 'E') {
    const char* exponent = at + 1;
    if (*exponent == '+' || *exponent == '-') ++exponent;
    if (is_digit(*exponent)) {
      while (is_digit(*exponent)) ++exponent;
      at = exponent;
    }
  }
  return at - text;
}
}  // namespace

ADDER_EXPORT double PyOS_string_to_double(const char* text, char** end, PyObject* overflow) {
  isize size = number_length(text);
  double value = 0;
  if (size == 0 || !double_from_text(text, size, &value) || (!end && text[size])) {
    if (end) *end = const_cast<char*>(text);
    (void)raise(ValueError, "could not convert string to float: '%.200s'", text);
    return -1.0;
  }
  if (end) *end = const_cast<char*>(text) + size;
  bool named = !is_digit(text[0]) && text[0] != '.' && !is_digit(text[1]) && text[1] != '.';
  if (overflow && std::isinf(value) && !named) {
    if (end) *end = const_cast<char*>(text);
    (void)raise(reinterpret_cast<Type*>(overflow), "value too large to convert to float: '%.200s'", text);
    return -1.0;
  }
  return value;
}
ADDER_EXPORT char* PyOS_double_to_string(double value, char code, int precision, int flags, int* kind) {
  constexpr int kFinite = 0, kInfinite = 1, kNan = 2;
  if (!std::strchr("eEfFgGr", code) || !code || (code == 'r' && precision != 0)) {
    (void)raise_bad_internal_call();
    return nullptr;
  }
  if (kind) *kind = std::isnan(value) ? kNan : std::isinf(value) ? kInfinite : kFinite;
  DoubleText text;
  char* copy = double_to_text(value, code, precision, flags, text)
                   ? static_cast<char*>(memory::mem_allocate(static_cast<usize>(text.size()) + 1))
                   : nullptr;
  if (!copy) {
    (void)raise_no_memory();
    return nullptr;
  }
  std::memcpy(copy, text.data(), static_cast<usize>(text.size()));
  copy[text.size()] = 0;
  return copy;
}
ADDER_EXPORT int PyOS_mystricmp(const char* left, const char* right) { return strcasecmp(left, right); }
ADDER_EXPORT int PyOS_mystrnicmp(const char* left, const char* right, Py_ssize_t size) {
  return size == 0 ? 0 : strncasecmp(left, right, static_cast<usize>(size));
}
ADDER_EXPORT unsigned long PyOS_strtoul(const char* text, char** end, int base) {
  return std::strtoul(text, end, base);
}
ADDER_EXPORT long PyOS_strtol(const char* text, char** end, int base) { return std::strtol(text, end, base); }

// == Hashes ==

ADDER_EXPORT Py_hash_t _Py_HashPointer(const void* pointer) { return hash_pointer(pointer); }
ADDER_EXPORT Py_hash_t _Py_HashBytes(const void* data, Py_ssize_t size) { return hash_bytes(data, size); }
namespace {
struct HashFunction {
  Py_hash_t (*hash)(const void*, Py_ssize_t);
  const char* name;
  int hash_bits, seed_bits;
};
constinit HashFunction hash_function = {_Py_HashBytes, "siphash13", 64, 128};
}  // namespace
ADDER_EXPORT void* PyHash_GetFuncDef() { return &hash_function; }
ADDER_EXPORT Py_hash_t _Py_HashDouble(PyObject* object, double value) { return hash_double(object, value); }
ADDER_EXPORT Py_hash_t _Py_HashPointerRaw(const void* pointer) {
  usize bits = reinterpret_cast<usize>(pointer);
  return static_cast<Py_hash_t>((bits >> 4) | (bits << 60));
}

// == Character classes (ASCII only) ==

namespace {
struct Classes {
  unsigned classes[256];
  unsigned char lower[256], upper[256];
};
consteval Classes make_classes() {
  constexpr unsigned kLower = 1, kUpper = 2, kDigit = 4, kHexDigit = 8, kSpace = 16;
  Classes result{};
  for (int c = 0; c < 256; ++c) {
    bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', decimal = c >= '0' && c <= '9';
    bool hex = decimal || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    result.classes[c] = (lower ? kLower : 0) | (upper ? kUpper : 0) | (decimal ? kDigit : 0) | (hex ? kHexDigit : 0) |
                        (c == ' ' || (c >= 9 && c <= 13) ? kSpace : 0);
    result.lower[c] = static_cast<unsigned char>(upper ? c + 32 : c);
    result.upper[c] = static_cast<unsigned char>(lower ? c - 32 : c);
  }
  return result;
}
constexpr Classes kClasses = make_classes();
template <class T>
struct Table {
  T values[256];
};
consteval Table<unsigned> class_table() {
  Table<unsigned> table{};
  for (int i = 0; i < 256; ++i) table.values[i] = kClasses.classes[i];
  return table;
}
consteval Table<unsigned char> case_table(bool upper) {
  Table<unsigned char> table{};
  for (int i = 0; i < 256; ++i) table.values[i] = upper ? kClasses.upper[i] : kClasses.lower[i];
  return table;
}
}  // namespace
#define EXPORTED_DATA __attribute__((visibility("default")))
extern "C" {
EXPORTED_DATA extern constinit const Table<unsigned> _Py_ctype_table = class_table();
EXPORTED_DATA extern constinit const Table<unsigned char> _Py_ctype_tolower = case_table(false);
EXPORTED_DATA extern constinit const Table<unsigned char> _Py_ctype_toupper = case_table(true);
}
