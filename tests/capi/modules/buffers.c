// buffers: an exporter of any shape, format and layout, and a consumer with any flags (PEP 3118).
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == Exporter(data, itemsize, format, shape, strides, suboffsets, readonly): gives what it is told, and counts ==

#define MAX 4
typedef struct {
  PyObject_HEAD PyObject *data, *format;
  Py_ssize_t itemsize, shape[MAX], strides[MAX], suboffsets[MAX];
  char* pointers[16];
  int ndim, with_suboffsets, readonly, gets, releases, refuse;
} Exporter;

static int read_sizes(PyObject* tuple, Py_ssize_t* out) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple) && i < MAX; i++) {
    out[i] = PyLong_AsSsize_t(PyTuple_GET_ITEM(tuple, i));
    if (out[i] == -1 && PyErr_Occurred()) return -1;
  }
  return 0;
}
static int exporter_init(PyObject* object, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"data", "itemsize", "format", "shape", "strides", "suboffsets", "readonly", NULL};
  Exporter* self = (Exporter*)object;
  PyObject *data, *format, *shape, *strides, *suboffsets = NULL;
  self->readonly = 1;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!nO!O!O!|O!p", names, &PyByteArray_Type, &data, &self->itemsize,
                                   &PyBytes_Type, &format, &PyTuple_Type, &shape, &PyTuple_Type, &strides,
                                   &PyTuple_Type, &suboffsets, &self->readonly))
    return -1;
  Py_INCREF(data), Py_INCREF(format);
  Py_XSETREF(self->data, data);
  Py_XSETREF(self->format, format);
  self->ndim = (int)PyTuple_GET_SIZE(shape);
  if (read_sizes(shape, self->shape) < 0 || read_sizes(strides, self->strides) < 0) return -1;
  if (suboffsets) {
    // The first dimension is an array of pointers to rows of the data.
    self->with_suboffsets = 1;
    if (read_sizes(suboffsets, self->suboffsets) < 0) return -1;
    Py_ssize_t row = PyByteArray_GET_SIZE(data) / self->shape[0];
    for (Py_ssize_t i = 0; i < self->shape[0] && i < 16; i++) self->pointers[i] = PyByteArray_AS_STRING(data) + i * row;
  }
  return 0;
}
static void exporter_dealloc(PyObject* object) {
  Py_CLEAR(((Exporter*)object)->data);
  Py_CLEAR(((Exporter*)object)->format);
  Py_TYPE(object)->tp_free(object);
}
static int exporter_getbuffer(PyObject* object, Py_buffer* view, int flags) {
  Exporter* self = (Exporter*)object;
  if (self->refuse) {
    view->obj = NULL;
    PyErr_SetString(PyExc_BufferError, "refused");
    return -1;
  }
  if (self->readonly && (flags & PyBUF_WRITABLE)) {
    view->obj = NULL;
    PyErr_SetString(PyExc_BufferError, "not writable");
    return -1;
  }
  self->gets++;
  view->obj = Py_NewRef(object);
  view->buf = self->with_suboffsets ? (void*)self->pointers : PyByteArray_AS_STRING(self->data);
  view->itemsize = self->itemsize;
  view->len = self->itemsize;
  for (int i = 0; i < self->ndim; i++) {
    view->len *= self->shape[i];
    if (!self->with_suboffsets && self->strides[i] < 0)
      view->buf = (char*)view->buf - self->strides[i] * (self->shape[i] - 1);
  }
  view->readonly = self->readonly;
  view->ndim = self->ndim;
  view->format = (flags & PyBUF_FORMAT) ? PyBytes_AS_STRING(self->format) : NULL;
  view->shape = (flags & PyBUF_ND) ? self->shape : NULL;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? self->strides : NULL;
  view->suboffsets = self->with_suboffsets ? self->suboffsets : NULL;
  view->internal = &self->gets;
  return 0;
}
static void exporter_releasebuffer(PyObject* object, Py_buffer* view) {
  Exporter* self = (Exporter*)object;
  if (view->internal != &self->gets) Py_FatalError("a view that is not mine");
  self->releases++;
}
static PyMemberDef exporter_members[] = {{"gets", T_INT, offsetof(Exporter, gets), READONLY, NULL},
                                         {"releases", T_INT, offsetof(Exporter, releases), READONLY, NULL},
                                         {"refuse", T_INT, offsetof(Exporter, refuse), 0, NULL},
                                         {NULL}};
static PyBufferProcs exporter_procs = {exporter_getbuffer, exporter_releasebuffer};
static PyTypeObject Exporter_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "buffers.Exporter",
                                     .tp_basicsize = sizeof(Exporter),
                                     .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                     .tp_as_buffer = &exporter_procs,
                                     .tp_members = exporter_members,
                                     .tp_init = exporter_init,
                                     .tp_dealloc = exporter_dealloc,
                                     .tp_new = PyType_GenericNew};

// == Consumers ==

static PyObject* sizes(Py_ssize_t* values, int n) {
  if (values == NULL) Py_RETURN_NONE;
  PyObject* tuple = PyTuple_New(n);
  for (int i = 0; i < n; i++) PyTuple_SET_ITEM(tuple, i, PyLong_FromSsize_t(values[i]));
  return tuple;
}
static PyObject* describe(Py_buffer* view) {
  return Py_BuildValue("{sisnsnsisNsNsNsz}", "readonly", view->readonly, "len", view->len, "itemsize", view->itemsize,
                       "ndim", view->ndim, "shape", sizes(view->shape, view->ndim), "strides",
                       sizes(view->strides, view->ndim), "suboffsets", sizes(view->suboffsets, view->ndim), "format",
                       view->format);
}
static PyObject* get(PyObject* module, PyObject* args) {  // get(object, flags)
  PyObject* object;
  int flags;
  Py_buffer view = {0};
  if (!PyArg_ParseTuple(args, "Oi", &object, &flags)) return NULL;
  if (PyObject_GetBuffer(object, &view, flags) < 0) {
    if (view.obj != NULL) return PyErr_Format(PyExc_AssertionError, "obj is not NULL after a failure");
    return NULL;
  }
  PyObject* result = describe(&view);
  PyBuffer_Release(&view);
  PyBuffer_Release(&view);  // does nothing
  return result;
}
static PyObject* contiguous(PyObject* module, PyObject* object) {
  Py_buffer view;
  if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) return NULL;
  PyObject* result = Py_BuildValue("(iii)", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'),
                                   PyBuffer_IsContiguous(&view, 'A'));
  PyBuffer_Release(&view);
  return result;
}
static PyObject* to_contiguous(PyObject* module, PyObject* args) {
  PyObject* object;
  int order;
  Py_buffer view;
  if (!PyArg_ParseTuple(args, "OC", &object, &order)) return NULL;
  if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) return NULL;
  PyObject* bytes = PyBytes_FromStringAndSize(NULL, view.len);
  if (bytes && PyBuffer_ToContiguous(PyBytes_AS_STRING(bytes), &view, view.len, (char)order) < 0) Py_CLEAR(bytes);
  PyBuffer_Release(&view);
  return bytes;
}
static PyObject* item(PyObject* module, PyObject* args) {  // item(object, indices): the bytes of one item
  PyObject *object, *indices;
  Py_ssize_t at[MAX] = {0};
  Py_buffer view;
  if (!PyArg_ParseTuple(args, "OO!", &object, &PyTuple_Type, &indices) || read_sizes(indices, at) < 0) return NULL;
  if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) return NULL;
  PyObject* bytes = PyBytes_FromStringAndSize(PyBuffer_GetPointer(&view, at), view.itemsize);
  PyBuffer_Release(&view);
  return bytes;
}
static PyObject* size_from_format(PyObject* module, PyObject* format) {
  Py_ssize_t size = PyBuffer_SizeFromFormat(PyUnicode_AsUTF8(format));
  return size < 0 ? NULL : PyLong_FromSsize_t(size);
}
static PyObject* fill_strides(PyObject* module, PyObject* args) {
  PyObject* shape;
  int itemsize, order;
  Py_ssize_t in[MAX], out[MAX];
  if (!PyArg_ParseTuple(args, "O!iC", &PyTuple_Type, &shape, &itemsize, &order) || read_sizes(shape, in) < 0)
    return NULL;
  PyBuffer_FillContiguousStrides((int)PyTuple_GET_SIZE(shape), in, out, itemsize, (char)order);
  return sizes(out, (int)PyTuple_GET_SIZE(shape));
}
static PyObject* check(PyObject* module, PyObject* object) { return PyBool_FromLong(PyObject_CheckBuffer(object)); }
static char memory[] = "abcdefgh";
static PyObject* from_memory(PyObject* module, PyObject* writable) {
  return PyMemoryView_FromMemory(memory, 8, PyObject_IsTrue(writable) ? PyBUF_WRITE : PyBUF_READ);
}
static Py_ssize_t two_by_four[] = {2, 4}, columns[] = {1, 2};
static PyObject* from_buffer(PyObject* module, PyObject* unused) {
  Py_buffer view = {
      .buf = memory, .len = 8, .itemsize = 1, .ndim = 2, .format = "B", .shape = two_by_four, .strides = columns};
  return PyMemoryView_FromBuffer(&view);
}
static PyObject* get_contiguous(PyObject* module, PyObject* args) {
  PyObject* object;
  int type, order;
  if (!PyArg_ParseTuple(args, "OiC", &object, &type, &order)) return NULL;
  return PyMemoryView_GetContiguous(object, type, (char)order);
}
static PyObject* from_object(PyObject* module, PyObject* object) {
  PyObject* view = PyMemoryView_FromObject(object);
  if (view == NULL) return NULL;
  Py_buffer* inner = PyMemoryView_GET_BUFFER(view);
  PyObject* base = PyMemoryView_GET_BASE(view);
  return Py_BuildValue("(NNO)", view, describe(inner), base ? base : Py_None);
}
static PyObject* fill_info(PyObject* module, PyObject* args) {
  int readonly, flags;
  Py_buffer view;
  if (!PyArg_ParseTuple(args, "ii", &readonly, &flags)) return NULL;
  if (PyBuffer_FillInfo(&view, module, memory, 8, readonly, flags) < 0) return NULL;
  PyObject* result = describe(&view);
  PyBuffer_Release(&view);
  return result;
}
static PyObject* old_buffers(PyObject* module, PyObject* object) {
  const char* text;
  const void* data;
  void* writable;
  Py_ssize_t size = -1, other = -1, third = -1;
  int a = PyObject_AsCharBuffer(object, &text, &size);
  PyErr_Clear();
  int b = PyObject_AsReadBuffer(object, &data, &other);
  PyErr_Clear();
  int c = PyObject_AsWriteBuffer(object, &writable, &third);
  PyErr_Clear();
  return Py_BuildValue("(iiinnnN)", a, b, c, size, other, third, PyBool_FromLong(PyObject_CheckReadBuffer(object)));
}

static PyMethodDef methods[] = {{"get", get, METH_VARARGS, NULL},
                                {"contiguous", contiguous, METH_O, NULL},
                                {"to_contiguous", to_contiguous, METH_VARARGS, NULL},
                                {"item", item, METH_VARARGS, NULL},
                                {"size_from_format", size_from_format, METH_O, NULL},
                                {"fill_strides", fill_strides, METH_VARARGS, NULL},
                                {"check", check, METH_O, NULL},
                                {"from_memory", from_memory, METH_O, NULL},
                                {"from_buffer", from_buffer, METH_NOARGS, NULL},
                                {"get_contiguous", get_contiguous, METH_VARARGS, NULL},
                                {"from_object", from_object, METH_O, NULL},
                                {"fill_info", fill_info, METH_VARARGS, NULL},
                                {"old_buffers", old_buffers, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "buffers", NULL, -1, methods};
PyMODINIT_FUNC PyInit_buffers(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module && PyModule_AddType(module, &Exporter_Type) < 0) Py_CLEAR(module);
  return module;
}
