// objects: members of every kind, getters and setters, descriptors made by C, struct sequences.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == PyMemberDef of every T_ kind ==

typedef struct {
  PyObject_HEAD char bool_, byte;
  unsigned char ubyte;
  short short_;
  unsigned short ushort;
  int int_;
  unsigned uint;
  long long_;
  unsigned long ulong;
  long long longlong;
  unsigned long long ulonglong;
  Py_ssize_t ssize;
  float float_;
  double double_;
  const char* string;
  char inplace[8];
  char character;
  PyObject *object, *object_ex;
} Members;
#define MEMBER(name, kind, flags) \
  { #name, kind, offsetof(Members, name), flags, "Text of " #name "." }
static PyMemberDef members[] = {MEMBER(bool_, T_BOOL, 0),
                                MEMBER(byte, T_BYTE, 0),
                                MEMBER(ubyte, T_UBYTE, 0),
                                MEMBER(short_, T_SHORT, 0),
                                MEMBER(ushort, T_USHORT, 0),
                                MEMBER(int_, T_INT, 0),
                                MEMBER(uint, T_UINT, 0),
                                MEMBER(long_, T_LONG, 0),
                                MEMBER(ulong, T_ULONG, 0),
                                MEMBER(longlong, T_LONGLONG, 0),
                                MEMBER(ulonglong, T_ULONGLONG, 0),
                                MEMBER(ssize, T_PYSSIZET, 0),
                                MEMBER(float_, T_FLOAT, 0),
                                MEMBER(double_, T_DOUBLE, 0),
                                MEMBER(string, T_STRING, 0),
                                MEMBER(inplace, T_STRING_INPLACE, 0),
                                MEMBER(character, T_CHAR, 0),
                                MEMBER(object, T_OBJECT, 0),
                                MEMBER(object_ex, T_OBJECT_EX, 0),
                                {"none", T_NONE, 0, 0, NULL},
                                {"fixed", T_INT, offsetof(Members, int_), READONLY, NULL},
                                {"audited", T_OBJECT, offsetof(Members, object), PY_AUDIT_READ, NULL},
                                {"strange", 77, offsetof(Members, int_), 0, NULL},
                                {NULL}};
static PyObject* members_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Members* self = (Members*)type->tp_alloc(type, 0);
  if (self == NULL) return NULL;
  strcpy(self->inplace, "place");
  self->character = 'c';
  return (PyObject*)self;
}
static void members_dealloc(PyObject* self) {
  Py_CLEAR(((Members*)self)->object);
  Py_CLEAR(((Members*)self)->object_ex);
  Py_TYPE(self)->tp_free(self);
}
static PyTypeObject Members_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "objects.Members",
                                    .tp_basicsize = sizeof(Members),
                                    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                    .tp_members = members,
                                    .tp_dealloc = members_dealloc,
                                    .tp_new = members_new};
static PyObject* set_string(PyObject* module, PyObject* object) {
  ((Members*)object)->string = "text \xe2\x82\xac";
  Py_RETURN_NONE;
}
static PyObject* one_member(PyObject* module, PyObject* args) {  // PyMember_GetOne and PyMember_SetOne by name
  PyObject *object, *value = NULL;
  const char* name;
  if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &value)) return NULL;
  for (PyMemberDef* each = members; each->name; each++) {
    if (strcmp(each->name, name) != 0) continue;
    if (value == NULL) return PyMember_GetOne((char*)object, each);
    if (PyMember_SetOne((char*)object, each, value) < 0) return NULL;
    Py_RETURN_NONE;
  }
  return PyErr_Format(PyExc_LookupError, "no member %s", name);
}

// == Descriptors made by C ==

static PyObject* echo(PyObject* self, PyObject* args) { return PyTuple_Pack(2, self ? self : Py_None, args); }
static PyMethodDef echo_def = {"echo", echo, METH_VARARGS, "echo($self, /, *args)\n--\n\nEchoes."};
static PyObject* get_it(PyObject* self, void* closure) { return Py_BuildValue("(Os)", self, (char*)closure); }
static int set_it(PyObject* self, PyObject* value, void* closure) {
  PyErr_Format(PyExc_ValueError, "set %R", value ? value : Py_Ellipsis);
  return -1;
}
static PyGetSetDef get_set_def = {"computed", get_it, set_it, "Computed.", "closure"};
static PyGetSetDef set_only_def = {"set_only", NULL, set_it, NULL, NULL};
static PyGetSetDef get_only_def = {"get_only", get_it, NULL, NULL, "c"};
static PyObject* descriptors(PyObject* module, PyObject* type_object) {
  PyTypeObject* type = (PyTypeObject*)type_object;
  PyObject* function = PyCFunction_New(&echo_def, NULL);
  return Py_BuildValue("{sNsNsNsNsNsNsN}", "method", PyDescr_NewMethod(type, &echo_def), "class_method",
                       PyDescr_NewClassMethod(type, &echo_def), "get_set", PyDescr_NewGetSet(type, &get_set_def),
                       "set_only", PyDescr_NewGetSet(type, &set_only_def), "get_only",
                       PyDescr_NewGetSet(type, &get_only_def), "static", PyStaticMethod_New(function), "class_function",
                       PyClassMethod_New(function));
}
static PyObject* describe(PyObject* module, PyObject* object) {
  return Py_BuildValue("(iiii)", PyDescr_IsData(object), Py_IS_TYPE(object, &PyMethodDescr_Type),
                       Py_IS_TYPE(object, &PyGetSetDescr_Type), Py_IS_TYPE(object, &PyMemberDescr_Type));
}
static PyObject* descr_parts(PyObject* module, PyObject* object) {
  if (!Py_IS_TYPE(object, &PyMethodDescr_Type) && !Py_IS_TYPE(object, &PyGetSetDescr_Type))
    return PyErr_Format(PyExc_TypeError, "no descriptor");
  return Py_BuildValue("(OO)", PyDescr_TYPE(object), PyDescr_NAME(object));
}
static PyObject* proxies(PyObject* module, PyObject* mapping) { return PyDictProxy_New(mapping); }
static PyObject* methods_(PyObject* module, PyObject* args) {
  PyObject *function, *self;
  if (!PyArg_ParseTuple(args, "OO", &function, &self)) return NULL;
  PyObject *method = PyMethod_New(function, self), *instance = PyInstanceMethod_New(function);
  return Py_BuildValue("(NNOOOi)", method, instance, PyMethod_GET_FUNCTION(method), PyMethod_GET_SELF(method),
                       PyInstanceMethod_GET_FUNCTION(instance),
                       PyMethod_Check(method) && PyInstanceMethod_Check(instance));
}

// == Struct sequences ==

static PyStructSequence_Field fields[] = {
    {"x", "The first."}, {"y", NULL}, {NULL, "no name"}, {"hidden", "Not in the tuple."}, {NULL}};
static PyStructSequence_Desc desc = {"objects.Point", "A point.", fields, 3};
static PyTypeObject StaticPoint_Type;
static PyTypeObject* heap_point;
static PyObject* make_points(PyObject* module, PyObject* unused) {
  PyObject* list = PyList_New(0);
  PyTypeObject* types[] = {heap_point, &StaticPoint_Type};
  for (int i = 0; i < 2; i++) {
    PyObject* point = PyStructSequence_New(types[i]);
    if (point == NULL) return NULL;
    for (int k = 0; k < 4; k++) PyStructSequence_SET_ITEM(point, k, PyLong_FromLong(k * 10));
    PyStructSequence_SetItem(point, 1, PyUnicode_FromString("y"));
    if (PyStructSequence_GET_ITEM(point, 2) != PyStructSequence_GetItem(point, 2))
      return PyErr_Format(PyExc_AssertionError, "macro and function differ");
    PyList_Append(list, point);
    Py_DECREF(point);
  }
  return list;
}

// == Slices, ranges, ellipsis, iterators, cells, functions, modules ==

static PyObject* slices(PyObject* module, PyObject* args) {
  PyObject* slice;
  Py_ssize_t length, start, stop, step, count;
  if (!PyArg_ParseTuple(args, "On", &slice, &length)) return NULL;
  if (PySlice_Unpack(slice, &start, &stop, &step) < 0) return NULL;
  Py_ssize_t a = start, b = stop;
  count = PySlice_AdjustIndices(length, &a, &b, step);
  Py_ssize_t c, d, e, f;
  if (PySlice_GetIndicesEx(slice, length, &c, &d, &e, &f) < 0) return NULL;
  return Py_BuildValue("(nnnnnnnnnn)", start, stop, step, a, b, count, c, d, e, f);
}
static PyObject* make_slice(PyObject* module, PyObject* args) {
  PyObject *a = NULL, *b = NULL, *c = NULL;
  if (!PyArg_ParseTuple(args, "|OOO", &a, &b, &c)) return NULL;
  return PySlice_New(a, b, c);
}
static PyObject* cells(PyObject* module, PyObject* object) {
  PyObject *cell = PyCell_New(object), *empty = PyCell_New(NULL);
  PyObject* got = PyCell_Get(cell);
  if (got != PyCell_GET(cell)) return PyErr_Format(PyExc_AssertionError, "macro and function differ");
  PyCell_Set(empty, object);
  return Py_BuildValue("(NNNi)", cell, empty, got, PyCell_Check(cell));
}
static PyObject* functions(PyObject* module, PyObject* function) {
  if (!PyFunction_Check(function)) return PyErr_Format(PyExc_TypeError, "no function");
#define OR_NONE(o) ((o) ? (o) : Py_None)
  PyObject* copy = PyFunction_NewWithQualName(PyFunction_GET_CODE(function), PyFunction_GET_GLOBALS(function),
                                              PyUnicode_FromString("Made.it"));
  return Py_BuildValue("(OOOOOON)", PyFunction_GetCode(function),
                       PyFunction_GET_GLOBALS(function) == PyFunction_GetGlobals(function) ? Py_True : Py_False,
                       OR_NONE(PyFunction_GET_DEFAULTS(function)), OR_NONE(PyFunction_GET_KW_DEFAULTS(function)),
                       OR_NONE(PyFunction_GET_CLOSURE(function)), OR_NONE(PyFunction_GetModule(function)), copy);
}
static PyObject* iterators(PyObject* module, PyObject* args) {
  PyObject *sequence, *callable, *sentinel;
  if (!PyArg_ParseTuple(args, "OOO", &sequence, &callable, &sentinel)) return NULL;
  return Py_BuildValue("(NN)", PySeqIter_New(sequence), PyCallIter_New(callable, sentinel));
}
static PyObject* aliases(PyObject* module, PyObject* args) { return Py_GenericAlias((PyObject*)&PyList_Type, args); }

static PyMethodDef methods[] = {{"set_string", set_string, METH_O, NULL},
                                {"one_member", one_member, METH_VARARGS, NULL},
                                {"descriptors", descriptors, METH_O, NULL},
                                {"describe", describe, METH_O, NULL},
                                {"descr_parts", descr_parts, METH_O, NULL},
                                {"proxy", proxies, METH_O, NULL},
                                {"methods", methods_, METH_VARARGS, NULL},
                                {"make_points", make_points, METH_NOARGS, NULL},
                                {"slices", slices, METH_VARARGS, NULL},
                                {"make_slice", make_slice, METH_VARARGS, NULL},
                                {"cells", cells, METH_O, NULL},
                                {"functions", functions, METH_O, NULL},
                                {"iterators", iterators, METH_VARARGS, NULL},
                                {"alias", aliases, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "objects", NULL, -1, methods};
PyMODINIT_FUNC PyInit_objects(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module == NULL || PyModule_AddType(module, &Members_Type) < 0) return NULL;
  fields[2].name = (char*)PyStructSequence_UnnamedField;
  heap_point = PyStructSequence_NewType(&desc);
  if (heap_point == NULL || PyModule_AddObjectRef(module, "Point", (PyObject*)heap_point) < 0) return NULL;
  static PyStructSequence_Desc static_desc = {"objects.StaticPoint", NULL, fields, 3};
  if (PyStructSequence_InitType2(&StaticPoint_Type, &static_desc) < 0) return NULL;
  PyModule_AddObjectRef(module, "StaticPoint", (PyObject*)&StaticPoint_Type);
  return module;
}
