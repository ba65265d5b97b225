// memory_items: items of a memoryview in the native single-character formats of the module struct.
#include "types/memory_items.h"

#include <cstring>

#include "object/number.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"

namespace adder::memory_items {
char native_format(const char* format) {
  if (!format) return 'B';
  if (*format == '@') ++format;
  return format[0] && !format[1] && native_size(format[0]) ? format[0] : '\0';
}
isize native_size(char format) {
  switch (format) {
    case 'c':
    case 'b':
    case 'B':
    case '?':
      return 1;
    case 'h':
    case 'H':
      return 2;
    case 'i':
    case 'I':
    case 'f':
      return 4;
    case 'l':
    case 'L':
    case 'q':
    case 'Q':
    case 'n':
    case 'N':
    case 'd':
    case 'P':
      return 8;
    default:
      return 0;
  }
}

namespace {
template <class T>
T load(const char* item) {
  T value;
  std::memcpy(&value, item, sizeof value);
  return value;
}
// A signed or unsigned integer format as 64 bits; false for formats that are none.
bool load_integer(const char* item, char format, i64& value, bool& is_unsigned) {
  is_unsigned = false;
  switch (format) {
    case 'b':
      value = load<i8>(item);
      return true;
    case 'h':
      value = load<i16>(item);
      return true;
    case 'i':
      value = load<i32>(item);
      return true;
    case 'l':
    case 'q':
    case 'n':
      value = load<i64>(item);
      return true;
    case 'B':
      value = load<u8>(item);
      return true;
    case 'H':
      value = load<u16>(item);
      return true;
    case 'I':
      value = load<u32>(item);
      return true;
    case '?':
      value = load<u8>(item) != 0;
      return true;
    case 'L':
    case 'Q':
    case 'N':
    case 'P':
      value = static_cast<i64>(load<u64>(item));
      is_unsigned = true;
      return true;
    default:
      return false;
  }
}
template <class T>
void store(char* item, T value) {
  std::memcpy(item, &value, sizeof value);
}
}  // namespace

Result<Object> unpack(const char* item, char format, const char* format_text) {
  i64 value;
  bool is_unsigned;
  if (format == '?') return bool_result(*item != 0);
  if (load_integer(item, format, value, is_unsigned)) {
    if (is_unsigned) return int_from_u64(static_cast<u64>(value));
    return int_from_i64(value);
  }
  if (format == 'f') return float_from_double(static_cast<double>(load<float>(item)));
  if (format == 'd') return float_from_double(load<double>(item));
  if (format == 'c') return bytes_from_view({item, 1});
  return raise(NotImplementedError, "memoryview: format %s not supported", format_text ? format_text : "B");
}

Result<void> pack(char* item, Object* value, char format, const char* format_text) {
  auto wrong_type = [&] { return raise(TypeError, "memoryview: invalid type for format '%s'", format_text); };
  auto wrong_value = [&] { return raise(ValueError, "memoryview: invalid value for format '%s'", format_text); };
  // An error of a conversion becomes one of ours; others pass.
  auto conversion_error = [&]() -> Error {
    if (error_matches(TypeError)) {
      error_clear();
      return wrong_type();
    }
    if (error_matches(OverflowError) || error_matches(ValueError)) {
      error_clear();
      return wrong_value();
    }
    return Error{};
  };
  switch (format) {
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
    case 'P': {
      Result<Object> index = number_index(value);
      if (index.failed()) return conversion_error();
      Ref<Object> number = index.take();
      int overflow = 0;
      i64 signed_value = int_as_i64_and_overflow(as<Int>(number.get()), &overflow);
      if (format == 'P') {
        if (overflow < 0 || (overflow > 0 && int_num_bits(as<Int>(number.get())) > 64)) return wrong_value();
        store<u64>(item, int_as_u64_mask(as<Int>(number.get())));
        return {};
      }
      if (format == 'L' || format == 'Q' || format == 'N') {
        if (overflow < 0 || (!overflow && signed_value < 0)) return wrong_value();
        if (overflow > 0 && int_num_bits(as<Int>(number.get())) > 64) return wrong_value();
        store<u64>(item, int_as_u64_mask(as<Int>(number.get())));
        return {};
      }
      if (overflow) return wrong_value();
      switch (format) {
        case 'b':
          if (signed_value != static_cast<i8>(signed_value)) return wrong_value();
          store(item, static_cast<i8>(signed_value));
          break;
        case 'B':
          if (signed_value != static_cast<u8>(signed_value)) return wrong_value();
          store(item, static_cast<u8>(signed_value));
          break;
        case 'h':
          if (signed_value != static_cast<i16>(signed_value)) return wrong_value();
          store(item, static_cast<i16>(signed_value));
          break;
        case 'H':
          if (signed_value != static_cast<u16>(signed_value)) return wrong_value();
          store(item, static_cast<u16>(signed_value));
          break;
        case 'i':
          if (signed_value != static_cast<i32>(signed_value)) return wrong_value();
          store(item, static_cast<i32>(signed_value));
          break;
        case 'I':
          if (signed_value != static_cast<i64>(static_cast<u32>(signed_value))) return wrong_value();
          store(item, static_cast<u32>(signed_value));
          break;
        default:
          store(item, signed_value);
          break;
      }
      return {};
    }
    case 'f':
    case 'd': {
      Result<double> real = float_as_double(value);
      if (real.failed()) return conversion_error();
      if (format == 'f')
        store(item, static_cast<float>(real.take()));
      else
        store(item, real.take());
      return {};
    }
    case '?': {
      bool truth = TRY(object_is_true(value));
      *item = truth;
      return {};
    }
    case 'c':
      if (!is_bytes(value)) return wrong_type();
      if (bytes_size(as<Bytes>(value)) != 1) return wrong_value();
      *item = bytes_data(as<Bytes>(value))[0];
      return {};
    default:
      return raise(NotImplementedError, "memoryview: format %s not supported", format_text);
  }
}

bool equal(const char* left, const char* right, char left_format, char right_format) {
  i64 a, b;
  bool a_unsigned, b_unsigned;
  bool a_integer = load_integer(left, left_format, a, a_unsigned),
       b_integer = load_integer(right, right_format, b, b_unsigned);
  if (a_integer && b_integer) return a == b && (a_unsigned == b_unsigned || a >= 0);
  if (left_format == 'c' || right_format == 'c') return left_format == right_format && *left == *right;
  auto real = [](const char* item, char format, bool integer, i64 value, bool is_unsigned) {
    if (format == 'f') return static_cast<double>(load<float>(item));
    if (format == 'd') return load<double>(item);
    (void)integer;
    return is_unsigned ? static_cast<double>(static_cast<u64>(value)) : static_cast<double>(value);
  };
  double x = real(left, left_format, a_integer, a, a_unsigned), y = real(right, right_format, b_integer, b, b_unsigned);
  if (x != y) return false;
  // Integers beyond 2**53 next to a float: exact comparison.
  if (a_integer && !a_unsigned) return x >= -9.3e18 && x < 9.2e18 ? static_cast<i64>(y) == a : true;
  if (b_integer && !b_unsigned) return y >= -9.3e18 && y < 9.2e18 ? static_cast<i64>(x) == b : true;
  return true;
}
}  // namespace adder::memory_items
