// texts: the PyUnicode and PyBytes interface, macros that know the layout included.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

// == Macros ==

static PyObject* facts(PyObject* module, PyObject* s) {
  Py_ssize_t n = PyUnicode_GET_LENGTH(s);
  int kind = PyUnicode_KIND(s);
  const void* data = PyUnicode_DATA(s);
  unsigned long sum = 0;
  for (Py_ssize_t i = 0; i < n; i++) {
    Py_UCS4 c = PyUnicode_READ(kind, data, i);
    if (c != PyUnicode_READ_CHAR(s, i) || c != PyUnicode_ReadChar(s, i))
      return PyErr_Format(PyExc_AssertionError, "readers differ");
    sum = sum * 31 + c;
  }
  if (PyUnicode_READ(kind, data, n) != 0) return PyErr_Format(PyExc_AssertionError, "no null at the end");
  const void* typed = kind == PyUnicode_1BYTE_KIND   ? (const void*)PyUnicode_1BYTE_DATA(s)
                      : kind == PyUnicode_2BYTE_KIND ? (const void*)PyUnicode_2BYTE_DATA(s)
                                                     : (const void*)PyUnicode_4BYTE_DATA(s);
  return Py_BuildValue("(iinIkii)", kind, PyUnicode_IS_ASCII(s), n, (unsigned)PyUnicode_MAX_CHAR_VALUE(s),
                       sum & 0xffffff, typed == data, PyUnicode_IS_COMPACT(s) && PyUnicode_IS_READY(s));
}
static PyObject* make(PyObject* module, PyObject* args) {  // make(maximum, code points): by macro, by function
  unsigned maximum;
  PyObject* points;
  if (!PyArg_ParseTuple(args, "IO!", &maximum, &PyTuple_Type, &points)) return NULL;
  Py_ssize_t n = PyTuple_GET_SIZE(points);
  PyObject *a = PyUnicode_New(n, maximum), *b = PyUnicode_New(n, maximum);
  if (a == NULL || b == NULL) return NULL;
  for (Py_ssize_t i = 0; i < n; i++) {
    Py_UCS4 c = (Py_UCS4)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(points, i));
    PyUnicode_WRITE(PyUnicode_KIND(a), PyUnicode_DATA(a), i, c);
    if (PyUnicode_WriteChar(b, i, c) < 0) return NULL;
  }
  return Py_BuildValue("(NN)", a, b);
}
static PyObject* write_char(PyObject* module, PyObject* args) {
  PyObject* s;
  Py_ssize_t i;
  unsigned c;
  if (!PyArg_ParseTuple(args, "OnI", &s, &i, &c)) return NULL;
  return PyUnicode_WriteChar(s, i, c) < 0 ? NULL : Py_NewRef(s);
}
static PyObject* from_kind(PyObject* module, PyObject* args) {
  int kind;
  const char* data;
  Py_ssize_t size;
  if (!PyArg_ParseTuple(args, "iy#", &kind, &data, &size)) return NULL;
  return PyUnicode_FromKindAndData(kind, data, size / (kind > 0 ? kind : 1));
}
static PyObject* as_ucs4(PyObject* module, PyObject* s) {
  Py_UCS4 small[8];
  Py_UCS4* copy = PyUnicode_AsUCS4Copy(s);
  if (copy == NULL) return NULL;
  PyObject* result =
      Py_BuildValue("(y#i)", (char*)copy, 4 * (PyUnicode_GetLength(s) + 1), PyUnicode_AsUCS4(s, small, 8, 1) != NULL);
  PyErr_Clear();
  PyMem_Free(copy);
  return result;
}
static PyObject* readers(PyObject* module, PyObject* args) {
  PyObject* s;
  Py_ssize_t i;
  if (!PyArg_ParseTuple(args, "On", &s, &i)) return NULL;
  Py_UCS4 c = PyUnicode_ReadChar(s, i);
  if (c == (Py_UCS4)-1) return NULL;
  return PyLong_FromUnsignedLong(c);
}
static PyObject* parts(PyObject* module, PyObject* args) {
  PyObject* s;
  Py_ssize_t a, b;
  if (!PyArg_ParseTuple(args, "Onn", &s, &a, &b)) return NULL;
  return PyUnicode_Substring(s, a, b);
}
static PyObject* copy(PyObject* module, PyObject* args) {  // copy(to, at, from, start, count) into a new string
  PyObject *to, *from;
  Py_ssize_t at, start, count;
  if (!PyArg_ParseTuple(args, "UnUnn", &to, &at, &from, &start, &count)) return NULL;
  PyObject* fresh = PyUnicode_New(PyUnicode_GET_LENGTH(to), 0x10ffff);
  if (fresh == NULL || PyUnicode_CopyCharacters(fresh, 0, to, 0, PyUnicode_GET_LENGTH(to)) < 0) return NULL;
  Py_ssize_t done = PyUnicode_CopyCharacters(fresh, at, from, start, count);
  if (done < 0) {
    Py_DECREF(fresh);
    return NULL;
  }
  PyObject* result = Py_BuildValue("(nN)", done, PyUnicode_Substring(fresh, 0, PyUnicode_GET_LENGTH(fresh)));
  Py_DECREF(fresh);
  return result;
}
static PyObject* fill(PyObject* module, PyObject* args) {
  Py_ssize_t size, start, length;
  unsigned maximum, c;
  if (!PyArg_ParseTuple(args, "nInnI", &size, &maximum, &start, &length, &c)) return NULL;
  PyObject* s = PyUnicode_New(size, maximum);
  for (Py_ssize_t i = 0; i < size; i++) PyUnicode_WRITE(PyUnicode_KIND(s), PyUnicode_DATA(s), i, '.');
  Py_ssize_t done = PyUnicode_Fill(s, start, length, c);
  if (done < 0) {
    Py_DECREF(s);
    return NULL;
  }
  return Py_BuildValue("(nN)", done, s);
}

// == Formats ==

static PyObject* formats(PyObject* module, PyObject* object) {
  PyObject* list = PyList_New(0);
#define ADD(...)                                     \
  do {                                               \
    PyObject* s = PyUnicode_FromFormat(__VA_ARGS__); \
    if (s == NULL) goto fail;                        \
    PyList_Append(list, s);                          \
    Py_DECREF(s);                                    \
  } while (0)
  ADD("plain %% %c %c", 'x', 0x20AC);
  ADD("[%d] [%5d] [%05d] [%.3d] [%6.3d]", 42, 42, 42, 42, 42);
  ADD("[%d] [%-5d] [%05d]", 42, 42, 42);
  ADD("[%i] [%u] [%x] [%08x] [%#x]", -42, 42u, 255, 255, 255);
  ADD("[%ld] [%lu] [%lld] [%llu] [%zd] [%zu] [%i] [%u] [%x]", -5L, 5UL, -6LL, 6ULL, (Py_ssize_t)-7, (size_t)7, -8, 8u,
      255);
  ADD("[%s] [%5s] [%.2s] [%5.2s]", "text", "ab", "abc", "abc");
  ADD("[%s] [%.3s]", "\xe2\x82\xac!", "\xe2\x82\xac!");
  ADD("[%U] [%V] [%V] [%5U] [%.1U]", PyTuple_GET_ITEM(object, 0), PyTuple_GET_ITEM(object, 0), "other", NULL, "other",
      PyTuple_GET_ITEM(object, 0), PyTuple_GET_ITEM(object, 0));
  ADD("[%S] [%R] [%A] [%.3R] [%8S]", PyTuple_GET_ITEM(object, 0), PyTuple_GET_ITEM(object, 0),
      PyTuple_GET_ITEM(object, 0), PyTuple_GET_ITEM(object, 0), PyTuple_GET_ITEM(object, 0));
  ADD("%s%d", "", 0);
  ADD("[%p]", (void*)0x1234);
  ADD("%");
  ADD("end %");
  ADD("%y unknown %d", 5);
  ADD("[%2c]", 'a');
  return list;
fail:
  Py_DECREF(list);
  return NULL;
}

// == Everything that takes strings and gives one object ==

static PyObject* call(PyObject* module, PyObject* args) {
  const char* name;
  PyObject *a = NULL, *b = NULL, *c = NULL;
  if (!PyArg_ParseTuple(args, "s|OOO", &name, &a, &b, &c)) return NULL;
#define FUNCTION(text, expression) \
  if (strcmp(name, text) == 0) return expression;
#define NUMBER(o) PyLong_AsSsize_t(o)
#define STATUS(text, expression)                                \
  if (strcmp(name, text) == 0) {                                \
    Py_ssize_t value = (expression);                            \
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(value); \
  }
  FUNCTION("Concat", PyUnicode_Concat(a, b))
  FUNCTION("Split", PyUnicode_Split(a, b == Py_None ? NULL : b, NUMBER(c)))
  FUNCTION("Splitlines", PyUnicode_Splitlines(a, (int)NUMBER(b)))
  FUNCTION("Join", PyUnicode_Join(a, b))
  FUNCTION("Replace", PyUnicode_Replace(a, b, c, -1))
  FUNCTION("Format", PyUnicode_Format(a, b))
  FUNCTION("RichCompare", PyUnicode_RichCompare(a, b, (int)NUMBER(c)))
  FUNCTION("FromObject", PyUnicode_FromObject(a))
  FUNCTION("FromOrdinal", PyUnicode_FromOrdinal((int)NUMBER(a)))
  FUNCTION("FromEncodedObject", PyUnicode_FromEncodedObject(a, PyUnicode_AsUTF8(b), c ? PyUnicode_AsUTF8(c) : NULL))
  FUNCTION("AsEncodedString", PyUnicode_AsEncodedString(a, PyUnicode_AsUTF8(b), c ? PyUnicode_AsUTF8(c) : NULL))
  FUNCTION("AsUTF8String", PyUnicode_AsUTF8String(a))
  FUNCTION("AsLatin1String", PyUnicode_AsLatin1String(a))
  FUNCTION("AsASCIIString", PyUnicode_AsASCIIString(a))
  FUNCTION("AsUTF16String", PyUnicode_AsUTF16String(a))
  FUNCTION("AsUTF32String", PyUnicode_AsUTF32String(a))
  FUNCTION("AsUnicodeEscapeString", PyUnicode_AsUnicodeEscapeString(a))
  FUNCTION("AsRawUnicodeEscapeString", PyUnicode_AsRawUnicodeEscapeString(a))
  FUNCTION("EncodeFSDefault", PyUnicode_EncodeFSDefault(a))
  FUNCTION("DecodeUTF8",
           PyUnicode_DecodeUTF8(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), b ? PyUnicode_AsUTF8(b) : NULL))
  FUNCTION("DecodeLatin1", PyUnicode_DecodeLatin1(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), NULL))
  FUNCTION("DecodeASCII",
           PyUnicode_DecodeASCII(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), b ? PyUnicode_AsUTF8(b) : NULL))
  FUNCTION("DecodeUnicodeEscape", PyUnicode_DecodeUnicodeEscape(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), NULL))
  FUNCTION("DecodeRawUnicodeEscape", PyUnicode_DecodeRawUnicodeEscape(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), NULL))
  FUNCTION("DecodeFSDefault", PyUnicode_DecodeFSDefaultAndSize(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a)))
  FUNCTION("DecodeLocale", PyUnicode_DecodeLocale(PyBytes_AS_STRING(a), "surrogateescape"))
  FUNCTION("FromStringAndSize", PyUnicode_FromStringAndSize(PyBytes_AS_STRING(a), NUMBER(b)))
  FUNCTION("FromString", PyUnicode_FromString(PyBytes_AS_STRING(a)))
  FUNCTION("InternFromString", PyUnicode_InternFromString(PyBytes_AS_STRING(a)))
  FUNCTION("Decode", PyUnicode_Decode(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), PyUnicode_AsUTF8(b), NULL))
  STATUS("Compare", PyUnicode_Compare(a, b))
  STATUS("CompareWithASCIIString", PyUnicode_CompareWithASCIIString(a, PyBytes_AS_STRING(b)))
  STATUS("EqualToASCIIString", _PyUnicode_EqualToASCIIString(a, PyBytes_AS_STRING(b)))
  STATUS("Contains", PyUnicode_Contains(a, b))
  STATUS("IsIdentifier", PyUnicode_IsIdentifier(a))
  STATUS("GetLength", PyUnicode_GetLength(a))
  STATUS("Find", PyUnicode_Find(a, b, 0, PY_SSIZE_T_MAX, (int)NUMBER(c)))
  STATUS("FindChar", PyUnicode_FindChar(a, (Py_UCS4)NUMBER(b), 0, PY_SSIZE_T_MAX, (int)NUMBER(c)))
  STATUS("Tailmatch", PyUnicode_Tailmatch(a, b, 0, PY_SSIZE_T_MAX, (int)NUMBER(c)))
  return PyErr_Format(PyExc_LookupError, "no function %s", name);
}
static PyObject* decode_stateful(PyObject* module, PyObject* args) {
  const char* data;
  Py_ssize_t size, consumed = -1;
  if (!PyArg_ParseTuple(args, "y#", &data, &size)) return NULL;
  PyObject* s = PyUnicode_DecodeUTF8Stateful(data, size, "strict", &consumed);
  return s ? Py_BuildValue("(Nn)", s, consumed) : NULL;
}
static PyObject* decode_utf16(PyObject* module, PyObject* args) {
  const char* data;
  Py_ssize_t size;
  int order, wide;
  if (!PyArg_ParseTuple(args, "y#ip", &data, &size, &order, &wide)) return NULL;
  PyObject* s =
      wide ? PyUnicode_DecodeUTF32(data, size, NULL, &order) : PyUnicode_DecodeUTF16(data, size, NULL, &order);
  return s ? Py_BuildValue("(Ni)", s, order) : NULL;
}
static PyObject* utf8(PyObject* module, PyObject* s) {
  Py_ssize_t size;
  const char* a = PyUnicode_AsUTF8AndSize(s, &size);
  if (a == NULL) return NULL;
  return Py_BuildValue("(y#i)", a, size, a == PyUnicode_AsUTF8(s));
}
static PyObject* wide(PyObject* module, PyObject* s) {
  wchar_t buffer[4];
  Py_ssize_t size, copied = PyUnicode_AsWideChar(s, buffer, 4);
  if (copied < 0) return NULL;
  wchar_t* all = PyUnicode_AsWideCharString(s, &size);
  if (all == NULL) return NULL;
  PyObject* result = Py_BuildValue("(nnN)", copied, size, PyUnicode_FromWideChar(all, -1));
  PyMem_Free(all);
  return result;
}
static PyObject* intern(PyObject* module, PyObject* s) {
  PyObject* a = PyUnicode_FromObject(s);
  if (PyUnicode_CHECK_INTERNED(a)) return a;
  PyUnicode_InternInPlace(&a);
  if (!PyUnicode_CHECK_INTERNED(a)) return PyErr_Format(PyExc_AssertionError, "not interned");
  return a;
}
static PyObject* append(PyObject* module, PyObject* args) {
  PyObject *a, *b;
  if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
  Py_INCREF(a);
  PyUnicode_Append(&a, b);
  if (a == NULL) return NULL;
  PyUnicode_AppendAndDel(&a, PyUnicode_FromString("!"));
  return a;
}
static PyObject* converters(PyObject* module, PyObject* path) {
  PyObject *bytes = NULL, *text = NULL;
  if (!PyUnicode_FSConverter(path, &bytes)) return NULL;
  if (!PyUnicode_FSDecoder(path, &text)) return NULL;
  return Py_BuildValue("(NN)", bytes, text);
}
static PyObject* characters(PyObject* module, PyObject* code) {
  Py_UCS4 c = (Py_UCS4)PyLong_AsUnsignedLong(code);
  return Py_BuildValue("[iiiiiiiiiiiIIIiid]", !!Py_UNICODE_ISSPACE(c), !!Py_UNICODE_ISLOWER(c), !!Py_UNICODE_ISUPPER(c),
                       !!Py_UNICODE_ISTITLE(c), !!Py_UNICODE_ISLINEBREAK(c), !!Py_UNICODE_ISDECIMAL(c),
                       !!Py_UNICODE_ISDIGIT(c), !!Py_UNICODE_ISNUMERIC(c), !!Py_UNICODE_ISPRINTABLE(c),
                       !!Py_UNICODE_ISALPHA(c), !!Py_UNICODE_ISALNUM(c), (unsigned)Py_UNICODE_TOLOWER(c),
                       (unsigned)Py_UNICODE_TOUPPER(c), (unsigned)Py_UNICODE_TOTITLE(c), Py_UNICODE_TODECIMAL(c),
                       Py_UNICODE_TODIGIT(c), Py_UNICODE_TONUMERIC(c));
}

// == Bytes and bytearrays ==

static PyObject* bytes_facts(PyObject* module, PyObject* unused) {
  PyObject* a = PyBytes_FromStringAndSize(NULL, 3);
  memcpy(PyBytes_AS_STRING(a), "abc", 3);
  PyObject* first = Py_NewRef(a);
  PyBytes_Concat(&a, first);
  PyObject* grown = PyBytes_FromStringAndSize("12345", 5);
  if (_PyBytes_Resize(&grown, 3) < 0) return NULL;
  PyObject* longer = PyBytes_FromStringAndSize("12345", 5);
  if (_PyBytes_Resize(&longer, 8) < 0) return NULL;
  memcpy(PyBytes_AS_STRING(longer) + 5, "678", 4);
  PyBytes_ConcatAndDel(&first, PyBytes_FromString("def"));
  PyObject* array = PyByteArray_FromStringAndSize("xyz", 3);
  if (PyByteArray_Resize(array, 5) < 0) return NULL;
  memcpy(PyByteArray_AS_STRING(array) + 3, "++", 2);
  PyObject* both = PyByteArray_Concat(array, grown);
  return Py_BuildValue(
      "[NNNNNNNN]", a, first, grown, longer, array, both,
      PyBytes_FromFormat("%s|%5d|%c|%x|%%|%.2s|%zd|%lu", "s", 42, 'c', 255, "abc", (Py_ssize_t)-1, 7ul),
      PyBytes_FromObject(both));
}
static PyObject* bytes_string(PyObject* module, PyObject* args) {
  PyObject* object;
  int sized;
  if (!PyArg_ParseTuple(args, "Op", &object, &sized)) return NULL;
  char* text;
  Py_ssize_t size = -1;
  if (PyBytes_AsStringAndSize(object, &text, sized ? &size : NULL) < 0) return NULL;
  return Py_BuildValue("(yn)", text, size);
}
static PyObject* bytes_repr(PyObject* module, PyObject* object) { return PyBytes_Repr(object, 1); }
static PyObject* decode_escape(PyObject* module, PyObject* object) {
  return PyBytes_DecodeEscape(PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object), NULL, 0, NULL);
}

// == Writers that Cython and others use ==

static PyObject* writer(PyObject* module, PyObject* texts) {
  _PyUnicodeWriter writer;
  _PyUnicodeWriter_Init(&writer);
  writer.overallocate = 1;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts); i++) {
    if (_PyUnicodeWriter_WriteStr(&writer, PyTuple_GET_ITEM(texts, i)) < 0 ||
        _PyUnicodeWriter_WriteChar(&writer, '/') < 0) {
      _PyUnicodeWriter_Dealloc(&writer);
      return NULL;
    }
  }
  if (_PyUnicodeWriter_WriteASCIIString(&writer, "ascii", 5) < 0) return NULL;
  // python3.11 writes signed characters into wide strings.
  if (PyTuple_GET_SIZE(texts) == 0 && _PyUnicodeWriter_WriteLatin1String(&writer, "\xe9", 1) < 0) return NULL;
  return _PyUnicodeWriter_Finish(&writer);
}

static PyMethodDef methods[] = {{"facts", facts, METH_O, NULL},
                                {"make", make, METH_VARARGS, NULL},
                                {"write_char", write_char, METH_VARARGS, NULL},
                                {"from_kind", from_kind, METH_VARARGS, NULL},
                                {"as_ucs4", as_ucs4, METH_O, NULL},
                                {"readers", readers, METH_VARARGS, NULL},
                                {"parts", parts, METH_VARARGS, NULL},
                                {"copy", copy, METH_VARARGS, NULL},
                                {"fill", fill, METH_VARARGS, NULL},
                                {"formats", formats, METH_O, NULL},
                                {"call", call, METH_VARARGS, NULL},
                                {"decode_stateful", decode_stateful, METH_VARARGS, NULL},
                                {"decode_wide", decode_utf16, METH_VARARGS, NULL},
                                {"utf8", utf8, METH_O, NULL},
                                {"wide", wide, METH_O, NULL},
                                {"intern", intern, METH_O, NULL},
                                {"append", append, METH_VARARGS, NULL},
                                {"converters", converters, METH_O, NULL},
                                {"characters", characters, METH_O, NULL},
                                {"bytes_facts", bytes_facts, METH_NOARGS, NULL},
                                {"bytes_string", bytes_string, METH_VARARGS, NULL},
                                {"bytes_repr", bytes_repr, METH_O, NULL},
                                {"decode_escape", decode_escape, METH_O, NULL},
                                {"writer", writer, METH_VARARGS, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "texts", NULL, -1, methods};
PyMODINIT_FUNC PyInit_texts(void) { return PyModule_Create(&module_def); }
