"""dis and opcode: what they print for the canonical code, which is Adder's own."""
import contextlib
import dis
import io
import opcode
import sys
import unittest

IS_ADDER = hasattr(sys, "adder_version_info")


def branch(value):
    if value is None:
        return len(value, key=3)
    for item in value:
        print(f"{item!r:>4}")


FIRST = branch.__code__.co_firstlineno
BRANCH = """\
{1:3}           0 LOAD_FAST                0 (value)
              2 LOAD_CONST               0 (None)
              4 IS_OP                    0
              6 POP_JUMP_IF_FALSE       10 (to 20)

{2:3}           8 LOAD_GLOBAL              0 (len)
             10 LOAD_FAST                0 (value)
             12 LOAD_CONST               1 (3)
             14 LOAD_CONST               2 (('key',))
             16 CALL_FUNCTION_KW         2
             18 RETURN_VALUE

{3:3}     >>   20 LOAD_FAST                0 (value)
             22 GET_ITER
        >>   24 FOR_ITER                 8 (to 42)
             26 STORE_FAST               1 (item)

{4:3}          28 LOAD_GLOBAL              1 (print)
             30 LOAD_FAST                1 (item)
             32 LOAD_CONST               3 ('>4')
             34 FORMAT_VALUE             6 (repr, with format)
             36 CALL_FUNCTION            1
             38 POP_TOP
             40 JUMP_ABSOLUTE           12 (to 24)

{3:3}     >>   42 LOAD_CONST               0 (None)
             44 RETURN_VALUE
"""

INFO = """\
Name:              branch
Filename:          {file}
Argument count:    1
Positional-only arguments: 0
Kw-only arguments: 0
Number of locals:  2
Stack size:        4
Flags:             OPTIMIZED, NEWLOCALS, NOFREE
Constants:
   0: None
   1: 3
   2: ('key',)
   3: '>4'
Names:
   0: len
   1: print
Variable names:
   0: value
   1: item"""


def printed(function, *args, **kwargs):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        function(*args, **kwargs)
    return output.getvalue()


@unittest.skipUnless(IS_ADDER, "the canonical code is Adder's")
class DisTest(unittest.TestCase):
    maxDiff = None

    def test_function(self):
        expected = BRANCH.format(*range(FIRST, FIRST + 6))
        self.assertEqual(printed(dis.dis, branch), expected)
        self.assertEqual(dis.Bytecode(branch).dis(), expected)

    def test_source(self):
        self.assertEqual(printed(dis.dis, "a.b"),
                         "  1           0 LOAD_NAME                0 (a)\n"
                         "              2 LOAD_ATTR                1 (b)\n"
                         "              4 RETURN_VALUE\n")

    def test_bytes(self):
        self.assertEqual(printed(dis.dis, bytes([100, 1, 83, 0])),
                         "          0 LOAD_CONST               1 (1)\n"
                         "          2 RETURN_VALUE\n")

    def test_inner_code(self):
        text = printed(dis.dis, compile("lambda: 1", "f", "exec"))
        self.assertIn("Disassembly of <code object <lambda> at ", text)
        self.assertNotIn("Disassembly", printed(dis.dis, compile("lambda: 1", "f", "exec"), depth=0))

    def test_class(self):
        class Example:
            def method(self):
                pass
            attribute = 3
        text = printed(dis.dis, Example)
        self.assertTrue(text.startswith("Disassembly of method:\n"), text)

    def test_wrong_type(self):
        with self.assertRaisesRegex(TypeError, "^don't know how to disassemble int objects$"):
            dis.dis(3)

    def test_code_info(self):
        self.assertEqual(dis.code_info(branch), INFO.format(file=branch.__code__.co_filename))

    def test_instructions(self):
        first, *_, last = dis.get_instructions(branch, first_line=100)
        self.assertEqual((first.opname, first.argval, first.starts_line, first.offset), ("LOAD_FAST", "value", 101, 0))
        self.assertEqual((last.opname, last.arg, last.argval), ("RETURN_VALUE", None, None))
        self.assertEqual(first.positions, (FIRST + 1, FIRST + 1, 7, 12))

    def test_extended_arguments(self):
        code = compile("\n".join("n%d" % i for i in range(300)), "", "exec")
        names = [i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_NAME"]
        self.assertEqual(names, ["n%d" % i for i in range(300)])

    def test_labels_and_lines(self):
        self.assertEqual(dis.findlabels(branch.__code__.co_code), [20, 42, 24])
        self.assertEqual(list(dis.findlinestarts(branch.__code__)),
                         [(0, FIRST + 1), (8, FIRST + 2), (20, FIRST + 3), (28, FIRST + 4), (42, FIRST + 3)])

    def test_traceback(self):
        try:
            branch(None)
        except TypeError as error:
            traceback = error.__traceback__
        self.assertIn("--> ", dis.Bytecode.from_traceback(traceback).dis())

    def test_tables(self):
        self.assertEqual(opcode.opmap["LOAD_CONST"], 100)
        self.assertEqual(opcode.opname[0], "<0>")
        self.assertEqual(opcode.HAVE_ARGUMENT, 90)
        self.assertEqual(sorted(opcode.hasconst), [100])
        self.assertEqual(sorted(opcode.hasfree), [135, 136, 137, 138, 148])
        self.assertEqual(sorted(opcode.hasjrel), [93, 110, 122, 143, 154])
        self.assertEqual(sorted(opcode.hasname), [90, 91, 95, 96, 97, 98, 101, 106, 108, 109, 116, 160])

    def test_stack_effect(self):
        effect = dis.stack_effect
        self.assertEqual(effect(opcode.opmap["BUILD_TUPLE"], 5), -4)
        self.assertEqual(effect(opcode.opmap["FOR_ITER"], 0, jump=True), -1)
        self.assertEqual(effect(opcode.opmap["FOR_ITER"], 0, jump=False), 1)
        self.assertEqual(effect(opcode.opmap["FOR_ITER"], 0), 1)
        with self.assertRaises(ValueError):
            effect(opcode.opmap["POP_TOP"], 1)
        with self.assertRaises(ValueError):
            effect(opcode.opmap["LOAD_CONST"])


if __name__ == "__main__":
    unittest.main()
