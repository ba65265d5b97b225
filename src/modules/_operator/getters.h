// getters: the callable types of the module _operator.
#pragma once
#include "object/protocol.h"

namespace adder {
extern Type itemgetter_type, attrgetter_type, methodcaller_type;
}  // namespace adder
