"""Code objects that no compiler makes end in an exception, not in a crash (src/interpreter/translate.cpp)."""
import marshal
import sys
import types
import unittest


def template(x):
    y = [x]
    return lambda: y


class Malformed(unittest.TestCase):
    def check(self, code_bytes):
        code = template.__code__.replace(co_code=bytes(code_bytes))
        with self.assertRaises(SystemError):
            types.FunctionType(code, {})(1)

    @unittest.skipUnless(hasattr(sys, "adder_version_info"), "CPython executes such code, or crashes")
    def test_operands_out_of_range(self):
        for opcode in (100, 101, 116, 124, 125, 126, 135, 136, 137):  # LOAD_CONST … LOAD_CLOSURE, STORE_DEREF
            with self.subTest(opcode=opcode):
                self.check([opcode, 255, 83, 0])

    @unittest.skipUnless(hasattr(sys, "adder_version_info"), "CPython executes such code, or crashes")
    def test_other_damage(self):
        for damaged in ([1, 0] * 10, [83, 0], [113, 200], [144, 1], [255, 0, 83, 0], [100, 0], [68, 0, 93, 250, 83, 0]):
            with self.subTest(damaged=damaged):
                self.check(damaged)

    def test_line_tables(self):
        """Any bytes may stand in the tables of lines and positions; sums wrap around."""
        code = template.__code__
        for first_line in (1, 2**31 - 1):
            for table in (b"\xff" * 64, b"\x02\x7f" * 32, b"\x02\x81" * 32, b"\1" + b"\xff" * 40 + b"\1" * 23):
                damaged = code.replace(co_linetable=table, co_firstlineno=first_line)
                for read in (lambda: list(damaged.co_lines()), lambda: list(damaged.co_positions()), lambda: damaged.co_lnotab):
                    try:
                        read()
                    except ValueError:
                        pass

    def test_position_tables(self):
        """The same through marshal, which carries the table of positions."""
        data = marshal.dumps(template.__code__)
        for at in range(len(data)):
            for value in (b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\xff\xff\xff\xff"):
                try:
                    code = marshal.loads(data[:at] + value + data[at + 4:])
                    list(code.co_lines()), list(code.co_positions())
                except (ValueError, EOFError, TypeError, AttributeError, MemoryError, SystemError, RecursionError):
                    pass


if __name__ == "__main__":
    unittest.main()
