#!/usr/bin/env python3
"""Run CPython 3.11's own tests several times in one process and look for what each run leaves behind.

    tools/leaks.py [GROUP|MODULE...] [--adder PATH] [--warmups N] [--runs N] [-k PATTERN] [--each] [--verbose]

As `python3.11 -m test -R` does: two runs fill caches, the next three are measured. After each, the caches of the standard
library are emptied and garbage is collected. What is counted: memory blocks, references to collected objects (modules,
classes, functions, ...: a reference too many to something that lives on takes no block), and open files. A module
leaks if every measured run adds to one of these. --each measures test by test, -k only tests whose id contains PATTERN. Groups are those of
tests/conformance/groups.txt; without a name, core. Status 1 if something leaks.
"""
import argparse
import json
import os
import sys

from harness import ROOT, how_it_ended, run, test_environment

COUNTED = ("blocks", "references", "files")


def child(name, warmups, runs, pattern, each, out):
    """Runs in the interpreter under test; writes a line of JSON for each thing measured."""
    import collections.abc
    import copyreg
    import inspect
    import unittest
    import warnings
    import zipimport
    from test import support
    from test.libregrtest.refleak import _get_dump, dash_R_cleanup, warm_caches
    support.use_resources = []
    support.verbose = 0
    module = __import__(name, None, None, ["*"])

    class Quiet(unittest.TestResult):
        def addSubTest(self, test, subtest, error):
            if error is not None:
                self.failures.append((subtest, ""))

    def run_suite(suite):
        result = Quiet()
        suite.run(result)
        counts[0] += result.testsRun
        counts[1] += len(result.failures) + len(result.errors)

    def run_doctest(module, verbosity=None, optionflags=0):
        import doctest
        run_suite(doctest.DocTestSuite(module, optionflags=optionflags))
        return 0, 1

    def everything():
        main_function = getattr(module, "test_main", None)
        if pattern is None and main_function is not None:
            main_function()
        else:
            run_suite(unittest.TestSuite(t for t in tests() if pattern is None or pattern in t.id()))

    def tests():
        return list(flatten(unittest.defaultTestLoader.loadTestsFromModule(module)))

    def one(wanted):
        def action():
            run_suite(unittest.TestSuite(t for t in tests() if t.id() == wanted))
        return action

    def flatten(suite):
        for item in suite:
            if isinstance(item, unittest.TestSuite):
                yield from flatten(item)
            else:
                yield item

    support._run_suite = run_suite
    support.run_doctest = run_doctest
    counts = [0, 0]
    warm_caches()
    saved = (warnings.filters[:], copyreg.dispatch_table.copy(), sys.path_importer_cache.copy(),
             zipimport._zip_directory_cache.copy())
    classes = [getattr(collections.abc, each_name) for each_name in collections.abc.__all__]
    registries = {sub: _get_dump(sub)[0] for base in classes if inspect.isabstract(base)
                  for sub in base.__subclasses__() + [base]}
    actions = [(name, everything)]
    if each:
        ids = [test.id() for test in tests() if pattern is None or pattern in test.id()]
        actions = [(wanted, one(wanted)) for wanted in dict.fromkeys(ids)]
    import array
    for label, action in actions:
        counts[:] = 0, 0
        values = [array.array("q", bytes(8 * (warmups + runs + 1))) for _ in COUNTED]
        for i in range(warmups + runs + 1):
            if i:
                try:
                    action()
                except unittest.SkipTest:
                    pass
            dash_R_cleanup(*saved, registries)
            support.gc_collect()
            values[1][i] = references()
            values[0][i] = sys.getallocatedblocks()
            values[2][i] = len(os.listdir("/proc/self/fd"))
        deltas = [[after - before for before, after in zip(column, column[1:])] for column in values]
        print(json.dumps([label, *counts, deltas]), file=out, flush=True)
    os._exit(0)


def references():
    import gc
    total = 0
    for each in gc.get_objects():
        total += sys.getrefcount(each)
    return total


def leaks(deltas, warmups):
    """Whether each measured run added something. For files any change counts, as in CPython's own check."""
    blocks, references, files = (column[warmups:] for column in deltas)
    return all(d >= 1 for d in blocks) or all(d >= 1 for d in references) or any(files)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "checked", "adder"))
    parser.add_argument("--warmups", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=int, default=1800)
    parser.add_argument("-k", metavar="PATTERN", dest="pattern")
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="print what the tests print")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.path.pop(0)  # this folder
        with open(options.child, "w", encoding="utf-8") as out:
            return child(options.names[0], options.warmups, options.runs, options.pattern, options.each, out)
    import tempfile
    from conformance import read_groups
    tests = os.path.join("/usr/lib/python3.11", "test")
    groups = read_groups(tests)
    modules = [m for name in options.names or ["core"] for m in groups.get(name, [name])]
    bad = 0
    for module in modules:
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report")
            work = os.path.join(folder, "work")
            os.mkdir(work)
            name = module if module.startswith("test.") else "test." + module
            command = [os.path.abspath(options.adder) if os.path.exists(options.adder) else options.adder, "-X", "faulthandler",
                       os.path.abspath(__file__), name, "--child", report, "--warmups", str(options.warmups), "--runs",
                       str(options.runs)]
            command += ["-k", options.pattern] if options.pattern else []
            command += ["--each"] if options.each else []
            status, stdout, stderr = run(command, options.timeout, cwd=work, environment=test_environment())
            lines = open(report, encoding="utf-8").read().splitlines() if os.path.exists(report) else []
        if options.verbose:
            print(stdout, stderr)
        for line in lines:
            label, count, failed, deltas = json.loads(line)
            leak = leaks(deltas, options.warmups)
            bad += leak
            if leak or not options.each:
                columns = "  ".join(f"{what} {column}" for what, column in zip(COUNTED, deltas) if any(column))
                print(f"{'LEAK ' if leak else 'ok   '} {label}: {count} tests, {failed} failed: {columns}", flush=True)
        if status != 0:
            bad += "SkipTest" not in stderr
            print(f"{module}: {how_it_ended(status)}\n{stderr[-2000:]}", flush=True)
    print(f"{len(modules)} modules, {bad} leaks")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
