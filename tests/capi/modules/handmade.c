// handmade: heap types put together without a spec, the way pybind11 does: from a metaclass's tp_alloc, field by field.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

typedef struct {
  PyObject_HEAD
  void* value;
  PyObject* weakrefs;
  long number;
} Instance;
typedef struct {
  Instance base;
  long more;
} Larger;

// == A type, field by field ==

static PyHeapTypeObject* start(PyTypeObject* metaclass, const char* name, PyTypeObject* base, Py_ssize_t size) {
  PyHeapTypeObject* heap = (PyHeapTypeObject*)metaclass->tp_alloc(metaclass, 0);
  if (heap == NULL) return NULL;
  heap->ht_name = PyUnicode_FromString(name);
  heap->ht_qualname = Py_NewRef(heap->ht_name);
  PyTypeObject* type = &heap->ht_type;
  type->tp_name = name;
  type->tp_base = (PyTypeObject*)Py_NewRef((PyObject*)base);
  type->tp_basicsize = size;
  type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HEAPTYPE;
  type->tp_as_number = &heap->as_number;
  type->tp_as_sequence = &heap->as_sequence;
  type->tp_as_mapping = &heap->as_mapping;
  type->tp_as_async = &heap->as_async;
  return heap;
}
static PyObject* finish(PyHeapTypeObject* heap) {
  if (PyType_Ready(&heap->ht_type) < 0) return NULL;
  PyObject* module = PyUnicode_FromString("handmade");
  PyObject_SetAttrString((PyObject*)heap, "__module__", module);
  Py_DECREF(module);
  return (PyObject*)heap;
}

// == The metaclass ==

static int calls;
static PyObject* meta_call(PyObject* type, PyObject* args, PyObject* kwargs) {
  calls++;
  PyObject* self = PyType_Type.tp_call(type, args, kwargs);
  if (self && ((Instance*)self)->value != (void*)&calls) {
    PyErr_Format(PyExc_TypeError, "%s.__init__() must be called", ((PyTypeObject*)type)->tp_name);
    Py_CLEAR(self);
  }
  return self;
}
static PyTypeObject* static_property;
static int meta_setattro(PyObject* object, PyObject* name, PyObject* value) {  // an assignment goes to a static property
  PyObject* found = _PyType_Lookup((PyTypeObject*)object, name);
  if (found && value && PyObject_IsInstance(found, (PyObject*)static_property) > 0 &&
      PyObject_IsInstance(value, (PyObject*)static_property) == 0)
    return Py_TYPE(found)->tp_descr_set(found, object, value);
  return PyType_Type.tp_setattro(object, name, value);
}
static PyObject* meta_getattro(PyObject* object, PyObject* name) {
  PyObject* found = _PyType_Lookup((PyTypeObject*)object, name);
  if (found && PyInstanceMethod_Check(found)) return Py_NewRef(found);
  return PyType_Type.tp_getattro(object, name);
}

// == Static properties ==

static PyObject* static_get(PyObject* self, PyObject* object, PyObject* cls) { return PyProperty_Type.tp_descr_get(self, cls, cls); }
static int static_set(PyObject* self, PyObject* object, PyObject* value) {
  PyObject* cls = PyType_Check(object) ? object : (PyObject*)Py_TYPE(object);
  return PyProperty_Type.tp_descr_set(self, cls, value);
}

// == Instances ==

static PyObject* instance_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) { return type->tp_alloc(type, 0); }
static int instance_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  ((Instance*)self)->value = &calls;
  ((Instance*)self)->number = 1234;
  if (Py_TYPE(self)->tp_basicsize >= (Py_ssize_t)sizeof(Larger) && PyObject_HasAttrString(self, "is_larger")) ((Larger*)self)->more = 5678;
  return 0;
}
static int deaths;
static void instance_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  if (PyType_HasFeature(type, Py_TPFLAGS_HAVE_GC)) PyObject_GC_UnTrack(self);
  if (((Instance*)self)->weakrefs) PyObject_ClearWeakRefs(self);
  PyObject** dict = _PyObject_GetDictPtr(self);
  if (dict) Py_CLEAR(*dict);
  deaths++;
  type->tp_free(self);
  Py_DECREF(type);
}
static int dynamic_traverse(PyObject* self, visitproc visit, void* arg) {
  PyObject** dict = _PyObject_GetDictPtr(self);
  if (dict) Py_VISIT(*dict);
  Py_VISIT(Py_TYPE(self));
  return 0;
}
static int dynamic_clear(PyObject* self) {
  PyObject** dict = _PyObject_GetDictPtr(self);
  if (dict) Py_CLEAR(*dict);
  return 0;
}
static PyGetSetDef dynamic_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
static PyMemberDef larger_members[] = {{"more", T_LONG, offsetof(Larger, more), 0, NULL}, {NULL}};
static PyMemberDef instance_members[] = {{"number", T_LONG, offsetof(Instance, number), 0, NULL}, {NULL}};

static PyTypeObject* metaclass;
// make(name, base, dynamic, larger)
static PyObject* make(PyObject* module, PyObject* args) {
  const char* name;
  PyObject* base;
  int dynamic, larger;
  if (!PyArg_ParseTuple(args, "sOpp", &name, &base, &dynamic, &larger)) return NULL;
  PyHeapTypeObject* heap = start(metaclass, strdup(name), (PyTypeObject*)base, larger ? sizeof(Larger) : sizeof(Instance));
  if (heap == NULL) return NULL;
  if (larger) heap->ht_type.tp_members = larger_members;
  if (dynamic) {
    heap->ht_type.tp_flags |= Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT;
    heap->ht_type.tp_traverse = dynamic_traverse;
    heap->ht_type.tp_clear = dynamic_clear;
    heap->ht_type.tp_getset = dynamic_getset;
  }
  return finish(heap);
}
static PyObject* counts(PyObject* module, PyObject* unused) {
  PyObject* result = Py_BuildValue("(ii)", calls, deaths);
  calls = deaths = 0;
  return result;
}
static PyObject* is_managed(PyObject* module, PyObject* type) {
  return PyBool_FromLong(PyType_HasFeature((PyTypeObject*)type, Py_TPFLAGS_MANAGED_DICT));
}
static PyObject* instance_method(PyObject* module, PyObject* function) { return PyInstanceMethod_New(function); }

static PyMethodDef methods[] = {{"make", make, METH_VARARGS, NULL},
                                {"counts", counts, METH_NOARGS, NULL},
                                {"is_managed", is_managed, METH_O, NULL},
                                {"instance_method", instance_method, METH_O, "Text of instance_method."},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "handmade", NULL, -1, methods};
PyMODINIT_FUNC PyInit_handmade(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module == NULL) return NULL;
  PyHeapTypeObject* property = start(&PyType_Type, "static_property", &PyProperty_Type, 0);
  property->ht_type.tp_descr_get = static_get;
  property->ht_type.tp_descr_set = static_set;
  static_property = (PyTypeObject*)finish(property);
  if (static_property == NULL) return NULL;
  PyHeapTypeObject* meta = start(&PyType_Type, "meta", &PyType_Type, 0);
  meta->ht_type.tp_call = meta_call;
  meta->ht_type.tp_setattro = meta_setattro;
  meta->ht_type.tp_getattro = meta_getattro;
  metaclass = (PyTypeObject*)finish(meta);
  if (metaclass == NULL) return NULL;
  PyHeapTypeObject* object = start(metaclass, "object", &PyBaseObject_Type, sizeof(Instance));
  object->ht_type.tp_new = instance_new;
  object->ht_type.tp_init = instance_init;
  object->ht_type.tp_dealloc = instance_dealloc;
  object->ht_type.tp_members = instance_members;
  object->ht_type.tp_weaklistoffset = offsetof(Instance, weakrefs);
  PyObject* base = finish(object);
  if (base == NULL) return NULL;
  PyModule_AddObjectRef(module, "static_property", (PyObject*)static_property);
  PyModule_AddObjectRef(module, "meta", (PyObject*)metaclass);
  PyModule_AddObjectRef(module, "object", base);
  return module;
}
