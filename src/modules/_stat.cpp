// _stat: tests and constants of file modes.
//
// See        library reference "stat"; POSIX <sys/stat.h>
#include <sys/stat.h>

#include "bind/bind.h"
#include "import/import.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
Result<mode_t> mode_of(Object* object) {
  if (!is_int(object)) return raise(TypeError, "an integer is required");
  u64 value = TRY(int_as_u64(object));
  if (value > UINT32_MAX) return raise(OverflowError, "mode out of range");
  return static_cast<mode_t>(value);
}

// == Functions ==

// One bool function for each type of file; Linux has no doors, event ports and whiteouts.
#define EACH_TYPE_TEST(TEST, NONE)                        \
  TEST(ISDIR, S_IFDIR, "a directory")                     \
  TEST(ISCHR, S_IFCHR, "a character special device file") \
  TEST(ISBLK, S_IFBLK, "a block special device file")     \
  TEST(ISREG, S_IFREG, "a regular file")                  \
  TEST(ISFIFO, S_IFIFO, "a FIFO (named pipe)")            \
  TEST(ISLNK, S_IFLNK, "a symbolic link")                 \
  TEST(ISSOCK, S_IFSOCK, "a socket")                      \
  NONE(ISDOOR, "a door")                                  \
  NONE(ISPORT, "an event port")                           \
  NONE(ISWHT, "a whiteout")
#define TYPE_TEST(name, type, what)                                                                    \
  constexpr Doc name##_doc = "S_" #name "($module, mode, /)\n--\n\n";                                  \
  constexpr char name##_text[] = "S_" #name "(mode) -> bool\n\nReturn True if mode is from " what "."; \
  Result<bool> test_##name(Module*, Object* mode) { return (TRY(mode_of(mode)) & S_IFMT) == (type); }
#define NO_SUCH_TYPE(name, what)                                                                       \
  constexpr Doc name##_doc = "S_" #name "($module, mode, /)\n--\n\n";                                  \
  constexpr char name##_text[] = "S_" #name "(mode) -> bool\n\nReturn True if mode is from " what "."; \
  Result<bool> test_##name(Module*, Object* mode) {                                                    \
    TRY(mode_of(mode));                                                                                \
    return false;                                                                                      \
  }
EACH_TYPE_TEST(TYPE_TEST, NO_SUCH_TYPE)

constexpr Doc imode_doc = "S_IMODE($module, mode, /)\n--\n\n";
Result<u64> permission_bits(Module*, Object* mode) {
  return u64 { TRY(mode_of(mode)) }
  &07777;
}
constexpr Doc ifmt_doc = "S_IFMT($module, mode, /)\n--\n\n";
Result<u64> type_bits(Module*, Object* mode) {
  return u64 { TRY(mode_of(mode)) }
  &S_IFMT;
}

char type_letter(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return '-';
    case S_IFDIR:
      return 'd';
    case S_IFLNK:
      return 'l';
    case S_IFBLK:
      return 'b';
    case S_IFCHR:
      return 'c';
    case S_IFIFO:
      return 'p';
    case S_IFSOCK:
      return 's';
    default:
      return '?';
  }
}
constexpr Doc filemode_doc = "filemode($module, mode, /)\n--\n\n";
Result<Str> file_mode(Module*, Object* object) {
  mode_t mode = TRY(mode_of(object));
  char text[10];
  text[0] = type_letter(mode);
  for (int i = 0; i < 9; ++i) text[i + 1] = mode & (0400 >> i) ? "rwx"[i % 3] : '-';
  // Set-id and sticky bits show in place of the execute bits.
  auto special = [&](int position, mode_t bit, char with_execute, char without) {
    if (mode & bit) text[position] = text[position] == 'x' ? with_execute : without;
  };
  special(3, S_ISUID, 's', 'S');
  special(6, S_ISGID, 's', 'S');
  special(9, S_ISVTX, 't', 'T');
  return str_from_latin1({text, sizeof text});
}

#define TEST_ENTRY(name, type, what) with_text(method<test_##name, name##_doc>(), name##_text),
#define NO_TYPE_ENTRY(name, what) with_text(method<test_##name, name##_doc>(), name##_text),
constinit PyMethodDef functions[] = {
    EACH_TYPE_TEST(TEST_ENTRY, NO_TYPE_ENTRY) with_text(
        method<permission_bits, imode_doc>(), "Return the portion of the file's mode that can be set by os.chmod()."),
    with_text(method<type_bits, ifmt_doc>(), "Return the portion of the file's mode that describes the file type."),
    with_text(method<file_mode, filemode_doc>(), "Convert a file's mode to a string of the form '-rwxrwxrwx'"),
    {},
};

// == Constants ==

constexpr struct {
  const char* name;
  i64 value;
} constants[] = {
    {"S_IFDIR", S_IFDIR},
    {"S_IFCHR", S_IFCHR},
    {"S_IFBLK", S_IFBLK},
    {"S_IFREG", S_IFREG},
    {"S_IFIFO", S_IFIFO},
    {"S_IFLNK", S_IFLNK},
    {"S_IFSOCK", S_IFSOCK},
    {"S_IFDOOR", 0},
    {"S_IFPORT", 0},
    {"S_IFWHT", 0},
    {"S_ISUID", S_ISUID},
    {"S_ISGID", S_ISGID},
    {"S_ISVTX", S_ISVTX},
    {"S_ENFMT", S_ISGID},
    {"S_IREAD", S_IRUSR},
    {"S_IWRITE", S_IWUSR},
    {"S_IEXEC", S_IXUSR},
    {"S_IRWXU", S_IRWXU},
    {"S_IRUSR", S_IRUSR},
    {"S_IWUSR", S_IWUSR},
    {"S_IXUSR", S_IXUSR},
    {"S_IRWXG", S_IRWXG},
    {"S_IRGRP", S_IRGRP},
    {"S_IWGRP", S_IWGRP},
    {"S_IXGRP", S_IXGRP},
    {"S_IRWXO", S_IRWXO},
    {"S_IROTH", S_IROTH},
    {"S_IWOTH", S_IWOTH},
    {"S_IXOTH", S_IXOTH},
    // Flags of os.chflags(), which other systems have.
    {"UF_NODUMP", 1},
    {"UF_IMMUTABLE", 2},
    {"UF_APPEND", 4},
    {"UF_OPAQUE", 8},
    {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20},
    {"UF_HIDDEN", 0x8000},
    {"SF_ARCHIVED", 0x10000},
    {"SF_IMMUTABLE", 0x20000},
    {"SF_APPEND", 0x40000},
    {"SF_NOUNLINK", 0x100000},
    {"SF_SNAPSHOT", 0x200000},
    // Places in the tuple of os.stat().
    {"ST_MODE", 0},
    {"ST_INO", 1},
    {"ST_DEV", 2},
    {"ST_NLINK", 3},
    {"ST_UID", 4},
    {"ST_GID", 5},
    {"ST_SIZE", 6},
    {"ST_ATIME", 7},
    {"ST_MTIME", 8},
    {"ST_CTIME", 9},
};
Result<void> exec(Module* module) {
  for (auto& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("_stat", "Tests and constants of file modes, as lstat() and stat() give them.", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__stat() { return adder::module_def_init(&adder::definition); }
