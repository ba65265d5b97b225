// capsule: PyCapsule.
#include "types/capsule.h"

#include <cstring>

#include "bind/bind.h"
#include "types/str.h"

namespace adder {
namespace {

void capsule_dealloc(PyObject* object) {
  Capsule* self = static_cast<Capsule*>(object);
  if (self->destroy) self->destroy(self);
  object_free(self);
}

Result<Object> capsule_repr(Capsule* self) {
  const char* quote = self->name ? "\"" : "";
  return str_from_format("<capsule object %s%s%s at %p>", quote, self->name ? self->name : "NULL", quote,
                         static_cast<void*>(self));
}

}  // namespace

Capsule* capsule_check(Object* object, const char* function) {
  if (object && is_capsule(object) && static_cast<Capsule*>(object)->pointer) return static_cast<Capsule*>(object);
  Error error = raise(ValueError, "%s called with invalid PyCapsule object", function);
  (void)error;
  return nullptr;
}

bool capsule_name_matches(const char* left, const char* right) {
  if (!left || !right) return left == right;
  return std::strcmp(left, right) == 0;
}

Result<Object> capsule_new(void* pointer, const char* name, void (*destroy)(PyObject*)) {
  if (!pointer) return raise(ValueError, "PyCapsule_New called with null pointer");
  Ref<Capsule> capsule = TRY(object_new<Capsule>(&PyCapsule_Type));
  capsule->pointer = pointer;
  capsule->name = name;
  capsule->context = nullptr;
  capsule->destroy = destroy;
  return capsule;
}

void* capsule_get_pointer(Object* object, const char* name) {
  Capsule* capsule = capsule_check(object, "PyCapsule_GetPointer");
  if (!capsule) return nullptr;
  if (capsule_name_matches(name, capsule->name)) return capsule->pointer;
  Error error = raise(ValueError, "PyCapsule_GetPointer called with incorrect name");
  (void)error;
  return nullptr;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyCapsule_Type = {
    .tp_name = "PyCapsule",
    .tp_basicsize = sizeof(Capsule),
    .tp_dealloc = capsule_dealloc,
    .tp_repr = slot<capsule_repr>,
    .tp_doc =
        "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.  They're a way of passing data "
        "through the "
        "Python interpreter\nwithout creating your own custom type.\n\nCapsules are used for communication between "
        "extension "
        "modules.\nThey provide a way for an extension module to export a C interface\nto other extension modules, so "
        "that "
        "extension modules can use the\nPython import mechanism to link to one another.\n",
};
