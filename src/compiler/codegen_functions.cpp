// codegen_functions: functions, classes, lambdas, comprehensions: everything that makes a code object of its own.
#include "compiler/codegen.h"
#include "compiler/optimizer.h"
#include "parser/parser.h"
#include "runtime/names.h"
#include "types/code.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
using namespace ast;

namespace {
// Bits of MAKE_FUNCTION's argument: what lies on the stack below the code object.
constexpr int kDefaults = 1, kKeywordDefaults = 2, kAnnotations = 4, kClosure = 8;
}  // namespace

// == Parameters ==

Result<void> CodeGenerator::check_parameters(Arguments* arguments) {
  for (const Seq<Arg*>* group : {&arguments->posonlyargs, &arguments->args, &arguments->kwonlyargs}) {
    for (Arg* arg : *group) TRY(check_name(arg->arg, ExprContext::Store));
  }
  for (Arg* arg : {arguments->vararg, arguments->kwarg}) {
    if (arg) TRY(check_name(arg->arg, ExprContext::Store));
  }
  return {};
}

// Leaves the tuple of defaults and the dict of keyword defaults on the stack; gives the bits for MAKE_FUNCTION.
Result<int> CodeGenerator::visit_defaults(Arguments* arguments) {
  int flags = 0;
  if (!arguments->defaults.empty()) {
    TRY(visit_all(arguments->defaults));
    emit(Op::BUILD_TUPLE, arguments->defaults.size);
    flags |= kDefaults;
  }
  int count = 0;
  for (Expr* value : arguments->kw_defaults) count += value != nullptr;
  if (count == 0) return flags;
  Ref<adder::Tuple> names = TRY(tuple_new(count));
  for (int i = 0; i < count; ++i) tuple_init_item(names, i, Ref<Object>::share(None));
  count = 0;
  for (int i = 0; i < arguments->kwonlyargs.size; ++i) {
    Expr* value = arguments->kw_defaults[i];
    if (!value) continue;
    tuple_init_item(names, count++, Ref<Object>(TRY(mangle_name(unit_->class_name, arguments->kwonlyargs[i]->arg))));
    TRY(visit(value));
  }
  TRY(emit_const(names));
  emit(Op::BUILD_CONST_KEY_MAP, count);
  return flags | kKeywordDefaults;
}

// == Annotations ==

Result<void> CodeGenerator::visit_annotation(Expr* annotation) {
  if (!future_annotations()) return visit(annotation);
  Ref<Str> text = TRY(ast_unparse(annotation));
  return emit_const(text);
}

Result<void> CodeGenerator::visit_parameter_annotation(Str* name, Expr* annotation, int& count) {
  if (!annotation) return {};
  Ref<Str> mangled = TRY(mangle_name(unit_->class_name, name));
  TRY(emit_const(mangled));
  if (!future_annotations() && annotation->is<Starred>()) {
    // *args: *Ts (PEP 646)
    TRY(visit(annotation->as<Starred>()->value));
    emit(Op::UNPACK_SEQUENCE, 1);
  } else {
    TRY(visit_annotation(annotation));
  }
  count += 2;
  return {};
}

// Leaves a tuple of names and annotations on the stack if there are any.
Result<bool> CodeGenerator::visit_annotations(Arguments* arguments, Expr* returns) {
  int count = 0;
  for (Arg* arg : arguments->args) TRY(visit_parameter_annotation(arg->arg, arg->annotation, count));
  for (Arg* arg : arguments->posonlyargs) TRY(visit_parameter_annotation(arg->arg, arg->annotation, count));
  if (Arg* arg = arguments->vararg) TRY(visit_parameter_annotation(arg->arg, arg->annotation, count));
  for (Arg* arg : arguments->kwonlyargs) TRY(visit_parameter_annotation(arg->arg, arg->annotation, count));
  if (Arg* arg = arguments->kwarg) TRY(visit_parameter_annotation(arg->arg, arg->annotation, count));
  TRY(visit_parameter_annotation(id::return_, returns, count));
  if (count) emit(Op::BUILD_TUPLE, count);
  return count > 0;
}

// == Functions ==

// `flags`: what the stack holds for MAKE_FUNCTION so far.
Result<void> CodeGenerator::make_closure(Code* code, int flags, Str* qualname) {
  adder::Tuple* free_names = code_freevars(code);
  isize count = tuple_size(free_names);
  for (isize i = 0; i < count; ++i) {
    Str* name = as<Str>(tuple_item(free_names, i));
    // In a class, __class__ is the cell of the class itself even if the class is inside a method.
    bool own_class = unit_->kind == UnitKind::Class && name == id::__class__.get();
    bool is_cell = own_class || unit_->scope->scope_of(name) == NameScope::Cell;
    emit(Op::LOAD_CLOSURE,
         is_cell ? unit_->cellvars.index_of(name) : unit_->cellvars.size() + unit_->freevars.index_of(name));
  }
  if (count) {
    flags |= kClosure;
    emit(Op::BUILD_TUPLE, static_cast<int>(count));
  }
  TRY(emit_const(code));
  TRY(emit_const(qualname));
  emit(Op::MAKE_FUNCTION, flags);
  return {};
}

template <class Node>
Result<void> CodeGenerator::compile_function(Node* node, UnitKind kind) {
  TRY(check_parameters(node->args));
  TRY(visit_all(node->decorator_list));
  int first_line = node->decorator_list.empty() ? node->lineno : node->decorator_list[0]->lineno;
  int flags = TRY(visit_defaults(node->args));
  if (TRY(visit_annotations(node->args, node->returns))) flags |= kAnnotations;

  CompileUnit unit(table_.find(node), kind, shared_constants_);
  TRY(enter(unit, node->name, first_line));
  Str* docstring = optimize_ < 2 ? docstring_of(node->body) : nullptr;
  TRY(unit.constants.add(docstring ? docstring : None));
  unit.argcount = node->args->args.size;
  unit.posonlyargcount = node->args->posonlyargs.size;
  unit.kwonlyargcount = node->args->kwonlyargs.size;
  for (int i = docstring ? 1 : 0; i < node->body.size; ++i) TRY(visit(node->body[i]));
  Ref<Code> code = TRY(finish());

  TRY(make_closure(code, flags, unit.qualname));
  for (int i = 0; i < node->decorator_list.size; ++i) emit(Op::CALL_FUNCTION, 1);
  return name_op(node->name, ExprContext::Store);
}

Result<void> CodeGenerator::visit_function(FunctionDef* node) { return compile_function(node, UnitKind::Function); }
Result<void> CodeGenerator::visit_function(AsyncFunctionDef* node) {
  return compile_function(node, UnitKind::AsyncFunction);
}

Result<void> CodeGenerator::visit_lambda(Lambda* node) {
  TRY(check_parameters(node->args));
  int flags = TRY(visit_defaults(node->args));
  CompileUnit unit(table_.find(node), UnitKind::Lambda, shared_constants_);
  TRY(enter(unit, id::angle_lambda, node->lineno));
  // None in front: a string in the body must not look like a docstring.
  TRY(unit.constants.add(None));
  unit.argcount = node->args->args.size;
  unit.posonlyargcount = node->args->posonlyargs.size;
  unit.kwonlyargcount = node->args->kwonlyargs.size;
  TRY(visit(node->body));
  bool is_generator = unit.scope->generator;
  if (!is_generator) emit(Op::RETURN_VALUE);
  Ref<Code> code = TRY(finish(!is_generator));
  return make_closure(code, flags, unit.qualname);
}

// == Classes ==

Result<void> CodeGenerator::visit_class(ClassDef* node) {
  TRY(visit_all(node->decorator_list));
  int first_line = node->decorator_list.empty() ? node->lineno : node->decorator_list[0]->lineno;
  CompileUnit unit(table_.find(node), UnitKind::Class, shared_constants_);
  TRY(enter(unit, node->name, first_line));
  unit.class_name = node->name;
  TRY(name_op(id::__name__, ExprContext::Load));
  TRY(name_op(id::__module__, ExprContext::Store));
  TRY(emit_const(unit.qualname));
  TRY(name_op(id::__qualname__, ExprContext::Store));
  TRY(visit_body(node->body));
  unset_line();
  if (unit.scope->needs_class_closure) {
    // type.__new__ puts the class into the cell.
    emit(Op::LOAD_CLOSURE, unit.cellvars.index_of(id::__class__));
    emit(Op::DUP_TOP);
    TRY(name_op(id::__classcell__, ExprContext::Store));
  } else {
    TRY(emit_const(None));
  }
  emit(Op::RETURN_VALUE);
  Ref<Code> code = TRY(finish());

  emit(Op::LOAD_BUILD_CLASS);
  TRY(make_closure(code, 0, node->name));
  TRY(emit_const(node->name));
  TRY(call_with(2, node->bases, node->keywords));
  for (int i = 0; i < node->decorator_list.size; ++i) emit(Op::CALL_FUNCTION, 1);
  return name_op(node->name, ExprContext::Store);
}

// == Comprehensions ==

Result<void> CodeGenerator::visit_comprehension(Expr* node, Str* name, ComprehensionType type,
                                                const Seq<Comprehension*>& generators, Expr* element, Expr* value) {
  CompileUnit* outer = unit_;
  Comprehension* outermost = generators[0];
  SymbolScope* scope = table_.find(node);
  bool is_async = scope->coroutine;
  bool top_level_await = allows_top_level_await();
  bool is_generator = type == ComprehensionType::Generator;
  if (is_async && !is_generator && outer->kind != UnitKind::AsyncFunction && outer->kind != UnitKind::Comprehension &&
      !top_level_await) {
    return error("asynchronous comprehension outside of an asynchronous function");
  }
  CompileUnit unit(scope, UnitKind::Comprehension, shared_constants_);
  TRY(enter(unit, name, node->lineno));
  set_place(*node);
  switch (type) {
    case ComprehensionType::List:
      emit(Op::BUILD_LIST, 0);
      break;
    case ComprehensionType::Set:
      emit(Op::BUILD_SET, 0);
      break;
    case ComprehensionType::Dict:
      emit(Op::BUILD_MAP, 0);
      break;
    default:
      break;
  }
  unit.argcount = 1;  // the outermost iterator
  TRY(visit_generator(generators, 0, 0, type, element, value));
  if (!is_generator) emit(Op::RETURN_VALUE);
  Ref<Code> code = TRY(finish());

  if (top_level_await && is_async) unit_->scope->coroutine = true;
  TRY(make_closure(code, 0, unit.qualname));
  TRY(visit(outermost->iter));
  emit(outermost->is_async ? Op::GET_AITER : Op::GET_ITER);
  emit(Op::CALL_FUNCTION, 1);
  if (is_async && !is_generator) {
    emit(Op::GET_AWAITABLE);
    TRY(load_none_and_yield_from());
  }
  return {};
}

Result<void> CodeGenerator::visit_generator(const Seq<Comprehension*>& generators, int index, int depth,
                                            ComprehensionType type, Expr* element, Expr* value) {
  return generators[index]->is_async ? visit_async_generator(generators, index, depth, type, element, value)
                                     : visit_sync_generator(generators, index, depth, type, element, value);
}

// Innermost: computes the element and adds it to the collection, which lies `depth` values down.
Result<void> CodeGenerator::collect_element(ComprehensionType type, int depth, Expr* element, Expr* value) {
  TRY(visit(element));
  switch (type) {
    case ComprehensionType::None:
      break;
    case ComprehensionType::Generator:
      emit(Op::YIELD_VALUE);
      emit(Op::POP_TOP);
      break;
    case ComprehensionType::List:
      emit(Op::LIST_APPEND, depth + 1);
      break;
    case ComprehensionType::Set:
      emit(Op::SET_ADD, depth + 1);
      break;
    case ComprehensionType::Dict:
      TRY(visit(value));
      emit(Op::MAP_ADD, depth + 1);
      break;
  }
  return {};
}

Result<void> CodeGenerator::visit_sync_generator(const Seq<Comprehension*>& generators, int index, int depth,
                                                 ComprehensionType type, Expr* element, Expr* value) {
  Comprehension* generator = generators[index];
  BasicBlock* start = new_block();
  BasicBlock* if_cleanup = new_block();
  BasicBlock* anchor = new_block();
  bool loops = true;
  if (index == 0) {
    emit(Op::LOAD_FAST, 0);
  } else {
    // `for y in [f(x)]` is an assignment.
    const Seq<Expr*>* elements = generator->iter->is<ast::List>()    ? &generator->iter->as<ast::List>()->elts
                                 : generator->iter->is<ast::Tuple>() ? &generator->iter->as<ast::Tuple>()->elts
                                                                     : nullptr;
    if (elements && elements->size == 1 && !(*elements)[0]->is<Starred>()) {
      TRY(visit((*elements)[0]));
      loops = false;
    } else {
      TRY(visit(generator->iter));
      emit(Op::GET_ITER);
    }
  }
  if (loops) {
    ++depth;
    use_next(start);
    emit_jump(Op::FOR_ITER, anchor);
    next_block();
  }
  TRY(visit(generator->target));
  for (Expr* condition : generator->ifs) {
    TRY(jump_if(condition, if_cleanup, false));
    next_block();
  }
  if (index + 1 < generators.size) {
    TRY(visit_generator(generators, index + 1, depth, type, element, value));
  } else {
    TRY(collect_element(type, depth, element, value));
    next_block();
  }
  use_next(if_cleanup);
  if (loops) {
    emit_jump(Op::JUMP_ABSOLUTE, start);
    use_next(anchor);
  }
  return {};
}

Result<void> CodeGenerator::visit_async_generator(const Seq<Comprehension*>& generators, int index, int depth,
                                                  ComprehensionType type, Expr* element, Expr* value) {
  Comprehension* generator = generators[index];
  BasicBlock* start = new_block();
  BasicBlock* except = new_block();
  BasicBlock* if_cleanup = new_block();
  if (index == 0) {
    emit(Op::LOAD_FAST, 0);
  } else {
    TRY(visit(generator->iter));
    emit(Op::GET_AITER);
  }
  use_next(start);
  TRY(push_frame({FrameKind::AsyncComprehension, start, nullptr}));
  emit_jump(Op::SETUP_FINALLY, except);
  emit(Op::GET_ANEXT);
  TRY(load_none_and_yield_from());
  emit(Op::POP_BLOCK);
  TRY(visit(generator->target));
  for (Expr* condition : generator->ifs) {
    TRY(jump_if(condition, if_cleanup, false));
    next_block();
  }
  ++depth;
  if (index + 1 < generators.size) {
    TRY(visit_generator(generators, index + 1, depth, type, element, value));
  } else {
    TRY(collect_element(type, depth, element, value));
  }
  use_next(if_cleanup);
  emit_jump(Op::JUMP_ABSOLUTE, start);
  pop_frame();
  use_next(except);
  emit(Op::END_ASYNC_FOR);
  return {};
}
}  // namespace adder
