// generator: generators, and what they share with coroutines and asynchronous generators.
//
// Layout     PyGenObject (ABI); the frame lies in its tail and is resumed in place.
// States     GeneratorState (interpreter/frame.h). A finished one has its frame cleared.
// See        PEP 255, 342, 380, 479; docs/interpreter.md, tests/python/test_generator.py
#include "interpreter/generator.h"

#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/eval_frame.h"
#include "interpreter/semantics.h"
#include "runtime/runtime.h"
#include "types/exception.h"
#include "types/generator_methods.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
const char* generator_kind(Generator* self) {
  if (self->ob_type == &PyCoro_Type) return "coroutine";
  if (self->ob_type == &PyAsyncGen_Type) return "async generator";
  return "generator";
}

Generator* generator_new(Function* function, Code* code, RCode* rcode) {
  Type* type = code->co_flags & CO_COROUTINE         ? &PyCoro_Type
               : code->co_flags & CO_ASYNC_GENERATOR ? &PyAsyncGen_Type
                                                     : &PyGen_Type;
  Generator* self = static_cast<Generator*>(object_allocate(type, rcode->slot_count));
  if (!self) return nullptr;
  incref(code);
  self->gi_code = code;
  self->gi_weakreflist = nullptr;
  incref(function->func_name);
  self->gi_name = function->func_name;
  incref(function->func_qualname);
  self->gi_qualname = function->func_qualname;
  self->gi_exc_state = {nullptr, nullptr};
  self->gi_origin_or_finalizer = nullptr;
  self->gi_hooks_inited = self->gi_closed = self->gi_running_async = 0;
  self->gi_frame_state = kCreated;
  return self;
}

Result<Generator> generator_from_frame(Frame* object, Opt<Object*> name, Opt<Object*> qualname) {
  InterpreterFrame* source = object->f_frame;
  if (source->owner != FrameOwner::kFrameObject || frame_lasti(source) >= 0) {
    return raise(RuntimeError, "cannot make a generator of a frame that has started");
  }
  RCode* rcode = source->rcode;
  Ref<Generator> self = TRY(Result<Generator>::from_c(generator_new(source->function, source->code, rcode)));
  if (name) set_field(self->gi_name, new_ref(*name));
  if (qualname) set_field(self->gi_qualname, new_ref(*qualname));
  InterpreterFrame* frame = generator_frame(self);
  Ref<Object> locals = Ref<Object>::share_or_empty(source->locals);
  Ref<Function> function = new_ref(source->function);
  frame_initialize(frame, function.release(), source->code, rcode, locals.release());
  frame->owner = FrameOwner::kGenerator;
  frame->previous = nullptr;
  for (u32 i = 0; i < rcode->stack_base; ++i) {
    frame->slots[i] = Ref<Object>::share_or_empty(source->slots[i]).release();
  }
  gc::track(self);
  return self;
}

Object* generator_delegate(Generator* self) {
  if (self->gi_frame_state != kSuspended) return nullptr;
  InterpreterFrame* frame = generator_frame(self);
  if (frame->pc < frame->rcode->instructions || static_cast<R>(frame->pc->op) != R::YIELD_FROM) return nullptr;
  return frame->slots[frame->pc->a];
}

void generator_finish(Generator* self) {
  InterpreterFrame* frame = generator_frame(self);
  if (self->gi_frame_state == kSuspended) {
    frame_drop_stack(frame, 0, frame->rcode->error_depth[frame->rcode->position_of(frame->pc)]);
  }
  self->gi_frame_state = kCleared;
  frame_clear(frame);
  clear_field(self->gi_exc_state.exc_value);
}

namespace {
// What is thrown in gets the exception that the generator is handling as its context.
void chain_to_handled(Generator* self) {
  Object* handled = self->gi_exc_state.exc_value;
  if (!handled || handled == None) return;
  Ref<Object> error = error_take();
  if (error && error.get() != handled) exception_set_context(error, new_ref(handled));
  error_set(std::move(error));
}
}  // namespace

PySendResult generator_resume(Generator* self, Object* value, Object** result, Resume mode, bool closing) {
  ThreadState* state = thread();
  *result = nullptr;
  if (self->gi_frame_state == kCreated && value && value != None && mode == Resume::kSend) {
    (void)raise(TypeError, "can't send non-None value to a just-started %s", generator_kind(self));
    return PYGEN_ERROR;
  }
  if (self->gi_frame_state == kExecuting) {
    (void)raise(ValueError, "%s already executing", generator_kind(self));
    return PYGEN_ERROR;
  }
  if (self->gi_frame_state >= kCompleted) {
    if (self->ob_type == &PyCoro_Type && !closing) {
      (void)raise(RuntimeError, "cannot reuse already awaited coroutine");
    } else if (value && mode != Resume::kRaise) {
      *result = None;
      return PYGEN_RETURN;
    }
    return PYGEN_ERROR;
  }
  InterpreterFrame* frame = generator_frame(self);
  Ref<Generator> kept = new_ref(self);
  Object* sent = value ? value : None;
  incref(sent);
  if (self->gi_frame_state == kCreated) frame->slots[frame->rcode->stack_base] = None;
  self->gi_exc_state.previous_item = state->exc_info;
  state->exc_info = &self->gi_exc_state;
  self->gi_frame_state = kExecuting;
  frame->previous = current_frame(state);
  if (mode == Resume::kRaise) chain_to_handled(self);
  Object* produced = enter_frame(state, frame, sent, mode);
  state->exc_info = self->gi_exc_state.previous_item;
  self->gi_exc_state.previous_item = nullptr;
  frame->previous = nullptr;  // nor does a frame object that outlives this one get an f_back
  if (self->gi_frame_state == kSuspended) {
    *result = produced;
    return PYGEN_NEXT;
  }
  self->gi_frame_state = kCompleted;
  {
    Ref<Object> exception = produced ? Ref<Object>() : error_take();
    generator_finish(self);
    if (exception) error_set(std::move(exception));
  }
  if (produced) {
    if (produced == None && !value && self->ob_type != &PyAsyncGen_Type) return PYGEN_ERROR;
    *result = produced;
    return PYGEN_RETURN;
  }
  if (state->curexc_type) {
    if (error_matches(StopIteration)) {
      (void)raise_from_cause(RuntimeError, "%s raised StopIteration", generator_kind(self));
    } else if (self->ob_type == &PyAsyncGen_Type && error_matches(StopAsyncIteration)) {
      (void)raise_from_cause(RuntimeError, "%s raised StopAsyncIteration", "async generator");
    }
  }
  return PYGEN_ERROR;
}

PySendResult generator_send(Generator* self, Object* value, Object** result) {
  return generator_resume(self, value, result, Resume::kSend, false);
}

Object* generator_continue(Generator* self, Object* value, Resume mode, bool closing) {
  Object* result;
  PySendResult status = generator_resume(self, value, &result, mode, closing);
  if (status == PYGEN_RETURN) {
    if (self->ob_type == &PyAsyncGen_Type) {
      (void)raise_object(StopAsyncIteration, None);
    } else if (result == None) {
      (void)raise_object(StopIteration, None);
    } else {
      (void)raise_stop_iteration(result);
    }
    clear_field(result);
  }
  return result;
}

Object* generator_iternext(PyObject* object) {
  Generator* self = as<Generator>(object);
  Object* result;
  if (generator_resume(self, nullptr, &result, Resume::kSend, false) == PYGEN_RETURN) {
    if (result != None) (void)raise_stop_iteration(result);
    clear_field(result);
  }
  return result;
}

// == close and throw ==

namespace {
Result<void> close_delegate(Object* delegate) {
  if (delegate->ob_type == &PyGen_Type || delegate->ob_type == &PyCoro_Type)
    return generator_close(as<Generator>(delegate));
  Maybe<Object> found = object_lookup_attr(delegate, id::close);
  if (found.failed()) {
    error_write_unraisable(delegate);
    return {};
  }
  Ref<Object> method = found.take();
  if (!method) return {};
  Ref<Object> ignored = TRY(object_call_no_args(method));
  return {};
}

// While the generator waits for what it delegates to, it counts as running and its frame is on the stack.
class Delegating {
 public:
  explicit Delegating(Generator* self) : self_(self), state_(thread()), saved_(self->gi_frame_state) {
    InterpreterFrame* frame = generator_frame(self);
    frame->previous = current_frame(state_);
    state_->cframe->current_frame = frame;
    self->gi_frame_state = kExecuting;
  }
  ~Delegating() {
    InterpreterFrame* frame = generator_frame(self_);
    state_->cframe->current_frame = frame->previous;
    frame->previous = nullptr;
    self_->gi_frame_state = saved_;
  }
  Delegating(const Delegating&) = delete;

 private:
  Generator* self_;
  ThreadState* state_;
  i8 saved_;
};
}  // namespace

Result<void> generator_close(Generator* self) {
  if (self->gi_frame_state == kCreated) {
    generator_finish(self);
    return {};
  }
  bool failed = false;
  if (Object* delegate = generator_delegate(self); delegate && self->gi_frame_state == kSuspended) {
    Ref<Object> kept = new_ref(delegate);
    Delegating delegating(self);
    failed = close_delegate(delegate).failed();
  }
  if (!failed) (void)raise_object(GeneratorExit, None);
  Object* result = generator_continue(self, None, Resume::kRaise, true);
  if (result) {
    decref(result);
    return raise(RuntimeError, "%s ignored GeneratorExit", generator_kind(self));
  }
  if (error_matches(StopIteration) || error_matches(GeneratorExit)) {
    error_clear();
    return {};
  }
  return Error{};
}

namespace {
// Sets the exception that throw() was given. False: a TypeError is set instead.
bool set_thrown(Object* type, Object* value, Object* traceback) {
  if (traceback == None) traceback = nullptr;
  if (traceback && !is_traceback(traceback)) {
    (void)raise(TypeError, "throw() third argument must be a traceback object");
    return false;
  }
  if (is_exception_class(type)) {
    if (value == None) value = nullptr;
    incref(type);
    incref_or_null(value);
    incref_or_null(traceback);
    error_restore(type, value, traceback);
    Ref<Object> error = error_take();
    if (traceback) exception_set_traceback(error, traceback);
    error_set(std::move(error));
    return true;
  }
  if (is_exception_instance(type)) {
    if (value && value != None) {
      (void)raise(TypeError, "instance exception may not have a separate value");
      return false;
    }
    if (traceback) exception_set_traceback(type, traceback);
    error_set(new_ref(type));
    return true;
  }
  (void)raise(TypeError, "exceptions must be classes or instances deriving from BaseException, not %s",
              type->ob_type->tp_name);
  return false;
}
}  // namespace

Object* generator_throw_into(Generator* self, Object* type, Object* value, Object* traceback, bool close_on_exit) {
  Object* delegate = generator_delegate(self);
  if (delegate && self->gi_frame_state == kSuspended) {
    Ref<Object> kept = new_ref(delegate);
    Object* result = nullptr;
    bool here = false;
    if (close_on_exit && exception_matches(type, GeneratorExit)) {
      bool failed;
      {
        Delegating delegating(self);
        failed = close_delegate(delegate).failed();
      }
      if (failed) return generator_continue(self, None, Resume::kRaise, false);
      here = true;
    } else if (delegate->ob_type == &PyGen_Type || delegate->ob_type == &PyCoro_Type) {
      Delegating delegating(self);
      result = generator_throw_into(as<Generator>(delegate), type, value, traceback, close_on_exit);
    } else {
      Maybe<Object> found = object_lookup_attr(delegate, id::throw_);
      if (found.failed()) return nullptr;
      Ref<Object> method = found.take();
      if (!method) {
        here = true;
      } else {
        Delegating delegating(self);
        Object* args[] = {nullptr, type, value, traceback};
        usize count = traceback ? 3 : value ? 2 : 1;
        if (traceback && !value) args[2] = None;
        result = object_vectorcall(method, args + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET).to_c();
      }
    }
    if (!here) {
      if (result) return result;
      InterpreterFrame* frame = generator_frame(self);
      Ref<Object> returned;
      if (error_take_stop_iteration(returned)) {
        // What it delegated to is finished: go on behind the `yield from`.
        clear_field(frame->slots[frame->pc->a]);
        return generator_continue(self, returned, Resume::kDelegateDone, false);
      }
      return generator_continue(self, None, Resume::kRaise, false);
    }
  }
  if (!set_thrown(type, value, traceback)) return nullptr;
  return generator_continue(self, None, Resume::kRaise, false);
}

// == Finalisation ==

namespace {
void warn_never_awaited(Generator* coroutine) {
  bool warned = false;
  Result<Object> function = import_attribute("warnings", "_warn_unawaited_coroutine");
  if (function.failed()) {
    error_clear();
  } else {
    Ref<Object> warner = function.take();
    Result<Object> result = object_call_one_arg(warner, coroutine);
    warned = !result.failed() || error_matches(RuntimeWarning);
    if (result.failed())
      error_write_unraisable(coroutine);
    else
      Ref<Object> ignored = result.take();
  }
  if (!warned && warn(RuntimeWarning, 1, "coroutine '%S' was never awaited", coroutine->gi_qualname).failed()) {
    error_write_unraisable(coroutine);
  }
}
}  // namespace

void generator_finalize(Generator* self) {
  if (self->gi_frame_state >= kCompleted) return;
  ErrorSaver saver;
  if (self->ob_type == &PyAsyncGen_Type) {
    Object* finalizer = self->gi_origin_or_finalizer;
    if (finalizer && !self->gi_closed) {
      Result<Object> result = object_call_one_arg(finalizer, self);
      if (result.failed())
        error_write_unraisable(self);
      else
        Ref<Object> ignored = result.take();
      return;
    }
  }
  if (self->ob_type == &PyCoro_Type && self->gi_frame_state == kCreated) {
    warn_never_awaited(self);
  } else if (generator_close(self).failed()) {
    error_write_unraisable(self);
  }
  error_clear();
}

void generator_finalize_slot(PyObject* self) { generator_finalize(as<Generator>(self)); }

void generator_dealloc(PyObject* object) {
  Generator* self = as<Generator>(object);
  if (gc::is_tracked(self)) gc::untrack(self);
  if (self->gi_weakreflist) weakref_clear_all(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  if (self->gi_frame_state < kCompleted) {
    gc::track(self);
    if (object_call_finalizer_from_dealloc(self)) return;  // it lives again
    gc::untrack(self);
  }
  if (self->ob_type == &PyAsyncGen_Type) clear_field(self->gi_origin_or_finalizer);
  if (self->gi_frame_state < kCleared) generator_finish(self);
  clear_field(self->gi_origin_or_finalizer);
  clear_field(self->gi_code);
  clear_field(self->gi_name);
  clear_field(self->gi_qualname);
  clear_field(self->gi_exc_state.exc_value);
  object_free(self);
}

int generator_traverse(PyObject* object, visitproc visit, void* arg) {
  Generator* self = as<Generator>(object);
  VISIT(self->gi_code);
  VISIT(self->gi_name);
  VISIT(self->gi_qualname);
  VISIT(self->gi_origin_or_finalizer);
  InterpreterFrame* frame = generator_frame(self);
  if (self->gi_frame_state == kCreated) {
    if (int stop = frame_traverse_slots(frame, 0, visit, arg)) return stop;
  } else if (self->gi_frame_state == kSuspended) {
    u32 depth = frame->rcode->error_depth[frame->rcode->position_of(frame->pc)];
    if (int stop = frame_traverse_slots(frame, depth, visit, arg)) return stop;
  }
  VISIT(self->gi_exc_state.exc_value);
  return 0;
}

// == Attributes and methods ==

Result<Str> generator_repr(Generator* self) {
  const char* kind = self->ob_type == &PyAsyncGen_Type ? "async_generator" : generator_kind(self);
  return str_from_format("<%s object %S at %p>", kind, self->gi_qualname, self);
}
Result<Object> generator_get_name(Generator* self) { return Result<Object>::share(self->gi_name); }
Result<void> generator_set_name(Generator* self, Opt<Object*> value) {
  if (!value || !is_str(*value)) return raise(TypeError, "__name__ must be set to a string object");
  set_field(self->gi_name, new_ref(*value));
  return {};
}
Result<Object> generator_get_qualname(Generator* self) { return Result<Object>::share(self->gi_qualname); }
Result<void> generator_set_qualname(Generator* self, Opt<Object*> value) {
  if (!value || !is_str(*value)) return raise(TypeError, "__qualname__ must be set to a string object");
  set_field(self->gi_qualname, new_ref(*value));
  return {};
}
Result<Object> generator_get_delegate(Generator* self) {
  Object* delegate = generator_delegate(self);
  return Result<Object>::share(delegate ? delegate : None);
}
Result<bool> generator_get_running(Generator* self) { return self->gi_frame_state == kExecuting; }
Result<bool> generator_get_suspended(Generator* self) { return self->gi_frame_state == kSuspended; }
Result<Object> generator_get_frame(Generator* self) {
  if (self->gi_frame_state >= kCompleted) return none_result();
  Frame* frame = frame_object_of(generator_frame(self));
  if (!frame) return Error{};
  return Result<Object>::share(frame);
}
Result<Object> generator_get_code(Generator* self) {
  TRY(audit("object.__getattr__", static_cast<Object*>(self), static_cast<Object*>(id::gi_code)));
  return Result<Object>::share(self->gi_code);
}

PyObject* generator_send_method(PyObject* self, PyObject* value) {
  return generator_continue(as<Generator>(self), value, Resume::kSend, false);
}
PyObject* generator_throw_method(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count < 1 || count > 3) {
    (void)raise(TypeError, "throw expected at %s %d argument%s, got %zd", count < 1 ? "least" : "most",
                count < 1 ? 1 : 3, count < 1 ? "" : "s", count);
    return nullptr;
  }
  // Refused before the generator is touched: one that cannot be resumed is finished.
  RecursionGuard guard(" while calling a Python object");
  if (guard.failed()) return nullptr;
  return generator_throw_into(as<Generator>(self), args[0], count > 1 ? args[1] : nullptr,
                              count > 2 ? args[2] : nullptr, true);
}
PyObject* generator_close_method(PyObject* self, PyObject*) {
  return generator_close(as<Generator>(self)).failed() ? nullptr : None;
}
PySendResult generator_am_send(PyObject* self, PyObject* value, PyObject** result) {
  return generator_send(as<Generator>(self), value, result);
}

namespace {
constexpr const char* send_doc =
    "send(arg) -> send 'arg' into generator,\nreturn next yielded value or raise StopIteration.";
constexpr const char* throw_doc =
    "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or "
    "raise\nStopIteration.";
constexpr const char* close_doc = "close() -> raise GeneratorExit inside generator.";
constinit PyMethodDef generator_methods[] = {raw_method("send", generator_send_method, METH_O, send_doc),
                                             raw_method("throw", generator_throw_method, METH_FASTCALL, throw_doc),
                                             raw_method("close", generator_close_method, METH_NOARGS, close_doc),
                                             {}};
constinit PyGetSetDef generator_getset[] = {
    get_set<generator_get_name, generator_set_name>("__name__", "name of the generator"),
    get_set<generator_get_qualname, generator_set_qualname>("__qualname__", "qualified name of the generator"),
    get_set<generator_get_delegate>("gi_yieldfrom", "object being iterated by yield from, or None"),
    get_set<generator_get_running>("gi_running"),
    get_set<generator_get_frame>("gi_frame"),
    get_set<generator_get_suspended>("gi_suspended"),
    get_set<generator_get_code>("gi_code"),
    {}};
constinit PyAsyncMethods generator_as_async = {.am_send = generator_am_send};
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyGen_Type = {
    .tp_name = "generator",
    .tp_basicsize = offsetof(Generator, gi_iframe) + kFrameHeaderSize,
    .tp_itemsize = sizeof(Object*),
    .tp_dealloc = generator_dealloc,
    .tp_as_async = &generator_as_async,
    .tp_repr = slot<generator_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = generator_traverse,
    .tp_weaklistoffset = offsetof(Generator, gi_weakreflist),
    .tp_iter = self_iter,
    .tp_iternext = generator_iternext,
    .tp_methods = generator_methods,
    .tp_getset = generator_getset,
    .tp_finalize = generator_finalize_slot,
};
