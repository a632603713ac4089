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
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from claims.world import World, labs_world, median_of_shared_matches, month_end, months, quarters, shared_matches

from pipeline.claims import (
    c01_changing_life,
    c02_race_intensifies,
    c03_most_advanced_open,
    c04_open_source,
    c05_not_hoarding,
    c06_accessible_to_anyone,
    c07_dominant_standard,
    c08_price_pressure,
    c09_leading_position,
    c10_built_on_open,
    c11_free_tools_influence,
    c12_revenue_loss,
    c13_avoid_dependence,
    c14_rivals_stay_closed,
    c15_contrast_with_meta,
    c16_mixed_reactions,
    c17_recoup_investment,
    c18_malicious_use,
    c19_benefit_everyone,
    c20_concentrates_control,
    c21_others_respond,
    c22_distance_to_best_open,
    statistics,
)
from pipeline.claims.findings import Estimate
from pipeline.claims.record_lags import Matched
from pipeline.claims.registration import Claim, Marks
from pipeline.claims.run import evaluate
from pipeline.claims.verdict import decide

ON = date(2025, 12, 31)
COLUMNS = (
    "case_id", "kind", "judged", "truth", "sample", "draw_count", "wrong", "wrong_share", "wrong_low_share",
    "wrong_high_share", "supported_share", "contradicted_share", "insufficient_share", "computed_on",
)  # fmt: skip
MEMORY = 0.6
"""How much of what strays in one month, week or quarter is left in the next."""
HALF = 12.0
"""How far a rating's 95 % interval reaches to either side."""


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
    often: float = 1.0
    """How many times as many draws are made of it: more of a cheap case, fewer of a dear one."""


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


def releases(generator: Any, truths: dict[str, float], count: int) -> World:
    """Labs that release every 24 days, each time open with their own probability, and labs known to publish."""
    world = labs_world({"alibaba": (28, 2), "mistral": (20, 10)})
    for lab, truth in truths.items():
        for place in range(count):
            access = "open" if generator.random() < truth else "closed"
            world.release(f"{lab}-{place}", lab, date(2023, 1, 5) + timedelta(days=24 * place), access)
    return world


def counts(generator: Any) -> str:
    return verdict_on(c14_rivals_stay_closed.CLAIM, releases(generator, {"openai": 0.5, "google": 0.5}, 40))


def contrast(generator: Any) -> str:
    return verdict_on(
        c15_contrast_with_meta.CLAIM, releases(generator, {"meta": 0.4, "google": 0.4, "openai": 0.4}, 30)
    )


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


@cache
def median_of_days() -> float:
    return median_of_shared_matches(np.random.default_rng(0))


def lags_in_a_year(median_months: float) -> Callable[[Any], str]:
    """What the rule on the lag says at any of a year's four looks at 24 records, some of which one release matched."""
    hypothesis = c22_distance_to_best_open.CLAIM.hypothesis("lag")

    def draw(generator: Any) -> str:
        closed, matched, places = shared_matches(generator, 24)
        closed, matched = (days * median_months / median_of_days() for days in (closed, matched))
        decisions = set()
        for look in closed[-1] + np.array([3, 6, 9, 12]):
            seen = matched <= look
            found = Matched(
                (tuple(np.minimum(matched, look) - closed), tuple(seen.tolist())),
                tuple(np.where(seen, places, -1).tolist()), tuple(look - closed), None, None,
            )  # fmt: skip
            decisions.add(decide(hypothesis, c22_distance_to_best_open.lag_of(hypothesis, found)))
        found = [verdict for word, verdict in (("supports", "supported"), ("contradicts", "contradicted"))
                 if word in decisions]  # fmt: skip
        return found[0] if found else "mixed"

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


def strays(deviation: float, length: int, generator: Any) -> list[float]:
    """What series stray from their truth: an AR(1) with MEMORY."""
    from bench.trend_size import series

    return [deviation * float(value) for value in series(MEMORY, length, 0.0, generator)]


def licences(generator: Any) -> str:
    world = World()
    for place in range(60):
        day = date(2023, 3, 1) + timedelta(days=14 * place)
        world.release(f"m-{place}", "meta", day, "open")
        label = "open" if generator.random() < 0.5 else "closed"
        for definition in ("open_unrestricted", "osi_weights", "osaid"):
            world.openness(f"m-{place}", definition, label, day)
    return verdict_on(c04_open_source.CLAIM, world)


def conditions(generator: Any) -> str:
    world = World()
    for place in range(60):
        day = date(2023, 3, 1) + timedelta(days=14 * place)
        world.terms(f"m-{place}", day, "open", bool(generator.random() < 0.8))
    return verdict_on(c06_accessible_to_anyone.CLAIM, world)


def distances(slope: float) -> Callable[[Any], str]:
    """Each month two models of a maker drawn by lot come out on top, and twelve so far behind."""

    def draw(generator: Any) -> str:
        world = World()
        span = months(date(2023, 5, 1), 32)
        for step, (month, stray) in enumerate(zip(span, strays(20.0, len(span), generator), strict=True)):
            leader, behind = f"leader-{generator.integers(5)}", 200 + slope * step + stray
            for place in range(14):
                lab, less = (leader, place) if place < 2 else (f"other-{place}", behind)
                rating = 1000.0 + 300 * step - less
                world.rating(f"m-{step}-{place}", lab, month, "closed", rating, 2.0, rated_on=ON)
        return verdict_on(c02_race_intensifies.CLAIM, world)

    return draw


def rate(world: World, model: str, lab: str, day: date, access: str, truth: float, generator: Any) -> None:
    """A rating that errs as its interval says."""
    rating = truth + float(generator.normal(0, HALF / 1.96))
    world.rating(model, lab, day, access, rating, HALF, rated_on=ON)


def kept_back(generator: Any) -> str:
    world = World()
    models = [("best", "open", date(2023, 7, 18), 1170.0), ("kept", "closed", ON - timedelta(days=20), 1180.0)]
    models += [(f"small-{place}", "open", date(2023, 7, 18), 900.0 + place) for place in range(2)]
    for model, access, day, truth in models:
        world.release(model, "meta", day, access)
        rate(world, model, "meta", day, access, truth, generator)
    return verdict_on(c03_most_advanced_open.CLAIM, world)


def places(before: float, after: float) -> Callable[[Any], str]:
    """Meta is third, so far behind the best until the essay and since."""

    def draw(generator: Any) -> str:
        world = World()
        for step, month in enumerate(months(date(2023, 5, 1), 32)):
            behind = {"first": 0.0, "second": 20.0, "meta": before if month < date(2024, 6, 1) else after}
            behind |= {f"rival-{place}": 80.0 + 5 * place for place in range(7)}
            for lab, less in behind.items():
                access = "open" if lab == "meta" else "closed"
                rate(world, f"{lab}-{step}", lab, month, access, 1000.0 + 10 * step - less, generator)
        return verdict_on(c09_leading_position.CLAIM, world)

    return draw


def preferences(share: float) -> Callable[[Any], str]:
    """Meta's best model is preferred so often to that of the third of four rivals."""

    def draw(generator: Any) -> str:
        import math

        world, day = World(), date(2025, 10, 1)
        makers = {"google": 40.0, "anthropic": 25.0, "openai": 0.0, "xai": -20.0}
        makers["meta"] = 400 * math.log10(share / (1 - share))
        for lab, above in makers.items():
            rate(world, lab, lab, day, "open" if lab == "meta" else "closed", 1480 + above, generator)
        return decision_on(c16_mixed_reactions.CLAIM, "C16.preference", world)

    return draw


def spending(above: float, hypothesis_id: str | None = None) -> Callable[[Any], str]:
    """Shares of cash flow that rise by half a point a quarter at five companies, at Meta so far above its peers'."""

    def draw(generator: Any) -> str:
        world, span = World(), quarters(date(2017, 1, 1), 35)
        for company in ("meta", *c17_recoup_investment.PEERS):
            more = above if company == "meta" else 0.0
            for step, (quarter, stray) in enumerate(zip(span, strays(0.03, len(span), generator), strict=True)):
                revenue = 20 * 1.02**step
                world.figure(company, "revenue", quarter, revenue)
                world.figure(company, "operating_cash_flow", quarter, 0.4 * revenue)
                burden = 0.3 + 0.005 * step + more + stray
                world.figure(company, "capex_purchases_ppe", quarter, 0.4 * revenue * burden)
        claim = c17_recoup_investment.CLAIM
        return decision_on(claim, hypothesis_id, world) if hypothesis_id else verdict_on(claim, world)

    return draw


def incidents(ratio: float) -> Callable[[Any], str]:
    """Poisson counts of misuse beside as many open as closed models."""

    def draw(generator: Any) -> str:
        world = labs_world({"meta": (40, 0), "openai": (0, 40)})
        for access, expected in (("open", 100 * ratio), ("closed", 100)):
            count = int(generator.poisson(expected))
            for place in range(count):
                world.incident(date(2023, 1, 1) + timedelta(days=880 * place // count), access)
        return decision_on(c18_malicious_use.CLAIM, "C18.rate", world, date(2025, 6, 30))

    return draw


def makers(generator: Any) -> World:
    """Open releases in the years to the essay and to ON, of makers and countries drawn alike in both."""
    import numpy as np

    world, weights = World(), 1 / np.arange(1, 31)
    for last in (date(2024, 5, 31), ON):
        for place, maker in enumerate(generator.choice(30, size=300, p=weights / weights.sum())):
            world.release(f"m-{last}-{place}", f"lab-{maker}", last - timedelta(days=1 + place), "open")
            row = world.rows["release"][-1]
            world.rows["release"][-1] = (*row[:4], f"C{maker // 2}", *row[5:])
    return world


def channels(generator: Any) -> str:
    world, span = World(), months(date(2024, 7, 1), 18)
    for channel in c07_dominant_standard.CHANNELS:
        for month, stray in zip(span, strays(0.05, len(span), generator), strict=True):
            share = 0.5 + stray
            world.channel(channel, month, {"meta": share, "alibaba": (1 - share) / 2, "others": (1 - share) / 2})
    return verdict_on(c07_dominant_standard.CLAIM, world)


def tokens(generator: Any) -> str:
    world = World()
    for channel in ("openrouter", "vercel"):
        for week, stray in enumerate(strays(0.05, 52, generator)):
            for day in range(5):
                on = date(2024, 12, 30) + timedelta(days=7 * week + day)
                shares = {(f"{access}-{maker}", access): share / 4
                          for access, share in (("open", 0.5 + stray), ("closed", 0.5 - stray))
                          for maker in range(4)}  # fmt: skip
                world.tokens(channel, on, shares)
    return verdict_on(c10_built_on_open.CLAIM, world)


def growing(hypothesis_id: str, doublings: float) -> Callable[[Any], str]:
    """Downloads and readers that double so many times a year, 36 months of them."""

    def draw(generator: Any) -> str:
        world, span = World(), months(date(2022, 12, 1), 36)
        series = [*c01_changing_life.SETS["all four"], "assistant", "control"]
        wandering = {name: strays(0.3, len(span), generator) for name in series}
        for step, month in enumerate(span):
            for name in series:
                rising = 0.0 if name == "control" else doublings * step / 12
                amount = int(1e6 * 2 ** (rising + wandering[name][step]))
                if name in ("assistant", "control"):
                    world.rows["attention_monthly"].append((month, name, name, "x", amount, month_end(month)))
                else:
                    row = (month, name, "either", amount, month_end(month))
                    world.rows["package_downloads_monthly"].append(row)
        return decision_on(c01_changing_life.CLAIM, hypothesis_id, world)

    return draw


def disclosing(generator: Any) -> str:
    """Four makers disclose more than Meta and four as much less; every second release of Meta is open."""
    world, ends_on = World(), date(2025, 10, 31)
    truths = {"meta": 0.4} | {f"lab-{place}": 0.4 + 0.04 * (place - 3.5) for place in range(8)}
    told = {lab: generator.random(100) < truth for lab, truth in truths.items()}
    world.edition("2025-10", ends_on, {lab: int(found.sum()) for lab, found in told.items()})
    for lab, found in told.items():
        world.rows["transparency_indicator"] += [
            ("2025-10", lab.title(), f"{place:03}", bool(is_told)) for place, is_told in enumerate(found)
        ]
    for place in range(40):
        access = "open" if generator.random() < 0.5 else "closed"
        world.release(f"m-{place}", "meta", date(2024, 2, 1) + timedelta(days=14 * place), access)
    return verdict_on(c05_not_hoarding.CLAIM, world)


def tooling(generator: Any) -> str:
    world, span = World(), months(date(2023, 11, 1), 26)
    for month, stray in zip(span, strays(0.03, len(span), generator), strict=True):
        for package, kind, share in (("tool", "open tooling", 0.5 + stray), ("client", "closed client", 0.5 - stray)):
            row = (month, package, kind, round(1e9 * share), month_end(month))
            world.rows["package_downloads_monthly"].append(row)
    return decision_on(c11_free_tools_influence.CLAIM, "C11.use", world)


def purchases(generator: Any) -> str:
    world, span = World(), quarters(date(2019, 1, 1), 26)
    for quarter, stray in zip(span, strays(0.03, len(span), generator), strict=True):
        world.figure("meta", "revenue", quarter, 100.0)
        world.figure("meta", "capex_purchases_ppe", quarter, 100 * (0.3 + stray))
    return decision_on(c13_avoid_dependence.CLAIM, "C13.purchases", world)


def responding(odds_ratio: float) -> Callable[[Any], str]:
    """Forty labs that differ in how open they are, whose odds rise by so much at Llama 2 and stay there."""

    def draw(generator: Any) -> str:
        import math

        world, llama = World(), date.fromisoformat(c21_others_respond.LLAMA_2)
        for lab in range(40):
            leaning = float(generator.normal(-0.5, 1.0))
            for place in range(40):
                day = date(2021, 1, 3) + timedelta(days=36 * place + int(generator.integers(36)))
                odds = math.exp(leaning) * (odds_ratio if day >= llama else 1.0)
                access = "open" if generator.random() < odds / (1 + odds) else "closed"
                world.release(f"m-{lab}-{place}", f"lab-{lab}", day, access)
        return verdict_on(c21_others_respond.CLAIM, world, date(2024, 12, 31))

    return draw


def losses(loss: float) -> Callable[[Any], str]:
    """Meta and Alphabet growing by 5 and 4 % a quarter with shocks of 1 %; Meta loses a share from 2021Q2 on."""

    def draw(generator: Any) -> str:
        import math

        world, seasons = World(), (0.0, 0.03, 0.04, 0.15)
        for company, growth in (("meta", 0.05), ("alphabet", 0.04)):
            shocks = generator.normal(0, 0.01, 44).cumsum()
            for step, quarter in enumerate(quarters(date(2012, 1, 1), 44)):
                kept = 1 - loss if company == "meta" and quarter >= date(2021, 4, 1) else 1.0
                revenue = kept * math.exp(growth * step + seasons[step % 4] + shocks[step])
                world.figure(company, "revenue", quarter, revenue)
        return verdict_on(c12_revenue_loss.CLAIM, world)

    return draw


BOTH = ("supported", "contradicted")
FLOORS = "14 floors, 10 of them entered"
MAKERS = "300 releases a year by 30 makers"
CASES = (
    Case("free", "share", "C06", "four of five of Meta's releases are for anyone", "60 releases", BOTH, conditions),
    Case("licence", "share", "C04", "half of Meta's releases are open source", "60 releases", BOTH, licences),
    Case(
        "kept_back",
        "rating",
        "C03",
        "the best open model is 10 points behind",
        "4 models, ratings to 12 points",
        BOTH,
        kept_back,
    ),
    Case(
        "misuse_1",
        "rate",
        "C18.rate",
        "open models are misused as often",
        "about 200 incidents",
        BOTH[:1],
        incidents(1.0),
    ),
    Case(
        "misuse_1.25",
        "rate",
        "C18.rate",
        "open models are misused a quarter more often",
        "about 225 incidents",
        BOTH[1:],
        incidents(1.25),
    ),
    Case(
        "liked_50",
        "rating",
        "C16.preference",
        "Meta's best model is liked as much",
        "4 rivals, ratings to 12 points",
        BOTH[:1],
        preferences(0.5),
    ),
    Case(
        "liked_47",
        "rating",
        "C16.preference",
        "Meta's best model wins 47 %",
        "4 rivals, ratings to 12 points",
        BOTH[1:],
        preferences(0.47),
    ),
    Case(
        "countries",
        "concentration",
        "C19.countries",
        "countries are as in May 2024",
        MAKERS,
        BOTH[:1],
        lambda generator: decision_on(c19_benefit_everyone.CLAIM, "C19.countries", makers(generator)),
    ),
    Case(
        "makers",
        "concentration",
        "C20.released",
        "makers are as in May 2024",
        MAKERS,
        BOTH[:1],
        lambda generator: decision_on(c20_concentrates_control.CLAIM, "C20.released", makers(generator)),
    ),
    Case("channels", "mean of a series", "C07", "Meta has half of each channel", "18 months", BOTH, channels),
    Case(
        "peers_0",
        "mean of a series",
        "C17.above_peers",
        "Meta spends as its peers do",
        "35 quarters",
        BOTH[:1],
        spending(0.0, "C17.above_peers"),
    ),
    Case(
        "peers_5",
        "mean of a series",
        "C17",
        "Meta's share rises by half a point a quarter, 5 points above its peers'",
        "35 quarters",
        BOTH[1:],
        spending(0.05),
    ),
    Case("race_0", "trend", "C02", "the field keeps its distance", "32 months", BOTH[:1], distances(0.0)),
    Case(
        "race_0.5",
        "trend",
        "C02",
        "the field closes up by half a point a month",
        "32 months",
        BOTH[1:],
        distances(-0.5),
    ),
    Case(
        "nearer_0",
        "rating",
        "C09",
        "Meta is third, as near as before",
        "32 months, ratings to 12 points",
        BOTH[:1],
        places(40, 40),
    ),
    Case(
        "nearer_10",
        "rating",
        "C09",
        "Meta is third, 10 points nearer",
        "32 months, ratings to 12 points",
        BOTH[1:],
        places(50, 40),
    ),
    Case("share", "share", "C14", "both labs open every second release", "40 releases a lab", BOTH, counts),
    Case("contrast", "contrast", "C15", "Meta is as open as its rivals", "30 releases a lab", BOTH[:1], contrast),
    Case("lag_3", "survival", "C22", "median lag of 3 months, the edge of support", "24 records", BOTH, lags(3.0)),
    Case(
        "lag_6", "survival", "C22", "median lag of 6 months, the edge of contradiction", "24 records", BOTH, lags(6.0)
    ),
    *(
        Case(
            f"lag_{median:.0f}_year",
            "survival",
            "C22.lag at four looks",
            f"median lag of {median:.0f} months, the edge of {edge}; some are matched together",
            "24 records, each looked at for months",
            wrong,
            lags_in_a_year(median),
            5.0,
        )
        for median, edge, wrong in ((3.0, "support", BOTH[:1]), (6.0, "contradiction", BOTH[1:]))
    ),
    Case("tokens", "mean of a series", "C10", "open models have half of the tokens", "52 weeks", BOTH, tokens),
    Case("loss_0", "counterfactual", "C12", "nothing was lost", "44 quarters", BOTH[:1], losses(0.0), 0.5),
    Case("loss_5", "counterfactual", "C12", "a twentieth was lost", "44 quarters", BOTH[1:], losses(0.05), 0.5),
    Case(
        "growth_0.67",
        "trend",
        "C01.tools",
        "downloads double twice in three years, the edge",
        "36 months",
        BOTH,
        growing("C01.tools", 2 / 3),
    ),
    Case(
        "growth_0",
        "trend",
        "C01.attention",
        "as many read of assistants as before",
        "36 months",
        BOTH[:1],
        growing("C01.attention", 0.0),
    ),
    Case(
        "disclosed",
        "share",
        "C05",
        "Meta is in the middle of nine makers, half of its releases are open",
        "100 indicators, 40 releases",
        BOTH,
        disclosing,
    ),
    Case("tools_0", "trend", "C11.use", "open tooling keeps its share", "26 months", BOTH[:1], tooling),
    Case("purchases_0", "trend", "C13.purchases", "Meta buys as much as before", "26 quarters", BOTH[:1], purchases),
    Case(
        "response_1",
        "interrupted series",
        "C21",
        "other labs release as before",
        "1600 releases of 40 labs",
        BOTH[:1],
        responding(1.0),
        0.5,
    ),
    Case(
        "response_1.5",
        "interrupted series",
        "C21",
        "the odds of other labs rise by half",
        "1600 releases of 40 labs",
        BOTH[1:],
        responding(1.5),
        0.5,
    ),
    Case(
        "entry_0",
        "staggered entry",
        "C08.open_entry",
        "open entry changes no price",
        FLOORS,
        BOTH[:1],
        prices(0.0),
    ),
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
            5.0,
        )
        for phi, length in ((0.0, 24), (0.6, 24), (0.6, 60), (0.85, 36))
    ),
)


def table(draws: int, cases: tuple[Case, ...] = CASES, seed: int = 20240531) -> Iterator[dict[str, Any]]:
    """A row for each case with the share of draws that got each answer, that of wrong ones with its interval."""
    import numpy as np

    for case in cases:
        count = max(1, round(case.often * draws))
        generator = np.random.default_rng(seed)
        found = Counter(case.draw(generator) for _ in range(count))
        wrong = statistics.wilson_proportion(sum(found[verdict] for verdict in case.wrong), count, 0.95)
        shares = {
            "wrong_share": wrong.estimate, "wrong_low_share": wrong.low, "wrong_high_share": wrong.high,
            "supported_share": found["supported"] / count,
            "contradicted_share": found["contradicted"] / count,
            "insufficient_share": found["insufficient evidence"] / count,
        }  # fmt: skip
        yield {
            "case_id": case.case_id, "kind": case.kind, "judged": case.judged, "truth": case.truth,
            "sample": case.sample, "draw_count": count,
            "wrong": " or ".join(case.wrong),
            **{name: round(share, 4) for name, share in shares.items()},
            "computed_on": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    ids = [case.case_id for case in CASES]
    parser.add_argument("--only", nargs="*", default=ids, choices=ids, metavar="CASE", help="ids of cases, in order")
    given = parser.parse_args()
    cases = {case.case_id: case for case in CASES}
    chosen = tuple(cases[case_id] for case_id in given.only)
    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    out.writeheader()
    for row in table(given.draws, chosen):
        out.writerow(row)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
