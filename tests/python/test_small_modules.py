"""contextvars, heapq, bisect, csv, pwd, grp, locale, operator, re."""
import bisect
import contextvars
import csv
import grp
import heapq
import hmac
import io
import locale
import operator
import pickle
import pwd
import re
import stat
import threading
import time
import unittest


class ContextTest(unittest.TestCase):
    def test_set_and_reset(self):
        var = contextvars.ContextVar("var", default=0)
        token = var.set(1)
        inner = contextvars.copy_context()
        self.assertEqual(inner.run(lambda: (var.get(), var.set(2), var.get())[::2]), (1, 2))
        self.assertEqual((var.get(), inner[var]), (1, 2))
        self.assertIs(token.old_value, contextvars.Token.MISSING)
        var.reset(token)
        self.assertEqual(var.get(), 0)
        with self.assertRaisesRegex(RuntimeError, "has already been used once"):
            var.reset(token)

    def test_many(self):
        variables = [contextvars.ContextVar(f"v{i}") for i in range(500)]

        def fill():
            tokens = [v.set(i) for i, v in enumerate(variables)]
            full = contextvars.copy_context()
            for v, t in list(zip(variables, tokens))[::2]:
                v.reset(t)
            return full, contextvars.copy_context()

        full, half = contextvars.Context().run(fill)
        self.assertEqual((len(full), len(half)), (500, 250))
        self.assertEqual([full[v] for v in variables], list(range(500)))
        self.assertEqual({v for v in variables if v in half}, set(variables[1::2]))
        self.assertEqual(dict(full.items()), {v: i for i, v in enumerate(variables)})
        self.assertEqual(full, full.copy())
        self.assertNotEqual(full, half)

    def test_threads_and_entering(self):
        var = contextvars.ContextVar("var")
        var.set("main")
        seen = []
        thread = threading.Thread(target=lambda: seen.append(var.get("none")))
        thread.start()
        thread.join()
        self.assertEqual(seen, ["none"])
        context = contextvars.copy_context()
        with self.assertRaisesRegex(RuntimeError, "is already entered"):
            context.run(context.run, print)
        with self.assertRaisesRegex(TypeError, "a ContextVar key was expected, got 1"):
            context[1]
        self.assertRaises(LookupError, contextvars.ContextVar("empty").get)


class HeapTest(unittest.TestCase):
    def test_sorts(self):
        data = [(i * 7919) % 1009 for i in range(300)]
        heap = data[:]
        heapq.heapify(heap)
        self.assertEqual([heapq.heappop(heap) for _ in data], sorted(data))
        for item in data:
            heapq.heappush(heap, item)
        self.assertEqual(heapq.heappushpop(heap, -1), -1)
        self.assertEqual(heapq.heapreplace(heap, 5000), min(data))
        self.assertEqual(heapq.nlargest(3, data), sorted(data)[:-4:-1])
        self.assertRaises(IndexError, heapq.heappop, [])

    def test_bisect(self):
        data = [1, 2, 2, 2, 5]
        self.assertEqual((bisect.bisect_left(data, 2), bisect.bisect_right(data, 2)), (1, 4))
        self.assertEqual(bisect.bisect(["a", "bb", "cccc"], 3, key=len), 2)
        bisect.insort(data, 3)
        self.assertEqual(data, [1, 2, 2, 2, 3, 5])
        with self.assertRaisesRegex(ValueError, "lo must be non-negative"):
            bisect.bisect(data, 1, -1)


class CsvTest(unittest.TestCase):
    def test_round_trip(self):
        rows = [["a", 'say "x"', "two\nlines", ""], [""], ["1,2", "\r", "é"]]
        for options in ({}, {"quoting": csv.QUOTE_ALL}, {"delimiter": "\t", "quotechar": "'"}, {"doublequote": False, "escapechar": "\\"}):
            file = io.StringIO(newline="")
            csv.writer(file, **options).writerows(rows)
            self.assertEqual(list(csv.reader(io.StringIO(file.getvalue(), newline=""), **options)), rows)

    def test_reader(self):
        reader = csv.reader(["a,'b", "c',1.5"], quotechar="'", quoting=csv.QUOTE_NONNUMERIC)
        self.assertRaises(ValueError, next, reader)
        self.assertEqual(list(csv.reader(['"a', 'b",c', ""])), [["ab", "c"], []])
        with self.assertRaisesRegex(csv.Error, "unexpected end of data"):
            list(csv.reader(['"a'], strict=True))
        with self.assertRaisesRegex(TypeError, '"delimiter" must be a 1-character string'):
            csv.reader([], delimiter="ab")


class AccountsTest(unittest.TestCase):
    def test_root(self):
        root = pwd.getpwuid(0)
        self.assertEqual((root.pw_name, root.pw_uid, root[3]), (pwd.getpwnam(root.pw_name).pw_name, 0, root.pw_gid))
        self.assertEqual(grp.getgrgid(0), grp.getgrnam(grp.getgrgid(0).gr_name))
        self.assertIsInstance(grp.getgrgid(0).gr_mem, list)
        with self.assertRaisesRegex(KeyError, "name not found: 'no such user'"):
            pwd.getpwnam("no such user")


class StatTest(unittest.TestCase):
    def test_modes(self):
        self.assertEqual(stat.filemode(0o107644), "-rwSr-Sr-T")
        self.assertEqual(stat.filemode(0o041777), "drwxrwxrwt")
        self.assertEqual((stat.S_IMODE(0o104755), stat.S_IFMT(0o104755)), (0o4755, stat.S_IFREG))
        self.assertRaises(OverflowError, stat.S_ISDIR, 1 << 40)


class LocaleTest(unittest.TestCase):
    def test_c(self):
        saved = locale.setlocale(locale.LC_ALL)
        try:
            self.assertEqual(locale.setlocale(locale.LC_ALL, "C"), "C")
            self.assertEqual(locale.localeconv()["decimal_point"], ".")
            self.assertEqual(locale.nl_langinfo(locale.DAY_1), "Sunday")
            self.assertLess(locale.strcoll("a", "b"), 0)
            self.assertEqual(sorted(["b", "a", "C"], key=locale.strxfrm), ["C", "a", "b"])
        finally:
            locale.setlocale(locale.LC_ALL, saved)
        self.assertRaises(locale.Error, locale.setlocale, locale.LC_ALL, "no such locale")


class OperatorTest(unittest.TestCase):
    def test_getters(self):
        self.assertEqual(operator.itemgetter(1)((5, 6)), 6)
        self.assertEqual(operator.itemgetter(-1, 0)([5, 6]), (6, 5))
        self.assertRaises(IndexError, operator.itemgetter(2), (5, 6))
        self.assertEqual(operator.attrgetter("__class__.__name__")(1), int.__name__)
        self.assertEqual(operator.methodcaller("split", ",", maxsplit=1)("a,b,c"), ["a", "b,c"])
        for getter in (operator.itemgetter(1, "x"), operator.attrgetter("a.b", "c"), operator.methodcaller("m", 1, k=2)):
            self.assertEqual(repr(pickle.loads(pickle.dumps(getter))), repr(getter))
        with self.assertRaisesRegex(TypeError, "attribute name must be a string"):
            operator.attrgetter(1)

    def test_functions(self):
        self.assertEqual(operator.xor(6, 3), 5)
        self.assertEqual(operator.iconcat([1], [2]), [1, 2])
        self.assertEqual(operator.countOf([1, 2, 1], 1), 2)
        self.assertEqual(operator.call(max, 1, 2, key=lambda x: -x), 1)
        self.assertTrue(hmac.compare_digest(b"abc", bytearray(b"abc")))
        self.assertFalse(hmac.compare_digest("abc", "abd"))
        with self.assertRaisesRegex(TypeError, "'int' object can't be concatenated"):
            operator.concat(1, 2)


class BufferedTest(unittest.TestCase):
    class Raw(io.RawIOBase):
        def __init__(self):
            super().__init__()
            self.flushes = 0
            self.flushing = threading.Event()

        def writable(self):
            return True

        def write(self, data):
            return len(data)

        def flush(self):
            self.flushes += 1
            self.flushing.set()
            time.sleep(0.001)

    def test_flush_leaves_the_raw_stream_alone(self):
        raw = self.Raw()
        with io.BufferedWriter(raw) as stream:
            stream.write(b"abc")
            self.assertIsNone(stream.flush())
            self.assertEqual(raw.flushes, 0)
        self.assertEqual(raw.flushes, 1)

    def test_write_while_another_thread_closes(self):
        for _ in range(50):
            raw = self.Raw()
            stream = io.BufferedWriter(raw, 8)
            thread = threading.Thread(target=stream.close)
            thread.start()
            raw.flushing.wait()
            with self.assertRaises(ValueError):
                stream.write(b"abc")
            thread.join()


class ReTest(unittest.TestCase):
    def test_replacement_of_the_other_kind(self):
        self.assertRaises(TypeError, re.compile('.').sub, b'x', 'c')
        self.assertRaises(TypeError, re.compile(b'.').sub, 'x', b'c')

    def test_cases_of_several_characters(self):
        self.assertTrue(re.match('\ufb05', '\ufb06', re.I))
        self.assertTrue(re.match('[\ufb04-\ufb05]', '\ufb06', re.I))

    def test_anchored_search_tries_once(self):
        subject = 'x' * 1_000_000
        start = time.perf_counter()
        for _ in range(100):
            self.assertIsNone(re.search('^y', subject))
            self.assertIsNone(re.search(r'\A(?:y|z)', subject))
        self.assertLess(time.perf_counter() - start, 0.1)
        self.assertEqual(re.findall('(?m)^y', 'x\ny\ny'), ['y', 'y'])
        self.assertIsNone(re.compile('^y').search('xy', 1))


if __name__ == "__main__":
    unittest.main()
