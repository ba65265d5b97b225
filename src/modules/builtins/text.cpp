// text: print, input, and the texts of objects.
#include <cstdio>
#include <cstring>
#include <unistd.h>

#include "memory/allocator_hooks.h"
#include "modules/builtins/builtins.h"
#include "runtime/line_input.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr Doc ascii_doc =
    "ascii($module, obj, /)\n--\n\nReturn an ASCII-only representation of an object.\n\nAs repr(), return a string "
    "containing a printable "
    "representation of an\nobject, but escape the non-ASCII characters in the string returned by\nrepr() using \\\\x, "
    "\\\\u or \\\\U escapes. This "
    "generates a string similar\nto that returned by repr() in Python 2.";
Result<Object> ascii(Module*, Object* object) { return object_ascii(object); }

constexpr Doc repr_doc =
    "repr($module, obj, /)\n--\n\nReturn the canonical string representation of the object.\n\nFor many object types, "
    "including most builtins, "
    "eval() will return\na newly constructed object equal to the original object.";
Result<Object> repr(Module*, Object* object) { return object_repr(object); }

constexpr Doc format_doc =
    "format($module, value, format_spec='', /)\n--\n\nReturn value.__format__(format_spec)\n\nformat_spec defaults to "
    "the empty string.\nSee the "
    "Format Specification Mini-Language section of help('FORMATTING') for\ndetails.";
Result<Object> format(Module*, Object* value, Opt<Str*> spec) {
  return object_format(value, static_cast<Object*>(spec.get()));
}

constexpr Doc print_doc =
    "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)\n--\n\nPrints the values to a stream, or to "
    "sys.stdout by "
    "default.\n\n  sep\n    string inserted between values, default a space.\n  end\n    string appended after the "
    "last value, default a "
    "newline.\n  file\n    a file-like object (stream); defaults to the current sys.stdout.\n  flush\n    whether to "
    "forcibly flush the stream.";

Result<void> check_separator(const char* name, Object* value) {
  if (is_str(value)) return {};
  return raise(TypeError, "%s must be None or a string, not %.200s", name, type_of(value)->tp_name);
}
Result<void> write_text(Object* write, Object* text) {
  TRY(object_call_one_arg(write, text));
  return {};
}
Result<Object> print(Module*, Opt<Object*> separator, Opt<Object*> end, Object* file, bool flush, Tuple* values) {
  Ref<Object> stream = new_ref(file);
  if (file == None) {
    Opt<Object*> standard = sys_get_object("stdout");
    if (!standard) return raise(RuntimeError, "lost sys.stdout");
    if (standard.get() == None) return none_result();
    stream = new_ref(standard.get());
  }
  Object* between = separator.get() && separator.get() != None ? separator.get() : nullptr;
  Object* last = end.get() && end.get() != None ? end.get() : nullptr;
  if (between) TRY(check_separator("sep", between));
  if (last) TRY(check_separator("end", last));
  Ref<Object> space = TRY(Result<Object>(str_from_ordinal(' ')))
  , newline = TRY(Result<Object>(str_from_ordinal('\n')));
  Ref<Object> write = TRY(object_get_attr(stream, id::write));
  for (isize i = 0; i < tuple_size(values); ++i) {
    if (i > 0) TRY(write_text(write, between ? between : space.get()));
    Ref<Str> text = TRY(object_str(tuple_item(values, i)));
    TRY(write_text(write, text));
  }
  TRY(write_text(write, last ? last : newline.get()));
  if (flush) TRY(call_method(stream, id::flush));
  return none_result();
}

constexpr Doc input_doc =
    "input($module, prompt='', /)\n--\n\nRead a string from standard input.  The trailing newline is stripped.\n\nThe "
    "prompt string, if given, is "
    "printed to standard output without a\ntrailing newline before reading input.\n\nIf the user hits EOF (*nix: "
    "Ctrl-D, Windows: Ctrl-Z+Return), "
    "raise EOFError.\nOn *nix systems, readline is used if available.";

Result<Object> standard_stream(const char* name) {
  Opt<Object*> stream = sys_get_object(name);
  if (!stream || stream.get() == None) return raise(RuntimeError, "input(): lost sys.%s", name);
  return new_ref(stream.get());
}
// Errors of flushing are nobody's business here.
void flush_quietly(Object* stream) {
  auto flushed = call_method(stream, id::flush);
  if (flushed.failed())
    error_clear();
  else
    (void)flushed.take();
}
// Whether the stream is what the C library's standard stream of that descriptor writes to or reads from, and a
// terminal.
bool is_terminal(Object* stream, int standard) {
  auto check = [&]() -> Result<bool> {
    Ref<Object> number = TRY(call_method(stream, id::fileno));
    int fd = TRY(int_as_int(number));
    return fd == standard && ::isatty(fd) != 0;
  };
  Result<bool> answer = check();
  if (!answer.failed()) return answer.take();
  error_clear();
  return false;
}
// How a text stream encodes.
struct StreamCodec {
  Ref<Object> encoding, errors;
  Result<void> read(Object* stream) {
    encoding = TRY(object_get_attr(stream, id::encoding));
    errors = TRY(object_get_attr(stream, id::errors));
    if (!is_str(encoding) || !is_str(errors)) return raise(TypeError, "not a text stream");
    return {};
  }
  const char* encoding_text() const { return str_as_utf8(as<Str>(encoding.get())).data; }
  const char* errors_text() const { return str_as_utf8(as<Str>(errors.get())).data; }
};
// From the terminal, with the line editor.
Result<Object> input_from_terminal(Object* out, const StreamCodec& in_codec, const StreamCodec& out_codec,
                                   Opt<Object*> prompt) {
  flush_quietly(out);
  Ref<Object> shown;
  if (prompt) {
    Ref<Str> text = TRY(object_str(prompt.get()));
    shown = TRY(str_as_encoded_string(text, out_codec.encoding_text(), out_codec.errors_text()));
  }
  char* line = line_input(stdin, stdout, shown ? bytes_data(as<Bytes>(shown.get())) : "");
  if (!line) {
    TRY(check_signals());
    if (!error_occurred()) return raise_object(KeyboardInterrupt, None);
    return Error{};
  }
  usize size = std::strlen(line);
  bool ended = size == 0;
  if (size && line[size - 1] == '\n') --size;
  Result<Object> decoded = str_decode(line, static_cast<isize>(size), in_codec.encoding_text(), in_codec.errors_text());
  memory::mem_release(line);
  Ref<Object> text = TRY(decoded);
  if (ended) return raise_object(EOFError, None);
  TRY(audit("builtins.input/result", text.get()));
  return text;
}
Result<Object> input(Module*, Opt<Object*> prompt) {
  Ref<Object> errors = TRY(standard_stream("stderr"));
  Ref<Object> in = TRY(standard_stream("stdin"));
  Ref<Object> out = TRY(standard_stream("stdout"));
  TRY(audit("builtins.input", prompt.value_or(None)));
  flush_quietly(errors);
  if (is_terminal(in, STDIN_FILENO) && is_terminal(out, STDOUT_FILENO)) {
    StreamCodec in_codec, out_codec;
    if (!in_codec.read(in).failed() && !out_codec.read(out).failed())
      return input_from_terminal(out, in_codec, out_codec, prompt);
    error_clear();
  }
  if (prompt) {
    Ref<Str> text = TRY(object_str(prompt.get()));
    TRY(call_method(out, id::write, static_cast<Object*>(text.get())));
  }
  flush_quietly(out);
  Ref<Object> line = TRY(call_method(in, id::readline));
  if (!is_str(line)) return raise(TypeError, "object.readline() returned non-string");
  isize length = str_length(as<Str>(line.get()));
  if (length == 0) return raise(EOFError, "EOF when reading a line");
  if (str_read_char(as<Str>(line.get()), length - 1) == '\n') return str_substring(as<Str>(line.get()), 0, length - 1);
  return line;
}
}  // namespace

constinit PyMethodDef builtins_text_functions[] = {
    method<ascii, ascii_doc>(), method<repr, repr_doc>(),   method<format, format_doc>(),
    method<print, print_doc>(), method<input, input_doc>(), {},
};
}  // namespace adder
