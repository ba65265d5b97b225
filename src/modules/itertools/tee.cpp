// tee: several independent iterators over one.
//
// Items lie in a chain of blocks; each iterator holds the block it reads, so blocks that all have passed are freed.
#include "modules/itertools/itertools.h"

namespace adder::itertools {
namespace {
constexpr int kBlock = 57;

struct TeeData : Iterator<2> {  // the source, the next block or null
  Object* item[kBlock];
  int count;
  bool running;
};
struct Tee : Iterator<1> {  // the block
  int index;
  Object* weak_references;
};

Result<Object> data_new(Object* source) {
  Ref<TeeData> data = TRY(object_new<TeeData>(&tee_data_type));
  data->field[0] = new_ref(source).release();
  data->field[1] = nullptr;
  data->count = 0;
  data->running = false;
  gc::track(data);
  return data;
}
TeeData* data_of(Object* object) { return static_cast<TeeData*>(object); }
void data_dealloc(PyObject* object) {
  gc::untrack(object);
  TeeData* self = data_of(object);
  for (int i = 0; i < self->count; ++i) clear_field(self->item[i]);
  clear_field(self->field[0]);
  // A long chain that only this block holds: one by one, not by recursion.
  Object* next = std::exchange(self->field[1], nullptr);
  while (next && refcount(next) == 1) {
    Object* after = std::exchange(data_of(next)->field[1], nullptr);
    decref(next);
    next = after;
  }
  decref_or_null(next);
  object_free(object);
}
int data_traverse(PyObject* object, visitproc visit, void* arg) {
  TeeData* self = data_of(object);
  for (int i = 0; i < self->count; ++i) VISIT(self->item[i]);
  VISIT(self->field[0]);
  VISIT(self->field[1]);
  return 0;
}
int data_clear(PyObject* object) {
  TeeData* self = data_of(object);
  int count = std::exchange(self->count, 0);
  for (int i = 0; i < count; ++i) clear_field(self->item[i]);
  clear_field(self->field[0]);
  clear_field(self->field[1]);
  return 0;
}
Maybe<Object> data_item(TeeData* self, int index) {
  if (index < self->count) return new_ref(self->item[index]);
  if (self->running) return raise(RuntimeError, "cannot re-enter the tee iterator");
  if (!self->field[0]) return nullptr;
  self->running = true;
  Ref<Object> keep = new_ref<Object>(self);
  auto next = iter_next(self->field[0]);
  self->running = false;
  Ref<Object> item = TRY(next);
  if (!item) return nullptr;
  self->item[self->count++] = item.share().release();
  return item;
}
Result<Object> data_next_block(TeeData* self) {
  if (!self->field[1]) self->field[1] = TRY(data_new(self->field[0]))
  .release();
  return new_ref(self->field[1]);
}
constexpr Doc data_doc =
    "_tee_dataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects.";
Result<Object> data_make(Type*, Object* source, List* values, Object* next) {
  Ref<Object> object = TRY(data_new(source));
  TeeData* self = data_of(object);
  isize count = list_size(values);
  if (count > kBlock) return raise(ValueError, "Invalid arguments");
  for (isize i = 0; i < count; ++i) self->item[self->count++] = new_ref(list_item(values, i)).release();
  if (count == kBlock) {
    if (next != None) {
      if (type_of(next) != &tee_data_type) return raise(ValueError, "Invalid arguments");
      self->field[1] = new_ref(next).release();
    }
  } else if (next != None) {
    return raise(ValueError, "Invalid arguments");
  }
  return object;
}
Result<Object> data_reduce(TeeData* self) {
  Ref<List> values = TRY(list_from_array(self->item, self->count));
  Ref<Tuple> args =
      TRY(tuple_pack(self->field[0], static_cast<Object*>(values.get()), self->field[1] ? self->field[1] : None));
  return tuple_pack(type_object(self), static_cast<Object*>(args.get()));
}
constinit PyMethodDef data_methods[] = {method<data_reduce, reduce_doc>(), {}};

Maybe<Object> tee_next(Tee* self) {
  if (self->index >= kBlock) {
    Ref<Object> next = TRY(data_next_block(data_of(self->field[0])));
    set_field(self->field[0], std::move(next));
    self->index = 0;
  }
  Ref<Object> block = new_ref(self->field[0]);
  Ref<Object> item = TRY(data_item(data_of(block), self->index));
  if (!item) return nullptr;
  ++self->index;
  return item;
}
constexpr Doc copy_doc = "__copy__($self, /)\n--\n\nReturns an independent iterator.";
Result<Object> tee_copy(Tee* self) {
  Ref<Tee> copy = TRY(object_new<Tee>(&tee_type));
  copy->field[0] = new_ref(self->field[0]).release();
  copy->index = self->index;
  copy->weak_references = nullptr;
  gc::track(copy);
  return copy;
}
Result<Object> tee_over(Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  if (type_of(iterator) == &tee_type) return tee_copy(static_cast<Tee*>(iterator.get()));
  Ref<Object> data = TRY(data_new(iterator));
  Ref<Tee> self = TRY(object_new<Tee>(&tee_type));
  self->field[0] = data.release();
  self->index = 0;
  self->weak_references = nullptr;
  gc::track(self);
  return self;
}
constexpr Doc tee_doc = "_tee(iterable, /)\n--\n\nIterator wrapped to make it copyable.";
Result<Object> tee_make(Type*, Object* iterable) { return tee_over(iterable); }
Result<Object> tee_reduce(Tee* self) {
  Ref<Int> index = TRY(int_from_i64(self->index));
  return tuple_pack(type_object(self), static_cast<Object*>(TRY(tuple_pack(static_cast<Object*>(tuple_empty()))).get()),
                    static_cast<Object*>(TRY(tuple_pack(self->field[0], static_cast<Object*>(index.get()))).get()));
}
Result<void> tee_setstate(Tee* self, Object* state) {
  if (!is_tuple(state)) return raise(TypeError, "state is not a tuple");
  if (tuple_size(as<Tuple>(state)) != 2 || type_of(tuple_item(as<Tuple>(state), 0)) != &tee_data_type)
    return raise(TypeError, "invalid state");
  int index = TRY(int_as_int(tuple_item(as<Tuple>(state), 1)));
  if (index < 0 || index > kBlock) return raise(ValueError, "Index out of range");
  set_field(self->field[0], new_ref(tuple_item(as<Tuple>(state), 0)));
  self->index = index;
  return {};
}
void tee_dealloc(PyObject* object) {
  gc::untrack(object);
  Tee* self = static_cast<Tee*>(object);
  if (self->weak_references) weakref_clear_all(object);
  clear_field(self->field[0]);
  object_free(object);
}
constinit PyMethodDef tee_methods[] = {
    method<tee_copy, copy_doc>(), method<tee_reduce, reduce_doc>(), method<tee_setstate, setstate_doc>(), {}};

constexpr Doc tee_function_doc = "tee($module, iterable, n=2, /)\n--\n\nReturns a tuple of n independent iterators.";
Result<Object> tee(Module*, Object* iterable, isize n) {
  if (n < 0) return raise(ValueError, "n must be >= 0");
  Ref<Tuple> result = TRY(tuple_new(n));
  if (n == 0) return result;
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Object> copy = TRY(object_lookup_attr(iterator, id::__copy__));
  if (!copy) {
    iterator = TRY(tee_over(iterator));
    copy = TRY(object_get_attr(iterator, id::__copy__));
  }
  for (isize i = 1; i < n; ++i) tuple_init_item(result, i, TRY(object_call_no_args(copy)));
  tuple_init_item(result, 0, std::move(iterator));
  return result;
}
constexpr PyTypeObject make_tee_type() {
  PyTypeObject type = iterator_type<1>("itertools._tee", sizeof(Tee), tee_doc.text, constructor<tee_make, tee_doc>,
                                       slot<tee_next>, tee_methods);
  type.tp_dealloc = tee_dealloc;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
  type.tp_weaklistoffset = offsetof(Tee, weak_references);
  return type;
}
constexpr PyTypeObject make_data_type() {
  PyTypeObject type = iterator_type<2>("itertools._tee_dataobject", sizeof(TeeData), data_doc.text,
                                       constructor<data_make, data_doc>, nullptr, data_methods);
  type.tp_dealloc = data_dealloc;
  type.tp_traverse = data_traverse;
  type.tp_clear = data_clear;
  type.tp_iter = nullptr;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
  return type;
}
}  // namespace

constinit PyMethodDef tee_functions[] = {method<tee, tee_function_doc>(), {}};
constinit PyTypeObject tee_type = make_tee_type();
constinit PyTypeObject tee_data_type = make_data_type();
}  // namespace adder::itertools
