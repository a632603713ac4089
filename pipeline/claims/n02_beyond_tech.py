"""N02: a sentence that no measurement could decide; it is here so that the board is the whole essay."""

from pipeline.claims.registration import Claim

CLAIM = Claim(
    claim_id="N02",
    slug="beyond-tech",
    title="It matters far beyond technology",
    question="Does Meta's openness matter far beyond technology?",
    statement="Opening models has consequences far outside the world of technology.",
    essay_section="Opening",
    essay_paragraph=2,
    essay_phrase="far beyond the tech world",
    ceiling="supported",
    floor="contradicted",
    limit_reason="Nothing is named that would have to change, or by how much, so no finding could speak for or "
    "against it.",
    hypotheses=(),
    settings={},
)
