// _heapq: priority queues in lists.
//
// Invariant  heap[k] <= heap[2k+1] and heap[k] <= heap[2k+2] (for the max variants the other way round). Comparing runs
// Python
//            code that may change the list: the size is checked after each comparison.
// Sifting    an item that replaces the root goes down to a leaf first and then up (Knuth 5.2.3, exercise 18): most
// items
//            belong near the leaves, so this saves comparisons.
// See        library reference "heapq"; tests/python/test_heapq_bisect.py
#include "bind/bind.h"
#include "import/import.h"
#include "types/list.h"
#include "types/module.h"

namespace adder {
namespace {
// `less(a, b)` of a min heap is a < b, of a max heap b < a.
template <bool Max>
Result<bool> less(Object* left, Object* right) {
  return Max ? object_rich_compare_bool(right, left, Py_LT) : object_rich_compare_bool(left, right, Py_LT);
}

// Compares two items that it holds meanwhile; fails if the list changed its size.
template <bool Max>
Result<bool> compare_items(List* heap, isize left_index, isize right_index) {
  isize size = list_size(heap);
  Ref<Object> left = new_ref(list_item(heap, left_index)), right = new_ref(list_item(heap, right_index));
  bool result = TRY(less<Max>(left, right));
  if (list_size(heap) != size) return raise(RuntimeError, "list changed size during iteration");
  return result;
}

// Moves the item at `position` up, not above `start`.
template <bool Max>
Result<void> sift_down(List* heap, isize start, isize position) {
  if (position >= list_size(heap)) return raise(IndexError, "index out of range");
  while (position > start) {
    isize parent = (position - 1) / 2;
    if (!TRY(compare_items<Max>(heap, position, parent))) break;
    std::swap(heap->ob_item[position], heap->ob_item[parent]);
    position = parent;
  }
  return {};
}

template <bool Max>
Result<void> sift_up(List* heap, isize position) {
  isize start = position, size = list_size(heap);
  if (position >= size) return raise(IndexError, "index out of range");
  while (position < size / 2) {
    isize child = 2 * position + 1;
    if (child + 1 < size && !TRY(compare_items<Max>(heap, child, child + 1))) ++child;
    std::swap(heap->ob_item[position], heap->ob_item[child]);
    position = child;
  }
  return sift_down<Max>(heap, start, position);
}

template <bool Max>
Result<void> heapify(Module*, List* heap) {
  isize size = list_size(heap);
  for (isize i = size / 2; --i >= 0;) TRY(sift_up<Max>(heap, i));
  return {};
}

template <bool Max>
Result<Object> heappop(Module*, List* heap) {
  isize size = list_size(heap);
  if (size == 0) return raise(IndexError, "index out of range");
  Ref<Object> last = new_ref(list_item(heap, size - 1));
  TRY(list_set_slice(heap, size - 1, size, {}));
  if (size == 1) return last;
  if (list_size(heap) == 0) return last;
  Ref<Object> first = Ref<Object>::steal(std::exchange(heap->ob_item[0], last.release()));
  TRY(sift_up<Max>(heap, 0));
  return first;
}

template <bool Max>
Result<Object> heapreplace(Module*, List* heap, Object* item) {
  if (list_size(heap) == 0) return raise(IndexError, "index out of range");
  Ref<Object> first = Ref<Object>::steal(std::exchange(heap->ob_item[0], new_ref(item).release()));
  TRY(sift_up<Max>(heap, 0));
  return first;
}

constexpr Doc heappush_doc =
    "heappush($module, heap, item, /)\n--\n\nPush item onto heap, maintaining the heap invariant.";
Result<void> heappush(Module*, List* heap, Object* item) {
  TRY(list_append(heap, item));
  return sift_down<false>(heap, 0, list_size(heap) - 1);
}

constexpr Doc heappushpop_doc =
    "heappushpop($module, heap, item, /)\n--\n\nPush item on the heap, then pop and return the smallest item from the "
    "heap.\n\nThe combined action runs more efficiently than heappush() followed by\na separate call to heappop().";
Result<Object> heappushpop(Module* module, List* heap, Object* item) {
  if (list_size(heap) == 0) return new_ref(item);
  Ref<Object> top = new_ref(list_item(heap, 0));
  if (!TRY(object_rich_compare_bool(top, item, Py_LT))) return new_ref(item);
  return heapreplace<false>(module, heap, item);
}

constexpr Doc heappop_doc =
    "heappop($module, heap, /)\n--\n\nPop the smallest item off the heap, maintaining the heap invariant.";
constexpr Doc heapreplace_doc =
    "heapreplace($module, heap, item, /)\n--\n\nPop and return the current smallest value, and add the new "
    "item.\n\nThis is more "
    "efficient than heappop() followed by heappush(), and can be\nmore appropriate when using a fixed-size heap.  Note "
    "that the "
    "value\nreturned may be larger than item!  That constrains reasonable uses of\nthis routine unless written as part "
    "of a "
    "conditional replacement:\n\n    if item > heap[0]:\n        item = heapreplace(heap, item)";
constexpr Doc heapify_doc =
    "heapify($module, heap, /)\n--\n\nTransform list into a heap, in-place, in O(len(heap)) time.";
constexpr Doc heappop_max_doc = "_heappop_max($module, heap, /)\n--\n\nMaxheap variant of heappop.";
constexpr Doc heapreplace_max_doc = "_heapreplace_max($module, heap, item, /)\n--\n\nMaxheap variant of heapreplace.";
constexpr Doc heapify_max_doc = "_heapify_max($module, heap, /)\n--\n\nMaxheap variant of heapify.";

constinit PyMethodDef functions[] = {
    method<heappush, heappush_doc>(),
    method<heappushpop, heappushpop_doc>(),
    method<heappop<false>, heappop_doc>(),
    method<heapreplace<false>, heapreplace_doc>(),
    method<heapify<false>, heapify_doc>(),
    method<heappop<true>, heappop_max_doc>(),
    method<heapreplace<true>, heapreplace_max_doc>(),
    method<heapify<true>, heapify_max_doc>(),
    {},
};
Result<void> exec(Module* module) {
  return module_add_string(module, "__about__",
                           "Heap queues\n\nA heap is a list in which heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2] "
                           "hold for all k,\ncounting "
                           "items from 0. Its smallest item is always heap[0].\n");
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_heapq",
                                                   "Heap queue algorithm (a.k.a. priority queue).\n\nHeaps are arrays "
                                                   "for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for\nall k, "
                                                   "counting elements from 0.  Non-existing elements are considered "
                                                   "to\nbe infinite.  a[0] is always the smallest element.\n",
                                                   functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__heapq() { return adder::module_def_init(&adder::definition); }
