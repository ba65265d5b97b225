// errno: numbers of system errors.
#include <cerrno>

#include "bind/bind.h"
#include "import/import.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {
struct ErrorNumber {
  const char* name;
  int number;
};
constexpr ErrorNumber numbers[] = {
#define ERRNO(name) {#name, name},
#include "modules/errno_names.def"
#undef ERRNO
};

Result<void> exec(Module* module) {
  Ref<Dict> names = TRY(dict_new());
  for (const ErrorNumber& entry : numbers) {
    Ref<Str> name = TRY(str_intern_from_string(entry.name));
    Ref<Int> number = TRY(int_from_i64(entry.number));
    TRY(dict_set_item(module_dict(module), name, number));
    TRY(dict_set_item(names, number, name));
  }
  return module_add_object(module, "errorcode", names);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "errno",
    "This module makes available standard errno system symbols.\n\nThe value of each symbol is the corresponding "
    "integer value,\ne.g., on most systems, errno.ENOENT equals the integer "
    "2.\n\nThe dictionary errno.errorcode maps numeric codes to symbol names,\ne.g., errno.errorcode[2] could be the "
    "string 'ENOENT'.\n\nSymbols that are not relevant to the underlying "
    "system are not defined.\n\nTo map error codes to error messages, use the function os.strerror(),\ne.g. "
    "os.strerror(2) could return 'No such file or directory'.",
    nullptr, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_errno() { return adder::module_def_init(&adder::definition); }
