// traceback: the chain of frames that an exception went through.
#include "bind/bind.h"
#include "interpreter/interpreter.h"
#include "object/fields.h"
#include "types/code.h"
#include "types/function.h"
#include "types/list.h"
#include "types/str.h"

namespace adder {
Result<Object> traceback_new(Opt<Object*> next, Frame* frame, int lasti, int lineno) {
  Ref<Traceback> traceback = TRY(object_new<Traceback>(&PyTraceBack_Type));
  traceback->tb_next = reinterpret_cast<Traceback*>(Ref<Object>::share_or_empty(next.get()).release());
  traceback->tb_frame = new_ref(frame).release();
  traceback->tb_lasti = lasti;
  traceback->tb_lineno = lineno;
  gc::track(traceback);
  return traceback;
}

Result<void> traceback_here(Frame* frame) {
  Object *type, *value, *next;
  error_fetch(&type, &value, &next);
  Result<Object> made = traceback_new(next, frame, frame_get_lasti(frame), frame_get_lineno(frame));
  if (made.failed()) {  // no memory for it: the exception goes on with the shorter traceback
    error_restore(type, value, next);
    return Error{};
  }
  decref_or_null(next);
  error_restore(type, value, made.to_c());
  return {};
}

namespace {
using TracebackFields = OwnedFields<&Traceback::tb_next, &Traceback::tb_frame>;
Result<Object> traceback_get_next(Traceback* self) {
  if (!self->tb_next) return none_result();
  return Result<Object>::share(self->tb_next);
}
Result<void> traceback_set_next(Traceback* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "can't delete tb_next attribute");
  Object* next = *value == None ? nullptr : *value;
  if (next && !is_traceback(next))
    return raise(TypeError, "expected traceback object, got '%s'", next->ob_type->tp_name);
  for (Traceback* t = as<Traceback>(next); t; t = t->tb_next) {
    if (t == self) return raise(ValueError, "traceback loop detected");
  }
  set_field(self->tb_next, Ref<Traceback>::share_or_empty(as<Traceback>(next)));
  return {};
}
constexpr Doc dir_doc = "__dir__($self, /)\n--\n\n";
Result<Object> traceback_dir(Traceback* self) {
  Ref<List> names = TRY(list_new());
  for (const char* name : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"}) {
    Ref<Str> text = TRY(str_from_string(name));
    TRY(list_append(names, text));
  }
  return names;
}
constinit PyMethodDef traceback_methods[] = {method<traceback_dir, dir_doc>(), {}};
constinit PyMemberDef traceback_members[] = {
    member("tb_frame", T_OBJECT, offsetof(Traceback, tb_frame), READONLY | PY_AUDIT_READ),
    member("tb_lasti", T_INT, offsetof(Traceback, tb_lasti), READONLY),
    member("tb_lineno", T_INT, offsetof(Traceback, tb_lineno), READONLY),
    {}};
constinit PyGetSetDef traceback_getset[] = {get_set<traceback_get_next, traceback_set_next>("tb_next"), {}};

constexpr Doc traceback_doc = "traceback(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nCreate a new traceback object.";
Result<Object> traceback_make(Type* type, Object* next, Object* frame, int lasti, int lineno) {
  if (next != None && !is_traceback(next)) {
    return raise(TypeError, "expected traceback object or None, got '%s'", next->ob_type->tp_name);
  }
  if (!is_frame(frame)) {
    return raise(TypeError, "traceback() argument 'tb_frame' must be frame, not %.50s",
                 frame == None ? "None" : frame->ob_type->tp_name);
  }
  return traceback_new(next == None ? nullptr : next, as<Frame>(frame), lasti, lineno);
}
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyTraceBack_Type = {
    .tp_name = "traceback",
    .tp_basicsize = sizeof(Traceback),
    .tp_dealloc = TracebackFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = traceback_doc.text,
    .tp_traverse = TracebackFields::traverse,
    .tp_clear = TracebackFields::clear,
    .tp_methods = traceback_methods,
    .tp_members = traceback_members,
    .tp_getset = traceback_getset,
    .tp_new = constructor<traceback_make, traceback_doc>,
};
