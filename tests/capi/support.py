"""What the tests of extension modules share: where the modules are, and how to load one by file and name."""
import importlib.machinery
import importlib.util
import os
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
