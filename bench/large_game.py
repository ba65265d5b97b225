"""A large one: Reversi, played by searches that know moves, values of squares and positions seen before."""
import collections

SIZE = 8
DIRECTIONS = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
VALUES = [100, -20, 10, 5, 5, 10, -20, 100,
          -20, -40, -2, -2, -2, -2, -40, -20,
          10, -2, 2, 1, 1, 2, -2, 10,
          5, -2, 1, 1, 1, 1, -2, 5]
VALUES = VALUES + VALUES[::-1]


def make_rays():
    """For each square the squares in each direction, nearest first."""
    rays = []
    for square in range(SIZE * SIZE):
        y, x = divmod(square, SIZE)
        mine = []
        for dx, dy in DIRECTIONS:
            ray = []
            cx, cy = x + dx, y + dy
            while 0 <= cx < SIZE and 0 <= cy < SIZE:
                ray.append(cy * SIZE + cx)
                cx, cy = cx + dx, cy + dy
            if len(ray) > 1:
                mine.append(tuple(ray))
        rays.append(tuple(mine))
    return rays


RAYS = make_rays()


class Board:
    __slots__ = ("squares", "player", "history")

    def __init__(self):
        self.squares = [0] * (SIZE * SIZE)
        self.squares[27] = self.squares[36] = -1
        self.squares[28] = self.squares[35] = 1
        self.player = 1
        self.history = []

    def flips(self, square):
        if self.squares[square]:
            return []
        found = []
        for ray in RAYS[square]:
            run = []
            for place in ray:
                content = self.squares[place]
                if content == -self.player:
                    run.append(place)
                elif content == self.player:
                    found += run
                    break
                else:
                    break
        return found

    def moves(self):
        return [(square, flips) for square in range(SIZE * SIZE) if (flips := self.flips(square))]

    def play(self, square, flips):
        self.history.append((square, flips))
        if square is not None:
            self.squares[square] = self.player
            for place in flips:
                self.squares[place] = self.player
        self.player = -self.player

    def undo(self):
        square, flips = self.history.pop()
        self.player = -self.player
        if square is not None:
            self.squares[square] = 0
            for place in flips:
                self.squares[place] = -self.player

    def key(self):
        return self.player, bytes(content + 1 for content in self.squares)

    def count(self):
        return collections.Counter(self.squares)

    def __str__(self):
        return "\n".join("".join(".XO"[c] for c in self.squares[row:row + SIZE]) for row in range(0, SIZE * SIZE, SIZE))


class Searcher:
    def __init__(self, depth, mobility):
        self.depth = depth
        self.mobility = mobility
        self.seen = {}
        self.nodes = 0

    def evaluate(self, board, moves):
        player = board.player
        value = sum(v * c for v, c in zip(VALUES, board.squares)) * player
        return value + self.mobility * len(moves)

    def search(self, board, depth, alpha, beta, passed=False):
        self.nodes += 1
        moves = board.moves()
        if not moves:
            if passed:
                return 1000 * sum(board.squares) * board.player
            board.play(None, ())
            try:
                return -self.search(board, depth, -beta, -alpha, True)
            finally:
                board.undo()
        if depth == 0:
            return self.evaluate(board, moves)
        key = (depth, board.key())
        if key in self.seen:
            low, value = self.seen[key]
            if not low or value >= beta:
                return value
        moves.sort(key=lambda move: VALUES[move[0]], reverse=True)
        best = -10 ** 9
        for square, flips in moves:
            board.play(square, flips)
            value = -self.search(board, depth - 1, -beta, -max(alpha, best))
            board.undo()
            if value > best:
                best = value
                if best >= beta:
                    break
        self.seen[key] = best >= beta, best
        return best

    def choose(self, board, moves):
        best, choice = -10 ** 9, None
        for square, flips in sorted(moves, key=lambda move: VALUES[move[0]], reverse=True):
            board.play(square, flips)
            value = -self.search(board, self.depth - 1, -10 ** 9, -best)
            board.undo()
            if value > best:
                best, choice = value, (square, flips)
        return choice


def play(players):
    board = Board()
    passes = 0
    while passes < 2:
        moves = board.moves()
        if moves:
            passes = 0
            board.play(*players[board.player].choose(board, moves))
        else:
            passes += 1
            board.play(None, ())
    return board


def main():
    first, second = Searcher(3, 3), Searcher(4, 0)
    board = play({1: first, -1: second})
    count = board.count()
    print(board)
    print(count[1], count[-1], first.nodes, second.nodes, len(first.seen) + len(second.seen))


main()
