// codecs: what decoders and encoders do with what they cannot code.
#include <algorithm>
#include <cstdio>

#include "base/copy.h"
#include "base/unicode.h"
#include "memory/allocator.h"
#include "types/codecs.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/str/internal.h"
#include "types/tuple.h"

namespace adder {
using namespace str_detail;

ErrorHandler error_handler_of(const char* errors) {
  if (!errors) return ErrorHandler::kStrict;
  static constexpr struct {
    const char* name;
    ErrorHandler handler;
  } kHandlers[] = {
      {"strict", ErrorHandler::kStrict},
      {"surrogateescape", ErrorHandler::kSurrogateEscape},
      {"replace", ErrorHandler::kReplace},
      {"ignore", ErrorHandler::kIgnore},
      {"backslashreplace", ErrorHandler::kBackslashReplace},
      {"surrogatepass", ErrorHandler::kSurrogatePass},
      {"xmlcharrefreplace", ErrorHandler::kXmlCharRefReplace},
      {"namereplace", ErrorHandler::kNameReplace},
  };
  for (const auto& entry : kHandlers) {
    if (std::strcmp(errors, entry.name) == 0) return entry.handler;
  }
  return ErrorHandler::kOther;
}

// == The exceptions ==

namespace {
Result<Object> make_coding_error(Type* type, const char* encoding, Object* object, isize start, isize end,
                                 const char* reason) {
  Ref<Str> encoding_name = TRY(str_from_string(encoding));
  Ref<Int> start_object = TRY(int_from_ssize_t(start));
  Ref<Int> end_object = TRY(int_from_ssize_t(end));
  Ref<Str> reason_text = TRY(str_from_string(reason));
  return call(type, encoding_name.get(), object, start_object.get(), end_object.get(), reason_text.get());
}
// Makes the exception, or changes the one that an earlier error of the same text left.
Result<void> renew_coding_error(Ref<Object>& exception, Type* type, const char* encoding, Object* object, isize start,
                                isize end, const char* reason) {
  if (!exception) {
    exception = TRY(make_coding_error(type, encoding, object, start, end, reason));
    return {};
  }
  auto* fields = static_cast<PyUnicodeErrorObject*>(exception.get());
  Ref<Str> reason_text = TRY(str_from_string(reason));
  fields->start = start;
  fields->end = end;
  set_field(fields->reason, Ref<Object>(std::move(reason_text)));
  return {};
}
}  // namespace

Error raise_decode_error(const char* encoding, std::string_view input, isize start, isize end, const char* reason) {
  Ref<Bytes> bytes = TRY(bytes_from_view(input));
  Ref<Object> exception = TRY(make_coding_error(UnicodeDecodeError, encoding, bytes, start, end, reason));
  return raise_instance(exception);
}
Error raise_encode_error(const char* encoding, Str* text, isize start, isize end, const char* reason) {
  Ref<Object> exception = TRY(make_coding_error(UnicodeEncodeError, encoding, text, start, end, reason));
  return raise_instance(exception);
}

// == Decoding ==

DecodeInput::DecodeInput(const char* encoding, std::string_view input, const char* errors)
    : encoding_(encoding),
      errors_(errors),
      handler_(error_handler_of(errors)),
      data_(reinterpret_cast<const u8*>(input.data())),
      size_(static_cast<isize>(input.size())) {}

Result<isize> DecodeInput::handle(isize start, isize end, const char* reason, StrWriter& out) {
  std::string_view input(reinterpret_cast<const char*>(data_), static_cast<usize>(size_));
  switch (handler_) {
    case ErrorHandler::kStrict:
      return raise_decode_error(encoding_, input, start, end, reason);
    case ErrorHandler::kIgnore:
      return end;
    case ErrorHandler::kReplace:
      TRY(out.write_char(0xfffd));
      return end;
    case ErrorHandler::kBackslashReplace:
      for (isize i = start; i < end; ++i) {
        char text[8];
        std::snprintf(text, sizeof text, "\\x%02x", data_[i]);
        TRY(out.write_ascii({text, 4}));
      }
      return end;
    case ErrorHandler::kSurrogateEscape: {
      isize i = start;
      for (; i < end && i < start + 4 && data_[i] >= 0x80; ++i) TRY(out.write_char(0xdc00u + data_[i]));
      if (i == start) return raise_decode_error(encoding_, input, start, end, reason);
      return i;
    }
    default:
      break;
  }
  if (!callback_) callback_ = TRY(codec_lookup_error(errors_));
  if (!exception_) {
    Ref<Bytes> bytes = TRY(bytes_from_view(input));
    owner_ = std::move(bytes);
  }
  TRY(renew_coding_error(exception_, UnicodeDecodeError, encoding_, owner_, start, end, reason));
  Ref<Object> answer = TRY(object_call_one_arg(callback_, exception_));
  constexpr const char* kWrongAnswer = "decoding error handler must return (str, int) tuple";
  if (!is_tuple(answer)) return raise(TypeError, kWrongAnswer);
  Tuple* pair = as<Tuple>(answer.get());
  if (tuple_size(pair) != 2 || !is_str(tuple_item(pair, 0))) return raise(TypeError, kWrongAnswer);
  isize position = TRY(int_as_ssize_t(tuple_item(pair, 1)));
  // The handler may have put other bytes in place.
  Object* object = static_cast<PyUnicodeErrorObject*>(exception_.get())->object;
  if (!object) return raise(TypeError, "object attribute not set");
  if (!is_bytes(object)) return raise(TypeError, "object attribute must be bytes");
  owner_ = Ref<Object>::share(object);
  data_ = reinterpret_cast<const u8*>(bytes_data(as<Bytes>(object)));
  size_ = bytes_size(as<Bytes>(object));
  if (position < 0) position += size_;
  if (position < 0 || position > size_) {
    return raise(IndexError, "position %zd from error handler out of bounds", position);
  }
  TRY(out.write_str(as<Str>(tuple_item(pair, 0))));
  return position;
}

// == Encoding ==

EncodeInput::EncodeInput(const char* encoding, Str* text, const char* errors)
    : encoding_(encoding), text_(text), errors_(errors), handler_(error_handler_of(errors)) {}

Error EncodeInput::fail(isize start, isize end, const char* reason) {
  TRY(renew_coding_error(exception_, UnicodeEncodeError, encoding_, text_, start, end, reason));
  return raise_instance(exception_);
}

Result<Object> EncodeInput::handle(isize start, isize end, const char* reason, isize& position) {
  position = end;
  switch (handler_) {
    case ErrorHandler::kStrict:
      return fail(start, end, reason);
    case ErrorHandler::kIgnore:
      return Result<Object>::share(str_empty());
    case ErrorHandler::kReplace: {
      StrWriter marks;
      TRY(marks.write_repeated('?', end - start));
      return marks.finish();
    }
    default:
      break;
  }
  if (!callback_) callback_ = TRY(codec_lookup_error(errors_));
  TRY(renew_coding_error(exception_, UnicodeEncodeError, encoding_, text_, start, end, reason));
  Ref<Object> answer = TRY(object_call_one_arg(callback_, exception_));
  constexpr const char* kWrongAnswer = "encoding error handler must return (str/bytes, int) tuple";
  if (!is_tuple(answer)) return raise(TypeError, kWrongAnswer);
  Tuple* pair = as<Tuple>(answer.get());
  if (tuple_size(pair) != 2 || !(is_str(tuple_item(pair, 0)) || is_bytes(tuple_item(pair, 0)))) {
    return raise(TypeError, kWrongAnswer);
  }
  position = TRY(int_as_ssize_t(tuple_item(pair, 1)));
  isize length = str_length(text_);
  if (position < 0) position += length;
  if (position < 0 || position > length) {
    return raise(IndexError, "position %zd from error handler out of bounds", position);
  }
  return Result<Object>::share(tuple_item(pair, 0));
}

Result<bool> EncodeInput::handle_quickly(isize start, isize end, BytesWriter& out) {
  int kind = str_kind(text_);
  const void* data = str_data(text_);
  char buffer[unicode::kNameBufferSize + 16];
  switch (handler_) {
    case ErrorHandler::kIgnore:
      return true;
    case ErrorHandler::kReplace:
      for (isize i = start; i < end; ++i) TRY(out.write_byte('?'));
      return true;
    case ErrorHandler::kSurrogateEscape:
      for (isize i = start; i < end; ++i) {
        Py_UCS4 c = str_read(kind, data, i);
        if (c < 0xdc80 || c > 0xdcff) return false;
      }
      for (isize i = start; i < end; ++i) TRY(out.write_byte(static_cast<char>(str_read(kind, data, i) - 0xdc00)));
      return true;
    case ErrorHandler::kXmlCharRefReplace:
      for (isize i = start; i < end; ++i) {
        int size = std::snprintf(buffer, sizeof buffer, "&#%u;", str_read(kind, data, i));
        TRY(out.write({buffer, static_cast<usize>(size)}));
      }
      return true;
    case ErrorHandler::kBackslashReplace:
      for (isize i = start; i < end; ++i) {
        Py_UCS4 c = str_read(kind, data, i);
        const char* shape = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
        int size = std::snprintf(buffer, sizeof buffer, shape, c);
        TRY(out.write({buffer, static_cast<usize>(size)}));
      }
      return true;
    default:
      return false;
  }
}

// == BytesWriter ==

BytesWriter::BytesWriter(isize expected) : data_(inline_), size_(0), capacity_(sizeof inline_) {
  if (expected > capacity_) (void)grow(expected);
}
BytesWriter::~BytesWriter() {
  if (data_ != inline_) memory::release(data_);
}
bool BytesWriter::grow(isize count) {
  if (count > kMaxSize - size_) return false;
  isize capacity = std::max(size_ + count, capacity_ > kMaxSize / 2 ? kMaxSize : capacity_ + capacity_ / 2);
  void* moved = data_ == inline_ ? memory::allocate(static_cast<usize>(capacity))
                                 : memory::reallocate(data_, static_cast<usize>(capacity));
  if (!moved) return false;
  if (data_ == inline_) std::memcpy(moved, inline_, static_cast<usize>(size_));
  data_ = static_cast<char*>(moved);
  capacity_ = capacity;
  return true;
}
Result<void> BytesWriter::write(std::string_view bytes) {
  if (!reserve(static_cast<isize>(bytes.size()))) return raise_no_memory();
  copy_bytes(end(), bytes.data(), bytes.size());
  size_ += static_cast<isize>(bytes.size());
  return {};
}
Result<Bytes> BytesWriter::finish() { return bytes_from_view({data_, static_cast<usize>(size_)}); }
}  // namespace adder
