// depth_guard: bounds the recursion over a tree.
#pragma once
#include <optional>

#include "runtime/thread.h"

namespace adder::ast {
// Every third level counts as one of Python's recursion limit, as it is for the compiler in CPython.
//   DepthGuard guard(depth_, " during compilation"); if (guard.failed()) return Error{};
class DepthGuard {
 public:
  DepthGuard(int& depth, const char* where) : depth_(depth) {
    if (depth_++ % 3 == 0) guard_.emplace(where);
  }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  bool failed() const { return guard_ && guard_->failed(); }

 private:
  int& depth_;
  std::optional<RecursionGuard> guard_;
};
}  // namespace adder::ast
