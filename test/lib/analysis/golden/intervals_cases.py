# Intervals of fixed draws by the formulas of Efron (1987), Hesterberg (2015) and Fisher in NumPy and SciPy; p by solving for the level.
import json
import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, t

cases = []
for name, n, shift, skew in [('symmetric', 40, 0.3, 0.0), ('skewed', 25, 0.15, 0.8), ('far', 60, 2.0, 0.3)]:
    u = (np.arange(200) + 0.5) / 200
    z = norm.ppf(u)
    draws = shift + 0.2 * (z + skew * (z * z - 1) / 3)
    own = shift + 0.01
    jack = own + 0.01 * np.sin(np.arange(n)) + skew * 0.02 * np.cos(np.arange(n)) ** 3
    z0 = norm.ppf((np.sum(draws < own) + 0.5 * np.sum(draws == own) + 0.5) / (len(draws) + 1))
    d = jack.mean() - jack
    a = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    def end(tail):
        q = np.sqrt(n / (n - 1)) * t.ppf(tail, n - 1)
        return norm.cdf(q), norm.cdf(z0 + (z0 + q) / (1 - a * (z0 + q)))
    percentile = [float(np.quantile(draws, end(p)[0])) for p in (0.025, 0.975)]
    bca = [float(np.quantile(draws, end(p)[1])) for p in (0.025, 0.975)]
    fisher = None
    if np.abs(draws).max() < 1:
        z = np.arctanh(draws)
        reach = norm.ppf(0.975) * np.sqrt(n / (n - 1)) * z.std(ddof=1)
        fisher = [float(np.tanh(np.arctanh(own) - reach)), float(np.tanh(np.arctanh(own) + reach))]
    below = (np.sum(draws < 0) + 0.5) / (len(draws) + 1)
    p = [brentq(lambda level: end(level / 2)[which] - below, 1e-12, 1 - 1e-12) for which in (0, 1)]
    cases.append(dict(name=name, n=n, own=own, draws=draws.tolist(), jackknife=jack.tolist(), percentile=percentile, bca=bca, fisher=fisher, pValues=dict(percentile=p[0], bca=p[1])))
print(json.dumps(cases))
