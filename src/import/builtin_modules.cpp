// builtin_modules: the table of the modules in the executable.
#include "import/import.h"

#define MODULE(name) extern "C" PyObject* PyInit_##name();
#include "import/builtin_modules.def"
#undef MODULE

ADDER_EXPORT PyObject* PyModuleDef_Init(PyModuleDef* definition) { return adder::module_def_init(definition); }

namespace adder {
const BuiltinModule builtin_modules[] = {
#define MODULE(name) {#name, PyInit_##name},
#include "import/builtin_modules.def"
#undef MODULE
    {"builtins", nullptr},  // made at start-up
    {"sys", nullptr},
    {nullptr, nullptr}};

PyObject* module_def_init(ModuleDef* definition) {
  definition->ob_type = &PyModuleDef_Type;
  return definition;
}
}  // namespace adder
