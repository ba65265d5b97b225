"""A simulation of events with generators as processes: customers, cashiers and a delivery at a small shop."""
import heapq
import itertools
import random
from collections import deque


class Simulation:
    """Processes are generators; they yield how long to wait, or a request to wait for."""

    def __init__(self):
        self.now = 0.0
        self.queue = []
        self.order = itertools.count()

    def start(self, process, delay=0.0):
        self.resume_at(self.now + delay, process, None)

    def resume_at(self, time, process, value):
        heapq.heappush(self.queue, (time, next(self.order), process, value))

    def run(self, until):
        while self.queue and self.queue[0][0] <= until:
            self.now, _, process, value = heapq.heappop(self.queue)
            try:
                what = process.send(value)
            except StopIteration:
                continue
            if isinstance(what, Request):
                what.waiter = process
                what.resource.serve()
            else:
                self.resume_at(self.now + what, process, None)
        self.now = until


class Request:
    def __init__(self, resource):
        self.resource, self.since, self.waiter = resource, resource.simulation.now, None


class Resource:
    def __init__(self, simulation, capacity):
        self.simulation, self.free, self.waiting = simulation, capacity, deque()
        self.longest = 0

    def request(self):
        request = Request(self)
        self.waiting.append(request)
        self.longest = max(self.longest, len(self.waiting))
        return request

    def serve(self):
        while self.free and self.waiting and self.waiting[0].waiter is not None:
            request = self.waiting.popleft()
            self.free -= 1
            self.simulation.resume_at(self.simulation.now, request.waiter, self.simulation.now - request.since)

    def release(self):
        self.free += 1
        self.serve()


class Shop:
    def __init__(self, seed, cashiers):
        self.rng = random.Random(seed)
        self.simulation = Simulation()
        self.cashiers = Resource(self.simulation, cashiers)
        self.stock, self.served, self.turned_away = 60, 0, 0
        self.waits, self.log = [], []

    def note(self, text):
        self.log.append(f"{self.simulation.now:7.2f} {text}")

    def customers(self):
        for number in itertools.count(1):
            yield self.rng.expovariate(1 / 2.0)
            self.simulation.start(self.customer(number))

    def customer(self, number):
        yield self.rng.uniform(1, 8)  # looking around
        wanted = self.rng.randint(1, 4)
        if wanted > self.stock:
            self.turned_away += 1
            self.note(f"customer {number} wanted {wanted}, found {self.stock}")
            return
        self.stock -= wanted
        wait = yield self.cashiers.request()
        try:
            self.waits.append(wait)
            yield from self.pay(wanted)
            self.served += 1
        finally:
            self.cashiers.release()

    def pay(self, items):
        for _ in range(items):
            yield 0.7
        yield self.rng.choice([0.5, 1.5])  # card or cash

    def deliveries(self):
        while True:
            yield 60
            arriving = self.rng.randint(40, 90)
            self.stock += arriving
            self.note(f"delivery of {arriving}, stock {self.stock}")


def main():
    for cashiers in (1, 2, 3):
        shop = Shop(seed=7, cashiers=cashiers)
        shop.simulation.start(shop.customers())
        shop.simulation.start(shop.deliveries())
        shop.simulation.run(until=480)
        waits = sorted(shop.waits)
        print(f"{cashiers} cashier(s): served {shop.served}, turned away {shop.turned_away}, stock {shop.stock}, "
              f"longest queue {shop.cashiers.longest}")
        print(f"   waiting: mean {sum(waits) / len(waits):.2f}, median {waits[len(waits) // 2]:.2f}, "
              f"95% {waits[len(waits) * 95 // 100]:.2f}, most {waits[-1]:.2f}")
    print("\n".join(shop.log[:12]))


if __name__ == "__main__":
    main()
