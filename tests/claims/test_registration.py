"""The promise of a claim: its hash, and finding the claims."""

import csv
import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.claims import c22_distance_to_best_open as c22
from pipeline.claims.registration import Claim, Hypothesis, Marks, discover, registered
from pipeline.claims.verdict import judge
from pipeline.kernel.home import REFERENCE

LIMITED = replace(c22.CLAIM, ceiling="mixed", limit_reason="licences are missing.")
OTHER: dict[str, Any] = {
    "role": "secondary",
    "alternative": "greater",
    "marks": Marks.threshold(1.0),
    "grid": {"axis": ("a", "b")},
    "counts_from": date(2026, 1, 1),
    "settings": {"draws": 1},
    "ceiling": "insufficient evidence",
    "floor": "mixed",
}


def another(value: Any, name: str) -> Any:
    if name in OTHER:
        return OTHER[name]
    return value + 1 if isinstance(value, (int, float)) else f"{value} other"


@pytest.mark.parametrize("name", [f.name for f in fields(Hypothesis) if f.name != "plain"])
def test_every_field_of_a_hypothesis_but_its_plain_words_is_registered(name: str) -> None:
    hypothesis = c22.CLAIM.hypothesis("lag")
    changed = replace(hypothesis, **{name: another(getattr(hypothesis, name), name)})
    assert changed.registration_hash != hypothesis.registration_hash


@pytest.mark.parametrize("name", [f.name for f in fields(Claim) if f.metadata.get("registered", True)])
def test_registered_fields_of_a_claim_change_its_hash(name: str) -> None:
    claim = LIMITED
    if name == "claim_id":
        renamed = tuple(replace(h, hypothesis_id=h.hypothesis_id.replace("C22", "C23")) for h in claim.hypotheses)
        changed = replace(claim, claim_id="C23", hypotheses=renamed)
    elif name == "hypotheses":
        changed = replace(claim, hypotheses=(replace(claim.hypotheses[0], alpha=0.2), *claim.hypotheses[1:]))
    else:
        changed = replace(claim, **{name: another(getattr(claim, name), name)})
    assert changed.registration_hash != claim.registration_hash


def test_code_and_presentation_leave_the_hash_alone() -> None:
    claim = c22.CLAIM
    reworded = tuple(replace(hypothesis, plain="x") for hypothesis in claim.hypotheses)
    changed = replace(
        claim,
        hypotheses=reworded,
        slug="x",
        title="x",
        question="x",
        caveats=("x",),
        figures=(),
        estimate=lambda connection, as_of: None,
    )
    assert changed.registration_hash == claim.registration_hash
    assert {"estimate", "figures", "title"}.isdisjoint(registered(claim))


def test_the_hash_does_not_depend_on_the_order_of_settings() -> None:
    claim = c22.CLAIM
    turned = dict(reversed(list(claim.settings.items())))
    assert list(turned) != list(claim.settings)
    assert replace(claim, settings=turned).registration_hash == claim.registration_hash


def test_finds_the_claims_in_order() -> None:
    found = discover()
    ids = [claim.claim_id for claim in found]
    assert {"C08", "C14", "C15", "C22"} <= set(ids)
    assert ids == sorted(ids)


def test_no_registration_is_changed_in_silence() -> None:
    with (REFERENCE / "registration_change.csv").open() as lines:
        logged = {row["claim_id"]: row["registration_hash"] for row in csv.DictReader(lines)}
    for claim in discover():
        assert logged.get(claim.claim_id) == claim.registration_hash, (
            f"{claim.path}: its registration is not the last one logged; add a row to registration_change.csv that "
            f"says what was changed and why, with hash {claim.registration_hash}"
        )


def test_claims_quote_the_essay_only_in_short() -> None:
    for claim in discover():
        assert 0 < len(claim.essay_phrase.split()) <= 10
        assert claim.question.endswith("?")
        assert 2 <= len(claim.figures) <= 6 if claim.hypotheses else not claim.figures


def test_sentences_that_cannot_be_tested_say_why_and_promise_nothing() -> None:
    untestable = [claim for claim in discover() if not claim.hypotheses]
    assert [claim.claim_id for claim in untestable] == ["N01", "N02", "N03", "N04", "N05", "N06"]
    for claim in untestable:
        verdict = judge(claim, date(2026, 6, 30), None)
        assert (verdict.verdict, verdict.reason) == ("not testable", claim.limit_reason)
        assert len(claim.limit_reason) > 60


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        ("c01_nothing", "x = 1", "cases_a/c01_nothing.py: expected it to export CLAIM"),
        (
            "c03_other",
            "from pipeline.claims.c22_distance_to_best_open import CLAIM",
            "expected the file of C22 to be pipeline/claims/c22_distance_to_best_open.py",
        ),
    ],
)
def test_a_file_without_its_claim_is_named(
    module: str, text: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "cases_a"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("raise RuntimeError('not a claim, so not imported')")
    (package / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("cases_a")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(TypeError, match=expected.replace(".", r"\.")):
        discover("cases_a")
    for name in [name for name in sys.modules if name.startswith("cases_a")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"hypotheses": (c22.CLAIM.hypotheses[0],) * 2}, "C22.lag' is registered twice"),
        ({"hypotheses": tuple(h for h in c22.HYPOTHESES if h.role != "primary")}, "no hypothesis is primary"),
        ({"hypotheses": ()}, "both hypotheses and a function"),
        ({"limit_reason": ""}, "needs its limit_reason"),
        ({"claim_id": "C23"}, "'C22.lag' is not named C23"),
    ],
)
def test_an_impossible_registration_names_its_file(change: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=r"pipeline/claims/c2\d_distance_to_best_open\.py.*" + expected):
        replace(LIMITED, **change)
