// engine: runs the code of a pattern over a subject.
//
// Method     backtracking with a stack of choices on the heap: no C recursion, whatever the pattern or the subject.
// Every change that a
//            choice must be able to take back (marks) is logged. Contexts of general repeats are immutable nodes in a
//            chain, one for each iteration; they live in an arena that is cut back with the choices that made them.
// Frames     assertions, atomic groups and possessive repeats run their body between a frame entry on the choice stack
// and SUCCESS. See        re/_compiler.py of the standard library for the code's form.
#pragma once
#include "abi/names.h"
#include "base/result.h"
#include "modules/_sre/opcodes.h"

namespace adder::sre {
// An array that grows by doubling; freed at the end.
template <class T>
class Stack {
 public:
  ~Stack();
  // False without memory.
  bool push(const T& value) {
    if (size_ == capacity_ && !grow()) return false;
    items_[size_++] = value;
    return true;
  }
  T& top() { return items_[size_ - 1]; }
  T& operator[](isize i) { return items_[i]; }
  void pop() { --size_; }
  isize size() const { return size_; }
  void shrink(isize size) { size_ = size; }

 private:
  bool grow();
  T* items_ = nullptr;
  isize size_ = 0, capacity_ = 0;
};

struct RepeatNode {
  isize pattern;   // position of the REPEAT's arguments
  isize count;     // iterations done before this one
  isize last;      // subject position where the last iteration began; -1: none
  isize previous;  // index of the enclosing node; -1: none
};
struct Choice {
  u8 kind;
  isize pc, position, repeat, nodes, undo;  // what to restore
  isize a, b;                               // by kind
};
struct UndoEntry {
  isize index;  // of the mark; -1: last_index
  isize value;
};

// The state of a match; kept over the attempts of a search.
struct Matcher {
  const u32* code;
  const void* text;
  int width;           // bytes a character
  isize begin, end;    // bounds of the subject: ^ and $ look at these
  isize start;         // where the attempt starts
  isize position;      // out: end of the match
  bool whole;          // fullmatch: the match must reach `end`
  isize must_advance;  // position at which an empty match does not count; -1: none
  isize last_index;    // the last closed group, -1: none
  isize marks;         // number of marks (twice the groups)
  isize* mark;         // positions; -1: unset
  Stack<Choice> choices;
  Stack<UndoEntry> undo;
  Stack<RepeatNode> nodes;

  void reset();
};
// A match that starts at matcher.start exactly. MemoryError; may run signal handlers.
Result<bool> match_here(Matcher& matcher);
// The first match at or after matcher.start; sets start.
Result<bool> search(Matcher& matcher);
// Checks that the code is well formed: positions inside, groups that exist. Never fails for what re._compiler makes.
bool validate(const u32* code, isize size, isize groups);
}  // namespace adder::sre
