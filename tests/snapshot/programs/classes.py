# Classes: inheritance, super, properties, slots, metaclass keywords, class scopes, mangled names.
class Meta(type):
    def __new__(meta, name, bases, namespace, **options):
        cls = super().__new__(meta, name, bases, namespace)
        cls.options = options
        return cls


class Base(metaclass=Meta, level=1):
    __slots__ = ("x", "__hidden")
    kind: str = "base"
    squares = [n * n for n in range(4)]

    def __init__(self, x):
        self.x = x
        self.__hidden = x * 2

    @property
    def hidden(self):
        return self.__hidden

    @classmethod
    def make(cls, *args):
        return cls(*args)


class Derived(Base, level=2):
    def __init__(self, x):
        super().__init__(x + 1)

    def __repr__(self):
        return f"{__class__.__name__}({self.x})"


print(Base.options, Derived.options, Derived.make(3), Derived(1).hidden, Base.squares, Base.__annotations__)
print([cls.__name__ for cls in Derived.__mro__], hasattr(Derived(1), "__dict__"), Base.make.__qualname__)
