"""What holds for openness whatever is observed: parts never close, stricter bases never free, unknown only widens."""

import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_answers import staged
from models_support import build, build_up_to, database, rows_of, tables

from pipeline.kernel import starter
from pipeline.kernel.home import STARTER
from pipeline.kernel.project import open_project
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import discover
from pipeline.kernel.staging import load

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "warehouse" / "reference"
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads"))
MOT_FILE = PAYLOADS / "openness" / "mot_models.tar.gz"
HERE = "tests/models/test_openness.py"

few = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

CLASSES = [f"L{rank}" for rank in range(1, 7)]
PARTS = (
    "is_training_code_open", "is_inference_code_open", "has_data_information", "is_training_data_open",
    "is_preprocessing_code_open", "has_intermediate_checkpoints", "has_paper",
)  # fmt: skip
DEFINITIONS = ("open_any", "open_unrestricted", "osi_weights", "osaid")


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with database() as connection:
        yield connection


def reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """What may be observed of a model, coherently: bounds in order, no licence where there are no weights."""
    form = draw(st.sampled_from(["downloadable", "downloadable", "downloadable", "api", "none", "withheld", "unknown"]))
    low, high = sorted(draw(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES))))
    licence = draw(st.sampled_from(["none", "one", "bounds"])) if form in ("downloadable", "unknown") else "none"
    bounds = {"none": (None, None), "one": (high, high), "bounds": (low, high)}[licence]
    return {
        "weights_form": form,
        "gate": draw(st.sampled_from(["none", "auto", "manual", "unknown"])),
        "declared_low": bounds[0], "declared_high": bounds[1],
        "effective_low": bounds[0], "effective_high": bounds[1],
        **{part: draw(st.sampled_from([True, False, None])) for part in PARTS},
    }  # fmt: skip


def judge(connection: DuckDBPyConnection, observed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The openness of models of which this is observed, in the same order."""
    given = [{"model_id": f"{number:03d}", **facts} for number, facts in enumerate(observed)]
    found = build(connection, tables()["core.model_openness"], {"core.openness_fact": given}, HERE)
    return sorted(found, key=lambda row: row["model_id"])


def rank(answer: str) -> int:
    return {"no": 0, "unknown": 1, "yes": 2}[answer]


@few
@given(st.lists(facts(), min_size=10, max_size=25), st.sampled_from(PARTS))
def test_a_part_more_never_lowers_the_tier(
    connection: DuckDBPyConnection, observed: list[dict[str, Any]], part: str
) -> None:
    without = judge(connection, [{**facts, part: False} for facts in observed])
    unheard = judge(connection, [{**facts, part: None} for facts in observed])
    released = judge(connection, [{**facts, part: True} for facts in observed])
    for less, unknown, more in zip(without, unheard, released, strict=True):
        assert less["tier_low"] <= unknown["tier_low"] <= more["tier_low"]
        assert less["tier_high"] <= unknown["tier_high"] <= more["tier_high"]
        assert (unknown["tier_low"], unknown["tier_high"]) == (less["tier_low"], more["tier_high"])
        for definition in DEFINITIONS:
            assert rank(less[definition]) <= rank(unknown[definition]) <= rank(more[definition])


@few
@given(st.lists(facts(), min_size=10, max_size=25), st.sampled_from(CLASSES), st.sampled_from(CLASSES))
def test_a_stricter_licence_never_raises_the_tier(
    connection: DuckDBPyConnection, observed: list[dict[str, Any]], one: str, another: str
) -> None:
    strict, free = sorted((one, another))
    found = []
    for level in (strict, free):
        licence = dict.fromkeys(("declared_low", "declared_high", "effective_low", "effective_high"), level)
        found.append(judge(connection, [{**facts, **licence} for facts in observed]))
    for less, more in zip(*found, strict=True):
        assert less["tier_low"] <= more["tier_low"]
        assert less["tier_high"] <= more["tier_high"]
        assert all(rank(less[definition]) <= rank(more[definition]) for definition in DEFINITIONS)


@few
@given(st.lists(facts(), min_size=10, max_size=25))
def test_what_is_not_known_only_widens(connection: DuckDBPyConnection, observed: list[dict[str, Any]]) -> None:
    unknown = {
        "effective_low": None, "effective_high": None, "declared_low": None, "declared_high": None,
        **dict.fromkeys(PARTS),
    }  # fmt: skip
    known, wide = judge(connection, observed), judge(connection, [{**facts, **unknown} for facts in observed])
    for narrow, wider in zip(known, wide, strict=True):
        assert wider["tier_low"] <= narrow["tier_low"] <= narrow["tier_high"] <= wider["tier_high"]
        for definition in DEFINITIONS:
            assert wider[definition] in (narrow[definition], "unknown")


REPOSITORIES = [f"{author}/{name}" for author in ("meta", "qwen", "a", "b") for name in ("one", "two")]
SPELLED = [
    {"catalogue": "huggingface", "licence_tag": level.lower(), "licence_class": level, "is_decisive": True}
    for level in CLASSES
]
licences = st.fixed_dictionaries(
    {name: st.sampled_from([*(level.lower() for level in CLASSES), "other"]) for name in REPOSITORIES}
)
edges = st.lists(
    st.tuples(st.sampled_from(REPOSITORIES), st.sampled_from([*REPOSITORIES, "gone/away"])), max_size=14, unique=True
)


def lineage(
    connection: DuckDBPyConnection, licences: dict[str, str], edges: Sequence[tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    given = {
        "core.hub_repository": [{"repository_tag": name, "licence_tag": tag} for name, tag in licences.items()],
        "core.hub_base_model": [
            {"repository_tag": child, "base_repository_tag": base, "relation_tag": "finetune", "is_current": True}
            for child, base in edges
        ],
        "core.licence_spelling": SPELLED,
    }
    found = build(connection, tables()["core.licence_lineage"], given, HERE)
    return {row["repository_tag"]: row for row in found}


def walked(licences: dict[str, str], edges: Sequence[tuple[str, str]], name: str) -> set[str]:
    """The classes a repository receives, found by walking up from it step by step; `other` stands for unknown ones."""
    received, seen, waiting = set[str](), set[str](), [name]
    while waiting:
        child = waiting.pop()
        for below, base in edges:
            if below == child and base != child:
                if base.split("/")[0] != child.split("/")[0]:
                    tag = licences.get(base, "other")
                    received.add("other" if tag == "l1" else tag)
                if base not in seen:
                    seen.add(base)
                    waiting.append(base)
    return received


@few
@given(licences, edges)
def test_lineage_is_what_walking_up_finds_circles_or_not(
    connection: DuckDBPyConnection, licences: dict[str, str], edges: list[tuple[str, str]]
) -> None:
    for name, row in lineage(connection, licences, edges).items():
        received = walked(licences, edges, name)
        least = min((tag for tag in received if tag != "other"), default=None)
        assert row["upstream_class"] == (least and least.upper())
        assert row["has_unknown_upstream"] == ("other" in received)


@few
@given(licences, edges, st.sampled_from(REPOSITORIES), st.sampled_from(CLASSES))
def test_a_stricter_ancestor_never_frees_anybody(
    connection: DuckDBPyConnection,
    licences: dict[str, str],
    edges: list[tuple[str, str]],
    name: str,
    level: str,
) -> None:
    if licences[name] == "other" or level.lower() >= licences[name]:
        return
    before, after = lineage(connection, licences, edges), lineage(connection, {**licences, name: level.lower()}, edges)
    for repository, row in after.items():
        for end in ("effective_low", "effective_high"):
            was, now = before[repository][end], row[end]
            assert was is None or (now is not None and now <= was)


# --- the licence map -------------------------------------------------------------------------------------------------

HUB_IDENTIFIERS = tuple(
    """
apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0
artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0
cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0
cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0
epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research
intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 openmdw-1.1 openrail++ osl-3.0
postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license fair-noncommercial-research-license
llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 gemma grok2-community unknown other
""".split()  # noqa: SIM905 (a list to compare with the documentation)
)
"""The identifiers the Hub accepts by its documentation of 2026-08-22 (huggingface/hub-docs at 242f4a1)."""


def spelled(connection: DuckDBPyConnection, catalogue: str, tags: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What licences written so are taken for, by the kept map."""
    written = [{"repository_tag": tag, "licence_tag": tag} for tag in tags if catalogue == "huggingface"]
    rated = [{"arena_name": tag, "licence_tag": tag} for tag in tags if catalogue == "arena"]
    given = {
        "core.hub_repository_history": written,
        "staging.lmarena_ratings": rated,
        "reference.licence_class": [
            {name: row[name] or None for name in ("licence_key", "licence_class", "evidence")}
            for row in reference("licence_class")
        ],
        "reference.licence_alias": [
            {name: row[name] for name in ("licence_tag", "catalogue", "licence_key")}
            for row in reference("licence_alias")
        ],
    }
    return {
        row["licence_tag"]: row for row in build(connection, tables()["core.licence_spelling"], given, HERE)
    }  # fmt: skip


def test_every_identifier_of_the_hub_is_known(connection: DuckDBPyConnection) -> None:
    found = spelled(connection, "huggingface", HUB_IDENTIFIERS)
    assert set(found) == set(HUB_IDENTIFIERS)
    assert len(HUB_IDENTIFIERS) == 83
    assert [tag for tag, row in found.items() if row["problem"] == "unmapped"] == []
    assert {tag for tag, row in found.items() if row["problem"] == "ambiguous"} == {"cc", "unknown", "other"}


def test_spellings_of_one_licence_meet(connection: DuckDBPyConnection) -> None:
    for key, tags in {
        "llama3": ["llama3", "Llama 3 Community", "meta-llama-3", "Meta Llama 3 Community License Agreement"],
        "apache-2.0": ["apache-2.0", "Apache 2.0", "Apache-2.0", "Apache License 2.0"],
        "cc-by-nc-4.0": ["CC-BY-NC-4.0", "cc by nc 4.0", "CC BY-NC 4.0"],
        "qwen": ["Qwen", "Qianwen LICENSE", "Qwen LICENSE AGREEMENT"],
    }.items():
        assert {row["licence_key"] for row in spelled(connection, "arena", tags).values()} == {key}


IDENTIFIERS = ["Apache-2.0", "MIT", "CC-BY-4.0", "CC-BY-NC-4.0", "CC0-1.0", "GPL-3.0-only", "CC-BY-NC-ND-4.0"]
expressions = st.recursive(
    st.sampled_from(IDENTIFIERS),
    lambda parts: st.tuples(parts, st.sampled_from([" AND ", " OR "]), parts).map(lambda made: f"({''.join(made)})"),
    max_leaves=5,
)


@settings(few, max_examples=4)
@given(st.lists(expressions, min_size=10, max_size=40, unique=True))
def test_an_expression_has_the_least_class_of_its_parts(connection: DuckDBPyConnection, expressions: list[str]) -> None:
    """The parts as the license-expression library finds them, whatever the nesting."""
    from license_expression import get_spdx_licensing

    licensing = get_spdx_licensing()
    alone = {tag: row["licence_class"] for tag, row in spelled(connection, "huggingface", IDENTIFIERS).items()}
    for expression, row in spelled(connection, "huggingface", expressions).items():
        parts = licensing.license_keys(expression)
        assert row["licence_class"] == min(alone[part] for part in parts), expression


VERSIONS = {
    ("gemma", "apache-2.0"): ("L3", "L6"),
    ("deepseek", "mit"): ("L4", "L6"),
    ("tongyi-qianwen", "apache-2.0"): ("L3", "L6"),
    ("yi-license", "apache-2.0"): ("L2", "L6"),
    ("glm-4", "mit"): ("L3", "L6"),
    ("llama3.3", "apache-2.0"): ("L3", "L6"),
}
"""Licences before and after a maker changed its mind: Gemma 3 and 4, DeepSeek-V3 and V3-0324, Qwen2-72B and Qwen2.5-7B,
Yi and Yi-1.5, GLM-4 and 4.5, Llama 3.3 and what Meta may do next."""


@pytest.mark.parametrize("versions", VERSIONS, ids=" then ".join)
def test_makers_that_changed_their_licence_are_not_one_class(
    connection: DuckDBPyConnection, versions: tuple[str, str]
) -> None:
    found = spelled(connection, "huggingface", versions)
    assert tuple(found[tag]["licence_class"] for tag in versions) == VERSIONS[versions]


BY_CATEGORY = {
    "Permissive": {"L3", "L4", "L5", "L6"},
    "Copyleft": {"L5", "L6"},
    "Non-Commercial": {"L2", "L3"},
    "Proprietary Free": {"L2", "L3", "L4"},
    "Source-available": {"L2", "L3", "L4"},
}
"""Classes that ScanCode's category of a text leaves open to us: it files by kind of terms, not by who may use it."""


def test_the_map_agrees_with_the_lists_it_cites(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    project = open_project()
    sources = {name: project.sources[name] for name in ("spdx_licences", "scancode_licences")}
    store = SnapshotStore(tmp_path)
    starter.load(STARTER, store, sources)
    for name, source in sources.items():
        load(connection, source, store.all(name))
    connection.execute("create schema if not exists core")
    connection.execute(f"create or replace table core.licence as {tables()['core.licence'].select}")
    listed = rows_of(connection, tables()["core.licence"])
    approved = {(row["spdx_id"] or "").lower(): row["is_osi_approved"] for row in listed}
    category = {row["licence_key"]: row["category_tag"] for row in listed}
    rows = reference("licence_class")
    by_spdx = [row for row in rows if row["spdx_id"]]
    assert len(by_spdx) > 50
    for row in by_spdx:
        assert approved[row["spdx_id"].lower()] == (row["licence_class"] == "L6"), row
    by_scancode = [row for row in rows if row["scancode_key"] in category]
    assert len(by_scancode) > 40
    for row in by_scancode:
        allowed = BY_CATEGORY.get(category[row["scancode_key"]], {"L4"})
        assert row["licence_class"] in allowed, (row, category[row["scancode_key"]])


def test_no_verdict_rests_on_memory() -> None:
    for row in reference("licence_class"):
        assert (row["evidence"] == "memory") == (not row["read_on"])
    assert Counter(row["evidence"] for row in reference("licence_class"))["memory"] <= 6


# --- the Open Source AI Definition -----------------------------------------------------------------------------------

PASS = {"pythia", "olmo", "amber", "crystalcoder", "t5"}
FAIL_BY_LICENCE = {"bloom", "starcoder2", "falcon"}
FAIL = {"llama-2", "grok-1", "phi-2", "mixtral"}


def judged_families(connection: DuckDBPyConnection, licence_of: dict[str, str] | None = None) -> dict[str, Any]:
    """The kept families by the kept facts, with other licences of the weights where given."""
    parts = [
        {**row, "licence_key": row["licence_key"] or None, "is_released": row["is_released"] == "true"}
        for row in reference("openness_component")
    ]
    for row in parts:
        if row["component"] == "weights" and licence_of:
            row["licence_key"] = licence_of.get(row["subject"], row["licence_key"])
    given = {
        "reference.openness_subject": reference("openness_subject"),
        "reference.openness_component": [
            {name: row[name] for name in ("subject", "component", "is_released", "licence_key", "evidence")}
            for row in parts
        ],
        "reference.licence_class": [
            {name: row[name] or None for name in ("licence_key", "licence_class", "evidence")}
            for row in reference("licence_class")
        ],
    }
    return {row["subject"]: row for row in build(connection, tables()["core.openness_subject"], given, HERE)}


def test_the_verdicts_of_the_open_source_initiative_hold(connection: DuckDBPyConnection) -> None:
    found = judged_families(connection)
    assert {name for name, row in found.items() if row["osaid"] == "yes"} == PASS
    assert {name for name, row in found.items() if row["osaid"] == "no"} == FAIL_BY_LICENCE | FAIL
    assert {name for name, row in found.items() if row["osaid"] == "no" and row["is_complete"]} == FAIL_BY_LICENCE


def test_only_the_licence_stands_in_the_way_of_bloom(connection: DuckDBPyConnection) -> None:
    freed = judged_families(connection, dict.fromkeys([*FAIL_BY_LICENCE, *FAIL], "apache-2.0"))
    assert freed["bloom"]["osaid"] == "yes"
    assert all(freed[name]["osaid"] != "no" for name in FAIL_BY_LICENCE)
    assert all(freed[name]["osaid"] == "no" for name in FAIL)


# --- resellers -------------------------------------------------------------------------------------------------------


def test_weighted_votes_beat_a_plain_majority_of_careless_hosts(connection: DuckDBPyConnection) -> None:
    """Three careful hosts, six that mostly type `closed`; half the models have a stronger word, the rest are judged."""
    chance = Random(20240531)  # noqa: S311 (a simulation)
    truth = {f"model-{number}": chance.random() < 0.5 for number in range(120)}
    day = date(2026, 2, 28)
    flags = [
        {
            "model_id": model, "host_tag": f"host-{host}", "is_maker": False, "observed_on": day,
            "has_open_weights": is_open if chance.random() < (0.95 if host < 3 else 0.15) else False,
        }
        for model, is_open in truth.items() for host in range(9)
    ]  # fmt: skip
    heard = [model for number, model in enumerate(truth) if number % 2]
    words = [
        {
            "model_id": model, "source": "helm", "precedence": 2, "observed_on": day, "report_count": 1,
            "weights_access": "open" if truth[model] else "closed",
        }
        for model in heard
    ]  # fmt: skip
    build_up_to(
        connection, ["core.open_weights_evidence"], {"core.weights_flag": flags, "core.open_weights_word": words}
    )
    said = {
        row["model_id"]: row["weights_access"] == "open"
        for row in rows_of(connection, tables()["core.open_weights_evidence"])
        if row["source"] == "models_dev_resellers"
    }
    judged = [model for model in truth if model not in heard]
    votes = Counter((row["model_id"], row["has_open_weights"]) for row in flags)
    majority = {model: votes[model, True] > votes[model, False] for model in judged}
    weighted_right = sum(said[model] == truth[model] for model in judged)
    majority_right = sum(majority[model] == truth[model] for model in judged)
    assert majority_right < 0.7 * len(judged)
    assert weighted_right > 0.9 * len(judged)


# --- the Model Openness Framework ------------------------------------------------------------------------------------


@pytest.mark.skipif(not MOT_FILE.exists(), reason=f"no real answer at {MOT_FILE}")
def test_classes_of_the_tools_own_entries(connection: DuckDBPyConnection) -> None:
    """The whole file of 2026-05-11: the classes the tool itself comes to by its rules."""
    source = discover()["openness_mot"]
    names = (
        "mot_id", "name", "distribution_licence_tag", "code_licence_tag", "data_licence_tag", "document_licence_tag",
        "components",
    )  # fmt: skip
    entries = staged(source, source.origins[0], MOT_FILE.read_bytes(), ", ".join(names))
    kept = {
        f"reference.{name}": [{key: value or None for key, value in row.items()} for row in reference(name)]
        for name in ("licence_class", "licence_alias")
    }
    rows = [{**dict(zip(names, entry, strict=True)), "observed_at": "2026-05-11"} for entry in entries]
    build_up_to(
        connection, ["core.mof_class"], {"staging.openness_mot": rows, "core.licence": [], "core.alias": [], **kept}
    )
    found = rows_of(connection, tables()["core.mof_class"])
    assert Counter(row["mof_class"] for row in found) == {"I": 14, "II": 1, "III": 16, "none": 242}
    first = {row["mot_id"] for row in found if row["mof_class"] == "I"}
    assert {"Amber", "OLMo-7B", "Pythia-12B", "Aquila-VL-2B"} & first >= {"Amber", "OLMo-7B", "Pythia-12B"}
