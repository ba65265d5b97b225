"""Comprehensions: lists, sets, dicts, nested, with conditions, map and filter, unpacking."""


def main():
    total = 0
    rows = [[(i * j) % 17 for j in range(40)] for i in range(40)]
    for n in range(2000):
        total += sum([x * x for x in range(500) if x % 3])
        total += len({x % 97 for x in range(500)})
        total += sum({x: x + n for x in range(300)}.values())
        total += sum([cell for row in rows for cell in row if cell > n % 17])
        transposed = [list(column) for column in zip(*rows)]
        total += transposed[n % 40][3]
        total += sum(map(lambda x: x + 1, filter(lambda x: x & 1, range(400))))
        total += len([a + b for a, b in [(i, str(i)) for i in range(200)] for a, b in [(str(a), b)]])
        first, *rest = [x for x in range(100)]
        total += len(rest) + len([y for x in range(300) if (y := x * 7 % 13) > 5])
        total += sum(1 for i, (a, b) in enumerate(zip(range(400), range(1, 401))) if a + b > i)
        total += sum(x if x % 2 else -x for row in [[*range(10)] * 20 for _ in range(3)] for x in row)
    print(total)


main()
