"""Decimal arithmetic through the compiled accelerator: pi, and a ledger."""
from decimal import Decimal, getcontext


def pi(digits):
    getcontext().prec = digits + 2
    three = Decimal(3)
    lasts, t, s, n, na, d, da = 0, three, 3, 1, 0, 0, 24
    while s != lasts:
        lasts = s
        n, na = n + na, na + 8
        d, da = d + da, da + 32
        t = (t * n) / d
        s += t
    return +s


def ledger(count):
    getcontext().prec = 28
    balance, rate, cent = Decimal("1000.00"), Decimal("1.000125"), Decimal("0.01")
    for number in range(count):
        balance = (balance * rate).quantize(cent)
        if balance > 5000:
            balance -= Decimal(number)
    return balance


for _ in range(120):
    last = pi(300)
print(str(last)[-10:], ledger(300_000))
