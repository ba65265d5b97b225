// opcodes: the numbers that re._constants of Python 3.11 gives (MAGIC 20220615).
#pragma once
#include "base/config.h"

namespace adder::sre {
enum Op : u32 {
  kFailure, kSuccess, kAny, kAnyAll, kAssert, kAssertNot, kAt, kBranch, kCategory, kCharset, kBigCharset, kGroupRef, kGroupRefExists,
  kIn, kInfo, kJump, kLiteral, kMark, kMaxUntil, kMinUntil, kNotLiteral, kNegate, kRange, kRepeat, kRepeatOne, kSubpattern, kMinRepeatOne,
  kAtomicGroup, kPossessiveRepeat, kPossessiveRepeatOne, kGroupRefIgnore, kInIgnore, kLiteralIgnore, kNotLiteralIgnore, kGroupRefLocIgnore,
  kInLocIgnore, kLiteralLocIgnore, kNotLiteralLocIgnore, kGroupRefUniIgnore, kInUniIgnore, kLiteralUniIgnore, kNotLiteralUniIgnore, kRangeUniIgnore,
};
enum At : u32 {
  kAtBeginning, kAtBeginningLine, kAtBeginningString, kAtBoundary, kAtNonBoundary, kAtEnd, kAtEndLine, kAtEndString, kAtLocBoundary,
  kAtLocNonBoundary, kAtUniBoundary, kAtUniNonBoundary,
};
enum Category : u32 {
  kCategoryDigit, kCategoryNotDigit, kCategorySpace, kCategoryNotSpace, kCategoryWord, kCategoryNotWord, kCategoryLineBreak, kCategoryNotLineBreak,
  kCategoryLocWord, kCategoryLocNotWord, kCategoryUniDigit, kCategoryUniNotDigit, kCategoryUniSpace, kCategoryUniNotSpace, kCategoryUniWord,
  kCategoryUniNotWord, kCategoryUniLineBreak, kCategoryUniNotLineBreak,
};
inline constexpr u32 kMagic = 20220615, kMaxRepeat = UINT32_MAX, kMaxGroups = (1u << 30) - 1;
inline constexpr int kFlagIgnoreCase = 2, kFlagLocale = 4, kFlagMultiline = 8, kFlagDotAll = 16, kFlagUnicode = 32, kFlagVerbose = 64, kFlagDebug = 128, kFlagAscii = 256,
                     kFlagTemplate = 1;
inline constexpr u32 kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4;
}  // namespace adder::sre
