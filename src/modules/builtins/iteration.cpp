// iteration: built-in functions that walk over iterables.
#include "modules/builtins/anext_awaitable.h"
#include "modules/builtins/builtins.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr Doc all_doc =
    "all($module, iterable, /)\n--\n\nReturn True if bool(x) is True for all values x in the iterable.\n\nIf the "
    "iterable is empty, return True.";
Result<bool> all(Module*, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) return true;
    if (!TRY(object_is_true(item))) return false;
  }
}

constexpr Doc any_doc =
    "any($module, iterable, /)\n--\n\nReturn True if bool(x) is True for any x in the iterable.\n\nIf the iterable is "
    "empty, return False.";
Result<bool> any(Module*, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) return false;
    if (TRY(object_is_true(item))) return true;
  }
}

constexpr Doc iter_arguments = "iter($module, object, sentinel=None, /)\n--\n\n";
constexpr const char* iter_text =
    "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nGet an iterator from an object.  In the first "
    "form, the argument "
    "must\nsupply its own iterator, or be a sequence.\nIn the second form, the callable is called until it returns the "
    "sentinel.";
Result<Object> iter(Module*, Object* object, Opt<Object*> sentinel) {
  if (!sentinel) return object_get_iter(object);
  if (!is_callable(object)) return raise(TypeError, "iter(v, w): v must be callable");
  return call_iter_new(object, sentinel.get());
}

constexpr Doc next_arguments = "next($module, iterator, default=None, /)\n--\n\n";
constexpr const char* next_text =
    "next(iterator[, default])\n\nReturn the next item from the iterator. If default is given and the iterator\nis "
    "exhausted, it is returned "
    "instead of raising StopIteration.";
Result<Object> next(Module*, Object* iterator, Opt<Object*> default_value) {
  if (!is_iterator(iterator)) return raise(TypeError, "'%.200s' object is not an iterator", type_of(iterator)->tp_name);
  // The slot itself: a StopIteration that it sets keeps its value.
  if (PyObject* item = type_of(iterator)->tp_iternext(iterator)) return Result<Object>::from_c(item);
  if (error_occurred()) {
    if (!default_value || !error_matches(StopIteration)) return Error{};
    error_clear();
    return new_ref(default_value.get());
  }
  if (default_value) return new_ref(default_value.get());
  return raise_object(StopIteration, None);
}

constexpr Doc aiter_doc =
    "aiter($module, async_iterable, /)\n--\n\nReturn an AsyncIterator for an AsyncIterable object.";
Result<Object> aiter(Module*, Object* iterable) { return object_get_aiter(iterable); }

constexpr Doc anext_arguments = "anext($module, aiterator, default=None, /)\n--\n\n";
constexpr const char* anext_text =
    "async anext(aiterator[, default])\n\nReturn the next item from the async iterator.  If default is given and the "
    "async\niterator is "
    "exhausted, it is returned instead of raising StopAsyncIteration.";
Result<Object> anext(Module*, Object* iterator, Opt<Object*> default_value) {
  PyAsyncMethods* methods = type_of(iterator)->tp_as_async;
  if (!methods || !methods->am_anext) {
    return raise(TypeError, "'%.200s' object is not an async iterator", type_of(iterator)->tp_name);
  }
  Ref<Object> awaitable = TRY(Result<Object>::from_c(methods->am_anext(iterator)));
  if (!default_value) return awaitable;
  return anext_awaitable_new(awaitable, default_value.get());
}

// == min, max ==

Result<Object> extreme(const char* name, int op, Tuple* args, Object* key, Opt<Object*> default_value) {
  isize count = tuple_size(args);
  if (count == 0) return raise(TypeError, "%s expected at least 1 argument, got 0", name);
  if (count > 1 && default_value) {
    return raise(TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
  }
  Ref<Object> iterator = TRY(object_get_iter(count > 1 ? static_cast<Object*>(args) : tuple_item(args, 0)));
  Ref<Object> best, best_key;
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) break;
    Ref<Object> item_key = key == None ? new_ref(item.get()) : TRY(object_call_one_arg(key, item));
    if (!best || TRY(object_rich_compare_bool(item_key, best_key, op))) {
      best = std::move(item);
      best_key = std::move(item_key);
    }
  }
  if (best) return best;
  if (default_value) return new_ref(default_value.get());
  return raise(ValueError, "%s() arg is an empty sequence", name);
}
constexpr Doc max_arguments = "max($module, *args, key=None, default=NULL)\n--\n\n";
constexpr const char* max_text =
    "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a "
    "single iterable argument, "
    "return its biggest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided "
    "iterable is empty.\nWith two or "
    "more arguments, return the largest argument.";
Result<Object> max(Module*, Object* key, Opt<Object*> default_value, Tuple* args) {
  return extreme("max", Py_GT, args, key, default_value);
}
constexpr Doc min_arguments = "min($module, *args, key=None, default=NULL)\n--\n\n";
constexpr const char* min_text =
    "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a "
    "single iterable argument, "
    "return its smallest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided "
    "iterable is empty.\nWith two or "
    "more arguments, return the smallest argument.";
Result<Object> min(Module*, Object* key, Opt<Object*> default_value, Tuple* args) {
  return extreme("min", Py_LT, args, key, default_value);
}

// == sorted, sum ==

constexpr Doc sorted_doc =
    "sorted($module, iterable, /, *, key=None, reverse=False)\n--\n\nReturn a new list containing all items from the "
    "iterable in ascending "
    "order.\n\nA custom key function can be supplied to customize the sort order, and the\nreverse flag can be set to "
    "request the result in "
    "descending order.";
Result<Object> sorted(Module*, Object* iterable, Object* key, bool reverse) {
  Ref<List> list = TRY(sequence_list(iterable));
  TRY(list_sort(list, key, reverse));
  return list;
}

constexpr Doc sum_doc =
    "sum($module, iterable, /, start=0)\n--\n\nReturn the sum of a 'start' value (default: 0) plus an iterable of "
    "numbers\n\nWhen the iterable is "
    "empty, return the start value.\nThis function is intended specifically for use with numeric values and "
    "may\nreject non-numeric types.";

// Sums exact ints in a C integer and exact floats in a double as long as they last, then goes on with objects.
Result<Object> sum(Module*, Object* iterable, Opt<Object*> start) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Object> total = start ? new_ref(start.get()) : new_ref<Object>(small_int(0));
  if (is_str(total)) return raise(TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
  if (is_bytes(total)) return raise(TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
  if (is_bytearray(total)) return raise(TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
  Ref<Object> item;
  if (is_int_exact(total)) {
    int overflow = 0;
    i64 integer = int_as_i64_and_overflow(as<Int>(total.get()), &overflow);
    while (!overflow) {
      item = TRY(iter_next(iterator));
      i64 next_sum = integer;
      if (item && (is_int_exact(item) || is_bool(item)) && int_is_single(as<Int>(item.get())) &&
          !__builtin_add_overflow(integer, int_single_value(as<Int>(item.get())), &next_sum)) {
        integer = next_sum;
        continue;
      }
      total = TRY(int_from_i64(integer));
      break;
    }
    if (!overflow) {
      if (!item) return total;
      total = TRY(number_add(total, item));
    }
  }
  if (is_float_exact(total)) {
    double real = float_value(as<Float>(total.get()));
    for (;;) {
      item = TRY(iter_next(iterator));
      if (item && is_float_exact(item)) {
        real += float_value(as<Float>(item.get()));
      } else if (item && is_int_exact(item) && int_is_single(as<Int>(item.get()))) {
        real += static_cast<double>(int_single_value(as<Int>(item.get())));
      } else {
        break;
      }
    }
    total = TRY(float_from_double(real));
    if (!item) return total;
    total = TRY(number_add(total, item));
  }
  for (;;) {
    item = TRY(iter_next(iterator));
    if (!item) return total;
    total = TRY(number_add(total, item));
  }
}
}  // namespace

constinit PyMethodDef builtins_iteration_functions[] = {
    method<all, all_doc>(),
    method<any, any_doc>(),
    with_text(method<iter, iter_arguments>(), iter_text),
    with_text(method<next, next_arguments>(), next_text),
    method<aiter, aiter_doc>(),
    with_text(method<anext, anext_arguments>(), anext_text),
    with_text(method<max, max_arguments>(), max_text),
    with_text(method<min, min_arguments>(), min_text),
    method<sorted, sorted_doc>(),
    method<sum, sum_doc>(),
    {},
};
}  // namespace adder
