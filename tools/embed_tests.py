#!/usr/bin/env python3
"""Programs that embed Python: compile tests/capi/embed/*.c, link them to libpython3.11.so, compare what they print.

    tools/embed_tests.py [--build DIR] [--record] [NAME...]

The head of NAME.c has a line `// run: ARGUMENTS` for each run (a shell's words; `< file` is allowed); what all of them print,
with their exit status, is tests/capi/embed/expected/NAME.txt. --record writes that with the system's libpython3.11; without it,
the programs are linked to the library in DIR/lib (./dev build libpython). A line `ok NAME` or `bad NAME: why` each.
"""
import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile

from harness import PYTHON_HEADERS, ROOT, parallel, test_environment

SOURCES = os.path.join(ROOT, "tests", "capi", "embed")
TIMEOUT = 60
# Both ways a program may be linked; the second one copies the library's variables into itself.
FLAGS = {"": [], " (no-pie)": ["-no-pie", "-fno-pie"]}


def clean(text):
    """Leave out what may differ: addresses, and our own folder in paths."""
    return re.sub(r"0x[0-9a-f]{4,}", "0x...", text)


def run_program(source, flags, library):
    """Compile and run; gives what the runs print, or raises RuntimeError with the compiler's messages."""
    with tempfile.TemporaryDirectory(prefix="embed-") as folder:
        program = os.path.join(folder, os.path.splitext(os.path.basename(source))[0])
        link = ["-L" + library, "-Wl,-rpath," + library] if library else []
        command = ["gcc", "-std=gnu11", "-O1", "-Wall", "-Wno-deprecated-declarations", "-Wno-missing-braces", *flags,
                   "-I", PYTHON_HEADERS, source, *link, "-lpython3.11", "-pthread", "-o", program]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        environment = test_environment()
        for name in [name for name in environment if name.startswith("PYTHON")]:
            del environment[name]
        environment.update(LC_ALL="C.UTF-8", PATH="/usr/bin:/bin")
        environment.pop("LD_LIBRARY_PATH", None)
        text = ""
        with open(source, encoding="utf-8") as stream:
            runs = re.findall(r"^// run:(.*)$", stream.read(), re.MULTILINE)
        for words in runs:
            work = os.path.join(folder, "here")
            os.makedirs(work, exist_ok=True)
            try:
                done = subprocess.run(["sh", "-c", program + words], cwd=work, env=environment, timeout=TIMEOUT,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                ended = done.returncode if done.returncode < 128 else f"signal {done.returncode - 128}"
                output = done.stdout.decode("utf-8", "backslashreplace")
            except subprocess.TimeoutExpired as error:
                ended, output = "timeout", (error.stdout or b"").decode("utf-8", "backslashreplace")
            text += f"$ {words.strip()}\n{output.replace(folder, 'FOLDER')}status {ended}\n"
        return clean(text)


def expected_path(source):
    return os.path.join(SOURCES, "expected", os.path.splitext(os.path.basename(source))[0] + ".txt")


def sources(names=()):
    found = sorted(name for name in os.listdir(SOURCES) if name.endswith(".c"))
    return [os.path.join(SOURCES, name) for name in found if not names or name[:-2] in names]


def results(build, names=()):
    """(name, None or a reason, details) of each program."""
    library = os.path.join(build, "lib")

    def one(task):
        source, (label, flags) = task
        name = os.path.splitext(os.path.basename(source))[0] + label
        try:
            got = run_program(source, flags, library)
        except RuntimeError as error:
            return name, "does not compile", str(error)
        expected = open(expected_path(source), encoding="utf-8").read()
        difference = "\n".join(difflib.unified_diff(expected.splitlines(), got.splitlines(), "expected", "got",
                                                    lineterm="", n=2))
        return name, "prints something else" if got != expected else None, difference

    return list(parallel(one, [(source, item) for source in sources(names) for item in FLAGS.items()]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--record", action="store_true", help="write the expectations, with the system's libpython3.11")
    parser.add_argument("name", nargs="*")
    options = parser.parse_args()
    if options.record:
        for source in sources(options.name):
            if "\n// expected: by hand\n" in open(source, encoding="utf-8").read():
                continue
            with open(expected_path(source), "w", encoding="utf-8") as stream:
                stream.write(run_program(source, [], None))
        return 0
    bad = 0
    for name, problem, details in results(os.path.abspath(options.build), options.name):
        bad += problem is not None
        print(f"bad embed/{name}: {problem}\n{details}" if problem else f"ok embed/{name}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
