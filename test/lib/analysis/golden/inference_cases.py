# Reliabilities, intervals and tests by their definitions in NumPy, SciPy and statsmodels; prints inference-cases.json.
import json
import numpy as np
import statsmodels.api as sm
from scipy.stats import norm, spearmanr, t
from statsmodels.formula.api import ols
import pandas as pd

rng = np.random.default_rng(22)

def reliability(seeds, missing):
    quality = rng.normal(size=(14, 1))
    errors = 0.4 + 0.05 * quality + 0.03 * rng.normal(size=(14, seeds))
    for row, seed in missing:
        errors[row, seed] = np.nan
    table = pd.DataFrame([(a, errors[a, s]) for a in range(14) for s in range(seeds) if not np.isnan(errors[a, s])], columns=["a", "y"])
    counts = (~np.isnan(errors)).sum(axis=1)
    repeated = table[table["a"].map(lambda a: counts[a] > 1)]
    anova = sm.stats.anova_lm(ols("y ~ C(a)", data=repeated).fit())
    msb, msw = anova["mean_sq"]
    k = counts[counts > 1]
    k0 = (k.sum() - (k**2).sum() / k.sum()) / (len(k) - 1)
    single = (msb - msw) / (msb + (k0 - 1) * msw)
    each = len(counts) / (1 / counts).sum()
    return dict(errors=[[None if np.isnan(e) else e for e in row] for row in errors], reliability=max(0, each * single / (1 + (each - 1) * single)),
                balanced=None if missing else 1 - msw / msb, needed=int(np.ceil(9 * (1 - single) / single)))

def draws(mean, variance, degrees, between, count, comparisons):
    total = variance + between / count
    freedom = total**2 / (variance**2 / degrees + (between / count) ** 2 / (count - 1))
    reach = t.ppf(1 - 0.025 / comparisons, freedom) * np.sqrt(total)
    p = 2 * t.sf(abs(mean) / np.sqrt(total), freedom)
    return dict(mean=mean, variance=variance, degrees=degrees, betweenDraws=between, draws=count, comparisons=comparisons, interval=[mean - reach, mean + reach], pValue=p, pValueCorrected=min(1, comparisons * p))

def simultaneous():
    # The draws of three rank correlations of 40 networks, as a family on Fisher's scale.
    values = [0.72, -0.15, 0.31]
    sample = np.tanh(np.arctanh(values) + rng.multivariate_normal(np.zeros(3), 0.03 * (0.5 * np.eye(3) + 0.5), size=199))
    n, z = 40, np.arctanh(values)
    drawn = np.arctanh(sample)
    error = np.maximum(drawn.std(axis=0, ddof=1), np.sqrt((1 + np.square(values) / 2) / (n - 3)))
    distance = np.abs(drawn - z) / error
    largest = np.sort(distance.max(axis=1))
    critical = largest[199 - 10]
    return dict(n=n, values=values, draws=sample.T.tolist(), intervals=[[np.tanh(a - critical * e), np.tanh(a + critical * e)] for a, e in zip(z, error)],
                corrected=[(1 + (largest >= abs(a) / e).sum()) / 200 for a, e in zip(z, error)],
                alone=[(1 + (distance[:, i] >= abs(z[i]) / error[i]).sum()) / 200 for i in range(3)])

print(json.dumps(dict(
    reliabilities=[reliability(2, []), reliability(3, []), reliability(3, [(2, 1), (5, 0), (7, 2), (7, 1)])],
    draws=[draws(-0.2, 0.004, 59, 0.01, 3, 1), draws(0.15, 0.0002, 499, 0.01, 5, 8), draws(-0.3, 0.01, 23, 0.0001, 2, 3)],
    simultaneous=simultaneous(),
    expanded=[dict(z=z, n=n, t=float(np.sqrt(n / (n - 1)) * t.ppf(norm.cdf(z), n - 1))) for z in (1.96, 2.8) for n in (10, 60)],
)))
