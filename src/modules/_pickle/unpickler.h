// unpickler: the pickle machine: runs a program that makes objects again.
//
// Files      input.cpp (bytes from memory or a file), load.cpp (the loop; numbers, text, bytes, buffers),
//            load_objects.cpp (containers and instances), find_class.cpp (classes and functions by name),
//            unpickler.cpp (the type Unpickler, its memo).
// Rule       the program is not to be trusted: every size is compared with what is there before memory is taken, every
//            pop with the depth of the stack. Loading runs Python code, which may come back to the unpickler.
#pragma once
#include <cstring>

#include "modules/_pickle/opcodes.h"
#include "modules/_pickle/state.h"
#include "object/buffer.h"
#include "types/bytes.h"

namespace adder::pickle {
// The machine's stack and, as positions in it, its marks. Below the top mark (`fence`) only what takes the mark may
// reach.
struct Stack {
  Object** items;  // owned
  isize size, capacity;
  isize fence;
  isize* marks;
  isize mark_count, mark_capacity;
};
struct Unpickler : PyObject {
  Module* module;  // owns the state
  State* state;
  Stack* stack;
  Object** memo;                  // by index, owned, null where absent
  isize memo_size;                // entries in `memo`
  isize memo_used;                // objects in the memo
  Dict* sparse_memo;              // indices far beyond what has been put so far; or null
  Object* persistent_load;        // function, or null
  Object* persistent_self;        // borrowed: this unpickler, when the function is its own method; or null
  Py_buffer buffer;               // the data; obj null: none
  isize position;                 // next byte of the data
  isize prefetched;               // data up to here has been taken from the file; what follows was only peeked at
  Object *read, *readline;        // the file's methods; null: the data is all there is
  Object *readinto, *peek;        // or null
  Object* buffers;                // iterator of out-of-band buffers, or null
  const char *encoding, *errors;  // of Python 2's str
  char* line;                     // the last line, with a NUL
  isize line_capacity;
  int protocol;
  int fix_imports;
  int running, spare;
};
static_assert(sizeof(Unpickler) == 272, "size of CPython 3.11's");
extern constinit PyTypeObject unpickler_type, unpickler_memo_proxy_type;

// == Input ==

inline const char* input_data(const Unpickler* u) { return static_cast<const char*>(u->buffer.buf); }
// The next `size` bytes, valid until the next read. Null with an exception: UnpicklingError if there are fewer.
const char* input_read_slowly(Unpickler* u, isize size);
inline const char* input_read(Unpickler* u, isize size) {
  if (ADDER_LIKELY(size <= u->buffer.len - u->position)) {
    const char* at = input_data(u) + u->position;
    u->position += size;
    return at;
  }
  return input_read_slowly(u, size);
}
// The next `size` bytes as a new object.
Result<Bytes> input_read_bytes(Unpickler* u, isize size);
Result<ByteArray> input_read_bytearray(Unpickler* u, isize size);
// The next line with its newline, and a NUL behind it, valid until the next line is read. Null with an exception:
// UnpicklingError if it has fewer than `minimum` characters or no newline.
char* input_read_line(Unpickler* u, isize minimum, isize& size);
// Takes from the file what was peeked at and used.
Result<void> input_skip_consumed(Unpickler* u);
// `object`, anything with a buffer, becomes the data.
Result<void> input_set_buffer(Unpickler* u, Object* object);
void input_release(Unpickler* u);
Error raise_truncated(Unpickler* u);

// == Stack ==

Error raise_stack_underflow(Unpickler* u);
bool stack_grow(Stack* s);  // false: no memory, without an exception
inline Result<void> stack_push(Unpickler* u, Ref<Object>&& object) {
  Stack* s = u->stack;
  if (ADDER_UNLIKELY(s->size == s->capacity) && !stack_grow(s)) return raise_no_memory();
  s->items[s->size++] = object.release();
  return {};
}
inline Result<Object> stack_pop(Unpickler* u) {
  Stack* s = u->stack;
  if (ADDER_UNLIKELY(s->size <= s->fence)) return raise_stack_underflow(u);
  return Result<Object>::from_c(s->items[--s->size]);
}
// Throws away what lies at `position` and above.
Result<void> stack_drop(Unpickler* u, isize position);
// The same as a tuple or list.
Result<Tuple> stack_pop_tuple(Unpickler* u, isize position);
Result<List> stack_pop_list(Unpickler* u, isize position);
// Takes the top mark away and gives its position.
Result<isize> stack_pop_mark(Unpickler* u);
Result<void> stack_push_mark(Unpickler* u);

// == Memo ==

inline Opt<Object*> memo_get(Unpickler* u, isize index) {
  return ADDER_LIKELY(index < u->memo_size) ? Opt<Object*>(u->memo[index]) : Opt<Object*>();
}
// Also far indices. Absent if nothing is there.
Maybe<Object> memo_get_any(Unpickler* u, isize index);
Result<void> memo_put_slowly(Unpickler* u, isize index, Object* object);
inline Result<void> memo_put(Unpickler* u, isize index, Object* object) {
  if (ADDER_LIKELY(index < u->memo_size && !u->memo[index])) {
    u->memo[index] = Ref<Object>::share(object).release();
    ++u->memo_used;
    return {};
  }
  return memo_put_slowly(u, index, object);
}
// `size` empty entries, or null without an exception.
Object** memo_entries(isize size);
inline constexpr isize kMemoMinimum = 32;

// == Loading ==

Result<Object> load_object(Unpickler* u);
// The object that the unpickler's find_class(), which a subclass may define, has under the names.
Result<Object> find_class(Unpickler* u, Object* module_name, Object* global_name);
Result<Object> find_class_by_default(Unpickler* u, Object* module_name, Object* global_name);

// One function for each opcode that does not stand in load.cpp.
Result<void> load_global(Unpickler* u);
Result<void> load_stack_global(Unpickler* u);
Result<void> load_extension(Unpickler* u, int size);
Result<void> load_counted_tuple(Unpickler* u, isize size);
Result<void> load_tuple(Unpickler* u);
Result<void> load_list(Unpickler* u);
Result<void> load_dict(Unpickler* u);
Result<void> load_frozenset(Unpickler* u);
Result<void> load_append(Unpickler* u);
Result<void> load_appends(Unpickler* u);
Result<void> load_set_item(Unpickler* u);
Result<void> load_set_items(Unpickler* u);
Result<void> load_add_items(Unpickler* u);
Result<void> load_inst(Unpickler* u);
Result<void> load_obj(Unpickler* u);
Result<void> load_newobj(Unpickler* u, bool has_kwargs);
Result<void> load_reduce(Unpickler* u);
Result<void> load_build(Unpickler* u);
// Calls persistent_load(id).
Result<void> load_persistent(Unpickler* u, Object* id);
Error raise_no_persistent_load(Unpickler* u);

// A new unpickler without input, for loads() and Unpickler().
Result<Unpickler> unpickler_new(Type* type, Module* module);
// Absent encoding and errors: ASCII, strict.
Result<void> unpickler_set_options(Unpickler* u, bool fix_imports, Opt<Str*> encoding, Opt<Str*> errors,
                                   Opt<Object*> buffers);
Result<void> unpickler_set_file(Unpickler* u, Object* file);
}  // namespace adder::pickle
