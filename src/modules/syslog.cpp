// syslog: messages to the system log.
//
// Invariant  the C library keeps the pointer that openlog() was given, so the identification string is held in
// `identity`. See        library reference "syslog"; POSIX <syslog.h>
#include <syslog.h>

#include "bind/bind.h"
#include "import/import.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
constinit Object* identity = nullptr;  // bytes, or null
constinit bool is_open = false;

// `name` absent: the base name of the script.
Result<void> open_log(Opt<Object*> name, int options, int facility) {
  Ref<Object> bytes;
  if (name) {
    if (!is_str(name.get())) {
      return raise(TypeError, "openlog() argument 1 must be str, not %.50s",
                   name.get() == None ? "None" : type_of(name.get())->tp_name);
    }
    bytes = TRY(str_as_utf8_bytes(as<Str>(name.get())));
  } else {
    Ref<Object> arguments = TRY(import_attribute("sys", "argv"));
    if (is_list(arguments) && list_size(as<List>(arguments.get())) > 0 &&
        is_str(list_item(as<List>(arguments.get()), 0))) {
      Str* text = as<Str>(list_item(as<List>(arguments.get()), 0));
      isize slash = str_find_char(text, '/', 0, str_length(text), -1);
      Ref<Str> base = TRY(str_substring(text, slash + 1, str_length(text)));
      if (str_length(base) > 0) bytes = TRY(str_as_utf8_bytes(base));
    }
  }
  if (audit_wanted()) {
    Ref<Object> text = new_ref(None);
    if (bytes) text = TRY(str_from_utf8(bytes_view(as<Bytes>(bytes.get()))));
    Ref<Int> option = TRY(int_from_i64(options))
    , number = TRY(int_from_i64(facility));
    TRY(audit("syslog.openlog", text.get(), static_cast<Object*>(option.get()), static_cast<Object*>(number.get())));
  }
  ::openlog(bytes ? bytes_data(as<Bytes>(bytes.get())) : nullptr, options, facility);
  is_open = true;
  set_field(identity, std::move(bytes));
  return {};
}

constexpr Doc openlog_doc = "openlog($module, /, ident=<unrepresentable>, logoption=0, facility=8)\n--\n\n";
Result<void> openlog_function(Module*, Opt<Object*> name, int options, Opt<Object*> facility) {
  return open_log(name, options, facility ? TRY(int_as_int(facility.get())) : LOG_USER);
}

// syslog([priority,] message)
PyObject* syslog_function(PyObject*, PyObject* const* args, Py_ssize_t nargs) {
  auto run = [&]() -> Result<Object> {
    Object* message = nargs == 1 ? args[0] : nargs == 2 ? args[1] : nullptr;
    if (!message || !is_str(message) || (nargs == 2 && !index_check(args[0]))) {
      return raise(TypeError, "[priority,] message string");
    }
    int priority = nargs == 2 ? TRY(int_as_int(args[0])) : LOG_INFO;
    Ref<Object> text = TRY(str_as_utf8_bytes(as<Str>(message)));
    if (audit_wanted()) {
      Ref<Int> number = TRY(int_from_i64(priority));
      TRY(audit("syslog.syslog", static_cast<Object*>(number.get()), message));
    }
    if (!is_open) TRY(open_log({}, 0, LOG_USER));
    {
      Ref<Object> held = Ref<Object>::share_or_empty(identity);  // another thread may open the log anew meanwhile
      WithoutGil released;
      ::syslog(priority, "%s", bytes_data(as<Bytes>(text.get())));
    }
    return none_result();
  };
  return run().to_c();
}

constexpr Doc closelog_doc = "closelog($module, /)\n--\n\n";
Result<void> closelog_function(Module*) {
  if (!is_open) return {};
  TRY(audit("syslog.closelog"));
  ::closelog();
  is_open = false;
  clear_field(identity);
  return {};
}
constexpr Doc setlogmask_doc = "setlogmask($module, maskpri, /)\n--\n\n";
Result<int> setlogmask_function(Module*, int mask) {
  if (audit_wanted()) {
    Ref<Int> number = TRY(int_from_i64(mask));
    TRY(audit("syslog.setlogmask", static_cast<Object*>(number.get())));
  }
  return ::setlogmask(mask);
}
constexpr Doc log_mask_doc = "LOG_MASK($module, pri, /)\n--\n\n";
Result<int> log_mask(Module*, int priority) { return LOG_MASK(priority); }
constexpr Doc log_upto_doc = "LOG_UPTO($module, pri, /)\n--\n\n";
Result<int> log_upto(Module*, int priority) { return LOG_UPTO(priority); }

constinit PyMethodDef functions[] = {
    with_text(method<openlog_function, openlog_doc>(), nullptr),
    with_text(method<closelog_function, closelog_doc>(), nullptr),
    raw_method("syslog", syslog_function, METH_FASTCALL, nullptr),
    with_text(method<setlogmask_function, setlogmask_doc>(), nullptr),
    with_text(method<log_mask, log_mask_doc>(), nullptr),
    with_text(method<log_upto, log_upto_doc>(), nullptr),
    {},
};

constexpr struct {
  const char* name;
  int value;
} constants[] = {
#define ITEM(name) \
  { #name, name }
    ITEM(LOG_EMERG),  ITEM(LOG_ALERT),  ITEM(LOG_CRIT),     ITEM(LOG_ERR),    ITEM(LOG_WARNING), ITEM(LOG_NOTICE),
    ITEM(LOG_INFO),   ITEM(LOG_DEBUG),  ITEM(LOG_PID),      ITEM(LOG_CONS),   ITEM(LOG_NDELAY),  ITEM(LOG_ODELAY),
    ITEM(LOG_NOWAIT), ITEM(LOG_PERROR), ITEM(LOG_KERN),     ITEM(LOG_USER),   ITEM(LOG_MAIL),    ITEM(LOG_DAEMON),
    ITEM(LOG_AUTH),   ITEM(LOG_LPR),    ITEM(LOG_LOCAL0),   ITEM(LOG_LOCAL1), ITEM(LOG_LOCAL2),  ITEM(LOG_LOCAL3),
    ITEM(LOG_LOCAL4), ITEM(LOG_LOCAL5), ITEM(LOG_LOCAL6),   ITEM(LOG_LOCAL7), ITEM(LOG_SYSLOG),  ITEM(LOG_CRON),
    ITEM(LOG_UUCP),   ITEM(LOG_NEWS),   ITEM(LOG_AUTHPRIV),
#undef ITEM
};
Result<void> exec(Module* module) {
  for (auto& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("syslog", nullptr, functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_syslog() { return adder::module_def_init(&adder::definition); }
