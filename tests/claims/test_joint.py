"""The joint test of a specification curve: what it measures, and that its null worlds are what they are said to be."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from claims.world import labs_world

from pipeline.claims import c14_rivals_stay_closed as c14
from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf
from pipeline.claims.joint import UNDRAWN, Worlds, joint_test
from pipeline.claims.null_worlds import coin_worlds, dealt_worlds
from pipeline.claims.registration import discover
from pipeline.claims.release_counts import CHECKPOINT, EVENT
from pipeline.claims.run import evaluate

ON = date(2025, 12, 31)
WAYS = [{"unit": unit, "unknown weights": way} for unit in (EVENT, CHECKPOINT) for way in ("left out", "as closed")]


def frame(makers: str, labels: str) -> pd.DataFrame:
    """A release a day, makers and labels by their initials."""
    return pd.DataFrame(
        {
            "model_id": [str(place) for place in range(len(makers))],
            "organisation_id": list(makers),
            "released_on": [date(2024, 1, 1) + timedelta(days=place) for place in range(len(makers))],
            "weights_access": [{"o": "open", "c": "closed", "u": "unknown"}[label] for label in labels],
        }
    )


def coins(labels: str, draws: int, alternative: str = "greater") -> Worlds:
    found = frame("m" * len(labels), labels)
    return coin_worlds(
        {"": found}, WAYS, None, lambda choices: np.full(len(found), True), 0.5, alternative, draws
    )  # fmt: skip


def test_the_measures_are_the_middle_effect_the_share_on_the_side_and_the_share_that_is_significant() -> None:
    effects = np.array([[0.3, 0.1, -0.2, np.nan], [0.4, 0.4, 0.4, 1.0], [0.0, 0.0, 0.0, 1.0], [0.1, 0.1, np.nan, 1.0]])
    p_values = np.array([[0.01, 0.2, 0.9, np.nan], [0.01] * 4, [0.5] * 4, [0.01, 0.5, np.nan, 0.5]])
    found = joint_test(Worlds("as it is", effects, p_values))
    assert found is not None
    assert (found.specification_count, found.draw_count, found.how) == (3, 3, "as it is")
    assert (found.median_effect, found.median_p_value) == (pytest.approx(0.1), 0.75)
    assert (found.sign_share, found.sign_share_p_value) == (pytest.approx(2 / 3), 0.75)
    assert (found.significant_share, found.significant_share_p_value) == (pytest.approx(1 / 3), 0.75)
    assert joint_test(Worlds("", np.full((3, 2), np.nan), np.full((3, 2), np.nan))) is None


def test_the_data_are_the_first_world_and_unknown_labels_stay_unknown() -> None:
    worlds = coins("ooocu", 50)
    assert worlds.effects[0] == pytest.approx([0.25, 0.1, 0.25, 0.1])
    exact = [statistics.proportion_p_value(3, total, 0.5, "greater") for total in (4, 5, 4, 5)]
    assert worlds.p_values[0] == pytest.approx(exact)
    # One release a day: both units are the same, and the one unknown release never counts unless as closed.
    assert worlds.effects[:, :2] == pytest.approx(worlds.effects[:, 2:])
    assert worlds.effects[:, 1] == pytest.approx((worlds.effects[:, 0] + 0.5) * 4 / 5 - 0.5)
    assert coins("ooocu", 1, "less").effects[0] == pytest.approx([-0.25, -0.1, -0.25, -0.1])


def test_one_day_with_one_access_is_one_coin() -> None:
    found = frame("mmmm", "oocc").assign(released_on=date(2024, 1, 1))
    worlds = coin_worlds({"": found}, WAYS[2:3], None, lambda choices: np.full(4, True), 0.5, "greater", 200)
    assert set(np.round(worlds.effects[:, 0], 2)) == {-0.5, 0.0, 0.5}


def test_the_joint_p_values_of_data_without_an_effect_are_even() -> None:
    generator = np.random.default_rng(5)
    found = [joint_test(coins("".join(generator.choice(list("oc"), 61)), 99)) for _ in range(200)]
    p_values = np.array([joint.median_p_value for joint in found if joint])
    assert np.mean(p_values <= 0.1) == pytest.approx(0.1, abs=0.05)
    assert np.mean(p_values <= 0.55) == pytest.approx(0.5, abs=0.12)


def dealt(makers: str, labels: str, draws: int) -> Worlds:
    ways: list[dict[str, str]] = [{"unit": CHECKPOINT, "unknown weights": "left out", "definition": "any"}]

    def since(choices: Any) -> pd.Timestamp:
        return pd.Timestamp("2024-01-01")

    return dealt_worlds({"any": frame(makers, labels)}, ways, "definition", lambda _: ("m", "r"), since, draws)


def test_dealing_out_a_single_way_comes_to_fishers_exact_test() -> None:
    """The lady tasting tea, three of four: Fisher (1935), The Design of Experiments, section 8; p = 17 / 70."""
    worlds = dealt("mmmmrrrr", "ooococcc", 4000)
    assert worlds.p_values[0, 0] == pytest.approx(17 / 70)
    found = joint_test(worlds)
    assert found is not None
    assert found.median_effect == pytest.approx(np.log(3.5 * 3.5 / (1.5 * 1.5)))
    assert found.median_p_value == pytest.approx(17 / 70, abs=0.025)


def test_days_are_dealt_out_within_their_year() -> None:
    found = frame("mmrr", "occc")
    found["released_on"] = [date(2023, 1, 1), date(2023, 2, 1), date(2024, 1, 1), date(2024, 2, 1)]
    way = {"unit": CHECKPOINT, "unknown weights": "left out", "definition": "any"}
    worlds = dealt_worlds(
        {"any": found}, [way], "definition", lambda _: ("m", "r"), lambda _: pd.Timestamp("2023-01-01"), 40
    )
    # Each lab has a year to itself, so that no deal changes anything.
    assert len(set(np.round(worlds.effects[:, 0], 9))) == 1


def test_the_first_world_of_a_claim_is_its_specification_curve() -> None:
    world = labs_world({"openai": (3, 20), "google": (6, 9)})
    with world.connect() as connection:
        assert c14.CLAIM.estimate is not None
        findings = c14.CLAIM.estimate(connection, AsOf(ON, "hindsight"))
        joint = evaluate(connection, [ON, date(2025, 6, 30)], [c14.CLAIM], joint_on=ON)["specification_joint"]
    for lab in c14.LABS:
        curve = [s.estimate for s in findings.specifications if s.hypothesis_id == f"C14.{lab}" and s.estimate]
        assert len(curve) > 10
        drawn = findings.worlds[f"C14.{lab}"](5).effects[0]
        assert sorted(0.5 - drawn[drawn < 0.5]) == pytest.approx(sorted(curve))
    assert joint[["hypothesis_id", "as_of", "clock"]].to_numpy().tolist() == [
        ["C14.openai", ON, "hindsight"], ["C14.google", ON, "hindsight"],
    ]  # fmt: skip
    assert (joint["draw_count"] == 299).all()
    assert float(joint["median_p_value"].iloc[0]) < 0.05


def test_a_hypothesis_that_is_not_drawn_says_why() -> None:
    known = {h.hypothesis_id for claim in discover() for h in claim.hypotheses if h.grid}
    assert {name for name in UNDRAWN if "." in name} <= known
    assert {name for name in UNDRAWN if "." not in name} <= {name.split(".")[0] for name in known}
    claims = [claim for claim in discover() if claim.claim_id == "C07"]
    with labs_world({"meta": (3, 3)}).connect() as connection:
        joint = evaluate(connection, [ON], claims, joint_on=ON)["specification_joint"]
    assert set(joint["draw_count"]) == {0}
    assert joint["how"].str.len().min() > 20
    assert joint["median_p_value"].isna().all()
