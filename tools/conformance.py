#!/usr/bin/env python3
"""Run CPython 3.11's own tests under Adder and compare with what is known to pass.

    tools/conformance.py [GROUP|MODULE...] [--adder PATH] [--update] [--failures] [--logs DIR]

One process a test module (Debian package libpython3.11-testsuite), started again where it dies, two at once. A test is
a method of unittest or a doctest; it passes when it ends ok or as an expected failure. tests/conformance/expected.tsv
says for each module how many pass, of how many that pass under python3.11, and why the others do not: less than that
is red, and so is more, until --update writes it down. Groups are in tests/conformance/groups.txt; without a name, all.
"""
import argparse
import collections
import os
import sys
import time

from harness import ROOT, parallel, run_module

FOLDER = os.path.join(ROOT, "tests", "conformance")
TESTS = "/usr/lib/python3.11/test"
QUICK = ("core", "types", "compiler")  # what ./dev test runs
EXPECTED = os.path.join(FOLDER, "expected.tsv")
HEAD = """\
# What passes of CPython 3.11's own tests. Written by tools/conformance.py --update; the reasons are by hand.
# module, tests that pass, tests that pass under python3.11, why the others do not
"""
PASSED = ("ok", "xfail", "xpass")
DIED = ("crash", "timeout")


def read_groups(tests):
    """{group: [module]}, packages expanded."""
    groups, current = {}, None
    with open(os.path.join(FOLDER, "groups.txt"), encoding="utf-8") as stream:
        for line in stream:
            words = line.split("#")[0].split()
            if words and not line[0].isspace():
                current = groups.setdefault(words[0], [])
            else:
                for word in words:
                    current.extend(expand(tests, word))
    return groups


def expand(tests, word):
    if not word.endswith(".*"):
        exists = os.path.exists(os.path.join(tests, word + ".py")) or os.path.isdir(os.path.join(tests, word))
        return [word] if exists else []
    found = []
    for base, folders, names in os.walk(os.path.join(tests, word[:-2])):
        folders[:] = sorted(f for f in folders if os.path.exists(os.path.join(base, f, "__init__.py")))
        package = os.path.relpath(base, tests).replace(os.sep, ".")
        found += [f"{package}.{name[:-3]}" for name in sorted(names) if name.startswith("test_") and name.endswith(".py")]
    return found


def read_expected():
    """{module: [passed, of, reason]}"""
    known = {}
    if os.path.exists(EXPECTED):
        with open(EXPECTED, encoding="utf-8") as stream:
            for line in stream:
                if not line.startswith("#"):
                    module, passed, of, reason = line.rstrip("\n").split("\t")
                    known[module] = [int(passed), int(of), reason]
    return known


def write_expected(known):
    with open(EXPECTED, "w", encoding="utf-8") as stream:
        stream.write(HEAD)
        for module in sorted(known):
            passed, of, reason = known[module]
            if passed >= of:
                reason = ""
            elif not reason:
                reason = "not looked into yet"
            stream.write(f"{module}\t{passed}\t{of}\t{reason}\n")


def run_modules(adder, modules, timeout=300, memory=10, jobs=2):
    """Runs test modules one process each; gives (module, [(state, name, why)], log). `memory`: GB, 0 for no limit."""
    limit = int(memory * 2 ** 30) or None
    return parallel(lambda module: (module, *run_module(adder, "test." + module, timeout, memory=limit)), modules, jobs)


def count_passed(rows):
    return sum(state in PASSED for state, _, _ in rows)


def is_expected(passed, expected, of):
    """Whether as many tests of a module pass as the list says; where all do, more may: a user who is not root skips less."""
    return passed == expected or passed > expected >= of


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["all"], help="groups (or all) and modules")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "release", "adder"))
    parser.add_argument("--stdlib", default="/usr/lib/python3.11")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one module")
    parser.add_argument("--memory", type=float, default=10, metavar="GB", help="limit of the address space; 0 for none")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--failures", action="store_true", help="print each test that does not pass")
    parser.add_argument("--logs", metavar="DIR", help="keep what each module printed")
    parser.add_argument("--update", action="store_true", help="write expected.tsv anew for what was run")
    parser.add_argument("--baseline", action="store_true", help="--adder is python3.11: record how many pass there")
    options = parser.parse_args()
    tests = os.path.join(options.stdlib, "test")
    if not os.path.exists(os.path.join(tests, "test_grammar.py")):
        sys.exit(f"no tests in {tests} (Debian: libpython3.11-testsuite)")
    if not os.path.exists(options.adder):
        sys.exit(f"there is no {options.adder}: ./dev build")
    groups = read_groups(tests)
    modules = []
    for word in options.what:
        modules += sum(groups.values(), []) if word == "all" else groups[word] if word in groups else expand(tests, word)
    modules = list(dict.fromkeys(modules))
    if not modules:
        sys.exit(f"no such group or module; groups are {', '.join(groups)}")
    if options.logs:
        os.makedirs(options.logs, exist_ok=True)

    known = read_expected()
    started = time.monotonic()
    total = collections.Counter()
    causes, dead, worse, better = collections.Counter(), [], [], []

    for module, rows, log in run_modules(options.adder, modules, options.timeout, options.memory, options.jobs):
        states = collections.Counter(state for state, _, _ in rows)
        passed = count_passed(rows)
        before, of, reason = known.get(module, [0, 0, ""])
        if options.baseline:
            of = passed
        total.update(states)
        total["of"] += of
        total["modules"] += 1
        total["clean"] += passed >= of
        others = ", ".join(f"{count} {state}" for state, count in states.most_common() if state not in PASSED)
        verdict = "" if options.baseline or passed == before else "WORSE " if passed < before else "better "
        print(f"{module:<36} {passed:>5} of {of:<5} {verdict}{others}", flush=True)
        for state, name, why in rows:
            if state in DIED:
                dead.append(f"{name}: {why}")
            if state not in PASSED and state != "skip":
                causes[why.split(" at 0x")[0][:110]] += 1
                if options.failures:
                    print(f"    {state} {name}: {why}")
        if not is_expected(passed, before, of):
            (worse if passed < before else better).append(f"{module}: {passed}, was {before}")
        known[module] = [before if options.baseline else passed, of, reason]
        if options.logs:
            with open(os.path.join(options.logs, module + ".log"), "w", encoding="utf-8") as stream:
                stream.writelines(f"{state}\t{name}\t{why}\n" for state, name, why in rows)
                stream.write(log)

    passed = sum(total[state] for state in PASSED)
    if causes and not options.baseline:
        print("\ncommonest causes:")
        for why, count in causes.most_common(15):
            print(f"{count:6} {why}")
    for name in dead:
        print("died:", name)
    if options.update or options.baseline:
        write_expected(known)
    else:
        for line in worse:
            print("WORSE:", line)
        for line in better:
            print("better than the list says (--update):", line)
    print(f"\n{total['modules']} modules, {total['clean']} of them clean; {passed} tests of {total['of']} pass "
          f"({passed / max(total['of'], 1):.1%}); {time.monotonic() - started:.0f} s")
    print(f"{len(modules) - len(worse)} passed, {len(worse)} failed")
    return 1 if not options.baseline and not options.update and (worse or better) else 0


if __name__ == "__main__":
    sys.exit(main())
