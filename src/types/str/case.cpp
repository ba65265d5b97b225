// str: letter case and the is… predicates.
#include "base/unicode.h"
#include "memory/allocator.h"
#include "types/str/internal.h"
#include "types/str/methods.h"

namespace adder {
using namespace str_detail;

namespace {
// == Mapping ==

// GREEK CAPITAL LETTER SIGMA becomes a final sigma after a cased character and not before one (Unicode 3.13,
// D-Final_Sigma).
char32_t lower_sigma(int kind, const void* data, isize length, isize index) {
  isize j = index - 1;
  while (j >= 0 && unicode::is_case_ignorable(str_read(kind, data, j))) --j;
  if (j < 0 || !unicode::is_cased(str_read(kind, data, j))) return 0x3c3;
  j = index + 1;
  while (j < length && unicode::is_case_ignorable(str_read(kind, data, j))) ++j;
  return j == length || !unicode::is_cased(str_read(kind, data, j)) ? 0x3c2 : 0x3c3;
}
int lower_full(int kind, const void* data, isize length, isize index, char32_t out[3]) {
  char32_t c = str_read(kind, data, index);
  if (c == 0x3a3) {
    out[0] = lower_sigma(kind, data, length, index);
    return 1;
  }
  const unicode::Character& record = unicode::character(c);
  if (ADDER_UNLIKELY(record.special_case != 0)) return unicode::to_lower_full(c, out);
  out[0] = c + static_cast<char32_t>(record.lower);
  return 1;
}
inline int title_full(char32_t c, char32_t out[3]) {
  const unicode::Character& record = unicode::character(c);
  if (ADDER_UNLIKELY(record.special_case != 0)) return unicode::to_title_full(c, out);
  out[0] = c + static_cast<char32_t>(record.title);
  return 1;
}

// Maps every character: map(index, character, out) writes one to three and gives how many.
template <class Map>
Result<Str> map_characters(Str* s, Map&& map) {
  isize length = str_length(s);
  int kind = str_kind(s);
  const void* data = str_data(s);
  if (length > kMaxSize / static_cast<isize>(3 * sizeof(Py_UCS4))) return raise_no_memory();
  auto* buffer = static_cast<char32_t*>(memory::allocate(static_cast<usize>(length) * 3 * sizeof(Py_UCS4)));
  if (!buffer) return raise_no_memory();
  char32_t* out = buffer;
  for (isize i = 0; i < length; ++i) out += map(i, str_read(kind, data, i), out);
  Result<Str> result = str_from_kind_and_data(4, buffer, out - buffer);
  memory::release(buffer);
  return result;
}
inline bool ascii_lower(u8 c) { return c >= 'a' && c <= 'z'; }
inline bool ascii_upper(u8 c) { return c >= 'A' && c <= 'Z'; }
// Maps each character of ASCII text to one.
template <class Map>
Result<Str> map_ascii(Str* s, Map&& map) {
  isize length = str_length(s);
  if (length == 0) return Result<Str>::share(str_empty());
  Ref<Str> result = TRY(str_new(length, 0x7f));
  const u8* in = str_data_1(s);
  u8* out = str_data_1(result);
  for (isize i = 0; i < length; ++i) out[i] = map(in[i]);
  return result;
}
inline u8 to_ascii_lower(u8 c) { return static_cast<u8>(c | (ascii_upper(c) ? 0x20 : 0)); }
inline u8 to_ascii_upper(u8 c) { return static_cast<u8>(c & (ascii_lower(c) ? 0xdf : 0xff)); }

// == Predicates ==

template <class Test>
bool all_of(Str* s, Test&& test) {
  return with_kind(str_kind(s), str_data(s), [&](auto* text) {
    for (isize i = 0, length = str_length(s); i < length; ++i) {
      if (!test(static_cast<char32_t>(text[i]))) return false;
    }
    return true;
  });
}
template <class Test>
bool not_empty_and_all_of(Str* s, Test&& test) {
  return str_length(s) > 0 && all_of(s, test);
}
}  // namespace

bool str_is_identifier(Str* s) {
  isize length = str_length(s);
  if (length == 0) return false;
  int kind = str_kind(s);
  const void* data = str_data(s);
  Py_UCS4 first = str_read(kind, data, 0);
  if (first != '_' && !unicode::is_xid_start(first)) return false;
  for (isize i = 1; i < length; ++i) {
    if (!unicode::is_xid_continue(str_read(kind, data, i))) return false;
  }
  return true;
}

namespace str_methods {
Result<Str> lower(Str* self) {
  if (str_is_ascii(self)) return map_ascii(self, to_ascii_lower);
  int kind = str_kind(self);
  const void* data = str_data(self);
  isize length = str_length(self);
  return map_characters(self, [&](isize i, char32_t, char32_t* out) { return lower_full(kind, data, length, i, out); });
}
Result<Str> upper(Str* self) {
  if (str_is_ascii(self)) return map_ascii(self, to_ascii_upper);
  return map_characters(self, [](isize, char32_t c, char32_t* out) { return unicode::to_upper_full(c, out); });
}
Result<Str> casefold(Str* self) {
  if (str_is_ascii(self)) return map_ascii(self, to_ascii_lower);
  return map_characters(self, [](isize, char32_t c, char32_t* out) { return unicode::to_folded_full(c, out); });
}
Result<Str> swapcase(Str* self) {
  if (str_is_ascii(self)) {
    return map_ascii(self, [](u8 c) { return static_cast<u8>(ascii_lower(c) || ascii_upper(c) ? c ^ 0x20 : c); });
  }
  int kind = str_kind(self);
  const void* data = str_data(self);
  isize length = str_length(self);
  return map_characters(self, [&](isize i, char32_t c, char32_t* out) {
    if (unicode::is_upper(c)) return lower_full(kind, data, length, i, out);
    if (unicode::is_lower(c)) return unicode::to_upper_full(c, out);
    out[0] = c;
    return 1;
  });
}
Result<Str> capitalize(Str* self) {
  if (str_length(self) == 0) return Result<Str>::share(str_empty());
  if (str_is_ascii(self)) {
    bool first = true;
    return map_ascii(self, [&](u8 c) { return std::exchange(first, false) ? to_ascii_upper(c) : to_ascii_lower(c); });
  }
  int kind = str_kind(self);
  const void* data = str_data(self);
  isize length = str_length(self);
  return map_characters(self, [&](isize i, char32_t c, char32_t* out) {
    return i == 0 ? title_full(c, out) : lower_full(kind, data, length, i, out);
  });
}
Result<Str> title(Str* self) {
  bool after_cased = false;
  if (str_is_ascii(self)) {
    return map_ascii(self, [&](u8 c) {
      u8 mapped = after_cased ? to_ascii_lower(c) : to_ascii_upper(c);
      after_cased = ascii_lower(c) || ascii_upper(c);
      return mapped;
    });
  }
  int kind = str_kind(self);
  const void* data = str_data(self);
  isize length = str_length(self);
  return map_characters(self, [&](isize i, char32_t c, char32_t* out) {
    int count = after_cased ? lower_full(kind, data, length, i, out) : title_full(c, out);
    after_cased = unicode::is_cased(c);
    return count;
  });
}

Result<bool> isalnum(Str* self) { return not_empty_and_all_of(self, unicode::is_alphanumeric); }
Result<bool> isalpha(Str* self) { return not_empty_and_all_of(self, unicode::is_alpha); }
Result<bool> isascii(Str* self) { return static_cast<bool>(str_is_ascii(self)); }
Result<bool> isdecimal(Str* self) { return not_empty_and_all_of(self, unicode::is_decimal); }
Result<bool> isdigit(Str* self) { return not_empty_and_all_of(self, unicode::is_digit); }
Result<bool> isnumeric(Str* self) { return not_empty_and_all_of(self, unicode::is_numeric); }
Result<bool> isspace(Str* self) { return not_empty_and_all_of(self, unicode::is_space); }
Result<bool> isprintable(Str* self) { return all_of(self, unicode::is_printable); }
Result<bool> isidentifier(Str* self) { return str_is_identifier(self); }
Result<bool> islower(Str* self) {
  bool cased = false;
  bool fits = all_of(self, [&](char32_t c) {
    if (unicode::is_lower(c))
      cased = true;
    else if (unicode::is_upper(c) || unicode::is_title(c))
      return false;
    return true;
  });
  return fits && cased;
}
Result<bool> isupper(Str* self) {
  bool cased = false;
  bool fits = all_of(self, [&](char32_t c) {
    if (unicode::is_upper(c))
      cased = true;
    else if (unicode::is_lower(c) || unicode::is_title(c))
      return false;
    return true;
  });
  return fits && cased;
}
Result<bool> istitle(Str* self) {
  bool cased = false, after_cased = false;
  bool fits = all_of(self, [&](char32_t c) {
    if (unicode::is_upper(c) || unicode::is_title(c)) {
      if (after_cased) return false;
      after_cased = cased = true;
    } else if (unicode::is_lower(c)) {
      if (!after_cased) return false;
      cased = true;
    } else {
      after_cased = false;
    }
    return true;
  });
  return fits && cased;
}
}  // namespace str_methods
}  // namespace adder
