// local: _thread._local, an object with one namespace for each thread.
//
// Layout     the object owns the namespaces: a dict from the thread state's id to a dict. So the collector sees cycles through them; when a
//            thread ends, all local objects forget its entry.
#include "bind/bind.h"
#include "modules/_thread/thread_types.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Local : PyObject {
  PyObject *args, *kwargs;  // for __init__ in each thread; kwargs may be null
  PyObject* namespaces;
  PyObject* weaklist;
  Local *next, *previous;   // of all local objects
};
constinit Local* all_locals = nullptr;

PyObject* local_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (type->tp_init == PyBaseObject_Type.tp_init && (as<Tuple>(args)->ob_size || (kwargs && as<Dict>(kwargs)->ma_used)))
    return (void)raise(TypeError, "Initialization arguments are not supported"), nullptr;
  Ref<Dict> namespaces = TRY_C(nullptr, dict_new());
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return nullptr;
  Local* self = static_cast<Local*>(object.get());
  self->args = new_ref(args).release();
  self->kwargs = Ref<Object>::share_or_empty(kwargs).release();
  self->namespaces = namespaces.release();
  self->next = all_locals;
  if (all_locals) all_locals->previous = self;
  all_locals = self;
  // The creating thread's __init__ runs as usual: its namespace is there already.
  Ref<Dict> mine = TRY_C(nullptr, dict_new());
  Ref<Int> id = TRY_C(nullptr, int_from_u64(thread()->id));
  TRY_C(nullptr, dict_set_item(as<Dict>(self->namespaces), id, mine));
  return object.release();
}
int local_traverse(PyObject* object, visitproc visit, void* arg) {
  Local* self = static_cast<Local*>(object);
  VISIT(self->args);
  VISIT(self->kwargs);
  VISIT(self->namespaces);
  return 0;
}
int local_clear(PyObject* object) {
  Local* self = static_cast<Local*>(object);
  clear_field(self->args);
  clear_field(self->kwargs);
  clear_field(self->namespaces);
  return 0;
}
void local_dealloc(PyObject* object) {
  Local* self = static_cast<Local*>(object);
  gc::untrack(self);
  weakref_clear_all(self);
  if (self->previous) self->previous->next = self->next;
  else if (all_locals == self) all_locals = self->next;
  if (self->next) self->next->previous = self->previous;
  local_clear(self);
  object_free(self);
}

// This thread's namespace, made (and __init__ called) on first use.
Result<Dict> namespace_of(Local* self) {
  if (!self->namespaces) return raise(SystemError, "thread-local object is being cleared");
  Ref<Int> id = TRY(int_from_u64(thread()->id));
  Ref<Object> found = TRY(dict_get_item(as<Dict>(self->namespaces), id));
  if (found) return as<Dict>(std::move(found));
  Ref<Dict> made = TRY(dict_new());
  TRY(dict_set_item(as<Dict>(self->namespaces), id, made));
  if (self->ob_type->tp_init != PyBaseObject_Type.tp_init && self->ob_type->tp_init(self, self->args, self->kwargs) < 0) {
    ErrorSaver saved;
    Maybe<Object> dropped = dict_pop(as<Dict>(self->namespaces), id);
    if (dropped.failed()) error_clear();
    else dropped.take().reset();
    // The error that __init__ raised comes back with `saved`.
    return Error{};
  }
  return made;
}

Result<Object> local_get_attr(Local* self, Object* name) {
  Ref<Dict> dict = TRY(namespace_of(self));
  if (is_str(name) && str_equals(as<Str>(name), "__dict__")) return dict;
  Type* type = self->ob_type;
  Ref<Object> descriptor = Ref<Object>::share_or_empty(type_lookup(type, name).get());
  descrgetfunc get = descriptor ? descriptor->ob_type->tp_descr_get : nullptr;
  if (get && is_data_descriptor(descriptor)) return Result<Object>::from_c(get(descriptor, self, type));
  Ref<Object> value = TRY(dict_get_item(dict, name));
  if (value) return value;
  if (get) return Result<Object>::from_c(get(descriptor, self, type));
  if (descriptor) return descriptor;
  return raise(AttributeError, "'%.50s' object has no attribute '%U'", type->tp_name, name);
}
Result<void> local_set_attr(Local* self, Object* name, Opt<Object*> value) {
  Ref<Dict> dict = TRY(namespace_of(self));
  if (is_str(name) && str_equals(as<Str>(name), "__dict__"))
    return raise(AttributeError, "'%.50s' object attribute '__dict__' is read-only", self->ob_type->tp_name);
  Ref<Object> descriptor = Ref<Object>::share_or_empty(type_lookup(self->ob_type, name).get());
  if (descriptor && is_data_descriptor(descriptor))
    return Result<void>::from_c(descriptor->ob_type->tp_descr_set(descriptor, self, value.get()));
  if (value) return dict_set_item(dict, name, value.get());
  Ref<Object> old = TRY(dict_pop(dict, name));
  if (!old) return raise(AttributeError, "'%.50s' object has no attribute '%U'", self->ob_type->tp_name, name);
  return {};
}
}  // namespace

constinit PyTypeObject thread_local_type = {
    .tp_name = "_thread._local",
    .tp_basicsize = sizeof(Local),
    .tp_dealloc = local_dealloc,
    .tp_getattro = slot<local_get_attr>,
    .tp_setattro = slot<local_set_attr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Thread-local data",
    .tp_traverse = local_traverse,
    .tp_clear = local_clear,
    .tp_weaklistoffset = offsetof(Local, weaklist),
    .tp_alloc = type_generic_alloc,
    .tp_new = local_new,
};

void thread_locals_forget(ThreadState* state) {
  Result<Int> made = int_from_u64(state->id);
  if (made.failed()) return error_clear();
  Ref<Int> id = made.take();
  // Releasing may run code that changes the list: start again after each.
  for (bool again = true; again;) {
    again = false;
    for (Local* local = all_locals; local; local = local->next) {
      if (!local->namespaces || local->ob_refcnt <= 0) continue;
      Maybe<Object> popped = dict_pop(as<Dict>(local->namespaces), id);
      if (popped.failed()) {
        error_clear();
        continue;
      }
      Ref<Object> old = popped.take();
      if (!old) continue;
      again = true;
      break;
    }
  }
}
}  // namespace adder
