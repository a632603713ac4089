"""N03: a sentence that no measurement could decide; it is here so that the board is the whole essay."""

from pipeline.claims.registration import Claim

CLAIM = Claim(
    claim_id="N03",
    slug="careful-consideration",
    title="We should weigh the consequences",
    question="Should society, ethics and the economy be weighed with care?",
    statement="What artificial intelligence does to society, ethics and the economy deserves careful thought.",
    essay_section="Navigating Ethical Crossroads: Safety, Access, and the Future of AI",
    essay_paragraph=3,
    essay_phrase="carefully consider",
    ceiling="supported",
    floor="contradicted",
    limit_reason="This says what people ought to do. Data can inform that, but cannot make it right or wrong.",
    hypotheses=(),
    settings={},
)
