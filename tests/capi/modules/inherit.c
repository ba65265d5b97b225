// inherit: what PyType_Ready takes over from a base, and together with what.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == Functions to recognise ==

static PyObject* one(PyObject* a) { return PyUnicode_FromString("one"); }
static PyObject* two(PyObject* a, PyObject* b) { return PyUnicode_FromString("two"); }
static PyObject* three(PyObject* a, PyObject* b, PyObject* c) { return PyUnicode_FromString("three"); }
static PyObject* compare(PyObject* a, PyObject* b, int op) { return Py_NewRef(Py_True); }
static Py_hash_t hash(PyObject* a) { return 42; }
static Py_ssize_t length(PyObject* a) { return 3; }
static PyObject* item(PyObject* a, Py_ssize_t i) { return PyLong_FromSsize_t(i); }
static PyObject* old_get(PyObject* a, char* name) { return PyUnicode_FromString("old"); }
static int old_set(PyObject* a, char* name, PyObject* v) { return 0; }
static int set3(PyObject* a, PyObject* b, PyObject* c) { return 0; }
static int traverse(PyObject* a, visitproc visit, void* arg) { return 0; }
static int clear(PyObject* a) { return 0; }
static int contains(PyObject* a, PyObject* b) { return 1; }
static int initialise(PyObject* a, PyObject* args, PyObject* kwargs) { return 0; }
static void finalize(PyObject* a) {}
static void dealloc(PyObject* a) {
  if (PyType_IS_GC(Py_TYPE(a))) PyObject_GC_UnTrack(a);
  PyTypeObject* type = Py_TYPE(a);
  type->tp_free(a);
  if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) Py_DECREF(type);
}
static int get_buffer(PyObject* a, Py_buffer* view, int flags) { return PyBuffer_FillInfo(view, a, "x", 1, 1, flags); }

// == Two families of types: a base that has one thing, and classes below it that have none or another ==

typedef struct {
  PyObject_HEAD PyObject *dict, *weaklist;
  vectorcallfunc vector;
} Object;

static PyNumberMethods only_add = {.nb_add = two}, only_index = {.nb_index = one};
static PySequenceMethods only_length = {.sq_length = length}, only_contains = {.sq_contains = contains};
static PyMappingMethods only_subscript = {.mp_subscript = two};
static PyAsyncMethods only_await = {.am_await = one};
static PyBufferProcs only_buffer = {.bf_getbuffer = get_buffer};

static PyTypeObject types[64];
static int count;

// make(name, what, base or None): a static type with one thing of its own
static PyObject* make(PyObject* module, PyObject* args) {
  const char *name, *what;
  PyObject* base;
  if (!PyArg_ParseTuple(args, "ssO", &name, &what, &base)) return NULL;
  if (count == 64) return PyErr_Format(PyExc_RuntimeError, "no more types");
  PyTypeObject* type = &types[count++];
  *type = (PyTypeObject){PyVarObject_HEAD_INIT(NULL, 0)};
  type->tp_name = strdup(name);
  type->tp_basicsize = sizeof(Object);
  type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
  type->tp_new = PyType_GenericNew;
  type->tp_base = base == Py_None ? NULL : (PyTypeObject*)base;
#define WHAT(text, ...)     \
  if (strstr(what, text)) { \
    __VA_ARGS__;            \
  }
  WHAT("hash", type->tp_hash = hash)
  WHAT("compare", type->tp_richcompare = compare)
  WHAT("getattr,", type->tp_getattr = old_get)
  WHAT("setattr,", type->tp_setattr = old_set)
  WHAT("getattro", type->tp_getattro = PyObject_GenericGetAttr)
  WHAT("setattro", type->tp_setattro = set3)
  WHAT("add", type->tp_as_number = &only_add)
  WHAT("index", type->tp_as_number = &only_index)
  WHAT("length", type->tp_as_sequence = &only_length)
  WHAT("contains", type->tp_as_sequence = &only_contains)
  WHAT("subscript", type->tp_as_mapping = &only_subscript)
  WHAT("await", type->tp_as_async = &only_await)
  WHAT("buffer", type->tp_as_buffer = &only_buffer)
  WHAT("call", type->tp_call = three)
  WHAT("str", type->tp_str = one)
  WHAT("repr", type->tp_repr = one)
  WHAT("iter", type->tp_iter = one)
  WHAT("next", type->tp_iternext = one)
  WHAT("get;", type->tp_descr_get = three)
  WHAT("set;", type->tp_descr_set = set3)
  WHAT("init", type->tp_init = initialise)
  WHAT("finalize", type->tp_finalize = finalize)
  WHAT("dealloc", type->tp_dealloc = dealloc)
  WHAT("traverse", type->tp_flags |= Py_TPFLAGS_HAVE_GC; type->tp_traverse = traverse; type->tp_clear = clear)
  WHAT("gcflag", type->tp_flags |= Py_TPFLAGS_HAVE_GC; type->tp_traverse = traverse)
  WHAT("dict", type->tp_dictoffset = offsetof(Object, dict))
  WHAT("weak", type->tp_weaklistoffset = offsetof(Object, weaklist))
  WHAT("vector", type->tp_vectorcall_offset = offsetof(Object, vector); type->tp_call = PyVectorcall_Call;
       type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL)
  WHAT("descriptor", type->tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR)
  WHAT("sequence", type->tp_flags |= Py_TPFLAGS_SEQUENCE)
  WHAT("mapping", type->tp_flags |= Py_TPFLAGS_MAPPING)
  WHAT("doc", type->tp_doc = "A text.")
  if (PyType_Ready(type) < 0) return NULL;
  return Py_NewRef((PyObject*)type);
}

// Names of the slots that hold one of the functions above, and of the flags that matter.
static PyObject* slots(PyObject* module, PyObject* object) {
  PyTypeObject* t = (PyTypeObject*)object;
  PyObject* list = PyList_New(0);
#define ADD(text)                             \
  do {                                        \
    PyObject* s = PyUnicode_FromString(text); \
    PyList_Append(list, s);                   \
    Py_DECREF(s);                             \
  } while (0)
#define IS(slot, function) \
  if ((void*)t->slot == (void*)function) ADD(#slot);
#define IN(table, slot, function) \
  if (t->table && (void*)t->table->slot == (void*)function) ADD(#slot);
  IS(tp_hash, hash)
  IS(tp_hash, PyObject_HashNotImplemented) IS(tp_richcompare, compare) IS(tp_getattr, old_get) IS(tp_setattr, old_set)
      IS(tp_getattro, PyObject_GenericGetAttr) IS(tp_setattro, set3) IS(tp_setattro, PyObject_GenericSetAttr)
          IS(tp_call, three) IS(tp_call, PyVectorcall_Call) IS(tp_str, one) IS(tp_repr, one) IS(tp_iter, one)
              IS(tp_iternext, one) IS(tp_descr_get, three) IS(tp_descr_set, set3) IS(tp_init, initialise)
                  IS(tp_finalize, finalize) IS(tp_dealloc, dealloc) IS(tp_traverse, traverse) IS(tp_clear, clear)
                      IS(tp_free, PyObject_Free) IS(tp_free, PyObject_GC_Del) IS(tp_alloc, PyType_GenericAlloc)
                          IS(tp_new, PyType_GenericNew) IN(tp_as_number, nb_add, two) IN(tp_as_number, nb_index, one)
                              IN(tp_as_sequence, sq_length, length) IN(tp_as_sequence, sq_contains, contains)
                                  IN(tp_as_mapping, mp_subscript, two) IN(tp_as_async, am_await, one)
                                      IN(tp_as_buffer, bf_getbuffer, get_buffer)
#define FLAG(name) \
  if (t->tp_flags & Py_TPFLAGS_##name) ADD(#name);
                                          FLAG(HAVE_GC) FLAG(HAVE_VECTORCALL) FLAG(METHOD_DESCRIPTOR) FLAG(SEQUENCE)
                                              FLAG(MAPPING) FLAG(BASETYPE) FLAG(IMMUTABLETYPE) FLAG(HEAPTYPE)
                                                  FLAG(LONG_SUBCLASS) FLAG(LIST_SUBCLASS) FLAG(DICT_SUBCLASS)
                                                      FLAG(READY)
                                                          FLAG(DISALLOW_INSTANTIATION) if (t->tp_dictoffset ==
                                                                                           offsetof(Object, dict))
                                                              ADD("dictoffset");
  if (t->tp_weaklistoffset == offsetof(Object, weaklist)) ADD("weaklistoffset");
  if (t->tp_vectorcall_offset == offsetof(Object, vector)) ADD("vectorcall_offset");
  return list;
}

static PyMethodDef methods[] = {{"make", make, METH_VARARGS, NULL}, {"slots", slots, METH_O, NULL}, {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "inherit", NULL, -1, methods};
PyMODINIT_FUNC PyInit_inherit(void) { return PyModule_Create(&module_def); }
