// tokenizer: source text to an array of tokens.
//
// The whole text is cut at once. The first thing that cannot be a token ends the array with a token of kind Error, and
// `problem()` says what it is: the parser raises it when it gets there, or instead of a vaguer error of its own.
#pragma once
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/config.h"

namespace adder::parser {
enum class TokenKind : u8 {
  EndMarker,
  Newline,
  Indent,
  Dedent,
  Name,
  Number,
  String,
  TypeComment,
  Unknown,  // a character that no token starts with, such as `$`
  Error,
#define TOKEN(name, spelling) name,
#define KEYWORD(name, spelling) name,
#include "parser/token.def"
};

// Whether `kind` is a reserved word.
inline bool is_keyword(TokenKind kind) { return kind >= TokenKind::KwFalse; }
// The spelling of a token that has only one; "" for the others.
const char* token_spelling(TokenKind kind);

struct Token {
  TokenKind kind;
  u8 level;  // open brackets after this token
  int lineno;
  int col_offset;  // in UTF-8 bytes; -1 for Indent, Dedent and EndMarker, which have no extent
  int end_lineno;
  int end_col_offset;
  int first_lineno;   // of the lines that the tokenizer holds together at this token: continued lines, long strings
  int cursor_column;  // how far the line was read when the token was made, in bytes
  std::string_view text;
};

// What went wrong, before it is raised. `column` and `end_column` count the bytes of the line up to and including the
// marked character, so that 1 is the first character; -1 in `end_column` when there is no end.
struct Problem {
  enum class Class : u8 {
    None,
    Syntax,
    Indentation,
    Tab,
    Raised,           // the exception is set already
    UnclosedBracket,  // the text ends inside brackets
    Nested,           // of the expression in an f-string field
    EndOfFile,        // the text ends after a backslash
  };
  Class type = Class::None;
  // Found by the tokenizer alone, so that it is preferred to errors of the grammar before it.
  bool overrides = false;
  // The text ended too early.
  bool at_end = false;
  const char* message = nullptr;
  int lineno = 0;
  int column = 0;
  int end_lineno = 0;
  int end_column = 0;
};

// A `# type: ignore` comment.
struct TypeIgnoreComment {
  int lineno;
  std::string_view tag;
};

// Asked for each deprecated spelling of a number; returns false if the warning became an exception that is not a
// warning itself; sets `as_error` if the filter turned the warning into an error.
class WarningSink {
 public:
  virtual bool deprecated(const char* message, int lineno, bool* as_error) = 0;

 protected:
  ~WarningSink() = default;
};

struct TokenizerOptions {
  bool type_comments = false;
  bool imply_dedent = true;    // false: a text that ends inside a block does not end the block
  bool single_input = false;   // the end of the text gives a Newline before the dedents
  bool async_is_name = false;  // `async` and `await` are names outside of `async def` (feature versions before 3.7)
  int first_lineno = 1;
  int first_column = 0;  // added to the columns of the first line: for expressions inside f-strings
};

class Tokenizer {
 public:
  // `text` is UTF-8 with only "\n" as line ends and a NUL after its last byte; it must outlive the tokens.
  Tokenizer(std::string_view text, const TokenizerOptions& options, Arena& arena, WarningSink* warnings);

  // Cuts the text; call it once.
  void run();
  const std::vector<Token>& tokens() const { return tokens_; }
  // What the last token, of kind Error, stands for.
  const Problem& problem() const { return problem_; }
  const std::vector<TypeIgnoreComment>& type_ignores() const { return type_ignores_; }
  std::string_view text() const { return text_; }
  // Brackets that are open at the end: the innermost first opened last.
  struct Bracket {
    char character;
    int lineno;
    int column;
  };
  const std::vector<Bracket>& open_brackets() const { return brackets_; }
  // The text of a line with its line end; lines count from `first_lineno`. Past the end: "".
  std::string_view line(int lineno) const;
  int line_count() const { return lineno_; }

 private:
  bool next();  // appends a token; false at the end
  bool indentation();
  void comment(const char* start, bool blank_line);
  bool name(const char* start);
  bool starts_async_def() const;
  bool check_identifier(const char* start);
  bool number(const char* start);
  bool decimal_tail();
  bool end_of_number(const char* kind);
  bool fraction(const char* start);
  bool exponent_or_suffix(const char* start);
  bool radix_number(const char* start, const char* kind, const char* digits);
  bool string(const char* start);
  bool operator_token(const char* start);
  bool continuation(bool in_indentation);
  bool end_of_text();
  // Starts the line at the cursor; `joined` to the one before by a backslash or a string.
  void start_line(bool joined = false);

  void push(TokenKind kind, const char* start, const char* end);
  void push_empty(TokenKind kind);
  // Ends the array with an error at the cursor or at the given place. Return false.
  bool fail(const char* format, ...) __attribute__((format(printf, 2, 3)));
  bool fail_range(int column, int end_column, const char* format, ...) __attribute__((format(printf, 4, 5)));
  bool fail_class(Problem::Class type, const char* message, int column);
  bool fail_with(Problem problem);

  std::string_view text_;
  const char* end_;
  const char* cursor_;
  const char* line_start_;
  const char* joined_start_;  // of the first of the lines that are joined
  int joined_lineno_ = 0;
  int lineno_;
  int first_lineno_;
  int first_column_;
  bool at_line_start_ = true;
  bool started_ = false;     // a token was made
  bool line_ended_ = false;  // the Newline that single input implies was made
  int pending_ = 0;          // Indent (1) or Dedents (negative) to give
  std::vector<int> indents_{0};
  std::vector<int> tab_indents_{0};  // the same with tabs counted as one column
  std::vector<Bracket> brackets_;
  const char* token_line_start_ = nullptr;  // of the line where the token in work began
  int token_lineno_ = 0;
  TokenizerOptions options_;
  // With async_is_name: the indentation of the `async def` the cursor is in, or -1; and whether its first line ended.
  int async_indent_ = -1;
  bool async_line_ended_ = false;
  Arena& arena_;
  WarningSink* warnings_;
  Problem problem_;
  std::vector<Token> tokens_;
  std::vector<TypeIgnoreComment> type_ignores_;
};
}  // namespace adder::parser
