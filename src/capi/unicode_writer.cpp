// unicode_writer: _PyUnicodeWriter, whose fields compiled code reads and writes.
#include <climits>
#include <cstring>

#include "capi/capi.h"
#include "types/str/internal.h"
#include "types/format.h"

using namespace adder;
using adder::capi::bad_call_int;

namespace {
// CPython 3.11's layout.
struct Writer {
  PyObject* buffer;
  void* data;
  int kind;
  Py_UCS4 max_char;
  isize size, position, min_length;
  Py_UCS4 min_char;
  unsigned char overallocate : 1;
  unsigned char readonly : 1;
};

void update(Writer* writer) {
  Str* text = as<Str>(writer->buffer);
  writer->max_char = str_max_char_value(text);
  writer->data = str_data(text);
  writer->kind = str_kind(text);
  writer->size = str_length(text);
  if (writer->readonly) {
    writer->kind = 0;  // so that every write goes through prepare
    writer->size = 0;
  }
}

Result<void> reserve(Writer* writer, isize length, Py_UCS4 max_char) {
  isize needed;
  if (__builtin_add_overflow(writer->position, length, &needed)) return raise_no_memory();
  if (max_char < writer->min_char) max_char = writer->min_char;
  isize size = writer->buffer && !writer->readonly ? writer->size : 0;
  isize capacity = needed > size ? needed : size;
  if (needed > size && writer->overallocate && capacity <= kMaxSize - capacity / 4) capacity += capacity / 4;
  if (capacity < writer->min_length) capacity = writer->min_length;
  if (writer->buffer && !writer->readonly && max_char <= writer->max_char && capacity > 0 &&
      str_detail::is_modifiable(as<Str>(writer->buffer))) {
    // Only longer: in place if the allocator can.
    Result<Str> longer = str_detail::str_resize(Ref<Str>::steal(as<Str>(writer->buffer)), capacity);
    if (longer.failed()) {
      writer->buffer = nullptr;
      return Error{};
    }
    writer->buffer = longer.take().release();
    update(writer);
    return {};
  }
  if (writer->buffer && writer->max_char > max_char) max_char = writer->max_char;
  Ref<Str> made = TRY(str_new(capacity, max_char));
  if (writer->position) str_detail::copy_from(made, 0, as<Str>(writer->buffer), 0, writer->position);
  writer->readonly = 0;
  set_field(writer->buffer, Ref<Object>(std::move(made)));
  update(writer);
  return {};
}

inline int prepare(Writer* writer, isize length, Py_UCS4 max_char) {
  if (length == 0 || (max_char <= writer->max_char && length <= writer->size - writer->position)) return 0;
  return reserve(writer, length, max_char).to_c();
}

// An upper bound of the characters, exact enough for the kind of the string.
Py_UCS4 widest(Str* text, isize start, isize end) {
  if (str_is_ascii(text)) return 0x7f;
  return str_detail::max_char_of(str_kind(text), static_cast<char*>(str_data(text)) + start * str_kind(text), end - start);
}
}  // namespace

ADDER_EXPORT void _PyUnicodeWriter_Init(Writer* writer) { memset(writer, 0, sizeof *writer); }
ADDER_EXPORT void _PyUnicodeWriter_Dealloc(Writer* writer) { clear_field(writer->buffer); }
ADDER_EXPORT int _PyUnicodeWriter_PrepareInternal(Writer* writer, Py_ssize_t length, Py_UCS4 max_char) {
  return reserve(writer, length, max_char).to_c();
}
ADDER_EXPORT int _PyUnicodeWriter_PrepareKindInternal(Writer* writer, int kind) {
  return reserve(writer, 0, kind == 1 ? 0xff : kind == 2 ? 0xffff : 0x10ffff).to_c();
}
ADDER_EXPORT int _PyUnicodeWriter_WriteChar(Writer* writer, Py_UCS4 character) {
  if (prepare(writer, 1, character) < 0) return -1;
  str_write(writer->kind, writer->data, writer->position++, character);
  return 0;
}
ADDER_EXPORT int _PyUnicodeWriter_WriteSubstring(Writer* writer, PyObject* object, Py_ssize_t start, Py_ssize_t end) {
  Str* text = as<Str>(object);
  if (start >= end) return 0;
  isize count = end - start;
  Py_UCS4 most = str_max_char_value(text);
  if (most > writer->max_char && count < str_length(text)) most = widest(text, start, end);
  if (prepare(writer, count, most) < 0) return -1;
  str_detail::copy_characters(writer->kind, writer->data, writer->position, str_kind(text), str_data(text), start, count);
  writer->position += count;
  return 0;
}
ADDER_EXPORT int _PyUnicodeWriter_WriteStr(Writer* writer, PyObject* object) {
  isize length = str_length(as<Str>(object));
  if (!writer->buffer && !writer->overallocate && length && is_str_exact(object)) {
    writer->readonly = 1;
    writer->buffer = new_ref(object).release();
    update(writer);
    writer->position = length;
    return 0;
  }
  return _PyUnicodeWriter_WriteSubstring(writer, object, 0, length);
}
ADDER_EXPORT int _PyUnicodeWriter_WriteLatin1String(Writer* writer, const char* text, Py_ssize_t size) {
  if (size <= 0) return 0;
  if (prepare(writer, size, str_detail::max_char_of(1, text, size)) < 0) return -1;
  str_detail::copy_characters(writer->kind, writer->data, writer->position, 1, text, 0, size);
  writer->position += size;
  return 0;
}
ADDER_EXPORT int _PyUnicodeWriter_WriteASCIIString(Writer* writer, const char* text, Py_ssize_t size) {
  return _PyUnicodeWriter_WriteLatin1String(writer, text, size < 0 ? static_cast<isize>(strlen(text)) : size);
}
ADDER_EXPORT PyObject* _PyUnicodeWriter_Finish(Writer* writer) {
  Ref<Object> text = Ref<Object>::steal(writer->buffer);
  writer->buffer = nullptr;
  if (!text || writer->position == 0) return new_ref<Object>(str_empty()).release();
  if (writer->readonly) return text.release();
  // In the canonical form: no wider and no longer than needed.
  Str* buffer = as<Str>(text.get());
  if (widest(buffer, 0, writer->position) < str_max_char_value(buffer) || writer->position == 1 ||
      !str_detail::is_modifiable(buffer)) {
    return str_from_kind_and_data(str_kind(buffer), str_data(buffer), writer->position).to_c();
  }
  return str_detail::str_resize(as<Str>(std::move(text)), writer->position).to_c();
}

// == Digits in groups ==

// Without a writer: how many characters there would be, and the widest of them. With one: puts them where the writer stands, which
// stays there.
ADDER_EXPORT Py_ssize_t _PyUnicode_InsertThousandsGrouping(Writer* writer, Py_ssize_t room, PyObject* digits, Py_ssize_t start,
                                                           Py_ssize_t count, Py_ssize_t min_width, const char* grouping,
                                                           PyObject* separator, Py_UCS4* max_char) {
  if (!is_str(separator) || (writer && (!digits || !is_str(digits)))) return bad_call_int();
  Opt<Str*> source = writer ? as<Str>(digits) : nullptr;
  auto made = str_group_digits(source, start, count, min_width, grouping, as<Str>(separator));
  if (made.failed()) return -1;
  Ref<Str> grouped = made.take();
  isize size = str_length(grouped);
  if (!writer) {
    int first = grouping[0];
    bool separated = first && first != CHAR_MAX && (count > first || min_width > first);
    Py_UCS4 widest = separated ? str_max_char_value(as<Str>(separator)) : 0;
    if (max_char) *max_char = widest > 127 ? widest : 127;
    return size;
  }
  if (size > room || room > writer->size - writer->position) return bad_call_int();
  for (isize i = 0; i < size; ++i) str_write(writer->kind, writer->data, writer->position + i, str_read_char(grouped, i));
  return size;
}
