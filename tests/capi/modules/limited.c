// limited: a module of the stable ABI (abi3).
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef struct {
  PyObject_HEAD double value;
} Box;
static int box_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"value", NULL};
  return PyArg_ParseTupleAndKeywords(args, kwargs, "d:Box", names, &((Box*)self)->value) ? 0 : -1;
}
static PyObject* box_repr(PyObject* self) {
  PyObject* number = PyFloat_FromDouble(((Box*)self)->value);
  if (number == NULL) return NULL;
  PyObject* text = PyUnicode_FromFormat("Box(%R)", number);
  Py_DECREF(number);
  return text;
}
static PyObject* box_add(PyObject* a, PyObject* b) {
  if (!Py_IS_TYPE(a, Py_TYPE(b))) Py_RETURN_NOTIMPLEMENTED;
  return PyObject_CallFunction((PyObject*)Py_TYPE(a), "d", ((Box*)a)->value + ((Box*)b)->value);
}
static PyObject* box_get(PyObject* self, void* closure) { return PyFloat_FromDouble(((Box*)self)->value); }
static void box_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  freefunc free_function = (freefunc)PyType_GetSlot(type, Py_tp_free);
  free_function(self);
  Py_DECREF(type);
}
static PyGetSetDef box_getset[] = {{"value", box_get, NULL, NULL, NULL}, {NULL}};
static int box_getbuffer(PyObject* self, Py_buffer* view, int flags) {
  return PyBuffer_FillInfo(view, self, &((Box*)self)->value, sizeof(double), 0, flags);
}
static PyType_Slot box_slots[] = {{Py_tp_init, box_init},
                                  {Py_tp_repr, box_repr},
                                  {Py_nb_add, box_add},
                                  {Py_tp_dealloc, box_dealloc},
                                  {Py_tp_getset, box_getset},
                                  {Py_bf_getbuffer, box_getbuffer},
                                  {0, NULL}};
static PyType_Spec box_spec = {"limited.Box", sizeof(Box), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, box_slots};

static PyObject* macros(PyObject* module, PyObject* list) {  // functions, where the full API has macros
  Py_ssize_t n = PyList_Size(list);
  PyObject* tuple = PyTuple_New(n);
  for (Py_ssize_t i = 0; i < n; i++) {
    PyObject* item = PyList_GetItem(list, i);
    Py_INCREF(item);
    if (PyTuple_SetItem(tuple, i, item) < 0) return NULL;
  }
  PyObject* slice = PyTuple_GetSlice(tuple, 1, n);
  PyObject* result = Py_BuildValue("(NNiiii)", tuple, slice, Py_IsNone(list), PyList_Check(list), PyIter_Check(list),
                                   PyIndex_Check(list));
  return result;
}
static PyObject* text(PyObject* module, PyObject* object) {
  Py_ssize_t size;
  const char* utf8 = PyUnicode_AsUTF8AndSize(object, &size);
  if (utf8 == NULL) return NULL;
  return Py_BuildValue("(y#nI)", utf8, size, PyUnicode_GetLength(object), (unsigned)PyUnicode_ReadChar(object, 0));
}
static PyObject* run(PyObject* module, PyObject* code) {
  PyObject* globals = Py_BuildValue("{s:i}", "x", 20);
  PyObject* result = PyEval_EvalCode(code, globals, globals);
  Py_DECREF(globals);
  return result;
}
static PyMethodDef methods[] = {
    {"macros", macros, METH_O, NULL}, {"text", text, METH_O, NULL}, {"run", run, METH_O, NULL}, {NULL}};
static int execute(PyObject* module) {
  PyObject* type = PyType_FromModuleAndSpec(module, &box_spec, NULL);
  if (type == NULL) return -1;
  int status = PyModule_AddType(module, (PyTypeObject*)type);
  Py_DECREF(type);
  return status;
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "limited", NULL, 0, methods, slots};
PyMODINIT_FUNC PyInit_limited(void) { return PyModuleDef_Init(&module_def); }
