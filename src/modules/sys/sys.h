// sys: the parts of the module's implementation.
#pragma once
#include "object/protocol.h"
#include "types/module.h"

namespace adder::sys_module {
// Constants, struct sequences, names of modules (sys_info.cpp).
Result<void> add_information(Module* module);
// What the configuration decides: argv, flags, paths, options. Also after site has changed its mind: sets again.
Result<void> add_configuration(Module* module);
const char* version_text();
extern const char* const kCopyright;
// The functions of sys_hooks.cpp: displayhook, excepthook, unraisablehook, breakpointhook, audit, addaudithook.
extern PyMethodDef hook_functions[];
}  // namespace adder::sys_module

namespace adder {
// The module, made before importlib; its dict becomes interpreter()->sys_dict.
Result<Module> sys_module_create();
// sys.flags again, after interactive changed inspect (PyRun_…).
Result<void> sys_set_flag(const char* name, int value);
}  // namespace adder
