// flow_graph: building the graph and improving it.
//
// Order of passes  is part of the format: the bytes are to be CPython 3.10's, so jump threading, removal of dead code
//                  and copying of exits happen in the order that gives them.
#include "compiler/flow_graph.h"

#include <algorithm>

#include "object/protocol.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr usize kSmallExit = 4;  // exits of up to this many instructions are copied instead of jumped to

bool leaves(Op op) { return op == Op::RETURN_VALUE || op == Op::RAISE_VARARGS || op == Op::RERAISE; }
bool is_unconditional(Op op) { return op == Op::JUMP_ABSOLUTE || op == Op::JUMP_FORWARD; }
// Jumps that are taken only when something is raised.
bool opens_handler(Op op) { return op == Op::SETUP_FINALLY || op == Op::SETUP_WITH || op == Op::SETUP_ASYNC_WITH; }
bool same_line(const Instruction& a, const Instruction& b) { return a.at.lineno == b.at.lineno; }
bool is_exit_without_line(const BasicBlock* block) { return block->exits && !block->code[0].has_line(); }
void make_nop(Instruction& instruction) {
  instruction.op = Op::NOP;
  instruction.target = nullptr;
}

// Drops the NOPs that no line needs: without line, or where the instruction before or behind has the same.
void clean(BasicBlock* block, int previous_line) {
  std::vector<Instruction>& code = block->code;
  usize kept = 0;
  for (usize i = 0; i < code.size(); ++i) {
    int line = code[i].at.lineno;
    if (code[i].op == Op::NOP) {
      if (line < 0 || line == previous_line) continue;
      if (i + 1 < code.size()) {
        int next_line = code[i + 1].at.lineno;
        if (next_line < 0 || next_line == line) {
          if (next_line < 0) code[i + 1].at = code[i].at;
          continue;
        }
      } else {
        BasicBlock* next = block->next;
        while (next && next->empty()) next = next->next;
        if (next && next->code[0].at.lineno == line) continue;
      }
    }
    if (kept != i) code[kept] = code[i];
    ++kept;
    previous_line = line;
  }
  code.resize(kept);
}

int rotation_of(const Instruction& instruction) {
  switch (instruction.op) {
    case Op::ROT_TWO:
      return 2;
    case Op::ROT_THREE:
      return 3;
    case Op::ROT_FOUR:
      return 4;
    case Op::ROT_N:
      return instruction.arg;
    default:
      return 0;
  }
}
}  // namespace

// == Building ==

FlowGraph::~FlowGraph() {
  for (BasicBlock* block : blocks_) delete block;
}

BasicBlock* FlowGraph::new_block() {
  blocks_.push_back(new BasicBlock);
  return blocks_.back();
}

void FlowGraph::emit(Op op, int arg, const ast::Position& at) {
  if (!current_->empty() && (current_->last().jumps() || leaves(current_->last().op))) use_next(new_block());
  current_->code.push_back({op, arg, nullptr, at});
}

void FlowGraph::emit_jump(Op op, BasicBlock* target, const ast::Position& at) {
  emit(op, 0, at);
  current_->last().target = target;
}

void FlowGraph::insert_generator_start(int kind) {
  ast::Position nowhere;
  nowhere.lineno = kNoLine;
  entry()->code.insert(entry()->code.begin(), Instruction{Op::GEN_START, kind, nullptr, nowhere});
}

int FlowGraph::first_line() const {
  const BasicBlock* block = entry();
  return block->empty() ? 0 : std::max(block->code[0].at.lineno, 0);
}

// == Passes ==

void FlowGraph::mark_exits() {
  for (BasicBlock* block : blocks_) {
    for (Instruction& instruction : block->code) {
      if (leaves(instruction.op)) block->exits = block->no_fall_through = true;
      if (is_unconditional(instruction.op)) block->no_fall_through = true;
      if (instruction.target) {
        while (instruction.target->empty()) instruction.target = instruction.target->next;
      }
    }
  }
}

// Replaces the jump at the end of the block, whose target is a jump, by one that goes where that one goes. The old one
// stays as a NOP for its line. False if it would change nothing.
bool FlowGraph::thread_jump(BasicBlock* block, Op op) {
  Instruction onward = block->last().target->code[0];
  if (onward.target == block->last().target) return false;
  make_nop(block->last());
  block->code.push_back({op, 0, onward.target, onward.at});
  return true;
}

// LOAD_CONST × n, BUILD_TUPLE n -> LOAD_CONST; `end` is the index of BUILD_TUPLE.
Result<void> FlowGraph::fold_tuple(BasicBlock* block, usize end, ConstantPool& constants) {
  std::vector<Instruction>& code = block->code;
  usize count = static_cast<usize>(code[end].arg);
  if (end < count) return {};
  for (usize i = end - count; i < end; ++i) {
    if (code[i].op != Op::LOAD_CONST) return {};
  }
  Ref<Tuple> tuple = TRY(tuple_new(static_cast<isize>(count)));
  for (usize i = 0; i < count; ++i) {
    Object* item = list_item(constants.values(), code[end - count + i].arg);
    tuple_init_item(tuple, static_cast<isize>(i), Ref<Object>::share(item));
  }
  int index = TRY(constants.add_late(tuple.get()));
  for (usize i = end - count; i < end; ++i) make_nop(code[i]);
  code[end].op = Op::LOAD_CONST;
  code[end].arg = index;
  return {};
}

Result<void> FlowGraph::optimize_block(BasicBlock* block, ConstantPool& constants) {
  std::vector<Instruction>& code = block->code;
  // Where a jump is replaced, the same place is looked at again.
  for (usize i = 0; i < code.size(); ++i) {
    Instruction& instruction = code[i];
    Instruction* next = i + 1 < code.size() ? &code[i + 1] : nullptr;
    Instruction* target = nullptr;
    if (instruction.jumps()) {
      while (instruction.target->empty()) instruction.target = instruction.target->next;
      target = &instruction.target->code[0];
    }
    auto look_again = [&] { --i; };
    switch (instruction.op) {
      case Op::LOAD_CONST: {
        if (!next) break;
        bool pops = next->op == Op::POP_JUMP_IF_FALSE || next->op == Op::POP_JUMP_IF_TRUE;
        if (!pops && next->op != Op::JUMP_IF_FALSE_OR_POP && next->op != Op::JUMP_IF_TRUE_OR_POP) break;
        bool jump_if = next->op == Op::POP_JUMP_IF_TRUE || next->op == Op::JUMP_IF_TRUE_OR_POP;
        bool truth = TRY(object_is_true(list_item(constants.values(), instruction.arg)));
        if (truth == jump_if) {
          if (pops) make_nop(instruction);
          next->op = Op::JUMP_ABSOLUTE;
          block->no_fall_through = true;
        } else {
          make_nop(instruction);
          make_nop(*next);
        }
        break;
      }
      case Op::BUILD_TUPLE:
        if (next && next->op == Op::UNPACK_SEQUENCE && next->arg == instruction.arg && instruction.arg <= 3) {
          if (instruction.arg == 1) {
            make_nop(instruction);
            make_nop(*next);
            break;
          }
          if (instruction.arg == 2) {
            instruction.op = Op::ROT_TWO;
            make_nop(*next);
            break;
          }
          if (instruction.arg == 3) {
            instruction.op = Op::ROT_THREE;
            next->op = Op::ROT_TWO;
            break;
          }
        }
        if (next && next->op == Op::UNPACK_SEQUENCE && next->arg == instruction.arg) break;
        TRY(fold_tuple(block, i, constants));
        break;
      // Two tests in a row of the same value: the outcome of the first tells that of the second.
      case Op::JUMP_IF_FALSE_OR_POP:
      case Op::JUMP_IF_TRUE_OR_POP: {
        if (!same_line(instruction, *target)) break;
        bool if_true = instruction.op == Op::JUMP_IF_TRUE_OR_POP;
        Op popping = if_true ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE;
        Op opposite = if_true ? Op::JUMP_IF_FALSE_OR_POP : Op::JUMP_IF_TRUE_OR_POP;
        if (target->op == popping) {
          instruction = *target;
          look_again();
        } else if (is_unconditional(target->op) || target->op == instruction.op) {
          if (instruction.target != target->target) {
            instruction.target = target->target;
            look_again();
          }
        } else if (target->op == opposite) {
          instruction.op = popping;
          instruction.target = instruction.target->next;
          look_again();
        }
        break;
      }
      case Op::POP_JUMP_IF_FALSE:
      case Op::POP_JUMP_IF_TRUE:
        if (is_unconditional(target->op) && same_line(instruction, *target) && instruction.target != target->target) {
          instruction.target = target->target;
          look_again();
        }
        break;
      case Op::JUMP_ABSOLUTE:
      case Op::JUMP_FORWARD:
        if (is_unconditional(target->op) && same_line(instruction, *target)) {
          thread_jump(block, target->op == Op::JUMP_FORWARD ? instruction.op : Op::JUMP_ABSOLUTE);
        }
        break;
      case Op::FOR_ITER:
        if (target->op == Op::JUMP_FORWARD && same_line(instruction, *target)) thread_jump(block, instruction.op);
        break;
      case Op::ROT_N: {
        int count = instruction.arg;
        if (count <= 1) {
          make_nop(instruction);
          break;
        }
        if (count == 2) instruction.op = Op::ROT_TWO;
        if (count == 3) instruction.op = Op::ROT_THREE;
        if (count == 4) instruction.op = Op::ROT_FOUR;
        // A full turn.
        usize turns = static_cast<usize>(count);
        if (i + 1 < turns) break;
        auto first = code.begin() + static_cast<isize>(i + 1 - turns);
        if (std::all_of(first, first + count, [&](const Instruction& each) { return rotation_of(each) == count; })) {
          std::for_each(first, first + count, make_nop);
        }
        break;
      }
      default:
        break;
    }
  }
  return {};
}

// A jump to a few instructions that leave: takes them over.
void FlowGraph::inline_small_exit(BasicBlock* block) {
  if (block->empty() || !is_unconditional(block->last().op)) return;
  BasicBlock* target = block->last().target;
  if (!target->exits || target->code.size() > kSmallExit) return;
  make_nop(block->last());
  std::vector<Instruction> copied = target->code;
  block->code.insert(block->code.end(), copied.begin(), copied.end());
  block->exits = true;
}

void FlowGraph::mark_reachable() {
  std::vector<BasicBlock*> stack{entry()};
  entry()->predecessors = 1;
  auto reach = [&](BasicBlock* block) {
    if (block->predecessors++ == 0) stack.push_back(block);
  };
  while (!stack.empty()) {
    BasicBlock* block = stack.back();
    stack.pop_back();
    if (block->next && !block->no_fall_through) reach(block->next);
    for (Instruction& instruction : block->code) {
      if (instruction.target) reach(instruction.target);
    }
  }
}

void FlowGraph::remove_unreachable() {
  mark_reachable();
  for (BasicBlock* block = entry(); block; block = block->next) {
    if (block->predecessors == 0) {
      block->code.clear();
      block->no_fall_through = false;
    }
  }
}

void FlowGraph::skip_empty_blocks() {
  for (BasicBlock* block = entry(); block; block = block->next) {
    BasicBlock* next = block->next;
    while (next && next->empty() && next->next) next = next->next;
    block->next = next;
  }
  for (BasicBlock* block = entry(); block; block = block->next) {
    if (block->empty() || !block->last().jumps()) continue;
    BasicBlock*& target = block->last().target;
    while (target->empty()) target = target->next;
  }
}

void FlowGraph::remove_jumps_to_next() {
  bool changed = false;
  for (BasicBlock* block = entry(); block; block = block->next) {
    if (block->empty() || !is_unconditional(block->last().op) || block->last().target != block->next) continue;
    block->no_fall_through = false;
    make_nop(block->last());
    clean(block, kNoLine);
    changed = true;
  }
  if (changed) skip_empty_blocks();
}

// Constants behind the last one in use go; the first stays, for it may be the docstring.
Result<void> FlowGraph::trim_constants(ConstantPool& constants) {
  int highest = 0;
  for (BasicBlock* block = entry(); block; block = block->next) {
    for (const Instruction& instruction : block->code) {
      if (instruction.op == Op::LOAD_CONST) highest = std::max(highest, instruction.arg);
    }
  }
  isize size = list_size(constants.values());
  if (highest + 1 >= size) return {};
  return list_set_slice(constants.values(), highest + 1, size, {});
}

BasicBlock* FlowGraph::copy_block(BasicBlock* block) {
  BasicBlock* copy = new_block();
  copy->code = block->code;
  copy->exits = true;
  copy->no_fall_through = true;
  return copy;
}

// An exit that has no line takes that of the jump to it; so each jump needs its own.
void FlowGraph::duplicate_exits_without_line() {
  for (usize i = blocks_.size(); i-- > 0;) {
    BasicBlock* block = blocks_[i];
    if (block->empty() || !block->last().jumps() || opens_handler(block->last().op)) continue;
    BasicBlock* target = block->last().target;
    if (!is_exit_without_line(target) || target->predecessors <= 1) continue;
    BasicBlock* copy = copy_block(target);
    copy->code[0].at = block->last().at;
    block->last().target = copy;
    --target->predecessors;
    copy->predecessors = 1;
    copy->next = target->next;
    target->next = copy;
  }
  for (BasicBlock* block : blocks_) {
    while (block->next && block->next->empty()) block->next = block->next->next;
  }
  // Those that are left are reached by falling through only.
  for (usize i = blocks_.size(); i-- > 0;) {
    BasicBlock* block = blocks_[i];
    if (block->no_fall_through || !block->next || block->empty()) continue;
    if (is_exit_without_line(block->next)) block->next->code[0].at = block->last().at;
  }
}

void FlowGraph::spread_lines() {
  for (BasicBlock* block = entry(); block; block = block->next) {
    if (block->empty()) continue;
    ast::Position at;
    at.lineno = kNoLine;
    for (Instruction& instruction : block->code) {
      if (instruction.has_line()) {
        at = instruction.at;
      } else {
        instruction.at = at;
      }
    }
    auto pass_on = [&](BasicBlock* successor) {
      if (successor->predecessors == 1 && !successor->code[0].has_line()) successor->code[0].at = at;
    };
    if (!block->no_fall_through && block->next) pass_on(block->next);
    if (block->last().jumps() && !opens_handler(block->last().op)) pass_on(block->last().target);
  }
}

// A return must have a line, if only that of the bytes before it.
void FlowGraph::guarantee_exit_lines(int first_line) {
  int line = first_line;
  for (BasicBlock* block = entry(); block; block = block->next) {
    if (block->empty()) continue;
    if (block->last().has_line()) {
      line = block->last().at.lineno;
    } else if (block->last().op == Op::RETURN_VALUE) {
      for (Instruction& instruction : block->code) instruction.at = ast::Position{line, -1, line, -1};
    }
  }
}

// Forward jumps are relative, backward ones absolute.
void FlowGraph::order_jumps() {
  for (BasicBlock* block : blocks_) block->visited = false;
  for (BasicBlock* block = entry(); block; block = block->next) {
    block->visited = true;
    if (block->empty() || !is_unconditional(block->last().op)) continue;
    block->last().op = block->last().target->visited ? Op::JUMP_ABSOLUTE : Op::JUMP_FORWARD;
  }
}

Result<void> FlowGraph::optimize(ConstantPool& constants, int first_line) {
  mark_exits();
  for (BasicBlock* block = entry(); block; block = block->next) {
    inline_small_exit(block);
    TRY(optimize_block(block, constants));
    clean(block, kNoLine);
  }
  for (usize i = blocks_.size(); i-- > 0;) inline_small_exit(blocks_[i]);
  remove_unreachable();
  BasicBlock* previous = nullptr;
  for (BasicBlock* block = entry(); block; block = block->next) {
    clean(block, previous && !previous->empty() ? previous->last().at.lineno : kNoLine);
    previous = block->no_fall_through ? nullptr : block;
  }
  skip_empty_blocks();
  remove_jumps_to_next();
  TRY(trim_constants(constants));
  duplicate_exits_without_line();
  spread_lines();
  guarantee_exit_lines(first_line);
  order_jumps();
  return {};
}
}  // namespace adder
