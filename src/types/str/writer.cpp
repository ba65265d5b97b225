// StrWriter: building a string piece by piece; and str_from_format, printf for strings.
//
// The buffer is a str that nobody else has seen; it doubles, widens when a wider character comes, and is cut at the
// end.
#include <cstdarg>
#include <cstdio>

#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

StrWriter::StrWriter(isize expected)
    : buffer_(nullptr), data_(nullptr), size_(0), capacity_(-expected), kind_(1), max_char_(0x7f) {
  // A negative capacity is the wish for the first allocation.
}
StrWriter::~StrWriter() {
  if (buffer_) (void)Ref<Str>::steal(buffer_);
}

Result<void> StrWriter::prepare(isize count, Py_UCS4 max_char) {
  if (buffer_ && size_ + count <= capacity_ && max_char <= max_char_) return {};
  if (count > kMaxSize - size_) return raise_no_memory();
  isize needed = size_ + count;
  Py_UCS4 wider = max_char > max_char_ ? max_char : max_char_;
  wider = wider < 0x80 ? 0x7f : wider < 0x100 ? 0xff : wider < 0x10000 ? 0xffff : 0x10ffff;
  if (!buffer_ || borrowed_) {
    isize wish = -capacity_;
    if (wish > needed)
      needed = wish;
    else if (needed > 0)
      needed = needed + needed / 4 + 8;
    if (needed < 16) needed = 16;
  } else if (needed > capacity_) {
    isize grown = capacity_ + capacity_ / 2;
    if (grown > needed) needed = grown;
  } else {
    needed = capacity_;
  }
  if (buffer_ && !borrowed_ && wider == max_char_) {
    Result<Str> moved = str_resize(Ref<Str>::steal(std::exchange(buffer_, nullptr)), needed);
    buffer_ = TRY(std::move(moved))
    .release();
  } else {
    Ref<Str> fresh = TRY(str_new(needed, wider));
    if (size_) copy_characters(str_kind(fresh), str_data(fresh), 0, kind_, data_, 0, size_);
    Ref<Str> old = buffer_ ? Ref<Str>::steal(buffer_) : Ref<Str>();
    buffer_ = fresh.release();
    borrowed_ = false;
  }
  data_ = str_data(buffer_);
  kind_ = str_kind(buffer_);
  capacity_ = str_length(buffer_);
  max_char_ = wider;
  return {};
}

Result<void> StrWriter::write_char(Py_UCS4 character) {
  if (size_ >= capacity_ || !buffer_ || character > max_char_) TRY(prepare(1, character));
  str_write(kind_, data_, size_++, character);
  return {};
}
Result<void> StrWriter::write_substring(Str* s, isize start, isize end) {
  isize count = end - start;
  if (count <= 0) return {};
  Py_UCS4 widest = str_max_char_value(s);
  if (!buffer_ && start == 0 && end == str_length(s) && is_str_exact(s)) {
    // Perhaps this is all: then the result is the string itself.
    buffer_ = Ref<Str>::share(s).release();
    borrowed_ = true;
    data_ = str_data(s);
    kind_ = str_kind(s);
    max_char_ = widest;
    size_ = count;
    return {};
  }
  if (widest > max_char_ && (start || end != str_length(s))) {
    widest = max_char_of(str_kind(s), static_cast<char*>(str_data(s)) + start * str_kind(s), count);
  }
  TRY(prepare(count, widest));
  copy_characters(kind_, data_, size_, str_kind(s), str_data(s), start, count);
  size_ += count;
  return {};
}
Result<void> StrWriter::write_str(Str* s) { return write_substring(s, 0, str_length(s)); }
Result<void> StrWriter::write_ascii(std::string_view ascii) {
  isize count = static_cast<isize>(ascii.size());
  if (!count) return {};
  TRY(prepare(count, 0x7f));
  copy_characters(kind_, data_, size_, 1, ascii.data(), 0, count);
  size_ += count;
  return {};
}
Result<void> StrWriter::write_latin1(std::string_view latin1) {
  isize count = static_cast<isize>(latin1.size());
  if (!count) return {};
  TRY(prepare(count, all_ascii(latin1.data(), count) ? 0x7f : 0xff));
  copy_characters(kind_, data_, size_, 1, latin1.data(), 0, count);
  size_ += count;
  return {};
}
Result<void> StrWriter::write_utf8(std::string_view utf8) {
  if (all_ascii(utf8.data(), static_cast<isize>(utf8.size()))) return write_ascii(utf8);
  Ref<Str> s = TRY(str_from_utf8(utf8));
  return write_str(s);
}
Result<void> StrWriter::write_repeated(Py_UCS4 character, isize count) {
  if (count <= 0) return {};
  TRY(prepare(count, character));
  fill_characters(kind_, data_, size_, count, character);
  size_ += count;
  return {};
}
Result<void> StrWriter::write_repr(Object* object) {
  Ref<Str> s = TRY(object_repr(object));
  return write_str(s);
}
Result<void> StrWriter::write_object(Object* object) {
  if (is_str_exact(object)) return write_str(as<Str>(object));
  Ref<Str> s = TRY(object_str(object));
  return write_str(s);
}
Result<Str> StrWriter::finish() {
  if (!buffer_ || size_ == 0) return Result<Str>::share(str_empty());
  if (size_ == 1) return str_from_ordinal(str_read(kind_, data_, 0));
  Ref<Str> s = Ref<Str>::steal(std::exchange(buffer_, nullptr));
  if (borrowed_) return str_substring(s, 0, size_);
  // What was written may be narrower than what was prepared for.
  if (max_char_ > 0x7f) {
    Py_UCS4 widest = max_char_of(kind_, data_, size_);
    if (widest < max_char_) return str_from_kind_and_data(kind_, data_, size_);
  }
  return str_resize(std::move(s), size_);
}

// == str_from_format ==

namespace {
// The flags, width and precision of one conversion.
struct Conversion {
  bool zero_padded = false;
  isize width = -1, precision = -1;
};

Result<void> write_padded(StrWriter& out, Str* text, const Conversion& conversion) {
  isize size = str_length(text);
  if (conversion.precision >= 0 && size > conversion.precision) size = conversion.precision;
  if (conversion.width > size) TRY(out.write_repeated(' ', conversion.width - size));
  return out.write_substring(text, 0, size);
}
// At most `precision` bytes of a C string; bad UTF-8 becomes U+FFFD.
Result<void> write_c_string(StrWriter& out, const char* text, const Conversion& conversion) {
  usize size = conversion.precision < 0 ? std::strlen(text) : strnlen(text, static_cast<usize>(conversion.precision));
  if (conversion.width < 0 && all_ascii(text, static_cast<isize>(size))) return out.write_ascii({text, size});
  Ref<Str> decoded = TRY(str_decode_utf8_stateful(text, static_cast<isize>(size), "replace", nullptr));
  return write_padded(out, decoded, {false, conversion.width, -1});
}
Result<void> write_number(StrWriter& out, const char* digits, isize size, const Conversion& conversion) {
  bool negative = size && digits[0] == '-';
  if (negative) {
    ++digits;
    --size;
  }
  isize zeros = conversion.precision > size ? conversion.precision - size : 0;
  isize total = size + zeros + negative;
  isize padding = conversion.width > total ? conversion.width - total : 0;
  if (padding && !conversion.zero_padded) TRY(out.write_repeated(' ', padding));
  if (negative) TRY(out.write_char('-'));
  if (padding && conversion.zero_padded) zeros += padding;
  if (zeros) TRY(out.write_repeated('0', zeros));
  return out.write_ascii({digits, static_cast<usize>(size)});
}
isize read_number(const char*& f) {
  isize value = 0;
  while (*f >= '0' && *f <= '9') value = value * 10 + (*f++ - '0');
  return value;
}
}  // namespace

Result<Str> str_from_format_v(const char* format, va_list arguments) {
  va_list args;
  va_copy(args, arguments);
  struct End {
    va_list& list;
    ~End() { va_end(list); }
  } end{args};
  StrWriter out(static_cast<isize>(std::strlen(format)) + 100);
  for (const char* f = format; *f;) {
    if (*f != '%') {
      const char* run = f;
      while (*f && *f != '%') {
        if (static_cast<u8>(*f) >= 0x80) {
          return raise(ValueError,
                       "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0x%02x",
                       static_cast<u8>(*f));
        }
        ++f;
      }
      TRY(out.write_ascii({run, static_cast<usize>(f - run)}));
      continue;
    }
    const char* start = f++;
    Conversion conversion;
    if (*f == '0') {
      conversion.zero_padded = true;
      ++f;
    }
    if (*f >= '1' && *f <= '9') conversion.width = read_number(f);
    if (*f == '.') {
      ++f;
      conversion.precision = read_number(f);
    }
    int longs = 0;
    bool is_size = false;
    while (*f == 'l' && longs < 2) ++longs, ++f;
    if (!longs && *f == 'z') is_size = true, ++f;
    char digits[32];
    switch (*f) {
      case '%':
        TRY(out.write_char('%'));
        break;
      case 'c': {
        int character = va_arg(args, int);
        if (character < 0 || character > 0x10ffff) {
          return raise(OverflowError, "character argument not in range(0x110000)");
        }
        TRY(out.write_char(static_cast<Py_UCS4>(character)));
        break;
      }
      case 'd':
      case 'i': {
        long long value = longs == 2 ? va_arg(args, long long)
                          : longs    ? va_arg(args, long)
                          : is_size  ? va_arg(args, isize)
                                     : va_arg(args, int);
        int size = std::snprintf(digits, sizeof digits, "%lld", value);
        TRY(write_number(out, digits, size, conversion));
        break;
      }
      case 'u':
      case 'x':
      case 'X': {
        unsigned long long value = longs == 2 ? va_arg(args, unsigned long long)
                                   : longs    ? va_arg(args, unsigned long)
                                   : is_size  ? va_arg(args, usize)
                                              : va_arg(args, unsigned);
        int size = std::snprintf(digits, sizeof digits, *f == 'u' ? "%llu" : *f == 'x' ? "%llx" : "%llX", value);
        TRY(write_number(out, digits, size, conversion));
        break;
      }
      case 'p': {
        int size = std::snprintf(digits, sizeof digits, "%p", va_arg(args, void*));
        if (digits[0] != '0') size = std::snprintf(digits, sizeof digits, "0x0");
        TRY(out.write_ascii({digits, static_cast<usize>(size)}));
        break;
      }
      case 's':
        TRY(write_c_string(out, va_arg(args, const char*), conversion));
        break;
      case 'U':
        TRY(write_padded(out, va_arg(args, Str*), conversion));
        break;
      case 'V': {
        Str* text = va_arg(args, Str*);
        const char* fallback = va_arg(args, const char*);
        if (text)
          TRY(write_padded(out, text, conversion));
        else
          TRY(write_c_string(out, fallback, conversion));
        break;
      }
      case 'S': {
        Ref<Str> text = TRY(object_str(va_arg(args, Object*)));
        TRY(write_padded(out, text, conversion));
        break;
      }
      case 'R': {
        Ref<Str> text = TRY(object_repr(va_arg(args, Object*)));
        TRY(write_padded(out, text, conversion));
        break;
      }
      case 'A': {
        Ref<Str> text = TRY(object_ascii(va_arg(args, Object*)));
        TRY(write_padded(out, text, conversion));
        break;
      }
      default:  // an unknown conversion: what is left of the format stands for itself
        TRY(out.write_ascii(start));
        return out.finish();
    }
    ++f;
  }
  return out.finish();
}
Result<Str> str_from_format(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  Result<Str> result = str_from_format_v(format, arguments);
  va_end(arguments);
  return result;
}
}  // namespace adder
