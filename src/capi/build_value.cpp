// build_value: Py_BuildValue and its relatives: objects from a format and C values.
#include <cstdarg>
#include <cstring>
#include <cwchar>

#include "memory/allocator.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/error.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;

namespace {
// Reads the whole format even after a failure, so that the references given with N are always taken.
class Builder {
 public:
  Builder(const char* format, va_list arguments, bool sizes) : next_(format), sizes_(sizes) {
    va_copy(arguments_, arguments);
  }
  ~Builder() { va_end(arguments_); }

  PyObject* build() {
    int count = count_items(0);
    if (count < 0) return nullptr;
    Ref<Object> value;
    if (count == 0)
      value = new_ref(None);
    else if (count == 1)
      value = item();
    else
      value = sequence(0, count, false);
    if (error_) {
      error_set(std::move(error_));
      return nullptr;
    }
    return value.release();
  }

 private:
  // Items up to `end` on this level; -1 with SystemError if a bracket is missing.
  int count_items(char end) {
    int count = 0, level = 0;
    for (const char* at = next_; level > 0 || *at != end; ++at) {
      switch (*at) {
        case '\0':
          (void)raise(SystemError, "unmatched paren in format");
          return -1;
        case '(':
        case '[':
        case '{':
          if (level++ == 0) ++count;
          break;
        case ')':
        case ']':
        case '}':
          --level;
          break;
        case '#':
        case '&':
        case ',':
        case ':':
        case ' ':
        case '\t':
          break;
        default:
          if (level == 0) ++count;
      }
    }
    return count;
  }
  void failed() {
    if (!error_)
      error_ = error_take();
    else
      error_clear();
  }
  template <class T>
  Ref<Object> made(Result<T> result) {
    if (result.failed()) {
      failed();
      return {};
    }
    return result.take();
  }
  Ref<Object> bad(const char* message) {
    (void)raise(SystemError, "%s", message);
    failed();
    return {};
  }
  // A tuple or list of `count` items up to the character `end`.
  Ref<Object> sequence(char end, int count, bool list) {
    Ref<Object> result;
    if (list)
      result = made(list_new(count));
    else
      result = made(tuple_new(count));
    for (int i = 0; i < count; ++i) {
      Ref<Object> value = item();
      if (!value) value = new_ref(None);
      if (!result) continue;
      if (list)
        list_init_item(as<List>(result.get()), i, std::move(value));
      else
        tuple_init_item(as<Tuple>(result.get()), i, std::move(value));
    }
    finish(end);
    return result;
  }
  void finish(char end) {
    while (*next_ == ' ' || *next_ == '\t' || *next_ == ',' || *next_ == ':') ++next_;
    if (*next_ != end) {
      (void)bad("Unmatched paren in format");
      return;
    }
    if (end) ++next_;
  }
  Ref<Object> bracket(char end) {
    int count = count_items(end);
    if (count < 0) {
      failed();
      next_ += std::strlen(next_);
      return {};
    }
    if (end != '}') return sequence(end, count, end == ']');
    if (count % 2) {
      (void)bad("Bad dict format");
    }
    Ref<Object> result = made(dict_new());
    for (int i = 0; i + 1 < count; i += 2) {
      Ref<Object> key = item(), value = item();
      if (result && key && value && dict_set_item(as<Dict>(result.get()), key, value).failed()) failed();
    }
    if (count % 2) (void)item();
    finish(end);
    return result;
  }
  // The size given after '#', or -1.
  isize size_argument() {
    if (*next_ != '#') return -1;
    ++next_;
    if (sizes_) return va_arg(arguments_, Py_ssize_t);
    (void)va_arg(arguments_, int);
    (void)bad("PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
    return 0;
  }
  Ref<Object> text(bool bytes) {
    const char* data = va_arg(arguments_, const char*);
    isize size = size_argument();
    if (!data) return new_ref(None);
    std::string_view view(data, size < 0 ? std::strlen(data) : static_cast<usize>(size));
    return bytes ? made(bytes_from_view(view)) : made(str_from_utf8(view));
  }
  Ref<Object> given(bool steal) {
    Object* object = va_arg(arguments_, Object*);
    if (object) return steal ? Ref<Object>::steal(object) : new_ref(object);
    if (!error_occurred() && !error_) return bad("NULL object passed to Py_BuildValue");
    failed();
    return {};
  }
  Ref<Object> item() {
    for (;;) {
      switch (char code = *next_++) {
        case '(':
          return bracket(')');
        case '[':
          return bracket(']');
        case '{':
          return bracket('}');
        case 'b':
        case 'B':
        case 'h':
        case 'i':
          return made(int_from_i64(va_arg(arguments_, int)));
        case 'H':
          return made(int_from_i64(static_cast<unsigned short>(va_arg(arguments_, int))));
        case 'I':
          return made(int_from_u64(va_arg(arguments_, unsigned)));
        case 'n':
        case 'l':
        case 'L':
          return made(int_from_i64(va_arg(arguments_, i64)));
        case 'k':
        case 'K':
          return made(int_from_u64(va_arg(arguments_, u64)));
        case 'u': {
          const wchar_t* data = va_arg(arguments_, const wchar_t*);
          isize size = size_argument();
          return data ? made(str_from_wide_char(data, size)) : new_ref(None);
        }
        case 'f':
        case 'd':
          return made(float_from_double(va_arg(arguments_, double)));
        case 'D': {
          Py_complex* value = va_arg(arguments_, Py_complex*);
          return made(complex_from_doubles(value->real, value->imag));
        }
        case 'c': {
          char character = static_cast<char>(va_arg(arguments_, int));
          return made(bytes_from_view({&character, 1}));
        }
        case 'C': {
          int character = va_arg(arguments_, int);
          if (character >= 0 && character <= 0x10ffff) return made(str_from_ordinal(static_cast<Py_UCS4>(character)));
          (void)raise(ValueError, "chr() arg not in range(0x110000)");
          failed();
          return {};
        }
        case 's':
        case 'z':
        case 'U':
          return text(false);
        case 'y':
          return text(true);
        case 'N':
        case 'S':
        case 'O': {
          if (*next_ != '&') return given(code == 'N');
          ++next_;
          using Converter = PyObject* (*)(void*);
          Converter convert = va_arg(arguments_, Converter);
          void* argument = va_arg(arguments_, void*);
          return made(Result<Object>::from_c(convert(argument)));
        }
        case ',':
        case ':':
        case ' ':
        case '\t':
          break;
        default:
          --next_;
          if (*next_) ++next_;
          return bad("bad format char passed to Py_BuildValue");
      }
    }
  }

  const char* next_;
  va_list arguments_;
  bool sizes_;
  Ref<Object> error_;  // the first one
};
}  // namespace

ADDER_EXPORT PyObject* Py_VaBuildValue(const char* format, va_list arguments) {
  return Builder(format, arguments, false).build();
}
ADDER_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list arguments) {
  return Builder(format, arguments, true).build();
}
ADDER_EXPORT PyObject* Py_BuildValue(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyObject* result = Py_VaBuildValue(format, arguments);
  va_end(arguments);
  return result;
}
ADDER_EXPORT PyObject* _Py_BuildValue_SizeT(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyObject* result = _Py_VaBuildValue_SizeT(format, arguments);
  va_end(arguments);
  return result;
}
namespace {
// An array of the values: `small` if they fit, else PyMem_Malloc's memory.
PyObject** build_stack(PyObject** small, isize small_size, const char* format, va_list arguments, bool sizes,
                       isize* count) {
  *count = 0;
  std::string_view text = format ? format : "";
  Ref<Object> built;
  if (!text.empty()) {
    // One level down, so that one value is a sequence too.
    Ref<Bytes> nested = TRY_C(nullptr, bytes_new(static_cast<isize>(text.size()) + 2));
    char* data = bytes_data(nested);
    data[0] = '(';
    std::memcpy(data + 1, text.data(), text.size());
    data[text.size() + 1] = ')';
    built = Ref<Object>::steal(Builder(data, arguments, sizes).build());
    if (!built) return nullptr;
  }
  Tuple* values = built ? as<Tuple>(built.get()) : nullptr;
  isize size = values ? tuple_size(values) : 0;
  PyObject** stack = small;
  if (size > small_size) {
    stack = static_cast<PyObject**>(memory::allocate(static_cast<usize>(size) * sizeof(PyObject*)));
    if (!stack) {
      (void)raise_no_memory();
      return nullptr;
    }
  }
  for (isize i = 0; i < size; ++i) stack[i] = new_ref(tuple_item(values, i)).release();
  *count = size;
  return stack;
}
}  // namespace
ADDER_EXPORT PyObject** _Py_VaBuildStack(PyObject** small, Py_ssize_t small_size, const char* format, va_list arguments,
                                         Py_ssize_t* count) {
  return build_stack(small, small_size, format, arguments, false, count);
}
ADDER_EXPORT PyObject** _Py_VaBuildStack_SizeT(PyObject** small, Py_ssize_t small_size, const char* format,
                                               va_list arguments, Py_ssize_t* count) {
  return build_stack(small, small_size, format, arguments, true, count);
}
// The arguments of a call: a tuple, also from one value.
namespace {
PyObject* call_built(PyObject* callable, const char* format, va_list arguments) {
  auto run = [&]() -> Result<Object> {
    if (!callable) return raise(SystemError, "null argument to internal routine");
    if (!format || !*format) return object_call_no_args(callable);
    Ref<Object> built = TRY(Result<Object>::from_c(Py_VaBuildValue(format, arguments)));
    if (is_tuple(built)) return object_call(callable, built);
    return object_call_one_arg(callable, built);
  };
  return run().to_c();
}
}  // namespace
ADDER_EXPORT PyObject* PyEval_CallFunction(PyObject* callable, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyObject* result = call_built(callable, format, arguments);
  va_end(arguments);
  return result;
}
ADDER_EXPORT PyObject* PyEval_CallMethod(PyObject* object, const char* name, const char* format, ...) {
  auto method = object_get_attr(object, name);
  if (method.failed()) return nullptr;
  Ref<Object> callable = method.take();
  va_list arguments;
  va_start(arguments, format);
  PyObject* result = call_built(callable, format, arguments);
  va_end(arguments);
  return result;
}
