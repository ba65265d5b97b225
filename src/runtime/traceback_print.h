// traceback_print: tracebacks and exceptions as text, as the interpreter prints them when nothing catches.
#pragma once
#include <string_view>

#include "object/protocol.h"

namespace adder {
// Writes exception, chain, group members and notes to a file object (PyErr_Display). `traceback` replaces none.
void error_display(Object* file, Object* exception);
// Writes the traceback alone: header, entries (PyTraceBack_Print).
Result<void> traceback_print(Object* traceback, Object* file);
// The same under any header; `indent` blanks (at most 100) and a margin (at most 50 bytes) stand in front of every
// line.
Result<void> traceback_print_indented(Object* traceback, int indent, const char* margin, const char* header_margin,
                                      const char* header, Object* file);
// The text of one source line (stripped), or "" if the file cannot be read; honours coding cookies and sys.path.
Result<Str> source_line(Object* filename, int lineno);
// The source line as it stands in the file, with its end, or "".
Result<Str> program_text(Object* filename, int lineno);
// How far two names are from each other, as "Did you mean" counts: 2 for a character more, less or other, 1 for one in
// the other case. More than `limit`: some number above it.
int name_distance(std::string_view a, std::string_view b, int limit);
// Makes the type of what sys.unraisablehook takes; once, before the first report.
Result<void> unraisable_type_init();
// What sys.unraisablehook does; `unraisable` has exc_type, exc_value, exc_traceback, err_msg, object.
Result<void> unraisable_default_hook(Object* unraisable);
}  // namespace adder
