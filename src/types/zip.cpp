// zip, map, filter: lazy combinations of iterables.
//
// See        tests/python/test_iterators.py
#include "bind/bind.h"
#include "object/fields.h"
#include "runtime/builtins.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/result_tuple.h"
#include "types/slice.h"
#include "types/tuple.h"

namespace adder {
namespace {
// A tuple of iterators over the iterables.
Result<Tuple> iterators_of(Tuple* iterables, isize first) {
  isize count = tuple_size(iterables) - first;
  Ref<Tuple> iterators = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) {
    tuple_init_item(iterators, i, TRY(object_get_iter(tuple_item(iterables, first + i))));
  }
  return iterators;
}
constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = "Return state information for pickling.";
constexpr Doc setstate_doc = "__setstate__($self, state, /)";
constexpr const char* setstate_text = "Set state information for unpickling.";

// == zip ==

struct Zip : PyObject {
  Tuple* iterators;  // null once exhausted
  Tuple* result;     // the tuple to reuse
  bool strict;
};

constexpr const char* zip_text =
    "zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n   >>> list(zip('abcdefg', "
    "range(3), range(4)))\n"
    "   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]\n\nThe zip object yields n-length tuples, where n is the number of "
    "iterables\npassed as "
    "positional arguments to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  "
    "This continues until "
    "the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the "
    "others,\nraise a ValueError.";
constexpr Doc zip_arguments = "zip(*iterables, strict=False)\n--\n\n";
Result<Object> zip_make(Type* type, bool strict, Tuple* iterables) {
  Ref<Tuple> iterators = TRY(iterators_of(iterables, 0));
  Ref<Tuple> result = TRY(tuple_new(tuple_size(iterables)));
  for (isize i = 0; i < tuple_size(iterables); ++i) tuple_init_item(result, i, new_ref(None));
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  Zip* self = as<Zip>(object.get());
  self->iterators = iterators.release();
  self->result = result.release();
  self->strict = strict;
  return object;
}
using ZipFields = OwnedFields<&Zip::iterators, &Zip::result>;
// strict: iterator `index` has ended; all others must have too.
Maybe<Object> end_strictly(Zip* self, isize index) {
  if (index > 0) {
    return raise(ValueError, "zip() argument %zd is shorter than argument%s%zd", index + 1, index == 1 ? " " : "s 1-",
                 index);
  }
  for (isize i = 1; i < tuple_size(self->iterators); ++i) {
    Ref<Object> item = TRY(iter_next(tuple_item(self->iterators, i)));
    if (item)
      return raise(ValueError, "zip() argument %zd is longer than argument%s%zd", i + 1, i == 1 ? " " : "s 1-", i);
  }
  return nullptr;
}
Maybe<Object> zip_next(Zip* self) {
  isize count = tuple_size(self->iterators);
  if (count == 0) return nullptr;
  Ref<Tuple> result = result_tuple_take(self->result);
  if (!result) result = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) {
    Ref<Object> item = TRY(iter_next(tuple_item(self->iterators, i)));
    if (!item) return self->strict ? end_strictly(self, i) : Maybe<Object>(nullptr);
    result_tuple_set(result, i, std::move(item));
  }
  return result;
}
Result<Object> zip_reduce(Zip* self) {
  Object* type = type_of(self);
  return self->strict ? tuple_pack(type, self->iterators, True) : tuple_pack(type, self->iterators);
}
Result<void> zip_setstate(Zip* self, Object* state) {
  self->strict = TRY(object_is_true(state));
  return {};
}
constinit PyMethodDef zip_methods[] = {with_text(method<zip_reduce, reduce_doc>(), reduce_text),
                                       with_text(method<zip_setstate, setstate_doc>(), setstate_text),
                                       {}};

// == map ==

struct Map : PyObject {
  Object* function;
  Tuple* iterators;
};

constexpr const char* map_text =
    "map(func, *iterables) --> map object\n\nMake an iterator that computes the function using arguments from\neach of "
    "the iterables.  "
    "Stops when the shortest iterable is exhausted.";
Result<Object> map_make(Type* type, Object* args, Object* kwargs) {
  // A class with an __init__ of its own may take more.
  bool strict = type == &PyMap_Type || type->tp_init == PyMap_Type.tp_init;
  if (kwargs && strict && dict_size(as<Dict>(kwargs)) > 0) return raise(TypeError, "map() takes no keyword arguments");
  if (tuple_size(as<Tuple>(args)) < 2) return raise(TypeError, "map() must have at least two arguments.");
  Ref<Tuple> iterators = TRY(iterators_of(as<Tuple>(args), 1));
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  as<Map>(object.get())->function = new_ref(tuple_item(as<Tuple>(args), 0)).release();
  as<Map>(object.get())->iterators = iterators.release();
  return object;
}
PyObject* map_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return map_make(type, args, kwargs).to_c();
}
using MapFields = OwnedFields<&Map::function, &Map::iterators>;
Maybe<Object> map_next(Map* self) {
  constexpr isize kSmall = 8;
  isize count = tuple_size(self->iterators);
  if (count > kSmall) {
    Ref<Tuple> args = TRY(tuple_new(count));
    for (isize i = 0; i < count; ++i) {
      Ref<Object> item = TRY(iter_next(tuple_item(self->iterators, i)));
      if (!item) return nullptr;
      tuple_init_item(args, i, std::move(item));
    }
    return object_call(self->function, args);
  }
  Ref<Object> items[kSmall];
  Object* window[kSmall + 1] = {};
  for (isize i = 0; i < count; ++i) {
    items[i] = TRY(iter_next(tuple_item(self->iterators, i)));
    if (!items[i]) return nullptr;
    window[i + 1] = items[i];
  }
  return object_vectorcall(self->function, window + 1, static_cast<usize>(count) | PY_VECTORCALL_ARGUMENTS_OFFSET);
}
Result<Object> map_reduce(Map* self) {
  isize count = tuple_size(self->iterators);
  Ref<Tuple> args = TRY(tuple_new(count + 1));
  tuple_init_item(args, 0, new_ref(self->function));
  for (isize i = 0; i < count; ++i) tuple_init_item(args, i + 1, new_ref(tuple_item(self->iterators, i)));
  return tuple_pack(static_cast<Object*>(type_of(self)), args.get());
}
constinit PyMethodDef map_methods[] = {with_text(method<map_reduce, reduce_doc>(), reduce_text), {}};

// == filter ==

struct Filter : PyObject {
  Object *function, *iterator;
};

constexpr Doc filter_arguments = "filter(function, iterable, /)\n--\n\n";
constexpr const char* filter_text =
    "filter(function or None, iterable) --> filter object\n\nReturn an iterator yielding those items of iterable for "
    "which "
    "function(item)\nis true. If function is None, return the items that are true.";
Result<Object> filter_make(Type* type, Object* function, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  as<Filter>(object.get())->function = new_ref(function).release();
  as<Filter>(object.get())->iterator = iterator.release();
  return object;
}
using FilterFields = OwnedFields<&Filter::function, &Filter::iterator>;
Maybe<Object> filter_next(Filter* self) {
  bool plain = self->function == None || self->function == &PyBool_Type;
  for (;;) {
    Ref<Object> item = TRY(iter_next(self->iterator));
    if (!item) return nullptr;
    if (plain) {
      if (TRY(object_is_true(item))) return item;
    } else {
      Ref<Object> verdict = TRY(object_call_one_arg(self->function, item));
      if (TRY(object_is_true(verdict))) return item;
    }
  }
}
Result<Object> filter_reduce(Filter* self) {
  return tuple_pack(static_cast<Object*>(type_of(self)), TRY(tuple_pack(self->function, self->iterator)).get());
}
constinit PyMethodDef filter_methods[] = {with_text(method<filter_reduce, reduce_doc>(), reduce_text), {}};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyZip_Type = {
    .tp_name = "zip",
    .tp_basicsize = sizeof(Zip),
    .tp_dealloc = ZipFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = zip_text,
    .tp_traverse = ZipFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<zip_next>,
    .tp_methods = zip_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<zip_make, zip_arguments>,
    .tp_free = object_gc_del,
};
constinit PyTypeObject PyMap_Type = {
    .tp_name = "map",
    .tp_basicsize = sizeof(Map),
    .tp_dealloc = MapFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = map_text,
    .tp_traverse = MapFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<map_next>,
    .tp_methods = map_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = map_new_slot,
    .tp_free = object_gc_del,
};
constinit PyTypeObject PyFilter_Type = {
    .tp_name = "filter",
    .tp_basicsize = sizeof(Filter),
    .tp_dealloc = FilterFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = filter_text,
    .tp_traverse = FilterFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<filter_next>,
    .tp_methods = filter_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<filter_make, filter_arguments>,
    .tp_free = object_gc_del,
};
