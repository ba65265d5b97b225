// call: calls of any callable from C: vectors, tuples, and arguments built from formats (abstract.h).
#include <cstdarg>
#include <cstring>

#include "capi/capi.h"
#include "memory/allocator.h"
#include "types/exception.h"

using namespace adder;
using adder::capi::null;
using adder::capi::null_error;

// Owned by modsupport.
ADDER_EXPORT PyObject* Py_VaBuildValue(const char* format, va_list arguments);
ADDER_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list arguments);
// Owned by unicodeobject: borrowed.
ADDER_EXPORT PyObject* _PyUnicode_FromId(struct Identifier* identifier);

namespace {
constexpr isize kMostArguments = 64;

// Calls `callable`, or its attribute `name` if that is not null, with the objects of a NULL-terminated list.
PyObject* call_with_list(PyObject* callable, PyObject* name, va_list arguments) {
  Object* window[kMostArguments + 2];
  Object** vector = window;
  isize count = 0, room = kMostArguments;  // count: without the place in front
  if (name) vector[++count] = callable;
  while (Object* argument = va_arg(arguments, PyObject*)) {
    if (ADDER_UNLIKELY(count == room)) {
      void* larger = memory::reallocate(vector == window ? nullptr : vector, sizeof(Object*) * static_cast<usize>(2 * room + 2));
      if (!larger) {
        if (vector != window) memory::release(vector);
        return null(raise_no_memory());
      }
      if (vector == window) std::memcpy(larger, window, sizeof window);
      vector = static_cast<Object**>(larger);
      room *= 2;
    }
    vector[++count] = argument;
  }
  usize nargsf = static_cast<usize>(count) | PY_VECTORCALL_ARGUMENTS_OFFSET;
  PyObject* result =
      (name ? object_vectorcall_method(name, vector + 1, nargsf) : object_vectorcall(callable, vector + 1, nargsf))
          .to_c();
  if (vector != window) memory::release(vector);
  return result;
}

// Calls with the arguments that a Py_BuildValue format describes: none, one, or a tuple of them.
PyObject* call_with_format(PyObject* callable, const char* format, va_list arguments, bool long_sizes) {
  if (!callable) return null_error();
  if (!format || !*format) return object_call_no_args(callable).to_c();
  Ref<Object> built =
      Ref<Object>::steal(long_sizes ? _Py_VaBuildValue_SizeT(format, arguments) : Py_VaBuildValue(format, arguments));
  if (!built) return nullptr;
  if (is_tuple(built)) return object_call(callable, built).to_c();
  return object_call_one_arg(callable, built).to_c();
}

PyObject* call_method_with_format(PyObject* object, Ref<Object> method, const char* format, va_list arguments,
                                  bool long_sizes) {
  if (!object || !method) return null_error();
  if (!is_callable(method)) {
    return null(raise(TypeError, "attribute of type '%.200s' is not callable", method->ob_type->tp_name));
  }
  return call_with_format(method, format, arguments, long_sizes);
}
}  // namespace

ADDER_EXPORT PyObject* PyObject_Call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  return object_call(callable, args, kwargs).to_c();
}
ADDER_EXPORT PyObject* PyObject_CallObject(PyObject* callable, PyObject* args) {
  if (!args) return object_call_no_args(callable).to_c();
  if (!is_tuple(args)) return null(raise(TypeError, "argument list must be a tuple"));
  return object_call(callable, args).to_c();
}
ADDER_EXPORT PyObject* PyObject_CallNoArgs(PyObject* callable) { return object_call_no_args(callable).to_c(); }
ADDER_EXPORT PyObject* PyObject_CallOneArg(PyObject* callable, PyObject* argument) {
  return object_call_one_arg(callable, argument).to_c();
}
ADDER_EXPORT PyObject* PyObject_Vectorcall(PyObject* callable, PyObject* const* args, size_t nargsf,
                                           PyObject* keyword_names) {
  return object_vectorcall(callable, args, nargsf, as<Tuple>(keyword_names)).to_c();
}
ADDER_EXPORT PyObject* _PyObject_Vectorcall(PyObject* callable, PyObject* const* args, size_t nargsf,
                                            PyObject* keyword_names) {
  return PyObject_Vectorcall(callable, args, nargsf, keyword_names);
}
ADDER_EXPORT PyObject* PyObject_VectorcallMethod(PyObject* name, PyObject* const* args, size_t nargsf,
                                                 PyObject* keyword_names) {
  return object_vectorcall_method(name, args, nargsf, as<Tuple>(keyword_names)).to_c();
}
ADDER_EXPORT PyObject* PyObject_VectorcallDict(PyObject* callable, PyObject* const* args, size_t nargsf,
                                               PyObject* kwargs) {
  if (!kwargs || dict_size(as<Dict>(kwargs)) == 0) return object_vectorcall(callable, args, nargsf).to_c();
  Ref<Tuple> tuple = TRY_C(nullptr, tuple_from_array(args, static_cast<isize>(vectorcall_nargs(nargsf))));
  return object_call(callable, tuple, kwargs).to_c();
}
ADDER_EXPORT PyObject* _PyObject_FastCallDictTstate(PyThreadState*, PyObject* callable, PyObject* const* args,
                                                    size_t nargsf, PyObject* kwargs) {
  return PyObject_VectorcallDict(callable, args, nargsf, kwargs);
}
ADDER_EXPORT PyObject* _PyObject_FastCall(PyObject* callable, PyObject* const* args, Py_ssize_t nargs) {
  return object_vectorcall(callable, args, static_cast<usize>(nargs)).to_c();
}
ADDER_EXPORT PyObject* _PyObject_Call(PyThreadState*, PyObject* callable, PyObject* args, PyObject* kwargs) {
  return object_call(callable, args, kwargs).to_c();
}
ADDER_EXPORT PyObject* _PyObject_Call_Prepend(PyThreadState*, PyObject* callable, PyObject* self, PyObject* args,
                                              PyObject* kwargs) {
  return call_with_self(callable, self, args, kwargs).to_c();
}
// The keywords are a dict, or a tuple of names whose values follow the positional arguments.
ADDER_EXPORT PyObject* _PyObject_MakeTpCall(PyThreadState*, PyObject* callable, PyObject* const* args, Py_ssize_t nargs,
                                            PyObject* keywords) {
  ternaryfunc function = callable->ob_type->tp_call;
  if (!function) {
    return null(raise(TypeError, "'%.200s' object is not callable", callable->ob_type->tp_name));
  }
  Ref<Tuple> tuple = TRY_C(nullptr, tuple_from_array(args, nargs));
  Ref<Object> kwargs;
  if (keywords && is_dict(keywords)) {
    kwargs = new_ref(keywords);
  } else if (keywords && tuple_size(as<Tuple>(keywords)) > 0) {
    kwargs = TRY_C(nullptr, keywords_as_dict(args + nargs, as<Tuple>(keywords)));
  }
  PyObject* result = function(callable, tuple, kwargs.get());
  return check_function_result(callable, result).to_c();
}
ADDER_EXPORT PyObject* _Py_CheckFunctionResult(PyThreadState*, PyObject* callable, PyObject* result,
                                               const char* where) {
  if (callable) return check_function_result(callable, result).to_c();
  bool raised = error_occurred() != nullptr;
  if (!result && !raised) return null(raise(SystemError, "%s returned NULL without setting an exception", where));
  if (result && raised) {
    decref(result);
    return null(raise_from_cause(SystemError, "%s returned a result with an exception set", where));
  }
  return result;
}
ADDER_EXPORT PyObject* PyVectorcall_Call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  return vectorcall_call(callable, args, kwargs);
}
ADDER_EXPORT vectorcallfunc PyVectorcall_Function(PyObject* callable) { return vectorcall_of(callable); }
ADDER_EXPORT int PyCallable_Check(PyObject* object) { return object && is_callable(object); }
ADDER_EXPORT PyObject* _PyObject_FunctionStr(PyObject* function) { return object_function_str(function).to_c(); }
ADDER_EXPORT PyObject* _PyStack_AsDict(PyObject* const* values, PyObject* names) {
  return keywords_as_dict(values, as<Tuple>(names)).to_c();
}

ADDER_EXPORT PyObject* PyObject_CallFunctionObjArgs(PyObject* callable, ...) {
  if (!callable) return null_error();
  va_list arguments;
  va_start(arguments, callable);
  PyObject* result = call_with_list(callable, nullptr, arguments);
  va_end(arguments);
  return result;
}
ADDER_EXPORT PyObject* PyObject_CallMethodObjArgs(PyObject* object, PyObject* name, ...) {
  if (!object || !name) return null_error();
  va_list arguments;
  va_start(arguments, name);
  PyObject* result = call_with_list(object, name, arguments);
  va_end(arguments);
  return result;
}

#define CALL_FUNCTION(capi_name, long_sizes)                                      \
  ADDER_EXPORT PyObject* capi_name(PyObject* callable, const char* format, ...) { \
    va_list arguments;                                                            \
    va_start(arguments, format);                                                  \
    PyObject* result = call_with_format(callable, format, arguments, long_sizes); \
    va_end(arguments);                                                            \
    return result;                                                                \
  }
CALL_FUNCTION(PyObject_CallFunction, false)
CALL_FUNCTION(_PyObject_CallFunction_SizeT, true)
#undef CALL_FUNCTION
#define CALL_METHOD(capi_name, Name, long_sizes)                                                          \
  ADDER_EXPORT PyObject* capi_name(PyObject* object, Name name, const char* format, ...) {                \
    if (!object || !name) return null_error();                                                            \
    Ref<Object> method = TRY_C(nullptr, object_get_attr(object, name));                                   \
    va_list arguments;                                                                                    \
    va_start(arguments, format);                                                                          \
    PyObject* result = call_method_with_format(object, std::move(method), format, arguments, long_sizes); \
    va_end(arguments);                                                                                    \
    return result;                                                                                        \
  }
CALL_METHOD(PyObject_CallMethod, const char*, false)
CALL_METHOD(_PyObject_CallMethod_SizeT, const char*, true)
CALL_METHOD(_PyObject_CallMethod, PyObject*, false)
#undef CALL_METHOD
#define CALL_METHOD_ID(capi_name, long_sizes)                                                                  \
  ADDER_EXPORT PyObject* capi_name(PyObject* object, struct Identifier* identifier, const char* format, ...) { \
    PyObject* name = _PyUnicode_FromId(identifier);                                                            \
    if (!object || !name) return null_error();                                                                 \
    Ref<Object> method = TRY_C(nullptr, object_get_attr(object, name));                                        \
    va_list arguments;                                                                                         \
    va_start(arguments, format);                                                                               \
    PyObject* result = call_method_with_format(object, std::move(method), format, arguments, long_sizes);      \
    va_end(arguments);                                                                                         \
    return result;                                                                                             \
  }
CALL_METHOD_ID(_PyObject_CallMethodId, false)
CALL_METHOD_ID(_PyObject_CallMethodId_SizeT, true)
#undef CALL_METHOD_ID
ADDER_EXPORT PyObject* _PyObject_CallMethodIdObjArgs(PyObject* object, struct Identifier* identifier, ...) {
  PyObject* name = _PyUnicode_FromId(identifier);
  if (!object || !name) return null_error();
  va_list arguments;
  va_start(arguments, identifier);
  PyObject* result = call_with_list(object, name, arguments);
  va_end(arguments);
  return result;
}
