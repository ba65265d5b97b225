// unpickler: the type Unpickler, its memo, and the proxy through which Python code sees it.
#include "modules/_pickle/unpickler.h"

#include <cstddef>

#include "memory/allocator.h"
#include "modules/_pickle/shared.h"
#include "types/function.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder::pickle {
// == Stack ==

bool stack_grow(Stack* s) {
  isize capacity = s->capacity + (s->capacity >> 3) + 8 + (s->capacity < 64 ? s->capacity : 0);
  auto* items = static_cast<Object**>(memory::reallocate(s->items, static_cast<usize>(capacity) * sizeof(Object*)));
  if (!items) return false;
  s->items = items;
  s->capacity = capacity;
  return true;
}
Result<void> stack_push_mark(Unpickler* u) {
  Stack* s = u->stack;
  if (s->mark_count == s->mark_capacity) {
    isize capacity = s->mark_capacity * 2 + 20;
    auto* marks = static_cast<isize*>(memory::reallocate(s->marks, static_cast<usize>(capacity) * sizeof(isize)));
    if (!marks) return raise_no_memory();
    s->marks = marks;
    s->mark_capacity = capacity;
  }
  s->fence = s->marks[s->mark_count++] = s->size;
  return {};
}
namespace {
Stack* stack_new() {
  auto* s = static_cast<Stack*>(memory::allocate(sizeof(Stack)));
  if (!s) return nullptr;
  *s = {};
  if (stack_grow(s)) return s;
  memory::release(s);
  return nullptr;
}
void stack_delete(Stack* s) {
  while (s->size) Ref<Object>::steal(s->items[--s->size]).reset();
  memory::release(s->items);
  memory::release(s->marks);
  memory::release(s);
}
}  // namespace

// == Memo ==

Object** memo_entries(isize size) {
  return static_cast<Object**>(memory::allocate_zeroed(static_cast<usize>(size), sizeof(Object*)));
}
Maybe<Object> memo_get_any(Unpickler* u, isize index) {
  if (index < u->memo_size) {
    return u->memo[index] ? Maybe<Object>::share(u->memo[index]) : Maybe<Object>(nullptr);
  }
  if (!u->sparse_memo) return nullptr;
  Ref<Int> key = TRY(int_from_i64(index));
  return dict_get_item(u->sparse_memo, key);
}
Result<void> memo_put_slowly(Unpickler* u, isize index, Object* object) {
  Ref<Object> kept = new_ref(object);
  if (index >= u->memo_size) {
    // Pickles count their indices up; one that jumps far ahead lies, or comes from another program, and goes into a
    // dict.
    if (index > 1024 && index / 4 > u->memo_size) {
      if (!u->sparse_memo) u->sparse_memo = TRY(dict_new())
      .release();
      Ref<Dict> sparse = new_ref(u->sparse_memo);
      Ref<Int> key = TRY(int_from_i64(index));
      isize before = dict_size(sparse);
      TRY(dict_set_item(sparse, key, kept));
      u->memo_used += dict_size(sparse) - before;
      return {};
    }
    isize size = index * 2 > kMemoMinimum ? index * 2 : kMemoMinimum;
    auto* entries = static_cast<Object**>(memory::reallocate(u->memo, static_cast<usize>(size) * sizeof(Object*)));
    if (!entries) return raise_no_memory();
    u->memo = entries;
    isize old_size = std::exchange(u->memo_size, size);
    for (isize i = old_size; i < size; ++i) entries[i] = nullptr;
    // What went into the dict and now has a place in the array moves there.
    if (u->sparse_memo) {
      for (isize i = old_size; i < size && dict_size(u->sparse_memo); ++i) {
        Ref<Int> key = TRY(int_from_i64(i));
        Ref<Object> moved = TRY(dict_pop(u->sparse_memo, key));
        u->memo[i] = moved ? moved.release() : nullptr;
      }
    }
  }
  Ref<Object> old = Ref<Object>::share_or_empty(nullptr);
  if (u->memo[index]) {
    old = Ref<Object>::steal(u->memo[index]);
  } else {
    ++u->memo_used;
  }
  u->memo[index] = kept.release();
  return {};
}
namespace {
void memo_replace(Unpickler* u, Object** entries, isize size, isize used, Dict* sparse) {
  Object** old = std::exchange(u->memo, entries);
  isize old_size = std::exchange(u->memo_size, size);
  u->memo_used = used;
  Ref<Dict> old_sparse = Ref<Dict>::steal(std::exchange(u->sparse_memo, sparse));
  for (isize i = 0; i < old_size; ++i) {
    if (old[i]) Ref<Object>::steal(old[i]).reset();
  }
  memory::release(old);
}
}  // namespace

// == Life ==

namespace {
// The defaults are shared, not copied.
constexpr char default_encoding[] = "ASCII", default_errors[] = "strict";
void release_text(const char*& slot) {
  if (slot != default_encoding && slot != default_errors) memory::release(const_cast<char*>(slot));
  slot = nullptr;
}
}  // namespace
Result<Unpickler> unpickler_new(Type* type, Module* module) {
  Ref<Object> made = TRY(object_new_zeroed(type));
  Unpickler* u = as<Unpickler>(made.get());
  u->stack = stack_new();
  u->memo = memo_entries(kMemoMinimum);
  if (u->memo) u->memo_size = kMemoMinimum;
  if (!u->stack || !u->memo) return raise_no_memory();
  u->module = new_ref(module).release();
  u->state = module_state<State>(module);
  u->encoding = default_encoding;
  u->errors = default_errors;
  return as<Unpickler>(std::move(made));
}
namespace {
Result<void> copy_text(Opt<Str*> text, const char* default_text, const char*& slot) {
  if (!text) {
    release_text(slot);
    slot = default_text;
    return {};
  }
  Utf8 utf8 = str_as_utf8(text.get());
  if (!utf8) return Error{};
  if (std::strlen(utf8.data) != static_cast<usize>(utf8.size)) return raise(ValueError, "embedded null character");
  release_text(slot);
  slot = default_text;
  auto* copy = static_cast<char*>(memory::allocate(static_cast<usize>(utf8.size) + 1));
  if (!copy) return raise_no_memory();
  std::memcpy(copy, utf8.data, static_cast<usize>(utf8.size) + 1);
  slot = copy;
  return {};
}
}  // namespace
Result<void> unpickler_set_options(Unpickler* u, bool fix_imports, Opt<Str*> encoding, Opt<Str*> errors,
                                   Opt<Object*> buffers) {
  TRY(copy_text(encoding, default_encoding, u->encoding));
  TRY(copy_text(errors, default_errors, u->errors));
  u->fix_imports = fix_imports;
  Ref<Object> iterator;
  if (buffers && buffers.get() != None) iterator = TRY(object_get_iter(buffers.get()));
  set_field(u->buffers, std::move(iterator));
  return {};
}
Result<void> unpickler_set_file(Unpickler* u, Object* file) {
  Ref<Object> peek = TRY(object_lookup_attr(file, id::peek));
  Ref<Object> readinto = TRY(object_lookup_attr(file, id::readinto));
  Ref<Object> read = TRY(object_lookup_attr(file, id::read));
  Ref<Object> readline = TRY(object_lookup_attr(file, id::readline));
  if (!read || !readline) return raise(TypeError, "file must have 'read' and 'readline' attributes");
  set_field(u->peek, std::move(peek));
  set_field(u->readinto, std::move(readinto));
  set_field(u->read, std::move(read));
  set_field(u->readline, std::move(readline));
  return {};
}

namespace {
void clear_fields(Unpickler* u) {
  clear_field(u->readline);
  clear_field(u->readinto);
  clear_field(u->read);
  clear_field(u->peek);
  clear_field(u->persistent_load);
  clear_field(u->buffers);
  input_release(u);
}
void dealloc(PyObject* object) {
  gc::untrack(object);
  Unpickler* u = as<Unpickler>(object);
  clear_fields(u);
  if (Stack* stack = std::exchange(u->stack, nullptr)) stack_delete(stack);
  memo_replace(u, nullptr, 0, 0, nullptr);
  release_text(u->encoding);
  release_text(u->errors);
  memory::release(u->line);
  clear_field(u->module);
  object->ob_type->tp_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  Unpickler* u = as<Unpickler>(object);
  VISIT(u->module);
  VISIT(u->readline);
  VISIT(u->readinto);
  VISIT(u->read);
  VISIT(u->peek);
  VISIT(u->persistent_load);
  VISIT(u->buffers);
  VISIT(u->sparse_memo);
  for (isize i = 0; u->stack && i < u->stack->size; ++i) VISIT(u->stack->items[i]);
  for (isize i = 0; i < u->memo_size; ++i) VISIT(u->memo[i]);
  return 0;
}
int clear(PyObject* object) {
  Unpickler* u = as<Unpickler>(object);
  clear_fields(u);
  memo_replace(u, nullptr, 0, 0, nullptr);
  return 0;
}
PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  Ref<Module> module = TRY_C(nullptr, find_module());
  return unpickler_new(type, module).to_c();
}

// As for Pickler: an own method is kept without `self`.
Result<void> take_method(Unpickler* u) {
  Ref<Object> found = TRY(object_lookup_attr(u, u->state->persistent_load));
  if (found && is_method(found) && as<Method>(found.get())->im_self == u) {
    u->persistent_self = u;
    set_field(u->persistent_load, new_ref(as<Method>(found.get())->im_func));
    return {};
  }
  u->persistent_self = nullptr;
  set_field(u->persistent_load, std::move(found));
  return {};
}

constexpr Doc new_doc =
    "Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())\n--\n\nMakes the "
    "objects "
    "again that a Pickler wrote to a binary file.\n\n  file\n    anything with methods read(n) and readline()\n  "
    "fix_imports\n    protocols below 3: take Python 2's names for Python 3's\n  encoding, errors\n    how to decode "
    "Python "
    "2's str; the encoding 'bytes' leaves them bytes\n  buffers\n    what the pickler's buffer_callback kept, in the "
    "same "
    "order";
Result<void> initialize(Unpickler* u, Object* file, bool fix_imports, Opt<Str*> encoding, Opt<Str*> errors,
                        Opt<Object*> buffers) {
  if (u->running) return raise(RuntimeError, "Unpickler.__init__() was called while loading");
  clear_fields(u);
  u->persistent_self = nullptr;
  TRY(unpickler_set_file(u, file));
  TRY(unpickler_set_options(u, fix_imports, encoding, errors, buffers));
  TRY(take_method(u));
  Object** entries = memo_entries(kMemoMinimum);
  if (!entries) return raise_no_memory();
  memo_replace(u, entries, kMemoMinimum, 0, nullptr);
  u->protocol = 0;
  return {};
}

// == Methods ==

constexpr Doc load_doc = "load($self, /)\n--\n\nReads one pickle from the file and gives the object that it describes.";
Result<Object> load(Unpickler* u) {
  if (!u->read) {
    return raise_unpickling(u->state, "Unpickler.__init__() was not called by %s.__init__()", u->ob_type->tp_name);
  }
  return load_object(u);
}
constexpr Doc find_class_doc =
    "find_class($self, module_name, global_name, /)\n--\n\nThe object that a module has under a name; the module is "
    "imported. "
    "Subclasses\ncan define this method to decide what a pickle may name.";
Result<Object> find_class_method(Unpickler* u, Object* module_name, Object* global_name) {
  return find_class_by_default(u, module_name, global_name);
}
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nThe size in memory, in bytes.";
Result<isize> size_of(Unpickler* u) {
  isize size = u->ob_type->tp_basicsize + u->memo_size * static_cast<isize>(sizeof(Object*)) +
               u->stack->mark_capacity * static_cast<isize>(sizeof(isize));
  for (const char* text : {static_cast<const char*>(u->line), u->encoding, u->errors}) {
    if (text) size += static_cast<isize>(std::strlen(text)) + 1;
  }
  return size;
}
constinit PyMethodDef methods[] = {
    method<load, load_doc>(), method<find_class_method, find_class_doc>(), method<size_of, sizeof_doc>(), {}};

// == Memo ==

Result<Object> get_memo(Unpickler* u) { return memo_proxy_new(&unpickler_memo_proxy_type, u); }
// {index: object}
Result<Dict> contents(Unpickler* u) {
  Ref<Dict> copy = TRY(dict_new());
  for (isize i = 0; i < u->memo_size; ++i) {
    if (!u->memo[i]) continue;
    Ref<Object> value = new_ref(u->memo[i]);
    Ref<Int> key = TRY(int_from_i64(i));
    TRY(dict_set_item(copy, key, value));
  }
  if (u->sparse_memo) TRY(dict_update(copy, u->sparse_memo));
  return copy;
}
Result<void> forget(Unpickler* u) {
  Object** entries = memo_entries(kMemoMinimum);
  if (!entries) return raise_no_memory();
  memo_replace(u, entries, kMemoMinimum, 0, nullptr);
  return {};
}
Result<void> set_memo(Unpickler* u, Opt<Object*> value) {
  if (!value) return raise(TypeError, "attribute deletion is not supported");
  Ref<Dict> made;
  if (is_instance_exact(value.get(), &unpickler_memo_proxy_type)) {
    made = TRY(contents(static_cast<MemoProxy<Unpickler>*>(value.get())->owner));
  } else if (is_dict(value.get())) {
    made = TRY(dict_copy(as<Dict>(value.get())));
  } else {
    return raise(TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200s",
                 value->ob_type->tp_name);
  }
  isize position = 0;
  Object *key, *item;
  while (dict_next(made, position, key, item)) {
    if (!is_int(key)) return raise(TypeError, "memo key must be integers");
    isize index = TRY(int_as_ssize_t(key));
    if (index < 0) return raise(ValueError, "memo key must be positive integers.");
  }
  TRY(forget(u));
  position = 0;
  while (dict_next(made, position, key, item)) {
    isize index = TRY(int_as_ssize_t(key));
    TRY(memo_put(u, index, item));
  }
  return {};
}

// == Attributes ==

Result<Object> get_persistent_load(Unpickler* u) {
  return hook_get("persistent_load", u->persistent_load, u->persistent_self);
}
Result<void> set_persistent_load(Unpickler* u, Opt<Object*> value) {
  return hook_set("persistent_load", u->persistent_load, u->persistent_self, value);
}
constinit PyGetSetDef attributes[] = {
    get_set<get_memo, set_memo>("memo"), get_set<get_persistent_load, set_persistent_load>("persistent_load"), {}};
}  // namespace

constinit PyTypeObject unpickler_type = {
    .tp_name = "_pickle.Unpickler",
    .tp_basicsize = sizeof(Unpickler),
    .tp_dealloc = dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = new_doc.text,
    .tp_traverse = traverse,
    .tp_clear = pickle::clear,
    .tp_methods = methods,
    .tp_getset = attributes,
    .tp_init = initializer<initialize, new_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = make,
    .tp_free = object_gc_del,
};
constinit PyTypeObject unpickler_memo_proxy_type =
    MemoProxyType<Unpickler, forget, contents>::make("_pickle.UnpicklerMemoProxy");
}  // namespace adder::pickle
