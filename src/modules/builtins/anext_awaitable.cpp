// anext_awaitable: what anext(iterator, default) gives.
#include "modules/builtins/anext_awaitable.h"

#include "bind/bind.h"
#include "interpreter/generator.h"
#include "object/fields.h"
#include "types/function.h"

namespace adder {
namespace {
struct AnextAwaitable : PyObject {
  Object *wrapped, *default_value;
};

using AwaitableFields = OwnedFields<&AnextAwaitable::wrapped, &AnextAwaitable::default_value>;

// The iterator that awaiting the wrapped object means; for a coroutine, which is none itself, its wrapper.
Result<Object> awaited_iterator(AnextAwaitable* self) {
  Ref<Object> iterator = TRY(Result<Object>::from_c(awaitable_iterator(self->wrapped)));
  if (iterator->ob_type == &PyCoro_Type) return coroutine_await(as<Generator>(iterator));
  return iterator;
}

// StopAsyncIteration becomes StopIteration(default): the await ends with the default.
Error finish_with_default(AnextAwaitable* self) {
  if (!error_matches(StopAsyncIteration)) return Error{};
  error_clear();
  return raise_stop_iteration(self->default_value);
}

Maybe<Object> next(AnextAwaitable* self) {
  Ref<Object> iterator = TRY(awaited_iterator(self));
  if (PyObject* result = type_of(iterator)->tp_iternext(iterator)) return Result<Object>::from_c(result);
  if (!error_occurred()) return nullptr;
  return finish_with_default(self);
}
Result<Object> delegate(AnextAwaitable* self, Object* name, Tuple* args) {
  Ref<Object> iterator = TRY(awaited_iterator(self));
  Ref<Object> function = TRY(object_get_attr(iterator, name));
  auto result = object_call(function, args);
  if (result.failed()) return finish_with_default(self);
  return result;
}
constexpr Doc send_doc =
    "send($self, /, *args)\n--\n\nsend(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value or "
    "raise StopIteration.";
Result<Object> send(AnextAwaitable* self, Tuple* args) { return delegate(self, id::send, args); }
constexpr Doc throw_doc =
    "throw($self, /, *args)\n--\n\nthrow(typ[,val[,tb]]) -> raise exception in the wrapped iterator,\nreturn next "
    "yielded value or raise StopIteration.";
Result<Object> throw_into(AnextAwaitable* self, Tuple* args) { return delegate(self, id::throw_, args); }
constexpr Doc close_doc = "close($self, /, *args)\n--\n\nclose() -> raise GeneratorExit inside generator.";
Result<Object> close(AnextAwaitable* self, Tuple* args) { return delegate(self, id::close, args); }

constinit PyMethodDef methods[] = {
    method<send, send_doc>(),
    method<throw_into, throw_doc>(),
    method<close, close_doc>(),
    {},
};
constinit PyAsyncMethods as_async = {.am_await = self_iter};
}  // namespace

Result<Object> anext_awaitable_new(Object* awaitable, Object* default_value) {
  Ref<AnextAwaitable> self = TRY(object_new<AnextAwaitable>(&_PyAnextAwaitable_Type));
  self->wrapped = new_ref(awaitable).release();
  self->default_value = new_ref(default_value).release();
  gc::track(self);
  return self;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject _PyAnextAwaitable_Type = {
    .tp_name = "anext_awaitable",
    .tp_basicsize = sizeof(AnextAwaitable),
    .tp_dealloc = AwaitableFields::dealloc,
    .tp_as_async = &as_async,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = AwaitableFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<next>,
    .tp_methods = methods,
};
