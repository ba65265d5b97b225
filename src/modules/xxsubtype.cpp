// xxsubtype: built-in types that extend list and dict, for the tests of subclassing.
#include <ctime>

#include "bind/bind.h"
#include "import/import.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct SpamList : PyListObject {
  int state;
};
struct SpamDict : PyDictObject {
  int state;
};

Error raise_count(const char* name, const char* wanted, isize given) {
  return raise(TypeError, "%s() takes exactly %s (%zd given)", name, wanted, given);
}

template <class Spam>
PyObject* get_state(PyObject* self, PyObject* args) {
  isize given = tuple_size(as<Tuple>(args));
  if (given) return Result<Object>(raise_count("getstate", "0 arguments", given)).to_c();
  return int_from_i64(static_cast<Spam*>(self)->state).to_c();
}

template <class Spam>
PyObject* set_state(PyObject* self, PyObject* args) {
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size != 1) return Result<Object>(raise_count("setstate", "1 argument", tuple->ob_size)).to_c();
  static_cast<Spam*>(self)->state = TRY_C(nullptr, int_as_int(tuple->ob_item[0]));
  return None;
}

// (self, args, kwargs) as a class method and as a static method see them.
PyObject* special_method(PyObject* self, PyObject* args, PyObject* kwargs) {
  return tuple_pack(self ? self : None, args, kwargs ? kwargs : None).to_c();
}
PyObject* static_special_method(PyObject*, PyObject* args, PyObject* kwargs) {
  return special_method(nullptr, args, kwargs);
}

constexpr PyMethodDef keywords_method(const char* name, PyCFunctionWithKeywords function, int flags, const char* doc) {
  PyMethodDef definition;
  definition.ml_name = name;
  definition.ml_keywords = function;
  definition.ml_flags = METH_VARARGS | METH_KEYWORDS | flags;
  definition.ml_doc = doc;
  return definition;
}

Result<Object> list_get_state(SpamList* self) { return int_from_i64(self->state); }

int list_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (PyList_Type.tp_init(self, args, kwargs) < 0) return -1;
  static_cast<SpamList*>(self)->state = 0;
  return 0;
}

int dict_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (PyDict_Type.tp_init(self, args, kwargs) < 0) return -1;
  static_cast<SpamDict*>(self)->state = 0;
  return 0;
}

constinit PyMethodDef list_methods[] = {
    raw_method("getstate", get_state<SpamList>, METH_VARARGS, "getstate() -> state"),
    raw_method("setstate", set_state<SpamList>, METH_VARARGS, "setstate(state)"),
    keywords_method("classmeth", special_method, METH_CLASS, "classmeth(*args, **kw)"),
    keywords_method("staticmeth", static_special_method, METH_STATIC, "staticmeth(*args, **kw)"),
    {}};
constinit PyMethodDef dict_methods[] = {
    raw_method("getstate", get_state<SpamDict>, METH_VARARGS, "getstate() -> state"),
    raw_method("setstate", set_state<SpamDict>, METH_VARARGS, "setstate(state)"),
    {}};
constinit PyGetSetDef list_getset[] = {get_set<list_get_state>("state", "an int variable for demonstration purposes"),
                                       {}};
constinit PyMemberDef dict_members[] = {
    member("state", T_INT, offsetof(SpamDict, state), READONLY, "an int variable for demonstration purposes"), {}};

constinit PyTypeObject spam_list_type = {
    .tp_name = "xxsubtype.spamlist",
    .tp_basicsize = sizeof(SpamList),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = list_methods,
    .tp_getset = list_getset,
    .tp_base = &PyList_Type,
    .tp_init = list_init,
};
constinit PyTypeObject spam_dict_type = {
    .tp_name = "xxsubtype.spamdict",
    .tp_basicsize = sizeof(SpamDict),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = dict_methods,
    .tp_members = dict_members,
    .tp_base = &PyDict_Type,
    .tp_init = dict_init,
};

// bench(object, name, n=1000): seconds of CPU that n look-ups take.
Result<Object> bench(Tuple* args) {
  isize given = args->ob_size;
  if (given < 2) return raise(TypeError, "function takes at least 2 arguments (%zd given)", given);
  if (given > 3) return raise(TypeError, "function takes at most 3 arguments (%zd given)", given);
  Object *object = args->ob_item[0], *name = args->ob_item[1];
  if (!is_str(name)) return raise(TypeError, "argument 2 must be str, not %.50s", name->ob_type->tp_name);
  int count = 1000;
  if (given == 3) count = TRY(int_as_int(args->ob_item[2]));
  std::clock_t start = std::clock();
  while (--count >= 0) {
    Ref<Object> value = TRY(object_get_attr(object, name));
  }
  return float_from_double(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
}
PyObject* bench_function(PyObject*, PyObject* args) { return bench(as<Tuple>(args)).to_c(); }

constinit PyMethodDef functions[] = {raw_method("bench", bench_function, METH_VARARGS, nullptr), {}};

Result<void> spam_exec(Module* module) {
  TRY(module_add_type(module, &spam_list_type));
  return module_add_type(module, &spam_dict_type);
}
int exec_slot(PyObject* module) { return spam_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "xxsubtype",
    .m_doc =
        "xxsubtype is an example module showing how to subtype builtin types from C.\ntest_descr.py in the standard "
        "test "
        "suite requires it in order to complete.\nIf you don't care about the examples, and don't intend to run the "
        "Python\ntest suite, you can recompile Python without Modules/xxsubtype.c.",
    .m_methods = functions,
    .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_xxsubtype() { return adder::module_def_init(&adder::definition); }
