// assembler: from the finished flow graph to bytes: offsets, extended arguments, line table, position table, stack
// size.
//
// Line table      CPython 3.10's co_linetable (PEP 626): pairs of bytes (length of code, change of line); -128 means no
//                 line.
// Position table  ours: for each instruction of two bytes one entry. An entry is a byte: kSamePosition repeats the one
//                 before, kNoPosition says that there is none; otherwise kNewPosition and four zigzag varints follow:
//                 line (difference to the last), end line - line, column + 1, end column + 1 (0: unknown).
// See             docs/bytecode.md; types/code_lines.cpp reads both.
#include <algorithm>

#include "compiler/flow_graph.h"
#include "runtime/error.h"
#include "runtime/runtime.h"
#include "types/code.h"

namespace adder {
namespace {
constexpr int kDeepestStart = 100;  // blocks that are reached ever deeper are followed this far (malformed graphs)

int units_of(int arg) { return arg > 0xFFFFFF ? 4 : arg > 0xFFFF ? 3 : arg > 0xFF ? 2 : 1; }

using ByteVector = std::vector<char>;

class LineTableWriter {
 public:
  explicit LineTableWriter(int first_line) : line_(first_line), previous_line_(first_line) {}
  // The instruction at `offset` (in bytes) has this line.
  void add(int offset, int line) {
    if (line == line_ || line == kSameLine) return;
    flush(offset);
    line_ = line;
  }
  ByteVector finish(int end) {
    flush(end);
    return std::move(bytes_);
  }

 private:
  void pair(int length, int delta) {
    bytes_.push_back(static_cast<char>(length));
    bytes_.push_back(static_cast<char>(delta));
  }
  void flush(int offset) {
    int length = offset - start_;
    if (length == 0) return;
    int delta = -128;
    if (line_ >= 0) {
      delta = line_ - previous_line_;
      previous_line_ = line_;
      for (; delta > 127; delta -= 127) pair(0, 127);
      for (; delta < -127; delta += 127) pair(0, -127);
    }
    for (; length > 254; length -= 254) {
      pair(254, delta);
      delta = line_ < 0 ? -128 : 0;
    }
    pair(length, delta);
    start_ = offset;
  }

  ByteVector bytes_;
  int start_ = 0;
  int line_, previous_line_;
};

class PositionTableWriter {
 public:
  explicit PositionTableWriter(int first_line) : line_(first_line) {}
  void add(const ast::Position& at, int units) {
    for (int i = 0; i < units; ++i) add_one(at);
  }
  ByteVector finish() { return std::move(bytes_); }

 private:
  static bool same(const ast::Position& a, const ast::Position& b) {
    return a.lineno == b.lineno && a.col_offset == b.col_offset && a.end_lineno == b.end_lineno &&
           a.end_col_offset == b.end_col_offset;
  }
  void varint(int value) {
    u32 bits = static_cast<u32>(value) << 1 ^ static_cast<u32>(value >> 31);
    for (; bits >= 0x80; bits >>= 7) bytes_.push_back(static_cast<char>(bits | 0x80));
    bytes_.push_back(static_cast<char>(bits));
  }
  void add_one(ast::Position at) {
    if (at.lineno == kSameLine) at = {line_, 0, line_, 0};
    if (have_last_ && same(at, last_)) {
      bytes_.push_back(kSamePosition);
      return;
    }
    last_ = at;
    have_last_ = true;
    if (at.lineno < 0) {
      bytes_.push_back(kNoPosition);
      return;
    }
    bytes_.push_back(kNewPosition);
    varint(at.lineno - line_);
    varint(at.end_lineno < at.lineno ? -1 : at.end_lineno - at.lineno);
    varint(at.col_offset + 1);
    varint(at.end_col_offset + 1);
    line_ = at.lineno;
  }

  ByteVector bytes_;
  int line_;
  bool have_last_ = false;
  ast::Position last_;
};

Result<Bytes> to_bytes(const ByteVector& bytes) { return bytes_from_view({bytes.data(), bytes.size()}); }
}  // namespace

// The deepest the value stack gets on any path.
int FlowGraph::stack_depth(bool is_generator) {
  int deepest = 0;
  std::vector<BasicBlock*> stack;
  auto reach = [&](BasicBlock* block, int depth) {
    if (block->start_depth >= depth || block->start_depth >= kDeepestStart) return;
    block->start_depth = depth;
    stack.push_back(block);
  };
  for (BasicBlock* block : blocks_) block->start_depth = -1;
  reach(entry(), is_generator ? 1 : 0);
  while (!stack.empty()) {
    BasicBlock* block = stack.back();
    stack.pop_back();
    int depth = block->start_depth;
    bool falls_through = true;
    for (const Instruction& instruction : block->code) {
      int after = depth + opcode_stack_effect(instruction.op, instruction.arg, false);
      deepest = std::max(deepest, after);
      if (instruction.target) {
        int at_target = depth + opcode_stack_effect(instruction.op, instruction.arg, true);
        deepest = std::max(deepest, at_target);
        reach(instruction.target, at_target);
      }
      depth = after;
      if (instruction.op == Op::JUMP_ABSOLUTE || instruction.op == Op::JUMP_FORWARD ||
          instruction.op == Op::RETURN_VALUE || instruction.op == Op::RAISE_VARARGS || instruction.op == Op::RERAISE) {
        falls_through = false;
        break;
      }
    }
    if (falls_through && block->next) reach(block->next, depth);
  }
  return deepest;
}

// Jump arguments depend on offsets, which depend on how long the arguments are: repeat until nothing moves.
void FlowGraph::assign_offsets() {
  for (bool moved = true; moved;) {
    moved = false;
    int offset = 0;
    for (BasicBlock* block = entry(); block; block = block->next) {
      block->offset = offset;
      for (const Instruction& instruction : block->code) offset += units_of(instruction.arg);
    }
    for (BasicBlock* block = entry(); block; block = block->next) {
      int position = block->offset;
      for (Instruction& instruction : block->code) {
        int units = units_of(instruction.arg);
        position += units;
        if (!instruction.target) continue;
        bool relative = opcode_properties(instruction.op) & kJumpRelative;
        instruction.arg = relative ? instruction.target->offset - position : instruction.target->offset;
        if (units_of(instruction.arg) != units) moved = true;
      }
    }
  }
}

Result<void> FlowGraph::assemble(int first_line, bool is_generator, AssembledCode& result) {
  assign_offsets();
  ByteVector code;
  LineTableWriter lines(first_line);
  PositionTableWriter positions(first_line);
  for (BasicBlock* block = entry(); block; block = block->next) {
    for (const Instruction& instruction : block->code) {
      int arg = instruction.arg;
      int units = units_of(arg);
      lines.add(static_cast<int>(code.size()), instruction.at.lineno);
      positions.add(instruction.at, units);
      for (int unit = units - 1; unit > 0; --unit) {
        code.push_back(static_cast<char>(Op::EXTENDED_ARG));
        code.push_back(static_cast<char>(arg >> (8 * unit)));
      }
      code.push_back(static_cast<char>(instruction.op));
      code.push_back(static_cast<char>(arg));
    }
  }
  result.line_table = TRY(to_bytes(lines.finish(static_cast<int>(code.size()))));
  // -X no_debug_ranges
  if (interpreter()->config->code_debug_ranges) result.position_table = TRY(to_bytes(positions.finish()));
  result.code = TRY(to_bytes(code));
  result.stack_size = stack_depth(is_generator);
  return {};
}
}  // namespace adder
