// memory_items: items of a memoryview in the native single-character formats of the module struct.
#pragma once
#include "object/protocol.h"

namespace adder::memory_items {
// The character of a native format ("B", "@B"), or 0 for others.
char native_format(const char* format);
// Bytes of an item of a native format; 0 for other characters.
isize native_size(char format);
// NotImplementedError "memoryview: format x not supported" for formats that are none of these.
Result<Object> unpack(const char* item, char format, const char* format_text);
// TypeError/ValueError "memoryview: invalid type/value for format 'x'".
Result<void> pack(char* item, Object* value, char format, const char* format_text);
// Whether two items of the same native format are equal: floats by value, so that a NaN is equal to nothing.
bool equal(const char* left, const char* right, char left_format, char right_format);
}  // namespace adder::memory_items
