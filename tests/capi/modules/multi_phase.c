// multi_phase: modules with slots (PEP 489): state, several exec slots, create slots, types that find their module.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

typedef struct {
  PyObject* error;
  PyObject* kind;
  PyObject* attached;
  long count;
} State;

static int traversals, clears, frees;

static struct PyModuleDef module_def;
static State* state_of(PyObject* module) { return (State*)PyModule_GetState(module); }

static int traverse(PyObject* module, visitproc visit, void* arg) {
  State* state = state_of(module);
  traversals++;
  Py_VISIT(state->error);
  Py_VISIT(state->kind);
  Py_VISIT(state->attached);
  return 0;
}
static int clear(PyObject* module) {
  State* state = state_of(module);
  clears++;
  Py_CLEAR(state->error);
  Py_CLEAR(state->kind);
  Py_CLEAR(state->attached);
  return 0;
}
static void free_module(void* module) {
  frees++;
  clear((PyObject*)module);
}

static PyObject* next_count(PyObject* module, PyObject* unused) { return PyLong_FromLong(++state_of(module)->count); }
static PyObject* attach(PyObject* module, PyObject* object) {
  Py_XSETREF(state_of(module)->attached, Py_NewRef(object));
  Py_RETURN_NONE;
}
static PyObject* attached(PyObject* module, PyObject* unused) {
  PyObject* object = state_of(module)->attached;
  return Py_NewRef(object ? object : Py_None);
}
static PyObject* counters(PyObject* module, PyObject* unused) {
  return Py_BuildValue("(iii)", traversals, clears, frees);
}
static PyObject* raise_own(PyObject* module, PyObject* text) {
  PyErr_SetObject(state_of(module)->error, text);
  return NULL;
}
static PyObject* facts(PyObject* module, PyObject* other) {
  return Py_BuildValue("(sNiiO)", PyModule_GetName(other), PyModule_GetFilenameObject(other), PyModule_Check(other),
                       PyModule_GetDef(other) == &module_def, PyModule_GetDict(other));
}
static PyObject* find_module(PyObject* module, PyObject* unused) {
  PyObject* found = PyState_FindModule(&module_def);
  return Py_NewRef(found ? found : Py_None);
}
static PyObject* add_to_state(PyObject* module, PyObject* unused) {
  if (PyState_AddModule(module, &module_def) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject* kind_bump(PyObject* self, PyTypeObject* type, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  State* state = PyType_GetModuleState(type);
  if (state == NULL) return NULL;
  return PyLong_FromLong(++state->count);
}
static PyObject* kind_add(PyObject* a, PyObject* b) {  // slots have no defining class: they ask for the definition
  PyObject* module = PyType_GetModuleByDef(Py_TYPE(a), &module_def);
  if (module == NULL) return NULL;
  return PyLong_FromLong(state_of(module)->count);
}
static PyMethodDef kind_methods[] = {
    {"bump", (PyCFunction)(void*)kind_bump, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}, {NULL}};
static PyType_Slot kind_slots[] = {{Py_tp_methods, kind_methods}, {Py_nb_add, kind_add}, {0, NULL}};
static PyType_Spec kind_spec = {"multi_phase.Kind", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                kind_slots};

static int execute_first(PyObject* module) {
  State* state = state_of(module);
  if (state->count != 0 || state->error != NULL) {
    PyErr_SetString(PyExc_AssertionError, "state is not zero");
    return -1;
  }
  state->count = 100;
  return PyModule_AddStringConstant(module, "first", "done");
}
static int execute_second(PyObject* module) {
  State* state = state_of(module);
  state->error = PyErr_NewExceptionWithDoc("multi_phase.Error", "The module's own.", PyExc_ValueError, NULL);
  if (state->error == NULL || PyModule_AddObjectRef(module, "Error", state->error) < 0) return -1;
  state->kind = PyType_FromModuleAndSpec(module, &kind_spec, NULL);
  if (state->kind == NULL || PyModule_AddType(module, (PyTypeObject*)state->kind) < 0) return -1;
  if (PyModule_AddIntConstant(module, "number", -5) < 0) return -1;
  if (PyModule_AddObject(module, "second", PyUnicode_FromString("done")) < 0) return -1;
  return PyModule_AddIntMacro(module, METH_FASTCALL);
}

static PyMethodDef methods[] = {{"next_count", next_count, METH_NOARGS, "next_count($module, /)\n--\n\nCounts."},
                                {"attach", attach, METH_O, NULL},
                                {"attached", attached, METH_NOARGS, NULL},
                                {"counters", counters, METH_NOARGS, NULL},
                                {"raise_own", raise_own, METH_O, NULL},
                                {"facts", facts, METH_O, NULL},
                                {"find_module", find_module, METH_NOARGS, NULL},
                                {"add_to_state", add_to_state, METH_NOARGS, NULL},
                                {NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute_first}, {Py_mod_exec, execute_second}, {0, NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT,
                                        "multi_phase",
                                        "A module in phases.",
                                        sizeof(State),
                                        methods,
                                        slots,
                                        traverse,
                                        clear,
                                        free_module};
PyMODINIT_FUNC PyInit_multi_phase(void) { return PyModuleDef_Init(&module_def); }

// == Other modules of this file ==

// created: Py_mod_create gives a module of another class, or no module at all.
static PyObject* create(PyObject* spec, PyModuleDef* def) {
  PyObject* name = PyObject_GetAttrString(spec, "name");
  if (name == NULL) return NULL;
  PyObject* module = PyModule_NewObject(name);
  Py_DECREF(name);
  if (module && PyModule_AddStringConstant(module, "created", "yes") < 0) Py_CLEAR(module);
  return module;
}
static PyModuleDef_Slot created_slots[] = {{Py_mod_create, create}, {0, NULL}};
static PyMethodDef created_methods[] = {{"counters", counters, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef created_def = {PyModuleDef_HEAD_INIT, "created", "Text.", 0, created_methods, created_slots};
PyMODINIT_FUNC PyInit_created(void) { return PyModuleDef_Init(&created_def); }

static PyObject* create_any(PyObject* spec, PyModuleDef* def) { return Py_BuildValue("[s]", "no module"); }
static PyModuleDef_Slot any_slots[] = {{Py_mod_create, create_any}, {0, NULL}};
static struct PyModuleDef any_def = {PyModuleDef_HEAD_INIT, "any_object", NULL, 0, NULL, any_slots};
PyMODINIT_FUNC PyInit_any_object(void) { return PyModuleDef_Init(&any_def); }

// A name that is not ASCII: PyInitU_ and punycode.
static struct PyModuleDef umlaut_def = {PyModuleDef_HEAD_INIT, "\xc3\xbcml", NULL, 0, NULL, NULL};
PyMODINIT_FUNC PyInitU_ml_wka(void) { return PyModuleDef_Init(&umlaut_def); }

// == Wrong ones ==

#define WRONG(name, size, slots_)                                                                  \
  static struct PyModuleDef name##_def = {PyModuleDef_HEAD_INIT, #name, NULL, size, NULL, slots_}; \
  PyMODINIT_FUNC PyInit_##name(void) { return PyModuleDef_Init(&name##_def); }
static int exec_fails(PyObject* module) {
  PyErr_SetString(PyExc_OSError, "exec failed");
  return -1;
}
static int exec_silent(PyObject* module) { return -1; }
static int exec_loud(PyObject* module) {
  PyErr_SetString(PyExc_OSError, "left behind");
  return 0;
}
static PyObject* create_null(PyObject* spec, PyModuleDef* def) { return NULL; }
static PyObject* create_loud(PyObject* spec, PyModuleDef* def) {
  PyErr_SetString(PyExc_OSError, "left behind");
  return PyModule_New("loud");
}
static PyObject* create_raises(PyObject* spec, PyModuleDef* def) {
  PyErr_SetString(PyExc_OSError, "create failed");
  return NULL;
}
static PyModuleDef_Slot exec_fails_slots[] = {{Py_mod_exec, exec_fails}, {0, NULL}};
static PyModuleDef_Slot exec_silent_slots[] = {{Py_mod_exec, exec_silent}, {0, NULL}};
static PyModuleDef_Slot exec_loud_slots[] = {{Py_mod_exec, exec_loud}, {0, NULL}};
static PyModuleDef_Slot create_null_slots[] = {{Py_mod_create, create_null}, {0, NULL}};
static PyModuleDef_Slot create_loud_slots[] = {{Py_mod_create, create_loud}, {0, NULL}};
static PyModuleDef_Slot create_raises_slots[] = {{Py_mod_create, create_raises}, {0, NULL}};
static PyModuleDef_Slot unknown_slots[] = {{77, exec_fails}, {0, NULL}};
static PyModuleDef_Slot negative_slots[] = {{-1, exec_fails}, {0, NULL}};
static PyModuleDef_Slot twice_slots[] = {{Py_mod_create, create}, {Py_mod_create, create}, {0, NULL}};
static PyModuleDef_Slot any_state_slots[] = {{Py_mod_create, create_any}, {0, NULL}};
static PyModuleDef_Slot any_exec_slots[] = {{Py_mod_create, create_any}, {Py_mod_exec, execute_first}, {0, NULL}};
WRONG(exec_fails, 0, exec_fails_slots)
WRONG(exec_silent, 0, exec_silent_slots)
WRONG(exec_loud, 0, exec_loud_slots)
WRONG(create_null, 0, create_null_slots)
WRONG(create_loud, 0, create_loud_slots)
WRONG(create_raises, 0, create_raises_slots)
WRONG(unknown_slot, 0, unknown_slots)
WRONG(negative_slot, 0, negative_slots)
WRONG(created_twice, 0, twice_slots)
WRONG(any_with_state, 8, any_state_slots)
WRONG(any_with_exec, 0, any_exec_slots)
WRONG(negative_size, -1, exec_fails_slots)
