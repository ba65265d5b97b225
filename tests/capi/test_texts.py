"""PyUnicode_*, PyBytes_*, PyByteArray_*: macros over the layout and functions."""
import sys
import unittest

import support
from support import result
import texts

SAMPLES = ["", "a", "abc", "\xe9t\xe9", "\u20ac5", "\U0001f600!", "a\0b", "\ud800", "x" * 300, "line\none", type("S", (str,), {})("sub")]
call = texts.call


class Texts(support.Recorded):
    def test_layout(self):
        lines = [f"{s!r}: {texts.facts(s)}" for s in SAMPLES]
        for maximum, points in ((0x7f, (65, 66)), (0xff, (65, 0xe9)), (0xffff, (65, 0x20ac)), (0x10ffff, (65, 0x1f600)), (0, ())):
            made = texts.make(maximum, points)
            lines.append(f"{maximum}: {made} {[texts.facts(each) for each in made]}")
        for kind, data in ((1, b"abc\xe9"), (2, b"a\0\xac\x20"), (4, b"a\0\0\0\0\xf6\x01\0"), (2, b"a\0b\0"), (4, b"\xe9\0\0\0"),
                           (1, b""), (3, b"abc"), (1, b"Q")):
            got = result(texts.from_kind, kind, data)
            lines.append(f"kind {kind} {data}: {got!r}, {texts.facts(got)[:3]}")
        for s in SAMPLES[:8]:
            lines += [f"{s!r} ucs4 {result(texts.as_ucs4, s)}", f"{s!r} utf8 {result(texts.utf8, s)}",
                      f"{s!r} wide {result(texts.wide, s)}"]
        self.compare("texts_layout", lines)

    def test_parts(self):
        lines = []
        for s in ("abc", "\u20acuro", 5):
            for i in (-1, 0, 2, 3, 4):
                lines.append(f"{s!r}[{i}]: {result(texts.readers, s, i)}")
        for s in ("abcdef", "a\u20acc", "\xe9ab"):
            for a, b in ((0, 3), (1, 1), (2, 100), (5, 2), (-1, 2), (0, -1), (1, 3)):
                got = result(texts.parts, s, a, b)
                lines.append(f"{s!r}[{a}:{b}]: {got!r} {texts.facts(got)[:4]}")
        for args in (("hello", 1, "abc", 0, 2), ("hello", 4, "abc", 0, 3), ("hello", 0, "\u20ac", 0, 1), ("hello", 9, "abc", 0, 1),
                     ("hello", 0, "abc", 9, 1), ("hello", 0, "abc", 0, -1)):
            lines.append(f"copy {args}: {result(texts.copy, *args)}")
        for args in ((5, 0x7f, 1, 2, 65), (5, 0x7f, 3, 99, 66), (3, 0xff, 0, 3, 0xe9), (3, 0x7f, 0, 1, 0x20ac), (3, 0xffff, 1, 1, 0x20ac),
                     (3, 0x7f, -1, 2, 65), (3, 0x7f, 5, 2, 65)):
            lines.append(f"fill {args}: {result(texts.fill, *args)}")
        lines.append(str(result(texts.write_char, "abc" * 3, 0, 65)))
        self.compare("texts_parts", lines)

    def test_formats(self):
        self.compare("texts_formats", [repr(each) for each in texts.formats(("o\xe9",))])

    def test_functions(self):
        lines = []
        cases = [("Concat", "a", "b"), ("Concat", "a", "\u20ac"), ("Concat", "", "x"), ("Concat", 5, "a"), ("Concat", "a", 5),
                 ("Split", "a b  c", None, -1), ("Split", "a,b,c", ",", 1), ("Split", "abc", "", -1), ("Splitlines", "a\nb\r\nc", 0),
                 ("Splitlines", "a\nb", 1), ("Join", ",", ["a", "b"]), ("Join", ",", ("a", 5)), ("Join", "", iter("xyz")),
                 ("Replace", "aXbX", "X", "--"), ("Replace", "aa", "", "-"), ("Format", "%s-%d", ("x", 5)), ("Format", "%d", "x"),
                 ("RichCompare", "a", "b", 0), ("RichCompare", "a", 5, 2), ("RichCompare", "a", "a", 9),
                 ("FromObject", "abc"), ("FromObject", 5), ("FromOrdinal", 65), ("FromOrdinal", 0x1f600), ("FromOrdinal", -1),
                 ("FromOrdinal", 0x110000), ("FromEncodedObject", b"\xc3\xa9", "utf-8"), ("FromEncodedObject", "text", "utf-8"),
                 ("FromEncodedObject", 5, "utf-8"), ("FromEncodedObject", b"\xff", "utf-8", "replace"),
                 ("FromEncodedObject", memoryview(b"ab"), "ascii"), ("AsEncodedString", "\xe9", "latin-1"),
                 ("AsEncodedString", "\xe9", "ascii"), ("AsEncodedString", "\xe9", "ascii", "xmlcharrefreplace"),
                 ("AsEncodedString", "x", "rot13"), ("AsEncodedString", "x", "none"), ("AsUTF8String", "\u20ac"),
                 ("AsUTF8String", "\ud800"), ("AsLatin1String", "\xe9"), ("AsLatin1String", "\u20ac"), ("AsASCIIString", "abc"),
                 ("AsASCIIString", "\xe9"), ("AsUTF16String", "a\u20ac"), ("AsUTF32String", "a"), ("AsUnicodeEscapeString", "a\n\u20ac"),
                 ("AsRawUnicodeEscapeString", "a\n\u20ac"), ("EncodeFSDefault", "\xe9\udc80"), ("DecodeUTF8", b"\xe2\x82\xac"),
                 ("DecodeUTF8", b"\xff"), ("DecodeUTF8", b"a\xff", "ignore"), ("DecodeLatin1", b"\xe9"), ("DecodeASCII", b"\xe9"),
                 ("DecodeASCII", b"a\xe9", "surrogateescape"), ("DecodeUnicodeEscape", b"\\u20ac\\n"), ("DecodeUnicodeEscape", b"\\x"),
                 ("DecodeRawUnicodeEscape", b"\\u20ac\\n"), ("DecodeFSDefault", b"\xff"), ("DecodeLocale", b"abc"),
                 ("FromStringAndSize", b"abcdef", 3), ("FromStringAndSize", b"abc", -1), ("FromString", b"a\xc3\xa9"),
                 ("FromString", b"\xff"), ("InternFromString", b"name"), ("Decode", b"\xe9", "latin-1"), ("Decode", b"x", "none"),
                 ("Decode", b"6162", "hex"), ("Compare", "a", "b"), ("Compare", "b", "a"), ("Compare", "a", "a"), ("Compare", "a", 5),
                 ("Compare", "\u20ac", "\xe9"), ("CompareWithASCIIString", "abc", b"abc"), ("CompareWithASCIIString", "abc", b"abd"),
                 ("CompareWithASCIIString", "abc", b"ab"), ("CompareWithASCIIString", "ab", b"abc"), ("CompareWithASCIIString", "\u20ac", b"a"),
                 ("CompareWithASCIIString", "a\0b", b"a"), ("EqualToASCIIString", "abc", b"abc"), ("EqualToASCIIString", "\xe9", b"e"),
                 ("Contains", "abc", "b"), ("Contains", "abc", ""), ("Contains", "abc", 5), ("IsIdentifier", "a1"), ("IsIdentifier", "1a"),
                 ("IsIdentifier", ""), ("GetLength", "\U0001f600"), ("GetLength", 5), ("Find", "abcabc", "bc", 1), ("Find", "abcabc", "bc", -1),
                 ("Find", "abc", "x", 1), ("FindChar", "abcabc", 98, 1), ("FindChar", "abcabc", 98, -1), ("FindChar", "abc", 0x20ac, 1),
                 ("Tailmatch", "abc", "bc", 1), ("Tailmatch", "abc", "ab", -1), ("Tailmatch", "abc", "x", 1)]
        for name, *args in cases:
            shown = [each if not hasattr(each, "__next__") and not isinstance(each, memoryview) else "..." for each in args]
            lines.append(f"{name} {shown}: {result(call, name, *args)!r}")
        for data in (b"abc", b"ab\xe2\x82", b"\xe2\x82\xac", b"\xff", b""):
            lines.append(f"stateful {data}: {result(texts.decode_stateful, data)}")
        for data, order, wide in ((b"a\0b\0", -1, False), (b"\0a", 1, False), (b"\xff\xfea\0", 0, False), (b"\xfe\xff\0a", 0, False),
                                  (b"a\0b", -1, False), (b"a\0\0\0", -1, True), (b"\0\0\xfe\xff\0\0\0a", 0, True), (b"\0\0\x11\0" * 2, -1, True)):
            lines.append(f"wide {data} {order}: {result(texts.decode_wide, data, order, wide)}")
        for args in (("a", "b"), ("", "\u20ac"), ("a", 5), (5, "a")):
            lines.append(f"append {args}: {result(texts.append, *args)}")
        for path in ("a\xe9", b"a\xff", "a\0b", 5, __import__("pathlib").PurePosixPath("p")):
            lines.append(f"path {path}: {result(texts.converters, path)}")
        self.compare("texts_functions", lines)

    def test_characters(self):
        self.compare("texts_characters", [f"{c:x} {texts.characters(c)}" for c in
                                          (0, 9, 10, 32, 48, 65, 97, 0x85, 0xa0, 0xb2, 0xbd, 0xdf, 0xe9, 0x130, 0x1c5, 0x660, 0x2028,
                                           0x2160, 0x3042, 0x4e00, 0xd800, 0x1d7ce, 0x1f600, 0x10ffff)])

    def test_intern(self):
        a, b = "".join(["in", "terned"]), "".join(["in", "terned"])
        self.assertIs(texts.intern(a), texts.intern(b))
        self.assertIs(texts.intern(a), sys.intern("interned"))
        self.assertIs(call("InternFromString", b"interned"), texts.intern(a))
        self.assertIs(call("FromObject", a), a)
        self.assertIs(type(call("FromObject", type("S", (str,), {})("x"))), str)

    def test_writer(self):
        self.assertEqual(texts.writer("a", "\u20ac", "\U0001f600", ""), "a/\u20ac/\U0001f600//ascii")
        self.assertEqual(texts.writer(), "ascii\xe9")

    def test_bytes(self):
        lines = [repr(each) for each in texts.bytes_facts()]
        for value in (b"abc", b"a\0b", bytearray(b"x"), "text", 5):
            for sized in (0, 1):
                lines.append(f"{value!r} {sized}: {result(texts.bytes_string, value, sized)}")
        lines += [texts.bytes_repr(each) for each in (b"a'b", b'a"b', b"\n\xff\0")]
        lines += [repr(result(texts.decode_escape, each)) for each in (rb"a\nb", rb"\x41\101", rb"\x", rb"\q")]
        self.compare("texts_bytes", lines)


if __name__ == "__main__":
    unittest.main()
