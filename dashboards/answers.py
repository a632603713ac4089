"""What the evidence on a claim comes to in a sentence that needs no statistics; numbers in full stand elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from dashboards.published import NOT_TESTABLE, Claim, Row

STANCES = {
    "supported": "The data bear it out.",
    "contradicted": "The data say otherwise.",
    "mixed": "The data are split.",
    "insufficient evidence": "There are too few data to tell.",
    NOT_TESTABLE: "No data could decide it.",
}
MOST_FINDINGS = 2
MOST_BRIEF = 240
"""Letters beyond which a row of the board begins no further sentence."""
SHORT_OPENING = 40
"""The most letters of a first sentence that is taken for an opening."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])")
TECHNICAL = re.compile(
    r"\b[A-Z]\d+\.\w|\bn = |\bp [<=]|interval|falsification|specification|hypothes|odds|\bratio\b", re.I
)
"""What a reader without statistics should not meet in a first sentence."""


@dataclass(frozen=True)
class Answer:
    """A verdict in plain words."""

    stance: str
    """What the verdict means, in a sentence; empty for a verdict of another name."""
    plain: str
    """The verdict's own summary, or the first sentence of its reason where that can be read without statistics."""
    findings: Sequence[Row]
    """The main results that have an estimate, at most MOST_FINDINGS."""
    more: int
    """How many main results are left out."""
    figures: str
    """The reason without what `plain` says of it."""

    is_split: bool = False
    """Whether the verdict is mixed, so that how the plain words open says what it turns on."""

    @property
    def brief(self) -> str:
        """The plain words in short, beside the verdict: without an opening that only repeats it, whole sentences."""
        said = sentences(self.plain)
        if len(said) > 1 and len(said[0]) <= SHORT_OPENING and not self.is_split:
            said = said[1:]
        lengths = accumulate(len(part) + 1 for part in said)
        return " ".join(
            part
            for place, (part, length) in enumerate(zip(said, lengths, strict=True))
            if place == 0 or length <= MOST_BRIEF
        )

    @property
    def first(self) -> str:
        """What is read first: the plain words up to the end of their second sentence, or the stance."""
        return " ".join(sentences(self.plain)[:2]) or self.stance

    @property
    def rest(self) -> str:
        """The plain words after the first."""
        return " ".join(sentences(self.plain)[2:])


def answer(claim: Claim, verdict: Row | None) -> Answer:
    """What one verdict on a claim says."""
    if verdict is None:
        return Answer("", "", (), 0, "")
    tests = claim.tests_of(verdict, "primary")
    found = [test for test in tests if test["estimate"] is not None][:MOST_FINDINGS]
    reason = verdict["reason"] or ""
    plain = verdict["summary"] or plain_sentence(reason)
    figures = reason.removeprefix(plain).strip().removeprefix("In figures:").strip()
    stance = STANCES.get(verdict["verdict"], "")
    return Answer(stance, plain, found, len(tests) - len(found), figures, verdict["verdict"] == "mixed")


def plain_sentence(reason: str | None) -> str:
    """The first sentence of a reason unless it takes statistics to read."""
    first = first_sentence(reason)
    return "" if TECHNICAL.search(first) else first


def first_sentence(text: str | None) -> str:
    """A text up to the end of its first sentence."""
    return next(iter(sentences(text)), "")


def sentences(text: str | None) -> list[str]:
    """The sentences of a text; a point inside a number or a name ends none."""
    return [part for part in SENTENCE_END.split((text or "").strip()) if part]
