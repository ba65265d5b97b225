// builtins: the parts of module builtins, a file each.
#pragma once
#include "bind/bind.h"
#include "types/module.h"

namespace adder {
// The module with its functions, types, constants and exceptions. Start-up calls it before there is an import system.
Result<Module> builtins_create();

// -- Tables of the parts; each ends with an empty entry --
extern PyMethodDef builtins_object_functions[];     // objects.cpp: getattr, isinstance, hash, len, …
extern PyMethodDef builtins_iteration_functions[];  // iteration.cpp: iter, next, min, max, sum, sorted, …
extern PyMethodDef builtins_number_functions[];     // numbers.cpp: abs, divmod, pow, round, chr, …
extern PyMethodDef builtins_code_functions[];       // code.cpp: compile, eval, exec, __build_class__, __import__, …
extern PyMethodDef builtins_text_functions[];       // text.cpp: print, input, format, repr, ascii
}  // namespace adder
