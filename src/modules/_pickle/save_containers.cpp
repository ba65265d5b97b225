// save_containers: tuples, lists, dicts and sets.
//
// Recursion  lists, dicts and sets go into the memo before their items; tuples and frozensets, which exist only when
// their
//            items do, after them: if the items led back to the tuple, it is in the memo by then, and what was written
//            for it is popped again.
// Batches    items travel in groups of at most 1000, so that the machine's stack stays small.
#include "modules/_pickle/pickler.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace adder::pickle {
namespace {
constexpr int kBatch = 1000, kFastNestingLimit = 50;

// In fast mode nothing is in the memo, so deep nesting is checked for cycles: brackets the writing of a container.
class FastNesting {
 public:
  explicit FastNesting(Pickler* p, Object* object) : p_(p) {
    if (!p->fast) return;
    entered_ = true;
    if (++p->fast_nesting < kFastNestingLimit) return;
    failed_ = !remember(object);
  }
  ~FastNesting() {
    if (!entered_) return;
    --p_->fast_nesting;
    if (key_ && p_->fast_memo) {
      if (dict_del_item(p_->fast_memo, key_).failed()) error_clear();
    }
  }
  FastNesting(const FastNesting&) = delete;
  bool failed() const { return failed_; }

 private:
  bool remember(Object* object) {
    auto run = [&]() -> Result<void> {
      if (!p_->fast_memo) p_->fast_memo = TRY(dict_new())
      .release();
      Ref<Dict> memo = new_ref(p_->fast_memo);
      Ref<Object> key = TRY(int_from_void_ptr(object));
      if (TRY(dict_contains(memo, key))) {
        return raise(ValueError, "fast mode: can't pickle cyclic objects including object type %.200s at %p",
                     object->ob_type->tp_name, static_cast<void*>(object));
      }
      TRY(dict_set_item(memo, key, None));
      key_ = std::move(key);
      return {};
    };
    return !run().failed();
  }
  Pickler* p_;
  Ref<Object> key_;
  bool entered_ = false, failed_ = false;
};

// Whether the object went into the memo while its items were written: then takes back what was written for it, `pops`
// values or (pops < 0) all down to the mark, and writes where it is.
Result<bool> found_in_memo(Pickler* p, Object* object, isize pops) {
  MemoEntry* known = memo_find(p->memo, object);
  if (!known->key) return false;
  isize index = known->index;
  if (pops < 0) TRY(write_opcode(p, kPopMark));
  for (isize i = 0; i < pops; ++i) TRY(write_opcode(p, kPop));
  TRY(save_memo_get(p, index));
  return true;
}
}  // namespace

// == Tuples ==

Result<void> save_tuple(Pickler* p, Tuple* tuple) {
  isize size = tuple_size(tuple);
  if (size == 0) return p->protocol ? write_opcode(p, kEmptyTuple) : write(p, "(t", 2);
  bool is_counted = size <= 3 && p->protocol >= 2;
  if (!is_counted) TRY(write_opcode(p, kMark));
  for (isize i = 0; i < size; ++i) TRY(save(p, tuple_item(tuple, i)));
  if (is_counted) {
    if (TRY(found_in_memo(p, tuple, size))) return {};
    static constexpr Opcode opcodes[] = {kTuple1, kTuple2, kTuple3};
    TRY(write_opcode(p, opcodes[size - 1]));
  } else {
    if (TRY(found_in_memo(p, tuple, p->binary ? -1 : size + 1))) return {};
    TRY(write_opcode(p, kTuple));
  }
  return memo_put(p, tuple);
}

// == Lists ==

Result<void> save_list_items(Pickler* p, Object* iterator) {
  if (!p->protocol) {
    for (;;) {
      Ref<Object> item = TRY(iter_next(iterator));
      if (!item) return {};
      TRY(save(p, item));
      TRY(write_opcode(p, kAppend));
    }
  }
  for (;;) {
    Ref<Object> first = TRY(iter_next(iterator));
    if (!first) return {};
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) {
      TRY(save(p, first));
      return write_opcode(p, kAppend);
    }
    TRY(write_opcode(p, kMark));
    TRY(save(p, first));
    int count = 1;
    while (item) {
      TRY(save(p, item));
      if (++count == kBatch) break;
      item = TRY(iter_next(iterator));
    }
    TRY(write_opcode(p, kAppends));
    if (count != kBatch) return {};
  }
}
namespace {
Result<void> save_items_of_list(Pickler* p, List* list) {
  if (list_size(list) == 1) {
    Ref<Object> item = new_ref(list_item(list, 0));
    TRY(save(p, item));
    return write_opcode(p, kAppend);
  }
  isize done = 0;
  do {
    TRY(write_opcode(p, kMark));
    for (int count = 0; count < kBatch && done < list_size(list); ++count, ++done) {
      Ref<Object> item = new_ref(list_item(list, done));
      TRY(save(p, item));
    }
    TRY(write_opcode(p, kAppends));
  } while (done < list_size(list));
  return {};
}
}  // namespace
Result<void> save_list(Pickler* p, List* list) {
  FastNesting nesting(p, list);
  if (nesting.failed()) return Error{};
  TRY(p->binary ? write_opcode(p, kEmptyList) : write(p, "(l", 2));
  TRY(memo_put(p, list));
  if (list_size(list) == 0) return {};
  if (p->protocol) return save_items_of_list(p, list);
  Ref<Object> iterator = TRY(object_get_iter(list));
  return save_list_items(p, iterator);
}

// == Dicts ==

namespace {
Result<void> save_pair(Pickler* p, Object* pair) {
  if (!is_tuple(pair) || tuple_size(as<Tuple>(pair)) != 2) {
    return raise(TypeError, "dict items iterator must return 2-tuples");
  }
  TRY(save(p, tuple_item(as<Tuple>(pair), 0)));
  return save(p, tuple_item(as<Tuple>(pair), 1));
}
Result<void> save_items_of_dict(Pickler* p, Dict* dict) {
  isize size = dict_size(dict), position = 0;
  Object *key, *value;
  if (size == 1) {
    if (!dict_next(dict, position, key, value)) return {};
    Ref<Object> kept_key = new_ref(key), kept_value = new_ref(value);
    TRY(save(p, kept_key));
    TRY(save(p, kept_value));
    return write_opcode(p, kSetItem);
  }
  int count;
  do {
    count = 0;
    TRY(write_opcode(p, kMark));
    while (dict_next(dict, position, key, value)) {
      Ref<Object> kept_key = new_ref(key), kept_value = new_ref(value);
      TRY(save(p, kept_key));
      TRY(save(p, kept_value));
      if (++count == kBatch) break;
    }
    TRY(write_opcode(p, kSetItems));
    if (dict_size(dict) != size) return raise(RuntimeError, "dictionary changed size during iteration");
  } while (count == kBatch);
  return {};
}
}  // namespace
Result<void> save_dict_items(Pickler* p, Object* iterator) {
  if (!p->protocol) {
    for (;;) {
      Ref<Object> pair = TRY(iter_next(iterator));
      if (!pair) return {};
      TRY(save_pair(p, pair));
      TRY(write_opcode(p, kSetItem));
    }
  }
  for (;;) {
    Ref<Object> first = TRY(iter_next(iterator));
    if (!first) return {};
    if (!is_tuple(first) || tuple_size(as<Tuple>(first.get())) != 2) {
      return raise(TypeError, "dict items iterator must return 2-tuples");
    }
    Ref<Object> pair = TRY(iter_next(iterator));
    if (!pair) {
      TRY(save_pair(p, first));
      return write_opcode(p, kSetItem);
    }
    TRY(write_opcode(p, kMark));
    TRY(save_pair(p, first));
    int count = 1;
    while (pair) {
      TRY(save_pair(p, pair));
      if (++count == kBatch) break;
      pair = TRY(iter_next(iterator));
    }
    TRY(write_opcode(p, kSetItems));
    if (count != kBatch) return {};
  }
}
Result<void> save_dict(Pickler* p, Dict* dict) {
  FastNesting nesting(p, dict);
  if (nesting.failed()) return Error{};
  TRY(p->binary ? write_opcode(p, kEmptyDict) : write(p, "(d", 2));
  TRY(memo_put(p, dict));
  if (dict_size(dict) == 0) return {};
  if (p->protocol) return save_items_of_dict(p, dict);
  Ref<Object> items = TRY(call_method(dict, id::items));
  Ref<Object> iterator = TRY(object_get_iter(items));
  return save_dict_items(p, iterator);
}

// == Sets ==

namespace {
// Protocols without sets: type([item, ...]).
Result<void> save_set_by_list(Pickler* p, Set* set, Type* type) {
  Ref<List> items = TRY(sequence_list(set));
  Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(items.get())));
  Ref<Tuple> value = TRY(tuple_pack(static_cast<Object*>(type), static_cast<Object*>(args.get())));
  return save_reduce(p, value, set);
}
}  // namespace
Result<void> save_set(Pickler* p, Set* set) {
  if (p->protocol < 4) return save_set_by_list(p, set, &PySet_Type);
  TRY(write_opcode(p, kEmptySet));
  TRY(memo_put(p, set));
  isize size = set_size(set), position = 0;
  if (size == 0) return {};
  int count;
  do {
    count = 0;
    TRY(write_opcode(p, kMark));
    Object* item;
    Py_hash_t hash;
    while (set_next(set, position, item, hash)) {
      Ref<Object> kept = new_ref(item);
      TRY(save(p, kept));
      if (++count == kBatch) break;
    }
    TRY(write_opcode(p, kAddItems));
    if (set_size(set) != size) return raise(RuntimeError, "set changed size during iteration");
  } while (count == kBatch);
  return {};
}
Result<void> save_frozenset(Pickler* p, Set* set) {
  FastNesting nesting(p, set);
  if (nesting.failed()) return Error{};
  if (p->protocol < 4) return save_set_by_list(p, set, &PyFrozenSet_Type);
  TRY(write_opcode(p, kMark));
  TRY(for_each(set, [&](Object* item) { return save(p, item); }));
  if (TRY(found_in_memo(p, set, -1))) return {};
  TRY(write_opcode(p, kFrozenSet));
  return memo_put(p, set);
}
}  // namespace adder::pickle
