// _abc: the inner part of abstract base classes (PEP 3119): registries of virtual subclasses and caches of answers.
//
// Each ABC has an AbcData in its _abc_impl. All its sets hold weak references that take themselves out when their class
// dies. Counter    register() anywhere may turn a "no" into a "yes": negative caches are valid only for one value of
// the counter.
#include "bind/bind.h"
#include "import/import.h"
#include "object/type_private.h"
#include "runtime/lifecycle.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set/table.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace adder {
namespace {

struct AbcData : PyObject {
  PyObject *registry, *cache, *negative_cache;  // sets of weak references, null while empty
  u64 negative_version;                         // value of the counter that negative_cache is valid for
};
struct State {
  Type* data_type;
  u64 counter;
};
State* state_of(Module* module) { return module_state<State>(module); }

constexpr unsigned long kCollectionFlags = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;

// == Sets of weak references ==

// The callback of the references in a set: takes the dead reference out. self: a weak reference to the set.
PyObject* forget(PyObject* self, PyObject* reference) {
  Opt<Object*> found = weakref_get_object(self);
  if (!found) return None;
  Ref<Object> set = new_ref(*found);
  TRY_C(nullptr, set_discard(as<Set>(set.get()), reference));
  return None;
}
}  // namespace
constinit PyMethodDef abc_forget_definition = raw_method("_destroy", forget, METH_O, nullptr);
namespace {

// Whether instances of the type are hashed and compared by their identity.
bool has_identity(const Type* type) {
  return type->tp_hash == PyBaseObject_Type.tp_hash && type->tp_richcompare == PyBaseObject_Type.tp_richcompare;
}

Result<bool> weak_set_contains(Object* set, Object* object) {
  if (!set || set_size(as<Set>(set)) == 0) return false;
  if (has_identity(object->ob_type)) {
    // The hash of a reference is that of its object: no reference has to be made.
    bool others = false;
    bool found = set_contains_matching(as<Set>(set), hash_pointer(object), [&](Object* key) {
      if (is_weakref(key) && as<WeakReference>(key)->wr_object == object) return true;
      others = true;
      return false;
    });
    if (found || !others) return found;
  }
  auto made = weakref_new_ref(object, {});
  if (made.failed()) {
    if (!error_matches(TypeError)) return Error{};
    error_clear();
    return false;
  }
  Ref<Object> reference = made.take();
  return set_contains(as<Set>(set), reference);
}

Result<void> weak_set_add(Object*& slot, Object* object) {
  if (!slot) slot = TRY(set_new())
  .release();
  Ref<Object> set = new_ref(slot);
  Ref<Object> set_reference = TRY(weakref_new_ref(set, {}));
  Ref<Object> callback = TRY(cfunction_new(&abc_forget_definition, set_reference.get()));
  Ref<Object> reference = TRY(weakref_new_ref(object, callback.get()));
  return set_add(as<Set>(set.get()), reference);
}

// instance.__class__.
Result<Object> class_of(Object* instance) {
  Type* type = instance->ob_type;
  if (type->tp_getattro == PyBaseObject_Type.tp_getattro &&
      type_lookup(type, id::__class__).get() == type_lookup(&PyBaseObject_Type, id::__class__).get()) {
    return Result<Object>::share(type);
  }
  return object_get_attr(instance, id::__class__);
}

Result<AbcData> data_of(Module* module, Object* cls) {
  Ref<Object> data = TRY(object_get_attr(cls, id::_abc_impl));
  if (data->ob_type != state_of(module)->data_type) return raise(TypeError, "_abc_impl is set to a wrong type");
  return as<AbcData>(std::move(data));
}

// == Set-up ==

Result<bool> is_abstract(Object* value) {
  Ref<Object> mark = TRY(object_lookup_attr(value, id::__isabstractmethod__));
  if (!mark) return false;
  return object_is_true(mark);
}

// The class's own abstract methods and the inherited ones that it leaves abstract.
Result<void> set_abstract_methods(Object* cls) {
  Ref<Set> abstracts = TRY(frozenset_new());
  Ref<Object> namespace_object = TRY(object_get_attr(cls, id::__dict__));
  Ref<List> items = TRY(mapping_items(namespace_object));
  for (isize i = 0; i < list_size(items); ++i) {
    Ref<Tuple> item = TRY(sequence_tuple(list_item(items, i)));
    if (item->ob_size != 2) return raise(TypeError, "Iteration over items() returned item which size is not 2");
    if (TRY(is_abstract(item->ob_item[1]))) TRY(set_add(abstracts, item->ob_item[0]));
  }
  Ref<Object> bases = TRY(object_get_attr(cls, id::__bases__));
  if (!is_tuple(bases)) return raise(TypeError, "__bases__ is not tuple");
  Tuple* tuple = as<Tuple>(bases);
  for (isize i = 0; i < tuple->ob_size; ++i) {
    Ref<Object> inherited = TRY(object_lookup_attr(tuple->ob_item[i], id::__abstractmethods__));
    if (!inherited) continue;
    TRY(for_each(inherited, [&](Object* name) -> Result<void> {
      Ref<Object> value = TRY(object_lookup_attr(cls, name));
      if (value && TRY(is_abstract(value))) TRY(set_add(abstracts, name));
      return {};
    }));
  }
  return object_set_attr(cls, id::__abstractmethods__, abstracts);
}

// __abc_tpflags__ says how the class pattern sees instances: as sequences or as mappings.
Result<void> take_collection_flags(Type* type) {
  Ref<Object> flags = TRY(dict_get_item(as<Dict>(type->tp_dict), id::__abc_tpflags__));
  if (!flags || !is_int(flags)) return {};
  long value = TRY(int_as_long(flags));
  if ((static_cast<unsigned long>(value) & kCollectionFlags) == kCollectionFlags) {
    return raise(TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
  }
  type->tp_flags |= static_cast<unsigned long>(value) & kCollectionFlags;
  return dict_del_item(as<Dict>(type->tp_dict), id::__abc_tpflags__);
}

constexpr Doc init_doc =
    "_abc_init($module, self, /)\n--\n\nInternal ABC helper for class set-up. Should be never used outside abc module.";
Result<void> abc_init(Module* module, Object* self) {
  TRY(set_abstract_methods(self));
  Ref<Object> data = TRY(object_new_zeroed(state_of(module)->data_type));
  static_cast<AbcData*>(data.get())->negative_version = state_of(module)->counter;
  TRY(object_set_attr(self, id::_abc_impl, data));
  if (is_type(self)) TRY(take_collection_flags(reinterpret_cast<Type*>(self)));
  return {};
}

// == Registration ==

void set_collection_flags(Type* type, unsigned long flags) {
  if ((type->tp_flags & kCollectionFlags) == flags || has_flag(type, Py_TPFLAGS_IMMUTABLETYPE)) return;
  type->tp_flags = (type->tp_flags & ~kCollectionFlags) | flags;
  SubclassList* subclasses = subclasses_of(type);
  for (isize i = 0; subclasses && i < subclasses->count; ++i) set_collection_flags(subclasses->items[i], flags);
}

constexpr Doc register_doc =
    "_abc_register($module, self, subclass, /)\n--\n\nInternal ABC helper for subclasss registration. Should be never "
    "used "
    "outside abc module.";
Result<Object> abc_register(Module* module, Object* self, Object* subclass) {
  if (!is_type(subclass)) return raise(TypeError, "Can only register classes");
  if (TRY(object_is_subclass(subclass, self))) return Result<Object>::share(subclass);
  // Otherwise issubclass(self, subclass) and the registry would ask each other for ever.
  if (TRY(object_is_subclass(self, subclass))) return raise(RuntimeError, "Refusing to create an inheritance cycle");
  Ref<AbcData> data = TRY(data_of(module, self));
  TRY(weak_set_add(data->registry, subclass));
  ++state_of(module)->counter;
  if (is_type(self)) {
    unsigned long flags = reinterpret_cast<Type*>(self)->tp_flags & kCollectionFlags;
    if (flags) set_collection_flags(reinterpret_cast<Type*>(subclass), flags);
  }
  return Result<Object>::share(subclass);
}

// == Checks ==

Result<Object> ask_subclass_check(Object* self, Object* cls) { return call_method(self, id::__subclasscheck__, cls); }

constexpr Doc instancecheck_doc =
    "_abc_instancecheck($module, self, instance, /)\n--\n\nInternal ABC helper for instance checks. Should be never "
    "used outside "
    "abc module.";
Result<Object> abc_instancecheck(Module* module, Object* self, Object* instance) {
  Ref<AbcData> data = TRY(data_of(module, self));
  Ref<Object> claimed = TRY(class_of(instance));
  if (TRY(weak_set_contains(data->cache, claimed))) return bool_result(true);
  Object* actual = instance->ob_type;
  if (claimed.get() == actual) {
    if (data->negative_version == state_of(module)->counter && TRY(weak_set_contains(data->negative_cache, claimed))) {
      return bool_result(false);
    }
    return ask_subclass_check(self, claimed);
  }
  Ref<Object> answer = TRY(ask_subclass_check(self, claimed));
  if (TRY(object_is_true(answer))) return answer;
  return ask_subclass_check(self, actual);
}

// Whether a registered class, or a class derived from one, is behind `subclass`. Works on a copy: issubclass() runs
// Python code.
Result<bool> is_registered(AbcData* data, Object* subclass) {
  if (!data->registry) return false;
  if (TRY(weak_set_contains(data->registry, subclass))) return true;
  Ref<List> copy = TRY(list_new());
  isize position = 0;
  Object* reference;
  Py_hash_t hash;
  while (set_next(as<Set>(data->registry), position, reference, hash)) TRY(list_append(copy, reference));
  for (isize i = 0; i < list_size(copy); ++i) {
    Opt<Object*> found = weakref_get_object(list_item(copy, i));
    if (!found) continue;
    Ref<Object> registered = new_ref(*found);
    if (TRY(object_is_subclass(subclass, registered))) return true;
  }
  return false;
}

Result<bool> is_subclass_of_subclass(Object* self, Object* subclass) {
  Ref<Object> subclasses = TRY(call_method(self, id::__subclasses__));
  if (!is_list(subclasses)) return raise(TypeError, "__subclasses__() must return a list");
  List* list = as<List>(subclasses);
  for (isize i = 0; i < list_size(list); ++i) {
    Ref<Object> each = new_ref(list_item(list, i));
    if (TRY(object_is_subclass(subclass, each))) return true;
  }
  return false;
}

// The answer without caches: __subclasshook__, the MRO, the registry, the subclasses.
Result<bool> compute_subclass_check(AbcData* data, Object* self, Object* subclass) {
  Ref<Object> hook = TRY(call_method(self, id::__subclasshook__, subclass));
  if (hook.get() == True) return true;
  if (hook.get() == False) return false;
  if (hook.get() != NotImplemented) {
    return raise(AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
  }
  if (type_is_subtype(reinterpret_cast<Type*>(subclass), reinterpret_cast<Type*>(self))) return true;
  if (TRY(is_registered(data, subclass))) return true;
  return is_subclass_of_subclass(self, subclass);
}

constexpr Doc subclasscheck_doc =
    "_abc_subclasscheck($module, self, subclass, /)\n--\n\nInternal ABC helper for subclasss checks. Should be never "
    "used outside "
    "abc module.";
Result<bool> abc_subclasscheck(Module* module, Object* self, Object* subclass) {
  if (!is_type(subclass)) return raise(TypeError, "issubclass() arg 1 must be a class");
  Ref<AbcData> data = TRY(data_of(module, self));
  if (TRY(weak_set_contains(data->cache, subclass))) return true;
  if (data->negative_version < state_of(module)->counter) {
    if (data->negative_cache) set_clear(as<Set>(data->negative_cache));
    data->negative_version = state_of(module)->counter;
  } else if (TRY(weak_set_contains(data->negative_cache, subclass))) {
    return false;
  }
  bool answer = TRY(compute_subclass_check(data, self, subclass));
  TRY(weak_set_add(answer ? data->cache : data->negative_cache, subclass));
  return answer;
}

// == Looking inside ==

constexpr Doc cache_token_doc =
    "get_cache_token($module, /)\n--\n\nReturns the current ABC cache token.\n\nThe token is an opaque object "
    "(supporting equality "
    "testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token changes\nwith every "
    "call to "
    "register() on any ABC.";
Result<u64> get_cache_token(Module* module) { return state_of(module)->counter; }

constexpr Doc reset_registry_doc =
    "_reset_registry($module, self, /)\n--\n\nInternal ABC helper to reset registry of a given class.\n\nShould be "
    "only used by "
    "refleak.py";
Result<void> reset_registry(Module* module, Object* self) {
  Ref<AbcData> data = TRY(data_of(module, self));
  if (data->registry) set_clear(as<Set>(data->registry));
  return {};
}

constexpr Doc reset_caches_doc =
    "_reset_caches($module, self, /)\n--\n\nInternal ABC helper to reset both caches of a given class.\n\nShould be "
    "only used by "
    "refleak.py";
Result<void> reset_caches(Module* module, Object* self) {
  Ref<AbcData> data = TRY(data_of(module, self));
  if (data->cache) set_clear(as<Set>(data->cache));
  if (data->negative_cache) set_clear(as<Set>(data->negative_cache));
  return {};
}

Result<Object> copy_of(Object* set) { return set ? set_new(set) : set_new(); }

constexpr Doc dump_doc =
    "_get_dump($module, self, /)\n--\n\nInternal ABC helper for cache and registry debugging.\n\nReturn shallow copies "
    "of registry, of "
    "both caches, and\nnegative cache version. Don't call this function directly,\ninstead use ABC._dump_registry() "
    "for a nice "
    "repr.";
Result<Object> get_dump(Module* module, Object* self) {
  Ref<AbcData> data = TRY(data_of(module, self));
  Ref<Object> registry = TRY(copy_of(data->registry));
  Ref<Object> cache = TRY(copy_of(data->cache));
  Ref<Object> negative = TRY(copy_of(data->negative_cache));
  Ref<Object> version = TRY(int_from_u64(data->negative_version));
  return tuple_pack(registry.get(), cache.get(), negative.get(), version.get());
}

// == AbcData ==

int data_traverse(PyObject* object, visitproc visit, void* arg) {
  AbcData* self = static_cast<AbcData*>(object);
  VISIT(self->ob_type);
  VISIT(self->registry);
  VISIT(self->cache);
  VISIT(self->negative_cache);
  return 0;
}

int data_clear(PyObject* object) {
  AbcData* self = static_cast<AbcData*>(object);
  clear_field(self->registry);
  clear_field(self->cache);
  clear_field(self->negative_cache);
  return 0;
}

void data_dealloc(PyObject* object) {
  gc::untrack(object);
  (void)data_clear(object);
  Ref<Type> type = Ref<Type>::steal(object->ob_type);
  object_free(object);
}

PyType_Slot data_slots[] = {{56, const_cast<char*>("Internal state held by ABC machinery.")},  // Py_tp_doc
                            {52, reinterpret_cast<void*>(data_dealloc)},                       // Py_tp_dealloc
                            {71, reinterpret_cast<void*>(data_traverse)},                      // Py_tp_traverse
                            {51, reinterpret_cast<void*>(data_clear)},                         // Py_tp_clear
                            {0, nullptr}};
PyType_Spec data_spec = {"_abc._abc_data", sizeof(AbcData), 0,
                         static_cast<unsigned>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC), data_slots};

constinit PyMethodDef functions[] = {method<get_cache_token, cache_token_doc>(),
                                     method<abc_init, init_doc>(),
                                     method<reset_registry, reset_registry_doc>(),
                                     method<reset_caches, reset_caches_doc>(),
                                     method<get_dump, dump_doc>(),
                                     method<abc_register, register_doc>(),
                                     method<abc_instancecheck, instancecheck_doc>(),
                                     method<abc_subclasscheck, subclasscheck_doc>(),
                                     {}};

Result<void> abc_exec(Module* module) {
  Ref<Object> type = TRY(type_from_module_and_spec(static_cast<Object*>(module), &data_spec, {}));
  state_of(module)->data_type = reinterpret_cast<Type*>(type.release());
  return {};
}
int exec_slot(PyObject* module) { return abc_exec(as<Module>(module)).to_c(); }

int module_traverse(PyObject* module, visitproc visit, void* arg) {
  VISIT(state_of(as<Module>(module))->data_type);
  return 0;
}
int module_clear(PyObject* module) {
  clear_field(state_of(as<Module>(module))->data_type);
  return 0;
}
void module_free(void* module) { (void)module_clear(static_cast<PyObject*>(module)); }

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {.m_name = "_abc",
                                    .m_doc = "Module contains faster C implementation of abc.ABCMeta",
                                    .m_size = sizeof(State),
                                    .m_methods = functions,
                                    .m_slots = slots,
                                    .m_traverse = module_traverse,
                                    .m_clear = module_clear,
                                    .m_free = module_free};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__abc() { return adder::module_def_init(&adder::definition); }
