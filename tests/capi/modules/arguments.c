// arguments: PyArg_Parse* and Py_BuildValue with every unit.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

// parse(args, format): gives what one unit made of one argument, as Python sees it.
static int convert_double(PyObject* object, void* place) {
  if (object == NULL) return 1;
  if (!PyLong_Check(object)) {
    PyErr_SetString(PyExc_TypeError, "converter says no");
    return 0;
  }
  *(long*)place = PyLong_AsLong(object) * 2;
  return 1;
}
static int cleanups;
static int convert_cleanup(PyObject* object, void* place) {
  if (object == NULL) {
    cleanups++;
    return 1;
  }
  *(PyObject**)place = object;
  return Py_CLEANUP_SUPPORTED;
}
static PyObject* parse(PyObject* module, PyObject* arguments) {
  PyObject* args;
  const char* format;
  if (!PyArg_ParseTuple(arguments, "Os:parse", &args, &format)) return NULL;
  union {
    char c, b;
    unsigned char B;
    short h;
    unsigned short H;
    int i, C, p;
    unsigned int I;
    long l;
    unsigned long k;
    long long L;
    unsigned long long K;
    Py_ssize_t n;
    float f;
    double d;
    Py_complex D;
    PyObject* O;
    const char* s;
    Py_buffer buffer;
  } v;
  Py_ssize_t size = -1;
  memset(&v, 0x5a, sizeof v);
#define UNIT(text, ...) if (strcmp(format, text) == 0)
#define PARSE(...) \
  if (!PyArg_ParseTuple(args, format, __VA_ARGS__)) return NULL;
  UNIT("b") { PARSE(&v.B) return Py_BuildValue("B", v.B); }
  UNIT("B") { PARSE(&v.B) return Py_BuildValue("B", v.B); }
  UNIT("h") { PARSE(&v.h) return Py_BuildValue("h", v.h); }
  UNIT("H") { PARSE(&v.H) return Py_BuildValue("H", v.H); }
  UNIT("i") { PARSE(&v.i) return Py_BuildValue("i", v.i); }
  UNIT("I") { PARSE(&v.I) return Py_BuildValue("I", v.I); }
  UNIT("l") { PARSE(&v.l) return Py_BuildValue("l", v.l); }
  UNIT("k") { PARSE(&v.k) return Py_BuildValue("k", v.k); }
  UNIT("L") { PARSE(&v.L) return Py_BuildValue("L", v.L); }
  UNIT("K") { PARSE(&v.K) return Py_BuildValue("K", v.K); }
  UNIT("n") { PARSE(&v.n) return Py_BuildValue("n", v.n); }
  UNIT("c") { PARSE(&v.c) return Py_BuildValue("c", v.c); }
  UNIT("C") { PARSE(&v.C) return Py_BuildValue("C", v.C); }
  UNIT("f") { PARSE(&v.f) return Py_BuildValue("f", v.f); }
  UNIT("d") { PARSE(&v.d) return Py_BuildValue("d", v.d); }
  UNIT("D") { PARSE(&v.D) return Py_BuildValue("D", &v.D); }
  UNIT("p") { PARSE(&v.p) return Py_BuildValue("i", v.p); }
  UNIT("O") { PARSE(&v.O) return Py_NewRef(v.O); }
  UNIT("S") { PARSE(&v.O) return Py_NewRef(v.O); }
  UNIT("U") { PARSE(&v.O) return Py_NewRef(v.O); }
  UNIT("Y") { PARSE(&v.O) return Py_NewRef(v.O); }
  UNIT("O!") { PARSE(&PyList_Type, &v.O) return Py_NewRef(v.O); }
  UNIT("O&") { PARSE(convert_double, &v.l) return PyLong_FromLong(v.l); }
  UNIT("s") { PARSE(&v.s) return Py_BuildValue("y", v.s); }
  UNIT("z") { PARSE(&v.s) return Py_BuildValue("y", v.s); }
  UNIT("y") { PARSE(&v.s) return Py_BuildValue("y", v.s); }
  UNIT("s#") { PARSE(&v.s, &size) return Py_BuildValue("y#", v.s, size); }
  UNIT("z#") { PARSE(&v.s, &size) return v.s ? Py_BuildValue("y#", v.s, size) : Py_BuildValue("(On)", Py_None, size); }
  UNIT("y#") { PARSE(&v.s, &size) return Py_BuildValue("y#", v.s, size); }
  if (format[0] && format[1] == '*') {
    PARSE(&v.buffer)
    PyObject* result = Py_BuildValue("(y#i)", v.buffer.buf, v.buffer.len, v.buffer.readonly);
    PyBuffer_Release(&v.buffer);
    return result;
  }
  if (format[0] == 'e') {
    char* made = NULL;
    int counted = strlen(format) == 3;
    if (counted ? !PyArg_ParseTuple(args, format, "utf-16-le", &made, &size)
                : !PyArg_ParseTuple(args, format, "latin-1", &made))
      return NULL;
    PyObject* result = counted ? Py_BuildValue("y#", made, size) : Py_BuildValue("y", made);
    PyMem_Free(made);
    return result;
  }
  UNIT("(ii)i") {
    int a, b, c;
    PARSE(&a, &b, &c) return Py_BuildValue("[iii]", a, b, c);
  }
  UNIT("i|ii") {
    int a, b = -1, c = -2;
    PARSE(&a, &b, &c) return Py_BuildValue("[iii]", a, b, c);
  }
  UNIT("|i:named") {
    int a = 7;
    PARSE(&a) return PyLong_FromLong(a);
  }
  UNIT("ii:named") {
    int a = 7, b;
    PARSE(&a, &b) return PyLong_FromLong(a);
  }
  UNIT("i;a text of its own") {
    int a;
    PARSE(&a) return PyLong_FromLong(a);
  }
  UNIT("O&i") {
    PyObject* o;
    int a;
    PARSE(convert_cleanup, &o, &a) return Py_NewRef(o);
  }
  UNIT("") {
    if (!PyArg_ParseTuple(args, format)) return NULL;
    Py_RETURN_NONE;
  }
  UNIT(":named") {
    if (!PyArg_ParseTuple(args, format)) return NULL;
    Py_RETURN_NONE;
  }
  // Whatever else: wrong formats.
  if (!PyArg_ParseTuple(args, format, &v, &size)) return NULL;
  return Py_NewRef(Py_Ellipsis);
}
static PyObject* take_cleanups(PyObject* module, PyObject* unused) {
  int n = cleanups;
  cleanups = 0;
  return PyLong_FromLong(n);
}

// keywords(args, kwargs, format, names)
static PyObject* parse_keywords(PyObject* module, PyObject* arguments) {
  PyObject *args, *kwargs, *names, *results[8] = {NULL};
  const char* format;
  if (!PyArg_ParseTuple(arguments, "O!OsO!", &PyTuple_Type, &args, &kwargs, &format, &PyTuple_Type, &names))
    return NULL;
  char* list[9] = {NULL};
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
    list[i] = (char*)PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i));
  if (!PyArg_ParseTupleAndKeywords(args, kwargs == Py_None ? NULL : kwargs, format, list, &results[0], &results[1],
                                   &results[2], &results[3], &results[4], &results[5]))
    return NULL;
  PyObject* tuple = PyTuple_New(PyTuple_GET_SIZE(names));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
    PyTuple_SET_ITEM(tuple, i, Py_NewRef(results[i] ? results[i] : Py_Ellipsis));
  return tuple;
}
static PyObject* typed(PyObject* module, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"number", "text", "flag", "other", NULL};
  int number = 0, flag = -1;
  const char* text = "default";
  PyObject* other = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|s$pO:typed", names, &number, &text, &flag, &other)) return NULL;
  return Py_BuildValue("(isiO)", number, text, flag, other);
}
static PyObject* unpack(PyObject* module, PyObject* arguments) {
  PyObject *args, *a = Py_Ellipsis, *b = Py_Ellipsis, *c = Py_Ellipsis;
  Py_ssize_t low, high;
  if (!PyArg_ParseTuple(arguments, "Onn", &args, &low, &high)) return NULL;
  if (!PyArg_UnpackTuple(args, "unpack", low, high, &a, &b, &c)) return NULL;
  return PyTuple_Pack(3, a, b, c);
}
static PyObject* old_parse(PyObject* module, PyObject* argument) {
  int value;
  if (!PyArg_Parse(argument, "i", &value)) return NULL;
  return PyLong_FromLong(value);
}
static int va_parse(PyObject* args, const char* format, ...) {
  va_list list;
  va_start(list, format);
  int status = PyArg_VaParse(args, format, list);
  va_end(list);
  return status;
}
static PyObject* variadic(PyObject* module, PyObject* args) {
  int a, b;
  if (!va_parse(args, "ii:variadic", &a, &b)) return NULL;
  return PyLong_FromLong(a + b);
}
static PyObject* validate(PyObject* module, PyObject* kwargs) {
  return PyArg_ValidateKeywordArguments(kwargs) ? Py_NewRef(Py_True) : NULL;
}

// == Py_BuildValue ==

static PyObject* make_seven(void* closure) { return PyLong_FromLong(*(int*)closure); }
static PyObject* build(PyObject* module, PyObject* unused) {
  int seven = 7;
  Py_complex z = {1.5, -2};
  PyObject* list = PyList_New(0);
#define ADD(...)                                 \
  do {                                           \
    PyObject* item = Py_BuildValue(__VA_ARGS__); \
    if (item == NULL) goto fail;                 \
    PyList_Append(list, item);                   \
    Py_DECREF(item);                             \
  } while (0)
  ADD("");
  ADD("i", 5);
  ADD("ii", 5, 6);
  ADD("()");
  ADD("(i)", 5);
  ADD("[]");
  ADD("[i,i]", 5, 6);
  ADD("{}");
  ADD("{s:i,s:[ii]}", "a", 1, "b", 2, 3);
  ADD("((i)(ii){i:i})", 1, 2, 3, 4, 5);
  ADD("bBhHiIlkLKn", (char)-1, (unsigned char)255, (short)-2, (unsigned short)65535, -3, 4294967295u, -4L,
      18446744073709551615ul, -5LL, 18446744073709551615ull, (Py_ssize_t)-6);
  ADD("cC", 'x', 0x20AC);
  ADD("fdD", 1.5f, 2.5, &z);
  ADD("szUy", "s", "z", "U\xc3\xa9", "y");
  ADD("szUy", NULL, NULL, NULL, NULL);
  ADD("s#z#U#y#", "ab\0c", (Py_ssize_t)4, "abc", (Py_ssize_t)2, "abc", (Py_ssize_t)1, "a\0b", (Py_ssize_t)3);
  ADD("u", L"wide\x20AC");
  ADD("u#", L"wide", (Py_ssize_t)2);
  ADD("O&", make_seven, &seven);
  ADD("(ONS)", Py_None, PyLong_FromLong(3), Py_True);
  ADD("i i\ti, i", 1, 2, 3, 4);
  return list;
fail:
  Py_DECREF(list);
  return NULL;
}
static PyObject* build_wrong(PyObject* module, PyObject* format) {
  return Py_BuildValue(PyUnicode_AsUTF8(format), 1, 2, 3);
}
static PyObject* build_null(PyObject* module, PyObject* with_error) {
  if (PyObject_IsTrue(with_error)) PyErr_SetString(PyExc_KeyError, "kept");
  return Py_BuildValue("(iNO)", 1, PyList_New(0), NULL);
}

static PyMethodDef methods[] = {{"parse", parse, METH_VARARGS, NULL},
                                {"take_cleanups", take_cleanups, METH_NOARGS, NULL},
                                {"parse_keywords", parse_keywords, METH_VARARGS, NULL},
                                {"typed", (PyCFunction)(void*)typed, METH_VARARGS | METH_KEYWORDS, NULL},
                                {"unpack", unpack, METH_VARARGS, NULL},
                                {"old_parse", old_parse, METH_O, NULL},
                                {"variadic", variadic, METH_VARARGS, NULL},
                                {"validate", validate, METH_O, NULL},
                                {"build", build, METH_NOARGS, NULL},
                                {"build_wrong", build_wrong, METH_O, NULL},
                                {"build_null", build_null, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "arguments", NULL, -1, methods};
PyMODINIT_FUNC PyInit_arguments(void) { return PyModule_Create(&module_def); }
