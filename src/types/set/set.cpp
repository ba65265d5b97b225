// set: set and frozenset: methods, operators and type objects.
//
// See        types/set/table.h for the table and the operations, tests/python/test_set.py
#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set/table.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// == Making ==

Result<Set> set_make(Type* type, Opt<Object*> iterable) {
  Set* s;
  if (type != &PySet_Type && type != &PyFrozenSet_Type) {  // a subclass, of Python or of C
    Object* object = type->tp_alloc(type, 0);
    if (!object) return Error{};
    s = as<Set>(object);
    set_init_empty(s);
  } else {
    Object* object = object_allocate(type);
    if (!object) return Error{};
    s = as<Set>(object);
    set_init_empty(s);
    gc::track(s);
  }
  Ref<Set> result = Ref<Set>::steal(s);
  if (iterable) TRY(set_update(result, iterable.get()));
  return result;
}

Result<Set> set_new(Opt<Object*> iterable) { return set_make(&PySet_Type, iterable); }
Result<Set> frozenset_new(Opt<Object*> iterable) { return set_make(&PyFrozenSet_Type, iterable); }

namespace {
void set_dealloc(PyObject* self) {
  Set* s = as<Set>(self);
  gc::untrack(s);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  if (s->weakreflist) weakref_clear_all(s);
  set_clear(s);
  if (s->table != s->smalltable) memory::release(s->table);
  self->ob_type->tp_free(self);
}

int set_traverse(PyObject* self, visitproc visit, void* arg) {
  Set* s = as<Set>(self);
  for (isize i = 0; i <= s->mask; ++i) {
    if (set_entry_is_active(s->table[i])) VISIT(s->table[i].key);
  }
  return 0;
}

int set_tp_clear(PyObject* self) {
  set_clear(as<Set>(self));
  return 0;
}

bool has_keywords(Object* kwargs) { return kwargs && object_size(kwargs).to_c() > 0; }

PyObject* set_tp_new(PyTypeObject* type, PyObject*, PyObject*) { return set_make(type, {}).to_c(); }

int set_tp_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  auto init = [&]() -> Result<void> {
    if (has_keywords(kwargs)) return raise(TypeError, "set() takes no keyword arguments");
    isize count = tuple_size(as<Tuple>(args));
    if (count > 1) return raise(TypeError, "%s expected at most 1 argument, got %zd", self->ob_type->tp_name, count);
    Set* s = as<Set>(self);
    set_clear(s);
    s->hash = -1;
    if (count) TRY(set_update(s, tuple_item(as<Tuple>(args), 0)));
    return {};
  };
  return init().to_c();
}

Result<Object> make_frozen(Type* type, Object* const* args, isize count) {
  if (count > 1) return raise(TypeError, "frozenset expected at most 1 argument, got %zd", count);
  if (type == &PyFrozenSet_Type && count && is_frozenset_exact(args[0])) return Result<Object>::share(args[0]);
  return set_make(type, count ? args[0] : nullptr);
}

PyObject* frozenset_tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (type->tp_init == PyFrozenSet_Type.tp_init && has_keywords(kwargs)) {
    (void)raise(TypeError, "frozenset() takes no keyword arguments");
    return nullptr;
  }
  return make_frozen(type, tuple_items(as<Tuple>(args)), tuple_size(as<Tuple>(args))).to_c();
}

PyObject* set_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  auto make = [&]() -> Result<Object> {
    isize count = static_cast<isize>(vectorcall_nargs(nargsf));
    if (names && tuple_size(as<Tuple>(names)) > 0) return raise(TypeError, "set() takes no keyword arguments");
    if (count > 1) return raise(TypeError, "set expected at most 1 argument, got %zd", count);
    return set_make(reinterpret_cast<Type*>(type), count ? args[0] : nullptr);
  };
  return make().to_c();
}

PyObject* frozenset_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  if (names && tuple_size(as<Tuple>(names)) > 0) {
    (void)raise(TypeError, "frozenset() takes no keyword arguments");
    return nullptr;
  }
  return make_frozen(reinterpret_cast<Type*>(type), args, static_cast<isize>(vectorcall_nargs(nargsf))).to_c();
}

// == Slots ==

Result<Str> set_repr(Set* s) {
  bool plain = is_set_exact(s);
  const char* short_name = type_short_name(s->ob_type);
  if (TRY(repr_enter(s))) return str_from_format("%s(...)", short_name);
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{s};
  if (s->used == 0) return str_from_format("%s()", short_name);
  Ref<List> content = TRY(sequence_list(s));
  StrWriter writer(list_size(content) * 3 + 2);
  if (!plain) {
    TRY(writer.write_utf8(short_name));
    TRY(writer.write_char('('));
  }
  TRY(writer.write_char('{'));
  for (isize i = 0; i < list_size(content); ++i) {
    if (i) TRY(writer.write_ascii(", "));
    TRY(writer.write_repr(list_item(content, i)));
  }
  TRY(writer.write_char('}'));
  if (!plain) TRY(writer.write_char(')'));
  return writer.finish();
}

Result<isize> set_length(Set* s) { return s->used; }

Result<bool> set_contains_method(Set* s, Object* key) {
  Ref<Object> replacement;
  Py_hash_t hash = TRY(set_hash_key(key, replacement));
  return set_contains_entry(s, replacement ? replacement.get() : key, hash);
}

Result<Object> set_rich_compare(Set* s, Object* other, int op) {
  if (!is_any_set(other)) return not_implemented();
  Set* o = as<Set>(other);
  switch (op) {
    case Py_EQ:
      return bool_result(TRY(set_equal(s, o)));
    case Py_NE:
      return bool_result(!TRY(set_equal(s, o)));
    case Py_LE:
      return bool_result(TRY(set_is_subset(s, o)));
    case Py_GE:
      return bool_result(TRY(set_is_subset(o, s)));
    case Py_LT:
      return bool_result(s->used < o->used && TRY(set_is_subset(s, o)));
    default:
      return bool_result(s->used > o->used && TRY(set_is_subset(o, s)));
  }
}

Py_hash_t frozenset_hash_slot(PyObject* self) { return frozenset_hash(as<Set>(self)); }

template <Result<Set> (*function)(Set*, Object*)>
PyObject* binary(PyObject* left, PyObject* right) {
  if (!is_any_set(left) || !is_any_set(right)) return NotImplemented;
  return function(as<Set>(left), right).to_c();
}

template <Result<void> (*function)(Set*, Object*)>
PyObject* in_place(PyObject* self, PyObject* other) {
  if (!is_any_set(other)) return NotImplemented;
  if (function(as<Set>(self), other).failed()) return nullptr;
  incref(self);
  return self;
}

Result<Set> set_united(Set* s, Object* other) {
  Ref<Set> result = TRY(set_copy(s));
  if (static_cast<Object*>(s) != other) TRY(set_update(result, other));
  return result;
}

Result<void> set_intersection_update(Set* s, Object* other) {
  Ref<Set> result = TRY(set_intersection(s, other));
  set_swap_contents(s, result);
  return {};
}

// == Methods ==

constexpr Doc add_doc = "add($self, element, /)";
constexpr const char* add_text = "Add an element to a set.\n\nThis has no effect if the element is already present.";
constexpr Doc clear_doc = "clear($self, /)";
constexpr const char* clear_text = "Remove all elements from this set.";
constexpr Doc contains_doc = "__contains__($self, element, /)";
constexpr const char* contains_text = "x.__contains__(y) <==> y in x.";
constexpr Doc copy_doc = "copy($self, /)";
constexpr const char* copy_text = "Return a shallow copy of a set.";
constexpr Doc discard_doc = "discard($self, element, /)";
constexpr const char* discard_text =
    "Remove an element from a set if it is a member.\n\n"
    "Unlike set.remove(), the discard() method does not raise\n"
    "an exception when an element is missing from the set.";
constexpr Doc difference_doc = "difference($self, /, *others)";
constexpr const char* difference_text =
    "Return the difference of two or more sets as a new set.\n\n"
    "(i.e. all elements that are in this set but not the others.)";
constexpr Doc difference_update_doc = "difference_update($self, /, *others)";
constexpr const char* difference_update_text = "Remove all elements of another set from this set.";
constexpr Doc intersection_doc = "intersection($self, /, *others)";
constexpr const char* intersection_text =
    "Return the intersection of two sets as a new set.\n\n(i.e. all elements that are in both sets.)";
constexpr Doc intersection_update_doc = "intersection_update($self, /, *others)";
constexpr const char* intersection_update_text = "Update a set with the intersection of itself and another.";
constexpr Doc isdisjoint_doc = "isdisjoint($self, other, /)";
constexpr const char* isdisjoint_text = "Return True if two sets have a null intersection.";
constexpr Doc issubset_doc = "issubset($self, other, /)";
constexpr const char* issubset_text = "Report whether another set contains this set.";
constexpr Doc issuperset_doc = "issuperset($self, other, /)";
constexpr const char* issuperset_text = "Report whether this set contains another set.";
constexpr Doc pop_doc = "pop($self, /)";
constexpr const char* pop_text = "Remove and return an arbitrary set element.\nRaises KeyError if the set is empty.";
constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = "Return state information for pickling.";
constexpr Doc remove_doc = "remove($self, element, /)";
constexpr const char* remove_text =
    "Remove an element from a set; it must be a member.\n\n"
    "If the element is not a member, raise a KeyError.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)";
constexpr const char* sizeof_text = "S.__sizeof__() -> size of S in memory, in bytes";
constexpr Doc symmetric_difference_doc = "symmetric_difference($self, other, /)";
constexpr const char* symmetric_difference_text =
    "Return the symmetric difference of two sets as a new set.\n\n"
    "(i.e. all elements that are in exactly one of the sets.)";
constexpr Doc symmetric_difference_update_doc = "symmetric_difference_update($self, other, /)";
constexpr const char* symmetric_difference_update_text =
    "Update a set with the symmetric difference of itself and another.";
constexpr Doc union_doc = "union($self, /, *others)";
constexpr const char* union_text =
    "Return the union of sets as a new set.\n\n(i.e. all elements that are in either set.)";
constexpr Doc update_doc = "update($self, /, *others)";
constexpr const char* update_text = "Update a set with the union of itself and others.";
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)";
constexpr const char* class_getitem_text = "See PEP 585";

Result<void> clear_method(Set* s) {
  set_clear(s);
  return {};
}

Result<Object> copy_method(Set* s) { return set_copy(s); }

Result<Object> frozenset_copy(Set* s) {
  if (is_frozenset_exact(s)) return Result<Object>::share(s);
  return set_copy(s);
}

Result<void> discard_method(Set* s, Object* key) {
  Ref<Object> replacement;
  Py_hash_t hash = TRY(set_hash_key(key, replacement));
  TRY(set_discard_entry(s, replacement ? replacement.get() : key, hash));
  return {};
}

Result<void> remove_method(Set* s, Object* key) {
  Ref<Object> replacement;
  Py_hash_t hash = TRY(set_hash_key(key, replacement));
  if (!TRY(set_discard_entry(s, replacement ? replacement.get() : key, hash))) return raise_key_error(key);
  return {};
}

Result<Object> pop_method(Set* s) {
  Ref<Object> key = TRY(set_pop(s));
  return key;
}

// Folds the others, one after the other.
template <class Step>
Result<void> with_each(Tuple* others, Step&& step) {
  for (isize i = 0; i < tuple_size(others); ++i) TRY(step(tuple_item(others, i)));
  return {};
}

Result<Set> difference_method(Set* s, Tuple* others) {
  if (tuple_size(others) == 0) return set_copy(s);
  Ref<Set> result = TRY(set_difference(s, tuple_item(others, 0)));
  for (isize i = 1; i < tuple_size(others); ++i) TRY(set_difference_update(result, tuple_item(others, i)));
  return result;
}

Result<Set> intersection_method(Set* s, Tuple* others) {
  if (tuple_size(others) == 0) return set_copy(s);
  Ref<Set> result = new_ref(s);
  TRY(with_each(others, [&](Object* other) -> Result<void> {
    result = TRY(set_intersection(result, other));
    return {};
  }));
  return result;
}

Result<void> intersection_update_method(Set* s, Tuple* others) {
  Ref<Set> result = TRY(intersection_method(s, others));
  set_swap_contents(s, result);
  return {};
}

Result<void> difference_update_method(Set* s, Tuple* others) {
  return with_each(others, [&](Object* other) { return set_difference_update(s, other); });
}

Result<Set> union_method(Set* s, Tuple* others) {
  Ref<Set> result = TRY(set_copy(s));
  TRY(with_each(
      others, [&](Object* other) -> Result<void> { return other == s ? Result<void>() : set_update(result, other); }));
  return result;
}

Result<void> update_method(Set* s, Tuple* others) {
  return with_each(others, [&](Object* other) { return set_update(s, other); });
}

Result<Object> set_reduce(Set* s) {
  Ref<List> keys = TRY(sequence_list(s));
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(keys)));
  Ref<Object> state = TRY(call_method(s, id::__getstate__));
  return tuple_pack(static_cast<Object*>(s->ob_type), static_cast<Object*>(arguments), state.get());
}

Result<isize> set_sizeof(Set* s) {
  isize size = s->ob_type->tp_basicsize;
  if (s->table != s->smalltable) size += (s->mask + 1) * static_cast<isize>(sizeof(setentry));
  return size;
}

Result<Object> class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }

// == The iterator ==

struct SetIterator : PyObject {
  Set* set;    // owned; null when exhausted
  isize used;  // at the start; -1 after a change was found, so that the error stays
  isize position;
  isize remaining;
};

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  if (Set* s = static_cast<SetIterator*>(self)->set) decref(s);
  object_free(self);
}

int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<SetIterator*>(self)->set);
  return 0;
}

Result<Object> set_iter(Set* s) {
  auto* it = static_cast<SetIterator*>(object_allocate(&PySetIter_Type));
  if (!it) return Error{};
  incref(s);
  it->set = s;
  it->used = s->used;
  it->position = 0;
  it->remaining = s->used;
  gc::track(it);
  return Ref<Object>::steal(it);
}

Maybe<Object> iterator_next(SetIterator* it) {
  Set* s = it->set;
  if (!s) return nullptr;
  if (it->used != s->used) {
    it->used = -1;
    return raise(RuntimeError, "Set changed size during iteration");
  }
  Object* key;
  Py_hash_t hash;
  if (!set_next(s, it->position, key, hash)) {
    clear_field(it->set);
    return nullptr;
  }
  it->remaining--;
  return Maybe<Object>::share(key);
}

constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";

Result<isize> iterator_length_hint(SetIterator* it) {
  return it->set && it->used == it->set->used ? it->remaining : isize{0};
}

// iter(list of what is left); the iterator itself stays where it is.
Result<Object> iterator_reduce(SetIterator* it) {
  Ref<List> rest = TRY(list_new());
  if (it->set) {
    if (it->used != it->set->used) return raise(RuntimeError, "Set changed size during iteration");
    isize position = it->position;
    Object* key;
    Py_hash_t hash;
    while (set_next(it->set, position, key, hash)) TRY(list_append(rest, key));
  }
  Ref<Object> iter = TRY(import_attribute("builtins", "iter"));
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(rest)));
  return tuple_pack(iter.get(), static_cast<Object*>(arguments));
}

constinit PyMethodDef iterator_methods[] = {
    method<iterator_length_hint, length_hint_doc>(), with_text(method<iterator_reduce, reduce_doc>(), reduce_text), {}};

constinit PyMethodDef set_methods[] = {
    with_text(method<set_add, add_doc>(), add_text),
    with_text(method<clear_method, clear_doc>(), clear_text),
    with_text(coexisting_method<set_contains_method, contains_doc>(), contains_text),
    with_text(method<copy_method, copy_doc>(), copy_text),
    with_text(method<discard_method, discard_doc>(), discard_text),
    with_text(method<difference_method, difference_doc>(), difference_text),
    with_text(method<difference_update_method, difference_update_doc>(), difference_update_text),
    with_text(method<intersection_method, intersection_doc>(), intersection_text),
    with_text(method<intersection_update_method, intersection_update_doc>(), intersection_update_text),
    with_text(method<set_is_disjoint, isdisjoint_doc>(), isdisjoint_text),
    with_text(method<set_is_subset, issubset_doc>(), issubset_text),
    with_text(method<set_is_superset, issuperset_doc>(), issuperset_text),
    with_text(method<pop_method, pop_doc>(), pop_text),
    with_text(method<set_reduce, reduce_doc>(), reduce_text),
    with_text(method<remove_method, remove_doc>(), remove_text),
    with_text(method<set_sizeof, sizeof_doc>(), sizeof_text),
    with_text(method<set_symmetric_difference, symmetric_difference_doc>(), symmetric_difference_text),
    with_text(method<set_symmetric_difference_update, symmetric_difference_update_doc>(),
              symmetric_difference_update_text),
    with_text(method<union_method, union_doc>(), union_text),
    with_text(method<update_method, update_doc>(), update_text),
    with_text(class_method<class_getitem, class_getitem_doc>(), class_getitem_text),
    {},
};

constinit PyMethodDef frozenset_methods[] = {
    with_text(coexisting_method<set_contains_method, contains_doc>(), contains_text),
    with_text(method<frozenset_copy, copy_doc>(), copy_text),
    with_text(method<difference_method, difference_doc>(), difference_text),
    with_text(method<intersection_method, intersection_doc>(), intersection_text),
    with_text(method<set_is_disjoint, isdisjoint_doc>(), isdisjoint_text),
    with_text(method<set_is_subset, issubset_doc>(), issubset_text),
    with_text(method<set_is_superset, issuperset_doc>(), issuperset_text),
    with_text(method<set_reduce, reduce_doc>(), reduce_text),
    with_text(method<set_sizeof, sizeof_doc>(), sizeof_text),
    with_text(method<set_symmetric_difference, symmetric_difference_doc>(), symmetric_difference_text),
    with_text(method<union_method, union_doc>(), union_text),
    with_text(class_method<class_getitem, class_getitem_doc>(), class_getitem_text),
    {},
};

// == Type objects ==

constinit PyNumberMethods set_as_number = {
    .nb_subtract = &binary<set_difference>,
    .nb_and = &binary<set_intersection>,
    .nb_xor = &binary<set_symmetric_difference>,
    .nb_or = &binary<set_united>,
    .nb_inplace_subtract = &in_place<set_difference_update>,
    .nb_inplace_and = &in_place<set_intersection_update>,
    .nb_inplace_xor = &in_place<set_symmetric_difference_update>,
    .nb_inplace_or = &in_place<set_update>,
};
constinit PyNumberMethods frozenset_as_number = {
    .nb_subtract = &binary<set_difference>,
    .nb_and = &binary<set_intersection>,
    .nb_xor = &binary<set_symmetric_difference>,
    .nb_or = &binary<set_united>,
};
constinit PySequenceMethods set_as_sequence = {.sq_length = slot<set_length>, .sq_contains = slot<set_contains_method>};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PySet_Type = {
    .tp_name = "set",
    .tp_basicsize = sizeof(Set),
    .tp_dealloc = &set_dealloc,
    .tp_repr = slot<set_repr>,
    .tp_as_number = &set_as_number,
    .tp_as_sequence = &set_as_sequence,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc =
        "set() -> new empty set object\nset(iterable) -> new set object\n\n"
        "Build an unordered collection of unique elements.",
    .tp_traverse = &set_traverse,
    .tp_clear = &set_tp_clear,
    .tp_richcompare = slot<set_rich_compare>,
    .tp_weaklistoffset = offsetof(Set, weakreflist),
    .tp_iter = slot<set_iter>,
    .tp_methods = set_methods,
    .tp_init = &set_tp_init,
    .tp_alloc = type_generic_alloc,
    .tp_new = &set_tp_new,
    .tp_free = object_gc_del,
    .tp_vectorcall = &set_vectorcall,
};
constinit PyTypeObject PyFrozenSet_Type = {
    .tp_name = "frozenset",
    .tp_basicsize = sizeof(Set),
    .tp_dealloc = &set_dealloc,
    .tp_repr = slot<set_repr>,
    .tp_as_number = &frozenset_as_number,
    .tp_as_sequence = &set_as_sequence,
    .tp_hash = &frozenset_hash_slot,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc =
        "frozenset() -> empty frozenset object\nfrozenset(iterable) -> frozenset object\n\n"
        "Build an immutable unordered collection of unique elements.",
    .tp_traverse = &set_traverse,
    .tp_clear = &set_tp_clear,
    .tp_richcompare = slot<set_rich_compare>,
    .tp_weaklistoffset = offsetof(Set, weakreflist),
    .tp_iter = slot<set_iter>,
    .tp_methods = frozenset_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = &frozenset_tp_new,
    .tp_free = object_gc_del,
    .tp_vectorcall = &frozenset_vectorcall,
};
constinit PyTypeObject PySetIter_Type = {
    .tp_name = "set_iterator",
    .tp_basicsize = sizeof(SetIterator),
    .tp_dealloc = &iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
