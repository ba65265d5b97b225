// files: functions that change or follow paths.
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "memory/allocator.h"
#include "modules/posix/posix.h"
#include "object/file_descriptor.h"
#include "types/float.h"

namespace adder::posix {
namespace {
// A function of one path that gives nothing.
template <class Call>
Result<void> on_path(const char* function, Object* object, Object* dir_fd, Call call) {
  Path path;
  TRY(path.acquire(object, {.function = function}));
  int directory = TRY(directory_descriptor(dir_fd));
  if (once([&] { return call(directory, path.text()); }) < 0) return path.raise();
  return {};
}
// A function of two paths.
template <class Call>
Result<void> on_paths(const char* function, Object* source, Object* target, Object* source_fd, Object* target_fd,
                      Call call) {
  Path from, to;
  TRY(from.acquire(source, {.function = function, .argument = "src"}));
  TRY(to.acquire(target, {.function = function, .argument = "dst"}));
  int from_fd = TRY(directory_descriptor(source_fd))
  , to_fd = TRY(directory_descriptor(target_fd));
  if (once([&] { return call(from_fd, from.text(), to_fd, to.text()); }) < 0)
    return raise_errno(OSError, source, target);
  return {};
}

constexpr Doc chdir_doc =
    "chdir($module, /, path)\n--\n\nChange the current working directory to the specified path.\n\npath may always be "
    "specified as a string.\nOn some platforms, path may also be specified as an open file "
    "descriptor.\nIf this functionality is unavailable, using it raises an exception.";
Result<void> chdir(Module*, Object* object) {
  Path path;
  TRY(path.acquire(object, {.function = "chdir", .allow_descriptor = true}));
  TRY(audit("os.chdir", object));
  i64 done = path.is_descriptor() ? once([&] { return ::fchdir(path.descriptor()); })
                                  : once([&] { return ::chdir(path.text()); });
  if (done < 0) return path.raise();
  return {};
}
constexpr Doc fchdir_doc =
    "fchdir($module, /, fd)\n--\n\nChange to the directory of the given file descriptor.\n\nfd must be opened on a "
    "directory, not a file.\nEquivalent to os.chdir(fd).";
Result<void> fchdir(Module*, Object* object) {
  int fd = TRY(descriptor_of(object));
  return check(TRY(retry([&] { return ::fchdir(fd); })));
}
constexpr Doc chmod_doc =
    "chmod($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)\n--\n\nChange the access permissions of a "
    "file.\n\n  path\n    Path to be modified.  May always be specified as a str, bytes, or a "
    "path-like object.\n    On some platforms, path may also be specified as an open file descriptor.\n    If this "
    "functionality is unavailable, using it raises an exception.\n  mode\n    Operating-system mode "
    "bitfield.";
Result<void> chmod(Module*, Object* object, int mode, Object* dir_fd, bool follow) {
  Path path;
  TRY(path.acquire(object, {.function = "chmod", .allow_descriptor = true}));
  int directory = TRY(directory_descriptor(dir_fd));
  if (!follow) return raise(NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
  i64 done = path.is_descriptor()
                 ? once([&] { return ::fchmod(path.descriptor(), static_cast<mode_t>(mode)); })
                 : once([&] { return ::fchmodat(directory, path.text(), static_cast<mode_t>(mode), 0); });
  if (done < 0) return path.raise();
  return {};
}
constexpr Doc fchmod_doc =
    "fchmod($module, /, fd, mode)\n--\n\nChange the access permissions of the file given by file descriptor "
    "fd.\n\nEquivalent to os.chmod(fd, mode).";
Result<void> fchmod(Module*, int fd, int mode) {
  return check(TRY(retry([&] { return ::fchmod(fd, static_cast<mode_t>(mode)); })));
}
constexpr Doc chown_doc =
    "chown($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)\n--\n\nChange the owner and group id of "
    "path to the numeric uid and gid.\\\n\n  path\n    Path to be examined; can be string, "
    "bytes, a path-like object, or open-file-descriptor int.";
Result<void> chown(Module*, Object* object, Object* uid_object, Object* gid_object, Object* dir_fd, bool follow) {
  Path path;
  TRY(path.acquire(object, {.function = "chown", .allow_descriptor = true}));
  u32 uid = TRY(user_id(uid_object))
  , gid = TRY(group_id(gid_object));
  int directory = TRY(directory_descriptor(dir_fd));
  i64 done = path.is_descriptor()
                 ? once([&] { return ::fchown(path.descriptor(), uid, gid); })
                 : once([&] { return ::fchownat(directory, path.text(), uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
  if (done < 0) return path.raise();
  return {};
}
constexpr Doc fchown_doc =
    "fchown($module, /, fd, uid, gid)\n--\n\nChange the owner and group id of the file specified by file "
    "descriptor.\n\nEquivalent to os.chown(fd, uid, gid).";
Result<void> fchown(Module*, int fd, Object* uid_object, Object* gid_object) {
  u32 uid = TRY(user_id(uid_object))
  , gid = TRY(group_id(gid_object));
  return check(TRY(retry([&] { return ::fchown(fd, uid, gid); })));
}
constexpr Doc lchown_doc =
    "lchown($module, /, path, uid, gid)\n--\n\nChange the owner and group id of path to the numeric uid and "
    "gid.\n\nThis function will not follow symbolic links.\nEquivalent to os.chown(path, uid, gid, "
    "follow_symlinks=False).";
Result<void> lchown(Module*, Object* object, Object* uid_object, Object* gid_object) {
  u32 uid = TRY(user_id(uid_object))
  , gid = TRY(group_id(gid_object));
  return on_path("lchown", object, None, [&](int, const char* text) { return ::lchown(text, uid, gid); });
}
constexpr Doc chroot_doc = "chroot($module, /, path)\n--\n\nChange root directory to path.";
Result<void> chroot(Module*, Object* object) {
  return on_path("chroot", object, None, [](int, const char* text) { return ::chroot(text); });
}

constexpr Doc getcwd_doc =
    "getcwd($module, /)\n--\n\nReturn a unicode string representing the current working directory.";
Result<Object> working_directory(bool as_bytes) {
  char* text;
  {
    WithoutGil released;
    text = ::getcwd(nullptr, 0);
  }
  if (!text) return raise_errno(OSError);
  Result<Object> result =
      as_bytes ? Result<Object>(bytes_from_string(text)) : Result<Object>(str_decode_fs_default(text));
  std::free(text);
  return result;
}
Result<Object> getcwd(Module*) { return working_directory(false); }
constexpr Doc getcwdb_doc =
    "getcwdb($module, /)\n--\n\nReturn a bytes string representing the current working directory.";
Result<Object> getcwdb(Module*) { return working_directory(true); }

constexpr Doc link_doc =
    "link($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=True)\n--\n\nCreate a hard "
    "link to a file.\n\nIf either src_dir_fd or dst_dir_fd is not None, it should be a file\n  "
    "descriptor open to a directory, and the respective path string (src or dst)\n  should be relative; the path will "
    "then be relative to that directory.\nIf follow_symlinks is False, and the last element of src is a "
    "symbolic\n  link, link will create a link to the symbolic link itself instead of the\n  file the link points "
    "to.\nsrc_dir_fd, dst_dir_fd, and follow_symlinks may not be implemented on your\n  platform.  If they are "
    "unavailable, using them will raise a\n  NotImplementedError.";
Result<void> link(Module*, Object* source, Object* target, Object* source_fd, Object* target_fd, bool follow) {
  return on_paths("link", source, target, source_fd, target_fd, [&](int a, const char* from, int b, const char* to) {
    return ::linkat(a, from, b, to, follow ? AT_SYMLINK_FOLLOW : 0);
  });
}
constexpr Doc symlink_doc =
    "symlink($module, /, src, dst, target_is_directory=False, *, dir_fd=None)\n--\n\nCreate a symbolic link pointing "
    "to src named dst.\n\ntarget_is_directory is required on Windows if the target is to be\n  interpreted as "
    "a directory.  (On Windows, symlink requires\n  Windows 6.0 or greater, and raises a NotImplementedError "
    "otherwise.)\n  target_is_directory is ignored on non-Windows platforms.\n\nIf dir_fd is not None, it should be a "
    "file "
    "descriptor open to a directory,\n  and path should be relative; path will then be relative to that "
    "directory.\ndir_fd may not be implemented on your platform.\n  If it is unavailable, using it will raise a "
    "NotImplementedError.";
Result<void> symlink(Module*, Object* source, Object* target, bool, Object* dir_fd) {
  return on_paths("symlink", source, target, None, dir_fd,
                  [](int, const char* from, int b, const char* to) { return ::symlinkat(from, b, to); });
}
constexpr Doc rename_doc =
    "rename($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)\n--\n\nRename a file or directory.\n\nIf either "
    "src_dir_fd or dst_dir_fd is not None, it should be a file\n  descriptor open to a directory, and the respective "
    "path string (src or dst)\n  should be relative; the path will then be relative to that directory.\nsrc_dir_fd and "
    "dst_dir_fd, may not be implemented on your platform.\n  If they are unavailable, using them will raise a "
    "NotImplementedError.";
Result<void> rename(Module*, Object* source, Object* target, Object* source_fd, Object* target_fd) {
  TRY(audit("os.rename", source, target, source_fd, target_fd));
  return on_paths("rename", source, target, source_fd, target_fd,
                  [](int a, const char* from, int b, const char* to) { return ::renameat(a, from, b, to); });
}
constexpr Doc replace_doc =
    "replace($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)\n--\n\nRename a file or directory, overwriting "
    "the destination.\n\nIf either src_dir_fd or dst_dir_fd is not None, it should be a file\n  descriptor open to a "
    "directory, and the respective path string (src or dst)\n  should be relative; the path will then be relative to "
    "that directory.\nsrc_dir_fd and dst_dir_fd, may not be implemented on your platform.\n  If they are unavailable, "
    "using them will raise a NotImplementedError.";
Result<void> replace(Module*, Object* source, Object* target, Object* source_fd, Object* target_fd) {
  return on_paths("replace", source, target, source_fd, target_fd,
                  [](int a, const char* from, int b, const char* to) { return ::renameat(a, from, b, to); });
}
constexpr Doc mkdir_doc =
    "mkdir($module, /, path, mode=511, *, dir_fd=None)\n--\n\nCreate a directory.\n\nIf dir_fd is not None, it should "
    "be a file descriptor open to a directory,\n  and path should be relative; path will then be relative to that "
    "directory.\ndir_fd may not be implemented on your platform.\n  If it is unavailable, using it will raise a "
    "NotImplementedError.\n\nThe mode argument is ignored on Windows.";
Result<void> mkdir(Module*, Object* object, int mode, Object* dir_fd) {
  TRY(audit("os.mkdir", object));
  return on_path("mkdir", object, dir_fd,
                 [&](int fd, const char* text) { return ::mkdirat(fd, text, static_cast<mode_t>(mode)); });
}
constexpr Doc rmdir_doc =
    "rmdir($module, /, path, *, dir_fd=None)\n--\n\nRemove a directory.\n\nIf dir_fd is not None, it should be a file "
    "descriptor open to a directory,\n  and path should be relative; path will then be relative to that "
    "directory.\ndir_fd may not be implemented on your platform.\n  If it is unavailable, using it will raise a "
    "NotImplementedError.";
Result<void> rmdir(Module*, Object* object, Object* dir_fd) {
  TRY(audit("os.rmdir", object));
  return on_path("rmdir", object, dir_fd, [](int fd, const char* text) { return ::unlinkat(fd, text, AT_REMOVEDIR); });
}
constexpr Doc unlink_doc =
    "unlink($module, /, path, *, dir_fd=None)\n--\n\nRemove a file (same as remove()).\n\nIf dir_fd is not None, it "
    "should be a file descriptor open to a directory,\n  and path should be relative; path will then be relative to "
    "that "
    "directory.\ndir_fd may not be implemented on your platform.\n  If it is unavailable, using it will raise a "
    "NotImplementedError.";
Result<void> unlink(Module*, Object* object, Object* dir_fd) {
  TRY(audit("os.remove", object));
  return on_path("unlink", object, dir_fd, [](int fd, const char* text) { return ::unlinkat(fd, text, 0); });
}
constexpr Doc remove_doc =
    "remove($module, /, path, *, dir_fd=None)\n--\n\nRemove a file (same as unlink()).\n\nIf dir_fd is not None, it "
    "should be a file descriptor open to a directory,\n  and path should be relative; path will then be relative to "
    "that "
    "directory.\ndir_fd may not be implemented on your platform.\n  If it is unavailable, using it will raise a "
    "NotImplementedError.";
Result<void> remove(Module*, Object* object, Object* dir_fd) {
  TRY(audit("os.remove", object));
  return on_path("remove", object, dir_fd, [](int fd, const char* text) { return ::unlinkat(fd, text, 0); });
}
constexpr Doc mkfifo_doc =
    "mkfifo($module, /, path, mode=438, *, dir_fd=None)\n--\n\nCreate a \"fifo\" (a POSIX named pipe).\n\nIf dir_fd is "
    "not None, it should be a file descriptor open to a directory,\n  and path should be relative; path will then be "
    "relative to that directory.\ndir_fd may not be implemented on your platform.\n  If it is unavailable, using it "
    "will raise a NotImplementedError.";
Result<void> mkfifo(Module*, Object* object, int mode, Object* dir_fd) {
  return on_path("mkfifo", object, dir_fd,
                 [&](int fd, const char* text) { return ::mkfifoat(fd, text, static_cast<mode_t>(mode)); });
}
constexpr Doc mknod_doc =
    "mknod($module, /, path, mode=384, device=0, *, dir_fd=None)\n--\n\nCreate a node in the file system.\n\nCreate a "
    "node in the file system (file, device special file or named pipe)\nat path.  mode specifies both the permissions "
    "to use "
    "and the\ntype of node to be created, being combined (bitwise OR) with one of\nS_IFREG, S_IFCHR, S_IFBLK, and "
    "S_IFIFO.  If S_IFCHR or S_IFBLK is set on mode,\ndevice defines the newly created device special file (probably "
    "using\n"
    "os.makedev()).  Otherwise device is ignored.";
Result<void> mknod(Module*, Object* object, int mode, u64 device, Object* dir_fd) {
  return on_path("mknod", object, dir_fd,
                 [&](int fd, const char* text) { return ::mknodat(fd, text, static_cast<mode_t>(mode), device); });
}
constexpr Doc readlink_doc =
    "readlink($module, /, path, *, dir_fd=None)\n--\n\nReturn a string representing the path to which the symbolic "
    "link points.\n\nIf dir_fd is not None, it should be a file descriptor open to a directory,\nand path should be "
    "relative; path "
    "will then be relative to that directory.\n\ndir_fd may not be implemented on your platform.  If it is "
    "unavailable,\nusing it will raise a NotImplementedError.";
Result<Object> readlink(Module*, Object* object, Object* dir_fd) {
  Path path;
  TRY(path.acquire(object, {.function = "readlink"}));
  int directory = TRY(directory_descriptor(dir_fd));
  char target[PATH_MAX];
  i64 size = once([&] { return ::readlinkat(directory, path.text(), target, sizeof target); });
  if (size < 0) return path.raise();
  return path.name(target, size);
}
constexpr Doc truncate_doc =
    "truncate($module, /, path, length)\n--\n\nTruncate a file, specified by path, to a specific length.\n\nOn some "
    "platforms, path may also be specified as an open file descriptor.\nIf this functionality is unavailable, using it "
    "raises an "
    "exception.";
Result<void> truncate(Module*, Object* object, isize length) {
  Path path;
  TRY(path.acquire(object, {.function = "truncate", .allow_descriptor = true}));
  i64 done = path.is_descriptor() ? once([&] { return ::ftruncate(path.descriptor(), length); })
                                  : once([&] { return ::truncate(path.text(), length); });
  if (done < 0) return path.raise();
  return {};
}

// seconds (int or float), or whole nanoseconds, as a timespec.
Result<void> nanoseconds_to_time(Object* value, timespec& time) {
  Ref<Int> billion = TRY(int_from_i64(1000000000));
  Ref<Object> parts = TRY(number_divmod(value, billion));
  if (!is_tuple(parts) || tuple_size(as<Tuple>(parts.get())) != 2) {
    return raise(TypeError, "%.200s.__divmod__() must return a 2-tuple, not %.200s", type_of(value)->tp_name,
                 type_of(parts)->tp_name);
  }
  time.tv_sec = TRY(int_as_long(tuple_item(as<Tuple>(parts.get()), 0)));
  time.tv_nsec = TRY(int_as_long(tuple_item(as<Tuple>(parts.get()), 1)));
  return {};
}
Result<void> seconds_to_time(Object* value, timespec& time) {
  if (is_float(value)) {
    double seconds = float_value(as<Float>(value));
    double whole = __builtin_floor(seconds);
    if (!(whole >= -9.2e18 && whole <= 9.2e18))
      return raise(OverflowError, "timestamp out of range for platform time_t");
    double rest = __builtin_floor((seconds - whole) * 1e9);
    time.tv_sec = static_cast<time_t>(whole);
    time.tv_nsec = static_cast<long>(rest);
    return {};
  }
  time.tv_sec = TRY(int_as_long(value));
  time.tv_nsec = 0;
  return {};
}
constexpr Doc utime_doc =
    "utime($module, /, path, times=None, *, ns=NULL, dir_fd=None,\n      follow_symlinks=True)\n--\n\nSet the access "
    "and modified time of path.\n\npath may always be specified as a string.\nOn some platforms, path may also be "
    "specified as an open "
    "file descriptor.\n  If this functionality is unavailable, using it raises an exception.\n\nIf times is not None, "
    "it must be a tuple (atime, mtime);\n    atime and mtime should be expressed as float seconds since the epoch.\nIf "
    "ns is specified, it "
    "must be a tuple (atime_ns, mtime_ns);\n    atime_ns and mtime_ns should be expressed as integer nanoseconds\n    "
    "since the epoch.\nIf times is None and ns is unspecified, utime uses the current time.\nSpecifying tuples for "
    "both times and ns is an "
    "error.";
Result<void> utime(Module*, Object* object, Object* times, Opt<Object*> ns, Object* dir_fd, bool follow) {
  Path path;
  TRY(path.acquire(object, {.function = "utime", .allow_descriptor = true}));
  if (times != None && ns) return raise(ValueError, "utime: you may specify either 'times' or 'ns' but not both");
  timespec values[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  Object* given = times != None ? times : ns.get();
  if (given) {
    if (!is_tuple_exact(given) || tuple_size(as<Tuple>(given)) != 2) {
      return raise(TypeError, times != None ? "utime: 'times' must be either a tuple of two ints or None"
                                            : "utime: 'ns' must be a tuple of two ints");
    }
    for (isize i = 0; i < 2; ++i) {
      Object* item = tuple_item(as<Tuple>(given), i);
      TRY(times != None ? seconds_to_time(item, values[i]) : nanoseconds_to_time(item, values[i]));
    }
  }
  int directory = TRY(directory_descriptor(dir_fd));
  if (path.is_descriptor()) {
    if (dir_fd != None) return raise(ValueError, "utime: can't specify dir_fd without matching path");
    if (!follow) return raise(ValueError, "utime: cannot use fd and follow_symlinks together");
  }
  i64 done = path.is_descriptor()
                 ? once([&] { return ::futimens(path.descriptor(), values); })
                 : once([&] { return ::utimensat(directory, path.text(), values, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
  if (done < 0) return path.raise();
  return {};
}
constexpr Doc pathconf_doc =
    "pathconf($module, /, path, name)\n--\n\nReturn the configuration limit name for the file or directory path.\n\nIf "
    "there is no limit, return -1.\nOn some platforms, path may also be specified as an open file descriptor.\n  If "
    "this "
    "functionality is unavailable, using it raises an exception.";
constexpr Doc fpathconf_doc =
    "fpathconf($module, fd, name, /)\n--\n\nReturn the configuration limit name for the file descriptor fd.\n\nIf "
    "there is no limit, return -1.";
struct ConfigurationName {
  const char* name;
  int value;
};
constexpr ConfigurationName pathconf_names[] = {
#define PATHCONF(name) {#name, _##name},
#include "modules/posix/pathconf_names.def"
#undef PATHCONF
};
Result<int> pathconf_name(Object* object) {
  if (is_int(object)) return int_as_int(object);
  if (!is_str(object)) return raise(TypeError, "configuration names must be strings or integers");
  for (const ConfigurationName& entry : pathconf_names) {
    if (str_equals(as<Str>(object), entry.name)) return entry.value;
  }
  return raise(ValueError, "unrecognized configuration name");
}
Result<Object> pathconf(Module*, Object* object, Object* name) {
  Path path;
  TRY(path.acquire(object, {.function = "pathconf", .allow_descriptor = true}));
  int number = TRY(pathconf_name(name));
  errno = 0;
  long limit = path.is_descriptor() ? ::fpathconf(path.descriptor(), number) : ::pathconf(path.text(), number);
  if (limit == -1 && errno != 0) return path.raise();
  return int_from_i64(limit);
}
Result<Object> fpathconf(Module*, Object* fd_object, Object* name) {
  int fd = TRY(descriptor_of(fd_object))
  , number = TRY(pathconf_name(name));
  errno = 0;
  long limit = ::fpathconf(fd, number);
  if (limit == -1 && errno != 0) return raise_errno(OSError);
  return int_from_i64(limit);
}
constexpr Doc fspath_doc =
    "fspath($module, /, path)\n--\n\nReturn the file system path representation of the object.\n\nIf the object is str "
    "or bytes, then allow it to pass through as-is. If the\nobject defines __fspath__(), then return the result of "
    "that method. All "
    "other\ntypes raise a TypeError.";
Result<Object> fspath(Module*, Object* path) { return os_fs_path(path); }
// posixpath.normpath on characters.
template <class Character>
isize normalize(Character* text, isize length) {
  isize root = 0;
  while (root < length && root < 3 && text[root] == '/') ++root;
  if (root == 3) root = 1;  // three slashes and more are one
  isize out = root, in = root, floor = root;
  while (in < length && text[in] == '/') ++in;
  while (in < length) {
    isize end = in;
    while (end < length && text[end] != '/') ++end;
    isize size = end - in;
    bool dot = size == 1 && text[in] == '.';
    bool dots = size == 2 && text[in] == '.' && text[in + 1] == '.';
    if (dots && out > floor) {
      while (out > floor && text[out - 1] != '/') --out;
      if (out > floor) --out;
    } else if (dots && root > 0) {
      // the root's parent is the root
    } else if (!dot) {
      if (out > root) text[out++] = '/';
      for (isize i = in; i < end; ++i) text[out++] = text[i];
      if (dots) floor = out;  // a leading ".." stays
    }
    in = end;
    while (in < length && text[in] == '/') ++in;
  }
  return out;
}
constexpr Doc normpath_doc = "_path_normpath($module, /, path)\n--\n\nBasic path normalization.";
Result<Object> path_normpath(Module*, Object* object) {
  if (!is_str(object))
    return raise(TypeError, "_path_normpath() argument 'path' must be str, not %.50s", type_of(object)->tp_name);
  Str* path = as<Str>(object);
  isize length = str_length(path);
  Py_UCS4* text = static_cast<Py_UCS4*>(memory::allocate(static_cast<usize>(length + 1) * sizeof(Py_UCS4)));
  if (!text) return raise_no_memory();
  for (isize i = 0; i < length; ++i) text[i] = str_read_char(path, i);
  isize size = normalize(text, length);
  Result<Object> result =
      size == 0 ? Result<Object>(str_from_ordinal('.')) : Result<Object>(str_from_kind_and_data(4, text, size));
  memory::release(text);
  return result;
}
}  // namespace

constinit PyMethodDef file_functions[] = {
    method<chdir, chdir_doc>(),
    method<fchdir, fchdir_doc>(),
    method<chmod, chmod_doc>(),
    method<fchmod, fchmod_doc>(),
    method<chown, chown_doc>(),
    method<fchown, fchown_doc>(),
    method<lchown, lchown_doc>(),
    method<chroot, chroot_doc>(),
    method<getcwd, getcwd_doc>(),
    method<getcwdb, getcwdb_doc>(),
    method<link, link_doc>(),
    method<symlink, symlink_doc>(),
    method<rename, rename_doc>(),
    method<replace, replace_doc>(),
    method<mkdir, mkdir_doc>(),
    method<rmdir, rmdir_doc>(),
    method<unlink, unlink_doc>(),
    method<remove, remove_doc>(),
    method<mkfifo, mkfifo_doc>(),
    method<mknod, mknod_doc>(),
    method<readlink, readlink_doc>(),
    method<truncate, truncate_doc>(),
    method<utime, utime_doc>(),
    method<pathconf, pathconf_doc>(),
    method<fpathconf, fpathconf_doc>(),
    method<fspath, fspath_doc>(),
    method<path_normpath, normpath_doc>(),
    {},
};
}  // namespace adder::posix
