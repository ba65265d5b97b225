// opcodes: the canonical instruction set as an enumeration and tables. Data only: every room may include it.
#pragma once
#include "base/config.h"

namespace adder {
enum class Op : u8 {
#define OPCODE(name, number, properties, stack) name = number,
#include "interpreter/opcodes.def"
};

// What an opcode's argument means; a set of bits.
enum OpcodeProperty : u16 {
  kHasArg = 1,
  kConst = 2,
  kName = 4,
  kLocal = 8,
  kFree = 16,
  kCompare = 32,
  kJumpRelative = 64,
  kJumpAbsolute = 128,
};
inline constexpr int kHaveArgument = 90;  // opcodes from here on use their argument
inline constexpr int kInvalidStackEffect = 0x7fffffff;

struct OpcodeTables {
  u16 properties[256] = {};
  const char* names[256] = {};  // null: no such opcode
  constexpr OpcodeTables() {
#define OPCODE(name, number, bits, stack) \
  properties[number] = (bits);            \
  names[number] = #name;
#include "interpreter/opcodes.def"
  }
};
inline constexpr OpcodeTables kOpcodeTables;

constexpr int opcode_properties(Op op) { return kOpcodeTables.properties[static_cast<int>(op)]; }
// "LOAD_CONST", or null for a number that is no opcode.
constexpr const char* opcode_name(int number) { return kOpcodeTables.names[number & 0xff]; }
constexpr bool opcode_jumps(Op op) { return (opcode_properties(op) & (kJumpRelative | kJumpAbsolute)) != 0; }

// Change of the stack depth by one instruction; `jump` tells whether it takes its jump. kInvalidStackEffect for no
// opcode.
constexpr int opcode_stack_effect(Op op, int arg, bool jump) {
  (void)arg;
  (void)jump;
  switch (op) {
#define OPCODE(name, number, properties, stack) \
  case Op::name:                                \
    return (stack);
#include "interpreter/opcodes.def"
  }
  return kInvalidStackEffect;
}
// The larger of the effects with and without the jump.
constexpr int opcode_max_stack_effect(Op op, int arg) {
  int stays = opcode_stack_effect(op, arg, false), jumps = opcode_stack_effect(op, arg, true);
  return stays > jumps ? stays : jumps;
}
}  // namespace adder
