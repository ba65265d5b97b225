// line_input: how dialogues and input() read a line from a terminal, with the editor that the module readline installs.
#pragma once
#include <cstdio>

#include "abi/names.h"
#include "base/result.h"

// The C API's names: what reads a line (malloc'd, "" at the end of input, null on interruption), what runs while a line
// is waited for, and the thread that reads one now.
ADDER_EXPORT char* (*PyOS_ReadlineFunctionPointer)(FILE* input, FILE* output, const char* prompt);
ADDER_EXPORT int (*PyOS_InputHook)(void);
ADDER_EXPORT PyThreadState* _PyOS_ReadlineTState;

namespace adder {
// A line with its end, in memory::allocate's memory; "" at the end of input. Null: interrupted (KeyboardInterrupt,
// which may not be set yet) or an exception is set. Releases the GIL; signal handlers and input hooks may run Python
// code.
char* line_input(FILE* input, FILE* output, const char* prompt);
}  // namespace adder
