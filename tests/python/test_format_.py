"""Format specifications, str.format, printf-style formatting."""
import unittest


class Specifications(unittest.TestCase):
    def test_values(self):
        for value, spec, expected in [
            ("abc", "*^9.2", "***ab****"), ("a", "05", "a0000"), (-5, "=+6d", "-    5"), (255, "#010x", "0x000000ff"),
            (12345, "020,", "0,000,000,000,012,345"), (-12345, "010,", "-0,012,345"), (123456789, "_b", "111_0101_1011_1100_1101_0001_0101"),
            (255, "#X", "0XFF"), (65, "<3c", "A  "), (1.5, "08.3f", "0001.500"), (1234.5, "013,.1f", "000,001,234.5"),
            (float("nan"), "05", "00nan"), (-0.0, "z.1f", "0.0"), (0.25, ".1%", "25.0%"), (1.0, ".3", "1.0"), (1.5, "#.0f", "2."),
            (1 + 2j, "^12.1f", "  1.0+2.0j  "), (1j, "", "1j"), (1 + 1j, "+", "(+1+1j)"), (True, "5", "    1"), (10**30, ",", "1" + ",000" * 10),
        ]:
            self.assertEqual(format(value, spec), expected, (value, spec))

    def test_messages(self):
        for value, spec, message in [
            ("a", "d", "Unknown format code 'd' for object of type 'str'"),
            (1, "foo", "Invalid format specifier 'foo' for object of type 'int'"),
            (1, ".3", "Precision not allowed in integer format specifier"),
            (1, ",_", "Cannot specify both ',' and '_'."),
            (1, ",x", "Cannot specify ',' with 'x'."),
            ("a", "=5", "'=' alignment not allowed in string format specifier"),
            (1j, "05", "Zero padding is not allowed in complex format specifier"),
        ]:
            with self.assertRaises(ValueError) as caught:
                format(value, spec)
            self.assertEqual(str(caught.exception), message)


class Fields(unittest.TestCase):
    def test_values(self):
        self.assertEqual("{0[a]} {0[1]} {x.real!r:>4} {{}}".format({"a": "A", 1: "B"}, x=3), "A B    3 {}")
        self.assertEqual("{:{}{}{}}|{:>{w}}".format("x", "*", "^", 5, "y", w=3), "**x**|  y")
        self.assertEqual("{k[}]}".format_map({"k": {"}": 1}}), "1")

    def test_messages(self):
        for template, kind, message in [
            ("{", ValueError, "Single '{' encountered in format string"), ("}", ValueError, "Single '}' encountered in format string"),
            ("{0}{}", ValueError, "cannot switch from manual field specification to automatic field numbering"),
            ("{!x}", ValueError, "Unknown conversion specifier x"), ("{a", ValueError, "expected '}' before end of string"),
            ("{1}", IndexError, "Replacement index 1 out of range for positional args tuple"), ("{a}", KeyError, "'a'"),
            ("{:{:{}}}", ValueError, "Max string recursion exceeded"), ("{0.}", ValueError, "Empty attribute in format string"),
        ]:
            with self.subTest(template), self.assertRaises(kind) as caught:
                template.format(1, *([2, 3] if ":" in template else []))
            self.assertEqual(str(caught.exception), message)


class Percent(unittest.TestCase):
    def test_values(self):
        self.assertEqual("%s %r %a" % ("\xe9", "\xe9", "\xe9"), "\xe9 '\xe9' '\\xe9'")
        self.assertEqual("%(a)s %(b)05d %%" % {"a": 1, "b": -42}, "1 -0042 %")
        self.assertEqual("%*d|%-*d|%.*f" % (5, 42, 5, 42, 2, 3.14159), "   42|42   |3.14")
        self.assertEqual("%#x %#o %#X %+d % d %.3d" % (255, 8, 255, 1, 2, 5), "0xff 0o10 0XFF +1  2 005")
        self.assertEqual("%5c|%.2s|%e" % ("x", "abc", 12345.678), "    x|ab|1.234568e+04")

    def test_messages(self):
        for template, value, message in [
            ("%d", "a", "%d format: a real number is required, not str"), ("%x", 1.5, "%x format: an integer is required, not float"),
            ("%s %s", 1, "not enough arguments for format string"), ("%s", (1, 2), "not all arguments converted during string formatting"),
            ("%(a)s", 1, "format requires a mapping"), ("%c", "ab", "%c requires int or char"), ("%f", "a", "must be real number, not str"),
        ]:
            with self.subTest(template), self.assertRaises(TypeError) as caught:
                template % value
            self.assertEqual(str(caught.exception), message)


if __name__ == "__main__":
    unittest.main()
