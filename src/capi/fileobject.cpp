// fileobject: files as C code uses them (fileobject.h), and the line input of dialogues.
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "capi/capi.h"
#include "modules/_io/io.h"
#include "object/file_descriptor.h"
#include "runtime/lifecycle.h"
#include "runtime/line_input.h"
#include "types/codecs.h"

using namespace adder;
using adder::capi::minus_one;
using adder::capi::null;

namespace {
Maybe<Object> text_or_none(const char* text) {
  if (!text) return nullptr;
  return str_from_string(text);
}

// What a readline() gave, without the line end if `strip`; `strip` also makes an empty line an EOFError.
Result<Object> stripped_line(Ref<Object> line, bool strip) {
  if (is_bytes(line)) {
    std::string_view bytes = bytes_view(as<Bytes>(line.get()));
    if (!strip) return line;
    if (bytes.empty()) return raise(EOFError, "EOF when reading a line");
    if (bytes.back() == '\n') return bytes_from_view(bytes.substr(0, bytes.size() - 1));
    return line;
  }
  if (is_str(line)) {
    Str* text = as<Str>(line.get());
    isize length = str_length(text);
    if (!strip) return line;
    if (length == 0) return raise(EOFError, "EOF when reading a line");
    if (str_read_char(text, length - 1) == '\n') return str_substring(text, 0, length - 1);
    return line;
  }
  return raise(TypeError, "object.readline() returned non-string");
}
Result<Object> get_line(Object* file, int size) {
  Ref<Object> line;
  if (size <= 0) {
    line = TRY(call_method(file, id::readline));
  } else {
    Ref<Int> limit = TRY(int_from_i64(size));
    line = TRY(call_method(file, id::readline, static_cast<Object*>(limit.get())));
  }
  return stripped_line(std::move(line), size < 0);
}
Result<void> write_object(Object* object, Object* file, bool raw) {
  Ref<Object> write = TRY(object_get_attr(file, id::write));
  Ref<Str> text = raw ? TRY(object_str(object)) : TRY(object_repr(object));
  TRY(call(write.get(), static_cast<Object*>(text.get())));
  return {};
}
}  // namespace

ADDER_EXPORT PyObject* PyFile_FromFd(int descriptor, const char*, const char* mode, int buffering, const char* encoding,
                                     const char* errors, const char* newline, int close_descriptor) {
  auto open = [&]() -> Result<Object> {
    Ref<Int> number = TRY(int_from_i64(descriptor));
    Ref<Str> mode_text = TRY(str_from_string(mode && *mode ? mode : "r"));
    Ref<Object> encoding_text = TRY(text_or_none(encoding))
    , errors_text = TRY(text_or_none(errors))
    , newline_text = TRY(text_or_none(newline));
    auto text = [](const Ref<Object>& object) { return Opt<Str*>(object ? as<Str>(object.get()) : nullptr); };
    return io::open_file(number, mode_text, buffering, text(encoding_text), text(errors_text), text(newline_text),
                         close_descriptor != 0, None);
  };
  return open().to_c();
}
// size 0: a line with its end; < 0: without it, EOFError at the end of the file; > 0: at most so many characters.
ADDER_EXPORT PyObject* PyFile_GetLine(PyObject* file, int size) {
  return file ? get_line(file, size).to_c() : capi::bad_call();
}
ADDER_EXPORT int PyFile_WriteObject(PyObject* object, PyObject* file, int flags) {
  constexpr int kRaw = 1;
  if (!file) return minus_one(raise(TypeError, "writeobject with NULL file"));
  if (!object) {
    Ref<Str> text = TRY_C(-1, str_from_string("<NULL>"));
    return write_object(text, file, true).to_c();
  }
  return write_object(object, file, (flags & kRaw) != 0).to_c();
}
ADDER_EXPORT int PyFile_WriteString(const char* text, PyObject* file) {
  if (!file) {
    if (!error_occurred()) static_cast<void>(raise(SystemError, "null file for PyFile_WriteString"));
    return -1;
  }
  if (error_occurred()) return -1;
  Ref<Str> value = TRY_C(-1, str_from_string(text));
  return write_object(value, file, true).to_c();
}
ADDER_EXPORT PyObject* PyFile_NewStdPrinter(int descriptor) {
  if (descriptor != 1 && descriptor != 2) return capi::bad_call();
  return std_printer_new(descriptor).to_c();
}
ADDER_EXPORT PyObject* PyFile_OpenCodeObject(PyObject* path) { return io::open_code_file(path).to_c(); }
ADDER_EXPORT PyObject* PyFile_OpenCode(const char* path) {
  Ref<Str> text = TRY_C(nullptr, str_from_string(path));
  return io::open_code_file(text).to_c();
}
ADDER_EXPORT int PyFile_SetOpenCodeHook(PyObject* (*hook)(PyObject*, void*), void* data) {
  bool running = main_interpreter.initialized;
  if (running) TRY_C(-1, audit("setopencodehook"));
  if (io::set_open_code_hook(hook, data)) return 0;
  if (running) static_cast<void>(raise(SystemError, "failed to change existing open_code hook"));
  return -1;
}

ADDER_EXPORT int PyObject_AsFileDescriptor(PyObject* object) { return object_as_file_descriptor(object).to_c(); }
// For "O&".
ADDER_EXPORT int _PyLong_FileDescriptor_Converter(PyObject* object, void* out) {
  *static_cast<int*>(out) = TRY_C(0, object_as_file_descriptor(object));
  return 1;
}

// As fgets, but "\r" and "\r\n" end lines too and become "\n". The last argument is unused.
ADDER_EXPORT char* Py_UniversalNewlineFgets(char* buffer, int size, FILE* stream, PyObject* file) {
  if (file) {
    errno = ENXIO;
    return nullptr;
  }
  char* at = buffer;
  int c = 'x';
  while (--size > 0 && (c = std::fgetc(stream)) != EOF) {
    if (c == '\r') {
      c = std::fgetc(stream);
      if (c != '\n') std::ungetc(c, stream);
      c = '\n';
    }
    *at++ = static_cast<char>(c);
    if (c == '\n') break;
  }
  *at = 0;
  return at == buffer ? nullptr : buffer;
}

// == Dialogues (pythonrun.h) ==

ADDER_EXPORT char* PyOS_Readline(FILE* input, FILE* output, const char* prompt) {
  return line_input(input, output, prompt);
}
