// locale_text: text between bytes in the locale's encoding (or UTF-8) and wide characters, before and without Python
// objects.
#pragma once
#include "base/config.h"

namespace adder {
// CPython's numbers (_Py_error_handler).
enum class TextErrors : int {
  kUnknown = 0,
  kStrict,
  kSurrogateEscape,
  kReplace,
  kIgnore,
  kBackslashReplace,
  kSurrogatePass,
  kXmlCharRefReplace,
  kOther,
};
TextErrors text_errors_of(const char* name);  // null: strict
// What the conversions give. At kInvalid the position and the reason are set.
enum TextStatus : int { kTextDone = 0, kTextNoMemory = -1, kTextInvalid = -2, kTextUnsupportedErrors = -3 };
// `*out` gets wide characters with an end mark in PyMem_RawMalloc's memory, `*length` (may be null) their number or the
// position of the bad byte. Handlers: strict, surrogateescape, surrogatepass.
TextStatus text_decode_utf8(const char* text, usize size, wchar_t** out, usize* length, const char** reason,
                            TextErrors errors);
// `current_locale`: the C library's LC_CTYPE as it is now; else UTF-8 if that is the mode. Handlers: strict,
// surrogateescape.
TextStatus text_decode_locale(const char* text, wchar_t** out, usize* length, const char** reason, bool current_locale,
                              TextErrors errors);
// `*out` gets bytes with an end mark in PyMem_RawMalloc's (`raw`) or PyMem_Malloc's memory.
TextStatus text_encode_utf8(const wchar_t* text, char** out, usize* error_position, const char** reason, bool raw,
                            TextErrors errors);
TextStatus text_encode_locale(const wchar_t* text, char** out, usize* error_position, const char** reason, bool raw,
                              bool current_locale, TextErrors errors);
}  // namespace adder
