// module: the module posix.
#include <climits>
#include <cstdio>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/memfd.h>
#include <sched.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include "import/import.h"
#include "modules/posix/posix.h"

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif

namespace adder::posix {
namespace {
struct Constant {
  const char* name;
  i64 value;
};
constexpr Constant constants[] = {
    {"EX_OK", 0},
#define CONSTANT(name) {#name, static_cast<i64>(name)},
#include "modules/posix/constants.def"
#undef CONSTANT
};
// Which functions of os take descriptors, dir_fd and follow_symlinks (os.supports_fd and its kin are made from this).
constexpr const char* have_functions[] = {
    "HAVE_EVENTFD",   "HAVE_FACCESSAT",  "HAVE_FCHDIR",       "HAVE_FCHMOD",    "HAVE_FCHMODAT", "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",  "HAVE_FDOPENDIR",  "HAVE_FEXECVE",      "HAVE_FPATHCONF", "HAVE_FSTATAT",  "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE", "HAVE_FUTIMENS",   "HAVE_FUTIMES",      "HAVE_FUTIMESAT", "HAVE_LINKAT",   "HAVE_LCHOWN",
    "HAVE_LSTAT",     "HAVE_LUTIMES",    "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT",   "HAVE_MKFIFOAT", "HAVE_MKNODAT",
    "HAVE_OPENAT",    "HAVE_READLINKAT", "HAVE_RENAMEAT",     "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT"};

Result<void> exec(Module* module) {
  for (PyMethodDef* table : {file_functions, directory_functions, descriptor_functions, process_functions,
                             identity_functions, scheduling_functions, system_functions, attribute_functions}) {
    TRY(module_add_functions(module, table));
  }
  for (const Constant& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  TRY(module_add_object(module, "error", OSError));
  TRY(status_init(module));
  TRY(directory_init(module));
  TRY(process_init(module));
  TRY(system_init(module));
  Ref<List> functions = TRY(list_new());
  for (const char* name : have_functions) TRY(list_append(functions, TRY(str_from_string(name)).get()));
  return module_add_object(module, "_have_functions", functions);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("posix",
                      "This module provides access to operating system functionality that is\nstandardized by the C "
                      "Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library "
                      "manual and\ncorresponding Unix manual entries for more information on calls.",
                      status_functions, slots);
}  // namespace
}  // namespace adder::posix

ADDER_EXPORT PyObject* PyInit_posix() { return adder::module_def_init(&adder::posix::definition); }
