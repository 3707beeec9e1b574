"""The normal distribution for compiled code: its distribution function, quantiles and draws.

Belongs here: functions of one number that numba compiles, and the streams of random numbers they
draw from. Not here: anything of votes.
"""

from math import erfc, inf, log, sqrt

import numpy as np
from numba import njit, uint64

ROOT2 = sqrt(2.0)
# No probability is taken to be smaller, so that it has a logarithm.
TINY = 1e-300
# Of the three rational approximations in AS 241 (PPND16), numerators then denominators, from the
# highest power down.
CENTRE = np.array(
    [
        [2.5090809287301226727e3, 5.2264952788528545610e3],
        [3.3430575583588128105e4, 2.8729085735721942674e4],
        [6.7265770927008700853e4, 3.9307895800092710610e4],
        [4.5921953931549871457e4, 2.1213794301586595867e4],
        [1.3731693765509461125e4, 5.3941960214247511077e3],
        [1.9715909503065514427e3, 6.8718700749205790830e2],
        [1.3314166789178437745e2, 4.2313330701600911252e1],
        [3.3871328727963666080e0, 1.0],
    ]
)
MIDDLE = np.array(
    [
        [7.74545014278341407640e-4, 1.05075007164441684324e-9],
        [2.27238449892691845833e-2, 5.47593808499534494600e-4],
        [2.41780725177450611770e-1, 1.51986665636164571966e-2],
        [1.27045825245236838258e0, 1.48103976427480074590e-1],
        [3.64784832476320460504e0, 6.89767334985100004550e-1],
        [5.76949722146069140550e0, 1.67638483018380384940e0],
        [4.63033784615654529590e0, 2.05319162663775882187e0],
        [1.42343711074968357734e0, 1.0],
    ]
)
TAIL = np.array(
    [
        [2.01033439929228813265e-7, 2.04426310338993978564e-15],
        [2.71155556874348757815e-5, 1.42151175831644588870e-7],
        [1.24266094738807843860e-3, 1.84631831751005468180e-5],
        [2.65321895265761230930e-2, 7.86869131145613259100e-4],
        [2.96560571828504891230e-1, 1.48753612908506148525e-2],
        [1.78482653991729133580e0, 1.36929880922735805310e-1],
        [5.46378491116411436990e0, 5.99832206555887937690e-1],
        [6.65790464350110377720e0, 1.0],
    ]
)


@njit(cache=True)
def cdf(x: float) -> float:
    """The standard normal distribution function at `x`."""
    return 0.5 * erfc(-x / ROOT2)


@njit(cache=True)
def _ratio(coefficients: np.ndarray, r: float) -> float:
    above = below = 0.0
    for k in range(coefficients.shape[0]):
        above = above * r + coefficients[k, 0]
        below = below * r + coefficients[k, 1]
    return above / below


@njit(cache=True)
def quantile(p: float) -> float:
    """The standard normal quantile of `p` in (0, 1), to about 16 digits.

    Algorithm AS 241 (Wichura 1988, Applied Statistics 37(3): 477-484), which scipy's `ndtri`
    agrees with; scipy's own can't be called from compiled code that is kept on disk.
    """
    if p <= 0.0:
        return -inf
    if p >= 1.0:
        return inf
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(CENTRE, 0.180625 - q * q)
    r = sqrt(-log(p if q < 0 else 1.0 - p))
    x = _ratio(MIDDLE, r - 1.6) if r <= 5.0 else _ratio(TAIL, r - 5.0)
    return -x if q < 0 else x


@njit(cache=True)
def stream(seed: int, sweep: int, row: int) -> np.ndarray:
    """A stream of random numbers of its own for one row of one sweep: an array of one uint64.

    So results are the same however many threads there are. SplitMix64 (Steele, Lea and Flood 2014,
    OOPSLA: 453-472), begun at a place that its own mixing function scatters.
    """
    state = np.empty(1, dtype=np.uint64)
    state[0] = uint64(seed)
    state[0] = _mixed(state) ^ uint64(sweep)
    state[0] = _mixed(state) ^ uint64(row)
    state[0] = _mixed(state)
    return state


@njit(cache=True)
def _mixed(state: np.ndarray) -> np.uint64:
    state[0] += uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@njit(cache=True)
def uniform(state: np.ndarray) -> float:
    """The next number of a stream, uniform in (0, 1)."""
    return (float(_mixed(state) >> uint64(11)) + 0.5) * 2.0**-53


@njit(cache=True)
def normal(state: np.ndarray) -> float:
    """The next number of a stream, standard normal."""
    return quantile(uniform(state))


@njit(cache=True)
def truncated(state: np.ndarray, mean: float, low: float, high: float) -> float:
    """A draw from N(mean, 1) truncated to (low, high), by inversion.

    It is made in the tail on the left, where the distribution function keeps its digits.
    """
    a, b = low - mean, high - mean
    if a > 0.0:
        return mean - _inverted(state, -b, -a)
    return mean + _inverted(state, a, b)


@njit(cache=True)
def _inverted(state: np.ndarray, a: float, b: float) -> float:
    below, above = cdf(a), cdf(b)
    if above - below < TINY:  # so far out that all of its mass is at the nearer end
        return b
    return min(max(quantile(below + uniform(state) * (above - below)), a), b)


@njit(cache=True)
def log_interval(mean: float, low: float, high: float) -> float:
    """The log of the probability that N(mean, 1) is in (low, high); at least log(TINY)."""
    a, b = low - mean, high - mean
    p = cdf(-a) - cdf(-b) if a > 0.0 else cdf(b) - cdf(a)
    return log(max(p, TINY))
