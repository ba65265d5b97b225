#!/usr/bin/env python3
"""Compare the structs of src/abi with CPython 3.11's headers and with tests/capi/layout.tsv.

    tools/check_layout.py --build DIR

Prints `ok STRUCT` or `bad STRUCT: reason` a line. A field that compiled extensions read must be there; of the others
each may be left to the machine's own use, but what has a name of CPython's stands where CPython has it. Exceptions
are in tests/capi/layout_exceptions.tsv, with a reason.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

from harness import PYTHON_HEADERS, ROOT


def read_table(name):
    path = os.path.join(ROOT, "tests", "capi", name)
    with open(path, encoding="utf-8") as stream:
        return [line.rstrip("\n").split("\t") for line in stream if line.strip() and not line.startswith("#")]


def declared_structs():
    names = set()
    for path in glob.glob(os.path.join(ROOT, "src", "abi", "*.h")):
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        names.update(re.findall(r"^struct (\w+)[^;\n]*\{", text, re.M))
        names.update(re.findall(r"^using (\w+) =", text, re.M))
    return names


def measure(work, rows, structs, flavour, compiler_flags, headers):
    """{(struct, field): (offset, size)} as one set of headers lays it out."""
    folder = os.path.join(work, flavour)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "layout_headers.inc"), "w", encoding="ascii") as stream:
        stream.writelines(headers)
    with open(os.path.join(folder, "layout_rows.inc"), "w", encoding="ascii") as stream:
        for struct, field, offset, _size, _header, _read in rows:
            if struct not in structs:
                continue
            if field == "(sizeof)":
                stream.write(f"STRUCT({struct})\n")
            else:
                stream.write(f"{'BITS' if 'bit' in offset else 'FIELD'}({struct}, {field})\n")
    program = os.path.join(folder, "layout")
    command = [os.environ.get("CXX", "g++"), "-std=gnu++20", "-w", "-I", folder] + compiler_flags + [
        os.path.join(ROOT, "tests", "capi", "layout.cpp"), "-o", program]
    if shutil.which("ccache"):
        command.insert(0, "ccache")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"bad {flavour}: does not compile: {done.stderr[:2000]}")
        return {}
    out = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {tuple(line.split("\t")[:2]): tuple(line.split("\t")[2:]) for line in out.splitlines()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="where to put what is compiled")
    work = os.path.join(parser.parse_args().build, "capi")
    rows = read_table("layout.tsv")[1:]
    exceptions = {(row[0], row[1]) for row in read_table("layout_exceptions.tsv")}
    ours = declared_structs()
    measured = {"adder": measure(work, rows, ours, "adder", ["-fno-exceptions", "-fno-rtti", "-I", os.path.join(ROOT, "src")],
                                 [f'#include "abi/{os.path.basename(path)}"\n'
                                  for path in sorted(glob.glob(os.path.join(ROOT, "src", "abi", "*.h")))])}
    if PYTHON_HEADERS is not None:
        theirs = {row[0] for row in rows if not row[4].startswith("internal/")}
        includes = ["Python.h", "structmember.h", "structseq.h"]
        measured["CPython"] = measure(work, rows, theirs, "cpython", ["-DWITH_CPYTHON", "-I", PYTHON_HEADERS],
                                      [f"#include <{name}>\n" for name in includes])
    else:
        print("no headers of CPython 3.11 (libpython3.11-dev): only the table is compared", file=sys.stderr)

    status = 0
    for struct in dict.fromkeys(row[0] for row in rows):
        problems = []
        known = False
        for _, field, offset, size, _, read in (row for row in rows if row[0] == struct):
            for flavour, layout in measured.items():
                if (struct, field) not in layout or (flavour == "adder" and (struct, field) in exceptions):
                    continue
                known = known or flavour == "adder"
                place = layout[struct, field]
                if place[0] == "absent":
                    is_base = offset == "0" and "." not in field and int(size) > 8  # inherited, not a member, in src/abi
                    if flavour == "CPython" or (read == "yes" and not is_base and not field.startswith("ob_base.")):
                        problems.append(f"{field} is absent from {flavour}")
                elif place != (offset, size):
                    problems.append(f"{field} is at {place[0]} size {place[1]} in {flavour}, not at {offset} size {size}")
        if known or problems:
            print(f"{'bad' if problems else 'ok'} {struct}{': ' if problems else ''}{'; '.join(problems)}")
        if problems:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
