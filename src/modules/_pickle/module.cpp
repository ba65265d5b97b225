// _pickle: the machine room of the module pickle.
//
// See        library reference "pickle"; PEP 307, PEP 3154, PEP 574; tests/python/test_pickle_.py
#include "bind/bind.h"
#include "import/import.h"
#include "types/pickle_buffer.h"

namespace adder::pickle {
namespace {
Result<void> exec(Module* module) { return module_add_type(module, &PyPickleBuffer_Type); }
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_pickle", "The machine room of the module pickle.", nullptr, slots);
}  // namespace
}  // namespace adder::pickle

ADDER_EXPORT PyObject* PyInit__pickle() { return adder::module_def_init(&adder::pickle::definition); }
