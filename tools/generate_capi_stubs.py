#!/usr/bin/env python3
"""Write src/capi/missing.cpp from src/capi/symbols.tsv: a weak definition for every exported name of the C API.

Extension modules are bound at load, so one name that is not there blocks an import even if nobody calls it. A real
definition elsewhere in the program wins over the weak one; what has none yet raises SystemError with its name.

    tools/generate_capi_stubs.py [symbols.tsv [missing.cpp]]
"""
import csv
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

HEAD = """\
// missing: a weak definition for every exported name of the C API that has no meaning yet.
//
// Written by tools/generate_capi_stubs.py from symbols.tsv; do not edit. A strong definition anywhere else wins.
// The functions take any arguments, set SystemError("NAME is not implemented") and return their type's failure value.
// No header that declares the real prototypes may be included here.
#include "capi/missing.h"

// clang-format off
"""

VALUES = {"void": "VOID", "double": "DOUBLE", "Py_complex": "COMPLEX", "PyStatus": "STATUS"}
# Integers whose failure is 0 rather than -1.
ZERO = {"size_t", "uint64_t", "PyGILState_STATE"}


def macro_for(c_type):
    returned = c_type.split("(")[0].strip()
    if not returned or "*" in returned:
        return "POINTER"
    if returned in VALUES:
        return VALUES[returned]
    if returned in ZERO:
        return "ZERO"
    if returned in ("int", "PyLockStatus"):
        return "INT"
    if returned in ("Py_ssize_t", "long", "unsigned long", "long long", "unsigned long long", "Py_hash_t", "Py_uhash_t",
                    "_PyTime_t", "int64_t", "Py_UCS4", "unsigned int", "PySendResult", "time_t"):
        return "LONG"
    return "POINTER"  # function pointers behind a typedef


def main():
    source = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "src/capi/symbols.tsv")
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "src/capi/missing.cpp")
    with open(source, newline="") as file:
        rows = sorted(csv.DictReader(file, delimiter="\t"), key=lambda row: row["symbol"])
    with open(target, "w") as file:
        file.write(HEAD)
        for row in rows:
            if row["kind"] == "function":
                file.write(f"MISSING_{macro_for(row['c_type'] or '')}({row['symbol']})\n")
            else:
                file.write(f"MISSING_DATA({row['symbol']}, {row['data_size']})\n")
        file.write("// clang-format on\n")


if __name__ == "__main__":
    main()
