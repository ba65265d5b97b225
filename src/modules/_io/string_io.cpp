// string_io: StringIO, a text stream in memory.
//
// Storage    an array of code points; while a fresh object is only written to at its end, the pieces are collected in a
// StrWriter and
//            made an array when something else is asked for.
#include <cstring>
#include <new>

#include "memory/allocator.h"
#include "modules/_io/io.h"
#include "types/dict.h"

namespace adder::io {
namespace {
struct StringIO : IOBase {
  Py_UCS4* text;
  isize position, size, capacity;
  StrWriter* collector;  // not null: the content is here, and position is its end
  Str* read_newline;     // newline=, or null for None
  Str* write_newline;    // what \n becomes, or null
  Object* decoder;       // IncrementalNewlineDecoder, or null
  bool initialized, closed, universal, translate;
};

Result<void> check_open(StringIO* self) {
  if (!self->initialized) return raise(ValueError, "I/O operation on uninitialized object");
  if (self->closed) return raise(ValueError, "I/O operation on closed file");
  return {};
}
void drop_collector(StringIO* self) {
  if (StrWriter* collector = std::exchange(self->collector, nullptr)) {
    collector->~StrWriter();
    memory::release(collector);
  }
}
Result<void> start_collecting(StringIO* self) {
  void* space = memory::allocate(sizeof(StrWriter));
  if (!space) return raise_no_memory();
  self->collector = new (space) StrWriter(0);
  return {};
}
Result<void> reserve(StringIO* self, isize size) {
  if (size <= self->capacity) return {};
  if (size > kMaxSize / 8) return raise(OverflowError, "new buffer size too large");
  isize capacity = size + (size >> 3) + 16;
  void* text = memory::reallocate(self->text, static_cast<usize>(capacity) * sizeof(Py_UCS4));
  if (!text) return raise_no_memory();
  self->text = static_cast<Py_UCS4*>(text);
  self->capacity = capacity;
  return {};
}
void copy_out(Str* source, Py_UCS4* target) {
  int kind = str_kind(source);
  const void* data = str_data(source);
  for (isize i = 0; i < str_length(source); ++i) target[i] = str_read(kind, data, i);
}
// From now on the content is in the array.
Result<void> realize(StringIO* self) {
  if (!self->collector) return {};
  Ref<Str> collected = TRY(self->collector->finish());
  drop_collector(self);
  TRY(reserve(self, str_length(collected)));
  copy_out(collected, self->text);
  self->size = str_length(collected);
  return {};
}
Result<Str> content(StringIO* self, isize start, isize end) {
  if (start >= end) return new_ref(str_empty());
  return str_from_kind_and_data(4, self->text + start, end - start);
}

Result<void> write_text(StringIO* self, Str* given) {
  Ref<Str> text = self->decoder ? TRY(newline_decoder_translate(self->decoder, given, true)) : new_ref(given);
  if (self->write_newline) {
    Ref<Str> newline = TRY(str_from_ordinal('\n'));
    text = TRY(str_replace(text, newline, self->write_newline, -1));
  }
  isize length = str_length(text);
  if (length == 0) return {};
  if (self->collector) {
    TRY(self->collector->write_str(text));
    self->position += length;
    self->size = self->position;
    return {};
  }
  if (self->position > kMaxSize - length) return raise(OverflowError, "new position too large");
  isize end = self->position + length;
  TRY(reserve(self, end));
  for (isize i = self->size; i < self->position; ++i) self->text[i] = 0;
  copy_out(text, self->text + self->position);
  self->position = end;
  if (end > self->size) self->size = end;
  return {};
}

constexpr Doc getvalue_doc = "getvalue($self, /)\n--\n\nRetrieve the entire contents of the object.";
Result<Object> getvalue(StringIO* self) {
  TRY(check_open(self));
  if (self->collector) {
    Ref<Str> collected = TRY(self->collector->finish());
    // Goes on collecting after what was given out.
    drop_collector(self);
    TRY(start_collecting(self));
    TRY(self->collector->write_str(collected));
    return collected;
  }
  return content(self, 0, self->size);
}
constexpr Doc tell_doc = "tell($self, /)\n--\n\nTell the current file position.";
Result<isize> tell(StringIO* self) {
  TRY(check_open(self));
  return self->position;
}
constexpr Doc read_doc =
    "read($self, size=-1, /)\n--\n\nRead at most size characters, returned as a string.\n\nIf the argument is negative "
    "or omitted, read until EOF\nis reached. Return an empty "
    "string at EOF.";
Result<Object> read(StringIO* self, Opt<Object*> size_object) {
  isize size = size_object ? TRY(size_from_object(size_object.get())) : -1;
  TRY(check_open(self));
  isize left = self->size > self->position ? self->size - self->position : 0;
  if (size < 0 || size > left) size = left;
  if (self->collector && self->position == 0) return getvalue(self);
  TRY(realize(self));
  Ref<Str> text = TRY(content(self, self->position, self->position + size));
  self->position += size;
  return text;
}
Result<Str> read_line(StringIO* self, isize limit) {
  TRY(realize(self));
  if (self->position >= self->size) return new_ref(str_empty());
  isize end = self->size;
  if (limit >= 0 && limit < end - self->position) end = self->position + limit;
  isize consumed;
  LineRules rules{self->universal, self->translate || !(self->universal || self->read_newline), self->read_newline};
  if (!rules.universal && !rules.translated && (!self->read_newline || str_length(self->read_newline) == 0))
    rules.universal = true;
  isize found = find_line_end(rules, 4, self->text, self->position, end, &consumed);
  if (found < 0) found = end;
  Ref<Str> line = TRY(content(self, self->position, found));
  self->position = found;
  return line;
}
constexpr Doc readline_doc =
    "readline($self, size=-1, /)\n--\n\nRead until newline or EOF.\n\nReturns an empty string if EOF is hit "
    "immediately.";
Result<Object> readline(StringIO* self, Opt<Object*> size_object) {
  isize size = size_object ? TRY(size_from_object(size_object.get())) : -1;
  TRY(check_open(self));
  return read_line(self, size);
}
Maybe<Object> next(StringIO* self) {
  TRY(check_open(self));
  Ref<Object> line;
  if (type_of(self) == &PyStringIO_Type) {
    line = TRY(read_line(self, -1));
  } else {
    line = TRY(call_method(self, id::readline));
    if (!is_str(line))
      return raise(OSError, "readline() should have returned a str object, not '%.200s'", type_of(line)->tp_name);
  }
  if (str_length(as<Str>(line.get())) == 0) return nullptr;
  return line;
}
constexpr Doc truncate_doc =
    "truncate($self, pos=None, /)\n--\n\nTruncate size to pos.\n\nThe pos argument defaults to the current file "
    "position, as\nreturned by tell().  The current file position is "
    "unchanged.\nReturns the new absolute position.";
Result<Object> truncate(StringIO* self, Object* size_object) {
  TRY(check_open(self));
  isize size = size_object == None ? self->position : TRY(size_from_object(size_object));
  if (size < 0) return raise(ValueError, "Negative size value %zd", size);
  if (size < self->size) {
    TRY(realize(self));
    self->size = size;
  }
  return int_from_ssize_t(size);
}
constexpr Doc seek_doc =
    "seek($self, pos, whence=0, /)\n--\n\nChange stream position.\n\nSeek to character offset pos relative to position "
    "indicated by whence:\n    0  Start of stream (the default).  pos "
    "should be >= 0;\n    1  Current position - pos must be 0;\n    2  End of stream - pos must be 0.\nReturns the new "
    "absolute position.";
Result<Object> seek(StringIO* self, isize offset, int whence) {
  TRY(check_open(self));
  if (whence < 0 || whence > 2) return raise(ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
  if (offset < 0 && whence == 0) return raise(ValueError, "Negative seek position %zd", offset);
  if (whence != 0 && offset != 0) return raise(OSError, "Can't do nonzero cur-relative seeks");
  isize target = whence == 0 ? offset : whence == 1 ? self->position : self->size;
  if (target != self->position) TRY(realize(self));
  self->position = target;
  return int_from_ssize_t(target);
}
constexpr Doc write_doc =
    "write($self, s, /)\n--\n\nWrite string to file.\n\nReturns the number of characters written, which is always "
    "equal to\nthe length of the string.";
Result<isize> write(StringIO* self, Object* text) {
  TRY(check_open(self));
  if (!is_str(text)) return raise(TypeError, "string argument expected, got '%s'", type_of(text)->tp_name);
  isize length = str_length(as<Str>(text));
  TRY(write_text(self, as<Str>(text)));
  return length;
}
constexpr Doc close_doc =
    "close($self, /)\n--\n\nClose the IO object.\n\nAttempting any further operation after the object is closed\nwill "
    "raise a ValueError.\n\nThis method has no effect if the file is "
    "already closed.";
Result<void> close(StringIO* self) {
  self->closed = true;
  memory::release(std::exchange(self->text, nullptr));
  self->capacity = self->size = self->position = 0;
  drop_collector(self);
  return {};
}
constexpr Doc readable_doc = "readable($self, /)\n--\n\nReturns True if the IO object can be read.";
constexpr Doc writable_doc = "writable($self, /)\n--\n\nReturns True if the IO object can be written.";
constexpr Doc seekable_doc = "seekable($self, /)\n--\n\nReturns True if the IO object can be seeked.";
Result<bool> yes(StringIO* self) {
  TRY(check_open(self));
  return true;
}

Result<void> set_newline(StringIO* self, Opt<Str*> newline) {
  if (newline && !(str_length(newline.get()) == 0 || str_equals(newline.get(), "\n") ||
                   str_equals(newline.get(), "\r") || str_equals(newline.get(), "\r\n"))) {
    return raise(ValueError, "illegal newline value: %R", newline.get());
  }
  clear_field(self->read_newline);
  clear_field(self->write_newline);
  clear_field(self->decoder);
  if (newline) self->read_newline = new_ref(newline.get()).release();
  self->universal = !newline || str_length(newline.get()) == 0;
  self->translate = !newline;
  if (newline && str_length(newline.get()) > 0 && str_read_char(newline.get(), 0) == '\r')
    self->write_newline = new_ref(newline.get()).release();
  if (self->universal) self->decoder = TRY(newline_decoder_new(None, self->translate))
  .release();
  return {};
}

constexpr Doc string_io_doc =
    "StringIO(initial_value='', newline='\\n')\n--\n\nText I/O implementation using an in-memory buffer.\n\nThe "
    "initial_value argument sets the value of object.  The newline\nargument is "
    "like the one of TextIOWrapper's constructor.";
Result<void> init(StringIO* self, Opt<Object*> value, Opt<Object*> newline_object) {
  self->initialized = false;
  Ref<Str> newline;
  if (!newline_object) {
    newline = TRY(str_from_ordinal('\n'));
  } else if (newline_object.get() != None) {
    if (!is_str(newline_object.get())) {
      return raise(TypeError, "newline must be str or None, not %.200s", type_of(newline_object.get())->tp_name);
    }
    newline = new_ref(as<Str>(newline_object.get()));
  }
  Object* initial = value && value.get() != None ? value.get() : nullptr;
  if (initial && !is_str(initial)) {
    return raise(TypeError, "initial_value must be str or None, not %.200s", type_of(initial)->tp_name);
  }
  TRY(set_newline(self, newline.get()));
  drop_collector(self);
  self->closed = false;
  self->position = self->size = 0;
  self->initialized = true;
  if (initial && str_length(as<Str>(initial)) > 0) {
    TRY(write_text(self, as<Str>(initial)));
    self->position = 0;
    return {};
  }
  return start_collecting(self);
}
constexpr Doc getstate_doc = "__getstate__($self, /)\n--\n\n";
Result<Object> getstate(StringIO* self) {
  Ref<Object> value = TRY(getvalue(self));
  Ref<Object> dict = self->dict ? TRY(Result<Object>(dict_copy(as<Dict>(self->dict)))) : new_ref(None);
  Ref<Int> position = TRY(int_from_ssize_t(self->position));
  Object* newline = self->read_newline ? static_cast<Object*>(self->read_newline) : None;
  return tuple_pack(value.get(), newline, static_cast<Object*>(position.get()), dict.get());
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\n";
Result<void> setstate(StringIO* self, Object* state_object) {
  if (self->closed) return check_open(self);
  if (!is_tuple(state_object) || tuple_size(as<Tuple>(state_object)) < 4) {
    return raise(TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s", type_of(self)->tp_name,
                 type_of(state_object)->tp_name);
  }
  Tuple* state = as<Tuple>(state_object);
  Object* text = tuple_item(state, 0);
  TRY(init(self, nullptr, tuple_item(state, 1)));
  if (!is_str(text)) return raise(TypeError, "initial_value must be str, not '%.200s'", type_of(text)->tp_name);
  // As it is: the newlines were translated when they came in.
  drop_collector(self);
  TRY(reserve(self, str_length(as<Str>(text))));
  copy_out(as<Str>(text), self->text);
  self->size = str_length(as<Str>(text));
  Object* position = tuple_item(state, 2);
  if (!is_int(position))
    return raise(TypeError, "third item of state must be an integer, got %.200s", type_of(position)->tp_name);
  isize value = TRY(int_as_ssize_t(position));
  if (value < 0) return raise(ValueError, "position value cannot be negative");
  self->position = value;
  Object* dict = tuple_item(state, 3);
  if (dict == None) return {};
  if (!is_dict(dict))
    return raise(TypeError, "fourth item of state should be a dict, got a %.200s", type_of(dict)->tp_name);
  if (self->dict) return dict_update(as<Dict>(self->dict), dict);
  self->dict = new_ref(dict).release();
  return {};
}
Result<bool> get_closed(StringIO* self) {
  if (!self->initialized) TRY(check_open(self));
  return self->closed;
}
Result<bool> get_line_buffering(StringIO* self) {
  TRY(check_open(self));
  return false;
}
Result<Object> get_newlines(StringIO* self) {
  TRY(check_open(self));
  return self->decoder ? object_get_attr(self->decoder, id::newlines) : none_result();
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }
void dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  gc::untrack(object);
  StringIO* self = as<StringIO>(object);
  clear_base(self);
  memory::release(self->text);
  drop_collector(self);
  clear_field(self->read_newline);
  clear_field(self->write_newline);
  clear_field(self->decoder);
  object_free(object);
}
constinit PyMethodDef methods[] = {
    method<close, close_doc>(),       method<getvalue, getvalue_doc>(),
    method<read, read_doc>(),         method<readline, readline_doc>(),
    method<tell, tell_doc>(),         method<truncate, truncate_doc>(),
    method<seek, seek_doc>(),         method<write, write_doc>(),
    method<yes, seekable_doc>(),      method<yes, readable_doc>(),
    method<yes, writable_doc>(),      method<getstate, getstate_doc>(),
    method<setstate, setstate_doc>(), {},
};
constinit PyGetSetDef getset[] = {
    get_set<get_closed>("closed"),
    get_set<get_newlines>("newlines"),
    get_set<get_line_buffering>("line_buffering"),
    {},
};
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyStringIO_Type = {
    .tp_name = "_io.StringIO",
    .tp_basicsize = sizeof(StringIO),
    .tp_dealloc = dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = string_io_doc.text,
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_iter = self_iter,
    .tp_iternext = slot<next>,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_base = &PyTextIOBase_Type,
    .tp_init = initializer<init, string_io_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = make,
    .tp_free = object_gc_del,
};
