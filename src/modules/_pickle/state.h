// state: what the module _pickle keeps for one interpreter.
#pragma once
#include "bind/bind.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"

namespace adder::pickle {
#define PICKLE_STATE_OBJECTS(X)                                                                              \
  X(pickle_error)                                                                                            \
  X(pickling_error) X(unpickling_error) /* copyreg */                                                        \
      X(dispatch_table) X(extension_registry) X(inverted_registry)                                           \
          X(extension_cache) /* _compat_pickle: names of Python 2 to those of Python 3, and back */          \
      X(name_2to3) X(import_2to3) X(name_3to2) X(import_3to2) /* What reductions call */                     \
      X(codecs_encode) X(getattr) X(partial)                  /* Interned names */                           \
      X(latin1) X(persistent_id) X(persistent_load) X(reducer_override) X(dispatch_table_name) X(find_class) \
          X(getinitargs)

struct State {
#define FIELD(name) Object* name;
  PICKLE_STATE_OBJECTS(FIELD)
#undef FIELD
};

// Imports what the state needs and makes the exception classes, which it enters into the module.
Result<void> state_init(Module* module);
int state_traverse(PyObject* module, visitproc visit, void* arg);
int state_clear(PyObject* module);
// The module _pickle of the current interpreter.
Result<Module> find_module();

template <class... Args>
Error raise_pickling(State* state, const char* format, Args... args) {
  return raise(reinterpret_cast<Type*>(state->pickling_error), format, args...);
}
template <class... Args>
Error raise_unpickling(State* state, const char* format, Args... args) {
  return raise(reinterpret_cast<Type*>(state->unpickling_error), format, args...);
}
}  // namespace adder::pickle
