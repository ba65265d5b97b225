// pyerrors: pyerrors.h and warnings.h of the C API: the error indicator, exception objects, warnings.
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/error.h"
#include "runtime/fatal.h"
#include "runtime/interpreters.h"
#include "runtime/safepoint.h"
#include "runtime/thread.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;

namespace {
Type* class_of(PyObject* type) { return reinterpret_cast<Type*>(type); }

// Whether an exception is being handled, which a new one gets as its context.
bool handled_exception() {
  for (_PyErr_StackItem* item = thread()->exc_info; item; item = item->previous_item)
    if (item->exc_value && item->exc_value != None) return true;
  return false;
}

// A str from C text, or empty with the exception set; undecodable bytes are replaced.
Ref<Object> text_object(const char* text) {
  auto result = str_decode_utf8(text, static_cast<isize>(std::strlen(text)), "replace");
  return Ref<Object>::steal(result.to_c());
}

bool is_nothing(PyObject* object) { return !object || object == None; }

// PyErr_SetObject: what C code sets becomes an instance when somebody asks for one, unless it needs a context now.
void set_error(PyObject* type, Opt<Object*> value) {
  if (!is_exception_class(type) || (value && is_exception_instance(*value)) || handled_exception()) {
    (void)raise_object(class_of(type), value ? *value : None);
    return;
  }
  incref(type);
  incref_or_null(value.get());
  error_restore(type, value.get(), nullptr);
}

// Formats into a str, then sets `type(text)`; always null.
PyObject* format_error(PyObject* type, const char* format, va_list arguments) {
  error_clear();
  auto text = str_from_format_v(format, arguments);
  if (text.failed()) return nullptr;
  Ref<Str> message = text.take();
  set_error(type, message.get());
  return nullptr;
}

// Makes the exception that was set before the cause and context of the one that `set` sets.
template <class Set>
void set_from_cause(Set&& set) {
  Ref<Object> cause = error_take();
  set();
  if (!cause) return;
  Ref<Object> raised = error_take();
  if (!raised) return;
  exception_set_cause(raised, cause.share());
  exception_set_context(raised, std::move(cause));
  error_set(std::move(raised));
}

bool check_unicode_error(PyObject* object, Type* type) {
  if (type_check(object, type)) return true;
  (void)raise(TypeError, "expecting a %s, not %.200s", type->tp_name, object->ob_type->tp_name);
  return false;
}
PyUnicodeErrorObject* unicode_error(PyObject* object) { return reinterpret_cast<PyUnicodeErrorObject*>(object); }
PyObject* unicode_error_field(PyObject* field, const char* name) {
  if (!field) {
    (void)raise(TypeError, "%.200s attribute not set", name);
    return nullptr;
  }
  return new_ref(field).release();
}
// Length of what the error is about; -1 with the exception set.
Py_ssize_t unicode_error_size(PyObject* error) {
  PyObject* object = unicode_error(error)->object;
  if (!object) {
    (void)raise(TypeError, "object attribute not set");
    return -1;
  }
  return object_size(object).to_c();
}
int unicode_error_start(PyObject* error, Py_ssize_t* start) {
  Py_ssize_t size = unicode_error_size(error);
  if (size < 0) return -1;
  *start = unicode_error(error)->start;
  if (*start < 0) *start = 0;
  if (*start >= size) *start = size - 1;
  return 0;
}
int unicode_error_end(PyObject* error, Py_ssize_t* end) {
  Py_ssize_t size = unicode_error_size(error);
  if (size < 0) return -1;
  *end = unicode_error(error)->end;
  if (*end < 1) *end = 1;
  if (*end > size) *end = size;
  return 0;
}
int unicode_error_set_reason(PyObject* error, const char* reason) {
  auto text = str_from_string(reason);
  if (text.failed()) return -1;
  set_field(unicode_error(error)->reason, text.take());
  return 0;
}
}  // namespace

// == Setting ==

ADDER_EXPORT void PyErr_SetString(PyObject* type, const char* text) {
  Ref<Object> message = text_object(text);
  if (message) set_error(type, message.get());
}
ADDER_EXPORT void PyErr_SetObject(PyObject* type, PyObject* value) {
  if (!type) return error_restore(nullptr, nullptr, nullptr);
  set_error(type, value);
}
ADDER_EXPORT void PyErr_SetNone(PyObject* type) { set_error(type, nullptr); }
ADDER_EXPORT void _PyErr_SetKeyError(PyObject* key) { (void)raise_key_error(key); }
ADDER_EXPORT PyObject* PyErr_FormatV(PyObject* type, const char* format, va_list arguments) {
  return format_error(type, format, arguments);
}
ADDER_EXPORT PyObject* PyErr_Format(PyObject* type, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  format_error(type, format, arguments);
  va_end(arguments);
  return nullptr;
}
ADDER_EXPORT PyObject* _PyErr_FormatFromCause(PyObject* type, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  set_from_cause([&] { format_error(type, format, arguments); });
  va_end(arguments);
  return nullptr;
}
ADDER_EXPORT PyObject* PyErr_NoMemory() {
  (void)raise_no_memory();
  return nullptr;
}
ADDER_EXPORT int PyErr_BadArgument() {
  (void)raise(TypeError, "bad argument type for built-in operation");
  return 0;
}
ADDER_EXPORT void _PyErr_BadInternalCall(const char* file, int line) {
  (void)raise(SystemError, "%s:%d: bad argument to internal function", file, line);
}
ADDER_EXPORT void PyErr_BadInternalCall() { (void)raise(SystemError, "bad argument to internal function"); }
ADDER_EXPORT PyObject* PyErr_SetFromErrnoWithFilenameObjects(PyObject* type, PyObject* filename, PyObject* filename2) {
  (void)raise_errno(class_of(type), filename, filename2);
  return nullptr;
}
ADDER_EXPORT PyObject* PyErr_SetFromErrnoWithFilenameObject(PyObject* type, PyObject* filename) {
  (void)raise_errno(class_of(type), filename);
  return nullptr;
}
ADDER_EXPORT PyObject* PyErr_SetFromErrnoWithFilename(PyObject* type, const char* filename) {
  int number = errno;
  Ref<Object> name;
  if (filename) {
    auto text = str_decode_fs_default(filename);
    if (text.failed()) return nullptr;
    name = text.take();
  }
  errno = number;
  (void)raise_errno(class_of(type), name.get());
  return nullptr;
}
ADDER_EXPORT PyObject* PyErr_SetFromErrno(PyObject* type) {
  (void)raise_errno(class_of(type));
  return nullptr;
}
ADDER_EXPORT PyObject* PyErr_SetImportErrorSubclass(PyObject* type, PyObject* message, PyObject* name, PyObject* path) {
  auto is_subclass = object_is_subclass(type, reinterpret_cast<Object*>(ImportError));
  if (is_subclass.failed()) return nullptr;
  if (!is_subclass.take())
    (void)raise(TypeError, "expected a subclass of ImportError");
  else if (!message)
    (void)raise(TypeError, "expected a message argument");
  else
    (void)raise_import_error(class_of(type), message, name, path);
  return nullptr;
}
ADDER_EXPORT PyObject* PyErr_SetImportError(PyObject* message, PyObject* name, PyObject* path) {
  return PyErr_SetImportErrorSubclass(reinterpret_cast<Object*>(ImportError), message, name, path);
}
ADDER_EXPORT int _PyGen_SetStopIterationValue(PyObject* value) {
  (void)raise_stop_iteration(value);
  return 0;
}

// == Looking, taking, putting back ==

ADDER_EXPORT PyObject* PyErr_Occurred() {
  ThreadState* state = thread();
  return state ? state->curexc_type : nullptr;
}
ADDER_EXPORT void PyErr_Clear() { error_clear(); }
ADDER_EXPORT int PyErr_GivenExceptionMatches(PyObject* given, PyObject* type) {
  return given && type && exception_matches(given, type);
}
ADDER_EXPORT int PyErr_ExceptionMatches(PyObject* type) { return error_occurred() && error_matches(type); }
ADDER_EXPORT void PyErr_Fetch(PyObject** type, PyObject** value, PyObject** traceback) {
  error_fetch(type, value, traceback);
}
ADDER_EXPORT void PyErr_Restore(PyObject* type, PyObject* value, PyObject* traceback) {
  error_restore(type, value, traceback);
}
ADDER_EXPORT void PyErr_NormalizeException(PyObject** type, PyObject** value, PyObject** traceback) {
  error_normalize(type, value, traceback);
}
ADDER_EXPORT void _PyErr_ChainExceptions(PyObject* type, PyObject* value, PyObject* traceback) {
  if (!type) return;
  if (!error_occurred()) return error_restore(type, value, traceback);
  Ref<Object> raised = error_take();
  error_restore(type, value, traceback);
  Ref<Object> context = error_take();
  if (raised && context) exception_set_context(raised, std::move(context));
  error_set(std::move(raised));
}
ADDER_EXPORT void PyErr_WriteUnraisable(PyObject* object) { error_write_unraisable(object); }
ADDER_EXPORT void _PyErr_WriteUnraisableMsg(const char* message, PyObject* object) {
  if (message)
    error_write_unraisable_message(message, object);
  else
    error_write_unraisable(object);
}
ADDER_EXPORT int PyErr_CheckSignals() { return check_signals().to_c(); }
ADDER_EXPORT int _PyErr_CheckSignals() { return check_signals().to_c(); }

ADDER_EXPORT _PyErr_StackItem* _PyErr_GetTopmostException(PyThreadState* state) {
  _PyErr_StackItem* item = state->exc_info;
  while (is_nothing(item->exc_value) && item->previous_item) item = item->previous_item;
  return item;
}
ADDER_EXPORT PyObject* _PyErr_GetHandledException(PyThreadState* state) {
  PyObject* value = _PyErr_GetTopmostException(state)->exc_value;
  return is_nothing(value) ? nullptr : new_ref(value).release();
}
ADDER_EXPORT PyObject* PyErr_GetHandledException() { return _PyErr_GetHandledException(thread()); }
ADDER_EXPORT void _PyErr_SetHandledException(PyThreadState* state, PyObject* value) {
  PyObject* old = state->exc_info->exc_value;
  state->exc_info->exc_value = value == None ? nullptr : Ref<Object>::share_or_empty(value).release();
  if (old) decref(old);
}
ADDER_EXPORT void PyErr_SetHandledException(PyObject* value) { _PyErr_SetHandledException(thread(), value); }
ADDER_EXPORT void _PyErr_GetExcInfo(PyThreadState* state, PyObject** type, PyObject** value, PyObject** traceback) {
  PyObject* handled = _PyErr_GetTopmostException(state)->exc_value;
  if (is_nothing(handled)) {
    *type = new_ref(None).release();
    *value = Ref<Object>::share_or_empty(handled).release();
    *traceback = new_ref(None).release();
    return;
  }
  *value = new_ref(handled).release();
  *type = new_ref(reinterpret_cast<Object*>(handled->ob_type)).release();
  *traceback = new_ref(exception_get_traceback(handled).value_or(None)).release();
}
ADDER_EXPORT void PyErr_GetExcInfo(PyObject** type, PyObject** value, PyObject** traceback) {
  _PyErr_GetExcInfo(thread(), type, value, traceback);
}
ADDER_EXPORT void PyErr_SetExcInfo(PyObject* type, PyObject* value, PyObject* traceback) {
  PyErr_SetHandledException(value);
  decref_or_null(value);
  decref_or_null(type);
  decref_or_null(traceback);
}
ADDER_EXPORT void PyErr_SetInterrupt() { (void)signals_set_interrupt(SIGINT); }
ADDER_EXPORT int PyErr_SetInterruptEx(int number) { return signals_set_interrupt(number) ? 0 : -1; }
ADDER_EXPORT void PyErr_Print() { error_print(); }
ADDER_EXPORT void PyErr_PrintEx(int) { error_print(); }

// == Fatal errors, text ==

ADDER_EXPORT [[noreturn]] void Py_FatalError(const char* message) { fatal_error(nullptr, message); }
ADDER_EXPORT [[noreturn]] void _Py_FatalErrorFunc(const char* function, const char* message) {
  fatal_error(function, message);
}
ADDER_EXPORT [[noreturn]] void _Py_FatalError_TstateNULL(const char* function) { fatal_no_thread(function); }
ADDER_EXPORT [[noreturn]] void _Py_FatalErrorFormat(const char* function, const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fatal_error(function, text);
}
ADDER_EXPORT int PyOS_vsnprintf(char* text, size_t size, const char* format, va_list arguments) {
  if (size > INT_MAX - 512) {
    if (size) text[size - 1] = 0;
    return -666;
  }
  int length = std::vsnprintf(text, size, format, arguments);
  if (size) text[size - 1] = 0;
  return length;
}
ADDER_EXPORT int PyOS_snprintf(char* text, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = PyOS_vsnprintf(text, size, format, arguments);
  va_end(arguments);
  return length;
}

// == Classes and instances ==

ADDER_EXPORT PyObject* PyErr_NewException(const char* name, PyObject* base, PyObject* dict) {
  const char* dot = std::strrchr(name, '.');
  if (!dot) {
    (void)raise(SystemError, "PyErr_NewException: name must be module.class");
    return nullptr;
  }
  auto make = [&]() -> Result<Object> {
    Ref<Object> fields = dict ? new_ref(dict) : Ref<Object>(TRY(dict_new()));
    Ref<Str> key = TRY(str_from_string("__module__"));
    if (!TRY(dict_contains(as<Dict>(fields.get()), key.get()))) {
      Ref<Str> module = TRY(str_from_utf8({name, static_cast<usize>(dot - name)}));
      TRY(dict_set_item(as<Dict>(fields.get()), key.get(), module.get()));
    }
    Object* parent = base ? base : reinterpret_cast<Object*>(Exception);
    Ref<Object> bases = is_tuple(parent) ? new_ref(parent) : Ref<Object>(TRY(tuple_pack(parent)));
    Ref<Str> class_name = TRY(str_from_string(dot + 1));
    return call(reinterpret_cast<Object*>(&PyType_Type), static_cast<Object*>(class_name.get()), bases.get(),
                fields.get());
  };
  return make().to_c();
}
ADDER_EXPORT PyObject* PyErr_NewExceptionWithDoc(const char* name, const char* doc, PyObject* base, PyObject* dict) {
  auto make = [&]() -> Result<Object> {
    Ref<Object> fields = dict ? new_ref(dict) : Ref<Object>(TRY(dict_new()));
    if (doc) {
      Ref<Str> text = TRY(str_from_string(doc));
      TRY(dict_set_item_string(as<Dict>(fields.get()), "__doc__", text.get()));
    }
    return Result<Object>::from_c(PyErr_NewException(name, base, fields));
  };
  return make().to_c();
}
ADDER_EXPORT const char* PyExceptionClass_Name(PyObject* type) { return class_of(type)->tp_name; }
ADDER_EXPORT PyObject* PyException_GetTraceback(PyObject* self) {
  return Ref<Object>::share_or_empty(exception_get_traceback(self).get()).release();
}
ADDER_EXPORT int PyException_SetTraceback(PyObject* self, PyObject* traceback) {
  if (!traceback || (traceback != None && traceback->ob_type != &PyTraceBack_Type)) {
    (void)raise(TypeError,
                traceback ? "__traceback__ must be a traceback or None" : "__traceback__ may not be deleted");
    return -1;
  }
  exception_set_traceback(self, traceback == None ? nullptr : traceback);
  return 0;
}
ADDER_EXPORT PyObject* PyException_GetCause(PyObject* self) {
  return Ref<Object>::share_or_empty(as<BaseException>(self)->cause).release();
}
ADDER_EXPORT void PyException_SetCause(PyObject* self, PyObject* cause) {
  exception_set_cause(self, Ref<Object>::steal(cause));
}
ADDER_EXPORT PyObject* PyException_GetContext(PyObject* self) {
  return Ref<Object>::share_or_empty(as<BaseException>(self)->context).release();
}
ADDER_EXPORT void PyException_SetContext(PyObject* self, PyObject* context) {
  exception_set_context(self, Ref<Object>::steal(context));
}

// == Unicode errors ==

ADDER_EXPORT PyObject* PyUnicodeDecodeError_Create(const char* encoding, const char* data, Py_ssize_t size,
                                                   Py_ssize_t start, Py_ssize_t end, const char* reason) {
  return unicode_decode_error_new(encoding, data, size, start, end, reason).to_c();
}
ADDER_EXPORT PyObject* _PyUnicodeTranslateError_Create(PyObject* text, Py_ssize_t start, Py_ssize_t end,
                                                       const char* reason) {
  return unicode_translate_error_new(text, start, end, reason).to_c();
}
#define UNICODE_ERROR(name)                                                                 \
  ADDER_EXPORT PyObject* Py##name##_GetObject(PyObject* error) {                            \
    if (!check_unicode_error(error, name)) return nullptr;                                  \
    return unicode_error_field(unicode_error(error)->object, "object");                     \
  }                                                                                         \
  ADDER_EXPORT PyObject* Py##name##_GetReason(PyObject* error) {                            \
    if (!check_unicode_error(error, name)) return nullptr;                                  \
    return unicode_error_field(unicode_error(error)->reason, "reason");                     \
  }                                                                                         \
  ADDER_EXPORT int Py##name##_GetStart(PyObject* error, Py_ssize_t* start) {                \
    return check_unicode_error(error, name) ? unicode_error_start(error, start) : -1;       \
  }                                                                                         \
  ADDER_EXPORT int Py##name##_GetEnd(PyObject* error, Py_ssize_t* end) {                    \
    return check_unicode_error(error, name) ? unicode_error_end(error, end) : -1;           \
  }                                                                                         \
  ADDER_EXPORT int Py##name##_SetStart(PyObject* error, Py_ssize_t start) {                 \
    if (!check_unicode_error(error, name)) return -1;                                       \
    unicode_error(error)->start = start;                                                    \
    return 0;                                                                               \
  }                                                                                         \
  ADDER_EXPORT int Py##name##_SetEnd(PyObject* error, Py_ssize_t end) {                     \
    if (!check_unicode_error(error, name)) return -1;                                       \
    unicode_error(error)->end = end;                                                        \
    return 0;                                                                               \
  }                                                                                         \
  ADDER_EXPORT int Py##name##_SetReason(PyObject* error, const char* reason) {              \
    return check_unicode_error(error, name) ? unicode_error_set_reason(error, reason) : -1; \
  }
UNICODE_ERROR(UnicodeEncodeError)
UNICODE_ERROR(UnicodeDecodeError)
UNICODE_ERROR(UnicodeTranslateError)
#undef UNICODE_ERROR
ADDER_EXPORT PyObject* PyUnicodeEncodeError_GetEncoding(PyObject* error) {
  return unicode_error_field(unicode_error(error)->encoding, "encoding");
}
ADDER_EXPORT PyObject* PyUnicodeDecodeError_GetEncoding(PyObject* error) {
  return unicode_error_field(unicode_error(error)->encoding, "encoding");
}

// == Warnings ==

ADDER_EXPORT int PyErr_WarnEx(PyObject* category, const char* text, Py_ssize_t stack_level) {
  return warn(category ? class_of(category) : RuntimeWarning, stack_level, "%s", text).to_c();
}
ADDER_EXPORT int PyErr_WarnFormat(PyObject* category, Py_ssize_t stack_level, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  auto text = str_from_format_v(format, arguments);
  va_end(arguments);
  if (text.failed()) return -1;
  Ref<Str> message = text.take();
  return warn(category ? class_of(category) : RuntimeWarning, stack_level, "%U", message.get()).to_c();
}
ADDER_EXPORT int PyErr_ResourceWarning(PyObject* source, Py_ssize_t stack_level, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  auto text = str_from_format_v(format, arguments);
  va_end(arguments);
  if (text.failed()) return -1;
  Ref<Str> message = text.take();
  return warn_resource(source, stack_level, "%U", message.get()).to_c();
}
