// text_wrapper: the object behind TextIOWrapper.
#pragma once
#include "modules/_io/io.h"

namespace adder::io {
// Encodings that need no codec object.
enum class FastCodec : u8 { kNone, kUtf8, kAscii, kLatin1 };

struct TextWrapper : IOBase {
  Object* buffer;    // null once detached
  Object* encoding;  // as it was given
  Object* errors;
  Object *encoder, *decoder;  // null if the stream cannot be written or read
  Str* read_newline;          // newline=, or null for None
  Str* write_newline;         // what \n becomes, or null
  char* pending;              // encoded text that the buffer has not got yet
  isize pending_size, pending_capacity;
  isize chunk_size;
  Str* decoded;  // text read but not given out: from decoded_used on; or null
  isize decoded_used;
  Object* snapshot;  // (decoder flags, input) before `decoded` was made; null if telling is off
  double bytes_per_character;
  FastCodec fast;
  bool initialized, detached, finalizing, line_buffering, write_through, universal, translate;
  bool seekable, telling, has_read1;
};

Result<void> text_check(TextWrapper* self);
Result<void> text_check_open(TextWrapper* self);
Result<void> text_flush_pending(TextWrapper* self);
void text_set_decoded(TextWrapper* self, Ref<Str>&& text);
inline isize text_available(const TextWrapper* self) {
  return self->decoded ? str_length(self->decoded) - self->decoded_used : 0;
}
Result<Object> text_tell(TextWrapper* self);
Result<Object> text_seek(TextWrapper* self, Object* cookie, int whence);
Result<void> text_init(TextWrapper* self, Object* buffer, Opt<Str*> encoding, Object* errors, Opt<Str*> newline,
                       bool line_buffering, bool write_through);
Result<Object> text_reconfigure(TextWrapper* self, Object* encoding, Object* errors, Opt<Object*> newline,
                                Object* line_buffering, Object* write_through);
}  // namespace adder::io
