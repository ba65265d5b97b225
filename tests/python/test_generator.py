"""Generators, coroutines and asynchronous generators."""
import _thread
import functools
import gc
import operator
import sys
import types
import unittest
import warnings


def run(coroutine):
    """Runs a coroutine that waits for nothing; gives (yielded values, result)."""
    values = []
    try:
        while True:
            values.append(coroutine.send(None))
    except StopIteration as stop:
        return values, stop.value


@types.coroutine
def pause(value):
    return (yield value)


class Generators(unittest.TestCase):
    def test_send_throw_close(self):
        log = []
        def g():
            try:
                x = yield 1
                log.append(x)
                yield 2
            except ValueError as error:
                log.append(str(error))
                yield 3
            finally:
                log.append("end")
            return 4
        it = g()
        self.assertEqual((next(it), it.send("a"), it.throw(ValueError("b"))), (1, 2, 3))
        with self.assertRaises(StopIteration) as stop:
            next(it)
        self.assertEqual(stop.exception.value, 4)
        self.assertEqual(log, ["a", "b", "end"])
        it = g()
        next(it)
        it.close()
        self.assertIsNone(it.gi_frame)
        self.assertEqual(log[-1], "end")
        with self.assertRaises(KeyError):
            g().throw(KeyError)

    def test_errors(self):
        def g():
            yield next(me)
        me = g()
        with self.assertRaisesRegex(ValueError, "generator already executing"):
            next(me)
        with self.assertRaisesRegex(TypeError, "can't send non-None value to a just-started generator"):
            g().send(1)
        def stubborn():
            while True:
                try:
                    yield
                except GeneratorExit:
                    pass
        it = stubborn()
        next(it)
        with self.assertRaisesRegex(RuntimeError, "generator ignored GeneratorExit"):
            it.close()
        def leaks():
            raise StopIteration(1)
            yield
        with self.assertRaisesRegex(RuntimeError, "generator raised StopIteration") as caught:
            next(leaks())
        self.assertIsInstance(caught.exception.__cause__, StopIteration)

    def test_delegation(self):
        log = []
        def inner():
            try:
                log.append((yield 1))
                yield 2
            except ValueError:
                log.append("thrown")
                yield 3
            return "result"
        def outer():
            log.append((yield from inner()))
            yield from [7, 8]
        it = outer()
        self.assertEqual((next(it), it.send("sent"), it.throw(ValueError)), (1, 2, 3))
        self.assertEqual(it.gi_yieldfrom.__name__, "inner")
        self.assertEqual(list(it), [7, 8])
        self.assertEqual(log, ["sent", "thrown", "result"])

    def test_signal_that_waits_is_for_the_innermost(self):
        log = []
        def inner():
            try:
                yield
            except KeyboardInterrupt:
                log.append("inner")
        def outer():
            try:
                yield from inner()
            except KeyboardInterrupt:
                log.append("outer")
        it = outer()
        next(it)
        # Both calls come from C, so that no instruction stands between them.
        calls = [_thread.interrupt_main, functools.partial(it.send, None)]
        self.assertEqual(list(map(operator.call, calls)), [None])
        self.assertEqual(log, ["inner"])

    def test_collected(self):
        log = []
        def g():
            me = yield
            try:
                yield me
            finally:
                log.append("closed")
        it = g()
        next(it)
        it.send(it)
        del it
        gc.collect()
        self.assertEqual(log, ["closed"])

    def test_exception_state_is_its_own(self):
        def g():
            try:
                yield
            except ValueError:
                yield sys.exc_info()[0]
        try:
            raise KeyError
        except KeyError:
            it = g()
            next(it)
            self.assertIs(it.throw(ValueError), ValueError)
            self.assertIs(sys.exc_info()[0], KeyError)


class Coroutines(unittest.TestCase):
    def test_await(self):
        async def leaf(n):
            return await pause(n) or n
        async def main():
            return [await leaf(i) for i in range(3)]
        self.assertEqual(run(main()), ([0, 1, 2], [0, 1, 2]))

    def test_async_with_and_for(self):
        log = []
        class Manager:
            async def __aenter__(self):
                log.append(await pause("enter"))
                return self
            async def __aexit__(self, *info):
                log.append(info[0])
                return True
        async def count(n):
            for i in range(n):
                await pause(i)
                yield i * i
        async def main():
            async with Manager():
                raise KeyError
            total = [x async for x in count(3)]
            async for x in count(1):
                pass
            else:
                total.append("else")
            return total
        self.assertEqual(run(main()), (["enter", 0, 1, 2, 0], [0, 1, 4, "else"]))
        self.assertEqual(log, [None, KeyError])

    def test_errors(self):
        async def wait(x):
            await x
        for value, message in [(1, "object int can't be used in 'await' expression")]:
            with self.assertRaisesRegex(TypeError, message):
                run(wait(value))
        async def loop(x):
            async for _ in x:
                pass
        with self.assertRaisesRegex(TypeError, "'async for' requires an object with __aiter__ method, got int"):
            run(loop(1))
        async def nothing():
            pass
        coroutine = nothing()
        run(coroutine)
        with self.assertRaisesRegex(RuntimeError, "cannot reuse already awaited coroutine"):
            coroutine.send(None)

    def test_never_awaited(self):
        async def lost():
            pass
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            lost()
            gc.collect()
        self.assertIn("was never awaited", str(caught[0].message))

    def test_asynchronous_generator(self):
        async def g():
            try:
                while True:
                    got = yield 1
                    if got:
                        yield got
            except ValueError:
                yield "caught"
        async def main():
            it = g()
            results = [await it.__anext__(), await it.asend(5), await it.__anext__(), await it.athrow(ValueError)]
            await it.aclose()
            try:
                await it.__anext__()
            except StopAsyncIteration:
                results.append("end")
            return results
        self.assertEqual(run(main()), ([], [1, 5, 1, "caught", "end"]))

    def test_stack_overflow_in_a_generator_that_goes_on(self):
        class Endless:
            def __iter__(self):
                return self

            def __next__(self):
                return 1

        def generate():
            for x in Endless():
                yield x

        class Deep:
            def __getattr__(self, name):
                try:
                    return getattr(self, name)
                except RecursionError:
                    return self.__dict__["generator"].send(self.__dict__["sent"])

        deep, sent = Deep(), []
        deep.sent, deep.generator = sent, generate()
        next(deep.generator)
        self.assertRaises((RecursionError, StopIteration), getattr, deep, "x")
        del deep
        gc.collect()
        self.assertEqual(sys.getrefcount(sent), 2)
        self.assertEqual([o for o in gc.get_objects() if type(o) is Endless], [])


if __name__ == "__main__":
    unittest.main()
