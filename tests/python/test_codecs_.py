"""Codecs: encodings, error handlers, the registry."""
import codecs
import unittest

TEXT = "a\xe9\u1234\U0001f600z"


class Encodings(unittest.TestCase):
    def test_round_trip(self):
        for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-7", "unicode_escape", "raw_unicode_escape", "utf-8-sig"):
            encoded = TEXT.encode(name)
            self.assertEqual(encoded.decode(name), TEXT, name)
            decoder = codecs.getincrementaldecoder(name)()
            pieces = [decoder.decode(encoded[i : i + 1]) for i in range(len(encoded))]
            self.assertEqual("".join(pieces) + decoder.decode(b"", True), TEXT, name)
        self.assertEqual("\u20ac".encode("cp1252"), b"\x80")
        self.assertEqual("a\u1234".encode("utf-16"), b"\xff\xfea\x004\x12")

    def test_bad_input(self):
        for data, name, start, end, reason in [
            (b"a\xff", "utf-8", 1, 2, "invalid start byte"), (b"\xe4\xb8", "utf-8", 0, 2, "unexpected end of data"),
            (b"\xe4\xb8a", "utf-8", 0, 2, "invalid continuation byte"), (b"\xed\xa0\x80", "utf-8", 0, 1, "invalid continuation byte"),
            (b"\x80", "ascii", 0, 1, "ordinal not in range(128)"), (b"\x00\xdc", "utf-16-le", 0, 2, "illegal encoding"),
            (b"\x00\xd8a\x00", "utf-16-le", 0, 2, "illegal UTF-16 surrogate"), (b"a", "utf-16-le", 0, 1, "truncated data"),
            (b"\0\0\x11\0", "utf-32-le", 0, 4, "code point not in range(0x110000)"), (b"+AA-", "utf-7", 0, 4, "partial character in shift sequence"),
            (b"\\x1", "unicode_escape", 0, 3, "truncated \\xXX escape"), (b"\\N{x}", "unicode_escape", 0, 5, "unknown Unicode character name"),
        ]:
            with self.subTest(data), self.assertRaises(UnicodeDecodeError) as caught:
                data.decode(name)
            error = caught.exception
            self.assertEqual((error.object, error.start, error.end, error.reason), (data, start, end, reason))

    def test_surrogates(self):
        self.assertRaises(UnicodeEncodeError, "\ud800".encode)
        self.assertEqual("\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass"), "\ud800")
        self.assertEqual("\ud800".encode("utf-16-le", "surrogatepass"), b"\x00\xd8")
        self.assertEqual(b"a\xff".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"), b"a\xff")


class Handlers(unittest.TestCase):
    def test_standard(self):
        for errors, expected in [("ignore", b"ab"), ("replace", b"a??b"), ("xmlcharrefreplace", b"a&#233;&#4660;b"),
                                 ("backslashreplace", b"a\\xe9\\u1234b"), ("namereplace", b"a\\N{LATIN SMALL LETTER E WITH ACUTE}\\N{ETHIOPIC SYLLABLE SEE}b")]:
            self.assertEqual("a\xe9\u1234b".encode("ascii", errors), expected)
        self.assertEqual(b"a\xffb".decode("ascii", "backslashreplace"), "a\\xffb")
        self.assertEqual(b"a\xff\xe4b".decode("utf-8", "replace"), "a\ufffd\ufffdb")

    def test_own(self):
        codecs.register_error("test.own", lambda e: ("<%d>" % (e.end - e.start), e.end))
        self.assertEqual("a\xe9\xeab".encode("ascii", "test.own"), b"a<2>b")
        self.assertEqual(b"a\xffb".decode("ascii", "test.own"), "a<1>b")
        codecs.register_error("test.bad", lambda e: ("", 100))
        with self.assertRaisesRegex(IndexError, "position 100 from error handler out of bounds"):
            "\xe9".encode("ascii", "test.bad")
        with self.assertRaisesRegex(LookupError, "unknown error handler name 'test.none'"):
            "\xe9".encode("ascii", "test.none")

    def test_charmap(self):
        self.assertEqual(codecs.charmap_encode("ab", "replace", {97: 1, 63: b"!!"}), (b"\1!!", 2))
        self.assertEqual(codecs.charmap_decode(b"ab\xff", "replace", {97: "x", 98: "yz"}), ("xyz\ufffd", 3))


class Registry(unittest.TestCase):
    def test_search(self):
        def search(name):
            if name == "test_mine":
                return codecs.CodecInfo(lambda s, e="strict": (s.upper().encode(), len(s)), lambda b, e="strict": (bytes(b).decode().lower(), len(b)), name="mine")

        codecs.register(search)
        self.assertEqual(("abc".encode("Test-Mine"), b"ABC".decode("test mine")), (b"ABC", "abc"))
        codecs.unregister(search)
        with self.assertRaisesRegex(LookupError, "unknown encoding: test_mine"):
            "abc".encode("test_mine")
        with self.assertRaisesRegex(LookupError, "is not a text encoding"):
            "abc".encode("rot13")


if __name__ == "__main__":
    unittest.main()
