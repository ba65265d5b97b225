// _bisect: binary search in sorted sequences.
//
// See        library reference "bisect"; tests/python/test_heapq_bisect.py
#include "bind/bind.h"
#include "import/import.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"

namespace adder {
namespace {
// Where `item` belongs in sequence[low:high]: behind its equals (right) or in front of them. `key` may be null.
Result<isize> search(Object* sequence, Object* item, isize low, isize high, Opt<Object*> key, bool right) {
  if (low < 0) return raise(ValueError, "lo must be non-negative");
  if (high == -1) high = TRY(sequence_size(sequence));
  while (low < high) {
    isize middle = low + (high - low) / 2;
    Ref<Object> other = TRY(sequence_get_item(sequence, middle));
    if (key) other = TRY(object_call_one_arg(key.get(), other));
    bool goes_left = right ? TRY(object_rich_compare_bool(item, other, Py_LT)) : !TRY(object_rich_compare_bool(other, item, Py_LT));
    if (goes_left)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

// -1: to the end.
Result<isize> upper_bound(Object* high) {
  return high == None ? Result<isize>(isize{-1}) : number_as_ssize_t(high, OverflowError);
}
Opt<Object*> key_or_null(Object* key) { return key == None ? Opt<Object*>() : Opt<Object*>(key); }

Result<void> insert(Object* sequence, Object* item, isize low, Object* high, Object* key, bool right) {
  isize end = TRY(upper_bound(high));
  Ref<Object> searched = key == None ? new_ref(item) : TRY(object_call_one_arg(key, item));
  isize index = TRY(search(sequence, searched, low, end, key_or_null(key), right));
  if (is_list_exact(sequence)) return list_insert(as<List>(sequence), index, item);
  TRY(call_method(sequence, id::insert, static_cast<Object*>(TRY(int_from_ssize_t(index)).get()), item));
  return {};
}

#define PARAMETERS "($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\n"
constexpr Doc bisect_right_doc = "bisect_right" PARAMETERS
                                 "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe "
                                 "return value i is such that all e in a[:i] "
                                 "have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, "
                                 "a.insert(i, x) will\ninsert just after the "
                                 "rightmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) "
                                 "bound the\nslice of a to be searched.";
constexpr Doc bisect_left_doc = "bisect_left" PARAMETERS
                                "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe "
                                "return value i is such that all e in a[:i] "
                                "have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, "
                                "a.insert(i, x) will\ninsert just before "
                                "the leftmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) "
                                "bound the\nslice of a to be searched.";
constexpr Doc insort_right_doc =
    "insort_right" PARAMETERS
    "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right "
    "of the "
    "rightmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.";
constexpr Doc insort_left_doc =
    "insort_left" PARAMETERS
    "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left "
    "of the "
    "leftmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.";

Result<isize> bisect_right(Module*, Object* a, Object* x, isize low, Object* high, Object* key) {
  return search(a, x, low, TRY(upper_bound(high)), key_or_null(key), true);
}
Result<isize> bisect_left(Module*, Object* a, Object* x, isize low, Object* high, Object* key) {
  return search(a, x, low, TRY(upper_bound(high)), key_or_null(key), false);
}
Result<void> insort_right(Module*, Object* a, Object* x, isize low, Object* high, Object* key) {
  return insert(a, x, low, high, key, true);
}
Result<void> insort_left(Module*, Object* a, Object* x, isize low, Object* high, Object* key) {
  return insert(a, x, low, high, key, false);
}

constinit PyMethodDef functions[] = {
    method<bisect_right, bisect_right_doc>(),
    method<bisect_left, bisect_left_doc>(),
    method<insort_right, insort_right_doc>(),
    method<insort_left, insort_left_doc>(),
    {},
};
constinit PyModuleDef_Slot slots[] = {{}};
constinit ModuleDef definition =
    module_definition("_bisect",
                      "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order "
                      "without\nhaving to sort the list "
                      "after each insertion. For long lists of items with\nexpensive comparison operations, this can "
                      "be an improvement over the "
                      "more\ncommon approach.\n",
                      functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__bisect() { return adder::module_def_init(&adder::definition); }
