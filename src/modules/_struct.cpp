// _struct: C structs in bytes.
//
// Formats    "@" native order, sizes and alignment (the default), "=" native order, "<" little, ">" and "!" big endian
//            with standard sizes and no alignment.
// Layout     a Struct keeps its format as a list of fields, each with an offset, so that packing and unpacking never
//            look at the text again.
// See        tests/python/test_struct.py
#include <climits>
#include <cmath>
#include <cstring>

#include "base/copy.h"
#include "base/half_float.h"
#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/int/digits.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Field {
  char code;
  bool native, big_endian;
  isize size;    // bytes of one value
  isize offset;  // of the first
  isize count;   // values; 1 for s and p
};

struct Struct : PyObject {
  isize size;    // bytes; -1: not initialised
  isize values;  // items to pack
  isize field_count;
  Field* fields;
  Object* format;  // bytes
  Object* weakreflist;
};

extern constinit PyTypeObject struct_type, unpack_iterator_type;
Type* struct_error = nullptr;  // made by exec, once
// Compiled formats; thrown away when there are many.
Dict* format_cache = nullptr;
constexpr isize kCacheLimit = 100;

template <class... Args>
Error raise_struct(const char* format, Args... args) {
  return raise(struct_error, format, args...);
}

// == Formats ==

struct CodeInfo {
  isize native_size, alignment, standard_size;  // 0: there is none
};

bool code_info(char code, CodeInfo& info) {
  switch (code) {
    case 'x':
    case 'c':
    case 'b':
    case 'B':
    case 's':
    case 'p':
    case '?':
      info = {1, 1, 1};
      return true;
    case 'h':
    case 'H':
    case 'e':
      info = {2, 2, 2};
      return true;
    case 'i':
    case 'I':
    case 'f':
      info = {4, 4, 4};
      return true;
    case 'l':
    case 'L':
      info = {8, 8, 4};
      return true;
    case 'n':
    case 'N':
    case 'P':
      info = {8, 8, 0};
      return true;
    case 'q':
    case 'Q':
    case 'd':
      info = {8, 8, 8};
      return true;
    default:
      return false;
  }
}

// Walks the format and calls add(field) for every group of values.
template <class Add>
Result<void> walk_format(const char* text, isize& size, isize& values, Add&& add) {
  bool native = false, big_endian = false;
  switch (*text) {
    case '<':
    case '=':
      ++text;
      break;
    case '>':
    case '!':
      big_endian = true;
      ++text;
      break;
    case '@':
      ++text;
      [[fallthrough]];
    default:
      native = true;
  }
  auto too_long = [] { return raise_struct("total struct size too long"); };
  size = values = 0;
  while (char c = *text++) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    isize count = 1;
    if (c >= '0' && c <= '9') {
      count = 0;
      for (;; c = *text++) {
        if (c < '0' || c > '9') break;
        if (__builtin_mul_overflow(count, isize{10}, &count) || __builtin_add_overflow(count, isize{c - '0'}, &count)) {
          return too_long();
        }
      }
      if (!c) return raise_struct("repeat count given without format specifier");
    }
    CodeInfo info;
    if (!code_info(c, info) || (!native && !info.standard_size)) return raise_struct("bad char in struct format");
    isize width = native ? info.native_size : info.standard_size;
    if (native) {
      isize gap = (info.alignment - size % info.alignment) % info.alignment;
      if (size > kMaxSize - gap) return too_long();
      size += gap;
    }
    isize bytes;
    if (__builtin_mul_overflow(count, width, &bytes) || size > kMaxSize - bytes) return too_long();
    if (c == 's' || c == 'p') {
      add(Field{c, native, false, count, size, 1});
      ++values;
    } else if (c != 'x' && count > 0) {
      add(Field{c, native, big_endian, width, size, count});
      values += count;
    }
    size += bytes;
  }
  return {};
}

Result<void> compile(Struct* s, Bytes* format) {
  const char* text = bytes_data(format);
  if (std::strlen(text) != static_cast<usize>(bytes_size(format))) return raise_struct("embedded null character");
  isize size, values, count = 0;
  TRY(walk_format(text, size, values, [&](const Field&) { ++count; }));
  auto* fields = static_cast<Field*>(memory::allocate(static_cast<usize>(count ? count : 1) * sizeof(Field)));
  if (!fields) return raise_no_memory();
  Field* next = fields;
  MUST(walk_format(text, size, values, [&](const Field& field) { *next++ = field; }));
  if (s->fields) memory::release(s->fields);
  s->fields = fields;
  s->field_count = count;
  s->size = size;
  s->values = values;
  return {};
}

// == One value ==

void store(u8* to, u64 bits, isize size, bool big_endian) {
  if (big_endian) bits = __builtin_bswap64(bits) >> (64 - 8 * size);
  std::memcpy(to, &bits, static_cast<usize>(size));
}

u64 load(const u8* from, isize size, bool big_endian) {
  u64 bits = 0;
  std::memcpy(&bits, from, static_cast<usize>(size));
  return big_endian ? __builtin_bswap64(bits) >> (64 - 8 * size) : bits;
}

Result<Int> integer_of(Object* value) {
  if (is_int(value)) return Result<Int>::share(as<Int>(value));
  if (!index_check(value)) return raise_struct("required argument is not an integer");
  return as<Int>(TRY(number_index(value)));
}

Error raise_range(const Field& field, bool is_signed) {
  switch (field.size) {
    case 1:
      return is_signed ? raise_struct("byte format requires -128 <= number <= 127")
                       : raise_struct("ubyte format requires 0 <= number <= 255");
    case 2:
      return is_signed ? raise_struct("short format requires -32768 <= number <= 32767")
                       : raise_struct("ushort format requires 0 <= number <= 65535");
    default:
      return is_signed ? raise_struct("'%c' format requires -2147483648 <= number <= 2147483647", field.code)
                       : raise_struct("'%c' format requires 0 <= number <= 4294967295", field.code);
  }
}

Result<void> pack_integer(const Field& field, Object* value, u8* to) {
  Ref<Int> number = TRY(integer_of(value));
  bool is_signed = field.code >= 'a';
  u64 bits;
  int overflow;
  i64 small = int_as_i64_and_overflow(number, &overflow);
  if (is_signed) {
    if (overflow) return raise_struct("argument out of range");
    i64 limit = i64{1} << ((8 * field.size - 1) & 63);
    if (field.size < 8 && (small < -limit || small >= limit)) return raise_range(field, true);
    bits = static_cast<u64>(small);
  } else {
    // One and two bytes go through a signed long: there a negative number is out of the format's range.
    if (field.size <= 2) {
      if (overflow) return raise_struct("argument out of range");
      if (small < 0 || small >> (8 * field.size) != 0) return raise_range(field, false);
      bits = static_cast<u64>(small);
    } else {
      if (is_negative(number) || int_num_bits(number) > 64) return raise_struct("argument out of range");
      bits = int_as_u64_mask(number);
      if (field.size < 8 && bits >> (8 * field.size) != 0) return raise_range(field, false);
    }
  }
  store(to, bits, field.size, field.big_endian);
  return {};
}

Result<void> pack_float(const Field& field, Object* value, u8* to) {
  Result<double> converted = float_as_double(value);
  if (converted.failed()) {
    if (!error_matches(TypeError)) return Error{};
    return raise_struct("required argument is not a float");
  }
  double x = converted.take();
  u64 bits = 0;
  if (field.code == 'd') {
    std::memcpy(&bits, &x, 8);
  } else if (field.code == 'f') {
    float single = static_cast<float>(x);
    if (!field.native && std::isinf(single) && !std::isinf(x))
      return raise(OverflowError, "float too large to pack with f format");
    std::memcpy(&bits, &single, 4);
  } else {
    u16 half;
    if (!double_to_half(x, half)) return raise(OverflowError, "float too large to pack with e format");
    bits = half;
  }
  store(to, bits, field.size, field.big_endian);
  return {};
}

Result<void> pack_text(const Field& field, Object* value, u8* to) {
  const char* data;
  isize size;
  if (is_bytes(value)) {
    data = bytes_data(as<Bytes>(value));
    size = bytes_size(as<Bytes>(value));
  } else if (is_bytearray(value)) {
    data = bytearray_data(as<ByteArray>(value));
    size = bytearray_size(as<ByteArray>(value));
  } else {
    return raise_struct("argument for '%c' must be a bytes object", field.code);
  }
  if (field.code == 's') {
    copy_bytes(to, data, static_cast<usize>(size < field.size ? size : field.size));
    return {};
  }
  // p: a length byte in front.
  if (field.size == 0) return {};
  if (size > field.size - 1) size = field.size - 1;
  copy_bytes(to + 1, data, static_cast<usize>(size));
  to[0] = static_cast<u8>(size > 255 ? 255 : size);
  return {};
}

Result<void> pack_value(const Field& field, Object* value, u8* to) {
  switch (field.code) {
    case 'c':
      if (!is_bytes(value) || bytes_size(as<Bytes>(value)) != 1) {
        return raise_struct("char format requires a bytes object of length 1");
      }
      *to = static_cast<u8>(bytes_data(as<Bytes>(value))[0]);
      return {};
    case '?':
      *to = TRY(object_is_true(value));
      return {};
    case 's':
    case 'p':
      return pack_text(field, value, to);
    case 'e':
    case 'f':
    case 'd':
      return pack_float(field, value, to);
    case 'P': {
      Ref<Int> number = TRY(integer_of(value));
      int overflow;
      i64 address = int_as_i64_and_overflow(number, &overflow);
      if (overflow && (is_negative(number) || int_num_bits(number) > 64))
        return raise_struct("int too large to convert");
      store(to, overflow ? int_as_u64_mask(number) : static_cast<u64>(address), 8, false);
      return {};
    }
    default:
      return pack_integer(field, value, to);
  }
}

Result<Object> unpack_value(const Field& field, const u8* from) {
  switch (field.code) {
    case 'c':
      return bytes_from_view({reinterpret_cast<const char*>(from), 1});
    case 's':
      return bytes_from_view({reinterpret_cast<const char*>(from), static_cast<usize>(field.size)});
    case 'p': {
      if (field.size == 0) return bytes_from_view({});
      isize size = from[0];
      if (size > field.size - 1) size = field.size - 1;
      return bytes_from_view({reinterpret_cast<const char*>(from + 1), static_cast<usize>(size)});
    }
    case '?':
      return bool_result(*from != 0);
    case 'e':
      return float_from_double(half_to_double(static_cast<u16>(load(from, 2, field.big_endian))));
    case 'f': {
      auto bits = static_cast<u32>(load(from, 4, field.big_endian));
      float value;
      std::memcpy(&value, &bits, 4);
      return float_from_double(value);
    }
    case 'd': {
      u64 bits = load(from, 8, field.big_endian);
      double value;
      std::memcpy(&value, &bits, 8);
      return float_from_double(value);
    }
    case 'P':
      return int_from_u64(load(from, 8, false));
    default: {
      u64 bits = load(from, field.size, field.big_endian);
      if (field.code < 'a') return int_from_u64(bits);
      int unused = 64 - 8 * static_cast<int>(field.size);
      return int_from_i64(static_cast<i64>(bits << unused) >> unused);
    }
  }
}

// == Whole structs ==

Result<void> pack_all(Struct* s, Object* const* values, u8* to) {
  std::memset(to, 0, static_cast<usize>(s->size > 0 ? s->size : 0));
  for (isize i = 0; i < s->field_count; ++i) {
    const Field& field = s->fields[i];
    u8* place = to + field.offset;
    for (isize j = 0; j < field.count; ++j, place += field.size) TRY(pack_value(field, *values++, place));
  }
  return {};
}

Result<Object> unpack_all(Struct* s, const char* data) {
  Ref<Tuple> result = TRY(tuple_new(s->values));
  isize next = 0;
  for (isize i = 0; i < s->field_count; ++i) {
    const Field& field = s->fields[i];
    auto* place = reinterpret_cast<const u8*>(data) + field.offset;
    for (isize j = 0; j < field.count; ++j, place += field.size) {
      tuple_init_item(result, next++, TRY(unpack_value(field, place)));
    }
  }
  return result;
}

Result<void> check_initialised(Struct* s) {
  if (s->fields) return {};
  return raise(RuntimeError, "Struct object is not initialized");
}

Result<Object> pack(Struct* s, Object* const* args, isize count) {
  if (count != s->values) return raise_struct("pack expected %zd items for packing (got %zd)", s->values, count);
  TRY(check_initialised(s));
  Ref<Bytes> result = TRY(bytes_new(s->size));
  TRY(pack_all(s, args, reinterpret_cast<u8*>(bytes_data(result))));
  return result;
}

Result<void> pack_into(Struct* s, Object* const* args, isize count) {
  TRY(check_initialised(s));
  if (count != s->values + 2) {
    if (count == 0) return raise_struct("pack_into expected buffer argument");
    if (count == 1) return raise_struct("pack_into expected offset argument");
    return raise_struct("pack_into expected %zd items for packing (got %zd)", s->values, count - 2);
  }
  BufferView view;
  if (view.acquire(args[0], PyBUF_WRITABLE).failed()) {
    return raise(TypeError, "argument must be read-write bytes-like object, not %.50s", args[0]->ob_type->tp_name);
  }
  isize offset = TRY(number_as_ssize_t(args[1], IndexError));
  if (offset < 0) {
    if (offset + s->size > 0) return raise_struct("no space to pack %zd bytes at offset %zd", s->size, offset);
    if (offset + view.size() < 0) {
      return raise_struct("offset %zd out of range for %zd-byte buffer", offset, view.size());
    }
    offset += view.size();
  }
  if (view.size() - offset < s->size) {
    return raise_struct(
        "pack_into requires a buffer of at least %zu bytes for packing %zd bytes at offset %zd (actual buffer size is "
        "%zd)",
        static_cast<usize>(s->size) + static_cast<usize>(offset), s->size, offset, view.size());
  }
  return pack_all(s, args + 2, reinterpret_cast<u8*>(view.writable_data()) + offset);
}

Result<Object> unpack(Struct* s, Object* buffer) {
  TRY(check_initialised(s));
  BufferView view;
  TRY(view.acquire(buffer));
  if (view.size() != s->size) return raise_struct("unpack requires a buffer of %zd bytes", s->size);
  return unpack_all(s, view.data());
}

Result<Object> unpack_from(Struct* s, Object* buffer, isize offset) {
  TRY(check_initialised(s));
  BufferView view;
  TRY(view.acquire(buffer));
  if (offset < 0) {
    if (offset + s->size > 0) return raise_struct("not enough data to unpack %zd bytes at offset %zd", s->size, offset);
    if (offset + view.size() < 0) {
      return raise_struct("offset %zd out of range for %zd-byte buffer", offset, view.size());
    }
    offset += view.size();
  }
  if (view.size() - offset < s->size) {
    return raise_struct(
        "unpack_from requires a buffer of at least %zu bytes for unpacking %zd bytes at offset %zd (actual buffer size "
        "is "
        "%zd)",
        static_cast<usize>(s->size) + static_cast<usize>(offset), s->size, offset, view.size());
  }
  return unpack_all(s, view.data() + offset);
}

// == iter_unpack ==

struct UnpackIterator : PyObject {
  Struct* layout;  // owned; null once exhausted
  Py_buffer buffer;
  isize position;
};

Result<Object> iter_unpack(Struct* s, Object* buffer) {
  TRY(check_initialised(s));
  if (s->size == 0) return raise_struct("cannot iteratively unpack with a struct of length 0");
  auto* it = static_cast<UnpackIterator*>(object_allocate(&unpack_iterator_type));
  if (!it) return Error{};
  it->layout = nullptr;
  it->buffer.obj = nullptr;
  it->position = 0;
  Ref<Object> owned = Ref<Object>::steal(it);
  TRY(object_get_buffer(buffer, &it->buffer, PyBUF_SIMPLE));
  if (it->buffer.len % s->size != 0) {
    return raise_struct("iterative unpacking requires a buffer of a multiple of %zd bytes", s->size);
  }
  it->layout = new_ref(s).release();
  gc::track(it);
  return owned;
}

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  auto* it = static_cast<UnpackIterator*>(self);
  if (it->layout) decref(it->layout);
  if (it->buffer.obj) buffer_release(&it->buffer);
  object_free(self);
}

int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  auto* it = static_cast<UnpackIterator*>(self);
  VISIT(it->layout);
  VISIT(it->buffer.obj);
  return 0;
}

Maybe<Object> iterator_next(UnpackIterator* it) {
  if (!it->layout) return nullptr;
  if (it->position >= it->buffer.len) {
    clear_field(it->layout);
    if (it->buffer.obj) buffer_release(&it->buffer);
    return nullptr;
  }
  const char* data = static_cast<const char*>(it->buffer.buf) + it->position;
  it->position += it->layout->size;
  return unpack_all(it->layout, data);
}

constexpr Doc length_hint_doc = "__length_hint__($self, /)\n--\n\n";
Result<isize> iterator_length_hint(UnpackIterator* it) {
  return it->layout ? (it->buffer.len - it->position) / it->layout->size : isize{0};
}
constinit PyMethodDef iterator_methods[] = {method<iterator_length_hint, length_hint_doc>(), {}};

constinit PyTypeObject unpack_iterator_type = {
    .tp_name = "_struct.unpack_iterator",
    .tp_basicsize = sizeof(UnpackIterator),
    .tp_dealloc = &iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = &iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};

// == The type Struct ==

PyObject* struct_new(PyTypeObject* type, PyObject*, PyObject*) {
  Object* object = type->tp_alloc(type, 0);
  if (!object) return nullptr;
  auto* s = static_cast<Struct*>(object);
  s->size = s->values = -1;
  s->format = None;
  return s;
}

constexpr Doc init_doc = "Struct(format)\n--\n\n";
Result<void> struct_init(Struct* s, Object* format) {
  Ref<Object> bytes;
  if (is_str(format)) {
    bytes = TRY(str_as_encoded_string(as<Str>(format), "ascii", "strict"));
  } else if (is_bytes(format)) {
    bytes = new_ref(format);
  } else {
    return raise(TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s", format->ob_type->tp_name);
  }
  TRY(compile(s, as<Bytes>(bytes)));
  set_field(s->format, std::move(bytes));
  return {};
}

void struct_dealloc(PyObject* self) {
  auto* s = static_cast<Struct*>(self);
  if (s->weakreflist) weakref_clear_all(self);
  if (s->fields) memory::release(s->fields);
  if (s->format) decref(s->format);
  self->ob_type->tp_free(self);
}

constexpr const char* pack_text_doc =
    "S.pack(v1, v2, ...) -> bytes\n\nReturn a bytes object containing values v1, v2, ... packed according to the "
    "format\n"
    "string S.format.  See help(struct) for more on format strings.";
constexpr const char* pack_into_text_doc =
    "S.pack_into(buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string S.format "
    "and\n"
    "write the packed bytes into the writable buffer buf starting at offset.";
constexpr Doc unpack_doc =
    "unpack($self, buffer, /)\n--\n\n"
    "Return a tuple containing unpacked values, according to the format string S.format.\n\n"
    "The buffer's size in bytes must be S.size.";
constexpr Doc unpack_from_doc =
    "unpack_from($self, /, buffer, offset=0)\n--\n\n"
    "Return a tuple containing unpacked values, from buffer[offset:offset + S.size].";
constexpr Doc iter_unpack_doc =
    "iter_unpack($self, buffer, /)\n--\n\n"
    "Return an iterator yielding tuples, from consecutive parts of the buffer, whose size is a multiple of S.size.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nS.__sizeof__() -> size of S in memory, in bytes";

PyObject* struct_pack(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return pack(static_cast<Struct*>(self), args, count).to_c();
}
PyObject* struct_pack_into(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return result_to_c(pack_into(static_cast<Struct*>(self), args, count));
}
Result<isize> struct_sizeof(Struct* s) {
  return s->ob_type->tp_basicsize + s->field_count * static_cast<isize>(sizeof(Field));
}
Result<Object> get_format(Struct* s) {
  if (!is_bytes(s->format)) return Result<Object>::share(s->format);
  return str_decode_latin1(bytes_data(as<Bytes>(s->format)), bytes_size(as<Bytes>(s->format)), nullptr);
}
Result<isize> get_size(Struct* s) { return s->size; }

constinit PyMethodDef struct_methods[] = {
    method<iter_unpack, iter_unpack_doc>(),
    raw_method("pack", &struct_pack, METH_FASTCALL, pack_text_doc),
    raw_method("pack_into", &struct_pack_into, METH_FASTCALL, pack_into_text_doc),
    method<unpack, unpack_doc>(),
    method<unpack_from, unpack_from_doc>(),
    method<struct_sizeof, sizeof_doc>(),
    {},
};
constinit PyGetSetDef struct_get_set[] = {
    get_set<get_format>("format", "struct format string"), get_set<get_size>("size", "struct size in bytes"), {}};

constinit PyTypeObject struct_type = {
    .tp_name = "_struct.Struct",
    .tp_basicsize = sizeof(Struct),
    .tp_dealloc = &struct_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Struct(fmt) --> compiled struct object",
    .tp_weaklistoffset = offsetof(Struct, weakreflist),
    .tp_methods = struct_methods,
    .tp_getset = struct_get_set,
    .tp_init = initializer<struct_init, init_doc>,
    .tp_new = &struct_new,
};

// == The functions: a Struct out of the cache ==

Result<Struct> struct_of(Object* format) {
  if (format->ob_type == &struct_type) return Result<Struct>::share(static_cast<Struct*>(format));
  Ref<Object> known = TRY(dict_get_item(format_cache, format));
  if (known) return Ref<Struct>::steal(static_cast<Struct*>(known.release()));
  Ref<Object> made = TRY(call(&struct_type, format));
  if (dict_size(format_cache) >= kCacheLimit) dict_clear(format_cache);
  TRY(dict_set_item(format_cache, format, made));
  return Ref<Struct>::steal(static_cast<Struct*>(made.release()));
}

constexpr Doc clearcache_doc = "_clearcache($module, /)\n--\n\nClear the internal cache.";
Result<void> clear_cache(Module*) {
  dict_clear(format_cache);
  return {};
}
constexpr Doc calcsize_doc =
    "calcsize($module, format, /)\n--\n\nReturn size in bytes of the struct described by the format string.";
Result<isize> calcsize(Module*, Object* format) {
  Ref<Struct> s = TRY(struct_of(format));
  return s->size;
}
constexpr Doc module_unpack_doc =
    "unpack($module, format, buffer, /)\n--\n\n"
    "Return a tuple containing values unpacked according to the format string.\n\n"
    "The buffer's size in bytes must be calcsize(format).";
Result<Object> module_unpack(Module*, Object* format, Object* buffer) {
  Ref<Struct> s = TRY(struct_of(format));
  return unpack(s, buffer);
}
constexpr Doc module_unpack_from_doc =
    "unpack_from($module, format, /, buffer, offset=0)\n--\n\n"
    "Return a tuple containing values unpacked according to the format string.\n\n"
    "The buffer's size, minus offset, must be at least calcsize(format).";
Result<Object> module_unpack_from(Module*, Object* format, Object* buffer, isize offset) {
  Ref<Struct> s = TRY(struct_of(format));
  return unpack_from(s, buffer, offset);
}
constexpr Doc module_iter_unpack_doc =
    "iter_unpack($module, format, buffer, /)\n--\n\n"
    "Return an iterator yielding tuples unpacked from the given bytes, whose size is a multiple of calcsize(format).";
Result<Object> module_iter_unpack(Module*, Object* format, Object* buffer) {
  Ref<Struct> s = TRY(struct_of(format));
  return iter_unpack(s, buffer);
}
PyObject* module_pack(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto run = [&]() -> Result<Object> {
    if (count == 0) return raise(TypeError, "missing format argument");
    Ref<Struct> s = TRY(struct_of(args[0]));
    return pack(s, args + 1, count - 1);
  };
  return run().to_c();
}
PyObject* module_pack_into(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto run = [&]() -> Result<void> {
    if (count == 0) return raise(TypeError, "missing format argument");
    Ref<Struct> s = TRY(struct_of(args[0]));
    return pack_into(s, args + 1, count - 1);
  };
  return result_to_c(run());
}

constinit PyMethodDef functions[] = {
    method<clear_cache, clearcache_doc>(),
    method<calcsize, calcsize_doc>(),
    method<module_iter_unpack, module_iter_unpack_doc>(),
    raw_method("pack", &module_pack, METH_FASTCALL,
               "pack(format, v1, v2, ...) -> bytes\n\nReturn a bytes object containing the values v1, v2, ... packed "
               "according to the format string."),
    raw_method("pack_into", &module_pack_into, METH_FASTCALL,
               "pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format "
               "string and write\nthe packed bytes into the writable buffer starting at offset."),
    method<module_unpack, module_unpack_doc>(),
    method<module_unpack_from, module_unpack_from_doc>(),
    {},
};

Result<void> exec(Module* module) {
  TRY(type_ready(&struct_type));
  TRY(type_ready(&unpack_iterator_type));
  if (!struct_error) {
    Ref<Dict> attributes = TRY(dict_new());
    Ref<Str> module_name = TRY(str_from_string("struct"));
    TRY(dict_set_item(attributes, id::__module__, module_name));
    Ref<Str> name = TRY(str_from_string("error"));
    Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(Exception)));
    Ref<Object> made = TRY(
        call(&PyType_Type, static_cast<Object*>(name), static_cast<Object*>(bases), static_cast<Object*>(attributes)));
    struct_error = as<Type>(made.release());
    format_cache = TRY(dict_new())
    .release();
  }
  TRY(module_add_object(module, "error", struct_error));
  return module_add_type(module, &struct_type);
}

constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "_struct",
    "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data "
    "representing the C struct\nand also as format strings (explained below) to describe the layout of data\nin the C "
    "struct.",
    functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__struct() { return adder::module_def_init(&adder::definition); }
