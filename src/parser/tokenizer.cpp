// tokenizer: lines, indentation, names, operators and brackets. Numbers and strings are in tokenizer_literals.cpp.
//
// Invariant  cursor_ <= end_, and *end_ is NUL, so that one character may always be looked at ahead.
// See        docs/parser.md, "Lexical analysis" in the Language Reference.
#include "parser/tokenizer.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "base/unicode.h"
#include "parser/source.h"

namespace adder::parser {
namespace {
constexpr int kTabSize = 8;
constexpr int kMaxIndents = 100;
constexpr int kMaxBrackets = 200;

constexpr const char* kSpellings[] = {
    "", "", "", "", "", "", "", "", "", "",
#define TOKEN(name, spelling) spelling,
#define KEYWORD(name, spelling) spelling,
#include "parser/token.def"
};

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<u8>(c) >= 128;
}
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

// The keyword that `text` spells, or Name.
TokenKind keyword_or_name(std::string_view text) {
  using enum TokenKind;
  if (text.size() < 2 || text.size() > 8) return Name;
  auto is = [text](TokenKind kind) { return text == kSpellings[static_cast<int>(kind)] ? kind : Name; };
  auto either = [&](TokenKind a, TokenKind b) { return is(a) == a ? a : is(b); };
  switch (text[0]) {
    case 'F':
      return is(KwFalse);
    case 'N':
      return is(KwNone);
    case 'T':
      return is(KwTrue);
    case 'a':
      switch (text.size()) {
        case 2:
          return is(KwAs);
        case 3:
          return is(KwAnd);
        case 5:
          return either(KwAwait, KwAsync);
        case 6:
          return is(KwAssert);
        default:
          return Name;
      }
    case 'b':
      return is(KwBreak);
    case 'c':
      return either(KwClass, KwContinue);
    case 'd':
      return either(KwDef, KwDel);
    case 'e':
      return text[1] == 'l' ? either(KwElse, KwElif) : is(KwExcept);
    case 'f':
      return text.size() == 3 ? is(KwFor) : either(KwFrom, KwFinally);
    case 'g':
      return is(KwGlobal);
    case 'i':
      return text.size() == 6 ? is(KwImport) : text[1] == 'f' ? is(KwIf) : either(KwIn, KwIs);
    case 'l':
      return is(KwLambda);
    case 'n':
      return either(KwNot, KwNonlocal);
    case 'o':
      return is(KwOr);
    case 'p':
      return is(KwPass);
    case 'r':
      return either(KwReturn, KwRaise);
    case 't':
      return is(KwTry);
    case 'w':
      return either(KwWith, KwWhile);
    case 'y':
      return is(KwYield);
    default:
      return Name;
  }
}
}  // namespace

const char* token_spelling(TokenKind kind) { return kSpellings[static_cast<int>(kind)]; }

Tokenizer::Tokenizer(std::string_view text, const TokenizerOptions& options, Arena& arena, WarningSink* warnings)
    : text_(text),
      end_(text.data() + text.size()),
      cursor_(text.data()),
      line_start_(text.data()),
      joined_start_(text.data()),
      lineno_(options.first_lineno - 1),
      first_lineno_(options.first_lineno),
      first_column_(options.first_column),
      options_(options),
      arena_(arena),
      warnings_(warnings) {
  tokens_.reserve(text.size() / 4 + 16);
}

void Tokenizer::run() {
  start_line();
  while (next()) {
  }
}

std::string_view Tokenizer::line(int lineno) const {
  const char* start = text_.data();
  for (int current = first_lineno_; current < lineno && start < end_; ++current) {
    auto* newline = static_cast<const char*>(std::memchr(start, '\n', static_cast<usize>(end_ - start)));
    start = newline ? newline + 1 : end_;
  }
  auto* newline = static_cast<const char*>(std::memchr(start, '\n', static_cast<usize>(end_ - start)));
  return {start, static_cast<usize>((newline ? newline + 1 : end_) - start)};
}

// == Making tokens ==

void Tokenizer::start_line(bool joined) {
  if (cursor_ == end_) return;  // the end of the text is no line of its own
  line_start_ = cursor_;
  ++lineno_;
  if (joined) return;
  joined_start_ = line_start_;
  joined_lineno_ = lineno_;
}

void Tokenizer::push(TokenKind kind, const char* start, const char* end) {
  int start_shift = token_lineno_ == first_lineno_ ? first_column_ : 0;
  int end_shift = lineno_ == first_lineno_ ? first_column_ : 0;
  tokens_.push_back({.kind = kind,
                     .level = static_cast<u8>(brackets_.size()),
                     .lineno = token_lineno_,
                     .col_offset = static_cast<int>(start - token_line_start_) + start_shift,
                     .end_lineno = lineno_,
                     .end_col_offset = static_cast<int>(end - line_start_) + end_shift,
                     .first_lineno = joined_lineno_,
                     .cursor_column = static_cast<int>(cursor_ - line_start_) + end_shift,
                     .text = {start, static_cast<usize>(end - start)}});
}

void Tokenizer::push_empty(TokenKind kind) {
  int shift = lineno_ == first_lineno_ ? first_column_ : 0;
  tokens_.push_back({.kind = kind,
                     .level = static_cast<u8>(brackets_.size()),
                     .lineno = lineno_,
                     .col_offset = -1,
                     .end_lineno = lineno_,
                     .end_col_offset = -1,
                     .first_lineno = joined_lineno_,
                     .cursor_column = static_cast<int>(cursor_ - line_start_) + shift,
                     .text = {cursor_, 0}});
}

bool Tokenizer::next() {
  for (;;) {
    bool blank_line = false;
    if (at_line_start_) {
      at_line_start_ = false;
      if (!indentation()) return false;
      char c = *cursor_;
      blank_line = c == '#' || c == '\n';
      if (pending_ > 0) {
        started_ = true;
        pending_ = 0;
        push_empty(TokenKind::Indent);
        return true;
      }
      for (; pending_ < 0; ++pending_) push_empty(TokenKind::Dedent);
      if (async_line_ended_ && !blank_line && indents_.back() <= async_indent_) async_indent_ = -1;
    }
    while (*cursor_ == ' ' || *cursor_ == '\t' || *cursor_ == '\f') ++cursor_;
    const char* start = cursor_;
    const char* line_end = start;
    token_line_start_ = line_start_;
    token_lineno_ = lineno_;
    if (*start == '#') {
      const char* newline = static_cast<const char*>(std::memchr(start, '\n', static_cast<usize>(end_ - start)));
      cursor_ = newline ? newline : end_;
      if (options_.type_comments) {
        usize before = tokens_.size(), ignores_before = type_ignores_.size();
        comment(start, blank_line);
        if (tokens_.size() > before) {
          blank_line = false;
          line_end = cursor_;
        }
        if (type_ignores_.size() > ignores_before && at_line_start_) continue;
      }
      start = cursor_;
    }
    char c = *start;
    if (c == '\0' && start == end_) return end_of_text();
    if (c == '\n') {
      ++cursor_;
      bool significant = !blank_line && brackets_.empty();
      at_line_start_ = brackets_.empty();
      if (significant) {
        push(TokenKind::Newline, line_end, start);  // a comment is part of it
        started_ = true;
        line_ended_ = true;
        async_line_ended_ = true;
      }
      start_line();
      if (significant) return true;
      continue;
    }
    if (c == '\\') {
      if (!continuation(false)) return false;
      continue;
    }
    started_ = true;
    line_ended_ = false;
    if (is_name_start(c)) return name(start);
    if ((c >= '0' && c <= '9') || (c == '.' && start[1] >= '0' && start[1] <= '9')) return number(start);
    if (c == '"' || c == '\'') return string(start);
    return operator_token(start);
  }
}

bool Tokenizer::end_of_text() {
  if (!brackets_.empty()) {
    return fail_with({.type = Problem::Class::UnclosedBracket, .at_end = true, .lineno = lineno_});
  }
  bool open_line = started_ && !line_ended_;
  auto dedent = [this] {
    bool any = indents_.size() > 1;
    for (; indents_.size() > 1; indents_.pop_back()) push_empty(TokenKind::Dedent);
    return any;
  };
  // One statement of a dialogue ends with the text; a block in it ends with a line end of its own.
  if (options_.single_input && started_) {
    push_empty(TokenKind::Newline);
    if (open_line && options_.imply_dedent && dedent()) push_empty(TokenKind::Newline);
  }
  push_empty(TokenKind::EndMarker);
  return false;
}

// Measures the indentation of a line and sets pending_.
bool Tokenizer::indentation() {
  int column = 0, tab_column = 0, continued_column = 0;
  for (;; ++cursor_) {
    char c = *cursor_;
    if (c == ' ') {
      ++column, ++tab_column;
    } else if (c == '\t') {
      column = (column / kTabSize + 1) * kTabSize;
      ++tab_column;
    } else if (c == '\f') {
      column = tab_column = 0;
    } else if (c == '\\') {
      // The first line's indentation counts: a backslash cannot split it.
      if (!continued_column) continued_column = column;
      if (!continuation(true)) return false;
      --cursor_;
    } else {
      break;
    }
  }
  char c = *cursor_;
  if (c == '#' || c == '\n' || !brackets_.empty()) return true;
  if (continued_column) column = tab_column = continued_column;
  auto tab_error = [this] {
    return fail_class(Problem::Class::Tab, "inconsistent use of tabs and spaces in indentation", 1);
  };
  if (column == indents_.back()) {
    if (tab_column != tab_indents_.back()) return tab_error();
  } else if (column > indents_.back()) {
    if (indents_.size() >= kMaxIndents) {
      return fail_class(Problem::Class::Indentation, "too many levels of indentation", 1);
    }
    if (tab_column <= tab_indents_.back()) return tab_error();
    indents_.push_back(column);
    tab_indents_.push_back(tab_column);
    pending_ = 1;
  } else {
    while (indents_.size() > 1 && column < indents_.back()) {
      indents_.pop_back();
      tab_indents_.pop_back();
      --pending_;
    }
    if (column != indents_.back()) {
      const char* newline = std::strchr(cursor_, '\n');
      cursor_ = newline ? newline + 1 : end_;
      return fail_with({.type = Problem::Class::Indentation,
                        .message = "unindent does not match any outer indentation level",
                        .lineno = lineno_,
                        .column = static_cast<int>(cursor_ - line_start_),
                        .end_lineno = lineno_,
                        .end_column = -1});
    }
    if (tab_column != tab_indents_.back()) return tab_error();
  }
  return true;
}

// A backslash: joins the next line. The cursor is at the backslash, and afterwards at the start of the next line.
bool Tokenizer::continuation(bool in_indentation) {
  if (cursor_[1] != '\n') {
    // The column counts from the first of the joined lines.
    cursor_ += cursor_ + 1 < end_ ? 2 : 1;
    return fail_class(Problem::Class::Syntax, "unexpected character after line continuation character",
                      static_cast<int>(cursor_ - joined_start_));
  }
  cursor_ += 2;
  if (cursor_ == end_) {
    return fail_with({.type = Problem::Class::EndOfFile,
                      .at_end = true,
                      .message = "unexpected EOF while parsing",
                      .lineno = lineno_,
                      .column = static_cast<int>(cursor_ - line_start_),
                      .end_lineno = lineno_,
                      .end_column = -1});
  }
  start_line(!in_indentation);
  return true;
}

// A comment from `start` to the cursor: a type comment becomes a token, a type ignore is put aside.
void Tokenizer::comment(const char* start, bool blank_line) {
  const char* text = start + 1;
  while (*text == ' ' || *text == '\t') ++text;
  if (std::strncmp(text, "type:", 5) != 0) return;
  text += 5;
  while (*text == ' ' || *text == '\t') ++text;
  const char* after = text + 6;
  bool ignore = cursor_ >= after && std::memcmp(text, "ignore", 6) == 0 &&
                (cursor_ == after || !is_name_part(*after) || *after == '_');
  if (!ignore) {
    push(TokenKind::TypeComment, text, cursor_);
    started_ = true;
    return;
  }
  type_ignores_.push_back({lineno_, {after, static_cast<usize>(cursor_ - after)}});
  // Alone on its line, it takes the line end with it.
  if (blank_line) {
    if (*cursor_ == '\n') ++cursor_;
    start_line();
    at_line_start_ = true;
  }
}

// == Names ==

bool Tokenizer::name(const char* start) {
  // A prefix of a string: at most one of b, u, r, f each, in the pairs that exist.
  bool saw_b = false, saw_u = false, saw_r = false, saw_f = false;
  const char* p = start;
  for (;; ++p) {
    char lower = static_cast<char>(*p | 0x20);
    if (!(saw_b || saw_u || saw_f) && lower == 'b') {
      saw_b = true;
    } else if (!(saw_b || saw_u || saw_r || saw_f) && lower == 'u') {
      saw_u = true;
    } else if (!(saw_r || saw_u) && lower == 'r') {
      saw_r = true;
    } else if (!(saw_f || saw_b || saw_u) && lower == 'f') {
      saw_f = true;
    } else {
      break;
    }
  }
  if (p != start && (*p == '"' || *p == '\'')) {
    cursor_ = p;
    return string(start);
  }
  bool ascii = true;
  while (is_name_part(*p)) {
    ascii &= static_cast<u8>(*p) < 128;
    ++p;
  }
  cursor_ = p;
  if (!ascii && !check_identifier(start)) return false;
  TokenKind kind = keyword_or_name({start, static_cast<usize>(p - start)});
  if (options_.async_is_name && async_indent_ < 0 && (kind == TokenKind::KwAsync || kind == TokenKind::KwAwait)) {
    if (kind == TokenKind::KwAsync && starts_async_def()) {
      async_indent_ = indents_.back();
      async_line_ended_ = false;
    } else {
      kind = TokenKind::Name;
    }
  }
  push(kind, start, p);
  return true;
}

// After `async`: whether `def` follows in the line.
bool Tokenizer::starts_async_def() const {
  const char* p = cursor_;
  while (*p == ' ' || *p == '\t' || *p == '\f') ++p;
  return std::strncmp(p, "def", 3) == 0 && !is_name_part(p[3]);
}

bool Tokenizer::check_identifier(const char* start) {
  const char* end = cursor_;
  bool first = true;
  usize bad;
  const char* reason;
  if (find_utf8_error({start, static_cast<usize>(end - start)}, &bad, &reason)) {
    char* message = arena_.make_array<char>(128);
    std::snprintf(message, 128, "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                  static_cast<u8>(start[bad]), bad, reason);
    return fail_with({.type = Problem::Class::Syntax,
                      .message = message,
                      .lineno = lineno_,
                      .column = static_cast<int>(cursor_ - line_start_),
                      .end_lineno = lineno_,
                      .end_column = -1});
  }
  for (const char* p = start; p < end;) {
    u32 c = static_cast<u8>(*p);
    int length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (length > 1) c &= 0x7Fu >> length;
    for (int i = 1; i < length; ++i) c = c << 6 | (static_cast<u8>(p[i]) & 0x3F);
    p += length;
    if (c == '_' || (first ? unicode::is_xid_start(c) : unicode::is_xid_continue(c))) {
      first = false;
      continue;
    }
    cursor_ = p;
    if (!unicode::is_printable(c)) return fail("invalid non-printable character U+%04X", c);
    return fail("invalid character '%.*s' (U+%04X)", length, p - length, c);
  }
  return true;
}

// == Operators and brackets ==

bool Tokenizer::operator_token(const char* start) {
  using enum TokenKind;
  char a = start[0], b = a ? start[1] : '\0', c = b ? start[2] : '\0';
  TokenKind kind = Unknown;
  int length = 1;
  auto one = [&](TokenKind k) { kind = k; };
  auto with_equal = [&](TokenKind plain, TokenKind equal) {
    kind = b == '=' ? equal : plain;
    length = b == '=' ? 2 : 1;
  };
  auto doubled = [&](TokenKind plain, TokenKind equal, TokenKind twice, TokenKind twice_equal) {
    if (b != a) return with_equal(plain, equal);
    kind = c == '=' ? twice_equal : twice;
    length = c == '=' ? 3 : 2;
  };
  switch (a) {
    case '(':
      one(LeftParenthesis);
      break;
    case ')':
      one(RightParenthesis);
      break;
    case '[':
      one(LeftBracket);
      break;
    case ']':
      one(RightBracket);
      break;
    case '{':
      one(LeftBrace);
      break;
    case '}':
      one(RightBrace);
      break;
    case ',':
      one(Comma);
      break;
    case ';':
      one(Semicolon);
      break;
    case '~':
      one(Tilde);
      break;
    case '.':
      kind = Dot;
      if (b == '.' && c == '.') kind = TokenKind::Ellipsis, length = 3;
      break;
    case ':':
      with_equal(Colon, ColonEqual);
      break;
    case '=':
      with_equal(Equal, EqualEqual);
      break;
    case '!':
      with_equal(Unknown, NotEqual);
      break;
    case '+':
      with_equal(Plus, PlusEqual);
      break;
    case '-':
      with_equal(Minus, MinusEqual);
      if (b == '>') kind = Arrow, length = 2;
      break;
    case '@':
      with_equal(At, AtEqual);
      break;
    case '%':
      with_equal(Percent, PercentEqual);
      break;
    case '|':
      with_equal(Pipe, PipeEqual);
      break;
    case '^':
      with_equal(Caret, CaretEqual);
      break;
    case '&':
      with_equal(Ampersand, AmpersandEqual);
      break;
    case '*':
      doubled(Star, StarEqual, DoubleStar, DoubleStarEqual);
      break;
    case '/':
      doubled(Slash, SlashEqual, DoubleSlash, DoubleSlashEqual);
      break;
    case '<':
      doubled(Less, LessEqual, LeftShift, LeftShiftEqual);
      if (b == '>') kind = NotEqual, length = 2;  // the parser refuses it unless asked to
      break;
    case '>':
      doubled(Greater, GreaterEqual, RightShift, RightShiftEqual);
      break;
    default:
      break;
  }
  cursor_ = start + length;
  if (kind == Unknown && static_cast<u8>(a) < ' ')
    return fail("invalid non-printable character U+%04X", static_cast<u8>(a));
  if (kind == Unknown && a == 0x7F) return fail("invalid non-printable character U+%04X", 0x7F);
  int column = static_cast<int>(start - line_start_);
  if (kind <= RightBrace && kind >= LeftParenthesis) {
    if (a == '(' || a == '[' || a == '{') {
      if (brackets_.size() >= kMaxBrackets) return fail("too many nested parentheses");
      brackets_.push_back({a, lineno_, column + (lineno_ == first_lineno_ ? first_column_ : 0)});
    } else {
      if (brackets_.empty()) return fail("unmatched '%c'", a);
      Bracket open = brackets_.back();
      brackets_.pop_back();
      if (a != (open.character == '(' ? ')' : open.character == '[' ? ']' : '}')) {
        if (open.lineno != lineno_) {
          return fail("closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", a, open.character,
                      open.lineno);
        }
        return fail("closing parenthesis '%c' does not match opening parenthesis '%c'", a, open.character);
      }
    }
  }
  push(kind, start, cursor_);
  return true;
}

// == Errors ==

bool Tokenizer::fail_with(Problem problem) {
  problem_ = problem;
  push_empty(TokenKind::Error);
  return false;
}

bool Tokenizer::fail(const char* format, ...) {
  char buffer[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  int column = static_cast<int>(cursor_ - line_start_);
  return fail_range(column, column, "%s", buffer);
}

bool Tokenizer::fail_range(int column, int end_column, const char* format, ...) {
  char* message = arena_.make_array<char>(256);
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(message, 256, format, arguments);
  va_end(arguments);
  return fail_with({.type = Problem::Class::Syntax,
                    .overrides = true,
                    .message = message,
                    .lineno = lineno_,
                    .column = column,
                    .end_lineno = lineno_,
                    .end_column = end_column});
}

bool Tokenizer::fail_class(Problem::Class type, const char* message, int column) {
  return fail_with(
      {.type = type, .message = message, .lineno = lineno_, .column = column, .end_lineno = lineno_, .end_column = 0});
}
}  // namespace adder::parser
