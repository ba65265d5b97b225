// picklebufobject: the C API's pickle buffers (picklebufobject.h).
#include "capi/capi.h"
#include "types/pickle_buffer.h"

using namespace adder;
using adder::capi::minus_one;
using adder::capi::null;

ADDER_EXPORT PyObject* PyPickleBuffer_FromObject(PyObject* object) { return pickle_buffer_from_object(object).to_c(); }
ADDER_EXPORT const Py_buffer* PyPickleBuffer_GetBuffer(PyObject* object) {
  if (!is_pickle_buffer(object)) {
    return null(raise(TypeError, "expected PickleBuffer, %.200s found", object->ob_type->tp_name));
  }
  return pickle_buffer_get_buffer(as<PickleBuffer>(object));
}
ADDER_EXPORT int PyPickleBuffer_Release(PyObject* object) {
  if (!is_pickle_buffer(object)) {
    return minus_one(raise(TypeError, "expected PickleBuffer, %.200s found", object->ob_type->tp_name));
  }
  pickle_buffer_release(as<PickleBuffer>(object));
  return 0;
}
