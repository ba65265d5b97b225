// partial: a callable with some arguments given in advance.
//
// Invariant  args is an exact tuple, keywords an exact dict; a partial of a partial is flattened, unless one of them is
// of a
//            subclass or has attributes of its own.
// See        tests/python/test_functools.py
#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/_functools/functools.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Partial : PyObject {
  Object* function;
  Tuple* args;
  Dict* keywords;
  Object* dict;
  Object* weakreflist;
  vectorcallfunc vectorcall;
};

// == Calls ==

PyObject* partial_call(PyObject* self, PyObject* args, PyObject* kwargs) {
  auto run = [&]() -> Result<Object> {
    auto* p = static_cast<Partial*>(self);
    isize own = tuple_size(p->args), given = tuple_size(as<Tuple>(args));
    Ref<Tuple> all = TRY(tuple_new(own + given));
    for (isize i = 0; i < own; ++i) tuple_init_item(all, i, new_ref(tuple_item(p->args, i)));
    for (isize i = 0; i < given; ++i) tuple_init_item(all, own + i, new_ref(tuple_item(as<Tuple>(args), i)));
    Ref<Object> function = new_ref(p->function);
    if (dict_size(p->keywords) == 0) return object_call(function, all, kwargs);
    Ref<Dict> merged = TRY(dict_copy(p->keywords));
    if (kwargs) TRY(dict_merge(merged, kwargs, true));
    return object_call(function, all, merged.get());
  };
  return run().to_c();
}

PyObject* partial_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  auto run = [&]() -> Result<Object> {
    auto* p = static_cast<Partial*>(self);
    isize own = tuple_size(p->args), given = static_cast<isize>(vectorcall_nargs(nargsf));
    isize named = names ? tuple_size(as<Tuple>(names)) : 0;
    if (dict_size(p->keywords) > 0) {
      Ref<Tuple> positional = TRY(tuple_from_array(args, given));
      Ref<Dict> merged = TRY(dict_new());
      for (isize i = 0; i < named; ++i) TRY(dict_set_item(merged, tuple_item(as<Tuple>(names), i), args[given + i]));
      return Result<Object>::from_c(partial_call(self, positional, merged));
    }
    Ref<Partial> held = new_ref(p);
    Opt<Tuple*> keyword_names = static_cast<Tuple*>(names);
    if (own == 0) return object_vectorcall(p->function, args, nargsf, keyword_names);
    constexpr isize kSmall = 10;
    Object* small[kSmall];
    isize total = own + given + named;
    auto** window = total + 1 <= kSmall
                        ? small
                        : static_cast<Object**>(memory::allocate(static_cast<usize>(total + 1) * sizeof(Object*)));
    if (!window) return raise_no_memory();
    for (isize i = 0; i < own; ++i) window[1 + i] = tuple_item(p->args, i);
    for (isize i = 0; i < given + named; ++i) window[1 + own + i] = args[i];
    Result<Object> result = object_vectorcall(
        p->function, window + 1, static_cast<usize>(own + given) | PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names);
    if (window != small) memory::release(window);
    return result;
  };
  return run().to_c();
}

// == Slots ==

PyObject* partial_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  auto make = [&]() -> Result<Object> {
    Tuple* positional = as<Tuple>(args);
    if (tuple_size(positional) < 1) return raise(TypeError, "type 'partial' takes at least one argument");
    Object* function = tuple_item(positional, 0);
    if (!is_callable(function)) return raise(TypeError, "the first argument must be callable");
    Ref<Tuple> own = TRY(tuple_get_slice(positional, 1, tuple_size(positional)));
    Ref<Dict> keywords;
    if (type == &partial_type && function->ob_type == &partial_type && !static_cast<Partial*>(function)->dict) {
      auto* inner = static_cast<Partial*>(function);
      function = inner->function;
      Ref<Object> joined = TRY(sequence_concat(inner->args, own));
      own = as<Tuple>(std::move(joined));
      keywords = TRY(dict_copy(inner->keywords));
      if (kwargs) TRY(dict_merge(keywords, kwargs, true));
    } else {
      keywords = kwargs ? TRY(dict_copy(as<Dict>(kwargs))) : TRY(dict_new());
    }
    Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
    auto* p = static_cast<Partial*>(object.get());
    p->function = new_ref(function).release();
    p->args = own.release();
    p->keywords = keywords.release();
    p->vectorcall = &partial_vectorcall;
    return object;
  };
  return make().to_c();
}

int partial_clear(PyObject* self) {
  auto* p = static_cast<Partial*>(self);
  clear_field(p->function);
  clear_field(p->args);
  clear_field(p->keywords);
  clear_field(p->dict);
  return 0;
}

void partial_dealloc(PyObject* self) {
  gc::untrack(self);
  if (static_cast<Partial*>(self)->weakreflist) weakref_clear_all(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  partial_clear(self);
  self->ob_type->tp_free(self);
}

int partial_traverse(PyObject* self, visitproc visit, void* arg) {
  auto* p = static_cast<Partial*>(self);
  VISIT(p->function);
  VISIT(p->args);
  VISIT(p->keywords);
  VISIT(p->dict);
  return 0;
}

Result<Str> partial_repr(Partial* p) {
  if (TRY(repr_enter(p))) return str_from_string("...");
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{p};
  Ref<Object> function = new_ref(p->function);
  Ref<Tuple> args = new_ref(p->args);
  Ref<Dict> keywords = new_ref(p->keywords);
  StrWriter writer(40);
  TRY(writer.write_utf8(p->ob_type->tp_name));
  TRY(writer.write_char('('));
  TRY(writer.write_repr(function));
  for (isize i = 0; i < tuple_size(args); ++i) {
    TRY(writer.write_ascii(", "));
    TRY(writer.write_repr(tuple_item(args, i)));
  }
  isize position = 0;
  Object *key, *value;
  while (dict_next(keywords, position, key, value)) {
    Ref<Object> held_key = new_ref(key), held_value = new_ref(value);
    TRY(writer.write_ascii(", "));
    TRY(writer.write_object(held_key));
    TRY(writer.write_char('='));
    TRY(writer.write_repr(held_value));
  }
  TRY(writer.write_char(')'));
  return writer.finish();
}

// == Methods ==

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\n";
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)\n--\n\nSee PEP 585";

Result<Object> partial_reduce(Partial* p) {
  Ref<Tuple> arguments = TRY(tuple_pack(p->function));
  Ref<Tuple> state = TRY(tuple_pack(p->function, static_cast<Object*>(p->args), static_cast<Object*>(p->keywords),
                                    p->dict ? p->dict : static_cast<Object*>(None)));
  return tuple_pack(static_cast<Object*>(p->ob_type), static_cast<Object*>(arguments), static_cast<Object*>(state));
}

Result<void> partial_setstate(Partial* p, Object* state) {
  auto invalid = [] { return raise(TypeError, "invalid partial state"); };
  if (!is_tuple(state) || tuple_size(as<Tuple>(state)) != 4) return invalid();
  Tuple* parts = as<Tuple>(state);
  Object *function = tuple_item(parts, 0), *args = tuple_item(parts, 1), *keywords = tuple_item(parts, 2),
         *dict = tuple_item(parts, 3);
  if (!is_callable(function) || !is_tuple(args) || (keywords != None && !is_dict(keywords))) return invalid();
  Ref<Tuple> own_args = is_tuple_exact(args) ? new_ref(as<Tuple>(args)) : TRY(sequence_tuple(args));
  Ref<Dict> own_keywords;
  if (keywords == None)
    own_keywords = TRY(dict_new());
  else if (is_dict_exact(keywords))
    own_keywords = new_ref(as<Dict>(keywords));
  else
    own_keywords = TRY(dict_copy(as<Dict>(keywords)));
  set_field(p->function, new_ref(function));
  set_field(p->args, std::move(own_args));
  set_field(p->keywords, std::move(own_keywords));
  set_field(p->dict, Ref<Object>::share_or_empty(dict == None ? nullptr : dict));
  return {};
}

Result<Object> partial_class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }
Result<Object> get_dict(Partial* p) { return object_generic_get_dict(p); }
Result<void> set_dict(Partial* p, Opt<Object*> value) { return object_generic_set_dict(p, value.get()); }

constinit PyMethodDef partial_methods[] = {
    method<partial_reduce, reduce_doc>(),
    method<partial_setstate, setstate_doc>(),
    class_method<partial_class_getitem, class_getitem_doc>(),
    {},
};
constinit PyMemberDef partial_members[] = {
    member("func", T_OBJECT, offsetof(Partial, function), READONLY, "function object to use in future partial calls"),
    member("args", T_OBJECT, offsetof(Partial, args), READONLY, "tuple of arguments to future partial calls"),
    member("keywords", T_OBJECT, offsetof(Partial, keywords), READONLY,
           "dictionary of keyword arguments to future partial calls"),
    {},
};
constinit PyGetSetDef partial_get_set[] = {get_set<get_dict, set_dict>("__dict__"), {}};
}  // namespace

constinit PyTypeObject partial_type = {
    .tp_name = "functools.partial",
    .tp_basicsize = sizeof(Partial),
    .tp_dealloc = &partial_dealloc,
    .tp_vectorcall_offset = offsetof(Partial, vectorcall),
    .tp_repr = slot<partial_repr>,
    .tp_call = &partial_call,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc =
        "partial(func, *args, **keywords) - new function with partial application\n"
        "    of the given arguments and keywords.\n",
    .tp_traverse = &partial_traverse,
    .tp_clear = &partial_clear,
    .tp_weaklistoffset = offsetof(Partial, weakreflist),
    .tp_methods = partial_methods,
    .tp_members = partial_members,
    .tp_getset = partial_get_set,
    .tp_dictoffset = offsetof(Partial, dict),
    .tp_alloc = type_generic_alloc,
    .tp_new = &partial_new,
    .tp_free = object_gc_del,
};
}  // namespace adder
