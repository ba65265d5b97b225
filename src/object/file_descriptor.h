// file_descriptor: objects that stand for open files of the operating system.
#pragma once
#include "object/protocol.h"

namespace adder {
// An int, or what fileno() gives; ValueError if it is negative (PyObject_AsFileDescriptor).
Result<int> object_as_file_descriptor(Object* object);
}  // namespace adder
