// type: the type of types.
//
// Layout     PyTypeObject; classes made at run time are PyHeapTypeObject with their __slots__ behind.
// See        object/type_*.cpp for readiness, MRO, look-up, creation and layout; docs/objects.md,
// tests/python/test_type_machinery.py
#include <cstring>

#include "base/hot.h"
#include "bind/bind.h"
#include "memory/allocator.h"
#include "object/slots.h"
#include "object/type_private.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

bool is_dunder(Object* name) {
  if (!is_str(name)) return false;
  Str* text = as<Str>(name);
  isize size = str_length(text);
  if (size < 5 || str_kind(text) != 1) return false;
  const u8* data = str_data_1(text);
  return data[0] == '_' && data[1] == '_' && data[size - 1] == '_' && data[size - 2] == '_';
}

// For attributes that classes keep in their dict or head: refuses immutable types, and deletion.
Result<void> check_can_set(Type* type, Opt<Object*> value, const char* name) {
  if (has_flag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    return raise(TypeError, "cannot set '%s' attribute of immutable type '%s'", name, type->tp_name);
  }
  if (!value) return raise(TypeError, "cannot delete '%s' attribute of immutable type '%s'", name, type->tp_name);
  if (!audit_wanted()) return {};
  Ref<Str> attribute = TRY(str_from_string(name));
  return audit("object.__setattr__", static_cast<Object*>(type), static_cast<Object*>(attribute.get()), *value);
}

Dict* dict_of(Type* type) { return as<Dict>(type->tp_dict); }

// == Attributes ==

ADDER_HOT Result<void> type_set_attr(Type* type, Object* name, Opt<Object*> value) {
  if (has_flag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    return raise(TypeError, "cannot set %R attribute of immutable type '%s'", name, type->tp_name);
  }
  if (!is_str(name)) return raise(TypeError, "attribute name must be string, not '%.200s'", name->ob_type->tp_name);
  Ref<Object> key = new_ref(name);
  if (is_str_exact(name)) key = str_intern(as<Str>(std::move(key)));
  // The cache still holds the old value borrowed until type_modified.
  Ref<Object> old = Ref<Object>::share_or_empty(dict_get_item_str(dict_of(type), as<Str>(key.get())).get());
  if (value || old) {
    TRY(object_generic_set_attr(type, key, value.get()));
  } else {
    Opt<Object*> descriptor = type_lookup(type->ob_type, key);
    if (!descriptor || !descriptor->ob_type->tp_descr_set) {
      return raise(AttributeError, "type object '%.50s' has no attribute '%U'", type->tp_name, key.get());
    }
    TRY(object_generic_set_attr(type, key, nullptr));
  }
  type_modified(type);
  if (is_dunder(key)) {
    auto* reads = type->tp_descr_get;
    auto* writes = type->tp_descr_set;
    type_update_slots(type, key);
    // Values in any class may have become descriptors: what is cached of reads and writes holds no more.
    if (reads != type->tp_descr_get || writes != type->tp_descr_set) type_modified(&PyBaseObject_Type);
  }
  return {};
}

Result<Object> type_repr(Type* type) {
  Ref<Str> name = TRY(type_full_name(type));
  if (name) return str_from_format("<class '%U'>", name.get());
  return str_from_format("<class '%s'>", type->tp_name);
}

// == Names ==

Result<void> type_set_name(Type* type, Opt<Object*> value) {
  TRY(check_can_set(type, value, "__name__"));
  if (!is_str(*value)) {
    return raise(TypeError, "can only assign string to %s.__name__, not '%s'", type->tp_name, value->ob_type->tp_name);
  }
  Utf8 text = str_as_utf8(as<Str>(*value));
  if (!text) return Error{};
  if (std::strlen(text.data) != static_cast<usize>(text.size)) {
    return raise(ValueError, "type name must not contain null characters");
  }
  type->tp_name = text.data;
  set_field(as_heap(type)->ht_name, new_ref(*value));
  return {};
}

Result<void> type_set_qualname(Type* type, Opt<Object*> value) {
  TRY(check_can_set(type, value, "__qualname__"));
  if (!is_str(*value)) {
    return raise(TypeError, "can only assign string to %s.__qualname__, not '%s'", type->tp_name,
                 value->ob_type->tp_name);
  }
  set_field(as_heap(type)->ht_qualname, new_ref(*value));
  return {};
}

Result<void> type_set_module(Type* type, Opt<Object*> value) {
  TRY(check_can_set(type, value, "__module__"));
  type_modified(type);
  return dict_set_item(dict_of(type), id::__module__, *value);
}

// == Bases ==

Result<Object> type_get_bases(Type* type) { return Result<Object>::share(type->tp_bases ? type->tp_bases : None); }

Result<Object> type_get_abstractmethods(Type* type) {
  // type itself has a descriptor of that name in its dict: that is this one, not a value.
  Ref<Object> methods;
  if (type != &PyType_Type) methods = TRY(dict_get_item(dict_of(type), id::__abstractmethods__));
  if (!methods) return raise_object(AttributeError, id::__abstractmethods__);
  return methods;
}

Result<void> type_set_abstractmethods(Type* type, Opt<Object*> value) {
  bool is_abstract = false;
  if (value) {
    is_abstract = TRY(object_is_true(*value));
    TRY(dict_set_item(dict_of(type), id::__abstractmethods__, *value));
  } else {
    auto deleted = dict_del_item(dict_of(type), id::__abstractmethods__);
    if (deleted.failed()) {
      if (!error_matches(KeyError)) return Error{};
      error_clear();
      return raise_object(AttributeError, id::__abstractmethods__);
    }
  }
  type_modified(type);
  if (is_abstract) {
    type->tp_flags |= Py_TPFLAGS_IS_ABSTRACT;
  } else {
    type->tp_flags &= ~Py_TPFLAGS_IS_ABSTRACT;
  }
  return {};
}

// == Documentation, annotations, dict ==

Result<Object> type_get_dict(Type* type) {
  if (!type->tp_dict) return none_result();
  return dict_proxy_new(type->tp_dict);
}

Result<Object> type_get_doc(Type* type) {
  if (!is_heap_type(type) && type->tp_doc) return doc_from_internal(type->tp_name, type->tp_doc);
  Ref<Object> doc = TRY(dict_get_item(dict_of(type), id::__doc__));
  if (!doc) return none_result();
  if (descrgetfunc get = doc->ob_type->tp_descr_get) return Result<Object>::from_c(get(doc, nullptr, type));
  return doc;
}

Result<void> type_set_doc(Type* type, Opt<Object*> value) {
  TRY(check_can_set(type, value, "__doc__"));
  type_modified(type);
  return dict_set_item(dict_of(type), id::__doc__, *value);
}

Result<Object> type_get_text_signature(Type* type) {
  return text_signature_from_internal(type_short_name(type), type->tp_doc);
}

Result<Object> type_get_annotations(Type* type) {
  if (!is_heap_type(type)) {
    return raise(AttributeError, "type object '%s' has no attribute '__annotations__'", type->tp_name);
  }
  Ref<Object> annotations = TRY(dict_get_item(dict_of(type), id::__annotations__));
  if (annotations) {
    if (descrgetfunc get = annotations->ob_type->tp_descr_get) {
      return Result<Object>::from_c(get(annotations, nullptr, type));
    }
    return annotations;
  }
  Ref<Dict> made = TRY(dict_new());
  TRY(dict_set_item(dict_of(type), id::__annotations__, made));
  type_modified(type);
  return made;
}

Result<void> type_set_annotations(Type* type, Opt<Object*> value) {
  if (has_flag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    return raise(TypeError, "cannot set '__annotations__' attribute of immutable type '%s'", type->tp_name);
  }
  if (value) {
    TRY(dict_set_item(dict_of(type), id::__annotations__, *value));
  } else {
    if (!TRY(dict_contains(dict_of(type), id::__annotations__))) {
      return raise(AttributeError, "__annotations__");
    }
    TRY(dict_del_item(dict_of(type), id::__annotations__));
  }
  type_modified(type);
  return {};
}

// == Methods ==

Result<Object> type_mro_method(Type* type) { return type_linearize(type); }

Result<Object> type_subclasses(Type* type) {
  Ref<List> result = TRY(list_new());
  SubclassList* subclasses = subclasses_of(type);
  for (isize i = 0; subclasses && i < subclasses->count; ++i) {
    if (refcount(subclasses->items[i]) > 0) TRY(list_append(result, subclasses->items[i]));
  }
  return result;
}

Result<bool> type_instancecheck(Type* type, Object* instance) { return object_real_is_instance(instance, type); }
Result<bool> type_subclasscheck(Type* type, Object* subclass) { return object_real_is_subclass(subclass, type); }

Result<Object> type_dir(Type* type) {
  Ref<Dict> names = TRY(dict_new());
  TRY(class_merge_dict(names, type));
  return dict_keys(names);
}

Result<isize> type_sizeof(Type* type) {
  isize size = sizeof(PyTypeObject);
  if (is_heap_type(type)) {
    size = type->ob_type->tp_basicsize + type->ob_size * static_cast<isize>(sizeof(PyMemberDef));
  }
  return size;
}

PyObject* type_prepare(PyObject*, PyObject* const*, Py_ssize_t, PyObject*) { return dict_new().to_c(); }

Result<Object> type_or(Object* left, Object* right) { return union_from_types(left, right); }

// == Calling ==

Error raise_cannot_create(Type* type) { return raise(TypeError, "cannot create '%s' instances", type->tp_name); }

Result<void> type_init(Object* self, Opt<Object*> args, Opt<Object*> kwargs) {
  isize nargs = tuple_size(as<Tuple>(*args));
  if (kwargs && nargs == 1 && dict_size(as<Dict>(*kwargs))) {
    return raise(TypeError, "type.__init__() takes no keyword arguments");
  }
  if (nargs != 1 && nargs != 3) return raise(TypeError, "type.__init__() takes 1 or 3 arguments");
  return {};
}
int type_init_slot(PyObject* self, PyObject* args, PyObject* kwargs) { return type_init(self, args, kwargs).to_c(); }

Result<Object> type_call(Type* type, Tuple* args, Opt<Object*> kwargs) {
  if (type == &PyType_Type) {
    if (args->ob_size == 1 && (!kwargs || dict_size(as<Dict>(*kwargs)) == 0)) {
      return Result<Object>::share(args->ob_item[0]->ob_type);
    }
    if (args->ob_size != 3) return raise(TypeError, "type() takes 1 or 3 arguments");
  }
  if (!type->tp_new) return raise_cannot_create(type);
  Ref<Object> object = TRY(check_function_result(type, type->tp_new(type, args, kwargs.get())));
  if (!type_check(object, type)) return object;
  Type* made = object->ob_type;
  if (made->tp_init && made->tp_init(object, args, kwargs.get()) < 0) return Error{};
  return object;
}

// == Life ==

void type_dealloc(PyObject* self) {
  HeapType* type = as_heap(reinterpret_cast<Type*>(self));
  check(is_heap_type(type), "deallocation of a static type");
  gc::untrack(self);
  ErrorSaver saver;
  type_remove_from_bases(type);
  weakref_clear_all(self);
  clear_field(type->tp_base);
  clear_field(type->tp_dict);
  clear_field(type->tp_bases);
  clear_field(type->tp_mro);
  clear_field(type->tp_cache);
  memory::release(type->tp_subclasses);
  type->tp_subclasses = nullptr;
  memory::release(const_cast<char*>(type->tp_doc));
  clear_field(type->ht_name);
  clear_field(type->ht_qualname);
  clear_field(type->ht_slots);
  if (type->ht_cached_keys) dict_free_shared_keys(type);
  clear_field(type->ht_module);
  memory::release(type->_ht_tpname);
  Type* metatype = self->ob_type;
  metatype->tp_free(self);
  // Instances of metaclasses are released by subtype_dealloc, which calls this.
}

int type_traverse(PyObject* self, visitproc visit, void* arg) {
  Type* type = reinterpret_cast<Type*>(self);
  if (!is_heap_type(type)) return 0;
  VISIT(type->tp_dict);
  VISIT(type->tp_cache);
  VISIT(type->tp_mro);
  VISIT(type->tp_bases);
  VISIT(type->tp_base);
  VISIT(as_heap(type)->ht_module);
  return 0;
}

int type_clear(PyObject* self) {
  Type* type = reinterpret_cast<Type*>(self);
  if (!is_heap_type(type)) return 0;
  type_modified(type);
  type_remove_from_bases(type);
  // The dict stays, empty: other garbage may still look attributes up.
  if (type->tp_dict) dict_clear(dict_of(type));
  clear_field(as_heap(type)->ht_module);
  clear_field(type->tp_mro);
  return 0;
}

int type_is_gc(PyObject* self) { return is_heap_type(reinterpret_cast<Type*>(self)); }

constexpr Doc mro_doc = "mro($self, /)\n--\n\nReturn a type's method resolution order.";
constexpr Doc subclasses_doc = "__subclasses__($self, /)\n--\n\nReturn a list of immediate subclasses.";
constexpr Doc instancecheck_doc = "__instancecheck__($self, instance, /)\n--\n\nCheck if an object is an instance.";
constexpr Doc subclasscheck_doc = "__subclasscheck__($self, subclass, /)\n--\n\nCheck if a class is a subclass.";
constexpr Doc dir_doc = "__dir__($self, /)\n--\n\nSpecialized __dir__ implementation for types.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nReturn memory consumption of the type object.";

constinit PyMethodDef type_methods[] = {
    method<type_mro_method, mro_doc>(),
    method<type_subclasses, subclasses_doc>(),
    raw_method("__prepare__", type_prepare, METH_FASTCALL | METH_KEYWORDS | METH_CLASS,
               "__prepare__() -> dict\nused to create the namespace for the class statement"),
    method<type_instancecheck, instancecheck_doc>(),
    method<type_subclasscheck, subclasscheck_doc>(),
    method<type_dir, dir_doc>(),
    method<type_sizeof, sizeof_doc>(),
    {}};

constinit PyMemberDef type_members[] = {
    member("__basicsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_basicsize), READONLY),
    member("__itemsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_itemsize), READONLY),
    member("__flags__", T_ULONG, offsetof(PyTypeObject, tp_flags), READONLY),
    member("__weakrefoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_weaklistoffset), READONLY),
    member("__base__", T_OBJECT, offsetof(PyTypeObject, tp_base), READONLY),
    member("__dictoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_dictoffset), READONLY),
    member("__mro__", T_OBJECT, offsetof(PyTypeObject, tp_mro), READONLY),
    {}};

constinit PyGetSetDef type_getset[] = {
    get_set<type_get_name, type_set_name>("__name__"),
    get_set<type_get_qualname, type_set_qualname>("__qualname__"),
    get_set<type_get_bases, type_set_bases>("__bases__"),
    get_set<type_get_module_name, type_set_module>("__module__"),
    get_set<type_get_abstractmethods, type_set_abstractmethods>("__abstractmethods__"),
    get_set<type_get_dict>("__dict__"),
    get_set<type_get_doc, type_set_doc>("__doc__"),
    get_set<type_get_text_signature>("__text_signature__"),
    get_set<type_get_annotations, type_set_annotations>("__annotations__"),
    {}};

constinit PyNumberMethods type_as_number = {.nb_or = slot<type_or>};

}  // namespace

// == Names, shared with the C API ==

const char* type_short_name(const Type* type) {
  const char* dot = std::strrchr(type->tp_name, '.');
  return dot ? dot + 1 : type->tp_name;
}

Result<Object> type_get_name(Type* type) {
  if (is_heap_type(type)) return Result<Object>::share(as_heap(type)->ht_name);
  return str_from_string(type_short_name(type));
}

Result<Object> type_get_qualname(Type* type) {
  if (is_heap_type(type)) return Result<Object>::share(as_heap(type)->ht_qualname);
  return type_get_name(type);
}

Maybe<Str> type_full_name(Type* type) {
  auto module = type_get_module_name(type);
  if (module.failed()) {
    error_clear();
    return nullptr;
  }
  Ref<Object> module_name = module.take();
  if (!is_str(module_name) || str_equals(as<Str>(module_name.get()), "builtins")) return nullptr;
  Ref<Object> name = TRY(type_get_qualname(type));
  return str_from_format("%U.%U", module_name.get(), name.get());
}

Result<Object> type_get_module_name(Type* type) {
  if (is_heap_type(type)) {
    Ref<Object> module = TRY(dict_get_item(dict_of(type), id::__module__));
    if (!module) return raise(AttributeError, "__module__");
    return module;
  }
  const char* dot = std::strrchr(type->tp_name, '.');
  if (!dot) return Result<Object>::share(id::builtins);
  // Interned: pickle shares the names of modules by identity.
  return str_intern(TRY(str_from_utf8({type->tp_name, static_cast<usize>(dot - type->tp_name)})));
}

// == Attribute look-up on classes ==

ADDER_HOT Maybe<Object> type_lookup_attr(Type* type, Object* name) {
  if (!is_str(name)) return raise(TypeError, "attribute name must be string, not '%.200s'", name->ob_type->tp_name);
  if (!type->tp_dict) TRY(type_ready(type));
  Type* metatype = type->ob_type;
  Ref<Object> of_metatype = Ref<Object>::share_or_empty(type_lookup(metatype, name).get());
  descrgetfunc meta_get = nullptr;
  if (of_metatype) {
    meta_get = of_metatype->ob_type->tp_descr_get;
    if (meta_get && is_data_descriptor(of_metatype))
      return Result<Object>::from_c(meta_get(of_metatype, type, metatype));
  }
  Ref<Object> attribute = Ref<Object>::share_or_empty(type_lookup(type, name).get());
  if (attribute) {
    descrgetfunc get = attribute->ob_type->tp_descr_get;
    if (get) return Result<Object>::from_c(get(attribute, nullptr, type));
    return attribute;
  }
  if (meta_get) return Result<Object>::from_c(meta_get(of_metatype, type, metatype));
  return of_metatype;
}

ADDER_HOT PyObject* type_get_attr_slot(PyObject* self, PyObject* name) {
  Type* type = reinterpret_cast<Type*>(self);
  Ref<Object> value = TRY_C(nullptr, type_lookup_attr(type, name));
  if (value) return value.release();
  return Result<Object>(raise(AttributeError, "type object '%.50s' has no attribute '%U'", type->tp_name, name)).to_c();
}

Result<void> class_merge_dict(Dict* names, Object* cls) {
  Ref<Object> dict = TRY(object_lookup_attr(cls, id::__dict__));
  if (dict) TRY(dict_update(names, dict));
  Ref<Object> bases = TRY(object_lookup_attr(cls, id::__bases__));
  if (!bases) return {};
  isize count = TRY(sequence_size(bases));
  for (isize i = 0; i < count; ++i) {
    Ref<Object> base = TRY(sequence_get_item(bases, i));
    TRY(class_merge_dict(names, base));
  }
  return {};
}

// == Calls ==

PyObject* type_call_slot(PyObject* self, PyObject* args, PyObject* kwargs) {
  return type_call(reinterpret_cast<Type*>(self), as<Tuple>(args), kwargs).to_c();
}

namespace {
// Whether instances come from object.__new__.
bool makes_instances(Type* type) { return type->tp_new == object_new_slot && !has_flag(type, Py_TPFLAGS_IS_ABSTRACT); }
}  // namespace

bool type_sets_up_by_init(Type* type) { return makes_instances(type) && type->tp_init == slot_init; }

Maybe<Object> type_call_vector(Type* type, Object* const* args, isize nargs, Opt<Tuple*> keyword_names) {
  if (type == &PyType_Type) {
    if (nargs == 1 && !keyword_names) return Maybe<Object>::share(args[0]->ob_type);
    return nullptr;
  }
  if (!type_sets_up_by_init(type)) {
    bool plain = makes_instances(type) && type->tp_init == object_init_slot;
    if (!plain || nargs || keyword_names) return nullptr;
    return Result<Object>::from_c(type->tp_alloc(type, 0));
  }
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  bool unbound;
  Ref<Object> method = TRY(object_lookup_special_method(object, id::__init__, unbound));
  if (!method) return raise_object(AttributeError, id::__init__);
  Ref<Object> result = unbound ? TRY(vectorcall_with_self(method, object, args, nargs, keyword_names))
                               : TRY(object_vectorcall(method, args, static_cast<usize>(nargs), keyword_names));
                               if (result.get() != None) {
                                 return raise(TypeError, "__init__() should return None, not '%.200s'",
                                              result->ob_type->tp_name);
                               }
                               return object;
}
}  // namespace adder

using namespace adder;

// == Type object ==

constinit PyTypeObject PyType_Type = {
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_dealloc = type_dealloc,
    .tp_vectorcall_offset = offsetof(PyTypeObject, tp_vectorcall),
    .tp_repr = slot<type_repr>,
    .tp_as_number = &type_as_number,
    .tp_call = type_call_slot,
    .tp_getattro = type_get_attr_slot,
    .tp_setattro = slot<type_set_attr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS |
                Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .tp_traverse = type_traverse,
    .tp_clear = type_clear,
    .tp_weaklistoffset = offsetof(PyTypeObject, tp_weaklist),
    .tp_methods = type_methods,
    .tp_members = type_members,
    .tp_getset = type_getset,
    .tp_dictoffset = offsetof(PyTypeObject, tp_dict),
    .tp_init = type_init_slot,
    .tp_new = type_new_slot,
    .tp_free = object_gc_del,
    .tp_is_gc = type_is_gc,
};
