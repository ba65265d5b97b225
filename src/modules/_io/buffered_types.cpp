// buffered_types: BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair.
#include <cstring>

#include "memory/allocator.h"
#include "modules/_io/buffered.h"
#include "runtime/runtime.h"
#include "types/exception.h"

namespace adder::io {
namespace {
PyObject* buffered_new(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }

// == What all three have ==

constexpr Doc detach_doc =
    "detach($self, /)\n--\n\nDisconnect this buffer from its underlying raw stream and return it.\n\nAfter the raw "
    "stream has been detached, the buffer is in an unusable\nstate.";
Result<Object> detach(Buffered* self) {
  TRY(buffered_check(self));
  TRY(call_method(self, id::flush));
  self->detached = true;
  self->initialized = false;
  return Ref<Object>::steal(std::exchange(self->raw, nullptr));
}
// Asks the raw stream.
template <const NameHandle& Name>
Result<Object> ask_raw(Buffered* self) {
  TRY(buffered_check(self));
  return call_method(self->raw, Name);
}
constexpr Doc seekable_doc = "seekable($self, /)\n--\n\n";
constexpr Doc readable_doc = "readable($self, /)\n--\n\n";
constexpr Doc writable_doc = "writable($self, /)\n--\n\n";
constexpr Doc fileno_doc = "fileno($self, /)\n--\n\n";
constexpr Doc isatty_doc = "isatty($self, /)\n--\n\n";

constexpr Doc flush_doc = "flush($self, /)\n--\n\n";
Result<void> flush(Buffered* self) {
  TRY(buffered_check(self));
  TRY(buffered_check_open(self, "flush of closed file"));
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  if (self->writable) TRY(buffered_flush_writes(self));
  // A random-access stream stands where the reader thinks it does.
  if (self->readable && self->writable) TRY(buffered_drop_ahead(self));
  return {};
}
Result<Object> reader_flush(Buffered* self) {
  TRY(buffered_check(self));
  return call_method(self->raw, id::flush);
}

constexpr Doc close_doc = "close($self, /)\n--\n\n";
Result<Object> close(Buffered* self) {
  TRY(buffered_check(self));
  {
    Locked locked;
    TRY(locked.acquire(self->lock, self));
    Ref<Object> closed = TRY(object_get_attr(self->raw, id::closed));
    if (TRY(object_is_true(closed))) return none_result();
    if (self->finalizing) {
      warn_unclosed(self->raw, self);
    }
  }
  Ref<Object> failure = failure_of(call_method(self, id::flush));
  // Threads that wait to read or write find the stream closed, and the buffer gone.
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  auto result = call_method(self->raw, id::close);
  memory::release(std::exchange(self->buffer, nullptr));
  self->capacity = self->position = self->read_end = self->write_end = 0;
  return with_failure(result, std::move(failure));
}
constexpr Doc dealloc_warn_doc = "_dealloc_warn($self, source, /)\n--\n\n";
Result<void> dealloc_warn(Buffered* self, Object* source) {
  if (!self->initialized || !self->raw) return {};
  warn_unclosed(self->raw, source);
  return {};
}

constexpr Doc tell_doc = "tell($self, /)\n--\n\n";
Result<Object> tell(Buffered* self) {
  TRY(buffered_check(self));
  Ref<Object> raw_position = TRY(call_method(self->raw, id::tell));
  i64 position = TRY(offset_from_object(raw_position));
  if (position < 0)
    return raise(OSError, "Raw stream returned invalid position %lld", static_cast<long long>(position));
  return int_from_i64(position - buffered_ahead(self) + self->write_end);
}
constexpr Doc seek_doc = "seek($self, target, whence=0, /)\n--\n\n";
Result<Object> seek(Buffered* self, Object* target_object, int whence) {
  TRY(buffered_check(self));
  if (whence < 0 || whence > 4) return raise(ValueError, "whence value %d unsupported", whence);
  TRY(buffered_check_open(self, "seek of closed file"));
  Ref<Object> can_seek = TRY(call_method(self->raw, id::seekable));
  if (can_seek.get() != True) return raise_unsupported("File or stream is not seekable.");
  i64 target = TRY(offset_from_object(target_object));
  // Inside what was read ahead no system call is needed but the one that tells where the raw stream is.
  if (whence <= 1 && self->readable && buffered_ahead(self) > 0) {
    Ref<Object> raw_position = TRY(call_method(self->raw, id::tell));
    i64 current = TRY(offset_from_object(raw_position))
    -buffered_ahead(self);
    i64 distance = whence == 0 ? target - current : target;
    if (distance >= -self->position && distance <= buffered_ahead(self)) {
      self->position += distance;
      return int_from_i64(current + distance);
    }
  }
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  if (self->writable) TRY(buffered_flush_writes(self));
  if (whence == 1) target -= buffered_ahead(self);
  Ref<Int> goal = TRY(int_from_i64(target))
  , mode = TRY(int_from_i64(whence));
  Ref<Object> reached =
      TRY(call_method(self->raw, id::seek, static_cast<Object*>(goal.get()), static_cast<Object*>(mode.get())));
  i64 position = TRY(offset_from_object(reached));
  if (position < 0)
    return raise(OSError, "Raw stream returned invalid position %lld", static_cast<long long>(position));
  self->position = self->read_end = 0;
  return int_from_i64(position);
}
constexpr Doc truncate_doc = "truncate($self, pos=None, /)\n--\n\n";
Result<Object> truncate(Buffered* self, Object* size_object) {
  TRY(buffered_check(self));
  TRY(buffered_check_open(self, "truncate of closed file"));
  if (!self->writable) return raise_unsupported("truncate");
  Ref<Object> size = new_ref(size_object);
  {
    Locked locked;
    TRY(locked.acquire(self->lock, self));
    TRY(buffered_flush_writes(self));
    TRY(buffered_drop_ahead(self));
  }
  if (size.get() == None) size = TRY(call_method(self->raw, id::tell));
  return call_method(self->raw, id::truncate, size.get());
}

Result<Object> raw_attribute(Buffered* self, Object* name) {
  TRY(buffered_check(self));
  return object_get_attr(self->raw, name);
}
Result<Object> get_closed(Buffered* self) { return raw_attribute(self, id::closed); }
Result<Object> get_name(Buffered* self) { return raw_attribute(self, id::name); }
Result<Object> get_mode(Buffered* self) { return raw_attribute(self, id::mode); }

Result<Str> repr(Buffered* self) {
  auto attribute = object_lookup_attr(self, id::name);
  Ref<Object> name;
  if (attribute.failed()) {
    if (!error_matches(ValueError)) return Error{};
    error_clear();
  } else {
    name = attribute.take();
  }
  if (!name) return str_from_format("<%s>", type_of(self)->tp_name);
  if (TRY(repr_enter(self))) return raise(RuntimeError, "reentrant call inside %s.__repr__", type_of(self)->tp_name);
  auto text = str_from_format("<%s name=%R>", type_of(self)->tp_name, name.get());
  repr_leave(self);
  return text;
}
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\n";
Result<isize> size_of(Buffered* self) { return type_of(self)->tp_basicsize + (self->buffer ? self->capacity : 0); }
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constexpr Doc reduce_ex_doc = "__reduce_ex__($self, protocol, /)\n--\n\n";
Result<Object> refuse_reduce_ex(Object* self, Object*) { return cannot_pickle(self); }

void dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  gc::untrack(object);
  Buffered* self = as<Buffered>(object);
  self->initialized = false;
  clear_base(self);
  clear_field(self->raw);
  memory::release(self->buffer);
  self->lock.destroy();
  object_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<Buffered>(object)->raw);
  return traverse_base(as<IOBase>(object), visit, arg);
}
int clear(PyObject* object) {
  Buffered* self = as<Buffered>(object);
  self->initialized = false;
  clear_field(self->raw);
  clear_field(self->dict);
  return 0;
}

constinit PyMemberDef members[] = {
    member("raw", T_OBJECT, offsetof(Buffered, raw), READONLY),
    member("_finalizing", T_BOOL, offsetof(Buffered, finalizing)),
    {},
};
constinit PyGetSetDef getset[] = {
    get_set<get_closed>("closed"), get_set<get_name>("name"), get_set<get_mode>("mode"), {}};

constexpr Doc read_doc = "read($self, size=-1, /)\n--\n\n";
Result<Object> read(Buffered* self, Opt<Object*> size) {
  return buffered_read(self, size ? size.get() : small_int(-1));
}
constexpr Doc read1_doc = "read1($self, size=-1, /)\n--\n\n";
constexpr Doc peek_doc = "peek($self, size=0, /)\n--\n\n";
constexpr Doc readinto_doc = "readinto($self, buffer, /)\n--\n\n";
constexpr Doc readinto1_doc = "readinto1($self, buffer, /)\n--\n\n";
constexpr Doc readline_doc = "readline($self, size=-1, /)\n--\n\n";
Result<Object> readline(Buffered* self, Opt<Object*> size) {
  return buffered_readline(self, size ? size.get() : small_int(-1));
}
constexpr Doc write_doc =
    "write($self, buffer, /)\n--\n\nWrite the given buffer to the IO stream.\n\nReturns the number of bytes written, "
    "which is always the length of b\nin bytes.\n\nRaises "
    "BlockingIOError if the buffer is full and the\nunderlying raw stream cannot accept more data at the moment.";

#define SHARED_METHODS                                                                                \
  method<detach, detach_doc>(), method<ask_raw<id::seekable>, seekable_doc>(),                        \
      method<ask_raw<id::fileno>, fileno_doc>(), method<ask_raw<id::isatty>, isatty_doc>(),           \
      method<close, close_doc>(), method<dealloc_warn, dealloc_warn_doc>(), method<tell, tell_doc>(), \
      method<seek, seek_doc>(), method<truncate, truncate_doc>(), method<size_of, sizeof_doc>(),      \
      method<cannot_pickle, reduce_doc>(), method<refuse_reduce_ex, reduce_ex_doc>()
#define READ_METHODS                                                                                \
  method<read, read_doc>(), method<buffered_peek, peek_doc>(), method<buffered_read1, read1_doc>(), \
      method<buffered_readinto, readinto_doc>(), method<buffered_readinto1, readinto1_doc>(),       \
      method<readline, readline_doc>()

constinit PyMethodDef reader_methods[] = {
    SHARED_METHODS, READ_METHODS, method<reader_flush, flush_doc>(), method<ask_raw<id::readable>, readable_doc>(), {},
};
constinit PyMethodDef writer_methods[] = {
    SHARED_METHODS,
    method<flush, flush_doc>(),
    method<ask_raw<id::writable>, writable_doc>(),
    method<buffered_write, write_doc>(),
    {},
};
constinit PyMethodDef random_methods[] = {
    SHARED_METHODS,
    READ_METHODS,
    method<flush, flush_doc>(),
    method<ask_raw<id::readable>, readable_doc>(),
    method<ask_raw<id::writable>, writable_doc>(),
    method<buffered_write, write_doc>(),
    {},
};

// == Constructors ==

Result<void> require(Object* raw, Object* name, const char* message) {
  Ref<Object> answer = TRY(call_method(raw, name));
  if (answer.get() != True) return raise_unsupported(message);
  return {};
}
constexpr Doc reader_doc =
    "BufferedReader(raw, buffer_size=8192)\n--\n\nCreate a new buffered reader using the given readable raw IO object.";
Result<void> reader_init(Buffered* self, Object* raw, isize size) {
  self->initialized = self->detached = false;
  TRY(require(raw, id::readable, "File or stream is not readable."));
  return buffered_init(self, raw, size, true, false);
}
constexpr Doc writer_doc =
    "BufferedWriter(raw, buffer_size=8192)\n--\n\nA buffer for a writeable sequential RawIO object.\n\nThe constructor "
    "creates a BufferedWriter for the given writeable "
    "raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.";
Result<void> writer_init(Buffered* self, Object* raw, isize size) {
  self->initialized = self->detached = false;
  TRY(require(raw, id::writable, "File or stream is not writable."));
  return buffered_init(self, raw, size, false, true);
}
constexpr Doc random_doc =
    "BufferedRandom(raw, buffer_size=8192)\n--\n\nA buffered interface to random access streams.\n\nThe constructor "
    "creates a reader and writer for a seekable stream, "
    "raw,\ngiven in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.";
Result<void> random_init(Buffered* self, Object* raw, isize size) {
  self->initialized = self->detached = false;
  TRY(require(raw, id::seekable, "File or stream is not seekable."));
  TRY(require(raw, id::readable, "File or stream is not readable."));
  TRY(require(raw, id::writable, "File or stream is not writable."));
  return buffered_init(self, raw, size, true, true);
}

// == BufferedRWPair ==

struct Pair : IOBase {
  Object *reader, *writer;
};
constexpr Doc pair_doc =
    "BufferedRWPair(reader, writer, buffer_size=8192, /)\n--\n\nA buffered reader and writer object together.\n\nA "
    "buffered reader object and buffered writer object put "
    "together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or "
    "two-way pipe.\n\nreader and writer are RawIOBase objects "
    "that are readable and\nwriteable respectively. If the buffer_size is omitted it defaults to\nDEFAULT_BUFFER_SIZE.";
Result<void> pair_init(Pair* self, Object* reader, Object* writer, isize size) {
  TRY(require(reader, id::readable, "File or stream is not readable."));
  TRY(require(writer, id::writable, "File or stream is not writable."));
  Ref<Int> count = TRY(int_from_ssize_t(size));
  Ref<Object> in = TRY(call(static_cast<Object*>(&PyBufferedReader_Type), reader, static_cast<Object*>(count.get())));
  Ref<Object> out = TRY(call(static_cast<Object*>(&PyBufferedWriter_Type), writer, static_cast<Object*>(count.get())));
  Ref<Object> old_reader = Ref<Object>::steal(std::exchange(self->reader, in.release()));
  Ref<Object> old_writer = Ref<Object>::steal(std::exchange(self->writer, out.release()));
  return {};
}
Result<Object> forward(Object* target, Object* name, Tuple* args) {
  if (!target) return raise(ValueError, "I/O operation on uninitialized object");
  Ref<Object> function = TRY(object_get_attr(target, name));
  return object_call(function, args);
}
#define TO_READER(name)                                                \
  constexpr Doc pair_##name##_doc = #name "($self, /, *args)\n--\n\n"; \
  Result<Object> pair_##name(Pair* self, Tuple* args) { return forward(self->reader, id::name, args); }
#define TO_WRITER(name)                                                \
  constexpr Doc pair_##name##_doc = #name "($self, /, *args)\n--\n\n"; \
  Result<Object> pair_##name(Pair* self, Tuple* args) { return forward(self->writer, id::name, args); }
TO_READER(read)
TO_READER(peek)
TO_READER(read1)
TO_READER(readinto)
TO_READER(readinto1)
TO_READER(readable)
TO_WRITER(write)
TO_WRITER(flush)
TO_WRITER(writable)
#undef TO_READER
#undef TO_WRITER
constexpr Doc pair_close_doc = "close($self, /)\n--\n\n";
Result<Object> pair_close(Pair* self) {
  Ref<Object> failure = failure_of(forward(self->writer, id::close, tuple_empty()));
  return with_failure(forward(self->reader, id::close, tuple_empty()), std::move(failure));
}
constexpr Doc pair_isatty_doc = "isatty($self, /)\n--\n\n";
Result<Object> pair_isatty(Pair* self) {
  Ref<Object> writes = TRY(forward(self->writer, id::isatty, tuple_empty()));
  if (writes.get() != False) return writes;
  return forward(self->reader, id::isatty, tuple_empty());
}
Result<Object> pair_closed(Pair* self) {
  if (!self->writer) return raise(RuntimeError, "the BufferedRWPair object is being garbage-collected");
  return object_get_attr(self->writer, id::closed);
}
constinit PyMethodDef pair_methods[] = {
    method<pair_read, pair_read_doc>(),           method<pair_peek, pair_peek_doc>(),
    method<pair_read1, pair_read1_doc>(),         method<pair_readinto, pair_readinto_doc>(),
    method<pair_readinto1, pair_readinto1_doc>(), method<pair_write, pair_write_doc>(),
    method<pair_flush, pair_flush_doc>(),         method<pair_readable, pair_readable_doc>(),
    method<pair_writable, pair_writable_doc>(),   method<pair_close, pair_close_doc>(),
    method<pair_isatty, pair_isatty_doc>(),       method<cannot_pickle, reduce_doc>(),
    method<refuse_reduce_ex, reduce_ex_doc>(),    {},
};
constinit PyGetSetDef pair_getset[] = {get_set<pair_closed>("closed"), {}};
void pair_dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  gc::untrack(object);
  clear_base(as<IOBase>(object));
  clear_field(as<Pair>(object)->reader);
  clear_field(as<Pair>(object)->writer);
  object_free(object);
}
int pair_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<Pair>(object)->reader);
  VISIT(as<Pair>(object)->writer);
  return traverse_base(as<IOBase>(object), visit, arg);
}
int pair_clear(PyObject* object) {
  clear_field(as<Pair>(object)->reader);
  clear_field(as<Pair>(object)->writer);
  clear_field(as<IOBase>(object)->dict);
  return 0;
}
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

#define BUFFERED_TYPE(symbol, name, text, table, init_function, init_doc, next)  \
  constinit PyTypeObject symbol = {                                              \
      .tp_name = name,                                                           \
      .tp_basicsize = sizeof(Buffered),                                          \
      .tp_dealloc = dealloc,                                                     \
      .tp_repr = slot<repr>,                                                     \
      .tp_getattro = object_generic_get_attr_slot,                               \
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, \
      .tp_doc = text,                                                            \
      .tp_traverse = traverse,                                                   \
      .tp_clear = clear,                                                         \
      .tp_iternext = next,                                                       \
      .tp_methods = table,                                                       \
      .tp_members = members,                                                     \
      .tp_getset = getset,                                                       \
      .tp_base = &PyBufferedIOBase_Type,                                         \
      .tp_init = initializer<init_function, init_doc>,                           \
      .tp_alloc = type_generic_alloc,                                            \
      .tp_new = buffered_new,                                                    \
      .tp_free = object_gc_del,                                                  \
  }
BUFFERED_TYPE(PyBufferedReader_Type, "_io.BufferedReader", reader_doc.text, reader_methods, reader_init, reader_doc,
              slot<buffered_next>);
BUFFERED_TYPE(PyBufferedWriter_Type, "_io.BufferedWriter", writer_doc.text, writer_methods, writer_init, writer_doc,
              nullptr);
BUFFERED_TYPE(PyBufferedRandom_Type, "_io.BufferedRandom", random_doc.text, random_methods, random_init, random_doc,
              slot<buffered_next>);

constinit PyTypeObject PyBufferedRWPair_Type = {
    .tp_name = "_io.BufferedRWPair",
    .tp_basicsize = sizeof(Pair),
    .tp_dealloc = pair_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = pair_doc.text,
    .tp_traverse = pair_traverse,
    .tp_clear = pair_clear,
    .tp_methods = pair_methods,
    .tp_getset = pair_getset,
    .tp_base = &PyBufferedIOBase_Type,
    .tp_init = initializer<pair_init, pair_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = buffered_new,
    .tp_free = object_gc_del,
};
