// collected: classes that take part in garbage collection, weak references, capsules, the collector's C interface.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == Node: two references, a weak list; tells what the collector does with it ==

typedef struct {
  PyObject_HEAD PyObject *left, *right, *weaklist;
  int traversed;
} Node;
static int node_deaths, node_clears, node_finalized;
static PyObject* revive_in;  // a list that finalizers put their object into

static int node_traverse(PyObject* self, visitproc visit, void* arg) {
  ((Node*)self)->traversed++;
  Py_VISIT(((Node*)self)->left);
  Py_VISIT(((Node*)self)->right);
  return 0;
}
static int node_clear(PyObject* self) {
  node_clears++;
  Py_CLEAR(((Node*)self)->left);
  Py_CLEAR(((Node*)self)->right);
  return 0;
}
static void node_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  Py_TRASHCAN_BEGIN(self, node_dealloc) if (((Node*)self)->weaklist) PyObject_ClearWeakRefs(self);
  Py_CLEAR(((Node*)self)->left);
  Py_CLEAR(((Node*)self)->right);
  node_deaths++;
  Py_TYPE(self)->tp_free(self);
  Py_TRASHCAN_END
}
static void node_finalize(PyObject* self) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  node_finalized++;
  if (revive_in && PyList_Append(revive_in, self) < 0) PyErr_WriteUnraisable(self);
  PyErr_Restore(type, value, trace);
}
static PyMemberDef node_members[] = {{"left", T_OBJECT, offsetof(Node, left), 0, NULL},
                                     {"right", T_OBJECT_EX, offsetof(Node, right), 0, NULL},
                                     {"traversed", T_INT, offsetof(Node, traversed), READONLY, NULL},
                                     {NULL}};
#define NODE(variable, name, ...)                                                                            \
  static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "collected." name,                \
                                  .tp_basicsize = sizeof(Node),                                              \
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, \
                                  .tp_traverse = node_traverse,                                              \
                                  .tp_members = node_members,                                                \
                                  .tp_weaklistoffset = offsetof(Node, weaklist),                             \
                                  .tp_new = PyType_GenericNew,                                               \
                                  __VA_ARGS__}
NODE(Node_Type, "Node", .tp_clear = node_clear, .tp_dealloc = node_dealloc);
NODE(Finalized_Type, "Finalized", .tp_clear = node_clear, .tp_dealloc = node_dealloc, .tp_finalize = node_finalize);
static void finalized_dealloc(PyObject* self) {
  if (PyObject_CallFinalizerFromDealloc(self) < 0) return;
  node_dealloc(self);
}
static void uncleared_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  if (((Node*)self)->weaklist) PyObject_ClearWeakRefs(self);
  Py_CLEAR(((Node*)self)->left);
  Py_CLEAR(((Node*)self)->right);
  Py_TYPE(self)->tp_free(self);
}
NODE(Uncleared_Type, "Uncleared", .tp_dealloc = uncleared_dealloc);  // has no tp_clear: others break its cycles

static PyObject* counts(PyObject* module, PyObject* unused) {
  PyObject* result = Py_BuildValue("(iii)", node_deaths, node_clears, node_finalized);
  node_deaths = node_clears = node_finalized = 0;
  return result;
}
static PyObject* set_revive(PyObject* module, PyObject* list) {
  Py_XSETREF(revive_in, list == Py_None ? NULL : Py_NewRef(list));
  Py_RETURN_NONE;
}
static PyObject* chain(PyObject* module, PyObject* length) {  // a long chain, to be freed without deep recursion
  PyObject* last = Py_NewRef(Py_None);
  for (long n = PyLong_AsLong(length); n > 0; n--) {
    Node* node = PyObject_GC_New(Node, &Node_Type);
    if (node == NULL) return NULL;
    node->left = last;
    node->right = node->weaklist = NULL;
    node->traversed = 0;
    PyObject_GC_Track(node);
    last = (PyObject*)node;
  }
  return last;
}
static PyObject* untracked(PyObject* module, PyObject* unused) {
  Node* node = PyObject_GC_New(Node, &Node_Type);
  if (node == NULL) return NULL;
  node->left = node->right = node->weaklist = NULL;
  node->traversed = 0;
  return (PyObject*)node;
}
static PyObject* track(PyObject* module, PyObject* args) {
  PyObject* object;
  int on;
  if (!PyArg_ParseTuple(args, "Op", &object, &on)) return NULL;
  if (on)
    PyObject_GC_Track(object);
  else if (PyObject_IS_GC(object))
    PyObject_GC_UnTrack(object);
  return Py_BuildValue("(iii)", PyObject_IS_GC(object), PyObject_GC_IsTracked(object), PyObject_GC_IsFinalized(object));
}
static PyObject* collect(PyObject* module, PyObject* unused) { return PyLong_FromSsize_t(PyGC_Collect()); }
static PyObject* enable(PyObject* module, PyObject* on) {
  int before = PyObject_IsTrue(on) ? PyGC_Enable() : PyGC_Disable();
  return Py_BuildValue("(ii)", before, PyGC_IsEnabled());
}

// == A vector that grows ==

typedef struct {
  PyObject_VAR_HEAD PyObject* items[1];
} Vector;
static int vector_traverse(PyObject* self, visitproc visit, void* arg) {
  for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) Py_VISIT(((Vector*)self)->items[i]);
  return 0;
}
static int vector_clear(PyObject* self) {
  for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) Py_CLEAR(((Vector*)self)->items[i]);
  return 0;
}
static void vector_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  vector_clear(self);
  PyObject_GC_Del(self);
}
static Py_ssize_t vector_length(PyObject* self) { return Py_SIZE(self); }
static PyObject* vector_item(PyObject* self, Py_ssize_t i) {
  if (i < 0 || i >= Py_SIZE(self)) return PyErr_Format(PyExc_IndexError, "no item %zd", i);
  return Py_NewRef(((Vector*)self)->items[i]);
}
static PySequenceMethods vector_sequence = {.sq_length = vector_length, .sq_item = vector_item};
static PyTypeObject Vector_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "collected.Vector",
                                   .tp_basicsize = offsetof(Vector, items),
                                   .tp_itemsize = sizeof(PyObject*),
                                   .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                   .tp_traverse = vector_traverse,
                                   .tp_clear = vector_clear,
                                   .tp_dealloc = vector_dealloc,
                                   .tp_as_sequence = &vector_sequence};
static PyObject* vector(PyObject* module, PyObject* tuple) {  // made with half its size, then resized
  Py_ssize_t n = PyTuple_GET_SIZE(tuple);
  Vector* self = PyObject_GC_NewVar(Vector, &Vector_Type, n / 2);
  if (self == NULL) return NULL;
  for (Py_ssize_t i = 0; i < n / 2; i++) self->items[i] = Py_NewRef(PyTuple_GET_ITEM(tuple, i));
  Vector* grown = PyObject_GC_Resize(Vector, self, n);
  if (grown == NULL) return NULL;
  for (Py_ssize_t i = n / 2; i < n; i++) grown->items[i] = Py_NewRef(PyTuple_GET_ITEM(tuple, i));
  PyObject_GC_Track(grown);
  return (PyObject*)grown;
}

// == Weak references ==

static PyObject* weak(PyObject* module, PyObject* args) {
  PyObject *object, *callback = NULL;
  int proxy = 0;
  if (!PyArg_ParseTuple(args, "O|Op", &object, &callback, &proxy)) return NULL;
  if (callback == Py_None) callback = NULL;
  return proxy ? PyWeakref_NewProxy(object, callback) : PyWeakref_NewRef(object, callback);
}
static PyObject* weak_object(PyObject* module, PyObject* reference) {
  PyObject* object = PyWeakref_GetObject(reference);
  if (object == NULL) return NULL;
  if (PyWeakref_Check(reference) && PyWeakref_GET_OBJECT(reference) != object)
    return PyErr_Format(PyExc_AssertionError, "macro and function differ");
  return Py_NewRef(object);
}
static PyObject* weak_kind(PyObject* module, PyObject* object) {
  return Py_BuildValue("(iiii)", PyWeakref_Check(object) != 0, PyWeakref_CheckRef(object) != 0,
                       PyWeakref_CheckRefExact(object) != 0, PyWeakref_CheckProxy(object) != 0);
}

// == Capsules ==

static int destroyed;
static void destroy(PyObject* capsule) { destroyed += PyCapsule_GetContext(capsule) == (void*)&destroyed ? 10 : 1; }
static PyObject* make_capsule(PyObject* module, PyObject* args) {
  const char* name;
  int context;
  if (!PyArg_ParseTuple(args, "zi", &name, &context)) return NULL;
  static char names[8][64];
  static int next;
  if (name) name = strncpy(names[next++ % 8], name, 63);
  PyObject* capsule = PyCapsule_New(&node_deaths, name, destroy);
  if (capsule && context) PyCapsule_SetContext(capsule, &destroyed);
  return capsule;
}
static PyObject* read_capsule(PyObject* module, PyObject* args) {
  PyObject* capsule;
  const char* name;
  if (!PyArg_ParseTuple(args, "Oz", &capsule, &name)) return NULL;
  void* pointer = PyCapsule_GetPointer(capsule, name);
  if (pointer == NULL) return NULL;
  return Py_BuildValue("(iziii)", pointer == &node_deaths, PyCapsule_GetName(capsule), PyCapsule_IsValid(capsule, name),
                       PyCapsule_GetDestructor(capsule) == destroy, PyCapsule_CheckExact(capsule));
}
static PyObject* change_capsule(PyObject* module, PyObject* capsule) {
  if (PyCapsule_SetName(capsule, "changed") < 0 || PyCapsule_SetPointer(capsule, &node_clears) < 0 ||
      PyCapsule_SetDestructor(capsule, NULL) < 0)
    return NULL;
  return PyBool_FromLong(PyCapsule_GetPointer(capsule, "changed") == &node_clears);
}
static PyObject* wrong_capsules(PyObject* module, PyObject* which) {
  switch (PyLong_AsLong(which)) {
    case 0:
      return PyCapsule_New(NULL, "name", NULL);
    case 1:
      return PyCapsule_GetName(Py_None) ? Py_None : NULL;
    case 2:
      return PyCapsule_SetPointer(Py_None, &destroyed) ? NULL : Py_None;
    case 3:
      return PyCapsule_GetContext(module) ? Py_None : NULL;
    case 4:
      return PyLong_FromLong(PyCapsule_IsValid(module, NULL) + PyCapsule_IsValid(NULL, NULL));
    case 5:
      return (PyObject*)PyCapsule_GetPointer(Py_None, NULL);
  }
  Py_RETURN_NONE;
}
static PyObject* import_capsule_or_raise(PyObject* module, PyObject* name) {
  if (PyCapsule_Import(PyUnicode_AsUTF8(name), 0) == NULL) return NULL;
  Py_RETURN_TRUE;
}
static PyObject* take_destroyed(PyObject* module, PyObject* unused) {
  int n = destroyed;
  destroyed = 0;
  return PyLong_FromLong(n);
}

// == Macros on counts ==

static PyObject* set_refs(PyObject* module, PyObject* object) {
  PyObject *variable = Py_NewRef(object), *empty = NULL;
  Py_ssize_t before = Py_REFCNT(object);
  Py_SETREF(variable, Py_NewRef(Py_None));
  Py_XSETREF(empty, Py_NewRef(object));
  Py_CLEAR(variable);
  Py_CLEAR(variable);
  Py_ssize_t after = Py_REFCNT(object);
  Py_CLEAR(empty);
  return Py_BuildValue("(nni)", before - after, before - Py_REFCNT(object), variable == NULL && empty == NULL);
}

static PyMethodDef methods[] = {{"counts", counts, METH_NOARGS, NULL},
                                {"set_revive", set_revive, METH_O, NULL},
                                {"chain", chain, METH_O, NULL},
                                {"untracked", untracked, METH_NOARGS, NULL},
                                {"track", track, METH_VARARGS, NULL},
                                {"collect", collect, METH_NOARGS, NULL},
                                {"enable", enable, METH_O, NULL},
                                {"vector", vector, METH_O, NULL},
                                {"weak", weak, METH_VARARGS, NULL},
                                {"weak_object", weak_object, METH_O, NULL},
                                {"weak_kind", weak_kind, METH_O, NULL},
                                {"make_capsule", make_capsule, METH_VARARGS, NULL},
                                {"read_capsule", read_capsule, METH_VARARGS, NULL},
                                {"change_capsule", change_capsule, METH_O, NULL},
                                {"wrong_capsules", wrong_capsules, METH_O, NULL},
                                {"import_capsule", import_capsule_or_raise, METH_O, NULL},
                                {"take_destroyed", take_destroyed, METH_NOARGS, NULL},
                                {"set_refs", set_refs, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "collected", NULL, -1, methods};
PyMODINIT_FUNC PyInit_collected(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module == NULL) return NULL;
  Finalized_Type.tp_dealloc = finalized_dealloc;
  if (PyModule_AddType(module, &Node_Type) < 0 || PyModule_AddType(module, &Finalized_Type) < 0 ||
      PyModule_AddType(module, &Uncleared_Type) < 0 || PyModule_AddType(module, &Vector_Type) < 0)
    return NULL;
  static PyObject* capsule;
  capsule = PyCapsule_New(&node_deaths, "collected.api", NULL);
  PyModule_AddObjectRef(module, "api", capsule);
  return module;
}
