// directory: listdir, scandir and DirEntry.
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "runtime/lifecycle.h"

namespace adder::posix {
namespace {
bool is_dots(const char* name) { return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])); }

// Opens a directory by path, or over a copy of a descriptor.
DIR* open_directory_raw(Path& path) {
  if (!path.is_descriptor()) {
    WithoutGil released;
    return ::opendir(path.text() ? path.text() : ".");
  }
  int fd = ::fcntl(path.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  WithoutGil released;
  DIR* directory = ::fdopendir(fd);
  if (!directory) ::close(fd);
  return directory;
}
// The next entry, null at the end or on an error (errno).
dirent* read_entry(DIR* directory) {
  WithoutGil released;
  errno = 0;
  return ::readdir(directory);
}

constexpr Doc listdir_doc =
    "listdir($module, /, path=None)\n--\n\nReturn a list containing the names of the files in the directory.\n\npath "
    "can be specified as either str, bytes, or a path-like object.  If path is bytes,\n  the filenames returned will "
    "also be bytes; in all other circumstances\n  the filenames returned will be str.\nIf path is None, uses the "
    "path='.'.\nOn some platforms, path may also be specified as an open file descriptor;\\\n  the file descriptor "
    "must refer to a "
    "directory.\n  If this functionality is unavailable, using it raises NotImplementedError.\n\nThe list is in "
    "arbitrary order.  It does not include the special\nentries '.' and '..' even if they are present in the "
    "directory.";
Result<Object> listdir(Module*, Object* object) {
  Path path;
  TRY(path.acquire(object, {.function = "listdir", .allow_descriptor = true, .nullable = true}));
  TRY(audit("os.listdir", object));
  DIR* directory = open_directory_raw(path);
  if (!directory) return path.raise();
  auto read_all = [&]() -> Result<Object> {
    Ref<List> names = TRY(list_new());
    if (path.is_descriptor()) ::rewinddir(directory);
    while (dirent* entry = read_entry(directory)) {
      if (is_dots(entry->d_name)) continue;
      TRY(list_append_steal(names, TRY(path.name(entry->d_name, static_cast<isize>(std::strlen(entry->d_name))))));
    }
    if (errno != 0) return path.raise();
    return names;
  };
  Result<Object> names = read_all();
  ::closedir(directory);
  return names;
}

// == DirEntry ==

struct DirEntry : PyObject {
  Object *name, *path;
  Object *status, *link_status;  // cached stat results, or null
  u64 inode;
  int directory;  // descriptor that was scanned, or -1
  u8 kind;        // DT_*
};

// Status as os.stat gives it, kept.
Result<Object> fetch_status(DirEntry* self, bool follow) {
  Ref<Object> text = TRY(fs_converter(self->directory >= 0 ? self->name : self->path));
  const char* path = bytes_data(as<Bytes>(text.get()));
  struct stat status;
  int fd = self->directory >= 0 ? self->directory : AT_FDCWD;
  if (once([&] { return ::fstatat(fd, path, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW); }) < 0)
    return raise_errno(OSError, self->path);
  return stat_object(status);
}
Result<Object> link_status(DirEntry* self) {
  if (!self->link_status) self->link_status = TRY(fetch_status(self, false))
  .release();
  return new_ref(self->link_status);
}
constexpr Doc is_symlink_doc =
    "is_symlink($self, /)\n--\n\nReturn True if the entry is a symbolic link; cached per entry.";
Result<long> mode_of(Object* status) { return (TRY(int_as_long(tuple_item(as<Tuple>(status), 0)))); }
Result<bool> is_symlink(DirEntry* self) {
  if (self->kind != DT_UNKNOWN) return self->kind == DT_LNK;
  Ref<Object> status = TRY(link_status(self));
  return S_ISLNK(TRY(mode_of(status)));
}
constexpr Doc stat_doc =
    "stat($self, /, *, follow_symlinks=True)\n--\n\nReturn stat_result object for the entry; cached per entry.";
Result<Object> entry_stat(DirEntry* self, bool follow) {
  if (!follow) return link_status(self);
  if (!self->status) {
    self->status = (TRY(is_symlink(self)) ? TRY(fetch_status(self, true)) : TRY(link_status(self))).release();
  }
  return new_ref(self->status);
}
Result<bool> test_mode(DirEntry* self, bool follow, mode_t wanted) {
  bool link = self->kind == DT_LNK;
  if (self->kind == DT_UNKNOWN || (follow && link)) {
    auto status = entry_stat(self, follow);
    if (status.failed()) {
      if (!error_matches(FileNotFoundError)) return Error{};
      error_clear();  // a dangling link, or gone meanwhile
      return false;
    }
    Ref<Object> result = status.take();
    return (TRY(mode_of(result)) & S_IFMT) == wanted;
  }
  if (link) return false;
  return wanted == S_IFDIR ? self->kind == DT_DIR : self->kind == DT_REG;
}
constexpr Doc is_dir_doc =
    "is_dir($self, /, *, follow_symlinks=True)\n--\n\nReturn True if the entry is a directory; cached per entry.";
Result<bool> is_dir(DirEntry* self, bool follow) { return test_mode(self, follow, S_IFDIR); }
constexpr Doc is_file_doc =
    "is_file($self, /, *, follow_symlinks=True)\n--\n\nReturn True if the entry is a file; cached per entry.";
Result<bool> is_file(DirEntry* self, bool follow) { return test_mode(self, follow, S_IFREG); }
constexpr Doc inode_doc = "inode($self, /)\n--\n\nReturn inode of the entry; cached per entry.";
Result<u64> inode(DirEntry* self) { return self->inode; }
constexpr Doc fspath_doc = "__fspath__($self, /)\n--\n\nReturns the path for the entry.";
Result<Object> fspath(DirEntry* self) { return new_ref(self->path); }
Result<Str> entry_repr(DirEntry* self) { return str_from_format("<DirEntry %R>", self->name); }
constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)\n--\n\nSee PEP 585";
void entry_dealloc(PyObject* object) {
  DirEntry* self = as<DirEntry>(object);
  for (Object** field : {&self->name, &self->path, &self->status, &self->link_status}) clear_field(*field);
  object_free(object);
}
constinit PyMethodDef entry_methods[] = {
    method<is_dir, is_dir_doc>(),
    method<is_file, is_file_doc>(),
    method<is_symlink, is_symlink_doc>(),
    method<entry_stat, stat_doc>(),
    method<inode, inode_doc>(),
    method<fspath, fspath_doc>(),
    class_method<generic_alias_new, class_getitem_doc>(),
    {},
};
constinit PyMemberDef entry_members[] = {
    member("name", T_OBJECT_EX, offsetof(DirEntry, name), READONLY,
           "the entry's base filename, relative to scandir() \"path\" argument"),
    member("path", T_OBJECT_EX, offsetof(DirEntry, path), READONLY,
           "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"),
    {},
};
constinit PyTypeObject entry_type = {
    .tp_name = "posix.DirEntry",
    .tp_basicsize = sizeof(DirEntry),
    .tp_dealloc = entry_dealloc,
    .tp_repr = slot<entry_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = entry_methods,
    .tp_members = entry_members,
};

// == The iterator ==

struct ScandirIterator : PyObject {
  DIR* directory;  // null once exhausted or closed
  Object* path;    // as it was given; null: "."
  int descriptor;  // that was given, or -1
  bool gives_bytes;
};

void close_iterator(ScandirIterator* self) {
  if (DIR* directory = std::exchange(self->directory, nullptr)) {
    WithoutGil released;
    if (self->descriptor >= 0) ::rewinddir(directory);
    ::closedir(directory);
  }
}
// The directory's path joined with the name.
Result<Object> join(ScandirIterator* self, const char* name) {
  StrWriter writer;
  if (self->gives_bytes) {
    Bytes* base = as<Bytes>(self->path);
    isize base_size = bytes_size(base), size = static_cast<isize>(std::strlen(name));
    bool slash = base_size > 0 && bytes_data(base)[base_size - 1] != '/';
    Ref<Bytes> joined = TRY(bytes_new(base_size + slash + size));
    char* out = bytes_data(joined);
    std::memcpy(out, bytes_data(base), static_cast<usize>(base_size));
    if (slash) out[base_size] = '/';
    std::memcpy(out + base_size + slash, name, static_cast<usize>(size));
    return joined;
  }
  Ref<Str> text = TRY(str_decode_fs_default(name));
  if (self->descriptor >= 0) return text;
  Str* base = as<Str>(self->path);
  isize length = str_length(base);
  TRY(writer.write_str(base));
  if (length > 0 && str_read_char(base, length - 1) != '/') TRY(writer.write_char('/'));
  TRY(writer.write_str(text));
  return writer.finish();
}
Result<Object> make_entry(ScandirIterator* self, const dirent* entry) {
  Ref<Object> path = TRY(join(self, entry->d_name));
  Ref<Object> name = self->gives_bytes ? TRY(Result<Object>(bytes_from_string(entry->d_name)))
                                       : TRY(Result<Object>(str_decode_fs_default(entry->d_name)));
                                       Ref<DirEntry> result = TRY(object_new<DirEntry>(&entry_type));
                                       result->name = name.release();
                                       result->path = path.release();
                                       result->status = result->link_status = nullptr;
                                       result->inode = entry->d_ino;
                                       result->directory = self->descriptor;
                                       result->kind = entry->d_type;
                                       return result;
}
Maybe<Object> iterator_next(ScandirIterator* self) {
  while (self->directory) {
    dirent* entry = read_entry(self->directory);
    if (!entry) {
      int error = errno;
      Ref<Object> path = Ref<Object>::share_or_empty(self->path);
      close_iterator(self);
      if (error == 0) return nullptr;
      errno = error;
      return raise_errno(OSError, path.get());
    }
    if (!is_dots(entry->d_name)) return make_entry(self, entry);
  }
  return nullptr;
}
constexpr Doc close_doc = "close($self, /)\n--\n\n";
Result<void> iterator_close(ScandirIterator* self) {
  close_iterator(self);
  return {};
}
constexpr Doc enter_doc = "__enter__($self, /)\n--\n\n";
Result<Object> iterator_enter(ScandirIterator* self) { return new_ref<Object>(self); }
// Takes its arguments as they stand: a tuple of them might not fit into memory, and the directory would stay open.
constexpr const char* exit_text = "__exit__($self, /, *args)\n--\n\n";
PyObject* iterator_exit(PyObject* self, PyObject* const*, Py_ssize_t) {
  close_iterator(as<ScandirIterator>(self));
  return None;
}
void iterator_finalize(PyObject* object) {
  ScandirIterator* self = as<ScandirIterator>(object);
  if (!self->directory) return;
  ErrorSaver saved;
  if (warn_resource(object, 1, "unclosed scandir iterator %R", object).failed()) {
    if (error_matches(Warning))
      error_write_unraisable(object);
    else
      error_clear();
  }
  close_iterator(self);
}
void iterator_dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  clear_field(as<ScandirIterator>(object)->path);
  object_free(object);
}
constinit PyMethodDef iterator_methods[] = {
    method<iterator_enter, enter_doc>(),
    raw_method("__exit__", &iterator_exit, METH_FASTCALL, exit_text),
    method<iterator_close, close_doc>(),
    {},
};
constinit PyTypeObject iterator_type = {
    .tp_name = "posix.ScandirIterator",
    .tp_basicsize = sizeof(ScandirIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
    .tp_finalize = iterator_finalize,
};

constexpr Doc scandir_doc =
    "scandir($module, /, path=None)\n--\n\nReturn an iterator of DirEntry objects for given path.\n\npath can be "
    "specified as either str, bytes, or a path-like object.  If path\nis bytes, the names of yielded DirEntry objects "
    "will also be "
    "bytes; in\nall other circumstances they will be str.\n\nIf path is None, uses the path='.'.";
Result<Object> scandir(Module*, Object* object) {
  Path path;
  TRY(path.acquire(object, {.function = "scandir", .allow_descriptor = true, .nullable = true}));
  TRY(audit("os.scandir", object));
  Ref<Object> base;
  if (!path.is_descriptor()) {
    if (object == None)
      base = TRY(str_from_ordinal('.'));
    else
      base = TRY(path.name(path.text(), static_cast<isize>(std::strlen(path.text()))));
  }
  DIR* directory = open_directory_raw(path);
  if (!directory) return path.raise();
  shut_down_thoroughly();  // an iterator that is left open warns
  auto allocation = object_new<ScandirIterator>(&iterator_type);
  if (allocation.failed()) {
    ::closedir(directory);
    return Error{};
  }
  Ref<ScandirIterator> iterator = allocation.take();
  iterator->directory = directory;
  iterator->path = base.release();
  iterator->descriptor = path.descriptor();
  iterator->gives_bytes = path.gives_bytes();
  return iterator;
}
}  // namespace

Result<void> directory_init(Module* module) {
  TRY(type_ready(&iterator_type));
  return module_add_type(module, &entry_type);
}

constinit PyMethodDef directory_functions[] = {method<listdir, listdir_doc>(), method<scandir, scandir_doc>(), {}};
}  // namespace adder::posix
