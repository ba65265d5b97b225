// subtype: life and death of instances of classes: allocation, traversal, clearing, finalizers, deallocation.
//
// A class made by a class statement adds slots, a dict and a list of weak references behind the fields of its nearest
// built-in base. These functions take care of what the classes in the chain added, and leave the rest to that base.
#include "base/hot.h"
#include "memory/allocator.h"
#include "object/object.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/module.h"

namespace adder {
namespace {

// The nearest base whose `slot` is not `function`, which belongs to classes.
template <class Function>
Type* first_base_without(Type* type, Function Type::*slot, Function function) {
  while (type && type->*slot == function) type = type->tp_base;
  return type;
}

template <class Visit>
int for_each_slot(Type* type, Object* self, Visit visit) {
  isize count = type->ob_size;
  PyMemberDef* member = heap_type_members(type);
  for (isize i = 0; i < count; ++i, ++member) {
    if (member->type != T_OBJECT_EX) continue;
    Object** field = reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + member->offset);
    if (int stop = visit(field)) return stop;
  }
  return 0;
}

void clear_slots(Type* type, Object* self) {
  for_each_slot(type, self, [](Object** field) {
    clear_field(*field);
    return 0;
  });
}

// Runs tp_finalize and the old tp_del; true if the object came back to life.
bool finalize_and_check(Object* self, Type* type, Type* base) {
  bool collected = has_flag(type, Py_TPFLAGS_HAVE_GC);
  if (!type->tp_finalize && !type->tp_del) return false;
  if (collected) gc::track(self);
  if (type->tp_finalize && object_call_finalizer_from_dealloc(self)) return true;
  if (type->tp_del) {
    // Weak references that instances of the base do not have are cleared before.
    if (type->tp_weaklistoffset && !base->tp_weaklistoffset) weakref_clear_all(self);
    // It is called with the count at 0, and leaves it there unless somebody keeps the object.
    type->tp_del(self);
    if (self->ob_refcnt > 0) return true;
  }
  if (collected) gc::untrack(self);
  return false;
}

}  // namespace

// == Finalizers (PEP 442) ==

void object_call_finalizer(Object* object) {
  Type* type = object->ob_type;
  if (!type->tp_finalize) return;
  bool collected = gc::is_collected(object);
  if (collected && gc::is_finalized(object)) return;
  type->tp_finalize(object);
  if (collected) gc::set_finalized(object);
}

bool object_call_finalizer_from_dealloc(Object* object) {
  object->ob_refcnt = 1;  // alive while the finalizer runs
  object_call_finalizer(object);
  return --object->ob_refcnt > 0;
}

// == Classes' instances ==

int subtype_traverse(PyObject* self, visitproc visit, void* arg) {
  Type* type = self->ob_type;
  Type* base = type;
  for (; base->tp_traverse == subtype_traverse; base = base->tp_base) {
    if (base->ob_size == 0) continue;
    int stop = for_each_slot(base, self, [&](Object** field) { return visit_field(*field, visit, arg); });
    if (stop) return stop;
  }
  if (type->tp_dictoffset != base->tp_dictoffset) {
    if (Object** slot = object_dict_slot(self)) VISIT(*slot);
  }
  // Heap types visit themselves in instances: the base does it if it is one.
  if (is_heap_type(type) && (!base->tp_traverse || !is_heap_type(base))) VISIT(type);
  return base->tp_traverse ? base->tp_traverse(self, visit, arg) : 0;
}

int subtype_clear(PyObject* self) {
  Type* type = self->ob_type;
  Type* base = type;
  for (; base->tp_clear == subtype_clear; base = base->tp_base) {
    if (base->ob_size) clear_slots(base, self);
  }
  if (type->tp_dictoffset != base->tp_dictoffset) {
    Object** slot = object_dict_slot(self);
    if (slot) clear_field(*slot);
  }
  return base->tp_clear ? base->tp_clear(self) : 0;
}

ADDER_HOT void subtype_dealloc(PyObject* self) {
  Type* type = self->ob_type;
  check(is_heap_type(type), "subtype_dealloc of a static type's instance");
  Type* base = first_base_without(type, &Type::tp_dealloc, static_cast<destructor>(subtype_dealloc));
  if (!has_flag(type, Py_TPFLAGS_HAVE_GC)) {
    if (finalize_and_check(self, type, base)) return;
    type = self->ob_type;  // the finalizer may have assigned __class__
    bool release_type = is_heap_type(type) && !is_heap_type(base);
    base->tp_dealloc(self);
    if (release_type) decref(type);
    return;
  }
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  if (ADDER_UNLIKELY(type->tp_finalize || type->tp_del) && finalize_and_check(self, type, base)) return;
  if (type->tp_weaklistoffset && !base->tp_weaklistoffset) weakref_clear_all(self);
  for (Type* walk = type; walk->tp_dealloc == subtype_dealloc; walk = walk->tp_base) {
    if (walk->ob_size) clear_slots(walk, self);
  }
  if (type->tp_dictoffset && !base->tp_dictoffset) {
    if (Object** slot = object_dict_slot(self)) clear_field(*slot);
  }
  type = self->ob_type;
  if (ADDER_LIKELY(base == &PyBaseObject_Type && type->tp_free == &PyObject_GC_Del)) {
    object_free(self);
    decref(type);
    return;
  }
  bool release_type = is_heap_type(type) && !is_heap_type(base);
  // The base's tp_dealloc untracks what it finds tracked.
  if (has_flag(base, Py_TPFLAGS_HAVE_GC)) gc::track(self);
  base->tp_dealloc(self);
  if (release_type) decref(type);
}
}  // namespace adder

// == Memory of instances, under the names that C code and tables share ==

ADDER_EXPORT ADDER_HOT PyObject* PyType_GenericAlloc(PyTypeObject* type, Py_ssize_t items) {
  return adder::object_new_zeroed(type, items).to_c();
}

ADDER_EXPORT PyObject* PyType_GenericNew(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }

ADDER_EXPORT void PyObject_GC_Del(void* object) { adder::object_free(static_cast<PyObject*>(object)); }

ADDER_EXPORT void PyObject_Free(void* block) { adder::memory::release(block); }
