// pickler: the type Pickler, and the proxy through which Python code sees its memo.
#include "modules/_pickle/pickler.h"

#include <cstddef>

#include "memory/allocator.h"
#include "modules/_pickle/shared.h"
#include "types/function.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder::pickle {
// == Life ==

Result<Pickler> pickler_new(Type* type, Module* module) {
  Ref<Object> made = TRY(object_new_zeroed(type));
  Pickler* p = as<Pickler>(made.get());
  p->frame_start = -1;
  p->memo = memo_new();
  if (!p->memo) return raise_no_memory();
  p->module = new_ref(module).release();
  p->state = module_state<State>(module);
  return as<Pickler>(std::move(made));
}
Result<void> pickler_set_options(Pickler* p, Object* protocol, bool fix_imports, Object* buffer_callback) {
  long number = kDefaultProtocol;
  if (protocol != None) {
    number = TRY(int_as_long(protocol));
    if (number < 0) number = kHighestProtocol;
    if (number > kHighestProtocol) return raise(ValueError, "pickle protocol must be <= %d", kHighestProtocol);
  }
  p->protocol = static_cast<int>(number);
  p->binary = number > 0;
  p->fix_imports = fix_imports && number < 3;
  if (buffer_callback != None && number < 5) return raise(ValueError, "buffer_callback needs protocol >= 5");
  set_field(p->buffer_callback, Ref<Object>::share_or_empty(buffer_callback == None ? nullptr : buffer_callback));
  return {};
}
Result<void> pickler_set_file(Pickler* p, Object* file) {
  Ref<Object> method = TRY(object_lookup_attr(file, id::write));
  if (!method) return raise(TypeError, "file must have a 'write' attribute");
  set_field(p->write, std::move(method));
  return {};
}

Result<void> dump_object(Pickler* p, Object* object) {
  // Only subclasses can define one.
  if (p->ob_type != &pickler_type) {
    Ref<Object> override = TRY(object_lookup_attr(p, p->state->reducer_override));
    set_field(p->reducer_override, std::move(override));
  }
  auto run = [&]() -> Result<void> {
    if (p->protocol >= 2) {
      TRY(write_number(p, kProto, static_cast<u64>(p->protocol), 1));
      if (p->protocol >= 4) p->framing = 1;
    }
    TRY(save(p, object));
    TRY(write_opcode(p, kStop));
    frame_end(p);
    return {};
  };
  auto result = run();
  p->framing = 0;
  // A bound method of the pickler itself: no cycle stays behind.
  clear_field(p->reducer_override);
  return result;
}

namespace {
void dealloc(PyObject* object) {
  gc::untrack(object);
  Pickler* p = as<Pickler>(object);
  clear_field(p->output);
  clear_field(p->write);
  clear_field(p->persistent_id);
  clear_field(p->dispatch_table);
  clear_field(p->fast_memo);
  clear_field(p->reducer_override);
  clear_field(p->buffer_callback);
  if (MemoTable* memo = std::exchange(p->memo, nullptr)) memo_delete(memo);
  clear_field(p->module);
  object->ob_type->tp_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  Pickler* p = as<Pickler>(object);
  VISIT(p->module);
  VISIT(p->write);
  VISIT(p->persistent_id);
  VISIT(p->dispatch_table);
  VISIT(p->fast_memo);
  VISIT(p->reducer_override);
  VISIT(p->buffer_callback);
  for (usize i = 0; p->memo && i <= p->memo->mask; ++i) VISIT(p->memo->entries[i].key);
  return 0;
}
int clear(PyObject* object) {
  Pickler* p = as<Pickler>(object);
  clear_field(p->output);
  p->output_size = 0;
  p->frame_start = -1;
  clear_field(p->write);
  clear_field(p->persistent_id);
  clear_field(p->dispatch_table);
  clear_field(p->fast_memo);
  clear_field(p->reducer_override);
  clear_field(p->buffer_callback);
  if (p->memo) memo_clear(p->memo);
  return 0;
}
PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  Ref<Module> module = TRY_C(nullptr, find_module());
  Ref<Pickler> p = TRY_C(nullptr, pickler_new(type, module));
  p->output = TRY_C(nullptr, bytes_new(kFirstOutputSize)).release();
  return p.release();
}

// A method that the class or instance defines. Its own one is kept without `self`, so that no cycle arises.
Result<void> take_method(Object* self, Object* name, Object*& function, Object*& function_self) {
  Ref<Object> found = TRY(object_lookup_attr(self, name));
  if (found && is_method(found) && as<Method>(found.get())->im_self == self) {
    function_self = self;
    set_field(function, new_ref(as<Method>(found.get())->im_func));
    return {};
  }
  function_self = nullptr;
  set_field(function, std::move(found));
  return {};
}

constexpr Doc new_doc =
    "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)\n--\n\nWrites objects to a binary file, so "
    "that an "
    "Unpickler can make them again.\n\n  file\n    anything with a method write(bytes)\n  protocol\n    0 to 5; 4 "
    "without one, "
    "the highest if it is negative\n  fix_imports\n    protocols below 3: write the names that Python 2 has for "
    "things\n  "
    "buffer_callback\n    protocol 5: called with each PickleBuffer; a false answer leaves its data\n    out of the "
    "pickle";
Result<void> initialize(Pickler* p, Object* file, Object* protocol, bool fix_imports, Object* buffer_callback) {
  p->initialized = 0;
  TRY(pickler_set_options(p, protocol, fix_imports, buffer_callback));
  TRY(pickler_set_file(p, file));
  memo_clear(p->memo);
  output_reset(p);
  p->framing = 0;
  p->fast = 0;
  p->fast_nesting = 0;
  clear_field(p->fast_memo);
  TRY(take_method(p, p->state->persistent_id, p->persistent_id, p->persistent_self));
  Ref<Object> table = TRY(object_lookup_attr(p, p->state->dispatch_table_name));
  set_field(p->dispatch_table, std::move(table));
  p->initialized = 1;
  return {};
}

// == Methods ==

constexpr Doc dump_doc = "dump($self, obj, /)\n--\n\nWrites an object to the file.";
Result<void> dump(Pickler* p, Object* object) {
  if (!p->write) {
    return raise_pickling(p->state, "Pickler.__init__() was not called by %s.__init__()", p->ob_type->tp_name);
  }
  output_reset(p);
  TRY(dump_object(p, object));
  TRY(output_flush(p));
  // Between two objects the pickler holds no buffer.
  clear_field(p->output);
  return {};
}
constexpr Doc clear_memo_doc =
    "clear_memo($self, /)\n--\n\nForgets which objects have been written: the next dump() writes them in full again.";
Result<void> clear_memo(Pickler* p) {
  memo_clear(p->memo);
  return {};
}
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nThe size in memory, in bytes.";
Result<isize> size_of(Pickler* p) {
  isize size = p->ob_type->tp_basicsize;
  size += kMemoTableSize + static_cast<isize>((p->memo->mask + 1) * sizeof(MemoEntry));
  if (p->output) size += PyBytes_Type.tp_basicsize + p->output->ob_size;
  return size;
}
constinit PyMethodDef methods[] = {
    method<dump, dump_doc>(), method<clear_memo, clear_memo_doc>(), method<size_of, sizeof_doc>(), {}};
constinit PyMemberDef members[] = {member("bin", T_INT, offsetof(Pickler, binary)),
                                   member("fast", T_INT, offsetof(Pickler, fast)),
                                   member("dispatch_table", T_OBJECT_EX, offsetof(Pickler, dispatch_table)),
                                   {}};

// == Memo ==

Result<Object> get_memo(Pickler* p) { return memo_proxy_new(&pickler_memo_proxy_type, p); }
Result<void> set_memo(Pickler* p, Opt<Object*> value) {
  if (!value) return raise(TypeError, "attribute deletion is not supported");
  struct Holder {
    MemoTable* table = nullptr;
    ~Holder() {
      if (table) memo_delete(table);
    }
  } made;
  if (is_instance_exact(value.get(), &pickler_memo_proxy_type)) {
    made.table = memo_copy(static_cast<MemoProxy<Pickler>*>(value.get())->owner->memo);
    if (!made.table) return raise_no_memory();
  } else if (is_dict(value.get())) {
    made.table = memo_new();
    if (!made.table) return raise_no_memory();
    isize position = 0;
    Object *key, *item;
    while (dict_next(as<Dict>(value.get()), position, key, item)) {
      if (!is_tuple(item) || tuple_size(as<Tuple>(item)) != 2) {
        return raise(TypeError, "'memo' values must be 2-item tuples");
      }
      Ref<Object> pair = new_ref(item);
      if (!is_int(tuple_item(as<Tuple>(item), 0))) return raise(TypeError, "an integer is required");
      isize index = TRY(int_as_ssize_t(tuple_item(as<Tuple>(item), 0)));
      if (!memo_set(made.table, tuple_item(as<Tuple>(item), 1), index)) return raise_no_memory();
    }
  } else {
    return raise(TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200s",
                 value->ob_type->tp_name);
  }
  std::swap(p->memo, made.table);
  return {};
}

Result<void> forget(Pickler* p) {
  memo_clear(p->memo);
  return {};
}
// {id(object): (index, object)}
Result<Dict> contents(Pickler* p) {
  Ref<Dict> copy = TRY(dict_new());
  MemoTable* memo = p->memo;
  for (usize i = 0; i <= memo->mask; ++i) {
    const MemoEntry& entry = memo->entries[i];
    if (!entry.key) continue;
    Ref<Int> index = TRY(int_from_i64(entry.index));
    Ref<Tuple> pair = TRY(tuple_pack(static_cast<Object*>(index.get()), entry.key));
    Ref<Int> key = TRY(int_from_void_ptr(entry.key));
    TRY(dict_set_item(copy, key, pair));
  }
  return copy;
}

// == Attributes ==

Result<Object> get_persistent_id(Pickler* p) { return hook_get("persistent_id", p->persistent_id, p->persistent_self); }
Result<void> set_persistent_id(Pickler* p, Opt<Object*> value) {
  return hook_set("persistent_id", p->persistent_id, p->persistent_self, value);
}
constinit PyGetSetDef attributes[] = {
    get_set<get_memo, set_memo>("memo"), get_set<get_persistent_id, set_persistent_id>("persistent_id"), {}};
}  // namespace

constinit PyTypeObject pickler_type = {
    .tp_name = "_pickle.Pickler",
    .tp_basicsize = sizeof(Pickler),
    .tp_dealloc = dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = new_doc.text,
    .tp_traverse = traverse,
    .tp_clear = pickle::clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = attributes,
    .tp_init = initializer<initialize, new_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = make,
    .tp_free = object_gc_del,
};
constinit PyTypeObject pickler_memo_proxy_type =
    MemoProxyType<Pickler, forget, contents>::make("_pickle.PicklerMemoProxy");
}  // namespace adder::pickle
