// sequence: the sequence and mapping protocols on any objects.
#pragma once
#include "object/protocol.h"

namespace adder {
bool sequence_check(const Object* object);
Result<isize> sequence_size(Object* object);
Result<Object> sequence_concat(Object* left, Object* right);
Result<Object> sequence_repeat(Object* object, isize count);
Result<Object> sequence_in_place_concat(Object* left, Object* right);
Result<Object> sequence_in_place_repeat(Object* object, isize count);
Result<Object> sequence_get_item(Object* object, isize index);
Result<void> sequence_set_item(Object* object, isize index, Object* value);
Result<void> sequence_del_item(Object* object, isize index);
Result<Object> sequence_get_slice(Object* object, isize low, isize high);
Result<void> sequence_set_slice(Object* object, isize low, isize high, Object* value);
Result<void> sequence_del_slice(Object* object, isize low, isize high);
Result<bool> sequence_contains(Object* object, Object* value);
// The same by iterating, without sq_contains.
Result<bool> sequence_contains_by_iteration(Object* object, Object* value);
Result<isize> sequence_count(Object* object, Object* value);
Result<isize> sequence_index(Object* object, Object* value);
Result<List> sequence_list(Object* iterable);
Result<Tuple> sequence_tuple(Object* iterable);
// A list or tuple with the items (the object itself if it is one); TypeError(message) if not iterable.
Result<Object> sequence_fast(Object* iterable, const char* message);
// Items and size of what sequence_fast gave. Borrowed.
Object** sequence_fast_items(Object* fast);
isize sequence_fast_size(Object* fast);

bool mapping_check(const Object* object);
Result<isize> mapping_size(Object* object);
Result<List> mapping_keys(Object* object);
Result<List> mapping_values(Object* object);
Result<List> mapping_items(Object* object);
Result<bool> mapping_has_key(Object* object, Object* key);
Result<Object> mapping_get_item(Object* object, const char* key);
}  // namespace adder
