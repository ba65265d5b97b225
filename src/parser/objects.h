// objects: what the parser needs of Python objects: making constants and names, and raising.
//
// The functions that give a pointer give null with the exception set; the arena owns what they make.
#pragma once
#include <string_view>

#include "abi/names.h"
#include "base/arena.h"
#include "parser/tokenizer.h"

namespace adder::parser {
// An identifier: decoded, normalised to NFKC, interned.
Str* make_identifier(Arena& arena, std::string_view utf8);
// Text that is not a name (type comments): decoded only.
Str* make_text(Arena& arena, std::string_view utf8);
// The value of a string literal, in UTF-8 that may contain surrogates. Interned if it looks like an identifier.
Object* make_str_constant(Arena& arena, std::string_view utf8);
Object* make_bytes_constant(Arena& arena, std::string_view bytes);
// Digits without underscores, without a prefix. ValueError beyond the digit limit of decimal conversion.
Object* make_int_constant(Arena& arena, std::string_view digits, int base);
Object* make_float_constant(Arena& arena, double value);
Object* make_complex_constant(Arena& arena, double imaginary);
// Text to double; "inf" on overflow, as float literals have it.
double parse_double(std::string_view text);
// Whether the constant is a complex number.
bool is_complex_constant(Object* constant);
// Code point with this name or alias; false if there is none. Named sequences are refused.
bool find_named_character(std::string_view name, u32* character);

// Sets SyntaxError, IndentationError or TabError as `problem` says; `text` is the line, or absent (data() null).
// `message_prefix` stands before the message. Columns become characters unless `byte_columns`.
void raise_problem(const Problem& problem, Str* filename, std::string_view text, const char* message_prefix,
                   bool byte_columns);
// Sets ValueError, MemoryError.
void raise_null_bytes();
void raise_memory_error();
// SyntaxError with the file but no line; `detail` replaces the %.*s in the format.
void raise_plain_syntax_error(Str* filename, const char* format, std::string_view detail);
// The message of the exception that is set, if it is an instance of ValueError, as UTF-8 in the arena; clears it. False
// for other exceptions, which stay.
bool take_value_error(Arena& arena, const char** message);
enum class SpellingWarning { kDeprecation, kSyntax };
// A warning about a spelling, at a line. False if the filter turned it into an exception: then `*as_error` tells
// whether it was the warning itself, which is cleared so that a SyntaxError can take its place.
bool warn_spelling(SpellingWarning kind, const char* message, Str* filename, int lineno, bool* as_error);
// Source bytes in another encoding to UTF-8 in the arena; false with the exception set.
bool decode_source(Arena& arena, std::string_view source, std::string_view encoding, Str* filename,
                   std::string_view* utf8);
}  // namespace adder::parser
