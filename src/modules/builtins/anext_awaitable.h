// anext_awaitable: what anext(iterator, default) gives.
#pragma once
#include "object/protocol.h"

extern "C" PyTypeObject _PyAnextAwaitable_Type;

namespace adder {
// An awaitable that awaits `awaitable` and ends with `default_value` in place of StopAsyncIteration.
Result<Object> anext_awaitable_new(Object* awaitable, Object* default_value);
}  // namespace adder
