// pythonrun: pythonrun.h of the C API: running and compiling text, files and dialogues.
#include <cstdio>
#include <cstring>
#include <unistd.h>

#include "capi/capi.h"
#include "compiler/compiler.h"
#include "import/import.h"
#include "object/buffer.h"
#include "runtime/configure_flags.h"
#include "runtime/lifecycle.h"
#include "runtime/run.h"
#include "runtime/runtime.h"
#include "types/exception.h"

using namespace adder;

namespace {
constexpr int kEndOfInput = 11;
PyCompilerFlags no_flags() { return {0, 11}; }

Result<Str> file_name(const char* name) { return str_decode_fs_default(name ? name : "???"); }
int printed(Result<void> result) {
  if (!result.failed()) return 0;
  error_print();
  return -1;
}
}  // namespace

// == Text ==

ADDER_EXPORT PyObject* PyRun_StringFlags(const char* text, int start, PyObject* globals, PyObject* locals,
                                         PyCompilerFlags* flags) {
  CAPI_EXPECT(globals && is_dict(globals), nullptr);
  return run_string(text, id::angle_string, start, as<Dict>(globals), locals, flags).to_c();
}
ADDER_EXPORT PyObject* PyRun_String(const char* text, int start, PyObject* globals, PyObject* locals) {
  return PyRun_StringFlags(text, start, globals, locals, nullptr);
}
ADDER_EXPORT int PyRun_SimpleStringFlags(const char* text, PyCompilerFlags* flags) {
  auto run = [&]() -> Result<void> {
    Ref<Object> dict = TRY(main_dict());
    Ref<Object> ignored = TRY(run_string(text, id::angle_string, Py_file_input, as<Dict>(dict.get()), dict, flags));
    return {};
  };
  return printed(run());
}
ADDER_EXPORT int PyRun_SimpleString(const char* text) { return PyRun_SimpleStringFlags(text, nullptr); }

// == Files ==

ADDER_EXPORT PyObject* PyRun_FileExFlags(FILE* file, const char* name, int start, PyObject* globals, PyObject* locals,
                                         int close, PyCompilerFlags* flags) {
  auto run = [&]() -> Result<Object> {
    Ref<Str> text = TRY(file_name(name));
    return run_file(file, text, start, as<Dict>(globals), locals, close != 0, flags);
  };
  CAPI_EXPECT(globals && is_dict(globals), nullptr);
  return run().to_c();
}
ADDER_EXPORT PyObject* PyRun_FileEx(FILE* file, const char* name, int start, PyObject* globals, PyObject* locals,
                                    int close) {
  return PyRun_FileExFlags(file, name, start, globals, locals, close, nullptr);
}
ADDER_EXPORT PyObject* PyRun_FileFlags(FILE* file, const char* name, int start, PyObject* globals, PyObject* locals,
                                       PyCompilerFlags* flags) {
  return PyRun_FileExFlags(file, name, start, globals, locals, 0, flags);
}
ADDER_EXPORT PyObject* PyRun_File(FILE* file, const char* name, int start, PyObject* globals, PyObject* locals) {
  return PyRun_FileExFlags(file, name, start, globals, locals, 0, nullptr);
}
ADDER_EXPORT int _PyRun_SimpleFileObject(FILE* file, PyObject* name, int close, PyCompilerFlags* flags) {
  CAPI_EXPECT(name && is_str(name), -1);
  return printed(run_simple_file(file, as<Str>(name), close != 0, flags));
}
ADDER_EXPORT int PyRun_SimpleFileExFlags(FILE* file, const char* name, int close, PyCompilerFlags* flags) {
  auto run = [&]() -> Result<void> {
    Ref<Str> text = TRY(file_name(name));
    return run_simple_file(file, text, close != 0, flags);
  };
  return printed(run());
}
ADDER_EXPORT int PyRun_SimpleFileEx(FILE* file, const char* name, int close) {
  return PyRun_SimpleFileExFlags(file, name, close, nullptr);
}
ADDER_EXPORT int PyRun_SimpleFile(FILE* file, const char* name) {
  return PyRun_SimpleFileExFlags(file, name, 0, nullptr);
}

// == Dialogues ==

namespace {
bool is_interactive(FILE* file, const char* name) {
  if (isatty(fileno(file))) return true;
  if (!Py_InteractiveFlag) return false;
  return !name || !std::strcmp(name, "<stdin>") || !std::strcmp(name, "???");
}
int interact_once(FILE* file, Str* name, PyCompilerFlags* flags) {
  PyCompilerFlags local = no_flags();
  Result<bool> going = run_interactive_once(file, name, flags ? flags : &local);
  if (going.failed()) return -1;
  return going.take() ? 0 : kEndOfInput;
}
}  // namespace

ADDER_EXPORT int _Py_FdIsInteractive(FILE* file, PyObject* name) {
  Utf8 text = name && is_str(name) ? str_as_utf8(as<Str>(name)) : Utf8{nullptr, 0};
  if (!text) error_clear();
  return is_interactive(file, text ? text.data : nullptr);
}
ADDER_EXPORT int Py_FdIsInteractive(FILE* file, const char* name) { return is_interactive(file, name); }
ADDER_EXPORT int PyRun_InteractiveOneObject(FILE* file, PyObject* name, PyCompilerFlags* flags) {
  int status = interact_once(file, as<Str>(name), flags);
  if (status == -1) {
    error_print();
    (void)flush_standard_streams();
  }
  return status;
}
ADDER_EXPORT int PyRun_InteractiveOneFlags(FILE* file, const char* name, PyCompilerFlags* flags) {
  auto text = file_name(name);
  if (text.failed()) {
    error_print();
    return -1;
  }
  Ref<Str> held = text.take();
  return PyRun_InteractiveOneObject(file, held.get(), flags);
}
ADDER_EXPORT int PyRun_InteractiveOne(FILE* file, const char* name) {
  return PyRun_InteractiveOneFlags(file, name, nullptr);
}
ADDER_EXPORT int _PyRun_InteractiveLoopObject(FILE* file, PyObject* name, PyCompilerFlags* flags) {
  PyCompilerFlags local = no_flags();
  if (!flags) flags = &local;
  for (;;) {
    int status = interact_once(file, as<Str>(name), flags);
    if (status == -1) error_print();
    (void)flush_standard_streams();
    if (status == kEndOfInput) return 0;
  }
}
ADDER_EXPORT int PyRun_InteractiveLoopFlags(FILE* file, const char* name, PyCompilerFlags* flags) {
  auto text = file_name(name);
  if (text.failed()) {
    error_print();
    return -1;
  }
  Ref<Str> held = text.take();
  return _PyRun_InteractiveLoopObject(file, held.get(), flags);
}
ADDER_EXPORT int PyRun_InteractiveLoop(FILE* file, const char* name) {
  return PyRun_InteractiveLoopFlags(file, name, nullptr);
}
ADDER_EXPORT int _PyRun_AnyFileObject(FILE* file, PyObject* name, int close, PyCompilerFlags* flags) {
  if (!_Py_FdIsInteractive(file, name)) return _PyRun_SimpleFileObject(file, name, close, flags);
  int status = _PyRun_InteractiveLoopObject(file, name, flags);
  if (close) std::fclose(file);
  return status;
}
ADDER_EXPORT int PyRun_AnyFileExFlags(FILE* file, const char* name, int close, PyCompilerFlags* flags) {
  auto text = file_name(name);
  if (text.failed()) {
    error_print();
    return -1;
  }
  Ref<Str> held = text.take();
  return _PyRun_AnyFileObject(file, held.get(), close, flags);
}
ADDER_EXPORT int PyRun_AnyFileEx(FILE* file, const char* name, int close) {
  return PyRun_AnyFileExFlags(file, name, close, nullptr);
}
ADDER_EXPORT int PyRun_AnyFileFlags(FILE* file, const char* name, PyCompilerFlags* flags) {
  return PyRun_AnyFileExFlags(file, name, 0, flags);
}
ADDER_EXPORT int PyRun_AnyFile(FILE* file, const char* name) { return PyRun_AnyFileExFlags(file, name, 0, nullptr); }

// == Compiling ==

ADDER_EXPORT PyObject* Py_CompileStringObject(const char* text, PyObject* name, int start, PyCompilerFlags* flags,
                                              int optimize) {
  auto compile = [&]() -> Result<Object> {
    PyCompilerFlags local = no_flags();
    PyCompilerFlags* used = flags ? flags : &local;
    if (!(used->cf_flags & PyCF_ONLY_AST)) return compile_source(text, as<Str>(name), start, used, optimize);
    // Trees are for Python code: the way of compile().
    Ref<Object> function = TRY(import_attribute("builtins", "compile"));
    Ref<Bytes> source = TRY(bytes_from_view(text));
    const char* mode_text = start == Py_eval_input ? "eval" : start == Py_single_input ? "single" : "exec";
    Ref<Str> mode = TRY(str_from_string(mode_text));
    Ref<Int> bits = TRY(int_from_i64(used->cf_flags & (PyCF_MASK | PyCF_COMPILE_MASK)));
    Ref<Int> level = TRY(int_from_i64(optimize));
    Object* alone = True;
    return call(function.get(), source.get(), name, mode.get(), bits.get(), alone, level.get());
  };
  return compile().to_c();
}
ADDER_EXPORT PyObject* Py_CompileStringExFlags(const char* text, const char* name, int start, PyCompilerFlags* flags,
                                               int optimize) {
  auto decoded = str_decode_fs_default(name);
  if (decoded.failed()) return nullptr;
  Ref<Str> held = decoded.take();
  return Py_CompileStringObject(text, held.get(), start, flags, optimize);
}
ADDER_EXPORT PyObject* Py_CompileStringFlags(const char* text, const char* name, int start, PyCompilerFlags* flags) {
  return Py_CompileStringExFlags(text, name, start, flags, -1);
}
ADDER_EXPORT PyObject* Py_CompileString(const char* text, const char* name, int start) {
  return Py_CompileStringExFlags(text, name, start, nullptr, -1);
}
// The text of a str, bytes or bytes-like object; `*copy` gets an object that keeps it alive, or null.
ADDER_EXPORT const char* _Py_SourceAsString(PyObject* source, const char* function, const char* what,
                                            PyCompilerFlags* flags, PyObject** copy) {
  *copy = nullptr;
  std::string_view text;
  if (is_str(source)) {
    flags->cf_flags |= PyCF_IGNORE_COOKIE;
    Utf8 utf8 = str_as_utf8(as<Str>(source));
    if (!utf8) return nullptr;
    text = utf8;
  } else if (is_bytes(source)) {
    text = bytes_view(as<Bytes>(source));
  } else if (check_buffer(source)) {
    auto made = bytes_from_object(source);
    if (made.failed()) return nullptr;
    *copy = made.take().release();
    text = bytes_view(as<Bytes>(*copy));
  } else {
    (void)raise(TypeError, "%s() arg 1 must be a %s object", function, what);
    return nullptr;
  }
  if (text.find('\0') == std::string_view::npos) return text.data();
  (void)raise(ValueError, "source code string cannot contain null bytes");
  decref_or_null(std::exchange(*copy, nullptr));
  return nullptr;
}

// == Exits ==

ADDER_EXPORT int _Py_HandleSystemExit(int* status) {
  if (interpreter()->config->inspect || !error_matches(SystemExit)) return 0;
  *status = exit_status_of_system_exit();
  return 1;
}
extern "C" __attribute__((visibility("default"))) int _Py_UnhandledKeyboardInterrupt;
int _Py_UnhandledKeyboardInterrupt = 0;
