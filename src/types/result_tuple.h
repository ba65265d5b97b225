// result_tuple: the tuple that zip, enumerate and their like hand out again when nobody kept the last one.
#pragma once
#include "types/tuple.h"

namespace adder {
// `kept` with a second reference if only its owner holds it; else empty. The items are still the old ones. It is
// tracked again: the collector may have let it go.
inline Ref<Tuple> result_tuple_take(Tuple* kept) {
  if (!kept || refcount(kept) != 1) return {};
  if (!gc::is_tracked(kept)) gc::track(kept);
  return new_ref(kept);
}
inline void result_tuple_set(Tuple* tuple, isize index, Ref<Object>&& item) {
  set_field(tuple->ob_item[index], std::move(item));
}
}  // namespace adder
