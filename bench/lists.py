"""Lists: append, pop, index, slice, insert, a sieve, a matrix, queens."""


def sieve(limit):
    marks = [True] * limit
    marks[0] = marks[1] = False
    for i in range(2, int(limit ** 0.5) + 1):
        if marks[i]:
            marks[i * i::i] = [False] * len(range(i * i, limit, i))
    return sum(marks)


def matrix_product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def queens(size):
    count = 0
    columns, up, down = [False] * size, [False] * (2 * size), [False] * (2 * size)

    def place(row):
        nonlocal count
        if row == size:
            count += 1
            return
        for column in range(size):
            if not (columns[column] or up[row + column] or down[row - column + size]):
                columns[column] = up[row + column] = down[row - column + size] = True
                place(row + 1)
                columns[column] = up[row + column] = down[row - column + size] = False

    place(0)
    return count


def main():
    stack, total = [], 0
    for i in range(2600000):
        stack.append(i)
        if i % 3 == 0:
            total += stack.pop()
        else:
            total -= stack[-1]
    total += sieve(2000000)
    size = 110
    product = matrix_product([[i * j % 7 for j in range(size)] for i in range(size)],
                             [[i + j for j in range(size)] for i in range(size)])
    total += sum(map(sum, product)) + queens(8)
    ring = list(range(2000))
    for i in range(60000):
        ring.insert(0, ring.pop())
        ring[i % 2000], ring[-1] = ring[-1], ring[i % 2000]
        total += ring[i * 31 % 2000]
    for _ in range(100):
        ring = ring[1000:] + ring[:1000]
        ring.reverse()
        total += ring.index(7) + ring.count(8)
    print(total)


main()
