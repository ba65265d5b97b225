// exception: the exception classes' own functions.
#pragma once
#include "object/protocol.h"

namespace adder {
inline bool is_exception_instance(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_BASE_EXC_SUBCLASS); }
inline bool is_exception_class(const Object* o) {
  return is_type(o) && has_flag(reinterpret_cast<const Type*>(o), Py_TPFLAGS_BASE_EXC_SUBCLASS);
}
// type(), type(*value) for a tuple, value itself if it is an instance of type, else type(value). `value` may be null or None.
Result<Object> exception_create(Type* type, Object* value);
// A MemoryError; never allocates when there is no memory, never fails.
Ref<Object> exception_new_memory_error();
// Borrowed; null if there is none.
Opt<Object*> exception_get_traceback(Object* exception);
void exception_set_traceback(Object* exception, Opt<Object*> traceback);
void exception_set_context(Object* exception, Ref<Object>&& context);  // as it is; raising breaks cycles in the chain
void exception_set_cause(Object* exception, Ref<Object>&& cause);       // also __suppress_context__; empty: no cause
// raise type(format % …) from the exception that is set (_PyErr_FormatFromCause).
Error raise_from_cause(Type* type, const char* format, ...);
// except*: splits; match and rest may be None (see docs/bytecode.md).
Result<void> exception_group_match(Object* exception, Object* match_type, Ref<Object>& match, Ref<Object>& rest);
Result<Object> exception_group_projection(Object* group, Object* list_of_exceptions);
Result<Object> exception_prep_reraise_star(Object* original, Object* raised_list);
extern Object* exception_group_type;  // ExceptionGroup, made at start-up
inline bool is_exception_group(const Object* o) { return type_check(o, &_PyExc_BaseExceptionGroup); }
// UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError for the codecs.
Result<Object> unicode_decode_error_new(const char* encoding, const char* data, isize size, isize start, isize end, const char* reason);
Result<Object> unicode_encode_error_new(const char* encoding, Object* text, isize start, isize end, const char* reason);
Result<Object> unicode_translate_error_new(Object* text, isize start, isize end, const char* reason);
// The object of a UnicodeError, checked (TypeError), and its range clipped to it as the codecs need it.
Result<Object> unicode_error_get_object(Object* exception);
Result<void> unicode_error_get_range(Object* exception, isize& start, isize& end);
// ImportError(message, name=…, path=…) or a subclass.
Error raise_import_error(Type* type, Object* message, Opt<Object*> name, Opt<Object*> path);
// Readies all exception classes and enters them into builtins.
Result<void> exceptions_init(Dict* builtins);

// == For the files of this room ==

namespace exception_detail {
PyObject* base_new(PyTypeObject* type, PyObject* args, PyObject* kwargs);
int base_init(PyObject* self, PyObject* args, PyObject* kwargs);
void base_dealloc_fields(BaseException* self);
int base_traverse(PyObject* self, visitproc visit, void* arg);
int base_clear(PyObject* self);
PyObject* base_str(PyObject* self);
PyObject* base_repr(PyObject* self);
// TypeError "X() takes no keyword arguments".
bool no_keywords(const Type* type, PyObject* kwargs);
}  // namespace exception_detail
}  // namespace adder
