"""A small published file of made-up models, with the declared columns of all the site reads; expects nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from dashboards.openness import DEFINITIONS
from dashboards.published import ESSAY_SECTIONS, OPENING
from pipeline.kernel.project import open_project
from pipeline.kernel.warehouse import comment, quote

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, list[Row]]
"""Rows by `layer.table`; columns that a row leaves out are null."""

VERDICTS = ("supported", "contradicted", "mixed", "insufficient evidence", "not testable")
DAYS = (date(2024, 5, 31), date(2024, 12, 31), date(2025, 6, 30), date(2026, 9, 30))
NOW = datetime.now(UTC).replace(microsecond=0)
HOSTILE = "<script>alert(1)</script>"
BREAKING = "</script><!-- <script>alert(2)</script>"


LONG = "A title that goes on and on, as titles of careful people sometimes do, until it has told all " * 2
UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
WHOLE = 28
"""As many claims as the essay has: the last six cannot be tested."""


def sample(claims: int = 5) -> Rows:
    """Rows for every table, with as many claims as asked for.

    The first five have the five verdicts in order. Those after them are awkward, each in its own way, and from the
    23rd on cannot be tested.
    """
    rows: Rows = {name: [] for name in open_project().tables if name.split(".")[0] in ("marts", "claims", "meta")}
    _marts(rows)
    _sources(rows)
    for place in range(claims):
        verdict = VERDICTS[place] if place < len(VERDICTS) else VERDICTS[-1] if place >= 22 else VERDICTS[place % 4]
        _claim(rows, f"C{place + 1:02d}", verdict, (OPENING, *ESSAY_SECTIONS)[place // 6])
    _make_awkward(rows)
    rows["meta.column"] = [
        {"table_name": name, "column_name": column, "type": declared.type, "doc": declared.doc, "position": position}
        for name, table in open_project().tables.items()
        for position, (column, declared) in enumerate(table.header.columns.items(), 1)
    ]
    return rows


def write_sample(path: Path, rows: Mapping[str, Sequence[Row]]) -> Path:
    """Writes rows into a fresh DuckDB file with the declared columns and comments; tables left out are absent."""
    path.unlink(missing_ok=True)
    declared = open_project().tables
    with duckdb.connect(str(path)) as connection:
        connection.begin()
        for name, listed in rows.items():
            header = declared[name].header
            columns = ", ".join(f"{quote(column)} {kind.duckdb_type}" for column, kind in header.columns.items())
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} ({columns})")
            docs = {column: kind.doc for column, kind in header.columns.items()}
            comment(connection, name, header.doc, docs)
            unknown = {column for row in listed for column in row} - set(header.columns)
            assert not unknown, f"{name}: expected declared columns, found {sorted(unknown)}"
            if listed:
                marks = f"({', '.join('?' for _ in header.columns)})"
                values = [row.get(column) for row in listed for column in header.columns]
                connection.execute(f"insert into {name} values {', '.join(marks for _ in listed)}", values)
        connection.commit()
    return path


def month_starts(first: date, count: int) -> list[date]:
    return [date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(count)]


def _marts(rows: Rows) -> None:
    for k, month in enumerate(month_starts(date(2023, 1, 1), 30)):
        open_count, closed_count, unknown_count = 4 + k % 5, 6 + k % 3, k % 2
        count = open_count + closed_count + unknown_count
        rows["marts.open_release_share_monthly"].append({
            "month": month, "release_count": count, "open_count": open_count, "closed_count": closed_count,
            "unknown_count": unknown_count, "open_share": open_count / (open_count + closed_count),
            "open_share_low": open_count / count, "open_share_high": (open_count + unknown_count) / count,
        })  # fmt: skip
        labels = ["open"] * (2 + k % 3) + ["closed"] * 2 + ["unknown"] * (k % 2)
        for place, label in enumerate(labels):
            model_id = f"model-{k}-{place}"
            rows["marts.release"].append({
                "model_id": model_id, "name": HOSTILE, "organisation_id": "meta", "organisation_name": "Meta",
                "released_on": month + timedelta(days=3 * place), "released_precision": "day", "weights_access": label,
            })  # fmt: skip
            for strictness, one in enumerate(DEFINITIONS):
                stricter = label if not strictness or label == "closed" else ("open", "closed", "unknown")[place % 3]
                rows["marts.release_openness"].append({
                    "model_id": model_id, "definition": one.definition, "label": stricter, "source": "helm_models",
                })  # fmt: skip
        for access, start, step in (("open", 1100, 11), ("closed", 1200, 9)):
            name = HOSTILE if access == "open" else BREAKING
            rows["marts.capability_frontier_monthly"].append({
                "month": month, "weights_access": access, "best_rating": start + step * k,
                "best_model_id": f"{access}-model-{k}", "best_name": name,
            })  # fmt: skip
            rows["marts.price_level_monthly"].append({
                "month": month, "catalogue": "openrouter", "weights_access": access, "listing_count": 10 + k,
                "median_price_usd_per_mtok": 4 / (1 + k / 5), "p25_price_usd_per_mtok": 2 / (1 + k / 5),
                "p75_price_usd_per_mtok": 8 / (1 + k / 5),
            })  # fmt: skip
            rows["marts.price_floor_monthly"].append({
                "month": month, "catalogue": "openrouter", "rating_floor": 1300, "weights_access": access,
                "model_count": 1 + k, "floor_price_usd_per_mtok": 15 / (1 + k), "floor_model_id": f"{access}-{k}",
            })  # fmt: skip
        for catalogue in ("litellm", "models_dev"):
            rows["marts.listings_per_open_model_monthly"].append({
                "month": month, "catalogue": catalogue, "model_count": 20 + k, "listing_count": 40 + 3 * k,
                "listings_per_model": (40 + 3 * k) / (20 + k), "multi_host_share": 0.5,
            })  # fmt: skip


def _sources(rows: Rows) -> None:
    for name in open_project().sources:
        rows["meta.source"].append({
            "source": name, "title": f"The {name} title", "doc": f"What {name} holds.",
            "homepage": f"https://example.org/{name}", "subject": "releases", "licence": "MIT",
            "licence_url": "https://example.org/licence", "is_redistributable": True, "attribution": f"{name} authors",
            "cadence_hours": 24.0, "stale_after_hours": 240.0, "history": "vintages",
            "warnings": json.dumps([f"Beware of {name}."]), "snapshot_count": 3,
            "first_observed_at": NOW - timedelta(days=400), "last_observed_at": NOW - timedelta(days=2),
            "last_looked_at": NOW - timedelta(hours=3), "last_attempt": "accepted", "last_reason": "",
            "quarantined_count": 0,
        })  # fmt: skip
    oldest = rows["meta.source"][0]
    oldest.update(last_observed_at=NOW - timedelta(days=90), last_attempt="failed", last_reason="HTTP 503")


def _make_awkward(rows: Rows) -> None:
    """What real claims may lack or hold: markup in names, long texts, nulls, no figures, days not looked at."""

    def of(table: str, claim_id: str) -> list[Row]:
        return [row for row in rows[f"claims.{table}"] if row["claim_id"] == claim_id]

    def without(table: str, claim_id: str, **key: Any) -> None:
        rows[f"claims.{table}"] = [
            row
            for row in rows[f"claims.{table}"]
            if row["claim_id"] != claim_id or any(row[name] != value for name, value in key.items())
        ]

    for row in of("claim", "C06"):
        row.update(title=HOSTILE, statement=BREAKING, question=f"Is {HOSTILE} so?")
    for row in of("claim", "C07"):
        row.update(title=LONG, question=f"{LONG}?", statement=UNBROKEN)
    for row in of("claim", "C08"):
        row.update(
            question=None, statement=None, essay_section=None, essay_paragraph=None, essay_phrase=None, caveats=None
        )
    for row in of("verdict", "C08"):
        row.update(reason=None, what_would_change_it=None, data_fingerprint=None)
    without("figure", "C09")
    without("verdict", "C10", as_of=DAYS[0])
    without("test", "C10", as_of=DAYS[0])
    without("verdict", "C11", clock="hindsight")
    without("test", "C11", clock="hindsight")
    for row in of("test", "C12"):
        row.update(
            estimate=None, interval_low=None, interval_high=None, p_value=None, p_adjusted=None, decision="insufficient"
        )
    for table in ("test", "specification", "figure"):
        without(table, "C13")
    for table in ("verdict", "test", "hypothesis", "specification", "figure"):
        without(table, "C14")
    for row in of("specification", "C15"):
        rows["claims.specification"] += [
            {**row, "specification": json.dumps({"unit": "event", "unknown": f"as {k}"}), "estimate": 0.3 + k / 200,
             "interval_low": None if k % 7 == 0 else 0.1, "interval_high": 0.9 if k % 5 else 1e9}
            for k in range(30)
        ]  # fmt: skip
    for row in of("verdict", "C16"):
        row.update(reason="Meta gave away 12 of its 20 models. In figures: C16.share supports: 0.6 (share) (n = 20).")
    for row in of("claim", "C17"):
        row.update(essay_section=ESSAY_SECTIONS[0], essay_paragraph=9)


def _claim(rows: Rows, claim_id: str, verdict: str, section: str) -> None:
    hash_ = claim_id.lower() * 8
    rows["claims.claim"].append({
        "claim_id": claim_id, "slug": f"slug-{claim_id.lower()}", "title": f"Title of {claim_id}",
        "statement": f"Statement of {claim_id}.", "essay_section": section, "essay_paragraph": 2,
        "essay_phrase": f"phrase of {claim_id}", "question": f"Is {claim_id} so?", "ceiling": "supported",
        "caveats": json.dumps([f"Caveat of {claim_id}."]), "registration_hash": hash_,
    })  # fmt: skip
    for day in DAYS if verdict != "not testable" else DAYS[:1]:
        for clock in ("then", "hindsight"):
            said = verdict if day == DAYS[-1] or verdict == "not testable" else "insufficient evidence"
            rows["claims.verdict"].append({
                "claim_id": claim_id, "as_of": day, "clock": clock, "verdict": said, "reason_code": "code",
                "reason": f"Reason of {claim_id} on {day} {clock}.", "what_would_change_it": f"Change of {claim_id}.",
                "distance_to_boundary": 0.1, "registration_hash": hash_, "data_fingerprint": "f" * 16,
            })  # fmt: skip
    if verdict == "not testable":
        return
    for name, role, unit in (("share", "primary", "share"), ("lag", "secondary", "months")):
        hypothesis_id = f"{claim_id}.{name}"
        rows["claims.hypothesis"].append({
            "hypothesis_id": hypothesis_id, "claim_id": claim_id, "role": role, "unit": "a release",
            "estimand": f"estimand of {hypothesis_id}", "estimation_window": "since 2023", "outcome": "open or closed",
            "openness_definition": "downloadable weights", "test_function": "scipy.stats.binomtest",
            "alternative": "greater", "alpha": 0.0125, "smallest_effect": 0.1, "minimum_sample": 20,
            "null_hypothesis": "no difference", "verdict_rule": "supports above one half", "registration_hash": hash_,
        })  # fmt: skip
        for day in DAYS:
            for clock in ("then", "hindsight"):
                rows["claims.test"].append({
                    "claim_id": claim_id, "hypothesis_id": hypothesis_id, "as_of": day, "clock": clock,
                    "estimate": 0.62 if unit == "share" else 7.25, "interval_low": 0.51 if unit == "share" else 5.5,
                    "interval_high": 0.73 if unit == "share" else None, "interval_level": 0.9875, "p_value": 0.004,
                    "p_adjusted": 0.008, "sample_size": 137, "effect_unit": unit, "decision": "supports",
                    "note": f"Note of {hypothesis_id}.",
                })  # fmt: skip
    for k in range(12):
        rows["claims.specification"].append({
            "claim_id": claim_id, "hypothesis_id": f"{claim_id}.share", "as_of": DAYS[-1], "clock": "hindsight",
            "specification": json.dumps({"unit": "event" if k % 2 else "checkpoint", "unknown": f"as {k % 3}"}),
            "estimate": 0.4 + 0.02 * k, "interval_low": 0.3 + 0.02 * k, "interval_high": 0.5 + 0.02 * k,
            "p_value": 0.01, "sample_size": 100 + k, "has_claimed_sign": k > 5,
        })  # fmt: skip
    rows["claims.figure"].append({
        "claim_id": claim_id, "figure_id": "shares", "title": f"Figure of {claim_id}", "caption": "How to read it.",
        "sql": "select month, open_share from marts.open_release_share_monthly order by month",
        "vega_lite": json.dumps(bar_chart()),
    })  # fmt: skip


def bar_chart() -> Row:
    """A chart such as claims draw: named data, own configuration, a name that is dangerous in a page."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"background": "white", "axis": {"labelFontSize": 11}},
        "data": {"name": "shares"},
        "datasets": {"shares": [{"name": BREAKING, "share": 0.4}, {"name": "plain", "share": 0.7}]},
        "mark": {"type": "bar", "color": "#0b7285", "tooltip": True},
        "encoding": {"x": {"field": "name", "type": "nominal"}, "y": {"field": "share", "type": "quantitative"}},
        "width": 300,
    }
