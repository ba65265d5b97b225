// bootstrap: built-in modules before importlib lives, importlib itself, extension modules.
//
// Decision   importlib is the library's own: importlib/_bootstrap.py and _bootstrap_external.py, compiled by the build
// (frozen.h) under the names
//            that CPython's frozen copies have (_frozen_importlib, …), since the rest of the library asks for those.
#include <cstdio>
#include <cstring>
#include <dlfcn.h>

#include "import/extension_check.h"
#include "import/import.h"
#include "import/single_phase.h"
#include "interpreter/interpreter.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
const BuiltinModule* find_builtin(std::string_view name) {
  for (const BuiltinModule* module = builtin_modules(); module->name; ++module)
    if (name == module->name) return module;
  return nullptr;
}

// Executes a frozen stand-in in a fresh module of its name, without importlib.
Result<Object> run_frozen(const FrozenModule* frozen) {
  Ref<Code> code = as<Code>(Ref<Object>(TRY(frozen_module_code(frozen))));
  Ref<Module> module = TRY(import_add_module(frozen->name));
  Dict* dict = module_dict(module);
  TRY(dict_set_item(dict, id::__builtins__, interpreter()->builtins));
  Ref<Str> origin = TRY(str_from_string(frozen->original_name));
  TRY(dict_set_item(dict, id::__origname__, origin));
  Ref<Object> ignored = TRY(eval_code(code, dict, dict));
  return module;
}
}  // namespace

// == Built-in modules ==

Maybe<Object> import_create_builtin(Object* name, Object* spec) {
  Utf8 text = str_as_utf8(as<Str>(name));
  if (!text) return Error{};
  const BuiltinModule* builtin = find_builtin(text);
  if (!builtin) return nullptr;
  if (!builtin->init) {
    // sys and builtins exist once.
    return import_get_module(name);
  }
  Ref<Object> again = TRY(single_phase_again(name, name));
  if (again) return again;
  Ref<Object> made = TRY(single_phase_load(builtin->init, name, name, true));
  if (made->ob_type == &PyModuleDef_Type) return module_from_def_and_spec(static_cast<ModuleDef*>(made.get()), spec);
  return made;
}

Result<void> import_exec_module_definition(Object* object) {
  if (!is_module(object)) return {};
  Module* module = as<Module>(object);
  ModuleDef* definition = module->md_def;
  if (!definition || module->md_state) return {};
  return module_exec_def(module, definition);
}

Maybe<Object> import_builtin_early(const char* name) {
  Ref<Str> text = TRY(str_intern_from_string(name));
  Ref<Object> module = TRY(import_get_module(text));
  if (module) return module;
  Ref<Dict> attributes = TRY(dict_new());
  TRY(dict_set_item(attributes, id::name, text));
  TRY(dict_set_item(attributes, id::origin, None));
  TRY(dict_set_item(attributes, id::loader, None));
  TRY(dict_set_item(attributes, id::parent, id::empty));
  Ref<Object> spec = TRY(namespace_new(attributes.get()));
  module = TRY(import_create_builtin(text, spec));
  if (!module) return nullptr;
  TRY(dict_set_item(interpreter()->modules, text, module));
  TRY(import_exec_module_definition(module));
  return module;
}

// == Extension modules ==

namespace {
// PyInit_name, or PyInitU_ with the punycode of a name that is not ASCII (PEP 489).
Result<Object> init_symbol(Str* name) {
  isize dot = str_find_char(name, '.', 0, str_length(name), -1);
  Ref<Str> tail = TRY(str_substring(name, dot + 1, str_length(name)));
  if (str_is_ascii(tail)) return str_from_format("PyInit_%U", tail.get());
  Ref<Object> encoded = TRY(str_as_encoded_string(tail, "punycode", nullptr));
  Ref<Str> ascii = TRY(str_from_utf8(bytes_view(as<Bytes>(encoded.get()))));
  Ref<Str> dash = TRY(str_from_string("-"))
  , underscore = TRY(str_from_string("_"));
  ascii = TRY(str_replace(ascii, dash, underscore, -1));
  return str_from_format("PyInitU_%U", ascii.get());
}

// Extension modules of the library whose objects hold only memory, or have finalizers that the collector sees.
bool ends_quietly(Str* name, const char* file_name) {
  static constexpr const char* quiet[] = {"_asyncio", "_bz2",  "_contextvars", "_decimal", "_hashlib",
                                          "_json",    "_lzma", "_opcode",      "_queue",   "_ssl",
                                          "_typing",  "_uuid", "_zoneinfo",    "resource", "termios"};
  const char* library = interpreter()->config->stdlib_dir;
  usize size = library ? std::strlen(library) : 0;
  constexpr char kFolder[] = "/lib-dynload/";
  if (!size || std::strncmp(file_name, library, size) || std::strncmp(file_name + size, kFolder, sizeof kFolder - 1))
    return false;
  for (const char* module : quiet) {
    if (str_equals(name, module)) return true;
  }
  return false;
}
}  // namespace

Result<Object> import_create_dynamic(Object* spec) {
  Ref<Object> name = TRY(object_get_attr(spec, id::name))
  , path = TRY(object_get_attr(spec, id::origin));
  if (!is_str(name) || !is_str(path)) return raise(TypeError, "spec.name and spec.origin must be strings");
  Object* none = None;
  TRY(audit("import", name.get(), path.get(), none, none, none));
  Ref<Object> again = TRY(single_phase_again(name, path));
  if (again) return again;
  Ref<Object> symbol = TRY(init_symbol(as<Str>(name.get())));
  Utf8 symbol_text = str_as_utf8(as<Str>(symbol.get()));
  if (!symbol_text) return Error{};
  Ref<Object> file = TRY(str_encode_fs_default(as<Str>(path.get())));
  const char* file_name = bytes_data(as<Bytes>(file.get()));
  char with_slash[4096];
  if (!std::strchr(file_name, '/')) {
    std::snprintf(with_slash, sizeof(with_slash), "./%s", file_name);
    file_name = with_slash;
  }
  if (const char* missing = extension_prepare(file_name)) {
    Ref<Str> text = TRY(str_from_format("%U needs %s, which is not implemented", name.get(), missing));
    return raise_import_error(ImportError, text, name.get(), path.get());
  }
  if (const char* problem = extension_file_problem(file_name)) {
    Ref<Str> text = TRY(str_from_format("%s: %s", file_name, problem));
    return raise_import_error(ImportError, text, name.get(), path.get());
  }
  if (!ends_quietly(as<Str>(name.get()), file_name)) shut_down_thoroughly();
  void* library = dlopen(file_name, sys_dlopen_flags());
  if (!library) {
    const char* message = dlerror();
    Ref<Str> text = TRY(
        str_decode_utf8(message ? message : "unknown dlopen() error", message ? std::strlen(message) : 22, "replace"));
    return raise_import_error(ImportError, text, name.get(), path.get());
  }
  auto init = reinterpret_cast<PyObject* (*)()>(dlsym(library, symbol_text.data));
  if (!init) {
    Ref<Str> text = TRY(str_from_format("dynamic module does not define module export function (%U)", symbol.get()));
    return raise_import_error(ImportError, text, name.get(), path.get());
  }
  Ref<Object> made = TRY(single_phase_load(init, name, path, false));
  if (made->ob_type == &PyModuleDef_Type) return module_from_def_and_spec(static_cast<ModuleDef*>(made.get()), spec);
  return made;
}

// == importlib ==

Result<void> import_initialize() {
  Interpreter* self = interpreter();
  Ref<Str> name = TRY(str_intern_from_string("_frozen_importlib"));
  Ref<Object> bootstrap = TRY(run_frozen(find_frozen_module(name)));
  Ref<Object> imp = TRY(import_builtin_early("_imp"));
  if (!imp) return raise(ImportError, "module _imp is missing");
  Ref<Object> sys = TRY(import_get_module(id::sys));
  Ref<Object> ignored = TRY(call_method(bootstrap.get(), id::_install, sys.get(), imp.get()));
  self->importlib = bootstrap.release();
  return {};
}

Result<void> import_initialize_external() {
  Interpreter* self = interpreter();
  for (const char* needed : {"_io", "posix", "marshal", "_warnings"})
    if (!find_builtin(needed)) return {};
  Ref<Object> name = TRY(str_intern_from_string("_frozen_importlib_external"));
  Ref<Object> external = TRY(import_module_level(name, {}, {}, {}, 0));
  // Our .pyc files are not CPython's.
  Ref<Int> number = TRY(int_from_i64(kMagicNumber));
  const char magic[4] = {static_cast<char>(kMagicNumber & 0xff), static_cast<char>(kMagicNumber >> 8), '\r', '\n'};
  Ref<Bytes> bytes = TRY(bytes_from_view({magic, 4}));
  TRY(object_set_attr(external, "MAGIC_NUMBER", bytes));
  u32 raw = static_cast<u32>(kMagicNumber) | static_cast<u32>('\r') << 16 | static_cast<u32>('\n') << 24;
  Ref<Int> raw_number = TRY(int_from_i64(raw));
  TRY(object_set_attr(external, "_RAW_MAGIC_NUMBER", raw_number));
  Ref<Object> ignored = TRY(call_method(external.get(), id::_install, self->importlib));
  TRY(object_set_attr(self->importlib, "_bootstrap_external", external));
  // path_hooks[0] is the importer of zip files.
  if (find_builtin("time")) {
    Result<Object> zipimport = import_module("zipimport");
    if (zipimport.failed()) {
      error_clear();
    } else {
      Ref<Object> module = zipimport.take();
      Ref<Object> importer = TRY(object_get_attr(module, "zipimporter"));
      if (Object* hooks = sys_get_object("path_hooks").get(); hooks && is_list(hooks))
        TRY(list_insert(as<List>(hooks), 0, importer));
    }
  }
  self->importlib_external = external.release();
  return {};
}
}  // namespace adder
