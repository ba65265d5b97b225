// _functools: the module, with reduce() and cmp_to_key().
//
// See        tests/python/test_functools.py
#include "types/module.h"

#include "bind/bind.h"
#include "import/import.h"
#include "modules/_functools/functools.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == cmp_to_key ==

// Without an object it is the key function, with one a key.
struct KeyWrapper : PyObject {
  Object *compare, *object;
};

Result<Object> make_wrapper(Object* compare, Opt<Object*> object) {
  auto* wrapper = static_cast<KeyWrapper*>(object_allocate(&key_wrapper_type));
  if (!wrapper) return Error{};
  wrapper->compare = new_ref(compare).release();
  wrapper->object = Ref<Object>::share_or_empty(object.get()).release();
  gc::track(wrapper);
  return Ref<Object>::steal(wrapper);
}

constexpr Doc call_doc = "K(obj)\n--\n\n";
Result<Object> wrapper_call(KeyWrapper* wrapper, Object* object) { return make_wrapper(wrapper->compare, object); }

Result<Object> wrapper_rich_compare(KeyWrapper* wrapper, Object* other, int op) {
  if (other->ob_type != &key_wrapper_type) return raise(TypeError, "other argument must be K instance");
  Object *x = wrapper->object, *y = static_cast<KeyWrapper*>(other)->object;
  if (!x || !y) return raise(AttributeError, "object");
  Ref<Object> order = TRY(call(wrapper->compare, x, y));
  return object_rich_compare(order, small_int(0), op);
}

int wrapper_clear(PyObject* self) {
  clear_field(static_cast<KeyWrapper*>(self)->compare);
  clear_field(static_cast<KeyWrapper*>(self)->object);
  return 0;
}

void wrapper_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  wrapper_clear(self);
  object_free(self);
}

int wrapper_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<KeyWrapper*>(self)->compare);
  VISIT(static_cast<KeyWrapper*>(self)->object);
  return 0;
}

constinit PyMemberDef wrapper_members[] = {
    member("obj", T_OBJECT, offsetof(KeyWrapper, object), 0, "Value wrapped by a key function."), {}};

constexpr Doc cmp_to_key_doc = "cmp_to_key(mycmp)\n--\n\nConvert a cmp= function into a key= function.";
Result<Object> cmp_to_key(Module*, Object* compare) { return make_wrapper(compare, {}); }

// == reduce ==

constexpr const char* reduce_text =
    "reduce(function, iterable[, initial]) -> value\n\n"
    "Apply a function of two arguments cumulatively to the items of an iterable, from left to right, so as to reduce "
    "it\n"
    "to a single value: reduce(lambda x, y: x+y, [1, 2, 3]) calculates ((1+2)+3). If initial is present, it is placed\n"
    "before the items, and serves as the result when the iterable is empty.";

PyObject* reduce(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto run = [&]() -> Result<Object> {
    if (count < 2) return raise(TypeError, "reduce expected at least 2 arguments, got %zd", count);
    if (count > 3) return raise(TypeError, "reduce expected at most 3 arguments, got %zd", count);
    Result<Object> made = object_get_iter(args[1]);
    if (made.failed()) {
      if (error_matches(TypeError)) return raise(TypeError, "reduce() arg 2 must support iteration");
      return Error{};
    }
    Ref<Object> iterator = made.take();
    Ref<Object> result;
    if (count == 3) result = new_ref(args[2]);
    for (;;) {
      Ref<Object> item = TRY(iter_next(iterator));
      if (!item) break;
      if (!result)
        result = std::move(item);
      else
        result = TRY(call(args[0], result.get(), item.get()));
    }
    if (!result) return raise(TypeError, "reduce() of empty iterable with no initial value");
    return result;
  };
  return run().to_c();
}

// == The module ==

constinit PyMethodDef functions[] = {
    raw_method("reduce", &reduce, METH_FASTCALL, reduce_text),
    method<cmp_to_key, cmp_to_key_doc>(),
    {},
};

Result<void> exec(Module* module) {
  TRY(type_ready(&key_wrapper_type));
  TRY(type_ready(&lru_entry_type));
  TRY(module_add_type(module, &partial_type));
  return module_add_type(module, &lru_cache_type);
}

constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_functools", "Tools that operate on functions.", functions, slots);
}  // namespace

constinit PyTypeObject key_wrapper_type = {
    .tp_name = "functools.KeyWrapper",
    .tp_basicsize = sizeof(KeyWrapper),
    .tp_dealloc = &wrapper_dealloc,
    .tp_hash = object_hash_not_implemented,
    .tp_call = caller<wrapper_call, call_doc>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &wrapper_traverse,
    .tp_clear = &wrapper_clear,
    .tp_richcompare = slot<wrapper_rich_compare>,
    .tp_members = wrapper_members,
};
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__functools() { return adder::module_def_init(&adder::definition); }
