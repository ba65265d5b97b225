#!/usr/bin/env python3
"""Compile the extension modules of tests/capi/modules against CPython 3.11's headers.

    tools/extension_modules.py [NAME...]

Each `NAME.c` or `NAME.cpp` becomes build/capi-modules/NAME.SUFFIX; a file whose first lines contain `abi3` is named for the
limited API. What was made of the same text by the same command is not made again. The same files serve every build of
Adder and python3.11.
"""
import glob
import hashlib
import os
import shutil
import subprocess
import sys

from harness import PYTHON_HEADERS, ROOT, parallel

SOURCES = os.path.join(ROOT, "tests", "capi", "modules")
FOLDER = os.path.join(ROOT, "build", "capi-modules")
COMMON_FLAGS = ["-g0", "-O1", "-fPIC", "-shared", "-pthread", "-Wall", "-Werror", "-Wno-deprecated-declarations",
                "-Wno-unused-function"]


class DoesNotCompile(Exception):
    """Carries the name of the file and what the compiler said."""


def compile_command(source, target):
    compiler, standard = (["g++"], "-std=c++17") if source.endswith(".cpp") else (["gcc"], "-std=gnu11")
    if shutil.which("ccache"):
        compiler.insert(0, "ccache")
    return compiler + [standard] + COMMON_FLAGS + ["-I", PYTHON_HEADERS, source, "-o", target]


def compile_one(source):
    """Compile one file if its text or the command is new. Gives the path of the module."""
    name = os.path.splitext(os.path.basename(source))[0]
    with open(source, "rb") as stream:
        text = stream.read()
    suffix = ".abi3.so" if b"abi3" in b"\n".join(text.splitlines()[:3]) else ".cpython-311-x86_64-linux-gnu.so"
    target = os.path.join(FOLDER, name + suffix)
    command = compile_command(source, target)
    digest = hashlib.sha256(text)
    for header in sorted(glob.glob(os.path.join(SOURCES, "*.h"))) + [os.path.join(PYTHON_HEADERS, "patchlevel.h")]:
        with open(header, "rb") as stream:
            digest.update(stream.read())
    digest.update("\0".join(command).encode())
    key = digest.hexdigest()
    key_path = os.path.join(FOLDER, name + ".key")
    if os.path.exists(target) and os.path.exists(key_path) and open(key_path, encoding="ascii").read() == key:
        return target
    command[-1] = target + ".new"
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise DoesNotCompile(name, done.stderr)
    os.replace(target + ".new", target)
    with open(key_path, "w", encoding="ascii") as stream:
        stream.write(key)
    return target


def compile_all(names=()):
    """Pairs of name and what is wrong with it (None: compiled)."""
    os.makedirs(FOLDER, exist_ok=True)
    sources = sorted(glob.glob(os.path.join(SOURCES, "*.c")) + glob.glob(os.path.join(SOURCES, "*.cpp")))

    def one(source):
        name = os.path.splitext(os.path.basename(source))[0]
        if names and name not in names:
            return name, None
        try:
            compile_one(source)
            return name, None
        except DoesNotCompile as error:
            return name, error.args[1]

    return list(parallel(one, sources))


def main():
    if PYTHON_HEADERS is None:
        sys.exit("CPython 3.11's headers are not installed (libpython3.11-dev)")
    status = 0
    for name, problem in compile_all(sys.argv[1:]):
        if problem:
            print(f"bad {name}: does not compile\n{problem}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
