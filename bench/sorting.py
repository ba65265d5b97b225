"""Sorting: the built-in sort on ints, strings, tuples and keys, partly sorted data; sorts written in Python."""
import bisect
import functools
import heapq
import operator


def numbers(count, seed):
    for _ in range(count):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield seed >> 40


def quicksort(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    return (quicksort([x for x in items if x < pivot]) + [x for x in items if x == pivot]
            + quicksort([x for x in items if x > pivot]))


def shellsort(items):
    gap = len(items) // 2
    while gap:
        for i in range(gap, len(items)):
            value, j = items[i], i
            while j >= gap and items[j - gap] > value:
                items[j] = items[j - gap]
                j -= gap
            items[j] = value
        gap //= 2
    return items


@functools.total_ordering
class Card:
    def __init__(self, rank):
        self.rank = rank

    def __eq__(self, other):
        return self.rank == other.rank

    def __lt__(self, other):
        return self.rank < other.rank


def main():
    data = list(numbers(80000, 1))
    texts = [f"{n:x}" for n in data]
    total = 0
    for _ in range(4):
        total += sorted(data)[100] + len(sorted(texts)[7]) + sorted(data, reverse=True)[5]
        total += sorted(texts, key=len)[-1].count("f") + sorted(data, key=lambda n: n % 1000)[3]
    pairs = sorted(zip(texts, data), key=operator.itemgetter(1))
    total += sum(pair[1] for pair in pairs[::1000])
    nearly = sorted(data)
    for i in range(0, 80000, 500):
        nearly[i], nearly[-i - 1] = nearly[-i - 1], nearly[i]
    total += sorted(nearly) == sorted(data)
    total += quicksort(data[:12000])[6000] + shellsort(data[:6000])[3000]
    total += sorted(map(Card, data[:6000]))[10].rank
    heap, kept = [], []
    for n in data[:20000]:
        heapq.heappush(heap, n)
        if len(heap) > 100:
            heapq.heappop(heap)
        bisect.insort(kept, n & 1023)
    print(total, heap[0], kept[::4000], heapq.nsmallest(3, data))


main()
