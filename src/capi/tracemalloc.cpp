// tracemalloc: tracemalloc.h of the C API.
#include "capi/capi.h"
#include "modules/_tracemalloc/tracer.h"

using namespace adder;

ADDER_EXPORT int PyGILState_Ensure();
ADDER_EXPORT void PyGILState_Release(int state);

// -2: not tracing; -1: no memory. The GIL need not be held.
ADDER_EXPORT int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size) {
  if (!tracer::is_tracing()) return -2;
  int gil = PyGILState_Ensure();
  bool good = tracer::track(domain, address, size);
  PyGILState_Release(gil);
  return good ? 0 : -1;
}
ADDER_EXPORT int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address) {
  if (!tracer::is_tracing()) return -2;
  tracer::untrack(domain, address);
  return 0;
}
ADDER_EXPORT PyObject* _PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t address) {
  auto traceback = tracer::traceback_of(domain, address);
  if (traceback.failed()) return nullptr;
  Ref<Object> found = traceback.take();
  return found ? found.release() : new_ref<Object>(None).release();
}
