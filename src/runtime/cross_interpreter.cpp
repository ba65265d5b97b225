// cross_interpreter: the registry of types whose objects travel, and the types that do from the start.
#include "runtime/cross_interpreter.h"

#include <cstdlib>
#include <new>
#include <pthread.h>

#include "memory/allocator.h"
#include "memory/refcount.h"
#include "runtime/interpreters.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
// == Types that travel ==

PyObject* none_from_data(_PyCrossInterpreterData*) { return new_ref(None).release(); }
int none_data(PyObject*, _PyCrossInterpreterData* data) {
  data->new_object = none_from_data;
  return 0;
}

PyObject* int_from_data(_PyCrossInterpreterData* data) {
  return int_from_i64(reinterpret_cast<intptr_t>(data->data)).to_c();
}
int int_data(PyObject* object, _PyCrossInterpreterData* data) {
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(object), &overflow);
  if (overflow) return (void)raise(OverflowError, "try sending as bytes"), -1;
  data->data = reinterpret_cast<void*>(static_cast<intptr_t>(value));
  data->new_object = int_from_data;
  return 0;
}

// What bytes and str have: their content, in the memory of the object.
struct Content {
  const void* data;
  isize size;
  int kind;
};
int content_data(PyObject* object, _PyCrossInterpreterData* data, Content content, PyObject* (*new_object)(_xid*)) {
  void* memory = memory::allocate(sizeof(Content));
  if (!memory) return (void)raise_no_memory(), -1;
  data->data = new (memory) Content(content);
  data->obj = new_ref(object).release();
  data->new_object = new_object;
  data->free = memory::release;
  return 0;
}
PyObject* bytes_from_data(_PyCrossInterpreterData* data) {
  auto* content = static_cast<Content*>(data->data);
  return bytes_from_view({static_cast<const char*>(content->data), static_cast<usize>(content->size)}).to_c();
}
int bytes_data_of(PyObject* object, _PyCrossInterpreterData* data) {
  Bytes* bytes = as<Bytes>(object);
  return content_data(object, data, {bytes_data(bytes), bytes_size(bytes), 1}, bytes_from_data);
}
PyObject* str_from_data(_PyCrossInterpreterData* data) {
  auto* content = static_cast<Content*>(data->data);
  return str_from_kind_and_data(content->kind, content->data, content->size).to_c();
}
int str_data_of(PyObject* object, _PyCrossInterpreterData* data) {
  Str* text = as<Str>(object);
  return content_data(object, data, {str_data(text), str_length(text), str_kind(text)}, str_from_data);
}

// == Registry ==

struct Entry {
  Type* type;  // owned
  crossinterpdatafunc function;
  Entry* next;
};
constinit Entry builtin_entries[4] = {{&PyUnicode_Type, str_data_of, &builtin_entries[1]},
                                      {&PyBytes_Type, bytes_data_of, &builtin_entries[2]},
                                      {&PyLong_Type, int_data, &builtin_entries[3]},
                                      {&_PyNone_Type, none_data, nullptr}};
// The newest first: a type that is registered again gets the new function. Guarded by the GIL that all interpreters
// share.
constinit Entry* entries = builtin_entries;

Error cannot_travel(Object* object) { return raise(ValueError, "%S does not support cross-interpreter data", object); }
}  // namespace

crossinterpdatafunc cross_interpreter_lookup(Object* object) {
  for (Entry* entry = entries; entry; entry = entry->next)
    if (entry->type == object->ob_type) return entry->function;
  return nullptr;
}

Result<void> cross_interpreter_check(Object* object) {
  if (!cross_interpreter_lookup(object)) return cannot_travel(object);
  return {};
}

Result<void> cross_interpreter_get(Object* object, _PyCrossInterpreterData* data) {
  *data = {nullptr, nullptr, -1, nullptr, nullptr};
  crossinterpdatafunc function = cross_interpreter_lookup(object);
  if (!function) return cannot_travel(object);
  Ref<Object> held = new_ref(object);
  if (function(object, data) != 0) return Error{};
  data->interp = interpreter()->id;
  if (data->new_object) return {};
  cross_interpreter_release(data);
  return raise(SystemError, "missing new_object func");
}

Result<Object> cross_interpreter_new_object(_PyCrossInterpreterData* data) {
  return Result<Object>::from_c(data->new_object(data));
}

void cross_interpreter_release(_PyCrossInterpreterData* data) {
  if (!data->data && !data->obj) return;
  // With one heap for all, what an interpreter left behind can be given back anywhere.
  Interpreter* origin = interpreter_find(data->interp);
  ThreadState* former = thread();
  bool other = origin && origin->threads && former && origin != interpreter_of(former);
  if (other) thread_state_swap(origin->threads);
  if (data->free) data->free(data->data);
  data->data = nullptr;
  clear_field(data->obj);
  if (other) thread_state_swap(former);
}

Result<void> cross_interpreter_register(Object* type, crossinterpdatafunc function) {
  if (!is_type(type)) return raise(ValueError, "only classes may be registered");
  if (!function) return raise(ValueError, "missing 'getdata' func");
  auto* entry = static_cast<Entry*>(std::malloc(sizeof(Entry)));
  if (!entry) return raise_no_memory();
  *entry = {as<Type>(new_ref(type).release()), function, entries};
  entries = entry;
  return {};
}
}  // namespace adder
