// codecs: the registry of encodings and error handlers, and what the encoders and decoders of this project share.
//
// Registry   per interpreter (Interpreter::codec_*). Names as the C API's: PyCodec_Encode -> codec_encode.
// Handlers   strict, ignore, replace, backslashreplace, xmlcharrefreplace, namereplace, surrogateescape, surrogatepass
// are
//            in every registry; the decoders and encoders know them and do not call Python for them.
// See        docs/text.md, tests/python/test_codecs_.py
#pragma once
#include "types/bytes.h"
#include "types/str.h"

namespace adder {
// == Registry ==

Result<void> codec_register(Object* search_function);
Result<void> codec_unregister(Object* search_function);
// The codec's tuple (codecs.CodecInfo); LookupError "unknown encoding: x". The name is normalised first.
Result<Object> codec_lookup(const char* encoding);
Result<bool> codec_known_encoding(const char* encoding);
// Development mode looks up names even where they would not be needed: mistakes in them show at once. Either may be null.
Result<void> codec_check_names(const char* encoding, const char* errors);
Result<Object> codec_encode(Object* object, const char* encoding, const char* errors);
Result<Object> codec_decode(Object* object, const char* encoding, const char* errors);
// As str.encode and bytes.decode: LookupError for codecs that are not text encodings; `alternate` names the function to
// use.
Result<Object> codec_encode_text(Object* object, const char* encoding, const char* errors);
Result<Object> codec_decode_text(Object* object, const char* encoding, const char* errors);
Result<Object> codec_lookup_text_encoding(const char* encoding, const char* alternate);
Result<Object> codec_encoder(const char* encoding);
Result<Object> codec_decoder(const char* encoding);
Result<Object> codec_incremental_encoder(Object* codec_info, const char* errors);
Result<Object> codec_incremental_decoder(Object* codec_info, const char* errors);
Result<Object> codec_stream_reader(const char* encoding, Object* stream, const char* errors);
Result<Object> codec_stream_writer(const char* encoding, Object* stream, const char* errors);
Result<void> codec_register_error(const char* name, Object* handler);
// LookupError "unknown error handler name 'x'". Null is "strict".
Result<Object> codec_lookup_error(const char* name);
// The standard handlers: take a UnicodeError, give (replacement, position) or raise.
Result<Object> codec_strict_errors(Object* exception);
Result<Object> codec_ignore_errors(Object* exception);
Result<Object> codec_replace_errors(Object* exception);
Result<Object> codec_xmlcharrefreplace_errors(Object* exception);
Result<Object> codec_backslashreplace_errors(Object* exception);
Result<Object> codec_namereplace_errors(Object* exception);
Result<Object> codec_surrogatepass_errors(Object* exception);
Result<Object> codec_surrogateescape_errors(Object* exception);
// Makes the registry of the current interpreter and imports the package encodings. Start-up.
Result<void> codec_registry_init();

// == Errors while coding ==

enum class ErrorHandler : u8 {
  kStrict,
  kIgnore,
  kReplace,
  kBackslashReplace,
  kXmlCharRefReplace,
  kNameReplace,
  kSurrogateEscape,
  kSurrogatePass,
  kOther,
};
ErrorHandler error_handler_of(const char* errors);

// The input of a decoder, which an error handler may replace.
class DecodeInput {
 public:
  DecodeInput(const char* encoding, std::string_view input, const char* errors);
  // Treats the bad bytes [start, end): writes the replacement to `out` and gives the position to go on from.
  Result<isize> handle(isize start, isize end, const char* reason, StrWriter& out);
  const u8* data() const { return data_; }
  isize size() const { return size_; }

 private:
  const char* encoding_;
  const char* errors_;
  ErrorHandler handler_;
  const u8* data_;
  isize size_;
  Ref<Object> owner_, exception_, callback_;
};

// Growing bytes.
class BytesWriter {
 public:
  explicit BytesWriter(isize expected = 0);
  ~BytesWriter();
  BytesWriter(const BytesWriter&) = delete;
  // Room for `count` more bytes; write at end(), then advance().
  Result<char*> prepare(isize count) = delete;
  [[nodiscard]] bool reserve(isize count) { return size_ + count <= capacity_ || grow(count); }
  char* end() { return data_ + size_; }
  char* data() { return data_; }
  isize size() const { return size_; }
  void advance(isize count) { size_ += count; }
  void truncate(isize size) { size_ = size; }
  Result<void> write(std::string_view bytes);
  Result<void> write_byte(char byte) {
    if (size_ == capacity_ && !grow(1)) return raise_no_memory();
    data_[size_++] = byte;
    return {};
  }
  Result<Bytes> finish();

 private:
  bool grow(isize count);
  char* data_;
  isize size_, capacity_;
  char inline_[512];
};

// Errors of an encoder.
class EncodeInput {
 public:
  EncodeInput(const char* encoding, Str* text, const char* errors);
  // Treats the characters [start, end) that cannot be encoded: gives the replacement (str or bytes, never empty Ref)
  // and the position to go on from. `strict_again` raises the error for a replacement that cannot be encoded either.
  Result<Object> handle(isize start, isize end, const char* reason, isize& position);
  // The standard handlers without objects, for encodings that contain ASCII: true if `out` has the replacement of
  // [start, end).
  Result<bool> handle_quickly(isize start, isize end, BytesWriter& out);
  Error fail(isize start, isize end, const char* reason);
  ErrorHandler handler() const { return handler_; }

 private:
  const char* encoding_;
  Str* text_;
  const char* errors_;
  ErrorHandler handler_;
  Ref<Object> exception_, callback_;
};
// Sets UnicodeDecodeError / UnicodeEncodeError / UnicodeTranslateError.
Error raise_decode_error(const char* encoding, std::string_view input, isize start, isize end, const char* reason);
Error raise_encode_error(const char* encoding, Str* text, isize start, isize end, const char* reason);

// == Encodings: `consumed` null means that an incomplete end is an error ==

Result<Object> encode_utf7(Str* text, bool base64_set_o, bool base64_white_space, const char* errors);
Result<Str> decode_utf7(std::string_view input, const char* errors, isize* consumed);
// byte_order: -1 little, 1 big, 0 native with a mark.
Result<Object> encode_utf16(Str* text, const char* errors, int byte_order);
Result<Object> encode_utf32(Str* text, const char* errors, int byte_order);
// byte_order is in and out: 0 looks for a mark.
Result<Str> decode_utf16(std::string_view input, const char* errors, int* byte_order, isize* consumed);
Result<Str> decode_utf32(std::string_view input, const char* errors, int* byte_order, isize* consumed);
Result<Object> encode_latin1(Str* text, const char* errors);
Result<Object> encode_ascii(Str* text, const char* errors);
Result<Object> encode_unicode_escape(Str* text);
Result<Str> decode_unicode_escape(std::string_view input, const char* errors, isize* consumed);
// The same for the compiler: `first_invalid` gets the address of the first unknown escape character, or null.
Result<Str> decode_unicode_escape_internal(std::string_view input, const char* errors, isize* consumed,
                                           const char** first_invalid);
Result<Object> encode_raw_unicode_escape(Str* text);
Result<Str> decode_raw_unicode_escape(std::string_view input, const char* errors, isize* consumed);
// Bytes escapes ("\n", "\x41"); `first_invalid` as above, may be null.
Result<Bytes> decode_bytes_escape(std::string_view input, const char* errors, const char** first_invalid);
// mapping: a str (decoding), a dict or mapping, or None for Latin-1.
Result<Object> encode_charmap(Str* text, Object* mapping, const char* errors);
Result<Str> decode_charmap(std::string_view input, Object* mapping, const char* errors);
Result<Object> charmap_build(Str* map);
// str.translate.
Result<Object> str_translate(Str* text, Object* mapping, const char* errors);
}  // namespace adder
