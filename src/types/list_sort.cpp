// list_sort: stable natural merge sort with galloping.
//
// Runs        ascending or strictly descending (reversed), extended to a minimum length by binary insertion (T. Peters,
// "timsort"). Merging     order chosen by node powers, within O(n) of optimal (J. I. Munro, S. Wild, "Nearly-Optimal
// Mergesorts", 2018). Galloping   exponential search when one run wins often (P. McIlroy, "Optimistic Sorting and
// Information Theoretic
//             Complexity", 1993).
// Comparing   one look at all keys picks the comparison: single-digit ints, floats, Latin-1 strs, tuples led by those,
// or any. Invariant   whatever a comparison does or raises, the entries stay a permutation of the input.
#include "types/list_sort.h"

#include <cstring>

#include "memory/allocator.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == Comparisons: 1 less, 0 not less, -1 exception ==

struct LessInt {
  int operator()(const SortEntry& a, const SortEntry& b) const {
    return int_single_value(as<Int>(a.key)) < int_single_value(as<Int>(b.key));
  }
};
struct LessFloat {
  int operator()(const SortEntry& a, const SortEntry& b) const {
    return as<Float>(a.key)->ob_fval < as<Float>(b.key)->ob_fval;
  }
};
struct LessLatin {
  int operator()(const SortEntry& a, const SortEntry& b) const {
    Str *left = as<Str>(a.key), *right = as<Str>(b.key);
    isize shorter = left->length < right->length ? left->length : right->length;
    int order = std::memcmp(str_data(left), str_data(right), static_cast<usize>(shorter));
    return order ? order < 0 : left->length < right->length;
  }
};
struct LessAny {
  int operator()(const SortEntry& a, const SortEntry& b) const {
    auto result = object_rich_compare_bool_lt(a.key, b.key);
    return result;
  }
  static int object_rich_compare_bool_lt(Object* left, Object* right) {
    // No identity shortcut: x < x is asked of x.
    Ref<Object> keep_left = new_ref(left), keep_right = new_ref(right);
    auto result = object_rich_compare(left, right, Py_LT);
    if (result.failed()) return -1;
    Ref<Object> answer = result.take();
    if (answer.get() == True) return 1;
    if (answer.get() == False) return 0;
    return object_is_true(answer).to_c();
  }
};
// Non-empty tuples: the first items decide most often; the rest is compared as tuples are.
template <class First>
struct LessTuple {
  int operator()(const SortEntry& a, const SortEntry& b) const {
    Tuple *left = as<Tuple>(a.key), *right = as<Tuple>(b.key);
    SortEntry first_left{left->ob_item[0], nullptr}, first_right{right->ob_item[0], nullptr};
    First less;
    if (first_left.key != first_right.key) {
      if (int answer = less(first_left, first_right)) return answer;
      if (int answer = less(first_right, first_left)) return answer < 0 ? -1 : 0;
    }
    return LessAny()(a, b);
  }
};

template <class Less>
class Sorter {
 public:
  Sorter(SortEntry* entries, isize count) : entries_(entries), count_(count) {}
  ~Sorter() { memory::release(spare_); }

  bool sort() {
    if (count_ < 2) return true;
    isize minimum = minimum_run(count_);
    for (isize start = 0; start < count_;) {
      isize length = find_run(start);
      if (length < 0) return false;
      if (length < minimum) {
        isize forced = count_ - start < minimum ? count_ - start : minimum;
        if (!insert_binary(entries_ + start, length, forced)) return false;
        length = forced;
      }
      if (!push_run(start, length)) return false;
      start += length;
    }
    while (depth_ > 1) {
      if (!merge_top()) return false;
    }
    return true;
  }

 private:
  struct Run {
    isize start, length;
    int power;  // of the boundary to the run before it
  };
  static constexpr int kMaxDepth = 85;
  static constexpr isize kGallopAfter = 7;

  static isize minimum_run(isize n) {
    isize rest = 0;
    while (n >= 64) {
      rest |= n & 1;
      n >>= 1;
    }
    return n + rest;
  }

  // Length of the run at `start`, made ascending; -1 on an exception.
  isize find_run(isize start) {
    isize end = start + 1;
    if (end == count_) return 1;
    int descending = less_(entries_[end], entries_[start]);
    if (descending < 0) return -1;
    for (++end; end < count_; ++end) {
      int below = less_(entries_[end], entries_[end - 1]);
      if (below < 0) return -1;
      if (below != descending) break;
    }
    if (descending) {
      for (SortEntry *low = entries_ + start, *high = entries_ + end - 1; low < high; ++low, --high)
        std::swap(*low, *high);
    }
    return end - start;
  }

  // entries[0, sorted) is sorted; makes entries[0, count) so.
  bool insert_binary(SortEntry* entries, isize sorted, isize count) {
    for (; sorted < count; ++sorted) {
      SortEntry pivot = entries[sorted];
      isize low = 0, high = sorted;
      while (low < high) {
        isize middle = (low + high) >> 1;
        int below = less_(pivot, entries[middle]);
        if (below < 0) return false;
        if (below)
          high = middle;
        else
          low = middle + 1;
      }
      std::memmove(entries + low + 1, entries + low, static_cast<usize>(sorted - low) * sizeof(SortEntry));
      entries[low] = pivot;
    }
    return true;
  }

  // The power of the boundary between [s1, s1 + n1) and the n2 entries after it: the depth of the node that a perfectly
  // balanced tree over the whole array would put there.
  int node_power(isize s1, isize n1, isize n2) const {
    isize a = 2 * s1 + n1, b = a + n1 + n2;
    int power = 0;
    for (;;) {
      ++power;
      if (a >= count_) {
        a -= count_;
        b -= count_;
      } else if (b >= count_) {
        return power;
      }
      a <<= 1;
      b <<= 1;
    }
  }

  bool push_run(isize start, isize length) {
    int power = 0;
    if (depth_ > 0) {
      Run& top = runs_[depth_ - 1];
      power = node_power(top.start, top.length, length);
      while (depth_ > 1 && runs_[depth_ - 1].power > power) {
        if (!merge_top()) return false;
      }
    }
    runs_[depth_++] = {start, length, power};
    return true;
  }

  bool merge_top() {
    Run right = runs_[depth_ - 1];
    Run& left = runs_[depth_ - 2];
    --depth_;
    SortEntry* a = entries_ + left.start;
    SortEntry* b = entries_ + right.start;
    isize na = left.length, nb = right.length;
    left.length = na + nb;
    // What is in place already: the head of a that is not above b[0], the tail of b that is not below a's last.
    isize skipped = gallop<true>(b[0], a, na, false);
    if (skipped < 0) return false;
    a += skipped;
    na -= skipped;
    if (na == 0) return true;
    nb = gallop<false>(a[na - 1], b, nb, true);
    if (nb < 0) return false;
    if (nb == 0) return true;
    return na <= nb ? merge_low(a, na, b, nb) : merge_high(a, na, b, nb);
  }

  // Where `key` belongs in the sorted a[0, n): after equal entries (Right) or before them. Exponential search from the
  // start or from the end. -1 on an exception.
  template <bool Right>
  isize gallop(const SortEntry& key, SortEntry* a, isize n, bool from_end) {
    auto before = [&](isize i) {  // does a[i] stay in front of key?
      if constexpr (Right) {
        int below = less_(key, a[i]);
        return below < 0 ? -1 : !below;
      } else {
        return less_(a[i], key);
      }
    };
    isize low, high;  // the answer is in [low, high]
    if (!from_end) {
      low = 0;
      isize step = 1, position = 0;
      for (;;) {
        if (position >= n) {
          high = n;
          break;
        }
        int answer = before(position);
        if (answer < 0) return -1;
        if (!answer) {
          high = position;
          break;
        }
        low = position + 1;
        position += step;
        step <<= 1;
      }
    } else {
      high = n;
      isize step = 1, position = n - 1;
      for (;;) {
        if (position < 0) {
          low = 0;
          break;
        }
        int answer = before(position);
        if (answer < 0) return -1;
        if (answer) {
          low = position + 1;
          break;
        }
        high = position;
        position -= step;
        step <<= 1;
      }
    }
    while (low < high) {
      isize middle = low + ((high - low) >> 1);
      int answer = before(middle);
      if (answer < 0) return -1;
      if (answer)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  bool need_spare(isize count) {
    if (count <= spare_size_) return true;
    memory::release(spare_);
    spare_ = static_cast<SortEntry*>(memory::allocate(static_cast<usize>(count) * sizeof(SortEntry)));
    spare_size_ = spare_ ? count : 0;
    if (spare_) return true;
    (void)raise_no_memory();
    return false;
  }

  // Merges adjacent runs, the left one copied out. The hole in front of b is always as large as what is left of the
  // copy.
  bool merge_low(SortEntry* a, isize na, SortEntry* b, isize nb) {
    if (!need_spare(na)) return false;
    std::memcpy(spare_, a, static_cast<usize>(na) * sizeof(SortEntry));
    SortEntry *target = a, *left = spare_, *left_end = spare_ + na, *right = b, *right_end = b + nb;
    bool ok = true;
    isize left_wins = 0, right_wins = 0;
    while (left < left_end && right < right_end) {
      if (left_wins < gallop_after_ && right_wins < gallop_after_) {
        int below = less_(*right, *left);
        if (below < 0) {
          ok = false;
          break;
        }
        if (below) {
          *target++ = *right++;
          ++right_wins;
          left_wins = 0;
        } else {
          *target++ = *left++;
          ++left_wins;
          right_wins = 0;
        }
        continue;
      }
      isize from_left = gallop<true>(*right, left, left_end - left, false);
      if (from_left < 0) {
        ok = false;
        break;
      }
      std::memcpy(target, left, static_cast<usize>(from_left) * sizeof(SortEntry));
      target += from_left;
      left += from_left;
      if (left == left_end) break;
      isize from_right = gallop<false>(*left, right, right_end - right, false);
      if (from_right < 0) {
        ok = false;
        break;
      }
      std::memmove(target, right, static_cast<usize>(from_right) * sizeof(SortEntry));
      target += from_right;
      right += from_right;
      settle(from_left, from_right, left_wins, right_wins);
    }
    std::memcpy(target, left, static_cast<usize>(left_end - left) * sizeof(SortEntry));
    return ok;
  }

  // The same from the end, the right run copied out.
  bool merge_high(SortEntry* a, isize na, SortEntry* b, isize nb) {
    if (!need_spare(nb)) return false;
    std::memcpy(spare_, b, static_cast<usize>(nb) * sizeof(SortEntry));
    SortEntry *target = b + nb, *left_end = a + na, *right_end = spare_ + nb;
    bool ok = true;
    isize left_wins = 0, right_wins = 0;
    while (left_end > a && right_end > spare_) {
      if (left_wins < gallop_after_ && right_wins < gallop_after_) {
        int below = less_(right_end[-1], left_end[-1]);
        if (below < 0) {
          ok = false;
          break;
        }
        if (below) {
          *--target = *--left_end;
          ++left_wins;
          right_wins = 0;
        } else {
          *--target = *--right_end;
          ++right_wins;
          left_wins = 0;
        }
        continue;
      }
      isize keep = gallop<true>(right_end[-1], a, left_end - a, true);
      if (keep < 0) {
        ok = false;
        break;
      }
      isize from_left = left_end - a - keep;
      target -= from_left;
      left_end -= from_left;
      std::memmove(target, left_end, static_cast<usize>(from_left) * sizeof(SortEntry));
      if (left_end == a) break;
      keep = gallop<false>(left_end[-1], spare_, right_end - spare_, true);
      if (keep < 0) {
        ok = false;
        break;
      }
      isize from_right = right_end - spare_ - keep;
      target -= from_right;
      right_end -= from_right;
      std::memcpy(target, right_end, static_cast<usize>(from_right) * sizeof(SortEntry));
      settle(from_left, from_right, left_wins, right_wins);
    }
    isize rest = right_end - spare_;
    std::memcpy(target - rest, spare_, static_cast<usize>(rest) * sizeof(SortEntry));
    return ok;
  }

  // Galloping that pays makes it easier to enter, galloping that does not makes it harder.
  void settle(isize from_left, isize from_right, isize& left_wins, isize& right_wins) {
    if (from_left >= kGallopAfter || from_right >= kGallopAfter) {
      if (gallop_after_ > 1) --gallop_after_;
    } else {
      gallop_after_ += 2;
      left_wins = right_wins = 0;
    }
  }

  SortEntry* entries_;
  isize count_;
  SortEntry* spare_ = nullptr;
  isize spare_size_ = 0;
  Run runs_[kMaxDepth];
  int depth_ = 0;
  isize gallop_after_ = kGallopAfter;
  Less less_;
};

template <class Less>
Result<void> sort_with(SortEntry* entries, isize count) {
  if (!Sorter<Less>(entries, count).sort()) return Error{};
  return {};
}

enum class KeyKind { kInt, kFloat, kLatin, kTuple, kAny };

KeyKind kind_of(Object* key) {
  if (is_int_exact(key)) return int_is_single(as<Int>(key)) ? KeyKind::kInt : KeyKind::kAny;
  if (is_float_exact(key)) return KeyKind::kFloat;
  if (is_str_exact(key)) return str_kind(as<Str>(key)) == 1 ? KeyKind::kLatin : KeyKind::kAny;
  if (is_tuple_exact(key)) return tuple_size(as<Tuple>(key)) > 0 ? KeyKind::kTuple : KeyKind::kAny;
  return KeyKind::kAny;
}

template <class KeyOf>
KeyKind common_kind(SortEntry* entries, isize count, KeyOf key_of) {
  KeyKind kind = kind_of(key_of(entries[0]));
  for (isize i = 1; i < count && kind != KeyKind::kAny; ++i) {
    if (kind_of(key_of(entries[i])) != kind) kind = KeyKind::kAny;
  }
  return kind;
}
}  // namespace

Result<void> sort_entries(SortEntry* entries, isize count) {
  if (count < 2) return {};
  switch (common_kind(entries, count, [](SortEntry& entry) { return entry.key; })) {
    case KeyKind::kInt:
      return sort_with<LessInt>(entries, count);
    case KeyKind::kFloat:
      return sort_with<LessFloat>(entries, count);
    case KeyKind::kLatin:
      return sort_with<LessLatin>(entries, count);
    case KeyKind::kTuple:
      switch (common_kind(entries, count, [](SortEntry& entry) { return tuple_item(as<Tuple>(entry.key), 0); })) {
        case KeyKind::kInt:
          return sort_with<LessTuple<LessInt>>(entries, count);
        case KeyKind::kLatin:
          return sort_with<LessTuple<LessLatin>>(entries, count);
        default:
          return sort_with<LessAny>(entries, count);  // floats too: NaN is neither less nor equal
      }
    default:
      return sort_with<LessAny>(entries, count);
  }
}

Result<void> list_sort(List* list, Object* key, bool reverse) {
  // The list is empty while it is sorted: key and __lt__ may look at it, what they put in is noticed.
  Object** items = std::exchange(list->ob_item, nullptr);
  isize count = std::exchange(list->ob_size, 0);
  isize allocated = std::exchange(list->allocated, -1);
  SortEntry* entries = nullptr;
  isize keyed = 0;
  auto work = [&]() -> Result<void> {
    if (count < 2 && key == None) return {};
    entries = static_cast<SortEntry*>(memory::allocate(static_cast<usize>(count) * sizeof(SortEntry) + 1));
    if (!entries) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      entries[i].value = items[i];
      entries[i].key = key == None ? items[i] : TRY(object_call_one_arg(key, items[i]))
      .release();
      keyed = i + 1;
    }
    // Reversed before and after, so that equal items keep their order.
    auto flip = [&] {
      for (isize low = 0, high = count - 1; low < high; ++low, --high) std::swap(entries[low], entries[high]);
    };
    if (reverse) flip();
    Result<void> sorted = sort_entries(entries, count);
    if (reverse) flip();
    for (isize i = 0; i < count; ++i) items[i] = entries[i].value;
    return sorted;
  };
  Result<void> result = work();
  // What the keys' finalizers put into the list is noticed too.
  if (key != None) {
    for (isize i = 0; i < keyed; ++i) decref(entries[i].key);
  }
  memory::release(entries);
  bool touched = list->allocated != -1;
  // What Python code put into the list meanwhile goes away after the list is whole again.
  Object** foreign = std::exchange(list->ob_item, items);
  isize foreign_count = std::exchange(list->ob_size, count);
  list->allocated = allocated;
  for (isize i = 0; i < foreign_count; ++i) decref_or_null(foreign[i]);
  memory::release(foreign);
  if (!result.failed() && touched) return raise(ValueError, "list modified during sort");
  return result;
}
}  // namespace adder
