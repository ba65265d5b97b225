#!/usr/bin/env python3
"""Run the tests of Adder. `./dev test` builds and calls this.

    tools/run_tests.py [SUITE...] [-k PATTERN] [--release DIR] [--checked DIR] [--rebaseline]

Suites: tools (arrows and rules of the house), unit (C++), python (release and checked build), snapshot, examples,
commands (command lines, against python3.11), capi (layout of the ABI, extension modules), conformance (the quick groups of
CPython's own tests). All of them without a name. The last line is
`N passed, N failed`; the status is 1 if any failed. What is known to fail stands in expected_failures.txt beside the
tests, an id and a reason a line; such a test counts as passed while it fails, and as failed when it passes.
"""
import argparse
import difflib
import fnmatch
import json
import os
import re
import sys
import tempfile
import time

import check_commands
import conformance
import embed_tests
import extension_modules
from harness import ROOT, how_it_ended, parallel, run, run_module, test_environment

TIMEOUT = 120  # seconds for one file of tests; the checked build gets SLOWER times as many
SLOWER = 4
GOOD = ("ok", "xfail", "skip")

# What a snapshot shows of its program; run in tests/snapshot, so that paths in the output are short.
SNAPSHOTS = {
    "tokens": ["-m", "tokenize", "FILE"],
    "ast": ["-m", "ast", "-a", "FILE"],
    "bytecode": ["-m", "dis", "FILE"],
    "rcode": ["-X", "adder.dump_rcode", "FILE"],
    "output": ["FILE"],
}


class Report:
    """Counts, and prints what is not as expected."""

    def __init__(self, pattern=None):
        self.passed = self.failed = self.expected = self.skipped = 0
        self.pattern = pattern

    def wanted(self, name):
        return self.pattern is None or fnmatch.fnmatch(name, "*" + self.pattern + "*")

    def add(self, suite, name, good, reason="", expected=None, log=""):
        if expected is not None:
            if good:
                good, reason = False, "passes, but is listed as expected failure: take it off the list"
            else:
                self.expected += 1
                good = True
        if good:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {suite}: {name}: {reason}", flush=True)
        if log:
            print("".join(f"    {line}\n" for line in log.rstrip().splitlines()[-60:]), end="", flush=True)


def read_expected(folder):
    """{id: reason} of the folder's list."""
    path = os.path.join(ROOT, folder, "expected_failures.txt")
    known = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                line = line.strip()
                if not line or line.startswith("#"):
                    continue
                name, _, reason = line.partition(" ")
                if not reason.strip():
                    sys.exit(f"{path}:{number}: {name} has no reason")
                known[name] = reason.strip()
    return known


# == Suites ==

def suite_tools(options, report):
    for script in ("check_arrows.py",):
        status, out, err = run([sys.executable, os.path.join(ROOT, "tools", script)], TIMEOUT)
        for line in out.splitlines():
            verdict, _, rest = line.partition(" ")
            if verdict in ("ok", "bad"):
                name, _, reason = rest.partition(": ")
                report.add("tools", f"{script} {name}", verdict == "ok", reason)
        if status not in (0, 1):
            report.add("tools", script, False, how_it_ended(status), log=out + err)


def suite_unit(options, report):
    program = os.path.join(options.checked, "adder_unit_tests")
    if not os.path.exists(program):
        report.add("unit", program, False, "is not built")
        return
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [program, "--gtest_brief=1", "--gtest_output=json:" + file.name]
        if options.k:
            command.append(f"--gtest_filter=*{options.k}*")
        status, out, err = run(command, TIMEOUT * SLOWER, environment=test_environment())
        try:
            suites = json.load(open(file.name, encoding="utf-8"))["testsuites"]
        except ValueError:
            report.add("unit", "adder_unit_tests", False, how_it_ended(status), log=out + err)
            return
    for suite in suites:
        for test in suite["testsuite"]:
            if test.get("status") == "RUN":
                failures = test.get("failures", [])
                report.add("unit", f"{suite['name']}.{test['name']}", not failures, "failed",
                           log="\n".join(failure["failure"] for failure in failures))


def suite_python(options, report):
    run_unittest_files(options, report, "python", os.path.join("tests", "python"))


def run_unittest_files(options, report, label, folder):
    """Run each test_*.py of `folder` on the release and on the checked build."""
    known = read_expected(folder)
    folder = os.path.join(ROOT, folder)
    files = sorted(name for name in os.listdir(folder) if name.startswith("test_") and name.endswith(".py")
                   and report.wanted(name)) if os.path.isdir(folder) else []
    for build, slower in ((options.release, 1), (options.checked, SLOWER)):
        adder = os.path.join(build, "adder")
        suite = label + " " + os.path.basename(build)
        if not os.path.exists(adder):
            report.add(suite, adder, False, "is not built")
            continue
        started = time.monotonic()
        count = report.passed + report.failed
        seen = set()
        paths = [os.path.join(folder, name) for name in files]
        for rows, log in parallel(lambda path: run_module(adder, path, TIMEOUT * slower), paths):
            for state, name, reason in rows:
                seen.add(name)
                if state == "skip":
                    report.skipped += 1
                    continue
                report.add(suite, name, state in GOOD, f"{state} {reason}".strip(), known.get(name), excerpt(log, name))
        for name in known:
            if name not in seen and name.partition(".")[0] + ".py" in files:
                report.add(suite, name, False, "is listed as expected failure, but there is no such test")
        count = report.passed + report.failed - count
        print(f"{suite}: {len(files)} files, {count} tests, {time.monotonic() - started:.0f} s", flush=True)


def excerpt(log, name):
    """The part of a process's output that belongs to the test `name`."""
    method = name.rpartition(".")[2].partition("#")[0]
    parts = re.split(r"(?m)^== ", log)
    mine = [part for part in parts[1:] if part.startswith(method + " ") or method in part.split("\n", 1)[0]]
    return "".join(mine) if mine else parts[0] if len(parts) == 1 else ""


def compare_output(report, suite, name, command, cwd, expected_path, options, known, clean=lambda text: text):
    status, out, err = run(command, TIMEOUT, cwd=cwd, environment=test_environment())
    out = clean(out)
    if status != 0:
        report.add(suite, name, False, how_it_ended(status), known.get(name), log=err)
        return
    if options.rebaseline:
        with open(expected_path, "w", encoding="utf-8") as stream:
            stream.write(out)
    try:
        expected = open(expected_path, encoding="utf-8").read()
    except FileNotFoundError:
        report.add(suite, name, False, f"has no {os.path.relpath(expected_path, ROOT)} (--rebaseline writes it)")
        return
    difference = "\n".join(difflib.unified_diff(expected.splitlines(), out.splitlines(), "expected", "got", lineterm="", n=1))
    report.add(suite, name, expected == out, "prints something else", known.get(name), log=difference)


def suite_snapshot(options, report):
    folder = os.path.join(ROOT, "tests", "snapshot")
    known = read_expected("tests/snapshot")
    tasks = []
    for kind in SNAPSHOTS:
        place = os.path.join(folder, kind)
        for expected in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            name = os.path.splitext(expected)[0]
            if expected.endswith(".txt") and report.wanted(f"{kind}/{name}"):
                tasks.append((kind, name, os.path.join(place, expected)))

    def one(task):
        kind, name, expected = task
        words = [f"programs/{name}.py" if word == "FILE" else word for word in SNAPSHOTS[kind]]
        compare_output(report, "snapshot", f"{kind}/{name}", [os.path.join(options.release, "adder")] + words, folder,
                       expected, options, known, lambda text: re.sub(r"0x[0-9a-f]{6,}", "0x...", text))

    list(parallel(one, tasks))
    print(f"snapshot: {len(tasks)}", flush=True)


def suite_examples(options, report):
    folder = os.path.join(ROOT, "examples")
    known = read_expected("examples")
    names = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py") and report.wanted(name)) \
        if os.path.isdir(folder) else []

    def one(name):
        compare_output(report, "examples", name, [os.path.join(options.release, "adder"), f"examples/{name}.py"], ROOT,
                       os.path.join(folder, "expected", name + ".txt"), options, known)

    list(parallel(one, names))
    print(f"examples: {len(names)}", flush=True)


def suite_commands(options, report):
    oracle = "/usr/bin/python3.11"
    if not os.path.exists(oracle):
        print(f"commands: there is no {oracle} to compare with")
        return
    known = read_expected("tests/commands")
    adder = os.path.join(options.release, "adder")
    count = 0
    for name, problem in check_commands.results(adder, oracle, report.wanted):
        report.add("commands", name, problem is None, problem and problem[0], known.get(name), problem and problem[1])
        count += 1
    print(f"commands: {count}", flush=True)


def suite_capi(options, report):
    status, out, err = run([sys.executable, os.path.join(ROOT, "tools", "check_layout.py"), "--build", options.release],
                           TIMEOUT * SLOWER)
    count = 0
    for line in out.splitlines():
        verdict, _, rest = line.partition(" ")
        if verdict in ("ok", "bad"):
            name, _, reason = rest.partition(": ")
            report.add("capi", name, verdict == "ok", reason)
            count += 1
    if status not in (0, 1):
        report.add("capi", "check_layout.py", False, how_it_ended(status), log=out + err)
    print(f"capi: {count} layouts", flush=True)
    run_extension_modules(options, report)


def run_extension_modules(options, report):
    """Compile tests/capi/modules and run tests/capi/test_*.py over them."""
    if extension_modules.PYTHON_HEADERS is None:
        print("capi: no headers of CPython 3.11 (libpython3.11-dev): extension modules are not tested")
        return
    started = time.monotonic()
    modules = extension_modules.compile_all()
    for name, problem in modules:
        report.add("capi", f"modules/{name}", problem is None, "does not compile", log=problem or "")
    print(f"capi: {len(modules)} extension modules, {time.monotonic() - started:.0f} s", flush=True)
    run_embedding_programs(options, report)
    run_unittest_files(options, report, "capi", os.path.join("tests", "capi"))


def run_embedding_programs(options, report):
    """Programs of tests/capi/embed, linked to libpython3.11.so."""
    if not os.path.exists(os.path.join(options.release, "lib", "libpython3.11.so")):
        print("capi: there is no libpython3.11.so (./dev build libpython): programs that embed are not tested")
        return
    started = time.monotonic()
    names = [name for name in (os.path.basename(path)[:-2] for path in embed_tests.sources()) if report.wanted("embed/" + name)]
    known = read_expected(os.path.join("tests", "capi"))
    results = embed_tests.results(options.release, names) if names else []
    for name, problem, details in results:
        report.add("capi", "embed/" + name, problem is None, problem, known.get("embed/" + name), details)
    print(f"capi: {len(results)} programs that embed, {time.monotonic() - started:.0f} s", flush=True)


def suite_conformance(options, report):
    """The quick groups of CPython's own tests: as many tests of each module as tests/conformance/expected.tsv says."""
    if not os.path.exists(os.path.join(conformance.TESTS, "test_grammar.py")):
        print("conformance: CPython's tests are not installed (libpython3.11-testsuite)")
        return
    started = time.monotonic()
    groups, known = conformance.read_groups(conformance.TESTS), conformance.read_expected()
    names = dict.fromkeys(name for group in conformance.QUICK for name in groups[group] if report.wanted(name))
    count = 0
    for name, rows, log in conformance.run_modules(os.path.join(options.release, "adder"), list(names)):
        passed, (expected, of, _) = conformance.count_passed(rows), known.get(name, [0, 0, ""])
        report.add("conformance", name, conformance.is_expected(passed, expected, of), f"{passed} tests pass, expected are {expected}",
                   log="".join(f"{state} {test}: {why}\n" for state, test, why in rows if state not in conformance.PASSED) + log[-2000:])
        count += passed
    print(f"conformance: {len(names)} modules, {count} tests, {time.monotonic() - started:.0f} s", flush=True)


SUITES = {"tools": suite_tools, "unit": suite_unit, "python": suite_python, "snapshot": suite_snapshot,
          "examples": suite_examples, "commands": suite_commands,
          "capi": suite_capi, "conformance": suite_conformance}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", nargs="*", help=", ".join(SUITES))
    parser.add_argument("-k", metavar="PATTERN", help="only tests (python, snapshot, examples: files) of this name")
    parser.add_argument("--release", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--checked", default=os.path.join(ROOT, "build", "checked"))
    parser.add_argument("--rebaseline", action="store_true",
                        help="write what the programs print as the expectation of snapshots and examples; programs "
                             "that fail keep theirs")
    options = parser.parse_args()
    for name in options.suite:
        if name not in SUITES:
            parser.error(f"no suite {name}; there are {', '.join(SUITES)}")
    options.release, options.checked = os.path.abspath(options.release), os.path.abspath(options.checked)
    report = Report(options.k)
    for name, function in SUITES.items():
        if not options.suite or name in options.suite:
            function(options, report)
    if report.expected or report.skipped:
        print(f"({report.expected} of the passed are expected failures; {report.skipped} skipped)")
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
