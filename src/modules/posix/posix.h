// posix: what the parts of module posix share.
//
// Files      status.cpp (stat and its kin), files.cpp (paths), directory.cpp (listdir, scandir), descriptors.cpp (open,
// read …),
//            process.cpp (fork, exec, wait, ids), scheduling.cpp, system.cpp (environment, uname, configuration),
//            attributes.cpp (xattr), constants.def, module.cpp
#pragma once
#include <cerrno>

#include "bind/bind.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::posix {
// A path argument: str, bytes, os.PathLike, or where allowed a descriptor or None.
class Path {
 public:
  struct Rules {
    const char* function;
    const char* argument = "path";
    bool allow_descriptor = false;
    bool nullable = false;
  };
  // TypeError "stat: path should be string, bytes, os.PathLike or integer, not float"; ValueError "stat: embedded null
  // character in path".
  Result<void> acquire(Object* object, const Rules& rules);
  const char* text() const { return text_; }      // null for None and descriptors
  int descriptor() const { return descriptor_; }  // -1 unless a descriptor was given
  bool is_descriptor() const { return descriptor_ >= 0; }
  bool gives_bytes() const { return gives_bytes_; }  // results are bytes too
  Object* object() const { return object_; }         // for messages
  Error raise() const { return raise_errno(OSError, object_ ? object_ : Opt<Object*>()); }
  // A name as the caller wants names: str, or bytes where the path was bytes.
  Result<Object> name(const char* text, isize size) const;

 private:
  Ref<Object> bytes_;  // keeps `text_`
  const char* text_ = nullptr;
  int descriptor_ = -1;
  bool gives_bytes_ = false;
  Object* object_ = nullptr;
  Ref<Object> kept_;
};

// Runs a system call without the GIL, again after EINTR; -1 with errno set on failure.
template <class Call>
Result<i64> retry(Call call) {
  for (;;) {
    i64 done;
    int error;
    {
      WithoutGil released;
      done = static_cast<i64>(call());
      error = errno;
    }
    if (done >= 0 || error != EINTR) {
      errno = error;
      return done;
    }
    TRY(check_signals());
  }
}
// The same for calls that are not repeated.
template <class Call>
i64 once(Call call) {
  WithoutGil released;
  i64 done = static_cast<i64>(call());
  return done;
}
inline Result<void> check(i64 done) {
  if (done < 0) return raise_errno(OSError);
  return {};
}
// A file descriptor argument: int, or an object with fileno().
// The field of a sched_param object; TypeError for others.
Result<int> sched_priority_of(Object* object);
Result<int> descriptor_of(Object* object);
// dir_fd=None is AT_FDCWD.
Result<int> directory_descriptor(Object* object);
Result<u32> user_id(Object* object);  // -1 is allowed
Result<u32> group_id(Object* object);
Result<Object> id_object(u32 id);  // -1 for the all-ones id

extern Type* stat_result_type;
Result<void> status_init(Module* module);
Result<void> directory_init(Module* module);
Result<void> process_init(Module* module);
Result<void> system_init(Module* module);
Result<Object> stat_object(const struct stat& status);
Result<Object> stat_path(Path& path, int dir_fd, bool follow);

extern PyMethodDef status_functions[], file_functions[], directory_functions[], descriptor_functions[],
    process_functions[], identity_functions[], scheduling_functions[], system_functions[], attribute_functions[];
}  // namespace adder::posix
