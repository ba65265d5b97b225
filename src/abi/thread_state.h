// thread_state: PyThreadState and the two places of _PyRuntime that compiled modules read inline.
//
// Note       greenlet swaps cframe, datastack_*, exc_state, context and the recursion fields; Cython 3 and mypyc read the
//            error indicator (curexc_*) and exc_info. So the state of the machine lives in these fields and nowhere else.
#pragma once
#include "abi/types.h"

struct _PyCFrame {
  adder::u8 use_tracing;  // 255 while tracing, else 0
  _PyInterpreterFrame* current_frame;
  _PyCFrame* previous;
};
struct _PyStackChunk {
  _PyStackChunk* previous;
  std::size_t size;  // bytes
  std::size_t top;   // slots in use when a later chunk was opened
  PyObject* data[1];
};
extern "C" {
using Py_tracefunc = int (*)(PyObject*, PyFrameObject*, int, PyObject*);
}
struct PyCodeAddressRange {
  int ar_start, ar_end, ar_line;
  struct {
    int computed_line;
    const adder::u8 *lo_next, *limit;
  } opaque;
};
struct PyTraceInfo {
  PyCodeObject* code;
  PyCodeAddressRange bounds;
};
struct _is;  // PyInterpreterState: adder::Interpreter of runtime/runtime.h
using PyInterpreterState = _is;

struct PyThreadState {
  PyThreadState *prev, *next;
  PyInterpreterState* interp;
  int _initialized, _static;
  int recursion_remaining, recursion_limit, recursion_headroom;
  int tracing, tracing_what;
  _PyCFrame* cframe;
  Py_tracefunc c_profilefunc, c_tracefunc;
  PyObject *c_profileobj, *c_traceobj;
  PyObject *curexc_type, *curexc_value, *curexc_traceback;  // the error indicator
  _PyErr_StackItem* exc_info;                               // the exception being handled
  PyObject* dict;
  int gilstate_counter;
  PyObject* async_exc;
  unsigned long thread_id, native_thread_id;
  int trash_delete_nesting;
  PyObject* trash_delete_later;
  void (*on_delete)(void*);
  void* on_delete_data;
  int coroutine_origin_tracking_depth;
  PyObject *async_gen_firstiter, *async_gen_finalizer;
  PyObject* context;
  adder::u64 context_ver, id;
  PyTraceInfo trace_info;
  _PyStackChunk* datastack_chunk;
  PyObject **datastack_top, **datastack_limit;
  _PyErr_StackItem exc_state;
  _PyCFrame root_cframe;
};

// _PyRuntime is 166,688 bytes in CPython 3.11; inlined code reads tstate_current (0x240) and small_ints (680).
struct _PyRuntimeState {
  char before_current[576];
  PyThreadState* tstate_current;
  char before_small_ints[680 - 584];
  struct SmallInt : PyVarObject {  // PyLongObject with its one digit, padded to 32 bytes
    digit ob_digit[1];
  } small_ints[5 + 257];  // -5 … 256
  char rest[166688 - 680 - 262 * 32];
};
extern "C" __attribute__((visibility("default"))) _PyRuntimeState _PyRuntime;
