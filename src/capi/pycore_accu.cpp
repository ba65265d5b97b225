// pycore_accu: _PyAccu, the collector of pieces of text that _json uses.
#include "base/hot.h"
#include "capi/capi.h"

using namespace adder;

namespace {
// CPython's layout: two objects, of which this machine needs one.
struct Accumulator {
  PyObject* large;
  PyObject* small;  // a list of strings
};
}  // namespace

ADDER_EXPORT int _PyAccu_Init(Accumulator* accumulator) {
  accumulator->large = nullptr;
  accumulator->small = list_new().to_c();
  return accumulator->small ? 0 : -1;
}
ADDER_EXPORT ADDER_HOT int _PyAccu_Accumulate(Accumulator* accumulator, PyObject* text) {
  return list_append(as<List>(accumulator->small), text).to_c();
}
ADDER_EXPORT PyObject* _PyAccu_FinishAsList(Accumulator* accumulator) {
  PyObject* list = accumulator->small;
  accumulator->small = nullptr;
  return list;
}
ADDER_EXPORT PyObject* _PyAccu_Finish(Accumulator* accumulator) {
  Ref<Object> list = Ref<Object>::steal(_PyAccu_FinishAsList(accumulator));
  return str_join(str_empty(), list).to_c();
}
ADDER_EXPORT void _PyAccu_Destroy(Accumulator* accumulator) {
  clear_field(accumulator->large);
  clear_field(accumulator->small);
}
