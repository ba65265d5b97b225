"""Generators: plain, nested with yield from, send, generator expressions, itertools over them."""
import itertools


def count_to(n):
    i = 0
    while i < n:
        yield i
        i += 1


def walk(tree):
    if tree is not None:
        left, value, right = tree
        yield from walk(left)
        yield value
        yield from walk(right)


def build(low, high):
    if low >= high:
        return None
    middle = (low + high) // 2
    return build(low, middle), middle, build(middle + 1, high)


def averager():
    total = count = 0
    average = None
    while True:
        value = yield average
        total += value
        count += 1
        average = total // count


def main():
    total = 0
    for value in count_to(4000000):
        total += value
    tree = build(0, 3000)
    for _ in range(30):
        total += sum(walk(tree))
    average = averager()
    next(average)
    for i in range(1200000):
        total += average.send(i)
    total += sum(x * x for x in count_to(1600000) if x & 1)
    total += sum(itertools.islice(itertools.chain.from_iterable(count_to(i % 20) for i in range(60000)), 500000))
    print(total)


main()
