// objects: constants, names and exceptions for the parser.
#include "parser/objects.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/copy.h"
#include "base/unicode.h"
#include "memory/refcount.h"
#include "runtime/error.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::parser {
namespace {
void release(void* object) { decref(static_cast<Object*>(object)); }

// Hands a new reference to the arena; null if it failed.
template <class T>
T* keep(Arena& arena, Result<T> result) {
  if (result.failed()) return nullptr;
  T* object = result.take().release();
  arena.defer(release, static_cast<Object*>(object));
  return object;
}

// NFKC of text that is not ASCII.
Result<Str> normalized(Str* text) {
  unicode::CodePoints in, out;
  isize length = str_length(text);
  for (isize i = 0; i < length; ++i) {
    if (!in.append(str_read_char(text, i))) return raise_no_memory();
  }
  if (unicode::quick_check(unicode::Form::kNfkc, in.data(), in.size()) == unicode::QuickCheck::kYes) {
    return new_ref(text);
  }
  if (!unicode::normalize(unicode::Form::kNfkc, unicode::Edition::kCurrent, in.data(), in.size(), out)) {
    return raise_no_memory();
  }
  return str_from_kind_and_data(4, out.data(), static_cast<isize>(out.size()));
}

Result<Str> identifier(std::string_view utf8) {
  Ref<Str> text = TRY(str_from_utf8(utf8));
  if (!str_is_ascii(text)) text = TRY(normalized(text));
  return str_intern(std::move(text));
}

// How many characters the first `column` bytes of the line have; one past its end counts too.
int character_column(std::string_view line, int column) {
  if (column <= 0) return column;
  usize bytes = static_cast<usize>(column);
  int characters = bytes > line.size() ? 1 : 0;
  for (usize i = 0; i < bytes && i < line.size(); ++i) characters += (line[i] & 0xC0) != 0x80;
  return characters;
}

Result<Tuple> problem_arguments(const Problem& problem, Str* filename, std::string_view text, const char* prefix,
                                bool byte_columns) {
  Ref<Str> message = TRY(str_from_format("%s%s", prefix, problem.message));
  Ref<Object> line = text.data()
                         ? Ref<Object>(TRY(str_decode_utf8(text.data(), static_cast<isize>(text.size()), "replace")))
                         : new_ref(None);
  int column = byte_columns ? problem.column : character_column(text, problem.column);
  int end_column = byte_columns ? problem.end_column : character_column(text, problem.end_column);
  Ref<Int> lineno = TRY(int_from_i64(problem.lineno));
  Ref<Int> offset = TRY(int_from_i64(column));
  Ref<Int> end_lineno = TRY(int_from_i64(problem.end_lineno));
  Ref<Int> end_offset = TRY(int_from_i64(end_column));
  Ref<Tuple> place =
      TRY(tuple_pack(static_cast<Object*>(filename), static_cast<Object*>(lineno), static_cast<Object*>(offset),
                     line.get(), static_cast<Object*>(end_lineno), static_cast<Object*>(end_offset)));
  return tuple_pack(static_cast<Object*>(message), static_cast<Object*>(place));
}

Result<Tuple> plain_arguments(Str* filename, const char* message) {
  Ref<Str> text = TRY(str_from_string(message));
  Ref<Int> lineno = TRY(int_from_i64(0));
  Ref<Int> offset = TRY(int_from_i64(-1));
  Ref<Tuple> place =
      TRY(tuple_pack(static_cast<Object*>(filename), static_cast<Object*>(lineno), static_cast<Object*>(offset), None));
  return tuple_pack(static_cast<Object*>(text), static_cast<Object*>(place));
}

Result<Str> decoded(std::string_view source, const char* encoding) {
  Ref<Object> text = TRY(str_decode(source.data(), static_cast<isize>(source.size()), encoding, nullptr));
  if (!is_str(text))
    return raise(TypeError, "decoder did not return a string object (type=%.400s)", text->ob_type->tp_name);
  return as<Str>(std::move(text));
}
}  // namespace

Str* make_identifier(Arena& arena, std::string_view utf8) { return keep(arena, identifier(utf8)); }
Str* make_text(Arena& arena, std::string_view utf8) { return keep(arena, str_from_utf8(utf8)); }
Object* make_str_constant(Arena& arena, std::string_view utf8) {
  return keep(arena, str_decode_utf8(utf8.data(), static_cast<isize>(utf8.size()), "surrogatepass"));
}
Object* make_bytes_constant(Arena& arena, std::string_view bytes) { return keep(arena, bytes_from_view(bytes)); }

Object* make_int_constant(Arena& arena, std::string_view digits, int base) {
  if (digits.size() <= 15) {
    i64 value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return keep(arena, int_from_i64(value));
  }
  return keep(arena, int_from_string(digits, base));
}
Object* make_float_constant(Arena& arena, double value) { return keep(arena, float_from_double(value)); }
Object* make_complex_constant(Arena& arena, double imaginary) {
  return keep(arena, complex_from_doubles(0, imaginary));
}

double parse_double(std::string_view text) {
  double value = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  // Infinity, or zero by underflow: strtod tells which. The text ends with something that is no digit.
  char buffer[64];
  if (text.size() < sizeof buffer) {
    copy_bytes(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    return std::strtod(buffer, nullptr);
  }
  char* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (!copy) return value;
  copy_bytes(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  value = std::strtod(copy, nullptr);
  std::free(copy);
  return value;
}

bool is_complex_constant(Object* constant) { return is_complex(constant); }

bool find_named_character(std::string_view name, u32* character) {
  char32_t code = unicode::code_of_name(name.data(), name.size(), true);
  if (code == unicode::kNoCode) return false;
  *character = static_cast<u32>(code);
  return true;
}

// == Exceptions ==

void raise_problem(const Problem& problem, Str* filename, std::string_view text, const char* message_prefix,
                   bool byte_columns) {
  Type* type = problem.type == Problem::Class::Tab           ? TabError
               : problem.type == Problem::Class::Indentation ? IndentationError
                                                             : SyntaxError;
  Result<Tuple> arguments = problem_arguments(problem, filename, text, message_prefix, byte_columns);
  if (arguments.failed()) return;
  Ref<Tuple> held = arguments.take();
  (void)raise_object(type, held);
}

void raise_null_bytes() { (void)raise(ValueError, "source code string cannot contain null bytes"); }

void raise_memory_error() { (void)raise_no_memory(); }

void raise_plain_syntax_error(Str* filename, const char* format, std::string_view detail) {
  char message[256];
  std::snprintf(message, sizeof message, format, static_cast<int>(detail.size()), detail.data());
  Result<Tuple> arguments = plain_arguments(filename, message);
  if (arguments.failed()) return;
  Ref<Tuple> held = arguments.take();
  (void)raise_object(SyntaxError, held);
}

bool take_value_error(Arena& arena, const char** message) {
  if (!error_matches(ValueError)) return false;
  Ref<Object> exception = error_take();
  Str* text = keep(arena, object_str(exception));
  if (!text) return false;
  Utf8 utf8 = str_as_utf8(text);
  if (!utf8) return false;
  *message = utf8.data;
  return true;
}

bool warn_spelling(SpellingWarning kind, const char* message, Str* filename, int lineno, bool* as_error) {
  Type* category = kind == SpellingWarning::kSyntax ? SyntaxWarning : DeprecationWarning;
  Result<Str> text = str_from_string(message);
  if (text.failed()) return false;
  Ref<Str> held = text.take();
  if (!warn_explicit(category, held, filename, lineno).failed()) return true;
  if (!error_matches(category)) return false;
  error_clear();
  *as_error = true;
  return true;
}

bool decode_source(Arena& arena, std::string_view source, std::string_view encoding, Str* filename,
                   std::string_view* utf8) {
  Str* text = keep(arena, decoded(source, encoding.data()));
  if (!text) {
    const char* message;
    if (error_matches(LookupError)) {
      error_clear();
      raise_plain_syntax_error(filename, "unknown encoding: %.*s", encoding);
    } else if (take_value_error(arena, &message)) {
      raise_plain_syntax_error(filename, "%.*s", message);
    }
    return false;
  }
  Utf8 view = str_as_utf8(text);
  if (!view) return false;
  *utf8 = view;
  return true;
}
}  // namespace adder::parser
