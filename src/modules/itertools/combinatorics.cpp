// combinatorics: product, permutations, combinations with and without replacement.
//
// Results are built in one tuple that is used again when nobody kept it; `started` false: nothing given out yet.
#include "memory/allocator.h"
#include "modules/itertools/itertools.h"

namespace adder::itertools {
namespace {
// Pools are tuples; indices C arrays that the object owns.
struct Combinatoric : Iterator<2> {  // the pool (product: tuple of pools), the last result or null
  isize* indices;
  isize* cycles;  // permutations only
  isize length;   // items of a result
  bool started, stopped;
};

void dealloc(PyObject* object) {
  Combinatoric* self = static_cast<Combinatoric*>(object);
  memory::release(std::exchange(self->indices, nullptr));
  memory::release(std::exchange(self->cycles, nullptr));
  iterator_dealloc<2>(object);
}
Result<void> allocate(isize*& array, isize count) {
  if (count > kMaxSize / static_cast<isize>(sizeof(isize)) - 1) return raise_no_memory();
  array = static_cast<isize*>(memory::allocate_zeroed(static_cast<usize>(count + 1), sizeof(isize)));
  if (!array) return raise_no_memory();
  return {};
}
// The result for the current indices.
template <class ItemAt>
Result<Object> build(Combinatoric* self, ItemAt item_at) {
  Ref<Tuple> result = result_tuple_take(self->field[1] ? tuple_field(self->field[1]) : nullptr);
  if (!result) {
    result = TRY(tuple_new(self->length));
    Object* old = std::exchange(self->field[1], result.share().release());
    decref_or_null(old);
  }
  for (isize i = 0; i < self->length; ++i) result_tuple_set(result, i, new_ref(item_at(i)));
  return result;
}
Maybe<Object> stop(Combinatoric* self) {
  self->stopped = true;
  return nullptr;
}
Result<Tuple> index_tuple(const isize* values, isize count) {
  Ref<Tuple> tuple = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) tuple_init_item(tuple, i, TRY(int_from_ssize_t(values[i])));
  return tuple;
}
// Indices out of a pickle, clipped to [0, limit).
Result<void> restore(Object* state, isize* values, isize count, isize limit) {
  if (!is_tuple(state) || tuple_size(as<Tuple>(state)) != count) return raise(ValueError, "invalid arguments");
  for (isize i = 0; i < count; ++i) {
    isize value = TRY(int_as_ssize_t(tuple_item(as<Tuple>(state), i)));
    values[i] = value < 0 ? 0 : value > limit - 1 ? limit - 1 : value;
  }
  return {};
}
// The last result again after unpickling.
template <class ItemAt>
Result<void> rebuild(Combinatoric* self, ItemAt item_at) {
  clear_field(self->field[1]);
  Ref<Object> result = TRY(build(self, item_at));
  self->started = true;
  return {};
}

// == product ==

constexpr Doc product_arguments = "product(*iterables, repeat=1)\n--\n\n";
constexpr const char* product_text =
    "product(*iterables, repeat=1) --> product object\n\nCartesian product of input iterables.  Equivalent to nested "
    "for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost "
    "iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an "
    "odometer (with the rightmost element changing\non every iteration).\n\nTo compute the product of an iterable with "
    "itself, specify the number\nof repetitions with the optional repeat keyword argument. For example,\nproduct(A, "
    "repeat=4) means the same as product(A, A, A, A).\n\nproduct('ab', range(3)) --> ('a',0) ('a',1) "
    "('a',2) ('b',0) ('b',1) ('b',2)\nproduct((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...";
Result<Object> product_make(Type* type, isize repeat, Tuple* iterables) {
  if (repeat < 0) return raise(ValueError, "repeat argument cannot be negative");
  isize count = repeat == 0 ? 0 : tuple_size(iterables);
  if (count && repeat > kMaxSize / 16 / count) return raise(OverflowError, "repeat argument too large");
  Ref<Tuple> pools = TRY(tuple_new(count * repeat));
  for (isize i = 0; i < count; ++i) tuple_init_item(pools, i, TRY(sequence_tuple(tuple_item(iterables, i))));
  for (isize i = count; i < count * repeat; ++i) tuple_init_item(pools, i, new_ref(tuple_item(pools, i - count)));
  Ref<Combinatoric> self = TRY(make<Combinatoric>(type));
  self->field[0] = pools.release();
  self->length = count * repeat;
  TRY(allocate(self->indices, self->length));
  return self;
}
Object* product_item(Combinatoric* self, isize i) {
  return tuple_item(as<Tuple>(tuple_item(tuple_field(self->field[0]), i)), self->indices[i]);
}
Maybe<Object> product_next(Combinatoric* self) {
  if (self->stopped) return nullptr;
  Tuple* pools = tuple_field(self->field[0]);
  auto pool_size = [pools](isize i) { return tuple_size(as<Tuple>(tuple_item(pools, i))); };
  if (!self->started) {
    for (isize i = 0; i < self->length; ++i) {
      if (pool_size(i) == 0) return stop(self);
    }
    self->started = true;
  } else {
    isize i = self->length - 1;
    for (; i >= 0; --i) {
      if (++self->indices[i] < pool_size(i)) break;
      self->indices[i] = 0;
    }
    if (i < 0) return stop(self);
  }
  return build(self, [self](isize i) { return product_item(self, i); });
}
Result<Object> product_reduce(Combinatoric* self) {
  Object* type = type_object(self);
  if (self->stopped) return tuple_pack(type, TRY(tuple_pack(static_cast<Object*>(tuple_empty()))).get());
  if (!self->started) return tuple_pack(type, self->field[0]);
  return tuple_pack(type, self->field[0], static_cast<Object*>(TRY(index_tuple(self->indices, self->length)).get()));
}
Result<void> product_setstate(Combinatoric* self, Object* state) {
  if (!is_tuple(state) || tuple_size(as<Tuple>(state)) != self->length) return raise(ValueError, "invalid arguments");
  for (isize i = 0; i < self->length; ++i) {
    isize limit = tuple_size(as<Tuple>(tuple_item(tuple_field(self->field[0]), i)));
    if (limit == 0) {
      self->stopped = true;
      return {};
    }
    isize value = TRY(int_as_ssize_t(tuple_item(as<Tuple>(state), i)));
    self->indices[i] = value < 0 ? 0 : value > limit - 1 ? limit - 1 : value;
  }
  return rebuild(self, [self](isize i) { return product_item(self, i); });
}
Result<isize> array_sizeof(Combinatoric* self) {
  return type_of(self)->tp_basicsize + self->length * static_cast<isize>(sizeof(isize)) * (self->cycles ? 2 : 1);
}
constinit PyMethodDef product_methods[] = {method<product_reduce, reduce_doc>(),
                                           method<product_setstate, setstate_doc>(),
                                           method<array_sizeof, sizeof_doc>(),
                                           {}};

// == combinations ==

// With `first` as the start of the indices.
Result<Object> choose_make(Type* type, Object* iterable, isize r, bool ascending, bool stopped_if_short) {
  Ref<Tuple> pool = TRY(sequence_tuple(iterable));
  if (r < 0) return raise(ValueError, "r must be non-negative");
  isize n = tuple_size(pool);
  Ref<Combinatoric> self = TRY(make<Combinatoric>(type));
  self->field[0] = pool.release();
  self->length = r;
  self->stopped = stopped_if_short ? r > n : n == 0 && r > 0;
  if (self->stopped) return self;
  TRY(allocate(self->indices, r));
  if (ascending) {
    for (isize i = 0; i < r; ++i) self->indices[i] = i;
  }
  return self;
}
Object* pool_item(Combinatoric* self, isize i) { return tuple_item(tuple_field(self->field[0]), self->indices[i]); }
Result<Object> choose_build(Combinatoric* self) {
  return build(self, [self](isize i) { return pool_item(self, i); });
}
Result<Object> choose_reduce(Combinatoric* self) {
  Object* type = type_object(self);
  Ref<Int> r = TRY(int_from_ssize_t(self->length));
  if (self->stopped)
    return tuple_pack(type, TRY(tuple_pack(static_cast<Object*>(tuple_empty()), static_cast<Object*>(r.get()))).get());
  Ref<Tuple> args = TRY(tuple_pack(self->field[0], static_cast<Object*>(r.get())));
  if (!self->started) return tuple_pack(type, args.get());
  return tuple_pack(type, args.get(), TRY(index_tuple(self->indices, self->length)).get());
}
constexpr Doc combinations_doc =
    "combinations(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the "
    "iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)";
Result<Object> combinations_make(Type* type, Object* iterable, isize r) {
  return choose_make(type, iterable, r, true, true);
}
Maybe<Object> combinations_next(Combinatoric* self) {
  if (self->stopped) return nullptr;
  if (self->started) {
    isize n = tuple_size(tuple_field(self->field[0])), r = self->length, i = r - 1;
    while (i >= 0 && self->indices[i] == i + n - r) --i;
    if (i < 0) return stop(self);
    ++self->indices[i];
    for (isize k = i + 1; k < r; ++k) self->indices[k] = self->indices[k - 1] + 1;
  }
  self->started = true;
  return choose_build(self);
}
Result<void> combinations_setstate(Combinatoric* self, Object* state) {
  if (self->stopped) return raise(ValueError, "invalid arguments");
  isize n = tuple_size(tuple_field(self->field[0]));
  if (!is_tuple(state) || tuple_size(as<Tuple>(state)) != self->length) return raise(ValueError, "invalid arguments");
  for (isize i = 0; i < self->length; ++i) {
    isize highest = i + n - self->length, value = TRY(int_as_ssize_t(tuple_item(as<Tuple>(state), i)));
    self->indices[i] = value > highest ? highest : value < 0 ? 0 : value;
  }
  return rebuild(self, [self](isize i) { return pool_item(self, i); });
}
constinit PyMethodDef combinations_methods[] = {method<choose_reduce, reduce_doc>(),
                                                method<combinations_setstate, setstate_doc>(),
                                                method<array_sizeof, sizeof_doc>(),
                                                {}};

constexpr Doc replacement_doc =
    "combinations_with_replacement(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the "
    "iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> "
    "('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')\"";
Result<Object> replacement_make(Type* type, Object* iterable, isize r) {
  return choose_make(type, iterable, r, false, false);
}
Maybe<Object> replacement_next(Combinatoric* self) {
  if (self->stopped) return nullptr;
  if (self->started) {
    isize n = tuple_size(tuple_field(self->field[0])), i = self->length - 1;
    while (i >= 0 && self->indices[i] == n - 1) --i;
    if (i < 0) return stop(self);
    isize index = self->indices[i] + 1;
    for (; i < self->length; ++i) self->indices[i] = index;
  }
  self->started = true;
  return choose_build(self);
}
Result<void> replacement_setstate(Combinatoric* self, Object* state) {
  if (self->stopped) return raise(ValueError, "invalid arguments");
  TRY(restore(state, self->indices, self->length, tuple_size(tuple_field(self->field[0]))));
  return rebuild(self, [self](isize i) { return pool_item(self, i); });
}
constinit PyMethodDef replacement_methods[] = {method<choose_reduce, reduce_doc>(),
                                               method<replacement_setstate, setstate_doc>(),
                                               method<array_sizeof, sizeof_doc>(),
                                               {}};

// == permutations ==

constexpr Doc permutations_doc =
    "permutations(iterable, r=None)\n--\n\nReturn successive r-length permutations of elements in the "
    "iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)";
Result<Object> permutations_make(Type* type, Object* iterable, Object* r_object) {
  Ref<Tuple> pool = TRY(sequence_tuple(iterable));
  isize n = tuple_size(pool), r = n;
  if (r_object != None) {
    if (!is_int(r_object)) return raise(TypeError, "Expected int as r");
    r = TRY(int_as_ssize_t(r_object));
  }
  if (r < 0) return raise(ValueError, "r must be non-negative");
  Ref<Combinatoric> self = TRY(make<Combinatoric>(type));
  self->field[0] = pool.release();
  self->length = r;
  self->stopped = r > n;
  if (self->stopped) return self;
  TRY(allocate(self->indices, n));
  TRY(allocate(self->cycles, r));
  for (isize i = 0; i < n; ++i) self->indices[i] = i;
  for (isize i = 0; i < r; ++i) self->cycles[i] = n - i;
  return self;
}
Maybe<Object> permutations_next(Combinatoric* self) {
  if (self->stopped) return nullptr;
  if (self->started) {
    isize n = tuple_size(tuple_field(self->field[0]));
    if (n == 0) return stop(self);
    isize* indices = self->indices;
    isize i = self->length - 1;
    for (; i >= 0; --i) {
      if (--self->cycles[i] == 0) {
        // Position i starts over: its index goes to the end.
        isize index = indices[i];
        for (isize k = i; k < n - 1; ++k) indices[k] = indices[k + 1];
        indices[n - 1] = index;
        self->cycles[i] = n - i;
      } else {
        std::swap(indices[i], indices[n - self->cycles[i]]);
        break;
      }
    }
    if (i < 0) return stop(self);
  }
  self->started = true;
  return choose_build(self);
}
Result<Object> permutations_reduce(Combinatoric* self) {
  Object* type = type_object(self);
  Ref<Int> r = TRY(int_from_ssize_t(self->length));
  if (self->stopped)
    return tuple_pack(type, TRY(tuple_pack(static_cast<Object*>(tuple_empty()), static_cast<Object*>(r.get()))).get());
  Ref<Tuple> args = TRY(tuple_pack(self->field[0], static_cast<Object*>(r.get())));
  if (!self->started) return tuple_pack(type, args.get());
  Ref<Tuple> indices = TRY(index_tuple(self->indices, tuple_size(tuple_field(self->field[0]))))
  , cycles = TRY(index_tuple(self->cycles, self->length));
  return tuple_pack(type, args.get(), TRY(tuple_pack(indices.get(), cycles.get())).get());
}
Result<void> permutations_setstate(Combinatoric* self, Object* state) {
  if (self->stopped || !is_tuple(state) || tuple_size(as<Tuple>(state)) != 2)
    return raise(ValueError, "invalid arguments");
  isize n = tuple_size(tuple_field(self->field[0]));
  TRY(restore(tuple_item(as<Tuple>(state), 0), self->indices, n, n));
  Object* cycles = tuple_item(as<Tuple>(state), 1);
  if (!is_tuple(cycles) || tuple_size(as<Tuple>(cycles)) != self->length) return raise(ValueError, "invalid arguments");
  for (isize i = 0; i < self->length; ++i) {
    isize value = TRY(int_as_ssize_t(tuple_item(as<Tuple>(cycles), i)));
    self->cycles[i] = value < 1 ? 1 : value > n - i ? n - i : value;
  }
  return rebuild(self, [self](isize i) { return pool_item(self, i); });
}
constinit PyMethodDef permutations_methods[] = {method<permutations_reduce, reduce_doc>(),
                                                method<permutations_setstate, setstate_doc>(),
                                                method<array_sizeof, sizeof_doc>(),
                                                {}};

constexpr PyTypeObject combinatoric_type(const char* name, const char* doc, newfunc make_new, iternextfunc next,
                                         PyMethodDef* methods) {
  PyTypeObject type = iterator_type<2>(name, sizeof(Combinatoric), doc, make_new, next, methods);
  type.tp_dealloc = dealloc;
  return type;
}
}  // namespace

constinit PyTypeObject product_type =
    combinatoric_type("itertools.product", product_text, constructor<product_make, product_arguments>,
                      slot<product_next>, product_methods);
constinit PyTypeObject combinations_type =
    combinatoric_type("itertools.combinations", combinations_doc.text, constructor<combinations_make, combinations_doc>,
                      slot<combinations_next>, combinations_methods);
constinit PyTypeObject replacement_type =
    combinatoric_type("itertools.combinations_with_replacement", replacement_doc.text,
                      constructor<replacement_make, replacement_doc>, slot<replacement_next>, replacement_methods);
constinit PyTypeObject permutations_type =
    combinatoric_type("itertools.permutations", permutations_doc.text, constructor<permutations_make, permutations_doc>,
                      slot<permutations_next>, permutations_methods);
}  // namespace adder::itertools
