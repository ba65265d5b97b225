// locale_text: conversions that work before the machine does. Bytes that no character stands for become U+DC80…U+DCFF
// with surrogateescape (PEP 383).
#include "runtime/locale_text.h"

#include <climits>
#include <clocale>
#include <cstring>
#include <cwchar>
#include <langinfo.h>

#include "memory/allocator_hooks.h"
#include "runtime/configure.h"

ADDER_EXPORT void* PyMem_RawMalloc(size_t size);
ADDER_EXPORT void* PyMem_RawRealloc(void* block, size_t size);
ADDER_EXPORT void PyMem_RawFree(void* block);

namespace adder {
namespace {
constexpr wchar_t kEscapeBase = 0xdc00;

bool is_surrogate(wchar_t c) { return c >= 0xd800 && c <= 0xdfff; }
bool is_escape(wchar_t c) { return c >= 0xdc80 && c <= 0xdcff; }

bool utf8_mode() { return preconfig().utf8_mode > 0; }
// The C locale says nothing about bytes above 127, whatever the C library makes of them.
bool is_ascii_locale() { return std::strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0; }

// Length of the well-formed sequence at `at`, 0 if there is none.
int utf8_sequence(const unsigned char* at, usize left, bool surrogates, wchar_t& character) {
  unsigned first = at[0];
  if (first < 0x80) {
    character = static_cast<wchar_t>(first);
    return 1;
  }
  int size = first >= 0xc2 && first < 0xe0   ? 2
             : first >= 0xe0 && first < 0xf0 ? 3
             : first >= 0xf0 && first < 0xf5 ? 4
                                             : 0;
  if (!size || left < static_cast<usize>(size)) return 0;
  unsigned value = first & (0x7fU >> size);
  for (int i = 1; i < size; ++i) {
    if ((at[i] & 0xc0) != 0x80) return 0;
    value = value << 6 | (at[i] & 0x3f);
  }
  if ((size == 3 && value < 0x800) || (size == 4 && (value < 0x10000 || value > 0x10ffff))) return 0;
  character = static_cast<wchar_t>(value);
  return is_surrogate(character) && !surrogates ? 0 : size;
}

int utf8_put(unsigned char* out, unsigned c) {
  if (c < 0x80) {
    out[0] = static_cast<unsigned char>(c);
    return 1;
  }
  int size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (int i = size - 1; i > 0; --i) {
    out[i] = static_cast<unsigned char>(0x80 | (c & 0x3f));
    c >>= 6;
  }
  out[0] = static_cast<unsigned char>((0xf00 >> size & 0xff) | c);
  return size;
}

// The same loops for every encoding: `step` reads one character and gives the bytes used, 0 for a bad byte.
template <class Step>
TextStatus decode(const char* text, usize size, wchar_t** out, usize* length, const char** reason, TextErrors errors,
                  Step step) {
  if (size > PTRDIFF_MAX / sizeof(wchar_t) - 1) return kTextNoMemory;
  wchar_t* made = static_cast<wchar_t*>(PyMem_RawMalloc((size + 1) * sizeof(wchar_t)));
  if (!made) return kTextNoMemory;
  usize count = 0;
  for (usize i = 0; i < size;) {
    wchar_t character;
    usize used = step(text + i, size - i, character);
    if (used) {
      made[count++] = character;
      i += used;
    } else if (errors == TextErrors::kSurrogateEscape) {
      made[count++] = kEscapeBase + static_cast<unsigned char>(text[i++]);
    } else {
      PyMem_RawFree(made);
      if (length) *length = i;
      if (reason) *reason = "decoding error";
      return kTextInvalid;
    }
  }
  made[count] = 0;
  *out = made;
  if (length) *length = count;
  return kTextDone;
}

// `step` writes one character and gives the number of bytes, 0 if it cannot be encoded.
template <class Step>
TextStatus encode(const wchar_t* text, char** out, usize* error_position, const char** reason, bool raw,
                  TextErrors errors, usize widest, Step step) {
  usize size = std::wcslen(text);
  if (size > PTRDIFF_MAX / widest - 1) return kTextNoMemory;
  usize capacity = size * widest + 1;
  char* made = static_cast<char*>(raw ? PyMem_RawMalloc(capacity) : memory::mem_allocate(capacity));
  if (!made) return kTextNoMemory;
  usize count = 0;
  for (usize i = 0; i < size; ++i) {
    if (is_escape(text[i]) && errors == TextErrors::kSurrogateEscape) {
      made[count++] = static_cast<char>(text[i] - kEscapeBase);
      continue;
    }
    usize used = step(made + count, text[i]);
    if (!used) {
      raw ? PyMem_RawFree(made) : memory::mem_release(made);
      if (error_position) *error_position = i;
      if (reason) *reason = "encoding error";
      return kTextInvalid;
    }
    count += used;
  }
  made[count] = 0;
  *out = made;
  return kTextDone;
}
bool is_one_of(TextErrors errors, bool pass) {
  return errors == TextErrors::kStrict || errors == TextErrors::kSurrogateEscape ||
         (pass && errors == TextErrors::kSurrogatePass);
}
}  // namespace

TextErrors text_errors_of(const char* name) {
  if (!name) return TextErrors::kStrict;
  constexpr const char* kNames[] = {"strict",           "surrogateescape", "replace",          "ignore",
                                    "backslashreplace", "surrogatepass",   "xmlcharrefreplace"};
  for (int i = 0; i < 7; ++i) {
    if (std::strcmp(name, kNames[i]) == 0) return static_cast<TextErrors>(i + 1);
  }
  return TextErrors::kOther;
}

TextStatus text_decode_utf8(const char* text, usize size, wchar_t** out, usize* length, const char** reason,
                            TextErrors errors) {
  if (!is_one_of(errors, true)) return kTextUnsupportedErrors;
  bool surrogates = errors == TextErrors::kSurrogatePass;
  return decode(text, size, out, length, reason, errors, [=](const char* at, usize left, wchar_t& character) {
    return static_cast<usize>(utf8_sequence(reinterpret_cast<const unsigned char*>(at), left, surrogates, character));
  });
}

TextStatus text_decode_locale(const char* text, wchar_t** out, usize* length, const char** reason, bool current_locale,
                              TextErrors errors) {
  usize size = std::strlen(text);
  if (!current_locale && utf8_mode()) return text_decode_utf8(text, size, out, length, reason, errors);
  if (!is_one_of(errors, false)) return kTextUnsupportedErrors;
  if (is_ascii_locale()) {
    return decode(text, size, out, length, reason, errors, [](const char* at, usize, wchar_t& character) -> usize {
      character = static_cast<unsigned char>(*at);
      return character < 0x80;
    });
  }
  std::mbstate_t state{};
  return decode(text, size, out, length, reason, errors, [&](const char* at, usize left, wchar_t& character) -> usize {
    usize used = std::mbrtowc(&character, at, left, &state);
    if (used != static_cast<usize>(-1) && used != static_cast<usize>(-2) && !is_surrogate(character)) return used;
    state = {};
    return 0;
  });
}

TextStatus text_encode_utf8(const wchar_t* text, char** out, usize* error_position, const char** reason, bool raw,
                            TextErrors errors) {
  if (!is_one_of(errors, true)) return kTextUnsupportedErrors;
  bool surrogates = errors == TextErrors::kSurrogatePass;
  return encode(text, out, error_position, reason, raw, errors, 4, [=](char* to, wchar_t c) -> usize {
    if (is_surrogate(c) && !surrogates) return 0;
    return static_cast<usize>(utf8_put(reinterpret_cast<unsigned char*>(to), static_cast<unsigned>(c)));
  });
}

TextStatus text_encode_locale(const wchar_t* text, char** out, usize* error_position, const char** reason, bool raw,
                              bool current_locale, TextErrors errors) {
  if (!current_locale && utf8_mode()) return text_encode_utf8(text, out, error_position, reason, raw, errors);
  if (!is_one_of(errors, false)) return kTextUnsupportedErrors;
  if (is_ascii_locale()) {
    return encode(text, out, error_position, reason, raw, errors, 1, [](char* to, wchar_t c) -> usize {
      *to = static_cast<char>(c);
      return c < 0x80;
    });
  }
  std::mbstate_t state{};
  return encode(text, out, error_position, reason, raw, errors, MB_LEN_MAX, [&](char* to, wchar_t c) -> usize {
    usize used = is_surrogate(c) ? static_cast<usize>(-1) : std::wcrtomb(to, c, &state);
    if (used != static_cast<usize>(-1)) return used;
    state = {};
    return 0;
  });
}
}  // namespace adder
