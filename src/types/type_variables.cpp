// type_variables: substitution of type variables. What counts as one answers to __typing_subst__.
#include "types/type_variables.h"

#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

Result<void> append_once(List* list, Object* item) {
  for (isize i = 0; i < list_size(list); ++i) {
    if (list_item(list, i) == item) return {};
  }
  return list_append(list, item);
}

isize index_of(Tuple* tuple, Object* item) {
  for (isize i = 0; i < tuple->ob_size; ++i) {
    if (tuple->ob_item[i] == item) return i;
  }
  return -1;
}

// *tuple[int, str] among the arguments stands for int, str; an open-ended tuple stays.
Result<Tuple> unpack_arguments(Object* item) {
  Ref<List> result = TRY(list_new());
  Ref<Tuple> items = is_tuple(item) ? new_ref(as<Tuple>(item)) : TRY(tuple_pack(item));
  for (isize i = 0; i < items->ob_size; ++i) {
    Object* each = items->ob_item[i];
    Ref<Object> unpacked;
    if (!is_type(each)) unpacked = TRY(object_lookup_attr(each, id::__typing_unpacked_tuple_args__));
    if (unpacked && is_tuple(unpacked)) {
      Tuple* inner = as<Tuple>(unpacked);
      bool open = inner->ob_size && inner->ob_item[inner->ob_size - 1] == Ellipsis;
      if (!open) {
        for (isize k = 0; k < inner->ob_size; ++k) TRY(list_append(result, inner->ob_item[k]));
        continue;
      }
    }
    TRY(list_append(result, each));
  }
  return list_as_tuple(result);
}

Result<bool> is_unpacked_typevartuple(Object* object) {
  if (is_type(object)) return false;
  Ref<Object> mark = TRY(object_lookup_attr(object, id::__typing_is_unpacked_typevartuple__));
  if (!mark) return false;
  return object_is_true(mark);
}

// A generic argument (list[T]) with its own parameters replaced.
Result<Object> substitute_inside(Object* object, Tuple* parameters, Tuple* arguments) {
  Ref<Object> found = TRY(object_lookup_attr(object, id::__parameters__));
  if (!found || !is_tuple(found) || as<Tuple>(found.get())->ob_size == 0) return Result<Object>::share(object);
  Tuple* own = as<Tuple>(found);
  Ref<List> values = TRY(list_new());
  for (isize i = 0; i < own->ob_size; ++i) {
    Object* parameter = own->ob_item[i];
    isize index = index_of(parameters, parameter);
    if (index < 0) {
      TRY(list_append(values, parameter));
      continue;
    }
    Object* argument = arguments->ob_item[index];
    // A TypeVarTuple takes a tuple of arguments: they go in one by one.
    if (parameter->ob_type->tp_iter && is_tuple(argument)) {
      Tuple* several = as<Tuple>(argument);
      for (isize k = 0; k < several->ob_size; ++k) TRY(list_append(values, several->ob_item[k]));
    } else {
      TRY(list_append(values, argument));
    }
  }
  Ref<Tuple> key = TRY(list_as_tuple(values));
  return object_get_item(object, key);
}

}  // namespace

Result<Tuple> find_type_parameters(Tuple* args) {
  Ref<List> found = TRY(list_new());
  for (isize i = 0; i < args->ob_size; ++i) {
    Object* arg = args->ob_item[i];
    if (is_type(arg)) continue;  // a bare class's __parameters__ is a descriptor
    Ref<Object> substitute = TRY(object_lookup_attr(arg, id::__typing_subst__));
    if (substitute) {
      TRY(append_once(found, arg));
      continue;
    }
    Ref<Object> inner = TRY(object_lookup_attr(arg, id::__parameters__));
    if (!inner || !is_tuple(inner)) continue;
    Tuple* parameters = as<Tuple>(inner);
    for (isize k = 0; k < parameters->ob_size; ++k) TRY(append_once(found, parameters->ob_item[k]));
  }
  return list_as_tuple(found);
}

Result<Tuple> substitute_type_parameters(Object* self, Tuple* args, Tuple* parameters, Object* item) {
  isize count = parameters->ob_size;
  if (count == 0) return raise(TypeError, "%R is not a generic class", self);
  Ref<Object> given = TRY(unpack_arguments(item));
  for (isize i = 0; i < count; ++i) {
    Ref<Object> prepare = TRY(object_lookup_attr(parameters->ob_item[i], id::__typing_prepare_subst__));
    if (!prepare || prepare.get() == None) continue;
    Ref<Tuple> as_tuple = is_tuple(given) ? new_ref(as<Tuple>(given.get())) : TRY(tuple_pack(given.get()));
    given = TRY(call(prepare, self, static_cast<Object*>(as_tuple.get())));
  }
  Ref<Tuple> arguments = is_tuple(given) ? new_ref(as<Tuple>(given.get())) : TRY(tuple_pack(given.get()));
  if (arguments->ob_size != count) {
    return raise(TypeError, "Too %s arguments for %R; actual %zd, expected %zd",
                 arguments->ob_size > count ? "many" : "few", self, arguments->ob_size, count);
  }
  Ref<List> result = TRY(list_new());
  for (isize i = 0; i < args->ob_size; ++i) {
    Object* arg = args->ob_item[i];
    if (is_type(arg)) {
      TRY(list_append(result, arg));
      continue;
    }
    bool unpack = TRY(is_unpacked_typevartuple(arg));
    Ref<Object> substitute = TRY(object_lookup_attr(arg, id::__typing_subst__));
    Ref<Object> value;
    if (substitute) {
      isize index = index_of(parameters, arg);
      check(index >= 0, "type variable without a parameter");
      value = TRY(call(substitute, arguments->ob_item[index]));
    } else {
      value = TRY(substitute_inside(arg, parameters, arguments));
    }
    if (!unpack) {
      TRY(list_append(result, value));
      continue;
    }
    if (!is_tuple(value)) {
      return raise(TypeError, "expected __typing_subst__ of %.200s objects to return a tuple, not %.200s",
                   arg->ob_type->tp_name, value->ob_type->tp_name);
    }
    Tuple* several = as<Tuple>(value);
    for (isize k = 0; k < several->ob_size; ++k) TRY(list_append(result, several->ob_item[k]));
  }
  return list_as_tuple(result);
}

Result<void> write_type_repr(StrWriter& writer, Object* type) {
  if (type == Ellipsis) return writer.write_ascii("...");
  if (type == static_cast<Object*>(&_PyNone_Type)) return writer.write_ascii("None");
  bool is_alias = TRY(object_has_attr(type, id::__origin__))
  &&TRY(object_has_attr(type, id::__args__));
  if (is_alias) return writer.write_repr(type);
  Ref<Object> qualname = TRY(object_lookup_attr(type, id::__qualname__));
  if (!qualname) return writer.write_repr(type);
  Ref<Object> module = TRY(object_lookup_attr(type, id::__module__));
  if (!module || module.get() == None) return writer.write_repr(type);
  if (!is_str(module) || !str_equals(as<Str>(module.get()), "builtins")) {
    TRY(writer.write_object(module));
    TRY(writer.write_char('.'));
  }
  return writer.write_object(qualname);
}
}  // namespace adder
