// type_mro: the method resolution order: C3 (Barrett and others, 1996), or what a metaclass's mro() gives.
#include "memory/allocator.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// Linearisations that are being merged: the MRO of each base, and the list of bases last.
struct Sequence {
  Tuple* tuple;
  isize next;
  Object* head() const { return next < tuple->ob_size ? tuple->ob_item[next] : nullptr; }
  bool tail_contains(Object* type) const {
    for (isize i = next + 1; i < tuple->ob_size; ++i) {
      if (tuple->ob_item[i] == type) return true;
    }
    return false;
  }
};

Result<void> raise_inconsistent(const Sequence* sequences, isize count) {
  Ref<Dict> heads = TRY(dict_new());
  StrWriter text;
  TRY(text.write_ascii("Cannot create a consistent method resolution\norder (MRO) for bases"));
  for (isize i = 0; i < count; ++i) {
    Object* head = sequences[i].head();
    if (!head || TRY(dict_contains(heads, head))) continue;
    Ref<Object> name = TRY(type_get_name(reinterpret_cast<Type*>(head)));
    TRY(text.write_ascii(dict_size(heads) ? ", " : " "));
    TRY(text.write_str(as<Str>(name.get())));
    TRY(dict_set_item(heads, head, None));
  }
  Ref<Str> message = TRY(text.finish());
  return raise_object(TypeError, message);
}

Result<void> check_duplicates(Tuple* bases) {
  for (isize i = 0; i < bases->ob_size; ++i) {
    for (isize k = i + 1; k < bases->ob_size; ++k) {
      if (bases->ob_item[i] != bases->ob_item[k]) continue;
      Ref<Object> name = TRY(object_lookup_attr(bases->ob_item[i], id::__name__));
      if (name) return raise(TypeError, "duplicate base class %S", name.get());
      return raise(TypeError, "duplicate base class");
    }
  }
  return {};
}

// An MRO from Python: a tuple of classes whose layouts fit the type.
Result<Tuple> checked_custom_mro(Type* type, Object* result) {
  Ref<Tuple> mro = TRY(sequence_tuple(result));
  if (mro->ob_size == 0) return raise(TypeError, "type MRO must not be empty");
  Type* solid = type_solid_base(type);
  for (isize i = 0; i < mro->ob_size; ++i) {
    Object* item = mro->ob_item[i];
    if (!is_type(item)) return raise(TypeError, "mro() returned a non-class ('%.500s')", item->ob_type->tp_name);
    Type* base = reinterpret_cast<Type*>(item);
    if (!type_is_subtype(solid, type_solid_base(base))) {
      return raise(TypeError, "mro() returned base with unsuitable layout ('%.500s')", base->tp_name);
    }
  }
  return mro;
}

// Marks the type if its MRO names classes that are none of its bases' classes.
void mark_cacheability(Type* type, bool custom) {
  bool reachable = true;
  Tuple* bases = as<Tuple>(type->tp_bases);
  for (isize i = 0; i < bases->ob_size; ++i) {
    Type* base = reinterpret_cast<Type*>(bases->ob_item[i]);
    if (has_flag(base, kTypeUncacheable)) reachable = false;
  }
  if (custom && reachable) {
    Tuple* mro = as<Tuple>(type->tp_mro);
    for (isize i = 0; i < mro->ob_size && reachable; ++i) {
      Type* item = reinterpret_cast<Type*>(mro->ob_item[i]);
      if (item == type) continue;
      bool found = false;
      for (isize k = 0; k < bases->ob_size && !found; ++k) {
        found = type_is_subtype(reinterpret_cast<Type*>(bases->ob_item[k]), item);
      }
      reachable = found;
    }
  }
  if (reachable) {
    type->tp_flags &= ~kTypeUncacheable;
  } else {
    type->tp_flags |= kTypeUncacheable;
  }
}

}  // namespace

Result<List> type_linearize(Type* type) {
  Tuple* bases = as<Tuple>(type->tp_bases);
  isize count = bases->ob_size;
  for (isize i = 0; i < count; ++i) {
    Type* base = reinterpret_cast<Type*>(bases->ob_item[i]);
    if (!base->tp_mro) return raise(TypeError, "Cannot extend an incomplete type '%.100s'", base->tp_name);
  }
  Ref<List> result = TRY(list_new());
  TRY(list_append(result, type));
  if (count == 1) {  // the common case needs no merge
    Tuple* mro = as<Tuple>(reinterpret_cast<Type*>(bases->ob_item[0])->tp_mro);
    for (isize i = 0; i < mro->ob_size; ++i) TRY(list_append(result, mro->ob_item[i]));
    return result;
  }
  TRY(check_duplicates(bases));
  struct Block {  // on the heap: a class may have any number of bases
    Sequence* items;
    ~Block() { memory::release(items); }
  } block{static_cast<Sequence*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(Sequence)))};
  if (!block.items) return raise_no_memory();
  Sequence* sequences = block.items;
  for (isize i = 0; i < count; ++i) {
    sequences[i] = {as<Tuple>(reinterpret_cast<Type*>(bases->ob_item[i])->tp_mro), 0};
  }
  sequences[count] = {bases, 0};
  for (;;) {
    Object* candidate = nullptr;
    bool any_left = false;
    for (isize i = 0; i <= count && !candidate; ++i) {
      Object* head = sequences[i].head();
      if (!head) continue;
      any_left = true;
      bool in_a_tail = false;
      for (isize k = 0; k <= count && !in_a_tail; ++k) in_a_tail = sequences[k].tail_contains(head);
      if (!in_a_tail) candidate = head;
    }
    if (!any_left) return result;
    if (!candidate) {
      TRY(raise_inconsistent(sequences, count + 1));
      return Error{};
    }
    TRY(list_append(result, candidate));
    for (isize i = 0; i <= count; ++i) {
      if (sequences[i].head() == candidate) ++sequences[i].next;
    }
  }
}

Result<void> type_compute_mro(Type* type, Ref<Object>* old) {
  Ref<Tuple> mro;
  bool custom = type->ob_type != &PyType_Type && has_flag(type->ob_type, Py_TPFLAGS_HEAPTYPE);
  Object* before = type->tp_mro;
  if (custom) {
    Ref<Object> function = TRY(object_lookup_special(type, id::mro));
    if (!function) return raise(AttributeError, "mro");
    custom = function->ob_type != &PyCFunction_Type;
    if (custom) {
      Ref<Object> answer = TRY(object_call_no_args(function));
      mro = TRY(checked_custom_mro(type, answer));
    }
  }
  if (!custom) {
    Ref<List> list = TRY(type_linearize(type));
    mro = TRY(list_as_tuple(list));
  }
  // mro() may have assigned the bases of this very class: its result is stale then.
  if (type->tp_mro != before) return {};
  Ref<Object> previous = Ref<Object>::steal(type->tp_mro);
  type->tp_mro = mro.release();
  if (old) *old = std::move(previous);
  mark_cacheability(type, custom);
  type_modified(type);
  return {};
}
}  // namespace adder
