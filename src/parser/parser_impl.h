// parser_impl: the parser as a class; parser.h is the public face.
//
// Method     Recursive descent over the token array, one function for each rule of the grammar. A function gives its
// node,
//            or null: either the tokens do not match (pos_ is then anywhere; who tries another way puts it back), or an
//            error was found (raised_).
// Errors     The first pass only finds out that the text is wrong, and how far it got (farthest_). Then the text is
// parsed
//            again with diagnose_ set: now the rules also look for typical mistakes and describe them. Such a check
//            comes where the wrong construct would be parsed, so inner and earlier mistakes win.
//            If no check fires: "invalid syntax" at the token where the first pass stopped.
// Backing up In the second pass, what was parsed at a token is remembered for the rules that are tried in many ways
// (memo).
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parser/ast_nodes.h"
#include "parser/objects.h"
#include "parser/parser.h"
#include "parser/tokenizer.h"

namespace adder::parser {
using namespace adder::ast;  // the rules talk about nothing else; runtime types keep their qualified names

// The problem of an expression in an f-string field, as it is to be raised.
struct NestedProblem {
  Problem problem;
  std::string_view text;
  const char* prefix = "";
  bool byte_columns = false;
};

// State that nested parsers (expressions in f-strings) share with the outer one.
struct ParserContext {
  Arena& arena;
  Str* filename;
  ParserFlags flags;
  std::unordered_map<std::string_view, Str*> identifiers;
  int depth = 0;
  NestedProblem nested;  // what the last nested parser found
};

class Parser final : public WarningSink {
 public:
  enum class Start : u8 { File, Eval, Single, FuncType, FString };

  Parser(ParserContext& context, std::string_view text, const TokenizerOptions& options, Start start);
  void use_byte_columns() { byte_columns_ = true; }
  // The whole text as a Mod; null with the exception set.
  Mod* parse();
  // The text as the expression of an f-string field; null with the exception set.
  Expr* parse_fstring_expression();

  bool deprecated(const char* message, int lineno, bool* as_error) override;

 private:
  friend class StringParser;
  template <class T>
  class List;

  // What targets are looked for in.
  enum class TargetUse : u8 { Star, Del, For };

  struct ArgumentList {
    Seq<Expr*> args;
    Seq<Keyword*> keywords;
    Position span;
    bool ends_with_double_star = false;
  };

  // == Tokens ==
  const Token& token() const { return tokens_[pos_]; }
  TokenKind kind() const { return tokens_[pos_].kind; }
  bool at(TokenKind k) const { return tokens_[pos_].kind == k; }
  TokenKind peek() const { return pos_ + 1 < token_count_ ? tokens_[pos_ + 1].kind : TokenKind::EndMarker; }
  bool at_word(std::string_view word) const { return at(TokenKind::Name) && token().text == word; }
  void advance();
  void reach_error_token();
  // Marks the token after the current one as looked at.
  void touch_next();
  bool accept(TokenKind k) {
    if (!at(k)) return false;
    advance();
    return true;
  }
  // `expected` or the error "expected '…'".
  bool require(TokenKind k);
  Position span(int start) const;
  Position span_of(const Token& t) const { return {t.lineno, t.col_offset, t.end_lineno, t.end_col_offset}; }
  int last_significant(int before) const;
  void reset(int position) { pos_ = position; }

  // == Errors ==
  std::nullptr_t fail_position(const Position& from, const Position& to, const char* format, ...)
      __attribute__((format(printf, 4, 5)));
  std::nullptr_t fail_at(const Position& where, const char* format, ...) __attribute__((format(printf, 3, 4)));
  // At the farthest token.
  std::nullptr_t fail_here(const char* format, ...) __attribute__((format(printf, 2, 3)));
  std::nullptr_t fail_indentation(const char* format, ...) __attribute__((format(printf, 2, 3)));
  std::nullptr_t fail_starting_from(const Position& from, const char* message);
  std::nullptr_t fail_memory();
  // The exception is set.
  std::nullptr_t fail_raised();
  std::nullptr_t fail_nested(const Parser& nested);
  bool set_problem(Problem problem);
  void set_generic_problem(int stopped);
  void raise_found_problem();
  void check_rest_of_text();
  bool unclosed_bracket(Problem* problem) const;
  std::string_view error_text(int lineno) const;
  const char* format_message(const char* format, __builtin_va_list arguments);
  bool is_end_of_source() const;
  // False with a problem if the feature needs a newer grammar than asked for.
  bool needs_version(int minor, const char* what);

  // == Entry ==
  template <class T, class Rule>
  T* run(Rule rule);
  Mod* file();
  Mod* eval();
  Mod* single();
  Mod* func_type();
  bool has_more_statements() const;

  // == Statements (parser_statements.cpp, parser_compound.cpp) ==
  bool statements(List<Stmt*>& out, TokenKind end);
  bool statement(List<Stmt*>& out);
  bool simple_statements(List<Stmt*>& out);
  bool accept_line_end();
  Stmt* simple_statement();
  Stmt* expression_statement();
  Stmt* annotated_assignment(int start, Expr* target, int simple);
  Stmt* assignment(int start, Expr* first);
  Stmt* augmented_assignment(int start, Expr* target);
  void diagnose_assignment();
  Expr* annotated_value();
  Stmt* return_statement();
  Stmt* raise_statement();
  Stmt* names_statement(bool global);
  Stmt* del_statement();
  Stmt* assert_statement();
  Stmt* import_name();
  Stmt* import_from();
  bool import_targets(List<Alias*>& out);
  Str* dotted_name();
  Str* optional_type_comment(bool* failed);

  Stmt* compound_statement();
  bool starts_compound();
  bool block(Seq<Stmt*>& out);
  // For the second pass: the colon and the block after `what` in the statement that began at `start`.
  bool check_colon();
  bool check_block(const Token& start, const char* what);
  Stmt* decorated();
  Stmt* function_definition(int start, Seq<Expr*> decorators, bool async);
  Stmt* class_definition(Seq<Expr*> decorators);
  Str* function_type_comment(bool* failed);
  Stmt* if_statement();
  bool else_block(Seq<Stmt*>& out);
  Stmt* while_statement();
  Stmt* for_statement(int start, bool async);
  Stmt* with_statement(int start, bool async);
  WithItem* with_item();
  Stmt* try_statement();
  ExceptHandler* except_block(bool* star);
  bool with_items(List<WithItem*>& out, bool parenthesized);
  Stmt* match_statement();
  MatchCase* case_block();
  Arguments* parameters(bool lambda, TokenKind end);
  Arg* parameter(bool lambda, bool star_annotation);
  bool parameter_type_comment(Arg* arg, TokenKind end);
  void diagnose_parameters(bool lambda, TokenKind end);
  void diagnose_star_parameters(bool lambda, TokenKind end);
  void diagnose_double_star_parameters(bool lambda);
  void diagnose_parenthesized_parameters(bool lambda, TokenKind end);
  // Which parameters scan_parameter takes.
  enum class Default : u8 { Without, With, Either };
  Arg* scan_parameter(bool lambda, TokenKind end, Default which);
  Expr* default_value();
  Arguments* empty_arguments();

  // == Patterns (parser_patterns.cpp) ==
  Pattern* patterns();
  Pattern* pattern();
  Pattern* or_pattern();
  Pattern* closed_pattern();
  Pattern* star_or_plain_pattern();
  bool pattern_list(List<Pattern*>& out, TokenKind end);
  Pattern* bracket_pattern();
  Pattern* mapping_pattern();
  Pattern* class_pattern(int start, Expr* cls);
  Expr* number_pattern();
  Expr* name_or_attribute();
  Str* capture_name();

  // == Expressions (parser_expressions.cpp, parser_atoms.cpp) ==
  Expr* star_expressions();
  Expr* star_expression();
  Expr* star_named_expression();
  bool star_named_expressions(List<Expr*>& out);
  Expr* named_expression();
  Expr* assignment_expression();
  Expr* expression();
  Expr* plain_expression();
  Expr* diagnosed_expression();
  Expr* diagnosed_named_expression();
  Expr* yield_expression();
  Expr* lambda();
  Expr* disjunction();
  Expr* conjunction();
  Expr* inversion();
  Expr* comparison();
  Expr* binary(int minimum_precedence);
  Expr* bitwise_or() { return binary(0); }
  Expr* unary();
  Expr* power();
  Expr* primary();
  Expr* primary_unmemoized();
  Expr* call(int start, Expr* function);
  // The arguments after `open`, with the closing parenthesis.
  bool call_arguments(int open, bool generator_alone, ArgumentList& out);
  bool argument_list(ArgumentList& out);
  bool keyword_argument(List<Keyword*>& out);
  bool diagnose_keyword_argument();
  void diagnose_arguments();
  Expr* slices();
  Expr* slice();
  Expr* atom();
  Expr* bracketed();
  Expr* parenthesized();
  Expr* list();
  Expr* braces();
  bool key_value(List<Expr*>& keys, List<Expr*>& values);
  Expr* generator(int start, Expr* element);
  bool for_if_clauses(Seq<Comprehension*>& out);
  bool at_comprehension();
  void diagnose_comprehension(int start);
  void diagnose_group(int start);
  Expr* dict_after_key(int start, Expr* first_key, bool* matched_any);
  void diagnose_dict(int start);
  Expr* name();
  Expr* number();
  Expr* strings();
  Str* identifier(const Token& t);

  // == Targets ==
  Expr* star_targets();  // of `for`: stops before `in`
  Expr* target();
  bool is_star_target(const Expr* e, bool allow_star) const;
  bool is_single_target(const Expr* e) const;
  bool is_del_target(const Expr* e) const;
  void set_context(Expr* e, ExprContext context);
  Expr* invalid_target(Expr* e, TargetUse use) const;
  void diagnose_target(Expr* e, TargetUse use);
  bool is_legacy_statement(const Token& t) const;

  // == Depth ==
  // Counts the recursion that brackets do not bound; false with MemoryError set beyond the limit.
  bool enter(int weight = 1);
  void leave(int weight = 1) { context_.depth -= weight; }

  // == Memo: on in the second pass, and in the first from the first dictionary that is wrong ==
  struct MemoEntry {
    Expr* node = nullptr;
    int end = -1;  // -1: not known
  };
  using Memo = std::vector<MemoEntry>;
  void start_memo();
  bool recall(const Memo& memo, Expr** node);
  Expr* remember(Memo& memo, int start, Expr* node);

  ParserContext& context_;
  Arena& arena_;
  Start start_;
  Tokenizer tokenizer_;
  const Token* tokens_ = nullptr;
  int token_count_ = 0;
  int pos_ = 0;
  int farthest_ = 0;
  bool raised_ = false;            // problem_ is set, or the exception is
  bool tokenizer_failed_ = false;  // the rest of the text cannot explain the problem better
  bool diagnose_ = false;          // look for typical mistakes
  bool second_pass_ = false;
  bool memoize_ = false;
  bool last_line_ = false;  // in the simple statements that end a dialogue's input
  bool barry_ = false;      // `<>` is the operator
  bool byte_columns_ =
      false;  // errors count columns in bytes: source bytes without a declared encoding, f-string fields
  Problem problem_;
  NestedProblem* nested_ = nullptr;  // with a problem of class Nested
  Position fstring_origin_;
  Memo expression_memo_, disjunction_memo_, primary_memo_, atom_memo_;
};

// A list under construction: the first elements in place, more in the arena.
template <class T>
class Parser::List {
 public:
  explicit List(Parser& parser) : arena_(parser.arena_) {}
  List(const List&) = delete;
  void push(T item) {
    if (size_ == capacity_) grow();
    data_[size_++] = item;
  }
  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T operator[](int index) const { return data_[index]; }
  T back() const { return data_[size_ - 1]; }
  // The elements, moved to the arena.
  Seq<T> finish() const {
    if (size_ == 0) return {};
    if (data_ != inline_) return {data_, size_};
    Seq<T> seq = make_seq<T>(arena_, size_);
    for (int i = 0; i < size_; ++i) seq.data[i] = data_[i];
    return seq;
  }

 private:
  void grow() {
    T* larger = arena_.make_array<T>(static_cast<usize>(capacity_) * 2);
    for (int i = 0; i < size_; ++i) larger[i] = data_[i];
    data_ = larger;
    capacity_ *= 2;
  }
  static constexpr int kInline = 6;
  Arena& arena_;
  T inline_[kInline];
  T* data_ = inline_;
  int size_ = 0;
  int capacity_ = kInline;
};

// What an expression is called in error messages: "function call", "literal".
const char* expression_name(const Expr* e);

// The value of adjacent string tokens [first, last): see strings.cpp. Null with an error in `parser`.
Expr* parse_strings(Parser& parser, const Token* first, const Token* last);
}  // namespace adder::parser
