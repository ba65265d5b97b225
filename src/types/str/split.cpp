// str: taking apart and putting together: split, splitlines, partition, strip, join.
#include "base/copy.h"
#include "base/hot.h"
#include "base/unicode.h"
#include "types/list.h"
#include "types/str/internal.h"
#include "types/str/methods.h"
#include "types/str/search.h"
#include "types/tuple.h"

namespace adder {
using namespace str_detail;

namespace {
// White space below 128, for the fast path.
constexpr bool is_ascii_space(Py_UCS4 c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); }
inline bool is_space(Py_UCS4 c) { return c < 128 ? is_ascii_space(c) : unicode::is_space(c); }
inline bool is_line_break(Py_UCS4 c) {
  return c < 128 ? (c >= 10 && c <= 13) || (c >= 28 && c <= 30) : unicode::is_line_break(c);
}

Result<void> append_piece(List* list, Str* s, isize start, isize end) {
  Ref<Str> piece = TRY(str_substring(s, start, end));
  return list_append_steal(list, std::move(piece));
}
Result<List> split_white_space(Str* s, isize max_count) {
  Ref<List> list = TRY(list_new());
  isize length = str_length(s), at = 0;
  int kind = str_kind(s);
  const void* data = str_data(s);
  for (;;) {
    while (at < length && is_space(str_read(kind, data, at))) ++at;
    if (at == length) break;
    isize start = at;
    if (max_count-- <= 0) {
      // The rest keeps the white space at its end.
      TRY(append_piece(list, s, start, length));
      break;
    }
    while (at < length && !is_space(str_read(kind, data, at))) ++at;
    TRY(append_piece(list, s, start, at));
  }
  return list;
}
Result<List> rsplit_white_space(Str* s, isize max_count) {
  Ref<List> list = TRY(list_new());
  isize at = str_length(s);
  int kind = str_kind(s);
  const void* data = str_data(s);
  for (;;) {
    while (at > 0 && is_space(str_read(kind, data, at - 1))) --at;
    if (at == 0) break;
    isize end = at;
    if (max_count-- <= 0) {
      TRY(append_piece(list, s, 0, end));
      break;
    }
    while (at > 0 && !is_space(str_read(kind, data, at - 1))) --at;
    TRY(append_piece(list, s, at, end));
  }
  list_reverse(list);
  return list;
}
ADDER_HOT Result<List> split_separator(Str* s, Str* separator, isize max_count) {
  isize length = str_length(s), size = str_length(separator), at = 0;
  if (size == 0) return raise(ValueError, "empty separator");
  Ref<List> list = TRY(list_new());
  while (max_count-- > 0) {
    isize found = with_pattern(
        s, separator, -1, [&](auto* text, auto* what) { return search::find(text + at, length - at, what, size); });
    if (found < 0) break;
    TRY(append_piece(list, s, at, at + found));
    at += found + size;
  }
  TRY(append_piece(list, s, at, length));
  return list;
}
Result<List> rsplit_separator(Str* s, Str* separator, isize max_count) {
  isize end = str_length(s), size = str_length(separator);
  if (size == 0) return raise(ValueError, "empty separator");
  Ref<List> list = TRY(list_new());
  while (max_count-- > 0) {
    isize found =
        with_pattern(s, separator, -1, [&](auto* text, auto* what) { return search::rfind(text, end, what, size); });
    if (found < 0) break;
    TRY(append_piece(list, s, found + size, end));
    end = found;
  }
  TRY(append_piece(list, s, 0, end));
  list_reverse(list);
  return list;
}
}  // namespace

Result<List> str_split(Str* s, Opt<Str*> separator, isize max_count) {
  if (max_count < 0) max_count = kMaxSize;
  return separator ? split_separator(s, separator.get(), max_count) : split_white_space(s, max_count);
}

// == Joining ==

ADDER_HOT Result<Str> str_join(Str* separator, Object* iterable) {
  Ref<Object> fast = TRY(sequence_fast(iterable, "can only join an iterable"));
  isize size = sequence_fast_size(fast);
  Object** items = sequence_fast_items(fast);
  if (size == 0) return Result<Str>::share(str_empty());
  if (size == 1 && is_str_exact(items[0])) return Result<Str>::share(as<Str>(items[0]));
  isize separator_size = str_length(separator);
  Py_UCS4 max_char = size > 1 && separator_size ? str_max_char_value(separator) : 0x7f;
  isize total = 0;
  if (size > 1 && separator_size > kMaxSize / (size - 1)) {
    return raise(OverflowError, "join() result is too long for a Python string");
  }
  total = separator_size * (size - 1);
  for (isize i = 0; i < size; ++i) {
    Object* item = items[i];
    if (!is_str(item)) {
      return raise(TypeError, "sequence item %zd: expected str instance, %.80s found", i, type_of(item)->tp_name);
    }
    Str* s = as<Str>(item);
    if (str_max_char_value(s) > max_char) max_char = str_max_char_value(s);
    if (str_length(s) > kMaxSize - total) {
      return raise(OverflowError, "join() result is too long for a Python string");
    }
    total += str_length(s);
  }
  Ref<Str> result = TRY(str_new(total, max_char));
  if (total == 0) return result;
  int kind = str_kind(result);
  void* out = str_data(result);
  isize at = 0;
  for (isize i = 0; i < size; ++i) {
    if (i && separator_size) {
      if (separator_size == 1)
        str_write(kind, out, at, str_read_char(separator, 0));
      else
        copy_characters(kind, out, at, str_kind(separator), str_data(separator), 0, separator_size);
      at += separator_size;
    }
    Str* s = as<Str>(items[i]);
    isize length = str_length(s);
    if (ADDER_LIKELY(kind == 1))
      copy_short(static_cast<char*>(out) + at, str_data(s), static_cast<usize>(length));
    else
      copy_characters(kind, out, at, str_kind(s), str_data(s), 0, length);
    at += length;
  }
  return result;
}

// == Methods ==

namespace str_methods {
namespace {
enum Side { kLeft = 1, kRight = 2, kBoth = 3 };

Result<Str> strip_sides(Str* self, Object* characters, int sides, const char* name) {
  isize start = 0, end = str_length(self);
  int kind = str_kind(self);
  const void* data = str_data(self);
  if (characters == None) {
    if (sides & kLeft) {
      while (start < end && is_space(str_read(kind, data, start))) ++start;
    }
    if (sides & kRight) {
      while (end > start && is_space(str_read(kind, data, end - 1))) --end;
    }
  } else {
    if (!is_str(characters)) return raise(TypeError, "%s arg must be None or str", name);
    Str* set = as<Str>(characters);
    // A filter on the low six bits answers most characters that are not in the set.
    u64 filter = 0;
    for (isize i = 0; i < str_length(set); ++i) filter |= u64{1} << (str_read_char(set, i) & 63);
    auto in_set = [&](Py_UCS4 c) { return (filter >> (c & 63) & 1) && str_find_char(set, c, 0, kMaxSize, 1) >= 0; };
    if (sides & kLeft) {
      while (start < end && in_set(str_read(kind, data, start))) ++start;
    }
    if (sides & kRight) {
      while (end > start && in_set(str_read(kind, data, end - 1))) --end;
    }
  }
  return str_substring(self, start, end);
}
Result<void> check_separator(Object* separator) {
  if (separator != None && !is_str(separator)) {
    return raise(TypeError, "must be str or None, not %.100s", type_of(separator)->tp_name);
  }
  return {};
}
Result<Tuple> three_parts(Str* self, isize found, isize size, Str* separator) {
  Ref<Str> head = TRY(str_substring(self, 0, found));
  Ref<Str> tail = TRY(str_substring(self, found + size, str_length(self)));
  return tuple_pack(static_cast<Object*>(head.get()), static_cast<Object*>(separator),
                    static_cast<Object*>(tail.get()));
}
Result<void> check_partition(Object* separator) {
  if (!is_str(separator)) return raise(TypeError, "must be str, not %.100s", type_of(separator)->tp_name);
  if (str_length(as<Str>(separator)) == 0) return raise(ValueError, "empty separator");
  return {};
}
}  // namespace

Result<Str> strip(Str* self, Object* characters) { return strip_sides(self, characters, kBoth, "strip"); }
Result<Str> lstrip(Str* self, Object* characters) { return strip_sides(self, characters, kLeft, "lstrip"); }
Result<Str> rstrip(Str* self, Object* characters) { return strip_sides(self, characters, kRight, "rstrip"); }
Result<Str> join(Str* self, Object* iterable) { return str_join(self, iterable); }

Result<List> split(Str* self, Object* separator, isize max_count) {
  TRY(check_separator(separator));
  return str_split(self, separator == None ? nullptr : as<Str>(separator), max_count);
}
Result<List> rsplit(Str* self, Object* separator, isize max_count) {
  TRY(check_separator(separator));
  if (max_count < 0) max_count = kMaxSize;
  return separator == None ? rsplit_white_space(self, max_count)
                           : rsplit_separator(self, as<Str>(separator), max_count);
}
Result<List> splitlines(Str* self, int keep_ends) {
  Ref<List> list = TRY(list_new());
  isize length = str_length(self);
  int kind = str_kind(self);
  const void* data = str_data(self);
  for (isize at = 0; at < length;) {
    isize start = at;
    while (at < length && !is_line_break(str_read(kind, data, at))) ++at;
    isize end = at;
    if (at < length) {
      at += str_read(kind, data, at) == '\r' && at + 1 < length && str_read(kind, data, at + 1) == '\n' ? 2 : 1;
      if (keep_ends) end = at;
    }
    TRY(append_piece(list, self, start, end));
  }
  return list;
}
Result<Tuple> partition(Str* self, Object* separator) {
  TRY(check_partition(separator));
  isize found = str_find(self, as<Str>(separator), 0, kMaxSize, 1);
  if (found >= 0) return three_parts(self, found, str_length(as<Str>(separator)), as<Str>(separator));
  Ref<Str> whole = TRY(share_exact(self));
  return tuple_pack(static_cast<Object*>(whole.get()), static_cast<Object*>(str_empty()),
                    static_cast<Object*>(str_empty()));
}
Result<Tuple> rpartition(Str* self, Object* separator) {
  TRY(check_partition(separator));
  isize found = str_find(self, as<Str>(separator), 0, kMaxSize, -1);
  if (found >= 0) return three_parts(self, found, str_length(as<Str>(separator)), as<Str>(separator));
  Ref<Str> whole = TRY(share_exact(self));
  return tuple_pack(static_cast<Object*>(str_empty()), static_cast<Object*>(str_empty()),
                    static_cast<Object*>(whole.get()));
}
}  // namespace str_methods
}  // namespace adder
