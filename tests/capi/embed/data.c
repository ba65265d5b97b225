// data: exported variables, which the linker may copy into the program.
// run:
#include <Python.h>

static PyTypeObject Number = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "data.Number",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyLong_Type,
};
static PyTypeObject* const kTypes[] = {&PyLong_Type, &PyList_Type, &PyType_Type, &PyBaseObject_Type, &PyDict_Type};

int main(void) {
  Py_Initialize();
  for (int i = 0; i < 5; i++) printf("%s %d\n", kTypes[i]->tp_name, Py_TYPE(kTypes[i]) == &PyType_Type);
  printf("%d\n", PyType_Ready(&Number));
  PyObject* number = PyObject_CallFunction((PyObject*)&Number, "i", 41);
  printf("%d %d %d\n", PyLong_Check(number), PyLong_CheckExact(number), Py_TYPE(number) == &Number);
  PyObject* sum = PyNumber_Add(number, Py_True);
  printf("%ld %d\n", PyLong_AsLong(sum), Py_TYPE(sum) == &PyLong_Type);
  PyObject* list = PyObject_CallNoArgs((PyObject*)&PyList_Type);
  printf("%d %zd\n", PyList_CheckExact(list), PyList_GET_SIZE(list));
  PyErr_SetString(PyExc_KeyError, "k");
  printf("%d %d\n", PyErr_ExceptionMatches(PyExc_LookupError), PyErr_ExceptionMatches(PyExc_ValueError));
  PyErr_Clear();
  PyObject* none = PyRun_String("None", Py_eval_input, PyEval_GetBuiltins(), NULL);
  if (!none) PyErr_Clear();
  PyObject* globals = PyDict_New();
  PyObject* values = PyRun_String("[None, True, False, Ellipsis, NotImplemented, int, KeyError]", Py_eval_input, globals, globals);
  PyObject* same[] = {Py_None, Py_True, Py_False, Py_Ellipsis, Py_NotImplemented, (PyObject*)&PyLong_Type, PyExc_KeyError};
  for (int i = 0; i < 7; i++) printf("%d", PyList_GetItem(values, i) == same[i]);
  printf("\n%d\n", Py_FinalizeEx());
  return 0;
}
