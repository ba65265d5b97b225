// error: the exception state of the current thread, and how to raise.
//
// The error indicator is the ABI's trio curexc_type, curexc_value, curexc_traceback. What we raise is always normalised:
// curexc_value is an instance of curexc_type; C code may set other things, error_fetch_normalized repairs that.
#pragma once
#include "abi/names.h"
#include "base/result.h"

// The exception classes themselves (static types); PyExc_TypeError, … (pointers to them) are the exported names.
ADDER_EXPORT PyTypeObject _PyExc_BaseException;
#define EXCEPTION(name, base) ADDER_EXPORT PyTypeObject _PyExc_##name;
#include "runtime/exceptions.def"
#undef EXCEPTION
ADDER_EXPORT PyObject* PyExc_BaseException;
#define EXCEPTION(name, base) ADDER_EXPORT PyObject* PyExc_##name;
#include "runtime/exceptions.def"
#undef EXCEPTION
// ExceptionGroup(BaseExceptionGroup, Exception) is made at start-up; PyExc_ExceptionGroup is not part of the C API.

namespace adder {
inline constexpr Type* BaseExceptionType = &_PyExc_BaseException;
#define EXCEPTION(name, base) inline constexpr Type* name = &_PyExc_##name;
#include "runtime/exceptions.def"
#undef EXCEPTION

// Sets a new exception `type(message)` with __context__ from the exception being handled. The format is PyErr_Format's:
// %s %c %d %u %i %ld %li %lu %zd %zu %zi %lld %llu %p %x %A %R %S %U %V %%, with width and precision (%.200s).
Error raise(Type* type, const char* format, ...);
// type(value) if value is not a tuple and not an instance already, type(*value) for a tuple, type() for None
// (PyErr_SetObject).
Error raise_object(Type* type, Object* value);
// An instance, as `raise instance` does.
Error raise_instance(Object* exception);
// MemoryError; never allocates.
Error raise_no_memory();
// OSError (the subclass that fits) from errno; filenames may be absent.
Error raise_errno(Type* type = OSError, Opt<Object*> filename = {}, Opt<Object*> filename2 = {});
// TypeError/SystemError for wrong internal calls ("bad argument to internal function").
Error raise_bad_internal_call();
// StopIteration(value) even if value is a tuple or an exception. KeyError(key) even if key is a tuple.
Error raise_stop_iteration(Object* value);
Error raise_key_error(Object* key);

// The type of the exception that is set, or null (PyErr_Occurred). Borrowed.
Object* error_occurred();
// Whether the set exception is an instance of `type` (a class or a tuple of classes). PyErr_ExceptionMatches.
bool error_matches(Object* type);
void error_clear();
// Takes the exception away, normalised, with its __traceback__ set; empty if none is set.
Ref<Object> error_take();
// Sets an exception instance again, with its traceback, without touching its __context__. Null clears.
void error_set(Ref<Object>&& exception);
// The C API's trio, as it is.
void error_fetch(Object** type, Object** value, Object** traceback);
// Makes value an instance of type (PyErr_NormalizeException). Runs Python code; what fails replaces the exception.
void error_normalize(Object** type, Object** value, Object** traceback);
void error_restore(Object* type, Object* value, Object* traceback);
// Whether exception `given` (instance or class) matches `type` (class or tuple of classes), as except clauses do.
bool exception_matches(Object* given, Object* type);

// Reports the set exception through sys.unraisablehook and clears it; `where` may be null.
void error_write_unraisable(Opt<Object*> where);
// The same with "Exception ignored <message>" (_PyErr_WriteUnraisableMsg).
void error_write_unraisable_message(const char* message, Opt<Object*> where);
// Prints the set exception with its traceback to sys.stderr through sys.excepthook, sets sys.last_*; handles SystemExit.
void error_print();
// warnings.warn(format % …, category, stack_level). Fails if the filter makes it an exception.
Result<void> warn(Type* category, isize stack_level, const char* format, ...);
// ResourceWarning about `source`, an object that was not closed.
Result<void> warn_resource(Object* source, isize stack_level, const char* format, ...);
// A warning at an explicit place (the compiler's).
Result<void> warn_explicit(Type* category, Object* message, Object* filename, int line);

// RAII: saves the set exception and puts it back at the end (destructors that run Python code).
class ErrorSaver {
 public:
  ErrorSaver() { error_fetch(&type_, &value_, &traceback_); }
  ~ErrorSaver() { error_restore(type_, value_, traceback_); }
  ErrorSaver(const ErrorSaver&) = delete;

 private:
  Object *type_, *value_, *traceback_;
};
}  // namespace adder
