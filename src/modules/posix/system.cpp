// system: environment variables, what the machine is, configuration values.
#include <climits>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "types/dict.h"
#include "types/float.h"

extern char** environ;

namespace adder::posix {
extern Type* sched_param_type;
extern const newfunc sched_param_constructor;
namespace {
// Made when the module is first loaded; immutable afterwards.
Type *uname_result_type, *times_result_type, *terminal_size_type;
PyStructSequence_Field uname_fields[] = {
    {"sysname", "operating system name"},    {"nodename", "name of machine on network (implementation-defined)"},
    {"release", "operating system release"}, {"version", "operating system version"},
    {"machine", "hardware identifier"},      {nullptr, nullptr}};
PyStructSequence_Desc uname_description = {
    "posix.uname_result",
    "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, "
    "release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee "
    "os.uname for more information.",
    uname_fields, 5};
PyStructSequence_Field times_fields[] = {{"user", "user time"},
                                         {"system", "system time"},
                                         {"children_user", "user time of children"},
                                         {"children_system", "system time of children"},
                                         {"elapsed", "elapsed time since an arbitrary point in the past"},
                                         {nullptr, nullptr}};
PyStructSequence_Desc times_description = {
    "posix.times_result",
    "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, "
    "children_user, children_system, elapsed),\nor via the attributes user, system, children_user, "
    "children_system,\nand elapsed.\n\nSee os.times for more information.",
    times_fields, 5};
PyStructSequence_Field terminal_fields[] = {{"columns", "width of the terminal window in characters"},
                                            {"lines", "height of the terminal window in characters"},
                                            {nullptr, nullptr}};
PyStructSequence_Desc terminal_description = {
    "os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", terminal_fields, 2};
PyStructSequence_Field sched_fields[] = {{"sched_priority", "the scheduling priority"}, {nullptr, nullptr}};
PyStructSequence_Desc sched_description = {
    "posix.sched_param",
    "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter.", sched_fields, 1};

constexpr Doc uname_doc =
    "uname($module, /)\n--\n\nReturn an object identifying the current operating system.\n\nThe object behaves like a "
    "named tuple with the following fields:\n  (sysname, nodename, release, version, machine)";
Result<Object> uname_function(Module*) {
  utsname info;
  TRY(check(::uname(&info)));
  Ref<Object> result = TRY(struct_sequence_new(uname_result_type));
  const char* const texts[] = {info.sysname, info.nodename, info.release, info.version, info.machine};
  for (isize i = 0; i < 5; ++i) struct_sequence_set(result, i, TRY(str_decode_fs_default(texts[i])));
  return result;
}
constexpr Doc times_doc =
    "times($module, /)\n--\n\nReturn a collection containing process timing information.\n\nThe object returned "
    "behaves like a named tuple with these fields:\n  (utime, stime, cutime, cstime, elapsed_time)\nAll fields are "
    "floating point numbers.";
Result<Object> times_function(Module*) {
  tms spent;
  clock_t elapsed = ::times(&spent);
  if (elapsed == static_cast<clock_t>(-1)) return raise_errno(OSError);
  double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  Ref<Object> result = TRY(struct_sequence_new(times_result_type));
  const clock_t values[] = {spent.tms_utime, spent.tms_stime, spent.tms_cutime, spent.tms_cstime, elapsed};
  for (isize i = 0; i < 5; ++i)
    struct_sequence_set(result, i, TRY(float_from_double(static_cast<double>(values[i]) / ticks)));
  return result;
}
constexpr Doc terminal_doc = "get_terminal_size($module, fd=NULL, /)\n--\n\n";
constexpr const char* terminal_text =
    "Return the size of the terminal window as (columns, lines).\n\nThe optional argument fd (default standard output) "
    "specifies\nwhich file descriptor should be queried.\n\nIf the file descriptor is not connected to a terminal, an "
    "OSError\nis thrown.\n\nThis function will only be "
    "defined if an implementation is\navailable for this system.\n\nshutil.get_terminal_size is the high-level "
    "function which should\nnormally be used, os.get_terminal_size is the low-level implementation.";
Result<Object> terminal_size(Module*, Opt<Object*> fd) {
  winsize size;
  TRY(check(::ioctl(fd ? TRY(int_as_int(fd.get())) : STDOUT_FILENO, TIOCGWINSZ, &size)));
  Ref<Object> result = TRY(struct_sequence_new(terminal_size_type));
  struct_sequence_set(result, 0, TRY(int_from_i64(size.ws_col)));
  struct_sequence_set(result, 1, TRY(int_from_i64(size.ws_row)));
  return result;
}
constexpr Doc strerror_doc = "strerror($module, code, /)\n--\n\nTranslate an error code to a message string.";
Result<Object> strerror_function(Module*, int code) { return str_decode_fs_default(::strerror(code)); }
constexpr Doc umask_doc = "umask($module, mask, /)\n--\n\nSet the current numeric umask and return the previous umask.";
Result<int> umask_function(Module*, int mask) { return static_cast<int>(::umask(static_cast<mode_t>(mask))); }
constexpr Doc urandom_doc =
    "urandom($module, size, /)\n--\n\nReturn a bytes object containing random bytes suitable for cryptographic use.";
Result<Object> random_bytes(isize size, unsigned flags, bool all) {
  if (size < 0) return raise(ValueError, "negative argument not allowed");
  Ref<Bytes> data = TRY(bytes_new(size));
  isize done = 0;
  while (done < size) {
    i64 got = TRY(retry([&] { return ::getrandom(bytes_data(data) + done, static_cast<usize>(size - done), flags); }));
    if (got < 0) return raise_errno(OSError);
    done += got;
    if (!all) break;
  }
  return bytes_resize(std::move(data), done);
}
Result<Object> urandom(Module*, isize size) { return random_bytes(size, 0, true); }
constexpr Doc getrandom_doc = "getrandom($module, /, size, flags=0)\n--\n\nObtain a series of random bytes.";
Result<Object> getrandom_function(Module*, isize size, int flags) {
  if (size < 0) {
    errno = EINVAL;
    return raise_errno(OSError);
  }
  return random_bytes(size, static_cast<unsigned>(flags), false);
}
constexpr Doc cpu_count_doc =
    "cpu_count($module, /)\n--\n\nReturn the number of CPUs in the system; return None if indeterminable.\n\nThis "
    "number is not equivalent to the number of CPUs the current process can\nuse.  The number of usable CPUs can be "
    "obtained with\n``len(os.sched_getaffinity(0))``";
Result<Object> cpu_count(Module*) {
  long count = ::sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? Result<Object>(int_from_i64(count)) : none_result();
}
constexpr Doc getloadavg_doc =
    "getloadavg($module, /)\n--\n\nReturn average recent system load information.\n\nReturn the number of processes in "
    "the system run queue averaged over\nthe last 1, 5, and 15 minutes as a tuple of three floats.\nRaises OSError if "
    "the load average was unobtainable.";
Result<Object> getloadavg_function(Module*) {
  double loads[3];
  if (::getloadavg(loads, 3) != 3) return raise(OSError, "Load averages are unobtainable");
  Ref<Float> a = TRY(float_from_double(loads[0]))
  , b = TRY(float_from_double(loads[1]))
  , c = TRY(float_from_double(loads[2]));
  return tuple_pack(a.get(), b.get(), c.get());
}
constexpr Doc device_encoding_doc =
    "device_encoding($module, /, fd)\n--\n\nReturn a string describing the encoding of a terminal's file "
    "descriptor.\n\nThe file descriptor must be attached to a terminal.\nIf the device is not a terminal, return None.";
Result<Object> device_encoding(Module*, int fd) {
  if (!::isatty(fd)) return none_result();
  if (interpreter()->config->utf8_mode > 0) return str_from_latin1("utf-8");
  return str_from_string(::nl_langinfo(CODESET));
}

// == Environment ==

constexpr Doc putenv_doc = "putenv($module, name, value, /)\n--\n\nChange or add an environment variable.";
Result<void> putenv_function(Module*, Object* name, Object* value) {
  Ref<Object> key = TRY(fs_converter(name))
  , text = TRY(fs_converter(value));
  if (std::strchr(bytes_data(as<Bytes>(key.get())), '=')) return raise(ValueError, "illegal environment variable name");
  TRY(audit("os.putenv", key.get(), text.get()));
  return check(::setenv(bytes_data(as<Bytes>(key.get())), bytes_data(as<Bytes>(text.get())), 1));
}
constexpr Doc unsetenv_doc = "unsetenv($module, name, /)\n--\n\nDelete an environment variable.";
Result<void> unsetenv_function(Module*, Object* name) {
  Ref<Object> key = TRY(fs_converter(name));
  TRY(audit("os.unsetenv", key.get()));
  return check(::unsetenv(bytes_data(as<Bytes>(key.get()))));
}
Result<Dict> environment() {
  Ref<Dict> result = TRY(dict_new());
  for (char** entry = environ; entry && *entry; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    if (!equals) continue;
    Ref<Bytes> key = TRY(bytes_from_view({*entry, static_cast<usize>(equals - *entry)}));
    Ref<Bytes> value = TRY(bytes_from_string(equals + 1));
    TRY(dict_set_default(result, key, value));
  }
  return result;
}

// == Configuration values ==

struct ConfigurationName {
  const char* name;
  int value;
};
constexpr ConfigurationName sysconf_names[] = {
#define SYSCONF(name) {#name, _##name},
#include "modules/posix/sysconf_names.def"
#undef SYSCONF
};
constexpr ConfigurationName confstr_names[] = {
#define CONFSTR(name) {#name, _##name},
#include "modules/posix/confstr_names.def"
#undef CONFSTR
};
constexpr ConfigurationName pathconf_names[] = {
#define PATHCONF(name) {#name, _##name},
#include "modules/posix/pathconf_names.def"
#undef PATHCONF
};
template <usize N>
Result<int> configuration_name(const ConfigurationName (&names)[N], Object* object) {
  if (is_int(object)) return int_as_int(object);
  if (!is_str(object)) return raise(TypeError, "configuration names must be strings or integers");
  for (const ConfigurationName& entry : names) {
    if (str_equals(as<Str>(object), entry.name)) return entry.value;
  }
  return raise(ValueError, "unrecognized configuration name");
}
template <usize N>
Result<void> add_names(Module* module, const char* attribute, const ConfigurationName (&names)[N]) {
  Ref<Dict> dict = TRY(dict_new());
  for (const ConfigurationName& entry : names) {
    Ref<Int> value = TRY(int_from_i64(entry.value));
    TRY(dict_set_item_string(dict, entry.name, value));
  }
  return module_add_object(module, attribute, dict);
}
constexpr Doc sysconf_doc = "sysconf($module, name, /)\n--\n\nReturn an integer-valued system configuration variable.";
Result<Object> sysconf_function(Module*, Object* name) {
  int number = TRY(configuration_name(sysconf_names, name));
  errno = 0;
  long value = ::sysconf(number);
  if (value == -1 && errno) return raise_errno(OSError);
  return int_from_i64(value);
}
constexpr Doc confstr_doc = "confstr($module, name, /)\n--\n\nReturn a string-valued system configuration variable.";
Result<Object> confstr_function(Module*, Object* name) {
  int number = TRY(configuration_name(confstr_names, name));
  errno = 0;
  usize size = ::confstr(number, nullptr, 0);
  if (size == 0) {
    if (errno) return raise_errno(OSError);
    return none_result();
  }
  Ref<Bytes> text = TRY(bytes_new(static_cast<isize>(size)));
  ::confstr(number, bytes_data(text), size);
  return str_decode_fs_default({bytes_data(text), size - 1});
}
}  // namespace

Result<void> system_init(Module* module) {
  if (!uname_result_type) {
    uname_result_type = TRY(struct_sequence_new_type(&uname_description))
    .release();
    times_result_type = TRY(struct_sequence_new_type(&times_description))
    .release();
    terminal_size_type = TRY(struct_sequence_new_type(&terminal_description))
    .release();
    sched_param_type = TRY(struct_sequence_new_type(&sched_description))
    .release();
    sched_param_type->tp_new = sched_param_constructor;
  }
  TRY(module_add_object(module, "uname_result", uname_result_type));
  TRY(module_add_object(module, "times_result", times_result_type));
  TRY(module_add_object(module, "terminal_size", terminal_size_type));
  TRY(module_add_object(module, "sched_param", sched_param_type));
  TRY(add_names(module, "sysconf_names", sysconf_names));
  TRY(add_names(module, "confstr_names", confstr_names));
  TRY(add_names(module, "pathconf_names", pathconf_names));
  return module_add_object(module, "environ", TRY(environment()).get());
}

constinit PyMethodDef system_functions[] = {
    method<uname_function, uname_doc>(),
    method<times_function, times_doc>(),
    with_text(method<terminal_size, terminal_doc>(), terminal_text),
    method<strerror_function, strerror_doc>(),
    method<umask_function, umask_doc>(),
    method<urandom, urandom_doc>(),
    method<getrandom_function, getrandom_doc>(),
    method<cpu_count, cpu_count_doc>(),
    method<getloadavg_function, getloadavg_doc>(),
    method<device_encoding, device_encoding_doc>(),
    method<putenv_function, putenv_doc>(),
    method<unsetenv_function, unsetenv_doc>(),
    method<sysconf_function, sysconf_doc>(),
    method<confstr_function, confstr_doc>(),
    {},
};
}  // namespace adder::posix
