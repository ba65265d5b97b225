// cross_interpreter: how a value travels from one interpreter to another.
//
// Layout     _PyCrossInterpreterData (ABI): compiled modules keep such structs and fill them in their own functions.
// Classes    exact types that are registered: None, int, bytes and str are from the start.
#pragma once
#include "object/protocol.h"

// Plain data that stands for an object; see the C API's pystate.h.
struct _xid {
  void* data;
  PyObject* obj;      // kept alive as long as `data` points into it; owned, or null
  adder::i64 interp;  // number of the interpreter that the object comes from
  PyObject* (*new_object)(_xid*);
  void (*free)(void*);  // called with the old interpreter current; may be null
};
using _PyCrossInterpreterData = _xid;
using crossinterpdatafunc = int (*)(PyObject*, _PyCrossInterpreterData*);

namespace adder {
// The function that makes data of objects of this exact type; null if there is none.
crossinterpdatafunc cross_interpreter_lookup(Object* object);
// ValueError if `object` cannot travel.
Result<void> cross_interpreter_check(Object* object);
// Fills `data`, which owns what it holds until cross_interpreter_release.
Result<void> cross_interpreter_get(Object* object, _PyCrossInterpreterData* data);
// An equal object in the current interpreter.
Result<Object> cross_interpreter_new_object(_PyCrossInterpreterData* data);
// Gives back what `data` holds, in the interpreter that it comes from. Runs destructors.
void cross_interpreter_release(_PyCrossInterpreterData* data);
Result<void> cross_interpreter_register(Object* type, crossinterpdatafunc function);
}  // namespace adder
