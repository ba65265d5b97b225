// marshal_codes: the type bytes of the marshal format.
#pragma once

namespace adder::marshal {
enum TypeByte : unsigned char {
  kNull = '0',
  kNone = 'N',
  kFalse = 'F',
  kTrue = 'T',
  kStopIteration = 'S',
  kEllipsis = '.',
  kInt = 'i',        // 4 bytes, signed, little-endian like all numbers
  kInt64 = 'I',      // 8 bytes; only read
  kFloatText = 'f',  // 1 byte length, repr
  kFloat = 'g',      // IEEE 754 double
  kComplexText = 'x',
  kComplex = 'y',
  kLong = 'l',        // 4 bytes signed count of 15-bit digits, then the digits in 2 bytes each
  kBytes = 's',       // 4 bytes length
  kInterned = 't',    // UTF-8, interned
  kReference = 'r',   // 4 bytes index of an object that was flagged
  kTuple = '(',       // 4 bytes length
  kSmallTuple = ')',  // 1 byte length
  kList = '[',
  kDict = '{',  // pairs, ended by kNull
  kCode = 'c',
  kUnicode = 'u',  // 4 bytes length, UTF-8 with surrogatepass
  kUnknown = '?',
  kSet = '<',
  kFrozenSet = '>',
  kAscii = 'a',  // 4 bytes length
  kAsciiInterned = 'A',
  kShortAscii = 'z',  // 1 byte length
  kShortAsciiInterned = 'Z',
};
inline constexpr unsigned char kFlagReference = 0x80;  // the object gets the next index
inline constexpr int kMaxDepth = 2000;
}  // namespace adder::marshal
