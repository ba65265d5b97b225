// status: stat, lstat, fstat, statvfs, access and the result types.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "types/float.h"

namespace adder::posix {
Type* stat_result_type;  // made when the module is first loaded; immutable afterwards

namespace {
Type* statvfs_result_type;

PyStructSequence_Field stat_fields[] = {
    {"st_mode", "protection bits"},
    {"st_ino", "inode"},
    {"st_dev", "device"},
    {"st_nlink", "number of hard links"},
    {"st_uid", "user ID of owner"},
    {"st_gid", "group ID of owner"},
    {"st_size", "total size, in bytes"},
    {nullptr, "integer time of last access"},
    {nullptr, "integer time of last modification"},
    {nullptr, "integer time of last change"},
    {"st_atime", "time of last access"},
    {"st_mtime", "time of last modification"},
    {"st_ctime", "time of last change"},
    {"st_atime_ns", "time of last access in nanoseconds"},
    {"st_mtime_ns", "time of last modification in nanoseconds"},
    {"st_ctime_ns", "time of last change in nanoseconds"},
    {"st_blksize", "blocksize for filesystem I/O"},
    {"st_blocks", "number of blocks allocated"},
    {"st_rdev", "device type (if inode device)"},
    {nullptr, nullptr},
};
PyStructSequence_Desc stat_description = {
    "os.stat_result",
    "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, "
    "ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the "
    "attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports "
    "st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as "
    "attributes only.\n\nSee os.stat for more information.",
    stat_fields, 10};
PyStructSequence_Field statvfs_fields[] = {
    {"f_bsize", nullptr},  {"f_frsize", nullptr},  {"f_blocks", nullptr}, {"f_bfree", nullptr},
    {"f_bavail", nullptr}, {"f_files", nullptr},   {"f_ffree", nullptr},  {"f_favail", nullptr},
    {"f_flag", nullptr},   {"f_namemax", nullptr}, {"f_fsid", nullptr},   {nullptr, nullptr},
};
PyStructSequence_Desc statvfs_description = {
    "os.statvfs_result",
    "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, "
    "frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor "
    "via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.",
    statvfs_fields, 10};

Result<void> set_time(Object* result, isize index, const timespec& time) {
  struct_sequence_set(result, index, TRY(int_from_i64(time.tv_sec)));
  struct_sequence_set(
      result, index + 3,
      TRY(float_from_double(static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec))));
  Ref<Int> seconds = TRY(int_from_i64(time.tv_sec))
  , billion = TRY(int_from_i64(1000000000))
  , rest = TRY(int_from_i64(time.tv_nsec));
  Ref<Object> scaled = TRY(int_multiply(seconds, billion));
  struct_sequence_set(result, index + 6, TRY(int_add(as<Int>(scaled.get()), rest)));
  return {};
}
}  // namespace

Result<Object> stat_object(const struct stat& status) {
  Ref<Object> result = TRY(struct_sequence_new(stat_result_type));
  struct_sequence_set(result, 0, TRY(int_from_u64(status.st_mode)));
  struct_sequence_set(result, 1, TRY(int_from_u64(status.st_ino)));
  struct_sequence_set(result, 2, TRY(int_from_u64(status.st_dev)));
  struct_sequence_set(result, 3, TRY(int_from_u64(status.st_nlink)));
  struct_sequence_set(result, 4, TRY(id_object(status.st_uid)));
  struct_sequence_set(result, 5, TRY(id_object(status.st_gid)));
  struct_sequence_set(result, 6, TRY(int_from_i64(status.st_size)));
  TRY(set_time(result, 7, status.st_atim));
  TRY(set_time(result, 8, status.st_mtim));
  TRY(set_time(result, 9, status.st_ctim));
  struct_sequence_set(result, 16, TRY(int_from_i64(status.st_blksize)));
  struct_sequence_set(result, 17, TRY(int_from_i64(status.st_blocks)));
  struct_sequence_set(result, 18, TRY(int_from_u64(status.st_rdev)));
  return result;
}

Result<Object> stat_path(Path& path, int dir_fd, bool follow) {
  struct stat status;
  i64 done = path.is_descriptor()
                 ? once([&] { return ::fstat(path.descriptor(), &status); })
                 : once([&] { return ::fstatat(dir_fd, path.text(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
  if (done < 0) return path.raise();
  return stat_object(status);
}

namespace {
constexpr Doc stat_doc =
    "stat($module, /, path, *, dir_fd=None, follow_symlinks=True)\n--\n\nPerform a stat system call on the given "
    "path.\n\n  path\n    Path to be examined; can be string, bytes, a path-like object or\n    open-file-"
    "descriptor int.\n  dir_fd\n    If not None, it should be a file descriptor open to a directory,\n    and path "
    "should be a relative string; path will then be relative to\n    that directory.\n  follow_symlinks\n    If "
    "False, and the last element of the path is a symbolic link,\n    stat will examine the symbolic link itself "
    "instead of the file\n    the link points to.\n\ndir_fd and follow_symlinks may not be "
    "implemented\n  on your platform.  If they are unavailable, using them will raise a\n  "
    "NotImplementedError.\n\nIt's an error to use dir_fd or follow_symlinks when specifying path as\n  an open file "
    "descriptor.";
Result<Object> stat(Module*, Object* path_object, Object* dir_fd, bool follow) {
  Path path;
  TRY(path.acquire(path_object, {.function = "stat", .allow_descriptor = true}));
  if (path.is_descriptor()) {
    if (dir_fd != None) return raise(ValueError, "stat: can't specify dir_fd without matching path");
    if (!follow) return raise(ValueError, "stat: cannot use fd and follow_symlinks together");
  }
  return stat_path(path, TRY(directory_descriptor(dir_fd)), follow);
}
constexpr Doc lstat_doc =
    "lstat($module, /, path, *, dir_fd=None)\n--\n\nPerform a stat system call on the given path, without following "
    "symbolic links.\n\nLike stat(), but do not follow symbolic links.\nEquivalent to stat(path, "
    "follow_symlinks=False).";
Result<Object> lstat(Module*, Object* path_object, Object* dir_fd) {
  Path path;
  TRY(path.acquire(path_object, {.function = "lstat"}));
  return stat_path(path, TRY(directory_descriptor(dir_fd)), false);
}
constexpr Doc fstat_doc =
    "fstat($module, /, fd)\n--\n\nPerform a stat system call on the given file descriptor.\n\nLike stat(), but for an "
    "open file descriptor.\nEquivalent to os.stat(fd).";
Result<Object> fstat(Module*, int fd) {
  struct ::stat status;
  if (TRY(retry([&] { return ::fstat(fd, &status); })) < 0) return raise_errno(OSError);
  return stat_object(status);
}

constexpr Doc access_doc =
    "access($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)\n--\n\nUse the "
    "real uid/gid to test for access to a path.\n\n  path\n    Path to be tested; can be string, "
    "bytes, or a path-like object.\n  mode\n    Operating-system mode bitfield.  Can be F_OK to test existence,\n    "
    "or the inclusive-OR of R_OK, W_OK, and X_OK.";
Result<bool> access(Module*, Object* path_object, int mode, Object* dir_fd, bool effective_ids, bool follow) {
  Path path;
  TRY(path.acquire(path_object, {.function = "access"}));
  int directory = TRY(directory_descriptor(dir_fd));
  int flags = (follow ? 0 : AT_SYMLINK_NOFOLLOW) | (effective_ids ? AT_EACCESS : 0);
  return once([&] { return ::faccessat(directory, path.text(), mode, flags); }) == 0;
}

Result<Object> statvfs_object(const struct statvfs& status) {
  Ref<Object> result = TRY(struct_sequence_new(statvfs_result_type));
  const u64 values[] = {status.f_bsize,  status.f_frsize,  status.f_blocks, status.f_bfree,
                        status.f_bavail, status.f_files,   status.f_ffree,  status.f_favail,
                        status.f_flag,   status.f_namemax, status.f_fsid};
  for (isize i = 0; i < 11; ++i) struct_sequence_set(result, i, TRY(int_from_u64(values[i])));
  return result;
}
constexpr Doc statvfs_doc =
    "statvfs($module, /, path)\n--\n\nPerform a statvfs system call on the given path.\n\npath may always be specified "
    "as a string.\nOn some platforms, path may also be specified as an open file descriptor.\n  If this "
    "functionality is unavailable, using it raises an exception.";
Result<Object> statvfs(Module*, Object* path_object) {
  Path path;
  TRY(path.acquire(path_object, {.function = "statvfs", .allow_descriptor = true}));
  struct ::statvfs status;
  i64 done = path.is_descriptor() ? once([&] { return ::fstatvfs(path.descriptor(), &status); })
                                  : once([&] { return ::statvfs(path.text(), &status); });
  if (done < 0) return path.raise();
  return statvfs_object(status);
}
constexpr Doc fstatvfs_doc =
    "fstatvfs($module, fd, /)\n--\n\nPerform an fstatvfs system call on the given fd.\n\nEquivalent to statvfs(fd).";
Result<Object> fstatvfs(Module*, int fd) {
  struct ::statvfs status;
  if (TRY(retry([&] { return ::fstatvfs(fd, &status); })) < 0) return raise_errno(OSError);
  return statvfs_object(status);
}
constexpr Doc major_doc = "major($module, device, /)\n--\n\nExtracts a device major number from a raw device number.";
Result<u64> major_number(Module*, u64 device) { return static_cast<u64>(gnu_dev_major(device)); }
constexpr Doc minor_doc = "minor($module, device, /)\n--\n\nExtracts a device minor number from a raw device number.";
Result<u64> minor_number(Module*, u64 device) { return static_cast<u64>(gnu_dev_minor(device)); }
constexpr Doc makedev_doc =
    "makedev($module, major, minor, /)\n--\n\nComposes a raw device number from the major and minor device numbers.";
Result<u64> make_device(Module*, u32 major, u32 minor) { return static_cast<u64>(gnu_dev_makedev(major, minor)); }
}  // namespace

Result<void> status_init(Module* module) {
  if (!stat_result_type) {
    stat_fields[7].name = stat_fields[8].name = stat_fields[9].name = PyStructSequence_UnnamedField;
    stat_result_type = TRY(struct_sequence_new_type(&stat_description))
    .release();
    statvfs_result_type = TRY(struct_sequence_new_type(&statvfs_description))
    .release();
  }
  TRY(module_add_object(module, "stat_result", stat_result_type));
  return module_add_object(module, "statvfs_result", statvfs_result_type);
}

constinit PyMethodDef status_functions[] = {
    method<stat, stat_doc>(),           method<lstat, lstat_doc>(),
    method<fstat, fstat_doc>(),         method<access, access_doc>(),
    method<statvfs, statvfs_doc>(),     method<fstatvfs, fstatvfs_doc>(),
    method<major_number, major_doc>(),  method<minor_number, minor_doc>(),
    method<make_device, makedev_doc>(), {},
};
}  // namespace adder::posix
