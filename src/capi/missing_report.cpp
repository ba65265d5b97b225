// missing_report: what a call of a C API function without meaning does.
#include "capi/missing.h"
#include "runtime/error.h"

namespace adder {
void capi_missing(const char* name) { static_cast<void>(raise(SystemError, "%s is not implemented", name)); }
}  // namespace adder
