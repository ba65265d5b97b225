// error: the exception state of the current thread.
//
// Invariant  what this file sets is normalised: curexc_value is an instance of curexc_type. Foreign code may set a
// class with
//            anything else; error_take and error_normalize repair that.
#include "runtime/error.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "interpreter/interpreter.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "runtime/traceback_print.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// == The indicator ==

Object* error_occurred() {
  ThreadState* state = thread();
  return state ? state->curexc_type : nullptr;
}

void error_restore(Object* type, Object* value, Object* traceback) {
  ThreadState* state = thread();
  Object *old_type = state->curexc_type, *old_value = state->curexc_value, *old_traceback = state->curexc_traceback;
  state->curexc_type = type;
  state->curexc_value = value;
  state->curexc_traceback = traceback;
  decref_or_null(old_type);
  decref_or_null(old_value);
  decref_or_null(old_traceback);
}

void error_fetch(Object** type, Object** value, Object** traceback) {
  ThreadState* state = thread();
  *type = state->curexc_type;
  *value = state->curexc_value;
  *traceback = state->curexc_traceback;
  state->curexc_type = state->curexc_value = state->curexc_traceback = nullptr;
}

void error_clear() {
  if (thread()->curexc_type) error_restore(nullptr, nullptr, nullptr);
}

void error_set(Ref<Object>&& exception) {
  if (!exception) return error_restore(nullptr, nullptr, nullptr);
  Object* traceback = exception_get_traceback(exception).get();
  incref_or_null(traceback);
  Object* type = exception->ob_type;
  incref(type);
  error_restore(type, exception.release(), traceback);
}

namespace {
// An instance for what foreign code put into the indicator. Fails if making it failed (another exception is set then).
Result<Object> instance_of(Object* type, Object* value) {
  if (!is_exception_class(type)) return raise(TypeError, "exceptions must derive from BaseException");
  Type* cls = reinterpret_cast<Type*>(type);
  if (value && is_exception_instance(value)) {
    if (type_is_subtype(value->ob_type, cls)) return new_ref(value);
    if (TRY(object_is_subclass(value->ob_type, type))) return new_ref(value);
  }
  return exception_create(cls, value);
}
}  // namespace

void error_normalize(Object** type, Object** value, Object** traceback) {
  if (!*type) return;
  constexpr int kLimit = 32;
  for (int attempt = 1; attempt < kLimit + 3; ++attempt) {
    if (*value && is_exception_instance(*value) && reinterpret_cast<Object*>((*value)->ob_type) == *type) return;
    Result<Object> made = instance_of(*type, *value);
    if (!made.failed()) {
      Ref<Object> instance = made.take();
      decref(*type);
      *type = instance->ob_type;
      incref(*type);
      Object* old = *value;
      *value = instance.release();
      decref_or_null(old);
      return;
    }
    if (attempt >= kLimit)
      (void)raise(RecursionError, "maximum recursion depth exceeded while normalizing an exception");
    Object *new_type, *new_value, *new_traceback;
    error_fetch(&new_type, &new_value, &new_traceback);
    decref(*type);
    decref_or_null(*value);
    *type = new_type;
    *value = new_value;
    if (new_traceback) {
      decref_or_null(*traceback);
      *traceback = new_traceback;
    }
  }
  fatal("Cannot recover from the recursive normalization of an exception.");
}

Ref<Object> error_take() {
  Object *type, *value, *traceback;
  error_fetch(&type, &value, &traceback);
  if (!type) return {};
  error_normalize(&type, &value, &traceback);
  if (traceback) {
    exception_set_traceback(value, traceback);
    decref(traceback);
  }
  decref(type);
  return Ref<Object>::steal(value);
}

bool exception_matches(Object* given, Object* type) {
  if (!given || !type) return false;
  if (is_tuple(type)) {
    Tuple* types = as<Tuple>(type);
    for (isize i = 0; i < types->ob_size; ++i)
      if (exception_matches(given, types->ob_item[i])) return true;
    return false;
  }
  Object* cls = is_exception_instance(given) ? static_cast<Object*>(given->ob_type) : given;
  if (is_exception_class(cls) && is_exception_class(type))
    return type_is_subtype(reinterpret_cast<Type*>(cls), reinterpret_cast<Type*>(type));
  return cls == type;
}

bool error_matches(Object* type) { return exception_matches(error_occurred(), type); }

// == Raising ==

namespace {
// The innermost exception being handled, or null.
Object* handled_exception() {
  for (_PyErr_StackItem* item = thread()->exc_info; item; item = item->previous_item)
    if (item->exc_value && item->exc_value != None) return item->exc_value;
  return nullptr;
}

// Sets `exception` with __context__ from the exception that is being handled.
Error set_with_context(Ref<Object>&& exception) {
  Object* handled = handled_exception();
  if (handled && handled != exception.get()) {
    // `exception` may already be in the chain of contexts: cut it out there. Brent's algorithm guards against foreign
    // cycles.
    Object *walk = handled, *tortoise = handled;
    bool move_tortoise = false;
    while (Object* context = as<BaseException>(walk)->context) {
      if (context == exception.get()) {
        as<BaseException>(walk)->context = nullptr;
        decref(context);
        break;
      }
      walk = context;
      if (walk == tortoise) break;
      if (move_tortoise) tortoise = as<BaseException>(tortoise)->context;
      move_tortoise = !move_tortoise;
    }
    exception_set_context(exception, new_ref(handled));
  }
  error_set(std::move(exception));
  return {};
}
}  // namespace

Error raise_instance(Object* exception) { return set_with_context(new_ref(exception)); }

Error raise_object(Type* type, Object* value) {
  if (!is_exception_class(type)) {
    return raise(SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass",
                 static_cast<Object*>(type));
  }
  if (value && is_exception_instance(value) && type_is_subtype(value->ob_type, type))
    return set_with_context(new_ref(value));
  // Making the exception may run Python code: with a clean indicator.
  error_clear();
  Result<Object> made = exception_create(type, value);
  if (made.failed()) return Error{};
  return set_with_context(made.take());
}

Error raise(Type* type, const char* format, ...) {
  if (error_occurred()) error_clear();
  va_list arguments;
  va_start(arguments, format);
  Result<Str> text = str_from_format_v(format, arguments);
  va_end(arguments);
  if (text.failed()) {
    if (!error_occurred()) return raise_object(type, None);  // a foreign repr failed without an exception
    return Error{};
  }
  Ref<Str> message = text.take();
  return raise_object(type, message);
}

Error raise_no_memory() {
  error_set(exception_new_memory_error());
  return {};
}

Error raise_bad_internal_call() { return raise(SystemError, "bad argument to internal function"); }

Error raise_stop_iteration(Object* value) {
  if (!is_tuple(value) && !is_exception_instance(value)) return raise_object(StopIteration, value);
  Result<Tuple> args = tuple_pack(value);
  if (args.failed()) return Error{};
  Ref<Tuple> packed = args.take();
  return raise_object(StopIteration, packed);
}

Error raise_key_error(Object* key) {
  Result<Tuple> args = tuple_pack(key);
  if (args.failed()) return Error{};
  Ref<Tuple> packed = args.take();
  return raise_object(KeyError, packed);
}

namespace {
Result<void> raise_errno_now(Type* type, int number, Object* filename, Object* filename2) {
  if (number == EINTR) TRY(check_signals());
  const char* text = number ? std::strerror(number) : "Error";
  Ref<Object> message = TRY(str_decode(text, static_cast<isize>(std::strlen(text)), "utf-8", "surrogateescape"));
  Ref<Int> code = TRY(int_from_i64(number));
  Ref<Tuple> args;
  if (filename && filename2) {
    Ref<Int> zero = TRY(int_from_i64(0));
    args = TRY(tuple_pack(code.get(), message.get(), filename, zero.get(), filename2));
  } else if (filename) {
    args = TRY(tuple_pack(code.get(), message.get(), filename));
  } else {
    args = TRY(tuple_pack(code.get(), message.get()));
  }
  Ref<Object> exception = TRY(object_call(type, args));
  return set_with_context(std::move(exception));
}
}  // namespace

Error raise_errno(Type* type, Opt<Object*> filename, Opt<Object*> filename2) {
  int number = errno;
  (void)raise_errno_now(type, number, filename.get(), filename2.get());
  return {};
}
}  // namespace adder
