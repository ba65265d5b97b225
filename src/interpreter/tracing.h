// tracing: sys.settrace(), sys.setprofile(), and jumps by f_lineno.
#pragma once
#include "interpreter/frame.h"

namespace adder {
// Assigning f_lineno: only a trace function may do it, for a line event of this frame; ValueError says what is impossible.
Result<void> frame_jump_to_line(Frame* frame, Opt<Object*> line);
}  // namespace adder
