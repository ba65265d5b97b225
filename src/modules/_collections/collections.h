// _collections: the types of the module.
#pragma once
#include "object/object.h"

ADDER_EXPORT PyTypeObject PyODict_Type, PyODictIter_Type, PyODictKeys_Type, PyODictItems_Type, PyODictValues_Type;

namespace adder {
extern PyTypeObject deque_type, deque_iterator_type, deque_reverse_iterator_type, default_dict_type, tuple_getter_type;

inline bool is_ordered_dict(const Object* o) { return type_check(o, &PyODict_Type); }
}  // namespace adder
