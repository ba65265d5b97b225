// exceptions: raise, except, with, and finding the handler.
//
// A handler starts with six entries above the level of its block, bottom up: the offset where the exception was raised (for
// RERAISE), the exception handled before (or None), None, None, the exception, its class. POP_EXCEPT removes the lower three.
#include "interpreter/semantics.h"
#include "object/type.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/tuple.h"

namespace adder::sem {
const RInstruction* unwind(ThreadState* state, InterpreterFrame* frame, const RInstruction* pc) {
  RCode* rcode = frame->rcode;
  u32 position = rcode->position_of(pc);
  u32 depth = rcode->error_depth[position];
  u32 index = rcode->block[position];
  Object** stack = frame->slots + rcode->stack_base;
  while (index) {
    const Block& block = rcode->blocks[index];
    index = block.parent;
    if (block.kind == Block::kExceptHandler) {
      frame_drop_stack(frame, block.level + 3, depth);
      pop_except(state, stack + block.level);
      depth = block.level;
      continue;
    }
    frame_drop_stack(frame, block.level, depth);
    Object** entries = stack + block.level;
    int lasti = frame_lasti(frame);
    Object* exception = error_take().release();
    Object* offset = make_int(lasti);
    if (!offset) {
      error_clear();
      offset = make_int(-1);
    }
    _PyErr_StackItem* info = state->exc_info;
    Object* type = exception->ob_type;
    incref(type);
    entries[0] = offset;
    entries[1] = info->exc_value ? info->exc_value : None;
    entries[2] = None;
    entries[3] = None;
    entries[4] = exception;
    entries[5] = type;
    incref(exception);
    info->exc_value = exception;
    return rcode->instructions + block.handler;
  }
  frame_drop_stack(frame, 0, depth);
  return nullptr;
}

void pop_except(ThreadState* state, Object** window) {
  Object* old = state->exc_info->exc_value;
  state->exc_info->exc_value = window[1];
  decref(window[0]);
  decref_or_null(old);
}

int exception_match(Object* given, Object* right) {
  bool good = true;
  if (is_tuple(right)) {
    for (isize i = 0; good && i < tuple_size(as<Tuple>(right)); ++i) good = is_exception_class(tuple_item(as<Tuple>(right), i));
  } else {
    good = is_exception_class(right);
  }
  if (!good) {
    (void)raise(TypeError, "catching classes that do not inherit from BaseException is not allowed");
    return -1;
  }
  return exception_matches(given, right);
}

bool do_raise(ThreadState* state, Object* exception, Object* cause) {
  if (!exception) {
    _PyErr_StackItem* info = state->exc_info;
    while (info && (!info->exc_value || info->exc_value == None)) info = info->previous_item;
    if (!info) {
      (void)raise(RuntimeError, "No active exception to reraise");
      return false;
    }
    error_set(new_ref(info->exc_value));
    return true;
  }
  Ref<Object> raised = Ref<Object>::steal(exception);
  Ref<Object> from = Ref<Object>::steal(cause);
  if (is_exception_class(raised.get())) {
    Result<Object> made = object_call_no_args(raised);
    if (made.failed()) return false;
    Ref<Object> instance = made.take();
    if (!is_exception_instance(instance.get())) {
      (void)raise(TypeError, "calling %R should have returned an instance of BaseException, not %R", raised.get(),
                  static_cast<Object*>(instance->ob_type));
      return false;
    }
    raised = std::move(instance);
  } else if (!is_exception_instance(raised.get())) {
    (void)raise(TypeError, "exceptions must derive from BaseException");
    return false;
  }
  if (from) {
    Ref<Object> fixed;
    if (is_exception_class(from.get())) {
      Result<Object> made = object_call_no_args(from);
      if (made.failed()) return false;
      fixed = made.take();
      if (!is_exception_instance(fixed.get())) {
        (void)raise(TypeError, "calling %R should have returned an instance of BaseException, not %R", from.get(),
                    static_cast<Object*>(fixed->ob_type));
        return false;
      }
    } else if (is_exception_instance(from.get())) {
      fixed = std::move(from);
    } else if (from.get() != None) {
      (void)raise(TypeError, "exception causes must derive from BaseException");
      return false;
    }
    exception_set_cause(raised, std::move(fixed));
  }
  (void)raise_instance(raised);
  return false;
}

// == except* ==

// top[0], top[1], top[2] <- the exception, the list of what its clauses raise, what is left of it.
bool prep_except_star(Object** top, u32) {
  Result<List> made = list_new();
  if (made.failed()) return false;
  Object* exception = top[-2];
  incref(exception);
  incref(exception);
  top[0] = exception;
  top[1] = made.to_c();
  top[2] = exception;
  return true;
}

// window[0] is the class to match, window[-1] what is left. 1: window[0] is the matching part. Takes the class.
int check_eg_match(Object** window) {
  Ref<Object> type = Ref<Object>::steal(window[0]);
  bool plain = true, group = false;
  auto look = [&](Object* item) {
    plain &= is_exception_class(item);
    group |= is_exception_class(item) && type_is_subtype(reinterpret_cast<Type*>(item), BaseExceptionGroup);
  };
  if (is_tuple(type.get())) {
    for (isize i = 0; i < tuple_size(as<Tuple>(type.get())); ++i) look(tuple_item(as<Tuple>(type.get()), i));
  } else {
    look(type);
  }
  if (!plain) {
    (void)raise(TypeError, "catching classes that do not inherit from BaseException is not allowed");
    return -1;
  }
  if (group) {
    (void)raise(TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    return -1;
  }
  Ref<Object> match, rest;
  if (exception_group_match(window[-1], type, match, rest).failed()) return -1;
  if (match.get() == None) return 0;
  set_field(window[-1], std::move(rest));
  set_field(thread()->exc_info->exc_value, match.share());
  window[0] = match.release();
  return 1;
}

// window: traceback, exception, class of what a clause raised; the list is five entries below.
bool collect_except_star(Object** window, u32) {
  bool failed = list_append(as<List>(window[-5]), window[1]).failed();
  for (int i = 0; i < 3; ++i) decref(window[i]);
  return !failed;
}

// Takes the three entries; 1: the exception that is left is set, 0: nothing is left, -1: error.
int end_except_star(Object** window, u32) {
  Ref<Object> original = Ref<Object>::steal(window[0]), list = Ref<Object>::steal(window[1]), rest = Ref<Object>::steal(window[2]);
  if (list_append(as<List>(list.get()), rest).failed()) return -1;
  Result<Object> result = exception_prep_reraise_star(original, list);
  if (result.failed()) return -1;
  Ref<Object> left = result.take();
  if (left.get() == None) return 0;
  error_set(std::move(left));
  return 1;
}

// == with ==

namespace {
bool enter_with(Object** window, Str* enter_name, Str* exit_name, const char* no_enter, const char* no_exit) {
  Ref<Object> manager = Ref<Object>::steal(window[0]);
  Maybe<Object> found = object_lookup_special(manager, enter_name);
  if (found.failed()) return false;
  Ref<Object> enter = found.take();
  if (!enter) {
    (void)raise(TypeError, no_enter, manager->ob_type->tp_name);
    return false;
  }
  found = object_lookup_special(manager, exit_name);
  if (found.failed()) return false;
  Ref<Object> exit = found.take();
  if (!exit) {
    (void)raise(TypeError, no_exit, manager->ob_type->tp_name);
    return false;
  }
  Result<Object> entered = object_call_no_args(enter);
  if (entered.failed()) return false;
  window[0] = exit.release();
  window[1] = entered.to_c();
  return true;
}
}  // namespace

bool setup_with(Object** window) {
  return enter_with(window, id::__enter__, id::__exit__, "'%.200s' object does not support the context manager protocol",
                    "'%.200s' object does not support the context manager protocol (missed __exit__ method)");
}

bool before_async_with(Object** window) {
  return enter_with(window, id::__aenter__, id::__aexit__,
                    "'%.200s' object does not support the asynchronous context manager protocol",
                    "'%.200s' object does not support the asynchronous context manager protocol (missed __aexit__ method)");
}

Object* with_except_start(Object** top) {
  Object *exit = top[-7], *exception = top[-2], *type = top[-1];
  Object* traceback = exception_get_traceback(exception).value_or(None);
  return call(exit, type, exception, traceback).to_c();
}
}  // namespace adder::sem
