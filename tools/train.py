#!/usr/bin/env python3
"""Run what the optimized build is optimised for: tools/train.py ADDER, an executable built with ADDER_PROFILE=generate.

The training is our own Python tests, the programs of the snapshot tests, the examples, the standard library's files compiled and
loaded, and tests of the standard library, as for CPython's own optimised build; not the programs of bench/, which measure the
result. The counts are added up in the build's profile folder.
"""
import os
import sys
import tempfile

from harness import ROOT, parallel, run, test_environment

TIMEOUT = 300
COMPILE = """
import os, sys
folder = os.path.dirname(os.__file__)
for name in sorted(os.listdir(folder))[:60]:
    if name.endswith(".py"):
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            compile(stream.read(), name, "exec")
"""
LIBRARY_TESTS = """array base64 binascii bisect bytes cmath codecs collections complex dataclasses datetime decimal difflib enum float
    fstring functools generators heapq int itertools json long math memoryview operator ordered_dict patma pickle pprint re set
    statistics struct textwrap tokenize unicode xml_etree_c""".split()
IMPORT = "import argparse, ast, asyncio, collections, decimal, email.message, http.client, inspect, json, logging, typing, unittest"


def programs(folder):
    path = os.path.join(ROOT, folder)
    return [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".py")]


def main():
    adder = sys.argv[1]
    commands = [[adder, path] for path in programs("tests/python") + programs("tests/snapshot/programs") + programs("examples")]
    commands += [[adder, "-m", "unittest", "-q", f"test.test_{name}"] for name in LIBRARY_TESTS]
    commands += [[adder, "-c", COMPILE], [adder, "-c", IMPORT]] + [[adder, "-c", "pass"]] * 5
    with tempfile.TemporaryDirectory() as folder:
        for command, (status, _, err) in zip(commands, parallel(
                lambda command: run(command, TIMEOUT, cwd=folder, environment=test_environment()), commands)):
            if status is None or status < 0:
                print(f"training: {' '.join(command)}: status {status}: {err.strip()[-200:]}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
