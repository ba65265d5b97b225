// odictobject: OrderedDict from C.
#include "capi/capi.h"
#include "modules/_collections/collections.h"

using namespace adder;

ADDER_EXPORT PyObject* PyODict_New() { return object_call_no_args(&PyODict_Type).to_c(); }
// As the dict's own functions: methods of subclasses are not asked.
ADDER_EXPORT int PyODict_SetItem(PyObject* dict, PyObject* key, PyObject* value) {
  return PyODict_Type.tp_as_mapping->mp_ass_subscript(dict, key, value);
}
ADDER_EXPORT int PyODict_DelItem(PyObject* dict, PyObject* key) {
  return PyODict_Type.tp_as_mapping->mp_ass_subscript(dict, key, nullptr);
}
