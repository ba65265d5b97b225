// fork: what runs around a fork.
#include "runtime/fork.h"

#include "import/import.h"
#include "runtime/runtime.h"
#include "types/list.h"

namespace adder {
namespace {
Result<void> add(List*& hooks, Opt<Object*> callback) {
  if (!callback) return {};
  if (!hooks) hooks = TRY(list_new())
  .release();
  return list_append(hooks, callback.get());
}
void run(List* hooks, bool backwards) {
  if (!hooks) return;
  // A copy: a callback may register others.
  auto copied = list_get_slice(hooks, 0, list_size(hooks));
  if (copied.failed()) return error_write_unraisable(nullptr);
  Ref<List> copy = copied.take();
  if (backwards) list_reverse(copy);
  for (isize i = 0; i < list_size(copy); ++i) {
    auto result = object_call_no_args(list_item(copy, i));
    if (result.failed())
      error_write_unraisable(list_item(copy, i));
    else
      (void)result.take();
  }
}
}  // namespace

Result<void> fork_register(Opt<Object*> before, Opt<Object*> after_in_child, Opt<Object*> after_in_parent) {
  Interpreter* state = interpreter();
  TRY(add(state->before_fork, before));
  TRY(add(state->after_fork_in_child, after_in_child));
  return add(state->after_fork_in_parent, after_in_parent);
}
void fork_before() {
  run(interpreter()->before_fork, true);
  // No other thread is in the middle of an import when the process is copied.
  import_acquire_lock();
}
void fork_after_in_parent() {
  if (!import_release_lock()) fatal("failed releasing import lock after fork");
  run(interpreter()->after_fork_in_parent, false);
}
Result<void> fork_after_in_child() {
  threads_after_fork();
  (void)import_release_lock();
  run(interpreter()->after_fork_in_child, false);
  return {};
}
}  // namespace adder
