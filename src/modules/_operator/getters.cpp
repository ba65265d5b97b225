// getters: itemgetter, attrgetter and methodcaller.
//
// One layout for the three: `items` are the keys, the attribute paths (a str, or a tuple of str for a dotted one), or
// the positional arguments of the method. An itemgetter of one int reads exact tuples directly.
#include "modules/_operator/getters.h"

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Getter : PyObject {
  vectorcallfunc vectorcall;
  Tuple* items;
  Str* name;       // of the method; else null
  Dict* keywords;  // of the method call; else null
  isize index;     // of an itemgetter of one int that is not negative; else -1
};

Result<Getter> getter_new(Type* type, Ref<Tuple>&& items, vectorcallfunc vectorcall) {
  Ref<Getter> self = TRY(object_new<Getter>(type));
  self->vectorcall = vectorcall;
  self->items = items.release();
  self->name = nullptr;
  self->keywords = nullptr;
  self->index = -1;
  gc::track(self);
  return self;
}
int getter_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<Getter*>(self)->items);
  VISIT(static_cast<Getter*>(self)->keywords);
  return 0;
}
int getter_clear(PyObject* self) {
  clear_field(static_cast<Getter*>(self)->items);
  if (Str* name = std::exchange(static_cast<Getter*>(self)->name, nullptr)) {
    Ref<Str> released = Ref<Str>::steal(name);
  }
  clear_field(static_cast<Getter*>(self)->keywords);
  return 0;
}
void getter_dealloc(PyObject* self) {
  gc::untrack(self);
  getter_clear(self);
  object_free(self);
}

// The one argument of a call, or null with a TypeError.
Object* only_argument(const char* name, PyObject* const* args, usize nargsf, PyObject* keyword_names) {
  isize count = static_cast<isize>(vectorcall_nargs(nargsf));
  if (keyword_names && tuple_size(as<Tuple>(keyword_names))) {
    (void)raise(TypeError, "%s() takes no keyword arguments", name);
    return nullptr;
  }
  if (count != 1) {
    (void)raise(TypeError, "%s expected 1 argument, got %zd", name, count);
    return nullptr;
  }
  return args[0];
}
bool refuse_keywords(const char* name, PyObject* kwargs) {
  if (!kwargs || dict_size(as<Dict>(kwargs)) == 0) return false;
  (void)raise(TypeError, "%s() takes no keyword arguments", name);
  return true;
}

// repr of "operator.name(items…)".
Result<void> write_items(StrWriter& writer, Tuple* items, bool first) {
  for (isize i = 0; i < tuple_size(items); ++i) {
    if (!first) TRY(writer.write_ascii(", "));
    first = false;
    TRY(writer.write_repr(tuple_item(items, i)));
  }
  return {};
}
// The shared frame of the three reprs: "(...)" inside itself.
template <class Body>
Result<Str> guarded_repr(Getter* self, Body&& body) {
  if (TRY(repr_enter(self))) return str_from_format("%s(...)", type_of(self)->tp_name);
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{self};
  StrWriter writer(40);
  TRY(writer.write_utf8(type_of(self)->tp_name));
  TRY(writer.write_char('('));
  TRY(body(writer));
  TRY(writer.write_char(')'));
  return writer.finish();
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling";

// == itemgetter ==

Result<Object> get_one_item(Getter* self, Object* object) {
  if (self->index >= 0 && is_tuple_exact(object) && self->index < tuple_size(as<Tuple>(object))) {
    return new_ref(tuple_item(as<Tuple>(object), self->index));
  }
  Ref<Object> key = new_ref(tuple_item(self->items, 0));
  return object_get_item(object, key);
}
PyObject* itemgetter_vectorcall(PyObject* callable, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  Object* object = only_argument("itemgetter", args, nargsf, names);
  if (!object) return nullptr;
  Getter* self = static_cast<Getter*>(callable);
  auto get = [&]() -> Result<Object> {
    isize count = tuple_size(self->items);
    if (count == 1) return get_one_item(self, object);
    Ref<Tuple> items = new_ref(self->items);
    Ref<Tuple> result = TRY(tuple_new(count));
    for (isize i = 0; i < count; ++i) tuple_init_item(result, i, TRY(object_get_item(object, tuple_item(items, i))));
    return result;
  };
  return get().to_c();
}
PyObject* itemgetter_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (refuse_keywords("itemgetter", kwargs)) return nullptr;
  auto make = [&]() -> Result<Object> {
    Tuple* items = as<Tuple>(args);
    if (tuple_size(items) < 1) return raise(TypeError, "itemgetter expected 1 argument, got 0");
    Ref<Getter> self = TRY(getter_new(type, new_ref(items), itemgetter_vectorcall));
    if (tuple_size(items) == 1 && is_int_exact(tuple_item(items, 0))) {
      Int* index = as<Int>(tuple_item(items, 0));
      if (int_is_single(index) && int_sign(index) >= 0) self->index = int_single_value(index);
    }
    return self;
  };
  return make().to_c();
}
Result<Str> itemgetter_repr(Getter* self) {
  return guarded_repr(self, [&](StrWriter& writer) { return write_items(writer, self->items, true); });
}
Result<Object> itemgetter_reduce(Getter* self) {
  return tuple_pack(static_cast<Object*>(type_of(self)), static_cast<Object*>(self->items));
}

// == attrgetter ==

Result<Object> get_path(Object* object, Object* path) {
  if (is_str(path)) return object_get_attr(object, path);
  Ref<Object> value = new_ref(object);
  Ref<Tuple> names = new_ref(as<Tuple>(path));
  for (isize i = 0; i < tuple_size(names); ++i) value = TRY(object_get_attr(value, tuple_item(names, i)));
  return value;
}
PyObject* attrgetter_vectorcall(PyObject* callable, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  Object* object = only_argument("attrgetter", args, nargsf, names);
  if (!object) return nullptr;
  auto get = [&]() -> Result<Object> {
    Ref<Tuple> paths = new_ref(static_cast<Getter*>(callable)->items);
    isize count = tuple_size(paths);
    if (count == 1) return get_path(object, tuple_item(paths, 0));
    Ref<Tuple> result = TRY(tuple_new(count));
    for (isize i = 0; i < count; ++i) tuple_init_item(result, i, TRY(get_path(object, tuple_item(paths, i))));
    return result;
  };
  return get().to_c();
}
// An interned name, or the tuple of the names between dots.
Result<Object> path_of(Str* text) {
  if (str_find_char(text, '.', 0, str_length(text), 1) < 0) {
    Ref<Str> name = TRY(str_from_object(reinterpret_cast<Object*>(text)));
    return str_intern(std::move(name));
  }
  Ref<Str> dot = TRY(str_from_ordinal('.'));
  Ref<List> parts = TRY(str_split(text, dot.get(), -1));
  Ref<Tuple> path = TRY(tuple_new(list_size(parts)));
  for (isize i = 0; i < list_size(parts); ++i) {
    tuple_init_item(path, i, str_intern(new_ref(as<Str>(list_item(parts, i)))));
  }
  return path;
}
PyObject* attrgetter_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (refuse_keywords("attrgetter", kwargs)) return nullptr;
  auto make = [&]() -> Result<Object> {
    Tuple* names = as<Tuple>(args);
    isize count = tuple_size(names);
    if (count < 1) return raise(TypeError, "attrgetter expected 1 argument, got 0");
    Ref<Tuple> paths = TRY(tuple_new(count));
    for (isize i = 0; i < count; ++i) {
      if (!is_str(tuple_item(names, i))) return raise(TypeError, "attribute name must be a string");
      tuple_init_item(paths, i, TRY(path_of(as<Str>(tuple_item(names, i)))));
    }
    return getter_new(type, std::move(paths), attrgetter_vectorcall);
  };
  return make().to_c();
}
// The arguments as they were given.
Result<Tuple> attribute_names(Getter* self) {
  isize count = tuple_size(self->items);
  Ref<Tuple> names = TRY(tuple_new(count));
  Ref<Str> dot = TRY(str_from_ordinal('.'));
  for (isize i = 0; i < count; ++i) {
    Object* path = tuple_item(self->items, i);
    if (is_str(path))
      tuple_init_item(names, i, new_ref(path));
    else
      tuple_init_item(names, i, TRY(str_join(dot, path)));
  }
  return names;
}
Result<Str> attrgetter_repr(Getter* self) {
  Ref<Tuple> names = TRY(attribute_names(self));
  return guarded_repr(self, [&](StrWriter& writer) { return write_items(writer, names, true); });
}
Result<Object> attrgetter_reduce(Getter* self) {
  Ref<Tuple> names = TRY(attribute_names(self));
  return tuple_pack(static_cast<Object*>(type_of(self)), static_cast<Object*>(names));
}

// == methodcaller ==

PyObject* methodcaller_vectorcall(PyObject* callable, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  Object* object = only_argument("methodcaller", args, nargsf, names);
  if (!object) return nullptr;
  Ref<Getter> self = new_ref(static_cast<Getter*>(callable));
  auto invoke = [&]() -> Result<Object> {
    isize count = tuple_size(self->items);
    Object* name = reinterpret_cast<Object*>(self->name);
    if (!self->keywords && count == 0) return call_method(object, name);
    Ref<Object> method = TRY(object_get_attr(object, name));
    return object_call(method, self->items, static_cast<Object*>(self->keywords));
  };
  return invoke().to_c();
}
PyObject* methodcaller_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  auto make = [&]() -> Result<Object> {
    Tuple* given = as<Tuple>(args);
    if (tuple_size(given) < 1) {
      return raise(TypeError, "methodcaller needs at least one argument, the method name");
    }
    if (!is_str(tuple_item(given, 0))) return raise(TypeError, "method name must be a string");
    Ref<Str> name = TRY(str_from_object(tuple_item(given, 0)));
    Ref<Tuple> positional = TRY(tuple_get_slice(given, 1, tuple_size(given)));
    Ref<Dict> keywords;
    if (kwargs && dict_size(as<Dict>(kwargs))) keywords = TRY(dict_copy(as<Dict>(kwargs)));
    Ref<Getter> self = TRY(getter_new(type, std::move(positional), methodcaller_vectorcall));
    self->name = str_intern(std::move(name)).release();
    self->keywords = keywords.release();
    return self;
  };
  return make().to_c();
}
Result<Str> methodcaller_repr(Getter* self) {
  return guarded_repr(self, [&](StrWriter& writer) -> Result<void> {
    TRY(writer.write_repr(reinterpret_cast<Object*>(self->name)));
    TRY(write_items(writer, self->items, false));
    isize position = 0;
    Object *key, *value;
    while (self->keywords && dict_next(self->keywords, position, key, value)) {
      Ref<Object> held_key = new_ref(key), held_value = new_ref(value);
      TRY(writer.write_ascii(", "));
      TRY(writer.write_object(held_key));
      TRY(writer.write_char('='));
      TRY(writer.write_repr(held_value));
    }
    return {};
  });
}
Result<Object> methodcaller_reduce(Getter* self) {
  Object *type = type_of(self), *name = reinterpret_cast<Object*>(self->name);
  Ref<Tuple> first = TRY(tuple_pack(name));
  if (!self->keywords) {
    Ref<Object> all = TRY(sequence_concat(first, self->items));
    return tuple_pack(type, all.get());
  }
  // Keywords travel in a partial.
  Ref<Object> partial = TRY(import_attribute("functools", "partial"));
  Ref<Tuple> arguments = TRY(tuple_pack(type, name));
  Ref<Object> constructor_object = TRY(object_call(partial, arguments, static_cast<Object*>(self->keywords)));
  return tuple_pack(constructor_object.get(), static_cast<Object*>(self->items));
}

constinit PyMethodDef itemgetter_methods[] = {method<itemgetter_reduce, reduce_doc>(), {}};
constinit PyMethodDef attrgetter_methods[] = {method<attrgetter_reduce, reduce_doc>(), {}};
constinit PyMethodDef methodcaller_methods[] = {method<methodcaller_reduce, reduce_doc>(), {}};

consteval Type getter_type(const char* name, const char* doc, reprfunc repr, newfunc make, PyMethodDef* methods) {
  Type type{};
  type.tp_name = name;
  type.tp_basicsize = sizeof(Getter);
  type.tp_dealloc = getter_dealloc;
  type.tp_vectorcall_offset = offsetof(Getter, vectorcall);
  type.tp_repr = repr;
  type.tp_call = vectorcall_call;
  type.tp_getattro = object_generic_get_attr_slot;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL;
  type.tp_doc = doc;
  type.tp_traverse = getter_traverse;
  type.tp_clear = getter_clear;
  type.tp_methods = methods;
  type.tp_new = make;
  type.tp_free = object_gc_del;
  return type;
}
}  // namespace

constinit Type itemgetter_type = getter_type("operator.itemgetter",
                                             "itemgetter(item, ...) --> itemgetter object\n\nReturn a callable object "
                                             "that fetches the given item(s) from its operand.\nAfter f = "
                                             "itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, "
                                             "3), the call g(r) returns (r[2], r[5], r[3])",
                                             slot<itemgetter_repr>, itemgetter_new, itemgetter_methods);
constinit Type attrgetter_type = getter_type("operator.attrgetter",
                                             "attrgetter(attr, ...) --> attrgetter object\n\nReturn a callable object "
                                             "that fetches the given attribute(s) from its "
                                             "operand.\nAfter f = attrgetter('name'), the call f(r) returns "
                                             "r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns "
                                             "(r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the "
                                             "call h(r) returns\n(r.name.first, r.name.last).",
                                             slot<attrgetter_repr>, attrgetter_new, attrgetter_methods);
constinit Type methodcaller_type = getter_type("operator.methodcaller",
                                               "methodcaller(name, ...) --> methodcaller object\n\nReturn a callable "
                                               "object that calls the given method on its operand.\nAfter f = "
                                               "methodcaller('name'), the call f(r) returns r.name().\nAfter g = "
                                               "methodcaller('name', 'date', foo=1), the call g(r) "
                                               "returns\nr.name('date', foo=1).",
                                               slot<methodcaller_repr>, methodcaller_new, methodcaller_methods);
}  // namespace adder
