// slots: types that fill every slot, as a static type and from a spec; each slot tells that it was called.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

// == Every slot of numbers: gives ("name", left, right) ==

#define NAME_OF(o) ((o) == NULL ? Py_None : (PyObject*)(o))
#define BINARY(name) \
  static PyObject* name(PyObject* a, PyObject* b) { return Py_BuildValue("(sOO)", #name, a, b); }
#define UNARY(name) \
  static PyObject* name(PyObject* a) { return Py_BuildValue("(sO)", #name, a); }
#define INPLACE(name) \
  static PyObject* name(PyObject* a, PyObject* b) { return Py_BuildValue("(sOO)", #name, a, b); }
#define ALL_BINARY(X)                                                                                               \
  X(nb_add)                                                                                                         \
  X(nb_subtract) X(nb_multiply) X(nb_remainder) X(nb_divmod) X(nb_lshift) X(nb_rshift) X(nb_and) X(nb_xor) X(nb_or) \
      X(nb_floor_divide) X(nb_true_divide) X(nb_matrix_multiply)
#define ALL_INPLACE(X)                                                                                            \
  X(nb_inplace_add)                                                                                               \
  X(nb_inplace_subtract) X(nb_inplace_multiply) X(nb_inplace_remainder) X(nb_inplace_lshift) X(nb_inplace_rshift) \
      X(nb_inplace_and) X(nb_inplace_xor) X(nb_inplace_or) X(nb_inplace_floor_divide) X(nb_inplace_true_divide)   \
          X(nb_inplace_matrix_multiply)
#define ALL_UNARY(X) X(nb_negative) X(nb_positive) X(nb_absolute) X(nb_invert)
ALL_BINARY(BINARY)
ALL_INPLACE(BINARY)
ALL_UNARY(UNARY)
static PyObject* nb_power(PyObject* a, PyObject* b, PyObject* c) {
  return Py_BuildValue("(sOOO)", "nb_power", a, b, c);
}
static PyObject* nb_inplace_power(PyObject* a, PyObject* b, PyObject* c) {
  return Py_BuildValue("(sOOO)", "nb_inplace_power", a, b, NAME_OF(c));
}
static int nb_bool(PyObject* a) { return 0; }
static PyObject* nb_int(PyObject* a) { return PyLong_FromLong(41); }
static PyObject* nb_float(PyObject* a) { return PyFloat_FromDouble(4.5); }
static PyObject* nb_index(PyObject* a) { return PyLong_FromLong(2); }

// == Sequences and mappings ==

static Py_ssize_t sq_length(PyObject* a) { return 10; }
static PyObject* sq_concat(PyObject* a, PyObject* b) { return Py_BuildValue("(sOO)", "sq_concat", a, b); }
static PyObject* sq_repeat(PyObject* a, Py_ssize_t n) { return Py_BuildValue("(sOn)", "sq_repeat", a, n); }
static PyObject* sq_item(PyObject* a, Py_ssize_t i) {
  if (i < 0 || i >= 10) {
    PyErr_SetString(PyExc_IndexError, "item out of range");
    return NULL;
  }
  return Py_BuildValue("(sn)", "sq_item", i);
}
static PyObject* log_list;  // what functions without a result tell
static int note(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyObject* item = Py_VaBuildValue(format, arguments);
  va_end(arguments);
  if (item == NULL) return -1;
  int status = PyList_Append(log_list, item);
  Py_DECREF(item);
  return status;
}
static int sq_ass_item(PyObject* a, Py_ssize_t i, PyObject* v) { return note("(snO)", "sq_ass_item", i, NAME_OF(v)); }
static int sq_contains(PyObject* a, PyObject* v) { return PyObject_RichCompareBool(v, Py_None, Py_EQ); }
static PyObject* sq_inplace_concat(PyObject* a, PyObject* b) {
  return Py_BuildValue("(sOO)", "sq_inplace_concat", a, b);
}
static PyObject* sq_inplace_repeat(PyObject* a, Py_ssize_t n) {
  return Py_BuildValue("(sOn)", "sq_inplace_repeat", a, n);
}
static Py_ssize_t mp_length(PyObject* a) { return 20; }
static PyObject* mp_subscript(PyObject* a, PyObject* k) { return Py_BuildValue("(sO)", "mp_subscript", k); }
static int mp_ass_subscript(PyObject* a, PyObject* k, PyObject* v) {
  return note("(sOO)", "mp_ass_subscript", k, NAME_OF(v));
}

// == tp_* ==

static PyObject* tp_repr(PyObject* a) { return PyUnicode_FromFormat("<%s>", Py_TYPE(a)->tp_name); }
static PyObject* tp_str(PyObject* a) { return PyUnicode_FromString("str"); }
static Py_hash_t tp_hash(PyObject* a) { return 77; }
static PyObject* tp_call(PyObject* a, PyObject* args, PyObject* kwargs) {
  return Py_BuildValue("(sOO)", "tp_call", args, NAME_OF(kwargs));
}
static PyObject* tp_getattro(PyObject* a, PyObject* name) {
  PyObject* found = PyObject_GenericGetAttr(a, name);
  if (found == NULL && PyErr_ExceptionMatches(PyExc_AttributeError) && PyUnicode_GetLength(name) == 1) {
    PyErr_Clear();
    return Py_BuildValue("(sO)", "tp_getattro", name);
  }
  return found;
}
static int tp_setattro(PyObject* a, PyObject* name, PyObject* v) {
  return note("(sOO)", "tp_setattro", name, NAME_OF(v));
}
static PyObject* tp_getattr(PyObject* a, char* name) { return Py_BuildValue("(ss)", "tp_getattr", name); }
static int tp_setattr(PyObject* a, char* name, PyObject* v) { return note("(ssO)", "tp_setattr", name, NAME_OF(v)); }
static PyObject* tp_richcompare(PyObject* a, PyObject* b, int op) {
  if (b == Py_None) Py_RETURN_NOTIMPLEMENTED;
  return Py_BuildValue("(siO)", "tp_richcompare", op, b);
}
static PyObject* tp_iter(PyObject* a) { return Py_NewRef(a); }
static int countdown = 0;
static PyObject* tp_iternext(PyObject* a) { return countdown > 0 ? PyLong_FromLong(countdown--) : NULL; }
static PyObject* tp_descr_get(PyObject* a, PyObject* object, PyObject* type) {
  return Py_BuildValue("(sOO)", "tp_descr_get", NAME_OF(object), NAME_OF(type));
}
static int tp_descr_set(PyObject* a, PyObject* object, PyObject* v) { return note("(sO)", "tp_descr_set", NAME_OF(v)); }
static int tp_init(PyObject* a, PyObject* args, PyObject* kwargs) { return note("(sO)", "tp_init", args); }
static PyObject* tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (note("(sO)", "tp_new", args) < 0) return NULL;
  return type->tp_alloc(type, 0);
}
static void tp_finalize(PyObject* a) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  note("(s)", "tp_finalize");
  PyErr_Restore(type, value, trace);
}
static void tp_dealloc(PyObject* a) {
  if (PyObject_CallFinalizerFromDealloc(a) < 0) return;
  PyTypeObject* type = Py_TYPE(a);
  type->tp_free(a);
  if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) Py_DECREF(type);
}
static PyObject* am_await(PyObject* a) { return PyObject_GetIter(a); }
static PyObject* am_aiter(PyObject* a) { return Py_NewRef(a); }
static PyObject* am_anext(PyObject* a) { return Py_NewRef(a); }
static PySendResult am_send(PyObject* a, PyObject* v, PyObject** result) {
  if (v == Py_None) {
    *result = PyUnicode_FromString("yielded");
    return PYGEN_NEXT;
  }
  if (PyLong_Check(v)) {
    *result = Py_BuildValue("(sO)", "returned", v);
    return PYGEN_RETURN;
  }
  PyErr_SetString(PyExc_ValueError, "am_send");
  *result = NULL;
  return PYGEN_ERROR;
}
static int bf_getbuffer(PyObject* a, Py_buffer* view, int flags) {
  return PyBuffer_FillInfo(view, a, "data", 4, 1, flags);
}
static void bf_releasebuffer(PyObject* a, Py_buffer* view) { note("(s)", "bf_releasebuffer"); }

#define SLOT(name) .name = name,
#define SPEC(name) {Py_##name, (void*)name},
#define NUMBER_REST(X) X(nb_power) X(nb_inplace_power) X(nb_bool) X(nb_int) X(nb_float) X(nb_index)
#define SEQUENCE(X) \
  X(sq_length)      \
  X(sq_concat) X(sq_repeat) X(sq_item) X(sq_ass_item) X(sq_contains) X(sq_inplace_concat) X(sq_inplace_repeat)
#define MAPPING(X) X(mp_length) X(mp_subscript) X(mp_ass_subscript)

static PyNumberMethods as_number = {ALL_BINARY(SLOT) ALL_INPLACE(SLOT) ALL_UNARY(SLOT) NUMBER_REST(SLOT)};
static PySequenceMethods as_sequence = {SEQUENCE(SLOT)};
static PyMappingMethods as_mapping = {MAPPING(SLOT)};
static PyAsyncMethods as_async = {.am_await = am_await, .am_aiter = am_aiter, .am_anext = am_anext, .am_send = am_send};
static PyBufferProcs as_buffer = {.bf_getbuffer = bf_getbuffer, .bf_releasebuffer = bf_releasebuffer};

#define STATIC_TYPE(variable, name)                                                       \
  static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots." name, \
                                  .tp_basicsize = sizeof(PyObject),                       \
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = PyType_GenericNew
STATIC_TYPE(Number_Type, "Number"), .tp_as_number = &as_number, .tp_repr = tp_repr
}
;
STATIC_TYPE(Sequence_Type, "Sequence"), .tp_as_sequence = &as_sequence, .tp_repr = tp_repr
}
;
STATIC_TYPE(Mapping_Type, "Mapping"), .tp_as_mapping = &as_mapping, .tp_repr = tp_repr
}
;
STATIC_TYPE(Both_Type, "Both"), .tp_as_mapping = &as_mapping, .tp_as_sequence = &as_sequence, .tp_as_number = NULL
}
;
STATIC_TYPE(Async_Type, "Async"), .tp_as_async = &as_async, .tp_iter = tp_iter, .tp_iternext = tp_iternext
}
;
STATIC_TYPE(Buffer_Type, "Buffer"), .tp_as_buffer = &as_buffer
}
;
STATIC_TYPE(Old_Type, "Old"), .tp_getattr = tp_getattr, .tp_setattr = tp_setattr
}
;
STATIC_TYPE(Descriptor_Type, "Descriptor"), .tp_descr_get = tp_descr_get, .tp_descr_set = tp_descr_set
}
;
static PyTypeObject Object_Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Object",
                                   .tp_basicsize = sizeof(PyObject),
                                   .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                   .tp_doc = "Object(*args)\n--\n\nHas all tp_ slots.",
                                   .tp_repr = tp_repr,
                                   .tp_str = tp_str,
                                   .tp_hash = tp_hash,
                                   .tp_call = tp_call,
                                   .tp_getattro = tp_getattro,
                                   .tp_setattro = tp_setattro,
                                   .tp_richcompare = tp_richcompare,
                                   .tp_iter = tp_iter,
                                   .tp_iternext = tp_iternext,
                                   .tp_init = tp_init,
                                   .tp_new = tp_new,
                                   .tp_finalize = tp_finalize,
                                   .tp_dealloc = tp_dealloc};

static PyType_Slot number_slots[] = {ALL_BINARY(SPEC) ALL_INPLACE(SPEC) ALL_UNARY(SPEC) NUMBER_REST(SPEC)
                                         SPEC(tp_repr){0}};
static PyType_Slot sequence_slots[] = {SEQUENCE(SPEC) SPEC(tp_repr){0}};
static PyType_Slot mapping_slots[] = {MAPPING(SPEC) SPEC(tp_repr){0}};
static PyType_Slot both_slots[] = {MAPPING(SPEC) SEQUENCE(SPEC){0}};
static PyType_Slot async_slots[] = {SPEC(am_await) SPEC(am_aiter) SPEC(am_anext) SPEC(am_send) SPEC(tp_iter)
                                        SPEC(tp_iternext){0}};
static PyType_Slot buffer_slots[] = {SPEC(bf_getbuffer) SPEC(bf_releasebuffer){0}};
static PyType_Slot old_slots[] = {SPEC(tp_getattr) SPEC(tp_setattr){0}};
static PyType_Slot descriptor_slots[] = {SPEC(tp_descr_get) SPEC(tp_descr_set){0}};
static PyType_Slot object_slots[] = {{Py_tp_doc, "Object(*args)\n--\n\nHas all tp_ slots."},
                                     SPEC(tp_repr) SPEC(tp_str) SPEC(tp_hash) SPEC(tp_call) SPEC(tp_getattro)
                                         SPEC(tp_setattro) SPEC(tp_richcompare) SPEC(tp_iter) SPEC(tp_iternext)
                                             SPEC(tp_init) SPEC(tp_new) SPEC(tp_finalize) SPEC(tp_dealloc){0}};
#define SPEC_TYPE(name, slots) \
  { "slots.Spec" name, sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots }
static PyType_Spec specs[] = {
    SPEC_TYPE("Number", number_slots), SPEC_TYPE("Sequence", sequence_slots),     SPEC_TYPE("Mapping", mapping_slots),
    SPEC_TYPE("Both", both_slots),     SPEC_TYPE("Async", async_slots),           SPEC_TYPE("Buffer", buffer_slots),
    SPEC_TYPE("Old", old_slots),       SPEC_TYPE("Descriptor", descriptor_slots), SPEC_TYPE("Object", object_slots)};

// == Slots that break their contracts ==

static PyObject* silent(PyObject* a, PyObject* b) { return NULL; }
static PyObject* silent_one(PyObject* a) { return NULL; }
static Py_hash_t silent_hash(PyObject* a) { return -1; }
static int silent_int(PyObject* a) { return -1; }
static Py_ssize_t silent_length(PyObject* a) { return -1; }
static PyNumberMethods silent_number = {.nb_add = silent, .nb_negative = silent_one, .nb_bool = silent_int};
static PySequenceMethods silent_sequence = {.sq_length = silent_length};
static PyMappingMethods silent_mapping = {.mp_subscript = silent};
STATIC_TYPE(Silent_Type, "Silent"), .tp_as_number = &silent_number, .tp_as_sequence = &silent_sequence,
                                    .tp_as_mapping = &silent_mapping, .tp_getattro = silent, .tp_iter = silent_one,
                                    .tp_hash = silent_hash, .tp_str = silent_one
}
;

// The same for every slot: without a result and without an exception, or with both.
#define BROKEN_SLOTS(prefix, statement)                                                 \
  static PyObject* prefix##_1(PyObject* a) { statement }                                \
  static PyObject* prefix##_2(PyObject* a, PyObject* b) { statement }                   \
  static PyObject* prefix##_3(PyObject* a, PyObject* b, PyObject* c) { statement }      \
  static PyObject* prefix##_n(PyObject* a, Py_ssize_t n) { statement }                  \
  static PyObject* prefix##_compare(PyObject* a, PyObject* b, int op) { statement }     \
  static PyObject* prefix##_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) { \
    if (PyTuple_GET_SIZE(args) == 0) return type->tp_alloc(type, 0);                    \
    statement                                                                           \
  }
#define BROKEN_INTS(prefix, statement)                                              \
  static int prefix##_i1(PyObject* a) { statement }                                 \
  static int prefix##_i2(PyObject* a, PyObject* b) { statement }                    \
  static int prefix##_i3(PyObject* a, PyObject* b, PyObject* c) { statement }       \
  static int prefix##_ass(PyObject* a, Py_ssize_t i, PyObject* v) { statement }     \
  static int prefix##_buffer(PyObject* a, Py_buffer* view, int flags) { statement } \
  static int prefix##_init(PyObject* a, PyObject* args, PyObject* kwargs) {         \
    if (kwargs == NULL) return 0;                                                   \
    statement                                                                       \
  }                                                                                 \
  static Py_ssize_t prefix##_size(PyObject* a) { statement }
BROKEN_SLOTS(mute, return NULL;)
BROKEN_INTS(mute, return -1;)
static PySendResult mute_send(PyObject* a, PyObject* v, PyObject** result) {
  *result = NULL;
  return PYGEN_ERROR;
}
static PyObject* loud_result(void) {
  PyErr_SetString(PyExc_ValueError, "left behind");
  return PyLong_FromLong(1);
}
static int loud_int(void) {
  PyErr_SetString(PyExc_ValueError, "left behind");
  return 0;
}
BROKEN_SLOTS(loud, return loud_result();)
BROKEN_INTS(loud, return loud_int();)
static PySendResult loud_send(PyObject* a, PyObject* v, PyObject** result) {
  *result = loud_result();
  return PYGEN_NEXT;
}
#define BROKEN_TYPE(prefix, name)                                                                                     \
  static PyNumberMethods prefix##_number = {.nb_add = prefix##_2,                                                     \
                                            .nb_subtract = prefix##_2,                                                \
                                            .nb_multiply = prefix##_2,                                                \
                                            .nb_divmod = prefix##_2,                                                  \
                                            .nb_power = prefix##_3,                                                   \
                                            .nb_negative = prefix##_1,                                                \
                                            .nb_absolute = prefix##_1,                                                \
                                            .nb_bool = prefix##_i1,                                                   \
                                            .nb_invert = prefix##_1,                                                  \
                                            .nb_int = prefix##_1,                                                     \
                                            .nb_float = prefix##_1,                                                   \
                                            .nb_index = prefix##_1,                                                   \
                                            .nb_inplace_add = prefix##_2,                                             \
                                            .nb_matrix_multiply = prefix##_2};                                        \
  static PySequenceMethods prefix##_sequence = {.sq_length = prefix##_size,                                           \
                                                .sq_concat = prefix##_2,                                              \
                                                .sq_repeat = prefix##_n,                                              \
                                                .sq_item = prefix##_n,                                                \
                                                .sq_ass_item = prefix##_ass,                                          \
                                                .sq_contains = prefix##_i2};                                          \
  static PyMappingMethods prefix##_mapping = {prefix##_size, prefix##_2, prefix##_i3};                                \
  static PyAsyncMethods prefix##_async = {prefix##_1, prefix##_1, prefix##_1, prefix##_send};                         \
  static PyBufferProcs prefix##_buffers = {prefix##_buffer, NULL};                                                    \
  STATIC_TYPE(prefix##_Type, name),                                                                                   \
      .tp_as_number = &prefix##_number, .tp_as_sequence = &prefix##_sequence, .tp_as_mapping = &prefix##_mapping,     \
      .tp_as_async = &prefix##_async, .tp_as_buffer = &prefix##_buffers, .tp_repr = prefix##_1, .tp_str = prefix##_1, \
      .tp_call = prefix##_3, .tp_getattro = prefix##_2, .tp_setattro = prefix##_i3,                                   \
      .tp_richcompare = prefix##_compare, .tp_iter = prefix##_1, .tp_iternext = prefix##_1,                           \
      .tp_descr_get = prefix##_3, .tp_descr_set = prefix##_i3, .tp_init = prefix##_init                               \
  }
BROKEN_TYPE(mute, "Mute");
BROKEN_TYPE(loud, "Loud");

static PyObject* wrong_text(PyObject* a) { return PyLong_FromLong(1); }
static PyNumberMethods wrong_number = {.nb_int = tp_repr, .nb_index = tp_repr, .nb_float = tp_repr};
STATIC_TYPE(Wrong_Type, "Wrong"), .tp_as_number = &wrong_number, .tp_repr = wrong_text, .tp_str = wrong_text,
                                  .tp_iter = wrong_text
}
;

// == What C sees of slots ==

static PyObject* slot_names(PyObject* module, PyObject* type_object) {
  PyTypeObject* type = (PyTypeObject*)type_object;
  PyObject* list = PyList_New(0);
#define LOOK(table, name)                         \
  if (type->table && type->table->name) {         \
    PyObject* text = PyUnicode_FromString(#name); \
    PyList_Append(list, text);                    \
    Py_DECREF(text);                              \
  }
#define LOOK_NUMBER(name) LOOK(tp_as_number, name)
#define LOOK_SEQUENCE(name) LOOK(tp_as_sequence, name)
#define LOOK_MAPPING(name) LOOK(tp_as_mapping, name)
  ALL_BINARY(LOOK_NUMBER)
  ALL_INPLACE(LOOK_NUMBER)
  ALL_UNARY(LOOK_NUMBER) NUMBER_REST(LOOK_NUMBER) SEQUENCE(LOOK_SEQUENCE) MAPPING(LOOK_MAPPING)
      LOOK(tp_as_async, am_await) LOOK(tp_as_async, am_aiter) LOOK(tp_as_async, am_anext) LOOK(tp_as_async, am_send)
          LOOK(tp_as_buffer, bf_getbuffer) LOOK(tp_as_buffer, bf_releasebuffer)
#define LOOK_TYPE(name)                           \
  if (type->name) {                               \
    PyObject* text = PyUnicode_FromString(#name); \
    PyList_Append(list, text);                    \
    Py_DECREF(text);                              \
  }
              LOOK_TYPE(tp_call) LOOK_TYPE(tp_iter) LOOK_TYPE(tp_iternext) LOOK_TYPE(tp_richcompare) LOOK_TYPE(tp_hash)
                  LOOK_TYPE(tp_descr_get) LOOK_TYPE(tp_descr_set) LOOK_TYPE(tp_finalize) LOOK_TYPE(tp_getattr)
                      LOOK_TYPE(tp_setattr) return list;
}
static PyObject* same_slot(PyObject* module, PyObject* args) {  // do two types share the C function?
  PyTypeObject *a, *b;
  const char* name;
  if (!PyArg_ParseTuple(args, "O!O!s", &PyType_Type, &a, &PyType_Type, &b, &name)) return NULL;
#define SAME(slot) \
  if (strcmp(name, #slot) == 0) return PyBool_FromLong(a->slot == b->slot);
  SAME(tp_repr)
  SAME(tp_hash) SAME(tp_richcompare) SAME(tp_iter) SAME(tp_new) SAME(tp_call) SAME(tp_getattro) SAME(tp_alloc)
      SAME(tp_free) SAME(tp_dealloc) SAME(tp_init) SAME(tp_str)
          SAME(tp_setattro) return PyErr_Format(PyExc_ValueError, "no slot %s", name);
}
static PyObject* get_slot(PyObject* module, PyObject* args) {
  PyTypeObject* type;
  int number;
  if (!PyArg_ParseTuple(args, "O!i", &PyType_Type, &type, &number)) return NULL;
  void* slot = PyType_GetSlot(type, number);
  if (slot == NULL && PyErr_Occurred()) return NULL;
  return PyBool_FromLong(slot != NULL);
}
static PyObject* call_numbers(PyObject* module, PyObject* args) {
  PyObject *a, *b, *list = PyList_New(0);
  if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
  binaryfunc functions[] = {PyNumber_Add,
                            PyNumber_Subtract,
                            PyNumber_Multiply,
                            PyNumber_Remainder,
                            PyNumber_Divmod,
                            PyNumber_Lshift,
                            PyNumber_Rshift,
                            PyNumber_And,
                            PyNumber_Xor,
                            PyNumber_Or,
                            PyNumber_FloorDivide,
                            PyNumber_TrueDivide,
                            PyNumber_InPlaceAdd,
                            PyNumber_InPlaceSubtract,
                            PyNumber_InPlaceMultiply,
                            PyNumber_InPlaceRemainder,
                            PyNumber_InPlaceLshift,
                            PyNumber_InPlaceRshift,
                            PyNumber_InPlaceAnd,
                            PyNumber_InPlaceXor,
                            PyNumber_InPlaceOr,
                            PyNumber_InPlaceFloorDivide,
                            PyNumber_InPlaceTrueDivide,
                            PyNumber_MatrixMultiply,
                            PyNumber_InPlaceMatrixMultiply};
  for (size_t i = 0; i < Py_ARRAY_LENGTH(functions); i++) {
    PyObject* result = functions[i](a, b);
    if (result == NULL) {
      PyObject *type, *value, *trace;
      PyErr_Fetch(&type, &value, &trace);
      PyErr_NormalizeException(&type, &value, &trace);
      Py_XDECREF(type), Py_XDECREF(trace);
      result = PyObject_Str(value);
      Py_XDECREF(value);
    }
    PyList_Append(list, result);
    Py_DECREF(result);
  }
  return list;
}
static PyObject* send_(PyObject* module, PyObject* args) {
  PyObject *object, *value, *result;
  if (!PyArg_ParseTuple(args, "OO", &object, &value)) return NULL;
  PySendResult kind = PyIter_Send(object, value, &result);
  if (kind == PYGEN_ERROR) return result == NULL ? NULL : PyErr_Format(PyExc_AssertionError, "result with PYGEN_ERROR");
  return Py_BuildValue("(iN)", (int)kind, result);
}
static PyObject* take_log(PyObject* module, PyObject* unused) {
  PyObject* list = PyList_GetSlice(log_list, 0, PyList_GET_SIZE(log_list));
  if (PyList_SetSlice(log_list, 0, PyList_GET_SIZE(log_list), NULL) < 0) Py_CLEAR(list);
  return list;
}
static PyObject* set_countdown(PyObject* module, PyObject* value) {
  countdown = (int)PyLong_AsLong(value);
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"slot_names", slot_names, METH_O, NULL},
                                {"same_slot", same_slot, METH_VARARGS, NULL},
                                {"get_slot", get_slot, METH_VARARGS, NULL},
                                {"call_numbers", call_numbers, METH_VARARGS, NULL},
                                {"send", send_, METH_VARARGS, NULL},
                                {"take_log", take_log, METH_NOARGS, NULL},
                                {"set_countdown", set_countdown, METH_O, NULL},
                                {NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "slots", NULL, -1, methods};

PyMODINIT_FUNC PyInit_slots(void) {
  PyObject* module = PyModule_Create(&module_def);
  if (module == NULL) return NULL;
  log_list = PyList_New(0);
  PyTypeObject* types[] = {&Number_Type, &Sequence_Type, &Mapping_Type,    &Both_Type,   &Async_Type,
                           &Buffer_Type, &Old_Type,      &Descriptor_Type, &Object_Type, &Silent_Type,
                           &Wrong_Type,  &mute_Type,     &loud_Type};
  mute_Type.tp_new = mute_new, loud_Type.tp_new = loud_new;
  for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++)
    if (PyModule_AddType(module, types[i]) < 0) return NULL;
  for (size_t i = 0; i < Py_ARRAY_LENGTH(specs); i++) {
    PyObject* type = PyType_FromSpec(&specs[i]);
    if (type == NULL || PyModule_AddType(module, (PyTypeObject*)type) < 0) return NULL;
    Py_DECREF(type);
  }
  return module;
}
