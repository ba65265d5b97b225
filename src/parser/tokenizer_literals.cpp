// tokenizer: numbers and strings.
#include <cstring>

#include "parser/tokenizer.h"

namespace adder::parser {
namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_identifier_part(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<u8>(c) >= 128;
}
}  // namespace

// == Numbers ==

// Digits with single underscores between them; the cursor is at the first digit.
bool Tokenizer::decimal_tail() {
  for (;;) {
    while (is_digit(*cursor_)) ++cursor_;
    if (*cursor_ != '_') return true;
    ++cursor_;
    if (!is_digit(*cursor_)) return fail("invalid decimal literal");
  }
}

// What follows a number directly: a keyword that can follow an expression is deprecated, other names are errors.
bool Tokenizer::end_of_number(const char* kind) {
  const char* p = cursor_;
  bool keyword = false;
  auto follows = [p](const char* word) {
    usize size = std::strlen(word);
    return std::strncmp(p, word, size) == 0 && !is_identifier_part(p[size]);
  };
  switch (*p) {
    case 'a':
      keyword = follows("and");
      break;
    case 'e':
      keyword = follows("else");
      break;
    case 'f':
      keyword = follows("for");
      break;
    case 'i':
      keyword = p[1] == 'f' || p[1] == 'n' || p[1] == 's';
      break;
    case 'n':
      keyword = follows("not");
      break;
    case 'o':
      keyword = follows("or");
      break;
    default:
      break;
  }
  if (!keyword) return is_identifier_part(*p) ? fail("invalid %s literal", kind) : true;
  if (!warnings_) return true;
  char* message = arena_.make_array<char>(48);
  std::strcpy(message, "invalid ");
  std::strcat(message, kind);
  std::strcat(message, " literal");
  bool as_error = false;
  if (!warnings_->deprecated(message, lineno_, &as_error)) return fail_with({.type = Problem::Class::Raised});
  return as_error ? fail("%s", message) : true;
}

bool Tokenizer::radix_number(const char* start, const char* kind, const char* digits) {
  cursor_ = start + 2;
  auto is_radix_digit = [digits](char c) { return c != '\0' && std::strchr(digits, c) != nullptr; };
  do {
    if (*cursor_ == '_') ++cursor_;
    if (!is_radix_digit(*cursor_)) {
      if (is_digit(*cursor_)) {
        ++cursor_;
        return fail("invalid digit '%c' in %s literal", cursor_[-1], kind);
      }
      return fail("invalid %s literal", kind);
    }
    while (is_radix_digit(*cursor_)) ++cursor_;
  } while (*cursor_ == '_');
  if (is_digit(*cursor_)) {
    ++cursor_;
    return fail("invalid digit '%c' in %s literal", cursor_[-1], kind);
  }
  if (!end_of_number(kind)) return false;
  push(TokenKind::Number, start, cursor_);
  return true;
}

// An exponent and a `j`, if there, then the end; the cursor is after the mantissa.
bool Tokenizer::exponent_or_suffix(const char* start) {
  if (*cursor_ == 'e' || *cursor_ == 'E') {
    const char* e = cursor_++;
    if (*cursor_ == '+' || *cursor_ == '-') {
      ++cursor_;
      if (!is_digit(*cursor_)) return fail("invalid decimal literal");
      if (!decimal_tail()) return false;
    } else if (is_digit(*cursor_)) {
      if (!decimal_tail()) return false;
    } else {
      cursor_ = e;
      if (!end_of_number("decimal")) return false;
      push(TokenKind::Number, start, cursor_);
      return true;
    }
  }
  const char* kind = "decimal";
  if (*cursor_ == 'j' || *cursor_ == 'J') {
    ++cursor_;
    kind = "imaginary";
  }
  if (!end_of_number(kind)) return false;
  push(TokenKind::Number, start, cursor_);
  return true;
}

// The part after the decimal point, which the cursor is at.
bool Tokenizer::fraction(const char* start) {
  ++cursor_;
  if (is_digit(*cursor_) && !decimal_tail()) return false;
  return exponent_or_suffix(start);
}

bool Tokenizer::number(const char* start) {
  cursor_ = start;
  if (*start == '.') return fraction(start);
  if (*start == '0') {
    switch (start[1]) {
      case 'x':
      case 'X':
        return radix_number(start, "hexadecimal", "0123456789abcdefABCDEF");
      case 'o':
      case 'O':
        return radix_number(start, "octal", "01234567");
      case 'b':
      case 'B':
        return radix_number(start, "binary", "01");
      default:
        break;
    }
    // Zeros may repeat; other digits may follow only in a float or an imaginary number.
    while (*cursor_ == '0' || *cursor_ == '_') {
      if (*cursor_ == '_' && !is_digit(cursor_[1])) {
        ++cursor_;
        return fail("invalid decimal literal");
      }
      ++cursor_;
    }
    const char* zeros_end = cursor_;
    bool nonzero = is_digit(*cursor_);
    if (nonzero && !decimal_tail()) return false;
    if (*cursor_ == '.') return fraction(start);
    if (*cursor_ == 'e' || *cursor_ == 'E' || *cursor_ == 'j' || *cursor_ == 'J') return exponent_or_suffix(start);
    if (nonzero) {
      return fail_range(static_cast<int>(start + 1 - line_start_), static_cast<int>(zeros_end + 1 - line_start_),
                        "leading zeros in decimal integer literals are not permitted; "
                        "use an 0o prefix for octal integers");
    }
    if (!end_of_number("decimal")) return false;
    push(TokenKind::Number, start, cursor_);
    return true;
  }
  if (!decimal_tail()) return false;
  if (*cursor_ == '.') return fraction(start);
  return exponent_or_suffix(start);
}

// == Strings ==

// A string from `start`, its prefix; the cursor is at the opening quote.
bool Tokenizer::string(const char* start) {
  char quote = *cursor_;
  int quotes = cursor_[1] == quote && cursor_[2] == quote ? 3 : 1;
  cursor_ += quotes;
  if (quotes == 1 && *cursor_ == quote) {  // empty
    ++cursor_;
    push(TokenKind::String, start, cursor_);
    return true;
  }
  int closing = 0;
  while (closing < quotes) {
    char c = *cursor_;
    if ((c == '\0' && cursor_ == end_) || (quotes == 1 && c == '\n')) {
      int detected = lineno_;
      // The error stands at the first quote, or at the prefix.
      cursor_ = start + 1;
      line_start_ = token_line_start_;
      lineno_ = token_lineno_;
      bool at_end = c == '\0';
      fail(quotes == 3 ? "unterminated triple-quoted string literal (detected at line %d)"
                       : "unterminated string literal (detected at line %d)",
           detected);
      problem_.at_end = at_end;
      return false;
    }
    ++cursor_;
    if (c == quote) {
      ++closing;
      continue;
    }
    closing = 0;
    if (c == '\\' && cursor_ != end_) {
      c = *cursor_++;
    }
    if (c == '\n') start_line(true);
  }
  push(TokenKind::String, start, cursor_);
  return true;
}
}  // namespace adder::parser
