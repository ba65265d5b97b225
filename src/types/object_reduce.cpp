// object_reduce: object.__reduce_ex__ and object.__getstate__ (PEP 307).
#include "types/object_reduce.h"

#include "import/import.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// copyreg._slotnames(cls), which caches in cls.__slotnames__: a list or None.
Result<Object> slot_names(Type* type) {
  Ref<Object> cached = TRY(dict_get_item(as<Dict>(type->tp_dict), id::__slotnames__));
  if (cached) {
    if (cached.get() != None && !is_list(cached)) {
      return raise(TypeError, "%.200s.__slotnames__ should be a list or None, not %.200s", type->tp_name,
                   cached->ob_type->tp_name);
    }
    return cached;
  }
  Ref<Object> copyreg = TRY(import_module(id::copyreg));
  Ref<Object> names = TRY(call_method(copyreg, id::_slotnames, static_cast<Object*>(type)));
  if (names.get() != None && !is_list(names)) {
    return raise(TypeError, "copyreg._slotnames didn't return a list or None");
  }
  return names;
}

// {name: value} of the slots that have values.
Result<Dict> slot_values(Object* self, List* names) {
  Ref<Dict> slots = TRY(dict_new());
  isize count = list_size(names);
  for (isize i = 0; i < count; ++i) {
    Ref<Object> name = new_ref(list_item(names, i));
    Ref<Object> value = TRY(object_lookup_attr(self, name));
    if (value) TRY(dict_set_item(slots, name, value));
    if (list_size(names) != count) return raise(RuntimeError, "__slotsname__ changed size during iteration");
  }
  return slots;
}

struct NewArguments {
  Ref<Tuple> args;
  Ref<Object> kwargs;
};

// __getnewargs_ex__() or __getnewargs__(); both empty if there is neither.
Result<void> get_new_arguments(Object* self, NewArguments& out) {
  Ref<Object> method = TRY(object_lookup_special(self, id::__getnewargs_ex__));
  if (method) {
    Ref<Object> pair = TRY(object_call_no_args(method));
    if (!is_tuple(pair)) {
      return raise(TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'", pair->ob_type->tp_name);
    }
    Tuple* tuple = as<Tuple>(pair);
    if (tuple->ob_size != 2) {
      return raise(ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd", tuple->ob_size);
    }
    Object *args = tuple->ob_item[0], *kwargs = tuple->ob_item[1];
    if (!is_tuple(args)) {
      return raise(TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%.200s'",
                   args->ob_type->tp_name);
    }
    if (!is_dict(kwargs)) {
      return raise(TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%.200s'",
                   kwargs->ob_type->tp_name);
    }
    out.args = new_ref(as<Tuple>(args));
    out.kwargs = new_ref(kwargs);
    return {};
  }
  method = TRY(object_lookup_special(self, id::__getnewargs__));
  if (!method) return {};
  Ref<Object> args = TRY(object_call_no_args(method));
  if (!is_tuple(args)) {
    return raise(TypeError, "__getnewargs__ should return a tuple, not '%.200s'", args->ob_type->tp_name);
  }
  out.args = as<Tuple>(std::move(args));
  return {};
}

Result<Object> get_state(Object* self, bool required) {
  Ref<Object> method = TRY(object_get_attr(self, id::__getstate__));
  if (is_default_getstate(method, self)) return object_getstate_default(self, required);
  return object_call_no_args(method);
}

// Protocol 2 and up: copyreg.__newobj__(cls, *args).
Result<Object> reduce_by_new(Object* self) {
  Type* type = self->ob_type;
  if (!type->tp_new) return raise(TypeError, "cannot pickle '%.200s' object", type->tp_name);
  NewArguments arguments;
  TRY(get_new_arguments(self, arguments));
  bool has_args = static_cast<bool>(arguments.args);
  Ref<Object> copyreg = TRY(import_module(id::copyreg));
  Ref<Object> factory;
  Ref<Tuple> factory_args;
  Object* cls = static_cast<Object*>(type);
  if (!arguments.kwargs || dict_size(as<Dict>(arguments.kwargs.get())) == 0) {
    factory = TRY(object_get_attr(copyreg, id::__newobj__));
    isize count = has_args ? arguments.args->ob_size : 0;
    factory_args = TRY(tuple_new(count + 1));
    tuple_init_item(factory_args, 0, new_ref(cls));
    for (isize i = 0; i < count; ++i) tuple_init_item(factory_args, i + 1, new_ref(arguments.args->ob_item[i]));
  } else {
    factory = TRY(object_get_attr(copyreg, id::__newobj_ex__));
    factory_args = TRY(tuple_pack(cls, static_cast<Object*>(arguments.args.get()), arguments.kwargs.get()));
  }
  bool is_plain = !has_args && !is_list(self) && !is_dict(self);
  Ref<Object> state = TRY(get_state(self, is_plain));
  Ref<Object> items = new_ref(None), pairs = new_ref(None);
  if (is_list(self)) items = TRY(object_get_iter(self));
  if (is_dict(self)) {
    Ref<Object> view = TRY(call_method(self, id::items));
    pairs = TRY(object_get_iter(view));
  }
  return tuple_pack(factory.get(), static_cast<Object*>(factory_args.get()), state.get(), items.get(), pairs.get());
}

}  // namespace

Result<Object> object_getstate_default(Object* self, bool required) {
  Type* type = self->ob_type;
  if (required && type->tp_itemsize) return raise(TypeError, "cannot pickle %.200s objects", type->tp_name);
  Ref<Object> state = new_ref(None);
  Object** slot = object_dict_slot(self);
  if (slot && *slot && dict_size(as<Dict>(*slot))) state = new_ref(*slot);
  Ref<Object> names = TRY(slot_names(type));
  isize count = is_list(names) ? list_size(as<List>(names)) : 0;
  if (required) {
    // Everything in the instance must be a dict, weak references or a named slot.
    isize pointer = sizeof(Object*);
    isize known = PyBaseObject_Type.tp_basicsize + count * pointer;
    if (type->tp_dictoffset) known += pointer;
    if (type->tp_weaklistoffset > 0) known += pointer;
    if (type->tp_basicsize > known) return raise(TypeError, "cannot pickle '%.200s' object", type->tp_name);
  }
  if (count == 0) return state;
  Ref<Dict> slots = TRY(slot_values(self, as<List>(names)));
  if (dict_size(slots) == 0) return state;
  return tuple_pack(state.get(), static_cast<Object*>(slots.get()));
}

Result<Object> object_reduce(Object* self, int protocol) {
  if (protocol >= 2) return reduce_by_new(self);
  Ref<Object> copyreg = TRY(import_module(id::copyreg));
  Ref<Object> function = TRY(object_get_attr(copyreg, "_reduce_ex"));
  Ref<Int> number = TRY(int_from_i64(protocol));
  return call(function, self, number.get());
}

Result<Object> object_reduce_ex(Object* self, int protocol) {
  // A class with a __reduce__ of its own decides.
  Ref<Object> reduce = TRY(object_lookup_attr(self, id::__reduce__));
  if (reduce) {
    Ref<Object> of_class = TRY(object_get_attr(self->ob_type, id::__reduce__));
    Opt<Object*> of_object = dict_get_item_str(as<Dict>(PyBaseObject_Type.tp_dict), id::__reduce__);
    if (of_class.get() != of_object.get()) return object_call_no_args(reduce);
  }
  return object_reduce(self, protocol);
}
}  // namespace adder
