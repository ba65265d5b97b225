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
// Whether an embedding program has added modules of its own.
bool builtin_modules_extended();
// PyImport_Inittab: ours and what the embedding program added; ends with a null name.
const BuiltinModule* builtin_modules();
// Adds what stands before the null name to the table. False without memory.
bool add_builtin_modules(const BuiltinModule* more);
// What PyInit functions of multi-phase modules return.
PyObject* module_def_init(ModuleDef* definition);

// The number in the first two bytes of .pyc files: not CPython's, because the code is another.
inline constexpr int kMagicNumber = 0xadd1;

// == Bootstrap and _imp ==

// A built-in module, created and executed without importlib, and entered into sys.modules. Absent if there is none of that name.
Maybe<Object> import_builtin_early(const char* name);
// Creates (does not execute, if multi-phase) a built-in module for a spec; absent if there is none of that name.
Maybe<Object> import_create_builtin(Object* name, Object* spec);
// Executes a multi-phase module that was created and not yet executed.
Result<void> import_exec_module_definition(Object* module);
// An extension module from a shared object.
Result<Object> import_create_dynamic(Object* spec);
// importlib._bootstrap becomes _frozen_importlib; then _bootstrap_external, if the modules that it needs are there.
Result<void> import_initialize();
Result<void> import_initialize_external();
// A module whose code the executable carries (frozen_modules.def), or that the embedding program has put into
// PyImport_FrozenModules; null if `name` is none of them. What it gives lives until the next call on this thread.
struct FrozenModule {
  const char *name, *original_name, *path;  // the last two may be null: no original, no source
  const unsigned char* data = nullptr;  // of the embedding program's: in marshal's form
  int size = 0;
  bool is_package = false;
  Object* (*make_code)() = nullptr;
};
const FrozenModule* find_frozen_module(Object* name);
// The embedding program's names and those of frozen_modules.def, whether they count at the moment or not.
Result<List> frozen_module_names();
// 1: the library's modules are frozen, -1: not, 0: as -X frozen_modules says.
void frozen_override_for_tests(int override);
Result<Object> frozen_module_code(const FrozenModule* module);
// The import lock of `imp`: recursive.
void import_acquire_lock();
bool import_release_lock();
bool import_lock_held();
}  // namespace adder
