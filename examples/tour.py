"""A tour of the language: a little of everything, in the order in which one learns it."""
import collections
import contextlib
import enum
import functools
import itertools
import math
import re
import sys
from dataclasses import dataclass, field


def section(title):
    print(f"\n== {title} ==")


section("Numbers")
print(7 // 2, -7 // 2, 7 % -3, 2 ** 100, 0x_ff, 1e16, 0.1 + 0.2, round(2.5), divmod(-17, 5))
print(math.factorial(25), math.isqrt(10 ** 30), math.comb(40, 20), complex(1, -2) * 1j)
print(f"{math.pi:.4f} {1234567.891:,.2f} {255:#x} {255:08b} {0.00012:e} {42:>6}|{42:<6}|{42:^6}|")

section("Text")
word = "pythonically"
print(word[::-1], word.title(), word.find("ic"), word.partition("on"), "-".join(word[:4]))
print("naïve café".upper(), "Straße".casefold(), "日本語".encode(), b"\xe2\x82\xac".decode(), "\N{SNAKE}".encode("utf-8"))
print(re.sub(r"(\w+)@(\w+)\.com", r"\2: \1", "alice@example.com, bob@site.com"))
print(repr("it's"), ascii("ñ"), "%-8s|%5.1f|%03d" % ("left", 3.14159, 7))

section("Containers")
numbers = [5, 3, 8, 1, 9, 2]
print(sorted(numbers), sorted(numbers, reverse=True), numbers[1:4], numbers[-2:], [*range(3), *numbers[:2]])
squares = {n: n * n for n in numbers if n % 2}
print(squares, {"a", "b"} | {"b"} == {"a", "b"}, dict(zip("abc", itertools.count(1))))
first, *middle, last = numbers
print(first, middle, last, collections.Counter("mississippi").most_common(2))
nested = [[0] * 3 for _ in range(2)]
nested[1][2] = 7
print(nested, list(map(sum, nested)), any(map(any, nested)))

section("Functions")


def describe(name, /, *values, separator=", ", **options):
    """Arguments of every kind."""
    return f"{name}: {separator.join(map(str, values))} {sorted(options.items())}"


print(describe("mixed", 1, 2, 3, separator="; ", colour="red", size=4))


def counter(start=0):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count
    return step


step = counter(10)
print(step(), step(5), step(), describe.__doc__)


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


print(fibonacci(90), fibonacci.cache_info().misses)

section("Classes")


class Shape:
    registry = {}

    def __init_subclass__(cls, /, sides=0, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.sides = sides
        Shape.registry[cls.__name__] = cls

    def __repr__(self):
        return f"{type(self).__name__}(area={self.area:.2f})"


class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius

    @property
    def area(self):
        return math.pi * self.radius ** 2


class Square(Shape, sides=4):
    def __init__(self, side):
        self.side = side

    @functools.cached_property
    def area(self):
        return self.side ** 2


print(Circle(1), Square(3), sorted(Shape.registry), Square.sides, [cls.__name__ for cls in Square.__mro__])


@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    tags: tuple = field(default=(), compare=False)


print(max(Version(1, 2), Version(1, 10), Version(0, 99, ("old",))), Version(1) == Version(1, tags=("x",)))


class Colour(enum.Flag):
    RED = enum.auto()
    GREEN = enum.auto()
    YELLOW = RED | GREEN


print(Colour.YELLOW, Colour.RED in Colour.YELLOW, list(Colour.YELLOW))

section("Iteration")


def primes():
    known = []
    for n in itertools.count(2):
        if all(n % p for p in itertools.takewhile(lambda p: p * p <= n, known)):
            known.append(n)
            yield n


def chain(*iterables):
    for each in iterables:
        yield from each


print(list(itertools.islice(primes(), 12)), "".join(chain("ab", "cd")))
print([(a, b) for a, b in itertools.combinations("xyz", 2)], sum(x * x for x in range(10)))

section("Errors")


@contextlib.contextmanager
def tracing(name):
    print("enter", name)
    try:
        yield name.upper()
    except ZeroDivisionError as error:
        print("caught", error)
    finally:
        print("leave", name)


with tracing("block") as label:
    print(label, 1 // 0)
try:
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("wrapped") from error
except ValueError as error:
    print(type(error).__name__, error, repr(error.__cause__))
try:
    raise ExceptionGroup("several", [ValueError("one"), TypeError("two"), ValueError("three")])
except* ValueError as group:
    print("values:", [str(each) for each in group.exceptions])
except* TypeError as group:
    print("types:", [str(each) for each in group.exceptions])

section("Patterns")


def classify(thing):
    match thing:
        case []:
            return "empty list"
        case [x] | (x, _):
            return f"starts with {x}"
        case {"kind": "point", "at": (x, y), **rest}:
            return f"point {x},{y} and {rest}"
        case Version(major=0):
            return "before the first release"
        case str() as text if text.isupper():
            return f"shouting {text}"
        case int(n) | float(n):
            return f"number {n}"
        case _:
            return "something else"


for thing in ([], [1], (2, 3), {"kind": "point", "at": [4, 5], "z": 6}, Version(0, 3), "HEY", 2.5, None):
    print(classify(thing))

section("The machine")
print(sys.version_info[:2], sys.implementation.name, sys._getframe().f_code.co_name, (lambda x: x + 3).__code__.co_argcount)
exec("result = [name for name in ('exec', 'eval') if name in dir(__builtins__)]")
print(eval("len(result)"), compile("1 + 1", "<tour>", "eval").co_consts)
