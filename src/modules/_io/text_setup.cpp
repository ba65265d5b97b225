// text_setup: construction and reconfiguration of TextIOWrapper.
#include <clocale>
#include <cstring>
#include <langinfo.h>

#include "modules/_io/text_wrapper.h"
#include "runtime/runtime.h"
#include "types/codecs.h"

namespace adder::io {
namespace {
// What encoding=None and "locale" mean.
Result<Str> locale_encoding() {
  if (interpreter()->config->utf8_mode > 0) return str_from_latin1("utf-8");
  const char* name = ::nl_langinfo(CODESET);
  return str_from_string(name && *name ? name : "UTF-8");
}

FastCodec fast_codec(Object* name) {
  if (!is_str(name)) return FastCodec::kNone;
  Str* text = as<Str>(name);
  if (str_equals(text, "utf-8")) return FastCodec::kUtf8;
  if (str_equals(text, "ascii")) return FastCodec::kAscii;
  if (str_equals(text, "iso8859-1")) return FastCodec::kLatin1;
  return FastCodec::kNone;
}

Result<void> check_newline(Str* newline) {
  if (str_length(newline) == 0 || str_equals(newline, "\n") || str_equals(newline, "\r") || str_equals(newline, "\r\n"))
    return {};
  return raise(ValueError, "illegal newline value: %U", newline);
}
void set_newline(TextWrapper* self, Opt<Str*> newline) {
  Ref<Str> old_read =
      Ref<Str>::steal(std::exchange(self->read_newline, Ref<Str>::share_or_empty(newline.get()).release()));
  clear_field(self->write_newline);
  self->universal = !newline || str_length(newline.get()) == 0;
  self->translate = !newline;
  if (newline && str_length(newline.get()) > 0 && !str_equals(newline.get(), "\n")) {
    self->write_newline = new_ref(newline.get()).release();
  }
}

Result<void> set_codec(TextWrapper* self, Object* info, Object* errors) {
  Utf8 errors_text = str_as_utf8(as<Str>(errors));
  if (!errors_text) return Error{};
  clear_field(self->decoder);
  clear_field(self->encoder);
  self->fast = FastCodec::kNone;
  Ref<Object> readable = TRY(call_method(self->buffer, id::readable));
  if (TRY(object_is_true(readable))) {
    Ref<Object> decoder = TRY(codec_incremental_decoder(info, errors_text.data));
    if (self->universal) decoder = TRY(newline_decoder_new(decoder, self->translate));
    self->decoder = decoder.release();
  }
  Ref<Object> writable = TRY(call_method(self->buffer, id::writable));
  if (TRY(object_is_true(writable))) {
    self->encoder = TRY(codec_incremental_encoder(info, errors_text.data))
    .release();
    Ref<Object> name = TRY(object_lookup_attr(info, id::name));
    if (name) self->fast = fast_codec(name);
  }
  return {};
}

// In the middle of a stream no byte order mark is written.
Result<void> fix_encoder_state(TextWrapper* self) {
  if (!self->seekable || !self->encoder) return {};
  Ref<Object> position = TRY(call_method(self->buffer, id::tell));
  if (!TRY(object_equal(position, small_int(0)))) {
    TRY(call_method(self->encoder, id::setstate, static_cast<Object*>(small_int(0))));
  }
  return {};
}
}  // namespace

Result<void> text_init(TextWrapper* self, Object* buffer, Opt<Str*> encoding, Object* errors_object, Opt<Str*> newline,
                       bool line_buffering, bool write_through) {
  self->initialized = self->detached = false;
  if (!encoding && interpreter()->config->warn_default_encoding)
    TRY(warn(EncodingWarning, 1, "'encoding' argument not specified"));
  if (errors_object != None && !is_str(errors_object)) {
    return raise(TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %.50s",
                 type_of(errors_object)->tp_name);
  }
  if (newline) TRY(check_newline(newline.get()));
  Ref<Object> errors = errors_object == None ? new_ref<Object>(id::strict) : new_ref(errors_object);
  Ref<Str> name;
  if (encoding && !str_equals(encoding.get(), "locale"))
    name = new_ref(encoding.get());
  else
    name = TRY(locale_encoding());
  Utf8 name_text = str_as_utf8(name);
  if (!name_text) return Error{};
  if (std::strlen(name_text.data) != static_cast<usize>(name_text.size))
    return raise(ValueError, "embedded null character");
  Ref<Object> info = TRY(codec_lookup_text_encoding(name_text.data, "codecs.open()"));
  // In development mode a handler that does not exist is found before it is needed.
  if (interpreter()->config->dev_mode && errors_object != None) {
    Utf8 handler = str_as_utf8(as<Str>(errors.get()));
    if (!handler) return Error{};
    Ref<Object> found = TRY(codec_lookup_error(handler.data));
  }

  text_set_decoded(self, {});
  clear_field(self->snapshot);
  self->pending_size = 0;
  self->chunk_size = kDefaultBufferSize;
  self->bytes_per_character = 0;
  self->line_buffering = line_buffering;
  self->write_through = write_through;
  self->finalizing = false;
  Ref<Object> old_buffer = Ref<Object>::steal(std::exchange(self->buffer, new_ref(buffer).release()));
  Ref<Object> old_encoding = Ref<Object>::steal(std::exchange(self->encoding, name.release()));
  Ref<Object> old_errors = Ref<Object>::steal(std::exchange(self->errors, errors.release()));
  set_newline(self, newline);
  TRY(set_codec(self, info, self->errors));
  Ref<Object> seekable = TRY(call_method(buffer, id::seekable));
  self->seekable = self->telling = TRY(object_is_true(seekable));
  Ref<Object> read1 = TRY(object_lookup_attr(buffer, id::read1));
  self->has_read1 = static_cast<bool>(read1);
  TRY(fix_encoder_state(self));
  self->initialized = true;
  return {};
}

Result<Object> text_reconfigure(TextWrapper* self, Object* encoding, Object* errors, Opt<Object*> newline,
                                Object* line_buffering, Object* write_through) {
  TRY(text_check(self));
  if (self->decoded && (encoding != None || errors != None || newline)) {
    return raise_unsupported("It is not possible to set the encoding or newline of stream after the first read");
  }
  if (encoding != None && !is_str(encoding)) {
    return raise(TypeError, "reconfigure() argument 'encoding' must be str or None, not %.50s",
                 type_of(encoding)->tp_name);
  }
  if (errors != None && !is_str(errors)) {
    return raise(TypeError, "reconfigure() argument 'errors' must be str or None, not %.50s", type_of(errors)->tp_name);
  }
  Str* new_newline = nullptr;
  if (newline && newline.get() != None) {
    if (!is_str(newline.get())) {
      return raise(TypeError, "reconfigure() argument 'newline' must be str or None, not %s",
                   type_of(newline.get())->tp_name);
    }
    new_newline = as<Str>(newline.get());
    TRY(check_newline(new_newline));
  }
  bool lines = line_buffering == None ? self->line_buffering : TRY(object_is_true(line_buffering));
  bool through = write_through == None ? self->write_through : TRY(object_is_true(write_through));
  TRY(call_method(self, id::flush));
  if (newline) set_newline(self, new_newline);
  if (encoding != None || errors != None || newline) {
    Ref<Object> name = new_ref(encoding == None ? self->encoding : encoding);
    if (encoding != None && str_equals(as<Str>(encoding), "locale")) name = TRY(Result<Object>(locale_encoding()));
    Ref<Object> handler = new_ref(errors != None     ? errors
                                  : encoding == None ? self->errors
                                                     : static_cast<Object*>(id::strict));
    Utf8 name_text = str_as_utf8(as<Str>(name.get()));
    if (!name_text) return Error{};
    Ref<Object> info = TRY(codec_lookup_text_encoding(name_text.data, "codecs.open()"));
    TRY(set_codec(self, info, handler));
    set_field(self->encoding, std::move(name));
    set_field(self->errors, std::move(handler));
    TRY(fix_encoder_state(self));
  }
  self->line_buffering = lines;
  self->write_through = through;
  return none_result();
}
}  // namespace adder::io
