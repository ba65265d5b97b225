#!/usr/bin/env python3
"""Throw made-up input at one part of Adder until time is up.

    tools/fuzz/fuzz.py TARGET [--adder PATH] [--seconds N] [--seed N] [--keep DIR]

TARGET is parser, compiler, marshal, regex, struct, format or int_text: a module beside this file with
`cases(random)`, an endless generator of inputs, `run(case)`, which tries one, and EXPECTED, the exceptions that bad input may
end in. The interpreter under test, an ASan build for good measure, runs the cases in a child process; before each case the
child writes it down, so that a case that kills it (or hangs for 20 seconds) is kept in DIR and printed. Status 1 if any did.

    tools/fuzz/fuzz.py TARGET --replay FILE    runs one kept case again, in this very process
"""
import argparse
import importlib
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGETS = ("parser", "compiler", "marshal", "regex", "struct", "format", "int_text")
PATIENCE = 20  # seconds for one case


def load(target):
    sys.path.insert(0, HERE)
    return importlib.import_module("fuzz_" + target)


def child(target, seed, seconds, note):
    """Runs in the interpreter under test."""
    module = load(target)
    end = time.monotonic() + seconds
    count = 0
    with open(note, "wb", buffering=0) as stream:
        for case in module.cases(random.Random(seed)):
            data = pickle.dumps(case)
            stream.seek(0)
            stream.write(data)
            stream.truncate(len(data))
            os.utime(note)
            attempt(module, case)
            count += 1
            if time.monotonic() > end:
                break
    print(count)


def attempt(module, case):
    try:
        module.run(case)
    except module.EXPECTED:
        pass


def hangs(process, note):
    """Waits for the child; True if a case takes too long."""
    while True:
        try:
            process.wait(1)
            return False
        except subprocess.TimeoutExpired:
            if os.path.exists(note) and time.time() - os.path.getmtime(note) > PATIENCE:
                return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "asan", "adder"))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", default=os.path.join(ROOT, "build", "fuzz"))
    parser.add_argument("--replay", metavar="FILE")
    parser.add_argument("--child", metavar="NOTE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.target, options.seed, options.seconds, options.child)
    if options.replay:
        module = load(options.target)
        with open(options.replay, "rb") as stream:
            case = pickle.load(stream)
        print(ascii(case))
        return attempt(module, case)
    os.makedirs(options.keep, exist_ok=True)
    note = os.path.join(options.keep, f"{options.target}.{os.getpid()}.note")
    seed = options.seed if options.seed is not None else int(time.time())
    end = time.monotonic() + options.seconds
    bad = cases = 0
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2000", PYTHONHASHSEED="0")
    while (left := end - time.monotonic()) > 1:
        # Files, not pipes: what a sanitizer says about sizes that are too large fills any pipe.
        with tempfile.TemporaryFile() as out_file, tempfile.TemporaryFile() as err_file:
            process = subprocess.Popen([options.adder, os.path.abspath(__file__), options.target, "--child", note, "--seed",
                                        str(seed), "--seconds", str(int(left))], stdout=out_file, stderr=err_file,
                                       env=environment)
            hung = hangs(process, note)
            if hung:
                process.kill()
                process.wait()
            out_file.seek(0)
            out = out_file.read()
            err_file.seek(max(0, err_file.seek(0, os.SEEK_END) - 3000))
            err = err_file.read()
        if process.returncode == 0:
            cases += int(out or 0)
        else:
            bad += 1
            kept = os.path.join(options.keep, f"{options.target}.{seed}.case")
            if os.path.exists(note):
                os.replace(note, kept)
            print(f"{options.target}: seed {seed}: {'hangs' if hung else f'status {process.returncode}'}: {kept}")
            print(err.decode(errors="replace"))
        seed += 1
    if os.path.exists(note):
        os.unlink(note)
    print(f"{options.target}: {cases} cases in whole runs, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
