// items: subscription, length and iteration of any object.
#include "base/hot.h"
#include "object/object.h"
#include "runtime/stack_guard.h"
#include "types/function.h"
#include "types/int.h"
#include "types/module.h"
#include "types/slice.h"

namespace adder {
namespace {
Error raise_null_argument() {
  if (!error_occurred()) return raise(SystemError, "null argument to internal routine");
  return {};
}
}  // namespace

// == Subscription ==

Result<Object> object_get_item(Object* object, Object* key) {
  if (!object || !key) return raise_null_argument();
  Type* type = object->ob_type;
  if (type->tp_as_mapping && type->tp_as_mapping->mp_subscript) {
    return Result<Object>::from_c(type->tp_as_mapping->mp_subscript(object, key));
  }
  if (type->tp_as_sequence) {
    if (index_check(key)) {
      isize index = TRY(number_as_ssize_t(key, IndexError));
      return sequence_get_item(object, index);
    }
    if (type->tp_as_sequence->sq_item) {
      return raise(TypeError, "sequence index must be integer, not '%.200s'", key->ob_type->tp_name);
    }
  }
  if (is_type(object)) {
    if (object == &PyType_Type) return generic_alias_new(object, key);  // type[int]
    Ref<Object> method = TRY(object_lookup_attr(object, id::__class_getitem__));
    if (method && method.get() != None) return object_call_one_arg(method, key);
    return raise(TypeError, "type '%.200s' is not subscriptable", reinterpret_cast<Type*>(object)->tp_name);
  }
  return raise(TypeError, "'%.200s' object is not subscriptable", type->tp_name);
}

Result<void> object_set_item(Object* object, Object* key, Object* value) {
  if (!object || !key || !value) return raise_null_argument();
  Type* type = object->ob_type;
  if (type->tp_as_mapping && type->tp_as_mapping->mp_ass_subscript) {
    return Result<void>::from_c(type->tp_as_mapping->mp_ass_subscript(object, key, value));
  }
  if (type->tp_as_sequence) {
    if (index_check(key)) {
      isize index = TRY(number_as_ssize_t(key, IndexError));
      return sequence_set_item(object, index, value);
    }
    if (type->tp_as_sequence->sq_ass_item) {
      return raise(TypeError, "sequence index must be integer, not '%.200s'", key->ob_type->tp_name);
    }
  }
  return raise(TypeError, "'%.200s' object does not support item assignment", type->tp_name);
}

Result<void> object_del_item(Object* object, Object* key) {
  if (!object || !key) return raise_null_argument();
  Type* type = object->ob_type;
  if (type->tp_as_mapping && type->tp_as_mapping->mp_ass_subscript) {
    return Result<void>::from_c(type->tp_as_mapping->mp_ass_subscript(object, key, nullptr));
  }
  if (type->tp_as_sequence) {
    if (index_check(key)) {
      isize index = TRY(number_as_ssize_t(key, IndexError));
      return sequence_del_item(object, index);
    }
    if (type->tp_as_sequence->sq_ass_item) {
      return raise(TypeError, "sequence index must be integer, not '%.200s'", key->ob_type->tp_name);
    }
  }
  return raise(TypeError, "'%.200s' object does not support item deletion", type->tp_name);
}

// == Length ==

Result<isize> object_size(Object* object) {
  if (!object) return raise_null_argument();
  Type* type = object->ob_type;
  lenfunc length = type->tp_as_sequence ? type->tp_as_sequence->sq_length : nullptr;
  if (!length) length = type->tp_as_mapping ? type->tp_as_mapping->mp_length : nullptr;
  if (!length) return raise(TypeError, "object of type '%.200s' has no len()", type->tp_name);
  isize size = length(object);
  if (ADDER_UNLIKELY(size < 0)) return Error{};
  return size;
}

Result<isize> object_length_hint(Object* object, isize default_value) {
  Type* type = object->ob_type;
  bool has_length = (type->tp_as_sequence && type->tp_as_sequence->sq_length) ||
                    (type->tp_as_mapping && type->tp_as_mapping->mp_length);
  if (has_length) {
    auto size = object_size(object);
    if (!size.failed()) return size;
    if (!error_matches(TypeError)) return Error{};
    error_clear();
  }
  Ref<Object> method = TRY(object_lookup_special(object, id::__length_hint__));
  if (!method) return default_value;
  auto answer = object_call_no_args(method);
  if (answer.failed()) {
    if (!error_matches(TypeError)) return Error{};
    error_clear();
    return default_value;
  }
  Ref<Object> hint = answer.take();
  if (hint.get() == NotImplemented) return default_value;
  if (!is_int(hint)) {
    return raise(TypeError, "__length_hint__ must be an integer, not %.100s", hint->ob_type->tp_name);
  }
  isize value = TRY(int_as_ssize_t(hint));
  if (value < 0) return raise(ValueError, "__length_hint__() should return >= 0");
  return value;
}

// == Iteration ==

bool is_iterator(const Object* object) {
  iternextfunc next = object->ob_type->tp_iternext;
  return next && next != &_PyObject_NextNotImplemented;
}

ADDER_HOT Result<Object> object_get_iter(Object* object) {
  Type* type = object->ob_type;
  if (!type->tp_iter) {
    if (sequence_check(object)) return seq_iter_new(object);
    return raise(TypeError, "'%.200s' object is not iterable", type->tp_name);
  }
  Ref<Object> iterator = TRY(Result<Object>::from_c(type->tp_iter(object)));
  if (!is_iterator(iterator)) {
    return raise(TypeError, "iter() returned non-iterator of type '%.100s'", iterator->ob_type->tp_name);
  }
  return iterator;
}

Result<Object> object_get_aiter(Object* object) {
  Type* type = object->ob_type;
  if (!type->tp_as_async || !type->tp_as_async->am_aiter) {
    return raise(TypeError, "'%.200s' object is not an async iterable", type->tp_name);
  }
  Ref<Object> iterator = TRY(Result<Object>::from_c(type->tp_as_async->am_aiter(object)));
  PyAsyncMethods* methods = iterator->ob_type->tp_as_async;
  if (!methods || !methods->am_anext || methods->am_anext == &_PyObject_NextNotImplemented) {
    return raise(TypeError, "aiter() returned not an async iterator of type '%.100s'", iterator->ob_type->tp_name);
  }
  return iterator;
}

ADDER_HOT Maybe<Object> iter_next(Object* iterator) {
  if (stack_is_low()) return raise_stack_overflow(" while getting the next item of an iterator");
  Object* item = iterator->ob_type->tp_iternext(iterator);
  if (ADDER_LIKELY(item != nullptr)) return Ref<Object>::steal(item);
  if (!thread()->curexc_type) return nullptr;
  if (!error_matches(StopIteration)) return Error{};
  error_clear();
  return nullptr;
}

Result<Object> object_self_iter(Object* object) { return Result<Object>::share(object); }

bool error_take_stop_iteration(Ref<Object>& value) {
  if (!thread()->curexc_type) {
    value = new_ref(None);
    return true;
  }
  if (!error_matches(StopIteration)) return false;
  Ref<Object> exception = error_take();
  if (!exception_matches(exception, StopIteration)) {  // making the instance failed
    error_set(std::move(exception));
    return false;
  }
  Object* held = static_cast<PyStopIterationObject*>(exception.get())->value;
  value = new_ref(held ? held : None);
  return true;
}

PySendResult iter_send(Object* iterator, Object* argument, Ref<Object>& result) {
  Type* type = iterator->ob_type;
  if (type->tp_as_async && type->tp_as_async->am_send) {
    Object* made = nullptr;
    PySendResult status = type->tp_as_async->am_send(iterator, argument, &made);
    result = Ref<Object>::steal(made);
    return status;
  }
  Object* item;
  if (argument == None && is_iterator(iterator)) {
    item = type->tp_iternext(iterator);
  } else {
    item = call_method(iterator, id::send, argument).to_c();
  }
  result = Ref<Object>::steal(item);
  if (item) return PYGEN_NEXT;
  return error_take_stop_iteration(result) ? PYGEN_RETURN : PYGEN_ERROR;
}

PyObject* self_iter(PyObject* object) { return PyObject_SelfIter(object); }
}  // namespace adder

ADDER_EXPORT PyObject* PyObject_SelfIter(PyObject* object) { return adder::new_ref(object).release(); }

// The tp_iternext of classes whose __next__ is missing.
ADDER_EXPORT PyObject* _PyObject_NextNotImplemented(PyObject* object) {
  adder::Error error = adder::raise(adder::TypeError, "'%.200s' object is not iterable", object->ob_type->tp_name);
  (void)error;
  return nullptr;
}
