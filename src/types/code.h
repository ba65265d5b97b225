// code: code objects.
//
// Locals      canonical code addresses fast locals 0 … co_nlocals-1 (LOAD_FAST), and cells: first the cell variables,
//             then the free variables (LOAD_CLOSURE, LOAD_DEREF i: i < co_ncellvars is a cell variable). A parameter
//             that is a cell variable has both a fast local, where the caller puts it, and a cell: code_cell_argument()
//             tells which. co_localsplusnames lists locals, cells, frees in this order (a cell parameter twice),
//             co_localspluskinds their kinds.
// Tables      co_linetable is CPython 3.10's (PEP 626); columns are in a table of our own, see docs/bytecode.md.
// See         docs/bytecode.md, tests/python/test_code.py
#pragma once
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/function.h"
#include "types/tuple.h"

namespace adder {
// co_flags without a constant in the C API of 3.11: the code has neither cells nor free variables.
inline constexpr int kCodeNoFree = 0x40;

// Kinds in co_localspluskinds.
inline constexpr u8 kFastLocal = 0x20;
inline constexpr u8 kFastCell = 0x40;
inline constexpr u8 kFastFree = 0x80;

// First bytes of entries in the position table; four zigzag varints follow kNewPosition (see compiler/assembler.cpp).
inline constexpr char kSamePosition = 0;
inline constexpr char kNoPosition = 1;
inline constexpr char kNewPosition = 2;

// What lies behind the ABI's struct: visible to this machine only.
struct CodeObject : PyCodeObject {
  Object* position_table;  // bytes, or null: lines only
  Tuple* variable_names;   // co_varnames
  Tuple* cell_names;       // co_cellvars
  Tuple* free_names;       // co_freevars
  int* cell_arguments;     // for each cell variable the parameter that fills it, or -1; null if there is none
  // The execution form, owned by the interpreter, which sets the hook that frees it.
  void* rcode;
  void (*free_rcode)(void* rcode);
};
inline CodeObject* code_object(Code* code) { return static_cast<CodeObject*>(code); }
inline const CodeObject* code_object(const Code* code) { return static_cast<const CodeObject*>(code); }

inline Bytes* code_bytes(const Code* code) { return as<Bytes>(code->_co_code); }
inline Tuple* code_consts(const Code* code) { return as<Tuple>(code->co_consts); }
inline Tuple* code_names(const Code* code) { return as<Tuple>(code->co_names); }
inline Tuple* code_varnames(const Code* code) { return code_object(code)->variable_names; }
inline Tuple* code_cellvars(const Code* code) { return code_object(code)->cell_names; }
inline Tuple* code_freevars(const Code* code) { return code_object(code)->free_names; }
inline int code_size(const Code* code) { return static_cast<int>(bytes_size(code_bytes(code))); }
// The parameter that cell variable `cell` takes its first value from, or -1.
inline int code_cell_argument(const Code* code, int cell) {
  const int* arguments = code_object(code)->cell_arguments;
  return arguments ? arguments[cell] : -1;
}
// Number of parameters of all kinds, with *args and **kwargs: the first so many fast locals.
inline int code_parameter_count(const Code* code) {
  return code->co_argcount + code->co_kwonlyargcount + ((code->co_flags & CO_VARARGS) != 0) +
         ((code->co_flags & CO_VARKEYWORDS) != 0);
}

// Everything a code object is made of; all borrowed.
struct CodeParameters {
  Str* filename = nullptr;
  Str* name = nullptr;
  Str* qualname = nullptr;
  int flags = 0;
  Bytes* code = nullptr;
  int first_line = 1;
  Bytes* line_table = nullptr;
  Bytes* position_table = nullptr;   // may be null
  Bytes* exception_table = nullptr;  // null: empty
  Tuple* consts = nullptr;
  Tuple* names = nullptr;
  Tuple* varnames = nullptr;
  Tuple* cellvars = nullptr;
  Tuple* freevars = nullptr;
  int argcount = 0;  // with the positional-only ones
  int posonlyargcount = 0;
  int kwonlyargcount = 0;
  int stack_size = 0;
};
// Interns the names and the constants that look like names; sets or clears CO_NOFREE. ValueError and TypeError for
// parts that do not fit together, as types.CodeType() says.
Result<Code> code_new(const CodeParameters& parameters);
// A code object without code, for tracebacks of foreign languages (PyCode_NewEmpty).
Result<Code> code_new_empty(Str* filename, Str* name, int first_line);

// Values that extensions attach to code objects, by an index that they request (PEP 523). -1: no index is left.
isize code_request_extra_index(void (*release)(void*));
// Null if there is none at this index. SystemError for an index that nobody requested.
Result<void> code_get_extra(Code* code, isize index, void** extra);
// What was there before is released. MemoryError, SystemError.
Result<void> code_set_extra(Code* code, isize index, void* extra);

// Line of the instruction at a byte offset (PyCode_Addr2Line): -1 if it has none; the first line for negative offsets.
int code_line_of(const Code* code, int offset);
// Where an instruction comes from; -1 for what is unknown. Columns are UTF-8 offsets from 0.
struct CodePosition {
  int line = -1, end_line = -1, column = -1, end_column = -1;
};
CodePosition code_position_of(const Code* code, int offset);

// Moves `range`, an entry of a line table (ar_end 0: before the first), to the one with `offset`; its line, or -1: none.
int code_move_to(int offset, PyCodeAddressRange& range);

// Walks the ranges of code that have one line: CodeLines lines(code); while (lines.next()) … lines.start …
// Neighbouring entries with the same line are joined, as co_lines() shows them. No Python code.
class CodeLines {
 public:
  explicit CodeLines(const Code* code);
  bool next();
  int start = 0, end = 0;  // byte offsets
  int line = -1;           // -1: none

 private:
  bool advance(int& range_start, int& range_end, int& range_line);
  const u8* position_;
  const u8* limit_;
  int offset_ = 0;
  int current_line_;
  bool pending_ = false;
  int pending_start_ = 0, pending_end_ = 0, pending_line_ = -1;
};
}  // namespace adder
