// frame: the activation of a code object, and the data stack of a thread.
//
//   data stack   … | header | locals | cells | frees | value stack … | header of the callee | …
//   generator      PyGenObject | header | locals | cells | frees | value stack
//
// A frame object (PyFrameObject) is made when somebody asks for it; when the frame ends before it, it takes header and
// locals over into its own tail. `owner` says where the header lies.
#pragma once
#include "interpreter/rcode.h"
#include "object/protocol.h"
#include "types/function.h"

enum class FrameOwner : adder::u8 { kThread, kGenerator, kFrameObject };
// Bits. kEntry: returning leaves run_frame(). kConstructs: the frame is an __init__ that a call of a class entered; the instance
// waits in the slot for the call's result, owned, above the caller's error depth.
enum FrameExit : adder::u8 { kEntry = 1, kConstructs = 2 };

struct _PyInterpreterFrame {
  PyFunctionObject* function;   // owned
  PyCodeObject* code;           // owned
  PyObject* globals;            // borrowed from the function
  PyObject* builtins;           // borrowed from the function
  PyObject* locals;             // owned; null for functions, until somebody asks for locals()
  PyFrameObject* frame_object;  // owned; null until somebody asks
  _PyInterpreterFrame* previous;
  const adder::RInstruction* pc;  // the instruction being executed; one before the first if it has not started
  adder::RCode* rcode;
  adder::u32 slot_count;
  FrameOwner owner;
  adder::i32 traced_offset;  // canonical offset at the last TRACE; -1 at first
  adder::u8 exit;   // what returning from it means besides going on in the caller: FrameExit
  bool traced;      // a call event was sent for it
  bool incomplete;  // pushed, arguments not bound yet
  PyObject* slots[1];
};

namespace adder {
using InterpreterFrame = _PyInterpreterFrame;

inline constexpr usize kFrameHeaderSize = offsetof(InterpreterFrame, slots);
inline constexpr usize kFrameHeaderWords = kFrameHeaderSize / sizeof(Object*);

// States of PyGenObject::gi_frame_state.
enum GeneratorState : i8 { kCreated = -2, kSuspended = -1, kExecuting = 0, kCompleted = 1, kCleared = 4 };

inline InterpreterFrame* generator_frame(Generator* generator) {
  return reinterpret_cast<InterpreterFrame*>(generator->gi_iframe);
}
inline Generator* frame_generator(InterpreterFrame* frame) {
  return reinterpret_cast<Generator*>(reinterpret_cast<char*>(frame) - offsetof(PyGenObject, gi_iframe));
}

// Canonical offset of the instruction being executed (f_lasti); -1 before the first.
inline int frame_lasti(const InterpreterFrame* frame) {
  if (!frame->rcode || frame->pc < frame->rcode->instructions) return -1;
  return static_cast<int>(frame->rcode->offset[frame->rcode->position_of(frame->pc)]);
}
inline int frame_line(const InterpreterFrame* frame) { return code_line_of(frame->code, frame_lasti(frame)); }

// == Data stack ==

// Room for `words` words on the data stack; null with MemoryError set.
Object** data_stack_push_slowly(ThreadState* state, usize words);
inline Object** data_stack_push(ThreadState* state, usize words) {
  Object** base = state->datastack_top;
  if (ADDER_UNLIKELY(!base || base + words > state->datastack_limit)) return data_stack_push_slowly(state, words);
  state->datastack_top = base + words;
  return base;
}
void data_stack_pop_chunk(ThreadState* state);
// `base` is what the matching push gave.
inline void data_stack_pop(ThreadState* state, Object** base) {
  if (ADDER_UNLIKELY(base == state->datastack_chunk->data)) data_stack_pop_chunk(state);
  else state->datastack_top = base;
}

// == Life of a frame ==

// Fills header and clears locals, cells and frees. Takes over `function`; adds a reference to its code.
inline void frame_initialize(InterpreterFrame* frame, Function* function, Code* code, RCode* rcode, Object* locals) {
  frame->function = function;
  incref(code);
  frame->code = code;
  frame->globals = function->func_globals;
  frame->builtins = function->func_builtins;
  frame->locals = locals;
  frame->frame_object = nullptr;
  frame->rcode = rcode;
  frame->pc = rcode->instructions - 1;
  frame->slot_count = rcode->slot_count;
  frame->exit = 0;
  frame->traced = false;
  frame->traced_offset = -1;
  frame->incomplete = false;
}
// Makes cells for the cell variables (moving arguments in) and takes the closure's cells. False: MemoryError.
bool frame_make_cells(InterpreterFrame* frame);
// Ends a frame whose value stack is empty: gives the locals to the frame object if that lives on, else releases them;
// releases code, function and locals. Does not give back the memory of the header.
void frame_clear(InterpreterFrame* frame);
// Ends a frame of the data stack, and gives its memory back.
void frame_pop(ThreadState* state, InterpreterFrame* frame);
// Releases value stack entries from `depth` - 1 down to `level`.
inline void frame_drop_stack(InterpreterFrame* frame, u32 level, u32 depth) {
  Object** stack = frame->slots + frame->rcode->stack_base;
  while (depth > level) decref_or_null(stack[--depth]);
}

// The frame object, made on demand; null: MemoryError. Borrowed.
Frame* frame_object_slowly(InterpreterFrame* frame);
inline Frame* frame_object_of(InterpreterFrame* frame) {
  return frame->frame_object ? frame->frame_object : frame_object_slowly(frame);
}
inline InterpreterFrame* current_frame(ThreadState* state) { return state->cframe->current_frame; }
// Skips frames that are not complete yet.
inline InterpreterFrame* complete_frame(InterpreterFrame* frame) {
  while (frame && frame->incomplete) frame = frame->previous;
  return frame;
}

// locals() of the frame: for functions the snapshot dict is brought up to date (fast to locals). Borrowed; null: error.
Object* frame_locals_mapping(InterpreterFrame* frame);
// Writes the snapshot back into the fast locals; `clear` unbinds the names that it lacks. Only while tracing.
void frame_locals_to_fast(InterpreterFrame* frame, bool clear);
// The name of a slot (local, cell or free variable); borrowed.
Str* frame_slot_name(Code* code, u32 slot);
int frame_traverse_slots(InterpreterFrame* frame, u32 depth, visitproc visit, void* arg);
}  // namespace adder
