// run: compiles and runs text; the plain dialogue.
#include "runtime/run.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include "import/import.h"
#include "interpreter/interpreter.h"
#include "memory/allocator.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "runtime/line_input.h"
#include "runtime/runtime.h"
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
Result<bool> interact_once(Dict* globals, PyCompilerFlags* flags) {
  char* source = nullptr;
  usize size = 0;
  bool more = false;
  PyCompilerFlags local{flags->cf_flags | PyCF_ALLOW_INCOMPLETE_INPUT | PyCF_DONT_IMPLY_DEDENT | PyCF_IGNORE_COOKIE,
                        flags->cf_feature_version};
  for (;;) {
    Ref<Str> prompt = TRY(prompt_text(more ? "ps2" : "ps1"));
    Utf8 text = str_as_utf8(prompt);
    if (!text) return Error{};
    char* line = line_input(stdin, stdout, text.data);
    if (!line) {
      std::free(source);
      TRY(check_signals());
      if (!error_occurred()) return raise_object(KeyboardInterrupt, None);
      return Error{};
    }
    usize length = std::strlen(line);
    bool ended = length == 0;
    if (ended && !more) {
      memory::release(line);
      std::fputc('\n', stderr);
      return false;
    }
    source = static_cast<char*>(std::realloc(source, size + length + 2));
    std::memcpy(source + size, line, length);
    size += length;
    memory::release(line);
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
    Result<Code> compiled = compile_source(text_to_compile, id::angle_stdin, Py_single_input, &local, -1);
    if (compiled.failed() && !ended) {
      // A line end that continues the line ("x = \\") is no mistake; one that is a mistake ("x +"), no further line
      // mends.
      bool continued = text_to_compile.ends_with('\\');
      if (continued || is_incomplete()) {
        error_clear();
        Result<Code> with_line_end = compile_source(all, id::angle_stdin, Py_single_input, &local, -1);
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

int run_interactive(PyCompilerFlags* flags) {
  if (set_prompts().failed()) return report_uncaught();
  Result<Object> dict = main_dict();
  if (dict.failed()) return report_uncaught();
  Ref<Object> globals = dict.take();
  for (;;) {
    Result<bool> going = interact_once(as<Dict>(globals.get()), flags);
    if (going.failed()) {
      if (error_matches(SystemExit) && !interpreter()->config->inspect) return exit_status_of_system_exit();
      error_print();
      (void)flush_standard_streams();
      continue;
    }
    (void)flush_standard_streams();
    if (!going.take()) return 0;
  }
}
}  // namespace adder
