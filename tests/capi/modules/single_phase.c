// single_phase: modules that PyInit_ makes in one go, and wrong ones of that kind.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static int inits;
static struct PyModuleDef module_def;
static PyObject* find_module(PyObject* module, PyObject* unused) {
  PyObject* found = PyState_FindModule(&module_def);
  return Py_NewRef(found ? found : Py_None);
}
static PyObject* remove_module(PyObject* module, PyObject* unused) {
  if (PyState_RemoveModule(&module_def) < 0) return NULL;
  Py_RETURN_NONE;
}
static PyObject* add_module(PyObject* module, PyObject* other) {
  if (PyState_AddModule(other, &module_def) < 0) return NULL;
  Py_RETURN_NONE;
}
static PyObject* count_inits(PyObject* module, PyObject* unused) { return PyLong_FromLong(inits); }
static PyObject* make_module(PyObject* module, PyObject* args) {  // PyModule_Create2 with a version
  static struct PyModuleDef made_def = {PyModuleDef_HEAD_INIT, "made", "Text.", -1, NULL};
  int version;
  if (!PyArg_ParseTuple(args, "i", &version)) return NULL;
  return PyModule_Create2(&made_def, version);
}
static PyObject* add_things(PyObject* module, PyObject* other) {
  static PyMethodDef functions[] = {{"find_module", find_module, METH_NOARGS, "Finds."}, {NULL}};
  if (PyModule_AddFunctions(other, functions) < 0 || PyModule_SetDocString(other, "New text.") < 0) return NULL;
  if (PyModule_AddObject(other, "gone", NULL) == 0 || !PyErr_Occurred())
    return PyErr_Format(PyExc_AssertionError, "NULL was added");
  PyErr_Clear();
  if (PyModule_AddObjectRef(other, "null", NULL) == 0) return PyErr_Format(PyExc_AssertionError, "NULL was added");
  PyErr_Clear();
  return Py_NewRef(other);
}
static PyObject* add_null(PyObject* module, PyObject* other) {
  return PyLong_FromLong(PyModule_AddObjectRef(other, "null", NULL));
}
static PyObject* add_null_silently(PyObject* module, PyObject* other) {
  if (PyModule_AddObject(other, "null", NULL) < 0) return NULL;
  Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"find_module", find_module, METH_NOARGS, NULL},
                                {"remove_module", remove_module, METH_NOARGS, NULL},
                                {"add_module", add_module, METH_O, NULL},
                                {"count_inits", count_inits, METH_NOARGS, NULL},
                                {"make_module", make_module, METH_VARARGS, NULL},
                                {"add_things", add_things, METH_O, NULL},
                                {"add_null_silently", add_null_silently, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "single_phase", "A module in one go.", -1, methods};
PyMODINIT_FUNC PyInit_single_phase(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module == NULL) return NULL;
  inits++;
  PyModule_AddIntConstant(module, "inits", inits);
  PyModule_AddObject(module, "list", PyList_New(0));
  return module;
}

// == A module with state, which may be initialised again ==

static struct PyModuleDef again_def = {PyModuleDef_HEAD_INIT, "again", NULL, sizeof(int), methods};
PyMODINIT_FUNC PyInit_again(void) {
  PyObject* module = PyModule_Create(&again_def);
  if (module == NULL) return NULL;
  PyModule_AddIntConstant(module, "state", ++*(int*)PyModule_GetState(module));
  PyModule_AddIntConstant(module, "inits", ++inits);
  return module;
}

// == Wrong ones ==

PyMODINIT_FUNC PyInit_silent(void) { return NULL; }
PyMODINIT_FUNC PyInit_raising(void) {
  PyErr_SetString(PyExc_KeyError, "from init");
  return NULL;
}
PyMODINIT_FUNC PyInit_loud(void) {
  PyObject* module = PyModule_Create(&again_def);
  PyErr_SetString(PyExc_KeyError, "left behind");
  return module;
}
PyMODINIT_FUNC PyInit_no_module(void) { return PyLong_FromLong(3); }
static struct PyModuleDef uninitialized_def;
PyMODINIT_FUNC PyInit_uninitialized(void) { return (PyObject*)&uninitialized_def; }
static struct PyModuleDef slotted_def;
static PyModuleDef_Slot slots[] = {{0, NULL}};
PyMODINIT_FUNC PyInit_create_with_slots(void) {
  slotted_def = (struct PyModuleDef){PyModuleDef_HEAD_INIT, "slotted", NULL, 0, NULL, slots};
  return PyModule_Create(&slotted_def);
}
static struct PyModuleDef bad_method_def;
static PyMethodDef bad_methods[] = {{"bad", count_inits, METH_NOARGS | METH_O, NULL}, {NULL}};
PyMODINIT_FUNC PyInit_bad_method(void) {
  bad_method_def = (struct PyModuleDef){PyModuleDef_HEAD_INIT, "bad_method", NULL, -1, bad_methods};
  return PyModule_Create(&bad_method_def);
}
static PyMethodDef class_methods[] = {{"bad", count_inits, METH_NOARGS | METH_CLASS, NULL}, {NULL}};
PyMODINIT_FUNC PyInit_class_method(void) {
  bad_method_def = (struct PyModuleDef){PyModuleDef_HEAD_INIT, "class_method", NULL, -1, class_methods};
  return PyModule_Create(&bad_method_def);
}
int PyInit_is_data = 5;
