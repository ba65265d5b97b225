// getargs: the argument parsers that Argument Clinic makes, in the ABI's layout.
#pragma once
#include "abi/types.h"

struct _PyArg_Parser {
  const char* format;           // null for functions that use _PyArg_UnpackKeywords
  const char* const* keywords;  // "" for positional-only parameters; ends with null
  const char* fname;
  const char* custom_msg;
  int pos;  // positional-only parameters
  int min, max;
  PyObject* kwtuple;  // interned names of the others, made at the first use and kept
  _PyArg_Parser* next;
};
