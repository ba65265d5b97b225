// int/text: int from text and to text.
//
// Speed      powers of two go digit by digit; other bases through machine words for short numbers and through bignum,
//            which is better than quadratic, for long ones.
// Limit      sys.set_int_max_str_digits() bounds the conversions that are not linear (bases that are no power of two).
// See        language reference 2.4.4 for the syntax, tests/python/test_int.py
#include <bit>
#include <cstring>

#include "base/unicode.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int/digits.h"
#include "types/int/short_text.h"
#include "types/str.h"

namespace adder {
using bignum::Natural;

namespace {
// Below this many digits the limit does not apply, whatever it is.
constexpr isize kDigitsThreshold = 640;

int max_str_digits() {
  ThreadState* state = thread();
  return state && state->interp ? interpreter_of(state)->int_max_str_digits : 4300;
}

int value_of_digit(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 37;
}

bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); }

bool is_power_of_two(int base) { return (base & (base - 1)) == 0; }

// Memory for `size` bytes, on the C stack if there are few.
class ByteBuffer {
 public:
  explicit ByteBuffer(isize size) {
    data_ = size <= static_cast<isize>(sizeof small_) ? small_
                                                      : static_cast<u8*>(memory::allocate(static_cast<usize>(size)));
  }
  ~ByteBuffer() {
    if (data_ && data_ != small_) memory::release(data_);
  }
  ByteBuffer(const ByteBuffer&) = delete;
  u8* data() { return data_; }

 private:
  u8 small_[256];
  u8* data_;
};

Result<Int> from_power_of_two(const u8* values, isize count, int base, bool negative) {
  int bits_per_digit = std::countr_zero(static_cast<unsigned>(base));
  if (count > kMaxSize / 8) return raise(ValueError, "int string too large to convert");
  Int* v = int_allocate((count * bits_per_digit + kDigitBits - 1) / kDigitBits);
  if (!v) return Error{};
  u64 pending = 0;
  int bits = 0;
  isize out = 0;
  for (isize i = count; i-- > 0;) {
    pending |= static_cast<u64>(values[i]) << bits;
    bits += bits_per_digit;
    if (bits >= kDigitBits) {
      v->ob_digit[out++] = static_cast<digit>(pending) & kDigitMask;
      pending >>= kDigitBits;
      bits -= kDigitBits;
    }
  }
  if (out < v->ob_size) v->ob_digit[out++] = static_cast<digit>(pending);
  v->ob_size = out;
  return int_finish(v, negative);
}

// Parses text; absent if it is not a literal.
Maybe<Object> parse(std::string_view text, int base) {
  const char* p = text.data();
  const char* end = p + text.size();
  i64 short_number;
  if (base == 10 && read_short_decimal(text, short_number)) return int_from_i64(short_number);
  while (p < end && is_ascii_space(*p)) ++p;
  while (end > p && is_ascii_space(end[-1])) --end;
  bool negative = false;
  if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
  bool only_zeros = false;
  auto prefix_base = [&]() -> int {
    if (end - p < 2 || *p != '0') return 0;
    switch (p[1] | 0x20) {
      case 'x':
        return 16;
      case 'o':
        return 8;
      case 'b':
        return 2;
      default:
        return 0;
    }
  };
  if (base == 0) {
    base = prefix_base();
    if (base == 0) {
      base = 10;
      only_zeros = p < end && *p == '0';  // "0" and "0_0", but not "01": that is what C calls octal
    }
  }
  if (int prefix = prefix_base(); prefix && prefix == base) {
    p += 2;
    if (p < end && *p == '_') ++p;
  }
  isize size = end - p;
  if (size == 0) return nullptr;
  ByteBuffer buffer(size);
  if (!buffer.data()) return raise_no_memory();
  u8* values = buffer.data();
  isize count = 0;
  bool after_digit = false;
  u64 word = 0;
  bool fits_word = true;
  for (; p < end; ++p) {
    if (*p == '_') {
      if (!after_digit) return nullptr;
      after_digit = false;
      continue;
    }
    int value = value_of_digit(static_cast<unsigned char>(*p));
    if (value >= base) return nullptr;
    values[count++] = static_cast<u8>(value);
    if (fits_word) {
      fits_word = !__builtin_mul_overflow(word, static_cast<u64>(base), &word) &&
                  !__builtin_add_overflow(word, static_cast<u64>(value), &word);
    }
    after_digit = true;
  }
  if (!after_digit) return nullptr;
  Ref<Int> result;
  if (fits_word && (!negative || word <= INT64_MAX)) {
    result = TRY(negative ? int_from_i64(-static_cast<i64>(word)) : int_from_u64(word));
  } else if (is_power_of_two(base)) {
    result = TRY(from_power_of_two(values, count, base, negative));
  } else {
    int limit = max_str_digits();
    if (count > kDigitsThreshold && limit > 0 && count > limit) {
      return raise(ValueError,
                   "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; use "
                   "sys.set_int_max_str_digits() to increase the limit",
                   limit, count);
    }
    Natural natural;
    TRY_BIGNUM(bignum::from_text(values, count, base, natural));
    result = TRY(int_from_natural(natural, negative));
  }
  if (only_zeros && result->ob_size != 0) return nullptr;
  return Ref<Object>(std::move(result));
}

Error raise_invalid(int base, Object* text) {
  return raise(ValueError, "invalid literal for int() with base %d: %.200R", base, text);
}
}  // namespace

// == From text ==

Result<Int> int_from_string(std::string_view text, int base) {
  Ref<Object> result = TRY(parse(text, base));
  if (result) return as<Int>(std::move(result));
  Ref<Bytes> shown = TRY(bytes_from_view(text.substr(0, 200)));
  return raise_invalid(base, shown);
}

Result<Int> int_from_str(Str* text, int base) {
  isize size = str_length(text);
  if (str_is_ascii(text)) {
    Ref<Object> result = TRY(parse({static_cast<const char*>(str_data(text)), static_cast<usize>(size)}, base));
    if (result) return as<Int>(std::move(result));
    return raise_invalid(base, text);
  }
  // Decimal digits and spaces of all scripts count as their ASCII relatives.
  ByteBuffer buffer(size);
  if (!buffer.data()) return raise_no_memory();
  for (isize i = 0; i < size; ++i) {
    Py_UCS4 c = str_read_char(text, i);
    if (c >= 128) {
      int value = unicode::decimal_value(static_cast<char32_t>(c));
      c = value >= 0 ? static_cast<Py_UCS4>('0' + value) : unicode::is_space(static_cast<char32_t>(c)) ? ' ' : '?';
    }
    buffer.data()[i] = static_cast<u8>(c);
  }
  Ref<Object> result = TRY(parse({reinterpret_cast<char*>(buffer.data()), static_cast<usize>(size)}, base));
  if (result) return as<Int>(std::move(result));
  return raise_invalid(base, text);
}

// == To text ==

namespace {
Result<Str> ascii_str(const char* text, isize size) {
  Ref<Str> result = TRY(str_new(size, 127));
  std::memcpy(str_data(result), text, static_cast<usize>(size));
  return result;
}

Error raise_too_long(int limit) {
  return raise(ValueError,
               "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to "
               "increase the limit",
               limit);
}

Result<Str> word_to_decimal(u64 magnitude, bool negative) {
  static constexpr char pairs[] =
      "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
      "5556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
      "99";
  char text[24];
  char* p = text + sizeof text;
  while (magnitude >= 100) {
    p -= 2;
    std::memcpy(p, pairs + magnitude % 100 * 2, 2);
    magnitude /= 100;
  }
  if (magnitude >= 10) {
    p -= 2;
    std::memcpy(p, pairs + magnitude * 2, 2);
  } else {
    *--p = static_cast<char>('0' + magnitude);
  }
  if (negative) *--p = '-';
  return ascii_str(p, text + sizeof text - p);
}

Result<Str> to_power_of_two(Int* value, int base) {
  int bits_per_digit = std::countr_zero(static_cast<unsigned>(base));
  isize bits = static_cast<isize>(int_num_bits(value));
  isize count = bits == 0 ? 1 : (bits + bits_per_digit - 1) / bits_per_digit;
  isize size = count + 2 + (is_negative(value) ? 1 : 0);
  Ref<Str> result = TRY(str_new(size, 127));
  char* start = static_cast<char*>(str_data(result));
  char* p = start + size;
  u64 pending = 0;
  int filled = 0;
  isize next = 0, digits = digit_count(value);
  for (isize i = 0; i < count; ++i) {
    if (filled < bits_per_digit && next < digits) {
      pending |= static_cast<u64>(value->ob_digit[next++]) << filled;
      filled += kDigitBits;
    }
    *--p = "0123456789abcdef"[pending & static_cast<u64>(base - 1)];
    pending >>= bits_per_digit;
    filled -= bits_per_digit;
  }
  *--p = base == 16 ? 'x' : base == 8 ? 'o' : 'b';
  *--p = '0';
  if (is_negative(value)) *--p = '-';
  return result;
}
}  // namespace

Result<Str> int_to_string(Int* value, int base) {
  if (base == 2 || base == 8 || base == 16) return to_power_of_two(value, base);
  check(base == 10, "int_to_string takes the bases 2, 8, 10 and 16");
  if (ADDER_LIKELY(is_short(value))) {
    i64 v = short_value(value);
    return word_to_decimal(static_cast<u64>(v < 0 ? -v : v), v < 0);
  }
  int limit = max_str_digits();
  isize count = digit_count(value);
  // A digit of 30 bits is worth more than 9 decimal ones: refuse before the work what is certainly too long.
  if (limit > 0 && count > 10 * kDigitsThreshold / (3 * kDigitBits) + 2 && (count - 1) * 9 > limit) {
    return raise_too_long(limit);
  }
  Natural natural;
  TRY_BIGNUM(set_natural(natural, value));
  ByteBuffer buffer(bignum::text_bound(natural, 10));
  if (!buffer.data()) return raise_no_memory();
  isize size = bignum::to_text(natural, 10, buffer.data());
  if (limit > 0 && size > kDigitsThreshold && size > limit) return raise_too_long(limit);
  bool negative = is_negative(value);
  Ref<Str> result = TRY(str_new(size + negative, 127));
  char* out = static_cast<char*>(str_data(result));
  if (negative) *out++ = '-';
  for (isize i = 0; i < size; ++i) out[i] = static_cast<char>('0' + buffer.data()[i]);
  return result;
}
}  // namespace adder
