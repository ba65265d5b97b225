"""Code objects that no compiler makes end in an exception, not in a crash (src/interpreter/translate.cpp)."""
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


if __name__ == "__main__":
    unittest.main()
