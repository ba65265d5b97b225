// frame: the data stack, the life of frames, and the view of their variables as a mapping.
#include "interpreter/frame.h"

#include <cstdlib>
#include <cstring>

#include "memory/allocator.h"
#include "types/dict.h"
#include "types/str.h"

namespace adder {
// == Data stack ==

namespace {
constexpr usize kChunkBytes = 16 * 1024;
constexpr usize kChunkHeader = offsetof(_PyStackChunk, data);
}  // namespace

Object** data_stack_push_slowly(ThreadState* state, usize words) {
  usize bytes = kChunkBytes;
  while (bytes < kChunkHeader + (words + 64) * sizeof(Object*)) bytes *= 2;
  _PyStackChunk* chunk = static_cast<_PyStackChunk*>(std::malloc(bytes));
  if (!chunk) {
    (void)raise_no_memory();
    return nullptr;
  }
  if (_PyStackChunk* old = state->datastack_chunk) old->top = static_cast<usize>(state->datastack_top - old->data);
  chunk->previous = state->datastack_chunk;
  chunk->size = bytes;
  chunk->top = 0;
  state->datastack_chunk = chunk;
  state->datastack_limit = reinterpret_cast<Object**>(reinterpret_cast<char*>(chunk) + bytes);
  state->datastack_top = chunk->data + words;
  return chunk->data;
}

// The first chunk stays.
void data_stack_pop_chunk(ThreadState* state) {
  _PyStackChunk* chunk = state->datastack_chunk;
  _PyStackChunk* previous = chunk->previous;
  if (!previous) {
    state->datastack_top = chunk->data;
    return;
  }
  state->datastack_chunk = previous;
  state->datastack_top = previous->data + previous->top;
  state->datastack_limit = reinterpret_cast<Object**>(reinterpret_cast<char*>(previous) + previous->size);
  std::free(chunk);
}

// == Life of a frame ==

bool frame_make_cells(InterpreterFrame* frame) {
  RCode* rcode = frame->rcode;
  Object** cells = frame->slots + rcode->local_count;
  for (u32 i = 0; i < rcode->cell_count; ++i) {
    Object* content = nullptr;
    if (i32 argument = rcode->cell_argument[i]; argument >= 0) std::swap(content, frame->slots[argument]);
    Result<Cell> cell = cell_new(content);
    decref_or_null(content);
    if (cell.failed()) return false;
    cells[i] = cell.to_c();
  }
  if (rcode->free_count) {
    Tuple* closure = as<Tuple>(frame->function->func_closure);
    for (u32 i = 0; i < rcode->free_count; ++i) {
      Object* cell = tuple_item(closure, i);
      incref(cell);
      cells[rcode->cell_count + i] = cell;
    }
  }
  return true;
}

namespace {
// The frame object outlives its frame: header and locals move into it.
void take_over(Frame* object, InterpreterFrame* frame) {
  u32 count = frame->rcode->stack_base;
  InterpreterFrame* kept = reinterpret_cast<InterpreterFrame*>(object->_f_frame_data);
  std::memcpy(static_cast<void*>(kept), frame, kFrameHeaderSize + count * sizeof(Object*));
  kept->owner = FrameOwner::kFrameObject;
  kept->frame_object = nullptr;
  kept->slot_count = count;
  kept->previous = nullptr;
  object->f_frame = kept;
  if (InterpreterFrame* previous = complete_frame(frame->previous); previous && !object->f_back) {
    ErrorSaver saver;
    Frame* back = frame_object_of(previous);
    if (back) {
      incref(back);
      object->f_back = back;
    } else {
      error_clear();
    }
  }
  gc::track(object);
}
}  // namespace

void frame_clear(InterpreterFrame* frame) {
  if (Frame* object = frame->frame_object) {
    if (refcount(object) > 1) {
      take_over(object, frame);
      frame->frame_object = nullptr;
      decref(object);
      return;
    }
    frame->frame_object = nullptr;
    decref(object);
  }
  u32 count = frame->rcode->stack_base;
  for (u32 i = 0; i < count; ++i) decref_or_null(frame->slots[i]);
  decref_or_null(frame->locals);
  decref(frame->function);
  decref(frame->code);
}

void frame_pop(ThreadState* state, InterpreterFrame* frame) {
  frame_clear(frame);
  data_stack_pop(state, reinterpret_cast<Object**>(frame));
}

Frame* frame_object_slowly(InterpreterFrame* frame) {
  Result<Frame> made = object_new<Frame>(&PyFrame_Type, frame->rcode->stack_base);
  if (made.failed()) return nullptr;
  Frame* object = made.to_c();
  if (ADDER_UNLIKELY(frame->frame_object != nullptr)) {  // the collector ran, and somebody asked meanwhile
    object_free(object);
    return frame->frame_object;
  }
  object->f_back = nullptr;
  object->f_frame = frame;
  object->f_trace = nullptr;
  object->f_lineno = 0;
  object->f_trace_lines = 1;
  object->f_trace_opcodes = 0;
  object->f_fast_as_locals = 0;
  frame->frame_object = object;
  return object;
}

int frame_traverse_slots(InterpreterFrame* frame, u32 depth, visitproc visit, void* arg) {
  VISIT(frame->frame_object);
  VISIT(frame->locals);
  VISIT(frame->function);
  VISIT(frame->code);
  u32 count = frame->rcode->stack_base + depth;
  for (u32 i = 0; i < count; ++i) VISIT(frame->slots[i]);
  return 0;
}

// == Variables as a mapping ==

Str* frame_slot_name(Code* code, u32 slot) {
  u32 locals = static_cast<u32>(code->co_nlocals), cells = static_cast<u32>(code->co_ncellvars);
  if (slot < locals) return as<Str>(tuple_item(code_varnames(code), slot));
  slot -= locals;
  if (slot < cells) return as<Str>(tuple_item(code_cellvars(code), slot));
  return as<Str>(tuple_item(code_freevars(code), slot - cells));
}

Object* frame_locals_mapping(InterpreterFrame* frame) {
  if (!frame->locals) {
    Result<Dict> made = dict_new();
    if (made.failed()) return nullptr;
    frame->locals = made.to_c();
  }
  RCode* rcode = frame->rcode;
  Code* code = frame->code;
  bool optimized = code->co_flags & CO_OPTIMIZED;
  u32 count = optimized ? rcode->stack_base : rcode->local_count + rcode->cell_count;
  // A suspended or running frame has its cells; one that has not begun may lack them.
  for (u32 i = 0; i < count; ++i) {
    Object* value = frame->slots[i];
    if (i >= rcode->local_count && value && is_cell(value)) value = as<Cell>(value)->ob_ref;
    Str* name = frame_slot_name(code, i);
    if (value) {
      Ref<Object> kept = new_ref(value);
      if (object_set_item(frame->locals, name, kept).failed()) return nullptr;
    } else if (object_del_item(frame->locals, name).failed()) {
      if (!error_matches(KeyError)) return nullptr;
      error_clear();
    }
  }
  return frame->locals;
}

void frame_locals_to_fast(InterpreterFrame* frame, bool clear) {
  if (!frame->locals) return;
  ErrorSaver saver;
  RCode* rcode = frame->rcode;
  Code* code = frame->code;
  bool optimized = code->co_flags & CO_OPTIMIZED;
  u32 count = optimized ? rcode->stack_base : rcode->local_count + rcode->cell_count;
  for (u32 i = 0; i < count; ++i) {
    bool is_cell_slot = i >= rcode->local_count;
    Str* name = frame_slot_name(code, i);
    Result<Object> found = object_get_item(frame->locals, name);
    if (found.failed()) {
      error_clear();
      if (!clear) continue;
    }
    Object* value = found.to_c();
    if (is_cell_slot) {
      if (frame->slots[i] && is_cell(frame->slots[i])) {
        std::swap(as<Cell>(frame->slots[i])->ob_ref, value);
      }
    } else if (value != frame->slots[i] && (value || clear)) {
      // An argument that is a cell lives in the cell: its local slot stays empty.
      bool moved = false;
      for (u32 cell = 0; cell < rcode->cell_count; ++cell) moved |= rcode->cell_argument[cell] == static_cast<i32>(i);
      if (!moved) std::swap(frame->slots[i], value);
    }
    decref_or_null(value);
  }
}
}  // namespace adder
