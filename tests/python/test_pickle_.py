"""pickle: what the module's machine room promises beyond a round trip."""
import collections
import copyreg
import gc
import importlib
import io
import os
import pickle
import sys
import tempfile
import threading
import unittest
import weakref

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Plain:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return type(self) is type(other) and self.value == other.value

    __hash__ = object.__hash__


class Slotted:
    __slots__ = ("a", "b", "__dict__")


class Newargs:
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.given = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.given


class SubList(list):
    pass


class Reduced:
    """Reduces to whatever it is told."""

    def __init__(self, *value):
        self.value = value

    def __reduce__(self):
        return self.value if len(self.value) != 1 else self.value[0]


class Outer:
    class Inner:
        pass


def set_state(target, state):
    target.state = state


class Bytes(unittest.TestCase):
    """The bytes are CPython's: recorded from its C pickler."""

    def check(self, value, *expected):
        for protocol, data in zip(PROTOCOLS, expected):
            with self.subTest(value=value, protocol=protocol):
                self.assertEqual(pickle.dumps(value, protocol), data)
                stream = io.BytesIO()
                pickle.dump(value, stream, protocol)
                self.assertEqual(stream.getvalue(), data)

    def test_atoms(self):
        self.check(None, b"N.", b"N.", b"\x80\x02N.", b"\x80\x03N.", b"\x80\x04N.", b"\x80\x05N.")
        self.check(True, b"I01\n.", b"I01\n.", b"\x80\x02\x88.")
        self.check(-1, b"I-1\n.", b"J\xff\xff\xff\xff.")
        self.check(2**31, b"L2147483648L\n.", b"L2147483648L\n.", b"\x80\x02\x8a\x05\0\0\0\x80\0.")
        self.check(-(2**31) - 1, b"L-2147483649L\n.", b"L-2147483649L\n.", b"\x80\x02\x8a\x05\xff\xff\xff\x7f\xff.")
        self.check(1.5, b"F1.5\n.", b"G?\xf8\0\0\0\0\0\0.")
        self.check("a\\\n\xe9\u20ac", b"Va\\u005c\\u000a\xe9\\u20ac\np0\n.",
                   b"X\x08\0\0\0a\\\n\xc3\xa9\xe2\x82\xacq\0.")
        self.check("\ud800", b"V\\ud800\np0\n.", b"X\x03\0\0\0\xed\xa0\x80q\0.")
        self.check(b"x\xff", b"c_codecs\nencode\np0\n(Vx\xff\np1\nVlatin1\np2\ntp3\nRp4\n.")
        self.assertEqual(pickle.dumps(b"x\xff", 3), b"\x80\x03C\x02x\xffq\0.")

    def test_long_bytes_of_ints(self):
        for bits in (2031, 2032, 2039, 2040, 2047, 2048):
            for value in (2**bits, -(2**bits), -(2**bits) - 1, 2**bits - 1):
                data = pickle.dumps(value, 2)
                self.assertEqual(data, pickle._dumps(value, 2))
                self.assertEqual(pickle.loads(data), value)

    def test_containers(self):
        self.check((), b"(t.", b").")
        self.check((1, 2), b"(I1\nI2\ntp0\n.", b"(K\x01K\x02tq\0.", b"\x80\x02K\x01K\x02\x86q\0.")
        self.check([1], b"(lp0\nI1\na.", b"]q\0K\x01a.")
        self.check([1, 2], b"(lp0\nI1\naI2\na.", b"]q\0(K\x01K\x02e.")
        self.check({1: 2}, b"(dp0\nI1\nI2\ns.", b"}q\0K\x01K\x02s.")
        self.assertEqual(pickle.dumps({5}, 4), b"\x80\x04\x95\x07\0\0\0\0\0\0\0\x8f\x94(K\x05\x90.")

    def test_batches(self):
        for size, marks in ((999, 1), (1000, 1), (1001, 2), (2000, 2)):
            self.assertEqual(pickle.dumps([None] * size, 2).count(b"("), marks)
        # Dicts and sets, but not lists, end with an empty batch when they fill the last one.
        self.assertTrue(pickle.dumps(dict.fromkeys(range(1000)), 2).endswith(b"u(u."))
        self.assertEqual(pickle.dumps(SubList([None] * 1001), 2).count(b"a."), 1)

    def test_frames(self):
        data = pickle.dumps(["x" * 1000] + [b"y" * 70000] + list(range(50000)), 4)
        position, frames = 2, []
        while data[position:position + 1] == b"\x95":
            size = int.from_bytes(data[position + 1:position + 9], "little")
            frames.append(size)
            position += 9 + size
            if data[position:position + 1] == b"B":  # large bytes stand between frames
                position += 5 + 70000
        self.assertEqual(position, len(data))
        self.assertTrue(all(size <= 64 * 1024 + 20 for size in frames))
        self.assertGreater(len(frames), 2)

    def test_python_2_names(self):
        self.assertEqual(pickle.dumps(range, 2), b"\x80\x02c__builtin__\nxrange\nq\0.")
        self.assertEqual(pickle.dumps(range, 2, fix_imports=False), b"\x80\x02cbuiltins\nrange\nq\0.")
        self.assertIs(pickle.loads(b"c__builtin__\nxrange\n."), range)


class Objects(unittest.TestCase):
    def test_round_trip(self):
        slotted = Slotted()
        slotted.a, slotted.c = 1, 2
        for protocol in range(2, 6):
            copy = pickle.loads(pickle.dumps(slotted, protocol))
            self.assertEqual((copy.a, copy.c, hasattr(copy, "b")), (1, 2, False))
        for protocol in PROTOCOLS:
            for value in (Plain([1]), SubList([1, 2]), collections.OrderedDict(a=1), frozenset([1]), bytearray(b"ab"),
                          type(None), type(...), ..., NotImplemented, ValueError("x").args, Outer.Inner if protocol >= 4 else Plain):
                self.assertEqual(pickle.loads(pickle.dumps(value, protocol)), value)
            if protocol >= 2:
                made = pickle.loads(pickle.dumps(Newargs(1, k=[2]), protocol))
                self.assertEqual(made.given, ((1,), {"k": [2]}))

    def test_recursive(self):
        for protocol in PROTOCOLS:
            items = []
            items.append((items,))
            copy = pickle.loads(pickle.dumps(items, protocol))
            self.assertIs(copy[0][0], copy)
            long = ([], 1, 2, 3)
            long[0].append(long)
            copy = pickle.loads(pickle.dumps(long, protocol))
            self.assertIs(copy[0][0], copy)
            plain = Plain(None)
            plain.value = frozenset([plain])
            copy = pickle.loads(pickle.dumps(plain, protocol))
            self.assertIs(next(iter(copy.value)), copy)

    def test_deep(self):
        value = []
        for _ in range(100000):
            value = [value]
        with self.assertRaisesRegex(RecursionError, "while pickling an object"):
            pickle.dumps(value)

    def test_state_setter(self):
        maker = Reduced(Plain, (1,), {"k": 1}, None, None, set_state)
        self.assertEqual(pickle.loads(pickle.dumps(maker)).state, {"k": 1})

    def test_bad_reductions(self):
        for value, text in (
            (5, "__reduce__ must return a string or tuple"),
            ((int,), "tuple returned by __reduce__ must contain 2 through 6 elements"),
            ((5, ()), "first item of the tuple returned by __reduce__ must be callable"),
            ((int, []), "second item of the tuple returned by __reduce__ must be a tuple"),
            ((int, (), None, []), "fourth element of the tuple returned by __reduce__ must be an iterator, not list"),
            ((int, (), None, None, 5), "fifth element of the tuple returned by __reduce__ must be an iterator, not int"),
            ((int, (), 1, None, None, 5), "sixth element of the tuple returned by __reduce__ must be a function, not int"),
            ((copyreg.__newobj__, ()), "__newobj__ arglist is empty"),
            ((copyreg.__newobj__, (5,)), "args[0] from __newobj__ args is not a type"),
            ((copyreg.__newobj__, (int,)), "args[0] from __newobj__ args has the wrong class"),
            ((copyreg.__newobj_ex__, (int,)), "length of the NEWOBJ_EX argument tuple must be exactly 3, not 1"),
        ):
            with self.assertRaises(pickle.PicklingError) as caught:
                pickle.dumps(Reduced(value))
            self.assertEqual(str(caught.exception), text)

    def test_names_that_lie(self):
        def local():
            pass

        with self.assertRaisesRegex(AttributeError, "Can't pickle local object '.*<locals>.local'"):
            pickle.dumps(local)
        local.__qualname__ = "nowhere"
        with self.assertRaisesRegex(pickle.PicklingError, "attribute lookup nowhere on .* failed"):
            pickle.dumps(local)
        local.__qualname__ = "Plain"
        with self.assertRaisesRegex(pickle.PicklingError, "it's not the same object as .*Plain"):
            pickle.dumps(local)
        local.__module__ = "no_such_module"
        with self.assertRaisesRegex(pickle.PicklingError, "import of module 'no_such_module' failed"):
            pickle.dumps(local)

    def test_changes_while_pickling(self):
        class Trigger:
            def __init__(self, action):
                self.action = action

            def __reduce__(self):
                self.action()
                return int, ()

        items = [None] * 3
        items[0] = Trigger(items.clear)
        self.assertEqual(pickle.loads(pickle.dumps(items)), [0])
        mapping = {1: None, 2: 3}
        mapping[1] = Trigger(lambda: mapping.update({9: 9}))
        with self.assertRaisesRegex(RuntimeError, "dictionary changed size during iteration"):
            pickle.dumps(mapping)

    def test_extension_codes(self):
        copyreg.add_extension(__name__, "Plain", 0xF0)
        try:
            data = pickle.dumps(Plain, 2)
            self.assertEqual(data, b"\x80\x02\x82\xf0.")
            self.assertIs(pickle.loads(data), Plain)
        finally:
            copyreg.remove_extension(__name__, "Plain", 0xF0)
        with self.assertRaisesRegex(ValueError, "unregistered extension code 241"):
            pickle.loads(b"\x82\xf1.")


class Hooks(unittest.TestCase):
    def test_persistent(self):
        class P(pickle.Pickler):
            def persistent_id(self, value):
                return "id" if value == "secret" else None

        class U(pickle.Unpickler):
            def persistent_load(self, name):
                return name.upper()

        for protocol in PROTOCOLS:
            stream = io.BytesIO()
            pickler = P(stream, protocol)
            pickler.dump(["secret", 1])
            stream.seek(0)
            self.assertEqual(U(stream).load(), ["ID", 1])
            reference = weakref.ref(pickler)
            del pickler
            self.assertIsNone(reference())
        with self.assertRaisesRegex(pickle.UnpicklingError, "persistent id instruction was encountered"):
            pickle.loads(stream.getvalue())

    def test_reducer_override_and_dispatch_table(self):
        class P(pickle.Pickler):
            dispatch_table = {Plain: lambda value: (str, ("table",))}

            def reducer_override(self, value):
                return (str, ("override",)) if isinstance(value, Slotted) else NotImplemented

        stream = io.BytesIO()
        P(stream).dump([Slotted(), Plain(1)])
        self.assertEqual(pickle.loads(stream.getvalue()), ["override", "table"])

    def test_find_class(self):
        class U(pickle.Unpickler):
            def find_class(self, module, name):
                return lambda *args: (module, name, args)

        self.assertEqual(U(io.BytesIO(b"cos\nsystem\n(S'x'\ntR.")).load(), ("os", "system", ("x",)))

    def test_memo(self):
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream, 2)
        shared = ["x"]
        pickler.dump(shared)
        memo = pickler.memo.copy()
        self.assertEqual(memo[id(shared)], (0, shared))
        first = stream.tell()
        pickler.dump(shared)
        self.assertEqual(stream.getvalue()[first:], b"\x80\x02h\0.")
        pickler.clear_memo()
        self.assertEqual(pickler.memo.copy(), {})
        stream.seek(0)
        unpickler = pickle.Unpickler(stream)
        unpickler.load()
        self.assertEqual(unpickler.memo.copy(), {0: ["x"], 1: "x"})
        self.assertEqual(unpickler.load(), ["x"])
        with self.assertRaisesRegex(TypeError, "memo key must be integers"):
            unpickler.memo = {"a": 1}
        with self.assertRaisesRegex(ValueError, "memo key must be positive integers"):
            unpickler.memo = {-1: 1}

    def test_fast(self):
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream, 2)
        pickler.fast = True
        pickler.dump(["a", "a"])
        self.assertEqual(stream.getvalue(), b"\x80\x02](X\x01\0\0\0aX\x01\0\0\0ae.")
        items = []
        items.append(items)
        with self.assertRaisesRegex(ValueError, "fast mode: can't pickle cyclic objects including object type list"):
            pickler.dump(items)

    def test_not_initialised(self):
        class P(pickle.Pickler):
            def __init__(self):
                pass

        class U(pickle.Unpickler):
            def __init__(self):
                pass

        self.assertRaisesRegex(pickle.PicklingError, r"Pickler.__init__\(\) was not called by P.__init__\(\)", P().dump, 1)
        self.assertRaisesRegex(pickle.UnpicklingError, r"Unpickler.__init__\(\) was not called by U.__init__\(\)", U().load)

    def test_collected(self):
        class P(pickle.Pickler):
            pass

        pickler = P(io.BytesIO())
        pickler.itself = pickler
        pickler.dump([pickler.__class__.__mro__[1]])
        reference = weakref.ref(pickler)
        del pickler
        gc.collect()
        self.assertIsNone(reference())


class Buffers(unittest.TestCase):
    def test_out_of_band(self):
        buffers = []
        mutable = bytearray(b"abc")
        data = pickle.dumps([pickle.PickleBuffer(mutable), pickle.PickleBuffer(b"xyz")], 5, buffer_callback=buffers.append)
        copy = pickle.loads(data, buffers=buffers)
        self.assertEqual([bytes(item) for item in copy], [b"abc", b"xyz"])
        self.assertFalse(memoryview(copy[0]).readonly)
        self.assertTrue(memoryview(copy[1]).readonly)
        with self.assertRaisesRegex(pickle.UnpicklingError, r"no \*buffers\* argument was given"):
            pickle.loads(data)
        with self.assertRaisesRegex(pickle.UnpicklingError, "not enough out-of-band buffers"):
            pickle.loads(data, buffers=[])

    def test_in_band(self):
        data = pickle.dumps([pickle.PickleBuffer(bytearray(b"abc")), pickle.PickleBuffer(b"xyz")], 5)
        self.assertEqual(pickle.loads(data), [bytearray(b"abc"), b"xyz"])
        with self.assertRaisesRegex(pickle.PicklingError, "protocol >= 5"):
            pickle.dumps(pickle.PickleBuffer(b"x"), 4)
        with self.assertRaisesRegex(pickle.PicklingError, "non-contiguous"):
            pickle.dumps(pickle.PickleBuffer(memoryview(b"abcd")[::2]), 5)
        with self.assertRaisesRegex(ValueError, "buffer_callback needs protocol >= 5"):
            pickle.dumps(1, 4, buffer_callback=[].append)

    def test_raw(self):
        for source in (b"abcdef", memoryview(b"abcdef").cast("H"), memoryview(b"abcdef").cast("B", (2, 3))):
            raw = pickle.PickleBuffer(source).raw()
            self.assertEqual((raw.format, raw.shape, raw.itemsize, bytes(raw)), ("B", (6,), 1, b"abcdef"))
        buffer = pickle.PickleBuffer(bytearray(b"x"))
        buffer.release()
        buffer.release()
        self.assertRaisesRegex(ValueError, "released PickleBuffer", buffer.raw)
        self.assertRaisesRegex(ValueError, "released PickleBuffer", memoryview, buffer)


    def test_c_api(self):
        import ctypes
        api = ctypes.pythonapi
        api.PyPickleBuffer_FromObject.restype = ctypes.py_object
        api.PyPickleBuffer_GetBuffer.restype = ctypes.c_void_p
        for function in (api.PyPickleBuffer_FromObject, api.PyPickleBuffer_GetBuffer, api.PyPickleBuffer_Release):
            function.argtypes = [ctypes.py_object]
        data = bytearray(b"abc")
        buffer = api.PyPickleBuffer_FromObject(data)
        self.assertIs(type(buffer), pickle.PickleBuffer)
        view = (ctypes.c_void_p * 3).from_address(api.PyPickleBuffer_GetBuffer(buffer))
        self.assertEqual((view[1], view[2]), (id(data), 3))
        self.assertRaises(BufferError, data.append, 1)
        self.assertEqual(api.PyPickleBuffer_Release(buffer), 0)
        data.append(1)
        self.assertRaisesRegex(ValueError, "released PickleBuffer", api.PyPickleBuffer_GetBuffer, buffer)
        self.assertRaisesRegex(TypeError, "expected PickleBuffer, int found", api.PyPickleBuffer_Release, 5)
        self.assertRaisesRegex(TypeError, "a bytes-like object is required, not 'int'", api.PyPickleBuffer_FromObject, 5)


class Reader:
    """A file with only some of the methods; `peek` shows few bytes at a time."""

    def __init__(self, data, *methods):
        stream = io.BytesIO(data)
        self.stream, self.read, self.readline = stream, stream.read, stream.readline
        if "readinto" in methods:
            self.readinto = stream.readinto
        if "peek" in methods:
            self.peek = lambda size: stream.getvalue()[stream.tell():stream.tell() + 5]


class Input(unittest.TestCase):
    def test_files(self):
        value = [1, "x" * 300, b"y" * 100000, bytearray(b"z" * 70000), {"k": (2.5, None)}, -(2**100)]
        for protocol in PROTOCOLS:
            data = pickle.dumps(value, protocol)
            for methods in ((), ("readinto",), ("peek",), ("readinto", "peek")):
                reader = Reader(data + b"rest", *methods)
                self.assertEqual(pickle.load(reader), value)
                self.assertEqual(reader.read(), b"rest")

    def test_python_2_strings(self):
        data = b"S'\\xe9'\n."
        self.assertEqual(pickle.loads(data, encoding="latin1"), "\xe9")
        self.assertEqual(pickle.loads(data, encoding="bytes"), b"\xe9")
        self.assertEqual(pickle.loads(data, errors="replace"), "\ufffd")
        self.assertRaises(UnicodeDecodeError, pickle.loads, data)

    def test_truncated(self):
        value = [1, 2**40, "abc", b"abc", 1.5, (1,), {"a": {1}}, Plain(3), bytearray(b"x")]
        for protocol in PROTOCOLS:
            data = pickle.dumps(value, protocol)
            for end in range(len(data)):
                with self.assertRaises((pickle.UnpicklingError, EOFError)):
                    pickle.loads(data[:end])
                with self.assertRaises((pickle.UnpicklingError, EOFError)):
                    pickle.load(Reader(data[:end], "peek"))

    def test_every_opcode_on_an_empty_stack(self):
        for prefix, good in ((b"", b")]}N\x88\x89\x8f"), (b"(", b")]}N\x88\x89\x8fldt\x91")):
            for code in range(256):
                try:
                    pickle.loads(prefix + bytes([code]) + b".")
                except (pickle.UnpicklingError, EOFError, ValueError):
                    pass
                else:
                    self.assertIn(code, good)

    def test_texts(self):
        for data, error, text in (
            (b"", EOFError, "Ran out of input"),
            (b".", pickle.UnpicklingError, "unpickling stack underflow"),
            (b"(.", pickle.UnpicklingError, "unexpected MARK found"),
            (b"e", pickle.UnpicklingError, "could not find MARK"),
            (b"?", pickle.UnpicklingError, "invalid load key, '?'."),
            (b"\xff", pickle.UnpicklingError, "invalid load key, '\\xff'."),
            (b"\x80\x06.", ValueError, "unsupported pickle protocol: 6"),
            (b"h\x05.", pickle.UnpicklingError, "Memo value not found at index 5"),
            (b"Np-1\n.", ValueError, "negative PUT argument"),
            (b"Sx\n.", pickle.UnpicklingError, "the STRING opcode argument must be quoted"),
            (b"Ix\n.", ValueError, "could not convert string to int"),
            (b"\x8b\xff\xff\xff\xff.", pickle.UnpicklingError, "LONG pickle has negative byte count"),
            (b"\x82\0.", pickle.UnpicklingError, "EXT specifies code <= 0"),
            (b"NN\x93.", pickle.UnpicklingError, "STACK_GLOBAL requires str"),
            (b"(K\x01d.", pickle.UnpicklingError, "odd number of items for DICT"),
            (b"}(K\x01u.", pickle.UnpicklingError, "odd number of items for SETITEMS"),
            (b"N)\x81.", pickle.UnpicklingError, "NEWOBJ class argument must be a type, not NoneType"),
            (b"cbuiltins\nint\nN\x81.", pickle.UnpicklingError, "NEWOBJ args argument must be a tuple, not NoneType"),
            (b"cbuiltins\nint\nNR.", TypeError, "argument list must be a tuple"),
            (b"cbuiltins\nnope\n.", AttributeError, "Can't get attribute 'nope' on <module 'builtins' (built-in)>"),
        ):
            with self.assertRaises(error) as caught:
                pickle.loads(data)
            self.assertEqual(str(caught.exception), text)

    def test_sizes_that_lie(self):
        for opcode in b"\x8d\x8e\x96\x95":
            for size in (2**62, 2**63 - 1, 2**63, 2**64 - 1):
                with self.assertRaises((pickle.UnpicklingError, OverflowError, MemoryError)):
                    pickle.loads(bytes([opcode]) + size.to_bytes(8, "little") + b"x")
        for opcode in b"TXB\x8b":
            with self.assertRaises((pickle.UnpicklingError, MemoryError)):
                pickle.loads(bytes([opcode]) + b"\xff\xff\xff\x7fx")

    def test_files_that_lie(self):
        class Bad:
            def read(self, size):
                return "text"

            def readline(self):
                return 5

        self.assertRaises(TypeError, pickle.load, Bad())
        self.assertRaisesRegex(TypeError, "'read' and 'readline'", pickle.load, 5)
        self.assertRaisesRegex(TypeError, "'write' attribute", pickle.dump, 1, 5)

    def test_audit(self):
        # A hook cannot be removed, so it runs in a process of its own.
        import subprocess
        program = ("import sys, pickle\n"
                   "sys.addaudithook(lambda event, args: print(event, *args) if event.startswith('pickle') else None)\n"
                   "pickle.loads(b'cbuiltins\\nint\\n.')")
        output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
        self.assertEqual(output.strip(), "pickle.find_class builtins int")

    def test_reentrant(self):
        class U(pickle.Unpickler):
            def persistent_load(self, name):
                if name == "again":
                    return self.load()
                return name

        # The inner pickle stands in the middle of the outer one, which has lost its stack then.
        with self.assertRaises(pickle.UnpicklingError):
            U(io.BytesIO(b"(NPagain\nN.t.")).load()

    def test_module_that_another_thread_imports(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "slowly_imported.py"), "w") as stream:
                stream.write("import sys, time\nsys.started.set()\ntime.sleep(0.05)\nclass Late: pass\n")
            sys.started = threading.Event()
            sys.path.insert(0, folder)
            thread = threading.Thread(target=importlib.import_module, args=("slowly_imported",))
            try:
                thread.start()
                sys.started.wait()
                self.assertEqual(pickle.loads(b"cslowly_imported\nLate\n.").__name__, "Late")
            finally:
                thread.join()
                sys.path.remove(folder)
                sys.modules.pop("slowly_imported", None)
                del sys.started


if __name__ == "__main__":
    unittest.main()
