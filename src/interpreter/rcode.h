// rcode: the execution form of a code object: three-address instructions over the slots of a frame.
//
// Slots      0 … stack_base - 1 are local variables, cells and free variables; stack_base + d is the home of the value
//            stack's entry at depth d. A home slot above the current depth holds garbage.
// Ownership  locals are read without counting; a home slot that an instruction reads is consumed: an instruction takes all
//            its operands before it fails, and `error_depth` says how many stack entries are alive then.
// Forwarding an instruction may read a local or constant directly instead of its copy in a home slot, but only when
//            nothing stands between the load and its use. So between instructions every home slot is filled.
// Exact code the second translation of a code object, made when it is traced: no forwarding, no fusion, and a TRACE in front of
//            every canonical instruction. A frame moves from one to the other at safepoints, by canonical offset.
// See        docs/interpreter.md
#pragma once
#include "abi/names.h"
#include "base/result.h"
#include "types/code.h"

namespace adder {
enum class R : u16 {
#define RCODE(name) name,
#include "interpreter/rcode.def"
  kCount
};

struct RInstruction {
  u16 op, a, b, c;
  u32 bc() const { return b | static_cast<u32>(c) << 16; }
};

// What the block stack holds at a position: a chain through `parent`.
struct Block {
  enum Kind : u16 { kSetup, kExceptHandler };
  u16 parent;   // index; 0 is the empty block stack
  Kind kind;
  u32 handler;  // kSetup: instruction where the handler starts
  u32 level;    // stack depth below the block
};

// One inline cache. Which member is alive depends on the instruction; `kind` 0 is empty.
struct Cache {
  Str* name;      // borrowed from co_names
  u32 version;    // tp_version_tag, or keys version of the globals
  u32 version2;   // keys version of the instance's dict, or of the builtins
  u8 kind;
  u8 misses;      // stops specialising after some
  u16 extra;
  i32 offset;     // of the dict pointer or the slot in the instance
  union {
    Object* object;  // borrowed: kept alive by the type (version) that guards it
    isize slot;
  };
};

struct RCode {
  RInstruction* instructions;
  u32 size;
  u32 stack_base;      // number of locals, cells and free variables
  u32 slot_count;      // stack_base + stack size
  u32 cell_count, free_count, local_count;
  u16* block;          // for each instruction: index into blocks
  u16* error_depth;    // for each instruction
  u32* offset;         // for each instruction: canonical offset in bytes (f_lasti)
  u32* start_offset;   // for each instruction: where the first canonical instruction that it covers starts
  Block* blocks;
  Cache* caches;
  u32 cache_count, block_count;
  i32* cell_argument;  // for each cell: the argument that it starts with, or -1
  bool exact;
  bool simple_call;    // only positional parameters, fast locals; not a generator
  bool is_generator;   // generator, coroutine or asynchronous generator
  RCode* exact_code;   // null until needed

  u32 position_of(const RInstruction* pc) const { return static_cast<u32>(pc - instructions); }
};

// The RCode of a code object, translated at the first call; MemoryError or SystemError. Borrowed from the code object.
RCode* rcode_of_slowly(Code* code);
inline RCode* rcode_of(Code* code) {
  void* rcode = code_object(code)->rcode;
  return ADDER_LIKELY(rcode != nullptr) ? static_cast<RCode*>(rcode) : rcode_of_slowly(code);
}
RCode* rcode_exact_of(Code* code);
// Frees the RCode (a code object dies).
void rcode_free(RCode* rcode);
// The instruction at a canonical offset; null if there is none. For exact code it is the TRACE.
const RInstruction* rcode_at_offset(const RCode* rcode, u32 offset);
}  // namespace adder
