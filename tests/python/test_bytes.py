"""bytes, bytearray, memoryview."""
import unittest


class Shared(unittest.TestCase):
    def test_methods(self):
        for make in (bytes, bytearray):
            text = make(b"Hello, hello")
            self.assertEqual(text.replace(b"l", b"LL"), b"HeLLLLo, heLLLLo")
            self.assertEqual(text.find(b"hell"), 7)
            self.assertEqual((text.find(108), text.rfind(108), text.count(b"l"), text.find(b"z")), (2, 10, 4, -1))
            self.assertEqual(text.split(b", "), [b"Hello", b"hello"])
            self.assertEqual((text.title(), text.swapcase(), text.upper()), (b"Hello, Hello", b"hELLO, HELLO", b"HELLO, HELLO"))
            self.assertEqual(text.partition(b","), (b"Hello", b",", b" hello"))
            self.assertEqual(make(b" ").join([b"a", bytearray(b"b"), memoryview(b"c")]), b"a b c")
            self.assertEqual(text.translate(None, b"l"), b"Heo, heo")
            self.assertEqual(text.hex("-", 4), "48656c6c-6f2c2068-656c6c6f")
            self.assertIs(type(text[1:3]), make)
            self.assertIs(type(text.lower()), make)
            self.assertEqual(text[::-2], b"olh,le")
            self.assertTrue(104 in text and b"llo" in text and text.endswith((b"x", b"lo")))
            self.assertEqual(make(b"%d %s %a %c %5.1f%%") % (3, b"x", "\xe9", 65, 2.25), b"3 x '\\xe9' A   2.2%")
            self.assertEqual(make(b"%4b|%-4b|%1b") % (b"x", b"y", b"long"), b"   x|y   |long")
            with self.assertRaises(MemoryError):  # at once, not when memory is full of spaces
                make(b"%4611686018427387904a") % 5
            self.assertEqual(make.fromhex(" 61 62"), b"ab")
            self.assertEqual(make(3), b"\0\0\0")
            self.assertEqual(make([1, 2]), b"\1\2")
            with self.assertRaisesRegex(TypeError, "string argument without an encoding"):
                make("a")

    def test_single_objects(self):
        self.assertIs(b"ab"[:1], b"ac"[:1])
        self.assertIs(bytes(0), b"")
        self.assertEqual(hash(b"abc"), hash("abc"))


class Array(unittest.TestCase):
    def test_changes(self):
        array = bytearray(b"0123456789")
        del array[8:2:-2]
        self.assertEqual(array, b"0123579"[:3] + b"3579"[:0] + array[3:])
        array[:] = b"abcdef"
        array[1:3] = b"XYZ"
        array[::2] = b"...-"[: len(array[::2])]
        del array[0]
        array += b"!"
        array *= 2
        array.insert(-100, 65)
        array.extend(iter([66, 67]))
        self.assertEqual((array.pop(), array.pop(0)), (67, 65))
        self.assertEqual(len(array), 15)
        array.reverse()
        array.remove(66)
        array[1:1] = array
        self.assertEqual(len(array), 28)
        array.clear()
        self.assertEqual(array, b"")

    def test_queue(self):
        array = bytearray()
        for i in range(5000):
            array.append(i % 256)
            if i % 3:
                del array[0]
        self.assertEqual(len(array), 1667)
        self.assertEqual(array[-1], 4999 % 256)

    def test_exports(self):
        array = bytearray(b"abc")
        with memoryview(array) as view:
            view[0] = 88
            for change in (lambda: array.append(1), lambda: array.clear(), lambda: array.__delitem__(0)):
                self.assertRaises(BufferError, change)
            array[1:2] = b"Y"
        array.append(90)
        self.assertEqual(array, b"XYcZ")
        with self.assertRaisesRegex(ValueError, "released memoryview"):
            view[0]

    def test_extend_asks_for_the_length(self):
        class Hint:
            def __iter__(self):
                return iter(b"abc")

            def __length_hint__(self):
                raise RuntimeError("hint")

        with self.assertRaisesRegex(RuntimeError, "hint"):
            bytearray().extend(Hint())


class View(unittest.TestCase):
    def test_shapes(self):
        view = memoryview(bytearray(range(24)))
        cube = view.cast("B", [2, 3, 4])
        self.assertEqual((cube[1, 2, 3], cube.strides, cube.ndim, len(cube)), (23, (12, 4, 1), 3, 2))
        self.assertEqual(cube.tolist()[1][0], [12, 13, 14, 15])
        self.assertEqual(cube.tobytes("F")[:4], bytes([0, 12, 4, 16]))
        cube[0, 0, 1] = 77
        self.assertEqual(view[1], 77)
        self.assertEqual(view[::-6].tolist(), [23, 17, 11, 5])
        self.assertEqual(cube[:1].shape, (1, 3, 4))
        ints = view.cast("i")
        ints[0] = -2
        self.assertEqual((ints[0], view[0], ints.itemsize), (-2, 254, 4))
        self.assertTrue(view == cube.cast("B") and view[::2] != view[:12])
        view[2:4] = view[0:2]
        view[:3] = b"abc"
        self.assertEqual(bytes(view[:4]), b"abc" + view[3:4].tobytes())

    def test_messages(self):
        view = memoryview(b"abcd")
        for action, kind, message in [
            (lambda: view.__setitem__(0, 1), TypeError, "cannot modify read-only memory"),
            (lambda: view["a"], TypeError, "memoryview: invalid slice key"),
            (lambda: view[4], IndexError, "index out of bounds on dimension 1"),
            (lambda: view.cast("B", [3]), TypeError, "memoryview: product(shape) * itemsize != buffer size"),
            (lambda: view.cast("B", [2, 2])[0], NotImplementedError, "multi-dimensional sub-views are not implemented"),
            (lambda: memoryview(1), TypeError, "memoryview: a bytes-like object is required, not 'int'"),
            (lambda: hash(memoryview(bytearray(1))), ValueError, "cannot hash writable memoryview object"),
            (lambda: memoryview(bytearray(1)).__setitem__(0, 256), ValueError, "memoryview: invalid value for format 'B'"),
        ]:
            with self.assertRaises(kind) as caught:
                action()
            self.assertEqual(str(caught.exception), message)
        self.assertEqual(hash(view), hash(b"abcd"))


if __name__ == "__main__":
    unittest.main()
