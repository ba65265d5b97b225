// kinds: how the items of each type code are read and stored.
#include <cstring>
#include <limits>

#include "modules/array/array.h"
#include "object/object.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {
// Items need not be aligned: a buffer may start anywhere.
template <class T>
T load(const char* item) {
  T value;
  std::memcpy(&value, item, sizeof value);
  return value;
}
template <class T>
Result<void> store(char* item, T value) {
  if (item) std::memcpy(item, &value, sizeof value);
  return {};
}

// The value of an int (or of __index__), with the OverflowErrors that C conversions give.
Result<i64> signed_value(Object* value, const char* too_large) {
  Ref<Object> index = TRY(number_index(value));
  int overflow = 0;
  i64 result = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow) return raise(OverflowError, "%s", too_large);
  return result;
}
Result<u64> unsigned_value(Object* value, const char* negative, const char* too_large) {
  Ref<Object> index = TRY(number_index(value));
  Int* number = as<Int>(index.get());
  if (int_sign(number) < 0) return raise(OverflowError, "%s", negative);
  if (int_num_bits(number) > 64) return raise(OverflowError, "%s", too_large);
  return int_as_u64_mask(number);
}
constexpr char kTooLargeForLong[] = "Python int too large to convert to C long";

// `what` begins the message for values outside the C type that the argument passes through first, `item` for the item
// itself.
template <class T, class Through>
Result<void> set_small(char* item, Object* object, const char* through, const char* what) {
  i64 value = TRY(signed_value(object, kTooLargeForLong));
  if (value < std::numeric_limits<Through>::min()) return raise(OverflowError, "%s is less than minimum", through);
  if (value > std::numeric_limits<Through>::max()) return raise(OverflowError, "%s is greater than maximum", through);
  if (value < std::numeric_limits<T>::min()) return raise(OverflowError, "%s is less than minimum", what);
  if (value > std::numeric_limits<T>::max()) return raise(OverflowError, "%s is greater than maximum", what);
  return store(item, static_cast<T>(value));
}
constexpr char kShort[] = "signed short integer", kInt[] = "signed integer";

template <class T>
Result<Object> get_signed(const char* item) {
  return int_from_i64(load<T>(item));
}
template <class T>
Result<Object> get_unsigned(const char* item) {
  return int_from_u64(load<T>(item));
}
template <class T>
Result<Object> get_real(const char* item) {
  return float_from_double(static_cast<double>(load<T>(item)));
}
template <class T>
Result<void> set_real(char* item, Object* value) {
  return store(item, static_cast<T>(TRY(float_as_double(value))));
}

Result<void> set_b(char* item, Object* value) { return set_small<i8, short>(item, value, kShort, "signed char"); }
Result<void> set_B(char* item, Object* value) {
  return set_small<u8, short>(item, value, kShort, "unsigned byte integer");
}
Result<void> set_h(char* item, Object* value) { return set_small<short, short>(item, value, kShort, kShort); }
Result<void> set_H(char* item, Object* value) { return set_small<u16, int>(item, value, kInt, "unsigned short"); }
Result<void> set_i(char* item, Object* value) { return set_small<int, int>(item, value, kInt, kInt); }
constexpr char kNegative[] = "can't convert negative value to unsigned int";
constexpr char kTooLargeForUnsigned[] = "Python int too large to convert to C unsigned long";
Result<void> set_I(char* item, Object* value) {
  u64 number = TRY(unsigned_value(value, kNegative, kTooLargeForUnsigned));
  if (number > UINT32_MAX) return raise(OverflowError, "unsigned int is greater than maximum");
  return store(item, static_cast<u32>(number));
}
Result<void> set_l(char* item, Object* value) { return store(item, TRY(signed_value(value, kTooLargeForLong))); }
Result<void> set_L(char* item, Object* value) {
  return store(item, TRY(unsigned_value(value, kNegative, kTooLargeForUnsigned)));
}
Result<void> set_q(char* item, Object* value) {
  return store(item, TRY(signed_value(value, "int too big to convert")));
}
Result<void> set_Q(char* item, Object* value) {
  return store(item, TRY(unsigned_value(value, "can't convert negative int to unsigned", "int too big to convert")));
}
Result<Object> get_u(const char* item) {
  Py_UCS4 character = load<Py_UCS4>(item);
  if (character > 0x10ffff) return raise(ValueError, "chr() arg not in range(0x110000)");
  return str_from_ordinal(character);
}
Result<void> set_u(char* item, Object* value) {
  if (!is_str(value) || str_length(as<Str>(value)) != 1)
    return raise(TypeError, "array item must be unicode character");
  return store(item, str_read_char(as<Str>(value), 0));
}
}  // namespace

constinit const ArrayKind array_kinds[] = {
    {'b', 1, get_signed<i8>, set_b, "b", true, true, 1},
    {'B', 1, get_unsigned<u8>, set_B, "B", true, false, 0},
    {'u', 4, get_u, set_u, "w", false, false, 20},
    {'h', 2, get_signed<i16>, set_h, "h", true, true, 4},
    {'H', 2, get_unsigned<u16>, set_H, "H", true, false, 2},
    {'i', 4, get_signed<i32>, set_i, "i", true, true, 8},
    {'I', 4, get_unsigned<u32>, set_I, "I", true, false, 6},
    {'l', 8, get_signed<i64>, set_l, "l", true, true, 12},
    {'L', 8, get_unsigned<u64>, set_L, "L", true, false, 10},
    {'q', 8, get_signed<i64>, set_q, "q", true, true, 12},
    {'Q', 8, get_unsigned<u64>, set_Q, "Q", true, false, 10},
    {'f', 4, get_real<float>, set_real<float>, "f", false, false, 14},
    {'d', 8, get_real<double>, set_real<double>, "d", false, false, 16},
    {},
};
const ArrayKind* array_kind(Py_UCS4 typecode) {
  for (const ArrayKind* kind = array_kinds; kind->typecode; ++kind) {
    if (static_cast<Py_UCS4>(kind->typecode) == typecode) return kind;
  }
  return nullptr;
}
}  // namespace adder
