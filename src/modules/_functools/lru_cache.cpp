// lru_cache: a callable that remembers its results.
//
// Layout     `cache` maps keys to results (unbounded) or to entries (bounded), which form a ring through the wrapper's
//            `root`, the most recently used last. The entries belong to the dict; the ring only points.
// Keys       one exact int or str without keywords stands for itself; else a tuple of the arguments, a mark, names and
//            values of keywords, and, if typed, the types.
// See        tests/python/test_functools.py
#include "bind/bind.h"
#include "modules/_functools/functools.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Link {
  Link *previous, *next;
};
struct Entry : PyObject {
  Link link;
  Py_hash_t hash;
  Object *key, *result;  // owned

  static Entry* of(Link* link) {
    return reinterpret_cast<Entry*>(reinterpret_cast<char*>(link) - offsetof(Entry, link));
  }
};

struct LruCache;
using Wrapper = Result<Object> (*)(LruCache*, Object* const*, usize, Opt<Tuple*>);

struct LruCache : PyObject {
  Link root;
  Wrapper wrapper;
  Dict* cache;
  isize maximum;  // -1: unbounded
  isize hits, misses;
  bool typed;
  Object *function, *cache_info_type;
  Object *dict, *weakreflist;
  vectorcallfunc vectorcall;
};

// Separates positional arguments from keywords in keys.
constinit PyObject keyword_mark = {kImmortalRefcnt, &PyBaseObject_Type};

void unlink(Link* link) {
  link->previous->next = link->next;
  link->next->previous = link->previous;
}

void append(LruCache* c, Link* link) {
  Link* last = c->root.previous;
  last->next = c->root.previous = link;
  link->previous = last;
  link->next = &c->root;
}

Result<Object> make_key(LruCache* c, Object* const* args, isize count, Opt<Tuple*> names) {
  isize named = names ? tuple_size(names.get()) : 0;
  if (!c->typed && named == 0 && count == 1 && (is_str_exact(args[0]) || is_int_exact(args[0]))) {
    return Result<Object>::share(args[0]);
  }
  isize size = count + (named ? 1 + 2 * named : 0) + (c->typed ? count + named : 0);
  Ref<Tuple> key = TRY(tuple_new(size));
  isize i = 0;
  auto put = [&](Object* item) { tuple_init_item(key, i++, new_ref(item)); };
  for (isize j = 0; j < count; ++j) put(args[j]);
  if (named) {
    put(&keyword_mark);
    for (isize j = 0; j < named; ++j) {
      put(tuple_item(names.get(), j));
      put(args[count + j]);
    }
  }
  if (c->typed) {
    for (isize j = 0; j < count + named; ++j) put(args[j]->ob_type);
  }
  return key;
}

// == The three ways to call ==

Result<Object> call_uncached(LruCache* c, Object* const* args, usize nargsf, Opt<Tuple*> names) {
  c->misses++;
  return object_vectorcall(c->function, args, nargsf, names);
}

Result<Object> call_unbounded(LruCache* c, Object* const* args, usize nargsf, Opt<Tuple*> names) {
  Ref<Object> key = TRY(make_key(c, args, static_cast<isize>(vectorcall_nargs(nargsf)), names));
  Py_hash_t hash = TRY(object_hash(key));
  Ref<Object> known = TRY(dict_get_item_known_hash(c->cache, key, hash));
  if (known) {
    c->hits++;
    return known;
  }
  c->misses++;
  Ref<Object> result = TRY(object_vectorcall(c->function, args, nargsf, names));
  TRY(dict_set_item_known_hash(c->cache, key, result, hash));
  return result;
}

Result<Object> call_bounded(LruCache* c, Object* const* args, usize nargsf, Opt<Tuple*> names) {
  Ref<Object> key = TRY(make_key(c, args, static_cast<isize>(vectorcall_nargs(nargsf)), names));
  Py_hash_t hash = TRY(object_hash(key));
  Ref<Object> known = TRY(dict_get_item_known_hash(c->cache, key, hash));
  if (known) {
    auto* entry = static_cast<Entry*>(known.get());
    unlink(&entry->link);
    append(c, &entry->link);
    c->hits++;
    return Result<Object>::share(entry->result);
  }
  c->misses++;
  Ref<Object> result = TRY(object_vectorcall(c->function, args, nargsf, names));
  // The call may have filled the cache itself.
  Ref<Object> meanwhile = TRY(dict_get_item_known_hash(c->cache, key, hash));
  if (meanwhile) return result;
  if (dict_size(c->cache) >= c->maximum && c->root.next != &c->root) {
    // The oldest one goes. Its key may have an __eq__ that changes everything: it leaves the ring first.
    Ref<Entry> oldest = new_ref(Entry::of(c->root.next));
    unlink(&oldest->link);
    Result<void> removed = dict_del_item_known_hash(c->cache, oldest->key, oldest->hash);
    if (removed.failed()) {
      if (!error_matches(KeyError)) {
        append(c, &oldest->link);
        return Error{};
      }
      error_clear();
    }
    oldest->link = {&oldest->link, &oldest->link};
  }
  auto* entry = static_cast<Entry*>(object_allocate(&lru_entry_type));
  if (!entry) return Error{};
  entry->link = {&entry->link, &entry->link};
  entry->hash = hash;
  entry->key = new_ref(key.get()).release();
  entry->result = new_ref(result.get()).release();
  Ref<Entry> owned = Ref<Entry>::steal(entry);
  TRY(dict_set_item_known_hash(c->cache, key, entry, hash));
  // Comparing keys may have added the same key in between, and then released this entry again.
  if (refcount(entry) > 1) append(c, &entry->link);
  return result;
}

PyObject* lru_vectorcall(PyObject* self, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  auto* c = static_cast<LruCache*>(self);
  return c->wrapper(c, args, nargsf, static_cast<Tuple*>(names)).to_c();
}

// == Slots ==

void entry_dealloc(PyObject* self) {
  auto* entry = static_cast<Entry*>(self);
  unlink(&entry->link);
  decref(entry->key);
  decref(entry->result);
  object_free(self);
}

constexpr Doc new_doc = "lru_cache(user_function, maxsize, typed, cache_info_type)\n--\n\n";
Result<Object> lru_new(Type* type, Object* function, Object* maxsize, bool typed, Object* cache_info_type) {
  if (!is_callable(function)) return raise(TypeError, "the first argument must be callable");
  Wrapper wrapper;
  isize maximum = -1;
  if (maxsize == None) {
    wrapper = &call_unbounded;
  } else if (index_check(maxsize)) {
    maximum = TRY(number_as_ssize_t(maxsize, OverflowError));
    if (maximum < 0) maximum = 0;
    wrapper = maximum == 0 ? &call_uncached : &call_bounded;
  } else {
    return raise(TypeError, "maxsize should be integer or None");
  }
  Ref<Dict> cache = TRY(dict_new());
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  auto* c = static_cast<LruCache*>(object.get());
  c->root = {&c->root, &c->root};
  c->wrapper = wrapper;
  c->typed = typed;
  c->cache = cache.release();
  c->function = new_ref(function).release();
  c->maximum = maximum;
  c->cache_info_type = new_ref(cache_info_type).release();
  c->vectorcall = &lru_vectorcall;
  return object;
}

int lru_clear(PyObject* self) {
  auto* c = static_cast<LruCache*>(self);
  clear_field(c->cache);
  clear_field(c->function);
  clear_field(c->cache_info_type);
  clear_field(c->dict);
  return 0;
}

void lru_dealloc(PyObject* self) {
  gc::untrack(self);
  if (static_cast<LruCache*>(self)->weakreflist) weakref_clear_all(self);
  lru_clear(self);
  self->ob_type->tp_free(self);
}

int lru_traverse(PyObject* self, visitproc visit, void* arg) {
  auto* c = static_cast<LruCache*>(self);
  for (Link* link = c->root.next; link && link != &c->root; link = link->next) {
    VISIT(Entry::of(link)->key);
    VISIT(Entry::of(link)->result);
  }
  VISIT(c->cache);
  VISIT(c->function);
  VISIT(c->cache_info_type);
  VISIT(c->dict);
  return 0;
}

Result<Object> lru_get(LruCache* c, Opt<Object*> object, Opt<Object*>) {
  if (!object || object.get() == None) return Result<Object>::share(c);
  return method_new(c, object.get());
}

// == Methods ==

constexpr Doc cache_info_doc = "cache_info($self, /)\n--\n\nReport cache statistics";
constexpr Doc cache_clear_doc = "cache_clear($self, /)\n--\n\nClear the cache and cache statistics";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constexpr Doc copy_doc = "__copy__($self, /)\n--\n\n";
constexpr Doc deepcopy_doc = "__deepcopy__($self, memo, /)\n--\n\n";

Result<Object> cache_info(LruCache* c) {
  Ref<Int> hits = TRY(int_from_i64(c->hits));
  Ref<Int> misses = TRY(int_from_i64(c->misses));
  Ref<Object> maximum = new_ref(static_cast<Object*>(None));
  if (c->maximum >= 0) maximum = TRY(int_from_i64(c->maximum));
  Ref<Int> size = TRY(int_from_i64(dict_size(c->cache)));
  return call(c->cache_info_type, static_cast<Object*>(hits), static_cast<Object*>(misses), maximum.get(),
              static_cast<Object*>(size));
}

Result<void> cache_clear(LruCache* c) {
  c->hits = c->misses = 0;
  dict_clear(c->cache);
  return {};
}

Result<Object> lru_reduce(LruCache* c) { return object_get_attr(c, id::__qualname__); }
Result<Object> lru_copy(LruCache* c) { return Result<Object>::share(c); }
Result<Object> lru_deepcopy(LruCache* c, Object*) { return Result<Object>::share(c); }
Result<Object> get_dict(LruCache* c) { return object_generic_get_dict(c); }
Result<void> set_dict(LruCache* c, Opt<Object*> value) { return object_generic_set_dict(c, value.get()); }

constinit PyMethodDef lru_methods[] = {
    method<cache_info, cache_info_doc>(), method<cache_clear, cache_clear_doc>(), method<lru_reduce, reduce_doc>(),
    method<lru_copy, copy_doc>(),         method<lru_deepcopy, deepcopy_doc>(),   {},
};
constinit PyGetSetDef lru_get_set[] = {get_set<get_dict, set_dict>("__dict__"), {}};
}  // namespace

constinit PyTypeObject lru_entry_type = {
    .tp_name = "functools._lru_list_elem",
    .tp_basicsize = sizeof(Entry),
    .tp_dealloc = &entry_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};
constinit PyTypeObject lru_cache_type = {
    .tp_name = "functools._lru_cache_wrapper",
    .tp_basicsize = sizeof(LruCache),
    .tp_dealloc = &lru_dealloc,
    .tp_vectorcall_offset = offsetof(LruCache, vectorcall),
    .tp_call = &vectorcall_call,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_METHOD_DESCRIPTOR |
                Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc =
        "Create a cached callable that wraps another function.\n\n"
        "user_function:      the function being cached\n\n"
        "maxsize:  0         for no caching\n"
        "          None      for unlimited cache size\n"
        "          n         for a bounded cache\n\n"
        "typed:    False     cache f(3) and f(3.0) as identical calls\n"
        "          True      cache f(3) and f(3.0) as distinct calls\n\n"
        "cache_info_type:    namedtuple class with the fields:\n"
        "                        hits misses currsize maxsize\n",
    .tp_traverse = &lru_traverse,
    .tp_clear = &lru_clear,
    .tp_weaklistoffset = offsetof(LruCache, weakreflist),
    .tp_methods = lru_methods,
    .tp_getset = lru_get_set,
    .tp_descr_get = slot<lru_get>,
    .tp_dictoffset = offsetof(LruCache, dict),
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<lru_new, new_doc>,
    .tp_free = object_gc_del,
};
}  // namespace adder
