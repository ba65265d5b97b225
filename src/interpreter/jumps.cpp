// jumps: assigning to f_lineno from a trace function.
//
// A jump may leave blocks but not enter them: the value stack at the target must be the lower part of the one at the start,
// with entries of the same kinds. The kinds come from a walk over the canonical code of their own.
#include <cstdlib>

#include "interpreter/opcodes.h"
#include "interpreter/semantics.h"
#include "interpreter/tracing.h"
#include "types/code.h"
#include "types/int.h"

namespace adder {
namespace {
enum Kind : u8 { kObject = 1, kIterator, kExcept, kMethod };

// The kinds of at most 21 stack entries, three bits each, the top in the lowest; -1: too deep or never reached.
using Kinds = i64;
constexpr Kinds kUnknown = -1, kTooDeep = -2;
constexpr int kBits = 3;
Kinds push(Kinds kinds, Kind kind) { return kinds < 0 || kinds >> 57 ? kTooDeep : kinds << kBits | kind; }
Kinds pop(Kinds kinds, int count) { return kinds < 0 ? kinds : kinds >> (kBits * count); }
Kind top(Kinds kinds) { return static_cast<Kind>(kinds & ((1 << kBits) - 1)); }
int depth_of(Kinds kinds) {
  int depth = 0;
  for (; kinds > 0; kinds >>= kBits) ++depth;
  return depth;
}

// What is on the stack before the canonical instruction at each TRACE of the exact code. Malloc'ed; null: no memory.
Kinds* all_kinds(Code* code, RCode* rcode) {
  const u8* bytes = reinterpret_cast<const u8*>(code_bytes(code)->ob_sval);
  u32 count = static_cast<u32>(code_size(code)) / 2;
  Kinds* kinds = static_cast<Kinds*>(std::malloc((count + 1) * sizeof(Kinds)));
  if (!kinds) return nullptr;
  for (u32 i = 0; i <= count; ++i) kinds[i] = kUnknown;
  kinds[0] = 0;
  if (bytes[0] == static_cast<u8>(Op::GEN_START)) kinds[0] = kObject;
  // Loops do not change the stack of their heads: two passes reach code that only backward jumps lead to.
  for (int pass = 0; pass < 4; ++pass) {
    u32 arg = 0;
    for (u32 i = 0; i < count; ++i) {
      Op op = static_cast<Op>(bytes[2 * i]);
      arg |= bytes[2 * i + 1];
      Kinds here = kinds[i];
      if (op == Op::EXTENDED_ARG) {
        arg <<= 8;
        if (kinds[i + 1] == kUnknown) kinds[i + 1] = here;
        continue;
      }
      u32 argument = arg;
      arg = 0;
      if (here == kUnknown) continue;
      int depth = depth_of(here);
      auto after = [&](bool jump) {
        int effect = opcode_stack_effect(op, static_cast<int>(argument), jump);
        int wanted = depth + effect;
        switch (op) {
          case Op::LOAD_METHOD: return push(push(pop(here, 1), kMethod), kObject);
          case Op::GET_ITER: case Op::GET_AITER: return push(pop(here, 1), kIterator);
          case Op::SETUP_FINALLY: case Op::SETUP_WITH: case Op::SETUP_ASYNC_WITH: {
            if (!jump) break;
            Kinds handler = here;
            if (op == Op::SETUP_ASYNC_WITH) handler = pop(handler, 1);
            for (int k = 0; k < 6; ++k) handler = push(handler, kExcept);
            return handler;
          }
          default: break;
        }
        Kinds result = here;
        if (depth > wanted) result = pop(result, depth - wanted);
        for (int k = depth; k < wanted; ++k) result = push(result, kObject);
        return result;
      };
      auto reach = [&](u32 target, Kinds state) {
        if (target <= count && kinds[target] == kUnknown) kinds[target] = state;
      };
      int properties = opcode_properties(op);
      if (properties & kJumpRelative) reach(i + 1 + argument, after(true));
      if (properties & kJumpAbsolute) reach(argument, after(true));
      if (op != Op::RETURN_VALUE && op != Op::RAISE_VARARGS && op != Op::RERAISE && op != Op::JUMP_ABSOLUTE && op != Op::JUMP_FORWARD)
        reach(i + 1, after(false));
    }
  }
  (void)rcode;
  return kinds;
}

bool compatible(Kinds from, Kinds to) {
  if (from < 0 || to < 0) return false;
  int extra = depth_of(from) - depth_of(to);
  return extra >= 0 && pop(from, extra) == to;
}
const char* explain(Kinds to) {
  if (to == kTooDeep) return "stack to deep to analyze";
  if (to == kUnknown) return "can't jump into an 'except' block as there's no exception";
  switch (to ? top(to) : kObject) {
    case kExcept: return "can't jump into an 'except' block as there's no exception";
    case kIterator: return "can't jump into the body of a for loop";
    default: break;
  }
  for (Kinds rest = to; rest > 0; rest >>= kBits) {
    if (top(rest) == kExcept) return "can't jump into an 'except' block as there's no exception";
  }
  return "differing stack depth";
}
}  // namespace

Result<void> frame_jump_to_line(Frame* object, Opt<Object*> value) {
  if (!value) return raise(AttributeError, "cannot delete attribute");
  if (!is_int_exact(*value)) return raise(ValueError, "lineno must be an integer");
  InterpreterFrame* frame = object->f_frame;
  bool suspended = frame->owner == FrameOwner::kGenerator &&
                   static_cast<R>(frame->pc < frame->rcode->instructions ? 0 : frame->pc->op) == R::YIELD_VALUE;
  switch (thread()->tracing_what) {
    case PyTrace_LINE: break;
    case PyTrace_CALL: return raise(ValueError, "can't jump from the 'call' trace event of a new frame");
    case PyTrace_RETURN:
      if (suspended) break;
      [[fallthrough]];
    default: return raise(ValueError, "can only jump from a 'line' trace event");
  }
  if (!object->f_trace) return raise(ValueError, "f_lineno can only be set by a trace function");
  int overflow = 0;
  i64 wanted = int_as_i64_and_overflow(as<Int>(*value), &overflow);
  if (overflow || wanted != static_cast<int>(wanted)) return raise(ValueError, "lineno out of range");
  Code* code = frame->code;
  RCode* rcode = frame->rcode;
  if (wanted < code->co_firstlineno) {
    return raise(ValueError, "line %d comes before the current code block", static_cast<int>(wanted));
  }
  // The first line with code that is not before the wanted one.
  int line = -1;
  for (CodeLines lines(code); lines.next();) {
    if (lines.line >= wanted && (line < 0 || lines.line < line) && lines.end > lines.start) line = lines.line;
  }
  if (line < 0) return raise(ValueError, "line %d comes after the current code block", static_cast<int>(wanted));

  Kinds* kinds = all_kinds(code, rcode);
  if (!kinds) return raise_no_memory();
  u32 here = rcode->position_of(frame->pc);
  Kinds start = kinds[rcode->start_offset[here] / 2];
  if (suspended) start = pop(start, 1);
  const RInstruction* best = nullptr;
  Kinds best_kinds = -1;
  int best_depth = -1;
  const char* message = "cannot find bytecode for specified line";
  for (CodeLines lines(code); lines.next();) {
    if (lines.line != line || lines.end <= lines.start) continue;
    const RInstruction* target = rcode_at_offset(rcode, static_cast<u32>(lines.start));
    if (!target || static_cast<int>(rcode->offset[rcode->position_of(target)]) >= lines.end) continue;
    Kinds there = kinds[lines.start / 2];
    if (there == kUnknown) continue;
    if (compatible(start, there)) {
      if (depth_of(there) > best_depth) {
        best = target;
        best_kinds = there;
        best_depth = depth_of(there);
      }
    } else if (!best) {
      message = start == kTooDeep ? "stack to deep to analyze" : start < 0 ? "can't jump from within an exception handler" : explain(there);
    }
  }
  std::free(kinds);
  if (!best) return raise(ValueError, "%s", message);

  // Leave what is above: entries of a handler are in threes, and give the exception state back.
  ThreadState* state = thread();
  Object** stack = frame->slots + rcode->stack_base;
  int depth = depth_of(start);
  u32 block = rcode->block[here];
  while (depth > best_depth) {
    const Block* handler = nullptr;
    for (u32 b = block; b; b = rcode->blocks[b].parent) {
      if (rcode->blocks[b].kind == Block::kExceptHandler) {
        handler = &rcode->blocks[b];
        break;
      }
    }
    if (handler && depth == static_cast<int>(handler->level) + 3) {
      sem::pop_except(state, stack + handler->level);
      depth = static_cast<int>(handler->level);
      block = handler->parent;
      continue;
    }
    decref_or_null(stack[--depth]);
  }
  (void)best_kinds;
  object->f_lineno = 0;
  frame->pc = best;
  frame->traced_offset = static_cast<i32>(rcode->offset[rcode->position_of(best)]);
  if (suspended) frame->pc = best - 1;
  return {};
}
}  // namespace adder
