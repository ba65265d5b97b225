"""Allocations that fail end in MemoryError, and nothing is released twice."""
import gc
import heapq
import sys
import threading
import unittest
import warnings

try:
    import _testcapi
except ImportError:
    _testcapi = None


def collect(*args, **named):
    return args, named


@unittest.skipUnless(_testcapi, "needs _testcapi")
class MemoryFailures(unittest.TestCase):
    def fail_everywhere(self, function, attempts=60):
        """Calls the function with each of its allocations failing in turn; how often that ended in MemoryError."""
        failed = 0
        for number in range(1, attempts):
            _testcapi.set_nomemory(number, number + 1)
            try:
                function()
            except MemoryError:
                failed += 1
            finally:
                _testcapi.remove_mem_hooks()
        self.assertGreater(failed, 0)

    def test_calls_with_unpacked_arguments(self):
        args, named = [[1], [2]], {"x": [3]}
        self.fail_everywhere(lambda: collect(*args, *args, **{**named, "y": [4]}))
        self.assertEqual((args, named), ([[1], [2]], {"x": [3]}))

    def test_containers(self):
        self.fail_everywhere(lambda: [[[i], {i: (i, [i])}, {i}, f"{i!r:>9}"] for i in range(5)])

    def test_generators_and_exceptions(self):
        def numbers():
            try:
                yield [1]
                yield from ([i] for i in range(3))
            finally:
                collect(*[4])

        def attempt():
            try:
                return [*numbers(), 1 // 0]
            except ZeroDivisionError as error:
                return [error]

        self.fail_everywhere(attempt)

    def test_classes(self):
        def attempt():
            class Made:
                __slots__ = ("a", "b")

                def __init__(self, *args):
                    self.a, self.b = args

            return Made([1], [2]).b

        self.fail_everywhere(attempt, 300)

    def test_with_blocks_unlock(self):
        def attempt(lock):
            with lock:
                return [[object()] for _ in range(3)]

        for lock, is_locked in (lock := threading.Lock(), lock.locked), (lock := threading.RLock(), lock._is_owned):
            for number in range(1, 40):
                for count in 1, 5, 1000:
                    try:
                        _testcapi.set_nomemory(number, number + count)
                        try:
                            attempt(lock)
                        finally:
                            _testcapi.remove_mem_hooks()
                    except MemoryError:
                        pass
                    self.assertFalse(is_locked(), (lock, number, count))

    def assert_leaves_nothing(self, function, places, counts=(1, 2, 1000)):
        """Calls the function with failing allocations, again and again: no memory block may stay."""
        for number in places:
            for count in counts:
                blocks = []
                for _ in range(4):
                    for _ in range(10):
                        _testcapi.set_nomemory(number, number + count)
                        try:
                            function()
                        except MemoryError:
                            pass
                        finally:
                            _testcapi.remove_mem_hooks()
                    function()
                    gc.collect()
                    blocks.append(sys.getallocatedblocks())
                self.assertLess(blocks[-1] - blocks[1], 15, (number, count))

    def test_operands_go_when_the_result_has_no_room(self):
        class Numbers:
            one, two, real = 10 ** 6, 10 ** 7, 1.5

        def attempt(n=Numbers):
            n.one + int("10000000")
            n.one - int("20000000")
            n.real * float("2.5")
            1.5 - float("2.5")
            7 * int("30000000")

        self.assert_leaves_nothing(attempt, range(1, 12))

    def test_lists_shrink_without_memory(self):
        def attempt():
            heap = [[i] for i in range(40)]
            for _ in range(36):
                heapq.heappop(heap)
            heap = [[i] for i in range(40)]
            del heap[2:]
            heap.pop()

        self.assert_leaves_nothing(attempt, range(1, 150), (1,))

    def test_warning(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.fail_everywhere(lambda: warnings.warn("x"))

    def test_trace_function_that_fails_at_the_end_of_a_coroutine(self):
        async def inner():
            return [1]

        async def outer():
            return await inner()

        def trace(frame, event, arg):
            if event == "exception":
                raise MemoryError
            return trace

        old = sys.gettrace()
        coroutine = outer()
        sys.settrace(trace)
        try:
            coroutine.send(None)
        except (MemoryError, StopIteration):
            pass
        finally:
            sys.settrace(old)


if __name__ == "__main__":
    unittest.main()
