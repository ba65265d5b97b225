"""unicodedata and the character methods of str, over all code points.

The digests were made with CPython 3.11 (Unicode 14.0.0): a character of which any answer differs changes its digest.
"""
import hashlib
import unicodedata
import unittest

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
DIGESTS = {
    "methods": "5e9760b08711bb2bffc6ab182ea6bcb03841d62f",
    "case": "24ee3f08a257519deec372b197940bb8a19eedd0",
    "database": "42fe4f54d2959968dc9f033d600d8fd816ea2c2f",
    "database 3.2.0": "bac27a1dfa7e0aadb7e09c1d98a7192e0c59ed13",
    "values": "148ed52d336794bc4d9e3be527b80fa11ef62e66",
    "decomposition": "e1ba73636c210462866c74b95251d27373736b96",
    "normalize": "72ffc8dbc81e4e22e37911f8b9d3c4348b0d7304",
    "normalize 3.2.0": "727112cc329d5ff5a3c9f69f4a1ea88d0ea9ef0a",
    "names": "b2c48826f5edc9dd9f9216ce7941b8fd9404259a",
}


def digest(function, step=1):
    result = hashlib.sha1()
    for code in range(0, 0x110000, step):
        result.update(repr(function(chr(code))).encode("ascii", "backslashreplace"))
    return result.hexdigest()


def methods(c):
    return (c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(), c.istitle(), c.isspace(),
            c.isprintable(), c.isidentifier(), ("a" + c).isidentifier(), c.isalnum())


def case(c):
    return c.upper(), c.lower(), c.title(), c.casefold(), c.swapcase(), c.capitalize()


def database(c, edition=unicodedata):
    return (edition.category(c), edition.bidirectional(c), edition.east_asian_width(c), edition.mirrored(c),
            edition.combining(c))


def values(c):
    return unicodedata.decimal(c, None), unicodedata.digit(c, None), unicodedata.numeric(c, None)


def normalize(c, edition=unicodedata):
    return [edition.normalize(form, c) for form in FORMS]


class AllCodePoints(unittest.TestCase):
    def check(self, name, function):
        self.assertEqual(digest(function), DIGESTS[name])

    def test_methods(self):
        self.check("methods", methods)

    def test_case(self):
        self.check("case", case)

    def test_database(self):
        self.check("database", database)
        self.check("database 3.2.0", lambda c: database(c, unicodedata.ucd_3_2_0))

    def test_values(self):
        self.check("values", values)

    def test_decomposition(self):
        self.check("decomposition", unicodedata.decomposition)

    def test_normalize(self):
        self.check("normalize", normalize)
        self.check("normalize 3.2.0", lambda c: normalize(c, unicodedata.ucd_3_2_0))

    def test_names(self):
        self.check("names", lambda c: unicodedata.name(c, None))


class Lookup(unittest.TestCase):
    def test_names_go_back(self):
        for code in range(0, 0x110000, 17):
            name = unicodedata.name(chr(code), None)
            if name is not None:
                self.assertEqual(unicodedata.lookup(name), chr(code))

    def test_aliases_and_sequences(self):
        self.assertEqual(unicodedata.lookup("NUL"), "\0")
        self.assertEqual(unicodedata.lookup("latin small letter gha"), "\u01a3")
        self.assertEqual(unicodedata.lookup("KEYCAP NUMBER SIGN"), "#\ufe0f\u20e3")
        self.assertEqual("\N{NUL}", "\0")
        with self.assertRaises(SyntaxError):
            eval(r"'\N{KEYCAP NUMBER SIGN}'")

    def test_unknown(self):
        with self.assertRaisesRegex(KeyError, "undefined character name 'NO SUCH'"):
            unicodedata.lookup("NO SUCH")
        with self.assertRaisesRegex(KeyError, "undefined character name"):
            unicodedata.lookup("CJK UNIFIED IDEOGRAPH-4e00")
        with self.assertRaisesRegex(ValueError, "no such name"):
            unicodedata.name("\0")

    def test_version(self):
        self.assertEqual(unicodedata.unidata_version, "14.0.0")
        self.assertEqual(unicodedata.ucd_3_2_0.unidata_version, "3.2.0")


class Normal(unittest.TestCase):
    def test_marks_are_ordered_and_composed(self):
        self.assertEqual(unicodedata.normalize("NFC", "s\u0307\u0323"), "\u1e69")
        self.assertEqual(unicodedata.normalize("NFD", "\u1e69"), "s\u0323\u0307")
        self.assertTrue(unicodedata.is_normalized("NFC", "\u1e69"))
        self.assertFalse(unicodedata.is_normalized("NFC", "s\u0307\u0323"))
        self.assertFalse(unicodedata.is_normalized("NFD", "\u1e69"))

    def test_bad_form(self):
        with self.assertRaisesRegex(ValueError, "invalid normalization form"):
            unicodedata.normalize("NFX", "a")


if __name__ == "__main__":
    unittest.main()
