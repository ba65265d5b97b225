// configure: from defaults, command line, environment and Py_*Flag variables to a complete Config: the only way there
// is, for the adder executable as for programs that embed it (PEP 587).
#pragma once
#include "abi/init_config.h"
#include "base/result.h"
#include "runtime/config.h"

namespace adder {
// == Status: how start-up fails before there are exceptions ==

inline PyStatus status_ok() { return {PyStatus::kOk, nullptr, nullptr, 0}; }
// `function` and `message` live for ever.
inline PyStatus status_error(const char* function, const char* message) {
  return {PyStatus::kError, function, message, 0};
}
inline PyStatus status_exit(int code) { return {PyStatus::kExit, nullptr, nullptr, code}; }
inline bool status_failed(const PyStatus& status) { return status._type != PyStatus::kOk; }
// Prints what went wrong, if it did, and ends the process (Py_ExitStatusException).
[[noreturn]] void status_leave(const PyStatus& status);

// == Pre-initialisation: locale and UTF-8 mode ==

void preconfig_defaults(PyPreConfig& config, ConfigKind kind);
// Decides on the locale, once until the runtime is finalised. `arguments` may be null; with parse_argv, -E, -I, -X utf8
// and -X dev in it count.
PyStatus preinitialize(const PyPreConfig& wanted, const TextList* arguments);
// What was decided.
const PyPreConfig& preconfig();
// After finalisation: the next start-up decides anew.
void preconfig_reset();

// == Configuration ==

Config config_defaults(ConfigKind kind);
// Completes `config`; program name and paths only if `compute`. Exit status and messages as `python3`'s: --help and
// --version print and give kExit.
PyStatus config_read(Config& config, bool compute = true);
// The Py_*Flag variables and the C streams take over what `config` says.
void config_publish(const Config& config);

// What C programs said before start-up through functions older than PEP 587 (Py_SetProgramName, PySys_AddWarnOption
// ...); counts where a configuration says nothing.
struct LegacySettings {
  const char *program_name, *home, *executable, *stdio_encoding, *stdio_errors;
  TextList search_paths, warn_options, x_options;
  bool paths_set;
};
extern LegacySettings legacy_settings;

// Gives the running interpreter another configuration; sys takes it over (for tests of the configuration).
Result<void> config_replace(Config& config);

// == Life ==

// Reads the rest of `config`, publishes it, and starts the runtime (does nothing if it runs).
PyStatus runtime_start(Config& config);
// The second half of a start with init_main = 0: importlib, streams, site.
PyStatus runtime_start_library();
// Finalises, and forgets the interpreter and this thread's state, so that runtime_start() may follow. -1: the standard
// streams could not be flushed.
int runtime_stop();
// Runs what the configuration says (command, module, file, dialogue), stops the runtime, and gives the exit status.
int run_main();
// The whole life of `python3 argv...`.
int bytes_main(int argc, char** argv);
// Functions for the end of runtime_stop(), or of the process (Py_AtExit). False if there are too many.
bool at_exit(void (*function)());
void run_exit_functions();

// == Text ==

// The locale's encoding to wide text and back, surrogateescape both ways. Allocated with malloc; null without memory or
// with lone surrogates.
wchar_t* locale_decode(const char* text, usize* length = nullptr);
char* locale_encode(const wchar_t* text);
}  // namespace adder
