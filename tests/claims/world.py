"""Small worlds for claims: marts with a few rows in an in-memory database; no test in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

TABLES = {
    "release": "model_id text, name text, organisation_id text, organisation_name text, country_code text, "
    "released_on date, released_precision text, weights_access text, evidence_source text, known_on date",
    "release_evidence": "model_id text, organisation_id text, released_on date, source text, weights_access text, "
    "observed_on date, precedence integer, report_count bigint",
    "release_openness": "model_id text, definition text, label text, known_on date, source text",
    "rated_release": "model_id text, name text, organisation_id text, released_on date, weights_access text, "
    "board text, rating double, rating_low double, rating_high double, vote_count bigint, rated_on date",
    "price_monthly": "month date, catalogue text, listing_tag text, model_id text, weights_access text, "
    "input_price_usd_per_mtok double, output_price_usd_per_mtok double, blended_price_usd_per_mtok double, "
    "rating double",
    "price_floor_monthly": "month date, catalogue text, rating_floor integer, weights_access text, model_count bigint, "
    "floor_price_usd_per_mtok double, floor_model_id text",
    "lab_best_rating_monthly": "month date, organisation_id text, organisation_name text, best_rating double, "
    "best_rating_low double, best_rating_high double, best_model_id text, best_name text, weights_access text, "
    "best_open_rating double, best_open_name text, frontier_rating double, maker_rank bigint, maker_count bigint",
    "release_terms": "model_id text, name text, organisation_id text, released_on date, weights_access text, "
    "licence_key text, licence_known_on date, is_ungated boolean, is_unlimited_in_size boolean, "
    "is_unlimited_in_region boolean, is_unlimited_in_use boolean, parameters_billion double, weights_gigabytes double",
    "attention_monthly": "month date, article text, topic text, organisation_id text, pageview_count bigint, "
    "observed_on date",
    "package_downloads_monthly": "month date, package text, package_class text, pypi_download_count bigint, "
    "observed_on date",
    "supported_architectures_monthly": "month date, toolkit text, architecture_count bigint, new_count bigint",
    "new_architecture": "toolkit text, architecture_tag text, first_released_on date, is_llama boolean",
    "standard_share_monthly": "channel text, month date, group_tag text, amount double, group_share double, "
    "known_on date",
    "hub_downloads_monthly": "series_kind text, series_tag text, month date, downloads_30d_count bigint",
    "mof_entry": "mot_id text, name text, organisation_tag text, family_tag text, dated_on date, mof_class text, "
    "has_report boolean, has_training_code boolean, has_data boolean, observed_on date",
    "judged_system": "osai_id text, organisation_tag text, points double, observed_on date",
    "epoch_release": "list_tag text, name text, published_on date, organisation_tag text, country_tag text, "
    "weights_access text, observed_on date",
    "transparency_score": "edition text, edition_ends_on date, organisation_tag text, organisation_id text, "
    "score bigint, indicator_count bigint, place bigint, developer_count bigint, outscored_share double, source text",
    "transparency_indicator": "edition text, organisation_tag text, indicator text, is_disclosed boolean",
    "host_interface_monthly": "month date, host_tag text, interface_tag text, interface_class text, observed_on date",
    "hub_conversion_monthly": "organisation_id text, month date, conversion_count bigint, own_conversion_count bigint, "
    "known_on date",
    "company_quarter": "company_id text, metric text, quarter date, ends_on date, value_usd double, basis text, "
    "evidence text, method text, known_on date",
    "token_share_daily": "channel text, used_on date, name_tag text, model_id text, organisation_id text, "
    "weights_access text, token_share double, observed_on date",
    "incident": "incident_id bigint, happened_on date, title text, is_malicious_use boolean, maker_count bigint, "
    "weights_access text, known_on date, observed_on date",
    "safeguards_removed_monthly": "month date, first_observed_on date, derivative_count bigint, removed_count bigint",
    "ai_use": "ends_on date, north_user_share double, south_user_share double, known_on date",
    "capability_frontier_monthly": "month date, weights_access text, best_rating double, best_model_id text, "
    "best_name text",
}
COUNTRIES = {"alibaba": "CN", "deepseek": "CN", "mistral": "FR"}


def month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def months(first: date, count: int) -> list[date]:
    """`count` first days of months from the month of `first` on."""
    start = first.year * 12 + first.month - 1
    return [date((start + i) // 12, (start + i) % 12 + 1, 1) for i in range(count)]


@dataclass
class World:
    """Rows of the marts, added one at a time."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def release(
        self, model: str, lab: str, on: date | None, access: str, known_on: date | None = None, name: str | None = None
    ) -> None:
        """A release with one source's word on it, heard on the day of release unless said otherwise."""
        known = known_on or on or date(2023, 1, 1)
        row = (model, name or model, lab, lab.title(), COUNTRIES.get(lab, "US"), on, "day", access, "catalogue", known)
        self.rows["release"].append(row)
        if access != "unknown":
            self.evidence(model, lab, on, access, known)

    def evidence(
        self,
        model: str,
        lab: str,
        on: date | None,
        access: str,
        observed: date,
        precedence: int = 1,
        source: str = "catalogue",
    ) -> None:
        self.rows["release_evidence"].append((model, lab, on, source, access, observed, precedence, 1))

    def openness(self, model: str, definition: str, label: str, known_on: date | None) -> None:
        """What a source says of a release under one definition of open."""
        self.rows["release_openness"].append((model, definition, label, known_on, "catalogue"))

    def rating(
        self,
        model: str,
        lab: str,
        on: date | None,
        access: str,
        rating: float | None,
        half: float | None = 5.0,
        rated_on: date = date(2026, 6, 30),
        board: str = "text/overall",
    ) -> None:
        low, high = (None, None) if half is None or rating is None else (rating - half, rating + half)
        self.rows["rated_release"].append((model, model, lab, on, access, board, rating, low, high, 100, rated_on))

    def price(
        self,
        month: date,
        model: str,
        access: str,
        price: float | None,
        rating: float | None,
        catalogue: str = "openrouter",
    ) -> None:
        self.rows["price_monthly"].append((month, catalogue, model, model, access, price, price, price, rating))

    def edition(self, edition: str, ends_on: date, scores: Mapping[str, int], indicators: bool = False) -> None:
        """An edition of the transparency index, with its indicators if wished: each developer has the first ones."""
        for lab, score in scores.items():
            place = 1 + sum(other > score for other in scores.values())
            row = (edition, ends_on, lab.title(), lab, score, 100, place, len(scores), 0.5, "hand-kept")
            self.rows["transparency_score"].append(row)
            if indicators:
                told = [(edition, lab.title(), f"{i:03}", i < score) for i in range(100)]
                self.rows["transparency_indicator"] += told

    def terms(
        self,
        model: str,
        on: date,
        access: str,
        holds: bool | None,
        known_on: date | None = None,
        gate: bool | None = True,
        gigabytes: float | None = None,
    ) -> None:
        """A release of Meta with the terms it comes on; `holds`: what is so of size and use, region being free."""
        self.release(model, "meta", on, access)
        row = (model, model, "meta", on, access, "terms", known_on or on, gate, holds, True, holds, None, gigabytes)
        self.rows["release_terms"].append(row)

    def channel(self, channel: str, month: date, shares: Mapping[str, float], total: float = 1e7) -> None:
        """A month of a channel, shared out among makers."""
        for group, share in shares.items():
            self.rows["standard_share_monthly"].append((channel, month, group, share * total, share, month_end(month)))

    def epoch_model(self, name: str, maker: str, on: date, access: str, heard_on: date) -> None:
        """One of Epoch's large models."""
        self.rows["epoch_release"].append(("large_scale", name, on, maker, "United States", access, heard_on))

    def mof_entry(self, maker: str, family: str, on: date, mof_class: str, has_research: bool) -> None:
        """An entry of the Model Openness Tool, read on the day it speaks of; a report is always out."""
        number = f"entry-{len(self.rows['mof_entry'])}"
        row = (number, number, maker, family, on, mof_class, True, has_research, has_research, on)
        self.rows["mof_entry"].append(row)

    def hub_downloads(self, kind: str, month: date, counts: Mapping[str, int]) -> None:
        """Downloads of thirty days by series."""
        self.rows["hub_downloads_monthly"] += [(kind, series, month, count) for series, count in counts.items()]

    def standing(self, month: date, lab: str, access: str, rating: float, opened: float | None, rank: int) -> None:
        """A maker's best model in a month, and its best open one."""
        name = None if opened is None else f"{lab} open"
        row = (
            month,
            lab,
            lab.title(),
            rating,
            rating - 5,
            rating + 5,
            lab,
            lab,
            access,
            opened,
            name,
            1500.0,
            rank,
            12,
        )
        self.rows["lab_best_rating_monthly"].append(row)

    def figure(self, company: str, metric: str, quarter: date, billion_usd: float) -> None:
        """A company's figure of a quarter, known a month after its end."""
        ends_on = month_end(months(quarter, 3)[-1])
        row = (company, metric, quarter, ends_on, billion_usd * 1e9, "reference", "two_sources", "stated")
        self.rows["company_quarter"].append((*row, ends_on + timedelta(days=30)))

    def tokens(
        self, channel: str, on: date, shares: dict[tuple[str, str], float], observed: date | None = None
    ) -> None:
        """Shares of a day's tokens by maker and access, one model each, captured on the day after."""
        for (maker, access), share in shares.items():
            name = f"{maker}/{access}"
            row = (channel, on, name, name, maker or None, access, share, observed or on + timedelta(days=1))
            self.rows["token_share_daily"].append(row)

    def incident(self, on: date, access: str, malicious: bool = True, makers: int = 1) -> None:
        """An incident, reported a week after it happened."""
        number = len(self.rows["incident"]) + 1
        known = on + timedelta(days=7)
        self.rows["incident"].append((number, on, "An incident", malicious, makers, access, known, known))

    def connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute("create schema marts")
        for table, columns in TABLES.items():
            connection.execute(f"create table marts.{table} ({columns})")
            rows = self.rows[table]
            if rows:
                marks = ", ".join("?" for _ in rows[0])
                values = ", ".join(f"({marks})" for _ in rows)
                connection.execute(f"insert into marts.{table} values {values}", [v for row in rows for v in row])
        return connection


def labs_world(counts: dict[str, tuple[int, int]], first: date = date(2023, 1, 5), step: int = 14) -> World:
    """Labs with so many open and closed releases, evenly mixed, one every `step` days."""
    world = World()
    for lab, (opened, closed) in counts.items():
        total = opened + closed
        for i in range(total):
            is_open = (i + 1) * opened // total > i * opened // total
            on = first + timedelta(days=step * i)
            world.release(f"{lab}-{i}", lab, on, "open" if is_open else "closed")
    return world


def frontier_world(lags: Sequence[int | None], every: int = 30, first: date = date(2023, 1, 10)) -> World:
    """Closed records `every` days apart, each matched by an open model so many days later, or not at all."""
    world = World()
    for i, lag in enumerate(lags):
        on = first + timedelta(days=every * i)
        rating = 1000.0 + 20 * i
        closed, opened = ("openai", "google")[i % 2], ("meta", "deepseek")[i % 2]
        world.release(f"closed-{i}", closed, on, "closed")
        world.rating(f"closed-{i}", closed, on, "closed", rating)
        if lag is not None:
            match_on = on + timedelta(days=lag)
            world.release(f"open-{i}", opened, match_on, "open")
            world.rating(f"open-{i}", opened, match_on, "open", rating - 3)
    return world


def price_world(effect: float, tiers: int = 14, first: date = date(2023, 1, 1), jitter: float = 0.0) -> World:
    """Closed models at every rating floor from 1000 on whose prices change by the share `effect`, for good, when open
    weights reach the floor: one floor every two months from the eighth month on, the last four never."""
    world = World()
    span = months(first, 8 + 2 * tiers + 6)
    floors = [1000 + 25 * i for i in range(tiers)]
    for i, floor in enumerate(floors):
        world.release(f"closed-{i}", "openai", first, "closed")
        world.rating(f"closed-{i}", "openai", first, "closed", float(floor))
        entry = 7 + 2 * i if i < tiers - 4 else None
        if entry is not None:
            on = span[entry] + timedelta(days=9)
            world.release(f"open-{i}", "meta", on, "open")
            world.rating(f"open-{i}", "meta", on, "open", float(floor))
        for j, month in enumerate(span):
            level = 2.0 * 1.5**i * 0.98**j * (1 + jitter * (-1) ** (i + j))
            after = entry is not None and j >= entry
            world.price(month, f"closed-{i}", "closed", level * (1 + effect) if after else level, float(floor))
            if after:
                world.price(month, f"open-{i}", "open", level / 4, float(floor))
    return world


def quarters(first: date, count: int) -> list[date]:
    """`count` first days of quarters from the quarter of `first` on."""
    return months(first, 3 * count)[::3]


def full_world() -> World:
    """Something of everything, over two and a half years, with odd rows among it."""
    world = frontier_world([100] * 26, every=35)
    for table, rows in price_world(-0.3).rows.items():
        if table == "price_monthly":
            world.rows[table] += rows
    for lab, shares in {"meta": (10, 1), "openai": (2, 20), "google": (4, 20), "anthropic": (0, 12), "xai": (2, 5),
                        "alibaba": (20, 4), "deepseek": (9, 0), "mistral": (10, 8)}.items():  # fmt: skip
        for table, rows in labs_world({lab: shares}).rows.items():
            world.rows[table] += rows
    world.release("undated", "openai", None, "open")
    world.release("untold", "google", date(2024, 3, 1), "unknown")
    world.rating("unrated", "openai", date(2024, 3, 1), "closed", None)
    world.rating("thin", "meta", date(2024, 3, 1), "open", 1010.0, half=None)
    world.price(date(2024, 3, 1), "gift", "open", 0.0, 1200.0)
    world.price(date(2024, 3, 1), "unpriced", "closed", None, 1200.0)
    for month in months(date(2023, 1, 1), 24):
        for place, access in enumerate(("open", "closed")):
            world.rows["capability_frontier_monthly"].append((month, access, 1000.0 + 10 * place, "m", "M"))
            world.rows["price_floor_monthly"].append((month, "openrouter", 1250, access, 3, 1.0 + place, "m"))
            world.standing(month, "meta", access, 1000.0 + place, 1000.0, 3)
        for lab in ("openai", "anthropic", "google"):
            world.standing(month, lab, "closed", 1450.0, None, 1)
    for place, month in enumerate(months(date(2023, 3, 1), 14)):
        world.terms(f"terms-{place}", month, "open", place % 3 == 0, gate=place % 2 == 0, gigabytes=5.0 * place)
    for month in months(date(2023, 1, 1), 24):
        for channel in ("derivatives", "downloads", "tokens"):
            world.channel(channel, month, {"meta": 0.2, "alibaba": 0.3, "llama elsewhere": 0.1, "others": 0.4})
        count = 100 + 3 * len(world.rows["supported_architectures_monthly"])
        world.rows["supported_architectures_monthly"].append((month, "transformers", count, 3))
        for place in range(3):
            known = month_end(month)
            world.rows["new_architecture"].append(("gguf", f"{month}-{place}", month, place == 0))
            world.rows["attention_monthly"].append(
                (month, f"Article_{place}", "assistant", "meta", 1000 * place, known)
            )
            package = ("llama-cpp-python", "safetensors", "transformers")[place]
            world.rows["package_downloads_monthly"].append((month, package, "either", 1000 + 10 * place, known))
        ends_on = month_end(month)
        world.rows["safeguards_removed_monthly"].append((month, ends_on, 100, 1 + month.month % 4))
        world.rows["ai_use"].append((ends_on, 0.25 - 0.001 * month.month, 0.125, ends_on))
    for edition, ends_on in (("2023-10", date(2023, 10, 31)), ("2024-05", date(2024, 5, 31))):
        scores = {
            "meta": 54,
            "openai": 48,
            "google": 40,
            "anthropic": 36,
            "xai": 14,
            "mistral": 55,
            "ibm": 64,
            "ai21": 75,
        }
        world.edition(edition, ends_on, scores, indicators=edition == "2023-10")
    for lab in ("anthropic", "xai", "meta"):
        for board in ("text/overall", "text/coding", "text/math"):
            for on, access in ((date(2024, 2, 1), "open"), (date(2024, 3, 1), "closed")):
                world.rating(f"{lab}-{access}", lab, on, access, 1020.0, board=board)
    for i in range(12):
        maker, mof_class = ("Meta", "Alibaba", "EleutherAI")[i % 3], ("none", "III")[i % 2]
        world.mof_entry(maker, f"family-{i // 2}", date(2024, 1, 1) + timedelta(days=30 * i), mof_class, i % 4 == 0)
    for i in range(14):
        lab = ("meta", "alibaba", "mistral")[i % 3]
        world.release(f"late-{i}", lab, date(2025, 2, 1) + timedelta(days=20 * i), "open")
    for i, quarter in enumerate(quarters(date(2014, 7, 1), 46)):
        for place, company in enumerate(("meta", "alphabet", "microsoft", "amazon")):
            for metric, share in (("revenue", 1.0), ("operating_cash_flow", 0.4), ("capex_purchases_ppe", 0.15)):
                world.figure(company, metric, quarter, 20 * 1.03**i * (share + 0.01 * ((i + place) % 4)))
    for i in range(60):
        on = date(2025, 9, 1) + timedelta(days=i)
        for channel in ("openrouter", "vercel"):
            world.tokens(channel, on, {("meta", "open"): 0.5, ("openai", "closed"): 0.4, ("", "unknown"): 0.1})
        world.incident(date(2023, 1, 1) + timedelta(days=15 * i), ("open", "closed", "unknown")[i % 3], i % 2 == 0)
    for i, month in enumerate(months(date(2023, 6, 1), 28)):
        for lab, article in {"meta": "Meta_AI", "openai": "ChatGPT", "google": "Google_Gemini",
                             "anthropic": "Claude", "xai": "Grok"}.items():  # fmt: skip
            world.rows["attention_monthly"].append((month, article, "assistant", lab, 1000 + i, date(2025, 10, 15)))
        for package, kind in (("vllm", "open tooling"), ("openai", "closed client")):
            world.rows["package_downloads_monthly"].append((month, package, kind, 10_000 + i * i, date(2025, 10, 15)))
    # A reading of the board early enough for both clocks.
    world.rows["rated_release"] = [(*row[:-1], date(2024, 5, 31)) for row in world.rows["rated_release"]]
    return world


def shared_matches(generator: Any, records: int) -> tuple[Any, Any, Any]:
    """Days on which closed records are set and on which an open release matches each, and which one that is.

    Open releases reach what closed ones were some months ago, so that one often matches several records.
    """
    import numpy as np

    closed = np.cumsum(generator.exponential(75, records))
    opened = np.cumsum(generator.exponential(20, int((closed[-1] + 1000) / 6)))
    reached = np.searchsorted(closed, opened - generator.gamma(4, 45, len(opened)), side="right")
    places = np.searchsorted(np.maximum.accumulate(reached), np.arange(records), side="right")
    return closed, opened[np.minimum(places, len(opened) - 1)], places


def median_of_shared_matches(generator: Any) -> float:
    """The median days to a match, away from both ends of long series."""
    import numpy as np

    series = [shared_matches(generator, 300) for _ in range(40)]
    return float(np.median(np.concatenate([(matched - closed)[20:-30] for closed, matched, _ in series])))
