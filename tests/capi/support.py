"""What the tests of extension modules share: where the modules are, and how to load one by file and name."""
import importlib.machinery
import importlib.util
import os
import re
import sys
import unittest

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build", "capi-modules")
SUFFIX = ".cpython-311-x86_64-linux-gnu.so"

if not os.path.isdir(FOLDER):
    raise unittest.SkipTest("no extension modules: run tools/extension_modules.py")
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)


def file_of(name):
    return os.path.join(FOLDER, name + SUFFIX)


def load(name, path):
    """Import the module `name` from the extension file `path`, without sys.modules."""
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def result(function, *args, **kwargs):
    """What the call gives, or the exception as text."""
    try:
        return function(*args, **kwargs)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


class Recorded(unittest.TestCase):
    """Tests that compare many lines with what CPython gave: tests/capi/expected/NAME.txt.

    `python3.11 tests/capi/test_NAME.py --record` writes these files anew.
    """

    maxDiff = 2000

    def compare(self, name, lines):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected", name + ".txt")
        # Without places in CPython's source, and without the name that the test's module has just now.
        lines = [re.sub(r"\.\./\w+/\w+\.[ch]:\d+: |\b__main__\.|\btest_\w+\.", "", line) for line in lines]
        lines = [line.encode("ascii", "backslashreplace").decode() for line in lines]
        if RECORD:
            with open(path, "w", encoding="ascii") as stream:
                stream.writelines(line + "\n" for line in lines)
        with open(path, encoding="ascii") as stream:
            expected = stream.read().splitlines()
        different = [(a, b) for a, b in zip(expected, lines) if a != b]
        for a, b in different[:40]:
            print(f"- {a}\n+ {b}", file=sys.stderr)
        self.assertEqual(len(different), 0, f"{len(different)} of {len(lines)} lines differ; the first: {different[:1]}")
        self.assertEqual(len(expected), len(lines))


RECORD = "--record" in sys.argv and not hasattr(sys, "adder_version_info")
if RECORD:
    sys.argv.remove("--record")
