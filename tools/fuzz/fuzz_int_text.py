"""Numbers as text, to and fro, in all bases, and the arithmetic of large ints against its own laws."""
import sys

EXPECTED = (ValueError, OverflowError, MemoryError, TypeError, ZeroDivisionError)
sys.set_int_max_str_digits(0)
ODD = list("0123456789abcxo_+-. eEjJ") + ["\u0663", "\u20ac", "\0", "__", "0x", "0b", "0o", "inf", "nan", "1" * 40, "9" * 700, "0" * 50, "\n", "p", "p-3"]


def cases(random):
    while True:
        text = "".join(random.choice(ODD) for _ in range(random.randrange(1, 10)))
        sizes = [random.choice((1, 8, 30, 31, 60, 64, 300, 2000, 20000)) for _ in range(3)]
        yield text, random.choice((0, 2, 8, 10, 16, 36, 1, 37, -1)), [random.getrandbits(size) * random.choice((1, -1)) for size in sizes]


def run(case):
    text, base, (a, b, c) = case
    for action in (lambda: int(text, base), lambda: float(text), lambda: complex(text), lambda: int(text.encode("utf-8"), base),
                   lambda: float.fromhex(text), lambda: float(a), lambda: a / b, lambda: a ** (b & 7), lambda: a << (c & 4095)):
        try:
            action()
        except EXPECTED:
            pass
    assert int(str(a)) == a and int(hex(a), 16) == a and int(oct(b), 8) == b and int(bin(c), 2) == c
    assert (a + b) - b == a and a * (b + c) == a * b + a * c
    if b:
        quotient, rest = divmod(a, b)
        assert quotient * b + rest == a and (rest == 0 or (rest < 0) == (b < 0)) and abs(rest) < abs(b)
    if c > 1:
        assert pow(a, 5, c) == a ** 5 % c
    assert int.from_bytes(a.to_bytes(a.bit_length() // 8 + 1, "little", signed=True), "little", signed=True) == a
    assert (a ^ b) ^ b == a and (a & b) + (a | b) == a + b and ~~a == a and (a >> 7) == a // 128
