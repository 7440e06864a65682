# Reliabilities, intervals and tests by NumPy, SciPy, statsmodels and pingouin; prints inference-cases.json.
import itertools
import json
import numpy as np
import pingouin
import statsmodels.api as sm
from scipy.stats import norm, spearmanr, t, ttest_ind
from statsmodels.formula.api import ols
from statsmodels.stats.multitest import multipletests
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
    icc = None
    if not missing:
        found = pingouin.intraclass_corr(data=table.assign(s=[s for a in range(14) for s in range(seeds)]), targets="a", raters="s", ratings="y").set_index("Type")["ICC"]
        icc = float(found[[name for name in found.index if name in ("ICC1k", "ICC(1,k)")][0]])
    return dict(errors=[[None if np.isnan(e) else e for e in row] for row in errors], reliability=max(0, each * single / (1 + (each - 1) * single)),
                balanced=None if missing else 1 - msw / msb, icc=icc, needed=int(np.ceil(9 * (1 - single) / single)))

def draws(mean, variance, degrees, between, count, comparisons, level):
    total = variance + between / count
    freedom = total**2 / (variance**2 / degrees + (between / count) ** 2 / (count - 1))
    reach = t.ppf(1 - level / 2 / comparisons, freedom) * np.sqrt(total)
    p = 2 * t.sf(abs(mean) / np.sqrt(total), freedom)
    # Of many other comparisons, whose own p-values do not matter to Bonferroni.
    corrected = multipletests([p] + [1] * (comparisons - 1), method="bonferroni")[1][0]
    return dict(mean=mean, variance=variance, degrees=degrees, betweenDraws=between, draws=count, comparisons=comparisons, level=level,
                interval=[mean - reach, mean + reach], pValue=p, pValueCorrected=min(1, corrected * 0.05 / level))

def simultaneous(level):
    # The draws of three rank correlations of 40 networks, as a family on Fisher's scale.
    values = [0.72, -0.15, 0.31]
    sample = np.tanh(np.arctanh(values) + rng.multivariate_normal(np.zeros(3), 0.03 * (0.5 * np.eye(3) + 0.5), size=199))
    n, z = 40, np.arctanh(values)
    drawn = np.arctanh(sample)
    scatter = drawn.std(axis=0, ddof=1)
    error = np.maximum(np.sqrt(n / (n - 1)) * scatter, np.sqrt((1 + np.square(values) / 2) / (n - 3)))
    distance = np.abs(drawn - z) / scatter
    largest = np.sort(distance.max(axis=1))
    reach = largest[199 - round(200 * level)] * error
    own = np.abs(z) / error
    return dict(n=n, level=level, values=values, draws=sample.T.tolist(), intervals=[[np.tanh(a - r), np.tanh(a + r)] for a, r in zip(z, reach)],
                corrected=[min(1, (1 + (largest >= d).sum()) / 200 * 0.05 / level) for d in own],
                alone=[(1 + (distance[:, i] >= own[i]).sum()) / 200 for i in range(3)])

def differences(level):
    # Two differences of rank correlations of 30 networks: by Steiger's formula with both pooled, and the factor of Bonett and Wright.
    n = 30
    pairs = [(0.6, 0.1, 0.4), (0.3, 0.25, -0.2)]
    values = np.array([a - b for a, b, _ in pairs])
    drawn = values + rng.multivariate_normal(np.zeros(2), [[0.01, 0.002], [0.002, 0.2]], size=199)
    least = []
    for a, b, c in pairs:
        r = (a + b) / 2
        cov = (c * (1 - 2 * r**2) - r**2 / 2 * (1 - 2 * r**2 - c**2)) / (1 - r**2) ** 2
        least.append(np.sqrt(2 * (1 - r**2) ** 2 * (1 - cov) * (1 + r**2 / 2) / (n - 1)))
    scatter = drawn.std(axis=0, ddof=1)
    error = np.maximum(np.sqrt(n / (n - 1)) * scatter, least)
    largest = np.sort((np.abs(drawn - values) / scatter).max(axis=1))
    reach = largest[199 - round(200 * level)] * error
    return dict(n=n, level=level, pairs=pairs, draws=drawn.T.tolist(), intervals=[[v - r, v + r] for v, r in zip(values, reach)],
                corrected=[min(1, (1 + (largest >= abs(v) / e).sum()) / 200 * 0.05 / level) for v, e in zip(values, error)])

def welch(networks, draws):
    # A mean over draws less one over networks that have nothing in common: SciPy's own degrees of freedom of Satterthwaite.
    a, b = rng.normal(0.5, 0.1, networks), rng.normal(0.42, 0.06, draws)
    found = ttest_ind(b, a, equal_var=False)
    return dict(mean=b.mean() - a.mean(), variance=a.var(ddof=1) / networks, degrees=networks - 1, betweenDraws=b.var(ddof=1), draws=draws,
                interval=list(found.confidence_interval(0.95)), pValue=found.pvalue)

def max_t():
    # Every order of six networks, of three vectors against one.
    other = np.array([1.0, 2, 3, 4, 5, 6])
    vectors = np.array([[1, 2, 4, 3, 6, 5], [3, 1, 2, 6, 5, 4], [2, 1, 3, 3, 6, 5]], float)
    observed = [abs(spearmanr(v, other).statistic) for v in vectors]
    null = np.array([[abs(spearmanr(v, order).statistic) for v in vectors] for order in itertools.permutations(other)])
    largest = null.max(axis=1)
    return dict(other=other.tolist(), vectors=vectors.tolist(), observed=observed, largest=largest.tolist(),
                corrected=[(1 + (largest >= o - 1e-12).sum()) / (len(largest) + 1) for o in observed],
                alone=[float((null[:, i] >= o - 1e-12).mean()) for i, o in enumerate(observed)])

def best(level):
    # Four figures of 40 networks: for each the hypothesis that no other is larger (Hsu 1981), by distances in errors of the difference.
    values, n = np.array([0.7, 0.66, 0.4, 0.69]), 40
    drawn = values + rng.multivariate_normal(np.zeros(4), 0.01 * (0.4 * np.eye(4) + 0.6), size=199)
    p = []
    for own in range(4):
        others = [i for i in range(4) if i != own]
        gaps = values[others] - values[own]
        draws = drawn[:, others] - drawn[:, [own]] - gaps
        scatter = draws.std(axis=0, ddof=1)
        distance = (gaps / (np.sqrt(n / (n - 1)) * scatter)).max()
        largest = (draws / scatter).max(axis=1)
        p.append(1 if distance <= 0 else min(1, (1 + (largest >= distance).sum()) / 200 * 0.05 / level))
    return dict(n=n, level=level, values=values.tolist(), draws=drawn.T.tolist(), pValues=p)

def equivalence(rho, n):
    # Two one-sided tests (Schuirmann 1987) against +-0.3 on Fisher's scale, with the error of Bonett and Wright.
    error = np.sqrt((1 + rho**2 / 2) / (n - 3))
    z, limit = np.arctanh(rho), np.arctanh(0.3)
    return dict(rho=rho, n=n, error=error, pValue=max(norm.sf((z + limit) / error), norm.cdf((z - limit) / error)))

print(json.dumps(dict(
    reliabilities=[reliability(2, []), reliability(3, []), reliability(3, [(2, 1), (5, 0), (7, 2), (7, 1)])],
    draws=[draws(-0.2, 0.004, 59, 0.01, 3, 1, 0.05), draws(0.15, 0.0002, 499, 0.01, 5, 8, 0.01), draws(-0.3, 0.01, 23, 0.0001, 2, 3, 0.005)],
    simultaneous=[simultaneous(0.05), simultaneous(0.02)],
    differences=[differences(0.05), differences(0.01)],
    expanded=[dict(z=z, n=n, t=float(np.sqrt(n / (n - 1)) * t.ppf(norm.cdf(z), n - 1))) for z in (1.96, 2.8) for n in (10, 60)],
    student=[dict(value=v, degrees=d, level=float(t.cdf(v, d))) for v, d in ((-2, 9), (-3.5, 23), (0.1, 3.7), (1.5, 9999), (-6, 499), (-40, 2.5))],
    welch=[welch(24, 3), welch(60, 5)],
    maxT=max_t(),
    equivalence=[equivalence(r, n) for r in (0, 0.1, -0.2) for n in (60, 150, 500, 2000)],
    best=[best(0.05), best(0.01)],
)))
