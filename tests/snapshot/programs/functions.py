# Arguments of every kind, closures, decorators, annotations, generators, coroutines.
def full(a, b=1, /, c=2, *rest, d, e=4, **more) -> "tuple":
    """A docstring."""
    return a, b, c, rest, d, e, more


def outer(x: int):
    y = x

    def inner():
        nonlocal y
        y += 1
        return x, y
    return inner


def twice(function):
    return lambda *args: function(function(*args))


@twice
@twice
def add_three(n):
    return n + 3


def countdown(n):
    while n:
        received = yield n
        n -= 1 if received is None else received


def delegate():
    result = yield from countdown(2)
    return result


async def answer():
    return 42


async def collect():
    async def numbers():
        for i in range(3):
            yield i
    return [i async for i in numbers() if i] + [await answer()]


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


print(full(1, d=3), full(1, 2, 3, 4, d=5, z=6), full.__annotations__, full.__doc__)
counter = outer(5)
print(counter(), counter(), add_three(0), list(countdown(3)), list(delegate()), run(collect()))
