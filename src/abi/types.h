// types: the structs of the built-in types in CPython 3.11's layout.
//
// Source     sizes and offsets: tests/capi/layout.tsv. Where a comment says "private", compiled extensions do not look
//            inside and the content is ours.
#pragma once
#include "abi/constants.h"
#include "abi/object.h"

using Py_UCS1 = adder::u8;
using Py_UCS2 = adder::u16;
using Py_UCS4 = adder::u32;
using digit = adder::u32;  // 30 bits used
using sdigit = adder::i32;
using twodigits = adder::u64;
using stwodigits = adder::i64;

// == Numbers ==

// ob_size: number of digits, negative for negative values, 0 for zero. Digits little-endian, 30 bits each.
struct PyLongObject : PyVarObject {
  digit ob_digit[1];
};
struct PyFloatObject : PyObject {
  double ob_fval;
};
struct Py_complex {
  double real, imag;
};
struct PyComplexObject : PyObject {
  Py_complex cval;
};

// == Text and bytes ==

struct PyUnicodeState {
  unsigned interned : 2;  // SSTATE_*
  unsigned kind : 3;      // bytes a character: 1, 2, 4
  unsigned compact : 1;
  unsigned ascii : 1;
  unsigned ready : 1;
};
// PEP 393. ASCII strings: characters follow this head, NUL at the end.
struct PyASCIIObject : PyObject {
  Py_ssize_t length;  // in code points
  Py_hash_t hash;     // -1: not computed yet
  PyUnicodeState state;
  wchar_t* wstr;
};
// Compact strings that are not ASCII: characters follow this head.
struct PyCompactUnicodeObject : PyASCIIObject {
  Py_ssize_t utf8_length;
  char* utf8;  // cached UTF-8 form or null
  Py_ssize_t wstr_length;
};
// Legacy strings (and instances of subclasses of str): characters behind `data`.
struct PyUnicodeObject : PyCompactUnicodeObject {
  union {
    void* any;
    Py_UCS1* latin1;
    Py_UCS2* ucs2;
    Py_UCS4* ucs4;
  } data;
};
struct PyBytesObject : PyVarObject {
  Py_hash_t ob_shash;  // -1: not computed yet
  char ob_sval[1];     // NUL at the end
};
struct PyByteArrayObject : PyVarObject {
  Py_ssize_t ob_alloc;
  char* ob_bytes;  // start of the allocation
  char* ob_start;  // start of the content
  Py_ssize_t ob_exports;
};
struct _PyManagedBufferObject : PyObject {
  int flags;
  Py_ssize_t exports;
  Py_buffer master;
};
struct PyMemoryViewObject : PyVarObject {
  _PyManagedBufferObject* mbuf;
  Py_hash_t hash;
  int flags;
  Py_ssize_t exports;
  Py_buffer view;
  PyObject* weakreflist;
  Py_ssize_t ob_array[1];  // shape, strides, suboffsets
};

// == Containers ==

struct PyTupleObject : PyVarObject {
  PyObject* ob_item[1];
};
struct PyListObject : PyVarObject {
  PyObject** ob_item;
  Py_ssize_t allocated;
};
namespace adder {
struct DictKeys;
}
struct PyDictObject : PyObject {
  Py_ssize_t ma_used;
  adder::u64 ma_version_tag;  // changes on every mutation, globally unique
  adder::DictKeys* ma_keys;   // private
  PyObject** ma_values;       // private: values of a split table, or null
};
struct PyDictViewObject : PyObject {
  PyDictObject* dv_dict;
};
struct setentry {
  PyObject* key;
  Py_hash_t hash;
};
struct PySetObject : PyObject {
  Py_ssize_t fill;  // used and dummy entries
  Py_ssize_t used;
  Py_ssize_t mask;
  setentry* table;
  Py_hash_t hash;  // of a frozenset; -1: not computed yet
  Py_ssize_t finger;
  setentry smalltable[8];
  PyObject* weakreflist;
};
struct PySliceObject : PyObject {
  PyObject *start, *stop, *step;
};
struct PyCellObject : PyObject {
  PyObject* ob_ref;  // null: empty
};

// == Callables and modules ==

struct PyCFunctionObject : PyObject {
  PyMethodDef* m_ml;
  PyObject* m_self;    // null for functions without one
  PyObject* m_module;  // its name, or null
  PyObject* m_weakreflist;
  vectorcallfunc vectorcall;
};
struct PyCMethodObject : PyCFunctionObject {
  PyTypeObject* mm_class;
};
struct PyModuleDef_Base : PyObject {
  PyObject* (*m_init)(void) = nullptr;
  Py_ssize_t m_index = 0;
  PyObject* m_copy = nullptr;
};
// One alternative for each kind of value, so that tables can be constant-initialised.
struct PyModuleDef_Slot {
  int slot = 0;
  union {
    void* value = nullptr;
    int (*exec)(PyObject* module);                               // Py_mod_exec
    PyObject* (*create)(PyObject* spec, struct PyModuleDef* definition);  // Py_mod_create
  };
};
struct PyModuleDef : PyModuleDef_Base {
  const char* m_name = nullptr;
  const char* m_doc = nullptr;
  Py_ssize_t m_size = 0;
  PyMethodDef* m_methods = nullptr;
  PyModuleDef_Slot* m_slots = nullptr;
  traverseproc m_traverse = nullptr;
  inquiry m_clear = nullptr;
  freefunc m_free = nullptr;
};
struct PyModuleObject : PyObject {
  PyObject* md_dict;
  PyModuleDef* md_def;
  void* md_state;
  PyObject* md_weaklist;
  PyObject* md_name;
};
struct PyFunctionObject : PyObject {
  PyObject *func_globals, *func_builtins, *func_name, *func_qualname, *func_code, *func_defaults, *func_kwdefaults,
      *func_closure, *func_doc, *func_dict, *func_weakreflist, *func_module, *func_annotations;
  vectorcallfunc vectorcall;
  adder::u32 func_version;  // 0: none; changes when code, defaults or keyword defaults are assigned
};
struct PyMethodObject : PyObject {
  PyObject *im_func, *im_self, *im_weakreflist;
  vectorcallfunc vectorcall;
};
struct PyInstanceMethodObject : PyObject {
  PyObject* func;
};
struct PyCodeObject : PyVarObject {
  PyObject *co_consts, *co_names, *co_exceptiontable;
  int co_flags;
  short co_warmup, _co_linearray_entry_size;
  int co_argcount, co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno;
  int co_nlocalsplus, co_nlocals, co_nplaincellvars, co_ncellvars, co_nfreevars;
  PyObject *co_localsplusnames, *co_localspluskinds, *co_filename, *co_name, *co_qualname, *co_linetable, *co_weakreflist;
  PyObject* _co_code;  // bytes: the canonical code
  char* _co_linearray;
  int _co_firsttraceable;
  void* co_extra;
  char co_code_adaptive[1];  // private: adder::CodeTail starts after this struct, see types/code.h
};

// == Descriptors ==

// One pointer, with an alternative for each shape of slot function, so that tables can be constant-initialised.
union SlotFunction {
  void* address;
  unaryfunc unary;
  binaryfunc binary;
  ternaryfunc ternary;
  inquiry truth;
  lenfunc length;
  ssizeargfunc index;
  ssizeobjargproc set_index;
  objobjargproc set_item;
  objobjproc contains;
  destructor destroy;
  richcmpfunc compare;
  newfunc make;
  constexpr SlotFunction(std::nullptr_t) : address(nullptr) {}
  constexpr SlotFunction(unaryfunc function) : unary(function) {}
  constexpr SlotFunction(binaryfunc function) : binary(function) {}
  constexpr SlotFunction(ternaryfunc function) : ternary(function) {}
  constexpr SlotFunction(inquiry function) : truth(function) {}
  constexpr SlotFunction(lenfunc function) : length(function) {}
  constexpr SlotFunction(ssizeargfunc function) : index(function) {}
  constexpr SlotFunction(ssizeobjargproc function) : set_index(function) {}
  constexpr SlotFunction(objobjargproc function) : set_item(function) {}
  constexpr SlotFunction(objobjproc function) : contains(function) {}
  constexpr SlotFunction(destructor function) : destroy(function) {}
  constexpr SlotFunction(richcmpfunc function) : compare(function) {}
  constexpr SlotFunction(newfunc function) : make(function) {}
};
struct wrapperbase {
  const char* name;
  int offset;
  SlotFunction function;
  union {
    wrapperfunc wrapper;
    wrapperfunc_kwds wrapper_keywords;  // flags has PyWrapperFlag_KEYWORDS
  };
  const char* doc;
  int flags;
  PyObject* name_strobj;
};
struct PyDescrObject : PyObject {
  PyTypeObject* d_type;
  PyObject* d_name;
  PyObject* d_qualname;
};
struct PyMethodDescrObject : PyDescrObject {
  PyMethodDef* d_method;
  vectorcallfunc vectorcall;
};
struct PyMemberDescrObject : PyDescrObject {
  PyMemberDef* d_member;
};
struct PyGetSetDescrObject : PyDescrObject {
  PyGetSetDef* d_getset;
};
struct PyWrapperDescrObject : PyDescrObject {
  wrapperbase* d_base;
  void* d_wrapped;
};

// == Exceptions ==

struct PyBaseExceptionObject : PyObject {
  PyObject *dict, *args, *notes, *traceback, *context, *cause;
  char suppress_context;
};
struct PyBaseExceptionGroupObject : PyBaseExceptionObject {
  PyObject *msg, *excs;
};
struct PySyntaxErrorObject : PyBaseExceptionObject {
  PyObject *msg, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line;
};
struct PyImportErrorObject : PyBaseExceptionObject {
  PyObject *msg, *name, *path;
};
struct PyUnicodeErrorObject : PyBaseExceptionObject {
  PyObject *encoding, *object;
  Py_ssize_t start, end;
  PyObject* reason;
};
struct PySystemExitObject : PyBaseExceptionObject {
  PyObject* code;
};
struct PyOSErrorObject : PyBaseExceptionObject {
  PyObject *myerrno, *strerror, *filename, *filename2;
  Py_ssize_t written;
};
struct PyStopIterationObject : PyBaseExceptionObject {
  PyObject* value;
};
struct PyNameErrorObject : PyBaseExceptionObject {
  PyObject* name;
};
struct PyAttributeErrorObject : PyBaseExceptionObject {
  PyObject *obj, *name;
};

// == Frames, tracebacks, generators ==

struct _PyInterpreterFrame;  // private: adder::InterpreterFrame of interpreter/frame.h
struct PyFrameObject : PyObject {
  PyFrameObject* f_back;
  _PyInterpreterFrame* f_frame;
  PyObject* f_trace;
  int f_lineno;  // 0: computed from the position
  char f_trace_lines, f_trace_opcodes, f_fast_as_locals;
  PyObject* _f_frame_data[1];  // slots taken over from a finished frame
};
struct PyTracebackObject : PyObject {
  PyTracebackObject* tb_next;
  PyFrameObject* tb_frame;
  int tb_lasti;  // offset in bytes into co_code
  int tb_lineno;
};
struct _PyErr_StackItem {
  PyObject* exc_value;
  _PyErr_StackItem* previous_item;
};
struct PyGenObject : PyObject {  // also coroutines and asynchronous generators
  PyCodeObject* gi_code;
  PyObject *gi_weakreflist, *gi_name, *gi_qualname;
  _PyErr_StackItem gi_exc_state;
  PyObject* gi_origin_or_finalizer;
  char gi_hooks_inited, gi_closed, gi_running_async;
  adder::i8 gi_frame_state;
  PyObject* gi_iframe[1];  // private: the embedded frame
};
using PyCoroObject = PyGenObject;
using PyAsyncGenObject = PyGenObject;

// == Others ==

struct PyWeakReference : PyObject {
  PyObject* wr_object;  // None once dead
  PyObject* wr_callback;
  Py_hash_t hash;
  PyWeakReference *wr_prev, *wr_next;
  vectorcallfunc vectorcall;
};
struct PyStructSequence_Field {
  const char* name;
  const char* doc;
};
struct PyStructSequence_Desc {
  const char* name;
  const char* doc;
  PyStructSequence_Field* fields;
  int n_in_sequence;
};
struct PyCompilerFlags {
  int cf_flags;
  int cf_feature_version;
};
