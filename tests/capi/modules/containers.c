// containers: lists, tuples, dicts, sets and the sequence, mapping and iterator protocols, macros over the layouts
// included.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

// == Everything by name: call(name, arguments...) ==

#define FUNCTION(text, expression) \
  if (strcmp(name, text) == 0) return expression;
#define BORROWED(text, expression)                                                            \
  if (strcmp(name, text) == 0) {                                                              \
    PyObject* found = (expression);                                                           \
    return found ? Py_NewRef(found) : PyErr_Occurred() ? NULL : Py_BuildValue("s", "absent"); \
  }
#define STATUS(text, expression)                                                         \
  if (strcmp(name, text) == 0) {                                                         \
    Py_ssize_t value = (expression);                                                     \
    if (value == -1 && !PyErr_Occurred()) return Py_BuildValue("s", "-1 without error"); \
    return PyErr_Occurred() ? NULL : Py_BuildValue("(nO)", value, a);                    \
  }
#define N(o) PyLong_AsSsize_t(o)

static PyObject* call(PyObject* module, PyObject* args) {
  const char* name;
  PyObject *a = NULL, *b = NULL, *c = NULL, *d = NULL;
  if (!PyArg_ParseTuple(args, "s|OOOO", &name, &a, &b, &c, &d)) return NULL;
  // Lists
  STATUS("List_Append", PyList_Append(a, b))
  STATUS("List_Insert", PyList_Insert(a, N(b), c))
  STATUS("List_SetItem", PyList_SetItem(a, N(b), Py_NewRef(c)))
  BORROWED("List_GetItem", PyList_GetItem(a, N(b)))
  STATUS("List_Size", PyList_Size(a))
  FUNCTION("List_GetSlice", PyList_GetSlice(a, N(b), N(c)))
  STATUS("List_SetSlice", PyList_SetSlice(a, N(b), N(c), d == Py_None ? NULL : d))
  STATUS("List_Sort", PyList_Sort(a))
  STATUS("List_Reverse", PyList_Reverse(a))
  FUNCTION("List_AsTuple", PyList_AsTuple(a))
  FUNCTION("List_New", PyList_New(N(a)))
  FUNCTION("List_Extend", _PyList_Extend((PyListObject*)a, b))
  // Tuples
  BORROWED("Tuple_GetItem", PyTuple_GetItem(a, N(b)))
  STATUS("Tuple_Size", PyTuple_Size(a))
  FUNCTION("Tuple_GetSlice", PyTuple_GetSlice(a, N(b), N(c)))
  FUNCTION("Tuple_Pack", PyTuple_Pack(3, a, b, c))
  FUNCTION("Tuple_New", PyTuple_New(N(a)))
  // Dicts
  BORROWED("Dict_GetItem", PyDict_GetItem(a, b))
  BORROWED("Dict_GetItemWithError", PyDict_GetItemWithError(a, b))
  BORROWED("Dict_GetItemString", PyDict_GetItemString(a, PyUnicode_AsUTF8(b)))
  STATUS("Dict_SetItem", PyDict_SetItem(a, b, c))
  STATUS("Dict_SetItemString", PyDict_SetItemString(a, PyUnicode_AsUTF8(b), c))
  STATUS("Dict_DelItem", PyDict_DelItem(a, b))
  STATUS("Dict_DelItemString", PyDict_DelItemString(a, PyUnicode_AsUTF8(b)))
  STATUS("Dict_Contains", PyDict_Contains(a, b))
  STATUS("Dict_Size", PyDict_Size(a))
  FUNCTION("Dict_Keys", PyDict_Keys(a))
  FUNCTION("Dict_Values", PyDict_Values(a))
  FUNCTION("Dict_Items", PyDict_Items(a))
  FUNCTION("Dict_Copy", PyDict_Copy(a))
  BORROWED("Dict_SetDefault", PyDict_SetDefault(a, b, c))
  STATUS("Dict_Update", PyDict_Update(a, b))
  STATUS("Dict_Merge", PyDict_Merge(a, b, (int)N(c)))
  STATUS("Dict_MergeFromSeq2", PyDict_MergeFromSeq2(a, b, (int)N(c)))
  FUNCTION("Dict_Pop", _PyDict_Pop(a, b, c))
  if (strcmp(name, "Dict_Clear") == 0) {
    PyDict_Clear(a);
    return PyErr_Occurred() ? NULL : Py_NewRef(a);
  }
  // Sets
  FUNCTION("Set_New", PySet_New(a))
  FUNCTION("FrozenSet_New", PyFrozenSet_New(a))
  STATUS("Set_Add", PySet_Add(a, b))
  STATUS("Set_Discard", PySet_Discard(a, b))
  STATUS("Set_Contains", PySet_Contains(a, b))
  STATUS("Set_Size", PySet_Size(a))
  STATUS("Set_Clear", PySet_Clear(a))
  STATUS("Set_Update", _PySet_Update(a, b))
  // Protocols
  STATUS("Object_Size", PyObject_Size(a))
  STATUS("Object_LengthHint", PyObject_LengthHint(a, 7))
  FUNCTION("Object_GetItem", PyObject_GetItem(a, b))
  STATUS("Object_SetItem", PyObject_SetItem(a, b, c))
  STATUS("Object_DelItem", PyObject_DelItem(a, b))
  STATUS("Object_DelItemString", PyObject_DelItemString(a, PyUnicode_AsUTF8(b)))
  FUNCTION("Object_GetIter", PyObject_GetIter(a))
  FUNCTION("Object_Dir", PyObject_Dir(a))
  FUNCTION("Object_Format", PyObject_Format(a, b))
  FUNCTION("Object_Type", PyObject_Type(a))
  FUNCTION("Object_Bytes", PyObject_Bytes(a))
  FUNCTION("Object_ASCII", PyObject_ASCII(a))
  FUNCTION("Object_RichCompare", PyObject_RichCompare(a, b, (int)N(c)))
  STATUS("Object_RichCompareBool", PyObject_RichCompareBool(a, b, (int)N(c)))
  STATUS("Object_IsInstance", PyObject_IsInstance(a, b))
  STATUS("Object_IsSubclass", PyObject_IsSubclass(a, b))
  STATUS("Object_Hash", PyObject_Hash(a))
  FUNCTION("Object_GetAttr", PyObject_GetAttr(a, b))
  FUNCTION("Object_GetAttrString", PyObject_GetAttrString(a, PyUnicode_AsUTF8(b)))
  STATUS("Object_HasAttr", PyObject_HasAttr(a, b))
  STATUS("Object_HasAttrString", PyObject_HasAttrString(a, PyUnicode_AsUTF8(b)))
  STATUS("Object_SetAttr", PyObject_SetAttr(a, b, c))
  STATUS("Object_SetAttrString", PyObject_SetAttrString(a, PyUnicode_AsUTF8(b), c))
  STATUS("Object_DelAttr", PyObject_DelAttr(a, b))
  STATUS("Callable_Check", PyCallable_Check(a))
  STATUS("Iter_Check", PyIter_Check(a))
  STATUS("AIter_Check", PyAIter_Check(a))
  STATUS("Sequence_Check", PySequence_Check(a))
  STATUS("Mapping_Check", PyMapping_Check(a))
  STATUS("Sequence_Size", PySequence_Size(a))
  FUNCTION("Sequence_Concat", PySequence_Concat(a, b))
  FUNCTION("Sequence_Repeat", PySequence_Repeat(a, N(b)))
  FUNCTION("Sequence_InPlaceConcat", PySequence_InPlaceConcat(a, b))
  FUNCTION("Sequence_InPlaceRepeat", PySequence_InPlaceRepeat(a, N(b)))
  FUNCTION("Sequence_GetItem", PySequence_GetItem(a, N(b)))
  STATUS("Sequence_SetItem", PySequence_SetItem(a, N(b), c))
  STATUS("Sequence_DelItem", PySequence_DelItem(a, N(b)))
  FUNCTION("Sequence_GetSlice", PySequence_GetSlice(a, N(b), N(c)))
  STATUS("Sequence_SetSlice", PySequence_SetSlice(a, N(b), N(c), d))
  STATUS("Sequence_DelSlice", PySequence_DelSlice(a, N(b), N(c)))
  FUNCTION("Sequence_List", PySequence_List(a))
  FUNCTION("Sequence_Tuple", PySequence_Tuple(a))
  FUNCTION("Sequence_Fast", PySequence_Fast(a, "own text"))
  STATUS("Sequence_Count", PySequence_Count(a, b))
  STATUS("Sequence_Contains", PySequence_Contains(a, b))
  STATUS("Sequence_Index", PySequence_Index(a, b))
  STATUS("Mapping_Size", PyMapping_Size(a))
  FUNCTION("Mapping_Keys", PyMapping_Keys(a))
  FUNCTION("Mapping_Values", PyMapping_Values(a))
  FUNCTION("Mapping_Items", PyMapping_Items(a))
  FUNCTION("Mapping_GetItemString", PyMapping_GetItemString(a, PyUnicode_AsUTF8(b)))
  STATUS("Mapping_SetItemString", PyMapping_SetItemString(a, PyUnicode_AsUTF8(b), c))
  STATUS("Mapping_HasKey", PyMapping_HasKey(a, b))
  STATUS("Mapping_HasKeyString", PyMapping_HasKeyString(a, PyUnicode_AsUTF8(b)))
  return PyErr_Format(PyExc_LookupError, "no function %s", name);
}

// == Macros ==

static PyObject* fill(PyObject* module, PyObject* iterable) {
  PyObject* fast = PySequence_Fast(iterable, "fill needs a sequence");
  if (fast == NULL) return NULL;
  Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
  PyObject *list = PyList_New(n), *tuple = PyTuple_New(n);
  for (Py_ssize_t i = 0; i < n; i++) {
    PyList_SET_ITEM(list, i, Py_NewRef(PySequence_Fast_GET_ITEM(fast, i)));
    PyTuple_SET_ITEM(tuple, i, Py_NewRef(PySequence_Fast_ITEMS(fast)[i]));
  }
  for (Py_ssize_t i = 0; i < n; i++) {
    if (PyList_GET_ITEM(list, i) != PyTuple_GET_ITEM(tuple, i) ||
        ((PyListObject*)list)->ob_item[i] != ((PyTupleObject*)tuple)->ob_item[i])
      return PyErr_Format(PyExc_AssertionError, "items differ");
  }
  Py_DECREF(fast);
  return Py_BuildValue("(NNnn)", list, tuple, PyList_GET_SIZE(list), PyTuple_GET_SIZE(tuple));
}
static PyObject* resize(PyObject* module, PyObject* args) {
  Py_ssize_t from, to;
  if (!PyArg_ParseTuple(args, "nn", &from, &to)) return NULL;
  PyObject* tuple = PyTuple_New(from);
  for (Py_ssize_t i = 0; i < from; i++) PyTuple_SET_ITEM(tuple, i, PyLong_FromSsize_t(i));
  if (_PyTuple_Resize(&tuple, to) < 0) return NULL;
  for (Py_ssize_t i = from; i < to; i++) PyTuple_SET_ITEM(tuple, i, PyLong_FromSsize_t(i * 10));
  return tuple;
}
static PyObject* walk(PyObject* module, PyObject* dict) {  // PyDict_Next and _PyDict_Next
  PyObject *list = PyList_New(0), *key, *value;
  Py_ssize_t at = 0;
  Py_hash_t hash;
  while (PyDict_Next(dict, &at, &key, &value)) {
    PyObject* item = Py_BuildValue("(OO)", key, value);
    PyList_Append(list, item);
    Py_DECREF(item);
  }
  at = 0;
  Py_ssize_t n = 0;
  while (_PyDict_Next(dict, &at, &key, &value, &hash)) n += hash == PyObject_Hash(key);
  return Py_BuildValue("(Nn)", list, n);
}
static PyObject* double_values(PyObject* module, PyObject* dict) {  // replacing values while walking is allowed
  PyObject *key, *value;
  Py_ssize_t at = 0;
  while (PyDict_Next(dict, &at, &key, &value)) {
    PyObject* twice = PyNumber_Add(value, value);
    if (twice == NULL || PyDict_SetItem(dict, key, twice) < 0) return NULL;
    Py_DECREF(twice);
  }
  return Py_NewRef(dict);
}
static PyObject* version(PyObject* module, PyObject* dict) {
  return PyLong_FromUnsignedLongLong(((PyDictObject*)dict)->ma_version_tag);
}
static PyObject* used(PyObject* module, PyObject* o) {
  return PyDict_Check(o) ? PyLong_FromSsize_t(PyDict_GET_SIZE(o)) : PyLong_FromSsize_t(PySet_GET_SIZE(o));
}
static PyObject* entries(PyObject* module, PyObject* set) {  // _PySet_NextEntry
  PyObject *list = PyList_New(0), *key;
  Py_ssize_t at = 0;
  Py_hash_t hash;
  while (_PySet_NextEntry(set, &at, &key, &hash)) PyList_Append(list, key);
  return list;
}
static PyObject* known_hash(PyObject* module, PyObject* args) {
  PyObject *dict, *key;
  if (!PyArg_ParseTuple(args, "OO", &dict, &key)) return NULL;
  PyObject* found = _PyDict_GetItem_KnownHash(dict, key, PyObject_Hash(key));
  return found ? Py_NewRef(found) : PyErr_Occurred() ? NULL : Py_BuildValue("s", "absent");
}
static PyObject* iterate(PyObject* module, PyObject* iterable) {
  PyObject *iterator = PyObject_GetIter(iterable), *item, *list = PyList_New(0);
  if (iterator == NULL) return NULL;
  while ((item = PyIter_Next(iterator))) {
    PyList_Append(list, item);
    Py_DECREF(item);
  }
  Py_DECREF(iterator);
  if (PyErr_Occurred()) return NULL;
  return list;
}
static PyObject* flags(PyObject* module, PyObject* o) {
  return Py_BuildValue("[iiiiiiiiiii]", PyList_CheckExact(o), PyTuple_CheckExact(o), PyDict_CheckExact(o),
                       PyAnySet_Check(o), PySet_Check(o), PyFrozenSet_CheckExact(o), PyDictKeys_Check(o),
                       PyDictItems_Check(o), PyDictViewSet_Check(o), PyRange_Check(o), PySlice_Check(o));
}

static PyMethodDef methods[] = {{"call", call, METH_VARARGS, NULL},
                                {"fill", fill, METH_O, NULL},
                                {"resize", resize, METH_VARARGS, NULL},
                                {"walk", walk, METH_O, NULL},
                                {"double_values", double_values, METH_O, NULL},
                                {"version", version, METH_O, NULL},
                                {"used", used, METH_O, NULL},
                                {"entries", entries, METH_O, NULL},
                                {"known_hash", known_hash, METH_VARARGS, NULL},
                                {"iterate", iterate, METH_O, NULL},
                                {"flags", flags, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "containers", NULL, -1, methods};
PyMODINIT_FUNC PyInit_containers(void) { return PyModule_Create(&module_def); }
