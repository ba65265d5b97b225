// capsule: a C pointer as an object, by which extension modules offer C interfaces to each other.
#pragma once
#include "types/module.h"

namespace adder {
struct Capsule : PyObject {
  void* pointer;  // null: destroyed, no capsule any more
  const char* name;
  void* context;
  void (*destroy)(PyObject*);
};
inline bool is_capsule(const Object* object) { return object->ob_type == &PyCapsule_Type; }
// The capsule if it is one with a pointer; else null with ValueError "<function> called with invalid PyCapsule object".
Capsule* capsule_check(Object* object, const char* function);
bool capsule_name_matches(const char* left, const char* right);
}  // namespace adder
