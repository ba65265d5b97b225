// initconfig: cpython/initconfig.h: PyStatus, PyWideStringList, PyPreConfig and PyConfig (PEP 587) around
// runtime/configure.h.
//
// Memory     what a PyConfig points to is its own, allocated with PyMem_RawMalloc. The runtime keeps a Config of narrow
// text, which is
//            made from a PyConfig and back here.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "capi/capi.h"
#include "runtime/configure.h"
#include "runtime/configure_flags.h"
#include "runtime/runtime.h"

using namespace adder;

// == PyStatus ==

ADDER_EXPORT PyStatus PyStatus_Ok() { return status_ok(); }
ADDER_EXPORT PyStatus PyStatus_Error(const char* message) { return status_error(nullptr, message); }
ADDER_EXPORT PyStatus PyStatus_NoMemory() { return PyStatus_Error("memory allocation failed"); }
ADDER_EXPORT PyStatus PyStatus_Exit(int code) { return status_exit(code); }
ADDER_EXPORT int PyStatus_IsError(PyStatus status) { return status._type == PyStatus::kError; }
ADDER_EXPORT int PyStatus_IsExit(PyStatus status) { return status._type == PyStatus::kExit; }
ADDER_EXPORT int PyStatus_Exception(PyStatus status) { return status_failed(status); }
ADDER_EXPORT void Py_ExitStatusException(PyStatus status) {
  if (!status_failed(status)) fatal("Py_ExitStatusException() must not be called on success");
  status_leave(status);
}

namespace {
PyStatus no_memory(const char* function) { return status_error(function, "memory allocation failed"); }

wchar_t* copy_wide(const wchar_t* text) {
  usize size = (std::wcslen(text) + 1) * sizeof(wchar_t);
  auto* copy = static_cast<wchar_t*>(std::malloc(size));
  return copy ? static_cast<wchar_t*>(std::memcpy(copy, text, size)) : nullptr;
}
}  // namespace

// == PyWideStringList ==

ADDER_EXPORT void _PyWideStringList_Clear(PyWideStringList* list) {
  for (isize i = 0; i < list->length; ++i) std::free(list->items[i]);
  std::free(list->items);
  *list = {};
}
ADDER_EXPORT PyStatus PyWideStringList_Insert(PyWideStringList* list, Py_ssize_t index, const wchar_t* item) {
  constexpr const char* kFunction = "PyWideStringList_Insert";
  if (index < 0) return status_error(kFunction, "PyWideStringList_Insert index must be >= 0");
  if (index > list->length) index = list->length;
  wchar_t* copy = copy_wide(item);
  auto* items =
      copy ? static_cast<wchar_t**>(std::realloc(list->items, sizeof(wchar_t*) * static_cast<usize>(list->length + 1)))
           : nullptr;
  if (!items) {
    std::free(copy);
    return no_memory(kFunction);
  }
  std::memmove(items + index + 1, items + index, sizeof(wchar_t*) * static_cast<usize>(list->length - index));
  items[index] = copy;
  list->items = items;
  ++list->length;
  return status_ok();
}
ADDER_EXPORT PyStatus PyWideStringList_Append(PyWideStringList* list, const wchar_t* item) {
  return PyWideStringList_Insert(list, list->length, item);
}
ADDER_EXPORT PyStatus _PyWideStringList_Extend(PyWideStringList* list, const PyWideStringList* more) {
  for (isize i = 0; i < more->length; ++i) {
    PyStatus status = PyWideStringList_Append(list, more->items[i]);
    if (status_failed(status)) return status;
  }
  return status_ok();
}
ADDER_EXPORT int _PyWideStringList_Copy(PyWideStringList* list, const PyWideStringList* source) {
  PyWideStringList copy{};
  if (status_failed(_PyWideStringList_Extend(&copy, source))) {
    _PyWideStringList_Clear(&copy);
    return -1;
  }
  _PyWideStringList_Clear(list);
  *list = copy;
  return 0;
}

namespace {
Result<Object> wide_to_object(const wchar_t* text) {
  if (!text) return none_result();
  char* narrow = locale_encode(text);
  if (!narrow) return raise_no_memory();
  Result<Str> result = str_decode_fs_default(narrow);
  std::free(narrow);
  return result;
}
}  // namespace

ADDER_EXPORT PyObject* _PyWideStringList_AsList(const PyWideStringList* list) {
  auto make = [&]() -> Result<Object> {
    Ref<List> result = TRY(list_new());
    for (isize i = 0; i < list->length; ++i) {
      Ref<Object> item = TRY(wide_to_object(list->items[i]));
      TRY(list_append(result, item));
    }
    return result;
  };
  return make().to_c();
}
ADDER_EXPORT PyStatus _PyArgv_AsWstrList(const _PyArgv* arguments, PyWideStringList* list) {
  PyWideStringList made{};
  for (isize i = 0; i < arguments->argc; ++i) {
    wchar_t* decoded = arguments->use_bytes_argv ? locale_decode(arguments->bytes_argv[i]) : nullptr;
    PyStatus status = PyWideStringList_Append(&made, decoded ? decoded : arguments->wchar_argv[i]);
    std::free(decoded);
    if (status_failed(status)) {
      _PyWideStringList_Clear(&made);
      return status;
    }
  }
  _PyWideStringList_Clear(list);
  *list = made;
  return status_ok();
}

// == The fields of a PyConfig ==

namespace {
// One table for clearing, copying, dicts, and the way to a Config and back.
struct IntField {
  const char* name;
  int PyConfig::*wide;
  int Config::*narrow;
};
constexpr IntField kIntFields[] = {
#define SAME(name) \
  { #name, &PyConfig::name, &Config::name }
    SAME(isolated),
    SAME(use_environment),
    SAME(dev_mode),
    SAME(install_signal_handlers),
    SAME(use_hash_seed),
    SAME(faulthandler),
    SAME(tracemalloc),
    SAME(import_time),
    SAME(code_debug_ranges),
    SAME(show_ref_count),
    SAME(dump_refs),
    SAME(malloc_stats),
    SAME(parse_argv),
    SAME(site_import),
    SAME(bytes_warning),
    SAME(warn_default_encoding),
    SAME(inspect),
    SAME(interactive),
    SAME(optimization_level),
    SAME(parser_debug),
    SAME(write_bytecode),
    SAME(verbose),
    SAME(quiet),
    SAME(user_site_directory),
    SAME(configure_c_stdio),
    SAME(buffered_stdio),
    SAME(use_frozen_modules),
    SAME(safe_path),
    SAME(pathconfig_warnings),
    SAME(module_search_paths_set),
    SAME(skip_source_first_line),
    {"_install_importlib", &PyConfig::_install_importlib, &Config::install_importlib},
    {"_init_main", &PyConfig::_init_main, &Config::init_main},
    {"_isolated_interpreter", &PyConfig::_isolated_interpreter, &Config::isolated_interpreter},
    {"_is_python_build", &PyConfig::_is_python_build, &Config::is_python_build},
};
struct TextField {
  const char* name;
  wchar_t* PyConfig::*wide;
  const char* Config::*narrow;
};
constexpr TextField kTextFields[] = {
    SAME(filesystem_encoding),
    SAME(filesystem_errors),
    SAME(pycache_prefix),
    SAME(stdio_encoding),
    SAME(stdio_errors),
    SAME(check_hash_pycs_mode),
    SAME(program_name),
    SAME(pythonpath_env),
    SAME(home),
    SAME(platlibdir),
    SAME(stdlib_dir),
    SAME(executable),
    SAME(base_executable),
    SAME(prefix),
    SAME(base_prefix),
    SAME(exec_prefix),
    SAME(base_exec_prefix),
    SAME(run_command),
    SAME(run_module),
    SAME(run_filename),
    SAME(dump_refs_file),
};
struct ListField {
  const char* name;
  PyWideStringList PyConfig::*wide;
  TextList Config::*narrow;
};
constexpr ListField kListFields[] = {
    SAME(orig_argv),
    SAME(argv),
    {"xoptions", &PyConfig::xoptions, &Config::x_options},
    {"warnoptions", &PyConfig::warnoptions, &Config::warn_options},
    SAME(module_search_paths),
#undef SAME
};

// What the runtime keeps as long as the process lives.
const char* keep_narrow(const wchar_t* text) { return text ? locale_encode(text) : nullptr; }

Config narrow_config(const PyConfig& wide) {
  Config config;
  config.kind = static_cast<ConfigKind>(wide._config_init);
  config.hash_seed = wide.hash_seed;
  for (const IntField& field : kIntFields) config.*field.narrow = wide.*field.wide;
  for (const TextField& field : kTextFields) config.*field.narrow = keep_narrow(wide.*field.wide);
  for (const ListField& field : kListFields) {
    const PyWideStringList& list = wide.*field.wide;
    for (isize i = 0; i < list.length; ++i) {
      char* text = locale_encode(list.items[i]);
      (config.*field.narrow).append(text);
      std::free(text);
    }
  }
  return config;
}
PyStatus set_wide(wchar_t*& field, wchar_t* text) {
  std::free(field);
  field = text;
  return status_ok();
}
PyStatus widen_config(const Config& config, PyConfig& wide) {
  constexpr const char* kFunction = "PyConfig_Read";
  wide._config_init = static_cast<int>(config.kind);
  wide.hash_seed = config.hash_seed;
  for (const IntField& field : kIntFields) wide.*field.wide = config.*field.narrow;
  for (const TextField& field : kTextFields) {
    const char* text = config.*field.narrow;
    wchar_t* decoded = text ? locale_decode(text) : nullptr;
    if (text && !decoded) return no_memory(kFunction);
    set_wide(wide.*field.wide, decoded);
  }
  for (const ListField& field : kListFields) {
    const TextList& list = config.*field.narrow;
    _PyArgv words{list.size, 1, list.items, nullptr};
    PyStatus status = _PyArgv_AsWstrList(&words, &(wide.*field.wide));
    if (status_failed(status)) return status;
  }
  return status_ok();
}
void set_defaults(PyConfig* config, ConfigKind kind) {
  *config = {};
  Config defaults = config_defaults(kind);
  config->_config_init = static_cast<int>(kind);
  for (const IntField& field : kIntFields) config->*field.wide = defaults.*field.narrow;
}
}  // namespace

// == PyPreConfig ==

ADDER_EXPORT void PyPreConfig_InitPythonConfig(PyPreConfig* config) {
  preconfig_defaults(*config, ConfigKind::kPython);
}
ADDER_EXPORT void PyPreConfig_InitIsolatedConfig(PyPreConfig* config) {
  preconfig_defaults(*config, ConfigKind::kIsolated);
}
ADDER_EXPORT void _PyPreConfig_InitCompatConfig(PyPreConfig* config) {
  preconfig_defaults(*config, ConfigKind::kCompatible);
}
ADDER_EXPORT PyStatus Py_PreInitializeFromBytesArgs(const PyPreConfig* config, Py_ssize_t count, char** arguments) {
  if (!config) return status_error("_Py_PreInitializeFromPyArgv", "preinitialization config is NULL");
  TextList words;
  for (isize i = 0; i < count; ++i) words.append(arguments[i]);
  return preinitialize(*config, &words);
}
ADDER_EXPORT PyStatus Py_PreInitializeFromArgs(const PyPreConfig* config, Py_ssize_t count, wchar_t** arguments) {
  if (!config) return status_error("_Py_PreInitializeFromPyArgv", "preinitialization config is NULL");
  TextList words;
  for (isize i = 0; i < count; ++i) words.append(locale_encode(arguments[i]));
  return preinitialize(*config, &words);
}
ADDER_EXPORT PyStatus _Py_PreInitializeFromPyArgv(const PyPreConfig* config, const _PyArgv* arguments) {
  if (!config) return status_error("_Py_PreInitializeFromPyArgv", "preinitialization config is NULL");
  if (!arguments) return preinitialize(*config, nullptr);
  return arguments->use_bytes_argv
             ? Py_PreInitializeFromBytesArgs(config, arguments->argc, const_cast<char**>(arguments->bytes_argv))
             : Py_PreInitializeFromArgs(config, arguments->argc, const_cast<wchar_t**>(arguments->wchar_argv));
}
ADDER_EXPORT PyStatus Py_PreInitialize(const PyPreConfig* config) {
  return _Py_PreInitializeFromPyArgv(config, nullptr);
}
// What texts are decoded with is decided before a configuration is read.
ADDER_EXPORT PyStatus _Py_PreInitializeFromConfig(const PyConfig* config, const _PyArgv* arguments) {
  if (preconfig()._config_init) return status_ok();
  PyPreConfig wanted;
  preconfig_defaults(wanted, static_cast<ConfigKind>(config->_config_init));
  wanted.parse_argv = config->parse_argv;
  wanted.isolated = config->isolated;
  wanted.use_environment = config->use_environment;
  wanted.dev_mode = config->dev_mode;
  return _Py_PreInitializeFromPyArgv(&wanted, config->parse_argv ? arguments : nullptr);
}

// == PyConfig ==

ADDER_EXPORT void PyConfig_InitPythonConfig(PyConfig* config) { set_defaults(config, ConfigKind::kPython); }
ADDER_EXPORT void PyConfig_InitIsolatedConfig(PyConfig* config) { set_defaults(config, ConfigKind::kIsolated); }
ADDER_EXPORT void _PyConfig_InitCompatConfig(PyConfig* config) { set_defaults(config, ConfigKind::kCompatible); }
ADDER_EXPORT void PyConfig_Clear(PyConfig* config) {
  for (const TextField& field : kTextFields) set_wide(config->*field.wide, nullptr);
  for (const ListField& field : kListFields) _PyWideStringList_Clear(&(config->*field.wide));
  config->module_search_paths_set = 0;
}
ADDER_EXPORT PyStatus PyConfig_SetString(PyConfig* config, wchar_t** field, const wchar_t* text) {
  PyStatus status = _Py_PreInitializeFromConfig(config, nullptr);
  if (status_failed(status)) return status;
  wchar_t* copy = text ? copy_wide(text) : nullptr;
  if (text && !copy) return no_memory("PyConfig_SetString");
  return set_wide(*field, copy);
}
ADDER_EXPORT PyStatus PyConfig_SetBytesString(PyConfig* config, wchar_t** field, const char* text) {
  PyStatus status = _Py_PreInitializeFromConfig(config, nullptr);
  if (status_failed(status)) return status;
  wchar_t* decoded = text ? locale_decode(text) : nullptr;
  if (text && !decoded) return no_memory("PyConfig_SetBytesString");
  return set_wide(*field, decoded);
}
namespace {
PyStatus set_argv(PyConfig* config, const _PyArgv& arguments) {
  PyStatus status = _Py_PreInitializeFromConfig(config, &arguments);
  return status_failed(status) ? status : _PyArgv_AsWstrList(&arguments, &config->argv);
}
}  // namespace
ADDER_EXPORT PyStatus PyConfig_SetArgv(PyConfig* config, Py_ssize_t count, wchar_t* const* arguments) {
  return set_argv(config, {count, 0, nullptr, arguments});
}
ADDER_EXPORT PyStatus PyConfig_SetBytesArgv(PyConfig* config, Py_ssize_t count, char* const* arguments) {
  return set_argv(config, {count, 1, arguments, nullptr});
}
ADDER_EXPORT PyStatus PyConfig_SetWideStringList(PyConfig* config, PyWideStringList* list, Py_ssize_t length,
                                                 wchar_t** items) {
  PyStatus status = _Py_PreInitializeFromConfig(config, nullptr);
  if (status_failed(status)) return status;
  PyWideStringList source{length, items};
  return _PyWideStringList_Copy(list, &source) < 0 ? no_memory("PyConfig_SetWideStringList") : status_ok();
}
ADDER_EXPORT PyStatus PyConfig_Read(PyConfig* config) {
  Config narrow = narrow_config(*config);
  PyStatus status = config_read(narrow, false);
  return status_failed(status) ? status : widen_config(narrow, *config);
}
ADDER_EXPORT PyStatus Py_InitializeFromConfig(const PyConfig* config) {
  if (!config) return status_error("Py_InitializeFromConfig", "initialization config is NULL");
  Config narrow = narrow_config(*config);
  return runtime_start(narrow);
}
ADDER_EXPORT PyStatus _PyInterpreterState_Enable(void*) { return status_ok(); }
ADDER_EXPORT PyStatus _Py_InitializeMain() { return runtime_start_library(); }

// == As dicts, for tests of the configuration ==

namespace {
Result<void> put(Dict* dict, const char* name, Result<Object> value) {
  Ref<Object> object = TRY(value);
  return dict_set_item_string(dict, name, object);
}
Result<Object> integer(i64 value) { return int_from_i64(value); }

Result<Object> config_as_dict(const PyConfig& config) {
  Ref<Dict> dict = TRY(dict_new());
  TRY(put(dict, "_config_init", integer(config._config_init)));
  Ref<Object> seed = TRY(int_from_u64(config.hash_seed));
  TRY(dict_set_item_string(dict, "hash_seed", seed));
  for (const IntField& field : kIntFields) TRY(put(dict, field.name, integer(config.*field.wide)));
  for (const TextField& field : kTextFields) {
    if (std::strcmp(field.name, "dump_refs_file")) TRY(put(dict, field.name, wide_to_object(config.*field.wide)));
  }
  for (const ListField& field : kListFields)
    TRY(put(dict, field.name, Result<Object>::from_c(_PyWideStringList_AsList(&(config.*field.wide)))));
  return dict;
}

Result<Object> member(Dict* dict, const char* name) {
  Ref<Str> key = TRY(str_intern_from_string(name));
  Ref<Object> item = TRY(dict_get_item(dict, key));
  if (!item) return raise(ValueError, "missing config key: %s", name);
  return item;
}
// A new text, to be freed.
Result<void> wide_text(Object* item, const char* name, wchar_t*& text) {
  if (!is_str(item)) return raise(TypeError, "invalid config type: %s", name);
  Ref<Object> bytes = TRY(str_encode_fs_default(as<Str>(item)));
  text = locale_decode(bytes_data(as<Bytes>(bytes.get())));
  if (!text) return raise_no_memory();
  return {};
}
Result<void> config_from_dict(PyConfig& config, Dict* dict) {
  auto int_member = [&](const char* name, i64 minimum, i64& out) -> Result<void> {
    Ref<Object> item = TRY(member(dict, name));
    if (!is_int(item)) return raise(TypeError, "invalid config type: %s", name);
    out = TRY(int_as_long(item));
    if (out < minimum) return raise(ValueError, "invalid config value: %s", name);
    return {};
  };
  i64 value;
  TRY(int_member("_config_init", 1, value));
  if (value > 3) return raise(ValueError, "invalid config value: _config_init");
  config._config_init = static_cast<int>(value);
  for (const IntField& field : kIntFields) {
    TRY(int_member(field.name, 0, value));
    if (value > 0x7fffffff) return raise(ValueError, "invalid config value: %s", field.name);
    config.*field.wide = static_cast<int>(value);
  }
  TRY(int_member("hash_seed", 0, value));
  if (value > 0xffffffffL) return raise(ValueError, "invalid config value: hash_seed");
  config.hash_seed = static_cast<unsigned long>(value);
  constexpr const char* kRequired[] = {"filesystem_encoding",  "filesystem_errors", "stdio_encoding", "stdio_errors",
                                       "check_hash_pycs_mode", "program_name",      "platlibdir"};
  for (const TextField& field : kTextFields) {
    if (!std::strcmp(field.name, "dump_refs_file")) continue;
    Ref<Object> item = TRY(member(dict, field.name));
    if (item.get() == None) {
      for (const char* required : kRequired)
        if (!std::strcmp(required, field.name)) return raise(ValueError, "invalid config value: %s", field.name);
      set_wide(config.*field.wide, nullptr);
      continue;
    }
    wchar_t* text;
    TRY(wide_text(item, field.name, text));
    set_wide(config.*field.wide, text);
  }
  for (const ListField& field : kListFields) {
    Ref<Object> item = TRY(member(dict, field.name));
    bool list = is_list(item);
    if (!list && !is_tuple(item)) return raise(TypeError, "invalid config type: %s", field.name);
    PyWideStringList made{};
    isize size = list ? as<List>(item.get())->ob_size : as<Tuple>(item.get())->ob_size;
    for (isize i = 0; i < size; ++i) {
      Object* part = list ? as<List>(item.get())->ob_item[i] : as<Tuple>(item.get())->ob_item[i];
      if (part == None) return raise(ValueError, "invalid config value: %s", field.name);
      wchar_t* text;
      TRY(wide_text(part, field.name, text));
      PyStatus status = PyWideStringList_Append(&made, text);
      std::free(text);
      if (status_failed(status)) return raise_no_memory();
    }
    _PyWideStringList_Clear(&(config.*field.wide));
    config.*field.wide = made;
  }
  return {};
}

// The PyConfig of an interpreter, made when somebody asks.
PyConfig* config_of(Interpreter* self) {
  static PyConfig made{};
  if (status_failed(widen_config(*self->config, made))) fatal("memory allocation failed");
  return &made;
}

Result<Object> flags_as_dict() {
  Ref<Dict> dict = TRY(dict_new());
#define FLAG(name) TRY(put(dict, #name, integer(name)));
  FLAG(Py_UTF8Mode)
  FLAG(Py_DebugFlag)
  FLAG(Py_VerboseFlag)
  FLAG(Py_QuietFlag)
  FLAG(Py_InteractiveFlag)
  FLAG(Py_InspectFlag)
  FLAG(Py_OptimizeFlag)
  FLAG(Py_NoSiteFlag)
  FLAG(Py_BytesWarningFlag)
  FLAG(Py_FrozenFlag)
  FLAG(Py_IgnoreEnvironmentFlag)
  FLAG(Py_DontWriteBytecodeFlag)
  FLAG(Py_NoUserSiteDirectory)
  FLAG(Py_UnbufferedStdioFlag)
  FLAG(Py_HashRandomizationFlag)
  FLAG(Py_IsolatedFlag)
#undef FLAG
  for (const char* name : {"Py_HasFileSystemDefaultEncoding", "_Py_HasFileSystemDefaultEncodeErrors"})
    TRY(put(dict, name, integer(0)));
  TRY(put(dict, "Py_FileSystemDefaultEncoding", str_from_string(Py_FileSystemDefaultEncoding)));
  TRY(put(dict, "Py_FileSystemDefaultEncodeErrors", str_from_string("surrogateescape")));
  return dict;
}
Result<Object> preconfig_as_dict() {
  const PyPreConfig& p = preconfig();
  Ref<Dict> dict = TRY(dict_new());
#define FIELD(name) TRY(put(dict, #name, integer(p.name)));
  FIELD(_config_init)
  FIELD(parse_argv)
  FIELD(isolated)
  FIELD(use_environment)
  FIELD(configure_locale)
  FIELD(coerce_c_locale)
  FIELD(coerce_c_locale_warn)
  FIELD(utf8_mode)
  FIELD(dev_mode)
  FIELD(allocator)
#undef FIELD
  return dict;
}
}  // namespace

ADDER_EXPORT PyObject* _PyConfig_AsDict(const PyConfig* config) { return config_as_dict(*config).to_c(); }
ADDER_EXPORT int _PyConfig_FromDict(PyConfig* config, PyObject* dict) {
  if (!is_dict(dict)) {
    (void)raise(TypeError, "dict expected");
    return -1;
  }
  return config_from_dict(*config, as<Dict>(dict)).to_c();
}
ADDER_EXPORT PyObject* _Py_GetConfigsAsDict() {
  auto make = [&]() -> Result<Object> {
    Ref<Dict> dict = TRY(dict_new());
    TRY(put(dict, "global_config", flags_as_dict()));
    TRY(put(dict, "pre_config", preconfig_as_dict()));
    TRY(put(dict, "config", config_as_dict(*config_of(interpreter()))));
    return dict;
  };
  return make().to_c();
}
ADDER_EXPORT const PyConfig* _PyInterpreterState_GetConfig(PyInterpreterState* state) {
  return config_of(reinterpret_cast<Interpreter*>(state));
}
ADDER_EXPORT const PyConfig* _Py_GetConfig() { return config_of(interpreter()); }
ADDER_EXPORT int _PyInterpreterState_GetConfigCopy(PyConfig* config) {
  if (!status_failed(widen_config(*interpreter()->config, *config))) return 0;
  (void)raise_no_memory();
  return -1;
}
ADDER_EXPORT int _PyInterpreterState_SetConfig(const PyConfig* config) {
  Config narrow = narrow_config(*config);
  narrow.utf8_mode = preconfig().utf8_mode;
  narrow.int_max_str_digits = interpreter()->config->int_max_str_digits;
  return config_replace(narrow).to_c();
}
ADDER_EXPORT PyObject* _Py_Get_Getpath_CodeObject() {
  (void)raise(NotImplementedError, "paths are computed in C++: there is no getpath code object");
  return nullptr;
}

// == Single questions ==

ADDER_EXPORT int _Py_str_to_int(const char* text, int* result) {
  char* end;
  errno = 0;
  long value = std::strtol(text, &end, 10);
  if (*end || errno == ERANGE || value < -0x80000000L || value > 0x7fffffffL) return -1;
  *result = static_cast<int>(value);
  return 0;
}
ADDER_EXPORT const wchar_t* _Py_get_xoption(const PyWideStringList* options, const wchar_t* name) {
  usize size = std::wcslen(name);
  for (isize i = 0; i < options->length; ++i) {
    const wchar_t* option = options->items[i];
    if (!std::wcsncmp(option, name, size) && (!option[size] || option[size] == L'=')) return option;
  }
  return nullptr;
}
ADDER_EXPORT const char* _Py_GetEnv(int use_environment, const char* name) {
  const char* value = use_environment ? std::getenv(name) : nullptr;
  return value && *value ? value : nullptr;
}
ADDER_EXPORT void _Py_get_env_flag(int use_environment, int* flag, const char* name) {
  const char* text = _Py_GetEnv(use_environment, name);
  if (!text) return;
  int value;
  if (_Py_str_to_int(text, &value) < 0 || value < 0) value = 1;
  if (*flag < value) *flag = value;
}

namespace {
// What Py_GetArgcArgv() hands out, of the configuration that runs.
PyWideStringList original_arguments{};
}  // namespace
ADDER_EXPORT void Py_GetArgcArgv(int* count, wchar_t*** arguments) {
  if (!original_arguments.items && main_interpreter.config) {
    const TextList& list = main_interpreter.config->orig_argv;
    _PyArgv words{list.size, 1, list.items, nullptr};
    (void)status_failed(_PyArgv_AsWstrList(&words, &original_arguments));
  }
  *count = static_cast<int>(original_arguments.length);
  *arguments = original_arguments.items;
}
ADDER_EXPORT void _Py_ClearArgcArgv() { _PyWideStringList_Clear(&original_arguments); }
