// extension_check: whether an extension module can work before it is loaded.
#pragma once
#include "abi/names.h"
#include "base/result.h"

namespace adder {
// Before a module is loaded: makes libpython3.11.so.1.0 findable if the module asks for it, and gives the first C API
// name that it needs and that has no meaning here yet, or null. Files that are no ELF objects pass: the dynamic loader
// says what is wrong with them. No Python code runs. The text lives until the next call on this thread.
const char* extension_prepare(const char* file_name);

// What is wrong with a shared object that ends before its segments do, or null. The dynamic linker maps such a file and
// dies of SIGBUS when it reads it. No Python code runs.
const char* extension_file_problem(const char* file_name);
}  // namespace adder
