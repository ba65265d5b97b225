// library: code objects, functions, imports, codecs, files, marshal, memory, the deprecated half of PyUnicode, tracing.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <marshal.h>
#include <structmember.h>

#define FUNCTION(text, expression) \
  if (strcmp(name, text) == 0) return expression;
#define BORROWED(text, expression)                                                            \
  if (strcmp(name, text) == 0) {                                                              \
    PyObject* found = (expression);                                                           \
    return found ? Py_NewRef(found) : PyErr_Occurred() ? NULL : Py_BuildValue("s", "absent"); \
  }
#define STATUS(text, expression)                                                    \
  if (strcmp(name, text) == 0) {                                                    \
    Py_ssize_t value = (expression);                                                \
    return PyErr_Occurred() ? NULL : Py_BuildValue("(nO)", value, a ? a : Py_None); \
  }
#define TEXT(text, expression) \
  if (strcmp(name, text) == 0) return Py_BuildValue("s", (expression));
#define N(o) PyLong_AsSsize_t(o)
#define S(o) ((o) == Py_None ? NULL : PyUnicode_AsUTF8(o))

static PyObject* translate_errors(const char* name, PyObject* error) {
  FUNCTION("StrictErrors", PyCodec_StrictErrors(error))
  FUNCTION("IgnoreErrors", PyCodec_IgnoreErrors(error))
  FUNCTION("ReplaceErrors", PyCodec_ReplaceErrors(error))
  FUNCTION("XMLCharRefReplaceErrors", PyCodec_XMLCharRefReplaceErrors(error))
  FUNCTION("BackslashReplaceErrors", PyCodec_BackslashReplaceErrors(error))
  FUNCTION("NameReplaceErrors", PyCodec_NameReplaceErrors(error))
  return PyErr_Format(PyExc_LookupError, "no function %s", name);
}
static PyObject* call(PyObject* module, PyObject* args) {
  const char* name;
  PyObject *a = NULL, *b = NULL, *c = NULL, *d = NULL;
  if (!PyArg_ParseTuple(args, "s|OOOO", &name, &a, &b, &c, &d)) return NULL;
  // Functions and code
  BORROWED("Function_GetDefaults", PyFunction_GetDefaults(a))
  BORROWED("Function_GetKwDefaults", PyFunction_GetKwDefaults(a))
  BORROWED("Function_GetClosure", PyFunction_GetClosure(a))
  BORROWED("Function_GetAnnotations", PyFunction_GetAnnotations(a))
  STATUS("Function_SetDefaults", PyFunction_SetDefaults(a, b))
  STATUS("Function_SetKwDefaults", PyFunction_SetKwDefaults(a, b))
  STATUS("Function_SetClosure", PyFunction_SetClosure(a, b))
  STATUS("Function_SetAnnotations", PyFunction_SetAnnotations(a, b))
  FUNCTION("Function_New", PyFunction_New(a, b))
  FUNCTION("Code_GetVarnames", PyCode_GetVarnames((PyCodeObject*)a))
  FUNCTION("Code_GetCellvars", PyCode_GetCellvars((PyCodeObject*)a))
  FUNCTION("Code_GetFreevars", PyCode_GetFreevars((PyCodeObject*)a))
  STATUS("Code_GetNumFree", PyCode_GetNumFree((PyCodeObject*)a))
  STATUS("Code_Addr2Line", PyCode_Addr2Line((PyCodeObject*)a, (int)N(b)))
  // Imports
  STATUS("Import_GetMagicNumber_known", PyImport_GetMagicNumber() != -1)
  FUNCTION("Import_ImportModuleLevel", PyImport_ImportModuleLevel(S(a), b, NULL, c, (int)N(d)))
  FUNCTION("Import_ImportModuleLevelObject", PyImport_ImportModuleLevelObject(a, b, NULL, c, (int)N(d)))
  FUNCTION("Import_ImportModuleNoBlock", PyImport_ImportModuleNoBlock(S(a)))
  BORROWED("Import_AddModuleObject", PyImport_AddModuleObject(a))
  FUNCTION("Import_ExecCodeModule", PyImport_ExecCodeModule(S(a), b))
  FUNCTION("Import_ExecCodeModuleEx", PyImport_ExecCodeModuleEx(S(a), b, S(c)))
  FUNCTION("Import_ReloadModule", PyImport_ReloadModule(a))
  STATUS("Import_GetModuleDict", PyDict_Contains(PyImport_GetModuleDict(), a))
  // Codecs
  FUNCTION("Codec_Encode", PyCodec_Encode(a, S(b), c ? S(c) : NULL))
  FUNCTION("Codec_Decode", PyCodec_Decode(a, S(b), c ? S(c) : NULL))
  STATUS("Codec_KnownEncoding", PyCodec_KnownEncoding(S(a)))
  FUNCTION("Codec_Encoder", PyCodec_Encoder(S(a)))
  FUNCTION("Codec_IncrementalDecoder", PyCodec_IncrementalDecoder(S(a), NULL))
  STATUS("Codec_RegisterError", PyCodec_RegisterError(S(a), b))
  FUNCTION("Codec_LookupError", PyCodec_LookupError(a == Py_None ? NULL : S(a)))
  if (strncmp(name, "Errors_", 7) == 0) return translate_errors(name + 7, a);
  // Files and printing
  FUNCTION("File_GetLine", PyFile_GetLine(a, (int)N(b)))
  STATUS("File_WriteObject", PyFile_WriteObject(a, b, (int)N(c)))
  STATUS("File_WriteString", PyFile_WriteString(S(a), b))
  STATUS("Object_AsFileDescriptor", PyObject_AsFileDescriptor(a))
  FUNCTION("OS_FSPath", PyOS_FSPath(a))
  FUNCTION("File_FromFd", PyFile_FromFd((int)N(a), "name", S(b), -1, "utf-8", NULL, NULL, 0))
  // Marshal
  FUNCTION("Marshal_WriteObjectToString", PyMarshal_WriteObjectToString(a, (int)N(b)))
  FUNCTION("Marshal_ReadObjectFromString", PyMarshal_ReadObjectFromString(PyBytes_AsString(a), PyBytes_Size(a)))
  // Unicode, the older half
  STATUS("Unicode_Count", PyUnicode_Count(a, b, 0, PY_SSIZE_T_MAX))
  FUNCTION("Unicode_Partition", PyUnicode_Partition(a, b))
  FUNCTION("Unicode_RPartition", PyUnicode_RPartition(a, b))
  FUNCTION("Unicode_RSplit", PyUnicode_RSplit(a, b, N(c)))
  FUNCTION("Unicode_Translate", PyUnicode_Translate(a, b, S(c)))
  FUNCTION("Unicode_AsCharmapString", PyUnicode_AsCharmapString(a, b))
  FUNCTION("Unicode_DecodeCharmap",
           PyUnicode_DecodeCharmap(PyBytes_AsString(a), PyBytes_Size(a), b == Py_None ? NULL : b, NULL))
  FUNCTION("Unicode_BuildEncodingMap", PyObject_Type(PyUnicode_BuildEncodingMap(a)))
  FUNCTION("Unicode_DecodeUTF7", PyUnicode_DecodeUTF7(PyBytes_AsString(a), PyBytes_Size(a), NULL))
  FUNCTION("Unicode_EncodeLocale", PyUnicode_EncodeLocale(a, S(b)))
  FUNCTION("Unicode_DecodeLocaleAndSize", PyUnicode_DecodeLocaleAndSize(PyBytes_AsString(a), PyBytes_Size(a), S(b)))
  FUNCTION("Unicode_AsDecodedObject", PyUnicode_AsDecodedObject(a, S(b), NULL))
  FUNCTION("Unicode_AsEncodedObject", PyUnicode_AsEncodedObject(a, S(b), NULL))
  FUNCTION("Unicode_AsEncodedUnicode", PyUnicode_AsEncodedUnicode(a, S(b), NULL))
  FUNCTION("Unicode_AsDecodedUnicode", PyUnicode_AsDecodedUnicode(a, S(b), NULL))
  STATUS("Unicode_GetSize", PyUnicode_GetSize(a))
  TEXT("Unicode_GetDefaultEncoding", PyUnicode_GetDefaultEncoding())
  // Objects
  STATUS("Object_Length", PyObject_Length(a))
  FUNCTION("Object_GetAIter", PyObject_GetAIter(a))
  FUNCTION("Number_Positive", PyNumber_Positive(a))
  FUNCTION("Number_InPlacePower", PyNumber_InPlacePower(a, b, c))
  FUNCTION("Set_Pop", PySet_Pop(a))
  STATUS("Sequence_In", PySequence_In(a, b))
  TEXT("ExceptionClass_Name", PyExceptionClass_Name(a))
  FUNCTION("ByteArray_FromObject", PyByteArray_FromObject(a))
  FUNCTION("PickleBuffer_FromObject", PyPickleBuffer_FromObject(a))
  FUNCTION("ODict_New", PyODict_New())
  STATUS("ODict_SetItem", PyODict_SetItem(a, b, c))
  STATUS("ODict_DelItem", PyODict_DelItem(a, b))
  FUNCTION("Context_New", PyContext_New())
  FUNCTION("Context_Copy", PyContext_Copy(a))
  FUNCTION("Module_GetNameObject", PyModule_GetNameObject(a))
  TEXT("Module_GetFilename", PyModule_GetFilename(a))
  // Compilation
  FUNCTION("CompileString", Py_CompileString(S(a), S(b), (int)N(c)))
  FUNCTION("CompileStringObject", Py_CompileStringObject(S(a), b, (int)N(c), NULL, -1))
  FUNCTION("Run_String", PyRun_String(S(a), (int)N(b), c, d))
  STATUS("Run_SimpleString", PyRun_SimpleString(S(a)))
  // The interpreter
  STATUS("GetRecursionLimit", Py_GetRecursionLimit())
  STATUS("IsInitialized", Py_IsInitialized())
  STATUS("Is", Py_Is(a, b))
  STATUS("VersionIsOurs", Py_Version == PY_VERSION_HEX)
  STATUS("ThreadsInitialized", PyEval_ThreadsInitialized())
  TEXT("GetPlatform", Py_GetPlatform())
  return PyErr_Format(PyExc_LookupError, "no function %s", name);
}

static PyObject* print(PyObject* module, PyObject* args) {  // PyObject_Print into a file that is read back
  PyObject* object;
  int flags;
  char text[200] = {0};
  if (!PyArg_ParseTuple(args, "Oi", &object, &flags)) return NULL;
  FILE* file = tmpfile();
  int status = PyObject_Print(object, file, flags);
  rewind(file);
  size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  if (status < 0) return NULL;
  return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "replace");
}
static PyObject* marshal_file(PyObject* module, PyObject* object) {
  FILE* file = tmpfile();
  PyMarshal_WriteObjectToFile(object, file, Py_MARSHAL_VERSION);
  PyMarshal_WriteLongToFile(-77, file, Py_MARSHAL_VERSION);
  rewind(file);
  PyObject* read = PyMarshal_ReadObjectFromFile(file);
  long number = PyMarshal_ReadLongFromFile(file);
  PyObject* end = PyMarshal_ReadLastObjectFromFile(file);
  int ended = end == NULL && PyErr_ExceptionMatches(PyExc_EOFError);
  PyErr_Clear();
  fclose(file);
  return read ? Py_BuildValue("(Nli)", read, number, ended) : NULL;
}
static PyObject* memory(PyObject* module, PyObject* unused) {
  int good = 1;
  void* (*makers[])(size_t) = {PyMem_RawMalloc, PyMem_Malloc, PyObject_Malloc};
  void* (*clean[])(size_t, size_t) = {PyMem_RawCalloc, PyMem_Calloc, PyObject_Calloc};
  void* (*growers[])(void*, size_t) = {PyMem_RawRealloc, PyMem_Realloc, PyObject_Realloc};
  void (*freers[])(void*) = {PyMem_RawFree, PyMem_Free, PyObject_Free};
  size_t sizes[] = {0, 1, 16, 500, 512, 513, 5000, 300000};
  for (int d = 0; d < 3; d++) {
    for (size_t i = 0; i < Py_ARRAY_LENGTH(sizes); i++) {
      char* block = makers[d](sizes[i]);
      memset(block, 'x', sizes[i]);
      block = growers[d](block, sizes[i] * 2 + 1);
      for (size_t k = 0; k < sizes[i]; k++) good &= block[k] == 'x';
      block = growers[d](block, 1);
      freers[d](block);
      char* zero = clean[d](sizes[i], 3);
      for (size_t k = 0; k < sizes[i] * 3; k++) good &= zero[k] == 0;
      good &= ((uintptr_t)zero & 15) == 0;
      freers[d](zero);
    }
    good &= makers[d]((size_t)PY_SSIZE_T_MAX + 1) == NULL;
    freers[d](NULL);
  }
  int* numbers = PyMem_New(int, 10);
  PyMem_Resize(numbers, int, 20);
  good &= numbers != NULL;
  PyMem_Del(numbers);
  return PyLong_FromLong(good);
}
static int trace_events[8];
static int trace(PyObject* object, PyFrameObject* frame, int what, PyObject* arg) {
  if (what >= 0 && what < 8) trace_events[what]++;
  return 0;
}
static PyObject* traced(PyObject* module, PyObject* args) {
  PyObject* callable;
  int profile;
  if (!PyArg_ParseTuple(args, "Op", &callable, &profile)) return NULL;
  memset(trace_events, 0, sizeof trace_events);
  if (profile)
    PyEval_SetProfile(trace, module);
  else
    PyEval_SetTrace(trace, module);
  PyObject* result = PyObject_CallNoArgs(callable);
  if (profile)
    PyEval_SetProfile(NULL, NULL);
  else
    PyEval_SetTrace(NULL, NULL);
  if (result == NULL) return NULL;
  return Py_BuildValue("(N[iiiiiii])", result, trace_events[0], trace_events[1], trace_events[2], trace_events[3],
                       trace_events[4], trace_events[5], trace_events[6]);
}
static PyObject* strings(PyObject* module, PyObject* unused) {
  char buffer[20], *end;
  int printed = PyOS_snprintf(buffer, sizeof buffer, "%d-%s", 5, "text");
  return Py_BuildValue("(siiilk)", buffer, printed, PyOS_mystricmp("ABC", "abd") < 0, PyOS_mystrnicmp("ABx", "aby", 2),
                       PyOS_strtol(" -0x1f", &end, 0), PyOS_strtoul("077", &end, 8));
}
static PyObject* vformat(PyObject* module, const char* format, ...) {
  va_list list;
  va_start(list, format);
  PyObject* text = PyUnicode_FromFormatV(format, list);
  va_end(list);
  return text;
}
static PyObject* variadic(PyObject* module, PyObject* object) { return vformat(module, "%R|%d|%s", object, 5, "x"); }
static PyObject* old_unicode(PyObject* module, PyObject* text) {
  Py_ssize_t size = -1;
  const wchar_t* wide = PyUnicode_AsUnicodeAndSize(text, &size);
  if (wide == NULL) return NULL;
  return Py_BuildValue("(nNi)", size, PyUnicode_FromUnicode(wide, size), wide[size] == 0);
}
static PyObject* async_exception(PyObject* module, PyObject* kind) {
  return PyLong_FromLong(PyThreadState_SetAsyncExc(PyThread_get_thread_ident(), kind));
}
static PyObject* print_error(PyObject* module, PyObject* error) {
  PyErr_SetObject((PyObject*)Py_TYPE(error), error);
  PyErr_PrintEx(1);
  return PyBool_FromLong(PySys_GetObject("last_value") == error);
}

static PyMethodDef methods[] = {{"call", call, METH_VARARGS, NULL},
                                {"print", print, METH_VARARGS, NULL},
                                {"marshal_file", marshal_file, METH_O, NULL},
                                {"memory", memory, METH_NOARGS, NULL},
                                {"traced", traced, METH_VARARGS, NULL},
                                {"strings", strings, METH_NOARGS, NULL},
                                {"variadic", variadic, METH_O, NULL},
                                {"old_unicode", old_unicode, METH_O, NULL},
                                {"async_exception", async_exception, METH_O, NULL},
                                {"print_error", print_error, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "library", NULL, -1, methods};
PyMODINIT_FUNC PyInit_library(void) { return PyModule_Create(&module_def); }
