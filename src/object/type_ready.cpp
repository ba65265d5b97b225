// type_ready: finishes types: metaclass, bases, MRO, descriptors of their own methods and slots, inheritance.
//
// Order      a type's dict gets descriptors for what its table says before anything is inherited: what is inherited is
// found
//            through the MRO.
#include <cstring>

#include "object/slots.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

constexpr unsigned long kSubclassFlags = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS |
                                         Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_BYTES_SUBCLASS |
                                         Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS |
                                         Py_TPFLAGS_BASE_EXC_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS | kTypeMatchSelf;

// == __new__ ==

// T.__new__(S, …) for a T with its own tp_new: checks that S may be made by it.
PyObject* new_wrapper(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
  Type* type = reinterpret_cast<Type*>(self);
  auto fail = [](Error) { return static_cast<PyObject*>(nullptr); };
  if (nargs < 1) return fail(raise(TypeError, "%s.__new__(): not enough arguments", type->tp_name));
  if (!is_type(args[0])) {
    return fail(
        raise(TypeError, "%s.__new__(X): X is not a type object (%s)", type->tp_name, args[0]->ob_type->tp_name));
  }
  Type* subtype = reinterpret_cast<Type*>(args[0]);
  if (!type_is_subtype(subtype, type)) {
    return fail(raise(TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->tp_name, subtype->tp_name,
                      subtype->tp_name, type->tp_name));
  }
  // The nearest built-in base must be made by this tp_new, or its fields would stay unset.
  Type* built_in = subtype;
  while (built_in && built_in->tp_new == slot_new) built_in = built_in->tp_base;
  if (built_in && built_in->tp_new != type->tp_new) {
    return fail(raise(TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->tp_name, subtype->tp_name,
                      built_in->tp_name));
  }
  Ref<Tuple> rest = TRY_C(nullptr, tuple_from_array(args + 1, nargs - 1));
  Ref<Dict> kwargs;
  if (names && as<Tuple>(names)->ob_size) kwargs = TRY_C(nullptr, keywords_as_dict(args + nargs, as<Tuple>(names)));
  return type->tp_new(subtype, rest, kwargs.get());
}

Result<void> add_new_wrapper(Type* type) {
  Dict* dict = as<Dict>(type->tp_dict);
  if (TRY(dict_contains(dict, id::__new__))) return {};
  Ref<Object> function = TRY(cfunction_new(&new_wrapper_definition, type));
  return dict_set_item(dict, id::__new__, function);
}

// A type without tp_new inherits its base's, unless it is a static type directly below object: that cannot be
// instantiated.
Result<void> set_new(Type* type) {
  Type* base = type->tp_base;
  if (!type->tp_new && base == &PyBaseObject_Type && !is_heap_type(type))
    type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
  if (has_flag(type, Py_TPFLAGS_DISALLOW_INSTANTIATION)) {
    type->tp_new = nullptr;
    return {};
  }
  if (!type->tp_new) {
    type->tp_new = base ? base->tp_new : nullptr;
    return {};
  }
  return add_new_wrapper(type);
}

// == The type's own dict ==

Result<void> add_descriptor(Type* type, const char* name, Object* descriptor, bool replace) {
  Ref<Str> key = TRY(str_intern_from_string(name));
  Dict* dict = as<Dict>(type->tp_dict);
  if (!replace && TRY(dict_contains(dict, key))) return {};
  return dict_set_item(dict, key, descriptor);
}

Result<void> add_method(Type* type, PyMethodDef* definition) {
  Ref<Object> descriptor;
  if (definition->ml_flags & METH_CLASS) {
    if (definition->ml_flags & METH_STATIC) return raise(ValueError, "method cannot be both class and static");
    descriptor = TRY(descr_new_class_method(type, definition));
  } else if (definition->ml_flags & METH_STATIC) {
    Ref<Object> function = TRY(cfunction_new(definition, type));
    descriptor = TRY(static_method_new(function));
  } else {
    descriptor = TRY(descr_new_method(type, definition));
  }
  return add_descriptor(type, definition->ml_name, descriptor, definition->ml_flags & METH_COEXIST);
}

Result<void> fill_dict(Type* type) {
  TRY(type_add_operators(type));
  for (PyMethodDef* method = type->tp_methods; method && method->ml_name; ++method) TRY(add_method(type, method));
  for (PyMemberDef* member = type->tp_members; member && member->name; ++member) {
    Ref<Object> descriptor = TRY(descr_new_member(type, member));
    TRY(add_descriptor(type, member->name, descriptor, false));
  }
  for (PyGetSetDef* get_set = type->tp_getset; get_set && get_set->name; ++get_set) {
    Ref<Object> descriptor = TRY(descr_new_get_set(type, get_set));
    TRY(add_descriptor(type, get_set->name, descriptor, false));
  }
  Dict* dict = as<Dict>(type->tp_dict);
  if (TRY(dict_contains(dict, id::__doc__))) return {};
  Ref<Object> doc = new_ref(None);
  if (type->tp_doc) doc = TRY(doc_from_internal(type->tp_name, type->tp_doc));
  return dict_set_item(dict, id::__doc__, doc);
}

// == Inheritance ==

// Layout and flags, from tp_base.
void inherit_layout(Type* type, Type* base) {
  if (!has_flag(type, Py_TPFLAGS_HAVE_GC) && has_flag(base, Py_TPFLAGS_HAVE_GC) && !type->tp_traverse &&
      !type->tp_clear) {
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_traverse = base->tp_traverse;
    type->tp_clear = base->tp_clear;
  }
  if (type->tp_basicsize == 0) type->tp_basicsize = base->tp_basicsize;
  if (type->tp_itemsize == 0) type->tp_itemsize = base->tp_itemsize;
  if (type->tp_weaklistoffset == 0) type->tp_weaklistoffset = base->tp_weaklistoffset;
  if (type->tp_dictoffset == 0) type->tp_dictoffset = base->tp_dictoffset;
  type->tp_flags |= base->tp_flags & kSubclassFlags;
}

Result<bool> overrides_hash(Type* type) {
  Dict* dict = as<Dict>(type->tp_dict);
  if (TRY(dict_contains(dict, id::__eq__))) return true;
  return dict_contains(dict, id::__hash__);
}

// Copies the slots of a group that `type` has not and `base` defines itself (not merely inherited from its own base).
template <class Methods>
void inherit_group(Methods* methods, Methods* of_base, Methods* of_base_base) {
  if (!methods || !of_base || methods == of_base) return;
  static_assert(sizeof(Methods) % sizeof(void*) == 0);
  auto** slots = reinterpret_cast<void**>(methods);
  auto** base_slots = reinterpret_cast<void**>(of_base);
  auto** base_base_slots = reinterpret_cast<void**>(of_base_base);
  for (usize i = 0; i < sizeof(Methods) / sizeof(void*); ++i) {
    if (slots[i] || !base_slots[i]) continue;
    if (base_base_slots && base_slots[i] == base_base_slots[i]) continue;
    slots[i] = base_slots[i];
  }
}

Result<void> inherit_slots(Type* type, Type* base) {
  Type* base_base = base->tp_base;
#define GROUP(field) inherit_group(type->field, base->field, base_base ? base_base->field : nullptr)
  GROUP(tp_as_number);
  GROUP(tp_as_async);
  GROUP(tp_as_sequence);
  GROUP(tp_as_mapping);
  GROUP(tp_as_buffer);
#undef GROUP
#define INHERIT(field) \
  if (!type->field && base->field && (!base_base || base->field != base_base->field)) type->field = base->field
  INHERIT(tp_dealloc);
  if (!type->tp_getattr && !type->tp_getattro) {
    type->tp_getattr = base->tp_getattr;
    type->tp_getattro = base->tp_getattro;
  }
  if (!type->tp_setattr && !type->tp_setattro) {
    type->tp_setattr = base->tp_setattr;
    type->tp_setattro = base->tp_setattro;
  }
  INHERIT(tp_repr);
  INHERIT(tp_vectorcall_offset);
  // Not for types whose __call__ may be assigned later.
  if (!type->tp_call && has_flag(base, Py_TPFLAGS_HAVE_VECTORCALL) && has_flag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
  }
  INHERIT(tp_call);
  INHERIT(tp_str);
  if (!type->tp_richcompare && !type->tp_hash && !TRY(overrides_hash(type))) {
    type->tp_richcompare = base->tp_richcompare;
    type->tp_hash = base->tp_hash;
  }
  INHERIT(tp_iter);
  INHERIT(tp_iternext);
  INHERIT(tp_descr_get);
  if (type->tp_descr_get && type->tp_descr_get == base->tp_descr_get && has_flag(type, Py_TPFLAGS_IMMUTABLETYPE) &&
      has_flag(base, Py_TPFLAGS_METHOD_DESCRIPTOR)) {
    type->tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
  }
  INHERIT(tp_descr_set);
  INHERIT(tp_dictoffset);
  INHERIT(tp_init);
  INHERIT(tp_alloc);
  INHERIT(tp_is_gc);
  INHERIT(tp_finalize);
  INHERIT(tp_del);
  if (has_flag(type, Py_TPFLAGS_HAVE_GC) == has_flag(base, Py_TPFLAGS_HAVE_GC)) {
    INHERIT(tp_free);
  } else if (has_flag(type, Py_TPFLAGS_HAVE_GC) && !type->tp_free && base->tp_free == object_plain_del) {
    type->tp_free = object_gc_del;
  }
#undef INHERIT
  return {};
}

// Whether the class pattern treats instances as sequences or mappings.
void inherit_collection_flags(Type* type, Type* base) {
  constexpr unsigned long kCollection = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;
  if (!(type->tp_flags & kCollection)) type->tp_flags |= base->tp_flags & kCollection;
}

Result<void> inherit_all(Type* type) {
  if (type->tp_base) inherit_layout(type, type->tp_base);
  Ref<Tuple> mro = new_ref(as<Tuple>(type->tp_mro));
  for (isize i = 1; i < mro->ob_size; ++i) {
    Type* base = reinterpret_cast<Type*>(mro->ob_item[i]);
    TRY(inherit_slots(type, base));
    inherit_collection_flags(type, base);
  }
  if (Type* base = type->tp_base) {
    if (!type->tp_as_async) type->tp_as_async = base->tp_as_async;
    if (!type->tp_as_number) type->tp_as_number = base->tp_as_number;
    if (!type->tp_as_sequence) type->tp_as_sequence = base->tp_as_sequence;
    if (!type->tp_as_mapping) type->tp_as_mapping = base->tp_as_mapping;
    if (!type->tp_as_buffer) type->tp_as_buffer = base->tp_as_buffer;
  }
  return {};
}

// A class with __eq__ but without __hash__ is unhashable.
Result<void> set_hash(Type* type) {
  if (type->tp_hash) return {};
  Dict* dict = as<Dict>(type->tp_dict);
  if (TRY(dict_contains(dict, id::__hash__))) return {};
  TRY(dict_set_item(dict, id::__hash__, None));
  type->tp_hash = &PyObject_HashNotImplemented;
  return {};
}

// CPython keeps the dict of Py_TPFLAGS_MANAGED_DICT before the object; here it follows the type's own fields. C code
// reaches it through _PyObject_GetDictPtr in either case.
void place_managed_dict(Type* type) {
  constexpr isize kSlot = sizeof(Object*);
  if (!has_flag(type, Py_TPFLAGS_MANAGED_DICT) || type->tp_dictoffset > 0) return;
  Type* base = type->tp_base;
  isize size = type->tp_basicsize ? type->tp_basicsize : base->tp_basicsize;
  if (type->tp_itemsize || base->tp_itemsize) {
    type->tp_dictoffset = -kSlot;
    type->tp_basicsize = size + kSlot;
  } else if (base->tp_dictoffset > 0 && (!type->tp_basicsize || size <= base->tp_dictoffset)) {  // no fields of its own
    type->tp_dictoffset = base->tp_dictoffset;
    type->tp_basicsize = base->tp_basicsize;
  } else {
    type->tp_dictoffset = (size + kSlot - 1) & -kSlot;
    type->tp_basicsize = type->tp_dictoffset + kSlot;
  }
}

Result<void> make_ready(Type* type) {
  if (!type->tp_name) return raise(SystemError, "Type does not define the tp_name field.");
  if (!is_heap_type(type)) {
    type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
    // Bit 60 tells types of extension modules from ours (type_is_foreign).
    if (!is_immortal(type)) type->ob_refcnt = kImmortalRefcnt | Py_ssize_t{1} << 60;
  }
  if (!type->tp_base && type != &PyBaseObject_Type) {
    type->tp_base = &PyBaseObject_Type;
    if (is_heap_type(type)) incref(&PyBaseObject_Type);
  }
  Type* base = type->tp_base;
  if (base && !has_flag(base, Py_TPFLAGS_READY)) TRY(type_ready(base));
  if (!type->ob_type) type->ob_type = base && base->ob_type ? base->ob_type : &PyType_Type;
  if (!type->tp_bases) {
    Ref<Tuple> bases = base ? TRY(tuple_pack(base)) : new_ref(tuple_empty());
    type->tp_bases = bases.release();
  }
  Tuple* bases = as<Tuple>(type->tp_bases);
  for (isize i = 0; i < bases->ob_size; ++i) {
    Type* each = reinterpret_cast<Type*>(bases->ob_item[i]);
    if (!has_flag(each, Py_TPFLAGS_READY)) TRY(type_ready(each));
    if (!is_heap_type(type) && is_heap_type(each)) {
      return raise(TypeError,
                   "type '%.100s' is not dynamically allocated but its base type '%.100s' is dynamically allocated",
                   type->tp_name, each->tp_name);
    }
  }
  if (base) place_managed_dict(type);
  if (!type->tp_dict) type->tp_dict = TRY(dict_new())
  .release();
  TRY(set_new(type));
  TRY(fill_dict(type));
  TRY(type_compute_mro(type));
  TRY(inherit_all(type));
  TRY(set_hash(type));
  TRY(type_add_to_bases(type));
  if (has_flag(type, Py_TPFLAGS_HAVE_GC) && !type->tp_traverse) {
    return raise(SystemError, "type %s has the Py_TPFLAGS_HAVE_GC flag but has no traverse function", type->tp_name);
  }
  return {};
}

}  // namespace

constinit PyMethodDef new_wrapper_definition = [] {
  PyMethodDef definition;
  definition.ml_name = "__new__";
  definition.ml_fast_keywords = new_wrapper;
  definition.ml_flags = METH_FASTCALL | METH_KEYWORDS;
  definition.ml_doc =
      "__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object.  See help(type) for accurate signature.";
  return definition;
}();

Result<void> type_ready(Type* type) {
  if (has_flag(type, Py_TPFLAGS_READY | Py_TPFLAGS_READYING)) return {};
  type->tp_flags |= Py_TPFLAGS_READYING;
  auto made = make_ready(type);
  type->tp_flags &= ~Py_TPFLAGS_READYING;
  if (made.failed()) return Error{};
  type->tp_flags |= Py_TPFLAGS_READY;
  return {};
}
}  // namespace adder
