"""PyArg_Parse* and Py_BuildValue: every unit, every error text."""
import unittest

import support
from support import result
import arguments


class Index:
    def __index__(self):
        return 5


class Int:
    def __int__(self):
        return 6


class Float:
    def __float__(self):
        return 2.5


class BadIndex:
    def __index__(self):
        return "x"


UNITS = "b B h H i I l k L K n c C f d D p O S U Y O! O& s z y s# z# y# s* z* y* w* es et es# et#".split()
NUMBERS = [0, 1, -1, 127, 128, 255, 256, 32767, 32768, -32769, 65535, 65536, 2**31 - 1, 2**31, -2**31 - 1, 2**32, 2**63 - 1,
           2**63, -2**63 - 1, 2**64, True, Index(), Int(), Float(), BadIndex(), 1.5, 1e300, 2j, None]
TEXTS = [None, "a", "ab", "\u20ac", "\xe9", "\U0001f600", "a\0b", "\ud800", "", b"x", b"xy", b"a\0b", bytearray(b"z"),
         bytearray(b"zz"), memoryview(b"mv"), memoryview(b"abcd")[::2], [1], int]


def show(value):
    return type(value).__name__ if type(value) in (Index, Int, Float, BadIndex, memoryview) else repr(value)


class Parse(support.Recorded):
    def test_units(self):
        lines = []
        for unit in UNITS:
            for value in NUMBERS if unit in "bBhHiIlkLKnfdDp" else TEXTS + NUMBERS[:2]:
                got = result(arguments.parse, (value,), unit)
                lines.append(f"{unit} {show(value)}: {got if isinstance(got, str) and 'Error' in got else show(got)}")
        self.compare("parse_units", lines)

    def test_formats(self):
        lines = []
        for args in ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((1, 2), 3), ((1,), 3), (5, 3), ([1, 2], 3), ((1, 2, 3), 3),
                     ("x",), (("a", 2), 3), ("ab", 3)):
            for form in ("", "(ii)i", "i|ii", "|i:named", "ii:named", "i;a text of its own", ":named", "O&i"):
                lines.append(f"{args} {form}: {result(arguments.parse, args, form)}")
        for form in ("X", "|i|i", "$i", "s#&", "i:a:b", "%"):
            lines.append(f"{form}: {result(arguments.parse, ('x',), form)}")
        lines.append(f"cleanups: {arguments.take_cleanups()}")
        lines.append(str(result(arguments.parse, 3, "i")))
        self.compare("parse_formats", lines)

    def test_keywords(self):
        lines = []
        forms = [("OOO", ("a", "b", "c")), ("O|OO", ("a", "b", "c")), ("|OOO:name", ("a", "b", "c")),
                 ("|$OOO:name", ("a", "b", "c")), ("O|O$O:name", ("a", "b", "c")), ("O|OO:name", ("", "b", "c")),
                 ("|OO;own text", ("a", "b")), ("|OO$O", ("", "", "c"))]
        for form, names in forms:
            for args in ((), (1,), (1, 2, 3), (1, 2, 3, 4)):
                for kwargs in (None, {}, {"a": 1}, {"b": 2}, {"c": 3}, {"a": 1, "b": 2, "c": 3}, {"x": 1}, {"": 1}, {1: 2},
                               {"b": 1, "x": 2}):
                    lines.append(f"{form} {names} {args} {kwargs}: {result(arguments.parse_keywords, args, kwargs, form, names)}")
        for form, names in [("OO", ("a",)), ("O", ("a", "b")), ("O$|O", ("a", "b")), ("O$O", ("a", "b")), 
                            ("O", ("a", "")), ("|O$O$O", ("a", "b", "c")), ("OO:", ("a", "b")), ("X", ("a",)),
                            ("|O$O", ("a", ""))]:
            for kwargs in ({}, {"b": 3}):
                lines.append(f"{form} {names} {kwargs}: {result(arguments.parse_keywords, (1,), kwargs, form, names)}")
        self.compare("parse_keywords", lines)

    def test_typed(self):
        lines = []
        for args, kwargs in [((), {}), ((1,), {}), (("x",), {}), ((1, 2), {}), ((1, "t", True), {}), ((1,), {"flag": []}),
                             ((1,), {"flag": 1, "other": 2}), ((1,), {"number": 1}), ((), {"number": "x"}), ((1,), {"zzz": 1}),
                             ((1, "a\0b"), {}), ((2**40,), {}), ((1,), {"text": None})]:
            lines.append(f"{args} {kwargs}: {result(arguments.typed, *args, **kwargs)}")
        for args in ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [1], 5):
            for low, high in [(0, 0), (0, 1), (1, 1), (2, 3), (1, 3), (3, 3), (0, 3)]:
                lines.append(f"{args} {low} {high}: {result(arguments.unpack, args, low, high)}")
        lines += [str(result(arguments.old_parse, value)) for value in (5, "x", (1,), None)]
        lines += [str(result(arguments.variadic, *values)) for values in ((1, 2), (1,), ("x", 1), (1, 2, 3))]
        lines += [str(result(arguments.validate, value)) for value in ({}, {"a": 1}, {1: 2}, 5, None)]
        self.compare("parse_typed", lines)


class Build(support.Recorded):
    def test_values(self):
        self.compare("build", [repr(value) for value in arguments.build()])

    def test_wrong(self):
        lines = [f"{form}: {result(arguments.build_wrong, form)}" for form in ("X", "(i]", "[i)", "%", "(i", "[i", "{i", "i)")]
        lines += [str(result(arguments.build_null, False)), str(result(arguments.build_null, True))]
        self.compare("build_wrong", lines)


if __name__ == "__main__":
    unittest.main()
