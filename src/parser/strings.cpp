// strings: the value of string literals: escapes, bytes, adjacent literals, f-strings.
//
// Positions  An f-string field is parsed by a parser of its own over "(" field ")", placed so that its nodes get the
//            columns they have in the file. Constants and fields have the position of all the adjacent literals
//            together; a format specification, and the text at its end, that of the literal it stands in.
// Surrogates \ud800 is allowed in text: the buffer holds UTF-8 in which surrogates have three bytes.
#include <cstdio>
#include <cstring>

#include "base/copy.h"
#include "base/escapes.h"
#include "parser/parser_impl.h"
#include "parser/source.h"

namespace adder::parser {
namespace {
// Text that grows in the arena.
class Buffer {
 public:
  explicit Buffer(Arena& arena) : arena_(arena) {}
  void append(std::string_view text) {
    reserve(text.size());
    copy_bytes(data_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  void append_byte(char c) {
    reserve(1);
    data_[size_++] = c;
  }
  void append_code_point(u32 c) {
    if (c < 0x80) {
      append_byte(static_cast<char>(c));
    } else if (c < 0x800) {
      append_byte(static_cast<char>(0xC0 | c >> 6));
      append_byte(static_cast<char>(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
      append_byte(static_cast<char>(0xE0 | c >> 12));
      append_byte(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
      append_byte(static_cast<char>(0x80 | (c & 0x3F)));
    } else {
      append_byte(static_cast<char>(0xF0 | c >> 18));
      append_byte(static_cast<char>(0x80 | (c >> 12 & 0x3F)));
      append_byte(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
      append_byte(static_cast<char>(0x80 | (c & 0x3F)));
    }
  }
  std::string_view view() const { return {data_, size_}; }
  bool empty() const { return size_ == 0; }
  void clear() {
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

 private:
  void reserve(usize more) {
    if (size_ + more <= capacity_) return;
    usize capacity = (size_ + more) * 2;
    char* larger = arena_.make_array<char>(capacity);
    if (size_) std::memcpy(larger, data_, size_);
    data_ = larger;
    capacity_ = capacity;
  }
  Arena& arena_;
  char* data_ = nullptr;
  usize size_ = 0;
  usize capacity_ = 0;
};
}  // namespace

class StringParser {
 public:
  StringParser(Parser& parser, const Token* first, const Token* last)
      : parser_(parser), arena_(parser.arena_), first_(first), last_(last), literal_(arena_) {}

  Expr* parse() {
    bool bytes = false, formatted = false;
    for (const Token* t = first_; t != last_; ++t) {
      Literal literal = split(*t);
      if (t == first_) {
        bytes = literal.bytes;
      } else if (bytes != literal.bytes) {
        return parser_.fail_here("cannot mix bytes and nonbytes literals");
      }
      token_ = t;
      if (literal.bytes) {
        if (!bytes_literal(literal)) return nullptr;
      } else if (literal.formatted) {
        if (!parser_.needs_version(6, "Format strings are")) return nullptr;
        formatted = true;
        const char* p = literal.body.data();
        if (!fields(&p, p + literal.body.size(), literal.raw, 0, values_, literal_)) return nullptr;
      } else if (!text(literal.body, literal.raw, literal_)) {
        return nullptr;
      }
    }
    if (bytes) {
      Object* value = make_bytes_constant(arena_, literal_.view());
      if (!value) return parser_.fail_raised();
      return arena_.make<Constant>(position(), value, nullptr);
    }
    if (!formatted) return constant(literal_, position(), *first_);
    return joined(values_, literal_, position(), *first_);
  }

 private:
  struct Literal {
    std::string_view body;
    bool bytes = false, raw = false, formatted = false;
  };
  // Values of a JoinedStr: a list that outlives its growth.
  struct Values {
    Expr** data = nullptr;
    int size = 0, capacity = 0;
  };

  Position position() const {
    const Token& end = last_[-1];
    return {first_->lineno, first_->col_offset, end.end_lineno, end.end_col_offset};
  }

  static Literal split(const Token& t) {
    Literal literal;
    const char* p = t.text.data();
    const char* end = p + t.text.size();
    for (; *p != '"' && *p != '\''; ++p) {
      char lower = static_cast<char>(*p | 0x20);
      if (lower == 'b') literal.bytes = true;
      if (lower == 'r') literal.raw = true;
      if (lower == 'f') literal.formatted = true;
    }
    int quotes = end - p >= 6 && p[1] == p[0] && p[2] == p[0] ? 3 : 1;
    literal.body = {p + quotes, static_cast<usize>(end - p - 2 * quotes)};
    return literal;
  }

  Expr* constant(Buffer& buffer, const Position& where, const Token& token) {
    Object* value = make_str_constant(arena_, buffer.view());
    if (!value) {
      // Source bytes that are not UTF-8.
      const char* message;
      if (take_value_error(arena_, &message)) return parser_.fail_here("(unicode error) %s", message);
      return parser_.fail_raised();
    }
    Str* kind = nullptr;
    if (token.text[0] == 'u') {
      kind = make_identifier(arena_, "u");
      if (!kind) return parser_.fail_raised();
    }
    return arena_.make<Constant>(where, value, kind);
  }

  void push(Values& values, Expr* e) {
    if (values.size == values.capacity) {
      int capacity = values.capacity ? values.capacity * 2 : 4;
      Expr** larger = arena_.make_array<Expr*>(static_cast<usize>(capacity));
      for (int i = 0; i < values.size; ++i) larger[i] = values.data[i];
      values.data = larger;
      values.capacity = capacity;
    }
    values.data[values.size++] = e;
  }

  bool flush(Values& values, Buffer& literal, const Position& where, const Token& token) {
    if (literal.empty()) return true;
    Expr* e = constant(literal, where, token);
    if (!e) return false;
    push(values, e);
    literal.clear();
    return true;
  }

  Expr* joined(Values& values, Buffer& literal, const Position& where, const Token& token) {
    if (!flush(values, literal, where, token)) return nullptr;
    return arena_.make<JoinedStr>(where, Seq<Expr*>{values.data, values.size});
  }

  // == Escapes ==

  bool warn_escape(std::string_view escape, bool octal) {
    if (parser_.second_pass_) return true;
    char message[64];
    std::snprintf(message, sizeof message,
                  octal ? "invalid octal escape sequence '\\%.*s'" : "invalid escape sequence '\\%.*s'",
                  static_cast<int>(escape.size()), escape.data());
    bool as_error = false;
    if (!warn_spelling(SpellingWarning::kDeprecation, message, parser_.context_.filename, token_->lineno, &as_error)) {
      parser_.fail_raised();
      return false;
    }
    if (!as_error) return true;
    parser_.fail_at(parser_.span_of(*token_), "%s", message);
    return false;
  }

  bool unicode_error(usize start, usize end, const char* reason) {
    parser_.fail_here("(unicode error) 'unicodeescape' codec can't decode bytes in position %zu-%zu: %s", start,
                      end - 1, reason);
    return false;
  }

  // Surrogates may come from escapes, but not as bytes of the source.
  bool check_surrogates(std::string_view body) {
    usize at;
    const char* reason;
    if (!find_utf8_error(body, &at, &reason)) return true;
    parser_.fail_here("(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                      static_cast<u8>(body[at]), at, reason);
    return false;
  }

  // Appends a text literal's value. Positions in errors count a character that is not ASCII as ten: the codec that
  // words them sees it as \UXXXXXXXX.
  bool text(std::string_view body, bool raw, Buffer& out) {
    if (find_byte(body.data(), '\xED', body.size()) && !check_surrogates(body)) return false;
    if (raw || !find_byte(body.data(), '\\', body.size())) {
      out.append(body);
      return true;
    }
    const char* p = body.data();
    const char* end = p + body.size();
    usize position = 0;
    std::string_view bad_escape;
    bool bad_is_octal = false;
    auto note_bad = [&](const char* at, usize size, bool octal) {
      if (bad_escape.data()) return;
      bad_escape = {at, size};
      bad_is_octal = octal;
    };
    while (p < end) {
      char c = *p;
      if (c != '\\') {
        if (static_cast<u8>(c) < 0x80) {
          out.append_byte(c);
          ++p;
          ++position;
          continue;
        }
        do out.append_byte(*p++);
        while (p < end && (static_cast<u8>(*p) & 0xC0) == 0x80);
        position += 10;
        continue;
      }
      const char* escape = p;
      usize start = position;
      ++p;
      if (p >= end || static_cast<u8>(*p) >= 0x80) {
        out.append_byte('\\');
        position += 6;
        continue;
      }
      c = *p++;
      position += 2;
      if (int simple = simple_escape(static_cast<u8>(c)); simple >= 0) {
        out.append_byte(static_cast<char>(simple));
        continue;
      }
      if (is_octal(static_cast<u8>(c))) {
        const char* digits = p;
        u32 value = read_octal(c, p, end);
        position += p - digits;
        if (value > 0377) note_bad(escape + 1, 3, true);
        out.append_code_point(value);
        continue;
      }
      switch (c) {
        case '\n':
          break;
        case 'x':
        case 'u':
        case 'U': {
          int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
          u32 value = 0;
          int i = 0;
          for (; i < digits && p < end && hex_value(*p) >= 0; ++i, ++p, ++position)
            value = value * 16 + static_cast<u32>(hex_value(*p));
          if (i < digits) {
            return unicode_error(start, position,
                                 c == 'x'   ? "truncated \\xXX escape"
                                 : c == 'u' ? "truncated \\uXXXX escape"
                                            : "truncated \\UXXXXXXXX escape");
          }
          if (value > 0x10FFFF) return unicode_error(start, position, "illegal Unicode character");
          out.append_code_point(value);
          break;
        }
        case 'N': {
          if (p >= end || *p != '{') return unicode_error(start, position, "malformed \\N character escape");
          const char* name = ++p;
          ++position;
          while (p < end && *p != '}') {
            if (static_cast<u8>(*p) < 0x80) {
              ++position;
              ++p;
            } else {
              position += 10;
              do ++p;
              while (p < end && (static_cast<u8>(*p) & 0xC0) == 0x80);
            }
          }
          if (p >= end || p == name) {
            if (p < end) ++position;
            return unicode_error(start, position, "malformed \\N character escape");
          }
          std::string_view text{name, static_cast<usize>(p - name)};
          ++p;
          ++position;
          u32 value;
          if (!find_named_character(text, &value))
            return unicode_error(start, position, "unknown Unicode character name");
          out.append_code_point(value);
          break;
        }
        default:
          note_bad(escape + 1, 1, false);
          out.append_byte('\\');
          out.append_byte(c);
          break;
      }
    }
    return !bad_escape.data() || warn_escape(bad_escape, bad_is_octal);
  }

  bool bytes_literal(const Literal& literal) {
    for (char c : literal.body) {
      if (static_cast<u8>(c) >= 0x80) {
        parser_.fail_here("bytes can only contain ASCII literal characters");
        return false;
      }
    }
    if (literal.raw) {
      literal_.append(literal.body);
      return true;
    }
    const char* p = literal.body.data();
    const char* start = p;
    const char* end = p + literal.body.size();
    std::string_view bad_escape;
    bool bad_is_octal = false;
    while (p < end) {
      char c = *p++;
      if (c != '\\' || p == end) {
        literal_.append_byte(c);
        continue;
      }
      const char* escape = p;
      c = *p++;
      if (int simple = simple_escape(static_cast<u8>(c)); simple >= 0) {
        literal_.append_byte(static_cast<char>(simple));
        continue;
      }
      if (is_octal(static_cast<u8>(c))) {
        u32 value = read_octal(c, p, end);
        if (value > 0377 && !bad_escape.data()) {
          bad_escape = {escape, 3};
          bad_is_octal = true;
        }
        literal_.append_byte(static_cast<char>(value));
        continue;
      }
      switch (c) {
        case '\n':
          break;
        case 'x':
          if (end - p >= 2 && hex_value(p[0]) >= 0 && hex_value(p[1]) >= 0) {
            literal_.append_byte(static_cast<char>(hex_value(p[0]) * 16 + hex_value(p[1])));
            p += 2;
            break;
          }
          parser_.fail_here("(value error) invalid \\x escape at position %zd", escape - 1 - start);
          return false;
        default:
          if (!bad_escape.data()) bad_escape = {escape, 1};
          literal_.append_byte('\\');
          literal_.append_byte(c);
          break;
      }
    }
    return !bad_escape.data() || warn_escape(bad_escape, bad_is_octal);
  }

  // == f-strings ==

  // Literal text and fields up to the end of the string, or of the format specification (level > 0).
  bool fields(const char** at, const char* end, bool raw, int level, Values& values, Buffer& literal) {
    const char* p = *at;
    for (;;) {
      // Literal text.
      const char* start = p;
      bool doubled = false;
      bool field = false;
      const char* stop = end;
      while (p < end) {
        char c = *p++;
        if (!raw && c == '\\' && p < end) {
          c = *p++;
          if (c == 'N') {
            if (p < end && *p++ == '{') {
              while (p < end && *p++ != '}') {
              }
            }
            continue;
          }
          if (c == '{' && !warn_escape({p - 1, 1}, false)) return false;
        }
        if (c != '{' && c != '}') continue;
        if (level == 0) {
          if (p < end && *p == c) {
            stop = p++;
            doubled = true;
            break;
          }
          if (c == '}') {
            parser_.fail_here("f-string: single '}' is not allowed");
            return false;
          }
        }
        stop = --p;
        field = true;
        break;
      }
      if (!doubled && !field) stop = p;
      std::string_view segment{start, static_cast<usize>(stop - start)};
      if (!segment.empty() && !text(segment, raw, literal)) return false;
      if (doubled) continue;
      if (p >= end || *p == '}') break;
      if (!replacement_field(&p, end, raw, level, values, literal)) return false;
    }
    if (level > 0 && (p >= end || *p != '}')) {
      parser_.fail_here("f-string: expecting '}'");
      return false;
    }
    *at = p;
    return true;
  }

  // From `{` to after `}`.
  bool replacement_field(const char** at, const char* end, bool raw, int level, Values& values, Buffer& literal) {
    const char* brace = *at;
    if (level >= 2) {
      parser_.fail_here("f-string: expressions nested too deeply");
      return false;
    }
    const char* start = brace + 1;
    const char* p = start;
    char quote = 0;
    int quotes = 0;
    char open[200];
    int depth = 0;
    for (; p < end; ++p) {
      char c = *p;
      if (c == '\\') {
        parser_.fail_here("f-string expression part cannot include a backslash");
        return false;
      }
      if (quote) {
        if (c != quote) continue;
        if (quotes == 3) {
          if (p + 2 < end && p[1] == c && p[2] == c) {
            p += 2;
            quote = 0;
          }
        } else {
          quote = 0;
        }
        continue;
      }
      if (c == '\'' || c == '"') {
        quote = c;
        quotes = 1;
        if (p + 2 < end && p[1] == c && p[2] == c) {
          quotes = 3;
          p += 2;
        }
        continue;
      }
      if (c == '[' || c == '{' || c == '(') {
        if (depth >= 200) {
          parser_.fail_here("f-string: too many nested parenthesis");
          return false;
        }
        open[depth++] = c;
        continue;
      }
      if (c == '#') {
        parser_.fail_here("f-string expression part cannot include '#'");
        return false;
      }
      if (depth == 0 && (c == '!' || c == ':' || c == '}' || c == '=' || c == '<' || c == '>')) {
        if (p + 1 < end && p[1] == '=' && c != ':' && c != '}') {
          ++p;
          continue;
        }
        if (c == '<' || c == '>') continue;
        break;
      }
      if (c == ']' || c == '}' || c == ')') {
        if (depth == 0) {
          parser_.fail_here("f-string: unmatched '%c'", c);
          return false;
        }
        char opening = open[--depth];
        if (!((opening == '(' && c == ')') || (opening == '[' && c == ']') || (opening == '{' && c == '}'))) {
          parser_.fail_here("f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, opening);
          return false;
        }
      }
    }
    const char* expression_end = p;
    if (quote) {
      parser_.fail_here("f-string: unterminated string");
      return false;
    }
    if (depth) {
      parser_.fail_here("f-string: unmatched '%c'", open[depth - 1]);
      return false;
    }
    auto unexpected_end = [this] {
      parser_.fail_here("f-string: expecting '}'");
      return false;
    };
    if (p >= end) return unexpected_end();
    std::string_view source{start, static_cast<usize>(expression_end - start)};
    if (*p != '}' && source.find_first_not_of(" \t\n\f\r") == std::string_view::npos) {
      parser_.fail_here("f-string: expression required before '%c'", *p);
      return false;
    }
    Expr* value = field_expression(brace, source);
    if (!value) return false;
    bool self_documenting = false;
    if (*p == '=') {
      if (!parser_.needs_version(8, "f-string: self documenting expressions are")) return false;
      ++p;
      while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) ++p;
      if (p >= end) return unexpected_end();
      literal.append({start, static_cast<usize>(p - start)});
      self_documenting = true;
    }
    int conversion = -1;
    if (*p == '!') {
      ++p;
      if (p >= end) return unexpected_end();
      conversion = static_cast<u8>(*p++);
      if (conversion != 's' && conversion != 'r' && conversion != 'a') {
        parser_.fail_here("f-string: invalid conversion character: expected 's', 'r', or 'a'");
        return false;
      }
    }
    if (p >= end) return unexpected_end();
    Expr* specification = nullptr;
    if (*p == ':') {
      ++p;
      if (p >= end) return unexpected_end();
      Values inner;
      Buffer inner_literal(arena_);
      if (!fields(&p, end, raw, level + 1, inner, inner_literal)) return false;
      specification = joined(inner, inner_literal, parser_.span_of(*token_), *token_);
      if (!specification) return false;
    }
    if (p >= end || *p != '}') return unexpected_end();
    ++p;
    if (self_documenting && !specification && conversion == -1) conversion = 'r';
    if (!flush(values, literal, position(), *first_)) return false;
    push(values, arena_.make<FormattedValue>(position(), value, conversion, specification));
    *at = p;
    return true;
  }

  Expr* field_expression(const char* brace, std::string_view source) {
    if (source.find_first_not_of(" \t\n\f\r") == std::string_view::npos) {
      return parser_.fail_here("f-string: empty expression not allowed");
    }
    // Where the brace stands: the parenthesis takes its place.
    if (scanned_token_ != token_ || brace < scanned_) {
      scanned_token_ = token_;
      scanned_ = line_ = token_->text.data();
      lines_ = 0;
    }
    for (; scanned_ < brace; ++scanned_) {
      if (*scanned_ == '\n') {
        ++lines_;
        line_ = scanned_ + 1;
      }
    }
    bool newline_first = false;
    for (const char* p = brace + 1;; ++p) {
      if (*p == '\n') newline_first = true;
      if (*p != ' ' && *p != '\t' && *p != '\f') break;
    }
    int column = newline_first ? 0 : static_cast<int>(brace - line_);
    char* text = arena_.make_array<char>(source.size() + 4);
    text[0] = '(';
    std::memcpy(text + 1, source.data(), source.size());
    std::memcpy(text + 1 + source.size(), ")\n", 3);
    TokenizerOptions options;
    options.async_is_name = parser_.context_.flags.feature_version < 7;
    options.first_lineno = token_->lineno + lines_;
    options.first_column = lines_ ? column : token_->col_offset + column;
    Parser nested(parser_.context_, {text, source.size() + 3}, options, Parser::Start::FString);
    nested.barry_ = parser_.barry_;
    Expr* value = nested.parse_fstring_expression();
    return value ? value : parser_.fail_nested(nested);
  }

  Parser& parser_;
  Arena& arena_;
  const Token* first_;
  const Token* last_;
  const Token* token_ = nullptr;
  Buffer literal_;
  Values values_;
  // Lines of the token up to a place in it.
  const Token* scanned_token_ = nullptr;
  const char* scanned_ = nullptr;
  const char* line_ = nullptr;
  int lines_ = 0;
};

Expr* parse_strings(Parser& parser, const Token* first, const Token* last) {
  return StringParser(parser, first, last).parse();
}
}  // namespace adder::parser
