// exception_layout: what the static exception types share: memory management from a list of fields, and the type
// object.
#pragma once
#include "bind/bind.h"
#include "object/object.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::exception_detail {
// tp_dealloc, tp_traverse and tp_clear of a struct that adds these fields to BaseException.
template <class T, Object* T::*... Fields>
struct Layout {
  static int traverse(PyObject* self, visitproc visit, void* arg) {
    int stop = 0;
    ((stop = stop ? stop : visit_field(static_cast<T*>(self)->*Fields, visit, arg)), ...);
    return stop ? stop : base_traverse(self, visit, arg);
  }
  static int clear(PyObject* self) {
    (clear_field(static_cast<T*>(self)->*Fields), ...);
    return base_clear(self);
  }
  static void dealloc(PyObject* self) {
    gc::untrack(self);
    // A chain of contexts or tracebacks may be long.
    Trashcan trashcan(self);
    if (trashcan.deferred()) return;
    clear(self);
    object_free(self);
  }
};

template <class T, class L>
constexpr PyTypeObject exception_type(const char* name, PyTypeObject* base) {
  return {
      .tp_name = name,
      .tp_basicsize = sizeof(T),
      .tp_dealloc = L::dealloc,
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
      .tp_traverse = L::traverse,
      .tp_clear = L::clear,
      .tp_base = base,
      .tp_dictoffset = offsetof(BaseException, dict),
      .tp_init = base_init,
      .tp_new = base_new,
  };
}
// Takes keyword arguments `names` out of kwargs into `out` (borrowed, null if absent); TypeError for others.
Result<void> take_keywords(const char* function, PyObject* kwargs, const char* const* names, Object** out, int count);
// self + the tuple of a __reduce__, with the state if there is one.
Result<Object> reduce_with(BaseException* self, Object* args, Opt<Object*> state);
constexpr Doc reduce_doc = "__reduce__($self, /)";  // in tables: with_text(…, nullptr), since it shows no text
}  // namespace adder::exception_detail
