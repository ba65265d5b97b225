"""Threads: a pool of our own, the library's, locks, queues, barriers, thread-local data."""
import concurrent.futures
import queue
import threading
import time


class Pool:
    """A fixed number of threads that take jobs from a queue and put results in order."""

    def __init__(self, size):
        self.jobs = queue.Queue()
        self.results = {}
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.work, name=f"pool-{n}", daemon=True) for n in range(size)]
        for thread in self.threads:
            thread.start()

    def work(self):
        while (job := self.jobs.get()) is not None:
            index, function, argument = job
            try:
                result = function(argument)
            except Exception as error:
                result = error
            with self.lock:
                self.results[index] = result
            self.jobs.task_done()
        self.jobs.task_done()

    def map(self, function, arguments):
        arguments = list(arguments)
        for index, argument in enumerate(arguments):
            self.jobs.put((index, function, argument))
        self.jobs.join()
        return [self.results[index] for index in range(len(arguments))]

    def close(self):
        for _ in self.threads:
            self.jobs.put(None)
        for thread in self.threads:
            thread.join()


def collatz(n):
    if n <= 0:
        raise ValueError(f"{n} is not positive")
    steps = 0
    while n != 1:
        n = 3 * n + 1 if n & 1 else n >> 1
        steps += 1
    return steps


def main():
    pool = Pool(4)
    print("own pool:", pool.map(collatz, [1, 7, 27, 97, 871, 0, 6171]))
    pool.close()
    print("threads left:", sum(thread.name.startswith("pool-") for thread in threading.enumerate()))

    with concurrent.futures.ThreadPoolExecutor(max_workers=3) as executor:
        print("longest of 1..3000:", max(zip(executor.map(collatz, range(1, 3001)), range(1, 3001))))
        futures = {executor.submit(collatz, n): n for n in (-1, 9, 0)}
        for future in sorted(concurrent.futures.as_completed(futures), key=futures.get):
            print(f"  {futures[future]}: {future.exception() or future.result()}")

    total, lock = 0, threading.Lock()

    def add():
        nonlocal total
        for _ in range(5000):
            with lock:
                total += 1

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("counted:", total)

    barrier, local, seen = threading.Barrier(3), threading.local(), []

    def meet(name):
        local.name = name
        barrier.wait()
        with lock:
            seen.append(local.name)
        barrier.wait()

    threads = [threading.Thread(target=meet, args=(name,)) for name in ("x", "y", "z")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("met:", sorted(seen), hasattr(local, "name"))

    condition, box = threading.Condition(), []

    def consumer():
        with condition:
            condition.wait_for(lambda: box, timeout=10)
            box.append("taken after " + box[0])

    thread = threading.Thread(target=consumer)
    thread.start()
    time.sleep(0.01)
    with condition:
        box.append("delivery")
        condition.notify()
    thread.join()
    print("condition:", box[-1])

    timer = threading.Timer(0.01, lambda: seen.append("timer"))
    timer.start()
    timer.join()
    semaphore = threading.BoundedSemaphore(1)
    print("timer:", seen[-1], "semaphore:", semaphore.acquire(), semaphore.acquire(blocking=False))


if __name__ == "__main__":
    main()
