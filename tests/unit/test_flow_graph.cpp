// Basic blocks: building them, and reaching bytes. What needs no objects; the whole compiler is tested against
// snapshots.
#include <gtest/gtest.h>

#include "compiler/flow_graph.h"

namespace adder {
namespace {
constexpr ast::Position at_line(int line) { return {line, 0, line, 1}; }

TEST(FlowGraph, AJumpEndsItsBlock) {
  FlowGraph graph;
  BasicBlock* target = graph.new_block();
  graph.emit_jump(Op::JUMP_FORWARD, target, at_line(1));
  graph.emit(Op::NOP, 0, at_line(2));
  EXPECT_EQ(graph.entry()->code.size(), 1u);
  ASSERT_NE(graph.entry()->next, nullptr);
  EXPECT_EQ(graph.entry()->next->code[0].op, Op::NOP);
  EXPECT_EQ(graph.entry()->last().target, target);
}

TEST(FlowGraph, AReturnEndsItsBlock) {
  FlowGraph graph;
  graph.emit(Op::RETURN_VALUE, 0, at_line(1));
  graph.emit(Op::POP_TOP, 0, at_line(1));
  EXPECT_EQ(graph.entry()->code.size(), 1u);
  EXPECT_EQ(graph.current()->code.size(), 1u);
}

TEST(FlowGraph, FirstLine) {
  FlowGraph graph;
  EXPECT_EQ(graph.first_line(), 0);
  graph.emit(Op::NOP, 0, at_line(7));
  EXPECT_EQ(graph.first_line(), 7);
  graph.insert_generator_start(2);
  EXPECT_EQ(graph.entry()->code[0].op, Op::GEN_START);
  EXPECT_EQ(graph.entry()->code[0].arg, 2);
  EXPECT_FALSE(graph.entry()->code[0].has_line());
}

TEST(FlowGraph, BlocksFollowInTheOrderOfUse) {
  FlowGraph graph;
  BasicBlock* second = graph.new_block();
  BasicBlock* first = graph.new_block();
  graph.use_next(first);
  graph.use_next(second);
  EXPECT_EQ(graph.entry()->next, first);
  EXPECT_EQ(first->next, second);
  EXPECT_EQ(second->next, nullptr);
}
}  // namespace
}  // namespace adder
