"""Slots that break their contract everywhere: no result and no exception, or both. Python code gets an exception, never a crash."""
import collections  # noqa: F401
import functools  # noqa: F401
import io  # noqa: F401
import itertools  # noqa: F401
import json  # noqa: F401
import operator  # noqa: F401
import sys
import unittest
import warnings

import support  # noqa: F401
import slots

OPERATIONS = r"""
o + 1; 1 + o; o - 1; o * 2; 2 * o; [1] * o; divmod(o, 1); o ** 2; 2 ** o; pow(o, 1, 2); -o; abs(o); ~o; bool(o); not o; int(o); float(o); operator.index(o); [1, 2][o]
complex(o); range(o); hex(o); round(o); len(o); o[0]; o[1:2]; o['a']; 1 in o; o in [1]; [1].index(o); [1].count(o); [o].count(1); (1,).index(o); list(o); tuple(o); set(o); dict(o); sorted(o); sum(o); max(o); min(1, o); max([1, o])
[x for x in o]; [*o]; {*o}; {**o}; (lambda *a: a)(*o); (lambda **k: k)(**o); a, b = o; iter(o); next(o); next(o, 1); zip(o); list(zip(o, [1])); list(map(o, [1])); list(map(len, [o])); list(filter(o, [1])); list(filter(None, [o])); all([o]); any([o]); enumerate(o); reversed(o)
str(o); repr(o); f'{o}'; f'{o!r}'; '%s' % o; '%d' % o; '%r' % (o,); '{}'.format(o); format(o, 'x'); print(o, file=io.StringIO()); ascii(o); str([o]); ', '.join([o]); ''.join(o); bytes(o); bytearray(o); memoryview(o); b''.join([o]); b'' + o
o(); o(1); o(a=1); o(*[1]); callable(o); o.x; o.__class__; o.x(); getattr(o, 'x'); getattr(o, 'x', 1); hasattr(o, 'x'); o.x = 1; del o.x; setattr(o, 'x', 1); dir(o); vars(o); isinstance(o, int); isinstance(1, o); issubclass(int, o); type(o)(1); type(o)(a=1); super(type(o), o).x
o == 1; o != 1; o < 1; 1 < o; o is o; o == o; [o] == [1]; (o,) < (1,); {1: o} == {1: 2}; sorted([o, o]); [o, 1].sort(); sorted([1], key=o); [1].remove(o); [o].remove(1); hash(o); {o: 1}; {1: 2}[o]; {o}; functools.cmp_to_key(o)(1) < 1
o[0] = 1; o['a'] = 1; del o[0]; del o['a']; o[0:1] = []; exec('o += 1'); exec('o @= 1'); o @ 1; exec('with o: pass'); exec('raise o'); exec('try: 1/0\\nexcept o: pass'); exec('for x in o: pass'); exec('def f():\\n yield from o\\nlist(f())'); exec('async def f(): await o\\nf().send(None)'); exec('async def f():\\n async for x in o: pass\\nf().send(None)'); exec('async def f():\\n async with o: pass\\nf().send(None)'); exec('match o:\\n case [1, 2]: pass\\n case {1: 2}: pass\\n case 5: pass\\n case str(x): pass'); exec('if o: pass'); exec('while o: break'); exec('assert o'); exec('x = o and 1'); exec('del o.x')
C().d; C.d; exec('C().d = 1'); exec('del C().d'); slots.send(o, None); slots.call_numbers(o, 1); slots.call_numbers(1, o); json.dumps(o); json.dumps([o]); collections.deque(o); collections.Counter(o); collections.OrderedDict(o); itertools.chain.from_iterable(o); list(itertools.chain(o)); list(itertools.islice([1, 2, 3], o)); 'a'.replace('a', o) ; 'abc'[o:]; 'a' * o; 'a'.join(o); int('1', o); chr(o); ord(o); sum([o, o]); sum([1, o]); [][o:o]; eval('o', {'o': o}); compile(o, 'f', 'exec'); exec(o); __import__(o); type('X', (o,), {}); type('X', (), o); property(o).fget(); staticmethod(o)(); classmethod(o).__get__(1)(); type('T', (), {'__get__': o}); isinstance([], collections.abc.Iterable); functools.reduce(o, [1, 2]); functools.partial(o)(1); list(itertools.accumulate([1, 2], o)); list(itertools.groupby([1], o)); next(iter(o, 1)); list(iter(o, 1)); raise_(o)
"""


def raise_(o):
    raise ValueError from o


class BrokenSlots(unittest.TestCase):
    def sweep(self, kind):
        """Operations that raised nothing."""
        silent = []
        for line in OPERATIONS.strip().splitlines():
            for operation in line.split("; "):
                o = kind()

                class C:
                    d = o

                space = dict(globals(), o=o, C=C)
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        exec(operation, space)
                    silent.append(operation)
                except BaseException as error:
                    self.assertIsInstance(error, Exception, operation)
        return silent

    def test_neither_result_nor_exception(self):
        silent = self.sweep(slots.Mute)
        # What does not ask a slot, or may end without one.
        self.assertLessEqual(len(silent), 40, silent)
        for operation in ("o + 1", "-o", "len(o)", "o[0]", "o()", "o.x", "o == 1", "str(o)", "repr(o)", "1 in o", "iter(o)", "o[0] = 1",
                          "bool(o)", "C().d", "[x for x in o]", "int(o)"):
            self.assertNotIn(operation, silent)

    @unittest.skipUnless(hasattr(sys, "adder_version_info"), "python3.11 does not survive all of it")
    def test_result_and_exception(self):
        self.sweep(slots.Loud)
        self.assertEqual(sum([1, 2]), 3)


if __name__ == "__main__":
    unittest.main()
