// constants: the constants of a code object; which are the same.
//
// Key        1, 1.0 and True are equal in Python but different constants, and so are 0.0 and -0.0; a constant is looked
//            up by a key that tells them apart.
#include <cmath>

#include "compiler/flow_graph.h"
#include "object/protocol.h"
#include "runtime/names.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
bool is_negative_zero(double value) { return value == 0.0 && std::signbit(value); }

Result<Object> constant_key(Object* value) {
  Object* type = reinterpret_cast<Object*>(type_of(value));
  if (value == None || value == Ellipsis || is_int_exact(value) || is_str_exact(value) || is_code(value))
    return new_ref(value);
  if (is_bool(value) || is_bytes_exact(value)) return tuple_pack(type, value);
  if (is_float_exact(value)) {
    return tuple_pack(type, value, bool_object(is_negative_zero(as<Float>(value)->ob_fval)));
  }
  if (value->ob_type == &PyComplex_Type) {
    const Py_complex& number = as<Complex>(value)->cval;
    return tuple_pack(type, value, bool_object(is_negative_zero(number.real)),
                      bool_object(is_negative_zero(number.imag)));
  }
  if (is_tuple_exact(value)) {
    Tuple* items = as<Tuple>(value);
    Ref<Tuple> key = TRY(tuple_new(tuple_size(items) + 1));
    tuple_init_item(key, 0, new_ref(type));
    for (isize i = 0; i < tuple_size(items); ++i) tuple_init_item(key, i + 1, new_ref(None));
    for (isize i = 0; i < tuple_size(items); ++i) {
      tuple_init_item(key, i + 1, TRY(constant_key(tuple_item(items, i))));
    }
    return key;
  }
  if (value->ob_type == &PyFrozenSet_Type) {
    Ref<List> keys = TRY(list_new());
    TRY(for_each(value,
                 [&](Object* item) -> Result<void> { return list_append_steal(keys, TRY(constant_key(item))); }));
    Ref<Set> set = TRY(frozenset_new(keys.get()));
    return tuple_pack<Object, Object>(type, set.get());
  }
  // Something that only a hand-made tree can hold: itself alone.
  Ref<Int> address = TRY(int_from_void_ptr(value));
  return tuple_pack<Object, Object>(NotImplemented, address.get());
}
}  // namespace

Result<void> ConstantPool::init() {
  values_ = TRY(list_new());
  index_ = TRY(dict_new());
  return {};
}

Result<Object> ConstantPool::merge(Object* value) {
  if (value == None || value == Ellipsis) return new_ref(value);
  Ref<Object> key = TRY(constant_key(value));
  if (Ref<Object> known = TRY(dict_get_item(shared_, key))) return known;
  Ref<Object> result = new_ref(value);
  if (is_tuple_exact(value) && tuple_size(as<Tuple>(value)) > 0) {
    isize size = tuple_size(as<Tuple>(value));
    Ref<Tuple> merged = TRY(tuple_from_array(tuple_items(as<Tuple>(value)), size));
    for (isize i = 0; i < size; ++i) {
      Ref<Object> item = TRY(merge(tuple_item(merged, i)));
      Ref<Object> old = Ref<Object>::steal(tuple_items(merged)[i]);
      tuple_init_item(merged, i, std::move(item));
    }
    result = std::move(merged);
  } else if (value->ob_type == &PyFrozenSet_Type && set_size(as<Set>(value)) > 0) {
    Ref<List> merged = TRY(list_new());
    TRY(for_each(value, [&](Object* item) -> Result<void> { return list_append_steal(merged, TRY(merge(item))); }));
    result = TRY(frozenset_new(merged.get()));
  }
  TRY(dict_set_item(shared_, key, result));
  return result;
}

Result<int> ConstantPool::add(Object* value) {
  Ref<Object> merged = TRY(merge(value));
  Ref<Object> key = TRY(constant_key(merged));
  if (Ref<Object> index = TRY(dict_get_item(index_, key))) return static_cast<int>(TRY(int_as_ssize_t(index)));
  int index = static_cast<int>(list_size(values_));
  Ref<Int> number = TRY(int_from_i64(index));
  TRY(dict_set_item(index_, key, number));
  TRY(list_append(values_, merged));
  return index;
}

Result<int> ConstantPool::add_late(Object* value) {
  Ref<Object> merged = TRY(merge(value));
  isize size = list_size(values_);
  for (isize i = 0; i < size; ++i) {
    if (list_item(values_, i) == merged.get()) return static_cast<int>(i);
  }
  TRY(list_append(values_, merged));
  return static_cast<int>(size);
}
}  // namespace adder
