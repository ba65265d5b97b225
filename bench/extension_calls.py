"""Calls from Python into functions of compiled extensions, by calling convention: one argument, fast, fast with keywords."""
import audioop
from _json import encode_basestring_ascii
from _queue import SimpleQueue


def one_argument(count):
    encode, text = encode_basestring_ascii, "key"
    for _ in range(count):
        encode(text)
    return encode(text)


def fast(count):
    getsample, fragment = audioop.getsample, bytes(range(32))
    total = 0
    for _ in range(count):
        total += getsample(fragment, 1, 7)
    return total


def fast_keywords(count):
    queue = SimpleQueue()
    put, get = queue.put, queue.get
    for item in range(count):
        put(item)
        put(item, block=True)
        get()
        get(block=False)
    return queue.qsize()


print(one_argument(2_000_000), fast(2_000_000), fast_keywords(500_000))
