// object: everything a built-in type or module usually needs of the object model. The umbrella header of src/types.
#pragma once
#include "object/buffer.h"
#include "object/descriptor.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/sequence.h"
#include "object/type.h"
