// translate: canonical bytecode -> RCode.
//
// Three passes. Flow: abstract interpretation of stack depth and block stack over all reachable instructions. Bound:
// which locals surely hold a value before each instruction (only those may be read without a check). Emit: one RCode
// instruction for each canonical one, loads folded into their users where nothing stands between.
#include <cstdlib>
#include <cstring>

#include "interpreter/opcode_facts.h"
#include "interpreter/rcode.h"
#include "runtime/error.h"
#include "types/code.h"
#include "types/tuple.h"

namespace adder {
namespace {
// A growing array of plain values; it may start in memory of somebody else. False: memory ran out.
template <class T>
struct Vector {
  T* items = nullptr;
  usize size = 0, capacity = 0;
  bool borrowed = false;
  ~Vector() {
    if (!borrowed) std::free(items);
  }
  // Takes room for `count` values from `memory`, which moves on.
  void borrow(char*& memory, usize count) {
    items = reinterpret_cast<T*>(memory);
    memory += bytes_for(count);
    capacity = count;
    borrowed = true;
  }
  static usize bytes_for(usize count) { return (count * sizeof(T) + 15) & ~usize{15}; }
  bool push(const T& value) {
    if (ADDER_UNLIKELY(size == capacity) && !grow()) return false;
    items[size++] = value;
    return true;
  }
  ADDER_NOINLINE bool grow() {
    usize wanted = capacity ? capacity * 2 : 16;
    T* grown = static_cast<T*>(std::realloc(borrowed ? nullptr : items, wanted * sizeof(T)));
    if (!grown) return false;
    if (borrowed) std::memcpy(static_cast<void*>(grown), items, size * sizeof(T));
    borrowed = false;
    items = grown;
    capacity = wanted;
    return true;
  }
  bool fill(usize count, T value) {
    items = static_cast<T*>(std::malloc((count ? count : 1) * sizeof(T)));
    if (!items) return false;
    for (usize i = 0; i < count; ++i) items[i] = value;
    size = capacity = count;
    return true;
  }
  T& operator[](usize index) { return items[index]; }
  T& back() { return items[size - 1]; }
};

struct Canonical {
  Op op;
  u32 arg;
  u32 start;   // byte offset of the first EXTENDED_ARG, or of the opcode
  u32 offset;  // of the opcode
  u32 jump;    // index of the target instruction
  i32 depth;   // before the instruction; -1: not reachable
  u16 block;
  bool label;  // some jump or handler arrives here
};

struct Line {  // per emitted instruction
  RInstruction code;
  u16 block, error_depth;
  u32 offset, start_offset;
};

class Translator {
 public:
  Translator(Code* code, bool exact) : code_(code), exact_(exact) {}
  Translator(const Translator&) = delete;
  ~Translator() { std::free(scratch_); }

  // Null when memory is short (no exception set) or the code is malformed (`bad`).
  RCode* run() {
    local_count_ = static_cast<u32>(code_->co_nlocals);
    cell_count_ = static_cast<u32>(code_->co_ncellvars);
    free_count_ = static_cast<u32>(code_->co_nfreevars);
    stack_base_ = local_count_ + cell_count_ + free_count_;
    // One piece of memory for what each instruction needs in every pass.
    usize units = static_cast<usize>(code_size(code_)) / 2, lines = exact_ ? 2 * units : units;
    usize size = in_.bytes_for(units) + index_of_.bytes_for(units + 1) + work_.bytes_for(units) +
                 out_.bytes_for(lines) + position_.bytes_for(units + 1);
    scratch_ = static_cast<char*>(std::malloc(size));
    if (!scratch_) return nullptr;
    char* memory = scratch_;
    in_.borrow(memory, units);
    index_of_.borrow(memory, units + 1);
    work_.borrow(memory, units);
    out_.borrow(memory, lines);
    position_.borrow(memory, units + 1);
    if (!decode() || !flow() || !find_bound() || !emit()) return nullptr;
    return finish();
  }
  bool bad = false;

 private:
  Code* code_;
  bool exact_;
  char* scratch_ = nullptr;  // what the vectors borrow
  u32 local_count_ = 0, cell_count_ = 0, free_count_ = 0, stack_base_ = 0, max_depth_ = 0;
  Vector<Canonical> in_;
  Vector<u32> index_of_;  // byte offset / 2 -> instruction
  Vector<Block> blocks_;
  Vector<u32> work_;
  Vector<u64> bound_;  // words_ for each instruction
  u32 words_ = 0;
  Vector<Line> out_;
  Vector<u32> position_;  // canonical index -> first RCode position
  Vector<Cache> caches_;
  u32 barrier_ = 0;  // emitted instructions from here on may be folded

  bool fail() {
    bad = true;
    return false;
  }

  // == Decoding ==

  // Whether an index into one of the code object's tables is inside: code may come from a file or from replace().
  bool argument_fits(int properties, u32 arg) const {
    if (properties & OpcodeProperty::kConst) return arg < static_cast<u64>(tuple_size(code_consts(code_)));
    if (properties & OpcodeProperty::kName) return arg < static_cast<u64>(tuple_size(code_names(code_)));
    if (properties & OpcodeProperty::kLocal) return arg < static_cast<u64>(code_->co_nlocals);
    if (properties & OpcodeProperty::kFree)
      return arg < static_cast<u64>(code_->co_ncellvars) + static_cast<u64>(code_->co_nfreevars);
    return true;
  }

  bool decode() {
    const u8* bytes = reinterpret_cast<const u8*>(code_bytes(code_)->ob_sval);
    u32 count = static_cast<u32>(code_size(code_)) / 2;
    for (u32 i = 0; i < count;) {
      u32 start = i, arg = 0;
      while (i < count && bytes[2 * i] == static_cast<u8>(Op::EXTENDED_ARG)) {
        index_of_[i] = static_cast<u32>(in_.size);
        arg = (arg | bytes[2 * i + 1]) << 8;
        ++i;
      }
      if (i >= count) return fail();
      index_of_[i] = static_cast<u32>(in_.size);
      if (!opcode_name(bytes[2 * i])) return fail();
      if (!in_.push({static_cast<Op>(bytes[2 * i]), arg | bytes[2 * i + 1], 2 * start, 2 * i, 0, -1, 0, false}))
        return false;
      ++i;
    }
    if (!in_.size) return fail();
    index_of_[count] = static_cast<u32>(in_.size);
    for (u32 i = 0; i < in_.size; ++i) {
      Canonical& c = in_[i];
      int properties = opcode_properties(c.op);
      if (!argument_fits(properties, c.arg)) return fail();
      if (!(properties & (kJumpRelative | kJumpAbsolute))) continue;
      u64 target = properties & kJumpRelative ? c.offset / 2 + 1 + static_cast<u64>(c.arg) : c.arg;
      if (target >= count) return fail();
      c.jump = index_of_[target];
      in_[c.jump].label = true;
    }
    return true;
  }

  // == Depth and blocks ==

  bool reach(u32 index, i32 depth, u16 block) {
    if (index >= in_.size || depth < 0) return fail();
    Canonical& c = in_[index];
    if (c.depth >= 0) return true;
    c.depth = depth;
    c.block = block;
    if (static_cast<u32>(depth) > max_depth_) max_depth_ = static_cast<u32>(depth);
    return work_.push(index);
  }
  bool new_block(u16 parent, Block::Kind kind, u32 handler, u32 level, u16* index) {
    if (blocks_.size >= 0xffff) return fail();
    *index = static_cast<u16>(blocks_.size);
    return blocks_.push({parent, kind, handler, level});
  }
  // The block stack without its top entry if that is of `kind`.
  u16 parent(u16 block) { return block ? blocks_[block].parent : 0; }

  bool flow() {
    if (!blocks_.push({0, Block::kSetup, 0, 0})) return false;
    if (!reach(0, in_[0].op == Op::GEN_START ? 1 : 0, 0)) return false;
    while (work_.size) {
      // From here straight on; what is jumped to waits its turn.
      for (u32 i = work_[--work_.size];;) {
        const Canonical& c = in_[i];
        const OpFacts& facts = facts_of(c.op);
        i32 next = c.depth + effect_of(facts, c.op, c.arg);
        if (next < 0) return fail();  // also where the flow ends
        u16 block = c.block;
        if (facts.flags & OpFacts::kJumps) {
          i32 depth = c.depth + jump_effect_of(facts, c.op, c.arg);
          u16 there = block;
          if (facts.flags & OpFacts::kSetup) {
            u32 level = static_cast<u32>(depth - 6);
            u16 handler_block;
            if (depth < 6 || !new_block(c.block, Block::kSetup, c.jump, level, &block)) return fail();
            if (!new_block(c.block, Block::kExceptHandler, 0, level, &handler_block)) return false;
            there = handler_block;
          }
          if (!reach(c.jump, depth, there)) return false;
        }
        if (facts.flags & OpFacts::kPopsBlock) block = parent(block);
        if (static_cast<u32>(next) > max_depth_) max_depth_ = static_cast<u32>(next);
        if (facts.flags & OpFacts::kEndsFlow) break;
        if (++i >= in_.size) return fail();
        Canonical& following = in_[i];
        if (following.depth >= 0) break;
        following.depth = next;
        following.block = block;
      }
    }
    return true;
  }

  // == Locals that are bound ==

  u64* bound_at(u32 index) { return bound_.items + static_cast<usize>(index) * words_; }
  bool is_bound(u32 index, u32 local) { return words_ && (bound_at(index)[local >> 6] >> (local & 63) & 1); }
  bool find_bound() {
    if (exact_ || !local_count_) return true;
    u32 words = (local_count_ + 63) / 64;
    if (static_cast<u64>(words) * in_.size > (1u << 21)) return true;  // huge: every load is checked
    words_ = words;
    if (!bound_.fill(static_cast<usize>(words) * in_.size, ~u64{0})) return false;
    Vector<u64> state;
    if (!state.fill(words, 0)) return false;
    u32 arguments = static_cast<u32>(code_parameter_count(code_));
    for (u32 i = 0; i < arguments; ++i) state[i >> 6] |= u64{1} << (i & 63);
    for (u32 cell = 0; cell < cell_count_; ++cell) {
      int argument = code_cell_argument(code_, static_cast<int>(cell));
      if (argument >= 0) state[argument >> 6] &= ~(u64{1} << (argument & 63));
    }
    // Everything starts as "bound"; facts are only taken away. The entry must be visited even if it changes nothing.
    for (u32 w = 0; w < words; ++w) bound_at(0)[w] = state[w];
    Vector<u8> visited;
    if (!visited.fill(in_.size, 0) || !work_.push(0)) return false;
    visited[0] = 1;
    // What holds after an instruction holds before `index`; true if that is news there.
    auto meet = [&](u32 index) {
      u64* there = bound_at(index);
      bool changed = !visited[index];
      visited[index] = 1;
      for (u32 w = 0; w < words; ++w) {
        u64 both = there[w] & state[w];
        changed |= both != there[w];
        there[w] = both;
      }
      return changed;
    };
    while (work_.size) {
      for (u32 i = work_[--work_.size];;) {
        const Canonical& c = in_[i];
        u8 flags = facts_of(c.op).flags;
        for (u32 w = 0; w < words; ++w) state[w] = bound_at(i)[w];
        u16 block = c.block;
        while (block && blocks_[block].kind == Block::kExceptHandler) block = blocks_[block].parent;
        if (block && meet(blocks_[block].handler) && !work_.push(blocks_[block].handler)) return false;
        if (c.op == Op::STORE_FAST || c.op == Op::LOAD_FAST) {  // a load that went well: it is bound
          state[c.arg >> 6] |= u64{1} << (c.arg & 63);
        } else if (c.op == Op::DELETE_FAST) {
          state[c.arg >> 6] &= ~(u64{1} << (c.arg & 63));
        }
        if ((flags & (OpFacts::kJumps | OpFacts::kSetup)) == OpFacts::kJumps && meet(c.jump) && !work_.push(c.jump)) {
          return false;
        }
        if (flags & OpFacts::kEndsFlow || !meet(++i)) break;
      }
    }
    return true;
  }

  // == Emission ==

  static R r(Op op);
  // A load at the end of the output that may be folded into its user.
  enum Kind { kNone, kLocal, kConstant };
  Kind load_at_end(u32 back) {
    if (exact_ || out_.size < back || out_.size - back < barrier_) return kNone;
    const RInstruction& code = out_[out_.size - back].code;
    if (code.op == static_cast<u16>(R::LOAD_FAST)) return kLocal;
    if (code.op == static_cast<u16>(R::LOAD_CONST)) return kConstant;
    return kNone;
  }
  u16 loaded(u32 back) {
    const RInstruction& code = out_[out_.size - back].code;
    return code.op == static_cast<u16>(R::LOAD_FAST) ? code.b : code.c;
  }

  u32 current_ = 0;       // canonical index being emitted
  u32 folded_start_ = 0;  // start offset of what the next instruction covers

  // Drops the last `count` emitted loads: the instruction being emitted covers them.
  void fold(u32 count) {
    for (; count; --count) folded_start_ = out_[--out_.size].start_offset;
  }
  bool put(R op, u32 a = 0, u32 b = 0, u32 c = 0) {
    const Canonical& in = in_[current_];
    Line line;
    line.code = {static_cast<u16>(op), static_cast<u16>(a), static_cast<u16>(b), static_cast<u16>(c)};
    line.block = in.block;
    int depth = op == R::TRACE ? in.depth : in.depth - consumed(in.op, in.arg);
    line.error_depth = static_cast<u16>(depth < 0 ? 0 : depth);
    line.offset = in.offset;
    line.start_offset = folded_start_;
    folded_start_ = in.offset;
    return out_.push(line);
  }
  bool put_wide(R op, u32 a, u32 bc) { return put(op, a, bc & 0xffff, bc >> 16); }
  // Index of a new cache for name `name`, or -1 when there are too many.
  i32 new_cache(u32 name) {
    if (caches_.size >= 0xffff) return -1;
    Cache cache{};
    cache.name = as<Str>(tuple_item(code_names(code_), name));
    if (!caches_.push(cache)) return -2;
    return static_cast<i32>(caches_.size - 1);
  }

  // Takes the operand at stack depth `depth` (the top one is folded first): the slot or local to read.
  u32 take_operand(u32 home) {
    if (load_at_end(1) == kLocal) {
      u32 local = loaded(1);
      fold(1);
      return local;
    }
    return home;
  }
  struct Two {
    u32 left, right;
    int shape;  // 0: GG, 1: GK, 2: KG
  };
  // The two topmost operands; lower is the home slot of the left one.
  Two take_two(u32 lower, bool allow_left_constant, bool allow_constant = true) {
    Kind top = load_at_end(1), below = top == kNone ? kNone : load_at_end(2);
    if (top == kConstant && !allow_constant) top = kNone;
    if (top == kNone) return {lower, lower + 1, 0};
    u32 right = loaded(1);
    if (top == kConstant) {
      u32 left = below == kLocal ? loaded(2) : lower;
      fold(below == kLocal ? 2 : 1);
      return {left, right, 1};
    }
    if (below == kLocal || (below == kConstant && allow_left_constant)) {
      u32 left = loaded(2);
      fold(2);
      return {left, right, below == kConstant ? 2 : 0};
    }
    fold(1);
    return {lower, right, 0};
  }
  // Whether the next canonical instruction is a conditional jump that can be fused with the one at `current_`.
  bool jump_follows() {
    if (exact_ || current_ + 1 >= in_.size) return false;
    const Canonical& next = in_[current_ + 1];
    return (next.op == Op::POP_JUMP_IF_FALSE || next.op == Op::POP_JUMP_IF_TRUE) && !next.label && next.depth >= 0;
  }
  // Emits a test, fused with the jump if one follows: `first` … are consecutive: GG, GK and the jumping GG, GK.
  bool put_test(R value_gg, R value_gk, R jump_gg, R jump_gk, u32 lower, bool inverted = false, R not_gg = R::NOP,
                R not_gk = R::NOP) {
    Two two = take_two(lower, false);
    if (jump_follows()) {
      bool truth = (in_[current_ + 1].op == Op::POP_JUMP_IF_TRUE) != inverted;
      return put(two.shape ? jump_gk : jump_gg, truth, two.left, two.right);
    }
    if (inverted) return put(two.shape ? not_gk : not_gg, lower, two.left, two.right);
    return put(two.shape ? value_gk : value_gg, lower, two.left, two.right);
  }
  static R plus(R op, int n) { return static_cast<R>(static_cast<u16>(op) + n); }

  bool emit();
  bool emit_one(const Canonical& c);
  RCode* finish();
};

bool Translator::emit() {
  position_.size = in_.size + 1;
  if (stack_base_ + max_depth_ + 8 > 0xffff) return fail();
  for (u32 i = 0; i < in_.size; ++i) {
    const Canonical& c = in_[i];
    if (c.label) barrier_ = static_cast<u32>(out_.size);
    position_[i] = static_cast<u32>(out_.size);
    if (c.depth < 0) continue;
    current_ = i;
    folded_start_ = c.start;
    if (exact_ && !put(R::TRACE)) return false;
    folded_start_ = c.start;
    if (!emit_one(c)) return false;
  }
  position_[in_.size] = static_cast<u32>(out_.size);
  return true;
}

bool Translator::emit_one(const Canonical& c) {
  u32 top = stack_base_ + static_cast<u32>(c.depth);  // the first free home slot; top - 1 holds the top of the stack
  u32 arg = c.arg;
  switch (c.op) {
    case Op::NOP:
    case Op::SETUP_FINALLY:
    case Op::SETUP_ASYNC_WITH:
    case Op::EXTENDED_ARG:
      return true;
    case Op::POP_BLOCK:
      return true;
    case Op::POP_TOP:
      if (load_at_end(1) != kNone) {  // an expression statement that is only a name or constant
        fold(1);
        return true;
      }
      return put(R::POP_TOP, top - 1);
    case Op::ROT_TWO:
      return put(R::ROT_TWO, top - 2);
    case Op::ROT_THREE:
      return put(R::ROT_N, top - 1, 3);
    case Op::ROT_FOUR:
      return put(R::ROT_N, top - 1, 4);
    case Op::ROT_N:
      return put(R::ROT_N, top - 1, arg);
    case Op::DUP_TOP:
      return put(R::DUP_TOP, top, top - 1);
    case Op::DUP_TOP_TWO:
      return put(R::DUP_TOP_TWO, top);
    case Op::UNARY_POSITIVE:
    case Op::UNARY_NEGATIVE:
    case Op::UNARY_NOT:
    case Op::UNARY_INVERT: {
      u32 operand = take_operand(top - 1);
      R op = c.op == Op::UNARY_POSITIVE   ? R::UNARY_POSITIVE
             : c.op == Op::UNARY_NEGATIVE ? R::UNARY_NEGATIVE
             : c.op == Op::UNARY_NOT      ? R::UNARY_NOT
                                          : R::UNARY_INVERT;
      return put(op, top - 1, operand);
    }
#define BINARY(name)                                                         \
  case Op::name: {                                                           \
    Two two = take_two(top - 2, true);                                       \
    return put(plus(R::name##_GG, two.shape), top - 2, two.left, two.right); \
  }
#include "interpreter/binary_ops.def"
#undef BINARY
    case Op::BINARY_SUBSCR: {
      Two two = take_two(top - 2, false);
      return put(plus(R::BINARY_SUBSCR_GG, two.shape), top - 2, two.left, two.right);
    }
    case Op::STORE_SUBSCR: {  // value, container, key
      Two two = take_two(top - 2, false, false);
      u32 value = top - 3;
      if (two.left != top - 2) value = take_operand(top - 3);
      return put(R::STORE_SUBSCR, value, two.left, two.right);
    }
    case Op::DELETE_SUBSCR:
      return put(R::DELETE_SUBSCR, top - 2);
    case Op::COMPARE_OP: {
      static constexpr R first[] = {R::COMPARE_LT_GG, R::COMPARE_LE_GG, R::COMPARE_EQ_GG,
                                    R::COMPARE_NE_GG, R::COMPARE_GT_GG, R::COMPARE_GE_GG};
      if (arg > 5) return fail();
      R op = first[arg];
      return put_test(op, plus(op, 1), plus(op, 2), plus(op, 3), top - 2);
    }
    case Op::IS_OP:
      return put_test(R::IS_GG, R::IS_GK, R::IS_GG_JUMP, R::IS_GK_JUMP, top - 2, arg != 0, R::IS_NOT_GG, R::IS_NOT_GK);
    case Op::CONTAINS_OP:
      return put_test(R::CONTAINS_GG, R::CONTAINS_GK, R::CONTAINS_GG_JUMP, R::CONTAINS_GK_JUMP, top - 2, arg != 0,
                      R::NOT_CONTAINS_GG, R::NOT_CONTAINS_GK);

    case Op::LOAD_FAST:
      return put(is_bound(current_, arg) ? R::LOAD_FAST : R::LOAD_FAST_CHECK, top, arg);
    case Op::LOAD_CONST:
      return arg > 0xffff ? put_wide(R::LOAD_CONST_WIDE, top, arg) : put(R::LOAD_CONST, top, 0, arg);
    case Op::STORE_FAST: {
      Kind kind = load_at_end(1);
      if (kind == kNone) return put(R::STORE_FAST, arg, top - 1);
      u32 source = loaded(1);
      fold(1);
      return put(kind == kLocal ? R::STORE_FAST_L : R::STORE_FAST_K, arg, source);
    }
    case Op::DELETE_FAST:
      return put(R::DELETE_FAST, arg);
    case Op::LOAD_CLOSURE:
      return put(R::LOAD_CLOSURE, top, local_count_ + arg);
    case Op::LOAD_DEREF:
      return put(R::LOAD_DEREF, top, local_count_ + arg);
    case Op::LOAD_CLASSDEREF:
      return put(R::LOAD_CLASSDEREF, top, local_count_ + arg);
    case Op::STORE_DEREF:
      return put(R::STORE_DEREF, top - 1, local_count_ + arg);
    case Op::DELETE_DEREF:
      return put(R::DELETE_DEREF, 0, local_count_ + arg);

    case Op::LOAD_GLOBAL: {
      i32 cache = new_cache(arg);
      return cache < 0 ? put_wide(R::LOAD_GLOBAL_SLOW, top, arg) : put(R::LOAD_GLOBAL, top, 0, static_cast<u32>(cache));
    }
    case Op::LOAD_NAME:
      return put_wide(R::LOAD_NAME, top, arg);
    case Op::STORE_NAME:
      return put_wide(R::STORE_NAME, top - 1, arg);
    case Op::DELETE_NAME:
      return put_wide(R::DELETE_NAME, 0, arg);
    case Op::STORE_GLOBAL:
      return put_wide(R::STORE_GLOBAL, top - 1, arg);
    case Op::DELETE_GLOBAL:
      return put_wide(R::DELETE_GLOBAL, 0, arg);
    case Op::LOAD_ATTR: {
      i32 cache = new_cache(arg);
      if (cache < 0) return put_wide(R::LOAD_ATTR_SLOW, top - 1, arg);
      u32 owner = take_operand(top - 1);
      return put(R::LOAD_ATTR, top - 1, owner, static_cast<u32>(cache));
    }
    case Op::STORE_ATTR: {  // value, object
      i32 cache = new_cache(arg);
      if (cache < 0) return put_wide(R::STORE_ATTR_SLOW, top - 1, arg);
      u32 owner = take_operand(top - 1), value = top - 2;
      if (owner != top - 1) value = take_operand(top - 2);
      return put(R::STORE_ATTR, owner, value, static_cast<u32>(cache));
    }
    case Op::DELETE_ATTR:
      return put_wide(R::DELETE_ATTR, top - 1, arg);
    case Op::LOAD_METHOD: {
      i32 cache = new_cache(arg);
      if (cache < 0) return put_wide(R::LOAD_METHOD_SLOW, top - 1, arg);
      u32 owner = take_operand(top - 1);
      return put(R::LOAD_METHOD, top - 1, owner, static_cast<u32>(cache));
    }
    case Op::IMPORT_NAME:
      return put_wide(R::IMPORT_NAME, top - 2, arg);
    case Op::IMPORT_FROM:
      return put_wide(R::IMPORT_FROM, top, arg);
    case Op::IMPORT_STAR:
      return put(R::IMPORT_STAR, top - 1);
    case Op::SETUP_ANNOTATIONS:
      return put(R::SETUP_ANNOTATIONS);
    case Op::LOAD_BUILD_CLASS:
      return put(R::LOAD_BUILD_CLASS, top);
    case Op::LOAD_ASSERTION_ERROR:
      return put(R::LOAD_ASSERTION_ERROR, top);
    case Op::PRINT_EXPR:
      return put(R::PRINT_EXPR, top - 1);

    case Op::JUMP_FORWARD:
      return put_wide(R::JUMP, 0, c.jump);
    case Op::JUMP_ABSOLUTE:
      return put_wide(c.jump <= current_ ? R::JUMP_BACK : R::JUMP, 0, c.jump);
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE: {
      u32 operand = take_operand(top - 1);
      return put_wide(c.op == Op::POP_JUMP_IF_FALSE ? R::POP_JUMP_IF_FALSE : R::POP_JUMP_IF_TRUE, operand, c.jump);
    }
    case Op::JUMP_IF_FALSE_OR_POP:
      return put_wide(R::JUMP_IF_FALSE_OR_POP, top - 1, c.jump);
    case Op::JUMP_IF_TRUE_OR_POP:
      return put_wide(R::JUMP_IF_TRUE_OR_POP, top - 1, c.jump);
    case Op::FOR_ITER: {
      bool store =
          !exact_ && current_ + 1 < in_.size && in_[current_ + 1].op == Op::STORE_FAST && !in_[current_ + 1].label;
      return put_wide(store ? R::FOR_ITER_STORE : R::FOR_ITER, top - 1, c.jump);
    }

    case Op::CALL_FUNCTION:
      return put(R::CALL_FUNCTION, top - 1 - arg, arg);
    case Op::CALL_METHOD:
      return put(R::CALL_METHOD, top - 2 - arg, arg);
    case Op::CALL_FUNCTION_KW:
      return put(R::CALL_FUNCTION_KW, top - 2 - arg, arg);
    case Op::CALL_FUNCTION_EX:
      return put(R::CALL_FUNCTION_EX, top - 2 - (arg & 1), arg & 1);
    case Op::MAKE_FUNCTION:
      return put(R::MAKE_FUNCTION, top - consumed(c.op, arg), arg);
    case Op::RETURN_VALUE: {
      Kind kind = load_at_end(1);
      if (kind == kNone || c.depth != 1) return put(R::RETURN_VALUE, top - 1);
      u32 source = loaded(1);
      fold(1);
      return put(kind == kLocal ? R::RETURN_FAST : R::RETURN_CONST, source);
    }
    case Op::GEN_START:
      return put(R::GEN_START, top - 1);
    case Op::YIELD_VALUE:
      return put(R::YIELD_VALUE, top - 1);
    case Op::YIELD_FROM:
      return put(R::YIELD_FROM, top - 2);
    case Op::GET_ITER: {
      u32 operand = take_operand(top - 1);
      return put(R::GET_ITER, top - 1, operand);
    }
    case Op::GET_YIELD_FROM_ITER:
      return put(R::GET_YIELD_FROM_ITER, top - 1);
    case Op::GET_AWAITABLE: {  // where the object came from, for the error text
      u32 source = 0;
      if (current_ > 0 && in_[current_ - 1].op == Op::BEFORE_ASYNC_WITH) source = 1;
      if (current_ > 0 &&
          (in_[current_ - 1].op == Op::WITH_EXCEPT_START ||
           (in_[current_ - 1].op == Op::CALL_FUNCTION && current_ > 1 && in_[current_ - 2].op == Op::DUP_TOP)))
        source = 2;
      return put(R::GET_AWAITABLE, top - 1, source);
    }
    case Op::GET_AITER:
      return put(R::GET_AITER, top - 1);
    case Op::GET_ANEXT:
      return put(R::GET_ANEXT, top);

    case Op::BUILD_TUPLE:
      return put(R::BUILD_TUPLE, top - arg, arg);
    case Op::BUILD_LIST:
      return put(R::BUILD_LIST, top - arg, arg);
    case Op::BUILD_SET:
      return put(R::BUILD_SET, top - arg, arg);
    case Op::BUILD_MAP:
      return put(R::BUILD_MAP, top - 2 * arg, arg);
    case Op::BUILD_CONST_KEY_MAP:
      return put(R::BUILD_CONST_KEY_MAP, top - arg - 1, arg);
    case Op::BUILD_STRING:
      return put(R::BUILD_STRING, top - arg, arg);
    case Op::BUILD_SLICE:
      return put(R::BUILD_SLICE, top - arg, arg);
    case Op::FORMAT_VALUE:
      return put(R::FORMAT_VALUE, top - consumed(c.op, arg), arg);
    case Op::LIST_APPEND: {
      u32 operand = take_operand(top - 1);
      return put(R::LIST_APPEND, top - 1 - arg, operand);
    }
    case Op::SET_ADD:
      return put(R::SET_ADD, top - 1 - arg, top - 1);
    case Op::MAP_ADD:
      return put(R::MAP_ADD, top - 2 - arg, top - 2);
    case Op::LIST_EXTEND:
      return put(R::LIST_EXTEND, top - 1 - arg, top - 1);
    case Op::SET_UPDATE:
      return put(R::SET_UPDATE, top - 1 - arg, top - 1);
    case Op::DICT_UPDATE:
      return put(R::DICT_UPDATE, top - 1 - arg, top - 1);
    case Op::DICT_MERGE:
      return put(R::DICT_MERGE, top - 1 - arg, top - 1, top - 3 - arg);
    case Op::LIST_TO_TUPLE:
      return put(R::LIST_TO_TUPLE, top - 1);
    case Op::UNPACK_SEQUENCE:
      return put_wide(R::UNPACK_SEQUENCE, top - 1, arg);
    case Op::UNPACK_EX:
      return put_wide(R::UNPACK_EX, top - 1, arg);

    case Op::SETUP_WITH:
      return put(R::SETUP_WITH, top - 1);
    case Op::BEFORE_ASYNC_WITH:
      return put(R::BEFORE_ASYNC_WITH, top - 1);
    case Op::WITH_EXCEPT_START:
      return put(R::WITH_EXCEPT_START, top);
    case Op::POP_EXCEPT:
      return put(R::POP_EXCEPT, top - 3);
    case Op::RERAISE: {
      u32 base = c.block && blocks_[c.block].kind == Block::kExceptHandler ? stack_base_ + blocks_[c.block].level : 0;
      return put(R::RERAISE, top - 3, arg && base, base);
    }
    case Op::RAISE_VARARGS:
      return put(R::RAISE_VARARGS, top - arg, arg);
    case Op::JUMP_IF_NOT_EXC_MATCH:
      return put_wide(R::JUMP_IF_NOT_EXC_MATCH, top - 2, c.jump);
    case Op::END_ASYNC_FOR:
      return put(R::END_ASYNC_FOR, top - 7);
    case Op::PREP_EXCEPT_STAR:
      return put(R::PREP_EXCEPT_STAR, top, arg);
    case Op::CHECK_EG_MATCH:
      return put_wide(R::CHECK_EG_MATCH, top - 1, c.jump);
    case Op::COLLECT_EXCEPT_STAR:
      return put(R::COLLECT_EXCEPT_STAR, top - 3, arg);
    case Op::END_EXCEPT_STAR:
      return put(R::END_EXCEPT_STAR, top - 3, arg);

    case Op::GET_LEN:
      return put(R::GET_LEN, top);
    case Op::MATCH_MAPPING:
      return put(R::MATCH_MAPPING, top);
    case Op::MATCH_SEQUENCE:
      return put(R::MATCH_SEQUENCE, top);
    case Op::MATCH_KEYS:
      return put(R::MATCH_KEYS, top);
    case Op::MATCH_CLASS:
      return put(R::MATCH_CLASS, top - 3, arg);
    case Op::COPY_DICT_WITHOUT_KEYS:
      return put(R::COPY_DICT_WITHOUT_KEYS, top - 1);
  }
  return fail();
}

constexpr bool jumps_to_target(R op) {
  switch (op) {
    case R::JUMP:
    case R::JUMP_BACK:
    case R::POP_JUMP_IF_FALSE:
    case R::POP_JUMP_IF_TRUE:
    case R::JUMP_IF_FALSE_OR_POP:
    case R::JUMP_IF_TRUE_OR_POP:
    case R::FOR_ITER:
    case R::FOR_ITER_STORE:
    case R::JUMP_IF_NOT_EXC_MATCH:
    case R::CHECK_EG_MATCH:
      return true;
    default:
      return false;
  }
}

struct TargetTable {
  bool has[static_cast<usize>(R::kCount)];
};
constexpr TargetTable target_table = [] {
  TargetTable table{};
  for (usize op = 0; op < static_cast<usize>(R::kCount); ++op) table.has[op] = jumps_to_target(static_cast<R>(op));
  return table;
}();

// Pairs of loads into neighbouring slots become one instruction; the second one stays for jumps to it.
void pair_loads(RInstruction* code, usize n) {
  auto is = [](const RInstruction& in, R op) { return in.op == static_cast<u16>(op); };
  for (usize i = 0; i + 1 < n; ++i) {
    RInstruction &first = code[i], &second = code[i + 1];
    if (second.a != first.a + 1) continue;
    if (is(first, R::LOAD_FAST) && is(second, R::LOAD_FAST)) {
      first.op = static_cast<u16>(R::LOAD_FAST_FAST);
      first.c = second.b;
    } else if (is(first, R::LOAD_FAST) && is(second, R::LOAD_CONST)) {
      first.op = static_cast<u16>(R::LOAD_FAST_CONST);
      first.c = second.c;
    } else if (is(first, R::LOAD_CONST) && is(second, R::LOAD_CONST)) {
      first.op = static_cast<u16>(R::LOAD_CONST_CONST);
      first.b = second.c;
    } else {
      continue;
    }
    ++i;
  }
}

RCode* Translator::finish() {
  usize n = out_.size;
  usize instructions = (n + 1) * sizeof(RInstruction), words = n * sizeof(u16), longs = n * sizeof(u32);
  auto align = [](usize size) { return (size + 15) & ~usize{15}; };
  usize total = align(sizeof(RCode)) + align(instructions) + 2 * align(words) + 2 * align(longs) +
                align(blocks_.size * sizeof(Block)) + align(caches_.size * sizeof(Cache)) +
                align(cell_count_ * sizeof(i32));
  char* memory = static_cast<char*>(std::malloc(total));
  if (!memory) return nullptr;
  std::memset(memory, 0, sizeof(RCode));
  auto carve = [&](usize size) {
    char* part = memory;
    memory += align(size);
    return part;
  };
  RCode* rcode = reinterpret_cast<RCode*>(carve(sizeof(RCode)));
  rcode->instructions = reinterpret_cast<RInstruction*>(carve(instructions));
  rcode->block = reinterpret_cast<u16*>(carve(words));
  rcode->error_depth = reinterpret_cast<u16*>(carve(words));
  rcode->offset = reinterpret_cast<u32*>(carve(longs));
  rcode->start_offset = reinterpret_cast<u32*>(carve(longs));
  rcode->blocks = reinterpret_cast<Block*>(carve(blocks_.size * sizeof(Block)));
  rcode->caches = reinterpret_cast<Cache*>(carve(caches_.size * sizeof(Cache)));
  rcode->cell_argument = reinterpret_cast<i32*>(carve(cell_count_ * sizeof(i32)));
  rcode->size = static_cast<u32>(n);
  std::memset(static_cast<void*>(rcode->instructions + n), 0, sizeof(RInstruction));
  for (usize i = 0; i < n; ++i) {
    Line& line = out_[i];
    if (target_table.has[line.code.op]) {
      u32 target = position_[line.code.bc()];
      line.code.b = target & 0xffff;
      line.code.c = static_cast<u16>(target >> 16);
    }
    rcode->instructions[i] = line.code;
    rcode->block[i] = line.block;
    rcode->error_depth[i] = line.error_depth;
    rcode->offset[i] = line.offset;
    rcode->start_offset[i] = line.start_offset;
  }
  if (!exact_) pair_loads(rcode->instructions, n);
  for (usize i = 0; i < blocks_.size; ++i) {
    rcode->blocks[i] = blocks_[i];
    if (i && blocks_[i].kind == Block::kSetup) rcode->blocks[i].handler = position_[blocks_[i].handler];
  }
  if (caches_.size) std::memcpy(rcode->caches, caches_.items, caches_.size * sizeof(Cache));
  for (u32 i = 0; i < cell_count_; ++i) rcode->cell_argument[i] = code_cell_argument(code_, static_cast<int>(i));
  rcode->cache_count = static_cast<u32>(caches_.size);
  rcode->block_count = static_cast<u32>(blocks_.size);
  rcode->local_count = local_count_;
  rcode->cell_count = cell_count_;
  rcode->free_count = free_count_;
  rcode->stack_base = stack_base_;
  rcode->slot_count = stack_base_ + max_depth_ + 1;
  rcode->exact = exact_;
  int flags = code_->co_flags;
  rcode->is_generator = (flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) != 0;
  rcode->simple_call = !rcode->is_generator && flags & CO_OPTIMIZED && !(flags & (CO_VARARGS | CO_VARKEYWORDS)) &&
                       code_->co_kwonlyargcount == 0;
  return rcode;
}

RCode* translate(Code* code, bool exact) {
  Translator translator(code, exact);
  RCode* rcode = translator.run();
  if (rcode) return rcode;
  if (translator.bad)
    (void)raise(SystemError, "code object %R cannot be executed: malformed bytecode", code);
  else
    (void)raise_no_memory();
  return nullptr;
}
}  // namespace

RCode* rcode_of_slowly(Code* code) {
  CodeObject* object = code_object(code);
  if (!object->rcode) {
    object->rcode = translate(code, false);
    object->free_rcode = [](void* rcode) { rcode_free(static_cast<RCode*>(rcode)); };
  }
  return static_cast<RCode*>(object->rcode);
}

RCode* rcode_exact_of(Code* code) {
  RCode* fast = rcode_of(code);
  if (!fast) return nullptr;
  if (!fast->exact_code) fast->exact_code = translate(code, true);
  return fast->exact_code;
}

void rcode_free(RCode* rcode) {
  if (!rcode) return;
  std::free(rcode->exact_code);
  std::free(rcode);
}

const RInstruction* rcode_at_offset(const RCode* rcode, u32 offset) {
  // Offsets grow with the position: binary search for the first instruction that starts there or later.
  u32 low = 0, high = rcode->size;
  while (low < high) {
    u32 middle = (low + high) / 2;
    if (rcode->offset[middle] < offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low < rcode->size ? rcode->instructions + low : nullptr;
}
}  // namespace adder
