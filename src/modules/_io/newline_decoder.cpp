// newline_decoder: IncrementalNewlineDecoder, and where lines end.
#include <cstring>

#include "modules/_io/io.h"

namespace adder::io {
struct NewlineDecoder : PyObject {
  Object *decoder, *errors;
  bool translate, pending_return;
  u8 seen;  // kSeen…
};
namespace {
constexpr u8 kSeenReturn = 1, kSeenNewline = 2, kSeenBoth = 4;

template <class Character>
isize find_newline(const Character* data, isize start, isize end) {
  if constexpr (sizeof(Character) == 1) {
    const void* found = std::memchr(data + start, '\n', static_cast<usize>(end - start));
    return found ? static_cast<const Character*>(found) - data + 1 : -1;
  }
  for (isize i = start; i < end; ++i) {
    if (data[i] == '\n') return i + 1;
  }
  return -1;
}
template <class Character>
isize find_end(const LineRules& rules, const Character* data, isize start, isize end, isize* consumed) {
  *consumed = end;
  if (rules.translated) return find_newline(data, start, end);
  if (rules.universal) {
    for (isize i = start; i < end; ++i) {
      if (data[i] == '\n') return i + 1;
      if (data[i] == '\r') return i + 1 < end && data[i + 1] == '\n' ? i + 2 : i + 1;
    }
    return -1;
  }
  isize length = str_length(rules.newline);
  Py_UCS4 first = str_read_char(rules.newline, 0);
  for (isize i = start; i < end; ++i) {
    if (data[i] != first) continue;
    if (i + length > end) {  // may go on in the next chunk
      *consumed = i;
      return -1;
    }
    if (length == 1 || data[i + 1] == str_read_char(rules.newline, 1)) return i + length;
  }
  return -1;
}

// Turns \r and \r\n into \n; `target` may be the source. Gives the new length.
template <class Character>
isize translate_into(const Character* source, isize length, Character* target) {
  isize written = 0;
  for (isize i = 0; i < length; ++i) {
    Character c = source[i];
    if (c == '\r') {
      if (i + 1 < length && source[i + 1] == '\n') ++i;
      c = '\n';
    }
    target[written++] = c;
  }
  return written;
}
template <class Character>
u8 scan(const Character* data, isize length) {
  u8 seen = 0;
  for (isize i = 0; i < length; ++i) {
    if (data[i] == '\n') {
      seen |= kSeenNewline;
    } else if (data[i] == '\r') {
      if (i + 1 < length && data[i + 1] == '\n') {
        seen |= kSeenBoth;
        ++i;
      } else {
        seen |= kSeenReturn;
      }
    }
    if (seen == 7) break;
  }
  return seen;
}
bool has_return(Str* text) { return str_find_char(text, '\r', 0, str_length(text), 1) >= 0; }
}  // namespace

isize find_line_end(const LineRules& rules, int kind, const void* data, isize start, isize end, isize* consumed) {
  if (kind == 1) return find_end(rules, static_cast<const Py_UCS1*>(data), start, end, consumed);
  if (kind == 2) return find_end(rules, static_cast<const Py_UCS2*>(data), start, end, consumed);
  return find_end(rules, static_cast<const Py_UCS4*>(data), start, end, consumed);
}

Result<Object> newline_decoder_new(Object* decoder, bool translate) {
  Ref<Object> object = Ref<Object>::steal(type_generic_alloc(&PyIncrementalNewlineDecoder_Type, 0));
  if (!object) return Error{};
  NewlineDecoder* self = as<NewlineDecoder>(object.get());
  self->decoder = new_ref(decoder).release();
  self->errors = new_ref<Object>(id::strict).release();
  self->translate = translate;
  return object;
}

Result<Str> newline_decoder_translate(Object* decoder, Str* given, bool final) {
  NewlineDecoder* self = as<NewlineDecoder>(decoder);
  Ref<Str> text = new_ref(given);
  // A \r at the end waits for what follows.
  if (self->pending_return && (final || str_length(text) > 0)) {
    Ref<Str> held = TRY(str_from_ordinal('\r'));
    text = TRY(str_concat(held, text));
    self->pending_return = false;
  }
  isize length = str_length(text);
  if (!final && length > 0 && str_read_char(text, length - 1) == '\r') {
    text = TRY(str_substring(text, 0, length - 1));
    self->pending_return = true;
  }
  length = str_length(text);
  if (length == 0) return text;
  if (!has_return(text)) {
    if (!(self->seen & kSeenNewline) && str_find_char(text, '\n', 0, length, 1) >= 0) self->seen |= kSeenNewline;
    return text;
  }
  int kind = str_kind(text);
  void* data = str_data(text);
  self->seen |= kind == 1   ? scan(static_cast<Py_UCS1*>(data), length)
                : kind == 2 ? scan(static_cast<Py_UCS2*>(data), length)
                            : scan(static_cast<Py_UCS4*>(data), length);
  if (!self->translate) return text;
  Ref<Str> widest = TRY(str_new(length, str_max_char_value(text)));
  isize written = kind == 1   ? translate_into(static_cast<Py_UCS1*>(data), length, str_data_1(widest))
                  : kind == 2 ? translate_into(static_cast<Py_UCS2*>(data), length, str_data_2(widest))
                              : translate_into(static_cast<Py_UCS4*>(data), length, str_data_4(widest));
  if (written == length) return widest;
  return str_substring(widest, 0, written);
}

Result<Object> newline_decoder_decode(Object* decoder, Object* input, bool final) {
  NewlineDecoder* self = as<NewlineDecoder>(decoder);
  if (!self->decoder) return raise(ValueError, "IncrementalNewlineDecoder.__init__ not called");
  Ref<Object> output =
      self->decoder == None ? new_ref(input) : TRY(call_method(self->decoder, id::decode, input, bool_object(final)));
  if (!is_str(output)) {
    return raise(TypeError, "decoder should return a string result, not '%.200s'", type_of(output)->tp_name);
  }
  return newline_decoder_translate(self, as<Str>(output.get()), final);
}

namespace {
constexpr Doc decoder_doc =
    "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nCodec used when reading a file in universal "
    "newlines mode.\n\nIt wraps another incremental decoder, "
    "translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used "
    "with\ntranslate=False, it ensures that the newline sequence is returned "
    "in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines "
    "without first invoking an external\ndecoder.";
Result<void> init(NewlineDecoder* self, Object* decoder, bool translate, Opt<Object*> errors) {
  set_field(self->errors, new_ref<Object>(errors.value_or(id::strict)));
  set_field(self->decoder, new_ref(decoder));
  self->translate = translate;
  self->pending_return = false;
  self->seen = 0;
  return {};
}
Result<void> check(NewlineDecoder* self) {
  if (!self->decoder) return raise(ValueError, "IncrementalNewlineDecoder.__init__ not called");
  return {};
}
constexpr Doc decode_doc = "decode($self, /, input, final=False)\n--\n\n";
Result<Object> decode(NewlineDecoder* self, Object* input, bool final) {
  return newline_decoder_decode(self, input, final);
}
constexpr Doc getstate_doc = "getstate($self, /)\n--\n\n";
Result<Object> getstate(NewlineDecoder* self) {
  TRY(check(self));
  Ref<Object> buffer = new_ref<Object>(bytes_empty());
  u64 flag = 0;
  if (self->decoder != None) {
    Ref<Object> state = TRY(call_method(self->decoder, id::getstate));
    if (!is_tuple(state)) return raise(TypeError, "illegal decoder state");
    if (tuple_size(as<Tuple>(state.get())) != 2) return raise(TypeError, "illegal decoder state");
    buffer = new_ref(tuple_item(as<Tuple>(state.get()), 0));
    flag = TRY(int_as_u64(tuple_item(as<Tuple>(state.get()), 1)));
  }
  Ref<Int> flags = TRY(int_from_u64(flag << 1 | (self->pending_return ? 1 : 0)));
  return tuple_pack(buffer.get(), static_cast<Object*>(flags.get()));
}
constexpr Doc setstate_doc = "setstate($self, state, /)\n--\n\n";
Result<Object> setstate(NewlineDecoder* self, Object* state) {
  TRY(check(self));
  if (!is_tuple(state)) return raise(TypeError, "state argument must be a tuple");
  if (tuple_size(as<Tuple>(state)) != 2) return raise(TypeError, "setstate(): illegal state argument");
  u64 flag = TRY(int_as_u64(tuple_item(as<Tuple>(state), 1)));
  self->pending_return = flag & 1;
  if (self->decoder == None) return none_result();
  Ref<Int> rest = TRY(int_from_u64(flag >> 1));
  Ref<Tuple> inner = TRY(tuple_pack(tuple_item(as<Tuple>(state), 0), static_cast<Object*>(rest.get())));
  return call_method(self->decoder, id::setstate, static_cast<Object*>(inner.get()));
}
constexpr Doc reset_doc = "reset($self, /)\n--\n\n";
Result<Object> reset(NewlineDecoder* self) {
  TRY(check(self));
  self->seen = 0;
  self->pending_return = false;
  return self->decoder == None ? none_result() : call_method(self->decoder, id::reset);
}
Result<Object> get_newlines(NewlineDecoder* self) {
  TRY(check(self));
  Ref<Object> parts[3];
  int count = 0;
  // In the order that the types have in the documentation: \r, \n, \r\n.
  if (self->seen & kSeenReturn) parts[count++] = TRY(Result<Object>(str_from_latin1("\r")));
  if (self->seen & kSeenNewline) parts[count++] = TRY(Result<Object>(str_from_latin1("\n")));
  if (self->seen & kSeenBoth) parts[count++] = TRY(Result<Object>(str_from_latin1("\r\n")));
  if (count == 0) return none_result();
  if (count == 1) return std::move(parts[0]);
  Object* const items[] = {parts[0].get(), parts[1].get(), parts[2].get()};
  return tuple_from_array(items, count);
}
constinit PyMethodDef methods[] = {
    method<decode, decode_doc>(),
    method<getstate, getstate_doc>(),
    method<setstate, setstate_doc>(),
    method<reset, reset_doc>(),
    {},
};
constinit PyGetSetDef getset[] = {get_set<get_newlines>("newlines"), {}};
void dealloc(PyObject* object) {
  clear_field(as<NewlineDecoder>(object)->decoder);
  clear_field(as<NewlineDecoder>(object)->errors);
  object_free(object);
}
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyIncrementalNewlineDecoder_Type = {
    .tp_name = "_io.IncrementalNewlineDecoder",
    .tp_basicsize = sizeof(NewlineDecoder),
    .tp_dealloc = dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = decoder_doc.text,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_init = initializer<init, decoder_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = type_generic_new,
    .tp_free = object_plain_del,
};
