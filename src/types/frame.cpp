// frame: frame objects, as sys._getframe() and tracebacks show them.
//
// A frame object is a view of an interpreter frame (interpreter/frame.h) while that lives, and owns a copy of it
// afterwards. See        docs/interpreter.md, tests/python/test_frame.py
#include "interpreter/frame.h"

#include "bind/bind.h"
#include "interpreter/generator.h"
#include "interpreter/interpreter.h"
#include "interpreter/tracing.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
int frame_get_lasti(Frame* frame) { return frame_lasti(frame->f_frame); }

namespace {
bool owns_frame(Frame* self) { return self->f_frame->owner == FrameOwner::kFrameObject; }

void clear_owned(InterpreterFrame* frame) {
  for (u32 i = 0; i < frame->rcode->stack_base; ++i) clear_field(frame->slots[i]);
  clear_field(frame->locals);
}

void frame_dealloc(PyObject* object) {
  Frame* self = as<Frame>(object);
  if (gc::is_tracked(self)) gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  if (owns_frame(self)) {
    InterpreterFrame* frame = self->f_frame;
    clear_owned(frame);
    clear_field(frame->function);
    clear_field(frame->code);
  }
  clear_field(self->f_back);
  clear_field(self->f_trace);
  object_free(self);
}
int frame_traverse(PyObject* object, visitproc visit, void* arg) {
  Frame* self = as<Frame>(object);
  VISIT(self->f_back);
  VISIT(self->f_trace);
  if (!owns_frame(self)) return 0;
  return frame_traverse_slots(self->f_frame, 0, visit, arg);
}
int frame_clear_slot(PyObject* object) {
  Frame* self = as<Frame>(object);
  clear_field(self->f_trace);
  if (owns_frame(self)) clear_owned(self->f_frame);
  return 0;
}
Result<Str> frame_repr(Frame* self) {
  Code* code = self->f_frame->code;
  return str_from_format("<frame at %p, file %R, line %d, code %S>", self, code->co_filename, frame_get_lineno(self),
                         code->co_name);
}

Result<Object> frame_get_f_back(Frame* self) {
  Ref<Frame> back = TRY(frame_back(self));
  if (!back) return none_result();
  return back;
}
Result<Object> frame_get_f_code(Frame* self) {
  TRY(audit("object.__getattr__", static_cast<Object*>(self), static_cast<Object*>(id::f_code)));
  return Result<Object>::share(self->f_frame->code);
}
Result<Object> frame_get_f_globals(Frame* self) { return Result<Object>::share(self->f_frame->globals); }
Result<Object> frame_get_f_builtins(Frame* self) { return Result<Object>::share(self->f_frame->builtins); }
Result<Object> frame_get_f_locals(Frame* self) { return frame_get_locals(self); }
Result<int> frame_get_f_lasti(Frame* self) { return frame_get_lasti(self); }
Result<Object> frame_get_f_lineno(Frame* self) {
  int line = frame_get_lineno(self);
  if (line < 0) return none_result();
  return int_from_i64(line);
}
Result<Object> frame_get_f_trace(Frame* self) { return Result<Object>::share(self->f_trace ? self->f_trace : None); }
Result<void> frame_set_f_trace(Frame* self, Opt<Object*> value) {
  Object* function = value && *value != None ? *value : nullptr;
  set_field(self->f_trace, Ref<Object>::share_or_empty(function));
  return {};
}
Result<bool> frame_get_f_trace_opcodes(Frame* self) { return self->f_trace_opcodes != 0; }
Result<void> frame_set_f_trace_opcodes(Frame* self, Opt<Object*> value) {
  if (!value || !is_bool(*value)) return raise(TypeError, "attribute value type must be bool");
  self->f_trace_opcodes = *value == True;
  return {};
}
Result<void> frame_set_f_lineno(Frame* self, Opt<Object*> value) { return frame_jump_to_line(self, value); }

constinit PyGetSetDef frame_getset[] = {
    get_set<frame_get_f_back>("f_back"),
    get_set<frame_get_f_locals>("f_locals"),
    get_set<frame_get_f_lineno, frame_set_f_lineno>("f_lineno"),
    get_set<frame_get_f_trace, frame_set_f_trace>("f_trace"),
    get_set<frame_get_f_lasti>("f_lasti"),
    get_set<frame_get_f_globals>("f_globals"),
    get_set<frame_get_f_builtins>("f_builtins"),
    get_set<frame_get_f_code>("f_code"),
    get_set<frame_get_f_trace_opcodes, frame_set_f_trace_opcodes>("f_trace_opcodes"),
    {}};
constinit PyMemberDef frame_members[] = {member("f_trace_lines", T_BOOL, offsetof(Frame, f_trace_lines)), {}};

constexpr Doc clear_doc = "clear($self, /)\n--\n\nF.clear(): clear most references held by the frame";
Result<void> frame_clear_method(Frame* self) {
  InterpreterFrame* frame = self->f_frame;
  if (frame->owner == FrameOwner::kGenerator) {
    Generator* generator = frame_generator(frame);
    if (generator->gi_frame_state == kExecuting) return raise(RuntimeError, "cannot clear an executing frame");
    Ref<Generator> kept = new_ref(generator);
    generator_finalize(generator);
  } else if (frame->owner == FrameOwner::kThread) {
    return raise(RuntimeError, "cannot clear an executing frame");
  } else {
    frame_clear_slot(self);
  }
  return {};
}
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nF.__sizeof__() -> size of F in memory, in bytes";
Result<isize> frame_sizeof(Frame* self) {
  return static_cast<isize>(PyFrame_Type.tp_basicsize + self->f_frame->rcode->stack_base * sizeof(Object*));
}
constinit PyMethodDef frame_methods[] = {
    method<frame_clear_method, clear_doc>(), method<frame_sizeof, sizeof_doc>(), {}};
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyFrame_Type = {
    .tp_name = "frame",
    .tp_basicsize = offsetof(Frame, _f_frame_data) + kFrameHeaderSize,
    .tp_itemsize = sizeof(Object*),
    .tp_dealloc = frame_dealloc,
    .tp_repr = slot<frame_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = frame_traverse,
    .tp_clear = frame_clear_slot,
    .tp_methods = frame_methods,
    .tp_members = frame_members,
    .tp_getset = frame_getset,
};
