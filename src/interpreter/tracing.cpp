// tracing: events for sys.settrace() and sys.setprofile().
//
// Only frames in exact code send line and opcode events: a TRACE stands in front of every canonical instruction.
// use_tracing in the C frame is 255 while any function is set and no trace function is running.
#include "interpreter/tracing.h"

#include "bind/bind.h"
#include "interpreter/eval_frame.h"
#include "interpreter/interpreter.h"
#include "interpreter/opcodes.h"
#include "interpreter/semantics.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "types/code.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
void update_use_tracing(ThreadState* state) { state->cframe->use_tracing = wanted_use_tracing(state, !state->tracing); }

// Calls a C trace function for a frame, with tracing off meanwhile. False: exception set.
bool call_trace(ThreadState* state, Py_tracefunc function, Object* self, InterpreterFrame* frame, int what,
                Object* arg) {
  if (state->tracing) return true;
  Frame* object = frame_object_of(frame);
  if (!object) return false;
  int old_what = state->tracing_what;
  state->tracing_what = what;
  ++state->tracing;
  state->cframe->use_tracing = wanted_use_tracing(state, false);
  Ref<Frame> kept = new_ref(object);
  int result = function(self, object, what, arg);
  --state->tracing;
  state->tracing_what = old_what;
  update_use_tracing(state);
  return result == 0;
}
// The same with the set exception kept, unless the trace function raises another.
bool call_trace_protected(ThreadState* state, Py_tracefunc function, Object* self, InterpreterFrame* frame, int what,
                          Object* arg) {
  Object *type, *value, *traceback;
  error_fetch(&type, &value, &traceback);
  if (call_trace(state, function, self, frame, what, arg)) {
    error_restore(type, value, traceback);
    return true;
  }
  decref_or_null(type);
  decref_or_null(value);
  decref_or_null(traceback);
  return false;
}

Str* event_name(int what) {
  switch (what) {
    case PyTrace_CALL:
      return id::call;
    case PyTrace_EXCEPTION:
      return id::exception;
    case PyTrace_LINE:
      return id::line;
    case PyTrace_RETURN:
      return id::return_;
    case PyTrace_C_CALL:
      return id::c_call;
    case PyTrace_C_EXCEPTION:
      return id::c_exception;
    case PyTrace_C_RETURN:
      return id::c_return;
    default:
      return id::opcode;
  }
}

// Calls the Python function with (frame, event, arg); fast locals are in f_locals meanwhile and are written back.
Object* call_python(Object* function, Frame* frame, int what, Object* arg) {
  InterpreterFrame* inner = frame->f_frame;
  if (!frame_locals_mapping(inner)) return nullptr;
  Object* result =
      call(function, static_cast<Object*>(frame), static_cast<Object*>(event_name(what)), arg ? arg : None).to_c();
  frame_locals_to_fast(frame->f_frame, true);
  if (!result) {
    Object *type, *value, *traceback;
    error_fetch(&type, &value, &traceback);
    error_restore(type, value, traceback);
    (void)traceback_here(frame);
  }
  return result;
}

int profile_trampoline(PyObject* self, PyFrameObject* frame, int what, PyObject* arg) {
  Object* result = call_python(self, frame, what, arg);
  if (!result) {
    eval_set_c_profile(nullptr, nullptr);
    return -1;
  }
  decref(result);
  return 0;
}
int trace_trampoline(PyObject* self, PyFrameObject* frame, int what, PyObject* arg) {
  Object* function = what == PyTrace_CALL ? self : frame->f_trace;
  if (!function) return 0;
  Ref<Object> kept = new_ref(function);
  Object* result = call_python(function, frame, what, arg);
  if (!result) {
    eval_set_c_trace(nullptr, nullptr);
    clear_field(frame->f_trace);
    return -1;
  }
  if (result != None)
    set_field(frame->f_trace, Ref<Object>::steal(result));
  else
    decref(result);
  return 0;
}
}  // namespace

namespace {
// Installs a function in one of the two places. The destructor of the old argument may run Python code, which must not
// install another meanwhile.
Result<void> install(Py_tracefunc& place, Object*& argument_place, bool& installing, const char* kind,
                     Py_tracefunc function, Object* argument) {
  if (installing) {
    installing = false;
    return raise(RuntimeError, "Cannot install a %s function while another %s function is being installed", kind, kind);
  }
  installing = true;
  ThreadState* state = thread();
  Ref<Object> old = Ref<Object>::steal(argument_place);
  place = nullptr;
  argument_place = nullptr;
  update_use_tracing(state);
  old.reset();
  incref_or_null(argument);
  argument_place = argument;
  place = function;
  update_use_tracing(state);
  installing = false;
  return {};
}
thread_local constinit bool installing_trace = false, installing_profile = false;
Result<void> install_trace(Py_tracefunc function, Object* argument) {
  ThreadState* state = thread();
  return install(state->c_tracefunc, state->c_traceobj, installing_trace, "trace", function, argument);
}
Result<void> install_profile(Py_tracefunc function, Object* argument) {
  ThreadState* state = thread();
  return install(state->c_profilefunc, state->c_profileobj, installing_profile, "profile", function, argument);
}
}  // namespace

void eval_set_c_trace(Py_tracefunc function, Opt<Object*> argument) {
  if (install_trace(function, argument.get()).failed()) error_write_unraisable({});
}
void eval_set_c_profile(Py_tracefunc function, Opt<Object*> argument) {
  if (install_profile(function, argument.get()).failed()) error_write_unraisable({});
}
Result<void> eval_set_trace(Object* function) {
  TRY(sys_audit("sys.settrace"));
  return function == None ? install_trace(nullptr, nullptr) : install_trace(trace_trampoline, function);
}
Result<void> eval_set_profile(Object* function) {
  TRY(sys_audit("sys.setprofile"));
  return function == None ? install_profile(nullptr, nullptr) : install_profile(profile_trampoline, function);
}

namespace sem {
bool handle_eval_break(ThreadState*) { return !safepoint_slow().failed(); }

bool trace_call(ThreadState* state, InterpreterFrame* frame) {
  // A generator that is thrown into starts with the exception set.
  if (state->c_tracefunc &&
      !call_trace_protected(state, state->c_tracefunc, state->c_traceobj, frame, PyTrace_CALL, None)) {
    return false;
  }
  if (state->c_profilefunc &&
      !call_trace_protected(state, state->c_profilefunc, state->c_profileobj, frame, PyTrace_CALL, None)) {
    return false;
  }
  frame->traced = true;
  return true;
}

bool trace_return(ThreadState* state, InterpreterFrame* frame, Object* value) {
  Object* arg = value ? value : None;
  bool protect = value == nullptr;
  auto send = protect ? call_trace_protected : call_trace;
  if (state->c_tracefunc && !send(state, state->c_tracefunc, state->c_traceobj, frame, PyTrace_RETURN, arg))
    return false;
  if (state->c_profilefunc && !send(state, state->c_profilefunc, state->c_profileobj, frame, PyTrace_RETURN, arg))
    return false;
  return true;
}

void trace_exception(ThreadState* state, InterpreterFrame* frame) {
  if (!state->c_tracefunc) return;
  Ref<Object> error = error_take();
  if (!error) return;
  Object* traceback = static_cast<BaseException*>(error.get())->traceback;
  Result<Tuple> made = tuple_pack(static_cast<Object*>(error->ob_type), error.get(), traceback ? traceback : None);
  if (made.failed()) {
    error_clear();
    error_set(std::move(error));
    return;
  }
  Ref<Tuple> triple = made.take();
  if (call_trace(state, state->c_tracefunc, state->c_traceobj, frame, PyTrace_EXCEPTION, triple))
    error_set(std::move(error));
}

namespace {
// Line of a canonical instruction; -1: none.
int line_of(Code* code, int offset) { return code_line_of(code, offset); }
}  // namespace

bool trace_instruction(ThreadState* state, InterpreterFrame* frame, const RInstruction* pc) {
  if (!state->c_tracefunc || state->tracing) return true;
  Frame* object = frame_object_of(frame);
  if (!object) return false;
  // sys.settrace's function sees the frames that it asked for; one of C's sees all.
  bool wanted = object->f_trace || state->c_tracefunc != trace_trampoline;
  if (!wanted && !frame->traced) return true;
  RCode* rcode = frame->rcode;
  u32 position = rcode->position_of(pc);
  int offset = static_cast<int>(rcode->offset[position]), start = static_cast<int>(rcode->start_offset[position]);
  int line = line_of(frame->code, start);
  int previous = frame->traced_offset;
  frame->traced_offset = offset;
  // The instruction that starts a generator belongs to no line of its body.
  if (rcode->position_of(pc) + 1 < rcode->size && static_cast<R>(pc[1].op) == R::GEN_START) return true;
  if (wanted && object->f_trace_lines && line != -1) {
    bool backward = offset < previous && static_cast<R>(pc[1].op) != R::YIELD_FROM;
    int last_line = previous < 0 ? -1 : line_of(frame->code, previous);
    if (line != last_line || backward) {
      if (!call_trace(state, state->c_tracefunc, state->c_traceobj, frame, PyTrace_LINE, None)) return false;
    }
  }
  if (wanted && object->f_trace_opcodes && frame->pc == pc) {
    if (!call_trace(state, state->c_tracefunc, state->c_traceobj, frame, PyTrace_OPCODE, None)) return false;
  }
  return true;
}

namespace {
// Calls through `invoke`, between the events for the profile function. `self` is the first positional argument or null.
template <class Invoke>
Object* call_profiled(ThreadState* state, Object* callable, Object* self, Invoke invoke) {
  Ref<Object> bound;
  Object* shown = nullptr;
  if (callable->ob_type == &PyCFunction_Type || callable->ob_type == &PyCMethod_Type) {
    shown = callable;
  } else if (callable->ob_type == &PyMethodDescr_Type && self) {
    // list.append(l, 1): the profiler sees the bound method.
    Result<Object> made = Result<Object>::from_c(callable->ob_type->tp_descr_get(callable, self, self->ob_type));
    if (made.failed()) return nullptr;
    bound = made.take();
    shown = bound.get();
  }
  InterpreterFrame* frame = complete_frame(current_frame(state));
  if (!shown || !frame || !state->c_profilefunc) return invoke().to_c();
  if (!call_trace(state, state->c_profilefunc, state->c_profileobj, frame, PyTrace_C_CALL, shown)) return nullptr;
  Object* result = invoke().to_c();
  if (!state->c_profilefunc) return result;
  if (!result) {
    call_trace_protected(state, state->c_profilefunc, state->c_profileobj, frame, PyTrace_C_EXCEPTION, shown);
    return nullptr;
  }
  if (!call_trace(state, state->c_profilefunc, state->c_profileobj, frame, PyTrace_C_RETURN, shown))
    clear_field(result);
  return result;
}
}  // namespace

Object* call_c_profiled(ThreadState* state, Object* callable, Object** args, usize count, Tuple* keyword_names) {
  return call_profiled(state, callable, count ? args[0] : nullptr,
                       [&] { return object_vectorcall(callable, args, count, keyword_names); });
}
Object* call_c_profiled_unpacked(ThreadState* state, Object* callable, Tuple* args, Object* keywords) {
  return call_profiled(state, callable, tuple_size(args) ? tuple_item(args, 0) : nullptr,
                       [&] { return object_call(callable, args, keywords); });
}
}  // namespace sem
}  // namespace adder
