"""Classes: making them, instances by the thousand, dataclasses, isinstance, inheritance, trees of objects."""
import abc
import dataclasses
import enum


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self):
        ...


class Rectangle(Shape):
    def __init__(self, width, height):
        self.width, self.height = width, height

    def area(self):
        return self.width * self.height


class Square(Rectangle):
    def __init__(self, side):
        super().__init__(side, side)


@dataclasses.dataclass(order=True)
class Record:
    key: int
    name: str = "none"
    parts: list = dataclasses.field(default_factory=list)


class Kind(enum.Enum):
    LEAF = 1
    NODE = 2


class Node:
    __slots__ = ("kind", "value", "children")

    def __init__(self, kind, value, children=()):
        self.kind, self.value, self.children = kind, value, children

    def total(self):
        if self.kind is Kind.LEAF:
            return self.value
        return self.value + sum(child.total() for child in self.children)


def tree(depth):
    if depth == 0:
        return Node(Kind.LEAF, 1)
    return Node(Kind.NODE, depth, [tree(depth - 1) for _ in range(4)])


def main():
    total = 0
    for i in range(360000):
        shape = Square(i & 15) if i & 1 else Rectangle(i & 7, 2)
        total += shape.area() + isinstance(shape, Square) + isinstance(shape, Shape)
    for i in range(200000):
        record = Record(i & 1023, parts=[i])
        total += record > Record(500) if i % 4 == 0 else len(record.parts)
    for i in range(4000):
        made = type(f"Made{i}", (Square,), {"extra": i, "twice": lambda self: self.area() * 2})
        total += made(3).twice() + made.extra
    for _ in range(36):
        total += tree(6).total()
    print(total)


main()
