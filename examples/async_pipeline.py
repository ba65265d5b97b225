"""A pipeline with asyncio: producers, workers, retries, timeouts, cancellation, results in order."""
import asyncio
import random


class Unavailable(Exception):
    pass


async def fetch(number, attempt):
    """Pretends to ask a slow and unreliable service."""
    rng = random.Random(number * 10 + attempt)
    if number % 13 == 5:
        await asyncio.sleep(30)  # never answers in time
    await asyncio.sleep(rng.random() / 500)
    if rng.random() < 0.3:
        raise Unavailable(f"item {number}, attempt {attempt}")
    return number * number


async def fetch_with_retries(number, attempts=4, timeout=0.25):
    for attempt in range(1, attempts + 1):
        try:
            async with asyncio.timeout(timeout):
                return await fetch(number, attempt), attempt
        except Unavailable:
            await asyncio.sleep(0)
        except TimeoutError:
            return None, attempt
    return None, attempts


async def produce(queue, count):
    for number in range(count):
        await queue.put(number)
    print("produced", count)


async def work(name, queue, results):
    done = 0
    try:
        while True:
            number = await queue.get()
            results[number] = await fetch_with_retries(number)
            done += 1
            queue.task_done()
    except asyncio.CancelledError:
        results["workers"].append((name, done > 0))
        raise


async def ticks(count):
    for tick in range(count):
        await asyncio.sleep(0)
        yield tick


async def main():
    queue = asyncio.Queue(maxsize=5)
    results = {"workers": []}
    workers = [asyncio.create_task(work(f"worker-{n}", queue, results)) for n in range(8)]
    await produce(queue, 40)
    await queue.join()
    for worker in workers:
        worker.cancel()
    outcome = await asyncio.gather(*workers, return_exceptions=True)
    print("workers ended:", {type(each).__name__ for each in outcome}, len(results.pop("workers")))

    answered = {n: value for n, (value, _) in sorted(results.items()) if value is not None}
    print("answered:", len(answered), "sum", sum(answered.values()))
    print("given up:", [n for n, (value, _) in sorted(results.items()) if value is None])
    print("attempts:", [attempts for _, (_, attempts) in sorted(results.items())])

    print("ticks:", [tick async for tick in ticks(5)], sum([tick async for tick in ticks(10) if tick % 2]))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(10))
            group.create_task(fail_soon("first"))
    except* LookupError as errors:
        print("group failed:", [str(error) for error in errors.exceptions])

    lock, order = asyncio.Lock(), []

    async def critical(name):
        async with lock:
            order.append(name + " in")
            await asyncio.sleep(0)
            order.append(name + " out")

    await asyncio.gather(*(critical(name) for name in "abc"))
    print("lock:", order)

    event = asyncio.Event()
    waiter = asyncio.create_task(event.wait())
    asyncio.get_running_loop().call_later(0.01, event.set)
    print("event:", await asyncio.wait_for(waiter, timeout=5))


async def fail_soon(name):
    await asyncio.sleep(0.001)
    raise LookupError(name)


if __name__ == "__main__":
    asyncio.run(main())
