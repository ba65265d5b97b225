"""Attribute reads that are cached where they stand must see every change (src/interpreter/attributes.cpp)."""
import unittest


class Reads(unittest.TestCase):
    def test_instance_hides_class_attribute_later(self):
        class Task:
            state = "pending"

        def read(task):
            return task.state

        first = Task()
        first.state = "finished"
        for _ in range(5):
            task = Task()
            self.assertEqual([read(task) for _ in range(5)], ["pending"] * 5)
            task.state = "finished"
            self.assertEqual(read(task), "finished")
            del task.state
            self.assertEqual(read(task), "pending")

    def test_class_attribute_changes(self):
        class Base:
            x = 1

        class Derived(Base):
            pass

        def read(o):
            return o.x

        o = Derived()
        seen = [read(o) for _ in range(5)]
        Base.x = 2
        seen.append(read(o))
        Derived.x = 3
        seen.append(read(o))
        del Derived.x
        seen.append(read(o))
        Base.x = property(lambda self: 4)
        seen.append(read(o))
        self.assertEqual(seen, [1] * 5 + [2, 3, 2, 4])

    def test_method_hidden_by_instance(self):
        class C:
            def f(self):
                return "method"

        def call(o):
            return o.f()

        o = C()
        self.assertEqual([call(o) for _ in range(5)], ["method"] * 5)
        o.f = lambda: "instance"
        self.assertEqual(call(o), "instance")
        self.assertEqual(call(C()), "method")
        C.f = lambda self: "other"
        self.assertEqual(call(C()), "other")

    def test_one_site_many_types(self):
        def read(o):
            return o.value

        class Slots:
            __slots__ = ("value",)

        class Plain:
            pass

        class Getter:
            def __getattr__(self, name):
                return name

        objects = [Slots(), Plain(), Getter()]
        objects[0].value, objects[1].value = 1, 2
        for _ in range(20):
            self.assertEqual([read(o) for o in objects], [1, 2, "value"])
        del objects[0].value
        with self.assertRaises(AttributeError):
            read(objects[0])

    def test_class_attribute_that_becomes_a_descriptor(self):
        class Late:
            pass

        class Plain:
            value = Late()

        def read(owner):
            return owner.value

        def call(owner):
            return owner.value()

        def write(owner, value):
            owner.value = value

        owner = Plain()
        for _ in range(100):
            write(owner, str)
            self.assertIs(read(owner), str)
            self.assertEqual(call(owner), "")
        Late.__get__ = lambda self, instance, cls: lambda: "got"
        written = []
        Late.__set__ = lambda self, instance, value: written.append(value)
        self.assertEqual(read(owner)(), "got")
        self.assertEqual(call(owner), "got")
        write(owner, 1)
        self.assertEqual(written, [1])

    def test_globals_and_builtins(self):
        scope = {}
        exec("def f(): return len('abc')", scope)
        self.assertEqual([scope["f"]() for _ in range(5)], [3] * 5)
        scope["len"] = lambda x: "global"
        self.assertEqual(scope["f"](), "global")
        del scope["len"]
        self.assertEqual(scope["f"](), 3)

    def test_writes(self):
        class C:
            pass

        def write(o, v):
            o.x = v

        objects = [C() for _ in range(10)]
        for i, o in enumerate(objects):
            write(o, i)
        self.assertEqual([o.x for o in objects], list(range(10)))
        seen = []
        C.__setattr__ = lambda self, name, value: seen.append((name, value))
        write(objects[0], 5)
        self.assertEqual((seen, objects[0].x), ([("x", 5)], 0))

    def test_value_that_becomes_a_descriptor(self):
        class Value:
            pass

        class Owner:
            shared = Value()
            shadowed = Value()

        owner = Owner()
        owner.shadowed = 1

        def read():
            return owner.shadowed, owner.shared

        for _ in range(2000):
            self.assertEqual(read(), (1, Owner.__dict__["shared"]))
        Value.__get__ = lambda self, instance, owner: 2
        self.assertEqual(read(), (1, 2))
        Value.__set__ = lambda *arguments: None
        self.assertEqual(read(), (2, 2))



class ClassOfAnObject(unittest.TestCase):
    def test_class_attribute_of_all_kinds(self):
        class Plain:
            pass

        class Other:
            pass

        class Pretends:
            __class__ = Other

        class Computes:
            @property
            def __class__(self):
                return int

        def read(thing):
            return thing.__class__

        plain = Plain()
        for _ in range(3):
            self.assertEqual([read(thing) for thing in (plain, plain, 1, Plain, Pretends(), Computes())],
                             [Plain, Plain, int, type, Other, int])
        plain.__class__ = Other
        self.assertIs(read(plain), Other)


if __name__ == "__main__":
    unittest.main()
