#!/usr/bin/env python3
"""Let allocations fail at random places of CPython's own tests: no test may kill the interpreter, hang it or leak.

    tools/fuzz/memory_failures.py [GROUP|MODULE...] [--adder PATH] [--rounds N] [--seed N] [-k PATTERN] [--no-leaks]

Every test of the modules (test_list, test_dict, ...; groups are those of tests/conformance/groups.txt; without a name, core) runs N times, each time
with a few allocations in a row failing from a random one on (_testcapi.set_nomemory, so libpython3.11-testsuite must be
installed). What the test itself says then does not count; a process that dies, or stands still for a minute, is printed with the test, the
seed and the first failing allocation, and the run goes on with the next test. Use the checked or the asan build.

Leaks: the same N failures are then repeated three times, and after each repetition the test runs once as it should, caches are emptied, garbage is
collected, and memory blocks and references to collected objects are counted (tools/leaks.py). Where all three repetitions add to either,
each of the N failures is tried by itself, and those that leak are printed. What a plain run leaks does not count. Status 1 if anything was found.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(ROOT, "tools"))
from conformance import TESTS, expand, read_groups  # noqa: E402
from harness import how_it_ended  # noqa: E402
PATIENCE = 60


# == In the interpreter under test ==

def child(module, seed, rounds, note, skip, pattern, look_for_leaks):
    """Writes each test's name to `note` before it starts."""
    import _testcapi
    import asyncio.events
    import asyncio.tasks
    import builtins
    import doctest
    import faulthandler
    import importlib
    import io
    import leaks
    import threading
    import warnings
    from test import support
    del sys.path[:2]  # this folder and tools
    faulthandler.enable()
    tested = importlib.import_module(f"test.{module}")
    original = unittest.TestCase._callTestMethod
    stream = os.open(note, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    bindings = [(each, each.copy()) for each in map(vars, (sys, builtins, warnings, threading, os, asyncio.events, support, tested))]
    end_failure = _testcapi.remove_mem_hooks
    failure = [0, 0]  # where allocations fail and how many; 0: none

    def write(*words):
        os.write(stream, ("\t".join(map(str, words)) + "\n").encode("utf-8", "replace"))

    def call(self, method):
        if not failure[0]:
            return original(self, method)
        write("start", self.id(), *failure)
        _testcapi.set_nomemory(failure[0], failure[0] + failure[1])
        try:
            original(self, method)
        finally:
            while True:  # where a trace function is set, each call of a function needs memory
                try:
                    end_failure()
                    break
                except MemoryError:
                    pass

    unittest.TestCase._callTestMethod = call

    def attempt(test, start=0, count=0):
        """Whether the test passed."""
        failure[:] = start, count
        result = unittest.TextTestResult(unittest.runner._WritelnDecorator(io.StringIO()), True, 0)
        try:
            fresh = test if isinstance(test, doctest.DocTestCase) else type(test)(test._testMethodName)
            fresh.run(result)
        except BaseException as error:
            if isinstance(error, SystemExit):
                raise
            return False
        finally:
            while True:  # where a trace function is set, each call of a function needs memory
                try:
                    end_failure()
                    break
                except MemoryError:
                    pass
            restore_bindings()
        return result.wasSuccessful()

    def restore_bindings():
        """Hooks and the like that the test did not put back, because allocations failed there too, are no leak."""
        sys.set_asyncgen_hooks(None, None)
        sys.set_coroutine_origin_tracking_depth(0)
        sys.settrace(None)
        sys.setprofile(None)
        asyncio.events._set_running_loop(None)
        asyncio.tasks._all_tasks.data.clear()  # a set of weak references keeps those whose callback failed
        for names, saved in bindings:
            for name in [name for name in names if name not in saved]:
                del names[name]
            for name, value in saved.items():
                if names.get(name, names) is not value:
                    names[name] = value

    def leak(test, failures):
        """The growth of blocks and references if each of three repetitions adds something, else None."""
        meter = leaks.Meter(5)
        for _ in range(5):
            for start, count in failures:
                attempt(test, start, count)
            attempt(test)
            meter.mark()
        blocks, references, _ = (column[1:] for column in meter.growth())
        if all(d >= 1 for d in blocks) or all(d >= 1 for d in references):
            return f"blocks {blocks} references {references}"

    write("begin", module)
    tests = leaks.flatten(unittest.defaultTestLoader.loadTestsFromModule(tested))
    for test in list(tests):
        if test.id() in skip or (pattern and pattern not in test.id()):
            continue
        chance = random.Random(f"{seed} {test.id()}")
        begin = time.monotonic()
        attempt(test)
        limit = rounds if time.monotonic() - begin < 0.3 else min(rounds, 3)
        failures, most = [], 1500
        for _ in range(limit):
            start = int(most * chance.random() ** 2) + 1
            count = chance.choice((1, 1, 1, 3, 20, 1000))
            failures.append((start, count))
            if attempt(test, start, count):
                most = max(20, min(most, start))  # there are hardly more allocations than that
        if look_for_leaks and leak(test, failures) and not leak(test, []):
            for each in failures:
                if found := leak(test, [each]):
                    write("leak", test.id(), *each, found)
        write("done", test.id())
    os._exit(0)


# == The runner ==

def run_module(module, options):
    """The lines to print: one for each death and each leak."""
    deaths, finished = [], set()
    while True:
        with tempfile.TemporaryDirectory() as folder:
            note = os.path.join(folder, "note")
            command = [os.path.abspath(options.adder), os.path.abspath(__file__), module, "--child", note, "--seed", str(options.seed),
                       "--rounds", str(options.rounds)]
            command += ["-k", options.pattern] if options.pattern else []
            command += ["--no-leaks"] if options.no_leaks else []
            environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1", PYTHONHASHSEED="0")
            with open(os.path.join(folder, "skip"), "w", encoding="utf-8") as stream:
                stream.writelines(name + "\n" for name in finished)
            with open(os.path.join(folder, "out"), "w+b") as out:
                process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder, env=environment)
                status, changed, size = None, time.monotonic(), 0
                while status is None and time.monotonic() - changed < PATIENCE:
                    try:
                        status = process.wait(1)
                    except subprocess.TimeoutExpired:
                        now = os.path.getsize(note) if os.path.exists(note) else 0
                        if now != size:
                            size, changed = now, time.monotonic()
                if status is None:
                    process.send_signal(signal.SIGABRT)  # faulthandler says where it stands
                    time.sleep(2)
                process.kill()
                process.wait()
                out.seek(0)
                text = out.read().decode(errors="replace")
            lines = open(note, encoding="utf-8").read().splitlines() if os.path.exists(note) else []
        for line in lines:
            kind, name, *words = line.split("\t")
            if kind == "done":
                finished.add(name)
            elif kind == "leak":
                deaths.append(f"{name}: leaks, allocation {words[0]}, {words[1]} of them: {words[2]}")
        if status == 0 or not lines or not lines[-1].startswith("start\t"):
            if status not in (0, 1):
                deaths.append(f"{module}: {how_it_ended(status)} between tests or at the end\n{text[-3000:]}")
            elif not lines:
                deaths.append(f"{module}: cannot start\n{text[-1000:]}")
            return deaths
        _, name, start, count = lines[-1].split("\t")
        finished.add(name)
        if status == 1:
            continue  # MemoryError got out of the harness, where the test left a trace function that needs memory itself
        what = "hangs" if status is None else how_it_ended(status)
        deaths.append(f"{name}: {what}, allocation {start}, {count} of them, seed {options.seed}\n{text[-3000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "checked", "adder"))
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-k", metavar="PATTERN", dest="pattern")
    parser.add_argument("--no-leaks", action="store_true", help="look for deaths only")
    parser.add_argument("--child", metavar="NOTE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        with open(os.path.join(os.path.dirname(options.child), "skip"), encoding="utf-8") as stream:
            skip = set(stream.read().splitlines())
        return child(options.names[0], options.seed, options.rounds, options.child, skip, options.pattern, not options.no_leaks)
    groups = read_groups(TESTS)
    count = 0
    modules = [module for name in options.names or ["core"] for module in groups.get(name) or expand(TESTS, name)]
    for module in modules:
        for death in run_module(module, options):
            print(death, flush=True)
            count += 1
    print(f"{len(modules)} modules, {count} deaths and leaks")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
