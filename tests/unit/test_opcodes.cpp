// The table of opcodes and what is computed from it.
#include <gtest/gtest.h>

#include "interpreter/opcodes.h"

namespace adder {
namespace {
TEST(Opcodes, NumbersAndNames) {
  EXPECT_EQ(static_cast<int>(Op::LOAD_CONST), 100);
  EXPECT_STREQ(opcode_name(100), "LOAD_CONST");
  EXPECT_EQ(opcode_name(0), nullptr);
  EXPECT_EQ(opcode_name(255), nullptr);
}

TEST(Opcodes, ArgumentsBeginAtNinety) {
  for (int number = 0; number < 256; ++number) {
    if (!opcode_name(number)) continue;
    bool has_argument = opcode_properties(static_cast<Op>(number)) & kHasArg;
    EXPECT_EQ(has_argument, number >= kHaveArgument) << opcode_name(number);
  }
}

TEST(Opcodes, StackEffects) {
  EXPECT_EQ(opcode_stack_effect(Op::BUILD_TUPLE, 5, false), -4);
  EXPECT_EQ(opcode_stack_effect(Op::FOR_ITER, 0, false), 1);
  EXPECT_EQ(opcode_stack_effect(Op::FOR_ITER, 0, true), -1);
  EXPECT_EQ(opcode_max_stack_effect(Op::SETUP_FINALLY, 0), 6);
  EXPECT_EQ(opcode_stack_effect(Op::UNPACK_EX, 2 + (3 << 8), false), 5);
  EXPECT_EQ(opcode_stack_effect(Op::MAKE_FUNCTION, 15, false), -5);
  EXPECT_EQ(opcode_stack_effect(static_cast<Op>(0), 0, false), kInvalidStackEffect);
}

TEST(Opcodes, OnlyJumpsDifferByJump) {
  for (int number = 0; number < 256; ++number) {
    Op op = static_cast<Op>(number);
    if (opcode_jumps(op)) continue;
    EXPECT_EQ(opcode_stack_effect(op, 2, false), opcode_stack_effect(op, 2, true)) << number;
  }
}
}  // namespace
}  // namespace adder
