// type: the machinery of types: readiness, MRO, slots, attribute cache, creation of classes.
//
// One function notifies about every change of a type: type_modified. Caches key on tp_version_tag (globally unique,
// never reused, 0 = none).
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyObject* PyType_GenericAlloc(PyTypeObject* type, Py_ssize_t items);
ADDER_EXPORT PyObject* PyType_GenericNew(PyTypeObject* type, PyObject* args, PyObject* kwargs);
ADDER_EXPORT PyObject* PyObject_GenericGetAttr(PyObject* object, PyObject* name);
ADDER_EXPORT int PyObject_GenericSetAttr(PyObject* object, PyObject* name, PyObject* value);
ADDER_EXPORT void PyObject_GC_Del(void* object);
ADDER_EXPORT void PyObject_Free(void* block);

namespace adder {
// Finishes a static type: inherits slots, computes the MRO, fills tp_dict with descriptors. Idempotent (PyType_Ready).
Result<void> type_ready(Type* type);
// An attribute of the type or its bases by the MRO, through the attribute cache; absent is null. Borrowed; no Python
// code, no exception (_PyType_Lookup).
Opt<Object*> type_lookup(Type* type, Object* name);
// Attribute of a type object itself: metaclass data descriptors, the MRO, the metaclass (type.__getattribute__).
Maybe<Object> type_lookup_attr(Type* type, Object* name);
PyObject* type_get_attr_slot(PyObject* type, PyObject* name);
// After a change to tp_dict, tp_bases or tp_mro, of this type: invalidates version tags here and in all subclasses.
void type_modified(Type* type);
// Gives the type a version tag if it has none; false if it cannot have one.
bool type_assign_version_tag(Type* type);
// After setting or deleting a special method in tp_dict: recomputes slots here and in subclasses.
void type_update_slots(Type* type, Object* name);
Type* type_best_base(Tuple* bases);
// type(name, bases, dict, **kwargs) (type.__new__).
Result<Object> type_new(Type* metatype, Object* args, Opt<Object*> kwargs);
// type.__call__, and its short cut for classes that need no tuple of arguments: absent if the class takes the long way.
PyObject* type_call_slot(PyObject* type, PyObject* args, PyObject* kwargs);
Maybe<Object> type_call_vector(Type* type, Object* const* args, isize nargs, Opt<Tuple*> keyword_names);
// Whether instances come from object.__new__ and are set up by an __init__ that is not built in.
bool type_sets_up_by_init(Type* type);
// The metaclass that a class statement uses, TypeError on conflict (_PyType_CalculateMetaclass). Borrowed.
Result<Object> type_calculate_metaclass(Type* metatype, Object* bases);
Result<Object> type_from_module_and_spec(Opt<Object*> module, PyType_Spec* spec, Opt<Object*> bases);
Result<Object> type_from_spec(PyType_Spec* spec);
// The function in a slot by its number (PyType_GetSlot); null if empty, or with SystemError for a bad number.
void* type_get_slot(Type* type, int slot);
// The name without its module: "Counter" of "collections.Counter".
const char* type_short_name(const Type* type);
Result<Object> type_get_name(Type* type);
Result<Object> type_get_qualname(Type* type);
Result<Object> type_get_module_name(Type* type);
// tp_alloc and tp_free of most types.
inline constexpr allocfunc type_generic_alloc = &PyType_GenericAlloc;
inline constexpr newfunc type_generic_new = &PyType_GenericNew;
// The slot functions of object, for inheritance in tables.
inline constexpr getattrofunc object_generic_get_attr_slot = &PyObject_GenericGetAttr;
inline constexpr setattrofunc object_generic_set_attr_slot = &PyObject_GenericSetAttr;
inline constexpr freefunc object_gc_del = &PyObject_GC_Del;
inline constexpr freefunc object_plain_del = &PyObject_Free;
// tp_dealloc, tp_traverse and tp_clear of instances of classes made by class statements.
void subtype_dealloc(PyObject* self);
int subtype_traverse(PyObject* self, visitproc visit, void* arg);
int subtype_clear(PyObject* self);
// Runs tp_finalize from a tp_dealloc; true if the object came back to life (PyObject_CallFinalizerFromDealloc).
bool object_call_finalizer_from_dealloc(Object* object);
void object_call_finalizer(Object* object);
}  // namespace adder
