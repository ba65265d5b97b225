// import: modules from C++, and the bootstrap of importlib.
#pragma once
#include "object/protocol.h"
#include "types/module.h"

namespace adder {
Result<Object> import_module(const char* name);               // like importlib.import_module: the leaf
Result<Object> import_module(Object* name);
// __import__(name, globals, locals, fromlist, level), honouring sys.modules' fast path.
Result<Object> import_module_level(Object* name, Opt<Object*> globals, Opt<Object*> locals, Opt<Object*> fromlist, int level);
// sys.modules[name] if it is there.
Maybe<Object> import_get_module(Object* name);
// sys.modules[name], made empty if absent (PyImport_AddModule).
Result<Module> import_add_module(const char* name);
// getattr(import_module(module), name).
Result<Object> import_attribute(const char* module, const char* name);

// Built-in modules: src/import/builtin_modules.def, MODULE(name) with PyObject* PyInit_name().
struct BuiltinModule {
  const char* name;
  PyObject* (*init)();
};
extern const BuiltinModule builtin_modules[];  // ends with a null name
// What PyInit functions of multi-phase modules return.
PyObject* module_def_init(ModuleDef* definition);
}  // namespace adder
