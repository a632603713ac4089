"""A feed that one day holds a tenth of what it held the day before, with status 200: it must not be believed."""

import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kernel_support import make_manifest, make_source

from pipeline.kernel.contract import Judgement, judge
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Record, Source

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads")) / "bad_captures"
"""The same feed as it really was on two days of January 2026, on the makers' machine only."""


def cut(content: bytes) -> Iterator[Record]:
    """One record for each entry of an Atom feed."""
    for entry in re.findall(r"<entry>(.*?)</entry>", content.decode(), re.DOTALL):
        (title,), (address,) = re.findall(r"<title>(.*?)</title>", entry), re.findall(r"<id>(.*?)</id>", entry)
        yield {"title": title, "address": address}


FEED = make_source(
    origins=(HttpOrigin("https://models.example/feed.xml", cut, accept="application/atom+xml"),),
    key=("address",),
    fields=(
        Field("address", "VARCHAR", "$.address", "page of the model", required=True),
        Field("name", "VARCHAR", "$.title", "name of the model", required=True),
    ),
    bounds=Bounds(min_records=10),
)


def feed(count: int) -> bytes:
    """A feed of the same form with so many entries."""
    entries = "".join(
        f"<entry><title>model-{number}</title><id>https://models.example/library/model-{number}</id></entry>"
        for number in range(count)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Models</title>{entries}</feed>'.encode()


def on_the_day_after(source: Source, before: bytes, after: bytes) -> Judgement:
    origin = source.origins[0]
    first = judge(source, origin, before, "application/atom+xml", None)
    assert first.reason == ""
    last = replace(make_manifest(before, origin=origin.name), record_count=first.record_count)
    return judge(source, origin, after, "application/atom+xml", last)


EXPECTED = "expected a fall of at most 25% from the 200 records observed at 2026-05-01T10:00:00+00:00, found 20"


def test_a_feed_that_shrank_to_a_tenth_is_quarantined() -> None:
    assert on_the_day_after(FEED, feed(200), feed(20)).reason == EXPECTED


def test_the_feed_that_really_shrank_is_quarantined() -> None:
    if not REAL.exists():
        pytest.skip("the two real answers are not here")
    before, after = (
        gzip.decompress(next(REAL.glob(f"feed_{day}_*.xml.gz")).read_bytes()) for day in ("before", "after")
    )
    assert on_the_day_after(FEED, before, after).reason == EXPECTED


def test_a_feed_that_lost_a_few_entries_is_believed() -> None:
    assert on_the_day_after(FEED, feed(200), feed(180)).reason == ""


def test_the_bound_alone_would_have_believed_it() -> None:
    assert judge(FEED, FEED.origins[0], feed(20), "application/atom+xml", None).reason == ""
