"""The correlations of bench/analysis.ts with their bootstrap by SciPy and NumPy, on as many processes as there are cores.

Reads errors as CSV (a column a dataset) and prints the seconds that one resample of all pairs takes: Pearson's r of all pairs by
numpy.corrcoef, Spearman's rho of all pairs by ranking each column once and the same, Kendall's tau-b and the weighted tau by SciPy.
Usage: scipy-reference.py ERRORS.csv RESAMPLES
"""

import json
import os
import sys
import time
from multiprocessing import Pool

import numpy as np
from scipy.stats import kendalltau, rankdata, weightedtau

errors = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)


def coefficients(seed):
    drawn = errors[np.random.default_rng(seed).integers(len(errors), size=len(errors))]
    pearson = np.corrcoef(drawn, rowvar=False)
    spearman = np.corrcoef(rankdata(drawn, axis=0), rowvar=False)
    pairs = [(a, b) for a in range(drawn.shape[1]) for b in range(a)]
    kendall = [kendalltau(drawn[:, a], drawn[:, b]).statistic for a, b in pairs]
    weighted = [weightedtau(-drawn[:, a], -drawn[:, b]).statistic for a, b in pairs]
    return pearson[0, 1], spearman[0, 1], kendall[0], weighted[0]


if __name__ == "__main__":
    resamples = int(sys.argv[2])
    with Pool(os.cpu_count()) as pool:
        pool.map(coefficients, range(os.cpu_count()))
        start = time.perf_counter()
        values = pool.map(coefficients, range(resamples), chunksize=1)
        seconds = time.perf_counter() - start
    print(json.dumps({"secondsPerResample": seconds / resamples, "resamples": resamples, "mean": np.mean(values, axis=0).tolist()}))
