// diagnostics: the syntax errors and warnings that the symbol table and the code generator find.
// See        docs/compiler.md
#include "compiler/diagnostics.h"

#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <vector>

#include "runtime/error.h"
#include "runtime/thread.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// How much deeper than Python code a tree may nest: one level of source takes several levels of visits.
constexpr int kLevelsPerPythonFrame = 3;
constexpr int kDeepestTree = 8000;  // whatever the recursion limit says: the C stack ends somewhere

Result<void> raise_message(Str* filename, const ast::Position& at, Str* message) {
  Ref<Object> text = TRY(program_text(filename, at.lineno));
  if (!text) text = Ref<Object>::share(None);
  Ref<Int> line = TRY(int_from_i64(at.lineno));
  Ref<Int> column = TRY(int_from_i64(at.col_offset + 1));
  Ref<Int> end_line = TRY(int_from_i64(at.end_lineno));
  Ref<Object> end_column = new_ref(None);
  if (at.end_col_offset >= 0) end_column = TRY(int_from_i64(at.end_col_offset + 1));
  Ref<Tuple> place = TRY(tuple_pack<Object, Object, Object, Object, Object, Object>(
      filename, line.get(), column.get(), text.get(), end_line.get(), end_column.get()));
  Ref<Tuple> arguments = TRY(tuple_pack<Object, Object>(message, place.get()));
  return raise_object(SyntaxError, arguments.get());
}
}  // namespace

Maybe<Object> program_text(Str* filename, int line) {
  if (line <= 0) return nullptr;
  Utf8 path = str_as_utf8(filename);
  if (!path) {
    error_clear();
    return nullptr;
  }
  std::FILE* file = std::fopen(path.data, "rb");
  if (!file) return nullptr;
  std::vector<char> text;
  int current = 1, character;
  while ((character = std::getc(file)) != EOF) {
    if (current == line) text.push_back(static_cast<char>(character));
    if (character == '\n' && ++current > line) break;
  }
  std::fclose(file);
  if (text.empty()) return nullptr;
  Result<Str> decoded = str_from_utf8({text.data(), text.size()});
  if (decoded.failed()) {
    error_clear();
    return nullptr;
  }
  return Maybe<Object>(Ref<Object>(decoded.take()));
}

Error raise_syntax_error(Str* filename, const ast::Position& at, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  Result<Str> message = str_from_format_v(format, arguments);
  va_end(arguments);
  if (!message.failed()) {
    Ref<Str> text = message.take();
    (void)raise_message(filename, at, text.get()).failed();
  }
  return Error{};
}

Result<void> warn_syntax(Str* filename, const ast::Position& at, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  Result<Str> formatted = str_from_format_v(format, arguments);
  va_end(arguments);
  Ref<Str> message = TRY(formatted);
  if (!warn_explicit(SyntaxWarning, message.get(), filename, at.lineno).failed()) return {};
  if (!error_matches(SyntaxWarning)) return Error{};
  // The error says more than the warning: it shows the place.
  error_clear();
  return raise_message(filename, at, message.get());
}

Result<Str> mangle_name(Str* class_name, Str* name) {
  auto interned = [](Str* text) {
    return str_is_interned(text) ? Ref<Str>::share(text) : str_intern(Ref<Str>::share(text));
  };
  isize length = str_length(name);
  if (!class_name || length < 3 || str_read_char(name, 0) != '_' || str_read_char(name, 1) != '_')
    return interned(name);
  bool is_special = str_read_char(name, length - 1) == '_' && str_read_char(name, length - 2) == '_';
  if (is_special || str_find_char(name, '.', 0, length, 1) >= 0) return interned(name);
  isize underscores = 0, class_length = str_length(class_name);
  while (underscores < class_length && str_read_char(class_name, underscores) == '_') ++underscores;
  if (underscores == class_length) return interned(name);
  Ref<Str> stripped = TRY(str_substring(class_name, underscores, class_length));
  return str_intern(TRY(str_from_format("_%U%U", stripped.get(), name)));
}

NestingLimit::NestingLimit() {
  ThreadState* state = thread();
  int used = state->recursion_limit - state->recursion_remaining;
  depth_ = (used < 0 ? 0 : used) * kLevelsPerPythonFrame;
  limit_ = state->recursion_limit > kDeepestTree / kLevelsPerPythonFrame
               ? kDeepestTree
               : state->recursion_limit * kLevelsPerPythonFrame;
}

Result<void> NestingLimit::enter() {
  ++depth_;
  if (depth_ > limit_) return raise(RecursionError, "maximum recursion depth exceeded during compilation");
  // A thread's stack may be smaller than the limit wants.
  RecursionGuard guard(" during compilation");
  if (guard.failed()) return Error{};
  return {};
}
}  // namespace adder
