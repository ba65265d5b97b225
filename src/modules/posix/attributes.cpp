// attributes: extended file attributes.
#include <climits>
#include <cstring>
#include <linux/limits.h>
#include <sys/xattr.h>

#include "modules/posix/posix.h"

namespace adder::posix {
namespace {
// Which of the three system calls of a family fits the arguments.
template <class ByDescriptor, class ByPath, class ByLink>
i64 dispatch(const Path& path, bool follow, ByDescriptor by_descriptor, ByPath by_path, ByLink by_link) {
  if (path.is_descriptor()) return once(by_descriptor);
  return follow ? once(by_path) : once(by_link);
}
Result<void> check_follow(const Path& path, bool follow, const char* function) {
  if (path.is_descriptor() && !follow)
    return raise(ValueError, "%s: cannot use fd and follow_symlinks together", function);
  return {};
}
constexpr Doc getxattr_doc =
    "getxattr($module, /, path, attribute, *, follow_symlinks=True)\n--\n\nReturn the value of extended attribute "
    "attribute on path.\n\npath may be either a string, a path-like object, or an open file descriptor.\nIf "
    "follow_symlinks is False, and the last element of the path is a "
    "symbolic\n  link, getxattr will examine the symbolic link itself instead of the file\n  the link points to.";
Result<Object> getxattr_function(Module*, Object* object, Object* attribute, bool follow) {
  Path path, name;
  TRY(path.acquire(object, {.function = "getxattr", .allow_descriptor = true}));
  TRY(name.acquire(attribute, {.function = "getxattr", .argument = "attribute"}));
  TRY(check_follow(path, follow, "getxattr"));
  TRY(audit("os.getxattr", object, attribute));
  for (isize size : {isize{128}, isize{XATTR_SIZE_MAX}}) {
    Ref<Bytes> value = TRY(bytes_new(size));
    char* data = bytes_data(value);
    usize room = static_cast<usize>(size);
    i64 got = dispatch(
        path, follow, [&] { return ::fgetxattr(path.descriptor(), name.text(), data, room); },
        [&] { return ::getxattr(path.text(), name.text(), data, room); },
        [&] { return ::lgetxattr(path.text(), name.text(), data, room); });
    if (got >= 0) return bytes_resize(std::move(value), got);
    if (errno != ERANGE) break;
  }
  return path.raise();
}
constexpr Doc setxattr_doc =
    "setxattr($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)\n--\n\nSet extended "
    "attribute attribute on path to value.\n\npath may be either a string, a path-like object,  or an open file "
    "descriptor.\nIf follow_symlinks is False, and the last element of the path is "
    "a symbolic\n  link, setxattr will modify the symbolic link itself instead of the file\n  the link points to.";
Result<void> setxattr_function(Module*, Object* object, Object* attribute, Object* value, int flags, bool follow) {
  Path path, name;
  TRY(path.acquire(object, {.function = "setxattr", .allow_descriptor = true}));
  TRY(name.acquire(attribute, {.function = "setxattr", .argument = "attribute"}));
  TRY(check_follow(path, follow, "setxattr"));
  BufferView data;
  TRY(data.acquire(value));
  TRY(audit("os.setxattr", object, attribute, value));
  usize size = static_cast<usize>(data.size());
  i64 done = dispatch(
      path, follow, [&] { return ::fsetxattr(path.descriptor(), name.text(), data.data(), size, flags); },
      [&] { return ::setxattr(path.text(), name.text(), data.data(), size, flags); },
      [&] { return ::lsetxattr(path.text(), name.text(), data.data(), size, flags); });
  if (done < 0) return path.raise();
  return {};
}
constexpr Doc removexattr_doc =
    "removexattr($module, /, path, attribute, *, follow_symlinks=True)\n--\n\nRemove extended attribute attribute on "
    "path.\n\npath may be either a string, a path-like object, or an open file descriptor.\nIf follow_symlinks is "
    "False, and the last element of the path is a symbolic\n  link, "
    "removexattr will modify the symbolic link itself instead of the file\n  the link points to.";
Result<void> removexattr_function(Module*, Object* object, Object* attribute, bool follow) {
  Path path, name;
  TRY(path.acquire(object, {.function = "removexattr", .allow_descriptor = true}));
  TRY(name.acquire(attribute, {.function = "removexattr", .argument = "attribute"}));
  TRY(check_follow(path, follow, "removexattr"));
  TRY(audit("os.removexattr", object, attribute));
  i64 done = dispatch(
      path, follow, [&] { return ::fremovexattr(path.descriptor(), name.text()); },
      [&] { return ::removexattr(path.text(), name.text()); },
      [&] { return ::lremovexattr(path.text(), name.text()); });
  if (done < 0) return path.raise();
  return {};
}
constexpr Doc listxattr_doc =
    "listxattr($module, /, path=None, *, follow_symlinks=True)\n--\n\nReturn a list of extended attributes on "
    "path.\n\npath may be either None, a string, a path-like object, or an open file descriptor.\nif path is None, "
    "listxattr will examine the current directory.\nIf follow_symlinks is "
    "False, and the last element of the path is a symbolic\n  link, listxattr will examine the symbolic link itself "
    "instead of the file\n  the link points to.";
Result<Object> listxattr_function(Module*, Object* object, bool follow) {
  Path path;
  TRY(path.acquire(object, {.function = "listxattr", .allow_descriptor = true, .nullable = true}));
  TRY(check_follow(path, follow, "listxattr"));
  TRY(audit("os.listxattr", object));
  const char* text = path.text() ? path.text() : ".";
  for (isize size : {isize{256}, isize{XATTR_LIST_MAX}}) {
    Ref<Bytes> buffer = TRY(bytes_new(size));
    char* data = bytes_data(buffer);
    usize room = static_cast<usize>(size);
    i64 got = dispatch(
        path, follow, [&] { return ::flistxattr(path.descriptor(), data, room); },
        [&] { return ::listxattr(text, data, room); }, [&] { return ::llistxattr(text, data, room); });
    if (got < 0 && errno == ERANGE) continue;
    if (got < 0) break;
    Ref<List> names = TRY(list_new());
    for (const char* name = data; name < data + got; name += std::strlen(name) + 1) {
      TRY(list_append_steal(names, TRY(str_decode_fs_default(name))));
    }
    return names;
  }
  return path.raise();
}
}  // namespace

constinit PyMethodDef attribute_functions[] = {
    method<getxattr_function, getxattr_doc>(),
    method<setxattr_function, setxattr_doc>(),
    method<removexattr_function, removexattr_doc>(),
    method<listxattr_function, listxattr_doc>(),
    {},
};
}  // namespace adder::posix
