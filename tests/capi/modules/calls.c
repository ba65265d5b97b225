// calls: functions of every METH_ kind, and calls in both directions (PEP 590).
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == Functions of every kind: each gives what it got ==

static PyObject* or_none(PyObject* o) { return o ? o : Py_None; }

static PyObject* noargs(PyObject* self, PyObject* unused) {
  if (unused != NULL) return PyErr_Format(PyExc_AssertionError, "METH_NOARGS got an argument");
  return PyTuple_Pack(1, or_none(self));
}
static PyObject* one(PyObject* self, PyObject* arg) { return PyTuple_Pack(2, or_none(self), arg); }
static PyObject* varargs(PyObject* self, PyObject* args) { return PyTuple_Pack(2, or_none(self), args); }
static PyObject* keywords(PyObject* self, PyObject* args, PyObject* kwargs) {
  return PyTuple_Pack(3, or_none(self), args, or_none(kwargs));
}
static PyObject* vector_to_tuple(PyObject* const* args, Py_ssize_t n) {
  PyObject* tuple = PyTuple_New(n);
  if (tuple == NULL) return NULL;
  for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
  return tuple;
}
static PyObject* fast(PyObject* self, PyObject* const* args, Py_ssize_t n) {
  return Py_BuildValue("(ON)", or_none(self), vector_to_tuple(args, n));
}
static PyObject* fast_keywords(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  if (names && !PyTuple_CheckExact(names)) return PyErr_Format(PyExc_AssertionError, "names is no tuple");
  Py_ssize_t count = names ? PyTuple_GET_SIZE(names) : 0;
  return Py_BuildValue("(ONON)", or_none(self), vector_to_tuple(args, n), or_none(names),
                       vector_to_tuple(args + n, count));
}
static PyObject* defining(PyObject* self, PyTypeObject* type, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  Py_ssize_t count = names ? PyTuple_GET_SIZE(names) : 0;
  return Py_BuildValue("(OONON)", or_none(self), type, vector_to_tuple(args, n), or_none(names),
                       vector_to_tuple(args + n, count));
}

#define KINDS(prefix, flags, doc)                                                                         \
  {prefix "noargs", noargs, METH_NOARGS | flags, doc}, {prefix "one", one, METH_O | flags, doc},          \
      {prefix "varargs", varargs, METH_VARARGS | flags, doc},                                             \
      {prefix "keywords", (PyCFunction)(void*)keywords, METH_VARARGS | METH_KEYWORDS | flags, doc},       \
      {prefix "fast", (PyCFunction)(void*)fast, METH_FASTCALL | flags, doc}, {                            \
    prefix "fast_keywords", (PyCFunction)(void*)fast_keywords, METH_FASTCALL | METH_KEYWORDS | flags, doc \
  }

// == A class with methods of every kind ==

static PyObject* contains_coexist(PyObject* self, PyObject* arg) { return PyUnicode_FromString("coexist"); }
static int contains_slot(PyObject* self, PyObject* arg) { return 0; }

static PyMethodDef kinds_methods[] = {
    KINDS("", 0, "One kind."),
    KINDS("class_", METH_CLASS, NULL),
    KINDS("static_", METH_STATIC, NULL),
    {"defining", (PyCFunction)(void*)defining, METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
     "the class that defines it"},
    {"class_defining", (PyCFunction)(void*)defining, METH_CLASS | METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {"__contains__", contains_coexist, METH_O | METH_COEXIST, "stands beside the slot"},
    {"__len__", noargs, METH_NOARGS, "loses against the slot"},
    {NULL}};
static Py_ssize_t seven(PyObject* self) { return 7; }
static PyType_Slot kinds_slots[] = {
    {Py_tp_methods, kinds_methods}, {Py_sq_contains, contains_slot}, {Py_sq_length, seven}, {0, NULL}};
static PyType_Spec kinds_spec = {"calls.Kinds", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                 kinds_slots};

// == Callables with a vector of their own ==

typedef struct {
  PyObject_HEAD vectorcallfunc vector;
  Py_ssize_t vector_calls, tuple_calls, offset_calls;
} Callable;

static PyObject* callable_vector(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names) {
  Callable* callable = (Callable*)self;
  callable->vector_calls++;
  if (nargsf & PY_VECTORCALL_ARGUMENTS_OFFSET) {
    callable->offset_calls++;
    PyObject** slot = (PyObject**)args - 1;  // ours to change for the time of the call
    PyObject* kept = *slot;
    *slot = self;
    *slot = kept;
  }
  return fast_keywords(self, args, PyVectorcall_NARGS(nargsf), names);
}
static PyObject* callable_call(PyObject* self, PyObject* args, PyObject* kwargs) {
  ((Callable*)self)->tuple_calls++;
  return keywords(self, args, kwargs);
}
static PyObject* callable_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Callable* self = (Callable*)type->tp_alloc(type, 0);
  if (self) self->vector = callable_vector;
  return (PyObject*)self;
}
static PyMemberDef callable_members[] = {{"vector_calls", T_PYSSIZET, offsetof(Callable, vector_calls), READONLY, NULL},
                                         {"tuple_calls", T_PYSSIZET, offsetof(Callable, tuple_calls), READONLY, NULL},
                                         {"offset_calls", T_PYSSIZET, offsetof(Callable, offset_calls), READONLY, NULL},
                                         {NULL}};
static PyTypeObject Vector_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "calls.Vector",
                                   .tp_basicsize = sizeof(Callable),
                                   .tp_vectorcall_offset = offsetof(Callable, vector),
                                   .tp_call = PyVectorcall_Call,
                                   .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
                                   .tp_members = callable_members,
                                   .tp_new = callable_new};
// Has the offset but not the flag: only tp_call is used.
static PyTypeObject Flagless_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "calls.Flagless",
                                     .tp_basicsize = sizeof(Callable),
                                     .tp_vectorcall_offset = offsetof(Callable, vector),
                                     .tp_call = callable_call,
                                     .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                     .tp_members = callable_members,
                                     .tp_new = callable_new};

static PyMemberDef spec_vector_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Callable, vector), READONLY, NULL},
    {"vector_calls", T_PYSSIZET, offsetof(Callable, vector_calls), READONLY, NULL},
    {"tuple_calls", T_PYSSIZET, offsetof(Callable, tuple_calls), READONLY, NULL},
    {"offset_calls", T_PYSSIZET, offsetof(Callable, offset_calls), READONLY, NULL},
    {NULL}};
static PyType_Slot spec_vector_slots[] = {
    {Py_tp_members, spec_vector_members}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_new, callable_new}, {0, NULL}};
static PyType_Spec spec_vector_spec = {"calls.SpecVector", sizeof(Callable), 0,
                                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
                                       spec_vector_slots};

// A callable that is a method when found on a class: Python calls it with the instance in front.
static PyObject* descriptor_get(PyObject* self, PyObject* instance, PyObject* owner) {
  if (instance == NULL) return Py_NewRef(self);
  return PyMethod_New(self, instance);
}
static PyTypeObject MethodDescriptor_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "calls.MethodDescriptor",
    .tp_basicsize = sizeof(Callable),
    .tp_vectorcall_offset = offsetof(Callable, vector),
    .tp_call = PyVectorcall_Call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_members = callable_members,
    .tp_descr_get = descriptor_get,
    .tp_new = callable_new};

// A type that is called by a vector of the type itself.
static PyObject* made_vector(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* names) {
  return fast_keywords(type, args, PyVectorcall_NARGS(nargsf), names);
}
static PyTypeObject Made_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "calls.Made",
                                 .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                 .tp_new = PyType_GenericNew, .tp_vectorcall = made_vector};

// == Calls from C ==

static PyObject* call_each_way(PyObject* module, PyObject* callable) {
  PyObject *list = PyList_New(0), *x = PyUnicode_FromString("x"), *y = PyLong_FromLong(5);
  PyObject *args = PyTuple_Pack(1, x), *kwargs = Py_BuildValue("{s:O}", "k", y), *names = Py_BuildValue("(s)", "k");
  PyObject* empty = PyTuple_New(0);
  PyObject* stack[4] = {NULL, x, y, NULL};
#define ADD(call)                             \
  do {                                        \
    PyObject* result = (call);                \
    if (!result) goto done;                   \
    int status = PyList_Append(list, result); \
    Py_DECREF(result);                        \
    if (status < 0) goto done;                \
  } while (0)
  ADD(PyObject_Call(callable, args, kwargs));
  ADD(PyObject_Call(callable, args, NULL));
  ADD(PyObject_Call(callable, empty, NULL));
  ADD(PyObject_CallObject(callable, NULL));
  ADD(PyObject_CallObject(callable, args));
  ADD(PyObject_CallNoArgs(callable));
  ADD(PyObject_CallOneArg(callable, x));
  ADD(PyObject_CallFunction(callable, NULL));
  ADD(PyObject_CallFunction(callable, "i", 3));
  ADD(PyObject_CallFunction(callable, "is#", 3, "abc", (Py_ssize_t)2));
  ADD(PyObject_CallFunction(callable, "(ii)", 3, 4));
  ADD(PyObject_CallFunction(callable, "O", args));
  ADD(PyObject_CallFunction(callable, "[i]", 8));
  ADD(PyObject_CallFunctionObjArgs(callable, NULL));
  ADD(PyObject_CallFunctionObjArgs(callable, x, y, NULL));
  ADD(PyObject_Vectorcall(callable, stack + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
  ADD(PyObject_Vectorcall(callable, stack + 1, 2, NULL));
  ADD(PyObject_Vectorcall(callable, stack + 1, 1, names));
  ADD(PyObject_Vectorcall(callable, NULL, 0, NULL));
  ADD(PyObject_VectorcallDict(callable, stack + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, kwargs));
  ADD(PyObject_VectorcallDict(callable, stack + 1, 1, NULL));
  ADD(PyEval_CallObjectWithKeywords(callable, args, kwargs));
  ADD(PyEval_CallFunction(callable, "(i)", 1));
#undef ADD
done:
  Py_DECREF(x), Py_DECREF(y), Py_DECREF(args), Py_DECREF(kwargs), Py_DECREF(names), Py_DECREF(empty);
  if (PyErr_Occurred()) Py_CLEAR(list);
  return list;
}

static PyObject* call_methods(PyObject* module, PyObject* args) {
  PyObject *object, *name, *list = PyList_New(0), *x = PyUnicode_FromString("x");
  if (!PyArg_ParseTuple(args, "OU", &object, &name)) return NULL;
  PyObject* names = Py_BuildValue("(s)", "k");
  PyObject* stack[4] = {NULL, object, x, x};
  const char* text = PyUnicode_AsUTF8(name);
#define ADD(call)                             \
  do {                                        \
    PyObject* result = (call);                \
    if (!result) goto done;                   \
    int status = PyList_Append(list, result); \
    Py_DECREF(result);                        \
    if (status < 0) goto done;                \
  } while (0)
  ADD(PyObject_CallMethod(object, text, NULL));
  ADD(PyObject_CallMethod(object, text, "i", 3));
  ADD(PyObject_CallMethod(object, text, "(ii)", 3, 4));
  ADD(PyObject_CallMethod(object, text, "((ii))", 3, 4));
  ADD(PyObject_CallMethod(object, text, "sN", "a", PyLong_FromLong(9)));
  ADD(PyObject_CallMethodObjArgs(object, name, NULL));
  ADD(PyObject_CallMethodObjArgs(object, name, x, Py_None, NULL));
  ADD(PyObject_CallMethodNoArgs(object, name));
  ADD(PyObject_CallMethodOneArg(object, name, x));
  ADD(PyObject_VectorcallMethod(name, stack + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
  ADD(PyObject_VectorcallMethod(name, stack + 1, 2, names));
  ADD(PyEval_CallMethod(object, text, "(i)", 1));
#undef ADD
done:
  Py_DECREF(x), Py_DECREF(names);
  if (PyErr_Occurred()) Py_CLEAR(list);
  return list;
}

// vectorcall(callable, positional, names or None, values)
static PyObject* vectorcall(PyObject* module, PyObject* args) {
  PyObject *callable, *positional, *names, *values;
  if (!PyArg_ParseTuple(args, "OO!OO!", &callable, &PyTuple_Type, &positional, &names, &PyTuple_Type, &values))
    return NULL;
  PyObject* stack[32] = {NULL};
  Py_ssize_t n = PyTuple_GET_SIZE(positional), k = PyTuple_GET_SIZE(values);
  for (Py_ssize_t i = 0; i < n; i++) stack[1 + i] = PyTuple_GET_ITEM(positional, i);
  for (Py_ssize_t i = 0; i < k; i++) stack[1 + n + i] = PyTuple_GET_ITEM(values, i);
  vectorcallfunc function = PyVectorcall_Function(callable);
  if (function == NULL) return PyObject_Vectorcall(callable, stack + 1, n, names == Py_None ? NULL : names);
  return function(callable, stack + 1, n | PY_VECTORCALL_ARGUMENTS_OFFSET, names == Py_None ? NULL : names);
}
static PyObject* has_vector(PyObject* module, PyObject* callable) {
  return PyBool_FromLong(PyVectorcall_Function(callable) != NULL);
}
static PyObject* vectorcall_call(PyObject* module, PyObject* args) {
  PyObject *callable, *positional, *kwargs = NULL;
  if (!PyArg_ParseTuple(args, "OO|O", &callable, &positional, &kwargs)) return NULL;
  return PyVectorcall_Call(callable, positional, kwargs);
}

// == Functions made by C ==

static PyMethodDef made_def = {"made", (PyCFunction)(void*)fast, METH_FASTCALL, "made($module, /, *args)\n--\n\nMade."};
static PyMethodDef made_method_def = {"made_method", (PyCFunction)(void*)defining,
                                      METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL};

static PyObject* make_function(PyObject* module, PyObject* args) {
  PyObject *self = NULL, *name = NULL;
  if (!PyArg_ParseTuple(args, "|OO", &self, &name)) return NULL;
  return PyCFunction_NewEx(&made_def, self, name);
}
static PyObject* make_method(PyObject* module, PyObject* args) {
  PyObject* self;
  PyTypeObject* type;
  if (!PyArg_ParseTuple(args, "OO!", &self, &PyType_Type, &type)) return NULL;
  return PyCMethod_New(&made_method_def, self, NULL, type);
}
static PyObject* describe_function(PyObject* module, PyObject* function) {
  if (!PyCFunction_Check(function)) return PyErr_Format(PyExc_TypeError, "no C function");
  return Py_BuildValue("(iOiOs)", PyCFunction_GET_FLAGS(function), or_none(PyCFunction_GET_SELF(function)),
                       PyCFunction_CheckExact(function), or_none((PyObject*)PyCFunction_GET_CLASS(function)),
                       ((PyCFunctionObject*)function)->m_ml->ml_name);
}
static PyObject* bad_flags(PyObject* module, PyObject* unused) {
  static PyMethodDef bad = {"bad", noargs, METH_NOARGS | METH_O, NULL};
  return PyCFunction_New(&bad, NULL);
}
static PyObject* method_without_class(PyObject* module, PyObject* unused) {
  return PyCFunction_New(&made_method_def, NULL);
}
static PyObject* class_without_method(PyObject* module, PyObject* unused) {
  return PyCMethod_New(&made_def, NULL, NULL, &PyList_Type);
}

// == Contracts that C code breaks ==

static PyObject* null_without_error(PyObject* module, PyObject* unused) { return NULL; }
static PyObject* result_with_error(PyObject* module, PyObject* unused) {
  PyErr_SetString(PyExc_ValueError, "stays set");
  return Py_NewRef(Py_None);
}
static PyObject* raises(PyObject* module, PyObject* text) {
  PyErr_SetObject(PyExc_ValueError, text);
  return NULL;
}

// What PyErr_Fetch sees of an exception just set: (class, value) as they are, Ellipsis for no value.
static PyObject* fetched(PyObject* module, PyObject* args) {
  PyObject *type, *value = NULL, *traceback;
  if (!PyArg_ParseTuple(args, "O|O", &type, &value)) return NULL;
  PyErr_SetObject(type, value);
  PyErr_Fetch(&type, &value, &traceback);
  Py_XDECREF(traceback);
  return Py_BuildValue("NN", type, value ? value : Py_NewRef(Py_Ellipsis));
}

static PyObject* recurse(PyObject* module, PyObject* callable) {
  if (Py_EnterRecursiveCall(" in recurse")) return NULL;
  PyObject* result = PyObject_CallOneArg(callable, callable);
  Py_LeaveRecursiveCall();
  return result;
}

static PyMethodDef methods[] = {KINDS("", 0, "One kind."),
                                {"fetched", fetched, METH_VARARGS, NULL},
                                {"call_each_way", call_each_way, METH_O, NULL},
                                {"call_methods", call_methods, METH_VARARGS, NULL},
                                {"vectorcall", vectorcall, METH_VARARGS, NULL},
                                {"vectorcall_call", vectorcall_call, METH_VARARGS, NULL},
                                {"has_vector", has_vector, METH_O, NULL},
                                {"make_function", make_function, METH_VARARGS, NULL},
                                {"make_method", make_method, METH_VARARGS, NULL},
                                {"describe_function", describe_function, METH_O, NULL},
                                {"bad_flags", bad_flags, METH_NOARGS, NULL},
                                {"method_without_class", method_without_class, METH_NOARGS, NULL},
                                {"class_without_method", class_without_method, METH_NOARGS, NULL},
                                {"null_without_error", null_without_error, METH_NOARGS, NULL},
                                {"result_with_error", result_with_error, METH_NOARGS, NULL},
                                {"raises", raises, METH_O, NULL},
                                {"recurse", recurse, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "calls", NULL, -1, methods};

PyMODINIT_FUNC PyInit_calls(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module == NULL) return NULL;
  PyTypeObject* types[] = {&Vector_Type, &Flagless_Type, &MethodDescriptor_Type, &Made_Type};
  for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++)
    if (PyModule_AddType(module, types[i]) < 0) return NULL;
  PyType_Spec* specs[] = {&kinds_spec, &spec_vector_spec};
  for (size_t i = 0; i < Py_ARRAY_LENGTH(specs); i++) {
    PyObject* type = PyType_FromModuleAndSpec(module, specs[i], NULL);
    if (type == NULL || PyModule_AddType(module, (PyTypeObject*)type) < 0) return NULL;
    Py_DECREF(type);
  }
  return module;
}
