// instance_check: isinstance() and issubclass().
//
// Hooks      __instancecheck__ and __subclasscheck__ of the class's metaclass (PEP 3119); tuples and unions are tried
//            item by item. Objects that are no types but have a tuple __bases__ count as abstract classes.
#include "object/object.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {

// cls.__bases__ if it is a tuple; absent otherwise.
Maybe<Object> abstract_bases(Object* cls) {
  Ref<Object> bases = TRY(object_lookup_attr(cls, id::__bases__));
  if (bases && is_tuple(bases)) return bases;
  return nullptr;
}

Result<bool> abstract_is_subclass(Object* derived, Object* cls) {
  if (derived == cls) return true;
  RecursionGuard guard(" in __issubclass__");
  if (guard.failed()) return Error{};
  Ref<Object> bases = TRY(abstract_bases(derived));
  if (!bases) return false;
  Tuple* tuple = as<Tuple>(bases);
  for (isize i = 0; i < tuple->ob_size; ++i) {
    if (TRY(abstract_is_subclass(tuple->ob_item[i], cls))) return true;
  }
  return false;
}

Result<void> check_class(Object* cls, const char* message) {
  Ref<Object> bases = TRY(abstract_bases(cls));
  if (!bases) return raise(TypeError, "%s", message);
  return {};
}

// cls.__instancecheck__(argument) or cls.__subclasscheck__(argument).
Result<bool> ask_hook(Object* hook, bool unbound, Object* cls, Object* argument, const char* where) {
  RecursionGuard guard(where);
  if (guard.failed()) return Error{};
  Object* arguments[] = {cls, argument};
  Ref<Object> answer = TRY(unbound ? object_vectorcall(hook, arguments, 2) : object_call_one_arg(hook, argument));
  return object_is_true(answer);
}
}  // namespace

Result<bool> object_real_is_instance(Object* object, Object* cls) {
  if (is_type(cls)) {
    Type* type = reinterpret_cast<Type*>(cls);
    if (type_check(object, type)) return true;
    Ref<Object> claimed = TRY(object_lookup_attr(object, id::__class__));
    if (!claimed || claimed.get() == object->ob_type || !is_type(claimed)) return false;
    return type_is_subtype(reinterpret_cast<Type*>(claimed.get()), type);
  }
  TRY(check_class(cls, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
  Ref<Object> claimed = TRY(object_lookup_attr(object, id::__class__));
  if (!claimed) return false;
  return abstract_is_subclass(claimed, cls);
}

Result<bool> object_real_is_subclass(Object* derived, Object* cls) {
  if (is_type(cls) && is_type(derived)) {
    return type_is_subtype(reinterpret_cast<Type*>(derived), reinterpret_cast<Type*>(cls));
  }
  TRY(check_class(derived, "issubclass() arg 1 must be a class"));
  if (!is_type(cls)) TRY(check_class(cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
  return abstract_is_subclass(derived, cls);
}

Result<bool> object_is_instance(Object* object, Object* cls) {
  if (object->ob_type == reinterpret_cast<Type*>(cls)) return true;
  if (cls->ob_type == &PyType_Type) return object_real_is_instance(object, cls);
  if (is_union(cls)) cls = union_args(cls);
  if (is_tuple(cls)) {
    RecursionGuard guard(" in __instancecheck__");
    if (guard.failed()) return Error{};
    Tuple* tuple = as<Tuple>(cls);
    for (isize i = 0; i < tuple->ob_size; ++i) {
      if (TRY(object_is_instance(object, tuple->ob_item[i]))) return true;
    }
    return false;
  }
  bool unbound;
  Ref<Object> hook = TRY(object_lookup_special_method(cls, id::__instancecheck__, unbound));
  if (!hook) return object_real_is_instance(object, cls);
  return ask_hook(hook, unbound, cls, object, " in __instancecheck__");
}

Result<bool> object_is_subclass(Object* derived, Object* cls) {
  if (cls->ob_type == &PyType_Type) {
    if (derived == cls) return true;
    return object_real_is_subclass(derived, cls);
  }
  if (is_union(cls)) cls = union_args(cls);
  if (is_tuple(cls)) {
    RecursionGuard guard(" in __subclasscheck__");
    if (guard.failed()) return Error{};
    Tuple* tuple = as<Tuple>(cls);
    for (isize i = 0; i < tuple->ob_size; ++i) {
      if (TRY(object_is_subclass(derived, tuple->ob_item[i]))) return true;
    }
    return false;
  }
  bool unbound;
  Ref<Object> hook = TRY(object_lookup_special_method(cls, id::__subclasscheck__, unbound));
  if (!hook) return object_real_is_subclass(derived, cls);
  return ask_hook(hook, unbound, cls, derived, " in __subclasscheck__");
}
}  // namespace adder
