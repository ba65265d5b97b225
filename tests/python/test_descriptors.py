"""Descriptors: functions written in C, members, properties, class and static methods, mapping proxies."""
import types
import unittest


class Protocol(unittest.TestCase):
    def test_precedence(self):
        class Data:
            def __get__(self, instance, owner): return 'data'
            def __set__(self, instance, value): instance.__dict__['seen'] = value
        class NonData:
            def __get__(self, instance, owner): return ('non-data', instance is None)
        class A:
            d, n = Data(), NonData()
        a = A()
        a.__dict__.update(d=1, n=2)
        self.assertEqual((a.d, a.n, A.d, A.n), ('data', 2, 'data', ('non-data', True)))
        a.d = 5
        self.assertEqual(a.seen, 5)
        with self.assertRaisesRegex(AttributeError, '__delete__'):
            del a.d

    def test_metaclass_descriptors(self):
        class Meta(type):
            @property
            def p(cls): return 'meta'
        class A(metaclass=Meta):
            p = 'own'
        self.assertEqual((A.p, A().p), ('meta', 'own'))


class BuiltinFunctions(unittest.TestCase):
    def check(self, call, text):
        with self.assertRaises(TypeError) as caught:
            call()
        self.assertEqual(str(caught.exception), text)

    def test_errors(self):
        self.check(lambda: list.append(), 'unbound method list.append() needs an argument')
        self.check(lambda: list.append(1, 2), "descriptor 'append' for 'list' objects doesn't apply to a 'int' object")
        self.check(lambda: [].append(1, 2), 'list.append() takes exactly one argument (2 given)')
        self.check(lambda: [].append(a=2), 'list.append() takes no keyword arguments')
        self.check(lambda: [].clear(1), 'list.clear() takes no arguments (1 given)')
        self.check(lambda: list.__add__(), "descriptor '__add__' of 'list' object needs an argument")
        self.check(lambda: list.__add__([]), 'expected 1 argument, got 0')
        self.check(lambda: [].__len__(a=1), 'wrapper __len__() takes no keyword arguments')
        self.check(lambda: (1).__pow__(), ' expected at least 1 argument, got 0')

    def test_representation(self):
        self.assertEqual(repr(list.append), "<method 'append' of 'list' objects>")
        self.assertEqual(repr(int.__add__), "<slot wrapper '__add__' of 'int' objects>")
        self.assertEqual(repr(int.real), "<attribute 'real' of 'int' objects>")
        self.assertEqual(repr(slice.start), "<member 'start' of 'slice' objects>")
        self.assertRegex(repr([].append), '^<built-in method append of list object at 0x')
        self.assertRegex(repr((1).__add__), "^<method-wrapper '__add__' of int object at 0x")
        self.assertEqual(repr(len), '<built-in function len>')
        self.assertEqual((list.append.__qualname__, [].append.__qualname__, dict.fromkeys.__qualname__),
                         ('list.append', 'list.append', 'dict.fromkeys'))
        self.assertEqual(list.append.__text_signature__, '($self, object, /)')
        for method in range.count, slice.indices, zip.__reduce__, BaseException.add_note, dict.keys, {}.keys().isdisjoint:
            self.assertIsNone(method.__text_signature__)

    def test_equality_and_reduce(self):
        a = []
        self.assertEqual(a.append, a.append)
        self.assertEqual(hash(a.append), hash(a.append))
        self.assertNotEqual(a.append, [].append)
        self.assertEqual((1).__add__, (1).__add__)
        self.assertEqual(a.append.__reduce__(), (getattr, (a, 'append')))
        self.assertEqual(list.append.__reduce__(), (getattr, (list, 'append')))
        self.assertEqual(len.__reduce__(), 'len')

    def test_set_attr_cannot_be_bypassed(self):
        with self.assertRaisesRegex(TypeError, "can't apply this __setattr__ to type object"):
            object.__setattr__(int, 'x', 1)


class Properties(unittest.TestCase):
    def test_accessors(self):
        class A:
            def get(self): "the doc"; return self._x
            def set(self, value): self._x = value
            def delete(self): del self._x
            x = property(get, set, delete)
            read_only = property(get)
        a = A()
        a.x = 3
        self.assertEqual((a.x, A.x.__doc__), (3, 'the doc'))
        del a.x
        for call, text in [(lambda: setattr(a, 'read_only', 1), "property 'read_only' of 'Properties.test_accessors.<locals>.A' object has no setter"),
                           (lambda: delattr(a, 'read_only'), "property 'read_only' of 'Properties.test_accessors.<locals>.A' object has no deleter")]:
            with self.assertRaises(AttributeError) as caught:
                call()
            self.assertEqual(str(caught.exception), text)

    def test_decorators_keep_doc(self):
        class A:
            @property
            def x(self): "getter"; return 1
            @x.setter
            def x(self, value): "setter"
        self.assertEqual(A.x.__doc__, 'getter')
        class Sub(property): pass
        self.assertEqual(Sub(A.x.fget).__doc__, 'getter')

    def test_abstract(self):
        def get(self): pass
        self.assertFalse(property(get).__isabstractmethod__)
        get.__isabstractmethod__ = True
        self.assertTrue(property(get).__isabstractmethod__)
        self.assertTrue(classmethod(get).__isabstractmethod__)


class ClassAndStaticMethods(unittest.TestCase):
    def test_binding(self):
        class A:
            @classmethod
            def c(cls, *args): return cls, args
            @staticmethod
            def s(*args): return args
        class B(A): pass
        self.assertEqual((B.c(1), B().c(1), B.s(1), B().s(1)), ((B, (1,)), (B, (1,)), (1,), (1,)))
        def f(): "doc"
        self.assertEqual((staticmethod(f).__name__, staticmethod(f).__wrapped__, staticmethod(f).__doc__), ('f', f, 'doc'))
        self.assertEqual(staticmethod(len)('abc'), 3)
        self.assertEqual(repr(classmethod(len)), '<classmethod(<built-in function len>)>')

    def test_implicit(self):
        class A:
            def __class_getitem__(cls, item): return cls, item
            def __new__(cls): return 'made'
        self.assertEqual((A[1], A()), ((A, 1), 'made'))
        self.assertIsInstance(A.__dict__['__class_getitem__'], classmethod)
        self.assertIsInstance(A.__dict__['__new__'], staticmethod)


class Proxies(unittest.TestCase):
    def test_mapping_proxy(self):
        d = {'a': 1}
        proxy = types.MappingProxyType(d)
        d['b'] = 2
        self.assertEqual((proxy['b'], len(proxy), 'a' in proxy, list(proxy), proxy.get('c', 3)), (2, 2, True, ['a', 'b'], 3))
        self.assertEqual((repr(proxy), proxy | {'c': 3}), ("mappingproxy({'a': 1, 'b': 2})", {'a': 1, 'b': 2, 'c': 3}))
        for call in [lambda: proxy.__setitem__, lambda: proxy.clear]:
            self.assertRaises(AttributeError, call)
        with self.assertRaisesRegex(TypeError, r"'\|=' is not supported by mappingproxy; use '\|' instead"):
            proxy |= {}
        self.assertRaises(TypeError, types.MappingProxyType, [])

    def test_module(self):
        module = types.ModuleType('m', 'doc')
        self.assertEqual((module.__name__, module.__doc__, module.__spec__), ('m', 'doc', None))
        with self.assertRaisesRegex(AttributeError, "^module 'm' has no attribute 'x'$"):
            module.x
        module.__getattr__ = lambda name: name * 2
        module.__dir__ = lambda: ['b', 'a']
        self.assertEqual((module.x, dir(module)), ('xx', ['a', 'b']))
        self.assertEqual(module.__annotations__, {})

    def test_simple_namespace(self):
        n = types.SimpleNamespace(a=1)
        n.self = n
        self.assertEqual(repr(n), 'namespace(a=1, self=namespace(...))')
        self.assertEqual(types.SimpleNamespace(a=1), types.SimpleNamespace(a=1))
        self.assertRaises(TypeError, types.SimpleNamespace, 1)

    def test_generic_alias_and_union(self):
        alias = list[int]
        self.assertEqual((repr(alias), alias.__origin__, alias.__args__, alias()), ('list[int]', list, (int,), []))
        self.assertEqual((list[int], hash(list[int])), (alias, hash(alias)))
        self.assertEqual(repr((*tuple[int],)[0]), '*tuple[int]')
        class A(list[int]): pass
        self.assertEqual((A.__bases__, A.__orig_bases__), ((list,), (alias,)))
        self.assertRaises(TypeError, isinstance, [], alias)
        union = int | str | None
        self.assertEqual((repr(union), union.__args__), ('int | str | None', (int, str, type(None))))
        self.assertTrue(isinstance(None, union) and issubclass(str, union) and not isinstance(1.0, union))
        self.assertEqual((int | str, int | int), (str | int, int))


if __name__ == '__main__':
    unittest.main()
