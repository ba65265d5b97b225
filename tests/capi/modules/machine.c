// machine: exceptions, threads, evaluation, frames and tracebacks made by C, context variables, thread-specific
// storage.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <pthread.h>
#include <structmember.h>

// == Exceptions ==

static PyObject* raise_by(PyObject* module, PyObject* args) {  // raise_by(how, kind, value)
  const char* how;
  PyObject *kind = PyExc_ValueError, *value = Py_None;
  if (!PyArg_ParseTuple(args, "s|OO", &how, &kind, &value)) return NULL;
#define HOW(text, statement)    \
  if (strcmp(how, text) == 0) { \
    statement;                  \
    return NULL;                \
  }
  HOW("SetString", PyErr_SetString(kind, "text"))
  HOW("SetNone", PyErr_SetNone(kind))
  HOW("SetObject", PyErr_SetObject(kind, value))
  HOW("Format", PyErr_Format(kind, "%s %d %R %U", "a", 5, value, PyUnicode_FromString("u")))
  HOW("BadArgument", PyErr_BadArgument())
  HOW("NoMemory", PyErr_NoMemory())
  HOW("BadInternalCall", PyErr_BadInternalCall())
  HOW("SetFromErrno", (errno = 2, PyErr_SetFromErrno(kind)))
  HOW("SetFromErrnoWithFilename", (errno = 2, PyErr_SetFromErrnoWithFilename(kind, "a file")))
  HOW("SetFromErrnoWithFilenameObject", (errno = 13, PyErr_SetFromErrnoWithFilenameObject(kind, value)))
  HOW("SetFromErrnoWithFilenameObjects", (errno = 17, PyErr_SetFromErrnoWithFilenameObjects(kind, value, Py_None)))
  HOW("SetImportError", PyErr_SetImportError(value, PyUnicode_FromString("name"), PyUnicode_FromString("path")))
  HOW("SetImportErrorSubclass", PyErr_SetImportErrorSubclass(kind, value, NULL, NULL))
  HOW("Restore", PyErr_Restore(Py_NewRef(kind), Py_NewRef(value), NULL))
  HOW("RestoreNothing", PyErr_Restore(NULL, NULL, NULL))
  HOW("FormatFromCause", (PyErr_SetString(PyExc_KeyError, "cause"), _PyErr_FormatFromCause(kind, "effect %d", 1)))
  HOW("SetKeyError", _PyErr_SetKeyError(value))
  HOW("Chained", (PyErr_SetString(kind, "second"), PyErr_SetString(PyExc_TypeError, "third")))
  return PyErr_Format(PyExc_LookupError, "no way %s", how);
}
static PyObject* fetch(PyObject* module, PyObject* callable) {  // calls, gives the three parts raw and normalised
  PyObject *type, *value, *trace, *result = PyObject_CallNoArgs(callable);
  if (result) return result;
  if (PyErr_Occurred() == NULL) return PyErr_Format(PyExc_AssertionError, "no exception");
  int match = PyErr_ExceptionMatches(PyExc_LookupError);
  PyErr_Fetch(&type, &value, &trace);
  PyObject *raw = Py_NewRef(value ? value : Py_None), *had_trace = PyBool_FromLong(trace != NULL);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  PyObject* set = PyException_GetTraceback(value);
  result = Py_BuildValue("(iNNNNO)", match, type, raw, value, had_trace, set == trace ? Py_True : Py_False);
  Py_XDECREF(set);
  Py_XDECREF(trace);
  return result;
}
static PyObject* handled(PyObject* module, PyObject* callable) {  // sets what is being handled, calls, sets back
  PyObject *type, *value, *trace, *old = PyErr_GetHandledException();
  PyErr_GetExcInfo(&type, &value, &trace);
  PyObject* fresh = PyObject_CallFunction(PyExc_KeyError, "s", "handled");
  PyErr_SetHandledException(fresh);
  PyObject* result = PyObject_CallNoArgs(callable);
  PyErr_SetExcInfo(type, value, trace);
  Py_DECREF(fresh);
  if (result == NULL) return NULL;
  return Py_BuildValue("(NN)", result, old ? old : Py_NewRef(Py_None));
}
static PyObject* chain(PyObject* module, PyObject* unused) {
  PyObject *a = PyObject_CallFunction(PyExc_ValueError, "s", "a"), *b = PyObject_CallFunction(PyExc_KeyError, "s", "b");
  PyException_SetCause(a, Py_NewRef(b));
  PyException_SetContext(a, PyObject_CallFunction(PyExc_TypeError, "s", "c"));
  return Py_BuildValue("(NNNN)", a, b, PyException_GetCause(a), PyException_GetContext(a));
}
static PyObject* matches(PyObject* module, PyObject* args) {
  PyObject *a, *b;
  if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
  return PyBool_FromLong(PyErr_GivenExceptionMatches(a, b));
}
static PyObject* unraisable(PyObject* module, PyObject* where) {
  PyErr_SetString(PyExc_ValueError, "unraisable");
  PyErr_WriteUnraisable(where == Py_None ? NULL : where);
  return PyBool_FromLong(PyErr_Occurred() != NULL);
}
static PyObject* warnings(PyObject* module, PyObject* kind) {
  if (PyErr_WarnEx(kind, "plain", 1) < 0) return NULL;
  if (PyErr_WarnFormat(kind, 1, "formatted %d", 5) < 0) return NULL;
  if (PyErr_ResourceWarning(module, 1, "resource %s", "r") < 0) return NULL;
  Py_RETURN_NONE;
}
static PyObject* new_exception(PyObject* module, PyObject* args) {
  const char *name, *doc;
  PyObject *base, *dict;
  if (!PyArg_ParseTuple(args, "szOO", &name, &doc, &base, &dict)) return NULL;
  return PyErr_NewExceptionWithDoc(name, doc, base == Py_None ? NULL : base, dict == Py_None ? NULL : Py_NewRef(dict));
}
static PyObject* unicode_errors(PyObject* module, PyObject* unused) {
  PyObject* e = PyUnicodeDecodeError_Create("utf-8", "abc", 3, 1, 2, "reason");
  Py_ssize_t start, end;
  if (PyUnicodeDecodeError_SetStart(e, 0) < 0 || PyUnicodeDecodeError_SetEnd(e, 3) < 0 ||
      PyUnicodeDecodeError_SetReason(e, "other") < 0)
    return NULL;
  PyUnicodeDecodeError_GetStart(e, &start), PyUnicodeDecodeError_GetEnd(e, &end);
  return Py_BuildValue("(NNNNnn)", e, PyUnicodeDecodeError_GetEncoding(e), PyUnicodeDecodeError_GetObject(e),
                       PyUnicodeDecodeError_GetReason(e), start, end);
}

// == A frame and a traceback as Cython makes them ==

static PyObject* with_traceback(PyObject* module, PyObject* args) {
  const char *file, *function;
  int line;
  if (!PyArg_ParseTuple(args, "ssi", &file, &function, &line)) return NULL;
  PyErr_SetString(PyExc_ValueError, "from compiled code");
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyCodeObject* code = PyCode_NewEmpty(file, function, line);
  PyObject* globals = PyModule_GetDict(module);
  PyFrameObject* frame = code ? PyFrame_New(PyThreadState_Get(), code, globals, NULL) : NULL;
  PyErr_Restore(type, value, trace);
  if (frame == NULL) return NULL;
  PyTraceBack_Here(frame);
  Py_DECREF(code);
  Py_DECREF(frame);
  return NULL;
}
static PyObject* frames(PyObject* module, PyObject* unused) {
  PyFrameObject* frame = PyEval_GetFrame();
  if (frame == NULL) Py_RETURN_NONE;
  PyCodeObject* code = PyFrame_GetCode(frame);
  PyFrameObject* back = PyFrame_GetBack(frame);
  PyObject* result =
      Py_BuildValue("(NiNNNiN)", PyObject_GetAttrString((PyObject*)code, "co_name"), PyFrame_GetLineNumber(frame),
                    PyFrame_GetLocals(frame), PyFrame_GetGlobals(frame), PyFrame_GetBuiltins(frame),
                    PyFrame_GetLasti(frame) >= 0, back ? (PyObject*)back : Py_NewRef(Py_None));
  Py_DECREF(code);
  return result;
}
static PyObject* evaluation(PyObject* module, PyObject* unused) {
  PyObject *locals = PyEval_GetLocals(), *globals = PyEval_GetGlobals(), *builtins = PyEval_GetBuiltins();
  return Py_BuildValue("(OOO)", locals, globals, builtins);
}
static PyObject* function_texts(PyObject* module, PyObject* function) {
  return Py_BuildValue("(ss)", PyEval_GetFuncName(function), PyEval_GetFuncDesc(function));
}
static PyObject* evaluate(PyObject* module, PyObject* args) {
  PyObject *code, *globals, *locals;
  if (!PyArg_ParseTuple(args, "OOO", &code, &globals, &locals)) return NULL;
  return PyEval_EvalCode(code, globals, locals);
}
static PyObject* import(PyObject* module, PyObject* name) {
  PyObject* imported = PyImport_Import(name);
  if (imported == NULL) return NULL;
  PyObject* again = PyImport_ImportModule(PyUnicode_AsUTF8(name));
  PyObject* got = PyImport_GetModule(name);
  PyObject* result = Py_BuildValue("(OiiO)", imported, again != NULL, got != NULL, PyImport_AddModule("machine_added"));
  Py_XDECREF(imported), Py_XDECREF(again), Py_XDECREF(got);
  return result;
}

// == Threads ==

static int counter, errors;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void* run_thread(void* callable) {
  for (int i = 0; i < 20; i++) {
    PyGILState_STATE outer = PyGILState_Ensure();
    PyGILState_STATE inner = PyGILState_Ensure();
    if (!PyGILState_Check() || inner != PyGILState_LOCKED || PyGILState_GetThisThreadState() != PyThreadState_Get())
      errors++;
    PyObject* result = PyObject_CallFunction((PyObject*)callable, "i", i);
    if (result == NULL) {
      PyErr_Clear();
      pthread_mutex_lock(&mutex);
      errors++;
      pthread_mutex_unlock(&mutex);
    }
    Py_XDECREF(result);
    counter++;
    PyGILState_Release(inner);
    Py_BEGIN_ALLOW_THREADS sched_yield();
    Py_END_ALLOW_THREADS PyGILState_Release(outer);
  }
  return NULL;
}
static PyObject* threads(PyObject* module, PyObject* args) {
  PyObject* callable;
  int count;
  pthread_t handles[16];
  if (!PyArg_ParseTuple(args, "Oi", &callable, &count)) return NULL;
  counter = errors = 0;
  Py_BEGIN_ALLOW_THREADS for (int i = 0; i < count; i++) pthread_create(&handles[i], NULL, run_thread, callable);
  for (int i = 0; i < count; i++) pthread_join(handles[i], NULL);
  Py_END_ALLOW_THREADS return Py_BuildValue("(ii)", counter, errors);
}
static int pending_done;
static int pending_call(void* closure) {
  pending_done++;
  if (closure) {
    PyErr_SetString(PyExc_ArithmeticError, "from a pending call");
    return -1;
  }
  return 0;
}
static void* add_pending(void* closure) {
  Py_AddPendingCall(pending_call, closure);
  return NULL;
}
static PyObject* pending(PyObject* module, PyObject* fails) {  // from a thread without a state
  pthread_t handle;
  pending_done = 0;
  pthread_create(&handle, NULL, add_pending, PyObject_IsTrue(fails) ? &pending_done : NULL);
  pthread_join(handle, NULL);
  Py_RETURN_NONE;
}
static PyObject* pending_count(PyObject* module, PyObject* unused) { return PyLong_FromLong(pending_done); }
static Py_tss_t key = Py_tss_NEEDS_INIT;
static PyObject* tss(PyObject* module, PyObject* unused) {
  int before = PyThread_tss_is_created(&key);
  if (PyThread_tss_create(&key) != 0 || PyThread_tss_create(&key) != 0) return NULL;
  int empty = PyThread_tss_get(&key) == NULL;
  PyThread_tss_set(&key, &counter);
  int kept = PyThread_tss_get(&key) == &counter;
  PyThread_tss_delete(&key);
  Py_tss_t* made = PyThread_tss_alloc();
  int fresh = made && !PyThread_tss_is_created(made);
  PyThread_tss_free(made);
  return Py_BuildValue("(iiiii)", before, empty, kept, PyThread_tss_is_created(&key), fresh);
}
static PyObject* locks(PyObject* module, PyObject* unused) {
  PyThread_type_lock lock = PyThread_allocate_lock();
  int first = PyThread_acquire_lock(lock, WAIT_LOCK), second = PyThread_acquire_lock(lock, NOWAIT_LOCK);
  PyLockStatus third = PyThread_acquire_lock_timed(lock, 1000, 0);
  PyThread_release_lock(lock);
  int fourth = PyThread_acquire_lock(lock, NOWAIT_LOCK);
  PyThread_release_lock(lock);
  PyThread_free_lock(lock);
  return Py_BuildValue("(iiiii)", first, second, (int)third, fourth,
                       PyThread_get_thread_ident() == (unsigned long)pthread_self());
}
static PyObject* states(PyObject* module, PyObject* unused) {
  PyThreadState* state = PyThreadState_Get();
  PyInterpreterState* interpreter = PyInterpreterState_Get();
  PyObject* dict = PyThreadState_GetDict();
  PyDict_SetItemString(dict, "machine", Py_True);
  PyThreadState* saved = PyEval_SaveThread();
  int same = saved == state;
  PyEval_RestoreThread(saved);
  PyFrameObject* frame = PyThreadState_GetFrame(state);
  int got_frame = frame != NULL;
  Py_XDECREF(frame);
  return Py_BuildValue("(iiiLiiO)", same, PyThreadState_GetInterpreter(state) == interpreter,
                       PyInterpreterState_Main() == interpreter, (long long)PyInterpreterState_GetID(interpreter),
                       PyThreadState_GetID(state) > 0, got_frame,
                       PyInterpreterState_GetDict(interpreter) ? Py_True : Py_False);
}

// == Context variables, system, generators ==

static PyObject* contexts(PyObject* module, PyObject* unused) {
  PyObject *var = PyContextVar_New("machine.var", Py_None), *value = NULL, *list = PyList_New(0);
  if (PyContextVar_Get(var, NULL, &value) < 0) return NULL;
  PyList_Append(list, value);
  Py_CLEAR(value);
  PyObject* token = PyContextVar_Set(var, Py_True);
  if (PyContextVar_Get(var, Py_False, &value) < 0) return NULL;
  PyList_Append(list, value);
  Py_CLEAR(value);
  PyObject* context = PyContext_CopyCurrent();
  if (PyContext_Enter(context) < 0) return NULL;
  PyContextVar_Set(var, Py_False);
  if (PyContext_Exit(context) < 0) return NULL;
  if (PyContextVar_Get(var, NULL, &value) < 0) return NULL;
  PyList_Append(list, value);
  Py_CLEAR(value);
  if (PyContextVar_Reset(var, token) < 0) return NULL;
  if (PyContextVar_Get(var, NULL, &value) < 0) return NULL;
  PyList_Append(list, value);
  Py_CLEAR(value);
  PyObject* plain = PyContextVar_New("machine.plain", NULL);
  if (PyContextVar_Get(plain, NULL, &value) < 0) return NULL;
  PyList_Append(list, value ? value : Py_Ellipsis);
  return Py_BuildValue("(Niiii)", list, PyContextVar_CheckExact(var), PyContext_CheckExact(context),
                       PyContextToken_CheckExact(token),
                       PyContext_Exit(context) < 0 && PyErr_ExceptionMatches(PyExc_RuntimeError) && (PyErr_Clear(), 1));
}
static PyObject* system_(PyObject* module, PyObject* unused) {
  PyObject* before = Py_NewRef(PySys_GetObject("path"));
  if (PySys_SetObject("machine_set", Py_True) < 0) return NULL;
  PySys_WriteStdout("written %d\n", 5);
  PySys_WriteStderr("written %s\n", "err");
  if (PySys_Audit("machine.event", "is", 1, "x") < 0) return NULL;
  return Py_BuildValue("(Nii)", before, PySys_GetObject("no such thing") == NULL, PyErr_Occurred() == NULL);
}
static PyObject* stop_value(PyObject* module, PyObject* iterator) {  // _PyGen_FetchStopIterationValue
  PyObject *item = PyIter_Next(iterator), *value = NULL;
  if (item != NULL) return item;
  if (_PyGen_FetchStopIterationValue(&value) < 0) return NULL;
  return Py_BuildValue("(sN)", "stopped", value);
}
static PyObject* set_stop(PyObject* module, PyObject* value) {
  _PyGen_SetStopIterationValue(value);
  return NULL;
}

static PyMethodDef methods[] = {{"raise_by", raise_by, METH_VARARGS, NULL},
                                {"fetch", fetch, METH_O, NULL},
                                {"handled", handled, METH_O, NULL},
                                {"chain", chain, METH_NOARGS, NULL},
                                {"matches", matches, METH_VARARGS, NULL},
                                {"unraisable", unraisable, METH_O, NULL},
                                {"warnings", warnings, METH_O, NULL},
                                {"new_exception", new_exception, METH_VARARGS, NULL},
                                {"unicode_errors", unicode_errors, METH_NOARGS, NULL},
                                {"with_traceback", with_traceback, METH_VARARGS, NULL},
                                {"frames", frames, METH_NOARGS, NULL},
                                {"evaluation", evaluation, METH_NOARGS, NULL},
                                {"function_texts", function_texts, METH_O, NULL},
                                {"evaluate", evaluate, METH_VARARGS, NULL},
                                {"import_", import, METH_O, NULL},
                                {"threads", threads, METH_VARARGS, NULL},
                                {"pending", pending, METH_O, NULL},
                                {"pending_count", pending_count, METH_NOARGS, NULL},
                                {"tss", tss, METH_NOARGS, NULL},
                                {"locks", locks, METH_NOARGS, NULL},
                                {"states", states, METH_NOARGS, NULL},
                                {"contexts", contexts, METH_NOARGS, NULL},
                                {"system", system_, METH_NOARGS, NULL},
                                {"stop_value", stop_value, METH_O, NULL},
                                {"set_stop", set_stop, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "machine", NULL, -1, methods};
PyMODINIT_FUNC PyInit_machine(void) { return PyModule_Create(&module_def); }
