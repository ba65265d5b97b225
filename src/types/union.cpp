// union: int | str as an object (PEP 604).
#include "bind/bind.h"
#include "object/fields.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_variables.h"

namespace adder {
namespace {

struct Union : PyObject {
  PyObject* args;        // a tuple
  PyObject* parameters;  // null: not computed yet
};

bool is_alias(const Object* object) { return type_check(object, &Py_GenericAliasType); }
bool is_unionable(Object* object) { return object == None || is_type(object) || is_alias(object) || is_union(object); }
Tuple* args_of(Object* object) { return as<Tuple>(static_cast<Union*>(object)->args); }

// Appends `item` unless it is there; None stands for its type. Aliases compare by value, classes by identity.
Result<void> append_member(List* members, Object* item) {
  if (item == None) item = static_cast<Object*>(&_PyNone_Type);
  for (isize i = 0; i < list_size(members); ++i) {
    Object* known = list_item(members, i);
    if (known == item) return {};
    if (is_alias(known) && is_alias(item) && TRY(object_equal(known, item))) return {};
  }
  return list_append(members, item);
}

Result<void> append_flattened(List* members, Object* item) {
  if (!is_union(item)) return append_member(members, item);
  Tuple* args = args_of(item);
  for (isize i = 0; i < args->ob_size; ++i) TRY(append_member(members, args->ob_item[i]));
  return {};
}

Result<Object> union_or(Object* left, Object* right) { return union_from_types(left, right); }

Result<Object> union_repr(Union* self) {
  Tuple* args = args_of(self);
  StrWriter writer;
  for (isize i = 0; i < args->ob_size; ++i) {
    if (i) TRY(writer.write_ascii(" | "));
    TRY(write_type_repr(writer, args->ob_item[i]));
  }
  return writer.finish();
}

Result<isize> union_hash(Union* self) {
  Ref<Set> set = TRY(frozenset_new(self->args));
  return object_hash(set);
}

Result<Object> union_compare(Object* left, Object* right, int op) {
  if (!is_union(right) || (op != Py_EQ && op != Py_NE)) return not_implemented();
  Ref<Set> of_left = TRY(set_new(static_cast<Object*>(args_of(left))));
  Ref<Set> of_right = TRY(set_new(static_cast<Object*>(args_of(right))));
  return object_rich_compare(of_left, of_right, op);
}

Result<Object> union_get_parameters(Union* self) {
  if (!self->parameters) self->parameters = TRY(find_type_parameters(args_of(self)))
  .release();
  return Result<Object>::share(self->parameters);
}

Result<Object> union_get_item(Union* self, Object* item) {
  Ref<Object> parameters = TRY(union_get_parameters(self));
  Ref<Tuple> args = TRY(substitute_type_parameters(self, args_of(self), as<Tuple>(parameters.get()), item));
  Ref<Object> result = new_ref(args->ob_item[0]);
  for (isize i = 1; i < args->ob_size; ++i) result = TRY(number_or(result, args->ob_item[i]));
  return result;
}

// The module is that of the type: types.
Result<Object> union_get_attr(Object* self, Object* name) {
  if (is_str(name) && str_equals(as<Str>(name), "__module__")) return object_get_attr(self->ob_type, name);
  return object_generic_get_attr(self, name);
}

using UnionFields = OwnedFields<&Union::args, &Union::parameters>;

constinit PyMemberDef union_members[] = {member("__args__", T_OBJECT, offsetof(Union, args), READONLY), {}};
constinit PyGetSetDef union_getset[] = {
    get_set<union_get_parameters>("__parameters__", "Type variables in the types.UnionType."), {}};
constinit PyNumberMethods union_as_number = {.nb_or = slot<union_or>};
constinit PyMappingMethods union_as_mapping = {.mp_subscript = slot<union_get_item>};

}  // namespace

Tuple* union_args(Object* object) { return args_of(object); }

Result<Object> union_from_types(Object* left, Object* right) {
  if (!is_unionable(left) || !is_unionable(right)) return not_implemented();
  Ref<List> members = TRY(list_new());
  TRY(append_flattened(members, left));
  TRY(append_flattened(members, right));
  if (list_size(members) == 1) return Result<Object>::share(list_item(members, 0));
  Ref<Tuple> args = TRY(list_as_tuple(members));
  Ref<Union> made = TRY(object_new<Union>(&_PyUnion_Type));
  made->args = args.release();
  made->parameters = nullptr;
  gc::track(made);
  return made;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject _PyUnion_Type = {
    .tp_name = "types.UnionType",
    .tp_basicsize = sizeof(Union),
    .tp_dealloc = UnionFields::dealloc,
    .tp_repr = slot<union_repr>,
    .tp_as_number = &union_as_number,
    .tp_as_mapping = &union_as_mapping,
    .tp_hash = slot<union_hash>,
    .tp_getattro = slot<union_get_attr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Represent a PEP 604 union type\n\nE.g. for int | str",
    .tp_traverse = UnionFields::traverse,
    .tp_richcompare = slot<union_compare>,
    .tp_members = union_members,
    .tp_getset = union_getset,
};
