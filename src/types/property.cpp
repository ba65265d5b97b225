// property: computed attributes.
#include "bind/bind.h"
#include "types/str.h"

namespace adder {
namespace {

struct Property : PyObject {
  PyObject *get, *set, *del, *doc, *name;
  int getter_doc;  // the doc is the getter's
};

Object* absent_if_none(Object* object) { return object == None ? nullptr : object; }

Error raise_no_accessor(Property* self, Object* object, const char* what) {
  auto type_name = type_get_qualname(object->ob_type);
  if (type_name.failed()) return {};
  Ref<Object> qualname = type_name.take();
  if (self->name) return raise(AttributeError, "property %R of %R object has no %s", self->name, qualname.get(), what);
  return raise(AttributeError, "property of %R object has no %s", qualname.get(), what);
}

Result<Object> property_descr_get(Property* self, Opt<Object*> object, Opt<Object*>) {
  if (!object || *object == None) return Result<Object>::share(self);
  if (!self->get) return raise_no_accessor(self, *object, "getter");
  Ref<Object> get = new_ref(self->get);
  return object_call_one_arg(get, *object);
}

Result<void> property_descr_set(Property* self, Object* object, Opt<Object*> value) {
  if (!(value ? self->set : self->del)) return raise_no_accessor(self, object, value ? "setter" : "deleter");
  Ref<Object> function = new_ref(value ? self->set : self->del);
  Ref<Object> result = value ? TRY(call(function, object, *value)) : TRY(call(function, object));
  return {};
}

// == Copies with another accessor ==

Result<Object> property_copy(Property* self, Object* get, Object* set, Object* del) {
  Object* new_get = absent_if_none(get) ? get : self->get ? self->get : None;
  Object* new_set = absent_if_none(set) ? set : self->set ? self->set : None;
  Object* new_del = absent_if_none(del) ? del : self->del ? self->del : None;
  Object* doc = self->getter_doc && new_get != None ? None : self->doc ? self->doc : None;
  Ref<Object> made = TRY(call(static_cast<Object*>(self->ob_type), new_get, new_set, new_del, doc));
  if (type_check(made, &PyProperty_Type) && self->name)
    set_field(static_cast<Property*>(made.get())->name, new_ref(self->name));
  return made;
}

Result<Object> property_getter(Property* self, Object* function) { return property_copy(self, function, None, None); }
Result<Object> property_setter(Property* self, Object* function) { return property_copy(self, None, function, None); }
Result<Object> property_deleter(Property* self, Object* function) { return property_copy(self, None, None, function); }

Result<void> property_set_name(Property* self, Tuple* args) {
  if (args->ob_size != 2) {
    return raise(TypeError, "__set_name__() takes 2 positional arguments but %zd were given", args->ob_size);
  }
  set_field(self->name, new_ref(args->ob_item[1]));
  return {};
}

Result<void> property_init(Property* self, Object* get, Object* set, Object* del, Object* doc) {
  set_field(self->get, Ref<Object>::share_or_empty(absent_if_none(get)));
  set_field(self->set, Ref<Object>::share_or_empty(absent_if_none(set)));
  set_field(self->del, Ref<Object>::share_or_empty(absent_if_none(del)));
  set_field(self->doc, Ref<Object>());
  set_field(self->name, Ref<Object>());
  self->getter_doc = 0;
  Ref<Object> text = Ref<Object>::share_or_empty(absent_if_none(doc));
  if (text || !self->get) {
    set_field(self->doc, std::move(text));
    return {};
  }
  text = TRY(object_lookup_attr(self->get, id::__doc__));
  if (!text) return {};
  self->getter_doc = 1;
  if (self->ob_type == &PyProperty_Type) {
    set_field(self->doc, std::move(text));
    return {};
  }
  // A subclass's own __doc__ hides the member: the getter's text goes into the instance.
  return object_set_attr(self, id::__doc__, text);
}

Result<Object> property_get_abstract(Property* self) {
  for (Object* function : {self->get, self->set, self->del}) {
    if (!function) continue;
    Ref<Object> mark = TRY(object_lookup_attr(function, id::__isabstractmethod__));
    if (mark && TRY(object_is_true(mark))) return bool_result(true);
  }
  return bool_result(false);
}

void property_dealloc(PyObject* object) {
  Property* self = static_cast<Property*>(object);
  gc::untrack(self);
  Trashcan trashcan(object);
  if (trashcan.deferred()) return;
  clear_field(self->get);
  clear_field(self->set);
  clear_field(self->del);
  clear_field(self->doc);
  clear_field(self->name);
  self->ob_type->tp_free(self);
}

int property_traverse(PyObject* object, visitproc visit, void* arg) {
  Property* self = static_cast<Property*>(object);
  VISIT(self->get);
  VISIT(self->set);
  VISIT(self->del);
  VISIT(self->doc);
  VISIT(self->name);
  return 0;
}

int property_clear(PyObject* object) {
  clear_field(static_cast<Property*>(object)->doc);
  return 0;
}

constexpr Doc init_doc =
    "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.\n\n  fget\n    function to be used "
    "for "
    "getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function "
    "to be "
    "used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass "
    "C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): "
    "del "
    "self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties "
    "or "
    "modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' "
    "property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    "
    "@x.deleter\n"
    "    def x(self):\n        del self._x";
constexpr Doc getter_doc =
    "getter($self, object, /)\n--\n\nDescriptor to obtain a copy of the property with a different getter.";
constexpr Doc setter_doc =
    "setter($self, object, /)\n--\n\nDescriptor to obtain a copy of the property with a different setter.";
constexpr Doc deleter_doc =
    "deleter($self, object, /)\n--\n\nDescriptor to obtain a copy of the property with a different deleter.";
constexpr Doc set_name_doc = "__set_name__($self, /, *args)\n--\n\nMethod to set name of a property.";

constexpr PyMethodDef documented(PyMethodDef definition, const char* doc) {
  definition.ml_doc = doc;
  return definition;
}

constinit PyMethodDef property_methods[] = {
    documented(method<property_getter, getter_doc>(),
               "Descriptor to obtain a copy of the property with a different getter."),
    documented(method<property_setter, setter_doc>(),
               "Descriptor to obtain a copy of the property with a different setter."),
    documented(method<property_deleter, deleter_doc>(),
               "Descriptor to obtain a copy of the property with a different deleter."),
    documented(method<property_set_name, set_name_doc>(), "Method to set name of a property."),
    {}};
constinit PyMemberDef property_members[] = {member("fget", T_OBJECT, offsetof(Property, get), READONLY),
                                            member("fset", T_OBJECT, offsetof(Property, set), READONLY),
                                            member("fdel", T_OBJECT, offsetof(Property, del), READONLY),
                                            member("__doc__", T_OBJECT, offsetof(Property, doc), 0),
                                            {}};
constinit PyGetSetDef property_getset[] = {get_set<property_get_abstract>("__isabstractmethod__"), {}};

}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyProperty_Type = {
    .tp_name = "property",
    .tp_basicsize = sizeof(Property),
    .tp_dealloc = property_dealloc,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = init_doc.text,
    .tp_traverse = property_traverse,
    .tp_clear = property_clear,
    .tp_methods = property_methods,
    .tp_members = property_members,
    .tp_getset = property_getset,
    .tp_descr_get = slot<property_descr_get>,
    .tp_descr_set = slot<property_descr_set>,
    .tp_init = initializer<property_init, init_doc>,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = &PyType_GenericNew,
    .tp_free = object_gc_del,
};
