// runtime_state: _PyRuntime, of which compiled modules read two places inline (see abi/thread_state.h).
#include "abi/thread_state.h"

constinit _PyRuntimeState _PyRuntime{};
