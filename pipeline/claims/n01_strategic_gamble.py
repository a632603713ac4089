"""N01: a sentence that no measurement could decide; it is here so that the board is the whole essay."""

from pipeline.claims.registration import Claim

CLAIM = Claim(
    claim_id="N01",
    slug="strategic-gamble",
    title="Meta's openness is a gamble and no stunt",
    question="Did Meta open its models as a gamble, and not for show?",
    statement="Meta opens its models as a deliberate bet on its position and not for publicity.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=1,
    essay_phrase="a strategic gamble",
    ceiling="supported",
    floor="contradicted",
    limit_reason="This is about why a company acted. What it did can be measured; what it had in mind cannot, and "
    "its own words would not settle it.",
    hypotheses=(),
    settings={},
)
