// text_wrapper: TextIOWrapper, text over a buffered binary stream.
//
// Reading     a chunk is decoded as a whole into `decoded`; lines and reads are cut from it.
// Writing     encoded text collects in `pending` up to a chunk and goes to the buffer in one write.
#include "modules/_io/text_wrapper.h"

#include <cstring>

#include "base/copy.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "types/codecs.h"
#include "types/exception.h"
#include "types/list.h"

namespace adder::io {
Result<void> text_check(TextWrapper* self) {
  if (self->initialized) {
    if (self->detached) return raise(ValueError, "underlying buffer has been detached");
    return {};
  }
  return raise(ValueError, "I/O operation on uninitialized object");
}
Result<void> text_check_open(TextWrapper* self) {
  TRY(text_check(self));
  Ref<Object> closed = TRY(object_get_attr(self->buffer, id::closed));
  if (closed.get() == False) return {};
  if (closed.get() == True || TRY(object_is_true(closed))) return raise(ValueError, "I/O operation on closed file.");
  return {};
}
void text_set_decoded(TextWrapper* self, Ref<Str>&& text) {
  Ref<Str> old = Ref<Str>::steal(std::exchange(self->decoded, text.release()));
  self->decoded_used = 0;
}

namespace {
// == Writing ==

Result<void> append_pending(TextWrapper* self, const char* data, isize size) {
  if (self->pending_size + size > self->pending_capacity) {
    isize capacity = self->pending_size + size + self->chunk_size;
    void* grown = memory::reallocate(self->pending, static_cast<usize>(capacity));
    if (!grown) return raise_no_memory();
    self->pending = static_cast<char*>(grown);
    self->pending_capacity = capacity;
  }
  copy_bytes(self->pending + self->pending_size, data, static_cast<usize>(size));
  self->pending_size += size;
  return {};
}
}  // namespace

Result<void> text_flush_pending(TextWrapper* self) {
  if (self->pending_size == 0) return {};
  Ref<Bytes> data = TRY(bytes_from_view({self->pending, static_cast<usize>(self->pending_size)}));
  self->pending_size = 0;
  for (;;) {
    auto written = call_method(self->buffer, id::write, static_cast<Object*>(data.get()));
    if (!written.failed()) {
      (void)written.take();
      return {};
    }
    if (!retry_after_signal()) return Error{};
  }
}

namespace {
// Encodes and collects `text`.
Result<void> encode_pending(TextWrapper* self, Str* text) {
  if (str_is_ascii(text) && self->fast != FastCodec::kNone) {
    return append_pending(self, static_cast<const char*>(str_data(text)), str_length(text));
  }
  if (self->fast == FastCodec::kLatin1 && str_kind(text) == 1) {
    return append_pending(self, static_cast<const char*>(str_data(text)), str_length(text));
  }
  Ref<Object> bytes;
  if (self->fast == FastCodec::kUtf8 && str_equals(as<Str>(self->errors), "strict"))
    bytes = TRY(str_as_utf8_bytes(text));
  else
    bytes = TRY(call_method(self->encoder, id::encode, static_cast<Object*>(text)));
  if (!is_bytes(bytes)) {
    return raise(TypeError, "encoder should return a bytes object, not '%.200s'", type_of(bytes)->tp_name);
  }
  return append_pending(self, bytes_data(as<Bytes>(bytes.get())), bytes_size(as<Bytes>(bytes.get())));
}

constexpr Doc write_doc = "write($self, text, /)\n--\n\n";
Result<Object> write(TextWrapper* self, Str* given) {
  TRY(text_check(self));
  TRY(text_check_open(self));
  if (!self->encoder) return raise_unsupported("not writable");
  isize length = str_length(given);
  Ref<Str> text = new_ref(given);
  bool has_newline = (self->write_newline || self->line_buffering) && str_find_char(text, '\n', 0, length, 1) >= 0;
  bool flush_buffer = self->line_buffering && (has_newline || str_find_char(text, '\r', 0, length, 1) >= 0);
  if (has_newline && self->write_newline) {
    Ref<Str> newline = TRY(str_from_ordinal('\n'));
    text = TRY(str_replace(text, newline, self->write_newline, -1));
  }
  if (self->pending_size > 0 && self->pending_size + str_length(text) > self->chunk_size) TRY(text_flush_pending(self));
  TRY(encode_pending(self, text));
  if (self->pending_size >= self->chunk_size || flush_buffer || self->write_through) TRY(text_flush_pending(self));
  if (flush_buffer) TRY(call_method(self->buffer, id::flush));
  if (self->decoded || self->snapshot) {
    text_set_decoded(self, {});
    clear_field(self->snapshot);
    if (self->decoder) TRY(call_method(self->decoder, id::reset));
  }
  return int_from_ssize_t(length);
}

// == Reading ==

// Reads and decodes a chunk; false at the end of the stream.
Result<bool> read_chunk(TextWrapper* self, isize size_hint) {
  if (!self->decoder) return raise_unsupported("not readable");
  Ref<Object> held, flags;
  if (self->telling) {
    Ref<Object> state = TRY(call_method(self->decoder, id::getstate));
    if (!is_tuple(state) || tuple_size(as<Tuple>(state.get())) != 2) return raise(TypeError, "illegal decoder state");
    held = new_ref(tuple_item(as<Tuple>(state.get()), 0));
    flags = new_ref(tuple_item(as<Tuple>(state.get()), 1));
    if (!is_bytes(held)) {
      return raise(TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200s'",
                   type_of(held)->tp_name);
    }
  }
  if (size_hint > 0)
    size_hint = static_cast<isize>((self->bytes_per_character > 1 ? self->bytes_per_character : 1) *
                                   static_cast<double>(size_hint));
  Ref<Int> size = TRY(int_from_ssize_t(size_hint > self->chunk_size ? size_hint : self->chunk_size));
  Ref<Object> input = TRY(call_method(self->buffer, self->has_read1 ? static_cast<Object*>(id::read1) : id::read,
                                      static_cast<Object*>(size.get())));
  BufferView view;
  if (view.acquire(input).failed()) {
    error_clear();
    return raise(TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                 self->has_read1 ? "read1" : "read", type_of(input)->tp_name);
  }
  isize bytes = view.size();
  bool at_end = bytes == 0;
  Ref<Object> text = is_instance_exact(self->decoder, &PyIncrementalNewlineDecoder_Type)
      ? TRY(newline_decoder_decode(self->decoder, input, at_end))
                         : TRY(call_method(self->decoder, id::decode, input.get(), bool_object(at_end)));
                         if (!is_str(text))
                           return raise(TypeError, "decoder should return a string result, not '%.200s'",
                                        type_of(text)->tp_name);
                         isize characters = str_length(as<Str>(text.get()));
                         text_set_decoded(self, as<Str>(std::move(text)));
                         self->bytes_per_character =
                             characters > 0 ? static_cast<double>(bytes) / static_cast<double>(characters) : 0;
                         if (characters > 0) at_end = false;
                         if (self->telling) {
                           Ref<Bytes> chunk = TRY(bytes_from_view({view.data(), static_cast<usize>(bytes)}));
                           if (bytes_size(as<Bytes>(held.get())) > 0) chunk = TRY(bytes_concat(held, chunk));
                           Ref<Object> snapshot =
                               TRY(Result<Object>(tuple_pack(flags.get(), static_cast<Object*>(chunk.get()))));
                           Ref<Object> old = Ref<Object>::steal(std::exchange(self->snapshot, snapshot.release()));
                         }
                         return !at_end;
}

// Takes up to `count` decoded characters; all if count < 0.
Result<Str> take_decoded(TextWrapper* self, isize count) {
  isize available = text_available(self);
  if (available == 0) return new_ref(str_empty());
  if (count < 0 || count > available) count = available;
  Ref<Str> text = self->decoded_used == 0 && count == available
                      ? new_ref(self->decoded)
                      : TRY(str_substring(self->decoded, self->decoded_used, self->decoded_used + count));
  self->decoded_used += count;
  return text;
}

constexpr Doc read_doc = "read($self, size=-1, /)\n--\n\n";
Result<Object> read(TextWrapper* self, Opt<Object*> size_object) {
  isize size = size_object ? TRY(size_from_object(size_object.get())) : -1;
  TRY(text_check(self));
  TRY(text_check_open(self));
  if (!self->decoder) return raise_unsupported("not readable");
  TRY(text_flush_pending(self));
  if (size < 0) {
    Ref<Object> rest = TRY(call_method(self->buffer, id::read));
    Ref<Object> text = is_instance_exact(self->decoder, &PyIncrementalNewlineDecoder_Type)
        ? TRY(newline_decoder_decode(self->decoder, rest, true))
                           : TRY(call_method(self->decoder, id::decode, rest.get(), True));
                           if (!is_str(text))
                             return raise(TypeError, "decoder should return a string result, not '%.200s'",
                                          type_of(text)->tp_name);
                           Ref<Str> head = TRY(take_decoded(self, -1));
                           Ref<Object> result = str_length(head) == 0
                                                    ? std::move(text)
                                                    : TRY(Result<Object>(str_concat(head, as<Str>(text.get()))));
                           if (self->snapshot) {
                             text_set_decoded(self, {});
                             clear_field(self->snapshot);
                           }
                           return result;
  }
  Ref<Str> result = TRY(take_decoded(self, size));
  isize missing = size - str_length(result);
  if (missing == 0) return result;
  StrWriter writer(size < 65536 ? size : 65536);
  TRY(writer.write_str(result));
  while (missing > 0) {
    auto more = read_chunk(self, missing);
    if (more.failed()) {
      if (retry_after_signal()) continue;
      return Error{};
    }
    if (!more.take()) break;
    Ref<Str> part = TRY(take_decoded(self, missing));
    missing -= str_length(part);
    TRY(writer.write_str(part));
  }
  return writer.finish();
}

// The next line, at most `limit` characters of it if that is not negative.
Result<Str> read_line(TextWrapper* self, isize limit) {
  TRY(text_check_open(self));
  TRY(text_flush_pending(self));
  bool by_text = !self->translate && !self->universal && self->read_newline && str_length(self->read_newline) > 0;
  LineRules rules{self->universal && !self->translate, !by_text && !(self->universal && !self->translate),
                  self->read_newline};
  Ref<Str> head;  // what earlier chunks gave
  for (;;) {
    while (text_available(self) == 0) {
      auto more = read_chunk(self, 0);
      if (more.failed()) {
        if (retry_after_signal()) continue;
        return Error{};
      }
      if (!more.take()) {
        text_set_decoded(self, {});
        clear_field(self->snapshot);
        if (head) return head;
        return new_ref(str_empty());
      }
    }
    isize start = self->decoded_used, end = str_length(self->decoded);
    isize have = head ? str_length(head) : 0;
    if (by_text && have > 0 && str_length(self->read_newline) == 2 &&
        str_read_char(head, have - 1) == str_read_char(self->read_newline, 0) &&
        str_read_char(self->decoded, start) == str_read_char(self->read_newline, 1)) {
      // The terminator was cut by the end of a chunk.
      Ref<Str> last = TRY(take_decoded(self, 1));
      return str_concat(head, last);
    }
    isize bound = limit >= 0 && limit - have < end - start ? start + (limit - have) : end;
    isize consumed;
    isize found = find_line_end(rules, str_kind(self->decoded), str_data(self->decoded), start, bound, &consumed);
    bool complete = found >= 0 || (bound < end) || (limit >= 0 && have + (bound - start) == limit);
    Ref<Str> part = TRY(take_decoded(self, (found >= 0 ? found : bound) - start));
    head = head ? TRY(str_append(std::move(head), part)) : std::move(part);
    if (complete) return head;
  }
}
constexpr Doc readline_doc = "readline($self, size=-1, /)\n--\n\n";
Result<Object> readline(TextWrapper* self, Opt<Object*> size_object) {
  isize size = size_object ? TRY(number_as_ssize_t(size_object.get(), OverflowError)) : -1;
  TRY(text_check(self));
  return read_line(self, size);
}
Maybe<Object> next(TextWrapper* self) {
  TRY(text_check(self));
  self->telling = false;
  Ref<Object> line;
  if (type_of(self) == &PyTextIOWrapper_Type) {
    line = TRY(read_line(self, -1));
  } else {
    line = TRY(call_method(self, id::readline));
    if (!is_str(line))
      return raise(OSError, "readline() should have returned a str object, not '%.200s'", type_of(line)->tp_name);
  }
  if (str_length(as<Str>(line.get())) > 0) return line;
  clear_field(self->snapshot);
  self->telling = self->seekable;
  return nullptr;
}

// == Others ==

constexpr Doc detach_doc = "detach($self, /)\n--\n\n";
Result<Object> detach(TextWrapper* self) {
  TRY(text_check(self));
  TRY(call_method(self, id::flush));
  self->detached = true;
  return Ref<Object>::steal(std::exchange(self->buffer, nullptr));
}
constexpr Doc flush_doc = "flush($self, /)\n--\n\n";
Result<Object> flush(TextWrapper* self) {
  TRY(text_check_open(self));
  self->telling = self->seekable;
  TRY(text_flush_pending(self));
  return call_method(self->buffer, id::flush);
}
constexpr Doc close_doc = "close($self, /)\n--\n\n";
Result<Object> close(TextWrapper* self) {
  TRY(text_check(self));
  Ref<Object> closed = TRY(object_get_attr(self->buffer, id::closed));
  if (TRY(object_is_true(closed))) return none_result();
  if (self->finalizing) {
    warn_unclosed(self->buffer, self);
  }
  Ref<Object> failure = failure_of(call_method(self, id::flush));
  return with_failure(call_method(self->buffer, id::close), std::move(failure));
}
constexpr Doc tell_doc = "tell($self, /)\n--\n\n";
constexpr Doc seek_doc = "seek($self, cookie, whence=0, /)\n--\n\n";
constexpr Doc truncate_doc = "truncate($self, pos=None, /)\n--\n\n";
Result<Object> truncate(TextWrapper* self, Object* position) {
  TRY(text_check(self));
  TRY(call_method(self, id::flush));
  return call_method(self->buffer, id::truncate, position);
}
template <const NameHandle& Name>
Result<Object> ask_buffer(TextWrapper* self) {
  TRY(text_check(self));
  return call_method(self->buffer, Name);
}
constexpr Doc fileno_doc = "fileno($self, /)\n--\n\n";
constexpr Doc seekable_doc = "seekable($self, /)\n--\n\n";
constexpr Doc readable_doc = "readable($self, /)\n--\n\n";
constexpr Doc writable_doc = "writable($self, /)\n--\n\n";
constexpr Doc isatty_doc = "isatty($self, /)\n--\n\n";
constexpr Doc reconfigure_doc =
    "reconfigure($self, /, *, encoding=None, errors=None, newline=NULL,\n            line_buffering=None, "
    "write_through=None)\n--\n\nReconfigure the text stream with new "
    "parameters.\n\nThis also does an implicit stream flush.";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constexpr Doc reduce_ex_doc = "__reduce_ex__($self, protocol, /)\n--\n\n";
Result<Object> refuse_reduce_ex(Object* self, Object*) { return cannot_pickle(self); }

Result<Str> repr(TextWrapper* self) {
  if (!self->initialized) return raise(ValueError, "I/O operation on uninitialized object");
  if (TRY(repr_enter(self))) return raise(RuntimeError, "reentrant call inside %s.__repr__", type_of(self)->tp_name);
  auto body = [self]() -> Result<Str> {
    StrWriter writer;
    TRY(writer.write_ascii("<_io.TextIOWrapper"));
    for (NameHandle attribute : {id::name, id::mode}) {
      auto found = object_lookup_attr(self, attribute);
      if (found.failed()) {
        if (!error_matches(ValueError)) return Error{};
        error_clear();
        continue;
      }
      Ref<Object> value = found.take();
      if (!value) continue;
      TRY(writer.write_char(' '));
      TRY(writer.write_str(attribute));
      TRY(writer.write_char('='));
      TRY(writer.write_repr(value));
    }
    TRY(writer.write_ascii(" encoding="));
    TRY(writer.write_repr(self->encoding));
    TRY(writer.write_char('>'));
    return writer.finish();
  };
  auto text = body();
  repr_leave(self);
  return text;
}
Result<Object> get_name(TextWrapper* self) {
  TRY(text_check(self));
  return object_get_attr(self->buffer, id::name);
}
Result<Object> get_closed(TextWrapper* self) {
  TRY(text_check(self));
  return object_get_attr(self->buffer, id::closed);
}
Result<Object> get_newlines(TextWrapper* self) {
  TRY(text_check(self));
  if (!self->decoder) return none_result();
  Ref<Object> newlines = TRY(object_lookup_attr(self->decoder, id::newlines));
  if (!newlines) return none_result();
  return newlines;
}
Result<Object> get_errors(TextWrapper* self) {
  if (!self->initialized) return raise(ValueError, "I/O operation on uninitialized object");
  return new_ref(self->errors);
}
Result<isize> get_chunk_size(TextWrapper* self) {
  TRY(text_check(self));
  return self->chunk_size;
}
Result<void> set_chunk_size(TextWrapper* self, Opt<Object*> value) {
  TRY(text_check(self));
  if (!value) return raise(AttributeError, "cannot delete attribute");
  isize size = TRY(number_as_ssize_t(value.get(), ValueError));
  if (size <= 0) return raise(ValueError, "a strictly positive integer is required");
  self->chunk_size = size;
  return {};
}

constexpr Doc wrapper_doc =
    "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, "
    "write_through=False)\n--\n\nCharacter and line based layer over a BufferedIOBase "
    "object, buffer.\n\nencoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It "
    "defaults to locale.getencoding().\n\nerrors determines the strictness "
    "of encoding and decoding (see\nhelp(codecs.Codec) or the documentation for codecs.register) and\ndefaults to "
    "\"strict\".\n\nnewline controls how line endings are handled. It can be "
    "None, '',\n'\\n', '\\r', and '\\r\\n'.  It works as follows:\n\n* On input, if newline is None, universal "
    "newlines mode is\n  enabled. Lines in the input can end in '\\n', '\\r', or "
    "'\\r\\n', and\n  these are translated into '\\n' before being returned to the\n  caller. If it is '', universal "
    "newline mode is enabled, but line\n  endings are returned to the caller "
    "untranslated. If it has any of\n  the other legal values, input lines are only terminated by the given\n  string, "
    "and the line ending is returned to the caller untranslated.\n\n* On "
    "output, if newline is None, any '\\n' characters written are\n  translated to the system default line separator, "
    "os.linesep. If\n  newline is '' or '\\n', no translation takes place. If "
    "newline is any\n  of the other legal values, any '\\n' characters written are translated\n  to the given "
    "string.\n\nIf line_buffering is True, a call to flush is implied when a call "
    "to\nwrite contains a newline character.";

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }
void clear_fields(TextWrapper* self) {
  for (Object** field :
       {&self->buffer, &self->encoding, &self->errors, &self->encoder, &self->decoder, &self->snapshot})
    clear_field(*field);
  clear_field(self->read_newline);
  clear_field(self->write_newline);
  clear_field(self->decoded);
}
void dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  gc::untrack(object);
  TextWrapper* self = as<TextWrapper>(object);
  self->initialized = false;
  clear_base(self);
  clear_fields(self);
  memory::release(self->pending);
  object_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  TextWrapper* self = as<TextWrapper>(object);
  VISIT(self->buffer);
  VISIT(self->encoder);
  VISIT(self->decoder);
  VISIT(self->snapshot);
  return traverse_base(self, visit, arg);
}
int clear(PyObject* object) {
  TextWrapper* self = as<TextWrapper>(object);
  self->initialized = false;
  clear_fields(self);
  clear_field(self->dict);
  return 0;
}
constinit PyMethodDef methods[] = {
    method<detach, detach_doc>(),
    method<text_reconfigure, reconfigure_doc>(),
    method<write, write_doc>(),
    method<read, read_doc>(),
    method<readline, readline_doc>(),
    method<flush, flush_doc>(),
    method<close, close_doc>(),
    method<ask_buffer<id::fileno>, fileno_doc>(),
    method<ask_buffer<id::seekable>, seekable_doc>(),
    method<ask_buffer<id::readable>, readable_doc>(),
    method<ask_buffer<id::writable>, writable_doc>(),
    method<ask_buffer<id::isatty>, isatty_doc>(),
    method<cannot_pickle, reduce_doc>(),
    method<refuse_reduce_ex, reduce_ex_doc>(),
    method<text_seek, seek_doc>(),
    method<text_tell, tell_doc>(),
    method<truncate, truncate_doc>(),
    {},
};
constinit PyMemberDef members[] = {
    member("encoding", T_OBJECT, offsetof(TextWrapper, encoding), READONLY),
    member("buffer", T_OBJECT, offsetof(TextWrapper, buffer), READONLY),
    member("line_buffering", T_BOOL, offsetof(TextWrapper, line_buffering), READONLY),
    member("write_through", T_BOOL, offsetof(TextWrapper, write_through), READONLY),
    member("_finalizing", T_BOOL, offsetof(TextWrapper, finalizing)),
    {},
};
constinit PyGetSetDef getset[] = {
    get_set<get_name>("name"),
    get_set<get_closed>("closed"),
    get_set<get_newlines>("newlines"),
    get_set<get_errors>("errors"),
    get_set<get_chunk_size, set_chunk_size>("_CHUNK_SIZE"),
    {},
};
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyTextIOWrapper_Type = {
    .tp_name = "_io.TextIOWrapper",
    .tp_basicsize = sizeof(TextWrapper),
    .tp_dealloc = dealloc,
    .tp_repr = slot<repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = wrapper_doc.text,
    .tp_traverse = traverse,
    .tp_clear = clear,
    .tp_iternext = slot<next>,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_base = &PyTextIOBase_Type,
    .tp_init = initializer<text_init, wrapper_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = make,
    .tp_free = object_gc_del,
};
