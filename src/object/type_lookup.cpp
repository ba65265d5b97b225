// type_lookup: attributes of types by the MRO, with a cache; version tags; the tree of subclasses.
//
// Cache      direct-mapped by version tag and name. A tag is given to one state of one type and never again, so an
// entry
//            with the tag of a living type is true, and its value is alive: nothing has to be emptied.
// Invariant  a type with a valid tag has only bases with valid tags: without a tag there is nobody to notify below.
// State      cache and tag counter are process-wide, guarded by the GIL of the interpreters that share types
// (docs/runtime.md).
#include "base/hot.h"
#include "memory/allocator.h"
#include "object/object.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct CacheEntry {
  Object* name;   // owned, interned
  Object* value;  // borrowed from the type's dict; null: known to be absent
  u32 version;
};
constexpr usize kCacheSize = 4096;
constinit CacheEntry cache[kCacheSize] = {};
constinit u32 next_version_tag = 1;

inline CacheEntry& entry_for(u32 version, Object* name) {
  return cache[(version ^ (reinterpret_cast<usize>(name) >> 4)) % kCacheSize];
}

Object* search_mro(Type* type, Str* name) {
  Tuple* mro = type->tp_mro ? as<Tuple>(type->tp_mro) : nullptr;
  if (!mro) return nullptr;  // a class whose creation has not got so far, or that is being destroyed
  Ref<Tuple> kept = new_ref(mro);
  for (isize i = 0; i < mro->ob_size; ++i) {
    Type* base = reinterpret_cast<Type*>(mro->ob_item[i]);
    if (!base->tp_dict) continue;
    if (Opt<Object*> found = dict_get_item_str(as<Dict>(base->tp_dict), name)) return *found;
  }
  return nullptr;
}

ADDER_HOT __attribute__((noinline)) Object* lookup_and_remember(Type* type, Object* name) {
  if (!is_str(name)) return nullptr;
  Object* value = search_mro(type, as<Str>(name));
  if (!is_str_exact(name) || !str_is_interned(as<Str>(name)) || !type_assign_version_tag(type)) return value;
  CacheEntry& entry = entry_for(type->tp_version_tag, name);
  entry.version = type->tp_version_tag;
  entry.value = value;
  if (entry.name != name) {
    Ref<Object> old = Ref<Object>::steal(entry.name);
    entry.name = new_ref(name).release();
  }
  return value;
}

}  // namespace

ADDER_HOT Opt<Object*> type_lookup(Type* type, Object* name) {
  u32 version = type->tp_version_tag;
  CacheEntry& entry = entry_for(version, name);
  if (ADDER_LIKELY(entry.version == version && entry.name == name && version != 0)) return entry.value;
  return lookup_and_remember(type, name);
}

ADDER_HOT bool type_assign_version_tag(Type* type) {
  if (type->tp_version_tag != 0 && has_flag(type, Py_TPFLAGS_VALID_VERSION_TAG)) return true;
  if (!has_flag(type, Py_TPFLAGS_READY) || has_flag(type, kTypeUncacheable) || next_version_tag == 0) return false;
  if (Tuple* bases = type->tp_bases ? as<Tuple>(type->tp_bases) : nullptr) {
    for (isize i = 0; i < bases->ob_size; ++i) {
      if (!type_assign_version_tag(reinterpret_cast<Type*>(bases->ob_item[i]))) return false;
    }
  }
  type->tp_version_tag = next_version_tag++;
  type->tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
  return true;
}

ADDER_HOT void type_modified(Type* type) {
  if (!has_flag(type, Py_TPFLAGS_VALID_VERSION_TAG)) return;
  if (SubclassList* subclasses = subclasses_of(type)) {
    for (isize i = 0; i < subclasses->count; ++i) type_modified(subclasses->items[i]);
  }
  type->tp_flags &= ~Py_TPFLAGS_VALID_VERSION_TAG;
  type->tp_version_tag = 0;
}

ADDER_HOT bool type_is_subtype(Type* type, Type* base) {
  if (Tuple* mro = type->tp_mro ? as<Tuple>(type->tp_mro) : nullptr) {
    for (isize i = 0; i < mro->ob_size; ++i) {
      if (mro->ob_item[i] == base) return true;
    }
    return false;
  }
  // Not ready yet: the chain of bases must do.
  for (Type* walk = type; walk; walk = walk->tp_base) {
    if (walk == base) return true;
  }
  return base == &PyBaseObject_Type;
}

// == Subclasses ==

Result<void> type_add_subclass(Type* base, Type* type) {
  SubclassList* list = subclasses_of(base);
  if (!list || list->count == list->capacity) {
    isize capacity = list ? list->capacity * 2 : 4;
    usize size = sizeof(SubclassList) + static_cast<usize>(capacity - 1) * sizeof(Type*);
    auto* grown = static_cast<SubclassList*>(memory::reallocate(list, size));
    if (!grown) return raise_no_memory();
    if (!list) grown->count = 0;
    grown->capacity = capacity;
    base->tp_subclasses = reinterpret_cast<Object*>(grown);
    list = grown;
  }
  list->items[list->count++] = type;
  return {};
}

void type_remove_subclass(Type* base, Type* type) {
  SubclassList* list = subclasses_of(base);
  if (!list) return;
  // Young classes die first: search from the end, keep the order.
  for (isize i = list->count - 1; i >= 0; --i) {
    if (list->items[i] != type) continue;
    for (isize k = i + 1; k < list->count; ++k) list->items[k - 1] = list->items[k];
    --list->count;
    return;
  }
}

Result<void> type_add_to_bases(Type* type) {
  Tuple* bases = as<Tuple>(type->tp_bases);
  for (isize i = 0; i < bases->ob_size; ++i) TRY(type_add_subclass(reinterpret_cast<Type*>(bases->ob_item[i]), type));
  return {};
}

void type_remove_from_bases(Type* type) {
  if (!type->tp_bases) return;
  Tuple* bases = as<Tuple>(type->tp_bases);
  for (isize i = 0; i < bases->ob_size; ++i) type_remove_subclass(reinterpret_cast<Type*>(bases->ob_item[i]), type);
}
}  // namespace adder
