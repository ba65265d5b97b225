// numbers_: ints of every width, floats, complex numbers, PyNumber_*.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject* widths(PyObject* module, PyObject* object) {  // what every reader makes of one object
  PyObject* list = PyList_New(0);
#define ADD(text, format, expression)                                                                     \
  do {                                                                                                    \
    PyObject* item = Py_BuildValue("(s" format ")", text, expression);                                    \
    if (PyErr_Occurred()) {                                                                               \
      PyObject *type, *value, *trace;                                                                     \
      PyErr_Fetch(&type, &value, &trace);                                                                 \
      PyErr_NormalizeException(&type, &value, &trace);                                                    \
      Py_XDECREF(item);                                                                                   \
      item = Py_BuildValue("(sNN)", text, PyObject_GetAttrString(type, "__name__"), PyObject_Str(value)); \
      Py_XDECREF(type), Py_XDECREF(value), Py_XDECREF(trace);                                             \
    }                                                                                                     \
    PyList_Append(list, item);                                                                            \
    Py_XDECREF(item);                                                                                     \
  } while (0)
  int overflow = 99;
  ADD("AsLong", "l", PyLong_AsLong(object));
  ADD("AsLongLong", "L", PyLong_AsLongLong(object));
  ADD("AsInt", "i", _PyLong_AsInt(object));
  ADD("AsSsize_t", "n", PyLong_AsSsize_t(object));
  ADD("AsSize_t", "k", (unsigned long)PyLong_AsSize_t(object));
  ADD("AsUnsignedLong", "k", PyLong_AsUnsignedLong(object));
  ADD("AsUnsignedLongLong", "K", PyLong_AsUnsignedLongLong(object));
  ADD("AsUnsignedLongMask", "k", PyLong_AsUnsignedLongMask(object));
  ADD("AsUnsignedLongLongMask", "K", PyLong_AsUnsignedLongLongMask(object));
  ADD("AsLongAndOverflow", "l", PyLong_AsLongAndOverflow(object, &overflow));
  ADD("overflow", "i", overflow);
  ADD("AsLongLongAndOverflow", "L", PyLong_AsLongLongAndOverflow(object, &overflow));
  ADD("overflow", "i", overflow);
  ADD("AsDouble", "d", PyLong_AsDouble(object));
  ADD("AsVoidPtr", "k", (unsigned long)PyLong_AsVoidPtr(object));
  ADD("FloatAsDouble", "d", PyFloat_AsDouble(object));
  ADD("ComplexRealAsDouble", "d", PyComplex_RealAsDouble(object));
  ADD("ComplexImagAsDouble", "d", PyComplex_ImagAsDouble(object));
  ADD("Index", "N", PyNumber_Index(object));
  ADD("Long", "N", PyNumber_Long(object));
  ADD("Float", "N", PyNumber_Float(object));
  ADD("Absolute", "N", PyNumber_Absolute(object));
  ADD("Negative", "N", PyNumber_Negative(object));
  ADD("Invert", "N", PyNumber_Invert(object));
  ADD("ToBase2", "N", PyNumber_ToBase(object, 2));
  ADD("ToBase16", "N", PyNumber_ToBase(object, 16));
  ADD("ToBase7", "N", PyNumber_ToBase(object, 7));
  ADD("NumberAsSsize_t", "n", PyNumber_AsSsize_t(object, PyExc_OverflowError));
  ADD("Clipped", "n", PyNumber_AsSsize_t(object, NULL));
  return list;
}
static PyObject* checks(PyObject* module, PyObject* o) {
  return Py_BuildValue("(iiiiii)", PyNumber_Check(o), PyIndex_Check(o), PyLong_Check(o), PyLong_CheckExact(o),
                       PyFloat_Check(o), PyComplex_Check(o));
}
static PyObject* facts(PyObject* module, PyObject* o) {  // the layout, as Cython reads it
  if (!PyLong_Check(o)) return PyErr_Format(PyExc_TypeError, "no int");
  Py_ssize_t size = Py_SIZE(o), n = size < 0 ? -size : size;
  const digit* digits = ((PyLongObject*)o)->ob_digit;
  PyObject* list = PyList_New(n);
  for (Py_ssize_t i = 0; i < n; i++) PyList_SET_ITEM(list, i, PyLong_FromUnsignedLong(digits[i]));
  return Py_BuildValue("(nNin)", size, list, _PyLong_Sign(o), (Py_ssize_t)_PyLong_NumBits(o));
}
static PyObject* make(PyObject* module, PyObject* unused) {
  return Py_BuildValue("[NNNNNNNNNN]", PyLong_FromLong(-1), PyLong_FromUnsignedLong(~0ul),
                       PyLong_FromLongLong(-(1ll << 62)), PyLong_FromUnsignedLongLong(~0ull), PyLong_FromSsize_t(-5),
                       PyLong_FromSize_t(~(size_t)0), PyLong_FromVoidPtr((void*)0x1234), PyLong_FromDouble(-1e18),
                       PyLong_FromString("-0x1F", NULL, 0), PyLong_FromString("zz", NULL, 36));
}
static PyObject* from_double(PyObject* module, PyObject* value) { return PyLong_FromDouble(PyFloat_AsDouble(value)); }
static PyObject* from_string(PyObject* module, PyObject* args) {
  const char* text;
  char* end = NULL;
  int base;
  if (!PyArg_ParseTuple(args, "si", &text, &base)) return NULL;
  PyObject* value = PyLong_FromString(text, &end, base);
  if (value == NULL) return NULL;
  return Py_BuildValue("(Nn)", value, end - text);
}
static PyObject* from_unicode(PyObject* module, PyObject* args) {
  PyObject* text;
  int base;
  if (!PyArg_ParseTuple(args, "Oi", &text, &base)) return NULL;
  return PyLong_FromUnicodeObject(text, base);
}
static PyObject* as_bytes(PyObject* module, PyObject* args) {  // as_bytes(value, size, little, signed)
  PyObject* value;
  Py_ssize_t size;
  int little, is_signed;
  unsigned char buffer[64];
  if (!PyArg_ParseTuple(args, "O!npp", &PyLong_Type, &value, &size, &little, &is_signed)) return NULL;
  if (_PyLong_AsByteArray((PyLongObject*)value, buffer, size, little, is_signed) < 0) return NULL;
  PyObject* back = _PyLong_FromByteArray(buffer, size, little, is_signed);
  return Py_BuildValue("(y#N)", (char*)buffer, size, back);
}
static PyObject* arithmetic(PyObject* module, PyObject* args) {
  PyObject *a, *b;
  if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
  return Py_BuildValue("[NNNNNN]", _PyLong_GCD(a, b), _PyLong_DivmodNear(a, b), PyNumber_Power(a, b, Py_None),
                       PyNumber_Divmod(a, b), _PyLong_Format(a, 8), _PyLong_Copy((PyLongObject*)a));
}
static PyObject* frexp_(PyObject* module, PyObject* value) {
  Py_ssize_t exponent;
  double x = _PyLong_Frexp((PyLongObject*)value, &exponent);
  if (x == -1.0 && PyErr_Occurred()) return NULL;
  return Py_BuildValue("(dn)", x, exponent);
}
static PyObject* floats(PyObject* module, PyObject* value) {
  double x = PyFloat_AsDouble(value);
  if (x == -1 && PyErr_Occurred()) return NULL;
  unsigned char small[8], middle[8], large[8];
  PyFloat_Pack8(x, (char*)large, 1);
  PyObject* text = NULL;
  char* buffer = PyOS_double_to_string(x, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
  text = PyUnicode_FromString(buffer);
  PyMem_Free(buffer);
  int failed4 = PyFloat_Pack4(x, (char*)middle, 0);
  PyErr_Clear();
  int failed2 = PyFloat_Pack2(x, (char*)small, 1);
  PyErr_Clear();
  return Py_BuildValue("(y#ddiiNiii)", (char*)large, (Py_ssize_t)8, PyFloat_Unpack8((char*)large, 1),
                       failed4 ? 0.0 : PyFloat_Unpack4((char*)middle, 0), failed4, failed2, text, Py_IS_NAN(x),
                       Py_IS_INFINITY(x), Py_IS_FINITE(x));
}
static PyObject* float_macros(PyObject* module, PyObject* value) {
  if (!PyFloat_Check(value)) return PyErr_Format(PyExc_TypeError, "no float");
  return Py_BuildValue("(ddN)", PyFloat_AS_DOUBLE(value), ((PyFloatObject*)value)->ob_fval,
                       PyFloat_FromString(PyObject_Repr(value)));
}
static PyObject* complexes(PyObject* module, PyObject* value) {
  Py_complex z = PyComplex_AsCComplex(value);
  if (PyErr_Occurred()) return NULL;
  Py_complex sum = _Py_c_sum(z, z), product = _Py_c_prod(z, z), difference = _Py_c_diff(z, z), negative = _Py_c_neg(z);
  return Py_BuildValue("[NNDDDD]", PyComplex_FromCComplex(z), PyComplex_FromDoubles(z.imag, z.real), &sum, &product,
                       &difference, &negative);
}
static PyObject* double_from_string(PyObject* module, PyObject* text) {
  char* end;
  const char* start = PyUnicode_AsUTF8(text);
  double x = PyOS_string_to_double(start, &end, PyExc_OverflowError);
  if (x == -1.0 && PyErr_Occurred()) return NULL;
  return Py_BuildValue("(dn)", x, end - start);
}
static PyObject* bools(PyObject* module, PyObject* o) {
  return Py_BuildValue("(iNiii)", PyObject_IsTrue(o), PyBool_FromLong(PyObject_IsTrue(o)), PyObject_Not(o),
                       PyBool_Check(o), Py_IsTrue(o));
}

static PyMethodDef methods[] = {{"widths", widths, METH_O, NULL},
                                {"checks", checks, METH_O, NULL},
                                {"facts", facts, METH_O, NULL},
                                {"make", make, METH_NOARGS, NULL},
                                {"from_double", from_double, METH_O, NULL},
                                {"from_string", from_string, METH_VARARGS, NULL},
                                {"from_unicode", from_unicode, METH_VARARGS, NULL},
                                {"as_bytes", as_bytes, METH_VARARGS, NULL},
                                {"arithmetic", arithmetic, METH_VARARGS, NULL},
                                {"frexp", frexp_, METH_O, NULL},
                                {"floats", floats, METH_O, NULL},
                                {"float_macros", float_macros, METH_O, NULL},
                                {"complexes", complexes, METH_O, NULL},
                                {"double_from_string", double_from_string, METH_O, NULL},
                                {"bools", bools, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "numbers_", NULL, -1, methods};
PyMODINIT_FUNC PyInit_numbers_(void) { return PyModule_Create(&module_def); }
