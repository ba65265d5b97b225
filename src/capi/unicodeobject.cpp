// unicodeobject: the C API's str (unicodeobject.h), without the writer (unicode_writer.cpp).
#include <cstdarg>
#include <cstring>

#include "base/hot.h"
#include "base/unicode.h"
#include "capi/capi.h"
#include "memory/allocator_hooks.h"
#include "types/codecs.h"
#include "types/str/internal.h"
#include "types/str/methods.h"
#include "types/str/percent.h"

using namespace adder;
using adder::capi::bad_call;
using adder::capi::bad_call_int;
using adder::capi::minus_one;
using adder::capi::null;

namespace {
// The arguments of a function that works on strings only; TypeError "must be str, not X".
bool expect_str(Object* object) {
  if (is_str(object)) return true;
  static_cast<void>(raise(TypeError, "must be str, not %.100s", object->ob_type->tp_name));
  return false;
}
void fix_range(isize length, isize& start, isize& end) {
  if (end > length) end = length;
  if (end < 0) end = end + length < 0 ? 0 : end + length;
  if (start < 0) start = start + length < 0 ? 0 : start + length;
}
std::string_view view_of(const char* data, isize size) { return {data, static_cast<usize>(size)}; }
}  // namespace

// == Making strings ==

ADDER_EXPORT ADDER_HOT PyObject* PyUnicode_New(Py_ssize_t size, Py_UCS4 max_char) {
  if (size < 0) return null(raise(SystemError, "Negative size passed to PyUnicode_New"));
  if (size == 0) return new_ref<Object>(str_empty()).release();
  return str_new(size, max_char).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_FromString(const char* text) { return str_from_utf8(text).to_c(); }
ADDER_EXPORT PyObject* PyUnicode_FromStringAndSize(const char* text, Py_ssize_t size) {
  if (size < 0) return null(raise(SystemError, "Negative size passed to PyUnicode_FromStringAndSize"));
  if (!text) return PyUnicode_New(size, 0x7f);
  return str_from_utf8(view_of(text, size)).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_FromKindAndData(int kind, const void* data, Py_ssize_t size) {
  if (size < 0) return null(raise(ValueError, "size must be positive"));
  if (kind != 1 && kind != 2 && kind != 4) return null(raise(SystemError, "invalid kind"));
  return str_from_kind_and_data(kind, data, size).to_c();
}
ADDER_EXPORT PyObject* _PyUnicode_FromASCII(const char* text, Py_ssize_t size) {
  return str_from_latin1(view_of(text, size)).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_FromFormatV(const char* format, va_list arguments) {
  return str_from_format_v(format, arguments).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_FromFormat(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyObject* result = str_from_format_v(format, arguments).to_c();
  va_end(arguments);
  return result;
}
ADDER_EXPORT PyObject* PyUnicode_FromOrdinal(int character) {
  if (character < 0 || character > 0x10ffff) {
    return null(raise(ValueError, "chr() arg not in range(0x110000)"));
  }
  return str_from_ordinal(static_cast<Py_UCS4>(character)).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_FromObject(PyObject* object) {
  if (is_str(object)) return str_from_object(object).to_c();
  return null(raise(TypeError, "Can't convert '%.100s' object to str implicitly", object->ob_type->tp_name));
}
ADDER_EXPORT PyObject* PyUnicode_FromWideChar(const wchar_t* text, Py_ssize_t size) {
  if (!text && size != 0) return bad_call();
  return text ? static_cast<PyObject*>(str_from_wide_char(text, size).to_c()) : new_ref<Object>(str_empty()).release();
}
ADDER_EXPORT PyObject* PyUnicode_FromUnicode(const wchar_t* text, Py_ssize_t size) {
  if (!text) return str_new_legacy(size).to_c();
  return str_from_wide_char(text, size).to_c();
}
ADDER_EXPORT int _PyUnicode_Ready(PyObject* text) { return str_ready(as<Str>(text)).to_c(); }
ADDER_EXPORT int _PyUnicode_CheckConsistency(PyObject*, int) { return 1; }
ADDER_EXPORT PyObject* PyUnicode_InternFromString(const char* text) { return str_intern_from_string(text).to_c(); }
ADDER_EXPORT void PyUnicode_InternInPlace(PyObject** place) {
  if (!*place || !is_str_exact(*place)) return;
  *place = str_intern(Ref<Str>::steal(as<Str>(*place))).release();
}
ADDER_EXPORT void PyUnicode_InternImmortal(PyObject** place) { PyUnicode_InternInPlace(place); }

// == Encoding and decoding ==

ADDER_EXPORT const char* PyUnicode_AsUTF8AndSize(PyObject* text, Py_ssize_t* size) {
  if (!is_str(text)) return null(raise(TypeError, "bad argument type for built-in operation"));
  Utf8 utf8 = str_as_utf8(as<Str>(text));
  if (utf8 && size) *size = utf8.size;
  return utf8.data;
}
ADDER_EXPORT const char* PyUnicode_AsUTF8(PyObject* text) { return PyUnicode_AsUTF8AndSize(text, nullptr); }
ADDER_EXPORT PyObject* PyUnicode_AsUTF8String(PyObject* text) {
  return is_str(text) ? str_as_utf8_bytes(as<Str>(text)).to_c() : bad_call();
}
ADDER_EXPORT PyObject* _PyUnicode_AsUTF8String(PyObject* text, const char* errors) {
  return is_str(text) ? str_as_utf8_bytes(as<Str>(text), errors).to_c() : bad_call();
}
ADDER_EXPORT PyObject* PyUnicode_AsEncodedString(PyObject* text, const char* encoding, const char* errors) {
  return is_str(text) ? str_as_encoded_string(as<Str>(text), encoding, errors).to_c() : bad_call();
}
ADDER_EXPORT PyObject* PyUnicode_AsASCIIString(PyObject* text) { return encode_ascii(as<Str>(text), nullptr).to_c(); }
ADDER_EXPORT PyObject* _PyUnicode_AsASCIIString(PyObject* text, const char* errors) {
  return encode_ascii(as<Str>(text), errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_AsLatin1String(PyObject* text) { return encode_latin1(as<Str>(text), nullptr).to_c(); }
ADDER_EXPORT PyObject* _PyUnicode_AsLatin1String(PyObject* text, const char* errors) {
  return encode_latin1(as<Str>(text), errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_AsUTF16String(PyObject* text) {
  return encode_utf16(as<Str>(text), nullptr, 0).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_AsUTF32String(PyObject* text) {
  return encode_utf32(as<Str>(text), nullptr, 0).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_AsUnicodeEscapeString(PyObject* text) {
  return encode_unicode_escape(as<Str>(text)).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_AsRawUnicodeEscapeString(PyObject* text) {
  return encode_raw_unicode_escape(as<Str>(text)).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_Decode(const char* data, Py_ssize_t size, const char* encoding, const char* errors) {
  return str_decode(data, size, encoding, errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF8(const char* data, Py_ssize_t size, const char* errors) {
  return str_decode_utf8(data, size, errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF8Stateful(const char* data, Py_ssize_t size, const char* errors,
                                                    Py_ssize_t* consumed) {
  if (!consumed) return str_decode_utf8(data, size, errors).to_c();
  return str_decode_utf8_stateful(data, size, errors, consumed).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeASCII(const char* data, Py_ssize_t size, const char* errors) {
  return str_decode_ascii(data, size, errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeLatin1(const char* data, Py_ssize_t size, const char* errors) {
  return str_decode_latin1(data, size, errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF16(const char* data, Py_ssize_t size, const char* errors, int* byte_order) {
  return decode_utf16(view_of(data, size), errors, byte_order, nullptr).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF32(const char* data, Py_ssize_t size, const char* errors, int* byte_order) {
  return decode_utf32(view_of(data, size), errors, byte_order, nullptr).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUnicodeEscape(const char* data, Py_ssize_t size, const char* errors) {
  return decode_unicode_escape(view_of(data, size), errors, nullptr).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeRawUnicodeEscape(const char* data, Py_ssize_t size, const char* errors) {
  return decode_raw_unicode_escape(view_of(data, size), errors, nullptr).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeFSDefaultAndSize(const char* data, Py_ssize_t size) {
  return str_decode_fs_default(view_of(data, size)).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeFSDefault(const char* text) { return str_decode_fs_default(text).to_c(); }
ADDER_EXPORT PyObject* PyUnicode_EncodeFSDefault(PyObject* text) { return str_encode_fs_default(as<Str>(text)).to_c(); }
ADDER_EXPORT PyObject* PyUnicode_FromEncodedObject(PyObject* object, const char* encoding, const char* errors) {
  if (!object) return bad_call();
  if (is_str(object)) return null(raise(TypeError, "decoding str is not supported"));
  BufferView view;
  if (!check_buffer(object)) {
    return null(raise(TypeError, "decoding to str: need a bytes-like object, %.80s found", object->ob_type->tp_name));
  }
  TRY_C(nullptr, view.acquire(object));
  return str_decode(view.data(), view.size(), encoding, errors).to_c();
}
ADDER_EXPORT const char* PyUnicode_GetDefaultEncoding() { return "utf-8"; }
ADDER_EXPORT int PyUnicode_FSConverter(PyObject* path, void* result) {
  PyObject** place = static_cast<PyObject**>(result);
  if (!path) {
    clear_field(*place);
    return 1;
  }
  Ref<Object> bytes = TRY_C(0, fs_converter(path));
  Bytes* checked = as<Bytes>(bytes.get());
  if (memchr(bytes_data(checked), 0, static_cast<usize>(bytes_size(checked)))) {
    return capi::zero(raise(ValueError, "embedded null byte"));
  }
  *place = bytes.release();
  constexpr int kCleanupSupported = 0x20000;
  return kCleanupSupported;
}
ADDER_EXPORT int PyUnicode_FSDecoder(PyObject* path, void* result) {
  PyObject** place = static_cast<PyObject**>(result);
  if (!path) {
    clear_field(*place);
    return 1;
  }
  *place = fs_decoder(path).to_c();
  constexpr int kCleanupSupported = 0x20000;
  return *place ? kCleanupSupported : 0;
}

// == Wide characters ==

ADDER_EXPORT Py_ssize_t PyUnicode_AsWideChar(PyObject* object, wchar_t* buffer, Py_ssize_t size) {
  if (!object) return bad_call_int();
  Str* text = as<Str>(object);
  isize length = str_length(text);
  if (!buffer) return length + 1;
  isize count = size > length ? length : size;
  for (isize i = 0; i < count; ++i) buffer[i] = static_cast<wchar_t>(str_read_char(text, i));
  if (size > length) buffer[length] = 0;
  return count;
}
ADDER_EXPORT wchar_t* PyUnicode_AsWideCharString(PyObject* object, Py_ssize_t* size) {
  if (!object || !is_str(object)) return reinterpret_cast<wchar_t*>(bad_call());
  Str* text = as<Str>(object);
  isize length = str_length(text);
  wchar_t* buffer = static_cast<wchar_t*>(memory::mem_allocate(sizeof(wchar_t) * static_cast<usize>(length + 1)));
  if (!buffer) return null(raise_no_memory());
  PyUnicode_AsWideChar(object, buffer, length + 1);
  if (size) {
    *size = length;
  } else if (wcslen(buffer) != static_cast<usize>(length)) {
    memory::mem_release(buffer);
    return null(raise(ValueError, "embedded null character"));
  }
  return buffer;
}
ADDER_EXPORT Py_UCS4* PyUnicode_AsUCS4(PyObject* object, Py_UCS4* buffer, Py_ssize_t size, int copy_null) {
  Str* text = as<Str>(object);
  isize length = str_length(text);
  if (size < length + (copy_null ? 1 : 0)) {
    return null(raise(SystemError, "string is longer than the buffer"));
  }
  for (isize i = 0; i < length; ++i) buffer[i] = str_read_char(text, i);
  if (copy_null) buffer[length] = 0;
  return buffer;
}
ADDER_EXPORT Py_UCS4* PyUnicode_AsUCS4Copy(PyObject* object) {
  isize length = str_length(as<Str>(object));
  Py_UCS4* buffer = static_cast<Py_UCS4*>(memory::mem_allocate(sizeof(Py_UCS4) * static_cast<usize>(length + 1)));
  if (!buffer) return null(raise_no_memory());
  return PyUnicode_AsUCS4(object, buffer, length + 1, 1);
}

// == Characters ==

ADDER_EXPORT Py_ssize_t PyUnicode_GetLength(PyObject* text) {
  if (!is_str(text)) return minus_one(raise(TypeError, "bad argument type for built-in operation"));
  return str_length(as<Str>(text));
}
ADDER_EXPORT Py_ssize_t PyUnicode_GetSize(PyObject* text) { return PyUnicode_GetLength(text); }
ADDER_EXPORT Py_UCS4 PyUnicode_ReadChar(PyObject* text, Py_ssize_t index) {
  if (!is_str(text))
    return static_cast<Py_UCS4>(minus_one(raise(TypeError, "bad argument type for built-in operation")));
  if (index < 0 || index >= str_length(as<Str>(text))) {
    return static_cast<Py_UCS4>(minus_one(raise(IndexError, "string index out of range")));
  }
  return str_read_char(as<Str>(text), index);
}
ADDER_EXPORT int PyUnicode_WriteChar(PyObject* text, Py_ssize_t index, Py_UCS4 character) {
  if (!is_str(text)) return minus_one(raise(TypeError, "bad argument type for built-in operation"));
  Str* target = as<Str>(text);
  if (index < 0 || index >= str_length(target)) return minus_one(raise(IndexError, "string index out of range"));
  if (text->ob_refcnt != 1) return minus_one(raise(SystemError, "Cannot modify a string currently used"));
  if (character > str_max_char_value(target)) return minus_one(raise(ValueError, "character out of range"));
  str_write(str_kind(target), str_data(target), index, character);
  return 0;
}
ADDER_EXPORT Py_UCS4 _PyUnicode_FindMaxChar(PyObject* text, Py_ssize_t start, Py_ssize_t end) {
  Py_UCS4 most = 0x7f;
  for (isize i = start; i < end; ++i) {
    Py_UCS4 c = str_read_char(as<Str>(text), i);
    if (c > most) most = c < 0x100 ? 0xff : c < 0x10000 ? 0xffff : 0x10ffff;
  }
  return most;
}
ADDER_EXPORT void _PyUnicode_FastCopyCharacters(PyObject* to, Py_ssize_t to_start, PyObject* from,
                                                Py_ssize_t from_start, Py_ssize_t count) {
  Str *target = as<Str>(to), *source = as<Str>(from);
  for (isize i = 0; i < count; ++i) {
    str_write(str_kind(target), str_data(target), to_start + i, str_read_char(source, from_start + i));
  }
}
ADDER_EXPORT Py_ssize_t PyUnicode_CopyCharacters(PyObject* to, Py_ssize_t to_start, PyObject* from,
                                                 Py_ssize_t from_start, Py_ssize_t count) {
  if (!is_str(to) || !is_str(from)) return bad_call_int();
  isize room = str_length(as<Str>(to)) - to_start, there = str_length(as<Str>(from)) - from_start;
  if (room < 0 || there < 0 || from_start < 0 || to_start < 0) {
    return minus_one(raise(IndexError, "string index out of range"));
  }
  if (count < 0) return minus_one(raise(SystemError, "how_many cannot be negative"));
  if (count > there) count = there;
  if (count > room) {
    return minus_one(raise(SystemError, "Cannot write %zi characters at %zi in a string of %zi characters", count,
                           to_start, to_start + room));
  }
  if (count == 0) return 0;
  if (to->ob_refcnt != 1) return minus_one(raise(SystemError, "Cannot modify a string currently used"));
  _PyUnicode_FastCopyCharacters(to, to_start, from, from_start, count);
  return count;
}

// == Operations ==

ADDER_EXPORT PyObject* PyUnicode_Concat(PyObject* left, PyObject* right) {
  if (!expect_str(left)) return nullptr;
  if (!is_str(right)) {
    return null(raise(TypeError, "can only concatenate str (not \"%.200s\") to str", right->ob_type->tp_name));
  }
  return str_concat(as<Str>(left), as<Str>(right)).to_c();
}
ADDER_EXPORT void PyUnicode_Append(PyObject** place, PyObject* right) {
  PyObject* left = *place;
  *place = nullptr;
  if (!left || !right || !is_str(left) || !is_str(right)) {
    if (!error_occurred()) bad_call();
    decref_or_null(left);
    return;
  }
  *place = str_append(Ref<Str>::steal(as<Str>(left)), as<Str>(right)).to_c();
}
ADDER_EXPORT void PyUnicode_AppendAndDel(PyObject** place, PyObject* right) {
  PyUnicode_Append(place, right);
  decref_or_null(right);
}
ADDER_EXPORT PyObject* PyUnicode_Join(PyObject* separator, PyObject* iterable) {
  if (!separator) {
    Ref<Str> space = TRY_C(nullptr, str_from_string(" "));
    return str_join(space, iterable).to_c();
  }
  return str_join(as<Str>(separator), iterable).to_c();
}
ADDER_EXPORT PyObject* _PyUnicode_JoinArray(PyObject* separator, PyObject* const* items, Py_ssize_t count) {
  Ref<List> list = TRY_C(nullptr, list_from_array(items, count));
  return PyUnicode_Join(separator, list);
}
ADDER_EXPORT ADDER_HOT PyObject* PyUnicode_Substring(PyObject* text, Py_ssize_t start, Py_ssize_t end) {
  if (start < 0 || end < 0) return null(raise(IndexError, "string index out of range"));
  isize length = str_length(as<Str>(text));
  if (end > length) end = length;
  if (start >= end) return new_ref<Object>(str_empty()).release();
  return str_substring(as<Str>(text), start, end).to_c();
}
ADDER_EXPORT Py_ssize_t PyUnicode_Find(PyObject* text, PyObject* pattern, Py_ssize_t start, Py_ssize_t end,
                                       int direction) {
  if (!expect_str(text) || !expect_str(pattern)) return -2;
  fix_range(str_length(as<Str>(text)), start, end);
  return str_find(as<Str>(text), as<Str>(pattern), start, end, direction);
}
ADDER_EXPORT Py_ssize_t PyUnicode_FindChar(PyObject* text, Py_UCS4 character, Py_ssize_t start, Py_ssize_t end,
                                           int direction) {
  fix_range(str_length(as<Str>(text)), start, end);
  return str_find_char(as<Str>(text), character, start, end, direction);
}
ADDER_EXPORT Py_ssize_t PyUnicode_Tailmatch(PyObject* text, PyObject* pattern, Py_ssize_t start, Py_ssize_t end,
                                            int direction) {
  if (!expect_str(text) || !expect_str(pattern)) return -1;
  return str_tail_match(as<Str>(text), as<Str>(pattern), start, end, direction);
}
ADDER_EXPORT int PyUnicode_Contains(PyObject* text, PyObject* pattern) {
  return str_contains(as<Str>(text), pattern).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_Replace(PyObject* text, PyObject* old_text, PyObject* new_text, Py_ssize_t count) {
  if (!expect_str(text) || !expect_str(old_text) || !expect_str(new_text)) return nullptr;
  return str_replace(as<Str>(text), as<Str>(old_text), as<Str>(new_text), count).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_Split(PyObject* text, PyObject* separator, Py_ssize_t count) {
  if (!expect_str(text) || (separator && !expect_str(separator))) return nullptr;
  return str_split(as<Str>(text), separator ? as<Str>(separator) : nullptr, count).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_RSplit(PyObject* text, PyObject* separator, Py_ssize_t count) {
  if (!expect_str(text) || (separator && !expect_str(separator))) return nullptr;
  return str_methods::rsplit(as<Str>(text), separator ? separator : None, count).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_Splitlines(PyObject* text, int keep_ends) {
  return expect_str(text) ? str_methods::splitlines(as<Str>(text), keep_ends).to_c() : nullptr;
}
ADDER_EXPORT PyObject* PyUnicode_Partition(PyObject* text, PyObject* separator) {
  return expect_str(text) && expect_str(separator) ? str_methods::partition(as<Str>(text), separator).to_c() : nullptr;
}
ADDER_EXPORT PyObject* PyUnicode_RPartition(PyObject* text, PyObject* separator) {
  return expect_str(text) && expect_str(separator) ? str_methods::rpartition(as<Str>(text), separator).to_c() : nullptr;
}
// kind: 0 left, 1 right, 2 both.
ADDER_EXPORT PyObject* _PyUnicode_XStrip(PyObject* text, int kind, PyObject* characters) {
  Str* self = as<Str>(text);
  Result<Str> result = kind == 0   ? str_methods::lstrip(self, characters)
                       : kind == 1 ? str_methods::rstrip(self, characters)
                                   : str_methods::strip(self, characters);
  return result.to_c();
}
ADDER_EXPORT Py_ssize_t PyUnicode_Count(PyObject* text, PyObject* pattern, Py_ssize_t start, Py_ssize_t end) {
  if (!expect_str(text) || !expect_str(pattern)) return -1;
  Ref<Int> first = TRY_C(-1, int_from_ssize_t(start)), last = TRY_C(-1, int_from_ssize_t(end));
  Object* const arguments[] = {pattern, first, last};
  return str_methods::count(as<Str>(text), arguments, 3).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_Translate(PyObject* text, PyObject* mapping, const char* errors) {
  return expect_str(text) ? str_translate(as<Str>(text), mapping, errors).to_c() : nullptr;
}
ADDER_EXPORT PyObject* _PyUnicode_Copy(PyObject* text) {
  return is_str(text) ? str_detail::exact_copy(as<Str>(text)).to_c() : bad_call();
}
// The string is the caller's alone, or is copied; the new characters of a longer one are undefined.
ADDER_EXPORT int PyUnicode_Resize(PyObject** place, Py_ssize_t length) {
  if (!place || !*place || !is_str(*place) || length < 0) return bad_call_int();
  Str* text = as<Str>(*place);
  isize old_length = str_length(text);
  if (length == old_length) return 0;
  Ref<Str> made;
  if (str_detail::is_modifiable(text) && length > 0) {
    *place = nullptr;
    Result<Str> result = str_detail::str_resize(Ref<Str>::steal(text), length);
    if (result.failed()) return -1;
    made = result.take();
  } else {
    made = TRY_C(-1, str_new(length, str_max_char_value(text)));
    if (length) str_detail::copy_from(made, 0, text, 0, length < old_length ? length : old_length);
    decref(text);
  }
  *place = made.release();
  return 0;
}
// %-formatting of an int: conversion d, i, u, o, x or X.
ADDER_EXPORT PyObject* _PyUnicode_FormatLong(PyObject* value, int alternate, int precision, int type) {
  percent::Conversion conversion;
  conversion.alternate = alternate != 0;
  conversion.precision = precision;
  conversion.type = static_cast<Py_UCS4>(type);
  return percent::format_integer(value, conversion).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_Format(PyObject* format, PyObject* arguments) {
  if (!format || !arguments) return bad_call();
  return expect_str(format) ? str_format_percent(as<Str>(format), arguments).to_c() : nullptr;
}
ADDER_EXPORT int PyUnicode_IsIdentifier(PyObject* text) { return str_is_identifier(as<Str>(text)); }
// Length of the identifier that the text begins with.
ADDER_EXPORT Py_ssize_t _PyUnicode_ScanIdentifier(PyObject* object) {
  Str* text = as<Str>(object);
  isize length = str_length(text), i = 0;
  for (; i < length; ++i) {
    Py_UCS4 c = str_read_char(text, i);
    if (i == 0 ? !unicode::is_xid_start(c) && c != '_' : !unicode::is_xid_continue(c)) break;
  }
  return i;
}
ADDER_EXPORT int PyUnicode_Compare(PyObject* left, PyObject* right) {
  if (!is_str(left) || !is_str(right)) {
    return minus_one(
        raise(TypeError, "Can't compare %.100s and %.100s", left->ob_type->tp_name, right->ob_type->tp_name));
  }
  return str_compare(as<Str>(left), as<Str>(right));
}
ADDER_EXPORT int PyUnicode_CompareWithASCIIString(PyObject* object, const char* ascii) {
  Str* text = as<Str>(object);
  isize length = str_length(text), size = static_cast<isize>(strlen(ascii));
  for (isize i = 0; i < length && i < size; ++i) {
    Py_UCS4 left = str_read_char(text, i), right = static_cast<unsigned char>(ascii[i]);
    if (left != right) return left < right ? -1 : 1;
  }
  return length == size ? 0 : length < size ? -1 : 1;
}
ADDER_EXPORT int _PyUnicode_EqualToASCIIString(PyObject* text, const char* ascii) {
  return str_equals(as<Str>(text), ascii);
}
ADDER_EXPORT int _PyUnicode_EQ(PyObject* left, PyObject* right) { return str_equal(as<Str>(left), as<Str>(right)); }
ADDER_EXPORT int _PyUnicode_Equal(PyObject* left, PyObject* right) { return str_equal(as<Str>(left), as<Str>(right)); }
ADDER_EXPORT PyObject* PyUnicode_RichCompare(PyObject* left, PyObject* right, int op) {
  if (!is_str(left) || !is_str(right)) return new_ref<Object>(NotImplemented).release();
  if (op < Py_LT || op > Py_GE) return null(raise(TypeError, "bad argument type for built-in operation"));
  bool value = compare_values(str_compare(as<Str>(left), as<Str>(right)), 0, op);
  return new_ref(bool_object(value)).release();
}

// == Properties of characters ==

ADDER_EXPORT int _PyUnicode_IsAlpha(Py_UCS4 c) { return unicode::is_alpha(c); }
ADDER_EXPORT int _PyUnicode_IsDecimalDigit(Py_UCS4 c) { return unicode::is_decimal(c); }
ADDER_EXPORT int _PyUnicode_IsDigit(Py_UCS4 c) { return unicode::is_digit(c); }
ADDER_EXPORT int _PyUnicode_IsNumeric(Py_UCS4 c) { return unicode::is_numeric(c); }
ADDER_EXPORT int _PyUnicode_IsLowercase(Py_UCS4 c) { return unicode::is_lower(c); }
ADDER_EXPORT int _PyUnicode_IsUppercase(Py_UCS4 c) { return unicode::is_upper(c); }
ADDER_EXPORT int _PyUnicode_IsTitlecase(Py_UCS4 c) { return unicode::is_title(c); }
ADDER_EXPORT int _PyUnicode_IsWhitespace(Py_UCS4 c) { return unicode::is_space(c); }
ADDER_EXPORT int _PyUnicode_IsLinebreak(Py_UCS4 c) { return unicode::is_line_break(c); }
ADDER_EXPORT int _PyUnicode_IsPrintable(Py_UCS4 c) { return unicode::is_printable(c); }
ADDER_EXPORT int _PyUnicode_IsXidStart(Py_UCS4 c) { return unicode::is_xid_start(c); }
ADDER_EXPORT int _PyUnicode_IsXidContinue(Py_UCS4 c) { return unicode::is_xid_continue(c); }
ADDER_EXPORT int _PyUnicode_IsCased(Py_UCS4 c) { return unicode::is_cased(c); }
ADDER_EXPORT int _PyUnicode_IsCaseIgnorable(Py_UCS4 c) { return unicode::is_case_ignorable(c); }
// The first character of the full mapping.
#define FIRST_MAPPING(capi_name, mapping)     \
  ADDER_EXPORT Py_UCS4 capi_name(Py_UCS4 c) { \
    char32_t mapped[3];                       \
    unicode::mapping(c, mapped);              \
    return mapped[0];                         \
  }
FIRST_MAPPING(_PyUnicode_ToLowercase, to_lower_full)
FIRST_MAPPING(_PyUnicode_ToUppercase, to_upper_full)
FIRST_MAPPING(_PyUnicode_ToTitlecase, to_title_full)
#undef FIRST_MAPPING
// Room for three characters; gives how many.
#define FULL_MAPPING(capi_name, mapping)                \
  ADDER_EXPORT int capi_name(Py_UCS4 c, Py_UCS4* out) { \
    char32_t mapped[3];                                 \
    int count = unicode::mapping(c, mapped);            \
    for (int i = 0; i < count; ++i) out[i] = mapped[i]; \
    return count;                                       \
  }
FULL_MAPPING(_PyUnicode_ToLowerFull, to_lower_full)
FULL_MAPPING(_PyUnicode_ToUpperFull, to_upper_full)
FULL_MAPPING(_PyUnicode_ToTitleFull, to_title_full)
FULL_MAPPING(_PyUnicode_ToFoldedFull, to_folded_full)
#undef FULL_MAPPING
ADDER_EXPORT double _PyUnicode_ToNumeric(Py_UCS4 c) { return unicode::numeric_value(c); }
ADDER_EXPORT int _PyUnicode_ToDecimalDigit(Py_UCS4 c) {
  return unicode::is_decimal(c) ? unicode::character(c).decimal : -1;
}
ADDER_EXPORT int _PyUnicode_ToDigit(Py_UCS4 c) { return unicode::is_digit(c) ? unicode::character(c).digit : -1; }
ADDER_EXPORT PyObject* _PyUnicode_TransformDecimalAndSpaceToASCII(PyObject* object) {
  Str* text = as<Str>(object);
  if (str_is_ascii(text)) return new_ref(object).release();
  isize length = str_length(text);
  Ref<Str> made = TRY_C(nullptr, str_new(length, 0x7f));
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read_char(text, i);
    Py_UCS4 plain = c < 0x7f                 ? c
                    : unicode::is_space(c)   ? ' '
                    : unicode::is_decimal(c) ? '0' + unicode::character(c).decimal
                                             : '?';
    str_data_1(made)[i] = static_cast<Py_UCS1>(plain);
  }
  return made.release();
}
ADDER_EXPORT void _PyUnicode_FastFill(PyObject* object, Py_ssize_t start, Py_ssize_t count, Py_UCS4 character) {
  Str* text = as<Str>(object);
  for (isize i = 0; i < count; ++i) str_write(str_kind(text), str_data(text), start + i, character);
}
ADDER_EXPORT Py_ssize_t PyUnicode_Fill(PyObject* object, Py_ssize_t start, Py_ssize_t count, Py_UCS4 character) {
  if (!is_str(object)) return bad_call_int();
  Str* text = as<Str>(object);
  if (object->ob_refcnt != 1) return minus_one(raise(SystemError, "Cannot modify a string currently used"));
  if (character > str_max_char_value(text)) {
    return minus_one(raise(ValueError, "fill character is bigger than the string maximum character"));
  }
  if (start < 0) return minus_one(raise(IndexError, "string index out of range"));
  isize room = str_length(text) - start;
  if (count > room) count = room;
  if (count < 1) return 0;
  _PyUnicode_FastFill(object, start, count, character);
  return count;
}
