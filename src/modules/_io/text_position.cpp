// text_position: tell() and seek() of TextIOWrapper.
//
// A position is more than a byte offset: a decoder may have state, and text may have been given out from the middle of
// a chunk. So the cookie packs a byte offset where the decoder is in a safe state, that state, how many bytes to feed
// it from there and how many characters of the result to skip.
#include <cstring>

#include "modules/_io/text_wrapper.h"

namespace adder::io {
namespace {
struct Cookie {
  i64 start = 0;
  i32 decoder_flags = 0, bytes_to_feed = 0, characters_to_skip = 0;
  bool need_end = false;
};
constexpr int kCookieSize = 21;

Result<Object> pack(const Cookie& cookie) {
  u8 bytes[kCookieSize];
  std::memcpy(bytes, &cookie.start, 8);
  std::memcpy(bytes + 8, &cookie.decoder_flags, 4);
  std::memcpy(bytes + 12, &cookie.bytes_to_feed, 4);
  std::memcpy(bytes + 16, &cookie.characters_to_skip, 4);
  bytes[20] = cookie.need_end;
  return int_from_byte_array(bytes, kCookieSize, true, false);
}
Result<void> unpack(Object* value, Cookie& cookie) {
  Ref<Object> number = TRY(number_index(value));
  u8 bytes[kCookieSize];
  TRY(int_as_byte_array(as<Int>(number.get()), bytes, kCookieSize, true, false));
  std::memcpy(&cookie.start, bytes, 8);
  std::memcpy(&cookie.decoder_flags, bytes + 8, 4);
  std::memcpy(&cookie.bytes_to_feed, bytes + 12, 4);
  std::memcpy(&cookie.characters_to_skip, bytes + 16, 4);
  cookie.need_end = bytes[20];
  return {};
}

Result<void> set_decoder_state(TextWrapper* self, int flags) {
  if (flags == 0) {
    TRY(call_method(self->decoder, id::reset));
    return {};
  }
  Ref<Int> number = TRY(int_from_i64(flags));
  Ref<Tuple> state = TRY(tuple_pack(static_cast<Object*>(bytes_empty()), static_cast<Object*>(number.get())));
  TRY(call_method(self->decoder, id::setstate, static_cast<Object*>(state.get())));
  return {};
}
// What the decoder holds back, and its flags.
Result<isize> decoder_state(TextWrapper* self, int& flags) {
  Ref<Object> state = TRY(call_method(self->decoder, id::getstate));
  if (!is_tuple(state) || tuple_size(as<Tuple>(state.get())) != 2) return raise(TypeError, "illegal decoder state");
  Object* held = tuple_item(as<Tuple>(state.get()), 0);
  if (!is_bytes(held)) {
    return raise(TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200s'",
                 type_of(held)->tp_name);
  }
  flags = TRY(int_as_int(tuple_item(as<Tuple>(state.get()), 1)));
  return bytes_size(as<Bytes>(held));
}
// Number of characters that some bytes make.
Result<isize> decoded_length(TextWrapper* self, const char* data, isize size, bool final) {
  Ref<Bytes> bytes = TRY(bytes_from_view({data, static_cast<usize>(size)}));
  Ref<Object> text = TRY(call_method(self->decoder, id::decode, static_cast<Object*>(bytes.get()), bool_object(final)));
  if (!is_str(text))
    return raise(TypeError, "decoder should return a string result, not '%.200s'", type_of(text)->tp_name);
  return str_length(as<Str>(text.get()));
}

// Finds the cookie for the character `skip` of what `input` decodes to. The decoder is left in any state.
Result<Object> locate(TextWrapper* self, Cookie cookie, Bytes* input, isize skip) {
  const char* data = bytes_data(input);
  isize size = bytes_size(input);
  // A guess from the ratio of bytes to characters, then backwards until the decoder is in a safe state.
  isize skip_bytes = static_cast<isize>(self->bytes_per_character * static_cast<double>(skip)), step = 1;
  if (skip_bytes > size) skip_bytes = size;
  int flags = cookie.decoder_flags;
  while (skip_bytes > 0) {
    TRY(set_decoder_state(self, cookie.decoder_flags));
    isize length = TRY(decoded_length(self, data, skip_bytes, false));
    if (length <= skip) {
      isize held = TRY(decoder_state(self, flags));
      if (held == 0) {
        cookie.decoder_flags = flags;
        skip -= length;
        break;
      }
      skip_bytes -= held;
      step = 1;
    } else {
      skip_bytes -= step;
      step *= 2;
    }
  }
  if (skip_bytes <= 0) {
    skip_bytes = 0;
    TRY(set_decoder_state(self, cookie.decoder_flags));
  }
  cookie.start += skip_bytes;
  cookie.characters_to_skip = static_cast<i32>(skip);
  if (skip == 0) return pack(cookie);
  // Byte by byte; every safe state on the way is a nearer start.
  isize characters = 0;
  for (isize i = skip_bytes; i < size; ++i) {
    characters += TRY(decoded_length(self, data + i, 1, false));
    ++cookie.bytes_to_feed;
    isize held = TRY(decoder_state(self, flags));
    if (held == 0 && characters <= cookie.characters_to_skip) {
      cookie.start += cookie.bytes_to_feed;
      cookie.characters_to_skip -= static_cast<i32>(characters);
      cookie.decoder_flags = flags;
      cookie.bytes_to_feed = 0;
      characters = 0;
    }
    if (characters >= cookie.characters_to_skip) return pack(cookie);
  }
  characters += TRY(decoded_length(self, nullptr, 0, true));
  cookie.need_end = true;
  if (characters < cookie.characters_to_skip) return raise(OSError, "can't reconstruct logical file position");
  return pack(cookie);
}
}  // namespace

Result<Object> text_tell(TextWrapper* self) {
  TRY(text_check_open(self));
  if (!self->seekable) return raise_unsupported("underlying stream is not seekable");
  if (!self->telling) return raise(OSError, "telling position disabled by next() call");
  TRY(text_flush_pending(self));
  TRY(call_method(self, id::flush));
  Ref<Object> position = TRY(call_method(self->buffer, id::tell));
  if (!self->decoder || !self->snapshot) return position;
  Cookie cookie;
  cookie.start = TRY(offset_from_object(position));
  Ref<Object> snapshot = new_ref(self->snapshot);
  cookie.decoder_flags = TRY(int_as_int(tuple_item(as<Tuple>(snapshot.get()), 0)));
  Bytes* input = as<Bytes>(tuple_item(as<Tuple>(snapshot.get()), 1));
  cookie.start -= bytes_size(input);
  if (self->decoded_used == 0 || !self->decoded) {
    return pack(cookie);
  }
  Ref<Object> saved = TRY(call_method(self->decoder, id::getstate));
  Result<Object> found = locate(self, cookie, input, self->decoded_used);
  Ref<Object> failure;
  if (found.failed()) failure = error_take();
  auto restored = call_method(self->decoder, id::setstate, saved.get());
  if (failure) {
    if (restored.failed()) error_clear();
    error_set(std::move(failure));
    return Error{};
  }
  if (restored.failed()) {
    Ref<Object> dropped = found.take();
    return Error{};
  }
  return found;
}

Result<Object> text_seek(TextWrapper* self, Object* cookie_object, int whence) {
  TRY(text_check_open(self));
  if (!self->seekable) return raise_unsupported("underlying stream is not seekable");
  Ref<Object> target = new_ref(cookie_object);
  if (whence == 1) {
    if (!TRY(object_equal(target, small_int(0)))) return raise_unsupported("can't do nonzero cur-relative seeks");
    // Through self.tell(): subclasses may have their own.
    target = TRY(call_method(self, id::tell));
  } else if (whence == 2) {
    if (!TRY(object_equal(target, small_int(0)))) return raise_unsupported("can't do nonzero end-relative seeks");
    TRY(call_method(self, id::flush));
    text_set_decoded(self, {});
    clear_field(self->snapshot);
    if (self->decoder) TRY(call_method(self->decoder, id::reset));
    Ref<Object> position = TRY(
        call_method(self->buffer, id::seek, static_cast<Object*>(small_int(0)), static_cast<Object*>(small_int(2))));
    if (self->encoder) {
      if (TRY(object_equal(position, small_int(0))))
        TRY(call_method(self->encoder, id::reset));
      else
        TRY(call_method(self->encoder, id::setstate, static_cast<Object*>(small_int(0))));
    }
    return position;
  } else if (whence != 0) {
    return raise(ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
  }
  if (TRY(object_rich_compare_bool(target, small_int(0), Py_LT)))
    return raise(ValueError, "negative seek position %R", target.get());
  TRY(call_method(self, id::flush));
  Cookie cookie;
  TRY(unpack(target, cookie));
  Ref<Int> start = TRY(int_from_i64(cookie.start));
  TRY(call_method(self->buffer, id::seek, static_cast<Object*>(start.get())));
  text_set_decoded(self, {});
  clear_field(self->snapshot);
  if (self->decoder) TRY(set_decoder_state(self, cookie.decoder_flags));
  if (cookie.characters_to_skip) {
    Ref<Int> count = TRY(int_from_i64(cookie.bytes_to_feed));
    Ref<Object> input = TRY(call_method(self->buffer, id::read, static_cast<Object*>(count.get())));
    if (!is_bytes(input)) {
      return raise(TypeError, "underlying read() should have returned a bytes object, not '%.200s'",
                   type_of(input)->tp_name);
    }
    Ref<Int> flags = TRY(int_from_i64(cookie.decoder_flags));
    set_field(self->snapshot, TRY(tuple_pack(static_cast<Object*>(flags.get()), input.get())));
    Ref<Object> text = TRY(call_method(self->decoder, id::decode, input.get(), bool_object(cookie.need_end)));
    if (!is_str(text))
      return raise(TypeError, "decoder should return a string result, not '%.200s'", type_of(text)->tp_name);
    isize length = str_length(as<Str>(text.get()));
    text_set_decoded(self, as<Str>(std::move(text)));
    if (length < cookie.characters_to_skip) return raise(OSError, "can't restore logical file position");
    self->decoded_used = cookie.characters_to_skip;
  } else {
    Ref<Int> flags = TRY(int_from_i64(cookie.decoder_flags));
    set_field(self->snapshot, TRY(tuple_pack(static_cast<Object*>(flags.get()), static_cast<Object*>(bytes_empty()))));
  }
  if (self->encoder) {
    if (cookie.start == 0 && cookie.decoder_flags == 0)
      TRY(call_method(self->encoder, id::reset));
    else
      TRY(call_method(self->encoder, id::setstate, static_cast<Object*>(small_int(0))));
  }
  return target;
}
}  // namespace adder::io
