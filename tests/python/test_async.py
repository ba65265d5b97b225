# Coroutines, asynchronous generators and what asyncio builds on them.
import sys
import unittest


def drive(coroutine):
    """Runs a coroutine that never really waits; gives its result."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the coroutine waits")


class Counter:
    """An asynchronous iterator with a coroutine as __anext__."""

    def __init__(self, stop):
        self.value = 0
        self.stop = stop

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.value >= self.stop:
            raise StopAsyncIteration
        self.value += 1
        return self.value


class AnextTest(unittest.TestCase):
    def test_default_over_coroutine(self):
        async def consume():
            counter = Counter(2)
            return [await anext(counter, "end") for _ in range(4)]

        self.assertEqual(drive(consume()), [1, 2, "end", "end"])

    def test_methods_over_coroutine(self):
        with self.assertRaises(StopIteration) as caught:
            anext(Counter(1), "end").send(None)
        self.assertEqual(caught.exception.value, 1)
        awaitable = anext(Counter(1), "end")
        with self.assertRaises(KeyError):
            awaitable.throw(KeyError)
        anext(Counter(1), "end").close()

    def test_not_awaitable(self):
        class Bad(Counter):
            def __anext__(self):
                return 1

        async def consume():
            await anext(Bad(1), None)

        with self.assertRaisesRegex(TypeError, "object int can't be used in 'await' expression"):
            drive(consume())


class ClassDefaultTest(unittest.TestCase):
    def test_instance_hides_class_attribute_later(self):
        # The instances share keys; a read that found the class's value must not stick.
        class Future:
            state = "pending"

            def __init__(self):
                self.callbacks = []

            def done(self):
                return self.state != "pending"

            def finish(self):
                self.result = None
                self.state = "finished"

        for _ in range(20):
            future = Future()
            self.assertFalse(future.done())
            self.assertFalse(future.done())
            future.finish()
            self.assertTrue(future.done())


class TraceTest(unittest.TestCase):
    def test_throw_into_traced_generator(self):
        events = []

        def trace(frame, event, arg):
            if frame.f_code.co_name == "generator":
                events.append(event)
            return trace

        def generator():
            try:
                yield 1
            except KeyError:
                yield 2

        suspended = generator()
        next(suspended)
        old = sys.gettrace()
        sys.settrace(trace)
        try:
            result = suspended.throw(KeyError())
        finally:
            sys.settrace(old)
        self.assertEqual(result, 2)
        self.assertEqual(events[0], "call")


if __name__ == "__main__":
    unittest.main()
