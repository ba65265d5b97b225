// builtin_modules: the table of the modules in the executable.
#include <cstdlib>
#include <cstring>

#include "import/import.h"

#define MODULE(name) extern "C" PyObject* PyInit_##name();
#include "import/builtin_modules.def"
#undef MODULE

ADDER_EXPORT PyObject* PyModuleDef_Init(PyModuleDef* definition) { return adder::module_def_init(definition); }

namespace adder {
namespace {
BuiltinModule own_modules[] = {
#define MODULE(name) {#name, PyInit_##name},
#include "import/builtin_modules.def"
#undef MODULE
    {"builtins", nullptr},  // made at start-up
    {"sys", nullptr},
    {nullptr, nullptr}};
// What PyImport_ExtendInittab made; may be moved, because C programs read the table only between calls.
BuiltinModule* extended = nullptr;
}  // namespace
}  // namespace adder

// The program that embeds may add to it (PyImport_AppendInittab) or put a table of its own in its place.
extern "C" __attribute__((visibility("default"))) adder::BuiltinModule* PyImport_Inittab;
adder::BuiltinModule* PyImport_Inittab = adder::own_modules;

namespace adder {
bool builtin_modules_extended() { return PyImport_Inittab != own_modules; }
const BuiltinModule* builtin_modules() { return PyImport_Inittab; }

bool add_builtin_modules(const BuiltinModule* more) {
  usize old_count = 0, more_count = 0;
  while (PyImport_Inittab[old_count].name) ++old_count;
  while (more[more_count].name) ++more_count;
  if (!more_count) return true;
  usize size = sizeof(BuiltinModule) * (old_count + more_count + 1);
  bool in_place = extended && PyImport_Inittab == extended;
  auto* table = static_cast<BuiltinModule*>(std::realloc(in_place ? extended : nullptr, size));
  if (!table) return false;
  if (!in_place) std::memcpy(table, PyImport_Inittab, sizeof(BuiltinModule) * old_count);
  std::memcpy(table + old_count, more, sizeof(BuiltinModule) * (more_count + 1));
  PyImport_Inittab = extended = table;
  return true;
}

PyObject* module_def_init(ModuleDef* definition) {
  definition->ob_type = &PyModuleDef_Type;
  return definition;
}
}  // namespace adder
