"""The whole interface of sqlite3: the extension module is Debian's, the machine below it is ours."""
import contextlib
import datetime
import gc
import os
import pickle
import sys
import tempfile
import threading
import unittest
import warnings
import weakref

try:
    import sqlite3
except ImportError as error:
    raise unittest.SkipTest(str(error)) from None

from sqlite3 import OperationalError, ProgrammingError


class Case(unittest.TestCase):
    def setUp(self):
        self.db = sqlite3.connect(":memory:")
        self.addCleanup(self.db.close)

    def one(self, sql, *parameters):
        return self.db.execute(sql, *parameters).fetchone()[0]

    def error(self, kind, text, function, *args, **kwargs):
        with self.assertRaises(kind) as caught:
            function(*args, **kwargs)
        if text is not None:
            self.assertEqual(str(caught.exception), text)
        self.assertIs(type(caught.exception), kind)
        return caught.exception


class Module(Case):
    def test_facts(self):
        self.assertEqual((sqlite3.apilevel, sqlite3.paramstyle), ("2.0", "qmark"))
        self.assertIn(sqlite3.threadsafety, (0, 1, 3))
        self.assertEqual(sqlite3.sqlite_version_info, tuple(map(int, sqlite3.sqlite_version.split("."))))
        self.assertEqual(sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES, 3)
        tree = {sqlite3.Warning: Exception, sqlite3.Error: Exception, sqlite3.InterfaceError: sqlite3.Error,
                sqlite3.DatabaseError: sqlite3.Error, sqlite3.DataError: sqlite3.DatabaseError,
                sqlite3.OperationalError: sqlite3.DatabaseError, sqlite3.IntegrityError: sqlite3.DatabaseError,
                sqlite3.InternalError: sqlite3.DatabaseError, sqlite3.ProgrammingError: sqlite3.DatabaseError,
                sqlite3.NotSupportedError: sqlite3.DatabaseError}
        for kind, base in tree.items():
            self.assertIs(kind.__base__, base)
            self.assertEqual(kind.__module__, "sqlite3")
            self.assertIs(getattr(self.db, kind.__name__), kind)
        self.assertEqual((sqlite3.SQLITE_OK, sqlite3.SQLITE_DENY, sqlite3.SQLITE_IGNORE, sqlite3.SQLITE_BUSY), (0, 1, 2, 5))

    def test_complete_statement(self):
        self.assertTrue(sqlite3.complete_statement("select 1;"))
        self.assertFalse(sqlite3.complete_statement("select 1"))
        self.assertFalse(sqlite3.complete_statement("select 'a;"))
        self.assertTrue(sqlite3.complete_statement(statement=";"))

    def test_error_codes(self):
        error = self.error(OperationalError, "no such table: t", self.db.execute, "select * from t")
        self.assertEqual((error.sqlite_errorcode, error.sqlite_errorname), (sqlite3.SQLITE_ERROR, "SQLITE_ERROR"))
        self.db.execute("create table u(a unique)")
        self.db.execute("insert into u values(1)")
        error = self.error(sqlite3.IntegrityError, "UNIQUE constraint failed: u.a", self.db.execute, "insert into u values(1)")
        self.assertEqual((error.sqlite_errorcode, error.sqlite_errorname),
                         (sqlite3.SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"))

    def test_callback_tracebacks(self):
        self.db.create_function("fails", 0, lambda: 1 / 0)
        seen = []
        hook, sys.unraisablehook = sys.unraisablehook, lambda info: seen.append(info.exc_type)
        try:
            for on in (True, False):
                sqlite3.enable_callback_tracebacks(on)
                self.error(OperationalError, "user-defined function raised exception", self.db.execute, "select fails()")
        finally:
            sys.unraisablehook = hook
            sqlite3.enable_callback_tracebacks(False)
        self.assertEqual(seen, [ZeroDivisionError])

    def test_date_types(self):
        self.assertEqual(sqlite3.Date(2004, 10, 28), datetime.date(2004, 10, 28))
        self.assertEqual(sqlite3.Time(12, 39, 35), datetime.time(12, 39, 35))
        self.assertEqual(sqlite3.Timestamp(2004, 10, 28, 12, 39, 35), datetime.datetime(2004, 10, 28, 12, 39, 35))
        self.assertIs(sqlite3.Binary, memoryview)
        for function in (sqlite3.DateFromTicks, sqlite3.TimeFromTicks, sqlite3.TimestampFromTicks):
            function(42)


class Connections(Case):
    def test_arguments(self):
        with contextlib.closing(sqlite3.connect(database=":memory:", timeout=1, detect_types=0, isolation_level=None,
                                                check_same_thread=False, cached_statements=10, uri=False)) as db:
            self.assertIsNone(db.isolation_level)
        self.error(TypeError, None, sqlite3.connect)
        self.error(TypeError, None, sqlite3.connect, 5.5)
        self.error(OperationalError, "unable to open database file", sqlite3.connect, "/no/such/folder/file")
        self.error(ValueError, None, sqlite3.connect, ":memory:", isolation_level="BOGUS")

    def test_class(self):
        class Connection(sqlite3.Connection):
            def __init__(self, name):
                super().__init__(name, cached_statements=3)
                self.extra = 1

        db = sqlite3.connect(":memory:", factory=lambda *args, **kwargs: Connection(args[0]))
        self.assertIsInstance(db, Connection)
        self.assertEqual(db.execute("select 1").fetchall(), [(1,)])
        db.close()
        self.assertEqual(db.extra, 1)

        class Uninitialised(sqlite3.Connection):
            def __init__(self, name):
                pass

        self.error(ProgrammingError, "Base Connection.__init__ not called.", Uninitialised(":memory:").cursor)
        self.error(ProgrammingError, "Base Connection.__init__ not called.", lambda: Uninitialised(":memory:").in_transaction)

    def test_close(self):
        cursor = self.db.cursor()
        self.db.close()
        self.db.close()
        for function in (self.db.commit, self.db.rollback, self.db.cursor, self.db.interrupt, lambda: self.db.execute("select 1"),
                         lambda: self.db.total_changes, lambda: self.db.in_transaction, lambda: cursor.execute("select 1"),
                         lambda: self.db("select 1"), cursor.close, cursor.fetchone, lambda: self.db.create_function("x", 0, len),
                         lambda: list(self.db.iterdump())):
            self.error(ProgrammingError, "Cannot operate on a closed database.", function)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a\u20ac.db")

            class Path:
                def __fspath__(self):
                    return path

            for name in (path, Path(), os.fsencode(path)):
                with contextlib.closing(sqlite3.connect(name)) as db:
                    db.execute("create table if not exists t(a)")
                    db.execute("insert into t values(1)")
                    db.commit()
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                self.assertEqual(db.execute("select count(*) from t").fetchone(), (3,))
                self.error(OperationalError, "attempt to write a readonly database", db.execute, "insert into t values(2)")
            with contextlib.closing(sqlite3.connect(path)) as a, contextlib.closing(sqlite3.connect(path, timeout=0)) as b:
                a.execute("begin immediate")
                error = self.error(OperationalError, "database is locked", b.execute, "begin immediate")
                self.assertEqual(error.sqlite_errorname, "SQLITE_BUSY")
            with open(path, "wb") as stream:
                stream.write(b"no database" * 100)
            with contextlib.closing(sqlite3.connect(path)) as db:
                self.error(sqlite3.DatabaseError, "file is not a database", db.execute, "select * from t")

    def test_context_manager(self):
        self.db.execute("create table t(a unique)")
        with self.db as same:
            self.assertIs(same, self.db)
            self.db.execute("insert into t values(1)")
        self.assertFalse(self.db.in_transaction)
        with self.assertRaises(sqlite3.IntegrityError):
            with self.db:
                self.db.execute("insert into t values(2)")
                self.db.execute("insert into t values(1)")
        self.assertEqual(self.db.execute("select a from t").fetchall(), [(1,)])

    def test_limits(self):
        category = sqlite3.SQLITE_LIMIT_SQL_LENGTH
        before = self.db.setlimit(category, 20)
        self.assertGreater(before, 20)
        self.assertEqual(self.db.getlimit(category), 20)
        self.error(sqlite3.DataError, "query string is too large", self.db.execute, "select 1".ljust(30))
        self.error(ProgrammingError, "'category' is out of bounds", self.db.setlimit, 1111, 0)
        self.error(ProgrammingError, "'category' is out of bounds", self.db.getlimit, 1111)

    def test_collected(self):
        db = sqlite3.connect(":memory:")
        db.create_function("itself", 0, lambda: db)
        cursor = db.execute("select 1")
        r = weakref.ref(cursor)
        probe = type("Probe", (), {})()
        dead = weakref.ref(probe)
        db.create_function("probe", 0, lambda: probe)
        del cursor
        self.assertIsNone(r())
        db.close()
        del db, probe
        gc.collect()
        self.assertIsNone(dead())

    def test_call(self):
        statement = self.db("select ?")
        self.assertEqual(type(statement).__name__, "Statement")
        self.error(ProgrammingError, "You can only execute one statement at a time.", self.db, "select 1; select 2")
        self.error(TypeError, None, self.db, 5)


class Cursors(Case):
    def setUp(self):
        super().setUp()
        self.cursor = self.db.cursor()
        self.cursor.execute("create table t(id integer primary key, name text, value real)")

    def test_execute(self):
        c = self.cursor
        self.assertIs(c.execute("select 1"), c)
        self.assertIs(c.connection, self.db)
        for text, kind in (("", None), ("  -- comment", None), ("selekt", OperationalError), ("select 'a", OperationalError),
                           ("select ?", ProgrammingError), ("select 1; select 2", ProgrammingError)):
            if kind:
                self.error(kind, None, c.execute, text)
            else:
                self.assertEqual(c.execute(text).fetchall(), [])
        self.error(ProgrammingError, "the query contains a null character", c.execute, "select 1\0")
        self.error(TypeError, None, c.execute, 42)
        self.error(TypeError, None, c.execute)
        self.error(UnicodeEncodeError, None, c.execute, "select '\ud8ff'")
        self.assertEqual(c.execute("select 1; -- done").fetchone(), (1,))
        self.assertEqual(c.execute("select 1 /* \n */ ; \n").fetchone(), (1,))

    def test_parameters(self):
        c = self.cursor
        values = [None, 5, -2**63, 2**63 - 1, 1.5, "text", "\u20ac\U0001f600", "a\0b", b"bytes", bytearray(b"array"), memoryview(b"view"), True, ""]
        self.assertEqual([c.execute("select ?", (value,)).fetchone()[0] for value in values],
                         [None, 5, -2**63, 2**63 - 1, 1.5, "text", "\u20ac\U0001f600", "a\0b", b"bytes", b"array", b"view", 1, ""])
        self.assertEqual(c.execute("select ?, ?2, ?1", (1, 2)).fetchone(), (1, 2, 1))
        self.assertEqual(c.execute("select :a, @b, $c", {"a": 1, "b": 2, "c": 3, "more": 4}).fetchone(), (1, 2, 3))
        self.assertEqual(c.execute("select ?, ?", [1, 2]).fetchone(), (1, 2))

        class Sequence:
            def __len__(self):
                return 2

            def __getitem__(self, i):
                return "item%d" % i

        class Missing(dict):
            def __missing__(self, key):
                return key * 2

        class Int(int):
            pass

        self.assertEqual(c.execute("select ?, ?", Sequence()).fetchone(), ("item0", "item1"))
        self.assertEqual(c.execute("select :k", Missing()).fetchone(), ("kk",))
        self.assertEqual(c.execute("select ?", (Int(7),)).fetchone(), (7,))
        self.error(ProgrammingError, "Incorrect number of bindings supplied. The current statement uses 1, and there are 2 supplied.",
                   c.execute, "select ?", (1, 2))
        self.error(ProgrammingError, "You did not supply a value for binding parameter :b.", c.execute, "select :a, :b", {"a": 1})
        self.error(ProgrammingError, "parameters are of unsupported type", c.execute, "select ?", 42)
        self.error(ProgrammingError, "Error binding parameter 1: type 'object' is not supported", c.execute, "select ?", (object(),))
        self.error(ProgrammingError, "Error binding parameter 2: type 'list' is not supported", c.execute, "select ?, ?", (1, []))
        self.error(OverflowError, "Python int too large to convert to SQLite INTEGER", c.execute, "select ?", (2**63,))
        self.error(UnicodeEncodeError, None, c.execute, "select ?", ("\ud800",))
        self.error(ZeroDivisionError, None, c.execute, "select ?", type("S", (Sequence,), {"__getitem__": lambda s, i: 1 / 0,
                                                                                            "__len__": lambda s: 1})())

    def test_many(self):
        c = self.cursor
        c.executemany("insert into t(name) values(?)", [("a",), ("b",)])
        self.assertEqual(c.rowcount, 2)
        c.executemany("insert into t(name) values(:n)", ({"n": str(i)} for i in range(3)))
        self.assertEqual(c.rowcount, 3)

        class Iterator:
            def __init__(self):
                self.n = 0

            def __iter__(self):
                return self

            def __next__(self):
                self.n += 1
                if self.n > 4:
                    raise StopIteration
                return (self.n,)

        c.executemany("insert into t(value) values(?)", Iterator())
        self.assertEqual(self.one("select count(*) from t"), 9)
        self.error(ProgrammingError, "executemany() can only execute DML statements.", c.executemany, "select ?", [(3,)])
        self.error(TypeError, None, c.executemany, "insert into t(name) values(?)", 42)
        self.error(ZeroDivisionError, None, c.executemany, "insert into t(name) values(?)", ((1 / x,) for x in (1, 0)))
        self.assertEqual(self.db.executemany("delete from t where name = ?", [("a",), ("b",), ("none",)]).rowcount, 2)

    def test_script(self):
        c = self.cursor
        self.assertIs(c.executescript("create table a(i); insert into a values(5); -- comment"), c)
        self.assertEqual(self.one("select i from a"), 5)
        self.error(OperationalError, None, c.executescript, "create table b(i); selekt")
        self.assertEqual(self.one("select count(*) from b"), 0)
        self.error(ValueError, "embedded null character", c.executescript, "create table x(i); \0")
        self.error(UnicodeEncodeError, None, c.executescript, "\ud8ff")
        self.error(TypeError, None, c.executescript, b"select 1")
        self.db.execute("insert into a values(1)")
        self.assertTrue(self.db.in_transaction)
        self.db.executescript("select 1")
        self.assertFalse(self.db.in_transaction)

    def test_fetch(self):
        c = self.cursor
        c.executemany("insert into t(name) values(?)", [(name,) for name in "abcdefg"])
        c.execute("select name from t order by id")
        self.assertEqual(c.arraysize, 1)
        self.assertEqual(c.fetchmany(), [("a",)])
        self.assertEqual(c.fetchmany(2), [("b",), ("c",)])
        c.arraysize = 2
        self.assertEqual(c.fetchmany(), [("d",), ("e",)])
        self.assertEqual(c.fetchone(), ("f",))
        self.assertEqual(next(c), ("g",))
        self.assertIsNone(c.fetchone())
        self.assertEqual((c.fetchmany(100), c.fetchall(), list(c)), ([], [], []))
        self.assertEqual(c.execute("select name from t limit 3").fetchmany(size=100), [("a",), ("b",), ("c",)])
        self.assertEqual([row[0] for row in c.execute("select name from t order by id")], list("abcdefg"))
        self.assertIsNone(c.setinputsizes([1]))
        self.assertIsNone(c.setoutputsize(5))
        self.assertEqual(self.db.cursor().fetchall(), [])
        self.error(AttributeError, None, setattr, c, "rowcount", 5)

    def test_description_and_counts(self):
        c = self.cursor
        self.assertIsNone(self.db.cursor().description)
        self.assertEqual(self.db.cursor().rowcount, -1)
        c.execute("select 1 as a, 2 as 'b c', 3")
        self.assertEqual([each[0] for each in c.description], ["a", "b c", "3"])
        self.assertEqual(c.description[0], ("a", None, None, None, None, None, None))
        c.execute("insert into t(name) values('x')")
        self.assertIsNone(c.description)
        self.assertEqual((c.rowcount, c.lastrowid), (1, 1))
        c.execute("insert into t(id, name) values(77, 'y') returning id, name")
        self.assertEqual(c.fetchone(), (77, "y"))
        self.assertEqual(c.lastrowid, 77)
        c.execute("update t set name = 'z'")
        self.assertEqual(c.rowcount, 2)
        c.execute("select * from t")
        self.assertEqual(c.rowcount, -1)
        self.assertEqual(self.db.total_changes, 4)
        c.execute("delete from t")
        self.assertEqual(c.rowcount, 2)

    def test_close(self):
        c = self.cursor
        c.close()
        for function in (c.fetchone, c.fetchall, c.fetchmany, lambda: c.execute("select 1"), lambda: next(c)):
            self.error(ProgrammingError, "Cannot operate on a closed cursor.", function)

    def test_class(self):
        class Cursor(sqlite3.Cursor):
            def __init__(self, connection):
                super().__init__(connection)
                self.extra = 1

            def fetchone(self):
                row = super().fetchone()
                return row and ("mine",) + row

        self.assertEqual(self.db.cursor(Cursor).execute("select 5").fetchone(), ("mine", 5))
        self.assertEqual(self.db.cursor(factory=Cursor).extra, 1)
        self.error(TypeError, None, self.db.cursor, lambda connection: 5)
        self.error(TypeError, None, sqlite3.Cursor, 5)

        class Bare(sqlite3.Cursor):
            def __init__(self, connection):
                pass

        self.error(ProgrammingError, "Base Cursor.__init__ not called.", Bare(self.db).execute, "select 1")

    def test_recursive_use(self):
        c = self.cursor

        def again():
            c.execute("select 1")
            yield (1,)

        self.error(ProgrammingError, "Recursive use of cursors not allowed.", c.executemany, "insert into t(value) values(?)", again())

    def test_modified_while_reading(self):
        c = self.cursor
        c.executemany("insert into t(name) values(?)", [(str(i),) for i in range(10)])
        c.execute("select name from t order by id")
        first = c.fetchone()
        self.db.execute("update t set name = 'changed' where id = 10")
        self.assertEqual(first, ("0",))
        self.assertEqual(c.fetchall()[-1], ("changed",))
        c.execute("select name from t")
        c.fetchone()
        self.db.rollback()
        self.assertEqual(len(c.execute("select * from t").fetchall()), 0)


class Rows(Case):
    def setUp(self):
        super().setUp()
        self.db.row_factory = sqlite3.Row

    def test_row(self):
        row = self.db.execute("select 1 as a, 2 as B, 'x' as c").fetchone()
        self.assertIsInstance(row, sqlite3.Row)
        self.assertEqual((row[0], row[-1], row["a"], row["b"], row["B"], row["A"]), (1, "x", 1, 2, 2, 1))
        self.assertEqual((row[0:2], row[::-1], len(row), list(row), tuple(row)), ((1, 2), ("x", 2, 1), 3, [1, 2, "x"], (1, 2, "x")))
        self.assertEqual((row.keys(), dict(row)), (["a", "B", "c"], {"a": 1, "B": 2, "c": "x"}))
        self.error(IndexError, "tuple index out of range", lambda: row[3])
        self.error(IndexError, None, lambda: row[2**1000])
        self.error(IndexError, "No item with that key", lambda: row["none"])
        self.error(IndexError, "Index must be int or string", lambda: row[1.5])
        self.error(IndexError, "No item with that key", lambda: row["\x00"])
        a, b, c = row
        self.assertEqual((a, b, c), (1, 2, "x"))
        self.assertTrue("x" in row)
        self.assertRegex(repr(row), "^<sqlite3.Row object at 0x")

    def test_compare(self):
        row = lambda sql: self.db.execute(sql).fetchone()
        a, same, names, values = row("select 1 as a"), row("select 1 as a"), row("select 1 as b"), row("select 2 as a")
        self.assertEqual(a, same)
        self.assertEqual(hash(a), hash(same))
        self.assertNotEqual(a, names)
        self.assertNotEqual(a, values)
        self.assertNotEqual(a, (1,))
        self.error(TypeError, None, lambda: a < same)

    def test_new(self):
        cursor = self.db.execute("select 1 as a, 2 as b")
        row = sqlite3.Row(cursor, (8, 9))
        self.assertEqual((row["a"], row["b"]), (8, 9))
        self.error(TypeError, None, sqlite3.Row, cursor, [1])
        self.error(TypeError, None, sqlite3.Row, "cursor", (1,))
        self.error(TypeError, None, sqlite3.Row, cursor)

        class Sub(sqlite3.Row):
            @property
            def total(self):
                return self["a"] + self["b"]

        cursor.row_factory = Sub
        self.assertEqual(cursor.execute("select 3 as a, 4 as b").fetchone().total, 7)

    def test_factories(self):
        self.db.row_factory = lambda cursor, row: dict(zip([column[0] for column in cursor.description], row))
        self.assertEqual(self.db.execute("select 1 as a, 2 as b").fetchall(), [{"a": 1, "b": 2}])
        self.db.row_factory = None
        self.assertEqual(self.db.execute("select 1").fetchone(), (1,))
        self.db.row_factory = lambda cursor, row: 1 / 0
        self.error(ZeroDivisionError, None, self.db.execute("select 1").fetchone)

    def test_text_factory(self):
        self.db.row_factory = None
        self.assertIs(self.db.text_factory, str)
        for factory, expected in ((bytes, b"\xe2\x82\xac"), (bytearray, bytearray(b"\xe2\x82\xac")), (lambda data: data.decode() + "!", "\u20ac!"), (str, "\u20ac")):
            self.db.text_factory = factory
            self.assertEqual(self.one("select '\u20ac'"), expected)
        self.error(OperationalError, None, self.db.execute("select cast(x'ff' as text) as a").fetchone)
        self.db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        self.assertEqual(self.one("select cast(x'ff' as text)"), "\udcff")


class Types(Case):
    def setUp(self):
        self.db = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
        self.addCleanup(self.db.close)

    def test_conform(self):
        class Point:
            def __init__(self, x, y):
                self.x, self.y = x, y

            def __conform__(self, protocol):
                if protocol is sqlite3.PrepareProtocol:
                    return f"{self.x};{self.y}"

        class Bad:
            def __conform__(self, protocol):
                return 1 / 0

        self.assertEqual(self.db.execute("select ?", (Point(1, 2),)).fetchone(), ("1;2",))
        with self.assertRaises(ZeroDivisionError):
            self.db.execute("select ?", (Bad(),))

    def test_adapters(self):
        class Thing:
            pass

        sqlite3.register_adapter(Thing, lambda thing: "adapted")
        self.assertEqual(self.db.execute("select ?", (Thing(),)).fetchone(), ("adapted",))
        self.assertEqual(sqlite3.adapt(Thing()), "adapted")
        self.error(ProgrammingError, "can't adapt", sqlite3.adapt, 5)
        self.assertEqual(sqlite3.adapt(object(), sqlite3.PrepareProtocol, "default"), "default")
        self.assertIn((Thing, sqlite3.PrepareProtocol), sqlite3.adapters)

        class Int(int):
            pass

        sqlite3.register_adapter(Int, lambda value: "int %d" % value)
        self.assertEqual(self.db.execute("select ?", (Int(5),)).fetchone(), ("int 5",))
        self.assertEqual(self.db.execute("select ?", (5,)).fetchone(), (5,))

    def test_converters(self):
        sqlite3.register_converter("UPPER_", lambda data: data.upper())
        sqlite3.register_converter("number", lambda data: int(data) * 10)
        self.assertIn("UPPER_", sqlite3.converters)
        self.db.execute("create table t(a upper_, b number(10), c)")
        self.db.execute("insert into t values('abc', 5, 'x')")
        self.assertEqual(self.db.execute("select * from t").fetchone(), (b"ABC", 50, "x"))
        self.assertEqual(self.db.execute('select a as "a [number]" from (select 7 as a)').fetchone(), (70,))
        self.assertEqual(self.db.execute('select c as "c [upper_]" from t').description[0][0], "c")
        self.db.execute("insert into t values(null, null, null)")
        self.assertEqual(self.db.execute("select * from t where c is null").fetchone(), (None, None, None))
        sqlite3.register_converter("fails", lambda data: 1 / 0)
        with self.assertRaises(ZeroDivisionError):
            self.db.execute('select 1 as "x [fails]"').fetchone()

    def test_dates(self):
        self.db.execute("create table t(d date, ts timestamp)")
        date = datetime.date(2024, 2, 29)
        for stamp in (datetime.datetime(2024, 2, 29, 12, 30, 45, 123456), datetime.datetime(2024, 2, 29, 1, 2, 3)):
            self.db.execute("delete from t")
            self.db.execute("insert into t values(?, ?)", (date, stamp))
            self.assertEqual(self.db.execute("select d, ts from t").fetchone(), (date, stamp))
        self.assertEqual(self.db.execute('select current_date as "d [date]"').fetchone()[0].__class__, datetime.date)


class Functions(Case):
    def test_functions(self):
        got = []
        self.db.create_function("record", -1, lambda *args: got.append(args))
        self.assertIsNone(self.one("select record(1, 2.5, 'text', x'01', null)"))
        self.assertEqual(got, [(1, 2.5, "text", b"\x01", None)])
        for value in (None, 5, -2**63, 2.5, "\u20ac", "a\0b", b"bytes", True, memoryview(b"m"), 2**40):
            self.db.create_function("give", 0, lambda: value)
            self.assertEqual(self.one("select give()"), bytes(value) if isinstance(value, memoryview) else value)
        self.db.create_function(name="twice", narg=1, func=lambda x: x * 2, deterministic=True)
        self.assertEqual(self.one("select twice(21)"), 42)
        self.db.create_function("twice", 1, None)
        self.error(OperationalError, "user-defined function raised exception", self.db.execute, "select twice(1)")
        self.db.create_function("bad", 0, lambda: object())
        self.error(OperationalError, "user-defined function raised exception", self.db.execute, "select bad()")
        self.db.create_function("large", 0, lambda: 2**63)
        self.error(sqlite3.DataError, None, self.db.execute, "select large()")
        self.db.create_function("memory", 0, lambda: (_ for _ in ()).throw(MemoryError))
        self.error(MemoryError, None, self.db.execute, "select memory()")
        self.db.create_function("two", 2, lambda a, b: a)
        self.error(OperationalError, "wrong number of arguments to function two()", self.db.execute, "select two(1)")
        self.error(OperationalError, "Error creating function", self.db.create_function, "x", -100, len)
        self.error(TypeError, None, self.db.create_function, "x")
        self.db.create_function("nested", 1, lambda n: n if n <= 0 else self.one("select nested(?) + 1", (n - 1,)))
        self.assertEqual(self.one("select nested(5)"), 5)

    def test_aggregates(self):
        class Sum:
            def __init__(self):
                self.total = 0

            def step(self, *values):
                self.total += sum(values)

            def finalize(self):
                return self.total

        class Fails(Sum):
            how = ""

            def __init__(self):
                super().__init__()
                if self.how == "init":
                    1 / 0

            def step(self, *values):
                if self.how == "step":
                    1 / 0

            def finalize(self):
                if self.how == "finalize":
                    1 / 0

        self.db.execute("create table t(a)")
        self.db.executemany("insert into t values(?)", [(i,) for i in range(5)])
        self.db.create_aggregate("total_", -1, Sum)
        self.assertEqual(self.one("select total_(a) from t"), 10)
        self.assertEqual(self.one("select total_(a, 1) from t"), 15)
        self.assertIsNone(self.one("select total_(a) from t where a > 100"))
        self.assertEqual(self.db.execute("select a % 2, total_(a) from t group by a % 2").fetchall(), [(0, 6), (1, 4)])
        self.db.create_aggregate("fails", 1, Fails)
        for how, text in (("init", "user-defined aggregate's '__init__' method raised error"),
                          ("step", "user-defined aggregate's 'step' method raised error"),
                          ("finalize", "user-defined aggregate's 'finalize' method raised error")):
            Fails.how = how
            self.error(OperationalError, text, self.db.execute, "select fails(a) from t")
        self.db.create_aggregate("empty", 1, type("Empty", (), {}))
        self.error(OperationalError, "user-defined aggregate's 'step' method not defined", self.db.execute, "select empty(a) from t")
        self.db.create_aggregate("total_", -1, None)
        self.error(OperationalError, None, self.db.execute, "select total_(a) from t")

    @unittest.skipIf(sqlite3.sqlite_version_info < (3, 25), "needs window functions")
    def test_windows(self):
        class Sum:
            def __init__(self):
                self.total = 0

            def step(self, value):
                self.total += value

            def inverse(self, value):
                self.total -= value

            def value(self):
                return self.total

            def finalize(self):
                return self.total

        self.db.execute("create table t(a, b)")
        self.db.executemany("insert into t values(?, ?)", [("a", 4), ("b", 5), ("c", 3), ("d", 8), ("e", 1)])
        self.db.create_window_function("sums", 1, Sum)
        query = "select a, sums(b) over (order by a rows between 1 preceding and 1 following) from t order by a"
        self.assertEqual(self.db.execute(query).fetchall(), [("a", 9), ("b", 12), ("c", 16), ("d", 12), ("e", 9)])
        for method in ("step", "inverse", "value"):
            with self.subTest(method):
                broken = type("Broken", (Sum,), {method: lambda *args: 1 / 0})
                self.db.create_window_function("sums", 1, broken)
                self.error(OperationalError, f"user-defined aggregate's '{method}' method raised error",
                           lambda: self.db.execute(query).fetchall())
        self.db.create_window_function("sums", 1, None)
        self.error(OperationalError, "no such function: sums", self.db.execute, query)

    def test_collations(self):
        self.db.create_collation("backwards", lambda a, b: (a < b) - (a > b))
        query = "select x from (select 'a' as x union select 'b' union select '\u20ac') order by x collate backwards"
        self.assertEqual(self.db.execute(query).fetchall(), [("\u20ac",), ("b",), ("a",)])
        self.db.create_collation("backwards", None)
        self.error(OperationalError, "no such collation sequence: backwards", self.db.execute, query)
        self.error(TypeError, "parameter must be callable", self.db.create_collation, "x", 42)
        self.db.create_collation("\u20ac", lambda a, b: 0)

        class Name(str):
            def upper(self):
                return "never asked"

        self.db.create_collation(Name("named"), lambda a, b: 2**1000)
        self.assertEqual(len(self.db.execute("select 1 as x union select 2 order by x collate named").fetchall()), 2)

    def test_authorizer(self):
        calls = []

        def authorize(action, first, second, database, trigger):
            calls.append(action)
            if action == sqlite3.SQLITE_READ and second == "secret":
                return sqlite3.SQLITE_DENY
            if second == "hidden":
                return sqlite3.SQLITE_IGNORE
            return sqlite3.SQLITE_OK

        self.db.execute("create table t(open, secret, hidden)")
        self.db.execute("insert into t values(1, 2, 3)")
        self.db.set_authorizer(authorize)
        self.assertEqual(self.db.execute("select open, hidden from t").fetchone(), (1, None))
        self.error(sqlite3.DatabaseError, "access to t.secret is prohibited", self.db.execute, "select secret from t")
        self.assertIn(sqlite3.SQLITE_SELECT, calls)
        for wrong in (lambda *args: 1 / 0, lambda *args: "text", lambda *args: 2**100, lambda *args: 1.5):
            self.db.set_authorizer(wrong)
            self.error(sqlite3.DatabaseError, None, self.db.execute, "select open from t")
        self.db.set_authorizer(None)
        self.assertEqual(self.one("select secret from t"), 2)

    def test_progress(self):
        calls = []
        self.db.set_progress_handler(lambda: calls.append(1), 1)
        self.db.execute("create table t(a)")
        self.assertTrue(calls)
        self.db.set_progress_handler(lambda: True, 1)
        self.error(OperationalError, "interrupted", self.db.execute, "select 1 union select 2 union select 3")
        self.db.set_progress_handler(lambda: 1 / 0, 1)
        self.error(OperationalError, "interrupted", self.db.execute, "create table u(a)")
        count = len(calls)
        self.db.set_progress_handler(None, 1)
        self.db.execute("create table v(a)")
        self.assertEqual(len(calls), count)

    def test_trace(self):
        statements = []
        self.db.set_trace_callback(statements.append)
        self.db.execute("create table t(a)")
        self.db.execute("insert into t values(?)", ("\u20ac",))
        self.db.set_trace_callback(None)
        self.db.execute("select 1")
        self.assertEqual(statements, ["create table t(a)", "BEGIN ", "insert into t values('\u20ac')"])
        self.db.set_trace_callback(lambda statement: 1 / 0)
        self.db.execute("select 1")

    def test_interrupt(self):
        self.db.create_function("stop", 0, self.db.interrupt)
        self.error(OperationalError, "interrupted", lambda: self.db.execute("select stop() union select 2 union select stop()").fetchall())


class Transactions(Case):
    def test_levels(self):
        self.assertEqual(self.db.isolation_level, "")
        statements = []
        self.db.execute("create table t(a)")
        self.db.set_trace_callback(statements.append)
        for level in ("DEFERRED", "IMMEDIATE", "EXCLUSIVE", "", "immediate"):
            self.db.isolation_level = level
            self.db.execute("insert into t values(1)")
            self.db.commit()
            self.assertEqual(statements.pop(0), f"BEGIN {level.upper()}")
            statements.clear()
        self.db.isolation_level = None
        self.db.execute("insert into t values(1)")
        self.assertFalse(self.db.in_transaction)
        for wrong, kind in (("BOGUS", ValueError), (5, TypeError), (b"", TypeError), ("\0", ValueError)):
            self.error(kind, None, setattr, self.db, "isolation_level", wrong)
        self.error(AttributeError, "cannot delete attribute", delattr, self.db, "isolation_level")

    def test_transactions(self):
        db = self.db
        db.execute("create table t(a)")
        self.assertFalse(db.in_transaction)
        db.execute("select * from t")
        self.assertFalse(db.in_transaction)
        for statement in ("insert into t values(1)", "update t set a = 2", "delete from t", "replace into t values(3)"):
            db.execute(statement)
            self.assertTrue(db.in_transaction)
            db.commit()
            self.assertFalse(db.in_transaction)
        db.execute("insert into t values(4)")
        db.rollback()
        self.assertEqual(db.execute("select * from t").fetchall(), [(3,)])
        db.execute("insert into t values(5)")
        db.execute("create table u(a)")  # does not commit
        self.assertTrue(db.in_transaction)
        db.rollback()
        self.assertEqual(self.one("select count(*) from sqlite_master"), 1)
        db.execute("savepoint s")
        db.execute("insert into t values(6)")
        db.execute("rollback to s")
        db.execute("release s")
        self.assertEqual(self.one("select count(*) from t"), 1)
        self.error(AttributeError, None, setattr, db, "in_transaction", True)

    def test_pragma_and_constraints(self):
        db = self.db
        db.execute("pragma foreign_keys = on")
        db.executescript("create table p(id primary key); create table c(p references p(id), n not null, k check(k > 0));")
        for statement in ("insert into c values(5, 1, 1)", "insert into c values(null, null, 1)", "insert into c values(null, 1, 0)"):
            with self.assertRaises(sqlite3.IntegrityError):
                db.execute(statement)
        db.execute("create trigger tr before insert on p begin select raise(abort, 'own text'); end")
        self.error(sqlite3.IntegrityError, "own text", db.execute, "insert into p values(1)")


class Copies(Case):
    def setUp(self):
        super().setUp()
        self.db.executescript("create table t(a integer primary key, b text); insert into t values(1, 'it''s'); insert into t values(2, null);"
                              "create index i on t(b); create view v as select a from t; create table \"quo\"\"ted\"(x);"
                              "create trigger tr after insert on t begin select 1; end;")

    def test_dump(self):
        lines = list(self.db.iterdump())
        self.assertEqual((lines[0], lines[-1]), ("BEGIN TRANSACTION;", "COMMIT;"))
        self.assertIn("""INSERT INTO "t" VALUES(1,'it''s');""", lines)
        other = sqlite3.connect(":memory:")
        other.executescript("".join(lines))
        self.assertEqual(list(other.iterdump()), lines)
        other.close()

    def test_backup(self):
        for pages in (-1, 0, 1, 100):
            progress = []
            other = sqlite3.connect(":memory:")
            self.db.backup(other, pages=pages, progress=lambda *args: progress.append(args), name="main", sleep=0.01)
            self.assertEqual(other.execute("select * from t").fetchall(), [(1, "it's"), (2, None)])
            self.assertEqual(progress[-1][:2], (sqlite3.SQLITE_DONE, 0))
            other.close()
        self.error(ProgrammingError, None, self.db.backup, other)
        self.error(ValueError, "target cannot be the same connection instance", self.db.backup, self.db)
        self.error(TypeError, None, self.db.backup, None)
        other = sqlite3.connect(":memory:")
        self.error(TypeError, "progress argument must be a callable", self.db.backup, other, progress=5)
        self.error(ZeroDivisionError, None, self.db.backup, other, pages=1, progress=lambda *args: 1 / 0)
        self.error(OperationalError, None, self.db.backup, other, name="none")
        other.close()

    @unittest.skipUnless(hasattr(sqlite3.Connection, "serialize"), "needs serialize")
    def test_serialize(self):
        data = self.db.serialize()
        self.assertTrue(data.startswith(b"SQLite format 3\0"))
        other = sqlite3.connect(":memory:")
        other.deserialize(data)
        self.assertEqual(other.execute("select count(*) from t").fetchone(), (2,))
        other.execute("insert into t values(3, 'c')")
        other.deserialize(bytearray(data), name="main")
        self.assertEqual(other.execute("select count(*) from t").fetchone(), (2,))
        self.error(OperationalError, "unable to serialize 'none'", other.serialize, name="none")
        other.close()
        other = sqlite3.connect(":memory:")
        other.deserialize(b"wrong" * 1000)
        self.error(sqlite3.DatabaseError, "file is not a database", other.execute, "select * from t")
        other.close()
        self.error(TypeError, None, self.db.deserialize, 5)

    def test_blobs(self):
        self.db.execute("create table blobs(b)")
        self.db.execute("insert into blobs values(zeroblob(50))")
        blob = self.db.blobopen("blobs", "b", 1)
        self.assertIsInstance(blob, sqlite3.Blob)
        blob.write(b"hello")
        self.assertEqual((blob.tell(), len(blob)), (5, 50))
        blob.seek(0)
        self.assertEqual(blob.read(3), b"hel")
        self.assertEqual(blob.read(2), b"lo")
        blob.seek(-2, os.SEEK_END)
        self.assertEqual(blob.read(), b"\0\0")
        self.assertEqual(blob.read(), b"")
        blob.seek(1)
        blob.seek(2, os.SEEK_CUR)
        self.assertEqual(blob.tell(), 3)
        self.assertEqual((blob[0], blob[-1], blob[1:4], blob[0:10:3]), (104, 0, b"ell", b"hl\0\0"))
        blob[0] = ord("H")
        blob[1:3] = b"EL"
        blob[5:11:2] = b"xyz"
        self.assertEqual(blob[0:11], b"HELlox\0y\0z\0")
        for function, kind, text in ((lambda: blob[50], IndexError, "Blob index out of range"), (lambda: blob["a"], TypeError, "Blob indices must be integers"),
                                     (lambda: blob.__setitem__(0, 256), ValueError, "byte must be in range(0, 256)"),
                                     (lambda: blob.__setitem__(0, b"a"), TypeError, "'bytes' object cannot be interpreted as an integer"),
                                     (lambda: blob.__setitem__(slice(0, 2), b"abc"), IndexError, "Blob slice assignment is wrong size"),
                                     (lambda: blob.__delitem__(0), TypeError, "Blob doesn't support item deletion"),
                                     (lambda: blob.__delitem__(slice(0, 2)), TypeError, "Blob doesn't support slice deletion"),
                                     (lambda: blob.seek(1000), ValueError, "offset out of blob range"),
                                     (lambda: blob.seek(0, 5), ValueError, "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END"),
                                     (lambda: blob.write(b"x" * 100), ValueError, "data longer than blob length")):
            self.error(kind, text, function)
        blob.close()
        self.error(ProgrammingError, "Cannot operate on a closed blob.", blob.read)
        with self.db.blobopen("blobs", "b", 1, readonly=True) as blob:
            self.error(OperationalError, "attempt to write a readonly database", blob.write, b"x")
            self.assertEqual(blob.read(1), b"H")
        self.error(OperationalError, "no such rowid: 2", self.db.blobopen, "blobs", "b", 2)
        self.error(OperationalError, "no such column: \"none\"", self.db.blobopen, "blobs", "none", 1)
        blob = self.db.blobopen("blobs", "b", 1)
        self.db.execute("update blobs set b = 'changed'")
        self.error(OperationalError, None, blob.read)
        blob.close()
        blob = self.db.blobopen("blobs", "b", 1)
        self.db.close()
        self.error(ProgrammingError, "Cannot operate on a closed database.", blob.read)

    def test_not_pickled(self):
        for thing in (self.db, self.db.cursor()):
            self.error(TypeError, None, pickle.dumps, thing)


class Threads(Case):
    def test_same_thread(self):
        problems = []
        cursor = self.db.cursor()

        def work():
            for function in (self.db.cursor, self.db.commit, self.db.close, lambda: cursor.execute("select 1"), cursor.fetchone, cursor.close):
                try:
                    function()
                except ProgrammingError as error:
                    problems.append(str(error).startswith("SQLite objects created in a thread can only be used in that same thread."))

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(problems, [True] * 6)

    def test_shared(self):
        db = sqlite3.connect(":memory:", check_same_thread=False)
        db.execute("create table t(a)")
        lock = threading.Lock()

        def work(n):
            for i in range(50):
                with lock:
                    db.execute("insert into t values(?)", (n * 100 + i,))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(db.execute("select count(*), count(distinct a) from t").fetchone(), (200, 200))
        db.close()

    def test_many_statements(self):
        for i in range(300):  # more than the cache of statements holds
            self.assertEqual(self.one(f"select {i}"), i)
        for i in range(300):
            self.assertEqual(self.one("select ?", (i,)), i)


if __name__ == "__main__":
    unittest.main()
