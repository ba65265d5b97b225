"""Sets: membership, algebra, the game of life, a flood fill."""


def life(cells, generations):
    for _ in range(generations):
        counts = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        place = (x + dx, y + dy)
                        counts[place] = counts.get(place, 0) + 1
        cells = {place for place, count in counts.items() if count == 3 or count == 2 and place in cells}
    return cells


def flood(size):
    walls = {(x, y) for x in range(size) for y in range(size) if x * y % 5 == 3}
    seen, edge = set(), {(0, 0)}
    while edge:
        seen |= edge
        edge = {(x + dx, y + dy) for x, y in edge for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
                if 0 <= x + dx < size and 0 <= y + dy < size} - seen - walls
    return len(seen)


def main():
    acorn = {(0, 2), (1, 0), (1, 2), (3, 1), (4, 2), (5, 2), (6, 2)}
    print(len(life(acorn, 300)), flood(240))
    total = 0
    evens, threes = set(range(0, 30000, 2)), frozenset(range(0, 30000, 3))
    for _ in range(150):
        total += len(evens & threes) + len(evens | threes) + len(evens ^ threes) + (threes <= evens)
    seen = set()
    for i in range(2400000):
        value = i * i % 10007
        if value not in seen:
            seen.add(value)
        elif i % 11 == 0:
            seen.discard(value)
    print(total, len(seen))


main()
