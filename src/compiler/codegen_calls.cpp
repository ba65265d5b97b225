// codegen_calls: calls, displays, and the warnings about doubtful expressions.
//
// Limit      more than kManyOnStack values are not put on the stack at once: they are appended to a list, set or dict
//            one by one.
#include <algorithm>

#include "compiler/codegen.h"
#include "runtime/names.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
using namespace ast;

namespace {
bool is_starred(Expr* expression) { return expression->is<Starred>(); }
bool all_constant(const Seq<Expr*>& elements, int begin, int end) {
  return std::all_of(elements.data + begin, elements.data + end, [](Expr* e) { return e && e->is<Constant>(); });
}
Result<adder::Tuple> constants_to_tuple(const Seq<Expr*>& elements, int begin, int end) {
  Ref<adder::Tuple> tuple = TRY(tuple_new(end - begin));
  for (int i = begin; i < end; ++i) {
    tuple_init_item(tuple, i - begin, Ref<Object>::share(elements[i]->as<Constant>()->value));
  }
  return tuple;
}
Result<adder::Tuple> keyword_names(const Seq<Keyword*>& keywords, int begin, int end) {
  Ref<adder::Tuple> names = TRY(tuple_new(end - begin));
  for (int i = begin; i < end; ++i) tuple_init_item(names, i - begin, Ref<Object>(Ref<Str>::share(keywords[i]->arg)));
  return names;
}
}  // namespace

// == Calls ==

Result<void> CodeGenerator::visit_call(Call* node) {
  if (TRY(try_method_call(node))) return {};
  TRY(warn_if_not_callable(node->func));
  TRY(visit(node->func));
  return call_with(0, node->args, node->keywords);
}

// `value.name(positional arguments)` needs no bound method.
Result<bool> CodeGenerator::try_method_call(Call* node) {
  Attribute* method = node->func->try_as<Attribute>();
  if (!method || method->ctx != ExprContext::Load || !node->keywords.empty() || node->args.size >= kManyOnStack)
    return false;
  if (std::any_of(node->args.begin(), node->args.end(), is_starred)) return false;
  TRY(visit(method->value));
  Position place = unit_->at;
  set_place(*method);
  place_at_attribute(method);
  TRY(emit_name(Op::LOAD_METHOD, method->attr));
  // The call begins where the method's name does, if that is on a later line than the object.
  int line = unit_->at.lineno, column = unit_->at.col_offset;
  unit_->at = place;
  unit_->at.lineno = method->end_lineno;
  if (line != method->lineno) unit_->at.col_offset = column;
  TRY(visit_all(node->args));
  emit(Op::CALL_METHOD, node->args.size);
  unit_->at = place;
  return true;
}

Result<void> CodeGenerator::check_keywords(const Seq<Keyword*>& keywords) {
  for (int i = 0; i < keywords.size; ++i) {
    Str* name = keywords[i]->arg;
    if (!name) continue;
    TRY(check_name(name, ExprContext::Store));
    for (int j = i + 1; j < keywords.size; ++j) {
      if (!keywords[j]->arg || !str_equal(name, keywords[j]->arg)) continue;
      set_place(*keywords[j]);
      return error("keyword argument repeated: %U", name);
    }
  }
  return {};
}

Result<void> CodeGenerator::call_with(int pushed, const Seq<Expr*>& args, const Seq<Keyword*>& keywords) {
  TRY(check_keywords(keywords));
  bool simple = args.size + keywords.size * 2 <= kManyOnStack && std::none_of(args.begin(), args.end(), is_starred) &&
                std::all_of(keywords.begin(), keywords.end(), [](Keyword* k) { return k->arg != nullptr; });
  if (simple) {
    TRY(visit_all(args));
    if (keywords.empty()) {
      emit(Op::CALL_FUNCTION, pushed + args.size);
      return {};
    }
    for (Keyword* keyword : keywords) TRY(visit(keyword->value));
    Ref<adder::Tuple> names = TRY(keyword_names(keywords, 0, keywords.size));
    TRY(emit_const(names));
    emit(Op::CALL_FUNCTION_KW, pushed + args.size + keywords.size);
    return {};
  }

  if (pushed == 0 && args.size == 1 && is_starred(args[0])) {
    TRY(visit(args[0]->as<Starred>()->value));
  } else {
    TRY(build_collection(args, pushed, Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, true));
  }
  if (keywords.empty()) {
    emit(Op::CALL_FUNCTION_EX, 0);
    return {};
  }
  bool have_dict = false;
  int named = 0;  // keyword arguments with a name directly before the current one
  for (int i = 0; i < keywords.size; ++i) {
    if (keywords[i]->arg) {
      ++named;
      continue;
    }
    if (named) {
      TRY(build_keywords(keywords, i - named, i));
      if (have_dict) emit(Op::DICT_MERGE, 1);
      have_dict = true;
      named = 0;
    }
    if (!have_dict) {
      emit(Op::BUILD_MAP, 0);
      have_dict = true;
    }
    TRY(visit(keywords[i]->value));
    emit(Op::DICT_MERGE, 1);
  }
  if (named) {
    TRY(build_keywords(keywords, keywords.size - named, keywords.size));
    if (have_dict) emit(Op::DICT_MERGE, 1);
  }
  emit(Op::CALL_FUNCTION_EX, 1);
  return {};
}

// Leaves a dict of the keyword arguments begin … end on the stack.
Result<void> CodeGenerator::build_keywords(const Seq<Keyword*>& keywords, int begin, int end) {
  int count = end - begin;
  bool many = count * 2 > kManyOnStack;
  if (count > 1 && !many) {
    for (int i = begin; i < end; ++i) TRY(visit(keywords[i]->value));
    Ref<adder::Tuple> names = TRY(keyword_names(keywords, begin, end));
    TRY(emit_const(names));
    emit(Op::BUILD_CONST_KEY_MAP, count);
    return {};
  }
  if (many) emit_no_line(Op::BUILD_MAP, 0);
  for (int i = begin; i < end; ++i) {
    TRY(emit_const(keywords[i]->arg));
    TRY(visit(keywords[i]->value));
    if (many) emit_no_line(Op::MAP_ADD, 1);
  }
  if (!many) emit(Op::BUILD_MAP, count);
  return {};
}

// == Displays ==

// Builds a list, set or tuple from the elements and the `pushed` values on the stack before them.
Result<void> CodeGenerator::build_collection(const Seq<Expr*>& elements, int pushed, Op build, Op add, Op extend,
                                             bool as_tuple) {
  int count = elements.size;
  if (count > 2 && all_constant(elements, 0, count)) {
    Ref<adder::Tuple> items = TRY(constants_to_tuple(elements, 0, count));
    if (as_tuple && pushed == 0) return emit_const(items);
    emit(build, pushed);
    if (add == Op::SET_ADD) {
      Ref<adder::Set> set = TRY(frozenset_new(items.get()));
      TRY(emit_const(set));
    } else {
      TRY(emit_const(items));
    }
    emit(extend, 1);
    if (as_tuple) emit(Op::LIST_TO_TUPLE);
    return {};
  }
  bool many = count + pushed > kManyOnStack;
  if (!many && std::none_of(elements.begin(), elements.end(), is_starred)) {
    TRY(visit_all(elements));
    emit(as_tuple ? Op::BUILD_TUPLE : build, count + pushed);
    return {};
  }
  bool built = false;
  if (many) {
    emit(build, pushed);
    built = true;
  }
  for (int i = 0; i < count; ++i) {
    if (Starred* starred = elements[i]->try_as<Starred>()) {
      if (!built) {
        emit(build, i + pushed);
        built = true;
      }
      TRY(visit(starred->value));
      emit(extend, 1);
    } else {
      TRY(visit(elements[i]));
      if (built) emit(add, 1);
    }
  }
  if (as_tuple) emit(Op::LIST_TO_TUPLE);
  return {};
}

Result<void> CodeGenerator::visit_sequence(const Seq<Expr*>& elements, ExprContext context, bool is_tuple) {
  switch (context) {
    case ExprContext::Load:
      return build_collection(elements, 0, Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, is_tuple);
    case ExprContext::Store:
      return unpack_targets(elements);
    case ExprContext::Del:
      return visit_all(elements);
  }
  return {};
}

// Unpacks the value on the stack into the targets.
Result<void> CodeGenerator::unpack_targets(const Seq<Expr*>& elements) {
  int count = elements.size;
  bool starred = false;
  for (int i = 0; i < count; ++i) {
    if (!is_starred(elements[i])) continue;
    if (starred) return error("multiple starred expressions in assignment");
    if (i >= 1 << 8 || count - i - 1 >= INT32_MAX >> 8)
      return error("too many expressions in star-unpacking assignment");
    emit(Op::UNPACK_EX, i + ((count - i - 1) << 8));
    starred = true;
  }
  if (!starred) emit(Op::UNPACK_SEQUENCE, count);
  for (Expr* element : elements) TRY(visit(is_starred(element) ? element->as<Starred>()->value : element));
  return {};
}

Result<void> CodeGenerator::visit_dict(ast::Dict* node) {
  bool have_dict = false;
  int pairs = 0;  // key-value pairs directly before the current one that are not emitted yet
  auto flush = [&](int begin, int end) -> Result<void> {
    TRY(build_dict_part(node, begin, end));
    if (have_dict) emit(Op::DICT_UPDATE, 1);
    have_dict = true;
    pairs = 0;
    return {};
  };
  int count = node->values.size;
  for (int i = 0; i < count; ++i) {
    if (!node->keys[i]) {
      if (pairs) TRY(flush(i - pairs, i));
      if (!have_dict) {
        emit(Op::BUILD_MAP, 0);
        have_dict = true;
      }
      TRY(visit(node->values[i]));
      emit(Op::DICT_UPDATE, 1);
    } else if (pairs * 2 > kManyOnStack) {
      TRY(flush(i - pairs, i + 1));
    } else {
      ++pairs;
    }
  }
  if (pairs) TRY(flush(count - pairs, count));
  if (!have_dict) emit(Op::BUILD_MAP, 0);
  return {};
}

Result<void> CodeGenerator::build_dict_part(ast::Dict* node, int begin, int end) {
  int count = end - begin;
  bool many = count * 2 > kManyOnStack;
  if (count > 1 && !many && all_constant(node->keys, begin, end)) {
    for (int i = begin; i < end; ++i) TRY(visit(node->values[i]));
    Ref<adder::Tuple> keys = TRY(constants_to_tuple(node->keys, begin, end));
    TRY(emit_const(keys));
    emit(Op::BUILD_CONST_KEY_MAP, count);
    return {};
  }
  if (many) emit(Op::BUILD_MAP, 0);
  for (int i = begin; i < end; ++i) {
    TRY(visit(node->keys[i]));
    TRY(visit(node->values[i]));
    if (many) emit(Op::MAP_ADD, 1);
  }
  if (!many) emit(Op::BUILD_MAP, count);
  return {};
}

// == Warnings ==

namespace {
// The type that an expression certainly has, or null.
Type* certain_type(Expr* expression) {
  switch (expression->kind) {
    case ExprKind::Tuple:
      return &PyTuple_Type;
    case ExprKind::List:
    case ExprKind::ListComp:
      return &PyList_Type;
    case ExprKind::Dict:
    case ExprKind::DictComp:
      return &PyDict_Type;
    case ExprKind::Set:
    case ExprKind::SetComp:
      return &PySet_Type;
    case ExprKind::GeneratorExp:
      return &PyGen_Type;
    case ExprKind::Lambda:
      return &PyFunction_Type;
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue:
      return &PyUnicode_Type;
    case ExprKind::Constant:
      return type_of(expression->as<Constant>()->value);
    default:
      return nullptr;
  }
}

// False for literals that `is` should not be asked about.
bool identity_makes_sense(Expr* expression) {
  if (!expression->is<Constant>()) return true;
  Object* value = expression->as<Constant>()->value;
  return value == None || value == True || value == False || value == Ellipsis;
}
}  // namespace

Result<void> CodeGenerator::warn_if_not_callable(Expr* callee) {
  switch (callee->kind) {
    case ExprKind::Constant:
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::Dict:
    case ExprKind::DictComp:
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue:
      return warning("'%.200s' object is not callable; perhaps you missed a comma?", certain_type(callee)->tp_name);
    default:
      return {};
  }
}

Result<void> CodeGenerator::warn_if_not_subscriptable(Expr* value) {
  switch (value->kind) {
    case ExprKind::Constant: {
      Object* constant = value->as<Constant>()->value;
      bool doubtful = constant == None || constant == Ellipsis || is_int(constant) || is_float(constant) ||
                      is_complex(constant) || is_any_set(constant);
      if (!doubtful) return {};
      break;
    }
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::Lambda:
      break;
    default:
      return {};
  }
  return warning("'%.200s' object is not subscriptable; perhaps you missed a comma?", certain_type(value)->tp_name);
}

Result<void> CodeGenerator::warn_if_bad_index(Expr* value, Expr* index) {
  Type* index_type = certain_type(index);
  if (!index_type || has_flag(index_type, Py_TPFLAGS_LONG_SUBCLASS) || index_type == &PySlice_Type) return {};
  switch (value->kind) {
    case ExprKind::Constant: {
      Object* constant = value->as<Constant>()->value;
      if (!is_str(constant) && !is_bytes(constant) && !adder::is_tuple(constant)) return {};
      break;
    }
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue:
      break;
    default:
      return {};
  }
  return warning("%.200s indices must be integers or slices, not %.200s; perhaps you missed a comma?",
                 certain_type(value)->tp_name, index_type->tp_name);
}

Result<void> CodeGenerator::warn_if_is_literal(Compare* node) {
  bool left = identity_makes_sense(node->left);
  for (int i = 0; i < node->ops.size; ++i) {
    bool right = identity_makes_sense(node->comparators[i]);
    CompareOperator op = node->ops[i];
    if ((op == CompareOperator::Is || op == CompareOperator::IsNot) && (!left || !right)) {
      return warning("%s", op == CompareOperator::Is ? "\"is\" with a literal. Did you mean \"==\"?"
                                                     : "\"is not\" with a literal. Did you mean \"!=\"?");
    }
    left = right;
  }
  return {};
}
}  // namespace adder
