// refcount: counting references. Immortal objects (kImmortalRefcnt) are never written.
#pragma once
#include "abi/names.h"
#include "base/result.h"

ADDER_EXPORT void _Py_Dealloc(PyObject* object);

namespace adder {
// True for objects that no thread ever frees or counts; one byte decides.
inline bool is_immortal(const Object* object) { return (reinterpret_cast<const u8*>(object)[7] & 0x40) != 0; }

inline void incref(Object* object) {
  if (!is_immortal(object)) ++object->ob_refcnt;
}
// May run Python code (a destructor) when the count falls to zero.
inline void decref(Object* object) {
  if (is_immortal(object)) return;
  check(object->ob_refcnt > 0, "decref of a dead object");
  if (--object->ob_refcnt == 0) _Py_Dealloc(object);
}
inline void incref_or_null(Object* object) {
  if (object) incref(object);
}
inline void decref_or_null(Object* object) {
  if (object) decref(object);
}
// Empties a field that owns a reference, then releases: the order that re-entrant destructors need (Py_CLEAR).
template <class T>
inline void clear_field(T*& field) {
  if (T* old = field) {
    field = nullptr;
    decref(old);
  }
}
// Puts a new owned reference into a field, then releases the old one (Py_SETREF).
template <class T, class U>
inline void set_field(T*& field, Ref<U>&& value) {
  T* old = field;
  field = value.release();
  if (old) decref(old);
}
inline isize refcount(const Object* object) { return object->ob_refcnt; }
}  // namespace adder
