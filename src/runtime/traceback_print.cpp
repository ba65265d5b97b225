// traceback_print: exceptions and tracebacks as text, in the layout that Python 3.11 prints.
//
// Note       this is what the machine prints itself when nothing catches; the library's traceback module is not needed,
// so it works when
//            the library is broken or gone.
// See        tests/python/test_uncaught.py
#include "runtime/traceback_print.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "import/import.h"
#include "interpreter/interpreter.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr const char* kCauseMessage = "The above exception was the direct cause of the following exception:\n";
constexpr const char* kContextMessage = "During handling of the above exception, another exception occurred:\n";
constexpr int kMaxGroupWidth = 15, kMaxGroupDepth = 10, kRepeatLimit = 3, kDefaultLimit = 1000;

// Where the text goes, and how deep in exception groups.
struct Printer {
  Object* file;         // null: the process's stderr
  Ref<Set> seen;        // ids of exceptions that were printed
  int group_depth = 0;  // 0: not in a group
  bool need_close = false;
  // What stands in front of each line, and of the header, instead of the group's margin.
  const char *prefix = nullptr, *header_prefix = nullptr;

  Result<void> text(const char* utf8) {
    Ref<Str> piece = TRY(str_from_utf8(utf8));
    return text(piece.get());
  }
  Result<void> text(Str* piece) {
    if (!file) {  // sys.stderr is not there (yet)
      if (Utf8 utf8 = str_as_utf8(piece))
        std::fputs(utf8.data, stderr);
      else
        error_clear();
      return {};
    }
    Ref<Object> ignored = TRY(call_method(file, id::write, piece));
    return {};
  }
  int indent() const { return 2 * group_depth; }
  // The margin of the group: spaces, and the bar.
  Result<void> margin(char bar = '|') {
    if (prefix) return text(prefix);
    if (!group_depth) return {};
    char spaces[64];
    std::snprintf(spaces, sizeof(spaces), "%*s%c ", indent(), "", bar);
    return text(spaces);
  }
  Result<void> line(const char* utf8) {
    TRY(margin());
    return text(utf8);
  }
};

// == Source lines ==

// The coding cookie of a line (PEP 263), or "".
std::string_view cookie_of(std::string_view line) {
  usize at = line.find_first_not_of(" \t\f");
  if (at == std::string_view::npos || line[at] != '#') return {};
  at = line.find("coding", at);
  while (at != std::string_view::npos) {
    usize start = at + 6;
    if (start < line.size() && (line[start] == ':' || line[start] == '=')) {
      start = line.find_first_not_of(" \t", start + 1);
      if (start == std::string_view::npos) return {};
      usize end = start;
      while (end < line.size() && (std::isalnum(static_cast<u8>(line[end])) || std::strchr("-_.", line[end]))) ++end;
      return line.substr(start, end - start);
    }
    at = line.find("coding", at + 1);
  }
  return {};
}

std::FILE* open_source(Str* filename) {
  Result<Object> encoded = str_encode_fs_default(filename);
  if (encoded.failed()) return nullptr;
  Ref<Object> bytes = encoded.take();
  const char* name = bytes_data(as<Bytes>(bytes.get()));
  if (std::FILE* file = std::fopen(name, "rbe")) return file;
  // A relative name may be relative to a folder of sys.path.
  if (name[0] == '/') return nullptr;
  const char* slash = std::strrchr(name, '/');
  const char* tail = slash ? slash + 1 : name;
  Object* path = sys_get_object("path").get();
  if (!path || !is_list(path)) return nullptr;
  for (isize i = 0; i < as<List>(path)->ob_size; ++i) {
    Object* folder = as<List>(path)->ob_item[i];
    if (!is_str(folder)) continue;
    Utf8 text = str_as_utf8(as<Str>(folder));
    if (!text) {
      error_clear();
      continue;
    }
    char candidate[4096];
    std::snprintf(candidate, sizeof(candidate), "%s%s%s", text.data, text.size ? "/" : "", tail);
    if (std::FILE* file = std::fopen(candidate, "rbe")) return file;
  }
  return nullptr;
}

Result<Str> read_source_line(Str* filename, int lineno) {
  std::FILE* file = open_source(filename);
  if (!file) {
    error_clear();
    return new_ref(str_empty());
  }
  char* line = nullptr;
  usize capacity = 0;
  isize size = 0;
  char encoding[64] = "utf-8";
  bool cookie_possible = true;
  for (int i = 1; i <= lineno; ++i) {
    size = getline(&line, &capacity, file);
    if (size < 0) break;
    if (i <= 2 && cookie_possible) {
      std::string_view text(line, static_cast<usize>(size));
      std::string_view cookie = cookie_of(text);
      // The second line counts only behind a blank line or a comment.
      usize first = text.find_first_not_of(" \t\f\r\n");
      cookie_possible = first == std::string_view::npos || text[first] == '#';
      if (!cookie.empty() && cookie.size() < sizeof(encoding))
        std::snprintf(encoding, sizeof(encoding), "%.*s", static_cast<int>(cookie.size()), cookie.data());
    }
  }
  std::fclose(file);
  if (size <= 0) {
    std::free(line);
    return new_ref(str_empty());
  }
  const char* start = line;
  if (lineno == 1 && size >= 3 && !std::memcmp(line, "\xef\xbb\xbf", 3)) start += 3, size -= 3;
  Result<Object> text = str_decode(start, size, encoding, "replace");
  if (text.failed()) {
    error_clear();
    text = str_decode(start, size, "utf-8", "replace");
  }
  std::free(line);
  return as<Str>(TRY(text));
}

bool is_blank(Py_UCS4 c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
isize leading_blanks(Str* s) {
  isize n = 0;
  while (n < str_length(s) && is_blank(str_read_char(s, n))) ++n;
  return n;
}
Result<Str> stripped(Str* s) {
  isize start = leading_blanks(s), end = str_length(s);
  while (end > start && is_blank(str_read_char(s, end - 1))) --end;
  return str_substring(s, start, end);
}

// == One entry of a traceback ==

struct Positions {
  int line = -1, end_line = -1, column = -1, end_column = -1;
};

// Positions of the instruction, by code.co_positions().
Result<void> positions_of(Code* code, int offset, Positions& p) {
  if (offset < 0) return {};
  Ref<Object> iterator = TRY(call_method(static_cast<Object*>(code), id::co_positions));
  Ref<Object> entry;
  for (int i = 0; i <= offset / 2; ++i) {
    entry = TRY(iter_next(iterator));
    if (!entry) return {};
  }
  if (!is_tuple(entry) || as<Tuple>(entry.get())->ob_size != 4) return {};
  int* fields[] = {&p.line, &p.end_line, &p.column, &p.end_column};
  for (int i = 0; i < 4; ++i) {
    Object* item = as<Tuple>(entry.get())->ob_item[i];
    if (item != None) *fields[i] = TRY(int_as_int(item));
  }
  return {};
}

// UTF-8 offset -> character offset in a line.
isize character_offset(Str* line, isize byte_offset) {
  isize bytes = 0, n = 0;
  while (n < str_length(line) && bytes < byte_offset) {
    Py_UCS4 c = str_read_char(line, n++);
    bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
  return n;
}

// What of a binary operation or a subscript deserves ^ among ~: character offsets in the segment.
struct Anchors {
  isize left = -1, right = -1;
};

// Uses the parser through ast: the last operator of a top-level BinOp, the brackets of a top-level Subscript.
Result<void> anchors_from_ast(Str* segment, Anchors& anchors) {
  Ref<Object> compile = TRY(dict_get_item(interpreter()->builtins, id::compile));
  if (!compile) return {};
  Ref<Str> mode = TRY(str_from_string("eval"));
  Ref<Int> only_ast = TRY(int_from_i64(PyCF_ONLY_AST));
  Ref<Str> wrapped = TRY(str_from_format("(\n%U\n)", segment));
  Ref<Str> filename = TRY(str_from_string("<traceback>"));
  Ref<Object> tree = TRY(call(compile.get(), wrapped.get(), filename.get(), mode.get(), only_ast.get()));
  Ref<Object> body = TRY(object_get_attr(tree, "body"));
  const char* kind = type_short_name(body->ob_type);
  auto position = [&](Object* node, const char* attribute) -> Result<isize> {
    Ref<Object> value = TRY(object_get_attr(node, attribute));
    isize number = TRY(int_as_ssize_t(value));
    return number;
  };
  if (!std::strcmp(kind, "BinOp")) {
    Ref<Object> left = TRY(object_get_attr(body, "left"))
    , right = TRY(object_get_attr(body, "right"));
    isize from = character_offset(segment, TRY(position(left, "end_col_offset")));
    isize to = character_offset(segment, TRY(position(right, "col_offset")));
    for (isize i = from; i < to; ++i) {
      Py_UCS4 c = str_read_char(segment, i);
      if (is_blank(c) || c == ')' || c == '(') continue;
      anchors.left = i;
      anchors.right = i + 1;
      if (i + 1 < to) {
        Py_UCS4 second = str_read_char(segment, i + 1);
        if (!is_blank(second) && second != '(' && second != ')') ++anchors.right;
      }
      break;
    }
  } else if (!std::strcmp(kind, "Subscript")) {
    Ref<Object> value = TRY(object_get_attr(body, "value"))
    , slice = TRY(object_get_attr(body, "slice"));
    isize from = character_offset(segment, TRY(position(value, "end_col_offset")));
    isize to = character_offset(segment, TRY(position(slice, "end_col_offset")));
    while (from < str_length(segment) && str_read_char(segment, from) != '[') ++from;
    while (to < str_length(segment) && str_read_char(segment, to) != ']') ++to;
    if (from < str_length(segment)) {
      anchors.left = from;
      anchors.right = to < str_length(segment) ? to + 1 : to;
    }
  }
  return {};
}

Result<void> print_carets(Printer& out, Code* code, Traceback* entry, Str* raw_line, Str* shown_line, int lineno) {
  Positions p;
  TRY(positions_of(code, entry->tb_lasti, p));
  if (p.line != lineno || p.column < 0 || p.end_column < 0) return {};
  isize truncation = leading_blanks(raw_line);
  isize start = character_offset(raw_line, p.column);
  isize line_end = truncation + str_length(shown_line);
  bool one_line = p.end_line == p.line;
  isize end = one_line ? character_offset(raw_line, p.end_column) : line_end;
  if (start < truncation) start = truncation;
  if (end <= start) return {};
  Anchors anchors;
  if (one_line) {
    Ref<Str> segment = TRY(str_substring(raw_line, start, end));
    if (anchors_from_ast(segment, anchors).failed()) error_clear();
  }
  // The whole line needs no carets, unless they say something.
  if (start == truncation && end >= line_end && anchors.left < 0) return {};
  StrWriter text;
  TRY(text.write_ascii("    "));
  TRY(text.write_repeated(' ', start - truncation));
  for (isize i = 0; i < end - start; ++i) {
    bool primary = anchors.left < 0 || (i >= anchors.left && i < anchors.right);
    TRY(text.write_char(primary ? '^' : '~'));
  }
  TRY(text.write_char('\n'));
  Ref<Str> carets = TRY(text.finish());
  TRY(out.margin());
  return out.text(carets.get());
}

Result<void> print_entry(Printer& out, Traceback* entry) {
  Ref<Code> code = TRY(frame_get_code(entry->tb_frame));
  int lineno = entry->tb_lineno;
  if (lineno < 0) {
    Ref<Object> number = TRY(object_get_attr(static_cast<Object*>(entry), "tb_lineno"));
    lineno = number.get() == None ? 0 : TRY(int_as_int(number));
  }
  TRY(out.margin());
  Ref<Str> head = TRY(str_from_format("  File \"%U\", line %d, in %U\n", code->co_filename, lineno, code->co_name));
  TRY(out.text(head.get()));
  Str* filename = as<Str>(code->co_filename);
  if (str_length(filename) && str_read_char(filename, 0) == '<' &&
      str_read_char(filename, str_length(filename) - 1) == '>')
    return {};
  Result<Str> read = read_source_line(filename, lineno);
  if (read.failed()) {
    if (!error_matches(Exception)) return Error{};
    error_clear();
    return {};
  }
  Ref<Str> raw = read.take();
  Ref<Str> shown = TRY(stripped(raw));
  if (str_length(shown) == 0) return {};
  TRY(out.margin());
  Ref<Str> line = TRY(str_from_format("    %U\n", shown.get()));
  TRY(out.text(line.get()));
  Result<void> carets = print_carets(out, code, entry, raw, shown, lineno);
  if (carets.failed()) {
    if (!error_matches(Exception)) return Error{};
    error_clear();
  }
  return {};
}

Result<void> print_repeated(Printer& out, isize count) {
  count -= kRepeatLimit;
  Ref<Str> text = TRY(str_from_format("  [Previous line repeated %zd more time%s]\n", count, count > 1 ? "s" : ""));
  TRY(out.margin());
  return out.text(text.get());
}

Result<void> print_entries(Printer& out, Object* traceback, const char* header = "Traceback (most recent call last):\n",
                           char bar = '|') {
  i64 limit = kDefaultLimit;
  if (Object* value = sys_get_object("tracebacklimit").get(); value && is_int(value)) {
    int overflow;
    limit = int_as_i64_and_overflow(as<Int>(value), &overflow);
    if (overflow) limit = overflow > 0 ? kMaxSize : 0;
    if (limit <= 0) return {};
  }
  TRY(out.header_prefix ? out.text(out.header_prefix) : out.margin(bar));
  TRY(out.text(header));
  isize depth = 0;
  for (Traceback* entry = as<Traceback>(traceback); entry; entry = entry->tb_next) ++depth;
  Traceback* entry = as<Traceback>(traceback);
  for (; entry && depth > limit; --depth) entry = entry->tb_next;
  Ref<Code> last_code;
  int last_line = -1;
  isize repeated = 0;
  for (; entry; entry = entry->tb_next) {
    Ref<Code> code = TRY(frame_get_code(entry->tb_frame));
    bool same = last_code && entry->tb_lineno == last_line && code->co_name == last_code->co_name &&
                str_equal(as<Str>(code->co_filename), as<Str>(last_code->co_filename));
    if (!same) {
      if (repeated > kRepeatLimit) TRY(print_repeated(out, repeated));
      last_code = std::move(code);
      last_line = entry->tb_lineno;
      repeated = 0;
    }
    if (++repeated <= kRepeatLimit) {
      TRY(print_entry(out, entry));
      TRY(check_signals());
    }
  }
  if (repeated > kRepeatLimit) TRY(print_repeated(out, repeated));
  return {};
}

// == The exception itself ==

// SyntaxError: the place, the line, and carets.
Result<void> print_syntax_place(Printer& out, PySyntaxErrorObject* e) {
  Object* lineno_object = e->lineno;
  if (!lineno_object || !is_int(lineno_object)) {
    // Without a line there is no place.
    return {};
  }
  int lineno = TRY(int_as_int(lineno_object));
  Ref<Object> filename = e->filename && e->filename != None ? new_ref(e->filename) : new_ref<Object>(id::angle_string);
  TRY(out.margin());
  Ref<Str> head = TRY(str_from_format("  File \"%S\", line %d\n", filename.get(), lineno));
  TRY(out.text(head.get()));
  if (!e->text || !is_str(e->text)) return {};
  Str* text = as<Str>(e->text);
  isize offset = -1, end_offset = -1;
  if (e->offset && is_int(e->offset)) offset = TRY(int_as_ssize_t(e->offset));
  if (e->end_offset && is_int(e->end_offset)) end_offset = TRY(int_as_ssize_t(e->end_offset));
  int end_lineno = lineno;
  if (e->end_lineno && is_int(e->end_lineno)) end_lineno = TRY(int_as_int(e->end_lineno));
  // Of text with several lines the last one that the offset reaches is shown.
  isize size = str_length(text);
  while (size > 0 && str_read_char(text, size - 1) == '\n') --size;
  isize start = 0;
  for (isize i = 0; i < size; ++i) {
    if (str_read_char(text, i) != '\n') continue;
    isize passed = i + 1 - start;
    if (offset > passed) {
      offset -= passed;
      if (end_offset > passed) end_offset -= passed;
      start = i + 1;
    } else {
      size = i;
    }
  }
  isize blanks = 0;
  while (start + blanks < size && is_blank(str_read_char(text, start + blanks))) ++blanks;
  Ref<Str> line = TRY(str_substring(text, start + blanks, size));
  TRY(out.margin());
  Ref<Str> shown = TRY(str_from_format("    %U\n", line.get()));
  TRY(out.text(shown.get()));
  if (offset < 1) return {};
  isize caret = offset - 1 - blanks;
  if (caret < 0) return {};
  isize length = str_length(line);
  isize caret_end;
  if (end_lineno > lineno)
    caret_end = length;
  else if (end_offset < 1 || end_offset <= offset)
    caret_end = caret + 1;
  else
    caret_end = end_offset - 1 - blanks;
  if (caret > length) caret = length;
  if (caret_end > length) caret_end = length;
  if (caret_end <= caret) caret_end = caret + 1;
  StrWriter carets;
  TRY(carets.write_ascii("    "));
  TRY(carets.write_repeated(' ', caret));
  TRY(carets.write_repeated('^', caret_end - caret));
  TRY(carets.write_char('\n'));
  Ref<Str> marks = TRY(carets.finish());
  TRY(out.margin());
  return out.text(marks.get());
}

// "module.Name" of the class, without builtins and __main__.
Result<Str> class_name(Type* type) {
  Ref<Object> module = TRY(object_lookup_attr(type, id::__module__));
  Ref<Object> name = TRY(type_get_qualname(type));
  if (!module || !is_str(module)) return str_from_format("<unknown>.%S", name.get());
  if (str_equals(as<Str>(module.get()), "builtins") || str_equals(as<Str>(module.get()), "__main__"))
    return object_str(name);
  return str_from_format("%U.%S", module.get(), name.get());
}

Result<Object> suggestion_for(Object* exception);

// `place_shown`: a SyntaxError's message need not say where it is.
Result<void> print_last_line(Printer& out, Object* exception, bool place_shown) {
  Ref<Str> name = TRY(class_name(exception->ob_type));
  TRY(out.margin());
  TRY(out.text(name.get()));
  Ref<Str> message;
  if (place_shown) {
    Object* msg = as<PySyntaxErrorObject>(exception)->msg;
    message = TRY(object_str(msg ? msg : None));
  } else {
    Result<Str> text = object_str(exception);
    if (text.failed()) {
      error_clear();
      message = TRY(str_from_string("<exception str() failed>"));
    } else {
      message = text.take();
    }
  }
  if (str_length(message)) {
    TRY(out.text(": "));
    TRY(out.text(message.get()));
  }
  Ref<Object> hint = TRY(suggestion_for(exception));
  if (hint.get() != None) {
    Ref<Str> text = TRY(str_from_format(". Did you mean: '%U'?", hint.get()));
    TRY(out.text(text.get()));
  }
  return out.text("\n");
}

Result<void> print_indented_lines(Printer& out, Str* text) {
  Ref<Str> newline = TRY(str_from_string("\n"));
  Ref<Object> lines = TRY(str_split(text, newline.get(), -1));
  for (isize i = 0; i < as<List>(lines.get())->ob_size; ++i) {
    TRY(out.margin());
    TRY(out.text(as<Str>(as<List>(lines.get())->ob_item[i])));
    TRY(out.text("\n"));
  }
  return {};
}

Result<void> print_notes(Printer& out, Object* exception) {
  if (!is_exception_instance(exception)) return {};
  Ref<Object> notes = TRY(object_lookup_attr(exception, id::__notes__));
  if (!notes) return {};
  if (!sequence_check(notes)) {
    Ref<Str> text;
    Result<Str> repr = object_repr(notes);
    if (repr.failed()) {
      error_clear();
      text = TRY(str_from_string("<__notes__ repr() failed>"));
    } else {
      text = repr.take();
    }
    TRY(out.margin());
    return out.text(text.get());  // CPython ends no line here either
  }
  Ref<Object> items = TRY(sequence_fast(notes, "notes"));
  for (isize i = 0; i < sequence_fast_size(items); ++i) {
    Ref<Object> note = new_ref(sequence_fast_items(items)[i]);
    Ref<Str> text;
    if (is_str(note)) {
      text = new_ref(as<Str>(note.get()));
    } else {
      Result<Str> converted = object_str(note);
      if (converted.failed()) {
        error_clear();
        text = TRY(str_from_string("<note str() failed>"));
      } else {
        text = converted.take();
      }
    }
    TRY(print_indented_lines(out, text));
  }
  return {};
}

// The place of a SyntaxError that has one.
Result<bool> print_place(Printer& out, Object* exception) {
  if (!type_check(exception, SyntaxError)) return false;
  Ref<Object> with_place = TRY(object_lookup_attr(exception, id::print_file_and_line));
  PySyntaxErrorObject* error = as<PySyntaxErrorObject>(exception);
  if (!with_place || !error->lineno || !is_int(error->lineno)) return false;
  if (print_syntax_place(out, error).failed()) error_clear();
  return true;
}

Result<void> print_exception(Printer& out, Object* exception) {
  if (!is_exception_instance(exception)) {
    Ref<Str> text = TRY(str_from_format("TypeError: print_exception(): Exception expected for value, %s found\n",
                                        exception->ob_type->tp_name));
    TRY(out.margin());
    return out.text(text.get());
  }
  Opt<Object*> traceback = exception_get_traceback(exception);
  if (traceback && is_traceback(traceback.get())) {
    Ref<Object> held = new_ref(traceback.get());
    TRY(print_entries(out, held));
  }
  TRY(print_last_line(out, exception, TRY(print_place(out, exception))));
  return print_notes(out, exception);
}

// == Chains and groups ==

Result<void> print_recursive(Printer& out, Object* exception);

Result<void> print_linked(Printer& out, Object* exception, const char* message) {
  bool need_close = out.need_close;
  out.need_close = false;
  TRY(print_recursive(out, exception));
  out.need_close = need_close;
  TRY(out.line("\n"));
  TRY(out.line(message));
  return out.line("\n");
}

Result<void> mark_seen(Printer& out, Object* exception) {
  Ref<Int> identity = TRY(int_from_void_ptr(exception));
  return set_add(out.seen, identity);
}
Result<bool> was_seen(Printer& out, Object* exception) {
  Ref<Int> identity = TRY(int_from_void_ptr(exception));
  return set_contains(out.seen, identity);
}

Result<void> print_chain(Printer& out, Object* exception) {
  if (!is_exception_instance(exception)) return {};
  BaseException* e = as<BaseException>(exception);
  if (e->cause && e->cause != None) {
    if (!TRY(was_seen(out, e->cause))) {
      Ref<Object> cause = new_ref(e->cause);
      return print_linked(out, cause, kCauseMessage);
    }
  } else if (e->context && e->context != None && !e->suppress_context) {
    if (!TRY(was_seen(out, e->context))) {
      Ref<Object> context = new_ref(e->context);
      return print_linked(out, context, kContextMessage);
    }
  }
  return {};
}

Result<void> print_group(Printer& out, Object* exception) {
  if (out.group_depth > kMaxGroupDepth) {
    TRY(out.margin());
    Ref<Str> text = TRY(str_from_format("... (max_group_depth is %d)\n", kMaxGroupDepth));
    return out.text(text.get());
  }
  bool outermost = out.group_depth == 0;
  if (outermost) out.group_depth = 1;
  if (Opt<Object*> traceback = exception_get_traceback(exception); traceback && is_traceback(traceback.get())) {
    Ref<Object> held = new_ref(traceback.get());
    TRY(print_entries(out, held, "Exception Group Traceback (most recent call last):\n", outermost ? '+' : '|'));
  }
  TRY(print_last_line(out, exception, false));
  TRY(print_notes(out, exception));
  Tuple* members = as<Tuple>(as<PyBaseExceptionGroupObject>(exception)->excs);
  isize count = members->ob_size;
  isize shown = count <= kMaxGroupWidth ? count : kMaxGroupWidth + 1;
  out.need_close = false;
  for (isize i = 0; i < shown; ++i) {
    bool last = i == shown - 1;
    if (last) out.need_close = true;
    bool truncated = i >= kMaxGroupWidth;
    char text[128];
    char title[32];
    if (truncated)
      std::snprintf(title, sizeof(title), "...");
    else
      std::snprintf(title, sizeof(title), "%zd", i + 1);
    std::snprintf(text, sizeof(text), "%*s%s+---------------- %s ----------------\n", out.indent(), "",
                  i == 0 ? "+-" : "  ", title);
    TRY(out.text(text));
    ++out.group_depth;
    if (truncated) {
      isize rest = count - kMaxGroupWidth;
      Ref<Str> more = TRY(str_from_format("and %zd more exception%s\n", rest, rest > 1 ? "s" : ""));
      TRY(out.margin());
      TRY(out.text(more.get()));
    } else {
      Ref<Object> member = new_ref(members->ob_item[i]);
      RecursionGuard guard(" in print_exception_group");
      if (guard.failed()) return Error{};
      TRY(print_recursive(out, member));
    }
    if (last && out.need_close) {
      std::snprintf(text, sizeof(text), "%*s+------------------------------------\n", out.indent(), "");
      TRY(out.text(text));
      out.need_close = false;
    }
    --out.group_depth;
  }
  if (outermost) out.group_depth = 0;
  return {};
}

Result<void> print_recursive(Printer& out, Object* exception) {
  RecursionGuard guard(" in print_exception_recursive");
  if (guard.failed()) return Error{};
  TRY(mark_seen(out, exception));
  TRY(print_chain(out, exception));
  if (is_exception_group(exception)) return print_group(out, exception);
  return print_exception(out, exception);
}
Result<void> display(Printer& out, Object* exception) {
  out.seen = TRY(set_new());
  TRY(print_recursive(out, exception));
  if (!out.file) return {};
  Result<Object> flushed = call_method(out.file, id::flush);
  if (flushed.failed())
    error_clear();
  else
    flushed.take().reset();
  return {};
}

// == "Did you mean" ==

// Edit distance where a change of case costs 1, other changes 2; more than `limit`: limit + 1.
constexpr int kMoveCost = 2, kCaseCost = 1, kMaxNameSize = 40, kMaxCandidates = 750;
int substitution_cost(char a, char b) {
  if (a == b) return 0;
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return lower(a) == lower(b) ? kCaseCost : kMoveCost;
}
int edit_distance(std::string_view a, std::string_view b, int limit) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  if (a.empty() || b.empty()) return static_cast<int>(a.size() + b.size()) * kMoveCost;
  if (a.size() > kMaxNameSize || b.size() > kMaxNameSize) return limit + 1;
  if (b.size() < a.size()) std::swap(a, b);
  if (static_cast<int>(b.size() - a.size()) * kMoveCost > limit) return limit + 1;
  int row[kMaxNameSize + 1];
  for (usize i = 0; i <= a.size(); ++i) row[i] = static_cast<int>(i) * kMoveCost;
  for (usize j = 1; j <= b.size(); ++j) {
    int diagonal = row[0], best = limit + 1;
    row[0] = static_cast<int>(j) * kMoveCost;
    for (usize i = 1; i <= a.size(); ++i) {
      int above = row[i];
      int cost = diagonal + substitution_cost(a[i - 1], b[j - 1]);
      int step = (above < row[i - 1] ? above : row[i - 1]) + kMoveCost;
      row[i] = cost < step ? cost : step;
      diagonal = above;
      if (row[i] < best) best = row[i];
    }
    if (best > limit) return limit + 1;
  }
  return row[a.size()];
}

// The candidate nearest to the name, or None.
Result<Object> nearest(Object* name, List* candidates) {
  if (candidates->ob_size >= kMaxCandidates) return none_result();
  Utf8 wanted = str_as_utf8(as<Str>(name));
  if (!wanted) return Error{};
  Object* best = None;
  int best_distance = 1 << 30;
  for (isize i = 0; i < candidates->ob_size; ++i) {
    Object* item = candidates->ob_item[i];
    if (!is_str(item) || str_equal(as<Str>(item), as<Str>(name))) continue;
    Utf8 text = str_as_utf8(as<Str>(item));
    if (!text) {
      error_clear();
      continue;
    }
    int limit = static_cast<int>(wanted.size + text.size + 3) * kMoveCost / 6;
    if (limit > best_distance - 1) limit = best_distance - 1;
    int distance = edit_distance(wanted, text, limit);
    if (distance > limit) continue;
    best = item;
    best_distance = distance;
  }
  return new_ref(best);
}

Result<Object> suggestion_in(Object* mapping, Object* name) {
  Ref<List> names = TRY(sequence_list(mapping));
  return nearest(name, names);
}

Result<Object> find_suggestion(Object* exception) {
  if (type_check(exception, AttributeError)) {
    PyAttributeErrorObject* e = as<PyAttributeErrorObject>(exception);
    if (!e->name || !e->obj || !is_str(e->name)) return none_result();
    Ref<Object> names = TRY(object_dir(e->obj));
    return nearest(e->name, as<List>(names.get()));
  }
  if (type_check(exception, NameError)) {
    Object* name = as<PyNameErrorObject>(exception)->name;
    Opt<Object*> traceback = exception_get_traceback(exception);
    if (!name || !is_str(name) || !traceback || !is_traceback(traceback.get())) return none_result();
    Traceback* entry = as<Traceback>(traceback.get());
    while (entry->tb_next) entry = entry->tb_next;
    Object* frame = entry->tb_frame;
    Ref<Object> code = TRY(object_get_attr(frame, "f_code"));
    Ref<Object> local_names = TRY(object_get_attr(code, "co_varnames"));
    Ref<Object> hint = TRY(suggestion_in(local_names, name));
    if (hint.get() != None) return hint;
    for (const char* scope : {"f_globals", "f_builtins"}) {
      Ref<Object> names = TRY(object_get_attr(frame, scope));
      hint = TRY(suggestion_in(names, name));
      if (hint.get() != None) return hint;
    }
  }
  return none_result();
}

Result<Object> suggestion_for(Object* exception) {
  Result<Object> found = find_suggestion(exception);
  if (!found.failed()) return found;
  error_clear();
  return none_result();
}

// The last line alone, straight to the process's stderr.
void print_without_memory(Object* exception) {
  std::fputs(exception->ob_type->tp_name, stderr);
  Object* args = static_cast<BaseException*>(exception)->args;
  Object* text = args && is_tuple(args) && tuple_size(as<Tuple>(args)) == 1 ? tuple_item(as<Tuple>(args), 0) : nullptr;
  if (text && is_str(text) && str_is_ascii(as<Str>(text)) && str_length(as<Str>(text))) {
    std::fprintf(stderr, ": %.*s", static_cast<int>(str_length(as<Str>(text))),
                 static_cast<const char*>(str_data(as<Str>(text))));
  }
  std::fputs("\n", stderr);
}
}  // namespace

// == Public ==

void error_display(Object* file, Object* exception) {
  if (file == None) return;
  ErrorSaver saved;
  Printer out{file, {}};
  if (!display(out, exception).failed()) return;
  if (error_matches(MemoryError)) print_without_memory(exception);
  error_clear();
}

Result<void> traceback_print(Object* traceback, Object* file) {
  Printer out{file, {}};
  return print_entries(out, traceback);
}

Result<void> traceback_print_indented(Object* traceback, int indent, const char* margin, const char* header_margin,
                                      const char* header, Object* file) {
  char prefix[160], header_prefix[160];
  std::snprintf(prefix, sizeof prefix, "%*s%.50s", indent < 100 ? indent : 100, "", margin);
  std::snprintf(header_prefix, sizeof header_prefix, "%*s%.50s", indent < 100 ? indent : 100, "", header_margin);
  Printer out{.file = file, .prefix = prefix, .header_prefix = header_prefix};
  return print_entries(out, traceback, header);
}

Result<Str> program_text(Object* filename, int lineno) { return read_source_line(as<Str>(filename), lineno); }
int name_distance(std::string_view a, std::string_view b, int limit) { return edit_distance(a, b, limit); }

Result<Str> source_line(Object* filename, int lineno) {
  Ref<Str> line = TRY(read_source_line(as<Str>(filename), lineno));
  return stripped(line);
}
}  // namespace adder
