"""Concentration against published examples and against the expectation it must have."""

from collections import Counter
from itertools import product

import pytest

from pipeline.claims.concentration import (
    change_between_groups,
    change_of_concentration,
    change_of_weights,
    concentration,
    effective_number,
    herfindahl,
    top_share,
    unbiased_herfindahl,
)


def test_index_of_the_merger_guidelines() -> None:
    # U.S. Department of Justice, Herfindahl-Hirschman Index: 30, 30, 20 and 20 per cent make 2,600.
    assert 10_000 * herfindahl([30, 30, 20, 20]) == pytest.approx(2600)
    assert effective_number(0.26) == pytest.approx(3.846, abs=1e-3)
    assert top_share([1, 5, 3, 1], 2) == pytest.approx(0.8)


def test_the_count_index_is_unbiased_where_squared_shares_are_not() -> None:
    truth = (0.5, 0.3, 0.2)
    unbiased = plain = 0.0
    for draw in product(range(3), repeat=5):
        chance = 1.0
        for holder in draw:
            chance *= truth[holder]
        counts = [draw.count(holder) for holder in range(3)]
        unbiased += chance * (unbiased_herfindahl(counts) or 0.0)
        plain += chance * herfindahl(counts)
    assert unbiased == pytest.approx(0.38)
    assert plain > 0.45
    assert unbiased_herfindahl([1]) is None


def test_intervals_cover_and_changes_are_found() -> None:
    import numpy as np

    truth, covered = np.array([0.4, 0.3, 0.2, 0.1]), 0
    generator = np.random.default_rng(9)
    for _ in range(120):
        found = concentration(generator.multinomial(200, truth).tolist(), 0.95, resamples=99)
        assert found is not None
        covered += found.low <= herfindahl(list(truth)) <= found.high
    assert covered / 120 > 0.88
    same = change_of_concentration({"a": 50, "b": 50}, {"a": 52, "c": 48}, 0.95)
    grown = change_of_concentration({"a": 50, "b": 50}, {"a": 90, "b": 10}, 0.95)
    assert same is not None
    assert grown is not None
    assert same.low < 0 < same.high
    assert grown.low > 0.1
    assert change_of_concentration({"a": 1}, {"a": 5}, 0.95) is None


def test_units_that_come_in_groups_need_whole_groups_drawn() -> None:
    """Nothing changes, and a lab's releases all come from its country: independent units would say otherwise."""
    import numpy as np

    generator, countries = np.random.default_rng(3), np.array([0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
    wrong = {"groups": 0, "units": 0}
    for _ in range(100):
        sides = [
            [Counter({str(c): int(n)}) for c, n in zip(generator.choice(6, 40, p=countries), sizes, strict=True)]
            for sizes in np.minimum(generator.zipf(1.7, (2, 40)), 16)
        ]
        grouped = change_between_groups(sides[0], sides[1], 0.9, resamples=99)
        alone = change_of_concentration(*(sum(side, Counter()) for side in sides), 0.9, resamples=99)
        assert grouped is not None
        assert alone is not None
        assert grouped.estimate == pytest.approx(alone.estimate)
        wrong["groups"] += not grouped.low < 0 < grouped.high
        wrong["units"] += not alone.low < 0 < alone.high
    assert wrong["groups"] <= 17
    assert wrong["units"] > 40
    assert change_between_groups([Counter("a")], [Counter("a"), Counter("b")], 0.9) is None


def test_a_change_of_weights_lies_within_what_other_holders_would_have_shown() -> None:
    before, after = [1.0] * 40, [1.0 + 4.0 * (i < 10) for i in range(40)]
    found = change_of_weights(before, after, 0.95)
    assert found.estimate == pytest.approx(herfindahl(after) - herfindahl(before))
    assert found.low < found.estimate < found.high
    still = change_of_weights(after, [5 * weight for weight in after], 0.95)
    assert (still.estimate, still.low, still.high) == pytest.approx((0.0, 0.0, 0.0))
