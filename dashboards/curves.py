"""Specification curves as paths: every answer to one question under other choices, drawn without a script.

The drawing is UNITS wide whatever the number of answers, and is stretched to its place on the page.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.published import Claim, Row

UNITS = 1000
HEIGHT = 150
MARGIN = 6
STRIP = 10
MOST_SPECIFICATIONS = 40
FAR = 1.5
"""How many times the spread of the estimates an interval is drawn beyond them before it is cut."""


@dataclass(frozen=True)
class Choice:
    """One value of one choice: how many answers take it, how many of them are on the claim's side, and where."""

    axis: str
    value: str
    count: int
    claimed_count: int
    claimed: str
    other: str
    is_first: bool
    """Whether it is the first value of its axis."""


@dataclass(frozen=True)
class Curve:
    """All answers to one hypothesis by rising estimate; paths in units of the drawing."""

    hypothesis: Row
    unit: str
    axes: tuple[str, ...]
    rows: tuple[Row, ...]
    """Each with `choices` and the columns of claims.specification."""
    choices: tuple[Choice, ...]
    """Of each axis that is varied."""
    claimed_count: int
    is_logarithmic: bool
    low: float
    high: float
    """The ends of the drawn scale."""
    claimed_dots: str
    other_dots: str
    claimed_intervals: str
    other_intervals: str

    @property
    def listed(self) -> Sequence[Row]:
        """The rows a page lists: evenly taken from the lowest to the highest, both included."""
        count = len(self.rows)
        if count <= MOST_SPECIFICATIONS:
            return self.rows
        step = (count - 1) / (MOST_SPECIFICATIONS - 1)
        return [self.rows[round(k * step)] for k in range(MOST_SPECIFICATIONS)]

    @property
    def sql(self) -> str:
        """The query for all answers."""
        hypothesis = str(self.hypothesis["hypothesis_id"]).replace("'", "''")
        first = self.rows[0]
        return (
            "select specification, estimate, interval_low, interval_high, p_value, sample_size, has_claimed_sign\n"
            "from claims.specification\n"
            f"where hypothesis_id = '{hypothesis}' and as_of = date '{first['as_of']}' and clock = '{first['clock']}'\n"
            "order by estimate"
        )


def specification_curve(claim: Claim, hypothesis: Row) -> Curve | None:
    """The specifications of a hypothesis as of the verdict now; None without any."""
    found = claim.specifications_of(hypothesis["hypothesis_id"], claim.now)
    if not found:
        return None
    rows = tuple({**row, "choices": _choices(row["specification"])} for row in found)
    axes = tuple(dict.fromkeys(axis for row in rows for axis in row["choices"]))
    is_logarithmic, low, high = _scale(rows)
    height = _height(is_logarithmic, low, high)
    units = [t["effect_unit"] for t in claim.tests_of(claim.now) if t["hypothesis_id"] == hypothesis["hypothesis_id"]]
    sides: dict[bool, tuple[list[str], list[str]]] = {True: ([], []), False: ([], [])}
    for place, row in enumerate(rows):
        dots, intervals = sides[bool(row["has_claimed_sign"])]
        x = _place(place, len(rows))
        dots.append(f"M{x} {height(row['estimate'])}h.01")
        ends = (row["interval_low"], row["interval_high"])
        if ends != (None, None):
            bottom, top = (low if ends[0] is None else ends[0]), (high if ends[1] is None else ends[1])
            intervals.append(f"M{x} {height(bottom)}V{height(top)}")
    return Curve(
        hypothesis,
        next(iter(units), "") or "",
        axes,
        rows,
        tuple(_choice_rows(rows, axes)),
        sum(bool(row["has_claimed_sign"]) for row in rows),
        is_logarithmic,
        low,
        high,
        "".join(sides[True][0]),
        "".join(sides[False][0]),
        "".join(sides[True][1]),
        "".join(sides[False][1]),
    )


def _choice_rows(rows: Sequence[Row], axes: Sequence[str]) -> list[Choice]:
    found: list[Choice] = []
    for axis in axes:
        values = list(dict.fromkeys(row["choices"][axis] for row in rows if axis in row["choices"]))
        for value in sorted(values) if len(values) > 1 else ():
            taken = [(k, row) for k, row in enumerate(rows) if row["choices"].get(axis) == value]
            marks = {
                side: "".join(
                    f"M{_place(k, len(rows))} 1V{STRIP - 1}"
                    for k, row in taken
                    if bool(row["has_claimed_sign"]) is side
                )
                for side in (True, False)
            }
            claimed = sum(bool(row["has_claimed_sign"]) for _, row in taken)
            is_first = not found or found[-1].axis != axis
            found.append(Choice(axis, value, len(taken), claimed, marks[True], marks[False], is_first))
    return found


def _choices(value: Any) -> Mapping[str, str]:
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        found = value
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {"choices": str(found)}


def _scale(rows: Sequence[Row]) -> tuple[bool, float, float]:
    """Whether the scale is logarithmic, and its ends: all estimates, and intervals as far as they are drawn."""
    estimates = [float(row["estimate"]) for row in rows]
    ends = [float(row[end]) for row in rows for end in ("interval_low", "interval_high") if row[end] is not None]
    everything = estimates + ends
    is_logarithmic = min(everything) > 0 and max(everything) > 20 * min(everything)
    if is_logarithmic:
        estimates, everything = ([math.log(value) for value in values] for values in (estimates, everything))
    spread = max(estimates) - min(estimates) or max(everything) - min(everything) or 1.0
    low = max(min(everything), min(estimates) - FAR * spread)
    high = min(max(everything), max(estimates) + FAR * spread)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return (True, math.exp(low), math.exp(high)) if is_logarithmic else (False, low, high)


def _height(is_logarithmic: bool, low: float, high: float) -> Callable[[float], float]:
    """Where a value is drawn, from the top; values beyond the scale at its end."""
    on: Callable[[float], float] = math.log if is_logarithmic else float
    bottom, top = on(low), on(high)

    def height(value: float) -> float:
        share = (on(min(max(float(value), low), high)) - bottom) / (top - bottom)
        return round(MARGIN + (HEIGHT - 2 * MARGIN) * (1 - share), 1)

    return height


def _place(place: int, count: int) -> float:
    return round(UNITS * (place + 0.5) / count, 1)
