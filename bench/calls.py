"""Calls: recursion, positional, keyword and default arguments, *args."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def add(a, b=2, *, c=3):
    return a + b + c


def many(*args):
    return len(args)


def main():
    total = fib(28) + ackermann(2, 250)
    for i in range(1000000):
        total += add(i) + add(i, 4) + add(i, b=5) + add(i, c=6)
        total += many(i, total, None)
    print(total)


main()
