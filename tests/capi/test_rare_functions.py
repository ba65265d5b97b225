"""Functions of the C API that no module of the library calls, through ctypes; compared with what CPython gave."""
import ctypes as c
import io
import sys
import unittest
import warnings

import support

P = c.pythonapi
O, S, N, I, V = c.py_object, c.c_char_p, c.c_ssize_t, c.c_int, c.c_void_p


def function(name, result, *args):
    found = getattr(P, name)
    found.restype, found.argtypes = result, args
    return found


class UnicodeWriter(c.Structure):
    _fields_ = [("buffer", V), ("data", V), ("kind", I), ("max_char", c.c_uint32), ("size", N), ("position", N),
                ("min_length", N), ("min_char", c.c_uint32), ("flags", c.c_ubyte)]


class BytesWriter(c.Structure):
    _fields_ = [("buffer", V), ("allocated", N), ("min_size", N), ("use_bytearray", I), ("overallocate", I),
                ("use_small_buffer", I), ("small_buffer", c.c_char * 512)]


class ClockInfo(c.Structure):
    _fields_ = [("implementation", S), ("monotonic", I), ("adjustable", I), ("resolution", c.c_double)]


class AddressRange(c.Structure):
    _fields_ = [("start", I), ("end", I), ("line", I), ("gap", I), ("computed_line", I), ("next", V), ("limit", V)]


class RareFunctions(support.Recorded):
    def setUp(self):
        self.lines = []
        filters = warnings.catch_warnings()
        filters.__enter__()
        self.addCleanup(filters.__exit__, None, None, None)
        warnings.simplefilter("ignore")

    def note(self, name, result, types, *args):
        got = support.result(lambda: function(name, result, *types)(*args))
        self.lines.append(f"{name} {got!r}")

    def test_str(self):
        n = self.note
        n("PyUnicode_AsUnicode", c.c_wchar_p, [O], "h\xe9llo\U0001f600")
        for text in ("a\xf1b" * 5, "abc" * 5):
            before = sys.getsizeof(text)
            function("PyUnicode_AsUnicode", c.c_wchar_p, O)(text)
            self.lines.append(f"grown by {sys.getsizeof(text) - before}")
        for name in ("PyUnicode_Partition", "PyUnicode_RPartition"):
            n(name, O, [O, O], "a,b,c", ",")
            n(name, O, [O, O], b"a", ",")
        n("PyUnicode_Count", N, [O, O, N, N], "banana", "a", 2, 100)
        n("PyUnicode_RSplit", O, [O, O, N], "a b c d", " ", 2)
        n("PyUnicode_Translate", O, [O, O, S], "abc", {97: "xx", 98: None}, None)
        n("_PyUnicode_XStrip", O, [O, I, O], "xxaxx", 2, "x")
        n("_PyUnicode_FormatLong", O, [O, I, I, I], 255, 1, 5, ord("x"))
        n("_PyUnicode_ScanIdentifier", N, [O], "ab1 c")
        for character in "\xdf\u0130A\ufb01\u01c6":
            for case in ("Lower", "Upper", "Title"):
                n(f"_PyUnicode_To{case}case", c.c_uint32, [c.c_uint32], ord(character))
            for case in ("Lower", "Upper", "Title", "Folded"):
                full = (c.c_uint32 * 3)()
                n(f"_PyUnicode_To{case}Full", I, [c.c_uint32, V], ord(character), c.byref(full))
                self.lines.append(repr(list(full)))
        self.compare("rare_str", self.lines)

    def test_codecs(self):
        n, used = self.note, N()
        n("PyUnicode_DecodeUTF7", O, [S, N, S], b"+AGEA-x", 7, None)
        n("PyUnicode_DecodeUTF16Stateful", O, [S, N, S, V, V], b"a\0b\0c", 5, None, None, c.byref(used))
        self.lines.append(repr(used.value))
        n("PyUnicode_AsDecodedObject", O, [O, S, S], "abc", b"rot13", None)
        n("PyUnicode_AsDecodedUnicode", O, [O, S, S], "YWJj", b"base64", None)
        n("PyUnicode_AsEncodedUnicode", O, [O, S, S], "abc", b"ascii", None)
        for text, errors in (("h\udcff\xe9", b"surrogateescape"), ("h\udcff", b"strict"), ("h\udcff", b"replace"),
                             ("a\0b", b"strict")):
            n("PyUnicode_EncodeLocale", O, [O, S], text, errors)
        for text, errors in ((b"h\xff\xc3\xa9", b"surrogateescape"), (b"h\xff", b"strict"), (b"h", b"replace")):
            n("PyUnicode_DecodeLocale", O, [S, S], text, errors)
        n("PyUnicode_DecodeCharmap", O, [S, N, O, S], b"ab", 2, {97: "x", 98: "y"}, None)
        n("PyUnicode_AsCharmapString", O, [O, O], "xy", {120: 1, 121: b"zz"})
        n("_PyCodec_LookupTextEncoding", O, [S, S], b"hex", b"foo()")
        n("_PyCodec_EncodeText", O, [O, S, S], "a", b"ascii", None)
        self.compare("rare_codecs", self.lines)

    def test_bytes_and_writers(self):
        n = self.note
        n("_PyBytes_FormatEx", O, [S, N, O, I], b"%d-%s", 5, (3, b"x"), 0)
        n("_PyBytes_FromHex", O, [O, I], "00ff", 1)
        for use_bytearray in (0, 1):
            for count in (3, 600):
                writer = BytesWriter()
                function("_PyBytesWriter_Init", None, V)(c.byref(writer))
                writer.use_bytearray = use_bytearray
                at = function("_PyBytesWriter_Alloc", V, V, N)(c.byref(writer), 0)
                write = function("_PyBytesWriter_WriteBytes", V, V, V, S, N)
                for part in (b"abc", b"def"):
                    at = write(c.byref(writer), at, part * count, 3 * count)
                made = function("_PyBytesWriter_Finish", O, V, V)(c.byref(writer), at)
                self.lines.append(repr((type(made), len(made), made[:7], made[-4:])))
        writer = UnicodeWriter()
        function("_PyUnicodeWriter_Init", None, V)(c.byref(writer))
        writer.flags = 1
        for name, value, spec in (("_PyLong", 12345, "[,d]"), ("_PyFloat", 1.25, "[>8.1f]"), ("_PyUnicode", "xy", "[^6]")):
            n(name + "_FormatAdvancedWriter", I, [V, O, O, N, N], c.byref(writer), value, spec, 1, len(spec) - 1)
        n("_PyLong_FormatWriter", I, [V, O, I, I], c.byref(writer), -255, 16, 0)
        n("_PyUnicodeWriter_Finish", O, [V], c.byref(writer))
        self.compare("rare_writers", self.lines)

    def test_digits_in_groups(self):
        insert = function("_PyUnicode_InsertThousandsGrouping", N, V, N, V, N, N, N, S, O, V)
        widest, digits = c.c_uint32(), "<1234567890"
        for count in (0, 1, 2, 3, 4, 9, 10):
            for width in (0, 3, 4, 5, 12):
                for sizes, separator in ((b"\3", ","), (b"\3\2", "\u20ac"), (b"\1\2\x7f", ", "), (b"", "\xa0"), (b"\4", "")):
                    size = insert(None, 0, None, 0, count, width, sizes, separator, c.byref(widest))
                    writer = UnicodeWriter()
                    function("_PyUnicodeWriter_Init", None, V)(c.byref(writer))
                    function("_PyUnicodeWriter_PrepareInternal", I, V, N, c.c_uint32)(c.byref(writer), size, 65535)
                    got = insert(c.byref(writer), size, id(digits), 1, count, width, sizes, separator, None)
                    self.assertEqual((got, writer.position), (size, 0))
                    writer.position = size
                    text = function("_PyUnicodeWriter_Finish", O, V)(c.byref(writer))
                    self.lines.append(f"{count} {width} {sizes} {separator} {size} {widest.value} {text}")
        self.compare("rare_digits", self.lines)

    def test_indented_traceback(self):
        def fail():
            1 / 0
        try:
            fail()
        except ZeroDivisionError as error:
            traceback = error.__traceback__
        show = function("_PyTraceBack_Print_Indented", I, O, I, S, S, S, O)
        for indent, margin, header_margin in ((0, None, None), (4, None, None), (3, b"| ", b"+ ")):
            out = io.StringIO()
            self.assertEqual(show(traceback, indent, margin, header_margin, b"Head\n", out), 0)
            lines = out.getvalue().splitlines()
            self.assertEqual(len(lines), 6)
            self.assertEqual(lines[0], " " * indent + (header_margin or b"").decode() + "Head")
            start = " " * indent + (margin or b"").decode()
            self.assertEqual([line[:len(start) + 2] for line in lines[1:]], [start + "  "] * 5)
            self.assertEqual([lines[2][len(start):], lines[4][len(start):]], ["    fail()", "    1 / 0"])
        with self.assertRaises(SystemError):
            show(5, 0, None, None, b"Head\n", io.StringIO())

    def test_line_ranges(self):
        check = function("_PyCode_CheckLineNumber", I, I, V)
        for code in (RareFunctions.test_line_ranges.__code__, RareFunctions.test_str.__code__, compile("x\n" * 3 + "\n" * 300 + "y", "f", "exec")):
            table = code.co_linetable
            start = id(table) + bytes.__basicsize__ - 1
            bounds = AddressRange(-1, 0, -1, 0, code.co_firstlineno, start, start + len(table))
            expected = [-1 if line is None else line for first, end, line in code.co_lines() for _ in range(first, end, 2)]
            places = list(range(0, len(code.co_code), 2))
            for offset in places + places[::-1] + places[::7] + places[::-3]:
                self.assertEqual(check(offset, c.byref(bounds)), expected[offset // 2])
                self.assertTrue(bounds.start <= offset < bounds.end and bounds.line == expected[offset // 2])
            self.assertEqual(check(len(code.co_code), c.byref(bounds)), -1)

    def test_numbers(self):
        point, negative, end = I(), I(), S()
        for value in (1.5, -0.1, 1e300, 5e-324, 123456.789, 0.0, float("inf"), float("nan"), 9.995, 2.5, 15.0, 950.0, 1e22):
            for mode, digits in ((0, 0), (2, 3), (2, 1), (3, 2), (3, 0), (3, -1), (3, -2), (3, -3)):
                self.note("_Py_dg_dtoa", S, [c.c_double, I, I, V, V, V], value, mode, digits, c.byref(point), c.byref(negative), None)
                self.lines.append(f"{point.value} {negative.value}")
        for text in (b"1.5e3x", b"-.5", b".", b"x", b"1e999", b"1e", b"+3."):
            self.note("_Py_dg_strtod", c.c_double, [S, V], text, c.byref(end))
            self.lines.append(repr(end.value))
        self.note("_PyLong_FromBytes", O, [S, N, I], b"12x", 3, 10)
        self.lines.append(repr(bytes((c.c_ubyte * 256).in_dll(P, "_PyLong_DigitValue"))))
        number = c.c_uint32()
        for value in (-1, -2, 5, 2**32, 2**70, "x", True):
            self.note("_Py_Uid_Converter", I, [O, V], value, c.byref(number))
        self.note("_PyLong_FromUid", O, [c.c_uint32], 2**32 - 1)
        self.compare("rare_numbers", self.lines)

    def test_containers(self):
        n = self.note
        for target in (2, 5):
            for operation in (1, 2, 3):
                n("_PySequence_IterSearch", N, [O, O, I], [1, 2, 2], target, operation)
        n("_PySequence_IterSearch", N, [O, O, I], 5, 5, 1)
        start, stop, step = N(), N(), N()
        for piece in (slice(None, None, -1), slice(2, 20), slice(-3, None, 2), slice("a")):
            n("PySlice_GetIndices", I, [O, N, V, V, V], piece, 10, c.byref(start), c.byref(stop), c.byref(step))
        n("_PyDictView_New", O, [O, O], {1: 2}, type({}.keys()))
        n("_PyDictView_Intersect", O, [O, O], {1: 2}.keys(), [1, 3])
        n("_PyDict_HasOnlyStringKeys", I, [O], {"a": 1, 2: 3})
        n("PyObject_CopyData", I, [O, O], bytearray(3), b"abc")
        n("PyObject_CopyData", I, [O, O], bytearray(2), b"abc")
        n("PyObject_CopyData", I, [O, O], 3, b"abc")
        n("PyODict_New", O, [])
        n("PyOS_FSPath", O, [O], 3)
        n("PyFile_GetLine", O, [O, I], io.StringIO("ab\ncd"), -1)
        n("PyFile_GetLine", O, [O, I], io.StringIO(""), -1)
        n("_PyEval_GetBuiltin", O, [O], "len")
        n("_PyEval_GetBuiltin", O, [O], "lenx")
        n("PyType_SUPPORTS_WEAKREFS", I, [O], int)
        n("PyType_SUPPORTS_WEAKREFS", I, [O], set)
        self.compare("rare_containers", self.lines)

    def test_tokens_and_clocks(self):
        for pair in ("<>", "!=", "+=", "->", "xx"):
            self.note("PyToken_TwoChars", I, [I, I], ord(pair[0]), ord(pair[1]))
        self.lines.append(repr((S * 65).in_dll(P, "_PyParser_TokenNames")[:]))
        info, now = ClockInfo(), c.c_int64()
        for name in ("SystemClock", "MonotonicClock", "PerfCounter"):
            self.note(f"_PyTime_Get{name}WithInfo", I, [V, V], c.byref(now), c.byref(info))
            self.lines.append(repr((info.implementation, info.monotonic, info.adjustable, info.resolution)))
        self.compare("rare_tokens", self.lines)

    def test_hash_table(self):
        make = function("_Py_hashtable_new", V, V, V)
        address = lambda name: c.cast(getattr(P, name), V).value  # noqa: E731
        table = make(address("_Py_hashtable_hash_ptr"), address("_Py_hashtable_compare_direct"))
        put, get = function("_Py_hashtable_set", I, V, V, V), function("_Py_hashtable_get", V, V, V)
        steal = function("_Py_hashtable_steal", V, V, V)
        for key in range(1, 500):
            self.assertEqual(put(table, key * 16, key), 0)
        self.assertEqual([get(table, key * 16) for key in (1, 250, 499, 500)], [1, 250, 499, None])
        self.assertEqual([steal(table, key * 16) for key in range(1, 490)], list(range(1, 490)))
        self.assertEqual((get(table, 16), get(table, 495 * 16)), (None, 495))
        function("_Py_hashtable_clear", None, V)(table)
        self.assertEqual(get(table, 495 * 16), None)
        function("_Py_hashtable_destroy", None, V)(table)


if __name__ == "__main__":
    unittest.main()
