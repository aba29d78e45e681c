"""Whether the variants were given out in the shares that were asked for.

If they were not, something favours one of them, such as a proxy that keeps an answer, and no result can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MISMATCH_BELOW = 0.001  # a p-value; it holds at all looks together
_CONCENTRATION = 100  # of the prior around the shares: the higher, the smaller the mismatches it looks for


def p_value(answers: Sequence[int], shares: Sequence[float]) -> float:
    """The chance, at most, of ever seeing counts as unlikely as these if the shares are true.

    `answers` are the content answers of each variant, `shares` their fractions, which add up to 1. It is one over the
    Bayes factor against a Dirichlet prior around the shares (Lindon and Malek: Anytime-valid inference for multinomial
    count data, NeurIPS 2022).
    """
    prior = [_CONCENTRATION * share for share in shares]
    log_factor = math.lgamma(sum(prior)) - math.lgamma(sum(prior) + sum(answers))
    for count, share, weight in zip(answers, shares, prior, strict=True):
        log_factor += math.lgamma(weight + count) - math.lgamma(weight) - count * math.log(share)
    return min(1.0, math.exp(-log_factor)) if log_factor > -700 else 1.0
