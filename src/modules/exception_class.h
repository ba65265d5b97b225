// exception_class: making the exception class of a module.
#pragma once
#include "bind/bind.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// A class "module.Name" that derives from `base`, with an optional documentation text: the `error` of a module.
inline Result<Type> make_exception_class(const char* module, const char* name, Type* base, const char* doc = nullptr) {
  Ref<Object> bases = TRY(tuple_pack(static_cast<Object*>(base)));
  Ref<Object> class_name = TRY(str_from_string(name));
  Ref<Object> made = TRY(call(&PyType_Type, class_name.get(), bases.get(), TRY(dict_new()).get()));
  Ref<Str> module_name = TRY(str_from_string(module));
  TRY(object_set_attr(made, id::__module__, module_name));
  if (doc) TRY(object_set_attr(made, id::__doc__, TRY(str_from_string(doc)).get()));
  return as<Type>(std::move(made));
}
}  // namespace adder
