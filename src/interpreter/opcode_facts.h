// opcode_facts: what the translation asks about canonical instructions: stack effects, operands, flow.
#pragma once
#include <initializer_list>

#include "interpreter/opcodes.h"

namespace adder {
// Stack entries that an instruction consumes before it can fail.
constexpr int count_consumed(Op op, u32 arg) {
  switch (op) {
    case Op::NOP:
    case Op::FOR_ITER:
    case Op::JUMP_FORWARD:
    case Op::JUMP_ABSOLUTE:
    case Op::SETUP_FINALLY:
    case Op::POP_BLOCK:
    case Op::LOAD_CONST:
    case Op::LOAD_NAME:
    case Op::LOAD_GLOBAL:
    case Op::LOAD_FAST:
    case Op::LOAD_CLOSURE:
    case Op::LOAD_DEREF:
    case Op::LOAD_CLASSDEREF:
    case Op::LOAD_BUILD_CLASS:
    case Op::LOAD_ASSERTION_ERROR:
    case Op::DELETE_NAME:
    case Op::DELETE_GLOBAL:
    case Op::DELETE_FAST:
    case Op::DELETE_DEREF:
    case Op::SETUP_ANNOTATIONS:
    case Op::IMPORT_FROM:
    case Op::GET_ANEXT:
    case Op::GET_LEN:
    case Op::MATCH_MAPPING:
    case Op::MATCH_SEQUENCE:
    case Op::MATCH_KEYS:
    case Op::WITH_EXCEPT_START:
    case Op::DUP_TOP:
    case Op::DUP_TOP_TWO:
    case Op::ROT_TWO:
    case Op::ROT_THREE:
    case Op::ROT_FOUR:
    case Op::ROT_N:
    case Op::EXTENDED_ARG:
    case Op::COPY_DICT_WITHOUT_KEYS:
    case Op::SETUP_ASYNC_WITH:
    case Op::PREP_EXCEPT_STAR:
      return 0;
    case Op::YIELD_FROM:
      return 1;  // the receiver stays
    case Op::POP_TOP:
    case Op::UNARY_POSITIVE:
    case Op::UNARY_NEGATIVE:
    case Op::UNARY_NOT:
    case Op::UNARY_INVERT:
    case Op::LIST_TO_TUPLE:
    case Op::GET_ITER:
    case Op::GET_YIELD_FROM_ITER:
    case Op::GET_AWAITABLE:
    case Op::GET_AITER:
    case Op::PRINT_EXPR:
    case Op::RETURN_VALUE:
    case Op::IMPORT_STAR:
    case Op::YIELD_VALUE:
    case Op::STORE_NAME:
    case Op::UNPACK_SEQUENCE:
    case Op::UNPACK_EX:
    case Op::DELETE_ATTR:
    case Op::STORE_GLOBAL:
    case Op::LOAD_ATTR:
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE:
    case Op::JUMP_IF_FALSE_OR_POP:
    case Op::JUMP_IF_TRUE_OR_POP:
    case Op::STORE_FAST:
    case Op::GEN_START:
    case Op::STORE_DEREF:
    case Op::LOAD_METHOD:
    case Op::SETUP_WITH:
    case Op::BEFORE_ASYNC_WITH:
    case Op::LIST_APPEND:
    case Op::SET_ADD:
    case Op::LIST_EXTEND:
    case Op::SET_UPDATE:
    case Op::DICT_UPDATE:
    case Op::DICT_MERGE:
    case Op::CHECK_EG_MATCH:
      return 1;
    case Op::STORE_ATTR:
    case Op::DELETE_SUBSCR:
    case Op::IMPORT_NAME:
    case Op::COMPARE_OP:
    case Op::IS_OP:
    case Op::CONTAINS_OP:
    case Op::JUMP_IF_NOT_EXC_MATCH:
    case Op::MAP_ADD:
      return 2;
    case Op::STORE_SUBSCR:
    case Op::MATCH_CLASS:
    case Op::RERAISE:
    case Op::POP_EXCEPT:
    case Op::COLLECT_EXCEPT_STAR:
    case Op::END_EXCEPT_STAR:
      return 3;
    case Op::END_ASYNC_FOR:
      return 3;
    case Op::BUILD_TUPLE:
    case Op::BUILD_LIST:
    case Op::BUILD_SET:
    case Op::BUILD_STRING:
    case Op::BUILD_SLICE:
    case Op::RAISE_VARARGS:
      return static_cast<int>(arg);
    case Op::BUILD_MAP:
      return static_cast<int>(2 * arg);
    case Op::BUILD_CONST_KEY_MAP:
    case Op::CALL_FUNCTION:
      return static_cast<int>(arg + 1);
    case Op::CALL_FUNCTION_KW:
    case Op::CALL_METHOD:
      return static_cast<int>(arg + 2);
    case Op::CALL_FUNCTION_EX:
      return 2 + (arg & 1);
    case Op::MAKE_FUNCTION:
      return 2 + (arg & 1) + (arg >> 1 & 1) + (arg >> 2 & 1) + (arg >> 3 & 1);
    case Op::FORMAT_VALUE:
      return (arg & 4) ? 2 : 1;
    default:
      return 2;  // binary operators
  }
}

// What the passes ask about each instruction, in one place.
struct OpFacts {
  enum Flag : u8 { kEndsFlow = 1, kJumps = 2, kSetup = 4, kPopsBlock = 8 };
  static constexpr i8 kByArgument = 127;
  i8 effect, jump_effect, consumed;  // on the stack; kByArgument: ask the function
  u8 flags;
};
struct OpFactsTable {
  OpFacts of[256];
};
inline constexpr OpFactsTable op_facts = [] {
  OpFactsTable table{};
  for (int number = 0; number < 256; ++number) {
    Op op = static_cast<Op>(number);
    OpFacts& facts = table.of[number];
    if (!opcode_name(number)) continue;
    auto fixed = [](auto function) {
      int value = function(0);
      for (int arg : {1, 2, 3, 4, 5, 7, 8, 16, 255, 256, 257, 65535, 65536}) {
        if (function(arg) != value) return OpFacts::kByArgument;
      }
      return static_cast<i8>(value);
    };
    facts.effect = fixed([op](int arg) { return opcode_stack_effect(op, arg, false); });
    facts.jump_effect = fixed([op](int arg) { return opcode_stack_effect(op, arg, true); });
    facts.consumed = fixed([op](int arg) { return count_consumed(op, static_cast<u32>(arg)); });
    if (op == Op::RETURN_VALUE || op == Op::RAISE_VARARGS || op == Op::RERAISE || op == Op::JUMP_ABSOLUTE ||
        op == Op::JUMP_FORWARD) {
      facts.flags |= OpFacts::kEndsFlow;
    }
    if (opcode_jumps(op)) facts.flags |= OpFacts::kJumps;
    if (op == Op::SETUP_FINALLY || op == Op::SETUP_WITH || op == Op::SETUP_ASYNC_WITH) facts.flags |= OpFacts::kSetup;
    if (op == Op::POP_BLOCK || op == Op::POP_EXCEPT || op == Op::END_ASYNC_FOR) facts.flags |= OpFacts::kPopsBlock;
  }
  return table;
}();
inline const OpFacts& facts_of(Op op) { return op_facts.of[static_cast<u8>(op)]; }
// The same from the table.
inline int consumed(Op op, u32 arg) {
  int count = facts_of(op).consumed;
  return count == OpFacts::kByArgument ? count_consumed(op, arg) : count;
}
// What an instruction does to the depth of the stack: when control goes on, when it jumps.
inline int effect_of(const OpFacts& facts, Op op, u32 arg) {
  return facts.effect == OpFacts::kByArgument ? opcode_stack_effect(op, static_cast<int>(arg), false) : facts.effect;
}
inline int jump_effect_of(const OpFacts& facts, Op op, u32 arg) {
  return facts.jump_effect == OpFacts::kByArgument ? opcode_stack_effect(op, static_cast<int>(arg), true)
                                                   : facts.jump_effect;
}
}  // namespace adder
