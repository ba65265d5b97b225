// member: C fields as attributes, by PyMemberDef; and documentation strings that begin with a signature.
#include <climits>
#include <cstring>
#include <limits>

#include "object/descriptor.h"
#include "object/object.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {

template <class T>
T read(const char* address) {
  T value;
  std::memcpy(&value, address, sizeof value);
  return value;
}
template <class T>
void write(char* address, T value) {
  std::memcpy(address, &value, sizeof value);
}

Result<void> warn_truncated(const char* what) { return warn(RuntimeWarning, 1, "Truncation of value to %s", what); }

// An int into a signed or unsigned field narrower than long: stored in any case, with a warning if it does not fit.
template <class T>
Result<void> write_narrow(char* address, Object* value, const char* what) {
  long number = TRY(int_as_long(value));
  write<T>(address, static_cast<T>(number));
  if (number < static_cast<long>(std::numeric_limits<T>::min()) ||
      number > static_cast<long>(std::numeric_limits<T>::max())) {
    return warn_truncated(what);
  }
  return {};
}

// Unsigned int and long take negative values with a warning.
template <class T>
Result<void> write_unsigned(char* address, Object* value, const char* what) {
  Ref<Object> index = TRY(number_index(value));
  u64 number;
  if (int_sign(as<Int>(index.get())) < 0 || int_num_bits(as<Int>(index.get())) > 64) {  // the second fails, as a long
    number = static_cast<u64>(TRY(int_as_long(index)));
    write<T>(address, static_cast<T>(number));
    TRY(warn(RuntimeWarning, 1, "Writing negative value into unsigned field"));
  } else {
    number = TRY(int_as_u64(index));
    write<T>(address, static_cast<T>(number));
  }
  if (static_cast<u64>(static_cast<T>(number)) != number) return warn_truncated(what);
  return {};
}

// The signature in front of a doc: "name(…)"; null if there is none.
const char* find_signature(const char* name, const char* doc) {
  if (!doc) return nullptr;
  if (const char* dot = std::strrchr(name, '.')) name = dot + 1;
  usize size = std::strlen(name);
  if (std::strncmp(doc, name, size) != 0 || doc[size] != '(') return nullptr;
  return doc + size;
}

// Behind the end marker of a signature; null if there is none before the first empty line.
const char* skip_signature(const char* text) {
  constexpr char kMarker[] = ")\n--\n\n";
  for (; *text; ++text) {
    if (std::strncmp(text, kMarker, sizeof kMarker - 1) == 0) return text + sizeof kMarker - 1;
    if (text[0] == '\n' && text[1] == '\n') return nullptr;
  }
  return nullptr;
}

}  // namespace

Result<Object> doc_from_internal(const char* name, const char* internal_doc) {
  const char* doc = internal_doc;
  if (const char* signature = find_signature(name, internal_doc)) {
    if (const char* rest = skip_signature(signature)) doc = rest;
  }
  if (!doc || !*doc) return none_result();
  return str_from_string(doc);
}

Result<Object> text_signature_from_internal(const char* name, const char* internal_doc) {
  const char* start = find_signature(name, internal_doc);
  const char* end = start ? skip_signature(start) : nullptr;
  if (!end) return none_result();
  end -= sizeof("\n--\n\n") - 1;
  return str_from_utf8({start, static_cast<usize>(end - start)});
}

Result<Object> member_get_one(const char* base, PyMemberDef* definition) {
  const char* address = base + definition->offset;
  switch (definition->type) {
    case T_BOOL:
      return bool_result(read<char>(address) != 0);
    case T_BYTE:
      return int_from_i64(read<signed char>(address));
    case T_UBYTE:
      return int_from_i64(read<unsigned char>(address));
    case T_SHORT:
      return int_from_i64(read<short>(address));
    case T_USHORT:
      return int_from_i64(read<unsigned short>(address));
    case T_INT:
      return int_from_i64(read<int>(address));
    case T_UINT:
      return int_from_i64(read<unsigned>(address));
    case T_LONG:
      return int_from_i64(read<long>(address));
    case T_ULONG:
      return int_from_u64(read<unsigned long>(address));
    case T_PYSSIZET:
      return int_from_i64(read<isize>(address));
    case T_LONGLONG:
      return int_from_i64(read<long long>(address));
    case T_ULONGLONG:
      return int_from_u64(read<unsigned long long>(address));
    case T_FLOAT:
      return float_from_double(read<float>(address));
    case T_DOUBLE:
      return float_from_double(read<double>(address));
    case T_STRING: {
      const char* text = read<const char*>(address);
      if (!text) return none_result();
      return str_from_string(text);
    }
    case T_STRING_INPLACE:
      return str_from_string(address);
    case T_CHAR:
      return str_decode_utf8(address, 1, nullptr);
    case T_OBJECT: {
      Object* object = read<Object*>(address);
      return Result<Object>::share(object ? object : None);
    }
    case T_OBJECT_EX: {
      Object* object = read<Object*>(address);
      if (object) return Result<Object>::share(object);
      const Object* owner = reinterpret_cast<const Object*>(base);
      return raise(AttributeError, "'%.200s' object has no attribute '%s'", owner->ob_type->tp_name, definition->name);
    }
    case T_NONE:
      return none_result();
    default:
      return raise(SystemError, "bad memberdescr type");
  }
}

Result<void> member_set_one(char* base, PyMemberDef* definition, Object* value) {
  char* address = base + definition->offset;
  if (definition->flags & READONLY) return raise(AttributeError, "readonly attribute");
  if (!value) {
    if (definition->type == T_OBJECT_EX) {
      if (!read<Object*>(address)) return raise(AttributeError, "%s", definition->name);
    } else if (definition->type != T_OBJECT) {
      return raise(TypeError, "can't delete numeric/char attribute");
    }
  }
  switch (definition->type) {
    case T_BOOL:
      if (!is_bool(value)) return raise(TypeError, "attribute value type must be bool");
      write<char>(address, value == True);
      return {};
    case T_BYTE:
      return write_narrow<signed char>(address, value, "char");
    case T_UBYTE:
      return write_narrow<unsigned char>(address, value, "unsigned char");
    case T_SHORT:
      return write_narrow<short>(address, value, "short");
    case T_USHORT:
      return write_narrow<unsigned short>(address, value, "unsigned short");
    case T_INT:
      return write_narrow<int>(address, value, "int");
    case T_UINT:
      return write_unsigned<unsigned>(address, value, "unsigned int");
    case T_LONG: {
      long number = TRY(int_as_long(value));
      write<long>(address, number);
      return {};
    }
    case T_ULONG:
      return write_unsigned<unsigned long>(address, value, "unsigned long");
    case T_PYSSIZET: {
      if (!is_int(value)) return raise(TypeError, "an integer is required");
      isize number = TRY(int_as_ssize_t(value));
      write<isize>(address, number);
      return {};
    }
    case T_FLOAT: {
      double number = TRY(float_as_double(value));
      write<float>(address, static_cast<float>(number));
      return {};
    }
    case T_DOUBLE: {
      double number = TRY(float_as_double(value));
      write<double>(address, number);
      return {};
    }
    case T_OBJECT:
    case T_OBJECT_EX: {
      Ref<Object> old = Ref<Object>::steal(read<Object*>(address));
      write<Object*>(address, Ref<Object>::share_or_empty(value).release());
      return {};
    }
    case T_CHAR: {
      Utf8 text = is_str(value) ? str_as_utf8(as<Str>(value)) : Utf8{};
      if (!is_str(value) || (text && text.size != 1))
        return raise(TypeError, "bad argument type for built-in operation");
      if (!text) return Error{};
      *address = text.data[0];
      return {};
    }
    case T_STRING:
    case T_STRING_INPLACE:
      return raise(TypeError, "readonly attribute");
    case T_LONGLONG: {
      Ref<Object> index = TRY(number_index(value));
      int overflow;
      i64 number = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
      if (overflow) return raise(OverflowError, "int too big to convert");
      write<long long>(address, number);
      return {};
    }
    case T_ULONGLONG: {
      Ref<Object> index = TRY(number_index(value));
      if (int_sign(as<Int>(index.get())) < 0) return raise(OverflowError, "can't convert negative int to unsigned");
      if (int_num_bits(as<Int>(index.get())) > 64) return raise(OverflowError, "int too big to convert");
      u64 number = TRY(int_as_u64(index));
      write<unsigned long long>(address, number);
      return {};
    }
    default:
      return raise(SystemError, "bad memberdescr type for %s", definition->name);
  }
}
}  // namespace adder
