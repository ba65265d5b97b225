// hamt: a hash trie of immutable nodes.
//
// Layout     a node has an entry for each of 32 values of five bits of the hash that occurs, in their order: a binding, or, with a
//            null key, the node for the next five bits. Bindings whose 64-bit hashes are equal end in a node without bits,
//            whose entries are searched one by one.
// Invariant  a node below the root has at least two bindings.
// See        Bagwell, "Ideal Hash Trees" (2001); tests/python/test_extension_modules.py
#include "types/hamt.h"

#include <bit>

#include "bind/bind.h"
#include "memory/gc.h"
#include "types/dict.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace adder {
namespace {
constexpr int kBits = 5, kHashBits = 64;
constexpr int kMaxDepth = kHashBits / kBits + 2;

struct Entry {
  Object *key, *value;
};
struct Node : PyVarObject {
  u32 bitmap;      // 0: all entries have the same hash
  Entry entries[1];
};
struct Hamt : PyObject {
  Node* root;  // null: empty
  isize count;
  PyObject* weak_references;
};
struct Iterator : PyObject {
  Hamt* hamt;
  int depth;  // -1: exhausted
  struct {
    Node* node;
    isize next;
  } path[kMaxDepth];
};
extern PyTypeObject node_type, hamt_type, items_type, keys_type, values_type;

constexpr u32 bit_of(u64 hash, int shift) { return 1u << (hash >> shift & 31); }
isize index_of(const Node* node, u32 bit) { return std::popcount(node->bitmap & (bit - 1)); }

// == Nodes ==

Result<Node> node_new(isize size, u32 bitmap) {
  Ref<Node> node = TRY(object_new<Node>(&node_type, size));
  node->bitmap = bitmap;
  for (isize i = 0; i < size; ++i) node->entries[i] = {nullptr, nullptr};
  gc::track(node);
  return node;
}
void set_entry(Node* node, isize index, const Entry& entry) {
  node->entries[index] = {Ref<Object>::share_or_empty(entry.key).release(), new_ref(entry.value).release()};
}
// A copy where `entry` replaces the entry at `index`.
Result<Node> node_with(Node* node, isize index, const Entry& entry) {
  Ref<Node> copy = TRY(node_new(node->ob_size, node->bitmap));
  for (isize i = 0; i < node->ob_size; ++i) set_entry(copy, i, i == index ? entry : node->entries[i]);
  return copy;
}
Result<Node> node_with_more(Node* node, isize index, u32 bitmap, const Entry& entry) {
  Ref<Node> copy = TRY(node_new(node->ob_size + 1, bitmap));
  for (isize i = 0; i < index; ++i) set_entry(copy, i, node->entries[i]);
  set_entry(copy, index, entry);
  for (isize i = index; i < node->ob_size; ++i) set_entry(copy, i + 1, node->entries[i]);
  return copy;
}
Result<Node> node_with_less(Node* node, isize index, u32 bitmap) {
  Ref<Node> copy = TRY(node_new(node->ob_size - 1, bitmap));
  for (isize i = 0; i < copy->ob_size; ++i) set_entry(copy, i, node->entries[i < index ? i : i + 1]);
  return copy;
}

// Index of the entry with this key in a node of equal hashes, or -1. Runs __eq__.
Result<isize> find_equal(Node* node, Object* key) {
  for (isize i = 0; i < node->ob_size; ++i) {
    if (node->entries[i].key == key || TRY(object_equal(node->entries[i].key, key))) return i;
  }
  return isize{-1};
}

Result<u64> hash_of(Object* key) { return static_cast<u64>(TRY(object_hash(key))); }

Maybe<Object> find(Node* node, Object* key, u64 hash) {
  for (int shift = 0; node; shift += kBits) {
    if (!node->bitmap) {
      isize index = TRY(find_equal(node, key));
      if (index < 0) return nullptr;
      return Maybe<Object>::share(node->entries[index].value);
    }
    u32 bit = bit_of(hash, shift);
    if (!(node->bitmap & bit)) return nullptr;
    Entry& entry = node->entries[index_of(node, bit)];
    if (entry.key) {
      if (entry.key != key && !TRY(object_equal(entry.key, key))) return nullptr;
      return Maybe<Object>::share(entry.value);
    }
    node = static_cast<Node*>(entry.value);
  }
  return nullptr;
}

// A node with two bindings whose keys differ, below `shift`.
Result<Node> node_of_two(const Entry& first, u64 first_hash, const Entry& second, u64 second_hash, int shift) {
  if (shift >= kHashBits) {
    Ref<Node> node = TRY(node_new(2, 0));
    set_entry(node, 0, first);
    set_entry(node, 1, second);
    return node;
  }
  u32 first_bit = bit_of(first_hash, shift), second_bit = bit_of(second_hash, shift);
  if (first_bit == second_bit) {
    Ref<Node> deeper = TRY(node_of_two(first, first_hash, second, second_hash, shift + kBits));
    Ref<Node> node = TRY(node_new(1, first_bit));
    set_entry(node, 0, {nullptr, deeper.get()});
    return node;
  }
  Ref<Node> node = TRY(node_new(2, first_bit | second_bit));
  set_entry(node, first_bit > second_bit, first);
  set_entry(node, first_bit < second_bit, second);
  return node;
}

// The same node if the binding is there already. `added` is set for a new key.
Result<Node> assign(Node* node, const Entry& binding, u64 hash, int shift, bool& added) {
  if (!node->bitmap) {
    isize index = TRY(find_equal(node, binding.key));
    if (index < 0) {
      added = true;
      return node_with_more(node, node->ob_size, 0, binding);
    }
    if (node->entries[index].value == binding.value) return new_ref(node);
    return node_with(node, index, {node->entries[index].key, binding.value});
  }
  u32 bit = bit_of(hash, shift);
  isize index = index_of(node, bit);
  if (!(node->bitmap & bit)) {
    added = true;
    return node_with_more(node, index, node->bitmap | bit, binding);
  }
  Entry& entry = node->entries[index];
  Ref<Node> deeper;
  if (!entry.key) {
    deeper = TRY(assign(static_cast<Node*>(entry.value), binding, hash, shift + kBits, added));
    if (deeper.get() == entry.value) return new_ref(node);
  } else if (entry.key == binding.key || TRY(object_equal(entry.key, binding.key))) {
    if (entry.value == binding.value) return new_ref(node);
    return node_with(node, index, {entry.key, binding.value});
  } else {
    u64 other = TRY(hash_of(entry.key));
    deeper = TRY(node_of_two(entry, other, binding, hash, shift + kBits));
    added = true;
  }
  return node_with(node, index, {nullptr, deeper.get()});
}

// The node without the key: the same if it is not there, absent if nothing is left.
Maybe<Node> without(Node* node, Object* key, u64 hash, int shift) {
  isize index;
  u32 bitmap = 0;
  if (!node->bitmap) {
    index = TRY(find_equal(node, key));
    if (index < 0) return Maybe<Node>::share(node);
  } else {
    u32 bit = bit_of(hash, shift);
    if (!(node->bitmap & bit)) return Maybe<Node>::share(node);
    index = index_of(node, bit);
    Entry& entry = node->entries[index];
    if (!entry.key) {
      Ref<Node> deeper = TRY(without(static_cast<Node*>(entry.value), key, hash, shift + kBits));
      if (deeper.get() == entry.value) return Maybe<Node>::share(node);
      // A single binding moves up; nodes below the root had two, so something is left.
      bool single = deeper->ob_size == 1 && deeper->entries[0].key;
      return node_with(node, index, single ? deeper->entries[0] : Entry{nullptr, deeper.get()});
    }
    if (entry.key != key && !TRY(object_equal(entry.key, key))) return Maybe<Node>::share(node);
    bitmap = node->bitmap & ~bit;
  }
  if (node->ob_size == 1) return nullptr;
  return node_with_less(node, index, bitmap);
}

void node_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  Node* node = static_cast<Node*>(self);
  for (isize i = 0; i < node->ob_size; ++i) {
    clear_field(node->entries[i].key);
    clear_field(node->entries[i].value);
  }
  object_free(self);
}
int node_traverse(PyObject* self, visitproc visit, void* arg) {
  Node* node = static_cast<Node*>(self);
  for (isize i = 0; i < node->ob_size; ++i) {
    VISIT(node->entries[i].key);
    VISIT(node->entries[i].value);
  }
  return 0;
}

// == Mappings ==

Hamt* hamt_of(PyObject* object) { return static_cast<Hamt*>(object); }

Result<Object> make_hamt(Ref<Node>&& root, isize count) {
  Ref<Hamt> made = TRY(object_new<Hamt>(&hamt_type));
  made->root = root.release();
  made->count = count;
  made->weak_references = nullptr;
  gc::track(made);
  return made;
}

constexpr Doc set_doc = "set($self, key, value, /)\n--\n\n";
Result<Object> hamt_set(Hamt* self, Object* key, Object* value) {
  u64 hash = TRY(hash_of(key));
  if (!self->root) {
    Ref<Node> root = TRY(node_new(1, bit_of(hash, 0)));
    set_entry(root, 0, {key, value});
    return make_hamt(std::move(root), 1);
  }
  bool added = false;
  Ref<Node> before = new_ref(self->root);
  Ref<Node> root = TRY(assign(before, {key, value}, hash, 0, added));
  if (root.get() == before.get()) return new_ref(self);
  return make_hamt(std::move(root), self->count + added);
}
constexpr Doc delete_doc = "delete($self, key, /)\n--\n\n";
Result<Object> hamt_delete(Hamt* self, Object* key) {
  u64 hash = TRY(hash_of(key));
  if (!self->root) return new_ref(self);
  Ref<Node> before = new_ref(self->root);
  Ref<Node> root = TRY(without(before, key, hash, 0));
  if (root.get() == before.get()) return new_ref(self);
  return make_hamt(std::move(root), self->count - 1);
}
Maybe<Object> look_up(Hamt* self, Object* key) {
  u64 hash = TRY(hash_of(key));
  Ref<Node> root = Ref<Node>::share_or_empty(self->root);
  return find(root.get(), key, hash);
}
constexpr Doc get_doc = "get($self, key, default=None, /)\n--\n\n";
Result<Object> hamt_get(Hamt* self, Object* key, Object* other) {
  Ref<Object> value = TRY(look_up(self, key));
  return value ? std::move(value) : new_ref(other);
}
Result<Object> hamt_subscript(Hamt* self, Object* key) {
  Ref<Object> value = TRY(look_up(self, key));
  if (!value) return raise_key_error(key);
  return value;
}
Result<bool> hamt_contains(Hamt* self, Object* key) {
  Ref<Object> value = TRY(look_up(self, key));
  return static_cast<bool>(value);
}
Result<isize> hamt_length(Hamt* self) { return self->count; }

// == Iteration ==

Result<Object> iterate(Hamt* hamt, Type* type) {
  Ref<Iterator> iterator = TRY(object_new<Iterator>(type));
  iterator->hamt = new_ref(hamt).release();
  iterator->depth = hamt->root ? 0 : -1;
  iterator->path[0] = {hamt->root, 0};
  gc::track(iterator);
  return iterator;
}
// The next binding, or null.
const Entry* next_entry(Iterator* iterator) {
  while (iterator->depth >= 0) {
    auto& level = iterator->path[iterator->depth];
    if (level.next == level.node->ob_size) {
      --iterator->depth;
      continue;
    }
    const Entry& entry = level.node->entries[level.next++];
    if (entry.key) return &entry;
    iterator->path[++iterator->depth] = {static_cast<Node*>(entry.value), 0};
  }
  return nullptr;
}
Maybe<Object> iterator_next(Iterator* self) {
  const Entry* entry = next_entry(self);
  if (!entry) return nullptr;
  if (self->ob_type == &keys_type) return Maybe<Object>::share(entry->key);
  if (self->ob_type == &values_type) return Maybe<Object>::share(entry->value);
  return tuple_pack(entry->key, entry->value);
}
Result<isize> iterator_length(Iterator* self) { return self->hamt->count; }
void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  clear_field(static_cast<Iterator*>(self)->hamt);
  object_free(self);
}
int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<Iterator*>(self)->hamt);
  return 0;
}

constexpr Doc items_doc = "items($self, /)\n--\n\n";
Result<Object> hamt_items(Hamt* self) { return iterate(self, &items_type); }
constexpr Doc keys_doc = "keys($self, /)\n--\n\n";
Result<Object> hamt_keys(Hamt* self) { return iterate(self, &keys_type); }
constexpr Doc values_doc = "values($self, /)\n--\n\n";
Result<Object> hamt_values(Hamt* self) { return iterate(self, &values_type); }
Result<Object> hamt_iterate(Hamt* self) { return iterate(self, &keys_type); }

Result<Object> hamt_compare(Hamt* self, Object* object, int op) {
  if (object->ob_type != &hamt_type || (op != Py_EQ && op != Py_NE)) return not_implemented();
  Hamt* other = hamt_of(object);
  bool equal = self == other || self->count == other->count;
  if (self != other && equal) {
    Ref<Object> kept = TRY(iterate(self, &items_type));
    while (const Entry* entry = next_entry(static_cast<Iterator*>(kept.get()))) {
      Ref<Object> value = TRY(look_up(other, entry->key));
      equal = value && TRY(object_equal(entry->value, value));
      if (!equal) break;
    }
  }
  return bool_result(equal == (op == Py_EQ));
}

void hamt_dealloc(PyObject* self) {
  gc::untrack(self);
  if (hamt_of(self)->weak_references) weakref_clear_all(self);
  clear_field(hamt_of(self)->root);
  object_free(self);
}
int hamt_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(hamt_of(self)->root);
  return 0;
}
int hamt_clear(PyObject* self) {
  clear_field(hamt_of(self)->root);
  hamt_of(self)->count = 0;
  return 0;
}

// == Type objects ==

constinit PyMethodDef hamt_methods[] = {
    method<hamt_set, set_doc>(),   method<hamt_get, get_doc>(),   method<hamt_delete, delete_doc>(),
    method<hamt_items, items_doc>(), method<hamt_keys, keys_doc>(), method<hamt_values, values_doc>(),
    {},
};
constinit PySequenceMethods hamt_as_sequence = {.sq_contains = slot<hamt_contains>};
constinit PyMappingMethods hamt_as_mapping = {.mp_length = slot<hamt_length>, .mp_subscript = slot<hamt_subscript>};
constinit PyMappingMethods iterator_as_mapping = {.mp_length = slot<iterator_length>};

constinit PyTypeObject node_type = {
    .tp_name = "hamt_node",
    .tp_basicsize = offsetof(Node, entries),
    .tp_itemsize = sizeof(Entry),
    .tp_dealloc = node_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = node_traverse,
};
constinit PyTypeObject hamt_type = {
    .tp_name = "hamt",
    .tp_basicsize = sizeof(Hamt),
    .tp_dealloc = hamt_dealloc,
    .tp_as_sequence = &hamt_as_sequence,
    .tp_as_mapping = &hamt_as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = hamt_traverse,
    .tp_clear = hamt_clear,
    .tp_richcompare = slot<hamt_compare>,
    .tp_weaklistoffset = offsetof(Hamt, weak_references),
    .tp_iter = slot<hamt_iterate>,
    .tp_methods = hamt_methods,
};
constexpr PyTypeObject iterator_type(const char* name) {
  return {
      .tp_name = name,
      .tp_basicsize = sizeof(Iterator),
      .tp_dealloc = iterator_dealloc,
      .tp_as_mapping = &iterator_as_mapping,
      .tp_getattro = object_generic_get_attr_slot,
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
      .tp_traverse = iterator_traverse,
      .tp_iter = PyObject_SelfIter,
      .tp_iternext = slot<iterator_next>,
  };
}
constinit PyTypeObject items_type = iterator_type("items"), keys_type = iterator_type("keys"),
                       values_type = iterator_type("values");
}  // namespace

Result<Object> hamt_new() {
  for (Type* type : {&node_type, &hamt_type, &items_type, &keys_type, &values_type}) TRY(type_ready(type));
  return make_hamt(nullptr, 0);
}
}  // namespace adder
