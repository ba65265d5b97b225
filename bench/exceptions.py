"""Exceptions: raised and caught near and far, finally, with, chained, custom."""


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Guard:
    def __init__(self):
        self.entered = 0

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, kind, value, traceback):
        return kind is LookupError


def check(value):
    if value % 3 == 0:
        raise Refused(value)
    return value


def deep(level, value):
    if level == 0:
        return check(value)
    return deep(level - 1, value)


def main():
    total = 0
    guard = Guard()
    table = {}
    for i in range(190000):
        try:
            total += check(i)
        except Refused as refused:
            total -= refused.code
        finally:
            total += 1
        try:
            total += deep(4, i)
        except (KeyError, Refused):
            total += 2
        try:
            table[i & 7] += 1
        except KeyError:
            table[i & 7] = 1
        with guard:
            if i % 5 == 0:
                raise LookupError
        try:
            try:
                int("x" if i % 4 == 0 else "7")
            except ValueError as error:
                raise TypeError("wrapped") from error
        except TypeError:
            total += 3
    print(total, guard.entered, sorted(table.items()))


main()
