// lifecycle: what start-up and shut-down call in the modules of this room.
#pragma once
#include "abi/names.h"
#include "base/result.h"
#include "runtime/runtime.h"

namespace adder {
// Signal handlers of the process: SIGPIPE ignored, SIGINT raises KeyboardInterrupt (modules/_signal.cpp).
Result<void> signals_initialize(bool install_handlers);
void signals_finalize();
// The state of _warnings: default filters (modules/_warnings.cpp).
Result<void> warnings_initialize();
// Runs and forgets the functions registered with atexit (modules/atexit.cpp).
void atexit_run(Interpreter* self);
// threading._shutdown(): waits for threads that are not daemons.
void threads_shutdown();
// Tells the hooks of C code that they go, and forgets them (modules/sys/sys_hooks.cpp).
void sys_clear_audit_hooks();
// Tells shut-down that something exists whose end may show, and that the collector does not see: an extension module, an
// open directory. See docs/runtime.md, "Shut-down".
void shut_down_thoroughly();
// The callback of the weak references in the sets of _abc (modules/_abc.cpp): nobody sees when it runs.
extern PyMethodDef abc_forget_definition;
// Start-up is over: what it made counts as old (memory/gc.cpp).
namespace gc {
void start_up_done();
}
// Flushes sys.stdout and sys.stderr; false if that failed.
bool flush_standard_streams();
// The same, and forgets what fails.
void flush_streams_quietly();
// -1 when the exception that is set is not SystemExit (or -i is given); else prints what it says and gives the exit status.
int exit_status_of_system_exit();
// Prints the exception and gives the exit status of the program.
int report_uncaught();
// Whether the last exception so reported was KeyboardInterrupt: the process then dies from SIGINT.
extern bool unhandled_interrupt;
// A file object that writes straight to a descriptor: sys.stderr until the streams are made.
Result<Object> std_printer_new(int fd);
// -X faulthandler, and its end (modules/faulthandler.cpp).
void faulthandler_initialize();
void faulthandler_finalize();
// The handlers of fatal signals as they were before.
void faulthandler_restore();
// -X tracemalloc: starts with so many frames (0: not), and its end (modules/_tracemalloc).
Result<void> tracemalloc_initialize(int frames);
void tracemalloc_finalize();
}  // namespace adder
