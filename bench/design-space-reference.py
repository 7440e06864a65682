"""AnyNetX drawn one value at a time with NumPy, as pycls' sampler does: what bench/design-space.ts compares with.

Prints the seconds that COUNT accepted architectures (340 to 400 MF) take, and the draws. Usage: design-space-reference.py COUNT
"""

import json
import sys
import time
from decimal import Decimal

import numpy as np


def quantize(value, quantum, rounded):
    return int(Decimal(rounded(value / quantum)) * Decimal(str(quantum)))


def log_uniform(low, high, quantum):
    value = np.exp(-np.random.uniform(-np.log(high), -np.log(low - min(quantum, low / 2))))
    return quantize(value, quantum, np.ceil)


def power_of_2(low, high):
    return quantize(2 ** np.floor(np.random.uniform(np.log2(low), np.log2(high) + 1)), 1, np.floor)


def flops(depths, widths, ratios, groups):
    size, width_in, total = 112, 32, 27 * 32 * 112 * 112
    for depth, width, ratio, group in zip(depths, widths, ratios, groups):
        inner = width // ratio
        for block in range(depth):
            out = (size + 1) // 2 if block == 0 else size
            total += inner * (width_in * size * size + (9 * group + width) * out * out)
            if block == 0:
                total += width_in * width * out * out
            size, width_in = out, width
    return total + 1000 * width_in + 1000


def main(count):
    np.random.seed(0)
    start, draws, accepted = time.perf_counter(), 0, 0
    while accepted < count:
        draws += 1
        depths = [log_uniform(1, 16, 1) for _ in range(4)]
        widths = [log_uniform(8, 1024, 8) for _ in range(4)]
        ratios = [power_of_2(1, 4) for _ in range(4)]
        groups = [power_of_2(1, 32) for _ in range(4)]
        if all(w % b == 0 and w // b % g == 0 for w, b, g in zip(widths, ratios, groups)):
            accepted += 340e6 <= flops(depths, widths, ratios, groups) <= 400e6
    print(json.dumps({"seconds": time.perf_counter() - start, "draws": draws}))


main(int(sys.argv[1]))
