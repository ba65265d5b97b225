// c_types: what PyType_FromSpec, PyType_Ready and the flags promise; classes from C on top of every built-in type.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == A class with everything a spec can describe ==

typedef struct {
  PyObject_HEAD PyObject *dict, *weaklist, *attached;
  int number;
  vectorcallfunc vector;
} Full;

static PyObject* vector(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names) {
  return Py_BuildValue("(sn)", "vector", PyVectorcall_NARGS(nargsf));
}
static int full_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  Full* full = (Full*)self;
  static char* names[] = {"number", "attached", NULL};
  full->vector = vector;
  PyObject* attached = NULL;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iO:Full", names, &full->number, &attached)) return -1;
  Py_XINCREF(attached);
  Py_XSETREF(full->attached, attached);
  return 0;
}
static int full_traverse(PyObject* self, visitproc visit, void* arg) {
  Full* full = (Full*)self;
  Py_VISIT(full->dict);
  Py_VISIT(full->attached);
  Py_VISIT(Py_TYPE(self));
  return 0;
}
static int full_clear(PyObject* self) {
  Py_CLEAR(((Full*)self)->dict);
  Py_CLEAR(((Full*)self)->attached);
  return 0;
}
static int deaths = 0;
static void full_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  if (((Full*)self)->weaklist) PyObject_ClearWeakRefs(self);
  full_clear(self);
  deaths++;
  type->tp_free(self);
  Py_DECREF(type);
}
static PyObject* full_repr(PyObject* self) {
  int status = Py_ReprEnter(self);
  if (status != 0) return status > 0 ? PyUnicode_FromString("Full(...)") : NULL;
  PyObject* text = PyUnicode_FromFormat("Full(%d, %R)", ((Full*)self)->number,
                                        ((Full*)self)->attached ? ((Full*)self)->attached : Py_None);
  Py_ReprLeave(self);
  return text;
}
static PyObject* full_get_double(PyObject* self, void* closure) {
  return PyLong_FromLong(((Full*)self)->number * (long)(intptr_t)closure);
}
static int full_set_double(PyObject* self, PyObject* value, void* closure) {
  if (value == NULL) {
    PyErr_SetString(PyExc_TypeError, "cannot be deleted");
    return -1;
  }
  long number = PyLong_AsLong(value);
  if (number == -1 && PyErr_Occurred()) return -1;
  ((Full*)self)->number = (int)(number / (long)(intptr_t)closure);
  return 0;
}
static PyObject* full_method(PyObject* self, PyTypeObject* type, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  PyObject* module = PyType_GetModule(type);
  if (module == NULL) return NULL;
  return Py_BuildValue("(OOi)", type, module, *(int*)PyModule_GetState(module));
}
static PyMemberDef full_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(Full, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Full, weaklist), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Full, vector), READONLY, NULL},
    {"attached", T_OBJECT, offsetof(Full, attached), 0, "attached($self)\n--\n\nAnother object."},
    {"number", T_INT, offsetof(Full, number), 0, NULL},
    {NULL}};
static PyGetSetDef full_getset[] = {{"double", full_get_double, full_set_double, "twice the number", (void*)2},
                                    {"triple", full_get_double, NULL, NULL, (void*)3},
                                    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
                                    {NULL}};
static PyMethodDef full_methods[] = {
    {"where", (PyCFunction)(void*)full_method, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, "Where it is defined."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, NULL},
    {NULL}};
static PyType_Slot full_slots[] = {{Py_tp_doc, "Full(number=0, attached=None)\n--\n\nA class from a spec."},
                                   {Py_tp_init, full_init},
                                   {Py_tp_new, PyType_GenericNew},
                                   {Py_tp_alloc, PyType_GenericAlloc},
                                   {Py_tp_free, PyObject_GC_Del},
                                   {Py_tp_traverse, full_traverse},
                                   {Py_tp_clear, full_clear},
                                   {Py_tp_dealloc, full_dealloc},
                                   {Py_tp_repr, full_repr},
                                   {Py_tp_members, full_members},
                                   {Py_tp_getset, full_getset},
                                   {Py_tp_methods, full_methods},
                                   {Py_tp_call, PyVectorcall_Call},
                                   {0, NULL}};
static PyType_Spec full_spec = {
    "package.c_types.Full", sizeof(Full), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, full_slots};

// == Flags ==

static PyType_Slot no_slots[] = {{0, NULL}};
static PyType_Slot doc_slots[] = {{Py_tp_doc, "Only a text."}, {0, NULL}};
#define PLAIN(name, flags) \
  { "c_types." name, sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | flags, no_slots }
static PyType_Spec flag_specs[] = {
    PLAIN("Plain", 0),
    PLAIN("Base", Py_TPFLAGS_BASETYPE),
    PLAIN("NoInstances", Py_TPFLAGS_DISALLOW_INSTANTIATION),
    PLAIN("Immutable", Py_TPFLAGS_IMMUTABLETYPE),
    PLAIN("ImmutableBase", Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE),
    PLAIN("MatchMapping", Py_TPFLAGS_MAPPING | Py_TPFLAGS_BASETYPE),
    {"c_types.MatchSequence", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_BASETYPE,
     doc_slots},
    {"nodots", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, no_slots},
};
static PyTypeObject Final_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.Final",
                                  .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
                                  .tp_new = PyType_GenericNew};
static PyTypeObject NoNew_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.NoNew",
                                  .tp_basicsize = sizeof(PyObject),
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};

// == Variable size ==

typedef struct {
  PyObject_VAR_HEAD long items[1];
} Longs;
static PyObject* longs_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Py_ssize_t n = PyTuple_GET_SIZE(args);
  Longs* self = (Longs*)type->tp_alloc(type, n);
  if (self == NULL) return NULL;
  for (Py_ssize_t i = 0; i < n; i++) self->items[i] = PyLong_AsLong(PyTuple_GET_ITEM(args, i));
  if (PyErr_Occurred()) Py_CLEAR(self);
  return (PyObject*)self;
}
static Py_ssize_t longs_length(PyObject* self) { return Py_SIZE(self); }
static PyObject* longs_item(PyObject* self, Py_ssize_t i) {
  if (i < 0 || i >= Py_SIZE(self)) return PyErr_Format(PyExc_IndexError, "no item %zd", i);
  return PyLong_FromLong(((Longs*)self)->items[i]);
}
static PyType_Slot longs_slots[] = {
    {Py_tp_new, longs_new}, {Py_sq_length, longs_length}, {Py_sq_item, longs_item}, {0, NULL}};
static PyType_Spec longs_spec = {"c_types.Longs", offsetof(Longs, items), sizeof(long),
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, longs_slots};

// == tp_del, tp_finalize, tp_is_gc ==

static int del_calls = 0, finalize_calls = 0;
static void old_del(PyObject* self) { del_calls++; }
static PyType_Slot del_slots[] = {{Py_tp_del, old_del}, {0, NULL}};
static PyType_Spec del_spec = {"c_types.Del", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, del_slots};
static PyObject* revived = NULL;
static void revive(PyObject* self) {
  finalize_calls++;
  Py_XSETREF(revived, Py_NewRef(self));
}
static PyType_Slot finalize_slots[] = {{Py_tp_finalize, revive}, {0, NULL}};
static PyType_Spec finalize_spec = {"c_types.Reviving", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                    finalize_slots};
static PyObject* take_revived(PyObject* module, PyObject* unused) {
  PyObject* result = revived ? revived : Py_NewRef(Py_None);
  revived = NULL;
  return result;
}
static PyObject* counts(PyObject* module, PyObject* unused) {
  return Py_BuildValue("(iii)", deaths, del_calls, finalize_calls);
}

// == On top of built-in types: one extra field, a dict, weak references ==

#define DERIVED(name, Struct)                                                                       \
  typedef struct {                                                                                  \
    Struct base;                                                                                    \
    int extra;                                                                                      \
    PyObject *dict, *weaklist;                                                                      \
  } name;                                                                                           \
  static void name##_dealloc(PyObject* self) {                                                      \
    if (PyType_IS_GC(Py_TYPE(self))) PyObject_GC_UnTrack(self);                                     \
    if (((name*)self)->weaklist) PyObject_ClearWeakRefs(self);                                      \
    Py_CLEAR(((name*)self)->dict);                                                                  \
    PyTypeObject* base = Py_TYPE(self);                                                             \
    while (base->tp_dealloc != name##_dealloc) base = base->tp_base;                                \
    while (base->tp_dealloc == name##_dealloc) base = base->tp_base;                                \
    if (PyType_IS_GC(base)) PyObject_GC_Track(self);                                                \
    base->tp_dealloc(self);                                                                         \
  }                                                                                                 \
  static int name##_traverse(PyObject* self, visitproc visit, void* arg) {                          \
    Py_VISIT(((name*)self)->dict);                                                                  \
    PyTypeObject* base = Py_TYPE(self);                                                             \
    while (base->tp_traverse != name##_traverse) base = base->tp_base;                              \
    while (base->tp_traverse == name##_traverse) base = base->tp_base;                              \
    return base->tp_traverse ? base->tp_traverse(self, visit, arg) : 0;                             \
  }                                                                                                 \
  static PyMemberDef name##_members[] = {{"extra", T_INT, offsetof(name, extra), 0, NULL}, {NULL}}; \
  static PyTypeObject name##_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types." #name,     \
                                     .tp_basicsize = sizeof(name),                                  \
                                     .tp_dealloc = name##_dealloc,                                  \
                                     .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,          \
                                     .tp_weaklistoffset = offsetof(name, weaklist),                 \
                                     .tp_dictoffset = offsetof(name, dict),                         \
                                     .tp_members = name##_members}

DERIVED(MyList, PyListObject);
DERIVED(MyDict, PyDictObject);
DERIVED(MySet, PySetObject);
DERIVED(MyFrozenSet, PySetObject);
DERIVED(MyFloat, PyFloatObject);
DERIVED(MyComplex, PyComplexObject);
DERIVED(MyStr, PyUnicodeObject);
DERIVED(MyByteArray, PyByteArrayObject);
DERIVED(MyException, PyBaseExceptionObject);
DERIVED(MyOSError, PyOSErrorObject);
DERIVED(MyType, PyHeapTypeObject);
DERIVED(MyObject, PyObject);
DERIVED(MyWeakReference, PyWeakReference);

static PyTypeObject* base_types[] = {&PyList_Type,
                                     &PyDict_Type,
                                     &PySet_Type,
                                     &PyFrozenSet_Type,
                                     &PyFloat_Type,
                                     &PyComplex_Type,
                                     &PyUnicode_Type,
                                     &PyByteArray_Type,
                                     NULL,
                                     NULL,
                                     &PyType_Type,
                                     &PyBaseObject_Type,
                                     &_PyWeakref_RefType};
static PyTypeObject* derived_types[] = {&MyList_Type,         &MyDict_Type,    &MySet_Type,  &MyFrozenSet_Type,
                                        &MyFloat_Type,        &MyComplex_Type, &MyStr_Type,  &MyByteArray_Type,
                                        &MyException_Type,    &MyOSError_Type, &MyType_Type, &MyObject_Type,
                                        &MyWeakReference_Type};
static traverseproc derived_traverse[] = {MyList_traverse,
                                          MyDict_traverse,
                                          MySet_traverse,
                                          MyFrozenSet_traverse,
                                          NULL,
                                          NULL,
                                          NULL,
                                          NULL,
                                          MyException_traverse,
                                          MyOSError_traverse,
                                          MyType_traverse,
                                          NULL,
                                          MyWeakReference_traverse};

// An exception with a tp_new of its own and no fields.
static PyObject* own_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return ((PyTypeObject*)PyExc_Exception)->tp_new(type, args, kwargs);
}
static PyTypeObject OwnNew_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.OwnNew",
                                   .tp_basicsize = sizeof(PyBaseExceptionObject),
                                   .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                   .tp_new = own_new};

// == Functions that make and ask ==

// from_spec(name, size, itemsize, flags, bases or None)
static PyObject* from_spec(PyObject* module, PyObject* args) {
  PyType_Spec spec = {.slots = no_slots};
  PyObject* bases;
  if (!PyArg_ParseTuple(args, "siiIO", &spec.name, &spec.basicsize, &spec.itemsize, &spec.flags, &bases)) return NULL;
  return PyType_FromModuleAndSpec(module, &spec, bases == Py_None ? NULL : bases);
}
static PyObject* from_bad_spec(PyObject* module, PyObject* args) {
  int number;
  if (!PyArg_ParseTuple(args, "i", &number)) return NULL;
  PyType_Slot slots[] = {{number, (void*)full_repr}, {0, NULL}};
  PyType_Spec spec = {"c_types.Bad", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, slots};
  return PyType_FromSpec(&spec);
}
static PyObject* with_base_slot(PyObject* module, PyObject* base) {
  PyType_Slot slots[] = {{PyTuple_Check(base) ? Py_tp_bases : Py_tp_base, base}, {0, NULL}};
  PyType_Spec spec = {"c_types.WithBase", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  return PyType_FromSpec(&spec);
}
static PyObject* type_facts(PyObject* module, PyObject* object) {
  PyTypeObject* type = (PyTypeObject*)object;
  return Py_BuildValue("{sksnsnsnsnsNsNsi}", "flags", type->tp_flags, "basicsize", type->tp_basicsize, "itemsize",
                       type->tp_itemsize, "dictoffset", type->tp_dictoffset, "weaklistoffset", type->tp_weaklistoffset,
                       "name", PyType_GetName(type), "qualname", PyType_GetQualName(type), "heap",
                       PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE));
}
static PyObject* subtypes(PyObject* module, PyObject* args) {
  PyObject *a, *b;
  if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &a, &PyType_Type, &b)) return NULL;
  return PyBool_FromLong(PyType_IsSubtype((PyTypeObject*)a, (PyTypeObject*)b));
}
static PyObject* checks(PyObject* module, PyObject* o) {  // which of the flags that stand for built-in bases are set
  return Py_BuildValue("[iiiiiiiii]", PyLong_Check(o), PyList_Check(o), PyTuple_Check(o), PyBytes_Check(o),
                       PyUnicode_Check(o), PyDict_Check(o), PyExceptionInstance_Check(o), PyType_Check(o),
                       PyObject_TypeCheck(o, &PySet_Type));
}
static PyObject* module_of(PyObject* module, PyObject* type) {
  PyObject* found = PyType_GetModule((PyTypeObject*)type);
  return Py_XNewRef(found);
}
static struct PyModuleDef module_def;
static PyObject* module_by_def(PyObject* module, PyObject* type) {
  return Py_XNewRef(PyType_GetModuleByDef((PyTypeObject*)type, &module_def));
}
static PyObject* module_state(PyObject* module, PyObject* type) {
  int* state = PyType_GetModuleState((PyTypeObject*)type);
  return state ? PyLong_FromLong(*state) : PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}
static PyObject* modify(PyObject* module, PyObject* args) {  // a change of tp_dict, told by PyType_Modified
  PyTypeObject* type;
  PyObject *name, *value;
  if (!PyArg_ParseTuple(args, "O!UO", &PyType_Type, &type, &name, &value)) return NULL;
  if (PyDict_SetItem(type->tp_dict, name, value) < 0) return NULL;
  PyType_Modified(type);
  Py_RETURN_NONE;
}
static PyObject* lookup(PyObject* module, PyObject* args) {
  PyTypeObject* type;
  PyObject* name;
  if (!PyArg_ParseTuple(args, "O!U", &PyType_Type, &type, &name)) return NULL;
  PyObject* found = _PyType_Lookup(type, name);
  return Py_NewRef(found ? found : Py_None);
}
static PyObject* ready_bad(PyObject* module, PyObject* args) {
  int which;
  if (!PyArg_ParseTuple(args, "i", &which)) return NULL;
  static PyTypeObject nameless = {PyVarObject_HEAD_INIT(NULL, 0).tp_basicsize = sizeof(PyObject),
                                  .tp_flags = Py_TPFLAGS_DEFAULT};
  static PyTypeObject gc = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.GC", .tp_basicsize = sizeof(PyObject),
                            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC};
  static PyTypeObject final = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.OnFinal",
                               .tp_basicsize = sizeof(PyObject), .tp_base = &Final_Type,
                               .tp_flags = Py_TPFLAGS_DEFAULT};
  static PyMethodDef both[] = {{"both", counts, METH_NOARGS | METH_CLASS | METH_STATIC, NULL}, {NULL}};
  static PyTypeObject class_static = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.ClassStatic",
                                      .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
                                      .tp_methods = both};
  static PyMethodDef bad_flags[] = {{"bad", counts, METH_NOARGS | METH_O, NULL}, {NULL}};
  static PyTypeObject bad_method = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.BadMethod",
                                    .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
                                    .tp_methods = bad_flags};
  static PyTypeObject both_flags = {
      PyVarObject_HEAD_INIT(NULL, 0).tp_name = "c_types.BothFlags", .tp_basicsize = sizeof(PyObject),
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, .tp_new = PyType_GenericNew};
  PyTypeObject* types[] = {&nameless, &gc, &final, &class_static, &bad_method, &both_flags};
  if (PyType_Ready(types[which]) < 0) return NULL;
  return Py_NewRef((PyObject*)types[which]);
}
static PyObject* new_object(PyObject* module, PyObject* type) {
  PyTypeObject* t = (PyTypeObject*)type;
  if (t->tp_itemsize) return (PyObject*)PyObject_NewVar(PyVarObject, t, 3);
  if (PyType_IS_GC(t)) {
    PyObject* o = PyObject_GC_New(PyObject, t);
    if (o) memset((char*)o + sizeof(PyObject), 0, t->tp_basicsize - sizeof(PyObject));
    return o;
  }
  return PyObject_New(PyObject, t);
}
static PyObject* dict_of(PyObject* module, PyObject* object) {
  PyObject** place = _PyObject_GetDictPtr(object);
  return Py_NewRef(place && *place ? *place : Py_None);
}
static PyObject* generic(PyObject* module, PyObject* args) {
  PyObject *object, *name, *value = NULL;
  if (!PyArg_ParseTuple(args, "OO|O", &object, &name, &value)) return NULL;
  if (value == NULL) return PyObject_GenericGetAttr(object, name);
  if (PyObject_GenericSetAttr(object, name, value == Py_Ellipsis ? NULL : value) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyTypeObject* extended_of(PyObject* self);
static PyObject** kept_of(PyObject* self) {
  return (PyObject**)((char*)self + ((extended_of(self)->tp_base->tp_basicsize + 7) & ~7) + 8);
}
static int extended_traverse(PyObject* self, visitproc visit, void* arg) {
  PyTypeObject *type = extended_of(self), *base = type->tp_base;
  Py_VISIT(*kept_of(self));
  if (type->tp_dictoffset > 0 && type->tp_dictoffset != base->tp_dictoffset)
    Py_VISIT(*(PyObject**)((char*)self + type->tp_dictoffset));
  if (!(base->tp_flags & Py_TPFLAGS_HEAPTYPE)) Py_VISIT(Py_TYPE(self));
  return base->tp_traverse ? base->tp_traverse(self, visit, arg) : 0;
}
static int extended_clear(PyObject* self) {
  PyTypeObject* base = extended_of(self)->tp_base;
  Py_CLEAR(*kept_of(self));
  return base->tp_clear ? base->tp_clear(self) : 0;
}
static PyTypeObject* extended_of(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  while (type->tp_traverse != extended_traverse) type = type->tp_base;
  while (type->tp_base->tp_traverse == extended_traverse) type = type->tp_base;
  return type;
}
// extend(base): a class from a spec with a field, a dict and a weak list behind whatever the base has.
static PyObject* extend(PyObject* module, PyObject* object) {
  PyTypeObject* base = (PyTypeObject*)object;
  Py_ssize_t size = (base->tp_basicsize + 7) & ~7;
  PyMemberDef fields[] = {{"extra", T_LONG, size, 0, NULL},
                          {"kept", T_OBJECT, size + 8, 0, NULL},
                          {base->tp_dictoffset ? "other" : "__dictoffset__", base->tp_dictoffset ? T_LONG : T_PYSSIZET,
                           size + 16, READONLY, NULL},
                          {base->tp_weaklistoffset ? "more" : "__weaklistoffset__",
                           base->tp_weaklistoffset ? T_LONG : T_PYSSIZET, size + 24, READONLY, NULL},
                          {NULL}};
  PyType_Slot slots[] = {
      {Py_tp_members, fields}, {Py_tp_traverse, extended_traverse}, {Py_tp_clear, extended_clear}, {0, NULL}};
  PyType_Spec spec = {"c_types.Extended", (int)size + 32, 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
  return PyType_FromSpecWithBases(&spec, object);
}

static PyMethodDef methods[] = {{"from_spec", from_spec, METH_VARARGS, NULL},
                                {"extend", extend, METH_O, NULL},
                                {"from_bad_spec", from_bad_spec, METH_VARARGS, NULL},
                                {"with_base_slot", with_base_slot, METH_O, NULL},
                                {"type_facts", type_facts, METH_O, NULL},
                                {"subtypes", subtypes, METH_VARARGS, NULL},
                                {"checks", checks, METH_O, NULL},
                                {"module_of", module_of, METH_O, NULL},
                                {"module_by_def", module_by_def, METH_O, NULL},
                                {"module_state", module_state, METH_O, NULL},
                                {"modify", modify, METH_VARARGS, NULL},
                                {"lookup", lookup, METH_VARARGS, NULL},
                                {"ready_bad", ready_bad, METH_VARARGS, NULL},
                                {"new_object", new_object, METH_O, NULL},
                                {"dict_of", dict_of, METH_O, NULL},
                                {"generic", generic, METH_VARARGS, NULL},
                                {"take_revived", take_revived, METH_NOARGS, NULL},
                                {"counts", counts, METH_NOARGS, NULL},
                                {NULL}};

static int execute(PyObject* module) {
  *(int*)PyModule_GetState(module) = 1234;
  base_types[8] = (PyTypeObject*)PyExc_Exception;
  base_types[9] = (PyTypeObject*)PyExc_OSError;
  for (size_t i = 0; i < Py_ARRAY_LENGTH(derived_types); i++) {
    PyTypeObject* type = derived_types[i];
    type->tp_base = base_types[i];
    if (derived_traverse[i]) {
      type->tp_flags |= Py_TPFLAGS_HAVE_GC;
      type->tp_traverse = derived_traverse[i];
      type->tp_clear = base_types[i]->tp_clear;
    }
    if (PyModule_AddType(module, type) < 0) return -1;
  }
  OwnNew_Type.tp_base = (PyTypeObject*)PyExc_Exception;
  if (PyModule_AddType(module, &OwnNew_Type) < 0) return -1;
  if (PyModule_AddType(module, &Final_Type) < 0 || PyModule_AddType(module, &NoNew_Type) < 0) return -1;
  PyType_Spec* specs[16] = {&full_spec, &longs_spec, &del_spec, &finalize_spec};
  size_t count = 4;
  for (size_t i = 0; i < Py_ARRAY_LENGTH(flag_specs); i++) specs[count++] = &flag_specs[i];
  for (size_t i = 0; i < count; i++) {
    PyObject* type = PyType_FromModuleAndSpec(module, specs[i], NULL);
    if (type == NULL || PyModule_AddType(module, (PyTypeObject*)type) < 0) return -1;
    Py_DECREF(type);
  }
  return 0;
}
static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "c_types", NULL, sizeof(int), methods, module_slots};
PyMODINIT_FUNC PyInit_c_types(void) { return PyModuleDef_Init(&module_def); }
