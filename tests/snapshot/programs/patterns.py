# The match statement with every kind of pattern.
class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def describe(subject):
    match subject:
        case None | True | False:
            return "singleton"
        case 0 | -1 | 2.5 | 1 + 2j:
            return "number"
        case "a" | b"b":
            return "text"
        case [1, 2, *_, last]:
            return f"sequence to {last}"
        case (x, y) if x == y:
            return f"twins {x}"
        case {"k": [value, *_], **rest}:
            return f"mapping {value} {rest}"
        case Point(0, y=why):
            return f"on the axis at {why}"
        case Point() as point:
            return f"somewhere {point.x}"
        case str(name) | [str(name)]:
            return f"name {name}"
        case _:
            return "else"


for each in (None, -1, 2.5, 1 + 2j, "a", b"b", [1, 2, 3, 4], (5, 5), {"k": [1, 2], "z": 3}, Point(0, 7), Point(1, 2), "bob",
             ["eve"], [1], {}):
    print(describe(each))
