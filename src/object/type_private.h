// type_private: what the files of the type machinery share. Private to src/object and src/types/type*.cpp,
// object_type.cpp.
#pragma once
#include "object/object.h"

namespace adder {
// Direct subclasses, borrowed: a class takes itself out before it dies. Behind tp_subclasses, whose content is ours.
struct SubclassList {
  isize count, capacity;
  Type* items[1];
};
inline SubclassList* subclasses_of(Type* type) { return reinterpret_cast<SubclassList*>(type->tp_subclasses); }
Result<void> type_add_subclass(Type* base, Type* type);
void type_remove_subclass(Type* base, Type* type);
// Enters the type with all its bases, or takes it out.
Result<void> type_add_to_bases(Type* type);
void type_remove_from_bases(Type* type);

// A type whose MRO comes from its metaclass and goes beyond its bases: no version tags, because changes of such a class
// are not reported to it.
inline constexpr unsigned long kTypeUncacheable = 1ul << 21;
// CPython's _Py_TPFLAGS_MATCH_SELF: the class pattern C(x) takes the whole subject.
inline constexpr unsigned long kTypeMatchSelf = 1ul << 22;

// The definition behind all `__new__` of types with a tp_new of their own.
extern PyMethodDef new_wrapper_definition;

// "module.Qualified.Name", or absent for a class of builtins or of no module.
Maybe<Str> type_full_name(Type* type);

// Sets tp_mro from tp_bases (through the metaclass's mro() if it has one). `old`: receives the old MRO.
Result<void> type_compute_mro(Type* type, Ref<Object>* old = nullptr);
// The C3 linearisation as a list (type.mro).
Result<List> type_linearize(Type* type);
// The type among `bases` whose layout the new class extends; TypeErrors for unfit bases.
Result<Type> type_find_best_base(Tuple* bases);
// The base that decides the layout: the last in the chain that adds fields other than dict and weak references.
Type* type_solid_base(Type* type);
// Slots of this type and all subclasses anew, after a change of bases.
void type_update_all_slots(Type* type);
bool type_has_compatible_layout(Type* old_type, Type* new_type, const char* attribute);

inline HeapType* as_heap(Type* type) { return static_cast<HeapType*>(type); }
// The PyMemberDefs of the __slots__ of a heap type, behind the (meta)type's own fields; ob_size of them.
inline PyMemberDef* heap_type_members(Type* type) {
  return reinterpret_cast<PyMemberDef*>(reinterpret_cast<char*>(type) + type->ob_type->tp_basicsize);
}

// Adds the names of a class and its bases, as dir() shows them.
Result<void> class_merge_dict(Dict* names, Object* cls);

// Setters of `__class__` and `__bases__`.
Result<void> object_set_class(Object* self, Opt<Object*> value);
Result<void> type_set_bases(Type* type, Opt<Object*> value);

// tp_new, tp_init of object; tp_new of type.
PyObject* object_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs);
int object_init_slot(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* type_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs);
void object_dealloc(PyObject* self);
// Functions that type_new_class gives to getsets of classes.
PyObject* subtype_get_dict(PyObject* self, void* context);
int subtype_set_dict(PyObject* self, PyObject* value, void* context);
PyObject* subtype_get_weakref(PyObject* self, void* context);
}  // namespace adder
