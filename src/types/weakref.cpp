// weakref: references that do not keep their object alive: ref, proxy, callable proxy.
//
// Layout     the object's slot at tp_weaklistoffset heads a list through wr_prev/wr_next: first the shared ref without
//            callback, then the shared proxy without callback, then all others, the newest first.
// Invariant  wr_object is None once dead, and the reference is in no list then.
// See        tests/python/test_gc.py
#include "types/weakref.h"

#include "bind/bind.h"
#include "object/object.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == The list of an object ==

WeakReference** list_slot(Object* object) {
  return reinterpret_cast<WeakReference**>(reinterpret_cast<char*>(object) + object->ob_type->tp_weaklistoffset);
}
bool supports_weakrefs(const Object* object) { return object->ob_type->tp_weaklistoffset > 0; }

struct SharedReferences {
  WeakReference *ref = nullptr, *proxy = nullptr;
};
bool is_proxy(const Object* object) {
  return object->ob_type == &_PyWeakref_ProxyType || object->ob_type == &_PyWeakref_CallableProxyType;
}
SharedReferences shared_references(WeakReference* head) {
  SharedReferences shared;
  if (head && !head->wr_callback) {
    if (head->ob_type == &_PyWeakref_RefType) {
      shared.ref = head;
      head = head->wr_next;
    }
    if (head && !head->wr_callback && is_proxy(head)) shared.proxy = head;
  }
  return shared;
}
void insert_after(WeakReference* reference, WeakReference* previous) {
  reference->wr_prev = previous;
  reference->wr_next = previous->wr_next;
  if (previous->wr_next) previous->wr_next->wr_prev = reference;
  previous->wr_next = reference;
}
void insert_head(WeakReference* reference, WeakReference** slot) {
  WeakReference* next = *slot;
  reference->wr_prev = nullptr;
  reference->wr_next = next;
  if (next) next->wr_prev = reference;
  *slot = reference;
}
void init(WeakReference* reference, Object* object, Opt<Object*> callback) {
  reference->hash = -1;
  reference->wr_object = object;
  reference->wr_prev = reference->wr_next = nullptr;
  reference->wr_callback = callback.get();
  incref_or_null(callback.get());
}
// Alive long enough for a new reference: an object in its destructor has count 0.
Object* referent(WeakReference* reference) {
  Object* object = reference->wr_object;
  return object != None && object->ob_refcnt > 0 ? object : nullptr;
}
// With callback: clears the reference and releases the callback.
void clear(WeakReference* reference) {
  Object* callback = reference->wr_callback;
  weakref_clear_ref(reference);
  reference->wr_callback = nullptr;
  if (callback) decref(callback);
}
void run_callback(WeakReference* reference, Object* callback) {
  Result<Object> result = call(callback, static_cast<Object*>(reference));
  if (result.failed())
    error_write_unraisable(callback);
  else
    result.take().reset();
}

// == ref ==

PyObject* ref_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  if (names && as<Tuple>(names)->ob_size)
    return (void)raise(TypeError, "weakref() takes no keyword arguments"), nullptr;
  isize count = static_cast<isize>(vectorcall_nargs(nargsf));
  if (count) return (void)raise(TypeError, "weakref expected 0 arguments, got %zd", count), nullptr;
  Object* object = referent(as<WeakReference>(self));
  if (!object) return None;
  incref(object);
  return object;
}

Result<Object> make_ref(Type* type, Object* object, Opt<Object*> callback) {
  if (!supports_weakrefs(object))
    return raise(TypeError, "cannot create weak reference to '%s' object", object->ob_type->tp_name);
  if (callback.get() == None) callback = nullptr;
  WeakReference** slot = list_slot(object);
  bool shareable = !callback && type == &_PyWeakref_RefType;
  if (shareable) {
    if (WeakReference* shared = shared_references(*slot).ref; shared && shared->ob_refcnt > 0)
      return new_ref<Object>(shared);
  }
  WeakReference* self;
  if (type == &_PyWeakref_RefType) {
    self = TRY(object_new<WeakReference>(type))
    .release();
    self->wr_callback = nullptr;
    gc::track(self);
  } else {
    self = as<WeakReference>(TRY(Result<Object>::from_c(type->tp_alloc(type, 0))).release());
  }
  init(self, object, callback);
  self->vectorcall = ref_vectorcall;
  // Allocation may have collected, and so changed the list.
  SharedReferences shared = shared_references(*slot);
  if (shareable) {
    if (shared.ref && shared.ref->ob_refcnt > 0) {
      self->wr_object = None;
      decref(self);
      return new_ref<Object>(shared.ref);
    }
    insert_head(self, slot);
  } else if (WeakReference* previous = shared.proxy ? shared.proxy : shared.ref) {
    insert_after(self, previous);
  } else {
    insert_head(self, slot);
  }
  return Ref<Object>::steal(self);
}

// ref(object[, callback]); subclasses may take more, which their __init__ checks.
PyObject* ref_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Tuple* arguments = as<Tuple>(args);
  if (arguments->ob_size < 1 || arguments->ob_size > 2)
    return (void)raise(TypeError, "__new__ expected %s %d argument%s, got %zd",
                       arguments->ob_size ? "at most" : "at least", arguments->ob_size ? 2 : 1,
                       arguments->ob_size ? "s" : "", arguments->ob_size),
           nullptr;
  Opt<Object*> callback = arguments->ob_size == 2 ? arguments->ob_item[1] : nullptr;
  return make_ref(type, arguments->ob_item[0], callback).to_c();
}
int ref_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (kwargs && as<Dict>(kwargs)->ma_used) {
    (void)raise(TypeError, "ref() takes no keyword arguments");
    return -1;
  }
  Tuple* arguments = as<Tuple>(args);
  if (arguments->ob_size >= 1 && arguments->ob_size <= 2) return 0;
  (void)raise(TypeError, "__init__ expected %s %d argument%s, got %zd", arguments->ob_size ? "at most" : "at least",
              arguments->ob_size ? 2 : 1, arguments->ob_size ? "s" : "", arguments->ob_size);
  return -1;
}

// A reference whose callback holds the next, and so on, may be any number of references long.
void ref_dealloc(PyObject* self) {
  gc::untrack(self);
  weakref_clear_ref(as<WeakReference>(self));  // also when it dies later: the lists hold no dead ones
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  clear(as<WeakReference>(self));
  self->ob_type->tp_free(self);
}
int ref_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(as<WeakReference>(self)->wr_callback);
  return 0;
}
int ref_clear(PyObject* self) {
  clear(as<WeakReference>(self));
  return 0;
}

Result<isize> ref_hash(WeakReference* self) {
  if (self->hash != -1) return self->hash;
  Ref<Object> object = Ref<Object>::share_or_empty(referent(self));
  if (!object) return raise(TypeError, "weak object has gone away");
  self->hash = TRY(object_hash(object));
  return self->hash;
}

Result<Object> ref_compare(WeakReference* self, Object* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || !is_weakref(self) || !is_weakref(other)) return not_implemented();
  Ref<Object> left = Ref<Object>::share_or_empty(referent(self));
  Ref<Object> right = Ref<Object>::share_or_empty(referent(as<WeakReference>(other)));
  if (!left || !right) {
    bool same = self == other;
    return bool_result(op == Py_EQ ? same : !same);
  }
  return object_rich_compare(left, right, op);
}

Result<Str> ref_repr(WeakReference* self) {
  Ref<Object> object = Ref<Object>::share_or_empty(referent(self));
  if (!object) return str_from_format("<weakref at %p; dead>", self);
  Ref<Object> name = TRY(object_lookup_attr(object, id::__name__));
  if (!name || !is_str(name))
    return str_from_format("<weakref at %p; to '%s' at %p>", self, object->ob_type->tp_name, object.get());
  return str_from_format("<weakref at %p; to '%s' at %p (%U)>", self, object->ob_type->tp_name, object.get(),
                         name.get());
}

Result<Object> ref_class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)\n--\n\nSee PEP 585";
constinit PyMethodDef ref_methods[] = {class_method<ref_class_getitem, class_getitem_doc>(), {}};
constinit PyMemberDef ref_members[] = {member("__callback__", T_OBJECT, offsetof(WeakReference, wr_callback), READONLY),
                                       {}};

// == Proxies: every operation goes to the referent ==

// The referent of a proxy, kept alive; other objects as they are.
Result<Object> unwrap(Object* object) {
  if (!is_proxy(object)) return new_ref(object);
  Object* target = referent(as<WeakReference>(object));
  if (!target) return raise(ReferenceError, "weakly-referenced object no longer exists");
  return new_ref(target);
}

template <auto Fn>
Result<Object> proxy_unary(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return Fn(object);
}
template <auto Fn>
Result<Object> proxy_binary(Object* left, Object* right) {
  Ref<Object> first = TRY(unwrap(left))
  , second = TRY(unwrap(right));
  return Fn(first, second);
}
template <auto Fn>
Result<Object> proxy_ternary(Object* base, Object* exponent, Object* modulus) {
  Ref<Object> first = TRY(unwrap(base))
  , second = TRY(unwrap(exponent))
  , third = TRY(unwrap(modulus));
  return Fn(first, second, third);
}
Result<Object> get_attr(Object* object, Object* name) { return object_get_attr(object, name); }
Result<Str> proxy_str(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return object_str(object);
}
Result<Str> proxy_repr(WeakReference* self) {
  Object* object = self->wr_object;
  return str_from_format("<weakproxy at %p to %s at %p>", self, object->ob_type->tp_name, object);
}
Result<void> proxy_set_attr(Object* self, Object* name, Opt<Object*> value) {
  Ref<Object> object = TRY(unwrap(self));
  return object_set_attr(object, name, value.get());
}
Result<Object> proxy_compare(Object* self, Object* other, int op) {
  Ref<Object> left = TRY(unwrap(self))
  , right = TRY(unwrap(other));
  return object_rich_compare(left, right, op);
}
Result<bool> proxy_bool(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return object_is_true(object);
}
Result<bool> proxy_contains(Object* self, Object* value) {
  Ref<Object> object = TRY(unwrap(self));
  return sequence_contains(object, value);
}
Result<isize> proxy_length(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return object_size(object);
}
Result<void> proxy_set_item(Object* self, Object* key, Opt<Object*> value) {
  Ref<Object> object = TRY(unwrap(self));
  return value ? object_set_item(object, key, value.get()) : object_del_item(object, key);
}
Result<Object> proxy_iter(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return object_get_iter(object);
}
Maybe<Object> proxy_next(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  if (!is_iterator(object))
    return raise(TypeError, "Weakref proxy referenced a non-iterator '%.200s' object", object->ob_type->tp_name);
  return iter_next(object);
}
PyObject* proxy_call(PyObject* self, PyObject* args, PyObject* kwargs) {
  Ref<Object> object = TRY_C(nullptr, unwrap(self));
  return object_call(object, args, kwargs).to_c();
}
Result<Object> proxy_bytes(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return call_method(object.get(), id::__bytes__);
}
Result<Object> proxy_reversed(Object* self) {
  Ref<Object> object = TRY(unwrap(self));
  return call_method(object.get(), id::__reversed__);
}
void proxy_dealloc(PyObject* self) {
  gc::untrack(self);
  weakref_clear_ref(as<WeakReference>(self));
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  clear(as<WeakReference>(self));
  object_free(self);
}
constexpr Doc bytes_doc = "__bytes__($self, /)\n--\n\n";
constexpr Doc reversed_doc = "__reversed__($self, /)\n--\n\n";
constinit PyMethodDef proxy_methods[] = {method<proxy_bytes, bytes_doc>(), method<proxy_reversed, reversed_doc>(), {}};

constinit PyNumberMethods proxy_number = {
    .nb_add = slot<proxy_binary<number_add>>,
    .nb_subtract = slot<proxy_binary<number_subtract>>,
    .nb_multiply = slot<proxy_binary<number_multiply>>,
    .nb_remainder = slot<proxy_binary<number_remainder>>,
    .nb_divmod = slot<proxy_binary<number_divmod>>,
    .nb_power = slot<proxy_ternary<number_power>>,
    .nb_negative = slot<proxy_unary<number_negative>>,
    .nb_positive = slot<proxy_unary<number_positive>>,
    .nb_absolute = slot<proxy_unary<number_absolute>>,
    .nb_bool = slot<proxy_bool>,
    .nb_invert = slot<proxy_unary<number_invert>>,
    .nb_lshift = slot<proxy_binary<number_lshift>>,
    .nb_rshift = slot<proxy_binary<number_rshift>>,
    .nb_and = slot<proxy_binary<number_and>>,
    .nb_xor = slot<proxy_binary<number_xor>>,
    .nb_or = slot<proxy_binary<number_or>>,
    .nb_int = slot<proxy_unary<number_long>>,
    .nb_float = slot<proxy_unary<number_float>>,
    .nb_inplace_add = slot<proxy_binary<number_in_place_add>>,
    .nb_inplace_subtract = slot<proxy_binary<number_in_place_subtract>>,
    .nb_inplace_multiply = slot<proxy_binary<number_in_place_multiply>>,
    .nb_inplace_remainder = slot<proxy_binary<number_in_place_remainder>>,
    .nb_inplace_power = slot<proxy_ternary<number_in_place_power>>,
    .nb_inplace_lshift = slot<proxy_binary<number_in_place_lshift>>,
    .nb_inplace_rshift = slot<proxy_binary<number_in_place_rshift>>,
    .nb_inplace_and = slot<proxy_binary<number_in_place_and>>,
    .nb_inplace_xor = slot<proxy_binary<number_in_place_xor>>,
    .nb_inplace_or = slot<proxy_binary<number_in_place_or>>,
    .nb_floor_divide = slot<proxy_binary<number_floor_divide>>,
    .nb_true_divide = slot<proxy_binary<number_true_divide>>,
    .nb_inplace_floor_divide = slot<proxy_binary<number_in_place_floor_divide>>,
    .nb_inplace_true_divide = slot<proxy_binary<number_in_place_true_divide>>,
    .nb_index = slot<proxy_unary<number_index>>,
    .nb_matrix_multiply = slot<proxy_binary<number_matrix_multiply>>,
    .nb_inplace_matrix_multiply = slot<proxy_binary<number_in_place_matrix_multiply>>,
};
constinit PySequenceMethods proxy_sequence = {.sq_length = slot<proxy_length>, .sq_contains = slot<proxy_contains>};
constinit PyMappingMethods proxy_mapping = {.mp_length = slot<proxy_length>,
                                            .mp_subscript = slot<proxy_binary<object_get_item>>,
                                            .mp_ass_subscript = slot<proxy_set_item>};
}  // namespace

// == What other rooms use ==

void weakref_clear_ref(WeakReference* self) {
  if (self->wr_object == None) return;
  WeakReference** slot = list_slot(self->wr_object);
  if (*slot == self) *slot = self->wr_next;
  if (self->wr_prev) self->wr_prev->wr_next = self->wr_next;
  if (self->wr_next) self->wr_next->wr_prev = self->wr_prev;
  self->wr_prev = self->wr_next = nullptr;
  self->wr_object = None;
}

void weakref_clear_all(Object* object) {
  if (!supports_weakrefs(object)) return;
  WeakReference** slot = list_slot(object);
  if (!*slot) return;
  // The shared ones have no callback.
  while (*slot && !(*slot)->wr_callback) weakref_clear_ref(*slot);
  if (!*slot) return;
  ErrorSaver saved;
  Ref<Object> pending;
  weakref_collect_callbacks(object, pending);
  weakref_run_callbacks(as<List>(pending.get()));
}

void weakref_collect_callbacks(Object* object, Ref<Object>& pending) {
  if (!supports_weakrefs(object)) return;
  WeakReference** slot = list_slot(object);
  while (WeakReference* reference = *slot) {
    weakref_clear_ref(reference);
    if (!reference->wr_callback || reference->ob_refcnt <= 0) continue;
    const GcHead* head = gc::head_of(reference);
    // Garbage too: its callback must not run.
    if (gc::state_->collecting && head->next && (head->prev & kGcCollecting)) continue;
    if (!pending) {
      Result<List> list = list_new();
      if (list.failed()) {
        error_clear();
        continue;
      }
      pending = list.take();
    }
    if (list_append(as<List>(pending.get()), reference).failed()) error_clear();
  }
}

void weakref_run_callbacks(List* pending) {
  if (!pending) return;
  for (isize i = 0; i < pending->ob_size; ++i) {
    WeakReference* reference = as<WeakReference>(pending->ob_item[i]);
    if (!reference->wr_callback) continue;
    Ref<Object> callback = Ref<Object>::steal(reference->wr_callback);
    reference->wr_callback = nullptr;
    run_callback(reference, callback);
  }
}

isize weakref_count(Object* object) {
  if (!supports_weakrefs(object)) return 0;
  isize count = 0;
  for (WeakReference* reference = *list_slot(object); reference; reference = reference->wr_next) ++count;
  return count;
}

Result<List> weakref_list(Object* object) {
  Ref<List> list = TRY(list_new());
  if (!supports_weakrefs(object)) return list;
  for (WeakReference* reference = *list_slot(object); reference; reference = reference->wr_next)
    TRY(list_append(list, reference));
  return list;
}

Result<Object> weakref_new_ref(Object* object, Opt<Object*> callback) {
  return make_ref(&_PyWeakref_RefType, object, callback);
}

Result<Object> weakref_new_proxy(Object* object, Opt<Object*> callback) {
  if (!supports_weakrefs(object))
    return raise(TypeError, "cannot create weak reference to '%s' object", object->ob_type->tp_name);
  if (callback.get() == None) callback = nullptr;
  WeakReference** slot = list_slot(object);
  if (!callback) {
    if (WeakReference* shared = shared_references(*slot).proxy; shared && shared->ob_refcnt > 0)
      return new_ref<Object>(shared);
  }
  Type* type = is_callable(object) ? &_PyWeakref_CallableProxyType : &_PyWeakref_ProxyType;
  Ref<WeakReference> self = TRY(object_new<WeakReference>(type));
  init(self, object, callback);
  self->vectorcall = nullptr;
  gc::track(self);
  SharedReferences shared = shared_references(*slot);
  if (!callback && shared.proxy && shared.proxy->ob_refcnt > 0) {
    self->wr_object = None;
    return new_ref<Object>(shared.proxy);
  }
  WeakReference* previous = callback && shared.proxy ? shared.proxy : shared.ref;
  if (previous)
    insert_after(self, previous);
  else
    insert_head(self, slot);
  return self;
}

Opt<Object*> weakref_get_object(Object* reference) { return referent(as<WeakReference>(reference)); }
}  // namespace adder

// == Type objects ==

using namespace adder;
constinit PyTypeObject _PyWeakref_RefType = {
    .tp_name = "weakref.ReferenceType",
    .tp_basicsize = sizeof(PyWeakReference),
    .tp_dealloc = ref_dealloc,
    .tp_vectorcall_offset = offsetof(PyWeakReference, vectorcall),
    .tp_repr = slot<ref_repr>,
    .tp_hash = slot<ref_hash>,
    .tp_call = vectorcall_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE,
    .tp_traverse = ref_traverse,
    .tp_clear = ref_clear,
    .tp_richcompare = slot<ref_compare>,
    .tp_methods = ref_methods,
    .tp_members = ref_members,
    .tp_init = ref_init,
    .tp_alloc = type_generic_alloc,
    .tp_new = ref_new,
    .tp_free = object_gc_del,
};

namespace {
constexpr PyTypeObject proxy_type(const char* name, ternaryfunc call) {
  return {
      .tp_name = name,
      .tp_basicsize = sizeof(PyWeakReference),
      .tp_dealloc = proxy_dealloc,
      .tp_repr = slot<proxy_repr>,
      .tp_as_number = &proxy_number,
      .tp_as_sequence = &proxy_sequence,
      .tp_as_mapping = &proxy_mapping,
      .tp_hash = object_hash_not_implemented,
      .tp_call = call,
      .tp_str = slot<proxy_str>,
      .tp_getattro = slot<proxy_binary<get_attr>>,
      .tp_setattro = slot<proxy_set_attr>,
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
      .tp_traverse = ref_traverse,
      .tp_clear = ref_clear,
      .tp_richcompare = slot<proxy_compare>,
      .tp_iter = slot<proxy_iter>,
      .tp_iternext = slot<proxy_next>,
      .tp_methods = proxy_methods,
  };
}
}  // namespace

constinit PyTypeObject _PyWeakref_ProxyType = proxy_type("weakref.ProxyType", nullptr);
constinit PyTypeObject _PyWeakref_CallableProxyType = proxy_type("weakref.CallableProxyType", proxy_call);
