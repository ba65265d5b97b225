// call: calling any object, and the conversions between argument vectors, tuples and dicts.
//
// Vector     PEP 590: positional arguments, then the values of keyword_names, in one array of borrowed references.
// See        docs/objects.md
#include "memory/allocator.h"
#include "object/object.h"
#include "runtime/stack_guard.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr const char* kWhileCalling = " while calling a Python object";

constexpr isize kStackArguments = 12;

// An array of borrowed arguments: on the C stack when small. Law: lives shorter than the references in it.
class ArgumentArray {
 public:
  explicit ArgumentArray(isize count)
      : items_(count <= kStackArguments
                   ? small_
                   : static_cast<Object**>(memory::allocate(static_cast<usize>(count) * sizeof(Object*)))) {}
  ~ArgumentArray() {
    if (items_ != small_) memory::release(items_);
  }
  ArgumentArray(const ArgumentArray&) = delete;
  bool failed() const { return !items_; }
  Object** items() { return items_; }

 private:
  Object* small_[kStackArguments];
  Object** items_;
};

ADDER_NOINLINE Result<Object> repair_function_result(Object* callable, Object* result) {
  if (!result) {
    if (callable) return raise(SystemError, "%R returned NULL without setting an exception", callable);
    return raise(SystemError, "a function returned NULL without setting an exception");
  }
  Ref<Object> dropped = Ref<Object>::steal(result);
  Ref<Object> cause = error_take();
  Error error = raise(SystemError, "%R returned a result with an exception set", callable);
  Ref<Object> raised = error_take();
  auto* exception = static_cast<PyBaseExceptionObject*>(raised.get());
  set_field(exception->context, cause.share());
  set_field(exception->cause, std::move(cause));
  exception->suppress_context = 1;
  error_set(std::move(raised));
  return error;
}

// Null and a set exception must come together; foreign code may break that.
inline Result<Object> checked(Object* callable, Object* result) {
  if (ADDER_UNLIKELY((result == nullptr) == (thread()->curexc_type == nullptr))) {
    return repair_function_result(callable, result);
  }
  return Result<Object>::from_c(result);
}

Result<Object> call_slot(Object* callable, ternaryfunc slot, Object* args, Object* kwargs) {
  RecursionGuard guard(kWhileCalling);
  if (guard.failed()) return Error{};
  return checked(callable, slot(callable, args, kwargs));
}

// A callable without vectorcall, called with a vector.
ADDER_NOINLINE Error raise_not_callable(Object* callable) {
  return raise(TypeError, "'%.200s' object is not callable", callable->ob_type->tp_name);
}

Result<Object> call_slot_with_vector(Object* callable, Object* const* args, isize nargs, Opt<Tuple*> keyword_names) {
  ternaryfunc slot = callable->ob_type->tp_call;
  if (!slot) return raise_not_callable(callable);
  if (slot == type_call_slot) {
    RecursionGuard guard(kWhileCalling);
    if (guard.failed()) return Error{};
    Maybe<Object> instance = type_call_vector(reinterpret_cast<Type*>(callable), args, nargs, keyword_names);
    if (instance.failed()) return Error{};
    if (Object* made = instance.to_c()) return Result<Object>::from_c(made);
  }
  Ref<Tuple> tuple = TRY(tuple_from_array(args, nargs));
  Ref<Dict> kwargs;
  if (keyword_names && keyword_names->ob_size) kwargs = TRY(keywords_as_dict(args + nargs, *keyword_names));
  return call_slot(callable, slot, tuple, kwargs);
}

Result<Object> call_vectorcall_with_tuple(Object* callable, vectorcallfunc function, Tuple* args, Opt<Dict*> kwargs) {
  isize nargs = args->ob_size;
  if (!kwargs || kwargs->ma_used == 0) return checked(callable, function(callable, args->ob_item, nargs, nullptr));
  isize nkw = kwargs->ma_used;
  ArgumentArray array(nargs + nkw + 1);
  if (array.failed()) return raise_no_memory();
  Object** items = array.items() + 1;
  items[-1] = nullptr;
  Ref<Tuple> names = TRY(tuple_new(nkw));
  for (isize i = 0; i < nargs; ++i) items[i] = args->ob_item[i];
  // The values must outlive the call even if the callee changes the dict.
  Ref<Tuple> values = TRY(tuple_new(nkw));
  isize position = 0, count = 0;
  Object *key, *value;
  bool only_strings = true;
  while (count < nkw && dict_next(*kwargs, position, key, value)) {
    only_strings = only_strings && is_str(key);
    tuple_init_item(names, count, new_ref(key));
    tuple_init_item(values, count, new_ref(value));
    items[nargs + count++] = value;
  }
  if (!only_strings) return raise(TypeError, "keywords must be strings");
  return checked(callable,
                 function(callable, items, static_cast<usize>(nargs) | PY_VECTORCALL_ARGUMENTS_OFFSET, names.get()));
}

// True for a built-in function that takes its arguments as a tuple anyway (METH_VARARGS).
bool wants_tuple(Object* callable) {
  return callable->ob_type == &PyCFunction_Type && (static_cast<CFunction*>(callable)->m_ml->ml_flags & METH_VARARGS);
}

}  // namespace

Result<Object> check_function_result(Object* callable, Object* result) { return checked(callable, result); }

Result<Dict> keywords_as_dict(Object* const* values, Tuple* names) {
  Ref<Dict> dict = TRY(dict_new());
  for (isize i = 0; i < names->ob_size; ++i) TRY(dict_set_item(dict, names->ob_item[i], values[i]));
  return dict;
}

Result<Object> object_vectorcall(Object* callable, Object* const* args, usize nargsf, Opt<Tuple*> keyword_names) {
  if (vectorcallfunc function = vectorcall_of(callable)) {
    if (stack_is_low()) return raise_stack_overflow(kWhileCalling);
    return checked(callable, function(callable, args, nargsf, keyword_names.get()));
  }
  return call_slot_with_vector(callable, args, static_cast<isize>(vectorcall_nargs(nargsf)), keyword_names);
}

Result<Object> object_call(Object* callable, Object* args, Opt<Object*> kwargs) {
  check(has_flag(args->ob_type, Py_TPFLAGS_TUPLE_SUBCLASS), "object_call takes a tuple");
  vectorcallfunc function = vectorcall_of(callable);
  if (function && !wants_tuple(callable)) {
    if (stack_is_low()) return raise_stack_overflow(kWhileCalling);
    return call_vectorcall_with_tuple(callable, function, as<Tuple>(args), static_cast<Dict*>(kwargs.get()));
  }
  ternaryfunc slot = callable->ob_type->tp_call;
  if (!slot) return raise_not_callable(callable);
  return call_slot(callable, slot, args, kwargs.get());
}

PyObject* vectorcall_call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  vectorcallfunc function = nullptr;
  Type* type = callable->ob_type;
  if (type->tp_vectorcall_offset > 0) {
    function = *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(callable) + type->tp_vectorcall_offset);
  }
  if (!function) {
    return Result<Object>(raise(TypeError, "'%.200s' object does not support vectorcall", type->tp_name)).to_c();
  }
  return call_vectorcall_with_tuple(callable, function, as<Tuple>(args), static_cast<Dict*>(kwargs)).to_c();
}

Result<Object> object_call_no_args(Object* callable) {
  Object* const window[1] = {nullptr};
  return object_vectorcall(callable, window + 1, PY_VECTORCALL_ARGUMENTS_OFFSET);
}

Result<Object> object_call_one_arg(Object* callable, Object* arg) {
  Object* const window[2] = {nullptr, arg};
  return object_vectorcall(callable, window + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET);
}

Result<Object> object_vectorcall_method(Object* name, Object* const* args, usize nargsf, Opt<Tuple*> keyword_names) {
  bool unbound;
  Ref<Object> method = TRY(object_get_method(args[0], name, unbound));
  if (unbound) return object_vectorcall(method, args, nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names);
  // args[0] is ours to overwrite: the callee may use it as the slot in front of its arguments.
  usize nargs = vectorcall_nargs(nargsf) - 1;
  return object_vectorcall(method, args + 1, nargs | PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names);
}

bool is_callable(const Object* object) { return object->ob_type->tp_call != nullptr; }

Result<Object> call_with_self(Object* callable, Object* self, Object* args, Opt<Object*> kwargs) {
  Tuple* tuple = as<Tuple>(args);
  if (!kwargs || as<Dict>(*kwargs)->ma_used == 0) {
    ArgumentArray array(tuple->ob_size + 2);
    if (array.failed()) return raise_no_memory();
    Object** items = array.items();
    items[0] = nullptr;
    items[1] = self;
    for (isize i = 0; i < tuple->ob_size; ++i) items[i + 2] = tuple->ob_item[i];
    return object_vectorcall(callable, items + 1,
                             static_cast<usize>(tuple->ob_size + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET);
  }
  Ref<Tuple> all = TRY(tuple_new(tuple->ob_size + 1));
  tuple_init_item(all, 0, new_ref(self));
  for (isize i = 0; i < tuple->ob_size; ++i) tuple_init_item(all, i + 1, new_ref(tuple->ob_item[i]));
  return object_call(callable, all, kwargs);
}

Result<Object> vectorcall_with_self(Object* callable, Object* self, Object* const* args, isize nargs,
                                    Opt<Tuple*> keyword_names) {
  isize count = nargs + (keyword_names ? keyword_names->ob_size : 0);
  ArgumentArray array(count + 2);
  if (array.failed()) return raise_no_memory();
  Object** items = array.items();
  items[0] = nullptr;
  items[1] = self;
  for (isize i = 0; i < count; ++i) items[i + 2] = args[i];
  return object_vectorcall(callable, items + 1, static_cast<usize>(nargs + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                           keyword_names);
}

Result<Str> object_function_str(Object* function) {
  Ref<Object> qualname = TRY(object_lookup_attr(function, id::__qualname__));
  if (!qualname) return object_str(function);
  Ref<Object> module = TRY(object_lookup_attr(function, id::__module__));
  if (module && module.get() != None) {
    bool is_builtins = TRY(object_equal(module, id::builtins));
    if (!is_builtins) return str_from_format("%S.%S()", module.get(), qualname.get());
  }
  return str_from_format("%S()", qualname.get());
}
}  // namespace adder
