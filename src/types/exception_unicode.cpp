// exception_unicode: UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError, for the codecs' error handlers.
#include "object/buffer.h"
#include "types/bytes.h"
#include "types/exception_layout.h"
#include "types/int.h"

namespace adder {
using namespace exception_detail;
namespace {
using UnicodeErrorObject = PyUnicodeErrorObject;

Result<Str> string_argument(Tuple* args, int index) {
  Object* value = args->ob_item[index];
  if (!is_str(value)) return raise(TypeError, "argument %d must be str, not %.50s", index + 1, value->ob_type->tp_name);
  return new_ref(as<Str>(value));
}
Result<isize> position_argument(Tuple* args, int index) {
  return number_as_ssize_t(args->ob_item[index], OverflowError);
}

// `coded`: encoding, object, start, end, reason; else without encoding (translate). `decode`: object is bytes.
Result<void> set_up(UnicodeErrorObject* self, Tuple* args, bool coded, bool decode) {
  isize count = coded ? 5 : 4;
  if (args->ob_size != count)
    return raise(TypeError, "function takes exactly %zd arguments (%zd given)", count, args->ob_size);
  int at = 0;
  Ref<Object> encoding, object;
  if (coded) encoding = TRY(string_argument(args, at++));
  if (decode) {
    object = new_ref(args->ob_item[at++]);
    if (!is_bytes(object)) {
      BufferView view;
      TRY(view.acquire(object));
      object = TRY(bytes_from_view({view.data(), static_cast<usize>(view.size())}));
    }
  } else {
    object = TRY(string_argument(args, at++));
  }
  isize start = TRY(position_argument(args, at++));
  isize end = TRY(position_argument(args, at++));
  Ref<Object> reason = TRY(string_argument(args, at++));
  if (coded) set_field(self->encoding, std::move(encoding));
  set_field(self->object, std::move(object));
  set_field(self->reason, std::move(reason));
  self->start = start;
  self->end = end;
  return {};
}
template <bool coded, bool decode>
int unicode_error_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (base_init(self, args, kwargs) < 0) return -1;
  return set_up(as<UnicodeErrorObject>(self), as<Tuple>(args), coded, decode).to_c();
}

Result<Str> escaped(Py_UCS4 character) {
  if (character <= 0xff) return str_from_format("\\x%02x", character);
  if (character <= 0xffff) return str_from_format("\\u%04x", character);
  return str_from_format("\\U%08x", character);
}
// Text and reason for __str__: attributes may have been assigned.
Result<Str> shown(Object* value) { return value ? object_str(value) : Result<Str>(new_ref(str_empty())); }

Result<Str> encode_str(UnicodeErrorObject* self) {
  if (!self->object) return new_ref(str_empty());
  Ref<Str> reason = TRY(shown(self->reason))
  , encoding = TRY(shown(self->encoding));
  if (is_str(self->object) && self->start >= 0 && self->start < str_length(as<Str>(self->object)) &&
      self->end == self->start + 1) {
    Ref<Str> character = TRY(escaped(str_read_char(as<Str>(self->object), self->start)));
    return str_from_format("'%U' codec can't encode character '%U' in position %zd: %U", encoding.get(),
                           character.get(), self->start, reason.get());
  }
  return str_from_format("'%U' codec can't encode characters in position %zd-%zd: %U", encoding.get(), self->start,
                         self->end - 1, reason.get());
}
Result<Str> decode_str(UnicodeErrorObject* self) {
  if (!self->object) return new_ref(str_empty());
  Ref<Str> reason = TRY(shown(self->reason))
  , encoding = TRY(shown(self->encoding));
  if (is_bytes(self->object) && self->start >= 0 && self->start < as<Bytes>(self->object)->ob_size &&
      self->end == self->start + 1) {
    int byte = static_cast<u8>(as<Bytes>(self->object)->ob_sval[self->start]);
    return str_from_format("'%U' codec can't decode byte 0x%02x in position %zd: %U", encoding.get(), byte, self->start,
                           reason.get());
  }
  return str_from_format("'%U' codec can't decode bytes in position %zd-%zd: %U", encoding.get(), self->start,
                         self->end - 1, reason.get());
}
Result<Str> translate_str(UnicodeErrorObject* self) {
  if (!self->object) return new_ref(str_empty());
  Ref<Str> reason = TRY(shown(self->reason));
  if (is_str(self->object) && self->start >= 0 && self->start < str_length(as<Str>(self->object)) &&
      self->end == self->start + 1) {
    Ref<Str> character = TRY(escaped(str_read_char(as<Str>(self->object), self->start)));
    return str_from_format("can't translate character '%U' in position %zd: %U", character.get(), self->start,
                           reason.get());
  }
  return str_from_format("can't translate characters in position %zd-%zd: %U", self->start, self->end - 1,
                         reason.get());
}

constinit PyMemberDef members[] = {
    member("encoding", T_OBJECT, offsetof(UnicodeErrorObject, encoding), 0, "exception encoding"),
    member("object", T_OBJECT, offsetof(UnicodeErrorObject, object), 0, "exception object"),
    member("start", T_PYSSIZET, offsetof(UnicodeErrorObject, start), 0, "exception start"),
    member("end", T_PYSSIZET, offsetof(UnicodeErrorObject, end), 0, "exception end"),
    member("reason", T_OBJECT, offsetof(UnicodeErrorObject, reason), 0, "exception reason"),
    {}};
using UnicodeLayout =
    Layout<UnicodeErrorObject, &UnicodeErrorObject::encoding, &UnicodeErrorObject::object, &UnicodeErrorObject::reason>;
consteval PyTypeObject unicode_type(const char* name, initproc init, reprfunc str) {
  PyTypeObject type = exception_type<UnicodeErrorObject, UnicodeLayout>(name, &_PyExc_UnicodeError);
  type.tp_init = init;
  type.tp_str = str;
  type.tp_members = members;
  return type;
}
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject _PyExc_UnicodeEncodeError =
    unicode_type("UnicodeEncodeError", unicode_error_init<true, false>, slot<encode_str>);
constinit PyTypeObject _PyExc_UnicodeDecodeError =
    unicode_type("UnicodeDecodeError", unicode_error_init<true, true>, slot<decode_str>);
constinit PyTypeObject _PyExc_UnicodeTranslateError =
    unicode_type("UnicodeTranslateError", unicode_error_init<false, false>, slot<translate_str>);

namespace adder {
Result<Object> unicode_decode_error_new(const char* encoding, const char* data, isize size, isize start, isize end,
                                        const char* reason) {
  Ref<Str> name = TRY(str_from_string(encoding))
  , why = TRY(str_from_string(reason));
  Ref<Bytes> bytes = TRY(bytes_from_view({data, static_cast<usize>(size)}));
  Ref<Int> from = TRY(int_from_i64(start))
  , to = TRY(int_from_i64(end));
  return call(static_cast<Object*>(UnicodeDecodeError), name.get(), bytes.get(), from.get(), to.get(), why.get());
}
Result<Object> unicode_encode_error_new(const char* encoding, Object* text, isize start, isize end,
                                        const char* reason) {
  Ref<Str> name = TRY(str_from_string(encoding))
  , why = TRY(str_from_string(reason));
  Ref<Int> from = TRY(int_from_i64(start))
  , to = TRY(int_from_i64(end));
  return call(static_cast<Object*>(UnicodeEncodeError), name.get(), text, from.get(), to.get(), why.get());
}
Result<Object> unicode_translate_error_new(Object* text, isize start, isize end, const char* reason) {
  Ref<Str> why = TRY(str_from_string(reason));
  Ref<Int> from = TRY(int_from_i64(start))
  , to = TRY(int_from_i64(end));
  return call(static_cast<Object*>(UnicodeTranslateError), text, from.get(), to.get(), why.get());
}
Result<Object> unicode_error_get_object(Object* exception) {
  UnicodeErrorObject* e = as<UnicodeErrorObject>(exception);
  bool decode = type_check(exception, UnicodeDecodeError);
  if (!e->object) return raise(TypeError, "object attribute not set");
  if (decode && !is_bytes(e->object)) return raise(TypeError, "object attribute must be bytes");
  if (!decode && !is_str(e->object)) return raise(TypeError, "object attribute must be unicode");
  return new_ref(e->object);
}
Result<void> unicode_error_get_range(Object* exception, isize& start, isize& end) {
  Ref<Object> object = TRY(unicode_error_get_object(exception));
  isize size = is_bytes(object) ? as<Bytes>(object.get())->ob_size : str_length(as<Str>(object.get()));
  UnicodeErrorObject* e = as<UnicodeErrorObject>(exception);
  start = e->start < 0 ? 0 : e->start >= size ? (size ? size - 1 : 0) : e->start;
  end = e->end < 1 ? 1 : e->end;
  if (end > size) end = size;
  return {};
}
}  // namespace adder
