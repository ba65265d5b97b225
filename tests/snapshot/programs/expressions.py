# Operators, comparisons, displays, subscripts, calls, constants.
a, b, c = 3, 4.5, 6j
print(a + b * -a ** 2 // 3 % 5, a << 2 | 1 & ~a ^ 7, not a or b and c)
print(0 < a <= b != 4, a is not None, a in (1, 2, 3), a not in {4, 5}, a if b else c)
values = [1, *[2, 3], 4]
print(values[0], values[1:], values[::-1], values[:2][-1], {**{"x": 1}, "y": 2}, {*values})
print("%s" % a, f"{a!r:>{4}} {b=:.1f} {'nested'}", "con" "cat" r"\n", b"a" b"b", ...)
print(*values, sep=", ", end="\n", **{"flush": False})
print(2 ** 10, 1 + 2 + 3, "ab" * 3, (1, 2) + (3,), -(-5), 1e3, 0x1F, 1_000, ((), [], {}))
print((n := 10) + n, [x for x in range(3)], (lambda x, *y, z=1, **k: (x, y, z, k))(1, 2, z=3, w=4))
