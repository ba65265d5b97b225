#!/usr/bin/env python3
"""Compare the speed of interpreters on the programs of this folder.

    bench/run.py [NAME...] [--adder PATH] [--baseline PATH] [--also PATH] [-n ROUNDS] [--cpu] [--json FILE]
    bench/run.py [NAME...] --callgrind

Every program does a fixed amount of work and prints a result, which must be the same under every interpreter. The
interpreters take turns, program by program and round by round, so that a noisy machine disturbs all of them alike; the
least of the rounds counts. A ratio is time under the interpreter by time under the baseline: 0.50 is twice as fast. The
yardstick is the python3.11 of Debian's package, an optimised build.

With --callgrind the score is what valgrind counts: instructions + 15 for each mispredicted indirect branch. It is slow,
and quiet.
"""
import argparse
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
MISPREDICTION = 15  # instructions that one mispredicted indirect branch is worth


def has_what_it_needs(name, interpreter):
    """Whether the modules that a program names in a line `# needs: NAME...` are installed."""
    with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as stream:
        needed = re.search(r"^# needs: (.*)$", stream.read(), re.MULTILINE)
    return not needed or all(
        subprocess.run([interpreter, "-c", f"import {module}"], capture_output=True).returncode == 0
        for module in needed[1].split())


def programs(wanted, baseline):
    names = sorted(name[:-3] for name in os.listdir(HERE) if name.endswith(".py") and name != "run.py")
    if not wanted:
        names = [name for name in names if has_what_it_needs(name, baseline)]
    for name in wanted:
        if name not in names:
            sys.exit(f"no program {name}; there are {', '.join(names)}")
    return wanted or names


def environment():
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean.update(PYTHONHASHSEED="0", LC_ALL="C.UTF-8")
    return clean


def children_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_time(interpreter, program, cpu, timeout):
    """Seconds and output, or None and what went wrong."""
    started = time.perf_counter()
    process = subprocess.Popen([interpreter, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None, f"more than {timeout:.0f} s"
    seconds = time.perf_counter() - started
    if cpu:
        now = children_time()
        seconds, measure_time.cpu = now - measure_time.cpu, now
    if process.returncode != 0:
        lines = err.decode(errors="replace").strip().splitlines()
        return None, f"status {process.returncode}: {lines[-1] if lines else ''}"
    return seconds, out


measure_time.cpu = children_time()


def measure_callgrind(interpreter, program, cpu, timeout):
    command = ["valgrind", "--tool=callgrind", "--branch-sim=yes", "--callgrind-out-file=/dev/null", interpreter, program]
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), timeout=timeout * 100)
    except subprocess.TimeoutExpired:
        return None, f"more than {timeout * 100:.0f} s"
    counts = re.search(rb"Collected *: *([\d ]+)", done.stderr)
    if done.returncode != 0 or counts is None:
        return None, f"status {done.returncode}"
    instructions, *_, indirect_misses = map(int, counts[1].split())
    return (instructions + MISPREDICTION * indirect_misses) / 1e9, done.stdout


def run(options, interpreters, names):
    """{program: {interpreter: least measure or None}}, reasons of what failed."""
    measure = measure_callgrind if options.callgrind else measure_time
    rounds = 1 if options.callgrind else options.rounds
    results, problems = {}, []
    for name in names:
        program = os.path.join(HERE, name + ".py")
        best, expected, failed = {}, None, set()
        for turn in range(-1 if not options.callgrind else 0, rounds):  # turn -1 fills caches and is not counted
            for interpreter in interpreters:
                if interpreter in failed:
                    continue
                value, out = measure(interpreter, program, options.cpu, options.timeout)
                if value is None:
                    failed.add(interpreter)
                    problems.append(f"{name}: {interpreter}: {out}")
                elif interpreter == interpreters[0]:
                    expected = out
                elif expected is not None and out != expected:
                    failed.add(interpreter)
                    problems.append(f"{name}: {interpreter}: prints something else than {interpreters[0]}")
                if turn >= 0 and interpreter not in failed:
                    best[interpreter] = min(value, best.get(interpreter, value))
        results[name] = {interpreter: None if interpreter in failed else best.get(interpreter) for interpreter in interpreters}
        print_row(name, results[name], interpreters)
    return results, problems


def print_row(name, row, interpreters):
    base = row[interpreters[0]]
    cells = [f"{name:<18}", f"{base:9.3f}" if base else "   failed"]
    for interpreter in interpreters[1:]:
        value = row[interpreter]
        cells.append(f"{value:9.3f} {value / base:7.2f}" if value and base else f"{'failed':>17}")
    print(" ".join(cells), flush=True)


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", help="programs to run; all of them without a name")
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "optimized", "adder"))
    parser.add_argument("--baseline", default="/usr/bin/python3.11")
    parser.add_argument("--also", action="append", default=[], metavar="PATH", help="another interpreter to compare")
    parser.add_argument("-n", "--rounds", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one run")
    parser.add_argument("--cpu", action="store_true", help="measure processor time instead of elapsed time")
    parser.add_argument("--callgrind", action="store_true", help="count instructions with valgrind")
    parser.add_argument("--json", metavar="FILE", help="write the results")
    parser.add_argument("--limit", type=float, metavar="RATIO", help="status 1 if a program's ratio is above this")
    options = parser.parse_args()
    interpreters = [options.baseline, options.adder, *options.also]
    for interpreter in interpreters:
        if shutil.which(interpreter) is None:
            sys.exit(f"there is no {interpreter}")
    if options.callgrind and shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed (Debian: valgrind)")
    unit = "10^9 instructions" if options.callgrind else "seconds" + (" of processor time" if options.cpu else "")
    print(f"{unit}; ratio to {options.baseline}")
    names = [os.path.basename(interpreter) for interpreter in interpreters]
    print(" ".join([f"{'':<18}", f"{names[0]:>9}"] + [f"{name:>9} {'ratio':>7}" for name in names[1:]]))
    results, problems = run(options, interpreters, programs(options.name, options.baseline))
    status = 0
    means = {}
    for interpreter in interpreters[1:]:
        ratios = [row[interpreter] / row[interpreters[0]] for row in results.values() if row[interpreter] and row[interpreters[0]]]
        means[interpreter] = geometric_mean(ratios)
        print(f"\n{interpreter}: geometric mean {means[interpreter]:.2f} over {len(ratios)} programs"
              + (f", worst {max(ratios):.2f}" if ratios else ""))
        if options.limit and (len(ratios) < len(results) or max(ratios) > options.limit):
            status = 1
    for problem in problems:
        print("failed:", problem)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as stream:
            json.dump({"unit": unit, "baseline": interpreters[0], "results": results, "means": means,
                       "problems": problems}, stream, indent=1)
    return 1 if problems else status


if __name__ == "__main__":
    sys.exit(main())
