// identity: ids of processes, users and groups, sessions, priorities.
#include <grp.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory/allocator.h"
#include "modules/posix/posix.h"

namespace adder::posix {
namespace {
#define NUMBER(name, text)                                      \
  constexpr Doc name##_doc = #name "($module, /)\n--\n\n" text; \
  Result<int> name##_function(Module*) { return static_cast<int>(::name()); }
#define IDENTITY(name, text)                                    \
  constexpr Doc name##_doc = #name "($module, /)\n--\n\n" text; \
  Result<Object> name##_function(Module*) { return id_object(::name()); }
NUMBER(getpid, "Return the current process id.")
NUMBER(getppid,
       "Return the parent's process id.\n\nIf the parent process has already exited, Windows machines will "
       "still\nreturn its id; others systems will return the id of the 'init' process (1).")
NUMBER(getpgrp, "Return the current process group id.")
IDENTITY(getuid, "Return the current process's user id.")
IDENTITY(geteuid, "Return the current process's effective user id.")
IDENTITY(getgid, "Return the current process's group id.")
IDENTITY(getegid, "Return the current process's effective group id.")

#define SET_IDENTITY(name, convert, text)                           \
  constexpr Doc name##_doc = #name "($module, id, /)\n--\n\n" text; \
  Result<void> name##_function(Module*, Object* id) { return check(::name(TRY(convert(id)))); }
SET_IDENTITY(setuid, user_id, "Set the current process's user id.")
SET_IDENTITY(seteuid, user_id, "Set the current process's effective user id.")
SET_IDENTITY(setgid, group_id, "Set the current process's group id.")
SET_IDENTITY(setegid, group_id, "Set the current process's effective group id.")

constexpr Doc setreuid_doc =
    "setreuid($module, ruid, euid, /)\n--\n\nSet the current process's real and effective user ids.";
Result<void> set_real_user(Module*, Object* real, Object* effective) {
  u32 a = TRY(user_id(real))
  , b = TRY(user_id(effective));
  return check(::setreuid(a, b));
}
constexpr Doc setregid_doc =
    "setregid($module, rgid, egid, /)\n--\n\nSet the current process's real and effective group ids.";
Result<void> set_real_group(Module*, Object* real, Object* effective) {
  u32 a = TRY(group_id(real))
  , b = TRY(group_id(effective));
  return check(::setregid(a, b));
}
constexpr Doc setresuid_doc =
    "setresuid($module, ruid, euid, suid, /)\n--\n\nSet the current process's real, effective, and saved user ids.";
Result<void> set_all_users(Module*, Object* real, Object* effective, Object* saved) {
  u32 a = TRY(user_id(real))
  , b = TRY(user_id(effective))
  , c = TRY(user_id(saved));
  return check(::setresuid(a, b, c));
}
constexpr Doc setresgid_doc =
    "setresgid($module, rgid, egid, sgid, /)\n--\n\nSet the current process's real, effective, and saved group ids.";
Result<void> set_all_groups(Module*, Object* real, Object* effective, Object* saved) {
  u32 a = TRY(group_id(real))
  , b = TRY(group_id(effective))
  , c = TRY(group_id(saved));
  return check(::setresgid(a, b, c));
}
Result<Object> three(u32 a, u32 b, u32 c) {
  Ref<Object> x = TRY(id_object(a))
  , y = TRY(id_object(b))
  , z = TRY(id_object(c));
  return tuple_pack(x.get(), y.get(), z.get());
}
constexpr Doc getresuid_doc =
    "getresuid($module, /)\n--\n\nReturn a tuple of the current process's real, effective, and saved user ids.";
Result<Object> get_all_users(Module*) {
  uid_t a, b, c;
  TRY(check(::getresuid(&a, &b, &c)));
  return three(a, b, c);
}
constexpr Doc getresgid_doc =
    "getresgid($module, /)\n--\n\nReturn a tuple of the current process's real, effective, and saved group ids.";
Result<Object> get_all_groups(Module*) {
  gid_t a, b, c;
  TRY(check(::getresgid(&a, &b, &c)));
  return three(a, b, c);
}

Result<Object> group_list(const gid_t* groups, isize count) {
  Ref<List> list = TRY(list_new());
  for (isize i = 0; i < count; ++i) TRY(list_append_steal(list, TRY(id_object(groups[i]))));
  return list;
}
// An array of group ids that frees itself.
struct Groups {
  gid_t* ids = nullptr;
  ~Groups() { memory::release(ids); }
  Result<void> reserve(isize count) {
    void* grown = memory::reallocate(ids, static_cast<usize>(count + 1) * sizeof(gid_t));
    if (!grown) return raise_no_memory();
    ids = static_cast<gid_t*>(grown);
    return {};
  }
};
constexpr Doc getgroups_doc = "getgroups($module, /)\n--\n\nReturn list of supplemental group IDs for the process.";
Result<Object> getgroups_function(Module*) {
  int count = ::getgroups(0, nullptr);
  TRY(check(count));
  Groups groups;
  TRY(groups.reserve(count));
  count = ::getgroups(count, groups.ids);
  TRY(check(count));
  return group_list(groups.ids, count);
}
constexpr Doc setgroups_doc = "setgroups($module, groups, /)\n--\n\nSet the groups of the current process to list.";
Result<void> setgroups_function(Module*, Object* sequence) {
  if (!sequence_check(sequence)) return raise(TypeError, "setgroups argument must be a sequence");
  isize count = TRY(sequence_size(sequence));
  Groups groups;
  TRY(groups.reserve(count));
  for (isize i = 0; i < count; ++i) {
    Ref<Object> item = TRY(sequence_get_item(sequence, i));
    if (!is_int(item)) return raise(TypeError, "groups must be integers");
    groups.ids[i] = TRY(group_id(item));
  }
  return check(::setgroups(static_cast<usize>(count), groups.ids));
}
constexpr Doc getgrouplist_doc =
    "getgrouplist($module, user, group, /)\n--\n\nReturns a list of groups to which a user belongs.\n\n  user\n    "
    "username to lookup\n  group\n    base group id of the user";
Result<Object> getgrouplist_function(Module*, Object* user, Object* group) {
  Ref<Object> name = TRY(fs_converter(user));
  gid_t base = TRY(group_id(group));
  Groups groups;
  int count = 32;
  for (;;) {
    TRY(groups.reserve(count));
    if (::getgrouplist(bytes_data(as<Bytes>(name.get())), base, groups.ids, &count) >= 0)
      return group_list(groups.ids, count);
  }
}
constexpr Doc initgroups_doc =
    "initgroups($module, username, gid, /)\n--\n\nInitialize the group access list.\n\nCall the system initgroups() to "
    "initialize the group access list with all of\nthe groups of which the specified username is a member, plus the "
    "specified\ngroup id.";
Result<void> initgroups_function(Module*, Object* user, Object* group) {
  Ref<Object> name = TRY(fs_converter(user));
  gid_t base = TRY(group_id(group));
  return check(::initgroups(bytes_data(as<Bytes>(name.get())), base));
}
constexpr Doc getpgid_doc = "getpgid($module, /, pid)\n--\n\nCall the system call getpgid(), and return the result.";
Result<int> getpgid_function(Module*, int pid) {
  int group = ::getpgid(pid);
  TRY(check(group));
  return group;
}
constexpr Doc setpgid_doc = "setpgid($module, pid, pgrp, /)\n--\n\nCall the system call setpgid(pid, pgrp).";
Result<void> setpgid_function(Module*, int pid, int group) { return check(::setpgid(pid, group)); }
constexpr Doc setpgrp_doc = "setpgrp($module, /)\n--\n\nMake the current process the leader of its process group.";
Result<void> setpgrp_function(Module*) { return check(::setpgrp()); }
constexpr Doc getsid_doc = "getsid($module, pid, /)\n--\n\nCall the system call getsid(pid) and return the result.";
Result<int> getsid_function(Module*, int pid) {
  int session = ::getsid(pid);
  TRY(check(session));
  return session;
}
constexpr Doc setsid_doc = "setsid($module, /)\n--\n\nCall the system call setsid().";
Result<void> setsid_function(Module*) { return check(::setsid()); }
constexpr Doc getlogin_doc = "getlogin($module, /)\n--\n\nReturn the actual login name.";
Result<Object> getlogin_function(Module*) {
  char name[256];
  errno = ::getlogin_r(name, sizeof name);
  if (errno) return raise_errno(OSError);
  return str_decode_fs_default(name);
}
constexpr Doc nice_doc =
    "nice($module, increment, /)\n--\n\nAdd increment to the priority of process and return the new priority.";
Result<int> nice_function(Module*, int increment) {
  errno = 0;
  int priority = ::nice(increment);
  if (priority == -1 && errno) return raise_errno(OSError);
  return priority;
}
constexpr Doc getpriority_doc = "getpriority($module, /, which, who)\n--\n\nReturn program scheduling priority.";
Result<int> getpriority_function(Module*, int which, int who) {
  errno = 0;
  int priority = ::getpriority(static_cast<__priority_which_t>(which), static_cast<id_t>(who));
  if (errno) return raise_errno(OSError);
  return priority;
}
constexpr Doc setpriority_doc = "setpriority($module, /, which, who, priority)\n--\n\nSet program scheduling priority.";
Result<void> setpriority_function(Module*, int which, int who, int priority) {
  return check(::setpriority(static_cast<__priority_which_t>(which), static_cast<id_t>(who), priority));
}
}  // namespace

constinit PyMethodDef identity_functions[] = {
    method<getpid_function, getpid_doc>(),
    method<getppid_function, getppid_doc>(),
    method<getpgrp_function, getpgrp_doc>(),
    method<getuid_function, getuid_doc>(),
    method<geteuid_function, geteuid_doc>(),
    method<getgid_function, getgid_doc>(),
    method<getegid_function, getegid_doc>(),
    method<setuid_function, setuid_doc>(),
    method<seteuid_function, seteuid_doc>(),
    method<setgid_function, setgid_doc>(),
    method<setegid_function, setegid_doc>(),
    method<set_real_user, setreuid_doc>(),
    method<set_real_group, setregid_doc>(),
    method<set_all_users, setresuid_doc>(),
    method<set_all_groups, setresgid_doc>(),
    method<get_all_users, getresuid_doc>(),
    method<get_all_groups, getresgid_doc>(),
    method<getgroups_function, getgroups_doc>(),
    method<setgroups_function, setgroups_doc>(),
    method<getgrouplist_function, getgrouplist_doc>(),
    method<initgroups_function, initgroups_doc>(),
    method<getpgid_function, getpgid_doc>(),
    method<setpgid_function, setpgid_doc>(),
    method<setpgrp_function, setpgrp_doc>(),
    method<getsid_function, getsid_doc>(),
    method<setsid_function, setsid_doc>(),
    method<getlogin_function, getlogin_doc>(),
    method<nice_function, nice_doc>(),
    method<getpriority_function, getpriority_doc>(),
    method<setpriority_function, setpriority_doc>(),
    {},
};
}  // namespace adder::posix
