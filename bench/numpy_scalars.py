"""A loop over NumPy scalars, and many calls on small arrays."""
# needs: numpy
import numpy


def scalars(count):
    values = numpy.arange(1000, dtype=numpy.float64)
    total = numpy.float64(0)
    for _ in range(count):
        for value in values:
            total = total + value * 0.5
    return float(total)


def items(count):
    values = numpy.zeros(64, dtype=numpy.int64)
    for number in range(count):
        values[number & 63] += number
    return int(values.sum())


def small_arrays(count):
    left, right = numpy.ones(4), numpy.arange(4.0)
    for _ in range(count):
        left = left + right * 0.25
        numpy.add(left, right, out=left)
    return float(left.sum())


print(scalars(400), items(500_000), small_arrays(200_000))
