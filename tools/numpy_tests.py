#!/usr/bin/env python3
"""Run NumPy's own tests under Adder and compare with what is known to pass. `./dev conformance numpy` calls this.

    tools/numpy_tests.py [FILE...] [--adder PATH] [--update] [--baseline PATH] [--failures] [--logs DIR]

NumPy and pytest are Debian's (packages python3-numpy, python3-pytest, python3-hypothesis), compiled for CPython 3.11.
The tests of numpy.core, numpy.lib and numpy.linalg run one process a file, started again without the test that it died
in; tests that NumPy marks slow are left out. tests/conformance/numpy.tsv says for each file how many pass, of how many
that pass under python3.11, and why the others do not: less is red, and so is more, until --update writes it down.
--baseline PATH measures the second number anew with another interpreter.
"""
import argparse
import os
import sys
import tempfile

from harness import ROOT, how_it_ended, parallel, run, test_environment

EXPECTED = os.path.join(ROOT, "tests", "conformance", "numpy.tsv")
HEAD = """\
# What passes of NumPy's own tests. Written by tools/numpy_tests.py --update; the reasons are by hand.
# file, tests that pass, tests that pass under python3.11, why the others do not
"""
FOLDERS = ("core", "lib", "linalg")
TIMEOUT = 600
# A plugin for pytest: a line before each test, a line after it, so that nothing is lost when the process dies.
PLUGIN = """
import os
results = open(os.environ["NUMPY_TEST_RESULTS"], "a", buffering=1)
skip = set(open(os.environ["NUMPY_TEST_RESULTS"] + ".skip").read().splitlines())
def pytest_collection_modifyitems(config, items):
    items[:] = [item for item in items if item.nodeid not in skip]
def pytest_runtest_logstart(nodeid, location):
    print("start", nodeid, sep="\\t", file=results)
def pytest_runtest_logreport(report):
    if report.when == "call" or report.failed or report.skipped:
        print(report.outcome, report.nodeid, sep="\\t", file=results)
"""


def find_numpy():
    for folder in ("/usr/lib/python3/dist-packages/numpy",):
        if os.path.isdir(os.path.join(folder, "core", "tests")):
            return folder
    sys.exit("NumPy with its tests is not installed (Debian: python3-numpy python3-pytest python3-hypothesis)")


def run_file(interpreter, path):
    """{test: outcome}, output. A test the process died in has the outcome 'died'."""
    outcomes, log = {}, []
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "numpy_test_results.py"), "w", encoding="utf-8") as stream:
            stream.write(PLUGIN)
        environment = test_environment()
        results = os.path.join(folder, "results")
        environment.update(PYTHONPATH=folder, NUMPY_TEST_RESULTS=results, PYTHONDONTWRITEBYTECODE="1")
        for _ in range(20):
            with open(results + ".skip", "w", encoding="utf-8") as stream:
                stream.writelines(name + "\n" for name in outcomes)
            open(results, "w").close()
            status, out, err = run([interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "numpy_test_results",
                                    "--tb=short", "-m", "not slow", path], TIMEOUT, cwd=folder, environment=environment)
            log.append(out + err)
            started = None
            with open(results, encoding="utf-8", errors="replace") as stream:
                for line in stream:
                    outcome, _, name = line.rstrip("\n").partition("\t")
                    if outcome == "start":
                        started = name
                    else:
                        outcomes[name] = outcome if outcomes.get(name) != "failed" else "failed"
                        started = None if name == started else started
            if status is not None and status >= 0:
                break
            log.append(f"{started}: {how_it_ended(status)}\n")
            if started is None:
                break
            outcomes[started] = "died"
    return outcomes, "".join(log)


def read_expected():
    known = {}
    if os.path.exists(EXPECTED):
        with open(EXPECTED, encoding="utf-8") as stream:
            for line in stream:
                if line.strip() and not line.startswith("#"):
                    name, passed, total, *reason = line.rstrip("\n").split("\t")
                    known[name] = [int(passed), int(total), reason[0] if reason else ""]
    return known


def write_expected(known):
    with open(EXPECTED, "w", encoding="utf-8") as stream:
        stream.write(HEAD)
        for name in sorted(known):
            stream.write("\t".join(map(str, [name, *known[name]])).rstrip() + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="*", help="core/tests/test_dtype.py, or a part of such names; all without")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "release", "adder"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--baseline", metavar="PATH", help="another interpreter, whose results become the yardstick")
    parser.add_argument("--failures", action="store_true", help="name every test that does not pass")
    parser.add_argument("--logs", metavar="DIR", help="keep the output of each file")
    options = parser.parse_args()
    numpy = find_numpy()
    names = sorted(f"{folder}/tests/{name}" for folder in FOLDERS for name in os.listdir(os.path.join(numpy, folder, "tests"))
                   if name.startswith("test_") and name.endswith(".py"))
    if options.file:
        names = [name for name in names if any(part in name for part in options.file)]
    known = read_expected()
    interpreter = options.baseline or options.adder
    column = 1 if options.baseline else 0
    good = total = surprises = died = 0
    results = parallel(lambda name: run_file(interpreter, os.path.join(numpy, name)), names)
    for name, (outcomes, log) in zip(names, results):
        if options.logs:
            os.makedirs(options.logs, exist_ok=True)
            with open(os.path.join(options.logs, name.replace("/", "_") + ".log"), "w", encoding="utf-8") as stream:
                stream.write(log)
        passed = sum(outcome == "passed" for outcome in outcomes.values())
        died += sum(outcome == "died" for outcome in outcomes.values())
        row = known.setdefault(name, [0, 0, ""])
        if options.failures:
            for test, outcome in outcomes.items():
                if outcome not in ("passed", "skipped"):
                    print(f"{outcome}: {test}")
        if passed != row[column]:
            print(f"{name}: {passed} tests pass, expected are {row[column]}", flush=True)
            surprises += 1
        row[column] = passed
        good += row[0]
        total += row[1]
    if options.update or options.baseline:
        write_expected(known)
        surprises = 0
    print(f"{good} of {total} tests pass ({100 * good / max(total, 1):.1f} %), {died} died")
    return 1 if surprises or died else 0


if __name__ == "__main__":
    sys.exit(main())
