// codegen: units, names, constants and modules.
// See        codegen.h for the other files, docs/compiler.md
#include "compiler/codegen.h"

#include <algorithm>

#include "compiler/optimizer.h"
#include "runtime/error.h"
#include "runtime/names.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
using namespace ast;

namespace {
// The names of a table in the order of their indexes.
Result<adder::Tuple> names_to_tuple(const NameMap<bool>& names) {
  Ref<adder::Tuple> tuple = TRY(tuple_new(names.size()));
  isize index = 0;
  for (const auto& entry : names.entries()) tuple_init_item(tuple, index++, entry.name.share());
  return tuple;
}

// Cells and free variables are numbered by their names' order, so that the numbers do not depend on the order of use.
void add_sorted(NameMap<bool>& target, std::vector<Str*>& names) {
  std::sort(names.begin(), names.end(), [](Str* a, Str* b) { return str_compare(a, b) < 0; });
  for (Str* name : names) target.add(name, true);
}

bool is_annotated(Stmt* statement);
bool any_annotated(const Seq<Stmt*>& body) { return std::any_of(body.begin(), body.end(), is_annotated); }

// Whether a statement contains an annotated assignment of this same scope.
bool is_annotated(Stmt* statement) {
  auto in_handlers = [](const Seq<ExceptHandler*>& handlers) {
    return std::any_of(handlers.begin(), handlers.end(), [](ExceptHandler* h) { return any_annotated(h->body); });
  };
  switch (statement->kind) {
    case StmtKind::AnnAssign:
      return true;
    case StmtKind::For:
      return any_annotated(statement->as<For>()->body) || any_annotated(statement->as<For>()->orelse);
    case StmtKind::AsyncFor:
      return any_annotated(statement->as<AsyncFor>()->body) || any_annotated(statement->as<AsyncFor>()->orelse);
    case StmtKind::While:
      return any_annotated(statement->as<While>()->body) || any_annotated(statement->as<While>()->orelse);
    case StmtKind::If:
      return any_annotated(statement->as<If>()->body) || any_annotated(statement->as<If>()->orelse);
    case StmtKind::With:
      return any_annotated(statement->as<With>()->body);
    case StmtKind::AsyncWith:
      return any_annotated(statement->as<AsyncWith>()->body);
    case StmtKind::Match: {
      auto* node = statement->as<Match>();
      return std::any_of(node->cases.begin(), node->cases.end(), [](MatchCase* c) { return any_annotated(c->body); });
    }
    case StmtKind::Try: {
      auto* node = statement->as<Try>();
      return any_annotated(node->body) || any_annotated(node->finalbody) || in_handlers(node->handlers) ||
             any_annotated(node->orelse);
    }
    case StmtKind::TryStar: {
      auto* node = statement->as<TryStar>();
      return any_annotated(node->body) || any_annotated(node->finalbody) || in_handlers(node->handlers) ||
             any_annotated(node->orelse);
    }
    default:
      return false;
  }
}
}  // namespace

// == Units ==

Result<void> CodeGenerator::enter(CompileUnit& unit, Str* name, int first_line) {
  unit.name = Ref<Str>::share(name);
  unit.first_line = first_line;
  unit.at = Position{kSameLine, 0, kSameLine, 0};
  unit.outer = unit_;
  if (unit_) unit.class_name = unit_->class_name;
  TRY(unit.constants.init());
  for (const Ref<Str>& parameter : unit.scope->parameters) unit.varnames.add(parameter.get(), true);
  std::vector<Str*> cells, frees;
  for (const auto& entry : unit.scope->symbols.entries()) {
    NameScope where = unit.scope->scope_of(entry.name.get());
    if (where == NameScope::Cell) cells.push_back(entry.name.get());
    if (where == NameScope::Free || (entry.value & kDefFreeClass)) frees.push_back(entry.name.get());
  }
  if (unit.scope->needs_class_closure) cells.push_back(id::__class__);
  add_sorted(unit.cellvars, cells);
  add_sorted(unit.freevars, frees);
  unit_ = &unit;
  ++unit_depth_;
  return unit.kind == UnitKind::Module ? Result<void>() : set_qualname();
}

Result<void> CodeGenerator::set_qualname() {
  CompileUnit* parent = unit_->outer;
  Str* base = nullptr;
  bool is_global = false;
  bool inside_function =
      parent->kind == UnitKind::Function || parent->kind == UnitKind::AsyncFunction || parent->kind == UnitKind::Lambda;
  if (unit_depth_ > 2) {
    if (unit_->kind == UnitKind::Function || unit_->kind == UnitKind::AsyncFunction || unit_->kind == UnitKind::Class) {
      Ref<Str> mangled = TRY(mangle_name(parent->class_name, unit_->name));
      is_global = parent->scope->scope_of(mangled) == NameScope::GlobalExplicit;
    }
    if (!is_global) base = parent->qualname;
  }
  if (!base) {
    unit_->qualname = unit_->name.share();
  } else {
    unit_->qualname = TRY(str_from_format(inside_function ? "%U.<locals>.%U" : "%U.%U", base, unit_->name.get()));
  }
  return {};
}

int CodeGenerator::code_flags() const {
  const SymbolScope* scope = unit_->scope;
  int flags = 0;
  if (scope->type == ScopeType::Function) {
    flags |= CO_NEWLOCALS | CO_OPTIMIZED;
    if (scope->nested) flags |= CO_NESTED;
    if (scope->generator) flags |= scope->coroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR;
    if (!scope->generator && scope->coroutine) flags |= CO_COROUTINE;
    if (scope->var_arguments) flags |= CO_VARARGS;
    if (scope->var_keywords) flags |= CO_VARKEYWORDS;
  }
  flags |= flags_ & PyCF_MASK;
  if (allows_top_level_await() && scope->coroutine && !scope->generator) flags |= CO_COROUTINE;
  return flags;
}

// Completes the current unit and leaves it.
Result<Code> CodeGenerator::finish(bool add_none) {
  CompileUnit& unit = *unit_;
  FlowGraph& graph = unit.graph;
  BasicBlock* last = graph.current();
  if (last->empty() || last->last().op != Op::RETURN_VALUE) {
    unset_line();
    if (add_none) TRY(emit_const(None));
    emit(Op::RETURN_VALUE);
  }
  int flags = code_flags();
  bool is_generator = flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
  if (is_generator) graph.insert_generator_start(flags & CO_COROUTINE ? 1 : flags & CO_ASYNC_GENERATOR ? 2 : 0);
  if (!unit.first_line) unit.first_line = std::max(graph.first_line(), 1);
  TRY(graph.optimize(unit.constants, unit.first_line));
  AssembledCode assembled;
  TRY(graph.assemble(unit.first_line, unit.scope->generator || unit.scope->coroutine, assembled));
  // Small functions often have the same tables.
  for (Ref<Bytes>* table : {&assembled.code, &assembled.line_table, &assembled.position_table}) {
    if (*table) *table = as<Bytes>(TRY(unit.constants.merge(table->get())));
  }
  Ref<adder::Tuple> consts = TRY(list_as_tuple(unit.constants.values()));
  Ref<adder::Tuple> names = TRY(names_to_tuple(unit.names));
  Ref<adder::Tuple> varnames = TRY(names_to_tuple(unit.varnames));
  Ref<adder::Tuple> cellvars = TRY(names_to_tuple(unit.cellvars));
  Ref<adder::Tuple> freevars = TRY(names_to_tuple(unit.freevars));
  Result<Code> code = code_new({.filename = filename_,
                                .name = unit.name,
                                .qualname = unit.qualname ? unit.qualname.get() : unit.name.get(),
                                .flags = flags,
                                .code = assembled.code,
                                .first_line = unit.first_line,
                                .line_table = assembled.line_table,
                                .position_table = assembled.position_table,
                                .consts = consts,
                                .names = names,
                                .varnames = varnames,
                                .cellvars = cellvars,
                                .freevars = freevars,
                                .argcount = unit.argcount + unit.posonlyargcount,
                                .posonlyargcount = unit.posonlyargcount,
                                .kwonlyargcount = unit.kwonlyargcount,
                                .stack_size = assembled.stack_size});
  unit_ = unit.outer;
  --unit_depth_;
  return code;
}

// == Emission ==

void CodeGenerator::emit_no_line(Op op, int arg) {
  Position nowhere = unit_->at;
  nowhere.lineno = kNoLine;
  unit_->graph.emit(op, arg, nowhere);
}

void CodeGenerator::emit_jump_no_line(Op op, BasicBlock* target) {
  Position nowhere = unit_->at;
  nowhere.lineno = kNoLine;
  unit_->graph.emit_jump(op, target, nowhere);
}

Result<void> CodeGenerator::emit_const(Object* value) {
  emit(Op::LOAD_CONST, TRY(unit_->constants.add(value)));
  return {};
}

Result<void> CodeGenerator::emit_int(isize value) {
  Ref<Int> number = TRY(int_from_i64(value));
  return emit_const(number);
}

Result<void> CodeGenerator::emit_name(Op op, Str* name) {
  Ref<Str> mangled = TRY(mangle_name(unit_->class_name, name));
  unit_->names.add(mangled, true);
  emit(op, unit_->names.index_of(mangled));
  return {};
}

Result<void> CodeGenerator::check_name(Str* name, ExprContext context) {
  if (context == ExprContext::Load || !str_equals(name, "__debug__")) return {};
  return error(context == ExprContext::Store ? "cannot assign to __debug__" : "cannot delete __debug__");
}

Result<void> CodeGenerator::name_op(Str* name, ExprContext context) {
  TRY(check_name(name, context));
  Ref<Str> mangled = TRY(mangle_name(unit_->class_name, name));
  auto choose = [&](Op load, Op store, Op remove) {
    return context == ExprContext::Load ? load : context == ExprContext::Store ? store : remove;
  };
  bool in_function = unit_->scope->type == ScopeType::Function;
  auto in_table = [&](NameMap<bool>& table, Op op, int offset) {
    table.add(mangled, true);
    emit(op, table.index_of(mangled) + offset);
  };
  switch (unit_->scope->scope_of(mangled)) {
    case NameScope::Free:
    case NameScope::Cell: {
      Op load = unit_->scope->type == ScopeType::Class ? Op::LOAD_CLASSDEREF : Op::LOAD_DEREF;
      Op op = choose(load, Op::STORE_DEREF, Op::DELETE_DEREF);
      bool is_cell = unit_->scope->scope_of(mangled) == NameScope::Cell;
      emit(op,
           is_cell ? unit_->cellvars.index_of(mangled) : unit_->cellvars.size() + unit_->freevars.index_of(mangled));
      return {};
    }
    case NameScope::Local:
      if (!in_function) break;
      in_table(unit_->varnames, choose(Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST), 0);
      return {};
    case NameScope::GlobalImplicit:
      if (!in_function) break;
      [[fallthrough]];
    case NameScope::GlobalExplicit:
      in_table(unit_->names, choose(Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL), 0);
      return {};
    case NameScope::Unknown:
      break;
  }
  in_table(unit_->names, choose(Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME), 0);
  return {};
}

Result<void> CodeGenerator::load_none_and_yield_from() {
  TRY(emit_const(None));
  emit(Op::YIELD_FROM);
  return {};
}

// == Modules ==

// The body of a module or class: annotations, docstring, statements.
Result<void> CodeGenerator::visit_body(const Seq<Stmt*>& body) {
  // A module's SETUP_ANNOTATIONS is on the line of its first statement.
  if (unit_->kind == UnitKind::Module && !body.empty()) set_place(*body[0]);
  if (any_annotated(body)) emit(Op::SETUP_ANNOTATIONS);
  if (body.empty()) return {};
  int first = 0;
  if (optimize_ < 2 && docstring_of(body)) {
    first = 1;
    TRY(visit(body[0]->as<ExprStmt>()->value));
    unset_line();
    TRY(name_op(id::__doc__, ExprContext::Store));
  }
  for (int i = first; i < body.size; ++i) TRY(visit(body[i]));
  return {};
}

Result<Code> CodeGenerator::run(Mod* mod) {
  shared_constants_ = TRY(dict_new());
  CompileUnit unit(table_.top(), UnitKind::Module, shared_constants_);
  TRY(enter(unit, id::angle_module, 1));
  bool add_none = true;
  switch (mod->kind) {
    case ModKind::Module:
      TRY(visit_body(mod->as<ast::Module>()->body));
      break;
    case ModKind::Interactive: {
      const Seq<Stmt*>& body = mod->as<Interactive>()->body;
      if (any_annotated(body)) emit(Op::SETUP_ANNOTATIONS);
      interactive_ = true;
      TRY(visit_all(body));
      break;
    }
    case ModKind::Expression:
      TRY(visit(mod->as<Expression>()->body));
      add_none = false;
      break;
    case ModKind::FunctionType:
      return raise(SystemError, "module kind %d should not be possible", static_cast<int>(mod->kind));
  }
  return finish(add_none);
}
}  // namespace adder
