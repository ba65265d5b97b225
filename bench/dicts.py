"""Dicts: counting, grouping, lookups with str, int and tuple keys, iteration, merging, deletion."""


def main():
    words = [f"w{i * i % 977}" for i in range(5000)]
    total = 0
    for _ in range(100):
        counts = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        groups = {}
        for word, count in counts.items():
            groups.setdefault(count, []).append(word)
        total += len(groups) + max(counts.values())
    grid = {}
    for x in range(500):
        for y in range(500):
            grid[x, y] = x ^ y
    for x in range(1, 499):
        for y in range(1, 499, 2):
            total += grid[x - 1, y] + grid[x + 1, y] - grid[x, y]
    cache = {}
    for i in range(2000000):
        key = i * 7919 & 4095
        if key in cache:
            cache[key] += 1
        else:
            cache[key] = 0
    total += sum(cache.values())
    for i in range(80000):
        merged = {**{"a": 1, "b": i}, "c": 3} | {"d": i}
        merged.update(a=merged.pop("b"))
        total += len(merged) + merged["a"]
    for key in list(cache):
        if key & 1:
            del cache[key]
    total += len(cache) + sum(cache) + len(cache.keys() & {2, 4, 6, 7})
    print(total)


main()
