// str/internal: helpers shared by the files of types/str, and by format, codecs, _io and the C API's writer; not for
// others.
#pragma once
#include <cstring>

#include "object/object.h"
#include "types/str.h"

namespace adder::str_detail {
// Calls `function` with the data as a pointer to its character type: with_kind(kind, data, [&](auto* text) { … }).
template <class Function>
ADDER_ALWAYS_INLINE decltype(auto) with_kind(int kind, const void* data, Function&& function) {
  if (kind == 1) return function(static_cast<const Py_UCS1*>(data));
  if (kind == 2) return function(static_cast<const Py_UCS2*>(data));
  return function(static_cast<const Py_UCS4*>(data));
}
inline constexpr int kind_for(Py_UCS4 max_char) { return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4; }

// Length of the run of ASCII bytes at the start.
isize ascii_prefix(const u8* text, isize size);
inline bool all_ascii(const void* text, isize size) { return ascii_prefix(static_cast<const u8*>(text), size) == size; }
// The interned str of this text (Latin-1); nothing is allocated if there is one already.
Result<Str> intern_latin1(std::string_view text);
// An upper bound of the characters, exact enough to choose the canonical kind: 0x7f, 0xff, 0xffff or 0x10ffff.
Py_UCS4 max_char_of(int kind, const void* data, isize size);
// Copies `size` characters, widening or narrowing (the characters must fit).
void copy_characters(int to_kind, void* to, isize to_index, int from_kind, const void* from, isize from_index,
                     isize size);
inline void copy_from(Str* to, isize to_index, Str* from, isize from_index, isize size) {
  copy_characters(str_kind(to), str_data(to), to_index, str_kind(from), str_data(from), from_index, size);
}
inline void fill_characters(int kind, void* data, isize index, isize count, Py_UCS4 character) {
  if (kind == 1) {
    std::memset(static_cast<char*>(data) + index, static_cast<int>(character), static_cast<usize>(count));
  } else {
    for (isize i = 0; i < count; ++i) str_write(kind, data, index + i, character);
  }
}
// The only reference is the caller's and nobody knows the content yet: the string may be written or resized.
inline bool is_modifiable(Str* s) {
  return s->ob_refcnt == 1 && is_str_exact(s) && s->state.compact && !str_is_interned(s);
}
// Changes the length of a string that is_modifiable; the content up to the shorter length stays.
Result<Str> str_resize(Ref<Str>&& s, isize length);
// The same characters as an exact str.
Result<Str> exact_copy(Str* s);
inline Result<Str> share_exact(Str* s) { return is_str_exact(s) ? Result<Str>::share(s) : exact_copy(s); }
// Fits slice bounds to a length, as text[start:end] does.
inline void adjust_bounds(isize& start, isize& end, isize length) {
  if (end > length) end = length;
  if (end < 0 && (end += length) < 0) end = 0;
  if (start < 0 && (start += length) < 0) start = 0;
}

// One end of a slice from an argument: None and absent keep the default. TypeError "slice indices must be integers …".
Result<void> slice_bound_from_object(Object* object, isize& bound);
// The arguments of find, count, startswith …: (what[, start[, end]]), all positional.
struct SearchArguments {
  Object* what = nullptr;
  isize start = 0, end = kMaxSize;
};
Result<void> read_search_arguments(const char* name, Object* const* args, isize nargs, SearchArguments& out);

// Calls `function(text, pattern)` with both as pointers to their character types; `otherwise` if the pattern is of a
// wider kind, and so does not occur.
template <class Function>
isize with_pattern(Str* s, Str* pattern, isize otherwise, Function&& function) {
  int kind = str_kind(s), pattern_kind = str_kind(pattern);
  if (pattern_kind > kind) return otherwise;
  const void *a = str_data(s), *b = str_data(pattern);
  if (kind == 1) return function(static_cast<const Py_UCS1*>(a), static_cast<const Py_UCS1*>(b));
  if (kind == 2) {
    if (pattern_kind == 1) return function(static_cast<const Py_UCS2*>(a), static_cast<const Py_UCS1*>(b));
    return function(static_cast<const Py_UCS2*>(a), static_cast<const Py_UCS2*>(b));
  }
  if (pattern_kind == 1) return function(static_cast<const Py_UCS4*>(a), static_cast<const Py_UCS1*>(b));
  if (pattern_kind == 2) return function(static_cast<const Py_UCS4*>(a), static_cast<const Py_UCS2*>(b));
  return function(static_cast<const Py_UCS4*>(a), static_cast<const Py_UCS4*>(b));
}
// Makes the string as narrow as its characters allow.
Result<Str> canonical(Ref<Str>&& s);

// Repr of the characters as str.__repr__ writes it (quotes included).
Result<Str> repr_of(Str* s);
}  // namespace adder::str_detail
