"""Exact arithmetic with Fractions: series, continued fractions, linear equations, Bernoulli numbers."""
from fractions import Fraction as F
from math import comb, gcd


def bernoulli(count):
    """Bernoulli numbers B(0) to B(count)."""
    numbers = [F(1)]
    for m in range(1, count + 1):
        numbers.append(-sum(comb(m + 1, k) * numbers[k] for k in range(m)) / (m + 1))
    return numbers


def continued(x, most=20):
    terms = []
    while len(terms) < most:
        whole = x.numerator // x.denominator
        terms.append(whole)
        x -= whole
        if not x:
            break
        x = 1 / x
    return terms


def convergents(terms):
    h, k, h1, k1 = 1, 0, terms[0], 1
    yield F(h1, k1)
    for term in terms[1:]:
        h, k, h1, k1 = h1, k1, term * h1 + h, term * k1 + k
        yield F(h1, k1)


def solve(matrix, right):
    """Gauss-Jordan over the rationals."""
    size = len(matrix)
    rows = [[F(x) for x in row] + [F(b)] for row, b in zip(matrix, right)]
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column]), None)
        if pivot is None:
            raise ValueError("no unique solution")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [x / scale for x in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[column])]
    return [row[-1] for row in rows]


def egyptian(x):
    """As a sum of different unit fractions, greedily."""
    parts = []
    while x:
        unit = F(1, -(-x.denominator // x.numerator))
        parts.append(unit)
        x -= unit
    return parts


def square_root(n, steps):
    x = F(n)
    for _ in range(steps):
        x = (x + n / x) / 2
    return x


def main():
    print(F(3, 4) + F(1, 6), F("0.125"), F("-7/21"), F(0.75), F(1, 3) ** -2, F(22, 7) % 1, divmod(F(7, 2), F(2, 3)))
    print("harmonic:", sum(F(1, n) for n in range(1, 31)))
    print("Bernoulli:", ", ".join(f"B{n}={b}" for n, b in enumerate(bernoulli(20)) if b))
    e = sum(F(1, f) for f in (1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800))
    print("e:", e, continued(e))
    print("pi:", continued(F(31415926535897932, 10 ** 16), 8), *convergents([3, 7, 15, 1, 292]))
    print("pi, small denominators:", *(F(314159265358979, 10 ** 14).limit_denominator(10 ** n) for n in range(1, 6)))
    hilbert = [[F(1, i + j + 1) for j in range(7)] for i in range(7)]
    solution = solve(hilbert, [1] * 7)
    print("Hilbert:", *solution, all(sum(a * x for a, x in zip(row, solution)) == 1 for row in hilbert))
    try:
        solve([[1, 2], [2, 4]], [1, 2])
    except ValueError as error:
        print("error:", error)
    print("Egyptian:", *egyptian(F(7, 15)), "|", *egyptian(F(5, 121)))
    root = square_root(2, 7)
    print("root of 2:", len(str(root.numerator)), "digits;", root.numerator * 10 ** 60 // root.denominator)
    terms = [(i, n) for n in range(1, 9) for i in range(n) if gcd(i, n) == 1]
    print("Farey:", *(F(*pair) for pair in sorted(terms, key=lambda pair: F(*pair))))
    print(hash(F(1, 2)) == hash(0.5), F(1, 3) == 1 / 3, float(F(1, 3)), round(F(22, 7), 3), int(F(-7, 2)), F(10, 5).denominator)


if __name__ == "__main__":
    main()
