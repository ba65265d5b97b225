// engine: runs the code of a pattern over a subject.
#include "modules/_sre/engine.h"

#include <cstring>

#include "memory/allocator.h"
#include "modules/_sre/characters.h"
#include "runtime/thread.h"

namespace adder::sre {
template <class T>
Stack<T>::~Stack() {
  memory::release(items_);
}
template <class T>
bool Stack<T>::grow() {
  isize capacity = capacity_ ? 2 * capacity_ : 64;
  void* items = memory::reallocate(items_, static_cast<usize>(capacity) * sizeof(T));
  if (!items) return false;
  items_ = static_cast<T*>(items);
  capacity_ = capacity;
  return true;
}
template class Stack<Choice>;
template class Stack<UndoEntry>;
template class Stack<RepeatNode>;

void Matcher::reset() {
  last_index = -1;
  for (isize i = 0; i < marks; ++i) mark[i] = -1;
  choices.shrink(0);
  undo.shrink(0);
  nodes.shrink(0);
}

namespace {
enum ChoiceKind : u8 {
  kNextBranch,   // a: position of the next alternative's skip
  kFewer,        // greedy single-character repeat: a = current count, b = minimum; pc = arguments
  kMore,         // lazy single-character repeat: a = current count; pc = arguments
  kTryTail,      // general greedy repeat: the body failed, go on behind it
  kTryBody,      // general lazy repeat: the tail failed, one more iteration; a = count
  kFrameAssert,  // body of an assertion; pc: behind it
  kFrameAssertNot,
  kFrameAtomic,
  kFramePossessive,  // a = iterations done, b = arguments
};

// How long to go before signals are looked at.
constexpr u32 kSignalInterval = 1 << 16;

template <class Char>
class Run {
 public:
  Run(Matcher& m) : m_(m), text_(static_cast<const Char*>(m.text)), code_(m.code) {}

  Result<bool> match() {
    m_.reset();
    frame_ = -1;
    repeat_ = -1;
    pc_ = 0;
    position_ = m_.start;
    return loop();
  }

 private:
  Error no_memory() { return raise_no_memory(); }

  bool push(u8 kind, isize pc, isize a = 0, isize b = 0) {
    return m_.choices.push({kind, pc, position_, repeat_, m_.nodes.size(), m_.undo.size(), a, b});
  }
  bool set_mark(isize index, isize value) {
    if (!m_.undo.push({index, m_.mark[index]})) return false;
    m_.mark[index] = value;
    return true;
  }
  void unwind(isize height) {
    while (m_.undo.size() > height) {
      UndoEntry entry = m_.undo.top();
      m_.undo.pop();
      if (entry.index < 0)
        m_.last_index = entry.value;
      else
        m_.mark[entry.index] = entry.value;
    }
  }
  // Frames keep the index of the frame below them in `repeat` of a twin entry; see open_frame.
  bool open_frame(u8 kind, isize after, isize a = 0, isize b = 0) {
    if (!push(kind, after, a, b) || !frames_.push(frame_)) return false;
    frame_ = m_.choices.size() - 1;
    return true;
  }
  void close_frame() {
    frame_ = frames_.top();
    frames_.pop();
  }

  u32 at(isize i) const { return text_[i]; }

  bool at_code(u32 code) const { return is_at(code, position_); }

 public:
  // Whether the position `p` is what the code of AT asks for.
  ADDER_ALWAYS_INLINE bool is_at(u32 code, isize p) const {
    auto boundary = [&](auto word) {
      if (m_.begin == m_.end) return false;
      bool before = p > m_.begin && word(at(p - 1)), here = p < m_.end && word(at(p));
      return before != here;
    };
    switch (code) {
      case kAtBeginning:
      case kAtBeginningString:
        return p == m_.begin;
      case kAtBeginningLine:
        return p == m_.begin || at(p - 1) == '\n';
      case kAtEnd:
        return p == m_.end || (p + 1 == m_.end && at(p) == '\n');
      case kAtEndLine:
        return p == m_.end || at(p) == '\n';
      case kAtEndString:
        return p == m_.end;
      case kAtBoundary:
        return boundary(ascii_word);
      case kAtNonBoundary:
        return m_.begin != m_.end && !boundary(ascii_word);
      case kAtLocBoundary:
        return boundary(locale_word);
      case kAtLocNonBoundary:
        return m_.begin != m_.end && !boundary(locale_word);
      case kAtUniBoundary:
        return boundary(unicode_word);
      case kAtUniNonBoundary:
        return m_.begin != m_.end && !boundary(unicode_word);
      default:
        return false;
    }
  }


 private:
  // Whether the single-character operation at `op` takes character `c`.
  bool accepts(const u32* op, u32 c) const {
    switch (op[0]) {
      case kAny:
        return c != '\n';
      case kAnyAll:
        return true;
      case kLiteral:
        return c == op[1];
      case kNotLiteral:
        return c != op[1];
      case kIn:
        return in_set(op + 2, c);
      case kInIgnore:
        return in_set(op + 2, lower_ascii(c));
      case kInUniIgnore:
        return in_set(op + 2, lower_unicode(c));
      case kInLocIgnore:
        return in_set(op + 2, lower_locale(c)) || in_set(op + 2, upper_locale(c));
      case kLiteralIgnore:
        return lower_ascii(c) == op[1];
      case kNotLiteralIgnore:
        return lower_ascii(c) != op[1];
      case kLiteralUniIgnore:
        return lower_unicode(c) == op[1];
      case kNotLiteralUniIgnore:
        return lower_unicode(c) != op[1];
      case kLiteralLocIgnore:
        return c == op[1] || lower_locale(c) == op[1] || upper_locale(c) == op[1];
      case kNotLiteralLocIgnore:
        return !(c == op[1] || lower_locale(c) == op[1] || upper_locale(c) == op[1]);
      default:
        return false;
    }
  }
  // Length of the longest run from the current position that the operation takes, at most `limit`.
  isize run_length(const u32* op, u32 limit) const {
    isize available = m_.end - position_;
    if (limit != kMaxRepeat && static_cast<isize>(limit) < available) available = limit;
    const Char *start = text_ + position_, *stop = start + available, *p = start;
    switch (op[0]) {
      case kAnyAll:
        return available;
      case kAny:
        if constexpr (sizeof(Char) == 1) {
          const void* found = std::memchr(p, '\n', static_cast<usize>(available));
          return found ? static_cast<const Char*>(found) - start : available;
        }
        while (p < stop && *p != '\n') ++p;
        break;
      case kLiteral:
        while (p < stop && *p == op[1]) ++p;
        break;
      case kNotLiteral:
        while (p < stop && *p != op[1]) ++p;
        break;
      case kIn:
        // One bitmap for Latin-1 and nothing else is the commonest set.
        if (op[2] == kCharset && op[11] == kFailure) {
          const u32* bits = op + 3;
          while (p < stop && static_cast<u32>(*p) < 256 && (bits[static_cast<u32>(*p) / 32] >> (*p & 31) & 1)) ++p;
        } else if (op[2] == kRange && op[5] == kFailure) {
          const u32 low = op[3], extent = op[4] - op[3];
          while (p < stop && *p - low <= extent) ++p;
        } else if (op[2] == kCategory && op[3] == kCategoryUniWord && op[4] == kFailure) {  // \w
          while (p < stop && unicode_word(*p)) ++p;
        } else {
          while (p < stop && in_set(op + 2, *p)) ++p;
        }
        break;
      default:
        while (p < stop && accepts(op, *p)) ++p;
    }
    return p - start;
  }

  bool same_text(isize from, isize length, u32 op) const {
    for (isize i = 0; i < length; ++i) {
      u32 a = at(from + i), b = at(position_ + i);
      if (a == b) continue;
      switch (op) {
        case kGroupRefIgnore:
          if (lower_ascii(a) != lower_ascii(b)) return false;
          break;
        case kGroupRefUniIgnore:
          if (lower_unicode(a) != lower_unicode(b)) return false;
          break;
        case kGroupRefLocIgnore:
          if (lower_locale(a) != lower_locale(b)) return false;
          break;
        default:
          return false;
      }
    }
    return true;
  }

  Result<bool> loop() {
    u32 steps = 0;
    for (;;) {
      if (++steps == kSignalInterval) {
        steps = 0;
        TRY(check_signals());
      }
      switch (step()) {
        case kGoOn:
          break;
        case kFail: {
          Outcome outcome = backtrack();
          if (outcome == kNoMemory) return no_memory();
          if (outcome == kFail) return false;
          break;
        }
        case kDone:
          m_.position = position_;
          return true;
        case kNoMemory:
          return no_memory();
      }
    }
  }

  enum Outcome { kGoOn, kFail, kDone, kNoMemory };
#define PUSH(...) \
  if (!push(__VA_ARGS__)) return kNoMemory

  Outcome single(bool accepted, isize next) {
    if (!accepted) return kFail;
    ++position_;
    pc_ = next;
    return kGoOn;
  }

  ADDER_ALWAYS_INLINE Outcome step() {
    const u32* op = code_ + pc_;
    isize next = pc_ + 1;
    bool more = position_ < m_.end;
    switch (op[0]) {
      case kFailure:
        return kFail;
      case kSuccess:
        return success();
      case kLiteral:
        if (!more || at(position_) != op[1]) return kFail;
        ++position_;
        pc_ += 2;
        return kGoOn;
      case kAny:
      case kAnyAll:
        return single(more && accepts(op, at(position_)), next);
      case kNotLiteral:
      case kLiteralIgnore:
      case kNotLiteralIgnore:
      case kLiteralUniIgnore:
      case kNotLiteralUniIgnore:
      case kLiteralLocIgnore:
      case kNotLiteralLocIgnore:
        return single(more && accepts(op, at(position_)), next + 1);
      case kIn:
      case kInIgnore:
      case kInUniIgnore:
      case kInLocIgnore:
        return single(more && accepts(op, at(position_)), next + op[1]);
      case kCategory:
        return single(more && in_category(op[1], at(position_)), next + 1);
      case kAt:
        if (!at_code(op[1])) return kFail;
        pc_ += 2;
        return kGoOn;
      case kMark: {
        isize index = op[1];
        if (index & 1) {
          if (!m_.undo.push({-1, m_.last_index})) return kNoMemory;
          m_.last_index = index / 2 + 1;
        }
        if (!set_mark(index, position_)) return kNoMemory;
        pc_ += 2;
        return kGoOn;
      }
      case kJump:
      case kInfo:
        pc_ = next + op[1];
        return kGoOn;
      case kBranch:
        return branch(next);
      case kRepeatOne:
        return repeat_one(next);
      case kMinRepeatOne:
        return min_repeat_one(next);
      case kPossessiveRepeatOne: {
        isize count = run_length(op + 4, op[3]);
        if (count < static_cast<isize>(op[2])) return kFail;
        position_ += count;
        pc_ = next + op[1];
        return kGoOn;
      }
      case kRepeat: {
        if (!m_.nodes.push({next, -1, -1, repeat_})) return kNoMemory;
        repeat_ = m_.nodes.size() - 1;
        pc_ = next + op[1];
        return kGoOn;
      }
      case kMaxUntil:
        return max_until();
      case kMinUntil:
        return min_until();
      case kGroupRef:
      case kGroupRefIgnore:
      case kGroupRefUniIgnore:
      case kGroupRefLocIgnore: {
        isize from = m_.mark[2 * op[1]], to = m_.mark[2 * op[1] + 1];
        if (from < 0 || to < from || to - from > m_.end - position_ || !same_text(from, to - from, op[0])) return kFail;
        position_ += to - from;
        pc_ += 2;
        return kGoOn;
      }
      case kGroupRefExists: {
        isize from = m_.mark[2 * op[1]], to = m_.mark[2 * op[1] + 1];
        pc_ = from >= 0 && to >= from ? pc_ + 3 : pc_ + 1 + op[2];
        return kGoOn;
      }
      case kAssert:
      case kAssertNot: {
        isize after = next + op[1], back = op[2];
        if (position_ - m_.begin < back) {
          if (op[0] == kAssert) return kFail;
          pc_ = after;
          return kGoOn;
        }
        if (!open_frame(op[0] == kAssert ? kFrameAssert : kFrameAssertNot, after)) return kNoMemory;
        position_ -= back;
        pc_ += 3;
        return kGoOn;
      }
      case kAtomicGroup:
        if (!open_frame(kFrameAtomic, next + op[1])) return kNoMemory;
        pc_ += 2;
        return kGoOn;
      case kPossessiveRepeat:
        return possessive(next, 0, -1);
      default:
        return kFail;
    }
  }

  // SUCCESS ends the innermost frame, or the match.
  Outcome success() {
    if (frame_ < 0) {
      if (m_.whole && position_ != m_.end) return kFail;
      if (position_ == m_.must_advance) return kFail;
      return kDone;
    }
    Choice frame = m_.choices[frame_];
    m_.choices.shrink(frame_);
    close_frame();
    repeat_ = frame.repeat;
    switch (frame.kind) {
      case kFrameAssert:
        position_ = frame.position;
        pc_ = frame.pc;
        return kGoOn;
      case kFrameAssertNot:
        unwind(frame.undo);
        m_.nodes.shrink(frame.nodes);
        return kFail;
      case kFrameAtomic:
        pc_ = frame.pc;
        return kGoOn;
      default:
        return possessive(frame.b, frame.a + 1, frame.position);
    }
  }

  // Before iteration `done` + 1 of a possessive repeat; `began` is where the last one began, -1 for the first.
  Outcome possessive(isize arguments, isize done, isize began) {
    const u32* args = code_ + arguments;
    isize after = arguments + args[0] + 1;
    bool enough = done >= static_cast<isize>(args[1]);
    if ((args[2] != kMaxRepeat && done >= static_cast<isize>(args[2])) || (enough && began == position_)) {
      pc_ = after;
      return kGoOn;
    }
    if (!open_frame(kFramePossessive, after, done, arguments)) return kNoMemory;
    pc_ = arguments + 3;
    return kGoOn;
  }

  // Whether an alternative that starts at `pc` can start with the next character, as far as its first operation tells.
  bool may_start(isize pc) const {
    const u32* op = code_ + pc;
    if (op[0] == kLiteral) return position_ < m_.end && at(position_) == op[1];
    if (op[0] == kIn) return position_ < m_.end && in_set(op + 2, at(position_));
    return true;
  }
  Outcome branch(isize skip) {
    while (code_[skip]) {
      isize alternative = skip + 1, following = skip + code_[skip];
      if (may_start(alternative)) {
        if (code_[following]) PUSH(kNextBranch, following);
        pc_ = alternative;
        return kGoOn;
      }
      skip = following;
    }
    return kFail;
  }

  // A literal behind a repeat of single characters tells where to stop at all.
  bool tail_fits(isize tail) const {
    const u32* op = code_ + tail;
    return op[0] != kLiteral || (position_ < m_.end && at(position_) == op[1]);
  }
  Outcome repeat_one(isize arguments) {
    const u32* args = code_ + arguments;
    if (static_cast<isize>(args[1]) > m_.end - position_) return kFail;
    isize count = run_length(args + 3, args[2]);
    isize start = position_;
    position_ += count;
    return fewer(arguments, start, count);
  }
  // Tries the tail behind `count` characters from `start`, or the next lower count that can do.
  Outcome fewer(isize arguments, isize start, isize count) {
    const u32* args = code_ + arguments;
    isize minimum = args[1], tail = arguments + args[0];
    for (;; --count) {
      if (count < minimum) return kFail;
      position_ = start + count;
      if (tail_fits(tail)) break;
    }
    if (count > minimum) {
      position_ = start;
      PUSH(kFewer, arguments, count);
      position_ = start + count;
    }
    pc_ = tail;
    return kGoOn;
  }
  Outcome min_repeat_one(isize arguments) {
    const u32* args = code_ + arguments;
    isize minimum = args[1];
    if (minimum > m_.end - position_) return kFail;
    if (minimum > 0) {
      if (run_length(args + 3, args[1]) < minimum) return kFail;
      position_ += minimum;
    }
    return lazily(arguments, minimum);
  }
  Outcome lazily(isize arguments, isize count) {
    const u32* args = code_ + arguments;
    isize tail = arguments + args[0];
    // Without a fitting literal behind it there is no use in trying the tail.
    while (!tail_fits(tail)) {
      if (args[2] != kMaxRepeat && count >= static_cast<isize>(args[2])) return kFail;
      if (position_ >= m_.end || !accepts(args + 3, at(position_))) return kFail;
      ++position_;
      ++count;
    }
    PUSH(kMore, arguments, count);
    pc_ = tail;
    return kGoOn;
  }

  Outcome max_until() {
    RepeatNode node = m_.nodes[repeat_];
    const u32* args = code_ + node.pattern;
    isize count = node.count + 1, tail = pc_ + 1;
    if (count < static_cast<isize>(args[1])) {
      if (!m_.nodes.push({node.pattern, count, node.last, node.previous})) return kNoMemory;
      repeat_ = m_.nodes.size() - 1;
      pc_ = node.pattern + 3;
      return kGoOn;
    }
    if ((count < static_cast<isize>(args[2]) || args[2] == kMaxRepeat) && position_ != node.last) {
      isize enclosing = repeat_;
      repeat_ = node.previous;
      PUSH(kTryTail, tail);
      repeat_ = enclosing;
      if (!m_.nodes.push({node.pattern, count, position_, node.previous})) return kNoMemory;
      repeat_ = m_.nodes.size() - 1;
      pc_ = node.pattern + 3;
      return kGoOn;
    }
    repeat_ = node.previous;
    pc_ = tail;
    return kGoOn;
  }
  Outcome min_until() {
    RepeatNode node = m_.nodes[repeat_];
    const u32* args = code_ + node.pattern;
    isize count = node.count + 1;
    if (count < static_cast<isize>(args[1])) {
      if (!m_.nodes.push({node.pattern, count, node.last, node.previous})) return kNoMemory;
      repeat_ = m_.nodes.size() - 1;
      pc_ = node.pattern + 3;
      return kGoOn;
    }
    PUSH(kTryBody, pc_, count);
    repeat_ = node.previous;
    ++pc_;
    return kGoOn;
  }

  // Takes the newest choice: kGoOn, kFail (none is left), kNoMemory.
  Outcome backtrack() {
    for (;;) {
      if (m_.choices.size() == 0) return kFail;
      Choice choice = m_.choices.top();
      m_.choices.pop();
      unwind(choice.undo);
      m_.nodes.shrink(choice.nodes);
      position_ = choice.position;
      repeat_ = choice.repeat;
      Outcome outcome = kFail;
      switch (choice.kind) {
        case kNextBranch:
          outcome = branch(choice.pc);
          break;
        case kFewer:
          outcome = fewer(choice.pc, choice.position, choice.a - 1);
          break;
        case kMore: {
          const u32* args = code_ + choice.pc;
          if ((args[2] == kMaxRepeat || choice.a < static_cast<isize>(args[2])) && position_ < m_.end &&
              accepts(args + 3, at(position_))) {
            ++position_;
            outcome = lazily(choice.pc, choice.a + 1);
          }
          break;
        }
        case kTryTail:
          pc_ = choice.pc;
          outcome = kGoOn;
          break;
        case kTryBody: {
          RepeatNode node = m_.nodes[repeat_];
          const u32* args = code_ + node.pattern;
          if ((choice.a >= static_cast<isize>(args[2]) && args[2] != kMaxRepeat) || position_ == node.last) break;
          if (!m_.nodes.push({node.pattern, choice.a, position_, node.previous})) return kNoMemory;
          repeat_ = m_.nodes.size() - 1;
          pc_ = node.pattern + 3;
          outcome = kGoOn;
          break;
        }
        case kFrameAssert:
        case kFrameAtomic:
          close_frame();
          break;
        case kFrameAssertNot:
          close_frame();
          pc_ = choice.pc;
          outcome = kGoOn;
          break;
        case kFramePossessive:
          close_frame();
          if (choice.a >= static_cast<isize>(code_[choice.b + 1])) {
            pc_ = choice.pc;
            outcome = kGoOn;
          }
          break;
      }
      if (outcome != kFail) return outcome;
    }
  }

  Matcher& m_;
  const Char* text_;
  const u32* code_;
  isize pc_ = 0, position_ = 0, repeat_ = -1, frame_ = -1;
  Stack<isize> frames_;  // the frames below the current one
};

// == Search ==

template <class Char>
Result<bool> search_as(Matcher& m) {
  Run<Char> run(m);
  const Char* text = static_cast<const Char*>(m.text);
  const u32 *code = m.code, *charset = nullptr, *prefix = nullptr;
  isize prefix_length = 0, last_start = m.end;
  if (code[0] == kInfo) {
    u32 flags = code[2], minimum = code[3];
    if (static_cast<isize>(minimum) > m.end - m.start) return false;
    if (minimum > 1)
      last_start =
          m.end - static_cast<isize>(minimum) + 1 < m.start ? m.start : m.end - static_cast<isize>(minimum) + 1;
    if (flags & kInfoPrefix) {
      prefix_length = code[5];
      prefix = code + 7;
    } else if (flags & kInfoCharset) {
      charset = code + 5;
    }
    code += 1 + code[1];
  }
  u32 first = prefix_length > 0 ? prefix[0] : code[0] == kLiteral ? code[1] : 0;
  bool anchored = code[0] == kAt && (code[1] == kAtBeginning || code[1] == kAtBeginningString);
  bool at_boundary = code[0] == kAt && (code[1] == kAtUniBoundary || code[1] == kAtBoundary);
  bool by_first = prefix_length > 0 || code[0] == kLiteral;
  for (isize start = m.start; start <= m.end; ++start) {
    if (by_first) {
      if constexpr (sizeof(Char) == 1) {
        if (first > 255) return false;
        const void* found = start < m.end
                                ? std::memchr(text + start, static_cast<int>(first), static_cast<usize>(m.end - start))
                                : nullptr;
        if (!found) return false;
        start = static_cast<const Char*>(found) - text;
      } else {
        while (start < m.end && text[start] != first) ++start;
        if (start >= m.end) return false;
      }
      isize k = 1;
      while (k < prefix_length && start + k < m.end && text[start + k] == prefix[k]) ++k;
      if (k < prefix_length) continue;
    } else if (charset) {
      while (start < m.end && !in_set(charset, text[start])) ++start;
      if (start >= m.end) return false;
    }
    if (start > last_start) return false;
    // Most places are no such boundary: this needs no attempt.
    if (at_boundary && !run.is_at(code[1], start)) continue;
    m.start = start;
    if (TRY(run.match())) return true;
    if (anchored) return false;
    if (start == m.start && m.must_advance >= 0 && start >= m.must_advance) m.must_advance = -1;
  }
  return false;
}
}  // namespace

Result<bool> match_here(Matcher& m) {
  if (m.code[0] == kInfo && m.code[3] && static_cast<isize>(m.code[3]) > m.end - m.start) return false;
  if (m.width == 1) return Run<u8>(m).match();
  if (m.width == 2) return Run<u16>(m).match();
  return Run<u32>(m).match();
}
Result<bool> search(Matcher& m) {
  if (m.start > m.end) return false;
  if (m.width == 1) return search_as<u8>(m);
  if (m.width == 2) return search_as<u16>(m);
  return search_as<u32>(m);
}
}  // namespace adder::sre
