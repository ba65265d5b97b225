// pycore_pyerrors: pycore_pyerrors.h, pycore_traceback.h and the printing part of pyerrors.h of the C API: errors of a
// given thread state, exceptions and tracebacks as text.
#include <cstdarg>
#include <cstdio>

#include "capi/capi.h"
#include "interpreter/interpreter.h"
#include "interpreter/traceback_dump.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "types/exception.h"

using namespace adder;
using adder::capi::null;

namespace {
Type* class_of(PyObject* type) { return reinterpret_cast<Type*>(type); }

PyObject* format_error(PyObject* type, const char* format, va_list arguments) {
  error_clear();
  auto text = str_from_format_v(format, arguments);
  if (text.failed()) return nullptr;
  Ref<Str> message = text.take();
  return null(raise_object(class_of(type), message));
}
}  // namespace

// == Errors of a thread state ==
// All of them act on the current thread: nobody else's error may be touched without its GIL.

ADDER_EXPORT void _PyErr_Fetch(PyThreadState*, PyObject** type, PyObject** value, PyObject** traceback) {
  error_fetch(type, value, traceback);
}
ADDER_EXPORT void _PyErr_Restore(PyThreadState*, PyObject* type, PyObject* value, PyObject* traceback) {
  error_restore(type, value, traceback);
}
ADDER_EXPORT int _PyErr_ExceptionMatches(PyThreadState*, PyObject* type) {
  return error_occurred() && error_matches(type);
}
ADDER_EXPORT void _PyErr_Clear(PyThreadState*) { error_clear(); }
ADDER_EXPORT void _PyErr_SetObject(PyThreadState*, PyObject* type, PyObject* value) {
  static_cast<void>(raise_object(class_of(type), value ? value : None));
}
ADDER_EXPORT void _PyErr_SetNone(PyThreadState*, PyObject* type) {
  static_cast<void>(raise_object(class_of(type), None));
}
ADDER_EXPORT void _PyErr_SetString(PyThreadState*, PyObject* type, const char* text) {
  auto message = str_from_utf8(text);
  if (message.failed()) return;
  Ref<Str> kept = message.take();
  static_cast<void>(raise_object(class_of(type), kept));
}
ADDER_EXPORT PyObject* _PyErr_NoMemory(PyThreadState*) { return null(raise_no_memory()); }
ADDER_EXPORT PyObject* _PyErr_Format(PyThreadState*, PyObject* type, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  format_error(type, format, arguments);
  va_end(arguments);
  return nullptr;
}
ADDER_EXPORT PyObject* _PyErr_FormatFromCauseTstate(PyThreadState*, PyObject* type, const char* format, ...) {
  Ref<Object> cause = error_take();
  va_list arguments;
  va_start(arguments, format);
  format_error(type, format, arguments);
  va_end(arguments);
  Ref<Object> raised = cause ? error_take() : Ref<Object>();
  if (raised) {
    exception_set_cause(raised, cause.share());
    exception_set_context(raised, std::move(cause));
    error_set(std::move(raised));
  }
  return nullptr;
}
ADDER_EXPORT void _PyErr_NormalizeException(PyThreadState*, PyObject** type, PyObject** value, PyObject** traceback) {
  error_normalize(type, value, traceback);
}
ADDER_EXPORT int _PyErr_CheckSignalsTstate(PyThreadState*) { return check_signals().to_c(); }
ADDER_EXPORT void _PyErr_Print(PyThreadState*) { error_print(); }
// (type, value, traceback) of the exception that is handled there.
ADDER_EXPORT PyObject* _PyErr_StackItemToExcInfoTuple(_PyErr_StackItem* item) {
  Object* value = item->exc_value;
  if (!value || value == None) return tuple_pack(None, None, None).to_c();
  Object* traceback = exception_get_traceback(value).value_or(None);
  return tuple_pack(reinterpret_cast<Object*>(value->ob_type), value, traceback).to_c();
}
// Makes the exception that is handled there the context of the one that is set.
ADDER_EXPORT void _PyErr_ChainStackItem(_PyErr_StackItem* item) {
  Object* handled = item ? item->exc_value : thread()->exc_info->exc_value;
  if (!handled || handled == None) return;
  Ref<Object> raised = error_take();
  if (!raised) return;
  if (raised.get() != handled) exception_set_context(raised, new_ref(handled));
  error_set(std::move(raised));
}
// Replaces the set exception by one of the same class whose message starts with the text, and chains them. Null if its
// class takes other arguments: then the exception stays.
ADDER_EXPORT PyObject* _PyErr_TrySetFromCause(const char* format, ...) {
  Ref<Object> cause = error_take();
  if (!cause) return nullptr;
  Type* type = cause->ob_type;
  bool plain = (type->tp_init == reinterpret_cast<initproc>(BaseExceptionType->tp_init) ||
                type->tp_init == RuntimeError->tp_init) &&
               type->tp_new == BaseExceptionType->tp_new && type->tp_basicsize == BaseExceptionType->tp_basicsize;
  Object* arguments = as<BaseException>(cause.get())->args;
  isize count = arguments ? tuple_size(as<Tuple>(arguments)) : 0;
  if (!plain || count > 1 || (count == 1 && !is_str(tuple_item(as<Tuple>(arguments), 0)))) {
    error_set(std::move(cause));
    return nullptr;
  }
  va_list list;
  va_start(list, format);
  auto prefix = str_from_format_v(format, list);
  va_end(list);
  if (prefix.failed()) return nullptr;
  Ref<Str> text = prefix.take();
  auto shown = object_str(cause);
  if (shown.failed()) return nullptr;
  static_cast<void>(raise(type, "%U (%s: %S)", text.get(), type->tp_name, shown.take().get()));
  Ref<Object> raised = error_take();
  if (raised) {
    exception_set_cause(raised, cause.share());
    exception_set_context(raised, std::move(cause));
    error_set(std::move(raised));
  }
  return nullptr;
}

// == As text ==

// Prints to `file` (sys.stderr for the public function) what is not an exception too: a TypeError says so.
ADDER_EXPORT void _PyErr_Display(PyObject* file, PyObject*, PyObject* value, PyObject* traceback) {
  if (file == None) return;
  if (!value || !type_check(value, BaseExceptionType)) {
    ErrorSaver saved;
    auto tell = [&]() -> Result<void> {
      Ref<Str> text = TRY(str_from_format("TypeError: print_exception(): Exception expected for value, %s found\n",
                                          value ? value->ob_type->tp_name : "NoneType"));
      Ref<Str> write = TRY(str_from_string("write"));
      Ref<Object> ignored = TRY(call_method(file, write.get(), text.get()));
      return {};
    };
    if (tell().failed()) error_clear();
    return;
  }
  if (traceback && traceback->ob_type == &PyTraceBack_Type && !exception_get_traceback(value)) {
    exception_set_traceback(value, traceback);
  }
  error_display(file, value);
}
ADDER_EXPORT void PyErr_Display(PyObject* type, PyObject* value, PyObject* traceback) {
  Object* file = sys_get_object("stderr").get();
  if (!file) {
    error_write_unraisable(value);
    std::fputs("lost sys.stderr\n", stderr);
    return;
  }
  Ref<Object> kept = new_ref(file);
  _PyErr_Display(file, type, value, traceback);
}
// With a negative limit the cost is always exact.
ADDER_EXPORT Py_ssize_t _Py_UTF8_Edit_Cost(PyObject* first, PyObject* second, Py_ssize_t limit) {
  Utf8 a = str_as_utf8(as<Str>(first)), b = str_as_utf8(as<Str>(second));
  if (!a || !b) return -1;
  if (limit < 0) limit = 2 * static_cast<Py_ssize_t>(a.size > b.size ? a.size : b.size);
  return name_distance({a.data, static_cast<usize>(a.size)}, {b.data, static_cast<usize>(b.size)},
                       static_cast<int>(limit));
}

// == The place of a SyntaxError ==

// The line as it stands in the file; null without an exception if there is none.
ADDER_EXPORT PyObject* PyErr_ProgramTextObject(PyObject* filename, int line) {
  if (!filename || line <= 0) return nullptr;
  auto text = program_text(filename, line);
  if (text.failed()) {
    error_clear();
    return nullptr;
  }
  Ref<Str> found = text.take();
  return str_length(found) ? found.release() : nullptr;
}
ADDER_EXPORT PyObject* _PyErr_ProgramDecodedTextObject(PyObject* filename, int line, const char*) {
  return PyErr_ProgramTextObject(filename, line);
}
ADDER_EXPORT PyObject* PyErr_ProgramText(const char* filename, int line) {
  auto name = str_decode_fs_default(filename);
  if (name.failed()) {
    error_clear();
    return nullptr;
  }
  return PyErr_ProgramTextObject(name.take().get(), line);
}
// Writes the place into the exception that is set. Columns count from 1; what is negative becomes None.
ADDER_EXPORT void PyErr_RangedSyntaxLocationObject(PyObject* filename, int line, int column, int end_line,
                                                   int end_column) {
  Ref<Object> raised = error_take();
  if (!raised) return;
  auto set = [&](const char* name, int value) -> Result<void> {
    Ref<Str> attribute = TRY(str_intern_from_string(name));
    if (value < 0) return object_set_attr(raised, attribute, static_cast<Object*>(None));
    Ref<Int> number = TRY(int_from_i64(value));
    return object_set_attr(raised, attribute, number);
  };
  auto write = [&]() -> Result<void> {
    TRY(set("lineno", line));
    TRY(set("offset", column));
    TRY(set("end_lineno", end_line));
    TRY(set("end_offset", end_column));
    if (filename) {
      Ref<Str> attribute = TRY(str_intern_from_string("filename"));
      TRY(object_set_attr(raised, attribute, filename));
      Ref<Object> text = Ref<Object>::steal(PyErr_ProgramTextObject(filename, line));
      attribute = TRY(str_intern_from_string("text"));
      if (text) TRY(object_set_attr(raised, attribute, text.get()));
    }
    if (raised->ob_type == SyntaxError) return {};
    // Other classes show their place in the same way.
    Ref<Str> attribute = TRY(str_intern_from_string("msg"));
    Ref<Object> message = TRY(object_lookup_attr(raised, attribute));
    if (!message) {
      Ref<Str> text = TRY(object_str(raised));
      TRY(object_set_attr(raised, attribute, text));
    }
    attribute = TRY(str_intern_from_string("print_file_and_line"));
    Ref<Object> shown = TRY(object_lookup_attr(raised, attribute));
    return shown ? Result<void>() : object_set_attr(raised, attribute, static_cast<Object*>(None));
  };
  if (write().failed()) error_clear();
  error_set(std::move(raised));
}
ADDER_EXPORT void PyErr_SyntaxLocationObject(PyObject* filename, int line, int column) {
  PyErr_RangedSyntaxLocationObject(filename, line, column, line, -1);
}
ADDER_EXPORT void PyErr_SyntaxLocationEx(const char* filename, int line, int column) {
  Ref<Object> raised = error_take();
  Ref<Object> name;
  if (filename) {
    auto text = str_decode_fs_default(filename);
    if (text.failed())
      error_clear();
    else
      name = text.take();
  }
  error_set(std::move(raised));
  PyErr_SyntaxLocationObject(name.get(), line, column);
}
ADDER_EXPORT void PyErr_SyntaxLocation(const char* filename, int line) { PyErr_SyntaxLocationEx(filename, line, -1); }

// == Dumps: async-signal-safe ==

ADDER_EXPORT void _Py_DumpTraceback(int fd, PyThreadState* state) { dump_traceback(fd, state); }
ADDER_EXPORT const char* _Py_DumpTracebackThreads(int fd, PyInterpreterState*, PyThreadState* current) {
  if (!current) current = thread();
  if (!main_interpreter.threads) return "unable to get the thread head state";
  dump_traceback_of_all_threads(fd, current);
  return nullptr;
}
ADDER_EXPORT void _Py_DumpExtensionModules(int fd, PyInterpreterState*) { dump_extension_modules(fd); }
ADDER_EXPORT void _Py_DumpASCII(int fd, PyObject* text) {
  if (is_str(text)) dump_str(fd, text);
}
ADDER_EXPORT void _Py_DumpDecimal(int fd, size_t value) { dump_number(fd, value); }
ADDER_EXPORT void _Py_DumpHexadecimal(int fd, uintptr_t value, Py_ssize_t width) { dump_hexadecimal(fd, value, width); }
