// byte_methods: searching, splitting, joining and replacing in bytes and bytearray.
#include "base/copy.h"
#include "memory/allocator.h"
#include "types/byte_methods.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str/internal.h"
#include "types/str/search.h"
#include "types/tuple.h"

namespace adder::byte_methods {
using str_detail::SearchArguments;

// == Receiver and arguments ==

Result<Object> Receiver::allocate(isize size, char*& data) const {
  if (is_array_) {
    Ref<ByteArray> array = TRY(bytearray_from_view({}));
    TRY(bytearray_resize(array, size));
    data = bytearray_data(array);
    return array;
  }
  Ref<Bytes> bytes = TRY(bytes_new(size));
  data = bytes_data(bytes);
  return bytes;
}
Result<Object> Receiver::make(std::string_view text) const {
  if (is_array_) return bytearray_from_view(text);
  return bytes_from_view(text);
}
Result<Object> Receiver::unchanged() const {
  if (!is_array_ && is_bytes_exact(self_)) return Result<Object>::share(self_);
  return make(text());
}

Result<int> byte_from_object(Object* object) {
  Ref<Object> index = TRY(number_index(object));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow || value < 0 || value > 255) return raise(ValueError, "byte must be in range(0, 256)");
  return static_cast<int>(value);
}
Result<void> ByteArgument::acquire(Object* object) {
  if (is_bytes(object)) {
    text_ = bytes_view(as<Bytes>(object));
    return {};
  }
  TRY(view_.acquire(object));
  text_ = {view_.data(), static_cast<usize>(view_.size())};
  return {};
}
Result<void> ByteArgument::acquire_or_integer(Object* object) {
  if (is_bytes(object) || check_buffer(object)) return acquire(object);
  if (!index_check(object)) {
    return raise(TypeError, "argument should be integer or bytes-like object, not '%.200s'", type_of(object)->tp_name);
  }
  Result<int> value = byte_from_object(object);
  if (value.failed()) return Error{};
  byte_ = static_cast<char>(value.take());
  text_ = {&byte_, 1};
  return {};
}

namespace {
inline const u8* octets(std::string_view text) { return reinterpret_cast<const u8*>(text.data()); }
inline isize length(std::string_view text) { return static_cast<isize>(text.size()); }
isize find_in(std::string_view text, std::string_view what) {
  return search::find(octets(text), length(text), octets(what), length(what));
}
isize rfind_in(std::string_view text, std::string_view what) {
  return search::rfind(octets(text), length(text), octets(what), length(what));
}

// == Finding ==

Result<isize> search_with(const char* name, const Receiver& self, Object* const* args, isize nargs, bool backwards) {
  SearchArguments arguments;
  TRY(str_detail::read_search_arguments(name, args, nargs, arguments));
  ByteArgument what;
  TRY(what.acquire_or_integer(arguments.what));
  std::string_view text = self.text();
  str_detail::adjust_bounds(arguments.start, arguments.end, length(text));
  if (arguments.end - arguments.start < length(what.text())) return isize{-1};
  std::string_view part =
      text.substr(static_cast<usize>(arguments.start), static_cast<usize>(arguments.end - arguments.start));
  isize found = backwards ? rfind_in(part, what.text()) : find_in(part, what.text());
  return found < 0 ? found : found + arguments.start;
}
Result<bool> match_one(const Receiver& self, Object* object, isize start, isize end, bool at_end) {
  ByteArgument what;
  TRY(what.acquire(object));
  std::string_view text = self.text();
  str_detail::adjust_bounds(start, end, length(text));
  if (end - start < length(what.text()) || start > length(text)) return false;
  std::string_view part = text.substr(static_cast<usize>(start), static_cast<usize>(end - start));
  return at_end ? part.ends_with(what.text()) : part.starts_with(what.text());
}
Result<bool> match_end(const char* name, const Receiver& self, Object* const* args, isize nargs, bool at_end) {
  SearchArguments arguments;
  TRY(str_detail::read_search_arguments(name, args, nargs, arguments));
  if (is_tuple(arguments.what)) {
    Tuple* choices = as<Tuple>(arguments.what);
    for (isize i = 0; i < tuple_size(choices); ++i) {
      if (TRY(match_one(self, tuple_item(choices, i), arguments.start, arguments.end, at_end))) return true;
    }
    return false;
  }
  Result<bool> matches = match_one(self, arguments.what, arguments.start, arguments.end, at_end);
  if (matches.failed() && error_matches(TypeError)) {
    error_clear();
    return raise(TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", name,
                 type_of(arguments.what)->tp_name);
  }
  return matches;
}
}  // namespace

Result<isize> find(const Receiver& self, Object* const* args, isize nargs) {
  return search_with("find", self, args, nargs, false);
}
Result<isize> rfind(const Receiver& self, Object* const* args, isize nargs) {
  return search_with("rfind", self, args, nargs, true);
}
Result<isize> index(const Receiver& self, Object* const* args, isize nargs) {
  isize found = TRY(search_with("index", self, args, nargs, false));
  if (found < 0) return raise(ValueError, "subsection not found");
  return found;
}
Result<isize> rindex(const Receiver& self, Object* const* args, isize nargs) {
  isize found = TRY(search_with("rindex", self, args, nargs, true));
  if (found < 0) return raise(ValueError, "subsection not found");
  return found;
}
Result<isize> count(const Receiver& self, Object* const* args, isize nargs) {
  SearchArguments arguments;
  TRY(str_detail::read_search_arguments("count", args, nargs, arguments));
  ByteArgument what;
  TRY(what.acquire_or_integer(arguments.what));
  std::string_view text = self.text();
  str_detail::adjust_bounds(arguments.start, arguments.end, length(text));
  isize size = arguments.end - arguments.start;
  if (size < 0) return isize{0};
  return search::count(octets(text) + arguments.start, size, octets(what.text()), length(what.text()));
}
Result<bool> startswith(const Receiver& self, Object* const* args, isize nargs) {
  return match_end("startswith", self, args, nargs, false);
}
Result<bool> endswith(const Receiver& self, Object* const* args, isize nargs) {
  return match_end("endswith", self, args, nargs, true);
}
Result<bool> contains(const Receiver& self, Object* what) {
  if (index_check(what) && !check_buffer(what)) {
    int byte = TRY(byte_from_object(what));
    return self.text().find(static_cast<char>(byte)) != std::string_view::npos;
  }
  ByteArgument pattern;
  TRY(pattern.acquire(what));
  return find_in(self.text(), pattern.text()) >= 0;
}

// == Replacing ==

Result<Object> replace(const Receiver& self, Object* old_object, Object* new_object, isize max_count) {
  ByteArgument old_argument, new_argument;
  TRY(old_argument.acquire(old_object));
  TRY(new_argument.acquire(new_object));
  std::string_view text = self.text(), old_text = old_argument.text(), new_text = new_argument.text();
  if (max_count < 0) max_count = kMaxSize;
  if (max_count == 0 || length(text) < length(old_text) || (old_text.empty() && new_text.empty()))
    return self.unchanged();
  isize occurrences = search::count(octets(text), length(text), octets(old_text), length(old_text), max_count);
  if (occurrences == 0) return self.unchanged();
  isize change = length(new_text) - length(old_text);
  if (change > 0 && occurrences > (kMaxSize - length(text)) / change) {
    return raise(OverflowError, "replace bytes is too long");
  }
  char* out;
  Ref<Object> result = TRY(self.allocate(length(text) + occurrences * change, out));
  auto put = [&](std::string_view piece) {
    copy_bytes(out, piece.data(), piece.size());
    out += piece.size();
  };
  usize at = 0;
  if (old_text.empty()) {
    put(new_text);
    for (isize i = 1; i < occurrences; ++i, ++at) {
      *out++ = text[at];
      put(new_text);
    }
  } else {
    for (isize i = 0; i < occurrences; ++i) {
      usize found = static_cast<usize>(find_in(text.substr(at), old_text));
      put(text.substr(at, found));
      put(new_text);
      at += found + old_text.size();
    }
  }
  put(text.substr(at));
  return result;
}
Result<Object> removeprefix(const Receiver& self, Object* prefix) {
  ByteArgument argument;
  TRY(argument.acquire(prefix));
  std::string_view text = self.text();
  if (argument.text().empty() || !text.starts_with(argument.text())) return self.unchanged();
  return self.make(text.substr(argument.text().size()));
}
Result<Object> removesuffix(const Receiver& self, Object* suffix) {
  ByteArgument argument;
  TRY(argument.acquire(suffix));
  std::string_view text = self.text();
  if (argument.text().empty() || !text.ends_with(argument.text())) return self.unchanged();
  return self.make(text.substr(0, text.size() - argument.text().size()));
}

// == Splitting ==

namespace {
inline bool is_space(char c) { return c == ' ' || (c >= 9 && c <= 13); }
Result<void> append_piece(const Receiver& self, List* list, std::string_view text, isize start, isize end) {
  std::string_view piece = text.substr(static_cast<usize>(start), static_cast<usize>(end - start));
  Ref<Object> object = TRY(piece.size() == text.size() ? self.unchanged() : self.make(piece));
  return list_append_steal(list, std::move(object));
}
}  // namespace

Result<Object> split(const Receiver& self, Object* separator, isize max_count) {
  if (max_count < 0) max_count = kMaxSize;
  ByteArgument argument;
  if (separator != None) TRY(argument.acquire(separator));
  std::string_view text = self.text(), what = argument.text();
  isize size = length(text), at = 0;
  Ref<List> list = TRY(list_new());
  if (separator == None) {
    for (;;) {
      while (at < size && is_space(text[at])) ++at;
      if (at == size) break;
      isize start = at;
      if (max_count-- <= 0) at = size;
      while (at < size && !is_space(text[at])) ++at;
      TRY(append_piece(self, list, text, start, at));
    }
    return list;
  }
  if (what.empty()) return raise(ValueError, "empty separator");
  while (max_count-- > 0) {
    isize found = find_in(text.substr(at), what);
    if (found < 0) break;
    TRY(append_piece(self, list, text, at, at + found));
    at += found + length(what);
  }
  TRY(append_piece(self, list, text, at, size));
  return list;
}
Result<Object> rsplit(const Receiver& self, Object* separator, isize max_count) {
  if (max_count < 0) max_count = kMaxSize;
  ByteArgument argument;
  if (separator != None) TRY(argument.acquire(separator));
  std::string_view text = self.text(), what = argument.text();
  isize end = length(text);
  Ref<List> list = TRY(list_new());
  if (separator == None) {
    for (;;) {
      while (end > 0 && is_space(text[end - 1])) --end;
      if (end == 0) break;
      isize stop = end;
      if (max_count-- <= 0) end = 0;
      while (end > 0 && !is_space(text[end - 1])) --end;
      TRY(append_piece(self, list, text, end, stop));
    }
  } else {
    if (what.empty()) return raise(ValueError, "empty separator");
    while (max_count-- > 0) {
      isize found = rfind_in(text.substr(0, static_cast<usize>(end)), what);
      if (found < 0) break;
      TRY(append_piece(self, list, text, found + length(what), end));
      end = found;
    }
    TRY(append_piece(self, list, text, 0, end));
  }
  list_reverse(list);
  return list;
}
Result<Object> splitlines(const Receiver& self, int keep_ends) {
  std::string_view text = self.text();
  isize size = length(text);
  Ref<List> list = TRY(list_new());
  for (isize at = 0; at < size;) {
    isize start = at;
    while (at < size && text[at] != '\n' && text[at] != '\r') ++at;
    isize end = at;
    if (at < size) {
      at += text[at] == '\r' && at + 1 < size && text[at + 1] == '\n' ? 2 : 1;
      if (keep_ends) end = at;
    }
    TRY(append_piece(self, list, text, start, end));
  }
  return list;
}
namespace {
Result<Object> part(const Receiver& self, Object* separator, bool backwards) {
  ByteArgument argument;
  TRY(argument.acquire(separator));
  std::string_view text = self.text(), what = argument.text();
  if (what.empty()) return raise(ValueError, "empty separator");
  isize found = backwards ? rfind_in(text, what) : find_in(text, what);
  Ref<Object> head, middle, tail;
  if (found >= 0) {
    head = TRY(self.make(text.substr(0, static_cast<usize>(found))));
    middle = !self.is_array() && is_bytes(separator) ? Ref<Object>::share(separator) : TRY(self.make(what));
    tail = TRY(self.make(text.substr(static_cast<usize>(found) + what.size())));
  } else {
    Ref<Object> whole = TRY(self.unchanged());
    middle = TRY(self.make({}));
    Ref<Object> empty = TRY(self.make({}));
    head = backwards ? std::move(empty) : whole.share();
    tail = backwards ? std::move(whole) : std::move(empty);
  }
  return tuple_pack(head.get(), middle.get(), tail.get());
}
}  // namespace
Result<Object> partition(const Receiver& self, Object* separator) { return part(self, separator, false); }
Result<Object> rpartition(const Receiver& self, Object* separator) { return part(self, separator, true); }

// == Joining ==

Result<Object> join(const Receiver& self, Object* iterable) {
  Ref<Object> fast = TRY(sequence_fast(iterable, "can only join an iterable"));
  isize size = sequence_fast_size(fast);
  if (size == 0) return self.make({});
  if (size == 1 && !self.is_array() && is_bytes_exact(sequence_fast_items(fast)[0])) {
    return Result<Object>::share(sequence_fast_items(fast)[0]);
  }
  // Views of items that are no bytes stay open while their content is copied; the items themselves stay alive.
  struct Views {
    BufferView* items = nullptr;
    isize count = 0;
    ~Views() {
      for (isize i = 0; i < count; ++i) items[i].~BufferView();
      memory::release(items);
    }
  } views;
  Ref<Tuple> items = TRY(tuple_from_array(sequence_fast_items(fast), size));
  isize total = 0;
  for (isize i = 0; i < size; ++i) {
    Object* item = tuple_item(items, i);
    isize item_size;
    if (is_bytes(item)) {
      item_size = bytes_size(as<Bytes>(item));
    } else {
      if (!views.items) {
        views.items = static_cast<BufferView*>(memory::allocate(static_cast<usize>(size) * sizeof(BufferView)));
        if (!views.items) return raise_no_memory();
        for (; views.count < size; ++views.count) new (static_cast<void*>(&views.items[views.count])) BufferView();
      }
      if (views.items[i].acquire(item).failed()) {
        if (!error_matches(TypeError) && !error_matches(BufferError)) return Error{};
        error_clear();
        return raise(TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", i,
                     type_of(item)->tp_name);
      }
      item_size = views.items[i].size();
    }
    if (item_size > kMaxSize - total) return raise(OverflowError, "join() result is too long");
    total += item_size;
  }
  isize separator_size = self.size();
  if (size > 1 && separator_size > (kMaxSize - total) / (size - 1))
    return raise(OverflowError, "join() result is too long");
  total += separator_size * (size - 1);
  char* out;
  Ref<Object> result = TRY(self.allocate(total, out));
  std::string_view separator = self.text();
  for (isize i = 0; i < size; ++i) {
    if (i) {
      copy_bytes(out, separator.data(), separator.size());
      out += separator.size();
    }
    Object* item = tuple_item(items, i);
    std::string_view piece = is_bytes(item)
                                 ? bytes_view(as<Bytes>(item))
                                 : std::string_view(views.items[i].data(), static_cast<usize>(views.items[i].size()));
    copy_bytes(out, piece.data(), piece.size());
    out += piece.size();
  }
  return result;
}

// == Stripping ==

namespace {
Result<Object> strip_sides(const Receiver& self, Object* characters, bool left, bool right) {
  ByteArgument argument;
  if (characters != None) TRY(argument.acquire(characters));
  std::string_view text = self.text(), set = argument.text();
  auto drop = [&](char c) { return characters == None ? is_space(c) : set.find(c) != std::string_view::npos; };
  usize start = 0, end = text.size();
  if (left) {
    while (start < end && drop(text[start])) ++start;
  }
  if (right) {
    while (end > start && drop(text[end - 1])) --end;
  }
  if (start == 0 && end == text.size()) return self.unchanged();
  return self.make(text.substr(start, end - start));
}
}  // namespace
Result<Object> strip(const Receiver& self, Object* characters) { return strip_sides(self, characters, true, true); }
Result<Object> lstrip(const Receiver& self, Object* characters) { return strip_sides(self, characters, true, false); }
Result<Object> rstrip(const Receiver& self, Object* characters) { return strip_sides(self, characters, false, true); }
}  // namespace adder::byte_methods
