// str: searching, counting and replacing.
#include "types/int.h"
#include "types/str/internal.h"
#include "types/str/methods.h"
#include "types/str/search.h"
#include "types/tuple.h"

namespace adder {
using namespace str_detail;

namespace str_detail {
Result<void> slice_bound_from_object(Object* object, isize& bound) {
  if (object == None) return {};
  if (!index_check(object)) {
    return raise(TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  bound = TRY(number_as_ssize_t(object, nullptr));
  return {};
}
Result<void> read_search_arguments(const char* name, Object* const* args, isize nargs, SearchArguments& out) {
  if (nargs < 1) return raise(TypeError, "%s() takes at least 1 argument (%zd given)", name, nargs);
  if (nargs > 3) return raise(TypeError, "%s() takes at most 3 arguments (%zd given)", name, nargs);
  out.what = args[0];
  if (nargs > 1) TRY(slice_bound_from_object(args[1], out.start));
  if (nargs > 2) TRY(slice_bound_from_object(args[2], out.end));
  return {};
}
}  // namespace str_detail

// == Finding ==

isize str_find(Str* s, Str* pattern, isize start, isize end, int direction) {
  adjust_bounds(start, end, str_length(s));
  isize size = end - start, pattern_size = str_length(pattern);
  if (size < pattern_size) return -1;
  isize found = with_pattern(s, pattern, -1, [&](auto* text, auto* what) {
    return direction > 0 ? search::find(text + start, size, what, pattern_size)
                         : search::rfind(text + start, size, what, pattern_size);
  });
  return found < 0 ? -1 : found + start;
}
isize str_find_char(Str* s, Py_UCS4 character, isize start, isize end, int direction) {
  adjust_bounds(start, end, str_length(s));
  if (start >= end || character > str_max_char_value(s)) return -1;
  isize found = with_kind(str_kind(s), str_data(s), [&](auto* text) {
    auto c = static_cast<std::remove_cvref_t<decltype(*text)>>(character);
    return direction > 0 ? search::find_char(text + start, end - start, c)
                         : search::rfind_char(text + start, end - start, c);
  });
  return found < 0 ? -1 : found + start;
}
bool str_tail_match(Str* s, Str* pattern, isize start, isize end, int direction) {
  adjust_bounds(start, end, str_length(s));
  isize size = str_length(pattern);
  if (end - start < size) return false;
  if (size == 0) return true;
  if (direction > 0) start = end - size;
  return with_pattern(s, pattern, 0, [&](auto* text, auto* what) -> isize {
    text += start;
    if constexpr (std::is_same_v<decltype(text), decltype(what)>) {
      return std::memcmp(text, what, static_cast<usize>(size) * sizeof *text) == 0;
    }
    for (isize i = 0; i < size; ++i) {
      if (text[i] != what[i]) return 0;
    }
    return 1;
  });
}
Result<bool> str_contains(Str* s, Object* pattern) {
  if (!is_str(pattern)) {
    return raise(TypeError, "'in <string>' requires string as left operand, not %.100s", type_of(pattern)->tp_name);
  }
  return str_find(s, as<Str>(pattern), 0, kMaxSize, 1) >= 0;
}

// == Replacing ==

namespace {
// One character by another that fits the kind: in a copy, place by place.
Result<Str> replace_character(Str* s, Py_UCS4 old_character, Py_UCS4 new_character, isize max_count) {
  isize length = str_length(s), at = str_find_char(s, old_character, 0, length, 1);
  if (at < 0) return share_exact(s);
  Py_UCS4 widest = str_max_char_value(s);
  Ref<Str> result = TRY(str_new(length, new_character > widest ? new_character : widest));
  copy_from(result, 0, s, 0, length);
  with_kind(str_kind(result), str_data(result), [&](auto* const_text) {
    using Character = std::remove_cvref_t<decltype(*const_text)>;
    Character* text = const_cast<Character*>(const_text);
    Character from = static_cast<Character>(old_character), to = static_cast<Character>(new_character);
    if (max_count >= length) {
      for (isize i = at; i < length; ++i) text[i] = text[i] == from ? to : text[i];
      return;
    }
    while (max_count-- > 0) {
      text[at++] = to;
      isize next = search::find_char(text + at, length - at, from);
      if (next < 0) break;
      at += next;
    }
  });
  return canonical(std::move(result));
}
}  // namespace

Result<Str> str_replace(Str* s, Str* old_text, Str* new_text, isize max_count) {
  isize length = str_length(s), old_size = str_length(old_text), new_size = str_length(new_text);
  if (max_count < 0) max_count = kMaxSize;
  if (max_count == 0 || length < old_size || old_text == new_text) return share_exact(s);
  if (old_size == 1 && new_size == 1 && str_kind(new_text) <= str_kind(s)) {
    return replace_character(s, str_read_char(old_text, 0), str_read_char(new_text, 0), max_count);
  }
  isize occurrences = with_pattern(
      s, old_text, 0, [&](auto* text, auto* what) { return search::count(text, length, what, old_size, max_count); });
  if (occurrences == 0) return share_exact(s);
  isize change = new_size - old_size;
  if (change > 0 && occurrences > (kMaxSize - length) / change) {
    return raise(OverflowError, "replace string is too long");
  }
  Py_UCS4 a = str_max_char_value(s), b = str_max_char_value(new_text);
  Ref<Str> result = TRY(str_new(length + occurrences * change, a > b ? a : b));
  if (str_length(result) == 0) return result;
  int kind = str_kind(result), source_kind = str_kind(s);
  void* out = str_data(result);
  const void* source = str_data(s);
  isize at = 0, written = 0;
  auto copy = [&](isize from, isize to) {
    copy_characters(kind, out, written, source_kind, source, from, to - from);
    written += to - from;
  };
  auto insert = [&] {
    if (new_size == 1)
      str_write(kind, out, written, str_read_char(new_text, 0));
    else
      copy_characters(kind, out, written, str_kind(new_text), str_data(new_text), 0, new_size);
    written += new_size;
  };
  if (old_size == 0) {
    // Between the characters, and at both ends.
    insert();
    for (isize i = 1; i < occurrences; ++i, ++at) {
      copy(at, at + 1);
      insert();
    }
  } else {
    for (isize i = 0; i < occurrences; ++i) {
      isize found = with_pattern(s, old_text, -1, [&](auto* text, auto* what) {
        return search::find(text + at, length - at, what, old_size);
      });
      copy(at, at + found);
      insert();
      at += found + old_size;
    }
  }
  copy(at, length);
  if (a <= b && b == str_max_char_value(result) && new_size > 0) return result;
  return canonical(std::move(result));
}

// == Methods ==

namespace str_methods {
namespace {
Result<isize> search(const char* name, Str* self, Object* const* args, isize nargs, int direction) {
  SearchArguments arguments;
  TRY(read_search_arguments(name, args, nargs, arguments));
  if (!is_str(arguments.what)) return raise(TypeError, "must be str, not %.100s", type_of(arguments.what)->tp_name);
  return str_find(self, as<Str>(arguments.what), arguments.start, arguments.end, direction);
}
Result<bool> match_end(const char* name, Str* self, Object* const* args, isize nargs, int direction) {
  SearchArguments arguments;
  TRY(read_search_arguments(name, args, nargs, arguments));
  if (is_tuple(arguments.what)) {
    Tuple* choices = as<Tuple>(arguments.what);
    for (isize i = 0; i < tuple_size(choices); ++i) {
      Object* choice = tuple_item(choices, i);
      if (!is_str(choice)) {
        return raise(TypeError, "tuple for %s must only contain str, not %.100s", name, type_of(choice)->tp_name);
      }
      if (str_tail_match(self, as<Str>(choice), arguments.start, arguments.end, direction)) return true;
    }
    return false;
  }
  if (!is_str(arguments.what)) {
    return raise(TypeError, "%s first arg must be str or a tuple of str, not %.100s", name,
                 type_of(arguments.what)->tp_name);
  }
  return str_tail_match(self, as<Str>(arguments.what), arguments.start, arguments.end, direction);
}
}  // namespace

Result<isize> find(Str* self, Object* const* args, isize nargs) { return search("find", self, args, nargs, 1); }
Result<isize> rfind(Str* self, Object* const* args, isize nargs) { return search("rfind", self, args, nargs, -1); }
Result<isize> index(Str* self, Object* const* args, isize nargs) {
  isize found = TRY(search("index", self, args, nargs, 1));
  if (found < 0) return raise(ValueError, "substring not found");
  return found;
}
Result<isize> rindex(Str* self, Object* const* args, isize nargs) {
  isize found = TRY(search("rindex", self, args, nargs, -1));
  if (found < 0) return raise(ValueError, "substring not found");
  return found;
}
Result<isize> count(Str* self, Object* const* args, isize nargs) {
  SearchArguments arguments;
  TRY(read_search_arguments("count", args, nargs, arguments));
  if (!is_str(arguments.what)) return raise(TypeError, "must be str, not %.100s", type_of(arguments.what)->tp_name);
  Str* pattern = as<Str>(arguments.what);
  adjust_bounds(arguments.start, arguments.end, str_length(self));
  isize size = arguments.end - arguments.start;
  if (size < str_length(pattern)) return 0;
  return with_pattern(self, pattern, 0, [&](auto* text, auto* what) {
    return search::count(text + arguments.start, size, what, str_length(pattern));
  });
}
Result<bool> startswith(Str* self, Object* const* args, isize nargs) {
  return match_end("startswith", self, args, nargs, -1);
}
Result<bool> endswith(Str* self, Object* const* args, isize nargs) {
  return match_end("endswith", self, args, nargs, 1);
}
Result<Str> replace(Str* self, Str* old_text, Str* new_text, isize max_count) {
  return str_replace(self, old_text, new_text, max_count);
}
Result<Str> removeprefix(Str* self, Str* prefix) {
  if (!str_tail_match(self, prefix, 0, kMaxSize, -1)) return share_exact(self);
  return str_substring(self, str_length(prefix), str_length(self));
}
Result<Str> removesuffix(Str* self, Str* suffix) {
  if (str_length(suffix) == 0 || !str_tail_match(self, suffix, 0, kMaxSize, 1)) return share_exact(self);
  return str_substring(self, 0, str_length(self) - str_length(suffix));
}
}  // namespace str_methods
}  // namespace adder
