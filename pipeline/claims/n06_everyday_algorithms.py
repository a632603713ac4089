"""N06: a sentence that no measurement could decide; it is here so that the board is the whole essay."""

from pipeline.claims.registration import Claim

CLAIM = Claim(
    claim_id="N06",
    slug="everyday-algorithms",
    title="Recommendations and feeds run on it",
    question="Do recommendations and social feeds run on artificial intelligence?",
    statement="Streaming services recommend and social networks sort their feeds by means of artificial intelligence.",
    essay_section="Opening",
    essay_paragraph=1,
    essay_phrase="the algorithms that power our social media feeds",
    ceiling="supported",
    floor="contradicted",
    limit_reason="It is true by what the words mean, for both are counted as artificial intelligence whenever the "
    "term is used this widely; nothing could speak against it.",
    hypotheses=(),
    settings={},
)
