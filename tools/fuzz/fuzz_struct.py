"""Formats of struct, array and memoryview, and values that do not fit them."""
import array
import struct

EXPECTED = (struct.error, TypeError, ValueError, OverflowError, MemoryError, BufferError, NotImplementedError, UnicodeError,
            IndexError)
VALUES = [0, 1, -1, 255, 2 ** 31, 2 ** 63, 2 ** 64, -2 ** 63, 2 ** 200, 1.5, 1e308, float("inf"), float("nan"), 1e40, b"", b"x", b"xyz" * 9,
          "x", None, True, (), [1], object()]
CODES = "xcbB?hHiIlLqQnNefdspP"


def cases(random):
    while True:
        form = random.choice(("", "@", "=", "<", ">", "!", " ", "z"))
        for _ in range(random.randrange(5)):
            form += random.choice(("", "", str(random.randrange(20)), "0", "99999999999999999999", " ", "4611686018427387904"))
            form += random.choice(CODES + CODES + "aZ(%\0")
        yield form, [random.randrange(len(VALUES)) for _ in range(random.randrange(6))], random.randbytes(random.randrange(64)), \
            random.randrange(-70, 70), [random.randrange(1, 9) for _ in range(random.randrange(1, 4))]


def run(case):
    form, picks, data, offset, shape = case
    values = [VALUES[pick] for pick in picks]
    failures = 0
    for action in (lambda: struct.calcsize(form), lambda: struct.pack(form, *values), lambda: struct.unpack(form, data),
                   lambda: struct.unpack_from(form, data, offset), lambda: list(struct.iter_unpack(form, data)),
                   lambda: struct.pack_into(form, bytearray(data), offset, *values),
                   lambda: memoryview(data).cast(form).tolist(), lambda: memoryview(data).cast("B", shape).tolist(),
                   lambda: memoryview(data).cast(form[-1:] or "B")[offset],
                   lambda: array.array(form[-1:] or "i", values), lambda: array.array(form[-1:] or "i", data).byteswap()):
        try:
            action()
        except EXPECTED:
            failures += 1
