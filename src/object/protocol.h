// protocol: what every object answers to: attributes, calls, comparison, hashing, text, truth, items, iteration.
//
// Names      the C API's, type first (PyObject_GetAttr -> object_get_attr). All Result functions may run Python code.
// See        docs/objects.md
#pragma once
#include "abi/names.h"
#include "base/result.h"
#include "memory/gc.h"
#include "memory/refcount.h"
#include "runtime/error.h"
#include "runtime/names.h"
#include "runtime/thread.h"

ADDER_EXPORT PyTypeObject PyType_Type, PyBaseObject_Type, PySuper_Type;
// Slot functions whose addresses the machine compares: C code and ours must mean the same function.
ADDER_EXPORT Py_hash_t PyObject_HashNotImplemented(PyObject* object);
ADDER_EXPORT PyObject* PyObject_SelfIter(PyObject* object);
ADDER_EXPORT PyObject* _PyObject_NextNotImplemented(PyObject* object);

namespace adder {
// == Types of objects ==

inline Type* type_of(const Object* object) { return object->ob_type; }
inline bool has_flag(const Type* type, unsigned long flag) { return (type->tp_flags & flag) != 0; }
inline bool type_is_subtype_fast(const Type* type, unsigned long flag) { return has_flag(type, flag); }
// Walks the MRO; no Python code (PyType_IsSubtype).
bool type_is_subtype(Type* type, Type* base);
inline bool is_instance_exact(const Object* object, const Type* type) { return object->ob_type == type; }
// PyObject_TypeCheck: type or a subtype; no Python code.
inline bool type_check(const Object* object, Type* type) {
  return object->ob_type == type || type_is_subtype(object->ob_type, type);
}
// Downcast: the caller knows the type. Only upcasts convert by themselves.
template <class T>
T* as(Object* object) {
  return static_cast<T*>(object);
}
template <>
inline Str* as<Str>(Object* object) {
  return reinterpret_cast<Str*>(object);
}
template <class T>
Ref<T> as(Ref<Object>&& reference) {
  return Ref<T>::steal(as<T>(reference.release()));
}
inline bool is_type(const Object* object) { return has_flag(object->ob_type, Py_TPFLAGS_TYPE_SUBCLASS); }
inline bool is_heap_type(const Type* type) { return has_flag(type, Py_TPFLAGS_HEAPTYPE); }

// == Attributes ==

Result<Object> object_get_attr(Object* object, Object* name);
Result<Object> object_get_attr(Object* object, const char* name);  // PyObject_GetAttrString
// Absent instead of AttributeError (_PyObject_LookupAttr); cheap when absent.
Maybe<Object> object_lookup_attr(Object* object, Object* name);
// `value` null deletes.
Result<void> object_set_attr(Object* object, Object* name, Object* value);
Result<void> object_set_attr(Object* object, const char* name, Object* value);
Result<bool> object_has_attr(Object* object, Object* name);
// The default tp_getattro and tp_setattro.
Result<Object> object_generic_get_attr(Object* object, Object* name);
Maybe<Object> object_generic_lookup_attr(Object* object, Object* name);
Result<void> object_generic_set_attr(Object* object, Object* name, Object* value);
// Where the instance keeps its dict, or null if its type has none. The slot may hold null: no dict yet.
Object** object_dict_slot(Object* object);
// The instance's dict, made on demand; AttributeError if it cannot have one (PyObject_GenericGetDict).
Result<Object> object_generic_get_dict(Object* object);
Result<void> object_generic_set_dict(Object* object, Object* value);
// A special method looked up on the type, bound to the object; absent if the type has none (_PyObject_LookupSpecial).
Maybe<Object> object_lookup_special(Object* object, Str* name);
// The same without binding: `unbound` says that `object` goes in front of the arguments.
Maybe<Object> object_lookup_special_method(Object* object, Str* name, bool& unbound);
// For method calls without a bound method: gives the function and sets `unbound` when `object` must be passed as the
// first argument, or gives a bound attribute (_PyObject_GetMethod). AttributeError if absent.
Result<Object> object_get_method(Object* object, Object* name, bool& unbound);

// == Calls ==

// PEP 590: nargsf = number of positional arguments, maybe | PY_VECTORCALL_ARGUMENTS_OFFSET; keyword_names a tuple or null.
Result<Object> object_vectorcall(Object* callable, Object* const* args, usize nargsf, Opt<Tuple*> keyword_names = {});
// args a tuple, kwargs a dict or null.
Result<Object> object_call(Object* callable, Object* args, Opt<Object*> kwargs = {});
Result<Object> object_call_no_args(Object* callable);
Result<Object> object_call_one_arg(Object* callable, Object* arg);
// All arguments positional and not null: call(f, a, b, c).
template <class... Args>
Result<Object> call(Object* callable, Args*... args) {
  Object* const window[sizeof...(Args) + 1] = {nullptr, args...};
  return object_vectorcall(callable, window + 1, sizeof...(Args) | PY_VECTORCALL_ARGUMENTS_OFFSET);
}
// args[0] is self (PyObject_VectorcallMethod).
Result<Object> object_vectorcall_method(Object* name, Object* const* args, usize nargsf, Opt<Tuple*> keyword_names = {});
// object.name(args…)
template <class... Args>
Result<Object> call_method(Object* object, Object* name, Args*... args) {
  Object* const window[sizeof...(Args) + 2] = {nullptr, object, args...};
  return object_vectorcall_method(name, window + 1, (sizeof...(Args) + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET);
}
bool is_callable(const Object* object);
// callable(self, *args, **kwargs) and the same with a vector, without making a bound method.
Result<Object> call_with_self(Object* callable, Object* self, Object* args, Opt<Object*> kwargs);
Result<Object> vectorcall_with_self(Object* callable, Object* self, Object* const* args, isize nargs,
                                    Opt<Tuple*> keyword_names = {});
// {name: value} of the keyword part of a vector.
Result<Dict> keywords_as_dict(Object* const* values, Tuple* names);
// "module.qualname()" for error texts (_PyObject_FunctionStr).
Result<Str> object_function_str(Object* function);
inline usize vectorcall_nargs(usize nargsf) { return nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET; }
// The vectorcall function of a callable, or null.
inline vectorcallfunc vectorcall_of(Object* callable) {
  Type* type = callable->ob_type;
  if (!has_flag(type, Py_TPFLAGS_HAVE_VECTORCALL)) return nullptr;
  return *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(callable) + type->tp_vectorcall_offset);
}
// tp_call of types that have vectorcall (PyVectorcall_Call).
PyObject* vectorcall_call(PyObject* callable, PyObject* args, PyObject* kwargs);
// Checks the law of native calls in checked builds: failure and a set exception come together (SystemError if not).
Result<Object> check_function_result(Object* callable, Object* result);

// == Text, hash, truth, comparison ==

Result<Str> object_repr(Object* object);   // "<NULL>" for null is the C API's business
Result<Str> object_str(Object* object);
Result<Str> object_ascii(Object* object);
Result<Object> object_bytes(Object* object);
Result<Object> object_format(Object* object, Opt<Object*> spec);
// Never -1. TypeError "unhashable type: 'list'".
Result<Py_hash_t> object_hash(Object* object);
inline constexpr hashfunc object_hash_not_implemented = &PyObject_HashNotImplemented;  // the tp_hash that raises
Py_hash_t hash_pointer(const void* pointer);
Py_hash_t hash_double(Object* object, double value);     // object gives the hash of NaN
Py_hash_t hash_bytes(const void* data, isize size);      // SipHash-1-3 with the process's key
Result<bool> object_is_true(Object* object);
// op: Py_LT … Py_GE. TypeError "'<' not supported between instances of 'A' and 'B'".
Result<Object> object_rich_compare(Object* left, Object* right, int op);
// Identity implies equality here (PyObject_RichCompareBool).
Result<bool> object_rich_compare_bool(Object* left, Object* right, int op);
inline Result<bool> object_equal(Object* left, Object* right) { return object_rich_compare_bool(left, right, Py_EQ); }
inline Object* bool_object(bool value) { return value ? True : False; }
inline Result<Object> bool_result(bool value) { return Result<Object>::share(bool_object(value)); }
// The answer for a comparison of two ordered C++ values.
template <class T>
bool compare_values(T left, T right, int op) {
  switch (op) {
    case Py_LT: return left < right;
    case Py_LE: return left <= right;
    case Py_EQ: return left == right;
    case Py_NE: return left != right;
    case Py_GT: return left > right;
    default: return left >= right;
  }
}
inline Result<Object> not_implemented() { return Result<Object>::share(NotImplemented); }
inline Result<Object> none_result() { return Result<Object>::share(None); }
Result<Object> object_dir(Opt<Object*> object);
// isinstance() and issubclass() with __instancecheck__, tuples and unions.
Result<bool> object_is_instance(Object* object, Object* cls);
Result<bool> object_is_subclass(Object* derived, Object* cls);
// Without the hooks (_PyObject_RealIsInstance), for type.__instancecheck__.
Result<bool> object_real_is_instance(Object* object, Object* cls);
Result<bool> object_real_is_subclass(Object* derived, Object* cls);
// object.__reduce_ex__ support: copyreg.
Result<Object> object_reduce_ex(Object* object, int protocol);

// == Items ==

Result<Object> object_get_item(Object* object, Object* key);
Result<void> object_set_item(Object* object, Object* key, Object* value);
Result<void> object_del_item(Object* object, Object* key);
Result<isize> object_size(Object* object);  // len()
// __length_hint__ with a default (PEP 424).
Result<isize> object_length_hint(Object* object, isize default_value);

// == Iteration ==

Result<Object> object_get_iter(Object* object);  // iter(): always an iterator
bool is_iterator(const Object* object);          // PyIter_Check
// The next item; absent at the end (StopIteration is consumed).
Maybe<Object> iter_next(Object* iterator);
Result<Object> object_self_iter(Object* object);  // tp_iter of iterators
PyObject* self_iter(PyObject* object);            // the same as a slot
// Calls function(item) for every item; `function` gives a Result<void>.
template <class Function>
Result<void> for_each(Object* iterable, Function&& function) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) return {};
    TRY(function(item.get()));
  }
}
// The value of a StopIteration that is set (or None if nothing is set), taking it away; false for other exceptions.
bool error_take_stop_iteration(Ref<Object>& value);
PySendResult iter_send(Object* iterator, Object* argument, Ref<Object>& result);
Result<Object> object_get_aiter(Object* object);
}  // namespace adder
