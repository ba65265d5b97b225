"""Attributes: instance, class, slots, properties, getattr and setattr."""


class Point:
    scale = 2

    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.next = None

    @property
    def sum(self):
        return self.x + self.y


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


def main():
    points = [Point(i, i + 1) for i in range(100)]
    for left, right in zip(points, points[1:] + points[:1]):
        left.next = right
    slotted = Slotted(1, 2)
    total = 0
    point = points[0]
    for i in range(2800000):
        point.x += 1
        point.y = point.x - point.y
        total += point.next.x * point.scale
        slotted.a, slotted.b = slotted.b, slotted.a
        point = point.next
    for i in range(800000):
        total += point.sum
        setattr(point, "x", getattr(point, "y", 0) & 1023)
        point = point.next
    print(total, slotted.a, slotted.b)


main()
