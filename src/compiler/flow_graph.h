// flow_graph: the instructions of one code object as basic blocks, and what is improved on them before they become
// bytes.
//
// Invariant    only the last instruction of a block jumps or leaves the function; the first block made is the entry.
// Lines        every instruction has a place in the source, or line kNoLine: artificial. Artificial instructions take
//              the line of what leads to them (PEP 626).
// See          docs/compiler.md, tests/unit/flow_graph_test.cpp
#pragma once
#include <vector>

#include "interpreter/opcodes.h"
#include "parser/ast_base.h"
#include "types/bytes.h"
#include "types/list.h"

namespace adder {
inline constexpr int kNoLine = -1;   // artificial
inline constexpr int kSameLine = 0;  // belongs to whatever line the bytes before it have

struct BasicBlock;
struct Instruction {
  Op op;
  int arg;             // of jumps: set by the assembler
  BasicBlock* target;  // of jumps only
  ast::Position at;

  bool has_line() const { return at.lineno >= 0; }
  bool jumps() const { return opcode_jumps(op); }
};

struct BasicBlock {
  std::vector<Instruction> code;
  BasicBlock* next = nullptr;  // the block behind this one in the order of the bytes
  int predecessors = 0;
  int start_depth = -1;          // of the value stack; -1: not reached yet
  int offset = 0;                // in instructions of two bytes
  bool exits = false;            // ends by leaving the function
  bool no_fall_through = false;  // never continues with `next`
  bool visited = false;

  bool empty() const { return code.empty(); }
  Instruction& last() { return code.back(); }
};

// The constants of a code object while it is compiled; equal ones (same type, same sign of zero) are one.
class ConstantPool {
 public:
  // `shared`: dict from keys to constants of the whole compilation, so that equal constants are one object everywhere.
  explicit ConstantPool(Dict* shared) : shared_(shared) {}
  Result<void> init();
  // The index of an equal constant; adds it if there is none.
  Result<int> add(Object* value);
  // For constants found while optimising: like add, but appended at the end unless the same object is there.
  Result<int> add_late(Object* value);
  // The one object that stands for all that are equal in this compilation; the same inside tuples and frozensets.
  Result<Object> merge(Object* value);
  List* values() const { return values_.get(); }

 private:
  Dict* shared_;
  Ref<List> values_;
  Ref<Dict> index_;
};

// What the assembler makes of a graph.
struct AssembledCode {
  Ref<Bytes> code;
  Ref<Bytes> line_table;      // CPython 3.10's co_linetable
  Ref<Bytes> position_table;  // see assembler.cpp
  int stack_size = 0;
};

class FlowGraph {
 public:
  FlowGraph() { current_ = new_block(); }
  ~FlowGraph();
  FlowGraph(const FlowGraph&) = delete;

  // == Building ==
  BasicBlock* new_block();
  // Continues in `block`, which stands behind the current one.
  void use_next(BasicBlock* block) {
    current_->next = block;
    current_ = block;
  }
  void emit(Op op, int arg, const ast::Position& at);
  void emit_jump(Op op, BasicBlock* target, const ast::Position& at);
  BasicBlock* current() const { return current_; }
  BasicBlock* entry() const { return blocks_.front(); }

  // == Finishing ==
  // Puts GEN_START in front of everything.
  void insert_generator_start(int kind);
  // Line of the first instruction, 0 if there is none.
  int first_line() const;
  // Marks exits, threads jumps, folds constants, drops what cannot be reached, spreads lines. SystemError for a
  // malformed graph.
  Result<void> optimize(ConstantPool& constants, int first_line);
  // Bytes and tables. `is_generator`: the stack starts with the value sent.
  Result<void> assemble(int first_line, bool is_generator, AssembledCode& result);

 private:
  void mark_exits();
  Result<void> optimize_block(BasicBlock* block, ConstantPool& constants);
  Result<void> fold_tuple(BasicBlock* block, usize end, ConstantPool& constants);
  bool thread_jump(BasicBlock* block, Op op);
  void inline_small_exit(BasicBlock* block);
  void mark_reachable();
  void remove_unreachable();
  void skip_empty_blocks();
  void remove_jumps_to_next();
  Result<void> trim_constants(ConstantPool& constants);
  BasicBlock* copy_block(BasicBlock* block);
  void duplicate_exits_without_line();
  void spread_lines();
  void guarantee_exit_lines(int first_line);
  void order_jumps();
  int stack_depth(bool is_generator);
  void assign_offsets();

  std::vector<BasicBlock*> blocks_;  // in the order of creation; owned
  BasicBlock* current_;
};
}  // namespace adder
