/* counts: a type whose operators tell the reference counts that they see. */
#include <Python.h>

static PyObject *two(PyObject *a, PyObject *b) { return Py_BuildValue("nn", Py_REFCNT(a), Py_REFCNT(b)); }
static PyObject *one(PyObject *a) { return PyLong_FromSsize_t(Py_REFCNT(a)); }
static PyObject *compare(PyObject *a, PyObject *b, int op) { return two(a, b); }
static PyObject *seen; /* what the last operation without a result of its own saw */
static int note(PyObject *value) {
  Py_XSETREF(seen, value);
  return value ? 0 : -1;
}
static int truth(PyObject *a) { return note(one(a)) < 0 ? -1 : 1; }
static int contains(PyObject *a, PyObject *b) { return note(two(a, b)) < 0 ? -1 : 1; }
static int assign(PyObject *a, PyObject *key, PyObject *value) {
  return note(Py_BuildValue("nnn", Py_REFCNT(a), Py_REFCNT(key), value ? Py_REFCNT(value) : 0));
}
static PyObject *attribute(PyObject *a, PyObject *name) {
  if (PyUnicode_CompareWithASCIIString(name, "count") == 0) return one(a);
  return PyObject_GenericGetAttr(a, name);
}
static PyObject *iterate(PyObject *a) {
  if (note(one(a)) < 0) return NULL;
  PyObject *empty = PyTuple_New(0);
  PyObject *iterator = empty ? PyObject_GetIter(empty) : NULL;
  Py_XDECREF(empty);
  return iterator;
}

static PyNumberMethods as_number = {.nb_add = two, .nb_subtract = two, .nb_and = two, .nb_inplace_add = two,
                                    .nb_negative = one, .nb_bool = truth};
static PyMappingMethods as_mapping = {NULL, two, assign};
static PySequenceMethods as_sequence = {.sq_contains = contains};
static PyTypeObject counted = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "counts.Counted",
                               .tp_basicsize = sizeof(PyObject),
                               .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                               .tp_new = PyType_GenericNew,
                               .tp_as_number = &as_number,
                               .tp_as_mapping = &as_mapping,
                               .tp_as_sequence = &as_sequence,
                               .tp_richcompare = compare,
                               .tp_getattro = attribute,
                               .tp_iter = iterate};

static PyObject *last(PyObject *module, PyObject *unused) { return Py_NewRef(seen ? seen : Py_None); }
static PyObject *argument(PyObject *module, PyObject *object) { return one(object); }
static PyMethodDef methods[] = {{"last", last, METH_NOARGS}, {"argument", argument, METH_O}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "counts", NULL, -1, methods};

PyMODINIT_FUNC PyInit_counts(void) {
  PyObject *module = PyModule_Create(&definition);
  if (!module || PyModule_AddType(module, &counted) < 0) {
    Py_XDECREF(module);
    return NULL;
  }
  return module;
}
