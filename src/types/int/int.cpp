// int: the type object and methods of int.
//
// Invariant  normal form as in types/int/digits.h; instances of subclasses may hold small values as objects of their
// own. See        docs/objects.md, tests/python/test_int.py
#include <bit>

#include "base/hot.h"
#include "bind/bind.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/format.h"
#include "types/int/digits.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
void int_init() {
  for (int value = kSmallIntMin; value <= kSmallIntMax; ++value) {
    Int* v = small_int(value);
    v->ob_refcnt = kImmortalRefcnt;
    v->ob_type = &PyLong_Type;
    v->ob_size = value < 0 ? -1 : value > 0 ? 1 : 0;
    v->ob_digit[0] = static_cast<digit>(value < 0 ? -value : value);
  }
}

namespace {
// == Slots ==

template <Result<Object> (*function)(Int*, Int*)>
PyObject* binary(PyObject* left, PyObject* right) {
  if (!is_int(left) || !is_int(right)) return NotImplemented;
  return function(as<Int>(left), as<Int>(right)).to_c();
}

template <Result<Object> (*function)(Int*)>
PyObject* unary(PyObject* value) {
  return function(as<Int>(value)).to_c();
}

PyObject* int_power_slot(PyObject* base, PyObject* exponent, PyObject* modulus) {
  return int_power(base, exponent, modulus).to_c();
}

Result<Object> int_absolute(Int* v) { return is_negative(v) ? int_negative(v) : int_exact(v); }
Result<Object> int_to_float(Int* v) { return float_from_double(TRY(int_as_double(v))); }
int int_bool(PyObject* self) { return as<Int>(self)->ob_size != 0; }
Py_hash_t int_hash_slot(PyObject* self) { return int_hash(as<Int>(self)); }
Result<Str> int_repr(Int* v) { return int_to_string(v, 10); }

ADDER_HOT PyObject* int_rich_compare(PyObject* left, PyObject* right, int op) {
  if (!is_int(left) || !is_int(right)) return NotImplemented;
  return bool_object(compare_values(left == right ? 0 : int_compare(as<Int>(left), as<Int>(right)), 0, op));
}

ADDER_HOT void int_dealloc(PyObject* self) {
  if (ADDER_LIKELY(is_int_exact(self)))
    memory::release(self);
  else
    self->ob_type->tp_free(self);
}

// == Construction ==

constexpr Doc new_doc =
    "int(x=0, /, base=<unrepresentable>)\n--\n\n"
    "Convert a number or text to an integer, or return 0 without arguments.\n\n"
    "Numbers are asked for __int__() (then __index__()); floats are cut towards zero. Text is an optional sign and "
    "digits of\n"
    "the base, 2 to 36; base 0 reads the base from the prefix as in source code. Underscores may stand between digits.";

Result<Object> make_int(Opt<Object*> x, Opt<Object*> base) {
  if (!x) {
    if (base) return raise(TypeError, "int() missing string argument");
    return Result<Object>::share(small_int(0));
  }
  if (!base) return number_long(x.get());
  isize number = TRY(number_as_ssize_t(base.get(), nullptr));
  if ((number != 0 && number < 2) || number > 36) return raise(ValueError, "int() base must be >= 2 and <= 36, or 0");
  Object* text = x.get();
  if (is_str(text)) return int_from_str(as<Str>(text), static_cast<int>(number));
  if (is_bytes(text)) return int_from_string(bytes_view(as<Bytes>(text)), static_cast<int>(number));
  if (is_bytearray(text)) {
    auto* array = as<ByteArray>(text);
    return int_from_string({bytearray_data(array), static_cast<usize>(bytearray_size(array))},
                           static_cast<int>(number));
  }
  return raise(TypeError, "int() can't convert non-string with explicit base");
}

// An instance of a subclass with the value of an int.
Result<Object> make_subtype(Type* type, Int* value) {
  isize count = digit_count(value);
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, count ? count : 1)));
  Int* result = as<Int>(object);
  result->ob_size = value->ob_size;
  for (isize i = 0; i < count; ++i) result->ob_digit[i] = value->ob_digit[i];
  return object;
}

Result<Object> int_new(Type* type, Opt<Object*> x, Opt<Object*> base) {
  Ref<Object> value = TRY(make_int(x, base));
  if (type == &PyLong_Type) return value;
  return make_subtype(type, as<Int>(value));
}

PyObject* int_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  isize count = static_cast<isize>(vectorcall_nargs(nargsf));
  if (ADDER_LIKELY(count == 1 && !names)) return number_long(args[0]).to_c();
  return bind_detail::Thunk<int_new, new_doc>::Call::from_vector(args, count, names, reinterpret_cast<Type*>(type));
}

// == Methods ==

constexpr Doc conjugate_doc = "conjugate($self, /)";
constexpr const char* conjugate_text = "Returns self, the complex conjugate of any int.";
constexpr Doc bit_length_doc =
    "bit_length($self, /)\n--\n\nNumber of bits necessary to represent self in binary.\n\n>>> bin(37)\n"
    "'0b100101'\n>>> (37).bit_length()\n6";
constexpr Doc bit_count_doc =
    "bit_count($self, /)\n--\n\n"
    "Number of ones in the binary representation of the absolute value of self.\n\n"
    "Also known as the population count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3";
constexpr Doc to_bytes_doc =
    "to_bytes($self, /, length=1, byteorder='big', *, signed=False)\n--\n\n"
    "Return an array of bytes representing an integer.\n\n  length\n"
    "    Length of bytes object to use.  An OverflowError is raised if the\n"
    "    integer is not representable with the given number of bytes.  Default\n    is length 1.\n"
    "  byteorder\n    The byte order used to represent the integer.  If byteorder is 'big',\n"
    "    the most significant byte is at the beginning of the byte array.  If\n"
    "    byteorder is 'little', the most significant byte is at the end of the\n"
    "    byte array.  To request the native byte order of the host system, use\n"
    "    `sys.byteorder' as the byte order value.  Default is to use 'big'.\n  signed\n"
    "    Determines whether two's complement is used to represent the integer.\n"
    "    If signed is False and a negative integer is given, an OverflowError\n    is raised.";
constexpr Doc from_bytes_doc =
    "from_bytes($type, /, bytes, byteorder='big', *, signed=False)\n--\n\n"
    "Return the integer represented by the given array of bytes.\n\n  bytes\n"
    "    Holds the array of bytes to convert.  The argument must either\n"
    "    support the buffer protocol or be an iterable object producing bytes.\n"
    "    Bytes and bytearray are examples of built-in objects that support the\n    buffer protocol.\n"
    "  byteorder\n    The byte order used to represent the integer.  If byteorder is 'big',\n"
    "    the most significant byte is at the beginning of the byte array.  If\n"
    "    byteorder is 'little', the most significant byte is at the end of the\n"
    "    byte array.  To request the native byte order of the host system, use\n"
    "    `sys.byteorder' as the byte order value.  Default is to use 'big'.\n  signed\n"
    "    Indicates whether two's complement is used to represent the integer.";
constexpr Doc ratio_doc =
    "as_integer_ratio($self, /)\n--\n\nReturn integer ratio.\n\n"
    "Return a pair of integers, whose ratio is exactly equal to the original int\n"
    "and with a positive denominator.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n"
    ">>> (-10).as_integer_ratio()\n(-10, 1)\n>>> (0).as_integer_ratio()\n(0, 1)";
constexpr Doc trunc_doc = "__trunc__($self, /)";
constexpr const char* trunc_text = "Truncating an Integral returns itself.";
constexpr Doc floor_doc = "__floor__($self, /)";
constexpr const char* floor_text = "Flooring an Integral returns itself.";
constexpr Doc ceil_doc = "__ceil__($self, /)";
constexpr const char* ceil_text = "Ceiling of an Integral returns itself.";
constexpr Doc round_doc =
    "__round__($self, ndigits=<unrepresentable>, /)\n--\n\nRounding an Integral returns itself.\n\n"
    "Rounding with an ndigits argument also returns an integer.";
constexpr Doc getnewargs_doc = "__getnewargs__($self, /)\n--\n\n";
constexpr Doc format_doc = "__format__($self, format_spec, /)\n--\n\n";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nReturns size in memory, in bytes.";

Result<isize> int_bit_length(Int* v) { return static_cast<isize>(int_num_bits(v)); }

Result<isize> int_bit_count(Int* v) {
  isize count = 0;
  for (isize i = 0; i < digit_count(v); ++i) count += std::popcount(v->ob_digit[i]);
  return count;
}

Result<bool> is_little_endian(Opt<Str*> byteorder) {
  if (!byteorder || str_equals(byteorder.get(), "big")) return false;
  if (str_equals(byteorder.get(), "little")) return true;
  return raise(ValueError, "byteorder must be either 'little' or 'big'");
}

Result<Object> int_to_bytes(Int* v, isize length, Opt<Str*> byteorder, bool is_signed) {
  bool little_endian = TRY(is_little_endian(byteorder));
  if (length < 0) return raise(ValueError, "length argument must be non-negative");
  Ref<Bytes> bytes = TRY(bytes_new(length));
  TRY(int_as_byte_array(v, reinterpret_cast<u8*>(bytes_data(bytes)), static_cast<usize>(length), little_endian,
                        is_signed));
  return bytes;
}

Result<Object> int_from_bytes(Type* type, Object* source, Opt<Str*> byteorder, bool is_signed) {
  bool little_endian = TRY(is_little_endian(byteorder));
  Ref<Object> bytes = TRY(object_bytes(source));
  Bytes* data = as<Bytes>(bytes);
  Ref<Int> value = TRY(int_from_byte_array(reinterpret_cast<u8*>(bytes_data(data)),
                                           static_cast<usize>(bytes_size(data)), little_endian, is_signed));
  if (type == &PyLong_Type) return value;
  return call(type, static_cast<Object*>(value));
}

Result<Object> int_as_integer_ratio(Int* v) {
  Ref<Object> numerator = TRY(int_exact(v));
  return tuple_pack(numerator.get(), static_cast<Object*>(small_int(1)));
}

Result<Object> int_round(Int* v, Opt<Object*> digits) {
  if (!digits) return int_exact(v);
  Ref<Object> places = TRY(number_index(digits.get()));
  if (!is_negative(as<Int>(places))) return int_exact(v);
  Ref<Object> exponent = TRY(int_negative(as<Int>(places)));
  // More places than digits: the result is 0; the power would be too long to compute.
  if (digit_count(as<Int>(exponent)) > 1 || short_value(as<Int>(exponent)) > static_cast<i64>(int_num_bits(v)) + 1) {
    return Result<Object>::share(small_int(0));
  }
  Ref<Object> unit = TRY(int_power(small_int(10), exponent, None));
  Ref<Object> parts = TRY(int_divmod_near(v, as<Int>(unit)));
  return int_subtract(v, as<Int>(tuple_item(as<Tuple>(parts), 1)));
}

Result<Object> int_getnewargs(Int* v) {
  Ref<Object> value = TRY(int_exact(v));
  return tuple_pack(value.get());
}

Result<Str> int_format(Int* v, Object* spec) {
  if (!is_str(spec)) return raise(TypeError, "__format__() argument must be str, not %.50s", type_of(spec)->tp_name);
  return format_int(v, as<Str>(spec));
}

Result<isize> int_sizeof(Int* v) {
  isize count = digit_count(v);
  return static_cast<isize>(offsetof(Int, ob_digit)) + (count ? count : 1) * static_cast<isize>(sizeof(digit));
}

Result<Object> get_self(Int* v) { return int_exact(v); }
Result<Object> get_zero(Int*) { return Result<Object>::share(small_int(0)); }
Result<Object> get_one(Int*) { return Result<Object>::share(small_int(1)); }

constinit PyMethodDef int_methods[] = {
    with_text(method<int_exact, conjugate_doc>(), conjugate_text),
    method<int_bit_length, bit_length_doc>(),
    method<int_bit_count, bit_count_doc>(),
    method<int_to_bytes, to_bytes_doc>(),
    class_method<int_from_bytes, from_bytes_doc>(),
    method<int_as_integer_ratio, ratio_doc>(),
    with_text(method<int_exact, trunc_doc>(), trunc_text),
    with_text(method<int_exact, floor_doc>(), floor_text),
    with_text(method<int_exact, ceil_doc>(), ceil_text),
    method<int_round, round_doc>(),
    method<int_getnewargs, getnewargs_doc>(),
    method<int_format, format_doc>(),
    method<int_sizeof, sizeof_doc>(),
    {},
};

constinit PyGetSetDef int_get_set[] = {
    get_set<get_self>("real", "the real part of a complex number"),
    get_set<get_zero>("imag", "the imaginary part of a complex number"),
    get_set<get_self>("numerator", "the numerator of a rational number in lowest terms"),
    get_set<get_one>("denominator", "the denominator of a rational number in lowest terms"),
    {},
};

// == Type object ==

constinit PyNumberMethods int_as_number = {
    .nb_add = &binary<int_add>,
    .nb_subtract = &binary<int_subtract>,
    .nb_multiply = &binary<int_multiply>,
    .nb_remainder = &binary<int_remainder>,
    .nb_divmod = &binary<int_divmod>,
    .nb_power = &int_power_slot,
    .nb_negative = &unary<int_negative>,
    .nb_positive = &unary<int_exact>,
    .nb_absolute = &unary<int_absolute>,
    .nb_bool = &int_bool,
    .nb_invert = &unary<int_invert>,
    .nb_lshift = &binary<int_lshift_object>,
    .nb_rshift = &binary<int_rshift_object>,
    .nb_and = &binary<int_and>,
    .nb_xor = &binary<int_xor>,
    .nb_or = &binary<int_or>,
    .nb_int = &unary<int_exact>,
    .nb_float = &unary<int_to_float>,
    .nb_floor_divide = &binary<int_floor_divide>,
    .nb_true_divide = &binary<int_true_divide>,
    .nb_index = &unary<int_exact>,
};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyLong_Type = {
    .tp_name = "int",
    .tp_basicsize = offsetof(Int, ob_digit),
    .tp_itemsize = sizeof(digit),
    .tp_dealloc = &int_dealloc,
    .tp_repr = slot<int_repr>,
    .tp_as_number = &int_as_number,
    .tp_hash = &int_hash_slot,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LONG_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc =
        "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
        "Convert a number or string to an integer, or return 0 if no arguments\n"
        "are given.  If x is a number, return x.__int__().  For floating point\n"
        "numbers, this truncates towards zero.\n\n"
        "If x is not a number or if base is given, then x must be a string,\n"
        "bytes, or bytearray instance representing an integer literal in the\n"
        "given base.  The literal can be preceded by '+' or '-' and be surrounded\n"
        "by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\n"
        "Base 0 means to interpret the base from the string as an integer literal.\n"
        ">>> int('0b100', base=0)\n4",
    .tp_richcompare = &int_rich_compare,
    .tp_methods = int_methods,
    .tp_getset = int_get_set,
    .tp_new = constructor<int_new, new_doc>,
    .tp_free = object_plain_del,
    .tp_vectorcall = &int_vectorcall,
};
