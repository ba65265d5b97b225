// frozen: the tables of frozen modules. They name what _imp knows; the code is kept in another form (import/frozen.h).
#include "abi/names.h"

namespace {
struct FrozenModule {
  const char* name;
  const unsigned char* code;
  int size, is_package;
  PyObject* (*get_code)();
};
constexpr FrozenModule kBootstrap[] = {{"_frozen_importlib"}, {"_frozen_importlib_external"}, {"zipimport"}, {}};
constexpr FrozenModule kNone[] = {{}};
}  // namespace

ADDER_EXPORT const FrozenModule *_PyImport_FrozenBootstrap, *_PyImport_FrozenStdlib, *_PyImport_FrozenTest,
    *PyImport_FrozenModules;
constinit const FrozenModule *_PyImport_FrozenBootstrap = kBootstrap, *_PyImport_FrozenStdlib = kNone,
                             *_PyImport_FrozenTest = kNone, *PyImport_FrozenModules = nullptr;
