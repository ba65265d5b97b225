// fileutils: fileutils.h and its internal part: text in the locale's encoding.
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "capi/capi.h"
#include "runtime/locale_text.h"

using namespace adder;

namespace {
constexpr size_t kError = static_cast<size_t>(-1), kInvalid = static_cast<size_t>(-2);
}  // namespace

// Null: no memory (*size is -1) or invalid text (-2).
ADDER_EXPORT wchar_t* Py_DecodeLocale(const char* text, size_t* size) {
  wchar_t* made;
  usize length;
  TextStatus status = text_decode_locale(text, &made, &length, nullptr, false, TextErrors::kSurrogateEscape);
  if (size) *size = status == kTextDone ? length : status == kTextNoMemory ? kError : kInvalid;
  return status == kTextDone ? made : nullptr;
}
// Null: *error_position is -1 without memory, else where the character is that cannot be encoded.
ADDER_EXPORT char* Py_EncodeLocale(const wchar_t* text, size_t* error_position) {
  char* made;
  usize position = kError;
  TextStatus status =
      text_encode_locale(text, &made, &position, nullptr, false, false, TextErrors::kSurrogateEscape);
  if (error_position) *error_position = status == kTextInvalid ? position : kError;
  return status == kTextDone ? made : nullptr;
}
ADDER_EXPORT char* _Py_EncodeLocaleRaw(const wchar_t* text, size_t* error_position) {
  char* made;
  usize position = kError;
  TextStatus status = text_encode_locale(text, &made, &position, nullptr, true, false, TextErrors::kSurrogateEscape);
  if (error_position) *error_position = status == kTextInvalid ? position : kError;
  return status == kTextDone ? made : nullptr;
}
ADDER_EXPORT int _Py_DecodeLocaleEx(const char* text, wchar_t** out, size_t* size, const char** reason,
                                    int current_locale, TextErrors errors) {
  return text_decode_locale(text, out, size, reason, current_locale != 0, errors);
}
ADDER_EXPORT int _Py_EncodeLocaleEx(const wchar_t* text, char** out, size_t* error_position, const char** reason,
                                    int current_locale, TextErrors errors) {
  return text_encode_locale(text, out, error_position, reason, false, current_locale != 0, errors);
}
ADDER_EXPORT int _Py_DecodeUTF8Ex(const char* text, Py_ssize_t length, wchar_t** out, size_t* size, const char** reason,
                                  TextErrors errors) {
  return text_decode_utf8(text, static_cast<usize>(length), out, size, reason, errors);
}
ADDER_EXPORT wchar_t* _Py_DecodeUTF8_surrogateescape(const char* text, Py_ssize_t length, size_t* size) {
  wchar_t* made;
  TextStatus status = text_decode_utf8(text, static_cast<usize>(length), &made, size, nullptr,
                                       TextErrors::kSurrogateEscape);
  if (status == kTextDone) return made;
  if (size) *size = status == kTextNoMemory ? kError : kInvalid;
  return nullptr;
}
ADDER_EXPORT int _Py_EncodeUTF8Ex(const wchar_t* text, char** out, size_t* error_position, const char** reason,
                                  int raw, TextErrors errors) {
  return text_encode_utf8(text, out, error_position, reason, raw != 0, errors);
}
ADDER_EXPORT TextErrors _Py_GetErrorHandler(const char* name) { return text_errors_of(name); }

// Normalises in place and gives `path`: no empty parts and no ".", and ".." takes the part before it. Two leading slashes
// stay two. `size` is -1 for text that ends with 0.
ADDER_EXPORT wchar_t* _Py_normpath(wchar_t* path, Py_ssize_t size) {
  usize length = size < 0 ? std::wcslen(path) : static_cast<usize>(size);
  if (!length || !path[0]) return path;
  usize root = 0;
  while (root < length && path[root] == L'/') ++root;
  usize read = root;
  if (root > 2) root = 1;
  usize written = root, fixed = root;  // `fixed`: up to here nothing is taken away
  while (read < length && path[read]) {
    usize end = read;
    while (end < length && path[end] && path[end] != L'/') ++end;
    usize part = end - read;
    bool parent = part == 2 && path[read] == L'.' && path[read + 1] == L'.';
    if (part == 0 || (part == 1 && path[read] == L'.')) {
    } else if (parent && written > fixed) {
      while (written > fixed && path[written - 1] != L'/') --written;
      if (written > fixed) --written;
    } else if (!(parent && root)) {
      if (written > root) path[written++] = L'/';
      for (usize i = 0; i < part; ++i) path[written++] = path[read + i];
      if (parent) fixed = written;
    }
    read = end < length && path[end] ? end + 1 : end;
  }
  if (written < length) path[written] = 0;
  return path;
}

ADDER_EXPORT char* _Py_SetLocaleFromEnv(int category) { return std::setlocale(category, ""); }
