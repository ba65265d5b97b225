// matching: the match statement (PEP 634).
#include "interpreter/semantics.h"
#include "object/type.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::sem {
namespace {
Result<Object> values_of(Object* mapping, Tuple* keys) {
  isize count = tuple_size(keys);
  Ref<Tuple> values = TRY(tuple_new(count));
  if (!count) return values;
  Ref<Set> seen = TRY(set_new());
  bool unbound = false;
  Ref<Object> get = TRY(object_get_method(mapping, id::get, unbound));
  Ref<Object> absent = TRY(object_call_no_args(&PyBaseObject_Type));
  for (isize i = 0; i < count; ++i) {
    Object* key = tuple_item(keys, i);
    if (TRY(set_contains(seen, key))) {
      return raise(ValueError, "mapping pattern checks duplicate key (%R)", key);
    }
    TRY(set_add(seen, key));
    Ref<Object> value;
    if (unbound) value = TRY(call(get.get(), mapping, key, absent.get()));
    else value = TRY(call(get.get(), key, absent.get()));
    if (value.get() == absent.get()) return none_result();
    tuple_init_item(values, i, std::move(value));
  }
  return values;
}

// The attribute of a class pattern; empty when the subject lacks it.
Maybe<Object> attribute_of(Object* subject, Object* type, Object* name, Set* seen) {
  if (TRY(set_contains(seen, name))) {
    return raise(TypeError, "%s() got multiple sub-patterns for attribute %R", reinterpret_cast<Type*>(type)->tp_name, name);
  }
  TRY(set_add(seen, name));
  return object_lookup_attr(subject, name);
}

Result<Object> attributes_of(Object* subject, Object* type, isize positional, Tuple* names) {
  if (!is_type(type)) return raise(TypeError, "called match pattern must be a class");
  if (!TRY(object_is_instance(subject, type))) return none_result();
  const char* type_name = reinterpret_cast<Type*>(type)->tp_name;
  Ref<Set> seen = TRY(set_new());
  Ref<List> found = TRY(list_new());
  if (positional) {
    bool match_self = false;
    Ref<Object> match_args = TRY(object_lookup_attr(type, id::__match_args__));
    if (match_args) {
      if (!is_tuple_exact(match_args)) {
        return raise(TypeError, "%s.__match_args__ must be a tuple (got %s)", type_name, match_args->ob_type->tp_name);
      }
    } else {
      match_args = new_ref<Object>(tuple_empty());
      match_self = has_flag(reinterpret_cast<Type*>(type), _Py_TPFLAGS_MATCH_SELF);
    }
    isize allowed = match_self ? 1 : tuple_size(as<Tuple>(match_args.get()));
    if (allowed < positional) {
      return raise(TypeError, "%s() accepts %d positional sub-pattern%s (%d given)", type_name, static_cast<int>(allowed),
                   allowed == 1 ? "" : "s", static_cast<int>(positional));
    }
    if (match_self) {
      TRY(list_append(found, subject));
    } else {
      for (isize i = 0; i < positional; ++i) {
        Object* name = tuple_item(as<Tuple>(match_args.get()), i);
        if (!is_str_exact(name)) {
          return raise(TypeError, "__match_args__ elements must be strings (got %s)", name->ob_type->tp_name);
        }
        Ref<Object> value = TRY(attribute_of(subject, type, name, seen));
        if (!value) return none_result();
        TRY(list_append(found, value));
      }
    }
  }
  for (isize i = 0; i < tuple_size(names); ++i) {
    Ref<Object> value = TRY(attribute_of(subject, type, tuple_item(names, i), seen));
    if (!value) return none_result();
    TRY(list_append(found, value));
  }
  return list_as_tuple(found);
}

Result<Object> without_keys(Object* subject, Tuple* keys) {
  Ref<Dict> rest = TRY(dict_new());
  TRY(dict_update(rest, subject));
  for (isize i = 0; i < tuple_size(keys); ++i) TRY(dict_del_item(rest, tuple_item(keys, i)));
  return rest;
}
}  // namespace

Object* match_keys(Object* mapping, Object* keys) { return values_of(mapping, as<Tuple>(keys)).to_c(); }
Object* match_class(Object* subject, Object* type, isize positional, Object* keyword_names) {
  return attributes_of(subject, type, positional, as<Tuple>(keyword_names)).to_c();
}
Object* copy_dict_without_keys(Object* dict, Object* keys) { return without_keys(dict, as<Tuple>(keys)).to_c(); }
}  // namespace adder::sem
