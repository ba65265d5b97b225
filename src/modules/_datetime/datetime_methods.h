// _datetime/datetime_methods: the method table of datetime, and its text.
#pragma once
#include "modules/_datetime/operations.h"

namespace adder::datetimes {
extern PyMethodDef datetime_methods[];
// fromtimestamp(*args, **kwargs) of datetime itself for a class; kwargs may be null.
Result<Object> datetime_fromtimestamp_call(Object* cls, Object* args, Object* kwargs);
// "YYYY-MM-DD", the separator, the time, the offset.
Result<Object> datetime_iso_text(DateTime* self, Py_UCS4 separator, Precision precision);
}  // namespace adder::datetimes
