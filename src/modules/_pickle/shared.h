// shared: what Python code sees of a Pickler and of an Unpickler in the same way: the memo, through a proxy, and the
// hook for persistent ids.
#pragma once
#include "bind/bind.h"
#include "memory/gc.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/tuple.h"

namespace adder::pickle {
template <class Owner>
struct MemoProxy : PyObject {
  Owner* owner;
};
// The attribute `memo`.
template <class Owner>
Result<Object> memo_proxy_new(Type* type, Owner* owner) {
  Ref<MemoProxy<Owner>> proxy = TRY(object_new<MemoProxy<Owner>>(type));
  proxy->owner = new_ref(owner).release();
  gc::track(proxy);
  return proxy;
}

inline constexpr Doc proxy_clear_doc = "clear($self, /)\n--\n\nForgets all objects.";
inline constexpr Doc proxy_copy_doc = "copy($self, /)\n--\n\nA dict of what the memo holds.";
inline constexpr Doc proxy_reduce_doc = "__reduce__($self, /)\n--\n\nFor pickle and copy: the proxy becomes a dict.";

// `forget` empties the owner's memo, `contents` makes a dict of it.
template <class Owner, Result<void> (*forget)(Owner*), Result<Dict> (*contents)(Owner*)>
struct MemoProxyType {
  using Proxy = MemoProxy<Owner>;
  static Result<void> clear(Proxy* self) { return forget(self->owner); }
  static Result<Dict> copy(Proxy* self) { return contents(self->owner); }
  static Result<Tuple> reduce(Proxy* self) {
    Ref<Dict> dict = TRY(contents(self->owner));
    Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(dict.get())));
    return tuple_pack(static_cast<Object*>(&PyDict_Type), static_cast<Object*>(args.get()));
  }
  static void dealloc(PyObject* object) {
    gc::untrack(object);
    clear_field(static_cast<Proxy*>(object)->owner);
    object_free(object);
  }
  static int traverse(PyObject* object, visitproc visit, void* arg) {
    VISIT(static_cast<Proxy*>(object)->owner);
    return 0;
  }
  static inline constinit PyMethodDef methods[] = {
      method<clear, proxy_clear_doc>(), method<copy, proxy_copy_doc>(), method<reduce, proxy_reduce_doc>(), {}};
  static constexpr PyTypeObject make(const char* name) {
    return {.tp_name = name,
            .tp_basicsize = sizeof(Proxy),
            .tp_dealloc = dealloc,
            .tp_hash = object_hash_not_implemented,
            .tp_getattro = object_generic_get_attr_slot,
            .tp_setattro = object_generic_set_attr_slot,
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
            .tp_traverse = traverse,
            .tp_methods = methods};
  }
};

// The attributes persistent_id and persistent_load: a callable, or a method of a subclass with its object apart
// (`self`).
inline Result<Object> hook_get(const char* name, Object* hook, Object* self) {
  if (!hook) return raise(AttributeError, "%s", name);
  if (self) return method_new(hook, self);
  return Result<Object>::share(hook);
}
inline Result<void> hook_set(const char* name, Object*& hook, Object*& self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "attribute deletion is not supported");
  if (!is_callable(value.get())) return raise(TypeError, "%s must be a callable taking one argument", name);
  self = nullptr;
  set_field(hook, new_ref(value.get()));
  return {};
}
}  // namespace adder::pickle
