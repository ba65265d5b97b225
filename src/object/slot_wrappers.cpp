// slot_wrappers: what a wrapper descriptor calls: takes a tuple of arguments apart and calls the slot function
// `wrapped`.
#include "object/slots.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder {
namespace {

// True if `args` has exactly `count` items, else TypeError.
bool check_count(PyObject* args, isize count) {
  isize given = tuple_size(as<Tuple>(args));
  if (given == count) return true;
  Error error = raise(TypeError, "expected %zd argument%s, got %zd", count, count == 1 ? "" : "s", given);
  (void)error;
  return false;
}

// The same with the texts of an argument list that may vary.
bool check_range(PyObject* args, isize least, isize most) {
  isize given = tuple_size(as<Tuple>(args));
  if (given >= least && given <= most) return true;
  isize wanted = given < least ? least : most;
  const char* bound = least == most ? "" : given < least ? "at least " : "at most ";
  Error error = raise(TypeError, " expected %s%zd argument%s, got %zd", bound, wanted, wanted == 1 ? "" : "s", given);
  (void)error;
  return false;
}

Object* item(PyObject* args, isize index) { return tuple_item(as<Tuple>(args), index); }
Object* none_unless(int failed) { return failed < 0 ? nullptr : None; }
template <class F>
F function_of(void* wrapped) {
  return reinterpret_cast<F>(wrapped);
}

// An index argument of a sequence method: negative ones count from the end.
bool sequence_index(PyObject* self, PyObject* argument, isize& index) {
  auto converted = number_as_ssize_t(argument, OverflowError);
  if (converted.failed()) return false;
  index = converted.take();
  PySequenceMethods* methods = self->ob_type->tp_as_sequence;
  if (index < 0 && methods && methods->sq_length) {
    isize length = methods->sq_length(self);
    if (length < 0) return false;
    index += length;
  }
  return true;
}

// object.__setattr__(T, …) must not jump over the tp_setattro that T's own type defines in C++.
bool check_set_attr(PyObject* self, setattrofunc function, const char* what) {
  Type* type = self->ob_type;
  Tuple* mro = type->tp_mro ? as<Tuple>(type->tp_mro) : nullptr;
  if (!mro) return true;
  Type* defining = type;
  for (isize i = mro->ob_size - 1; i >= 0; --i) {
    Type* base = reinterpret_cast<Type*>(mro->ob_item[i]);
    if (base->tp_setattro != slot_set_attr && base->tp_setattro == type->tp_setattro) {
      defining = base;
      break;
    }
  }
  for (Type* base = defining; base; base = base->tp_base) {
    if (base->tp_setattro == function) return true;
    if (base->tp_setattro != slot_set_attr) {
      Error error = raise(TypeError, "can't apply this %s to %s object", what, type->tp_name);
      (void)error;
      return false;
    }
  }
  return true;
}

PyObject* rich_compare(PyObject* self, PyObject* args, void* wrapped, int op) {
  if (!check_count(args, 1)) return nullptr;
  return function_of<richcmpfunc>(wrapped)(self, item(args, 0), op);
}

}  // namespace

PyObject* wrap_unary(PyObject* self, PyObject* args, void* wrapped) {
  return check_count(args, 0) ? function_of<unaryfunc>(wrapped)(self) : nullptr;
}

// Another function than wrap_binary: by that, sequences' __add__ is not taken for a number's, which may get its
// operands in either order.
__attribute__((no_icf)) PyObject* wrap_concat(PyObject* self, PyObject* args, void* wrapped) {
  return wrap_binary(self, args, wrapped);
}
PyObject* wrap_binary(PyObject* self, PyObject* args, void* wrapped) {
  return check_count(args, 1) ? function_of<binaryfunc>(wrapped)(self, item(args, 0)) : nullptr;
}

PyObject* wrap_binary_reflected(PyObject* self, PyObject* args, void* wrapped) {
  return check_count(args, 1) ? function_of<binaryfunc>(wrapped)(item(args, 0), self) : nullptr;
}

PyObject* wrap_ternary(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_range(args, 1, 2)) return nullptr;
  Object* third = tuple_size(as<Tuple>(args)) == 2 ? item(args, 1) : None;
  return function_of<ternaryfunc>(wrapped)(self, item(args, 0), third);
}

PyObject* wrap_ternary_reflected(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_range(args, 1, 2)) return nullptr;
  Object* third = tuple_size(as<Tuple>(args)) == 2 ? item(args, 1) : None;
  return function_of<ternaryfunc>(wrapped)(item(args, 0), self, third);
}

PyObject* wrap_inquiry(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 0)) return nullptr;
  int truth = function_of<inquiry>(wrapped)(self);
  return truth < 0 ? nullptr : bool_object(truth != 0);
}

PyObject* wrap_length(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 0)) return nullptr;
  isize length = function_of<lenfunc>(wrapped)(self);
  return length < 0 ? nullptr : int_from_ssize_t(length).to_c();
}

PyObject* wrap_hash(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 0)) return nullptr;
  Py_hash_t hash = function_of<hashfunc>(wrapped)(self);
  return hash == -1 ? nullptr : int_from_ssize_t(hash).to_c();
}

PyObject* wrap_index_argument(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 1)) return nullptr;
  isize index = TRY_C(nullptr, number_as_ssize_t(item(args, 0), OverflowError));
  return function_of<ssizeargfunc>(wrapped)(self, index);
}

PyObject* wrap_item(PyObject* self, PyObject* args, void* wrapped) {
  isize index;
  if (!check_count(args, 1) || !sequence_index(self, item(args, 0), index)) return nullptr;
  return function_of<ssizeargfunc>(wrapped)(self, index);
}

PyObject* wrap_sequence_set_item(PyObject* self, PyObject* args, void* wrapped) {
  isize index;
  if (!check_range(args, 2, 2) || !sequence_index(self, item(args, 0), index)) return nullptr;
  return none_unless(function_of<ssizeobjargproc>(wrapped)(self, index, item(args, 1)));
}

PyObject* wrap_sequence_del_item(PyObject* self, PyObject* args, void* wrapped) {
  isize index;
  if (!check_count(args, 1) || !sequence_index(self, item(args, 0), index)) return nullptr;
  return none_unless(function_of<ssizeobjargproc>(wrapped)(self, index, nullptr));
}

PyObject* wrap_contains(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 1)) return nullptr;
  int found = function_of<objobjproc>(wrapped)(self, item(args, 0));
  return found < 0 ? nullptr : bool_object(found != 0);
}

PyObject* wrap_set_item(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_range(args, 2, 2)) return nullptr;
  return none_unless(function_of<objobjargproc>(wrapped)(self, item(args, 0), item(args, 1)));
}

PyObject* wrap_del_item(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 1)) return nullptr;
  return none_unless(function_of<objobjargproc>(wrapped)(self, item(args, 0), nullptr));
}

PyObject* wrap_set_attr(PyObject* self, PyObject* args, void* wrapped) {
  auto function = function_of<setattrofunc>(wrapped);
  if (!check_range(args, 2, 2) || !check_set_attr(self, function, "__setattr__")) return nullptr;
  return none_unless(function(self, item(args, 0), item(args, 1)));
}

PyObject* wrap_del_attr(PyObject* self, PyObject* args, void* wrapped) {
  auto function = function_of<setattrofunc>(wrapped);
  if (!check_count(args, 1) || !check_set_attr(self, function, "__delattr__")) return nullptr;
  return none_unless(function(self, item(args, 0), nullptr));
}

PyObject* wrap_next(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 0)) return nullptr;
  Object* next = function_of<unaryfunc>(wrapped)(self);
  if (!next && !error_occurred()) {
    Error error = raise_object(StopIteration, None);
    (void)error;
  }
  return next;
}

PyObject* wrap_descr_get(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_range(args, 1, 2)) return nullptr;
  Object* object = item(args, 0);
  Object* type = tuple_size(as<Tuple>(args)) == 2 ? item(args, 1) : nullptr;
  if (object == None) object = nullptr;
  if (type == None) type = nullptr;
  if (!object && !type) {
    Error error = raise(TypeError, "__get__(None, None) is invalid");
    (void)error;
    return nullptr;
  }
  return function_of<descrgetfunc>(wrapped)(self, object, type);
}

PyObject* wrap_descr_set(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_range(args, 2, 2)) return nullptr;
  return none_unless(function_of<descrsetfunc>(wrapped)(self, item(args, 0), item(args, 1)));
}

PyObject* wrap_descr_delete(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 1)) return nullptr;
  return none_unless(function_of<descrsetfunc>(wrapped)(self, item(args, 0), nullptr));
}

PyObject* wrap_del(PyObject* self, PyObject* args, void* wrapped) {
  if (!check_count(args, 0)) return nullptr;
  function_of<destructor>(wrapped)(self);
  return None;
}

PyObject* wrap_call(PyObject* self, PyObject* args, void* wrapped, PyObject* kwargs) {
  return function_of<ternaryfunc>(wrapped)(self, args, kwargs);
}

PyObject* wrap_init(PyObject* self, PyObject* args, void* wrapped, PyObject* kwargs) {
  return none_unless(function_of<initproc>(wrapped)(self, args, kwargs));
}

PyObject* wrap_less(PyObject* self, PyObject* args, void* wrapped) { return rich_compare(self, args, wrapped, Py_LT); }
PyObject* wrap_less_equal(PyObject* self, PyObject* args, void* wrapped) {
  return rich_compare(self, args, wrapped, Py_LE);
}
PyObject* wrap_equal(PyObject* self, PyObject* args, void* wrapped) { return rich_compare(self, args, wrapped, Py_EQ); }
PyObject* wrap_not_equal(PyObject* self, PyObject* args, void* wrapped) {
  return rich_compare(self, args, wrapped, Py_NE);
}
PyObject* wrap_greater(PyObject* self, PyObject* args, void* wrapped) {
  return rich_compare(self, args, wrapped, Py_GT);
}
PyObject* wrap_greater_equal(PyObject* self, PyObject* args, void* wrapped) {
  return rich_compare(self, args, wrapped, Py_GE);
}
}  // namespace adder
