// pwd_grp: the modules pwd, spwd and grp, the user and group databases.
//
// Look-ups go through the reentrant C functions with a buffer that grows, without the GIL: the databases may be on the
// network. See        library reference "pwd", "grp"; tests/python/test_pwd_grp.py
#include <cerrno>
#include <climits>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
// == Arguments and results ==

// A user or group id; -1 stands for the largest. `what` is "uid" or "gid".
Result<u32> id_of(Object* object, const char* what) {
  if (!index_check(object)) return raise(TypeError, "%s should be integer, not %.200s", what, type_of(object)->tp_name);
  Ref<Object> index = TRY(number_index(object));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (!overflow && value == -1) return UINT32_MAX;
  if (overflow > 0) return raise(OverflowError, "%s is greater than maximum", what);
  if (overflow < 0 || value < 0 || value > UINT32_MAX) return raise(OverflowError, "%s is less than minimum", what);
  return static_cast<u32>(value);
}
Result<Int> id_object(u32 id) { return int_from_i64(id == UINT32_MAX ? -1 : static_cast<i64>(id)); }

// The name as the C library takes it.
Result<Bytes> encoded_name(Str* name) {
  Ref<Object> bytes = TRY(str_encode_fs_default(name));
  std::string_view view = bytes_view(as<Bytes>(bytes.get()));
  if (view.find('\0') != view.npos) return raise(ValueError, "embedded null byte");
  return as<Bytes>(std::move(bytes));
}

Result<Object> text_or_none(const char* text) {
  return text ? Result<Object>(str_decode_fs_default(text)) : none_result();
}

// Memory for the strings of an entry, doubled until they fit.
class EntryBuffer {
 public:
  ~EntryBuffer() { memory::release(data_); }
  // Calls lookup(buffer, size) until the result is not ERANGE; the last result.
  template <class Lookup>
  Result<int> run(Lookup&& lookup) {
    for (usize size = 1024;; size *= 2) {
      void* larger = memory::reallocate(data_, size);
      if (!larger || size > INT_MAX) return raise_no_memory();
      data_ = static_cast<char*>(larger);
      int status;
      {
        WithoutGil released;
        status = lookup(data_, size);
      }
      if (status != ERANGE) return status;
    }
  }

 private:
  char* data_ = nullptr;
};

// == pwd ==

Type* passwd_type;
PyStructSequence_Field passwd_fields[] = {
    {"pw_name", "user name"},  {"pw_passwd", "password"},    {"pw_uid", "user id"},         {"pw_gid", "group id"},
    {"pw_gecos", "real name"}, {"pw_dir", "home directory"}, {"pw_shell", "shell program"}, {nullptr, nullptr},
};
PyStructSequence_Desc passwd_description = {
    "pwd.struct_passwd",
    "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  "
    "(pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above "
    "tuple.",
    passwd_fields, 7};

Result<Object> passwd_object(const passwd& entry) {
  Ref<Object> result = TRY(struct_sequence_new(passwd_type));
  struct_sequence_set(result, 0, TRY(text_or_none(entry.pw_name)));
  struct_sequence_set(result, 1, TRY(text_or_none(entry.pw_passwd)));
  struct_sequence_set(result, 2, TRY(id_object(entry.pw_uid)));
  struct_sequence_set(result, 3, TRY(id_object(entry.pw_gid)));
  struct_sequence_set(result, 4, TRY(text_or_none(entry.pw_gecos)));
  struct_sequence_set(result, 5, TRY(text_or_none(entry.pw_dir)));
  struct_sequence_set(result, 6, TRY(text_or_none(entry.pw_shell)));
  return result;
}

constexpr Doc getpwuid_doc =
    "getpwuid($module, uidobj, /)\n--\n\nReturn the password database entry for the given numeric user ID.\n\nSee "
    "`help(pwd)` for "
    "more on password database entries.";
Result<Object> getpwuid_function(Module*, Object* object) {
  Result<u32> converted = id_of(object, "uid");
  if (converted.failed()) {
    if (!error_matches(OverflowError)) return Error{};
    error_clear();
    return raise(KeyError, "getpwuid(): uid not found");
  }
  u32 uid = converted.take();
  EntryBuffer buffer;
  passwd entry, *found = nullptr;
  TRY(buffer.run([&](char* data, usize size) { return getpwuid_r(uid, &entry, data, size, &found); }));
  if (!found) {
    Ref<Int> shown = TRY(id_object(uid));
    return raise(KeyError, "getpwuid(): uid not found: %S", static_cast<Object*>(shown));
  }
  return passwd_object(entry);
}

constexpr Doc getpwnam_doc =
    "getpwnam($module, name, /)\n--\n\nReturn the password database entry for the given user name.\n\nSee `help(pwd)` "
    "for more on "
    "password database entries.";
Result<Object> getpwnam_function(Module*, Str* name) {
  Ref<Bytes> bytes = TRY(encoded_name(name));
  EntryBuffer buffer;
  passwd entry, *found = nullptr;
  TRY(buffer.run([&](char* data, usize size) { return getpwnam_r(bytes_data(bytes), &entry, data, size, &found); }));
  if (!found) return raise(KeyError, "getpwnam(): name not found: %R", reinterpret_cast<Object*>(name));
  return passwd_object(entry);
}

constexpr Doc getpwall_doc =
    "getpwall($module, /)\n--\n\nReturn a list of all available password database entries, in arbitrary order.\n\nSee "
    "help(pwd) for "
    "more on password database entries.";
Result<Object> getpwall_function(Module*) {
  Ref<List> list = TRY(list_new(0));
  setpwent();
  struct End {
    ~End() { endpwent(); }
  } end;
  while (passwd* entry = getpwent()) TRY(list_append_steal(list, TRY(passwd_object(*entry))));
  return list;
}

constinit PyMethodDef pwd_functions[] = {
    method<getpwuid_function, getpwuid_doc>(),
    method<getpwnam_function, getpwnam_doc>(),
    method<getpwall_function, getpwall_doc>(),
    {},
};
Result<void> pwd_exec(Module* module) {
  if (!passwd_type) passwd_type = TRY(struct_sequence_new_type(&passwd_description))
  .release();
  return module_add_object(module, "struct_passwd", passwd_type);
}
constinit PyModuleDef_Slot pwd_slots[] = {module_exec<pwd_exec>(), {}};
constinit ModuleDef pwd_definition =
    module_definition("pwd",
                      "This module provides access to the Unix password database.\nIt is available on all Unix "
                      "versions.\n\nPassword database entries "
                      "are reported as 7-tuples containing the following\nitems from the password database (see "
                      "`<pwd.h>'), in order:\npw_name, "
                      "pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all "
                      "others are strings. An\nexception "
                      "is raised if the entry asked for cannot be found.",
                      pwd_functions, pwd_slots);

// == spwd ==

Type* shadow_type;
PyStructSequence_Field shadow_fields[] = {
    {"sp_namp", "login name"},
    {"sp_pwdp", "encrypted password"},
    {"sp_lstchg", "date of last change"},
    {"sp_min", "min #days between changes"},
    {"sp_max", "max #days between changes"},
    {"sp_warn", "#days before pw expires to warn user about it"},
    {"sp_inact", "#days after pw expires until account is disabled"},
    {"sp_expire", "#days since 1970-01-01 when account expires"},
    {"sp_flag", "reserved"},
    {"sp_nam", "login name; deprecated"},
    {"sp_pwd", "encrypted password; deprecated"},
    {nullptr, nullptr},
};
PyStructSequence_Desc shadow_description = {
    "spwd.struct_spwd",
    "spwd.struct_spwd: Results from getsp*() routines.\n\nThis object may be accessed either as a 9-tuple of\n  "
    "(sp_namp,sp_pwdp,sp_lstchg,sp_min,sp_max,sp_warn,sp_inact,sp_expire,sp_flag)\nor via the object attributes as "
    "named in the "
    "above tuple.",
    shadow_fields, 9};

Result<Object> shadow_object(const spwd& entry) {
  Ref<Object> result = TRY(struct_sequence_new(shadow_type));
  struct_sequence_set(result, 0, TRY(text_or_none(entry.sp_namp)));
  struct_sequence_set(result, 1, TRY(text_or_none(entry.sp_pwdp)));
  const long numbers[] = {entry.sp_lstchg,
                          entry.sp_min,
                          entry.sp_max,
                          entry.sp_warn,
                          entry.sp_inact,
                          entry.sp_expire,
                          static_cast<long>(entry.sp_flag)};
  for (int i = 0; i < 7; ++i) struct_sequence_set(result, 2 + i, TRY(int_from_i64(numbers[i])));
  struct_sequence_set(result, 9, TRY(text_or_none(entry.sp_namp)));
  struct_sequence_set(result, 10, TRY(text_or_none(entry.sp_pwdp)));
  return result;
}

constexpr Doc getspnam_doc =
    "getspnam($module, arg, /)\n--\n\nReturn the shadow password database entry for the given user name.\n\nSee "
    "`help(spwd)` for "
    "more on shadow password database entries.";
Result<Object> getspnam_function(Module*, Str* name) {
  Ref<Bytes> bytes = TRY(encoded_name(name));
  EntryBuffer buffer;
  spwd entry, *found = nullptr;
  int status = TRY(
      buffer.run([&](char* data, usize size) { return getspnam_r(bytes_data(bytes), &entry, data, size, &found); }));
  if (found) return shadow_object(entry);
  if (status != EACCES && status != EPERM) return raise(KeyError, "getspnam(): name not found");
  errno = status;
  return raise_errno();
}
constexpr Doc getspall_doc =
    "getspall($module, /)\n--\n\nReturn a list of all available shadow password database entries, in arbitrary "
    "order.\n\nSee "
    "`help(spwd)` for more on shadow password database entries.";
Result<Object> getspall_function(Module*) {
  Ref<List> list = TRY(list_new(0));
  setspent();
  struct End {
    ~End() { endspent(); }
  } end;
  while (spwd* entry = getspent()) TRY(list_append_steal(list, TRY(shadow_object(*entry))));
  return list;
}
constinit PyMethodDef spwd_functions[] = {
    method<getspnam_function, getspnam_doc>(),
    method<getspall_function, getspall_doc>(),
    {},
};
Result<void> spwd_exec(Module* module) {
  TRY(warn(DeprecationWarning, 7, "'spwd' is deprecated and slated for removal in Python 3.13"));
  if (!shadow_type) shadow_type = TRY(struct_sequence_new_type(&shadow_description))
  .release();
  return module_add_object(module, "struct_spwd", shadow_type);
}
constinit PyModuleDef_Slot spwd_slots[] = {module_exec<spwd_exec>(), {}};
constinit ModuleDef spwd_definition =
    module_definition("spwd",
                      "This module provides access to the Unix shadow password database, for root.\n\nEntries are "
                      "9-tuples of sp_namp and sp_pwdp "
                      "(strings), sp_lstchg, sp_min, sp_max,\nsp_warn, sp_inact, sp_expire and sp_flag (numbers).",
                      spwd_functions, spwd_slots);

// == grp ==

Type* group_type;
PyStructSequence_Field group_fields[] = {
    {"gr_name", "group name"},   {"gr_passwd", "password"}, {"gr_gid", "group id"},
    {"gr_mem", "group members"}, {nullptr, nullptr},
};
PyStructSequence_Desc group_description = {
    "grp.struct_group",
    "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  "
    "(gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n",
    group_fields, 4};

Result<Object> group_object(const group& entry) {
  Ref<List> members = TRY(list_new(0));
  for (char** member = entry.gr_mem; *member; ++member) {
    TRY(list_append_steal(members, TRY(str_decode_fs_default(*member))));
  }
  Ref<Object> result = TRY(struct_sequence_new(group_type));
  struct_sequence_set(result, 0, TRY(text_or_none(entry.gr_name)));
  struct_sequence_set(result, 1, TRY(text_or_none(entry.gr_passwd)));
  struct_sequence_set(result, 2, TRY(id_object(entry.gr_gid)));
  struct_sequence_set(result, 3, std::move(members));
  return result;
}

constexpr Doc getgrgid_doc =
    "getgrgid($module, /, id)\n--\n\nReturn the group database entry for the given numeric group ID.\n\nIf id is not "
    "valid, raise "
    "KeyError.";
Result<Object> getgrgid_function(Module*, Object* object) {
  u32 gid = TRY(id_of(object, "gid"));
  EntryBuffer buffer;
  group entry, *found = nullptr;
  TRY(buffer.run([&](char* data, usize size) { return getgrgid_r(gid, &entry, data, size, &found); }));
  if (!found) {
    Ref<Int> shown = TRY(id_object(gid));
    return raise(KeyError, "getgrgid(): gid not found: %S", static_cast<Object*>(shown));
  }
  return group_object(entry);
}

constexpr Doc getgrnam_doc =
    "getgrnam($module, /, name)\n--\n\nReturn the group database entry for the given group name.\n\nIf name is not "
    "valid, raise "
    "KeyError.";
Result<Object> getgrnam_function(Module*, Str* name) {
  Ref<Bytes> bytes = TRY(encoded_name(name));
  EntryBuffer buffer;
  group entry, *found = nullptr;
  TRY(buffer.run([&](char* data, usize size) { return getgrnam_r(bytes_data(bytes), &entry, data, size, &found); }));
  if (!found) return raise(KeyError, "getgrnam(): name not found: %R", reinterpret_cast<Object*>(name));
  return group_object(entry);
}

constexpr Doc getgrall_doc =
    "getgrall($module, /)\n--\n\nReturn a list of all available group entries, in arbitrary order.\n\nAn entry whose "
    "name starts with "
    "'+' or '-' represents an instruction\nto use YP/NIS and may not be accessible via getgrnam or getgrgid.";
Result<Object> getgrall_function(Module*) {
  Ref<List> list = TRY(list_new(0));
  setgrent();
  struct End {
    ~End() { endgrent(); }
  } end;
  while (group* entry = getgrent()) TRY(list_append_steal(list, TRY(group_object(*entry))));
  return list;
}

constinit PyMethodDef grp_functions[] = {
    method<getgrgid_function, getgrgid_doc>(),
    method<getgrnam_function, getgrnam_doc>(),
    method<getgrall_function, getgrall_doc>(),
    {},
};
Result<void> grp_exec(Module* module) {
  if (!group_type) group_type = TRY(struct_sequence_new_type(&group_description))
  .release();
  return module_add_object(module, "struct_group", group_type);
}
constinit PyModuleDef_Slot grp_slots[] = {module_exec<grp_exec>(), {}};
constinit ModuleDef grp_definition =
    module_definition("grp",
                      "Access to the Unix group database.\n\nGroup entries are 4-tuples of gr_name, gr_passwd (often "
                      "empty), gr_gid (a number)\nand gr_mem "
                      "(a list of the names of the members). Most users are not listed as\nmembers of the group that "
                      "the user database gives them.",
                      grp_functions, grp_slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_pwd() { return adder::module_def_init(&adder::pwd_definition); }
ADDER_EXPORT PyObject* PyInit_spwd() { return adder::module_def_init(&adder::spwd_definition); }
ADDER_EXPORT PyObject* PyInit_grp() { return adder::module_def_init(&adder::grp_definition); }
