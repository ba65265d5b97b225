"""Buffers: exporters written in C under memoryview, consumers written in C over every exporter."""
import array
import unittest

import support
from support import result
import buffers

SIMPLE, WRITABLE, FORMAT, ND, STRIDES, INDIRECT = 0, 1, 4, 8, 0x18, 0x118
C, F, ANY = 0x38, 0x58, 0x98
FLAGS = {"SIMPLE": SIMPLE, "WRITABLE": WRITABLE, "FORMAT": FORMAT, "ND": ND, "STRIDES": STRIDES, "C": C, "F": F, "ANY": ANY,
         "INDIRECT": INDIRECT, "CONTIG": ND | WRITABLE, "CONTIG_RO": ND, "STRIDED": STRIDES | WRITABLE, "STRIDED_RO": STRIDES,
         "RECORDS": STRIDES | WRITABLE | FORMAT, "RECORDS_RO": STRIDES | FORMAT, "FULL": INDIRECT | WRITABLE | FORMAT,
         "FULL_RO": INDIRECT | FORMAT}


def numbers(count):
    return bytearray(array.array("i", range(count)).tobytes())


def exporters():
    """Name and maker of exporters of 4-byte ints."""
    return {
        "vector": lambda: buffers.Exporter(numbers(6), 4, b"i", (6,), (4,)),
        "writable": lambda: buffers.Exporter(numbers(6), 4, b"i", (6,), (4,), readonly=False),
        "every second": lambda: buffers.Exporter(numbers(6), 4, b"i", (3,), (8,)),
        "backwards": lambda: buffers.Exporter(numbers(6), 4, b"i", (6,), (-4,)),
        "matrix": lambda: buffers.Exporter(numbers(6), 4, b"i", (2, 3), (12, 4)),
        "columns": lambda: buffers.Exporter(numbers(6), 4, b"i", (2, 3), (4, 8)),
        "cube": lambda: buffers.Exporter(numbers(12), 4, b"i", (2, 3, 2), (24, 8, 4)),
        "scalar": lambda: buffers.Exporter(numbers(1), 4, b"i", (), ()),
        "empty": lambda: buffers.Exporter(numbers(0), 4, b"i", (0,), (4,)),
        "repeated": lambda: buffers.Exporter(numbers(1), 4, b"i", (3,), (0,)),
        "pointers": lambda: buffers.Exporter(numbers(6), 4, b"i", (2, 3), (8, 4), (0, -1)),
        "record": lambda: buffers.Exporter(numbers(6), 8, b"T{i:a:i:b:}", (3,), (8,)),
    }


def text(value):
    if isinstance(value, memoryview):
        return f"<view {value.format} {value.shape} {value.strides} {value.suboffsets} {value.readonly}>"
    return repr(value)


class Exporters(support.Recorded):
    def test_memoryview(self):
        questions = {
            "list": lambda v: v.tolist(), "bytes": lambda v: v.tobytes(), "fortran": lambda v: v.tobytes("F"),
            "hex": lambda v: v.hex(), "first": lambda v: v[0], "last": lambda v: v[-1], "beyond": lambda v: v[100],
            "pair": lambda v: v[1, 1], "triple": lambda v: v[1, 2, 1], "slice": lambda v: v[1:].tolist(),
            "steps": lambda v: v[::-2], "len": len, "nbytes": lambda v: v.nbytes, "equal": lambda v: v == v,
            "other": lambda v: v == array.array("i", range(6)), "cast": lambda v: v.cast("B"), "hash": hash,
            "contiguous": lambda v: (v.c_contiguous, v.f_contiguous, v.contiguous), "empty": lambda v: v[()],
            "set": lambda v: v.__setitem__(0, 7), "iterate": lambda v: list(v), "contains": lambda v: 2 in v,
            "shape": lambda v: (v.shape, v.strides, v.suboffsets, v.ndim, v.itemsize, v.format, v.readonly),
            "readonly": lambda v: v.toreadonly(), "reversed": lambda v: list(reversed(v)), "dots": lambda v: v[...]}
        lines = []
        for name, make in exporters().items():
            for question, function in questions.items():
                exporter = make()
                view = memoryview(exporter)
                got = result(function, view)
                lines.append(f"{name}, {question}: {got if isinstance(got, str) and 'Error' in got else text(got)}")
                del got
                view.release()
        self.compare("buffers_memoryview", lines)

    def test_flags(self):
        lines = []
        for name, make in exporters().items():
            view = memoryview(make())
            for flag, value in FLAGS.items():
                lines.append(f"{name}, {flag}: {result(buffers.get, view, value)}")
        for kind in (b"abc", bytearray(b"abc"), array.array("h", [1, 2]), memoryview(b"abcd")[::2], memoryview(b"abcd").cast("H"),
                     memoryview(bytearray(8)).cast("B", (2, 4)), "text", 5, None):
            for flag, value in FLAGS.items():
                lines.append(f"{type(kind).__name__}, {flag}: {result(buffers.get, kind, value)}")
        for readonly in (0, 1):
            for flag, value in FLAGS.items():
                lines.append(f"fill {readonly} {flag}: {result(buffers.fill_info, readonly, value)}")
        self.compare("buffers_flags", lines)

    def test_functions(self):
        lines = []
        for name, make in exporters().items():
            exporter = make()
            lines.append(f"{name} contiguous: {buffers.contiguous(exporter)}")
            for order in "CFA":
                lines.append(f"{name} to {order}: {result(buffers.to_contiguous, exporter, order)}")
            for kind in (0x100, 0x200):
                for order in "CF":
                    got = result(buffers.get_contiguous, exporter, kind, order)
                    lines.append(f"{name} get {kind:x} {order}: {got if isinstance(got, str) else (text(got), result(got.tobytes))}")
            if name in ("matrix", "columns", "pointers"):
                lines.append(f"{name} items: {[buffers.item(exporter, (i, k)) for i in range(2) for k in range(3)]}")
        for form in ("i", "B", "", "d", "ii", "T{i:a:}", "3s", "!"):
            lines.append(f"size of {form}: {result(buffers.size_from_format, form)}")
        for order in "CF":
            lines.append(str(buffers.fill_strides((2, 3, 4), 8, order)))
        self.compare("buffers_functions", lines)

    def test_release(self):
        exporter = exporters()["writable"]()
        view = memoryview(exporter)
        part = view[1:3]
        other = memoryview(view)
        self.assertEqual((exporter.gets, exporter.releases), (1, 0))
        view.release()
        part.release()
        self.assertEqual(exporter.releases, 0)
        other.release()
        self.assertEqual((exporter.gets, exporter.releases), (1, 1))
        for user in (bytes, bytearray, b"".join if False else bytes, lambda e: b"%b" % e, lambda e: memoryview(e).tolist()):
            user(exporter)
            self.assertEqual(exporter.gets, exporter.releases)
        buffers.get(exporter, ANY)
        self.assertEqual(exporter.gets, exporter.releases)
        exporter.refuse = 1
        self.assertEqual(result(memoryview, exporter), "BufferError: refused")
        self.assertEqual(result(buffers.get, exporter, 0), "BufferError: refused")
        self.assertEqual(result(bytes, exporter), "BufferError: refused")

    def test_write(self):
        exporter = exporters()["writable"]()
        view = memoryview(exporter)
        view[2] = 77
        view[3:5] = array.array("i", [1, 2])
        self.assertEqual(view.tolist(), [0, 1, 77, 1, 2, 5])
        self.assertEqual(result(view.__setitem__, 0, 1 << 40), "ValueError: memoryview: invalid value for format 'i'")
        self.assertEqual(result(view.__setitem__, 0, "x"), "TypeError: memoryview: invalid type for format 'i'")
        self.assertEqual(result(view.__setitem__, slice(0, 2), b"12345678"),
                         "ValueError: memoryview assignment: lvalue and rvalue have different structures")

    def test_memory(self):
        view = buffers.from_memory(True)
        self.assertEqual(bytes(view), b"abcdefgh")
        self.assertIsNone(view.obj)
        view[0] = ord("X")
        self.assertEqual(bytes(buffers.from_memory(False)), b"Xbcdefgh")
        view[0] = ord("a")
        self.assertTrue(buffers.from_memory(False).readonly)
        matrix = buffers.from_buffer()
        self.assertEqual(matrix.shape, (2, 4))
        self.assertEqual(bytes(matrix), b"acegbdfh")
        exporter = exporters()["vector"]()
        view, facts, base = buffers.from_object(exporter)
        self.assertIs(base, exporter)
        self.assertEqual(facts["shape"], (6,))
        self.assertEqual(result(buffers.from_object, 5), "TypeError: memoryview: a bytes-like object is required, not 'int'")

    def test_old_interface(self):
        self.assertEqual(buffers.old_buffers(b"abc"), (0, 0, -1, 3, 3, -1, True))
        self.assertEqual(buffers.old_buffers(bytearray(b"abcd")), (0, 0, 0, 4, 4, 4, True))
        self.assertEqual(buffers.old_buffers(5), (-1, -1, -1, -1, -1, -1, False))
        self.assertEqual([buffers.check(each) for each in (b"", "", [], bytearray(), memoryview(b""))],
                         [True, False, False, True, True])

    def test_bytearray_is_locked(self):
        data = bytearray(b"abc")
        view = memoryview(data)
        self.assertEqual(result(data.append, 1), "BufferError: Existing exports of data: object cannot be re-sized")
        view.release()
        data.append(1)


if __name__ == "__main__":
    unittest.main()
