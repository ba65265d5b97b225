// ast_classes: ast.AST and the making of its subclasses from the tables.
//
// AST is a class made from slots; the others are as `type(name, bases, namespace)` makes them, so that Python code can
// extend them. See        docs/parser.md, tests/python/test_ast_.py
#include "parser/ast_classes.h"

#include <cstdlib>
#include <cstring>

#include "bind/bind.h"
#include "runtime/interpreters.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::ast {
namespace {
struct Node : PyObject {
  PyObject* dict;
};

// == AST ==

Result<void> init(Node* self, adder::Tuple* args, Opt<adder::Dict*> kwargs) {
  Ref<Object> fields = TRY(object_lookup_attr(self->ob_type, id::_fields));
  isize field_count = fields ? TRY(object_size(fields)) : 0;
  isize given = tuple_size(args);
  if (field_count < given) {
    return raise(TypeError, "%.400s constructor takes at most %zd positional argument%s",
                 type_short_name(self->ob_type), field_count, field_count == 1 ? "" : "s");
  }
  for (isize i = 0; i < given; ++i) {
    Ref<Object> name = TRY(sequence_get_item(fields, i));
    TRY(object_set_attr(self, name, tuple_item(args, i)));
  }
  if (!kwargs) return {};
  isize position = 0;
  Object *key, *value;
  while (dict_next(kwargs.get(), position, key, value)) {
    Ref<Object> name = new_ref(key), held = new_ref(value);
    if (fields && TRY(sequence_contains(fields, name))) {
      isize index = TRY(sequence_index(fields, name));
      if (index < given) {
        return raise(TypeError, "%.400s got multiple values for argument '%U'", type_short_name(self->ob_type),
                     name.get());
      }
    }
    TRY(object_set_attr(self, name, held));
  }
  return {};
}
int init_slot(PyObject* self, PyObject* args, PyObject* kwargs) {
  return init(static_cast<Node*>(self), as<adder::Tuple>(args), kwargs ? as<adder::Dict>(kwargs) : nullptr).to_c();
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(self->ob_type);
  VISIT(static_cast<Node*>(self)->dict);
  return 0;
}

int clear(PyObject* self) {
  clear_field(static_cast<Node*>(self)->dict);
  return 0;
}

void dealloc(PyObject* self) {
  gc::untrack(self);
  Type* type = self->ob_type;
  clear(self);
  object_free(self);
  decref(type);
}

Result<Object> reduce(Node* self) {
  Ref<Object> state = TRY(object_generic_get_dict(self));
  return tuple_pack(static_cast<Object*>(self->ob_type), static_cast<Object*>(tuple_empty()), state.get());
}

Result<Object> get_dict(Node* self) { return object_generic_get_dict(self); }
Result<void> set_dict(Node* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "cannot delete __dict__");
  return object_generic_set_dict(self, value.get());
}

constinit PyMethodDef methods[] = {
    raw_method(
        "__reduce__", [](PyObject* self, PyObject*) { return reduce(static_cast<Node*>(self)).to_c(); }, METH_NOARGS,
        nullptr),
    {}};
constinit PyGetSetDef getset[] = {get_set<get_dict, set_dict>("__dict__"), {}};

Result<Type> make_base() {
  constexpr int kClear = 51, kDealloc = 52, kGetattro = 58, kInit = 60, kMethods = 64, kNew = 65, kSetattro = 69,
                kTraverse = 71, kGetset = 73;
  PyType_Slot slots[] = {{kClear, reinterpret_cast<void*>(clear)},
                         {kDealloc, reinterpret_cast<void*>(dealloc)},
                         {kGetattro, reinterpret_cast<void*>(object_generic_get_attr_slot)},
                         {kSetattro, reinterpret_cast<void*>(object_generic_set_attr_slot)},
                         {kInit, reinterpret_cast<void*>(init_slot)},
                         {kNew, reinterpret_cast<void*>(type_generic_new)},
                         {kTraverse, reinterpret_cast<void*>(traverse)},
                         {kMethods, methods},
                         {kGetset, getset},
                         {0, nullptr}};
  PyType_Spec spec = {"ast.AST", sizeof(Node), 0,
                      static_cast<unsigned>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC), slots};
  Ref<Type> made = as<Type>(TRY(type_from_spec(&spec)));
  made->tp_dictoffset = offsetof(Node, dict);
  for (Object* name : {id::_fields.get(), id::__match_args__.get(), id::_attributes.get()}) {
    TRY(object_set_attr(made, name, tuple_empty()));
  }
  return made;
}

// == Making the classes ==

Result<adder::Tuple> field_names(const NodeInfo* node) {
  int count = node ? node->field_count : 0;
  if (count == 0) return new_ref(tuple_empty());
  Ref<adder::Tuple> names = TRY(tuple_new(count));
  for (int i = 0; i < count; ++i) {
    Ref<Str> name = TRY(str_intern_from_string(node->fields[i].name));
    tuple_init_item(names, i, std::move(name));
  }
  return names;
}

// Keeps the interned names of the fields.
Result<void> keep_names(Str** out, const NodeInfo& node) {
  check(node.field_count <= kMaxFields, "too many fields in an AST node");
  for (int i = 0; i < node.field_count; ++i) {
    Ref<Str> name = TRY(str_intern_from_string(node.fields[i].name));
    out[i] = name.release();
  }
  return {};
}

// A class with the fields of `node` (none: a base), found as ast.NAME.
Result<Type> make_class(const char* name, const char* doc, Type* base, const NodeInfo* node) {
  Ref<adder::Dict> members = TRY(dict_new());
  Ref<adder::Tuple> fields = TRY(field_names(node));
  TRY(dict_set_item(members, id::_fields, fields));
  TRY(dict_set_item(members, id::__match_args__, fields));
  TRY(dict_set_item(members, id::__module__, id::ast));
  Ref<Str> text = TRY(str_from_string(doc));
  TRY(dict_set_item(members, id::__doc__, text));
  for (int i = 0; node && i < node->field_count; ++i) {
    if (node->fields[i].quantity != Quantity::Optional) continue;
    TRY(dict_set_item_string(members, node->fields[i].name, adder::None));
  }
  Ref<Str> class_name = TRY(str_intern_from_string(name));
  Ref<adder::Tuple> bases = TRY(tuple_pack(static_cast<Object*>(base)));
  Object* namespace_dict = members.get();
  Ref<Object> made =
      TRY(call(&PyType_Type, static_cast<Object*>(class_name), static_cast<Object*>(bases), namespace_dict));
  return as<Type>(std::move(made));
}

Result<adder::Tuple> attribute_names() {
  return tuple_pack(static_cast<Object*>(id::lineno), static_cast<Object*>(id::col_offset),
                    static_cast<Object*>(id::end_lineno), static_cast<Object*>(id::end_col_offset));
}

Result<void> add_attributes(Type* type, const TypeInfo& info) {
  Ref<adder::Tuple> names = info.has_attributes ? TRY(attribute_names()) : new_ref(tuple_empty());
  TRY(object_set_attr(type, id::_attributes, names));
  if (info.has_attributes && info.end_is_optional) {
    TRY(object_set_attr(type, id::end_lineno, adder::None));
    TRY(object_set_attr(type, id::end_col_offset, adder::None));
  }
  return {};
}

Result<void> fill(Classes* all) {
  Ref<Type> base = TRY(make_base());
  all->base = base;
  int next = 0;
  for (int i = 0; i < kTypeCount; ++i) {
    const TypeInfo& info = kTypes[i];
    all->first_node[i] = next;
    bool product = info.shape == TypeShape::Product;
    Ref<Type> type = TRY(make_class(info.name, info.doc, base, product ? &info.nodes[0] : nullptr));
    TRY(add_attributes(type, info));
    all->types[i] = type;
    if (product) {
      TRY(keep_names(all->names[next], info.nodes[0]));
      all->nodes[next++] = type.release();
      continue;
    }
    for (int k = 0; k < info.node_count; ++k) {
      Ref<Type> node = TRY(make_class(info.nodes[k].name, info.nodes[k].doc, type, &info.nodes[k]));
      if (info.shape == TypeShape::Enum) {
        Ref<Object> only = TRY(object_call_no_args(node));
        all->singletons[next] = only.release();
      }
      TRY(keep_names(all->names[next], info.nodes[k]));
      all->nodes[next++] = node.release();
    }
    (void)type.release();
  }
  (void)base.release();
  return {};
}
}  // namespace

Classes* classes() {
  Interpreter* owner = interpreter();
  if (owner->ast_classes) return static_cast<Classes*>(owner->ast_classes);
  check(kTypeCount <= kMaxTypes, "too many AST types");
  auto* all = static_cast<Classes*>(std::calloc(1, sizeof(Classes)));
  if (!all) {
    (void)raise_no_memory();
    return nullptr;
  }
  if (fill(all).failed()) {
    std::free(all);
    return nullptr;
  }
  owner->ast_classes = all;
  return all;
}
}  // namespace adder::ast

namespace adder {
void ast_classes_finalize(Interpreter* owner) {
  auto* all = static_cast<ast::Classes*>(std::exchange(owner->ast_classes, nullptr));
  if (!all) return;
  for (Type*& type : all->types) {
    // A product's class is also its node, and owned there.
    bool product = false;
    for (Type* node : all->nodes) product |= node == type;
    if (!product) clear_field(type);
  }
  for (Object*& singleton : all->singletons) clear_field(singleton);
  for (Type*& node : all->nodes) clear_field(node);
  for (auto& names : all->names)
    for (Str*& name : names) clear_field(name);
  clear_field(all->base);
  std::free(all);
}
}  // namespace adder
