"""How often the whole verdict rule is wrong when the truth is known: claims judged on made worlds; a table of rates.

`python -m tests.bench.verdict_false_positives --draws 200` prints it as CSV, as kept in
`warehouse/reference/false_positive.csv`. Each truth lies at the edge of what its claim must tell apart, where the rule
is wrong most often.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from claims.world import World, labs_world, month_end, months

from pipeline.claims import (
    c08_price_pressure,
    c14_rivals_stay_closed,
    c15_contrast_with_meta,
    c22_distance_to_best_open,
    statistics,
)
from pipeline.claims.findings import Estimate
from pipeline.claims.registration import Claim, Marks
from pipeline.claims.run import evaluate
from pipeline.claims.verdict import decide

ON = date(2025, 12, 31)
COLUMNS = (
    "case_id", "kind", "judged", "truth", "sample", "draw_count", "wrong", "wrong_share", "supported_share",
    "contradicted_share", "insufficient_share", "computed_on",
)  # fmt: skip
CHEAPER = 5
"""How many times more draws are made of a case that takes no claim."""


@dataclass(frozen=True)
class Case:
    """A truth, and how one world is drawn from it and judged."""

    case_id: str
    kind: str
    judged: str
    truth: str
    sample: str
    wrong: tuple[str, ...]
    """The verdicts that are wrong when this is true."""
    draw: Callable[[Any], str]
    """From a generator to supported, contradicted, mixed or insufficient evidence."""


def verdict_on(claim: Claim, world: World, on: date = ON) -> str:
    with world.connect() as connection:
        return str(evaluate(connection, [on], [claim], ["hindsight"])["verdict"]["verdict"].iloc[0])


def decision_on(claim: Claim, hypothesis_id: str, world: World, on: date = ON) -> str:
    """The decision on one hypothesis as a verdict, for a claim whose own verdict has a ceiling and a floor."""
    with world.connect() as connection:
        found = evaluate(connection, [on], [claim], ["hindsight"])["test"]
    decision = str(found.loc[found["hypothesis_id"] == hypothesis_id, "decision"].iloc[0])
    words = {"supports": "supported", "contradicts": "contradicted", "insufficient": "insufficient evidence"}
    return words.get(decision, "mixed")


def shares(generator: Any, truths: dict[str, float], count: int) -> World:
    """Labs that release every 24 days, each time open with their own probability, and labs known to publish."""
    world = labs_world({"alibaba": (28, 2), "mistral": (20, 10)})
    for lab, truth in truths.items():
        for place in range(count):
            access = "open" if generator.random() < truth else "closed"
            world.release(f"{lab}-{place}", lab, date(2023, 1, 5) + timedelta(days=24 * place), access)
    return world


def counts(generator: Any) -> str:
    return verdict_on(c14_rivals_stay_closed.CLAIM, shares(generator, {"openai": 0.5, "google": 0.5}, 40))


def contrast(generator: Any) -> str:
    return verdict_on(c15_contrast_with_meta.CLAIM, shares(generator, {"meta": 0.4, "google": 0.4, "openai": 0.4}, 30))


def lags(median_months: float) -> Callable[[Any], str]:
    """Closed records a year apart, each matched after an exponential time by a model under an approved licence.

    So far apart, the match of a later record leaves the median lag of the earlier ones as it is.
    """

    def draw(generator: Any) -> str:
        world = World()
        for place in range(24):
            day = date(2002, 1, 10) + timedelta(days=365 * place)
            rating = 1000.0 + 20 * place
            lab, matching = ("openai", "google")[place % 2], ("meta", "deepseek")[place % 2]
            world.release(f"closed-{place}", lab, day, "closed")
            world.rating(f"closed-{place}", lab, day, "closed", rating, rated_on=ON)
            wait = generator.exponential(median_months / 0.6931) * c22_distance_to_best_open.DAYS_PER_MONTH
            match_on = day + timedelta(days=int(wait))
            if match_on > ON:
                continue
            world.release(f"open-{place}", matching, match_on, "open")
            world.openness(f"open-{place}", "osi_weights", "open", match_on)
            world.rating(f"open-{place}", matching, match_on, "open", rating - 3, rated_on=ON)
        return verdict_on(c22_distance_to_best_open.CLAIM, world)

    return draw


def prices(effect: float) -> Callable[[Any], str]:
    """Closed prices at fourteen floors that drift, fall by a common trend, and change by `effect` at open entry."""

    def draw(generator: Any) -> str:
        import math

        world, tiers = World(), 14
        span = months(date(2023, 1, 1), 8 + 2 * tiers)
        common = 0.97 ** generator.gamma(1.0, 1.0, len(span)).cumsum()
        for place in range(tiers):
            floor = 1000 + 25 * place
            world.rating(f"closed-{place}", "openai", span[0], "closed", float(floor), rated_on=ON)
            entry = 7 + 2 * place if place < tiers - 4 else None
            if entry is not None:
                world.rating(f"open-{place}", "meta", span[entry], "open", float(floor), rated_on=ON)
            drift = generator.normal(0, 0.04, len(span)).cumsum()
            for step, month in enumerate(span):
                level = 2.0 * 1.5**place * common[step] * math.exp(drift[step])
                after = entry is not None and step >= entry
                world.price(month, f"closed-{place}", "closed", level * (1 + effect * after), float(floor))
        return decision_on(c08_price_pressure.CLAIM, "C08.open_entry", world, month_end(span[-1]))

    return draw


def trend(phi: float, length: int) -> Callable[[Any], str]:
    """The decision on a trend by its interval and p-value, on AR(1) noise without one."""
    registered = next(h for h in c22_distance_to_best_open.HYPOTHESES if h.hypothesis_id == "C22.gap_trend")
    hypothesis = replace(registered, marks=Marks.smallest_effect(null=0.0, effect=-0.01, opposite=0.5))

    def draw(generator: Any) -> str:
        from bench.trend_size import series

        found = statistics.trend(series(phi, length, 0.0, generator).tolist(), 1 - hypothesis.alpha)
        assert found is not None
        answer = Estimate.of("C22.gap_trend", "units", found.slope, 1 - hypothesis.alpha, length, found.p_value)
        return {"supports": "supported", "contradicts": "contradicted"}.get(decide(hypothesis, answer), "mixed")

    return draw


BOTH = ("supported", "contradicted")
FLOORS = "14 floors, 10 of them entered"
CASES = (
    Case("share", "share", "C14", "both labs open every second release", "40 releases a lab", BOTH, counts),
    Case("contrast", "contrast", "C15", "Meta is as open as its rivals", "30 releases a lab", BOTH[:1], contrast),
    Case("lag_3", "survival", "C22", "median lag of 3 months, the edge of support", "24 records", BOTH, lags(3.0)),
    Case(
        "lag_6", "survival", "C22", "median lag of 6 months, the edge of contradiction", "24 records", BOTH, lags(6.0)
    ),
    Case("entry_0", "staggered entry", "C08.open_entry", "open entry changes no price", FLOORS, BOTH[:1], prices(0.0)),
    Case(
        "entry_10",
        "staggered entry",
        "C08.open_entry",
        "open entry cuts prices by a tenth",
        FLOORS,
        BOTH[1:],
        prices(-0.1),
    ),
    *(
        Case(
            f"trend_{phi}_{length}",
            "trend",
            "decision on a trend",
            f"no trend, autocorrelation {phi}",
            f"{length} months",
            BOTH[:1],
            trend(phi, length),
        )
        for phi, length in ((0.0, 24), (0.6, 24), (0.6, 60), (0.85, 36))
    ),
)


def table(draws: int, cases: tuple[Case, ...] = CASES, seed: int = 20240531) -> Iterator[dict[str, Any]]:
    """A row for each case with the share of draws that got each answer."""
    import numpy as np

    for case in cases:
        count = CHEAPER * draws if case.kind == "trend" else draws
        generator = np.random.default_rng(seed)
        found = Counter(case.draw(generator) for _ in range(count))
        yield {
            "case_id": case.case_id, "kind": case.kind, "judged": case.judged, "truth": case.truth,
            "sample": case.sample, "draw_count": count,
            "wrong": " or ".join(case.wrong),
            "wrong_share": sum(found[verdict] for verdict in case.wrong) / count,
            "supported_share": found["supported"] / count,
            "contradicted_share": found["contradicted"] / count,
            "insufficient_share": found["insufficient evidence"] / count,
            "computed_on": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", nargs="*", default=[case.case_id for case in CASES], help="ids of cases")
    given = parser.parse_args()
    chosen = tuple(case for case in CASES if case.case_id in given.only)
    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    out.writeheader()
    for row in table(given.draws, chosen):
        out.writerow(row)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
