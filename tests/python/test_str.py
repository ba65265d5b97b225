"""str: methods, kinds of storage, subclasses, messages."""
import pickle
import unittest

KINDS = ["abc", "a\xe9c", "a\u1234c", "a\U0001f600c"]


class Sub(str):
    pass


class Storage(unittest.TestCase):
    def test_slices_are_canonical(self):
        for text in KINDS:
            self.assertEqual(text[0:1], "a")
            self.assertTrue(text[0].isascii())
            self.assertEqual(text[::-1], "c" + text[1] + "a")
            self.assertEqual(hash(text[0] + text[1:]), hash(text))
            self.assertEqual(list(text), [text[0], text[1], text[2]])

    def test_mixed_kinds(self):
        text = "".join(KINDS)
        for part in KINDS:
            self.assertIn(part, text)
            self.assertEqual(text.find(part), KINDS.index(part) * 3)
            self.assertEqual(text.rfind(part), KINDS.index(part) * 3)
            self.assertEqual(text.replace(part, "").count("a"), 3)
            self.assertEqual("abc".replace("b", part), "a" + part + "c")
            self.assertEqual(part.join(["x", "y"]), "x" + part + "y")
            self.assertEqual((text + part).split(part)[0], text.partition(part)[0])
        self.assertNotIn("\U0001f601", text)
        self.assertEqual(KINDS, sorted(KINDS))

    def test_not_quadratic(self):
        for wide in ("", "\u1234"):
            text, pattern = wide + "ab" * 200000, "ab" * 50000 + "c"
            self.assertEqual(text.find(pattern), -1)
            self.assertEqual(text.rfind("c" + pattern[:-1]), -1)
            self.assertEqual(text.count(pattern), 0)

    def test_one_object_each(self):
        self.assertIs("a\u1234"[0], "ab"[0])
        self.assertIs("ab"[2:], "")
        self.assertIs("abc"[:], "abc"[:])

    def test_growing_in_place(self):
        text = ""
        for i in range(1000):
            text += chr(i)
        self.assertEqual(len(text), 1000)
        self.assertEqual(text[900], chr(900))


class Methods(unittest.TestCase):
    def test_case(self):
        self.assertEqual("\xdf\u0149".upper(), "SS\u02bcN")
        self.assertEqual("\u0130".lower(), "i\u0307")
        self.assertEqual("A\u03a3 \u03a3A\u03a3.\u03a3".lower(), "a\u03c2 \u03c3a\u03c3.\u03c2")
        self.assertEqual("\u01c6x".title(), "\u01c5x")
        self.assertEqual("they're".title(), "They'Re")
        self.assertEqual("\ufb01\xdf".casefold(), "fiss")
        self.assertEqual("aB\xdf".swapcase(), "AbSS")

    def test_split(self):
        self.assertEqual(" a  b c ".split(None, 1), ["a", "b c "])
        self.assertEqual(" a  b c ".rsplit(None, 1), [" a  b", "c"])
        self.assertEqual("a\u2003b\x1fc".split(), ["a", "b", "c"])
        self.assertEqual("a\r\nb\x85c\u2028".splitlines(), ["a", "b", "c"])
        self.assertEqual("a\r\nb\n".splitlines(True), ["a\r\n", "b\n"])
        self.assertEqual("a,,b".rsplit(",", 1), ["a,", "b"])
        self.assertEqual("", "".join([]))

    def test_pad(self):
        self.assertEqual("ab".center(5, "\u1234"), "\u1234\u1234ab\u1234")
        self.assertEqual("-1".zfill(4), "-001")
        self.assertEqual("a\tb\n\tc".expandtabs(4), "a   b\n    c")

    def test_translate(self):
        table = str.maketrans({"a": "xyz", "b": None, 99: 0x1234})
        self.assertEqual("abcd".translate(table), "xyz\u1234d")
        self.assertEqual("ab".translate(str.maketrans("a", "b", "b")), "b")

    def test_repr(self):
        self.assertEqual(repr("a'\n\x7f\xad\u2028\U0001f600\ud800"), "\"a'\\n\\x7f\\xad\\u2028\U0001f600\\ud800\"")
        self.assertEqual(repr("'\""), "'\\'\"'")
        self.assertEqual(ascii("\xe9\u1234"), "'\\xe9\\u1234'")

    def test_predicates(self):
        self.assertTrue("\xb2".isdigit() and not "\xb2".isdecimal() and "\xbd".isnumeric())
        self.assertTrue("_\xe9".isidentifier() and not "1a".isidentifier() and not "".isidentifier())
        self.assertTrue("".isprintable() and not "\u2028".isprintable() and "A\u01c5".istitle() is False)

    def test_messages(self):
        for expression, kind, message in [
            ("'a' + 1", TypeError, 'can only concatenate str (not "int") to str'),
            ("1 in 'a'", TypeError, "'in <string>' requires string as left operand, not int"),
            ("'a'[1]", IndexError, "string index out of range"),
            ("'a'.index('b')", ValueError, "substring not found"),
            ("','.join([1])", TypeError, "sequence item 0: expected str instance, int found"),
            ("'a'.split('')", ValueError, "empty separator"),
            ("'a'.startswith(1)", TypeError, "startswith first arg must be str or a tuple of str, not int"),
            ("'a'.center(3, 'ab')", TypeError, "The fill character must be exactly one character long"),
            ("'a'.strip(1)", TypeError, "strip arg must be None or str"),
            ("'a'.find(1)", TypeError, "must be str, not int"),
            ("str(1, 'utf-8')", TypeError, "decoding to str: need a bytes-like object, int found"),
        ]:
            with self.subTest(expression), self.assertRaises(kind) as caught:
                eval(expression)
            self.assertEqual(str(caught.exception), message)


class Subclasses(unittest.TestCase):
    def test_subclass(self):
        for text in KINDS:
            sub = Sub(text)
            sub.attribute = 1
            self.assertEqual((sub, len(sub), hash(sub), sub.upper()), (text, 3, hash(text), text.upper()))
            self.assertIs(type(sub.strip()), str)
            self.assertIs(type(sub[:]), str)
            self.assertEqual({sub: 1}[text], 1)
            self.assertEqual(sub.encode("utf-8"), text.encode("utf-8"))
            copy = pickle.loads(pickle.dumps(sub))
            self.assertEqual((type(copy), copy, copy.attribute), (Sub, text, 1))
        self.assertEqual(Sub(b"\xe9", "latin-1"), "\xe9")


if __name__ == "__main__":
    unittest.main()
