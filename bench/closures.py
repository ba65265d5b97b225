"""Closures: cells read and written, decorators, lambdas, partial application."""
import functools


def make_counter():
    count = 0

    def step(by):
        nonlocal count
        count += by
        return count
    return step


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x
    return composed


def traced(function):
    calls = [0]

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        calls[0] += 1
        return function(*args, **kwargs)
    wrapper.calls = calls
    return wrapper


@traced
def scaled(x, factor=3):
    return x * factor


def curry(a):
    return lambda b: lambda c: a + b * c


def main():
    counter = make_counter()
    pipeline = compose(lambda x: x + 1, lambda x: x * 2, functools.partial(max, 10), abs)
    total = 0
    for i in range(550000):
        total += counter(i & 3)
        total += pipeline(i)
        total += scaled(i)
        total += curry(i)(2)(3)
    print(total, scaled.calls[0])


main()
