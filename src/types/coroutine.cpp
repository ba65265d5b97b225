// coroutine: what `async def` functions return, and the iterator behind its __await__.
//
// See        PEP 492; docs/interpreter.md, tests/python/test_coroutine.py
#include "bind/bind.h"
#include "object/fields.h"
#include "types/code.h"
#include "types/generator_methods.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct CoroutineWrapper : PyObject {
  Generator* coroutine;
};
bool is_generator_coroutine(Object* object) {
  return object->ob_type == &PyGen_Type && as<Generator>(object)->gi_code->co_flags & CO_ITERABLE_COROUTINE;
}
}  // namespace

Result<Object> coroutine_origin(ThreadState* state, int depth, InterpreterFrame* first) {
  int count = 0;
  for (InterpreterFrame* frame = complete_frame(first); frame && count < depth; frame = complete_frame(frame->previous))
    ++count;
  Ref<Tuple> origin = TRY(tuple_new(count));
  InterpreterFrame* frame = complete_frame(first);
  for (int i = 0; i < count; ++i, frame = complete_frame(frame->previous)) {
    Ref<Int> line = TRY(int_from_i64(frame_line(frame)));
    Ref<Tuple> entry =
        TRY(tuple_pack(frame->code->co_filename, static_cast<Object*>(line.get()), frame->code->co_name));
    tuple_init_item(origin, i, std::move(entry));
  }
  return origin;
}

Result<Object> coroutine_await(Generator* coroutine) {
  Ref<CoroutineWrapper> wrapper = TRY(object_new<CoroutineWrapper>(&_PyCoroWrapper_Type));
  wrapper->coroutine = new_ref(coroutine).release();
  gc::track(wrapper);
  return wrapper;
}

Object* awaitable_iterator(Object* object) {
  if (object->ob_type == &PyCoro_Type || is_generator_coroutine(object)) {
    incref(object);
    return object;
  }
  PyAsyncMethods* methods = object->ob_type->tp_as_async;
  if (!methods || !methods->am_await) {
    (void)raise(TypeError, "object %.100s can't be used in 'await' expression", object->ob_type->tp_name);
    return nullptr;
  }
  Object* iterator = methods->am_await(object);
  if (!iterator) return nullptr;
  if (iterator->ob_type == &PyCoro_Type || is_generator_coroutine(iterator)) {
    (void)raise(TypeError, "__await__() returned a coroutine");
    clear_field(iterator);
  } else if (!is_iterator(iterator)) {
    (void)raise(TypeError, "__await__() returned non-iterator of type '%.100s'", iterator->ob_type->tp_name);
    clear_field(iterator);
  }
  return iterator;
}

namespace {
Result<Object> coroutine_get_origin(Generator* self) {
  return Result<Object>::share(self->gi_origin_or_finalizer ? self->gi_origin_or_finalizer : None);
}
constexpr const char* send_doc =
    "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.";
constexpr const char* throw_doc =
    "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or "
    "raise\nStopIteration.";
constexpr const char* close_doc = "close() -> raise GeneratorExit inside coroutine.";
constinit PyMethodDef coroutine_methods[] = {raw_method("send", generator_send_method, METH_O, send_doc),
                                             raw_method("throw", generator_throw_method, METH_FASTCALL, throw_doc),
                                             raw_method("close", generator_close_method, METH_NOARGS, close_doc),
                                             {}};
constinit PyGetSetDef coroutine_getset[] = {
    get_set<generator_get_name, generator_set_name>("__name__", "name of the coroutine"),
    get_set<generator_get_qualname, generator_set_qualname>("__qualname__", "qualified name of the coroutine"),
    get_set<generator_get_delegate>("cr_await", "object being awaited on, or None"),
    get_set<generator_get_running>("cr_running"),
    get_set<generator_get_frame>("cr_frame"),
    get_set<generator_get_code>("cr_code"),
    get_set<generator_get_suspended>("cr_suspended"),
    get_set<coroutine_get_origin>("cr_origin"),
    {}};
constinit PyAsyncMethods coroutine_as_async = {.am_await = slot<coroutine_await>, .am_send = generator_am_send};

// == coroutine_wrapper ==

CoroutineWrapper* wrapper_of(PyObject* object) { return static_cast<CoroutineWrapper*>(object); }
using WrapperFields = OwnedFields<&CoroutineWrapper::coroutine>;
PyObject* wrapper_next(PyObject* object) {
  return generator_continue(wrapper_of(object)->coroutine, None, Resume::kSend, false);
}
PyObject* wrapper_send(PyObject* object, PyObject* value) {
  return generator_continue(wrapper_of(object)->coroutine, value, Resume::kSend, false);
}
PyObject* wrapper_throw(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  return generator_throw_method(wrapper_of(object)->coroutine, args, count);
}
PyObject* wrapper_close(PyObject* object, PyObject*) {
  return generator_close_method(wrapper_of(object)->coroutine, nullptr);
}
constinit PyMethodDef wrapper_methods[] = {raw_method("send", wrapper_send, METH_O, send_doc),
                                           raw_method("throw", wrapper_throw, METH_FASTCALL, throw_doc),
                                           raw_method("close", wrapper_close, METH_NOARGS, close_doc),
                                           {}};
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyCoro_Type = {
    .tp_name = "coroutine",
    .tp_basicsize = offsetof(Generator, gi_iframe) + kFrameHeaderSize,
    .tp_itemsize = sizeof(Object*),
    .tp_dealloc = generator_dealloc,
    .tp_as_async = &coroutine_as_async,
    .tp_repr = slot<generator_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = generator_traverse,
    .tp_weaklistoffset = offsetof(Generator, gi_weakreflist),
    .tp_methods = coroutine_methods,
    .tp_getset = coroutine_getset,
    .tp_finalize = generator_finalize_slot,
};
constinit PyTypeObject _PyCoroWrapper_Type = {
    .tp_name = "coroutine_wrapper",
    .tp_basicsize = sizeof(CoroutineWrapper),
    .tp_dealloc = WrapperFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "A wrapper object implementing __await__ for coroutines.",
    .tp_traverse = WrapperFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = wrapper_next,
    .tp_methods = wrapper_methods,
};
