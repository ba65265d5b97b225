// generic_alias: list[int] and its relatives (PEP 585), unpacked as *tuple[int, str] (PEP 646).
//
// An alias behaves like its origin except for what concerns the alias itself: calls make instances of the origin, most
// attributes are the origin's.
#include "bind/bind.h"
#include "object/fields.h"
#include "runtime/builtins.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_variables.h"

ADDER_EXPORT PyTypeObject _Py_GenericAliasIterType;

namespace adder {
namespace {

struct GenericAlias : PyObject {
  PyObject *origin, *args;
  PyObject* parameters;  // null: not computed yet
  PyObject* weak_references;
  bool starred;  // unpacked: *alias
  vectorcallfunc vectorcall;
};
struct AliasIterator : PyObject {
  PyObject* alias;  // null once used up
};

GenericAlias* as_alias(Object* object) { return static_cast<GenericAlias*>(object); }

PyObject* alias_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf, PyObject* names);

Result<GenericAlias> alias_make(Type* type, Object* origin, Object* args, bool starred) {
  Ref<Tuple> tuple = is_tuple(args) ? new_ref(as<Tuple>(args)) : TRY(tuple_pack(args));
  Ref<Object> object = TRY(object_new_zeroed(type));
  GenericAlias* self = as_alias(object.get());
  self->origin = new_ref(origin).release();
  self->args = tuple.release();
  self->starred = starred;
  self->vectorcall = vectorcall_of(origin) || origin->ob_type == &PyType_Type ? alias_vectorcall : nullptr;
  return as<GenericAlias>(std::move(object));
}

// The instance remembers which alias made it, if it can.
Result<void> remember_alias(Object* instance, Object* alias) {
  auto set = object_set_attr(instance, id::__orig_class__, alias);
  if (!set.failed()) return {};
  if (!error_matches(AttributeError) && !error_matches(TypeError)) return Error{};
  error_clear();
  return {};
}

PyObject* alias_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  Ref<Object> instance =
      TRY_C(nullptr, object_vectorcall(as_alias(self)->origin, args, nargsf, reinterpret_cast<Tuple*>(names)));
  TRY_C(nullptr, remember_alias(instance, self));
  return instance.release();
}

PyObject* alias_call(PyObject* self, PyObject* args, PyObject* kwargs) {
  Ref<Object> instance = TRY_C(nullptr, object_call(as_alias(self)->origin, args, kwargs));
  TRY_C(nullptr, remember_alias(instance, self));
  return instance.release();
}

// == Text, hash, comparison ==

Result<void> write_argument(StrWriter& writer, Object* arg) {
  if (!is_list(arg)) return write_type_repr(writer, arg);
  TRY(writer.write_char('['));
  for (isize i = 0; i < list_size(as<List>(arg)); ++i) {
    if (i) TRY(writer.write_ascii(", "));
    Ref<Object> item = new_ref(list_item(as<List>(arg), i));
    TRY(write_type_repr(writer, item));
  }
  return writer.write_char(']');
}

Result<Object> alias_repr(GenericAlias* self) {
  Tuple* args = as<Tuple>(self->args);
  StrWriter writer;
  if (self->starred) TRY(writer.write_char('*'));
  TRY(write_type_repr(writer, self->origin));
  TRY(writer.write_char('['));
  for (isize i = 0; i < args->ob_size; ++i) {
    if (i) TRY(writer.write_ascii(", "));
    TRY(write_argument(writer, args->ob_item[i]));
  }
  if (args->ob_size == 0) TRY(writer.write_ascii("()"));
  TRY(writer.write_char(']'));
  return writer.finish();
}

Result<isize> alias_hash(GenericAlias* self) {
  Py_hash_t of_origin = TRY(object_hash(self->origin));
  Py_hash_t of_args = TRY(object_hash(self->args));
  Py_hash_t hash = of_origin ^ of_args;
  return hash == -1 ? -2 : hash;
}

Result<Object> alias_compare(Object* left, Object* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !type_check(left, &Py_GenericAliasType) ||
      !type_check(right, &Py_GenericAliasType)) {
    return not_implemented();
  }
  bool equal = as_alias(left)->starred == as_alias(right)->starred &&
               TRY(object_equal(as_alias(left)->origin, as_alias(right)->origin))
  &&TRY(object_equal(as_alias(left)->args, as_alias(right)->args));
  return bool_result(equal == (op == Py_EQ));
}

// == Attributes ==

// What an alias answers itself.
constexpr const char* kOwnAttributes[] = {"__class__",
                                          "__bases__",
                                          "__origin__",
                                          "__args__",
                                          "__unpacked__",
                                          "__parameters__",
                                          "__typing_unpacked_tuple_args__",
                                          "__mro_entries__",
                                          "__reduce_ex__",
                                          "__reduce__",
                                          "__copy__",
                                          "__deepcopy__"};

Result<Object> alias_get_attr(GenericAlias* self, Object* name) {
  if (is_str(name)) {
    bool own = false;
    for (const char* each : kOwnAttributes) own = own || str_equals(as<Str>(name), each);
    if (!own) return object_get_attr(self->origin, name);
  }
  return object_generic_get_attr(self, name);
}

Result<Object> alias_get_parameters(GenericAlias* self) {
  if (!self->parameters) self->parameters = TRY(find_type_parameters(as<Tuple>(self->args)))
  .release();
  return Result<Object>::share(self->parameters);
}

Result<Object> alias_get_unpacked_args(GenericAlias* self) {
  bool unpacked_tuple = self->starred && self->origin == static_cast<Object*>(&PyTuple_Type);
  return Result<Object>::share(unpacked_tuple ? self->args : None);
}

Result<Object> alias_get_item(GenericAlias* self, Object* item) {
  Ref<Object> parameters = TRY(alias_get_parameters(self));
  Ref<Tuple> args = TRY(substitute_type_parameters(self, as<Tuple>(self->args), as<Tuple>(parameters.get()), item));
  return alias_make(&Py_GenericAliasType, self->origin, args, self->starred);
}

Result<Object> alias_or(Object* left, Object* right) { return union_from_types(left, right); }

// == Methods ==

Result<Object> alias_mro_entries(GenericAlias* self, Object*) { return tuple_pack(self->origin); }
Result<Object> alias_instancecheck(GenericAlias*, Object*) {
  return raise(TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Result<Object> alias_subclasscheck(GenericAlias*, Object*) {
  return raise(TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

Result<Object> alias_reduce(GenericAlias* self) {
  if (self->starred) {  // next(iter(alias))
    Ref<GenericAlias> plain = TRY(alias_make(&Py_GenericAliasType, self->origin, self->args, false));
    Ref<Object> iterator = TRY(object_get_iter(plain));
    Ref<Object> next = TRY(builtins_get(id::next));
    Ref<Tuple> args = TRY(tuple_pack(iterator.get()));
    return tuple_pack(next.get(), static_cast<Object*>(args.get()));
  }
  Ref<Tuple> args = TRY(tuple_pack(self->origin, self->args));
  return tuple_pack(static_cast<Object*>(self->ob_type), static_cast<Object*>(args.get()));
}

Result<Object> alias_dir(GenericAlias* self) {
  Ref<Object> names = TRY(object_dir(self->origin));
  for (const char* each : kOwnAttributes) {
    Ref<Str> name = TRY(str_intern_from_string(each));
    if (!TRY(sequence_contains(names, name))) TRY(list_append(as<List>(names.get()), name));
  }
  return names;
}

Result<Object> alias_iter(GenericAlias* self) {
  Ref<AliasIterator> iterator = TRY(object_new<AliasIterator>(&_Py_GenericAliasIterType));
  iterator->alias = new_ref(static_cast<Object*>(self)).release();
  gc::track(iterator);
  return iterator;
}

Result<Object> alias_new(Type* type, Object* origin, Object* args) { return alias_make(type, origin, args, false); }

PyObject* alias_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (kwargs && dict_size(as<Dict>(kwargs))) {
    return Result<Object>(raise(TypeError, "GenericAlias() takes no keyword arguments")).to_c();
  }
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size != 2) {
    return Result<Object>(raise(TypeError, "GenericAlias expected 2 arguments, got %zd", tuple->ob_size)).to_c();
  }
  return alias_new(type, tuple->ob_item[0], tuple->ob_item[1]).to_c();
}

void alias_dealloc(PyObject* object) {
  GenericAlias* self = as_alias(object);
  gc::untrack(self);
  if (self->weak_references) weakref_clear_all(self);
  clear_field(self->origin);
  clear_field(self->args);
  clear_field(self->parameters);
  self->ob_type->tp_free(self);
}

int alias_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as_alias(object)->origin);
  VISIT(as_alias(object)->args);
  VISIT(as_alias(object)->parameters);
  return 0;
}

// == The iterator: yields the unpacked alias, once ==

Maybe<Object> iterator_next(AliasIterator* self) {
  if (!self->alias) return nullptr;
  Ref<Object> alias = Ref<Object>::steal(std::exchange(self->alias, nullptr));
  return alias_make(&Py_GenericAliasType, as_alias(alias)->origin, as_alias(alias)->args, true);
}

Result<Object> iterator_reduce(AliasIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  Ref<Tuple> args = TRY(tuple_pack(self->alias ? self->alias : static_cast<Object*>(tuple_empty())));
  return tuple_pack(iter.get(), static_cast<Object*>(args.get()));
}

using IteratorFields = OwnedFields<&AliasIterator::alias>;

constexpr Doc mro_entries_doc = "__mro_entries__($self, bases, /)\n--\n\n";
constexpr Doc instancecheck_doc = "__instancecheck__($self, instance, /)\n--\n\n";
constexpr Doc subclasscheck_doc = "__subclasscheck__($self, subclass, /)\n--\n\n";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constexpr Doc dir_doc = "__dir__($self, /)\n--\n\n";

constinit PyMethodDef alias_methods[] = {method<alias_mro_entries, mro_entries_doc>(),
                                         method<alias_instancecheck, instancecheck_doc>(),
                                         method<alias_subclasscheck, subclasscheck_doc>(),
                                         method<alias_reduce, reduce_doc>(),
                                         method<alias_dir, dir_doc>(),
                                         {}};
constinit PyMemberDef alias_members[] = {member("__origin__", T_OBJECT, offsetof(GenericAlias, origin), READONLY),
                                         member("__args__", T_OBJECT, offsetof(GenericAlias, args), READONLY),
                                         member("__unpacked__", T_BOOL, offsetof(GenericAlias, starred), READONLY),
                                         {}};
constinit PyGetSetDef alias_getset[] = {
    get_set<alias_get_parameters>("__parameters__", "Type variables in the GenericAlias."),
    get_set<alias_get_unpacked_args>("__typing_unpacked_tuple_args__"),
    {}};
constinit PyMappingMethods alias_as_mapping = {.mp_subscript = slot<alias_get_item>};
constinit PyNumberMethods alias_as_number = {.nb_or = slot<alias_or>};
constinit PyMethodDef iterator_methods[] = {method<iterator_reduce, reduce_doc>(), {}};

}  // namespace

Result<Object> generic_alias_new(Object* origin, Object* arguments) {
  return alias_make(&Py_GenericAliasType, origin, arguments, false);
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject Py_GenericAliasType = {
    .tp_name = "types.GenericAlias",
    .tp_basicsize = sizeof(GenericAlias),
    .tp_dealloc = alias_dealloc,
    .tp_vectorcall_offset = offsetof(GenericAlias, vectorcall),
    .tp_repr = slot<alias_repr>,
    .tp_as_number = &alias_as_number,
    .tp_as_mapping = &alias_as_mapping,
    .tp_hash = slot<alias_hash>,
    .tp_call = alias_call,
    .tp_getattro = slot<alias_get_attr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc =
        "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    .tp_traverse = alias_traverse,
    .tp_richcompare = slot<alias_compare>,
    .tp_weaklistoffset = offsetof(GenericAlias, weak_references),
    .tp_iter = slot<alias_iter>,
    .tp_methods = alias_methods,
    .tp_members = alias_members,
    .tp_getset = alias_getset,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = alias_new_slot,
    .tp_free = object_gc_del,
};

constinit PyTypeObject _Py_GenericAliasIterType = {
    .tp_name = "generic_alias_iterator",
    .tp_basicsize = sizeof(AliasIterator),
    .tp_dealloc = IteratorFields::dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = IteratorFields::traverse,
    .tp_iter = &PyObject_SelfIter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
