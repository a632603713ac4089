"""Precision and recall of core.alias on the gold pairs, by catalogues and by rule, with intervals; expects nothing.

Run as `python tests/identity/measure.py` it writes warehouse/reference/identity_quality.csv and identity_rule.csv,
which a test holds to it.
"""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from models_support import build_up_to, database, rows_of, tables  # noqa: E402

GOLD = Path(__file__).with_name("gold_pairs.csv")
QUALITY = ROOT / "warehouse" / "reference" / "identity_quality.csv"
RULES = ROOT / "warehouse" / "reference" / "identity_rule.csv"
PREFIXED = ("helm", "openrouter", "models_dev", "huggingface")
ALL = "all"
SEEN_ON = date(2026, 11, 25)
Name: TypeAlias = tuple[str, str]
"""A catalogue and a name in it."""
QUALITY_COLUMNS = (
    "catalogue_a", "catalogue_b", "part", "pair_count", "true_joins", "false_joins", "missed_joins",
    "precision_share", "precision_low", "precision_high", "recall_share", "recall_low", "recall_high",
)  # fmt: skip
RULE_COLUMNS = ("rule", "pair_count", "true_joins", "precision_share", "precision_low", "precision_high")


@dataclass(frozen=True)
class Pair:
    """Two names and whether they are one model."""

    one: Name
    other: Name
    is_same_model: bool
    part: str
    stratum: str


def pairs() -> list[Pair]:
    """The gold pairs as they stand in the file."""
    with GOLD.open() as lines:
        return [
            Pair(
                (row["catalogue_a"], row["name_a"]),
                (row["catalogue_b"], row["name_b"]),
                row["is_same_model"] == "true",
                row["part"],
                row["stratum"],
            )
            for row in csv.DictReader(lines)
        ]


def reference(name: str) -> list[dict[str, Any]]:
    """A hand-kept table as the project has it, empty cells as nulls."""
    with (ROOT / "warehouse" / "reference" / f"{name}.csv").open() as lines:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(lines)]


REFERENCES = (
    "leading_model",
    "model_alias",
    "model_line",
    "model_spelling",
    "model_kept_apart",
    "repackager",
    "organisation_alias",
    "identity_rule",
)


def world(names: Iterable[tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """What core.alias reads when catalogues hold these names and nothing else."""
    known = {
        (row["catalogue"], row["organisation_tag"]): row["organisation_id"] for row in reference("organisation_alias")
    }
    listed = []
    for catalogue, tag in sorted(set(names)):
        prefix = tag.split("/")[0].lower().removeprefix("hf:") if catalogue in PREFIXED and "/" in tag else None
        ids = {
            known.get((place, prefix))
            for place in (catalogue, *(("openrouter", "huggingface") if catalogue == "models_dev" else ()))
        }
        listed.append(
            {
                "catalogue": catalogue,
                "alias_tag": tag,
                "organisation_tag": prefix,
                "organisation_id": min((i for i in ids if i), default=None),
                "first_observed_on": SEEN_ON,
                "last_observed_on": SEEN_ON,
            }
        )
    return {"core.catalogue_name": listed, **{f"reference.{name}": reference(name) for name in REFERENCES}}


def decided(given: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[Name, dict[str, Any]]:
    """The row of core.alias for each name of a world."""
    with database() as connection:
        build_up_to(connection, ["core.alias"], given)
        return {(row["catalogue"], row["alias_tag"]): row for row in rows_of(connection, tables()["core.alias"])}


def models_of(given: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[Name, str | None]:
    """The model of each name of a world."""
    return {name: row["model_id"] for name, row in decided(given).items()}


def in_the_world_of_pairs(found: Sequence[Pair]) -> dict[Name, dict[str, Any]]:
    """What core.alias decides of each name, with the names of the pairs and of hand decisions listed."""
    hand = [(row["catalogue"], row["alias_tag"]) for row in reference("model_alias")]
    return decided(world([*hand, *(name for pair in found for name in (pair.one, pair.other))]))


def quality(found: Sequence[Pair], models: Mapping[Name, str | None]) -> Iterator[dict[str, Any]]:
    """One row for each pair of catalogues and part of the gold set, and for all together.

    Precision is the share of joins that are right, recall the share of same models that are joined; the intervals are
    Wilson's at 95 % (statsmodels), null where there is nothing to divide by.
    """
    groups: dict[tuple[str, str, str], list[Pair]] = {}
    for pair in found:
        catalogues = tuple(sorted((pair.one[0], pair.other[0])))
        for part in (pair.part, ALL):
            groups.setdefault((*catalogues, part), []).append(pair)  # type: ignore[arg-type]
            groups.setdefault((ALL, ALL, part), []).append(pair)
    for (one, other, part), members in sorted(groups.items()):
        joined = [models[p.one] is not None and models[p.one] == models[p.other] for p in members]
        right = sum(j and p.is_same_model for j, p in zip(joined, members, strict=True))
        wrong = sum(j and not p.is_same_model for j, p in zip(joined, members, strict=True))
        missed = sum(not j and p.is_same_model for j, p in zip(joined, members, strict=True))
        shares = (*wilson(right, right + wrong), *wilson(right, right + missed))
        yield dict(zip(QUALITY_COLUMNS, (one, other, part, len(members), right, wrong, missed, *shares), strict=True))


def wilson(count: int, of: int) -> tuple[float | None, float | None, float | None]:
    """A share with its Wilson interval at 95 %, to four digits."""
    from statsmodels.stats.proportion import proportion_confint

    if not of:
        return None, None, None
    low, high = proportion_confint(count, of, method="wilson")
    return round(count / of, 4), round(low, 4), round(high, 4)


def by_rule(found: Sequence[Pair], names: Mapping[Name, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """How often a join is right in which a rule placed one of the two names, with Wilson's interval at 95 %."""
    joins: dict[str, list[bool]] = {}
    for pair in found:
        one, other = names[pair.one], names[pair.other]
        if one["model_id"] is not None and one["model_id"] == other["model_id"]:
            for rule in {one["rule"], other["rule"]}:
                joins.setdefault(rule, []).append(pair.is_same_model)
    for rule, right in sorted(joins.items()):
        shares = wilson(sum(right), len(right))
        yield dict(zip(RULE_COLUMNS, (rule, len(right), sum(right), *shares), strict=True))


def written(rows: Iterable[Mapping[str, Any]], measured_on: str) -> str:
    """The rows as the committed files have them, each with the day of the measurement."""
    found = list(rows)
    lines = [",".join([*found[0], "measured_on"])]
    lines += [",".join("" if v is None else str(v) for v in [*row.values(), measured_on]) for row in found]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures and writes both files."""
    gold, today = pairs(), datetime.now(UTC).date().isoformat()
    names = in_the_world_of_pairs(gold)
    models = {name: row["model_id"] for name, row in names.items()}
    QUALITY.write_text(written(quality(gold, models), today))
    RULES.write_text(written(by_rule(gold, names), today))


if __name__ == "__main__":
    main()
