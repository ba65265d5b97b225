// validate: is the code of a pattern well formed?
//
// The engine reads code without looking at bounds, so _sre.compile() refuses what re._compiler would not make.
#include "modules/_sre/engine.h"
#include "runtime/stack_guard.h"

namespace adder::sre {
namespace {
class Checker {
 public:
  Checker(const u32* code, isize size, isize groups) : code_(code), size_(size), groups_(groups) {}
  bool run() {
    if (size_ < 1 || code_[size_ - 1] != kSuccess) return false;
    isize start = 0;
    if (code_[0] == kInfo) {
      if (!info()) return false;
      start = 1 + code_[1];
    }
    return block(start, size_ - 1, 0);
  }

 private:
  static constexpr int kMaxDepth = 2000;

  // A skip at `at`, relative to itself, that stays inside (at, end].
  bool skip(isize at, isize end, isize& target) const {
    if (at >= end) return false;
    target = at + static_cast<isize>(code_[at]);
    return target > at && target <= end;
  }
  bool set(isize at, isize end) const {
    while (at < end) {
      switch (code_[at++]) {
        case kFailure:
          return at == end;
        case kNegate:
          break;
        case kLiteral:
          ++at;
          break;
        case kCategory:
          if (at >= end || code_[at] > kCategoryUniNotLineBreak) return false;
          ++at;
          break;
        case kRange:
        case kRangeUniIgnore:
          at += 2;
          break;
        case kCharset:
          at += 8;
          break;
        case kBigCharset: {
          if (at >= end) return false;
          isize blocks = code_[at++];
          if (blocks > 256 || at + 64 + blocks * 8 > end) return false;
          const u8* index = reinterpret_cast<const u8*>(code_ + at);
          for (int i = 0; i < 256; ++i) {
            if (index[i] >= blocks) return false;
          }
          at += 64 + blocks * 8;
          break;
        }
        default:
          return false;
      }
    }
    return false;
  }
  bool info() const {
    isize end;
    if (size_ < 5 || !skip(1, size_ - 1, end) || end < 5) return false;
    u32 flags = code_[2];
    if (flags & ~(kInfoPrefix | kInfoLiteral | kInfoCharset)) return false;
    if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return false;
    if (flags & kInfoPrefix) {
      if (end < 7) return false;
      isize length = code_[5];
      return length >= 1 && code_[6] <= code_[5] && length < size_ && 7 + 2 * length <= end;
    }
    if (flags & kInfoCharset) return set(5, end);
    return true;
  }
  bool single(isize at, isize end, isize& next) const {
    switch (code_[at]) {
      case kAny:
      case kAnyAll:
        next = at + 1;
        return true;
      case kLiteral:
      case kNotLiteral:
      case kLiteralIgnore:
      case kNotLiteralIgnore:
      case kLiteralUniIgnore:
      case kNotLiteralUniIgnore:
      case kLiteralLocIgnore:
      case kNotLiteralLocIgnore:
        next = at + 2;
        return next <= end;
      case kIn:
      case kInIgnore:
      case kInUniIgnore:
      case kInLocIgnore:
        return skip(at + 1, end, next) && set(at + 2, next);
      default:
        return false;
    }
  }
  bool group(isize at, isize end) const { return at < end && static_cast<isize>(code_[at]) < groups_; }

  // code[at, end) is a run of whole operations.
  bool block(isize at, isize end, int depth) const {
    if (depth > kMaxDepth || stack_is_low()) return false;
    while (at < end) {
      isize target, next;
      if (single(at, end, next)) {
        at = next;
        continue;
      }
      switch (code_[at]) {
        case kFailure:
          ++at;
          break;
        case kCategory:
          if (at + 1 >= end || code_[at + 1] > kCategoryUniNotLineBreak) return false;
          at += 2;
          break;
        case kAt:
          if (at + 1 >= end || code_[at + 1] > kAtUniNonBoundary) return false;
          at += 2;
          break;
        case kMark:
          if (at + 1 >= end || static_cast<isize>(code_[at + 1]) >= 2 * groups_) return false;
          at += 2;
          break;
        case kGroupRef:
        case kGroupRefIgnore:
        case kGroupRefUniIgnore:
        case kGroupRefLocIgnore:
          if (!group(at + 1, end)) return false;
          at += 2;
          break;
        case kInfo:
          if (!skip(at + 1, end, target)) return false;
          at = target;
          break;
        case kBranch: {
          // Each alternative ends with a jump to the common end, the list with 0.
          isize cursor = at + 1, common = -1;
          for (;;) {
            if (cursor >= end) return false;
            if (code_[cursor] == 0) break;
            if (!skip(cursor, end, next) || next - 2 < cursor + 1) return false;
            if (code_[next - 2] != kJump || !skip(next - 1, end, target)) return false;
            if (common >= 0 && common != target) return false;
            common = target;
            if (!block(cursor + 1, next - 2, depth + 1)) return false;
            cursor = next;
          }
          if (common != cursor + 1) return false;
          at = common;
          break;
        }
        case kRepeatOne:
        case kMinRepeatOne:
        case kPossessiveRepeatOne:
          if (at + 4 >= end || !skip(at + 1, end, target) || code_[at + 2] > code_[at + 3]) return false;
          if (!single(at + 4, target, next) || next != target - 1 || code_[next] != kSuccess) return false;
          at = target;
          break;
        case kRepeat:
          if (at + 4 > end || !skip(at + 1, end, target) || target >= end || code_[at + 2] > code_[at + 3])
            return false;
          if (code_[target] != kMaxUntil && code_[target] != kMinUntil) return false;
          if (!block(at + 4, target, depth + 1)) return false;
          at = target + 1;
          break;
        case kPossessiveRepeat:
          if (at + 4 > end || !skip(at + 1, end, target) || target >= end || code_[at + 2] > code_[at + 3])
            return false;
          if (code_[target] != kSuccess || !block(at + 4, target, depth + 1)) return false;
          at = target + 1;
          break;
        case kAtomicGroup:
          if (!skip(at + 1, end, target) || code_[target - 1] != kSuccess || !block(at + 2, target - 1, depth + 1))
            return false;
          at = target;
          break;
        case kAssert:
        case kAssertNot:
          if (at + 3 > end || !skip(at + 1, end, target) || (code_[at + 2] & 0x80000000u)) return false;
          if (target - 1 < at + 3 || code_[target - 1] != kSuccess || !block(at + 3, target - 1, depth + 1))
            return false;
          at = target;
          break;
        case kGroupRefExists: {
          // group, skip, code for yes [, jump, code for no]
          if (!group(at + 1, end) || at + 2 >= end) return false;
          target = at + 1 + static_cast<isize>(code_[at + 2]);
          if (target <= at + 2 || target > end) return false;
          // The yes branch may end with a jump over the no branch.
          if (target - 2 > at + 2 && code_[target - 2] == kJump && skip(target - 1, end, next) && next >= target &&
              block(at + 3, target - 2, depth + 1)) {
            if (!block(target, next, depth + 1)) return false;
            at = next;
          } else {
            if (!block(at + 3, target, depth + 1)) return false;
            at = target;
          }
          break;
        }
        default:
          return false;
      }
    }
    return at == end;
  }

  const u32* code_;
  isize size_, groups_;
};
}  // namespace

bool validate(const u32* code, isize size, isize groups) { return Checker(code, size, groups).run(); }
}  // namespace adder::sre
