// slot_functions: what classes have in their slots: functions that find the special method on the type and call it.
//
// Lookup     on the type, never on the instance (language reference 3.3.12); a plain function is called with self in
// front,
//            without a bound method.
#include "object/slots.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// type(self).name(self, args…); absent if there is no such method.
template <class... Args>
Maybe<Object> call_if_present(Object* self, Str* name, Args*... args) {
  bool unbound;
  Ref<Object> method = TRY(object_lookup_special_method(self, name, unbound));
  if (!method) return nullptr;
  if (unbound) return call(method, self, args...);
  return call(method, args...);
}

// The same; AttributeError(name) if there is no such method.
template <class... Args>
Result<Object> call_special(Object* self, Str* name, Args*... args) {
  Ref<Object> result = TRY(call_if_present(self, name, args...));
  if (!result) return raise_object(AttributeError, name);
  return result;
}

// The same; NotImplemented if there is no such method.
template <class... Args>
Result<Object> call_or_not_implemented(Object* self, Str* name, Args*... args) {
  Ref<Object> result = TRY(call_if_present(self, name, args...));
  if (!result) return not_implemented();
  return result;
}

// Whether `right`'s class has another `name` than `left`'s: then the reflected method goes first.
Result<bool> method_is_overridden(Object* left, Object* right, Str* name) {
  Ref<Object> of_right = TRY(object_lookup_attr(right->ob_type, name));
  if (!of_right) return false;
  Ref<Object> of_left = TRY(object_lookup_attr(left->ob_type, name));
  if (!of_left) return true;
  Ref<Object> differ = TRY(object_rich_compare(of_left, of_right, Py_NE));
  return object_is_true(differ);
}

// A binary operator with its reflected form. `function` is the slot function that this runs for.
template <class Slot, class Function>
Result<Object> binary_operator(Object* self, Object* other, Slot slot, Function function, Str* name, Str* reflected) {
  auto has_function = [&](Object* object) {
    PyNumberMethods* methods = object->ob_type->tp_as_number;
    return methods && methods->*slot == function;
  };
  bool try_other = self->ob_type != other->ob_type && has_function(other);
  if (has_function(self)) {
    if (try_other && type_is_subtype(other->ob_type, self->ob_type)) {
      if (TRY(method_is_overridden(self, other, reflected))) {
        Ref<Object> result = TRY(call_or_not_implemented(other, reflected, self));
        if (result.get() != NotImplemented) return result;
        try_other = false;
      }
    }
    Ref<Object> result = TRY(call_or_not_implemented(self, name, other));
    if (result.get() != NotImplemented || self->ob_type == other->ob_type) return result;
  }
  if (try_other) return call_or_not_implemented(other, reflected, self);
  return not_implemented();
}

// The method; empty also if binding it fails: these slots take that for a missing method.
Ref<Object> lookup_or_nothing(Object* self, Str* name, bool& unbound) {
  auto found = object_lookup_special_method(self, name, unbound);
  if (found.failed()) {
    error_clear();
    return {};
  }
  return found.take();
}

// __len__'s answer as a size.
Result<isize> length_of(Object* result) {
  Ref<Object> value = TRY(number_index(result));
  if (int_sign(as<Int>(value.get())) < 0) return raise(ValueError, "__len__() should return >= 0");
  return number_as_ssize_t(value, OverflowError);
}

Result<void> without_result(Maybe<Object> result) {
  Ref<Object> dropped = TRY(result);
  return {};
}

Result<Object> get_attr_by_method(Object* self, Object* method, Object* name) {
  if (has_flag(method->ob_type, Py_TPFLAGS_METHOD_DESCRIPTOR)) return call(method, self, name);
  descrgetfunc get = method->ob_type->tp_descr_get;
  if (!get) return call(method, name);
  Ref<Object> bound = TRY(Result<Object>::from_c(get(method, self, self->ob_type)));
  return call(bound, name);
}

constexpr NameHandle comparison_name(int op) {
  constexpr NameHandle names[] = {id::__lt__, id::__le__, id::__eq__, id::__ne__, id::__gt__, id::__ge__};
  return names[op];
}

}  // namespace

// == Text, hash, comparison, truth ==

PyObject* slot_repr(PyObject* self) {
  bool unbound;
  Ref<Object> method = lookup_or_nothing(self, id::__repr__, unbound);
  if (method) return (unbound ? call(method, self) : call(method)).to_c();
  return str_from_format("<%s object at %p>", self->ob_type->tp_name, static_cast<void*>(self)).to_c();
}

PyObject* slot_str(PyObject* self) { return call_special(self, id::__str__).to_c(); }

Py_hash_t slot_hash(PyObject* self) {
  bool unbound;
  Ref<Object> method = lookup_or_nothing(self, id::__hash__, unbound);
  if (!method || method.get() == None) return PyObject_HashNotImplemented(self);
  Ref<Object> result = unbound ? TRY_C(-1, call(method, self)) : TRY_C(-1, call(method));
  if (!is_int(result)) {
    return Result<isize>(raise(TypeError, "__hash__ method should return an integer")).to_c();
  }
  // A value that fits is the hash; a larger one is hashed itself.
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(result.get()), &overflow);
  Py_hash_t hash = overflow ? int_hash(as<Int>(result.get())) : static_cast<Py_hash_t>(value);
  return hash == -1 ? -2 : hash;
}

PyObject* slot_rich_compare(PyObject* self, PyObject* other, int op) {
  bool unbound;
  Ref<Object> method = lookup_or_nothing(self, comparison_name(op), unbound);
  if (!method) return NotImplemented;
  return (unbound ? call(method, self, other) : call(method, other)).to_c();
}

int slot_bool(PyObject* self) {
  Ref<Object> result = TRY_C(-1, call_if_present(self, id::__bool__));
  if (result) {
    if (!is_bool(result)) {
      return Result<bool>(raise(TypeError, "__bool__ should return bool, returned %s", result->ob_type->tp_name))
          .to_c();
    }
    return result.get() == True;
  }
  result = TRY_C(-1, call_if_present(self, id::__len__));
  if (!result) return 1;
  isize length = TRY_C(-1, length_of(result));
  return length != 0;
}

// == Attributes ==

PyObject* slot_get_attr(PyObject* self, PyObject* name) {
  return call_special(self, id::__getattribute__, name).to_c();
}

PyObject* slot_get_attr_hook(PyObject* self, PyObject* name) {
  Type* type = self->ob_type;
  Opt<Object*> hook = type_lookup(type, id::__getattr__);
  if (!hook) {  // no __getattr__: the next look-up need not ask again
    type->tp_getattro = slot_get_attr;
    return slot_get_attr(self, name);
  }
  Ref<Object> get_attr = new_ref(*hook);
  Ref<Object> result;
  Opt<Object*> found = type_lookup(type, id::__getattribute__);
  bool is_default =
      !found || (found->ob_type == &PyWrapperDescr_Type && static_cast<PyWrapperDescrObject*>(*found)->d_wrapped ==
                                                               reinterpret_cast<void*>(&PyObject_GenericGetAttr));
  if (is_default) {
    auto looked_up = object_generic_lookup_attr(self, name);
    if (looked_up.failed()) return nullptr;
    result = looked_up.take();
  } else {
    Ref<Object> get_attribute = new_ref(*found);
    auto called = get_attr_by_method(self, get_attribute, name);
    if (called.failed()) {
      if (!error_matches(AttributeError)) return nullptr;
      error_clear();
    } else {
      result = called.take();
    }
  }
  if (result) return result.release();
  return get_attr_by_method(self, get_attr, name).to_c();
}

int slot_set_attr(PyObject* self, PyObject* name, PyObject* value) {
  if (!value) return without_result(call_special(self, id::__delattr__, name)).to_c();
  return without_result(call_special(self, id::__setattr__, name, value)).to_c();
}

// == Calls, construction, destruction ==

PyObject* slot_call(PyObject* self, PyObject* args, PyObject* kwargs) {
  bool unbound;
  Ref<Object> method = TRY_C(nullptr, object_lookup_special_method(self, id::__call__, unbound));
  if (!method) return Result<Object>(raise_object(AttributeError, id::__call__)).to_c();
  return (unbound ? call_with_self(method, self, args, kwargs) : object_call(method, args, kwargs)).to_c();
}

int slot_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  bool unbound;
  Ref<Object> method = TRY_C(-1, object_lookup_special_method(self, id::__init__, unbound));
  if (!method) return Result<void>(raise_object(AttributeError, id::__init__)).to_c();
  Ref<Object> result =
      unbound ? TRY_C(-1, call_with_self(method, self, args, kwargs)) : TRY_C(-1, object_call(method, args, kwargs));
  if (result.get() == None) return 0;
  return Result<void>(raise(TypeError, "__init__() should return None, not '%.200s'", result->ob_type->tp_name)).to_c();
}

PyObject* slot_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Ref<Object> function = TRY_C(nullptr, object_get_attr(type, id::__new__));
  return call_with_self(function, type, args, kwargs).to_c();
}

void slot_finalize(PyObject* self) {
  ErrorSaver saver;
  bool unbound;
  auto found = object_lookup_special_method(self, id::__del__, unbound);
  if (found.failed()) {
    error_write_unraisable(self);
    return;
  }
  Ref<Object> method = found.take();
  if (!method) return;
  auto result = unbound ? call(method, self) : call(method);
  if (result.failed()) {
    error_write_unraisable(method.get());
  } else {
    Ref<Object> dropped = result.take();
  }
}

// == Iteration, asynchronous iteration ==

PyObject* slot_iter(PyObject* self) {
  bool unbound;
  Ref<Object> method = lookup_or_nothing(self, id::__iter__, unbound);
  bool iterable = !method ? static_cast<bool>(type_lookup(self->ob_type, id::__getitem__)) : method.get() != None;
  if (!iterable) {
    return Result<Object>(raise(TypeError, "'%.200s' object is not iterable", self->ob_type->tp_name)).to_c();
  }
  if (!method) return seq_iter_new(self).to_c();
  return (unbound ? call(method, self) : call(method)).to_c();
}

PyObject* slot_next(PyObject* self) { return call_special(self, id::__next__).to_c(); }

PyObject* slot_await(PyObject* self) {
  Ref<Object> result = TRY_C(nullptr, call_if_present(self, id::__await__));
  if (result) return result.release();
  return Result<Object>(raise(AttributeError, "object %.50s does not have __await__ method", self->ob_type->tp_name))
      .to_c();
}

PyObject* slot_aiter(PyObject* self) {
  Ref<Object> result = TRY_C(nullptr, call_if_present(self, id::__aiter__));
  if (result) return result.release();
  return Result<Object>(raise(AttributeError, "object %.50s does not have __aiter__ method", self->ob_type->tp_name))
      .to_c();
}

PyObject* slot_anext(PyObject* self) {
  Ref<Object> result = TRY_C(nullptr, call_if_present(self, id::__anext__));
  if (result) return result.release();
  return Result<Object>(raise(AttributeError, "object %.50s does not have __anext__ method", self->ob_type->tp_name))
      .to_c();
}

// == Descriptors ==

PyObject* slot_descr_get(PyObject* self, PyObject* object, PyObject* type) {
  Opt<Object*> found = type_lookup(self->ob_type, id::__get__);
  if (!found) {
    if (self->ob_type->tp_descr_get == slot_descr_get) self->ob_type->tp_descr_get = nullptr;
    return new_ref(self).release();
  }
  Ref<Object> get = new_ref(*found);
  return call(get, self, object ? object : None, type ? type : None).to_c();
}

int slot_descr_set(PyObject* self, PyObject* object, PyObject* value) {
  if (!value) return without_result(call_special(self, id::__delete__, object)).to_c();
  return without_result(call_special(self, id::__set__, object, value)).to_c();
}

// == Containers ==

Py_ssize_t slot_length(PyObject* self) {
  Ref<Object> result = TRY_C(-1, call_special(self, id::__len__));
  return length_of(result).to_c();
}

PyObject* slot_subscript(PyObject* self, PyObject* key) { return call_special(self, id::__getitem__, key).to_c(); }

int slot_ass_subscript(PyObject* self, PyObject* key, PyObject* value) {
  if (!value) return without_result(call_special(self, id::__delitem__, key)).to_c();
  return without_result(call_special(self, id::__setitem__, key, value)).to_c();
}

PyObject* slot_item(PyObject* self, Py_ssize_t index) {
  Ref<Int> key = TRY_C(nullptr, int_from_ssize_t(index));
  return call_special(self, id::__getitem__, key.get()).to_c();
}

int slot_ass_item(PyObject* self, Py_ssize_t index, PyObject* value) {
  Ref<Int> key = TRY_C(-1, int_from_ssize_t(index));
  return slot_ass_subscript(self, key, value);
}

int slot_contains(PyObject* self, PyObject* value) {
  bool unbound;
  Ref<Object> method = TRY_C(-1, object_lookup_special_method(self, id::__contains__, unbound));
  if (method.get() == None) {
    return Result<bool>(raise(TypeError, "'%.200s' object is not a container", self->ob_type->tp_name)).to_c();
  }
  if (method) {
    Ref<Object> result = unbound ? TRY_C(-1, call(method, self, value)) : TRY_C(-1, call(method, value));
    return object_is_true(result).to_c();
  }
  return sequence_contains_by_iteration(self, value).to_c();
}

// == Numbers ==

#define BINARY(name, op)                                                                                            \
  PyObject* slot_##name(PyObject* self, PyObject* other) {                                                          \
    return binary_operator(self, other, &PyNumberMethods::nb_##name, &slot_##name, id::__##op##__, id::__r##op##__) \
        .to_c();                                                                                                    \
  }
BINARY(add, add)
BINARY(subtract, sub)
BINARY(multiply, mul)
BINARY(remainder, mod)
BINARY(divmod, divmod)
BINARY(lshift, lshift)
BINARY(rshift, rshift)
BINARY(and, and)
BINARY(xor, xor)
BINARY(or, or)
BINARY(floor_divide, floordiv)
BINARY(true_divide, truediv)
BINARY(matrix_multiply, matmul)
#undef BINARY

#define IN_PLACE(name, op)                                         \
  PyObject* slot_inplace_##name(PyObject* self, PyObject* other) { \
    return call_special(self, id::__i##op##__, other).to_c();      \
  }
IN_PLACE(add, add)
IN_PLACE(subtract, sub)
IN_PLACE(multiply, mul)
IN_PLACE(remainder, mod)
IN_PLACE(lshift, lshift)
IN_PLACE(rshift, rshift)
IN_PLACE(and, and)
IN_PLACE(xor, xor)
IN_PLACE(or, or)
IN_PLACE(floor_divide, floordiv)
IN_PLACE(true_divide, truediv)
IN_PLACE(matrix_multiply, matmul)
#undef IN_PLACE

PyObject* slot_inplace_power(PyObject* self, PyObject* other, PyObject*) {
  return call_special(self, id::__ipow__, other).to_c();
}

PyObject* slot_power(PyObject* self, PyObject* other, PyObject* modulus) {
  if (modulus == None) {
    return binary_operator(self, other, &PyNumberMethods::nb_power, &slot_power, id::__pow__, id::__rpow__).to_c();
  }
  // With a modulus only self is asked; self may be here because of another operand's type.
  PyNumberMethods* methods = self->ob_type->tp_as_number;
  if (methods && methods->nb_power == slot_power) {
    return call_special(self, id::__pow__, other, modulus).to_c();
  }
  return NotImplemented;
}

PyObject* slot_negative(PyObject* self) { return call_special(self, id::__neg__).to_c(); }
PyObject* slot_positive(PyObject* self) { return call_special(self, id::__pos__).to_c(); }
PyObject* slot_absolute(PyObject* self) { return call_special(self, id::__abs__).to_c(); }
PyObject* slot_invert(PyObject* self) { return call_special(self, id::__invert__).to_c(); }
PyObject* slot_int(PyObject* self) { return call_special(self, id::__int__).to_c(); }
PyObject* slot_float(PyObject* self) { return call_special(self, id::__float__).to_c(); }
PyObject* slot_index(PyObject* self) { return call_special(self, id::__index__).to_c(); }
}  // namespace adder
