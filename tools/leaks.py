#!/usr/bin/env python3
"""Run CPython 3.11's own tests several times in one process and look for what each run leaves behind.

    tools/leaks.py [GROUP|MODULE...] [--adder PATH] [--warmups N] [--runs N] [-k PATTERN] [--each] [--verbose]

As `python3.11 -m test -R` does: two runs fill caches, the next three are measured. After each, the caches of the standard
library are emptied and garbage is collected. What is counted: memory blocks, references to collected objects (modules,
classes, functions, ...: a reference too many to something that lives on takes no block), and open files. A module leaks
if every measured run adds to one of these. --each measures test by test, -k only tests whose id contains PATTERN. Groups are
those of tests/conformance/groups.txt; without a name, core. Status 1 if something leaks.
"""
import argparse
import json
import os
import sys
import tempfile

from harness import ROOT, how_it_ended, run, test_environment

COUNTED = ("blocks", "references", "files")


# == In the interpreter under test ==

class Meter:
    """What there is after caches and garbage are gone, in the order of COUNTED, at up to `marks` moments.

    Its own numbers lie in arrays made beforehand.
    """

    def __init__(self, marks):
        import array
        import collections.abc
        import copyreg
        import inspect
        import warnings
        import zipimport
        from test.libregrtest.refleak import _get_dump, dash_R_cleanup, warm_caches
        warm_caches()
        self.cleanup = dash_R_cleanup
        self.saved = (warnings.filters[:], copyreg.dispatch_table.copy(), sys.path_importer_cache.copy(),
                      zipimport._zip_directory_cache.copy())
        bases = [getattr(collections.abc, name) for name in collections.abc.__all__]
        self.registries = {sub: _get_dump(sub)[0] for base in bases if inspect.isabstract(base)
                           for sub in base.__subclasses__() + [base]}
        self.columns = [array.array("q", bytes(8 * marks)) for _ in COUNTED]
        self.marks = array.array("q", (0,))

    def mark(self):
        from test import support
        self.cleanup(*self.saved, self.registries)
        support.gc_collect()
        blocks, references, files = self.columns
        i = self.marks[0]
        references[i] = count_references()
        files[i] = len(os.listdir("/proc/self/fd"))
        blocks[i] = sys.getallocatedblocks()
        self.marks[0] = i + 1

    def growth(self):
        """For each of COUNTED, the differences from mark to mark."""
        count = self.marks[0]
        return [[after - before for before, after in zip(column[:count], column[1:count])] for column in self.columns]


def count_references():
    import gc
    total = 0
    for each in gc.get_objects():
        total += sys.getrefcount(each)
    return total


def flatten(suite):
    import unittest
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def child(name, warmups, runs, pattern, each, out):
    """Writes a line of JSON for each thing measured."""
    import unittest
    from test import support
    support.use_resources = []
    support.verbose = 0
    module = __import__(name, None, None, ["*"])
    counts = [0, 0]

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

    support._run_suite = run_suite
    support.run_doctest = run_doctest

    def tests(wanted=lambda identifier: pattern is None or pattern in identifier):
        loaded = unittest.defaultTestLoader.loadTestsFromModule(module)
        return [test for test in flatten(loaded) if wanted(test.id())]

    def everything():
        main_function = getattr(module, "test_main", None)
        if pattern is None and main_function is not None:
            main_function()
        else:
            run_suite(unittest.TestSuite(tests()))

    def only(identifier):
        return lambda: run_suite(unittest.TestSuite(tests(identifier.__eq__)))

    actions = [(name, everything)]
    if each:
        actions = [(identifier, only(identifier)) for identifier in dict.fromkeys(test.id() for test in tests())]
    for label, action in actions:
        counts[:] = 0, 0
        meter = Meter(warmups + runs + 1)
        meter.mark()
        for _ in range(warmups + runs):
            try:
                action()
            except unittest.SkipTest:
                pass
            meter.mark()
        print(json.dumps([label, *counts, meter.growth()]), file=out, flush=True)
    os._exit(0)


# == The runner ==

def is_leak(growth, warmups):
    """Whether each measured run added something. For files any change counts, as in CPython's own check."""
    blocks, references, files = (column[warmups:] for column in growth)
    return all(d >= 1 for d in blocks) or all(d >= 1 for d in references) or any(files)


def measure(module, options):
    """How many leaks (or deaths) the module has; prints."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report")
        work = os.path.join(folder, "work")
        os.mkdir(work)
        name = module if module.startswith("test.") else "test." + module
        command = [os.path.abspath(options.adder), "-X", "faulthandler", os.path.abspath(__file__), name, "--child", report,
                   "--warmups", str(options.warmups), "--runs", str(options.runs)]
        command += ["-k", options.pattern] if options.pattern else []
        command += ["--each"] if options.each else []
        status, stdout, stderr = run(command, options.timeout, cwd=work, environment=test_environment())
        lines = []
        if os.path.exists(report):
            with open(report, encoding="utf-8") as stream:
                lines = stream.read().splitlines()
    if options.verbose:
        print(stdout, stderr)
    bad = 0
    for line in lines:
        label, count, failed, growth = json.loads(line)
        leak = is_leak(growth, options.warmups)
        bad += leak
        if leak or not options.each:
            columns = "  ".join(f"{what} {column}" for what, column in zip(COUNTED, growth) if any(column))
            print(f"{'LEAK' if leak else 'ok  '} {label}: {count} tests, {failed} failed: {columns}", flush=True)
    if status != 0 and "SkipTest" not in stderr:
        bad += 1
        print(f"{module}: {how_it_ended(status)}\n{stderr[-2000:]}", flush=True)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "checked", "adder"))
    parser.add_argument("--warmups", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=int, default=1800, help="seconds for one module")
    parser.add_argument("-k", metavar="PATTERN", dest="pattern")
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="print what the tests print")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.path.pop(0)  # this folder
        with open(options.child, "w", encoding="utf-8") as out:
            return child(options.names[0], options.warmups, options.runs, options.pattern, options.each, out)
    from conformance import expand, read_groups
    tests = "/usr/lib/python3.11/test"
    groups = read_groups(tests)
    modules = [module for name in options.names or ["core"] for module in groups.get(name) or expand(tests, name)]
    bad = sum(measure(module, options) for module in modules)
    print(f"{len(modules)} modules, {bad} leaks")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
