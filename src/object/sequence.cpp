// sequence: the sequence and mapping protocols on any objects.
#include "object/sequence.h"

#include "object/object.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

PySequenceMethods* sequence_methods(const Object* object) { return object->ob_type->tp_as_sequence; }
PyMappingMethods* mapping_methods(const Object* object) { return object->ob_type->tp_as_mapping; }

// A negative index counts from the end, if the object has a length; still negative ones go to the slot as they are.
Result<isize> normalized_index(Object* object, isize index) {
  PySequenceMethods* methods = sequence_methods(object);
  if (index >= 0 || !methods->sq_length) return index;
  isize length = methods->sq_length(object);
  if (length < 0) return Error{};
  return index + length;
}

Result<Object> slice_object(isize low, isize high) {
  Ref<Int> start = TRY(int_from_ssize_t(low));
  Ref<Int> stop = TRY(int_from_ssize_t(high));
  return slice_new(start, stop, None);
}

enum class Search { kCount, kIndex, kContains };

Result<isize> search(Object* object, Object* value, Search what) {
  auto made = object_get_iter(object);
  if (made.failed()) {
    if (error_matches(TypeError)) {
      error_clear();
      return raise(TypeError, "argument of type '%.200s' is not iterable", object->ob_type->tp_name);
    }
    return Error{};
  }
  Ref<Object> iterator = made.take();
  isize count = 0;
  for (isize index = 0;; ++index) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) break;
    if (!TRY(object_equal(item, value))) continue;
    if (what == Search::kIndex) return index;
    if (what == Search::kContains) return isize{1};
    ++count;
  }
  if (what == Search::kIndex) return raise(ValueError, "sequence.index(x): x not in sequence");
  return count;
}

Result<List> method_output_as_list(Object* object, Object* name) {
  Ref<Object> output = TRY(call_method(object, name));
  auto made = object_get_iter(output);
  if (made.failed()) {
    if (error_matches(TypeError)) {
      error_clear();
      return raise(TypeError, "%.200s.%U() returned a non-iterable (type %.200s)", object->ob_type->tp_name, name,
                   output->ob_type->tp_name);
    }
    return Error{};
  }
  Ref<Object> iterator = made.take();
  return sequence_list(iterator);
}

}  // namespace

// == Sequences ==

bool sequence_check(const Object* object) {
  if (is_dict(object)) return false;
  PySequenceMethods* methods = sequence_methods(object);
  return methods && methods->sq_item;
}

Result<isize> sequence_size(Object* object) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_length) {
    isize size = methods->sq_length(object);
    if (size < 0) return Error{};
    return size;
  }
  if (mapping_methods(object) && mapping_methods(object)->mp_length) {
    return raise(TypeError, "%.200s is not a sequence", object->ob_type->tp_name);
  }
  return raise(TypeError, "object of type '%.200s' has no len()", object->ob_type->tp_name);
}

Result<Object> sequence_concat(Object* left, Object* right) {
  PySequenceMethods* methods = sequence_methods(left);
  if (methods && methods->sq_concat) return Result<Object>::from_c(methods->sq_concat(left, right));
  if (sequence_check(left) && sequence_check(right)) return number_add(left, right);
  return raise(TypeError, "'%.200s' object can't be concatenated", left->ob_type->tp_name);
}

Result<Object> sequence_repeat(Object* object, isize count) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_repeat) return Result<Object>::from_c(methods->sq_repeat(object, count));
  if (sequence_check(object)) {
    Ref<Int> times = TRY(int_from_ssize_t(count));
    return number_multiply(object, times);
  }
  return raise(TypeError, "'%.200s' object can't be repeated", object->ob_type->tp_name);
}

Result<Object> sequence_in_place_concat(Object* left, Object* right) {
  PySequenceMethods* methods = sequence_methods(left);
  if (methods && methods->sq_inplace_concat) return Result<Object>::from_c(methods->sq_inplace_concat(left, right));
  if (methods && methods->sq_concat) return Result<Object>::from_c(methods->sq_concat(left, right));
  if (sequence_check(left) && sequence_check(right)) return number_in_place_add(left, right);
  return raise(TypeError, "'%.200s' object can't be concatenated", left->ob_type->tp_name);
}

Result<Object> sequence_in_place_repeat(Object* object, isize count) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_inplace_repeat) return Result<Object>::from_c(methods->sq_inplace_repeat(object, count));
  if (methods && methods->sq_repeat) return Result<Object>::from_c(methods->sq_repeat(object, count));
  if (sequence_check(object)) {
    Ref<Int> times = TRY(int_from_ssize_t(count));
    return number_in_place_multiply(object, times);
  }
  return raise(TypeError, "'%.200s' object can't be repeated", object->ob_type->tp_name);
}

Result<Object> sequence_get_item(Object* object, isize index) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_item) {
    isize position = TRY(normalized_index(object, index));
    return Result<Object>::from_c(methods->sq_item(object, position));
  }
  if (mapping_methods(object) && mapping_methods(object)->mp_subscript) {
    return raise(TypeError, "%.200s is not a sequence", object->ob_type->tp_name);
  }
  return raise(TypeError, "'%.200s' object does not support indexing", object->ob_type->tp_name);
}

Result<void> sequence_set_item(Object* object, isize index, Object* value) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_ass_item) {
    isize position = TRY(normalized_index(object, index));
    return Result<void>::from_c(methods->sq_ass_item(object, position, value));
  }
  if (mapping_methods(object) && mapping_methods(object)->mp_ass_subscript) {
    return raise(TypeError, "%.200s is not a sequence", object->ob_type->tp_name);
  }
  return raise(TypeError, "'%.200s' object does not support item assignment", object->ob_type->tp_name);
}

Result<void> sequence_del_item(Object* object, isize index) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_ass_item) {
    isize position = TRY(normalized_index(object, index));
    return Result<void>::from_c(methods->sq_ass_item(object, position, nullptr));
  }
  if (mapping_methods(object) && mapping_methods(object)->mp_ass_subscript) {
    return raise(TypeError, "%.200s is not a sequence", object->ob_type->tp_name);
  }
  return raise(TypeError, "'%.200s' object doesn't support item deletion", object->ob_type->tp_name);
}

Result<Object> sequence_get_slice(Object* object, isize low, isize high) {
  PyMappingMethods* methods = mapping_methods(object);
  if (!methods || !methods->mp_subscript) {
    return raise(TypeError, "'%.200s' object is unsliceable", object->ob_type->tp_name);
  }
  Ref<Object> slice = TRY(slice_object(low, high));
  return Result<Object>::from_c(methods->mp_subscript(object, slice));
}

Result<void> sequence_set_slice(Object* object, isize low, isize high, Object* value) {
  PyMappingMethods* methods = mapping_methods(object);
  if (!methods || !methods->mp_ass_subscript) {
    return raise(TypeError, "'%.200s' object doesn't support slice assignment", object->ob_type->tp_name);
  }
  Ref<Object> slice = TRY(slice_object(low, high));
  return Result<void>::from_c(methods->mp_ass_subscript(object, slice, value));
}

Result<void> sequence_del_slice(Object* object, isize low, isize high) {
  PyMappingMethods* methods = mapping_methods(object);
  if (!methods || !methods->mp_ass_subscript) {
    return raise(TypeError, "'%.200s' object doesn't support slice deletion", object->ob_type->tp_name);
  }
  Ref<Object> slice = TRY(slice_object(low, high));
  return Result<void>::from_c(methods->mp_ass_subscript(object, slice, nullptr));
}

Result<bool> sequence_contains(Object* object, Object* value) {
  PySequenceMethods* methods = sequence_methods(object);
  if (methods && methods->sq_contains) return Result<bool>::from_c(methods->sq_contains(object, value));
  return sequence_contains_by_iteration(object, value);
}

Result<bool> sequence_contains_by_iteration(Object* object, Object* value) {
  isize found = TRY(search(object, value, Search::kContains));
  return found != 0;
}

Result<isize> sequence_count(Object* object, Object* value) { return search(object, value, Search::kCount); }
Result<isize> sequence_index(Object* object, Object* value) { return search(object, value, Search::kIndex); }

Result<List> sequence_list(Object* iterable) {
  Ref<List> list = TRY(list_new());
  TRY(list_extend(list, iterable));
  return list;
}

Result<Tuple> sequence_tuple(Object* iterable) {
  if (is_tuple_exact(iterable)) return Result<Tuple>::share(as<Tuple>(iterable));
  if (is_list_exact(iterable)) return list_as_tuple(as<List>(iterable));
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  // Guess the size, then collect in a list: growth and failure are its business.
  Ref<List> list = TRY(list_new());
  TRY(object_length_hint(iterable, 10));
  TRY(list_extend(list, iterator));
  return list_as_tuple(list);
}

Result<Object> sequence_fast(Object* iterable, const char* message) {
  if (is_list_exact(iterable) || is_tuple_exact(iterable)) return Result<Object>::share(iterable);
  auto made = object_get_iter(iterable);
  if (made.failed()) {
    if (error_matches(TypeError)) {
      error_clear();
      return raise(TypeError, "%s", message);
    }
    return Error{};
  }
  Ref<Object> iterator = made.take();
  return sequence_list(iterator);
}

Object** sequence_fast_items(Object* fast) {
  return is_list(fast) ? as<List>(fast)->ob_item : as<Tuple>(fast)->ob_item;
}

isize sequence_fast_size(Object* fast) { return static_cast<PyVarObject*>(fast)->ob_size; }

// == Mappings ==

bool mapping_check(const Object* object) {
  PyMappingMethods* methods = mapping_methods(object);
  return methods && methods->mp_subscript;
}

Result<isize> mapping_size(Object* object) {
  PyMappingMethods* methods = mapping_methods(object);
  if (methods && methods->mp_length) {
    isize size = methods->mp_length(object);
    if (size < 0) return Error{};
    return size;
  }
  if (sequence_methods(object) && sequence_methods(object)->sq_length) {
    return raise(TypeError, "%.200s is not a mapping", object->ob_type->tp_name);
  }
  return raise(TypeError, "object of type '%.200s' has no len()", object->ob_type->tp_name);
}

Result<List> mapping_keys(Object* object) {
  if (is_dict_exact(object)) return dict_keys(as<Dict>(object));
  return method_output_as_list(object, id::keys);
}
Result<List> mapping_values(Object* object) {
  if (is_dict_exact(object)) return dict_values(as<Dict>(object));
  return method_output_as_list(object, id::values);
}
Result<List> mapping_items(Object* object) {
  if (is_dict_exact(object)) return dict_items(as<Dict>(object));
  return method_output_as_list(object, id::items);
}

Result<bool> mapping_has_key(Object* object, Object* key) {
  auto found = object_get_item(object, key);
  if (!found.failed()) {
    Ref<Object> value = found.take();
    return true;
  }
  error_clear();
  return false;
}

Result<Object> mapping_get_item(Object* object, const char* key) {
  Ref<Str> name = TRY(str_from_string(key));
  return object_get_item(object, name);
}
}  // namespace adder
