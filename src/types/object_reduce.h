// object_reduce: how objects describe themselves to pickle and copy (PEP 307). Private to object_type.cpp and
// object_reduce.cpp.
#pragma once
#include "object/object.h"

namespace adder {
// object.__reduce__ and the default of __reduce_ex__.
Result<Object> object_reduce(Object* self, int protocol);
// object.__getstate__: the dict, or (dict, slots). `required`: TypeError for objects with fields that this cannot see.
Result<Object> object_getstate_default(Object* self, bool required);
// True for a bound object.__getstate__ of `self`.
bool is_default_getstate(Object* method, Object* self);
}  // namespace adder
