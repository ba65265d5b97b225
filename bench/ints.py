"""Small ints: loops, arithmetic, bits, comparisons, division."""


def collatz(limit):
    longest = best = 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            if n & 1:
                n = 3 * n + 1
            else:
                n >>= 1
            steps += 1
        if steps > longest:
            longest, best = steps, start
    return best


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def bits(n):
    count = 0
    while n:
        n &= n - 1
        count += 1
    return count


def main():
    total = collatz(30000)
    for a in range(1, 400):
        for b in range(1, 400, 3):
            total += gcd(a, b)
    for n in range(150000):
        total += bits(n)
    state = 12345
    for _ in range(1500000):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        total ^= state >> 16
    print(total)


main()
