// csv: what the files of the module _csv share.
#pragma once
#include "object/protocol.h"
#include "types/module.h"

namespace adder::csv {
enum Quoting { QuoteMinimal, QuoteAll, QuoteNonnumeric, QuoteNone };
inline constexpr Py_UCS4 kNotSet = 0xffffffff;  // no quotechar, no escapechar

struct Dialect : PyObject {
  char double_quote, skip_initial_space, strict;
  int quoting;
  Py_UCS4 delimiter, quote, escape;
  Str* line_terminator;
};
extern Type dialect_type, reader_type, writer_type;
// Made by exec, once: _csv.Error.
extern Object* error_class;
extern long field_limit;
template <class... Args>
Error raise_csv(const char* format, Args... args) {
  return raise(reinterpret_cast<Type*>(error_class), format, args...);
}

// dialect_type(dialect, **parameters); `dialect` may be absent.
Result<Object> make_dialect(Opt<Object*> dialect, Opt<Object*> parameters);
// _csv.Error "unknown dialect".
Result<Object> get_dialect(Object* name);
Result<Object> make_reader(Object* iterable, Opt<Object*> dialect, Opt<Object*> parameters);
Result<Object> make_writer(Object* file, Opt<Object*> dialect, Opt<Object*> parameters);
}  // namespace adder::csv
