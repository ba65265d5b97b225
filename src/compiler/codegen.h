// codegen: walks the tree and emits instructions, one CompileUnit for each code object that is being made.
//
// Files        codegen.cpp             units, names, constants, modules
//              codegen_statements.cpp  simple statements, if, loops, import
//              codegen_blocks.cpp      try, with, and leaving them: the block stack
//              codegen_functions.cpp   functions, classes, lambdas, comprehensions
//              codegen_expressions.cpp expressions
//              codegen_calls.cpp       calls, displays, and the warnings about doubtful expressions
//              codegen_patterns.cpp    match
// Lines        the place of an instruction is unit_->at when it is emitted; statements set it, expressions set it for
//              themselves and put it back. kNoLine marks artificial instructions.
#pragma once
#include <vector>

#include "compiler/compiler.h"
#include "compiler/flow_graph.h"

namespace adder {
// More values than this are collected piece by piece, not on the stack.
inline constexpr int kManyOnStack = 30;

enum class UnitKind : u8 { Module, Class, Function, AsyncFunction, Lambda, Comprehension };

// A statement or construct around the current place that must be unwound when control leaves it.
enum class FrameKind : u8 {
  WhileLoop,
  ForLoop,
  TryExcept,
  FinallyTry,
  FinallyEnd,
  With,
  AsyncWith,
  HandlerCleanup,
  PopValue,
  ExceptionHandler,
  ExceptionGroupHandler,
  AsyncComprehension,
};
struct FrameBlock {
  FrameKind kind;
  BasicBlock* start;
  BasicBlock* exit;                                    // loops: where break goes
  Str* handler_name = nullptr;                         // HandlerCleanup: the name to delete, or null
  const ast::Seq<ast::Stmt*>* finally_body = nullptr;  // FinallyTry
  ast::Stmt* statement = nullptr;                      // With
};

struct CompileUnit {
  CompileUnit(SymbolScope* scope_, UnitKind kind_, Dict* shared_constants)
      : scope(scope_), kind(kind_), constants(shared_constants) {}

  SymbolScope* scope;
  UnitKind kind;
  CompileUnit* outer = nullptr;
  Ref<Str> name, qualname;
  Str* class_name = nullptr;  // for mangling
  FlowGraph graph;
  ConstantPool constants;
  NameMap<bool> names, varnames, cellvars, freevars;
  int argcount = 0, posonlyargcount = 0, kwonlyargcount = 0;
  int first_line = 0;
  ast::Position at;
  std::vector<FrameBlock> blocks;
};

// State of compiling one pattern of a case.
struct PatternContext {
  std::vector<Ref<Str>> stores;       // captured names; their values are on the stack, the last on top
  std::vector<BasicBlock*> fail_pop;  // fail_pop[n] pops n values and goes on with the next case
  int on_top = 0;                     // values on top of the captured ones
  bool allow_irrefutable = false;
};

class CodeGenerator {
 public:
  CodeGenerator(SymbolTable& table, Str* filename, int flags, const Future& future, int optimize)
      : table_(table), filename_(filename), flags_(flags), future_(future), optimize_(optimize) {}
  Result<Code> run(ast::Mod* mod);

 private:
  // == Units (codegen.cpp) ==
  Result<void> enter(CompileUnit& unit, Str* name, int first_line);
  Result<Code> finish(bool add_none = true);
  Result<void> set_qualname();
  int code_flags() const;
  bool allows_top_level_await() const {
    return (flags_ & PyCF_ALLOW_TOP_LEVEL_AWAIT) && unit_->scope->type == ScopeType::Module;
  }
  bool future_annotations() const { return (future_.features | flags_) & CO_FUTURE_ANNOTATIONS; }
  template <class... Arguments>
  Error error(const char* format, Arguments... arguments) {
    return raise_syntax_error(filename_, unit_->at, format, arguments...);
  }
  template <class... Arguments>
  Result<void> warning(const char* format, Arguments... arguments) {
    return warn_syntax(filename_, unit_->at, format, arguments...);
  }

  // == Emission ==
  BasicBlock* new_block() { return unit_->graph.new_block(); }
  void use_next(BasicBlock* block) { unit_->graph.use_next(block); }
  void next_block() { use_next(new_block()); }
  void emit(Op op, int arg = 0) { unit_->graph.emit(op, arg, unit_->at); }
  void emit_jump(Op op, BasicBlock* target) { unit_->graph.emit_jump(op, target, unit_->at); }
  void emit_no_line(Op op, int arg = 0);
  void emit_jump_no_line(Op op, BasicBlock* target);
  void set_place(const ast::Position& at) { unit_->at = at; }
  void unset_line() { unit_->at.lineno = kNoLine; }
  Result<void> emit_const(Object* value);
  Result<void> emit_int(isize value);
  Result<void> emit_name(Op op, Str* name);  // attribute-like names: mangled, in co_names
  Result<void> check_name(Str* name, ast::ExprContext context);
  Result<void> name_op(Str* name, ast::ExprContext context);
  Result<void> load_none_and_yield_from();

  // == Modules and bodies ==
  Result<void> visit_body(const ast::Seq<ast::Stmt*>& body);
  template <class T>
  Result<void> visit_all(const ast::Seq<T*>& nodes) {
    for (T* node : nodes) TRY(visit(node));
    return {};
  }

  // == Statements ==
  Result<void> visit(ast::Stmt* statement);
  Result<void> visit_statement(ast::Stmt* statement);
  Result<void> visit_return(ast::Return* node);
  Result<void> visit_break();
  Result<void> visit_continue();
  // Leaves what is inside the innermost loop; SyntaxError without one.
  Result<void> unwind_to_loop(FrameBlock& loop, const char* message);
  Result<void> visit_assign(ast::Assign* node);
  Result<void> visit_augmented_assign(ast::AugAssign* node);
  Result<void> visit_annotated_assign(ast::AnnAssign* node);
  Result<void> check_annotated_expression(ast::Expr* expression);
  Result<void> check_annotated_slice(ast::Expr* slice);
  Result<void> visit_expression_statement(ast::ExprStmt* node);
  Result<void> visit_if(ast::If* node);
  Result<void> visit_while(ast::While* node);
  Result<void> visit_for(ast::For* node);
  Result<void> visit_async_for(ast::AsyncFor* node);
  Result<void> visit_assert(ast::Assert* node);
  Result<void> visit_import(ast::Import* node);
  Result<void> import_as(Str* name, Str* as_name);
  Result<void> visit_import_from(ast::ImportFrom* node);
  Result<void> visit_raise(ast::Raise* node);

  // == Blocks ==
  Result<void> push_frame(const FrameBlock& block);
  void pop_frame() { unit_->blocks.pop_back(); }
  Result<void> unwind_one(const FrameBlock& block, bool preserve_top);
  // Unwinds all blocks around, or up to the innermost loop, which it copies out.
  Result<void> unwind(bool preserve_top, FrameBlock* loop, bool* found);
  Result<void> forbid_in_except_star();
  Result<void> visit_try(ast::Try* node);
  Result<void> visit_try_star(ast::TryStar* node);
  template <class Node>
  Result<void> visit_try_finally(Node* node);
  Result<void> visit_try_except(ast::Try* node);
  Result<void> visit_try_except(ast::TryStar* node);
  Result<void> bind_none_and_delete(Str* name);
  Result<void> visit_with(ast::With* node, int item);
  Result<void> visit_async_with(ast::AsyncWith* node, int item);
  Result<void> call_exit_with_nones();
  void finish_with_exception();

  // == Functions and classes ==
  Result<void> visit_function(ast::FunctionDef* node);
  Result<void> visit_function(ast::AsyncFunctionDef* node);
  template <class Node>
  Result<void> compile_function(Node* node, UnitKind kind);
  Result<void> visit_class(ast::ClassDef* node);
  Result<void> visit_lambda(ast::Lambda* node);
  Result<void> check_parameters(ast::Arguments* arguments);
  Result<int> visit_defaults(ast::Arguments* arguments);
  Result<void> visit_annotation(ast::Expr* annotation);
  Result<void> visit_parameter_annotation(Str* name, ast::Expr* annotation, int& count);
  Result<bool> visit_annotations(ast::Arguments* arguments, ast::Expr* returns);
  Result<void> make_closure(Code* code, int flags, Str* qualname);
  Result<void> visit_comprehension(ast::Expr* node, Str* name, ComprehensionType type,
                                   const ast::Seq<ast::Comprehension*>& generators, ast::Expr* element,
                                   ast::Expr* value);
  Result<void> visit_generator(const ast::Seq<ast::Comprehension*>& generators, int index, int depth,
                               ComprehensionType type, ast::Expr* element, ast::Expr* value);
  Result<void> visit_sync_generator(const ast::Seq<ast::Comprehension*>& generators, int index, int depth,
                                    ComprehensionType type, ast::Expr* element, ast::Expr* value);
  Result<void> visit_async_generator(const ast::Seq<ast::Comprehension*>& generators, int index, int depth,
                                     ComprehensionType type, ast::Expr* element, ast::Expr* value);
  Result<void> collect_element(ComprehensionType type, int depth, ast::Expr* element, ast::Expr* value);

  // == Expressions ==
  Result<void> visit(ast::Expr* expression);
  Result<void> visit_expression(ast::Expr* expression);
  Result<void> jump_if(ast::Expr* test, BasicBlock* target, bool condition);
  Result<void> visit_bool_op(ast::BoolOp* node);
  Result<void> visit_compare(ast::Compare* node);
  void emit_compare(ast::CompareOperator op);
  Result<void> visit_conditional(ast::IfExp* node);
  Result<void> visit_attribute(ast::Attribute* node);
  Result<void> visit_subscript(ast::Subscript* node);
  Result<void> visit_slice(ast::Slice* node);
  Result<void> visit_joined_string(ast::JoinedStr* node);
  Result<void> visit_formatted_value(ast::FormattedValue* node);
  void place_at_attribute(ast::Attribute* node);
  Result<void> visit_await(ast::Await* node);

  // == Calls and displays ==
  Result<void> visit_call(ast::Call* node);
  Result<bool> try_method_call(ast::Call* node);
  Result<void> check_keywords(const ast::Seq<ast::Keyword*>& keywords);
  // `pushed`: arguments that are on the stack already.
  Result<void> call_with(int pushed, const ast::Seq<ast::Expr*>& args, const ast::Seq<ast::Keyword*>& keywords);
  Result<void> build_keywords(const ast::Seq<ast::Keyword*>& keywords, int begin, int end);
  Result<void> build_collection(const ast::Seq<ast::Expr*>& elements, int pushed, Op build, Op add, Op extend,
                                bool as_tuple);
  Result<void> visit_dict(ast::Dict* node);
  Result<void> build_dict_part(ast::Dict* node, int begin, int end);
  Result<void> unpack_targets(const ast::Seq<ast::Expr*>& elements);
  Result<void> visit_sequence(const ast::Seq<ast::Expr*>& elements, ast::ExprContext context, bool is_tuple);
  Result<void> warn_if_not_callable(ast::Expr* callee);
  Result<void> warn_if_not_subscriptable(ast::Expr* value);
  Result<void> warn_if_bad_index(ast::Expr* value, ast::Expr* index);
  Result<void> warn_if_is_literal(ast::Compare* node);

  // == Patterns ==
  Result<void> visit_match(ast::Match* node);
  Result<void> visit(ast::Pattern* pattern, PatternContext& context);
  Result<void> visit_subpattern(ast::Pattern* pattern, PatternContext& context);
  Result<void> match_value(ast::MatchValue* node, PatternContext& context);
  Result<void> match_singleton(ast::MatchSingleton* node, PatternContext& context);
  Result<void> match_sequence(ast::MatchSequence* node, PatternContext& context);
  Result<void> match_sequence_unpack(const ast::Seq<ast::Pattern*>& patterns, PatternContext& context);
  Result<void> match_sequence_by_index(const ast::Seq<ast::Pattern*>& patterns, int star, PatternContext& context);
  Result<void> match_mapping(ast::MatchMapping* node, PatternContext& context);
  Result<void> match_class(ast::MatchClass* node, PatternContext& context);
  Result<void> match_as(ast::MatchAs* node, PatternContext& context);
  Result<void> match_or(ast::MatchOr* node, PatternContext& context);
  Result<void> match_item(int index, ast::Pattern* pattern, PatternContext& context);
  Result<void> capture(Str* name, PatternContext& context);
  Error duplicate_capture(Str* name);
  BasicBlock* fail_block(PatternContext& context, int pops);
  void jump_to_fail(PatternContext& context, Op op);
  void emit_fail_blocks(PatternContext& context);

  SymbolTable& table_;
  Str* filename_;
  int flags_;
  Future future_;
  int optimize_;
  bool interactive_ = false;
  int unit_depth_ = 0;
  CompileUnit* unit_ = nullptr;
  Ref<Dict> shared_constants_;
  NestingLimit nesting_;
};
}  // namespace adder
