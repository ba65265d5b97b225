// traceback_dump: where threads are, written straight to a descriptor.
//
// For fatal errors and signal handlers: no allocation, no locks, no Python code, only write(). Frames are read as they are; in a
// crashing process they may be inconsistent.
#pragma once
#include "object/protocol.h"

namespace adder {
void dump_text(int fd, const char* text);
// 0x and at least `digits` digits.
void dump_hexadecimal(int fd, usize value, isize digits);
void dump_number(int fd, usize value);
// A str: ASCII as it is, the rest escaped, at most 500 characters.
void dump_str(int fd, Object* text);
// Header and frames of a thread, the innermost first, at most 100.
void dump_traceback(int fd, ThreadState* state, const char* header = "Stack (most recent call first):\n");
// Of all threads of the interpreter of `current`, at most 100; null: of the main interpreter.
void dump_traceback_of_all_threads(int fd, ThreadState* current);
// "Extension modules: …": modules of compiled files that are not the standard library's. Nothing if there are none.
void dump_extension_modules(int fd);
}  // namespace adder
