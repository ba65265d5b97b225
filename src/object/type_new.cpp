// type_new: makes classes: type.__new__, what a class statement ends in.
//
// Layout     PyHeapTypeObject (or a metaclass's larger struct), then one PyMemberDef for each of __slots__. Instances:
// the
//            base's fields, the slots, the dict, the list of weak references.
#include <cstring>

#include "interpreter/interpreter.h"
#include "memory/allocator.h"
#include "object/slots.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// What is collected about the class on the way.
struct Draft {
  Type* metatype;
  Tuple* bases;
  Str* name;
  Type* base;        // decides the layout
  Ref<Dict> dict;    // the class's own
  Ref<Tuple> slots;  // mangled and sorted; empty Ref: no __slots__
  bool add_dict = false, add_weak = false;
  bool may_add_dict = false, may_add_weak = false;
};

constexpr PyGetSetDef dict_getset = {"__dict__", subtype_get_dict, subtype_set_dict,
                                     "dictionary for instance variables (if defined)", nullptr};
constexpr PyGetSetDef weakref_getset = {"__weakref__", subtype_get_weakref, nullptr,
                                        "list of weak references to the object (if defined)", nullptr};
constinit PyGetSetDef dict_only[] = {dict_getset, {}};
constinit PyGetSetDef weakref_only[] = {weakref_getset, {}};
constinit PyGetSetDef dict_and_weakref[] = {dict_getset, weakref_getset, {}};

// == __slots__ ==

// __name in class _C becomes _C__name (language reference 6.2.1).
Result<Str> mangle(Str* class_name, Str* name) {
  isize size = str_length(name), class_size = str_length(class_name), skip = 0;
  auto at = [](Str* text, isize index) { return str_read_char(text, index); };
  bool is_private =
      size > 2 && at(name, 0) == '_' && at(name, 1) == '_' && !(at(name, size - 1) == '_' && at(name, size - 2) == '_');
  while (skip < class_size && at(class_name, skip) == '_') ++skip;
  if (!is_private || skip == class_size) return Result<Str>(str_intern(new_ref(name)));
  Ref<Str> stripped = TRY(str_substring(class_name, skip, class_size));
  return Result<Str>(str_intern(TRY(str_from_format("_%U%U", stripped.get(), name))));
}

Result<void> take_slot_name(Draft& draft, Object* slot, List* names) {
  if (str_equals(as<Str>(slot), "__dict__")) {
    if (!draft.may_add_dict || draft.add_dict) {
      return raise(TypeError, "__dict__ slot disallowed: we already got one");
    }
    draft.add_dict = true;
    return {};
  }
  if (str_equals(as<Str>(slot), "__weakref__")) {
    if (!draft.may_add_weak || draft.add_weak) {
      return raise(TypeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
    }
    draft.add_weak = true;
    return {};
  }
  Ref<Str> mangled = TRY(mangle(draft.name, as<Str>(slot)));
  TRY(list_append(names, mangled));
  // __qualname__ and __classcell__ leave the dict later.
  if (TRY(dict_contains(draft.dict, mangled)) && !str_equals(mangled, "__qualname__") &&
      !str_equals(mangled, "__classcell__")) {
    return raise(ValueError, "%R in __slots__ conflicts with class variable", slot);
  }
  return {};
}

// A base other than the best one may bring a dict or weak references without a slot of its own here.
void add_by_other_bases(Draft& draft) {
  for (isize i = 0; i < draft.bases->ob_size; ++i) {
    Type* base = reinterpret_cast<Type*>(draft.bases->ob_item[i]);
    if (base == draft.base) continue;
    if (draft.may_add_dict && !draft.add_dict && base->tp_dictoffset) draft.add_dict = true;
    if (draft.may_add_weak && !draft.add_weak && base->tp_weaklistoffset) draft.add_weak = true;
  }
}

Result<void> read_slots(Draft& draft) {
  draft.may_add_dict = draft.base->tp_dictoffset == 0;
  draft.may_add_weak = draft.base->tp_weaklistoffset == 0 && draft.base->tp_itemsize == 0;
  Ref<Object> declared = TRY(dict_get_item(draft.dict, id::__slots__));
  if (!declared) {
    draft.add_dict = draft.may_add_dict;
    draft.add_weak = draft.may_add_weak;
    return {};
  }
  Ref<Tuple> slots = is_str(declared) ? TRY(tuple_pack(declared.get())) : TRY(sequence_tuple(declared));
  if (slots->ob_size > 0 && draft.base->tp_itemsize != 0) {
    return raise(TypeError, "nonempty __slots__ not supported for subtype of '%s'", draft.base->tp_name);
  }
  for (isize i = 0; i < slots->ob_size; ++i) {
    Object* slot = slots->ob_item[i];
    if (!is_str(slot)) {
      return raise(TypeError, "__slots__ items must be strings, not '%.200s'", slot->ob_type->tp_name);
    }
    if (!str_is_identifier(as<Str>(slot))) return raise(TypeError, "__slots__ must be identifiers");
  }
  Ref<List> names = TRY(list_new());
  for (isize i = 0; i < slots->ob_size; ++i) TRY(take_slot_name(draft, slots->ob_item[i], names));
  TRY(list_sort(names, None, false));
  draft.slots = TRY(list_as_tuple(names));
  if (draft.bases->ob_size > 1) add_by_other_bases(draft);
  return {};
}

// Offsets of slots, dict and weak references in instances.
Result<void> lay_out(Draft& draft, HeapType* type) {
  isize offset = draft.base->tp_basicsize;
  PyMemberDef* member = heap_type_members(type);
  isize count = draft.slots ? draft.slots->ob_size : 0;
  for (isize i = 0; i < count; ++i, ++member) {
    Utf8 name = str_as_utf8(as<Str>(draft.slots->ob_item[i]));
    if (!name) return Error{};
    *member = {name.data, T_OBJECT_EX, offset, 0, nullptr};
    offset += sizeof(Object*);
  }
  if (draft.add_dict) {
    if (draft.base->tp_itemsize) {
      type->tp_dictoffset = -static_cast<isize>(sizeof(Object*));
    } else {
      type->tp_dictoffset = offset;
    }
    offset += sizeof(Object*);
  }
  if (draft.add_weak) {
    type->tp_weaklistoffset = offset;
    offset += sizeof(Object*);
  }
  type->tp_basicsize = offset;
  type->tp_itemsize = draft.base->tp_itemsize;
  type->tp_members = count ? heap_type_members(type) : nullptr;
  type->tp_getset = draft.add_dict && draft.add_weak ? dict_and_weakref
                    : draft.add_dict                 ? dict_only
                    : draft.add_weak                 ? weakref_only
                                                     : nullptr;
  return {};
}

// == The type object ==

Result<HeapType> allocate_type(Draft& draft) {
  isize slot_count = draft.slots ? draft.slots->ob_size : 0;
  Ref<Object> object = TRY(Result<Object>::from_c(draft.metatype->tp_alloc(draft.metatype, slot_count)));
  HeapType* type = static_cast<HeapType*>(reinterpret_cast<Type*>(object.get()));
  // Every instance refers to its class, which may refer back: all classes are collected.
  type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
  type->tp_as_async = &type->as_async;
  type->tp_as_sequence = &type->as_sequence;
  type->tp_as_mapping = &type->as_mapping;
  type->tp_as_number = &type->as_number;
  type->tp_as_buffer = &type->as_buffer;
  type->tp_bases = new_ref(draft.bases).release();
  type->tp_base = new_ref(draft.base).release();
  type->ht_name = new_ref(draft.name).release();
  type->ht_slots = draft.slots ? draft.slots.share().release() : nullptr;
  type->tp_dict = draft.dict.share().release();
  Utf8 name = str_as_utf8(draft.name);
  if (!name) return Error{};
  if (std::strlen(name.data) != static_cast<usize>(name.size)) {
    return raise(ValueError, "type name must not contain null characters");
  }
  type->tp_name = name.data;
  TRY(lay_out(draft, type));
  type->tp_dealloc = subtype_dealloc;
  type->tp_alloc = type_generic_alloc;
  type->tp_free = object_gc_del;
  type->tp_traverse = subtype_traverse;
  type->tp_clear = subtype_clear;
  return Ref<HeapType>::steal(static_cast<HeapType*>(reinterpret_cast<Type*>(object.release())));
}

// == What the class body says ==

Result<void> set_module(HeapType* type) {
  Dict* dict = as<Dict>(type->tp_dict);
  if (TRY(dict_contains(dict, id::__module__))) return {};
  Opt<Dict*> globals = eval_get_globals();
  if (!globals) return {};
  Ref<Object> module = TRY(dict_get_item(*globals, id::__name__));
  if (!module) return {};
  return dict_set_item(dict, id::__module__, module);
}

Result<void> set_qualname(HeapType* type) {
  Dict* dict = as<Dict>(type->tp_dict);
  Ref<Object> qualname = TRY(dict_get_item(dict, id::__qualname__));
  if (!qualname) {
    type->ht_qualname = new_ref(type->ht_name).release();
    return {};
  }
  if (!is_str(qualname)) return raise(TypeError, "type __qualname__ must be a str, not %s", qualname->ob_type->tp_name);
  type->ht_qualname = qualname.release();
  return dict_del_item(dict, id::__qualname__);
}

// tp_doc gets a copy of a str __doc__ (surrogates and all that cannot be UTF-8: an error).
Result<void> set_doc(HeapType* type) {
  Ref<Object> doc = TRY(dict_get_item(as<Dict>(type->tp_dict), id::__doc__));
  if (!doc || !is_str(doc)) return {};
  Utf8 text = str_as_utf8(as<Str>(doc.get()));
  if (!text) return Error{};
  char* copy = static_cast<char*>(memory::allocate(static_cast<usize>(text.size) + 1));
  if (!copy) return raise_no_memory();
  std::memcpy(copy, text.data, static_cast<usize>(text.size) + 1);
  type->tp_doc = copy;
  return {};
}

// A plain function under one of the special names becomes a static or class method.
Result<void> wrap_function(HeapType* type, Str* name, Result<Object> (*wrap)(Object*)) {
  Dict* dict = as<Dict>(type->tp_dict);
  Ref<Object> function = TRY(dict_get_item(dict, name));
  if (!function || !is_function(function)) return {};
  Ref<Object> wrapped = TRY(wrap(function));
  return dict_set_item(dict, name, wrapped);
}

// __class__ of the methods: the cell that the compiler left in the dict.
Result<void> set_class_cell(HeapType* type) {
  Dict* dict = as<Dict>(type->tp_dict);
  Ref<Object> cell = TRY(dict_get_item(dict, id::__classcell__));
  if (!cell) return {};
  if (!is_cell(cell)) {
    return raise(TypeError, "__classcell__ must be a nonlocal cell, not <class '%.200s'>", cell->ob_type->tp_name);
  }
  set_field(as<Cell>(cell.get())->ob_ref, new_ref(static_cast<Object*>(type)));
  return dict_del_item(dict, id::__classcell__);
}

Result<void> call_set_name(HeapType* type, Object* key, Object* value) {
  Ref<Object> method = TRY(object_lookup_special(value, id::__set_name__));
  if (!method) return {};
  auto result = call(method, static_cast<Object*>(type), key);
  if (!result.failed()) {
    Ref<Object> dropped = result.take();
    return {};
  }
  Ref<Object> cause = error_take();
  Error error = raise(RuntimeError, "Error calling __set_name__ on '%.100s' instance %R in '%.100s'",
                      value->ob_type->tp_name, key, type->tp_name);
  Ref<Object> raised = error_take();
  auto* exception = static_cast<BaseException*>(raised.get());
  set_field(exception->context, cause.share());
  set_field(exception->cause, std::move(cause));
  exception->suppress_context = 1;
  error_set(std::move(raised));
  return error;
}

Result<void> call_set_names(HeapType* type) {
  // A copy: __set_name__ may change the class.
  Ref<Dict> names = TRY(dict_copy(as<Dict>(type->tp_dict)));
  isize position = 0;
  Object *key, *value;
  while (dict_next(names, position, key, value)) TRY(call_set_name(type, key, value));
  return {};
}

// super(type, type).__init_subclass__(**kwargs)
Result<void> call_init_subclass(HeapType* type, Opt<Object*> kwargs) {
  Object* self = static_cast<Object*>(type);
  Ref<Object> parent = TRY(call(reinterpret_cast<Object*>(&PySuper_Type), self, self));
  Ref<Object> method = TRY(object_get_attr(parent, id::__init_subclass__));
  Ref<Object> result = TRY(object_call(method, tuple_empty(), kwargs));
  return {};
}

Result<Object> make_class(Draft& draft, Opt<Object*> kwargs) {
  TRY(read_slots(draft));
  Ref<HeapType> type = TRY(allocate_type(draft));
  TRY(set_module(type));
  TRY(set_qualname(type));
  TRY(set_doc(type));
  TRY(wrap_function(type, id::__new__, static_method_new));
  TRY(wrap_function(type, id::__init_subclass__, class_method_new));
  TRY(wrap_function(type, id::__class_getitem__, class_method_new));
  TRY(set_class_cell(type));
  TRY(type_ready(type));
  type_fill_slots(type);
  TRY(call_set_names(type));
  TRY(call_init_subclass(type, kwargs));
  return Result<Object>(std::move(type));
}

// Bases that are no types mean that PEP 560's step was left out.
Result<void> check_bases(Tuple* bases) {
  for (isize i = 0; i < bases->ob_size; ++i) {
    Object* base = bases->ob_item[i];
    if (is_type(base)) continue;
    if (TRY(object_has_attr(base, id::__mro_entries__))) {
      return raise(TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
    }
  }
  return {};
}

Error raise_wrong_argument(int index, const char* expected, Object* given) {
  return raise(TypeError, "type.__new__() argument %d must be %s, not %.50s", index, expected,
               given == None ? "None" : given->ob_type->tp_name);
}

}  // namespace

Result<Object> type_calculate_metaclass(Type* metatype, Object* bases) {
  Type* winner = metatype;
  Tuple* tuple = as<Tuple>(bases);
  for (isize i = 0; i < tuple->ob_size; ++i) {
    Type* of_base = tuple->ob_item[i]->ob_type;
    if (type_is_subtype(winner, of_base)) continue;
    if (type_is_subtype(of_base, winner)) {
      winner = of_base;
      continue;
    }
    return raise(
        TypeError,
        "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses "
        "of all its bases");
  }
  return Result<Object>::share(winner);
}

Result<Object> type_new(Type* metatype, Object* args, Opt<Object*> kwargs) {
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size != 3) {
    return raise(TypeError, "type.__new__() takes exactly 3 arguments (%zd given)", tuple->ob_size);
  }
  Object *name = tuple->ob_item[0], *given_bases = tuple->ob_item[1], *dict = tuple->ob_item[2];
  if (!is_str(name)) return raise_wrong_argument(1, "str", name);
  if (!is_tuple(given_bases)) return raise_wrong_argument(2, "tuple", given_bases);
  if (!is_dict(dict)) return raise_wrong_argument(3, "dict", dict);
  TRY(check_bases(as<Tuple>(given_bases)));
  Ref<Object> winner = TRY(type_calculate_metaclass(metatype, given_bases));
  Type* best_metatype = reinterpret_cast<Type*>(winner.get());
  if (best_metatype != metatype) {
    if (best_metatype->tp_new != type_new_slot) {
      return Result<Object>::from_c(best_metatype->tp_new(best_metatype, args, kwargs.get()));
    }
    metatype = best_metatype;
  }
  Ref<Tuple> bases = new_ref(as<Tuple>(given_bases));
  if (bases->ob_size == 0) bases = TRY(tuple_pack(static_cast<Object*>(&PyBaseObject_Type)));
  Ref<Type> base = TRY(type_find_best_base(bases));
  Draft draft { metatype, bases.get(), as<Str>(name), base.get(), TRY(dict_copy(as<Dict>(dict))) };
  return make_class(draft, kwargs);
}

PyObject* type_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return type_new(type, args, kwargs).to_c();
}

// == Getsets of classes ==

namespace {
// A built-in base with a dict of its own kind (BaseException, function …) has its own __dict__ descriptor: that one
// decides.
Opt<Object*> built_in_dict_descriptor(Type* type) {
  for (; type->tp_base; type = type->tp_base) {
    if (type->tp_dictoffset == 0 || type->tp_base->tp_dictoffset == 0) continue;
    Type* base = type->tp_base;
    if (is_heap_type(base)) continue;
    Opt<Object*> found = type_lookup(base, id::__dict__);
    if (found && is_data_descriptor(*found)) return found;
    return nullptr;
  }
  return nullptr;
}
}  // namespace

PyObject* subtype_get_dict(PyObject* self, void*) {
  if (Opt<Object*> descriptor = built_in_dict_descriptor(self->ob_type)) {
    descrgetfunc get = descriptor->ob_type->tp_descr_get;
    if (get) return get(*descriptor, self, self->ob_type);
  }
  return object_generic_get_dict(self).to_c();
}

int subtype_set_dict(PyObject* self, PyObject* value, void*) {
  if (Opt<Object*> descriptor = built_in_dict_descriptor(self->ob_type)) {
    return descriptor->ob_type->tp_descr_set(*descriptor, self, value);
  }
  Object** slot = object_dict_slot(self);
  if (!slot) return Result<void>(raise(AttributeError, "This object has no __dict__")).to_c();
  if (value) return object_generic_set_dict(self, value).to_c();
  clear_field(*slot);
  return 0;
}

PyObject* subtype_get_weakref(PyObject* self, void*) {
  Type* type = self->ob_type;
  if (type->tp_weaklistoffset == 0) {
    return Result<Object>(raise(AttributeError, "This object has no __weakref__")).to_c();
  }
  Object* first = *reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + type->tp_weaklistoffset);
  return new_ref(first ? first : None).release();
}
}  // namespace adder
