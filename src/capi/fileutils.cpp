// fileutils: fileutils.h and its internal part: text in the locale's encoding.
#include <cerrno>
#include <climits>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <fcntl.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capi/capi.h"
#include "memory/allocator_hooks.h"
#include "object/file_descriptor.h"
#include "runtime/locale_text.h"

ADDER_EXPORT void PyMem_RawFree(void* block);
ADDER_EXPORT PyObject* PyUnicode_DecodeLocale(const char* text, const char* errors);
ADDER_EXPORT PyObject* _Py_GetLocaleEncodingObject();

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
  TextStatus status = text_encode_locale(text, &made, &position, nullptr, false, false, TextErrors::kSurrogateEscape);
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
  return text_encode_locale(text, out, error_position, reason, true, current_locale != 0, errors);
}
ADDER_EXPORT int _Py_DecodeUTF8Ex(const char* text, Py_ssize_t length, wchar_t** out, size_t* size, const char** reason,
                                  TextErrors errors) {
  return text_decode_utf8(text, static_cast<usize>(length), out, size, reason, errors);
}
ADDER_EXPORT wchar_t* _Py_DecodeUTF8_surrogateescape(const char* text, Py_ssize_t length, size_t* size) {
  wchar_t* made;
  TextStatus status =
      text_decode_utf8(text, static_cast<usize>(length), &made, size, nullptr, TextErrors::kSurrogateEscape);
  if (status == kTextDone) return made;
  if (size) *size = status == kTextNoMemory ? kError : kInvalid;
  return nullptr;
}
ADDER_EXPORT int _Py_EncodeUTF8Ex(const wchar_t* text, char** out, size_t* error_position, const char** reason, int raw,
                                  TextErrors errors) {
  return text_encode_utf8(text, out, error_position, reason, raw != 0, errors);
}
ADDER_EXPORT TextErrors _Py_GetErrorHandler(const char* name) { return text_errors_of(name); }

// Normalises in place and gives `path`: no empty parts and no ".", and ".." takes the part before it. Two leading
// slashes stay two. `size` is -1 for text that ends with 0.
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

// == Files ==

namespace {
int os_error() { return capi::minus_one(raise_errno()); }
// The bytes of a path for the system; empty: it cannot be encoded, errno EINVAL.
struct EncodedPath {
  explicit EncodedPath(const wchar_t* path) : text(Py_EncodeLocale(path, nullptr)) {
    if (!text) errno = EINVAL;
  }
  ~EncodedPath() { memory::mem_release(text); }
  char* text;
};
// Decodes what the system gave into the caller's buffer; null when it does not fit.
wchar_t* decode_into(const char* text, wchar_t* buffer, size_t size) {
  size_t length;
  wchar_t* decoded = Py_DecodeLocale(text, &length);
  if (!decoded) {
    errno = EINVAL;
    return nullptr;
  }
  bool fits = length < size;
  if (fits) std::wmemcpy(buffer, decoded, length + 1);
  PyMem_RawFree(decoded);
  if (!fits) errno = EINVAL;
  return fits ? buffer : nullptr;
}
}  // namespace

ADDER_EXPORT FILE* _Py_wfopen(const wchar_t* path, const wchar_t* mode) {
  EncodedPath encoded(path);
  if (!encoded.text) return nullptr;
  char narrow[10];
  usize size = std::wcstombs(narrow, mode, sizeof narrow);
  if (size >= sizeof narrow) {
    errno = EINVAL;
    return nullptr;
  }
  FILE* file = std::fopen(encoded.text, narrow);
  if (file) static_cast<void>(fcntl(fileno(file), F_SETFD, FD_CLOEXEC));
  return file;
}
ADDER_EXPORT int _Py_wreadlink(const wchar_t* path, wchar_t* buffer, size_t size) {
  EncodedPath encoded(path);
  if (!encoded.text) return -1;
  char target[PATH_MAX + 1];
  isize length = readlink(encoded.text, target, sizeof target);
  if (length < 0) return -1;
  if (length == sizeof target) {
    errno = EINVAL;
    return -1;
  }
  target[length] = 0;
  return decode_into(target, buffer, size) ? static_cast<int>(std::wcslen(buffer)) : -1;
}
ADDER_EXPORT wchar_t* _Py_wrealpath(const wchar_t* path, wchar_t* resolved, size_t size) {
  EncodedPath encoded(path);
  char target[PATH_MAX + 1];
  if (!encoded.text || !realpath(encoded.text, target)) return nullptr;
  return decode_into(target, resolved, size);
}
ADDER_EXPORT wchar_t* _Py_wgetcwd(wchar_t* buffer, size_t size) {
  char folder[PATH_MAX + 1];
  return getcwd(folder, sizeof folder) ? decode_into(folder, buffer, size) : nullptr;
}
// -2: the path cannot be encoded, with the exception set; else as stat().
ADDER_EXPORT int _Py_stat(PyObject* path, struct stat* status) {
  Ref<Object> bytes = TRY_C(-2, fs_converter(path));
  return stat(bytes_data(as<Bytes>(bytes.get())), status);
}
ADDER_EXPORT int _Py_open_noraise(const char* path, int flags) { return open(path, flags | O_CLOEXEC); }
ADDER_EXPORT Py_ssize_t _Py_write_noraise(int descriptor, const void* data, size_t size) {
  for (;;) {
    isize count = write(descriptor, data, size < kMaxSize ? size : static_cast<size_t>(kMaxSize));
    if (count >= 0 || errno != EINTR) return count;
  }
}
ADDER_EXPORT int _Py_get_inheritable(int descriptor) {
  int flags = fcntl(descriptor, F_GETFD);
  return flags < 0 ? os_error() : !(flags & FD_CLOEXEC);
}
ADDER_EXPORT int _Py_get_blocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags < 0 ? os_error() : !(flags & O_NONBLOCK);
}
ADDER_EXPORT int _Py_set_blocking(int descriptor, int blocking) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return os_error();
  int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  return wanted == flags || fcntl(descriptor, F_SETFL, wanted) == 0 ? 0 : os_error();
}
// Both ends included; errors are nobody's business.
ADDER_EXPORT void _Py_closerange(int first, int last) {
  if (first < 0) first = 0;
  if (close_range(static_cast<unsigned>(first), static_cast<unsigned>(last), 0) == 0) return;
  for (int i = first; i <= last; ++i) close(i);
}
// The encoding of a terminal, or None.
ADDER_EXPORT PyObject* _Py_device_encoding(int descriptor) {
  if (!isatty(descriptor)) return new_ref(None).release();
  return _Py_GetLocaleEncodingObject();
}

// == The locale's own facts ==

ADDER_EXPORT int _Py_GetForceASCII() { return std::strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0; }
ADDER_EXPORT void _Py_ResetForceASCII() {}  // asked anew each time
ADDER_EXPORT wchar_t* _Py_GetLocaleEncoding() {
  const char* name = nl_langinfo(CODESET);
  if (!*name) name = "UTF-8";
  wchar_t* made = nullptr;
  return text_decode_utf8(name, std::strlen(name), &made, nullptr, nullptr, TextErrors::kSurrogateEscape) == kTextDone
             ? made
             : nullptr;
}
ADDER_EXPORT PyObject* _Py_GetLocaleEncodingObject() {
  const char* name = nl_langinfo(CODESET);
  return str_from_string(*name ? name : "UTF-8").to_c();
}
// The separators as LC_NUMERIC encodes them, whatever LC_CTYPE is now.
ADDER_EXPORT int _Py_GetLocaleconvNumeric(lconv* conventions, PyObject** decimal_point, PyObject** separator) {
  const char* numeric = std::setlocale(LC_NUMERIC, nullptr);
  const char* current = std::setlocale(LC_CTYPE, nullptr);
  auto has_wide = [](const char* text) { return std::strlen(text) > 1 || static_cast<unsigned char>(*text) > 127; };
  char* old = nullptr;
  bool change = std::strcmp(numeric, current) != 0 &&
                (has_wide(conventions->decimal_point) || has_wide(conventions->thousands_sep));
  if (change) {
    old = strdup(current);
    if (!old) return capi::minus_one(raise_no_memory());
    std::setlocale(LC_CTYPE, numeric);
  }
  *decimal_point = PyUnicode_DecodeLocale(conventions->decimal_point, nullptr);
  *separator = *decimal_point ? PyUnicode_DecodeLocale(conventions->thousands_sep, nullptr) : nullptr;
  if (change) {
    std::setlocale(LC_CTYPE, old);
    std::free(old);
  }
  if (*separator) return 0;
  clear_field(*decimal_point);
  return -1;
}

// == File names and files as arguments ==

ADDER_EXPORT PyObject* PyOS_FSPath(PyObject* path) { return os_fs_path(path).to_c(); }

ADDER_EXPORT const char *Py_FileSystemDefaultEncoding, *Py_FileSystemDefaultEncodeErrors;
ADDER_EXPORT int Py_HasFileSystemDefaultEncoding, _Py_HasFileSystemDefaultEncodeErrors;
constinit const char *Py_FileSystemDefaultEncoding = "utf-8", *Py_FileSystemDefaultEncodeErrors = "surrogateescape";
constinit int Py_HasFileSystemDefaultEncoding = 0, _Py_HasFileSystemDefaultEncodeErrors = 0;
