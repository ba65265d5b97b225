# Branches, loops, else clauses, exceptions, with blocks, assertions, deletion.
import contextlib


def classify(n):
    if n < 0:
        return "negative"
    elif n == 0:
        return "zero"
    else:
        return "positive"


def loops(limit):
    found = []
    for i in range(limit):
        if i % 2:
            continue
        for j in range(i):
            if j == 3:
                break
        else:
            found.append(i)
    while limit:
        limit -= 1
        if limit == 2:
            break
    else:
        found.append("never")
    return found


def careful(function):
    try:
        result = function()
    except (ValueError, KeyError) as error:
        return repr(error)
    except ZeroDivisionError:
        raise RuntimeError("divided") from None
    else:
        return result
    finally:
        print("finally")


@contextlib.contextmanager
def managed(name):
    print("in", name)
    yield name
    print("out", name)


def nested():
    with managed("a") as a, managed("b"):
        for _ in range(2):
            try:
                return a
            finally:
                print("leaving")


print([classify(n) for n in (-1, 0, 1)], loops(8))
print(careful(lambda: int("x")), careful(lambda: 1), nested())
try:
    careful(lambda: 1 / 0)
except RuntimeError as error:
    print(error, error.__suppress_context__)
x = [1, 2, 3]
del x[0]
assert x == [2, 3], "deleted"
