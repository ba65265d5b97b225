// path: conversion of path and descriptor arguments.
#include <cstring>
#include <fcntl.h>

#include "modules/posix/posix.h"
#include "object/file_descriptor.h"
#include "types/float.h"

namespace adder::posix {
namespace {
const char* expected(const Path::Rules& rules) {
  if (rules.allow_descriptor)
    return rules.nullable ? "string, bytes, os.PathLike, integer or None" : "string, bytes, os.PathLike or integer";
  return rules.nullable ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike";
}
}  // namespace

Result<void> Path::acquire(Object* given, const Rules& rules) {
  kept_ = new_ref(given);
  object_ = given;
  if (given == None && rules.nullable) {
    object_ = nullptr;
    return {};
  }
  Ref<Object> path = new_ref(given);
  if (!is_str(given) && !is_bytes(given)) {
    if (rules.allow_descriptor && index_check(given)) {
      descriptor_ = TRY(int_as_int(given));
      if (descriptor_ < 0) {
        // A wrong number is for the system call to refuse.
        errno = EBADF;
        return raise_errno(OSError, given);
      }
      return {};
    }
    if (check_buffer(given)) {
      // Still allowed for objects with a buffer.
      TRY(warn(DeprecationWarning, 1, "%s: %s should be %s, not %.200s", rules.function, rules.argument,
               expected(rules), type_of(given)->tp_name));
      BufferView view;
      TRY(view.acquire(given));
      path = TRY(bytes_from_view({view.data(), static_cast<usize>(view.size())}));
    } else {
      Ref<Object> hook = TRY(object_lookup_special(given, id::__fspath__));
      if (!hook) {
        return adder::raise(TypeError, "%s: %s should be %s, not %.200s", rules.function, rules.argument,
                            expected(rules), type_of(given)->tp_name);
      }
      path = TRY(object_call_no_args(hook));
    }
    if (!is_str(path) && !is_bytes(path)) {
      return adder::raise(TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                          type_of(given)->tp_name, type_of(path)->tp_name);
    }
  }
  if (is_str(path)) {
    bytes_ = TRY(str_encode_fs_default(as<Str>(path.get())));
  } else {
    bytes_ = std::move(path);
    gives_bytes_ = true;
  }
  text_ = bytes_data(as<Bytes>(bytes_.get()));
  if (std::strlen(text_) != static_cast<usize>(bytes_size(as<Bytes>(bytes_.get())))) {
    return adder::raise(ValueError, "%s: embedded null character in %s", rules.function, rules.argument);
  }
  return {};
}

Result<Object> Path::name(const char* text, isize size) const {
  if (gives_bytes_) return bytes_from_view({text, static_cast<usize>(size)});
  return str_decode_fs_default({text, static_cast<usize>(size)});
}

Result<int> descriptor_of(Object* object) { return object_as_file_descriptor(object); }

Result<int> directory_descriptor(Object* object) {
  if (object == None) return static_cast<int>(AT_FDCWD);
  if (!index_check(object))
    return raise(TypeError, "argument should be integer or None, not %.200s", type_of(object)->tp_name);
  return int_as_int(object);
}

namespace {
Result<u32> identity(Object* object, const char* name) {
  if (!index_check(object)) return raise(TypeError, "%s should be integer, not %.200s", name, type_of(object)->tp_name);
  Ref<Object> index = TRY(number_index(object));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow > 0) return raise(OverflowError, "%s is greater than maximum", name);
  // CPython's text for everything that a long holds and an id does not.
  if (overflow < 0 || value < -1 || value > UINT32_MAX) return raise(OverflowError, "%s is less than minimum", name);
  return static_cast<u32>(value);
}
}  // namespace
Result<u32> user_id(Object* object) { return identity(object, "uid"); }
Result<u32> group_id(Object* object) { return identity(object, "gid"); }
Result<Object> id_object(u32 id) { return id == UINT32_MAX ? int_from_i64(-1) : int_from_u64(id); }
}  // namespace adder::posix
