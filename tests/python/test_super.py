"""super() in all its forms."""
import unittest


class A:
    def f(self): return 'A'
    @classmethod
    def c(cls): return cls
    @property
    def p(self): return 'p'


class B(A):
    def f(self): return super().f() + 'B'
    @classmethod
    def c(cls): return super().c()
    @property
    def p(self): return super().p + 'B'


def lost_class(x):
    return super()


class SuperTest(unittest.TestCase):
    def test_without_arguments(self):
        class C(B):
            def f(self):
                def inner(): return super(C, self).f()
                return inner() + 'C'
            def g(self):
                return [super(C, self).f() for _ in range(1)] and (lambda self: super().f())(self)
        self.assertEqual((B().f(), C().f(), C.c(), C().p, C().g()), ('AB', 'ABC', C, 'pB', 'AB'))

    def test_first_argument_in_cell(self):
        class C(A):
            def f(self):
                def use(): return self
                return super().f(), use() is self
        self.assertEqual(C().f(), ('A', True))

    def test_explicit(self):
        self.assertEqual(super(B, B()).f(), 'A')
        self.assertEqual(super(B, B).c(), B)
        self.assertEqual(repr(super(B, B())), "<super: <class 'B'>, <B object>>")
        unbound = super(B)
        self.assertEqual(repr(unbound), "<super: <class 'B'>, NULL>")
        self.assertEqual(unbound.__get__(B(), B).f(), 'A')
        s = super(B, B())
        self.assertEqual((s.__thisclass__, s.__self_class__, s.__class__), (B, B, super))

    def test_errors(self):
        for call, error, text in [(lambda: super(), RuntimeError, 'super(): no arguments'),
                                  (lambda: super(1), TypeError, 'super() argument 1 must be a type, not int'),
                                  (lambda: super(B, 1), TypeError, 'super(type, obj): obj must be an instance or subtype of type'),
                                  (lambda: super(B, B()).zz, AttributeError, "'super' object has no attribute 'zz'")]:
            with self.assertRaises(error) as caught:
                call()
            self.assertEqual(str(caught.exception), text)
        with self.assertRaisesRegex(RuntimeError, '__class__ cell not found'):
            lost_class(1)
        class C:
            def f(self):
                del self
                super()
        with self.assertRaisesRegex(RuntimeError, r'super\(\): arg\[0\] deleted'):
            C().f()

    def test_class_cell(self):
        class Meta(type):
            def __new__(mcs, name, bases, namespace):
                cell = namespace.get('__classcell__')
                made = super().__new__(mcs, name, bases, namespace)
                if cell is not None:
                    assert cell.cell_contents is made
                return made
        class C(metaclass=Meta):
            def f(self): return __class__
        self.assertIs(C().f(), C)

    def test_proxy_with_class(self):
        class Proxy:
            def __init__(self, target): self.target = target
            @property
            def __class__(self): return type(self.target)
        self.assertIs(super(B, Proxy(B())).__self_class__, B)


if __name__ == '__main__':
    unittest.main()
