"""What a type takes over from its bases: static types, classes from specs' rules, Python classes on top."""
import unittest

import support
from support import result
import inherit

# What the base has, and what the class below it has of its own.
PAIRS = [("hash", ""), ("compare", ""), ("hash compare", ""), ("hash compare", "hash"), ("hash compare", "compare"), ("getattr, setattr,", ""),
         ("getattro setattro", ""), ("getattro", "getattr,"), ("add length subscript await buffer", ""),
         ("add length subscript", "index contains"), ("call str repr iter next", ""), ("repr", "str"), ("get; set;", ""),
         ("get; descriptor", ""), ("init finalize dealloc", ""), ("traverse dealloc", ""), ("dealloc traverse", "gcflag"),
         ("dict weak", ""), ("vector", ""), ("vector", "call"), ("sequence", ""), ("mapping", ""), ("doc", ""), ("sequence doc", "mapping")]


class Inheritance(support.Recorded):
    def test_static_types(self):
        lines = []
        for number, (above, below) in enumerate(PAIRS):
            base = inherit.make(f"inherit.B{number}", above, None)
            lines.append(f"[{above}]: {' '.join(inherit.slots(base))} {own(base)}")
            derived = inherit.make(f"inherit.D{number}", below, base)
            lines.append(f"[{above}] <- [{below}]: {' '.join(inherit.slots(derived))} {own(derived)}")
            for kind in (base, derived):
                made = type("P", (kind,), {})
                lines.append(f"   P: {' '.join(inherit.slots(made))}")
                made = type("E", (kind,), {"__eq__": lambda a, b: True})
                lines.append(f"   E: {' '.join(inherit.slots(made))} {made.__hash__ is None}")
                instance = kind()
                lines.append(f"   {result(lambda: instance + 1)!r} {result(lambda: instance == 1)} {result(lambda: instance.nothing)}")
        self.compare("inherit_static", lines)

    def test_multiple_bases(self):
        lines = []
        first = inherit.make("inherit.First", "hash compare str dict", None)
        second = inherit.make("inherit.Second", "add length call repr traverse dealloc weak", None)
        for bases in ((first, second), (second, first), (first, list), (list, second), (dict, first), (first, int)):
            made = result(type, "M", bases, {})
            lines.append(f"{[base.__name__ for base in bases]}: {made if isinstance(made, str) else ' '.join(inherit.slots(made))}")
        self.compare("inherit_multiple", lines)


def own(kind):
    return " ".join(sorted(name for name in kind.__dict__))


if __name__ == "__main__":
    unittest.main()
