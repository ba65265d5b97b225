"""Floats: an orbit, the Mandelbrot set, a numerical integral, a matrix product."""
import math


def orbits(steps):
    bodies = [[0.0, 0.0, 0.0, 0.0, 1000.0], [100.0, 0.0, 0.0, 3.0, 1.0], [0.0, -200.0, 2.2, 0.0, 2.0]]
    step = 0.01
    for _ in range(steps):
        for body in bodies:
            x, y, vx, vy, _ = body
            ax = ay = 0.0
            for other in bodies:
                if other is not body:
                    dx, dy = other[0] - x, other[1] - y
                    pull = other[4] / (dx * dx + dy * dy) ** 1.5
                    ax += dx * pull
                    ay += dy * pull
            body[2] = vx + ax * step
            body[3] = vy + ay * step
        for body in bodies:
            body[0] += body[2] * step
            body[1] += body[3] * step
    return sum(body[0] + body[1] for body in bodies)


def mandelbrot(width, height, most):
    inside = 0
    for row in range(height):
        imaginary = 2.4 * row / height - 1.2
        for column in range(width):
            real = 3.0 * column / width - 2.2
            x = y = 0.0
            for _ in range(most):
                xx, yy = x * x, y * y
                if xx + yy > 4.0:
                    break
                x, y = xx - yy + real, 2.0 * x * y + imaginary
            else:
                inside += 1
    return inside


def integral(f, low, high, steps):
    width = (high - low) / steps
    return width * sum(f(low + (i + 0.5) * width) for i in range(steps))


def main():
    print(f"{orbits(60000):.6f}")
    print(mandelbrot(300, 220, 100))
    print(f"{integral(lambda x: math.exp(-x * x) * math.sin(x), 0.0, 5.0, 900000):.12f}")


main()
