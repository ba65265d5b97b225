// str: allocation, canonical form, conversions from C data, the single characters, interned strings.
//
// Layout     PEP 393 compact strings; instances of subclasses keep the characters behind data.any (PyUnicodeObject).
// Invariant  the kind is the smallest that holds the widest character; data[length] is 0.
// Interned   one table for the process holds borrowed pointers; a string that dies takes itself out. Strings of one
// Latin-1
//            character are not in the table: the cache of characters is their table.
// See        docs/text.md, tests/python/test_str.py
#include <cwchar>

#include "base/copy.h"
#include "base/hot.h"
#include "memory/allocator.h"
#include "types/keys.h"
#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

// == Single characters ==

namespace {
struct AsciiCharacter : PyASCIIObject {
  char text[2];
};
struct Latin1Character : PyCompactUnicodeObject {
  u8 text[2];
};
template <int kFirst, class T>
struct CharacterTable {
  T items[128];
  constexpr CharacterTable() : items{} {
    for (int i = 0; i < 128; ++i) {
      T& item = items[i];
      item.ob_refcnt = kImmortalRefcnt;
      item.ob_type = &PyUnicode_Type;
      item.length = 1;
      item.hash = -1;
      item.state = {.interned = SSTATE_INTERNED_IMMORTAL, .kind = 1, .compact = 1, .ascii = kFirst == 0, .ready = 1};
      item.wstr = nullptr;
      item.text[0] = static_cast<std::remove_reference_t<decltype(item.text[0])>>(kFirst + i);
      item.text[1] = 0;
    }
  }
};
constinit CharacterTable<0, AsciiCharacter> ascii_characters;
constinit CharacterTable<128, Latin1Character> latin1_characters;
// A name of one character (names.def) stands in for the table's own.
constinit Str* named_characters[128] = {};

inline Str* latin1_character(Py_UCS4 c) {
  if (c >= 128) return reinterpret_cast<Str*>(static_cast<PyASCIIObject*>(&latin1_characters.items[c - 128]));
  if (Str* named = named_characters[c]) return named;
  return reinterpret_cast<Str*>(static_cast<PyASCIIObject*>(&ascii_characters.items[c]));
}
}  // namespace

Str* str_empty() { return id::empty; }

ADDER_HOT Result<Str> str_from_ordinal(Py_UCS4 character) {
  if (character < 256) return Result<Str>::share(latin1_character(character));
  Ref<Str> s = TRY(str_new(1, character));
  str_write(str_kind(s), str_data(s), 0, character);
  return s;
}

// == Allocation ==

namespace {
// A str of ASCII characters that fits a small block, or null without an exception.
inline Str* new_short_ascii(isize length) {
  auto* s = static_cast<PyASCIIObject*>(memory::allocate(sizeof(PyASCIIObject) + static_cast<usize>(length) + 1));
  if (ADDER_UNLIKELY(!s)) return nullptr;
  s->ob_refcnt = 1;
  s->ob_type = &PyUnicode_Type;
  s->length = length;
  s->hash = -1;
  s->state = {.interned = 0, .kind = 1, .compact = 1, .ascii = 1, .ready = 1};
  s->wstr = nullptr;
  reinterpret_cast<char*>(s + 1)[length] = 0;
  return reinterpret_cast<Str*>(s);
}
constexpr isize kShortAscii = memory::kSmallLimit - sizeof(PyASCIIObject) - 1;

__attribute__((noinline)) Result<Str> new_general(isize length, Py_UCS4 max_char);
}  // namespace

ADDER_HOT Result<Str> str_new(isize length, Py_UCS4 max_char) {
  if (ADDER_LIKELY(max_char < 0x80 && static_cast<usize>(length - 1) < static_cast<usize>(kShortAscii))) {
    Str* s = new_short_ascii(length);
    if (ADDER_UNLIKELY(!s)) return raise_no_memory();
    return Result<Str>::from_c(s);
  }
  return new_general(length, max_char);
}

namespace {
ADDER_HOT Result<Str> new_general(isize length, Py_UCS4 max_char) {
  if (length == 0) return Result<Str>::share(str_empty());
  if (length < 0) return raise(SystemError, "Negative size passed to PyUnicode_New");
  if (max_char > 0x10ffff) return raise(SystemError, "invalid maximum character passed to PyUnicode_New");
  bool ascii = max_char < 0x80;
  int kind = kind_for(max_char);
  isize head = ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject);
  if (length > (kMaxSize - head) / kind - 1) return raise_no_memory();
  auto* s = static_cast<PyCompactUnicodeObject*>(memory::allocate(static_cast<usize>(head + (length + 1) * kind)));
  if (!s) return raise_no_memory();
  s->ob_refcnt = 1;
  s->ob_type = &PyUnicode_Type;
  s->length = length;
  s->hash = -1;
  s->state = {.interned = 0, .kind = static_cast<unsigned>(kind), .compact = 1, .ascii = ascii, .ready = 1};
  s->wstr = nullptr;
  if (!ascii) {
    s->utf8 = nullptr;
    s->utf8_length = 0;
    s->wstr_length = 0;
  }
  Str* result = static_cast<Str*>(s);
  str_write(kind, str_data(result), length, 0);
  return Result<Str>::from_c(result);
}
}  // namespace

// == Legacy strings ==

Result<Str> str_new_legacy(isize length) {
  if (length == 0) return Result<Str>::share(str_empty());
  if (length < 0 || length > kMaxSize / static_cast<isize>(sizeof(wchar_t)) - 1) return raise_no_memory();
  TRY(warn(DeprecationWarning, 1, "PyUnicode_FromUnicode(NULL, size) is deprecated; use PyUnicode_New() instead"));
  auto* characters = static_cast<wchar_t*>(memory::allocate_zeroed(static_cast<usize>(length + 1), sizeof(wchar_t)));
  auto* s = characters ? static_cast<Str*>(memory::allocate(sizeof(Str))) : nullptr;
  if (!s) {
    memory::release(characters);
    return raise_no_memory();
  }
  s->ob_refcnt = 1;
  s->ob_type = &PyUnicode_Type;
  s->length = s->wstr_length = length;
  s->hash = -1;
  s->state = {.interned = 0, .kind = 4, .compact = 0, .ascii = 0, .ready = 0};
  s->wstr = characters;
  s->utf8 = nullptr;
  s->utf8_length = 0;
  s->data.any = characters;
  return Result<Str>::from_c(s);
}

Result<void> str_ready(Str* s) {
  if (s->state.ready) return {};
  Py_UCS4 largest = 0;
  for (isize i = 0; i < s->wstr_length; ++i) {
    Py_UCS4 c = static_cast<Py_UCS4>(s->wstr[i]);
    if (c > 0x10ffff) return raise(ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    if (c > largest) largest = c;
  }
  int kind = kind_for(largest);
  if (kind != 4) {
    void* data = memory::allocate(static_cast<usize>((s->wstr_length + 1) * kind));
    if (!data) return raise_no_memory();
    for (isize i = 0; i <= s->wstr_length; ++i) str_write(kind, data, i, static_cast<Py_UCS4>(s->wstr[i]));
    s->data.any = data;
    s->state.kind = static_cast<unsigned>(kind);
    s->state.ascii = largest < 0x80;
  }
  if (s->state.ascii) {
    s->utf8 = static_cast<char*>(s->data.any);
    s->utf8_length = s->wstr_length;
  }
  s->state.ready = 1;
  return {};
}

namespace str_detail {
Result<Str> str_resize(Ref<Str>&& s, isize length) {
  if (length == str_length(s)) return std::move(s);
  if (length == 0) return Result<Str>::share(str_empty());
  check(is_modifiable(s), "str_resize of a shared string");
  if (!str_is_ascii(s) && s->utf8) {
    memory::release(s->utf8);
    s->utf8 = nullptr;
    s->utf8_length = 0;
  }
  if (s->wstr) {
    memory::release(s->wstr);
    s->wstr = nullptr;
  }
  int kind = str_kind(s);
  isize head = str_is_ascii(s) ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject);
  if (length > (kMaxSize - head) / kind - 1) return raise_no_memory();
  void* moved = memory::reallocate(s.get(), static_cast<usize>(head + (length + 1) * kind));
  if (!moved) return raise_no_memory();
  (void)s.release();
  Str* result = static_cast<Str*>(moved);
  result->length = length;
  result->hash = -1;
  str_write(kind, str_data(result), length, 0);
  return Result<Str>::from_c(result);
}

isize ascii_prefix(const u8* text, isize size) {
  isize i = 0;
  for (; i + 32 <= size; i += 32) {
    u64 words[4];
    std::memcpy(words, text + i, 32);
    if ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) break;
  }
  for (; i + 8 <= size; i += 8) {
    u64 word;
    std::memcpy(&word, text + i, 8);
    if (word &= 0x8080808080808080u) return i + (__builtin_ctzll(word) >> 3);
  }
  while (i < size && text[i] < 0x80) ++i;
  return i;
}

Py_UCS4 max_char_of(int kind, const void* data, isize size) {
  if (kind == 1) return all_ascii(data, size) ? 0x7f : 0xff;
  return with_kind(kind, data, [&](auto* text) -> Py_UCS4 {
    Py_UCS4 bits = 0;
    for (isize i = 0; i < size; ++i) bits |= text[i];
    return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
  });
}

ADDER_HOT void copy_characters(int to_kind, void* to, isize to_index, int from_kind, const void* from, isize from_index,
                     isize size) {
  if (ADDER_LIKELY(to_kind == from_kind)) {
    copy_short(static_cast<char*>(to) + to_index * to_kind, static_cast<const char*>(from) + from_index * from_kind,
               static_cast<usize>(size * to_kind));
    return;
  }
  with_kind(from_kind, from, [&](auto* source) {
    source += from_index;
    with_kind(to_kind, to, [&](auto* target_const) {
      auto* target =
          const_cast<std::remove_const_t<std::remove_pointer_t<decltype(target_const)>>*>(target_const) + to_index;
      for (isize i = 0; i < size; ++i) target[i] = static_cast<std::remove_reference_t<decltype(*target)>>(source[i]);
    });
  });
}

Result<Str> exact_copy(Str* s) {
  Ref<Str> copy = TRY(str_new(str_length(s), str_max_char_value(s)));
  copy_from(copy, 0, s, 0, str_length(s));
  return copy;
}

Result<Str> canonical(Ref<Str>&& s) {
  if (str_is_ascii(s)) return std::move(s);
  if (max_char_of(str_kind(s), str_data(s), str_length(s)) == str_max_char_value(s)) return std::move(s);
  return str_from_kind_and_data(str_kind(s), str_data(s), str_length(s));
}
}  // namespace str_detail

// == From C data ==

Result<Str> str_from_latin1(std::string_view text) {
  if (text.size() == 1) return Result<Str>::share(latin1_character(static_cast<u8>(text[0])));
  isize size = static_cast<isize>(text.size());
  Ref<Str> s = TRY(str_new(size, all_ascii(text.data(), size) ? 0x7f : 0xff));
  if (size) std::memcpy(str_data(s), text.data(), text.size());
  return s;
}
Result<Str> str_from_utf8(std::string_view text) {
  return str_decode_utf8(text.data(), static_cast<isize>(text.size()), nullptr);
}
Result<Str> str_from_kind_and_data(int kind, const void* data, isize size) {
  if (size < 0) return raise(ValueError, "size must be positive");
  if (size == 1) return str_from_ordinal(str_read(kind, data, 0));
  Ref<Str> s = TRY(str_new(size, max_char_of(kind, data, size)));
  if (size) copy_characters(str_kind(s), str_data(s), 0, kind, data, 0, size);
  return s;
}
Result<Str> str_from_wide_char(const wchar_t* text, isize size) {
  static_assert(sizeof(wchar_t) == 4);
  if (size < 0) size = static_cast<isize>(std::wcslen(text));
  for (isize i = 0; i < size; ++i) {
    if (static_cast<Py_UCS4>(text[i]) > 0x10ffff) {
      return raise(ValueError, "character U+%x is not in range [U+0000; U+10ffff]", static_cast<unsigned>(text[i]));
    }
  }
  return str_from_kind_and_data(4, text, size);
}
Result<Str> str_from_object(Object* object) {
  if (is_str_exact(object)) return Result<Str>::share(as<Str>(object));
  if (is_str(object)) return exact_copy(as<Str>(object));
  return raise(TypeError, "Can't convert '%.100s' object to str implicitly", type_of(object)->tp_name);
}

ADDER_HOT Result<Str> str_substring(Str* s, isize start, isize end) {
  isize length = str_length(s);
  if (end > length) end = length;
  if (start == 0 && end == length) return share_exact(s);
  if (start < 0 || end < 0) return raise(IndexError, "string index out of range");
  if (start >= end) return Result<Str>::share(str_empty());
  int kind = str_kind(s);
  const char* data = static_cast<const char*>(str_data(s)) + start * kind;
  if (str_is_ascii(s)) {
    isize size = end - start;
    if (size == 1) return Result<Str>::share(latin1_character(static_cast<u8>(data[0])));
    if (ADDER_LIKELY(size <= kShortAscii)) {
      Str* part = new_short_ascii(size);
      if (ADDER_UNLIKELY(!part)) return raise_no_memory();
      copy_short(static_cast<PyASCIIObject*>(part) + 1, data, static_cast<usize>(size));
      return Ref<Str>::steal(part);
    }
    Ref<Str> part = TRY(str_new(size, 0x7f));
    std::memcpy(str_data(part), data, static_cast<usize>(size));
    return part;
  }
  return str_from_kind_and_data(kind, data, end - start);
}

// == Comparison and hash ==

ADDER_HOT bool str_equal(Str* left, Str* right) {
  if (left == right) return true;
  if (left->length != right->length) return false;
  if (ADDER_UNLIKELY(left->state.kind != right->state.kind)) {
    return (!left->state.ready || !right->state.ready) && str_compare(left, right) == 0;
  }
  return equal_bytes(str_data(left), str_data(right), static_cast<usize>(left->length * str_kind(left)));
}
bool str_equals(Str* s, std::string_view ascii) {
  return str_is_ascii(s) && static_cast<usize>(s->length) == ascii.size() &&
         std::memcmp(str_data(s), ascii.data(), ascii.size()) == 0;
}
ADDER_HOT int str_compare(Str* left, Str* right) {
  if (left == right) return 0;
  isize size = left->length < right->length ? left->length : right->length;
  int order = 0;
  if (str_kind(left) == 1 && str_kind(right) == 1) {
    if (size) {  // mostly the first characters tell
      int difference = *str_data_1(left) - *str_data_1(right);
      if (difference) return difference < 0 ? -1 : 1;
    }
    if (size > 1) order = std::memcmp(str_data(left), str_data(right), static_cast<usize>(size));
  } else {
    with_kind(str_kind(left), str_data(left), [&](auto* a) {
      with_kind(str_kind(right), str_data(right), [&](auto* b) {
        for (isize i = 0; i < size; ++i) {
          if (a[i] != b[i]) {
            order = static_cast<Py_UCS4>(a[i]) < static_cast<Py_UCS4>(b[i]) ? -1 : 1;
            return;
          }
        }
      });
    });
  }
  if (order) return order < 0 ? -1 : 1;
  return left->length == right->length ? 0 : left->length < right->length ? -1 : 1;
}
ADDER_HOT Py_hash_t str_hash(Str* s) {
  if (s->hash != -1) return s->hash;
  if (ADDER_UNLIKELY(!s->state.ready) && str_ready(s).failed()) error_clear();
  return s->hash = hash_bytes(str_data(s), s->length * str_kind(s));
}

// == Concatenation ==

ADDER_HOT Result<Str> str_concat(Str* left, Str* right) {
  if (str_length(left) == 0) return share_exact(right);
  if (str_length(right) == 0) return share_exact(left);
  isize left_size = str_length(left), right_size = str_length(right);
  if (left_size > kMaxSize - right_size) return raise(OverflowError, "strings are too large to concat");
  Py_UCS4 a = str_max_char_value(left), b = str_max_char_value(right);
  Ref<Str> s = TRY(str_new(left_size + right_size, a > b ? a : b));
  copy_from(s, 0, left, 0, left_size);
  copy_from(s, left_size, right, 0, right_size);
  return s;
}
Result<Str> str_append(Ref<Str>&& left, Str* right) {
  isize left_size = str_length(left), right_size = str_length(right);
  if (left_size && right_size && is_modifiable(left) && left.get() != right &&
      str_max_char_value(right) <= str_max_char_value(left) && left_size <= kMaxSize - right_size) {
    Ref<Str> s = TRY(str_resize(std::move(left), left_size + right_size));
    copy_from(s, left_size, right, 0, right_size);
    return s;
  }
  return str_concat(left, right);
}

// == Interned strings ==

namespace {
// Open addressing, power of two, linear probing; deleted entries are closed up, so there are no tombstones.
struct InternTable {
  Str** slots;
  usize capacity, used;
};
constinit InternTable interned = {};

usize intern_index(Py_hash_t hash) { return static_cast<usize>(hash) * 0x9E3779B97F4A7C15u >> 20; }
usize intern_index(Str* s) { return intern_index(str_hash(s)); }
bool intern_grow() {
  usize capacity = interned.capacity ? interned.capacity * 2 : 4096;
  Str** slots = static_cast<Str**>(__builtin_calloc(capacity, sizeof(Str*)));
  if (!slots) return false;
  for (usize i = 0; i < interned.capacity; ++i) {
    if (Str* s = interned.slots[i]) {
      usize at = intern_index(s) & (capacity - 1);
      while (slots[at]) at = (at + 1) & (capacity - 1);
      slots[at] = s;
    }
  }
  __builtin_free(interned.slots);
  interned.slots = slots;
  interned.capacity = capacity;
  return true;
}
// The slot with the string of this hash that `is_equal`, or the free slot where it belongs. Null without memory.
template <class IsEqual>
Str** intern_slot(Py_hash_t hash, IsEqual is_equal) {
  if (interned.used * 2 >= interned.capacity && !intern_grow()) return nullptr;
  usize mask = interned.capacity - 1;
  for (usize at = intern_index(hash) & mask;; at = (at + 1) & mask) {
    Str* other = interned.slots[at];
    if (!other || (other->hash == hash && is_equal(other))) return &interned.slots[at];
  }
}
Str** intern_slot(Str* s) {
  return intern_slot(s->hash, [s](Str* other) { return str_equal(other, s); });
}
void intern_remove(Str* s) {
  usize mask = interned.capacity - 1, at = intern_index(s) & mask;
  while (interned.slots[at] != s) at = (at + 1) & mask;
  for (usize next = at;;) {
    interned.slots[at] = nullptr;
    for (;;) {
      next = (next + 1) & mask;
      Str* moved = interned.slots[next];
      if (!moved) {
        --interned.used;
        return;
      }
      usize home = intern_index(moved) & mask;
      if (((next - home) & mask) >= ((next - at) & mask)) break;
    }
    interned.slots[at] = interned.slots[next];
    at = next;
  }
}
}  // namespace

Ref<Str> str_intern(Ref<Str>&& s) {
  if (str_is_interned(s) || !is_str_exact(s)) return std::move(s);
  if (str_length(s) == 1 && str_kind(s) == 1) return Ref<Str>::share(latin1_character(str_read_char(s, 0)));
  if (str_length(s) == 0) return Ref<Str>::share(str_empty());
  str_hash(s);
  Str** place = intern_slot(s);
  if (!place) return std::move(s);
  if (*place) return Ref<Str>::share(*place);
  *place = s;
  ++interned.used;
  s->state.interned = SSTATE_INTERNED_MORTAL;
  return std::move(s);
}
Result<Str> str_detail::intern_latin1(std::string_view text) {
  if (text.size() == 1) return Result<Str>::share(latin1_character(static_cast<u8>(text[0])));
  if (text.empty()) return Result<Str>::share(str_empty());
  isize size = static_cast<isize>(text.size());
  Py_hash_t hash = hash_bytes(text.data(), size);
  Str** place = intern_slot(hash, [text, size](Str* other) {
    return str_length(other) == size && str_kind(other) == 1 && !std::memcmp(str_data(other), text.data(), text.size());
  });
  if (place && *place) return Result<Str>::share(*place);
  Ref<Str> s = TRY(str_from_latin1(text));
  s->hash = hash;
  if (!place) return s;
  *place = s;
  ++interned.used;
  s->state.interned = SSTATE_INTERNED_MORTAL;
  return s;
}
Result<Str> str_intern_from_string(const char* text) {
  std::string_view view = text;
  if (str_detail::all_ascii(text, static_cast<isize>(view.size()))) return str_detail::intern_latin1(view);
  Ref<Str> s = TRY(str_from_utf8(text));
  return str_intern(std::move(s));
}
void str_intern_static(Str* s) {
  str_hash(s);
  if (str_length(s) == 1 && str_is_ascii(s)) {
    named_characters[str_read_char(s, 0)] = s;
    return;
  }
  Str** place = intern_slot(s);
  if (place && !*place) {
    *place = s;
    ++interned.used;
  }
}

// tp_dealloc of str.
extern "C" ADDER_HOT void adder_str_dealloc(PyObject* object) {
  Str* s = as<Str>(object);
  if (ADDER_LIKELY(is_str_exact(object) && s->state.interned == SSTATE_NOT_INTERNED && s->state.compact &&
                   s->state.ascii && !s->wstr)) {
    memory::release(object);
    return;
  }
  if (s->state.interned == SSTATE_INTERNED_MORTAL) intern_remove(s);
  if (s->wstr && !(s->state.compact && s->wstr == str_data(s))) memory::release(s->wstr);
  if (!str_is_ascii(s) || !s->state.compact) {
    if (s->utf8 && s->utf8 != (s->state.compact ? nullptr : s->data.any)) memory::release(s->utf8);
  }
  if (!s->state.compact && s->data.any && s->data.any != s->wstr) memory::release(s->data.any);
  if (is_str_exact(object))
    memory::release(object);
  else
    type_of(object)->tp_free(object);
}
}  // namespace adder
