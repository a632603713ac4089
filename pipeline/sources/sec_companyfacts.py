"""What large companies filed with the SEC: revenue, profit, cash flow and capital spending, fact by fact."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

COMPANIES = {
    "0001326801": "Meta",
    "0001652044": "Alphabet",
    "0000789019": "Microsoft",
    "0001018724": "Amazon",
    "0001045810": "Nvidia",
    "0000320193": "Apple",
    "0001341439": "Oracle",
    "0001564408": "Snap",
    "0001506293": "Pinterest",
    "0001671933": "The Trade Desk",
}
"""The companies asked for, by the key under which they file (CIK)."""

TAGS = (
    "Revenues",
    "RevenueFromContractWithCustomerExcludingAssessedTax",
    "RevenueFromContractWithCustomerIncludingAssessedTax",
    "SalesRevenueNet",
    "PaymentsToAcquirePropertyPlantAndEquipment",
    "PaymentsToAcquireProductiveAssets",
    "FinanceLeasePrincipalPayments",
    "NetCashProvidedByUsedInOperatingActivities",
    "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
    "OperatingIncomeLoss",
    "Depreciation",
    "DepreciationDepletionAndAmortization",
    "DepreciationAmortizationAndAccretionNet",
    "NetIncomeLoss",
)
"""The us-gaap concepts kept; companies differ in which they use, and change over time."""


def cut(content: bytes) -> Iterator[Record]:
    """One record for each fact in US dollars under the chosen concepts, each filing's repetition of it included."""
    answer = json.loads(content)
    company = {"cik": f"{int(answer['cik']):010d}", "company_name": answer["entityName"]}
    concepts = answer["facts"]["us-gaap"]
    facts = (
        {**company, "tag": tag, **fact}
        for tag in TAGS
        for fact in concepts.get(tag, {"units": {}})["units"].get("USD", ())
    )
    yield from numbered(facts, "tag", "start", "end", "accn")


SOURCE = Source(
    name="sec_companyfacts",
    title="SEC company facts",
    doc="Each figure that ten large companies filed under the chosen concepts, with its period and its filing.",
    homepage="https://www.sec.gov/search-filings/edgar-application-programming-interfaces",
    subject="finance",
    origins=tuple(
        HttpOrigin(
            url=f"https://data.sec.gov/api/xbrl/companyfacts/CIK{cik}.json",
            cut=cut,
            label=f"data.sec.gov companyfacts {cik} {company}",
            requests_per_second=5,
        )
        for cik, company in COMPANIES.items()
    ),
    licence=Licence(
        name="public domain",
        url="https://www.sec.gov/privacy#dissemination",
        redistributable=True,
        attribution="U.S. Securities and Exchange Commission, EDGAR",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=100),
    history="replayable",
    proved="replayed",
    key=("cik", "usgaap_tag", "starts_on", "ends_on", "accession", "entry_number"),
    fields=(
        Field("cik", "VARCHAR", "$.cik", "the company's key at the SEC, ten digits", required=True),
        Field("company_name", "VARCHAR", "$.company_name", "the company as the SEC names it today", required=True),
        Field("usgaap_tag", "VARCHAR", "$.tag", "concept of the us-gaap taxonomy", required=True),
        Field("starts_on", "DATE", "$.start", "first day of the period", required=True),
        Field("ends_on", "DATE", "$.end", "last day of the period", required=True),
        Field(
            "value_usd",
            "DOUBLE",
            "$.val",
            "the figure in US dollars as filed, for the whole period: cash flows are counted from the year's start",
            required=True,
        ),
        Field("accession", "VARCHAR", "$.accn", "accession number of the filing", required=True),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the filing gives the same period twice: then which of them this is",
            required=True,
        ),
        Field("fiscal_year_tag", "INTEGER", "$.fy", "fiscal year of the filing, not of the figure"),
        Field("fiscal_period_tag", "VARCHAR", "$.fp", "Q1, Q2, Q3 or FY of the filing, not of the figure"),
        Field("form_tag", "VARCHAR", "$.form", "form of the filing, such as 10-Q, 10-K or 10-K/A", required=True),
        Field("filed_on", "DATE", "$.filed", "day of the filing", required=True),
    ),
    # Alphabet's answer of July 2026 has 711 such facts; the youngest company here has filed since 2019.
    bounds=Bounds(min_records=200, max_drop=0.05),
    warnings=(
        "EDGAR refuses requests that name no contact: set AJAR_CONTACT to a name and an e-mail address. It allows at "
        "most ten requests a second.",
        "Cash-flow figures run from the start of the fiscal year; core.company_quarter takes the quarters out.",
        "The same figure comes back in later filings, sometimes restated: all are kept, filed_on tells them apart.",
        "fiscal_year_tag and fiscal_period_tag describe the filing; only starts_on and ends_on describe the figure.",
        "No concept holds advertising revenue: it is filed by segment, which this service leaves out.",
        "Capital spending is the whole company's, not that for AI.",
        "Only Alphabet's answer was read whole. The keys of Meta, Alphabet, Microsoft, Amazon and Nvidia are from the "
        "source survey, those of Oracle, Snap, Pinterest and The Trade Desk from addresses of their filings on "
        "sec.gov, Apple's from its accession numbers; which concepts each uses is tolerated to differ.",
    ),
)
