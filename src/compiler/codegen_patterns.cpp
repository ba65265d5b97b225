// codegen_patterns: match statements (PEP 634).
//
// Stack      While a pattern is tried: captured values at the bottom, in the order of PatternContext::stores, above
//            them `on_top` values in use (subjects). A failing test jumps to a block that pops all of them.
#include <algorithm>

#include "compiler/codegen.h"
#include "runtime/error.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
using namespace ast;

namespace {
bool is_wildcard(Pattern* pattern) {
  MatchAs* as = pattern->try_as<MatchAs>();
  return as && !as->pattern && !as->name;
}
bool is_star_wildcard(Pattern* pattern) {
  MatchStar* star = pattern->try_as<MatchStar>();
  return star && !star->name;
}
}  // namespace

// == Failing ==

// The block that pops `pops` values and tries the next case; blocks with fewer pops exist too, since it falls into
// them.
BasicBlock* CodeGenerator::fail_block(PatternContext& context, int pops) {
  while (static_cast<int>(context.fail_pop.size()) <= pops) context.fail_pop.push_back(new_block());
  return context.fail_pop[static_cast<usize>(pops)];
}

void CodeGenerator::jump_to_fail(PatternContext& context, Op op) {
  emit_jump(op, fail_block(context, context.on_top + static_cast<int>(context.stores.size())));
  next_block();
}

void CodeGenerator::emit_fail_blocks(PatternContext& context) {
  if (context.fail_pop.empty()) return next_block();
  for (usize i = context.fail_pop.size(); --i > 0;) {
    use_next(context.fail_pop[i]);
    emit(Op::POP_TOP);
  }
  use_next(context.fail_pop[0]);
  context.fail_pop.clear();
}

// == Capturing ==

Error CodeGenerator::duplicate_capture(Str* name) { return error("multiple assignments to name %R in pattern", name); }

// Binds the top of the stack to a name at the end of the match; a null name drops it.
Result<void> CodeGenerator::capture(Str* name, PatternContext& context) {
  if (!name) {
    emit(Op::POP_TOP);
    return {};
  }
  TRY(check_name(name, ExprContext::Store));
  for (const Ref<Str>& store : context.stores) {
    if (str_equal(store, name)) return duplicate_capture(name);
  }
  // Underneath everything that is still needed.
  emit(Op::ROT_N, context.on_top + static_cast<int>(context.stores.size()) + 1);
  context.stores.push_back(Ref<Str>::share(name));
  return {};
}

Result<void> CodeGenerator::match_as(MatchAs* node, PatternContext& context) {
  if (!node->pattern) {
    if (!context.allow_irrefutable) {
      if (node->name) return error("name capture %R makes remaining patterns unreachable", node->name);
      return error("wildcard makes remaining patterns unreachable");
    }
    return capture(node->name, context);
  }
  ++context.on_top;
  emit(Op::DUP_TOP);
  TRY(visit(node->pattern, context));
  --context.on_top;
  return capture(node->name, context);
}

// == Values ==

Result<void> CodeGenerator::match_value(MatchValue* node, PatternContext& context) {
  if (!node->value->is<Constant>() && !node->value->is<Attribute>()) {
    return error("patterns may only match literals and attribute lookups");
  }
  TRY(visit(node->value));
  emit_compare(CompareOperator::Eq);
  jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  return {};
}

Result<void> CodeGenerator::match_singleton(MatchSingleton* node, PatternContext& context) {
  TRY(emit_const(node->value));
  emit_compare(CompareOperator::Is);
  jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  return {};
}

// == Sequences ==

Result<void> CodeGenerator::match_sequence_unpack(const Seq<Pattern*>& patterns, PatternContext& context) {
  int count = patterns.size;
  bool starred = false;
  for (int i = 0; i < count; ++i) {
    if (!patterns[i]->is<MatchStar>()) continue;
    if (starred) return error("multiple starred expressions in sequence pattern");
    if (i >= 1 << 8 || count - i - 1 >= INT32_MAX >> 8)
      return error("too many expressions in star-unpacking sequence pattern");
    emit(Op::UNPACK_EX, i + ((count - i - 1) << 8));
    starred = true;
  }
  if (!starred) emit(Op::UNPACK_SEQUENCE, count);
  context.on_top += count;
  for (Pattern* pattern : patterns) {
    --context.on_top;
    TRY(visit_subpattern(pattern, context));
  }
  return {};
}

// For patterns like [a, *_, b]: indexing does not build the list that nobody wants.
Result<void> CodeGenerator::match_sequence_by_index(const Seq<Pattern*>& patterns, int star, PatternContext& context) {
  ++context.on_top;
  for (int i = 0; i < patterns.size; ++i) {
    Pattern* pattern = patterns[i];
    if (is_wildcard(pattern) || i == star) continue;
    emit(Op::DUP_TOP);
    if (i < star) {
      TRY(emit_int(i));
    } else {
      // The subject need not understand negative indexes.
      emit(Op::GET_LEN);
      TRY(emit_int(patterns.size - i));
      emit(Op::BINARY_SUBTRACT);
    }
    emit(Op::BINARY_SUBSCR);
    TRY(visit_subpattern(pattern, context));
  }
  --context.on_top;
  emit(Op::POP_TOP);
  return {};
}

Result<void> CodeGenerator::match_sequence(MatchSequence* node, PatternContext& context) {
  const Seq<Pattern*>& patterns = node->patterns;
  int star = -1;
  bool only_wildcards = true, star_is_wildcard = false;
  for (int i = 0; i < patterns.size; ++i) {
    if (patterns[i]->is<MatchStar>()) {
      if (star >= 0) return error("multiple starred names in sequence pattern");
      star_is_wildcard = is_star_wildcard(patterns[i]);
      only_wildcards = only_wildcards && star_is_wildcard;
      star = i;
    } else {
      only_wildcards = only_wildcards && is_wildcard(patterns[i]);
    }
  }
  ++context.on_top;
  emit(Op::MATCH_SEQUENCE);
  jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  if (star < 0 || patterns.size > 1) {
    emit(Op::GET_LEN);
    TRY(emit_int(star < 0 ? patterns.size : patterns.size - 1));
    emit_compare(star < 0 ? CompareOperator::Eq : CompareOperator::GtE);
    jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  }
  --context.on_top;
  if (only_wildcards) {
    emit(Op::POP_TOP);
    return {};
  }
  return star_is_wildcard ? match_sequence_by_index(patterns, star, context) : match_sequence_unpack(patterns, context);
}

// == Mappings and classes ==

// Matches item `index` of the tuple on top of the stack, which stays.
Result<void> CodeGenerator::match_item(int index, Pattern* pattern, PatternContext& context) {
  if (is_wildcard(pattern)) return {};
  emit(Op::DUP_TOP);
  TRY(emit_int(index));
  emit(Op::BINARY_SUBSCR);
  return visit_subpattern(pattern, context);
}

Result<void> CodeGenerator::match_mapping(MatchMapping* node, PatternContext& context) {
  int count = node->keys.size;
  if (count != node->patterns.size) {
    return error("keys (%d) / patterns (%d) length mismatch in mapping pattern", count, node->patterns.size);
  }
  ++context.on_top;
  emit(Op::MATCH_MAPPING);
  jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  if (count == 0 && !node->rest) {
    --context.on_top;
    emit(Op::POP_TOP);
    return {};
  }
  if (count) {
    emit(Op::GET_LEN);
    TRY(emit_int(count));
    emit_compare(CompareOperator::GtE);
    jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  }
  Ref<adder::Set> seen = TRY(set_new());
  for (int i = 0; i < count; ++i) {
    Expr* key = node->keys[i];
    if (!key) {
      set_place(*node->patterns[i]);
      return error("can't use NULL keys in MatchMapping (set 'rest' parameter instead)");
    }
    if (Constant* constant = key->try_as<Constant>()) {
      if (TRY(set_contains(seen, constant->value))) {
        return error("mapping pattern checks duplicate key (%R)", constant->value);
      }
      TRY(set_add(seen, constant->value));
    } else if (!key->is<Attribute>()) {
      return error("mapping pattern keys may only match literals and attribute lookups");
    }
    TRY(visit(key));
  }
  emit(Op::BUILD_TUPLE, count);
  emit(Op::MATCH_KEYS);
  // Now the keys and the values lie on the subject.
  context.on_top += 2;
  jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  for (int i = 0; i < count; ++i) TRY(match_item(i, node->patterns[i], context));
  context.on_top -= 2;
  emit(Op::POP_TOP);
  if (node->rest) {
    emit(Op::COPY_DICT_WITHOUT_KEYS);
    TRY(capture(node->rest, context));
  } else {
    emit(Op::POP_TOP);
  }
  --context.on_top;
  emit(Op::POP_TOP);
  return {};
}

Result<void> CodeGenerator::match_class(MatchClass* node, PatternContext& context) {
  int positional = node->patterns.size, named = node->kwd_attrs.size;
  if (named != node->kwd_patterns.size) {
    return raise(RuntimeError, "kwd_attrs (%d) / kwd_patterns (%d) length mismatch in class pattern", named,
                 node->kwd_patterns.size);
  }
  for (int i = 0; i < named; ++i) {
    TRY(check_name(node->kwd_attrs[i], ExprContext::Store));
    for (int j = i + 1; j < named; ++j) {
      if (!str_equal(node->kwd_attrs[i], node->kwd_attrs[j])) continue;
      set_place(*node->kwd_patterns[j]);
      return error("attribute name repeated in class pattern: %U", node->kwd_attrs[i]);
    }
  }
  TRY(visit(node->cls));
  Ref<adder::Tuple> names = TRY(tuple_new(named));
  for (int i = 0; i < named; ++i) tuple_init_item(names, i, Ref<Object>(Ref<Str>::share(node->kwd_attrs[i])));
  TRY(emit_const(names));
  emit(Op::MATCH_CLASS, positional);
  // On top is the tuple of the attributes.
  ++context.on_top;
  jump_to_fail(context, Op::POP_JUMP_IF_FALSE);
  for (int i = 0; i < positional; ++i) TRY(match_item(i, node->patterns[i], context));
  for (int i = 0; i < named; ++i) TRY(match_item(positional + i, node->kwd_patterns[i], context));
  --context.on_top;
  emit(Op::POP_TOP);
  return {};
}

// == Alternatives ==

// All alternatives must bind the same names; the first decides the order of the values on the stack.
Result<void> CodeGenerator::match_or(MatchOr* node, PatternContext& context) {
  BasicBlock* end = new_block();
  std::vector<Ref<Str>> control;
  for (int i = 0; i < node->patterns.size; ++i) {
    Pattern* alternative = node->patterns[i];
    set_place(*alternative);
    PatternContext own;
    own.allow_irrefutable = i + 1 == node->patterns.size && context.allow_irrefutable;
    emit(Op::DUP_TOP);
    TRY(visit(alternative, own));
    if (i == 0) {
      for (const Ref<Str>& name : own.stores) control.push_back(name.share());
    } else if (own.stores.size() != control.size()) {
      return error("alternative patterns bind different names");
    }
    for (usize wanted = control.size(); i > 0 && wanted-- > 0;) {
      auto found = std::find_if(own.stores.begin(), own.stores.end(),
                                [&](const Ref<Str>& name) { return str_equal(name, control[wanted]); });
      if (found == own.stores.end()) return error("alternative patterns bind different names");
      usize at = static_cast<usize>(found - own.stores.begin());
      if (at == wanted) continue;
      // Rotate the stack until the value of the name is where the first alternative has it.
      std::rotate(own.stores.begin(), own.stores.begin() + static_cast<isize>(at + 1),
                  own.stores.begin() + static_cast<isize>(wanted + 1));
      for (usize turn = 0; turn <= at; ++turn) emit(Op::ROT_N, static_cast<int>(wanted + 1));
    }
    emit_jump(Op::JUMP_FORWARD, end);
    next_block();
    emit_fail_blocks(own);
  }
  // None matched: drop the subject's copy and fail.
  emit(Op::POP_TOP);
  jump_to_fail(context, Op::JUMP_FORWARD);
  use_next(end);
  // The new values must go under the subject's copy, what is on top, and the captures so far.
  int depth = static_cast<int>(control.size()) + 1 + context.on_top + static_cast<int>(context.stores.size());
  for (Ref<Str>& name : control) {
    emit(Op::ROT_N, depth);
    for (const Ref<Str>& store : context.stores) {
      if (str_equal(store, name)) return duplicate_capture(name);
    }
    context.stores.push_back(std::move(name));
  }
  emit(Op::POP_TOP);
  return {};
}

// == Dispatch ==

Result<void> CodeGenerator::visit_subpattern(Pattern* pattern, PatternContext& context) {
  bool before = std::exchange(context.allow_irrefutable, true);
  TRY(visit(pattern, context));
  context.allow_irrefutable = before;
  return {};
}

Result<void> CodeGenerator::visit(Pattern* pattern, PatternContext& context) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  set_place(*pattern);
  switch (pattern->kind) {
    case PatternKind::MatchValue:
      return match_value(pattern->as<MatchValue>(), context);
    case PatternKind::MatchSingleton:
      return match_singleton(pattern->as<MatchSingleton>(), context);
    case PatternKind::MatchSequence:
      return match_sequence(pattern->as<MatchSequence>(), context);
    case PatternKind::MatchMapping:
      return match_mapping(pattern->as<MatchMapping>(), context);
    case PatternKind::MatchClass:
      return match_class(pattern->as<MatchClass>(), context);
    case PatternKind::MatchStar:
      return capture(pattern->as<MatchStar>()->name, context);
    case PatternKind::MatchAs:
      return match_as(pattern->as<MatchAs>(), context);
    case PatternKind::MatchOr:
      return match_or(pattern->as<MatchOr>(), context);
  }
  return {};
}

Result<void> CodeGenerator::visit_match(Match* node) {
  TRY(visit(node->subject));
  BasicBlock* end = new_block();
  int count = node->cases.size;
  // A wildcard at the end needs no copy of the subject.
  bool has_default = count > 1 && is_wildcard(node->cases.back()->pattern);
  int tried = count - has_default;
  for (int i = 0; i < tried; ++i) {
    MatchCase* match_case = node->cases[i];
    bool is_last = i == tried - 1;
    set_place(*match_case->pattern);
    if (!is_last) emit(Op::DUP_TOP);
    PatternContext context;
    context.allow_irrefutable = match_case->guard != nullptr || i == count - 1;
    TRY(visit(match_case->pattern, context));
    for (const Ref<Str>& name : context.stores) TRY(name_op(name, ExprContext::Store));
    context.stores.clear();
    if (match_case->guard) TRY(jump_if(match_case->guard, fail_block(context, 0), false));
    if (!is_last) emit(Op::POP_TOP);
    TRY(visit_all(match_case->body));
    emit_jump(Op::JUMP_FORWARD, end);
    set_place(*match_case->pattern);
    emit_fail_blocks(context);
  }
  if (has_default) {
    MatchCase* match_case = node->cases.back();
    set_place(*match_case->pattern);
    emit(count == 1 ? Op::POP_TOP : Op::NOP);
    if (match_case->guard) TRY(jump_if(match_case->guard, end, false));
    TRY(visit_all(match_case->body));
  }
  use_next(end);
  return {};
}
}  // namespace adder
