"""N04: a sentence that no measurement could decide; it is here so that the board is the whole essay."""

from pipeline.claims.registration import Claim

CLAIM = Claim(
    claim_id="N04",
    slug="answers-shape-future",
    title="The answers will shape the future",
    question="Will the answers to these questions shape the future?",
    statement="How these questions are answered will decide what becomes of artificial intelligence and of the world.",
    essay_section="Conclusion: A Future Shaped by Open-Source AI?",
    essay_paragraph=2,
    essay_phrase="will shape the future of AI",
    ceiling="supported",
    floor="contradicted",
    limit_reason="A prophecy without a day or a measure: whatever happens, it can be said to have come true.",
    hypotheses=(),
    settings={},
)
