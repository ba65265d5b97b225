// _codecs: the registry of codecs and the standard encodings, below the Python module codecs.
#include "bind/bind.h"
#include "import/import.h"
#include "types/byte_methods.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == Arguments and results ==

// The C string of an optional argument; false with ValueError for embedded NULs.
bool c_text(Opt<Str*> text, const char*& out) {
  out = nullptr;
  if (!text) return true;
  Utf8 utf8 = str_as_utf8(text.get());
  if (!utf8) return false;
  for (isize i = 0; i < utf8.size; ++i) {
    if (!utf8.data[i]) {
      (void)raise(ValueError, "embedded null character");
      return false;
    }
  }
  out = utf8.data;
  return true;
}
#define TEXT_ARGUMENT(name, argument)         \
  const char* name;                           \
  if (!c_text(argument, name)) return Error { \
    }

// The bytes of a buffer, or the UTF-8 form of a str.
class Input {
 public:
  Result<void> acquire(Object* object) {
    TRY(view_.acquire(object));
    text_ = {view_.data(), static_cast<usize>(view_.size())};
    return {};
  }
  Result<void> acquire_or_text(Object* object) {
    if (!is_str(object)) return acquire(object);
    Utf8 utf8 = str_as_utf8(as<Str>(object));
    if (!utf8) return Error{};
    text_ = utf8;
    return {};
  }
  std::string_view text() const { return text_; }
  isize size() const { return static_cast<isize>(text_.size()); }

 private:
  BufferView view_;
  std::string_view text_;
};
template <class T>
Result<Object> with_count(Result<T> result, isize count) {
  Ref<T> value = TRY(result);
  Ref<Int> number = TRY(int_from_ssize_t(count));
  return tuple_pack(static_cast<Object*>(value.get()), static_cast<Object*>(number.get()));
}

// == Registry ==

constexpr Doc register_doc =
    "register($module, search_function, /)\n--\n\nAdds a function that finds codecs: it takes a name in lower case and "
    "gives a "
    "tuple of four\nfunctions (or a CodecInfo), or None.";
Result<void> register_codec(Module*, Object* search_function) { return codec_register(search_function); }
constexpr Doc unregister_doc =
    "unregister($module, search_function, /)\n--\n\nRemoves a search function and empties the cache of codecs.";
Result<void> unregister_codec(Module*, Object* search_function) { return codec_unregister(search_function); }
constexpr Doc lookup_doc = "lookup($module, encoding, /)\n--\n\nThe CodecInfo of an encoding.";
Result<Object> lookup(Module*, Str* encoding) {
  TEXT_ARGUMENT(name, encoding);
  return codec_lookup(name);
}
constexpr Doc encode_doc =
    "encode($module, /, obj, encoding='utf-8', errors='strict')\n--\n\nEncodes an object with the codec of that name.";
Result<Object> encode(Module*, Object* object, Opt<Str*> encoding, Opt<Str*> errors) {
  TEXT_ARGUMENT(name, encoding);
  TEXT_ARGUMENT(error_name, errors);
  return codec_encode(object, name ? name : "utf-8", error_name);
}
constexpr Doc decode_doc =
    "decode($module, /, obj, encoding='utf-8', errors='strict')\n--\n\nDecodes an object with the codec of that name.";
Result<Object> decode(Module*, Object* object, Opt<Str*> encoding, Opt<Str*> errors) {
  TEXT_ARGUMENT(name, encoding);
  TEXT_ARGUMENT(error_name, errors);
  return codec_decode(object, name ? name : "utf-8", error_name);
}
constexpr Doc register_error_doc =
    "register_error($module, errors, handler, /)\n--\n\nMakes a function the error handler of a name: it takes a "
    "UnicodeError and "
    "gives a\nreplacement and the position to go on from, or raises.";
Result<void> register_error(Module*, Str* errors, Object* handler) {
  TEXT_ARGUMENT(name, errors);
  return codec_register_error(name, handler);
}
constexpr Doc lookup_error_doc = "lookup_error($module, name, /)\n--\n\nThe error handler of that name.";
Result<Object> lookup_error(Module*, Str* errors) {
  TEXT_ARGUMENT(name, errors);
  return codec_lookup_error(name);
}

// == Encoders: (str, errors) -> (bytes, length) ==

template <Result<Object> (*Encode)(Str*, const char*)>
Result<Object> encoder(Module*, Str* text, Opt<Str*> errors) {
  TEXT_ARGUMENT(error_name, errors);
  return with_count(Encode(text, error_name), str_length(text));
}
Result<Object> utf_7(Str* text, const char* errors) { return encode_utf7(text, false, false, errors); }
Result<Object> utf_8(Str* text, const char* errors) { return str_as_utf8_bytes(text, errors); }
template <int kOrder>
Result<Object> utf_16(Str* text, const char* errors) {
  return encode_utf16(text, errors, kOrder);
}
template <int kOrder>
Result<Object> utf_32(Str* text, const char* errors) {
  return encode_utf32(text, errors, kOrder);
}
Result<Object> unicode_escape(Str* text, const char*) { return encode_unicode_escape(text); }
Result<Object> raw_unicode_escape(Str* text, const char*) { return encode_raw_unicode_escape(text); }
#define ENCODER_DOC(function, name) \
  constexpr Doc function##_doc = #function "($module, str, errors=None, /)\n--\n\nEncodes in " name "."
ENCODER_DOC(utf_7_encode, "UTF-7");
ENCODER_DOC(utf_8_encode, "UTF-8");
ENCODER_DOC(utf_16_le_encode, "UTF-16, little-endian");
ENCODER_DOC(utf_16_be_encode, "UTF-16, big-endian");
ENCODER_DOC(utf_32_le_encode, "UTF-32, little-endian");
ENCODER_DOC(utf_32_be_encode, "UTF-32, big-endian");
ENCODER_DOC(unicode_escape_encode, "ASCII with the escapes of string literals");
ENCODER_DOC(raw_unicode_escape_encode, "Latin-1 with \\u escapes");
ENCODER_DOC(latin_1_encode, "Latin-1");
ENCODER_DOC(ascii_encode, "ASCII");
constexpr Doc utf_16_encode_doc =
    "utf_16_encode($module, str, errors=None, byteorder=0, /)\n--\n\nEncodes in UTF-16; byte order 0 is the machine's, "
    "with a mark.";
Result<Object> utf_16_encode(Module*, Str* text, Opt<Str*> errors, int order) {
  TEXT_ARGUMENT(error_name, errors);
  return with_count(encode_utf16(text, error_name, order), str_length(text));
}
constexpr Doc utf_32_encode_doc =
    "utf_32_encode($module, str, errors=None, byteorder=0, /)\n--\n\nEncodes in UTF-32; byte order 0 is the machine's, "
    "with a mark.";
Result<Object> utf_32_encode(Module*, Str* text, Opt<Str*> errors, int order) {
  TEXT_ARGUMENT(error_name, errors);
  return with_count(encode_utf32(text, error_name, order), str_length(text));
}
constexpr Doc charmap_encode_doc =
    "charmap_encode($module, str, errors=None, mapping=None, /)\n--\n\nEncodes through a mapping of characters to "
    "bytes.";
Result<Object> charmap_encode(Module*, Str* text, Opt<Str*> errors, Object* mapping) {
  TEXT_ARGUMENT(error_name, errors);
  return with_count(encode_charmap(text, mapping, error_name), str_length(text));
}
constexpr Doc charmap_build_doc =
    "charmap_build($module, map, /)\n--\n\nThe mapping for charmap_encode of a decoding table.";
Result<Object> build_charmap(Module*, Str* map) { return charmap_build(map); }
constexpr Doc readbuffer_encode_doc =
    "readbuffer_encode($module, data, errors=None, /)\n--\n\nThe bytes of a buffer, or the UTF-8 form of a str.";
Result<Object> readbuffer_encode(Module*, Object* data, Opt<Str*>) {
  Input input;
  TRY(input.acquire_or_text(data));
  return with_count(bytes_from_view(input.text()), input.size());
}
constexpr Doc escape_encode_doc =
    "escape_encode($module, data, errors=None, /)\n--\n\nBytes with the escapes of bytes literals.";
Result<Object> escape_encode(Module*, Object* data, Opt<Str*>) {
  if (!is_bytes(data)) {
    return raise(TypeError, "escape_encode() argument 1 must be bytes, not %.50s", type_of(data)->tp_name);
  }
  std::string_view text = bytes_view(as<Bytes>(data));
  Ref<Str> repr = TRY(byte_methods::repr_of(text, false, "", ""));
  std::string_view quoted(static_cast<char*>(str_data(repr)), static_cast<usize>(str_length(repr)));
  return with_count(bytes_from_view(quoted.substr(2, quoted.size() - 3)), static_cast<isize>(text.size()));
}

// == Decoders ==

using Stateless = Result<Str> (*)(std::string_view, const char*);
template <Stateless Decode>
Result<Object> decoder(Module*, Object* data, Opt<Str*> errors) {
  TEXT_ARGUMENT(error_name, errors);
  Input input;
  TRY(input.acquire(data));
  return with_count(Decode(input.text(), error_name), input.size());
}
Result<Str> latin_1(std::string_view input, const char* errors) {
  return str_decode_latin1(input.data(), static_cast<isize>(input.size()), errors);
}
Result<Str> ascii(std::string_view input, const char* errors) {
  return str_decode_ascii(input.data(), static_cast<isize>(input.size()), errors);
}
// (data, errors, final) -> (str, bytes used).
using Stateful = Result<Str> (*)(std::string_view, const char*, isize*);
template <Stateful Decode, bool kAllowText = false>
Result<Object> stateful_decoder(Module*, Object* data, Opt<Str*> errors, bool final) {
  TEXT_ARGUMENT(error_name, errors);
  Input input;
  TRY(kAllowText ? input.acquire_or_text(data) : input.acquire(data));
  isize consumed = input.size();
  Result<Str> text = Decode(input.text(), error_name, final ? nullptr : &consumed);
  return with_count(text, consumed);
}
Result<Str> utf_8_from(std::string_view input, const char* errors, isize* consumed) {
  return str_decode_utf8_stateful(input.data(), static_cast<isize>(input.size()), errors, consumed);
}
template <int kOrder>
Result<Str> utf_16_from(std::string_view input, const char* errors, isize* consumed) {
  int order = kOrder;
  return decode_utf16(input, errors, &order, consumed);
}
template <int kOrder>
Result<Str> utf_32_from(std::string_view input, const char* errors, isize* consumed) {
  int order = kOrder;
  return decode_utf32(input, errors, &order, consumed);
}
// (data, errors, byteorder, final) -> (str, bytes used, byteorder).
template <Result<Str> (*Decode)(std::string_view, const char*, int*, isize*)>
Result<Object> ordered_decoder(Module*, Object* data, Opt<Str*> errors, int order, bool final) {
  TEXT_ARGUMENT(error_name, errors);
  Input input;
  TRY(input.acquire(data));
  isize consumed = input.size();
  Ref<Str> text = TRY(Decode(input.text(), error_name, &order, final ? nullptr : &consumed));
  Ref<Int> count = TRY(int_from_ssize_t(consumed));
  Ref<Int> order_object = TRY(int_from_i64(order));
  return tuple_pack(static_cast<Object*>(text.get()), static_cast<Object*>(count.get()),
                    static_cast<Object*>(order_object.get()));
}
#define DECODER_DOC(function, name) \
  constexpr Doc function##_doc = #function "($module, data, errors=None, /)\n--\n\nDecodes " name "."
#define STATEFUL_DOC(function, name, final)                                                                         \
  constexpr Doc function##_doc = #function "($module, data, errors=None, final=" #final ", /)\n--\n\nDecodes " name \
                                           "; unless final, an incomplete end is left."
#define ORDERED_DOC(function, name)                                                                                \
  constexpr Doc function##_doc =                                                                                   \
      #function "($module, data, errors=None, byteorder=0, final=False,\n                 /)\n--\n\nDecodes " name \
                ", with the byte order in and out: -1 little, 1 big, 0 by the mark."
DECODER_DOC(latin_1_decode, "Latin-1");
DECODER_DOC(ascii_decode, "ASCII");
STATEFUL_DOC(utf_7_decode, "UTF-7", False);
STATEFUL_DOC(utf_8_decode, "UTF-8", False);
STATEFUL_DOC(utf_16_decode, "UTF-16", False);
STATEFUL_DOC(utf_16_le_decode, "UTF-16, little-endian", False);
STATEFUL_DOC(utf_16_be_decode, "UTF-16, big-endian", False);
STATEFUL_DOC(utf_32_decode, "UTF-32", False);
STATEFUL_DOC(utf_32_le_decode, "UTF-32, little-endian", False);
STATEFUL_DOC(utf_32_be_decode, "UTF-32, big-endian", False);
STATEFUL_DOC(unicode_escape_decode, "the escapes of string literals", True);
STATEFUL_DOC(raw_unicode_escape_decode, "\\u escapes in Latin-1", True);
ORDERED_DOC(utf_16_ex_decode, "UTF-16");
ORDERED_DOC(utf_32_ex_decode, "UTF-32");
constexpr Doc charmap_decode_doc =
    "charmap_decode($module, data, errors=None, mapping=None, /)\n--\n\nDecodes through a mapping of bytes to "
    "characters.";
Result<Object> charmap_decode(Module*, Object* data, Opt<Str*> errors, Object* mapping) {
  TEXT_ARGUMENT(error_name, errors);
  Input input;
  TRY(input.acquire(data));
  return with_count(decode_charmap(input.text(), mapping, error_name), input.size());
}
constexpr Doc escape_decode_doc =
    "escape_decode($module, data, errors=None, /)\n--\n\nDecodes the escapes of bytes literals.";
Result<Object> escape_decode(Module*, Object* data, Opt<Str*> errors) {
  TEXT_ARGUMENT(error_name, errors);
  Input input;
  TRY(input.acquire_or_text(data));
  return with_count(decode_bytes_escape(input.text(), error_name, nullptr), input.size());
}

constinit PyMethodDef functions[] = {
    method<register_codec, register_doc>(),
    method<unregister_codec, unregister_doc>(),
    method<lookup, lookup_doc>(),
    method<encode, encode_doc>(),
    method<decode, decode_doc>(),
    method<escape_encode, escape_encode_doc>(),
    method<escape_decode, escape_decode_doc>(),
    method<encoder<utf_8>, utf_8_encode_doc>(),
    method<stateful_decoder<utf_8_from>, utf_8_decode_doc>(),
    method<encoder<utf_7>, utf_7_encode_doc>(),
    method<stateful_decoder<decode_utf7>, utf_7_decode_doc>(),
    method<utf_16_encode, utf_16_encode_doc>(),
    method<encoder<utf_16<-1>>, utf_16_le_encode_doc>(),
    method<encoder<utf_16<1>>, utf_16_be_encode_doc>(),
    method<stateful_decoder<utf_16_from<0>>, utf_16_decode_doc>(),
    method<stateful_decoder<utf_16_from<-1>>, utf_16_le_decode_doc>(),
    method<stateful_decoder<utf_16_from<1>>, utf_16_be_decode_doc>(),
    method<ordered_decoder<decode_utf16>, utf_16_ex_decode_doc>(),
    method<utf_32_encode, utf_32_encode_doc>(),
    method<encoder<utf_32<-1>>, utf_32_le_encode_doc>(),
    method<encoder<utf_32<1>>, utf_32_be_encode_doc>(),
    method<stateful_decoder<utf_32_from<0>>, utf_32_decode_doc>(),
    method<stateful_decoder<utf_32_from<-1>>, utf_32_le_decode_doc>(),
    method<stateful_decoder<utf_32_from<1>>, utf_32_be_decode_doc>(),
    method<ordered_decoder<decode_utf32>, utf_32_ex_decode_doc>(),
    method<encoder<unicode_escape>, unicode_escape_encode_doc>(),
    method<stateful_decoder<decode_unicode_escape, true>, unicode_escape_decode_doc>(),
    method<encoder<raw_unicode_escape>, raw_unicode_escape_encode_doc>(),
    method<stateful_decoder<decode_raw_unicode_escape, true>, raw_unicode_escape_decode_doc>(),
    method<encoder<encode_latin1>, latin_1_encode_doc>(),
    method<decoder<latin_1>, latin_1_decode_doc>(),
    method<encoder<encode_ascii>, ascii_encode_doc>(),
    method<decoder<ascii>, ascii_decode_doc>(),
    method<charmap_encode, charmap_encode_doc>(),
    method<charmap_decode, charmap_decode_doc>(),
    method<build_charmap, charmap_build_doc>(),
    method<readbuffer_encode, readbuffer_encode_doc>(),
    method<register_error, register_error_doc>(),
    method<lookup_error, lookup_error_doc>(),
    {},
};
constinit PyModuleDef definition = {.m_name = "_codecs", .m_methods = functions};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__codecs() { return adder::module_def_init(&adder::definition); }
