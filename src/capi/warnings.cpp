// warnings: warnings.h of the C API: warnings about a place that is given.
#include "modules/warnings.h"

#include <cstdarg>

#include "capi/capi.h"

using namespace adder;

namespace {
Type* category_of(PyObject* category) { return category ? reinterpret_cast<Type*>(category) : RuntimeWarning; }
Result<void> warn_at(PyObject* category, PyObject* message, const char* filename, int line, const char* module,
                     PyObject* registry) {
  Ref<Str> file = TRY(str_decode_fs_default(filename));
  Ref<Str> module_name;
  if (module) module_name = TRY(str_from_string(module));
  return warn_explicit_in(category_of(category), message, file, line, module_name.get(), registry);
}
}  // namespace

ADDER_EXPORT int PyErr_WarnExplicitObject(PyObject* category, PyObject* message, PyObject* filename, int line,
                                          PyObject* module, PyObject* registry) {
  return warn_explicit_in(category_of(category), message, filename, line, module, registry).to_c();
}
ADDER_EXPORT int PyErr_WarnExplicit(PyObject* category, const char* text, const char* filename, int line,
                                    const char* module, PyObject* registry) {
  auto warn = [&]() -> Result<void> {
    Ref<Str> message = TRY(str_from_string(text));
    return warn_at(category, message, filename, line, module, registry);
  };
  return warn().to_c();
}
ADDER_EXPORT int PyErr_WarnExplicitFormat(PyObject* category, const char* filename, int line, const char* module,
                                          PyObject* registry, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  auto text = str_from_format_v(format, arguments);
  va_end(arguments);
  if (text.failed()) return -1;
  Ref<Str> message = text.take();
  return warn_at(category, message, filename, line, module, registry).to_c();
}
ADDER_EXPORT int _PyWarnings_Init() { return 0; }  // the module is ready from start-up on
