"""Numbers, dates and intervals in words for readers; what is missing is said, never shown as zero."""

import math
from datetime import date, datetime
from typing import Any

NONE = "–"


def number(value: float | int | None, digits: int = 3) -> str:
    """A number to some significant digits with grouped thousands; integers stay whole."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NONE
    if isinstance(value, float) and math.isinf(value):
        return "no limit"
    if isinstance(value, int) or abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.{digits}g}".replace("-", "−")


def is_share(unit: str | None) -> bool:
    """Whether a unit is a share, held as 0 to 1 and said as percent."""
    return unit is not None and (unit == "share" or unit.startswith("share of "))


def is_relative(unit: str | None) -> bool:
    """Whether a unit is a relative change or difference, held as a share and said as percent."""
    return unit is not None and unit.startswith("relative")


def percent(value: float | None) -> str:
    """A share as percent to one decimal; one too small for that is said to be small, not zero."""
    if value is None:
        return NONE
    if 0 < abs(value) < 0.0005:
        return "< 0.1" if value > 0 else "> −0.1"
    return f"{100 * value:.1f}".removesuffix(".0").replace("-", "−")


def value_of(value: float | None, unit: str | None) -> str:
    """A value without its unit; a share or relative change with its percent sign."""
    return f"{percent(value)}%" if (is_share(unit) or is_relative(unit)) and value is not None else number(value)


def unit_of(unit: str | None) -> str:
    """What follows `value_of`: the unit, or what a share is of, or what changed."""
    if is_share(unit):
        return (unit or "").removeprefix("share").strip()
    return (unit or "").removeprefix("relative").strip()


def between(low: float | None, high: float | None, unit: str | None) -> str:
    """An interval's ends on the scale of `value_of`; an absent end is an open one, and without both it is empty."""
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"{value_of(low, unit)} or more" if high is None else f"{value_of(high, unit)} or less"
    if is_share(unit) or is_relative(unit):
        return f"{percent(low)} to {percent(high)}%"
    return f"{number(low)} to {number(high)}"


def interval_kind(level: float | None) -> str:
    """What an interval is: one of sampling at a level, or bounds over what is unknown or tried."""
    return "bounds, not of sampling" if level is None else f"{number(100 * level)}% interval"


def interval(low: float | None, high: float | None, level: float | None, unit: str | None) -> tuple[str, str]:
    """An interval's ends and what they are; bounds that meet are said to leave nothing unknown."""
    if low is None and high is None:
        return "", ""
    if level is None and low == high:
        return value_of(low, unit), "nothing unknown"
    return between(low, high, unit), interval_kind(level)


def p_value(value: float | None) -> str:
    """A p-value to three decimals."""
    if value is None:
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def day(value: date | datetime | None) -> str:
    """A day, such as 31 May 2024."""
    return f"{value.day} {value:%B %Y}" if value else NONE


def quarter_mark(value: date) -> str:
    """A day, short, for the head of a narrow column."""
    return f"{value.day} {value:%b} ’{value:%y}"


def moment(value: datetime) -> str:
    """A moment in UTC to the minute."""
    return f"{day(value)}, {value:%H:%M} UTC"


def span(hours: float | None) -> str:
    """A length of time in the largest whole unit that fits."""
    if hours is None:
        return NONE
    for unit, size in (("day", 24), ("hour", 1)):
        count = round(hours / size)
        if hours >= 2 * size or size == 1:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("unreachable: hours always fit")


def cadence(hours: float | None) -> str:
    """How often, in words."""
    named = {1: "every hour", 24: "every day", 168: "every week"}
    return NONE if hours is None else named.get(round(hours), f"every {span(hours)}")


def sentence_start(text: str | None) -> str:
    """A text with a capital at its start; the rest as it is."""
    return f"{text[0].upper()}{text[1:]}" if text else ""


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun, such as 1 claim or 3 claims."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def cell(value: Any) -> str:
    """A value of any column in a table of data."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, 4)
    if isinstance(value, datetime):
        return moment(value) if (value.hour, value.minute) != (0, 0) else day(value)
    return day(value) if isinstance(value, date) else str(value)
