// run: compiles and runs text; the plain dialogue.
#include "runtime/run.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include "import/import.h"
#include "interpreter/interpreter.h"
#include "memory/allocator_hooks.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "runtime/line_input.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
Result<Code> compile_source(std::string_view source, Str* filename, int start, PyCompilerFlags* flags, int optimize);

Result<Object> run_string(std::string_view source, Str* filename, int start, Dict* globals, Object* locals,
                          PyCompilerFlags* flags) {
  Ref<Code> code = TRY(compile_source(source, filename, start, flags, -1));
  if (!TRY(dict_contains(globals, id::__builtins__))) {
    Ref<Object> builtins = TRY(import_get_module(id::builtins));
    TRY(dict_set_item(globals, id::__builtins__, builtins));
  }
  TRY(audit("exec", static_cast<Object*>(code.get())));
  return eval_code(code, globals, locals);
}

Result<Object> main_dict() {
  Ref<Module> module = TRY(import_add_module("__main__"));
  return new_ref(module->md_dict);
}

// == Files ==

namespace {
// The whole of an open file. Allocated with malloc.
char* read_all(std::FILE* file, usize& size) {
  char* data = static_cast<char*>(std::malloc(65536));
  usize capacity = 65536;
  size = 0;
  for (;;) {
    usize got = std::fread(data + size, 1, capacity - size, file);
    if (!got) return data;
    size += got;
    if (size == capacity) data = static_cast<char*>(std::realloc(data, capacity *= 2));
  }
}

bool is_compiled_file(const char* name) {
  usize length = std::strlen(name);
  return length > 4 && !std::strcmp(name + length - 4, ".pyc");
}

Result<void> set_main_loader(Dict* globals, Str* filename, const char* loader_name) {
  Interpreter* self = interpreter();
  if (!self->importlib_external) return {};
  Ref<Object> loader_type = TRY(object_get_attr(self->importlib_external, loader_name));
  Object* main_name = id::__main__;
  Ref<Object> loader = TRY(call(loader_type.get(), main_name, static_cast<Object*>(filename)));
  return dict_set_item(globals, id::__loader__, loader);
}

Result<void> run_compiled(std::FILE* file, Dict* globals) {
  usize size;
  char* data = read_all(file, size);
  if (size < 16 || (static_cast<u8>(data[0]) | static_cast<u8>(data[1]) << 8) != kMagicNumber) {
    std::free(data);
    return raise(RuntimeError, "Bad magic number in .pyc file");
  }
  Result<Bytes> bytes = bytes_from_view({data + 16, size - 16});
  std::free(data);
  Ref<Bytes> content = TRY(bytes);
  Ref<Object> loads = TRY(import_attribute("marshal", "loads"));
  Ref<Object> code = TRY(call(loads.get(), content.get()));
  if (!is_code(code)) return raise(RuntimeError, "Bad code object in .pyc file");
  Ref<Object> ignored = TRY(eval_code(as<Code>(code.get()), globals, globals));
  return {};
}
}  // namespace

namespace {
// Whether a comment on one of the first two lines declares an encoding (PEP 263), or a BOM does.
bool declares_encoding(std::string_view source) {
  if (source.starts_with("\xef\xbb\xbf")) return true;
  for (int line = 0; line < 2; ++line) {
    std::string_view text = source.substr(0, source.find('\n'));
    usize first = text.find_first_not_of(" \t\f\r");
    if (first != std::string_view::npos && text[first] != '#') return false;
    if (text.find("coding:") != std::string_view::npos || text.find("coding=") != std::string_view::npos) return true;
    if (text.size() == source.size()) return false;
    source.remove_prefix(text.size() + 1);
  }
  return false;
}

// A file that is not UTF-8 and does not say what it is.
Result<void> check_encoding(std::string_view source, Str* filename) {
  if (declares_encoding(source)) return {};
  Result<Str> decoded = str_from_utf8(source);
  if (!decoded.failed()) {
    decoded.take().reset();
    return {};
  }
  if (!error_matches(UnicodeDecodeError)) return Error{};
  Ref<Object> second = error_take();
  usize at = static_cast<usize>(as<PyUnicodeErrorObject>(second.get())->start);
  int line = 1;
  for (usize i = 0; i < at; ++i) line += source[i] == '\n';
  return raise(SyntaxError,
               "Non-UTF-8 code starting with '\\x%02x' in file %U on line %i, but no encoding declared; see "
               "https://peps.python.org/pep-0263/ for details",
               static_cast<unsigned char>(source[at]), filename, line);
}

// Takes out of each line what stands between a null byte and the next line, as reading lines of C text does.
void drop_after_null_bytes(char* source, usize& size) {
  if (!std::memchr(source, 0, size)) return;
  char* out = source;
  for (const char *p = source, *end = source + size; p < end;) {
    const char* newline = static_cast<const char*>(std::memchr(p, '\n', static_cast<usize>(end - p)));
    const char* line_end = newline ? newline + 1 : end;
    const char* null = static_cast<const char*>(std::memchr(p, 0, static_cast<usize>(line_end - p)));
    usize kept = static_cast<usize>((null ? null : line_end) - p);
    std::memmove(out, p, kept);
    out += kept;
    p = line_end;
  }
  size = static_cast<usize>(out - source);
}

// A SyntaxError in a file shows one line, also where the parser gives several (an f-string over lines).
void show_one_line() {
  Ref<Object> exception = error_take();
  auto* error = as<PySyntaxErrorObject>(exception.get());
  // One with a traceback was raised by the program.
  if (!error->traceback && error->text && is_str(error->text)) {
    Utf8 text = str_as_utf8(as<Str>(error->text));
    std::string_view line = text ? std::string_view(text) : std::string_view();
    usize end = line.find_last_not_of('\n');
    usize start = end == std::string_view::npos ? end : line.rfind('\n', end);
    if (start != std::string_view::npos) {
      Result<Str> last = str_from_utf8(line.substr(start + 1));
      if (!last.failed()) set_field(error->text, Ref<Object>(last.take()));
    }
    error_clear();
  }
  error_set(std::move(exception));
}
}  // namespace

Result<Object> run_file(std::FILE* file, Str* filename, int start, Dict* globals, Object* locals, bool close,
                        PyCompilerFlags* flags) {
  usize size;
  char* source = read_all(file, size);
  if (close) std::fclose(file);
  drop_after_null_bytes(source, size);
  PyCompilerFlags none{0, 11};
  auto run = [&]() -> Result<Object> {
    TRY(check_encoding({source, size}, filename));
    return run_string({source, size}, filename, start, globals, locals, flags ? flags : &none);
  };
  Result<Object> result = run();
  if (result.failed() && error_matches(SyntaxError)) show_one_line();
  std::free(source);
  flush_streams_quietly();
  return result;
}

namespace {
Result<void> run_in_main(std::FILE* file, Str* filename, Dict* globals, bool close, PyCompilerFlags* flags) {
  struct Closer {
    std::FILE* file;
    ~Closer() {
      if (file) std::fclose(file);
    }
  } closer{close ? file : nullptr};
  Utf8 name = str_as_utf8(filename);
  if (!name) error_clear();
  if (name && is_compiled_file(name.data)) {
    TRY(set_main_loader(globals, filename, "SourcelessFileLoader"));
    return run_compiled(file, globals);
  }
  if (!name || std::strcmp(name.data, "<stdin>")) TRY(set_main_loader(globals, filename, "SourceFileLoader"));
  closer.file = nullptr;
  Ref<Object> ignored = TRY(run_file(file, filename, Py_file_input, globals, globals, close, flags));
  return {};
}
}  // namespace

Result<void> run_simple_file(std::FILE* file, Str* filename, bool close, PyCompilerFlags* flags) {
  Ref<Object> globals_object = TRY(main_dict());
  Dict* globals = as<Dict>(globals_object.get());
  bool set_file = false;
  if (!TRY(dict_contains(globals, id::__file__))) {
    TRY(dict_set_item(globals, id::__file__, filename));
    TRY(dict_set_item(globals, id::__cached__, None));
    set_file = true;
  }
  Result<void> status = run_in_main(file, filename, globals, close, flags);
  if (set_file && !interpreter()->config->inspect) {
    ErrorSaver saved;
    for (Object* key : {static_cast<Object*>(id::__file__), static_cast<Object*>(id::__cached__)}) {
      Maybe<Object> old = dict_pop(globals, key);
      if (old.failed())
        error_clear();
      else
        old.take().reset();
    }
  }
  return status;
}

// == The dialogue ==

namespace {
Result<Str> prompt_text(const char* name) {
  Object* prompt = sys_get_object(name).get();
  if (!prompt) return new_ref(str_empty());
  Ref<Object> held = new_ref(prompt);
  return object_str(held);
}

// Whether the set exception says that more lines could complete the input.
bool is_incomplete() {
  if (!error_matches(SyntaxError)) return false;
  Ref<Object> exception = error_take();
  Object* message = as<PySyntaxErrorObject>(exception.get())->msg;
  bool incomplete = message && is_str(message) && str_equals(as<Str>(message), "incomplete input");
  if (!incomplete) error_set(std::move(exception));
  return incomplete;
}

// Reads one statement and runs it. False at the end of the input.
Result<bool> interact_once(std::FILE* input, Str* filename, Dict* globals, PyCompilerFlags* flags) {
  char* source = nullptr;
  usize size = 0;
  bool more = false;
  PyCompilerFlags local{flags->cf_flags | PyCF_ALLOW_INCOMPLETE_INPUT | PyCF_DONT_IMPLY_DEDENT | PyCF_IGNORE_COOKIE,
                        flags->cf_feature_version};
  for (;;) {
    Ref<Str> prompt = TRY(prompt_text(more ? "ps2" : "ps1"));
    Utf8 text = str_as_utf8(prompt);
    if (!text) return Error{};
    char* line = line_input(input, stdout, text.data);
    if (!line) {
      std::free(source);
      std::fputc('\n', stderr);  // the message begins a line
      TRY(check_signals());
      if (!error_occurred()) return raise_object(KeyboardInterrupt, None);
      return Error{};
    }
    usize length = std::strlen(line);
    bool ended = length == 0;
    if (ended && !more) {
      memory::mem_release(line);
      std::fputc('\n', stderr);
      return false;
    }
    source = static_cast<char*>(std::realloc(source, size + length + 2));
    std::memcpy(source + size, line, length);
    size += length;
    memory::mem_release(line);
    TRY(check_signals());
    if (ended) local.cf_flags &= ~(PyCF_ALLOW_INCOMPLETE_INPUT | PyCF_DONT_IMPLY_DEDENT);
    std::string_view all(source, size);
    bool blank =
        all.find_first_not_of(" \t\r\n\f") == std::string_view::npos || all[all.find_first_not_of(" \t\f")] == '#';
    if (blank && !more) {
      std::free(source);
      return true;
    }
    // Without the last line end: a block is complete only when an empty line follows.
    std::string_view text_to_compile = !ended && all.ends_with('\n') ? all.substr(0, all.size() - 1) : all;
    Result<Code> compiled = compile_source(text_to_compile, filename, Py_single_input, &local, -1);
    if (compiled.failed() && !ended) {
      // A line end that continues the line ("x = \\") is no mistake; one that is a mistake ("x +"), no further line
      // mends.
      bool continued = text_to_compile.ends_with('\\');
      if (continued || is_incomplete()) {
        error_clear();
        Result<Code> with_line_end = compile_source(all, filename, Py_single_input, &local, -1);
        if (!with_line_end.failed() || is_incomplete()) {
          more = true;
          continue;
        }
        compiled = Error{};
      }
    }
    std::free(source);
    Ref<Code> code = TRY(compiled);
    flags->cf_flags |= local.cf_flags & PyCF_MASK;
    Ref<Object> ignored = TRY(eval_code(code, globals, globals));
    return true;
  }
}

Result<void> set_prompts() {
  for (auto [name, text] : {std::pair("ps1", ">>> "), std::pair("ps2", "... ")}) {
    if (sys_get_object(name)) continue;
    Ref<Str> prompt = TRY(str_from_string(text));
    TRY(sys_set_object(name, prompt.get()));
  }
  return {};
}
}  // namespace

Result<bool> run_interactive_once(std::FILE* input, Str* filename, PyCompilerFlags* flags) {
  TRY(set_prompts());
  Ref<Object> globals = TRY(main_dict());
  return interact_once(input, filename, as<Dict>(globals.get()), flags);
}

int run_interactive(std::FILE* input, Str* filename, PyCompilerFlags* flags) {
  if (set_prompts().failed()) return report_uncaught();
  Result<Object> dict = main_dict();
  if (dict.failed()) return report_uncaught();
  Ref<Object> globals = dict.take();
  constexpr int kMaxMemoryErrors = 16;  // one after the other: there is not enough memory to go on
  for (int memory_errors = 0;;) {
    Result<bool> going = interact_once(input, filename, as<Dict>(globals.get()), flags);
    if (going.failed()) {
      if (error_matches(SystemExit) && !interpreter()->config->inspect) return exit_status_of_system_exit();
      memory_errors = error_matches(MemoryError) ? memory_errors + 1 : 0;
      if (memory_errors > kMaxMemoryErrors) {
        error_clear();
        return 1;
      }
      error_print();
      (void)flush_standard_streams();
      continue;
    }
    memory_errors = 0;
    (void)flush_standard_streams();
    if (!going.take()) return 0;
  }
}
}  // namespace adder
