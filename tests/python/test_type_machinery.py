"""Classes: creation, slots, layout, MRO, assignment of __class__ and __bases__, special methods set later."""
import gc
import unittest
import weakref


class Creation(unittest.TestCase):
    def test_metaclass_calls(self):
        log = []

        class Meta(type):
            @classmethod
            def __prepare__(mcs, name, bases, **kwargs):
                log.append(('prepare', name, kwargs))
                return {'prepared': 1}

            def __new__(mcs, name, bases, namespace, **kwargs):
                log.append('new')
                return super().__new__(mcs, name, bases, namespace)

            def __init__(cls, name, bases, namespace, **kwargs):
                log.append('init')
                super().__init__(name, bases, namespace)

        class C(metaclass=Meta, key=1):
            pass

        self.assertEqual(log, [('prepare', 'C', {'key': 1}), 'new', 'init'])
        self.assertEqual((C.prepared, type(C)), (1, Meta))

    def test_hooks_of_subclasses_and_attributes(self):
        log = []

        class Attribute:
            def __set_name__(self, owner, name):
                log.append((owner.__name__, name))

        class Base:
            def __init_subclass__(cls, **kwargs):
                log.append((cls.__name__, kwargs))

        class Derived(Base, key=2):
            a = Attribute()

        self.assertEqual(log, [('Derived', 'a'), ('Derived', {'key': 2})])

    def test_set_name_error(self):
        class Attribute:
            def __set_name__(self, owner, name):
                1 / 0

        with self.assertRaises(RuntimeError) as caught:
            class C:
                a = Attribute()
        self.assertEqual(str(caught.exception), "Error calling __set_name__ on 'Attribute' instance 'a' in 'C'")
        self.assertIsInstance(caught.exception.__cause__, ZeroDivisionError)

    def test_wrong_arguments(self):
        for args, text in [((1, (), {}), 'type.__new__() argument 1 must be str, not int'),
                           (('a', 2, {}), 'type.__new__() argument 2 must be tuple, not int'),
                           (('a', (), 3), 'type.__new__() argument 3 must be dict, not int'),
                           (('a', (int, str), {}), 'multiple bases have instance lay-out conflict'),
                           (('a', (bool,), {}), "type 'bool' is not an acceptable base type"),
                           ((1, 2), 'type() takes 1 or 3 arguments')]:
            with self.assertRaises(TypeError) as caught:
                type(*args)
            self.assertEqual(str(caught.exception), text)
        with self.assertRaises(ValueError):
            type('a\0b', (), {})

    def test_metaclass_conflict(self):
        class M1(type): pass
        class M2(type): pass
        class A(metaclass=M1): pass
        class B(metaclass=M2): pass
        with self.assertRaisesRegex(TypeError, 'metaclass conflict'):
            class C(A, B): pass
        class M3(M1, M2): pass
        class D(A, B, metaclass=M3): pass
        self.assertIs(type(type('E', (A,), {})), M1)

    def test_abstract(self):
        C = type('C', (), {})
        C.__abstractmethods__ = {'b', 'a'}
        with self.assertRaisesRegex(TypeError, "^Can't instantiate abstract class C with abstract methods a, b$"):
            C()
        C.__abstractmethods__ = ()
        C()

    def test_arguments_of_object(self):
        class A: pass
        class New:
            def __new__(cls, *args): return super().__new__(cls)
        class Init:
            def __init__(self, *args): pass
        for call, text in [(lambda: object(1), 'object() takes no arguments'), (lambda: A(1), 'A() takes no arguments'),
                           (lambda: A().__init__(1), 'A.__init__() takes exactly one argument (the instance to initialize)'),
                           (lambda: object.__new__(New, 1), 'object.__new__() takes exactly one argument (the type to instantiate)'),
                           (lambda: object.__new__(int), 'object.__new__(int) is not safe, use int.__new__()'),
                           (lambda: int.__new__(str), 'int.__new__(str): str is not a subtype of int')]:
            with self.assertRaises(TypeError) as caught:
                call()
            self.assertEqual(str(caught.exception), text)
        New(1), Init(1)


class Mro(unittest.TestCase):
    def test_diamond(self):
        class A: pass
        class B(A): pass
        class C(A): pass
        class D(B, C): pass
        self.assertEqual(D.__mro__, (D, B, C, A, object))
        self.assertEqual(D.mro(), [D, B, C, A, object])
        self.assertEqual(A.__subclasses__(), [B, C])

    def test_errors(self):
        class A: pass
        class B(A): pass
        with self.assertRaises(TypeError) as caught:
            type('X', (A, B), {})
        self.assertEqual(str(caught.exception),
                         'Cannot create a consistent method resolution\norder (MRO) for bases A, B')
        with self.assertRaisesRegex(TypeError, 'duplicate base class A'):
            type('X', (A, A), {})

    def test_custom(self):
        class Meta(type):
            def mro(cls): return [cls, object]
        class A:
            x = 1
        class B(A, metaclass=Meta): pass
        self.assertEqual(B.__mro__, (B, object))
        self.assertFalse(hasattr(B, 'x'))

    def test_bases_assignment(self):
        class A:
            def f(self): return 'A'
        class B:
            def f(self): return 'B'
            def __len__(self): return 3
        class C(A): pass
        class D(C): pass
        d = D()
        self.assertEqual(d.f(), 'A')
        C.__bases__ = (B,)
        self.assertEqual((d.f(), len(d)), ('B', 3))
        self.assertEqual((A.__subclasses__(), B.__subclasses__()), ([], [C]))
        with self.assertRaisesRegex(TypeError, 'inheritance cycle'):
            B.__bases__ = (D,)
        with self.assertRaisesRegex(TypeError, '(deallocator|object layout) differs'):
            C.__bases__ = (int,)

    def test_subclasses_die(self):
        class A: pass
        class B(A): pass
        reference = weakref.ref(B)
        del B
        gc.collect()
        self.assertIsNone(reference())
        self.assertEqual(A.__subclasses__(), [])


class Slots(unittest.TestCase):
    def test_slots(self):
        class C:
            __slots__ = ('b', '__a')
        c = C()
        c.b = 1
        c._C__a = 2
        self.assertEqual((c.b, c._C__a), (1, 2))
        with self.assertRaisesRegex(AttributeError, "^'C' object has no attribute 'x'$"):
            c.x = 1
        del c.b
        with self.assertRaisesRegex(AttributeError, "^'C' object has no attribute 'b'$"):
            c.b
        self.assertFalse(hasattr(c, '__dict__'))
        with self.assertRaises(TypeError):
            weakref.ref(c)

    def test_dict_and_weakref_slots(self):
        class C:
            __slots__ = ('__dict__', '__weakref__', 'a')
        c = C()
        c.a, c.z = 1, 2
        self.assertEqual(c.__dict__, {'z': 2})
        self.assertIs(weakref.ref(c)(), c)

    def test_errors(self):
        for slots, error in [(('a b',), TypeError), ((1,), TypeError), (('__dict__', '__dict__'), TypeError),
                             (('x',), ValueError)]:
            with self.assertRaises(error):
                type('C', (), {'__slots__': slots, 'x': 1})
        with self.assertRaisesRegex(TypeError, "nonempty __slots__ not supported for subtype of 'int'"):
            type('C', (int,), {'__slots__': ('a',)})

    def test_cycles_through_slots_die(self):
        class C:
            __slots__ = ('other', '__weakref__')
        a, b = C(), C()
        a.other, b.other = b, a
        reference = weakref.ref(a)
        del a, b
        gc.collect()
        self.assertIsNone(reference())


class SpecialMethods(unittest.TestCase):
    def test_set_and_deleted_later(self):
        class A: pass
        class B(A): pass
        b = B()
        with self.assertRaises(TypeError):
            len(b)
        A.__len__ = lambda self: 4
        self.assertEqual(len(b), 4)
        B.__len__ = lambda self: 5
        self.assertEqual(len(b), 5)
        del B.__len__
        self.assertEqual(len(b), 4)
        del A.__len__
        with self.assertRaises(TypeError):
            len(b)

    def test_instances_do_not_count(self):
        class A: pass
        a = A()
        a.__len__ = lambda: 1
        with self.assertRaises(TypeError):
            len(a)

    def test_hash_follows_eq(self):
        class A:
            def __eq__(self, other): return True
        self.assertIsNone(A.__hash__)
        with self.assertRaisesRegex(TypeError, "unhashable type: 'A'"):
            hash(A())
        class B(A):
            def __hash__(self): return -1
        self.assertEqual(hash(B()), -2)
        class C(B):
            def __hash__(self): return 1 << 70
        self.assertEqual(hash(C()), hash(1 << 70))

    def test_reflected_goes_first(self):
        class A:
            def __add__(self, other): return 'A.add'
            def __radd__(self, other): return 'A.radd'
        class B(A):
            def __radd__(self, other): return 'B.radd'
        class C(A): pass
        self.assertEqual((A() + B(), A() + C(), 1 + A()), ('B.radd', 'A.add', 'A.radd'))

    def test_getattr_hooks(self):
        class A:
            def __getattr__(self, name): return 'hook ' + name
        a = A()
        a.x = 1
        self.assertEqual((a.x, a.y), (1, 'hook y'))
        class B(A):
            def __getattribute__(self, name): raise AttributeError(name)
        self.assertEqual(B().z, 'hook z')
        del A.__getattr__
        with self.assertRaises(AttributeError):
            a.y

    def test_wrong_results(self):
        class A:
            def __len__(self): return -1
            def __bool__(self): return 1
            def __hash__(self): return 'x'
            def __repr__(self): return 1
            def __init__(self, value=None): return value
            def __index__(self): return 'x'
        a = A()
        for call, error, text in [(lambda: len(a), ValueError, '__len__() should return >= 0'),
                                  (lambda: bool(a), TypeError, '__bool__ should return bool, returned int'),
                                  (lambda: hash(a), TypeError, '__hash__ method should return an integer'),
                                  (lambda: repr(a), TypeError, '__repr__ returned non-string (type int)'),
                                  (lambda: A(1), TypeError, "__init__() should return None, not 'int'"),
                                  (lambda: [][a], TypeError, '__index__ returned non-int (type str)')]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)

    def test_contains_and_iteration_fallbacks(self):
        class A:
            def __getitem__(self, index):
                if index > 3: raise IndexError
                return index
        self.assertEqual(list(A()), [0, 1, 2, 3])
        self.assertIn(3, A())
        class B(A):
            __iter__ = None
            __contains__ = None
        with self.assertRaisesRegex(TypeError, "'B' object is not iterable"):
            iter(B())
        with self.assertRaisesRegex(TypeError, "'B' object is not a container"):
            1 in B()

    def test_next_deleted_while_iterating(self):
        class A:
            def __iter__(self): return self
            def __next__(self):
                del A.__next__
                return 1
        with self.assertRaises((TypeError, AttributeError)):
            list(A())


class ClassAssignment(unittest.TestCase):
    def test_compatible(self):
        class A: pass
        class B: pass
        class S:
            __slots__ = ('a', 'b')
        class T:
            __slots__ = ('b', 'a')
        a, s = A(), S()
        a.x, s.a = 1, 2
        a.__class__, s.__class__ = B, T
        self.assertEqual((type(a), a.x, type(s), s.a), (B, 1, T, 2))

    def test_incompatible(self):
        class A: pass
        class S:
            __slots__ = ('a',)
        for object, cls in [(A(), S), (A(), int), (1, A), (A(), 1)]:
            with self.assertRaises(TypeError):
                object.__class__ = cls


class Attributes(unittest.TestCase):
    def test_names(self):
        class A: pass
        A.__name__, A.__qualname__, A.__module__ = 'N', 'Q', 'M'
        self.assertEqual((A.__name__, A.__qualname__, A.__module__, repr(A)), ('N', 'Q', 'M', "<class 'M.Q'>"))
        with self.assertRaisesRegex(TypeError, "cannot set '__name__' attribute of immutable type 'int'"):
            int.__name__ = 'x'
        with self.assertRaisesRegex(TypeError, "cannot set 'x' attribute of immutable type 'int'"):
            int.x = 1
        with self.assertRaisesRegex(TypeError, "can only assign string to N.__name__, not 'int'"):
            A.__name__ = 1

    def test_annotations(self):
        class A: pass
        self.assertEqual(A.__annotations__, {})
        A.__annotations__ = {'x': int}
        self.assertEqual(A.__dict__['__annotations__'], {'x': int})
        del A.__annotations__
        self.assertEqual(A.__annotations__, {})
        with self.assertRaises(AttributeError):
            int.__annotations__

    def test_cache_sees_changes(self):
        class A:
            x = 1
        class B(A): pass
        values = []
        for value in range(5):
            A.x = value
            values.append(B().x)
        A.x = property(lambda self: 'p')
        values.append(B().x)
        del A.x
        values.append(hasattr(B(), 'x'))
        self.assertEqual(values, [0, 1, 2, 3, 4, 'p', False])

    def test_value_that_dies_when_replaced(self):
        class A: pass
        class Value:
            def __del__(self): seen.append(getattr(A, 'x', None))
        seen = []
        A.x = Value()
        A.x
        A.x = 2
        gc.collect()
        self.assertEqual(len(seen), 1)

    def test_dict_of_instances(self):
        class A: pass
        a = A()
        a.x = 1
        self.assertEqual(a.__dict__, {'x': 1})
        a.__dict__ = {'y': 2}
        self.assertEqual(a.y, 2)
        with self.assertRaises(TypeError):
            a.__dict__ = 1
        del a.__dict__
        self.assertEqual(a.__dict__, {})
        class I(int): pass
        i = I(1 << 100)
        i.x = 3
        self.assertEqual((i.x, i.__dict__, i), (3, {'x': 3}, 1 << 100))


class Finalizers(unittest.TestCase):
    def test_resurrection(self):
        kept = []
        class A:
            def __del__(self): kept.append(self)
        A()
        self.assertEqual(len(kept), 1)
        kept.clear()  # a finalizer runs once
        self.assertEqual(kept, [])

    def test_deep_chain(self):
        class A: pass
        head = None
        for _ in range(100_000):
            node = A()
            node.next = head
            head = node
        del head, node


if __name__ == '__main__':
    unittest.main()
