// _tracemalloc: the module in front of the tracer, and its start at start-up.
#include "types/module.h"

#include "bind/bind.h"
#include "import/import.h"
#include "memory/gc.h"
#include "modules/_tracemalloc/tracer.h"
#include "runtime/lifecycle.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr Doc is_tracing_doc =
    "is_tracing($module, /)\n--\n\nReturn True if the tracemalloc module is tracing Python memory allocations.";
Result<bool> is_tracing(Module*) { return tracer::is_tracing(); }

constexpr Doc clear_traces_doc = "clear_traces($module, /)\n--\n\nClear traces of memory blocks allocated by Python.";
Result<void> clear_traces(Module*) {
  tracer::clear_traces();
  return {};
}

constexpr Doc get_traces_doc =
    "_get_traces($module, /)\n--\n\nGet traces of all memory blocks allocated by Python.\n\nReturn a list of (size: "
    "int, traceback: tuple) tuples.\ntraceback is a tuple of (filename: str, lineno: int) tuples.\n\nReturn an empty "
    "list if the tracemalloc module is disabled.";
Result<Object> get_traces(Module*) { return tracer::all_traces(); }

constexpr Doc get_object_traceback_doc =
    "_get_object_traceback($module, obj, /)\n--\n\nGet the traceback where the Python object obj was "
    "allocated.\n\nReturn a tuple of (filename: str, lineno: int) tuples.\nReturn None if the tracemalloc module is "
    "disabled or did not\ntrace the allocation of the object.";
Result<Object> get_object_traceback(Module*, Object* object) {
  const void* block = gc::is_collected(object) ? static_cast<const void*>(gc::head_of(object)) : object;
  Ref<Object> traceback = TRY(tracer::traceback_of(0, reinterpret_cast<uintptr_t>(block)));
  if (!traceback) return none_result();
  return traceback;
}

constexpr Doc start_doc =
    "start($module, nframe=1, /)\n--\n\nStart tracing Python memory allocations.\n\nAlso set the maximum number of "
    "frames stored in the traceback of a\ntrace to nframe.";
Result<void> start(Module*, int nframe) { return tracer::start(nframe); }

constexpr Doc stop_doc =
    "stop($module, /)\n--\n\nStop tracing Python memory allocations.\n\nAlso clear traces of memory blocks allocated "
    "by Python.";
Result<void> stop(Module*) {
  tracer::stop();
  return {};
}

constexpr Doc get_traceback_limit_doc =
    "get_traceback_limit($module, /)\n--\n\nGet the maximum number of frames stored in the traceback of a "
    "trace.\n\nBy default, a trace of an allocated memory block only stores\nthe most recent frame: the limit is 1.";
Result<int> get_traceback_limit(Module*) { return _Py_tracemalloc_config.max_nframe; }

constexpr Doc get_tracemalloc_memory_doc =
    "get_tracemalloc_memory($module, /)\n--\n\nGet the memory usage in bytes of the tracemalloc module.\n\nThis memory "
    "is used internally to trace memory allocations.";
Result<isize> get_tracemalloc_memory(Module*) { return static_cast<isize>(tracer::own_memory()); }

constexpr Doc get_traced_memory_doc =
    "get_traced_memory($module, /)\n--\n\nGet the current size and peak size of memory blocks traced by "
    "tracemalloc.\n\nReturns a tuple: (current: int, peak: int).";
Result<Object> get_traced_memory(Module*) {
  tracer::Totals totals = tracer::totals();
  Ref<Int> current = TRY(int_from_u64(totals.current))
  , peak = TRY(int_from_u64(totals.peak));
  return tuple_pack(current.get(), peak.get());
}

constexpr Doc reset_peak_doc =
    "reset_peak($module, /)\n--\n\nSet the peak size of memory blocks traced by tracemalloc to the current "
    "size.\n\nDo nothing if the tracemalloc module is not tracing memory allocations.";
Result<void> reset_peak(Module*) {
  tracer::reset_peak();
  return {};
}

constinit PyMethodDef functions[] = {
    method<is_tracing, is_tracing_doc>(),
    method<clear_traces, clear_traces_doc>(),
    method<get_traces, get_traces_doc>(),
    method<get_object_traceback, get_object_traceback_doc>(),
    method<start, start_doc>(),
    method<stop, stop_doc>(),
    method<get_traceback_limit, get_traceback_limit_doc>(),
    method<get_tracemalloc_memory, get_tracemalloc_memory_doc>(),
    method<get_traced_memory, get_traced_memory_doc>(),
    method<reset_peak, reset_peak_doc>(),
    {},
};
constinit PyModuleDef_Slot slots[] = {{}};
constinit ModuleDef definition =
    module_definition("_tracemalloc", "Debug module to trace memory blocks allocated by Python.", functions, slots);
}  // namespace

Result<void> tracemalloc_initialize(int frames) { return frames > 0 ? tracer::start(frames) : Result<void>(); }
void tracemalloc_finalize() { tracer::stop(); }
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__tracemalloc() { return adder::module_def_init(&adder::definition); }
