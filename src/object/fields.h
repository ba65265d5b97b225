// fields: tp_dealloc, tp_traverse and tp_clear of types whose objects are collected and own what some members point to, and
// nothing else.
//
//     using MapFields = OwnedFields<&Map::function, &Map::iterators>;
//     … .tp_dealloc = MapFields::dealloc, .tp_traverse = MapFields::traverse …
#pragma once
#include "memory/gc.h"
#include "memory/refcount.h"
#include "object/object.h"

namespace adder {
namespace fields_detail {
template <class Owner, class Member>
Owner owner_of(Member Owner::*);
}  // namespace fields_detail

template <auto First, auto... Rest>
struct OwnedFields {
  using Owner = decltype(fields_detail::owner_of(First));
  static void dealloc(PyObject* object) {
    gc::untrack(object);
    Trashcan trashcan(object);
    if (trashcan.deferred()) return;
    clear(object);
    object_free(object);
  }
  static int traverse(PyObject* object, visitproc visit, void* arg) {
    Owner* self = static_cast<Owner*>(object);
    int stop = visit_field(self->*First, visit, arg);
    (void)(stop || ... || (stop = visit_field(self->*Rest, visit, arg)));
    return stop;
  }
  static int clear(PyObject* object) {
    Owner* self = static_cast<Owner*>(object);
    clear_field(self->*First);
    (clear_field(self->*Rest), ...);
    return 0;
  }
};
}  // namespace adder
