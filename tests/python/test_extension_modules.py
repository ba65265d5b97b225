"""Debian's extension modules, compiled for CPython 3.11, load unchanged and work."""
import importlib
import unittest


def extension(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise unittest.SkipTest(str(error)) from None


class ExtensionModules(unittest.TestCase):
    def test_json(self):
        extension("_json")
        import json
        self.assertIsNotNone(json.encoder.c_make_encoder)
        value = {"a": [1, 2.5, None, True, "\u20ac\U0001f600\n"]}
        self.assertEqual(json.loads(json.dumps(value)), value)
        self.assertEqual(json.loads(json.dumps(value, ensure_ascii=False)), value)
        with self.assertRaises(json.JSONDecodeError):
            json.loads("[1,")

    def test_decimal(self):
        decimal = extension("_decimal")
        self.assertEqual(str(decimal.Decimal("1.1") + 2), "3.1")
        self.assertEqual(format(decimal.Decimal("1234.5"), ",.2f"), "1,234.50")
        self.assertEqual(hash(decimal.Decimal(3)), hash(3))
        with self.assertRaises(decimal.InvalidOperation):
            decimal.Decimal("x")

    def test_sqlite3(self):
        extension("_sqlite3")
        import sqlite3
        database = sqlite3.connect(":memory:")
        database.execute("create table t(a, b)")
        rows = [(1, "x"), (2.5, b"y"), (None, "\u00e9")]
        database.executemany("insert into t values(?, ?)", rows)
        self.assertEqual(database.execute("select * from t order by rowid").fetchall(), rows)
        database.close()

    def test_ctypes(self):
        ctypes = extension("_ctypes") and importlib.import_module("ctypes")
        self.assertEqual(ctypes.CDLL(None).abs(-5), 5)

        class Pair(ctypes.Structure):
            _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]

        self.assertEqual(Pair(1, 2.0).y, 2.0)

    def test_sizes_that_compiled_code_compares(self):
        # Modules made by Cython refuse a type whose size is not the header's.
        sizes = {bool: 32, int: 24, complex: 32, float: 24, list: 40, dict: 48, set: 200, tuple: 24}
        self.assertEqual({kind: kind.__basicsize__ for kind in sizes}, sizes)


if __name__ == "__main__":
    unittest.main()
