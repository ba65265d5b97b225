#!/usr/bin/env python3
"""Let allocations fail at random places of CPython's own tests: no test may kill the interpreter or hang it.

    tools/fuzz/memory_failures.py MODULE... [--adder PATH] [--rounds N] [--seed N]

Every test of the modules (test_list, test_dict, ...) runs N times, each time with a few allocations in a row failing from a random
one on (_testcapi.set_nomemory, so libpython3.11-testsuite must be installed). What the test itself says then does not count; a
process that dies, or stands still for a minute, is printed with the test, the seed and the first failing allocation, and the run
goes on with the next test. Status 1 if there was one. Use the checked or the asan build.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 60


def all_tests(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from all_tests(item)
        else:
            yield item


def child(module, seed, rounds, note, skip):
    """Runs in the interpreter under test: writes each test's name to `note` before it starts."""
    import _testcapi
    import faulthandler
    import importlib
    import io
    faulthandler.enable()
    tests = list(all_tests(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(f"test.{module}"))))
    chance = random.Random(seed)
    original = unittest.TestCase._callTestMethod

    def call(self, method):
        start = int(chance.expovariate(1 / 300)) + 1
        print(self.id(), start, sep="\t", file=stream, flush=True)
        _testcapi.set_nomemory(start, start + chance.choice((1, 1, 3, 20, 1000)))
        try:
            original(self, method)
        finally:
            _testcapi.remove_mem_hooks()

    unittest.TestCase._callTestMethod = call
    with open(note, "a", encoding="utf-8") as stream:
        for test in tests:
            if test.id() in skip:
                continue
            for _ in range(rounds):
                result = unittest.TextTestResult(unittest.runner._WritelnDecorator(io.StringIO()), True, 0)
                try:
                    type(test)(test._testMethodName).run(result)
                except (MemoryError, Exception, KeyboardInterrupt):
                    pass
                finally:
                    _testcapi.remove_mem_hooks()
            print("done", test.id(), sep="\t", file=stream, flush=True)


def run_module(adder, module, seed, rounds):
    """The lines to print: one for each death."""
    deaths, finished = [], set()
    while True:
        with tempfile.TemporaryDirectory() as folder:
            note = os.path.join(folder, "note")
            command = [adder, os.path.abspath(__file__), module, "--child", note, "--seed", str(seed), "--rounds", str(rounds)]
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
                process.kill()
                process.wait()
                out.seek(0)
                text = out.read().decode(errors="replace")
            lines = open(note, encoding="utf-8").read().splitlines() if os.path.exists(note) else []
        for line in lines:
            if line.startswith("done\t"):
                finished.add(line[5:])
        if status == 0 or not lines or lines[-1].startswith("done\t"):
            if status not in (0, 1):
                deaths.append(f"{module}: status {status} between tests or at the end\n{text[-3000:]}")
            elif not lines:
                deaths.append(f"{module}: cannot start\n{text[-1000:]}")
            return deaths
        name, start = lines[-1].split("\t")
        finished.add(name)
        deaths.append(f"{name}: {'hangs' if status is None else f'status {status}'}, seed {seed}, allocation {start}\n{text[-3000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", nargs="+")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "checked", "adder"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", metavar="NOTE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        with open(os.path.join(os.path.dirname(options.child), "skip"), encoding="utf-8") as stream:
            skip = set(stream.read().splitlines())
        return child(options.module[0], options.seed, options.rounds, options.child, skip)
    count = 0
    for module in options.module:
        for death in run_module(os.path.abspath(options.adder), module, options.seed, options.rounds):
            print(death, flush=True)
            count += 1
    print(f"{len(options.module)} modules, {count} deaths")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
