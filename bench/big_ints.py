"""Big ints: products, powers, digits of pi and e, conversion to and from text."""
import math


def pi_digits(count):
    """The spigot of Rabinowitz and Wagon, as a stream of linear transformations."""
    q, r, t, k, digit, j = 1, 0, 1, 1, 3, 3
    found = []
    while len(found) < count:
        if 4 * q + r - t < digit * t:
            found.append(digit)
            q, r, digit = 10 * q, 10 * (r - digit * t), 10 * (3 * q + r) // t - 10 * digit
        else:
            q, r, t, k, digit, j = q * k, (2 * q + r) * j, t * j, k + 1, (q * (7 * k + 2) + r * j) // (t * j), j + 2
    return found


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def is_prime(n):
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for base in (2, 3, 5, 7, 11, 13, 17):
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def main():
    print("".join(map(str, pi_digits(3000)))[-20:])
    print(fibonacci(60000) % 10 ** 30)
    print(str(3 ** 9000)[:20], len(str(7 ** 4000)), int("9" * 4300) % 1000007)
    print(is_prime(2 ** 521 - 1), is_prime(2 ** 523 - 1))
    product = math.prod(range(1, 8000))
    print(product.bit_length(), math.isqrt(product) % 10 ** 20, product >> 85000)
    e, term = 0, 10 ** 4000
    for n in range(1, 1500):
        e += term
        term //= n
    print(str(e)[-20:])


main()
