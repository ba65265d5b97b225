// getargs: PyArg_Parse*, _PyArg_Parse*: C values from arguments and a format.
#include "capi/getargs.h"

#include <cfloat>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <cwchar>

#include "memory/allocator_hooks.h"
#include "memory/refcount.h"
#include "object/buffer.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/sequence.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

ADDER_EXPORT wchar_t* PyUnicode_AsUnicodeAndSize(PyObject* text, Py_ssize_t* size);

using namespace adder;

namespace {
constexpr int kCleanupSupported = 0x20000;  // Py_CLEANUP_SUPPORTED
constexpr int kMaxLevels = 30;
using Converter = int (*)(PyObject*, void*);

// What a format says besides its items.
struct Shape {
  const char* function = nullptr;  // after ':'
  const char* message = nullptr;   // after ';'
  int min = 0, max = 0, level = 0;
};
Shape shape_of(const char* format) {
  Shape shape;
  int level = 0, min = -1;
  for (const char* at = format;; ++at) {
    char code = *at;
    if (code == '\0') break;
    if (code == ':') {
      shape.function = at + 1;
      break;
    }
    if (code == ';') {
      shape.message = at + 1;
      break;
    }
    if (code == '(') {
      if (level++ == 0) ++shape.max;
    } else if (code == ')') {
      --level;
    } else if (code == '|' && level == 0) {
      min = shape.max;
    } else if (level == 0 && ((code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z')) && !(code == 'e')) {
      ++shape.max;
    }
  }
  shape.level = level;
  shape.min = min < 0 ? shape.max : min;
  return shape;
}

const char* parens(const char* function) { return function ? "()" : ""; }

class Parser {
 public:
  Parser(const char* format, va_list arguments, bool sizes) : next_(format), sizes_(sizes) {
    va_copy(arguments_, arguments);
    text_[0] = '\0';
  }
  ~Parser() {
    va_end(arguments_);
    if (keep_) return;
    for (int i = owned_count_; i-- > 0;) {
      if (owned_[i].release)
        owned_[i].release(nullptr, owned_[i].pointer);
      else if (owned_[i].is_buffer)
        buffer_release(static_cast<Py_buffer*>(owned_[i].pointer));
      else {
        char** block = static_cast<char**>(owned_[i].pointer);
        memory::mem_release(*block);
        *block = nullptr;
      }
    }
  }
  Parser(const Parser&) = delete;
  char peek() const { return *next_; }
  const char* rest() const { return next_; }
  void advance() { ++next_; }
  bool at_end() const { return !*next_ || *next_ == ':' || *next_ == ';'; }
  // Success: what was allocated stays.
  void keep() { keep_ = true; }

  // One item from the format; a null argument passes over it and its C arguments. On failure: false, with the exception
  // set or the message in text().
  bool item(PyObject* argument, int depth = 0, bool top = false) {
    if (*next_ == '(') return nested(argument, depth, top);
    return simple(argument);
  }
  // Sets the error for argument `number` (from 1; 0: the only one).
  void raise_item_error(const char* function, const char* message, int number) {
    if (error_occurred()) return;
    char buffer[512];
    if (message) {
      (void)raise(TypeError, "%s", message);
      return;
    }
    int length = 0;
    if (function) length += std::snprintf(buffer, sizeof buffer, "%.200s() ", function);
    if (number) {
      length += std::snprintf(buffer + length, sizeof buffer - length, "argument %d", number);
      for (int i = level_count_; i-- > 0 && length < 220;) {
        length += std::snprintf(buffer + length, sizeof buffer - length, ", item %d", levels_[i]);
      }
    } else {
      length += std::snprintf(buffer + length, sizeof buffer - length, "argument");
    }
    std::snprintf(buffer + length, sizeof buffer - length, " %.256s", text_);
    (void)raise(text_[0] == '(' ? SystemError : TypeError, "%s", buffer);
  }

 private:
  struct Owned {
    void* pointer;
    Converter release;
    bool is_buffer;
  };
  bool own(void* pointer, Converter release, bool is_buffer) {
    if (owned_count_ == static_cast<int>(sizeof owned_ / sizeof *owned_)) {
      std::snprintf(text_, sizeof text_, "(too many owned arguments)");
      return false;
    }
    owned_[owned_count_++] = {pointer, release, is_buffer};
    return true;
  }
  template <class T>
  T take() {
    return va_arg(arguments_, T);
  }
  static const char* name_of(PyObject* argument) { return argument == None ? "None" : argument->ob_type->tp_name; }
  bool expected(const char* what, PyObject* argument) {
    if (what[0] == '(')
      std::snprintf(text_, sizeof text_, "%.100s", what);
    else
      std::snprintf(text_, sizeof text_, "must be %.50s, not %.50s", what, name_of(argument));
    return false;
  }
  bool raised() {
    std::snprintf(text_, sizeof text_, "(unspecified)");
    return false;
  }

  bool nested(PyObject* argument, int depth, bool top) {
    if (depth >= kMaxLevels) fatal("too many tuple nesting levels in argument format string");
    const char* begin = ++next_;
    int count = 0, level = 0;
    for (const char* at = begin;; ++at) {
      if (*at == '(') {
        if (level++ == 0) ++count;
      } else if (*at == ')') {
        if (level-- == 0) break;
      } else if (!*at || *at == ':' || *at == ';') {
        break;
      } else if (level == 0 && ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')) && *at != 'e') {
        ++count;
      }
    }
    if (!argument) {
      while (*next_ != ')') {
        if (!item(nullptr, depth + 1)) return false;
      }
      ++next_;
      return true;
    }
    PySequenceMethods* methods = argument->ob_type->tp_as_sequence;
    if (!methods || !methods->sq_item || is_dict(argument) || is_bytes(argument)) {
      std::snprintf(text_, sizeof text_,
                    top ? "expected %d arguments, not %.50s" : "must be %d-item sequence, not %.50s", count,
                    name_of(argument));
      return false;
    }
    auto size = sequence_size(argument);
    if (size.failed()) return raised();
    isize length = size.take();
    if (length != count) {
      std::snprintf(text_, sizeof text_,
                    top ? "expected %d arguments, not %zd" : "must be sequence of length %d, not %zd", count, length);
      return false;
    }
    for (int i = 0; i < count; ++i) {
      auto element = sequence_get_item(argument, i);
      if (element.failed()) {
        error_clear();
        std::snprintf(text_, sizeof text_, "is not retrievable");
        add_level(i + 1);
        return false;
      }
      Ref<Object> reference = element.take();  // the sequence keeps it for borrowed results
      if (!item(reference, depth + 1)) {
        add_level(i + 1);
        return false;
      }
    }
    if (*next_ == ')') ++next_;
    return true;
  }
  void add_level(int index) {
    if (level_count_ < kMaxLevels) levels_[level_count_++] = index;
  }

  template <class T, class Wide>
  bool ranged(PyObject* argument, Wide low, Wide high, const char* name) {
    T* out = take<T*>();
    if (!argument) return true;
    auto value = int_as_long(argument);
    if (value.failed()) return raised();
    long number = value.take();
    if (number < low || number > high) {
      (void)raise(OverflowError, "%s is %s than %s", name, number < low ? "less" : "greater",
                  number < low ? "minimum" : "maximum");
      return raised();
    }
    *out = static_cast<T>(number);
    return true;
  }
  // The low bits of an int, whatever its size.
  template <class T>
  bool masked(PyObject* argument, bool index_too) {
    T* out = take<T*>();
    if (!argument) return true;
    if (!index_too && !is_int(argument)) return expected("int", argument);
    auto number = number_index(argument);
    if (number.failed()) return raised();
    Ref<Object> reference = number.take();
    *out = static_cast<T>(int_as_u64_mask(as<Int>(reference.get())));
    return true;
  }
  // A read-only buffer that may be let go at once.
  bool borrow_buffer(PyObject* argument, void** data, isize* size) {
    PyBufferProcs* procs = argument->ob_type->tp_as_buffer;
    *data = nullptr;
    if (procs && procs->bf_releasebuffer) return expected("read-only bytes-like object", argument);
    return get_and_release(argument, data, size);
  }
  bool get_and_release(PyObject* argument, void** data, isize* size) {
    Py_buffer view;
    if (!get_buffer(argument, &view)) return false;
    *data = view.buf;
    *size = view.len;
    buffer_release(&view);
    return true;
  }
  bool get_buffer(PyObject* argument, Py_buffer* view) {
    if (object_get_buffer(argument, view, PyBUF_SIMPLE).failed()) return raised();
    if (!buffer_is_contiguous(view, 'C')) {
      buffer_release(view);
      return expected("contiguous buffer", argument);
    }
    return true;
  }
  bool size_allowed() {
    if (sizes_) return true;
    (void)raise(SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
    return raised();
  }
  bool encodable(PyObject* argument, Utf8& utf8) {
    utf8 = str_as_utf8(as<Str>(argument));
    return utf8 ? true : expected("(unicode conversion error)", argument);
  }
  // u, Z with their suffix.
  bool wide(PyObject* argument, char code) {
    if (warn(DeprecationWarning, 1, "getargs: The '%c' format is deprecated. Use 'U' instead.", code).failed())
      return raised();
    bool sized = *next_ == '#';
    if (sized) ++next_;
    wchar_t** data = take<wchar_t**>();
    isize* size = sized ? take<isize*>() : nullptr;
    if (sized && !size_allowed()) return false;
    if (!argument) return true;
    if (code == 'Z' && argument == None) {
      *data = nullptr;
      if (size) *size = 0;
      return true;
    }
    if (!is_str(argument)) return expected(code == 'Z' ? "str or None" : "str", argument);
    isize length;
    *data = PyUnicode_AsUnicodeAndSize(argument, &length);
    if (!*data) return expected("(unicode conversion error)", argument);
    if (size) {
      *size = length;
    } else if (std::wcslen(*data) != static_cast<usize>(length)) {
      (void)raise(ValueError, "embedded null character");
      return raised();
    }
    return true;
  }
  // s, z, y with their suffixes.
  bool text(PyObject* argument, char code) {
    bool none_allowed = code == 'z', bytes_only = code == 'y';
    if (*next_ == '*') {
      ++next_;
      Py_buffer* view = take<Py_buffer*>();
      if (!argument) return true;
      if (none_allowed && argument == None) {
        (void)buffer_fill_info(view, nullptr, nullptr, 0, true, 0).failed();
      } else if (!bytes_only && is_str(argument)) {
        Utf8 utf8;
        if (!encodable(argument, utf8)) return false;
        (void)buffer_fill_info(view, argument, const_cast<char*>(utf8.data), utf8.size, true, 0).failed();
      } else if (!get_buffer(argument, view)) {
        return false;
      }
      return own(view, nullptr, true);
    }
    if (*next_ == '#') {
      ++next_;
      const void** data = take<const void**>();
      isize* size = take<isize*>();
      if (!size_allowed()) return false;
      if (!argument) return true;
      if (none_allowed && argument == None) {
        *data = nullptr;
        *size = 0;
        return true;
      }
      if (!bytes_only && is_str(argument)) {
        Utf8 utf8;
        if (!encodable(argument, utf8)) return false;
        *data = utf8.data;
        *size = utf8.size;
        return true;
      }
      return borrow_buffer(argument, const_cast<void**>(data), size);
    }
    const char** data = take<const char**>();
    if (!argument) return true;
    if (bytes_only) {
      void* bytes;
      isize size;
      if (!borrow_buffer(argument, &bytes, &size)) return false;
      if (static_cast<isize>(std::strlen(static_cast<char*>(bytes))) != size) {
        (void)raise(ValueError, "embedded null byte");
        return raised();
      }
      *data = static_cast<char*>(bytes);
      return true;
    }
    if (none_allowed && argument == None) {
      *data = nullptr;
      return true;
    }
    if (!is_str(argument)) return expected(none_allowed ? "str or None" : "str", argument);
    Utf8 utf8;
    if (!encodable(argument, utf8)) return false;
    if (static_cast<isize>(std::strlen(utf8.data)) != utf8.size) {
      (void)raise(ValueError, "embedded null character");
      return raised();
    }
    *data = utf8.data;
    return true;
  }
  // es, et, es#, et#.
  bool encoded(PyObject* argument) {
    const char* encoding = take<const char*>();
    char kind = *next_;
    if (kind != 's' && kind != 't') return expected("(unknown parser marker combination)", argument);
    ++next_;
    char** buffer = take<char**>();
    isize* size = nullptr;
    if (*next_ == '#') {
      ++next_;
      size = take<isize*>();
      if (!size_allowed()) return false;
    }
    if (!argument) return true;
    if (!buffer) return expected("(buffer is NULL)", argument);
    Ref<Object> bytes;
    std::string_view view;
    if (kind == 't' && (is_bytes(argument) || is_bytearray(argument))) {
      bytes = new_ref(argument);
      view = is_bytes(argument) ? bytes_view(as<Bytes>(argument))
                                : std::string_view(bytearray_data(as<ByteArray>(argument)),
                                                   static_cast<usize>(bytearray_size(as<ByteArray>(argument))));
    } else if (is_str(argument)) {
      auto result = str_as_encoded_string(as<Str>(argument), encoding ? encoding : "utf-8", nullptr);
      if (result.failed()) return expected("(encoding failed)", argument);
      bytes = result.take();
      if (!is_bytes(bytes)) return expected("(encoder failed to return bytes)", argument);
      view = bytes_view(as<Bytes>(bytes.get()));
    } else {
      return expected(kind == 's' ? "str" : "str, bytes or bytearray", argument);
    }
    if (!size && std::memchr(view.data(), 0, view.size())) {
      return expected("encoded string without null bytes", argument);
    }
    if (size && *buffer) {
      if (static_cast<isize>(view.size()) + 1 > *size) {
        (void)raise(ValueError, "encoded string too long (%zd, maximum length %zd)", static_cast<isize>(view.size()),
                    *size - 1);
        return raised();
      }
    } else {
      *buffer = static_cast<char*>(memory::mem_allocate(view.size() + 1));
      if (!*buffer) {
        (void)raise_no_memory();
        return raised();
      }
      if (!own(buffer, nullptr, false)) return false;
    }
    std::memcpy(*buffer, view.data(), view.size());
    (*buffer)[view.size()] = 0;
    if (size) *size = static_cast<isize>(view.size());
    return true;
  }
  bool object(PyObject* argument) {
    if (*next_ == '!') {
      ++next_;
      Type* type = take<Type*>();
      PyObject** out = take<PyObject**>();
      if (!argument) return true;
      if (!type_check(argument, type)) return expected(type->tp_name, argument);
      *out = argument;
      return true;
    }
    if (*next_ == '&') {
      ++next_;
      Converter convert = take<Converter>();
      void* out = take<void*>();
      if (!argument) return true;
      int status = convert(argument, out);
      if (!status) return expected("(unspecified)", argument);
      return status == kCleanupSupported ? own(out, convert, false) : true;
    }
    PyObject** out = take<PyObject**>();
    if (argument) *out = argument;
    return true;
  }
  bool simple(PyObject* argument) {
    switch (char code = *next_++) {
      case 'b':
        return ranged<unsigned char, long>(argument, 0, UCHAR_MAX, "unsigned byte integer");
      case 'h':
        return ranged<short, long>(argument, SHRT_MIN, SHRT_MAX, "signed short integer");
      case 'i':
        return ranged<int, long>(argument, INT_MIN, INT_MAX, "signed integer");
      case 'B':
        return masked<unsigned char>(argument, true);
      case 'H':
        return masked<unsigned short>(argument, true);
      case 'I':
        return masked<unsigned>(argument, true);
      case 'k':
      case 'K':
        return masked<u64>(argument, false);
      case 'n': {
        isize* out = take<isize*>();
        if (!argument) return true;
        auto number = number_index(argument);
        if (number.failed()) return raised();
        Ref<Object> reference = number.take();
        auto value = int_as_ssize_t(reference);
        if (value.failed()) return raised();
        *out = value.take();
        return true;
      }
      case 'l': {
        long* out = take<long*>();
        if (!argument) return true;
        auto value = int_as_long(argument);
        if (value.failed()) return raised();
        *out = value.take();
        return true;
      }
      case 'L': {
        long long* out = take<long long*>();
        if (!argument) return true;
        auto number = number_index(argument);
        if (number.failed()) return raised();
        Ref<Object> reference = number.take();
        int overflow;
        *out = int_as_i64_and_overflow(as<Int>(reference.get()), &overflow);
        if (!overflow) return true;
        (void)raise(OverflowError, "int too big to convert");
        return raised();
      }
      case 'f':
      case 'd': {
        void* out = take<void*>();
        if (!argument) return true;
        auto value = float_as_double(argument);
        if (value.failed()) return raised();
        if (code == 'f')
          *static_cast<float*>(out) = static_cast<float>(value.take());
        else
          *static_cast<double*>(out) = value.take();
        return true;
      }
      case 'D': {
        Py_complex* out = take<Py_complex*>();
        if (!argument) return true;
        auto value = complex_as_complex(argument);
        if (value.failed()) return raised();
        *out = value.take();
        return true;
      }
      case 'c': {
        char* out = take<char*>();
        if (!argument) return true;
        if (is_bytes(argument) && bytes_size(as<Bytes>(argument)) == 1)
          *out = bytes_data(as<Bytes>(argument))[0];
        else if (is_bytearray(argument) && bytearray_size(as<ByteArray>(argument)) == 1)
          *out = bytearray_data(as<ByteArray>(argument))[0];
        else
          return expected("a byte string of length 1", argument);
        return true;
      }
      case 'C': {
        int* out = take<int*>();
        if (!argument) return true;
        if (!is_str(argument) || str_length(as<Str>(argument)) != 1) return expected("a unicode character", argument);
        *out = static_cast<int>(str_read_char(as<Str>(argument), 0));
        return true;
      }
      case 'p': {
        int* out = take<int*>();
        if (!argument) return true;
        auto value = object_is_true(argument);
        if (value.failed()) return raised();
        *out = value.take();
        return true;
      }
      case 's':
      case 'z':
      case 'y':
        return text(argument, code);
      case 'u':
      case 'Z':
        return wide(argument, code);
      case 'e':
        return encoded(argument);
      case 'S':
      case 'Y':
      case 'U': {
        PyObject** out = take<PyObject**>();
        if (!argument) return true;
        bool fits = code == 'S' ? is_bytes(argument) : code == 'Y' ? is_bytearray(argument) : is_str(argument);
        if (!fits) return expected(code == 'S' ? "bytes" : code == 'Y' ? "bytearray" : "str", argument);
        *out = argument;
        return true;
      }
      case 'O':
        return object(argument);
      case 'w': {
        if (*next_ != '*') return expected("(invalid use of 'w' format character)", argument);
        ++next_;
        Py_buffer* view = take<Py_buffer*>();
        if (!argument) return true;
        if (object_get_buffer(argument, view, PyBUF_WRITABLE).failed()) {
          error_clear();
          return expected("read-write bytes-like object", argument);
        }
        if (!buffer_is_contiguous(view, 'C')) {
          buffer_release(view);
          return expected("contiguous buffer", argument);
        }
        return own(view, nullptr, true);
      }
      default:
        --next_;
        if (!argument) {
          (void)raise(SystemError, "impossible<bad format char>: '%.1s'", next_);
          return false;
        }
        return expected("(impossible<bad format char>)", argument);
    }
  }

  const char* next_;
  va_list arguments_;
  bool sizes_, keep_ = false;
  Owned owned_[64];
  int owned_count_ = 0;
  int levels_[kMaxLevels + 1];
  int level_count_ = 0;
  char text_[256];  // only the first byte is set from the start
};

// The commonest formats without the apparatus of Parser: what is given are plain objects ("O", "|OO:name") and the rest
// is optional. False means that the format is not so simple: then `arguments` are as they were.
// `names` of keywords must be as many as the format's units; whether they are, is looked at as far as it is cheap.
bool parse_plain(PyObject* const* args, Py_ssize_t count, const char* format, va_list arguments,
                 const char* const* names = nullptr) {
  const char* at = format;
  bool optional = false;
  for (Py_ssize_t i = 0; i < count; ++i, ++at) {
    if (*at == '|') optional = true, ++at;
    if (*at != 'O' || at[1] == '!' || at[1] == '&') return false;
  }
  if (*at == '|') optional = true, ++at;
  bool ends = *at == '\0' || *at == ':' || *at == ';';
  if (names && ends != (names[count] == nullptr)) return false;
  if (!ends && !(optional && ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')))) return false;
  for (Py_ssize_t i = 0; i < count; ++i) *va_arg(arguments, PyObject**) = args[i];
  return true;
}

const char* plural(Py_ssize_t count) { return count == 1 ? "" : "s"; }

bool parse_positional(PyObject* const* args, Py_ssize_t count, const char* format, va_list arguments, bool sizes) {
  if (parse_plain(args, count, format, arguments)) return true;
  Shape shape = shape_of(format);
  if (shape.level) fatal("missing ')' in getargs format");
  if (count < shape.min || count > shape.max) {
    if (shape.message) {
      (void)raise(TypeError, "%s", shape.message);
    } else {
      int limit = count < shape.min ? shape.min : shape.max;
      (void)raise(TypeError, "%.150s%s takes %s %d argument%s (%zd given)",
                  shape.function ? shape.function : "function", parens(shape.function),
                  shape.min == shape.max ? "exactly"
                  : count < shape.min    ? "at least"
                                         : "at most",
                  limit, plural(limit), count);
    }
    return false;
  }
  Parser parser(format, arguments, sizes);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (parser.peek() == '|') parser.advance();
    if (!parser.item(args[i])) {
      parser.raise_item_error(shape.function, shape.message, static_cast<int>(i) + 1);
      return false;
    }
  }
  char next = parser.peek();
  if (!parser.at_end() && next != '|' && next != '(' && !((next | 32) >= 'a' && (next | 32) <= 'z')) {
    (void)raise(SystemError, "bad format string: %.200s", format);
    return false;
  }
  parser.keep();
  return true;
}

bool parse_object(PyObject* argument, const char* format, va_list arguments, bool sizes) {
  Shape shape = shape_of(format);
  if (shape.max == 0) {
    if (!argument) return true;
    (void)raise(TypeError, "%.200s%s takes no arguments", shape.function ? shape.function : "function",
                parens(shape.function));
    return false;
  }
  if (shape.max != 1 || shape.min != 1) {
    (void)raise(SystemError, "old style getargs format uses new features");
    return false;
  }
  if (!argument) {
    (void)raise(TypeError, "%.200s%s takes at least one argument", shape.function ? shape.function : "function",
                parens(shape.function));
    return false;
  }
  Parser parser(format, arguments, sizes);
  if (!parser.item(argument, 0, true)) {
    parser.raise_item_error(shape.function, shape.message, 0);
    return false;
  }
  parser.keep();
  return true;
}

// Keyword arguments: a dict, or a tuple of names with the values in an array.
struct Keywords {
  PyObject* dict = nullptr;
  PyObject* names = nullptr;
  PyObject* const* values = nullptr;
  Py_ssize_t count() const { return dict ? dict_size(as<Dict>(dict)) : names ? tuple_size(as<Tuple>(names)) : 0; }
  // Borrowed, or null.
  PyObject* find(const char* name) const {
    if (dict) return dict_get_item_string(as<Dict>(dict), name).get();
    for (Py_ssize_t i = 0, size = count(); i < size; ++i) {
      PyObject* key = tuple_item(as<Tuple>(names), i);
      if (is_str(key) && str_equals(as<Str>(key), name)) return values[i];
    }
    return nullptr;
  }
  // Calls `function(name)` for each until it gives false.
  template <class Function>
  bool each(Function&& function) const {
    if (dict) {
      isize position = 0;
      Object *key, *value;
      while (dict_next(as<Dict>(dict), position, key, value)) {
        if (!function(key)) return false;
      }
      return true;
    }
    for (Py_ssize_t i = 0, size = count(); i < size; ++i) {
      if (!function(tuple_item(as<Tuple>(names), i))) return false;
    }
    return true;
  }
};

// Tells which keyword is unknown or given twice.
bool check_keyword_names(const Keywords& keywords, const char* const* names, int count, int positional_only,
                         Py_ssize_t given, const char* function) {
  return keywords.each([&](Object* key) {
    if (!is_str(key)) {
      (void)raise(TypeError, "keywords must be strings");
      return false;
    }
    for (int i = positional_only; i < count; ++i) {
      if (!str_equals(as<Str>(key), names[i])) continue;
      if (i >= given) return true;
      (void)raise(TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                  function ? function : "function", parens(function), names[i], i + 1);
      return false;
    }
    (void)raise(TypeError, "'%S' is an invalid keyword argument for %.200s%s", key,
                function ? function : "this function", parens(function));
    return false;
  });
}

bool parse_keywords(PyObject* const* args, Py_ssize_t given, const Keywords& keywords, const char* format,
                    const char* const* names, const char* given_function, const char* given_message, va_list arguments,
                    bool sizes) {
  Py_ssize_t by_name = keywords.count();
  if (by_name == 0 && parse_plain(args, given, format, arguments, names)) return true;
  Shape shape = shape_of(format);
  const char* function = shape.function ? shape.function : given_function;
  const char* message = shape.message ? shape.message : given_message;
  if (function && given_message == nullptr && shape.message) function = nullptr;
  int count = 0, positional_only = 0;
  while (names[positional_only] && !*names[positional_only]) ++positional_only;
  for (count = positional_only; names[count]; ++count) {
    if (*names[count]) continue;
    (void)raise(SystemError, "Empty keyword parameter name");
    return false;
  }
  const char* shown = function ? function : "function";
  if (given + by_name > count) {
    (void)raise(TypeError, "%.200s%s takes %s %d %sargument%s (%zd given)", shown, parens(function), "at most", count,
                given == 0 ? "keyword " : "", plural(count), given + by_name);
    return false;
  }
  Parser parser(format, arguments, sizes);
  int min = INT_MAX, max = INT_MAX;
  Py_ssize_t left = by_name;
  bool missing_positional = false;
  for (int i = 0; i < count; ++i) {
    if (parser.peek() == '|') {
      if (min != INT_MAX || max != INT_MAX) {
        (void)raise(SystemError, min != INT_MAX ? "Invalid format string (| specified twice)"
                                                : "Invalid format string ($ before |)");
        return false;
      }
      min = i;
      parser.advance();
    }
    if (parser.peek() == '$') {
      if (max != INT_MAX) {
        (void)raise(SystemError, "Invalid format string ($ specified twice)");
        return false;
      }
      max = i;
      parser.advance();
      if (max < positional_only) {
        (void)raise(SystemError, "Empty parameter name after $");
        return false;
      }
      if (missing_positional) break;
      if (max < given) {
        if (max == 0) {
          (void)raise(TypeError, "%.200s%s takes no positional arguments", shown, parens(function));
        } else {
          (void)raise(TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", shown, parens(function),
                      min != INT_MAX ? "at most" : "exactly", max, plural(max), given);
        }
        return false;
      }
    }
    if (parser.at_end()) {
      (void)raise(SystemError, "More keyword list entries (%d) than format specifiers (%d)", count, i);
      return false;
    }
    if (!missing_positional) {
      PyObject* value = nullptr;
      if (i < given) {
        value = args[i];
      } else if (left && i >= positional_only) {
        value = keywords.find(names[i]);
        if (value) --left;
      }
      if (value) {
        if (!parser.item(value)) {
          parser.raise_item_error(function, message, i + 1);
          return false;
        }
        continue;
      }
      if (i < min) {
        if (i < positional_only) {
          missing_positional = true;
        } else {
          (void)raise(TypeError, "%.200s%s missing required argument '%s' (pos %i)", shown, parens(function), names[i],
                      i + 1);
          return false;
        }
      }
      // What follows is optional and nothing is left to convert.
      if (!left && !missing_positional && i >= shape.min) {
        parser.keep();
        return true;
      }
    }
    if (!parser.item(nullptr)) {
      parser.raise_item_error(function, message, i + 1);
      return false;
    }
  }
  if (missing_positional) {
    int limit = positional_only < shape.min ? positional_only : shape.min;
    (void)raise(TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", shown, parens(function),
                limit < (max == INT_MAX ? count : max) ? "at least" : "exactly", limit, plural(limit), given);
    return false;
  }
  if (!parser.at_end() && parser.peek() != '|' && parser.peek() != '$') {
    (void)raise(SystemError, "more argument specifiers than keyword list entries (remaining format:'%s')",
                parser.rest());
    return false;
  }
  if (left && !check_keyword_names(keywords, names, count, positional_only, given, function)) return false;
  parser.keep();
  return true;
}

bool parse_tuple(PyObject* args, const char* format, va_list arguments, bool sizes) {
  if (!is_tuple(args)) {
    (void)raise(SystemError, "new style getargs format but argument is not a tuple");
    return false;
  }
  return parse_positional(tuple_items(as<Tuple>(args)), tuple_size(as<Tuple>(args)), format, arguments, sizes);
}
bool parse_tuple_keywords(PyObject* args, PyObject* kwargs, const char* format, const char* const* names,
                          va_list arguments, bool sizes) {
  if (!args || !is_tuple(args) || (kwargs && !is_dict(kwargs)) || !format || !names) {
    (void)raise_bad_internal_call();
    return false;
  }
  Keywords keywords{kwargs};
  return parse_keywords(tuple_items(as<Tuple>(args)), tuple_size(as<Tuple>(args)), keywords, format, names, nullptr,
                        nullptr, arguments, sizes);
}
}  // namespace

#define WITH_ARGUMENTS(last, call) \
  va_list arguments;               \
  va_start(arguments, last);       \
  bool parsed_ = (call);           \
  va_end(arguments);               \
  return parsed_;

// A caller's va_list stays as it is.
#define WITH_COPY(call)     \
  va_list copy;             \
  va_copy(copy, arguments); \
  bool parsed_ = (call);    \
  va_end(copy);             \
  return parsed_;

#define PARSE_FUNCTIONS(suffix, underscore, sizes)                                                                     \
  ADDER_EXPORT int underscore##PyArg_VaParse##suffix(PyObject* args, const char* format, va_list arguments){WITH_COPY( \
      parse_tuple(args, format, copy,                                                                                  \
                  sizes))} ADDER_EXPORT int underscore##PyArg_ParseTuple##suffix(PyObject* args, const char* format,   \
                                                                                 ...){WITH_ARGUMENTS(                  \
      format, parse_tuple(args, format, arguments,                                                                     \
                          sizes))} ADDER_EXPORT int underscore##PyArg_Parse##suffix(PyObject* args,                    \
                                                                                    const char* format, ...){          \
      WITH_ARGUMENTS(format, parse_object(args, format, arguments, sizes))} ADDER_EXPORT int                           \
      underscore##PyArg_VaParseTupleAndKeywords##suffix(PyObject* args, PyObject* kwargs, const char* format,          \
                                                        char** names,                                                  \
                                                        va_list arguments){WITH_COPY(parse_tuple_keywords(             \
          args, kwargs, format, names, copy,                                                                           \
          sizes))} ADDER_EXPORT int underscore##PyArg_ParseTupleAndKeywords##suffix(PyObject* args, PyObject* kwargs,  \
                                                                                    const char* format, char** names,  \
                                                                                    ...) {                             \
    WITH_ARGUMENTS(names, parse_tuple_keywords(args, kwargs, format, names, arguments, sizes))                         \
  }
PARSE_FUNCTIONS(, , false)
PARSE_FUNCTIONS(_SizeT, _, true)

#define PARSER_FUNCTIONS(suffix, sizes)                                                                                \
  ADDER_EXPORT int _PyArg_ParseStack##suffix(PyObject* const* args, Py_ssize_t nargs, const char* format, ...){        \
      WITH_ARGUMENTS(format, parse_positional(args, nargs, format, arguments, sizes))} ADDER_EXPORT int                \
      _PyArg_ParseStackAndKeywords##suffix(PyObject* const* args, Py_ssize_t nargs, PyObject* names,                   \
                                           _PyArg_Parser* parser, ...) {                                               \
    Keywords keywords{nullptr, names, args + nargs};                                                                   \
    WITH_ARGUMENTS(parser, parse_keywords(args, nargs, keywords, parser->format, parser->keywords, parser->fname,      \
                                          parser->custom_msg, arguments, sizes))                                       \
  }                                                                                                                    \
  ADDER_EXPORT int _PyArg_VaParseTupleAndKeywordsFast##suffix(PyObject* args, PyObject* kwargs, _PyArg_Parser* parser, \
                                                              va_list arguments){WITH_COPY(parse_tuple_keywords(       \
      args, kwargs, parser->format, parser->keywords, copy,                                                            \
      sizes))} ADDER_EXPORT int _PyArg_ParseTupleAndKeywordsFast##suffix(PyObject* args, PyObject* kwargs,             \
                                                                         _PyArg_Parser* parser, ...) {                 \
    WITH_ARGUMENTS(parser, parse_tuple_keywords(args, kwargs, parser->format, parser->keywords, arguments, sizes))     \
  }
PARSER_FUNCTIONS(, false)
PARSER_FUNCTIONS(_SizeT, true)
