"""Marshalled data with bytes changed, cut and put in. What loads is walked through, and written again."""
import itertools
import marshal

import sources

EXPECTED = (EOFError, ValueError, TypeError, MemoryError, RecursionError, OverflowError, SystemError, UnicodeError)
SEEDS = [None, True, 12345678901234567890, -1.5, 1j, "text", "\u20ac", b"bytes", (1, (2, (3,))), [1, [2]], {1: {2: 3}}, {1, 2},
         frozenset("ab"), ..., StopIteration, list(range(300)), "x" * 300]


def cases(random):
    data = [marshal.dumps(value, version) for value in SEEDS for version in range(5)]
    data += [marshal.dumps(code) for code in itertools.islice(sources.compiled(sources.read()), 200)]
    while True:
        case = bytearray(random.choice(data))
        for _ in range(random.choice((1, 1, 2, 5, 20))):
            at = random.randrange(len(case) + 1)
            what = random.randrange(5)
            if what == 0 and at < len(case):
                case[at] = random.randrange(256)
            elif what == 1:
                case[at:at] = random.choice(b"()[]{}<>sItTauzZriIlfgxycRN.SFOA0") .to_bytes(1, "big")
            elif what == 2:
                del case[at:at + random.randrange(8)]
            elif what == 3:
                case[at:at + 4] = random.choice((b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\x01\x00\x00\x00", b"\xff\xff\xff\xff"))
            else:
                del case[at:]
        yield bytes(case)


def run(case):
    value = marshal.loads(case)
    repr(value)
    try:
        hash(value)
    except TypeError:
        pass
    marshal.dumps(value)
    if hasattr(value, "co_code"):
        list(value.co_lines())
        list(value.co_positions())
        value.replace(co_name="other")
