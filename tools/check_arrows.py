#!/usr/bin/env python3
"""Check the rules of the house that a compiler does not: include arrows, file sizes, file heads, stray paths.

Prints `ok RULE` or `bad RULE: reason` a line; the status is 1 if any rule is broken.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT = 1000  # lines of a source file; tables and .def files excepted

# The rooms of src/ from the ground up: what a room's headers may include, beside themselves.
HEADERS = {
    "base": "",
    "abi": "base",
    "memory": "base abi",
    "runtime": "base abi memory object",
    "object": "base abi memory runtime",
    "bind": "base abi memory runtime object types",
    "types": "base abi memory runtime object bind",
    "parser": "base abi memory runtime object bind types",
    "compiler": "base abi memory runtime object bind types parser",
    "interpreter": "base abi memory runtime object bind types compiler",
    "jit": "base abi memory runtime object bind types compiler interpreter",
    "import": "base abi memory runtime object bind types parser compiler interpreter",
    "modules": "base abi memory runtime object bind types parser compiler interpreter jit import",
    "capi": "base abi memory runtime object bind types parser compiler interpreter jit import modules",
    "cli": "base abi memory runtime object bind types parser compiler interpreter jit import modules",
}

# What the .cpp files of a room may include in addition: the lower rooms call up through these headers, never through
# their own, so that nobody who includes a lower room's header sees a higher room.
SOURCES = {
    "memory": "object runtime types",
    "runtime": "types bind import compiler parser interpreter jit modules",
    "object": "types bind import interpreter",
    "types": "import compiler parser interpreter",
    "compiler": "import",
    "parser": "import",
    "interpreter": "jit import parser",
}

# Headers that only the .cpp files of their own room include follow the rule for .cpp files.
PRIVATE = ("_private.h", "_internal.h", "_impl.h", "_methods.h", "/internal.h")

# Single files that stand lower than their room: tables without code.
LOW_FILES = {"interpreter/opcodes.def", "interpreter/opcodes.h", "import/builtin_modules.def"}

STRAY = re.compile("/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/\w|\.py" + "env")
TEXT = (".cpp", ".h", ".def", ".inc", ".py", ".md", ".txt", ".tsv", ".cmake", ".json", ".asdl", ".sh", "")


def project_files():
    for base, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if not f.startswith(".git") and f not in ("build", "__pycache__"))
        for name in sorted(names):
            path = os.path.join(base, name)
            if name != ".git" and not os.path.islink(path):
                yield os.path.relpath(path, ROOT)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as stream:
        return stream.read()


def check_arrows(path, text):
    room = path.split("/")[1]
    if room not in HEADERS:
        yield f"{path}: no room {room} is known to tools/check_arrows.py"
        return
    allowed = {room} | set(HEADERS[room].split())
    if path.endswith(".cpp") or path.endswith(PRIVATE):
        allowed |= set(SOURCES.get(room, "").split())
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match or match[1] in LOW_FILES or match[1].startswith("adder/"):
            continue
        target = match[1].split("/")[0]
        if "/" not in match[1]:
            yield f"{path}:{number}: include {match[1]} by its room"
        elif target not in allowed:
            yield f"{path}:{number}: {room} must not know {target} ({match[1]})"


def check_size(path, text):
    lines = text.count("\n")
    if lines > LIMIT:
        yield f"{path}: {lines} lines, more than {LIMIT}: make a folder"


def check_head(path, text):
    if not text.startswith("//"):
        yield f"{path}: does not begin with a comment that says what it is"
    if path.endswith(".h") and "#pragma once" not in text:
        yield f"{path}: no #pragma once"


def check_names():
    """Landing two changes that add the same name is easy; the compiler's message about it is long."""
    found = re.findall(r"^\s*NAME\((\w+)\)", read("src/runtime/names.def"), re.M)
    for name in sorted({name for name in found if found.count(name) > 1}):
        yield f"src/runtime/names.def: {name} is there twice"


def check_stray(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if STRAY.search(line):
            yield f"{path}:{number}: a path of somebody's machine: {line.strip()[:80]}"


def main():
    found = {"arrows": [], "size": [], "head": [], "stray paths": []}
    for path in project_files():
        extension = os.path.splitext(path)[1]
        if extension not in TEXT:
            continue
        text = read(path)
        generated = "do not edit" in text[:200]
        if path.startswith("src/") and extension in (".cpp", ".h"):
            found["arrows"] += check_arrows(path, text)
            found["head"] += check_head(path, text)
            if not generated:
                found["size"] += check_size(path, text)
        found["stray paths"] += check_stray(path, text)
    found["names"] = list(check_names())
    for rule, problems in found.items():
        if not problems:
            print(f"ok {rule}")
        for problem in problems:
            print(f"bad {rule}: {problem}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
