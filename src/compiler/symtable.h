// symtable: which scope every name of a module lives in (language reference, 4.2).
//
// Two passes   symtable.cpp walks the tree and records definitions and uses, one SymbolScope for each module, class,
//              function, lambda and comprehension; symtable_analysis.cpp then decides local, global, free or cell.
// See          docs/compiler.md, tests/python/test_symtable_scopes.py
#pragma once
#include <unordered_map>
#include <vector>

#include "compiler/diagnostics.h"
#include "compiler/name_map.h"
#include "parser/ast_nodes.h"

namespace adder {
// What is known of a name in a scope: a set of these bits, and its NameScope from bit kNameScopeShift on. The numbers
// are visible as `_symtable` constants.
enum SymbolFlag : int {
  kDefGlobal = 1,      // global statement
  kDefLocal = 2,       // assignment
  kDefParam = 4,       // formal parameter
  kDefNonlocal = 8,    // nonlocal statement
  kUse = 16,           // read
  kDefFree = 32,       // used but not defined in nested scopes
  kDefFreeClass = 64,  // free variable of a class's method, and defined in the class too
  kDefImport = 128,    // import statement
  kDefAnnot = 256,     // annotated
  kDefCompIter = 512,  // iteration variable of a comprehension
  kDefBound = kDefLocal | kDefParam | kDefImport,
};
inline constexpr int kNameScopeShift = 11;
inline constexpr int kNameScopeMask = 15;
enum class NameScope : int { Unknown, Local, GlobalExplicit, GlobalImplicit, Free, Cell };
enum class ScopeType : int { Function, Class, Module, Annotation };
enum class ComprehensionType : u8 { None, List, Dict, Set, Generator };

struct SymbolScope {
  struct Directive {  // a global or nonlocal statement, for messages
    Ref<Str> name;
    ast::Position position;
  };

  Ref<Str> name;
  ScopeType type;
  const void* node;  // the AST node it belongs to
  ast::Position position;
  NameMap<int> symbols;
  std::vector<Ref<Str>> parameters;
  std::vector<SymbolScope*> children;
  std::vector<Directive> directives;
  ComprehensionType comprehension = ComprehensionType::None;
  bool nested = false;      // inside a function
  bool has_free = false;    // has free variables itself
  bool child_free = false;  // a scope inside has
  bool generator = false;
  bool coroutine = false;
  bool var_arguments = false;
  bool var_keywords = false;
  bool needs_class_closure = false;  // a method uses __class__ or super()
  bool in_iteration_target = false;  // while visiting the target of a comprehension
  int iteration_depth = 0;           // nesting of iterables of comprehensions

  // Flags of a mangled name, 0 if it is unknown here.
  int flags_of(Str* mangled) const {
    const int* flags = symbols.find(mangled);
    return flags ? *flags : 0;
  }
  NameScope scope_of(Str* mangled) const {
    return static_cast<NameScope>(flags_of(mangled) >> kNameScopeShift & kNameScopeMask);
  }
};

class SymbolTable {
 public:
  // `future_flags`: CO_FUTURE_* in force; `filename` for messages, borrowed.
  SymbolTable(Str* filename, int future_flags) : filename_(filename), future_flags_(future_flags) {}
  ~SymbolTable();
  SymbolTable(const SymbolTable&) = delete;

  void set_future_flags(int flags) { future_flags_ = flags; }
  // Fills the table from a whole tree. SyntaxError, RecursionError.
  Result<void> build(ast::Mod* mod);
  SymbolScope* top() const { return top_; }
  // The scope that belongs to a node of the tree.
  SymbolScope* find(const void* node) const;

 private:
  friend class SymbolTableBuilder;
  Result<void> analyze();
  Result<void> analyze_scope(SymbolScope* scope, const NameSet* bound, NameSet& free, NameSet& global);
  Result<void> analyze_name(SymbolScope* scope, Str* name, int flags, NameSet* bound, NameSet& local, NameSet& free,
                            NameSet& global, NameScope& result);
  Error error_at_directive(SymbolScope* scope, Str* name, const char* format);

  Str* filename_;
  int future_flags_;
  SymbolScope* top_ = nullptr;
  std::vector<SymbolScope*> scopes_;
  std::unordered_map<const void*, SymbolScope*> by_node_;
  NestingLimit analysis_nesting_;
};
}  // namespace adder
