// import: import.h, codecs.h of the C API.
#include "import/import.h"

#include <cstring>

#include "capi/capi.h"
#include "import/single_phase.h"
#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/runtime.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;

// == Importing ==

ADDER_EXPORT PyObject* PyImport_ImportModule(const char* name) { return import_module(name).to_c(); }
ADDER_EXPORT PyObject* PyImport_ImportModuleNoBlock(const char* name) { return import_module(name).to_c(); }
ADDER_EXPORT PyObject* PyImport_Import(PyObject* name) { return import_module(name).to_c(); }
ADDER_EXPORT PyObject* PyImport_ImportModuleLevelObject(PyObject* name, PyObject* globals, PyObject* locals,
                                                        PyObject* from_list, int level) {
  return import_module_level(name, globals, locals, from_list, level).to_c();
}
ADDER_EXPORT PyObject* PyImport_ImportModuleLevel(const char* name, PyObject* globals, PyObject* locals,
                                                  PyObject* from_list, int level) {
  auto text = str_from_string(name);
  if (text.failed()) return nullptr;
  Ref<Str> reference = text.take();
  return import_module_level(reference.get(), globals, locals, from_list, level).to_c();
}
ADDER_EXPORT PyObject* PyImport_AddModule(const char* name) {
  auto result = import_add_module(name);
  if (result.failed()) return nullptr;
  Ref<Module> module = result.take();
  return module.get();  // borrowed: sys.modules keeps it
}
ADDER_EXPORT PyObject* PyImport_GetModuleDict() { return interpreter()->modules; }
ADDER_EXPORT PyObject* PyImport_GetModule(PyObject* name) { return import_get_module(name).to_c(); }
ADDER_EXPORT PyObject* PyImport_ReloadModule(PyObject* module) {
  auto result = import_attribute("importlib", "reload");
  if (result.failed()) return nullptr;
  Ref<Object> reload = result.take();
  return call(reload.get(), module).to_c();
}
ADDER_EXPORT long PyImport_GetMagicNumber() { return kMagicNumber | (0x0a0dL << 16); }
ADDER_EXPORT void _PyImport_AcquireLock() { import_acquire_lock(); }
ADDER_EXPORT int _PyImport_ReleaseLock() { return import_release_lock() ? 1 : -1; }
ADDER_EXPORT PyObject* _PyImport_GetModuleAttrString(const char* module, const char* name) {
  return import_attribute(module, name).to_c();
}

ADDER_EXPORT PyObject* _PyImport_GetModuleAttr(PyObject* module, PyObject* name) {
  auto get = [&]() -> Result<Object> {
    Ref<Object> object = TRY(import_module(module));
    return object_get_attr(object, name);
  };
  return get().to_c();
}
ADDER_EXPORT PyObject* PyImport_AddModuleObject(PyObject* name) {
  auto add = [&]() -> Result<Object> {
    Ref<Object> module = TRY(import_get_module(name));
    if (module && is_module(module)) return module;
    Ref<Module> made = TRY(module_new(name));
    TRY(object_set_item(interpreter()->modules, name, made));
    return made;
  };
  return capi::borrow(add().to_c());
}
ADDER_EXPORT int _PyImport_IsInitialized(PyInterpreterState* state) {
  return reinterpret_cast<Interpreter*>(state)->modules != nullptr;
}
ADDER_EXPORT int _PyImport_SetModule(PyObject* name, PyObject* module) {
  return object_set_item(interpreter()->modules, name, module).to_c();
}
ADDER_EXPORT int _PyImport_SetModuleString(const char* name, PyObject* module) {
  return dict_set_item_string(interpreter()->modules, name, module).to_c();
}
ADDER_EXPORT int _PyImport_FixupExtensionObject(PyObject* module, PyObject* name, PyObject*, PyObject* modules) {
  CAPI_EXPECT(module && is_module(module) && as<Module>(module)->md_def, -1);
  if (object_set_item(modules, name, module).failed()) return -1;
  return single_phase_add(module, as<Module>(module)->md_def).to_c();
}
ADDER_EXPORT int _PyImport_FixupBuiltin(PyObject* module, const char* name, PyObject* modules) {
  auto text = str_intern_from_string(name);
  if (text.failed()) return -1;
  Ref<Str> held = text.take();
  return _PyImport_FixupExtensionObject(module, held.get(), held.get(), modules);
}

// == Modules from code ==

namespace {
Result<Object> exec_code_module(Object* name, Object* code, Opt<Object*> path, Opt<Object*> compiled_path) {
  Dict* modules = interpreter()->modules;
  Ref<Object> module = new_ref(PyImport_AddModuleObject(name));
  if (!module) return Error{};
  Object* dict = as<Module>(module.get())->md_dict;
  auto run = [&]() -> Result<void> {
    if (!TRY(dict_contains(as<Dict>(dict), id::__builtins__)))
      TRY(dict_set_item(as<Dict>(dict), id::__builtins__, interpreter()->builtins));
    if (Object* external = interpreter()->importlib_external) {
      Ref<Object> fix = TRY(object_get_attr(external, "_fix_up_module"));
      Object* shown = path ? path.get() : as<Code>(code)->co_filename;
      Object* compiled = compiled_path ? compiled_path.get() : None;
      Ref<Object> ignored = TRY(call(fix.get(), dict, name, shown, compiled));
    }
    Ref<Object> ignored = TRY(eval_code(as<Code>(code), as<Dict>(dict), dict));
    return {};
  };
  if (run().failed()) {
    ErrorSaver saved;
    if (object_del_item(modules, name).failed()) error_clear();
    return Error{};
  }
  Ref<Object> loaded = TRY(import_get_module(name));
  if (!loaded) return raise(ImportError, "Loaded module %R not found in sys.modules", name);
  return loaded;
}
}  // namespace
ADDER_EXPORT PyObject* PyImport_ExecCodeModuleObject(PyObject* name, PyObject* code, PyObject* path,
                                                     PyObject* compiled_path) {
  CAPI_EXPECT(code && is_code(code), nullptr);
  return exec_code_module(name, code, path, compiled_path).to_c();
}
ADDER_EXPORT PyObject* PyImport_ExecCodeModuleWithPathnames(const char* name, PyObject* code, const char* path,
                                                            const char* compiled_path) {
  auto run = [&]() -> Result<Object> {
    Ref<Str> text = TRY(str_from_string(name));
    Ref<Object> compiled, source;
    if (compiled_path) compiled = TRY(str_decode_fs_default(compiled_path));
    if (path) {
      source = TRY(str_decode_fs_default(path));
    } else if (compiled && interpreter()->importlib_external) {
      Ref<Object> find = TRY(object_get_attr(interpreter()->importlib_external, "_get_sourcefile"));
      Result<Object> found = call(find.get(), compiled.get());
      if (found.failed())
        error_clear();
      else
        source = found.take();
    }
    return exec_code_module(text, code, source.get(), compiled.get());
  };
  CAPI_EXPECT(code && is_code(code), nullptr);
  return run().to_c();
}
ADDER_EXPORT PyObject* PyImport_ExecCodeModuleEx(const char* name, PyObject* code, const char* path) {
  return PyImport_ExecCodeModuleWithPathnames(name, code, path, nullptr);
}
ADDER_EXPORT PyObject* PyImport_ExecCodeModule(const char* name, PyObject* code) {
  return PyImport_ExecCodeModuleWithPathnames(name, code, nullptr, nullptr);
}

// == Built-in and frozen modules of the embedding program ==

ADDER_EXPORT int PyImport_ExtendInittab(BuiltinModule* more) { return add_builtin_modules(more) ? 0 : -1; }
ADDER_EXPORT int PyImport_AppendInittab(const char* name, PyObject* (*init)()) {
  if (main_interpreter.initialized) fatal("PyImport_AppendInittab() may not be called after Py_Initialize()");
  const BuiltinModule more[] = {{name, init}, {nullptr, nullptr}};
  return add_builtin_modules(more) ? 0 : -1;
}
ADDER_EXPORT int PyImport_ImportFrozenModuleObject(PyObject* name) {
  auto run = [&]() -> Result<bool> {
    const FrozenModule* frozen = find_frozen_module(name);
    if (!frozen) return false;
    FrozenModule found = *frozen;
    Ref<Object> code = TRY(frozen_module_code(&found));
    if (!is_code(code)) return raise(TypeError, "frozen object %R is not a code object", name);
    if (found.is_package) {
      Ref<Object> module = new_ref(PyImport_AddModuleObject(name));
      if (!module) return Error{};
      Ref<List> path = TRY(list_new());
      TRY(object_set_attr(module, id::__path__, path));
    }
    Ref<Object> module = TRY(exec_code_module(name, code, {}, {}));
    Ref<Object> origin = new_ref(None);
    if (found.original_name) origin = TRY(str_from_string(found.original_name));
    TRY(object_set_attr(module, id::__origname__, origin));
    return true;
  };
  return run().to_c();
}
ADDER_EXPORT int PyImport_ImportFrozenModule(const char* name) {
  auto text = str_intern_from_string(name);
  if (text.failed()) return -1;
  Ref<Str> held = text.take();
  return PyImport_ImportFrozenModuleObject(held.get());
}
ADDER_EXPORT const char* PyImport_GetMagicTag() { return "adder-311"; }
// The path hook that takes the path, remembered in sys.path_importer_cache; None if there is none.
ADDER_EXPORT PyObject* PyImport_GetImporter(PyObject* path) {
  auto find = [&]() -> Result<Object> {
    Ref<Object> cache = Ref<Object>::share_or_empty(sys_get_object("path_importer_cache").get());
    Ref<Object> hooks = Ref<Object>::share_or_empty(sys_get_object("path_hooks").get());
    if (!cache || !is_dict(cache) || !hooks || !is_list(hooks)) return raise(RuntimeError, "no path_hooks");
    Ref<Object> known = TRY(dict_get_item(as<Dict>(cache.get()), path));
    if (known) return known;
    Ref<Object> importer = new_ref(None);
    for (isize i = 0; i < as<List>(hooks.get())->ob_size; ++i) {
      Ref<Object> hook = new_ref(as<List>(hooks.get())->ob_item[i]);
      Result<Object> made = call(hook.get(), path);
      if (!made.failed()) {
        importer = made.take();
        break;
      }
      if (!error_matches(ImportError)) return Error{};
      error_clear();
    }
    TRY(dict_set_item(as<Dict>(cache.get()), path, importer));
    return importer;
  };
  return find().to_c();
}

// == Codecs ==

ADDER_EXPORT int PyCodec_Register(PyObject* search) { return codec_register(search).to_c(); }
ADDER_EXPORT int PyCodec_Unregister(PyObject* search) { return codec_unregister(search).to_c(); }
ADDER_EXPORT PyObject* _PyCodec_Lookup(const char* encoding) { return codec_lookup(encoding).to_c(); }
ADDER_EXPORT int PyCodec_KnownEncoding(const char* encoding) {
  auto known = codec_known_encoding(encoding);
  if (known.failed()) {
    error_clear();
    return 0;
  }
  return known.take();
}
ADDER_EXPORT PyObject* PyCodec_Encode(PyObject* object, const char* encoding, const char* errors) {
  return codec_encode(object, encoding, errors).to_c();
}
ADDER_EXPORT PyObject* PyCodec_Decode(PyObject* object, const char* encoding, const char* errors) {
  return codec_decode(object, encoding, errors).to_c();
}
ADDER_EXPORT PyObject* PyCodec_Encoder(const char* encoding) { return codec_encoder(encoding).to_c(); }
ADDER_EXPORT PyObject* PyCodec_Decoder(const char* encoding) { return codec_decoder(encoding).to_c(); }
ADDER_EXPORT PyObject* _PyCodec_LookupTextEncoding(const char* encoding, const char* alternate) {
  return codec_lookup_text_encoding(encoding, alternate).to_c();
}
ADDER_EXPORT PyObject* _PyCodec_EncodeText(PyObject* object, const char* encoding, const char* errors) {
  return codec_encode_text(object, encoding, errors).to_c();
}
ADDER_EXPORT PyObject* _PyCodec_DecodeText(PyObject* object, const char* encoding, const char* errors) {
  return codec_decode_text(object, encoding, errors).to_c();
}
ADDER_EXPORT PyObject* _PyCodecInfo_GetIncrementalEncoder(PyObject* info, const char* errors) {
  return codec_incremental_encoder(info, errors).to_c();
}
ADDER_EXPORT PyObject* _PyCodecInfo_GetIncrementalDecoder(PyObject* info, const char* errors) {
  return codec_incremental_decoder(info, errors).to_c();
}
ADDER_EXPORT PyObject* PyCodec_IncrementalEncoder(const char* encoding, const char* errors) {
  auto codec = codec_lookup(encoding);
  if (codec.failed()) return nullptr;
  Ref<Object> info = codec.take();
  return codec_incremental_encoder(info, errors).to_c();
}
ADDER_EXPORT PyObject* PyCodec_IncrementalDecoder(const char* encoding, const char* errors) {
  auto codec = codec_lookup(encoding);
  if (codec.failed()) return nullptr;
  Ref<Object> info = codec.take();
  return codec_incremental_decoder(info, errors).to_c();
}
ADDER_EXPORT PyObject* PyCodec_StreamReader(const char* encoding, PyObject* stream, const char* errors) {
  return codec_stream_reader(encoding, stream, errors).to_c();
}
ADDER_EXPORT PyObject* PyCodec_StreamWriter(const char* encoding, PyObject* stream, const char* errors) {
  return codec_stream_writer(encoding, stream, errors).to_c();
}
ADDER_EXPORT int PyCodec_RegisterError(const char* name, PyObject* handler) {
  return codec_register_error(name, handler).to_c();
}
ADDER_EXPORT PyObject* PyCodec_LookupError(const char* name) {
  return codec_lookup_error(name ? name : "strict").to_c();
}
ADDER_EXPORT PyObject* PyCodec_StrictErrors(PyObject* error) { return codec_strict_errors(error).to_c(); }
ADDER_EXPORT PyObject* PyCodec_IgnoreErrors(PyObject* error) { return codec_ignore_errors(error).to_c(); }
ADDER_EXPORT PyObject* PyCodec_ReplaceErrors(PyObject* error) { return codec_replace_errors(error).to_c(); }
ADDER_EXPORT PyObject* PyCodec_XMLCharRefReplaceErrors(PyObject* error) {
  return codec_xmlcharrefreplace_errors(error).to_c();
}
ADDER_EXPORT PyObject* PyCodec_BackslashReplaceErrors(PyObject* error) {
  return codec_backslashreplace_errors(error).to_c();
}
ADDER_EXPORT PyObject* PyCodec_NameReplaceErrors(PyObject* error) { return codec_namereplace_errors(error).to_c(); }
extern "C" __attribute__((visibility("default"))) const char* Py_hexdigits;
const char* Py_hexdigits = "0123456789abcdef";
