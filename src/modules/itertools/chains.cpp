// chains: iterators that join, repeat, count and cut.
#include "modules/itertools/itertools.h"
#include "types/slice.h"

namespace adder::itertools {
Result<Object> empty_iterator() {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  return tuple_pack(iter.get(), TRY(tuple_pack(tuple_empty())).get());
}

namespace {
// == chain ==

struct Chain : Iterator<2> {};  // the iterator over iterables, the iterator being read
constexpr const char* chain_text =
    "chain(*iterables) --> chain object\n\nReturn a chain object whose .__next__() method returns elements from "
    "the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are "
    "exhausted.";
Result<Object> chain_over(Type* type, Object* iterables) {
  Ref<Object> source = TRY(object_get_iter(iterables));
  Ref<Chain> self = TRY(make<Chain>(type));
  self->field[0] = source.release();
  return self;
}
PyObject* chain_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  bool strict = type == &chain_type || type->tp_init == chain_type.tp_init;
  if (strict && kwargs && TRY_C(nullptr, object_size(kwargs)) > 0) {
    (void)raise(TypeError, "chain() takes no keyword arguments");
    return nullptr;
  }
  return chain_over(type, args).to_c();
}
Maybe<Object> chain_next(Chain* self) {
  for (;;) {
    if (!self->field[0]) return nullptr;
    if (!self->field[1]) {
      auto iterable = iter_next(self->field[0]);
      Ref<Object> next;
      if (!iterable.failed()) next = iterable.take();
      if (!next) {
        clear_field(self->field[0]);
        return iterable.failed() ? Maybe<Object>(Error{}) : Maybe<Object>(nullptr);
      }
      auto iterator = object_get_iter(next);
      if (iterator.failed()) {
        clear_field(self->field[0]);
        return Error{};
      }
      self->field[1] = iterator.take().release();
    }
    Ref<Object> active = new_ref(self->field[1]);
    Ref<Object> item = TRY(iter_next(active));
    if (item) return item;
    clear_field(self->field[1]);
  }
}
constexpr Doc from_iterable_doc =
    "from_iterable($type, iterable, /)\n--\n\nAlternative chain() constructor taking a single iterable argument that "
    "evaluates lazily.";
Result<Object> chain_reduce(Chain* self) {
  if (!self->field[0]) return tuple_pack(type_object(self), tuple_empty());
  Ref<Tuple> state = self->field[1] ? TRY(tuple_pack(self->field[0], self->field[1])) : TRY(tuple_pack(self->field[0]));
  return tuple_pack(type_object(self), tuple_empty(), state.get());
}
Result<void> chain_setstate(Chain* self, Object* state) {
  if (!is_tuple(state)) return raise(TypeError, "state is not a tuple");
  Tuple* parts = as<Tuple>(state);
  isize size = tuple_size(parts);
  if (size < 1 || size > 2)
    return raise(TypeError, "function takes %s 1 argument (%zd given)", size < 1 ? "at least" : "at most", size);
  for (isize i = 0; i < size; ++i) {
    if (!is_iterator(tuple_item(parts, i))) return raise(TypeError, "Arguments must be iterators.");
  }
  set_field(self->field[0], new_ref(tuple_item(parts, 0)));
  if (size == 2) set_field(self->field[1], new_ref(tuple_item(parts, 1)));
  return {};
}
constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)\n--\n\nSee PEP 585";
constinit PyMethodDef chain_methods[] = {
    class_method<chain_over, from_iterable_doc>(),
    method<chain_reduce, reduce_doc>(),
    method<chain_setstate, setstate_doc>(),
    class_method<generic_alias_new, class_getitem_doc>(),
    {},
};

// == cycle ==

struct Cycle : Iterator<2> {  // iterator (null when exhausted), saved items (list)
  isize index;
  bool first_pass_done;
};
constexpr Doc cycle_doc =
    "cycle(iterable, /)\n--\n\nReturn elements from the iterable until it is exhausted. Then repeat the sequence "
    "indefinitely.";
Result<Object> cycle_make(Type* type, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<List> saved = TRY(list_new());
  Ref<Cycle> self = TRY(make<Cycle>(type));
  self->field[0] = iterator.release();
  self->field[1] = saved.release();
  return self;
}
Maybe<Object> cycle_next(Cycle* self) {
  List* saved = as<List>(self->field[1]);
  if (self->field[0]) {
    Ref<Object> item = TRY(iter_next(self->field[0]));
    if (item) {
      if (!self->first_pass_done) TRY(list_append(saved, item));
      return item;
    }
    clear_field(self->field[0]);
  }
  if (list_size(saved) == 0) return nullptr;
  Ref<Object> item = new_ref(list_item(saved, self->index));
  if (++self->index >= list_size(saved)) self->index = 0;
  return item;
}
Result<Object> cycle_reduce(Cycle* self) {
  if (!self->field[0]) {
    // What is left of the current pass, then everything again.
    Ref<Object> iterator = TRY(object_get_iter(self->field[1]));
    if (self->index) {
      Ref<Int> index = TRY(int_from_ssize_t(self->index));
      TRY(call_method(iterator, id::__setstate__, static_cast<Object*>(index.get())));
    }
    return tuple_pack(type_object(self), TRY(tuple_pack(iterator.get())).get(),
                      TRY(tuple_pack(self->field[1], True)).get());
  }
  return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0])).get(),
                    TRY(tuple_pack(self->field[1], bool_object(self->first_pass_done))).get());
}
Result<void> cycle_setstate(Cycle* self, Object* state) {
  if (!is_tuple(state)) return raise(TypeError, "state is not a tuple");
  if (tuple_size(as<Tuple>(state)) != 2 || !is_list(tuple_item(as<Tuple>(state), 0)))
    return raise(TypeError, "invalid state");
  int done = TRY(int_as_int(tuple_item(as<Tuple>(state), 1)));
  set_field(self->field[1], new_ref(tuple_item(as<Tuple>(state), 0)));
  self->first_pass_done = done != 0;
  self->index = 0;
  return {};
}
constinit PyMethodDef cycle_methods[] = {
    method<cycle_reduce, reduce_doc>(), method<cycle_setstate, setstate_doc>(), {}};

// == repeat ==

struct Repeat : Iterator<1> {
  isize left;  // -1: without end
};
constexpr Doc repeat_arguments = "repeat(object, times=NULL)\n--\n\n";
constexpr const char* repeat_text =
    "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If "
    "not specified, returns the object\nendlessly.";
Result<Object> repeat_make(Type* type, Object* object, Opt<Object*> times) {
  isize count = -1;
  if (times) {
    count = TRY(int_as_ssize_t(times.get()));
    if (count < 0) count = 0;
  }
  Ref<Repeat> self = TRY(make<Repeat>(type));
  self->field[0] = new_ref(object).release();
  self->left = count;
  return self;
}
Maybe<Object> repeat_next(Repeat* self) {
  if (self->left == 0) return nullptr;
  if (self->left > 0) --self->left;
  return new_ref(self->field[0]);
}
Result<Str> repeat_repr(Repeat* self) {
  if (self->left < 0) return str_from_format("%s(%R)", type_short_name(type_of(self)), self->field[0]);
  return str_from_format("%s(%R, %zd)", type_short_name(type_of(self)), self->field[0], self->left);
}
constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";
Result<isize> repeat_length_hint(Repeat* self) {
  if (self->left < 0) return raise(TypeError, "len() of unsized object");
  return self->left;
}
Result<Object> repeat_reduce(Repeat* self) {
  if (self->left < 0) return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0])).get());
  Ref<Int> left = TRY(int_from_ssize_t(self->left));
  return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0], static_cast<Object*>(left.get()))).get());
}
constinit PyMethodDef repeat_methods[] = {
    method<repeat_length_hint, length_hint_doc>(), method<repeat_reduce, reduce_doc>(), {}};

// == count ==

struct Count : Iterator<2> {  // the next value if it is not in `small`, the step
  isize small;                // used while field[0] is null
};
constexpr Doc count_doc =
    "count(start=0, step=1)\n--\n\nReturn a count object whose .__next__() method returns consecutive "
    "values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n           "
    " yield x\n            x += step";
Result<Object> count_make(Type* type, Opt<Object*> start, Opt<Object*> step) {
  Object* first = start.value_or(small_int(0));
  Object* by = step.value_or(small_int(1));
  if (!number_check(first) || !number_check(by)) return raise(TypeError, "a number is required");
  Ref<Count> self = TRY(make<Count>(type));
  int overflow = 0;
  i64 small = is_int_exact(first) ? int_as_i64_and_overflow(as<Int>(first), &overflow) : 0;
  bool unit = is_int_exact(by) && int_is_single(as<Int>(by)) && int_single_value(as<Int>(by)) == 1;
  if (is_int_exact(first) && unit && !overflow && small < kMaxSize) {
    self->small = small;
  } else {
    self->field[0] = new_ref(first).release();
  }
  self->field[1] = new_ref(by).release();
  return self;
}
Maybe<Object> count_next(Count* self) {
  if (!self->field[0]) {
    if (self->small < kMaxSize) return int_from_ssize_t(self->small++);
    self->field[0] = TRY(int_from_ssize_t(self->small))
    .release();
  }
  Ref<Object> after = TRY(number_add(self->field[0], self->field[1]));
  return Ref<Object>::steal(std::exchange(self->field[0], after.release()));
}
Result<Object> count_value(Count* self) {
  return self->field[0] ? new_ref(self->field[0]) : TRY(Result<Object>(int_from_ssize_t(self->small)));
}
Result<bool> unit_step(Count* self) {
  Object* step = self->field[1];
  return is_int(step) && int_is_single(as<Int>(step)) && int_single_value(as<Int>(step)) == 1;
}
Result<Str> count_repr(Count* self) {
  Ref<Object> value = TRY(count_value(self));
  if (TRY(unit_step(self))) return str_from_format("%s(%R)", type_short_name(type_of(self)), value.get());
  return str_from_format("%s(%R, %R)", type_short_name(type_of(self)), value.get(), self->field[1]);
}
Result<Object> count_reduce(Count* self) {
  Ref<Object> value = TRY(count_value(self));
  Ref<Tuple> args = TRY(unit_step(self))
  ? TRY(tuple_pack(value.get())) : TRY(tuple_pack(value.get(), self->field[1]));
  return tuple_pack(type_object(self), args.get());
}
constinit PyMethodDef count_methods[] = {method<count_reduce, reduce_doc>(), {}};

// == islice ==

struct ISlice : Iterator<1> {
  isize next, stop, step, position;  // stop -1: no end
};
constexpr Doc islice_arguments = "islice(iterable, start, stop=None, step=None, /)\n--\n\n";
constexpr const char* islice_text =
    "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an "
    "iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all "
    "preceding elements;\notherwise, start defaults to zero.  Step "
    "defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive "
    "calls.  Works like a slice() on a list\nbut returns an iterator.";
Result<isize> bound(Object* object, isize missing, const char* message) {
  if (object == None) return missing;
  auto value = number_as_ssize_t(object, OverflowError);
  if (value.failed()) {
    error_clear();
    return raise(ValueError, "%s", message);
  }
  isize result = value.take();
  if (result < 0) return raise(ValueError, "%s", message);
  return result;
}
Result<Object> islice_make(Type* type, Object* iterable, Object* start, Opt<Object*> stop, Opt<Object*> step) {
  isize first = 0, last, by = 1;
  if (!stop) {
    last = TRY(bound(start, -1, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
  } else {
    last = TRY(bound(stop.get(), -1, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    first = TRY(bound(start, 0, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
  }
  if (step && step.get() != None) {
    by = TRY(bound(step.get(), 1, "Step for islice() must be a positive integer or None."));
    if (by < 1) return raise(ValueError, "Step for islice() must be a positive integer or None.");
  }
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<ISlice> self = TRY(make<ISlice>(type));
  self->field[0] = iterator.release();
  self->next = first;
  self->stop = last;
  self->step = by;
  return self;
}
Maybe<Object> islice_next(ISlice* self) {
  if (!self->field[0]) return nullptr;
  Ref<Object> iterator = new_ref(self->field[0]);
  auto finish = [self]() -> Maybe<Object> {
    clear_field(self->field[0]);
    return nullptr;
  };
  while (self->position < self->next) {
    Ref<Object> skipped = TRY(iter_next(iterator));
    if (!skipped) return finish();
    ++self->position;
  }
  if (self->stop != -1 && self->position >= self->stop) return finish();
  Ref<Object> item = TRY(iter_next(iterator));
  if (!item) return finish();
  ++self->position;
  isize next;
  // Past the end of what an index can be: stop.
  if (__builtin_add_overflow(self->next, self->step, &next) || (self->stop != -1 && next > self->stop))
    next = self->stop == -1 ? kMaxSize : self->stop;
  self->next = next;
  return item;
}
Result<Object> islice_reduce(ISlice* self) {
  Ref<Int> position = TRY(int_from_ssize_t(self->position));
  if (!self->field[0]) {
    Ref<Object> empty = TRY(Result<Object>(list_new()));
    Ref<Object> iterator = TRY(object_get_iter(empty));
    return tuple_pack(type_object(self), TRY(tuple_pack(iterator.get(), static_cast<Object*>(small_int(0)))).get(),
                      static_cast<Object*>(position.get()));
  }
  Ref<Object> stop = self->stop == -1 ? new_ref(None) : TRY(Result<Object>(int_from_ssize_t(self->stop)));
  Ref<Int> next = TRY(int_from_ssize_t(self->next))
  , step = TRY(int_from_ssize_t(self->step));
  Ref<Tuple> args =
      TRY(tuple_pack(self->field[0], static_cast<Object*>(next.get()), stop.get(), static_cast<Object*>(step.get())));
  return tuple_pack(type_object(self), args.get(), static_cast<Object*>(position.get()));
}
Result<void> islice_setstate(ISlice* self, Object* state) {
  self->position = TRY(int_as_ssize_t(state));
  return {};
}
constinit PyMethodDef islice_methods[] = {
    method<islice_reduce, reduce_doc>(), method<islice_setstate, setstate_doc>(), {}};

// == zip_longest ==

struct ZipLongest
    : Iterator<3> {  // iterators (tuple of iterators, None where exhausted), the result tuple to reuse, the fill value
  isize active;
};
constexpr Doc zip_longest_arguments = "zip_longest(*iterables, fillvalue=None)\n--\n\n";
constexpr const char* zip_longest_text =
    "zip_longest(iter1 [,iter2 [...]], [fillvalue=None]) --> zip_longest object\n\nReturn a zip_longest object whose "
    ".__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The "
    ".__next__()\nmethod continues until the longest iterable in the argument "
    "sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the "
    "fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword "
    "argument.";
Result<Object> zip_longest_make(Type* type, Object* fill, Tuple* iterables) {
  isize count = tuple_size(iterables);
  Ref<Tuple> iterators = TRY(tuple_new(count))
  , result = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) {
    tuple_init_item(result, i, new_ref(None));
    tuple_init_item(iterators, i, TRY(object_get_iter(tuple_item(iterables, i))));
  }
  Ref<ZipLongest> self = TRY(make<ZipLongest>(type));
  self->field[0] = iterators.release();
  self->field[1] = result.release();
  self->field[2] = new_ref(fill).release();
  self->active = count;
  return self;
}
Maybe<Object> zip_longest_next(ZipLongest* self) {
  Tuple* iterators = tuple_field(self->field[0]);
  isize count = tuple_size(iterators);
  if (count == 0 || self->active == 0) return nullptr;
  Ref<Tuple> result = result_tuple_take(tuple_field(self->field[1]));
  if (!result) result = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) {
    Object* iterator = tuple_item(iterators, i);
    Ref<Object> item;
    if (iterator != None) {
      auto next = iter_next(iterator);
      if (next.failed()) {
        self->active = 0;
        return Error{};
      }
      item = next.take();
      if (!item) {
        if (--self->active == 0) return nullptr;
        set_field(iterators->ob_item[i], new_ref(None));
      }
    }
    if (!item) item = new_ref(self->field[2]);
    result_tuple_set(result, i, std::move(item));
  }
  return result;
}
Result<Object> zip_longest_reduce(ZipLongest* self) {
  Tuple* iterators = tuple_field(self->field[0]);
  Ref<Tuple> args = TRY(tuple_new(tuple_size(iterators)));
  for (isize i = 0; i < tuple_size(iterators); ++i) {
    Object* iterator = tuple_item(iterators, i);
    tuple_init_item(args, i, iterator == None ? new_ref<Object>(tuple_empty()) : new_ref(iterator));
  }
  return tuple_pack(type_object(self), static_cast<Object*>(args.get()), self->field[2]);
}
Result<void> zip_longest_setstate(ZipLongest* self, Object* state) {
  set_field(self->field[2], new_ref(state));
  return {};
}
constinit PyMethodDef zip_longest_methods[] = {
    method<zip_longest_reduce, reduce_doc>(), method<zip_longest_setstate, setstate_doc>(), {}};

// == pairwise ==

struct Pairwise : Iterator<2> {};  // iterator, the item before
constexpr Doc pairwise_doc =
    "pairwise(iterable, /)\n--\n\nReturn an iterator of overlapping pairs taken from the input iterator.\n\n    s -> "
    "(s0,s1), (s1,s2), (s2, s3), ...";
Result<Object> pairwise_make(Type* type, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Pairwise> self = TRY(make<Pairwise>(type));
  self->field[0] = iterator.release();
  return self;
}
Maybe<Object> pairwise_next(Pairwise* self) {
  if (!self->field[0]) return nullptr;
  Ref<Object> iterator = new_ref(self->field[0]);
  auto step = [&](Ref<Object>& item) -> Result<bool> {
    auto next = iter_next(iterator);
    if (!next.failed()) item = next.take();
    if (item) return true;
    clear_field(self->field[0]);
    clear_field(self->field[1]);
    if (next.failed()) return Error{};
    return false;
  };
  Ref<Object> old = Ref<Object>::share_or_empty(self->field[1]), item;
  if (!old) {
    if (!TRY(step(old))) return nullptr;
    // The iterator may have come back into this object.
    set_field(self->field[1], old.share());
    if (!self->field[0]) return nullptr;
  }
  if (!TRY(step(item))) return nullptr;
  Ref<Tuple> pair = TRY(tuple_pack(old.get(), item.get()));
  set_field(self->field[1], std::move(item));
  return pair;
}

// == accumulate ==

struct Accumulate : Iterator<4> {};  // iterator, function or null, total or null, initial or null
constexpr Doc accumulate_doc =
    "accumulate(iterable, func=None, *, initial=None)\n--\n\nReturn series of accumulated sums (or other binary "
    "function results).";
Result<Object> accumulate_make(Type* type, Object* iterable, Object* function, Object* initial) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Accumulate> self = TRY(make<Accumulate>(type));
  self->field[0] = iterator.release();
  if (function != None) self->field[1] = new_ref(function).release();
  if (initial != None) self->field[3] = new_ref(initial).release();
  return self;
}
Maybe<Object> accumulate_next(Accumulate* self) {
  if (self->field[3]) {
    Ref<Object> initial = Ref<Object>::steal(std::exchange(self->field[3], nullptr));
    set_field(self->field[2], initial.share());
    return initial;
  }
  Ref<Object> item = TRY(iter_next(self->field[0]));
  if (!item) return nullptr;
  if (!self->field[2]) {
    self->field[2] = item.share().release();
    return item;
  }
  Ref<Object> total = new_ref(self->field[2]);
  Ref<Object> sum = self->field[1] ? TRY(call(self->field[1], total.get(), item.get())) : TRY(number_add(total, item));
  set_field(self->field[2], sum.share());
  return sum;
}
Result<Object> accumulate_reduce(Accumulate* self) {
  Object* function = self->field[1] ? self->field[1] : None;
  if (self->field[3]) {
    // The initial value as one more iterable in front.
    Ref<Tuple> head = TRY(tuple_pack(self->field[3]))
    , parts = TRY(tuple_pack(static_cast<Object*>(head.get()), self->field[0]));
    Ref<Object> joined = TRY(chain_over(&chain_type, parts));
    return tuple_pack(type_object(self), TRY(tuple_pack(joined.get(), function)).get(), None);
  }
  if (self->field[2] == None) {
    Ref<Tuple> head = TRY(tuple_pack(None))
    , parts = TRY(tuple_pack(static_cast<Object*>(head.get()), self->field[0]));
    Ref<Object> joined = TRY(chain_over(&chain_type, parts));
    Ref<Object> inner = TRY(accumulate_make(&accumulate_type, joined, function, None));
    Ref<Tuple> args = TRY(tuple_pack(inner.get(), static_cast<Object*>(small_int(1)), None));
    return tuple_pack(static_cast<Object*>(&islice_type), args.get());
  }
  return tuple_pack(type_object(self), TRY(tuple_pack(self->field[0], function)).get(),
                    self->field[2] ? self->field[2] : None);
}
Result<void> accumulate_setstate(Accumulate* self, Object* state) {
  Ref<Object> total = new_ref(state);
  Object* old = std::exchange(self->field[2], total.release());
  decref_or_null(old);
  return {};
}
constinit PyMethodDef accumulate_methods[] = {
    method<accumulate_reduce, reduce_doc>(), method<accumulate_setstate, setstate_doc>(), {}};

constexpr PyTypeObject with_repr(PyTypeObject type, reprfunc repr) {
  type.tp_repr = repr;
  return type;
}
}  // namespace

constinit PyTypeObject chain_type =
    iterator_type<2>("itertools.chain", sizeof(Chain), chain_text, chain_new, slot<chain_next>, chain_methods);
constinit PyTypeObject cycle_type =
    iterator_type<2>("itertools.cycle", sizeof(Cycle), cycle_doc.text, constructor<cycle_make, cycle_doc>,
                     slot<cycle_next>, cycle_methods);
constinit PyTypeObject repeat_type =
    with_repr(iterator_type<1>("itertools.repeat", sizeof(Repeat), repeat_text,
                               constructor<repeat_make, repeat_arguments>, slot<repeat_next>, repeat_methods),
              slot<repeat_repr>);
constinit PyTypeObject count_type =
    with_repr(iterator_type<2>("itertools.count", sizeof(Count), count_doc.text, constructor<count_make, count_doc>,
                               slot<count_next>, count_methods),
              slot<count_repr>);
constinit PyTypeObject islice_type =
    iterator_type<1>("itertools.islice", sizeof(ISlice), islice_text, constructor<islice_make, islice_arguments>,
                     slot<islice_next>, islice_methods);
constinit PyTypeObject zip_longest_type =
    iterator_type<3>("itertools.zip_longest", sizeof(ZipLongest), zip_longest_text,
                     constructor<zip_longest_make, zip_longest_arguments>, slot<zip_longest_next>, zip_longest_methods);
constinit PyTypeObject pairwise_type =
    iterator_type<2>("itertools.pairwise", sizeof(Pairwise), pairwise_doc.text,
                     constructor<pairwise_make, pairwise_doc>, slot<pairwise_next>, nullptr);
constinit PyTypeObject accumulate_type =
    iterator_type<4>("itertools.accumulate", sizeof(Accumulate), accumulate_doc.text,
                     constructor<accumulate_make, accumulate_doc>, slot<accumulate_next>, accumulate_methods);
}  // namespace adder::itertools
