// pathconfig: what pylifecycle.h and sysmodule.h offered before PEP 587: program name, home, search path, options,
// before start-up and read afterwards.
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "capi/capi.h"
#include "runtime/configure.h"
#include "runtime/runtime.h"

using namespace adder;

namespace {
// Kept for the life of the process, as the setters' contract wants.
void set(const char*& field, const wchar_t* text) { field = text && *text ? locale_encode(text) : nullptr; }

// The wide form of a narrow text, remade when that changes; what the getters hand out lives until then.
class WideView {
 public:
  wchar_t* of(const char* narrow) {
    if (!narrow) return nullptr;
    if (!source_ || std::strcmp(source_, narrow)) {
      std::free(source_);
      source_ = ::strdup(narrow);
      wide_ = locale_decode(narrow);  // the old one may be in use
    }
    return wide_;
  }

 private:
  char* source_ = nullptr;
  wchar_t* wide_ = nullptr;
};
constinit WideView program_name, home, executable, prefix, exec_prefix, search_path;

const Config* config() { return main_interpreter.config; }

TextList split_path(const wchar_t* path) {
  TextList list;
  char* narrow = locale_encode(path);
  for (char *part = narrow, *end; part; part = end ? end + 1 : nullptr) {
    end = std::strchr(part, ':');
    if (end) *end = 0;
    list.append(part);
  }
  std::free(narrow);
  return list;
}
}  // namespace

// == Before start-up ==

ADDER_EXPORT void Py_SetProgramName(const wchar_t* name) {
  if (name && *name) set(legacy_settings.program_name, name);
}
ADDER_EXPORT void Py_SetPythonHome(const wchar_t* folder) { set(legacy_settings.home, folder); }
ADDER_EXPORT void _Py_SetProgramFullPath(const wchar_t* name) { set(legacy_settings.executable, name); }
ADDER_EXPORT void Py_SetPath(const wchar_t* path) {
  legacy_settings.paths_set = path != nullptr;
  legacy_settings.search_paths = path ? split_path(path) : TextList{};
}
ADDER_EXPORT void _PyPathConfig_ClearGlobal() { legacy_settings = {}; }
ADDER_EXPORT int Py_SetStandardStreamEncoding(const char* encoding, const char* errors) {
  if (main_interpreter.initialized) return -1;
  if (encoding) legacy_settings.stdio_encoding = ::strdup(encoding);
  if (errors) legacy_settings.stdio_errors = ::strdup(errors);
  return 0;
}
ADDER_EXPORT void _Py_ClearStandardStreamEncoding() {
  legacy_settings.stdio_encoding = legacy_settings.stdio_errors = nullptr;
}

// == After it ==

ADDER_EXPORT wchar_t* Py_GetProgramName() {
  return program_name.of(config()                       ? config()->program_name
                         : legacy_settings.program_name ? legacy_settings.program_name
                                                        : nullptr);
}
ADDER_EXPORT wchar_t* Py_GetPythonHome() { return home.of(config() ? config()->home : legacy_settings.home); }
ADDER_EXPORT wchar_t* Py_GetProgramFullPath() {
  return executable.of(config() ? config()->executable : legacy_settings.executable);
}
ADDER_EXPORT wchar_t* Py_GetPrefix() { return prefix.of(config() ? config()->prefix : nullptr); }
ADDER_EXPORT wchar_t* Py_GetExecPrefix() { return exec_prefix.of(config() ? config()->exec_prefix : nullptr); }
ADDER_EXPORT wchar_t* Py_GetPath() {
  const TextList* list = config()                    ? &config()->module_search_paths
                         : legacy_settings.paths_set ? &legacy_settings.search_paths
                                                     : nullptr;
  if (!list) return nullptr;
  usize size = 1;
  for (isize i = 0; i < list->size; ++i) size += std::strlen(list->items[i]) + 1;
  char* joined = static_cast<char*>(std::malloc(size));
  if (!joined) return nullptr;
  char* out = joined;
  for (isize i = 0; i < list->size; ++i) {
    if (i) *out++ = ':';
    out = ::stpcpy(out, list->items[i]);
  }
  *out = 0;
  wchar_t* wide = search_path.of(joined);
  std::free(joined);
  return wide;
}
