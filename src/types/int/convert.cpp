// int/convert: int from and to machine integers, doubles and bytes.
//
// See        tests/python/test_int.py
#include <climits>
#include <cmath>
#include <cstring>

#include "base/hot.h"
#include "object/number.h"
#include "types/float.h"
#include "types/int/digits.h"
#include "types/keys.h"

namespace adder {
// == From machine integers ==

namespace {
ADDER_HOT Result<Int> from_magnitude(u64 magnitude, bool negative) {
  if (magnitude <= static_cast<u64>(kSmallIntMax)) {
    int value = negative ? -static_cast<int>(magnitude) : static_cast<int>(magnitude);
    if (value >= kSmallIntMin) return Ref<Int>::steal(small_int(value));  // never counted
  }
  if (ADDER_LIKELY(magnitude >> (2 * kDigitBits) == 0)) {
    // The same block for one digit and for two.
    static_assert(memory::kClassSize == 16 && offsetof(Int, ob_digit) % 16 == 8);
    auto* v = static_cast<Int*>(memory::allocate(offsetof(Int, ob_digit) + 2 * sizeof(digit)));
    if (ADDER_UNLIKELY(!v)) return raise_no_memory();
    v->ob_refcnt = 1;
    v->ob_type = &PyLong_Type;
    isize count = magnitude < kDigitBase ? 1 : 2;
    v->ob_size = negative ? -count : count;
    v->ob_digit[0] = static_cast<digit>(magnitude) & kDigitMask;
    v->ob_digit[1] = static_cast<digit>(magnitude >> kDigitBits);
    return Ref<Int>::steal(v);
  }
  Int* v = int_allocate(3);
  if (ADDER_UNLIKELY(!v)) return Error{};
  for (isize i = 0; i < 3; ++i) {
    v->ob_digit[i] = static_cast<digit>(magnitude) & kDigitMask;
    magnitude >>= kDigitBits;
  }
  if (negative) v->ob_size = -3;
  return Ref<Int>::steal(v);
}
}  // namespace

ADDER_HOT Result<Int> int_from_i64(i64 value) {
  return from_magnitude(value < 0 ? ~static_cast<u64>(value) + 1 : static_cast<u64>(value), value < 0);
}

Result<Int> int_from_u64(u64 value) { return from_magnitude(value, false); }

Result<Int> int_from_i128(__int128 value) {
  bool negative = value < 0;
  auto magnitude = static_cast<unsigned __int128>(value);
  if (negative) magnitude = ~magnitude + 1;
  if (magnitude >> 64 == 0) return from_magnitude(static_cast<u64>(magnitude), negative);
  Int* v = int_allocate(5);
  if (!v) return Error{};
  for (int i = 0; i < 5; ++i) {
    v->ob_digit[i] = static_cast<digit>(magnitude) & kDigitMask;
    magnitude >>= kDigitBits;
  }
  return int_finish(v, negative);
}

Result<Int> int_from_void_ptr(void* pointer) { return int_from_u64(reinterpret_cast<uintptr_t>(pointer)); }

Result<Int> int_from_double(double value) {
  if (std::isinf(value)) return raise(OverflowError, "cannot convert float infinity to integer");
  if (std::isnan(value)) return raise(ValueError, "cannot convert float NaN to integer");
  if (value > -0x1p63 && value < 0x1p63) return int_from_i64(static_cast<i64>(value));
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);  // 0.5 <= fraction < 1
  auto bits = static_cast<u64>(std::ldexp(fraction, 53));
  Ref<Int> mantissa = TRY(int_from_u64(bits));
  Ref<Object> shifted = TRY(int_lshift(mantissa, exponent - 53));
  if (value < 0) shifted = TRY(int_negative(as<Int>(shifted)));
  return as<Int>(std::move(shifted));
}

Result<Object> int_exact(Int* v) {
  if (is_int_exact(v)) return Result<Object>::share(v);
  isize count = digit_count(v);
  Int* copy = int_allocate(count);
  if (!copy) return Error{};
  std::memcpy(copy->ob_digit, v->ob_digit, static_cast<usize>(count) * sizeof(digit));
  return int_finish(copy, is_negative(v));
}

// == To machine integers ==

i64 int_as_i64_and_overflow(Int* value, int* overflow) {
  *overflow = 0;
  if (ADDER_LIKELY(is_short(value))) return short_value(value);
  bool negative = is_negative(value);
  isize count = digit_count(value);
  // Three digits hold 90 bits: the third may use four of them.
  if (count == 3 && value->ob_digit[2] <= 0xf) {
    u64 magnitude = static_cast<u64>(value->ob_digit[2]) << (2 * kDigitBits) |
                    static_cast<u64>(value->ob_digit[1]) << kDigitBits | value->ob_digit[0];
    if (magnitude < u64{1} << 63) return negative ? -static_cast<i64>(magnitude) : static_cast<i64>(magnitude);
    if (negative && magnitude == u64{1} << 63) return INT64_MIN;
  }
  *overflow = negative ? -1 : 1;
  return -1;
}

u64 int_as_u64_mask(Int* value) {
  u64 magnitude = 0;
  isize count = std::min<isize>(digit_count(value), 3);
  for (isize i = count; i-- > 0;) magnitude = magnitude << kDigitBits | value->ob_digit[i];
  return is_negative(value) ? ~magnitude + 1 : magnitude;
}

namespace {
// The int itself or what __index__ gives.
Result<Int> index_of(Object* object) {
  if (is_int(object)) return Result<Int>::share(as<Int>(object));
  return as<Int>(TRY(number_index(object)));
}

Result<i64> as_i64(Object* object, const char* c_type) {
  int overflow;
  i64 value;
  if (ADDER_LIKELY(is_int(object))) {
    value = int_as_i64_and_overflow(as<Int>(object), &overflow);
  } else {
    Ref<Int> index = TRY(index_of(object));
    value = int_as_i64_and_overflow(index, &overflow);
  }
  if (overflow) return raise(OverflowError, "Python int too large to convert to C %s", c_type);
  return value;
}
}  // namespace

Result<isize> int_as_ssize_t(Object* object) { return as_i64(object, "ssize_t"); }
Result<long> int_as_long(Object* object) { return as_i64(object, "long"); }

Result<int> int_as_int(Object* object) {
  i64 value = TRY(as_i64(object, "int"));
  if (value < INT_MIN || value > INT_MAX) return raise(OverflowError, "Python int too large to convert to C int");
  return static_cast<int>(value);
}

Result<u64> int_as_u64(Object* object) {
  Ref<Int> value = TRY(index_of(object));
  if (is_negative(value)) return raise(OverflowError, "can't convert negative value to unsigned int");
  if (int_num_bits(value) > 64) return raise(OverflowError, "Python int too large to convert to C unsigned long");
  return int_as_u64_mask(value);
}

usize int_num_bits(Int* value) {
  isize count = digit_count(value);
  if (count == 0) return 0;
  return static_cast<usize>(count) * kDigitBits -
         static_cast<usize>(__builtin_clz(value->ob_digit[count - 1]) - (32 - kDigitBits));
}

// == Doubles ==

double int_frexp(Int* value, isize* exponent) {
  auto bits = static_cast<isize>(int_num_bits(value));
  if (bits == 0) {
    *exponent = 0;
    return 0.0;
  }
  // The top 64 bits, the last of them sticky for what lies below: the conversion to double then rounds correctly.
  u64 top = 0;
  isize count = digit_count(value);
  if (bits <= 64) {
    for (isize i = count; i-- > 0;) top = top << kDigitBits | value->ob_digit[i];
    top <<= 64 - bits;
  } else {
    int filled = 0;
    isize i = count - 1;
    int first_bits = static_cast<int>(bits - i * kDigitBits);
    top = static_cast<u64>(value->ob_digit[i]) << (64 - first_bits);
    filled = first_bits;
    while (filled < 64) {
      digit d = value->ob_digit[--i];
      int room = 64 - filled;
      if (room >= kDigitBits) {
        top |= static_cast<u64>(d) << (room - kDigitBits);
        filled += kDigitBits;
      } else {
        top |= d >> (kDigitBits - room);
        if (d & ((digit{1} << (kDigitBits - room)) - 1)) top |= 1;
        filled = 64;
      }
    }
    while (i-- > 0) {
      if (value->ob_digit[i]) {
        top |= 1;
        break;
      }
    }
  }
  double fraction = std::ldexp(static_cast<double>(top), -64);
  if (fraction == 1.0) {
    fraction = 0.5;
    ++bits;
  }
  *exponent = bits;
  return is_negative(value) ? -fraction : fraction;
}

double int_as_double_raw(Int* value, bool* overflow) {
  *overflow = false;
  if (ADDER_LIKELY(is_short(value))) return static_cast<double>(short_value(value));
  isize exponent;
  double fraction = int_frexp(value, &exponent);
  if (exponent > 1024) {
    *overflow = true;
    return -1.0;
  }
  return std::ldexp(fraction, static_cast<int>(exponent));
}

Result<double> int_as_double(Object* object) {
  if (!is_int(object)) return raise(TypeError, "an integer is required");
  bool overflow;
  double value = int_as_double_raw(as<Int>(object), &overflow);
  if (overflow) return raise(OverflowError, "int too large to convert to float");
  return value;
}

// == Bytes ==

Result<Int> int_from_byte_array(const u8* bytes, usize size, bool little_endian, bool is_signed) {
  auto byte_at = [&](usize i) { return little_endian ? bytes[i] : bytes[size - 1 - i]; };
  bool negative = is_signed && size > 0 && (byte_at(size - 1) & 0x80);
  u8 filler = negative ? 0xff : 0;
  while (size > 0) {
    u8 top = byte_at(size - 1);
    if (top != filler) break;
    // Leading filler bytes say nothing; with big-endian data the start moves along.
    if (!little_endian) ++bytes;
    --size;
  }
  if (size > static_cast<usize>(kMaxSize) / 8) return raise(OverflowError, "byte array too long to convert to int");
  // One digit more, for the carry of the complement.
  Int* v = int_allocate(static_cast<isize>((size * 8 + kDigitBits - 1) / kDigitBits) + 1);
  if (!v) return Error{};
  isize count = 0;
  u64 pending = 0;
  int bits = 0;
  digit carry = 1;
  auto put = [&](digit d) {
    if (negative) {
      d = (~d & kDigitMask) + carry;
      carry = d >> kDigitBits;
      d &= kDigitMask;
    }
    v->ob_digit[count++] = d;
  };
  usize i = 0;
  // Four bytes at once as long as there are four.
  for (; i + 4 <= size; i += 4) {
    u32 chunk;
    std::memcpy(&chunk, little_endian ? bytes + i : bytes + size - 4 - i, 4);
    pending |= static_cast<u64>(little_endian ? chunk : __builtin_bswap32(chunk)) << bits;
    for (bits += 32; bits >= kDigitBits; bits -= kDigitBits) {
      put(static_cast<digit>(pending) & kDigitMask);
      pending >>= kDigitBits;
    }
  }
  for (; i < size; ++i) {
    pending |= static_cast<u64>(byte_at(i)) << bits;
    bits += 8;
    if (bits >= kDigitBits) {
      put(static_cast<digit>(pending) & kDigitMask);
      pending >>= kDigitBits;
      bits -= kDigitBits;
    }
  }
  if (negative) pending |= ~u64{0} << bits;
  if (count < v->ob_size) put(static_cast<digit>(pending) & kDigitMask);
  while (count < v->ob_size) put(negative ? kDigitMask : 0);
  return int_finish(v, negative);
}

Result<void> int_as_byte_array(Int* value, u8* bytes, usize size, bool little_endian, bool is_signed) {
  bool negative = is_negative(value);
  if (negative && !is_signed) return raise(OverflowError, "can't convert negative int to unsigned");
  usize bits = int_num_bits(value);
  if (is_signed) {
    // -2**(n-1) needs n bits, all others one more than their magnitude.
    bool power_of_two = negative;
    isize count = digit_count(value);
    for (isize i = 0; power_of_two && i < count - 1; ++i) power_of_two = value->ob_digit[i] == 0;
    if (power_of_two) power_of_two = (value->ob_digit[count - 1] & (value->ob_digit[count - 1] - 1)) == 0;
    if (!power_of_two && bits > 0) ++bits;
    if (negative && bits == 0) ++bits;
  }
  if (bits > size * 8) return raise(OverflowError, "int too big to convert");
  isize count = digit_count(value), next = 0;
  u64 pending = 0;
  int filled = 0;
  unsigned carry = 1;
  for (usize i = 0; i < size; ++i) {
    if (filled < 8 && next < count) {
      pending |= static_cast<u64>(value->ob_digit[next++]) << filled;
      filled += kDigitBits;
    }
    unsigned byte = static_cast<unsigned>(pending & 0xff);
    pending >>= 8;
    filled = filled >= 8 ? filled - 8 : 0;
    if (negative) {
      byte = (~byte & 0xff) + carry;
      carry = byte >> 8;
      byte &= 0xff;
    }
    bytes[little_endian ? i : size - 1 - i] = static_cast<u8>(byte);
  }
  return {};
}

// == Hash ==

// The value modulo 2**61 - 1, with the sign; -1 becomes -2 (PyHash of numbers: equal numbers of all types hash alike).
ADDER_HOT Py_hash_t int_hash(Int* value) {
  if (ADDER_LIKELY(is_short(value))) return short_int_hash(value);
  u64 hash = 0;
  for (isize i = digit_count(value); i-- > 0;) {
    hash = ((hash << kDigitBits) & kHashModulus) | hash >> (61 - kDigitBits);
    hash += value->ob_digit[i];
    if (hash >= kHashModulus) hash -= kHashModulus;
  }
  auto result = static_cast<Py_hash_t>(hash);
  if (is_negative(value)) result = -result;
  return result == -1 ? -2 : result;
}
}  // namespace adder
