// pickler: writes objects as a program of the pickle machine.
//
// Files      output.cpp (buffer, frames, file), save.cpp (what to do with an object; numbers, text, bytes, buffers),
//            save_containers.cpp, save_global.cpp (classes and functions by name), save_reduce.cpp (everything else),
//            pickler.cpp (the type Pickler, its memo, dump).
// Rule       saving runs Python code, which may do anything to the pickler: fields are read again after each call.
#pragma once
#include <cstring>

#include "modules/_pickle/memo.h"
#include "modules/_pickle/opcodes.h"
#include "modules/_pickle/state.h"
#include "types/bytes.h"

namespace adder::pickle {
struct Pickler : PyObject {
  Module* module;  // owns the state
  State* state;
  MemoTable* memo;
  Object* persistent_id;  // function, or null
  Object*
      persistent_self;  // borrowed: this pickler, when the function is its own method, kept without its self; or null
  Object* dispatch_table;    // mapping, or null: copyreg's
  Object* reducer_override;  // only while dumping; or null
  Object* write;             // the file's method; null: the output stays in the buffer
  Object* buffer_callback;   // or null
  Bytes* output;             // what is written so far, with room at the end; null: none yet
  isize output_size;
  isize frame_start;  // where the open frame's head is; -1: no frame is open
  isize fast_nesting;
  Dict* fast_memo;  // containers that are being written in fast mode, by address; or null
  int protocol;
  int binary;  // protocol 1 and up
  int framing;
  int fast;
  int fix_imports;
  int initialized;
};
static_assert(sizeof(Pickler) == 152, "size of CPython 3.11's");
extern constinit PyTypeObject pickler_type, pickler_memo_proxy_type;

// == Output ==

inline constexpr isize kFrameHead = 9, kFrameTarget = 64 * 1024, kFrameMinimum = 4, kFirstOutputSize = 4096;

// Room for `size` bytes, in a frame where frames are wanted; null with MemoryError. Commit what was written.
char* output_room_slowly(Pickler* p, isize size);
inline char* output_room(Pickler* p, isize size) {
  if (ADDER_LIKELY(p->output && p->output_size <= p->output->ob_size - size && (p->frame_start >= 0 || !p->framing))) {
    return p->output->ob_sval + p->output_size;
  }
  return output_room_slowly(p, size);
}
inline void output_commit(Pickler* p, isize size) { p->output_size += size; }
// Empties the buffer.
void output_reset(Pickler* p);
// Ends the open frame; tiny ones lose their head.
void frame_end(Pickler* p);
// Between two objects: ends a frame that is full, and sends it to the file.
Result<void> frame_end_if_full_slowly(Pickler* p);
inline Result<void> frame_end_if_full(Pickler* p) {
  if (ADDER_LIKELY(p->frame_start < 0 || p->output_size - p->frame_start - kFrameHead < kFrameTarget)) return {};
  return frame_end_if_full_slowly(p);
}
// The buffer's content as bytes; the buffer is empty afterwards.
Result<Bytes> output_take(Pickler* p);
// Sends the buffer's content to the file.
Result<void> output_flush(Pickler* p);
inline Result<void> write(Pickler* p, const char* data, isize size) {
  char* room = output_room(p, size);
  if (ADDER_UNLIKELY(!room)) return Error{};
  std::memcpy(room, data, static_cast<usize>(size));
  output_commit(p, size);
  return {};
}
inline Result<void> write_opcode(Pickler* p, Opcode opcode) {
  char* room = output_room(p, 1);
  if (ADDER_UNLIKELY(!room)) return Error{};
  *room = static_cast<char>(opcode);
  output_commit(p, 1);
  return {};
}
// An opcode and an unsigned number of 1, 2, 4 or 8 bytes, little end first.
inline Result<void> write_number(Pickler* p, Opcode opcode, u64 number, int size) {
  char* room = output_room(p, 1 + size);
  if (ADDER_UNLIKELY(!room)) return Error{};
  room[0] = static_cast<char>(opcode);
  std::memcpy(room + 1, &number, static_cast<usize>(size));
  output_commit(p, 1 + size);
  return {};
}
// A head and its data. Large data goes out of the frame, and straight to the file, as `object`, which has this content,
// or as bytes if that is null.
Result<void> write_data(Pickler* p, const char* head, isize head_size, const char* data, isize size,
                        Opt<Object*> object);

// == Saving ==

// Writes one object. `is_persistent_id`: do not ask persistent_id() about it.
Result<void> save(Pickler* p, Object* object, bool is_persistent_id = false);
// Writes what puts the object with this memo index on the stack.
Result<void> save_memo_get(Pickler* p, isize index);
// Enters the object just written into the memo.
Result<void> memo_put(Pickler* p, Object* object);

Result<void> save_tuple(Pickler* p, Tuple* tuple);
Result<void> save_list(Pickler* p, List* list);
Result<void> save_dict(Pickler* p, Dict* dict);
Result<void> save_set(Pickler* p, Set* set);
Result<void> save_frozenset(Pickler* p, Set* set);
// Writes the items of an iterator behind a list or dict that is on the stack.
Result<void> save_list_items(Pickler* p, Object* iterator);
Result<void> save_dict_items(Pickler* p, Object* iterator);

// A class or function by its name; absent name: its __qualname__.
Result<void> save_global(Pickler* p, Object* object, Opt<Object*> name);
// The parts of a dotted name; AttributeError for something local. `owner` is for the text of the error.
Result<List> dotted_path(Object* name, Opt<Object*> owner);
// owner.a.b.c; absent if an attribute is missing. `parent` gets what has the last one.
Maybe<Object> dotted_attribute(Object* owner, List* path, Ref<Object>* parent);

// What __reduce__ gave; absent object: the value is made anew each time and does not go into the memo.
Result<void> save_reduce(Pickler* p, Tuple* value, Opt<Object*> object);

// The whole pickle of an object into the output.
Result<void> dump_object(Pickler* p, Object* object);
// A pickler that nobody has set up yet.
Result<Pickler> pickler_new(Type* type, Module* module);
// Arguments as Pickler() takes them.
Result<void> pickler_set_options(Pickler* p, Object* protocol, bool fix_imports, Object* buffer_callback);
Result<void> pickler_set_file(Pickler* p, Object* file);
}  // namespace adder::pickle
