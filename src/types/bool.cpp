// bool: the two truth values, a subclass of int.
//
// See        tests/python/test_int.py
#include "bind/bind.h"
#include "types/int/digits.h"
#include "types/tuple.h"

using namespace adder;

constinit PyLongObject _Py_TrueStruct = {{{kImmortalRefcnt, &PyBool_Type}, 1}, {1}};
constinit PyLongObject _Py_FalseStruct = {{{kImmortalRefcnt, &PyBool_Type}, 0}, {0}};

namespace adder {
namespace {
Result<Object> bool_repr(Int* self) {
  return Result<Object>::share(self->ob_size ? static_cast<Object*>(id::true_name)
                                             : static_cast<Object*>(id::false_name));
}

Result<Object> make_bool(isize count, Object* const* args) {
  if (count > 1) return raise(TypeError, "bool expected at most 1 argument, got %zd", count);
  return bool_result(count == 1 && TRY(object_is_true(args[0])));
}

PyObject* bool_new(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  if (kwargs && object_size(kwargs).take() > 0) {
    (void)raise(TypeError, "bool() takes no keyword arguments");
    return nullptr;
  }
  return make_bool(tuple_size(as<Tuple>(args)), tuple_items(as<Tuple>(args))).to_c();
}

PyObject* bool_vectorcall(PyObject*, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  if (names && tuple_size(as<Tuple>(names)) > 0) {
    (void)raise(TypeError, "bool() takes no keyword arguments");
    return nullptr;
  }
  return make_bool(static_cast<isize>(vectorcall_nargs(nargsf)), args).to_c();
}

// bool with bool stays bool; anything else is int's business.
template <class Operation, binaryfunc PyNumberMethods::*fallback>
PyObject* logical(PyObject* left, PyObject* right) {
  if (is_bool(left) && is_bool(right)) return bool_object(Operation{}(left == True, right == True));
  return (PyLong_Type.tp_as_number->*fallback)(left, right);
}
struct And {
  bool operator()(bool a, bool b) { return a & b; }
};
struct Or {
  bool operator()(bool a, bool b) { return a | b; }
};
struct Xor {
  bool operator()(bool a, bool b) { return a ^ b; }
};

constinit PyNumberMethods bool_as_number = {
    .nb_and = &logical<And, &PyNumberMethods::nb_and>,
    .nb_xor = &logical<Xor, &PyNumberMethods::nb_xor>,
    .nb_or = &logical<Or, &PyNumberMethods::nb_or>,
};
}  // namespace
}  // namespace adder

constinit PyTypeObject PyBool_Type = {
    .tp_name = "bool",
    .tp_basicsize = 32,  // sizeof the struct in C, as compilers pad it: modules made by Cython compare it
    .tp_itemsize = sizeof(digit),
    .tp_repr = slot<bool_repr>,
    .tp_as_number = &bool_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc =
        "bool(x) -> bool\n\nReturns True when the argument x is true, False otherwise.\n"
        "The builtins True and False are the only two instances of the class bool.\n"
        "The class bool is a subclass of the class int, and cannot be subclassed.",
    .tp_base = &PyLong_Type,
    .tp_new = &bool_new,
    .tp_vectorcall = &bool_vectorcall,
};
