// none: None, NotImplemented and Ellipsis.
#include "bind/bind.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/str.h"

namespace adder {
namespace {
void immortal_dealloc(PyObject*) { fatal("deallocating a singleton"); }

Result<Str> none_repr(Object*) { return str_from_latin1("None"); }
int none_bool(PyObject*) { return 0; }
constexpr Doc none_doc = "NoneType()\n--\n\n";
Result<Object> none_make(Type*) { return none_result(); }
constinit PyNumberMethods none_as_number = {.nb_bool = none_bool};

Result<Str> not_implemented_repr(Object*) { return str_from_latin1("NotImplemented"); }
constexpr Doc not_implemented_doc = "NotImplementedType()\n--\n\n";
Result<Object> not_implemented_make(Type*) { return not_implemented(); }
Result<bool> not_implemented_bool(Object*) {
  TRY(warn(DeprecationWarning, 1, "NotImplemented should not be used in a boolean context"));
  return true;
}
constinit PyNumberMethods not_implemented_as_number = {.nb_bool = slot<not_implemented_bool>};
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
Result<Str> not_implemented_reduce(Object*) { return str_from_latin1("NotImplemented"); }
constinit PyMethodDef not_implemented_methods[] = {method<not_implemented_reduce, reduce_doc>(), {}};

Result<Str> ellipsis_repr(Object*) { return str_from_latin1("Ellipsis"); }
constexpr Doc ellipsis_doc = "ellipsis()\n--\n\n";
Result<Object> ellipsis_make(Type*) { return Result<Object>::share(Ellipsis); }
constinit PyMethodDef ellipsis_methods[] = {method<ellipsis_repr, reduce_doc>(), {}};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject _PyNone_Type = {
    .tp_name = "NoneType",
    .tp_basicsize = sizeof(Object),
    .tp_dealloc = immortal_dealloc,
    .tp_repr = slot<none_repr>,
    .tp_as_number = &none_as_number,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = constructor<none_make, none_doc>,
};
constinit PyTypeObject _PyNotImplemented_Type = {
    .tp_name = "NotImplementedType",
    .tp_basicsize = sizeof(Object),
    .tp_dealloc = immortal_dealloc,
    .tp_repr = slot<not_implemented_repr>,
    .tp_as_number = &not_implemented_as_number,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = not_implemented_methods,
    .tp_new = constructor<not_implemented_make, not_implemented_doc>,
};
constinit PyTypeObject PyEllipsis_Type = {
    .tp_name = "ellipsis",
    .tp_basicsize = sizeof(Object),
    .tp_dealloc = immortal_dealloc,
    .tp_repr = slot<ellipsis_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = ellipsis_methods,
    .tp_new = constructor<ellipsis_make, ellipsis_doc>,
};
constinit PyObject _Py_NoneStruct = {kImmortalRefcnt, &_PyNone_Type};
constinit PyObject _Py_NotImplementedStruct = {kImmortalRefcnt, &_PyNotImplemented_Type};
constinit PyObject _Py_EllipsisObject = {kImmortalRefcnt, &PyEllipsis_Type};
