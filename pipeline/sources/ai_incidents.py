"""The AI Incident Database: harms and near harms by AI systems, with who is said to have built and used them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
OBJECT_ID = re.compile(r"[0-9a-f]{24}")
"""MongoDB's id of a document, which begins with the second in which it was made, as eight hexadecimal digits."""
MOVED_ON = "2022-04-13"
"""All incidents before were moved to that database within the day, so that their ids say nothing of when they came."""
TEXTS = ("incident_id", "date", "title", "description")
PARTIES = {
    "deployers": "Alleged deployer of AI system",
    "developers": "Alleged developer of AI system",
    "harmed_parties": "Alleged harmed or nearly harmed parties",
}


def cut(content: bytes) -> Iterator[Record]:
    """One record for each incident, from the data of the site's own page or from incidents.csv of the weekly dump."""
    return _from_page(content) if content.lstrip()[:1] == b"{" else _from_dump(content)


def _from_page(content: bytes) -> Iterator[Record]:
    data = json.loads(content)["result"]["data"]
    groups = (data.get("reports") or {}).get("nodes") or ()
    reports = {group.get("incident_id"): group.get("reports") or () for group in groups}
    for incident in data["incidents"]["nodes"]:
        known = reports.get(incident["incident_id"], ())
        submitted = [str(report.get("date_submitted"))[:10] for report in known]
        yield {
            **{key: incident.get(key) for key in TEXTS},
            **{name: incident.get(column.replace(" ", "_")) for name, column in PARTIES.items()},
            "systems": incident.get("implicated_systems"),
            "report_count": len(known) or None,
            "first_submitted": min(filter(ISO_DAY.fullmatch, submitted), default=None),
        }


def _from_dump(content: bytes) -> Iterator[Record]:
    for line in csv_rows(content, "incident_id", "date", "title", "reports", *PARTIES.values()):
        yield {
            **{key: line.get(key) for key in TEXTS},
            **{name: json.loads(line[column] or "[]") for name, column in PARTIES.items()},
            "report_count": len(json.loads(line["reports"] or "[]")),
            "entered": entered_on(line.get("_id") or ""),
        }


def entered_on(document_id: str) -> str | None:
    """The UTC day on which a document was made by its id; none where it has no such id, or from before the move."""
    found = OBJECT_ID.search(document_id)
    day = found and datetime.fromtimestamp(int(found[0][:8], 16), UTC).date().isoformat()
    return day if day and day > MOVED_ON else None


SOURCE = Source(
    name="ai_incidents",
    title="AI Incident Database",
    doc="Each incident on record: when it happened, and who is said to have developed, deployed and suffered it.",
    homepage="https://incidentdatabase.ai/",
    subject="incidents",
    origins=(
        HttpOrigin(
            url="https://incidentdatabase.ai/page-data/apps/incidents/page-data.json",
            cut=cut,
        ),
    ),
    licence=Licence(
        name="CC-BY-SA-4.0",
        url="https://incidentdatabase.ai/terms-of-use/",
        redistributable=True,
        attribution="AI Incident Database, Responsible AI Collaborative (CC BY-SA 4.0), without the reports' text",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="replayable",
    proved="replayed",
    key=("incident_id",),
    fields=(
        Field("incident_id", "BIGINT", "$.incident_id", "number of the incident", required=True),
        Field("happened_on", "DATE", "$.date", "day of the harm, set by the editors", required=True),
        Field("title", "VARCHAR", "$.title", "title by the editors", required=True),
        Field("description", "VARCHAR", "$.description", "what happened, by the editors", usually=0.9),
        Field(
            "developer_tags",
            "JSON",
            "$.developers",
            "list of ids: who is said to have developed the system",
            usually=0.9,
        ),
        Field("deployer_tags", "JSON", "$.deployers", "list of ids: who is said to have used the system", usually=0.9),
        Field("harmed_party_tags", "JSON", "$.harmed_parties", "list of ids: who is said to have been harmed"),
        Field("system_tags", "JSON", "$.systems", "list of ids: systems involved; absent from the weekly dump"),
        Field("report_count", "BIGINT", "$.report_count", "reports filed under the incident"),
        Field(
            "first_submitted_on",
            "DATE",
            "$.first_submitted",
            "day its first report reached the editors; absent from the weekly dump",
        ),
        Field(
            "entered_on",
            "DATE",
            "$.entered",
            "day the incident was entered, by the id of its record; only in the weekly dump, and from 2022-04-14 on",
        ),
    ),
    # 1,356 incidents in February 2026, 1,703 counted by others in September 2026.
    bounds=Bounds(min_records=1_300, max_drop=0.05),
    warnings=(
        "Counts of incidents measure reporting: they cannot rank open against closed models.",
        "The most frequent developers are groups such as makers of deepfakes: misuse of open weights mostly stays "
        "unattributed, while products with a name are named.",
        "happened_on lies months or years before the entry; for what was known by a day use first_submitted_on or "
        "entered_on.",
        "The address serves the site's own incidents page and is not documented; the weekly dump of 105 MB is, and "
        "its incidents.csv is understood as well. The site asks that its GraphQL service is not used by programs.",
        "Unverified: the page's data was read through three programs that use it; the dump's table was read whole.",
    ),
)
