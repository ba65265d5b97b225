// sre: the objects of module _sre.
#pragma once
#include "bind/bind.h"
#include "modules/_sre/engine.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

extern "C" PyTypeObject SRE_Pattern_Type, SRE_Match_Type, SRE_Scanner_Type;

namespace adder::sre {
struct Pattern : PyVarObject {  // ob_size: length of the code
  isize groups;
  Object *group_index, *index_group, *pattern;  // dict, tuple, str or bytes or None
  int flags;
  Object* weak_references;
  int is_bytes;  // -1: the pattern was None, 0: str, 1: bytes
  u32 code[1];
};
struct Match : PyVarObject {  // ob_size: number of marks
  Object *string, *regs;
  Pattern* pattern;
  isize position, end_position, last_index;
  isize groups;  // with group 0
  isize mark[1];
};

// A subject and the state of matching it. The subject's buffer is held until the end.
class Subject {
 public:
  ~Subject();
  // TypeError "expected string or bytes-like object, got 'int'", "cannot use a string pattern on a bytes-like object"
  // and its mirror.
  Result<void> acquire(Pattern* pattern, Object* string, isize start, isize end);
  Result<bool> search();
  Result<bool> match(bool whole);
  // For the next search in a loop: behind the last match; an empty match does not count twice.
  void advance();
  // Group `i` of the current match as text, None if it is not set and `empty` is false.
  Result<Object> group(isize i, bool empty) const;
  Result<Object> slice(isize from, isize to) const;
  Result<Object> make_match() const;
  Matcher matcher;
  Object* string() const { return string_.get(); }

 private:
  Pattern* pattern_ = nullptr;
  Ref<Object> string_;
  BufferView view_;
  bool is_bytes_ = false;
  isize pos_ = 0;  // the pos argument, fitted
};
Result<Object> slice_of(Object* string, isize from, isize to);
}  // namespace adder::sre
