// marshal: objects to bytes and back, the format of .pyc files (version 4 of the marshal format; code objects in this
// machine's own form, docs/marshal.md).
#pragma once
#include <string_view>

#include "object/protocol.h"
#include "types/bytes.h"

namespace adder {
inline constexpr int kMarshalVersion = 4;
// ValueError "unmarshallable object", "object too deeply nested to marshal".
Result<Bytes> marshal_dumps(Object* value, int version = kMarshalVersion);
// Reads one object from the start of `data`; `consumed`, if not null, gets the bytes used. EOFError, ValueError and
// TypeError for damaged data, never a crash.
Result<Object> marshal_loads(std::string_view data, isize* consumed = nullptr);
// From an object with readinto() (marshal.load).
Result<Object> marshal_load_from_file(Object* file);
}  // namespace adder
