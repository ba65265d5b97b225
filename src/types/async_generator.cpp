// async_generator: asynchronous generators and the awaitables of their methods.
//
// A value that an asynchronous generator yields travels wrapped (AsyncGenWrappedValue), so that it can be told from
// what it awaits. asend() and athrow() objects unwrap it and end with StopIteration(value). See        PEP 525;
// docs/interpreter.md, tests/python/test_asyncgen.py
#include "bind/bind.h"
#include "object/fields.h"
#include "types/code.h"
#include "types/generator_methods.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
enum AwaitableState { kInit, kIterating, kClosed };
struct WrappedValue : PyObject {
  Object* value;
};
struct AsyncSend : PyObject {
  Generator* generator;
  Object* value;  // null for __anext__
  int state;
};
struct AsyncThrow : PyObject {
  Generator* generator;
  Tuple* args;  // null for aclose()
  int state;
};

bool is_wrapped(Object* object) { return object->ob_type == &_PyAsyncGenWrappedValue_Type; }

// What a step of the generator gave, as the awaitable hands it on: null with StopIteration(value) for a yielded value.
Object* unwrap(Generator* generator, Object* result) {
  if (!result) {
    if (!error_occurred()) (void)raise_object(StopAsyncIteration, None);
    if (error_matches(StopAsyncIteration) || error_matches(GeneratorExit)) generator->gi_closed = 1;
    generator->gi_running_async = 0;
    return nullptr;
  }
  if (!is_wrapped(result)) return result;
  generator->gi_running_async = 0;
  (void)raise_stop_iteration(static_cast<WrappedValue*>(result)->value);
  decref(result);
  return nullptr;
}

// The hooks of sys.set_asyncgen_hooks(), at the first step.
Result<void> start_hooks(Generator* self) {
  if (self->gi_hooks_inited) return {};
  self->gi_hooks_inited = 1;
  ThreadState* state = thread();
  if (Object* finalizer = state->async_gen_finalizer) {
    incref(finalizer);
    self->gi_origin_or_finalizer = finalizer;
  }
  if (state->async_gen_firstiter) {
    Ref<Object> hook = new_ref(state->async_gen_firstiter);
    Ref<Object> ignored = TRY(object_call_one_arg(hook, self));
  }
  return {};
}

Result<Object> async_send_new(Generator* self, Opt<Object*> value) {
  TRY(start_hooks(self));
  Ref<AsyncSend> awaitable = TRY(object_new<AsyncSend>(&_PyAsyncGenASend_Type));
  awaitable->generator = new_ref(self).release();
  awaitable->value = Ref<Object>::share_or_empty(value.get()).release();
  awaitable->state = kInit;
  gc::track(awaitable);
  return awaitable;
}
Result<Object> async_throw_new(Generator* self, Opt<Tuple*> args) {
  TRY(start_hooks(self));
  Ref<AsyncThrow> awaitable = TRY(object_new<AsyncThrow>(&_PyAsyncGenAThrow_Type));
  awaitable->generator = new_ref(self).release();
  awaitable->args = Ref<Tuple>::share_or_empty(args.get()).release();
  awaitable->state = kInit;
  gc::track(awaitable);
  return awaitable;
}
}  // namespace

Object* async_generator_wrap_value(Object* value) {
  WrappedValue* wrapped = static_cast<WrappedValue*>(object_allocate(&_PyAsyncGenWrappedValue_Type));
  if (!wrapped) {
    decref(value);
    return nullptr;
  }
  wrapped->value = value;
  gc::track(wrapped);
  return wrapped;
}

Object* async_generator_anext(PyObject* generator) { return async_send_new(as<Generator>(generator), nullptr).to_c(); }

namespace {
// == asend() and __anext__() ==

AsyncSend* send_of(PyObject* object) { return static_cast<AsyncSend*>(object); }
PyObject* send_send(PyObject* object, PyObject* arg) {
  AsyncSend* self = send_of(object);
  if (self->state == kClosed) {
    (void)raise(RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    return nullptr;
  }
  if (self->state == kInit) {
    if (self->generator->gi_running_async) {
      (void)raise(RuntimeError, "anext(): asynchronous generator is already running");
      return nullptr;
    }
    if (arg == None && self->value) arg = self->value;
    self->state = kIterating;
  }
  self->generator->gi_running_async = 1;
  Object* result = unwrap(self->generator, generator_continue(self->generator, arg, Resume::kSend, false));
  if (!result) self->state = kClosed;
  return result;
}
PyObject* send_next(PyObject* object) { return send_send(object, None); }
PyObject* send_throw(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  AsyncSend* self = send_of(object);
  if (self->state == kClosed) {
    (void)raise(RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    return nullptr;
  }
  Object* result = unwrap(self->generator, generator_throw_method(self->generator, args, count));
  if (!result) self->state = kClosed;
  return result;
}
PyObject* send_close(PyObject* object, PyObject*) {
  send_of(object)->state = kClosed;
  return None;
}
using SendFields = OwnedFields<&AsyncSend::generator, &AsyncSend::value>;

// == athrow() and aclose() ==

AsyncThrow* throw_of(PyObject* object) { return static_cast<AsyncThrow*>(object); }
PyObject* ignored_exit(AsyncThrow* self) {
  self->generator->gi_running_async = 0;
  self->state = kClosed;
  (void)raise(RuntimeError, "async generator ignored GeneratorExit");
  return nullptr;
}
// An exception came out: aclose() turns the two that end a generator into a plain end.
PyObject* ended(AsyncThrow* self) {
  self->generator->gi_running_async = 0;
  self->state = kClosed;
  if (!self->args && (error_matches(StopAsyncIteration) || error_matches(GeneratorExit))) {
    error_clear();
    (void)raise_object(StopIteration, None);
  }
  return nullptr;
}
PyObject* throw_send(PyObject* object, PyObject* arg) {
  AsyncThrow* self = throw_of(object);
  Generator* generator = self->generator;
  if (self->state == kClosed) {
    (void)raise(RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    return nullptr;
  }
  if (generator->gi_frame_state >= kCompleted) {
    self->state = kClosed;
    (void)raise_object(StopIteration, None);
    return nullptr;
  }
  if (self->state == kInit) {
    if (generator->gi_running_async) {
      self->state = kClosed;
      (void)raise(RuntimeError, self->args ? "athrow(): asynchronous generator is already running"
                                           : "aclose(): asynchronous generator is already running");
      return nullptr;
    }
    if (generator->gi_closed) {
      self->state = kClosed;
      (void)raise_object(StopAsyncIteration, None);
      return nullptr;
    }
    if (arg != None) {
      (void)raise(RuntimeError, "can't send non-None value to a just-started coroutine");
      return nullptr;
    }
    self->state = kIterating;
    generator->gi_running_async = 1;
    Object* result;
    if (!self->args) {
      generator->gi_closed = 1;
      result = generator_throw_into(generator, GeneratorExit, nullptr, nullptr, false);
      if (result && is_wrapped(result)) {
        decref(result);
        return ignored_exit(self);
      }
    } else {
      isize count = tuple_size(self->args);
      if (count < 1 || count > 3) {
        (void)raise(TypeError, "athrow expected at %s %d argument%s, got %zd", count < 1 ? "least" : "most",
                    count < 1 ? 1 : 3, count < 1 ? "" : "s", count);
        generator->gi_running_async = 0;
        return nullptr;
      }
      result =
          generator_throw_into(generator, tuple_item(self->args, 0), count > 1 ? tuple_item(self->args, 1) : nullptr,
                               count > 2 ? tuple_item(self->args, 2) : nullptr, false);
      result = unwrap(generator, result);
    }
    return result ? result : ended(self);
  }
  Object* result = generator_continue(generator, arg, Resume::kSend, false);
  if (self->args) return unwrap(generator, result);
  if (!result) return ended(self);
  if (is_wrapped(result)) {
    decref(result);
    return ignored_exit(self);
  }
  return result;
}
PyObject* throw_next(PyObject* object) { return throw_send(object, None); }
PyObject* throw_throw(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  AsyncThrow* self = throw_of(object);
  if (self->state == kClosed) {
    (void)raise(RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    return nullptr;
  }
  Object* result = generator_throw_method(self->generator, args, count);
  if (self->args) return unwrap(self->generator, result);
  if (result && is_wrapped(result)) {
    decref(result);
    return ignored_exit(self);
  }
  if (!result && (error_matches(StopAsyncIteration) || error_matches(GeneratorExit))) {
    error_clear();
    (void)raise_object(StopIteration, None);
  }
  return result;
}
PyObject* throw_close(PyObject* object, PyObject*) {
  throw_of(object)->state = kClosed;
  return None;
}
using ThrowFields = OwnedFields<&AsyncThrow::generator, &AsyncThrow::args>;

using WrappedFields = OwnedFields<&WrappedValue::value>;

constexpr const char* send_doc =
    "send(arg) -> send 'arg' into generator,\nreturn next yielded value or raise StopIteration.";
constexpr const char* throw_doc =
    "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or "
    "raise\nStopIteration.";
constexpr const char* close_doc = "close() -> raise GeneratorExit inside generator.";
constinit PyMethodDef send_methods[] = {raw_method("send", send_send, METH_O, send_doc),
                                        raw_method("throw", send_throw, METH_FASTCALL, throw_doc),
                                        raw_method("close", send_close, METH_NOARGS, close_doc),
                                        {}};
constinit PyMethodDef throw_methods[] = {raw_method("send", throw_send, METH_O, send_doc),
                                         raw_method("throw", throw_throw, METH_FASTCALL, throw_doc),
                                         raw_method("close", throw_close, METH_NOARGS, close_doc),
                                         {}};
constinit PyAsyncMethods awaitable_as_async = {.am_await = self_iter};

// == The generator ==

Result<Object> generator_asend(Generator* self, Object* value) { return async_send_new(self, value); }
Result<Object> generator_aclose(Generator* self) { return async_throw_new(self, nullptr); }
Result<Object> generator_athrow(Generator* self, Tuple* args) { return async_throw_new(self, args); }
PyObject* asend_method(PyObject* self, PyObject* value) { return generator_asend(as<Generator>(self), value).to_c(); }
PyObject* aclose_method(PyObject* self, PyObject*) { return generator_aclose(as<Generator>(self)).to_c(); }
PyObject* athrow_method(PyObject* self, PyObject* args) {
  return generator_athrow(as<Generator>(self), static_cast<Tuple*>(args)).to_c();
}
PyObject* class_getitem(PyObject* type, PyObject* item) { return generic_alias_new(type, item).to_c(); }
Result<bool> generator_get_running_async(Generator* self) { return self->gi_running_async != 0; }

constinit PyMethodDef async_generator_methods[] = {
    raw_method("asend", asend_method, METH_O, "asend(v) -> send 'v' in generator."),
    raw_method("athrow", athrow_method, METH_VARARGS,
               "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator."),
    raw_method("aclose", aclose_method, METH_NOARGS, "aclose() -> raise GeneratorExit inside generator."),
    raw_method("__class_getitem__", class_getitem, METH_O | METH_CLASS, "See PEP 585"),
    {}};
constinit PyGetSetDef async_generator_getset[] = {
    get_set<generator_get_name, generator_set_name>("__name__", "name of the async generator"),
    get_set<generator_get_qualname, generator_set_qualname>("__qualname__", "qualified name of the async generator"),
    get_set<generator_get_delegate>("ag_await", "object being awaited on, or None"),
    get_set<generator_get_frame>("ag_frame"),
    get_set<generator_get_code>("ag_code"),
    get_set<generator_get_suspended>("ag_suspended"),
    get_set<generator_get_running_async>("ag_running"),
    {}};
constinit PyAsyncMethods async_generator_as_async = {
    .am_aiter = self_iter, .am_anext = async_generator_anext, .am_send = generator_am_send};
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyAsyncGen_Type = {
    .tp_name = "async_generator",
    .tp_basicsize = offsetof(Generator, gi_iframe) + kFrameHeaderSize,
    .tp_itemsize = sizeof(Object*),
    .tp_dealloc = generator_dealloc,
    .tp_as_async = &async_generator_as_async,
    .tp_repr = slot<generator_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = generator_traverse,
    .tp_weaklistoffset = offsetof(Generator, gi_weakreflist),
    .tp_methods = async_generator_methods,
    .tp_getset = async_generator_getset,
    .tp_finalize = generator_finalize_slot,
};
constinit PyTypeObject _PyAsyncGenASend_Type = {
    .tp_name = "async_generator_asend",
    .tp_basicsize = sizeof(AsyncSend),
    .tp_dealloc = SendFields::dealloc,
    .tp_as_async = &awaitable_as_async,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = SendFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = send_next,
    .tp_methods = send_methods,
};
constinit PyTypeObject _PyAsyncGenAThrow_Type = {
    .tp_name = "async_generator_athrow",
    .tp_basicsize = sizeof(AsyncThrow),
    .tp_dealloc = ThrowFields::dealloc,
    .tp_as_async = &awaitable_as_async,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = ThrowFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = throw_next,
    .tp_methods = throw_methods,
};
constinit PyTypeObject _PyAsyncGenWrappedValue_Type = {
    .tp_name = "async_generator_wrapped_value",
    .tp_basicsize = sizeof(WrappedValue),
    .tp_dealloc = WrappedFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = WrappedFields::traverse,
};
