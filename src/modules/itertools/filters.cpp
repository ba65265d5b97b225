// filters: iterators that choose, apply and group.
#include "modules/itertools/itertools.h"

namespace adder::itertools {
namespace {
// == starmap ==

struct Pair : Iterator<2> {};  // function and iterator, or data and selectors
Result<Object> make_pair(Type* type, Object* first, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Pair> self = TRY(make<Pair>(type));
  self->field[0] = new_ref(first).release();
  self->field[1] = iterator.release();
  return self;
}
Result<Object> pair_reduce(Pair* self) {
  return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0], self->field[1])).get());
}
constinit PyMethodDef pair_methods[] = {method<pair_reduce, reduce_doc>(), {}};

constexpr Doc starmap_doc =
    "starmap(function, iterable, /)\n--\n\nReturn an iterator whose values are returned from the function evaluated "
    "with an argument tuple taken from the given sequence.";
Maybe<Object> starmap_next(Pair* self) {
  Ref<Object> args = TRY(iter_next(self->field[1]));
  if (!args) return nullptr;
  if (!is_tuple_exact(args)) args = TRY(Result<Object>(sequence_tuple(args)));
  return object_call(self->field[0], args);
}

// == compress ==

constexpr Doc compress_doc =
    "compress(data, selectors)\n--\n\nReturn data elements corresponding to true selector elements.\n\nForms a shorter "
    "iterator from selected data elements using the selectors to\nchoose the data elements.";
Result<Object> compress_make(Type* type, Object* data, Object* selectors) {
  Ref<Object> first = TRY(object_get_iter(data));
  return make_pair(type, first, selectors);
}
Maybe<Object> compress_next(Pair* self) {
  for (;;) {
    Ref<Object> datum = TRY(iter_next(self->field[0]));
    if (!datum) return nullptr;
    Ref<Object> selector = TRY(iter_next(self->field[1]));
    if (!selector) return nullptr;
    if (TRY(object_is_true(selector))) return datum;
  }
}

// == filterfalse, takewhile, dropwhile ==

Result<bool> test(Object* predicate, Object* item) {
  Ref<Object> verdict = TRY(object_call_one_arg(predicate, item));
  return object_is_true(verdict);
}
constexpr Doc filterfalse_doc =
    "filterfalse(function, iterable, /)\n--\n\nReturn those items of iterable for which function(item) is false.\n\nIf "
    "function is None, return the items that are false.";
Maybe<Object> filterfalse_next(Pair* self) {
  bool plain = self->field[0] == None || self->field[0] == &PyBool_Type;
  for (;;) {
    Ref<Object> item = TRY(iter_next(self->field[1]));
    if (!item) return nullptr;
    if (!(plain ? TRY(object_is_true(item)) : TRY(test(self->field[0], item)))) return item;
  }
}
struct While : Iterator<2> {  // predicate, iterator
  bool switched;
};
Result<Object> while_make(Type* type, Object* predicate, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<While> self = TRY(make<While>(type));
  self->field[0] = new_ref(predicate).release();
  self->field[1] = iterator.release();
  return self;
}
Result<Object> while_reduce(While* self) {
  return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0], self->field[1])).get(),
                    static_cast<Object*>(small_int(self->switched)));
}
Result<void> while_setstate(While* self, Object* state) {
  self->switched = TRY(object_is_true(state));
  return {};
}
constinit PyMethodDef while_methods[] = {
    method<while_reduce, reduce_doc>(), method<while_setstate, setstate_doc>(), {}};
constexpr Doc takewhile_doc =
    "takewhile(predicate, iterable, /)\n--\n\nReturn successive entries from an iterable as long as the predicate "
    "evaluates to true for each entry.";
Maybe<Object> takewhile_next(While* self) {
  if (self->switched) return nullptr;
  Ref<Object> item = TRY(iter_next(self->field[1]));
  if (!item) return nullptr;
  if (TRY(test(self->field[0], item))) return item;
  self->switched = true;
  return nullptr;
}
constexpr Doc dropwhile_doc =
    "dropwhile(predicate, iterable, /)\n--\n\nDrop items from the iterable while predicate(item) is "
    "true.\n\nAfterwards, return every element until the iterable is exhausted.";
Maybe<Object> dropwhile_next(While* self) {
  for (;;) {
    Ref<Object> item = TRY(iter_next(self->field[1]));
    if (!item || self->switched) return item ? Maybe<Object>(std::move(item)) : Maybe<Object>(nullptr);
    if (!TRY(test(self->field[0], item))) {
      self->switched = true;
      return item;
    }
  }
}

// == groupby ==

struct GroupBy
    : Iterator<5> {  // iterator, key function, target key, current key, current value; the last three may be null
  Object* grouper;   // borrowed: the group that may still be read
};
struct Grouper : Iterator<2> {};  // the groupby, the key of the group

constexpr Doc groupby_doc =
    "groupby(iterable, key=None)\n--\n\nmake an iterator that returns consecutive keys and groups from the "
    "iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function "
    "for computing the group category for each element.\n    If the key function is not specified or "
    "is None, the element itself\n    is used for grouping.";
Result<Object> groupby_make(Type* type, Object* iterable, Object* key) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<GroupBy> self = TRY(make<GroupBy>(type));
  self->field[0] = iterator.release();
  self->field[1] = new_ref(key).release();
  return self;
}
// Reads the next item; false at the end.
Result<bool> groupby_step(GroupBy* self) {
  Ref<Object> value = TRY(iter_next(self->field[0]));
  if (!value) return false;
  Ref<Object> key = self->field[1] == None ? value.share() : TRY(object_call_one_arg(self->field[1], value));
  Ref<Object> old_value = Ref<Object>::steal(std::exchange(self->field[4], value.release()));
  Ref<Object> old_key = Ref<Object>::steal(std::exchange(self->field[3], key.release()));
  return true;
}
Result<bool> same_key(Object* left, Object* right) {
  Ref<Object> a = new_ref(left), b = new_ref(right);
  return object_equal(a, b);
}
Maybe<Object> groupby_next(GroupBy* self) {
  self->grouper = nullptr;
  // What is left of the current group is skipped.
  for (;;) {
    if (self->field[3]) {
      if (!self->field[2]) break;
      if (!TRY(same_key(self->field[2], self->field[3]))) break;
    }
    if (!TRY(groupby_step(self))) return nullptr;
  }
  Ref<Object> key = new_ref(self->field[3]);
  Ref<Object> old = Ref<Object>::steal(std::exchange(self->field[2], key.share().release()));
  Ref<Grouper> grouper = TRY(object_new<Grouper>(&grouper_type));
  grouper->field[0] = new_ref<Object>(self).release();
  grouper->field[1] = key.share().release();
  gc::track(grouper);
  self->grouper = grouper;
  return tuple_pack(key.get(), static_cast<Object*>(grouper.get()));
}
Result<Object> groupby_reduce(GroupBy* self) {
  Ref<Tuple> args = TRY(tuple_pack(self->field[0], self->field[1]));
  if (self->field[2] && self->field[3] && self->field[4]) {
    return tuple_pack(type_object(self), static_cast<Object*>(args.get()),
                      static_cast<Object*>(TRY(tuple_pack(self->field[4], self->field[2], self->field[3])).get()));
  }
  return tuple_pack(type_object(self), args.get());
}
Result<void> groupby_setstate(GroupBy* self, Object* state) {
  if (!is_tuple(state)) return raise(TypeError, "state is not a tuple");
  if (tuple_size(as<Tuple>(state)) != 3)
    return raise(TypeError, "function takes exactly 3 arguments (%zd given)", tuple_size(as<Tuple>(state)));
  const int order[] = {4, 2, 3};
  for (isize i = 0; i < 3; ++i) {
    Ref<Object> old =
        Ref<Object>::steal(std::exchange(self->field[order[i]], new_ref(tuple_item(as<Tuple>(state), i)).release()));
  }
  return {};
}
constinit PyMethodDef groupby_methods[] = {
    method<groupby_reduce, reduce_doc>(), method<groupby_setstate, setstate_doc>(), {}};

Maybe<Object> grouper_next(Grouper* self) {
  GroupBy* parent = static_cast<GroupBy*>(self->field[0]);
  if (parent->grouper != self) return nullptr;
  if (!parent->field[4] && !TRY(groupby_step(parent))) return nullptr;
  if (!TRY(same_key(self->field[1], parent->field[3]))) return nullptr;
  if (!parent->field[4]) return nullptr;
  Ref<Object> value = Ref<Object>::steal(std::exchange(parent->field[4], nullptr));
  clear_field(parent->field[3]);
  // The next item is read when it is asked for.
  return value;
}
Result<Object> grouper_reduce(Grouper* self) {
  if (static_cast<GroupBy*>(self->field[0])->grouper != self) return empty_iterator();
  return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0], self->field[1])).get());
}
constexpr Doc grouper_doc = "_grouper(parent, tgtkey, /)\n--\n\n";
Result<Object> grouper_make(Type*, Object* parent, Object* key) {
  if (type_of(parent) != &groupby_type) {
    return raise(TypeError, "_grouper() argument 1 must be itertools.groupby, not %.50s", type_of(parent)->tp_name);
  }
  Ref<Grouper> grouper = TRY(object_new<Grouper>(&grouper_type));
  grouper->field[0] = new_ref(parent).release();
  grouper->field[1] = new_ref(key).release();
  gc::track(grouper);
  static_cast<GroupBy*>(parent)->grouper = grouper;
  return grouper;
}
void grouper_dealloc(PyObject* object) {
  GroupBy* parent = static_cast<GroupBy*>(as<Grouper>(object)->field[0]);
  if (parent && parent->grouper == object) parent->grouper = nullptr;
  iterator_dealloc<2>(object);
}
constinit PyMethodDef grouper_methods[] = {method<grouper_reduce, reduce_doc>(), {}};
constexpr PyTypeObject make_grouper_type() {
  PyTypeObject type = iterator_type<2>("itertools._grouper", sizeof(Grouper), nullptr,
                                       constructor<grouper_make, grouper_doc>, slot<grouper_next>, grouper_methods);
  type.tp_dealloc = grouper_dealloc;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
  return type;
}
}  // namespace

constinit PyTypeObject starmap_type =
    iterator_type<2>("itertools.starmap", sizeof(Pair), starmap_doc.text, constructor<make_pair, starmap_doc>,
                     slot<starmap_next>, pair_methods);
constinit PyTypeObject compress_type =
    iterator_type<2>("itertools.compress", sizeof(Pair), compress_doc.text, constructor<compress_make, compress_doc>,
                     slot<compress_next>, pair_methods);
constinit PyTypeObject filterfalse_type =
    iterator_type<2>("itertools.filterfalse", sizeof(Pair), filterfalse_doc.text,
                     constructor<make_pair, filterfalse_doc>, slot<filterfalse_next>, pair_methods);
constinit PyTypeObject takewhile_type =
    iterator_type<2>("itertools.takewhile", sizeof(While), takewhile_doc.text, constructor<while_make, takewhile_doc>,
                     slot<takewhile_next>, while_methods);
constinit PyTypeObject dropwhile_type =
    iterator_type<2>("itertools.dropwhile", sizeof(While), dropwhile_doc.text, constructor<while_make, dropwhile_doc>,
                     slot<dropwhile_next>, while_methods);
constinit PyTypeObject groupby_type =
    iterator_type<5>("itertools.groupby", sizeof(GroupBy), groupby_doc.text, constructor<groupby_make, groupby_doc>,
                     slot<groupby_next>, groupby_methods);
constinit PyTypeObject grouper_type = make_grouper_type();
}  // namespace adder::itertools
