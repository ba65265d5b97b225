// type_layout: which layouts fit together: the best base of a new class, `__class__` and `__bases__` assignment.
//
// Solid base the last class in the chain that adds fields of its own (a dict or a list of weak references alone does
// not
//            count). Instances of two classes have the same layout if their solid bases agree and the rest is alike.
#include "object/type_private.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// True if `type` adds fields to what `base` has, apart from a dict and weak references.
bool adds_fields(Type* type, Type* base) {
  isize size = type->tp_basicsize, base_size = base->tp_basicsize;
  if (type->tp_itemsize || base->tp_itemsize) {
    return size != base_size || type->tp_itemsize != base->tp_itemsize;
  }
  if (type->tp_weaklistoffset && !base->tp_weaklistoffset && is_heap_type(type) &&
      type->tp_weaklistoffset + static_cast<isize>(sizeof(Object*)) == size) {
    size -= sizeof(Object*);
  }
  if (type->tp_dictoffset > 0 && !base->tp_dictoffset && is_heap_type(type) &&
      type->tp_dictoffset + static_cast<isize>(sizeof(Object*)) == size) {
    size -= sizeof(Object*);
  }
  if (type->tp_weaklistoffset && !base->tp_weaklistoffset && is_heap_type(type) &&
      type->tp_weaklistoffset + static_cast<isize>(sizeof(Object*)) == size) {
    size -= sizeof(Object*);
  }
  return size != base_size;
}

bool same_size(Type* left, Type* right) {
  return left->tp_basicsize == right->tp_basicsize && left->tp_itemsize == right->tp_itemsize;
}

// Whether both classes add the same __slots__, dict and weak references to one base.
bool same_slots_added(Type* left, Type* right) {
  Type* base = left->tp_base;
  auto slots_of = [](Type* type) { return is_heap_type(type) ? as_heap(type)->ht_slots : nullptr; };
  auto count_of = [](Object* slots) { return slots ? tuple_size(as<Tuple>(slots)) : 0; };
  Object *of_left = slots_of(left), *of_right = slots_of(right);
  isize count = count_of(of_left);
  if (count != count_of(of_right)) return false;
  if (count) {
    auto equal = object_equal(of_left, of_right);
    if (equal.failed()) {
      error_clear();
      return false;
    }
    if (!equal.take()) return false;
  }
  isize pointer = sizeof(Object*);
  isize size = base->tp_basicsize + count * pointer;
  if (left->tp_dictoffset && !base->tp_dictoffset) size += pointer;
  if (left->tp_weaklistoffset && !base->tp_weaklistoffset) size += pointer;
  return size == left->tp_basicsize && same_size(left, right) && left->tp_dictoffset == right->tp_dictoffset &&
         left->tp_weaklistoffset == right->tp_weaklistoffset;
}

// Whether instances of the class look exactly like its base's.
bool compatible_with_base(Type* type) {
  Type* base = type->tp_base;
  return base && same_size(type, base) && type->tp_dictoffset == base->tp_dictoffset &&
         type->tp_weaklistoffset == base->tp_weaklistoffset &&
         (type->tp_flags & Py_TPFLAGS_HAVE_GC) == (base->tp_flags & Py_TPFLAGS_HAVE_GC);
}

}  // namespace

Type* type_solid_base(Type* type) {
  Type* base = type->tp_base ? type_solid_base(type->tp_base) : &PyBaseObject_Type;
  return adds_fields(type, base) ? type : base;
}

Result<Type> type_find_best_base(Tuple* bases) {
  Type *best = nullptr, *winner = nullptr;
  for (isize i = 0; i < bases->ob_size; ++i) {
    Object* item = bases->ob_item[i];
    if (!is_type(item)) return raise(TypeError, "bases must be types");
    Type* base = reinterpret_cast<Type*>(item);
    if (!has_flag(base, Py_TPFLAGS_READY)) TRY(type_ready(base));
    if (!has_flag(base, Py_TPFLAGS_BASETYPE)) {
      return raise(TypeError, "type '%.100s' is not an acceptable base type", base->tp_name);
    }
    Type* candidate = type_solid_base(base);
    if (!winner) {
      winner = candidate;
      best = base;
    } else if (type_is_subtype(winner, candidate)) {
      continue;
    } else if (type_is_subtype(candidate, winner)) {
      winner = candidate;
      best = base;
    } else {
      return raise(TypeError, "multiple bases have instance lay-out conflict");
    }
  }
  return Result<Type>::share(best);
}

Type* type_best_base(Tuple* bases) {
  auto best = type_find_best_base(bases);
  if (best.failed()) return nullptr;
  return best.take().get();  // kept alive by `bases`
}

bool type_has_compatible_layout(Type* old_type, Type* new_type, const char* attribute) {
  auto fail = [](Error) { return false; };
  if (new_type->tp_free != old_type->tp_free) {
    return fail(raise(TypeError, "%s assignment: '%s' deallocator differs from '%s'", attribute, new_type->tp_name,
                      old_type->tp_name));
  }
  // Go down to the classes that add fields; those must add the same.
  Type *new_base = new_type, *old_base = old_type;
  while (new_base->tp_base && compatible_with_base(new_base)) new_base = new_base->tp_base;
  while (old_base->tp_base && compatible_with_base(old_base)) old_base = old_base->tp_base;
  if (new_base != old_base &&
      (!new_base->tp_base || new_base->tp_base != old_base->tp_base || !same_slots_added(new_base, old_base))) {
    return fail(raise(TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute, new_type->tp_name,
                      old_type->tp_name));
  }
  return true;
}

// == __class__ ==

Result<void> object_set_class(Object* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "can't delete __class__ attribute");
  if (!is_type(*value)) {
    return raise(TypeError, "__class__ must be set to a class, not '%s' object", value->ob_type->tp_name);
  }
  TRY(audit("object.__setattr__", self, static_cast<Object*>(id::__class__), *value));
  Type *old_type = self->ob_type, *new_type = reinterpret_cast<Type*>(*value);
  // Instances of built-in types may be shared or immutable; modules are the exception.
  bool module_to_module = type_is_subtype(new_type, &PyModule_Type) && type_is_subtype(old_type, &PyModule_Type);
  if (!module_to_module &&
      (has_flag(new_type, Py_TPFLAGS_IMMUTABLETYPE) || has_flag(old_type, Py_TPFLAGS_IMMUTABLETYPE))) {
    return raise(TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
  }
  if (!type_has_compatible_layout(old_type, new_type, "__class__")) return Error{};
  // An instance whose dict shares the old class's keys keeps it: the keys know themselves.
  if (is_heap_type(new_type)) incref(new_type);
  self->ob_type = new_type;
  if (is_heap_type(old_type)) decref(old_type);
  return {};
}

// == __bases__ ==

namespace {

// `changes` gets (class, its old MRO) pairs, to put back if some MRO cannot be computed.
Result<void> recompute_hierarchy(Type* type, List* changes) {
  Ref<Object> old;
  TRY(type_compute_mro(type, &old));
  if (old) {
    Ref<Tuple> change = TRY(tuple_pack(static_cast<Object*>(type), old.get()));
    TRY(list_append(changes, change));
  }
  SubclassList* subclasses = subclasses_of(type);
  if (!subclasses) return {};
  // A metaclass's mro() may change the list: walk a copy.
  Ref<List> copy = TRY(list_new());
  for (isize i = 0; i < subclasses->count; ++i) TRY(list_append(copy, subclasses->items[i]));
  for (isize i = 0; i < list_size(copy); ++i) {
    TRY(recompute_hierarchy(reinterpret_cast<Type*>(list_item(copy, i)), changes));
  }
  return {};
}

}  // namespace

Result<void> type_set_bases(Type* type, Opt<Object*> value) {
  if (!value || has_flag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    return raise(TypeError, "cannot %s '%s' attribute of immutable type '%s'", value ? "set" : "delete", "__bases__",
                 type->tp_name);
  }
  TRY(audit("object.__setattr__", static_cast<Object*>(type), static_cast<Object*>(id::__bases__), *value));
  if (!is_tuple(*value)) {
    return raise(TypeError, "can only assign tuple to %s.__bases__, not %s", type->tp_name, value->ob_type->tp_name);
  }
  Tuple* bases = as<Tuple>(*value);
  if (bases->ob_size == 0) {
    return raise(TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->tp_name);
  }
  for (isize i = 0; i < bases->ob_size; ++i) {
    Object* item = bases->ob_item[i];
    if (!is_type(item)) {
      return raise(TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->tp_name, item->ob_type->tp_name);
    }
    Type* base = reinterpret_cast<Type*>(item);
    if (type_is_subtype(base, type) || (base->tp_mro && base->tp_base && type_is_subtype(base->tp_base, type))) {
      return raise(TypeError, "a __bases__ item causes an inheritance cycle");
    }
  }
  Ref<Type> new_base = TRY(type_find_best_base(bases));
  if (!type_has_compatible_layout(type->tp_base, new_base, "__bases__")) return Error{};

  Ref<Object> old_bases = Ref<Object>::steal(type->tp_bases);
  Ref<Object> old_base = Ref<Object>::steal(type->tp_base);
  type->tp_bases = new_ref(*value).release();
  type->tp_base = new_base.share().release();
  Ref<List> changes = TRY(list_new());
  auto recomputed = recompute_hierarchy(type, changes);
  if (recomputed.failed()) {
    for (isize i = 0; i < list_size(changes); ++i) {
      Tuple* change = as<Tuple>(list_item(changes, i));
      Type* changed = reinterpret_cast<Type*>(change->ob_item[0]);
      set_field(changed->tp_mro, new_ref(change->ob_item[1]));
      type_modified(changed);
    }
    // Someone (an mro() method) may have assigned __bases__ meanwhile: theirs stays then.
    if (type->tp_bases == *value && type->tp_base == new_base.get()) {
      Ref<Object> undone_bases = Ref<Object>::steal(type->tp_bases);
      Ref<Object> undone_base = Ref<Object>::steal(type->tp_base);
      type->tp_bases = old_bases.release();
      type->tp_base = reinterpret_cast<Type*>(old_base.release());
    }
    return Error{};
  }
  if (type->tp_bases != *value) return {};
  Tuple* before = as<Tuple>(old_bases.get());
  for (isize i = 0; i < before->ob_size; ++i) type_remove_subclass(reinterpret_cast<Type*>(before->ob_item[i]), type);
  TRY(type_add_to_bases(type));
  type_update_all_slots(type);
  type_modified(type);
  return {};
}
}  // namespace adder
