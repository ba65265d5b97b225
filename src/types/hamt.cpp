// hamt: hash tries of immutable nodes.
//
// Layout     a node has an entry for each of 32 values of five bits of the hash that occurs, in their order: a binding,
// or, with a
//            null key, the node for the next five bits. Bindings whose 64-bit hashes are equal end in a node without
//            bits, whose entries are searched one by one.
// Invariant  a node below the root has at least two bindings.
// See        Bagwell, "Ideal Hash Trees" (2001); PEP 567; tests/python/test_small_modules.py, test_extension_modules.py
#include "types/hamt.h"

#include "bind/bind.h"
#include "memory/gc.h"
#include "object/fields.h"
#include "types/dict.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace adder {
namespace {
using Node = HamtNode;
using Entry = HamtEntry;
constexpr int kHashBits = 64;

struct Hamt : PyObject {
  Node* root;  // null: empty
  PyObject* weak_references;
};
struct Iterator : PyObject {
  Hamt* hamt;
  HamtWalk walk;
};
extern PyTypeObject hamt_type, items_type, keys_type, values_type;

// == Nodes ==

// To be filled with fill(), every entry, and then tracked.
Result<Node> node_new(isize size, u32 bitmap) {
  Ref<Node> node = TRY(object_new<Node>(&_PyHamt_BitmapNode_Type, size));
  node->bitmap = bitmap;
  node->count = 0;
  return node;
}
void fill(Node* node, isize index, const Entry& entry) {
  node->entries[index] = {Ref<Object>::share_or_empty(entry.key).release(), new_ref(entry.value).release()};
  node->count += entry.key ? 1 : static_cast<Node*>(entry.value)->count;
}
Result<Node> node_of_one(const Entry& entry, u32 bitmap) {
  Ref<Node> node = TRY(node_new(1, bitmap));
  fill(node, 0, entry);
  gc::track(node);
  return node;
}
// A copy where `entry` replaces the entry at `index`.
Result<Node> node_with(Node* node, isize index, const Entry& entry) {
  Ref<Node> copy = TRY(node_new(node->ob_size, node->bitmap));
  for (isize i = 0; i < node->ob_size; ++i) fill(copy, i, i == index ? entry : node->entries[i]);
  gc::track(copy);
  return copy;
}
Result<Node> node_with_more(Node* node, isize index, u32 bitmap, const Entry& entry) {
  Ref<Node> copy = TRY(node_new(node->ob_size + 1, bitmap));
  for (isize i = 0; i < index; ++i) fill(copy, i, node->entries[i]);
  fill(copy, index, entry);
  for (isize i = index; i < node->ob_size; ++i) fill(copy, i + 1, node->entries[i]);
  gc::track(copy);
  return copy;
}
Result<Node> node_with_less(Node* node, isize index, u32 bitmap) {
  Ref<Node> copy = TRY(node_new(node->ob_size - 1, bitmap));
  for (isize i = 0; i < copy->ob_size; ++i) fill(copy, i, node->entries[i < index ? i : i + 1]);
  gc::track(copy);
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

// A node with two bindings whose keys differ, below `shift`.
Result<Node> node_of_two(const Entry& first, u64 first_hash, const Entry& second, u64 second_hash, int shift) {
  if (shift >= kHashBits) {
    Ref<Node> one = TRY(node_of_one(first, 0));
    return node_with_more(one, 1, 0, second);
  }
  u32 first_bit = hamt_bit(first_hash, shift), second_bit = hamt_bit(second_hash, shift);
  if (first_bit == second_bit) {
    Ref<Node> deeper = TRY(node_of_two(first, first_hash, second, second_hash, shift + kHamtBits));
    return node_of_one({nullptr, deeper.get()}, first_bit);
  }
  Ref<Node> node = TRY(node_new(2, first_bit | second_bit));
  fill(node, first_bit > second_bit, first);
  fill(node, first_bit < second_bit, second);
  gc::track(node);
  return node;
}

// The same node if the binding is there already.
Result<Node> assign(Node* node, const Entry& binding, u64 hash, int shift) {
  if (!node->bitmap) {
    isize index = TRY(find_equal(node, binding.key));
    if (index < 0) return node_with_more(node, node->ob_size, 0, binding);
    if (node->entries[index].value == binding.value) return new_ref(node);
    return node_with(node, index, {node->entries[index].key, binding.value});
  }
  u32 bit = hamt_bit(hash, shift);
  isize index = hamt_index(node, bit);
  if (!(node->bitmap & bit)) return node_with_more(node, index, node->bitmap | bit, binding);
  Entry& entry = node->entries[index];
  Ref<Node> deeper;
  if (!entry.key) {
    deeper = TRY(assign(static_cast<Node*>(entry.value), binding, hash, shift + kHamtBits));
    if (deeper.get() == entry.value) return new_ref(node);
  } else if (entry.key == binding.key || TRY(object_equal(entry.key, binding.key))) {
    if (entry.value == binding.value) return new_ref(node);
    return node_with(node, index, {entry.key, binding.value});
  } else {
    u64 other = TRY(hash_of(entry.key));
    deeper = TRY(node_of_two(entry, other, binding, hash, shift + kHamtBits));
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
    u32 bit = hamt_bit(hash, shift);
    if (!(node->bitmap & bit)) return Maybe<Node>::share(node);
    index = hamt_index(node, bit);
    Entry& entry = node->entries[index];
    if (!entry.key) {
      Ref<Node> deeper = TRY(without(static_cast<Node*>(entry.value), key, hash, shift + kHamtBits));
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

}  // namespace

Maybe<Object> hamt_find(Node* root, Object* key, u64 hash) {
  Node* node = root;
  for (int shift = 0; node; shift += kHamtBits) {
    if (!node->bitmap) {
      isize index = TRY(find_equal(node, key));
      if (index < 0) return nullptr;
      return Maybe<Object>::share(node->entries[index].value);
    }
    u32 bit = hamt_bit(hash, shift);
    if (!(node->bitmap & bit)) return nullptr;
    Entry& entry = node->entries[hamt_index(node, bit)];
    if (entry.key) {
      if (entry.key != key && !TRY(object_equal(entry.key, key))) return nullptr;
      return Maybe<Object>::share(entry.value);
    }
    node = static_cast<Node*>(entry.value);
  }
  return nullptr;
}

Result<HamtNode> hamt_assoc(Node* root, Object* key, Object* value, u64 hash) {
  if (!root) return node_of_one({key, value}, hamt_bit(hash, 0));
  return assign(root, {key, value}, hash, 0);
}

Maybe<HamtNode> hamt_without(Node* root, Object* key, u64 hash) {
  if (!root) return nullptr;
  return without(root, key, hash, 0);
}

namespace {
// == Mappings as objects ==

Hamt* hamt_of(PyObject* object) { return static_cast<Hamt*>(object); }

Result<Object> make_hamt(Ref<Node>&& root) {
  Ref<Hamt> made = TRY(object_new<Hamt>(&hamt_type));
  made->root = root.release();
  made->weak_references = nullptr;
  gc::track(made);
  return made;
}

constexpr Doc set_doc = "set($self, key, value, /)\n--\n\n";
Result<Object> hamt_set(Hamt* self, Object* key, Object* value) {
  u64 hash = TRY(hash_of(key));
  Ref<Node> before = Ref<Node>::share_or_empty(self->root);
  Ref<Node> root = TRY(hamt_assoc(before.get(), key, value, hash));
  if (root.get() == before.get()) return new_ref(self);
  return make_hamt(std::move(root));
}
constexpr Doc delete_doc = "delete($self, key, /)\n--\n\n";
Result<Object> hamt_delete(Hamt* self, Object* key) {
  u64 hash = TRY(hash_of(key));
  Ref<Node> before = Ref<Node>::share_or_empty(self->root);
  Ref<Node> root = TRY(hamt_without(before.get(), key, hash));
  if (root.get() == before.get()) return new_ref(self);
  return make_hamt(std::move(root));
}
Maybe<Object> look_up(Hamt* self, Object* key) {
  u64 hash = TRY(hash_of(key));
  Ref<Node> root = Ref<Node>::share_or_empty(self->root);
  return hamt_find(root.get(), key, hash);
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
Result<isize> object_length(Hamt* self) { return hamt_length(self->root); }

// == Iteration ==

Result<Object> iterate(Hamt* hamt, Type* type) {
  Ref<Iterator> iterator = TRY(object_new<Iterator>(type));
  iterator->hamt = new_ref(hamt).release();
  iterator->walk = HamtWalk(hamt->root);
  gc::track(iterator);
  return iterator;
}
Maybe<Object> iterator_next(Iterator* self) {
  const Entry* entry = self->walk.next();
  if (!entry) return nullptr;
  if (self->ob_type == &keys_type) return Maybe<Object>::share(entry->key);
  if (self->ob_type == &values_type) return Maybe<Object>::share(entry->value);
  return tuple_pack(entry->key, entry->value);
}
Result<isize> iterator_length(Iterator* self) { return hamt_length(self->hamt->root); }
using IteratorFields = OwnedFields<&Iterator::hamt>;

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
  bool equal = self == other || hamt_length(self->root) == hamt_length(other->root);
  if (self != other && equal) {
    Ref<Node> kept = Ref<Node>::share_or_empty(self->root);
    for (HamtWalk walk(kept.get()); const Entry* entry = walk.next();) {
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
  return 0;
}

// == Type objects ==

constinit PyMethodDef hamt_methods[] = {
    method<hamt_set, set_doc>(),
    method<hamt_get, get_doc>(),
    method<hamt_delete, delete_doc>(),
    method<hamt_items, items_doc>(),
    method<hamt_keys, keys_doc>(),
    method<hamt_values, values_doc>(),
    {},
};
constinit PySequenceMethods hamt_as_sequence = {.sq_contains = slot<hamt_contains>};
constinit PyMappingMethods hamt_as_mapping = {.mp_length = slot<object_length>, .mp_subscript = slot<hamt_subscript>};
constinit PyMappingMethods iterator_as_mapping = {.mp_length = slot<iterator_length>};

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
      .tp_dealloc = IteratorFields::dealloc,
      .tp_as_mapping = &iterator_as_mapping,
      .tp_getattro = object_generic_get_attr_slot,
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
      .tp_traverse = IteratorFields::traverse,
      .tp_iter = PyObject_SelfIter,
      .tp_iternext = slot<iterator_next>,
  };
}
constinit PyTypeObject items_type = iterator_type("items"), keys_type = iterator_type("keys"),
                       values_type = iterator_type("values");
}  // namespace

Result<Object> hamt_new() {
  for (Type* type : {&hamt_type, &items_type, &keys_type, &values_type}) TRY(type_ready(type));
  return make_hamt(nullptr);
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject _PyHamt_BitmapNode_Type = {
    .tp_name = "hamt_bitmap_node",
    .tp_basicsize = offsetof(Node, entries),
    .tp_itemsize = sizeof(Entry),
    .tp_dealloc = node_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = node_traverse,
};
