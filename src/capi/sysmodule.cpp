// sysmodule: sysmodule.h of the C API.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include "capi/capi.h"
#include "import/import.h"
#include "memory/refcount.h"
#include "runtime/configure.h"
#include "runtime/configure_flags.h"
#include "runtime/runtime.h"

using namespace adder;

// == Attributes ==

ADDER_EXPORT PyObject* PySys_GetObject(const char* name) { return sys_get_object(name).get(); }
ADDER_EXPORT int PySys_SetObject(const char* name, PyObject* value) { return sys_set_object(name, value).to_c(); }
namespace {
// Writes formatted text to sys.NAME, or to the C stream if there is none.
void write_to(const char* name, FILE* stream, const char* format, va_list arguments) {
  ErrorSaver saver;
  char buffer[1001];
  int length = std::vsnprintf(buffer, sizeof buffer, format, arguments);
  Object* file = sys_get_object(name).get();
  auto write = [&](const char* text) -> Result<void> {
    Ref<Str> value = TRY(str_from_string(text));
    Ref<Object> method = TRY(object_get_attr(file, "write"));
    TRY(call(method.get(), static_cast<Object*>(value.get())));
    return {};
  };
  auto put = [&](const char* text) {
    if (file && !write(text).failed()) return;
    error_clear();
    std::fputs(text, stream);
  };
  put(buffer);
  if (length < 0 || length >= static_cast<int>(sizeof buffer)) put("... truncated");
}
}  // namespace
ADDER_EXPORT void PySys_WriteStdout(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_to("stdout", stdout, format, arguments);
  va_end(arguments);
}
ADDER_EXPORT void PySys_WriteStderr(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_to("stderr", stderr, format, arguments);
  va_end(arguments);
}
ADDER_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list arguments);
ADDER_EXPORT int PySys_Audit(const char* event, const char* format, ...) {
  if (!audit_wanted()) return 0;
  Ref<Object> args;
  if (format && *format) {
    va_list arguments;
    va_start(arguments, format);
    args = Ref<Object>::steal(_Py_VaBuildValue_SizeT(format, arguments));
    va_end(arguments);
    if (!args) return -1;
  }
  if (args && !is_tuple(args)) {
    auto tuple = tuple_pack(args.get());
    if (tuple.failed()) return -1;
    args = tuple.take();
  }
  return sys_audit(event, args ? as<Tuple>(args.get()) : nullptr).to_c();
}
ADDER_EXPORT int PySys_AddAuditHook(int (*hook)(const char*, PyObject*, void*), void* data) {
  return sys_add_audit_hook(hook, data).to_c();
}
ADDER_EXPORT PyObject* _PySys_GetAttr(PyThreadState*, PyObject* name) {
  Dict* dict = interpreter()->sys_dict;
  return dict ? dict_get_item_str(dict, as<Str>(name)).get() : nullptr;
}
ADDER_EXPORT size_t _PySys_GetSizeOf(PyObject* object) {
  auto ask = [&]() -> Result<isize> {
    Ref<Object> function = TRY(import_attribute("sys", "getsizeof"));
    Ref<Object> size = TRY(call(function.get(), object));
    return int_as_ssize_t(size);
  };
  return static_cast<size_t>(ask().to_c());
}

// == Formatted output ==

namespace {
void format_to(const char* name, FILE* stream, const char* format, va_list arguments) {
  ErrorSaver saver;
  auto write = [&]() -> Result<void> {
    Ref<Str> text = TRY(str_from_format_v(format, arguments));
    Object* file = sys_get_object(name).get();
    Ref<Object> held = Ref<Object>::share_or_empty(file);
    Result<Object> written = held ? call_method(held.get(), id::write, text.get()) : Result<Object>(Error{});
    if (!written.failed()) {
      written.take().reset();
      return {};
    }
    error_clear();
    Utf8 utf8 = str_as_utf8(text);
    if (!utf8) return Error{};
    std::fputs(utf8.data, stream);
    return {};
  };
  if (write().failed()) error_clear();
}
}  // namespace
ADDER_EXPORT void PySys_FormatStdout(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  format_to("stdout", stdout, format, arguments);
  va_end(arguments);
}
ADDER_EXPORT void PySys_FormatStderr(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  format_to("stderr", stderr, format, arguments);
  va_end(arguments);
}

// == sys.argv and sys.path ==

namespace {
Result<Str> from_wide(const wchar_t* text) {
  char* narrow = locale_encode(text);
  if (!narrow) return raise_no_memory();
  Result<Str> result = str_decode_fs_default(narrow);
  std::free(narrow);
  return result;
}
// What a script's name puts in front of sys.path: its folder with links followed, the current folder for -m, nothing
// ("") for -c.
Result<Str> script_folder(const wchar_t* script) {
  char* narrow = locale_encode(script);
  if (!narrow) return raise_no_memory();
  char resolved[4096];
  bool current = !std::strcmp(narrow, "-m");
  bool good = current ? getcwd(resolved, sizeof resolved) != nullptr
                      : std::strcmp(narrow, "-c") && realpath(narrow, resolved) != nullptr;
  if (!good) std::snprintf(resolved, sizeof resolved, "%s", std::strcmp(narrow, "-c") ? narrow : "");
  std::free(narrow);
  if (!current) {
    char* slash = std::strrchr(resolved, '/');
    if (slash)
      slash[slash == resolved] = 0;
    else
      resolved[0] = 0;
  }
  return str_decode_fs_default(resolved);
}
Result<void> set_argv(int count, wchar_t** arguments, bool update_path) {
  wchar_t empty[] = L"";
  wchar_t* none[] = {empty};
  if (count < 1 || !arguments) {
    arguments = none;
    count = 1;
  }
  Ref<List> list = TRY(list_new());
  for (int i = 0; i < count; ++i) {
    Ref<Str> text = TRY(from_wide(arguments[i]));
    TRY(list_append(list, text));
  }
  TRY(sys_set_object("argv", list.get()));
  if (!update_path) return {};
  Ref<Str> folder = TRY(script_folder(arguments[0]));
  Object* path = sys_get_object("path").get();
  if (!path || !is_list(path)) return {};
  return list_insert(as<List>(path), 0, folder);
}
Result<void> set_path(const wchar_t* path) {
  char* narrow = locale_encode(path);
  if (!narrow) return raise_no_memory();
  Ref<List> list = TRY(list_new());
  for (char *part = narrow, *end; part; part = end ? end + 1 : nullptr) {
    end = std::strchr(part, ':');
    if (end) *end = 0;
    Ref<Str> text = TRY(str_decode_fs_default(part));
    TRY(list_append(list, text));
  }
  std::free(narrow);
  return sys_set_object("path", list.get());
}
}  // namespace
ADDER_EXPORT void PySys_SetArgvEx(int count, wchar_t** arguments, int update_path) {
  if (set_argv(count, arguments, update_path != 0).failed()) fatal("can't assign sys.argv");
}
ADDER_EXPORT void PySys_SetArgv(int count, wchar_t** arguments) {
  PySys_SetArgvEx(count, arguments, Py_IsolatedFlag == 0);
}
ADDER_EXPORT void PySys_SetPath(const wchar_t* path) {
  if (set_path(path).failed()) fatal("can't set sys.path");
}

// == sys.warnoptions and sys._xoptions ==

namespace {
bool is_running() { return thread() != nullptr && interpreter()->sys_dict; }
// sys.warnoptions, made if it is not there.
Result<Object> warning_options() {
  Object* list = sys_get_object("warnoptions").get();
  if (list && is_list(list)) return new_ref(list);
  Ref<List> made = TRY(list_new());
  TRY(sys_set_object("warnoptions", made.get()));
  return made;
}
void keep_narrow(TextList& list, const wchar_t* text) {
  char* narrow = locale_encode(text);
  if (narrow) list.append(narrow);
  std::free(narrow);
}
}  // namespace
ADDER_EXPORT void PySys_AddWarnOptionUnicode(PyObject* option) {
  auto add = [&]() -> Result<void> {
    Ref<Object> list = TRY(warning_options());
    return list_append(as<List>(list.get()), option);
  };
  if (add().failed()) error_clear();
}
ADDER_EXPORT void PySys_AddWarnOption(const wchar_t* option) {
  if (!is_running()) return keep_narrow(legacy_settings.warn_options, option);
  auto text = from_wide(option);
  if (text.failed()) return error_clear();
  Ref<Str> held = text.take();
  PySys_AddWarnOptionUnicode(held.get());
}
ADDER_EXPORT void PySys_ResetWarnOptions() {
  if (!is_running()) {
    legacy_settings.warn_options = {};
    return;
  }
  Object* list = sys_get_object("warnoptions").get();
  if (!list || !is_list(list)) return;
  if (list_set_slice(as<List>(list), 0, as<List>(list)->ob_size, {}).failed()) error_clear();
}
ADDER_EXPORT int PySys_HasWarnOptions() {
  Object* list = is_running() ? sys_get_object("warnoptions").get() : nullptr;
  return list && is_list(list) && as<List>(list)->ob_size > 0;
}
ADDER_EXPORT PyObject* PySys_GetXOptions() {
  Object* options = sys_get_object("_xoptions").get();
  if (options && is_dict(options)) return options;
  auto made = dict_new();
  if (made.failed()) return nullptr;
  Ref<Dict> dict = made.take();
  if (sys_set_object("_xoptions", dict.get()).failed()) return nullptr;
  return dict.get();  // sys keeps it
}
ADDER_EXPORT void PySys_AddXOption(const wchar_t* option) {
  if (!is_running()) return keep_narrow(legacy_settings.x_options, option);
  auto add = [&]() -> Result<void> {
    Ref<Str> text = TRY(from_wide(option));
    isize equals = str_find_char(text, '=', 0, str_length(text), 1);
    Ref<Object> value = new_ref(True);
    Ref<Object> name = text.share();
    if (equals >= 0) {
      name = TRY(str_substring(text, 0, equals));
      value = TRY(str_substring(text, equals + 1, str_length(text)));
    }
    Object* options = PySys_GetXOptions();
    if (!options) return Error{};
    return dict_set_item(as<Dict>(options), name, value);
  };
  if (add().failed()) error_clear();
}
