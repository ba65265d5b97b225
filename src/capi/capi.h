// capi: what every file of the C API's boundary uses. Functions here are thin: the logic lives in the type's own room.
#pragma once
#include "object/object.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::capi {
// For functions that get NULL from a failed call before them: SystemError "null argument to internal routine" unless an
// exception is set already.
inline PyObject* null_error() {
  if (!error_occurred()) static_cast<void>(raise(SystemError, "null argument to internal routine"));
  return nullptr;
}
inline PyObject* bad_call() {
  static_cast<void>(raise_bad_internal_call());
  return nullptr;
}
inline int bad_call_int() {
  static_cast<void>(raise_bad_internal_call());
  return -1;
}
// What a function returns after raising: `return null(raise(…));`
inline std::nullptr_t null(Error) { return nullptr; }
inline int minus_one(Error) { return -1; }
inline int zero(Error) { return 0; }
// A Maybe as the C API's trio of values: 1 found, 0 absent, -1 failed; `*result` null unless found.
inline int found(Maybe<Object> maybe, PyObject** result) {
  *result = maybe.to_c();
  return maybe.failed() ? -1 : *result != nullptr;
}
// Gives a reference away that somebody else keeps alive: what functions with borrowed results return.
inline PyObject* borrow(PyObject* object) {
  if (object) decref(object);
  return object;
}
}  // namespace adder::capi

// A C API function that turns arguments into objects of the expected type first.
#define CAPI_EXPECT(condition, result) \
  if (ADDER_UNLIKELY(!(condition))) {  \
    ::adder::capi::bad_call();         \
    return (result);                   \
  }
