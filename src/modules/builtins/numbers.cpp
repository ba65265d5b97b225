// numbers: built-in functions on numbers and code points.
#include "modules/builtins/builtins.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {
constexpr Doc abs_doc = "abs($module, x, /)\n--\n\nReturn the absolute value of the argument.";
Result<Object> abs(Module*, Object* x) { return number_absolute(x); }

constexpr Doc bin_doc =
    "bin($module, number, /)\n--\n\nReturn the binary representation of an integer.\n\n   >>> bin(2796202)\n   "
    "'0b1010101010101010101010'";
Result<Object> bin(Module*, Object* number) { return number_to_base(number, 2); }
constexpr Doc hex_doc =
    "hex($module, number, /)\n--\n\nReturn the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   "
    "'0xc0ffee'";
Result<Object> hex(Module*, Object* number) { return number_to_base(number, 16); }
constexpr Doc oct_doc =
    "oct($module, number, /)\n--\n\nReturn the octal representation of an integer.\n\n   >>> oct(342391)\n   "
    "'0o1234567'";
Result<Object> oct(Module*, Object* number) { return number_to_base(number, 8); }

constexpr Doc chr_doc =
    "chr($module, i, /)\n--\n\nReturn a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.";
Result<Object> chr(Module*, int i) {
  if (i < 0 || i > 0x10ffff) return raise(ValueError, "chr() arg not in range(0x110000)");
  return str_from_ordinal(static_cast<Py_UCS4>(i));
}

constexpr Doc ord_doc = "ord($module, c, /)\n--\n\nReturn the Unicode code point for a one-character string.";
Result<isize> ord(Module*, Object* c) {
  isize size;
  if (is_bytes(c)) {
    size = bytes_size(as<Bytes>(c));
    if (size == 1) return isize{static_cast<u8>(bytes_data(as<Bytes>(c))[0])};
  } else if (is_str(c)) {
    size = str_length(as<Str>(c));
    if (size == 1) return static_cast<isize>(str_read_char(as<Str>(c), 0));
  } else if (is_bytearray(c)) {
    size = bytearray_size(as<ByteArray>(c));
    if (size == 1) return isize{static_cast<u8>(bytearray_data(as<ByteArray>(c))[0])};
  } else {
    return raise(TypeError, "ord() expected string of length 1, but %.200s found", type_of(c)->tp_name);
  }
  return raise(TypeError, "ord() expected a character, but string of length %zd found", size);
}

constexpr Doc divmod_doc =
    "divmod($module, x, y, /)\n--\n\nReturn the tuple (x//y, x%y).  Invariant: div*y + mod == x.";
Result<Object> divmod(Module*, Object* x, Object* y) { return number_divmod(x, y); }

constexpr Doc pow_doc =
    "pow($module, /, base, exp, mod=None)\n--\n\nEquivalent to base**exp with 2 arguments or base**exp % mod with 3 "
    "arguments.\n\nSome types, "
    "such as ints, are able to use a more efficient algorithm when\ninvoked using the three argument form.";
Result<Object> pow(Module*, Object* base, Object* exp, Object* mod) { return number_power(base, exp, mod); }

constexpr Doc round_doc =
    "round($module, /, number, ndigits=None)\n--\n\nRound a number to a given precision in decimal digits.\n\nThe "
    "return value is an integer if "
    "ndigits is omitted or None.  Otherwise\nthe return value has the same type as the number.  ndigits may be "
    "negative.";
Result<Object> round(Module*, Object* number, Object* ndigits) {
  Ref<Object> hook = TRY(object_lookup_special(number, id::__round__));
  if (!hook) return raise(TypeError, "type %.100s doesn't define __round__ method", type_of(number)->tp_name);
  return ndigits == None ? object_call_no_args(hook) : object_call_one_arg(hook, ndigits);
}
}  // namespace

constinit PyMethodDef builtins_number_functions[] = {
    method<abs, abs_doc>(),       method<bin, bin_doc>(),
    method<hex, hex_doc>(),       method<oct, oct_doc>(),
    method<chr, chr_doc>(),       method<ord, ord_doc>(),
    method<divmod, divmod_doc>(), method<pow, pow_doc>(),
    method<round, round_doc>(),   {},
};
}  // namespace adder
