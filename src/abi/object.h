// object: the head of every object, the type object and its slot tables, in CPython 3.11's layout (64-bit Linux).
//
// Source     CPython 3.11's public headers; sizes and offsets are asserted at the end of abi/layout.cpp and against the
//            real headers in tests/capi.
// Note       Structs inherit where C nests (`PyVarObject ob_base`): same layout, and List* converts to Object*.
#pragma once
#include "base/config.h"

using Py_ssize_t = adder::isize;
using Py_hash_t = adder::isize;
using Py_uhash_t = adder::usize;

// The count of immortal objects: never written by us, never freed. Bit 62 marks them, so one byte tells. Bit 61 is set too:
// compiled extensions count every object, and what they take off or add never reaches bit 62.
inline constexpr Py_ssize_t kImmortalRefcnt = Py_ssize_t{3} << 61;

struct _typeobject;
using PyTypeObject = _typeobject;

// A default-initialised head is immortal: that is what constant-initialised objects want. Allocation sets the rest.
struct _object {
  Py_ssize_t ob_refcnt = kImmortalRefcnt;
  PyTypeObject* ob_type = nullptr;
};
using PyObject = _object;

struct PyVarObject : PyObject {
  Py_ssize_t ob_size = 0;
};

struct Py_buffer {
  void* buf;
  PyObject* obj;  // owned
  Py_ssize_t len;
  Py_ssize_t itemsize;
  int readonly;
  int ndim;
  char* format;
  Py_ssize_t* shape;
  Py_ssize_t* strides;
  Py_ssize_t* suboffsets;
  void* internal;
};

enum PySendResult { PYGEN_RETURN = 0, PYGEN_ERROR = -1, PYGEN_NEXT = 1 };

extern "C" {
using unaryfunc = PyObject* (*)(PyObject*);
using binaryfunc = PyObject* (*)(PyObject*, PyObject*);
using ternaryfunc = PyObject* (*)(PyObject*, PyObject*, PyObject*);
using inquiry = int (*)(PyObject*);
using lenfunc = Py_ssize_t (*)(PyObject*);
using ssizeargfunc = PyObject* (*)(PyObject*, Py_ssize_t);
using ssizeobjargproc = int (*)(PyObject*, Py_ssize_t, PyObject*);
using objobjargproc = int (*)(PyObject*, PyObject*, PyObject*);
using objobjproc = int (*)(PyObject*, PyObject*);
using visitproc = int (*)(PyObject*, void*);
using traverseproc = int (*)(PyObject*, visitproc, void*);
using freefunc = void (*)(void*);
using destructor = void (*)(PyObject*);
using getattrfunc = PyObject* (*)(PyObject*, char*);
using getattrofunc = PyObject* (*)(PyObject*, PyObject*);
using setattrfunc = int (*)(PyObject*, char*, PyObject*);
using setattrofunc = int (*)(PyObject*, PyObject*, PyObject*);
using reprfunc = PyObject* (*)(PyObject*);
using hashfunc = Py_hash_t (*)(PyObject*);
using richcmpfunc = PyObject* (*)(PyObject*, PyObject*, int);
using getiterfunc = PyObject* (*)(PyObject*);
using iternextfunc = PyObject* (*)(PyObject*);
using descrgetfunc = PyObject* (*)(PyObject*, PyObject*, PyObject*);
using descrsetfunc = int (*)(PyObject*, PyObject*, PyObject*);
using initproc = int (*)(PyObject*, PyObject*, PyObject*);
using newfunc = PyObject* (*)(PyTypeObject*, PyObject*, PyObject*);
using allocfunc = PyObject* (*)(PyTypeObject*, Py_ssize_t);
using vectorcallfunc = PyObject* (*)(PyObject*, PyObject* const*, std::size_t, PyObject*);
using getbufferproc = int (*)(PyObject*, Py_buffer*, int);
using releasebufferproc = void (*)(PyObject*, Py_buffer*);
using sendfunc = PySendResult (*)(PyObject*, PyObject*, PyObject**);
using PyCFunction = PyObject* (*)(PyObject*, PyObject*);
using PyCFunctionWithKeywords = PyObject* (*)(PyObject*, PyObject*, PyObject*);
using PyCFunctionFast = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t);
using PyCFunctionFastWithKeywords = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
using PyCMethod = PyObject* (*)(PyObject*, PyTypeObject*, PyObject* const*, std::size_t, PyObject*);
using getter = PyObject* (*)(PyObject*, void*);
using setter = int (*)(PyObject*, PyObject*, void*);
using wrapperfunc = PyObject* (*)(PyObject*, PyObject*, void*);
using wrapperfunc_kwds = PyObject* (*)(PyObject*, PyObject*, void*, PyObject*);
}

struct PyNumberMethods {
  binaryfunc nb_add;
  binaryfunc nb_subtract;
  binaryfunc nb_multiply;
  binaryfunc nb_remainder;
  binaryfunc nb_divmod;
  ternaryfunc nb_power;
  unaryfunc nb_negative;
  unaryfunc nb_positive;
  unaryfunc nb_absolute;
  inquiry nb_bool;
  unaryfunc nb_invert;
  binaryfunc nb_lshift;
  binaryfunc nb_rshift;
  binaryfunc nb_and;
  binaryfunc nb_xor;
  binaryfunc nb_or;
  unaryfunc nb_int;
  void* nb_reserved;
  unaryfunc nb_float;
  binaryfunc nb_inplace_add;
  binaryfunc nb_inplace_subtract;
  binaryfunc nb_inplace_multiply;
  binaryfunc nb_inplace_remainder;
  ternaryfunc nb_inplace_power;
  binaryfunc nb_inplace_lshift;
  binaryfunc nb_inplace_rshift;
  binaryfunc nb_inplace_and;
  binaryfunc nb_inplace_xor;
  binaryfunc nb_inplace_or;
  binaryfunc nb_floor_divide;
  binaryfunc nb_true_divide;
  binaryfunc nb_inplace_floor_divide;
  binaryfunc nb_inplace_true_divide;
  unaryfunc nb_index;
  binaryfunc nb_matrix_multiply;
  binaryfunc nb_inplace_matrix_multiply;
};

struct PySequenceMethods {
  lenfunc sq_length;
  binaryfunc sq_concat;
  ssizeargfunc sq_repeat;
  ssizeargfunc sq_item;
  void* was_sq_slice;
  ssizeobjargproc sq_ass_item;
  void* was_sq_ass_slice;
  objobjproc sq_contains;
  binaryfunc sq_inplace_concat;
  ssizeargfunc sq_inplace_repeat;
};

struct PyMappingMethods {
  lenfunc mp_length;
  binaryfunc mp_subscript;
  objobjargproc mp_ass_subscript;
};

struct PyAsyncMethods {
  unaryfunc am_await;
  unaryfunc am_aiter;
  unaryfunc am_anext;
  sendfunc am_send;
};

struct PyBufferProcs {
  getbufferproc bf_getbuffer;
  releasebufferproc bf_releasebuffer;
};

// ml_meth has one alternative for each calling convention, so that tables can be constant-initialised.
struct PyMethodDef {
  const char* ml_name = nullptr;
  union {
    PyCFunction ml_meth = nullptr;
    PyCFunctionWithKeywords ml_keywords;
    PyCFunctionFast ml_fast;
    PyCFunctionFastWithKeywords ml_fast_keywords;
    PyCMethod ml_method;
  };
  int ml_flags = 0;
  const char* ml_doc = nullptr;
};

struct PyMemberDef {
  const char* name = nullptr;
  int type = 0;
  Py_ssize_t offset = 0;
  int flags = 0;
  const char* doc = nullptr;
};

struct PyGetSetDef {
  const char* name = nullptr;
  getter get = nullptr;
  setter set = nullptr;
  const char* doc = nullptr;
  void* closure = nullptr;
};

struct _typeobject : PyVarObject {
  const char* tp_name = nullptr;
  Py_ssize_t tp_basicsize = 0, tp_itemsize = 0;
  destructor tp_dealloc = nullptr;
  Py_ssize_t tp_vectorcall_offset = 0;
  getattrfunc tp_getattr = nullptr;
  setattrfunc tp_setattr = nullptr;
  PyAsyncMethods* tp_as_async = nullptr;
  reprfunc tp_repr = nullptr;
  PyNumberMethods* tp_as_number = nullptr;
  PySequenceMethods* tp_as_sequence = nullptr;
  PyMappingMethods* tp_as_mapping = nullptr;
  hashfunc tp_hash = nullptr;
  ternaryfunc tp_call = nullptr;
  reprfunc tp_str = nullptr;
  getattrofunc tp_getattro = nullptr;
  setattrofunc tp_setattro = nullptr;
  PyBufferProcs* tp_as_buffer = nullptr;
  unsigned long tp_flags = 0;
  const char* tp_doc = nullptr;
  traverseproc tp_traverse = nullptr;
  inquiry tp_clear = nullptr;
  richcmpfunc tp_richcompare = nullptr;
  Py_ssize_t tp_weaklistoffset = 0;
  getiterfunc tp_iter = nullptr;
  iternextfunc tp_iternext = nullptr;
  PyMethodDef* tp_methods = nullptr;
  PyMemberDef* tp_members = nullptr;
  PyGetSetDef* tp_getset = nullptr;
  PyTypeObject* tp_base = nullptr;
  PyObject* tp_dict = nullptr;
  descrgetfunc tp_descr_get = nullptr;
  descrsetfunc tp_descr_set = nullptr;
  Py_ssize_t tp_dictoffset = 0;
  initproc tp_init = nullptr;
  allocfunc tp_alloc = nullptr;
  newfunc tp_new = nullptr;
  freefunc tp_free = nullptr;
  inquiry tp_is_gc = nullptr;
  PyObject* tp_bases = nullptr;
  PyObject* tp_mro = nullptr;
  PyObject* tp_cache = nullptr;
  PyObject* tp_subclasses = nullptr;
  PyObject* tp_weaklist = nullptr;
  destructor tp_del = nullptr;
  unsigned int tp_version_tag = 0;
  destructor tp_finalize = nullptr;
  vectorcallfunc tp_vectorcall = nullptr;
};

struct PyHeapTypeObject : PyTypeObject {
  PyAsyncMethods as_async;
  PyNumberMethods as_number;
  PyMappingMethods as_mapping;
  PySequenceMethods as_sequence;
  PyBufferProcs as_buffer;
  PyObject *ht_name, *ht_slots, *ht_qualname;
  void* ht_cached_keys;  // shared keys of the instances' dicts; private to types/dict
  PyObject* ht_module;
  char* _ht_tpname;
  PyObject* _spec_cache;
};

struct PyType_Slot {
  int slot;
  void* pfunc;
};
struct PyType_Spec {
  const char* name;
  int basicsize;
  int itemsize;
  unsigned int flags;
  PyType_Slot* slots;
};
