// parser: entry points, the token cursor, the two passes and what they report.
#include "parser/parser.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "memory/refcount.h"
#include "parser/parser_impl.h"
#include "parser/source.h"
#include "runtime/runtime.h"
#include "runtime/thread.h"
#include "types/bytes.h"

namespace adder::parser {
namespace {
// Depth of recursion in constructs that brackets do not bound (`- - - x`, `a if b else …`); deeper text is refused.
constexpr int kMaxDepth = 6000;

bool is_blank(TokenKind kind) {
  return kind == TokenKind::Newline || kind == TokenKind::Indent || kind == TokenKind::Dedent ||
         kind == TokenKind::EndMarker;
}
}  // namespace

Parser::Parser(ParserContext& context, std::string_view text, const TokenizerOptions& options, Start start)
    : context_(context),
      arena_(context.arena),
      start_(start),
      tokenizer_(text, options, context.arena, this),
      barry_(context.flags.barry_as_bdfl) {
  fstring_origin_.lineno = options.first_lineno;
  fstring_origin_.col_offset = options.first_column;
}

bool Parser::deprecated(const char* message, int lineno, bool* as_error) {
  return warn_spelling(SpellingWarning::kSyntax, message, context_.filename, lineno, as_error);
}

// == Tokens ==

void Parser::advance() {
  ++pos_;
  if (pos_ > farthest_) farthest_ = pos_;
  if (ADDER_UNLIKELY(at(TokenKind::Error))) reach_error_token();
}

void Parser::reach_error_token() {
  if (raised_) return;
  tokenizer_failed_ = true;
  set_problem(tokenizer_.problem());
}

void Parser::touch_next() {
  advance();
  --pos_;
}

bool Parser::at_comprehension() {
  if (at(TokenKind::KwFor)) return true;
  if (!at(TokenKind::KwAsync)) return false;
  touch_next();
  return peek() == TokenKind::KwFor;
}

bool Parser::require(TokenKind k) {
  if (accept(k)) return true;
  if (!raised_) fail_at(span_of(token()), "expected '%s'", token_spelling(k));
  return false;
}

int Parser::last_significant(int before) const {
  int last = before - 1;
  while (last > 0 && is_blank(tokens_[last].kind)) --last;
  return last;
}

Position Parser::span(int start) const {
  const Token& first = tokens_[start];
  const Token& last = tokens_[last_significant(pos_)];
  return {first.lineno, first.col_offset, last.end_lineno, last.end_col_offset};
}

Str* Parser::identifier(const Token& t) {
  auto [place, is_new] = context_.identifiers.try_emplace(t.text, nullptr);
  if (is_new) place->second = make_identifier(arena_, t.text);
  if (!place->second) {
    fail_raised();
    context_.identifiers.erase(t.text);
    return nullptr;
  }
  return place->second;
}

bool Parser::enter(int weight) {
  context_.depth += weight;
  if (ADDER_LIKELY(context_.depth < kMaxDepth)) {
    RecursionGuard guard(" during compilation");  // a thread's stack may be smaller
    if (ADDER_LIKELY(!guard.failed())) return true;
    fail_raised();
  } else {
    fail_memory();
  }
  context_.depth -= weight;
  return false;
}

void Parser::start_memo() {
  if (memoize_) return;
  memoize_ = true;
  usize count = static_cast<usize>(token_count_) + 1;
  expression_memo_.assign(count, {});
  disjunction_memo_.assign(count, {});
  primary_memo_.assign(count, {});
  atom_memo_.assign(count, {});
}

bool Parser::recall(const Memo& memo, Expr** node) {
  const MemoEntry& entry = memo[static_cast<usize>(pos_)];
  if (entry.end < 0) return false;
  *node = entry.node;
  pos_ = entry.end;
  return true;
}

Expr* Parser::remember(Memo& memo, int start, Expr* node) {
  if (!raised_) memo[static_cast<usize>(start)] = {node, pos_};
  return node;
}

// == Errors ==

bool Parser::set_problem(Problem problem) {
  if (raised_) return false;
  raised_ = true;
  problem_ = problem;
  if (problem.type == Problem::Class::UnclosedBracket || problem.type == Problem::Class::EndOfFile) {
    unclosed_bracket(&problem_);
  }
  return false;
}

std::nullptr_t Parser::fail_raised() {
  set_problem({.type = Problem::Class::Raised});
  return nullptr;
}

std::nullptr_t Parser::fail_memory() {
  if (!raised_) raise_memory_error();
  return fail_raised();
}

const char* Parser::format_message(const char* format, va_list arguments) {
  char buffer[512];
  int length = std::vsnprintf(buffer, sizeof buffer, format, arguments);
  usize size = static_cast<usize>(length) < sizeof buffer ? static_cast<usize>(length) : sizeof buffer - 1;
  char* message = arena_.make_array<char>(size + 1);
  std::memcpy(message, buffer, size);
  message[size] = '\0';
  return message;
}

std::nullptr_t Parser::fail_position(const Position& from, const Position& to, const char* format, ...) {
  if (raised_) return nullptr;
  va_list arguments;
  va_start(arguments, format);
  set_problem({.type = Problem::Class::Syntax,
               .message = format_message(format, arguments),
               .lineno = from.lineno,
               .column = from.col_offset + 1,
               .end_lineno = to.end_lineno,
               .end_column = to.end_col_offset + 1});
  va_end(arguments);
  return nullptr;
}

std::nullptr_t Parser::fail_at(const Position& where, const char* format, ...) {
  if (raised_) return nullptr;
  va_list arguments;
  va_start(arguments, format);
  const char* message = format_message(format, arguments);
  va_end(arguments);
  return fail_position(where, where, "%s", message);
}

std::nullptr_t Parser::fail_here(const char* format, ...) {
  if (raised_) return nullptr;
  va_list arguments;
  va_start(arguments, format);
  const char* message = format_message(format, arguments);
  va_end(arguments);
  const Token& t = tokens_[farthest_];
  set_problem({.type = Problem::Class::Syntax,
               .message = message,
               .lineno = t.lineno,
               .column = t.col_offset < 0 ? t.cursor_column : t.col_offset + 1,
               .end_lineno = t.end_lineno,
               .end_column = t.end_col_offset < 0 ? -1 : t.end_col_offset + 1});
  return nullptr;
}

std::nullptr_t Parser::fail_indentation(const char* format, ...) {
  if (raised_) return nullptr;
  va_list arguments;
  va_start(arguments, format);
  const char* message = format_message(format, arguments);
  va_end(arguments);
  fail_here("%s", message);
  problem_.type = Problem::Class::Indentation;
  return nullptr;
}

std::nullptr_t Parser::fail_starting_from(const Position& from, const char* message) {
  const Token& t = tokens_[farthest_];
  set_problem({.type = Problem::Class::Syntax,
               .message = message,
               .lineno = from.lineno,
               .column = from.col_offset + 1,
               .end_lineno = t.end_lineno,
               .end_column = t.cursor_column});
  return nullptr;
}

bool Parser::needs_version(int minor, const char* what) {
  if (ADDER_LIKELY(context_.flags.feature_version >= minor)) return true;
  fail_here("%s only supported in Python 3.%d and greater", what, minor);
  return false;
}

// "'(' was never closed" for the innermost bracket that is open at the end of the text.
bool Parser::unclosed_bracket(Problem* problem) const {
  if (tokenizer_.open_brackets().empty()) return false;
  const Tokenizer::Bracket& bracket = tokenizer_.open_brackets().back();
  char* message = arena_.make_array<char>(32);
  std::snprintf(message, 32, "'%c' was never closed", bracket.character);
  *problem = {.type = Problem::Class::Syntax,
              .overrides = true,
              .message = message,
              .lineno = bracket.lineno,
              .column = bracket.column + 1,
              .end_lineno = bracket.lineno,
              .end_column = 0};
  return true;
}

// After an error of the grammar: what the tokenizer has to say about the rest of the text is more to the point.
void Parser::check_rest_of_text() {
  if (tokenizer_failed_ || problem_.type == Problem::Class::Raised) return;
  const Token& last = tokens_[token_count_ - 1];
  if (last.kind != TokenKind::Error) return;
  const Problem& problem = tokenizer_.problem();
  if (problem.type == Problem::Class::Raised) {
    problem_ = problem;
  } else if (problem.overrides) {
    problem_ = problem;
    farthest_ = token_count_ - 1;
  } else if (!tokenizer_.open_brackets().empty()) {
    int line = tokenizer_.open_brackets().back().lineno;
    if (tokens_[farthest_].lineno > line) {
      unclosed_bracket(&problem_);
      farthest_ = token_count_ - 1;
    }
  }
}

// The line that an error shows. The tokenizer has read up to the farthest token: a line that it has passed is shown
// without its end, the current one with it and with the lines of a string that reaches into it.
std::string_view Parser::error_text(int lineno) const {
  std::string_view line = tokenizer_.line(lineno);
  const Token& last = tokens_[farthest_];
  if (problem_.overrides && problem_.end_column != 0) {
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    return line;
  }
  if (last.kind == TokenKind::Error && tokenizer_.problem().at_end && last.end_lineno <= lineno) {
    std::string_view text = tokenizer_.text();
    const char* start = tokenizer_.line(last.first_lineno).data();
    return {start, static_cast<usize>(text.data() + text.size() - start)};
  }
  int current = last.end_lineno;
  if (current <= lineno) {
    if (current < lineno || last.first_lineno == current) return line;
    std::string_view start = tokenizer_.line(last.first_lineno);
    return {start.data(), static_cast<usize>(line.data() + line.size() - start.data())};
  }
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  return line;
}

// Whether the tokenizer has seen the end of the text: more text could go on from there.
bool Parser::is_end_of_source() const {
  const Token& last = tokens_[farthest_];
  if (last.kind == TokenKind::Error) return tokenizer_.problem().at_end;
  std::string_view text = tokenizer_.text();
  // A string is complete without a look at the next character.
  return last.kind != TokenKind::String && last.text.data() + last.text.size() == text.data() + text.size();
}

// No check of the second pass fired: the text is wrong where the first pass stopped.
void Parser::set_generic_problem(int stopped) {
  const Token& last = tokens_[stopped];
  if (last.kind == TokenKind::Indent) {
    fail_indentation("unexpected indent");
  } else if (last.kind == TokenKind::Dedent) {
    fail_indentation("unexpected unindent");
  } else {
    fail_at(span_of(last), "invalid syntax");
    check_rest_of_text();
  }
}

void Parser::raise_found_problem() {
  if (problem_.type == Problem::Class::Raised) return;
  Problem problem = problem_;
  std::string_view text = error_text(problem.lineno);
  if (start_ == Start::FString) {
    // The parser around raises it. Columns count in the text of the field, which has a parenthesis in place of the
    // brace.
    if (nested_) {
      context_.nested = *nested_;
      return;
    }
    if (problem.lineno == fstring_origin_.lineno && !problem.overrides) problem.column -= fstring_origin_.col_offset;
    if (problem.end_lineno == fstring_origin_.lineno && !problem.overrides && problem.end_column > 0) {
      problem.end_column -= fstring_origin_.col_offset;
    }
    context_.nested = {problem, text, problem.overrides ? "" : "f-string: ", !problem.overrides};
    return;
  }
  if (nested_ && problem_.type == Problem::Class::Nested) {
    raise_problem(nested_->problem, context_.filename, nested_->text, nested_->prefix, nested_->byte_columns);
    return;
  }
  raise_problem(problem, context_.filename, text, "", byte_columns_ && !problem.overrides);
}

// Runs a start rule: once to parse, and if that fails once more to explain.
template <class T, class Rule>
T* Parser::run(Rule rule) {
  tokenizer_.run();
  tokens_ = tokenizer_.tokens().data();
  token_count_ = static_cast<int>(tokenizer_.tokens().size());
  if (at(TokenKind::Error)) reach_error_token();
  T* result = raised_ ? nullptr : rule();
  if (result && !raised_) return result;
  if (context_.flags.allow_incomplete && is_end_of_source() && problem_.type != Problem::Class::Raised) {
    raised_ = false;
    fail_here("incomplete input");
    problem_.overrides = false;
    raise_found_problem();
    return nullptr;
  }
  if (!raised_) {
    int stopped = farthest_;
    pos_ = 0;
    diagnose_ = second_pass_ = true;
    memoize_ = false;
    start_memo();
    result = rule();
    if (raised_) {
      check_rest_of_text();
    } else {
      set_generic_problem(stopped);
    }
  } else {
    check_rest_of_text();
  }
  raise_found_problem();
  return nullptr;
}

// == Start rules ==

Mod* Parser::parse() {
  switch (start_) {
    case Start::Eval:
      return run<Mod>([this] { return eval(); });
    case Start::Single:
      return run<Mod>([this] { return single(); });
    case Start::FuncType:
      return run<Mod>([this] { return func_type(); });
    default:
      return run<Mod>([this] { return file(); });
  }
}

// The expression of a field could not be parsed by `nested`.
std::nullptr_t Parser::fail_nested(const Parser& nested) {
  if (nested.problem_.type == Problem::Class::Raised) return fail_raised();
  nested_ = arena_.make<NestedProblem>(context_.nested);
  set_problem({.type = Problem::Class::Nested});
  return nullptr;
}

Expr* Parser::parse_fstring_expression() {
  return run<Expr>([this] { return star_expressions(); });
}

Mod* Parser::file() {
  List<Stmt*> body(*this);
  if (!statements(body, TokenKind::EndMarker)) return nullptr;
  Seq<TypeIgnore*> ignores;
  if (usize count = tokenizer_.type_ignores().size()) {
    ignores = make_seq<TypeIgnore*>(arena_, static_cast<int>(count));
    for (usize i = 0; i < count; ++i) {
      const TypeIgnoreComment& comment = tokenizer_.type_ignores()[i];
      Str* tag = make_text(arena_, comment.tag);
      if (!tag) return fail_raised();
      ignores.data[i] = arena_.make<TypeIgnore>(comment.lineno, tag);
    }
  }
  return arena_.make<ast::Module>(body.finish(), ignores);
}

Mod* Parser::eval() {
  int start = pos_;
  List<Expr*> items(*this);
  Expr* first = expression();
  if (!first) return nullptr;
  if (at(TokenKind::Comma)) {
    items.push(first);
    while (accept(TokenKind::Comma)) {
      int save = pos_;
      Expr* next = expression();
      if (raised_) return nullptr;
      if (!next) {
        reset(save);
        break;
      }
      items.push(next);
    }
    first = arena_.make<ast::Tuple>(span(start), items.finish(), ExprContext::Load);
  }
  while (accept(TokenKind::Newline)) {
  }
  if (!at(TokenKind::EndMarker)) return nullptr;
  return arena_.make<Expression>(first);
}

Mod* Parser::single() {
  List<Stmt*> body(*this);
  if (at(TokenKind::EndMarker)) return nullptr;
  if (at(TokenKind::Newline)) {
    body.push(arena_.make<Pass>(span_of(token())));
    return arena_.make<Interactive>(body.finish());
  }
  if (starts_compound()) {
    Stmt* compound = compound_statement();
    if (raised_) return nullptr;
    if (compound) {
      if (!at(TokenKind::Newline)) return nullptr;
      body.push(compound);
      return arena_.make<Interactive>(body.finish());
    }
    reset(0);
    if (!at(TokenKind::Name)) return nullptr;
  }
  last_line_ = true;
  if (!simple_statements(body)) return nullptr;
  if (has_more_statements()) {
    tokenizer_failed_ = true;  // whatever comes later
    farthest_ = pos_ - 1;      // the error stands at the end of the first statement
    return fail_here("multiple statements found while compiling a single statement");
  }
  return arena_.make<Interactive>(body.finish());
}

// Whether the text goes on after the one statement that was parsed: comments and blank lines may.
bool Parser::has_more_statements() const {
  const Token& newline = tokens_[pos_ - 1];
  std::string_view text = tokenizer_.text();
  const char* p = newline.text.data();
  const char* end = text.data() + text.size();
  while (p < end) {
    char c = *p;
    if (c == '#') {
      while (p < end && *p != '\n') ++p;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\f') {
      ++p;
    } else {
      return true;
    }
  }
  return false;
}

Mod* Parser::func_type() {
  if (!accept(TokenKind::LeftParenthesis)) return nullptr;
  List<Expr*> types(*this);
  bool star = false, double_star = false;
  while (!at(TokenKind::RightParenthesis)) {
    if (double_star) return nullptr;
    if (!star && accept(TokenKind::Star)) {
      star = true;
    } else if (accept(TokenKind::DoubleStar)) {
      double_star = true;
    } else if (star) {
      return nullptr;
    }
    Expr* type = expression();
    if (!type) return nullptr;
    types.push(type);
    if (!at(TokenKind::Comma)) break;
    advance();
    if (at(TokenKind::RightParenthesis)) return nullptr;
  }
  if (!accept(TokenKind::RightParenthesis) || !accept(TokenKind::Arrow)) return nullptr;
  Expr* returns = expression();
  if (!returns) return nullptr;
  while (accept(TokenKind::Newline)) {
  }
  if (!at(TokenKind::EndMarker)) return nullptr;
  return arena_.make<FunctionType>(types.finish(), returns);
}
}  // namespace adder::parser

namespace adder {
ast::Mod* parse_string(std::string_view source, Str* filename, ParseMode mode, const ParserFlags& flags, Arena& arena) {
  using parser::Parser;
  if (audit_wanted()) {
    Result<Bytes> bytes = bytes_from_view(source);
    if (bytes.failed()) return nullptr;
    Ref<Bytes> given = bytes.take();
    if (audit("compile", static_cast<Object*>(given.get()), static_cast<Object*>(filename)).failed()) return nullptr;
  }
  std::string_view text;
  bool declared = flags.ignore_cookie;
  if (!parser::prepare_source(arena, source, filename, &declared, mode == ParseMode::Exec, &text)) return nullptr;
  parser::ParserContext context{arena, filename, flags, {}, 0, {}};
  parser::TokenizerOptions options;
  options.type_comments = flags.type_comments;
  options.imply_dedent = !flags.dont_imply_dedent;
  options.single_input = mode == ParseMode::Single;
  options.async_is_name = flags.feature_version < 7;
  Parser::Start start = mode == ParseMode::Exec     ? Parser::Start::File
                        : mode == ParseMode::Eval   ? Parser::Start::Eval
                        : mode == ParseMode::Single ? Parser::Start::Single
                                                    : Parser::Start::FuncType;
  Parser parser(context, text, options, start);
  if (!declared) parser.use_byte_columns();
  return parser.parse();
}
}  // namespace adder
