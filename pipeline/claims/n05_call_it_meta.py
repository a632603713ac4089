"""N05: a sentence that no measurement could decide; it is here so that the board is the whole essay."""

from pipeline.claims.registration import Claim

CLAIM = Claim(
    claim_id="N05",
    slug="call-it-meta",
    title="The company is called Meta",
    question="Is the company in question the one called Meta?",
    statement="The essay speaks of one company and gives it the name Meta.",
    essay_section="Opening",
    essay_paragraph=2,
    essay_phrase="let's call it",
    ceiling="supported",
    floor="contradicted",
    limit_reason="This gives a name and claims nothing. The other claims take it for the company of that name.",
    hypotheses=(),
    settings={},
)
