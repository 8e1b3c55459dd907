"""Prints the CPU seconds of one fixed load: plain Python dictionaries, numpy sorting and gathering.

Divide a program's CPU seconds by it, measured just before and just after on the same machine, to
compare machines and days. At 766da80: Haimen 0.9-1.2 units a further run, Nantong 11.2-12.4
(`anlan run … --workers 1`, whole process, more runs less one run).
"""

import time

import numpy as np

draws = np.random.default_rng(1)
start = time.process_time()
for _ in range(6):
    sums: dict[int, int] = {}
    for i in range(400_000):
        sums[i % 1000] = sums.get(i % 1000, 0) + i
    drawn = draws.random(1_000_000)
    drawn.sort()
    total = np.cumsum(drawn)[(drawn * 999_999).astype(int)].sum()
print(time.process_time() - start)
