// import: import.h, sysmodule.h, codecs.h of the C API.
#include "import/import.h"

#include <cstdarg>
#include <cstdio>

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

// == sys ==

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
