// str: text, PEP 393 (one, two or four bytes a character).
//
// Access     str_kind, str_data, str_read give the characters of any ready string. Strings that this project makes are
//            always ready, compact and NUL-terminated; only instances of subclasses and strings from C code are not
//            compact.
// Rule       a str never changes once a second reference exists; the widest character decides the kind (canonical
// form).
#pragma once
#include <string_view>

#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyUnicode_Type, PyUnicodeIter_Type, _PyUnicodeASCIIIter_Type;

namespace adder {
inline bool is_str(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_UNICODE_SUBCLASS); }
inline bool is_str_exact(const Object* o) { return o->ob_type == &PyUnicode_Type; }
inline isize str_length(const Str* s) { return s->length; }
inline int str_kind(const Str* s) { return s->state.kind; }  // 1, 2 or 4
inline bool str_is_ascii(const Str* s) { return s->state.ascii; }
inline void* str_data(Str* s) {
  if (!s->state.compact) return s->data.any;
  return s->state.ascii ? static_cast<void*>(static_cast<PyASCIIObject*>(s) + 1)
                        : static_cast<void*>(static_cast<PyCompactUnicodeObject*>(s) + 1);
}
inline Py_UCS1* str_data_1(Str* s) { return static_cast<Py_UCS1*>(str_data(s)); }
inline Py_UCS2* str_data_2(Str* s) { return static_cast<Py_UCS2*>(str_data(s)); }
inline Py_UCS4* str_data_4(Str* s) { return static_cast<Py_UCS4*>(str_data(s)); }
inline Py_UCS4 str_read(int kind, const void* data, isize index) {
  if (kind == 1) return static_cast<const Py_UCS1*>(data)[index];
  if (kind == 2) return static_cast<const Py_UCS2*>(data)[index];
  return static_cast<const Py_UCS4*>(data)[index];
}
inline void str_write(int kind, void* data, isize index, Py_UCS4 character) {
  if (kind == 1)
    static_cast<Py_UCS1*>(data)[index] = static_cast<Py_UCS1>(character);
  else if (kind == 2)
    static_cast<Py_UCS2*>(data)[index] = static_cast<Py_UCS2>(character);
  else
    static_cast<Py_UCS4*>(data)[index] = character;
}
inline Py_UCS4 str_read_char(Str* s, isize index) { return str_read(str_kind(s), str_data(s), index); }
// Upper bound of the kind: 0x7f, 0xff, 0xffff or 0x10ffff.
inline Py_UCS4 str_max_char_value(const Str* s) {
  return s->state.ascii ? 0x7f : s->state.kind == 1 ? 0xff : s->state.kind == 2 ? 0xffff : 0x10ffff;
}

// An uninitialised string for characters up to `max_char` (PyUnicode_New); fill it before anyone else sees it.
Result<Str> str_new(isize length, Py_UCS4 max_char);
// A string of `length` wchar_t characters, zeros at first, that is filled through `wstr` and then made ready: for the C API.
// Until then it reads as a string of 4-byte characters, which is not the canonical form.
Result<Str> str_new_legacy(isize length);
// Finds the canonical form of a legacy string; ValueError for characters beyond U+10ffff.
Result<void> str_ready(Str* s);
Result<Str> str_from_utf8(std::string_view text);  // strict; UnicodeDecodeError
Result<Str> str_from_latin1(std::string_view text);
inline Result<Str> str_from_string(const char* text) { return str_from_utf8(text); }
Result<Str> str_from_format(const char* format, ...);
Result<Str> str_from_format_v(const char* format, __builtin_va_list arguments);
// From `size` characters of `kind` bytes each; finds the canonical form.
Result<Str> str_from_kind_and_data(int kind, const void* data, isize size);
Result<Str> str_from_ordinal(Py_UCS4 character);                  // cached below 256
Result<Str> str_from_object(Object* object);                      // an exact str
Result<Str> str_from_wide_char(const wchar_t* text, isize size);  // size -1: NUL-terminated
Str* str_empty();
// UTF-8 form, cached in the string; UnicodeEncodeError for surrogates. Result.data is null on failure.
struct Utf8 {
  const char* data;
  isize size;
  explicit operator bool() const { return data != nullptr; }
  operator std::string_view() const { return {data, static_cast<usize>(size)}; }
};
Utf8 str_as_utf8(Str* s);
// Same; for names known to be ASCII or valid.
Result<Object> str_as_encoded_string(Str* s, const char* encoding, const char* errors);  // bytes
Result<Object> str_decode(const char* data, isize size, const char* encoding, const char* errors);
Result<Str> str_decode_utf8(const char* data, isize size, const char* errors);
// `consumed` gets the bytes used; an incomplete sequence at the end is left (stateful decoding).
Result<Str> str_decode_utf8_stateful(const char* data, isize size, const char* errors, isize* consumed);
Result<Object> str_as_utf8_bytes(Str* s, const char* errors = nullptr);
Result<Str> str_decode_latin1(const char* data, isize size, const char* errors);
Result<Str> str_decode_ascii(const char* data, isize size, const char* errors);
// The file system encoding (UTF-8 with surrogateescape).
Result<Str> str_decode_fs_default(std::string_view bytes);
Result<Object> str_encode_fs_default(Str* s);
// path-like -> bytes, path-like -> str (PyUnicode_FSConverter, FSDecoder).
Result<Object> fs_converter(Object* path);
Result<Object> fs_decoder(Object* path);

bool str_equal(Str* left, Str* right);            // no Python code
bool str_equals(Str* s, std::string_view ascii);  // PyUnicode_EqualToASCIIString
int str_compare(Str* left, Str* right);           // -1, 0, 1
Py_hash_t str_hash(Str* s);
Result<Str> str_concat(Str* left, Str* right);
// Appends in place where the only reference is the caller's (PyUnicode_Append).
Result<Str> str_append(Ref<Str>&& left, Str* right);
Result<Str> str_join(Str* separator, Object* iterable);
Result<Str> str_substring(Str* s, isize start, isize end);
// Position of the first (direction > 0) or last occurrence in s[start:end], or -1.
isize str_find(Str* s, Str* pattern, isize start, isize end, int direction);
isize str_find_char(Str* s, Py_UCS4 character, isize start, isize end, int direction);
bool str_tail_match(Str* s, Str* pattern, isize start, isize end, int direction);
Result<bool> str_contains(Str* s, Object* pattern);
Result<Str> str_replace(Str* s, Str* old_text, Str* new_text, isize max_count);
Result<List> str_split(Str* s, Opt<Str*> separator, isize max_count);
Result<Str> str_format_percent(Str* format, Object* arguments);  // format % arguments (PyUnicode_Format)
bool str_is_identifier(Str* s);
// Interned strings: one object for each text. str_intern may replace the reference.
Ref<Str> str_intern(Ref<Str>&& s);
Result<Str> str_intern_from_string(const char* text);
void str_intern_static(Str* s);
inline bool str_is_interned(const Str* s) { return s->state.interned != SSTATE_NOT_INTERNED; }

// Builds a string piece by piece, widening as needed. Not an object; lives on the C stack.
class StrWriter {
 public:
  explicit StrWriter(isize expected = 0);
  ~StrWriter();
  StrWriter(const StrWriter&) = delete;
  Result<void> write_char(Py_UCS4 character);
  Result<void> write_str(Str* s);
  Result<void> write_substring(Str* s, isize start, isize end);
  Result<void> write_ascii(std::string_view ascii);
  Result<void> write_latin1(std::string_view latin1);
  Result<void> write_utf8(std::string_view utf8);
  Result<void> write_repeated(Py_UCS4 character, isize count);
  Result<void> write_repr(Object* object);
  Result<void> write_object(Object* object);  // str(object)
  // Room for `count` more characters up to max_char; then written with str_write(kind(), data(), size()…) and
  // advance().
  Result<void> prepare(isize count, Py_UCS4 max_char);
  isize size() const { return size_; }
  int kind() const { return kind_; }
  void* data() { return data_; }
  void advance(isize count) { size_ += count; }
  void truncate(isize size) { size_ = size; }
  Result<Str> finish();

 private:
  Str* buffer_;  // the string being built, or null
  void* data_;
  isize size_, capacity_;
  int kind_;
  Py_UCS4 max_char_;
  bool borrowed_ = false;  // buffer_ is somebody's string, the whole text so far: copied when more comes
};
}  // namespace adder
