"""A maze: dug by a random walk, solved by A*, drawn in text."""
import heapq
import random

WIDTH, HEIGHT = 39, 15


def dig(width, height, rng):
    """A perfect maze: cells at odd places, passages between them. Depth-first with a stack of our own."""
    grid = [["#"] * (2 * width + 1) for _ in range(2 * height + 1)]
    stack = [(0, 0)]
    grid[1][1] = " "
    while stack:
        x, y = stack[-1]
        ways = [(dx, dy) for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1))
                if 0 <= x + dx < width and 0 <= y + dy < height and grid[2 * (y + dy) + 1][2 * (x + dx) + 1] == "#"]
        if not ways:
            stack.pop()
            continue
        dx, dy = rng.choice(ways)
        grid[2 * y + 1 + dy][2 * x + 1 + dx] = " "
        grid[2 * (y + dy) + 1][2 * (x + dx) + 1] = " "
        stack.append((x + dx, y + dy))
    return grid


def braid(grid, rng, chance):
    """Opens some walls, so that there is more than one way."""
    for y in range(1, len(grid) - 1):
        for x in range(1, len(grid[0]) - 1):
            if (x + y) % 2 and grid[y][x] == "#" and rng.random() < chance:
                grid[y][x] = " "


def solve(grid, start, goal):
    """A* with the Manhattan distance: the path as a list of places, and how many places were looked at."""
    def estimate(place):
        return abs(place[0] - goal[0]) + abs(place[1] - goal[1])

    queue = [(estimate(start), 0, start)]
    came_from = {start: None}
    cost = {start: 0}
    seen = 0
    while queue:
        _, so_far, place = heapq.heappop(queue)
        if so_far > cost[place]:
            continue
        seen += 1
        if place == goal:
            path = []
            while place is not None:
                path.append(place)
                place = came_from[place]
            return path[::-1], seen
        x, y = place
        for neighbour in ((x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1)):
            if grid[neighbour[1]][neighbour[0]] != "#" and so_far + 1 < cost.get(neighbour, 1 << 30):
                cost[neighbour] = so_far + 1
                came_from[neighbour] = place
                heapq.heappush(queue, (so_far + 1 + estimate(neighbour), so_far + 1, neighbour))
    return None, seen


def turns(path):
    directions = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(path, path[1:])]
    return sum(a != b for a, b in zip(directions, directions[1:]))


def main():
    rng = random.Random(1984)
    grid = dig(WIDTH, HEIGHT, rng)
    start, goal = (1, 1), (2 * WIDTH - 1, 2 * HEIGHT - 1)
    only, seen = solve(grid, start, goal)
    print(f"the only way: {len(only) - 1} steps, {turns(only)} turns, {seen} places looked at")
    braid(grid, rng, 0.08)
    path, seen = solve(grid, start, goal)
    print(f"the best way after opening walls: {len(path) - 1} steps, {turns(path)} turns, {seen} places looked at")
    for x, y in path:
        grid[y][x] = "."
    grid[start[1]][start[0]], grid[goal[1]][goal[0]] = "S", "G"
    print("\n".join("".join(row) for row in grid))
    lengths = []
    for seed in range(12):
        other = dig(20, 20, random.Random(seed))
        lengths.append(len(solve(other, (1, 1), (39, 39))[0]) - 1)
    print("lengths of other mazes:", lengths)


if __name__ == "__main__":
    main()
