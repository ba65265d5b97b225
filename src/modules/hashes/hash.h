// hash: what the hash modules share.
#pragma once
#include "bind/bind.h"
#include "types/bytes.h"
#include "types/str.h"

namespace adder {
// The bytes of data to hash: any one-dimensional buffer, but no text.
inline Result<void> acquire_hash_data(BufferView& view, Object* data) {
  if (is_str(data)) return raise(TypeError, "Strings must be encoded before hashing");
  if (!check_buffer(data)) return raise(TypeError, "object supporting the buffer API required");
  TRY(view.acquire(data));
  if (view.raw().ndim > 1) return raise(BufferError, "Buffer must be single dimension");
  return {};
}
inline Result<Str> lower_hex(const u8* bytes, usize size) {
  Ref<Str> text = TRY(str_new(static_cast<isize>(2 * size), 0x7f));
  char* out = static_cast<char*>(str_data(text));
  for (usize i = 0; i < size; ++i) {
    *out++ = "0123456789abcdef"[bytes[i] >> 4];
    *out++ = "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}
// Data above this size is hashed without the GIL.
inline constexpr isize kHashWithoutGil = 2048;
}  // namespace adder
