"""The allocation of peer-numpy.ts with numpy, in exact 64-bit integers.

Told the folder of the columns and the policy as JSON; for each line on stdin it calculates once and prints the milliseconds.
At the end it writes the weight of each UID to the same folder.
"""
import json
import os
import sys
import time

import numpy as np

folder = sys.argv[1]
policy = json.loads(sys.argv[2])


def column(name, kind):
    return np.fromfile(os.path.join(folder, name), dtype=kind)


uid = column("uid", np.int32)
score_micros = column("score_micros", np.int32)
miner = column("miner", np.int32)
category = column("category", np.uint16)
count = column("count", np.int32)


def divide(units, basis):
    """Largest remainder; at equal remainders the first parts get more."""
    total = int(basis.sum())
    product = basis * units
    weight = product // total
    remainder = product - weight * total
    left = units - int(weight.sum())
    if left > 0:
        threshold = np.partition(remainder, -left)[-left]
        above = remainder > threshold
        weight[above] += 1
        ties = np.flatnonzero(remainder == threshold)
        weight[ties[: left - int(np.count_nonzero(above))]] += 1
    return weight


def allocate():
    weights = np.zeros(int(uid.max()) + 1, dtype=np.int64)
    shares = np.array(policy["shares"], dtype=np.int64)
    for units, number in zip(divide(policy["total"], shares), policy["categories"]):
        rows = category == number
        gpus = np.bincount(miner[rows], weights=count[rows], minlength=len(uid)).astype(np.int64)
        basis = gpus * score_micros
        owners = np.flatnonzero(basis > 0)
        weights[uid[owners]] += divide(int(units), basis[owners])
    return weights


weights = None
for _ in sys.stdin:
    started = time.perf_counter()
    weights = allocate()
    print((time.perf_counter() - started) * 1_000, flush=True)
weights.tofile(os.path.join(folder, "weights"))
