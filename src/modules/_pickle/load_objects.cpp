// load_objects: instructions that make containers and instances.
#include "modules/_pickle/unpickler.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace adder::pickle {
namespace {
// Whether Python code cannot reach the stack: the unpickler of loads() belongs to nobody.
bool is_private(const Unpickler* u) { return !u->read; }
// Where a container and, above it, `position` and more are on the stack: UnpicklingError unless the container is there.
Result<void> check_container(Unpickler* u, isize position) {
  Stack* s = u->stack;
  if (position > s->size || position <= s->fence) return raise_stack_underflow(u);
  return {};
}
}  // namespace

// == Tuples, lists, dicts, sets ==

Result<void> load_counted_tuple(Unpickler* u, isize size) {
  if (u->stack->size < size) return raise_stack_underflow(u);
  Ref<Tuple> tuple = TRY(stack_pop_tuple(u, u->stack->size - size));
  return stack_push(u, std::move(tuple));
}
Result<void> load_tuple(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  Ref<Tuple> tuple = TRY(stack_pop_tuple(u, mark));
  return stack_push(u, std::move(tuple));
}
Result<void> load_list(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  Ref<List> list = TRY(stack_pop_list(u, mark));
  return stack_push(u, std::move(list));
}
Result<void> load_dict(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  if ((u->stack->size - mark) % 2 != 0) return raise_unpickling(u->state, "odd number of items for DICT");
  Ref<List> items = TRY(stack_pop_list(u, mark));
  Ref<Dict> dict = TRY(dict_new());
  for (isize i = 0; i + 1 < list_size(items); i += 2) {
    Ref<Object> key = new_ref(list_item(items, i)), value = new_ref(list_item(items, i + 1));
    TRY(dict_set_item(dict, key, value));
  }
  return stack_push(u, std::move(dict));
}
Result<void> load_frozenset(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  Ref<Tuple> items = TRY(stack_pop_tuple(u, mark));
  Ref<Set> set = TRY(frozenset_new(static_cast<Object*>(items.get())));
  return stack_push(u, std::move(set));
}

namespace {
// Appends what lies at `position` and above to the list below.
Result<void> append_items(Unpickler* u, isize position) {
  TRY(check_container(u, position));
  Stack* s = u->stack;
  if (position == s->size) return {};
  Object* target = s->items[position - 1];
  if (is_list_exact(target)) {
    // No Python code runs here.
    List* list = as<List>(target);
    if (list_size(list) == 0 && s->size - position > 1) {
      // What the pickler writes: the items of a list that is still empty. They move as they are.
      Ref<List> items = TRY(stack_pop_list(u, position));
      std::swap(list->ob_item, items->ob_item);
      std::swap(list->ob_size, items->ob_size);
      std::swap(list->allocated, items->allocated);
      return {};
    }
    isize end = std::exchange(s->size, position);
    Result<void> done;
    for (isize i = position; i < end; ++i) {
      Ref<Object> item = Ref<Object>::steal(s->items[i]);
      if (!done.failed()) done = list_append_steal(list, std::move(item));
    }
    return done;
  }
  Ref<Object> list = new_ref(target);
  Ref<Object> extend = TRY(object_lookup_attr(list, id::extend));
  if (extend) {
    if (position > s->size) return raise_stack_underflow(u);
    Ref<List> items = TRY(stack_pop_list(u, position));
    TRY(call(extend.get(), static_cast<Object*>(items.get())));
    return {};
  }
  // Lists of a kind that can only append.
  Ref<Object> append = TRY(object_get_attr(list, id::append));
  if (position > s->size) return raise_stack_underflow(u);
  Ref<List> items = TRY(stack_pop_list(u, position));
  for (isize i = 0; i < list_size(items); ++i) {
    Ref<Object> item = new_ref(list_item(items, i));
    TRY(call(append.get(), item.get()));
  }
  return {};
}
// Enters the pairs at `position` and above into the mapping below.
Result<void> set_items(Unpickler* u, isize position) {
  TRY(check_container(u, position));
  Stack* s = u->stack;
  isize count = s->size - position;
  if (count == 0) return {};
  if (count % 2 != 0) return raise_unpickling(u->state, "odd number of items for SETITEMS");
  Ref<Object> target = new_ref(s->items[position - 1]);
  bool is_plain = is_dict_exact(target);
  if (is_plain && is_private(u)) {
    Dict* dict = as<Dict>(target.get());
    for (isize i = position; i < s->size; i += 2) TRY(dict_set_item(dict, s->items[i], s->items[i + 1]));
    return stack_drop(u, position);
  }
  for (isize i = position; i + 1 < s->size; i += 2) {
    // Hashing may run Python code that comes back here, so the pair is held.
    Ref<Object> key = new_ref(s->items[i]), value = new_ref(s->items[i + 1]);
    TRY(is_plain ? dict_set_item(as<Dict>(target.get()), key, value) : object_set_item(target, key, value));
  }
  return stack_drop(u, position);
}
}  // namespace

Result<void> load_append(Unpickler* u) {
  if (u->stack->size - 1 <= u->stack->fence) return raise_stack_underflow(u);
  return append_items(u, u->stack->size - 1);
}
Result<void> load_appends(Unpickler* u) { return append_items(u, TRY(stack_pop_mark(u))); }
Result<void> load_set_item(Unpickler* u) { return set_items(u, u->stack->size - 2); }
Result<void> load_set_items(Unpickler* u) { return set_items(u, TRY(stack_pop_mark(u))); }
Result<void> load_add_items(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  TRY(check_container(u, mark));
  Stack* s = u->stack;
  if (mark == s->size) return {};
  Ref<Object> target = new_ref(s->items[mark - 1]);
  if (is_set(target)) {
    for (isize i = mark; i < s->size; ++i) {
      // Hashing may run Python code that comes back here.
      Ref<Object> item = is_private(u) ? Ref<Object>() : new_ref(s->items[i]);
      TRY(set_add(as<Set>(target.get()), s->items[i]));
    }
    return stack_drop(u, mark);
  }
  Ref<Object> add = TRY(object_get_attr(target, id::add));
  if (mark > s->size) return raise_stack_underflow(u);
  Ref<Tuple> items = TRY(stack_pop_tuple(u, mark));
  for (isize i = 0; i < tuple_size(items); ++i) TRY(call(add.get(), tuple_item(items, i)));
  return {};
}

// == Instances ==

namespace {
// What INST and OBJ make of a class and arguments.
Result<Object> instantiate(Unpickler* u, Object* cls, Tuple* args) {
  // Without arguments, classes are not called, unless they ask for it: as Python 2 did with its old classes.
  if (tuple_size(args) == 0 && is_type(cls)) {
    Ref<Object> wants_call = TRY(object_lookup_attr(cls, u->state->getinitargs));
    if (!wants_call) return call_method(cls, id::__new__, cls);
  }
  return object_call(cls, args);
}
}  // namespace

Result<void> load_inst(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  Ref<Str> module_name = TRY(str_decode_ascii(line, size - 1, "strict"));
  line = input_read_line(u, 2, size);
  if (!line) return Error{};
  Ref<Str> class_name = TRY(str_decode_ascii(line, size - 1, "strict"));
  Ref<Object> cls = TRY(find_class(u, module_name, class_name));
  if (mark > u->stack->size) return raise_stack_underflow(u);
  Ref<Tuple> args = TRY(stack_pop_tuple(u, mark));
  Ref<Object> object = TRY(instantiate(u, cls, args));
  return stack_push(u, std::move(object));
}
Result<void> load_obj(Unpickler* u) {
  isize mark = TRY(stack_pop_mark(u));
  if (u->stack->size - mark < 1) return raise_stack_underflow(u);
  Ref<Tuple> args = TRY(stack_pop_tuple(u, mark + 1));
  Ref<Object> cls = TRY(stack_pop(u));
  Ref<Object> object = TRY(instantiate(u, cls, args));
  return stack_push(u, std::move(object));
}
Result<void> load_newobj(Unpickler* u, bool has_kwargs) {
  Ref<Object> kwargs;
  if (has_kwargs) kwargs = TRY(stack_pop(u));
  Ref<Object> args = TRY(stack_pop(u));
  Ref<Object> cls = TRY(stack_pop(u));
  const char* name = has_kwargs ? "NEWOBJ_EX" : "NEWOBJ";
  if (!is_type(cls)) {
    return raise_unpickling(u->state, "%s class argument must be a type, not %.200s", name, cls->ob_type->tp_name);
  }
  Type* type = as<Type>(cls.get());
  if (!type->tp_new) {
    return raise_unpickling(u->state, "%s class argument '%.200s' doesn't have __new__", name, type->tp_name);
  }
  if (!is_tuple(args)) {
    return raise_unpickling(u->state, "%s args argument must be a tuple, not %.200s", name, args->ob_type->tp_name);
  }
  if (has_kwargs && !is_dict(kwargs)) {
    return raise_unpickling(u->state, "%s kwargs argument must be a dict, not %.200s", name, kwargs->ob_type->tp_name);
  }
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_new(type, args, kwargs)));
  return stack_push(u, std::move(object));
}
Result<void> load_reduce(Unpickler* u) {
  Ref<Object> args = TRY(stack_pop(u));
  Ref<Object> callable = TRY(stack_pop(u));
  if (!is_tuple(args)) return raise(TypeError, "argument list must be a tuple");
  Ref<Object> object = TRY(object_call(callable, args));
  return stack_push(u, std::move(object));
}

// == State ==

namespace {
// Attributes by way of the instance's namespace, with interned names as if they had been assigned.
Result<void> set_namespace(Unpickler* u, Object* instance, Object* state) {
  if (!is_dict(state)) return raise_unpickling(u->state, "state is not a dictionary");
  Ref<Object> names = TRY(object_get_attr(instance, id::__dict__));
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(state), position, key, value)) {
    Ref<Object> name = new_ref(key), kept = new_ref(value);
    if (is_str_exact(name)) name = str_intern(as<Str>(std::move(name)));
    TRY(is_dict_exact(names) ? dict_set_item(as<Dict>(names.get()), name, kept) : object_set_item(names, name, kept));
  }
  return {};
}
}  // namespace

Result<void> load_build(Unpickler* u) {
  Stack* s = u->stack;
  if (s->size - 2 < s->fence) return raise_stack_underflow(u);
  Ref<Object> state = TRY(stack_pop(u));
  Ref<Object> instance = new_ref(s->items[s->size - 1]);
  Ref<Object> set_state = TRY(object_lookup_attr(instance, id::__setstate__));
  if (set_state) {
    TRY(call(set_state.get(), state.get()));
    return {};
  }
  // (namespace, slots) or the namespace alone.
  Ref<Object> slots;
  if (is_tuple_exact(state) && tuple_size(as<Tuple>(state.get())) == 2) {
    Ref<Object> pair = std::move(state);
    state = new_ref(tuple_item(as<Tuple>(pair.get()), 0));
    slots = new_ref(tuple_item(as<Tuple>(pair.get()), 1));
  }
  if (state.get() != None) TRY(set_namespace(u, instance, state));
  if (!slots) return {};
  if (!is_dict(slots)) return raise_unpickling(u->state, "slot state is not a dictionary");
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(slots.get()), position, key, value)) {
    Ref<Object> name = new_ref(key), kept = new_ref(value);
    TRY(object_set_attr(instance, name, kept));
  }
  return {};
}

Error raise_no_persistent_load(Unpickler* u) {
  return raise_unpickling(u->state,
                          "A load persistent id instruction was encountered,\nbut no persistent_load function was "
                          "specified.");
}
Result<void> load_persistent(Unpickler* u, Object* id) {
  Ref<Object> function = new_ref(u->persistent_load);
  Ref<Object> object = u->persistent_self ? TRY(call(function.get(), u->persistent_self, id)) : TRY(call(function.get(), id));
  return stack_push(u, std::move(object));
}
}  // namespace adder::pickle
