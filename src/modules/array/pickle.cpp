// pickle: how arrays are pickled, and read on machines of another byte order or other sizes of C types.
//
// A pickle holds the items' bytes and a machine format code: 0-13 integers (size, sign, byte order), 14-17 floating
// point, 18-21 UTF-16 and UTF-32; even codes from 2 on are little endian.
#include <cstring>

#include "bind/bind.h"
#include "import/import.h"
#include "modules/array/array.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct MachineFormat {
  int size;
  bool is_signed, big_endian;
};
constexpr MachineFormat formats[] = {
    {1, false, false}, {1, true, false}, {2, false, false}, {2, false, true}, {2, true, false},  {2, true, true},
    {4, false, false}, {4, false, true}, {4, true, false},  {4, true, true},  {8, false, false}, {8, false, true},
    {8, true, false},  {8, true, true},  {4, false, false}, {4, false, true}, {8, false, false}, {8, false, true},
    {4, false, false}, {4, false, true}, {8, false, false}, {8, false, true},
};
constexpr int kFirstReal = 14, kFirstText = 18, kFormats = 22;

Result<Object> call_type(Object* type, char typecode, Object* items) {
  Ref<Str> code = TRY(str_from_ordinal(static_cast<Py_UCS4>(typecode)));
  return call(type, code.get(), items);
}

// The double of `size` bytes.
double real_value(const u8* bytes, const MachineFormat& format) {
  u8 native[8];
  for (int i = 0; i < format.size; ++i) native[i] = bytes[format.big_endian ? format.size - 1 - i : i];
  if (format.size == 4) {
    float value;
    std::memcpy(&value, native, 4);
    return static_cast<double>(value);
  }
  double value;
  std::memcpy(&value, native, 8);
  return value;
}

Result<Object> decode_numbers(Object* type, const ArrayKind* kind, int code, Bytes* items) {
  const MachineFormat& format = formats[code];
  isize size = bytes_size(items);
  if (size % format.size) return raise(ValueError, "string length not a multiple of item size");
  const u8* bytes = reinterpret_cast<const u8*>(bytes_data(items));
  Ref<List> list = TRY(list_new(0));
  char typecode = kind->typecode;
  // Integers whose size is another here go into an array that fits them.
  for (const ArrayKind* k = array_kinds; code < kFirstReal && k->typecode; ++k) {
    if (k->is_integer && k->itemsize == format.size && k->is_signed == format.is_signed) typecode = k->typecode;
  }
  for (isize i = 0; i < size; i += format.size) {
    if (code >= kFirstReal) {
      TRY(list_append_steal(list, TRY(float_from_double(real_value(bytes + i, format)))));
    } else {
      TRY(list_append_steal(list, TRY(int_from_byte_array(bytes + i, static_cast<usize>(format.size),
                                                          !format.big_endian, format.is_signed))));
    }
  }
  return call_type(type, typecode, list);
}

Result<Object> decode_text(Object* type, int code, Bytes* items) {
  constexpr const char* encodings[] = {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"};
  Ref<Object> text = TRY(str_decode(bytes_data(items), bytes_size(items), encodings[code - kFirstText], "strict"));
  return call_type(type, 'u', text);
}
}  // namespace

Result<Object> array_reconstruct(Module*, Object* type_object, Object* typecode, int code, Object* items) {
  if (!is_type(type_object)) {
    return raise(TypeError, "first argument must be a type object, not %.200s", type_of(type_object)->tp_name);
  }
  Type* type = reinterpret_cast<Type*>(type_object);
  if (!type_is_subtype(type, &array_type)) {
    return raise(TypeError, "%.200s is not a subtype of %.200s", type->tp_name, array_type.tp_name);
  }
  if (!is_str(typecode) || str_length(as<Str>(typecode)) != 1) {
    return raise(TypeError, "_array_reconstructor() argument 2 must be a unicode character, not %.50s",
                 type_of(typecode)->tp_name);
  }
  const ArrayKind* kind = array_kind(str_read_char(as<Str>(typecode), 0));
  if (!kind) return raise(ValueError, "second argument must be a valid type code");
  if (code < 0 || code >= kFormats) return raise(ValueError, "third argument must be a valid machine format code.");
  if (!is_bytes(items)) {
    return raise(TypeError, "fourth argument should be bytes, not %.200s", type_of(items)->tp_name);
  }
  Bytes* bytes = as<Bytes>(items);
  if (code == kind->machine_format) {
    Ref<Array> array = TRY(array_new(type, 0, kind));
    if (bytes_size(bytes) % kind->itemsize) return raise(ValueError, "string length not a multiple of item size");
    TRY(array_append_bytes(array, bytes));
    return array;
  }
  return code >= kFirstText ? decode_text(type, code, bytes) : decode_numbers(type, kind, code, bytes);
}

Result<Object> array_reduce_ex(Array* self, Object* protocol_object) {
  if (!is_int(protocol_object)) return raise(TypeError, "__reduce_ex__ argument should be an integer");
  long protocol = TRY(int_as_long(protocol_object));
  Ref<Object> reconstructor = TRY(import_attribute("array", "_array_reconstructor"));
  auto looked_up = object_lookup_attr(self, id::__dict__);
  Ref<Object> dict = TRY(looked_up);
  if (!dict) dict = new_ref(None);
  Ref<Str> code = TRY(str_from_ordinal(static_cast<Py_UCS4>(self->ob_descr->typecode)));
  Object* type = type_of(self);
  if (protocol < 3) {
    // Old protocols have no bytes.
    Ref<Object> items = TRY(array_to_list(self));
    Ref<Tuple> arguments = TRY(tuple_pack(code.get(), items.get()));
    return tuple_pack(type, arguments.get(), dict.get());
  }
  Ref<Bytes> bytes = TRY(bytes_from_view({self->ob_item, static_cast<usize>(self->byte_size())}));
  Ref<Tuple> arguments = TRY(tuple_pack(type, static_cast<Object*>(code), small_int(self->ob_descr->machine_format),
                                        static_cast<Object*>(bytes)));
  return tuple_pack(reconstructor.get(), arguments.get(), dict.get());
}
}  // namespace adder
