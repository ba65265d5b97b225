// awaiting: yield from, await, and asynchronous iteration.
#include "interpreter/generator.h"
#include "interpreter/semantics.h"
#include "object/type.h"
#include "types/exception.h"

namespace adder::sem {
Object* get_yield_from_iter(InterpreterFrame* frame, Object* iterable) {
  if (iterable->ob_type == &PyCoro_Type) {
    if (!(frame->code->co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE))) {
      (void)raise(TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
      return nullptr;
    }
    incref(iterable);
    return iterable;
  }
  if (iterable->ob_type == &PyGen_Type) {
    incref(iterable);
    return iterable;
  }
  return object_get_iter(iterable).to_c();
}

Object* get_awaitable(Object* object, u32 source) {
  Object* iterator = awaitable_iterator(object);
  if (!iterator) {
    Type* type = object->ob_type;
    if (source && (!type->tp_as_async || !type->tp_as_async->am_await)) {
      error_clear();
      (void)raise(TypeError, "'async with' received an object from %s that does not implement __await__: %.100s",
                  source == 1 ? "__aenter__" : "__aexit__", type->tp_name);
    }
    return nullptr;
  }
  if (iterator->ob_type == &PyCoro_Type && generator_delegate(as<Generator>(iterator))) {
    decref(iterator);
    (void)raise(RuntimeError, "coroutine is being awaited already");
    return nullptr;
  }
  return iterator;
}

Object* get_aiter(Object* object) {
  Type* type = object->ob_type;
  unaryfunc get = type->tp_as_async ? type->tp_as_async->am_aiter : nullptr;
  if (!get) {
    (void)raise(TypeError, "'async for' requires an object with __aiter__ method, got %.100s", type->tp_name);
    return nullptr;
  }
  Object* iterator = get(object);
  if (!iterator) return nullptr;
  PyAsyncMethods* methods = iterator->ob_type->tp_as_async;
  if (!methods || !methods->am_anext) {
    (void)raise(TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %.100s",
                iterator->ob_type->tp_name);
    clear_field(iterator);
  }
  return iterator;
}

Object* get_anext(Object* iterator) {
  Type* type = iterator->ob_type;
  unaryfunc next = type->tp_as_async ? type->tp_as_async->am_anext : nullptr;
  if (!next) {
    (void)raise(TypeError, "'async for' requires an iterator with __anext__ method, got %.100s", type->tp_name);
    return nullptr;
  }
  Object* awaitable = next(iterator);
  if (!awaitable || type == &PyAsyncGen_Type) return awaitable;
  Object* result = awaitable_iterator(awaitable);
  if (!result) {
    Ref<Object> cause = error_take();
    (void)raise(TypeError, "'async for' received an invalid object from __anext__: %.100s", awaitable->ob_type->tp_name);
    Ref<Object> error = error_take();
    exception_set_cause(error, cause.share());
    exception_set_context(error, std::move(cause));
    error_set(std::move(error));
  }
  decref(awaitable);
  return result;
}

namespace {
// The end of an iterator that is no generator: StopIteration's value; null: another exception is set.
Object* end_value(ThreadState* state) {
  if (!state->curexc_type) return None;
  if (!error_matches(StopIteration)) return nullptr;
  if (state->cframe->use_tracing) trace_exception(state, current_frame(state));  // may set another exception
  Ref<Object> value;
  return error_take_stop_iteration(value) ? value.release() : nullptr;
}
}  // namespace

int send(ThreadState* state, Object* receiver, Object* value, Object** result) {
  Type* type = receiver->ob_type;
  // A trace function sees the StopIteration that send() raises.
  bool traced = state->c_tracefunc != nullptr;
  if (!traced && (type == &PyGen_Type || type == &PyCoro_Type)) {
    PySendResult status = generator_send(as<Generator>(receiver), value, result);
    return status == PYGEN_NEXT ? 1 : status == PYGEN_RETURN ? 0 : -1;
  }
  if (!traced && type->tp_as_async && type->tp_as_async->am_send) {
    PySendResult status = type->tp_as_async->am_send(receiver, value, result);
    return status == PYGEN_NEXT ? 1 : status == PYGEN_RETURN ? 0 : -1;
  }
  *result = value == None && is_iterator(receiver) ? type->tp_iternext(receiver) : call_method(receiver, id::send, value).to_c();
  if (*result) return 1;
  *result = end_value(state);
  return *result ? 0 : -1;
}
}  // namespace adder::sem
