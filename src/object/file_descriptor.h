// file_descriptor: objects that stand for open files of the operating system, and for their names.
#pragma once
#include "object/protocol.h"

namespace adder {
// An int, or what fileno() gives; ValueError if it is negative (PyObject_AsFileDescriptor).
Result<int> object_as_file_descriptor(Object* object);
// os.fspath(): str and bytes as they are, others through __fspath__ (PyOS_FSPath; in types/codecs/utf8.cpp, beside
// fs_converter).
Result<Object> os_fs_path(Object* path);
}  // namespace adder
