// save_reduce: objects that say themselves how to make them again (PEP 307).
#include "modules/_pickle/pickler.h"
#include "types/tuple.h"

namespace adder::pickle {
namespace {
// The parts of the value of __reduce__, checked. Optional ones are null when absent.
struct Reduction {
  Object *callable, *args, *state, *list_items, *dict_items, *state_setter;
};
Result<void> take_apart(Pickler* p, Tuple* value, Reduction& out) {
  isize size = tuple_size(value);
  if (size < 2 || size > 6) {
    return raise_pickling(p->state, "tuple returned by __reduce__ must contain 2 through 6 elements");
  }
  auto optional = [&](isize index) {
    Object* item = index < size ? tuple_item(value, index) : None;
    return item == None ? nullptr : item;
  };
  out = {tuple_item(value, 0), tuple_item(value, 1), optional(2), optional(3), optional(4), optional(5)};
  if (!is_callable(out.callable)) {
    return raise_pickling(p->state, "first item of the tuple returned by __reduce__ must be callable");
  }
  if (!is_tuple(out.args)) {
    return raise_pickling(p->state, "second item of the tuple returned by __reduce__ must be a tuple");
  }
  if (out.list_items && !is_iterator(out.list_items)) {
    return raise_pickling(p->state, "fourth element of the tuple returned by __reduce__ must be an iterator, not %s",
                          out.list_items->ob_type->tp_name);
  }
  if (out.dict_items && !is_iterator(out.dict_items)) {
    return raise_pickling(p->state, "fifth element of the tuple returned by __reduce__ must be an iterator, not %s",
                          out.dict_items->ob_type->tp_name);
  }
  if (out.state_setter && !is_callable(out.state_setter)) {
    return raise_pickling(p->state, "sixth element of the tuple returned by __reduce__ must be a function, not %s",
                          out.state_setter->ob_type->tp_name);
  }
  return {};
}

// __newobj_ex__(cls, args, kwargs): cls.__new__(cls, *args, **kwargs).
Result<void> save_newobj_ex(Pickler* p, Tuple* parts) {
  if (tuple_size(parts) != 3) {
    return raise_pickling(p->state, "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd",
                          tuple_size(parts));
  }
  Object *cls = tuple_item(parts, 0), *args = tuple_item(parts, 1), *kwargs = tuple_item(parts, 2);
  if (!is_type(cls)) {
    return raise_pickling(p->state, "first item from NEWOBJ_EX argument tuple must be a class, not %.200s",
                          cls->ob_type->tp_name);
  }
  if (!is_tuple(args)) {
    return raise_pickling(p->state, "second item from NEWOBJ_EX argument tuple must be a tuple, not %.200s",
                          args->ob_type->tp_name);
  }
  if (!is_dict(kwargs)) {
    return raise_pickling(p->state, "third item from NEWOBJ_EX argument tuple must be a dict, not %.200s",
                          kwargs->ob_type->tp_name);
  }
  if (p->protocol >= 4) {
    TRY(save(p, cls));
    TRY(save(p, args));
    TRY(save(p, kwargs));
    return write_opcode(p, kNewObjEx);
  }
  // Older protocols: functools.partial(cls.__new__, cls, *args, **kwargs)().
  isize count = tuple_size(as<Tuple>(args));
  Ref<Tuple> partial_args = TRY(tuple_new(count + 2));
  tuple_init_item(partial_args, 0, new_ref(None));
  tuple_init_item(partial_args, 1, new_ref(cls));
  for (isize i = 0; i < count; ++i) tuple_init_item(partial_args, i + 2, new_ref(tuple_item(as<Tuple>(args), i)));
  tuple_init_item(partial_args, 0, TRY(object_get_attr(cls, id::__new__)));
  Ref<Object> partial = TRY(object_call(p->state->partial, partial_args, kwargs));
  TRY(save(p, partial));
  TRY(save(p, tuple_empty()));
  return write_opcode(p, kReduce);
}
// __newobj__(cls, *args): cls.__new__(cls, *args).
Result<void> save_newobj(Pickler* p, Tuple* parts, Opt<Object*> object) {
  if (tuple_size(parts) < 1) return raise_pickling(p->state, "__newobj__ arglist is empty");
  Object* cls = tuple_item(parts, 0);
  if (!is_type(cls)) return raise_pickling(p->state, "args[0] from __newobj__ args is not a type");
  if (object) {
    Ref<Object> of_object = TRY(object_lookup_attr(object.get(), id::__class__));
    if (!of_object) of_object = new_ref(static_cast<Object*>(object->ob_type));
    if (of_object.get() != cls) return raise_pickling(p->state, "args[0] from __newobj__ args has the wrong class");
  }
  TRY(save(p, cls));
  Ref<Tuple> args = TRY(tuple_get_slice(parts, 1, tuple_size(parts)));
  TRY(save(p, args));
  return write_opcode(p, kNewObj);
}
}  // namespace

Result<void> save_reduce(Pickler* p, Tuple* value, Opt<Object*> object) {
  Reduction parts;
  TRY(take_apart(p, value, parts));
  bool is_newobj = false, is_newobj_ex = false;
  if (p->protocol >= 2) {
    Ref<Object> name = TRY(object_lookup_attr(parts.callable, id::__name__));
    if (name && is_str(name)) {
      is_newobj = str_equal(as<Str>(name.get()), id::__newobj__);
      is_newobj_ex = str_equal(as<Str>(name.get()), id::__newobj_ex__);
    }
  }
  Tuple* args = as<Tuple>(parts.args);
  if (is_newobj_ex) {
    TRY(save_newobj_ex(p, args));
  } else if (is_newobj) {
    TRY(save_newobj(p, args, object));
  } else {
    TRY(save(p, parts.callable));
    TRY(save(p, args));
    TRY(write_opcode(p, kReduce));
  }
  if (object) {
    // Its own arguments may have led to it: then it is there already.
    if (MemoEntry* known = memo_find(p->memo, object.get()); known->key) {
      isize index = known->index;
      TRY(write_opcode(p, kPop));
      return save_memo_get(p, index);
    }
    TRY(memo_put(p, object.get()));
  }
  if (parts.list_items) TRY(save_list_items(p, parts.list_items));
  if (parts.dict_items) TRY(save_dict_items(p, parts.dict_items));
  if (!parts.state) return {};
  if (!parts.state_setter) {
    TRY(save(p, parts.state));
    return write_opcode(p, kBuild);
  }
  // state_setter(object, state), whose result is thrown away.
  TRY(save(p, parts.state_setter));
  if (object) TRY(save(p, object.get()));
  TRY(save(p, parts.state));
  TRY(write_opcode(p, kTuple2));
  TRY(write_opcode(p, kReduce));
  return write_opcode(p, kPop);
}
}  // namespace adder::pickle
