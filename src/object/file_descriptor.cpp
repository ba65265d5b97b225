// file_descriptor: the number of an open file.
#include "object/file_descriptor.h"

#include "types/int.h"

namespace adder {
Result<int> object_as_file_descriptor(Object* object) {
  int fd;
  if (is_int(object)) {
    fd = TRY(int_as_int(object));
  } else {
    Ref<Object> method = TRY(object_lookup_attr(object, id::fileno));
    if (!method) return raise(TypeError, "argument must be an int, or have a fileno() method.");
    Ref<Object> number = TRY(object_call_no_args(method));
    if (!is_int(number)) return raise(TypeError, "fileno() returned a non-integer");
    fd = TRY(int_as_int(number));
  }
  if (fd < 0) return raise(ValueError, "file descriptor cannot be a negative integer (%i)", fd);
  return fd;
}
}  // namespace adder
