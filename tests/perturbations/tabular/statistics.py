"""Statistics that judge a mask of missing cells, written from their definitions."""

import numpy as np
from scipy import stats


def logistic_regression(design, hit):
    """Return coefficients and standard errors of a logistic regression, intercept first, by Newton's method."""
    x = np.column_stack([np.ones(len(design)), design])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        information = (x * (p * (1 - p))[:, None]).T @ x
        step = np.linalg.solve(information, x.T @ (hit - p))
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


def normal_by_em(cells, *, steps=200):
    """Return mean and covariance of a multivariate normal by maximum likelihood, from cells of which some are NaN."""
    gone = np.isnan(cells)
    mean = np.nanmean(cells, axis=0)
    cov = np.diag(np.nanvar(cells, axis=0))
    for _ in range(steps):
        filled, extra = np.where(gone, 0.0, cells), np.zeros_like(cov)
        for pattern in np.unique(gone, axis=0):
            rows = (gone == pattern).all(axis=1)
            lost, seen = np.flatnonzero(pattern), np.flatnonzero(~pattern)
            slope = cov[np.ix_(lost, seen)] @ np.linalg.pinv(cov[np.ix_(seen, seen)])
            filled[np.ix_(rows, lost)] = (
                mean[lost] + (cells[np.ix_(rows, seen)] - mean[seen]) @ slope.T
            )
            rest = cov[np.ix_(lost, lost)] - slope @ cov[np.ix_(seen, lost)]
            extra[np.ix_(lost, lost)] += rows.sum() * rest
        before, mean = mean, filled.mean(axis=0)
        off = filled - mean
        cov = (off.T @ off + extra) / len(cells)
        if np.abs(mean - before).max() < 1e-9:
            break
    return mean, cov


def little(cells):
    """Return the p-value of Little's test that cells are missing completely at random.

    d^2 = sum over patterns of n (m - mu)' S^-1 (m - mu), over the columns seen, is chi-squared with as many degrees of
    freedom as columns seen over all patterns less the columns (Little, JASA 83, 1988).
    """
    mean, cov = normal_by_em(cells)
    gone = np.isnan(cells)
    statistic, freedom = 0.0, -cells.shape[1]
    for pattern in np.unique(gone, axis=0):
        seen = np.flatnonzero(~pattern)
        if len(seen):
            rows = cells[(gone == pattern).all(axis=1)][:, seen]
            off = rows.mean(axis=0) - mean[seen]
            statistic += len(rows) * off @ np.linalg.solve(cov[np.ix_(seen, seen)], off)
            freedom += len(seen)
    return float(stats.chi2.sf(statistic, freedom))


def within(count, trials, share, *, errors=4.0):
    """Tell whether a binomial count is within some standard errors of its expectation."""
    return abs(count - trials * share) <= errors * np.sqrt(trials * share * (1 - share)) + 1e-9
